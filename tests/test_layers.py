"""Networks of layers: Sequential, Residual, Dropout, Softmax, Recurrent, Perceptron."""

import math
from random import Random

import pytest

import autograd
import nn
from autograd import Value, grad_table, topological_order
from nn import (
    MLP,
    Dropout,
    Layer,
    Module,
    Neuron,
    Perceptron,
    Recurrent,
    Residual,
    Sequential,
    Softmax,
)

from .oracles import close


def data(nodes) -> list[float]:
    return [node.data for node in nodes]


# --- a layer with the activation of a whole layer ---------------------------------------------


@pytest.mark.parametrize("name", ["softmax", "sparsemax"])
def test_an_activation_of_a_whole_layer(name: str) -> None:
    layer = Layer(2, 3, name, rng=0)
    logits, outputs = layer.logits([1.0, 2.0]), layer([1.0, 2.0])
    assert data(outputs) == nn.ACTIVATIONS[name](data(logits))
    assert close(sum(data(outputs)), 1.0)
    assert [y.label for y in outputs] == ["y[0]", "y[1]", "y[2]"]
    assert [s.label for s in logits] == ["s[0]", "s[1]", "s[2]"]
    under = {node.label: node for node in grad_table(outputs[0])}
    assert under["s[1]"].scope == ("layer", "neuron 1")
    assert outputs[0].scope == ("layer",)
    assert repr(layer) == f"Layer(2 -> 3 {name}; 9 parameters)"
    for make in (lambda: Neuron(2, name), lambda: Neuron(2, nn.ACTIVATIONS[name])):
        with pytest.raises(ValueError, match=f"{name} acts on a whole layer, not on a neuron"):
            make()


def test_a_hidden_layer_may_be_a_softmax() -> None:
    model = MLP([2, 3, 3], activation="softmax", output="sparsemax", rng=0)
    hidden, outputs = model.hidden([1.0, 2.0])
    assert close(sum(data(hidden)), 1.0)
    assert close(sum(data(outputs)), 1.0)
    assert [h.label for h in hidden] == ["h1[0]", "h1[1]", "h1[2]"]


def test_a_layer_computes_what_its_neurons_compute() -> None:
    for options in ({}, {"bias": False}, {"expand": True}):
        layer = Layer(3, 4, "tanh", rng=0, **options)
        row = [Value(0.3), Value(-1.2), Value(0.7)]
        alone = [neuron(row) for neuron in layer.neurons]
        assert data(layer(row)) == data(alone)
        assert data(layer.logits(row)) == [n.potential(row).data for n in layer.neurons]
        for y, z in zip(layer(row), alone, strict=True):
            ty, tz = grad_table(y), grad_table(z)
            assert [ty[p] for p in layer.parameters()] == [tz[p] for p in layer.parameters()]
        assert [y.scope[-1] for y in alone] == [f"neuron {i}" for i in range(4)]


def test_affine_is_a_dot_for_each_row() -> None:
    rows = [[Value(1.0), Value(2.0)], [Value(3.0), Value(-1.0)]]
    x, b = [Value(0.5), Value(4.0)], [Value(0.1), Value(0.2)]
    for inputs in (x, data(x)):
        for biases in (b, data(b)):
            outputs = autograd.affine(rows, inputs, biases)
            assert data(outputs) == [0.5 + 8.0 + 0.1, 1.5 - 4.0 + 0.2]
            table = grad_table(outputs[1])
            assert [table[w] for row in rows for w in row] == [0.0, 0.0, 0.5, 4.0]
    assert autograd.affine([], [1.0], []) == []
    assert data(autograd.affine([[]], [], [Value(2.0)])) == [2.0]
    assert autograd.dot([], [], 3.0) == 3.0
    with pytest.raises(ValueError, match="as many biases as rows, got 1 row and 2 biases"):
        autograd.affine([[1.0]], [1.0], [0.0, 0.0])
    with pytest.raises(ValueError, match="as many weights as inputs, got 1 weights and 2 inputs"):
        autograd.affine([[1.0]], [1.0, 2.0], [0.0])
    with pytest.raises(TypeError, match="affine expects a sequence of values, got float"):
        autograd.affine([1.0], [1.0], [0.0])  # type: ignore[list-item]
    with pytest.raises(TypeError, match="dot expects a real number, got str 'a'"):
        autograd.affine([["a"]], [Value(1.0)], [0.0])


