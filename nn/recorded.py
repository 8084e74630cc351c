"""A model recorded: what it does with one sample, as a tape for all samples of that shape.

A tape takes numbers where the model took a row, a target and draws of random numbers. A target
that is a class becomes a distribution with one 1 in it, for a tape cannot choose by a number;
a draw becomes one more input, which is drawn for each sample from the same generator.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from random import Random
from typing import Any, NoReturn

from autograd import RecordingError, Tape, Value
from autograd.tape import TRUSTED, recorded
from autograd.trees import flatten
from autograd.watching import watched

from .losses import CLASS_LOSSES, Loss
from .module import Module
from .risk import sample_loss


class SampleTape:
    """The tape of one sample's loss, or of one sample's outputs.

    Arguments:
        model: the module whose parameters are those of the tape.
        function: what gives the outputs for a row, the model or its logits.
        x: a row, or a sequence of rows; all samples have its shape.
        loss: of the outputs and a target; None for the outputs themselves.
        target: like those of all samples.
        penalty: a function of the model that is added to the loss.
        engine: as in ``Tape``.
        parameters: those of the tape, if not all of the model's.

    Raises ``RecordingError`` if the model cannot be recorded.

    >>> from nn import Neuron, squared_error
    >>> model = Neuron(2, init=lambda n_in, n_out, rng: 1.0)
    >>> sample = SampleTape(model, model, [0.0, 0.0], squared_error, 0.0)
    >>> sample.tape.forward([sample.numbers([1.0, 2.0], 5.0)])
    [[4.0]]
    """

    def __init__(
        self,
        model: Module,
        function: Callable[[Any], Any],
        x: Any,
        loss: Loss | None = None,
        target: Any = None,
        penalty: Callable[[Any], Value] | None = None,
        engine: str = "auto",
        parameters: Sequence[Value] | None = None,
    ) -> None:
        self.loss = loss
        parameters = model.parameters() if parameters is None else parameters
        self.outputs: Any = None  # as the model gives them: how many, and in which lists
        drawing = [m for m in model.modules() if isinstance(vars(m).get("rng"), Random)]
        if loss in CLASS_LOSSES:
            with _saying("the model"), _unchanged(model), Draws([]).lent(drawing):
                self.outputs = _widths(function(x))
        inputs: list[Value] = []
        row = _as_nodes(x, "x", inputs)
        goal = None if loss is None else _as_nodes(self._goal(target), "t", inputs)
        draws = Draws(inputs)

        def compute() -> Any:
            with watched([*inputs, *parameters], TRUSTED), draws.lent(drawing):
                outputs = function(row)
                if loss is None:
                    self.outputs = _widths(outputs)
                    return _flat_outputs(outputs)
                value = sample_loss(loss, outputs, goal)
                return value if penalty is None else value + penalty(model)

        with _saying("the model or its loss"), _unchanged(model):
            self.tape: Tape = recorded(compute, inputs, parameters, engine)
        self.calls = draws.calls

    def numbers(self, x: Any, target: Any = None) -> list[float]:
        """Give the inputs of the tape for a sample, but for the draws."""
        return [*_flat(x), *([] if self.loss is None else _flat(self._goal(target)))]

    def drawn(self, source: Random) -> list[float]:
        """Draw for one sample what the model drew when it was recorded."""
        return [getattr(source, method)(*given, **named) for method, given, named in self.calls]

    def _goal(self, target: Any) -> Any:
        if self.loss not in CLASS_LOSSES:
            return target
        return _distribution(target, self.outputs)

    def same(self, other: SampleTape) -> bool:
        """Say whether another tape does the same, to the last constant."""
        mine, theirs = self.tape.program, other.tape.program
        return (
            self.calls == other.calls
            and list(map(float.hex, mine.constants)) == list(map(float.hex, theirs.constants))
            and mine.instructions == theirs.instructions
            and mine.outputs == theirs.outputs
        )


class Draws(Random):
    """Stands in for a random generator while a model is recorded: each draw is a new input.

    ``inputs`` is the list that it is appended to. Raises ``RecordingError`` for draws that are
    no real numbers: what is chosen by them cannot be recorded.

    >>> inputs = []
    >>> Draws(inputs).gauss(0.0, 0.1)
    Value(data=nan, grad=0, label='draw')
    >>> len(inputs)
    1
    """

    def __init__(self, inputs: list[Value]) -> None:
        self.inputs = inputs
        self.calls: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = []

    def _draw(self, method: str, given: tuple[Any, ...], named: dict[str, Any]) -> Any:
        if any(isinstance(number, Value) for number in (*given, *named.values())):
            raise RecordingError(f"it draws with {method}, of numbers that it computes")
        node = Value(math.nan, "draw")
        self.inputs.append(node)
        self.calls.append((method, given, named))
        return node

    def getrandbits(self, *given: Any) -> NoReturn:
        """Raise ``RecordingError``: whole numbers and choices come from here."""
        raise RecordingError("it draws whole numbers, or chooses with them")

    seed = getstate = setstate = randbytes = getrandbits  # type: ignore[assignment]

    @contextmanager
    def lent(self, drawing: Sequence[Any]) -> Iterator[None]:
        """Let modules draw from here."""
        own = [module.rng for module in drawing]
        try:
            for module in drawing:
                module.rng = self
            yield
        finally:
            for module, rng in zip(drawing, own, strict=True):
                module.rng = rng


def _drawing(method: str) -> Any:
    def draw(self: Draws, *given: Any, **named: Any) -> Any:
        return self._draw(method, given, named)

    return draw


for _method in (
    "random", "uniform", "triangular", "gauss", "normalvariate", "lognormvariate", "expovariate",
    "vonmisesvariate", "gammavariate", "betavariate", "paretovariate", "weibullvariate",
):  # fmt: skip
    setattr(Draws, _method, _drawing(_method))


def shape_of(thing: Any) -> Any:
    """Give how numbers are nested: 0 for a number, a length, or a tuple of the elements' shapes.

    >>> shape_of(1.0), shape_of([1.0, 2.0]), shape_of([[1.0], [2.0]])
    (0, 2, (1, 1))
    """
    if not isinstance(thing, list):
        return 0
    if list in set(map(type, thing)):
        return tuple(map(shape_of, thing))
    return len(thing)


@contextmanager
def _unchanged(model: Module) -> Iterator[None]:
    """Refuse a model that keeps something of a call: restore its attributes, and say so."""
    before = [(module, dict(vars(module))) for module in model.modules()]
    lengths = [
        (kept, len(kept)) for _, own in before for kept in own.values() if type(kept) is list
    ]
    yield
    changed = False
    for module, own in before:
        now = vars(module)
        if now.keys() != own.keys() or any(now[name] is not own[name] for name in own):
            now.clear()
            now.update(own)
            changed = True
    for kept, length in lengths:
        if len(kept) > length:
            del kept[length:]
            changed = True
    if changed:
        raise RecordingError("the model keeps something of a call in its attributes")


@contextmanager
def _saying(who: str) -> Iterator[None]:
    """Turn whatever a model meets that was not made for nodes without numbers into one error."""
    try:
        yield
    except RecordingError:
        raise
    except Exception as error:
        raise RecordingError(f"{who} raised {type(error).__name__}: {error}") from error


def _as_nodes(thing: Any, letter: str, inputs: list[Value]) -> Any:
    """Give numbers, nested as they are, as nodes without a number; append them to the inputs."""
    leaves, rebuild = flatten(thing, "a sample")
    nodes = [Value(math.nan, f"{letter}[{i}]") for i in range(len(leaves))]
    inputs += nodes
    return rebuild(iter(nodes))


def _flat(thing: Any) -> list[float]:
    if not isinstance(thing, list):
        return [thing]
    if list in set(map(type, thing)):
        return [number for item in thing for number in _flat(item)]
    return thing


def _widths(outputs: Any) -> Any:
    """Give how many outputs there are, or a list of that for each step; 0 is a single node."""
    if isinstance(outputs, Value):
        return 0
    items = list(outputs)
    return [_widths(item) for item in items] if isinstance(items[0], list) else len(items)


def _flat_outputs(outputs: Any) -> list[Value]:
    if isinstance(outputs, Value):
        return [outputs]
    return [node for item in outputs for node in _flat_outputs(item)]


def _distribution(target: Any, widths: Any) -> Any:
    """Give a class as a distribution; what is one already as it is."""
    if isinstance(widths, list):
        return [_distribution(t, width) for t, width in zip(target, widths, strict=True)]
    if isinstance(target, list):
        return target
    return [float(i == target) for i in range(widths)]


def nested(numbers: Sequence[float], widths: Any) -> Any:
    """Give the outputs of a tape in the lists that the model gives them in.

    >>> nested([1.0, 2.0, 3.0, 4.0], [2, 2])
    [[1.0, 2.0], [3.0, 4.0]]
    """
    if not isinstance(widths, list):
        return list(numbers)
    ends = [sum(widths[: k + 1]) for k in range(len(widths))]
    return [list(numbers[end - width : end]) for end, width in zip(ends, widths, strict=True)]
