"""What ``fit`` costs beside the loop by hand, and what pausing the garbage collector saves.

    python tests/bench/training.py

Epochs of moons, mini-batches of 10, on a 2-16-16-1 net: by hand with the collector as Python
sets it, by hand with it off, through ``fit``, and through ``fit`` with a checkpoint. Turns of CPU
time, medians; all in one process. Then one full batch of 50 samples on single-operation nodes,
where the collector weighs most.
"""

from __future__ import annotations

import gc
import tempfile
import time
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

import nn
from nn import datasets
from nn.engines import collector_paused

EPOCHS, TURNS, SIZE = 3, 5, 10
X, Y = datasets.moons(100, rng=0)


def net(expand: bool = False) -> nn.MLP:
    """Make the net; ``expand`` writes its inner potentials with single operations."""
    model = nn.MLP([2, 16, 16, 1], "relu", "sigmoid", rng=0)
    for layer in model.layers:
        layer.expand = expand
        for neuron in layer.neurons:
            neuron.expand = expand
    return model


def by_hand(paused: Callable[[], Any]) -> None:
    """Train as ``fit`` does, written out."""
    model, optimizer, random = net(), nn.Adam(0.01), Random(0)
    for _ in range(EPOCHS):
        order = random.sample(range(len(X)), len(X))
        with paused():
            for start in range(0, len(X), SIZE):
                batch = order[start : start + SIZE]
                model.zero_grad()
                risk = nn.empirical_risk(model, [X[i] for i in batch], [Y[i] for i in batch])
                risk.backward()
                optimizer.step(model.parameters())


def by_fit(checkpoint: Path | None = None) -> None:
    """Train with ``fit``."""
    nn.fit(net(), X, Y, optimizer=nn.Adam(0.01), epochs=EPOCHS, batch_size=SIZE, progress=False,
           checkpoint=checkpoint)  # fmt: skip


def large(paused: Callable[[], Any]) -> None:
    """Take one gradient of a graph of single operations."""
    with paused():
        nn.empirical_risk(net(expand=True), X[:50], Y[:50]).backward()


def seconds(work: Callable[[], None]) -> float:
    """Give the CPU time that some work takes."""
    start = time.process_time()
    work()
    return time.process_time() - start


def main() -> None:
    """Take turns; print medians and ratios."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "run.json")
        contenders = {
            "by hand, collector running": lambda: by_hand(nullcontext),
            "by hand, collector paused": lambda: by_hand(collector_paused),
            "fit": by_fit,
            "fit with a checkpoint": lambda: (path.unlink(missing_ok=True), by_fit(path)),
        }
        times: dict[str, list[float]] = {name: [] for name in contenders}
        for _ in range(TURNS):
            for name, work in contenders.items():
                gc.collect()
                times[name].append(seconds(work))
    first = median(times["by hand, collector running"])
    for name, each in times.items():
        print(f"training  {name:<28}{1000 * median(each) / EPOCHS:7.1f} ms an epoch"
              f"  ({median(each) / first:.2f})")  # fmt: skip
    running, paused = (
        median(seconds(lambda how=how: large(how)) for _ in range(TURNS))
        for how in (nullcontext, collector_paused)
    )
    print(
        f"training  graph of single operations: collector running / paused {running / paused:.2f}"
    )


if __name__ == "__main__":
    main()
