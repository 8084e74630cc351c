"""The table of primitives, row by row: tests that loop over it."""

import doctest
import math
import operator
from fractions import Fraction

import pytest

import autograd
from autograd import PRIMITIVES, DivisionByZeroError, DomainError, Primitive, RangeError, Value
from autograd.value import apply

from .oracles import POWERS, SMOOTH, close, partial, value

inf, nan = math.inf, math.nan
CASES = [(name, point) for name, (_, points) in SMOOTH.items() for point in points]


def test_every_row_has_an_oracle() -> None:
    assert set(SMOOTH) | {"power"} == set(PRIMITIVES)


@pytest.mark.parametrize(("name", "point"), CASES)
def test_value_and_partials_against_mpmath(name: str, point: tuple[float, ...]) -> None:
    row, (exact, _) = PRIMITIVES[name], SMOOTH[name]
    node = apply(row, tuple(Value(x) for x in point))
    assert close(node.data, value(exact, point), 4e-15)
    for i, got in enumerate(node.partials):
        # saturation costs digits relative to 1, not to the derivative itself
        assert close(got, partial(exact, point, i), 1e-12), f"operand {i}"


@pytest.mark.parametrize(("base", "n"), POWERS)
def test_power_with_a_fixed_exponent(base: float, n: float) -> None:
    x = Value(base)
    y = x**n
    assert y.op is PRIMITIVES["power"]
    assert y.parents == (x,)
    assert close(y.data, value(lambda t: t**n, (base,)), 4e-15)
    assert close(y.partials[0], partial(lambda t: t**n, (base,), 0), 1e-13, 1e-30)


@pytest.mark.parametrize(("name", "point"), CASES)
def test_numbers_give_the_same_bits_as_nodes(name: str, point: tuple[float, ...]) -> None:
    row = PRIMITIVES[name]
    number = row(*point)
    assert type(number) is float
    assert number == apply(row, tuple(Value(x) for x in point)).data


def test_the_public_functions_are_the_rows() -> None:
    by_sequence = {"dot", "total", "prod", "logsumexp"}
    for name, row in PRIMITIVES.items():
        if name not in by_sequence | {"power"}:
            assert getattr(autograd, name) is row


def test_every_one_operand_primitive_is_a_method() -> None:
    one_operand = [name for name, row in PRIMITIVES.items() if row.arity == 1]
    assert len(one_operand) == 23
    for name in one_operand:
        x = Value(0.25)
        y = getattr(x, name)()
        assert y.op is PRIMITIVES[name]
        assert y.data == PRIMITIVES[name](0.25)
        assert y.parents == (x,)


@pytest.mark.parametrize("name", ["add", "sub", "mul", "div"])
@pytest.mark.parametrize("a", [2.0, -0.3, 1e200])
@pytest.mark.parametrize("b", [3.0, -7.5, 1e-200])
def test_operators_agree_with_their_rows(name: str, a: float, b: float) -> None:
    sign = {
        "add": operator.add,
        "sub": operator.sub,
        "mul": operator.mul,
        "div": operator.truediv,
    }[name]
    row = PRIMITIVES[name]
    expected = row.forward(a, b)
    for node in (sign(Value(a), Value(b)), sign(Value(a), b), sign(a, Value(b))):
        assert node.data == expected
        assert node.op is row
        assert node.partials == row.partials(expected, a, b)
        assert [p.data for p in node.parents] == [a, b]


def test_dot_is_written_out_as_its_row_says() -> None:
    w, x, b = [Value(1.5), Value(-2.0)], [Value(0.3), Value(0.7)], Value(0.1)
    fast, row = autograd.dot(w, x, b), apply(PRIMITIVES["dot"], (*w, *x, b))
    assert (fast.data, fast.partials, fast.parents) == (row.data, row.partials, row.parents)


def test_doctests_of_the_rows() -> None:
    runner = doctest.DocTestRunner()
    examples = 0
    for name, row in PRIMITIVES.items():
        if row.__doc__ != Primitive.__doc__:
            names = {**vars(autograd), "power": PRIMITIVES["power"]}
            test = doctest.DocTestParser().get_doctest(row.__doc__ or "", names, name, None, 0)
            examples += runner.run(test).attempted
    assert runner.failures == 0
    assert examples >= 30


# --- the representable range -----------------------------------------------------------


