"""``fit`` and ``predict``: against loops written by hand, closed forms, and bad luck."""

import contextlib
import gc
import io
import math
import re
import signal
import sys
import time
import warnings
from collections.abc import Callable
from itertools import pairwise
from random import Random, SystemRandom

import pytest

import nn
from autograd import DivergedError, Value, grad_table, log
from autograd.errors import AutogradError
from nn import (
    L2,
    MLP,
    SGD,
    Adam,
    BacktrackingGD,
    Dropout,
    EarlyStopping,
    GradientBelow,
    History,
    Layer,
    Module,
    Newton,
    Parameter,
    Recurrent,
    Sequential,
    datasets,
    fit,
    predict,
)
from nn.checkpoints import Snapshot

from .oracles import close

XOR = datasets.xor()
C1 = [[0.0], [1.0], [2.0], [3.0], [4.0]], [2.3, 1.7, 4.0, 5.9, 4.6]
C2 = [[float(i)] for i in range(6)], [0.0, 0.0, 1.0, 0.0, 1.0, 1.0]


def net(output: str = "sigmoid", seed: int = 0) -> MLP:
    return MLP([2, 3, 1], output=output, rng=seed)


def quiet(*args, **options) -> History:
    return fit(*args, **{"progress": False, **options})


# --- what an epoch does ------------------------------------------------------------------


def test_a_full_batch_is_the_loop_by_hand_to_the_last_bit() -> None:
    X, y = XOR
    ours, theirs = net(), net()
    started = time.perf_counter()
    history = quiet(ours, X, y, optimizer=SGD(0.5, 0.9), epochs=20, regularizer=L2(1e-3))
    elapsed = time.perf_counter() - started
    optimizer, losses, norms = SGD(0.5, 0.9), [], []
    for _ in range(20):
        theirs.zero_grad()
        risk = nn.empirical_risk(theirs, X, y, regularizer=L2(1e-3))
        risk.backward()
        losses.append(risk.data)
        norms.append(math.hypot(*(p.grad for p in theirs.parameters())))
        optimizer.step(theirs.parameters())
    assert ours.state_dict() == theirs.state_dict()
    assert history.loss == losses
    assert all(close(a, b, 1e-14) for a, b in zip(history.gradient_norm, norms, strict=True))
    assert history.learning_rate == [0.5] * 20
    assert len(history.seconds) == len(history) == 20
    assert all(s > 0.0 for s in history.seconds)
    assert sum(history.seconds) < elapsed
    assert history.validation_loss == []
    assert history.best_epoch is None
    assert history.stopped == "epochs"


def test_mini_batches_see_every_sample_once_in_a_new_order_each_epoch() -> None:
    X, y = [[float(i)] for i in range(7)], [0.3 * i for i in range(7)]
    seen: list[float] = []

    class Watching(Module):
        def __init__(self) -> None:
            self.w = Parameter(0.1)

        def __call__(self, x):
            if self.training:
                seen.append(x[0])
            return self.w * x[0]

    model = Watching()
    history = quiet(model, X, y, batch_size=3, epochs=2, optimizer=SGD(0.01), rng=5)
    assert len(seen) == 14
    assert sorted(seen[:7]) == sorted(seen[7:]) == [float(i) for i in range(7)]
    assert seen[:7] != seen[7:]

    random, w, losses, norms = Random(5), 0.1, [], []
    for _ in range(2):
        order = list(range(7))
        random.shuffle(order)
        loss = slope = 0.0
        for batch in (order[:3], order[3:6], order[6:]):  # the last one is smaller
            errors = [(w * i - 0.3 * i, i) for i in batch]
            loss += sum(e * e for e, _ in errors) / 7
            slope += sum(2.0 * e * i for e, i in errors) / 7
            w -= 0.01 * sum(2.0 * e * i for e, i in errors) / len(batch)
        losses.append(loss)
        norms.append(abs(slope))
    assert close(model.w.data, w, 1e-13)
    assert all(close(a, b, 1e-13) for a, b in zip(history.loss, losses, strict=True))
    assert all(close(a, b, 1e-13) for a, b in zip(history.gradient_norm, norms, strict=True))


@pytest.mark.parametrize(("output", "targets", "loss"), [
    ("sigmoid", [0, 1, 1, 0], nn.binary_cross_entropy_with_logits),
    ("linear", [0, 1, 1, 0], nn.squared_error),
    ("tanh", [-1, 1, 1, -1], nn.squared_error),
    ("softmax", [0, 1, 1, 0], nn.softmax_cross_entropy),
    ("softmax", [[1, 0], [0, 1], [0, 1], [1, 0]], nn.softmax_cross_entropy),
    ("sparsemax", [0, 1, 1, 0], nn.sparsemax_loss),
])  # fmt: skip
def test_the_loss_goes_by_what_the_model_ends_in(output, targets, loss) -> None:
    width = 2 if output.endswith("max") else 1
    a, b = (MLP([2, 3, width], output=output, rng=0) for _ in range(2))
    X, _ = XOR
    assert quiet(a, X, targets, epochs=3).loss == quiet(b, X, targets, loss, epochs=3).loss
    assert a.state_dict() == b.state_dict()


def test_the_defaults_are_those_of_the_interface() -> None:
    X, y = XOR
    by_default, spelt_out = net(), net()
    quiet(by_default, X, y)
    history = fit(spelt_out, X, y, "auto", SGD(0.1), 100, None, None, None, None, None, 0, False,
                  "auto", None, False, ())  # fmt: skip
    assert by_default.state_dict() == spelt_out.state_dict()
    assert len(history) == 100


def test_e1_the_closed_form_of_ridge_regression() -> None:
    """`fit` minimises the mean loss + lam/2 w^2, the bias free."""
    for loss, b, w in (("squared_error", 2.1355556, 0.7822222),
                       ("half_squared_error", 2.292, 0.704)):  # fmt: skip
        model = MLP([1, 1], rng=0)
        quiet(model, *C1, loss, Newton(), epochs=3, regularizer=L2(0.5))
        weight, bias = (p.data for p in model.parameters())
        assert abs(weight - w) < 1e-6
        assert abs(bias - b) < 1e-6


