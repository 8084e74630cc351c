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

        Raises ``ValueError`` if two paths are spelt alike, ``TypeError`` for a set.

        >>> from nn import Neuron
        >>> list(Neuron(2, rng=0).named_parameters())
        ['weights.0', 'weights.1', 'bias']
        """
        names: dict[str, Parameter] = {}
        for parameter, path in self._paths().items():
            if path in names:
                raise ValueError(f"two parameters have the path {path!r}: rename an entry")
            names[path] = parameter
        return names

    def _paths(self) -> dict[Parameter, str]:
        paths: dict[Parameter, str] = {}
        for path, parameter in _walk(self):
            paths.setdefault(parameter, path)
        return paths

    def parameters(self) -> list[Parameter]:
        """Give every parameter once, in the order of definition.

        >>> from nn import Neuron
        >>> [p.label for p in Neuron(2, rng=0).parameters()]
        ['w[0]', 'w[1]', 'b']
        """
        return list(self._paths())

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


def _walk(module: Module) -> Iterator[tuple[str, Parameter]]:
    """Go through the parameters and the paths that lead to them, depth first."""
    seen: set[int] = set()
    stack: list[tuple[str, Any]] = [("", module)]
    while stack:
        path, thing = stack.pop()
        if isinstance(thing, Parameter):
            yield path, thing
            continue
        parts = _parts(thing, path)
        if not parts or id(thing) in seen:  # a module that holds itself, or is used twice
            continue
        seen.add(id(thing))
        stack += [(f"{path}.{name}" if path else str(name), part) for name, part in parts[::-1]]


def _parts(thing: Any, path: str) -> list[tuple[Any, Any]]:
    """Give the (name, part) pairs of what can hold parameters; nothing for all else."""
    if isinstance(thing, Module):
        slots = [vars(kind).get("__slots__", ()) for kind in reversed(type(thing).__mro__)]
        names = [n for some in slots for n in ([some] if isinstance(some, str) else some)]
        return [(n, getattr(thing, n, None)) for n in [*names, *vars(thing)] if n != "__dict__"]
    if isinstance(thing, dict):
        return list(thing.items())
    if isinstance(thing, (list, tuple)):
        return list(enumerate(thing))
    if isinstance(thing, (set, frozenset)) and any(
        isinstance(x, (Parameter, Module)) for x in thing
    ):
        raise TypeError(
            f"{path!r} is a set, which has no order: keep parameters and modules in a list"
        )
    return []