def test_values_where_naive_formulas_overflow() -> None:
    assert autograd.sigmoid(-1000) == 0.0
    assert autograd.sigmoid(1000) == 1.0
    assert autograd.softplus(1000) == 1000.0
    assert autograd.softplus(-1000) == 0.0
    assert autograd.tanh(1e3) == 1.0
    assert close(autograd.logsumexp([1000, 1000]), 1000 + math.log(2))
    assert autograd.logsumexp([-1e308, 5.0]) == 5.0
    assert autograd.logsumexp([inf, 1.0]) == inf
    assert autograd.softmax([1e4, 0]) == [1.0, 0.0]
    assert autograd.log_softmax([0.0, -1000.0]) == [0.0, -1000.0]
    assert close(autograd.logsumexp([0.0, -40.0]), math.exp(-40), 1e-15)


def test_small_results_keep_their_digits() -> None:
    assert autograd.expm1(1e-20) == 1e-20
    assert autograd.log1p(1e-20) == 1e-20
    assert close(autograd.sigmoid(-700.0), math.exp(-700))
    assert close(autograd.softplus(-700.0), math.exp(-700))


def test_nan_passes_every_row_and_every_domain() -> None:
    for name, row in PRIMITIVES.items():
        operands = [nan] * (row.arity or 3)
        if name == "where":
            assert row(nan, 2.0, 3.0) == 2.0  # nan is not 0
        elif name in ("pow", "power"):
            assert math.isnan(row(nan, 2.0))
        else:
            assert math.isnan(row(*operands)), name


# --- edges of the domain ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "kind", "words"),
    [
        (lambda: autograd.log(Value(-1.0, "p")), DomainError,
         "log(-1.0) is undefined: log needs an operand > 0 (operand: Value 'p')"),
        (lambda: autograd.log(0.0), DomainError, "log(0.0) is undefined"),
        (lambda: autograd.log1p(-1), DomainError, "log1p needs an operand > -1"),
        (lambda: autograd.sqrt(Value(-4.0)), DomainError, "(operand: an unnamed Value)"),
        (lambda: autograd.asin(1.5), DomainError, "from -1 to 1"),
        (lambda: autograd.acos(Value(-1.5)), DomainError, "from -1 to 1"),
        (lambda: autograd.sin(inf), DomainError, "a finite operand"),
        (lambda: autograd.xlogy(1.0, 0.0), DomainError, "a second operand > 0"),
        (lambda: Value(1.0) / Value(0.0, "d"), ZeroDivisionError, "Value 'd'"),
        (lambda: Value(1.0) / 0, DivisionByZeroError, "div(1.0, 0.0)"),
        (lambda: 1 / Value(0.0), DivisionByZeroError, "denominator that is not 0"),
        (lambda: autograd.div(1, 0), DivisionByZeroError, "div needs"),
        (lambda: Value(0.0) ** -1, ZeroDivisionError, "not 0 if the exponent is negative"),
        (lambda: Value(-8.0) ** 0.5, DomainError, "a base >= 0 unless the exponent is whole"),
        (lambda: Value(-8.0) ** Value(0.5), DomainError, "pow(-8.0, 0.5) is undefined"),
        (lambda: (-8.0) ** Value(0.5), DomainError, "pow"),
        (lambda: autograd.exp(1000), OverflowError, "exp(1000.0) is too large for a float"),
        (lambda: Value(1000.0).exp(), RangeError, "too large"),
        (lambda: Value(10.0) ** 400, OverflowError, "too large"),
        (lambda: Value(1000.0).cosh(), OverflowError, "too large"),
        (lambda: autograd.logsumexp([]), DomainError, "at least one operand"),
    ],
)  # fmt: skip
def test_outside_the_domain(call, kind: type[Exception], words: str) -> None:
    with pytest.raises(kind) as caught:
        call()
    assert isinstance(caught.value, DomainError)
    assert isinstance(caught.value, ValueError)
    assert words in str(caught.value)


def test_infinite_partials_are_recorded_not_raised() -> None:
    assert autograd.sqrt(Value(0.0)).partials == (inf,)
    assert autograd.asin(Value(1.0)).partials == (inf,)
    assert autograd.acos(Value(-1.0)).partials == (-inf,)
    assert (Value(0.0) ** 0.5).partials == (inf,)
    assert (0.0 ** Value(0.5)).partials == (inf, 0.0)
    assert autograd.log(Value(5e-324)).partials == (inf,)
    assert autograd.xlogy(Value(0.0), Value(0.0)).partials == (-inf, 0.0)


