"""A layer of neurons, and what else acts on all outputs of a layer: activations, dropout.

Everything here takes one sample, a list of numbers or nodes, and gives a list of nodes.
"""

from __future__ import annotations

from collections.abc import Iterable
from random import Random
from typing import Any

from autograd import Value, affine, scope, softmax, step, where

from .activations import Activation, activation_name, acts_on_layer
from .activations import activation as activation_of
from .checks import generator, inputs_of, node_of, probability, width
from .initializers import Initializer, initializer
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
        draw, source = initializer(init), generator(rng)

        def drawn(n_in: int, n_out: int, rng: Random) -> float:
            return draw(n_in, self.n_outputs, rng)  # a neuron knows of one output only

        self.neurons = [
            Neuron(n_inputs, each, drawn, source, bias, expand) for _ in range(self.n_outputs)
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
        who = "Layer" if self.name == "layer" else f"Layer {self.name!r}"
        nodes = inputs_of(inputs, self.n_inputs, who)
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
        if acts_on_layer(self.activation):
            outputs: list[Value] = self.activation(nodes)
            return outputs
        what = f"what {activation_name(self.activation)} gives"
        return [node_of(self.activation(s), what) for s in nodes]

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
        # no branch of Python's, so that it can be recorded: where a draw is below p
        return [x * where(step(self.p - self.rng.random()), 0.0, kept) for x in nodes]

    def summary(self) -> str:
        """Say its probability.

        >>> Dropout(0.5).summary()
        '0.5'
        """
        return f"{self.p!r}"
