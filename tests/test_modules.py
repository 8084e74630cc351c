"""What every module can do: its parts, its mode, its state, and that state in a file."""

import copy
import json
import math
import os
import pickle
from collections import deque
from pathlib import Path

import numpy as np
import pytest

import nn
from autograd import maximum, square
from nn import MLP, Dropout, Layer, Module, Neuron, Parameter, Sequential

# --- a module of one's own is short -----------------------------------------------------------


class Maxout(Module):
    """The largest of k linear functions of the inputs (Goodfellow et al., 2013)."""

    def __init__(self, n_inputs: int, pieces: int, rng: int) -> None:
        self.pieces = Layer(n_inputs, pieces, rng=rng)

    def __call__(self, x):
        best, *rest = self.pieces(x)
        for s in rest:
            best = maximum(best, s)
        return [best]


class RadialBasis(Module):
    """Bumps exp(-|x - c|^2) around centres that are learnt, and their weighted sum."""

    def __init__(self, centres: list[list[float]], rng: int) -> None:
        self.centres = [[Parameter(c, kind="bias") for c in row] for row in centres]
        self.sum = Layer(len(centres), 1, rng=rng)

    def __call__(self, x):
        distances = [
            sum(square(a - c) for a, c in zip(x, row, strict=True)) for row in self.centres
        ]
        return self.sum([(-d).exp() for d in distances])


def test_rare_kinds_are_short_and_can_do_what_modules_can() -> None:
    model = Sequential(Maxout(2, 3, rng=0), RadialBasis([[0.5], [-0.5]], rng=1))
    paths = list(model.named_parameters())
    assert paths[0] == "layers.0.pieces.neurons.0.weights.0"
    assert paths[9:11] == ["layers.1.centres.0.0", "layers.1.centres.1.0"]
    assert len(paths) == 9 + 2 + 3
    loss = nn.empirical_risk(model, [[1.0, 2.0]], [1.0], regularizer=nn.L2(0.1))
    table = loss.backward()
    assert all(p.grad == table[p] for p in model.parameters())
    # all but the biases of the two pieces that lost: their weights have the penalty's gradient
    assert sum(p.grad != 0.0 for p in model.parameters()) == 14 - 2


# --- parts and modes ------------------------------------------------------------------------------


def test_modules_come_in_the_order_of_definition_and_once() -> None:
    shared = Layer(2, 2, rng=0)
    model = Sequential(shared, Dropout(0.5), shared)
    kinds = [type(m).__name__ for m in model.modules()]
    assert kinds == ["Sequential", "Layer", "Neuron", "Neuron", "Dropout"]
    assert len(model.parameters()) == 6


def test_train_and_eval_reach_every_module_and_give_it_back() -> None:
    model = Sequential(Layer(1, 1, rng=0), Sequential(Dropout(0.5)))
    assert all(m.training for m in model.modules())
    assert model.eval() is model
    assert not any(m.training for m in model.modules())
    assert Module().training  # another module, and the class, are untouched
    assert model.train() is model
    assert all(m.training for m in model.modules())


def test_modules_and_parameters_in_any_container_with_an_order() -> None:
    class Ensemble(Module):
        def __init__(self) -> None:
            self.members = {"a": [Dropout(0.5)], "b": (Dropout(0.5),), "c": deque([Dropout(0.5)])}
            self.matrix = np.array([[Parameter(1.0), Parameter(2.0)]])
            self.numbers = np.ones(3)

    model = Ensemble().eval()
    assert not any(member.training for (member,) in model.members.values())
    assert model.train(False).training is False
    assert list(model.named_parameters()) == ["matrix.0", "matrix.1"]


def test_a_module_must_be_callable() -> None:
    with pytest.raises(NotImplementedError, match="Module must define __call__"):
        Module()([1.0])


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))])
def test_copies_of_models_share_nothing(copied) -> None:
    model = Sequential(Layer(2, 3, "tanh", rng=0), nn.Residual(Layer(3, 3, rng=1)), nn.Softmax())
    twin = copied(model)
    assert [y.data for y in twin([1.0, 2.0])] == [y.data for y in model([1.0, 2.0])]
    assert repr(twin) == repr(model)
    assert [p.label for p in twin.parameters()] == [p.label for p in model.parameters()]
    twin.parameters()[0].data += 1.0
    assert twin.state_dict() != model.state_dict()
    assert not {id(p) for p in twin.parameters()} & {id(p) for p in model.parameters()}


