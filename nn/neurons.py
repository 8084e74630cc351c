"""The neuron: an inner potential s = <w, x> + b, and an activation of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from random import Random
from typing import Any, ClassVar

from autograd import Value, dot, scope, step
from autograd.errors import unknown_name
from autograd.scopes import current_path

from .activations import Activation, activation_name, acts_on_layer, bipolar_step
from .activations import activation as activation_of
from .checks import generator, inputs_of, node_of, sequence_of, width
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
            one ``dot`` node; values and gradients are the same up to rounding.

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
    ) -> None:
        self.n_inputs = width(n_inputs, f"n_inputs of {type(self).__name__}")
        self.activation = activation_of(activation)
        if acts_on_layer(self.activation):
            name = activation_name(self.activation)
            raise ValueError(f"{name} acts on a whole layer, not on a neuron: use Layer or Softmax")
        draw, source = initializer(init), generator(rng)
        if not isinstance(bias, bool):
            raise TypeError(f"bias says whether there is one, True or False, got {bias!r}")
        self.weights = [Parameter(draw(self.n_inputs, 1, source)) for _ in range(self.n_inputs)]
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
        self.potential_label, self.output_label = potential, output
        self._cluster = scope(path[-1])

    @property
    def output_activation(self) -> Activation:
        """The activation that gives its output."""
        return self.activation

    def logits(self, inputs: Iterable[Any]) -> list[Value]:
        """Give the inner potential ``<w, x> + b``, the output before the activation, in a list.

        >>> Neuron(1, "sigmoid", init=lambda n_in, n_out, rng: 3.0).logits([2.0])
        [Value(data=6, grad=0, label='s')]
        """
        nodes = inputs_of(inputs, self.n_inputs, type(self).__name__)
        return [self.labelled(self.potential(nodes))]

    def potential(self, inputs: list[Value]) -> Value:
        """Give the inner potential of as many nodes as it has weights, without a label.

        >>> Neuron(1, init=lambda n_in, n_out, rng: 3.0).potential([Value(2.0)])
        Value(data=6, grad=0)
        """
        with self._cluster:
            if not self.expand:
                s: Value = dot(self.weights, inputs, 0.0 if self.bias is None else self.bias)
                return s
            s = self.weights[0] * inputs[0]
            for w, x in zip(self.weights[1:], inputs[1:], strict=True):
                s = s + w * x
            return s if self.bias is None else s + self.bias

    def labelled(self, potential: Value) -> Value:
        """Give its inner potential the label and the cluster that belong to it.

        >>> Neuron(1, rng=0).labelled(Value(2.0))
        Value(data=2, grad=0, label='s')
        """
        with self._cluster:
            potential.scope = current_path()
        return potential.named(self.potential_label)

    def fire(self, potential: Value) -> Value:
        """Give the activation of its inner potential.

        Raises ``TypeError`` if the activation gives something other than a ``Value``.

        >>> Neuron(1, "relu", rng=0).fire(Value(-2.0))
        Value(data=0, grad=0, label='y')
        """
        with self._cluster:  # ``labelled`` written out: every neuron comes here for every sample
            potential.scope = current_path()
            potential.label = self.potential_label
            y = self.activation(potential)
        if not isinstance(y, Value):
            return node_of(y, f"what {activation_name(self.activation)} gives")  # raises
        y.label = self.output_label
        return y

    def __call__(self, inputs: Iterable[Any]) -> Value:
        """Give the output of the neuron."""
        return self.fire(self.potential(inputs_of(inputs, self.n_inputs, type(self).__name__)))

    def summary(self) -> str:
        """Say how many inputs it has and which activation.

        >>> Neuron(2, "relu", rng=0).summary()
        '2 -> relu'
        """
        return f"{self.n_inputs} -> {activation_name(self.activation)}"


class Perceptron(Neuron):
    """A threshold unit with given weights (McCulloch-Pitts; syllabus B1, B2).

    Arguments:
        weights: n numbers, at least one.
        bias: a number, minus the threshold.
        output: ``"binary"`` gives 1 where the inner potential is above 0, else 0;
            ``"bipolar"`` gives 1 where it is 0 or above, else -1.

    Takes n numbers or nodes, gives one node. The derivative of its output is 0
    everywhere: train its ``logits``, for example with ``perceptron_loss``. Raises
    ``ValueError`` for another output or no weights, ``TypeError`` for weights that are no
    numbers; a call raises ``ValueError`` for another number of inputs.

    >>> both = Perceptron([1.0, 1.0], bias=-1.5)
    >>> [both(row).data for row in ([0, 0], [0, 1], [1, 0], [1, 1])]
    [0.0, 0.0, 0.0, 1.0]
    """

    OUTPUTS: ClassVar[dict[str, Activation]] = {"binary": step, "bipolar": bipolar_step}

    def __init__(self, weights: Sequence[float], bias: float = 0.0, output: str = "binary") -> None:
        if not isinstance(output, str) or output not in self.OUTPUTS:
            raise unknown_name("output of a Perceptron", output, self.OUTPUTS)
        numbers = sequence_of(weights, "weights of Perceptron")
        deal, output_function = iter(numbers), self.OUTPUTS[output]
        super().__init__(len(numbers), output_function, init=lambda n_in, n_out, rng: next(deal))
        self.bias = Parameter(bias, kind="bias")
        self.relabel("w[{}]", "b", "s", "y", ("neuron",))
