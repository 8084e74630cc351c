"""What computes a training run, eagerly: nodes made anew for each batch."""

from __future__ import annotations

import gc
import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from random import Random
from typing import Any

from autograd import (
    DivergedError,
    DomainError,
    Value,
    first_nonfinite,
    grad_table,
    topological_order,
)
from autograd.formulas import expression, node_names, number_text

from .checkpoints import Snapshot
from .module import Module, evaluating
from .optimizers import Optimizer
from .risk import empirical_risk, objective, sample_loss

Data = tuple[Sequence[Any], Sequence[Any]]  # rows, and a target for each


class Eager:
    """Trains a model with the graph of each batch, as ``empirical_risk`` makes it.

    Arguments:
        model: what is trained, its ``parameters`` changed by ``optimizer``.
        loss, regularizer: as in ``empirical_risk``.
        source: the generator that the model's modules draw from.
        training, validation: samples to learn from, and to hold the model against.
    """

    name = "eager"

    def __init__(
        self,
        model: Module,
        optimizer: Optimizer,
        loss: Any,
        regularizer: Callable[[Any], Value] | None,
        source: Random,
        training: Data,
        validation: Data | None = None,
    ) -> None:
        self.model, self.optimizer, self.source = model, optimizer, source
        self.loss, self.regularizer = loss, regularizer
        self.training, self.validation = training, validation
        self.parameters = model.parameters()
        self._collecting = gc.isenabled()
        self.lr = optimizer.lr  # which a schedule multiplies for an epoch

    @property
    def draws(self) -> bool:
        """Whether an epoch may draw random numbers: nobody knows what modules do."""
        return True

    def learn(self, batch: Sequence[int]) -> tuple[float, Any]:
        """Take one step on some of the samples; give their risk before it, and the gradient.

        Raises ``DivergedError`` if one of the two, or a parameter after the step, is not finite.
        """
        rows, targets = taken(self.training, batch)
        drawn = self.source.getstate()
        risk = self._risk(rows, targets)
        after = self.source.getstate()
        if not math.isfinite(risk.data):
            raise _diverged(f"the risk is {risk.data}", risk, self._advice())
        table = grad_table(risk)
        gradient = [table[p] for p in self.parameters]
        if not math.isfinite(math.hypot(*gradient)):
            raise _diverged("the gradient is not finite", risk, self._advice())
        for p, slope in zip(self.parameters, gradient, strict=True):
            p.grad = slope

        def again() -> Value:
            self.source.setstate(drawn)  # the same function: dropout drops the same
            return self._risk(rows, targets)

        self.optimizer.step(self.parameters, again)
        self.source.setstate(after)
        return risk.data, gradient

    def _advice(self) -> str:
        return f"; a learning rate below {self.optimizer.lr:g} often keeps it finite"

    def _risk(self, rows: Sequence[Any], targets: Sequence[Any]) -> Value:
        return empirical_risk(self.model, rows, targets, self.loss, self.regularizer)

    def validation_loss(self) -> float:
        """Give the mean loss without penalty of the model in use, not in training.

        Raises ``DivergedError`` if it is not finite.
        """
        rows, targets = self.validation or ([], [])
        function, loss = objective(self.model, self.loss)
        losses = []
        with evaluating(self.model):
            for x, t in zip(rows, targets, strict=True):
                one = sample_loss(loss, function(x), t)
                if not math.isfinite(one.data):
                    raise _diverged(f"the loss of a sample held out is {one.data}", one)
                losses.append(one.data)
        return averaged(losses)

    def is_finite(self) -> bool:
        """Say whether the risk of the model in use is a finite number."""
        with evaluating(self.model):
            try:
                return math.isfinite(self._risk(*self.training).data)
            except (DomainError, ArithmeticError):
                return False

    def theta(self) -> list[float]:
        """Give the number of each parameter."""
        return [p.data for p in self.parameters]

    def set_theta(self, theta: Sequence[float]) -> None:
        """Set each parameter to its number."""
        for p, number in zip(self.parameters, theta, strict=True):
            p.data = float(number)

    def snapshot(self, epochs: int, random: Any) -> Snapshot:
        """Give all that the next epoch depends on; ``random`` is the state of the generator."""
        state, initial = self.optimizer.state, self.optimizer.initial
        states = [state.get(p, initial) for p in self.parameters]
        kept = [[each[k] for each in states] for k in range(len(initial))]
        return Snapshot(epochs, self.theta(), kept, self.lr, random)

    def restore(self, snapshot: Snapshot) -> None:
        """Make parameters, optimizer and generator what they were."""
        self.set_theta(snapshot.theta)
        self.lr = snapshot.lr
        self.set_state(snapshot.optimizer)
        self.source.setstate(snapshot.random)

    def set_state(self, state: Sequence[Sequence[float]]) -> None:
        """Set what the optimizer keeps: for each of its numbers that of each parameter."""
        for k, p in enumerate(self.parameters):
            self.optimizer.state[p] = tuple([float(each[k]) for each in state])

    def watch_regularizer(self) -> None:
        """Notice a penalty that a schedule has changed: each batch computes it anew."""

    def eager(self) -> Eager:
        """Give an engine that goes on from here without a tape."""
        other = Eager(
            self.model,
            self.optimizer,
            self.loss,
            self.regularizer,
            self.source,
            self.training,
            self.validation,
        )
        other.lr, other._collecting = self.lr, self._collecting
        return other

    def at_work(self) -> AbstractContextManager[Any]:
        """Give what the epochs are computed inside of."""
        return collector_paused()

    def at_rest(self) -> AbstractContextManager[Any]:
        """Give what callbacks are called inside of: as it was before the run."""
        return collector_paused(not self._collecting)

    def norm(self, gradient: Any) -> float:
        """Give the length of a gradient."""
        return math.hypot(*gradient)

    def plus(self, gradient: Any, share: float, other: Any) -> Any:
        """Give a gradient, None for nothing yet, plus a share of another."""
        if gradient is None:
            return [share * b for b in other]
        return [a + share * b for a, b in zip(gradient, other, strict=True)]

    def publish(self) -> None:
        """Put the numbers into the parameters: they are there."""

    def collect(self) -> None:
        """Take the numbers from the parameters: they are there."""


