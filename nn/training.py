"""``fit`` and ``predict``: training a model, and using it."""

from __future__ import annotations

import hashlib
import json
import random
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from random import Random, SystemRandom
from typing import Any

from autograd import DomainError, RecordingError, Value, topological_order
from autograd.errors import counted, shortened, unknown_name, whole_number
from autograd.primitives import real

from .checkpoints import CheckpointFile, Stored
from .checks import generator, no_class, sequence_of
from .engines import Data, Eager, collector_paused, taken
from .history import History
from .module import Module, evaluating
from .optimizers import SGD, Optimizer
from .predicting import numbers_of, replayed
from .preparing import held_out
from .progress import Progress
from .recorded import shape_of
from .risk import empirical_risk, objective, sample_loss
from .run import Callback, Run, Stop, lent
from .samples import inputs_in, like, samples_of
from .schedules import Schedule, cosine, exponential, halving, inverse_time
from .stopping import EarlyStopping, GradientBelow
from .taped import (
    FEW,
    SEVERAL,
    WORTH_COMPILING,
    WORTH_RECORDING,
    Taped,
    takes_gradients,
)

ENGINES = ("auto", "eager", "tape")


def fit(
    model: Module,
    X: Any,
    y: Any,
    loss: Any = "auto",
    optimizer: Optimizer | None = None,
    epochs: int = 100,
    batch_size: int | None = None,
    regularizer: Callable[[Any], Value] | None = None,
    validation: float | tuple[Any, Any] | None = None,
    stop: Stop | Sequence[Stop] | None = None,
    schedule: Schedule | Callable[[int], float] | None = None,
    rng: int | Random | None = 0,
    progress: bool = True,
    engine: str = "auto",
    checkpoint: str | Path | None = None,
    resume: bool = False,
    callbacks: Iterable[Callback] = (),
) -> History:
    """Train a model on samples; give what the epochs were like (syllabus D1, D2).

    Arguments:
        model: a ``Module`` with parameters, which are changed.
        X: m rows of finite numbers; for ``Recurrent`` m sequences of rows.
        y: m targets: numbers, rows, or class indices; for sequences one for each step.
        loss: as in ``empirical_risk``; ``"auto"`` goes by what the model ends in.
        optimizer: None is ``SGD(0.1)``.
        epochs: how often each sample is seen.
        batch_size: samples a step, drawn anew each epoch; None is all of them, in order.
        regularizer: a penalty on the model, such as ``nn.L2(1e-3)``.
        validation: the share of the samples to hold out, or samples ``(X, y)``: their mean
            loss is taken after each epoch.
        stop: ``EarlyStopping(patience)``, ``GradientBelow(tau)``, a function of the ``History``
            that gives why to stop, or None; or a list of these, of which one suffices.
        schedule: a function of the epoch, from 1, that gives the factor of ``optimizer.lr``.
        rng: decides what is held out, the order of the samples, and what dropout drops: an int,
            a ``random.Random``, or None for fresh entropy. A run that goes on has it in its file.
        progress: shows how far it is, on the standard error stream.
        engine: ``"eager"`` makes a graph for each batch; ``"tape"`` records one sample's loss
            and replays it, the same but for rounding and many times as fast; ``"auto"`` does
            so if that makes up for the recording, in runs of a second or more. A model that
            cannot be recorded is trained eagerly, with a warning that says why.
        checkpoint: a file that keeps the state of the run, at most once a second and at its end;
            ``model.load`` reads it, too. A file that holds another run is not overwritten.
        resume: True goes on from the checkpoint, bit for bit as if nothing had happened; no file
            yet means to begin, a run that is over is given back as it ended. Model, data and
            settings must be those of the run, by what their ``repr`` says (functions by name).
        callbacks: each is called with (epoch, model, history) after every epoch; one that gives
            True, or why in words, ends the training. They may change parameters and
            ``optimizer.lr``.

    Ctrl-C ends it with ``history.stopped == "interrupted"`` and the model as it was after the
    last finished epoch; so it is after an exception of any kind. Same data and same ``rng``: the
    same parameters, to the last bit. A checkpoint keeps parameters, the ``state`` of the
    optimizer and that of the generator, which it lends to every module with a ``random.Random``
    in ``rng``; it does not know of other attributes of modules and optimizers of your own.

    Raises ``DivergedError`` if a loss, a gradient or a parameter is not finite; it says where,
    and the model is back in the last epoch with a finite risk. Raises ``TypeError`` or
    ``ValueError`` for arguments that cannot be, before the first step; ``OSError`` if the
    checkpoint cannot be written.

    >>> from nn import MLP, Adam
    >>> from nn.datasets import xor
    >>> X, y = xor()
    >>> model = MLP([2, 4, 1], output="sigmoid", rng=0)
    >>> fit(model, X, y, optimizer=Adam(0.1), epochs=200, progress=False).stopped
    'epochs'
    >>> [round(p) for (p,) in predict(model, X)]
    [0, 1, 1, 0]
    """
    if not isinstance(no_class(model, "model"), Module):
        kind = type(model).__name__
        raise TypeError(f"fit trains a Module, got {kind} {shortened(model)}: make it one")
    if not model.parameters():
        raise ValueError(f"fit has nothing to train in {model!r}: is a number an nn.Parameter?")
    if optimizer is None:
        optimizer = SGD(0.1)
    if not isinstance(no_class(optimizer, "optimizer"), Optimizer):
        raise TypeError(f"optimizer is one such as nn.SGD(0.1), got {shortened(optimizer)}")
    if engine not in ENGINES:
        raise unknown_name("engine", engine, ENGINES)
    function, chosen = objective(model, loss)
    _function(regularizer, "regularizer", "of the model, such as nn.L2(0.1)")
    _check_schedule(schedule)
    rules = _rules(stop)
    watching = next((r for r in rules if getattr(r, "watches_validation", False)), None)
    if validation is None and watching is not None:
        raise ValueError(f"{watching!r} watches the validation loss: pass validation=0.2 or (X, y)")
    data = samples_of(X, y)
    separate = None if validation is None else _separate(validation)
    source = generator(rng)
    if isinstance(source, SystemRandom):
        raise TypeError("rng of fit has a state that can be kept, which a SystemRandom has not")

    file = stored = None
    begun_with = ""  # the engine of a run that goes on
    if checkpoint is not None:
        settings = {
            "model": repr(model),
            "loss": _described(chosen),
            "optimizer": _described(optimizer),
            "schedule": _described(schedule),
            "regularizer": _described(regularizer),
            "batch size": str(batch_size),
            "data": _digest(data),
            "validation": _digest(separate) if isinstance(separate, tuple) else str(separate),
        }
        paths = list(model.named_parameters())
        file = CheckpointFile(checkpoint, settings, paths, len(optimizer.initial))
        if resume:
            stored = file.read()
            begun_with = (file.engine() or Eager.name) if stored else ""
        else:
            file.refuse_if_used()
    elif resume:
        raise ValueError("resume=True goes on from a checkpoint: pass checkpoint=path, too")
    training, held, indices = _divided(data, separate, source, stored)
    batch = _batch_size(batch_size, len(training[0]))
    count = whole_number(epochs, "epochs of fit")
    called = _callbacks(callbacks)

    with lent(model, optimizer, source):
        try:
            with evaluating(model):
                _check_samples(function, chosen, data, "")
                if isinstance(separate, tuple):
                    _check_samples(function, chosen, separate, "validation ")
                size = _size(model, loss, data)
            given = {
                "model": model,
                "optimizer": optimizer,
                "loss": loss,
                "regularizer": regularizer,
                "source": source,
                "training": training,
                "validation": held,
            }
            computing = _engine(engine, begun_with, given, size, count)
        except KeyboardInterrupt:
            if stored is not None:
                raise
            return History(stopped="interrupted")  # before the first step
        if file is not None:
            file.goes_on_with(computing.name, begun_with)
        run = Run(computing, indices, batch, count, schedule, rules, called, file)
        run.begin(stored)
        bar = Progress(run.epochs, len(run.history), progress)
        try:
            run.train(bar)
        finally:
            bar.close()
    return run.history


