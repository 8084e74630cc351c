"""What computes a training run: forward, backward and step, on nodes made anew for each batch."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
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
    """

    name = "eager"

    def __init__(
        self,
        model: Module,
        optimizer: Optimizer,
        loss: Any,
        regularizer: Callable[[Any], Value] | None,
        source: Random,
    ) -> None:
        self.model, self.optimizer, self.source = model, optimizer, source
        self.loss, self.regularizer = loss, regularizer
        self.parameters = model.parameters()
        self.lr = optimizer.lr  # which a schedule multiplies for an epoch

    def learn(self, rows: Sequence[Any], targets: Sequence[Any]) -> tuple[float, list[float]]:
        """Take one step on a batch; give its risk before the step, and the gradient.

        Raises ``DivergedError`` if one of the two, or a parameter after the step, is not finite.
        """
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

    def validation_loss(self, rows: Sequence[Any], targets: Sequence[Any]) -> float:
        """Give the mean loss without penalty of the model in use, not in training.

        Raises ``DivergedError`` if it is not finite.
        """
        function, loss = objective(self.model, self.loss)
        losses = []
        with evaluating(self.model):
            for x, t in zip(rows, targets, strict=True):
                one = sample_loss(loss, function(x), t)
                if not math.isfinite(one.data):
                    raise _diverged(f"the loss of a sample held out is {one.data}", one)
                losses.append(one.data)
        return math.fsum(each / len(losses) for each in losses)  # so it cannot overflow

    def is_finite(self, rows: Sequence[Any], targets: Sequence[Any]) -> bool:
        """Say whether the risk of the model in use is a finite number."""
        with evaluating(self.model):
            try:
                return math.isfinite(self._risk(rows, targets).data)
            except (DomainError, ArithmeticError):
                return False

    def theta(self) -> list[float]:
        """Give the number of each parameter."""
        return [p.data for p in self.parameters]

    def set_theta(self, theta: Sequence[float]) -> None:
        """Set each parameter to its number."""
        for p, number in zip(self.parameters, theta, strict=True):
            p.data = number

    def snapshot(self, epochs: int) -> Snapshot:
        """Give all that the next epoch depends on."""
        state, initial = self.optimizer.state, self.optimizer.initial
        states = [state.get(p, initial) for p in self.parameters]
        return Snapshot(epochs, self.theta(), states, self.lr, self.source.getstate())

    def restore(self, snapshot: Snapshot) -> None:
        """Make parameters, optimizer and generator what they were."""
        self.set_theta(snapshot.theta)
        self.lr = snapshot.lr
        for p, state in zip(self.parameters, snapshot.optimizer, strict=True):
            self.optimizer.state[p] = tuple(state)
        self.source.setstate(snapshot.random)


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
