"""Section C of the syllabus, objectives from maximum likelihood: every number, to 1e-12.

The objectives are convex where a row gives their minimum: a point without slope is the best.
"""

import math
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest

import nn
from autograd import Value, grad, gradients, hessian
from nn import MLP, Layer, Module, Neuron, Parameter, Sequential, objective

from .test_syllabus_neurons import data, exact, put

no_slope = partial(pytest.approx, abs=1e-12)

Loss = Callable[[Any, Any], Value]


def loss_of(loss: Loss, outputs: Any, target: Any) -> float:
    return loss([Value(z) for z in outputs], target).data


def slopes(loss: Loss, outputs: Any, target: Any) -> list[float]:
    """Give the derivative of the loss of one sample by each output."""
    return grad(lambda z: loss(z, target))(list(outputs))


def sigmoid(s: Any) -> Any:
    return 1 / (1 + np.exp(-s))


def softmax(z: Any) -> np.ndarray:
    return np.exp(z) / np.exp(z).sum()


# --- regression ---------------------------------------------------------------------


def test_c1_the_normal_equations() -> None:
    X, y = [[0.0], [1.0], [2.0], [3.0], [4.0]], [2.3, 1.7, 4.0, 5.9, 4.6]
    design = np.column_stack([np.ones(5), X])
    b, w = np.linalg.solve(design.T @ design, design.T @ y)
    assert (b, w) == exact((1.94, 0.88))
    unit = put(Neuron(1), 0.88, 1.94)
    for loss in (nn.squared_error, nn.half_squared_error, nn.gaussian_nll(2.0)):
        risk = nn.empirical_risk(unit, X, y, loss)
        assert data(gradients(risk, unit.parameters())) == no_slope([0, 0])
    residuals = design @ [b, w] - y
    assert nn.empirical_risk(unit, X, y, nn.squared_error).data == exact(residuals @ residuals / 5)


def test_c1_gaussian_noise_makes_the_sum_of_squares() -> None:
    sigma, predicted, target = 0.7, np.array([1.5, -0.25]), np.array([2.0, 1.0])
    distance = (predicted - target) / sigma
    densities = np.exp(-(distance**2) / 2) / (sigma * math.sqrt(2 * math.pi))
    loss = nn.gaussian_nll(sigma)
    assert loss_of(loss, predicted, target) == exact(-math.log(densities.prod()))
    assert slopes(loss, predicted, target) == exact(list(distance / sigma))


# --- two classes -----------------------------------------------------------------------


def test_c2_logistic_regression() -> None:
    X, t = [[0.0], [1.0], [2.0], [3.0], [4.0], [5.0]], [0, 0, 1, 0, 1, 1]

    def risk(p: Any) -> Value:  # a model is any function of a row
        logit = nn.binary_cross_entropy_with_logits
        return nn.empirical_risk(lambda row: [p[0] * row[0] + p[1]], X, t, logit)

    p = np.zeros(2)
    for _ in range(8):  # Newton's steps
        p = p - np.linalg.solve(hessian(risk)(p), grad(risk)(p))
    assert p == exact([1.21402758585142, -3.0350689646285502])

    unit = put(Neuron(1, "sigmoid"), 1.21402758585142, -3.0350689646285502)
    whole = nn.empirical_risk(unit, X, t, nn.binary_cross_entropy)
    assert whole.data == exact(0.4129978058416021)
    assert data(gradients(whole, unit.parameters())) == no_slope([0, 0])


def test_c2_the_error_signal_is_prediction_minus_target() -> None:
    X, t = np.array([[0.5, -1.0], [2.0, 0.25], [-1.5, 1.0]]), np.array([1.0, 0.0, 1.0])
    unit = put(Neuron(2, "sigmoid"), 0.8, -0.4, 0.3)
    error = sigmoid(X @ [0.8, -0.4] + 0.3) - t
    for row, target, e in zip(X, t, error, strict=True):
        (s,) = unit.logits(row)
        nn.binary_cross_entropy([s.sigmoid()], target).backward()
        assert s.grad == exact(e)
    unit.zero_grad()
    nn.empirical_risk(unit, X, t, nn.binary_cross_entropy).backward()
    assert [p.grad for p in unit.parameters()] == exact([*X.T @ error / 3, error.mean()])


