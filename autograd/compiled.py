"""Replaying a program through compiled code, with the replay in plain Python for the rest.

The Python replay defines what is right. Wherever the compiled code meets something odd, a
number that is not finite where it might not be right, the Python replay has the word: it
raises the error that belongs there, or gives the numbers.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
from numpy import empty

from . import kernels
from .encoding import Encoded, can_encode
from .lanes import LANES
from .replay import PythonReplay
from .value import Value
from .wengert import Program

__all__ = ["NumbaReplay", "can_encode"]


class NumbaReplay:
    """Replays a program with numba: X, theta and the results are arrays of floats."""

    engine = "numba"

    def __init__(self, program: Program) -> None:
        self.program = program
        self._ints, self._floats = Encoded(program).arrays
        self._size = program.n_parameters
        self._gradient = kernels.compiled(kernels.gradient)

    @cached_property
    def python(self) -> PythonReplay:
        """The replay that decides what is right."""
        return PythonReplay(self.program)

    def forward(self, X: Any, theta: Any) -> Any:
        """Give the outputs for each sample; raises ``DomainError``."""
        Y = np.empty((len(X), len(self.program.outputs)))
        odd = np.zeros(-(-len(X) // LANES), np.uint8)
        kernels.compiled(kernels.forward)(self._ints, self._floats, X, theta, Y, odd)
        for rows in _marked(odd):
            Y[rows] = self._exactly("forward", X, rows, theta)
        return Y

    def quick(self, X: Any, theta: Any) -> tuple[float, Any]:
        """Give mean and gradient without a look at the arguments.

        The mean is nan if they are of the wrong shape, or anything is odd; raises ``TypeError``
        if they are no arrays of floats in C order that may be written to.
        """
        slopes = empty(self._size)
        return self._gradient(self._ints, self._floats, X, theta, slopes), slopes

    def value_and_grad(self, X: Any, theta: Any) -> tuple[float, Any]:
        """Give the mean of the one output, and its gradient; raises ``DomainError``."""
        value, slopes = self.quick(X, theta)
        if value - value != 0.0:  # inf or nan: is that right?
            value, exact = self.python.value_and_grad(X.tolist(), theta.tolist())
            slopes[:] = exact
        return value, slopes

    def jacobian(self, X: Any, theta: Any) -> Any:
        """Give the derivatives of outputs by inputs for each sample; raises ``DomainError``."""
        J = np.empty((len(X), len(self.program.outputs), self.program.n_inputs))
        odd = np.zeros(-(-len(X) // LANES), np.uint8)
        kernels.compiled(kernels.jacobian)(self._ints, self._floats, X, theta, J, odd)
        for rows in _marked(odd):
            J[rows] = self._exactly("jacobian", X, rows, theta)
        return J

    def _exactly(self, what: str, X: Any, rows: slice, theta: Any) -> Any:
        replay = getattr(self.python, what)
        return replay(X[rows].tolist(), theta.tolist(), rows.start)


def _marked(odd: Any) -> list[slice]:
    if not odd.any():
        return []
    return [slice(k * LANES, (k + 1) * LANES) for k in np.flatnonzero(odd).tolist()]


def try_out() -> None:
    """Replay a small program; raises what numba raises where it does not work.

    >>> try_out()
    """
    x, w = Value(2.0), Value(3.0)
    replay = NumbaReplay(Program([w * x], [x], [w]))
    X, theta = np.array([[5.0], [6.0]]), np.array([2.0])
    value, slopes = replay.value_and_grad(X, theta)
    if (value, slopes.tolist(), replay.forward(X, theta).tolist()) != (
        11.0,
        [5.5],
        [[10.0], [12.0]],
    ):
        raise ArithmeticError("compiled code gives wrong numbers")
