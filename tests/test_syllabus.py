"""Section A of the syllabus, differentiation on a graph: every number, to 1e-12."""

import math

import numpy as np

import autograd
from autograd import (
    Value,
    count_paths,
    explain,
    grad,
    grad_table,
    gradients,
    hessian,
    jacobian,
    paths,
    relu,
    tangent_table,
    topological_order,
    value_and_grad,
    vjp,
)

from .oracles import close
from .test_backprop import logistic_loss

# A1, A2, A3, A5, A6 and A7: values and gradients are in test_backprop; the trace of A4 is in
# test_tracing; the paths of A1, A3, A6 and A8 are in test_routes.


def exactly(got: float, expected: float) -> bool:
    return close(got, expected, 1e-12, 1e-15)


def test_a1_the_path_sum() -> None:
    value, slope = value_and_grad(lambda t: t**2 * (3 * t + 1))(2.0)
    assert (value, slope) == (28.0, 40.0)
    t = Value(2.0)
    u, v = t**2, 3 * t
    r = u * (v + 1)
    routes = [(grad_table(r)[u] * 2 * t.data), grad_table(r)[v] * 3.0]
    assert sum(routes) == 40.0


def test_a2_second_derivative() -> None:
    def f(t):
        return t**2 + (t.cos() * t**2).exp()

    value, slope = value_and_grad(f)(0.5)
    assert exactly(value, 1.4953238797625696)
    assert exactly(slope, 1.9436145028373326)
    assert exactly(grad(grad(f))(0.5), 3.433451677813089)


def a3(w, b):
    y = autograd.sigmoid(w * 1.5 + b)
    return 0.5 * (y - 1.0) ** 2 + 0.1 * (0.5 * w**2)


def test_a3_hessian() -> None:
    H = hessian(lambda p: a3(p[0], p[1]))([0.8, -0.3])
    # a closed form: (y' ^2 + (y - t) y'') (x, 1)(x, 1)' + the penalty
    y = 1.0 / (1.0 + math.exp(-0.9))
    s1 = y * (1.0 - y)
    curve = s1 * s1 + (y - 1.0) * s1 * (1.0 - 2.0 * y)
    exact = [[curve * 2.25 + 0.1, curve * 1.5], [curve * 1.5, curve]]
    printed = [[0.25140512, 0.10093674], [0.10093674, 0.06729116]]
    for i in range(2):
        for j in range(2):
            assert exactly(H[i][j], exact[i][j])
            assert abs(H[i][j] - printed[i][j]) < 5e-9
    assert exactly(a3(0.8, -0.3), 0.07377509501636628)
    slopes = grad(a3, (0, 1))(0.8, -0.3)
    assert exactly(slopes[0], -0.009099949071993657)
    assert exactly(slopes[1], -0.059399966047995786)


def a4(x1, x2):
    return autograd.log(x1) + x1 * x2 - autograd.sin(x2)


def test_a4_forward_tangent_reverse_adjoint_hessian() -> None:
    x1, x2 = Value(2.0), Value(5.0)
    v1, v2, v3 = x1.log(), x1 * x2, x2.sin()
    v4 = v1 + v2
    y = v4 - v3
    tangents = tangent_table(y, {x1: 1.0})
    assert [tangents[v] for v in (x1, x2, v1, v2, v3, v4, y)] == [1, 0, 0.5, 5, 0, 5.5, 5.5]
    assert exactly(y.data, 11.652071455223084)
    table = grad_table(y)
    assert exactly(table[x1], 5.5)
    assert exactly(table[x2], 1.7163378145367738)
    H = hessian(lambda p: a4(*p))([2.0, 5.0])
    assert H[0] == [-0.25, 1.0]
    assert H[1][0] == 1.0
    assert exactly(H[1][1], math.sin(5.0))
    assert abs(H[1][1] + 0.95892427) < 5e-9


def test_a5_store_or_recompute() -> None:
    value, slope = value_and_grad(lambda w: w.sin().sin().sin())(0.7)
    assert exactly(value, 0.5651153876289311)
    assert exactly(slope, 0.5045316835265483)


def test_a6_sixty_doublings() -> None:
    x = y = Value(1.0)
    for _ in range(60):
        y = y + y
    assert count_paths(y, x) == 2**60
    assert grad_table(y)[x] == tangent_table(y, {x: 1.0})[y] == gradients(y, [x])[0].data == 2**60


def two_layers():
    """Syllabus D3: the two-layer network that is worked out by hand."""
    W1 = [[Value(0.1), Value(-0.2)], [Value(0.4), Value(0.3)]]
    W2 = [[Value(0.7), Value(-0.5)], [Value(0.2), Value(0.6)]]
    b1, b2 = [Value(0.05), Value(-0.1)], [Value(0.0), Value(0.1)]
    x, t = [1.0, 2.0], [0.0, 1.0]
    z = [autograd.dot(row, x, b) for row, b in zip(W1, b1, strict=True)]
    h = [v.sigmoid() for v in z]
    y = [autograd.dot(row, h, b) for row, b in zip(W2, b2, strict=True)]
    loss = 0.5 * sum((a - b) ** 2 for a, b in zip(y, t, strict=True))
    return loss, W1, b1, W2, b2, z, h, y


