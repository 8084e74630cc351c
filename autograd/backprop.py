"""The backward sweep and the table it fills, and their twin that goes forward.

Reverse-mode differentiation is one loop. Going through the nodes with children
before parents, every node hands its gradient to its operands, each time
multiplied by the local partial derivative that stands on the edge:

    table[parent] += table[node] * partial

A parent that was used several times (fan-out) collects one product per use. When
its turn comes all its children have been there, so its entry is complete. The
loop knows nothing of any operation: the partials were recorded on the edges.

Forward-mode differentiation is the same loop over the same edges in the other
direction: every node takes from its operands how fast they change. One sweep backward
gives the derivatives of one output with respect to every node; one sweep forward gives
the derivatives of every node in one direction.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from .errors import shortened
from .graph import topological_order, walk
from .primitives import real
from .value import Value

__all__ = ["Contribution", "GradTable", "TangentTable", "grad_table", "tangent_table"]


def grad_table(y: Value, seed: float = 1.0) -> GradTable:
    """Give the derivative of ``y``, times ``seed``, with respect to every node under it.

    Changes nothing: no ``grad`` is touched. Raises ``TypeError`` if ``y`` is not a
    node or ``seed`` not a number. Source: syllabus A7, the grad-table algorithm.

    >>> x = Value(3.0)
    >>> grad_table(x * x)[x]
    6.0
    """
    table = walk(y)
    table[y] = real(seed, "seed")
    for node in reversed(table):
        gradient = table[node]
        # A zero gradient is not handed on: 0 times an infinite partial (the branch
        # of a ``where`` that was not taken) would turn into nan.
        if gradient == 0.0:
            continue
        a, b = node._a, node._b
        if type(a) is tuple:
            for parent, partial in zip(a, node._da, strict=True):
                table[parent] += gradient * partial
            continue
        if a is not None and type(a) is not float:
            table[a] += gradient * node._da
        if b is not None and type(b) is not float:
            table[b] += gradient * node._db
    return GradTable(y, table)


def backward(y: Value, seed: float = 1.0) -> GradTable:
    """Add the grad-table of ``y`` onto the ``grad`` of its nodes, and return the table.

    >>> x = Value(3.0)
    >>> backward(x * x)[x] == x.grad == 6.0
    True
    """
    table = grad_table(y, seed)
    y._swept = True
    for node, gradient in table.sums():
        node.grad += gradient
    return table


def tangent_table(y: Value, direction: Mapping[Value, float]) -> TangentTable:
    """Give how fast every node under ``y`` changes when the leaves change as ``direction`` says.

    ``direction`` gives the tangents of some nodes, all other leaves stand still; a node
    that is given, and is no leaf, is treated like one. ``table[y]`` is the directional
    derivative of ``y``. Raises ``TypeError`` if ``direction`` is not a mapping from nodes
    to numbers. Source: syllabus A4, the forward tangent trace.

    >>> x1, x2 = Value(2.0), Value(5.0)
    >>> y = x1.log() + x1 * x2 - x2.sin()
    >>> tangent_table(y, {x1: 1.0})[y]
    5.5
    """
    if not isinstance(direction, Mapping):
        raise TypeError(
            "tangent_table expects a direction such as {x: 1.0},"
            f" got {type(direction).__name__} {shortened(direction)}"
        )
    table = dict.fromkeys(topological_order(y), 0.0)
    for node, speed in direction.items():
        _check(node, "a direction")
        number = real(speed, "a direction")
        if node in table:
            table[node] = number
    for node in table:
        if node in direction:
            continue
        tangent = 0.0
        for parent, partial in zip(node.parents, node.partials, strict=True):
            # what stands still, or has no influence, adds nothing (not nan if the other
            # factor is infinite), as in the backward sweep
            if table[parent] and partial:
                tangent += table[parent] * partial
        table[node] = tangent
    return TangentTable(y, table)


def handed_on(gradient: float, partial: float) -> float:
    """Give what a node with that gradient adds to an operand's, along an edge of that partial.

    >>> handed_on(2.0, 3.0), handed_on(0.0, float("inf"))
    (6.0, 0.0)
    """
    return gradient and gradient * partial  # a zero is not handed on, as in the sweep


class Contribution(NamedTuple):
    """What one use of a node adds to its gradient: one summand of the grad-table."""

    child: Value
    gradient: float
    partial: float
    product: float


class GradTable(Mapping[Value, float]):
    """The gradients of one backward sweep: a mapping from node to d output / d node.

    A node that the output does not depend on reads 0.0. Iteration goes through the
    graph's nodes in topological order. ``print(table)`` shows where each gradient
    came from.

    >>> x = Value(3.0, "x")
    >>> y = (x * x).named("y")
    >>> print(grad_table(y))
    node    data  gradient  sum of: child's gradient × local partial
    y     9.0000    1.0000  seed
    x     3.0000    6.0000  y: 1.0000 × 3.0000 + y: 1.0000 × 3.0000
    """

    def __init__(self, output: Value, sums: dict[Value, float]) -> None:
        self.output = output
        self._sums = sums
        self._has_constants = False

    def sums(self) -> Iterator[tuple[Value, float]]:
        """Go through the nodes that took part in the sweep, and their gradients.

        >>> x = Value(3.0)
        >>> [gradient for node, gradient in grad_table(x * x).sums()]
        [6.0, 1.0]
        """
        return iter(self._sums.items())

    def _all(self) -> dict[Value, float]:
        """Give the whole table, with the operands that were plain numbers in the sweep."""
        if not self._has_constants:
            swept = self._sums
            everything = dict.fromkeys(topological_order(self.output), 0.0) | swept
            for child, parent, partial in _edges(everything):
                if parent not in swept and everything[child]:
                    everything[parent] += everything[child] * partial
            self._sums, self._has_constants = everything, True
        return self._sums

    def __getitem__(self, node: Value) -> float:
        _check(node, "a GradTable")
        if node in self._sums:
            return self._sums[node]
        return self._all().get(node, 0.0) if node.role == "constant" else 0.0

    def __contains__(self, node: object) -> bool:
        return node in self._all()

    def __iter__(self) -> Iterator[Value]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())

    def contributions(self, node: Value) -> list[Contribution]:
        """Give one ``Contribution`` per use of ``node``; their products sum to its gradient.

        They come in the order of the sweep: added from the left they give the gradient to
        the last bit. The output itself has none (its gradient is the seed).

        >>> w = Value(2.0)
        >>> [c.product for c in grad_table(w * 3.0 + w * 4.0).contributions(w)]
        [4.0, 3.0]
        """
        _check(node, "a GradTable")
        table = self._all()
        return [
            Contribution(child, table[child], partial, handed_on(table[child], partial))
            for child, parent, partial in _edges(table)
            if parent is node
        ]

    def __repr__(self) -> str:
        return f"<GradTable of {self.output!r}>"

    def __str__(self) -> str:
        from .tables import grad_table_text

        return grad_table_text(self)


class TangentTable(Mapping[Value, float]):
    """The tangents of one forward sweep: a mapping from node to its directional derivative.

    A node that is not under the output reads 0.0. Iteration goes through the graph's
    nodes in topological order.

    >>> x = Value(3.0, "x")
    >>> y = (x * x).named("y")
    >>> print(tangent_table(y, {x: 1.0}))
    node    data  tangent
    x     3.0000   1.0000
    y     9.0000   6.0000
    """

    def __init__(self, output: Value, tangents: dict[Value, float]) -> None:
        self.output = output
        self._tangents = tangents

    def __getitem__(self, node: Value) -> float:
        _check(node, "a TangentTable")
        return self._tangents.get(node, 0.0)

    def __contains__(self, node: object) -> bool:
        return node in self._tangents

    def __iter__(self) -> Iterator[Value]:
        return iter(self._tangents)

    def __len__(self) -> int:
        return len(self._tangents)

    def __repr__(self) -> str:
        return f"<TangentTable of {self.output!r}>"

    def __str__(self) -> str:
        from .tables import tangent_table_text

        return tangent_table_text(self)


def _check(node: object, who: str) -> None:
    if not isinstance(node, Value):
        raise TypeError(
            f"{who} is indexed with a Value, got {type(node).__name__} {shortened(node)}"
        )


def _edges(table: dict[Value, float]) -> Iterator[tuple[Value, Value, float]]:
    """Go through (child, parent, partial) in the order of the sweep."""
    for child in reversed(table):
        for parent, partial in zip(child.parents, child.partials, strict=True):
            yield child, parent, partial
