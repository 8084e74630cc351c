"""Losses, penalties and metrics: closed forms, and what they refuse."""

import itertools
import math
from decimal import Decimal
from fractions import Fraction
from functools import partial
from random import Random

import mpmath
import numpy as np
import pytest

import nn
from autograd import DomainError, Value, check_gradients, grad_table, hessian
from nn import L1, L2, MLP, Module, Neuron, Penalty, Tied

from .oracles import close


def slopes(loss, numbers, target) -> tuple[float, list[float]]:
    """Give the loss at these outputs, and its slope with respect to each of them."""
    outputs = [Value(x) for x in numbers]
    node = loss(outputs, target)
    table = grad_table(node)
    return node.data, [table[p] for p in outputs]


ALL = {**nn.LOSSES, "gaussian_nll": nn.gaussian_nll(0.7)}
# what each loss is given in the general tests: outputs, target
CASES = {
    "squared_error": ([0.3, -1.2], [1.0, 0.5]),
    "half_squared_error": ([0.3, -1.2], [1.0, 0.5]),
    "absolute_error": ([0.3, -1.2], [1.0, 0.5]),
    "huber": ([0.3, -1.2], [1.0, 0.5]),
    "gaussian_nll": ([0.3, -1.2], [1.0, 0.5]),
    "binary_cross_entropy": ([0.3, 0.8], [1.0, 0.25]),
    "binary_cross_entropy_with_logits": ([0.3, -1.2], [1.0, 0.25]),
    "cross_entropy": ([0.3, 0.5, 0.2], [0.1, 0.9, 0.0]),
    "softmax_cross_entropy": ([0.3, -1.2, 0.4], [0.1, 0.9, 0.0]),
    "sparsemax_loss": ([0.3, -1.2, 0.4], [0.1, 0.9, 0.0]),
    "hinge": ([0.3, -1.2], [1, -1]),
    "perceptron_loss": ([0.3, -1.2], [-1, 1]),
    "logistic_loss": ([0.3, -1.2], [1, -1]),
}
CLASSES = ["cross_entropy", "softmax_cross_entropy", "sparsemax_loss"]


@pytest.mark.parametrize("name", ALL)
def test_every_loss_has_the_slopes_that_differences_give(name: str) -> None:
    numbers, target = CASES[name]
    # a probability cannot be nudged alone when all must sum to 1: the last one is the rest
    if name == "cross_entropy":
        check_gradients(lambda a, b: ALL[name]([a, b, 1.0 - a - b], target), *numbers[:2])
    else:
        check_gradients(lambda *outputs: ALL[name](list(outputs), target), *numbers)


@pytest.mark.parametrize("name", ALL)
def test_every_loss_is_one_labelled_node_in_its_cluster(name: str) -> None:
    numbers, target = CASES[name]
    outputs = [Value(x) for x in numbers]
    loss = ALL[name](outputs, target)
    assert (loss.label, loss.scope) == ("loss", ("loss",))
    assert outputs[0].label == ""
    assert ALL[name](tuple(outputs), np.array(target)).data == loss.data
    as_nodes = ALL[name](outputs, [Value(t) for t in target])
    assert close(as_nodes.data, loss.data)


@pytest.mark.parametrize("name", ALL)
def test_every_loss_refuses_another_width(name: str) -> None:
    numbers, target = CASES[name]
    outputs = [Value(x) for x in numbers]
    n = len(outputs)
    words = (
        r"a class index or 3 numbers that sum to 1, got 4"
        if name in CLASSES
        else rf"{n} targets, got {n + 1}"
    )
    with pytest.raises(ValueError, match=f"{name} expects {words}"):
        ALL[name](outputs, [*target, target[0]])
    with pytest.raises(ValueError, match=f"{name} expects at least one output, got none"):
        ALL[name]([], [])
    with pytest.raises(TypeError, match=f"{name} expects a list of Values, as a model gives"):
        ALL[name](numbers, target)
    with pytest.raises(TypeError, match=f"a target of {name} expects a real number, got str"):
        ALL[name](outputs, "a" if name in CLASSES else ["a"] * n)


# --- numbers as targets -----------------------------------------------------------------------


def test_regression_losses_by_hand() -> None:
    for loss, value, slope in (
        (nn.squared_error, 0.49 + 2.89, [-1.4, -3.4]),
        (nn.half_squared_error, 0.245 + 1.445, [-0.7, -1.7]),
        (nn.absolute_error, 0.7 + 1.7, [-1.0, -1.0]),
        (nn.huber, 0.245 + 1.2, [-0.7, -1.0]),
        (nn.gaussian_nll(2.0), 3.38 / 8 + 2 * math.log(2.0) + math.log(2 * math.pi),
         [-0.175, -0.425]),
    ):  # fmt: skip
        got = slopes(loss, [0.3, -1.2], [1.0, 0.5])
        assert close(got[0], value)
        assert got[1] == pytest.approx(slope, rel=1e-12)