def test_c3_cross_entropy_of_a_logit() -> None:
    loss = nn.binary_cross_entropy_with_logits
    assert loss_of(loss, [2.0], 1) == exact(0.1269280110429725)
    assert slopes(loss, [2.0], 1) == exact([-0.11920292202211753])
    assert (loss_of(loss, [-800.0], 1), slopes(loss, [-800.0], 1)) == (800, [-1])
    for y in (0, 1):
        for s in (-3.0, 0.0, 1.5):
            expected = math.log1p(math.exp((1 - 2 * y) * s))
            assert loss_of(loss, [s], y) == exact(expected)
            assert loss_of(nn.binary_cross_entropy, [sigmoid(s)], y) == exact(expected)


# --- many classes ----------------------------------------------------------------------


def test_c4_multinomial_logistic_regression() -> None:
    loss, z = nn.softmax_cross_entropy, [2.0, 1.0, 0.1]
    for target in (0, [1, 0, 0]):  # a class index, or one-hot
        assert loss_of(loss, z, target) == exact(0.41703001627783354)
        assert loss_of(nn.cross_entropy, softmax(z), target) == exact(0.41703001627783354)
        assert slopes(loss, z, target) == exact(list(softmax(z) - [1, 0, 0]))
    assert slopes(loss, z, 0) == pytest.approx([-0.34099886, 0.24243297, 0.09856589], abs=5e-9)
    for i, p in enumerate(softmax(z)):
        assert loss_of(loss, z, i) == exact(-math.log(p))
        assert loss_of(nn.cross_entropy, softmax(z), i) == exact(-math.log(p))
    assert loss_of(loss, [1000.0, 0.0], 1) == 1000  # where the softmax is 0


class Biases(Module):
    """As many outputs as biases, whatever the inputs."""

    def __init__(self, *numbers: float) -> None:
        self.biases = [Parameter(x, kind="bias") for x in numbers]

    def __call__(self, inputs: Any) -> list[Value]:
        return list(self.biases)


def test_c4_a_softmax_with_only_a_bias_learns_class_frequencies() -> None:
    model = Sequential(Biases(math.log(0.75), math.log(0.25)), nn.Softmax())
    risk = nn.empirical_risk(model, [[], [], [], []], [0, 0, 0, 1], nn.cross_entropy)
    assert data(model([])) == exact([0.75, 0.25])
    assert risk.data == exact(0.5623351446188083)
    assert data(gradients(risk, model.parameters())) == no_slope([0, 0])


def test_c4_softmax_with_squared_error_saturates() -> None:
    z, t = [-8.0, 8.0], [1, 0]  # sure, and wrong
    p = 1 / (1 + math.exp(16))  # of the right class
    slope = 4 * (1 - p) * p * (1 - p)  # of 2 (1 - p)^2, and dp/dz = p (1 - p)
    squared = slopes(lambda z, t: nn.squared_error(nn.softmax(z), t), z, t)
    assert squared == exact([-slope, slope]) and slope < 1e-6
    assert slopes(nn.softmax_cross_entropy, z, t) == exact([p - 1, 1 - p])


def test_c5_sparsemax_loss() -> None:
    loss, z, tau = nn.sparsemax_loss, [1.0, 0.5, -1.0], 0.25
    by_hand = -z[0] + sum(v**2 - tau**2 for v in z[:2]) / 2 + 1 / 2
    assert loss_of(loss, z, 0) == exact(by_hand) == 0.0625
    assert slopes(loss, z, 0) == exact([-0.25, 0.25, 0])
    assert slopes(loss, z, [0, 0, 1]) == exact([0.75, 0.25, -1])
    far = [2.0, 1.0, 0.5]  # class 0 leads by 1
    assert (loss_of(loss, far, 0), slopes(loss, far, 0)) == (0, [0, 0, 0])