def test_affine_agrees_with_the_table_bit_for_bit() -> None:
    rng = Random(0)

    def operand() -> object:
        number = rng.choice([rng.gauss(0.0, 1.0), rng.gauss(0.0, 1e8), 0.0, -0.0, 3, True])
        return rng.choice([Value, nn.Parameter, lambda x: x])(number)

    def number(operand: object) -> float:
        return float(operand.data if isinstance(operand, Value) else operand)

    for _ in range(200):
        n, m = rng.randrange(4), rng.randrange(4)
        rows = [[operand() for _ in range(n)] for _ in range(m)]
        inputs, biases = [operand() for _ in range(n)], [operand() for _ in range(m)]
        outputs = autograd.affine(rows, inputs, biases)
        for y, row, bias in zip(outputs, rows, biases, strict=True):
            operands = [*row, *inputs, bias]
            numbers = list(map(number, operands))
            value = autograd.PRIMITIVES["dot"](*numbers)
            if not any(isinstance(o, Value) for o in operands):
                assert (type(y), repr(y)) == (float, repr(value))
                continue
            partials = autograd.PRIMITIVES["dot"].partials(value, *numbers)
            assert (repr(y.data), y.op.name) == (repr(value), "dot")
            assert list(map(repr, y.partials)) == list(map(repr, partials))
            assert [p.data for p in y.parents] == numbers
            kept = zip(operands, y.parents, strict=True)
            assert all(o is p for o, p in kept if isinstance(o, Value))


def test_second_derivatives_through_a_layer() -> None:
    def two(w):
        rows = [[w[0], w[1]], [w[1], w[0]]]
        a, b = autograd.affine(rows, [w[0], 2.0], [0.0, w[1]])
        return a * b

    # a = w0^2 + 2 w1, b = w0 w1 + 2 w0 + w1
    w0, w1 = 0.7, -0.3
    a, b = w0**2 + 2 * w1, w0 * w1 + 2 * w0 + w1
    da, db = (2 * w0, 2.0), (w1 + 2.0, w0 + 1.0)
    mixed = da[0] * db[1] + da[1] * db[0] + a
    exact = [[2 * b + 2 * da[0] * db[0], mixed], [mixed, 2 * da[1] * db[1]]]
    for got, expected in zip(autograd.hessian(two)([w0, w1]), exact, strict=True):
        assert got == pytest.approx(expected, rel=1e-12)


def test_every_operation_of_a_layer_is_in_its_cluster() -> None:
    y, _ = Layer(2, 2, "tanh", expand=True, rng=0)([1.0, 2.0])
    assert {n.scope for n in topological_order(y) if n.op} == {("layer", "neuron 0")}
    logits = Layer(1, 2, rng=0).logits([1.0])
    assert [s.scope for s in logits] == [("layer", "neuron 0"), ("layer", "neuron 1")]
    model = Sequential(Layer(1, 1, rng=0), Neuron(1, "tanh", rng=0))
    assert model.logits([1.0])[0].scope == model([1.0])[0].scope == ("neuron 2", "neuron")


# --- Sequential -------------------------------------------------------------------------------


