"""Whole programs on a tape: random ones, and those that the compiled replay treats specially."""

import math
import random
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import nn
from autograd import (
    DomainError,
    RecordingError,
    Tape,
    Value,
    cos,
    dot,
    encoding,
    exp,
    grad,
    grad_table,
    gradients,
    hessian,
    log,
    logsumexp,
    mean,
    prod,
    record,
    replay,
    sigmoid,
    sin,
    sparsemax,
    sqrt,
    square,
    step,
    tanh,
    total,
    where,
)
from autograd.primitives import dot_row
from autograd.rulecode import KNOWN
from autograd.value import apply

from .replays import (
    COMPENSATED,
    ENGINES,
    Function,
    assert_bits,
    assert_close,
    assert_within,
    check,
    eager,
    eager_gradient,
    inf,
    leaves,
    nan,
    outcome,
    taped,
)

COUNTS = [1, 2, 3, 15, 16, 17, 40]  # samples: one, less than a block, a block, several
MANY = 7
ARITHMETIC = ["add", "sub", "mul", "div", "neg", "square", "abs", "relu", "step", "sign",
              "maximum", "minimum", "where", "identity", "sqrt"]  # fmt: skip
NUMBERS = [0.5, 2.0]
EXPONENTS = [2.0, 3.0, -1.0, 0.5, 1.0, 0.0, -2.5]
MILD = st.floats(-3.0, 3.0).map(lambda x: round(x, 6))
WILD = st.sampled_from([0.0, -0.0, 1.0, -1.0, 0.5, 1e300, -1e300, 1e-300, 800.0, inf, -inf, nan])

engines = pytest.mark.parametrize("engine", ENGINES)


def table(rng: random.Random, n_samples: int, width: int) -> list[list[float]]:
    return [[rng.uniform(-1.5, 1.5) for _ in range(width)] for _ in range(n_samples)]


def numbers(rng: random.Random, n: int) -> list[float]:
    return [rng.uniform(-1.5, 1.5) for _ in range(n)]


# --- random programs ------------------------------------------------------------------------------


class Random(NamedTuple):
    """A program: rows and what chooses their operands; and numbers to run it with."""

    n_inputs: int
    steps: list[tuple[str, list[int]]]
    outputs: list[int]
    theta: list[float]
    X: list[list[float]]

    def plan(self) -> list[tuple[str, list[Any]]]:
        """Give each step with its operands: an int is the place of an earlier value."""
        count, plan = self.n_inputs + len(self.theta), []
        for name, choices in self.steps:
            row = KNOWN[name]
            arity = row.arity or (2 * (choices[0] % 3) + 1 if name == "dot" else choices[0] % 4 + 1)
            # later values are the likelier operands, so that programs get deep
            operands: list[Any] = [
                NUMBERS[choice - 14]
                if choice >= 14
                else count - 1 - min(choice // 2, choice % count)
                for choice in choices[-arity:]
            ]
            if row.fixed:
                operands[1] = EXPONENTS[choices[1] % len(EXPONENTS)]
            if not any(type(o) is int for o in operands):
                operands[0] = count - 1
            plan.append((name, operands))
            count += 1
        return plan

    def __call__(self, x: list[Value], w: list[Value]) -> list[Value]:
        """Run what the outputs depend on: a tape does not look at what they do not."""
        plan, leaves_ = self.plan(), len(x) + len(w)
        last = leaves_ + len(plan) - 1
        needed = {last - o % (last + 1) for o in self.outputs}
        for place in range(last, leaves_ - 1, -1):
            if place in needed:
                needed.update(o for o in plan[place - leaves_][1] if type(o) is int)
        values: list[Any] = [*x, *w]
        for name, operands in plan:
            if len(values) in needed:
                given = [values[o] if type(o) is int else o for o in operands]
                values.append(apply(KNOWN[name], tuple(given)))
            else:
                values.append(None)
        return [values[last - o % (last + 1)] for o in self.outputs]


def random_programs(
    names: Sequence[str], number: st.SearchStrategy[float]
) -> st.SearchStrategy[Random]:
    choices = st.lists(st.integers(0, 15), min_size=MANY, max_size=MANY)
    steps = st.lists(st.tuples(st.sampled_from(list(names)), choices), min_size=1, max_size=14)

    def sized(n_inputs: int, n_parameters: int, n_samples: int) -> st.SearchStrategy[Random]:
        def rows(n: int) -> st.SearchStrategy[list[float]]:
            return st.lists(number, min_size=n, max_size=n)

        samples = st.lists(rows(n_inputs), min_size=n_samples, max_size=n_samples)
        outputs = st.lists(st.integers(0, 4), min_size=1, max_size=3)
        return st.builds(Random, st.just(n_inputs), steps, outputs, rows(n_parameters), samples)

    sizes = st.tuples(st.integers(1, 3), st.integers(0, 3), st.sampled_from(COUNTS))
    return sizes.flatmap(lambda size: sized(*size))


def over(programs: Any, property_: Callable[[Random], None], examples: int) -> None:
    settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],  # to make a program that fails small takes minutes
        suppress_health_check=list(HealthCheck),
    )(given(programs)(property_))()