def test_huber_is_smooth_where_it_goes_over() -> None:
    for difference, value, slope in ((2.0, 2.0, 2.0), (-2.0, 2.0, -2.0), (5.0, 8.0, 2.0),
                                     (0.0, 0.0, 0.0), (1.0, 0.5, 1.0)):  # fmt: skip
        x = Value(difference)
        loss = nn.huber(x, 0.0, delta=2.0)
        assert (loss.data, grad_table(loss)[x]) == (value, slope)
    for delta in (0.0, -1.0, math.inf, math.nan):
        with pytest.raises(ValueError, match="delta of huber is a finite number > 0"):
            nn.huber(Value(1.0), 0.0, delta)
        with pytest.raises(ValueError, match="sigma of gaussian_nll is a finite number > 0"):
            nn.gaussian_nll(delta)


def test_the_gaussian_loss_is_the_logarithm_of_the_density() -> None:
    statistics = pytest.importorskip("statistics")
    density = statistics.NormalDist(1.5, 0.3).pdf(1.1)
    assert close(nn.gaussian_nll(0.3)(Value(1.5), 1.1).data, -math.log(density))


# --- probabilities and logits -----------------------------------------------------------------


def exact_cross_entropy(s: float, t: float) -> tuple[float, float]:
    """Give loss and slope at the logit s, at 400 digits."""
    with mpmath.workdps(400):
        x, target = mpmath.mpf(s), mpmath.mpf(t)
        p = 1 / (1 + mpmath.exp(-x))
        loss = -target * mpmath.log(p) + (1 - target) * mpmath.log(1 + mpmath.exp(x))
        return float(loss), float(p - target)


@pytest.mark.parametrize("t", [0.0, 1.0, 0.3])
@pytest.mark.parametrize("s", [-700.0, -40.0, -3.0, 0.0, 0.5, 12.0, 14.0, 20.0, 30.0, 36.7, 40.0])
def test_logits_and_probabilities_give_the_same_loss(s: float, t: float) -> None:
    loss, slope = exact_cross_entropy(s, t)
    x = Value(s)
    for node, accuracy, smallest in (
        (nn.binary_cross_entropy_with_logits(x, t), 1e-14, 0.0),
        (nn.binary_cross_entropy(x.sigmoid(), t), 1e-9, 1e-16),
    ):
        assert close(node.data, loss, accuracy, smallest)
        assert close(grad_table(node)[x], slope, accuracy, 1e-16)
    z = [Value(0.0), Value(s)]
    two = nn.softmax_cross_entropy(z, [1.0 - t, t])
    assert close(two.data, loss, 1e-12, 1e-15 * max(1.0, abs(s)))


def test_infinite_logits_have_their_loss() -> None:
    for s, t in ((math.inf, 1.0), (-math.inf, 0.0)):
        assert nn.binary_cross_entropy_with_logits(Value(s), t).data == 0.0
    masked = [Value(-math.inf), Value(0.0), Value(0.0)]  # the first class cannot be
    for target in (1, [0, 1, 0], [0.0, 0.5, 0.5]):
        assert close(nn.softmax_cross_entropy(masked, target).data, math.log(2.0))
    assert nn.sparsemax_loss(masked, 1).data == 0.25


@pytest.mark.parametrize("whole", [0.999, 1.001])
def test_a_distribution_sums_to_1_within_a_millionth(whole: float) -> None:
    p = [Value(0.5), Value(whole - 0.5)]
    with pytest.raises(ValueError, match="expects probabilities that sum to 1"):
        nn.cross_entropy(p, 0)
    with pytest.raises(ValueError, match="a distribution that sums to 1"):
        nn.softmax_cross_entropy(p, [0.5, whole - 0.5])
    assert nn.softmax_cross_entropy(p, [0.5, 0.5 + 1e-9]).data > 0.0


def test_a_distribution_may_mix_numbers_and_nodes() -> None:
    z = [Value(1.0), Value(0.0)]
    mixed = nn.softmax_cross_entropy(z, [Value(0.25), 0.7])
    assert mixed.data == nn.softmax_cross_entropy(z, [Value(0.25), Value(0.7)]).data


def test_targets_that_are_nodes_have_slopes() -> None:
    z, t = [Value(1.0), Value(2.0)], [Value(1.0), Value(2.0)]  # nodes need not sum to 1
    loss = nn.softmax_cross_entropy(z, t)
    p = nn.softmax([1.0, 2.0])
    assert close(loss.data, -math.log(p[0]) - 2.0 * math.log(p[1]))
    table = grad_table(loss)
    assert [table[node] for node in t] == pytest.approx([-math.log(x) for x in p], rel=1e-12)


def test_targets_of_any_kind_of_number() -> None:
    s = Value(0.5)
    for t in (Decimal("0.25"), Fraction(1, 4), np.float32(0.25)):
        for loss in (nn.binary_cross_entropy, nn.binary_cross_entropy_with_logits, nn.huber):
            assert loss(s, t).data == loss(s, 0.25).data
    z = [Value(1.0), Value(0.0)]
    mixed = nn.softmax_cross_entropy(z, [Decimal("0.25"), 0.75])
    assert mixed.data == nn.softmax_cross_entropy(z, [0.25, 0.75]).data
    assert nn.normal(Decimal("0.5"))(1, 1, Random(0)) == nn.normal(0.5)(1, 1, Random(0))


