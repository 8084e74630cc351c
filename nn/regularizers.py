"""Penalties on the weights of a model; biases are free. They add: ``L2(0.1) + L2(0.2)``."""

from __future__ import annotations

from autograd import Value, dot, scope

from .checks import at_least_zero
from .module import Module


class Regularizer:
    """A function of a module that gives a penalty; two of them add up to a third.

    >>> both = L2(0.1) + L2(0.2)
    >>> both
    L2(0.1) + L2(0.2)
    """

    def __call__(self, model: Module) -> Value:
        """Give the penalty of ``model`` as a node."""
        raise NotImplementedError(f"{type(self).__name__} must define __call__")

    def __add__(self, other: Regularizer) -> Regularizer:
        if not isinstance(other, Regularizer):
            return NotImplemented
        return _Sum(self, other)


class _Sum(Regularizer):
    def __init__(self, first: Regularizer, second: Regularizer) -> None:
        self.first, self.second = first, second

    def __call__(self, model: Module) -> Value:
        return self.first(model) + self.second(model)

    def __repr__(self) -> str:
        return f"{self.first!r} + {self.second!r}"


class L2(Regularizer):
    """``lam / 2`` times the sum of the squared weights: ridge, weight decay (syllabus E1).

    Raises ``ValueError`` if ``lam`` is negative; a call raises it if the model has no
    weights.

    >>> from nn import Neuron
    >>> L2(0.1)(Neuron(2, init=lambda n_in, n_out, rng: 3.0)).data
    0.9
    """

    def __init__(self, lam: float) -> None:
        self.lam = at_least_zero(lam, "lam of L2")

    def __call__(self, model: Module) -> Value:
        """Give ``lam / 2`` times the sum of the squared weights of ``model``."""
        weights = _weights(model)
        with scope("L2 penalty"):
            penalty: Value = 0.5 * self.lam * dot(weights, weights)
        return penalty.named("penalty")

    def __repr__(self) -> str:
        return f"L2({self.lam:g})"


def _weights(model: Module) -> list[Value]:
    weights: list[Value] = [p for p in model.parameters() if p.kind == "weight"]
    if not weights:
        raise ValueError(f"a penalty needs weights, and {model!r} has none")
    return weights
