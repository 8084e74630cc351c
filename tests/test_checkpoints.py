"""Checkpoints: killed, interrupted, out of space, mistaken for another; nothing is lost."""

import functools
import json
import math
import os
import subprocess
import sys
import time
from pathlib import Path
from random import Random

import pexpect
import pytest

import nn
from autograd import DivergedError
from nn import MLP, SGD, Adam, EarlyStopping, checkpoints, datasets, fit

from .training_lives import run

ROOT = Path(__file__).parents[1]
LIVES = str(Path(__file__).with_name("training_lives.py"))
XOR = datasets.xor()
INTERVAL = checkpoints.INTERVAL
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT)}


@pytest.fixture(autouse=True)
def _save_after_every_epoch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpoints, "INTERVAL", 0.0)


def net(seed: int = 0) -> MLP:
    return MLP([2, 3, 1], output="sigmoid", rng=seed)


def train(model: MLP, path: Path, **options) -> nn.History:
    given = {"optimizer": Adam(0.1), "epochs": 6, "batch_size": 3, "checkpoint": path}
    return fit(model, *XOR, progress=False, **{**given, **options})


# --- going on ------------------------------------------------------------------------------------


def test_killed_thirty_times_it_ends_as_if_nothing_had_happened(tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    random = Random(0)
    for life in range(30):
        command = [sys.executable, LIVES, str(path), "0.02"]
        process = subprocess.Popen(command, env=ENVIRONMENT, stdout=subprocess.PIPE)
        if life % 3:  # else at any moment from the start of the program on
            process.stdout.readline()
        time.sleep(random.uniform(0.0, 0.2))
        process.kill()
        process.stdout.close()
        assert process.wait() == -9, "the run was over before it was killed often enough"
    assert json.loads(path.read_bytes())["epochs"] > 0, "no life was long enough for an epoch"
    model, history = run(path)
    expected, whole = run()
    assert model.state_dict() == expected.state_dict()
    assert history == whole
    assert [p.name for p in tmp_path.iterdir()] == ["run.json"]


def test_parts_are_the_whole_to_the_last_bit(tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    for epochs in (1, 2, 5, 9, 9, 20):
        model, history = run(path, epochs=epochs)
    expected, whole = run(epochs=20)
    assert model.state_dict() == expected.state_dict()
    assert history == whole
    assert len(history.seconds) == 20


def test_no_file_yet_means_to_begin_and_a_finished_one_to_return(tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    first, again = net(), net(seed=1)
    history = train(first, path, resume=True)
    before = path.read_bytes()
    calls = []
    twice = train(again, path, resume=True, callbacks=[lambda *args: calls.append(args)])
    assert again.state_dict() == first.state_dict()
    assert twice == history
    assert twice.stopped == "epochs"
    assert calls == []
    assert json.loads(path.read_bytes()) == json.loads(before)
    assert len(train(again, path, resume=True, epochs=3)) == 6  # fewer: it is over already
    assert len(train(again, path, resume=True, epochs=8)) == 8  # more: it goes on


def test_a_file_from_before_the_first_epoch_means_to_begin(tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    train(net(), path, epochs=0, optimizer=SGD(7.0))
    assert len(train(net(), path, resume=True)) == 6


def test_samples_held_out_that_are_not_there(tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    train(net(), path, validation=0.25, batch_size=1)
    damaged(path, **{"held out": [4]})
    with pytest.raises(ValueError, match="holds out samples that are not among the 4"):
        train(net(), path, validation=0.25, batch_size=1, resume=True)


def test_what_is_held_out_stays_held_out_with_fresh_entropy(tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    X, y = datasets.moons(20, rng=0)
    held = []
    for epochs in (2, 4):
        fit(net(), X, y, epochs=epochs, validation=0.3, rng=None, checkpoint=path, resume=True,
            progress=False)  # fmt: skip
        held.append(json.loads(path.read_bytes())["held out"])
    assert held[0] == held[1]
    assert len(held[0]) == 6


def test_the_best_is_remembered_and_the_last_goes_on(tmp_path: Path) -> None:
    """A run that was stopped early gives its best; with more patience it goes on from its last."""
    X, y = datasets.moons(20, noise=0.4, rng=1)
    options = {"validation": 0.4, "epochs": 400, "optimizer": SGD(2.0), "progress": False}
    path = tmp_path / "run.json"
    model = net()
    history = fit(model, X, y, stop=EarlyStopping(5), checkpoint=path, **options)
    assert history.stopped == "early stopping"
    again = net(seed=1)
    fit(again, X, y, stop=EarlyStopping(5), checkpoint=path, resume=True, **options)
    assert again.state_dict() == model.state_dict()
    patient, whole = net(), net()
    resumed = fit(patient, X, y, stop=EarlyStopping(20), checkpoint=path, resume=True, **options)
    at_once = fit(whole, X, y, stop=EarlyStopping(20), **options)
    assert len(resumed) > len(history)
    assert resumed == at_once
    assert patient.state_dict() == whole.state_dict()


def test_a_callback_that_ended_a_run_has_ended_it(tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    train(net(), path, callbacks=[lambda epoch, model, history: epoch == 2])
    assert len(train(net(), path, resume=True)) == 2


def test_an_interrupted_run_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "run.json"

    def interrupt(epoch, model, history) -> None:
        if epoch == 4:
            raise KeyboardInterrupt

    assert train(net(), path, callbacks=[interrupt]).stopped == "interrupted"
    assert json.loads(path.read_bytes())["epochs"] == 3
    model, whole = net(seed=1), net()
    assert train(model, path, resume=True).stopped == "epochs"
    train(whole, tmp_path / "whole.json")
    assert model.state_dict() == whole.state_dict()


def test_while_a_run_goes_on_nothing_has_stopped_it(tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    train(net(), path, epochs=2)
    seen = []

    def look(epoch, model, history) -> None:
        seen.append((history.stopped, json.loads(path.read_bytes())["stopped"]))

    train(net(), path, epochs=4, resume=True, callbacks=[look])
    assert seen == [("", "epochs"), ("", "")]


def test_the_second_of_two_gaussian_numbers_is_not_lost(tmp_path: Path) -> None:
    """`Random.gauss` draws two at a time and keeps one for the next call."""

    class Noisy(nn.Module):
        def __init__(self) -> None:
            self.net, self.rng = net(), Random(0)

        def __call__(self, x):
            return self.net([x[0] + self.rng.gauss(0.0, 0.1) if self.training else x[0], x[1]])

    path, whole = tmp_path / "run.json", Noisy()
    X, y = (part[:3] for part in XOR)
    for epochs in (1, 2):
        parts = Noisy()
        fit(parts, X, y, epochs=epochs, checkpoint=path, resume=True, progress=False)
        assert (json.loads(path.read_bytes())["random"][2] is None) is (epochs == 2)
    fit(whole, X, y, epochs=2, progress=False)
    assert parts.state_dict() == whole.state_dict()


def test_the_file_is_json_that_people_can_read(tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    model = net()
    history = train(model, path)
    content = json.loads(path.read_bytes())
    assert (content["kind"], content["version"]) == ("gradtable checkpoint", 1)
    assert content["parameters"] == model.state_dict()
    assert content["epochs"] == 6
    assert content["stopped"] == "epochs"
    assert content["history"]["loss"] == history.loss
    assert content["run"]["optimizer"] == "Adam(0.1)"
    assert list(content["optimizer"]) == list(model.state_dict())
    assert content["optimizer"]["layers.0.neurons.0.bias"][2] == 12.0  # steps


def test_at_most_one_save_a_second_and_the_last(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(checkpoints, "INTERVAL", INTERVAL)
    clock, saved = [0.0], []
    monkeypatch.setattr(checkpoints.time, "monotonic", lambda: clock[0])
    write = checkpoints.write_atomically
    monkeypatch.setattr(
        checkpoints, "write_atomically",
        lambda path, content: (saved.append(json.loads(content)["epochs"]), write(path, content)),
    )  # fmt: skip

    def tick(epoch, model, history) -> None:
        clock[0] += 0.3

    train(net(), tmp_path / "run.json", epochs=9, callbacks=[tick])
    assert saved == [0, 4, 8, 9]


def test_ctrl_c_at_a_terminal(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(
        "import nn\n"
        "from nn import datasets\n"
        "X, y = datasets.moons(40, rng=0)\n"
        "model = nn.MLP([2, 8, 1], output='sigmoid', rng=0)\n"
        "history = nn.fit(model, X, y, epochs=10**6)\n"
        "twin = nn.MLP([2, 8, 1], output='sigmoid', rng=0)\n"
        "nn.fit(twin, X, y, epochs=len(history), progress=False)\n"
        "print(history.stopped, len(history) > 0, model.state_dict() == twin.state_dict())\n"
    )
    shell = pexpect.spawn(sys.executable, [str(program)], env=ENVIRONMENT, encoding="utf-8",
                          timeout=60, dimensions=(24, 100))  # fmt: skip
    shell.expect(r"training: .*loss=0\.\d+")
    time.sleep(0.5)
    shell.sendintr()
    shell.expect("interrupted True True")
    shell.expect(pexpect.EOF)
    shell.close()
    assert shell.exitstatus == 0


def test_an_epoch_is_the_best_whether_it_was_asked_for_or_not(tmp_path: Path) -> None:
    """The best is kept from the start, so that a later rule can give it back."""
    X, y = datasets.moons(20, noise=0.4, rng=1)
    options = {"validation": 0.4, "optimizer": Adam(0.1), "progress": False}
    path = tmp_path / "run.json"
    fit(net(), X, y, epochs=60, checkpoint=path, **options)
    model, whole = net(), net()
    options["optimizer"] = Adam(0.1)
    stop = EarlyStopping(5)
    history = fit(model, X, y, epochs=60, checkpoint=path, resume=True, stop=stop, **options)
    assert history.best_epoch < 60
    fit(whole, X, y, epochs=history.best_epoch, **{**options, "optimizer": Adam(0.1)})
    assert model.state_dict() == whole.state_dict()


def test_a_diverged_run_keeps_what_it_went_back_to(tmp_path: Path) -> None:
    X, y = datasets.line(20, rng=0)
    path = tmp_path / "run.json"
    for _ in range(2):  # the second time from the file
        model = MLP([1, 8, 1], rng=0)
        with pytest.raises(DivergedError) as caught:
            fit(model, X, y, optimizer=SGD(10.0), progress=False, checkpoint=path, resume=True)
        content = json.loads(path.read_bytes())
        assert content["parameters"] == model.state_dict()
        assert content["epochs"] == len(caught.value.history)
        assert nn.empirical_risk(model, X, y).data < 1e308
    other = MLP([1, 8, 1], rng=1)
    other.load(path)  # a checkpoint is a state with more in it
    assert other.state_dict() == model.state_dict()
    fit(other, X, y, optimizer=SGD(1e-300), epochs=1, progress=False)


def test_the_learning_rate_that_a_callback_set_is_kept(tmp_path: Path) -> None:
    def options(path: Path) -> dict:
        optimizer = SGD(0.5)

        def halve(epoch, model, history) -> None:
            if epoch == 2:
                optimizer.lr *= 0.5

        return {"optimizer": optimizer, "callbacks": [halve], "schedule": nn.exponential(0.9)}

    parts, whole = net(), net()
    for epochs in (3, 5):
        history = train(parts, tmp_path / "a", epochs=epochs, resume=True, **options(tmp_path))
    expected = train(whole, tmp_path / "b", epochs=5, **options(tmp_path))
    assert parts.state_dict() == whole.state_dict()
    assert history.learning_rate == expected.learning_rate
    assert history.learning_rate[1:3] == [0.5 * 0.9, 0.25 * 0.9**2]


def test_a_run_that_is_over_is_given_back_without_a_write(tmp_path: Path, monkeypatch) -> None:
    path = tmp_path / "run.json"
    train(net(), path)
    monkeypatch.setattr(checkpoints, "write_atomically", lambda *args: 1 / 0)
    assert len(train(net(), path, resume=True)) == 6


def test_a_relative_path_stays_where_it_was(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "elsewhere").mkdir()
    train(net(), Path("run.json"), callbacks=[lambda *args: os.chdir(tmp_path / "elsewhere")])
    assert json.loads((tmp_path / "run.json").read_bytes())["epochs"] == 6
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_anything_may_be_recorded(tmp_path: Path) -> None:
    path = tmp_path / "run.json"

    def record(epoch, model, history) -> None:
        history.record("perplexity", [math.inf, -math.inf, math.nan][epoch - 1])

    history = train(net(), path, epochs=3, callbacks=[record])
    again = train(net(), path, epochs=3, resume=True)
    assert again == history
    assert again.records["perplexity"][:2] == [math.inf, -math.inf]
    assert json.loads(path.read_text(), parse_constant=pytest.fail)


def test_numbers_of_numpy_become_plain_ones(tmp_path: Path) -> None:
    numpy = pytest.importorskip("numpy")

    class Rooted(nn.Optimizer):
        initial = (0.0,)

        def update(self, theta, gradient, square):
            square = numpy.float32(square + gradient**2)
            return theta - self.lr * gradient / (numpy.sqrt(square) + 1.0), square

    model = net()
    train(model, tmp_path / "run.json", optimizer=Rooted(0.1),
          schedule=lambda epoch: numpy.float64(0.5))  # fmt: skip
    assert {type(p.data) for p in model.parameters()} == {float}


# --- nothing is lost -----------------------------------------------------------------------


def test_no_space_left_while_saving(tmp_path: Path) -> None:
    """A real write that fails: the file system takes no more than so many bytes."""
    pytest.importorskip("resource")
    program = tmp_path / "program.py"
    program.write_text(
        "import resource, sys\n"
        "import nn\n"
        "from nn import checkpoints, datasets\n"
        "checkpoints.INTERVAL = 0.0\n"
        "X, y = datasets.xor()\n"
        "model = nn.MLP([2, 3, 1], output='sigmoid', rng=0)\n"
        "def full(epoch, model, history):\n"
        "    if epoch == 4:\n"
        "        resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))\n"
        "try:\n"
        "    nn.fit(model, X, y, checkpoint=sys.argv[1], callbacks=[full], progress=False)\n"
        "except OSError as error:\n"
        "    assert error.filename == sys.argv[1], error.filename\n"
        "    assert error.__notes__ == ['The model is as it was after 4 epochs of this training']\n"
        "    twin = nn.MLP([2, 3, 1], output='sigmoid', rng=0)\n"
        "    nn.fit(twin, X, y, epochs=4, progress=False)\n"
        "    print(type(error).__name__, twin.state_dict() == model.state_dict())\n"
    )
    folder = tmp_path / "runs"
    folder.mkdir()
    command = [sys.executable, str(program), str(folder / "run.json")]
    done = subprocess.run(command, capture_output=True, text=True, env=ENVIRONMENT)
    assert done.stdout == "OSError True\n", done.stderr
    assert [p.name for p in folder.iterdir()] == ["run.json"]
    assert json.loads((folder / "run.json").read_bytes())["epochs"] == 3


WRITING = """
import json, sys, time
from pathlib import Path
from autograd.files import write_atomically
path, name, end = Path(sys.argv[1]), sys.argv[2], time.monotonic() + 1.5
while time.monotonic() < end:
    write_atomically(path, json.dumps([name] * 20_000).encode())
"""


def test_two_processes_that_write_to_one_path_take_turns(tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITING, str(path), name], env=ENVIRONMENT,
                         stderr=subprocess.PIPE)
        for name in ("first", "second")
    ]  # fmt: skip
    seen = set()
    while any(writer.poll() is None for writer in writers):
        if path.exists():
            seen |= set(json.loads(path.read_bytes()))  # raises for half a file
    assert [writer.communicate()[1] for writer in writers] == [b"", b""]
    assert seen == {"first", "second"}
    assert [p.name for p in tmp_path.iterdir()] == ["run.json"]


def test_a_file_system_without_locks(tmp_path: Path, monkeypatch) -> None:
    fcntl = pytest.importorskip("fcntl")

    def refuse(*args) -> None:
        raise OSError("no locks available")

    monkeypatch.setattr(fcntl, "flock", refuse)
    train(net(), tmp_path / "run.json")
    assert [p.name for p in tmp_path.iterdir()] == ["run.json"]


def test_permissions_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    train(net(), path, epochs=1)
    path.chmod(0o600)
    train(net(), path, epochs=2, resume=True)
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_path_that_cannot_be_written_is_known_before_the_first_step(tmp_path: Path) -> None:
    model = net()
    before = model.state_dict()
    with pytest.raises(OSError, match="No such file or directory: .*nowhere/run.json"):
        train(model, tmp_path / "nowhere" / "run.json")
    with pytest.raises(ValueError, match="is the path of a file, and .* is none"):
        train(model, tmp_path)
    assert model.state_dict() == before


def test_a_model_that_a_callback_spoilt_does_not_replace_a_good_file(tmp_path: Path) -> None:
    path = tmp_path / "run.json"

    def spoil(epoch, model, history) -> None:
        if epoch == 3:
            model.parameters()[0].data = float("nan")

    with pytest.raises((ValueError, DivergedError)):
        train(net(), path, callbacks=[spoil])
    assert json.loads(path.read_bytes())["epochs"] == 2


def damaged(path: Path, **changes) -> None:
    content = json.loads(path.read_bytes())
    path.write_text(json.dumps({**content, **changes}))


@pytest.mark.parametrize(("change", "words"), [
    (lambda path: path.write_bytes(path.read_bytes()[:-100]), "is damaged, or no checkpoint"),
    (lambda path: path.write_bytes(b""), "is damaged"),
    (lambda path: path.write_bytes(b"\xff\xfe"), "is damaged"),
    (lambda path: path.write_text("[1, 2]"), "its kind is not 'gradtable checkpoint'"),
    (lambda path: damaged(path, version="1"), "it has no version"),
    (lambda path: damaged(path, version=0), "it has no version"),
    (lambda path: path.write_text("[" * 100_000), "is damaged"),
    (lambda path: damaged(path, version=2),
     r"written by a newer version \(version 2, this one reads 1\).* update gradtable"),
    (lambda path: damaged(path, parameters={}), "names of the parameters are others there"),
    (lambda path: damaged(path, parameters=3), "is damaged"),
    (lambda path: damaged(path, random=[3, [1, 2], None]), "is damaged"),
    (lambda path: damaged(path, optimizer={}), r"is damaged.*\(KeyError"),
    (lambda path: damaged(path, optimizer={k: [] for k in net().state_dict()}),
     "the optimizer keeps 3 numbers for each parameter"),
    (lambda path: damaged(path, lr="a"), "is damaged"),
    (lambda path: damaged(path, optimizer={k: [float("nan")] * 3 for k in net().state_dict()}),
     "nan is no finite number"),
    (lambda path: damaged(path, parameters=dict.fromkeys(net().state_dict(), True)),
     "True is no finite number"),
    (lambda path: damaged(path, parameters=dict.fromkeys(net().state_dict(), 10**400)),
     r"is damaged.*\(OverflowError"),
    (lambda path: damaged(path, best=[0.0]), "is damaged"),
    (lambda path: damaged(path, epochs=4), "6 epochs in the history of 4"),
    (lambda path: damaged(path, history={}), "is damaged"),
    (lambda path: damaged(path, history={**nn.History(loss=[1.0] * 6).as_dict(), "records": []}),
     "is damaged"),
    (lambda path: damaged(path, run=None), "does not say of which run"),
    (lambda path: damaged(path, run={}), r"of another run: model None there, MLP\("),
    (lambda path: damaged(path, parameters={k: float("nan") for k in net().state_dict()}),
     "nan is no finite number"),
])  # fmt: skip
def test_a_file_that_is_none_is_refused_and_not_touched(tmp_path: Path, change, words) -> None:
    path = tmp_path / "run.json"
    train(net(), path)
    change(path)
    before = path.read_bytes()
    model = net(seed=1)
    state, optimizer = model.state_dict(), Adam(0.1)
    with pytest.raises(ValueError, match=words):
        train(model, path, resume=True, optimizer=optimizer)
    assert path.read_bytes() == before
    assert model.state_dict() == state
    assert optimizer.state == {}


@pytest.mark.parametrize(("options", "words"), [
    ({"optimizer": Adam(0.2)}, r"optimizer Adam\(0.1\) there, Adam\(0.2\) here"),
    ({"optimizer": SGD(0.1)}, r"optimizer Adam\(0.1\) there, SGD\(0.1\) here"),
    ({"batch_size": 2}, "batch size 3 there, 2 here"),
    ({"loss": "squared_error"}, "loss binary_cross_entropy_with_logits there, squared_error here"),
    ({"regularizer": nn.L2(0.12345678)}, r"regularizer None there, L2\(0.12345678\) here"),
    ({"schedule": nn.halving(2)}, r"schedule None there, halving\(2\) here"),
    ({"loss": nn.gaussian_nll(0.5)}, r"loss binary_.*, gaussian_nll\(0.5\) here"),
    ({"loss": functools.partial(nn.huber, delta=0.5)}, r"loss .*, huber\(delta=0.5\) here"),
    ({"validation": 0.25}, "validation None there, 0.25 here"),
    ({"validation": XOR}, r"validation None there, 4 rows \("),
])  # fmt: skip
def test_another_run_is_refused(tmp_path: Path, options, words) -> None:
    path = tmp_path / "run.json"
    train(net(), path)
    before = path.read_bytes()
    with pytest.raises(
        ValueError, match=f"checkpoint of another run: {words}.*Nothing was changed"
    ):
        train(net(), path, resume=True, **options)
    assert path.read_bytes() == before


def test_other_data_and_another_model_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    train(net(), path)
    before = path.read_bytes()
    X, y = XOR
    for rows, targets in ((X[::-1], y), (X, [0, 1, 1, 1]), ([*X, [2.0, 2.0]], [*y, 1])):
        with pytest.raises(ValueError, match=r"another run: data 4 rows \(\w{16}\) there, "):
            fit(net(), rows, targets, optimizer=Adam(0.1), batch_size=3, checkpoint=path,
                resume=True)  # fmt: skip
    other = MLP([2, 4, 1], output="sigmoid", rng=0)
    with pytest.raises(ValueError, match=r"another run: model MLP\(2 -> 3 .* there, MLP\(2 -> 4"):
        train(other, path, resume=True)
    assert path.read_bytes() == before


def test_a_file_of_something_else_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "data.csv"
    path.write_text("1,2,3\n")
    for resume in (False, True):
        with pytest.raises(ValueError, match="is damaged, or no checkpoint of fit"):
            train(net(), path, resume=resume)
    assert path.read_text() == "1,2,3\n"


def test_a_run_is_not_overwritten_by_one_that_begins(tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    train(net(), path, epochs=0)  # holds nothing yet
    train(net(), path)
    before = path.read_bytes()
    model = net(seed=1)
    words = r"holds a run of 6 epochs of MLP\(.*not overwritten: resume=True goes on with it"
    for begins in (model, MLP([2, 4, 1], rng=0)):
        with pytest.raises(ValueError, match=words):
            train(begins, path)
    assert path.read_bytes() == before
    assert model.state_dict() == net(seed=1).state_dict()


def test_functions_of_yours_are_known_by_name_in_every_process(tmp_path: Path) -> None:
    path = tmp_path / "run.json"

    def penalty(model):
        return nn.L2(0.1)(model)

    class Schedule:
        def __call__(self, epoch: int) -> float:
            return 1.0

    train(net(), path, regularizer=penalty, schedule=Schedule())
    run = json.loads(path.read_bytes())["run"]
    assert (run["regularizer"], run["schedule"]) == ("penalty", "Schedule")
    assert len(train(net(), path, regularizer=penalty, schedule=Schedule(), resume=True)) == 6