# --- which loss for which problem --------------------------------------------------------

ROWS = [[0.5, -1.0], [2.0, 0.25], [-1.5, 1.0]]
BINARY, CLASSES = nn.binary_cross_entropy_with_logits, nn.softmax_cross_entropy
ON_LOGITS = {
    "binary": (MLP([2, 3, 1], output="sigmoid", rng=0), [1, 0, 1], BINARY),
    "binary, one neuron": (Neuron(2, "sigmoid", rng=0), [1, 0, 1], BINARY),
    "several labels at once": (Layer(2, 2, "sigmoid", rng=0), [[1, 0], [1, 1], [0, 0]], BINARY),
    "multiclass": (MLP([2, 3, 4], output="softmax", rng=0), [3, 0, 2], CLASSES),
    "multiclass, two modules": (Sequential(Layer(2, 3, rng=0), nn.Softmax()), [2, 0, 1], CLASSES),
    "multiclass, sparse": (Layer(2, 3, "sparsemax", rng=0), [2, 0, 1], nn.sparsemax_loss),
}
ON_OUTPUTS = {
    "regression": (Neuron(2, rng=0), [0.5, -2.0, 3.0]),
    "regression on 0 and 1": (MLP([2, 3, 1], rng=0), [0, 1, 1]),
    "multi-output regression": (MLP([2, 3, 2], rng=0), [[0.5, 1.0], [-2.0, 0.0], [3.0, 1.0]]),
}


def outputs_of(model: Module, row: list[float]) -> list[Value]:
    y = model(row)
    return [y] if isinstance(y, Value) else y  # a neuron gives one node, all else a list


@pytest.mark.parametrize("problem", ON_LOGITS)
def test_c6_classes_are_learnt_on_logits(problem: str) -> None:
    model, targets, loss = ON_LOGITS[problem]
    assert objective(model, "auto") == (model.logits, loss)
    risk = nn.empirical_risk(model, ROWS, targets, "auto")
    losses = [loss(model.logits(row), t).data for row, t in zip(ROWS, targets, strict=True)]
    assert risk.data == exact(np.mean(losses))


@pytest.mark.parametrize("problem", [p for p in ON_LOGITS if p != "multiclass, sparse"])
def test_c6_and_that_is_the_likelihood_of_the_outputs(problem: str) -> None:
    model, targets, loss = ON_LOGITS[problem]
    p = np.array([data(outputs_of(model, row)) for row in ROWS])
    t = np.eye(p.shape[1])[targets] if loss is CLASSES else np.reshape(targets, p.shape)
    likelihood = np.where(t == 1, p, 1 if loss is CLASSES else 1 - p)
    risk = nn.empirical_risk(model, ROWS, targets, "auto")
    assert risk.data == exact(-np.log(likelihood).sum() / 3)


@pytest.mark.parametrize("problem", ON_OUTPUTS)
def test_c6_numbers_are_learnt_by_squared_error(problem: str) -> None:
    model, targets = ON_OUTPUTS[problem]
    assert objective(model, "auto") == (model, nn.squared_error)
    p = np.array([data(outputs_of(model, row)) for row in ROWS])
    errors = p - np.reshape(targets, p.shape)  # summed over outputs, averaged over samples
    assert nn.empirical_risk(model, ROWS, targets, "auto").data == exact((errors**2).sum() / 3)


