"""Sections D and E of the syllabus: every number (more of ``fit`` is in test_training)."""

import itertools
import math
from random import Random
from statistics import fmean, pstdev

import pytest

import nn
from autograd import Value, dot, grad_table, gradients
from nn import L1, L2, MLP, SGD, Dropout, Layer, Module, Neuron, Parameter, Sequential, Tied

from .oracles import close

XOR = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [0.0, 1.0, 1.0, 0.0]
C1 = [[0.0], [1.0], [2.0], [3.0], [4.0]], [2.3, 1.7, 4.0, 5.9, 4.6]


def set_to(model: Module, numbers: list[float]) -> None:
    for p, number in zip(model.parameters(), numbers, strict=True):
        p.data = number


def exactly(got: float, expected: float) -> bool:
    return close(got, expected, 1e-12, 1e-15)


# --- D1, D3: gradients of networks ------------------------------------------------------------


def test_d1_the_stochastic_gradient_is_unbiased() -> None:
    X, t = [[float(i)] for i in range(6)], [0.0, 0.0, 1.0, 0.0, 1.0, 1.0]
    model = MLP([1, 1], output="sigmoid", rng=0)
    set_to(model, [0.3, -0.2])

    def gradient(rows: slice) -> list[float]:
        table = grad_table(nn.empirical_risk(model, X[rows], t[rows]))
        return [table[p] for p in model.parameters()]

    full = gradient(slice(0, 6))
    for size in (1, 2):
        parts = [gradient(slice(i, i + size)) for i in range(0, 6, size)]
        mean = [fmean(each) for each in zip(*parts, strict=True)]
        assert all(exactly(a, b) for a, b in zip(mean, full, strict=True))


def d3(output: str) -> MLP:
    model = MLP([2, 2, 2], activation="sigmoid", output=output, rng=0)
    set_to(model, [0.1, -0.2, 0.05, 0.4, 0.3, -0.1, 0.7, -0.5, 0.0, 0.2, 0.6, 0.1])
    return model


X3, T3 = [1.0, 2.0], [0.0, 1.0]


@pytest.mark.parametrize("output", ["linear", "sigmoid"])
def test_d3_the_four_backpropagation_equations(output: str) -> None:
    """BP1 the error signal at the top, BP2 one layer down, BP3 biases, BP4 weights."""
    model = d3(output)
    (h, y) = model.hidden(X3)
    loss = nn.half_squared_error(y, T3)
    table = grad_table(loss)
    first, second = (layer.neurons for layer in model.layers)

    slope = [p.data * (1.0 - p.data) if output == "sigmoid" else 1.0 for p in y]
    top = [(p.data - t) * s for p, t, s in zip(y, T3, slope, strict=True)]  # BP1
    below = [
        sum(second[k].weights[i].data * top[k] for k in range(2)) * h[i].data * (1.0 - h[i].data)
        for i in range(2)
    ]  # BP2
    for neurons, signal, inputs in (
        (first, below, X3),
        (second, top, [node.data for node in h]),
    ):
        for neuron, delta in zip(neurons, signal, strict=True):
            assert exactly(table[neuron.bias], delta)  # BP3
            for w, a in zip(neuron.weights, inputs, strict=True):
                assert exactly(table[w], a * delta)  # BP4


def test_d3_the_numbers() -> None:
    model = d3("linear")
    loss = nn.half_squared_error(model(X3), T3)
    table = grad_table(loss)
    assert exactly(loss.data, 0.07564654688843778)
    expected = [
        -0.027437041505696768, -0.054874083011393536, -0.027437041505696768,
        -0.042542716410134754, -0.08508543282026951, -0.042542716410134754,
        -0.02145260800276789, -0.03483531838842381, -0.04899830193256072,
        -0.16894102656779258, -0.27433095540630315, -0.3858655986021573,
    ]  # fmt: skip
    assert all(exactly(table[p], e) for p, e in zip(model.parameters(), expected, strict=True))

    model = d3("sigmoid")
    loss = nn.half_squared_error(model(X3), T3)
    table = grad_table(loss)
    first, second = (layer.neurons for layer in model.layers)
    assert exactly(loss.data, 0.180592888872329)
    assert exactly(table[first[0].weights[0]], 0.017058641689614303)
    assert exactly(table[first[0].weights[1]], 0.034117283379228605)
    assert exactly(table[second[0].bias], 0.12186505960631464)
    assert exactly(table[second[1].bias], -0.07999622667775809)


