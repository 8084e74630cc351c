"""Tapes: what is recorded, what goes in and comes out, what is refused, and what they run on."""

import copy
import math
import os
import pickle
import subprocess
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numba
import numpy as np
import pytest
from numba.core import caching

import autograd
import nn
from autograd import (
    AutogradError,
    DivisionByZeroError,
    DomainError,
    Primitive,
    RangeError,
    RecordingError,
    Tape,
    Value,
    exp,
    grad_table,
    log,
    maximum,
    record,
    relu,
    sqrt,
    square,
    step,
    total,
    where,
)
from autograd import compiled as compiled_room
from autograd import kernels as kernels_room
from autograd import tape as tape_room

from .replays import ENGINES, assert_bits, check, inf, leaves, nan

ROOT = Path(__file__).parents[1]
engines = pytest.mark.parametrize("engine", ENGINES)

CUBE = Primitive("cube", lambda x: x * x * x, lambda y, x: (3.0 * x * x,))


def affine(engine: str, n: int = 2) -> Tape:
    """Give ``w x + b`` for each input and a parameter b: a tape on which shapes can be seen."""
    w, b = Value(2.0, "w"), Value(0.5, "b")
    return record(lambda x: [w * v + b for v in x], n, [w, b], engine)


# --- recording ------------------------------------------------------------------------------


@engines
def test_the_program_runs_once_on_nan(engine: str) -> None:
    seen: list[list[Value]] = []

    def f(x: list[Value]) -> Value:
        seen.append(x)
        return x[0] * x[1]

    tape = record(f, 2, engine=engine)
    tape.forward([[1.0, 2.0]] * 3)
    assert len(seen) == 1
    assert all(math.isnan(x.data) for x in seen[0])
    assert [x.label for x in seen[0]] == ["x[0]", "x[1]"]


w = Value(2.0, "w")
BRANCHES = {
    "if": lambda x: x[0] if x[0] > 0 else x[1],
    "computed": lambda x: x[0] if exp(x[0] + 1.0) <= 3.0 else x[1],
    "reflected": lambda x: x[0] if Value(0.0) < x[0] else x[1],
    "with a constant": lambda x: x[0] if Value(3.0) >= x[0] else x[1],
    "bool": lambda x: x[0] * float(bool(x[0])),
    "not": lambda x: Value(1.0) if not x[1] else x[0],
    "and": lambda x: x[0] and x[1],
    "max": lambda x: max(x),
    "min": lambda x: min(x[0], 1.0),
    "sorted": lambda x: sorted(x)[0],
    "any": lambda x: Value(float(any(x))),
    "parameter": lambda x: x[0] if w > 1.0 else x[1],
    "of a parameter": lambda x: x[0] if log(w) * 2.0 else x[1],
    "numpy": lambda x: np.maximum(np.array([x[0]]), np.array([x[1]])),
    "sparsely": lambda x: x[0] if total(x) > 1.0 else x[1],
}


@pytest.mark.parametrize("name", BRANCHES)
def test_a_branch_on_what_is_recorded_is_refused(name: str) -> None:
    with pytest.raises(RecordingError) as caught:
        record(BRANCHES[name], 2, [w])
    for advice in ("where(step(v), a, b)", "maximum(a, b)", "relu(v)", "branches on"):
        assert advice in str(caught.value)
    assert isinstance(caught.value, AutogradError)
    assert isinstance(caught.value, RuntimeError)


def test_the_refusal_names_the_node() -> None:
    with pytest.raises(RecordingError, match=r"branches on w, which"):
        record(lambda x: x[0] if w > 0.0 else -x[0], 1, [w])
    with pytest.raises(RecordingError, match=r"branches on s = w × x\[0\], which"):
        record(lambda x: x[0] if (w * x[0]).named("s") > 0.0 else w, 1, [w])


def test_a_branch_on_constants_is_taken_once() -> None:
    c = Value(3.0)
    tape = record(lambda x: x[0] * (2.0 if c > 1.0 and max(c, Value(4.0)) else 3.0), 1)
    assert tape.forward([[5.0]]) == [[10.0]]
    tape = record(lambda x: x[0] if w > 1.0 else -x[0], 1)  # here w is no parameter
    assert tape.forward([[5.0]]) == [[5.0]]


def test_branches_are_free_again_after_recording() -> None:
    record(lambda x: x[0] * w, 1, [w])
    assert w > 1.0
    with pytest.raises(ZeroDivisionError):
        record(lambda x: 1 / 0, 1, [w])
    assert max(w, Value(1.0)) is w
    with pytest.raises(RecordingError):
        record(max, 2)
    assert w


def test_what_the_advice_says_replays() -> None:
    tape = record(lambda x: [where(step(x[0]), x[0], 2.0), maximum(*x), relu(x[1])], 2)
    assert tape.forward([[1.0, -3.0], [-1.0, 3.0]]) == [[1.0, 1.0, 0.0], [2.0, 3.0, 3.0]]


@engines
def test_other_leaves_are_frozen(engine: str) -> None:
    c, p = Value(3.0, "c"), Value(2.0, "p")
    tape = record(lambda x: x[0] * c + p, 1, [p], engine)
    c.data, p.data = 100.0, 5.0
    assert tape.forward([[1.0]]) == [[8.0]]
    assert list(tape.theta()) == [5.0]
    assert tape.forward([[1.0]], theta=[7.0]) == [[10.0]]
    assert p.data == 5.0


