"""Is a derivative right? And if not: where does it go wrong?

A wrong gradient says nothing about its cause. So each edge of the graph is judged for
itself: the partial derivative on it against differences of that one operation. The one
that disagrees is the wrong rule. Only then the whole function is judged, which finds what
no rule can be blamed for: a dependence that never came into the graph.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from .backprop import grad_table
from .differences import Slope, slopes
from .errors import AutogradError, GradientMismatchError, StaleGraphError, counted, shortened
from .formulas import node_names, one_line
from .functional import scalar
from .graph import topological_order
from .higher import adjoints, as_node, check_fresh, edges, same
from .primitives import Primitive, real
from .trees import flatten
from .value import Value, apply

__all__ = ["Edge", "Finding", "GradientReport", "check_gradients", "first_nonfinite"]


class Finding(NamedTuple):
    """One derivative and what differences say about it.

    ``where`` names the derivative, ``operation`` the primitive (empty for an input of the
    whole function), ``operand`` the operand's number, from 1. ``verdict`` is ``"right"``,
    ``"wrong"``, ``"kink"`` (no derivative there, the rule gives one between the slopes on
    both sides) or ``"unjudged"`` (the edge of a domain, an infinite slope, a function too
    rough to measure).
    """

    where: str
    node: Value | None
    operation: str
    operand: int
    order: int
    given: float
    measured: Slope
    verdict: str

    @property
    def error(self) -> float:
        """The relative error of what was given; 0 where the difference cannot tell."""
        size = max(abs(self.given), abs(self.measured.value))
        off = abs(self.given - self.measured.value) - 3.0 * self.measured.error
        return math.inf if size != size or math.isinf(size) else max(off, 0.0) / (size or 1.0)


class GradientReport:
    """What ``check_gradients`` found.

    Attributes:
        checked: how many derivatives were judged.
        worst: the ``Finding`` with the largest error, None if nothing was judged.
        wrong: the findings that differ, the worst first.
        kinks: points without a derivative; the rule's convention lies between both sides.
        unjudged: derivatives at the edge of a domain, infinite, or too rough to measure.

    >>> print(check_gradients(lambda x: 3.0 * abs(x), 0.0, order=1))
    2 derivatives agree with differences
    kink: d abs / d operand 1 at v2 = abs(input 1): the rule gives 0, the slopes are -1 and 1
    kink: d function / d input 1: the rule gives 0, the slopes are -3 and 3
    """

    def __init__(self, findings: Sequence[Finding]) -> None:
        judged = [f for f in findings if f.verdict in ("right", "wrong")]
        self.checked = len(judged)
        self.wrong = sorted(
            (f for f in judged if f.verdict == "wrong"),
            # the operation itself before the whole function, the rule before its derivative
            key=lambda f: (f.operation == "", f.order, -f.error),
        )
        self.worst = (
            self.wrong[0] if self.wrong else max(judged, key=lambda f: f.error, default=None)
        )
        self.kinks = [f for f in findings if f.verdict == "kink"]
        self.unjudged = [f for f in findings if f.verdict == "unjudged"]

    def __repr__(self) -> str:
        parts = [f"{self.checked} checked", f"{len(self.wrong)} wrong"]
        parts += [counted(len(self.kinks), "kink")] if self.kinks else []
        parts += [f"{len(self.unjudged)} not judged"] if self.unjudged else []
        return f"<GradientReport {', '.join(parts)}>"

    def __str__(self) -> str:
        right = self.checked - len(self.wrong)
        lines = [f"{counted(right, 'derivative')} agree{'s' * (right == 1)} with differences"]
        lines += [f"wrong: {f.where}: {_disagreement(f)}" for f in self.wrong]
        for f in self.kinks:
            sides = f"the slopes are {f.measured.left:.6g} and {f.measured.right:.6g}"
            sides = "the function jumps" if f.measured.kind == "jump" else sides
            lines.append(f"kink: {f.where}: the rule gives {f.given:.6g}, {sides}")
        reasons = {"edge": "at the edge of the domain", "unclear": "too rough to measure"}
        for f in self.unjudged:
            reason = reasons.get(f.measured.kind, "not finite")
            lines.append(f"not judged: {f.where}: the rule gives {f.given:.6g}, {reason}")
        return "\n".join(lines)


def check_gradients(
    f: Callable[..., Any] | Value,
    *inputs: Any,
    order: int = 2,
    rtol: float = 1e-6,
    claimed: Any = None,
) -> GradientReport:
    """Judge derivatives by central differences, each with a step that suits its operand.

    ``f`` is a function of numbers (or of lists, tuples, dicts, arrays of them) that gives one
    number, and ``inputs`` is the point; or ``f`` is a node, and the partials recorded in its
    graph are judged. ``order`` 1 judges first derivatives, 2 also second ones. ``claimed`` is
    a gradient worked out by hand: a number per number of the inputs in their shape, or a
    dict from leaf to number for a graph.

    Raises ``GradientMismatchError``, whose ``report`` is the ``GradientReport``, if some
    derivative is off by more than ``rtol``: the message names the node, its operation and
    the operand's number. Raises ``StaleGraphError`` for a graph whose leaves were changed.

    >>> report = check_gradients(lambda x, y: (x * y).sin(), 2.0, 3.0)
    >>> report
    <GradientReport 14 checked, 0 wrong>
    >>> from autograd import Primitive
    >>> half = Primitive("half", lambda x: x / 2.0, lambda y, x: (2.0,))
    >>> check_gradients(half, 1.0)
    Traceback (most recent call last):
    autograd.errors.GradientMismatchError: d half / d operand 1 at v1 = half(input 1): the rule
    gives 2, differences give 0.5 (4 times too large); and 1 more finding in .report of this error
    """
    if order not in (1, 2):
        raise ValueError(f"order is 1 or 2, got {order!r}")
    if not 0.0 < real(rtol, "rtol") < 1.0:
        raise ValueError(f"rtol is a number between 0 and 1, got {rtol!r}")
    if isinstance(f, Value):
        if inputs:
            raise TypeError(
                "check_gradients of a graph takes no inputs: its leaves have their data"
            )
        check_fresh(f)
        findings = list(_edges_of(f, order, rtol))
        if claimed is not None:
            findings += _claims_on_a_graph(f, claimed, rtol)
        return _judged(findings)
    if not callable(f):
        raise TypeError(f"expected a function or a Value, got {type(f).__name__} {shortened(f)}")
    if not inputs:
        raise TypeError("check_gradients expects the inputs at which to judge the function")
    given, rebuild = flatten(inputs, "check_gradients")
    numbers = [x.data if isinstance(x, Value) else x for x in given]

    def run(point: Sequence[float]) -> tuple[Value, list[Value]]:
        leaves = [Value(number, f"input {i}") for i, number in enumerate(point, 1)]
        return scalar(f(*rebuild(iter(leaves))), "check_gradients"), leaves

    y, leaves = run(numbers)
    try:
        check_fresh(y)
    except StaleGraphError as stale:
        raise GradientMismatchError(
            f"an operation gives another result when it is computed again: {stale}"
        ) from None
    if not same(run(numbers)[0].data, y.data):
        raise ValueError(
            "the function gives different values at the same inputs: fix its random numbers first"
        )
    findings = list(_edges_of(y, order, rtol))
    if not any(finding.verdict == "wrong" for finding in findings):
        findings += _whole(run, y, leaves, numbers, order, rtol)
    if claimed is not None:
        findings += _claims(run, numbers, claimed, rtol)
    return _judged(findings)


def _judged(findings: list[Finding]) -> GradientReport:
    report = GradientReport(findings)
    if not report.wrong:
        return report
    worst = report.wrong[0]
    more = len(report.wrong) - 1
    also = f"; and {counted(more, 'more finding')} in .report of this error" if more else ""
    error = GradientMismatchError(f"{worst.where}: {_disagreement(worst)}{also}")
    error.report = report
    raise error


# --- the operations, one by one ----------------------------------------------------


def _edges_of(y: Value, order: int, rtol: float) -> Iterator[Finding]:
    """Judge every recorded partial, and its own derivatives if ``order`` is 2."""
    nodes = topological_order(y)
    names = node_names(nodes)
    seen: set[tuple[Primitive, tuple[float, ...]]] = set()
    for node in nodes:
        row = node.op
        if row is None:
            continue
        numbers = [p.data for p in node.parents]
        fixed = (node._b,) if row.fixed else ()
        key = (row, (*numbers, *fixed))
        if key in seen or any(not math.isfinite(n) for n in numbers):
            continue
        seen.add(key)
        call = ", ".join(names[p] for p in node.parents[:4]) + ", …" * (len(numbers) > 4)
        place = f"at {names[node]} = {one_line(row.name)}({call})"
        rule = _Rule(row, numbers, fixed)
        for i, partial in enumerate(node.partials):
            slope = slopes(rule.values(i), numbers[i], 1e-3 * rtol)[0]
            where = f"d {row.name} / d operand {i + 1} {place}"
            yield _finding(where, node, row.name, i + 1, 1, partial, slope, rtol)
        if order == 2:
            yield from _beside(rule, node, place, rtol)
            for j, number in enumerate(numbers):
                measured = slopes(rule.partials(j), number, 1e-3 * rtol)
                for i, (second, slope) in enumerate(zip(rule.second(j), measured, strict=True)):
                    where = f"d² {row.name} / d operand {i + 1} d operand {j + 1} {place}"
                    yield _finding(where, node, row.name, i + 1, 2, second, slope, rtol)


def _beside(rule: _Rule, node: Value, place: str, rtol: float) -> Iterator[Finding]:
    """Judge the rule at a point nearby: what is right by accident at one point is wrong there."""
    row = rule.row
    for share in (1.0 / 64.0, -1.0 / 64.0):
        numbers = [x + share * (abs(x) or 1.0) for x in rule.numbers]
        moved = _Rule(row, numbers, rule.fixed)
        try:
            partials = moved.partials(0)(numbers[0]) if numbers else []
        except (AutogradError, ArithmeticError, ValueError):
            continue  # outside of the domain on this side
        for i, partial in enumerate(partials):
            slope = slopes(moved.values(i), numbers[i], 1e-3 * rtol)[0]
            near = ", ".join(f"{x:.6g}" for x in numbers[:4]) + ", …" * (len(numbers) > 4)
            where = f"d {row.name} / d operand {i + 1} {place}, moved to ({near})"
            finding = _finding(where, node, row.name, i + 1, 2, partial, slope, rtol)
            if finding.verdict == "wrong":
                yield finding
        return


class _Rule:
    """One row at one point, as a function of one operand at a time."""

    def __init__(self, row: Primitive, numbers: list[float], fixed: tuple[float, ...]) -> None:
        self.row, self.numbers, self.fixed = row, numbers, fixed
        self._slopes: list[Value | float] | None = None
        self._operands: list[Value] = []

    def _at(self, i: int, x: float) -> list[float]:
        return [*self.numbers[:i], x, *self.numbers[i + 1 :], *self.fixed]

    def values(self, i: int) -> Callable[[float], list[float]]:
        """Give the operation's value as a function of operand ``i``."""

        def value(x: float) -> list[float]:
            numbers = self._at(i, x)
            return [self.row.evaluate(numbers, numbers)]

        return value

    def partials(self, j: int) -> Callable[[float], list[float]]:
        """Give all partials, as floats, as a function of operand ``j``."""

        def partials(x: float) -> list[float]:
            numbers = self._at(j, x)
            y = self.row.evaluate(numbers, numbers)
            return [float(p) for p in self.row.partials(y, *numbers)]

        return partials

    def second(self, j: int) -> list[float]:
        """Give the derivative of all partials with respect to operand ``j``, from the rule."""
        if self._slopes is None:
            self._operands = [Value(x) for x in self.numbers]
            node = apply(self.row, (*self._operands, *self.fixed))
            try:
                self._slopes = [p for _, p in edges(node, dict.fromkeys(self._operands))]
            except TypeError as cause:
                raise TypeError(f"{cause}; or judge first derivatives only, with order=1") from None
        operand = self._operands[j]
        return [grad_table(as_node(p))[operand] for p in self._slopes]


