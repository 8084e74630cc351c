"""Initial weights: functions of (inputs, outputs, generator) that draw one weight.

Biases always start at 0.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from random import Random

from autograd.primitives import real

from .checks import at_least_zero, by_name

Initializer = Callable[[int, int, Random], float]


def constant(c: float) -> Initializer:
    """Give every weight the value ``c``; equal hidden units then stay equal (syllabus D4).

    Raises ``ValueError`` if ``c`` is not finite.

    >>> constant(0.5)(2, 1, Random(0))
    0.5
    """
    weight = real(c, "c of constant")
    if not math.isfinite(weight):
        raise ValueError(f"c of constant is a finite number, got {weight}")
    return lambda n_in, n_out, rng: weight


def normal(sigma: float) -> Initializer:
    """Draw from the normal distribution with mean 0 and standard deviation ``sigma``.

    Raises ``ValueError`` if ``sigma`` is negative.

    >>> round(normal(1.0)(2, 1, Random(0)), 4)
    0.9417
    """
    spread = at_least_zero(sigma, "sigma of normal")
    return lambda n_in, n_out, rng: rng.gauss(0.0, spread)


def uniform(a: float) -> Initializer:
    """Draw uniformly from -a to a; raises ``ValueError`` if ``a`` is negative.

    >>> abs(uniform(0.1)(2, 1, Random(0))) <= 0.1
    True
    """
    edge = at_least_zero(a, "a of uniform")
    return lambda n_in, n_out, rng: rng.uniform(-edge, edge)


def xavier(n_in: int, n_out: int, rng: Random) -> float:
    """Draw with variance 1/n_in: a linear layer then keeps the variance (syllabus D4).

    >>> round(xavier(4, 1, Random(0)), 4)
    0.4709
    """
    return rng.gauss(0.0, math.sqrt(1.0 / n_in))


def glorot(n_in: int, n_out: int, rng: Random) -> float:
    """Draw with variance 2/(n_in + n_out). Source: Glorot and Bengio (2010).

    >>> round(glorot(4, 4, Random(0)), 4)
    0.4709
    """
    return rng.gauss(0.0, math.sqrt(2.0 / (n_in + n_out)))


def he(n_in: int, n_out: int, rng: Random) -> float:
    """Draw with variance 2/n_in, for ReLU. Source: He et al. (2015).

    >>> round(he(8, 1, Random(0)), 4)
    0.4709
    """
    return rng.gauss(0.0, math.sqrt(2.0 / n_in))


INITIALIZERS: dict[str, Initializer] = {"xavier": xavier, "glorot": glorot, "he": he}


def initializer(choice: str | Initializer) -> Initializer:
    """Give the initializer of that name; a function is given back as it is.

    Raises ``ValueError`` for an unknown name, with a suggestion if one is close.

    >>> initializer("xavierr")
    Traceback (most recent call last):
    ValueError: unknown initializer 'xavierr'; did you mean 'xavier'?
    """
    for make in (constant, normal, uniform):
        if choice in (make, make.__name__):
            name = make.__name__
            raise ValueError(f"the initializer {name!r} takes a number: pass nn.{name}(0.1)")
    chosen: Initializer = by_name(choice, "initializer", INITIALIZERS)
    return chosen
