"""The sweep and its table."""

import math
import random
from collections.abc import Callable

import pytest

import autograd
from autograd import GradTable, Value, grad_table, topological_order

from .oracles import close


def logistic_loss() -> tuple[Value, dict[str, Value]]:
    """Syllabus A3: logistic least squares with a penalty; w has fan-out 2."""
    w, x, b, t = Value(0.8, "w"), Value(1.5, "x"), Value(-0.3, "b"), Value(1.0, "t")
    z = w * x + b
    y = z.sigmoid()
    loss = 0.5 * (y - t) ** 2
    penalty = 0.5 * w**2
    total = loss + 0.1 * penalty
    return total, {"w": w, "b": b, "z": z, "y": y, "loss": loss, "penalty": penalty}


def test_a1_two_routes() -> None:
    t = Value(2.0)
    u, v = t**2, 3 * t + 1
    r = u * v
    assert r.data == 28.0
    assert r.backward()[t] == 40.0


def test_a2_fan_out() -> None:
    t = Value(0.5)
    x, y = t.cos(), t**2
    f = y + (x * y).exp()
    assert close(f.data, 1.4953238797625696, 1e-12)
    assert close(f.backward()[t], 1.9436145028373326, 1e-12)


def test_a3_logistic_least_squares_with_a_penalty() -> None:
    total, nodes = logistic_loss()
    table = total.backward()
    expected = {
        "w": -0.009099949071993657,
        "b": -0.059399966047995786,
        "z": -0.059399966047995786,
        "y": -0.289050497374996,
        "loss": 1.0,
        "penalty": 0.1,
    }
    assert close(total.data, 0.07377509501636628, 1e-12)
    for name, gradient in expected.items():
        assert close(table[nodes[name]], gradient, 1e-12), name
    assert table[total] == 1.0
    parts = sorted(c.product for c in table.contributions(nodes["w"]))
    assert close(parts[0], -0.08909994907199367, 1e-12)
    assert close(parts[1], 0.08, 1e-12)


def test_a4_evaluation_trace_function() -> None:
    x1, x2 = Value(2.0), Value(5.0)
    y = x1.log() + x1 * x2 - x2.sin()
    table = y.backward()
    assert close(y.data, 11.652071455223084, 1e-12)
    assert close(table[x1], 5.5, 1e-12)
    assert close(table[x2], 1.7163378145367738, 1e-12)


def test_a5_repeated_function() -> None:
    w = Value(0.7)
    z = w.sin().sin().sin()
    assert close(z.data, 0.5651153876289311, 1e-12)
    assert close(z.backward()[w], 0.5045316835265483, 1e-12)


def test_a6_cost_grows_with_edges_not_paths() -> None:
    x = y = Value(1.0)
    for _ in range(60):
        y = y + y
    assert y.backward()[x] == 2.0**60
    assert len(topological_order(y)) == 61


def test_the_program_that_a_small_engine_is_tested_with() -> None:
    x = Value(-4.0)
    z = 2 * x + 2 + x
    q = z.relu() + z * x
    h = (z * z).relu()
    y = h + q + q * x
    y.backward()
    assert (y.data, x.grad) == (-20.0, 46.0)


def test_a_longer_program_that_uses_every_operator() -> None:
    a, b = Value(-4.0), Value(2.0)
    c, d = a + b, a * b + b**3
    c = c + c + 1
    c = c + 1 + c + (-a)
    d = d + d * 2 + (b + a).relu()
    d = d + 3 * d + (b - a).relu()
    e = c - d
    f = e**2
    g = f / 2.0 + 10.0 / f
    g.backward()
    assert close(g.data, 24.70408163265306, 1e-9)
    assert close(a.grad, 138.83381924198252, 1e-9)
    assert close(b.grad, 645.5772594752186, 1e-9)


def test_a_second_backward_adds_exactly_the_same() -> None:
    total, _ = logistic_loss()
    total.backward()
    once = [node.grad for node in topological_order(total)]
    total.backward()
    twice = [node.grad for node in topological_order(total)]
    assert twice == [2.0 * g for g in once]


def test_the_table_of_each_call_is_fresh_when_grad_was_cleared_in_between() -> None:
    x = Value(3.0)
    y = x**3
    assert y.backward()[x] == 27.0
    x.grad = 0.0
    assert y.backward()[x] == 27.0
    assert x.grad == 27.0


def test_backward_of_an_interior_node_leaves_the_rest_alone() -> None:
    x = Value(3.0)
    inner = x * x
    outer = inner * 2.0
    inner.backward()
    assert (x.grad, inner.grad, outer.grad) == (6.0, 1.0, 0.0)
    outer.backward()
    assert (x.grad, inner.grad, outer.grad) == (18.0, 3.0, 1.0)


def test_zero_grad_clears_the_whole_graph() -> None:
    total, _ = logistic_loss()
    total.backward()
    total.zero_grad()
    assert {node.grad for node in topological_order(total)} == {0.0}


def test_grad_table_touches_nothing() -> None:
    total, _ = logistic_loss()
    table = grad_table(total)
    assert isinstance(table, GradTable)
    assert {node.grad for node in topological_order(total)} == {0.0}


def test_the_seed() -> None:
    x = Value(3.0)
    y = x * x
    assert grad_table(y, 10.0)[x] == 60.0
    assert y.backward(seed=0.5)[y] == 0.5
    assert grad_table(y, 0)[x] == 0.0
    with pytest.raises(TypeError, match="seed expects a real number, got str"):
        y.backward("1")  # type: ignore[arg-type]


