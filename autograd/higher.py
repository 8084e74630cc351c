"""Derivatives that are nodes again: they can be drawn, read and differentiated further.

The sweep of ``backprop`` multiplies numbers that were recorded on the edges. Here the
same sweep multiplies nodes: it asks the row of each operation for its partials once
more, this time of the operands themselves and not of their data. A row is written
with operators and primitives, so what comes back is a piece of graph.

A partial that comes back as a plain number is a constant of the structure, such as the
1 of a sum. Only those are simplified: a constant 0 hands nothing on, a constant 1 leaves
no factor, constant factors are multiplied with each other. A node whose data happen to
be 0 stays: ``x * x`` at 0 has the derivative 0 and the second derivative 2.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from . import primitives as table
from .errors import AutogradError, StaleGraphError, shortened
from .graph import topological_order, walk
from .primitives import as_real
from .recording import branch_check
from .value import Constant, Value

__all__ = ["gradients"]


def gradients(y: Value, nodes: Iterable[Value]) -> list[Value]:
    """Give the derivatives of ``y`` with respect to ``nodes``, each of them a node.

    A derivative may be a node of the graph itself (d(w x)/dw is x), or a new constant. A
    plain number in the program takes no further part: label it, or make it a ``Value``,
    to differentiate by it later.

    Raises ``StaleGraphError`` if leaves were changed after the graph was recorded,
    ``TypeError`` if something is not a node, or if the partials of a primitive of your
    own serve only floats. Source: syllabus A2, A3, A10.

    >>> x = Value(3.0, "x")
    >>> (slope,) = gradients(x ** 3, [x])
    >>> (curvature,) = gradients(slope, [x])
    >>> slope.data, curvature.data
    (27.0, 18.0)
    """
    if isinstance(nodes, Value) or not isinstance(nodes, Iterable):
        raise TypeError(
            "gradients expects a list of nodes, as in gradients(y, [x]),"
            f" got {type(nodes).__name__} {shortened(nodes)}"
        )
    wanted = list(nodes)
    for node in wanted:
        walk(node)  # refuses what is no node
    check_fresh(y)
    return [as_node(slope) for slope in adjoints(y, wanted)]


def adjoints(y: Value, nodes: list[Value]) -> list[Value | float]:
    """Give d ``y`` / d node for each of ``nodes``, by reverse mode: a node or a constant.

    >>> x = Value(3.0)
    >>> adjoints(x * 2.0, [x])
    [2.0]
    """
    relevant = _depending(y, nodes)
    sums: dict[Value, Value | float] = {y: 1.0}
    for node in reversed(relevant):
        adjoint = sums.get(node)
        if adjoint is None:
            continue
        for parent, partial in edges(node, relevant):
            product = None if _silent(adjoint, partial) else _times(adjoint, partial)
            if product is not None:
                sums[parent] = _plus(sums[parent], product) if parent in sums else product
    return [sums.get(node, 0.0) for node in nodes]


def tangent(y: Value, direction: Mapping[Value, Value | float]) -> Value | float:
    """Give the derivative of ``y`` in a direction, by forward mode: a node or a constant.

    >>> x = Value(3.0)
    >>> tangent(x * x, {x: 1.0}).data
    6.0
    """
    sums = {node: t for node, t in direction.items() if isinstance(t, Value) or t}
    relevant = _depending(y, list(sums))
    for node in relevant:
        if node in direction:
            continue
        for parent, partial in edges(node, relevant):
            speed = sums.get(parent)
            if speed is None or _silent(speed, partial) or _silent(partial, speed):
                continue
            product = _times(speed, partial)
            if product is not None:
                sums[node] = _plus(sums[node], product) if node in sums else product
    return sums.get(y, 0.0)


def _depending(y: Value, nodes: list[Value]) -> dict[Value, None]:
    """Give the nodes under ``y`` that depend on one of ``nodes``, parents before children."""
    found = dict.fromkeys(nodes)
    relevant: dict[Value, None] = {}
    for node in walk(y):
        a, b = node._a, node._b
        many = type(a) is tuple and any(p in found for p in a)
        if a in found or b in found or many or node in found:
            found[node] = relevant[node] = None
    return relevant


def edges(node: Value, relevant: Mapping[Value, Any]) -> Iterator[tuple[Value, Value | float]]:
    """Go through the (parent, partial) of a node whose parent is relevant, partials as nodes.

    >>> x = Value(3.0)
    >>> list(edges(x * x, {x: None})) == [(x, x), (x, x)]
    True
    """
    row, a, b = node.op, node._a, node._b
    if row is None:
        return
    operands = a if type(a) is tuple else (a,) if b is None else (a, b)
    if a not in relevant and b not in relevant and not any(o in relevant for o in operands):
        return
    try:
        partials = row.partials(node, *[_operand(o) for o in operands])
    except TypeError as cause:
        raise TypeError(
            f"no further derivative: the partials of {row.name!r} do not serve nodes ({cause});"
            " write them with operators and with autograd's functions instead of math's"
        ) from None
    if row.fixed:
        operands = operands[:-1]
    given = tuple(partials)
    if len(given) != len(operands):
        raise TypeError(
            f"the partials of {row.name!r} on nodes gave {shortened(given)},"
            f" expected a tuple of {len(operands)}"
        )
    for parent, partial in zip(operands, given, strict=True):
        if parent in relevant:
            known = type(partial) is float or isinstance(partial, Value)
            yield parent, partial if known else _constant(partial, row.name)


def _operand(operand: Value | float) -> Value | float:
    """Give a plain number as that number, whether or not somebody has looked at its node."""
    return operand.data if type(operand) is Constant and not operand.label else operand


def _constant(partial: Any, name: str) -> float:
    number = as_real(partial)
    if number is None:
        raise TypeError(
            f"a partial of {name!r} on nodes gave {type(partial).__name__} {shortened(partial)},"
            " expected a node or a number"
        )
    return number


def _times(slope: Value | float, partial: Value | float) -> Value | float | None:
    """Multiply along an edge; None where nothing is handed on."""
    if not isinstance(slope, Value):
        if not isinstance(partial, Value):
            return slope * partial or None
        return _scaled(slope, partial)
    if not isinstance(partial, Value):
        return _scaled(partial, slope)
    constant = _operand(partial._a) if partial.op is table.mul and not partial.label else None
    if type(constant) is float and constant and isinstance(partial._b, Value):
        scaled = _scaled(constant, slope)
        if scaled is not None and math.isfinite(scaled.data):
            return scaled * partial._b
    return slope * partial


def _silent(zero: Value | float, other: Value | float) -> bool:
    """Say whether this is 0 times inf or nan, which the sweep on numbers does not hand on."""
    if isinstance(zero, Value) and branch_check() is not None:
        return False  # a zero of today, in a recording, whose other numbers are nan
    number = zero.data if isinstance(zero, Value) else zero
    return number == 0.0 and not math.isfinite(other.data if isinstance(other, Value) else other)


def _scaled(factor: float, node: Value) -> Value | None:
    """Multiply a node by a constant, in as few operations as it takes."""
    if factor == 0.0:
        return None
    if factor == 1.0:
        return node
    if node.op is table.mul and not node.label and isinstance(node._b, Value):
        inner = _operand(node._a)
        whole = inner if isinstance(inner, Value) else factor * inner
        if not isinstance(whole, Value) and whole and math.isfinite(whole):
            return _scaled(whole, node._b)
    return -node if factor == -1.0 else factor * node


def _plus(sum_: Value | float, product: Value | float) -> Value | float:
    if isinstance(product, Value) and product.op is table.neg and isinstance(sum_, Value):
        subtracted: Value = product._a
        return sum_ - subtracted
    return sum_ + product


def as_node(slope: Value | float) -> Value:
    """Give a derivative as a node; a constant one becomes a ``Constant``.

    >>> as_node(0.0)
    Constant(data=0, grad=0)
    """
    return slope if isinstance(slope, Value) else Constant(slope)


def check_fresh(y: Value) -> None:
    """Raise ``StaleGraphError`` unless what was recorded still follows from the leaves' data.

    >>> x = Value(3.0, "x")
    >>> y = x * x
    >>> x.data = 4.0
    >>> check_fresh(y)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    autograd.errors.StaleGraphError: ...
    """
    for node in topological_order(y):
        if not outdated(node):
            continue
        assert node.op is not None
        numbers = tuple(p.data for p in node.parents)
        who = f"Value {node.label!r}" if node.label else "a node"
        raise StaleGraphError(
            f"{who} made by {node.op.name} was recorded as {node.data!r} with partials"
            f" {shortened(node.partials)}, which no longer follows from its operands"
            f" {shortened(numbers)}: some data were changed after the graph was made. Build"
            " the graph again from the changed leaves, then ask for its derivatives"
        )


def outdated(node: Value) -> bool:
    """Say whether what a node recorded does not follow from its operands' data of today.

    >>> x = Value(3.0)
    >>> y = x * x
    >>> x.data = 4.0
    >>> outdated(x), outdated(y)
    (False, True)
    """
    row = node.op
    if row is None:
        return False
    numbers = [p.data for p in node.parents] + ([node._b] if row.fixed else [])
    try:
        now = row.evaluate(numbers, node.parents)
        partials = [float(p) for p in row.partials(now, *numbers)]
    except AutogradError:
        return True  # the changed data have no value at all
    return not (same(now, node.data) and all(map(same, partials, node.partials)))


def same(a: float, b: float) -> bool:
    """Say whether two numbers are equal, nan and nan too.

    >>> same(float("nan"), float("nan"))
    True
    """
    return a == b or (a != a and b != b)
