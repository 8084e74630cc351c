"""What pictures are given: rows, targets, classes, functions, checked and as plain numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from math import isfinite, isnan, nan
from typing import Any, NamedTuple

from autograd import DomainError, Value
from autograd.errors import counted, shortened
from autograd.primitives import as_real, real

from .. import samples
from ..activations import activation, activation_name, acts_on_layer
from ..checks import no_class, outputs_of, sequence_of
from ..losses import perceptron_loss
from ..module import Module
from ..risk import objective

Model = Callable[[Any], Any]

# what the outputs of an activation lie between
RANGES = {
    **dict.fromkeys(("sigmoid", "step", "softmax", "sparsemax"), (0.0, 1.0)),
    **dict.fromkeys(("tanh", "hard_tanh", "bipolar_step"), (-1.0, 1.0)),
}
HUGE = 1e300  # stands for infinity: matplotlib leaves a gap where a number is infinite


def samples_in(X: Any, who: str) -> list[Any]:
    """Give the samples as a list; raises ``ValueError`` if there are none.

    >>> samples_in([], "a plot")
    Traceback (most recent call last):
    ValueError: a plot expects at least one row in X, got none
    """
    rows = sequence_of(X, f"X of {who}", "rows")
    if not rows:
        raise ValueError(f"{who} expects at least one row in X, got none")
    return rows


def rows_of(X: Any, width: int, who: str) -> list[list[float]]:
    """Give the samples as rows of ``width`` finite numbers.

    Raises ``ValueError`` for rows of another width, or none, ``TypeError`` for what is no row.

    >>> rows_of([[0, 1, 2]], 2, "a plot")
    Traceback (most recent call last):
    ValueError: a plot expects rows of 2 inputs, got 3 in row 0
    """
    rows = samples.rows_of(X, f"X of {who}")
    if len(rows[0]) != width:
        inputs = counted(width, "input")
        raise ValueError(f"{who} expects rows of {inputs}, got {len(rows[0])} in row 0")
    return rows


def targets_for(rows: Sequence[Any], y: Any, who: str) -> list[Any]:
    """Give a target for each row; a row of one target is that target.

    Raises ``ValueError`` if there are more or fewer targets than rows.

    >>> targets_for([[0.0], [1.0]], [[3], 4.0], "a plot")
    [3, 4.0]
    """
    targets = sequence_of(y, f"y of {who}", "targets")
    if len(targets) != len(rows):
        raise ValueError(
            f"{who} expects one target per row, got {counted(len(targets), 'target')}"
            f" for {counted(len(rows), 'row')}"
        )
    return [t[0] if hasattr(t, "__len__") and len(t) == 1 else t for t in targets]


class Classes(NamedTuple):
    """The classes in some data: what a legend calls them, and the number of each sample's."""

    names: list[str]
    of_samples: list[int]
    bipolar: bool = False


def classes_for(rows: Sequence[Any], y: Any, outputs: int, who: str) -> Classes:
    """Give the classes of some samples, for a model with so many outputs.

    For one output the targets are 0/1 or -1/+1; for more they are indices of outputs, or
    one-hot rows. Raises ``ValueError`` for other targets.

    >>> classes_for([[0.0], [1.0]], [-1, 1], 1, "a plot")
    Classes(names=['target -1', 'target 1'], of_samples=[0, 1], bipolar=True)
    """
    targets = targets_for(rows, y, who)
    if outputs > 1:
        names = [f"class {c}" for c in range(outputs)]
        return Classes(names, [_class(t, outputs, who) for t in targets])
    numbers = [None if as_real(t) is None else float(t) for t in targets]
    for zero in (0.0, -1.0):
        if all(t in (zero, 1.0) for t in numbers):
            names = [f"target {zero:g}", "target 1"]
            return Classes(names, [int(t == 1.0) for t in numbers], zero < 0.0)
    strange = [t for t in targets if as_real(t) not in (-1.0, 0.0, 1.0)] or targets
    raise ValueError(
        f"{who} expects the targets 0/1 or -1/+1 for a model with one output,"
        f" got {shortened(strange[:5])}"
    )


def _class(target: Any, outputs: int, who: str) -> int:
    number = as_real(target)
    if number is None:
        one_hot = [as_real(t) for t in sequence_of(target, f"a target of {who}")]
        if len(one_hot) == outputs and one_hot.count(0.0) == outputs - 1 and 1.0 in one_hot:
            return one_hot.index(1.0)
    elif number in range(outputs):
        return int(number)
    raise ValueError(
        f"{who} expects a class from 0 to {outputs - 1}, or a one-hot row, for a model with"
        f" {outputs} outputs, got the target {shortened(target)}"
    )


def output_name(model: Any) -> str:
    """Name the activation that a model ends in; empty if it does not say.

    >>> from nn import MLP
    >>> output_name(MLP([1, 1], output="sigmoid")), output_name(abs)
    ('sigmoid', '')
    """
    ends = getattr(no_class(model, "model"), "output_activation", None)
    if ends is None:
        return ""
    return activation_name(activation(getattr(ends, "__func__", ends)))


