"""Training and predicting on tapes: as eagerly, but for rounding, and nothing that is lost."""

import json
import math
import pickle
import warnings
from random import Random

import numpy as np
import pytest

import nn
from autograd import DivergedError, RecordingError, Value, exp, log, tanh
from nn import datasets, predicting, taped, training
from nn.recorded import Draws, SampleTape
from nn.training import predict


@pytest.fixture(params=["python", "numba"])
def replay(request, monkeypatch):
    """Let every run be replayed by one engine, however short it is."""
    monkeypatch.setattr(training, "WORTH_RECORDING", -1)
    monkeypatch.setattr(training, "FEW", 0)
    monkeypatch.setattr(training, "SEVERAL", 1e18)
    monkeypatch.setattr(training, "WORTH_COMPILING", -1 if request.param == "numba" else 1e18)
    monkeypatch.setattr(predicting, "WORTH_COMPILING", -1 if request.param == "numba" else 1e18)
    return request.param


def run(make, X, y, engine, optimizer=None, **options):
    model = make()
    rule = optimizer() if optimizer else nn.SGD(0.1)
    history = nn.fit(model, X, y, optimizer=rule, engine=engine, progress=False, **options)
    return model, history, rule


def close(a, b):
    return a == pytest.approx(b, rel=1e-9, abs=1e-13)


def assert_same_run(make, X, y, **options):
    model, history, rule = run(make, X, y, "eager", **options)
    other, taped_history, taped_rule = run(make, X, y, "tape", **options)
    assert close(list(other.state_dict().values()), list(model.state_dict().values()))
    assert taped_history.stopped == history.stopped
    for name in ("loss", "validation_loss", "gradient_norm", "learning_rate"):
        assert close(getattr(taped_history, name), getattr(history, name)), name
    gradients = [[p.grad for p in m.parameters()] for m in (model, other)]
    assert close(gradients[1], gradients[0])
    kept = [
        [list(r.state.get(p, ())) for p in m.parameters()]
        for m, r in ((model, rule), (other, taped_rule))
    ]
    assert all(close(a, b) for a, b in zip(*kept, strict=True))
    assert all(m.training for m in other.modules())


X2, Y2 = datasets.moons(40, rng=0)
SIGNS = [2 * t - 1 for t in Y2]
IRIS = datasets.iris()
IRIS_X = datasets.standardize(IRIS[0])


def sequences():
    rng = Random(0)
    X = [[[rng.gauss(0.0, 1.0)] for _ in range(rng.choice([2, 3, 4]))] for _ in range(20)]
    return X, [[[sum(x[0] for x in rows[: k + 1])] for k in range(len(rows))] for rows in X]


def with_dropout():
    return nn.Sequential(
        nn.Layer(4, 8, "tanh", rng=0), nn.Dropout(0.3), nn.Layer(8, 3, rng=1), nn.Softmax()
    )


