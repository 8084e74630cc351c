"""A graph as one formula, in plain text or LaTeX.

The plain text is Python: with the labels as variables it can be evaluated again. Every
row of the table says how its operation is written (``Form``); what remains to be decided
here is which parentheses can be left out, and what to do with a node that is used twice.
Written out again at each use, the text of ``x`` doubled sixty times would have 2^60
letters. So a long text gives its shared parts a name, and lists them below.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from string import Formatter

from .errors import unknown_name, whole_number
from .formulas import is_number, node_names
from .graph import topological_order
from .primitives import ANYTHING, ATOM, POWER, PRODUCT, Form, Primitive, identity
from .value import Value

__all__ = ["formula"]

LIMIT = 2000  # letters, from which on shared parts are listed

# Marks that become text when all is put together, because they depend on what stands
# beside them. No label can contain them: it has been cleaned of unprintable letters.
_MINUS, _TIMES = "\x01", "\x02"

_GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ζ": "zeta",
    "η": "eta", "θ": "theta", "ι": "iota", "κ": "kappa", "λ": "lambda", "μ": "mu", "ν": "nu",
    "ξ": "xi", "π": "pi", "ρ": "rho", "σ": "sigma", "τ": "tau", "φ": "phi", "χ": "chi",
    "ψ": "psi", "ω": "omega", "Γ": "Gamma", "Δ": "Delta", "Θ": "Theta", "Λ": "Lambda",
    "Σ": "Sigma", "Φ": "Phi", "Ψ": "Psi", "Ω": "Omega",
}  # fmt: skip
_TEXT_ESCAPES = {
    "\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
    **{c: "\\" + c for c in "{}$&%#_"},
}  # fmt: skip


def formula(y: Value, depth: int | None = None, style: str = "text") -> str:
    """Write how ``y`` was computed from its leaves as one formula with few parentheses.

    ``style`` is ``"text"`` (Python, letter for letter) or ``"latex"`` (for math mode). Leaves
    appear by label, plain numbers as numbers; nodes more than ``depth`` operations away
    from ``y`` by label, or as ``v`` and their position in the topological order. Once the
    text would pass 2,000 letters, parts that are used more than once are named and listed
    below it. Raises ``ValueError`` for an unknown style or a negative depth, ``TypeError``
    if ``y`` is not a node. Source: syllabus A3.

    >>> w, x, b, t = (Value(v, n) for v, n in [(0.8, "w"), (1.5, "x"), (-0.3, "b"), (1.0, "t")])
    >>> L = 0.5 * ((w * x + b).sigmoid() - t) ** 2
    >>> formula(L)
    '0.5 * (sigmoid(w * x + b) - t) ** 2'
    >>> formula(L, depth=2)
    '0.5 * v8 ** 2'
    >>> print(formula(L, style="latex"))
    0.5 \\, \\left(\\sigma\\left(w \\, x + b\\right) - t\\right)^{2}
    """
    if style not in ("text", "latex"):
        raise unknown_name("style of formula", style, ["text", "latex"])
    if isinstance(depth, str):
        raise TypeError(f"depth is a whole number, got {depth!r} (the style is named: style=...)")
    if depth is not None:
        depth = whole_number(depth, "depth")
    order = topological_order(y)
    names = node_names(order)
    shown = _shown(y, depth)
    order = [node for node in order if node in shown]
    writer = Writer(order, {n: names[n] for n in order if not shown[n]}, style)
    text = writer.text(y, LIMIT)
    if text is not None:
        return text
    uses: dict[Value, int] = {}
    for node in order:
        for parent in node.parents if shown[node] else ():
            uses[_real(parent)] = uses.get(_real(parent), 0) + 1
    shared = [n for n in order if shown[n] and uses.get(n, 0) > 1 and n.op is not identity]
    writer = Writer(order, {n: names[n] for n in order if not shown[n] or n in set(shared)}, style)
    lines = [writer.text(n, name=False) or "" for n in [y, *(n for n in shared if n is not y)]]
    listed = [f"{writer.name(n)} = {line}" for n, line in zip(shared, lines[1:], strict=False)]
    if not listed:
        return lines[0]
    if style == "latex":
        rows = " \\\\\n".join(f"& {line}" for line in [lines[0], *listed])
        return f"\\begin{{aligned}}\n{rows}\n\\end{{aligned}}"
    return "\n".join([lines[0], f"where {listed[0]}", *(f"      {line}" for line in listed[1:])])


def _shown(y: Value, depth: int | None) -> dict[Value, bool]:
    """Give every node that appears in the formula, and whether as an operation or by name."""
    found: dict[Value, bool] = {}
    level, distance = [y], 0
    while level:
        below: dict[Value, None] = {}
        for node in level:
            found[node] = node.op is not None and (depth is None or distance < depth)
            if found[node]:
                below.update(dict.fromkeys(node.parents))
        level, distance = [n for n in below if n not in found], distance + 1
    return found


def _real(node: Value) -> Value:
    """Look through second names to the node itself."""
    while node.op is identity:
        node = node.parents[0]
    return node


class Writer:
    """Writes nodes as text; those in ``names`` by name.

    >>> x = Value(2.0, "x")
    >>> y = 3.0 * (x + 1.0)
    >>> Writer(topological_order(y), {x: "x"}, "text").text(y)
    '3 * (x + 1)'
    """

    def __init__(self, order: list[Value], names: Mapping[Value, str], style: str) -> None:
        self.names, self.latex = names, style == "latex"
        self._binds: dict[Value, int] = {}  # how tightly what a node is written as binds
        self._signed: dict[Value, bool] = {}  # whether it starts with a minus
        for node in order:
            level, pieces = self._pieces(node)
            literal, operand, need = pieces[0]
            first = operand is not None and not literal and self._binds[operand] >= need
            self._binds[node] = level
            self._signed[node] = literal.startswith(_MINUS) or (
                operand is not None and first and self._signed[operand]
            )

    def text(self, y: Value, limit: float = float("inf"), name: bool = True) -> str | None:
        """Write ``y`` (if not ``name``, then as an operation); None if it passes the limit.

        >>> x = Value(2.0, "x")
        >>> Writer([x], {x: "x"}, "latex").text(x)
        'x'
        """
        parts: list[str] = []
        length = 0
        stack: list[Iterator[str | Value]] = [self._walk(y, name)]
        while stack:
            for part in stack[-1]:
                if isinstance(part, Value):
                    stack.append(self._walk(part))
                    break
                parts.append(part)
                length += len(part)
                if length > limit:
                    return None
            else:
                stack.pop()
        text = "".join(parts).replace("+ " + _MINUS, "- ").replace(_MINUS, "-")
        if self.latex:
            text = re.sub(_TIMES + r"(?= \d)", r"\\cdot", text).replace(_TIMES, r"\,")
        return text.replace(_TIMES, "*")

    def name(self, node: Value) -> str:
        """Give the name of a node as it stands in the text.

        >>> x = Value(2.0, "x1")
        >>> Writer([x], {x: "x1"}, "latex").name(x)
        'x_{1}'
        """
        name = self.names[node]
        return latex_name(name) if self.latex else name

    def _walk(self, node: Value, name: bool = True) -> Iterator[str | Value]:
        for literal, operand, need in self._pieces(node, name)[1]:
            yield literal
            if operand is None:
                continue
            # a minus sign may follow nothing or a plus sign, no other operator
            follows = need != ANYTHING and literal and not literal.endswith("+ ")
            if self._binds[operand] < need or (self._signed[operand] and follows):
                yield r"\left(" if self.latex else "("
                yield operand
                yield r"\right)" if self.latex else ")"
            else:
                yield operand

    def _pieces(
        self, node: Value, name: bool = True
    ) -> tuple[int, list[tuple[str, Value | None, int]]]:
        """Split what a node is written as into (literal, operand, how tightly it must bind)."""
        if is_number(node):
            level, text = _number(node.data, self.latex)
            return level, [(text, None, 0)]
        if name and node in self.names:
            simple = self.latex or re.fullmatch(r"[^\W\d][\w.′']*(\[[\w, ]*\])?", self.names[node])
            return (ATOM if simple else ANYTHING), [(self.name(node), None, 0)]
        if node.op is identity:
            (operand,) = node.parents
            return self._binds[operand], [("", operand, ANYTHING)]
        row, operands = node.op, list(node.parents)
        assert row is not None
        numbers = [p.data if is_number(p) else None for p in operands]
        exponent = [node._b] if row.fixed else []
        level, template = _form(row, self.latex, (*numbers, *exponent))
        pieces: list[tuple[str, Value | None, int]] = []
        pending = ""
        for literal, place, need in template:
            pending += literal
            if place is None:
                continue
            if place < len(operands):
                pieces.append((pending, operands[place], need))
                pending = ""
            else:
                binds, text = _number(exponent[0], self.latex)
                pending += text if binds >= need else f"({text})"
        if pending or not pieces:
            pieces.append((pending, None, 0))
        return level, pieces


Template = tuple[tuple[str, int | None, int], ...]


def _form(row: Primitive, latex: bool, numbers: tuple[float | None, ...]) -> tuple[int, Template]:
    """Give how a row is written on operands of which some are plain numbers."""
    form = row.latex if latex else row.infix
    if isinstance(form, Form):
        template = form.template(numbers) if callable(form.template) else form.template
        parsed = _parsed(template, len(numbers))
        if parsed is not None:
            return form.level, parsed
    commas = ", ".join(["{}"] * len(numbers))
    if not latex:
        call = _parsed(f"{_plain(row.name)}({commas})", len(numbers))
    else:
        named = form if isinstance(form, str) else rf"\operatorname{{{_latex_text(row.name)}}}"
        call = _parsed(_plain(named) + rf"\left({commas}\right)", len(numbers))
    assert call is not None
    return ATOM, call


def _plain(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


@lru_cache(maxsize=1000)
def _parsed(template: str, operands: int) -> Template | None:
    """Split a template into literals and places; None if it does not fit the operands."""
    parsed: list[tuple[str, int | None, int]] = []
    automatic = 0
    try:
        for literal, field, spec, _ in Formatter().parse(template):
            marked = re.sub(r"^-| (-)(?=\S)", lambda m: m[0].replace("-", _MINUS), literal)
            marked = marked.replace(" * ", f" {_TIMES} ")
            if field is None:
                parsed.append((marked, None, 0))
                continue
            place = int(field) if field else automatic
            automatic += 1
            if place >= operands:
                return None
            parsed.append((marked, place, int(spec or "0")))
    except ValueError:
        return None
    return tuple(parsed)


def _number(number: float, latex: bool) -> tuple[int, str]:
    """Write a plain number with all its digits, and say how tightly that binds."""
    text = repr(abs(number)).removesuffix(".0")
    level = ATOM
    if latex and "e" in text:
        mantissa, exponent = text.split("e")
        power = f"10^{{{int(exponent)}}}"
        level, text = (POWER, power) if mantissa == "1" else (PRODUCT, f"{mantissa} \\cdot {power}")
    elif latex and text in ("inf", "nan"):
        text = {"inf": r"\infty", "nan": r"\mathrm{nan}"}[text]
    if number < 0.0:
        return min(level, PRODUCT), _MINUS + text
    return level, text


def latex_name(name: str) -> str:
    """Write a label as a LaTeX symbol: indices below, words upright, nothing executed.

    >>> latex_name("w1[0,2]"), latex_name("loss"), latex_name("λ"), latex_name("50%")
    ('w_{1,0,2}', '\\\\mathrm{loss}', '\\\\lambda', '\\\\text{50\\\\%}')
    """
    match = re.fullmatch(r"([^\W\d_]+)_?(\d*)(?:\[([\w, ]+)\]|_(\w+))?(['′]*)", name)
    if not match:
        return rf"\text{{{_latex_text(name)}}}"
    stem, digits, bracket, suffix, primes = match.groups()
    symbol = rf"\{_GREEK[stem]}" if stem in _GREEK else stem
    if stem not in _GREEK and stem in _GREEK.values():
        symbol = rf"\{stem}"
    elif len(stem) > 1 or (not stem.isascii() and stem not in _GREEK):
        kind = "mathrm" if stem.isascii() else "text"
        symbol = rf"\{kind}{{{stem}}}"
    parts = [p.strip() for p in (digits, bracket or "", suffix or "") if p]
    index = ",".join(
        p if re.fullmatch(r"[\d, ]+", p, re.ASCII) else rf"\text{{{_latex_text(p)}}}" for p in parts
    )
    return symbol + (f"_{{{index}}}" if index else "") + "'" * len(primes)


def _latex_text(text: str) -> str:
    return "".join(_TEXT_ESCAPES.get(c, c) for c in text)
