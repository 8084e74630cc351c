"""Optimizers and schedules: against recursions and closed forms written down a second time."""

import math
from itertools import pairwise
from random import Random

import pytest

import nn
from autograd import DivergedError, Value, exp, grad_table, log
from nn import MLP, SGD, Adam, BacktrackingGD, Newton, Optimizer, Parameter
from nn.optimizers import solved

from .oracles import close

C2 = [[float(i)] for i in range(6)], [0.0, 0.0, 1.0, 0.0, 1.0, 1.0]

ALL = [SGD(0.1), SGD(0.1, 0.9), SGD(0.1, 0.9, True), Adam(0.1), BacktrackingGD(0.1)]


def quartic(w: Parameter) -> Value:
    return (w - 2.0) ** 4 + 0.5 * (w - 2.0) ** 2


def descend(optimizer: Optimizer, w: Parameter, steps: int) -> list[float]:
    """Give the gradients that were met on the way."""
    met = []
    for _ in range(steps):
        w.grad = 0.0
        quartic(w).backward()
        met.append(w.grad)
        optimizer.step([w], lambda: quartic(w))
    return met


# --- what they have in common -----------------------------------------------------------


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("make", [lambda: SGD(0.5, momentum=0.5), lambda: Adam(0.5)])
def test_no_parameter_moves_when_one_gradient_is_not_finite(make, bad: float) -> None:
    first, second = Parameter(1.0), Parameter(2.0)
    optimizer = make()
    first.grad = 1.0
    optimizer.step([first, second])
    before, state = (first.data, second.data), dict(optimizer.state)
    second.grad = bad
    with pytest.raises(DivergedError, match=r"^parameter 1 has the gradient .* first_nonfinite"):
        optimizer.step([first, second])
    assert (first.data, second.data) == before
    assert optimizer.state == state


def test_no_parameter_moves_when_one_would_overflow() -> None:
    first, second = Parameter(1.0), Parameter(-1e308, "w")
    first.grad, second.grad = 1.0, 1e308
    for optimizer, words in (
        (
            SGD(10.0),
            r"parameter 1 \('w'\) would go from -1e\+308 to -inf, with the gradient 1e\+308",
        ),
        (Adam(0.1), r"the gradient 1e\+308 of parameter 1 \('w'\) is too large for Adam\(0.1\)"),
    ):
        with pytest.raises(DivergedError, match=words):
            optimizer.step([first, second])
        assert (first.data, second.data) == (1.0, -1e308)
        assert optimizer.state == {}


@pytest.mark.parametrize("optimizer", [*ALL, Newton()], ids=repr)
def test_a_parameter_given_twice_moves_once(optimizer: Optimizer) -> None:
    w, twin = Parameter(3.0), Parameter(3.0)
    for p, given in ((w, [w, w]), (twin, [twin])):
        p.grad = 1.0
        optimizer.step(given, lambda p=p: (p - 2.0) ** 2)
    assert w.data == twin.data != 3.0


@pytest.mark.parametrize("make", [lambda: SGD(0.1, 0.9), lambda: Adam(0.1)])
def test_the_state_belongs_to_the_parameter(make) -> None:
    """Another model has a state of its own, and the order of the parameters does not matter."""
    a, b, shared, alone = Parameter(3.0), Parameter(4.0), make(), make()
    twin = Parameter(3.0)
    for step in range(4):
        for p in (a, b, twin):
            p.grad = 2.0 * p.data
        shared.step([a, b] if step % 2 else [b, a])
        alone.step([twin])
    assert a.data == twin.data
    fresh = Parameter(3.0)
    fresh.grad = 6.0
    shared.step([fresh])
    expected = Parameter(3.0)
    expected.grad = 6.0
    make().step([expected])
    assert fresh.data == expected.data


def test_what_a_step_refuses() -> None:
    model = MLP([1, 1], rng=0)
    optimizer = SGD(0.1)
    for wrong, error, words in (
        (model, TypeError, r"SGD.step expects parameters, got a MLP: pass model.parameters\(\)"),
        (Parameter(1.0), TypeError, r"got a Parameter: pass \[p\]"),
        ([], ValueError, "SGD.step expects parameters, got none"),
        ([1.0], TypeError, "which are leaves, got 1.0"),
        ([Value(1.0) * 2.0], TypeError, "which are leaves"),
        ({Parameter(1.0)}, TypeError, "expected a sequence of parameters, got set"),
        (None, TypeError, "expected a sequence of parameters"),
    ):
        with pytest.raises(error, match=words):
            optimizer.step(wrong)
    for ahead in (BacktrackingGD(0.1), Newton()):
        with pytest.raises(TypeError, match=r"looks ahead: pass step\(parameters, loss\).* None"):
            ahead.step([Parameter(1.0)])
        with pytest.raises(TypeError, match="got Value"):
            ahead.step([Parameter(1.0)], Value(1.0))
        with pytest.raises(TypeError, match=r"what loss\(\) gives is one Value, got float 1.0"):
            ahead.step([Parameter(1.0)], lambda: 1.0)


