"""``fit`` and ``predict``: training a model, and using it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from pathlib import Path
from random import Random
from typing import Any

from autograd import DomainError, Value
from autograd.errors import counted, shortened, unknown_name, whole_number
from autograd.primitives import real

from .checkpoints import CheckpointFile, Stored
from .checks import generator, no_class, sequence_of
from .engines import Data, Eager
from .history import History
from .module import Module, evaluating
from .optimizers import SGD, Optimizer
from .preparing import held_out
from .progress import Progress
from .risk import objective, sample_loss
from .run import Callback, Run, Stop, collector_paused, lent, taken
from .samples import inputs_in, like, samples_of
from .schedules import Schedule

ENGINES = ("auto", "eager")


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
    stop: Stop | None = None,
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
        stop: ``EarlyStopping(patience)``, ``GradientBelow(tau)``, or a function of the
            ``History`` that gives why to stop, or None.
        schedule: a function of the epoch, from 1, that gives the factor of ``optimizer.lr``.
        rng: decides what is held out, the order of the samples, and what dropout drops: an int,
            a ``random.Random``, or None for fresh entropy.
        progress: shows how far it is, on the standard error stream.
        engine: ``"eager"``, a graph for each batch; ``"auto"`` chooses.
        checkpoint: a file that keeps the state of the run, at most once a second and at its end.
        resume: True goes on from the checkpoint, bit for bit as if nothing had happened; no file
            yet means to begin, a run that is over is given back as it ended.
        callbacks: each is called with (epoch, model, history) after every epoch; one that gives
            True ends the training.

    Ctrl-C ends it with ``history.stopped == "interrupted"`` and the model as it was after the
    last finished epoch. Same data and same ``rng``: the same parameters, to the last bit.

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
        raise ValueError(f"fit has nothing to train: {model!r}")
    if optimizer is None:
        optimizer = SGD(0.1)
    if not isinstance(no_class(optimizer, "optimizer"), Optimizer):
        raise TypeError(f"optimizer is one such as nn.SGD(0.1), got {shortened(optimizer)}")
    if engine not in ENGINES:
        raise unknown_name("engine", engine, ENGINES)
    function, chosen = objective(model, loss)
    _function(schedule, "schedule", "of the epoch, such as nn.halving(10)")
    _function(stop, "stop", "of the History, such as nn.EarlyStopping(5)")
    if validation is None and getattr(stop, "watches_validation", False):
        raise ValueError(f"{stop!r} watches the validation loss: pass validation=0.2 or (X, y)")
    data = samples_of(X, y)
    separate = None if validation is None else _separate(validation)
    source = generator(rng)

    file = stored = None
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
            "engine": Eager.name,
        }
        file = CheckpointFile(checkpoint, settings, list(model.named_parameters()))
        if resume:
            stored = file.read()
        else:
            file.refuse_foreign()
    elif resume:
        raise ValueError("resume=True goes on from a checkpoint: pass checkpoint=path, too")
    training, held, indices = _divided(data, separate, source, stored)

    with lent(model, optimizer, source):
        run = Run(
            engine=Eager(model, optimizer, loss, regularizer, source),
            training=training,
            validation=held,
            held_out=indices,
            batch_size=_batch_size(batch_size, len(training[0])),
            epochs=whole_number(epochs, "epochs of fit"),
            schedule=schedule,
            stop=stop,
            callbacks=_callbacks(callbacks),
            file=file,
        )
        with evaluating(model):
            _check_targets(function, chosen, training, "y")
            if held:
                _check_targets(function, chosen, held, "y of the validation")
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
    nothing of the graphs is kept. Raises ``TypeError`` or ``ValueError`` for data that are no
    such rows, and what the model raises.

    >>> from nn import MLP, constant
    >>> predict(MLP([2, 1], init=constant(1.0)), [[1.0, 2.0], [3.0, 4.0]])
    [[3.0], [7.0]]
    """
    rows = inputs_in(X)
    with evaluating(no_class(model, "model")), collector_paused():
        outputs = [_numbers(model(row)) for row in rows]
    if isinstance(outputs[0][0], list):  # sequences, which need not be of one length
        return outputs
    return like(X, outputs)


def _numbers(outputs: Any) -> list[Any]:
    if isinstance(outputs, Value):
        return [outputs.data]
    nodes = sequence_of(outputs, "the outputs of a model", "Values")
    return [p.data if isinstance(p, Value) else _numbers(p) for p in nodes]


# --- arguments -----------------------------------------------------------------------------------


def _function(thing: Any, what: str, words: str) -> None:
    if thing is not None and not callable(no_class(thing, what)):
        raise TypeError(f"{what} is a function {words}, got {shortened(thing)}")


def _callbacks(callbacks: Any) -> list[Callback]:
    if callable(callbacks):
        raise TypeError("callbacks is a list of functions: write callbacks=[function]")
    functions = sequence_of(callbacks, "callbacks", "functions")
    for function in functions:
        _function(function, "a callback", "of (epoch, model, history)")
    return functions


def _separate(validation: Any) -> float | Data:
    """Give the share to hold out, or the samples to validate with."""
    if not isinstance(validation, (tuple, list)):
        return real(validation, "validation, a share to hold out or (X, y),")
    if len(validation) != 2:
        raise ValueError(f"validation is a share or (X, y), got {len(validation)} parts")
    return samples_of(validation[0], validation[1], of=" of the validation")


def _divided(
    data: Data, separate: float | Data | None, source: Random, stored: Stored | None
) -> tuple[Data, Data | None, list[int] | None]:
    """Give what is learnt from, what is held out, and the latter's indices."""
    if separate is None or isinstance(separate, tuple):
        return data, separate, None
    m = len(data[0])
    indices = held_out(m, separate, source)
    if stored is not None and stored.held_out is not None:
        indices = stored.held_out  # with fresh entropy they would be others
    apart = set(indices)
    return taken(data, [i for i in range(m) if i not in apart]), taken(data, indices), indices


def _batch_size(batch_size: Any, m: int) -> int:
    if batch_size is None:
        return m
    size = whole_number(batch_size, "batch_size of fit", least=1)
    if size > m:
        raise ValueError(f"batch_size of fit is at most the {counted(m, 'sample')}, got {size}")
    return size


def _check_targets(function: Any, loss: Any, data: Data, name: str) -> None:
    """Refuse, before the first step, a target that the loss will not take.

    The outputs for the first row stand for those of all; of sequences each is computed.
    """
    rows, targets = data
    outputs = function(rows[0])
    for i, (row, target) in enumerate(zip(rows, targets, strict=True)):
        if i and isinstance(row[0], list):
            outputs = function(row)
        try:
            sample_loss(loss, outputs, target)
        except DomainError:
            pass  # of these outputs: no fault of the target
        except (TypeError, ValueError) as error:
            raise type(error)(f"{name}[{i}]: {error}") from None


def _described(thing: Any) -> str:
    """Say what was passed, the same in every process: no addresses."""
    name = getattr(thing, "__name__", None)
    text = name if isinstance(name, str) else repr(thing)
    return type(thing).__name__ if " at 0x" in text else text


def _digest(data: Any) -> str:
    rows, _ = data
    digest = hashlib.sha256(json.dumps(data).encode()).hexdigest()[:16]
    return f"{counted(len(rows), 'row')} ({digest})"
