"""Checkpoints: a training run in a file, from which it goes on bit for bit.

One JSON file holds all that the next epoch depends on: the parameters, the state of the
optimizer, the state of the random generator, which samples are held out, and the history.
It is replaced as a whole or not at all, so that a run may be killed at any moment.
"""

from __future__ import annotations

import json
import math
import time
import warnings
from collections.abc import Iterable, Sequence
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from autograd.files import write_atomically

from .history import History
from .module import state_content

FORMAT = 1  # of the files that are written here
KIND = "gradtable checkpoint"
INTERVAL = 1.0  # seconds at least between two of them, the last one excepted


class Snapshot(NamedTuple):
    """What a run is after some epoch.

    Attributes:
        epochs: how many are done.
        theta: the number of each parameter.
        optimizer: for each number that the optimizer keeps, that of each parameter.
        lr: the optimizer's learning rate, before the schedule's factor.
        random: the state of the random generator.
    """

    epochs: int
    theta: Sequence[float]
    optimizer: Sequence[Sequence[float]]
    lr: float
    random: tuple[Any, ...]


class Stored(NamedTuple):
    """What a checkpoint holds: a snapshot, and what goes with it.

    Attributes:
        snapshot: as the run was after its last finished epoch.
        best: the parameters of the epoch with the lowest validation loss, None if there is none.
        held_out: the samples held out for validation, as indices; None if there are none.
        asked: why to stop, if a callback asked to.
        history: the epochs so far, and why they ended if they did.
    """

    snapshot: Snapshot
    best: Sequence[float] | None
    held_out: list[int] | None
    asked: str
    history: History