@engines
def test_a_tape_of_a_graph_that_is_there(engine: str) -> None:
    x, p = Value(2.0, "x"), Value(3.0, "p")
    hidden = square(x)
    y = hidden * p + x
    assert Tape(y, [x], [p], engine=engine).forward([[3.0], [4.0]]) == [[30.0], [52.0]]
    # in place of a node that is no leaf its number is taken, not its operands
    inner = Tape(y, [hidden], [x], engine=engine)
    assert inner.forward([[10.0]], theta=[1.0]) == [[31.0]]
    assert inner.value_and_grad([[10.0]], theta=[1.0]) == (31.0, [1.0])
    assert x.grad == p.grad == 0.0


@pytest.mark.parametrize(("made", "error", "match"), [
    (lambda: record(3, 1), TypeError, "function"),
    (lambda: record(lambda x: x[0], -1), ValueError, "n_inputs"),
    (lambda: record(lambda x: x[0], 1.0), TypeError, "n_inputs"),
    (lambda: record(lambda x: x[0], True), TypeError, "n_inputs"),
    (lambda: record(lambda x: None, 1), TypeError, "outputs is a list of nodes, got NoneType"),
    (lambda: record(lambda x: 1.0, 1), TypeError, "outputs is a list of nodes, got float"),
    (lambda: record(lambda x: [x[0], 1.0], 1), TypeError, r"outputs\[1\] is float"),
    (lambda: record(lambda x: [], 1), ValueError, "at least one output"),
    (lambda: record(lambda x: x[0], 1, [1.0]), TypeError, r"parameters\[0\] is float"),
    (lambda: record(lambda x: x[0], 1, w), TypeError, r"write \["),
    (lambda: record(lambda x: x[0], 1, nn.Neuron(1, rng=0)), TypeError, r"\.parameters\(\)"),
    (lambda: record(lambda x: x[0], 1, [w, w]), ValueError, "twice"),
    (lambda: record(lambda x: x[0], 1, engine="nunba"), ValueError, "did you mean 'numba'"),
    (lambda: Tape(w, [w], [w]), ValueError, "twice"),
    (lambda: Tape(w, w), TypeError, "inputs is a list of nodes"),
    (lambda: Tape(2.0), TypeError, "outputs is a list of nodes"),
])  # fmt: skip
def test_what_cannot_be_recorded(made: Any, error: type[Exception], match: str) -> None:
    with pytest.raises(error, match=match):
        made()


# --- the list -----------------------------------------------------------------------------


def test_the_printed_list() -> None:
    x, p = Value(2.0, "x"), Value(3.0, "p")
    tape = Tape([(exp(p) * x + 1.0).named("y"), x], [x], [p])
    assert str(tape).splitlines() == [
        "inputs      x",
        "parameters  p",
        "once",
        "  v3 = exp(p)",
        "each sample",
        "  v4 = v3 × x",
        "  y = v4 + 1",
        "outputs     y, x",
    ]
    assert len(tape) == 3
    assert repr(tape) == "<Tape: 1 input, 1 parameter, 3 instructions, 2 outputs>"


def test_a_long_list_is_printed_in_part() -> None:
    x = Value(2.0, "x")
    y = x
    for _ in range(1000):
        y = y * x
    lines = str(Tape(y, [x])).splitlines()
    assert len(lines) < 500
    assert any("600 instructions" in line for line in lines)


def test_dead_code_is_removed() -> None:
    def f(x: list[Value]) -> Value:
        for _ in range(10):
            exp(x[0] * 2.0)
        return x[0] + 1.0

    assert len(record(f, 1)) == 1
    x, p = Value(1.0), Value(2.0)
    assert len(Tape(x, [x], [p])) == 0
    assert Tape(x, [x], [p])  # empty, and yet something


def test_what_depends_on_no_input_and_no_parameter_is_a_constant() -> None:
    c = Value(3.0)
    tape = record(lambda x: x[0] * exp(square(c)), 1)
    assert len(tape) == 1
    assert tape.forward([[1.0]]) == [[math.exp(9.0)]]


@engines
def test_equal_constants_are_shared_but_zeros_have_signs(engine: str) -> None:
    x = Value(1.0)
    tape = Tape([x * 0.5, x + Value(0.5), x * 0.0, x * -0.0, x + nan, x * nan], [x], engine=engine)
    assert sorted(map(repr, tape.program.constants)) == ["-0.0", "0.0", "0.5", "nan"]
    assert_bits(tape.forward([[1.0]]), [[0.5, 1.5, 0.0, -0.0, nan, nan]])


@pytest.mark.parametrize("engine", ["auto", *ENGINES])
def test_what_depends_on_parameters_alone_is_computed_once_a_call(engine: str) -> None:
    calls: list[float] = []

    def forward(x: float) -> float:
        calls.append(x)
        return 2.0 * x

    counted = Primitive("counted", forward, lambda y, x: (2.0,))
    p = Value(3.0)
    tape = record(lambda x: counted(p) * x[0], 1, [p], engine)
    assert tape.engine == "python"  # for a row that is not ours
    for replayed in (tape.forward, tape.value_and_grad, tape.jacobian):
        calls.clear()
        replayed([[1.0], [2.0], [3.0]])
        assert calls == [3.0]


