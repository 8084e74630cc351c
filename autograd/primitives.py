"""THE TABLE: one row per primitive operation.

A row holds the operation's value (``forward``, on floats) beside its local
partial derivatives (``partials``, one per operand). The partials apply only
operators and other primitives to their operands, never ``math``, so that one row
serves floats (the sweep), nodes (higher derivatives) and symbols (formulas).

Where a textbook form would lose all its digits, the row has an equal one that does
not: sigmoid' is ``y sigmoid(-x)`` and not ``y (1 - y)``, which is 0 from x = 37 on.

Glossary of a row: ``y`` is the result, ``a b x`` are operands, ``n`` a fixed
number. A written form (``infix``, ``latex``) is a template with a place ``{}`` for each
operand; ``{:2}`` asks for parentheses around an operand that binds less tightly than
PRODUCT. A derivative at a kink is a convention, stated in the row:
relu'(0) = 0, |x|'(0) = 0, step(0) = sign(0) = 0, a tie in maximum or minimum
shares the derivative half and half. Inside a ``partials`` the form
``div.quiet(a, b)`` is the same operation, giving its limit (inf, nan) at the edge
of the domain instead of raising: sqrt'(0) is recorded as inf.

This file knows nothing of graphs: a primitive that is given something other
than numbers asks that operand to record the operation
(``operand.__primitive__(row, operands)``).
"""

from __future__ import annotations

import importlib
import math
import pickle
import re
import sys
from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import cached_property, reduce
from itertools import accumulate
from numbers import Real
from operator import mul as times
from typing import Any, NamedTuple, overload

from .errors import RangeError, counted, shortened, undefined

inf, nan = math.inf, math.nan

PRIMITIVES: dict[str, Primitive] = {}

# How tightly a written form binds. A form that stands for itself is an ATOM: a name, a call.
ANYTHING, SUM, PRODUCT, POWER, ATOM = range(5)


class Form(NamedTuple):
    """How an operation is written: how tightly the text binds, and its template.

    The template has one place per operand. For any number of operands it is a function
    that gets, per operand, the number it is (or None) and gives the template.
    """

    level: int
    template: str | Callable[[Sequence[float | None]], str]


def as_real(number: Any) -> float | None:
    """Give any real number as a float, and None for anything else.

    Real numbers are int, float, bool, ``Fraction``, ``Decimal`` and numpy's real scalars.
    Raises ``RangeError`` if the number is too large for a float.

    >>> as_real(True), as_real("2")
    (1.0, None)
    """
    # numpy's bool scalar is the one real scalar that is not registered as a number
    if isinstance(number, (float, int, Real, Decimal)) or (
        type(number).__module__ == "numpy" and type(number).__name__ in ("bool", "bool_")
    ):
        try:
            result = float(number)
        except OverflowError:
            result = inf
        if result in (inf, -inf) and number != result:
            raise RangeError(f"this {type(number).__name__} is too large for a float")
        return result
    return None


def real(number: Any, who: str) -> float:
    """Give any real number as a float; anything else is a ``TypeError`` naming what came.

    >>> real("2", "Value")
    Traceback (most recent call last):
    TypeError: Value expects a real number, got str '2'
    """
    kind = type(number).__name__
    try:
        result = as_real(number)
    except RangeError:
        raise RangeError(
            f"{who} expects a number that a float can hold (up to 1.8e308), got a larger {kind}"
        ) from None
    if result is None:
        raise TypeError(f"{who} expects a real number, got {kind} {shortened(number)}")
    return result