def _finding(
    where: str, node: Value | None, operation: str, operand: int, order: int,
    given: float, slope: Slope, rtol: float,
) -> Finding:  # fmt: skip
    size = max(abs(given), abs(slope.value))
    no_rule = math.isinf(given) or (given != given and slope.kind != "smooth")
    if no_rule or slope.kind in ("edge", "unclear") or slope.value != slope.value:
        verdict = "unjudged"
    elif slope.kind == "jump":  # there the difference has no limit: any value is a convention
        verdict = "kink"
    elif slope.kind == "kink":
        low, high = sorted((slope.left, slope.right))
        room = rtol * max(abs(low), abs(high))
        verdict = "kink" if low - room <= given <= high + room else "wrong"
    else:
        close = abs(given - slope.value) <= rtol * size + 3.0 * slope.error
        verdict = "right" if close else "wrong"
    return Finding(where, node, operation, operand, order, given, slope, verdict)


# --- the function as a whole ---------------------------------------------------------

Run = Callable[[Sequence[float]], tuple[Value, list[Value]]]


def _changed(numbers: Sequence[float], i: int, x: float) -> list[float]:
    return [*numbers[:i], x, *numbers[i + 1 :]]


def _measured(run: Run, numbers: list[float], i: int, rtol: float) -> Slope:
    return slopes(lambda x: [run(_changed(numbers, i, x))[0].data], numbers[i], 1e-3 * rtol)[0]