def predict(model: Callable[[Any], Any], X: Any) -> Any:
    """Give the outputs of a model for every row, as numbers.

    ``X``: m rows; the result: m lists of numbers, an array if ``X`` is one; for sequences of
    rows a list of rows for each. The model is used, not trained: nothing is dropped, and
    nothing of the graphs is kept. For many rows it is recorded, if that can be, and replayed; the
    last digits may then be others. Raises ``TypeError`` or ``ValueError`` for data that are no
    such rows, and what the model raises.

    >>> from nn import MLP, constant
    >>> predict(MLP([2, 1], init=constant(1.0)), [[1.0, 2.0], [3.0, 4.0]])
    [[3.0], [7.0]]
    """
    rows = inputs_in(X)
    with evaluating(no_class(model, "model")):
        outputs = replayed(model, rows) if isinstance(model, Module) else None
        if outputs is None:
            with collector_paused():
                outputs = [numbers_of(model(row)) for row in rows]
    sequences = isinstance(outputs[0][0], list)
    if sequences and len({len(steps) for steps in outputs}) > 1:  # no array holds these
        return outputs
    return like(X, outputs)


# --- arguments -----------------------------------------------------------------------------------


def _function(thing: Any, what: str, words: str) -> None:
    if thing is not None and not callable(no_class(thing, what)):
        raise TypeError(f"{what} is a function {words}, got {shortened(thing)}")