def test_data_may_be_arrays_tuples_or_data_frames() -> None:
    numpy = pytest.importorskip("numpy")
    X, y = XOR

    class Frame:
        def __init__(self, content) -> None:
            self.content = content

        def __iter__(self):
            return iter("ab")  # the names of its columns

        def to_numpy(self):
            return numpy.array(self.content)

    states = []
    array = numpy.array(X)
    for rows, targets in (
        (X, y), (tuple(map(tuple, X)), tuple(y)), (Frame(X), Frame(y)), (array, numpy.array(y)),
        (array, [[t] for t in y]), (array.astype("float32"), numpy.array(y, dtype=bool)),
    ):  # fmt: skip
        model = net()
        quiet(model, rows, targets, epochs=3)
        states.append(model.state_dict())
    assert all(state == states[0] for state in states)


def test_sequences_for_a_net_with_a_memory() -> None:
    """The output echoes the input of the step before: only a memory can know it."""
    random = Random(0)
    X = [[[float(random.randrange(2))] for _ in range(random.randint(2, 4))] for _ in range(12)]
    y = [[0.0, *(x for (x,) in rows[:-1])] for rows in X]
    model = Recurrent(1, 4, 1, output="sigmoid", rng=1)
    history = quiet(model, X, y, optimizer=Adam(0.1), epochs=60, batch_size=4)
    assert history.loss[-1] < 0.1 * history.loss[0]
    for outputs, targets in zip(predict(model, X), y, strict=True):
        assert [round(p) for (p,) in outputs] == targets
    with pytest.raises(ValueError, match=r"y\[3\]: a sequence of \d steps expects a target"):
        quiet(model, X, [*y[:3], [0.0], *y[4:]])


# --- the same again -------------------------------------------------------------------------


def noisy(seed: int = 0) -> Sequential:
    return Sequential(
        Layer(2, 6, "tanh", rng=seed), Dropout(0.3, rng=7), Layer(6, 1, "sigmoid", rng=1)
    )


def test_the_same_seed_gives_the_same_run() -> None:
    X, y = datasets.moons(20, rng=0)
    options = {"batch_size": 6, "validation": 0.25, "epochs": 6, "optimizer": Adam(0.05)}
    runs = []
    for rng in (3, Random(3), 4, None, None):
        model = noisy()
        history = quiet(model, X, y, rng=rng, **{**options, "optimizer": Adam(0.05)})
        runs.append((history, model.state_dict()))
    assert runs[0] == runs[1]
    assert all(a[1] != b[1] for a, b in pairwise(runs[1:]))


def test_the_generator_that_is_given_is_the_only_one() -> None:
    X, y = datasets.moons(20, rng=0)
    model, source = noisy(), Random(3)
    own = model.layers[1].rng
    before, outside = own.getstate(), __import__("random").getstate()
    quiet(model, X, y, rng=source, epochs=2, batch_size=5)
    assert model.layers[1].rng is own
    assert own.getstate() == before
    assert __import__("random").getstate() == outside
    assert source.getstate() != Random(3).getstate()


def test_what_is_called_rng_and_is_no_generator_stays() -> None:
    seen = set()

    class Seeded(Module):
        def __init__(self) -> None:
            self.w, self.rng = Parameter(1.0), 7

        def __call__(self, x):
            seen.add(self.rng)
            return self.w * x[0]

    quiet(Seeded(), [[1.0]], [0.0], epochs=1)
    assert seen == {7}


def test_dropout_draws_sample_by_sample_while_training_and_never_in_use() -> None:
    X, y = [[1.0, 1.0]] * 3, [0.0] * 3
    model = Sequential(
        Layer(2, 4, init=nn.constant(1.0)), Dropout(0.5), Layer(4, 1, init=nn.constant(1.0))
    )
    history = quiet(model, X, y, rng=9, epochs=1, optimizer=SGD(0.0), validation=(X, y))
    random = Random(9)
    kept = [sum(random.random() >= 0.5 for _ in range(4)) for _ in range(3)]
    expected = sum((2.0 * 2.0 * k) ** 2 for k in kept) / 3  # each kept unit gives 2, doubled
    assert close(history.loss[0], expected)
    assert history.validation_loss == [64.0]
    assert predict(model, X) == [[8.0]] * 3


def test_an_optimizer_that_looks_ahead_sees_the_same_units_dropped() -> None:
    X, y = datasets.moons(20, rng=0)
    model = noisy()
    before = model.state_dict()
    rises = []

    class Watched(BacktrackingGD):
        def step(self, parameters, loss=None):
            first = loss().data
            super().step(parameters, loss)
            rises.append(loss().data - first)

    quiet(model, X, y, optimizer=Watched(1.0), epochs=20, batch_size=10)
    assert model.state_dict() != before
    assert max(rises) <= 0.0


# --- optimizers, schedules, stopping -------------------------------------------------------


def test_newton_and_backtracking_through_fit() -> None:
    model = MLP([1, 1], output="sigmoid", init=nn.constant(0.0))
    history = quiet(model, *C2, optimizer=Newton(), stop=GradientBelow(1e-10))
    assert len(history) <= 10
    assert history.stopped == "gradient below 1e-10"
    assert close(model.parameters()[0].data, 1.21402758585142, 1e-9)
    assert history.learning_rate[0] == 1.0

    history = quiet(net(), *XOR, optimizer=BacktrackingGD(50.0), epochs=200)
    assert all(after <= before for before, after in pairwise(history.loss))
    assert history.loss[-1] < 0.1 * history.loss[0]


def test_a_schedule_multiplies_the_learning_rate_and_gives_it_back() -> None:
    optimizer = SGD(0.5)
    history = quiet(net(), *XOR, optimizer=optimizer, epochs=5, schedule=nn.halving(2))
    assert history.learning_rate == [0.5, 0.5, 0.25, 0.25, 0.125]
    assert optimizer.lr == 0.5
    model, twin = net(), net()
    quiet(model, *XOR, optimizer=SGD(1.0), epochs=2, schedule=lambda epoch: 1.0 / epoch)
    by_hand = SGD(1.0)
    for lr in (1.0, 0.5):
        by_hand.lr = lr
        twin.zero_grad()
        nn.empirical_risk(twin, *XOR).backward()
        by_hand.step(twin.parameters())
    assert model.state_dict() == twin.state_dict()
    for wrong in (-1.0, math.nan, math.inf, "a", None):
        with pytest.raises((TypeError, ValueError), match="what schedule gives for epoch 1"):
            quiet(net(), *XOR, schedule=lambda epoch, wrong=wrong: wrong, optimizer=optimizer)
    assert optimizer.lr == 0.5


def test_a_schedule_of_zeros_keeps_the_model_as_it_is() -> None:
    model = net()
    assert quiet(model, *XOR, epochs=2, schedule=lambda epoch: 0.0).learning_rate == [0.0, 0.0]
    assert model.state_dict() == net().state_dict()


