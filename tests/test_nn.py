"""Neurons, layers, losses, penalties, SGD: built from nodes, checked by closed forms."""

import math
from random import Random

import pytest

import autograd
import nn
from autograd import Value, grad_table
from nn import L2, MLP, SGD, Layer, Module, Neuron, Parameter

from .oracles import close


def fixed(*numbers: float) -> nn.initializers.Initializer:
    """An initializer that deals out these numbers in turn."""
    deal = iter(numbers)
    return lambda n_in, n_out, rng: next(deal)


# --- parameters and modules ---------------------------------------------------


def test_a_parameter_is_a_value_with_a_role_and_a_kind() -> None:
    p = Parameter(0.5, "w")
    assert (p.role, p.kind, p.data) == ("parameter", "weight", 0.5)
    assert Parameter(0, kind="bias").kind == "bias"
    assert (p * 2.0).role == "operation"
    assert repr(p) == "Parameter(data=0.5, grad=0, label='w')"
    with pytest.raises(ValueError, match="unknown kind of parameter 'weigth'; did you mean"):
        Parameter(0.0, kind="weigth")
    with pytest.raises(TypeError, match="Parameter expects a real number, got str"):
        Parameter("a")


def test_parameters_come_layer_by_layer_neuron_by_neuron_weights_then_bias() -> None:
    model = MLP([2, 2, 1], rng=0)
    labels = [p.label for p in model.parameters()]
    assert labels == [
        "w1[0,0]", "w1[0,1]", "b1[0]", "w1[1,0]", "w1[1,1]", "b1[1]",
        "w2[0,0]", "w2[0,1]", "b2[0]",
    ]  # fmt: skip
    names = list(model.named_parameters())
    assert names[0] == "layers.0.neurons.0.weights.0"
    assert names[-1] == "layers.1.neurons.0.bias"


def test_shared_and_nested_parameters() -> None:
    class Odd(Module):
        def __init__(self) -> None:
            self.shared = Parameter(1.0, "s")
            self.again = {"deep": [(self.shared, Parameter(2.0, "d"))]}
            self.number = 3
            self.myself = self

    odd = Odd()
    assert list(odd.named_parameters()) == ["shared", "again.deep.0.1"]
    assert repr(odd) == "Odd(2 parameters)"


def test_one_module_used_twice_accumulates_over_fan_out() -> None:
    neuron = Neuron(1, init=fixed(3.0))
    y = neuron([neuron([2.0])])
    table = y.backward()
    w, b = neuron.parameters()
    assert y.data == 18.0
    assert (table[w], table[b]) == (12.0, 4.0)  # d(w (2 w + b) + b)


def test_zero_grad() -> None:
    model = MLP([2, 3, 1], rng=0)
    model([1.0, 2.0])[0].backward()
    assert any(p.grad for p in model.parameters())
    model.zero_grad()
    assert not any(p.grad for p in model.parameters())


# --- neurons and layers ----------------------------------------------------------


def test_a_neuron_gives_the_activation_of_its_inner_potential() -> None:
    neuron = Neuron(2, "sigmoid", init=fixed(0.5, -1.0))
    neuron.bias.data = 0.25
    y = neuron([2.0, 3.0])
    assert isinstance(y, Value)
    assert y.data == autograd.sigmoid(0.5 * 2.0 - 3.0 + 0.25)
    assert [p.label for p in neuron.parameters()] == ["w[0]", "w[1]", "b"]
    assert y.op.name == "sigmoid"
    assert y.parents[0].op.name == "dot"
    assert len(y.parents[0].parents) == 5


@pytest.mark.parametrize("bias", [True, False])
def test_expand_records_single_operations_of_the_same_value(bias: bool) -> None:
    whole = Neuron(3, "tanh", rng=1, bias=bias)
    single = Neuron(3, "tanh", rng=1, bias=bias, expand=True)
    row = [Value(0.5), Value(-1.0), Value(2.0)]
    y, z = whole(row), single(row)
    assert close(y.data, z.data)
    ty, tz = grad_table(y), grad_table(z)
    for p, q in zip(whole.parameters(), single.parameters(), strict=True):
        assert close(ty[p], tz[q])
    assert "dot" not in {node.op.name for node in tz if node.op}


