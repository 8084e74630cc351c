"""A training run: epoch after epoch, with a way back to the last one whatever happens."""

from __future__ import annotations

import math
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from random import Random
from typing import Any

from autograd import DivergedError, DomainError, RecordingError, Value
from autograd.errors import counted

from .checkpoints import CheckpointFile, Stored
from .checks import at_least_zero
from .engines import Eager
from .history import History
from .module import Module
from .optimizers import Optimizer
from .progress import Progress

Stop = Callable[[History], Any]
Callback = Callable[[int, Module, History], Any]


class Run:
    """What a run was asked for, and how far it has come: arguments as in ``fit``.

    ``held_out`` are the indices of the validation data if they were taken from the others;
    ``file`` is where it is saved.
    """

    def __init__(
        self,
        engine: Eager,
        held_out: list[int] | None,
        batch_size: int,
        epochs: int,
        schedule: Callable[[int], float] | None,
        rules: list[Stop],
        callbacks: list[Callback],
        file: CheckpointFile | None,
    ) -> None:
        self.engine, self.file = engine, file
        self.held_out = held_out
        self.batch_size, self.epochs = batch_size, epochs
        self.schedule, self.rules, self.callbacks = schedule, rules, callbacks
        self.modules = engine.model.modules()
        self.history = History()
        self.asked = ""  # why, if a callback did, to stop
        self.best: Sequence[float] | None = None
        self.saved: tuple[int, str] | None = None  # epochs, and why they ended

    def begin(self, stored: Stored | None) -> None:
        """Go to where the stored run was, or to the start."""
        if stored is not None:
            self.history, self.best = stored.history, stored.best
            self.asked = stored.asked
            self.engine.restore(stored.snapshot)
            self.saved = len(self.history), self.history.stopped
        self.finished = [self.engine.snapshot(len(self.history), self.engine.source.getstate())]
        if stored is None:
            self._save()  # that it cannot be written is better known now than in an hour

    def train(self, bar: Progress) -> None:
        """Go from epoch to epoch until there is a reason to stop, and say it in the history."""
        history = self.history
        history.stopped = ""
        try:
            with self.engine.at_work():
                while not (reason := self._over()):
                    self._epoch()
                    bar.show(history)
            history.stopped = reason
            self.engine.publish()
            if self.saved != (len(history), reason):  # else it is a run that was over already
                self._save()
            restoring = any(getattr(r, "restore_best", False) for r in self.rules)
            if restoring and self.best is not None:
                self.engine.set_theta(self.best)
        except KeyboardInterrupt:
            self._back()
            history.stopped = "interrupted"
            self._save()
            return
        except BaseException as error:
            self._back()
            if getattr(error, "history", None) is not history:  # else it says so itself
                done = counted(len(history), "epoch")
                error.add_note(f"The model is as it was after {done} of this training")
            raise

    def _over(self) -> str:
        """Say why training is over, or nothing."""
        history = self.history
        if self.asked:
            return self.asked
        for rule in self.rules if len(history) else ():
            said = rule(history)
            if said:
                return said if isinstance(said, str) else "stop"
        return "epochs" if len(history) >= self.epochs else ""

    def _epoch(self) -> None:
        """See every sample once, in batches; validate, call back, write down."""
        started = time.perf_counter()
        epoch, engine = len(self.history) + 1, self.engine
        factor = self._factor(epoch)
        rate = engine.optimizer.lr = engine.lr * factor
        if self.schedule is not None and engine.regularizer is not None:
            engine = self._noticing(epoch, engine.watch_regularizer)
        try:
            loss, gradient = self._batches(epoch)
            held_out = self._validated(epoch) if engine.validation else {}
        except DivergedError as error:
            self._back_to_finite(error)
            raise
        self.history.append(
            loss=loss,
            gradient_norm=engine.norm(gradient),
            learning_rate=rate,
            **held_out,
            seconds=time.perf_counter() - started,
        )
        best = engine.theta() if self.history.best_epoch == epoch else self.best
        if self.callbacks:
            self._call_back(epoch, factor)
        # only now is the epoch finished: what comes in between leaves the last one as it was
        last = self.finished[-1]
        others = self.callbacks or self.schedule or self.rules  # who may draw from it, too
        drawn = engine.draws or others or self.batch_size < len(engine.training[0])
        random = engine.source.getstate() if drawn else last.random  # a state is 625 numbers
        self.finished, self.best = [last, engine.snapshot(epoch, random)], best
        self._save(at_once=False)

    def _call_back(self, epoch: int, factor: float) -> None:
        """Call the callbacks; they may end the run, and change the model and the learning rate."""
        engine = self.engine
        rate = engine.optimizer.lr
        engine.publish()
        with engine.at_rest():
            answers = [callback(epoch, engine.model, self.history) for callback in self.callbacks]
        self.asked = next(filter(None, map(_asked, answers)), "")
        if engine.optimizer.lr != rate:
            engine.lr = engine.optimizer.lr / (factor or 1.0)
        for module in self.modules:
            module.training = True
        engine = self._noticing(epoch + 1, engine.collect)
        if not all(map(math.isfinite, engine.theta())):
            spoilt = DivergedError(f"epoch {epoch}: a callback left a parameter that is not finite")
            self._back_to_finite(spoilt)
            raise spoilt

    def _noticing(self, epoch: int, notice: Callable[[], None]) -> Eager:
        """Let the engine notice what has changed; go on eagerly if it cannot record that."""
        try:
            notice()
        except RecordingError as error:
            self.engine = self.engine.eager()
            warnings.warn(f"goes on without a tape from epoch {epoch} on: {error}", stacklevel=2)
        return self.engine

    def _back_to_finite(self, error: DivergedError) -> None:
        """After a divergence go back to an epoch whose risk is finite, and say so."""
        self._back()
        if len(self.finished) > 1 and not self.engine.is_finite():
            self.finished.pop()  # its epoch ended where the next one could not begin
            self._back()
        error.history = self.history
        done = counted(len(self.history), "epoch")
        error.args = (f"{error}. The model is as it was after {done}",)
        self._save()

    def _batches(self, epoch: int) -> tuple[float, Any]:
        """Give the mean of the batches' risks and of their gradients, over the samples."""
        engine = self.engine
        m, size = len(engine.training[0]), self.batch_size
        if size == m:
            return self._learnt(range(m), epoch, 1)
        order = list(range(m))
        engine.source.shuffle(order)
        losses, mean = [], None
        for number, start in enumerate(range(0, m, size), start=1):
            batch = order[start : start + size]
            risk, gradient = self._learnt(batch, epoch, number)
            share = len(batch) / m
            losses.append(share * risk)
            mean = engine.plus(mean, share, gradient)
        return math.fsum(losses), mean

    def _learnt(self, batch: Sequence[int], epoch: int, number: int) -> tuple[float, Any]:
        try:
            return self.engine.learn(batch)
        except (DomainError, ArithmeticError) as error:
            raise _diverged(f"epoch {epoch}, batch {number}", epoch, number, error) from error

    def _validated(self, epoch: int) -> dict[str, float]:
        """Give the loss of the samples held out."""
        try:
            return {"validation_loss": self.engine.validation_loss()}
        except (DomainError, ArithmeticError) as error:
            raise _diverged(f"validation after epoch {epoch}", epoch, None, error) from error

    def _factor(self, epoch: int) -> float:
        if self.schedule is None:
            return 1.0
        return at_least_zero(self.schedule(epoch), f"what schedule gives for epoch {epoch}")

    def _back(self) -> None:
        """Go back to the last finished epoch."""
        self.engine.restore(self.finished[-1])
        self.history.truncate(self.finished[-1].epochs)

    def _save(self, at_once: bool = True) -> None:
        if self.file is not None:
            stored = Stored(self.finished[-1], self.best, self.held_out, self.asked, self.history)
            self.file.write(stored, at_once)


