"""Derivatives of functions and derivatives that are nodes: shapes, nesting, staleness."""

import math
from collections import namedtuple
from itertools import pairwise

import numpy as np
import pytest

import autograd
from autograd import (
    PRIMITIVES,
    Constant,
    Primitive,
    StaleGraphError,
    Value,
    grad,
    grad_table,
    gradients,
    hessian,
    hvp,
    jacobian,
    jvp,
    tangent_table,
    topological_order,
    value_and_grad,
    vjp,
)

from .oracles import close

# --- nodes as derivatives ------------------------------------------------------------


def test_a_derivative_is_a_node_at_any_order() -> None:
    x = Value(2.0, "x")
    y = x**5
    for expected in (80.0, 160.0, 240.0, 240.0, 120.0, 0.0):
        (y,) = gradients(y, [x])
        assert isinstance(y, Value)
        assert y.data == expected
        assert "svg" in y.graph().svg()


def test_numeric_zeros_are_never_folded() -> None:
    x = Value(0.0)
    (slope,) = gradients(x * x, [x])
    assert slope.data == 0.0
    assert gradients(slope, [x])[0].data == 2.0
    (slope,) = gradients(x * x.sin(), [x])
    assert gradients(slope, [x])[0].data == 2.0


def test_structural_constants_are_folded() -> None:
    w, x = Value(2.0, "w"), Value(3.0, "x")
    assert gradients(w * x + 1.0, [w])[0] is x
    assert type(gradients(x + x, [x])[0]) is Constant
    assert gradients(x + x, [x])[0].data == 2.0
    assert gradients(w, [x])[0].data == 0.0
    assert gradients(w, [w])[0].data == 1.0
    (slope,) = gradients(0.5 * x**2, [x])
    assert slope is x
    (slope,) = gradients(x.step() * 3.0, [x])
    assert type(slope) is Constant


def test_looking_at_a_constant_changes_nothing() -> None:
    def slope(look: bool) -> Value:
        x = Value(3.0, "x")
        y = 2.0 * x * autograd.dot([x, 4.0], [5.0, x], 1.0) + autograd.where(True, x * 7.0, x)
        if look:
            topological_order(y)
        return gradients(y, [x])[0]

    assert autograd.formula(slope(True)) == autograd.formula(slope(False))


def test_a_labelled_constant_stays_in_the_derivative() -> None:
    x, lam = Value(3.0, "x"), Constant(0.1, "λ")
    (slope,) = gradients(lam * x * x, [x])
    assert lam in topological_order(slope)
    assert close(gradients(slope, [lam])[0].data, 6.0)


def test_derivatives_by_nodes_inside_the_graph() -> None:
    x = Value(0.7)
    h = x.sin()
    y = h * h
    dh, dx = gradients(y, [h, x])
    assert close(dh.data, 2.0 * math.sin(0.7))
    assert close(dx.data, 2.0 * math.sin(0.7) * math.cos(0.7))


def test_values_agree_with_the_grad_table() -> None:
    a, b = Value(0.3), Value(1.7)
    y = a
    for name, row in PRIMITIVES.items():
        if row.arity == 1 and name not in ("acos", "step"):
            y = y + row(0.25 * a + 0.1 * b)
        elif row.arity == 2 and name != "power":
            y = y + row(a + 2.0, b)
    y = y + autograd.logsumexp([a, b, 1.0]) * autograd.prod([a, b, a]) + autograd.total([a, b])
    table = grad_table(y)
    for node, slope in zip((a, b), gradients(y, [a, b]), strict=True):
        assert close(slope.data, table[node], 1e-14)


def test_a_dead_branch_stays_silent_at_second_order() -> None:
    x = Value(0.0)
    y = autograd.where(x, x.sqrt(), x * x)
    (slope,) = gradients(y, [x])
    assert slope.data == 0.0
    assert gradients(slope, [x])[0].data == 2.0


def test_what_gradients_refuses() -> None:
    x = Value(2.0)
    with pytest.raises(TypeError, match=r"a list of nodes, as in gradients\(y, \[x\]\), got Value"):
        gradients(x * x, x)
    with pytest.raises(TypeError, match="expected a Value, got float 2.0"):
        gradients(x, [2.0])
    with pytest.raises(TypeError, match="expected a Value, got int 3"):
        gradients(3, [x])
    by_math = Primitive("by_math", math.sin, lambda y, x: (math.cos(x),))
    with pytest.raises(TypeError, match="partials of 'by_math' do not serve nodes"):
        gradients(by_math(x), [x])
    odd = Primitive("odd", lambda x: x, lambda y, x: (1.0,) if type(x) is float else ())
    with pytest.raises(TypeError, match="'odd' on nodes gave .*expected a tuple of 1"):
        gradients(odd(x), [x])
    text = Primitive("text", lambda x: x, lambda y, x: (1.0,) if type(x) is float else ("1",))
    with pytest.raises(TypeError, match="'text' on nodes gave str '1', expected a node"):
        gradients(text(x), [x])