# --- numbers in and out ------------------------------------------------------------------------


@engines
def test_lists_in_lists_out_and_arrays_in_arrays_out(engine: str) -> None:
    tape, single = affine(engine), record(lambda x: x[0] * w, 1, [w], engine)
    for X in ([[1.0, 2.0]], ((1.0, 2.0),), [(1, True)], [np.array([1.0, 2.0])]):
        assert type(tape.forward(X)) is type(tape.jacobian(X)) is list
        assert type(tape.forward(X)[0][0]) is type(tape.jacobian(X)[0][0][0]) is float
    value, gradient = single.value_and_grad([[1.0]])
    assert (type(value), type(gradient)) == (float, list)
    array = np.ones((3, 2))
    assert type(tape.forward(array)) is type(tape.jacobian(array)) is np.ndarray
    assert type(tape.forward([[1.0, 2.0]], np.ones(2))) is np.ndarray
    value, gradient = single.value_and_grad(np.ones((3, 1)))
    assert (type(value), type(gradient)) == (float, np.ndarray)
    assert type(tape.theta()) is np.ndarray
    assert tape.theta().tolist() == [2.0, 0.5]


@engines
def test_the_shapes_of_results(engine: str) -> None:
    tape, single = affine(engine, 3), record(lambda x: x[0] * w, 1, [w], engine)
    for n in (0, 1, 2, 15, 16, 17, 33):
        X = np.ones((n, 3))
        assert tape.forward(X).shape == (n, 3)
        assert tape.jacobian(X).shape == (n, 3, 3)
        assert len(tape.forward(X.tolist())) == len(tape.jacobian(X.tolist())) == n
        if n:
            assert single.value_and_grad(np.ones((n, 1)))[1].shape == (1,)


@engines
@pytest.mark.parametrize("n_samples", [1, 2, 17])
def test_arrays_of_all_kinds(n_samples: int, engine: str) -> None:
    tape = affine(engine, 3)
    whole = (np.arange(3.0 * n_samples) % 7.0 % 2.0).reshape(n_samples, 3)
    expected = tape.forward(whole.tolist())
    slopes = tape.jacobian(whole.tolist())
    for X in (
        np.asfortranarray(whole), np.repeat(np.repeat(whole, 2, 0), 3, 1)[::2, ::3],
        whole[::-1].copy()[::-1], whole.astype(np.float32), whole.astype(np.float16),
        whole.astype(int), whole.astype(np.uint8), whole.astype(bool), whole.astype(">f8"),
        whole.astype(np.longdouble), whole.tolist(), whole.astype(int).tolist(),
    ):  # fmt: skip
        kept = copy.deepcopy(X)
        assert_bits(tape.forward(X), expected)
        assert_bits(tape.jacobian(X), slopes)
        assert np.array_equal(X, kept)


@engines
def test_theta_of_all_kinds(engine: str) -> None:
    tape = record(lambda x: w * x[0], 1, [w], engine)
    for theta in (
        [3.0], (3,), np.array([3.0]), np.array([3]), np.array([3.0], np.float32), [np.float64(3)],
        np.array([3.0, 4.0])[::2], np.array([3.0], object), [np.int64(3)],
    ):  # fmt: skip
        assert np.array_equal(tape.forward([[2.0]], theta), [[6.0]])
        value, gradient = tape.value_and_grad([[2.0]], theta)
        assert (value, list(gradient)) == (6.0, [2.0])
    two = record(lambda x: w * x[0] + x[1], 2, [w], engine)
    assert two.forward(np.ones((2, 2)), np.array([[3.0], [4.0]])[:, 0][:1]).tolist() == [[4.0]] * 2


@engines
@pytest.mark.parametrize(("X", "error", "match"), [
    ([[1.0]], ValueError, r"X has 2 numbers in a row.*X\[0\] has 1"),
    ([[1.0, 2.0], [1.0, 2.0, 3.0]], ValueError, r"X\[1\] has 3"),
    (np.ones((3, 1)), ValueError, r"\(n_samples, 2\), got shape \(3, 1\)"),
    (np.ones((0, 3)), ValueError, r"got shape \(0, 3\)"),
    (np.ones(2), ValueError, r"got shape \(2,\)"),
    (np.ones((1, 2, 1)), ValueError, r"got shape \(1, 2, 1\)"),
    (np.array(1.0), ValueError, r"got shape \(\)"),
    ([1.0, 2.0], TypeError, "X is a table"),
    (1.0, TypeError, "X is a table.*got float"),
    (None, TypeError, "X is a table.*got NoneType"),
    ("12", TypeError, "X is a table.*got str"),
    (["12"], TypeError, "X is a table"),
    ({}, TypeError, "X is a table"),
    ([[1.0, "2"]], TypeError, r"X\[0\]\[1\] expects a real number, got str"),
    ([[1.0, None]], TypeError, r"X\[0\]\[1\] expects a real number, got NoneType"),
    ([[1.0, 2j]], TypeError, r"X\[0\]\[1\] expects a real number, got complex"),
    ([[1.0, w]], TypeError, r"pass its \.data"),
    (np.array([[1.0, 2j]]), TypeError, "complex128"),
    (np.array([["1", "2"]]), TypeError, "real numbers, got an array of <U1"),
    (np.array([[1.0, None]], object), TypeError, "an array of object"),
    (np.array([[1.0, "2"]], object), TypeError, "an array of object"),
    (np.array([["2020-01-01"] * 2], "datetime64[D]"), TypeError, "datetime64"),
    ([[1.0, 10**400]], RangeError, r"X\[0\]\[1\] .* larger int"),
])  # fmt: skip
def test_tables_that_are_refused(X: Any, error: type[Exception], match: str, engine: str) -> None:
    tape = affine(engine)
    for replayed in (tape.forward, tape.jacobian):
        with pytest.raises(error, match=match):
            replayed(X)


