"""What arguments must be: checks that every room of this package shares."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from numbers import Integral
from random import Random
from typing import Any, cast

from autograd import Value
from autograd.errors import counted, shortened, unknown_name, whole_number
from autograd.primitives import real


def generator(rng: int | Random | None) -> Random:
    """Give a random generator: the one passed, one seeded with the int, or a fresh one.

    Raises ``TypeError`` for anything else.

    >>> generator(0).random() == generator(0).random()
    True
    """
    if isinstance(rng, Random):
        return rng
    if rng is None or (isinstance(rng, Integral) and not isinstance(rng, bool)):
        return Random(None if rng is None else int(rng))
    raise TypeError(f"rng is an int, a random.Random or None, got {shortened(rng)}")


def by_name(choice: Any, kind: str, known: Mapping[str, Any]) -> Any:
    """Give the function of that name; a function is given back as it is.

    Raises ``ValueError`` for an unknown name, with a suggestion if one is close,
    ``TypeError`` for anything else.

    >>> by_name("tahn", "activation", {"tanh": abs})
    Traceback (most recent call last):
    ValueError: unknown activation 'tahn'; did you mean 'tanh'?
    """
    if callable(choice):
        return choice
    if not isinstance(choice, str):
        raise TypeError(f"{kind} is a name or a function, got {shortened(choice)}")
    if choice not in known:
        raise unknown_name(kind, choice, known)
    return known[choice]


def width(number: Any, what: str) -> int:
    """Check a number of inputs or outputs: an int of at least 1.

    >>> width(0, "n_inputs of Neuron")
    Traceback (most recent call last):
    ValueError: n_inputs of Neuron is a whole number from 1 on, got 0
    """
    return whole_number(number, what, least=1)


def at_least_zero(number: Any, what: str) -> float:
    """Check a strength or rate: a finite number of at least 0.

    >>> at_least_zero(-0.1, "lam of L2")
    Traceback (most recent call last):
    ValueError: lam of L2 is a finite number >= 0, got -0.1
    """
    checked = real(number, what)
    if not 0.0 <= checked < float("inf"):
        raise ValueError(f"{what} is a finite number >= 0, got {checked}")
    return checked


def _in_order(values: Any) -> list[Any] | None:
    """Give a list of what has several elements in a fixed order, and None for all else."""
    if isinstance(values, (list, tuple)):
        return list(values)
    if isinstance(values, (str, bytes, Set, Mapping)) or not isinstance(values, Iterable):
        return None
    try:
        return list(values)
    except TypeError:  # an array without dimensions
        return None


def inputs_of(row: Iterable[Any], expected: int, who: str) -> list[Value]:
    """Give one sample as nodes: numbers become inputs ``x[0], x[1], ...``, nodes stay.

    Raises ``TypeError`` if it is not a sequence, ``ValueError`` for another width.

    >>> inputs_of([1.0, 2.0, 3.0], 2, "MLP")
    Traceback (most recent call last):
    ValueError: MLP expects 2 inputs, got 3
    """
    values = _in_order(row)
    if values is None:
        raise TypeError(
            f"{who} expects a sequence of {counted(expected, 'input')},"
            f" got {type(row).__name__} {shortened(row)}"
        )
    if len(values) != expected:
        raise ValueError(f"{who} expects {counted(expected, 'input')}, got {len(values)}")
    return [x if isinstance(x, Value) else Value(x, f"x[{i}]") for i, x in enumerate(values)]


def outputs_of(predicted: Any, who: str) -> Sequence[Value]:
    """Give a prediction as a list of nodes; one node stands for a list of one.

    Raises ``TypeError`` for anything else, ``ValueError`` for an empty list.

    >>> outputs_of(Value(0.5), "squared_error")
    [Value(data=0.5, grad=0)]
    """
    if isinstance(predicted, Value):
        return [predicted]
    is_list = isinstance(predicted, Sequence) and not isinstance(predicted, str)
    if not is_list or not all(isinstance(p, Value) for p in predicted):
        raise TypeError(
            f"{who} expects a list of Values, as a model gives them, got {shortened(predicted)}"
        )
    if not predicted:
        raise ValueError(f"{who} expects at least one output, got none")
    return cast("Sequence[Value]", predicted)


def targets_of(target: Any, expected: int, who: str) -> Sequence[Any]:
    """Give the target of one sample as a sequence as wide as the prediction.

    A number stands for a sequence of one. Raises ``ValueError`` for another width.

    >>> targets_of(1.0, 2, "squared_error")
    Traceback (most recent call last):
    ValueError: squared_error expects 2 targets, got 1
    """
    in_order = _in_order(target)
    targets = [target] if in_order is None else in_order
    for t in targets:
        if not isinstance(t, Value):
            real(t, f"a target of {who}")
    if len(targets) != expected:
        raise ValueError(f"{who} expects {counted(expected, 'target')}, got {len(targets)}")
    return targets
