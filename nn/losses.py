"""Losses of one sample.

A loss takes the prediction, a list of nodes (or one node, as a neuron gives it), and
the target, and gives one node. Losses of numbers take a target of the same width, a
number if that is 1; losses of classes take a class index or a distribution over the
classes. Targets may be nodes; only numbers are checked against their range.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial, wraps
from typing import Any, overload

from autograd import (
    RecordingError,
    Value,
    div,
    dot,
    exp,
    log,
    logsumexp,
    maximum,
    minimum,
    relu,
    scope,
    sigmoid,
    softplus,
    sparsemax,
    square,
    total,
    xlogy,
)
from autograd.primitives import real
from autograd.recording import branch_check

from .checks import (
    class_target,
    from_zero_to_one,
    labelled,
    minus_or_plus_one,
    node_of,
    outputs_of,
    positive,
    targets_of,
)

Output = Value | Sequence[Value]
Loss = Callable[[Any, Any], Value]
Check = Callable[[Any, str], float]


@overload
def per_output(term: Callable[..., Value]) -> Loss: ...
@overload
def per_output(*, check: Check) -> Callable[[Callable[..., Value]], Loss]: ...
def per_output(term: Callable[..., Value] | None = None, *, check: Check = real) -> Any:
    """Turn the loss of one output and its target into that of all outputs: their sum.

    A decorator. Widths are checked, and every target that is a number is replaced by
    ``check(target, "a target of ...")``, which may raise. Further arguments of the loss
    are handed on.

    >>> @per_output
    ... def cubic_error(predicted, target):
    ...     return abs(predicted - target) ** 3
    >>> cubic_error([Value(1.0), Value(3.0)], [0.0, 1.0])
    Value(data=9, grad=0, label='loss')
    """
    if term is None:  # called with a check: the decorator comes of it
        return partial(per_output, check=check)

    name = getattr(term, "__name__", "the loss")

    @wraps(term)
    def loss(predicted: Output, target: Any, *options: Any, **named: Any) -> Value:
        outputs = outputs_of(predicted, name)
        targets = targets_of(target, len(outputs), name, check)
        with scope("loss"):
            pairs = zip(outputs, targets, strict=True)
            terms = [term(p, t, *options, **named) for p, t in pairs]
            whole = terms[0] if len(terms) == 1 else total(terms)
        return labelled(node_of(whole, name), "loss")

    return loss


# --- regression ---------------------------------------------------------------------


@per_output
def squared_error(predicted: Any, target: Any) -> Any:
    """Give the sum of the squared differences of one sample (syllabus C1).

    ``predicted``: list of n nodes; ``target``: n numbers or nodes, or one number if n
    is 1. Raises ``ValueError`` for another width.

    >>> squared_error([Value(3.0)], 1.0)
    Value(data=4, grad=0, label='loss')
    """
    return square(predicted - target)


@per_output
def half_squared_error(predicted: Any, target: Any) -> Any:
    """Give half the ``squared_error``: its derivative is the plain difference (syllabus D3).

    >>> half_squared_error([Value(3.0)], 1.0)
    Value(data=2, grad=0, label='loss')
    """
    return 0.5 * square(predicted - target)


@per_output
def absolute_error(predicted: Any, target: Any) -> Any:
    """Give the sum of the absolute differences of one sample; widths as in ``squared_error``.

    The derivative where prediction and target agree is 0.

    >>> absolute_error([Value(3.0)], 1.0)
    Value(data=2, grad=0, label='loss')
    """
    return abs(predicted - target)


@per_output
def huber(predicted: Any, target: Any, delta: float = 1.0) -> Any:
    """Give half the square of small differences, ``delta (|d| - delta / 2)`` of large ones.

    Summed over the outputs; ``delta``, a number above 0, is where it goes over from one into
    the other. Widths as in ``squared_error``. Source: Huber (1964).

    >>> huber([Value(1.5), Value(-3.0)], [1.0, 0.0])
    Value(data=2.625, grad=0, label='loss')
    """
    distance = abs(predicted - target)
    small = minimum(distance, positive(delta, "delta of huber"))
    return small * (distance - 0.5 * small)  # both cases, without a branch


def gaussian_nll(sigma: float) -> Loss:
    """Give the loss ``-log p(target)`` for Gaussian noise of standard deviation ``sigma``.

    Summed over the outputs; it is the squared error over 2 sigma^2, and a constant
    (syllabus C1). Raises ``ValueError`` unless ``sigma`` is above 0.

    >>> gaussian_nll(1.0)([Value(2.0)], 2.0)
    Value(data=0.918939, grad=0, label='loss')
    """
    constant = math.log(positive(sigma, "sigma of gaussian_nll")) + 0.5 * math.log(2.0 * math.pi)

    @per_output
    def gaussian_nll(predicted: Any, target: Any) -> Any:
        return 0.5 * square((predicted - target) / sigma) + constant

    gaussian_nll.__name__ = f"gaussian_nll({sigma!r})"
    loss: Loss = gaussian_nll
    return loss


# --- two classes, or several labels at once: a target from 0 to 1 for each output ------------


@per_output(check=from_zero_to_one)
def binary_cross_entropy(predicted: Any, target: Any) -> Any:
    """Give the sum of ``-t log p - (1 - t) log(1 - p)`` of one sample (syllabus C2, C10).

    ``predicted``: list of n probabilities; ``target``: n numbers from 0 to 1 or nodes,
    or one number if n is 1. A sigmoid near 0 or 1, within 1e-6, has its loss from its operand,
    to the last digit (the gradient then passes it by); any other probability may be exactly 0
    or 1 only where the target is the same. Raises ``ValueError`` for another width, a
    probability or a target out of range, ``DomainError`` for a probability of 0 where 1 was
    the target or the reverse.

    >>> binary_cross_entropy([Value(0.5)], 1.0)
    Value(data=0.693147, grad=0, label='loss')
    """
    p = _probability(predicted, "binary_cross_entropy", "sigmoid")
    # near 0 and 1 digits of 1 - p are lost, but the operand of a sigmoid has them still
    # (so it is with nan, the data of a recording, which may be replayed with any)
    if p.op is sigmoid and not 1e-6 < p.data < 1.0 - 1e-6:
        return _of_logit(p.parents[0], target)
    return -(xlogy(target, p) + xlogy(1.0 - target, 1.0 - p))


@per_output(check=from_zero_to_one)
def binary_cross_entropy_with_logits(predicted: Any, target: Any) -> Any:
    """Give the binary cross-entropy of ``sigmoid(s)`` from the logit s itself (syllabus C3).

    As ``softplus((1 - 2 t) s)`` it is exact for any logit. ``predicted``: list of n
    logits; targets as in ``binary_cross_entropy``. Raises ``ValueError`` for another width,
    a target out of range, or a sigmoid in the place of a logit.

    >>> binary_cross_entropy_with_logits([Value(-800.0)], 1.0)
    Value(data=800, grad=0, label='loss')
    """
    return _of_logit(_logit(predicted, "binary_cross_entropy_with_logits"), target)


def _logit(s: Value, who: str) -> Value:
    if s.op is sigmoid:
        raise ValueError(
            f"{who} expects what lies before the activation, got the output of a sigmoid:"
            " pass model.logits(x), or use binary_cross_entropy"
        )
    return s


def _of_logit(s: Any, t: Any) -> Any:
    if not isinstance(t, Value) and t in (0.0, 1.0):
        return softplus(s if t == 0.0 else -s)
    return t * softplus(-s) + (1.0 - t) * softplus(s)


def _probability(p: Value, who: str, activation: str) -> Value:
    if branch_check() is not None and p.op not in (sigmoid, div):  # div: what a softmax ends in
        raise RecordingError(
            f"{who} checks that its operands are probabilities, which only those of a"
            f" {activation} are for sure"
        )
    if p.data < 0.0 or p.data > 1.0 + 1e-9:  # nan passes: it is not hidden, and a recording has it
        raise ValueError(
            f"{who} expects probabilities from 0 to 1, got {p.data!r}:"
            f" is the output a {activation}?"
        )
    return p


# --- one of n classes: a class index, or a distribution over the classes ----------------------


def cross_entropy(predicted: Output, target: Any) -> Value:
    """Give ``-log`` of the target class's probability (syllabus C4).

    ``predicted``: list of n probabilities that sum to 1; ``target``: a class index from 0
    to n - 1, or n numbers that sum to 1, or n nodes: then ``-sum t log p``. Raises
    ``ValueError`` for anything else, ``DomainError`` for a probability of 0 where the
    target is not 0. From logits, ``softmax_cross_entropy`` is exact.

    >>> cross_entropy([Value(0.25), Value(0.75)], 1)
    Value(data=0.287682, grad=0, label='loss')
    """
    outputs = outputs_of(predicted, "cross_entropy")
    p = [_probability(each, "cross_entropy", "softmax") for each in outputs]
    whole = sum(node.data for node in p)
    if abs(whole - 1.0) > 1e-6:
        raise ValueError(
            f"cross_entropy expects probabilities that sum to 1, got a sum of {whole:g}:"
            " for logits use softmax_cross_entropy"
        )
    t = class_target(target, len(p), "cross_entropy")
    with scope("loss"):
        if isinstance(t, int):
            loss: Value = -log(p[t])
        else:
            loss = -total(xlogy(a, b) for a, b in zip(t, p, strict=True))
    return loss.named("loss")


def softmax_cross_entropy(predicted: Output, target: Any) -> Value:
    """Give the cross-entropy of ``softmax(z)`` from the logits z themselves (syllabus C4).

    ``predicted``: list of n logits; targets as in ``cross_entropy``. With log-sum-exp it
    neither overflows nor meets log(0); its derivative is softmax minus target. Raises
    ``ValueError`` for a target that is none, and for a softmax in the place of logits.

    >>> softmax_cross_entropy([Value(2.0), Value(1.0), Value(0.1)], 0)
    Value(data=0.41703, grad=0, label='loss')
    """
    z = _logits(predicted, "softmax_cross_entropy")
    t = class_target(target, len(z), "softmax_cross_entropy")
    with scope("loss"):
        if isinstance(t, int):
            loss: Value = logsumexp(z) - z[t]
        elif any(isinstance(p, Value) for p in t):  # nodes, whose sum is not known to be 1
            loss = total(t) * logsumexp(z) - _expected(t, z)
        else:
            loss = logsumexp(z) - _expected(t, z)
    return loss.named("loss")


def sparsemax_loss(predicted: Output, target: Any) -> Value:
    """Give the loss whose derivative is sparsemax minus target (syllabus C5).

    ``predicted``: list of n logits z; targets as in ``cross_entropy``. With p =
    sparsemax(z) and t the target it is ``p.z - p.p / 2 - (t.z - t.t / 2)``, the same as
    ``-z_y + sum over the support of (z^2 - tau^2) / 2 + 1 / 2``, and 0 when z_y leads by 1.
    Raises ``ValueError`` as ``softmax_cross_entropy``. Source: Martins and Astudillo (2016).

    >>> sparsemax_loss([Value(1.0), Value(0.5), Value(-1.0)], 0)
    Value(data=0.0625, grad=0, label='loss')
    """
    z = _logits(predicted, "sparsemax_loss")
    t = class_target(target, len(z), "sparsemax_loss")
    with scope("loss"):
        p = sparsemax(z)
        inside = [i for i, share in enumerate(p) if share.data != 0.0]  # a logit may be -inf
        best = dot([p[i] for i in inside], [z[i] for i in inside]) - 0.5 * dot(p, p)
        met = z[t] - 0.5 if isinstance(t, int) else _expected(t, z) - 0.5 * dot(t, t)
        loss: Value = best - met
    return loss.named("loss")


def _expected(t: Sequence[Any], z: Sequence[Value]) -> Any:
    """Give ``t . z``; where t is 0 a logit may be -inf, for a class that cannot be."""
    possible = [i for i, p in enumerate(t) if isinstance(p, Value) or p != 0.0]
    return dot([t[i] for i in possible], [z[i] for i in possible])


def _logits(predicted: Output, who: str) -> list[Value]:
    z = outputs_of(predicted, who)
    computed = all(v.op is div and v.parents[0].op is exp for v in z)
    if computed and abs(sum(v.data for v in z) - 1.0) < 1e-6:
        raise ValueError(
            f"{who} expects logits, got the outputs of a softmax:"
            " pass model.logits(x), or use cross_entropy"
        )
    return z


# --- margins: a target of -1 or +1 for each output -------------------------------------------


@per_output(check=minus_or_plus_one)
def hinge(predicted: Any, target: Any) -> Any:
    """Give the sum of ``max(0, 1 - t s)``, targets -1 or +1 (syllabus C7).

    ``predicted``: list of n potentials; ``target``: n numbers or nodes, or one number if n is
    1. Raises ``ValueError`` for another width or another target.

    >>> hinge([Value(0.25)], -1)
    Value(data=1.25, grad=0, label='loss')
    """
    return relu(1.0 - target * _logit(predicted, "hinge"))


@per_output(check=minus_or_plus_one)
def perceptron_loss(predicted: Any, target: Any) -> Any:
    """Give the sum of ``max(0, -t s)``, targets -1 or +1 (syllabus C7); else as ``hinge``.

    Its slope at 0 is half that of a wrong answer: weights that start at 0 do learn.

    >>> perceptron_loss([Value(0.25)], -1)
    Value(data=0.25, grad=0, label='loss')
    """
    s = _logit(predicted, "perceptron_loss")
    return maximum(0.0, -(target * s))  # a tie shares the slope; relu would have none


@per_output(check=minus_or_plus_one)
def logistic_loss(predicted: Any, target: Any) -> Any:
    """Give the sum of ``log(1 + exp(-t s))``, targets -1 or +1 (syllabus C7); else as ``hinge``.

    >>> logistic_loss([Value(0.0)], -1)
    Value(data=0.693147, grad=0, label='loss')
    """
    return softplus(-(target * _logit(predicted, "logistic_loss")))


LOSSES: dict[str, Loss] = {
    loss.__name__: loss
    for loss in (
        squared_error,
        half_squared_error,
        absolute_error,
        huber,
        binary_cross_entropy,
        binary_cross_entropy_with_logits,
        cross_entropy,
        softmax_cross_entropy,
        sparsemax_loss,
        hinge,
        perceptron_loss,
        logistic_loss,
    )
}
# of one class among several: a target may be the index of one
CLASS_LOSSES = (cross_entropy, softmax_cross_entropy, sparsemax_loss)
