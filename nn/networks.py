"""Modules made of modules: one after the other, around one another, step by step."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import nullcontext
from random import Random
from typing import Any

from autograd import Constant, Primitive, Value, scope
from autograd.errors import counted, shortened

from .activations import ACTIVATIONS, Activation, activation_name
from .activations import activation as activation_of
from .checks import (
    generator,
    inputs_of,
    no_class,
    numbers_as_nodes,
    outputs_of,
    sequence_of,
    width,
)
from .initializers import Initializer
from .layers import Activated, Layer
from .module import Module


class Sequential(Module):
    """Modules one after the other, each on the outputs of the one before.

    ``modules``: at least one, each taking what the one before gives. An activation of
    ``nn.ACTIVATIONS``, its name, or any primitive is applied to each output (softmax and
    sparsemax to all of them); any other function goes from a list of nodes to a list of
    nodes. Each place is a cluster of a drawing; the labels of a ``Layer`` that was given no
    name get the number of its place: ``layer 2``, ``w2[0,1]``. Raises ``ValueError`` for no
    modules, ``TypeError`` for what cannot be called; a call raises ``ValueError`` if a width
    does not fit.

    >>> from nn import Dropout, Softmax
    >>> model = Sequential(Layer(2, 4, "tanh", rng=0), Dropout(0.5), Layer(4, 3, rng=1), Softmax())
    >>> model
    Sequential(Layer(2 -> 4 tanh), Dropout(0.5), Layer(4 -> 3 linear), Softmax(); 27 parameters)
    >>> sum(p.data for p in model.eval()([1.0, 2.0]))
    1.0
    """

    def __init__(self, *modules: Callable[[Any], Any]) -> None:
        if not modules:
            raise ValueError("Sequential expects at least one module, got none")
        self.layers = [_module(m, "Sequential") for m in modules]
        for k, module in enumerate(self.layers, start=1):
            if isinstance(module, Layer) and module.name == "layer":
                last = module is self.layers[-1]
                module.relabel(k, "y" if last else f"h{k}", f"layer {k}")

    def __call__(self, inputs: Iterable[Any]) -> list[Value]:
        """Give the outputs of the last module, labelled ``y[0]`` ... if they bear no label yet."""
        outputs = self.hidden(inputs)[-1]
        for i, y in enumerate(outputs):
            if isinstance(y, Value) and y.op is not None and not y.label:
                y.label = f"y[{i}]"
        return outputs

    def hidden(self, inputs: Iterable[Any]) -> list[list[Value]]:
        """Give the outputs of every module, the last one's included.

        >>> model = Sequential(Layer(2, 4, "tanh", rng=0), Layer(4, 1, rng=1))
        >>> [len(outputs) for outputs in model.hidden([0.0, 1.0])]
        [4, 1]
        """
        return self._through(inputs, len(self.layers))

    def _through(self, inputs: Any, count: int) -> list[list[Value]]:
        inputs, outputs = numbers_as_nodes(inputs), []
        for k, module in enumerate(self.layers[:count], start=1):
            with _place(module, k):
                given = module(inputs)
            if type(given) is not list:  # a neuron gives one node, a function perhaps a tuple
                what = f"the outputs of {_described(module)}"
                given = [given] if isinstance(given, Value) else sequence_of(given, what, "Values")
            inputs = given
            outputs.append(given)
        return outputs

    @property
    def output_activation(self) -> Activation | None:
        """The activation of the last module, None if that has none."""
        return getattr(self.layers[-1], "output_activation", None)

    def logits(self, inputs: Iterable[Any]) -> list[Value]:
        """Give the last module's inner potentials: the outputs before its activation.

        Raises ``TypeError`` if the last module has none.

        >>> from nn import Softmax
        >>> model = Sequential(Layer(2, 3, rng=0), Softmax())
        >>> [s.label for s in model.logits([0.0, 1.0])]
        ['h1[0]', 'h1[1]', 'h1[2]']
        """
        last: Any = self.layers[-1]
        if not hasattr(last, "logits"):
            raise TypeError(f"the last module, {last!r}, has no logits: call the model itself")
        inputs = numbers_as_nodes(inputs)
        before = self._through(inputs, len(self.layers) - 1)
        with _place(last, len(self.layers)):
            nodes: list[Value] = last.logits(before[-1] if before else inputs)
        return nodes

    def summary(self) -> str:
        """List its modules.

        >>> Sequential(Layer(1, 1, rng=0), Layer(1, 2, rng=0)).summary()
        'Layer(1 -> 1 linear), Layer(1 -> 2 linear)'
        """
        return ", ".join(map(_described, self.layers))


class MLP(Sequential):
    """A multi-layer perceptron: layers one after the other.

    Arguments:
        sizes: the widths, inputs first, outputs last; at least two.
        activation: of the hidden layers: a name, a function, or a list with one each.
        output: the activation of the last layer.
        init: how weights start.
        rng: an int, a ``random.Random``, or None for fresh entropy.

    Takes ``sizes[0]`` numbers or nodes, gives a list of ``sizes[-1]`` nodes. Raises
    ``ValueError`` for fewer than two sizes, for unknown names, for a list of
    activations of another length; a call raises it for another number of inputs.

    >>> model = MLP([2, 4, 1], output="sigmoid", rng=0)
    >>> model
    MLP(2 -> 4 tanh -> 1 sigmoid; 17 parameters)
    >>> model([1.0, 2.0, 3.0])
    Traceback (most recent call last):
    ValueError: MLP expects 2 inputs, got 3
    """

    layers: list[Layer]  # type: ignore[assignment]  # each of them is a Layer here

    def __init__(
        self,
        sizes: Sequence[int],
        activation: str | Activation | Sequence[str | Activation] = "tanh",
        output: str | Activation = "linear",
        init: str | Initializer = "xavier",
        rng: int | Random | None = None,
    ) -> None:
        widths = sequence_of(sizes, "sizes of MLP", "widths, such as [2, 4, 1]")
        if len(widths) < 2:
            raise ValueError(f"MLP expects at least two sizes (inputs, outputs), got {widths}")
        hidden = len(widths) - 2
        if isinstance(activation, Sequence) and not isinstance(activation, str):
            activations = list(activation)
        else:
            activations = [activation_of(activation)] * hidden
        if len(activations) != hidden:
            raise ValueError(
                f"MLP expects one activation for each of its {hidden} hidden layers,"
                f" got {len(activations)}"
            )
        source = generator(rng)
        each = zip(widths[:-1], widths[1:], [*activations, output], strict=True)
        self.n_inputs = width(widths[0], "n_inputs of MLP")
        super().__init__(*[Layer(n_in, n_out, act, init, source) for n_in, n_out, act in each])

    def hidden(self, inputs: Iterable[Any]) -> list[list[Value]]:
        """Give the outputs of every layer, the last one's included.

        >>> [len(outputs) for outputs in MLP([2, 4, 1], rng=0).hidden([0.0, 1.0])]
        [4, 1]
        """
        return super().hidden(inputs_of(inputs, self.n_inputs, "MLP"))

    def logits(self, inputs: Iterable[Any]) -> list[Value]:
        """Give the last layer's inner potentials: the outputs before its activation.

        >>> [s.label for s in MLP([2, 4, 1], output="sigmoid", rng=0).logits([0.0, 1.0])]
        ['s2[0]']
        """
        return super().logits(inputs_of(inputs, self.n_inputs, "MLP"))

    def summary(self) -> str:
        """Say its widths and activations.

        >>> MLP([2, 4, 1], rng=0).summary()
        '2 -> 4 tanh -> 1 linear'
        """
        if not all(isinstance(layer, Layer) for layer in self.layers):
            return super().summary()  # somebody put something else in
        widths = [f"{layer.n_outputs} {activation_name(layer.activation)}" for layer in self.layers]
        return " -> ".join([str(self.n_inputs), *widths])


class Residual(Module):
    """A skip connection: the inputs plus what ``module`` makes of them (syllabus B12).

    Takes n numbers or nodes, gives a list of n nodes. A call raises ``ValueError`` if the
    module gives another number of outputs than it was given inputs.

    >>> block = Residual(Layer(2, 2, init=lambda n_in, n_out, rng: 1.0))
    >>> [y.data for y in block([1.0, 2.0])]
    [4.0, 5.0]
    """

    def __init__(self, module: Callable[[Any], Any]) -> None:
        self.module = _module(module, "Residual")

    def __call__(self, inputs: Iterable[Any]) -> list[Value]:
        """Give the inputs plus the outputs of the module on them."""
        nodes = inputs_of(inputs, None, "Residual")
        changes = outputs_of(self.module(nodes), "Residual")
        if len(changes) != len(nodes):
            raise ValueError(
                "Residual expects a module with as many outputs as inputs,"
                f" got {counted(len(changes), 'output')} for {counted(len(nodes), 'input')}"
            )
        return [x + change for x, change in zip(nodes, changes, strict=True)]

    def summary(self) -> str:
        """Say what it leads around.

        >>> Residual(Layer(1, 1, rng=0)).summary()
        'Layer(1 -> 1 linear)'
        """
        return _described(self.module)


class Recurrent(Module):
    """A fully connected recurrent net: a list of rows in, a list of rows out (syllabus B13).

    In each step the cell, a ``Layer``, sees the row and its own outputs of the step
    before (zeros at first); the readout, another ``Layer``, makes the step's outputs of the
    cell's. Unrolled over the steps it is a graph like any other, with one cluster a step.

    Arguments:
        n_inputs, n_hidden, n_outputs: the widths of rows, cell and readout.
        activation: of the cell.
        output: of the readout.
        init: how weights start.
        rng: an int, a ``random.Random``, or None for fresh entropy.

    Takes a sequence of at least one row of ``n_inputs`` numbers or nodes. The loss of a
    sequence is the mean over its steps, so there is a target for each. A call raises
    ``ValueError`` for no rows, or a row of another width.

    >>> model = Recurrent(1, 3, 2, rng=0)
    >>> model
    Recurrent(1 -> 3 tanh -> 2 linear; 23 parameters)
    >>> [len(outputs) for outputs in model([[1.0], [0.0], [0.0]])]
    [2, 2, 2]
    """

    def __init__(
        self,
        n_inputs: int,
        n_hidden: int,
        n_outputs: int,
        activation: str | Activation = "tanh",
        output: str | Activation = "linear",
        init: str | Initializer = "xavier",
        rng: int | Random | None = None,
    ) -> None:
        source = generator(rng)
        self.n_inputs = width(n_inputs, "n_inputs of Recurrent")
        self.n_hidden = width(n_hidden, "n_hidden of Recurrent")
        width(n_outputs, "n_outputs of Recurrent")
        self.cell = Layer(n_inputs + n_hidden, n_hidden, activation, init, source)
        self.readout = Layer(n_hidden, n_outputs, output, init, source)
        self.cell.relabel("h", "h", "cell")  # numbers are for the steps here
        self.readout.relabel("y", "y", "readout")

    @property
    def output_activation(self) -> Activation:
        """The activation of the readout."""
        return self.readout.activation

    def __call__(self, rows: Iterable[Iterable[Any]]) -> list[list[Value]]:
        """Give the outputs of every step, labelled ``y1[0]``, ``y2[0]`` ..."""
        steps = self._read(rows, self.readout)
        return [_labelled(outputs, f"y{k}") for k, outputs in enumerate(steps, start=1)]

    def hidden(self, rows: Iterable[Iterable[Any]]) -> list[list[Value]]:
        """Give the outputs of the cell in every step, its memory: ``h1[0]``, ``h2[0]`` ...

        >>> [len(states) for states in Recurrent(1, 3, 2, rng=0).hidden([[1.0], [0.0]])]
        [3, 3]
        """
        with scope("step 1"):
            states: list[Value] = [Constant(0.0, f"h0[{i}]") for i in range(self.n_hidden)]
        steps = []
        for k, row in enumerate(sequence_of(rows, "Recurrent", "rows"), start=1):
            nodes = inputs_of(row, self.n_inputs, f"step {k} of Recurrent", f"x{k}")
            with scope(f"step {k}"):
                states = _labelled(self.cell(nodes + states), f"h{k}")
            steps.append(states)
        if not steps:
            raise ValueError("Recurrent expects at least one row, got none")
        return steps

    def logits(self, rows: Iterable[Iterable[Any]]) -> list[list[Value]]:
        """Give the outputs of every step before the activation of the readout.

        >>> Recurrent(1, 3, 1, output="sigmoid", rng=0).logits([[1.0]])[0][0].label
        'sy[0]'
        """
        return self._read(rows, self.readout.logits)

    def _read(self, rows: Any, readout: Callable[[Any], list[Value]]) -> list[list[Value]]:
        outputs = []
        for k, states in enumerate(self.hidden(rows), start=1):
            with scope(f"step {k}"):  # again: what is made here joins that step's cluster
                outputs.append(readout(states))
        return outputs

    def summary(self) -> str:
        """Say its widths and activations.

        >>> Recurrent(1, 3, 2, rng=0).summary()
        '1 -> 3 tanh -> 2 linear'
        """
        cell, readout = (layer.summary().split(" -> ")[1] for layer in (self.cell, self.readout))
        return f"{self.n_inputs} -> {cell} -> {readout}"


def _labelled(nodes: list[Value], letter: str) -> list[Value]:
    return [node.named(f"{letter}[{i}]") for i, node in enumerate(nodes)]


def _module(part: Any, who: str) -> Callable[[Any], Any]:
    """Give a part of a network as it is, and an activation as a module."""
    known = any(part is activation for activation in ACTIVATIONS.values())
    if known or isinstance(part, (str, Primitive)):
        return Activated(part)
    if not callable(part):
        kind = type(part).__name__
        advice = ": write Sequential(first, second)" if kind in ("list", "tuple") else ""
        raise TypeError(f"{who} expects modules, got {kind} {shortened(part)}{advice}")
    module: Callable[[Any], Any] = no_class(part, f"a part of {who}")
    return module


def _place(module: Callable[[Any], Any], k: int) -> Any:
    """Give the cluster of the k-th module; a layer has its own."""
    if isinstance(module, Layer):
        return nullcontext()
    if isinstance(module, Activated):
        return scope(f"{activation_name(module.activation)} {k}")
    kind = type(module).__name__ if isinstance(module, Module) else activation_name(module)
    return scope(f"{kind.lower()} {k}")


def _described(module: Callable[[Any], Any]) -> str:
    if isinstance(module, Module):
        return f"{type(module).__name__}({module.summary()})"
    return activation_name(module)
