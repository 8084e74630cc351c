"""Section B of the syllabus, neurons and what they can represent: every number, to 1e-12.

Nothing is trained here: weights are set, and the network must be what the row says.
"""

import math
from functools import partial, reduce
from itertools import combinations_with_replacement, pairwise, product
from typing import Any

import mpmath
import numpy as np
import pytest

import nn
from autograd import Value, count_paths, grad, grad_table, gradients, jacobian, maximum
from nn import MLP, Layer, Module, Neuron, Parameter, Perceptron, Residual, Sequential

from . import oracles

exact = partial(pytest.approx, rel=1e-12, abs=0)

BITS = [(0, 0), (0, 1), (1, 0), (1, 1)]
SIGNS = [(-1, -1), (-1, 1), (1, -1), (1, 1)]
XOR = [0, 1, 1, 0]


def put(model: Any, *numbers: float) -> Any:
    """Set all parameters in their order: neuron by neuron, weights then bias."""
    for p, number in zip(model.parameters(), numbers, strict=True):
        p.data = float(number)
    return model


def data(values: Any) -> list[float]:
    return [v.data for v in values]


def matrix(layer: Layer) -> np.ndarray:
    return np.array([data(neuron.weights) for neuron in layer.neurons])


# --- threshold units --------------------------------------------------------------------


def test_b1_a_mcculloch_pitts_unit() -> None:
    unit = Perceptron([2, 4, -1], bias=-2, output="bipolar")
    rows = list(product((-1, 1), repeat=3))  # ---, --+, -+-, -++, ...
    assert [unit.logits(row)[0].data for row in rows] == [-7, -9, 1, -1, -3, -5, 5, 3]
    assert [unit(row).data for row in rows] == [-1, -1, 1, -1, -1, -1, 1, 1]
    assert Perceptron([1], bias=-1, output="bipolar")([1]).data == 1  # sgn(0) is +1


def test_b2_the_bias_is_minus_the_threshold_and_the_weight_of_an_input_of_1() -> None:
    for threshold, gate in ((1.5, [0, 0, 0, 1]), (0.5, [0, 1, 1, 1])):  # AND, OR
        unit, extra = Perceptron([1, 1], bias=-threshold), Perceptron([1, 1, -threshold])
        assert [unit(x).data for x in BITS] == gate
        assert [extra([*x, 1]).data for x in BITS] == gate
    assert Perceptron([1], bias=-1)([1]).data == 0  # a potential of 0 does not fire it


def computed(n: int) -> set[tuple[float, ...]]:
    """Every truth table of one unit with n inputs and small integer weights."""
    rows = list(product((0, 1), repeat=n))
    choices = product(product(range(-2, 3), repeat=n), range(-2 * n, 2 * n + 1))
    units = [Perceptron(weights, bias) for weights, bias in choices]
    return {tuple(unit(row).data for row in rows) for unit in units}


def consistent(n: int) -> set[tuple[float, ...]]:
    """Every truth table with n inputs that no sum of two points refutes.

    Where a + b = c + d, with output 1 at a and b, 0 at c and d, two positive potentials would
    have the same sum as two that are not: no unit whatever does that.
    """
    rows = list(product((0, 1), repeat=n))

    def sums(table: tuple[float, ...], output: float) -> set[tuple[int, ...]]:
        points = [np.array(row) for row, y in zip(rows, table, strict=True) if y == output]
        return {tuple(a + b) for a, b in combinations_with_replacement(points, 2)}

    tables = product((0, 1), repeat=len(rows))
    return {table for table in tables if not sums(table, 1) & sums(table, 0)}


@pytest.mark.parametrize(("n", "count"), [(2, 14), (3, 104)])
def test_b2_what_one_unit_can_do(n: int, count: int) -> None:
    assert len(computed(n)) == count
    assert computed(n) == consistent(n)  # what small weights cannot do, none can
    assert tuple(XOR) not in computed(2)


def test_b3_a_threshold_network_for_xor() -> None:
    model = MLP([2, 2, 1], activation="bipolar_step", output="bipolar_step")
    put(model, -1, 1, 1, -1, 1, -1, -1, 1, 1)
    assert [data(model.hidden(x)[0]) for x in SIGNS] == [[1, -1], [1, 1], [-1, -1], [1, -1]]
    assert [data(model(x)) for x in SIGNS] == [[-1], [1], [1], [-1]]


