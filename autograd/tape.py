"""``Tape``: a graph recorded once, and replayed for other numbers.

A tape is a function of (theta, X): theta are the numbers of the parameters, X has a row of
inputs for each sample. What it computes is what eager execution would; how, is up to its
engine: compiled code where numba is installed, else plain Python.
"""

from __future__ import annotations

import math
import signal
import sys
import threading
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache, cached_property
from typing import Any

from .errors import RecordingError, counted, shortened, unknown_name, whole_number
from .formulas import expression, node_names
from .graph import topological_order, walk
from .primitives import real
from .recording import refusing_branches
from .replay import PythonReplay
from .trees import is_array
from .value import Value
from .watching import READS, watched
from .wengert import Program

__all__ = ["Tape", "record"]

ENGINES = ("auto", "numba", "python")
TRUSTED = ("autograd", "nn")  # packages that know that the numbers of a recording are nan
PATIENCE = 3.0  # seconds
COMPILING = "compiling what replays tapes for this machine: some ten seconds, and only once"


class Tape:
    """A recorded graph as a list of instructions, which can be replayed for many samples.

    Arguments:
        outputs: a node, or a list of nodes.
        inputs: the nodes that get the numbers of a row of X, in this order.
        parameters: the nodes that get the numbers of theta. All other leaves stay what they
            are: they are constants.
        engine: ``"numba"``, ``"python"``, or ``"auto"`` for the faster of those there are.

    What no output depends on is not replayed; ``len(tape)`` is the number of instructions, and
    ``print(tape)`` shows them. Raises ``TypeError`` for what is no node, ``ValueError`` for no
    outputs or a node that is given twice.

    >>> w, x = Value(3.0, "w"), Value(2.0, "x")
    >>> tape = Tape((w * x).exp().named("y"), [x], [w], engine="python")
    >>> print(tape)
    inputs      x
    parameters  w
    each sample
      v2 = w × x
      y = exp(v2)
    outputs     y
    >>> tape.forward([[0.0], [1.0]], theta=[0.0])
    [[1.0], [1.0]]
    """

    def __init__(
        self,
        outputs: Value | Iterable[Value],
        inputs: Iterable[Value] = (),
        parameters: Iterable[Value] = (),
        engine: str = "auto",
    ) -> None:
        if engine not in ENGINES:
            raise unknown_name("engine", engine, ENGINES)
        results = [outputs] if isinstance(outputs, Value) else _nodes(outputs, "outputs")
        if not results:
            raise ValueError("a Tape needs at least one output, got none")
        rows, leaves = _nodes(inputs, "inputs"), _nodes(parameters, "parameters")
        _distinct([*rows, *leaves])
        self.parameters: list[Value] = leaves
        self.program = Program(results, rows, leaves)
        self._asked = engine

    @property
    def n_inputs(self) -> int:
        """The numbers in a row of X."""
        return self.program.n_inputs

    @property
    def n_outputs(self) -> int:
        """The numbers in a row of what ``forward`` gives."""
        return len(self.program.outputs)

    @property
    def engine(self) -> str:
        """What replays: ``"numba"`` or ``"python"``."""
        name: str = self._replay.engine
        return name

    def theta(self) -> Any:
        """Give the numbers of the parameters as they are: an array, without numpy a list.

        >>> [float(number) for number in Tape(Value(3.0), parameters=[Value(2.0)]).theta()]
        [2.0]
        """
        numbers = [p.data for p in self.parameters]
        np = _numpy()
        return numbers if np is None else np.array(numbers, float)

    def forward(self, X: Any, theta: Any = None) -> Any:
        """Give the outputs for each sample: (n_samples, n_outputs).

        ``X`` is (n_samples, n_inputs), ``theta`` (n_parameters,); None takes the parameters as
        they are, which means to look at each of them. An array gives an array, lists give lists.
        Raises ``TypeError`` or ``ValueError`` for other shapes and what is no number, and
        ``DomainError``, with the ``sample``, where eager execution would.

        >>> x = Value(2.0)
        >>> Tape([x + 1.0, x * x], [x]).forward([[3.0], [4.0]])
        [[4.0, 9.0], [5.0, 16.0]]
        """
        return self._replayed("forward", X, theta)

    def value_and_grad(self, X: Any, theta: Any = None) -> tuple[float, Any]:
        """Give the mean of the one output over the samples, and the gradient of that mean.

        The gradient is (n_parameters,). Arguments and errors as in ``forward``; ``ValueError``
        also if there are no samples, or several outputs.

        >>> w, x = Value(3.0), Value(2.0)
        >>> Tape(w * x, [x], [w]).value_and_grad([[1.0], [2.0]])
        (4.5, [1.5])
        """
        if theta is not None and self._quick is not None:
            try:
                value, gradient = self._quick(X, theta)
                if value - value == 0.0:
                    return value, gradient
            except (TypeError, ValueError):  # lists, or arrays of another kind
                pass
        if self.n_outputs != 1:
            raise ValueError(
                f"value_and_grad is of a tape with one output, and this one has {self.n_outputs}:"
                " take tape.jacobian, or record one number"
            )
        replay = self._replay
        samples, numbers = self._rows(X), self._numbers(theta)
        if not len(samples):
            raise ValueError("value_and_grad is a mean over the samples, and X has none")
        value, gradient = replay.value_and_grad(samples, numbers)
        arrays = is_array(X) or is_array(theta)
        return value, gradient if replay.engine == "numba" and arrays else _as(arrays, gradient)

    def jacobian(self, X: Any, theta: Any = None) -> Any:
        """Give the derivatives of outputs by inputs: (n_samples, n_outputs, n_inputs).

        Arguments and errors as in ``forward``.

        >>> x = Value(2.0)
        >>> Tape([x + 1.0, x * x], [x]).jacobian([[3.0]])
        [[[1.0], [6.0]]]
        """
        return self._replayed("jacobian", X, theta)

    def __len__(self) -> int:
        return len(self.program.instructions)

    def __bool__(self) -> bool:
        return True  # without instructions, too

    def __str__(self) -> str:
        return str(self.program)

    def __repr__(self) -> str:
        sizes = {"input": self.n_inputs, "parameter": len(self.parameters)}
        sizes |= {"instruction": len(self), "output": self.n_outputs}
        return f"<Tape: {', '.join(counted(number, what) for what, number in sizes.items())}>"

    def __getstate__(self) -> dict[str, Any]:
        made = ("_replay", "_quick")  # and made again where it is loaded
        return {name: part for name, part in vars(self).items() if name not in made}

    # --- replaying ----------------------------------------------------------------------

    @cached_property
    def _replay(self) -> Any:
        compiled = None if self._asked == "python" else _compiled()
        if compiled is None or not compiled.can_encode(self.program):
            return PythonReplay(self.program)
        return compiled.NumbaReplay(self.program)

    @cached_property
    def _quick(self) -> Any:
        """The shortest way to a gradient, without a look at arguments; None if there is none."""
        return self._replay.quick if self.engine == "numba" and self.n_outputs == 1 else None

    def _replayed(self, what: str, X: Any, theta: Any) -> Any:
        replay = self._replay
        samples = self._rows(X)
        result = getattr(replay, what)(samples, self._numbers(theta))
        if not (is_array(X) or is_array(theta)):
            return result.tolist() if is_array(result) else result
        np = _numpy()  # it is there: an array came in
        shape = (len(samples), self.n_outputs, self.n_inputs)
        return np.asarray(result, float).reshape(shape if what == "jacobian" else shape[:2])

    def _rows(self, X: Any) -> Any:
        """Give X as the engine takes it: an array in C order, or lists of floats."""
        if self._replay.engine == "python":
            return _lists(X, self.n_inputs)
        np = _numpy()
        if type(X) is np.ndarray and X.dtype == float and X.ndim == 2:  # the usual case
            array = X
        else:
            array = _table(X, self.n_inputs)
        if array.shape[1] != self.n_inputs:
            raise _wrong_width(array.shape, self.n_inputs)
        return np.require(array, float, "CAW")

    def _numbers(self, theta: Any) -> Any:
        """Give theta as the engine takes it."""
        np = _numpy() if self._replay.engine == "numba" else None
        if theta is None:
            numbers: Any = [p.data for p in self.parameters]
            return numbers if np is None else np.array(numbers, float)
        n = len(self.parameters)
        if is_array(theta) and theta.shape != (n,):
            raise ValueError(
                f"theta is a number for each of the {n} parameters: an array of shape"
                f" ({n},), got shape {theta.shape}"
            )
        if np is not None and is_array(theta) and theta.dtype == float:
            return np.require(theta, float, "CAW")
        numbers = theta.tolist() if is_array(theta) else _listed(theta)
        numbers = [_number(x, f"theta[{i}]") for i, x in enumerate(numbers)]
        if len(numbers) != n:
            got = counted(len(numbers), "number")
            raise ValueError(f"theta is a number for each of the {n} parameters, got {got}")
        return numbers if np is None else np.array(numbers, float)


