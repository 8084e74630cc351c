"""How good predictions are, on plain numbers: for judging a model, not for training it.

``predictions`` are m rows of numbers, as ``[model(x) for x in X]`` gives them (of nodes the
data count), or m single numbers; ``y`` are m targets.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from math import isnan
from typing import Any

from autograd import Value
from autograd.errors import counted, unknown_name
from autograd.primitives import real

from .checks import sequence_of

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


CLASSES = {"half": [0, 1], "sign": [-1, 1]}  # for "argmax" the indices of the outputs


def _rule(rows: list[list[float]], rule: str | None) -> str:
    if rule is None:
        return "half" if len(rows[0]) == 1 else "argmax"
    if rule not in RULES:
        raise unknown_name("rule", rule, RULES)
    if rule == "argmax" and len(rows[0]) == 1:
        raise ValueError("the rule 'argmax' needs several outputs, got predictions of width 1")
    return rule


def classify(predictions: Sequence[Any], rule: str | None = None) -> list[Class]:
    """Give the class that each prediction stands for.

    ``rule``: ``"half"``, 1 above one half and else 0; ``"sign"``, -1 below 0 and else +1;
    ``"argmax"``, the index of the largest (the first of equals); None is "half" for single
    outputs and "argmax" for several. With "half" or "sign" a row of several outputs gives a
    list of labels. Raises ``ValueError`` for another rule, for rows of different widths, or
    nan.

    >>> classify([0.2, 0.5, 0.7]), classify([[0.1, 2.0, -1.0]])
    ([0, 0, 1], [1])
    """
    rows = _rows(predictions, "predictions")
    decide = RULES[rule := _rule(rows, rule)]
    if rule == "argmax":
        return [decide(row) for row in rows]
    return [[decide(p) for p in row] if len(row) > 1 else decide(row[0]) for row in rows]


def _pairs_of_classes(
    predictions: Any, y: Any, rule: str | None
) -> tuple[list[tuple[Class, Class]], list[int]]:
    """Give (true, predicted) pairs, and all classes; a one-hot target is the class it points at."""
    rows, targets = _rows(predictions, "predictions"), _rows(y, "targets")
    rule = _rule(rows, rule)
    if len(rows) != len(targets):
        raise ValueError(f"expected as many targets as predictions, got {len(targets)}")
    classes = CLASSES.get(rule, list(range(len(rows[0]))))
    if rule == "argmax" and len(targets[0]) == len(classes):
        for t in targets:
            if sorted(t) != [0.0] * (len(t) - 1) + [1.0]:
                raise ValueError(f"expected one class a sample, got {t}: is the rule 'half'?")
        targets = [[float(_argmax(t))] for t in targets]
    labels = 1 if rule == "argmax" else len(rows[0])
    for t in targets:
        if len(t) != labels or not all(x in classes for x in t):
            other = {"half": "sign", "sign": "half"}.get(rule, rule)
            if labels > 1:
                other = "argmax"
            fits = labels > 1 or set(t) <= set(CLASSES.get(other, []))
            hint = f": is the rule {other!r}?" if fits and other != rule else ""
            raise ValueError(
                f"the rule {rule!r} expects {counted(labels, 'label')} a sample, among {classes},"
                f" got {t}{hint}"
            )
    true: list[Class] = [[int(x) for x in t] if labels > 1 else int(t[0]) for t in targets]
    return list(zip(true, classify(predictions, rule), strict=True)), classes


def accuracy(predictions: Sequence[Any], y: Sequence[Any], rule: str | None = None) -> float:
    """Give the share of samples whose class, or every label, is predicted correctly.

    ``rule`` as in ``classify``; ``y`` are its classes: 0 and 1 for "half", -1 and +1 for "sign",
    indices or one-hot rows for "argmax".
    Raises ``ValueError`` as ``classify`` does, and for targets that are no such classes.

    >>> accuracy([0.2, 0.9, 0.6, 0.4], [0, 1, 0, 0])
    0.75
    """
    pairs, _ = _pairs_of_classes(predictions, y, rule)
    return sum(true == guess for true, guess in pairs) / len(pairs)


def confusion_matrix(
    predictions: Sequence[Any], y: Sequence[Any], rule: str | None = None
) -> list[list[int]]:
    """Count the samples of each true class (rows) by predicted class (columns).

    The classes are 0 and 1 for the rule "half", -1 and +1 for "sign", all indices for
    "argmax". Raises ``ValueError`` as ``accuracy`` does, and for several labels a sample.

    >>> confusion_matrix([0.2, 0.9, 0.6, 0.4], [0, 1, 0, 0])
    [[2, 1], [0, 1]]
    """
    pairs, classes = _pairs_of_classes(predictions, y, rule)
    if isinstance(pairs[0][0], list):
        raise ValueError("confusion_matrix expects one label a sample: call it for each of them")
    counts = Counter(pairs)
    return [[counts[true, guess] for guess in classes] for true in classes]


def mean_squared_error(predictions: Sequence[Any], y: Sequence[Any]) -> float:
    """Give the squared error, summed over the outputs, averaged over the samples.

    Raises ``ValueError`` if shapes differ.

    >>> mean_squared_error([1.0, 2.0], [0.0, 4.0])
    2.5
    """
    rows, targets = _pairs(predictions, y)
    errors = [
        (p - t) * (p - t)
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
        rest = sum((p - t) * (p - t) for p, t in zip(guessed, true, strict=True))
        spread = sum((t - mean) * (t - mean) for t in true)
        same = min(true) == max(true)  # then the spread is 0, or what rounding left of it
        scores.append(float(rest == 0.0) if same else 1.0 - rest / spread)
    return sum(scores) / len(scores)
