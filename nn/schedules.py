"""Schedules: how the learning rate changes from epoch to epoch (syllabus D2).

A schedule is a function of the epoch, counted from 1, that gives what the optimizer's ``lr``
is multiplied by in that epoch. Any function of yours will do.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from autograd.errors import whole_number

from .checks import at_least_zero, from_zero_to_one, in_range

above_zero_up_to_one = in_range("a number above 0, at most 1", lambda x: 0.0 < x <= 1.0)


class Schedule:
    """A factor for every epoch, and a name for people.

    >>> Schedule("warm-up", lambda epoch: min(1.0, epoch / 10))(5)
    0.5
    """

    def __init__(self, name: str, factor: Callable[[int], float]) -> None:
        self.name, self.factor = name, factor

    def __call__(self, epoch: int) -> float:
        """Give the factor of that epoch."""
        return self.factor(epoch)

    def __repr__(self) -> str:
        return self.name


def halving(every: int) -> Schedule:
    """Halve the learning rate after every ``every`` epochs, at least 1.

    >>> [halving(2)(epoch) for epoch in (1, 2, 3, 4, 5)]
    [1.0, 1.0, 0.5, 0.5, 0.25]
    """
    every = whole_number(every, "every of halving", least=1)
    return Schedule(f"halving({every})", lambda epoch: 0.5 ** ((epoch - 1) // every))


def exponential(rate: float) -> Schedule:
    """Multiply the learning rate by ``rate`` after every epoch; above 0, at most 1.

    >>> [exponential(0.5)(epoch) for epoch in (1, 2, 3)]
    [1.0, 0.5, 0.25]
    """
    rate = above_zero_up_to_one(rate, "rate of exponential")
    return Schedule(f"exponential({rate!r})", lambda epoch: rate ** (epoch - 1))


def inverse_time(decay: float) -> Schedule:
    """Divide the learning rate by 1 + ``decay`` times the epochs that are over; at least 0.

    The steps sum to infinity, their squares do not: what stochastic gradients need to arrive.
    Source: Robbins and Monro (1951).

    >>> [inverse_time(1.0)(epoch) for epoch in (1, 2, 4)]
    [1.0, 0.5, 0.25]
    """
    decay = at_least_zero(decay, "decay of inverse_time")
    return Schedule(f"inverse_time({decay!r})", lambda epoch: 1.0 / (1.0 + decay * (epoch - 1)))


def cosine(epochs: int, least: float = 0.0) -> Schedule:
    """Go down along half a cosine to ``least``, from 0 to 1, which it reaches after ``epochs``.

    From there on it stays ``least``. Source: Loshchilov and Hutter (2017).

    >>> [round(cosine(4)(epoch), 4) for epoch in (1, 3, 5, 6)]
    [1.0, 0.5, 0.0, 0.0]
    """
    epochs = whole_number(epochs, "epochs of cosine", least=1)
    least = from_zero_to_one(least, "least of cosine")

    def factor(epoch: int) -> float:
        done = min(1.0, (epoch - 1) / epochs)
        return least + (1.0 - least) * 0.5 * (1.0 + math.cos(math.pi * done))

    return Schedule(f"cosine({epochs}{f', least={least!r}' if least else ''})", factor)
