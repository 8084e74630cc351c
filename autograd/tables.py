"""Tables of text: columns that line up on every terminal, long ones cut in the middle."""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, TypeVar

from .formulas import is_number, node_names, number_text

if TYPE_CHECKING:
    from .backprop import GradTable, TangentTable
    from .value import Value

T = TypeVar("T")

HEAD, TAIL = 100, 100  # rows of a long table that are shown

_ASCII = str.maketrans(
    {"−": "-", "×": "*", "·": "*", "÷": "/", "²": "^2", "³": "^3", "…": "...", "∂": "d",
     "→": "->", "′": "'", "σ": "sigmoid", "√": "sqrt", "Σ": "sum", "Π": "prod", "λ": "lambda"}
)  # fmt: skip


def readable(texts: Iterable[str]) -> list[str]:
    """Give the texts as they are if standard output can show all of them, else in ASCII.

    >>> readable(["w × x"])
    ['w × x']
    """
    given = list(texts)
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    try:
        "".join(given).encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return [text.translate(_ASCII).encode("ascii", "replace").decode() for text in given]
    return given


def columns(text: str) -> int:
    """Count the columns that a text takes on a terminal: Chinese letters take two.

    >>> columns("ab"), columns("漢字")
    (2, 4)
    """
    if text.isascii():
        return len(text)
    wide = sum(unicodedata.east_asian_width(c) in "WF" for c in text)
    return len(text) + wide - sum(unicodedata.category(c) in ("Mn", "Me", "Cf") for c in text)


def aligned(lines: Sequence[Sequence[str]], sides: str, gap: str = "  ") -> str:
    """Set cells in columns; ``sides`` has one letter per column: ``<`` left, ``>`` right.

    A column that is empty in every line takes no room.

    >>> print(aligned([["x", "2.0"], ["total", "12.5"]], "<>"))
    x       2.0
    total  12.5
    """
    flat = iter(readable(cell for line in lines for cell in line))
    cells = [[next(flat) for _ in line] for line in lines]
    widths = [max(columns(line[i]) for line in cells) for i in range(len(sides))]
    used = [i for i, width in enumerate(widths) if width]
    rows = []
    for line in cells:
        padded = []
        for i in used:
            space = " " * (widths[i] - columns(line[i]))
            padded.append(space + line[i] if sides[i] == ">" else line[i] + space)
        rows.append(gap.join(padded).rstrip())
    return "\n".join(rows)


def ends(rows: Sequence[T], head: int = HEAD, tail: int = TAIL) -> tuple[Sequence[T], int]:
    """Give the first and the last of many rows, and how many are left out between them.

    >>> ends([1, 2, 3, 4, 5], 1, 2)
    ([1, 4, 5], 2)
    """
    hidden = len(rows) - head - tail
    if hidden <= 0:
        return rows, 0
    return [*rows[:head], *rows[len(rows) - tail :]], hidden


def grad_table_text(table: GradTable, head: int = HEAD, tail: int = TAIL, terms: int = 4) -> str:
    """Write a grad-table with one aligned line per node, the output first.

    Each line shows the products that the gradient is the sum of, at most ``terms``
    of them. Lines between the first ``head`` and the last ``tail`` are counted.

    >>> from autograd import Value, grad_table
    >>> x = Value(3.0, "x")
    >>> print(grad_table_text(grad_table(2.0 * x)))
    node    data  gradient  sum of: child's gradient × local partial
    v2    6.0000    1.0000  seed
    x     3.0000    2.0000  v2: 1.0000 × 2.0000
    """
    order = list(table)
    names = node_names(order)
    shown, hidden = ends([n for n in reversed(order) if not is_number(n)], head, tail)
    sums: dict[Value, list[str]] = {node: [] for node in shown}
    for child in reversed(order):
        for parent, partial in zip(child.parents, child.partials, strict=True):
            if parent in sums:
                product = f"{number_text(table[child])} × {number_text(partial)}"
                sums[parent].append(f"{names[child]}: {product}")
    lines = []
    for node, products in sums.items():
        summands = " + ".join(products[:terms]) or "seed"
        if len(products) > terms:
            summands += f" + … ({len(products) - terms} more)"
        lines.append([names[node], number_text(node.data), number_text(table[node]), summands])
    if hidden:
        lines.insert(head, [f"… {hidden} more", "", "", ""])
    heading = ["node", "data", "gradient", "sum of: child's gradient × local partial"]
    return aligned([heading, *lines], "<>><")


def tangent_table_text(table: TangentTable, head: int = HEAD, tail: int = TAIL) -> str:
    """Write a tangent table with one aligned line per node, the leaves first.

    >>> from autograd import Value, tangent_table
    >>> x = Value(3.0, "x")
    >>> print(tangent_table_text(tangent_table(2.0 * x, {x: 1.0})))
    node    data  tangent
    x     3.0000   1.0000
    v2    6.0000   2.0000
    """
    order = list(table)
    names = node_names(order)
    shown, hidden = ends([n for n in order if not is_number(n)], head, tail)
    lines = [[names[n], number_text(n.data), number_text(table[n])] for n in shown]
    if hidden:
        lines.insert(head, [f"… {hidden} more", "", ""])
    return aligned([["node", "data", "tangent"], *lines], "<>>")
