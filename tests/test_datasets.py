"""Data sets, features, standardising, splitting: shapes, geometry, numbers, refusals."""

import collections
import math
import random
import statistics
import subprocess
import sys
import time
from fractions import Fraction
from random import Random
from typing import Any

import numpy as np
import pytest

import nn.datasets
from autograd import DivisionByZeroError, DomainError, RangeError, Value
from nn import datasets
from nn.datasets import features, split, standardize
from nn.preparing import held_out
from nn.samples import rows_of

from .oracles import close

DRAWN = [
    datasets.line,
    datasets.sine,
    datasets.moons,
    datasets.circles,
    datasets.gaussians,
    datasets.spirals,
    datasets.checkerboard,
]
CLOUDS = DRAWN[2:]
named = pytest.mark.parametrize("make", DRAWN, ids=lambda make: make.__name__)
clouds = pytest.mark.parametrize("make", CLOUDS, ids=lambda make: make.__name__)


class Frame:
    """What a data frame looks like from here: iterating it gives column names, not rows."""

    def __init__(self, rows: Any) -> None:
        self.array = np.array(rows)

    def to_numpy(self) -> Any:
        return self.array

    def __iter__(self) -> Any:
        return iter(["a", "b"])


def random_table(rng: Random, rows: int, width: int) -> list[list[float]]:
    scale, offset = 10.0 ** rng.randint(-9, 9), 10.0 ** rng.randint(-9, 9)
    return [[rng.gauss(offset, scale) for _ in range(width)] for _ in range(rows)]


# --- every drawn set --------------------------------------------------------------------------


@named
@pytest.mark.parametrize("n", [5, 17])
def test_shapes(make: Any, n: int) -> None:
    X, y = make(n, rng=0)
    width, kind = (1, float) if make in (datasets.line, datasets.sine) else (2, int)
    assert type(X) is type(y) is list
    assert len(X) == len(y) == n
    assert all(type(row) is list and len(row) == width for row in X)
    assert all(type(x) is float for row in X for x in row)
    assert all(type(t) is kind for t in y)


@named
def test_one_seed_one_data_set(make: Any) -> None:
    assert make(20, rng=7) == make(20, rng=7) == make(20, rng=Random(7))
    assert make(20, rng=7) != make(20, rng=8)
    assert make(20) != make(20)
    generator = Random(7)
    assert make(20, rng=generator) != make(20, rng=generator)  # it goes on where it stopped


@named
def test_the_global_generator_is_left_alone(make: Any) -> None:
    before = random.getstate()
    make(9, rng=3)
    make(9)
    assert random.getstate() == before


@named
def test_noise_moves_the_same_points_in_proportion(make: Any) -> None:
    sets = [make(50, noise=noise, rng=5) for noise in (0.0, 0.1, 0.2)]
    flat = [[*(x for row in X for x in row), *y] for X, y in sets]
    moved = 0
    for exact, near, far in zip(*flat, strict=True):
        assert close(far - exact, 2.0 * (near - exact), 1e-9, 1e-12)
        moved += near != exact
    assert moved == (50 if make in (datasets.line, datasets.sine) else 100)
    noisy = make(50, rng=5) != make(50, noise=0.0, rng=5)
    assert noisy is (make is not datasets.checkerboard)


@named
@pytest.mark.parametrize(("noise", "error"), [
    (-0.1, ValueError), (math.nan, ValueError), (math.inf, ValueError), ("0.1", TypeError),
])  # fmt: skip
def test_noise_that_is_none(make: Any, noise: Any, error: type[Exception]) -> None:
    with pytest.raises(error, match=f"noise of {make.__name__}"):
        make(10, noise=noise)


@named
@pytest.mark.parametrize(("n", "error"), [
    (0, ValueError), (-3, ValueError), (10.0, TypeError), (True, TypeError), ("10", TypeError),
])  # fmt: skip
def test_numbers_that_are_none(make: Any, n: Any, error: type[Exception]) -> None:
    with pytest.raises(error, match=f"n of {make.__name__} is a whole number"):
        make(n)
    with pytest.raises(TypeError, match="rng is an int"):
        make(10, rng=0.5)


@clouds
@pytest.mark.parametrize("n", [2, 7, 100, 101])
def test_classes_are_balanced_in_every_prefix(make: Any, n: int) -> None:
    _, y = make(n, rng=0)
    for end in range(1, n + 1):
        counts = collections.Counter(y[:end])
        assert abs(counts[0] - counts[1]) <= 1
    assert set(y) == {0, 1}