class Primitive:
    """One row of the table: an operation, its value and its local partial derivatives.

    Arguments:
        name: what messages and ``PRIMITIVES`` call it.
        forward: ``forward(*floats) -> float``; raises ``ValueError`` or
            ``ArithmeticError`` outside its domain.
        partials: ``partials(y, *operands) -> tuple``, one entry per operand, written
            with operators and primitives.
        symbol: what a drawing shows in a small circle; the name by default.
        domain: what an operand must be, in words.
        infix: the ``Form`` in a formula, such as ``Form(SUM, "{:1} + {:1}")``;
            ``name(x, ...)`` by default.
        latex: the ``Form`` in LaTeX, or the command of a function (``r"\\sin"``);
            ``\\operatorname{name}`` by default.
        template: how a drawing writes the operation, with ``{}`` for each operand,
            or a function that gets the operands' names and gives the text; by default
            as ``infix``, or ``symbol(x, ...)``.
        convention: what holds at kinks and edges, in words.
        limit: the value ``quiet`` gives where ``forward`` raises; nan by default.
        fixed: whether the last of two operands is a plain number that takes no
            gradient (the exponent of ``x ** 2``); ``partials`` leaves it out.
        when_fixed: the row used instead when the last operand is a plain number.
        operands: what ``rules`` calls the operands where ``partials`` takes any number.
        doc: one sentence and an example.

    Called on numbers it gives a float, called with a node among its operands it
    records a node:

    >>> from autograd import Value
    >>> cube = Primitive("cube", lambda x: x * x * x, lambda y, x: (3.0 * x * x,))
    >>> cube(2.0)
    8.0
    >>> y = cube(Value(2.0))
    >>> y.partials
    (12.0,)

    Raises ``DomainError`` outside the domain, ``TypeError`` for a wrong number or
    type of operands.
    """

    def __init__(
        self,
        name: str,
        forward: Callable[..., float],
        partials: Callable[..., tuple[Any, ...]],
        symbol: str | None = None,
        domain: str | None = None,
        *,
        infix: Form | None = None,
        latex: Form | str | None = None,
        template: str | Callable[[Sequence[str]], str] | None = None,
        convention: str | None = None,
        limit: Callable[..., float] = lambda *operands: nan,
        fixed: bool = False,
        when_fixed: Primitive | None = None,
        operands: str = "",
        doc: str | None = None,
    ) -> None:
        self.name = name
        self.forward = forward
        self.partials = partials
        self.symbol = symbol or name
        self.domain = domain
        self.infix = infix
        self.latex = latex
        self.template = template or (_typeset(infix.template) if infix else None)
        self.convention = convention
        self.limit = limit
        self.fixed = fixed
        self.when_fixed = when_fixed
        self.operands = operands.split()
        self.loud: Primitive | None = None  # the row that a ``quiet`` one belongs to
        self.arity = _arity(partials)
        if fixed and self.arity not in (2, None):
            raise ValueError(f"{name} has a fixed operand, so it takes 2, not {self.arity}")
        if doc:
            self.__doc__ = doc

    @overload
    def __call__(self, *operands: float) -> float: ...
    @overload
    def __call__(self, *operands: Any) -> Any: ...
    def __call__(self, *operands: Any) -> Any:
        """Give a float for numbers, a new node if one of the operands is a node."""
        if len(operands) != self.arity and self.arity is not None:
            raise TypeError(
                f"{self.name} expects {counted(self.arity, 'operand')}, got {len(operands)}"
            )
        floats = True
        for operand in operands:
            if type(operand) is not float:
                record = getattr(type(operand), "__primitive__", None)
                if record is not None:
                    return record(operand, self, operands)
                floats = False
        if floats:
            return self.evaluate(operands, operands)
        return self.evaluate([real(x, self.name) for x in operands], operands)

    def evaluate(self, numbers: Sequence[float], operands: Sequence[Any]) -> float:
        """Give the value at ``numbers``; errors name the ``operands`` they came from.

        >>> exp.evaluate([0.0], [0.0])
        1.0
        """
        try:
            y = self.forward(*numbers)
        except (ValueError, ArithmeticError) as cause:
            raise undefined(self.name, self.domain, numbers, operands, cause) from None
        return y if type(y) is float else real(y, f"the forward value of {self.name}")

    @cached_property
    def quiet(self) -> Primitive:
        """The same operation, with its limit instead of an error at the edge of the domain.

        >>> div.quiet(1.0, 0.0)
        inf
        """

        def forward(*numbers: float) -> float:
            try:
                return self.forward(*numbers)
            except (ValueError, ArithmeticError):
                return self.limit(*numbers)

        row = object.__new__(Primitive)
        vars(row).update(vars(self), forward=forward, domain=None, loud=self)
        row.when_fixed = self.when_fixed and self.when_fixed.quiet
        return row

    # A row is a global thing, like a function: a copied graph keeps it, and a pickled
    # graph refers to it by the name of the variable that holds it.

    def __copy__(self) -> Primitive:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Primitive:
        return self

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        if self.loud is not None:
            return getattr, (self.loud, "quiet")
        if PRIMITIVES.get(self.name) is self:
            return _row_named, (self.name,)
        for module in list(sys.modules.values()):
            for name, thing in list(getattr(module, "__dict__", {}).items()):
                if thing is self:
                    return _global_named, (module.__name__, name)
        raise pickle.PicklingError(
            f"the primitive {self.name!r} can only be pickled if it is a global variable of a"
            " module, as a function is: define it outside of functions"
        )

    def __repr__(self) -> str:
        return f"<Primitive {self.name}>"