def relu_xor() -> MLP:
    return put(MLP([2, 2, 1], activation="relu"), 1, 1, 0, 1, 1, -1, 1, -2, 0)


def test_b4_an_exact_relu_network_for_xor_and_a_feature_map() -> None:
    assert [relu_xor()(x)[0].data for x in BITS] == XOR
    unit = put(Neuron(3), 1, 1, -2, 0)
    assert [unit([a, b, a * b]).data for a, b in BITS] == XOR


def test_b5_the_best_linear_fit_to_xor() -> None:
    unit = put(Neuron(2), 0, 0, 0.5)
    risk = nn.empirical_risk(unit, BITS, XOR, nn.squared_error)
    assert risk.data == 0.25
    slopes = gradients(risk, unit.parameters())
    assert data(slopes) == [0, 0, 0]
    # the risk curves upwards in every direction: there is no better point
    curvature = [[grad_table(s)[p] for p in unit.parameters()] for s in slopes]
    design = np.column_stack([BITS, np.ones(4)])
    assert np.array(curvature) == exact(2 / 4 * design.T @ design)
    assert np.linalg.eigvalsh(curvature).min() > 0.1


# --- activations --------------------------------------------------------------------------

ACTIVATIONS = {  # what each one is, for mpmath
    "linear": lambda z: z,
    "step": lambda z: mpmath.mpf(z > 0),
    "bipolar_step": lambda z: mpmath.mpf(1 if z >= 0 else -1),
    "sigmoid": lambda z: 1 / (1 + mpmath.exp(-z)),
    "tanh": mpmath.tanh,
    "relu": lambda z: max(z, mpmath.mpf(0)),
    "leaky_relu": lambda z: z if z > 0 else z / 100,
    "softplus": lambda z: mpmath.log(1 + mpmath.exp(z)),
    "hard_tanh": lambda z: min(max(z, mpmath.mpf(-1)), mpmath.mpf(1)),
}


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_b6_activations_and_their_derivatives(name: str) -> None:
    unit = put(Neuron(1, name), 1, 0)
    for z in (-30.0, -2.5, -0.3, 0.7, 1.5, 30.0):
        x = Value(z)
        y = unit([x])
        assert y.data == exact(oracles.value(ACTIVATIONS[name], (z,)))
        assert grad_table(y)[x] == exact(oracles.partial(ACTIVATIONS[name], (z,), 0))


def test_b6_no_activation_is_left_out() -> None:
    assert set(nn.ACTIVATIONS) == {*ACTIVATIONS, "softmax", "sparsemax"}  # these two are B7


@pytest.mark.parametrize("z", [-3.0, -0.5, 0.0, 0.1, 2.0])
def test_b6_identities(z: float) -> None:
    s = nn.sigmoid(z)
    assert grad(nn.sigmoid)(z) == exact(s * (1 - s))
    assert grad(nn.tanh)(z) == exact(1 - nn.tanh(z) ** 2)
    assert s == exact((1 + nn.tanh(z / 2)) / 2)
    assert grad(nn.softplus)(z) == exact(s)


def test_b6_a_dead_unit_cannot_learn_and_a_leaky_one_can() -> None:
    for name, slopes in (("relu", [0, 0]), ("leaky_relu", [0.02, 0.01])):
        unit = put(Neuron(1, name), 1, -5)
        table = grad_table(unit([2.0]))
        assert [table[p] for p in unit.parameters()] == exact(slopes), name


class RadialBasis(Module):
    """Fires near its centre: exp(-|x - centre|^2 / 2 width^2)."""

    def __init__(self, centre: list[float], width: float) -> None:
        self.centre = [Parameter(c) for c in centre]
        self.width = Parameter(width)

    def __call__(self, inputs: Any) -> list[Value]:
        distance = sum((x - c) ** 2 for x, c in zip(inputs, self.centre, strict=True))
        return [(-0.5 * distance / self.width**2).exp()]


class MaxPooling(Module):
    """Gives the largest of every ``size`` neighbours."""

    def __init__(self, size: int) -> None:
        self.size = size

    def __call__(self, inputs: list[Value]) -> list[Value]:
        starts = range(0, len(inputs), self.size)
        return [reduce(maximum, inputs[i : i + self.size]) for i in starts]