def _check_schedule(schedule: Any) -> None:
    _function(schedule, "schedule", "of the epoch, such as nn.halving(10)")
    if schedule in (halving, exponential, inverse_time, cosine):
        name = schedule.__name__
        raise TypeError(f"nn.{name} makes a schedule: pass nn.{name}(...), see help(nn.{name})")


def _engine(asked: str, begun_with: str, given: dict[str, Any], size: int, epochs: int) -> Eager:
    """Give the engine that was asked for; if no tape can be made, the eager one, and say why.

    ``begun_with`` is the engine of a run that goes on, ``size`` the operands of one sample.
    """
    eager = Eager(**given)
    rows, targets = eager.training
    work = size * len(rows) * epochs
    shapes = {(shape_of(x), shape_of(t)) for x, t in zip(rows, targets, strict=True)}
    replays = len(rows) * epochs / len(shapes)  # of each tape, for there is one for each shape
    if asked == "auto":
        short = work < WORTH_RECORDING or replays < FEW
        eagerly = short or not takes_gradients(eager.optimizer)
        asked = begun_with or (Eager.name if eagerly else "tape")
    if asked == "tape" and begun_with.startswith(asked):
        asked = begun_with
    name, _, replay = asked.partition(" ")
    if name == Eager.name:
        return eager
    compiled = work > WORTH_COMPILING or len(shapes) > SEVERAL
    with _undisturbed():
        try:
            chosen = replay.strip("()") or ("auto" if compiled else "python")
            return Taped(**given, replay=chosen)
        except RecordingError as error:
            why = f"trained eagerly, which is slower, for no tape can be made: {error}"
            warnings.warn(why, stacklevel=3)
            return eager


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Leave the global random generators as they were: what is recorded draws from them, too."""
    numpy = sys.modules.get("numpy")
    state, arrays = random.getstate(), numpy and numpy.random.get_state()
    try:
        yield
    finally:
        random.setstate(state)
        if numpy is not None:
            numpy.random.set_state(arrays)


def _rules(stop: Any) -> list[Stop]:
    rules = stop if isinstance(stop, (list, tuple)) else [] if stop is None else [stop]
    for rule in rules:
        _function(rule, "stop", "of the History, such as nn.EarlyStopping(5)")
    return list(rules)


def _callbacks(callbacks: Any) -> list[Callback]:
    if callable(callbacks):
        raise TypeError("callbacks is a list of functions: write callbacks=[function]")
    functions = sequence_of(callbacks, "callbacks", "functions")
    for function in functions:
        _function(function, "a callback", "of (epoch, model, history)")
        if isinstance(function, (EarlyStopping, GradientBelow)):
            raise TypeError(f"{function!r} is no callback but a rule to stop: pass it as stop=")
    return functions


def _separate(validation: Any) -> float | Data:
    """Give the share to hold out, or the samples to validate with."""
    if not isinstance(validation, (tuple, list)):
        return real(validation, "validation, a share to hold out or (X, y),")
    if len(validation) != 2:
        raise ValueError(f"validation is a share or (X, y), got {len(validation)} parts")
    return samples_of(validation[0], validation[1], of="validation ")


def _divided(
    data: Data, separate: float | Data | None, source: Random, stored: Stored | None
) -> tuple[Data, Data | None, list[int] | None]:
    """Give what is learnt from, what is held out, and the latter's indices."""
    if separate is None or isinstance(separate, tuple):
        return data, separate, None
    m = len(data[0])
    indices = held_out(m, separate, source)
    if stored is not None and stored.held_out is not None:
        if not set(stored.held_out) < set(range(m)):
            raise ValueError(f"the checkpoint holds out samples that are not among the {m}")
        indices = stored.held_out  # with fresh entropy they would be others
    apart = set(indices)
    return taken(data, [i for i in range(m) if i not in apart]), taken(data, indices), indices


