"""Derivatives of functions: call ``grad(f)`` where mathematics writes f′.

Each of them does the same: put fresh leaves in the place of the numbers, run the
function once to record its graph, sweep over the graph, give the result in the shape
of the argument.

Nesting works because a function that is being differentiated further out has put its
own leaves into the graph: where the inner graph contains one of them, the inner
derivative stays a node, and the outer sweep goes through it. Leaves are never shared, so
that the x of one level is never taken for the y of another (perturbation confusion).
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, NamedTuple

from .backprop import grad_table, tangent_table
from .errors import counted, shortened
from .graph import walk
from .higher import adjoints, as_node, tangent
from .primitives import as_real, dot_row, identity
from .trees import Rebuild, flatten, is_array, plain
from .value import Value, apply

__all__ = ["grad", "hessian", "hvp", "jacobian", "jvp", "value_and_grad", "vjp"]

Function = Callable[..., Any]
Argnums = int | Sequence[int]

# the leaves of every function that is being differentiated right now
_open_leaves: ContextVar[frozenset[Value]] = ContextVar("open_leaves", default=frozenset())


def grad(f: Function, argnums: Argnums = 0) -> Function:
    """Give the function that computes the gradient of ``f``.

    ``f`` takes numbers, or lists, tuples, dicts and arrays of them, nested or not, and
    gives one number. ``argnums`` says which arguments to differentiate by: one index, or
    several for a tuple of gradients. The gradient has the shape of the argument. It
    consists of floats, but of nodes where an argument is a node, or where ``f`` uses one
    that an outer ``grad`` differentiates by.

    The result raises ``TypeError`` if ``f`` gives more than one number, ``ValueError`` for
    an ``argnums`` that ``f`` was not called with.

    >>> from autograd import tanh
    >>> grad(lambda x: x ** 3)(2.0), grad(grad(lambda x: x ** 3))(2.0)
    (12.0, 12.0)
    >>> grad(lambda w, b: w[0] * w[1] + b, argnums=(0, 1))([2.0, 3.0], 1.0)
    ([3.0, 2.0], 1.0)
    >>> grad(lambda x: x * grad(lambda y: x * y)(1.0))(1.0)
    2.0
    """
    both = value_and_grad(f, argnums)
    return lambda *args, **kwargs: both(*args, **kwargs)[1]


def value_and_grad(f: Function, argnums: Argnums = 0) -> Function:
    """Give the function that computes ``f`` and its gradient at once; see ``grad``.

    >>> value_and_grad(lambda x: x * x)(3.0)
    (9.0, 6.0)
    """
    _check_function(f, "grad")
    chosen = _indices(argnums)

    def value_and_gradient(*args: Any, **kwargs: Any) -> tuple[Any, Any]:
        run = _record(f, args, kwargs, chosen, "grad")
        y = scalar(run.outputs, "grad")
        gradient = run.shaped(_slopes(y, run.leaves, run.nodes))
        return (y if run.nodes else y.data), gradient

    return value_and_gradient


def jacobian(f: Function, argnums: Argnums = 0) -> Function:
    """Give the function that computes all first derivatives of ``f``, as (out, in) nested lists.

    The outer shape is that of what ``f`` gives, the inner one that of the argument; for an
    array it is one array. Sweeps backward once per output, or forward once per input,
    whichever is less work. Source: syllabus A9.

    >>> jacobian(lambda x: [x[0] * x[1], 3 * x[0]])([2.0, 5.0])
    [[5.0, 2.0], [3.0, 0.0]]
    """
    _check_function(f, "jacobian")
    chosen = _indices(argnums)

    def derivatives(*args: Any, **kwargs: Any) -> Any:
        run = _record(f, args, kwargs, chosen, "jacobian")
        outputs, shaped = flatten(plain(run.outputs), "jacobian, as what the function gives,")
        leaves = run.leaves
        if len(outputs) <= len(leaves) or run.nodes:
            rows = [_slopes(as_node(y), leaves, run.nodes) for y in outputs]
        else:
            whole = apply(dot_row, (*[0.0] * len(outputs), *outputs, 0.0))  # a graph of them all
            tables = [tangent_table(whole, {x: 1.0}) for x in leaves]
            rows = [[table[as_node(y)] for table in tables] for y in outputs]
        nested = shaped(run.shaped(row) for row in rows)
        return _stacked(nested) if is_array(run.argument) else nested

    return derivatives


def hessian(f: Function, argnums: Argnums = 0) -> Function:
    """Give the function that computes all second derivatives of ``f``, as (in, in) nested lists.

    ``f`` gives one number. Source: syllabus A3, A4, A10.

    >>> hessian(lambda x: x[0] ** 2 * x[1])([2.0, 5.0])
    [[10.0, 4.0], [4.0, 0.0]]
    """
    _check_function(f, "hessian")
    chosen = _indices(argnums)

    def derivatives(*args: Any, **kwargs: Any) -> Any:
        run = _record(f, args, kwargs, chosen, "hessian")
        slopes = adjoints(scalar(run.outputs, "hessian"), run.leaves)
        rows = [run.shaped(_slopes(as_node(s), run.leaves, run.nodes)) for s in slopes]
        if is_array(run.argument):
            return _stacked(rows).reshape(run.argument.shape * 2)
        return run.shaped(rows)

    return derivatives


def jvp(f: Function, x: Any, v: Any) -> Any:
    """Give the Jacobian of ``f`` at ``x`` times the vector ``v``, in the shape that ``f`` gives.

    This is the derivative of ``f`` in the direction ``v``: one sweep forward. Raises
    ``ValueError`` unless ``v`` has as many numbers as ``x``.

    >>> jvp(lambda x: [x[0] * x[1], 3 * x[0]], [2.0, 5.0], [1.0, 0.0])
    [5.0, 3.0]
    """
    _check_function(f, "jvp")
    run = _record(f, (x,), {}, 0, "jvp", v)
    direction = _direction(run.leaves, v, "jvp")
    outputs, shaped = flatten(run.outputs, "jvp, as what the function gives,")
    if run.nodes:
        return shaped(as_node(tangent(as_node(y), direction)) for y in outputs)
    return shaped(tangent_table(as_node(y), direction)[as_node(y)] for y in outputs)


def vjp(f: Function, x: Any, u: Any) -> Any:
    """Give the vector ``u`` times the Jacobian of ``f`` at ``x``, in the shape of ``x``.

    This is the gradient of ``<u, f(x)>``: one sweep backward. Raises ``ValueError``
    unless ``u`` has as many numbers as ``f`` gives. Source: syllabus A9.

    >>> vjp(lambda x: [x[0] * x[1], 3 * x[0]], [2.0, 5.0], [1.0, 1.0])
    [8.0, 2.0]
    """
    _check_function(f, "vjp")
    run = _record(f, (x,), {}, 0, "vjp", u)
    outputs, _ = flatten(run.outputs, "vjp, as what the function gives,")
    weights = _as_many(u, outputs, "vjp", "outputs")
    whole = apply(dot_row, (*weights, *outputs, 0.0))
    return run.shaped(_slopes(whole, run.leaves, run.nodes))


def hvp(f: Function, x: Any, v: Any) -> Any:
    """Give the Hessian of ``f`` at ``x`` times the vector ``v``, in the shape of ``x``.

    ``f`` gives one number. The product is the gradient of the derivative in the direction
    ``v``; the Hessian itself is never formed. Raises ``ValueError`` unless ``v`` has as
    many numbers as ``x``.

    >>> hvp(lambda x: x[0] ** 2 * x[1], [2.0, 5.0], [1.0, 0.0])
    [10.0, 4.0]
    """
    _check_function(f, "hvp")
    run = _record(f, (x,), {}, 0, "hvp", v)
    y = scalar(run.outputs, "hvp")
    slope = as_node(tangent(y, _direction(run.leaves, v, "hvp")))
    return run.shaped(_slopes(slope, run.leaves, run.nodes))


# --- one run of a function ------------------------------------------------------


class _Run(NamedTuple):
    """A function's graph at one point."""

    argument: Any  # what is differentiated by
    leaves: list[Value]  # its numbers, as they stand in the graph
    rebuild: Rebuild
    outputs: Any
    nodes: bool  # whether the results have to be nodes

    def shaped(self, slopes: Sequence[Any]) -> Any:
        """Put one number per leaf into the shape of the argument."""
        return self.rebuild(iter(slopes))


