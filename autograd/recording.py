"""Whether a program is being recorded: then Python must not branch on what it computes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

# A context variable, as in ``scopes``: another thread may compute something at the same time.
_check: ContextVar[Callable[[Any, str], None] | None] = ContextVar("recording", default=None)

branch_check = _check.get  # called wherever a node is compared


@contextmanager
def refusing_branches(check: Callable[[Any, str], None]) -> Iterator[None]:
    """Call ``check`` inside a ``with`` for each node that a comparison or ``bool`` looks at.

    It gets the node, and what the program does with it, in words.

    >>> from autograd import Value
    >>> with refusing_branches(print):
    ...     Value(2.0) > 1.0
    Value(data=2, grad=0) branches on
    True
    """
    token = _check.set(check)
    try:
        yield
    finally:
        _check.reset(token)
