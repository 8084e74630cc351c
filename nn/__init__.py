"""A tiny neural-network layer, built purely from scalar nodes.

>>> import nn
>>> model = nn.MLP([2, 4, 1], output="sigmoid", rng=0)
>>> len(model.parameters())
17
"""

from .activations import ACTIVATIONS, bipolar_step, linear
from .initializers import INITIALIZERS, constant, glorot, he, normal, uniform, xavier
from .layers import MLP, Layer
from .losses import binary_cross_entropy, empirical_risk, squared_error
from .module import Module, Parameter
from .neurons import Neuron
from .optimizers import SGD
from .regularizers import L2, Regularizer

__all__ = [
    "ACTIVATIONS",
    "INITIALIZERS",
    "L2",
    "MLP",
    "SGD",
    "Layer",
    "Module",
    "Neuron",
    "Parameter",
    "Regularizer",
    "binary_cross_entropy",
    "bipolar_step",
    "constant",
    "empirical_risk",
    "glorot",
    "he",
    "linear",
    "normal",
    "squared_error",
    "uniform",
    "xavier",
]