def threshold_of(model: Any, bipolar: bool, threshold: float | None, who: str) -> float:
    """Give the output at which a model with one output decides.

    That is ``threshold``, unless it is None; 0.5 where the model ends in a sigmoid or a step, 0
    where it ends in a bipolar step; else halfway between the targets.

    >>> from nn import MLP
    >>> [threshold_of(MLP([1, 1], output=o), True, None, "a plot") for o in ("sigmoid", "tanh")]
    [0.5, 0.0]
    """
    if threshold is not None:
        chosen = real(threshold, f"threshold of {who}")
        if not isfinite(chosen):
            raise ValueError(f"threshold of {who} is a finite number, got {chosen}")
        return chosen
    own = {"sigmoid": 0.5, "step": 0.5, "bipolar_step": 0.0}
    return own.get(output_name(model), 0.0 if bipolar else 0.5)


def beneath_of(model: Any) -> Any:
    """Give the logits beneath what squashes a model's outputs; the model itself if there are none.

    The logits decide as the outputs do, and do not saturate: a line drawn between grid points
    is where it belongs.

    >>> from nn import MLP
    >>> [beneath_of(MLP([1, 1], output=o)).__class__.__name__ for o in ("sigmoid", "tanh")]
    ['method', 'MLP']
    """
    try:
        return objective(model, perceptron_loss)[0]
    except TypeError:  # no logits that go with the model's outputs
        return model


def squash_of(model: Any) -> Callable[[float], float] | None:
    """Give the function from the one logit of a model to its output; None if there is none.

    >>> from nn import MLP
    >>> squash_of(MLP([1, 1], output="sigmoid"))(0.0), squash_of(abs)
    (0.5, None)
    """
    if not output_name(model) or beneath_of(model) is model:
        return None
    ends = activation(getattr(model.output_activation, "__func__", model.output_activation))
    return None if acts_on_layer(ends) else ends


def numbers_out(model: Model, row: Any, who: str) -> list[float]:
    """Give what a model makes of a row as numbers.

    >>> numbers_out(lambda row: Value(row[0]), [2.0], "a plot")
    [2.0]
    """
    return [node.data for node in outputs_of(model(row), who)]


def plain_out(predicted: Any, row: Sequence[float], model: Any, who: str) -> list[float]:
    """Give what a model, or a part of it, makes of a row as numbers; a huge one for infinity.

    Raises ``ValueError`` for nan, which names the model's first parameter that is not finite.

    >>> from nn import Neuron
    >>> neuron = Neuron(1, rng=0)
    >>> neuron.parameters()[0].data = nan
    >>> plain_out(neuron([0.5]), [0.5], neuron, "a plot")
    Traceback (most recent call last):
    ValueError: a plot: the model's output at (0.5) is nan; its parameter 'w[0]' is nan
    """
    numbers = [node.data for node in outputs_of(predicted, who)]
    if any(map(isnan, numbers)):
        at = ", ".join(f"{x:.4g}" for x in row)
        raise ValueError(f"{who}: the model's output at ({at}) is nan{_to_blame(model)}")
    return [min(HUGE, max(-HUGE, number)) for number in numbers]


def _to_blame(model: Any) -> str:
    parameters = model.parameters() if isinstance(model, Module) else []
    for p in parameters:
        if not isfinite(p.data):
            return f"; its parameter {p.label!r} is {p.data}"
    return ""


def number_or_gap(function: Callable[..., Any], *arguments: Any, who: str) -> float:
    """Give what a function makes of numbers, nan where it is not defined or not finite.

    Raises ``TypeError`` if the function gives something other than a number or a ``Value``.

    >>> number_or_gap(lambda x: 1.0 / x, 0.0, who="a plot")
    nan
    """
    try:
        result = function(*arguments)
    except (DomainError, ArithmeticError):
        return nan
    number = result.data if isinstance(result, Value) else as_real(result)
    if number is None:
        kind = type(result).__name__
        raise TypeError(f"{who} expects one number or Value, got {kind} {shortened(result)}")
    return number if isfinite(number) else nan


def evenly(start: float, stop: float, count: int) -> list[float]:
    """Give ``count`` numbers at equal distances, both ends included.

    >>> evenly(0.0, 1.0, 3)
    [0.0, 0.5, 1.0]
    """
    return [start + (stop - start) * i / (count - 1) for i in range(count)]


def padded(numbers: Sequence[float], share: float) -> tuple[float, float]:
    """Give the smallest and the largest number, moved apart by a share of their distance.

    >>> padded([0.0, 2.0], 0.5)
    (-1.0, 3.0)
    """
    margin = share * ((max(numbers) - min(numbers)) or 1.0)
    return min(numbers) - margin, max(numbers) + margin


def finite(numbers: Sequence[float]) -> Iterator[float]:
    """Give those of the numbers that are finite.

    >>> list(finite([1.0, nan]))
    [1.0]
    """
    return filter(isfinite, numbers)