def test_the_optimizer_keeps_its_state_from_fit_to_fit() -> None:
    whole, parts, optimizer = net(), net(), Adam(0.1)
    quiet(whole, *XOR, optimizer=Adam(0.1), epochs=10)
    for epochs in (4, 6):
        quiet(parts, *XOR, optimizer=optimizer, epochs=epochs)
    assert parts.state_dict() == whole.state_dict()


def test_early_stopping_waits_and_restores_the_best() -> None:
    """A validation loss that is known: the model's only parameter, walking past 3."""

    def run(
        restore: bool, patience: int = 2, epochs: int = 100, callbacks=()
    ) -> tuple[History, float]:
        class Walker(Module):
            def __init__(self) -> None:
                self.w = Parameter(0.0)

            def __call__(self, x):
                return self.w * x[0]

        model = Walker()
        # the loss is (w - 5)^2 to learn from and (w - 3)^2 to validate; each step is 1
        history = quiet(
            model, [[1.0]], [5.0], loss=nn.absolute_error, optimizer=SGD(1.0), epochs=epochs,
            validation=([[1.0]], [3.0]), stop=EarlyStopping(patience, restore), callbacks=callbacks,
        )  # fmt: skip
        return history, model.w.data

    history, w = run(restore=True)
    assert history.validation_loss == [2.0, 1.0, 0.0, 1.0, 2.0]
    assert history.stopped == "early stopping"
    assert history.best_epoch == 3
    assert w == 3.0
    assert run(restore=False)[1] == 5.0
    assert len(run(True, patience=1)[0]) == 4
    history, w = run(True, epochs=4)  # the epochs ended first: the best all the same
    assert (history.stopped, w) == ("epochs", 3.0)

    def wreck(epoch, model, history) -> None:
        model.w.data += 50.0 * (epoch == 3)

    assert run(True, callbacks=[wreck])[1] == 3.0  # the best is what was validated


def test_a_rule_of_your_own_stops() -> None:
    history = quiet(net(), *XOR, stop=lambda h: "good enough" if h.loss[-1] < 0.69 else None)
    assert history.stopped == "good enough"
    assert history.loss[-1] < 0.69 <= history.loss[-2]
    assert quiet(net(), *XOR, stop=lambda h: len(h) == 3).stopped == "stop"


def test_of_several_rules_one_suffices() -> None:
    early = EarlyStopping(10)
    options = {"validation": XOR, "epochs": 50}
    history = quiet(net(), *XOR, stop=[early, GradientBelow(1e3)], **options)
    assert (len(history), history.stopped) == (1, "gradient below 1000")
    X, y = datasets.moons(20, noise=0.4, rng=1)
    model, twin = net(), net()
    for trained, rules in ((model, [GradientBelow(1e-9), early]), (twin, early)):
        history = quiet(trained, X, y, optimizer=Adam(0.1), validation=0.4, stop=rules)
        assert history.stopped == "early stopping"
    assert model.state_dict() == twin.state_dict()  # the best came back
    with pytest.raises(ValueError, match=r"EarlyStopping\(10\) watches the validation loss"):
        quiet(net(), *XOR, stop=[GradientBelow(1.0), early])


def test_samples_to_validate_with_may_be_a_list_of_two() -> None:
    a, b = (quiet(net(), *XOR, epochs=2, validation=kind(XOR)) for kind in (tuple, list))
    assert a == b


def test_a_fraction_is_held_out_and_not_learnt_from() -> None:
    X, y = [[float(i)] for i in range(10)], [float(i) for i in range(10)]
    seen: dict[bool, list[float]] = {True: [], False: []}

    class Watching(Module):
        def __init__(self) -> None:
            self.w = Parameter(0.5)

        def __call__(self, x):
            seen[self.training].append(x[0])
            return self.w * x[0]

    model = Watching()
    history = quiet(model, X, y, validation=0.3, epochs=1, optimizer=SGD(0.001),
                    regularizer=lambda m: 7.0 * m.w * m.w)  # fmt: skip
    learnt, held = seen[True], seen[False][-3:]  # in use it also sees the first rows, to check
    assert len(learnt) == 7
    assert sorted(learnt + held) == [float(i) for i in range(10)]
    w = model.w.data
    expected = sum((w * i - i) ** 2 for i in held) / 3  # without the penalty
    assert close(history.validation_loss[0], expected)
    assert model.training


def test_callbacks_see_each_epoch_record_and_end_it() -> None:
    model, calls = net(), []
    X, y = XOR

    def accuracy(epoch, given, history) -> None:
        assert given is model and epoch == len(history)
        calls.append([p.data for p in model.parameters()])
        history.record("accuracy", nn.accuracy(predict(model, X), y))

    def enough(epoch, model, history) -> bool:
        return epoch == 7

    history = quiet(model, X, y, callbacks=[accuracy, enough])
    assert history.stopped == "callback"
    assert len(history) == len(history.records["accuracy"]) == len(calls) == 7
    assert calls[-1] == [p.data for p in model.parameters()]
    assert model.training


@pytest.mark.parametrize(("answer", "stopped"), [
    (True, "callback"), ("a plateau", "a plateau"), (None, "epochs"), (False, "epochs"),
    (0.9, "epochs"), (1, "epochs"), ("", "epochs"),
])  # fmt: skip
def test_what_a_callback_answers(answer, stopped) -> None:
    numpy = pytest.importorskip("numpy")
    answers = [answer, numpy.bool_(answer)] if isinstance(answer, bool) else [answer]
    for given in answers:
        history = quiet(net(), *XOR, epochs=3, callbacks=[lambda *args, a=given: a, print])
        assert history.stopped == stopped
        assert len(history) == (3 if stopped == "epochs" else 1)


def test_a_callback_may_change_the_learning_rate() -> None:
    optimizer = SGD(0.5)

    def decay(epoch, model, history) -> None:
        optimizer.lr *= 0.5

    options = {"optimizer": optimizer, "epochs": 4, "callbacks": [decay]}
    assert quiet(net(), *XOR, **options).learning_rate == [0.5, 0.25, 0.125, 0.0625]
    assert optimizer.lr == 0.5
    history = quiet(net(), *XOR, schedule=nn.halving(1), **options)
    assert history.learning_rate == [0.5, 0.125, 0.03125, 0.0078125]