# --- D4, D5, D7: initialisation and vanishing gradients ---------------------------------------


def test_d4_a_constant_never_breaks_symmetry() -> None:
    X, y = XOR
    model = MLP([2, 2, 1], init=nn.constant(0.5), rng=0)
    first, second = model.layers[0].neurons
    optimizer = SGD(0.1)
    for epoch in range(300):
        model.zero_grad()
        risk = nn.empirical_risk(model, X, y)
        assert risk.data > 1 / 6
        risk.backward()
        optimizer.step(model.parameters())
        rows = [[p.data for p in neuron.parameters()] for neuron in (first, second)]
        assert rows[0] == rows[1], epoch
    assert rows[0] != [0.5, 0.5, 0.0]  # it does learn, but both units learn the same


def test_d4_ten_tanh_layers_of_500_units() -> None:
    """At full size. With sigma 1 two samples differ by a third, so there are more of them."""
    rng = Random(0)
    model = MLP([500] * 11, activation="tanh", output="tanh", init=nn.normal(1.0), rng=rng)
    weights = [p for p in model.parameters() if p.kind == "weight"]
    drawn = [w.data for w in weights]
    assert len(drawn) == 2_500_000
    for sigma, samples, spread, tolerance, ratio, saturated in (
        (1.0, 6, 0.982, 0.003, 7e4, 0.92),
        (0.01, 2, 3e-7, 3e-8, 1.3e-6, 0.0),
        (1 / math.sqrt(500), 2, 0.23, 0.01, 0.28, 0.0),  # Xavier
    ):
        for w, z in zip(weights, drawn, strict=True):
            w.data = sigma * z
        outputs, bottom, top = [], [], []
        for _ in range(samples):
            hidden = model.hidden([rng.gauss(0.0, 1.0) for _ in range(500)])
            outputs.append([node.data for node in hidden[-1]])
            table = grad_table(dot([rng.gauss(0.0, 1.0) for _ in range(500)], hidden[-1]))
            # the error signals: the gradients of the inner potentials
            bottom += [table[h.parents[0]] ** 2 for h in hidden[0]]
            top += [table[h.parents[0]] ** 2 for h in hidden[-1]]
        assert abs(fmean(map(pstdev, outputs)) - spread) <= tolerance
        share = fmean(abs(a) > 0.97 for layer in outputs for a in layer)
        assert abs(share - saturated) <= 0.005
        assert abs(math.sqrt(fmean(bottom) / fmean(top)) / ratio - 1.0) <= 0.15


def test_d4_ten_linear_xavier_layers_keep_the_variance() -> None:
    rng, kept = Random(0), []
    for _ in range(25):
        model = MLP([40] * 11, activation="linear", init="xavier", rng=rng)
        x = [rng.gauss(0.0, 1.0) for _ in range(40)]
        kept.append(fmean(y.data**2 for y in model(x)) / fmean(a * a for a in x))
    assert 0.8 < fmean(kept) < 1.2


def test_d5_ten_links_of_sigmoid() -> None:
    chain = MLP([1] * 11, activation="sigmoid", output="sigmoid", init=nn.constant(1.0))
    for layer in chain.layers[1:]:  # sigmoid(0) is a half: biases that bring potentials to 0
        layer.neurons[0].bias.data = -0.5
    x = Value(0.0)
    assert grad_table(chain([x])[0])[x] == 9.5367431640625e-7


def test_d7_a_weight_fed_by_a_weak_activation_learns_slowly() -> None:
    neuron = Neuron(3, "sigmoid", rng=0)
    x = [0.001, 0.1, 10.0]
    loss = nn.half_squared_error(neuron(x), 1.0)
    table = grad_table(loss)
    y = neuron(x).data
    delta = (y - 1.0) * y * (1.0 - y)
    assert exactly(table[neuron.bias], delta)
    assert all(exactly(table[w], a * delta) for w, a in zip(neuron.weights, x, strict=True))


# --- E: regularization ------------------------------------------------------------------------


def line(w: float, b: float) -> Neuron:
    neuron = Neuron(1, init=nn.constant(w))
    neuron.bias.data = b
    return neuron