def test_sequential_is_one_after_the_other() -> None:
    first, last = Layer(2, 3, "tanh", rng=0), Layer(3, 1, "sigmoid", rng=1)
    model = Sequential(first, last)
    row = [0.5, -1.0]
    assert data(model(row)) == data(last(first(row)))
    assert [len(outputs) for outputs in model.hidden(row)] == [3, 1]
    assert data(model.logits(row)) == data(last.logits(first(row)))
    assert model.output_activation is nn.sigmoid
    assert repr(model) == "Sequential(Layer(2 -> 3 tanh), Layer(3 -> 1 sigmoid); 13 parameters)"


def test_sequential_numbers_layers_without_a_name() -> None:
    model = Sequential(
        Layer(2, 2, "relu", rng=0), Dropout(0.5), Layer(2, 2, rng=0, name="mine"),
        Residual(Layer(2, 2, rng=0)), Layer(2, 1, rng=0),
    )  # fmt: skip
    assert [m.name for m in model.modules() if isinstance(m, Layer)] == [
        "layer 1", "mine", "layer", "layer 5",
    ]  # fmt: skip
    assert [p.label for p in model.parameters()][::6] == ["w1[0,0]", "w[0,0]", "w[0,0]", "w5[0,0]"]
    (y,) = model([1.0, 2.0])
    scopes = {node.scope for node in grad_table(y)}
    assert ("layer 1", "neuron 0") in scopes
    assert ("dropout 2",) in scopes
    assert ("residual 4", "layer", "neuron 1") in scopes
    assert y.label == "y[0]"


def test_sequential_takes_neurons_functions_and_other_nets() -> None:
    model = Sequential(MLP([2, 3], rng=0), nn.softmax, Neuron(3, "tanh", rng=1))
    outputs = model([1.0, 2.0])
    assert isinstance(outputs, list) and len(outputs) == 1
    assert repr(model) == (
        "Sequential(MLP(2 -> 3 linear), Activated(softmax), Neuron(3 -> tanh); 13 parameters)"
    )
    assert data(model.logits([1.0, 2.0])) == [pytest.approx(math.atanh(outputs[0].data))]


def test_a_module_that_is_used_twice_is_drawn_and_learnt_once() -> None:
    layer = Layer(1, 1, init=nn.constant(3.0))
    model = Sequential(layer, layer)
    (y,) = model([2.0])
    w, b = layer.parameters()
    table = grad_table(y)
    assert (y.data, table[w], table[b]) == (18.0, 12.0, 4.0)


@pytest.mark.parametrize(("make", "error", "words"), [
    (lambda: Sequential(), ValueError, "at least one module, got none"),
    (lambda: Sequential([Layer(1, 1)]), TypeError, r"got list .*: write Sequential\(first, "),
    (lambda: Sequential(None), TypeError, "Sequential expects modules, got NoneType None$"),
    (lambda: Sequential("rellu"), ValueError, "did you mean 'relu'"),
    (lambda: Sequential(Dropout), TypeError, "a part of Sequential is the class Dropout: write"),
    (lambda: Residual(Layer), TypeError, "a part of Residual is the class Layer"),
    (lambda: Sequential(Layer(2, 3), Layer(4, 1))([1.0, 2.0]), ValueError,
     "Layer 'layer 2' expects 4 inputs, got 3"),
    (lambda: Sequential(Layer(2, 3))([1.0]), ValueError, "'layer 1' expects 2 inputs, got 1"),
    (lambda: Sequential(Dropout(0.1)).logits([1.0]), TypeError, "Dropout.* has no logits"),
    (lambda: Residual(3), TypeError, "Residual expects modules, got int 3"),
    (lambda: Residual(Layer(2, 3))([1.0, 2.0]), ValueError,
     "as many outputs as inputs, got 3 outputs for 2 inputs"),
    (lambda: Residual(Layer(2, 2))([1.0]), ValueError, "Layer expects 2 inputs, got 1"),
    (lambda: Residual(Layer(2, 2))(1.0), TypeError, "Residual expects a sequence of inputs, got"),
    (lambda: Softmax()(1.0), TypeError, "Softmax expects a sequence of inputs, got float"),
    (lambda: Residual(lambda x: x[:1])([1.0, 2.0]), ValueError,
     "as many outputs as inputs, got 1 output for 2 inputs"),
    (lambda: MLP("24"), TypeError, "sizes of MLP: expected .* got str '24'"),
    (lambda: MLP({2: 1, 3: 1}), TypeError, "sizes of MLP: expected a sequence of widths"),
    (lambda: MLP([1, 1], "tahn"), ValueError, "unknown activation 'tahn'"),
    (lambda: MLP([2, 1]).logits([1.0]), ValueError, "MLP expects 2 inputs, got 1"),
    (lambda: nn.Activated(lambda s: 1.0)([1.0]), TypeError, "what <lambda> gives is one Value"),
    (lambda: Sequential(lambda x: 3.0)([1.0]), TypeError,
     "the outputs of <lambda>: expected a sequence of Values, got float 3.0"),
    (lambda: Softmax()([]), ValueError, "at least one value, got none"),
    (lambda: Dropout(0.5)(3.0), TypeError, "Dropout expects a sequence of inputs, got float"),
])  # fmt: skip
def test_what_does_not_fit(make, error, words: str) -> None:
    with pytest.raises(error, match=words):
        make()