# --- state ---------------------------------------------------------------------------------------


def test_the_state_is_a_dict_of_numbers() -> None:
    model = MLP([2, 3, 1], rng=0)
    state = model.state_dict()
    assert list(state) == list(model.named_parameters())
    assert set(map(type, state.values())) == {float}
    other = MLP([2, 3, 1], rng=1)
    other.load_state_dict(state)
    assert other.state_dict() == state
    model.parameters()[0].data = 9.0
    assert state != model.state_dict()  # a copy, not a view


def test_a_shared_parameter_has_one_entry() -> None:
    layer = Layer(2, 2, rng=0)
    model = Sequential(layer, layer)
    assert len(model.state_dict()) == 6
    model.load_state_dict(dict.fromkeys(model.state_dict(), 1.0))
    assert [y.data for y in model([1.0, 1.0])] == [7.0, 7.0]


def test_one_error_lists_all_that_is_wrong_with_a_state() -> None:
    model = Neuron(3, rng=0)
    before = model.state_dict()
    state = before | {"weights.1": math.nan, "bias": "0", "extra": 1.0}
    del state["weights.0"]
    with pytest.raises(ValueError) as caught:
        model.load_state_dict(state)
    assert str(caught.value) == (
        "Neuron(3 -> linear; 4 parameters) cannot take this state: missing 'weights.0';"
        " unexpected 'extra'; not a finite number: 'weights.1', 'bias'"
    )
    assert model.state_dict() == before


@pytest.mark.parametrize("bad", [math.inf, -math.inf, None, "1", [1.0], 10**400, 1j, True])
def test_a_state_holds_finite_numbers(bad: object) -> None:
    model = Neuron(1, rng=0)
    before = model.state_dict()
    with pytest.raises(ValueError, match="not a finite number: 'bias'$"):
        model.load_state_dict({"weights.0": 1.0, "bias": bad})
    assert model.state_dict() == before


def test_long_lists_of_faults_are_cut_short() -> None:
    with pytest.raises(
        ValueError, match=r"'layers\.1\.neurons\.0\.weights\.0' and 5 more; unexpected 'a', 3"
    ):
        MLP([1, 2, 2], rng=0).load_state_dict({"a": 1.0, 3: 2.0, **Neuron(2).state_dict()})
    with pytest.raises(TypeError, match="load_state_dict expects a dict, .* got list"):
        MLP([1, 1]).load_state_dict([1.0])  # type: ignore[arg-type]


# --- files ---------------------------------------------------------------------------------------


def test_numbers_come_back_from_a_file_to_the_last_bit(tmp_path: Path) -> None:
    model, other = MLP([2, 3, 1], rng=0), MLP([2, 3, 1], rng=1)
    numbers = [0.1, -0.0, 5e-324, 1.7976931348623157e308, 1 / 3]
    for p, number in zip(model.parameters(), numbers, strict=False):
        p.data = number
    path = model.save(str(tmp_path / "net.json"))
    other.load(path)
    assert path == tmp_path / "net.json"
    assert list(map(repr, other.state_dict().values())) == list(
        map(repr, model.state_dict().values())
    )
    assert os.listdir(tmp_path) == ["net.json"]
    assert path.read_bytes() == model.save(tmp_path / "net.json").read_bytes()
    assert json.loads(path.read_text())["model"] == repr(model)


