"""When training is over before its last epoch.

A rule is a function of the ``History`` so far that gives why to stop, a few words, or None to
go on. Any function of yours will do.
"""

from __future__ import annotations

from autograd.errors import whole_number

from .checks import positive
from .history import History


class EarlyStopping:
    """Stop when the validation loss has not been lower for ``patience`` epochs (syllabus E3).

    Arguments:
        patience: how many epochs to wait for a lower one, at least 1.
        restore_best: True gives the model back as it was in the best of all epochs, also if
            training ends for another reason; after an interruption it is not done.

    Raises ``ValueError`` for another patience. Source: Prechelt (1998).

    >>> history = History()
    >>> for loss in (1.0, 0.5, 0.7, 0.6):
    ...     history.append(loss=loss, validation_loss=loss)
    >>> EarlyStopping(3)(history), EarlyStopping(2)(history)
    (None, 'early stopping')
    """

    watches_validation = True

    def __init__(self, patience: int, restore_best: bool = True) -> None:
        self.patience = whole_number(patience, "patience of EarlyStopping", least=1)
        self.restore_best = restore_best

    def __call__(self, history: History) -> str | None:
        """Say why to stop, or None."""
        waited = len(history) - (history.best_epoch or 0)
        return "early stopping" if waited >= self.patience else None

    def __repr__(self) -> str:
        restore = "" if self.restore_best else ", restore_best=False"
        return f"EarlyStopping({self.patience}{restore})"


class GradientBelow:
    """Stop when the gradient, as the epoch found it, is shorter than ``tau`` (syllabus D2).

    Raises ``ValueError`` unless ``tau`` is above 0.

    >>> GradientBelow(0.01)(History(loss=[1.0], gradient_norm=[0.001]))
    'gradient below 0.01'
    """

    def __init__(self, tau: float) -> None:
        self.tau = positive(tau, "tau of GradientBelow")

    def __call__(self, history: History) -> str | None:
        """Say why to stop, or None."""
        below = history.gradient_norm[-1] < self.tau
        return f"gradient below {self.tau:g}" if below else None

    def __repr__(self) -> str:
        return f"GradientBelow({self.tau!r})"