def _arity(partials: Callable[..., tuple[Any, ...]]) -> int | None:
    """Count the operands that ``partials(y, *operands)`` takes; None if that is not fixed."""
    code = getattr(partials, "__code__", None)
    if code is None or getattr(partials, "__defaults__", None):
        return None
    if code.co_flags & 0x04:  # it has *operands
        return None
    arguments: int = code.co_argcount
    return arguments - 1 - hasattr(partials, "__self__")


def _typeset(template: str | Callable[..., str]) -> str | None:
    """Turn the form in a formula into the one in a drawing, where operands are names."""
    if callable(template):
        return None
    return re.sub(r"\{:\d\}", "{}", template).replace("*", "×").replace("-", "−")


def _row_named(name: str) -> Primitive:
    return PRIMITIVES[name]


def _global_named(module: str, name: str) -> Any:
    return getattr(importlib.import_module(module), name)


def _row(*args: Any, **columns: Any) -> Primitive:
    row = Primitive(*args, **columns)
    PRIMITIVES[row.name] = row
    return row


# --- values that need more than one expression of ``math`` -------------------


def _div_limit(a: float, b: float) -> float:
    if a == 0.0 or a != a:
        return nan
    return math.copysign(inf, a) * math.copysign(1.0, b)


def _power(x: float, n: float) -> float:
    if x == 0.0 and n < 0.0:
        raise ZeroDivisionError
    return math.pow(x, n)


def _power_limit(x: float, n: float) -> float:
    if x < 0.0 and not n.is_integer():
        return nan
    odd = n % 2.0 == 1.0
    return -inf if odd and math.copysign(1.0, x) < 0.0 else inf


def _power_partials(y: Any, x: Any, n: float) -> tuple[Any]:
    # the small exponents written out, so that the derivative of x ** 2 reads 2 x
    if n in (0.0, 1.0):
        return (n,)
    return (n * (x if n == 2.0 else power.quiet(x, n - 1.0)),)


def _power_text(names: Sequence[str]) -> str:
    base, exponent = names
    return base + {"2": "²", "3": "³"}.get(exponent, f"^{exponent}")


_POWER = Form(POWER, "{:4} ** {:4}")
_POWER_LATEX = Form(POWER, "{:4}^{{{}}}")
_WHERE_LATEX = (
    r"\begin{{cases}} {1} & \text{{if }} {0} \neq 0 \\ {2} & \text{{otherwise}} \end{{cases}}"
)


def _joined(
    operand: str, between: str, none: str, before: str = "", after: str = ""
) -> Callable[[Sequence[float | None]], str]:
    """Give the form of an operation on any number of operands."""

    def template(numbers: Sequence[float | None]) -> str:
        return before + (between.join([operand] * len(numbers)) or none) + after

    return template


def _dot_form(numbers: Sequence[float | None]) -> str:
    n = len(numbers) // 2
    terms = [f"{{{i}:2}} * {{{n + i}:2}}" for i in range(n)]
    if numbers[-1] != 0.0 or not terms:
        terms.append(f"{{{2 * n}:1}}")
    return " + ".join(terms)


def _sigmoid(x: float) -> float:
    # never exp of a large positive number, so that it cannot overflow
    if x >= 0.0:
        return 1.0 / (1.0 + math.exp(-x))
    e = math.exp(x)
    return e / (1.0 + e)


def _softplus(x: float) -> float:
    return max(x, 0.0) + math.log1p(math.exp(-math.fabs(x)))