def test_saturated_outputs_have_their_loss() -> None:
    for s, t, loss, slope in ((40.0, 1.0, math.exp(-40), -math.exp(-40)), (800.0, 0.0, 800.0, 1.0),
                              (-800.0, 1.0, 800.0, -1.0), (800.0, 1.0, 0.0, 0.0)):  # fmt: skip
        x = Value(s)
        node = nn.binary_cross_entropy_with_logits(x, t)
        assert close(node.data, loss, 1e-14)
        assert close(grad_table(node)[x], slope, 1e-12)
    for s, t in ((40.0, 1.0), (40.0, 0.0), (-800.0, 1.0), (50.0, 0.3)):  # sigmoid(40) is 1.0
        x = Value(s)
        through = nn.binary_cross_entropy(x.sigmoid(), t)
        assert close(through.data, nn.binary_cross_entropy_with_logits(x, t).data)
        assert close(grad_table(through)[x], float(s > 0.0) - t, atol=1e-15)
    with pytest.raises(DomainError):
        nn.binary_cross_entropy(Value(1.0), 0.3)
    assert nn.cross_entropy(nn.softmax([Value(40.0), Value(0.0)]), 0).data == 0.0
    far = slopes(nn.softmax_cross_entropy, [1e4, 0.0, -1e4], 2)
    assert far == (2e4, [1.0, 0.0, -1.0])
    assert slopes(nn.sparsemax_loss, [1e4, 0.0, -1e4], 0) == (0.0, [0.0, 0.0, 0.0])
    with pytest.raises(DomainError):
        nn.cross_entropy([Value(1.0), Value(0.0)], 1)


def test_classes_as_index_one_hot_or_distribution() -> None:
    z = [0.3, -1.2, 0.4]
    exponentials = [math.exp(x) for x in z]
    softmax = [e / sum(exponentials) for e in exponentials]
    for loss, numbers in ((nn.softmax_cross_entropy, z), (nn.cross_entropy, softmax)):
        for k in range(3):
            onehot = [float(i == k) for i in range(3)]
            assert close(slopes(loss, numbers, k)[0], -math.log(softmax[k]))
            assert close(slopes(loss, numbers, onehot)[0], -math.log(softmax[k]))
            assert slopes(loss, numbers, float(k)) == slopes(loss, numbers, np.int64(k))
    value, slope = slopes(nn.softmax_cross_entropy, z, [0.2, 0.3, 0.5])
    parts = zip([0.2, 0.3, 0.5], softmax, strict=True)
    assert close(value, -sum(t * math.log(p) for t, p in parts))
    assert slope == pytest.approx([softmax[0] - 0.2, softmax[1] - 0.3, softmax[2] - 0.5])


def projection(z: list[float]) -> tuple[list[Fraction], Fraction]:
    """Give sparsemax and its threshold by exact arithmetic: p = max(z - tau, 0) sums to 1."""
    exact = sorted((Fraction(x) for x in z), reverse=True)
    for k in range(len(z), 0, -1):
        tau = (sum(exact[:k]) - 1) / k
        if exact[k - 1] > tau:
            break
    return [max(Fraction(x) - tau, Fraction(0)) for x in z], tau


def test_the_sparsemax_loss_is_that_of_the_paper() -> None:
    grid = [i / 10 for i in range(-7, 8)]
    points = [*itertools.combinations_with_replacement(grid, 3), (3.0, 0.0, 0.0), (-7.0, 5.0, 4.5)]
    for z in points:
        p, tau = projection(list(z))
        assert nn.sparsemax(z) == pytest.approx(list(map(float, p)), abs=1e-15)
        for k in range(3):
            value, slope = slopes(nn.sparsemax_loss, z, k)
            over = [Fraction(x) ** 2 - tau**2 for x in z if Fraction(x) > tau]
            expected = -Fraction(z[k]) + sum(over) / 2 + Fraction(1, 2)
            assert close(value, float(expected), 1e-12, 1e-14)
            wanted = [float(share) - (i == k) for i, share in enumerate(p)]
            assert slope == pytest.approx(wanted, abs=1e-13), (z, k)
    q = [0.5, 0.25, 0.25]
    assert close(slopes(nn.sparsemax_loss, q, q)[0], 0.0, atol=1e-15)  # met: no loss
    assert slopes(nn.sparsemax_loss, [1.0, 0.5, -1.0], q)[1] == pytest.approx([0.25, 0.0, -0.25])