def test_zero_to_the_power_of_zero() -> None:
    for y in (Value(0.0) ** 0, Value(0.0) ** Value(0.0), 0 ** Value(0.0)):
        assert y.data == 1.0
        assert set(y.partials) == {0.0}


def test_lengths_and_angles_at_the_origin() -> None:
    assert autograd.hypot(Value(0.0), Value(0.0)).partials == (0.0, 0.0)
    assert autograd.atan2(Value(0.0), Value(0.0)).partials == (0.0, 0.0)


def test_a_negative_base_with_an_exponent_that_takes_a_gradient() -> None:
    y = Value(-2.0) ** Value(3.0)
    assert y.data == -8.0
    assert y.partials[0] == 12.0
    assert math.isnan(y.partials[1])  # log(-2) has no value


def test_conventions_at_kinks() -> None:
    assert autograd.relu(Value(0.0)).partials == (0.0,)
    assert autograd.abs(Value(0.0)).partials == (0.0,)
    assert autograd.step(0.0) == autograd.sign(0.0) == 0.0
    assert autograd.maximum(Value(2.0), Value(2.0)).partials == (0.5, 0.5)
    assert autograd.minimum(Value(2.0), Value(2.0)).partials == (0.5, 0.5)
    assert autograd.sign(-0.5) == -1.0
    for edge in (-1.0, 1.0):
        x = Value(edge)
        y = autograd.hard_tanh(x)
        assert y.data == edge
        assert y.backward()[x] == 0.0
    x = Value(0.0)
    assert autograd.leaky_relu(x, 0.1).backward()[x] == 0.1


def test_the_branch_not_taken_stays_silent() -> None:
    x = Value(0.0)
    y = autograd.where(x, autograd.sqrt(x), 2.0 * x)
    assert y.backward()[x] == 2.0
    x = Value(1.0)
    assert autograd.where(x > 0, 3.0 * x, x).backward()[x] == 3.0


# --- operations on many operands and what is built from the table ----------------------------


def test_operations_on_no_operands() -> None:
    assert autograd.total([]) == 0.0
    assert autograd.prod([]) == 1.0
    assert autograd.dot([], [], 2.0) == 2.0
    for function in (autograd.mean, autograd.softmax, autograd.log_softmax, autograd.sparsemax):
        with pytest.raises(ValueError, match="at least one value, got none"):
            function([])


def test_generators_are_read_once() -> None:
    assert autograd.total(Value(x) for x in (1.0, 2.0)).data == 3.0
    assert autograd.mean(x for x in (1.0, 2.0)) == 1.5
    assert autograd.softmax(x for x in (0.0, 0.0)) == [0.5, 0.5]
    assert autograd.dot((x for x in (1.0, 2.0)), (x for x in (3.0, 4.0))) == 11.0


def test_dot_says_which_lengths_came() -> None:
    with pytest.raises(ValueError, match="got 1 weights and 2 inputs"):
        autograd.dot([1.0], [2.0, 3.0])


def test_softmax_and_sparsemax_of_the_syllabus() -> None:
    p = [Value(x) for x in (2.0, 1.0, 0.1)]
    outputs = autograd.softmax(p)
    assert [round(o.data, 8) for o in outputs] == [0.65900114, 0.24243297, 0.09856589]
    table = outputs[0].backward()
    row = [0.22471863783, -0.15976360380, -0.06495503404]
    assert all(close(table[x], e, 1e-10) for x, e in zip(p, row, strict=True))
    assert autograd.sparsemax([1.0, 0.5, -1.0]) == [0.75, 0.25, 0.0]
    assert [v.data for v in autograd.sparsemax([Value(1.0), 0.5, -1.0])] == [0.75, 0.25, 0.0]
    assert autograd.sparsemax([1e4, 0.0]) == [1.0, 0.0]
    assert close(sum(autograd.sparsemax([0.3, 0.1, 0.2, 0.25])), 1.0)


def test_prod_with_zeros() -> None:
    a, b, c = Value(0.0), Value(3.0), Value(5.0)
    table = autograd.prod([a, b, c]).backward()
    assert [table[x] for x in (a, b, c)] == [15.0, 0.0, 0.0]


def test_where_takes_bools_numbers_and_nodes() -> None:
    assert autograd.where(True, 2, 3) == 2.0
    assert autograd.where(0.0, 2, 3) == 3.0
    y = autograd.where(Value(2.0), Value(5.0, "a"), 3)
    assert y.data == 5.0
    assert y.partials == (0.0, 1.0, 0.0)


