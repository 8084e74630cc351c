"""How good predictions are, on plain numbers: for judging a model, not for training it.

``predictions`` are m rows of numbers, as ``[model(x) for x in X]`` gives them (of nodes the
data count), or m single numbers; ``y`` are m targets.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import isnan
from typing import Any

from autograd import Value
from autograd.errors import counted
from autograd.primitives import real

from .checks import by_name, sequence_of

Class = int | list[int]


def _rows(table: Any, what: str) -> list[list[float]]:
    """Give a table as rows of numbers of one width; a single number is a row of one."""
    rows = [
        [item]
        if isinstance(item, Value) or not hasattr(item, "__iter__")
        else sequence_of(item, what)
        for item in sequence_of(table, what, "rows")
    ]
    numbers = [[x.data if isinstance(x, Value) else real(x, what) for x in row] for row in rows]
    if not numbers:
        raise ValueError(f"{what}: expected at least one, got none")
    for number, row in enumerate(numbers):
        if len(row) != len(numbers[0]) or not row:
            raise ValueError(f"{what}: row {number} has {len(row)} numbers, not {len(numbers[0])}")
        if any(map(isnan, row)):
            raise ValueError(f"{what}: row {number} is not a number (nan)")
    return numbers


def _pairs(predictions: Any, y: Any) -> tuple[list[list[float]], list[list[float]]]:
    rows, targets = _rows(predictions, "predictions"), _rows(y, "targets")
    if len(rows) != len(targets) or len(rows[0]) != len(targets[0]):
        raise ValueError(
            f"expected a target for each number, got predictions {len(rows)} x {len(rows[0])}"
            f" and targets {len(targets)} x {len(targets[0])}"
        )
    return rows, targets


def _argmax(row: list[float]) -> int:
    return row.index(max(row))


RULES: dict[str, Callable[[Any], int]] = {
    "half": lambda p: int(p > 0.5),
    "sign": lambda s: 1 if s >= 0.0 else -1,
    "argmax": _argmax,  # of a whole row; the others decide on each output
}


def classify(predictions: Sequence[Any], rule: str = "half") -> list[Class]:
    """Give the class that each prediction stands for.

    ``rule``: ``"half"``, 1 above one half and else 0; ``"sign"``, -1 below 0 and else +1;
    ``"argmax"``, the index of the largest (the first of equals). With the first two a row of
    several outputs gives a list of labels. Raises ``ValueError`` for another rule, for rows
    of different widths, or nan.

    >>> classify([0.2, 0.5, 0.7]), classify([[0.1, 2.0, -1.0]], "argmax")
    ([0, 0, 1], [1])
    """
    decide = by_name(rule, "rule", RULES)
    rows = _rows(predictions, "predictions")
    if rule == "argmax":
        return [decide(row) for row in rows]
    return [[decide(p) for p in row] if len(row) > 1 else decide(row[0]) for row in rows]


def _classes(predictions: Any, y: Any, rule: str) -> tuple[list[Class], list[Class]]:
    """Give predicted and true classes; a one-hot target is the class it points at."""
    guesses, targets = classify(predictions, rule), _rows(y, "targets")
    if len(guesses) != len(targets):
        raise ValueError(f"expected as many targets as predictions, got {len(targets)}")
    width = len(guesses[0]) if isinstance(guesses[0], list) else 1
    if rule == "argmax" and len(targets[0]) > 1:
        return guesses, [_argmax(row) for row in targets]
    if len(targets[0]) != width:
        raise ValueError(
            f"rule {rule!r} gives {counted(width, 'label')} a sample, got targets of width"
            f" {len(targets[0])}: is the rule 'argmax'?"
        )
    for t in targets:
        if not all(x.is_integer() for x in t):
            raise ValueError(f"expected classes as targets, whole numbers, got {t}")
    return guesses, [[int(x) for x in row] if width > 1 else int(row[0]) for row in targets]


def accuracy(predictions: Sequence[Any], y: Sequence[Any], rule: str = "half") -> float:
    """Give the share of samples whose class, all labels of it, is predicted right.

    ``rule`` as in ``classify``; ``y`` are classes (0 and 1, -1 and +1, indices, one-hot rows).
    Raises ``ValueError`` as ``classify`` does, and if targets do not fit.

    >>> accuracy([0.2, 0.9, 0.6, 0.4], [0, 1, 0, 0])
    0.75
    """
    guesses, targets = _classes(predictions, y, rule)
    return sum(g == t for g, t in zip(guesses, targets, strict=True)) / len(targets)


def confusion_matrix(
    predictions: Sequence[Any], y: Sequence[Any], rule: str = "half"
) -> list[list[int]]:
    """Count the samples of each true class (rows) by predicted class (columns).

    The classes are 0 and 1 for the rule "half", -1 and +1 for "sign", all indices for
    "argmax". Raises ``ValueError`` as ``accuracy`` does, and for several labels a sample.

    >>> confusion_matrix([0.2, 0.9, 0.6, 0.4], [0, 1, 0, 0])
    [[2, 1], [0, 1]]
    """
    guesses, targets = _classes(predictions, y, rule)
    if isinstance(guesses[0], list):
        raise ValueError("confusion_matrix expects one label a sample: call it for each of them")
    width = len(_rows(predictions, "predictions")[0])
    classes = {"half": [0, 1], "sign": [-1, 1]}.get(rule, list(range(width)))
    for t in targets:
        if t not in classes:
            raise ValueError(f"expected targets among the classes {classes}, got {t}")
    pairs = list(zip(targets, guesses, strict=True))
    return [[pairs.count((true, guess)) for guess in classes] for true in classes]


def mean_squared_error(predictions: Sequence[Any], y: Sequence[Any]) -> float:
    """Give the squared error, summed over the outputs, averaged over the samples.

    Raises ``ValueError`` if shapes differ.

    >>> mean_squared_error([1.0, 2.0], [0.0, 4.0])
    2.5
    """
    rows, targets = _pairs(predictions, y)
    errors = [
        (p - t) ** 2
        for row, target in zip(rows, targets, strict=True)
        for p, t in zip(row, target, strict=True)
    ]
    return sum(errors) / len(rows)


def r2(predictions: Sequence[Any], y: Sequence[Any]) -> float:
    """Give the share of the targets' variance that is predicted, averaged over the outputs.

    1 is perfect, 0 as good as the mean of the targets; for targets that are all the same it
    is 1 if they are met and else 0. Raises ``ValueError`` if shapes differ.

    >>> r2([1.0, 2.0, 4.0], [1.0, 2.0, 3.0])
    0.5
    """
    rows, targets = _pairs(predictions, y)
    scores = []
    for guessed, true in zip(zip(*rows, strict=True), zip(*targets, strict=True), strict=True):
        mean = sum(true) / len(true)
        rest = sum((p - t) ** 2 for p, t in zip(guessed, true, strict=True))
        spread = sum((t - mean) ** 2 for t in true)
        scores.append(1.0 - rest / spread if spread else float(rest == 0.0))
    return sum(scores) / len(scores)