def test_a_step_takes_any_iterable_and_any_leaf() -> None:
    w, plain = Parameter(1.0), Value(1.0)
    w.grad = plain.grad = 2.0
    SGD(0.5).step(p for p in [w, plain])
    assert w.data == plain.data == 0.0


def test_arguments_out_of_range() -> None:
    for make, words in (
        (lambda: SGD(-0.1), "lr of SGD"),
        (lambda: SGD(math.nan), "lr of SGD"),
        (lambda: SGD(0.1, 1.0), "momentum of SGD is less than 1"),
        (lambda: SGD(0.1, -0.1), "momentum of SGD"),
        (lambda: SGD(0.1, 0.0, True), "nesterov=True needs a momentum"),
        (lambda: Adam(-1.0), "lr of Adam"),
        (lambda: Adam(0.1, (0.9, 1.0)), "a beta of Adam"),
        (lambda: Adam(0.1, (-0.1, 0.9)), "a beta of Adam"),
        (lambda: Adam(0.1, (0.9,)), "betas of Adam are two numbers"),
        (lambda: Adam(0.1, eps=0.0), "eps of Adam"),
        (lambda: BacktrackingGD(0.0), "lr of BacktrackingGD"),
        (lambda: BacktrackingGD(0.1, 1.0), "shrink of BacktrackingGD"),
        (lambda: BacktrackingGD(0.1, 0.0), "shrink of BacktrackingGD"),
        (lambda: Newton(-1.0), "damping of Newton"),
        (lambda: Newton(lr=-1.0), "lr of Newton"),
    ):
        with pytest.raises(ValueError, match=words):
            make()
    with pytest.raises(TypeError, match="lr of SGD expects a real number, got list"):
        SGD(MLP([1, 1]).parameters())  # type: ignore[arg-type]


def test_adam_has_the_defaults_of_its_paper() -> None:
    adam = Adam()
    assert (adam.lr, adam.betas, adam.eps) == (0.001, (0.9, 0.999), 1e-8)


def test_reprs_tell_every_argument_to_the_last_digit() -> None:
    for text in (
        "SGD(0.1)",
        "SGD(0.12345678901234568, momentum=0.9)",
        "SGD(0.1, momentum=0.9, nesterov=True)",
        "Adam(0.001)",
        "Adam(0.1, betas=(0.8, 0.9), eps=1e-06)",
        "BacktrackingGD(1.0)",
        "BacktrackingGD(1.0, shrink=0.25)",
        "Newton()",
        "Newton(damping=0.1)",
        "Newton(damping=0.1, lr=0.5)",
    ):
        assert repr(eval(text, vars(nn))) == text


@pytest.mark.parametrize("optimizer", ALL[:4], ids=repr)
def test_a_rule_serves_floats_and_arrays(optimizer: Optimizer) -> None:
    numpy = pytest.importorskip("numpy")
    random = Random(0)
    theta = [random.gauss(0.0, 1.0) for _ in range(5)]
    steps = [[random.gauss(0.0, 1.0) for _ in range(5)] for _ in range(4)]
    array, state = numpy.array(theta), optimizer.initial
    states = [optimizer.initial] * 5
    for gradient in steps:
        array, *state = optimizer.update(array, numpy.array(gradient), *state)
        for i, g in enumerate(gradient):
            theta[i], *states[i] = optimizer.update(theta[i], g, *states[i])
    assert all(close(a, b, 1e-14) for a, b in zip(array.tolist(), theta, strict=True))


def test_an_update_that_gives_something_else_is_refused() -> None:
    class Wrong(Optimizer):
        initial = (0.0,)
        gives = 1.0

        def update(self, theta, gradient, *state):
            return self.gives

    w = Parameter(1.0)
    for wrong in (1.0, (1.0,), [1.0, 0.0], (1.0, 0.0, 0.0)):
        optimizer = Wrong(0.1)
        optimizer.gives = wrong
        with pytest.raises(TypeError, match="a tuple of theta and the 1 numbers of the state, got"):
            optimizer.step([w])
    assert w.data == 1.0
    assert repr(optimizer) == "Wrong(0.1, gives=(1.0, 0.0, 0.0))"


