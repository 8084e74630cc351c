"""Where in the model a node was made: the clusters of a drawing."""

from __future__ import annotations

from contextvars import ContextVar
from types import TracebackType

__all__ = ["scope"]

# A context variable, not a plain global: every thread builds its own graph.
_path: ContextVar[tuple[str, ...]] = ContextVar("scope", default=())

current_path = _path.get  # called for every node that is made


class scope:
    """Nodes made inside ``with scope("name"):`` belong to the cluster of that name.

    Scopes nest. Entering the same path again continues the same cluster, so that
    a hundred samples sent through one layer are drawn as one cluster. A scope
    object may be entered any number of times, in any thread.

    Raises ``TypeError`` if the name is not a string, ``ValueError`` if it is empty.

    >>> from autograd import Value
    >>> with scope("neuron"):
    ...     y = Value(2.0) * 3.0
    >>> y.scope
    ('neuron',)
    """

    __slots__ = ("_last", "name")

    def __init__(self, name: str) -> None:
        if not isinstance(name, str):
            raise TypeError(f"scope expects a name (str), got {type(name).__name__} {name!r}")
        if not name:
            raise ValueError("scope expects a name that is not empty")
        self.name = name
        self._last: tuple[tuple[str, ...], tuple[str, ...]] = ((), (name,))

    def __enter__(self) -> scope:
        # A neuron enters its scope once for every sample, nearly always from the same
        # place: the path inside is remembered, not put together anew.
        outer = _path.get()
        last, inner = self._last
        if outer != last:
            inner = (*outer, self.name)
            self._last = outer, inner
        _path.set(inner)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        _path.set(_path.get()[:-1])