class CheckpointFile:
    """The file of one run.

    Arguments:
        path: where it is; a relative one is so from here, wherever the program goes.
        run: describes what may not differ when the run goes on.
        paths: the names of the parameters.
        width: how many numbers the optimizer keeps for each of them.
    """

    def __init__(self, path: str | Path, run: dict[str, str], paths: list[str], width: int) -> None:
        self.path, self.run, self.paths, self.width = Path(path).absolute(), run, paths, width
        self.written = -math.inf

    def read(self) -> Stored | None:
        """Give what the file holds, None if there is no file yet, or one from before any epoch.

        Raises ``ValueError`` if it is no checkpoint, is damaged, was written by a newer
        version or by another run; ``OSError`` if it cannot be read. It is never changed.
        """
        content = self._content()
        if content is None or content.get("epochs") == 0:
            return None
        run = content.get("run")
        if not isinstance(run, dict):
            raise self._damaged("it does not say of which run")
        differing = [
            f"{name} {run.get(name)} there, {self.run.get(name)} here"
            for name in {**self.run, **run}
            if run.get(name) != self.run.get(name) and name != "engine"
        ]
        theirs = content.get("parameters")
        if not differing and isinstance(theirs, dict) and set(theirs) != set(self.paths):
            differing = ["the names of the parameters are others there"]
        if differing:
            raise self._another(differing)
        try:
            return self._stored(content)
        except (
            KeyError,
            TypeError,
            ValueError,
            AttributeError,
            IndexError,
            OverflowError,
        ) as error:
            raise self._damaged(f"{type(error).__name__} {error}") from None

    def refuse_if_used(self) -> None:
        """Raise ``ValueError`` if there is a file that holds something: no run begins over it."""
        content = self._content()
        if content is not None and content.get("epochs") != 0:
            raise ValueError(
                f"{str(self.path)!r} holds a run of {content.get('epochs')} epochs of"
                f" {content.get('model')}, and is not overwritten: resume=True goes on with it;"
                " to begin anew choose another path, or delete it"
            )

    def engine(self) -> str:
        """Name the engine of the run that the file holds, which ``read`` gave."""
        run = (self._content() or {}).get("run")
        return str(run.get("engine", "")) if isinstance(run, dict) else ""

    def goes_on_with(self, engine: str, begun_with: str = "") -> None:
        """Write down the engine of the run.

        Raises ``ValueError`` if it began with one of another kind, whose rounding differs; warns
        if only the replay of its tape is another.
        """
        if begun_with and begun_with.partition(" ")[0] != engine.partition(" ")[0]:
            kind = begun_with.partition(" ")[0]
            advice = f"engine={kind!r} or 'auto' goes on with it"
            raise self._another([f"engine {begun_with} there, {engine} here ({advice})"])
        if begun_with and begun_with != engine:
            warnings.warn(
                f"{str(self.path)!r} was written with engine {begun_with}, and goes on with"
                f" {engine}: the last digits may differ",
                stacklevel=3,
            )
        self.run = self.run | {"engine": engine}

    def _another(self, differing: list[str]) -> ValueError:
        return ValueError(
            f"{str(self.path)!r} is the checkpoint of another run: {'; '.join(differing)}."
            " Nothing was changed: choose another path, or delete it to begin anew"
        )

    def write(self, stored: Stored, at_once: bool = True) -> None:
        """Replace the file; if not ``at_once``, at most once a second.

        Raises ``OSError`` if it cannot be written; the file that was there is untouched then.
        """
        if not at_once and time.monotonic() - self.written < INTERVAL:
            return
        snapshot, history = stored.snapshot, stored.history
        version, numbers, spare = snapshot.random
        content = {
            "kind": KIND,
            "version": FORMAT,
            **state_content(self.run["model"], self._by_path(map(float, snapshot.theta))),
            "run": self.run,
            "epochs": snapshot.epochs,
            "stopped": history.stopped,
            "best": None if stored.best is None else self._by_path(map(float, stored.best)),
            "optimizer": self._by_path(_transposed(snapshot.optimizer, len(self.paths))),
            "lr": snapshot.lr,
            "random": [version, list(numbers), spare],
            "held out": stored.held_out,
            "asked": stored.asked,
            "history": history.as_dict(),
        }
        write_atomically(self.path, (json.dumps(content, allow_nan=False) + "\n").encode())
        self.written = time.monotonic()

    def _by_path(self, items: Iterable[Any]) -> dict[str, Any]:
        return dict(zip(self.paths, items, strict=True))

    def _content(self) -> dict[str, Any] | None:
        if self.path.exists() and not self.path.is_file():
            raise ValueError(f"checkpoint is the path of a file, and {str(self.path)!r} is none")
        try:
            content = json.loads(self.path.read_bytes())
        except FileNotFoundError:
            return None
        except (ValueError, RecursionError) as error:
            raise self._damaged(str(error)) from None
        if not isinstance(content, dict) or content.get("kind") != KIND:
            raise self._damaged(f"its kind is not {KIND!r}")
        version = content.get("version")
        if not isinstance(version, int) or version < 1:
            raise self._damaged("it has no version")
        if version != FORMAT:
            raise ValueError(
                f"{str(self.path)!r} was written by a newer version (version {version},"
                f" this one reads {FORMAT}): nothing was changed; update gradtable"
            )
        return content

    def _stored(self, content: dict[str, Any]) -> Stored:
        def by_path(name: str) -> list[Any]:
            return [content[name][path] for path in self.paths]

        version, numbers, spare = content["random"]
        random = (version, tuple(numbers), spare)
        Random().setstate(random)  # raises for what is no state
        theta = [_finite(x) for x in by_path("parameters")]
        state = [tuple(_finite(x) for x in each) for each in by_path("optimizer")]
        if any(len(each) != self.width for each in state):
            raise ValueError(f"the optimizer keeps {self.width} numbers for each parameter")
        kept = _transposed(state, self.width)
        best = None if content["best"] is None else [_finite(x) for x in by_path("best")]
        history = History.from_dict(content["history"])
        history.stopped = str(content["stopped"])
        if len(history) != content["epochs"]:
            raise ValueError(f"{len(history)} epochs in the history of {content['epochs']}")
        held_out = content["held out"] and [int(i) for i in content["held out"]]
        snapshot = Snapshot(len(history), theta, kept, _finite(content["lr"]), random)
        return Stored(snapshot, best, held_out, str(content["asked"]), history)

    def _damaged(self, why: str) -> ValueError:
        return ValueError(
            f"{str(self.path)!r} is damaged, or no checkpoint of fit ({why}): nothing was changed;"
            " choose another path, or delete it"
        )


def _transposed(table: Sequence[Sequence[float]], width: int) -> list[list[float]]:
    return [[float(line[k]) for line in table] for k in range(width)]


def _finite(number: Any) -> float:
    if isinstance(number, bool) or not math.isfinite(number):
        raise ValueError(f"{number!r} is no finite number")
    return float(number)