def test_everything_with_width_gives_a_list() -> None:
    assert isinstance(Layer(2, 1, rng=0)([1, 2]), list)
    assert isinstance(MLP([2, 1], rng=0)([1, 2]), list)
    assert isinstance(MLP([2, 3], rng=0).logits([1, 2]), list)


def test_hidden_and_logits() -> None:
    model = MLP([2, 3, 1], activation="relu", output="sigmoid", rng=0)
    hidden = model.hidden([1.0, -1.0])
    assert [len(outputs) for outputs in hidden] == [3, 1]
    (logit,) = model.logits([1.0, -1.0])
    assert hidden[-1][0].data == autograd.sigmoid(logit.data)
    assert [v.label for v in hidden[0]] == ["h1[0]", "h1[1]", "h1[2]"]
    assert (logit.label, hidden[-1][0].label) == ("s2[0]", "y[0]")


def test_an_activation_for_each_hidden_layer() -> None:
    model = MLP([1, 2, 3, 1], activation=["relu", lambda x: x * x], rng=0)
    assert repr(model) == "MLP(1 -> 2 relu -> 3 <lambda> -> 1 linear; 17 parameters)"
    with pytest.raises(ValueError, match="one activation for each of its 2 hidden layers, got 1"):
        MLP([1, 2, 3, 1], activation=["relu"])


def test_inputs_become_labelled_leaves_and_nodes_stay() -> None:
    model = MLP([2, 1], rng=0)
    x = Value(3.0, "mine")
    table = grad_table(model([x, 1.0])[0])
    assert table[x] == model.parameters()[0].data
    assert [n.label for n in table if n.role == "input"] == ["mine", "x[1]"]


def test_scopes_of_a_model() -> None:
    model = MLP([2, 2, 1], rng=0)
    loss = nn.squared_error(model([0.0, 1.0]), 1.0) + L2(0.1)(model)
    scopes = {node.scope for node in grad_table(loss)}
    layer_1, layer_2 = ("layer 1", "neuron 0"), ("layer 2", "neuron 0")
    assert scopes == {(), layer_1, ("layer 1", "neuron 1"), layer_2, ("loss",), ("L2 penalty",)}
    assert [p.scope for p in model.parameters()][::3] == [
        layer_1, ("layer 1", "neuron 1"), layer_2,
    ]  # fmt: skip


@pytest.mark.parametrize("make", [
    lambda: Neuron(3), lambda: Layer(3, 2), lambda: MLP([3, 2, 1]),
])  # fmt: skip
@pytest.mark.parametrize("row", [[1.0, 2.0], [], [1.0] * 4, range(2)])
def test_wrong_widths(make, row) -> None:
    model = make()
    words = f"{type(model).__name__} expects 3 inputs, got {len(row)}"
    with pytest.raises(ValueError, match=words):
        model(row)


@pytest.mark.parametrize("row", [1.0, Value(1.0), "123", None])
def test_inputs_that_are_no_sequence(row) -> None:
    with pytest.raises(TypeError, match="MLP expects a sequence of 3 inputs, got"):
        MLP([3, 1])(row)


@pytest.mark.parametrize("row", [["a", 1.0], [None, 1.0], [2.0, [1.0]]])
def test_inputs_that_are_no_numbers(row) -> None:
    with pytest.raises(TypeError, match="expects a real number"):
        MLP([2, 1])(row)


def test_several_rows_are_no_row() -> None:
    numpy = pytest.importorskip("numpy")
    for rows in ([[1.0, 2.0]], numpy.ones((2, 2)), numpy.ones((3, 2)), ((1, 2), (3, 4))):
        with pytest.raises(TypeError, match="MLP expects one row of numbers, got several: call it"):
            MLP([2, 1])(rows)


