"""Walks over a graph: iterative, never recursive, so that depth does not matter."""

from __future__ import annotations

from .errors import shortened
from .value import Value

__all__ = ["topological_order"]


def walk(y: Value) -> dict[Value, float]:
    """Give every node under ``y``, parents before children, each with 0.0: an empty grad-table.

    Operands that are still plain numbers inside their node are passed over.
    Raises ``TypeError`` if ``y`` is not a node.

    >>> x = Value(2.0)
    >>> len(walk(x * x))
    2
    """
    if not isinstance(y, Value):
        raise TypeError(f"expected a Value, got {type(y).__name__} {shortened(y)}")
    table: dict[Value, float] = {}
    # Operands of wide nodes that have been seen in the table. Neurons share most of theirs,
    # and a set says with one call whether it has them all.
    found: set[Value] = set()
    stack = [y]
    push, pop = stack.append, stack.pop
    # A node is looked at twice: first to put the operands it waits for above it on
    # the stack, then, when all of them are in the table, to enter the table itself.
    # The first operand goes on top, so that the order is that of the formula.
    while stack:
        node = stack[-1]
        if node in table:
            pop()
            continue
        a, b = node._a, node._b
        waits = False
        if type(a) is tuple:
            if not found.issuperset(a):
                missing = [parent for parent in a if parent not in table]
                stack += reversed(missing)
                waits = bool(missing)
                if not waits:
                    found.update(a)
        else:
            if b is not None and type(b) is not float and b not in table:
                push(b)
                waits = True
            if a is not None and type(a) is not float and a not in table:
                push(a)
                waits = True
        if not waits:
            table[node] = 0.0
            pop()
    return table


def topological_order(y: Value) -> list[Value]:
    """Give every node under ``y``, parents before children, always in the same order.

    The last one is ``y``. Raises ``TypeError`` if ``y`` is not a node.

    >>> x = Value(2.0, "x")
    >>> [node.data for node in topological_order(x * 3.0 + 1.0)]
    [2.0, 3.0, 6.0, 1.0, 7.0]
    """
    for node in walk(y):
        _ = node.parents  # looking at them turns plain numbers into nodes
    return list(walk(y))