@pytest.mark.parametrize("function", [grad_table, topological_order])
def test_the_subject_is_a_value(function: Callable[[object], object]) -> None:
    with pytest.raises(TypeError, match="expected a Value, got float 3.0"):
        function(3.0)


def test_a_leaf_alone() -> None:
    x = Value(3.0, "x")
    table = x.backward()
    assert dict(table) == {x: 1.0}
    assert x.grad == 1.0


def test_the_table_is_a_mapping() -> None:
    x, other = Value(3.0, "x"), Value(1.0)
    y = (x * 2.0).named("y")
    table = grad_table(y)
    assert list(table) == topological_order(y)
    assert len(table) == 3
    assert table[other] == 0.0
    assert table[y * 2.0] == 0.0
    assert other not in table
    assert x in table
    assert table.get(x) == 2.0
    assert repr(table) == "<GradTable of Value(data=6, grad=0, label='y')>"
    for key in ("x", 3.0, None):
        with pytest.raises(TypeError, match="a GradTable is indexed with a Value"):
            table[key]  # type: ignore[index]


def test_contributions_sum_to_the_gradient_to_the_last_bit() -> None:
    rng = random.Random(1)
    nodes = [Value(rng.uniform(0.5, 1.5)) for _ in range(5)]
    for _ in range(200):
        a, b = rng.choice(nodes), rng.choice(nodes)
        nodes.append(
            rng.choice([a + b, a * b * 0.5, a - 0.3 * b, (a * 0.1).tanh(), a / (b * b + 1)])
        )
    y = autograd.total(nodes[-20:])
    table = grad_table(y)
    for node in table:
        if node is not y:
            added = 0.0  # from the left; Python's own sum() is compensated since 3.12
            for contribution in table.contributions(node):
                added += contribution.product
            assert added == table[node]
    assert table.contributions(y) == []


def test_contributions_name_their_factors() -> None:
    x = Value(3.0)
    y = x * x
    first, second = grad_table(y).contributions(x)
    assert first == second == (y, 1.0, 3.0, 3.0)
    assert first.child is y
    assert (first.gradient, first.partial, first.product) == (1.0, 3.0, 3.0)


def test_a_zero_gradient_is_not_multiplied_by_an_infinite_partial() -> None:
    x = Value(0.0)
    root = x.sqrt()
    y = 0.0 * root + x
    table = y.backward()
    assert table[x] == 1.0
    assert [c.product for c in table.contributions(x)] == [1.0, 0.0]
    assert math.isinf((Value(0.0) + x.sqrt()).backward()[x])


def test_nan_is_not_hidden() -> None:
    x = Value(math.nan)
    assert math.isnan((x * 2.0 * x).backward()[x])


def test_the_printed_table() -> None:
    w, x = Value(2.0, "w"), Value(-3.0, "x")
    y = (w * x + 4.0 * w).named("y")
    lines = str(grad_table(y)).splitlines()
    header = "node data gradient sum of: child's gradient × local partial"
    assert " ".join(lines[0].split()) == header
    assert [line.split()[0] for line in lines[1:]] == ["y", "v4", "v2", "x", "w"]
    assert lines[1].split() == ["y", "2.0000", "1.0000", "seed"]
    assert lines[-1].endswith("v4: 1.0000 × 4.0000 + v2: 1.0000 × −3.0000")


def test_the_printed_table_of_a_large_graph_has_head_and_tail() -> None:
    x = y = Value(1.0, "x")
    for _ in range(1000):
        y = y + x
    text = str(grad_table(y))
    lines = text.splitlines()
    assert len(lines) == 202
    assert "… 801 more" in text
    assert "… (997 more)" in lines[-1]


def test_the_order_puts_parents_first_and_the_result_last() -> None:
    total, _ = logistic_loss()
    order = topological_order(total)
    position = {node: i for i, node in enumerate(order)}
    assert len(position) == len(order) == 17
    assert order[-1] is total
    for node in order:
        assert all(position[parent] < position[node] for parent in node.parents)
    assert topological_order(total) == order


def test_the_order_does_not_depend_on_who_looked_before() -> None:
    def build() -> Value:
        x = Value(2.0, "x")
        return (1.0 - x) * (x / 3.0) + 2.0 * x

    looked, fresh = build(), build()
    for node in (looked, *looked.parents):
        _ = node.parents
    assert [n.data for n in topological_order(looked)] == [n.data for n in topological_order(fresh)]


def test_a_constant_behind_a_zero_gradient_and_an_infinite_partial() -> None:
    exponent = Value(0.5)
    root = 0.0**exponent
    y = 0.0 * root + exponent
    table = grad_table(y)
    assert root.partials[0] == math.inf
    assert table[root.parents[0]] == 0.0


def test_contributions_are_asked_of_a_value() -> None:
    with pytest.raises(TypeError, match="indexed with a Value, got str 'x'"):
        grad_table(Value(1.0)).contributions("x")  # type: ignore[arg-type]


def test_the_printed_table_leaves_out_unlabelled_constants_only() -> None:
    y = autograd.Constant(2.0, "λ") * (Value(1.0, "x") * 3.0)
    names = [line.split()[0] for line in str(grad_table(y)).splitlines()[1:]]
    assert names == ["v4", "v3", "x", "λ"]


@pytest.mark.parametrize("thing", [[1], "x", None, 1.0])
def test_a_table_says_what_it_is_indexed_with(thing: object) -> None:
    with pytest.raises(TypeError, match="a GradTable is indexed with a Value, got"):
        grad_table(Value(1.0) * 2.0)[thing]