@pytest.mark.parametrize("answers", [(True, None), (None, True)])
def test_each_callback_can_end_the_training_with_true_alone(answers) -> None:
    def saying(answer):
        return lambda epoch, model, history: answer if epoch == 3 else 1

    history = quiet(net(), *XOR, epochs=5, callbacks=[saying(answer) for answer in answers])
    assert (len(history), history.stopped) == (3, "callback")
    history = quiet(net(), *XOR, epochs=5, callbacks=[lambda *args: 0.9])
    assert (len(history), history.stopped) == (5, "epochs")


def test_a_callback_may_change_the_model() -> None:
    model = net()

    def clip(epoch, model, history) -> None:
        model.eval()  # which the next epoch undoes
        for p in model.parameters():
            p.data = max(-0.1, min(0.1, p.data))

    modes = []
    quiet(model, *XOR, epochs=3, callbacks=[clip], optimizer=SGD(5.0),
          regularizer=lambda m: modes.append({part.training for part in m.modules()}) or L2(0.0)(m),
    )  # fmt: skip
    assert modes == [{True}] * 3
    assert max(abs(p.data) for p in model.parameters()) <= 0.1


def test_the_modes_are_given_back_each_its_own() -> None:
    model = noisy()
    model.layers[0].training = False
    quiet(model, *XOR, epochs=1)
    predict(model, XOR[0])
    assert [m.training for m in model.modules()][:3] == [True, False, True]
    model.eval()
    predict(model, XOR[0])
    quiet(model, *XOR, epochs=1)
    assert not any(m.training for m in model.modules())
    with pytest.raises(ValueError):
        predict(model.train(), [[1.0]])
    assert all(m.training for m in model.modules())


@pytest.mark.parametrize("enabled", [True, False])
def test_the_collector_is_paused_and_given_back(enabled: bool) -> None:
    states = []

    def penalty(model: Module) -> Value:
        states.append(gc.isenabled())
        if len(states) == 3:
            raise RuntimeError("bad luck")
        return L2(0.1)(model)

    def look(*args) -> None:
        states.append(gc.isenabled())

    was = gc.isenabled()
    (gc.enable if enabled else gc.disable)()
    try:
        with pytest.raises(RuntimeError, match="bad luck"):
            quiet(net(), *XOR, regularizer=penalty, callbacks=[look])
        assert states == [False, enabled, False]
        assert gc.isenabled() is enabled
    finally:
        (gc.enable if was else gc.disable)()


def test_the_collector_is_paused_in_use_too() -> None:
    states = []

    def look(row) -> list[Value]:
        states.append(gc.isenabled())
        return [Value(1.0)]

    was = gc.isenabled()
    gc.enable()
    try:
        predict(look, [[1.0]])
        assert states == [False]
        assert gc.isenabled()
    finally:
        (gc.enable if was else gc.disable)()


def test_no_graph_is_left_when_it_is_over() -> None:
    """Counting references frees every node, without the collector."""
    gc.collect()
    gc.disable()
    try:
        model = net()
        before = sum(isinstance(thing, Value) for thing in gc.get_objects())
        quiet(model, *XOR, epochs=3, validation=0.25, optimizer=BacktrackingGD(0.1))
        predict(model, XOR[0])
        assert sum(isinstance(thing, Value) for thing in gc.get_objects()) == before
    finally:
        gc.enable()


def test_no_more_than_two_epochs_are_remembered() -> None:
    counts = []

    def count(epoch, model, history) -> None:
        gc.collect()
        counts.append(sum(isinstance(thing, Snapshot) for thing in gc.get_objects()))

    quiet(net(), *XOR, epochs=6, callbacks=[count], optimizer=Adam(0.1))
    assert max(counts) <= counts[0] + 1


# --- bad luck -----------------------------------------------------------------------------------


def interrupting(at: int, times: int = 1) -> Callable[..., Value]:
    """Give a penalty that is interrupted in its n-th call, and in those after it."""
    calls = []

    def penalty(model: Module) -> Value:
        calls.append(None)
        if at <= len(calls) < at + times:
            signal.raise_signal(signal.SIGINT)
        return L2(0.0)(model)

    return penalty


def test_an_interruption_returns_at_the_last_finished_epoch() -> None:
    X, y = datasets.moons(20, rng=0)
    optimizer, twin_optimizer = Adam(0.1), Adam(0.1)
    model, twin = noisy(), noisy()
    source, twin_source = Random(0), Random(0)
    # 4 batches an epoch: in the third of epoch 3
    history = quiet(model, X, y, batch_size=5, optimizer=optimizer, rng=source,
                    regularizer=interrupting(4 + 4 + 3))  # fmt: skip
    assert history.stopped == "interrupted"
    quiet(twin, X, y, batch_size=5, optimizer=twin_optimizer, rng=twin_source, epochs=2)
    assert len(history) == 2
    assert model.state_dict() == twin.state_dict()
    assert list(optimizer.state.values()) == list(twin_optimizer.state.values())
    assert source.getstate() == twin_source.getstate()
    assert model.training
    for run, opt, rng in ((model, optimizer, source), (twin, twin_optimizer, twin_source)):
        quiet(run, X, y, batch_size=5, optimizer=opt, rng=rng, epochs=2)
    assert model.state_dict() == twin.state_dict()


def test_an_interruption_in_a_callback_undoes_its_epoch() -> None:
    def callback(epoch, model, history) -> None:
        history.record("epoch", epoch)
        if epoch == 3:
            signal.raise_signal(signal.SIGINT)

    model, twin = net(), net()
    history = quiet(model, *XOR, callbacks=[callback], validation=XOR, stop=EarlyStopping(50))
    quiet(twin, *XOR, epochs=2)
    assert model.state_dict() == twin.state_dict()
    assert history.records == {"epoch": [1.0, 2.0]}
    assert (len(history), len(history.validation_loss), history.best_epoch) == (2, 2, 2)
    assert {len(history.gradient_norm), len(history.learning_rate), len(history.seconds)} == {2}


def test_any_other_exception_goes_back_too() -> None:
    X, y = datasets.moons(20, rng=0)
    calls = []

    def unlucky(model: Module) -> Value:
        calls.append(None)
        if len(calls) == 11:  # 4 batches an epoch: in the third one
            raise RuntimeError("bad luck")
        return L2(0.0)(model)

    model, twin = noisy(), noisy()
    with pytest.raises(RuntimeError, match="bad luck") as caught:
        quiet(model, X, y, batch_size=5, regularizer=unlucky)
    assert caught.value.__notes__ == ["The model is as it was after 2 epochs of this training"]
    quiet(twin, X, y, batch_size=5, epochs=2)
    assert model.state_dict() == twin.state_dict()


