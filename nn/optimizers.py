"""Optimizers: how parameters follow their gradients.

An update rule is written once, in ``update``, with arithmetic that serves floats and arrays
alike: a parameter, its gradient and its state go in, the next parameter and state come out.
The states live in the optimizer, each with its parameter. To write one of your own, define
``update`` and what the state is ``initial``ly.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any, ClassVar

from autograd import DivergedError, DomainError, Value, grad_table, gradients
from autograd.errors import shortened

from .checks import at_least_zero, in_range, node_of, positive, probability, sequence_of
from .module import Module

Objective = Callable[[], Value]

between_zero_and_one = in_range("a number between 0 and 1", lambda x: 0.0 < x < 1.0)


class Optimizer:
    """What all optimizers share: a learning rate, and a state for each parameter.

    >>> class SignDescent(Optimizer):
    ...     def update(self, theta, gradient):
    ...         return (theta - self.lr * (gradient > 0) + self.lr * (gradient < 0),)
    >>> from nn import Parameter
    >>> w = Parameter(1.0)
    >>> w.grad = -7.0
    >>> SignDescent(0.5).step([w])
    >>> w.data
    1.5
    """

    initial: ClassVar[tuple[float, ...]] = ()  # a parameter's state before its first step

    def __init__(self, lr: float) -> None:
        self.lr = at_least_zero(lr, f"lr of {type(self).__name__}")
        self.state: dict[Value, tuple[float, ...]] = {}

    def update(self, theta: Any, gradient: Any, *state: Any) -> tuple[Any, ...]:
        """Give the next (theta, *state): floats, or arrays of one shape."""
        raise NotImplementedError(f"{type(self).__name__} must define update(self, theta, ...)")

    def step(self, parameters: Iterable[Value], loss: Objective | None = None) -> None:
        """Move every parameter's ``data`` by what ``update`` makes of its ``grad``.

        A parameter that is given twice moves once. ``loss`` is a function that builds the
        objective anew; only optimizers that look ahead need it. Raises ``DivergedError`` if a
        gradient or what would follow from it is not finite, and then no parameter has moved;
        ``ValueError`` for no parameters, ``TypeError`` for what is none.

        >>> from nn import Parameter
        >>> w = Parameter(1.0)
        >>> w.grad = 2.0
        >>> SGD(0.1).step([w])
        >>> w.data
        0.8
        """
        moving = self._moving(parameters)
        steps = [self.update(p.data, p.grad, *self.state.get(p, self.initial)) for p in moving]
        width = 1 + len(self.initial)
        for i, (p, moved) in enumerate(zip(moving, steps, strict=True)):
            if not isinstance(moved, tuple) or len(moved) != width:
                raise TypeError(
                    f"update of {type(self).__name__} gives a tuple of theta and the"
                    f" {len(self.initial)} numbers of the state, got {shortened(moved)}"
                )
            if not math.isfinite(moved[0]):
                raise DivergedError(
                    f"{_named(i, p)} would go from {p.data:g} to {moved[0]:g}, with the gradient"
                    f" {p.grad:g}: a smaller learning rate than {self.lr:g} often keeps it finite"
                )
            if not all(map(math.isfinite, moved)):
                raise DivergedError(
                    f"the gradient {p.grad:g} of {_named(i, p)} is too large for {self!r}: its"
                    " state would not be finite"
                )
        for p, moved in zip(moving, steps, strict=True):
            theta, *state = map(float, moved)  # numpy's numbers, too, become plain ones
            p.data, self.state[p] = theta, tuple(state)

    def _moving(self, parameters: Any) -> list[Value]:
        """Give the parameters of a step, each once, all of them with finite gradients."""
        who = f"{type(self).__name__}.step"
        if isinstance(parameters, (Module, Value)):
            advice = "model.parameters()" if isinstance(parameters, Module) else "[p]"
            kind = type(parameters).__name__
            raise TypeError(f"{who} expects parameters, got a {kind}: pass {advice}")
        moving = list(dict.fromkeys(sequence_of(parameters, who, "parameters")))
        if not moving:
            raise ValueError(f"{who} expects parameters, got none")
        for i, p in enumerate(moving):
            if not isinstance(p, Value) or p.op is not None:
                raise TypeError(f"{who} expects parameters, which are leaves, got {shortened(p)}")
            if not math.isfinite(p.data):
                raise DivergedError(f"{_named(i, p)} is {p.data!r}, and no step follows from that")
            if not math.isfinite(p.grad):
                raise DivergedError(
                    f"{_named(i, p)} has the gradient {p.grad!r}, and no step follows from that:"
                    " first_nonfinite(loss) says where it comes from; a smaller learning rate"
                    " often keeps it away"
                )
        return moving

    def _moved(self, theta: list[float], gradient: list[float], rate: float) -> list[float]:
        """Give where a step of a certain rate leads, for rules without a state."""
        pairs = zip(theta, gradient, strict=True)
        return [float(self.update(x, g, rate)[0]) for x, g in pairs]

    def _objective(self, loss: Objective | None) -> Objective:
        if not callable(loss):
            raise TypeError(
                f"{type(self).__name__} looks ahead: pass step(parameters, loss), where loss() is"
                f" a function that builds the objective anew, got {shortened(loss)}"
            )
        return lambda: node_of(loss(), "what loss() gives")

    def __repr__(self) -> str:
        options = [f"{k}={v!r}" for k, v in vars(self).items() if k not in ("lr", "state")]
        return f"{type(self).__name__}({', '.join([repr(self.lr), *options])})"


class SGD(Optimizer):
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

    initial = (0.0,)  # the velocity

    def __init__(self, lr: float, momentum: float = 0.0, nesterov: bool = False) -> None:
        super().__init__(lr)
        self.momentum = at_least_zero(momentum, "momentum of SGD")
        if self.momentum >= 1.0:
            raise ValueError(f"momentum of SGD is less than 1, got {momentum}")
        if nesterov and not momentum:
            raise ValueError("nesterov=True needs a momentum > 0, got momentum=0.0")
        self.nesterov = nesterov

    def update(self, theta: Any, gradient: Any, *state: Any) -> tuple[Any, Any]:
        """Give the next (theta, velocity): floats, or arrays of one shape.

        >>> SGD(0.5, momentum=0.5).update(1.0, 1.0, 2.0)
        (1.5, 0.5)
        """
        velocity = self.momentum * state[0] - self.lr * gradient
        if self.nesterov:
            return theta + self.momentum * velocity - self.lr * gradient, velocity
        return theta + velocity, velocity

    def __repr__(self) -> str:
        momentum = f", momentum={self.momentum!r}" if self.momentum else ""
        return f"SGD({self.lr!r}{momentum}{', nesterov=True' if self.nesterov else ''})"


class Adam(Optimizer):
    """Steps of about ``lr`` for each parameter, be its gradients small or large.

    The state is a running mean of the gradients, one of their squares, and how many steps
    there were: both means start at 0, and are divided by the weight they have so far.

    Arguments:
        lr: the learning rate.
        betas: how much of the mean and of the mean square goes on, each in [0, 1).
        eps: added to the root mean square, above 0.

    Raises ``ValueError`` for an argument out of range. Source: Kingma and Ba (2015).

    >>> from nn import Parameter
    >>> w = Parameter(1.0)
    >>> w.grad = 1000.0
    >>> Adam(0.1).step([w])
    >>> round(w.data, 9)
    0.9
    """

    initial = (0.0, 0.0, 0.0)  # mean, mean square, steps

    def __init__(
        self, lr: float = 0.001, betas: tuple[float, float] = (0.9, 0.999), eps: float = 1e-8
    ) -> None:
        super().__init__(lr)
        pair = sequence_of(betas, "betas of Adam")
        if len(pair) != 2:
            raise ValueError(f"betas of Adam are two numbers, got {shortened(betas)}")
        self.betas = tuple(probability(beta, "a beta of Adam") for beta in pair)
        self.eps = positive(eps, "eps of Adam")

    def update(self, theta: Any, gradient: Any, *state: Any) -> tuple[Any, ...]:
        """Give the next (theta, mean, mean square, steps): floats, or arrays of one shape.

        >>> Adam(0.5, betas=(0.0, 0.0), eps=1.0).update(1.0, 1.0, 0.0, 0.0, 0.0)
        (0.75, 1.0, 1.0, 1.0)
        """
        mean, square, steps = state
        first, second = self.betas
        steps = steps + 1.0
        mean = first * mean + (1.0 - first) * gradient
        square = second * square + (1.0 - second) * (gradient * gradient)
        size = (square / (1.0 - second**steps)) ** 0.5 + self.eps
        return theta - self.lr * (mean / (1.0 - first**steps)) / size, mean, square, steps

    def __repr__(self) -> str:
        betas = "" if self.betas == (0.9, 0.999) else f", betas={self.betas!r}"
        return f"Adam({self.lr!r}{betas}{'' if self.eps == 1e-8 else f', eps={self.eps!r}'})"


class BacktrackingGD(Optimizer):
    """Gradient descent that makes each step smaller until the loss falls (syllabus D2).

    Every step starts with ``lr`` and multiplies it by ``shrink`` as often as needed, so the
    loss never rises. If no step makes it fall, however short, no parameter moves.

    Arguments:
        lr: the largest learning rate, above 0.
        shrink: what it is multiplied by, between 0 and 1.

    Raises ``ValueError`` for an argument out of range.

    >>> from nn import Parameter
    >>> w = Parameter(1.0)
    >>> table = (w * w).backward()
    >>> BacktrackingGD(8.0).step([w], lambda: w * w)
    >>> w.data
    0.0
    """

    def __init__(self, lr: float, shrink: float = 0.5) -> None:
        super().__init__(positive(lr, "lr of BacktrackingGD"))
        self.shrink = between_zero_and_one(shrink, "shrink of BacktrackingGD")

    def update(self, theta: Any, gradient: Any, *state: Any) -> tuple[Any, ...]:
        """Give the theta that a step of the rate in ``state`` leads to, ``lr`` if there is none.

        >>> BacktrackingGD(0.5).update(1.0, 2.0), BacktrackingGD(0.5).update(1.0, 2.0, 0.25)
        ((0.0,), (0.5,))
        """
        (rate,) = state or (self.lr,)
        return (theta - rate * gradient,)

    def step(self, parameters: Iterable[Value], loss: Objective | None = None) -> None:
        """Move every parameter against its ``grad``, as far as makes ``loss()`` fall.

        ``loss`` builds the objective anew from the parameters as they are; where it raises a
        ``DomainError``, the step was too long. Raises as ``Optimizer.step``, ``TypeError``
        without a ``loss``, ``ValueError`` if it gives the same node again.
        """
        moving, objective = self._moving(parameters), self._objective(loss)
        before = objective()
        start, gradient = [p.data for p in moving], [p.grad for p in moving]
        accepted = start
        try:
            accepted = self.searched(
                start,
                before.data,
                lambda rate: self._moved(start, gradient, rate),
                lambda theta: _loss_at(moving, theta, objective, before),
            )
        finally:
            _place(moving, accepted)

    def searched(
        self,
        theta: Any,
        loss: float,
        moved: Callable[[float], Any],
        loss_at: Callable[[Any], float],
    ) -> Any:
        """Give where the longest step leads that makes the loss fall; theta itself if none does.

        ``moved`` gives theta after a step of a certain rate, ``loss_at`` the loss there.

        >>> BacktrackingGD(8.0).searched([1.0], 1.0, lambda rate: [1.0 - 2.0 * rate],
        ...     lambda theta: theta[0] ** 2)
        [0.0]
        """
        rate = self.lr
        while True:
            next_theta = moved(rate)
            if list(next_theta) == list(theta):  # as short as a step in floats can be
                return theta
            if loss_at(next_theta) < loss:
                return next_theta
            rate *= self.shrink

    def __repr__(self) -> str:
        shrink = "" if self.shrink == 0.5 else f", shrink={self.shrink!r}"
        return f"BacktrackingGD({self.lr!r}{shrink})"


class Newton(Optimizer):
    """Newton's method: w <- w - H^-1 grad, with all second derivatives (syllabus A10).

    The whole step is taken, unless it leads downhill at first and still makes the loss rise:
    then half of it, and so on, so that it arrives from afar, too. Where the loss curves
    downwards, the step goes to a saddle or a maximum; damping turns it round. n parameters
    take n sweeps and n^3 multiplications a step.

    Arguments:
        damping: added to the diagonal of H, at least 0: it makes steps shorter, and keeps H
            from being singular.
        lr: how much of the step is taken at most.

    Raises ``ValueError`` for a negative argument.

    >>> from nn import Parameter
    >>> w = Parameter(5.0)
    >>> Newton().step([w], lambda: (w - 2.0) ** 2)
    >>> w.data
    2.0
    """

    def __init__(self, damping: float = 0.0, lr: float = 1.0) -> None:
        super().__init__(lr)
        self.damping = at_least_zero(damping, "damping of Newton")

    def update(self, theta: Any, gradient: Any, *state: Any) -> tuple[Any, ...]:
        """Give the next theta; here ``gradient`` is H^-1 grad, and ``state`` the share to take.

        >>> Newton().update(5.0, 3.0), Newton().update(5.0, 3.0, 0.5)
        ((2.0,), (3.5,))
        """
        (share,) = state or (self.lr,)
        return (theta - share * gradient,)

    def step(self, parameters: Iterable[Value], loss: Objective | None = None) -> None:
        """Move every parameter by its part of the Newton step of ``loss()``.

        Raises as ``Optimizer.step``, ``TypeError`` without a ``loss``, and ``DivergedError`` if
        the Hessian is singular or not finite.
        """
        moving, objective = self._moving(parameters), self._objective(loss)
        before = objective()
        slopes = gradients(before, moving)
        hessian = [[table[p] for p in moving] for table in map(grad_table, slopes)]
        for i, row in enumerate(hessian):
            row[i] += self.damping
        direction = solved(hessian, [slope.data for slope in slopes])
        start, share = [p.data for p in moving], self.lr
        if not all(map(math.isfinite, self._moved(start, direction, share))):
            raise DivergedError(f"the Newton step is not finite: give {self!r} more damping")
        downhill = sum(s.data * d for s, d in zip(slopes, direction, strict=True)) > 0.0
        accepted = start
        try:
            while True:
                theta = self._moved(start, direction, share)
                after = _loss_at(moving, theta, objective, before) if downhill else before.data
                # where all digits are settled, what is left of the loss is rounding
                if theta == start or after - before.data <= 1e-9 * abs(before.data):
                    accepted = theta
                    return
                share *= 0.5
        finally:
            _place(moving, accepted)

    def __repr__(self) -> str:
        parts = [f"damping={self.damping!r}"] if self.damping else []
        return f"Newton({', '.join(parts + ([f'lr={self.lr!r}'] if self.lr != 1.0 else []))})"


def solved(matrix: list[list[float]], vector: list[float]) -> list[float]:
    """Give x with ``matrix x = vector``, by elimination with the largest pivots.

    Raises ``DivergedError`` if the matrix is singular, or as good as that in floats.

    >>> solved([[2.0, 1.0], [1.0, 3.0]], [1.0, 2.0])
    [0.2, 0.6]
    """
    # Each parameter in a unit of its own, so that large beside small is not taken for singular;
    # a power of two, so that nothing is rounded.
    unit = [2.0 ** (math.frexp(max(map(abs, row)))[1] // 2) for row in matrix]
    rows = [
        [*(x / s / t for x, t in zip(row, unit, strict=True)), b / s]
        for row, b, s in zip(matrix, vector, unit, strict=True)
    ]
    n = len(rows)
    for i in range(n):
        pivot = max(range(i, n), key=lambda k: abs(rows[k][i]))
        rows[i], rows[pivot] = rows[pivot], rows[i]
        # "not between" and not "outside": nan, too, ends here
        if not 1e-14 < abs(rows[i][i]) < math.inf:
            raise DivergedError(
                "the Hessian is singular or not finite: in some direction the loss does not"
                " curve, and Newton has no step; Newton(damping=1e-3) has one"
            )
        for row in rows[i + 1 :]:
            factor = row[i] / rows[i][i]
            if factor:
                row[i:] = [x - factor * y for x, y in zip(row[i:], rows[i][i:], strict=True)]
    x = [0.0] * n
    for i in reversed(range(n)):
        known = math.fsum(a * b for a, b in zip(rows[i][i + 1 : n], x[i + 1 :], strict=True))
        x[i] = (rows[i][n] - known) / rows[i][i]
    return [value / s for value, s in zip(x, unit, strict=True)]


def _loss_at(moving: list[Value], theta: list[float], loss: Objective, before: Value) -> float:
    """Give the loss at ``theta``, inf where the step was so long that there is none."""
    if not all(map(math.isfinite, theta)):
        return math.inf
    _place(moving, theta)
    try:
        after = loss()
    except DomainError:
        return math.inf
    if after is before:
        raise ValueError("loss() gave the same node again: it must build the objective anew")
    return math.inf if math.isnan(after.data) else after.data


def _place(moving: list[Value], theta: list[float]) -> None:
    for p, number in zip(moving, theta, strict=True):
        p.data = number


def _named(i: int, p: Value) -> str:
    return f"parameter {i}{f' ({p.label!r})' if p.label else ''}"