@pytest.mark.parametrize(("loss", "lam", "b", "w"), [
    # 1/2 sum of squares + lam/2 w^2 is m times the mean of half squares + (lam/m)/2 w^2
    (nn.half_squared_error, 0.5 / 5, 2.0238095238095237, 0.8380952380952381),
    (nn.squared_error, 0.5, 2.1355555555555554, 0.7822222222222223),
    (nn.half_squared_error, 0.5, 2.292, 0.704),
])  # fmt: skip
def test_e1_ridge_by_its_closed_form(loss, lam: float, b: float, w: float) -> None:
    X, y = C1
    neuron = line(w, b)
    table = grad_table(nn.empirical_risk(neuron, X, y, loss, L2(lam)))
    assert all(abs(table[p]) < 1e-12 for p in neuron.parameters())
    # the normal equations (X'X + diag(0, c)) (b, w) = X'y; biases are free
    c = 5 * lam * (0.5 if loss is nn.squared_error else 1.0)
    sums = [fmean(column) * 5 for column in ([x for (x,) in X], y)]
    xx, xy = sum(x * x for (x,) in X) + c, sum(x * t for (x,), t in zip(X, y, strict=True))
    slope = (5 * xy - sums[0] * sums[1]) / (5 * xx - sums[0] ** 2)
    assert close(w, slope)
    assert close(b, (sums[1] - slope * sums[0]) / 5)


class Quadratic(Module):
    """1/2 (4 (w1 - 1)^2 + 0.1 (w2 - 1)^2): its Hessian is diag(4, 0.1), its minimum (1, 1)."""

    CURVATURE = 4.0, 0.1

    def __init__(self, *numbers: float) -> None:
        self.w = [Parameter(number) for number in numbers]

    def __call__(self) -> Value:
        each = zip(self.CURVATURE, self.w, strict=True)
        return sum(0.5 * h * (w - 1.0) ** 2 for h, w in each)


def descend(model: Quadratic, penalty: nn.Regularizer, rate: float, steps: int) -> list[float]:
    optimizer = SGD(rate)
    for _ in range(steps):
        model.zero_grad()
        (model() + penalty(model)).backward()
        optimizer.step(model.parameters())
    return [w.data for w in model.w]


def test_e1_l2_shrinks_by_curvature() -> None:
    w = descend(Quadratic(0.0, 0.0), L2(0.5), 0.2, 400)
    for got, h, printed in zip(w, Quadratic.CURVATURE, (0.8888889, 0.1666667), strict=True):
        assert close(got, h / (h + 0.5), 1e-12)
        assert abs(got - printed) < 5e-8


def test_e1_one_step_shrinks_by_the_factor_of_weight_decay() -> None:
    model, optimizer = line(2.0, 7.0), SGD(0.1)
    L2(0.5)(model).backward()
    optimizer.step(model.parameters())
    assert model.weights[0].data == pytest.approx(2.0 * (1.0 - 0.1 * 0.5))
    assert model.bias.data == 7.0


def test_e1_a_singular_problem_is_cured() -> None:
    rows, t = [[1.0, 2.0], [2.0, 4.0]], [1.0, 2.0]  # the second input is twice the first
    for lam, determinant in ((0.0, 0.0), (0.5, 0.5 * (0.5 + 2 * 12.5))):
        neuron = Neuron(2, bias=False, rng=0)
        risk = nn.empirical_risk(neuron, rows, t, regularizer=L2(lam))
        slopes = gradients(risk, neuron.weights)
        (a, b), (c, d) = ([s.data for s in gradients(g, neuron.weights)] for g in slopes)
        assert close(a * d - b * c, determinant, 1e-9, 1e-9)  # of the Hessian


def test_e2_l1_makes_small_weights_zero() -> None:
    w = descend(Quadratic(1.0, 1.0), L1(0.5), 0.01, 2000)
    for got, h in zip(w, Quadratic.CURVATURE, strict=True):
        soft_threshold = max(1.0 - 0.5 / h, 0.0)  # .875 and 0
        assert abs(got - soft_threshold) < 0.006  # it swings around an exact zero


def test_e2_constant_shrink_against_proportional_shrink() -> None:
    for start, by_l1, by_l2 in ((2.0, 0.05, 0.1), (0.1, 0.05, 0.005)):
        for penalty, shrink in ((L1(0.5), by_l1), (L2(0.5), by_l2)):
            neuron = Neuron(1, init=nn.constant(start), bias=False)
            penalty(neuron).backward()
            SGD(0.1).step(neuron.parameters())
            assert close(start - neuron.weights[0].data, shrink)


