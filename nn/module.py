"""``Parameter`` and ``Module``: what can be trained, and what holds it."""

from __future__ import annotations

import json
import math
import warnings
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from autograd import Value
from autograd.copying import slot_names
from autograd.errors import counted, shortened, unknown_name
from autograd.files import write_atomically
from autograd.primitives import as_real

KINDS = ("weight", "bias")
FORMAT = 1  # of the files that ``save`` writes
PLAIN = {float, int, str, bool, type(None)}  # what holds no parameters, and is met most often


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

    Parameters are found by walking the attributes, through lists, tuples, dicts, arrays and
    modules within; one that is met twice (sharing) is one parameter. ``training`` says
    whether the module is being trained (True at first) or used; what draws random
    numbers while training keeps its ``random.Random`` in an attribute ``rng``. What ends in an
    activation may say so, for ``loss="auto"``: ``output_activation`` is its name or the
    function, ``logits(inputs)`` gives the outputs before it.

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

    training = True

    def __call__(self, inputs: Any) -> Any:
        """Give the outputs for one sample: what every module defines for itself."""
        raise NotImplementedError(f"{type(self).__name__} must define __call__(self, inputs)")

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
        for outer, name, thing in _walk(self):
            if isinstance(thing, Parameter) and thing not in paths:
                paths[thing] = _path(outer, name)
        return paths

    def parameters(self) -> list[Parameter]:
        """Give every parameter once, in the order of definition.

        >>> from nn import Neuron
        >>> [p.label for p in Neuron(2, rng=0).parameters()]
        ['w[0]', 'w[1]', 'b']
        """
        found = [thing for *_, thing in _walk(self) if isinstance(thing, Parameter)]
        return list(dict.fromkeys(found))

    def modules(self) -> list[Module]:
        """Give every module once, in the order of definition: itself, then all within it.

        >>> from nn import Dropout, Sequential
        >>> [type(m).__name__ for m in Sequential(Dropout(0.5)).modules()]
        ['Sequential', 'Dropout']
        """
        return [thing for *_, thing in _walk(self) if isinstance(thing, Module)]

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

    # --- being trained, or used ----------------------------------------------------

    def train(self, mode: bool = True) -> Self:
        """Set ``training`` to ``mode``, here and in every module within; give the module itself.

        >>> from nn import Dropout
        >>> Dropout(0.5).eval().train().training
        True
        """
        for module in self.modules():
            module.training = mode
        return self

    def eval(self) -> Self:
        """Set ``training`` to False, here and in every module within; give the module itself.

        >>> from nn import Dropout
        >>> [y.data for y in Dropout(0.5).eval()([1.0, 2.0])]
        [1.0, 2.0]
        """
        return self.train(False)

    # --- state: the numbers of all parameters, by path ------------------------------

    def state_dict(self) -> dict[str, float]:
        """Give the number of every parameter by its path.

        >>> from nn import Neuron
        >>> Neuron(1, init=lambda n_in, n_out, rng: 3.0).state_dict()
        {'weights.0': 3.0, 'bias': 0.0}
        """
        return {path: float(p.data) for path, p in self.named_parameters().items()}

    def load_state_dict(self, state: Mapping[str, float]) -> None:
        """Set every parameter to the number that ``state`` has for its path.

        Raises ``ValueError`` that lists what is missing, unexpected or not a finite number,
        ``TypeError`` if it is no mapping; no parameter has changed then.

        >>> from nn import Neuron
        >>> Neuron(1).load_state_dict({"weight": 3.0, "bias": float("nan")})
        Traceback (most recent call last):
        ValueError: Neuron(1 -> linear; 2 parameters) cannot take this state: missing
        'weights.0'; unexpected 'weight'; not a finite number: 'bias'
        """
        for parameter, number in self._fitting(state):
            parameter.data = number

    def _fitting(self, state: Any) -> list[tuple[Parameter, float]]:
        """Give each parameter with its number in ``state``, or say all that is wrong with it."""
        if not isinstance(state, Mapping):
            kind = type(state).__name__
            raise TypeError(
                "load_state_dict expects a dict, as state_dict gives it,"
                f" got {kind} {shortened(state)}"
            )
        parameters = self.named_parameters()
        numbers = {path: _number(state[path]) for path in parameters if path in state}
        faults = {
            "missing": [path for path in parameters if path not in state],
            "unexpected": [path for path in state if path not in parameters],
            "not a finite number:": [path for path, x in numbers.items() if not math.isfinite(x)],
        }
        found = [f"{what} {_listed(paths)}" for what, paths in faults.items() if paths]
        if found:
            raise ValueError(f"{self!r} cannot take this state: {'; '.join(found)}")
        return [(parameters[path], number) for path, number in numbers.items()]

    def save(self, path: str | Path) -> Path:
        """Write the state to a JSON file, wholly or not at all; give its path.

        Raises ``ValueError`` if a parameter is not finite, ``OSError`` if the file cannot be
        written; a file that was there before is untouched then.

        >>> from tempfile import TemporaryDirectory
        >>> from nn import MLP
        >>> with TemporaryDirectory() as folder:
        ...     path = MLP([2, 3, 1], rng=0).save(folder + "/net.json")
        ...     other = MLP([2, 3, 1], rng=1)
        ...     other.load(path)
        >>> other.state_dict() == MLP([2, 3, 1], rng=0).state_dict()
        True
        """
        state = self.state_dict()
        spoilt = [path for path, number in state.items() if not math.isfinite(number)]
        if spoilt:
            raise ValueError(f"{self!r} cannot be saved: not a finite number: {_listed(spoilt)}")
        content = state_content(repr(self), state)
        target = Path(path)
        write_atomically(target, (json.dumps(content, indent=1) + "\n").encode())
        return target

    def load(self, path: str | Path) -> None:
        """Read the state from a file that ``save`` wrote, or from a checkpoint of ``fit``.

        The file can only hold numbers.

        Warns if a model with another ``repr`` was saved there, of other activations perhaps.
        Raises ``ValueError`` if it is no such file or does not fit this module, ``OSError`` if
        it cannot be read; no parameter has changed then.

        >>> from nn import MLP
        >>> MLP([2, 3, 1]).load("README.md")
        Traceback (most recent call last):
        ValueError: 'README.md' is no state that save() wrote: Expecting value: line 1 column 1
        (char 0)
        """
        try:
            content = json.loads(Path(path).read_bytes())
        except (ValueError, RecursionError) as error:
            raise ValueError(f"{str(path)!r} is no state that save() wrote: {error}") from None
        if not isinstance(content, dict) or content.get("gradtable state") != FORMAT:
            heading = f"it has no heading 'gradtable state': {FORMAT}"
            raise ValueError(f"{str(path)!r} is no state that save() wrote: {heading}")
        origin = content.get("model")
        try:
            fitting = self._fitting(content.get("parameters", {}))
        except (ValueError, TypeError) as error:
            raise ValueError(f"{str(path)!r}, saved from {origin}: {error}") from None
        if origin != repr(self):  # said before anything changes: a warning may be made an error
            warnings.warn(f"{str(path)!r}: parameters of {origin} for {self!r}", stacklevel=2)
        for parameter, number in fitting:
            parameter.data = number

    # --- as text -------------------------------------------------------------------------

    def summary(self) -> str:
        """Say in a few words what it is made of; part of ``repr``. Empty by default.

        >>> Module().summary()
        ''
        """
        return ""

    def __repr__(self) -> str:
        parts = [self.summary(), counted(len(self.parameters()), "parameter")]
        return f"{type(self).__name__}({'; '.join(filter(None, parts))})"


