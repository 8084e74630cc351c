"""Penalties on the weights of a model; biases are free. They add: ``L1(1e-3) + L2(1e-2)``."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from autograd import Value, dot, scope, square, total
from autograd.errors import counted, shortened

from .checks import at_least_zero, no_class, node_of, sequence_of
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

    def __radd__(self, other: Any) -> Regularizer:
        return self if other == 0 else NotImplemented  # ``sum`` begins with 0


class _Sum(Regularizer):
    def __init__(self, first: Regularizer, second: Regularizer) -> None:
        self.first, self.second = first, second

    def __call__(self, model: Module) -> Value:
        return self.first(model) + self.second(model)

    def __repr__(self) -> str:
        return f"{self.first!r} + {self.second!r}"


class _Norm(Regularizer):
    """A penalty of strength ``lam`` on all weights of a model."""

    def __init__(self, lam: float) -> None:
        self.lam = at_least_zero(lam, f"lam of {type(self).__name__}")

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.lam!r})"


class L2(_Norm):
    """``lam / 2`` times the sum of the squared weights: ridge, weight decay (syllabus E1).

    Raises ``ValueError`` if ``lam`` is negative; a call raises it if the model has no
    weights.

    >>> from nn import Neuron
    >>> L2(0.1)(Neuron(2, init=lambda n_in, n_out, rng: 3.0)).data
    0.9
    """

    def __call__(self, model: Module) -> Value:
        """Give ``lam / 2`` times the sum of the squared weights of ``model``."""
        weights = _weights(model)
        with scope("L2 penalty"):
            penalty: Value = 0.5 * self.lam * dot(weights, weights)
        return penalty.named("penalty")


class L1(_Norm):
    """``lam`` times the sum of the absolute weights: it makes weights 0 (syllabus E2).

    Plain gradient descent only swings around an exact 0, by about a step. Raises as
    ``L2`` does.

    >>> from nn import Neuron
    >>> L1(0.1)(Neuron(2, init=lambda n_in, n_out, rng: -3.0)).data
    0.6000000000000001
    """

    def __call__(self, model: Module) -> Value:
        """Give ``lam`` times the sum of the absolute weights of ``model``."""
        weights = _weights(model)
        with scope("L1 penalty"):
            penalty: Value = self.lam * total(abs(w) for w in weights)
        return penalty.named("penalty")


class Tied(Regularizer):
    """``lam`` times the squared distance between two sets of weights (syllabus E4).

    ``a`` and ``b`` are modules, whose weights are taken in their order, or sequences of
    nodes, of equal length. What is tied is what was given, on whatever model it is called.
    Raises ``ValueError`` if ``lam`` is negative or the lengths differ. (To share weights
    altogether, use one module twice.)

    >>> a, b = [Value(1.0), Value(2.0)], [Value(0.0), Value(4.0)]
    >>> Tied(0.5, a, b)(Module()).data
    2.5
    """

    def __init__(
        self, lam: float, a: Module | Iterable[Value], b: Module | Iterable[Value]
    ) -> None:
        self.lam = at_least_zero(lam, "lam of Tied")
        self.a, self.b = _nodes(a), _nodes(b)
        if len(self.a) != len(self.b) or not self.a:
            raise ValueError(
                "Tied expects as many weights on both sides, at least one,"
                f" got {len(self.a)} and {len(self.b)}"
            )

    def __call__(self, model: Module) -> Value:
        """Give the penalty, which does not depend on ``model``."""
        with scope("tie"):
            pairs = zip(self.a, self.b, strict=True)
            penalty: Value = self.lam * total(square(a - b) for a, b in pairs)
        return penalty.named("penalty")

    def __repr__(self) -> str:
        return f"Tied({self.lam!r}, {counted(len(self.a), 'weight')})"


class Penalty(Regularizer):
    """Any function from a module to a node, as a regularizer that can be added to others.

    A call raises ``TypeError`` if the function gives something other than a ``Value``.

    >>> from nn import Neuron
    >>> bound = Penalty(lambda model: model.weights[0] ** 4)
    >>> bound(Neuron(1, init=lambda n_in, n_out, rng: 2.0)).data
    16.0
    """

    def __init__(self, function: Callable[[Any], Value]) -> None:
        if not callable(function):
            raise TypeError(f"Penalty expects a function of a module, got {shortened(function)}")
        self.function = no_class(function, "the function of a Penalty")

    def __call__(self, model: Module) -> Value:
        """Give what the function gives."""
        with scope("penalty"):
            return node_of(self.function(model), "what a Penalty gives")

    def __repr__(self) -> str:
        return f"Penalty({getattr(self.function, '__name__', shortened(self.function))})"


def _weights(model: Module) -> list[Value]:
    if not isinstance(model, Module):
        kind = type(model).__name__
        raise TypeError(f"a penalty is on the weights of a Module, got {kind} {shortened(model)}")
    weights: list[Value] = [p for p in model.parameters() if p.kind == "weight"]
    if not weights:
        raise ValueError(f"a penalty needs weights, and {model!r} has none")
    return weights


def _nodes(weights: Module | Iterable[Value]) -> list[Value]:
    if isinstance(weights, Module):
        return _weights(weights)
    nodes = sequence_of(weights, "Tied", "weights")
    for node in nodes:
        if not isinstance(node, Value):
            kind = type(node).__name__
            raise TypeError(f"Tied expects modules or sequences of Values, got {kind} {node!r}")
    return nodes