@pytest.mark.parametrize(("make", "error", "words"), [
    (lambda: Neuron(0), ValueError, "n_inputs of Neuron is a whole number from 1 on, got 0"),
    (lambda: Neuron(2.0), TypeError, "n_inputs of Neuron is a whole number, got float 2.0"),
    (lambda: Neuron(True), TypeError, "got bool"),
    (lambda: Layer(2, -1), ValueError, "n_outputs of Layer is a whole number from 1 on, got -1"),
    (lambda: MLP([2]), ValueError, "at least two sizes"),
    (lambda: MLP([2, 0, 1]), ValueError, "from 1 on, got 0"),
    (lambda: Neuron(2, "rellu"), ValueError, "unknown activation 'rellu'; did you mean 'relu'"),
    (lambda: MLP([1, 2, 1], "tahn"), ValueError, "unknown activation 'tahn'; did you mean 'tanh'"),
    (lambda: MLP([1, 2, 1], output="q"), ValueError, "unknown activation 'q'; choose one of"),
    (lambda: MLP([1, 1], init="xaver"), ValueError, "unknown initializer 'xaver'; did you mean"),
    (lambda: Neuron(1, rng="0"), TypeError, "rng is an int, a random.Random or None"),
    (lambda: nn.normal(-1.0), ValueError, "sigma of normal is a finite number >= 0"),
    (lambda: nn.uniform("a"), TypeError, "a of uniform expects a real number, got str"),
])  # fmt: skip
def test_names_and_widths_are_checked_when_the_module_is_made(make, error, words: str) -> None:
    with pytest.raises(error, match=words):
        make()


# --- activations and initial weights -------------------------------------------------


def test_activations() -> None:
    each = {name: f for name, f in nn.ACTIVATIONS.items() if name not in ("softmax", "sparsemax")}
    at = {name: [f(x) for x in (-2.0, 0.0, 0.5)] for name, f in each.items()}
    assert at["linear"] == [-2.0, 0.0, 0.5]
    assert at["step"] == [0.0, 0.0, 1.0]
    assert at["bipolar_step"] == [-1.0, 1.0, 1.0]
    assert at["relu"] == [0.0, 0.0, 0.5]
    assert at["leaky_relu"] == [-0.02, 0.0, 0.5]
    assert at["hard_tanh"] == [-1.0, 0.0, 0.5]
    assert close(at["softplus"][1], math.log(2))
    x = Value(0.5)
    assert nn.bipolar_step(x).backward()[x] == 0.0


@pytest.mark.parametrize(("init", "sigma"), [
    ("xavier", math.sqrt(1 / 4)), ("glorot", math.sqrt(2 / 10)), ("he", math.sqrt(2 / 4)),
    (nn.normal(0.3), 0.3), (nn.uniform(0.6), 0.6 / math.sqrt(3)), (nn.constant(0.5), 0.5),
])  # fmt: skip
def test_initial_weights_have_the_spread_they_promise(init, sigma: float) -> None:
    rng = Random(0)
    weights = [p for _ in range(150) for p in Layer(4, 6, init=init, rng=rng).parameters()]
    drawn = [p.data for p in weights if p.kind == "weight"]
    assert len(drawn) == 3600
    assert close(math.sqrt(sum(w * w for w in drawn) / len(drawn)), sigma, 0.03)
    assert {p.data for p in weights if p.kind == "bias"} == {0.0}


def test_the_generator_is_an_argument() -> None:
    import random

    state = random.getstate()
    a, b, c = (MLP([2, 3, 1], rng=rng) for rng in (7, Random(7), 8))
    numbers = [[p.data for p in model.parameters()] for model in (a, b, c)]
    assert numbers[0] == numbers[1] != numbers[2]
    assert random.getstate() == state
    assert MLP([1, 1]).parameters()[0].data != MLP([1, 1]).parameters()[0].data


# --- losses ------------------------------------------------------------------------------


def test_squared_error_is_a_sum_over_outputs() -> None:
    p = [Value(3.0), Value(-1.0)]
    loss = nn.squared_error(p, [1.0, 1.0])
    assert loss.data == 8.0
    table = loss.backward()
    assert [table[v] for v in p] == [4.0, -4.0]
    t = Value(2.0)
    assert nn.squared_error([Value(3.0)], t).backward()[t] == -2.0


def test_binary_cross_entropy_c2_c10() -> None:
    s = Value(0.7)
    p = s.sigmoid()
    loss = nn.binary_cross_entropy([p], 1)
    assert close(loss.data, -math.log(p.data))
    assert close(loss.backward()[s], p.data - 1.0)
    a = Value(0.3)
    soft = nn.binary_cross_entropy([a], 0.3)
    assert close(soft.data, 0.6108643020548935, 1e-12)
    assert abs(soft.backward()[a]) < 1e-15
    both = nn.binary_cross_entropy([Value(0.5), Value(0.25)], [1.0, 0.0])
    assert close(both.data, math.log(2) - math.log(0.75))


