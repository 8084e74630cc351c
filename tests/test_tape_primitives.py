"""Every row of the table on a tape, in both engines, where it is easy and where it is not."""

import itertools
import math
import random
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from autograd import (
    DivisionByZeroError,
    DomainError,
    Primitive,
    RangeError,
    Tape,
    Value,
    encoding,
    grad_table,
    replay,
)
from autograd.rulecode import KNOWN, name_of
from autograd.value import apply

from .replays import (
    COMPENSATED,
    ENGINES,
    assert_within,
    graph_of,
    inf,
    leaves,
    nan,
    outcome,
    ulps,
)

EDGES = [
    0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 2.0, -3.0, 1e-8, 5e-324, 1e-300, -1e-300, 1e300, -1e300,
    37.0, 709.0, 710.45, 800.0, -745.0, 0.9999999, inf, -inf, nan,
]  # fmt: skip
EXPONENTS = [0.0, 1.0, 2.0, 3.0, -1.0, 0.5, -0.5, 2.5, -2.0, 1e300, inf, nan]
MANY = [1, 2, 3, 5, 7]  # operands of the rows that take any number
RANDOM = 60  # points where there are too many operands for all combinations

ROWS = {name_of(row): row for each in KNOWN.values() for row in (each, each.quiet)}
# rows whose numbers are those of IEEE arithmetic, so that all engines have the same bits
EXACT = {
    "add", "sub", "mul", "div", "neg", "square", "sqrt", "abs", "relu", "step", "sign", "maximum",
    "minimum", "where", "identity",
}  # fmt: skip
SUMS = {"dot", "total", "logsumexp", "threshold"}
BINARY = [name for name, row in KNOWN.items() if row.arity == 2 and not row.fixed]
# where a plain number can stand; an exponent that is one makes another row of it
NUMBER_PLACES = [
    (name, place)
    for name in [*BINARY, "where"]
    for place in range(KNOWN[name].arity or 0)
    if (name, place) != ("pow", 1)
]
NOT_COMPILED = {"threshold"}  # it sorts, and is left to Python


class Case(NamedTuple):
    """A row with a certain number of operands that take a gradient, and perhaps an exponent."""

    row: Primitive
    operands: int
    fixed: tuple[float, ...]

    def points(self) -> list[tuple[float, ...]]:
        if self.operands <= 2:
            points = list(itertools.product(EDGES, repeat=self.operands))
            # every fifth of the quiet ones: 5 does not divide the number of edges
            return points[::5] if self.operands == 2 and self.row.loud is not None else points
        rng = random.Random(self.operands)
        points = [tuple(rng.choices(EDGES, k=self.operands)) for _ in range(RANDOM)]
        mild = [tuple(rng.uniform(-2.0, 2.0) for _ in range(self.operands)) for _ in range(20)]
        finite = [tuple(rng.choices(EDGES[:-3], k=self.operands)) for _ in range(RANDOM)]
        return points + mild + finite


def cases(row: Primitive) -> Iterator[Case]:
    if row.arity is not None:
        for fixed in [(n,) for n in EXPONENTS] if row.fixed else [()]:
            yield Case(row, row.arity - row.fixed, fixed)
        return
    for n in MANY:
        if row.name != "dot" or n % 2:
            yield Case(row, n, ())


class Point(NamedTuple):
    """What eager execution gives at a point: an error, or the value and its derivatives."""

    numbers: tuple[float, ...]
    error: type[Exception] | None
    value: float = nan
    slopes: tuple[float, ...] = ()


def eager_points(case: Case) -> list[Point]:
    points = []
    for numbers in case.points():
        try:
            y = graph_of(case.row, numbers, case.fixed)
        except (ValueError, ArithmeticError) as error:
            if case.row.loud is not None:
                continue  # it has a value there, but no derivative, and so there is no graph
            points.append(Point(numbers, type(error)))
        else:
            table = grad_table(y)
            slopes = tuple(table[x] for x in y.parents)
            points.append(Point(numbers, None, y.data, slopes))
    return points


def by_inputs(case: Case, engine: str) -> Tape:
    x = leaves([nan] * case.operands)
    return Tape(apply(case.row, (*x, *case.fixed)), x, engine=engine)


def by_theta(case: Case, engine: str) -> Tape:
    w = leaves([nan] * case.operands)
    return Tape(apply(case.row, (*w, *case.fixed)), [], w, engine=engine)