def _record(
    f: Function, args: Sequence[Any], kwargs: Any, argnums: Argnums, who: str, vector: Any = 0.0
) -> _Run:
    """Run ``f`` on fresh leaves; ``vector`` is what the result will be multiplied by."""
    chosen = [argnums] if isinstance(argnums, int) else list(argnums)
    for i in chosen:
        if not -len(args) <= i < len(args):
            raise ValueError(
                f"argnums is {i}, but the function got {counted(len(args), 'argument')}"
            )
    chosen = [i % len(args) for i in chosen]
    if len(set(chosen)) < len(chosen):
        raise ValueError(f"argnums names an argument twice: {shortened(argnums)}")
    argument = args[chosen[0]] if isinstance(argnums, int) else tuple(args[i] for i in chosen)
    given, rebuild = flatten(argument, who)
    # a node that comes in stays connected, through a second name that only this level knows
    leaves = [apply(identity, (g,)) if isinstance(g, Value) else Value(g) for g in given]
    replaced = list(args)
    fresh = rebuild(iter(leaves))
    for i, new in zip(chosen, (fresh,) if isinstance(argnums, int) else fresh, strict=True):
        replaced[i] = new
    outer = _open_leaves.get()
    with _opened(leaves):
        outputs = f(*replaced, **kwargs)
    inputs = given + flatten(vector, who)[0]
    nodes = any(isinstance(g, Value) for g in inputs) or _uses(outputs, outer, who)
    return _Run(argument, leaves, rebuild, outputs, nodes)


