"""Data as they come in: tables of numbers, checked once, with the place of what is wrong."""

from __future__ import annotations

from math import isfinite
from typing import Any

from autograd import Value
from autograd.errors import counted, shortened
from autograd.primitives import as_real, real
from autograd.trees import is_array

from .checks import sequence_of


def array_of(data: Any) -> Any:
    """Give the array that a data frame holds (``data.to_numpy()``); all else as it is.

    >>> array_of([[1.0]])
    [[1.0]]
    """
    return data.to_numpy() if hasattr(data, "to_numpy") else data


def like(data: Any, rows: list[list[float]]) -> Any:
    """Give the rows as an array if ``data`` is an array or a data frame, else as they are.

    >>> like([[1, 2]], [[0.5, 1.0]])
    [[0.5, 1.0]]
    """
    if not (hasattr(data, "to_numpy") or is_array(data)):
        return rows
    import numpy as np  # it is there: an array came in

    return np.array(rows)


def rows_of(X: Any, what: str = "X") -> list[list[float]]:
    """Give a table, m rows of n numbers each, as lists of floats.

    ``X``: a sequence of rows, an array, or a data frame; ``what`` names it in the errors.
    Raises ``TypeError`` for what is no sequence of rows of plain numbers, ``ValueError`` if
    there are none, if their widths differ, or if a number is nan or infinite.

    >>> rows_of([(1, 2), (True, 0.5)])
    [[1.0, 2.0], [1.0, 0.5]]
    >>> rows_of([[1.0], [float("nan")]])
    Traceback (most recent call last):
    ValueError: X[1][0] is nan, expected a finite number: leave that row out or fill the gap
    """
    items = sequence_of(array_of(X), what, "rows")
    if not items:
        raise ValueError(f"{what}: expected at least one row, got none")
    rows = [_row(item, f"{what}[{i}]", what) for i, item in enumerate(items)]
    for i, row in enumerate(rows):
        if len(row) != len(rows[0]):
            raise ValueError(
                f"{what}[{i}] has {counted(len(row), 'number')}, but {what}[0] has {len(rows[0])}:"
                " all rows must be of one width"
            )
    return rows


def _row(item: Any, where: str, what: str) -> list[float]:
    if isinstance(item, Value) or as_real(item) is not None:
        raise TypeError(
            f"{what} is a sequence of rows, but {where} is {shortened(item)}:"
            f" write [[1.0], [2.0]] for rows of one number, [[1.0, 2.0]] for one row"
        )
    row = [_number(x, f"{where}[{j}]") for j, x in enumerate(sequence_of(item, where))]
    if not row:
        raise ValueError(f"{where} is empty, expected at least one number in a row")
    return row


def _number(x: Any, where: str) -> float:
    if isinstance(x, Value):
        raise TypeError(f"{where} is a Value, expected a plain number: pass its .data")
    number = real(x, where)
    if not isfinite(number):
        raise ValueError(
            f"{where} is {number}, expected a finite number: leave that row out or fill the gap"
        )
    return number
