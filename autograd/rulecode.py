"""The partial derivatives of a row as source text: what replays and compiled kernels are made of.

Like ``rules`` it writes nothing down a second time: a row is run on symbols, nodes without a
number, and what its partials return is a graph, of which each node becomes one line.
"""

from __future__ import annotations

from math import nan
from typing import NamedTuple

from .graph import walk
from .primitives import PRIMITIVES, Primitive, circle, identity, power, share, threshold_row
from .value import Value
from .wengert import operands_of

# how rows that Python has an operator for are written; all others are called by their name
OPERATORS = {
    "add": "{} + {}",
    "sub": "{} - {}",
    "mul": "{} * {}",
    "div": "{} / {}",
    "neg": "-{}",
    "square": "{0} * {0}",
    "relu": "0.0 if {0} <= 0.0 else {0}",
}
LETTERS = ("a", "b", "c")
# the rows of the table, and those that rows are made of; of one that somebody else wrote it is
# not known whether its partials ask for numbers
KNOWN = {row.name: row for row in (*PRIMITIVES.values(), circle, share, threshold_row, identity)}


def is_known(row: Primitive) -> bool:
    """Say whether a row, or the one that it is the quiet form of, is one of ours.

    >>> from autograd import exp
    >>> is_known(exp.quiet), is_known(Primitive("exp", abs, lambda y, x: (1.0,)))
    (True, False)
    """
    return KNOWN.get(row.name) is (row.loud or row)


class Derivatives(NamedTuple):
    """The partials of a row as source.

    Attributes:
        lines: assignments, in order, to ``v0``, ``v1`` ...
        partials: an expression for each partial; letters ``y`` and ``a b c`` stand for the
            result and the operands (``n`` for a fixed one).
        called: the rows that the lines call, by the names they are called by.
    """

    lines: list[str]
    partials: list[str]
    called: dict[str, Primitive]

    def function(self, name: str, arguments: str) -> str:
        """Write it as a function, which gives a number if there is one partial, else a tuple.

        >>> from autograd import exp
        >>> print(derivatives(exp).function("d_exp", "y, a"))
        def d_exp(y, a):
            return y
        """
        body = [*self.lines, f"return {', '.join(self.partials)}"]
        return "\n".join([f"def {name}({arguments}):", *(f"    {line}" for line in body)])


def derivatives(row: Primitive) -> Derivatives:
    """Write the partials of a row that has a fixed number of operands.

    Raises ``TypeError`` for partials that are not written with operators and primitives.

    >>> from autograd import tanh
    >>> print(*derivatives(tanh)[:2])
    ['v0 = cosh_quiet(a)', 'v1 = 1.0 / v0', 'v2 = v1 * v1'] ['v2']
    """
    if row.fixed:  # its partials ask which exponent it is, and here it is any
        slope = "0.0 if n == 0.0 else n * power_quiet(a, n - 1.0)"
        return Derivatives([], [slope], {"power_quiet": power.quiet})
    letters = ["y", *LETTERS[: row.arity]]
    symbols = [Value(nan, letter) for letter in letters]
    texts: dict[Value, str] = dict(zip(symbols, letters, strict=True))
    lines: list[str] = []
    called: dict[str, Primitive] = {}

    def text_of(thing: Value | float) -> str:
        return texts[thing] if isinstance(thing, Value) else number_source(thing)

    partials = row.partials(*symbols)
    for partial in partials:
        for node in walk(partial) if isinstance(partial, Value) else ():
            if node in texts:
                continue
            if node.op is None:
                texts[node] = number_source(node.data)
                continue
            operands = [text_of(o) for o in operands_of(node)]
            operands += [number_source(node._b)] if node.op.fixed else []
            texts[node] = f"v{len(lines)}"
            lines.append(f"{texts[node]} = {call_of(node.op, operands)}")
            called[name_of(node.op)] = node.op
    return Derivatives(lines, [text_of(p) for p in partials], called)


def name_of(row: Primitive) -> str:
    """Name the function that computes a row; a quiet row has another than the one it belongs to.

    >>> from autograd import div
    >>> name_of(div), name_of(div.quiet)
    ('div', 'div_quiet')
    """
    return row.name if row.loud is None else f"{row.name}_quiet"


def call_of(row: Primitive, operands: list[str]) -> str:
    """Write a row applied to operands.

    >>> from autograd import mul, tanh
    >>> call_of(mul, ["a", "b"]), call_of(tanh, ["a"])
    ('a * b', 'tanh(a)')
    """
    if row.loud is None and row.name in OPERATORS:
        return OPERATORS[row.name].format(*operands)
    return f"{name_of(row)}({', '.join(operands)})"


def number_source(number: float) -> str:
    """Write a number so that it is read back to the last bit.

    >>> number_source(0.1), number_source(-2.0), number_source(float("-inf"))
    ('0.1', '(-2.0)', '(-inf)')
    """
    return f"({number!r})" if repr(number).startswith("-") else repr(number)