def test_e4_tying() -> None:
    a, b = [Parameter(1.0), Parameter(2.0)], [Parameter(0.0), Parameter(4.0)]
    penalty = Tied(0.5, a, b)(Module())
    table = grad_table(penalty)
    assert penalty.data == 2.5
    assert [table[w] for w in a + b] == [1.0, -2.0, -1.0, 2.0]


def test_e4_sharing() -> None:
    shared = Neuron(1, init=nn.constant(3.0), bias=False)
    y = shared([Value(2.0)]) + shared([Value(5.0)])
    assert grad_table(y)[shared.weights[0]] == 7.0


class Masks(Random):
    """A generator whose draws are the bits of a mask: below one half drops."""

    def __init__(self, bits: tuple[int, ...]) -> None:
        super().__init__(0)
        self.bits = iter(bits)

    def random(self) -> float:
        return next(self.bits) * 0.75


def test_e6_the_mean_over_all_masks_is_the_evaluation() -> None:
    weights = iter([1.0, 2.0, 3.0])
    neuron = Neuron(3, init=lambda n_in, n_out, rng: next(weights), bias=False)
    drop = Dropout(0.5)
    model = Sequential(drop, neuron)
    outputs = []
    for bits in itertools.product((0, 1), repeat=3):
        drop.rng = Masks(bits)
        outputs.append(model([1.0, 1.0, 1.0])[0].data)
    assert sorted(outputs) == [0.0, 2.0, 4.0, 6.0, 6.0, 8.0, 10.0, 12.0]
    assert fmean(outputs) == model.eval()([1.0, 1.0, 1.0])[0].data == 6.0


def test_e6_dropout_keeps_the_expectation() -> None:
    rng, p = Random(0), 0.3
    model = Sequential(Dropout(p, rng), Layer(3, 1, init=nn.constant(1.0), bias=False))
    row, draws = [1.0, -2.0, 4.0], 4000
    outputs = [model(row)[0].data for _ in range(draws)]
    # each input x has variance x^2 p / (1 - p)
    error = math.sqrt(sum(x * x for x in row) * p / (1.0 - p) / draws)
    assert abs(fmean(outputs) - model.eval()(row)[0].data) < 3.0 * error
    assert abs(pstdev(outputs) / (error * math.sqrt(draws)) - 1.0) < 0.05


def test_e6_dropconnect_is_a_short_module() -> None:
    class DropConnect(Module):
        """A layer whose weights are dropped, each with probability p."""

        def __init__(self, n_inputs: int, p: float, rng: Random) -> None:
            self.weights = [Parameter(1.0 + i) for i in range(n_inputs)]
            self.drop = Dropout(p, rng)

        def __call__(self, row):
            return [dot(self.drop(self.weights), row)]

    model = DropConnect(3, 0.5, Masks((1, 0, 1)))
    x = [Value(1.0)] * 3
    y = model(x)[0]
    assert y.data == 8.0
    assert [grad_table(y)[w] for w in model.parameters()] == [2.0, 0.0, 2.0]
    assert model.eval()(x)[0].data == 6.0


# --- E3: early stopping ---------------------------------------------------------------------------


def test_e3_early_stopping_is_weight_decay_where_the_loss_is_flat() -> None:
    """From 0, tau steps of eps shrink w* nearly as a penalty of lam = 1 / (eps tau) does."""
    h, tau, eps = 0.01, 200, 0.01

    class Slope(Module):
        def __init__(self) -> None:
            self.w = Parameter(0.0)

        def __call__(self, x):
            return self.w * x[0]

    x = math.sqrt(h)  # then half the squared error has the second derivative h, and w* is 1
    data = {"X": [[x]], "y": [x], "loss": nn.half_squared_error, "progress": False}
    stopped, decayed = Slope(), Slope()
    nn.fit(stopped, **data, optimizer=SGD(eps), epochs=tau)
    nn.fit(decayed, **data, optimizer=nn.Newton(), epochs=2, regularizer=L2(1.0 / (eps * tau)))
    assert close(stopped.w.data, -math.expm1(tau * math.log1p(-eps * h)))
    assert abs(stopped.w.data - 0.0198023) < 5e-8
    assert close(decayed.w.data, h / (h + 0.5))
    assert abs(decayed.w.data - 0.0196078) < 5e-8