@pytest.mark.parametrize("make", [datasets.gaussians, datasets.spirals])
def test_any_number_of_classes(make: Any) -> None:
    for k in (2, 3, 7):
        _, y = make(3 * k + 2, k, rng=0)
        counts = collections.Counter(y)
        assert set(counts) == set(range(k))
        assert max(counts.values()) - min(counts.values()) <= 1
        assert set(make(k, k)[1]) == set(range(k))
        with pytest.raises(ValueError, match=f"whole number from {k} on, got {k - 1}"):
            make(k - 1, k)
    with pytest.raises(ValueError, match="classes of .* whole number from 2 on, got 1"):
        make(10, 1)


# --- the geometry of each ---------------------------------------------------------------------


@pytest.mark.parametrize(("make", "f", "end", "sigma"), [
    (datasets.line, lambda x: 0.8 * x + 2.0, 5.0, 1.0),
    (datasets.sine, lambda x: math.sin(2.0 * math.pi * x), 1.0, 0.1),
])  # fmt: skip
def test_curves(make: Any, f: Any, end: float, sigma: float) -> None:
    X, y = make(200, noise=0.0, rng=1)
    assert all(t == f(x) for (x,), t in zip(X, y, strict=True))
    X, y = make(4000, rng=1)
    inputs = [x for (x,) in X]
    assert 0.0 <= min(inputs) < 0.01 * end
    assert 0.99 * end < max(inputs) <= end
    assert abs(statistics.fmean(inputs) / end - 0.5) < 0.02
    assert abs(statistics.pstdev(inputs) / end - math.sqrt(1 / 12)) < 0.01
    errors = [t - f(x) for x, t in zip(inputs, y, strict=True)]
    assert abs(statistics.fmean(errors)) < 0.06 * sigma
    assert abs(statistics.pstdev(errors) / sigma - 1.0) < 0.05


def test_moons_lie_on_two_half_circles() -> None:
    X, y = datasets.moons(400, noise=0.0, rng=2)
    for (a, b), c in zip(X, y, strict=True):
        centre = (0.0, 0.0) if c == 0 else (1.0, 0.5)
        assert close(math.dist((a, b), centre), 1.0, 1e-12)
        assert b >= 0.0 if c == 0 else b <= 0.5
    for c, low, high in ((0, -1.0, 1.0), (1, 0.0, 2.0)):  # from tip to tip
        across = [a for (a, _), t in zip(X, y, strict=True) if t == c]
        assert min(across) < low + 0.01
        assert max(across) > high - 0.01


def test_circles() -> None:
    X, y = datasets.circles(400, noise=0.0, rng=2)
    for row, c in zip(X, y, strict=True):
        assert close(math.hypot(*row), (1.0, 0.5)[c], 1e-12)
    for c in (0, 1):  # all the way around
        quadrants = collections.Counter(
            (a > 0.0, b > 0.0) for (a, b), t in zip(X, y, strict=True) if t == c
        )
        assert len(quadrants) == 4
        assert min(quadrants.values()) > 25


@pytest.mark.parametrize("k", [2, 3, 5])
def test_gaussians(k: int) -> None:
    X, y = datasets.gaussians(2000 * k, k, rng=3)
    for c in range(k):
        angle = 2.0 * math.pi * c / k
        for j, centre in enumerate((math.cos(angle), math.sin(angle))):
            column = [row[j] for row, t in zip(X, y, strict=True) if t == c]
            assert abs(statistics.fmean(column) - centre) < 0.03
            assert abs(statistics.pstdev(column) - 0.3) < 0.02
    X, y = datasets.gaussians(k, k, noise=0.0)
    assert all(close(math.hypot(*row), 1.0, 1e-12) for row in X)


@pytest.mark.parametrize("k", [2, 3, 5])
@pytest.mark.parametrize("turns", [1.25, 0.5])
def test_spirals_are_rotations_of_one_another(k: int, turns: float) -> None:
    """Turned back by its class's share of a turn, each point lies on the one curve."""
    X, y = datasets.spirals(100 * k, k, turns=turns, noise=0.0, rng=4)
    for c in range(k):
        radii = []
        for (a, b), t in zip(X, y, strict=True):
            if t == c:
                radii.append(math.hypot(a, b))
                turned = math.atan2(b, a) - 2.0 * math.pi * c / k
                along = 2.0 * math.pi * turns * (radii[-1] - 0.1) / 0.9
                assert abs(math.sin((turned - along) / 2.0)) < 1e-12
        assert 0.1 <= min(radii) < 0.15
        assert 0.95 < max(radii) <= 1.0


@pytest.mark.parametrize("turns", [0.0, -1.0, math.inf])
def test_spirals_that_do_not_turn(turns: float) -> None:
    with pytest.raises(ValueError, match="turns of spirals is a finite number > 0"):
        datasets.spirals(10, turns=turns)