def test_c7_classification_losses() -> None:
    s = np.array([-3.0, -1.0, -0.5, 0.0, 0.25, 1.0, 3.0])  # z_wrong - z_right

    def margin(loss: Loss) -> list[float]:  # one output with target +1: it is -s
        return [loss_of(loss, [-x], 1) for x in s]

    def classes(loss: Loss) -> list[float]:  # two outputs: class 0 is right
        return [loss_of(loss, [0.0, x], 0) for x in s]

    logistic = np.log(1 + np.exp(s))
    square = np.select([s <= -1, s >= 1], [0, s], (s + 1) ** 2 / 4)
    losses = {
        "zero-one": ([1 - nn.accuracy([[0.0, x]], [0], "argmax") for x in s], s > 0),
        "perceptron": (margin(nn.perceptron_loss), np.maximum(0, s)),
        "hinge": (margin(nn.hinge), np.maximum(0, 1 + s)),
        "logistic": (margin(nn.logistic_loss), logistic),
        "softmax": (classes(nn.softmax_cross_entropy), logistic),  # of two classes: the same
        "sparsemax": (classes(nn.sparsemax_loss), square),
        "squared": (margin(nn.squared_error), (1 + s) ** 2),
    }
    for name, (got, expected) in losses.items():
        assert got == exact([float(e) for e in expected]), name
        rising = got if name != "squared" else got[1:]  # squared: falls where s < -1
        assert rising == sorted(rising), name


# --- objectives as a whole -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("loss", "slope", "output"),
    [
        (nn.half_squared_error, 0.017345, 0.20284842426777),
        (nn.binary_cross_entropy, 0.982014, 0.01200874151082),
    ],
)
def test_c8_a_saturated_sigmoid_learns_slowly(loss: Loss, slope: float, output: float) -> None:
    unit, optimizer = put(Neuron(1, "sigmoid"), 2, 2), nn.SGD(0.15)
    (z,) = unit.logits([1.0])
    loss([z.sigmoid()], 0).backward()
    assert (z.data, z.grad) == (4, pytest.approx(slope, abs=5e-7))
    for _ in range(300):
        unit.zero_grad()
        nn.empirical_risk(unit, [[1.0]], [0], loss).backward()
        optimizer.step(unit.parameters())
    assert unit([1.0]).data == exact(output)


@pytest.mark.parametrize(
    ("penalty", "omega", "decay"),
    [
        (None, 0, (0, 0)),
        (nn.L2(0.1), 0.05 * (4 + 1), (0.1 * 2, 0.1 * -1)),
        (nn.L1(0.1), 0.1 * (2 + 1), (0.1, -0.1)),
        (nn.L2(0.1) + nn.L1(0.2), 0.25 + 0.6, (0.4, -0.3)),
    ],
)
def test_c9_empirical_risk(penalty: Any, omega: float, decay: tuple[float, float]) -> None:
    unit = put(Neuron(2), 2, -1, 0.5)
    rows, y = [[1.0, 0.0], [0.0, 1.0], [2.0, 2.0]], [2.0, 0.5, 2.0]
    # predicted 2.5, -.5, 2.5; errors .5, -1, .5; the bias bears no penalty
    risk = nn.empirical_risk(unit, rows, y, nn.squared_error, penalty)
    assert risk.data == exact((0.25 + 1 + 0.25) / 3 + omega)
    by_errors = (2 / 3 * (0.5 + 2 * 0.5), 2 / 3 * (-1 + 2 * 0.5), 2 / 3 * (0.5 - 1 + 0.5))
    expected = [e + s for e, s in zip(by_errors, (*decay, 0), strict=True)]
    assert data(gradients(risk, unit.parameters())) == exact(expected)


@pytest.mark.parametrize(
    ("loss", "best"),
    [
        (nn.binary_cross_entropy, 0.3),
        (nn.binary_cross_entropy_with_logits, math.log(0.3 / 0.7)),
    ],
)
def test_c10_a_soft_target_is_its_own_best_prediction(loss: Loss, best: float) -> None:
    entropy = 0.6108643020548935
    assert loss_of(loss, [best], 0.3) == exact(entropy)
    assert slopes(loss, [best], 0.3) == no_slope([0])
    assert min(loss_of(loss, [best + d], 0.3) for d in (-0.01, 0.01)) > entropy


def test_c10_soft_targets_over_classes() -> None:
    t = [0.5, 0.25, 0.25]
    assert loss_of(nn.cross_entropy, t, t) == exact(1.5 * math.log(2))  # the entropy
    assert slopes(nn.softmax_cross_entropy, np.log(t), t) == no_slope([0, 0, 0])
