"""What arguments must be: checks that every room of this package shares."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from math import inf
from numbers import Integral
from random import Random
from typing import Any

from autograd import Value
from autograd.errors import counted, shortened, unknown_name, whole_number
from autograd.primitives import as_real, real


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
        return no_class(choice, kind)
    if not isinstance(choice, str):
        raise TypeError(f"{kind} is a name or a function, got {shortened(choice)}")
    if choice not in known:
        raise unknown_name(kind, choice, known)
    return known[choice]


def no_class(thing: Any, what: str) -> Any:
    """Give what was passed, unless it is a class where an object of it belongs.

    >>> no_class(dict, "regularizer")
    Traceback (most recent call last):
    TypeError: regularizer is the class dict: write dict(...), which makes one
    """
    if isinstance(thing, type):
        name = thing.__name__
        raise TypeError(f"{what} is the class {name}: write {name}(...), which makes one")
    return thing


def width(number: Any, what: str) -> int:
    """Check a number of inputs or outputs: an int of at least 1.

    >>> width(0, "n_inputs of Neuron")
    Traceback (most recent call last):
    ValueError: n_inputs of Neuron is a whole number from 1 on, got 0
    """
    return whole_number(number, what, least=1)


def in_range(words: str, fits: Callable[[float], bool]) -> Callable[[Any, str], float]:
    """Make a check of a number: what it is called comes first in its errors, then ``words``.

    >>> in_range("a finite number >= 0", lambda x: 0.0 <= x < inf)(-0.1, "lam of L2")
    Traceback (most recent call last):
    ValueError: lam of L2 is a finite number >= 0, got -0.1
    """

    def check(number: Any, what: str) -> float:
        checked = real(number, what)
        if not fits(checked):
            raise ValueError(f"{what} is {words}, got {checked:g}")
        return checked

    return check


at_least_zero = in_range("a finite number >= 0", lambda x: 0.0 <= x < inf)
positive = in_range("a finite number > 0", lambda x: 0.0 < x < inf)
probability = in_range("a probability from 0 up to but not including 1", lambda x: 0.0 <= x < 1.0)
from_zero_to_one = in_range("a number from 0 to 1", lambda x: 0.0 <= x <= 1.0)
minus_or_plus_one = in_range("-1 or +1", lambda x: x in (-1.0, 1.0))


def elements(values: Any) -> list[Any] | None:
    """Give a list of what has several elements in a fixed order, and None for all else.

    >>> elements((1, 2)), elements("12"), elements({1, 2})
    ([1, 2], None, None)
    """
    if isinstance(values, (list, tuple)):
        return list(values)
    if isinstance(values, (str, bytes, Set, Mapping)) or not isinstance(values, Iterable):
        return None
    try:
        return list(values)
    except TypeError:  # an array without dimensions
        return None


def sequence_of(values: Any, what: str, of: str = "numbers") -> list[Any]:
    """Give the elements of a sequence as a list; raises ``TypeError`` for what has no order.

    >>> sequence_of({1.0, 2.0}, "weights of Perceptron")
    Traceback (most recent call last):
    TypeError: weights of Perceptron: expected a sequence of numbers, got set {1.0, 2.0}
    """
    in_order = elements(values)
    if in_order is None:
        kind = type(values).__name__
        raise TypeError(f"{what}: expected a sequence of {of}, got {kind} {shortened(values)}")
    return in_order


def inputs_of(row: Iterable[Any], expected: int | None, who: str, letter: str = "x") -> list[Value]:
    """Give one sample as nodes: numbers become inputs ``x[0], x[1], ...``, nodes stay.

    ``expected`` is the width, None for any. Raises ``TypeError`` if it is not a sequence of
    numbers and nodes, ``ValueError`` for another width.

    >>> inputs_of([1.0, 2.0, 3.0], 2, "MLP")
    Traceback (most recent call last):
    ValueError: MLP expects 2 inputs, got 3
    """
    values = elements(row)
    if values is None:
        inputs = "inputs" if expected is None else counted(expected, "input")
        kind = type(row).__name__
        raise TypeError(f"{who} expects a sequence of {inputs}, got {kind} {shortened(row)}")
    if values and elements(values[0]) is not None:
        raise TypeError(f"{who} expects one row of numbers, got several: call it for each of them")
    if expected not in (None, len(values)):
        raise ValueError(f"{who} expects {counted(expected or 0, 'input')}, got {len(values)}")
    return [x if isinstance(x, Value) else Value(x, f"{letter}[{i}]") for i, x in enumerate(values)]


def numbers_as_nodes(row: Any) -> Any:
    """Give the numbers in a row as inputs ``x[0], x[1], ...``; all else stays as it is.

    >>> numbers_as_nodes([2.0, [3.0]])
    [Value(data=2, grad=0, label='x[0]'), [3.0]]
    """
    values = elements(row)
    if values is None:
        return row
    return [x if as_real(x) is None else Value(x, f"x[{i}]") for i, x in enumerate(values)]


def outputs_of(predicted: Any, who: str) -> list[Value]:
    """Give a prediction as a list of nodes; one node stands for a list of one.

    Raises ``TypeError`` for anything else, ``ValueError`` for an empty list.

    >>> outputs_of(Value(0.5), "squared_error")
    [Value(data=0.5, grad=0)]
    """
    outputs = [predicted] if isinstance(predicted, Value) else elements(predicted)
    if outputs is None or not all(isinstance(p, Value) for p in outputs):
        raise TypeError(
            f"{who} expects a list of Values, as a model gives them, got {shortened(predicted)}"
        )
    if not outputs:
        raise ValueError(f"{who} expects at least one output, got none")
    return outputs


def node_of(thing: Any, what: str) -> Value:
    """Give what was passed if it is a node, as a loss or a penalty must be.

    >>> node_of(3.0, "a loss")
    Traceback (most recent call last):
    TypeError: a loss is one Value, got float 3.0: compute it from the nodes, not from their data
    """
    if not isinstance(thing, Value):
        kind = type(thing).__name__
        advice = "compute it from the nodes, not from their data"
        if elements(thing) is not None:
            advice = "add them up"
        raise TypeError(f"{what} is one Value, got {kind} {shortened(thing)}: {advice}")
    return thing


def labelled(node: Value, label: str) -> Value:
    """Set the label of a result; what the user made keeps its own.

    >>> labelled(Value(1.0, "w"), "loss"), labelled(Value(1.0) * 2.0, "loss")
    (Value(data=1, grad=0, label='w'), Value(data=2, grad=0, label='loss'))
    """
    return node if node.op is None else node.named(label)


def targets_of(
    target: Any, expected: int, who: str, check: Callable[[Any, str], float] = real
) -> Sequence[Any]:
    """Give the target of one sample as a sequence as wide as the prediction.

    A number stands for a sequence of one; numbers, not nodes, are held against ``check``.
    Raises ``ValueError`` for another width, ``TypeError`` for what is no number.

    >>> targets_of(1.0, 2, "squared_error")
    Traceback (most recent call last):
    ValueError: squared_error expects 2 targets, got 1
    """
    in_order = elements(target)
    targets = [target] if in_order is None else in_order
    checked = [t if isinstance(t, Value) else check(t, f"a target of {who}") for t in targets]
    if len(checked) != expected:
        raise ValueError(f"{who} expects {counted(expected, 'target')}, got {len(checked)}")
    return checked


def class_target(target: Any, classes: int, who: str) -> int | Sequence[Any]:
    """Give the target of one sample as a class index, or as a distribution over the classes.

    Raises ``ValueError`` if it is neither a whole number from 0 to ``classes - 1`` nor as many
    numbers as classes that sum to 1, nor as many nodes.

    >>> class_target(3, 3, "cross_entropy")
    Traceback (most recent call last):
    ValueError: cross_entropy expects a class, a whole number from 0 to 2, got 3
    """
    if isinstance(target, Value):
        raise ValueError(f"{who} cannot take a class from a Value: give it a distribution of them")
    t = elements(target)
    if t is None:
        index = real(target, f"a target of {who}")
        if not (index.is_integer() and 0 <= index < classes):
            raise ValueError(
                f"{who} expects a class, a whole number from 0 to {classes - 1}, got {target!r}"
            )
        return int(index)
    if len(t) != classes:
        raise ValueError(
            f"{who} expects a class index or {counted(classes, 'number')} that sum to 1,"
            f" got {counted(len(t), 'number')}"
        )
    distribution = targets_of(t, classes, who, from_zero_to_one)
    if not any(isinstance(p, Value) for p in distribution) and abs(sum(distribution) - 1.0) > 1e-6:
        raise ValueError(f"{who} expects a class or a distribution that sums to 1, got {t!r}")
    return distribution