def record(
    f: Callable[[list[Value]], Any],
    n_inputs: int,
    parameters: Iterable[Value] = (),
    engine: str = "auto",
) -> Tape:
    """Run ``f`` once on ``n_inputs`` nodes, and give the tape of what it computed.

    ``f`` takes a list of nodes and gives a node or a list of nodes. The numbers in its inputs
    are nan, so that one that is misused shows. Parameters and constants as in ``Tape``. Raises
    ``RecordingError`` if Python branches on a node that depends on an input or a parameter
    (``if``, ``max``, ``sorted``): the tape would go the same way for all samples.

    >>> tape = record(lambda x: x[0] * x[1], 2)
    >>> tape.forward([[2.0, 3.0]])
    [[6.0]]
    >>> record(lambda x: max(x), 2)
    Traceback (most recent call last):
    autograd.errors.RecordingError: the program branches on x[1], which depends on an input or a
    parameter, and a tape goes one way for all samples: write where(step(v), a, b) for "a if
    v > 0 else b", maximum(a, b) for max, relu(v) for max(0, v)
    """
    if not callable(f):
        raise TypeError(f"record expects a function of a list of nodes, got {shortened(f)}")
    leaves = _nodes(parameters, "parameters")
    count = whole_number(n_inputs, "n_inputs of record")
    inputs = [Value(math.nan, f"x[{i}]") for i in range(count)]

    def compute() -> Any:
        with watched([*inputs, *leaves], TRUSTED):
            return f(list(inputs))

    return recorded(compute, inputs, leaves, engine, strict=False)


