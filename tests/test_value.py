"""One node: what it is made of, how it computes, compares and prints."""

import math
import operator
import random
from decimal import Decimal
from fractions import Fraction

import pytest

import autograd
from autograd import Constant, Value

OPERATORS = [operator.add, operator.sub, operator.mul, operator.truediv, operator.pow]


@pytest.mark.parametrize("number", [3, True, 2.5, Fraction(3, 2), Decimal("1.5")])
def test_data_is_any_real_number_stored_as_float(number) -> None:
    v = Value(number)
    assert type(v.data) is float
    assert v.data == float(number)


@pytest.mark.parametrize("thing", ["abc", "3", None, 1j, [1.0], (), {}, b"1", object])
def test_anything_else_is_a_type_error_that_names_it(thing) -> None:
    with pytest.raises(TypeError, match=f"Value expects a real number, got {type(thing).__name__}"):
        Value(thing)


def test_a_value_of_a_value_is_a_type_error() -> None:
    with pytest.raises(TypeError, match="got Value Value"):
        Value(Value(1.0))


def test_a_label_is_a_string() -> None:
    with pytest.raises(TypeError, match="a label is a str, got int 3"):
        Value(1.0, 3)  # type: ignore[arg-type]
    v = Value(1.0)
    assert v.named("p") is v
    assert v.label == "p"


def test_messages_stay_short_whatever_came() -> None:
    with pytest.raises(TypeError) as caught:
        Value("x" * 10_000)
    assert len(str(caught.value)) < 200


def test_a_leaf() -> None:
    v = Value(2.0, "v")
    assert (v.data, v.grad, v.label, v.op) == (2.0, 0.0, "v", None)
    assert (v.parents, v.partials, v.role, v.scope) == ((), (), "input", ())


def test_an_operation() -> None:
    a, b = Value(2.0, "a"), Value(3.0, "b")
    y = a * b
    assert y.op.name == "mul"
    assert y.op.symbol == "×"
    assert (y.parents, y.partials, y.role) == ((a, b), (3.0, 2.0), "operation")


def test_an_operand_used_twice_is_there_twice() -> None:
    a = Value(2.0)
    assert (a + a).parents == (a, a)
    assert (a * a).backward()[a] == 4.0


def test_a_plain_number_becomes_a_constant_when_somebody_looks() -> None:
    x = Value(2.0)
    for y, position in ((x * 3.0, 1), (3.0 * x, 0), (x - 3, 1), (3 - x, 0), (3 / x, 0)):
        constant = y.parents[position]
        assert (constant.data, constant.role, constant.op) == (3.0, "constant", None)
        assert y.parents[position] is constant
        assert type(constant) is Constant


def test_the_gradient_of_a_constant_does_not_depend_on_when_one_looks() -> None:
    early, late = Value(2.0) * 5.0, Value(2.0) * 5.0
    _ = early.parents
    tables = [early.backward(), late.backward()]
    early.backward()
    late.backward()
    for y, table in zip((early, late), tables, strict=True):
        constant = y.parents[1]
        assert table[constant] == 2.0
        assert constant.grad == 4.0
        assert len(table) == 3
        assert constant in table


def test_the_exponent_of_a_fixed_power_is_no_operand() -> None:
    x = Value(-3.0)
    y = x**2
    assert (y.parents, y.partials) == ((x,), (-6.0,))


@pytest.mark.parametrize("operation", OPERATORS)
@pytest.mark.parametrize(("a", "b"), [(2.0, 3.0), (0.5, -2.0), (7.0, 0.25)])
def test_every_operator_on_every_side(operation, a: float, b: float) -> None:
    expected = operation(a, b)
    for left, right in ((Value(a), Value(b)), (Value(a), b), (a, Value(b))):
        assert operation(left, right).data == expected
    assert operation(Value(a), int(b) or 1).data == operation(a, int(b) or 1)


@pytest.mark.parametrize("operation", OPERATORS)
@pytest.mark.parametrize("thing", ["3", None, [1.0], 1j])
def test_operands_that_are_no_numbers(operation, thing) -> None:
    with pytest.raises(TypeError, match="unsupported operand|can't multiply sequence"):
        operation(Value(1.0), thing)
    if not isinstance(thing, (str, list)):
        with pytest.raises(TypeError, match="unsupported operand|can't multiply sequence"):
            operation(thing, Value(1.0))


def test_unary_operators() -> None:
    v = Value(-2.0)
    assert (-v).data == 2.0
    assert (-v).backward()[v] == -1.0
    assert abs(v).data == 2.0
    assert abs(v).backward()[v] == -1.0
    assert +v is v


