"""A graph as text: how numbers, names and operations are written."""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from .value import Value

if TYPE_CHECKING:
    from .backprop import GradTable, TangentTable

Line = tuple[str, str, str, str]

_ASCII = str.maketrans(
    {"−": "-", "×": "x", "·": "*", "÷": "/", "²": "^2", "³": "^3", "…": "...", "∂": "d",
     "σ": "sigmoid", "√": "sqrt", "Σ": "sum", "Π": "prod", "λ": "lambda"}
)  # fmt: skip


def number_text(number: float, digits: int = 4) -> str:
    """Write a number for people: fixed digits, ``.4g`` if very small or large, a true minus.

    >>> number_text(0.7109495), number_text(-3e-7), number_text(2.0, digits=1)
    ('0.7109', '−3e−07', '2.0')
    """
    if not math.isfinite(number):
        text = f"{number}"
    elif number == 0.0 or 1e-3 <= abs(number) < 1e5:
        text = f"{abs(number) if number == 0.0 else number:.{digits}f}"
    else:
        text = f"{number:.4g}"
    return text.replace("-", "−")


def constant_text(number: float) -> str:
    """Write a number as a formula has it: no more digits than it takes.

    >>> constant_text(3.0), constant_text(-0.5)
    ('3', '−0.5')
    """
    return f"{number:.6g}".replace("-", "−")


def one_line(label: str, width: int = 40) -> str:
    """Give a label on one line of at most ``width`` characters that any screen can show.

    >>> one_line("first\\nsecond"), one_line("a" * 100, 8)
    ('first second', 'aaaaaaa…')
    """
    clean = "".join(
        c if c.isprintable() else " " if c.isspace() else "\N{REPLACEMENT CHARACTER}" for c in label
    )
    clean = " ".join(clean.split())
    return clean if len(clean) <= width else clean[: width - 1] + "…"


def node_names(order: Sequence[Value]) -> dict[Value, str]:
    """Name every node: its label, or ``v`` and its position in the topological order.

    >>> from autograd import topological_order
    >>> x = Value(2.0, "x")
    >>> list(node_names(topological_order(x * x)).values())
    ['x', 'v1']
    """
    labels = {node: one_line(node.label) for node in order}
    taken = set(labels.values())

    def automatic(name: str) -> str:
        while name in taken:  # somebody's label
            name += "′"
        return name

    return {node: label or automatic(f"v{i}") for i, (node, label) in enumerate(labels.items())}


def expression(node: Value, names: dict[Value, str]) -> str:
    """Write how a node was made from its operands; a leaf is the empty text.

    Unlabelled constants appear as their number.

    >>> from autograd import topological_order
    >>> x = Value(2.0, "x")
    >>> y = 3.0 * x
    >>> expression(y, node_names(topological_order(y)))
    '3 × x'
    """
    row = node.op
    if row is None:
        return ""
    texts = [
        constant_text(p.data) if p.role == "constant" and not p.label else names[p]
        for p in node.parents
    ]
    if row.fixed:
        texts.append(constant_text(node._b))
    template = row.template
    bracketed = [f"({t})" if t.startswith("−") else t for t in texts]
    if callable(template):
        return template(bracketed)
    if template:
        try:
            return template.format(texts[0], *bracketed[1:])
        except (LookupError, ValueError):  # a template that does not fit: written as a call
            pass
    if len(texts) > 4:
        texts[2:-1] = ["…"]
    return f"{row.symbol}({', '.join(texts)})"


def readable(text: str) -> str:
    """Give ``text`` as it is if standard output can show it, else in plain ASCII.

    >>> readable("w × x")
    'w × x'
    """
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return text.translate(_ASCII).encode("ascii", "replace").decode()
    return text


def table_text(table: GradTable, head: int = 100, tail: int = 100, terms: int = 4) -> str:
    """Write a grad-table with one aligned line per node, the output first.

    Each line shows the products that the gradient is the sum of, at most ``terms``
    of them. Lines between the first ``head`` and the last ``tail`` are counted.

    >>> from autograd.backprop import grad_table
    >>> x = Value(3.0, "x")
    >>> print(table_text(grad_table(2.0 * x)))
    node    data  gradient  sum of: child's gradient × local partial
    v2    6.0000    1.0000  seed
    x     3.0000    2.0000  v2: 1.0000 × 2.0000
    """
    order = list(table)
    names = node_names(order)
    rows = [node for node in reversed(order) if node.role != "constant" or node.label]
    shown, hidden = _ends(rows, head, tail)
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
        lines.append((names[node], number_text(node.data), number_text(table[node]), summands))
    heading = ("node", "data", "gradient", "sum of: child's gradient × local partial")
    return _aligned(heading, lines, head, hidden)


def tangent_text(table: TangentTable, head: int = 100, tail: int = 100) -> str:
    """Write a tangent table with one aligned line per node, the leaves first.

    >>> from autograd.backprop import tangent_table
    >>> x = Value(3.0, "x")
    >>> print(tangent_text(tangent_table(2.0 * x, {x: 1.0})))
    node    data  tangent
    x     3.0000   1.0000
    v2    6.0000   2.0000
    """
    order = list(table)
    names = node_names(order)
    rows = [node for node in order if node.role != "constant" or node.label]
    shown, hidden = _ends(rows, head, tail)
    lines = [(names[n], number_text(n.data), number_text(table[n]), "") for n in shown]
    return _aligned(("node", "data", "tangent", ""), lines, head, hidden)


def _ends(rows: list[Value], head: int, tail: int) -> tuple[list[Value], int]:
    """Give the first and the last rows, and how many are hidden between them."""
    hidden = max(len(rows) - head - tail, 0)
    return (rows[:head] + rows[len(rows) - tail :] if hidden else rows), hidden


def _aligned(heading: Line, lines: list[Line], head: int, hidden: int) -> str:
    """Set a name, two numbers and a remark per line in columns, counting what is hidden."""
    if hidden:
        lines.insert(head, (f"… {hidden} more", "", "", ""))
    lines.insert(0, heading)
    widths = [max(len(line[i]) for line in lines) for i in range(3)]
    aligned = (
        f"{name:<{widths[0]}}  {data:>{widths[1]}}  {slope:>{widths[2]}}  {remark}".rstrip()
        for name, data, slope, remark in lines
    )
    return readable("\n".join(aligned))