class Maxout(Module):
    """Gives the largest of several linear functions of its inputs."""

    def __init__(self, n_inputs: int, n_pieces: int) -> None:
        self.pieces = Layer(n_inputs, n_pieces)

    def __call__(self, inputs: Any) -> list[Value]:
        return [reduce(maximum, self.pieces(inputs))]


def test_b6_radial_basis_function() -> None:
    def truth(a: Any, b: Any, c: Any, d: Any, width: Any) -> Any:
        return mpmath.exp(-((a - c) ** 2 + (b - d) ** 2) / (2 * width**2))

    point = (0.5, -1.0, 1.0, -2.0, 0.8)
    x, model = [Value(0.5), Value(-1.0)], RadialBasis([1.0, -2.0], width=0.8)
    (y,) = model(x)
    assert y.data == exact(oracles.value(truth, point))
    slopes = [oracles.partial(truth, point, i) for i in range(5)]
    assert [grad_table(y)[v] for v in (*x, *model.parameters())] == exact(slopes)
    assert data(model([1.0, -2.0])) == [1]  # at its centre


def test_b6_max_pooling() -> None:
    x = [Value(3.0), Value(5.0), Value(-1.0), Value(-4.0)]
    assert data(MaxPooling(2)(x)) == [5, -1]
    assert jacobian(MaxPooling(2))(data(x)) == [[0, 1, 0, 0], [0, 0, 1, 0]]  # the winner's


def test_b6_maxout() -> None:
    model = put(Maxout(1, 3), -1, 0, 0, 0.25, 1, -1)  # the largest of -x, 1/4 and x - 1
    for x, y, slope in ((-2.0, 2, -1), (0.5, 0.25, 0), (3.0, 2, 1)):
        assert (data(model([x])), jacobian(model)([x])) == ([y], [[slope]])


def test_b7_softmax_and_its_jacobian() -> None:
    z = np.array([2.0, 1.0, 0.1])
    p = np.array(data(nn.Softmax()(z)))
    assert p == exact(np.exp(z) / np.exp(z).sum())
    assert p == pytest.approx([0.65900114, 0.24243297, 0.09856589], abs=5e-9)
    assert p.min() > 0 and p.sum() == exact(1)
    assert nn.softmax(z + 100) == exact(p)  # shift-invariant
    slopes = np.array(jacobian(nn.softmax)(z))
    assert slopes == exact(np.diag(p) - np.outer(p, p))
    assert slopes[0] == pytest.approx([0.22471863783, -0.15976360380, -0.06495503404], abs=5e-12)
    assert slopes.all()  # each output depends on every logit


def test_b7_sparsemax_and_its_jacobian() -> None:
    z = np.array([1.0, 0.5, -1.0])
    layer = put(Layer(1, 3, "sparsemax"), 1, 0, 0.5, 0, -1, 0)
    assert data(layer([1.0])) == [0.75, 0.25, 0]
    assert np.maximum(z - 0.25, 0).tolist() == [0.75, 0.25, 0]  # tau = 1/4
    assert nn.sparsemax(z + 100) == exact([0.75, 0.25, 0])
    assert jacobian(nn.sparsemax)(z).tolist() == [[0.5, -0.5, 0], [-0.5, 0.5, 0], [0, 0, 0]]


# --- what networks can represent ------------------------------------------------------------


def test_b8_linear_layers_compose_to_one() -> None:
    model = MLP([3, 4, 5, 2], activation="linear", rng=0)
    W1, W2, W3 = map(matrix, model.layers)
    x = np.array([0.3, -1.2, 2.0])
    assert data(model(x)) == exact(W3 @ W2 @ W1 @ x)
    assert jacobian(model)(x) == exact(W3 @ W2 @ W1)


def test_b8_factored_linear_layers_save_parameters() -> None:
    factored = Sequential(Layer(30, 2, bias=False, rng=0), Layer(2, 20, bias=False, rng=1))
    assert len(Layer(30, 20, bias=False).parameters()) == 30 * 20
    assert len(factored.parameters()) == 2 * (30 + 20)
    assert np.linalg.matrix_rank(jacobian(factored)(np.zeros(30))) == 2  # the price