def first_error(program: Random, X: list[list[float]]) -> tuple[int, DomainError] | None:
    """Give the first sample that eager execution refuses, and its error."""
    for i, row in enumerate(X):
        y = outcome(lambda row=row: program(leaves(row), leaves(program.theta)))
        if isinstance(y, DomainError):
            return i, y
    return None


def check_random(program: Random, engine: str, tolerance: float) -> None:
    n, X, theta = program.n_inputs, program.X, program.theta
    tape = taped(program, n, len(theta), engine)
    assert tape.engine == engine
    failing = first_error(program, X)
    if failing is not None:
        sample, error = failing
        for replayed in (tape.forward, tape.jacobian):
            with pytest.raises(DomainError) as caught:
                replayed(X, theta)
            # where a sample fails because of the parameters alone, all of them do
            at = caught.value.sample
            assert at == sample or (at is None and sample == 0), (at, sample)
            if at is not None:
                assert type(caught.value) is type(error)
        X = [row for row in X if first_error(program, [row]) is None][:17]
        if not X:
            return
    expected = eager(program, X, theta)
    assert_close(tape.forward(X, theta), expected.outputs, 1.0, tolerance, program)
    assert_close(tape.jacobian(X, theta), expected.jacobian, expected.scales, tolerance, program)
    single = program._replace(outputs=program.outputs[:1])
    alone = taped(single, n, len(theta), engine)
    value, gradient = alone.value_and_grad(X, theta)
    risk, slopes, sizes = eager_gradient(single, X, theta)
    assert_close([value], [risk], max(abs(y[0]) for y in expected.outputs), tolerance, program)
    assert_close(gradient, slopes, sizes, tolerance, program)


@engines
def test_random_programs(engine: str) -> None:
    names = [name for name in KNOWN if name != "threshold"]
    over(random_programs(names, MILD), lambda p: check_random(p, engine, 1e-8), 120)


@engines
def test_random_programs_on_numbers_at_the_edges(engine: str) -> None:
    names = [name for name in KNOWN if name != "threshold"]
    over(random_programs(names, WILD), lambda p: check_random(p, engine, 1e-8), 120)


@engines
def test_random_arithmetic_replays_to_the_last_bit(engine: str) -> None:
    def property_(program: Random) -> None:
        X = [row for row in program.X if first_error(program, [row]) is None]
        tape = taped(program, program.n_inputs, len(program.theta), engine)
        if X:
            expected = eager(program, X, program.theta)
            assert_bits(tape.forward(X, program.theta), expected.outputs, program)
            for row, y in zip(X, expected.outputs, strict=True):
                assert_bits(tape.forward([row], program.theta), [y], program)

    over(random_programs(ARITHMETIC, st.one_of(MILD, WILD)), property_, 50)