def test_saturated_probabilities_have_their_loss() -> None:
    s = Value(40.0)
    loss = nn.binary_cross_entropy([s.sigmoid()], 1.0)
    assert math.isclose(loss.data, math.exp(-40.0), rel_tol=1e-12)  # log(1 + exp(-40))
    assert math.isclose(loss.backward()[s], -math.exp(-40.0), rel_tol=1e-12)  # p - t
    assert nn.binary_cross_entropy([Value(0.0)], 0).data == 0.0
    with pytest.raises(autograd.DomainError):
        nn.binary_cross_entropy([Value(1.0)], 0.0)


@pytest.mark.parametrize(("call", "error", "words"), [
    (lambda: nn.squared_error([Value(1.0)], [1.0, 2.0]), ValueError, "expects 1 target, got 2"),
    (lambda: nn.squared_error([Value(1.0)] * 2, 1.0), ValueError, "expects 2 targets, got 1"),
    (lambda: nn.squared_error([Value(1.0)], "1"), TypeError, "a target of squared_error expects"),
    (lambda: nn.squared_error([Value(1.0)], None), TypeError, "got NoneType"),
    (lambda: nn.binary_cross_entropy([Value(0.5)], 1.5), ValueError, "from 0 to 1, got 1.5"),
    (lambda: nn.binary_cross_entropy([Value(0.5)], -1), ValueError, "is a number from 0 to 1"),
    (lambda: nn.binary_cross_entropy([Value(0.5)], math.nan), ValueError, "from 0 to 1, got nan"),
])  # fmt: skip
def test_wrong_targets(call, error, words: str) -> None:
    with pytest.raises(error, match=words):
        call()


def test_empirical_risk_c9() -> None:
    neuron = Neuron(1, init=fixed(2.0))

    class One(Module):
        def __init__(self) -> None:
            self.neuron = neuron

        def __call__(self, row):
            return [self.neuron(row)]

    X, y = [[1.0], [2.0], [3.0]], [1.0, 1.0, 1.0]
    risk = nn.empirical_risk(One(), X, y, nn.squared_error, L2(0.5))
    assert close(risk.data, (1 + 9 + 25) / 3 + 0.25 * 4)
    w, b = neuron.parameters()
    table = risk.backward()
    assert close(table[w], 2 * (1 * 1 + 3 * 2 + 5 * 3) / 3 + 0.5 * 2)
    assert close(table[b], 2 * (1 + 3 + 5) / 3)
    for X, y in ([[[1.0]], []], [[], []]):
        with pytest.raises(ValueError, match="as many targets as rows, at least one"):
            nn.empirical_risk(One(), X, y, nn.squared_error)


# --- penalties and gradient descent -------------------------------------------------------


def test_l2_touches_weights_only() -> None:
    model = Neuron(2, init=fixed(3.0, -4.0))
    model.bias.data = 100.0
    penalty = L2(0.2)(model)
    assert close(penalty.data, 0.1 * 25)
    table = penalty.backward()
    assert [table[p] for p in model.parameters()] == pytest.approx([0.6, -0.8, 0.0])
    assert close((L2(0.1) + L2(0.1))(model).data, penalty.data)
    assert repr(L2(0.1) + L2(0.2)) == "L2(0.1) + L2(0.2)"


def test_l2_refuses_what_it_cannot_do() -> None:
    for lam in (-1.0, math.inf, math.nan):
        with pytest.raises(ValueError, match="lam of L2 is a finite number >= 0"):
            L2(lam)
    with pytest.raises(TypeError, match="lam of L2 expects a real number, got str"):
        L2("1")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="a penalty needs weights"):
        L2(0.1)(Module())
    with pytest.raises(TypeError):
        L2(0.1) + 1  # type: ignore[operator]


def test_a12_gradient_descent_on_a_parabola() -> None:
    for rate, end in ((0.1, 4.7018e-4), (0.4, -4.7018e-4), (0.55, -15.407)):
        w = Parameter(1.0)
        optimizer = SGD(rate)
        for _ in range(15):
            w.grad = 0.0
            (2.0 * w * w).backward()
            optimizer.step([w])
        assert close(w.data, end, 1e-4)


def test_xor_is_learnt_from_any_of_these_seeds() -> None:
    X, Y = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]
    for seed in range(5):
        model, optimizer = MLP([2, 4, 1], output="sigmoid", rng=seed), SGD(0.5, momentum=0.9)
        for _ in range(300):
            model.zero_grad()
            nn.empirical_risk(model, X, Y, nn.binary_cross_entropy).backward()
            optimizer.step(model.parameters())
        assert all(abs(model(x)[0].data - t) < 0.1 for x, t in zip(X, Y, strict=True))


