"""Copies and pickles of graphs: equal, of their own, shared where shared, at any depth."""

import copy
import math
import pickle

import numpy as np
import pytest

import autograd
import nn
from autograd import PRIMITIVES, Constant, Primitive, Value, gradients, topological_order
from autograd.value import apply

from .oracles import SMOOTH

PROTOCOLS = range(pickle.HIGHEST_PROTOCOL + 1)

cube = Primitive("cubed", lambda x: x * x * x, lambda y, x: (3.0 * x * x,))


def graph() -> tuple[Value, Value]:
    x = Value(0.5, "x")
    with autograd.scope("model"):
        y = autograd.dot([x, x * 2.0], [x.tanh(), 3.0], 0.5) + x**2
    return x, y


def same(a: Value, b: Value) -> None:
    first, second = topological_order(a), topological_order(b)
    assert len(first) == len(second)
    places = {node: i for i, node in enumerate(first)}
    for i, (p, q) in enumerate(zip(first, second, strict=True)):
        assert type(p) is type(q)
        assert (p.data, p.grad, p.label, p.op, p.scope) == (q.data, q.grad, q.label, q.op, q.scope)
        assert p.partials == q.partials
        assert [places[n] for n in p.parents] == [second.index(n) for n in q.parents], i
        assert p is not q


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_pickled_graph_comes_back_equal(protocol: int) -> None:
    _, y = graph()
    y.backward()
    back = pickle.loads(pickle.dumps(y, protocol))
    same(y, back)
    assert back.graph().dot == y.graph().dot
    same(y, pickle.loads(pickle._dumps(y, protocol)))  # the pickler that is written in Python


def test_a_deep_copy_is_equal_and_of_its_own() -> None:
    x, y = graph()
    other = copy.deepcopy(y)
    same(y, other)
    other.backward()
    assert x.grad == y.grad == 0.0
    assert gradients(other, [topological_order(other)[0]])[0].data == y.backward()[x]


@pytest.mark.parametrize(
    "again", [copy.deepcopy, lambda things: pickle.loads(pickle.dumps(things))]
)
def test_what_is_shared_stays_shared(again) -> None:
    x, y = graph()
    z = x * y
    x2, y2, z2, d2 = again([x, y, z, {"x": x}])
    assert z2.parents == (x2, y2)
    assert d2["x"] is x2
    assert topological_order(y2)[0] is x2
    assert x2 is not x


def test_the_copy_of_one_node_stands_on_the_same_operands() -> None:
    x, y = graph()
    other = copy.copy(y).named("other")
    assert other.parents == y.parents
    assert y.label == ""
    assert copy.copy(x).op is None


def test_a_deep_graph_and_a_list_of_all_its_nodes() -> None:
    x = y = Value(1.0, "x")
    for _ in range(100_000):
        y = y * 1.0001
    for back in (pickle.loads(pickle.dumps(y)), copy.deepcopy(y)):
        assert back.data == y.data
        assert back.backward()[topological_order(back)[0]] == y.backward()[x]
    nodes = topological_order(y)[:20_001]
    back_nodes = pickle.loads(pickle.dumps(nodes))
    assert topological_order(back_nodes[-1]) == back_nodes


@pytest.mark.parametrize("name", [n for n in PRIMITIVES if n != "power"])
def test_every_primitive_is_pickled_by_its_name(name: str) -> None:
    operands = tuple(Value(v) for v in SMOOTH[name][1][0])
    y = apply(PRIMITIVES[name], operands)
    back = pickle.loads(pickle.dumps(y))
    assert back.op is PRIMITIVES[name]
    for slope in gradients(y, operands):
        same(slope, pickle.loads(pickle.dumps(slope)))


def test_rows_that_are_no_functions_of_their_own() -> None:
    for row in (PRIMITIVES["div"].quiet, autograd.primitives.circle, cube):
        assert pickle.loads(pickle.dumps(row)) is row
        assert copy.copy(row) is copy.deepcopy(row) is row


def test_a_primitive_inside_a_function_can_be_copied_but_not_pickled() -> None:
    local = Primitive("local", lambda x: x, lambda y, x: (1.0,))
    y = local(Value(2.0))
    assert copy.deepcopy(y).op is local
    with pytest.raises(pickle.PicklingError, match="'local' can only be pickled if it is a global"):
        pickle.dumps(y)


class Tagged(Value):
    """A user's own kind of node, with an attribute of its own."""


def test_subclasses_keep_what_they_add() -> None:
    model = nn.MLP([2, 2, 1], rng=0)
    y = model([Constant(1.0, "one"), Value(2.0)])[0]
    tagged = Tagged(3.0)
    tagged.note = [y]  # type: ignore[attr-defined]
    for again in (copy.deepcopy, lambda thing: pickle.loads(pickle.dumps(thing))):
        m, (out,) = again((model, [y]))
        assert [p.kind for p in m.parameters()] == [p.kind for p in model.parameters()]
        assert m.parameters()[0] in topological_order(out)
        assert again(tagged).note[0].data == y.data


def test_tables_arrays_and_what_is_not_a_number() -> None:
    x, y = graph()
    table = pickle.loads(pickle.dumps(y.backward()))
    assert list(table.values()) == list(y.backward().values())
    array = np.array([x, y, Value(math.nan)])
    back = pickle.loads(pickle.dumps(array))
    assert topological_order(back[1])[0] is back[0]
    assert math.isnan(copy.deepcopy(array)[2].data)


class Noted(Value):
    """A subclass that keeps one more thing, in slots given as a string."""

    __slots__ = "note"


def test_slots_given_as_a_string_are_copied() -> None:
    node = Noted(2.0)
    node.note = "kept"
    assert copy.deepcopy(node).note == copy.copy(node).note == "kept"
    assert pickle.loads(pickle.dumps(node)).note == "kept"