RUNS = {
    "xor": lambda: assert_same_run(
        lambda: nn.MLP([2, 8, 1], output="sigmoid", rng=0), *datasets.xor(), epochs=100,
        optimizer=lambda: nn.Adam(0.05),
    ),
    "moons": lambda: assert_same_run(
        lambda: nn.MLP([2, 8, 8, 1], "relu", rng=0), X2, SIGNS, loss="hinge", epochs=20,
        regularizer=nn.L2(1e-3) + nn.L1(1e-4), validation=0.2,
        optimizer=lambda: nn.SGD(0.05, momentum=0.9), schedule=nn.halving(5),
    ),
    "iris": lambda: assert_same_run(
        lambda: nn.MLP([4, 6, 3], output="softmax", rng=0), IRIS_X, IRIS[1], epochs=5,
        batch_size=16, validation=0.2, optimizer=lambda: nn.SGD(0.1, 0.9, nesterov=True),
    ),
    "one-hot targets": lambda: assert_same_run(
        lambda: nn.MLP([4, 3], output="softmax", rng=0), IRIS_X[40:60],
        [[1.0, 0.0, 0.0]] * 10 + [[0.2, 0.7, 0.1]] * 10, epochs=5,
    ),
    "indices and distributions": lambda: assert_same_run(
        lambda: nn.MLP([4, 3], output="softmax", rng=0), IRIS_X[:4],
        [0, [0.0, 0.5, 0.5], 2, [1.0, 0.0, 0.0]], epochs=5, batch_size=3,
    ),
    "dropout": lambda: assert_same_run(
        with_dropout, IRIS_X, IRIS[1], epochs=4, batch_size=7, validation=0.2
    ),
    "dropout, full batch": lambda: assert_same_run(with_dropout, IRIS_X, IRIS[1], epochs=3),
    "recurrent": lambda: assert_same_run(
        lambda: nn.Recurrent(1, 4, 1, rng=0), *sequences(), epochs=5, batch_size=6,
        optimizer=lambda: nn.Adam(0.02), validation=0.2,
    ),
    "recurrent, classes": lambda: assert_same_run(
        lambda: nn.Recurrent(1, 4, 2, output="softmax", rng=0), sequences()[0],
        [[int(r[0] > 0) for r in t] for t in sequences()[1]], epochs=4,
    ),
    "backtracking": lambda: assert_same_run(
        lambda: nn.MLP([4, 4, 3], output="softmax", rng=0), IRIS_X, IRIS[1], epochs=6,
        optimizer=lambda: nn.BacktrackingGD(8.0),
    ),
    "probabilities": lambda: assert_same_run(
        lambda: nn.MLP([2, 3, 1], output="sigmoid", rng=0), X2, Y2, epochs=5,
        loss="binary_cross_entropy",
    ),
    "residual and arrays": lambda: assert_same_run(
        lambda: nn.Sequential(nn.Residual(nn.Layer(2, 2, "tanh", rng=0)), nn.Layer(2, 1, rng=1)),
        np.array(X2), np.array(Y2), epochs=5, batch_size=10, loss="huber",
    ),
    "a neuron": lambda: assert_same_run(
        lambda: nn.Neuron(2, "sigmoid", rng=0), X2, Y2, epochs=5
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", RUNS)
def test_a_run_on_a_tape_is_the_eager_run(name, replay):
    RUNS[name]()


def test_digits_on_a_tape_are_digits_eagerly():
    X, y = datasets.digits()
    X = [[x / 16.0 for x in row] for row in X[:100]]
    training_size = {"epochs": 2, "batch_size": 10, "validation": 0.1}
    assert_same_run(lambda: nn.MLP([64, 30, 10], output="softmax", rng=0), X, y[:100],
                    optimizer=lambda: nn.SGD(0.1, 0.9), **training_size)  # fmt: skip


def test_all_digits_train_through_fit_to_95_percent():
    X, y = datasets.digits()
    X = [[x / 16.0 for x in row] for row in X]
    rows, held, targets, kept = datasets.split(X, y, 0.2, rng=0)
    model = nn.MLP([64, 30, 10], output="softmax", rng=0)
    nn.fit(model, rows, targets, optimizer=nn.SGD(0.1, 0.5), epochs=20, batch_size=10,
           progress=False)  # fmt: skip
    assert nn.accuracy(predict(model, held), kept, rule="argmax") >= 0.95


# --- what is drawn while training ------------------------------------------------------------


class Noise(nn.Module):
    """Adds noise to its inputs while training: it draws with other methods than dropout."""

    def __init__(self):
        self.rng = Random(1)

    def __call__(self, inputs):
        if not self.training:
            return inputs
        return [x + self.rng.gauss(0.0, 0.1) * self.rng.uniform(0.5, 1.0) for x in inputs]


def test_noise_of_ones_own_is_drawn_from_the_same_generator(replay):
    assert_same_run(
        lambda: nn.Sequential(Noise(), nn.Layer(2, 4, "tanh", rng=0), nn.Layer(4, 1, rng=1)),
        X2, Y2, epochs=4, batch_size=9, validation=0.2,
    )  # fmt: skip


def test_both_engines_leave_the_generator_where_it_is():
    states = []
    for engine in ("eager", "tape"):
        rng = Random(3)
        run(with_dropout, IRIS_X, IRIS[1], engine, epochs=2, batch_size=20, rng=rng)
        states.append(rng.getstate())
    assert states[0] == states[1]


@pytest.mark.parametrize("draw", ["randint", "choice", "shuffle", "randrange"])
def test_draws_that_are_no_real_numbers_cannot_be_recorded(draw):
    given = {"randint": (0, 1), "randrange": (3,)}.get(draw, ([1, 2],))
    with pytest.raises(RecordingError, match="whole numbers"):
        getattr(Draws([]), draw)(*given)


# --- what cannot be recorded -----------------------------------------------------------------


class Own(nn.Module):
    """A model that a function makes of two inputs and a weight."""

    def __init__(self, function):
        self.w, self.function = nn.Parameter(0.5, "w"), function

    def __call__(self, inputs):
        return [self.function(self.w, *inputs)]


counter = iter(range(10**9))
UNRECORDABLE = {
    "branches on": lambda w, x, z: w * (x if x > 0 else z),
    "branches on ": lambda w, x, z: w * max(x, z),
    "branches on  ": lambda w, x, z: w * (0.0 if x == 1.0 else z),
    "reads the number of": lambda w, x, z: w * (x if (w * x).data > 0 else z),
    "reads the number of ": lambda w, x, z: w * x * Value((w * 1.0).data),
    "reads the number of w": lambda w, x, z: w * x if w.data > 0 else w * z,
    "something else each time": lambda w, x, z: w * x + float(next(counter)) * 1e-9,
}


@pytest.mark.parametrize("why", UNRECORDABLE)
def test_a_model_that_cannot_be_recorded_is_trained_eagerly_and_it_is_said_once(why, replay):
    function = UNRECORDABLE[why]
    for engine in ("tape", "auto"):
        with pytest.warns(UserWarning, match=f"trained eagerly.*{why.strip()}") as said:
            model, history, _ = run(lambda: Own(function), X2, Y2, engine, epochs=3, loss="huber")
        assert len(said) == 1 and len(history) == 3
        if "each time" not in why:
            expected, _, _ = run(lambda: Own(function), X2, Y2, "eager", epochs=3, loss="huber")
            assert model.state_dict() == expected.state_dict()


def test_sparsemax_sorts_by_data_and_falls_back(replay):
    with pytest.warns(UserWarning, match="no tape can be made.*branches on"):
        run(lambda: nn.MLP([4, 3], output="sparsemax", rng=0), IRIS_X, IRIS[1], "auto", epochs=1)


def test_newton_needs_more_than_gradients(replay):
    line = [[0.0], [1.0], [2.0]], [1.0, 3.0, 5.0]
    with pytest.warns(UserWarning, match="Newton has a step of its own"):
        model, _, _ = run(lambda: nn.Neuron(1, rng=0), *line, "tape", nn.Newton, epochs=1)
    assert predict(model, [[3.0]])[0] == pytest.approx([7.0])
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # with "auto" nobody asked for a tape
        run(lambda: nn.Neuron(1, rng=0), *line, "auto", nn.Newton, epochs=1)


def test_short_runs_do_not_ask_for_a_recording():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        run(lambda: Own(lambda w, x, z: w * max(x, z)), X2, Y2, "auto", epochs=2, loss="huber")


def test_an_optimizer_for_plain_numbers_is_applied_to_each(replay):
    class Clipped(nn.SGD):
        def update(self, theta, gradient, *state):
            return super().update(theta, max(-0.1, min(0.1, gradient)), *state)

    assert_same_run(lambda: nn.MLP([2, 3, 1], rng=0), X2, Y2, epochs=5,
                    optimizer=lambda: Clipped(0.5, momentum=0.5))  # fmt: skip


# --- whoever looks at the model, sees it ---------------------------------------------------------


def test_callbacks_see_the_parameters_and_may_change_them(replay):
    seen = {}

    def callback_of(engine):
        def callback(epoch, model, history):
            seen.setdefault(engine, []).append(
                ([p.data for p in model.parameters()], [p.grad for p in model.parameters()])
            )
            if epoch == 2:
                model.parameters()[0].data += 0.25

        return callback

    models = [
        run(lambda: nn.MLP([2, 3, 1], rng=0), X2, Y2, engine, epochs=4,
            optimizer=lambda: nn.SGD(0.1, 0.9), callbacks=[callback_of(engine)])[0]
        for engine in ("eager", "tape")
    ]  # fmt: skip
    for eager, other in zip(seen["eager"], seen["tape"], strict=True):
        assert close(other[0], eager[0]) and close(other[1], eager[1])
    assert close(*(list(m.state_dict().values()) for m in models))


def test_a_model_that_a_callback_changes_is_recorded_anew(replay):
    class Scaled(nn.Module):
        def __init__(self):
            self.neuron, self.factor = nn.Neuron(2, rng=0), 1.0

        def __call__(self, inputs):
            return [self.factor * tanh(self.neuron(inputs))]

    def double(epoch, model, history):
        model.factor *= 1.5

    assert_same_run(Scaled, X2, Y2, epochs=4, callbacks=[double], validation=0.25)


def test_a_callback_that_leaves_nan_is_a_divergence(replay):
    def spoil(epoch, model, history):
        if epoch == 2:
            model.parameters()[0].data = math.nan

    model = nn.MLP([2, 3, 1], rng=0)
    with pytest.raises(DivergedError, match="callback left") as raised:
        nn.fit(model, X2, Y2, epochs=4, callbacks=[spoil], engine="tape", progress=False)
    assert raised.value.epoch is None or len(raised.value.history) == 1
    assert all(math.isfinite(p.data) for p in model.parameters())


@pytest.mark.parametrize("engine", ["eager", "tape"])
def test_divergence_is_told_alike(engine, replay):
    model = nn.MLP([2, 3, 1], rng=0)
    with pytest.raises(DivergedError) as raised:
        nn.fit(model, X2, Y2, optimizer=nn.SGD(1e160), epochs=9, engine=engine, progress=False)
    error = raised.value
    assert (error.epoch, error.batch) == (2, 1)
    assert "the risk is inf, first at" in str(error) and error.node is not None
    assert all(math.isfinite(p.data) for p in model.parameters())


@pytest.mark.parametrize("engine", ["eager", "tape"])
def test_a_domain_error_is_a_divergence_with_its_node(engine, replay):
    make = Own(lambda w, x, z: log(w + 0.6 - 0.6 * x * x))
    with pytest.raises(DivergedError, match=r"epoch 1, batch \d: log\(") as raised:
        nn.fit(make, [[0.0, 1.0], [1.0, 1.0], [2.0, 1.0], [3.0, 1.0]], [0.0] * 4, rng=1,
               loss="huber", batch_size=1, epochs=2, engine=engine, progress=False)  # fmt: skip
    assert isinstance(raised.value.node, Value)


def test_an_interruption_leaves_the_last_finished_epoch(replay, monkeypatch):
    learn, calls = taped.Taped.learn, []

    def interrupted(self, batch):
        calls.append(batch)
        if len(calls) == 8:
            raise KeyboardInterrupt
        return learn(self, batch)

    monkeypatch.setattr(taped.Taped, "learn", interrupted)
    make = lambda: nn.MLP([2, 3, 1], rng=0)  # noqa: E731
    model, history, _ = run(make, X2, Y2, "tape", epochs=9, batch_size=16)
    assert (history.stopped, len(history)) == ("interrupted", 2)
    expected, _, _ = run(make, X2, Y2, "eager", epochs=2, batch_size=16)
    assert close(*(list(m.state_dict().values()) for m in (model, expected)))


def test_the_best_parameters_come_back(replay):
    options = {"epochs": 60, "validation": 0.3, "stop": nn.EarlyStopping(3, restore_best=True)}
    assert_same_run(lambda: nn.MLP([2, 8, 1], rng=0), X2, Y2, optimizer=lambda: nn.SGD(0.8, 0.9),
                    **options)  # fmt: skip


# --- checkpoints ---------------------------------------------------------------------------------


def test_a_taped_run_goes_on_bit_for_bit(replay, tmp_path):
    options = {"optimizer": lambda: nn.Adam(0.05), "batch_size": 16, "validation": 0.2}
    whole, history, _ = run(with_dropout, IRIS_X, IRIS[1], "tape", epochs=6, **options)
    path = tmp_path / "run.json"
    run(with_dropout, IRIS_X, IRIS[1], "tape", epochs=3, checkpoint=path, **options)
    assert json.loads(path.read_text())["run"]["engine"] == f"tape ({replay})"
    for engine in ("auto", "tape"):
        copy = tmp_path / f"{engine}.json"
        copy.write_bytes(path.read_bytes())
        model, resumed, _ = run(with_dropout, IRIS_X, IRIS[1], engine, epochs=6, checkpoint=copy,
                                resume=True, **options)  # fmt: skip
        assert model.state_dict() == whole.state_dict()
        assert resumed == history


def test_the_engine_of_a_run_is_kept(replay, tmp_path, monkeypatch):
    path = tmp_path / "run.json"
    make = lambda: nn.MLP([2, 3, 1], rng=0)  # noqa: E731
    run(make, X2, Y2, "eager", epochs=2, checkpoint=path)
    model, _, _ = run(make, X2, Y2, "auto", epochs=4, checkpoint=path, resume=True)
    expected, _, _ = run(make, X2, Y2, "eager", epochs=4)
    assert model.state_dict() == expected.state_dict()
    with pytest.raises(ValueError, match="another run: engine eager there, tape"):
        run(make, X2, Y2, "tape", epochs=6, checkpoint=path, resume=True)


def test_another_replay_than_the_stored_one_is_told(tmp_path, monkeypatch):
    path = tmp_path / "run.json"
    make = lambda: nn.MLP([2, 3, 1], rng=0)  # noqa: E731
    monkeypatch.setattr(training, "WORTH_COMPILING", -1)
    run(make, X2, Y2, "tape", epochs=2, checkpoint=path)
    monkeypatch.setattr("autograd.tape._compiled", lambda: None)
    with pytest.warns(
        UserWarning, match=r"engine tape \(numba\), and goes on with tape \(python\)"
    ):
        model, _, _ = run(make, X2, Y2, "auto", epochs=4, checkpoint=path, resume=True)
    expected, _, _ = run(make, X2, Y2, "eager", epochs=4)
    assert close(*(list(m.state_dict().values()) for m in (model, expected)))


# --- predicting ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "model",
    [
        nn.MLP([2, 5, 3], output="softmax", rng=0),
        nn.Neuron(2, "tanh", rng=0),
        nn.MLP([2, 3], output="sparsemax", rng=0),
        nn.Sequential(nn.Layer(2, 3, rng=0), nn.Dropout(0.5, rng=0)),
        Own(lambda w, x, z: w * (x if (w * x).data > 0 else z)),
        Own(lambda w, x, z: w * exp(x) + z),
    ],
)
def test_many_rows_are_predicted_as_each_of_them(model, replay):
    rng = Random(0)
    X = [[rng.gauss(0.0, 1.0), rng.gauss(0.0, 1.0)] for _ in range(taped.FEW)]
    few = predict(model, X[: taped.FEW // 2])
    many = predict(model, X)
    assert len(many) == len(X) and all(isinstance(row, list) for row in many)
    assert np.array(many[: len(few)]) == pytest.approx(np.array(few), rel=1e-13, abs=1e-15)
    assert isinstance(predict(model, np.array(X)), np.ndarray)


def test_sequences_of_any_length_are_predicted_from_their_tapes(replay):
    rng = Random(0)
    X = [[[rng.random()] for _ in range(rng.choice([1, 2, 3]))] for _ in range(taped.FEW)]
    model = nn.Recurrent(1, 3, 2, rng=0)
    many, each = predict(model, X), [predict(model, [sequence])[0] for sequence in X]
    assert [len(rows) for rows in many] == [len(sequence) for sequence in X]
    for ours, expected in zip(many, each, strict=True):
        assert np.array(ours) == pytest.approx(np.array(expected), rel=1e-13)


def test_a_row_outside_of_a_domain_raises_as_eagerly(replay):
    model = Own(lambda w, x, z: w * log(x))
    with pytest.raises(ValueError, match=r"log\(-1.0\) is undefined"):
        predict(model, [[1.0, 1.0]] * taped.FEW + [[-1.0, 1.0]])


def test_a_sample_tape_says_what_a_sample_is():
    sample = SampleTape(
        with_dropout(), with_dropout().logits, IRIS_X[0], nn.softmax_cross_entropy, 1
    )
    assert sample.numbers([1.0, 2.0, 3.0, 4.0], 1) == [1.0, 2.0, 3.0, 4.0, 0.0, 1.0, 0.0]


# --- what a recording leaves alone ---------------------------------------------------------------


def test_a_fallback_leaves_the_global_generators_where_they_were(replay):
    import random

    def noisy():
        return Own(lambda w, x, z: w * x + random.gauss(0.0, 0.1) + float(np.random.rand()))

    runs = []
    for engine in ("eager", "tape"):
        random.seed(1)
        np.random.seed(1)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            runs.append(run(noisy, X2, Y2, engine, epochs=1, loss="huber")[1].loss)
    assert runs[0] == runs[1]  # the checks of the data draw, in both; the recordings do not


def test_ctrl_c_before_the_first_step_returns_normally(monkeypatch):
    def interrupted(*given):
        raise KeyboardInterrupt

    monkeypatch.setattr(training, "_size", interrupted)
    model = nn.MLP([2, 3, 1], rng=0)
    before = model.state_dict()
    history = nn.fit(model, X2, Y2, epochs=3, progress=False)
    assert (history.stopped, len(history)) == ("interrupted", 0)
    assert model.state_dict() == before


@pytest.mark.parametrize("wrong", [lambda theta: [theta], lambda theta: theta])
def test_an_update_that_gives_no_tuple_is_refused_alike(wrong, replay):
    class Wrong(nn.Optimizer):
        def update(self, theta, gradient):
            return wrong(theta - self.lr * gradient)

    for engine in ("eager", "tape"):
        with pytest.raises(TypeError, match="update of Wrong gives a tuple"):
            run(lambda: nn.MLP([2, 1], rng=0), X2, Y2, engine, lambda: Wrong(0.1), epochs=2)


def test_a_layer_that_a_callback_adds_is_not_trained_but_used(replay):
    class Growing(nn.Module):
        def __init__(self):
            self.layers = [nn.Neuron(2, rng=0)]

        def __call__(self, inputs):
            return [sum(neuron(inputs) for neuron in self.layers)]

    def grow(epoch, model, history):
        model.layers.append(nn.Neuron(2, rng=epoch))

    assert_same_run(Growing, X2, Y2, epochs=3, callbacks=[grow])


def test_many_shapes_are_not_written_as_python_one_by_one():
    """Each tape would be replayed a few times only."""
    rng = Random(0)
    X = [[[rng.random()] for _ in range(n)] for n in range(1, 12)]
    y = [[[0.0]] * len(rows) for rows in X]
    make = lambda: nn.Recurrent(1, 2, 1, rng=0)  # noqa: E731
    model, _, rule = run(make, X, y, "tape", epochs=1)
    assert taped.Taped(model, rule, "auto", None, Random(0), (X, y)).name == "tape (numba)"


def test_neither_warnings_of_arrays_nor_settings_of_them_leak(replay):
    seen = []

    def look(epoch, model, history):
        seen.append(np.geterr())

    with np.errstate(over="raise", invalid="ignore", divide="call"):
        expected = np.geterr()
        run(lambda: nn.MLP([2, 1], rng=0), X2, Y2, "tape", epochs=1, callbacks=[look])
        assert np.geterr() == expected == seen[0]


# --- what would go wrong in silence ------------------------------------------------------------


class Kept(nn.Module):
    """Keeps its hidden value, as people do to look at it later."""

    def __init__(self):
        self.neuron, self.h, self.seen = nn.Neuron(2, rng=0), None, []

    def __call__(self, inputs):
        self.h = tanh(self.neuron(inputs))
        return [self.h * 2.0]


class Appending(Kept):
    def __call__(self, inputs):
        self.seen.append(1)
        return [tanh(self.neuron(inputs))]


@pytest.mark.parametrize("make", [Kept, Appending])
def test_a_model_that_keeps_something_of_a_call_is_not_recorded(make, replay):
    with pytest.warns(UserWarning, match="keeps something of a call"):
        model, _, _ = run(make, X2, Y2, "tape", epochs=2)
    expected, _, _ = run(make, X2, Y2, "eager", epochs=2)
    assert model.state_dict() == expected.state_dict()
    rows = [[float(i), 1.0] for i in range(taped.FEW)]
    assert predict(model, rows)[:3] == predict(model, rows[:3])


def looked_up(predicted, target):
    return nn.squared_error(predicted, {0.0: 1.0, 1.0: 5.0}.get(target, 1.0))


def detached(model):
    weights = model.state_dict().values()
    return sum(weights) * sum(p for p in model.parameters())


@pytest.mark.parametrize(
    "options", [{"loss": looked_up}, {"regularizer": nn.Penalty(detached)}], ids=["loss", "penalty"]
)
def test_a_tape_that_is_wrong_elsewhere_is_found_before_it_is_used(options, replay):
    make = lambda: nn.MLP([2, 3, 1], rng=0)  # noqa: E731
    with pytest.warns(UserWarning, match="the tape gives the risk"):
        model, _, _ = run(make, X2, Y2, "tape", epochs=3, **options)
    expected, _, _ = run(make, X2, Y2, "eager", epochs=3, **options)
    assert model.state_dict() == expected.state_dict()


def test_a_gradient_inside_the_loss_is_not_lost_where_a_weight_is_zero(replay):
    from autograd import gradients, square

    def loss(predicted, target):
        (slope,) = gradients(predicted[0], predicted[0].parents[1:2])
        return nn.squared_error(predicted, target) + square(slope)

    assert_same_run(
        lambda: Own(lambda w, x, z: (0.0 * w + w - 0.5) * square(z)), X2, Y2, epochs=3, loss=loss
    )


def test_probabilities_that_cannot_be_checked_are_not_recorded(replay):
    with pytest.warns(UserWarning, match="checks that its operands are probabilities"):
        run(lambda: Own(lambda w, x, z: w * 0.5 + 0.1), X2, Y2, "tape", epochs=1,
            loss="binary_cross_entropy")  # fmt: skip


@pytest.mark.parametrize(
    "body",
    [
        "v *= 0.9; v += -self.lr * gradient; theta += v; return theta, v",
        "assert isinstance(gradient, float); return theta - self.lr * gradient, v",
        "g = np.linalg.norm(gradient); return theta - self.lr * gradient / (1 + g), v",
        "return (theta[:1] if hasattr(theta, 'shape') else theta - self.lr * gradient), v",
        "return theta - self.lr * gradient, v + gradient * gradient",
    ],
)
def test_a_rule_that_arrays_would_change_is_applied_to_each_number(body, replay):
    space = {"np": np, "nn": nn}
    head = "class Rule(nn.Optimizer):\n    initial = (0.0,)\n"
    exec(f"{head}    def update(self, theta, gradient, v):\n        {body}", space)
    assert_same_run(
        lambda: nn.MLP([2, 4, 1], rng=0), X2, Y2, epochs=5, validation=0.3,
        optimizer=lambda: space["Rule"](0.1), stop=nn.EarlyStopping(1, restore_best=True),
    )  # fmt: skip


@pytest.mark.parametrize("engine", ["eager", "tape"])
def test_a_state_that_is_not_finite_is_a_divergence_on_both_engines(engine, replay):
    class Growing(nn.Optimizer):
        initial = (1.0,)

        def update(self, theta, gradient, state):
            return theta - self.lr * gradient, state * 1e200

    with pytest.raises(DivergedError, match="state would not be finite"):
        run(lambda: nn.MLP([2, 1], rng=0), X2, Y2, engine, lambda: Growing(0.1), epochs=4)


def test_batches_that_the_tape_leaves_to_the_eager_engine(monkeypatch, replay):
    """The generator goes on from where it was, and so do the parameters."""
    replayed, calls = taped.Taped._risk_and_gradient, []

    def sometimes(self, batches, size):
        calls.append(size)
        if len(calls) % 3 == 2:
            return math.nan, self._vector([0.0] * len(self.parameters))
        return replayed(self, batches, size)

    monkeypatch.setattr(taped.Taped, "_risk_and_gradient", sometimes)
    assert_same_run(with_dropout, IRIS_X, IRIS[1], epochs=3, batch_size=20,
                    optimizer=lambda: nn.SGD(0.1, 0.9))  # fmt: skip
    assert len(calls) == 24


def test_a_taped_run_learns_nothing_eagerly(monkeypatch, replay):
    monkeypatch.setattr(taped.Eager, "learn", None)
    run(lambda: nn.MLP([2, 3, 1], rng=0), X2, Y2, "tape", epochs=2)


@pytest.mark.parametrize("function", [lambda w, x, z: log(w), lambda w, x, z: w * 1e100])
def test_a_search_that_steps_too_far_comes_back(function, replay):
    """There the loss is undefined, or infinite."""
    assert_same_run(lambda: Own(function), X2, [0.0] * len(X2), epochs=2,
                    optimizer=lambda: nn.BacktrackingGD(1e3))  # fmt: skip


def test_a_callback_that_makes_a_model_unrecordable_goes_on_eagerly(replay):
    def branch(epoch, model, history):
        model.function = lambda w, x, z: w * max(x, z)

    make = lambda: Own(lambda w, x, z: w * x + z)  # noqa: E731
    with pytest.warns(UserWarning, match="goes on without a tape from epoch 2 on: .*branches on"):
        model, history, _ = run(make, X2, Y2, "tape", epochs=4, loss="huber", callbacks=[branch],
                                optimizer=lambda: nn.SGD(0.1, 0.5))  # fmt: skip
    expected, whole, _ = run(make, X2, Y2, "eager", epochs=4, loss="huber", callbacks=[branch],
                             optimizer=lambda: nn.SGD(0.1, 0.5))  # fmt: skip
    assert close(history.loss, whole.loss) and history.stopped == "epochs"
    assert close(list(model.state_dict().values()), list(expected.state_dict().values()))


def test_what_is_only_changed_for_use_is_noticed_in_the_validation(replay):
    class Averaged(nn.Module):
        def __init__(self):
            self.neuron, self.offset = nn.Neuron(2, rng=0), 0.0

        def __call__(self, inputs):
            return [self.neuron(inputs) + (0.0 if self.training else self.offset)]

    def shift(epoch, model, history):
        model.offset += 1.0

    assert_same_run(Averaged, X2, Y2, epochs=4, callbacks=[shift], validation=0.25)


def test_a_penalty_that_follows_the_schedule(replay):
    def penalised(model):
        return rules[-1].lr * sum(p * p for p in model.parameters())

    rules = []

    def rule():
        rules.append(nn.SGD(0.2, 0.5))
        return rules[-1]

    assert_same_run(lambda: nn.MLP([2, 1], rng=0), X2, Y2, epochs=6, optimizer=rule,
                    regularizer=penalised, schedule=nn.halving(2))  # fmt: skip


def test_a_penalty_that_a_schedule_makes_unrecordable_goes_on_eagerly(replay):
    def run_with(engine):
        branching = []

        def penalised(model):
            weight = model.parameters()[0] * 0.1
            return weight * (1.0 if branching and weight > 0.0 else 2.0)

        def schedule(epoch):
            if epoch == 3:
                branching.append(epoch)
            return 1.0

        return run(lambda: nn.MLP([2, 1], rng=0), X2, Y2, engine, epochs=5, schedule=schedule,
                   regularizer=penalised)[0].state_dict()  # fmt: skip

    with pytest.warns(UserWarning, match="goes on without a tape from epoch 3 on"):
        state = run_with("tape")
    assert close(list(state.values()), list(run_with("eager").values()))


def test_an_interruption_at_the_very_end_leaves_a_whole_model(monkeypatch, replay):
    publish, interrupts = taped.Taped.publish, [KeyboardInterrupt]

    def interrupted(self):
        if interrupts:
            self.parameters[0].data = 99.0  # half of the numbers are in the model
            raise interrupts.pop()
        publish(self)

    monkeypatch.setattr(taped.Taped, "publish", interrupted)
    make = lambda: nn.MLP([2, 3, 1], rng=0)  # noqa: E731
    model, history, _ = run(make, X2, Y2, "tape", epochs=3)
    assert (history.stopped, len(history)) == ("interrupted", 3)
    expected, _, _ = run(make, X2, Y2, "eager", epochs=3)
    assert close(*(list(m.state_dict().values()) for m in (model, expected)))


def test_everything_is_of_its_own_kind_again():
    model, _, _ = run(with_dropout, IRIS_X, IRIS[1], "tape", epochs=1)
    assert {type(p) for p in model.parameters()} == {nn.Parameter}
    assert len(pickle.dumps(model)) > 0


@pytest.mark.parametrize("scale", [1e-200, 1.0, 1e200])
def test_the_length_of_a_gradient_of_any_size(scale, replay):
    model = nn.MLP([2, 1], rng=0)
    engine = taped.Taped(model, nn.SGD(0.1), "auto", None, Random(0), (X2, Y2), None, replay)
    gradient = engine._vector([3.0 * scale, 4.0 * scale])
    with engine.at_work():
        assert engine.norm(gradient) == pytest.approx(5.0 * scale)


@pytest.mark.parametrize("engine", ["eager", "tape"])
def test_a_sample_held_out_that_overflows_is_a_divergence_on_both_engines(engine, replay):
    with pytest.raises(DivergedError, match="validation after epoch 1") as raised:
        run(lambda: nn.MLP([2, 1], rng=0), X2, Y2, engine, epochs=2,
            validation=([[1e300, 1e300]], [0.0]))  # fmt: skip
    assert raised.value.batch is None


def test_a_long_run_that_goes_on_keeps_its_replay(tmp_path, monkeypatch):
    path = tmp_path / "run.json"
    make = lambda: nn.MLP([2, 3, 1], rng=0)  # noqa: E731
    monkeypatch.setattr(training, "WORTH_COMPILING", -1)
    run(make, X2, Y2, "tape", epochs=2, checkpoint=path)
    monkeypatch.setattr(training, "WORTH_COMPILING", 1e18)
    for engine in ("auto", "tape"):
        run(make, X2, Y2, engine, epochs=3, checkpoint=path, resume=True)
        assert json.loads(path.read_text())["run"]["engine"] == "tape (numba)"
