"""The data of the moons benchmark, for both engines."""

from __future__ import annotations

import math
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
