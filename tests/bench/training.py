"""What ``fit`` costs beside the loop by hand, beside its tape, and without a garbage collector.

    python tests/bench/training.py

Epochs of moons, mini-batches of 10, on a 2-16-16-1 net: by hand with the collector as Python
sets it, by hand with it off, through ``fit``, and through ``fit`` with a checkpoint. Turns of CPU
time, medians; all in one process. Then one full batch of 50 samples on single-operation nodes,
where the collector weighs most. Then runs on a tape: 1,000 epochs of moons, full batch, beside as
many bare gradients of the tape; and 20 epochs of all digits, batches of 10.
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

import numpy as np
from moons_data import LAM, WIDTHS, points

import nn
from autograd import record
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


def on_a_tape() -> None:
    """Compare 1,000 epochs with 1,000 gradients of the tape that they are replayed from."""
    rows, targets = points()
    model, penalty, epochs = nn.MLP(WIDTHS, "relu", rng=0), nn.L2(2.0 * LAM), 1000
    tape = record(lambda x: nn.hinge(model(x[:2]), x[2]) + penalty(model), 3, model.parameters())
    table = np.array([[*row, target] for row, target in zip(rows, targets, strict=True)])
    theta = tape.theta()

    def gradients() -> None:
        for _ in range(epochs):
            tape.value_and_grad(table, theta)

    def fitted(count: int) -> None:
        nn.fit(model, rows, targets, nn.hinge, nn.SGD(1e-3, momentum=0.9), count,
               regularizer=penalty, progress=False, engine="tape")  # fmt: skip

    gradients(), fitted(epochs)  # the first compile, or find what was compiled
    bare, short, long = [], [], []
    for _ in range(3 * TURNS):
        bare.append(seconds(gradients))
        short.append(seconds(lambda: fitted(epochs)))
        long.append(seconds(lambda: fitted(2 * epochs)))
    each = [(two - one) / b for one, two, b in zip(short, long, bare, strict=True)]
    begin = [2 * one - two for one, two in zip(short, long, strict=True)]
    print(
        f"tape      1,000 bare gradients of moons {1e3 * median(bare):.1f} ms; 1,000 epochs of fit"
        f" {median(each):.2f} times that, and {1e3 * median(begin):.0f} ms to begin"
    )


def all_digits() -> None:
    """Train on all digits but a fifth; say how long it takes, and how many of that are right."""
    X, y = datasets.digits()
    X = [[x / 16.0 for x in row] for row in X]
    rows, held, targets, kept = datasets.split(X, y, 0.2, rng=0)
    model = nn.MLP([64, 30, 10], output="softmax", rng=0)
    taken = seconds(lambda: nn.fit(model, rows, targets, optimizer=nn.SGD(0.1, momentum=0.5),
                                   epochs=20, batch_size=10, progress=False))  # fmt: skip
    share = nn.accuracy(nn.predict(model, held), kept, rule="argmax")
    print(
        f"tape      digits, 20 epochs, batches of 10: {taken:.2f} s, held-out accuracy {share:.3f}"
    )


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
    on_a_tape()
    all_digits()
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