def _step(x: float) -> float:
    return 0.0 if x <= 0.0 else 1.0 if x > 0.0 else x  # the last case is nan


def _sign(x: float) -> float:
    return float((x > 0.0) - (x < 0.0)) if x == x else x


def _maximum(a: float, b: float) -> float:
    return a if a >= b or a != a else b


def _minimum(a: float, b: float) -> float:
    return a if a <= b or a != a else b


def _xlogy(x: float, y: float) -> float:
    return 0.0 if x == 0.0 and y == y else x * math.log(y)


def _dot(*operands: float) -> float:
    if len(operands) % 2 == 0:
        raise ValueError
    n = len(operands) // 2
    return sum(map(times, operands[:n], operands[n:-1]), operands[-1])


def _dot_partials(y: Any, *operands: Any) -> tuple[Any, ...]:
    n = len(operands) // 2
    return (*operands[n:-1], *operands[:n], 1.0)


def _dot_text(names: Sequence[str]) -> str:
    n = len(names) // 2
    terms = [f"{w}·{x}" for w, x in zip(names[:n], names[n:-1], strict=True)]
    if len(terms) > 2:
        terms[1:-1] = ["…"]
    return " + ".join(terms + [b for b in names[-1:] if b != "0"]) or names[-1]


def _total(*operands: float) -> float:
    whole = float(sum(operands))
    if math.isfinite(whole):
        return whole
    # the way there may have overflowed although the sum does not: add smaller numbers
    return _scaled(sum(math.ldexp(x, -64) for x in operands), 64)


def _scaled(mantissa: float, exponent: int) -> float:
    """Give ``mantissa * 2 ** exponent``, and an infinity where that is too large."""
    try:
        return math.ldexp(mantissa, exponent)
    except OverflowError:
        return math.copysign(inf, mantissa)


def _times(product: tuple[float, int], x: float) -> tuple[float, int]:
    """Multiply (mantissa, exponent) by a number; the exponent never overflows."""
    fraction, exponent = math.frexp(x)
    mantissa, carry = math.frexp(product[0] * fraction)
    return mantissa, product[1] + exponent + carry


def _prod(*operands: float) -> float:
    return _scaled(*reduce(_times, operands, (1.0, 0)))


def _prod_partials(y: Any, *operands: Any) -> tuple[Any, ...]:
    # the product of the others, right also where one operand is zero
    if type(y) is not float:
        return tuple(prod_row(*operands[:i], *operands[i + 1 :]) for i in range(len(operands)))
    # for numbers by products from both ends: n steps, not n * n
    before = accumulate(operands[:-1], _times, initial=(1.0, 0))
    after = list(accumulate(operands[:0:-1], _times, initial=(1.0, 0)))[::-1]
    return tuple(_scaled(a * b, j + k) for (a, j), (b, k) in zip(before, after, strict=True))


def _logsumexp(*operands: float) -> float:
    if not operands:
        raise ValueError("no operands")
    if any(x != x for x in operands):
        return nan
    top = max(operands)
    if math.isinf(top):
        return top
    rest = list(operands)
    rest.remove(top)
    return top + math.log1p(math.fsum(math.exp(x - top) for x in rest))


def _logsumexp_partials(y: Any, *xs: Any) -> tuple[Any, ...]:
    weights = [exp(x - y) for x in xs]
    # their sum is 1, but for the rounding of a large y, which is a factor of all of them
    whole = total_row(*weights)
    return tuple(w / whole for w in weights)


def _threshold(*operands: float) -> float:
    above, tau = 0.0, nan
    for k, x in enumerate(sorted(operands, reverse=True), start=1):
        above += x
        if 1.0 + k * x <= above:
            break
        tau = (above - 1.0) / k
    return tau if above == above else nan


def _threshold_partials(tau: Any, *xs: Any) -> tuple[Any, ...]:
    inside = [step(x - tau) for x in xs]
    support = total_row(*inside)
    return tuple(div.quiet(i, support) for i in inside)


# fmt: off
# --- arithmetic ---------------------------------------------------------------

