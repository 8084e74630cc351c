"""``Value``: one node of the computation graph.

A node knows its number, the operation that made it, its operands and, on each
edge to an operand, the local partial derivative recorded when it was made.

Why the operands are not simply a tuple: Python's cyclic garbage collector pays
for every container that is alive, so a unary or binary node is ONE object. Its
slots hold operand and partial pairwise:

    _a, _da   first operand, d self / d first operand
    _b, _db   second operand and its partial; None on a unary node
    operations on more operands keep one tuple in _a and one in _da

An operand given as a plain number stays a float in its slot until somebody looks
at ``parents``; only then it becomes a ``Constant``. A number that takes no
gradient (the exponent of ``x ** 2``) sits in _b with _db None and never does.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from operator import mul as times
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from . import primitives as table
from .errors import counted, shortened, undefined
from .primitives import Primitive, as_real, real
from .recording import branch_check
from .scopes import current_path

if TYPE_CHECKING:
    from pathlib import Path

    from .backprop import GradTable
    from .drawing import Drawing
    from .tracing import Trace

Self = TypeVar("Self", bound="Value")

_lock = threading.Lock()


class Value:
    """A number that remembers where it came from.

    Arguments:
        data: any real number; stored as a float.
        label: a name for people, shown in messages and drawings.

    Attributes:
        data: the number; assignable on leaves, as optimizers do.
        grad: running sum of what ``backward`` calls added; starts at 0.0.
        op: the ``Primitive`` that made it, None on a leaf.
        scope: the path of ``scope`` names it was made in.

    Raises ``TypeError`` if ``data`` is not a real number.

    >>> w, x, b = Value(0.8, "w"), Value(1.5, "x"), Value(-0.3, "b")
    >>> a = (w * x + b).sigmoid().named("a")
    >>> table = a.backward()
    >>> w
    Value(data=0.8, grad=0.30825, label='w')
    """

    __slots__ = ("_a", "_b", "_da", "_db", "_swept", "data", "grad", "label", "op", "scope")

    data: float
    grad: float
    label: str
    op: Primitive | None
    scope: tuple[str, ...]
    _a: Any
    _b: Any
    _da: Any
    _db: Any
    _swept: bool  # set on the node that ``backward`` was called on, absent on all others

    def __init__(self, data: Any, label: str = "") -> None:
        self.data = real(data, type(self).__name__)
        self.grad = 0.0
        self.op = self._a = self._b = self._da = self._db = None
        self.scope = current_path()
        self.named(label)

    # --- the edges ------------------------------------------------------------

    @property
    def parents(self) -> tuple[Value, ...]:
        """The operands in order; one that was used twice is there twice.

        >>> a = Value(2.0, "a")
        >>> (a * a).parents
        (Value(data=2, grad=0, label='a'), Value(data=2, grad=0, label='a'))
        """
        if self._da is None:
            return ()
        if type(self._a) is tuple:
            return self._a
        if type(self._a) is float or (type(self._b) is float and self._db is not None):
            self._make_constants()
        return (self._a,) if self._db is None else (self._a, self._b)

    @property
    def partials(self) -> tuple[float, ...]:
        """The local derivatives d self / d parent, one per operand, as recorded.

        >>> (Value(2.0) * Value(5.0)).partials
        (5.0, 2.0)
        """
        if self._da is None:
            return ()
        if type(self._da) is tuple:
            return self._da
        return (self._da,) if self._db is None else (self._da, self._db)

    def _make_constants(self) -> None:
        """Turn operands that are plain numbers into nodes."""

        def constant(number: float, partial: float) -> Constant:
            # Nobody else can have this operand, so what the sweeps so far would have
            # added to its gradient follows from this node's own.
            node = Constant(number)
            node.scope = self.scope
            node.grad = self.grad * partial if self.grad else 0.0
            return node

        with _lock:  # two threads that look must see the same node
            if type(self._a) is float:
                self._a = constant(self._a, self._da)
            if type(self._b) is float and self._db is not None:
                self._b = constant(self._b, self._db)

    @property
    def role(self) -> str:
        """What the node is in its graph: input, constant, parameter or operation.

        >>> x = Value(2.0)
        >>> x.role, (x * 3.0).role, (x * 3.0).parents[1].role
        ('input', 'operation', 'constant')
        """
        return "input" if self.op is None else "operation"

    def named(self: Self, label: str) -> Self:
        """Set the label and return the node itself; raises ``TypeError`` if it is not a string.

        >>> Value(2.0).named("p")
        Value(data=2, grad=0, label='p')
        """
        if not isinstance(label, str):
            raise TypeError(f"a label is a str, got {type(label).__name__} {shortened(label)}")
        self.label = label
        return self

    # --- arithmetic: rows of the table written out for speed ----------------------
    # (a test compares them with the table). An operand that is a plain number
    # stands for itself: ``other`` and its number ``y`` are then the same float.

    def __add__(self, other: Any) -> Value:
        y = other.data if isinstance(other, Value) else (other := as_real(other))
        if y is None:
            return NotImplemented
        return make_node(table.add, self.data + y, self, 1.0, other, 1.0)

    def __radd__(self, other: Any) -> Value:
        x = as_real(other)
        if x is None:
            return NotImplemented
        if x == 0.0:  # so that ``sum`` makes no extra node
            return self
        return make_node(table.add, x + self.data, x, 1.0, self, 1.0)

    def __sub__(self, other: Any) -> Value:
        y = other.data if isinstance(other, Value) else (other := as_real(other))
        if y is None:
            return NotImplemented
        return make_node(table.sub, self.data - y, self, 1.0, other, -1.0)

    def __rsub__(self, other: Any) -> Value:
        x = as_real(other)
        if x is None:
            return NotImplemented
        return make_node(table.sub, x - self.data, x, 1.0, self, -1.0)

    def __mul__(self, other: Any) -> Value:
        y = other.data if isinstance(other, Value) else (other := as_real(other))
        if y is None:
            return NotImplemented
        x = self.data
        return make_node(table.mul, x * y, self, y, other, x)

    def __rmul__(self, other: Any) -> Value:
        x = as_real(other)
        if x is None:
            return NotImplemented
        y = self.data
        return make_node(table.mul, x * y, x, y, self, x)

    def __truediv__(self, other: Any) -> Value:
        y = other.data if isinstance(other, Value) else (other := as_real(other))
        if y is None:
            return NotImplemented
        if y == 0.0:
            return apply(table.div, (self, other))  # raises, and says what is wrong
        quotient = self.data / y
        return make_node(table.div, quotient, self, 1.0 / y, other, -quotient / y)

    def __rtruediv__(self, other: Any) -> Value:
        if as_real(other) is None:
            return NotImplemented
        return apply(table.div, (other, self))

    def __pow__(self, other: Any) -> Value:
        if isinstance(other, Value):
            return apply(table.pow, (self, other))
        n, x = as_real(other), self.data
        if n is None:
            return NotImplemented
        y = table.power.evaluate((x, n), (self, n))
        (da,) = table.power.partials(y, x, n)
        return make_node(table.power, y, self, da, n)

    def __rpow__(self, other: Any) -> Value:
        if as_real(other) is None:
            return NotImplemented
        return apply(table.pow, (other, self))

    def __neg__(self) -> Value:
        return make_node(table.neg, -self.data, self, -1.0)

    def __pos__(self) -> Value:
        return self

    def __abs__(self) -> Value:
        return _unary(table.abs, self)

    # --- comparing: by data; == and hash stay by identity, the grad-table needs it ---

    def __lt__(self, other: Any) -> bool:
        y = self._compared(other)
        return NotImplemented if y is None else self.data < y

    def __le__(self, other: Any) -> bool:
        y = self._compared(other)
        return NotImplemented if y is None else self.data <= y

    def __gt__(self, other: Any) -> bool:
        y = self._compared(other)
        return NotImplemented if y is None else self.data > y

    def __ge__(self, other: Any) -> bool:
        y = self._compared(other)
        return NotImplemented if y is None else self.data >= y

    def __bool__(self) -> bool:
        self._compared(0.0)
        return self.data != 0.0

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Value):
            self._compared(0.0)  # v == 3.0 is False of whatever number
        return self is other

    __hash__ = object.__hash__

    def _compared(self, other: Any) -> float | None:
        """Give the number to compare with; a program that is recorded must not branch on it."""
        check = branch_check()
        if check is not None:
            for node in (self, other):
                if isinstance(node, Value):
                    check(node, "branches on")
        return other.data if isinstance(other, Value) else as_real(other)

    # --- as text and number ---------------------------------------------------------

    def __repr__(self) -> str:
        label = f", label={self.label!r}" if self.label else ""
        return f"{type(self).__name__}(data={self.data:.6g}, grad={self.grad:.6g}{label})"

    def __format__(self, spec: str) -> str:
        return format(self.data, spec) if spec else repr(self)

    def __float__(self) -> NoReturn:
        # math.exp(v) comes here too: giving the number would silently lose the gradient
        raise TypeError(
            f"turning a {type(self).__name__} into a plain number would leave the graph and"
            " lose the gradient: use v.data for the number, or stay in the graph with"
            " autograd's own functions (autograd.exp(v) instead of math.exp(v))"
        )

    __int__ = __float__

    # --- the one-operand primitives -----------------------------------------------

    def exp(self) -> Value:
        """``autograd.exp`` of this node."""
        return _unary(table.exp, self)

    def expm1(self) -> Value:
        """``autograd.expm1`` of this node."""
        return _unary(table.expm1, self)

    def log(self) -> Value:
        """``autograd.log`` of this node."""
        return _unary(table.log, self)

    def log1p(self) -> Value:
        """``autograd.log1p`` of this node."""
        return _unary(table.log1p, self)

    def sqrt(self) -> Value:
        """``autograd.sqrt`` of this node."""
        return _unary(table.sqrt, self)

    def square(self) -> Value:
        """``autograd.square`` of this node."""
        return _unary(table.square, self)

    def sin(self) -> Value:
        """``autograd.sin`` of this node."""
        return _unary(table.sin, self)

    def cos(self) -> Value:
        """``autograd.cos`` of this node."""
        return _unary(table.cos, self)

    def tan(self) -> Value:
        """``autograd.tan`` of this node."""
        return _unary(table.tan, self)

    def asin(self) -> Value:
        """``autograd.asin`` of this node."""
        return _unary(table.asin, self)

    def acos(self) -> Value:
        """``autograd.acos`` of this node."""
        return _unary(table.acos, self)

    def atan(self) -> Value:
        """``autograd.atan`` of this node."""
        return _unary(table.atan, self)

    def sinh(self) -> Value:
        """``autograd.sinh`` of this node."""
        return _unary(table.sinh, self)

    def cosh(self) -> Value:
        """``autograd.cosh`` of this node."""
        return _unary(table.cosh, self)

    def tanh(self) -> Value:
        """``autograd.tanh`` of this node."""
        return _unary(table.tanh, self)

    def erf(self) -> Value:
        """``autograd.erf`` of this node."""
        return _unary(table.erf, self)

    def sigmoid(self) -> Value:
        """``autograd.sigmoid`` of this node."""
        return _unary(table.sigmoid, self)

    def softplus(self) -> Value:
        """``autograd.softplus`` of this node."""
        return _unary(table.softplus, self)

    def relu(self) -> Value:
        """``autograd.relu`` of this node."""
        return _unary(table.relu, self)

    def step(self) -> Value:
        """``autograd.step`` of this node."""
        return _unary(table.step, self)

    def sign(self) -> Value:
        """``autograd.sign`` of this node."""
        return _unary(table.sign, self)

    def abs(self) -> Value:
        """``autograd.abs`` of this node."""
        return _unary(table.abs, self)

    def neg(self) -> Value:
        """``autograd.neg`` of this node."""
        return _unary(table.neg, self)

    # numpy calls the method of its own function's name on arrays of nodes
    arcsin, arccos, arctan = asin, acos, atan

    def conjugate(self) -> Value:
        """Give the node itself: it is real (numpy's ``std`` and ``vdot`` ask)."""
        return self

    def arctan2(self, x: Any) -> Value:
        """``autograd.atan2`` of this node and ``x``."""
        return apply(table.atan2, (self, x))

    def hypot(self, other: Any) -> Value:
        """``autograd.hypot`` of this node and ``other``."""
        return apply(table.hypot, (self, other))

    # --- copies: of one node, of the whole graph, and as bytes ---------------------

    def __copy__(self) -> Value:
        from .copying import shallow

        return shallow(self)

    def __deepcopy__(self, memo: dict[int, Any]) -> Value:
        from .copying import deep

        return deep(self, memo)

    def __reduce_ex__(self, protocol: Any) -> tuple[Any, ...]:
        from .copying import pickled

        return pickled(self)

    # --- readers of the graph -------------------------------------------------------

    def __primitive__(self, row: Primitive, operands: tuple[Any, ...]) -> Value:
        """Record ``row`` applied to ``operands``: how a primitive asks a node to do it."""
        return _unary(row, self) if len(operands) == 1 else apply(row, operands)

    @staticmethod
    def __affine__(
        rows: Sequence[Sequence[Any]], inputs: Sequence[Any], biases: Sequence[Any]
    ) -> list[Value]:
        """Record a ``dot`` for each row and bias: its row of the table written out for speed.

        A neuron has many operands, and a layer has many neurons on the same inputs.
        """
        try:
            numbers = [x.data for x in inputs]
            nodes = []
            for row, bias in zip(rows, biases, strict=True):
                if type(bias) is float:
                    bias = Constant(bias)
                weights = [w.data for w in row]
                y = sum(map(times, weights, numbers), bias.data)
                partials = (*numbers, *weights, 1.0)
                nodes.append(make_node(table.dot_row, y, (*row, *inputs, bias), partials))
            return nodes
        except (AttributeError, TypeError):  # some are plain numbers, or no numbers at all
            pairs = zip(rows, biases, strict=True)
            return [apply(table.dot_row, (*row, *inputs, bias)) for row, bias in pairs]

    def backward(self, seed: float = 1.0) -> GradTable:
        """Add d self / d node, times ``seed``, onto the ``grad`` of every node below.

        Returns the grad-table of this call alone. Each call adds exactly one correct
        gradient: twice in a row doubles every ``grad``.

        >>> x = Value(3.0)
        >>> table = (x * x * x).backward()
        >>> x.grad, table[x]
        (27.0, 27.0)
        """
        from .backprop import backward

        return backward(self, seed)

    def zero_grad(self) -> None:
        """Set ``grad`` to 0.0 on this node and on every node below it.

        >>> x = Value(3.0)
        >>> y = x * x
        >>> table = y.backward()
        >>> y.zero_grad()
        >>> x.grad
        0.0
        """
        from .graph import walk

        for node in walk(self):
            node.grad = 0.0

    def graph(
        self,
        style: str = "auto",
        gradients: bool | str = "auto",
        expand: bool = False,
        depth: int | None = None,
        max_nodes: int = 500,
        *,
        collapse: bool | int | str = "auto",
        rankdir: str = "LR",
    ) -> Drawing:
        """Draw the graph below this node (``autograd.drawing.graph`` explains the options).

        >>> (Value(2.0, "x") * 3.0).graph()
        <Drawing 2 nodes, 1 edge>
        """
        from .drawing import graph

        return graph(
            self, style, gradients, expand, depth, max_nodes, collapse=collapse, rankdir=rankdir
        )

    def trace(self, tangent: Mapping[Value, float] | None = None) -> Trace:
        """Give the evaluation trace of this node (``autograd.trace`` explains it).

        >>> (Value(2.0, "x") * 3.0).named("y").trace()
        <Trace of y: 2 values, 1 edge>
        """
        from .tracing import trace

        return trace(self, tangent)

    def stepper(self, path: str | Path, expand: bool = False) -> Path:
        """Write a page that walks through this node's graph (see ``autograd.stepper.step_page``).

        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as folder:
        ...     (Value(2.0, "x") * 3.0).stepper(folder + "/steps.html").name
        'steps.html'
        """
        from .stepper import step_page

        return step_page(self, path, expand)


class Constant(Value):
    """A leaf that stands for a plain number in the program, such as the 3 of ``3 * x``.

    >>> Constant(0.1, "λ").role
    'constant'
    """

    __slots__ = ()

    @property
    def role(self) -> str:
        """Always ``"constant"``."""
        return "constant"


_new = Value.__new__
Made: type[Value] = Value  # what an operation makes; ``watching`` has another kind of node made


def make_node(
    row: Primitive, data: float, a: Any, da: Any, b: Any = None, db: float | None = None
) -> Value:
    """Make the node of an operation; the slots are those of the module's docstring."""
    node = _new(Made)
    node.data = data
    node.grad = 0.0
    node.label = ""
    node.op = row
    node.scope = current_path()
    node._a = a
    node._da = da
    node._b = b
    node._db = db
    return node


def _unary(row: Primitive, a: Value) -> Value:
    """Record an operation on one node: ``apply`` without its case distinctions."""
    x = a.data
    try:
        y = row.forward(x)
    except (ValueError, ArithmeticError) as cause:
        raise undefined(row.name, row.domain, (x,), (a,), cause) from None
    partials = row.partials(y, x)
    if type(partials) is tuple and len(partials) == 1 and type(partials[0]) is type(y) is float:
        return make_node(row, y, a, partials[0])
    y, partials = _checked(row, y, partials, 1)
    return make_node(row, y, a, partials[0])


def apply(row: Primitive, operands: tuple[Any, ...]) -> Value:
    """Record one operation of the table: its value, and its partials on the edges.

    ``operands`` are nodes and real numbers. Raises ``DomainError`` where the
    operation has no value, ``TypeError`` for anything that is not a number.

    >>> from autograd.primitives import exp
    >>> apply(exp, (Value(0.0),))
    Value(data=1, grad=0)
    """
    if row.when_fixed is not None and not isinstance(operands[-1], Value):
        row = row.when_fixed
    nodes: list[Any] = [o if isinstance(o, Value) else real(o, row.name) for o in operands]
    if row.fixed and isinstance(nodes[-1], Value):
        raise TypeError(f"{row.name} expects a plain number as its last operand, got a Value")
    numbers = [o.data if isinstance(o, Value) else o for o in nodes]
    y = row.evaluate(numbers, operands)
    y, partials = _checked(row, y, row.partials(y, *numbers), len(nodes) - row.fixed)
    if len(nodes) == 1:
        return make_node(row, y, nodes[0], partials[0])
    if len(nodes) == 2:
        return make_node(
            row, y, nodes[0], partials[0], nodes[1], None if row.fixed else partials[1]
        )
    many = tuple([o if isinstance(o, Value) else Constant(o) for o in nodes])
    return make_node(row, y, many, partials)


def _checked(
    row: Primitive, y: Any, partials: Any, operands: int
) -> tuple[float, tuple[float, ...]]:
    """Hold what a row gave against what it should give, and say what is wrong with it."""
    if isinstance(partials, (str, dict)) or not isinstance(partials, Iterable):
        kind = f"{type(partials).__name__} {shortened(partials)}"
        raise TypeError(f"the partials of {row.name} gave {kind}, expected a tuple of numbers")
    derivatives = tuple([real(p, f"a partial of {row.name}") for p in partials])
    if len(derivatives) != operands:
        raise TypeError(
            f"the partials of {row.name} gave {counted(len(derivatives), 'derivative')}"
            f" for {counted(operands, 'operand')}"
        )
    return real(y, f"the forward value of {row.name}"), derivatives
