"""Numerical derivatives with an estimate of their error: what rules are judged by.

A central difference is wrong by h² (truncation) and by eps/h (rounding), and which step
h is best depends on the function. So all are tried, from a large step downwards, each
half the one before. Two neighbours together cancel the h² (Richardson extrapolation); what
the result still changes from one step to the next is the estimate of its error, and the
step with the smallest estimate wins. The slopes from the left and from the right come
closer with every step where the function is smooth. Where they do not, there is a kink.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import NamedTuple

from .errors import AutogradError

EPSILON = 2.0**-52
HALVINGS = range(3, 48)


class Slope(NamedTuple):
    """A numerical derivative: its value, the error to expect, and what the point is like.

    ``kind`` is ``"smooth"``, ``"kink"`` (``left`` and ``right`` are then the slopes on both
    sides), ``"jump"`` (the slope grows without bound), ``"edge"`` (the function has no value
    on one side, so there is no difference) or ``"unclear"`` (no step gives a usable value).
    """

    value: float
    error: float
    left: float
    right: float
    kind: str


class _Step(NamedTuple):
    central: float
    left: float
    right: float
    rounding: float

    @property
    def bend(self) -> float:
        return self.right - self.left

    @property
    def steepest(self) -> float:
        return max(abs(self.left), abs(self.right))


def slopes(f: Callable[[float], Sequence[float]], x: float, rtol: float = 1e-9) -> list[Slope]:
    """Give the derivative at ``x`` of each number that ``f`` gives.

    Stops as soon as all errors are estimated below ``rtol``.

    >>> (slope,) = slopes(lambda x: [x ** 3], 2.0)
    >>> abs(slope.value - 12.0) < 1e-9, slope.kind
    (True, 'smooth')
    >>> slopes(lambda x: [abs(x)], 0.0)[0].kind
    'kink'
    """
    centre = f(x)
    found: list[Slope | None] = [None] * len(centre)
    # a function may change on the scale of 1 or on that of its operand: the larger first
    for scale in sorted({1.0, abs(x) or 1.0}, reverse=True):
        ladders: list[list[_Step]] = [[] for _ in centre]
        best: list[Slope | None] = [None] * len(centre)
        for k in HALVINGS:
            h = scale * 2.0**-k
            above, below = x + h, x - h
            if above == x or below == x:
                break
            up, down = _values(f, above), _values(f, below)
            if up is None or down is None or not _in_range(centre, up, down, h):
                continue
            for i, (c, u, d) in enumerate(zip(centre, up, down, strict=True)):
                rounding = 4.0 * EPSILON * max(abs(u), abs(d), abs(c)) / h
                left, right = (c - d) / (x - below), (u - c) / (above - x)
                ladders[i].append(_Step((u - d) / (above - below), left, right, rounding))
                best[i] = _better(best[i], ladders[i])
            if all(s is not None and s.error <= rtol * abs(s.value) for s in best):
                return [s for s in best if s is not None]
        found = [
            _nearer(wide, _kink(steps) or near)
            for wide, near, steps in zip(found, best, ladders, strict=True)
        ]
    unit = max(1.0, *map(abs, centre)) / max(1.0, abs(x)) if centre else 1.0
    return [_final(slope, unit) for slope in found]


def _nearer(wide: Slope | None, near: Slope | None) -> Slope | None:
    """Choose between a larger and a smaller scale: the smaller if it shows the slope clearly."""
    if wide is None or near is None:
        return wide or near
    clear = near.kind != "smooth" or near.error <= 1e-6 * abs(near.value)
    return near if clear or near.error < wide.error else wide


def _values(f: Callable[[float], Sequence[float]], x: float) -> Sequence[float] | None:
    try:
        values = f(x)
    except (AutogradError, ArithmeticError, ValueError):
        return None
    return values if all(map(math.isfinite, values)) else None


def _final(slope: Slope | None, unit: float) -> Slope:
    """Say so if nothing could be measured; ``unit`` is the size of a slope worth speaking of."""
    if slope is None:
        return Slope(math.nan, math.inf, math.nan, math.nan, "edge")
    if slope.kind == "smooth" and slope.error > max(1e-3 * abs(slope.value), 1e-6 * unit):
        return slope._replace(kind="unclear")
    return slope


def _in_range(
    centre: Sequence[float], up: Sequence[float], down: Sequence[float], h: float
) -> bool:
    """Say whether all slopes are small enough for a float."""
    return all(
        max(abs(u - c), abs(c - d), abs(u - d)) / h < 1e308
        for c, u, d in zip(centre, up, down, strict=True)
    )


def _better(best: Slope | None, steps: list[_Step]) -> Slope | None:
    """Give the estimate from the last three steps if its error is smaller than the best so far."""
    if len(steps) < 3:
        return best
    first, second, third = steps[-3:]
    before = (4.0 * second.central - first.central) / 3.0
    value = (4.0 * third.central - second.central) / 3.0
    # where the function is smooth, half the step is half the difference of left and right
    bent = abs(second.bend - 2.0 * third.bend)
    error = abs(value - before) + bent + third.rounding
    if best is not None and best.error <= error:
        return best
    return Slope(value, error, third.left, third.right, "smooth")


def _kink(steps: list[_Step]) -> Slope | None:
    """Find that left and right stay apart, or grow, down to the smallest step that is clear."""
    clear = [s for s in steps if s.rounding <= 0.01 * s.steepest][-4:]
    if len(clear) < 4:
        return None
    last = clear[-1]
    if all(b.steepest > 1.3 * a.steepest for a, b in pairwise(clear)):
        return Slope(last.central, math.inf, last.left, last.right, "jump")
    apart = all(abs(s.bend) > 0.1 * s.steepest for s in clear)
    stays = all(abs(b.bend) > 0.75 * abs(a.bend) for a, b in pairwise(clear))
    if not (apart and stays):
        return None
    return Slope(last.central, abs(last.bend), last.left, last.right, "kink")