add: Primitive = _row(
    "add", lambda a, b: a + b, lambda y, a, b: (1.0, 1.0), "+",
    infix=Form(SUM, "{:1} + {:1}"), latex=Form(SUM, "{:1} + {:1}"),
    doc="Sum of two operands, as IEEE arithmetic has it.\n\n>>> add(2.0, 3.0)\n5.0\n",
)
sub: Primitive = _row(
    "sub", lambda a, b: a - b, lambda y, a, b: (1.0, -1.0), "−",
    infix=Form(SUM, "{:1} - {:2}"), latex=Form(SUM, "{:1} - {:2}"),
    doc="Difference of two operands.\n\n>>> sub(2.0, 3.0)\n-1.0\n",
)
mul: Primitive = _row(
    "mul", times, lambda y, a, b: (b, a), "×",
    infix=Form(PRODUCT, "{:2} * {:2}"), latex=Form(PRODUCT, "{:2} * {:2}"),
    doc="Product of two operands.\n\n>>> mul(2.0, 3.0)\n6.0\n",
)
div: Primitive = _row(
    "div", lambda a, b: a / b, lambda y, a, b: (div.quiet(1.0, b), -div.quiet(y, b)), "÷",
    "a denominator that is not 0", limit=_div_limit,
    infix=Form(PRODUCT, "{:2} / {:3}"), latex=Form(POWER, r"\frac{{{}}}{{{}}}"),
    doc="Quotient of two operands.\n\n>>> div(3.0, 2.0)\n1.5\n",
)
neg: Primitive = _row(
    "neg", lambda x: -x, lambda y, x: (-1.0,), "−",
    infix=Form(PRODUCT, "-{:2}"), latex=Form(PRODUCT, "-{:2}"),
    doc="The operand with its sign changed.\n\n>>> neg(2.0)\n-2.0\n",
)
power: Primitive = _row(
    "power", _power, _power_partials, "^",
    "a base >= 0 unless the exponent is whole, and not 0 if the exponent is negative",
    template=_power_text, fixed=True, limit=_power_limit, infix=_POWER, latex=_POWER_LATEX,
    convention="0 ** 0 is 1 with derivative 0",
    doc="``x ** n`` for a fixed number n, which takes no gradient.\n\n>>> power(-2.0, 3.0)\n-8.0\n",
)
pow: Primitive = _row(
    "pow", _power,
    lambda y, a, b: (
        where(hypot(a, b), b * pow.quiet(a, b - 1.0), 0.0),
        where(a, y * log.quiet(a), 0.0),
    ),
    "^", power.domain, template=_power_text, limit=_power_limit, when_fixed=power,
    infix=_POWER, latex=_POWER_LATEX,
    convention="0 ** 0 is 1 with derivative 0; the exponent's derivative is nan at a base < 0",
    doc="``a ** b`` where the exponent takes a gradient too.\n\n>>> pow(2.0, 3.0)\n8.0\n",
)

# --- exponentials and logarithms ----------------------------------------------

exp: Primitive = _row(
    "exp", math.exp, lambda y, x: (y,), None, "an operand <= 709.78", limit=lambda x: inf,
    latex=Form(POWER, "e^{{{}}}"),
    doc="e to the power x.\n\n>>> exp(0.0)\n1.0\n",
)
expm1: Primitive = _row(
    "expm1", math.expm1, lambda y, x: (exp(x),), None, "an operand <= 709.78", limit=lambda x: inf,
    latex=Form(SUM, "e^{{{}}} - 1"),
    doc="``exp(x) - 1``, accurate near 0.\n\n>>> expm1(1e-20)\n1e-20\n",
)
log: Primitive = _row(
    "log", math.log, lambda y, x: (div.quiet(1.0, x),), "ln", "an operand > 0", latex=r"\ln",
    limit=lambda x: -inf if x == 0.0 else nan,
    doc="Natural logarithm.\n\n>>> log(1.0)\n0.0\n",
)
log1p: Primitive = _row(
    "log1p", math.log1p, lambda y, x: (1.0 / (1.0 + x),), None, "an operand > -1",
    latex=Form(ATOM, r"\ln\left(1 + {:1}\right)"), limit=lambda x: -inf if x == -1.0 else nan,
    doc="``log(1 + x)``, accurate near 0.\n\n>>> log1p(1e-20)\n1e-20\n",
)
sqrt: Primitive = _row(
    "sqrt", math.sqrt, lambda y, x: (div.quiet(0.5, y),), "√", "an operand >= 0",
    latex=Form(ATOM, r"\sqrt{{{}}}"),
    convention="derivative inf at 0",
    doc="Square root.\n\n>>> sqrt(9.0)\n3.0\n",
)
square: Primitive = _row(
    "square", lambda x: x * x, lambda y, x: (2.0 * x,), "·²", template="{}²",
    infix=Form(POWER, "{:4} ** 2"), latex=Form(POWER, "{:4}^{{2}}"),
    doc="``x * x`` as one operation.\n\n>>> square(-3.0)\n9.0\n",
)
xlogy: Primitive = _row(
    "xlogy", _xlogy,
    lambda y, x, z: (log.quiet(z), where(z, div.quiet(x, z), 0.0)),
    None, "a second operand > 0, or a first operand of 0", limit=lambda x, z: x * log.quiet(z),
    latex=Form(PRODUCT, r"{:2} * \ln\left({}\right)"),
    convention="0 log 0 is 0, with derivative 0 for the logarithm's operand",
    doc="``x * log(y)``, which is 0 when x is 0: the terms of a cross-entropy.\n\n"
        ">>> xlogy(0.0, 0.0)\n0.0\n",
)