def test_a_training_within_a_callback_diverges_for_itself() -> None:
    def inner(epoch, model, history) -> None:
        if epoch == 3:
            quiet(MLP([1, 8, 1], rng=0), *datasets.line(20, rng=0), optimizer=SGD(10.0))

    model, twin = net(), net()
    with pytest.raises(DivergedError, match=r"after 69 epochs\n") as caught:
        quiet(model, *XOR, callbacks=[inner])
    assert len(caught.value.history) == 69
    assert caught.value.__notes__ == ["The model is as it was after 2 epochs of this training"]
    quiet(twin, *XOR, epochs=2)
    assert model.state_dict() == twin.state_dict()


def test_a_callback_that_spoils_the_model() -> None:
    def spoil(epoch, model, history) -> None:
        if epoch == 3:
            model.parameters()[0].data = math.nan

    model, twin = net(), net()
    with pytest.raises(DivergedError, match=r"epoch 3: a callback left .* after 2 epochs$"):
        quiet(model, *XOR, callbacks=[spoil])
    quiet(twin, *XOR, epochs=2)
    assert model.state_dict() == twin.state_dict()


def test_a_second_interruption_raises(tmp_path, monkeypatch) -> None:
    from nn.checkpoints import CheckpointFile

    write, calls = CheckpointFile.write, []

    def slow(self, stored, at_once=True) -> None:
        calls.append(stored.snapshot.epochs)
        if len(calls) == 4:  # at the start, after epochs 1 and 2, and then the last one
            signal.raise_signal(signal.SIGINT)
        write(self, stored, at_once)

    monkeypatch.setattr(CheckpointFile, "write", slow)
    model, twin = net(), net()
    with pytest.raises(KeyboardInterrupt):
        quiet(model, *XOR, regularizer=interrupting(3), checkpoint=tmp_path / "run.json")
    quiet(twin, *XOR, epochs=2)
    assert calls == [0, 1, 2, 2]
    assert model.state_dict() == twin.state_dict()


def test_a_learning_rate_that_is_too_large() -> None:
    X, y = datasets.line(20, rng=0)
    model = MLP([1, 4, 1], activation="relu", rng=0)
    with pytest.raises(DivergedError) as caught:
        quiet(model, X, y, optimizer=SGD(1e6), batch_size=5)
    error = caught.value
    assert re.match(r"epoch \d+, batch [1-4]: the (risk|gradient) is (inf|not finite), first "
                    r"(at|on the way from) .+; a learning rate below 1e\+06 often keeps it finite\."
                    r" The model is as it was after \d+ epochs?$",
                    str(error))  # fmt: skip
    assert error.epoch is not None and error.batch is not None and error.node is not None
    assert len(error.history) < error.epoch
    assert math.isfinite(nn.empirical_risk(model, X, y).data)
    assert all(map(math.isfinite, error.history.loss))
    assert model.training


@pytest.mark.parametrize("lr", [1e3, 1e6, 1e100, 1e300])
@pytest.mark.parametrize("activation", ["relu", "tanh"])
def test_the_model_is_finite_whatever_the_learning_rate(lr: float, activation: str) -> None:
    X, y = datasets.sine(10, rng=1)
    model = MLP([1, 3, 1], activation=activation, rng=0)
    with contextlib.suppress(DivergedError):
        quiet(model, X, y, optimizer=SGD(lr), epochs=30)
    assert math.isfinite(nn.empirical_risk(model, X, y).data)


def test_a_finite_epoch_before_the_divergence_is_kept() -> None:
    X, y = datasets.moons(20, rng=0)
    calls = []

    def penalty(model: Module) -> Value:
        calls.append(None)
        if len(calls) == 4 + 4 + 3:  # in the third of 4 batches of epoch 3
            raise DivergedError("bad luck")
        return L2(0.0)(model)

    model, twin, source, twin_source = noisy(), noisy(), Random(0), Random(0)
    with pytest.raises(DivergedError, match="^epoch 3, batch 3: bad luck. .* after 2 epochs$"):
        quiet(model, X, y, batch_size=5, rng=source, regularizer=penalty)
    quiet(twin, X, y, batch_size=5, rng=twin_source, epochs=2)
    assert model.state_dict() == twin.state_dict()
    assert source.getstate() == twin_source.getstate()


@pytest.mark.parametrize(("output", "where"), [
    (lambda w: w * 1e200 * 1e200, r"first on the way from .*: 1e\+200 × 1e\+200"),
    (lambda w: w * 1.5e308 + w * 1.5e308, "a sum of finite numbers is too large"),
])  # fmt: skip
def test_a_gradient_that_is_not_finite_of_a_risk_that_is(output, where: str) -> None:
    class Steep(Module):
        def __init__(self) -> None:
            self.w = Parameter(1e-300)

        def __call__(self, x):
            return output(self.w)

    words = f"^epoch 1, batch 1: the gradient is not finite, {where}; a learning rate below 0.1 "
    with pytest.raises(DivergedError, match=words):
        quiet(Steep(), [[1.0]], [0.0], nn.absolute_error)


def test_a_loss_without_a_value_names_the_operation() -> None:
    class Risky(Module):
        def __init__(self) -> None:
            self.w = Parameter(1.0, "w")

        def __call__(self, x):
            return log(self.w * x[0])

    model = Risky()
    with pytest.raises(
        DivergedError, match=r"^epoch \d+, batch 1: log\(-.* is undefined"
    ) as caught:
        quiet(model, [[1.0]], [-3.0], optimizer=SGD(0.2))
    assert model.w.data > 0.0
    assert isinstance(caught.value.__cause__, AutogradError)
    assert caught.value.node is caught.value.__cause__.operands[0]
    assert caught.value.node.data < 0.0


def test_arithmetic_that_fails_is_a_divergence() -> None:
    class Exploding(Module):
        def __init__(self) -> None:
            self.w = Parameter(1.0)

        def __call__(self, x):
            return self.w * x[0] * math.exp(abs(self.w.data))  # by hand, with Python's exp

    model = Exploding()
    with pytest.raises(DivergedError, match="batch 1: math range error") as caught:
        quiet(model, [[1.0]], [0.0], optimizer=SGD(1.0))
    assert isinstance(caught.value.__cause__, OverflowError)
    assert abs(model.w.data) < 709.0


def test_a_gradient_too_long_for_a_float() -> None:
    class Steep(Module):
        def __init__(self) -> None:
            self.a, self.b = Parameter(0.0), Parameter(0.0)

        def __call__(self, x):
            return 1.5e308 * self.a + 1.5e308 * self.b

    with pytest.raises(DivergedError, match="gradient is not finite, a sum of finite numbers"):
        quiet(Steep(), [[1.0]], [1.0], lambda p, t: p)


