"""How far training is: a bar on a terminal, elsewhere a line for every tenth of the epochs."""

from __future__ import annotations

import sys
from typing import Any

from .history import History


class Progress:
    """Shows the epochs as they are done, on the standard error stream.

    Arguments:
        epochs: how many there will be; ``done``: how many there have been.
        shown: False shows nothing.

    >>> progress = Progress(10, 0, shown=False)
    >>> progress.show(History(loss=[0.5]))
    >>> progress.close()
    """

    def __init__(self, epochs: int, done: int, shown: bool) -> None:
        self.epochs, self.done = epochs, done
        self.stream = sys.stderr if shown else None  # which is None itself without a console
        self.bar: Any = None
        if self.stream is not None and self.stream.isatty():
            from tqdm import tqdm

            self.bar = tqdm(
                total=epochs, initial=done, desc="training", unit="epoch", file=self.stream,
                dynamic_ncols=True,
            )  # fmt: skip

    def show(self, history: History) -> None:
        """Say that an epoch is over."""
        if self.stream is None:
            return
        tenth, self.done = 10 * self.done // self.epochs, len(history)
        losses = {"loss": history.loss, "validation loss": history.validation_loss}
        numbers = {name: f"{values[-1]:.4g}" for name, values in losses.items() if values}
        if self.bar is not None:
            self.bar.set_postfix(numbers, refresh=False)
            self.bar.update()
        elif 10 * self.done // self.epochs > tenth:
            words = ", ".join(f"{name} {number}" for name, number in numbers.items())
            width = len(str(self.epochs))
            line = f"epoch {self.done:{width}} of {self.epochs}: {words}"
            print(line, file=self.stream, flush=True)

    def close(self) -> None:
        """Leave the bar as it stands."""
        if self.bar is not None:
            self.bar.close()