# --- trigonometric and hyperbolic functions -----------------------------------

sin: Primitive = _row(
    "sin", math.sin, lambda y, x: (cos(x),), None, "a finite operand", latex=r"\sin",
    doc="Sine of x radians.\n\n>>> sin(0.0)\n0.0\n",
)
cos: Primitive = _row(
    "cos", math.cos, lambda y, x: (-sin(x),), None, "a finite operand", latex=r"\cos",
    doc="Cosine of x radians.\n\n>>> cos(0.0)\n1.0\n",
)
tan: Primitive = _row(
    "tan", math.tan, lambda y, x: (1.0 + y ** 2,), None, "a finite operand", latex=r"\tan",
    doc="Tangent of x radians.\n\n>>> tan(0.0)\n0.0\n",
)
asin: Primitive = _row(
    "asin", math.asin, lambda y, x: (div.quiet(1.0, circle(x)),), None,
    "an operand from -1 to 1", latex=r"\arcsin", convention="derivative inf at -1 and 1",
    doc="Arc sine in radians, from -pi/2 to pi/2.\n\n>>> asin(0.0)\n0.0\n",
)
acos: Primitive = _row(
    "acos", math.acos, lambda y, x: (-div.quiet(1.0, circle(x)),), None,
    "an operand from -1 to 1", latex=r"\arccos", convention="derivative -inf at -1 and 1",
    doc="Arc cosine in radians, from 0 to pi.\n\n>>> acos(1.0)\n0.0\n",
)
atan: Primitive = _row(
    "atan", math.atan, lambda y, x: (1.0 / (1.0 + square(x)),), latex=r"\arctan",
    doc="Arc tangent in radians, from -pi/2 to pi/2.\n\n>>> atan(0.0)\n0.0\n",
)
atan2: Primitive = _row(
    "atan2", math.atan2,
    lambda angle, y, x: (
        where(hypot(y, x), div.quiet(share(x, y), hypot(y, x)), 0.0),
        where(hypot(y, x), -div.quiet(share(y, x), hypot(y, x)), 0.0),
    ),
    convention="derivative (0, 0) at the origin",
    doc="Angle of the point (x, y), from -pi to pi; the operands come as (y, x).\n\n"
        ">>> atan2(0.0, 1.0)\n0.0\n",
)
hypot: Primitive = _row(
    "hypot", math.hypot,
    lambda r, x, y: (share(x, y), share(y, x)),
    convention="derivative (0, 0) at the origin",
    latex=Form(ATOM, r"\sqrt{{{:4}^{{2}} + {:4}^{{2}}}}"),
    doc="Length of the vector (x, y), without overflow on the way.\n\n>>> hypot(3.0, 4.0)\n5.0\n",
)
sinh: Primitive = _row(
    "sinh", math.sinh, lambda y, x: (cosh.quiet(x),), None, "an operand from -710.4 to 710.4",
    limit=lambda x: math.copysign(inf, x), latex=r"\sinh",
    doc="Hyperbolic sine.\n\n>>> sinh(0.0)\n0.0\n",
)
cosh: Primitive = _row(
    "cosh", math.cosh, lambda y, x: (sinh.quiet(x),), None, "an operand from -710.4 to 710.4",
    limit=lambda x: inf, latex=r"\cosh",
    doc="Hyperbolic cosine.\n\n>>> cosh(0.0)\n1.0\n",
)
tanh: Primitive = _row(
    "tanh", math.tanh, lambda y, x: (square(1.0 / cosh.quiet(x)),), latex=r"\tanh",
    doc="Hyperbolic tangent.\n\n>>> tanh(0.0)\n0.0\n",
)
erf: Primitive = _row(
    "erf", math.erf, lambda y, x: (2.0 / math.sqrt(math.pi) * exp(-square(x)),),
    doc="Error function.\n\n>>> erf(0.0)\n0.0\n",
)

