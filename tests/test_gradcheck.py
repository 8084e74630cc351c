"""The checker: what is right passes, what is wrong is found, and where."""

import math

import pytest

import autograd
from autograd import (
    PRIMITIVES,
    GradientMismatchError,
    Primitive,
    StaleGraphError,
    Value,
    check_gradients,
    cos,
    exp,
    first_nonfinite,
    sin,
)
from autograd.differences import slopes
from autograd.value import apply

from .oracles import SMOOTH, partial
from .test_derivatives import rosenbrock

CASES = [(name, point) for name, (_, points) in SMOOTH.items() for point in points]


@pytest.mark.parametrize(("name", "point"), CASES)
def test_every_primitive_passes(name: str, point: tuple[float, ...]) -> None:
    report = check_gradients(apply(PRIMITIVES[name], tuple(Value(x) for x in point)))
    assert report.wrong == []
    assert report.checked >= 1


# what can be told from a wrong factor: a slope that is not nearly 0, at a size with neighbours
VISIBLE = [
    (name, point, operand)
    for name, point in CASES
    if all(x == 0.0 or 1e-99 < abs(x) < 1e99 for x in point)
    for operand, slope in enumerate(PRIMITIVES[name].partials(PRIMITIVES[name](*point), *point))
    if abs(slope) > 1e-5
]


def test_every_row_with_a_slope_is_made_wrong() -> None:
    assert {name for name, _, _ in VISIBLE} == set(SMOOTH) - {"step", "sign"}


@pytest.mark.parametrize(("name", "point", "operand"), VISIBLE)
def test_a_factor_of_one_in_ten_thousand_is_found(
    name: str, point: tuple[float, ...], operand: int
) -> None:
    row = PRIMITIVES[name]

    def partials(y, *operands):
        rule = list(row.partials(y, *operands))
        rule[operand] = 1.0001 * rule[operand]
        return tuple(rule)

    bad = Primitive(f"bad_{name}", row.forward, partials)
    node = apply(bad, tuple(Value(x) for x in point))
    with pytest.raises(GradientMismatchError) as caught:
        check_gradients(node)
    finding = caught.value.report.wrong[0]
    assert (finding.operation, finding.operand) == (f"bad_{name}", operand + 1)
    assert finding.node is node


saved = [0.0]


def stale_output(x: float) -> float:
    saved[0], old = x * x, saved[0]
    return old


