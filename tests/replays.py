"""What tapes are tested against: eager execution, a graph for each sample and its grad-table."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from autograd import DomainError, Tape, Value, grad_table, mean, topological_order
from autograd.value import apply

ENGINES = ["python", "numba"]
inf, nan = math.inf, math.nan

Function = Callable[[list[Value], list[Value]], list[Value]]
Table = Sequence[Sequence[float]]

# from here on ``sum`` carries what it rounds away, as compiled code does not
COMPENSATED = sys.version_info >= (3, 12)


def leaves(numbers: Sequence[float]) -> list[Value]:
    return [Value(x) for x in numbers]


def taped(f: Function, n_inputs: int, n_parameters: int, engine: str) -> Tape:
    """Record ``f(inputs, parameters)`` with nan in all leaves, so that no number can be kept."""
    x, w = leaves([nan] * n_inputs), leaves([nan] * n_parameters)
    return Tape(f(x, w), x, w, engine=engine)


class Eager(NamedTuple):
    """Outputs, their derivatives by the inputs; and how large the sums were that gave these."""

    outputs: list[list[float]]
    jacobian: list[list[list[float]]]
    scales: list[list[list[float]]]


def eager(f: Function, X: Table, theta: Sequence[float]) -> Eager:
    outputs, jacobian, scales = [], [], []
    for row in X:
        x = leaves(row)
        ys = f(x, leaves(theta))
        outputs.append([y.data for y in ys])
        tables = [grad_table(y) for y in ys]
        jacobian.append([[table[leaf] for leaf in x] for table in tables])
        sizes = [magnitudes(y) for y in ys]
        scales.append([[size.get(leaf, 0.0) for leaf in x] for size in sizes])
    return Eager(outputs, jacobian, scales)


def eager_gradient(
    f: Function, X: Table, theta: Sequence[float]
) -> tuple[float, list[float], list[float]]:
    """Give the mean of the one output over the samples, its gradient, and the sums' sizes."""
    w = leaves(theta)
    risk = mean([f(leaves(row), w)[0] for row in X])
    table, sizes = grad_table(risk), magnitudes(risk)
    return risk.data, [table[leaf] for leaf in w], [sizes.get(leaf, 0.0) for leaf in w]


def magnitudes(y: Value) -> dict[Value, float]:
    """Give a grad-table without signs: what the roundings of a gradient are relative to."""
    order = topological_order(y)
    table = dict.fromkeys(order, 0.0)
    table[y] = 1.0
    for node in reversed(order):
        if table[node]:
            for parent, partial in zip(node.parents, node.partials, strict=True):
                table[parent] += table[node] * abs(partial)
    return table


def ulps(a: float, b: float) -> float:
    """Say how many floats two numbers are apart; zeros of different sign are not the same."""
    if a != a and b != b:
        return 0.0
    if a == b:
        return 0.0 if math.copysign(1.0, a) == math.copysign(1.0, b) else inf
    if not (math.isfinite(a) and math.isfinite(b)):
        return inf
    return abs(a - b) / math.ulp(max(abs(a), abs(b)))


def flat(numbers: Any) -> list[float]:
    """Give nested lists or arrays as one list of floats."""
    if hasattr(numbers, "tolist"):
        numbers = numbers.tolist()
    return [x for part in numbers for x in flat(part)] if isinstance(numbers, list) else [numbers]


def assert_within(got: Any, expected: Any, most: float, about: object = "") -> None:
    """Hold each number against what was expected: at most so many ulp apart."""
    pairs = list(zip(flat(got), flat(expected), strict=True))
    wrong = [(g, e) for g, e in pairs if ulps(g, e) > most]
    assert not wrong, f"{about}: got, expected: {wrong[:3]}"


def assert_bits(got: Any, expected: Any, about: object = "") -> None:
    assert_within(got, expected, 0.0, about)


def assert_close(
    got: Any, expected: Any, scales: Any = 0.0, tolerance: float = 1e-9, about: object = ""
) -> None:
    """Hold numbers against what was expected, relative to them or the sums they came from.

    What is not finite has to be the same.
    """
    g, e, s = flat(got), flat(expected), flat(scales)
    s = s if len(s) == len(e) else s * len(e)
    wrong = [
        (a, b)
        for a, b, scale in zip(g, e, s, strict=True)
        if not (a == b or (a != a and b != b))
        and not (
            math.isfinite(a)
            and math.isfinite(b)
            and abs(a - b) <= tolerance * max(abs(b), scale, 1e-300)
        )
    ]
    assert not wrong, f"{about}: got, expected: {wrong[:3]}"


def check(
    f: Function,
    X: Table,
    theta: Sequence[float] = (),
    engine: str = "python",
    tolerance: float = 1e-13,
) -> Tape:
    """Hold all three replays of a function, and of its first output alone, against eager ones."""
    tape = taped(f, len(X[0]), len(theta), engine)
    assert tape.engine == engine
    expected = eager(f, X, theta)
    assert_close(tape.forward(X, theta), expected.outputs, 0.0, tolerance, "forward")
    assert_close(tape.jacobian(X, theta), expected.jacobian, expected.scales, tolerance, "jacobian")
    alone = taped(lambda x, w: f(x, w)[:1], len(X[0]), len(theta), engine)
    value, gradient = alone.value_and_grad(X, theta)
    mean_, slopes, sizes = eager_gradient(f, X, theta)
    assert_close([value], [mean_], sum(abs(y[0]) for y in expected.outputs), tolerance, "mean")
    assert_close(gradient, slopes, sizes, tolerance, "gradient")
    return tape


def outcome(call: Callable[[], Any]) -> Any:
    """Give what a call gives, or the error that it raises because of a domain."""
    try:
        return call()
    except DomainError as error:
        return error


def graph_of(row: Any, numbers: Sequence[float], fixed: Sequence[float] = ()) -> Value:
    return apply(row, (*leaves(numbers), *fixed))