@contextmanager
def collector_paused(paused: bool = True) -> Iterator[None]:
    """Keep Python's cyclic garbage collector from looking through the graph again and again.

    It looks for cycles whenever some hundred more objects are alive than before, and a graph
    is thousands of objects without a cycle: nodes know their operands, never their users, so
    that counting references frees them at once.
    """
    enabled = gc.isenabled()
    gc.disable() if paused else gc.enable()
    try:
        yield
    finally:
        gc.enable() if enabled else gc.disable()


def taken(data: Data, indices: Sequence[int]) -> Data:
    """Give the samples at some indices.

    >>> taken(([[1.0], [2.0]], [0.0, 1.0]), [1])
    ([[2.0]], [1.0])
    """
    rows, targets = data
    return [rows[i] for i in indices], [targets[i] for i in indices]


def averaged(losses: Sequence[float]) -> float:
    """Give the mean of numbers whose sum may be too large for a float.

    >>> averaged([1.5e308, 1.5e308])
    1.5e+308
    """
    return math.fsum(each / len(losses) for each in losses)


def _diverged(what: str, y: Value, advice: str = "") -> DivergedError:
    """Build the error that says where in the graph of ``y`` a number stopped being one."""
    names = node_names(topological_order(y))
    place: Any = first_nonfinite(y)
    if isinstance(place, Value):
        made = expression(place, names)
        where = f"first at {names[place]} = {f'{made} = ' if made else ''}{number_text(place.data)}"
    elif place is not None:
        child, parent = names[place.child], names[place.parent]
        product = f"{number_text(place.gradient)} × {number_text(place.partial)}"
        where = f"first on the way from {child} to {parent}: {product}"
    else:  # each product is finite, their sum or the gradient's length is not
        where = "a sum of finite numbers is too large"
    error = DivergedError(f"{what}, {where}{advice}")
    error.node = place
    return error
