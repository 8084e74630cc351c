"""Arguments of any shape as one flat list of numbers, and back.

A function may take numbers, or lists, tuples, dicts and numpy arrays of them, nested as
its author likes. Its derivative comes in the same shape.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from .errors import shortened
from .primitives import as_real
from .value import Value

Rebuild = Callable[[Iterator[Any]], Any]


def flatten(thing: Any, who: str) -> tuple[list[Any], Rebuild]:
    """Give the numbers and nodes in ``thing``, and the function that puts others in their place.

    Raises ``TypeError`` for anything that is not made of numbers and nodes.

    >>> leaves, rebuild = flatten([1, (2, 3.5)], "f")
    >>> leaves
    [1.0, 2.0, 3.5]
    >>> rebuild(iter("abc"))
    ['a', ('b', 'c')]
    """
    if isinstance(thing, Value):
        return [thing], next
    number = as_real(thing)
    if number is not None:
        return [number], next
    if isinstance(thing, dict):
        leaves, together = _several(list(thing.values()), who)
        return leaves, lambda items: dict(zip(thing, together(items), strict=True))
    if isinstance(thing, tuple) and hasattr(thing, "_fields"):
        leaves, together = _several(list(thing), who)
        return leaves, lambda items: type(thing)(*together(items))
    if isinstance(thing, tuple):
        leaves, together = _several(list(thing), who)
        return leaves, lambda items: tuple(together(items))
    if isinstance(thing, list):
        return _several(thing, who)
    if is_array(thing):
        leaves, _ = _several(thing.ravel().tolist(), who)
        return leaves, lambda items: _array([next(items) for _ in leaves], thing.shape)
    raise TypeError(
        f"{who} expects numbers, or lists, tuples, dicts and arrays of them,"
        f" got {type(thing).__name__} {shortened(thing)}"
    )


def _several(things: list[Any], who: str) -> tuple[list[Any], Callable[[Iterator[Any]], list[Any]]]:
    parts = [flatten(thing, who) for thing in things]
    leaves = [leaf for part, _ in parts for leaf in part]
    return leaves, lambda items: [rebuild(items) for _, rebuild in parts]


def is_array(thing: Any) -> bool:
    """Say whether ``thing`` is a numpy array, without importing numpy.

    >>> is_array([1.0])
    False
    """
    for kind in type(thing).__mro__:  # a loop, for this is asked for every gradient
        if kind.__name__ == "ndarray" and kind.__module__ == "numpy":
            return True
    return False


def _array(items: list[Any], shape: tuple[int, ...]) -> Any:
    import numpy as np  # it is there: an array came in

    array = np.empty(len(items), object if any(isinstance(i, Value) for i in items) else float)
    array[:] = items
    return array.reshape(shape)


def plain(thing: Any) -> Any:
    """Give an array as nested lists; everything else as it is.

    >>> plain([1.0])
    [1.0]
    """
    return thing.tolist() if is_array(thing) else thing
