"""The neuron: an inner potential s = <w, x> + b, and an activation of it."""

from __future__ import annotations

from collections.abc import Iterable
from random import Random
from typing import Any

from autograd import Value, dot, scope
from autograd.errors import shortened

from .activations import Activation, activation_name
from .activations import activation as activation_of
from .checks import generator, inputs_of, width
from .initializers import Initializer, initializer
from .module import Module, Parameter


class Neuron(Module):
    """One neuron: ``n_inputs`` numbers or nodes in, one node out.

    Arguments:
        n_inputs: how many inputs it has, at least 1.
        activation: a name or a function (see ``nn.ACTIVATIONS``).
        init: a name or a function that draws a weight (see ``nn.INITIALIZERS``).
        rng: an int, a ``random.Random``, or None for fresh entropy.
        bias: whether it has a bias; it starts at 0.
        expand: True records the inner potential as single × and + nodes, False as
            one ``dot`` node; values and gradients are the same.

    Raises ``ValueError`` for an unknown name or no inputs; a call raises it for
    another number of inputs than ``n_inputs``. Source: syllabus B.

    >>> neuron = Neuron(2, "tanh", rng=0)
    >>> neuron
    Neuron(2 -> tanh; 3 parameters)
    >>> neuron([1.0, 2.0]).label
    'y'
    """

    def __init__(
        self,
        n_inputs: int,
        activation: str | Activation = "linear",
        init: str | Initializer = "xavier",
        rng: int | Random | None = None,
        bias: bool = True,
        expand: bool = False,
        n_outputs: int = 1,
    ) -> None:
        self.n_inputs = width(n_inputs, "n_inputs of Neuron")
        self.activation = activation_of(activation)
        draw, source = initializer(init), generator(rng)
        self.weights = [
            Parameter(draw(self.n_inputs, n_outputs, source)) for _ in range(self.n_inputs)
        ]
        self.bias = Parameter(0.0, kind="bias") if bias else None
        self.expand = expand
        self.relabel("w[{}]", "b", "s", "y", ("neuron",))

    def relabel(
        self, weight: str, bias: str, potential: str, output: str, path: tuple[str, ...]
    ) -> None:
        """Set the labels: of its parameters, and of the nodes that each call makes.

        ``weight`` has ``{}`` in the place of the input's number. ``path`` are the names of the
        clusters that its parameters are drawn in, the last of them its own.

        >>> neuron = Neuron(1, rng=0)
        >>> neuron.relabel("v{}", "c", "z", "a", ("unit",))
        >>> neuron([1.0]).label, neuron([1.0]).scope
        ('a', ('unit',))
        """
        for j, w in enumerate(self.weights):
            w.named(weight.format(j)).scope = path
        if self.bias is not None:
            self.bias.named(bias).scope = path
        self._potential_label, self._output_label = potential, output
        self._cluster = scope(path[-1])

    def potential(self, inputs: list[Value]) -> Value:
        """Give the inner potential ``<w, x> + b`` of as many nodes as it has weights.

        >>> Neuron(1, init=lambda n_in, n_out, rng: 3.0).potential([Value(2.0)])
        Value(data=6, grad=0, label='s')
        """
        with self._cluster:
            return self._potential(inputs)

    def _potential(self, inputs: list[Value]) -> Value:
        if self.expand:
            s: Value = self.weights[0] * inputs[0]
            for w, x in zip(self.weights[1:], inputs[1:], strict=True):
                s = s + w * x
            if self.bias is not None:
                s = s + self.bias
        else:
            s = dot(self.weights, inputs, 0.0 if self.bias is None else self.bias)
        s.label = self._potential_label
        return s

    def output(self, inputs: list[Value]) -> Value:
        """Give the activation of the inner potential of as many nodes as it has weights.

        >>> Neuron(1, "relu", init=lambda n_in, n_out, rng: 3.0).output([Value(-2.0)])
        Value(data=0, grad=0, label='y')
        """
        with self._cluster:
            y = self.activation(self._potential(inputs))
        if not isinstance(y, Value):
            raise TypeError(
                f"an activation gives a Value, but {activation_name(self.activation)}"
                f" gave {type(y).__name__} {shortened(y)}"
            )
        y.label = self._output_label
        return y

    def __call__(self, inputs: Iterable[Any]) -> Value:
        """Give the output of the neuron."""
        return self.output(inputs_of(inputs, self.n_inputs, "Neuron"))

    def summary(self) -> str:
        """Say how many inputs it has and which activation.

        >>> Neuron(2, "relu", rng=0).summary()
        '2 -> relu'
        """
        return f"{self.n_inputs} -> {activation_name(self.activation)}"
