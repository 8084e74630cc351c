"""What computes a training run from a tape: recorded once, replayed for every batch.

While it runs, the parameters are one array, theta, and so is each number that the optimizer
keeps. They are put into the model whenever somebody may look at it: before callbacks, when
something goes wrong, and at the end.

Whatever is odd in a batch, a number that is not finite above all, is left to the eager engine:
it computes that batch again, and says what is wrong, or goes on.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from math import isfinite
from random import Random
from typing import Any

from autograd import DomainError, RecordingError, Value, grad_table
from autograd.trees import is_array

from .checkpoints import Snapshot
from .engines import Data, Eager, averaged
from .module import Module, evaluating
from .optimizers import BacktrackingGD, Optimizer
from .recorded import SampleTape
from .regularizers import L1, L2, Tied
from .risk import objective
from .tables import Table

# Operands of a run, over all samples and epochs, from which on a tape makes up for recording it,
# about half a second of eager execution, and from which on compiled code does for loading it.
WORTH_RECORDING = 1_000_000
WORTH_COMPILING = 10_000_000
FEW = 200  # samples for which a model is called, not recorded
SEVERAL = 5  # tapes that are rather compiled than written as Python, each anew


def takes_gradients(optimizer: Optimizer) -> bool:
    """Say whether an optimizer's step follows from a gradient, or from losses along it.

    >>> from nn import Newton
    >>> takes_gradients(Newton()), takes_gradients(BacktrackingGD(0.1))
    (False, True)
    """
    step = getattr(optimizer.step, "__func__", None)  # which may also be set on the object
    return step in (Optimizer.step, BacktrackingGD.step)


class Taped(Eager):
    """Trains a model with tapes of its loss; arguments as of ``Eager``.

    ``replay`` names the engine of the tapes. Raises ``RecordingError`` if the model cannot be
    recorded, or an optimizer wants more than gradients.
    """

    def __init__(
        self,
        model: Module,
        optimizer: Optimizer,
        loss: Any,
        regularizer: Callable[[Any], Value] | None,
        source: Any,
        training: Data,
        validation: Data | None = None,
        replay: str = "auto",
    ) -> None:
        super().__init__(model, optimizer, loss, regularizer, source, training, validation)
        if not takes_gradients(optimizer):
            kind = type(optimizer).__name__
            raise RecordingError(f"{kind} has a step of its own, and needs more than gradients")
        self._replay = replay
        self._learning = self._table()
        self._held_out = None if validation is None else self._validation(*validation)
        # whether the optimizer's rule takes arrays: None until it was tried
        self._vectorised: bool | None = None if self._learning.arrays else False
        self._take()

    @property
    def name(self) -> str:  # type: ignore[override]
        """The engine, and what replays its tapes."""
        return f"tape ({self._learning.tapes[0].tape.engine})"

    # --- recording ----------------------------------------------------------------------

    def _record(self, x: Any, t: Any, replay: str) -> SampleTape:
        function, loss = objective(self.model, self.loss)
        return SampleTape(
            self.model, function, x, loss, t, self.regularizer, replay, self.parameters
        )

    def _checked(self, x: Any, t: Any) -> SampleTape:
        """Record the loss of a sample; twice, for what is recorded must not change by itself."""
        sample = self._record(x, t, self._replay)
        if not sample.same(self._record(x, t, "python")):
            raise RecordingError("the model computes something else each time it is called")
        return sample

    def _table(self) -> Table:
        table = Table(self._checked, *self.training)
        self._hold_against_eager(table)
        return table

    def _validation(self, rows: Sequence[Any], targets: Sequence[Any]) -> Table:
        with evaluating(self.model):
            return Table(self._record_validation, rows, targets)

    def _record_validation(self, x: Any, t: Any) -> SampleTape:
        function, loss = objective(self.model, self.loss)
        return SampleTape(self.model, function, x, loss, t, None, self._replay, self.parameters)

    def _hold_against_eager(self, table: Table) -> None:
        """Compare risk and gradient of some samples, so that no tape goes unnoticed that is wrong.

        The parameters are moved a little: a tape must not have kept what they were.
        """
        rows, targets = self.training
        some = table.typical(targets)
        before, theta = self.source.getstate(), [p.data for p in self.parameters]
        noise = Random(0)
        risk = value = math.nan
        slopes: list[float] = []
        gradient: list[float] = []
        try:
            moved = [x * (1.0 + 0.01 * noise.random()) + 1e-3 * noise.random() for x in theta]
            super().set_theta(moved)
            node = self._risk([rows[i] for i in some], [targets[i] for i in some])
            sums = grad_table(node)
            risk, slopes = node.data, [sums[p] for p in self.parameters]
            self.source.setstate(before)
            for sample, numbers in table.batches(some, self.source):
                share = len(numbers) / len(some)
                part, slope = sample.tape.value_and_grad(numbers)
                value = share * part + (0.0 if math.isnan(value) else value)
                gradient = super().plus(gradient or None, share, list(slope))
        except (DomainError, ArithmeticError):
            pass
        finally:
            self.source.setstate(before)
            super().set_theta(theta)
        size = math.hypot(risk, *slopes)
        if not isfinite(size):
            return  # undefined as it is now: the first batch says where
        apart = math.dist([risk, *slopes], [value, *gradient]) if gradient else math.nan
        if not apart <= 1e-8 * size + 1e-12:
            raise RecordingError(
                f"the tape gives the risk {value:.9g}, which is {risk:.9g} eagerly, and its"
                f" gradient is {apart:.2g} away from what it should be"
            )

    # --- learning -----------------------------------------------------------------------

    def learn(self, batch: Sequence[int]) -> tuple[float, Any]:
        """Take one step, as ``Eager`` does."""
        drawn = self.source.getstate() if self.draws else None
        batches = self._learning.batches(batch, self.source)
        try:
            risk, gradient = self._risk_and_gradient(batches, len(batch))
            if isfinite(risk) and isfinite(self.norm(gradient)):
                theta, *state = self._stepped(batches, len(batch), risk, gradient)
                if self._is_finite(theta) and all(map(self._is_finite, state)):
                    self._theta, self._state, self._gradient = theta, state, gradient
                    return risk, gradient
        except (DomainError, ArithmeticError):
            pass
        if drawn is not None:
            self.source.setstate(drawn)
        self.publish()
        risk, slopes = super().learn(batch)
        self._take()
        return risk, self._vector(slopes)

    def _is_finite(self, numbers: Any) -> bool:
        if self._learning.arrays and isfinite(numbers.dot(numbers)):
            return True  # in one call; but the square may be too large
        return all(map(isfinite, numbers))

    def _risk_and_gradient(
        self, batches: list[tuple[SampleTape, Any]], size: int
    ) -> tuple[float, Any]:
        if len(batches) == 1:
            ((sample, rows),) = batches
            return sample.tape.value_and_grad(rows, self._theta)
        risk, gradient = 0.0, None
        for sample, rows in batches:
            share = len(rows) / size
            value, slopes = sample.tape.value_and_grad(rows, self._theta)
            risk += share * value
            gradient = self.plus(gradient, share, slopes)
        return risk, gradient

    def _stepped(
        self, batches: list[tuple[SampleTape, Any]], size: int, risk: float, gradient: Any
    ) -> Sequence[Any]:
        """Give the next theta, and what the optimizer keeps."""
        optimizer = self.optimizer
        if isinstance(optimizer, BacktrackingGD):

            def risk_at(theta: Any) -> float:
                before, self._theta = self._theta, theta
                try:
                    value, _ = self._risk_and_gradient(batches, size)
                except (DomainError, ArithmeticError):
                    return math.inf
                finally:
                    self._theta = before
                return math.inf if math.isnan(value) else value

            def moved(rate: float) -> Any:
                return self._updated(self._theta, gradient, [self._vector([rate] * len(gradient))])

            return (optimizer.searched(self._theta, risk, lambda rate: moved(rate)[0], risk_at),)
        return self._updated(self._theta, gradient, self._state)

    def _updated(self, theta: Any, gradient: Any, state: Sequence[Any]) -> Sequence[Any]:
        """Apply the optimizer's rule: to arrays, or, where it takes only numbers, to each."""
        update, width = self.optimizer.update, 1 + len(self.optimizer.initial)
        if self._vectorised:
            moved: Sequence[Any] = update(theta, gradient, *state)
            return moved
        plain = [list(map(float, part)) for part in (theta, gradient, *state)]
        each = [update(*numbers) for numbers in zip(*plain, strict=True)]
        if not all(isinstance(one, tuple) and len(one) == width for one in each):
            raise ArithmeticError("the eager engine says what is wrong with that")
        parts = [self._vector([float(x) for x in part]) for part in zip(*each, strict=True)]
        if self._vectorised is None:
            self._vectorised = self._takes_arrays([theta, gradient, *state], parts)
        return parts

    def _takes_arrays(self, given: Sequence[Any], expected: Sequence[Any]) -> bool:
        """Say whether the optimizer's rule does with arrays what it did with each number."""
        import numpy as np

        arrays = [array.copy() for array in given]
        try:
            moved = self.optimizer.update(*arrays)
            return all(map(np.array_equal, arrays, given)) and all(
                type(a) is np.ndarray and a.shape == b.shape and np.allclose(a, b, 1e-12, 0.0)
                for a, b in zip(moved, expected, strict=True)
            )
        except Exception:  # a rule for plain numbers, which arrays are not
            return False

    def _vector(self, numbers: Sequence[float]) -> Any:
        if not self._learning.arrays:
            return list(numbers)
        import numpy as np

        return np.array(numbers, float)

    def validation_loss(self) -> float:
        """Give the mean loss of the samples held out, as ``Eager`` does."""
        table = self._held_out
        assert table is not None
        losses: list[float] = []
        try:
            for sample, rows in table.batches(range(len(table.places)), self.source):
                losses += [number for (number,) in _lists(sample.tape.forward(rows, self._theta))]
        except DomainError:
            losses = [math.nan]
        if all(map(isfinite, losses)):
            return averaged(losses)
        self.publish()
        return super().validation_loss()

    def is_finite(self) -> bool:
        """Say whether the risk of the model in use is a finite number."""
        self.publish()
        return super().is_finite()

    # --- the numbers, here and in the model -----------------------------------------------

    def theta(self) -> Any:
        """Give the number of each parameter."""
        return self._theta

    def set_theta(self, theta: Sequence[float]) -> None:
        """Set each parameter to its number, in the model, too."""
        self._theta = self._vector(theta)
        super().set_theta([float(x) for x in theta])

    def set_state(self, state: Sequence[Sequence[float]]) -> None:
        """Set what the optimizer keeps, here and there."""
        self._state = [self._vector(each) for each in state]
        super().set_state([[float(x) for x in each] for each in state])

    def snapshot(self, epochs: int, random: Any) -> Snapshot:
        """Give all that the next epoch depends on: no array is ever changed."""
        return Snapshot(epochs, self._theta, self._state, self.lr, random)

    def at_work(self) -> AbstractContextManager[Any]:
        """Give what the epochs are computed inside of: what arrays warn of is looked at here."""
        if not self._learning.arrays:
            return nullcontext()
        import numpy as np

        self._errors: Any = np.geterr()
        return np.errstate(all="ignore")

    def at_rest(self) -> AbstractContextManager[Any]:
        """Give what callbacks are called inside of."""
        if not self._learning.arrays:
            return nullcontext()
        import numpy as np

        return np.errstate(**self._errors)

    def norm(self, gradient: Any) -> float:
        """Give the length of a gradient."""
        if self._learning.arrays:
            square = gradient.dot(gradient)
            if 1e-280 < square < 1e300:  # else it is the square that is not right
                return math.sqrt(square)
        return math.hypot(*gradient)

    def plus(self, gradient: Any, share: float, other: Any) -> Any:
        """Give a gradient, None for nothing yet, plus a share of another."""
        if self._learning.arrays:
            return share * other if gradient is None else gradient + share * other
        return super().plus(gradient, share, other)

    def publish(self) -> None:
        """Put the numbers into parameters and optimizer, and the last gradient into ``grad``."""
        self.set_theta(self._theta)
        self.set_state(self._state)
        for p, slope in zip(self.parameters, self._gradient, strict=True):
            p.grad = float(slope)

    def collect(self) -> None:
        """Take the numbers from parameters and optimizer, and record a model that changed.

        Raises ``RecordingError`` if it cannot be recorded any more.
        """
        self._take()
        try:
            with evaluating(self.model):
                same = self._unchanged(self._held_out, self.validation, self._record_validation)
            if not (same and self._unchanged(self._learning, self.training, self._again)):
                self._learning = self._table()
                if self.validation is not None:
                    self._held_out = self._validation(*self.validation)
        except (DomainError, ArithmeticError) as error:
            raise RecordingError(f"the model raised {type(error).__name__}: {error}") from error

    def watch_regularizer(self) -> None:
        """Notice a penalty that a schedule has changed; those of this package do not change."""
        if not isinstance(self.regularizer, (L1, L2, Tied)):
            self.publish()
            self.collect()

    @property
    def draws(self) -> bool:
        """Whether a tape draws random numbers; nothing else of the model is called."""
        return self._learning.draws or (self._held_out is not None and self._held_out.draws)

    def _again(self, x: Any, t: Any) -> SampleTape:
        return self._record(x, t, "python")

    def _unchanged(self, table: Table | None, data: Data | None, record: Any) -> bool:
        """Record one sample of each shape again; say whether the tapes are the same."""
        if table is None or data is None:
            return True
        first = {k: i for i, (k, row) in enumerate(table.places) if row == 0}
        return all(
            tape.same(record(data[0][first[k]], data[1][first[k]]))
            for k, tape in enumerate(table.tapes)
        )

    def _take(self) -> None:
        state, initial = self.optimizer.state, self.optimizer.initial
        states = [state.get(p, initial) for p in self.parameters]
        self._theta = self._vector([p.data for p in self.parameters])
        self._state = [self._vector([s[k] for s in states]) for k in range(len(initial))]
        self._gradient = [p.grad for p in self.parameters]


def _lists(rows: Any) -> list[list[float]]:
    return rows.tolist() if is_array(rows) else rows  # type: ignore[no-any-return]