def _asked(answer: Any) -> str:
    """Say why a callback that gave this asks to stop: True, also numpy's, or words."""
    if isinstance(answer, str):
        return answer
    is_bool = isinstance(answer, bool) or str(getattr(answer, "dtype", "")) == "bool"
    return "callback" if is_bool and answer else ""


# --- for the time of a run -----------------------------------------------------------------------


@contextmanager
def lent(model: Module, optimizer: Optimizer, source: Random) -> Iterator[None]:
    """Let every module train and draw from one generator; give each back what it had.

    So it is with the optimizer's learning rate, which a schedule changes.
    """
    lr = optimizer.lr
    modules = model.modules()
    modes = [module.training for module in modules]
    drawing: list[Any] = [m for m in modules if isinstance(getattr(m, "rng", None), Random)]
    own = [module.rng for module in drawing]
    try:
        for module in modules:
            module.training = True
        for module in drawing:
            module.rng = source
        yield
    finally:
        optimizer.lr = lr
        for module, mode in zip(modules, modes, strict=True):
            module.training = mode
        for module, rng in zip(drawing, own, strict=True):
            module.rng = rng


def _diverged(where: str, epoch: int, batch: int | None, error: Exception) -> DivergedError:
    """Say in which batch a number stopped being one."""
    diverged = DivergedError(f"{where}: {error}")
    diverged.epoch, diverged.batch = epoch, batch
    operands = getattr(error, "operands", ())
    nodes = [operand for operand in operands if isinstance(operand, Value)]
    diverged.node = getattr(error, "node", None) or (nodes[0] if nodes else None)
    return diverged