def test_b8_a_tanh_net_with_small_weights_is_nearly_linear() -> None:
    def deviation(scale: float) -> float:
        net = MLP([2, 4, 4, 1], "tanh", init=nn.normal(scale), rng=0)
        line = MLP([2, 4, 4, 1], "linear")  # tanh'(0) = 1: the same weights, linearised
        line.load_state_dict(net.state_dict())
        return abs(net([0.7, -1.2])[0].data / line([0.7, -1.2])[0].data - 1)

    assert 0 < deviation(1e-3) < 1e-5
    assert deviation(1.0) > 0.1


def test_b9_a_logistic_unit_is_nearly_a_threshold_and_two_make_a_bump() -> None:
    unit = put(Neuron(1, "sigmoid"), 100, -50)
    assert unit([0.4]).data == exact(4.5397868702434395e-5)
    bump = put(MLP([1, 2, 1], "sigmoid"), 100, -40, 100, -60, 1, -1, 0)
    assert bump([0.5])[0].data == exact(0.9999092042625952)
    assert max(bump([0.2])[0].data, bump([0.8])[0].data) < 1e-8


def row_of_bumps(n: int, k: float) -> MLP:
    """A bump for each of n cells of [0, 1], as high as sin 2 pi x in the middle of its cell."""
    edges = [edge for i in range(n) for edge in (i / n, (i + 1) / n)]
    heights = [math.sin(2 * math.pi * (i + 0.5) / n) for i in range(n)]
    hidden = [p for edge in edges for p in (k, -k * edge)]
    readout = [p for height in heights for p in (height, -height)]
    return put(MLP([1, 2 * n, 1], "sigmoid"), *hidden, *readout, 0)


def test_b9_a_row_of_bumps_approximates_a_continuous_function() -> None:
    def worst(model: MLP) -> float:
        grid = np.linspace(0.02, 0.98, 481)
        return max(abs(model([x])[0].data - math.sin(2 * math.pi * x)) for x in grid)

    assert worst(row_of_bumps(50, k=200)) <= 0.004
    assert worst(row_of_bumps(10, k=40)) > 0.03  # fewer bumps fit worse


def pieces(model: Module, cells: int) -> int:
    """Count the linear pieces on [0, 1]: runs of cells of the same slope."""
    slopes = [jacobian(model)([(i + 0.5) / cells]) for i in range(cells)]
    return 1 + sum(a != b for a, b in pairwise(slopes))


@pytest.mark.parametrize("depth", range(1, 7))
def test_b10_depth_doubles_the_pieces(depth: int) -> None:
    fold = put(MLP([1, 2, 1], "relu"), 1, 0, 1, -0.5, 2, -4, 0)  # 2 relu(x) - 4 relu(x - 1/2)
    assert [fold([x])[0].data for x in (0.0, 0.25, 0.5, 1.0)] == [0, 0.5, 1, 0]
    assert pieces(Sequential(*[fold] * depth), cells=4 * 2**depth) == 2**depth


def test_b10_one_layer_of_k_units_has_at_most_k_plus_1_pieces() -> None:
    model = MLP([1, 7, 1], "relu", rng=0)  # its biases are 0: no kink within (0, 1)
    assert pieces(model, cells=64) == 1
    for count, neuron in enumerate(model.layers[0].neurons, start=1):
        neuron.bias.data = -count / 8 * neuron.weights[0].data  # a kink at count/8
        assert pieces(model, cells=64) == count + 1


def test_b11_xor_is_separable_in_hidden_space() -> None:
    hidden = [data(relu_xor().hidden(x)[0]) for x in BITS]
    assert hidden == [[0, 0], [1, 0], [1, 0], [2, 1]]  # what each hidden unit computes
    line = Perceptron([1, -2], bias=-0.5)
    assert [line(h).data for h in hidden] == XOR


def test_b11_the_weights_of_a_hidden_unit_are_the_image_that_excites_it() -> None:
    layer = MLP([9, 4, 1], rng=0).layers[0]
    assert jacobian(layer.logits)(np.full(9, 0.5)) == exact(matrix(layer))


# --- modules --------------------------------------------------------------------------------


