"""Activation functions, by name or as any function from node to node."""

from __future__ import annotations

from collections.abc import Callable
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

from .checks import by_name

Activation = Callable[[Any], Any]


def linear(x: Any) -> Any:
    """Give ``x`` itself: the neuron's output is its inner potential.

    >>> linear(3.0)
    3.0
    """
    return x


def bipolar_step(x: Any) -> Any:
    """Give 1 where x >= 0, else -1; the derivative is 0 everywhere (syllabus B6).

    >>> bipolar_step(0.0), bipolar_step(-0.1)
    (1.0, -1.0)
    """
    return 1.0 - 2.0 * step(-x)


ACTIVATIONS: dict[str, Activation] = {
    "linear": linear,
    "sigmoid": sigmoid,
    "tanh": tanh,
    "relu": relu,
    "leaky_relu": leaky_relu,
    "softplus": softplus,
    "hard_tanh": hard_tanh,
    "step": step,
    "bipolar_step": bipolar_step,
    "softmax": softmax,
    "sparsemax": sparsemax,
}


def activation(choice: str | Activation) -> Activation:
    """Give the activation of that name; a function is given back as it is.

    Raises ``ValueError`` for an unknown name, with a suggestion if one is close.

    >>> activation("rellu")
    Traceback (most recent call last):
    ValueError: unknown activation 'rellu'; did you mean 'relu'?
    """
    chosen: Activation = by_name(choice, "activation", ACTIVATIONS)
    return chosen


def activation_name(function: Activation) -> str:
    """Give the name of an activation, for people.

    >>> activation_name(linear)
    'linear'
    """
    for name, known in ACTIVATIONS.items():
        if known is function:
            return name
    return getattr(function, "name", getattr(function, "__name__", type(function).__name__))


def acts_on_layer(function: Activation) -> bool:
    """Say whether an activation takes the potentials of a whole layer, as softmax does.

    >>> acts_on_layer(softmax), acts_on_layer(tanh)
    (True, False)
    """
    return function in (softmax, sparsemax)