# --- each of them ---------------------------------------------------------------------------------


@pytest.mark.parametrize("nesterov", [False, True])
def test_momentum_follows_its_recursion(nesterov: bool) -> None:
    w, theta, velocity = Parameter(1.0), 1.0, 0.0
    optimizer = SGD(0.1, momentum=0.9, nesterov=nesterov)
    for _ in range(5):
        w.grad = 0.0
        (0.5 * w * w).backward()
        optimizer.step([w])
        gradient = theta
        velocity = 0.9 * velocity - 0.1 * gradient
        theta += 0.9 * velocity - 0.1 * gradient if nesterov else velocity
        assert close(w.data, theta)
    assert SGD(0.1, 0.9, nesterov).update(1.0, 1.0, 1.0) != SGD(0.1).update(1.0, 1.0, 1.0)


def test_adam_is_a_ratio_of_weighted_means() -> None:
    """The running means, written out as the sums that they are."""
    lr, first, second, eps = 0.3, 0.8, 0.95, 1e-3
    w = Parameter(5.0)
    met = descend(Adam(lr, (first, second), eps), w, 8)
    theta = 5.0
    for t in range(1, 9):
        weights = [(first ** (t - i), second ** (t - i)) for i in range(1, t + 1)]
        mean = sum(a * g for (a, _), g in zip(weights, met, strict=False)) / sum(
            a for a, _ in weights
        )
        square = sum(b * g * g for (_, b), g in zip(weights, met, strict=False)) / sum(
            b for _, b in weights
        )
        theta -= lr * mean / (math.sqrt(square) + eps)
    assert close(w.data, theta)


@pytest.mark.parametrize("other", [Adam(0.2), Adam(0.1, (0.5, 0.999)), Adam(0.1, (0.9, 0.9)),
                                   Adam(0.1, eps=0.1)], ids=repr)  # fmt: skip
def test_each_argument_of_adam_matters(other: Adam) -> None:
    a, b = Parameter(5.0), Parameter(5.0)
    descend(Adam(0.1), a, 3)
    descend(other, b, 3)
    assert abs(a.data - b.data) > 1e-6


def test_backtracking_never_goes_up_and_halves_until_it_falls() -> None:
    w = Parameter(5.0)
    optimizer = BacktrackingGD(1.0)
    losses = [quartic(w).data]
    for _ in range(60):
        descend(optimizer, w, 1)
        losses.append(quartic(w).data)
    assert all(after <= before for before, after in pairwise(losses))
    assert abs(w.data - 2.0) < 1e-6

    w = Parameter(1.0)  # w^2: from 1 with gradient 2 the loss falls for steps below 1
    for shrink, end in ((0.5, 1.0 - 0.75 * 2.0), (0.1, 1.0 - 0.3 * 2.0)):
        w.data, w.grad = 1.0, 2.0
        BacktrackingGD(3.0, shrink).step([w], lambda: w * w)
        assert close(w.data, end)


def test_backtracking_takes_the_whole_step_where_the_loss_falls() -> None:
    w = Parameter(1.0)
    optimizer = BacktrackingGD(0.25)
    for theta in (0.5, 0.25):  # the next step begins with lr again
        w.grad = 2.0 * w.data
        optimizer.step([w], lambda: w * w)
        assert w.data == theta


def test_backtracking_stays_where_nothing_is_lower() -> None:
    w, calls = Parameter(2.0), []

    def loss() -> Value:
        calls.append(w.data)
        return quartic(w)

    w.grad = 1.0  # a lie: 2 is the minimum
    BacktrackingGD(1.0).step([w], loss)
    assert w.data == 2.0
    assert len(calls) < 70
    w.grad = 0.0
    calls.clear()
    BacktrackingGD(1.0).step([w], loss)
    assert calls == [2.0]


def test_backtracking_takes_an_undefined_loss_for_a_step_too_long() -> None:
    w = Parameter(1.0)
    w.grad = 0.5
    BacktrackingGD(8.0).step([w], lambda: log(w))  # where it is defined it falls
    assert w.data == 0.5


def test_backtracking_takes_a_loss_of_nan_for_a_step_too_long() -> None:
    w = Parameter(1.0)
    w.grad = -1.0
    BacktrackingGD(2.0**40).step([w], lambda: (w * 1e300 - w * 1e300) + (w - 2.0) ** 2)
    assert w.data == 2.0