WRONG = {
    "factor": (Primitive("doubled", lambda x: math.sin(2 * x), lambda y, x: (cos(2.0 * x),)), 1),
    "sign": (Primitive("cosine", math.cos, lambda y, x: (sin(x),)), 1),
    "order": (Primitive("ratio", lambda a, b: a / b, lambda y, a, b: (-y / b, 1.0 / b)), 1),
    "second": (Primitive("powers", lambda a, b: a * b * b, lambda y, a, b: (b * b, a * b)), 2),
    "chain": (Primitive("squared", lambda x: math.sin(x) ** 2, lambda y, x: (2.0 * sin(x),)), 1),
    "output": (Primitive("less_one", math.expm1, lambda y, x: (y,)), 1),
    "constant": (Primitive("flat", lambda x: x**3, lambda y, x: (3.0 * 0.49,)), 1),
    "frozen": (
        Primitive("frozen", lambda x: x**3, lambda y, x: (3.0 * getattr(x, "data", x) ** 2,)),
        1,
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_rules_are_found_in_the_middle_of_a_function(name: str) -> None:
    row, operand = WRONG[name]
    point = (0.7, 1.3)[: row.arity]

    def f(*x):
        return exp(row(*x)) * x[0] + 1.0

    with pytest.raises(GradientMismatchError) as caught:
        check_gradients(f, *point)
    message = str(caught.value)
    assert f"{row.name} / d operand {operand}" in message
    assert f"= {row.name}(input 1" in message
    assert isinstance(caught.value, AssertionError)


def test_hints_say_what_may_have_happened() -> None:
    def message(row: Primitive, *point: float) -> str:
        with pytest.raises(GradientMismatchError) as caught:
            check_gradients(row, *point)
        return str(caught.value)

    assert "(the sign is wrong)" in message(WRONG["sign"][0], 0.7)
    assert "(2 times too small)" in message(WRONG["factor"][0], 0.7)
    assert "gives for operand 2: are they in the right order?" in message(WRONG["order"][0], 1.0, 3)


def test_a_rule_that_is_right_by_accident_at_one_point() -> None:
    chirp = Primitive("chirp", lambda x: math.sin(x * x), lambda y, x: (cos(x * x),))
    assert check_gradients(chirp, 0.5, order=1).wrong == []
    with pytest.raises(GradientMismatchError, match="moved to"):
        check_gradients(chirp, 0.5)


def test_an_output_from_an_earlier_call() -> None:
    row = Primitive("stale", stale_output, lambda y, x: (2.0 * x,))
    with pytest.raises(GradientMismatchError, match="another result when it is computed again"):
        check_gradients(row, 1.0)


def test_a_dependence_that_never_came_into_the_graph() -> None:
    with pytest.raises(GradientMismatchError, match=r"every single operation is right.*v\.data"):
        check_gradients(lambda x: x * x.data, 3.0)


def test_functions_that_are_right() -> None:
    report = check_gradients(rosenbrock, [0.3, -0.2, 0.8])
    assert report.wrong == report.kinks == report.unjudged == []
    assert report.worst.error < 1e-9
    assert check_gradients(lambda a: a["x"] * a["y"][0], {"x": 2.0, "y": [3.0]}).wrong == []
    assert check_gradients(lambda x: 3.0, 1.0).checked == 2
    for x in (1e-8, 1e-150, 1e150, 1e5, -30.0):
        assert check_gradients(autograd.sigmoid, x).wrong == []
        assert check_gradients(autograd.atan, x).wrong == []
    assert check_gradients(lambda x: x.log().sqrt(), 1.0 + 1e-6).wrong == []


def test_what_is_right_beside_an_overflow_is_not_accused() -> None:
    for f, x in ((exp, 709.7), (exp, 709.78), (autograd.sinh, -710.4), (autograd.square, 1e154)):
        assert check_gradients(f, x).wrong == []
    assert check_gradients(lambda x: x**-1, 1e-308).wrong == []


def test_kinks_are_reported_as_kinks() -> None:
    for f, x in ((autograd.abs, 0.0), (autograd.relu, 0.0), (autograd.leaky_relu, 0.0)):
        report = check_gradients(f, x, order=1)
        assert {k.verdict for k in report.kinks} == {"kink"}, f
        assert report.wrong == []
    report = check_gradients(autograd.maximum, 2.0, 2.0)
    assert "the rule gives 0.5, the slopes are 0 and 1" in str(report)
    assert "the function jumps" in str(check_gradients(autograd.sign, 0.0))
    assert "the function jumps" in str(
        check_gradients(lambda x: autograd.where(x > 2.0, x * x, -x), 2.0)
    )
    # beside a kink there is none
    for x in (1e-6, -1e-6):
        assert check_gradients(autograd.relu, x, order=1).kinks == []
    outside = Primitive("f", math.fabs, lambda y, x: (5.0,))
    with pytest.raises(GradientMismatchError, match="5, not between the slopes -1 and 1"):
        check_gradients(outside, 0.0)


def test_edges_of_domains_are_not_judged() -> None:
    report = check_gradients(autograd.sqrt, 0.0)
    assert report.checked == 0 and report.worst is None
    assert "not judged: d sqrt / d operand 1" in str(report)
    assert "not judged" in repr(report)


def test_a_claimed_gradient() -> None:
    def f(x, y):
        return x * x * y

    assert check_gradients(f, 3.0, 2.0, claimed=[12.0, 9.0]).wrong == []
    with pytest.raises(GradientMismatchError, match="by input 2: it is claimed to be 8, dif.*9"):
        check_gradients(f, 3.0, 2.0, claimed=[12.0, 8.0])
    with pytest.raises(ValueError, match="claimed has 1 number for 2 inputs"):
        check_gradients(f, 3.0, 2.0, claimed=[12.0])
    assert check_gradients(lambda x: x[0] * x[1], [2.0, 3.0], claimed=[3.0, 2.0]).wrong == []
    x = Value(3.0, "x")
    y = x**3
    assert check_gradients(y, claimed={x: 27.0}).wrong == []
    with pytest.raises(GradientMismatchError, match="by x: it is claimed to be 26"):
        check_gradients(y, claimed={x: 26.0})
    with pytest.raises(TypeError, match="a dict from leaf to number"):
        check_gradients(y, claimed=[27.0])
    with pytest.raises(ValueError, match="not a node of the graph"):
        check_gradients(y, claimed={Value(1.0): 2.0})


def test_the_rules_tolerance_and_order_matter() -> None:
    nearly = Primitive("nearly", lambda x: x * x, lambda y, x: (2.00001 * x,))
    assert check_gradients(nearly, 3.0, rtol=1e-4).wrong == []
    with pytest.raises(GradientMismatchError):
        check_gradients(nearly, 3.0)
    by_math = Primitive("by_math", math.sin, lambda y, x: (math.cos(x),))
    assert check_gradients(by_math, 1.0, order=1).checked == 2
    with pytest.raises(TypeError, match="'by_math' do not serve nodes.*order=1"):
        check_gradients(by_math, 1.0)


def test_what_the_checker_refuses() -> None:
    x = Value(2.0)
    y = x * x
    for call, kind, words in (
        (lambda: check_gradients(3.0), TypeError, "expected a function or a Value, got float"),
        (lambda: check_gradients(autograd.exp), TypeError, "expects the inputs at which"),
        (lambda: check_gradients(y, 2.0), TypeError, "takes no inputs"),
        (lambda: check_gradients(y, order=3), ValueError, "order is 1 or 2, got 3"),
        (lambda: check_gradients(y, rtol=0), ValueError, "rtol is a number between 0 and 1"),
        (lambda: check_gradients(lambda x: [x], 1.0), TypeError, "gives one number, got list"),
        (lambda: check_gradients(autograd.exp, "1"), TypeError, "got str '1'"),
    ):
        with pytest.raises(kind, match=words):
            call()
    x.data = 5.0
    with pytest.raises(StaleGraphError):
        check_gradients(y)
    counter = iter(range(1000))
    with pytest.raises(ValueError, match="different values at the same inputs"):
        check_gradients(lambda x: x * next(counter), 2.0)


@pytest.mark.parametrize("name", ["exp", "sin", "tanh", "erf", "atan", "sigmoid"])
@pytest.mark.parametrize("x", [0.0, 1e-12, 0.3, -2.0, 5.0])
def test_numerical_slopes_know_their_error(name: str, x: float) -> None:
    row = PRIMITIVES[name]
    (slope,) = slopes(lambda t: [row(t)], x)
    exact = partial(SMOOTH[name][0], (x,), 0)
    assert slope.kind == "smooth"
    assert abs(slope.value - exact) <= max(3.0 * slope.error, 1e-9 * abs(exact))
    # where the function is nearly 1, its differences know 16 digits of 1, not of the slope
    assert abs(slope.value - exact) <= 1e-8 * abs(exact) + 1e-13 * abs(row(x))


# --- where a number stopped being one -----------------------------------------------------


def test_the_first_node_that_is_not_finite() -> None:
    x = Value(1e200, "x")
    y = x * x
    assert first_nonfinite((y + 1.0) * 0.0) is y
    leaf = Value(math.nan)
    assert first_nonfinite(leaf * 2.0) is leaf
    assert first_nonfinite(Value(2.0).exp()) is None


def test_the_first_edge_that_is_not_finite() -> None:
    x = Value(0.0, "x")
    root = x.sqrt()
    edge = first_nonfinite(root * 3.0)
    assert (edge.child, edge.parent, edge.operand) == (root, x, 1)
    assert (edge.gradient, edge.partial, edge.product) == (3.0, math.inf, math.inf)
    assert first_nonfinite(autograd.where(x, root, 2.0 * x)) is None  # the dead branch
    with pytest.raises(TypeError, match="expected a Value"):
        first_nonfinite(3.0)  # type: ignore[arg-type]
