"""The table of primitives for people: every rule as a formula.

The formulas are not written down a second time. Each row is run on symbols, nodes without a
number, and what its partials return is a graph, which ``formula`` can write.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from math import nan

from .graph import topological_order
from .infix import Writer
from .primitives import PRIMITIVES, Primitive
from .value import Value, apply

__all__ = ["rules"]

WIDTHS = (9, 24, 39, 22)  # with two blanks between them: 100 columns
EXPONENT = 3.0  # what a row with a fixed operand is shown with


def rules(rows: Iterable[Primitive] | Primitive | None = None) -> str:
    """Give the table of primitives: value, local partial derivatives, domain, convention.

    In a formula the operation's own value is called by the name it is given on its left.
    ``rows`` are the primitives to show, or one, also of your own; all of the table by default.
    Source: syllabus A11, B6.

    >>> print(rules(PRIMITIVES["sigmoid"]))
    operation  value                     local partial derivatives                where
    sigmoid    y = sigmoid(x)            dy/dx = y * sigmoid(-x)
    """
    lines = [_line("operation", "value", "local partial derivatives", "where")]
    shown = PRIMITIVES.values() if rows is None else rows
    for row in [shown] if isinstance(shown, Primitive) else shown:
        value, partials = _formulas(row)
        where = "; ".join(filter(None, [row.domain, row.convention]))
        cells = [
            [row.name],
            _wrapped([value], WIDTHS[1]),
            _wrapped(partials, WIDTHS[2]),
            textwrap.wrap(where, WIDTHS[3]),
        ]
        height = max(map(len, cells))
        filled = [cell + [""] * (height - len(cell)) for cell in cells]
        lines += [_line(*parts) for parts in zip(*filled, strict=True)]
    return "\n".join(lines)


def _line(*parts: str) -> str:
    return "  ".join(f"{p:<{w}}" for p, w in zip(parts, WIDTHS, strict=True)).rstrip()


def _wrapped(texts: list[str], width: int) -> list[str]:
    return [
        line
        for text in texts
        for line in textwrap.wrap(text, width, subsequent_indent="  ", break_long_words=False)
    ]


def _formulas(row: Primitive) -> tuple[str, list[str]]:
    """Run a row on symbols: give ``y = f(x)`` and a line ``dy/dx = ...`` per operand."""
    code = getattr(row.partials, "__code__", None)
    names = list(code.co_varnames[: code.co_argcount]) if code else ["y"]
    result, operands = names[0], row.operands or names[1:] or ["x1", "x2"]
    fixed = (EXPONENT,) if row.fixed else ()
    symbols = [Value(nan, name) for name in operands[: len(operands) - row.fixed]]
    y = apply(row, (*symbols, *fixed))
    try:
        partials = row.partials(y, *symbols, *fixed)
    except TypeError:  # somebody's own row, written with ``math``
        partials = ("(serves numbers only)",) * len(symbols)
    known = {**{s: s.label for s in symbols}, y: result}

    def text(node: Value, name: bool = True) -> str:
        return Writer(topological_order(node), known, "text").text(node, name=name) or ""

    lines = []
    for symbol, partial in zip(symbols, partials, strict=True):
        derivative = text(partial) if isinstance(partial, Value) else str(partial)
        derivative = derivative.removesuffix(".0")
        lines.append(f"d{result}/d{symbol.label} = {derivative}")
    return f"{result} = {text(y, name=False)}", lines