@pytest.mark.parametrize("squares", [2, 3, 4, 5])
def test_checkerboard_classes_by_parity(squares: int) -> None:
    X, y = datasets.checkerboard(60 * squares**2, squares, rng=5)
    seen = collections.Counter[tuple[int, int]]()
    for row, c in zip(X, y, strict=True):
        assert all(-1.0 <= x <= 1.0 for x in row)
        column, line = (math.floor((x + 1.0) / 2.0 * squares) for x in row)
        assert (column + line) % 2 == c
        seen[column, line] += 1
    assert len(seen) == squares**2
    assert min(seen.values()) > 20


def test_a_board_of_one_square_has_one_class() -> None:
    with pytest.raises(ValueError, match="squares of checkerboard is a whole number from 2"):
        datasets.checkerboard(10, 1)
    assert datasets.checkerboard(50, rng=0) == datasets.checkerboard(50, 4, rng=0)


# --- truth tables -----------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "rule"), [
    ("and", lambda a, b: a and b),
    ("or", lambda a, b: a or b),
    ("nand", lambda a, b: not (a and b)),
    ("nor", lambda a, b: not (a or b)),
    ("xor", lambda a, b: a != b),
    ("xnor", lambda a, b: a == b),
    ("implies", lambda a, b: not a or b),
])  # fmt: skip
def test_gates(name: str, rule: Any) -> None:
    X, y = datasets.logic_gate(name)
    assert X == [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]
    assert all(type(x) is float for row in X for x in row)
    assert y == [int(rule(bool(a), bool(b))) for a, b in X]
    assert all(type(t) is int for t in y)
    assert datasets.logic_gate(name.upper()) == (X, y)