@engines
@pytest.mark.parametrize(("theta", "error"), [
    ([], ValueError), ([1.0], ValueError), ([1.0, 2.0, 3.0], ValueError),
    (np.ones(3), ValueError), (np.ones(0), ValueError),
    ([1.0, "2"], TypeError), ([1.0, None], TypeError), ([1.0, 2j], TypeError),
    ([1.0, w], TypeError),
    (np.array([1.0, 2j]), TypeError), (np.array(["1", "2"]), TypeError),
    (3.0, TypeError), (np.array(3.0), (TypeError, ValueError)), ("12", TypeError),
    (b"12", TypeError), ({1.0, 2.0}, TypeError), ({1.0: 1.0, 2.0: 2.0}, TypeError),
    (np.ones((2, 1)), (TypeError, ValueError)), (np.ones((1, 2)), (TypeError, ValueError)),
    (np.ones((2, 2)), (TypeError, ValueError)), ([[1.0, 2.0]], TypeError),
])  # fmt: skip
def test_thetas_that_are_refused(theta: Any, error: Any, engine: str) -> None:
    tape = affine(engine)
    for X in ([[1.0, 2.0]], np.ones((3, 2))):
        for replayed in (tape.forward, tape.jacobian):
            with pytest.raises(error, match="theta"):
                replayed(X, theta)


@engines
def test_nan_is_a_number_like_others(engine: str) -> None:
    def f(x: list[Value], w_: list[Value]) -> list[Value]:
        return [log(x[0]) * w_[0] + x[1]]

    check(f, [[1.0, 2.0], [nan, 1.0], [3.0, nan], [nan, nan]] * 5, [2.0], engine)
    check(f, [[nan, 1.0]], [2.0], engine)
    check(f, [[2.0, 1.0]], [nan], engine)


@engines
def test_means_are_of_one_output_and_some_samples(engine: str) -> None:
    with pytest.raises(ValueError, match="one output"):
        affine(engine).value_and_grad([[1.0, 2.0]])
    single = record(lambda x: x[0] * w, 1, [w], engine)
    for X in ([], np.ones((0, 1))):
        with pytest.raises(ValueError, match="X has none"):
            single.value_and_grad(X)


@engines
def test_no_inputs(engine: str) -> None:
    p = Value(3.0)
    tape = record(lambda x: square(p), 0, [p], engine)
    assert tape.forward([[], []]) == [[9.0], [9.0]]
    assert tape.forward(np.ones((3, 0))).tolist() == [[9.0]] * 3
    assert tape.value_and_grad([[]]) == (9.0, [6.0])
    assert tape.jacobian([[], []]) == [[[]], [[]]]
    assert tape.jacobian(np.ones((17, 0))).shape == (17, 1, 0)


@engines
def test_no_parameters(engine: str) -> None:
    tape = record(lambda x: square(x[0]), 1, engine=engine)
    assert tape.value_and_grad([[2.0], [4.0]]) == (10.0, [])
    assert tape.value_and_grad(np.ones((2, 1)))[1].shape == (0,)
    assert len(tape.theta()) == 0
    with pytest.raises(ValueError, match="theta"):
        tape.forward([[1.0]], [1.0])


@engines
def test_outputs_that_are_no_operations_or_are_twice_there(engine: str) -> None:
    x, y, p = Value(1.0), Value(2.0), Value(3.0)
    tape = Tape([x, p, Value(7.0), x, y * p, y * 1.0], [x, y], [p], engine=engine)
    for n in (1, 17):
        assert tape.forward([[5.0, 2.0]] * n) == [[5.0, 3.0, 7.0, 5.0, 6.0, 2.0]] * n
        zero, one, two = [0.0, 0.0], [1.0, 0.0], [0.0, 1.0]
        assert tape.jacobian([[5.0, 2.0]] * n) == [[one, zero, zero, one, [0.0, 3.0], two]] * n
    for output, slopes in ((x, [0.0]), (p, [1.0]), (Value(7.0), [0.0])):
        one_output = Tape(output, [x, y], [p], engine=engine)
        value, gradient = one_output.value_and_grad([[5.0, 2.0]] * 4)
        assert (value, gradient) == ({x: 5.0, p: 3.0}.get(output, 7.0), slopes)


