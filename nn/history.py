"""``History``: what a training run was like, epoch by epoch."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from autograd.errors import shortened
from autograd.primitives import real

NUMBERS = ("loss", "validation_loss", "gradient_norm", "learning_rate", "seconds")


@dataclass
class History:
    """Lists with one number for each epoch, and why training stopped.

    Attributes:
        loss: mean loss, penalty included, over the samples as seen before each update.
        validation_loss: mean loss, without penalty, after the epoch; empty if there were no
            data to validate with.
        gradient_norm: length of the mean of the epoch's gradients.
        learning_rate: the optimizer's ``lr`` in that epoch.
        seconds: how long the epoch took.
        records: what callbacks recorded: a name and its list, nan where nothing was.
        stopped: ``"epochs"`` (all of them are done), ``"early stopping"``, ``"gradient below
            0.001"``, ``"callback"``, ``"interrupted"``, or what a function of yours says.

    >>> history = History()
    >>> history.append(loss=0.5, gradient_norm=0.1, learning_rate=0.1, seconds=0.0)
    >>> history
    History(1 epoch, loss 0.5)
    """

    loss: list[float] = field(default_factory=list)
    validation_loss: list[float] = field(default_factory=list)
    gradient_norm: list[float] = field(default_factory=list)
    learning_rate: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list, compare=False)
    records: dict[str, list[float]] = field(default_factory=dict)
    stopped: str = ""
    # kept up to date, for looking for it each time would cost more and more
    _best: int | None = field(default=None, init=False, repr=False)

    def __post_init__(self) -> None:
        self._find_best()

    def __len__(self) -> int:
        return len(self.loss)

    def __bool__(self) -> bool:
        return True  # without epochs, too

    @property
    def best_epoch(self) -> int | None:
        """The epoch, counted from 1, with the first of the lowest validation losses, or None."""
        return self._best

    def append(self, **numbers: float) -> None:
        """Add an epoch: a number for each list that is kept; ``validation_loss`` may be missing.

        >>> history = History()
        >>> for number in (3.0, 1.0, 2.0):
        ...     history.append(loss=number, validation_loss=number)
        >>> history.best_epoch
        2
        """
        for name in numbers:
            getattr(self, name).append(numbers[name])
        losses = self.validation_loss
        if losses and (self._best is None or losses[-1] < losses[self._best - 1]):
            self._best = len(self)

    def record(self, name: str, number: float) -> None:
        """Write down a number for the latest epoch: for callbacks, an accuracy for example.

        Raises ``TypeError`` for what is no name or no number, ``ValueError`` before the first
        epoch.

        >>> history = History(loss=[0.5, 0.4])
        >>> history.record("accuracy", 0.9)
        >>> history.records
        {'accuracy': [nan, 0.9]}
        """
        if not isinstance(name, str):
            raise TypeError(f"record expects a name, got {type(name).__name__} {shortened(name)}")
        if not self.loss:
            raise ValueError("record writes down a number for the latest epoch: there is none yet")
        numbers = self.records.setdefault(name, [])
        numbers += [math.nan] * (len(self) - len(numbers))
        numbers[-1] = real(number, f"record {name!r}")

    def truncate(self, epochs: int) -> None:
        """Forget all but the first ``epochs`` epochs.

        >>> history = History(loss=[3.0, 2.0, 1.0])
        >>> history.truncate(2)
        >>> history.loss
        [3.0, 2.0]
        """
        for numbers in (*(getattr(self, name) for name in NUMBERS), *self.records.values()):
            del numbers[epochs:]
        self.records = {name: numbers for name, numbers in self.records.items() if numbers}
        self._find_best()

    def _find_best(self) -> None:
        losses = self.validation_loss
        self._best = losses.index(min(losses)) + 1 if losses else None

    def plot(self, ax: Any = None) -> tuple[Any, Any]:
        """Draw the learning curves: ``nn.plots.learning_curves`` of this history.

        >>> figure, axes = History(loss=[0.5, 0.4]).plot()
        >>> axes.get_xlabel()
        'epoch'
        """
        from .plots import learning_curves

        return learning_curves(self, ax=ax)

    def as_dict(self) -> dict[str, Any]:
        """Give its lists as JSON can hold them: nan and inf, which may be recorded, as words.

        >>> History(loss=[1.0], records={"accuracy": [float("nan")]}).as_dict()["records"]
        {'accuracy': ['nan']}
        """
        records = {
            name: [x if math.isfinite(x) else str(x) for x in numbers]
            for name, numbers in self.records.items()
        }
        return {**{name: list(getattr(self, name)) for name in NUMBERS}, "records": records}

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> History:
        """Give the history that ``as_dict`` was called on.

        >>> History.from_dict(History(loss=[1.0]).as_dict()).loss
        [1.0]
        """
        history = cls()
        for name in NUMBERS:
            setattr(history, name, [float(x) for x in content[name]])
        for name, numbers in content["records"].items():
            # float("nan") is another nan than math.nan, and lists of it would not be equal
            numbers = [float(x) for x in numbers]
            history.records[name] = [math.nan if math.isnan(x) else x for x in numbers]
        history._find_best()
        return history

    def __repr__(self) -> str:
        epochs = f"{len(self):,} epoch{'s' * (len(self) != 1)}"
        loss = f", loss {self.loss[-1]:.6g}" if self.loss else ""
        validation = (
            f", validation loss {self.validation_loss[-1]:.6g}" if self.validation_loss else ""
        )
        stopped = f", stopped: {self.stopped}" if self.stopped else ""
        return f"History({epochs}{loss}{validation}{stopped})"
