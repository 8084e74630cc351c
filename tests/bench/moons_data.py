"""What the moons benchmark has in common for both engines: the data, and the measuring."""

from __future__ import annotations

import math
import time
import tracemalloc
from collections.abc import Callable
from random import Random

WIDTHS = [2, 16, 16, 1]
LAM = 1e-4
STEPS = 5


def points(n: int = 100) -> tuple[list[list[float]], list[float]]:
    """Give two interleaved half circles with noise, targets -1 and +1."""
    rng = Random(0)
    X, Y = [], []
    for i in range(n):
        angle, upper = math.pi * rng.random(), i % 2
        x, y = math.cos(angle), math.sin(angle)
        row = (x, y) if upper else (1.0 - x, 0.5 - y)
        X.append([a + rng.gauss(0.0, 0.1) for a in row])
        Y.append(1.0 if upper else -1.0)
    return X, Y


def report(step: Callable[[], None], steps: int) -> None:
    """Print the milliseconds of each step, and then the peak megabytes of one."""
    for _ in range(steps):
        start = time.process_time()
        step()
        print(1e3 * (time.process_time() - start))
    tracemalloc.start()
    step()
    print(tracemalloc.get_traced_memory()[1] / 1e6)