@engines
def test_parameters_that_do_not_occur_have_gradient_zero(engine: str) -> None:
    p, unused = Value(3.0), Value(nan)
    for n in (1, 17):
        tape = record(lambda x: p * x[0], 1, [unused, p, Value(inf)], engine)
        value, gradient = tape.value_and_grad([[2.0]] * n)
        assert value == pytest.approx(6.0, rel=1e-14)
        assert gradient == pytest.approx([0.0, 2.0, 0.0], rel=1e-14, abs=0.0)


@engines
def test_a_result_does_not_change_when_the_tape_replays_again(engine: str) -> None:
    tape = record(lambda x: w * x[0], 1, [w], engine)
    X = np.array([[1.0], [2.0]])
    Y, J, (_, slopes) = tape.forward(X), tape.jacobian(X), tape.value_and_grad(X)
    before = [Y.tolist(), J.tolist(), slopes.tolist()]
    tape.forward(10.0 * X, [5.0])
    tape.jacobian(X, [5.0])
    tape.value_and_grad(10.0 * X, [5.0])
    assert [Y.tolist(), J.tolist(), slopes.tolist()] == before


def test_no_array_makes_numba_compile_again() -> None:
    """A second version for arrays that must not be written to costs as much as the first."""
    X, theta = np.ones((3, 2)), np.ones(2)
    tape = affine("numba")
    expected = tape.forward(X, theta).tolist(), tape.jacobian(X, theta).tolist()
    for each in (X, theta):
        each.flags.writeable = False
    assert (tape.forward(X, theta).tolist(), tape.jacobian(X, theta).tolist()) == expected
    for sweep in (kernels_room.forward, kernels_room.gradient, kernels_room.jacobian):
        assert len(kernels_room.compiled(sweep).signatures) == 1


@engines
def test_the_number_of_a_node_that_is_read_is_told(engine: str) -> None:
    seen: list[float] = []

    def look(x: list[Value]) -> Value:
        seen.append(x[0].data)
        return x[0] * w

    with pytest.warns(UserWarning, match=r"reads the number of x\[0\].* inputs are nan"):
        tape = record(look, 1, [w], engine)
    assert math.isnan(seen[0])
    assert tape.forward([[2.0]], [3.0]) == [[6.0]]
    with pytest.warns(UserWarning, match="reads the number of w"):
        record(lambda x: x[0] * w if w.data > 0 else x[0], 1, [w], engine)
    assert type(w) is Value


@engines
def test_a_mean_over_many_samples_keeps_its_digits(engine: str) -> None:
    n = 200_000 if engine == "numba" else 2_000
    tape = record(lambda x: x[0], 1, (), engine)
    assert tape.value_and_grad(np.full((n, 1), 0.1))[0] == pytest.approx(0.1, rel=2e-16)


@engines
def test_masked_numbers_are_refused(engine: str) -> None:
    tape = record(lambda x: x[0], 1, (), engine)
    with pytest.raises(ValueError, match="masked"):
        tape.forward(np.ma.array([[1.0], [2.0]], mask=[[False], [True]]))


@engines
def test_lists_without_numbers(engine: str) -> None:
    a = Value(2.0)
    assert record(lambda x: a * a, 0, [a], engine).value_and_grad([[]], [3.0]) == (9.0, [6.0])
    value, gradient = record(lambda x: x[0] ** 2, 1, (), engine).value_and_grad([[3.0]], [])
    assert (value, gradient) == (9.0, [])


def test_a_named_leaf_that_is_frozen_is_shown_and_constants_to_their_last_digit() -> None:
    c = Value(1.0 / 3.0, "c")
    lines = str(record(lambda x: c * x[0] + 9.80665, 1)).splitlines()
    assert lines[1] == "constants   c = 0.3333333333333333"
    assert lines[3:5] == ["  v3 = 0.3333333333333333 × x[0]", "  v4 = v3 + 9.80665"]


@engines
def test_zeros_of_both_signs_are_two_constants(engine: str) -> None:
    tape = record(lambda x: [x[0] * 0.0, x[0] * -0.0], 1, (), engine)
    assert repr(tape.forward([[1.0]])) == "[[0.0, -0.0]]"


@engines
def test_a_parameter_at_fault_is_no_sample_at_fault(engine: str) -> None:
    p = Value(1.0, "p")
    tape = record(lambda x: log(p) * x[0], 1, [p], engine)
    with pytest.raises(DomainError, match=r"^log\(-1.0\) is undefined.*Value 'p'") as raised:
        tape.forward([[1.0], [2.0]], [-1.0])
    assert raised.value.sample is None


@engines
@pytest.mark.parametrize("trained", range(4))
def test_one_neuron_of_a_layer_is_trained(trained: int, engine: str) -> None:
    layer = nn.Layer(2, 4, rng=0)
    parameters = layer.neurons[trained].parameters()
    tape = record(lambda x: sum(y * y for y in layer(x)), 2, parameters, engine)
    y = sum(y * y for y in layer([0.5, -1.5]))
    expected = [grad_table(y)[p] for p in parameters]
    for samples in (1, 3):
        assert tape.value_and_grad([[0.5, -1.5]] * samples)[1] == pytest.approx(expected)


# --- errors ------------------------------------------------------------------------------------