def _batch_size(batch_size: Any, m: int) -> int:
    if batch_size is None:
        return m
    size = whole_number(batch_size, "batch_size of fit", least=1)
    if size > m:
        learnt = counted(m, "sample")
        raise ValueError(f"batch_size of fit is at most the {learnt} to learn from, got {size}")
    return size


def _check_samples(function: Any, loss: Any, data: Data, of: str) -> None:
    """Refuse, before the first step, a target that the loss will not take.

    The outputs for the first row stand for those of all; of sequences each is computed.
    """
    rows, targets = data
    outputs = None
    taken_already = set()
    for i, (row, target) in enumerate(zip(rows, targets, strict=True)):
        if i == 0 or isinstance(row[0], list):
            with _at(f"{of}X[{i}]"):
                outputs = function(row)
        elif isinstance(target, float):
            if target in taken_already:
                continue
            taken_already.add(target)
        if outputs is not None:
            with _at(f"{of}y[{i}]"):
                sample_loss(loss, outputs, target)


@contextmanager
def _at(place: str) -> Iterator[None]:
    """Say which of the data an error is about."""
    try:
        yield
    except (DomainError, ArithmeticError):
        pass  # of the numbers as they are now: no fault of the data
    except (TypeError, ValueError) as error:
        if type(error) in (TypeError, ValueError):  # of another class the arguments are not known
            raise type(error)(f"{place}: {error}") from error
        raise


def _size(model: Module, loss: Any, data: Data) -> int:
    """Count the operands in the loss of one sample, 0 if it is undefined as it is now.

    Refuses a model whose losses contain none of its parameters: nothing could be learnt.
    """
    parameters = set(model.parameters())
    for x, t in zip(*data, strict=True):
        try:
            order = topological_order(empirical_risk(model, [x], [t], loss))
        except (DomainError, ArithmeticError):
            return 0  # the first batch says where
        if not parameters.isdisjoint(order):
            return sum(len(node.parents) for node in order)
    raise ValueError(
        f"no loss of {model!r} depends on any of its parameters: does it compute with .data, or"
        " with Values that it makes in each call?"
    )


def _described(thing: Any) -> str:
    """Say what was passed, the same in every process: no addresses."""
    if isinstance(thing, partial):
        options = [*thing.args, *(f"{k}={v!r}" for k, v in thing.keywords.items())]
        return f"{_described(thing.func)}({', '.join(map(str, options))})"
    if isinstance(thing, (list, tuple)):
        return ", ".join(map(_described, thing))
    name = getattr(thing, "__name__", None)
    text = name if isinstance(name, str) else repr(thing)
    return type(thing).__name__ if " at 0x" in text else text


def _digest(data: Any) -> str:
    rows, _ = data
    digest = hashlib.sha256(json.dumps(data).encode()).hexdigest()[:16]
    return f"{counted(len(rows), 'row')} ({digest})"