def test_xor_and_copies() -> None:
    X, y = datasets.xor()
    assert (X, y) == datasets.logic_gate("xor")
    X[0][0], y[0] = 5.0, 5
    assert datasets.xor() == ([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [0, 1, 1, 0])


def test_unknown_gates() -> None:
    with pytest.raises(ValueError, match="unknown gate 'Nandd'; did you mean 'nand'"):
        datasets.logic_gate("Nandd")
    with pytest.raises(TypeError, match='a text such as "and", got int 3'):
        datasets.logic_gate(3)  # type: ignore[arg-type]


# --- measured data ----------------------------------------------------------------------------


def test_iris() -> None:
    X, y = datasets.iris()
    assert (len(X), {len(row) for row in X}) == (150, {4})
    assert y == [0] * 50 + [1] * 50 + [2] * 50
    assert X[0] == [5.1, 3.5, 1.4, 0.2]
    assert X[-1] == [5.9, 3.0, 5.1, 1.8]
    assert type(X) is type(X[0]) is type(y) is list
    assert type(y[0]) is int


def test_digits() -> None:
    X, y = datasets.digits()
    assert (len(X), {len(row) for row in X}) == (1797, {64})
    assert X[0][:8] == [0.0, 0.0, 5.0, 13.0, 9.0, 1.0, 0.0, 0.0]
    assert {x for row in X for x in row} == {float(i) for i in range(17)}
    assert y[:10] == list(range(10))
    assert type(X[0][0]) is float
    assert type(y[0]) is int


def test_diabetes_is_raw() -> None:
    X, y = datasets.diabetes()
    assert (len(X), {len(row) for row in X}) == (442, {10})
    assert X[0] == [59.0, 2.0, 32.1, 101.0, 157.0, 93.2, 38.0, 4.0, 4.8598, 87.0]
    assert (y[0], min(y), max(y)) == (151.0, 25.0, 346.0)
    assert type(X) is type(X[0]) is list
    assert type(y[0]) is float


@pytest.mark.parametrize("name", ["iris", "digits", "diabetes"])
def test_without_scikit_learn(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sklearn.datasets", None)
    wanted = rf"{name} needs scikit-learn: pip install scikit-learn .*`gradtable\[data\]`"
    with pytest.raises(ImportError, match=wanted):
        getattr(datasets, name)()
    assert len(datasets.moons(4)[0]) == 4


def test_names() -> None:
    assert nn.datasets.__all__ == sorted(nn.datasets.__all__)
    for name in nn.datasets.__all__:
        assert ">>>" in (getattr(nn.datasets, name).__doc__ or ""), name


def test_datasets_are_imported_on_demand_and_import_nothing_optional() -> None:
    code = (
        "import sys, nn; assert 'nn.datasets' not in sys.modules;"
        "from nn import datasets; datasets.standardize(datasets.moons(9)[0]);"
        "assert not {'numpy', 'sklearn'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


# --- features ---------------------------------------------------------------------------------


def test_features_by_hand() -> None:
    names = ["x1", "x2", "x1^2", "x1*x2", "sin(x1)"]
    got = features([[1.0, 2.0], [-3, 0.5]], names)
    assert got == [[1.0, 2.0, 1.0, 2.0, math.sin(1.0)], [-3.0, 0.5, 9.0, -1.5, math.sin(-3.0)]]
    assert all(type(row) is list and type(x) is float for row in got for x in row)
    assert features([[2.0]], ["7"]) == [[7.0]]
    assert features([[float(i) for i in range(1, 13)]], ["x12 - x1", "x10"]) == [[11.0, 10.0]]


@pytest.mark.parametrize(("name", "expected"), [
    ("-x1^2", -9.0), ("x1**2", 9.0), ("2^x2^2", 16.0), ("x1 ^ -1", 1 / 3), ("+x1", 3.0),
    ("1 + 2*x1", 7.0), ("(1 + 2) * x1", 9.0), ("x1 - x2 - 1", 0.0), ("12 / x1 / x2", 2.0),
    ("-x1 + x2", -1.0), ("x1 ^ 2 + 1", 10.0), ("1 + x1^2", 10.0), ("2 * pi", 2.0 * math.pi),
    (" x1 ", 3.0), ("1e-3*x1", 0.003), ("abs(-x1)", 3.0), ("sqrt(x1 + 1)", 2.0),
    ("exp(log(x2))", math.exp(math.log(2.0))), ("cos(x1)", math.cos(3.0)),
    ("tan(x1)", math.tan(3.0)), ("tanh(x1)", math.tanh(3.0)), ("0^0", 1.0),
])  # fmt: skip
def test_precedence_and_functions(name: str, expected: float) -> None:
    assert features([[3.0, 2.0]], [name]) == [[expected]]


def random_expression(rng: Random, depth: int) -> tuple[str, Any]:
    """A text, and the same as a function made of Python's own operations."""
    if depth == 0:
        i = rng.randrange(3)
        number = round(rng.uniform(0.1, 3.0), 2)
        return (
            (f"x{i + 1}", lambda r: r[i]) if rng.random() < 0.7 else (str(number), lambda r: number)
        )
    a, f = random_expression(rng, depth - 1)
    b, g = random_expression(rng, rng.randrange(depth))
    return rng.choice([
        (f"({a} + {b})", lambda r: f(r) + g(r)),
        (f"({a}) - ({b})", lambda r: f(r) - g(r)),
        (f"({a})*({b})", lambda r: f(r) * g(r)),
        (f"({a}) / (1 + ({b})^2)", lambda r: f(r) / (1.0 + math.pow(g(r), 2.0))),
        (f"-({a})", lambda r: -f(r)),
        (f"sin({a})", lambda r: math.sin(f(r))),
        (f"tanh( {a} )", lambda r: math.tanh(f(r))),
        (f"sqrt(abs({a}))", lambda r: math.sqrt(abs(f(r)))),
        (f"log(1 + abs({a}))", lambda r: math.log(1.0 + abs(f(r)))),
    ])  # fmt: skip


def test_random_expressions_against_python() -> None:
    rng = Random(0)
    for _ in range(300):
        name, function = random_expression(rng, rng.randrange(5))
        rows = [[rng.uniform(-2.0, 2.0) for _ in range(3)] for _ in range(3)]
        for row, (got,) in zip(rows, features(rows, [name]), strict=True):
            assert close(got, function(row), 1e-12, 1e-12), name


def test_features_make_xor_linear() -> None:
    X, y = datasets.xor()  # syllabus B4: w (1, 1, -2), b 0
    for (a, b, c), t in zip(features(X, ["x1", "x2", "x1*x2"]), y, strict=True):
        assert a + b - 2.0 * c == t


@pytest.mark.parametrize(("name", "message"), [
    ("__import__('os')", "unknown function '__import__'; choose one of abs, cos"),
    ("__import__('os').system('true')", "cannot use"),
    ("x1.__class__", "cannot use 'x1.__class__'; use numbers, pi, x1"),
    ("().__class__.__bases__", "cannot use"),
    ("lambda: 1", "cannot use"), ("x1 if x2 else 3", "cannot use"), ("[x1]", "cannot use"),
    ("x1, x2", "cannot use"), ("(x1 := 2)", "cannot use"), ("x1[0]", "cannot use"),
    ("f'{x1}'", "cannot use"), ("'a'", "cannot use"), ("True", "cannot use"), ("1j", "cannot use"),
    ("None", "cannot use"), ("x1 % 2", "cannot use"), ("x1 // 2", "cannot use"),
    ("x1 @ x2", "cannot use"), ("~x1", "cannot use"), ("not x1", "cannot use"),
    ("x1 < x2", "cannot use"), ("x1 and x2", "cannot use"), ("sin(*x1)", "cannot use"),
    ("sin(x=x1)", "cannot use"), ("sin(x1)(2)", "cannot use"), ("[x for x in x1]", "cannot use"),
    ("x1 << 9", "cannot use"), ("1 << 10**10", "cannot use"),
    ("", "cannot be read"), ("2x1", "cannot be read"), ("x1 x2", "cannot be read"),
    ("x1; x2", "cannot be read"), ("x1 = 2", "cannot be read"), ("import os", "cannot be read"),
    ("x1 +", "cannot be read"), ("x1²", "cannot be read"), ("x1\0", "cannot be read"),
    ("x1\ud800", "cannot be read"), ("(" * 299, "cannot be read"),
    ("(" * 100_000, "at most 300 characters, got 100000"), ("-" * 10**7 + "1", "at most 300"),
    ("1e999", "too large for a float"), ("0x" + "f" * 290, "that a float can hold"),
    ("snh(x1)", "unknown function 'snh'; did you mean 'sin'"), ("x1(2)", "unknown function 'x1'"),
    ("sin", r"sin is a function: write sin\(x1\)"), ("sin()", "sin takes 1 operand, got 0"),
    ("log(x1, 2)", "log takes 1 operand, got 2"),
    ("x3", "'x3': rows of 2 inputs have x1, x2; got x3"), ("x0", "got x0"), ("x01", "got x01"),
    ("X1", "got X1"), ("e", "got e"), ("__builtins__", "got __builtins__"),
])  # fmt: skip
def test_expressions_that_are_refused(name: str, message: str) -> None:
    started = time.perf_counter()
    with pytest.raises(ValueError, match=message) as caught:
        features([[1.0, 2.0]], ["x1", name])
    assert time.perf_counter() - started < 2.0
    assert str(caught.value).startswith("features: ")
    assert len(str(caught.value)) < 400


def test_deep_nesting() -> None:
    assert features([[1.0]], ["(" * 149 + "x1" + ")" * 149]) == [[1.0]]
    assert features([[1.0]], ["-" * 298 + "x1"]) == [[1.0]]


@pytest.mark.parametrize("error", [MemoryError, RecursionError])  # of Python's own parser
def test_too_deep_for_python(error: type[Exception], monkeypatch: pytest.MonkeyPatch) -> None:
    def parse(*args: Any, **options: Any) -> Any:
        raise error

    monkeypatch.setattr("nn.preparing.ast.parse", parse)
    with pytest.raises(ValueError, match=r"cannot be read \(it is nested too deeply\)"):
        features([[1.0]], ["x1"])


def test_names_of_inputs_in_wide_and_narrow_rows() -> None:
    with pytest.raises(ValueError, match="rows of 1 input have x1; got x2"):
        features([[1.0]], ["x2"])
    with pytest.raises(ValueError, match=r"rows of 64 inputs have x1, x2, \.\.\., x64; got x65"):
        features([[1.0] * 64], ["x65"])


@pytest.mark.parametrize(("name", "error", "message"), [
    ("log(x1)", DomainError, r"features: log\(x1\) of row 1: log\(-1.0\) is undefined"),
    ("sqrt(x1)", DomainError, "row 1: sqrt"),
    ("x1^0.5", DomainError, "row 1: pow"),
    ("1/(x1 + 1)", DivisionByZeroError, "row 1: div"),
    ("(x1 + 1)^-2", DivisionByZeroError, "row 1: pow"),
    ("exp(-1000*x1)", RangeError, r"row 1: exp\(1000.0\) is too large"),
    ("(1e200*x1)^2", RangeError, r"row 0: pow\(1e\+200, 2.0\) is too large"),
    ("tanh(1e200*x1*1e200)", RangeError, r"row 0: mul\(1e\+200, 1e\+200\) is too large"),
    ("1/(1e308*x1 + 1e308)", RangeError, "row 0: add"),
    ("9^9^9^9", RangeError, r"row 0: pow\(9.0, 387420489.0\) is too large"),
])  # fmt: skip
def test_an_expression_without_a_value_names_its_row(
    name: str, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        features([[1.0], [-1.0]], [name])


@pytest.mark.parametrize(("names", "error", "message"), [
    ([], ValueError, "expected at least one expression"),
    ("x1", TypeError, "names of features: expected a sequence of expressions, got str 'x1'"),
    ([1], TypeError, 'a feature is an expression such as "x1\\^2", got int 1'),
    ([None], TypeError, "got NoneType None"),
])  # fmt: skip
def test_names_of_features_that_are_none(names: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        features([[1.0]], names)


# --- standardising ----------------------------------------------------------------------------


def test_standardize_against_the_statistics_module() -> None:
    rng = Random(1)
    for _ in range(200):
        rows = random_table(rng, rng.randint(2, 12), rng.randint(1, 3))
        columns = list(zip(*standardize(rows), strict=True))
        for given, got in zip(zip(*rows, strict=True), columns, strict=True):
            exact = [Fraction(x) for x in given]
            mean = statistics.mean(exact)
            variance = statistics.pvariance(exact)
            if variance < mean**2 * Fraction(10) ** -28:
                continue  # equal up to rounding: tested below
            deviation = math.sqrt(variance)
            for x, z in zip(exact, got, strict=True):
                assert close(z, float((x - mean) / Fraction(deviation)), 1e-11, 1e-11)


@pytest.mark.parametrize("column", [
    [1e8 + 1e-6 * i for i in range(5)],
    [-1e15 + i for i in range(5)],
    [1e200 * i for i in range(1, 6)],
    [1.7e308, -1.7e308, 0.0],
    [1e-310, 2e-310, 4e-310],
    [1e-200 * i for i in range(4)],
    [1e300, 1.0, -5.0],
])  # fmt: skip
def test_standardize_extreme_columns(column: list[float]) -> None:
    exact = [Fraction(x) for x in column]
    mean = sum(exact) / len(exact)
    variance = sum((x - mean) ** 2 for x in exact) / len(exact)
    for x, (z,) in zip(exact, standardize([[x] for x in column]), strict=True):
        assert close(z * abs(z), float((x - mean) * abs(x - mean) / variance), 1e-9, 1e-30)


@pytest.mark.parametrize("column", [
    [0.1] * 10, [0.0] * 3, [-7.5], [1e308] * 4, [5e-324] * 3, [0.3, 0.1 + 0.2, 0.3],
    [1e8 / 3.0] * 7, [math.pi * 1e5] * 11,
])  # fmt: skip
def test_constant_columns_become_zero(column: list[float]) -> None:
    assert standardize([[x, float(i)] for i, x in enumerate(column)])[0][0] == 0.0
    assert standardize([[x] for x in column]) == [[0.0]] * len(column)
    assert standardize([[3.0], [9.0]], reference=[[x] for x in column]) == [[0.0], [0.0]]


def test_a_small_spread_is_not_constant() -> None:
    assert standardize([[1e8], [1e8 + 1e-6]]) == [[-1.0], [1.0]]
    assert standardize([[1e-300], [3e-300]]) == [[-1.0], [1.0]]


def test_statistics_of_a_reference() -> None:
    train, held = [[1.0, 10.0], [3.0, 30.0]], [[2.0, 50.0], [5.0, 20.0]]
    assert standardize(held, reference=train) == [[0.0, 3.0], [3.0, 0.0]]
    assert standardize(held, train) == standardize(held, reference=train)
    assert standardize(train, reference=train) == standardize(train)
    with pytest.raises(ValueError, match="as wide as X, got rows of 1 for rows of 2"):
        standardize(held, [[1.0]])
    with pytest.raises(ValueError, match=r"reference\[1\]\[0\] is nan"):
        standardize(held, [[1.0, 2.0], [math.nan, 1.0]])
    for far in (1e300, -1.7e308):
        with pytest.raises(
            RangeError, match=r"standardize: X\[1\]\[0\], .* is too many deviations"
        ):
            standardize([[1.0], [far]] if far < 0 else [[0.0], [far]], [[1e-300], [2e-300]])


def test_the_order_of_the_rows_does_not_matter() -> None:
    rng = Random(4)
    rows = random_table(rng, 200, 3)
    order = rng.sample(range(200), 200)
    shuffled = standardize([rows[i] for i in order])
    assert shuffled == [standardize(rows)[i] for i in order]  # to the last bit


def test_the_given_rows_are_left_alone() -> None:
    rows = [[1.0, 2.0], [3.0, 5.0]]
    assert standardize(rows) == [[-1.0, -1.0], [1.0, 1.0]]
    features(rows, ["x1"])
    split(rows, [0, 1], 0.5)
    assert rows == [[1.0, 2.0], [3.0, 5.0]]


def condition_number(rows: list[list[float]]) -> float:
    """Ratio of the eigenvalues of the 2 x 2 matrix X'X, from its trace and determinant."""
    aa, ab, bb = (sum(r[i] * r[j] for r in rows) for i, j in ((0, 0), (0, 1), (1, 1)))
    half, determinant = (aa + bb) / 2.0, aa * bb - ab * ab
    largest = half + math.sqrt(max(half * half - determinant, 0.0))
    return largest**2 / determinant  # the smallest is determinant / largest


def test_d6_standardising_conditions_the_problem() -> None:
    x = [[100.0 + i] for i in range(5)]
    assert f"{condition_number([[1.0, a] for (a,) in x]):.1e}" == "5.4e+07"
    assert close(condition_number([[1.0, a] for (a,) in standardize(x)]), 1.0, 1e-7)


# --- splitting --------------------------------------------------------------------------------


def test_split_properties() -> None:
    rng = Random(2)
    for _ in range(200):
        m, fraction = rng.randint(2, 40), rng.uniform(0.02, 0.98)
        X, y = [[float(i), -float(i)] for i in range(m)], [10 * i for i in range(m)]
        if not 0 < round(fraction * m) < m:
            with pytest.raises(ValueError, match="expected at least 1 of each"):
                split(X, y, fraction)
            continue
        seed = rng.randrange(1000)
        X_train, X_held, y_train, y_held = parts = split(X, y, fraction, seed)
        assert parts == split(X, y, fraction, rng=Random(seed))
        assert all(type(part) is list for part in parts)
        assert len(X_held) == len(y_held) == round(fraction * m)
        assert sorted(X_train + X_held) == X
        assert [int(10 * row[0]) for row in X_train] == y_train
        assert [int(10 * row[0]) for row in X_held] == y_held
        assert X_held == [X[i] for i in held_out(m, fraction, seed)]


def test_split_shuffles() -> None:
    X, y = [[float(i)] for i in range(100)], list(range(100))
    _, _, y_train, y_held = split(X, y, 0.5, rng=0)
    assert y_train != sorted(y_train)
    assert y_held != sorted(y_held)
    assert split(X, y, 0.5, rng=1)[3] != y_held
    assert split(X, y, 0.5)[3] != split(X, y, 0.5)[3]
    generator = Random(0)
    assert split(X, y, 0.5, generator)[3] == y_held
    assert split(X, y, 0.5, generator)[3] != y_held
    before = random.getstate()
    split(X, y, 0.5)
    assert random.getstate() == before


def test_every_sample_is_held_out_equally_often() -> None:
    rng = Random(3)
    counts = collections.Counter(i for _ in range(5000) for i in held_out(10, 0.3, rng))
    assert set(counts) == set(range(10))
    assert all(abs(count - 1500) < 150 for count in counts.values())


def test_split_takes_samples_of_any_kind() -> None:
    sequences = [[[1.0], [2.0]], [[3.0]], [[4.0], [5.0], [6.0]]]
    X_train, X_held, y_train, y_held = split(sequences, ("a", "b", "c"), 1 / 3, rng=0)
    for X, y in ((X_train, y_train), (X_held, y_held)):
        assert [sequences["abc".index(t)] for t in y] == X
    assert (len(X_train), len(X_held)) == (2, 1)
    X_train, X_held, _, _ = split((i for i in range(4)), range(4), 0.5)
    assert sorted(X_train + X_held) == [0, 1, 2, 3]


@pytest.mark.parametrize(("fraction", "error", "message"), [
    (0.0, ValueError, "fraction to hold out is a number above 0 and below 1, got 0"),
    (1.0, ValueError, "above 0 and below 1"), (20, ValueError, "got 20"), (-0.1, ValueError, "got"),
    (math.nan, ValueError, "got nan"), ("0.2", TypeError, "got str '0.2'"),
    (0.1, ValueError, "0.1 of 4 samples leaves 4 to train on and 0 held out: expected at least 1"),
    (0.9, ValueError, "0.9 of 4 samples leaves 0 to train on and 4 held out"),
])  # fmt: skip
def test_fractions_that_are_none(fraction: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        split([[1.0]] * 4, [0] * 4, fraction)


def test_split_of_wrong_data() -> None:
    with pytest.raises(ValueError, match="as many targets as samples, got 3 samples and 1 target"):
        split([[1.0]] * 3, [0], 0.5)
    with pytest.raises(ValueError, match="0.5 of 0 samples leaves 0 to train on and 0 held out"):
        split([], [], 0.5)
    with pytest.raises(ValueError, match="0.5 of 1 sample leaves 1"):
        split([[1.0]], [1], 0.5)
    with pytest.raises(TypeError, match="X: expected a sequence of samples, got str 'ab'"):
        split("ab", [0, 1], 0.5)
    with pytest.raises(TypeError, match="y: expected a sequence of samples, got set"):
        split([[1.0], [2.0]], {0, 1}, 0.5)
    with pytest.raises(TypeError, match="rng is an int"):
        split([[1.0], [2.0]], [0, 1], 0.5, rng="seed")  # type: ignore[arg-type]


# --- arrays, data frames, tables --------------------------------------------------------------


@pytest.mark.parametrize("kind", [np.array, Frame])
def test_arrays_in_arrays_out(kind: Any) -> None:
    rows = [[1, 2], [3, 5], [4, 9]]
    for got, expected in (
        (features(kind(rows), ["x1 + x2", "x1^2", "1"]), features(rows, ["x1 + x2", "x1^2", "1"])),
        (standardize(kind(rows)), standardize(rows)),
        (standardize(kind(rows), rows[:2]), standardize(rows, rows[:2])),
    ):
        assert isinstance(got, np.ndarray)
        assert got.dtype == float
        assert got.tolist() == expected
    assert type(standardize(rows, kind(rows))) is list
    y = np.array(["a", "b", "c"])
    parts = split(kind(rows), y, 0.4, rng=0)
    assert all(isinstance(part, np.ndarray) for part in parts)
    assert [part.tolist() for part in parts] == list(split(rows, ["a", "b", "c"], 0.4, rng=0))
    X_train, _, y_train, _ = split(kind(rows), [0, 1, 2], 0.4, rng=0)
    assert isinstance(X_train, np.ndarray)
    assert type(y_train) is list
    assert split(np.zeros((4, 3, 2)), y=[0] * 4, fraction=0.5)[0].shape == (2, 3, 2)


def test_tables_that_are_fine() -> None:
    expected = [[1.0, 0.0], [2.5, 1.0]]
    for X in (
        [[1, 0], [2.5, True]],
        ((1, False), (2.5, 1)),
        (row for row in ([1, 0], [2.5, 1])),
        [np.array([1, 0]), np.float32([2.5, 1])],
        [[np.int64(1), np.bool_(False)], [Fraction(5, 2), 1.0]],
        np.array(expected, dtype=np.float32),
        Frame(expected),
        [range(1, -1, -1), map(float, ("2.5", "1"))],
    ):
        rows = rows_of(X)
        assert rows == expected
        assert all(type(x) is float for row in rows for x in row)


@pytest.mark.parametrize(("X", "error", "message"), [
    ([], ValueError, "X: expected at least one row, got none"),
    (np.zeros((0, 2)), ValueError, "X: expected at least one row"),
    ([[], []], ValueError, r"X\[0\] is empty"),
    ([[1.0], [2.0], [3.0, 4.0]], ValueError, r"X\[2\] has 2 numbers, but X\[0\] has 1"),
    ([[1.0, 2.0], [3.0]], ValueError, r"X\[1\] has 1 number, but X\[0\] has 2"),
    ([[1.0, 2.0]] * 3 + [[0.0, math.nan]], ValueError, r"X\[3\]\[1\] is nan, expected a finite"),
    ([[math.inf]], ValueError, r"X\[0\]\[0\] is inf, expected a finite"),
    ([[1.0], [-math.inf]], ValueError, r"X\[1\]\[0\] is -inf"),
    ([[10**400]], ValueError, r"X\[0\]\[0\] expects a number that a float can hold"),
    ([1.0, 2.0], TypeError, r"X\[0\] is 1.0: write \[\[1.0\], \[2.0\]\] for rows of one number"),
    ([[1.0], 2.0], TypeError, r"X\[1\] is 2.0: write"),
    (np.array([1.0, 2.0]), TypeError, r"write \[\[1.0\], \[2.0\]\]"),
    (np.array(3.0), TypeError, "X: expected a sequence of rows, got ndarray"),
    (3.0, TypeError, "X: expected a sequence of rows, got float 3.0"),
    (None, TypeError, "got NoneType None"),
    ("abc", TypeError, "X: expected a sequence of rows, got str 'abc'"),
    ({"a": [1.0]}, TypeError, "X: expected a sequence of rows, got dict"),
    (["ab", "cd"], TypeError, r"X\[0\]: expected a sequence of numbers, got str 'ab'"),
    ([[1.0], {2.0}], TypeError, r"X\[1\]: expected a sequence of numbers, got set"),
    ([[1.0, "2"]], TypeError, r"X\[0\]\[1\] expects a real number, got str '2'"),
    (np.array([["a"]]), TypeError, r"X\[0\]\[0\] expects a real number, got str_"),
    ([[1.0], [None]], TypeError, r"X\[1\]\[0\] expects a real number, got NoneType None"),
    ([[1j]], TypeError, r"X\[0\]\[0\] expects a real number, got complex"),
    ([[[1.0]]], TypeError, r"X\[0\] holds rows, expected one row of numbers"),
    ([[Value(1.0)]], TypeError, r"X\[0\]\[0\] is a Value, expected a plain number: pass its .data"),
    ([Value(1.0)], TypeError, r"X\[0\] is Value\(data=1, grad=0\): write"),
    (np.array(["2020-01-01"], dtype="datetime64[ns]").reshape(1, 1), TypeError, "got datetime64"),
])  # fmt: skip
def test_tables_that_are_refused(X: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        rows_of(X)
    with pytest.raises(error, match=message):
        standardize(X)
    with pytest.raises(error, match=message):
        features(X, ["x1"])
