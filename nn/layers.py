"""Layers of neurons, and networks of layers.

Everything here takes one sample, numbers or nodes, and gives a list of nodes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import nullcontext
from random import Random
from typing import Any

from autograd import Constant, Value, affine, scope, softmax
from autograd.errors import counted, shortened

from .activations import ACTIVATIONS, Activation, activation_name, acts_on_layer
from .activations import activation as activation_of
from .checks import (
    generator,
    inputs_of,
    numbers_as_nodes,
    outputs_of,
    probability,
    sequence_of,
    width,
)
from .initializers import Initializer
from .module import Module
from .neurons import Neuron


class Layer(Module):
    """Neurons side by side: ``n_inputs`` numbers or nodes in, a list of ``n_outputs`` nodes out.

    Arguments are those of ``Neuron``; the activation may also be one of a whole layer,
    softmax or sparsemax. The nodes that a layer makes are one cluster of a drawing,
    ``name``, with a cluster in it for each neuron. A call raises ``ValueError`` for
    another number of inputs than ``n_inputs``.

    >>> layer = Layer(2, 3, "relu", rng=0)
    >>> layer, len(layer([1.0, 2.0]))
    (Layer(2 -> 3 relu; 9 parameters), 3)
    """

    def __init__(
        self,
        n_inputs: int,
        n_outputs: int,
        activation: str | Activation = "linear",
        init: str | Initializer = "xavier",
        rng: int | Random | None = None,
        bias: bool = True,
        expand: bool = False,
        name: str = "layer",
    ) -> None:
        self.n_inputs = width(n_inputs, "n_inputs of Layer")
        self.n_outputs = width(n_outputs, "n_outputs of Layer")
        self.activation = activation_of(activation)
        each = "linear" if acts_on_layer(self.activation) else activation
        source = generator(rng)
        self.neurons = [
            Neuron(n_inputs, each, init, source, bias, expand, self.n_outputs)
            for _ in range(self.n_outputs)
        ]
        self.expand = expand
        self.name = name
        self.relabel("")

    def relabel(self, number: int | str, output: str = "y", name: str = "") -> None:
        """Number the labels of its parameters and nodes: ``w1[0,2]``, ``b1[0]``, ``s1[0]``.

        ``output`` is the letter of its outputs, ``name`` that of its cluster, if it is new.

        >>> layer = Layer(1, 1, rng=0)
        >>> layer.relabel(1, "h1")
        >>> layer([0.5])[0].label, layer.parameters()[0].label
        ('h1[0]', 'w1[0,0]')
        """
        self.name = name or self.name
        self._cluster = scope(self.name)
        for i, neuron in enumerate(self.neurons):
            neuron.relabel(
                f"w{number}[{i},{{}}]",
                f"b{number}[{i}]",
                f"s{number}[{i}]",
                f"{output}[{i}]",
                (self.name, f"neuron {i}"),
            )

    @property
    def output_activation(self) -> Activation:
        """The activation that gives its outputs."""
        return self.activation

    def logits(self, inputs: Iterable[Any]) -> list[Value]:
        """Give the inner potential of every neuron: the outputs before the activation.

        >>> [s.label for s in Layer(1, 2, "tanh", rng=0).logits([0.5])]
        ['s[0]', 's[1]']
        """
        potentials = self._potentials(inputs)
        with self._cluster:
            return [n.labelled(s) for n, s in zip(self.neurons, potentials, strict=True)]

    def _potentials(self, inputs: Iterable[Any]) -> list[Value]:
        nodes = inputs_of(inputs, self.n_inputs, "Layer")
        with self._cluster:
            if self.expand:
                return [neuron.potential(nodes) for neuron in self.neurons]
            biases = [0.0 if n.bias is None else n.bias for n in self.neurons]
            return affine([n.weights for n in self.neurons], nodes, biases)

    def __call__(self, inputs: Iterable[Any]) -> list[Value]:
        """Give the output of every neuron."""
        potentials = self._potentials(inputs)
        with self._cluster:
            fired = [n.fire(s) for n, s in zip(self.neurons, potentials, strict=True)]
            if not acts_on_layer(self.activation):
                return fired
            outputs: list[Value] = self.activation(fired)
            for neuron, s, y in zip(self.neurons, fired, outputs, strict=True):
                s.label, y.label = neuron.potential_label, neuron.output_label
            return outputs

    def summary(self) -> str:
        """Say its widths and its activation.

        >>> Layer(1, 2, "tanh", rng=0).summary()
        '1 -> 2 tanh'
        """
        return f"{self.n_inputs} -> {self.n_outputs} {activation_name(self.activation)}"


class Activated(Module):
    """An activation as a module of its own: n numbers or nodes in, n nodes out.

    ``Sequential`` makes one of every activation that it is given.

    >>> [y.data for y in Activated("relu")([2.0, -1.0])]
    [2.0, 0.0]
    """

    def __init__(self, activation: str | Activation) -> None:
        self.activation = activation_of(activation)

    @property
    def output_activation(self) -> Activation:
        """The activation."""
        return self.activation

    def logits(self, inputs: Iterable[Any]) -> list[Value]:
        """Give the inputs, for the activation takes them as inner potentials.

        >>> [s.data for s in Activated("sigmoid").logits([2.0, 1.0])]
        [2.0, 1.0]
        """
        return inputs_of(inputs, None, type(self).__name__)

    def __call__(self, inputs: Iterable[Any]) -> list[Value]:
        """Give the activation of each input, or of all of them."""
        nodes = self.logits(inputs)
        whole = acts_on_layer(self.activation)
        outputs = self.activation(nodes) if whole else map(self.activation, nodes)
        return [y.named(f"y[{i}]") for i, y in enumerate(outputs)]

    def summary(self) -> str:
        """Name the activation.

        >>> Activated("relu").summary()
        'relu'
        """
        return activation_name(self.activation)


class Softmax(Activated):
    """The softmax of its inputs, as a module: n numbers or nodes in, n nodes out (syllabus B7).

    A call raises ``ValueError`` for no inputs.

    >>> [round(p.data, 8) for p in Softmax()([2.0, 1.0, 0.1])]
    [0.65900114, 0.24243297, 0.09856589]
    """

    def __init__(self) -> None:
        super().__init__(softmax)

    def summary(self) -> str:
        """Say nothing: its name says it.

        >>> Softmax()
        Softmax(0 parameters)
        """
        return ""


def _described(module: Callable[[Any], Any]) -> str:
    if isinstance(module, Module):
        return f"{type(module).__name__}({module.summary()})"
    return activation_name(module)


class Sequential(Module):
    """Modules one after the other, each on the outputs of the one before.

    ``modules``: at least one, each taking what the one before gives; also activations, such
    as ``nn.relu``, and other functions from a list of nodes to a list of nodes. A ``Layer``
    that was given no name is numbered, ``layer 1``, ``layer 2`` ...; all else is drawn in a
    cluster of its own. Raises ``ValueError`` for no modules, ``TypeError`` for what cannot be
    called; a call raises ``ValueError`` if a width does not fit.

    >>> model = Sequential(Layer(2, 4, "tanh", rng=0), Dropout(0.5), Layer(4, 3, rng=1), Softmax())
    >>> model
    Sequential(Layer(2 -> 4 tanh), Dropout(0.5), Layer(4 -> 3 linear), Softmax(); 27 parameters)
    >>> sum(p.data for p in model.eval()([1.0, 2.0]))
    1.0
    """

    def __init__(self, *modules: Callable[[Any], Any]) -> None:
        for module in modules:
            if not callable(module):
                raise TypeError(
                    f"Sequential expects modules, got {type(module).__name__} {shortened(module)}:"
                    " write Sequential(first, second), without a list"
                )
        if not modules:
            raise ValueError("Sequential expects at least one module, got none")
        known = ACTIVATIONS.values()
        self.layers = [Activated(m) if m in known else m for m in modules]
        self._clusters: list[Any] = []
        number = 0
        for k, module in enumerate(self.layers, start=1):
            if isinstance(module, Layer):
                number += 1
                if module.name == "layer":
                    letter = "y" if module is modules[-1] else f"h{number}"
                    module.relabel(number, letter, f"layer {number}")
                self._clusters.append(nullcontext())
            else:
                self._clusters.append(scope(f"{type(module).__name__.lower()} {k}"))

    def __call__(self, inputs: Iterable[Any]) -> list[Value]:
        """Give the outputs of the last module."""
        return self.hidden(inputs)[-1]

    def hidden(self, inputs: Iterable[Any]) -> list[list[Value]]:
        """Give the outputs of every module, the last one's included.

        >>> model = Sequential(Layer(2, 4, "tanh", rng=0), Layer(4, 1, rng=1))
        >>> [len(outputs) for outputs in model.hidden([0.0, 1.0])]
        [4, 1]
        """
        return self._through(inputs, len(self.layers))

    def _through(self, inputs: Any, count: int) -> list[list[Value]]:
        inputs, outputs = numbers_as_nodes(inputs), []
        for module, cluster in zip(self.layers[:count], self._clusters, strict=False):
            with cluster:
                given = module(inputs)
            inputs = [given] if isinstance(given, Value) else given  # a neuron gives one node
            outputs.append(inputs)
        return outputs

    @property
    def output_activation(self) -> Activation | None:
        """The activation of the last module, None if that has none."""
        return getattr(self.layers[-1], "output_activation", None)

    def logits(self, inputs: Iterable[Any]) -> list[Value]:
        """Give the last module's inner potentials: the outputs before its activation.

        Raises ``TypeError`` if the last module has none.

        >>> model = Sequential(Layer(2, 3, rng=0), Softmax())
        >>> [s.label for s in model.logits([0.0, 1.0])]
        ['h1[0]', 'h1[1]', 'h1[2]']
        """
        last: Any = self.layers[-1]
        if not hasattr(last, "logits"):
            raise TypeError(f"the last module, {last!r}, has no logits: call the model itself")
        before = self._through(inputs, len(self.layers) - 1)
        with self._clusters[-1]:
            nodes: list[Value] = last.logits(before[-1] if before else inputs)
        return nodes

    def summary(self) -> str:
        """List its modules.

        >>> Sequential(Layer(1, 1, rng=0), Softmax()).summary()
        'Layer(1 -> 1 linear), Softmax()'
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
        if not isinstance(sizes, Iterable) or isinstance(sizes, str):
            raise TypeError(f"MLP expects a list of sizes, such as [2, 4, 1], got {sizes!r}")
        widths = list(sizes)
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
        super().__init__(*[Layer(n_in, n_out, act, init, source) for n_in, n_out, act in each])

    def hidden(self, inputs: Iterable[Any]) -> list[list[Value]]:
        """Give the outputs of every layer, the last one's included.

        >>> [len(outputs) for outputs in MLP([2, 4, 1], rng=0).hidden([0.0, 1.0])]
        [4, 1]
        """
        return super().hidden(inputs_of(inputs, self.layers[0].n_inputs, "MLP"))

    def logits(self, inputs: Iterable[Any]) -> list[Value]:
        """Give the last layer's inner potentials: the outputs before its activation.

        >>> [s.label for s in MLP([2, 4, 1], output="sigmoid", rng=0).logits([0.0, 1.0])]
        ['s2[0]']
        """
        return super().logits(inputs_of(inputs, self.layers[0].n_inputs, "MLP"))

    def summary(self) -> str:
        """Say its widths and activations.

        >>> MLP([2, 4, 1], rng=0).summary()
        '2 -> 4 tanh -> 1 linear'
        """
        widths = [f"{layer.n_outputs} {activation_name(layer.activation)}" for layer in self.layers]
        return " -> ".join([str(self.layers[0].n_inputs), *widths])


