"""Every exception a user of this package can meet, and the words they share.

Wrong *types* raise a plain ``TypeError`` and wrong *arguments* a plain
``ValueError``, as everywhere in Python; the classes below are for what only a
package like this one can say.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from numbers import Integral
from typing import Any

__all__ = [
    "AutogradError",
    "DivergedError",
    "DivisionByZeroError",
    "DomainError",
    "GradientMismatchError",
    "GraphTooLargeError",
    "RangeError",
    "RecordingError",
    "RenderingError",
    "StaleGraphError",
]


class AutogradError(Exception):
    """The base of every exception that is this package's own."""


class DomainError(AutogradError, ValueError):
    """A primitive met an operand for which it has no value, such as ``log(-1)``.

    ``operands`` are what it was given, numbers or nodes; ``sample`` is the index of the row of
    X that a tape met it in.
    """

    operands: tuple[object, ...] = ()
    sample: int | None = None


class DivisionByZeroError(DomainError, ZeroDivisionError):
    """A denominator, or the base of a negative power, is zero."""


class RangeError(DomainError, OverflowError):
    """The result exists but is too large for a float, such as ``exp(1000)``."""


class GraphTooLargeError(AutogradError, ValueError):
    """A graph is too large for the picture or page that was asked for."""


class RecordingError(AutogradError, RuntimeError):
    """A program cannot be recorded once and replayed: it branches on its data."""


class StaleGraphError(AutogradError, RuntimeError):
    """Leaves changed since the graph was recorded, so it cannot be differentiated again."""


class GradientMismatchError(AutogradError, AssertionError):
    """A derivative disagrees with differences; ``report`` is the ``GradientReport``."""

    report: Any = None


class RenderingError(AutogradError, RuntimeError):
    """A drawing could not be turned into a picture."""


class DivergedError(AutogradError, ArithmeticError):
    """Training met a number that is not finite, or from which no step follows.

    If ``fit`` raised it: ``epoch`` and ``batch``, counted from 1 (``batch`` is None in the
    validation), ``node``, the first node or ``Edge`` that is not finite, or the operand of an
    operation that has no value there, and ``history``, that of the epochs that the model has
    behind it.
    """

    epoch: int | None = None
    batch: int | None = None
    node: Any = None
    history: Any = None


def shortened(thing: object, width: int = 60) -> str:
    """Give ``repr(thing)`` on one line of at most ``width`` characters, for error messages.

    >>> shortened([1] * 1000, 12)
    '[1, 1, 1,...'
    """
    text = " ".join(repr(thing).split())
    return text if len(text) <= width else text[: width - 3] + "..."


def undefined(
    name: str,
    domain: str | None,
    numbers: Sequence[float],
    operands: Sequence[object],
    cause: BaseException,
) -> DomainError:
    """Build the error for a primitive that has no value at ``numbers``.

    ``operands`` are what the user passed (numbers or nodes): a node is named in
    the message by its label. ``cause`` is what the arithmetic itself raised; it
    decides the class.

    >>> undefined("log", "an operand > 0", [-1.0], [-1.0], ValueError())
    DomainError('log(-1.0) is undefined: log needs an operand > 0')
    """
    call = f"{name}({', '.join(map(repr, numbers))})"
    who = [described for operand in operands if (described := _who(operand))]
    where = f" (operand{'s' * (len(operands) != 1)}: {', '.join(who)})" if who else ""
    if isinstance(cause, OverflowError):
        text = f"{call} is too large for a float (the largest is 1.8e308){where}"
        error: DomainError = RangeError(text)
    else:
        kind = DivisionByZeroError if isinstance(cause, ZeroDivisionError) else DomainError
        need = f"{name} needs {domain}" if domain else str(cause) or type(cause).__name__
        error = kind(f"{call} is undefined: {need}{where}")
    error.operands = tuple(operands)
    return error


def _who(operand: object) -> str:
    label = getattr(operand, "label", None)
    if label is None:
        return ""
    kind = type(operand).__name__
    return f"{kind} {label!r}" if label else f"an unnamed {kind}"


def counted(number: int, noun: str) -> str:
    """Give a number with its noun in the right form.

    >>> counted(1, "input"), counted(2, "input")
    ('1 input', '2 inputs')
    """
    return f"{number:,} {noun}{'s' * (number != 1)}"


def whole_number(number: Any, what: str, least: int = 0) -> int:
    """Check a count: an int of at least ``least``; ``what`` names it in the errors.

    >>> whole_number(-1, "limit of paths")
    Traceback (most recent call last):
    ValueError: limit of paths is a whole number from 0 on, got -1
    """
    if not isinstance(number, Integral) or isinstance(number, bool):
        kind = type(number).__name__
        raise TypeError(f"{what} is a whole number, got {kind} {shortened(number)}")
    if number < least:
        raise ValueError(f"{what} is a whole number from {least} on, got {number}")
    return int(number)


def unknown_name(kind: str, name: object, known: Iterable[str]) -> ValueError:
    """Build the error for a name that is not among ``known``, with a suggestion if one is close.

    >>> unknown_name("activation", "rellu", ["relu", "tanh"])
    ValueError("unknown activation 'rellu'; did you mean 'relu'?")
    """
    from difflib import get_close_matches  # only now: it is slow to import

    names = sorted(known)
    close = get_close_matches(str(name).lower(), names, n=1)
    hint = f"did you mean {close[0]!r}?" if close else f"choose one of {', '.join(names)}"
    return ValueError(f"unknown {kind} {name!r}; {hint}")