# --- operands and primitives of one's own -------------------------------------------------------


@pytest.mark.parametrize("number", [2, True, Fraction(1, 2), 0.25])
def test_any_real_number_is_an_operand(number) -> None:
    assert autograd.sqrt(number) == math.sqrt(number)
    assert (Value(1.0) * number).data == float(number)


@pytest.mark.parametrize("thing", ["2", None, 1j, [1.0], {}])
def test_operands_that_are_no_numbers(thing) -> None:
    with pytest.raises(TypeError, match=f"exp expects a real number, got {type(thing).__name__}"):
        autograd.exp(thing)
    with pytest.raises(TypeError, match="atan2 expects a real number"):
        autograd.atan2(Value(1.0), thing)


def test_the_number_of_operands() -> None:
    with pytest.raises(TypeError, match="log expects 1 operand, got 2"):
        autograd.log(8.0, 2.0)
    with pytest.raises(TypeError, match="hypot expects 2 operands, got 1"):
        autograd.hypot(Value(1.0))


def test_a_primitive_of_ones_own() -> None:
    cube = Primitive("cube", lambda x: x**3, lambda y, x: (3.0 * x * x,), domain="any")
    x = Value(2.0, "x")
    y = cube(x)
    assert y.data == cube(2.0) == 8.0
    assert y.backward()[x] == 12.0
    assert repr(cube) == "<Primitive cube>"


def test_a_primitive_of_ones_own_that_is_wrong() -> None:
    short = Primitive("short", lambda a, b: a + b, lambda y, a, b: (1.0,))
    with pytest.raises(TypeError, match="short gave 1 derivative for 2 operands"):
        short(Value(1.0), 2.0)
    long = Primitive("long", lambda a: a, lambda y, a: (1.0, 2.0))
    with pytest.raises(TypeError, match="long gave 2 derivatives for 1 operand"):
        long(Value(1.0))
    picky = Primitive("picky", lambda a: math.log(a), lambda y, a: (1.0 / a,))
    with pytest.raises(DomainError, match=r"picky\(-1.0\) is undefined: math domain error"):
        picky(Value(-1.0))


# --- what a newcomer tried --------------------------------------------------------


def test_softmax_and_its_slopes_at_any_size() -> None:
    for size in (1.0, 1e3, 1e9, 1e12, 1e16, 1e300):
        assert autograd.softmax([size, size]) == [0.5, 0.5]
        assert close(sum(autograd.softmax([size] * 3)), 1.0)
        assert autograd.logsumexp([Value(size), Value(size)]).partials == (0.5, 0.5)


def test_sparsemax_stays_on_the_simplex_at_any_size() -> None:
    for size in (1.0, 1e9, 1e16, 1e17, 1e300):
        assert autograd.sparsemax([size, size]) == [0.5, 0.5]
        assert autograd.sparsemax([2.0 * size, -size]) == [1.0, 0.0]
    assert autograd.sparsemax([1e308, -1e308, 1e308]) == [0.5, 0.0, 0.5]
    z = [Value(1.0), Value(0.5), Value(-1.0)]
    table = autograd.sparsemax(z)[0].backward()
    assert [table[v] for v in z] == [0.5, -0.5, 0.0]


@pytest.mark.parametrize(
    ("forward", "partials", "words"),
    [
        (lambda a: a**0.5, lambda y, a: (1.0,), "forward value of f expects a real number, got c"),
        (lambda a: None, lambda y, a: (1.0,), "forward value of f expects a real number, got None"),
        (lambda a: a, lambda y, a: (None,), "a partial of f expects a real number, got NoneType"),
        (lambda a: a, lambda y, a: 1.0, "partials of f gave float 1.0, expected a tuple"),
        (lambda a: a, lambda y, a: "1", "partials of f gave str '1', expected a tuple"),
    ],
)
def test_rows_that_give_no_numbers(forward, partials, words: str) -> None:
    with pytest.raises(TypeError, match=words):
        Primitive("f", forward, partials)(Value(-2.0))


def test_rows_may_give_any_real_numbers_and_lists() -> None:
    product = Primitive("f", lambda a, b, c: 24, lambda y, a, b, c: [b * c, a * c, Fraction(6)])
    x = Value(2.0)
    y = product(x, Value(3.0), 4.0)
    assert (y.data, y.partials) == (24.0, (12.0, 8.0, 6.0))
    assert type(y.data) is float
    assert y.backward().contributions(x)[0].product == 12.0


