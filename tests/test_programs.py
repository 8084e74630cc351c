"""Random programs over the whole table: value, gradient and Hessian-vector product."""

import math
import os
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import mpmath
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from autograd import (
    PRIMITIVES,
    AutogradError,
    Primitive,
    Value,
    grad_table,
    gradients,
    hvp,
    topological_order,
)
from autograd.value import apply

from .oracles import SMOOTH, Function

EXAMPLES = int(os.environ.get("GRADTABLE_EXAMPLES", 500))
MANY = {"dot": 5, "total": 3, "prod": 3, "logsumexp": 3}  # how many operands we give them
EXPONENTS = [2.0, 3.0, -1.0, 0.5, 1.0, 0.0, -2.5, 4.0]
NUMBERS = [0.5, -1.5]  # operands that are no nodes
GAP = 1e-2  # how far from a singularity an operation stays
DIGITS, H = 100, mpmath.mpf(10) ** -35

EXACT: dict[str, Function] = {name: f for name, (f, _) in SMOOTH.items()} | {
    "power": lambda x, n: x**n
}


class Step(NamedTuple):
    """One operation: an int operand is an index into the earlier values, a float itself."""

    name: str
    operands: tuple[int | float, ...]


class Program(NamedTuple):
    inputs: list[float]
    direction: list[float]
    steps: list[tuple[str, list[int]]]  # the row, and what chooses its operands


def programs(names: Sequence[str]) -> st.SearchStrategy[Program]:
    numbers = st.floats(-3.0, 3.0).map(lambda x: round(x, 6))  # no 1e-300 times 1e-300
    choices = st.lists(st.integers(0, 15), min_size=5, max_size=5)
    step = st.tuples(st.sampled_from(list(names)), choices)
    return st.integers(1, 3).flatmap(
        lambda n: st.builds(
            Program,
            st.lists(numbers, min_size=n, max_size=n),
            st.lists(st.sampled_from([-1.0, 0.5, 2.0]), min_size=n, max_size=n),
            st.integers(1, 10).flatmap(lambda k: st.lists(step, min_size=k, max_size=k)),
        )
    )


def is_tame(name: str, x: Sequence[float]) -> bool:
    """Say whether an operation is far enough from its kinks and singularities."""
    match name:
        case "relu" | "abs" | "step" | "sign" | "where":
            return abs(x[0]) > 1e-3
        case "maximum" | "minimum":
            return abs(x[0] - x[1]) > 1e-3
        case "div":
            return abs(x[1]) > GAP
        case "log" | "sqrt" | "pow":  # a base < 0 has no real powers nearby
            return x[0] > GAP
        case "power":
            return abs(x[0]) > GAP
        case "log1p":
            return x[0] > -1.0 + GAP
        case "xlogy":
            return x[1] > GAP
        case "hypot":
            return math.hypot(*x) > GAP
        case "atan2":
            return math.hypot(*x) > GAP and (x[1] > 1e-3 or abs(x[0]) > 1e-3)
        case "asin" | "acos":
            return abs(x[0]) < 1.0 - GAP
        case "tan":
            return abs(math.cos(x[0])) > GAP
    return True


def compiled(program: Program) -> tuple[list[Step], list[float]]:
    """Give the steps that are defined and tame at the inputs, and all values."""
    values, steps = list(program.inputs), []
    for name, choices in program.steps:
        arity = PRIMITIVES[name].arity or MANY[name]
        operands: list[int | float] = []
        for choice in choices[:arity]:
            # later values are the likelier operands, so that programs get deep
            number = choice >= 14 and arity > 1
            operands.append(NUMBERS[choice - 14] if number else _earlier(choice, len(values)))
        if name == "power":
            operands[1] = EXPONENTS[choices[1] % len(EXPONENTS)]
        if all(isinstance(o, float) for o in operands):
            operands[0] = len(values) - 1
        numbers = [o if isinstance(o, float) else values[o] for o in operands]
        try:
            result = PRIMITIVES[name](*numbers) if is_tame(name, numbers) else math.nan
        except AutogradError:
            continue
        if abs(result) <= 1e6:  # neither is nan
            steps.append(Step(name, tuple(operands)))
            values.append(result)
    return steps, values