def allowed(case: Case, point: Point) -> tuple[float, float]:
    """Say how many ulp a value and a derivative may be off."""
    name = case.row.name
    if name in EXACT or (name in ("dot", "total") and not COMPENSATED):
        return 0.0, 0.0
    if name in SUMS:
        size = sum(abs(x) for x in point.numbers)
        if name == "dot":
            half = len(point.numbers) // 2
            products = map(lambda a, b: abs(a * b), point.numbers[:half], point.numbers[half:])
            size = sum(products) + abs(point.numbers[-1])
        near = abs(point.value) or 5e-324
        return len(point.numbers) * max(1.0, size / near), 4.0 * len(point.numbers)
    return 1.0, 4.0  # a derivative is made of a few functions


def assert_point(case: Case, point: Point, value: Any, slopes: Any, about: str) -> None:
    most, most_slope = allowed(case, point)
    where = (about, name_of(case.row), point.numbers, case.fixed)
    assert_within([value], [point.value], most, (*where, "value"))
    # a sum that begins with 0.0 never gives -0.0, so the sign of a zero slope says nothing
    same = [s == e or ulps(s, e) <= most_slope for s, e in zip(slopes, point.slopes, strict=True)]
    assert all(same), (*where, "slopes", list(slopes), point.slopes)


def check_by_inputs(row: Primitive, engine: str) -> None:
    for case in cases(row):
        tape = by_inputs(case, engine)
        assert tape.engine == ("python" if row.name in NOT_COMPILED else engine)
        for point in eager_points(case):
            y = outcome(lambda tape=tape, point=point: tape.forward([point.numbers]))
            if point.error is not None or isinstance(y, DomainError):
                assert type(y) is point.error, (row, point, case.fixed, y)
                assert y.sample == 0
                continue
            (slopes,) = tape.jacobian([point.numbers])[0]
            assert_point(case, point, y[0][0], slopes, "one sample")


def check_by_theta(row: Primitive, engine: str) -> None:
    for case in cases(row):
        tape = by_theta(case, engine)
        for point in eager_points(case):
            result = outcome(lambda t=tape, p=point: t.value_and_grad([[]], theta=p.numbers))
            if point.error is not None or isinstance(result, DomainError):
                assert type(result) is point.error, (row, point, case.fixed, result)
                assert result.sample is None
                continue
            value, slopes = result
            # the mean of a zero has no sign
            assert_point(
                case, point._replace(value=point.value or 0.0), value or 0.0, slopes, "theta"
            )


def check_blocks(row: Primitive, engine: str) -> None:
    for case in cases(row):
        points = eager_points(case)
        good = [point for point in points if point.error is None]
        bad = [point for point in points if point.error is not None]
        tape = by_inputs(case, engine)
        X = [point.numbers for point in good]
        for point, (y,), (slopes,) in zip(good, tape.forward(X), tape.jacobian(X), strict=True):
            assert_point(case, point, y, slopes, "block")
        place = min(20, len(good))  # beyond the first block, if there are as many
        for point in bad[:3]:
            rows = [*X[:place], point.numbers, *X[place : place + 20], bad[0].numbers]
            for replayed in (tape.forward, tape.jacobian, tape.value_and_grad):
                with pytest.raises(DomainError) as caught:
                    replayed(rows)
                assert type(caught.value) is point.error
                assert caught.value.sample == place


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", ROWS)
def test_a_row_of_inputs_one_sample_at_a_time(name: str, engine: str) -> None:
    check_by_inputs(ROWS[name], engine)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", ROWS)
def test_a_row_of_parameters(name: str, engine: str) -> None:
    check_by_theta(ROWS[name], engine)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", ROWS)
def test_a_row_in_blocks_of_many_samples(name: str, engine: str) -> None:
    check_blocks(ROWS[name], engine)


def test_the_edges_reach_errors_infinite_slopes_and_nan() -> None:
    points = [p for row in ROWS.values() for case in cases(row) for p in eager_points(case)]
    assert {p.error for p in points} == {None, DomainError, DivisionByZeroError, RangeError}
    assert any(inf in p.slopes for p in points)
    assert any(p.value != p.value and nan not in p.numbers for p in points)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", BINARY)