def recorded(
    f: Callable[[], Any],
    inputs: list[Value],
    parameters: Sequence[Value],
    engine: str = "auto",
    strict: bool = True,
) -> Tape:
    """Run ``f`` and give the tape of what it computed from nodes that it knows.

    ``inputs`` may become more while it runs. Raises as ``record``; also, if it is ``strict``, and
    reads of numbers are ``watched``, for these, of which it else warns.

    >>> x = Value(2.0)
    >>> recorded(lambda: x * x, [x], []).forward([[3.0]])
    [[9.0]]
    """

    def check(node: Value, does: str) -> None:
        known = {*inputs, *parameters}
        if not known.isdisjoint(walk(node)):
            names = node_names(topological_order(node))
            made = expression(node, names)
            what = names[node] + (f" = {made}" if made else "")
            if does == READS:
                text = (
                    f"the program reads the number of {what}, which depends on an input or a"
                    " parameter: in all replays it stays what it was in the recording, where"
                    " inputs are nan"
                )
                if strict:
                    raise RecordingError(text)
                warnings.warn(text, stacklevel=4)
                return
            raise RecordingError(
                f"the program {does} {what}, which depends on an input or a parameter, and"
                " a tape goes one way for all samples: write where(step(v), a, b) for"
                ' "a if v > 0 else b", maximum(a, b) for max, relu(v) for max(0, v)'
            )

    with refusing_branches(check):
        result = f()
    return Tape(result, inputs, parameters, engine)


# --- arguments --------------------------------------------------------------------------


def _nodes(things: Any, what: str) -> list[Value]:
    """Give a sequence of nodes as a list."""
    if hasattr(things, "parameters") and what == "parameters":
        raise TypeError(
            f"parameters is a list of nodes, got {shortened(things)}: pass .parameters()"
        )
    if isinstance(things, (str, bytes, set, frozenset, dict, Value)) or not isinstance(
        things, Iterable
    ):
        kind = type(things).__name__
        advice = f": write [{shortened(things)}]" if isinstance(things, Value) else ""
        raise TypeError(f"{what} is a list of nodes, got {kind} {shortened(things)}{advice}")
    given: Any = things
    nodes = [given.item()] if is_array(given) and not given.ndim else list(given)
    for i, node in enumerate(nodes):
        if not isinstance(node, Value):
            kind = type(node).__name__
            nested = isinstance(node, (list, tuple)) or is_array(node)
            advice = ": write them one after the other, [*first, *second]" if nested else ""
            raise TypeError(
                f"{what} is a flat list of nodes, but {what}[{i}] is {kind}"
                f" {shortened(node)}{advice}"
            )
    return nodes


