"""What derivatives are tested against: mpmath at 50 digits, never a rule of the table."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import mpmath

mpmath.mp.dps = 50

Function = Callable[..., Any]

# name -> (the function for mpmath, points to look at)
SMOOTH: dict[str, tuple[Function, list[tuple[float, ...]]]] = {
    "add": (lambda a, b: a + b, [(2.0, 3.0), (-1e300, 5.0), (1e-300, -2.5)]),
    "sub": (lambda a, b: a - b, [(2.0, 3.0), (-1e300, 5.0), (1e-300, -2.5)]),
    "mul": (lambda a, b: a * b, [(2.0, 3.0), (-1e150, 1e150), (0.0, 5.0)]),
    "div": (lambda a, b: a / b, [(2.0, 3.0), (-1e100, 1e-100), (0.0, 5.0), (1.0, -1e-300)]),
    "neg": (lambda x: -x, [(2.0,), (-1e300,)]),
    "pow": (mpmath.power, [(2.0, 3.0), (0.5, -2.5), (1e-3, 0.1), (10.0, 1e-300)]),
    "exp": (mpmath.exp, [(0.0,), (1.5,), (-700.0,), (700.0,), (1e-300,)]),
    "expm1": (mpmath.expm1, [(0.0,), (1e-12,), (-40.0,), (700.0,)]),
    "log": (mpmath.log, [(1.0,), (1e-300,), (1e300,), (0.3,)]),
    "log1p": (mpmath.log1p, [(0.0,), (1e-12,), (-0.999999,), (1e300,)]),
    "sqrt": (mpmath.sqrt, [(4.0,), (1e-300,), (1e300,)]),
    "square": (lambda x: x * x, [(3.0,), (-1e150,), (1e-150,)]),
    "sin": (mpmath.sin, [(0.5,), (-3.0,), (1e5,)]),
    "cos": (mpmath.cos, [(0.5,), (-3.0,), (1e5,)]),
    "tan": (mpmath.tan, [(0.5,), (-1.5,), (3.0,)]),
    "asin": (mpmath.asin, [(0.5,), (-0.9999999,), (1e-300,)]),
    "acos": (mpmath.acos, [(0.5,), (-0.9999999,), (1e-10,)]),
    "atan": (mpmath.atan, [(0.5,), (-1e10,), (1e-300,)]),
    "sinh": (mpmath.sinh, [(0.5,), (-700.0,), (1e-300,)]),
    "cosh": (mpmath.cosh, [(0.5,), (-700.0,), (1e-9,)]),
    "tanh": (mpmath.tanh, [(0.5,), (-3.0,), (1e-300,)]),
    "erf": (mpmath.erf, [(0.5,), (-3.0,), (1e-300,)]),
    "sigmoid": (lambda x: 1 / (1 + mpmath.exp(-x)), [(0.5,), (-700.0,), (10.0,)]),
    "softplus": (lambda x: mpmath.log1p(mpmath.exp(x)), [(0.5,), (-700.0,), (700.0,)]),
    "relu": (lambda x: max(x, mpmath.mpf(0)), [(0.5,), (-2.0,), (1e300,), (1e-300,)]),
    "abs": (mpmath.fabs, [(0.5,), (-2.0,), (-1e300,)]),
    "step": (lambda x: mpmath.mpf(x > 0), [(0.5,), (-2.0,)]),
    "sign": (mpmath.sign, [(0.5,), (-2.0,)]),
    "maximum": (max, [(2.0, 3.0), (3.0, 2.0), (-1e300, 1e300)]),
    "minimum": (min, [(2.0, 3.0), (3.0, 2.0), (-1e300, 1e300)]),
    "atan2": (mpmath.atan2, [(1.0, 2.0), (-1e200, 1e200), (1e-200, -1e-200), (3.0, -4.0)]),
    "hypot": (mpmath.hypot, [(3.0, 4.0), (1e200, -1e200), (1e-200, 1e-200)]),
    "xlogy": (lambda x, y: x * mpmath.log(y), [(2.0, 3.0), (1e-300, 0.5), (-4.0, 1e300)]),
    "where": (
        lambda c, a, b: a if c else b,
        [(1.0, 2.0, 3.0), (-0.5, 2.0, 3.0)],
    ),
    "dot": (
        lambda *v: mpmath.fsum(a * b for a, b in zip(v[:2], v[2:4], strict=True)) + v[4],
        [(1.0, -2.0, 3.0, 0.5, 0.25)],
    ),
    "total": (lambda *v: mpmath.fsum(v), [(1.0, 2.5, -3.0), (1.0,)]),
    "prod": (lambda *v: mpmath.fprod(v), [(2.0, -3.0, 0.5), (0.0, 4.0, 5.0), (0.0, 0.0, 5.0)]),
    "logsumexp": (
        lambda *v: mpmath.log(mpmath.fsum(mpmath.exp(x) for x in v)),
        [(1.0, 2.0, 3.0), (1000.0, 1000.0), (-800.0, 0.0), (5.0,)],
    ),
}

# the row with a fixed exponent is a family: one function per exponent
POWERS = [(3.0, 2.0), (-2.0, 3.0), (-2.0, -1.0), (0.25, 0.5), (2.0, -2.5), (5.0, 1.0), (7.0, 0.0)]


def value(function: Function, point: tuple[float, ...]) -> float:
    """Give the value of the function at 50 digits, rounded to a float."""
    return float(function(*map(mpmath.mpf, point)))


def partial(function: Function, point: tuple[float, ...], i: int) -> float:
    """Give a partial derivative by mpmath's differences, with a step fitting the operand.

    Far from 1 a step that fits the operand, or the slope of a saturated function, is lost
    at 50 digits: 800 then.
    """
    order = tuple(int(j == i) for j in range(len(point)))
    extreme = any(p != 0.0 and not 1e-15 < abs(p) < 100.0 for p in point)
    with mpmath.workdps(800 if extreme else 50):
        x = [mpmath.mpf(p) for p in point]
        scale = min(mpmath.fabs(x[i]) or mpmath.mpf(1), mpmath.mpf(1))
        return float(mpmath.diff(function, tuple(x), order, h=scale * mpmath.mpf(10) ** -20))


def close(got: float, expected: float, rtol: float = 1e-13, atol: float = 0.0) -> bool:
    """Compare like ``math.isclose``, with nan equal to nan."""
    if math.isnan(got) or math.isnan(expected):
        return math.isnan(got) and math.isnan(expected)
    return math.isclose(got, expected, rel_tol=rtol, abs_tol=atol)