def test_a_row_whose_operands_are_the_same_node(name: str, engine: str) -> None:
    row = KNOWN[name]
    for number in (0.5, 2.0, -1.5, 0.0, 1e-300, 1e200, inf, nan):
        x, w = Value(nan), Value(nan)
        inputs = Tape(apply(row, (x, x)), [x], engine=engine)
        parameters = Tape(apply(row, (w, w)), [], [w], engine=engine)
        leaf = Value(number)
        y = outcome(lambda row=row, leaf=leaf: apply(row, (leaf, leaf)))
        if isinstance(y, DomainError):
            for replayed in (inputs.forward, inputs.jacobian):
                with pytest.raises(type(y)):
                    replayed([[number]] * 2)
            continue
        slope = grad_table(y)[leaf]
        for rows in ([[number]], [[number]] * 17):
            assert_within(inputs.forward(rows), [[y.data]] * len(rows), 1.0, (name, number))
            jacobian = inputs.jacobian(rows)
            assert_within(jacobian, [[[slope or 0.0]]] * len(rows), 8.0, (name, number))
        assert_within(parameters.value_and_grad([[]], [number])[1], [slope], 8.0, (name, number))


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("name", "place"), NUMBER_PLACES)
def test_a_row_with_a_plain_number_among_its_operands(name: str, place: int, engine: str) -> None:
    row = KNOWN[name]
    number, others = 0.75, [0.25, 1.5][: (row.arity or 0) - 1]

    def graph(x: list[Value]) -> Value:
        return apply(row, (*x[:place], number, *x[place:]))

    x = leaves([nan] * len(others))
    tape = Tape(graph(x), x, engine=engine)
    at = leaves(others)
    y = graph(at)
    table = grad_table(y)
    for rows in ([others], [others] * 17):
        assert_within(tape.forward(rows), [[y.data]] * len(rows), 1.0)
        assert_within(tape.jacobian(rows), [[[table[v] or 0.0 for v in at]]] * len(rows), 4.0)


# --- a suite that finds nothing is worth nothing: what is made wrong has to be found -------------


@pytest.fixture
def forgetful() -> Iterator[None]:
    """Let the Python replay write its functions anew, and afterwards once more."""
    replay._known_functions.cache_clear()
    yield
    replay._known_functions.cache_clear()


@pytest.mark.parametrize("name", [name for name, row in KNOWN.items() if row.arity is not None])
def test_a_wrong_partial_is_found_in_python(
    name: str, monkeypatch: pytest.MonkeyPatch, forgetful: None
) -> None:
    right = replay.derivatives

    def wrong(row: Primitive) -> Any:
        rule = right(row)
        if row.name != name:
            return rule
        return rule._replace(partials=[f"({p}) + 0.001" for p in rule.partials])

    monkeypatch.setattr(replay, "derivatives", wrong)
    with pytest.raises(AssertionError, match="slopes"):
        check_by_inputs(KNOWN[name], "python")
    with pytest.raises(AssertionError, match="slopes"):
        check_by_theta(KNOWN[name], "python")


@pytest.mark.parametrize("name", ["prod", "logsumexp", "threshold"])
def test_a_wrong_partial_of_many_operands_is_found_in_python(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = replay.PythonReplay._own

    def wrong(self: Any, row: Primitive) -> str:
        called = own(self, row)
        self._functions[f"{called}_partials"] = lambda y, *xs: [
            p + 0.001 for p in row.partials(y, *xs)
        ]
        return called

    monkeypatch.setattr(replay.PythonReplay, "_own", wrong)
    with pytest.raises(AssertionError, match="slopes"):
        check_blocks(KNOWN[name], "python")


@pytest.mark.parametrize("name", [name for name in KNOWN if name not in NOT_COMPILED])
@pytest.mark.parametrize("check", [check_by_inputs, check_by_theta])
def test_a_wrong_partial_is_found_in_compiled_code(
    name: str, check: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The compiled code stays as it is: other words make it hand on what is not right."""
    right = encoding.Encoded._write
    negate = encoding.CODES["neg"]

    def wrong(self: Any, operations: Any, wanted: Any) -> None:
        if wanted is not None:
            if name == "neg" or KNOWN[name].arity is None:
                operations = []
            else:
                operations = [
                    o._replace(words=[negate, *o.words[1:3], 0, 0, 0]) for o in operations
                ]
        right(self, operations, wanted)

    monkeypatch.setattr(encoding.Encoded, "_write", wrong)
    with pytest.raises(AssertionError, match="slopes"):
        check(KNOWN[name], "numba")


@pytest.mark.parametrize("name", [name for name in encoding.CODES if KNOWN[name].arity == 1])
def test_a_wrong_value_is_found_in_compiled_code(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = "square" if name != "square" else "neg"
    monkeypatch.setitem(encoding.CODES, name, encoding.CODES[other])
    with pytest.raises(AssertionError):
        check_blocks(KNOWN[name], "numba")


def test_zeros_of_different_sign_count_as_different() -> None:
    assert ulps(0.0, -0.0) == inf
    assert ulps(1.0, math.nextafter(1.0, 2.0)) == 1.0
    assert ulps(nan, nan) == 0.0
    assert ulps(inf, 1e308) == inf