# --- what neurons are made of ---------------------------------------------------

sigmoid: Primitive = _row(
    "sigmoid", _sigmoid, lambda y, x: (y * sigmoid(-x),), "σ", latex=r"\sigma",
    doc="Logistic function ``1 / (1 + exp(-x))``.\n\n>>> sigmoid(0.0)\n0.5\n",
)
softplus: Primitive = _row(
    "softplus", _softplus, lambda y, x: (sigmoid(x),),
    doc="``log(1 + exp(x))``, a smooth relu.\n\n>>> softplus(1000.0)\n1000.0\n",
)
relu: Primitive = _row(
    "relu", lambda x: 0.0 if x <= 0.0 else x, lambda y, x: (step(x),),
    convention="derivative 0 at 0",
    doc="``x`` where it is positive, else 0.\n\n>>> relu(-2.0), relu(3.0)\n(0.0, 3.0)\n",
)
step: Primitive = _row(
    "step", _step, lambda y, x: (0.0,), convention="step(0) is 0; derivative 0 everywhere",
    doc="1 where x is positive, else 0.\n\n>>> step(0.0), step(0.1)\n(0.0, 1.0)\n",
)
sign: Primitive = _row(
    "sign", _sign, lambda y, x: (0.0,), "sgn", convention="sign(0) is 0; derivative 0 everywhere",
    latex=r"\operatorname{sgn}",
    doc="-1, 0 or 1, as x is negative, zero or positive.\n\n>>> sign(-3.0)\n-1.0\n",
)
abs: Primitive = _row(
    "abs", math.fabs, lambda y, x: (sign(x),), "|·|", template="|{}|",
    latex=Form(ATOM, r"\left|{}\right|"),
    convention="derivative 0 at 0",
    doc="Absolute value.\n\n>>> abs(-3.0)\n3.0\n",
)
maximum: Primitive = _row(
    "maximum", _maximum,
    lambda y, a, b: (0.5 * (1.0 + sign(a - b)), 0.5 * (1.0 - sign(a - b))), "max", latex=r"\max",
    convention="a tie shares the derivative half and half",
    doc="The larger of two operands.\n\n>>> maximum(2.0, 3.0)\n3.0\n",
)
minimum: Primitive = _row(
    "minimum", _minimum,
    lambda y, a, b: (0.5 * (1.0 - sign(a - b)), 0.5 * (1.0 + sign(a - b))), "min", latex=r"\min",
    convention="a tie shares the derivative half and half",
    doc="The smaller of two operands.\n\n>>> minimum(2.0, 3.0)\n2.0\n",
)
where: Primitive = _row(
    "where", lambda c, a, b: a if c != 0.0 else b,
    lambda y, c, a, b: (0.0, where(c, 1.0, 0.0), where(c, 0.0, 1.0)),
    template="{1} if {0} else {2}", latex=Form(ATOM, _WHERE_LATEX),
    convention="a condition that is not 0 picks the first; the other branch gets no gradient",
    doc="``where(condition, a, b)``: a where the condition is not 0, else b.\n\n"
        ">>> where(True, 2.0, 3.0)\n2.0\n",
)

# --- operations on any number of operands ---------------------------------------