def _distinct(nodes: list[Value]) -> None:
    seen: set[Value] = set()
    for node in nodes:
        if node in seen:
            raise ValueError(f"{node!r} is given twice among inputs and parameters")
        seen.add(node)


def _listed(theta: Any) -> list[Any]:
    if isinstance(theta, (str, bytes, dict, set, Value)) or not isinstance(theta, Iterable):
        kind = type(theta).__name__
        raise TypeError(f"theta is a sequence of numbers, got {kind} {shortened(theta)}")
    return list(theta)


def _number(thing: Any, where: str) -> float:
    if isinstance(thing, Value):
        raise TypeError(f"{where} is a Value, expected a plain number: pass its .data")
    return real(thing, where)


def _lists(X: Any, width: int) -> list[list[float]]:
    """Give a table as lists of floats."""
    if is_array(X):
        X = _table(X, width)
        if X.shape[1] != width:
            raise _wrong_width(X.shape, width)
        return X.tolist()  # type: ignore[no-any-return]
    if isinstance(X, (str, bytes, dict, set, Value)) or not isinstance(X, Sequence):
        raise _no_table(X, width)
    rows = []
    for i, row in enumerate(X):
        if isinstance(row, (str, bytes, Value)) or not (isinstance(row, Sequence) or is_array(row)):
            raise _no_table(X, width)
        if len(row) != width:
            raise ValueError(
                f"X has {counted(width, 'number')} in a row, one for each input, but X[{i}] has"
                f" {len(row)}"
            )
        rows.append([_number(x, f"X[{i}][{j}]") for j, x in enumerate(row)])
    return rows


def _table(X: Any, width: int) -> Any:
    """Give anything that is a table of real numbers as an array of floats."""
    import numpy as np

    if not is_array(X):
        return np.array(_lists(X, width), float).reshape(len(X), width)
    if X.ndim != 2:
        raise _wrong_width(X.shape, width)
    if type(X).__name__ == "MaskedArray" and X.mask.any():
        raise ValueError("X has masked elements: leave these rows out, or fill the gaps")
    if X.dtype.kind not in "biuf":
        advice = ": if they are numbers, X.astype(float) has them" if X.dtype.kind == "O" else ""
        raise TypeError(f"X is a table of real numbers, got an array of {X.dtype}{advice}")
    return X.astype(float)


def _no_table(X: Any, width: int) -> TypeError:
    return TypeError(
        f"X is a table, a row of {counted(width, 'number')} for each sample, such as [[1.0],"
        f" [2.0]] for one input: got {type(X).__name__} {shortened(X)}"
    )


def _wrong_width(shape: tuple[int, ...], width: int) -> ValueError:
    return ValueError(f"X is a table of shape (n_samples, {width}), got shape {shape}")


def _as(array: bool, result: Any) -> Any:
    """Give a result as an array, or as lists."""
    if array == is_array(result):
        return result
    if not array:
        return result.tolist()
    import numpy as np  # it is there: an array came in

    return np.array(result, float)


@cache
def _numpy() -> Any:
    try:
        import numpy
    except ImportError:
        return None
    return numpy


@contextmanager
def _interrupted_later() -> Iterator[None]:
    """Keep Ctrl-C until the end of a ``with``: a compiler that calls back would lose it."""
    main = threading.current_thread() is threading.main_thread()
    if not main or signal.getsignal(signal.SIGINT) is None:
        yield
        return
    came: list[Any] = []
    before = signal.signal(signal.SIGINT, lambda *given: came.append(given))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if came and callable(before):
        before(*came[0])


@cache
def _compiled() -> Any:
    """Give the room of the compiled replay if that works here; else say so, once."""
    # found on disk it is ready sooner than that, and nothing is said
    patience = threading.Timer(PATIENCE, print, [COMPILING], {"file": sys.stderr, "flush": True})
    patience.daemon = True
    patience.start()
    try:
        with _interrupted_later():
            from . import compiled

            compiled.try_out()
    except ModuleNotFoundError as error:
        why = f"there is no {error.name}: pip install 'gradtable[fast]'"
    except Exception as error:
        why = f"numba does not work here ({type(error).__name__}: {shortened(error)})"
    else:
        return compiled
    finally:
        patience.cancel()
    warnings.warn(f"tapes are replayed in plain Python, slower by far: {why}", stacklevel=2)
    return None