@pytest.mark.parametrize("name", [n for n in KNOWN if n not in ("threshold", "step", "sign")])
def test_random_programs_find_a_wrong_partial_in_compiled_code(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once compiled, a row that hands nothing on stands for all that may be wrong with one."""
    right, forgotten = encoding.Encoded._operations, []

    def wrong(self: Any, instructions: Any, place: Any) -> Any:
        made = right(self, instructions, place)
        outs = {i.out for i in instructions if i.row.name == name}
        forgotten.extend(o.words for o in made if outs.intersection(o.outs))
        return made

    write = encoding.Encoded._write

    def writing(self: Any, operations: Any, wanted: Any) -> None:
        if wanted is not None:
            operations = [o for o in operations if o.words not in forgotten]
        write(self, operations, wanted)

    monkeypatch.setattr(encoding.Encoded, "_operations", wrong)
    monkeypatch.setattr(encoding.Encoded, "_write", writing)
    # where(x0, x0, x1), dot([x0], [x1], x1) ...: operands in the reach of all rows
    choices = [4, 4, 3, 3, 4, 4, 3]
    of_inputs = Random(2, [(name, choices)], [0], [], [[0.6, 0.7], [0.8, 0.9]])
    with pytest.raises(AssertionError, match="got, expected"):
        check_random(of_inputs, "numba", 1e-8)


# --- dots -------------------------------------------------------------------------------------


def layer(n_neurons: int, n_inputs: int) -> Function:
    """Give a layer: its weights and biases are the parameters, row by row."""

    def f(x: list[Value], w: list[Value]) -> list[Value]:
        width = n_inputs + 1
        rows = [w[k * width : (k + 1) * width] for k in range(n_neurons)]
        return [tanh(dot(row[:-1], x, row[-1])) for row in rows]

    return f


@engines
@pytest.mark.parametrize("n_neurons", range(1, 10))
def test_neurons_on_the_same_inputs(n_neurons: int, engine: str) -> None:
    rng = random.Random(n_neurons)
    f = layer(n_neurons, 3)

    def summed(x: list[Value], w: list[Value]) -> list[Value]:
        ys = f(x, w)
        return [total([k * y for k, y in enumerate(ys, 1)]), *ys]

    for n_samples in (1, 3, 17):
        check(summed, table(rng, n_samples, 3), numbers(rng, 4 * n_neurons), engine)


@engines
@pytest.mark.parametrize("n_samples", COUNTS)
def test_two_layers(n_samples: int, engine: str) -> None:
    rng = random.Random(n_samples)

    def f(x: list[Value], w: list[Value]) -> list[Value]:
        hidden = layer(6, 2)(x, w[:18])
        return layer(5, 6)(hidden, w[18:])

    check(f, table(rng, n_samples, 2), numbers(rng, 18 + 35), engine)


def inputs_and_constants(x: list[Value], w: list[Value]) -> list[Value]:
    return [dot([*w[:2], Value(0.3)], [x[0], Value(1.5), x[1]], w[k % 2]) for k in range(5)]


def constant_weights(x: list[Value], w: list[Value]) -> list[Value]:
    return [dot([0.5, -1.5], x[:2], float(k)) * w[0] for k in range(5)]


def weights_and_inputs_swapped(x: list[Value], w: list[Value]) -> list[Value]:
    straight = [dot(w[:2], x[:2], w[2]) for _ in range(3)]
    return [*straight, *(dot(x[:2], w[:2], w[2 - k]) for k in range(3))]


def inputs_squared(x: list[Value], w: list[Value]) -> list[Value]:
    return [dot(x, x, w[0]), dot(x[:2], x[1:], x[0])]


def weights_squared(x: list[Value], w: list[Value]) -> list[Value]:
    return [dot(w, w) * x[0] + dot(w, w, w[0]), dot(w, w)]


def a_bias_of_each_sample(x: list[Value], w: list[Value]) -> list[Value]:
    return [dot(w[:2], x[:2], x[k % 3]) for k in range(5)]


def weights_mixed_with_inputs(x: list[Value], w: list[Value]) -> list[Value]:
    return [dot([x[0], w[0]], [w[1], x[1]], w[2]), dot([w[0], x[2]], [w[0], x[2]], x[0])]


def parameters_among_the_inputs(x: list[Value], w: list[Value]) -> list[Value]:
    return [dot(w[:3], [x[0], w[0], w[1]], w[k % 3]) for k in range(6)]


def the_same_weight_everywhere(x: list[Value], w: list[Value]) -> list[Value]:
    return [dot([w[0]] * 3, [x[0], x[0], x[1]], w[0]) for _ in range(4)]


def computed_weights(x: list[Value], w: list[Value]) -> list[Value]:
    rows = [[exp(a), square(a) + w[1]] for a in w]
    return [dot(row, x[:2], sin(row[0])) for row in rows]


def no_weights(x: list[Value], w: list[Value]) -> list[Value]:
    return [apply(dot_row, (x[0],)) + apply(dot_row, (w[0],)) for _ in range(4)]


def dots_of_dots(x: list[Value], w: list[Value]) -> list[Value]:
    rows = [dot(w[:2], x[:2], w[2]) for _ in range(4)]
    return [dot(rows, rows), dot(rows[:2], w[:2], rows[3]), dot(w[:2], rows[:2], rows[3])]


def dots_of_parameters_only(x: list[Value], w: list[Value]) -> list[Value]:
    return [dot([w[0], w[1]], [w[1], w[2]], w[k % 3]) * x[0] for k in range(5)]


DOTS = [
    inputs_and_constants,
    constant_weights,
    weights_and_inputs_swapped,
    inputs_squared,
    weights_squared,
    a_bias_of_each_sample,
    weights_mixed_with_inputs,
    parameters_among_the_inputs,
    the_same_weight_everywhere,
    computed_weights,
    no_weights,
    dots_of_dots,
    dots_of_parameters_only,
]


@engines
@pytest.mark.parametrize("f", DOTS)
def test_dots(f: Function, engine: str) -> None:
    rng = random.Random(f.__name__)
    for n_samples in (1, 2, 16, 19):
        X, theta = table(rng, n_samples, 3), numbers(rng, 3)
        check(f, X, theta, engine)
        check(lambda x, w: [total(f(x, w))], X, theta, engine)


@engines
@pytest.mark.parametrize("place", ["weight", "input", "bias"])
@pytest.mark.parametrize("length", [2, 4, 9])
def test_a_chain_of_dots_of_parameters_on_the_same_inputs(
    length: int, place: str, engine: str
) -> None:
    """Four dots on the same inputs are computed together, but not if one waits for another."""

    def f(x: list[Value], w: list[Value]) -> list[Value]:
        a = w[0]
        for _ in range(length):
            operands = {"weight": (a, w[1], w[2]), "input": (w[1], a, w[2])}
            a = apply(dot_row, operands.get(place, (w[2], w[1], a)))
        return [a * x[0]]

    check(f, [[0.5]] * 3, [0.5, 0.75, -0.25], engine)
    check(lambda x, w: f([Value(1.0)], w), [[]], [0.5, 0.75, -0.25], engine)


@engines
def test_dots_give_the_bits_of_the_sum_from_left_to_right(engine: str) -> None:
    rng = random.Random(1)
    n = 37
    X, theta = table(rng, 19, n), numbers(rng, n + 1)
    tape = taped(lambda x, w: [dot(w[:-1], x, w[-1]), dot(x, x)], n, n + 1, engine)
    most = 2.0 * n if COMPENSATED else 0.0
    assert_within(tape.forward(X, theta), eager(
        lambda x, w: [dot(w[:-1], x, w[-1]), dot(x, x)], X, theta
    ).outputs, most)  # fmt: skip


@engines
@pytest.mark.parametrize("n_samples", [1, 5])
def test_an_infinite_weight_beside_a_zero_adjoint_stays_silent(n_samples: int, engine: str) -> None:
    def f(x: list[Value], w: list[Value]) -> list[Value]:
        hidden = [relu_of(dot([w[0], w[1]], x[:2], w[2])) for _ in range(4)]
        return [total(hidden) + x[0] * w[2]]

    def relu_of(v: Value) -> Value:
        return where(step(v), v, 0.5)

    X = [[1.0, -1.0 - k] for k in range(n_samples)]
    tape = check(f, X, [0.5, inf, 0.25], engine)  # all of the branches are not taken
    assert tape.jacobian(X, [0.5, inf, 0.25])[0][0] == [0.25, 0.0]


@engines
def test_an_infinite_input_beside_a_zero_adjoint_stays_silent(engine: str) -> None:
    def f(x: list[Value], w: list[Value]) -> list[Value]:
        inner = [dot(w[:2], x[:2], w[2]) for _ in range(4)]
        return [where(x[2], total(inner), w[0])]

    X = [[inf, 1.0, 0.0], [1.0, inf, 0.0], [1.0, 2.0, 1.0]]
    for rows in (X, X[:1], X[2:], X * 6):
        check(f, rows, [0.5, 0.25, -1.0], engine)


# --- operands and outputs ------------------------------------------------------------------------


def repeated(x: list[Value], w: list[Value]) -> list[Value]:
    a, p = x[0], w[0]
    return [
        total([a * a, a + a, a - a, a / (a * a + 1.0), total([a, a]), prod([a, a, p, p])]),
        total([p * p, p + p, p - p, p / p, total([p, p, p]), logsumexp([p, p, a])]),
        total([a, a, a]) * total([p, p]),
    ]


def uniform_beside_varying(x: list[Value], w: list[Value]) -> list[Value]:
    once = exp(w[0]) * w[1]
    return [once, once * x[0], w[1], x[1], once, Value(2.5), Value(1.0) * 2.0, x[1], w[2] * once]


def shared_parameters(x: list[Value], w: list[Value]) -> list[Value]:
    a = x[0]
    for k in range(30):
        a = tanh(w[k % 3] * a + w[0]) + w[1]
    return [a, w[0] * w[0] * a]


def with_penalty(x: list[Value], w: list[Value]) -> list[Value]:
    return [square(dot(w[:2], x[:2], w[2]) - x[2]) + 0.05 * dot(w, w) + 0.01 * total(map(abs, w))]


def one_output_is_uniform(x: list[Value], w: list[Value]) -> list[Value]:
    return [dot(w, w) + log(square(w[0]) + 1.0)]


def an_input_alone(x: list[Value], w: list[Value]) -> list[Value]:
    return [x[1]]


def a_parameter_alone(x: list[Value], w: list[Value]) -> list[Value]:
    return [w[1]]


def a_constant_alone(x: list[Value], w: list[Value]) -> list[Value]:
    return [Value(3.0) * 2.0]


GRAPHS = [
    repeated,
    uniform_beside_varying,
    shared_parameters,
    with_penalty,
    one_output_is_uniform,
    an_input_alone,
    a_parameter_alone,
    a_constant_alone,
]


@engines
@pytest.mark.parametrize("f", GRAPHS)
@pytest.mark.parametrize("n_samples", COUNTS)
def test_graphs(f: Function, n_samples: int, engine: str) -> None:
    rng = random.Random(f"{f.__name__} {n_samples}")
    check(f, table(rng, n_samples, 3), numbers(rng, 3), engine, 1e-12)


@engines
def test_one_tape_for_samples_in_any_number_and_order(engine: str) -> None:
    """What one replay leaves behind is nothing to the next."""
    rng = random.Random(3)
    f, theta = with_penalty, numbers(rng, 3)
    tape = taped(f, 3, 3, engine)
    for n_samples in (17, 1, 40, 3, 1, 16):
        X = table(rng, n_samples, 3)
        tape.jacobian(X[::-1], [2.0 * t for t in theta])
        value, gradient = tape.value_and_grad(X, theta)
        risk, slopes, sizes = eager_gradient(f, X, theta)
        assert_close([value], [risk], 0.0, 1e-13)
        assert_close(gradient, slopes, sizes, 1e-13)
        assert tape.value_and_grad(X, theta) == (value, gradient)


@engines
@pytest.mark.parametrize("untaken", [sqrt, log, lambda v: 1.0 / v, lambda v: v**0.5])
def test_a_branch_not_taken_hands_nothing_on(untaken: Any, engine: str) -> None:
    def f(x: list[Value], w: list[Value]) -> list[Value]:
        safe = where(step(x[0]), x[0], 1.0)
        return [where(step(x[0]), untaken(safe) * w[0], x[0] * w[1])]

    check(f, [[-1.0], [0.0], [2.0], [0.5]] * 5, [2.0, 3.0], engine)

    # the square root has an infinite slope at 0, and nobody asks for it
    tape = taped(lambda x, w: [where(step(x[0]), sqrt(x[0]), w[0])], 1, 1, engine)
    assert tape.jacobian([[0.0], [4.0]], [1.0]) == [[[0.0]], [[0.25]]]
    assert tape.value_and_grad([[0.0], [4.0]], [1.0]) == (1.5, [0.5])


@engines
def test_an_infinite_slope_is_recorded(engine: str) -> None:
    tape = taped(lambda x, w: [sqrt(x[0]) * w[0] + w[1]], 1, 2, engine)
    X = [[4.0]] * 17 + [[0.0]]
    assert tape.jacobian(X, [1.0, 0.0])[-2:] == [[[0.25]], [[inf]]]
    check(lambda x, w: [sqrt(x[0]) * w[0] + sqrt(w[1])], X, [1.0, 0.0], engine)
    check(lambda x, w: [sqrt(square(x[0])) + w[0]], X, [1.0], engine)  # inf times 0: nan


@engines
@pytest.mark.parametrize("operands", [
    [1e308, 1e308, -1e308], [1e308, 1e308, 1e308], [1e308, 1e308, -inf], [-1e308, -1e308, inf],
    [inf, -inf, 1.0], [inf, 1.0, nan], [1e308, 1e308, -1e308, -1e308],
])  # fmt: skip
def test_a_total_that_overflows_on_the_way(operands: list[float], engine: str) -> None:
    expected = total(leaves(operands)).data
    tape = taped(lambda x, w: [total(x)], len(operands), 0, engine)
    for n_samples in (1, 3, 17):
        assert_bits(tape.forward([operands] * n_samples), [[expected]] * n_samples)
    by_theta = taped(lambda x, w: [total(w)], 0, len(operands), engine)
    assert_bits([by_theta.value_and_grad([[]], operands)[0]], [expected])


@engines
def test_products_with_zeros_and_beyond_the_range(engine: str) -> None:
    for operands in (
        [0.0, 2.0, 3.0], [0.0, 0.0, 3.0], [-0.0, 2.0, 3.0], [1e200, 1e200, 1e-300], [0.0, inf, 1.0],
        [1e200, 1e200, -1e200], [1e-200, 1e-200, 1e-200], [nan, 0.0, 1.0], [-2.0, 1e-300, 0.5],
    ):  # fmt: skip
        check(lambda x, w: [prod(x), prod([*x, w[0]])], [operands] * 3, [2.0], engine, 0.0)
        check(lambda x, w: [prod(w)], [[]], operands, engine, 0.0)


@engines
def test_logsumexp_of_many(engine: str) -> None:
    rng = random.Random(5)
    far = [[rng.uniform(-800.0, 800.0) for _ in range(50)] for _ in range(17)]
    equal = [[700.0] * 50, [-1e308] * 50, [-inf] * 49 + [0.0], [-inf] * 50, [inf] + [0.0] * 49]
    check(lambda x, w: [logsumexp(x), logsumexp([*x, *w])], far + equal, [1.0], engine)


# --- sizes ------------------------------------------------------------------------------------


@engines
def test_a_chain_of_a_hundred_thousand_operations(engine: str) -> None:
    x, w = Value(0.5), Value(0.7)
    y = x
    for _ in range(50_000):
        y = y * w + x
    tape = Tape(y, [x], [w], engine=engine)
    assert len(tape) == 100_000
    assert_bits(tape.forward([[0.5]]), [[y.data]])
    assert tape.engine == engine
    if engine == "numba":  # the replay in Python has written enough source by now
        value, slopes = tape.value_and_grad([[0.5]])
        assert_bits([value, *slopes], [y.data, grad_table(y)[w]])
        assert_close(tape.jacobian([[0.5]]), [[[grad_table(y)[x]]]], 0.0, 1e-12)


@engines
def test_a_chain_longer_than_what_is_compiled_at_once(engine: str) -> None:
    def f(x: list[Value], w: list[Value]) -> list[Value]:
        y = x[0]
        for _ in range(replay.CHUNK):
            y = y * w[0] + x[0]
        return [y, w[0] * y]

    check(f, [[0.5], [0.25]], [0.9], engine, 1e-11)


@engines
def test_wide_operations(engine: str) -> None:
    rng = random.Random(11)
    n = 1000
    X, theta = table(rng, 2, n), numbers(rng, n)
    for f in (
        lambda x, w: [total([*x, *w])],
        lambda x, w: [dot(w, x)],
        lambda x, w: [dot(x, x) + dot(w, w)],
        lambda x, w: [logsumexp([*x, *w])],
        lambda x, w: [prod([1.0 + 1e-4 * v for v in [*x[:300], *w[:300]]])],
    ):
        check(f, X, theta, engine, 1e-12)


@engines
def test_more_inputs_and_outputs_than_lanes(engine: str) -> None:
    rng = random.Random(12)

    def f(x: list[Value], w: list[Value]) -> list[Value]:
        return [a * b + c for a, b, c in zip(x, reversed(x), w, strict=True)]

    check(f, table(rng, 33, 40), numbers(rng, 40), engine, 1e-14)


# --- second order -------------------------------------------------------------------------------


def slope_and_more(x: list[Value], w: list[Value]) -> list[Value]:
    y = tanh(w[0] * x[0]) * exp(sin(x[1]) * w[1]) + x[0] ** 3 / (1.0 + square(w[2]))
    first = gradients(y, [x[0], x[1], w[0]])
    return [y, *first, *gradients(first[0], [x[0], w[0]])]


@engines
@pytest.mark.parametrize("n_samples", [1, 3, 17])
def test_a_graph_that_gradients_made(n_samples: int, engine: str) -> None:
    rng = random.Random(7)
    X, theta = table(rng, n_samples, 2), numbers(rng, 3)
    check(slope_and_more, X, theta, engine, 1e-11)
    check(lambda x, w: [total(map(square, slope_and_more(x, w)))], X, theta, engine, 1e-11)


@engines
def test_gradients_on_a_tape_are_the_jacobian_of_the_tape(engine: str) -> None:
    def f(x: list[Value], w: list[Value]) -> list[Value]:
        return [sigmoid(dot(w, x)) * cos(x[0]) + logsumexp(x)]

    def slopes(x: list[Value], w: list[Value]) -> list[Value]:
        return gradients(f(x, w)[0], x)

    rng = random.Random(8)
    X, theta = table(rng, 17, 3), numbers(rng, 3)
    plain, second = taped(f, 3, 3, engine), taped(slopes, 3, 3, engine)
    first = [row[0] for row in plain.jacobian(X, theta)]
    assert_close(second.forward(X, theta), first, 1.0, 1e-13)
    curvature = second.jacobian(X, theta)
    for row, hessian_ in zip(X, curvature, strict=True):
        expected = hessian(lambda x: f(list(x), leaves(theta))[0])(row)
        assert_close(hessian_, expected, 1.0, 1e-12)


@engines
def test_a_derivative_is_recorded_at_parameters_that_are_zero(engine: str) -> None:
    """The inputs carry nan while a program is recorded; 0 times that must not be left out."""
    w = Value(0.0, "w")
    tape = record(lambda x: gradients(w * sin(x[0]), x), 1, [w], engine)
    assert tape.forward([[0.0], [math.pi]], [2.0]) == [[2.0], [-2.0]]
    w.data = 3.0
    assert tape.forward([[0.0]]) == [[3.0]]


@engines
def test_grad_inside_a_recorded_program(engine: str) -> None:
    tape = record(lambda x: [grad(lambda t: t**3 * x[1])(x[0])], 2, engine=engine)
    assert tape.forward([[2.0, 5.0], [-1.0, 1.0]]) == [[60.0], [3.0]]
    assert tape.jacobian([[2.0, 5.0]]) == [[[60.0, 12.0]]]


# --- nn ------------------------------------------------------------------------------------------


def risk_of(
    model: nn.Module, loss: Any, penalty: Any, X: list[list[float]], targets: Any
) -> tuple[float, list[float]]:
    """Give the risk and its gradient by eager execution."""
    risk = nn.empirical_risk(model, X, targets, loss, penalty)
    table_ = grad_table(risk)
    return risk.data, [table_[p] for p in model.parameters()]


MODELS: dict[str, Any] = {
    "linear": lambda: nn.MLP([2, 3, 1], activation="linear", rng=0),
    "tanh": lambda: nn.MLP([2, 5, 4, 1], activation="tanh", rng=0),
    "relu": lambda: nn.MLP([2, 6, 1], activation="relu", rng=1),
    "leaky": lambda: nn.MLP([2, 4, 1], activation="leaky_relu", rng=2),
    "hard": lambda: nn.MLP([2, 4, 1], activation="hard_tanh", rng=3),
    "softplus": lambda: nn.MLP([2, 9, 1], activation="softplus", output="sigmoid", rng=4),
    "residual": lambda: nn.Sequential(
        nn.Layer(2, 3, "tanh", rng=5), nn.Residual(nn.Layer(3, 3, "tanh", rng=6)),
        nn.Layer(3, 1, rng=7),
    ),
}  # fmt: skip
PENALTIES = [None, nn.L2(0.05), nn.L1(0.02) + nn.L2(0.1)]


@engines
@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("penalty", PENALTIES, ids=str)
def test_the_risk_of_a_network(name: str, penalty: Any, engine: str) -> None:
    model = MODELS[name]()
    rng = random.Random(name)
    X, targets = table(rng, 19, 2), [float(rng.random() < 0.5) for _ in range(19)]
    function, loss = nn.objective(model)

    def f(x: list[Value]) -> Value:
        one = loss(function(x[:2]), x[2])
        return one if penalty is None else one + penalty(model)

    tape = record(f, 3, model.parameters(), engine)
    assert tape.engine == engine
    rows = [[*row, target] for row, target in zip(X, targets, strict=True)]
    value, gradient = tape.value_and_grad(rows)
    risk, slopes = risk_of(model, "auto", penalty, X, targets)
    assert value == pytest.approx(risk, rel=1e-14)
    assert gradient == pytest.approx(slopes, rel=1e-11, abs=1e-15)
    for p in model.parameters():
        p.data *= 1.5
    risk, slopes = risk_of(model, "auto", penalty, X, targets)
    assert tape.value_and_grad(rows)[0] == pytest.approx(risk, rel=1e-14)
    assert tape.value_and_grad(rows)[1] == pytest.approx(slopes, rel=1e-11, abs=1e-15)


LOSSES = [
    nn.squared_error, nn.half_squared_error, nn.absolute_error, nn.huber, nn.gaussian_nll(0.7),
    nn.binary_cross_entropy_with_logits,
]  # fmt: skip


@engines
@pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: getattr(loss, "__name__", "gaussian"))
def test_losses_with_targets_among_the_inputs(loss: Any, engine: str) -> None:
    model = nn.MLP([2, 3, 2], activation="tanh", rng=0)
    rng = random.Random(2)
    tape = record(lambda x: loss(model(x[:2]), x[2:]), 4, model.parameters(), engine)
    rows = [[*numbers(rng, 2), rng.random(), rng.random()] for _ in range(17)]
    value, gradient = tape.value_and_grad(rows)
    risk, slopes = risk_of(model, loss, None, [r[:2] for r in rows], [r[2:] for r in rows])
    assert value == pytest.approx(risk, rel=1e-14)
    assert gradient == pytest.approx(slopes, rel=1e-12, abs=1e-15)


@engines
def test_classes(engine: str) -> None:
    model = nn.MLP([2, 4, 3], activation="tanh", output="softmax", rng=0)
    rng = random.Random(2)
    X = table(rng, 17, 2)
    function, loss = nn.objective(model)
    for k in range(3):
        tape = record(lambda x, k=k: loss(function(x), k), 2, model.parameters(), engine)
        risk, slopes = risk_of(model, "auto", None, X, [k] * 17)
        value, gradient = tape.value_and_grad(X)
        assert value == pytest.approx(risk, rel=1e-13)
        assert gradient == pytest.approx(slopes, rel=1e-11, abs=1e-15)
    outputs = record(model, 2, model.parameters(), engine).forward(X)
    assert_within(outputs, [[p.data for p in model(row)] for row in X], 4.0)


@engines
@pytest.mark.parametrize("n_samples", [1, 17])
def test_a_recurrent_network(n_samples: int, engine: str) -> None:
    model = nn.Recurrent(1, 5, 1, output="sigmoid", rng=0)
    rng = random.Random(4)

    def f(x: list[Value]) -> Value:
        logits = model.logits([[v] for v in x[:6]])
        losses = [
            nn.binary_cross_entropy_with_logits(y, t) for y, t in zip(logits, x[6:], strict=True)
        ]
        return mean(losses)

    tape = record(f, 12, model.parameters(), engine)
    X = [[[rng.uniform(-1.0, 1.0)] for _ in range(6)] for _ in range(n_samples)]
    targets = [[float(rng.random() < 0.5) for _ in range(6)] for _ in range(n_samples)]
    rows = [[*(x[0] for x in row), *t] for row, t in zip(X, targets, strict=True)]
    value, gradient = tape.value_and_grad(rows)
    risk, slopes = risk_of(model, "auto", None, X, targets)
    assert value == pytest.approx(risk, rel=1e-14)
    assert gradient == pytest.approx(slopes, rel=1e-12, abs=1e-15)


@engines
def test_sparsemax_goes_by_the_numbers_of_its_operands(engine: str) -> None:
    with pytest.raises(RecordingError, match="^sparsemax sorts its operands by their numbers: "):
        record(sparsemax, 3, (), engine)
