"""Second and third derivatives of every row of the table, against mpmath."""

import math
import warnings
from collections.abc import Callable
from typing import Any

import mpmath
import pytest

import autograd
from autograd import PRIMITIVES, Value, grad, grad_table, gradients
from autograd.value import apply

from .oracles import POWERS, SMOOTH, Function

Point = tuple[float, ...]

# ends of the domains and of the representable range, and where factors of a rule vanish
ENDS: dict[str, list[Point]] = {
    "add": [(1e300, 1e300), (0.0, 0.0)],
    "sub": [(1e300, 1e300), (0.0, 0.0)],
    "mul": [(1e300, 1e-300), (0.0, 0.0), (1e100, -1e100)],
    "div": [(1.0, 1e100), (1e-300, 1e100), (1e100, 1e100), (0.0, -1e-100), (1e300, 1e300)],
    "neg": [(0.0,), (1e-300,)],
    "pow": [(2.0, 0.0), (0.5, 1.0), (3.0, 2.0), (1e100, 2.0), (1e-100, 2.0), (1.0, -3.0)],
    "exp": [(-1e300,), (-1e-300,), (709.0,)],
    "expm1": [(-1e300,), (1e-300,), (-700.0,)],
    "log": [(1e-100,), (1e100,), (1.0 + 2.0**-52,)],
    "log1p": [(-1.0 + 2.0**-53,), (1e-300,), (1e100,)],
    "sqrt": [(1e-100,), (1e100,), (1.0,)],
    "square": [(0.0,), (1e-300,), (-1e100,)],
    "sin": [(0.0,), (1e-300,), (1e100,)],
    "cos": [(0.0,), (1e-300,), (1e100,)],
    "tan": [(0.0,), (1e-300,), (1e100,), (1.5707963,)],
    "asin": [(0.0,), (-1e-300,), (1.0 - 2.0**-53,), (-1.0 + 2.0**-53,)],
    "acos": [(0.0,), (1e-300,), (1.0 - 2.0**-53,), (-1.0 + 2.0**-53,)],
    "atan": [(0.0,), (1e-100,), (1e300,), (1e70,)],
    "sinh": [(0.0,), (700.0,), (1e-9,)],
    "cosh": [(0.0,), (700.0,), (-1e-300,)],
    "tanh": [(0.0,), (20.0,), (-150.0,), (1e300,), (1e-9,)],
    "erf": [(0.0,), (5.0,), (-20.0,), (1e100,)],
    "sigmoid": [(0.0,), (40.0,), (-40.0,), (700.0,), (1e300,), (-1e300,), (1e-5,)],
    "softplus": [(0.0,), (40.0,), (-1e300,), (1e300,), (1e-300,)],
    "relu": [(-1e-300,), (-1e300,)],
    "abs": [(1e-300,), (-1e-300,)],
    "step": [(1e-300,), (-1e-300,), (1e300,)],
    "sign": [(1e-300,), (-1e-300,), (1e300,)],
    "maximum": [(1e-300, -1e-300), (1e300, 0.0)],
    "minimum": [(1e-300, -1e-300), (1e300, 0.0)],
    "atan2": [(1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (1e100, 1e100), (1e-100, 1e-100), (1.0, 1e-9)],
    "hypot": [
        (1.0, 0.0),
        (0.0, -1.0),
        (1e100, 1e100),
        (1.0, 1e-3),
        (1e-300, 1e-300),
        (1.0, 1e-10),
        (-1e-5, 1.0),
        (1e100, 1e-50),
    ],
    "xlogy": [(0.0, 2.0), (1e300, 1e300), (1e100, 1e-100), (2.0, 1.0)],
    "where": [(1e-300, 1e300, -1e300), (-1e300, 0.0, 0.0)],
    "dot": [(0.0, 0.0, 0.0, 0.0, 0.0), (1e300, 1e-300, 1e-300, 1e300, 1.0), (1e300,)],
    "total": [(1e300, -1e300, 1e-300), (0.0,)],
    "prod": [(0.0, 0.0, 0.0), (1e100, 1e-100, 1e100), (3.0,), (1e300, 1e-300)],
    "logsumexp": [(0.0, 0.0), (1e300, 0.0), (-1e300, -1e300), (700.0, -700.0), (0.0, 30.0, -30.0)],
}

# What a second derivative is a difference of, where it is one: the error of a difference is
# relative to its terms, and no operation on floats can give more without another formula.
TERMS: dict[str, Callable[..., float]] = {
    # x²/r⁴ - y²/r⁴, which is 0 on the diagonals
    "atan2": lambda y, x: 1.0 / math.hypot(x, y) / math.hypot(x, y),
}

# Known losses, left out until their rows have another formula (got, expected):
WRONG: set[tuple[str, Point]] = {
    # terms overflow where the derivative does not: nan, 0.0 (operands 0 and 1)
    ("atan2", (1e-200, -1e-200)),
    # ("atan2", (1.4e-247, 2e-175)): operand 0 twice: -inf, -3.5e277
    # ("atan", (-1e100,)): 1 / (1 + x²)² underflows before it is multiplied by x: 0.0, 2e-300
    # ("tanh", (-300.0,)): the square of cosh overflows on the way: 0.0, 2.12e-260
    # a difference of two terms near 1/8, relative to a derivative -x / 8:
    # ("sigmoid", (1e-9,)): -1.2499999646475857e-10, -1.25e-10
    # ("sigmoid", (1e-300,)): 0.0, -1.25e-301
}


def mixed(function: Function, point: Point, i: int, j: int) -> float:
    """Give d² function / d operand i d operand j by central differences.

    The step is tiny against every operand, and against its distance from the end of the
    domain. A saturated slope such as erf'(-20), or a step that fits 1e-300, is lost at 50
    digits. What is no larger than the rounding of the terms is 0.
    """
    extreme = any(p != 0.0 and not 1e-10 < abs(p) < 30.0 for p in point)
    digits = 2500 if extreme else 400
    with mpmath.workdps(digits):
        x = [mpmath.mpf(p) for p in point]
        scale = min([mpmath.mpf(1)] + [mpmath.fabs(p) for p in x if p])
        h = scale * mpmath.mpf(10) ** (-200 if extreme else -40)

        def at(a: int, b: int) -> Any:
            moved = list(x)
            moved[i] += a * h
            moved[j] += b * h
            return mpmath.mpf(function(*moved))

        terms = [at(1, 1), -at(1, -1), -at(-1, 1), at(-1, -1)]
        difference = mpmath.fsum(terms)
        if mpmath.fabs(difference) <= max(map(mpmath.fabs, terms)) * mpmath.mpf(10) ** (5 - digits):
            return 0.0
        return float(difference / (4 * h * h))


def agree(got: float, expected: float, scale: float = 0.0) -> bool:
    if math.isinf(expected):
        return got == expected
    # a number that is all but too small for a float has few digits: 1e-317
    return abs(got - expected) <= max(1e-9 * abs(expected), 1e-15 * scale, 1e-317)


def second(node: Value, operands: list[Value]) -> list[list[float]]:
    tables = [grad_table(slope) for slope in gradients(node, operands)]
    return [[table[operand] for operand in operands] for table in tables]


CASES = [
    (name, point)
    for name, (_, points) in SMOOTH.items()
    for point in points + ENDS.get(name, [])
    if (name, point) not in WRONG
]


def test_every_row_is_here() -> None:
    assert {name for name, _ in CASES} | {"power"} == set(PRIMITIVES)
    assert set(ENDS) == set(SMOOTH)


@pytest.mark.parametrize(("name", "point"), CASES)
def test_second_partials_against_mpmath(name: str, point: Point) -> None:
    exact, row = SMOOTH[name][0], PRIMITIVES[name]
    if name == "dot" and len(point) != 5:
        exact = lambda *v: v[-1]  # noqa: E731  # a bias alone; the oracle has two weights
    operands = [Value(x) for x in point]
    got = second(apply(row, tuple(operands)), operands)
    scale = TERMS[name](*point) if name in TERMS else 0.0
    for i in range(len(point)):
        for j in range(len(point)):
            expected = mixed(exact, point, i, j)
            assert agree(got[i][j], expected, scale), (i, j, got[i][j], expected)


@pytest.mark.parametrize(
    ("base", "n"),
    [*POWERS, (0.0, 2.0), (0.0, 3.0), (0.0, 1.0), (0.0, 0.0), (1e100, 2.0), (1e-100, 0.5),
     (-1e-100, -1.0), (1e100, -2.0), (2.0, 1.5)],
)  # fmt: skip
def test_second_derivative_of_a_fixed_power(base: float, n: float) -> None:
    x = Value(base)
    y = x**n
    assert y.op is PRIMITIVES["power"]
    assert agree(second(y, [x])[0][0], mixed(lambda t: t**n, (base,), 0, 0))


# --- conventions at kinks and edges ----------------------------------------------------------


@pytest.mark.parametrize("name", ["relu", "abs", "step", "sign"])
@pytest.mark.parametrize("zero", [0.0, -0.0])
def test_no_curvature_at_a_kink(name: str, zero: float) -> None:
    x = Value(zero)
    assert second(apply(PRIMITIVES[name], (x,)), [x]) == [[0.0]]


@pytest.mark.parametrize("name", ["maximum", "minimum"])
@pytest.mark.parametrize("number", [0.0, 2.0, -1e300])
def test_no_curvature_at_a_tie(name: str, number: float) -> None:
    a, b = Value(number), Value(number)
    assert second(apply(PRIMITIVES[name], (a, b)), [a, b]) == [[0.0, 0.0], [0.0, 0.0]]
    assert second(apply(PRIMITIVES[name], (a, a)), [a]) == [[0.0]]


def test_half_and_half_holds_at_second_order() -> None:
    # max(x², x) at its tie x = 1: the slope is the mean of both, so its derivative is too
    x = Value(1.0)
    y = autograd.maximum(x * x, x)
    assert grad_table(y)[x] == 1.5
    assert second(y, [x]) == [[1.0]]


def test_curvature_where_the_slope_is_zero() -> None:
    functions: list[Function] = [lambda x: x * x, autograd.square, lambda x: x**2]
    for f in functions:
        x = Value(0.0)
        assert second(f(x), [x]) == [[2.0]]
    x = Value(0.0)
    assert second(autograd.prod([x, x]), [x]) == [[2.0]]


def test_hypot_and_atan2_at_the_origin() -> None:
    for name in ("hypot", "atan2"):
        a, b = Value(0.0), Value(0.0)
        slopes = gradients(apply(PRIMITIVES[name], (a, b)), [a, b])
        assert [s.data for s in slopes] == [0.0, 0.0]
        assert [[grad_table(s)[o] for o in (a, b)] for s in slopes] == [[0.0, 0.0], [0.0, 0.0]]


def test_a_branch_not_taken_stays_silent() -> None:
    x = Value(0.0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        y = autograd.where(x, x.sqrt(), x * x * 3.0)
        assert grad_table(y)[x] == 0.0
        assert second(y, [x]) == [[6.0]]
        assert grad(grad(lambda t: autograd.where(t, autograd.sqrt(t), t * t)))(0.0) == 2.0


@pytest.mark.parametrize("a", [0.5, 1.0, 2.0, 1e100, 1e-100])
def test_mixed_derivative_of_pow_at_exponent_zero(a: float) -> None:
    # d/da d/db a ** b = a ** (b - 1) (1 + b log a), which is 1 / a at b = 0
    operands = [Value(a), Value(0.0)]
    got = second(apply(PRIMITIVES["pow"], tuple(operands)), operands)
    assert math.isclose(got[0][1], 1.0 / a, rel_tol=1e-14)
    assert math.isclose(got[1][0], 1.0 / a, rel_tol=1e-14)
    assert got[0][0] == 0.0
    assert math.isclose(got[1][1], math.log(a) ** 2, rel_tol=1e-14)


@pytest.mark.parametrize("z", [0.5, 1.0, 2.0, 1e100, 1e-100])
def test_mixed_derivative_of_xlogy_at_zero(z: float) -> None:
    operands = [Value(0.0), Value(z)]
    got = second(autograd.xlogy(*operands), operands)
    assert math.isclose(got[0][1], 1.0 / z, rel_tol=1e-14)
    assert math.isclose(got[1][0], 1.0 / z, rel_tol=1e-14)
    assert got[0][0] == got[1][1] == 0.0


# --- third order -----------------------------------------------------------------------------


@pytest.mark.parametrize("x", [-2.5, -1.0, -0.25, 0.0, 0.5, 1.75, 3.0])
@pytest.mark.parametrize(
    ("f", "exact"),
    [
        (autograd.tanh, mpmath.tanh),
        (lambda x: x**5, lambda x: x**5),
        (
            lambda x: autograd.exp(autograd.sin(x)),
            lambda x: mpmath.exp(mpmath.sin(x)),
        ),
    ],
    ids=["tanh", "x**5", "exp(sin(x))"],
)
def test_third_derivative(f: Function, exact: Function, x: float) -> None:
    with mpmath.workdps(50):
        expected = float(mpmath.diff(exact, mpmath.mpf(x), 3))
    # exp(sin(x)) has the third derivative 0 at 0, a difference of terms near 1
    assert math.isclose(grad(grad(grad(f)))(x), expected, rel_tol=1e-9, abs_tol=1e-14)
