"""Copies and pickles of whole graphs: no recursion, and what was shared stays shared.

``copy`` and ``pickle`` follow references from object to object, one Python call deeper
each time. A graph would be followed from the output down to the leaves, and a deep one
would end in a ``RecursionError``. So a node hands over all nodes below it as a list,
parents first: whatever is taken from that list finds its operands already done.

In a pickle the list consists of records. A record stands for one node, and as long as a
pickler holds it the node keeps the same one: two results pickled together, that share
their leaves, share them when they come back.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any
from weakref import WeakValueDictionary

from .value import Value

_EDGES = ("_a", "_da", "_b", "_db")


def slot_names(kind: type) -> list[str]:
    """Give the attributes that a class and those above it keep in ``__slots__``, the top first.

    >>> slot_names(Value)[:2]
    ['_a', '_b']
    """
    names = []
    for each in reversed(kind.__mro__):
        slots = vars(each).get("__slots__", ())
        for name in [slots] if isinstance(slots, str) else slots:
            private = name.startswith("__") and not name.endswith("__")  # Python mangles these
            names.append(f"_{each.__name__.lstrip('_')}{name}" if private else name)
    return [name for name in names if name not in ("__weakref__", "__dict__")]


def _attributes(node: Value) -> dict[str, Any]:
    """Give what a node holds besides its edges, with all that a subclass adds."""
    names = [n for n in slot_names(type(node)) if n not in _EDGES and hasattr(node, n)]
    return {n: getattr(node, n) for n in [*names, *getattr(node, "__dict__", {})]}


def _order(node: Value, done: Callable[[Value], bool]) -> list[Value]:
    """Give the nodes under ``node`` that are not done yet, parents before children."""
    order: dict[Value, None] = {}
    stack = [node]
    while stack:
        top = stack[-1]
        operands = top._a if type(top._a) is tuple else (top._a, top._b)
        missing = [o for o in operands if isinstance(o, Value) and o not in order and not done(o)]
        if missing and top not in order:
            stack += missing[::-1]
        else:
            order[stack.pop()] = None
    return list(order)


def _made(kind: type[Value], attributes: dict[str, Any], edges: tuple[Any, ...]) -> Value:
    node = kind.__new__(kind)
    for name, thing in (*zip(_EDGES, edges, strict=True), *attributes.items()):
        setattr(node, name, thing)
    return node


def shallow(node: Value) -> Value:
    """Give a node of its own on the same operands.

    >>> x = Value(2.0, "x")
    >>> y = shallow(x * x)
    >>> y.parents == (x, x)
    True
    """
    return _made(type(node), _attributes(node), tuple(getattr(node, e) for e in _EDGES))


def rewired(node: Value, parents: tuple[Value, ...]) -> Value:
    """Give a node like ``node``, with what it recorded, on other operands.

    >>> x, z = Value(2.0, "x"), Value(2.0, "z")
    >>> rewired(x * x, (x, z)).parents == (x, z)
    True
    """
    made = shallow(node)
    if type(made._a) is tuple:
        made._a = parents
    elif parents:
        made._a = parents[0]
        if made._db is not None:
            made._b = parents[1]
    return made


def deep(node: Value, memo: dict[int, Any]) -> Value:
    """Copy the whole graph under ``node``; ``memo`` knows what is copied already.

    >>> y = Value(2.0, "x") * 3.0
    >>> deep(y, {}).parents[0]
    Value(data=2, grad=0, label='x')
    """

    def copied(thing: Any) -> Any:
        if type(thing) is tuple and any(isinstance(t, Value) for t in thing):
            return tuple([memo[id(t)] for t in thing])
        return memo[id(thing)] if isinstance(thing, Value) else thing

    for original in _order(node, lambda n: id(n) in memo):
        edges = tuple(copied(getattr(original, e)) for e in _EDGES)
        made = memo[id(original)] = _made(type(original), {}, edges)
        for name, thing in _attributes(original).items():
            setattr(made, name, copy.deepcopy(thing, memo))
    clone: Value = memo[id(node)]
    return clone


class _Record:
    """Stands for one node in a pickle; what comes out of the pickle is the node."""

    __slots__ = ("__weakref__", "node")

    def __init__(self, node: Value) -> None:
        self.node = node

    def __reduce__(self) -> tuple[Any, ...]:
        edges = tuple(_recorded(getattr(self.node, e)) for e in _EDGES)
        return _made, (type(self.node), _attributes(self.node), edges)


# Records live as long as some pickler holds them, and each of them holds its node, so
# that no other node can get the same id meanwhile.
_records: WeakValueDictionary[int, _Record] = WeakValueDictionary()


def _recorded(thing: Any) -> Any:
    if type(thing) is tuple and any(isinstance(t, Value) for t in thing):
        return tuple([_recorded(t) for t in thing])
    if not isinstance(thing, Value):
        return thing
    record = _records.get(id(thing))
    if record is None:
        record = _records[id(thing)] = _Record(thing)
    return record


def _last(nodes: list[Value]) -> Value:
    return nodes[-1]


def pickled(node: Value) -> tuple[Any, ...]:
    """Give what ``pickle`` stores for a node: a function and its arguments.

    >>> import pickle
    >>> x, y = pickle.loads(pickle.dumps([x := Value(2.0, "x"), x * x]))
    >>> y.parents == (x, x)
    True
    """
    return _last, ([_recorded(n) for n in _order(node, lambda n: id(n) in _records)],)