def test_a_loss_without_a_value_at_the_start_is_no_fault_of_the_target() -> None:
    model = MLP([1, 1], init=nn.constant(-1.0))
    with pytest.raises(DivergedError, match=r"^epoch 1, batch 1: log\(-1.0\) is undefined"):
        quiet(model, [[1.0]], [0.0], lambda outputs, target: log(outputs[0]))


def test_a_validation_loss_that_is_not_finite() -> None:
    model = MLP([1, 1], rng=0)
    with pytest.raises(
        DivergedError, match="^validation after epoch 1: the loss of a sample held out is inf"
    ):
        quiet(model, [[1.0]], [1.0], validation=([[1e300]], [0.0]))
    assert model.state_dict() == MLP([1, 1], rng=0).state_dict()


# --- bad input: a clear error before the first step ---------------------------------------------

GOOD_X, GOOD_Y = [[0.0, 1.0], [1.0, 0.0], [1.0, 1.0], [0.0, 0.0]], [1.0, 1.0, 0.0, 0.0]


@pytest.mark.parametrize(("arguments", "error", "words"), [
    ({"X": [[0.0, math.nan], *GOOD_X[1:]]}, ValueError, r"X\[0\]\[1\] is nan"),
    ({"X": [[0.0, 1.0], [math.inf, 1.0], *GOOD_X[2:]]}, ValueError, r"X\[1\]\[0\] is inf"),
    ({"X": [["a", 1.0], *GOOD_X[1:]]}, TypeError, r"X\[0\]\[0\] expects a real number, got str"),
    ({"X": [[None, 1.0], *GOOD_X[1:]]}, TypeError, r"X\[0\]\[0\] expects a real number"),
    ({"X": ["ab", *GOOD_X[1:]]}, TypeError, r"X\[0\]"),
    ({"X": "abcd"}, TypeError, "X: expected a sequence of rows"),
    ({"X": None}, TypeError, "X: expected a sequence of rows"),
    ({"X": [[0.0], *GOOD_X[1:]]}, ValueError, r"X\[1\] has 2 numbers, but X\[0\] has 1"),
    ({"X": [1.0, 2.0, 3.0, 4.0]}, TypeError, r"write \[\[1.0\], \[2.0\]\]"),
    ({"X": [[1.0]] * 4}, ValueError, "MLP expects 2 inputs, got 1"),
    ({"X": [[Value(1.0), 1.0]] * 4}, TypeError, "is a Value"),
    ({"X": [[[0.0, 1.0]], *GOOD_X[1:]]}, ValueError, "expected one kind"),
    ({"X": [[[0.0, 1.0], [0.0]]] * 4}, ValueError, r"X\[0\]\[1\] has 1 number, but X\[0\]"),
    ({"X": [[[[0.0, 1.0]]]] * 4}, ValueError, r"X\[0\]\[0\] is \[\[0.0, 1.0\]\], expected a row"),
    ({"X": [[]] * 4}, ValueError, r"X\[0\] is empty"),
    ({"X": GOOD_X[:3]}, ValueError, "as many targets as rows, got X with 3 rows and y with 4"),
    ({"X": [], "y": []}, ValueError, "X: expected at least one row, got none"),
    ({"y": [1.0, math.nan, 0.0, 0.0]}, ValueError, r"y\[1\] is nan"),
    ({"y": ["yes", "no", "no", "no"]}, TypeError, r"y\[0\] is 'yes'.* give each class its index"),
    ({"y": [1.0, 2.0, 0.0, 0.0]}, ValueError, r"y\[1\]: a target of binary_cross_entropy"),
    ({"y": [[1.0, 0.0]] * 4}, ValueError, r"y\[0\]: .* expects 1 target, got 2"),
    ({"y": [1.0, [], 0.0, 0.0]}, ValueError, r"y\[1\] is empty"),
    ({"y": 3.0}, TypeError, "y: expected a sequence of targets"),
    ({"batch_size": 0}, ValueError, "batch_size of fit is a whole number from 1 on, got 0"),
    ({"batch_size": 5}, ValueError, "is at most the 4 samples to learn from, got 5"),
    ({"batch_size": 4, "validation": 0.5}, ValueError, "at most the 2 samples"),
    ({"batch_size": 2.5}, TypeError, "batch_size of fit is a whole number"),
    ({"epochs": -1}, ValueError, "epochs of fit"),
    ({"epochs": 2.0}, TypeError, "epochs of fit"),
    ({"validation": 0.05}, ValueError, "leaves 4 to train on and 0 held out"),
    ({"validation": 0.95}, ValueError, "leaves 0 to train on and 4 held out"),
    ({"validation": 0.0}, ValueError, "fraction to hold out"),
    ({"validation": 1.0}, ValueError, "fraction to hold out"),
    ({"validation": "a"}, TypeError, "validation, a share to hold out or"),
    ({"validation": (GOOD_X,)}, ValueError, "validation is a share or"),
    ({"validation": ([[0.0, math.nan]], [1.0])}, ValueError, r"validation X\[0\]\[1\] is"),
    ({"validation": ([[0.0, 1.0]], [2.0])}, ValueError, r"validation y\[0\]: a target of"),
    ({"validation": ([[0.0]], [1.0])}, ValueError, r"validation X\[0\]: MLP expects 2 inp"),
    ({"validation": ([], [])}, ValueError, "validation X: expected at least one row"),
    ({"stop": EarlyStopping(3)}, ValueError, r"EarlyStopping\(3\) watches the validation loss"),
    ({"stop": EarlyStopping}, TypeError, "stop is the class EarlyStopping"),
    ({"stop": 3}, TypeError, "stop is a function of the History"),
    ({"optimizer": SGD}, TypeError, "optimizer is the class SGD"),
    ({"optimizer": "adam"}, TypeError, r"optimizer is one such as nn.SGD\(0.1\), got 'adam'"),
    ({"optimizer": 0.1}, TypeError, "optimizer is one such as"),
    ({"loss": "squared_eror"}, ValueError, "did you mean 'squared_error'"),
    ({"engine": "eagr"}, ValueError, "unknown engine 'eagr'; did you mean 'eager'"),
    ({"schedule": nn.exponential}, TypeError, r"pass nn.exponential\(...\), see help"),
    ({"schedule": 0.5}, TypeError, "schedule is a function of the epoch"),
    ({"callbacks": print}, TypeError, r"write callbacks=\[function\]"),
    ({"callbacks": [3]}, TypeError, "a callback is a function of"),
    ({"callbacks": [EarlyStopping(3)]}, TypeError, "is no callback but a rule to stop: pass it as"),
    ({"stop": [3]}, TypeError, "stop is a function of the History"),
    ({"rng": SystemRandom()}, TypeError, "which a SystemRandom has not"),
    ({"X": [[0.0, 1.0, 2.0]] * 4}, ValueError, r"X\[0\]: MLP expects 2 inputs, got 3"),
    ({"y": [1.0, 0.0, 7.0, 0.0], "validation": 0.5}, ValueError, r"y\[2\]: a target of .* 7"),
    ({"regularizer": 0.1}, TypeError, "regularizer is a function"),
    ({"rng": 0.5}, TypeError, "rng is an int"),
    ({"resume": True}, ValueError, "pass checkpoint=path, too"),
    ({"model": MLP}, TypeError, "model is the class MLP"),
    ({"model": lambda x: x}, TypeError, "fit trains a Module, got function"),
    ({"model": Dropout(0.5)}, ValueError, "fit has nothing to train in Dropout.* nn.Parameter"),
])  # fmt: skip
def test_bad_input_is_refused_before_the_first_step(arguments, error, words) -> None:
    model = net()
    before = model.state_dict()
    with pytest.raises(error, match=words):
        quiet(**{"model": model, "X": GOOD_X, "y": GOOD_Y, **arguments})
    assert model.state_dict() == before
    assert model.training