def _earlier(choice: int, count: int) -> int:
    return count - 1 - min(choice // 2, choice % count)


def run(steps: list[Step], inputs: Sequence[Any], call: Callable[..., Any]) -> Any:
    values = list(inputs)
    for name, operands in steps:
        values.append(call(name, [o if isinstance(o, float) else values[o] for o in operands]))
    return values[-1]


def record(name: str, operands: list[Any]) -> Value:
    return apply(PRIMITIVES[name], tuple(operands))


class Oracle:
    """A program at 100 digits, differentiated by differences.

    ``nudge`` changes every result by about that part of itself: how much the derivatives
    move then says how much the rounding of the results in floats may cost.
    """

    def __init__(self, steps: list[Step], inputs: list[float], nudge: float = 0.0) -> None:
        self.steps, self.nudge = steps, mpmath.mpf(nudge)
        self.x = [mpmath.mpf(x) for x in inputs]

    def at(self, moved: list[Any]) -> Any:
        count = 0

        def call(name: str, operands: list[Any]) -> Any:
            nonlocal count
            count += 1
            operands = [mpmath.mpf(o) for o in operands]
            sign = 1 if count * count % 3 else -1
            return EXACT[name](*operands) * (1 + sign * self.nudge)

        return mpmath.mpf(run(self.steps, moved, call))

    def moved(self, *moves: tuple[int, int]) -> list[Any]:
        x = list(self.x)
        for i, h in moves:
            x[i] += h * H
        return x

    def value(self) -> float:
        with mpmath.workdps(DIGITS):
            return float(self.at(self.x))

    def gradient(self) -> list[float]:
        with mpmath.workdps(DIGITS):
            up = [self.at(self.moved((i, 1))) for i in range(len(self.x))]
            down = [self.at(self.moved((i, -1))) for i in range(len(self.x))]
            return [float((a - b) / (2 * H)) for a, b in zip(up, down, strict=True)]

    def times(self, direction: list[float]) -> list[float]:
        """Give the Hessian times a direction."""
        with mpmath.workdps(DIGITS):
            ahead = [x + H * v for x, v in zip(self.x, direction, strict=True)]
            back = [x - H * v for x, v in zip(self.x, direction, strict=True)]
            products = []
            for i in range(len(self.x)):
                terms = []
                for middle in (ahead, back):
                    for h in (H, -H):
                        x = list(middle)
                        x[i] += h
                        terms.append(self.at(x))
                a, b, c, d = terms
                products.append(float((a - b - c + d) / (4 * H * H)))
            return products


def check(program: Program, used: Counter[str] | None = None) -> None:
    """Hold what the engine gives for a program against the oracle."""
    steps, values = compiled(program)
    if not steps:
        return
    inputs, direction = program.inputs, program.direction
    leaves = [Value(x) for x in inputs]
    y = run(steps, leaves, record)
    if used is not None:
        used.update(node.op.name for node in topological_order(y) if node.op is not None)
    table = grad_table(y)
    slopes = gradients(y, leaves)
    along = apply(PRIMITIVES["dot"], (*direction, *slopes, 0.0))
    second = grad_table(along)
    product = hvp(lambda x: run(steps, x, record), inputs, direction)

    assert y.data == values[-1]
    exact = Oracle(steps, inputs)
    nudged = Oracle(steps, inputs, 1e-13)  # 1000 times the rounding of a float
    agree([y.data], [exact.value()], lambda: [nudged.value()], steps)
    gradient = exact.gradient()
    agree([table[x] for x in leaves], gradient, nudged.gradient, steps)
    agree([s.data for s in slopes], gradient, nudged.gradient, steps)
    hessian = exact.times(direction)
    agree([second[x] for x in leaves], hessian, lambda: nudged.times(direction), steps)
    agree(product, hessian, lambda: nudged.times(direction), steps)


def agree(
    got: list[float], expected: list[float], nudged: Callable[[], list[float]], steps: list[Step]
) -> None:
    # the parts of a sum over paths may cancel: relative to what was expected, but no less than 1
    if all(abs(g - e) <= 1e-7 * max(1.0, abs(e)) for g, e in zip(got, expected, strict=True)):
        return
    # an ill-conditioned program, such as the sine of a large number: the nudged one tells
    moved = max(abs(n - e) for n, e in zip(nudged(), expected, strict=True))
    assert all(
        abs(g - e) <= 1e-7 * max(1.0, abs(e)) + 1e-2 * moved
        for g, e in zip(got, expected, strict=True)
    ), f"{steps}: got {got}, expected {expected} (conditioning {moved})"


def over(names: Sequence[str], property_: Callable[[Program], None], examples: int) -> None:
    settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )(given(programs(names))(property_))()


def test_random_programs_against_mpmath() -> None:
    used: Counter[str] = Counter()

    def property_(program: Program) -> None:
        check(program, used)

    over(list(PRIMITIVES), property_, EXAMPLES)
    # which programs are drawn depends on the modules that are imported, too: none is left out
    for name in set(PRIMITIVES) - set(used):
        over([name], property_, 50)
    assert set(PRIMITIVES) <= set(used), set(PRIMITIVES) - set(used)


@pytest.mark.parametrize("name", list(PRIMITIVES))
def test_a_wrong_partial_is_found(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    row = PRIMITIVES[name]
    right = row.partials

    def wrong(*operands: Any) -> tuple[Any, ...]:
        partials = right(*operands)
        if name in ("step", "sign"):
            return (0.001,)
        return tuple(1.001 * p for p in partials)

    monkeypatch.setattr(row, "partials", wrong)

    @settings(
        max_examples=200,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],  # the smallest such program is of no interest
        suppress_health_check=list(HealthCheck),
    )
    @given(programs([name, name, "sin", "mul"]))
    def property_(program: Program) -> None:
        check(program)

    with pytest.raises(AssertionError, match="got"):
        property_()


def test_rows_that_serve_as_operations_have_an_oracle() -> None:
    assert all(isinstance(row, Primitive) and name in EXACT for name, row in PRIMITIVES.items())
