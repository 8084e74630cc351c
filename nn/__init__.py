"""A tiny neural-network layer, built purely from scalar nodes.

A model takes one sample, a list of numbers, and gives a list of nodes; a loss takes these and
the target, and gives one node; ``empirical_risk`` does so for many samples. ``Sequential``
and ``MLP`` are where to begin, ``Module`` is for your own. ``ACTIVATIONS``, ``INITIALIZERS`` and
``LOSSES`` are what there is by name. ``fit`` trains, ``predict`` uses; ``nn.datasets`` has
something to learn from, ``nn.plots`` draws it.

>>> import nn
>>> model = nn.MLP([2, 4, 1], output="sigmoid", rng=0)
>>> len(model.parameters())
17
"""

from importlib import import_module
from typing import Any

from autograd import (
    hard_tanh,
    leaky_relu,
    relu,
    sigmoid,
    softmax,
    softplus,
    sparsemax,
    step,
    tanh,
)

from .activations import ACTIVATIONS, bipolar_step, linear
from .history import History
from .initializers import INITIALIZERS, constant, glorot, he, normal, uniform, xavier
from .layers import Activated, Dropout, Layer, Softmax
from .losses import (
    LOSSES,
    absolute_error,
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    cross_entropy,
    gaussian_nll,
    half_squared_error,
    hinge,
    huber,
    logistic_loss,
    per_output,
    perceptron_loss,
    softmax_cross_entropy,
    sparsemax_loss,
    squared_error,
)
from .metrics import accuracy, classify, confusion_matrix, mean_squared_error, r2
from .module import Module, Parameter
from .networks import MLP, Recurrent, Residual, Sequential
from .neurons import Neuron, Perceptron
from .optimizers import SGD, Adam, BacktrackingGD, Newton, Optimizer
from .regularizers import L1, L2, Penalty, Regularizer, Tied
from .risk import empirical_risk, objective
from .schedules import Schedule, cosine, exponential, halving, inverse_time
from .stopping import EarlyStopping, GradientBelow
from .training import fit, predict

__all__ = [
    "ACTIVATIONS",
    "INITIALIZERS",
    "L1",
    "L2",
    "LOSSES",
    "MLP",
    "SGD",
    "Activated",
    "Adam",
    "BacktrackingGD",
    "Dropout",
    "EarlyStopping",
    "GradientBelow",
    "History",
    "Layer",
    "Module",
    "Neuron",
    "Newton",
    "Optimizer",
    "Parameter",
    "Penalty",
    "Perceptron",
    "Recurrent",
    "Regularizer",
    "Residual",
    "Schedule",
    "Sequential",
    "Softmax",
    "Tied",
    "absolute_error",
    "accuracy",
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "bipolar_step",
    "classify",
    "confusion_matrix",
    "constant",
    "cosine",
    "cross_entropy",
    "empirical_risk",
    "exponential",
    "fit",
    "gaussian_nll",
    "glorot",
    "half_squared_error",
    "halving",
    "hard_tanh",
    "he",
    "hinge",
    "huber",
    "inverse_time",
    "leaky_relu",
    "linear",
    "logistic_loss",
    "mean_squared_error",
    "normal",
    "objective",
    "per_output",
    "perceptron_loss",
    "predict",
    "r2",
    "relu",
    "sigmoid",
    "softmax",
    "softmax_cross_entropy",
    "softplus",
    "sparsemax",
    "sparsemax_loss",
    "squared_error",
    "step",
    "tanh",
    "uniform",
    "xavier",
]


def __getattr__(name: str) -> Any:
    """Import the rooms that not every program needs when they are first asked for."""
    if name in ("datasets", "plots"):
        return import_module(f"nn.{name}")
    raise AttributeError(f"module 'nn' has no attribute {name!r}")