def test_a_net_can_be_changed_after_it_was_made() -> None:
    model = MLP([2, 3], rng=0)
    model.layers.append(Softmax())
    assert close(sum(data(model([1.0, 2.0]))), 1.0)
    assert model.output_activation is nn.softmax
    model.layers.insert(0, Layer(2, 2, rng=0))
    assert len(model.hidden([1.0, 2.0])) == 3
    assert repr(model) == (
        "MLP(Layer(2 -> 2 linear), Layer(2 -> 3 linear), Softmax(); 15 parameters)"
    )


def test_whatever_a_function_gives_becomes_a_list() -> None:
    model = Sequential(lambda v: map(nn.tanh, v), lambda v: tuple(v), lambda v: v[0])
    first, second, last = model.hidden([0.5])
    assert type(first) is type(second) is type(last) is list
    assert last[0].data == math.tanh(0.5)
    assert data(Sequential(autograd.sin)([0.5])) == [math.sin(0.5)]


def test_the_logits_of_a_single_module_get_nodes_too() -> None:
    class Own(Module):
        def logits(self, inputs):
            return [x.exp() for x in inputs]

    assert data(Sequential(Own()).logits([0.0])) == [1.0]
    (s,) = Sequential(nn.sigmoid).logits([1.0])
    assert s.scope == ()


def test_a_layer_that_is_last_too_has_the_labels_of_the_last() -> None:
    layer = Layer(1, 1, rng=0)
    assert [y.label for y in Sequential(layer, layer)([1.0])] == ["y[0]"]


def test_activations_stand_for_modules() -> None:
    first, last = Layer(2, 3, rng=0), Layer(3, 1, rng=1)
    apart = Sequential(first, nn.tanh, last, nn.sigmoid)
    row = [0.5, -1.0]
    (y,) = apart(row)
    assert y.data == nn.sigmoid(last(map(nn.tanh, first(row)))[0].data)
    assert data(apart.logits(row)) == data(last([nn.tanh(s) for s in first(row)]))
    assert apart.output_activation is nn.sigmoid
    assert {("tanh 2",), ("sigmoid 4",)} <= {node.scope for node in grad_table(y)}
    named = Sequential(first, "tanh", last, "sigmoid")
    assert data(named(row)) == [y.data]
    assert data(Residual(nn.relu)([2.0, -1.0])) == [4.0, -1.0]
    classes = Sequential(Layer(2, 3, rng=0), nn.softmax)
    assert nn.objective(classes)[1] is nn.softmax_cross_entropy
    with pytest.raises(ValueError, match="unknown activation 'tahn'"):
        nn.Activated("tahn")