def test_methods_and_defaults_as_partials() -> None:
    class Rule:
        def partials(self, y, x):
            return (2.0,)

    assert Primitive("f", lambda x: 2 * x, Rule().partials)(Value(1.0)).partials == (2.0,)
    scaled = Primitive("g", lambda x: 3.0 * x, lambda y, x, slope=3.0: (slope,))
    assert scaled(Value(1.0)).partials == (3.0,)
    with pytest.raises(ValueError, match="h has a fixed operand, so it takes 2, not 3"):
        Primitive("h", lambda a, b, c: a, lambda y, a, b, c: (1.0, 1.0), fixed=True)


def test_the_row_of_dot_needs_an_odd_number_of_operands() -> None:
    for operands in ((), (2.0, 3.0), (Value(2.0), Value(3.0))):
        with pytest.raises(DomainError, match="n weights, n inputs and one bias"):
            PRIMITIVES["dot"](*operands)


@pytest.mark.parametrize("name", ["total", "prod", "logsumexp", "mean", "softmax"])
@pytest.mark.parametrize("thing", [Value(2.0), 3.0, "123", None])
def test_one_value_is_no_sequence(name: str, thing) -> None:
    with pytest.raises(TypeError, match=f"{name} expects a sequence of values, got"):
        getattr(autograd, name)(thing)


def test_numbers_too_large_for_a_float() -> None:
    from decimal import Decimal

    def kind(number: object) -> str:
        return type(number).__name__

    for number in (10**400, Fraction(10**400), Decimal("1e400")):
        words = f"Value expects a number that a float can hold .*, got a larger {kind(number)}"
        with pytest.raises(RangeError, match=words):
            Value(number)
        with pytest.raises(OverflowError):
            _ = Value(1.0) < number
    assert Value(Decimal("inf")).data == inf


# --- limits: what the partials of other rows rely on ------------------------------


def test_quiet_division_follows_ieee() -> None:
    quiet = PRIMITIVES["div"].quiet
    assert quiet(1.0, 0.0) == quiet(-1.0, -0.0) == inf
    assert quiet(-1.0, 0.0) == quiet(1.0, -0.0) == -inf
    assert math.isnan(quiet(0.0, 0.0))
    assert math.isnan(quiet(nan, 0.0))
    assert quiet(Value(-1.0), 0.0).data == -inf


def test_quiet_powers_and_logarithms() -> None:
    power, pow, log = (PRIMITIVES[name].quiet for name in ("power", "pow", "log"))
    assert power(0.0, -1.0) == power(-0.0, -2.0) == power(10.0, 400.0) == inf
    assert power(-0.0, -1.0) == power(-10.0, 401.0) == -inf
    assert math.isnan(power(-2.0, 0.5))
    assert pow(Value(0.0), -1.0).op.name == "power"
    assert pow(Value(0.0), -1.0).data == inf
    assert log(0.0) == -inf
    assert math.isnan(log(-1.0))
    assert log(Value(0.0)).partials == (inf,)


def test_pow_with_a_plain_exponent_is_the_row_with_a_fixed_one() -> None:
    x = Value(-2.0)
    y = autograd.pow(x, 2)
    assert (y.op.name, y.parents, y.partials) == ("power", (x,), (-4.0,))
    with pytest.raises(TypeError, match="power expects a plain number as its last operand"):
        PRIMITIVES["power"](x, Value(2.0))


def test_the_derivative_of_a_square_is_written_without_a_power() -> None:
    x = Value(3.0)
    (slope,) = PRIMITIVES["power"].partials(x**2, x, 2.0)
    assert slope.op.name == "mul"
    assert slope.parents[1] is x


def test_infinite_operands_and_nan_on_either_side() -> None:
    assert autograd.logsumexp([inf, inf]) == inf
    assert autograd.logsumexp([-inf, -inf]) == -inf
    for function in (autograd.maximum, autograd.minimum):
        assert math.isnan(function(nan, 1.0))
        assert math.isnan(function(1.0, nan))
    assert math.isnan(autograd.xlogy(0.0, nan))


def test_slopes_that_are_small_keep_their_digits() -> None:
    assert close(Value(-40.0).expm1().partials[0], math.exp(-40.0), 1e-15)
    assert close(Value(-700.0).softplus().partials[0], math.exp(-700.0), 1e-13)
    assert close(Value(-700.0).sigmoid().partials[0], math.exp(-700.0), 1e-13)
    assert close(Value(1 - 1e-12).asin().partials[0], partial(SMOOTH["asin"][0], (1 - 1e-12,), 0))
    assert close(Value(5.0).erf().partials[0], 2 / math.sqrt(math.pi) * math.exp(-25.0))
    edge = 710.4758600739439
    assert Value(edge).sinh().partials[0] == math.cosh(edge)


