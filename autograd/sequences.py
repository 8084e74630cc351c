"""Functions of many values: sums, products, averages, softmax and sparsemax.

Each takes any iterable of numbers and nodes. The first four are one row of the table,
and so one node however many operands it has; the others are built from them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from math import inf
from typing import Any

from .errors import RecordingError, counted, shortened
from .primitives import dot_row, exp, logsumexp_row, prod_row, real, relu, threshold_row, total_row


def _sequence(values: Any, who: str) -> Sequence[Any]:
    # the usual kinds come first: looking up the abstract one takes longer
    if isinstance(values, (list, tuple)):
        return values
    if isinstance(values, Iterable) and not isinstance(values, (str, bytes, Set, Mapping)):
        return tuple(values)
    kind = type(values).__name__
    raise TypeError(f"{who} expects a sequence of values, got {kind} {shortened(values)}")


def dot(weights: Iterable[Any], inputs: Iterable[Any], bias: Any = 0.0) -> Any:
    """Give ``sum(w * x) + bias``, the inner potential of a neuron, as ONE operation.

    ``weights`` and ``inputs`` have the same length n; the node has 2n + 1 operands:
    weights, inputs, bias. Raises ``ValueError`` if the lengths differ.

    >>> dot([1.0, 2.0], [3.0, 4.0], 0.5)
    11.5
    """
    return _dots([_sequence(weights, "dot")], _sequence(inputs, "dot"), [bias])[0]


def affine(
    rows: Iterable[Iterable[Any]], inputs: Iterable[Any], biases: Iterable[Any]
) -> list[Any]:
    """Give ``W x + b``, the inner potentials of a layer: a ``dot`` for each row and its bias.

    ``rows`` are m sequences as long as ``inputs``, ``biases`` has length m. Raises
    ``ValueError`` if the lengths differ.

    >>> affine([[1.0, 2.0], [0.0, 1.0]], [3.0, 4.0], [0.5, 0.0])
    [11.5, 4.0]
    """
    # a layer comes here for every sample, with lists that need no second look
    matrix = [r if type(r) is list else _sequence(r, "affine") for r in _sequence(rows, "affine")]
    offsets = _sequence(biases, "affine")
    if len(matrix) != len(offsets):
        raise ValueError(
            f"affine expects as many biases as rows, got {counted(len(matrix), 'row')}"
            f" and {len(offsets)} biases"
        )
    return _dots(matrix, _sequence(inputs, "affine"), offsets)


def _dots(rows: Sequence[Sequence[Any]], inputs: Sequence[Any], biases: Sequence[Any]) -> list[Any]:
    for row in rows:
        if len(row) != len(inputs):
            raise ValueError(
                f"a dot product has as many weights as inputs, got {len(row)} weights"
                f" and {len(inputs)} inputs"
            )
    record = getattr(type(inputs[0]), "__affine__", None) if inputs else None
    if record is not None:
        nodes: list[Any] = record(rows, inputs, biases)
        return nodes
    return [dot_row(*row, *inputs, bias) for row, bias in zip(rows, biases, strict=True)]


def total(values: Iterable[Any]) -> Any:
    """Give the sum of any number of values as ONE operation; 0.0 for none.

    >>> total([1.0, 2.0, 3.0])
    6.0
    """
    return total_row(*_sequence(values, "total"))


def prod(values: Iterable[Any]) -> Any:
    """Give the product of any number of values as ONE operation; 1.0 for none.

    >>> prod([2.0, 3.0, 4.0])
    24.0
    """
    return prod_row(*_sequence(values, "prod"))


def logsumexp(values: Iterable[Any]) -> Any:
    """Give ``log(sum(exp(v)))`` without overflow; raises ``DomainError`` for no values.

    >>> logsumexp([1000.0, 1000.0])
    1000.6931471805599
    """
    return logsumexp_row(*_sequence(values, "logsumexp"))


def _number(value: Any, who: str) -> float:
    return float(value.data) if hasattr(type(value), "__primitive__") else real(value, who)


def _some(values: Iterable[Any], who: str) -> list[Any]:
    given = list(_sequence(values, who))
    if not given:
        raise ValueError(f"{who} expects at least one value, got none")
    return given


def mean(values: Iterable[Any]) -> Any:
    """Give the arithmetic mean of at least one value; raises ``ValueError`` for none.

    >>> mean([1.0, 2.0, 6.0])
    3.0
    """
    given = _some(values, "mean")
    n = len(given)
    whole = total(given)
    if abs(_number(whole, "mean")) == inf:  # the mean may be smaller than the sum can be
        return total(v / n for v in given)
    return whole / n


def softmax(values: Iterable[Any]) -> list[Any]:
    """Give positive numbers that sum to 1, in proportion to ``exp(v)`` (syllabus B7).

    Raises ``ValueError`` for no values.

    >>> [round(p, 8) for p in softmax([2.0, 1.0, 0.1])]
    [0.65900114, 0.24243297, 0.09856589]
    """
    weights = [exp(v) for v in log_softmax(_some(values, "softmax"))]
    whole = total(weights)  # 1, but for the rounding of large values
    return [w / whole for w in weights]


def log_softmax(values: Iterable[Any]) -> list[Any]:
    """Give the logarithms of the softmax, accurate where the softmax underflows.

    Raises ``ValueError`` for no values.

    >>> log_softmax([0.0, -1000.0])
    [0.0, -1000.0]
    """
    given = _some(values, "log_softmax")
    normalizer = logsumexp(given)
    return [v - normalizer for v in given]


def sparsemax(values: Iterable[Any]) -> list[Any]:
    """Give the point of the probability simplex nearest to ``values`` (syllabus B7).

    Small values get exactly 0. Raises ``ValueError`` for no values.
    Source: Martins and Astudillo, From softmax to sparsemax (2016).

    >>> sparsemax([1.0, 0.5, -1.0])
    [0.75, 0.25, 0.0]
    """
    given = _some(values, "sparsemax")
    for v in given:
        _number(v, "sparsemax")  # before they are compared: what is no number is refused
    # Only differences count; taken from the largest value they keep their digits.
    try:
        top = max(given)
    except RecordingError as error:
        raise RecordingError(f"sparsemax sorts its operands by their numbers: {error}") from None
    shifted = [v - top for v in given]
    tau = threshold_row(*shifted)
    return [relu(v - tau) for v in shifted]