class Convolution(Module):
    """One neuron, used again at every place: cross-correlation with its weights."""

    def __init__(self, *kernel: float) -> None:
        self.neuron = put(Neuron(len(kernel), bias=False), *kernel)

    def __call__(self, inputs: Any) -> list[Value]:
        size = self.neuron.n_inputs
        return [self.neuron(inputs[i : i + size]) for i in range(len(inputs) - size + 1)]


class Sparse(Module):
    """Neurons that each see only some of the inputs."""

    def __init__(self, *fields: list[int]) -> None:
        self.fields = fields
        self.neurons = [put(Neuron(len(field)), *range(1, len(field) + 2)) for field in fields]

    def __call__(self, inputs: Any) -> list[Value]:
        views = [[inputs[i] for i in field] for field in self.fields]
        return [neuron(view) for neuron, view in zip(self.neurons, views, strict=True)]


def test_b12_weight_sharing() -> None:
    model = Convolution(1, 0, -1)
    y = model([1.0, 2.0, 4.0, 7.0])
    assert data(y) == [-3, -5]
    table = grad_table(sum(y))
    assert [table[w] for w in model.parameters()] == [3, 6, 11]


def test_b12_a_module_used_twice_is_one_and_its_gradients_add_up() -> None:
    layer = put(Layer(1, 1, bias=False), 3)
    twice = Sequential(layer, layer)
    (w,), (y,) = twice.parameters(), twice([5.0])
    y.backward()
    assert (y.data, w.grad) == (45, 2 * 3 * 5)  # d(w^2 x)/dw


def test_b12_skip_connections_keep_the_slope_alive() -> None:
    block, W = put(Layer(2, 2), 0.1, 0.2, 0, -0.3, 0.4, 0), [[0.1, 0.2], [-0.3, 0.4]]
    assert jacobian(Residual(block))(np.ones(2)) == exact(np.eye(2) + W)
    link = put(Layer(1, 1), 0.1, 0)
    for module, slope in ((link, 0.1**20), (Residual(link), 1.1**20)):
        assert jacobian(Sequential(*[module] * 20))(np.ones(1)) == exact(np.array([[slope]]))


def test_b12_sparse_connectivity() -> None:
    model = Sparse([0, 1], [2, 3])
    assert data(model([1.0, 10.0, 100.0, 1000.0])) == [24, 2103]
    assert jacobian(model)([0.0] * 4) == [[1, 2, 0, 0], [0, 0, 1, 2]]
    assert len(model.parameters()) == 6 < len(Layer(4, 2).parameters())


def test_b12_hierarchies_of_modules() -> None:
    first, last = Convolution(1, -1), nn.Softmax()
    inner = Sequential(Sparse([0, 1], [1, 2]), Residual(Layer(2, 2, "tanh", rng=0)))
    model = Sequential(first, inner, last)
    x = [0.5, -1.0, 2.0, 0.25]
    assert data(model(x)) == data(last(inner(first(x))))
    assert len(model.parameters()) == 2 + 6 + 6
    assert model.named_parameters()["layers.1.layers.0.neurons.1.bias"].data == 3


def test_b13_a_recurrent_net_unrolled_into_a_dag() -> None:
    model = put(nn.Recurrent(1, 1, 1), 1, 0.5, 0, 1, 0)  # on x, on h, bias; readout, bias
    x = [[Value(1.0)], [Value(0.0)], [Value(0.0)]]
    y = model(x)
    assert [len(step) for step in y] == [1, 1, 1]  # a sequence in, a sequence out
    h3, on_h = y[2][0], model.parameters()[1]
    assert h3.data == exact(0.17972620712031911)
    assert grad_table(h3)[x[0][0]] == exact(0.08818463905451794)  # memory
    assert grad_table(h3)[on_h] == exact(0.6714945084494794)
    assert count_paths(h3, on_h) == 3  # one weight, used in every step
    assert grad_table(y[0][0])[x[2][0]] == 0  # the future does not act on the past


def test_b13_every_unit_sees_every_unit_of_the_step_before() -> None:
    model = nn.Recurrent(1, 3, 1, rng=0)
    first, second = model.hidden([[1.0], [-0.5]])
    slopes = [[grad_table(h)[g] for g in first] for h in second]
    shrink = 1 - np.array(data(second)) ** 2
    assert slopes == exact(shrink[:, None] * matrix(model.cell)[:, 1:])
    assert np.all(slopes)