FAULTS = {
    "log": (lambda v: log(v), -1.0, DomainError),
    "sqrt": (lambda v: sqrt(v), -1e-300, DomainError),
    "div": (lambda v: 1.0 / v, 0.0, DivisionByZeroError),
    "power": (lambda v: v**-1, -0.0, DivisionByZeroError),
    "root": (lambda v: v**0.5, -2.0, DomainError),
    "exp": (lambda v: exp(v), 1000.0, RangeError),
    "sinh": (lambda v: v.sinh(), -711.0, RangeError),
    "sin": (lambda v: v.sin(), inf, DomainError),
    "acos": (lambda v: v.acos(), 1.5, DomainError),
}


@engines
@pytest.mark.parametrize("name", FAULTS)
def test_errors_are_those_of_eager_execution_and_name_the_sample(name: str, engine: str) -> None:
    f, bad, kind = FAULTS[name]
    with pytest.raises(kind) as eager_error:
        f(Value(bad, "x[0]"))
    tape = record(lambda x: f(x[0]) * 2.0, 1, engine=engine)
    for n, place in ((1, 0), (3, 2), (17, 16), (40, 5), (40, 39)):
        X = [[0.5]] * n
        X[place] = [bad]
        for rows in (X, np.array(X)):
            for replayed in (tape.forward, tape.jacobian, tape.value_and_grad):
                with pytest.raises(kind) as caught:
                    replayed(rows)
                assert type(caught.value) is type(eager_error.value)
                assert caught.value.sample == place
                assert str(caught.value) == f"sample {place}: {eager_error.value}"
    assert tape.forward([[0.5]]) == [[f(Value(0.5)).data * 2.0]]  # the tape is as good as before


@engines
@pytest.mark.parametrize("name", FAULTS)
def test_errors_of_the_parameters_name_no_sample(name: str, engine: str) -> None:
    f, bad, kind = FAULTS[name]
    with pytest.raises(kind) as eager_error:
        f(Value(bad, "p"))
    p = Value(0.5, "p")
    tape = record(lambda x: f(p) * x[0], 1, [p], engine)
    for n in (1, 17):
        for replayed in (tape.forward, tape.jacobian, tape.value_and_grad):
            with pytest.raises(kind) as caught:
                replayed([[1.0]] * n, [bad])
            assert type(caught.value) is type(eager_error.value)
            assert caught.value.sample is None
            assert str(caught.value) == str(eager_error.value)


@engines
def test_the_first_sample_that_fails_is_named(engine: str) -> None:
    tape = record(lambda x: [log(x[0]), 1.0 / x[1]], 2, engine=engine)
    X = [[1.0, 1.0]] * 40
    X[37], X[22], X[25] = [-1.0, 1.0], [1.0, 0.0], [-1.0, 0.0]
    with pytest.raises(DivisionByZeroError) as caught:
        tape.forward(X)
    assert caught.value.sample == 22
    with pytest.raises(DomainError) as caught:
        tape.jacobian(X[25:])
    assert caught.value.sample == 0


@engines
def test_an_infinite_result_beside_others_is_no_error(engine: str) -> None:
    tape = record(lambda x: [exp(x[0]), x[0] * 1e300, log(x[1])], 2, engine=engine)
    X = [[0.5, 2.0]] * 20 + [[inf, inf]] + [[1e300, 2.0], [0.5, 2.0]][1:]
    Y = tape.forward(X)
    assert Y[20] == [inf, inf, inf]
    assert Y[21] == Y[0] == [math.exp(0.5), 5e299, math.log(2.0)]


@engines
def test_an_error_in_dead_code_is_none(engine: str) -> None:
    x = Value(2.0)
    log(x)
    assert Tape(x * 2.0, [x], engine=engine).forward([[-1.0]]) == [[-2.0]]


@engines
def test_bad_parameters_without_samples(engine: str) -> None:
    """Both engines have the same opinion of it."""
    p = Value(1.0)
    tape = record(lambda x: log(p) * x[0], 1, [p], engine)
    assert np.shape(tape.forward([], [-1.0])) == (0,)
    assert tape.forward(np.ones((0, 1)), [-1.0]).shape == (0, 1)


# --- rows of one's own ----------------------------------------------------------------------------


@pytest.mark.parametrize("engine", ["auto", *ENGINES])
def test_a_row_of_your_own_runs_in_python(engine: str) -> None:
    tape = record(lambda x: CUBE(x[0]) * w, 1, [w], engine)
    assert tape.engine == "python"
    assert tape.forward([[2.0], [3.0]]) == [[16.0], [54.0]]
    assert tape.jacobian([[2.0]]) == [[[24.0]]]
    assert tape.value_and_grad(np.array([[2.0]]))[1].tolist() == [8.0]


def test_a_row_of_your_own_with_the_name_of_ours_is_not_ours() -> None:
    false_exp = Primitive("exp", lambda x: 2 * x, lambda y, x: [2])
    tape = record(lambda x: [false_exp(x[0]), exp(x[0])], 1)
    assert tape.engine == "python"
    assert tape.forward([[1.0]]) == [[2.0, math.e]]
    assert tape.jacobian([[1.0]]) == [[[2.0], [math.e]]]


