"""What is done to data before training: new features, standardising, holding a part out."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Sequence
from random import Random
from typing import Any

from autograd.errors import RangeError, counted, shortened, undefined, unknown_name
from autograd.primitives import PRIMITIVES, Primitive, real
from autograd.trees import is_array

from .checks import generator, in_range, sequence_of
from .samples import array_of, like, rows_of

# --- features: expressions in x1, x2, ... -----------------------------------------------------

FUNCTIONS = {
    name: PRIMITIVES[name] for name in ("abs", "cos", "exp", "log", "sin", "sqrt", "tan", "tanh")
}
OPERATORS: dict[type[ast.AST], Primitive] = {
    ast.Add: PRIMITIVES["add"],
    ast.Sub: PRIMITIVES["sub"],
    ast.Mult: PRIMITIVES["mul"],
    ast.Div: PRIMITIVES["div"],
    ast.Pow: PRIMITIVES["pow"],
    ast.USub: PRIMITIVES["neg"],
}
ALLOWED = f"numbers, pi, x1, x2, ..., + - * / ^, parentheses and {', '.join(FUNCTIONS)}"
LONGEST = 300  # characters: bounds how deep an expression can nest

OfRow = Callable[[list[float]], float]


def features(X: Any, names: Sequence[str]) -> Any:
    """Give rows of new inputs, each an expression in the old ones ``x1, x2, ...`` (syllabus B10).

    ``X``: m rows of n numbers (lists or an array: so is the result); ``names``: expressions of
    numbers, ``pi``, ``x1`` to ``xn``, ``+ - * /``, powers (``^`` or ``**``), parentheses and
    abs, cos, exp, log, sin, sqrt, tan, tanh; of at most 300 characters each. They are read,
    never run as Python. Raises ``ValueError`` for anything else in them, and a
    ``DomainError`` that names the row where one has no value.

    >>> features([[1.0, 2.0], [3.0, 4.0]], ["x1", "x1*x2", "x2^2"])
    [[1.0, 2.0, 4.0], [3.0, 12.0, 16.0]]
    >>> features([[1.0, 2.0]], ["x1 + x3"])
    Traceback (most recent call last):
    ValueError: features: 'x1 + x3': rows of 2 inputs have x1, x2; got x3
    """
    rows = rows_of(X)
    expressions = sequence_of(names, "names of features", "expressions")
    if not expressions:
        raise ValueError('names of features: expected at least one expression such as "x1^2"')
    columns = [(name, _function(name, len(rows[0]))) for name in expressions]
    return like(X, [[_valued(*column, row, i) for column in columns] for i, row in enumerate(rows)])


def _function(name: Any, width: int) -> OfRow:
    """Give the function of a row that an expression stands for."""
    if not isinstance(name, str):
        kind = type(name).__name__
        raise TypeError(f'a feature is an expression such as "x1^2", got {kind} {shortened(name)}')
    try:
        return _built(_parsed(name), width)
    except ValueError as error:
        raise ValueError(f"features: {shortened(name)}: {error}") from None


def _parsed(name: str) -> ast.AST:
    if len(name) > LONGEST:
        raise ValueError(f"expected at most {LONGEST} characters, got {len(name)}")
    try:
        # ^ first: to Python it is another operator, which binds less tightly than +
        return ast.parse(name.replace("^", "**").strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        # beside wrong grammar: characters that do not exist, and what nests too deeply
        reason = getattr(error, "msg", "") or str(error) or "it is nested too deeply"
        raise ValueError(f"cannot be read ({reason}); use {ALLOWED}") from None


def _built(node: ast.AST, width: int) -> OfRow:
    """Turn a parsed expression into a function of a row; whatever is not listed is refused."""
    match node:
        case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
            constant = real(number, "an expression")
            if math.isinf(constant):
                raise ValueError("a number is too large for a float")
            return lambda row: constant
        case ast.Name(id="pi"):
            return lambda row: math.pi
        case ast.Name(id=name):
            column = _column(name, width)
            return lambda row: row[column]
        case ast.UnaryOp(op=ast.UAdd(), operand=operand):
            return _built(operand, width)
        case ast.UnaryOp(op=op, operand=operand) if type(op) in OPERATORS:
            return _applied(OPERATORS[type(op)], [_built(operand, width)])
        case ast.BinOp(left=left, op=op, right=right) if type(op) in OPERATORS:
            return _applied(OPERATORS[type(op)], [_built(left, width), _built(right, width)])
        case ast.Call(func=ast.Name(id=name), args=operands, keywords=[]):
            if name not in FUNCTIONS:
                raise unknown_name("function", name, FUNCTIONS)
            if len(operands) != 1:
                raise ValueError(f"{name} takes 1 operand, got {len(operands)}")
            return _applied(FUNCTIONS[name], [_built(operands[0], width)])
    raise ValueError(f"cannot use {shortened(ast.unparse(node))}; use {ALLOWED}")


def _column(name: str, width: int) -> int:
    names = [f"x{i}" for i in range(1, width + 1)]
    if name in names:
        return names.index(name)
    if name in FUNCTIONS:
        raise ValueError(f"{name} is a function: write {name}(x1)")
    known = ", ".join(names if width <= 4 else [*names[:2], "...", names[-1]])
    raise ValueError(f"rows of {counted(width, 'input')} have {known}; got {name}")


def _applied(operation: Primitive, operands: list[OfRow]) -> OfRow:
    def apply(row: list[float]) -> float:
        numbers = [operand(row) for operand in operands]
        result: float = operation(*numbers)
        if not math.isfinite(result):  # + - * overflow to inf, which would hide in tanh or 1 / x
            raise undefined(operation.name, None, numbers, (), OverflowError())
        return result

    return apply


def _valued(name: str, function: OfRow, row: list[float], i: int) -> float:
    try:
        return function(row)
    except ValueError as error:
        raise type(error)(f"features: {name} of row {i}: {error}") from None


# --- standardising ----------------------------------------------------------------------------


def standardize(X: Any, reference: Any = None) -> Any:
    """Give the rows with each column at mean 0 and standard deviation 1 (syllabus D6).

    ``X``: m rows of n numbers (lists or an array: so is the result). Mean and population
    standard deviation (divided by m) are those of the rows of ``reference`` where given: pass
    the training rows when standardising held-out ones. A column that is constant there, up to
    rounding, becomes 0. Raises ``ValueError`` if the widths differ, ``RangeError`` where a
    result is too large for a float.

    >>> standardize([[1.0, 7.0], [3.0, 7.0]])
    [[-1.0, 0.0], [1.0, 0.0]]
    >>> standardize([[5.0]], reference=[[1.0], [3.0]])
    [[3.0]]
    """
    rows = rows_of(X)
    known = rows if reference is None else rows_of(reference, "reference")
    if len(known[0]) != len(rows[0]):
        raise ValueError(
            f"standardize expects a reference as wide as X, got rows of {len(known[0])}"
            f" for rows of {len(rows[0])}"
        )
    scales = [_scale(column) for column in zip(*known, strict=True)]
    return like(
        X,
        [
            [_scaled(x, scales[j], f"X[{i}][{j}]") for j, x in enumerate(row)]
            for i, row in enumerate(rows)
        ],
    )


def _scale(column: Sequence[float]) -> Callable[[float], float]:
    """Give the function that standardises a number by this column's statistics."""
    largest = max(map(abs, column))
    if max(column) - min(column) <= 4.0 * math.ulp(largest):
        return lambda x: 0.0
    # Dividing by a power of two loses no digit, and no sum or square overflows.
    exponent = math.frexp(largest)[1]
    numbers = [math.ldexp(x, -exponent) for x in column]
    mean = _mean(numbers)
    missed = _mean([x - mean for x in numbers])  # what rounding took: counts if spread is tiny
    deviation = math.sqrt(_mean([(x - mean - missed) ** 2 for x in numbers]))
    return lambda x: (math.ldexp(x, -exponent) - mean - missed) / deviation