def _whole(
    run: Run, y: Value, leaves: list[Value], numbers: list[float], order: int, rtol: float
) -> Iterator[Finding]:
    """Judge the gradient, and the Hessian, of a function whose single operations are right."""
    table = grad_table(y)
    for i, leaf in enumerate(leaves):
        slope = _measured(run, numbers, i, rtol)
        where = f"d function / d input {i + 1}"
        yield _finding(where, None, "", i + 1, 1, table[leaf], slope, rtol)
    if order == 1:
        return
    gradient = adjoints(y, leaves)

    def gradients_at(j: int) -> Callable[[float], list[float]]:
        def gradients(x: float) -> list[float]:
            output, inputs = run(_changed(numbers, j, x))
            table = grad_table(output)
            return [table[leaf] for leaf in inputs]

        return gradients

    rows = [grad_table(as_node(slope)) for slope in gradient]
    for j, leaf in enumerate(leaves):
        for i, slope in enumerate(slopes(gradients_at(j), numbers[j], 1e-3 * rtol)):
            where = f"d² function / d input {i + 1} d input {j + 1}"
            yield _finding(where, None, "", i + 1, 2, rows[i][leaf], slope, rtol)


def _claims(run: Run, numbers: list[float], claimed: Any, rtol: float) -> Iterator[Finding]:
    claims, _ = flatten(claimed, "claimed")
    if len(claims) != len(numbers):
        raise ValueError(
            f"claimed has {counted(len(claims), 'number')} for {counted(len(numbers), 'input')}"
        )
    for i, claim in enumerate(claims):
        slope = _measured(run, numbers, i, rtol)
        number = claim.data if isinstance(claim, Value) else claim
        where = f"claimed derivative by input {i + 1}"
        yield _finding(where, None, "claimed", i + 1, 1, number, slope, rtol)