def test_products_whose_way_overflows() -> None:
    factors = (1e200, 1e200, 1e-200, 1e-200)
    x = [Value(f) for f in factors]
    y = autograd.prod(x)
    assert close(y.data, 1.0)
    assert all(close(p, 1.0 / f) for p, f in zip(y.partials, factors, strict=True))
    assert autograd.prod([1e200, 1e200]) == inf
    assert autograd.prod([-1e200, 1e200]) == -inf
    assert math.isnan(autograd.prod([0.0, inf]))
    assert autograd.prod([5e-324, 0.5, 4.0]) == 1e-323


def test_the_rows_products_serve_nodes() -> None:
    x = [Value(f) for f in (1e200, 1e200, 1e-200, 1e-200)]
    slopes = PRIMITIVES["prod"].partials(autograd.prod(x), *x)
    assert all(close(s.data, 1.0 / v.data) for s, v in zip(slopes, x, strict=True))
    assert PRIMITIVES["prod"].partials(x[0], x[0]) == (1.0,)


def test_sums_and_means_whose_way_overflows() -> None:
    assert autograd.total([1e308, 1e308, -1e308]) == 1e308
    assert autograd.total([1e308, 1e308]) == inf
    assert autograd.total([-1e308, -1e308]) == -inf
    assert math.isnan(autograd.total([inf, -inf]))
    assert autograd.mean([1.7e308, 1.7e308]) == 1.7e308
    x = [Value(1.7e308), Value(1.7e308)]
    y = autograd.mean(x)
    assert y.data == 1.7e308
    assert [y.backward()[v] for v in x] == [0.5, 0.5]
    assert autograd.mean([inf, 1.0]) == inf


def test_slopes_in_saturation() -> None:
    for x in (-40.0, -3.0, 5.0, 40.0, 300.0, -300.0):
        for name in ("sigmoid", "tanh"):
            exact = partial(SMOOTH[name][0], (x,), 0)
            assert close(PRIMITIVES[name](Value(x)).partials[0], exact, 1e-13), (name, x)
    for x in (800.0, -800.0, inf, -inf):
        assert Value(x).tanh().partials == (0.0,)
    # the second derivative of tanh beyond the range of cosh
    x = Value(800.0)
    (slope,) = PRIMITIVES["tanh"].partials(x.tanh(), x)
    assert slope.backward()[x] == 0.0


def test_the_limits_of_sinh_and_cosh() -> None:
    sinh, cosh = (PRIMITIVES[name].quiet for name in ("sinh", "cosh"))
    assert (sinh(800.0), sinh(-800.0), cosh(800.0), cosh(-800.0)) == (inf, -inf, inf, inf)
    with pytest.raises(RangeError, match=r"cosh\(800.0\) is too large"):
        autograd.cosh(800.0)


@pytest.mark.parametrize("name", ["total", "prod", "mean", "softmax", "sparsemax"])
@pytest.mark.parametrize("thing", [{1.0, 2.0}, {1.0: 2.0}, b"12", frozenset([1.0])])
def test_values_without_an_order_are_refused(name: str, thing: object) -> None:
    with pytest.raises(TypeError, match=f"{name} expects a sequence of values"):
        getattr(autograd, name)(thing)


def test_what_is_no_number_is_named() -> None:
    with pytest.raises(TypeError, match="sparsemax expects a real number, got str 'a'"):
        autograd.sparsemax(["a", "b"])
    with pytest.raises(TypeError, match="slope of leaky_relu expects a real number, got str 'a'"):
        autograd.leaky_relu(Value(1.0), "a")
    slope = Value(0.5)
    assert autograd.leaky_relu(Value(-2.0), slope).backward()[slope] == -2.0


def test_a_row_of_ones_own_is_held_to_floats_on_numbers_too() -> None:
    answer = Primitive("f", lambda x: 42, lambda y, x: (0.0,))(1.0)
    assert type(answer) is float
    with pytest.raises(TypeError, match="forward value of f expects a real number, got NoneType"):
        Primitive("f", lambda x: None, lambda y, x: (0.0,))(1.0)  # type: ignore[arg-type]