@pytest.mark.parametrize("name", CLASSES)
@pytest.mark.parametrize("target", [3, -1, 0.5, 1.5, math.nan, math.inf])
def test_what_is_no_class(name: str, target) -> None:
    outputs = [Value(p) for p in CASES[name][0]]
    with pytest.raises(ValueError, match=f"{name} expects a class, a whole number from 0 to 2"):
        ALL[name](outputs, target)
    with pytest.raises(ValueError, match="a number that a float can hold"):
        ALL[name](outputs, 10**400)


def test_the_curvature_of_losses_on_logits() -> None:
    z = [1.0, 0.5, -1.0]
    sparse = hessian(lambda v: nn.sparsemax_loss(v, 0))(z)  # of two in the support
    assert sparse == [[0.5, -0.5, 0.0], [-0.5, 0.5, 0.0], [0.0, 0.0, 0.0]]
    p = nn.softmax(z)
    smooth = hessian(lambda v: nn.softmax_cross_entropy(v, 0))(z)
    for i, row in enumerate(smooth):
        exact = [p[i] * ((i == j) - p[j]) for j in range(3)]
        assert row == pytest.approx(exact, rel=1e-12, abs=1e-16)


@pytest.mark.parametrize("name", CLASSES)
@pytest.mark.parametrize(("target", "words"), [
    ([0.5, 0.6, 0.0], "a distribution that sums to 1"),
    ([1.5, -0.5, 0.0], "is a number from 0 to 1, got 1.5"),
    ([0.0, 0.0, 0.0], "a distribution that sums to 1"),
    ([1.0, 0.0], "a class index or 3 numbers that sum to 1, got 2 numbers"),
    (Value(1.0), "cannot take a class from a Value"),
])  # fmt: skip
def test_what_is_no_distribution(name: str, target, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        ALL[name]([Value(p) for p in CASES[name][0]], target)


def test_probabilities_that_are_none() -> None:
    with pytest.raises(ValueError, match="from 0 to 1, got 2.0: is the output a softmax"):
        nn.cross_entropy([Value(2.0), Value(-1.0)], 0)
    with pytest.raises(ValueError, match="sum to 1, got a sum of 0.9: for logits use softmax_"):
        nn.cross_entropy([Value(0.5), Value(0.4)], 0)
    with pytest.raises(ValueError, match="from 0 to 1, got 1.5"):
        nn.binary_cross_entropy_with_logits(Value(0.5), 1.5)
    assert nn.cross_entropy([Value(math.nan), Value(0.5)], 1).data == math.log(2.0)  # nan passes


# --- margins --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["hinge", "perceptron_loss", "logistic_loss"])
def test_margins_take_minus_one_and_plus_one(name: str) -> None:
    for target in (0, 2.0, 0.5, math.nan):
        with pytest.raises(ValueError, match=rf"a target of {name} is -1 or \+1, got"):
            ALL[name](Value(0.5), target)
    left, right = slopes(ALL[name], [0.4], -1), slopes(ALL[name], [-0.4], 1)
    assert (left[0], left[1][0]) == (right[0], -right[1][0])


def test_the_kinks_of_the_margins() -> None:
    assert slopes(nn.hinge, [1.0], 1) == (0.0, [0.0])
    assert slopes(nn.perceptron_loss, [0.0], 1) == (0.0, [-0.5])
    assert slopes(nn.perceptron_loss, [0.5, -2.0], [1, 1]) == (2.0, [0.0, -1.0])
    assert slopes(nn.logistic_loss, [0.0], 1) == (math.log(2.0), [-0.5])
    assert close(slopes(nn.logistic_loss, [-800.0], 1)[0], 800.0)


# --- which loss, and the risk -----------------------------------------------------------------


def test_data_in_any_sequence_and_nothing_without_an_order() -> None:
    model = Neuron(1, init=nn.constant(2.0))
    rows, targets = [[1.0], [2.0]], [1.0, 1.0]
    expected = nn.empirical_risk(model, rows, targets).data
    for X, y in ((np.array(rows), np.array(targets)), (iter(rows), (t for t in targets)),
                 (tuple(rows), [[1.0], [1.0]]), (map(list, rows), np.ones(2, int))):  # fmt: skip
        assert nn.empirical_risk(model, X, y).data == expected
    for X, y in (({0: [1.0]}, [1.0]), ([[1.0]], {1.0}), ([[1.0]], b"a"), ([[1.0]], 1.0)):
        with pytest.raises(TypeError, match="expected a sequence of (rows|targets), got"):
            nn.empirical_risk(model, X, y)


@pytest.mark.parametrize(("call", "words"), [
    (lambda m: nn.empirical_risk(MLP, [[1.0]], [1.0]), r"model is the class MLP: write MLP\("),
    (lambda m: nn.empirical_risk(m, [[1.0]], [1.0], regularizer=L2), "regularizer is the class L2"),
    (lambda m: nn.empirical_risk(m, [[1.0]], [1.0], regularizer=0.1), "as nn.L2.*got float 0.1"),
    (lambda m: nn.empirical_risk(m, [[1.0]], [1.0], Neuron), "loss is the class Neuron"),
    (lambda m: MLP([1, 1], output=nn.Softmax), "activation is the class Softmax"),
    (lambda m: nn.empirical_risk(m, [[1.0]], [1.0], lambda p, t: [p]), "one Value, got list .*add"),
    (lambda m: nn.per_output(lambda p, t: 1.0)(Value(1.0), 1.0), "is one Value, got float 1.0"),
])  # fmt: skip
def test_a_class_or_a_number_in_the_place_of_a_thing(call, words: str) -> None:
    with pytest.raises(TypeError, match=words):
        call(Neuron(1, rng=0))


@pytest.mark.parametrize("loss", [nn.gaussian_nll, "gaussian_nll"])
def test_a_loss_that_takes_a_number_first(loss) -> None:
    with pytest.raises(ValueError, match=r"takes the noise first: pass nn.gaussian_nll\(1.0\)"):
        nn.empirical_risk(Neuron(1), [[1.0]], [1.0], loss)


def test_a_loss_by_name() -> None:
    model = Neuron(1, init=nn.constant(2.0))
    risk = nn.empirical_risk(model, [[1.0]], [1], "hinge")
    assert risk.data == nn.empirical_risk(model, [[1.0]], [1], nn.hinge).data
    with pytest.raises(ValueError, match="unknown loss 'hing'; did you mean 'hinge'"):
        nn.empirical_risk(model, [[1.0]], [1], "hing")
    with pytest.raises(TypeError, match="loss is a name or a function, got None"):
        nn.empirical_risk(model, [[1.0]], [1], None)


@pytest.mark.parametrize(("output", "loss"), [
    ("sigmoid", nn.binary_cross_entropy_with_logits), ("softmax", nn.softmax_cross_entropy),
    ("sparsemax", nn.sparsemax_loss),
])  # fmt: skip
def test_a_loss_of_logits_is_taken_on_the_logits(output: str, loss) -> None:
    model = MLP([2, 3], output=output, rng=0)
    target = [0.0, 1.0, 0.0]
    risk = nn.empirical_risk(model, [[1.0, 2.0]], [target], loss, L2(0.1))
    by_hand = loss(model.logits([1.0, 2.0]), target).data + L2(0.1)(model).data
    assert close(risk.data, by_hand)
    assert nn.objective(model)[1] is loss
    for end in ("sigmoid", "step", "softmax", "sparsemax"):  # whatever squashes them afterwards
        squashed = MLP([2, 3], output=end, rng=0)
        assert nn.empirical_risk(squashed, [[1.0, 2.0]], [target], loss, L2(0.1)).data == risk.data
    other = MLP([2, 3], output="tanh", rng=0)  # its outputs are the logits here
    assert close(
        nn.empirical_risk(other, [[1.0, 2.0]], [target], loss).data,
        loss(other([1.0, 2.0]), target).data,
    )


def test_a_sigmoid_is_no_logit() -> None:
    for loss in (
        nn.binary_cross_entropy_with_logits,
        nn.hinge,
        nn.perceptron_loss,
        nn.logistic_loss,
    ):
        with pytest.raises(ValueError, match=f"{loss.__name__} expects what lies before the activ"):
            loss(Value(0.5).sigmoid(), 1.0)
    for loss in (nn.softmax_cross_entropy, nn.sparsemax_loss):
        with pytest.raises(ValueError, match="expects logits, got the outputs of a softmax"):
            loss(nn.Softmax()([1.0, 2.0]), 1)
        assert loss([Value(1.0) * 1.0, Value(0.0) * 1.0], 0).data >= 0.0  # numbers that sum to 1
        assert loss([Value(x).exp() / 2.0 for x in (1.0, 2.0)], 0).data > 0.0  # quotients


def test_margins_look_beneath_a_sigmoid_and_a_step() -> None:
    for loss in (nn.hinge, nn.perceptron_loss, nn.logistic_loss):
        for output in ("sigmoid", "step", "bipolar_step", "softmax", "sparsemax"):
            model = MLP([2, 1], output=output, rng=0)
            risk = nn.empirical_risk(model, [[1.0, 2.0]], [-1], loss)
            assert risk.data == loss(model.logits([1.0, 2.0]), -1).data
        model = MLP([2, 1], output="tanh", rng=0)
        risk = nn.empirical_risk(model, [[1.0, 2.0]], [-1], loss)
        assert risk.data == loss(model([1.0, 2.0]), -1).data


class Wrapped(Module):
    """A model of one's own that says what it ends in."""

    output_activation = nn.softmax  # a function in a class: Python makes a method of it

    def __init__(self) -> None:
        self.net = MLP([2, 3], rng=0)

    def logits(self, row):
        return self.net(row)

    def __call__(self, row):
        return nn.softmax(self.net(row))


def test_a_model_of_ones_own_says_what_it_ends_in() -> None:
    model = Wrapped()
    expected = nn.softmax_cross_entropy(model.logits([1.0, 2.0]), 2).data
    assert nn.empirical_risk(model, [[1.0, 2.0]], [2]).data == expected
    model.output_activation = "softmax"
    assert nn.objective(model)[1] is nn.softmax_cross_entropy
    model.output_activation = "sofmax"
    with pytest.raises(ValueError, match="did you mean 'softmax'"):
        nn.objective(model)
    model.output_activation = nn.tanh
    assert nn.objective(model) == (model, nn.squared_error)

    class Silent(Module):
        output_activation = "sigmoid"

    with pytest.raises(TypeError, match=r"ends in sigmoid, but its class does not define logits"):
        nn.objective(Silent())


def test_logits_that_may_be_outdated_are_not_used() -> None:
    class Scaled(MLP):
        def __call__(self, row):
            return super().__call__([x / 10.0 for x in row])

    model = Scaled([1, 1], output="sigmoid", rng=0)
    with pytest.raises(TypeError, match=r"ends in sigmoid, but its class does not define logits"):
        nn.empirical_risk(model, [[1.0]], [1.0])
    assert nn.empirical_risk(model, [[1.0]], [1.0], nn.binary_cross_entropy).data > 0.0


def test_an_activation_that_cannot_be_a_key() -> None:
    class Swish:
        __hash__ = None  # type: ignore[assignment]

        def __call__(self, s):
            return s * s.sigmoid()

    model = MLP([1, 1], output=Swish(), rng=0)
    assert nn.empirical_risk(model, [[0.0]], [1.0]).data == 1.0


def test_what_the_user_made_keeps_its_label() -> None:
    w = nn.Parameter(1.0, "w")
    assert nn.per_output(lambda p, t: p)(w, 0.0) is w
    assert nn.empirical_risk(lambda row: [w], [[1.0]], [1.0], lambda p, t: p[0]).label == "w"
    nameless = nn.per_output(partial(lambda p, t, k: k * p, k=3.0))
    assert nameless(w, 0.0).data == 3.0


def test_a_layer_may_be_the_logits() -> None:
    class Net(Module):
        output_activation = "sigmoid"

        def __init__(self) -> None:
            self.logits = nn.Layer(2, 1, rng=0)

        def __call__(self, row):
            return [nn.sigmoid(s) for s in self.logits(row)]

    model = Net()
    expected = nn.binary_cross_entropy_with_logits(model.logits([1.0, 2.0]), 1).data
    assert nn.empirical_risk(model, [[1.0, 2.0]], [1]).data == expected


def test_the_labels_of_risks() -> None:
    model = nn.Recurrent(1, 1, 1, rng=0)
    risk = nn.empirical_risk(model, [[[1.0], [2.0]]] * 2, [[1.0, 2.0]] * 2, regularizer=L2(0.1))
    assert risk.label == "risk"
    mean_loss, penalty = risk.parents
    assert (mean_loss.label, mean_loss.scope) == ("mean loss", ("loss",))
    assert penalty.label == "penalty"
    sequence = mean_loss.parents[0].parents[0]
    assert (sequence.label, sequence.scope) == ("sequence loss", ("loss",))
    assert nn.empirical_risk(Neuron(1, rng=0), [[1.0]], [1.0]).label == "risk"


def test_every_penalty_is_one_labelled_node_in_its_cluster() -> None:
    a, b = Neuron(1, rng=0), MLP([1, 1], rng=1)
    for penalty, place in ((L1(0.1), "L1 penalty"), (L2(0.1), "L2 penalty"),
                           (Tied(0.1, a, b), "tie")):  # fmt: skip
        node = penalty(a)
        assert (node.label, node.scope) == ("penalty", (place,))
    assert Penalty(lambda m: m.bias * 2.0)(a).scope == ("penalty",)
    assert repr(L2(0.125)) == "L2(0.125)"
    assert repr(sum([L1(0.1), L2(0.2)])) == "L1(0.1) + L2(0.2)"
    with pytest.raises(TypeError):
        1 + L2(0.1)  # type: ignore[operator]


def test_a_loss_of_ones_own() -> None:
    @nn.per_output
    def epsilon_insensitive(predicted, target, width=0.5):
        """Ignore differences below a width."""
        return nn.relu(abs(predicted - target) - width)

    outputs = [Value(3.0), Value(1.2)]
    assert epsilon_insensitive(outputs, [1.0, 1.0]).data == 1.5
    assert epsilon_insensitive(outputs, [1.0, 1.0], width=1.0).data == 1.0
    assert epsilon_insensitive.__doc__ == "Ignore differences below a width."
    with pytest.raises(ValueError, match="epsilon_insensitive expects 2 targets, got 1"):
        epsilon_insensitive(outputs, 1.0)


def test_a_model_that_says_nothing_of_its_output_has_squared_error() -> None:
    class Twice(Module):
        def __call__(self, row):
            return [2.0 * x if isinstance(x, Value) else Value(2.0 * x) for x in row]

    for model in (Twice(), lambda row: Twice()(row), nn.Sequential(Twice())):
        assert nn.empirical_risk(model, [[3.0]], [1.0]).data == 25.0
    assert nn.empirical_risk(MLP([1, 1], output="tanh", rng=0), [[0.0]], [1.0]).data == 1.0


# --- penalties --------------------------------------------------------------------------------


def test_penalties_by_hand() -> None:
    numbers = iter([3.0, -4.0, 0.0])
    model = Neuron(3, init=lambda n_in, n_out, rng: next(numbers))
    model.bias.data = 100.0
    for penalty, value, gradient in (
        (L2(0.2), 0.1 * 25, [0.6, -0.8, 0.0, 0.0]),
        (L1(0.2), 0.2 * 7, [0.2, -0.2, 0.0, 0.0]),
        (L1(0.2) + L2(0.2), 1.4 + 2.5, [0.8, -1.0, 0.0, 0.0]),
        (Penalty(lambda m: m.bias**2) + L1(0.0), 1e4, [0.0, 0.0, 0.0, 200.0]),
    ):
        node = penalty(model)
        table = grad_table(node)
        assert close(node.data, value)
        assert [table[p] for p in model.parameters()] == pytest.approx(gradient)


def test_tied_weights_pull_at_each_other() -> None:
    a, b = Neuron(2, init=nn.constant(1.0)), Neuron(2, init=nn.constant(4.0))
    for sides in ((a, b), (a.weights, b.weights), (a, tuple(b.weights))):
        tie = Tied(0.5, *sides)
        node = tie(a)
        table = grad_table(node)
        assert node.data == 9.0
        assert [table[w] for w in a.weights + b.weights] == [-3.0, -3.0, 3.0, 3.0]
        assert table[a.bias] == 0.0
        assert repr(tie) == "Tied(0.5, 2 weights)"


@pytest.mark.parametrize(("make", "error", "words"), [
    (lambda: L1(-0.1), ValueError, "lam of L1 is a finite number >= 0, got -0.1"),
    (lambda: L1("a"), TypeError, "lam of L1 expects a real number"),
    (lambda: Tied(-1.0, [Value(1.0)], [Value(1.0)]), ValueError, "lam of Tied"),
    (lambda: Tied(1.0, Neuron(2), Neuron(3)), ValueError, "at least one, got 2 and 3"),
    (lambda: Tied(1.0, [], []), ValueError, "at least one, got 0 and 0"),
    (lambda: Tied(1.0, [Value(1.0)], [2.0]), TypeError, "sequences of Values, got float 2.0"),
    (lambda: L2(1.0)(len), TypeError, "on the weights of a Module, got builtin_function"),
    (lambda: Tied(1.0, [1.0], [2.0]), TypeError, "modules or sequences of Values, got float 1.0"),
    (lambda: Tied(1.0, 3, 4), TypeError, "Tied: expected a sequence of weights, got int 3"),
    (lambda: Tied(1.0, Module(), Module()), ValueError, "a penalty needs weights"),
    (lambda: Penalty(3.0), TypeError, "Penalty expects a function of a module, got 3.0"),
    (lambda: Penalty(lambda m: 3.0)(Module()), TypeError, "Penalty gives is one Value, got float"),
    (lambda: Penalty(L1), TypeError, "the function of a Penalty is the class L1: write L1"),
    (lambda: L1(1.0)(Module()), ValueError, "a penalty needs weights"),
])  # fmt: skip
def test_penalties_that_cannot_be(make, error, words: str) -> None:
    with pytest.raises(error, match=words):
        make()


def test_penalties_say_what_they_are() -> None:
    def smooth(model: Module) -> Value:
        return Value(0.0)

    assert repr(L1(1e-3) + L2(0.01) + Penalty(smooth)) == "L1(0.001) + L2(0.01) + Penalty(smooth)"


# --- metrics --------------------------------------------------------------------------------


def test_rules_of_decision() -> None:
    assert nn.classify([0.5, 0.5000001, 0.0, 1]) == [0, 1, 0, 1]  # exactly 1/2 is class 0
    assert nn.classify([[0.0], [-0.1], [2.0]], "sign") == [1, -1, 1]  # bipolar_step(0) = +1
    assert nn.classify([[1.0, 3.0, 3.0], [0.0, -1.0, -2.0]], "argmax") == [1, 0]
    assert nn.classify([[0.2, 0.9], [0.6, 0.5]], "half") == [[0, 1], [1, 0]]  # several labels
    assert nn.classify([[0.2, 0.9], [0.6, 0.5]]) == [1, 0]  # several outputs: one class
    assert nn.classify([[Value(0.7)], [Value(0.2)]]) == [1, 0]
    assert nn.classify(np.array([[0.2], [0.8]])) == [0, 1]


def test_accuracy_and_confusion() -> None:
    guesses = [[0.1, 0.7, 0.2], [0.8, 0.1, 0.1], [0.3, 0.3, 0.4], [0.0, 1.0, 0.0]]
    assert nn.accuracy(guesses, [1, 0, 0, 2], "argmax") == 0.5
    assert nn.accuracy(guesses, [[0, 1, 0], [1, 0, 0], [1, 0, 0], [0, 0, 1]], "argmax") == 0.5
    assert nn.confusion_matrix(guesses, [1, 0, 0, 2], "argmax") == [
        [1, 0, 1], [0, 1, 0], [0, 1, 0],
    ]  # fmt: skip
    assert nn.confusion_matrix([0.1, -2.0, 3.0], [1, -1, -1], "sign") == [[1, 1], [0, 1]]
    assert nn.accuracy([[0.2, 0.9], [0.6, 0.5]], [[0, 1], [1, 1]], "half") == 0.5  # all labels
    assert nn.accuracy(guesses, [1, 0, 0, 2]) == 0.5
    assert nn.accuracy(guesses, [[1], [0], [0], [2]]) == 0.5
    assert nn.accuracy([0.2, 0.9], np.array([[0], [0]])) == 0.5


def test_regression_metrics_against_their_definitions() -> None:
    guesses, targets = [[1.0, 2.0], [3.0, 5.0], [4.0, 4.0]], [[1.5, 2.0], [2.0, 6.0], [4.5, 4.0]]
    errors = np.array(guesses) - np.array(targets)
    assert close(nn.mean_squared_error(guesses, targets), (errors**2).sum() / 3)  # not / outputs
    spread = ((np.array(targets) - np.mean(targets, axis=0)) ** 2).sum(axis=0)
    assert close(nn.r2(guesses, targets), float(np.mean(1 - (errors**2).sum(axis=0) / spread)))
    assert nn.r2([2.0, 2.0], [1.0, 3.0]) == 0.0  # the mean is as good as nothing
    assert nn.r2([5.0, 5.0], [5.0, 5.0]) == 1.0
    assert nn.r2([5.0, 4.0], [5.0, 5.0]) == 0.0
    assert nn.r2([0.2, 0.1, 0.1], [0.1, 0.1, 0.1]) == 0.0  # their mean is not quite 0.1
    assert nn.mean_squared_error([1e200], [0.0]) == math.inf


@pytest.mark.parametrize(("call", "error", "words"), [
    (lambda: nn.classify([0.1], "hal"), ValueError, "unknown rule 'hal'; did you mean 'half'"),
    (lambda: nn.classify([]), ValueError, "predictions: expected at least one, got none"),
    (lambda: nn.classify([[0.1], []]), ValueError, "row 1 has 0 numbers, not 1"),
    (lambda: nn.classify([0.1, math.nan]), ValueError, r"row 1 is not a number \(nan\)"),
    (lambda: nn.classify([[0.1, math.nan]]), ValueError, r"row 0 is not a number \(nan\)"),
    (lambda: nn.classify([[], []]), ValueError, "row 0 has 0 numbers"),
    (lambda: nn.accuracy([0.1], [1, 0]), ValueError, "as many targets as predictions, got 2"),
    (lambda: nn.accuracy([[0.2, 0.9]], [[0.5, 1]], "half"), ValueError, "is the rule 'argmax'"),
    (lambda: nn.classify([0.1], int), ValueError, "unknown rule"),
    (lambda: nn.classify(["a"]), TypeError, "predictions: expected a sequence of numbers, got str"),
    (lambda: nn.classify([None]), TypeError, "predictions expects a real number, got NoneType"),
    (lambda: nn.accuracy([0.1, 0.2], [1]), ValueError, "as many targets as predictions, got 1"),
    (lambda: nn.classify([0.1], "argmax"), ValueError, "'argmax' needs several outputs"),
    (lambda: nn.accuracy([0.1], [0.5]), ValueError, r"1 label .* among \[0, 1\], got \[0.5\]$"),
    (lambda: nn.accuracy([0.1, 2.0], [-1, 1]), ValueError, r"got \[-1.0\]: is the rule 'sign'"),
    (lambda: nn.accuracy([0.1, 2.0], [0, 1], "sign"), ValueError, r"among \[-1, 1\], .*'half'"),
    (lambda: nn.accuracy([[0.1, 0.9]], [2]), ValueError, r"'argmax' expects 1 label a sample"),
    (lambda: nn.accuracy([[0.1, 0.9]], [-1]), ValueError, r"among \[0, 1\], got \[-1.0\]$"),
    (lambda: nn.accuracy([[0.1, 0.9]], [1], "half"), ValueError, r"'half' expects 2 labels"),
    (lambda: nn.accuracy([[0.1, 0.9]], [[1, 1]]), ValueError, "one class a sample.*rule 'half'"),
    (lambda: nn.confusion_matrix([[0.1, 1.0]], [[0, 1]], "half"), ValueError, "one label a sample"),
    (lambda: nn.mean_squared_error([[1.0, 2.0]], [1.0]), ValueError, "1 x 2 and targets 1 x 1"),
    (lambda: nn.r2([1.0], [1.0, 2.0]), ValueError, "a target for each number, got predictions 1"),
])  # fmt: skip
def test_metrics_of_what_does_not_fit(call, error, words: str) -> None:
    with pytest.raises(error, match=words):
        call()
