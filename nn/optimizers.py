"""Optimizers: how parameters follow their gradients.

Each update rule is written once, in ``update``, with arithmetic that serves floats
and arrays alike. The state that a rule carries from step to step lives in the
optimizer.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any

from autograd import DivergedError, Value

from .checks import at_least_zero
from .module import Parameter


class SGD:
    """Gradient descent, with momentum if asked (syllabus D1, D2).

    Arguments:
        lr: the learning rate.
        momentum: how much of the last step goes on, from 0 up to but not including 1.
        nesterov: True takes the gradient's part as if the momentum had already acted.

    Raises ``ValueError`` for a negative ``lr``, a momentum outside [0, 1), or
    ``nesterov`` without momentum. Source: Sutskever et al. (2013).

    >>> from nn import Parameter
    >>> w = Parameter(1.0)
    >>> optimizer = SGD(0.25)
    >>> table = (2.0 * w * w).backward()
    >>> optimizer.step([w])
    >>> w.data
    0.0
    """

    def __init__(self, lr: float, momentum: float = 0.0, nesterov: bool = False) -> None:
        self.lr = at_least_zero(lr, "lr of SGD")
        self.momentum = at_least_zero(momentum, "momentum of SGD")
        if self.momentum >= 1.0:
            raise ValueError(f"momentum of SGD is less than 1, got {momentum}")
        if nesterov and not momentum:
            raise ValueError("nesterov=True needs a momentum > 0, got momentum=0.0")
        self.nesterov = nesterov
        self.velocities: list[float] = []

    def update(self, theta: Any, gradient: Any, velocity: Any) -> tuple[Any, Any]:
        """Give the next (theta, velocity): floats, or arrays of one shape.

        >>> SGD(0.5, momentum=0.5).update(1.0, 1.0, 2.0)
        (1.5, 0.5)
        """
        velocity = self.momentum * velocity - self.lr * gradient
        if self.nesterov:
            return theta + self.momentum * velocity - self.lr * gradient, velocity
        return theta + velocity, velocity

    def step(
        self, parameters: Iterable[Parameter], loss: Callable[[], Value] | None = None
    ) -> None:
        """Move every parameter's ``data`` against its ``grad``; ``loss`` is not needed here.

        Raises ``ValueError`` if there are more or fewer parameters than in the step before,
        and ``DivergedError`` for a gradient that is not finite; no parameter has moved then.

        >>> w = Parameter(1.0)
        >>> w.grad = 2.0
        >>> SGD(0.1).step([w])
        >>> w.data
        0.8
        """
        parameters = list(parameters)
        self.velocities = self.velocities or [0.0] * len(parameters)
        if len(parameters) != len(self.velocities):
            raise ValueError(
                f"this SGD has stepped {len(self.velocities)} parameters before,"
                f" got {len(parameters)}: use one optimizer for each model"
            )
        for i, p in enumerate(parameters):
            if not math.isfinite(p.grad):
                raise DivergedError(
                    f"parameter {i}{f' ({p.label!r})' if p.label else ''} has the gradient"
                    f" {p.grad!r}, and no step follows from that: first_nonfinite(loss) says"
                    " where it comes from; a smaller learning rate often keeps it away"
                )
        for i, p in enumerate(parameters):
            p.data, self.velocities[i] = self.update(p.data, p.grad, self.velocities[i])

    def __repr__(self) -> str:
        momentum = f", momentum={self.momentum:g}" if self.momentum else ""
        return f"SGD({self.lr:g}{momentum}{', nesterov=True' if self.nesterov else ''})"
