"""A graph as text: how numbers, names and operations are written."""

from __future__ import annotations

import math
from collections.abc import Sequence
from unicodedata import bidirectional

from .primitives import Primitive
from .value import Value

# Letters that are not seen and yet belong to a text: joiners of Persian, of Indian scripts and
# of emoji, and the marks of ``isolated``.
_INVISIBLE = "\u200c\u200d\u2068\u2069"

# what a reader of a graph says when ``outdated`` nodes are in it
CHANGED = "leaves changed since: operations and derivatives are as recorded"


def number_text(number: float, digits: int = 4) -> str:
    """Write a number for people: fixed digits, ``.4g`` if very small or large, a true minus.

    >>> number_text(0.7109495), number_text(-3e-7), number_text(2.0, digits=1)
    ('0.7109', '−3e−07', '2.0')
    >>> number_text(0.004, digits=2)
    '0.004'
    """
    if not math.isfinite(number):
        text = f"{number}"
    elif number == 0.0 or max(1e-3, 10.0**-digits) <= abs(number) < 1e5:
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


def _visible(letter: str) -> str:
    if letter.isprintable() or letter in _INVISIBLE:
        return letter
    return " " if letter.isspace() else "\N{REPLACEMENT CHARACTER}"


def one_line(label: str, width: int = 40) -> str:
    """Give a label on one line of at most ``width`` characters that any screen can show.

    >>> one_line("first\\nsecond"), one_line("a" * 100, 8)
    ('first second', 'aaaaaaa…')
    """
    clean = " ".join("".join(map(_visible, label)).split())
    return clean if len(clean) <= width else clean[: width - 1] + "…"


def isolated(name: str) -> str:
    """Keep a name that is written from right to left from turning round what stands beside it.

    >>> isolated("x"), isolated("א") == "\u2068א\u2069"
    ('x', True)
    """
    right_to_left = any(bidirectional(letter) in ("R", "AL") for letter in name)
    return f"\u2068{name}\u2069" if right_to_left else name


def node_names(order: Sequence[Value]) -> dict[Value, str]:
    """Name every node: its label, or ``v`` and its position in the topological order.

    A label that several nodes bear is numbered from the second on: ``x``, ``x_2``.

    >>> from autograd import topological_order
    >>> x, other = Value(2.0, "x"), Value(3.0, "x")
    >>> list(node_names(topological_order(x * other)).values())
    ['x', 'x_2', 'v2']
    """
    names = unique_names([node.label for node in order])
    return dict(zip(order, names, strict=True))


def unique_names(labels: Sequence[str]) -> list[str]:
    """Name what has these labels, each with a name of its own.

    >>> unique_names(["x", "x", ""])
    ['x', 'x_2', 'v2']
    """
    lines = [one_line(label) if label else "" for label in labels]
    taken = set(lines)  # an automatic name is never somebody's label
    used: set[str] = set()
    uses: dict[str, int] = {}
    names = []
    for i, label in enumerate(lines):
        name = label or f"v{i}"
        while not label and name in taken:
            name += "′"
        while name in used or (name != label and label and name in taken):
            uses[label] = uses.get(label, 1) + 1
            name = f"{label}_{uses[label]}"
        used.add(name)
        names.append(name)
    return names


def is_number(node: Value) -> bool:
    """Say whether a node is a plain number of the program, which is written where it is used.

    >>> [is_number(parent) for parent in (2.0 * Value(3.0)).parents]
    [True, False]
    """
    return node.role == "constant" and not node.label


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
    texts = [constant_text(p.data) if is_number(p) else names[p] for p in node.parents]
    if row.fixed:
        texts.append(constant_text(node._b))
    return written(row, texts)


def written(row: Primitive, texts: Sequence[str]) -> str:
    """Write the operation of a row on operands that are written already.

    >>> from autograd import mul
    >>> written(mul, ["3", "x"])
    '3 × x'
    """
    template = row.template
    bracketed = [f"({t})" if t.startswith("−") else t for t in texts]
    if callable(template):
        return template(bracketed)
    if template:
        try:
            return template.format(texts[0], *bracketed[1:])
        except (LookupError, ValueError):  # a template that does not fit: written as a call
            pass
    shown = list(texts)
    if len(shown) > 4:
        shown[2:-1] = ["…"]
    return f"{row.symbol}({', '.join(shown)})"
