"""The evaluation trace: what was computed on the way forward, and what came back.

Going forward there is one row per node. Going back there is one row per EDGE, because a
gradient is made of one summand per edge; the sum so far stands last in the row, so that
one can watch the gradient of a node that is used twice become complete.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from math import isfinite
from typing import NamedTuple, TypeVar

from .backprop import TangentTable, grad_table, handed_on, tangent_table
from .errors import counted
from .formulas import (
    CHANGED,
    expression,
    is_number,
    isolated,
    node_names,
    number_text,
    one_line,
)
from .higher import outdated
from .tables import HEAD, aligned, ends, readable
from .value import Value

__all__ = ["BackwardRow", "ForwardRow", "TangentRow", "Trace", "trace"]

NAME_WIDTH, EXPRESSION_WIDTH = 24, 40  # characters
BACKWARD_SIDES = "<<><><><<<>"  # of its columns: < left, > right

Row = TypeVar("Row")


class ForwardRow(NamedTuple):
    """One node: its position in the topological order, and its value."""

    number: int
    node: Value
    value: float


class TangentRow(NamedTuple):
    """One node: how fast it changes, the sum over its operands of partial × tangent."""

    number: int
    node: Value
    tangent: float


class BackwardRow(NamedTuple):
    """One edge: what the child's gradient adds to the parent's, and the sum so far."""

    child: Value
    parent: Value
    gradient: float
    partial: float
    product: float
    total: float


class Trace:
    """The evaluation trace of ``output``: ``print`` it, or read its rows.

    ``forward`` has one row per node (plain numbers have none), ``backward`` one per edge,
    ``tangent`` one per node if a direction was given; all in the order in which the engine
    goes. A notebook shows tables.

    >>> x = Value(3.0, "x")
    >>> y = (x * x).named("y")
    >>> for row in trace(y).backward:
    ...     print(row.product, row.total)
    3.0 3.0
    3.0 6.0
    """

    def __init__(self, output: Value, tangents: TangentTable | None = None) -> None:
        self.output = output
        self._gradients = grad_table(output)
        self._tangents = tangents
        self._order = list(self._gradients)
        self._names = node_names(self._order)

        self._changed = any(map(outdated, self._order))
        self.forward = [
            ForwardRow(number, node, node.data)
            for number, node in enumerate(self._order)
            if not is_number(node) or node is output
        ]

    @cached_property
    def notes(self) -> list[str]:
        """What has to be known of the numbers: leaves that changed, a zero that met an infinity."""
        notes = [CHANGED] if self._changed else []
        if any(row.gradient == 0.0 and not isfinite(row.partial) for row in self.backward):
            notes.append("a gradient of 0 is not handed on, whatever the local derivative is")
        return notes

    @cached_property
    def tangent(self) -> list[TangentRow]:
        """One row per node of ``forward`` if a direction was given."""
        tangents = self._tangents
        if tangents is None:
            return []
        return [TangentRow(row.number, row.node, tangents[row.node]) for row in self.forward]

    @cached_property
    def backward(self) -> list[BackwardRow]:
        """One row per edge in the order of the sweep; the output starts with a gradient of 1."""
        rows = []
        totals = dict.fromkeys(self._order, 0.0)
        for child in reversed(self._order):
            gradient = self._gradients[child]
            for parent, partial in zip(child.parents, child.partials, strict=True):
                if is_number(parent):
                    continue
                product = handed_on(gradient, partial)
                totals[parent] += product
                rows.append(BackwardRow(child, parent, gradient, partial, product, totals[parent]))
        return rows

    def __repr__(self) -> str:
        values, edges = counted(len(self.forward), "value"), counted(len(self.backward), "edge")
        return f"<Trace of {self._name(self.output)}: {values}, {edges}>"

    def __str__(self) -> str:
        left, right = self._forward_cells(), self._backward_cells()
        height = max(len(left), len(right))
        left += [[""] * len(left[0])] * (height - len(left))
        right += [[""] * len(right[0])] * (height - len(right))
        lines = [[*a, "  ", *b] for a, b in zip(left, right, strict=True)]
        text = aligned(lines, self._forward_sides + "<" + BACKWARD_SIDES, gap=" ")
        return "\n".join([text, *readable(f"note: {note}" for note in self.notes)])

    def _repr_html_(self) -> str:
        tables = (
            _html(self._forward_cells(isolated), self._forward_sides),
            _html(self._backward_cells(isolated), BACKWARD_SIDES),
        )
        notes = "".join(f"<p>note: {note}</p>" for note in self.notes)
        style = "display:flex;flex-wrap:wrap;gap:2em;align-items:flex-start"
        return f'<div style="{style}">{"".join(tables)}</div>{notes}'

    def _name(self, node: Value, marked: Callable[[str], str] = str) -> str:
        return marked(one_line(self._names[node], NAME_WIDTH))

    @property
    def _forward_sides(self) -> str:
        return "><<>" if self._tangents is None else "><<><>"

    def _forward_cells(self, marked: Callable[[str], str] = str) -> list[list[str]]:
        def cells(row: ForwardRow) -> list[str]:
            short = {parent: self._name(parent, marked) for parent in row.node.parents}
            made = one_line(expression(row.node, short), EXPRESSION_WIDTH)
            name = self._name(row.node, marked)
            line = [str(row.number), f"{name} = {made}" if made else name, " "]
            line.append(number_text(row.value))
            if self._tangents is not None:
                line += [" ", number_text(self._tangents[row.node])]
            return line

        heading = ["", "forward", " ", "value"]
        if self._tangents is not None:
            heading += [" ", "tangent"]
        return [heading, *_cut(self.forward, cells, 1)]

    def _backward_cells(self, marked: Callable[[str], str] = str) -> list[list[str]]:
        def cells(row: BackwardRow) -> list[str]:
            parent = self._name(row.parent, marked)
            numbers = [number_text(number) for number in row[2:]]
            gradient, partial, product, total = numbers
            edge = f"{self._name(row.child, marked)} → {parent}"
            return [edge, " ", gradient, "×", partial, "=", product, " ", parent, "=", total]

        y = self._name(self.output, marked)
        heading = [f"backward (d{y}/d.)", " ", "gradient", "×", "partial", "=", "product"]
        heading += [" ", "", "", "so far"]
        seed = [f"seed {y}", *[""] * 7, y, "=", number_text(1.0)]
        return [heading, seed, *_cut(self.backward, cells, 0)]


def trace(y: Value, tangent: Mapping[Value, float] | None = None) -> Trace:
    """Give the evaluation trace of ``y``: every value, and every product on the way back.

    ``tangent`` gives a direction, such as ``{x: 1.0}``, for a column of forward-mode
    tangents beside the values. More than 200 rows are cut in the middle when printed.
    Raises ``TypeError`` if ``y`` is not a node, or ``tangent`` not a mapping from nodes to
    numbers. Source: syllabus A4.

    >>> x = Value(0.5, "x")
    >>> print(trace((x * x).named("y"), tangent={x: 1.0}))
      forward      value   tangent    backward (dy/d.)   gradient × partial = product       so far
    0 x           0.5000    1.0000    seed y                                            y = 1.0000
    1 y = x × x   0.2500    1.0000    y → x                1.0000 ×  0.5000 =  0.5000   x = 0.5000
                                      y → x                1.0000 ×  0.5000 =  0.5000   x = 1.0000
    """
    return Trace(y, None if tangent is None else tangent_table(y, tangent))


def _cut(rows: Sequence[Row], cells: Callable[[Row], list[str]], column: int) -> list[list[str]]:
    """Turn rows into cells; of many rows only the first and the last, and a count."""
    shown, hidden = ends(rows)
    lines = [cells(row) for row in shown]
    if hidden:
        more = [""] * len(lines[0])
        more[column] = f"… {hidden:,} more"
        lines.insert(HEAD, more)
    return lines


def _html(lines: list[list[str]], sides: str) -> str:
    """Write cells as a table of HTML, in which every name is only text."""

    from html import escape

    def row(line: list[str], tag: str) -> str:
        return "<tr>" + "".join(map(cell, [tag] * len(line), line, sides)) + "</tr>"

    def cell(tag: str, text: str, side: str) -> str:
        align = "right" if side == ">" else "left"
        return f'<{tag} style="text-align:{align};white-space:pre">{escape(text)}</{tag}>'

    body = "".join(row(line, "td") for line in lines[1:])
    return f"<table><thead>{row(lines[0], 'th')}</thead><tbody>{body}</tbody></table>"