def state_content(model: str, state: dict[str, float]) -> dict[str, Any]:
    """Give what ``load`` expects in a file: the numbers, and of which model they are.

    >>> state_content("Neuron(1 -> linear; 2 parameters)", {"weights.0": 3.0, "bias": 0.0})["model"]
    'Neuron(1 -> linear; 2 parameters)'
    """
    return {"gradtable state": FORMAT, "model": model, "parameters": state}


@contextmanager
def evaluating(model: Any) -> Iterator[None]:
    """Let a model be used inside a ``with``: after it, each module has its own mode again.

    Does nothing for what is no ``Module``.

    >>> from nn import Dropout
    >>> drop = Dropout(0.5)
    >>> with evaluating(drop):
    ...     drop.training
    False
    >>> drop.training
    True
    """
    modules = model.modules() if isinstance(model, Module) else []
    modes = [module.training for module in modules]
    try:
        for module in modules:
            module.training = False
        yield
    finally:
        for module, mode in zip(modules, modes, strict=True):
            module.training = mode


def _number(thing: Any) -> float:
    """Give a real number as a float, and nan for anything else, a bool too."""
    try:
        number = None if isinstance(thing, bool) else as_real(thing)
    except OverflowError:
        number = None
    return math.nan if number is None else number


def _listed(paths: Iterable[object], most: int = 5) -> str:
    """Write down some of the paths, and how many more there are."""
    every = list(paths)
    names = ", ".join(map(shortened, every[:most]))
    return names if len(every) <= most else f"{names} and {len(every) - most:,} more"


def _walk(module: Module) -> Iterator[tuple[str, Any, Any]]:
    """Go through modules and parameters, depth first: (path of what holds it, name, thing)."""
    seen: set[int] = set()
    stack: list[tuple[str, Any, Any]] = [("", "", module)]
    while stack:
        outer, name, thing = stack.pop()
        if isinstance(thing, Parameter):
            yield outer, name, thing
            continue
        if type(thing) in PLAIN or id(thing) in seen:
            continue
        path = _path(outer, name)
        parts = _parts(thing, path)
        if not (parts or isinstance(thing, Module)):
            continue
        seen.add(id(thing))  # a module may hold itself, or be used twice
        if isinstance(thing, Module):
            yield outer, name, thing
        if all(isinstance(part, Parameter) for _, part in parts):  # the usual list
            yield from [(path, each, part) for each, part in parts]
        else:
            stack += [(path, each, part) for each, part in reversed(parts)]


def _path(outer: str, name: Any) -> str:
    return f"{outer}.{name}" if outer else str(name)


def _parts(thing: Any, path: str) -> list[tuple[Any, Any]]:
    """Give the (name, part) pairs of what can hold parameters; nothing for all else."""
    if type(thing) in (list, tuple):
        return list(enumerate(thing))
    if isinstance(thing, Module):
        names = [*slot_names(type(thing)), *vars(thing)]
        return [(name, getattr(thing, name, None)) for name in names]
    if str(getattr(thing, "dtype", "")) == "object":  # an array of nodes
        thing = thing.ravel().tolist()
    if isinstance(thing, Mapping):
        return list(thing.items())
    if isinstance(thing, (Sequence, deque)) and not isinstance(thing, (str, bytes)):
        return list(enumerate(thing))
    if isinstance(thing, (set, frozenset)) and any(
        isinstance(x, (Parameter, Module)) for x in thing
    ):
        raise TypeError(
            f"{path!r} is a set, which has no order: keep parameters and modules in a list"
        )
    return []