def test_rows_of_your_own_of_all_kinds() -> None:
    many = Primitive("many", lambda *xs: sum(xs), lambda y, *xs: (1.0,) * len(xs))
    scaled = Primitive("scaled", lambda x, n: n * x, lambda y, x, n: (n,), fixed=True)
    x, p = leaves([1.0, 2.0]), Value(3.0)
    tape = Tape([many(*x, p), scaled(x[0], 5.0), many.quiet(x[0])], x, [p])
    assert tape.forward([[10.0, 20.0]]) == [[33.0, 50.0, 10.0]]
    assert tape.jacobian([[10.0, 20.0]]) == [[[1.0, 1.0], [5.0, 0.0], [1.0, 0.0]]]


def test_the_domain_of_a_row_of_your_own() -> None:
    whole = Primitive("whole", lambda x: float(int(x)), lambda y, x: (0.0,), domain="a number")
    x, p = Value(2.0), Value(3.0, "p")
    tape = Tape(whole(x) + log(p), [x], [p])
    with pytest.raises(DomainError, match="whole needs a number") as caught:
        tape.forward([[1.0], [nan]])
    assert caught.value.sample == 1
    # the inputs are nan while what is the same for all samples is computed: nobody's fault
    with pytest.raises(DomainError, match="log needs") as caught:
        tape.forward([[1.0]], [-1.0])
    assert caught.value.sample is None


def test_errors_of_a_row_of_your_own_that_are_no_domain_errors_pass() -> None:
    def forward(x: float) -> float:
        if x > 1.0:
            raise LookupError("too far")
        return x

    bounded = Primitive("bounded", forward, lambda y, x: (1.0,))
    tape = record(lambda x: bounded(x[0]), 1)
    assert tape.forward([[0.5]]) == [[0.5]]
    with pytest.raises(LookupError, match="too far"):
        tape.forward([[2.0]])


# --- copies ---------------------------------------------------------------------------------


@engines
@pytest.mark.parametrize("copied", [lambda t: pickle.loads(pickle.dumps(t)), copy.deepcopy])
def test_a_copy_replays_the_same(copied: Any, engine: str) -> None:
    model = nn.MLP([2, 5, 1], activation="softplus", output="sigmoid", rng=0)
    tape = record(
        lambda x: nn.squared_error(model(x[:2]), x[2]) + exp(x[0]) ** 2 + x[1].arctan2(x[0]).tanh(),
        3,
        model.parameters(),
        engine,
    )
    X = [[0.5, 0.25, 1.0], [0.75, -0.5, 0.0]] * 10
    fresh = copied(tape)
    expected = [tape.forward(X), tape.jacobian(X), tape.value_and_grad(X)]
    used = copied(tape)
    for each in (fresh, used):
        assert [each.forward(X), each.jacobian(X), each.value_and_grad(X)] == expected
        assert (each.engine, str(each), len(each)) == (engine, str(tape), len(tape))


def test_a_copy_with_its_model_follows_the_model() -> None:
    model = nn.Neuron(1, rng=0)
    tape = record(lambda x: model(x), 1, model.parameters())
    fresh_model, fresh = pickle.loads(pickle.dumps((model, tape)))
    assert all(map(lambda a, b: a is b, fresh.parameters, fresh_model.parameters()))
    for p in fresh_model.parameters():
        p.data = 2.0
    assert fresh.forward([[1.0]]) == [[4.0]]
    assert tape.forward([[1.0]]) != [[4.0]]


def test_a_tape_with_a_row_of_your_own_is_pickled_by_its_name() -> None:
    tape = pickle.loads(pickle.dumps(record(lambda x: CUBE(x[0]) + CUBE.quiet(x[0]), 1)))
    assert tape.forward([[2.0]]) == [[16.0]]
    local = Primitive("local", lambda x: x, lambda y, x: (1.0,))
    with pytest.raises(pickle.PicklingError, match="global variable"):
        pickle.dumps(record(lambda x: local(x[0]), 1))


# --- engines ------------------------------------------------------------------------------------


def test_the_engine_is_the_one_that_was_asked_for() -> None:
    for asked, given in (("auto", "numba"), ("numba", "numba"), ("python", "python")):
        assert affine(asked).engine == given


@pytest.fixture
def unknown_engines() -> Iterator[None]:
    """Let tapes find out anew whether there is numba, and afterwards once more."""
    tape_room._compiled.cache_clear()
    yield
    tape_room._compiled.cache_clear()


@pytest.mark.parametrize("error", [
    ImportError("no module named numba"), RuntimeError("cannot cache"), OSError("libLLVM.so"),
    AttributeError("njit"), SystemError("bad"), ArithmeticError("wrong numbers"),
])  # fmt: skip
def test_numba_that_does_not_work_is_told_once(
    error: Exception, monkeypatch: pytest.MonkeyPatch, unknown_engines: None
) -> None:
    def broken() -> None:
        raise error

    monkeypatch.setattr(compiled_room, "try_out", broken)
    tapes = [affine("auto"), affine("numba"), affine("python")]
    with pytest.warns(UserWarning, match="plain Python") as caught:
        assert [tape.engine for tape in tapes] == ["python"] * 3
    assert len(caught) == 1
    assert str(error) in str(caught[0].message)
    assert tapes[0].forward([[1.0, 2.0]]) == [[2.5, 4.5]]