def wrong_files() -> dict[str, tuple[bytes, str]]:
    good = {"gradtable state": 1, "model": "m", "parameters": {"weights.0": 1.0, "bias": 2.0}}
    text = json.dumps(good)
    return {
        "truncated": (text[:-9].encode(), "is no state that save"),
        "empty": (b"", "is no state that save"),
        "not json": (b"weights: 3", "is no state that save"),
        "binary": (b"\x80\x04\x95\xff\x00", "is no state that save"),
        "deep": (b"[" * 100_000, "is no state that save"),
        "a list": (b"[1, 2]", "no heading"),
        "another file": (b'{"name": "package"}', "no heading"),
        "a later format": (text.replace(": 1,", ": 2,").encode(), "no heading"),
        "without parameters": (b'{"gradtable state": 1}', "missing 'weights.0', 'bias'"),
        "a list of them": (b'{"gradtable state": 1, "parameters": [1]}', "expects a dict"),
        "nan": (text.replace("2.0", "NaN").encode(), "not a finite number: 'bias'"),
        "too large": (text.replace("2.0", "1e999").encode(), "not a finite number: 'bias'"),
        "null": (text.replace("2.0", "null").encode(), "not a finite number: 'bias'"),
        "another net": (text.replace("weights.0", "weights.7").encode(), "saved from m: Neuron"),
    }


@pytest.mark.parametrize("kind", wrong_files())
def test_a_wrong_file_is_one_clear_error_and_changes_nothing(kind: str, tmp_path: Path) -> None:
    content, words = wrong_files()[kind]
    path = tmp_path / "state.json"
    path.write_bytes(content)
    model = Neuron(1, rng=0)
    before = model.state_dict()
    with pytest.raises(ValueError, match=words) as caught:
        model.load(path)
    assert "state.json" in str(caught.value)
    assert model.state_dict() == before


def test_a_state_of_another_kind_of_net_is_taken_with_a_warning(tmp_path: Path) -> None:
    path = MLP([1, 2, 1], "tanh", rng=0).save(tmp_path / "net.json")
    other = MLP([1, 2, 1], "relu", rng=1)
    with pytest.warns(UserWarning, match=r"parameters of MLP\(1 -> 2 tanh .* for MLP\(1 -> 2 relu"):
        other.load(path)
    assert other.state_dict() == MLP([1, 2, 1], "tanh", rng=0).state_dict()
    untouched = MLP([1, 2, 1], "relu", rng=1)
    with pytest.raises(UserWarning):  # the tests make errors of warnings
        untouched.load(path)
    assert untouched.state_dict() == MLP([1, 2, 1], "relu", rng=1).state_dict()


def test_a_file_that_cannot_be_read_or_written(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Neuron(1).load(tmp_path / "nowhere.json")
    with pytest.raises(OSError):
        Neuron(1).save(tmp_path / "no folder" / "net.json")
    with pytest.raises(OSError):
        Neuron(1).save(tmp_path)
    assert os.listdir(tmp_path) == []


def test_slots_come_in_the_order_of_definition() -> None:
    class First(Module):
        __slots__ = "a"

    class Second(First):
        __slots__ = ("__hidden", "b")

        def __init__(self) -> None:
            self.__hidden = Parameter(3.0)

    module = Second()
    module.b, module.a = Parameter(1.0), Parameter(2.0)
    assert [p.data for p in module.parameters()] == [2.0, 3.0, 1.0]
    module.b = frozenset([module.a])
    with pytest.raises(TypeError, match="'b' is a set, which has no order"):
        module.parameters()


def test_numbers_of_other_libraries_can_be_saved(tmp_path: Path) -> None:
    model = Neuron(1, rng=0)
    model.bias.data = np.float32(0.5)
    model.load(model.save(tmp_path / "net.json"))
    assert model.bias.data == 0.5


def test_a_spoilt_model_does_not_replace_a_good_file(tmp_path: Path) -> None:
    model = Neuron(1, rng=0)
    path = model.save(tmp_path / "net.json")
    good = path.read_bytes()
    for bad in (math.nan, math.inf):
        model.bias.data = bad
        with pytest.raises(ValueError, match="cannot be saved: not a finite number: 'bias'"):
            model.save(path)
    assert path.read_bytes() == good


def test_a_state_file_never_executes_anything(tmp_path: Path) -> None:
    path = tmp_path / "net.json"
    path.write_bytes(pickle.dumps(Neuron(1, rng=0)))
    with pytest.raises(ValueError, match="is no state that save"):
        Neuron(1).load(path)


def test_two_layers_in_another_order_do_not_fit() -> None:
    with pytest.raises(ValueError, match="missing .*unexpected"):
        MLP([2, 1, 2], rng=0).load_state_dict(MLP([1, 2, 1], rng=0).state_dict())