# --- graphs whose leaves were changed ------------------------------------------------


def test_a_stale_graph_has_no_second_derivative() -> None:
    x = Value(3.0, "x")
    y = (x * x).named("y")
    x.data = 4.0
    assert grad_table(y)[x] == 6.0  # the recorded gradient stays what it was
    with pytest.raises(StaleGraphError) as caught:
        gradients(y, [x])
    assert "Value 'y' made by mul was recorded as 9.0" in str(caught.value)
    assert "Build the graph again" in str(caught.value)
    x.data = 3.0
    assert gradients(y, [x])[0].data == 6.0


@pytest.mark.parametrize("change", [-1.0, math.nan, 1e-300])
def test_any_change_is_noticed(change: float) -> None:
    x, w = Value(2.0), Value(1.0)
    y = x * w.log()
    w.data = change
    with pytest.raises(StaleGraphError):
        gradients(y, [x])


def test_a_change_inside_the_graph_is_noticed() -> None:
    x = Value(2.0)
    h = x * x
    y = h + 1.0
    h.data = 7.0
    with pytest.raises(StaleGraphError, match="a node made by"):
        gradients(y, [x])


def test_no_primitive_is_taken_for_stale() -> None:
    for name, row in PRIMITIVES.items():
        x = [Value(0.3) for _ in range(row.arity or 3)]
        y = x[0] ** 3 if name == "power" else autograd.value.apply(row, tuple(x))
        gradients(y, x)
    nothing = Value(math.nan)
    gradients(nothing * nothing, [nothing])
    gradients(autograd.dot([Value(0.1)] * 3, [0.2, 0.3, 0.7], 0.1), [])


# --- forward mode ----------------------------------------------------------------------


def test_forward_and_backward_agree() -> None:
    x, z = Value(0.7), Value(1.3)
    y = autograd.dot([x, z], [z, 2.0], x.sin()) / (x + z).exp()
    table = y.backward()
    tangents = tangent_table(y, {x: 2.0, z: -1.0})
    assert close(tangents[y], 2.0 * table[x] - table[z], 1e-14)
    assert tangents[x] == 2.0
    assert tangents[Value(1.0)] == 0.0
    assert list(tangents) == topological_order(y)
    assert len(tangents) == len(list(tangents))
    assert x in tangents and Value(0.0) not in tangents


def test_a_direction_may_name_any_node() -> None:
    x = Value(2.0)
    h = x * x
    y = h * 3.0
    assert tangent_table(y, {h: 1.0})[y] == 3.0
    assert tangent_table(y, {h: 1.0})[x] == 0.0
    assert tangent_table(y, {x: 1.0, h: 0.0})[y] == 0.0
    assert tangent_table(y, {})[y] == 0.0
    assert tangent_table(y, {Value(1.0): 5.0})[y] == 0.0
    assert tangent_table(x, {x: 1.5})[x] == 1.5


def test_what_stands_still_hands_on_nothing() -> None:
    x = Value(0.0)
    y = autograd.where(x, x.sqrt(), 2.0 * x)
    assert tangent_table(y, {x: 1.0})[y] == 2.0
    z = Value(1.0)
    assert tangent_table(x.sqrt() + z, {z: 1.0})[x] == 0.0


def test_directions_that_are_none() -> None:
    x = Value(2.0)
    with pytest.raises(TypeError, match=r"a direction such as \{x: 1.0\}, got list"):
        tangent_table(x * x, [1.0])
    with pytest.raises(TypeError, match="a direction is indexed with a Value, got str 'x'"):
        tangent_table(x * x, {"x": 1.0})
    with pytest.raises(TypeError, match="a direction expects a real number, got str"):
        tangent_table(x * x, {x: "1"})
    with pytest.raises(TypeError, match="a TangentTable is indexed with a Value"):
        tangent_table(x * x, {x: 1.0})["x"]
    assert repr(tangent_table(x, {x: 1.0})) == "<TangentTable of Value(data=2, grad=0)>"


# --- functions ----------------------------------------------------------------------------