def test_modules_of_ones_own_get_nodes() -> None:
    class Pool(Module):
        def __call__(self, inputs):
            return [max(inputs)]

    assert data(Sequential(Pool())([1.0, 2.0])) == [2.0]
    assert data(Sequential(lambda x: x[:1], Pool())([True, 2])) == [1.0]
    states = Sequential(Recurrent(1, 2, 2, rng=0), Recurrent(2, 2, 1, rng=1))
    assert [len(y) for y in states([[1.0], [2.0]])] == [1, 1]


# --- Residual, Softmax ------------------------------------------------------------------------


def test_b12_a_skip_connection_adds_one_to_the_slope() -> None:
    inner = Layer(2, 2, "tanh", rng=0)
    x = [Value(0.3), Value(-0.6)]
    around, through = Residual(inner)(x), inner(x)
    assert data(around) == [a.data + b.data for a, b in zip(x, through, strict=True)]
    assert close(grad_table(around[0])[x[0]], 1.0 + grad_table(through[0])[x[0]])
    assert data(Residual(Neuron(1, init=nn.constant(2.0)))([3.0])) == [9.0]
    assert repr(Residual(inner)) == "Residual(Layer(2 -> 2 tanh); 6 parameters)"


def test_residual_makes_one_node_of_each_number() -> None:
    (y,) = Residual(Layer(1, 1, init=nn.constant(2.0)))([1.0])
    (x,) = [node for node in topological_order(y) if node.role == "input"]
    assert grad_table(y)[x] == 3.0


def test_softmax_as_a_module() -> None:
    model = Sequential(Layer(2, 3, rng=0), Softmax())
    same = Layer(2, 3, "softmax", rng=0)
    row = [0.5, 1.5]
    assert data(model(row)) == data(same(row))
    assert data(model.logits(row)) == data(same.logits(row))
    assert [p.label for p in model(row)] == ["y[0]", "y[1]", "y[2]"]
    x = [Value(0.5), Value(1.5, "mine")]
    assert [p.label for p in Sequential(Softmax(), nn.linear)(x)] == ["y[0]", "y[1]"]
    assert Sequential(nn.linear)(x) == x
    assert [a.label for a in x] == ["", "mine"]  # what the user made keeps its name
    assert model.output_activation is same.output_activation is nn.softmax


# --- Dropout --------------------------------------------------------------------------------


class Scripted(Random):
    """A generator that gives numbers from a list."""

    def __init__(self, numbers: list[float]) -> None:
        super().__init__(0)
        self.numbers = iter(numbers)

    def random(self) -> float:
        return next(self.numbers)


def test_dropout_drops_what_is_drawn_below_p_and_scales_the_rest() -> None:
    drop = Dropout(0.25, rng=Scripted([0.2, 0.25, 0.9]))
    x = [Value(1.0), Value(2.0), Value(3.0)]
    y = drop(x)
    assert data(y) == [0.0, 2.0 / 0.75, 4.0]
    assert [grad_table(b)[a] for a, b in zip(x, y, strict=True)] == [0.0, 1 / 0.75, 1 / 0.75]
    assert data(drop.eval()(x)) == [1.0, 2.0, 3.0]  # and nothing is drawn: the script is at its end


def test_dropout_takes_its_generator() -> None:
    row = [1.0] * 40
    a, b, c = (data(Dropout(0.5, rng=rng)(row)) for rng in (3, Random(3), 4))
    assert a == b != c
    drop = Dropout(0.5, rng=3)
    assert data(drop(row)) == a != data(drop(row))
    assert set(data(Dropout(0.0, rng=0)(row))) == {1.0}


@pytest.mark.parametrize("p", [1.0, -0.1, 1.5, math.nan, math.inf])
def test_dropout_refuses_what_is_no_probability(p: float) -> None:
    with pytest.raises(ValueError, match=r"p of Dropout is a probability from 0 up to but not"):
        Dropout(p)
    with pytest.raises(TypeError, match="p of Dropout expects a real number, got str"):
        Dropout("0.5")  # type: ignore[arg-type]


