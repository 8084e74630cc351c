"""Layers of neurons, and networks of layers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from random import Random
from typing import Any

from autograd import Value, scope

from .activations import Activation, activation_name
from .activations import activation as activation_of
from .checks import generator, inputs_of, width
from .initializers import Initializer
from .module import Module
from .neurons import Neuron


class Layer(Module):
    """Neurons side by side: ``n_inputs`` numbers or nodes in, a list of ``n_outputs`` nodes out.

    Arguments are those of ``Neuron``. The nodes that a layer makes are one
    cluster of a drawing, ``name``, with a cluster in it for each neuron. A call raises
    ``ValueError`` for another number of inputs than ``n_inputs``.

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
        self.name = name
        self._cluster = scope(name)
        source = generator(rng)
        self.neurons = [
            Neuron(n_inputs, activation, init, source, bias, expand, self.n_outputs)
            for _ in range(self.n_outputs)
        ]
        self.relabel("")

    def relabel(self, number: int | str, output: str = "y") -> None:
        """Number the labels of its parameters and nodes: ``w1[0,2]``, ``b1[0]``, ``s1[0]``.

        ``output`` is the letter of its outputs.

        >>> layer = Layer(1, 1, rng=0)
        >>> layer.relabel(1, "h1")
        >>> layer([0.5])[0].label, layer.parameters()[0].label
        ('h1[0]', 'w1[0,0]')
        """
        for i, neuron in enumerate(self.neurons):
            neuron.relabel(
                f"w{number}[{i},{{}}]",
                f"b{number}[{i}]",
                f"s{number}[{i}]",
                f"{output}[{i}]",
                (self.name, f"neuron {i}"),
            )

    def potentials(self, inputs: Iterable[Any]) -> list[Value]:
        """Give the inner potential of every neuron: the outputs before the activation.

        >>> len(Layer(1, 2, "tanh", rng=0).potentials([0.5]))
        2
        """
        nodes = inputs_of(inputs, self.n_inputs, "Layer")
        with self._cluster:
            return [neuron.potential(nodes) for neuron in self.neurons]

    def __call__(self, inputs: Iterable[Any]) -> list[Value]:
        """Give the output of every neuron."""
        nodes = inputs_of(inputs, self.n_inputs, "Layer")
        with self._cluster:
            return [neuron.output(nodes) for neuron in self.neurons]

    def summary(self) -> str:
        """Say its widths and its activation.

        >>> Layer(1, 2, "tanh", rng=0).summary()
        '1 -> 2 tanh'
        """
        return f"{self.n_inputs} -> {self.n_outputs} {activation_name(self.activation)}"


class MLP(Module):
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
        self.layers = [
            Layer(n_in, n_out, act, init, source, name=f"layer {k}")
            for k, (n_in, n_out, act) in enumerate(
                zip(widths[:-1], widths[1:], [*activations, output], strict=True), start=1
            )
        ]
        for k, layer in enumerate(self.layers, start=1):
            layer.relabel(k, f"h{k}" if k <= hidden else "y")

    def __call__(self, inputs: Iterable[Any]) -> list[Value]:
        """Give the outputs of the last layer."""
        return self.hidden(inputs)[-1]

    def hidden(self, inputs: Iterable[Any]) -> list[list[Value]]:
        """Give the outputs of every layer, the last one's included.

        >>> [len(outputs) for outputs in MLP([2, 4, 1], rng=0).hidden([0.0, 1.0])]
        [4, 1]
        """
        outputs = []
        values = inputs_of(inputs, self.layers[0].n_inputs, "MLP")
        for layer in self.layers:
            values = layer(values)
            outputs.append(values)
        return outputs

    def logits(self, inputs: Iterable[Any]) -> list[Value]:
        """Give the last layer's inner potentials: the outputs before its activation.

        >>> [s.label for s in MLP([2, 4, 1], output="sigmoid", rng=0).logits([0.0, 1.0])]
        ['s2[0]']
        """
        values = inputs_of(inputs, self.layers[0].n_inputs, "MLP")
        for layer in self.layers[:-1]:
            values = layer(values)
        return self.layers[-1].potentials(values)

    def summary(self) -> str:
        """Say its widths and activations.

        >>> MLP([2, 4, 1], rng=0).summary()
        '2 -> 4 tanh -> 1 linear'
        """
        widths = [f"{layer.n_outputs} {activation_name(layer.activation)}" for layer in self.layers]
        return " -> ".join([str(self.layers[0].n_inputs), *widths])