def test_a_model_that_loses_the_gradient_is_refused() -> None:
    class Lossy(Module):
        def __init__(self) -> None:
            self.w = Parameter(1.0)

        def __call__(self, x):
            return Value(self.w.data) * x[0]

    with pytest.raises(ValueError, match=r"no loss of Lossy\(1 parameter\) depends on any"):
        quiet(Lossy(), [[1.0], [2.0]], [1.0, 2.0], regularizer=L2(0.1))

    class Gated(Module):
        def __init__(self) -> None:
            self.w = Parameter(1.0)

        def __call__(self, x):
            return self.w * x[0] if x[0] > 0.0 else Value(0.0)

    assert len(quiet(Gated(), [[-1.0], [1.0]], [0.0, 2.0], epochs=2)) == 2


def test_matrices_of_other_kinds() -> None:
    numpy, sparse = pytest.importorskip("numpy"), pytest.importorskip("scipy.sparse")
    X, y = XOR
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PendingDeprecationWarning)
        kinds = [numpy.matrix(X), sparse.csr_matrix(numpy.array(X))]
    for table in kinds:
        model, twin = net(), net()
        quiet(model, table, y, epochs=2)
        quiet(twin, X, y, epochs=2)
        assert model.state_dict() == twin.state_dict()
        assert predict(model, table).tolist() == predict(model, X)


def test_zero_epochs_and_one_sample() -> None:
    model = net()
    before = model.state_dict()
    history = quiet(model, [[0.0, 1.0]], [1.0], epochs=0)
    assert (len(history), history.stopped) == (0, "epochs")
    assert model.state_dict() == before
    assert len(quiet(model, [[0.0, 1.0]], [1.0], epochs=1, batch_size=1)) == 1


# --- predict ------------------------------------------------------------------------------------


def test_predict_gives_numbers() -> None:
    numpy = pytest.importorskip("numpy")
    model = net()
    X, _ = XOR
    expected = [[model(x)[0].data] for x in X]
    assert predict(model, X) == expected
    assert predict(nn.Neuron(2, init=nn.constant(1.0)), [[1.0, 2.0]]) == [[3.0]]
    assert predict(lambda x: [x[0] * Value(2.0)], [[3.0]]) == [[6.0]]
    array = predict(model, numpy.array(X))
    assert isinstance(array, numpy.ndarray)
    assert array.tolist() == expected
    memory = Recurrent(1, 2, 1, rng=0)
    outputs = predict(memory, [[[1.0], [2.0]], [[3.0]]])
    assert [len(rows) for rows in outputs] == [2, 1]
    assert outputs[1] == [[memory([[3.0]])[0][0].data]]
    assert predict(memory, (((1.0,), (2.0,)), ((3.0,),))) == outputs
    even = predict(memory, numpy.array([[[1.0], [2.0]], [[3.0], [0.0]]]))
    assert isinstance(even, numpy.ndarray) and even.shape == (2, 2, 1)
    with pytest.raises(ValueError, match="at least one output, got none"):
        predict(lambda x: [], [[1.0]])
    for wrong in ([], [[math.nan, 0.0]], [0.0, 1.0], "ab"):
        with pytest.raises((TypeError, ValueError)):
            predict(model, wrong)
    with pytest.raises(TypeError, match="model is the class MLP"):
        predict(MLP, X)


# --- progress -----------------------------------------------------------------------------------


def test_a_line_for_every_tenth_where_there_is_no_terminal(capsys) -> None:
    history = fit(net(), *XOR, epochs=40, validation=XOR)
    out, err = capsys.readouterr()
    lines = err.splitlines()
    assert out == ""
    assert [int(re.match(r"epoch +(\d+) of 40: loss [\d.]+, validation loss [\d.]+$", line)[1])
            for line in lines] == list(range(4, 41, 4))  # fmt: skip
    assert {line.index(" of 40") for line in lines} == {8}  # one below the other
    latest = (f"{losses[-1]:.4g}" for losses in (history.loss, history.validation_loss))
    assert lines[-1].endswith(": loss {}, validation loss {}".format(*latest))
    fit(net(), *XOR, epochs=3)
    assert len(capsys.readouterr().err.splitlines()) == 3
    fit(net(), *XOR, epochs=15)
    assert len(capsys.readouterr().err.splitlines()) == 10
    fit(net(), *XOR, epochs=3, progress=False)
    assert capsys.readouterr() == ("", "")