# --- Recurrent --------------------------------------------------------------------------------


def test_recurrent_follows_its_recursion() -> None:
    model = Recurrent(2, 3, 2, activation="sigmoid", output="tanh", rng=0)
    rows = [[0.5, -1.0], [0.0, 2.0], [1.5, 0.25], [0.0, 0.0]]
    W = [[p.data for p in n.weights] + [n.bias.data] for n in model.cell.neurons]
    V = [[p.data for p in n.weights] + [n.bias.data] for n in model.readout.neurons]
    state, expected, states = [0.0] * 3, [], []
    for row in rows:
        seen = [*row, *state, 1.0]
        state = [1 / (1 + math.exp(-sum(map(float.__mul__, w, seen)))) for w in W]
        states.append(state)
        expected.append([math.tanh(sum(map(float.__mul__, v, [*state, 1.0]))) for v in V])
    for got, want in ((model(rows), expected), (model.hidden(rows), states)):
        assert len(got) == 4
        assert all(
            close(a.data, b, 1e-12)
            for outputs, numbers in zip(got, want, strict=True)
            for a, b in zip(outputs, numbers, strict=True)
        )
    logits = [math.atanh(number) for number in expected[-1]]
    assert data(model.logits(rows)[-1]) == pytest.approx(logits)
    assert repr(model) == "Recurrent(2 -> 3 sigmoid -> 2 tanh; 26 parameters)"


def test_recurrent_is_unrolled_into_steps() -> None:
    model = Recurrent(1, 1, 1, rng=0)
    outputs = model([[1.0], [2.0]])
    assert [y[0].scope for y in outputs] == [
        ("step 1", "readout", "neuron 0"), ("step 2", "readout", "neuron 0"),
    ]  # fmt: skip
    assert [p.label for p in model.parameters()] == [
        "wh[0,0]", "wh[0,1]", "bh[0]", "wy[0,0]", "by[0]",
    ]  # fmt: skip
    labels = {node.label: node for node in grad_table(outputs[1][0])}
    assert (labels["h0[0]"].role, labels["h0[0]"].scope) == ("constant", ("step 1",))
    assert (labels["x1[0]"].data, labels["x2[0]"].data) == (1.0, 2.0)  # by their steps
    assert labels["h1[0]"].scope == ("step 1", "cell", "neuron 0")
    assert labels["h1[0]"] in labels["sh[0]"].parents
    assert [y[0].label for y in outputs] == ["y1[0]", "y2[0]"]


def test_recurrent_takes_its_generator_and_its_initializer() -> None:
    numbers = [
        [p.data for p in Recurrent(1, 2, 1, rng=rng).parameters()] for rng in (7, Random(7), 8)
    ]
    assert numbers[0] == numbers[1] != numbers[2]
    model, fresh = Recurrent(1, 1, 1, rng=0), Layer(1, 1, rng=0)
    assert model.readout.neurons[0].weights[0].data != fresh.neurons[0].weights[0].data
    same = Recurrent(1, 2, 1, init=nn.constant(0.5))
    assert {p.data for p in same.parameters() if p.kind == "weight"} == {0.5}


def test_sequences_of_different_length_are_samples_alike() -> None:
    model = Recurrent(1, 2, 1, output="sigmoid", rng=0)
    X, y = [[[1.0], [0.0]], [[0.5]]], [[1.0, 0.0], [1.0]]
    risk = nn.empirical_risk(model, X, y)
    logits = [model.logits(rows) for rows in X]
    each = [
        [nn.binary_cross_entropy_with_logits(s, t).data for s, t in zip(ss, ts, strict=True)]
        for ss, ts in zip(logits, y, strict=True)
    ]
    assert close(risk.data, ((each[0][0] + each[0][1]) / 2 + each[1][0]) / 2)


