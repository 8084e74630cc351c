"""The moons gradient of moons.py in micrograd: runs in an environment that has it installed."""

from __future__ import annotations

import sys

from micrograd.engine import Value
from micrograd.nn import MLP

from moons_data import LAM, STEPS, WIDTHS, points, report  # isort: skip

X, Y = points()
model = MLP(WIDTHS[0], WIDTHS[1:])


def step() -> None:
    """Take the gradient of the mean hinge loss and the penalty."""
    risk = Value(0.0)
    for row, target in zip(X, Y, strict=True):
        risk = risk + (1.0 - target * model([Value(x) for x in row])).relu() * (1.0 / len(X))
    for p in model.parameters():
        risk = risk + LAM * (p * p)
    model.zero_grad()
    risk.backward()


sys.setrecursionlimit(100_000)
report(step, STEPS)
