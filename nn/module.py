"""``Parameter`` and ``Module``: what can be trained, and what holds it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from autograd import Value
from autograd.errors import counted, unknown_name

KINDS = ("weight", "bias")


class Parameter(Value):
    """A leaf that training changes.

    Arguments:
        data: its number.
        label: a name for people.
        kind: ``"weight"`` or ``"bias"``; regularizers touch weights only.

    Raises ``ValueError`` for another kind.

    >>> w = Parameter(0.5, "w")
    >>> w, w.role, w.kind
    (Parameter(data=0.5, grad=0, label='w'), 'parameter', 'weight')
    """

    __slots__ = ("kind",)

    def __init__(self, data: Any, label: str = "", kind: str = "weight") -> None:
        super().__init__(data, label)
        if kind not in KINDS:
            raise unknown_name("kind of parameter", kind, KINDS)
        self.kind = kind

    @property
    def role(self) -> str:
        """Always ``"parameter"``."""
        return "parameter"


class Module:
    """Anything that holds parameters: write ``__init__`` and ``__call__``, no more.

    Parameters are found by walking the attributes, through lists, tuples, dicts and
    modules within; one that is met twice (sharing) is one parameter.

    >>> class Scale(Module):
    ...     def __init__(self):
    ...         self.factor = Parameter(2.0, "factor")
    ...     def __call__(self, x):
    ...         return self.factor * x
    >>> Scale()
    Scale(1 parameter)
    >>> list(Scale().named_parameters())
    ['factor']
    """

    def named_parameters(self) -> dict[str, Parameter]:
        """Give every parameter under the path that leads to it, in the order of definition.

        >>> from nn import Neuron
        >>> list(Neuron(2, rng=0).named_parameters())
        ['weights.0', 'weights.1', 'bias']
        """
        names: dict[Parameter, str] = {}
        for path, parameter in _walk(self, "", set()):
            names.setdefault(parameter, path)
        return {path: parameter for parameter, path in names.items()}

    def parameters(self) -> list[Parameter]:
        """Give every parameter once, in the order of definition.

        >>> from nn import Neuron
        >>> [p.label for p in Neuron(2, rng=0).parameters()]
        ['w[0]', 'w[1]', 'b']
        """
        return list(self.named_parameters().values())

    def zero_grad(self) -> None:
        """Set the gradient of every parameter to 0.0.

        >>> from nn import Neuron
        >>> neuron = Neuron(1, rng=0)
        >>> table = neuron([2.0]).backward()
        >>> neuron.zero_grad()
        >>> [p.grad for p in neuron.parameters()]
        [0.0, 0.0]
        """
        for parameter in self.parameters():
            parameter.grad = 0.0

    def summary(self) -> str:
        """Say in a few words what it is made of; part of ``repr``. Empty by default.

        >>> Module().summary()
        ''
        """
        return ""

    def __repr__(self) -> str:
        parts = [self.summary(), counted(len(self.parameters()), "parameter")]
        return f"{type(self).__name__}({'; '.join(filter(None, parts))})"


def _walk(thing: Any, path: str, seen: set[int]) -> Iterator[tuple[str, Parameter]]:
    if isinstance(thing, Parameter):
        yield path, thing
        return
    if isinstance(thing, Module):
        items = list(vars(thing).items())
    elif isinstance(thing, dict):
        items = list(thing.items())
    elif isinstance(thing, (list, tuple)):
        items = [(str(i), part) for i, part in enumerate(thing)]
    else:
        return
    if id(thing) in seen:  # a module that holds itself, or one that is used twice
        return
    seen.add(id(thing))
    for name, part in items:
        yield from _walk(part, f"{path}.{name}" if path else str(name), seen)