def test_backtracking_takes_no_step_to_infinity() -> None:
    w = Parameter(1.0)
    w.grad = -10.0
    BacktrackingGD(1e308).step([w], lambda: exp(-w))
    assert 1e307 < w.data < math.inf
    w.data = math.nan
    for optimizer in ALL:
        with pytest.raises(DivergedError, match="parameter 0 is nan, and no step follows"):
            optimizer.step([w], lambda: w * w)


def test_backtracking_puts_everything_back_when_the_loss_raises() -> None:
    w = Parameter(1.0)
    w.grad = 1.0

    def loss() -> Value:
        if w.data != 1.0:
            raise KeyboardInterrupt
        return w * w

    with pytest.raises(KeyboardInterrupt):
        BacktrackingGD(1.0).step([w], loss)
    assert w.data == 1.0
    same = w * w
    with pytest.raises(ValueError, match="must build the objective anew"):
        BacktrackingGD(1.0).step([w], lambda: same)
    assert w.data == 1.0


def test_a10_a_newton_step_solves_a_quadratic() -> None:
    w = [Parameter(5.0), Parameter(-7.0)]

    def loss() -> Value:
        a, b = w
        return a * a + a * b + 1.5 * b * b - a - 2.0 * b  # A = [[2, 1], [1, 3]], b = (1, 2)

    Newton().step(w, loss)
    assert close(w[0].data, 0.2, 1e-12) and close(w[1].data, 0.6, 1e-12)
    w[0].data, w[1].data = 5.0, -7.0
    Newton(lr=0.5).step(w, loss)
    assert close(w[0].data, 2.6, 1e-12) and close(w[1].data, -3.2, 1e-12)
    w[0].data, w[1].data = 5.0, -7.0
    Newton(damping=1.0).step(w, loss)  # (A + 1)^-1 (2, -18) = (26, -56) / 11
    assert close(w[0].data, 5.0 - 26 / 11, 1e-12) and close(w[1].data, -7.0 + 56 / 11, 1e-12)


def test_newton_reaches_the_optimum_of_logistic_regression_in_few_steps() -> None:
    X, t = C2
    model = MLP([1, 1], output="sigmoid", init=nn.constant(0.0))
    parameters, optimizer = model.parameters(), Newton()
    steps, norm = 0, math.inf
    while norm > 1e-10:
        optimizer.step(parameters, lambda: nn.empirical_risk(model, X, t))
        table = grad_table(nn.empirical_risk(model, X, t))
        norm = math.hypot(*(table[p] for p in parameters))
        steps += 1
    assert steps < 10
    assert close(parameters[0].data, 1.21402758585142, 1e-9)
    assert close(parameters[1].data, -3.0350689646285502, 1e-9)


@pytest.mark.parametrize("seed", range(12))
def test_newton_arrives_from_afar(seed: int) -> None:
    """The whole step overshoots from some of these, further each time."""
    model = MLP([1, 1], output="sigmoid", rng=seed)
    model.parameters()[0].data *= 3.0
    history = nn.fit(model, *C2, optimizer=Newton(), epochs=12, progress=False)
    assert history.gradient_norm[-1] < 1e-10
    assert all(after <= before * (1.0 + 1e-9) for before, after in pairwise(history.loss))
    assert close(model.parameters()[0].data, 1.21402758585142, 1e-9)


def test_newton_goes_to_a_saddle_all_the_same() -> None:
    a, b = Parameter(1.0), Parameter(2.0)
    Newton().step([a, b], lambda: a * a - b * b)  # from -3 up to 0
    assert (a.data, b.data) == (0.0, 0.0)
    w = Parameter(2.0)
    Newton().step([w], lambda: log(w))  # the slope of a concave function vanishes ahead
    assert w.data == 4.0


def test_newton_halves_a_step_that_leaves_the_domain() -> None:
    w = Parameter(5.0)  # w - log(w) at 5: the whole step leads to -15
    Newton().step([w], lambda: w - log(w))
    assert w.data == 5.0 - 20.0 / 8.0
    same = w - log(w)
    with pytest.raises(ValueError, match="must build the objective anew"):
        Newton().step([w], lambda: same)
    assert w.data == 2.5