@pytest.mark.parametrize(("rows", "error", "words"), [
    ([[1.0], [1.0, 2.0]], ValueError, "step 2 of Recurrent expects 1 input, got 2"),
    ([], ValueError, "Recurrent expects at least one row, got none"),
    ([1.0, 2.0], TypeError, "step 1 of Recurrent expects a sequence of 1 input, got float"),
    (3.0, TypeError, "Recurrent: expected a sequence of rows, got float 3.0"),
])  # fmt: skip
def test_sequences_that_are_none(rows, error, words: str) -> None:
    with pytest.raises(error, match=words):
        Recurrent(1, 2, 1, rng=0)(rows)


def test_targets_of_a_sequence() -> None:
    model = Recurrent(1, 2, 1, rng=0)
    with pytest.raises(ValueError, match="a sequence of 2 steps expects a target for each, got 3"):
        nn.empirical_risk(model, [[[1.0], [2.0]]], [[1.0, 2.0, 3.0]])
    with pytest.raises(TypeError, match="the target of a sequence: expected a sequence"):
        nn.empirical_risk(model, [[[1.0], [2.0]]], [1.0])
    for sizes in ((0, 1, 1), (1, 0, 1), (1, 1, 0)):
        with pytest.raises(ValueError, match="of Recurrent is a whole number from 1 on, got 0"):
            Recurrent(*sizes)


# --- Perceptron -------------------------------------------------------------------------------


def test_a_perceptron_is_a_neuron_with_given_weights() -> None:
    unit = Perceptron([2.0, -1.0], bias=0.5, output="bipolar")
    assert [p.data for p in unit.parameters()] == [2.0, -1.0, 0.5]
    assert [p.label for p in unit.parameters()] == ["w[0]", "w[1]", "b"]
    assert [p.kind for p in unit.parameters()] == ["weight", "weight", "bias"]
    assert unit([0.25, 1.0]).data == 1.0  # bipolar_step(0) = +1
    assert Perceptron([2.0, -1.0], 0.5)([0.25, 1.0]).data == 0.0  # step(0) = 0
    assert data(unit.logits([1.0, 1.0])) == [1.5]
    assert repr(unit) == "Perceptron(2 -> bipolar_step; 3 parameters)"
    table = unit([1.0, 1.0]).backward()
    assert [table[p] for p in unit.parameters()] == [0.0, 0.0, 0.0]  # the slope of a step


@pytest.mark.parametrize(("make", "error", "words"), [
    (lambda: Perceptron([]), ValueError, "n_inputs of Perceptron is a whole number from 1 on"),
    (lambda: Perceptron([1.0], output="bipola"), ValueError, "did you mean 'bipolar'"),
    (lambda: Perceptron(["a"]), TypeError, "expects a real number, got str 'a'"),
    (lambda: Perceptron(1.0), TypeError, "weights of Perceptron: expected a sequence of numbers"),
    (lambda: Perceptron([1.0], bias="b"), TypeError, "expects a real number, got str 'b'"),
    (lambda: Perceptron([1.0])([1.0, 2.0]), ValueError, "Perceptron expects 1 input, got 2"),
    (lambda: Perceptron([1.0]).logits([]), ValueError, "Perceptron expects 1 input, got 0"),
])  # fmt: skip
def test_perceptrons_that_cannot_be(make, error, words: str) -> None:
    with pytest.raises(error, match=words):
        make()


def test_a_perceptron_learns_through_its_logits() -> None:
    X, y = [[0, 0], [0, 1], [1, 0], [1, 1]], [-1, -1, -1, 1]
    unit, optimizer = Perceptron([0.0, 0.0], output="bipolar"), nn.SGD(1.0)
    for _ in range(40):
        for row, target in zip(X, y, strict=True):
            unit.zero_grad()
            nn.perceptron_loss(unit.logits(row), target).backward()
            optimizer.step(unit.parameters())
    assert [unit(row).data for row in X] == y