def test_a7_children_before_parents() -> None:
    total, nodes = logistic_loss()
    table = grad_table(total)
    assert exactly(table[nodes["z"]], -0.059399966047995786)
    place = {node: i for i, node in enumerate(topological_order(total))}
    for node in place:
        assert all(place[parent] < place[node] for parent in node.parents)


def test_a8_a_weight_travels_every_path() -> None:
    loss, W1, _, _, _, z, h, y = two_layers()
    w = W1[0][0]
    routes = list(paths(loss, w))  # w -> z1 -> h1 -> y_k -> L
    assert [route.nodes[:3] for route in routes] == [(w, z[0], h[0])] * 2
    assert [route.nodes[3] for route in routes] == y
    assert exactly(routes[0].product, -0.008442106471309507)
    assert exactly(routes[1].product, -0.018994935034387258)
    assert exactly(routes[0].product + routes[1].product, grad_table(loss)[w])
    assert exactly(z[0].data, -0.25)


def test_a8_on_paper() -> None:
    loss, W1, *_ = two_layers()
    lines = explain(loss, W1[0][0]).splitlines()
    assert [line.split("=")[1].strip() for line in lines[1:]] == ["−0.0084", "−0.0190", "−0.0274"]


def test_a8_first_order_prediction_of_a_nudge() -> None:
    predicted = 0.01 * grad(a3)(0.8, -0.3)
    actual = a3(0.81, -0.3) - a3(0.8, -0.3)
    assert abs(predicted + 9.0999e-5) < 5e-10
    assert abs(actual + 7.8452e-5) < 5e-10


def test_a9_jacobians() -> None:
    W = np.array([[1.0, 2.0], [3.0, -4.0]])

    def layer(x):
        return [relu(v) for v in W @ x]

    x = np.array([1.0, 1.0])
    assert jacobian(layer)(x).tolist() == [[1.0, 2.0], [0.0, 0.0]]
    assert vjp(layer, x, [1.0, 1.0]).tolist() == [1.0, 2.0]


def test_a10_newtons_step() -> None:
    A, b = np.array([[2.0, 1.0], [1.0, 3.0]]), np.array([1.0, 2.0])

    def f(w):
        return 0.5 * (w @ A @ w) - b @ w

    w = np.array([5.0, -7.0])
    step = np.linalg.solve(hessian(f)(w), grad(f)(w))
    assert np.allclose(w - step, [0.2, 0.6], rtol=1e-12)


def test_a11_points_without_a_derivative() -> None:
    assert grad(relu)(0.0) == grad(autograd.abs)(0.0) == 0.0
    assert grad(autograd.hard_tanh)(1.0) == grad(autograd.hard_tanh)(-1.0) == 0.0
    assert grad(autograd.maximum, (0, 1))(2.0, 2.0) == (0.5, 0.5)
    assert autograd.step(0.0) == autograd.sign(0.0) == 0.0


def test_a12_the_steepest_direction() -> None:
    for rate, end, digits in (
        (0.1, 4.7018e-4, 5e-9),
        (0.4, -4.7018e-4, 5e-9),
        (0.55, -15.407, 5e-4),
    ):
        x = 1.0
        for _ in range(15):
            x -= rate * grad(lambda x: 2.0 * x**2)(x)
        assert abs(x - end) < digits, rate
        assert exactly(x, (1.0 - 4.0 * rate) ** 15)
    for rate, good in ((1e-6, True), (0.4, False)):
        change = 2.0 * (1.0 - 4.0 * rate) ** 2 - 2.0
        predicted = -rate * grad(lambda x: 2.0 * x**2)(1.0) ** 2
        assert (abs(change / predicted - 1.0) < 1e-5) is good


def test_a13_a_module_is_three_messages() -> None:
    loss, W1, b1, W2, b2, z, h, y = two_layers()
    table = grad_table(loss)
    assert exactly(loss.data, 0.07564654688843778)
    x = [1.0, 2.0]
    signal1, signal2 = [table[v] for v in z], [table[v] for v in y]
    for i in range(2):  # the gradient of row i is the input times the row's error signal
        assert all(exactly(table[W1[i][j]], x[j] * signal1[i]) for j in range(2))
        assert all(exactly(table[W2[i][j]], h[j].data * signal2[i]) for j in range(2))
        assert exactly(table[b1[i]], signal1[i])
        assert exactly(table[b2[i]], signal2[i])
    assert exactly(table[W1[0][0]], -0.027437041505696768)
    assert exactly(table[W1[1][1]], -0.08508543282026951)
    assert exactly(table[W2[0][0]], -0.02145260800276789)
    assert exactly(table[W2[1][1]], -0.27433095540630315)
    assert exactly(table[b2[0]], -0.04899830193256072)
    assert exactly(table[b2[1]], -0.3858655986021573)


def test_a13_layer_form_over_a_batch() -> None:
    H = np.array([[1.0, 2.0], [0.5, -1.0], [3.0, 0.0]])  # a row per sample
    G = np.array([[0.1, -0.2], [0.3, 0.4], [-0.5, 0.6]])  # the error signals
    slope = grad(lambda W: ((H @ W) * G).sum())(np.ones((2, 2)))
    assert np.allclose(slope, H.T @ G, rtol=1e-12)
    o = np.array([Value(1.0), Value(2.0)]) * np.array([3.0, 4.0])
    assert [v.data for v in o] == [3.0, 8.0]