def test_newton_says_when_it_has_no_step() -> None:
    a, b = Parameter(1.0), Parameter(1.0)
    with pytest.raises(DivergedError, match=r"singular .* Newton\(damping=1e-3\) has one"):
        Newton().step([a, b], lambda: (a + b) ** 2)
    assert (a.data, b.data) == (1.0, 1.0)
    Newton(damping=1e-3).step([a, b], lambda: (a + b) ** 2)
    assert abs(a.data + b.data) < 1e-2
    flat = Parameter(1.0)
    with pytest.raises(DivergedError, match="singular"):
        Newton().step([flat], lambda: 3.0 * flat)
    with pytest.raises(DivergedError, match="singular or not finite"):
        Newton().step([flat], lambda: (flat * 1e160) * (flat * 1e160))
    a.data = 1.0
    with pytest.raises(DivergedError, match=r"not finite: give Newton\(\) more damping"):
        Newton().step([a, flat], lambda: 1e-200 * (a * a + flat * flat) + 1e200 * flat)
    assert (a.data, flat.data) == (1.0, 1.0)


def test_newton_does_not_take_large_beside_small_for_singular() -> None:
    a, b = Parameter(1.0), Parameter(1.0)
    Newton().step([a, b], lambda: (1e8 * a - 1.0) ** 2 + (b - 2.0) ** 2)
    assert close(a.data, 1e-8, 1e-7) and close(b.data, 2.0)
    model = MLP([1, 1], rng=0)  # y = 5e-8 x + 1
    Newton().step(
        model.parameters(),
        lambda: nn.empirical_risk(model, [[1e7], [2e7], [3e7]], [1.5, 2.0, 2.5]),
    )
    w, b = model.parameters()
    assert close(w.data, 5e-8, 1e-6) and close(b.data, 1.0, 1e-6)


def test_elimination_solves_random_systems_and_needs_its_pivots() -> None:
    random = Random(0)
    for n in (1, 2, 5, 12):
        matrix = [[random.gauss(0.0, 1.0) for _ in range(n)] for _ in range(n)]
        x = [random.gauss(0.0, 1.0) for _ in range(n)]
        vector = [sum(a * b for a, b in zip(row, x, strict=True)) for row in matrix]
        assert all(close(a, b, 1e-9) for a, b in zip(solved(matrix, vector), x, strict=True))
    assert solved([[0.0, 1.0], [1.0, 0.0]], [3.0, 4.0]) == [4.0, 3.0]
    (x, y) = solved([[1e-20, 1.0], [1.0, 1.0]], [1.0, 2.0])
    assert close(x, 1.0) and close(y, 1.0)
    assert solved([[1e-20, 1.0], [-1.0, 1.0]], [1.0, 0.0]) == [1.0, 1.0]  # the largest in size
    assert solved([[1.0, 0.0], [0.0, 1e-12]], [1.0, 1e-12]) == [1.0, 1.0]  # flat, but not singular
    with pytest.raises(DivergedError, match="singular"):
        solved([[0.1, 0.3], [0.3, 0.9]], [1.0, 2.0])  # elimination leaves -5.6e-17 of a pivot


# --- schedules ------------------------------------------------------------------------------------


def test_schedules_by_their_formulas() -> None:
    for epoch in range(1, 30):
        n = epoch - 1
        assert nn.halving(7)(epoch) == 2.0 ** -(n // 7)
        assert close(nn.exponential(0.9)(epoch), math.exp(n * math.log(0.9)))
        assert close(nn.inverse_time(0.5)(epoch), 1.0 / (1.0 + 0.5 * n))
        share = math.cos(0.5 * math.pi * min(n, 20) / 20) ** 2  # half the angle: another formula
        assert close(nn.cosine(20)(epoch), share, 1e-12, 1e-15)
        assert close(nn.cosine(20, least=0.1)(epoch), 0.1 + 0.9 * share)
    assert [nn.exponential(1.0)(k) for k in (1, 5)] == [1.0, 1.0]


def test_schedules_have_names_and_refuse_nonsense() -> None:
    for text in ("halving(5)", "exponential(0.9)", "inverse_time(0.01)", "cosine(10)",
                 "cosine(10, least=0.1)"):  # fmt: skip
        assert repr(eval(text, vars(nn))) == text
    for make, wrong in (
        (nn.halving, 0), (nn.exponential, 0.0), (nn.exponential, 1.1), (nn.inverse_time, -1.0),
        (nn.cosine, 0), (lambda least: nn.cosine(5, least), 1.5),
    ):  # fmt: skip
        with pytest.raises(ValueError):
            make(wrong)
    with pytest.raises(TypeError):
        nn.halving(2.5)