# --- what a newcomer tried ------------------------------------------------------


def test_a_neuron_is_a_model_too() -> None:
    neuron = Neuron(1, init=fixed(2.0))
    assert nn.empirical_risk(neuron, [[1.0]], [1.0], nn.squared_error).data == 1.0
    assert nn.squared_error(Value(3.0), 1.0).data == 4.0


@pytest.mark.parametrize("thing", [[3.0], 3.0, "3", "", None, {}])
def test_predictions_that_are_no_values(thing) -> None:
    with pytest.raises(TypeError, match="squared_error expects a list of Values, as a model gives"):
        nn.squared_error(thing, 1.0)
    with pytest.raises(ValueError, match="at least one output"):
        nn.squared_error([], [])


def test_arguments_in_the_style_of_other_libraries_get_a_clear_answer() -> None:
    with pytest.raises(TypeError, match=r"sizes of MLP: expected .*such as \[2, 4, 1\], got int 3"):
        MLP(3, [4, 4, 1])  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="lr of SGD expects a real number, got list"):
        SGD(MLP([1, 1]).parameters())  # type: ignore[arg-type]


def test_an_activation_gives_a_value() -> None:
    with pytest.raises(TypeError, match="what <lambda> gives is one Value, got float 1.0"):
        Neuron(1, lambda s: 1.0, rng=0)([1.0])


def test_the_defaults_of_a_network() -> None:
    by_default = MLP([2, 3, 1], rng=0)
    spelt_out = MLP([2, 3, 1], "tanh", "linear", "xavier", rng=0)
    assert by_default.state_dict() == spelt_out.state_dict()
    assert repr(by_default) == repr(spelt_out)


def test_an_error_in_an_activation_names_the_inner_potential() -> None:
    with pytest.raises(autograd.DomainError, match="operand: Value 's'"):
        Neuron(1, autograd.log, init=nn.constant(-1.0))([1.0])


def test_a_row_is_copied() -> None:
    row = [Value(1.0), Value(-1.0)]
    assert nn.checks.sequence_of(row, "row") is not row
    assert nn.Sequential(lambda x: x)(row) is not row


def test_whether_there_is_a_bias_is_no_number() -> None:
    for bias in (-1.5, 0.0, None, "no"):
        with pytest.raises(TypeError, match="bias says whether there is one, True or False, got"):
            Neuron(2, bias=bias)


def test_glorot_counts_the_outputs_of_the_layer() -> None:
    seen = []
    Layer(3, 5, init=lambda n_in, n_out, rng: seen.append((n_in, n_out)) or 0.0)
    assert seen == [(3, 5)] * 15


def test_a_layer_hands_its_options_to_its_neurons() -> None:
    layer = Layer(2, 2, bias=False, expand=True, rng=0)
    assert [p.kind for p in layer.parameters()] == ["weight"] * 4
    outputs = layer([1.0, 2.0])
    assert {node.op.name for node in grad_table(outputs[0]) if node.op} == {"mul", "add"}
    assert [y.scope for y in outputs + layer.logits([1.0, 2.0])] == 2 * [
        ("layer", "neuron 0"), ("layer", "neuron 1"),
    ]  # fmt: skip


def test_uniform_weights_lie_on_both_sides_of_zero() -> None:
    drawn = [nn.uniform(0.5)(1, 1, rng) for rng in [Random(0)] for _ in range(400)]
    assert -0.5 <= min(drawn) < -0.4
    assert 0.4 < max(drawn) <= 0.5


def test_the_risk_is_labelled_and_a_bool_is_no_seed() -> None:
    model = MLP([1, 1], rng=0)
    risk = nn.empirical_risk(model, [[1.0], [2.0]], [0.0, 0.0], nn.squared_error)
    assert risk.label == "risk"
    with pytest.raises(TypeError, match="rng is an int"):
        MLP([1, 1], rng=True)


@pytest.mark.parametrize(("p", "t"), [(3.0, 1), (-2.0, 0), (1.0000001, 1), (math.inf, 1)])
def test_a_forgotten_sigmoid_is_no_negative_loss(p: float, t: float) -> None:
    with pytest.raises(
        ValueError, match="probabilities from 0 to 1, got .*is the output a sigmoid"
    ):
        nn.binary_cross_entropy([Value(p)], t)