dot_row: Primitive = _row(
    "dot", _dot, _dot_partials, "w·x", "n weights, n inputs and one bias", template=_dot_text,
    infix=Form(SUM, _dot_form), latex=Form(SUM, _dot_form), operands="w1 w2 x1 x2 b",
)
total_row: Primitive = _row(
    "total", _total, lambda y, *xs: (1.0,) * len(xs), "Σ",
    infix=Form(SUM, _joined("{:1}", " + ", "0")), latex=Form(SUM, _joined("{:1}", " + ", "0")),
    operands="x1 x2",
)
prod_row: Primitive = _row(
    "prod", _prod, _prod_partials, "Π", operands="x1 x2 x3",
    infix=Form(PRODUCT, _joined("{:2}", " * ", "1")),
    latex=Form(PRODUCT, _joined("{:2}", " * ", "1")),
)
logsumexp_row: Primitive = _row(
    "logsumexp", _logsumexp, _logsumexp_partials, None, "at least one operand", operands="x1 x2",
    infix=Form(ATOM, _joined("{}", ", ", "", "logsumexp([", "])")),
    latex=Form(ATOM, _joined("e^{{{}}}", " + ", "0", r"\ln\left(", r"\right)")),
)

# --- what other rows are made of: no functions of their own ------------------------

# sqrt((1 - x)(1 + x)) has the right value near -1 and 1, but its derivative near 0 is a
# difference of two equal numbers; -x / y is right everywhere.
circle: Primitive = Primitive(
    "circle", lambda x: math.sqrt((1.0 - x) * (1.0 + x)), lambda y, x: (-div.quiet(x, y),),
    "√(1−·²)", "an operand from -1 to 1", template="√(1 − {}²)",
    infix=Form(ATOM, "sqrt(1 - {:4} ** 2)"), latex=Form(ATOM, r"\sqrt{{1 - {:4}^{{2}}}}"),
)
# x / r as an operation of its own, for the same reason: the quotient's derivative would be
# 1/r - x²/r³, which is 0 where x is most of r; y²/r³ is right
share: Primitive = Primitive(
    "share", lambda x, y: x / (math.hypot(x, y) or 1.0),
    lambda s, x, y: (
        where(hypot(x, y), div.quiet(square(share(y, x)), hypot(x, y)), 0.0),
        where(hypot(x, y), -div.quiet(s * share(y, x), hypot(x, y)), 0.0),
    ),
    "x/r", template="{0} / r({0}, {1})",
    infix=Form(PRODUCT, "{0:2} / hypot({0}, {1})"),
    latex=Form(POWER, r"\frac{{{0}}}{{\sqrt{{{0:4}^{{2}} + {1:4}^{{2}}}}}}"),
)
# the tau for which the excesses max(x - tau, 0) sum to 1: the threshold of sparsemax. Its
# derivative asks as they do, by x - tau > 0, which operands are above it.
threshold_row: Primitive = Primitive(
    "threshold", _threshold, _threshold_partials, "τ", "finite operands", operands="x1 x2",
    infix=Form(ATOM, _joined("{}", ", ", "", "threshold([", "])")),
    latex=Form(ATOM, _joined("{}", ", ", "", r"\tau\left(", r"\right)")),
)
# a second name for a node, so that a function can be differentiated with respect to one
# argument although the same node also comes to it in another way
identity: Primitive = Primitive(
    "identity", lambda x: x, lambda y, x: (1.0,), "=", template="{}",
)

# fmt: on


# --- built from the table -----------------------------------------------------


def leaky_relu(x: Any, slope: float = 0.01) -> Any:
    """Give ``x`` where it is positive, else ``slope * x``; the derivative at 0 is ``slope``.

    Raises ``TypeError`` if one of them is neither a number nor a node.

    >>> leaky_relu(-2.0), leaky_relu(3.0)
    (-0.02, 3.0)
    """
    if not hasattr(type(slope), "__primitive__"):  # a node would be a slope that is learnt
        slope = real(slope, "slope of leaky_relu")
    return where(step(x), x, slope * x)


def hard_tanh(x: Any) -> Any:
    """Give ``x`` between -1 and 1, else the nearer of the two; the derivative at both is 0.

    >>> hard_tanh(-2.0), hard_tanh(0.5)
    (-1.0, 0.5)
    """
    return where(step(1.0 - abs(x)), x, sign(x))