class Residual(Module):
    """A skip connection: the inputs plus what ``module`` makes of them (syllabus B12).

    Takes n numbers or nodes, gives a list of n nodes. A call raises ``ValueError`` if the
    module gives another number of outputs than it was given inputs.

    >>> block = Residual(Layer(2, 2, init=lambda n_in, n_out, rng: 1.0))
    >>> [y.data for y in block([1.0, 2.0])]
    [4.0, 5.0]
    """

    def __init__(self, module: Callable[[Any], Any]) -> None:
        if not callable(module):
            raise TypeError(f"Residual expects a module, got {shortened(module)}")
        self.module = module

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

        >>> Residual(Softmax()).summary()
        'Softmax()'
        """
        return _described(self.module)


class Dropout(Module):
    """While training, set each input to 0 with probability ``p`` (syllabus E6).

    The others are multiplied by 1 / (1 - p), so that the expectation stays what it is
    ("inverted" dropout); after ``eval()`` all inputs pass unchanged.

    Arguments:
        p: from 0 up to but not including 1.
        rng: an int, a ``random.Random``, or None for fresh entropy; one number is drawn
            for each input, in order.

    Raises ``ValueError`` for another ``p``. Source: Srivastava et al. (2014).

    >>> drop = Dropout(0.5, rng=2)
    >>> [y.data for y in drop([1.0, 1.0, 1.0])]
    [2.0, 2.0, 0.0]
    """

    def __init__(self, p: float, rng: int | Random | None = None) -> None:
        self.p = probability(p, "p of Dropout")
        self.rng = generator(rng)

    def __call__(self, inputs: Iterable[Any]) -> list[Value]:
        """Give the inputs, some of them multiplied by 0."""
        nodes = inputs_of(inputs, None, "Dropout")
        if not self.training:
            return nodes
        kept = 1.0 / (1.0 - self.p)
        return [x * (0.0 if self.rng.random() < self.p else kept) for x in nodes]

    def summary(self) -> str:
        """Say its probability.

        >>> Dropout(0.5).summary()
        '0.5'
        """
        return f"{self.p:g}"


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

    Takes a sequence of at least one row of ``n_inputs`` numbers or nodes. A call raises
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
        self.cell.relabel(1, "h", "cell")
        self.readout.relabel(2, "y", "readout")

    @property
    def output_activation(self) -> Activation:
        """The activation of the readout."""
        return self.readout.activation

    def __call__(self, rows: Iterable[Iterable[Any]]) -> list[list[Value]]:
        """Give the outputs of every step."""
        return self._unrolled(rows, self.readout)

    def hidden(self, rows: Iterable[Iterable[Any]]) -> list[list[Value]]:
        """Give the outputs of the cell in every step: its memory.

        >>> [len(states) for states in Recurrent(1, 3, 2, rng=0).hidden([[1.0], [0.0]])]
        [3, 3]
        """
        return self._unrolled(rows, list)

    def logits(self, rows: Iterable[Iterable[Any]]) -> list[list[Value]]:
        """Give the outputs of every step before the activation of the readout.

        >>> Recurrent(1, 3, 1, output="sigmoid", rng=0).logits([[1.0]])[0][0].label
        's2[0]'
        """
        return self._unrolled(rows, self.readout.logits)

    def _unrolled(self, rows: Any, read: Callable[[Any], list[Value]]) -> list[list[Value]]:
        states: list[Value] = [Constant(0.0, f"h0[{i}]") for i in range(self.n_hidden)]
        outputs = []
        for step, row in enumerate(sequence_of(rows, "Recurrent", "rows"), start=1):
            nodes = inputs_of(row, self.n_inputs, f"step {step} of Recurrent")
            with scope(f"step {step}"):
                states = self.cell(nodes + states)
                outputs.append(read(states))
        if not outputs:
            raise ValueError("Recurrent expects at least one row, got none")
        return outputs

    def summary(self) -> str:
        """Say its widths and activations.

        >>> Recurrent(1, 3, 2, rng=0).summary()
        '1 -> 3 tanh -> 2 linear'
        """
        cell, readout = (layer.summary().split(" -> ")[1] for layer in (self.cell, self.readout))
        return f"{self.n_inputs} -> {cell} -> {readout}"