@contextmanager
def _opened(leaves: list[Value]) -> Iterator[None]:
    token = _open_leaves.set(_open_leaves.get() | frozenset(leaves))
    try:
        yield
    finally:
        _open_leaves.reset(token)


def _uses(outputs: Any, outer: frozenset[Value], who: str) -> bool:
    """Say whether what a function gave depends on a leaf of one further out."""
    if not outer:
        return False
    leaves, _ = flatten(outputs, f"{who}, as what the function gives,")
    return any(isinstance(y, Value) and not outer.isdisjoint(walk(y)) for y in leaves)


def _slopes(y: Value, leaves: list[Value], nodes: bool) -> list[Any]:
    if nodes:
        return [as_node(slope) for slope in adjoints(y, leaves)]
    table = grad_table(y)
    return [table[leaf] for leaf in leaves]


def scalar(output: Any, who: str) -> Value:
    """Give what a function gave as a node; ``TypeError`` if it is not one number.

    >>> scalar(2, "grad")
    Constant(data=2, grad=0)
    """
    if is_array(output) and output.shape == ():
        output = output.item()
    if isinstance(output, Value):
        return output
    number = as_real(output)
    if number is None:
        kind = f"{type(output).__name__} {shortened(output)}"
        raise TypeError(
            f"{who} expects a function that gives one number, got {kind}: give one of its"
            " elements, or use jacobian"
        )
    return as_node(number)


def _direction(leaves: list[Value], v: Any, who: str) -> dict[Value, Any]:
    return dict(zip(leaves, _as_many(v, leaves, who, "inputs"), strict=True))


def _as_many(vector: Any, others: Sequence[Any], who: str, what: str) -> list[Any]:
    numbers, _ = flatten(vector, who)
    if len(numbers) != len(others):
        raise ValueError(
            f"{who} expects one number for each of the {len(others)} {what},"
            f" got {counted(len(numbers), 'number')}"
        )
    return numbers


def _stacked(rows: Any) -> Any:
    import numpy as np  # it is there: an array came in

    return np.array(rows)


def _check_function(f: Any, who: str) -> None:
    if not callable(f):
        raise TypeError(f"{who} expects a function, got {type(f).__name__} {shortened(f)}")


def _indices(argnums: Any) -> int | tuple[int, ...]:
    """Check ``argnums``; whole numbers of any library are indices, as in a list."""
    many = isinstance(argnums, (list, tuple))
    given = argnums if many else (argnums,)
    try:
        indices = tuple(operator.index(i) for i in given if not isinstance(i, bool))
    except TypeError:
        indices = ()
    if len(indices) < len(given):
        raise TypeError(f"argnums is an index or a tuple of indices, got {shortened(argnums)}")
    if not indices:
        raise ValueError("argnums names no argument to differentiate by")
    return indices if many else indices[0]