def test_a_bar_on_a_terminal(monkeypatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(sys, "stderr", Terminal())
    fit(net(), *XOR, epochs=20)
    text = sys.stderr.getvalue()
    assert "20/20" in text and "training" in text and "loss=" in text
    with pytest.raises(ZeroDivisionError) as caught:
        fit(net(), *XOR, callbacks=[lambda *args: 1 / 0])
    # closed: the traceback, which keeps the bar alive, has lines of its own
    assert caught.tb is not None and sys.stderr.getvalue().endswith("\n")
    monkeypatch.setattr(sys, "stderr", None)
    fit(net(), *XOR, epochs=2)


@pytest.mark.parametrize("terminal", [False, True])
def test_a_run_that_goes_on_shows_what_is_done(tmp_path, monkeypatch, terminal: bool) -> None:
    path = tmp_path / "run.json"
    quiet(net(), *XOR, epochs=16, checkpoint=path)
    stream = io.StringIO()
    stream.isatty = lambda: terminal
    monkeypatch.setattr(sys, "stderr", stream)
    fit(net(), *XOR, epochs=30, checkpoint=path, resume=True)
    text = stream.getvalue()
    if terminal:
        assert "16/30" in text and "30/30" in text
    else:
        assert re.findall(r"epoch (\d+) of 30", text) == ["18", "21", "24", "27", "30"]


# --- on real data ---------------------------------------------------------------------------------


def test_iris() -> None:
    X, y = datasets.iris()
    X_train, X_held, y_train, y_held = datasets.split(X, y, 0.3, rng=1)
    X_held = datasets.standardize(X_held, X_train)
    X_train = datasets.standardize(X_train)
    model = MLP([4, 8, 3], output="softmax", rng=1)
    quiet(model, X_train, y_train, optimizer=Adam(0.05), epochs=40, batch_size=15)
    assert nn.accuracy(predict(model, X_held), y_held) >= 0.95


def test_digits() -> None:
    X, y = datasets.digits()
    X = [[pixel / 16.0 for pixel in image] for image in X[:500]]
    model = MLP([64, 12, 10], output="softmax", rng=0)
    history = quiet(
        model, X, y[:500], optimizer=Adam(0.01), epochs=5, batch_size=25, validation=0.2
    )
    assert all(after < before for before, after in pairwise(history.validation_loss))
    assert history.validation_loss[-1] < 0.5 * history.validation_loss[0]


def test_diabetes_reaches_the_normal_equations() -> None:
    numpy = pytest.importorskip("numpy")
    X, y = datasets.diabetes()
    X, y = datasets.standardize(X), [row[0] for row in datasets.standardize([[t] for t in y])]
    model = MLP([10, 1], rng=0)
    quiet(model, X, y, optimizer=Newton(), epochs=2)
    design = numpy.column_stack([numpy.array(X), numpy.ones(len(X))])
    exact, *_ = numpy.linalg.lstsq(design, numpy.array(y), rcond=None)
    ours = [p.data for p in model.parameters()]
    assert max(abs(a - b) for a, b in zip(ours, exact.tolist(), strict=True)) < 1e-4


def test_e7_early_stopping_beats_no_stopping_on_the_validation_loss() -> None:
    X, y = datasets.sine(15, noise=0.25, rng=3)
    held = datasets.sine(30, noise=0.25, rng=4)

    def run(stop) -> float:
        model = MLP([1, 24, 1], init=nn.normal(4.0), rng=0)
        options = {"optimizer": Adam(0.02), "epochs": 250, "validation": held, "stop": stop}
        quiet(model, X, y, **options)
        outputs = predict(model, held[0])
        return nn.mean_squared_error(outputs, held[1])

    assert run(EarlyStopping(40)) < 0.8 * run(None)


# --- the small parts ------------------------------------------------------------------------------


def test_a_history_finds_its_best_epoch_again() -> None:
    history = History()
    for loss in (3.0, 1.0, 2.0, 1.0):
        history.append(loss=loss, validation_loss=loss)
    assert history.best_epoch == 2  # the first of equals
    history.truncate(4)
    assert history.best_epoch == 2
    history.truncate(1)
    assert (history.best_epoch, len(history)) == (1, 1)
    history.append(loss=0.0, validation_loss=5.0)
    assert history.best_epoch == 1
    history.truncate(0)
    assert history.best_epoch is None
    assert bool(history)
    assert History(loss=[3.0, 1.0], validation_loss=[3.0, 1.0]).best_epoch == 2
    with pytest.raises(ValueError, match="there is none yet"):
        history.record("accuracy", 1.0)


def test_records_are_aligned_with_the_epochs() -> None:
    history = History(loss=[1.0])
    history.record("a", 0.5)
    history.record("a", 0.6)  # the same epoch: the last one counts
    history.loss += [0.9, 0.8]
    history.record("a", 0.7)
    history.record("b", 1)
    assert history.records["a"][0] == 0.6 and history.records["a"][2] == 0.7
    assert math.isnan(history.records["a"][1])
    assert len(history.records["b"]) == 3
    again = History.from_dict(history.as_dict() | {"stopped": ""})
    assert again.as_dict() == history.as_dict()
    history.truncate(2)
    assert [len(history.records[name]) for name in "ab"] == [2, 2]
    with pytest.raises(TypeError, match="record expects a name, got int 1"):
        history.record(1, 0.5)
    history.truncate(0)
    assert history.records == {}
    history.loss.append(1.0)
    with pytest.raises(TypeError, match="record 'a' expects a real number"):
        history.record("a", "x")


def test_a_dict_of_a_history_does_not_grow_with_it() -> None:
    history = History(loss=[1.0])
    content = history.as_dict()
    history.append(loss=0.5, gradient_norm=0.1)
    assert (content["loss"], content["gradient_norm"]) == ([1.0], [])


def test_the_gradient_of_the_last_epoch_decides_and_must_be_shorter() -> None:
    rule = GradientBelow(0.5)
    for norms, stops in (([1.0, 0.4], True), ([0.4, 1.0], False), ([1.0, 0.5], False)):
        assert bool(rule(History(loss=[1.0, 1.0], gradient_norm=norms))) is stops


def test_rules_have_names_and_refuse_nonsense() -> None:
    for text in ("EarlyStopping(3)", "EarlyStopping(3, restore_best=False)", "GradientBelow(0.1)"):
        assert repr(eval(text, vars(nn))) == text
    for make, wrong in ((EarlyStopping, 0), (GradientBelow, 0.0), (GradientBelow, math.inf)):
        with pytest.raises(ValueError, match=make.__name__):
            make(wrong)


def test_a_history_says_what_it_is() -> None:
    history = quiet(net(), *XOR, epochs=2, validation=XOR)
    assert re.match(r"History\(2 epochs, loss 0.\d+, validation loss 0.\d+, stopped: epochs\)$",
                    repr(history))  # fmt: skip


def test_gradients_of_the_last_batch_stay_in_the_parameters() -> None:
    model, twin = net(), net()
    quiet(model, *XOR, epochs=1)
    table = grad_table(nn.empirical_risk(twin, *XOR))
    assert [p.grad for p in model.parameters()] == [table[p] for p in twin.parameters()]