class Holder(Module):
    """Whatever a user might keep parameters in."""

    __slots__ = ("slotted",)

    def __init__(self, **parts: object) -> None:
        for name, part in parts.items():
            setattr(self, name, part)


def test_no_parameter_is_lost() -> None:
    a, b, c = Parameter(1.0), Parameter(2.0), Parameter(3.0)
    clash = Holder(parts={"a.b": a, "a": {"b": b}}, other=c)
    assert clash.parameters() == [a, b, c]
    with pytest.raises(ValueError, match="two parameters have the path 'parts.a.b'"):
        clash.named_parameters()
    assert Holder(slotted=a, other=b).named_parameters() == {"slotted": a, "other": b}
    with pytest.raises(TypeError, match="'parts.0' is a set, which has no order"):
        Holder(parts=[{a, b}]).parameters()
    assert Holder(names={"x", "y"}).parameters() == []


def test_deep_and_circular_modules() -> None:
    deep = Holder(leaf=Parameter(1.0))
    for _ in range(5000):
        deep = Holder(inner=deep)
    assert len(deep.parameters()) == 1
    ring = Holder(leaf=Parameter(1.0))
    ring.ring = ring
    assert list(ring.named_parameters()) == ["leaf"]


@pytest.mark.parametrize("row", [{1.0, 2.0}, {1.0: 0, 2.0: 0}, b"12"])
def test_rows_without_an_order(row: object) -> None:
    with pytest.raises(TypeError, match="MLP expects a sequence of 2 inputs, got"):
        MLP([2, 1], rng=0)(row)
    with pytest.raises(TypeError, match="a target of squared_error expects a real number"):
        nn.squared_error([Value(1.0), Value(2.0)], row)


def test_integers_of_numpy_and_arrays_without_dimensions() -> None:
    numpy = pytest.importorskip("numpy")
    model = MLP(numpy.array([2, 3, 1]), rng=numpy.int64(3))
    assert [p.data for p in model.parameters()] == [
        p.data for p in MLP([2, 3, 1], rng=3).parameters()
    ]
    assert type(model.layers[0].n_inputs) is int
    with pytest.raises(TypeError, match="expects a real number, got ndarray"):
        nn.squared_error([Value(1.0)], numpy.array(1.0))
    with pytest.raises(TypeError, match="MLP expects a sequence of 2 inputs, got ndarray"):
        model(numpy.array(1.0))


def test_choices_that_are_no_names() -> None:
    for choice in (None, 3, ["relu"]):
        with pytest.raises(TypeError, match="activation is a name or a function, got"):
            Layer(1, 1, activation=choice)
    with pytest.raises(TypeError, match="activation is a name or a function, got None"):
        MLP([1, 1, 1], activation=None)
    with pytest.raises(ValueError, match="unknown activation 'ReLU'; did you mean 'relu'"):
        MLP([1, 1, 1], activation="ReLU")
    with pytest.raises(ValueError, match=r"initializer 'normal' takes a number: pass nn.normal"):
        Layer(1, 1, init="normal")
    with pytest.raises(TypeError, match="c of constant expects a real number, got str 'a'"):
        nn.constant("a")
    with pytest.raises(ValueError, match="c of constant is a finite number, got nan"):
        nn.constant(math.nan)


def test_a_risk_takes_only_nodes() -> None:
    with pytest.raises(TypeError, match="a loss is one Value, got float 1.0: compute it from"):
        nn.empirical_risk(MLP([1, 1], rng=0), [[1.0]], [1.0], lambda p, t: 1.0)


def test_a_neuron_is_a_cluster() -> None:
    y = nn.Neuron(1, "tanh", rng=0)([1.0])
    assert y.scope == y.parents[0].scope == ("neuron",)
    assert MLP([1, 1], rng=0)([1.0])[0].scope == ("layer 1", "neuron 0")


def test_the_risk_begins_with_the_losses() -> None:
    risk = nn.empirical_risk(MLP([1, 1], rng=0), [[1.0], [2.0]], [0.0, 0.0], nn.squared_error,
                             nn.L2(0.1))  # fmt: skip
    assert risk.parents[1].label == "penalty"