def _mean(numbers: Sequence[float]) -> float:
    return math.fsum(numbers) / len(numbers)


def _scaled(x: float, scale: Callable[[float], float], where: str) -> float:
    try:
        result = scale(x)
    except OverflowError:
        result = math.inf
    if not math.isfinite(result):
        raise RangeError(
            f"standardize: {where}, {x!r}, is too many deviations from the mean for a float"
        )
    return result


# --- holding a part out -----------------------------------------------------------------------

_share = in_range("a number above 0 and below 1", lambda x: 0.0 < x < 1.0)


def held_out(m: int, fraction: float, rng: int | Random | None = None) -> list[int]:
    """Draw which of m samples are held out: ``round(fraction * m)`` indices, in random order.

    ``fraction`` is above 0 and below 1. Raises ``ValueError`` if it leaves no sample on one
    side.

    >>> sorted(held_out(10, 0.3, rng=0))
    [0, 6, 9]
    """
    share = _share(fraction, "fraction to hold out")
    count = round(share * m)
    if not 0 < count < m:
        raise ValueError(
            f"a fraction of {share:g} of {counted(m, 'sample')} leaves {m - count} to train on"
            f" and {count} held out: expected at least 1 of each"
        )
    return generator(rng).sample(range(m), count)


def split(
    X: Any, y: Any, fraction: float, rng: int | Random | None = None
) -> tuple[Any, Any, Any, Any]:
    """Give ``X_train, X_held, y_train, y_held``: the samples shuffled, a fraction held out.

    ``X``: m samples of any kind; ``y``: their m targets (lists give lists, arrays give arrays);
    ``fraction``: the share held out, above 0 and below 1, rounded to a whole number of
    samples. Raises ``ValueError`` if the lengths differ or if no sample is left on one side.

    >>> split([[1.0], [2.0], [3.0], [4.0]], [1, 2, 3, 4], 0.25, rng=0)
    ([[3.0], [1.0], [2.0]], [[4.0]], [3, 1, 2], [4])
    """
    samples, targets = _samples(X, "X"), _samples(y, "y")
    if len(samples) != len(targets):
        raise ValueError(
            f"split expects as many targets as samples, got {counted(len(samples), 'sample')}"
            f" and {counted(len(targets), 'target')}"
        )
    random = generator(rng)
    held = held_out(len(samples), fraction, random)
    kept = sorted(set(range(len(samples))) - set(held))
    random.shuffle(kept)
    return _at(samples, kept), _at(samples, held), _at(targets, kept), _at(targets, held)


def _samples(data: Any, what: str) -> Any:
    """Give the samples as a list, or as the array that they are."""
    array = array_of(data)
    items = sequence_of(array, what, "samples")
    return array if is_array(array) else items


def _at(samples: Any, indices: list[int]) -> Any:
    return samples[indices] if is_array(samples) else [samples[i] for i in indices]