def test_zero_plus_a_value_is_the_value() -> None:
    v = Value(2.0)
    assert 0 + v is v
    assert 0.0 + v is v
    assert sum([v]) is v
    values = [Value(1.0), Value(2.0), Value(3.0)]
    assert len(autograd.topological_order(sum(values))) == 5
    assert (v + 0).op.name == "add"


def test_in_place_operators_make_new_nodes() -> None:
    v = w = Value(2.0)
    v += 1.0
    v *= w
    assert v.data == 6.0
    assert v.backward()[w] == 5.0


def test_plain_arithmetic_follows_ieee() -> None:
    inf = math.inf
    assert (Value(1e308) * 10).data == inf
    assert (Value(1e308) + 1e308).data == inf
    assert math.isnan((Value(inf) - inf).data)
    assert (Value(1e-308) / 1e300).data == 0.0


def test_comparisons_look_at_data() -> None:
    v, w = Value(1.0), Value(2.0)
    assert v < w <= 2 < Value(3.0)
    assert w > v >= 1.0 > 0
    assert w > 1
    assert not (v > w or v >= 2 or w <= 1)
    assert max([v, w]) is w
    assert sorted([w, v]) == [v, w]
    with pytest.raises(TypeError):
        _ = v < "1"


def test_equality_and_hash_are_identity() -> None:
    v, w = Value(3.0), Value(3.0)
    assert v != w
    assert v == v
    assert v != 3.0
    assert len({v, w}) == 2


def test_truth_is_of_the_number() -> None:
    assert Value(0.5)
    assert not Value(0.0)


def test_text() -> None:
    v = Value(0.7109495, "a")
    v.grad = -0.28905049
    assert repr(v) == str(v) == "Value(data=0.71095, grad=-0.28905, label='a')"
    assert repr(Value(2)) == "Value(data=2, grad=0)"
    assert "parents" not in repr(v * v)
    assert f"{v:.2f}" == "0.71"
    assert f"{v}" == repr(v)


@pytest.mark.parametrize("lose", [float, int, math.exp, math.floor, lambda v: math.hypot(v, 1)])
def test_leaving_the_graph_by_accident_is_an_error_that_teaches(lose) -> None:
    with pytest.raises(TypeError, match=r"v\.data for the number.*autograd\.exp\(v\)"):
        lose(Value(1.0))


def test_changing_data_later_does_not_change_recorded_partials() -> None:
    x = Value(2.0)
    y = x * x + x.exp()
    before = y.backward()[x]
    x.data = 100.0
    assert y.partials == (1.0, 1.0)
    assert autograd.grad_table(y)[x] == before
    late = (Value(2.0) * x) * 3.0
    x.data = -1.0
    assert late.parents[0].partials == (100.0, 2.0)


def test_random_programs_agree_with_floats_bit_for_bit() -> None:
    rng = random.Random(0)
    operations = [*OPERATORS[:3], autograd.maximum, autograd.hypot, autograd.atan2]
    for _ in range(200):
        numbers = [rng.uniform(-2, 2) for _ in range(4)]
        nodes = [Value(x) for x in numbers]
        for _ in range(12):
            i, j = rng.randrange(len(nodes)), rng.randrange(len(nodes))
            if rng.random() < 0.3:
                function = rng.choice([autograd.tanh, autograd.sin, autograd.relu, autograd.neg])
                numbers.append(function(numbers[i]))
                nodes.append(function(nodes[i]))
            else:
                operation = rng.choice(operations)
                numbers.append(operation(numbers[i], numbers[j]))
                nodes.append(operation(nodes[i], nodes[j]))
        assert [node.data for node in nodes] == numbers


def test_threads_that_look_at_once_see_the_same_constants() -> None:
    import sys
    import threading

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for _ in range(20):
            nodes = [Value(1.0) * 2.0 for _ in range(200)]
            seen: list[list[Value]] = []
            threads = [
                threading.Thread(
                    target=lambda n, s: s.append([v.parents[1] for v in n]), args=(nodes, seen)
                )
                for _ in range(4)
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert len(seen) == 4
            assert all(constants == seen[0] for constants in seen)
    finally:
        sys.setswitchinterval(interval)


def test_constants_belong_to_the_scope_of_their_operation() -> None:
    with autograd.scope("neuron"):
        y = Value(1.0) * 2.0
    assert y.parents[1].scope == ("neuron",)


def test_a_constant_behind_an_infinite_partial_has_no_gradient_before_backward() -> None:
    y = 0.0 ** Value(0.5)
    assert y.partials[0] == math.inf
    assert y.parents[0].grad == 0.0