def test_compiled_code_that_gives_wrong_numbers_is_not_used(
    monkeypatch: pytest.MonkeyPatch, unknown_engines: None
) -> None:
    right = compiled_room.NumbaReplay.value_and_grad

    def wrong(self: Any, X: Any, theta: Any) -> Any:
        value, slopes = right(self, X, theta)
        return value, slopes + 1e-9

    monkeypatch.setattr(compiled_room.NumbaReplay, "value_and_grad", wrong)
    with pytest.warns(UserWarning, match="wrong numbers"):
        assert affine("auto").engine == "python"


REPLAYED = """
import warnings
warnings.simplefilter("always")
caught = warnings.catch_warnings(record=True)
messages = caught.__enter__()
from autograd import Tape, Value, dot, log, record, sigmoid, tanh
w = [Value(0.1 * k) for k in range(12)]
def f(x):
    h = [tanh(dot(w[3 * k:3 * k + 2], x, w[3 * k + 2])) for k in range(4)]
    return dot(h, h) + sigmoid(x[0]) * log(x[1]) + dot(w, w)
tapes = [record(f, 2, w) for _ in range(3)]
X = [[0.1 * k, 1.0 + k] for k in range(18)]
for tape in tapes:
    value, gradient = tape.value_and_grad(X)
Y, J = tape.forward(X), tape.jacobian(X)
try:
    tape.forward([[1.0, 1.0], [1.0, -1.0]])
except ValueError as error:
    sample = error.sample
caught.__exit__(None, None, None)
print(tape.engine, sample, len(messages), [str(m.message) for m in messages])
for number in [value, *gradient, *(y for row in Y for y in row), *(d for s in J for d in s[0])]:
    print(number.hex())
"""


def replayed_elsewhere(before: str = "", **environment: str) -> tuple[str, list[float]]:
    """Replay in another process; give what it says about itself, and its numbers."""
    ran = subprocess.run(
        [sys.executable, "-c", before + REPLAYED],
        cwd=ROOT, env=os.environ | environment, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    first, *numbers = ran.stdout.splitlines()
    return first, [float.fromhex(number) for number in numbers]


@pytest.fixture(scope="module")
def usual() -> tuple[str, list[float]]:
    return replayed_elsewhere(PYTHONHASHSEED="1")


def test_another_process_gives_the_same_bits(usual: tuple[str, list[float]]) -> None:
    assert usual[0] == "numba 1 0 []"
    assert replayed_elsewhere(PYTHONHASHSEED="2") == usual


def assert_in_python(found: tuple[str, list[float]], usual: tuple[str, list[float]]) -> None:
    assert found[0].startswith("python 1 1 [")
    assert "tapes are replayed in plain Python" in found[0]
    assert found[1] == pytest.approx(usual[1], rel=1e-13, abs=1e-15)


@pytest.mark.parametrize("missing", ["numba", "numpy", "llvmlite"])
def test_without_it_tapes_replay_in_python(missing: str, usual: tuple[str, list[float]]) -> None:
    found = replayed_elsewhere(f"import sys; sys.modules[{missing!r}] = None\n")
    assert_in_python(found, usual)
    assert "pip install 'gradtable[fast]'" in found[0]


def test_with_a_numba_that_is_none_tapes_replay_in_python(usual: tuple[str, list[float]]) -> None:
    hollow = "import sys, types; sys.modules['numba'] = types.ModuleType('numba')\n"
    assert_in_python(replayed_elsewhere(hollow), usual)
    assert_in_python(replayed_elsewhere(NUMBA_DISABLE_JIT="1"), usual)


def test_lists_without_numpy() -> None:
    script = """
import sys
sys.modules["numpy"] = None
from autograd import Tape, Value
x, w = Value(2.0), Value(3.0)
tape = Tape(w * x, [x], [w], engine="python")
assert tape.theta() == [3.0]
assert tape.forward([[5.0]]) == [[15.0]] and tape.forward([]) == []
assert tape.value_and_grad([[5.0]]) == (15.0, [5.0])
assert tape.jacobian([[5.0]]) == [[[3.0]]]
"""
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-c", script], cwd=ROOT, capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stderr


def test_a_cache_that_cannot_be_written(tmp_path: Path, usual: tuple[str, list[float]]) -> None:
    """A folder that cannot be: then numba looks for another one."""
    (tmp_path / "file").write_text("")
    found = replayed_elsewhere(NUMBA_CACHE_DIR=str(tmp_path / "file" / "folder"))
    assert found == usual


def test_no_place_for_a_cache_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is kept, and all is compiled: here one small function instead of the kernels."""

    def refuse(*_: Any) -> None:
        raise PermissionError("read-only")

    for thing in list(vars(caching).values()):
        if isinstance(thing, type) and hasattr(thing, "ensure_cache_path"):
            monkeypatch.setattr(thing, "ensure_cache_path", refuse)

    def double(x: float) -> float:
        return 2.0 * x

    monkeypatch.setitem(kernels_room.SIGNATURES, double, numba.float64(numba.float64))
    with pytest.warns(UserWarning, match="set NUMBA_CACHE_DIR"):
        made = kernels_room.compiled(double)
    assert made(3.0) == 6.0
    assert not made.stats.cache_path


def test_tapes_are_public() -> None:
    assert autograd.Tape is Tape
    assert {"Tape", "record", "RecordingError"} <= set(autograd.__all__)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert grad_table(w)[w] == 1.0