def rosenbrock(x):
    return sum(100.0 * (b - a**2) ** 2 + (1.0 - a) ** 2 for a, b in pairwise(x))


def test_rosenbrock_in_fifty_dimensions() -> None:
    n = 50
    x = [0.1 * (i % 7) - 0.2 for i in range(n)]
    exact = np.zeros((n, n))  # by hand
    for i in range(n - 1):
        exact[i, i] += 1200.0 * x[i] ** 2 - 400.0 * x[i + 1] + 2.0
        exact[i, i + 1] = exact[i + 1, i] = -400.0 * x[i]
        exact[i + 1, i + 1] += 200.0
    H = np.array(hessian(rosenbrock)(x))
    assert np.allclose(H, exact, rtol=1e-12, atol=1e-11)
    v = [math.sin(i) for i in range(n)]
    assert np.allclose(hvp(rosenbrock, x, v), exact @ v, rtol=1e-11, atol=1e-10)
    assert np.allclose(grad(rosenbrock)([1.0] * n), 0.0)


def test_no_perturbation_confusion() -> None:
    assert grad(lambda x: x * grad(lambda y: x * y)(1.0))(1.0) == 2.0
    assert grad(lambda x: x * grad(lambda y: x + y)(1.0))(1.0) == 1.0
    assert grad(lambda x: grad(lambda y: x * y)(x))(3.0) == 1.0
    assert grad(lambda x: x * jvp(lambda y: x * y, 1.0, 1.0))(1.0) == 2.0
    assert grad(lambda x: x * vjp(lambda y: x * y, 1.0, 1.0))(1.0) == 2.0
    assert grad(lambda x: hessian(lambda y: x**2 * y * y)(1.0))(3.0) == 12.0
    assert grad(lambda x: hvp(lambda y: x**2 * y * y, 1.0, 1.0))(3.0) == 12.0
    assert grad(lambda x: jacobian(lambda y: [x * y, y])(1.0)[0])(3.0) == 1.0


def test_floats_come_back_unless_nodes_are_needed() -> None:
    assert type(grad(autograd.sin)(1.0)) is float
    w = Value(3.0)
    assert type(grad(lambda x: w * x)(2.0)) is float
    slope = grad(lambda x: x**3)(w)
    assert isinstance(slope, Value)
    assert slope.backward()[w] == 18.0
    value, slope = value_and_grad(lambda x: x * x)(w)
    assert isinstance(value, Value)
    assert value.backward()[w] == 6.0
    assert type(grad(lambda x: grad(lambda y: y * y)(2.0) * x)(1.0)) is float


def test_an_argument_may_be_any_nest_of_numbers() -> None:
    point = namedtuple("point", "x y")

    def f(thing):
        return thing["a"][0] * thing["p"].x + thing["b"][0][1] ** 2

    argument = {"a": [2], "p": point(3.0, 1.0), "b": ((1.0, 5.0),)}
    assert grad(f)(argument) == {"a": [3.0], "p": point(2.0, 0.0), "b": ((0.0, 10.0),)}
    assert grad(lambda x: 3.0)([1.0, [2.0]]) == [0.0, [0.0]]
    assert grad(lambda x: 1)(True) == 0.0


def test_several_arguments() -> None:
    def f(a, b, c=1.0):
        return a * b[0] * c

    assert grad(f)(2.0, [3.0]) == 3.0
    assert grad(f, 1)(2.0, [3.0], c=4.0) == [8.0]
    assert grad(f, -1)(2.0, [3.0]) == [2.0]
    assert [grad(f, i)(2.0, [3.0]) for i in np.arange(2)] == [3.0, [2.0]]
    assert grad(f, (1, 0))(2.0, [3.0]) == ([2.0], 3.0)
    blocks = hessian(lambda a, b: a * a * b, argnums=(0, 1))(2.0, 3.0)
    assert blocks == ((6.0, 4.0), (4.0, 0.0))
    assert jacobian(f, 1)(2.0, [3.0]) == [2.0]


