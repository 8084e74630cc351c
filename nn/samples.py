"""Data as they come in: numbers, tables and targets, checked once, with the place of a fault."""

from __future__ import annotations

from math import isfinite
from typing import Any

from autograd import Value
from autograd.errors import counted, shortened
from autograd.primitives import as_real, real
from autograd.trees import is_array

from .checks import elements, sequence_of


def array_of(data: Any) -> Any:
    """Give the array that a data frame or a sparse matrix holds; all else as it is.

    >>> array_of([[1.0]])
    [[1.0]]
    """
    for method in ("to_numpy", "toarray"):
        if hasattr(data, method):
            return getattr(data, method)()
    return data


def like(data: Any, rows: list[Any]) -> Any:
    """Give the rows as an array if ``data`` is an array or a data frame, else as they are.

    >>> like([[1, 2]], [[0.5, 1.0]])
    [[0.5, 1.0]]
    """
    if not is_array(array_of(data)):
        return rows
    import numpy as np  # it is there: an array came in

    return np.array(rows, dtype=float)


def numbers_in(thing: Any, where: str) -> Any:
    """Give a number as a float, and sequences of numbers, of any depth, as lists of floats.

    ``where`` names it in the errors. Raises ``TypeError`` for what is no plain number,
    ``ValueError`` for nan, inf, and an empty sequence.

    >>> numbers_in([1, [2, True]], "y")
    [1.0, [2.0, 1.0]]
    """
    items = elements(thing)
    if items is None:
        if isinstance(thing, Value):
            raise TypeError(f"{where} is a Value, expected a plain number: pass its .data")
        number = real(thing, where)
        if not isfinite(number):
            raise ValueError(
                f"{where} is {number}, expected a finite number: leave that row out or fill the gap"
            )
        return number
    if not items:
        raise ValueError(f"{where} is empty, expected at least one number")
    # the usual case, seen at once: the sum of numbers is finite only if all of them are
    if set(map(type, items)) == {float} and isfinite(sum(items)):
        return items
    return [numbers_in(item, f"{where}[{i}]") for i, item in enumerate(items)]


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
    rows = _each(X, what, "rows")
    for i, row in enumerate(rows):
        if not _is_row(row):
            raise TypeError(f"{what}[{i}] holds rows, expected one row of numbers")
        if len(row) != len(rows[0]):
            raise ValueError(_uneven(f"{what}[{i}]", row, f"{what}[0]", rows[0]))
    return rows


def inputs_in(X: Any, what: str = "X") -> list[list[Any]]:
    """Give rows as ``rows_of`` does; or sequences of such rows, of any length, for a net with
    a memory.

    >>> inputs_in([[[1], [0]], [[1]]])
    [[[1.0], [0.0]], [[1.0]]]
    """
    samples = _each(X, what, "rows")
    if all(map(_is_row, samples)):
        return rows_of(samples, what)
    places = {f"{what}[{i}]": sample for i, sample in enumerate(samples)}
    if any(map(_is_row, samples)):
        mixed = next(place for place, sample in places.items() if _is_row(sample))
        raise ValueError(f"{mixed} is a row of numbers, among sequences of rows: expected one kind")
    steps = {f"{at}[{k}]": row for at, rows in places.items() for k, row in enumerate(rows)}
    first, known = next(iter(steps.items()))
    for place, row in steps.items():
        if not isinstance(row, list) or not _is_row(row):
            raise ValueError(f"{place} is {shortened(row)}, expected a row of numbers")
        if len(row) != len(known):
            raise ValueError(_uneven(place, row, first, known))
    return samples


def samples_of(X: Any, y: Any, of: str = "") -> tuple[list[list[Any]], list[Any]]:
    """Give data to learn from: inputs as ``inputs_in`` does, and a target for each.

    A target is a number or a sequence of numbers, of any depth. ``of`` stands before the names
    in errors. Raises as ``inputs_in``, and ``ValueError`` if there are not as many targets.

    >>> samples_of([[0], [1]], [0, 1])
    ([[0.0], [1.0]], [0.0, 1.0])
    """
    rows = inputs_in(X, f"{of}X")
    named = f"{of}y"
    targets = sequence_of(array_of(y), named, "targets")
    if len(rows) != len(targets):
        raise ValueError(
            f"expected as many targets as rows, got {of}X with {counted(len(rows), 'row')} and"
            f" {named} with {counted(len(targets), 'target')}"
        )
    for i, target in enumerate(targets):
        if isinstance(target, str):
            which = f"{named}[{i}] is {target!r}, expected a number"
            raise TypeError(f"{which}: give each class its index, from 0 on")
    return rows, [numbers_in(t, f"{named}[{i}]") for i, t in enumerate(targets)]


def _each(X: Any, what: str, of: str) -> list[Any]:
    table = array_of(X)
    if is_array(table) and table.ndim and table.dtype.kind in "biuf":
        table = table.tolist()  # at once, for the row of a matrix of numpy's is a matrix again
    items = sequence_of(table, what, of)
    if not items:
        raise ValueError(f"{what}: expected at least one row, got none")
    for i, item in enumerate(items):
        if isinstance(item, Value) or as_real(item) is not None:
            raise TypeError(
                f"{what} is a sequence of rows, but {what}[{i}] is {shortened(item)}:"
                f" write [[1.0], [2.0]] for rows of one number, [[1.0, 2.0]] for one row"
            )
    rows = [sequence_of(item, f"{what}[{i}]") for i, item in enumerate(items)]
    return [numbers_in(row, f"{what}[{i}]") for i, row in enumerate(rows)]


def _is_row(row: list[Any]) -> bool:
    return list not in set(map(type, row))


def _uneven(place: str, row: list[float], first: str, known: list[float]) -> str:
    return (
        f"{place} has {counted(len(row), 'number')}, but {first} has {len(known)}:"
        " all rows must be of one width"
    )