def _claims_on_a_graph(y: Value, claimed: Any, rtol: float) -> Iterator[Finding]:
    if not isinstance(claimed, Mapping):
        raise TypeError(
            "claimed for a graph is a dict from leaf to number, such as {x: 2.0},"
            f" got {type(claimed).__name__} {shortened(claimed)}"
        )
    nodes = topological_order(y)
    names = node_names(nodes)

    def replay(leaf: Value) -> Callable[[float], list[float]]:
        def value(x: float) -> list[float]:
            data = {leaf: x}
            for node in nodes:
                if node.op is not None and node is not leaf:
                    fixed = [node._b] if node.op.fixed else []
                    numbers = [*[data[p] for p in node.parents], *fixed]
                    data[node] = node.op.evaluate(numbers, numbers)
                else:
                    data.setdefault(node, node.data)
            return [data[y]]

        return value

    for i, (leaf, claim) in enumerate(claimed.items(), 1):
        if leaf not in names:
            raise ValueError(f"claimed names {shortened(leaf)}, which is not a node of the graph")
        slope = slopes(replay(leaf), leaf.data, 1e-3 * rtol)[0]
        where = f"claimed derivative by {names[leaf]}"
        yield _finding(where, leaf, "claimed", i, 1, real(claim, where), slope, rtol)