def test_arrays_in_arrays_out() -> None:
    W, x = np.array([[1.0, 2.0], [3.0, -4.0]]), np.array([1.0, 1.0])
    slope = grad(lambda W: np.tanh(W @ x).sum())(W)
    assert slope.dtype == float
    assert np.allclose(slope, np.outer(1 - np.tanh(W @ x) ** 2, x))
    J = jacobian(lambda x: np.exp(W @ x))(x)
    assert np.allclose(J, np.exp(W @ x)[:, None] * W)
    assert jacobian(lambda x: [x[0], 2 * x[1], x[0] * x[1]])(x).shape == (3, 2)
    assert hessian(lambda W: (W**2).sum())(W).shape == (2, 2, 2, 2)
    assert np.allclose(hvp(lambda x: x @ W @ x, x, np.array([1.0, 0.0])), [2.0, 5.0])
    assert np.allclose(vjp(lambda x: W @ x, x, [1.0, 1.0]), W.sum(0))
    pushed = jvp(lambda x: W @ x, x, x)
    assert isinstance(pushed, np.ndarray)
    assert np.allclose(pushed, W @ x)
    assert grad(lambda s: s * s)(np.array(3.0)) == 6.0
    assert grad(lambda x: x.sum())(np.zeros((0,))).shape == (0,)
    nodes = grad(lambda x: (x**2).sum())(np.array([Value(2.0), 3.0], dtype=object))
    assert isinstance(nodes[0], Value)
    assert hessian(lambda x: x.sum() ** 2)(np.array([1, 2])).tolist() == [[2.0, 2.0], [2.0, 2.0]]


def test_jacobians_of_every_shape() -> None:
    assert jacobian(lambda x: x * x)(3.0) == 6.0
    assert jacobian(lambda x: [x, x * x, 5.0])(3.0) == [1.0, 6.0, 0.0]
    assert jacobian(lambda x: {"s": x[0] + x[1]})([1.0, 2.0]) == {"s": [1.0, 1.0]}
    rows = jacobian(lambda x: [autograd.tanh(x[0] * x[1]), x[0], x[1] ** 2, 1.0])([0.3, 0.4])
    rows_backward = [jacobian(lambda x: autograd.tanh(x[0] * x[1]))([0.3, 0.4])]
    assert np.allclose(rows[0], rows_backward[0], rtol=1e-15)
    assert rows[1:] == [[1.0, 0.0], [0.0, 0.8], [0.0, 0.0]]
    nodes = jacobian(lambda x: [x[0] * x[1]])([Value(2.0), 3.0])
    assert isinstance(nodes[0][0], Value)


@pytest.mark.parametrize(
    ("call", "kind", "words"),
    [
        (lambda: grad(3.0), TypeError, "grad expects a function, got float 3.0"),
        (lambda: grad(abs, 1.5), TypeError, "argnums is an index or a tuple of indices, got 1.5"),
        (lambda: grad(abs, True), TypeError, "argnums is an index"),
        (lambda: grad(abs, (0, True)), TypeError, "argnums is an index"),
        (lambda: grad(abs, np.array([0.5])), TypeError, "argnums is an index"),
        (lambda: grad(abs, ()), ValueError, "names no argument"),
        (lambda: grad(abs, 1)(2.0), ValueError, "argnums is 1, but the function got 1 argument"),
        (lambda: grad(lambda x, y: x, (0, -2))(1.0, 2.0), ValueError, "names an argument twice"),
        (lambda: grad(abs)(), ValueError, "got 0 arguments"),
        (lambda: grad(abs)("2"), TypeError, "grad expects numbers, or lists, .* got str '2'"),
        (lambda: grad(abs)([1.0, None]), TypeError, "got NoneType None"),
        (lambda: grad(lambda x: [x])(2.0), TypeError, "gives one number, got list .*use jacobian"),
        (lambda: grad(lambda x: None)(2.0), TypeError, "gives one number, got NoneType"),
        (lambda: jacobian(lambda x: "1")(2.0), TypeError, "as what the function gives, expects"),
        (lambda: jvp(lambda x: x[0], [1.0, 2.0], [1.0]), ValueError, "each of the 2 inputs, got 1"),
        (lambda: vjp(lambda x: x[0], [1.0], [1.0, 2.0]), ValueError, "the 1 outputs, got 2 num"),
        (lambda: hvp(lambda x: x, 1.0, [1.0, 2.0]), ValueError, "got 2 numbers"),
        (lambda: hessian(lambda x: [x, x])(1.0), TypeError, "hessian expects a function"),
    ],
)
def test_what_the_functions_refuse(call, kind: type[Exception], words: str) -> None:
    with pytest.raises(kind, match=words):
        call()


def test_an_error_inside_the_function_leaves_nothing_behind() -> None:
    with pytest.raises(autograd.DomainError):
        grad(autograd.log)(-1.0)
    assert type(grad(lambda x: x * x)(2.0)) is float
    assert autograd.functional._open_leaves.get() == frozenset()
