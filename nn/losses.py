"""Losses of one sample, and the empirical risk over many.

A loss takes the prediction, a list of nodes (or one node, as a neuron gives it), and
the target: a number if the prediction has width 1, else a sequence of the same width.
It gives one node.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from autograd import Value, mean, scope, square, total, xlogy
from autograd.errors import shortened

from .checks import outputs_of, targets_of

Loss = Callable[[Any, Any], Value]


def squared_error(predicted: Value | Sequence[Value], target: Any) -> Value:
    """Give the sum of the squared differences of one sample (syllabus C1).

    ``predicted``: list of n nodes; ``target``: n numbers or nodes, or one number if n
    is 1. Raises ``ValueError`` for another width.

    >>> squared_error([Value(3.0)], 1.0)
    Value(data=4, grad=0, label='loss')
    """
    outputs = outputs_of(predicted, "squared_error")
    targets = targets_of(target, len(outputs), "squared_error")
    with scope("loss"):
        return _sum(square(p - t) for p, t in zip(outputs, targets, strict=True))


def binary_cross_entropy(predicted: Value | Sequence[Value], target: Any) -> Value:
    """Give the sum of ``-t log p - (1 - t) log(1 - p)`` of one sample (syllabus C2, C10).

    ``predicted``: list of n probabilities; ``target``: n numbers from 0 to 1 or nodes,
    or one number if n is 1. A probability of exactly 0 or 1 is allowed where the
    target is the same. Raises ``ValueError`` for another width, a probability or a
    target out of range, ``DomainError`` for a probability of 0 where 1 was the target
    or the reverse.

    >>> binary_cross_entropy([Value(0.5)], 1.0)
    Value(data=0.693147, grad=0, label='loss')
    """
    outputs = outputs_of(predicted, "binary_cross_entropy")
    targets = targets_of(target, len(outputs), "binary_cross_entropy")
    for t in targets:
        if not isinstance(t, Value) and not 0.0 <= t <= 1.0:
            raise ValueError(f"binary_cross_entropy expects targets from 0 to 1, got {t!r}")
    for p in outputs:
        if p.data < 0.0 or p.data > 1.0:  # nan passes: it is not hidden, and a recording has it
            raise ValueError(
                f"binary_cross_entropy expects probabilities from 0 to 1, got {p.data!r}:"
                " is the output a sigmoid?"
            )
    with scope("loss"):
        return _sum(
            -(xlogy(t, p) + xlogy(1.0 - t, 1.0 - p)) for p, t in zip(outputs, targets, strict=True)
        )


def _sum(terms: Iterable[Value]) -> Value:
    each = list(terms)
    whole: Value = each[0] if len(each) == 1 else total(each)
    return whole.named("loss")


def empirical_risk(
    model: Callable[[Any], Any],
    X: Sequence[Any],
    y: Sequence[Any],
    loss: Loss,
    regularizer: Callable[[Any], Value] | None = None,
) -> Value:
    """Give the mean loss over the samples, plus the regularizer's penalty (syllabus C9).

    ``X``: m rows; ``y``: m targets. Raises ``ValueError`` if there are no samples or
    not as many targets as rows.

    >>> from nn import Neuron
    >>> model = Neuron(1, init=lambda n_in, n_out, rng: 1.0)
    >>> empirical_risk(model, [[1.0], [2.0]], [0.0, 0.0], squared_error).data
    2.5
    """
    if len(X) != len(y) or not len(X):
        raise ValueError(
            f"empirical_risk expects as many targets as rows, at least one of each,"
            f" got {len(X)} rows and {len(y)} targets"
        )
    losses = [loss(model(row), target) for row, target in zip(X, y, strict=True)]
    for each in losses:
        if not isinstance(each, Value):
            raise TypeError(
                f"a loss gives a Value, got {type(each).__name__} {shortened(each)}:"
                " compute it from the nodes, not from their data"
            )
    with scope("loss"):
        risk: Value = mean(losses).named("mean loss") if len(losses) > 1 else losses[0]
    if regularizer is not None:
        risk = risk + regularizer(model)
    return risk if risk is losses[0] else risk.named("risk")