# --- in words --------------------------------------------------------------------------


def _disagreement(finding: Finding) -> str:
    given, slope = finding.given, finding.measured
    who = {"claimed": "it is claimed to be", "": "the graph gives"}.get(
        finding.operation, "the rule gives"
    )
    if slope.kind == "kink":
        return f"{who} {given:.6g}, not between the slopes {slope.left:.6g} and {slope.right:.6g}"
    return f"{who} {given:.6g}, differences give {slope.value:.6g}{_hint(finding)}"


def _hint(finding: Finding) -> str:
    """Guess from the numbers what may have happened."""
    given, value = finding.given, finding.measured.value
    if finding.operation == "":
        return (
            ", although every single operation is right: does the function take a number out of"
            " the graph (v.data, int, a branch), or change something outside?"
        )
    if abs(given + value) <= 1e-5 * abs(value):
        return " (the sign is wrong)"
    if finding.order == 1 and finding.node is not None and finding.operation != "claimed":
        for i, other in enumerate(finding.node.partials, 1):
            if i != finding.operand and abs(other - value) <= 1e-5 * abs(value):
                return f" (which the rule gives for operand {i}: are they in the right order?)"
    if given and value and math.isfinite(given / value):
        ratio = abs(given / value)
        size = f"{ratio:.4g} times too large" if ratio > 1 else f"{1 / ratio:.4g} times too small"
        return f" ({size})"
    return ""


# --- where a number stopped being one ----------------------------------------------


class Edge(NamedTuple):
    """One edge of the graph in the backward sweep: from a node to one of its operands.

    ``operand`` is the operand's number, from 1; ``product`` is ``gradient * partial``.
    """

    child: Value
    operand: int
    parent: Value
    gradient: float
    partial: float
    product: float


def first_nonfinite(y: Value) -> Value | Edge | None:
    """Give the place where the first inf or nan of a graph appears, or None.

    Going forward this is a node whose data are not finite though those of its operands
    are (or a leaf); if all data are finite, it is the first ``Edge`` of the backward sweep
    that hands on an inf or nan.

    >>> x = Value(0.0, "x")
    >>> first_nonfinite(x.sqrt()).partial
    inf
    >>> first_nonfinite((x + 1e308) * 10.0).op.name
    'mul'
    """
    nodes = topological_order(y)
    for node in nodes:
        if not math.isfinite(node.data):
            return node
    table = grad_table(y)
    for node in reversed(nodes):
        gradient = table[node]
        if gradient == 0.0:  # is not handed on
            continue
        for i, (parent, partial) in enumerate(zip(node.parents, node.partials, strict=True), 1):
            if not math.isfinite(gradient * partial):
                return Edge(node, i, parent, gradient, partial, gradient * partial)
    return None
