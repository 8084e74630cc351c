"""Who looks at the number of a node while a program is recorded.

A number that leaves the graph, ``v.data``, is a plain number in the recording: a constant in
all replays. ``record`` warns of that; ``fit`` and ``predict``, which record models that were not
written for it, make it an error.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from . import value
from .recording import branch_check
from .value import Value

READS = "reads the number of"  # what a program does that looks at ``data``

_lock = threading.RLock()  # what kind of node is made is the same for all threads


@contextmanager
def watched(leaves: Iterable[Value], trusted: tuple[str, ...]) -> Iterator[None]:
    """Check, as a branch is checked, who reads ``data`` of these leaves and of what comes of them.

    Code in packages of the names in ``trusted`` may. Only while a program is recorded.

    >>> from autograd.recording import refusing_branches
    >>> x = Value(2.0)
    >>> with refusing_branches(lambda v, does: print(does, v.op)), watched([x], ("autograd",)):
    ...     exec("y = 3.0 * x; number = y.data", {"x": x, "__name__": "elsewhere"})
    reads the number of <Primitive mul>
    """
    with _lock:
        kinds: list[tuple[Any, Any]] = [(leaf, type(leaf)) for leaf in leaves]
        before = value.Made
        try:
            value.Made = _watching(Value, trusted)
            for leaf, kind in kinds:
                leaf.__class__ = _watching(kind, trusted)
            yield
        finally:
            try:
                _restored(before, kinds)
            except KeyboardInterrupt:  # not half of them
                _restored(before, kinds)
                raise


def _restored(made: type[Value], kinds: list[tuple[Any, Any]]) -> None:
    value.Made = made
    for leaf, kind in kinds:
        leaf.__class__ = kind


@cache
def _watching(kind: Any, trusted: tuple[str, ...]) -> type[Value]:
    """Make the kind of node that is like another, but notices when its number is read."""
    slot = kind.data

    def data(self: Value) -> float:
        check = branch_check()
        if check is not None:
            package = sys._getframe(1).f_globals.get("__name__", "").partition(".")[0]
            if package not in trusted:
                check(self, READS)
        number: float = slot.__get__(self)
        return number

    names: dict[str, Any] = {
        "__slots__": (),
        "data": property(data, slot.__set__),
        "__module__": kind.__module__,
    }
    return type(kind.__name__, (kind,), names)
