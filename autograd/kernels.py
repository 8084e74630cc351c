"""What numba compiles: an interpreter for programs, and the sweeps over blocks of samples.

Nothing here is compiled for a certain graph. A program comes as numbers, six for each
instruction, and the interpreter does what they say; so it is compiled once, and kept on disk.
Its branches are written from the table: ``rulecode`` gives the source of each row.

The interpreter is compiled for two widths. The wide one has ``LANES`` samples side by side: a
slot is a row of that many numbers. The narrow one has one number in each slot: for what is the
same for all samples, and for a single sample.

Where a row has a domain, and a result is not finite, the interpreter says so, and goes on; the
replay in plain Python then finds out whether that is an error.
"""

from __future__ import annotations

import hashlib
import math
import warnings
from functools import cache, partial
from pathlib import Path
from typing import Any

import numba

from . import lanes, primitives, rulecode
from .lanes import LANES, get, put
from .primitives import Primitive
from .rulecode import KNOWN, derivatives

WORDS = 6  # numbers of an instruction: operation, result, three operands, and one more
TILE = 4  # neurons on the same inputs that are computed together

njit: Any = partial(numba.njit, error_model="numpy")  # x / 0.0 is inf or nan, and no error

# --- operations ---------------------------------------------------------------------------------

ADD, SUB, MUL, NEG, SQUARE, RELU, TOTAL, DOT, DOTS, PAIRS = range(1, 11)
PROD, LOGSUMEXP, POWER, WHERE = range(11, 15)  # from here on, lane after lane
WRITTEN_OUT = {"add": ADD, "sub": SUB, "mul": MUL, "neg": NEG, "square": SQUARE, "relu": RELU,
               "total": TOTAL, "prod": PROD, "logsumexp": LOGSUMEXP, "power": POWER,
               "where": WHERE}  # fmt: skip
OTHERS = [row for row in KNOWN.values() if row.arity and row.name not in WRITTEN_OUT]
OTHERS.sort(key=lambda row: row.arity or 0)
UNARY = 16  # the first of those on one operand, and of those on two
BINARY = UNARY + sum(row.arity == 1 for row in OTHERS)
CODES = WRITTEN_OUT | {row.name: code for code, row in enumerate(OTHERS, start=UNARY)}

# Where the sizes and places of a program stand at the beginning of its integers; the rest of them
# are the instructions and the lists that these lead to (see ``encoding``).
HEADER = [
    "N_INPUTS", "N_THETA", "N_SLOTS", "N_SPREAD", "N_ROWS",  # how many
    "AT_U", "AT_E", "AT_V", "AT_D",  # in the floats
    "UNIFORM", "UNIFORM_END", "UNIFORM_BACK", "UNIFORM_BACK_END",  # in the integers, from here on
    "SAMPLED", "SAMPLED_END", "SAMPLED_BACK", "SAMPLED_BACK_END", "INPUT_BACK", "INPUT_BACK_END",
    "SINGLE", "SINGLE_END", "SINGLE_BACK", "SINGLE_BACK_END", "SPREAD", "SPREAD_END",
    "OUTPUTS", "SINGLE_OUTPUTS",
]  # fmt: skip
PLACES = {name: place for place, name in enumerate(HEADER)}
(
    N_INPUTS, N_THETA, N_SLOTS, N_SPREAD, N_ROWS, AT_U, AT_E, AT_V, AT_D,
    UNIFORM, UNIFORM_END, UNIFORM_BACK, UNIFORM_BACK_END,
    SAMPLED, SAMPLED_END, SAMPLED_BACK, SAMPLED_BACK_END, INPUT_BACK, INPUT_BACK_END,
    SINGLE, SINGLE_END, SINGLE_BACK, SINGLE_BACK_END, SPREAD, SPREAD_END,
    OUTPUTS, SINGLE_OUTPUTS,
) = range(len(HEADER))  # fmt: skip

# In the kernels: ``op o a b c k`` are the words of an instruction, V are the numbers, D their
# adjoints, U and E the same for what is uniform; ``many`` are the operands of operations that
# take any number of them.


# --- the rows of the table -----------------------------------------------------------------------


def rows_source() -> str:
    """Write the functions that choose the row of an operation: its value, and its partials."""
    parts = []
    for row in KNOWN.values():
        if row.arity is not None and row.name not in ("add", "sub", "mul"):
            operands = ["a", "b", "c"][: row.arity - row.fixed] + ["n"] * row.fixed
            parts.append(derivatives(row).function(f"d_{row.name}", ", ".join(["y", *operands])))
    for name, arity, given in (("unary", 1, "a"), ("binary", 2, "a, b")):
        first, *rest = [row for row in OTHERS if row.arity == arity]
        for prefix, arguments in (("", given), ("d_", f"y, {given}")):
            lines = [f"def {prefix}{name}(op, {arguments}):"]
            for row in rest:
                lines.append(f"    if op == {CODES[row.name]}:")
                lines.append(f"        return {prefix}{row.name}({arguments})")
            lines.append(f"    return {prefix}{first.name}({arguments})")
            parts.append("\n".join(lines))
    return "\n\n".join(parts)


def _rows() -> dict[str, Any]:
    """Compile the rows of the table, and what chooses among them."""
    functions: dict[str, Any] = {"inf": math.inf, "nan": math.nan}
    for row in KNOWN.values():
        if row.arity is not None:
            functions[row.name] = functions[f"{row.name}_quiet"] = _scalar(row)
    before = set(functions)
    # under the name of a file that exists: numba looks for it
    exec(compile(rows_source(), __file__, "exec"), functions)
    for name in set(functions) - before - {"__builtins__"}:
        functions[name] = njit(functions[name])
    return functions


def _scalar(row: Primitive) -> Any:
    """Give the value of a row, compiled; outside of its domain it is what C has there."""
    if row.name in ("power", "pow"):
        return math.pow  # the row raises for a base of 0, where the limit is infinite, as here
    return njit(row.forward) if hasattr(row.forward, "__code__") else row.forward


_functions = _rows()
unary, d_unary, binary, d_binary, power, d_power, where, d_where = (
    _functions[name]
    for name in ("unary", "d_unary", "binary", "d_binary", "power", "d_power", "where", "d_where")
)


# --- operations that are computed lane after lane, in both widths -----------------------------


@njit
def increase(array, index, number):
    """Add to the number at an index."""
    put(array, index, get(array, index) + number)


@njit
def strange(y, p, q):
    """Say whether a result may be an error: nan is nobody's fault, but 0 divides nan, either."""
    return y - y != 0.0 and q == q and (p == p or q <= 0.0)


@njit
def overflowed(V, many, a, b, o, lane):
    """Say whether a sum that is not finite may have become so on the way."""
    y = get(V, o + lane)
    for i in range(a, a + b):
        if get(V, get(many, i) + lane) != get(V, get(many, i) + lane):
            return False  # it is nan because an operand is
    return y - y != 0.0


@njit
def product_of(V, many, a, b, without, lane):
    """Multiply the operands but one; mantissa and exponent apart, so that nothing overflows."""
    mantissa, exponent = 1.0, 0
    for i in range(a, a + b):
        if i != without:
            fraction, more = math.frexp(get(V, get(many, i) + lane))
            mantissa, carry = math.frexp(mantissa * fraction)
            exponent += more + carry
    return mantissa, exponent


@njit
def product_back(V, D, many, a, b, o, lane):
    """Hand on the adjoint of a product: each operand gets the product of the others."""
    g, (mantissa, exponent) = get(D, o + lane), product_of(V, many, a, b, -1, lane)
    whole = mantissa - mantissa == 0.0 and mantissa != 0.0
    for i in range(a, a + b):
        x = get(many, i) + lane
        if whole:  # then it is quicker to divide than to multiply all others
            fraction, less = math.frexp(get(V, x))
            others = math.ldexp(mantissa / fraction, exponent - less)
        else:
            m, e = product_of(V, many, a, b, i, lane)
            others = math.ldexp(m, e)
        increase(D, x, g * others)


@njit
def logsumexp_of(V, many, a, b, lane):
    """Give the logarithm of a sum of exponentials, as the row of the table does."""
    top, place = -math.inf, a
    for i in range(a, a + b):
        x = get(V, get(many, i) + lane)
        if x != x:
            return math.nan
        if x > top:
            top, place = x, i
    if math.isinf(top):
        return top
    rest = 0.0
    for i in range(a, a + b):
        if i != place:
            rest += math.exp(get(V, get(many, i) + lane) - top)
    return top + math.log1p(rest)


@njit
def logsumexp_back(V, D, many, a, b, o, lane):
    """Hand on the adjoint of a logarithm of a sum of exponentials."""
    y, whole = get(V, o + lane), 0.0
    for i in range(a, a + b):
        whole += math.exp(get(V, get(many, i) + lane) - y)
    for i in range(a, a + b):
        x = get(many, i) + lane
        increase(D, x, get(D, o + lane) * (math.exp(get(V, x) - y) / whole))


@njit
def forward_by_lane(op, o, a, b, c, k, many, fixed, V, live):
    """Compute an operation for each sample; say whether something is odd."""
    odd = 0
    if op >= BINARY:
        for lane in range(live):
            p, q = get(V, a + lane), get(V, b + lane)
            y = binary(op, p, q)
            put(V, o + lane, y)
            odd |= k and strange(y, p, q)
    elif op >= UNARY:
        for lane in range(live):
            p = get(V, a + lane)
            y = unary(op, p)
            put(V, o + lane, y)
            odd |= k and y - y != 0.0 and p == p
    elif op == POWER:
        for lane in range(live):
            p, n = get(V, a + lane), get(fixed, c)
            y = power(p, n)
            put(V, o + lane, y)
            odd |= k and strange(y, p, n)
    elif op == WHERE:
        for lane in range(live):
            put(V, o + lane, where(get(V, a + lane), get(V, b + lane), get(V, c + lane)))
    elif op == PROD:
        for lane in range(live):
            mantissa, exponent = product_of(V, many, a, b, -1, lane)
            put(V, o + lane, math.ldexp(mantissa, exponent))
    else:
        for lane in range(live):
            put(V, o + lane, logsumexp_of(V, many, a, b, lane))
    return odd


@njit
def backward_by_lane(op, o, a, b, c, many, fixed, V, D, live):
    """Hand on the adjoint of an operation, but for zeros, for each sample."""
    for lane in range(live):
        g, y = get(D, o + lane), get(V, o + lane)
        if g == 0.0:
            continue
        if op >= BINARY:
            t, r = d_binary(op, y, get(V, a + lane), get(V, b + lane))
            increase(D, a + lane, g * t)
            increase(D, b + lane, g * r)
        elif op >= UNARY:
            increase(D, a + lane, g * d_unary(op, y, get(V, a + lane)))
        elif op == POWER:
            increase(D, a + lane, g * d_power(y, get(V, a + lane), get(fixed, c)))
        elif op == WHERE:
            t, r, s = d_where(y, get(V, a + lane), get(V, b + lane), get(V, c + lane))
            increase(D, a + lane, g * t)
            increase(D, b + lane, g * r)
            increase(D, c + lane, g * s)
        elif op == PROD:
            product_back(V, D, many, a, b, o, lane)
        else:
            logsumexp_back(V, D, many, a, b, o, lane)
    return 0


# --- the interpreter ----------------------------------------------------------------------------


def interpreter(width: int, registers: Any) -> tuple[Any, Any]:
    """Compile the interpreter, forward and backward, for so many samples side by side.

    ``registers`` has the functions for as many numbers at once: those of ``lanes``, or the same
    for one number.
    """
    load, store, fill, total = registers.load, registers.store, registers.fill, registers.total
    plus, minus, times = registers.plus, registers.minus, registers.times
    fused, gated = registers.fused, registers.gated
    rectified, stepped = registers.rectified, registers.stepped

    @njit
    def forward(code, begin, end, many, fixed, V, U, live):
        """Compute the instructions from ``begin`` to ``end``; say whether something is odd."""
        odd = 0
        for at in range(begin, end, WORDS):
            op, o, a, b = get(code, at), get(code, at + 1), get(code, at + 2), get(code, at + 3)
            c, k = get(code, at + 4), get(code, at + 5)
            if op == ADD:
                store(V, o, plus(load(V, a), load(V, b)))
            elif op == SUB:
                store(V, o, minus(load(V, a), load(V, b)))
            elif op == MUL:
                store(V, o, times(load(V, a), load(V, b)))
            elif op == NEG:
                store(V, o, minus(fill(-0.0), load(V, a)))
            elif op == SQUARE:
                store(V, o, times(load(V, a), load(V, a)))
            elif op == RELU:
                store(V, o, rectified(load(V, a)))
            elif op == TOTAL:
                s = fill(0.0)
                for i in range(a, a + b):
                    s = plus(s, load(V, get(many, i)))
                store(V, o, s)
                if k and total(minus(s, s)) != 0.0:
                    for lane in range(live):
                        odd |= overflowed(V, many, a, b, o, lane)
            elif op == DOT:
                s = fill(get(U, get(many, a + 2 * b)))
                for i in range(a, a + b):
                    s = plus(s, times(fill(get(U, get(many, i + b))), load(V, get(many, i))))
                store(V, o, s)
            elif op == DOTS:
                w0 = a + b
                w1 = w0 + b
                w2 = w1 + b
                w3 = w2 + b
                bias = w3 + b
                s0, s1 = fill(get(U, get(many, bias))), fill(get(U, get(many, bias + 1)))
                s2, s3 = fill(get(U, get(many, bias + 2))), fill(get(U, get(many, bias + 3)))
                for i in range(b):
                    x = load(V, get(many, a + i))
                    s0 = plus(s0, times(fill(get(U, get(many, w0 + i))), x))
                    s1 = plus(s1, times(fill(get(U, get(many, w1 + i))), x))
                    s2 = plus(s2, times(fill(get(U, get(many, w2 + i))), x))
                    s3 = plus(s3, times(fill(get(U, get(many, w3 + i))), x))
                store(V, o, s0)
                store(V, o + width, s1)
                store(V, o + 2 * width, s2)
                store(V, o + 3 * width, s3)
            elif op == PAIRS:
                s = load(V, get(many, a + 2 * b))
                for i in range(a, a + b):
                    s = plus(s, times(load(V, get(many, i)), load(V, get(many, i + b))))
                store(V, o, s)
            else:
                odd |= forward_by_lane(op, o, a, b, c, k, many, fixed, V, live)
                for lane in range(live, width):
                    put(V, o + lane, get(V, o))
        return odd

    @njit
    def backward(code, begin, end, many, fixed, V, D, U, E, live):
        """Hand on the adjoints of the instructions from ``begin`` to ``end``."""
        for at in range(begin, end, WORDS):
            op, o, a, b = get(code, at), get(code, at + 1), get(code, at + 2), get(code, at + 3)
            c = get(code, at + 4)
            if op == ADD:
                g = load(D, o)
                store(D, a, plus(load(D, a), g))
                store(D, b, plus(load(D, b), g))
            elif op == SUB:
                g = load(D, o)
                store(D, a, plus(load(D, a), g))
                store(D, b, minus(load(D, b), g))
            elif op == MUL:
                g = load(D, o)
                store(D, a, gated(g, load(V, b), load(D, a)))
                store(D, b, gated(g, load(V, a), load(D, b)))
            elif op == NEG:
                store(D, a, minus(load(D, a), load(D, o)))
            elif op == SQUARE:
                store(D, a, gated(load(D, o), times(fill(2.0), load(V, a)), load(D, a)))
            elif op == RELU:
                store(D, a, gated(load(D, o), stepped(load(V, a)), load(D, a)))
            elif op == TOTAL:
                g = load(D, o)
                for i in range(a, a + b):
                    x = get(many, i)
                    store(D, x, plus(load(D, x), g))
            elif op == DOT:
                g = load(D, o)
                for i in range(a, a + b):
                    x, w = get(many, i), get(many, i + b)
                    if c:
                        store(D, x, fused(fill(get(U, w)), g, load(D, x)))
                    put(E, w, get(E, w) + total(times(load(V, x), g)))
                w = get(many, a + 2 * b)
                put(E, w, get(E, w) + total(g))
            elif op == DOTS:
                g0, g1 = load(D, o), load(D, o + width)
                g2, g3 = load(D, o + 2 * width), load(D, o + 3 * width)
                for i in range(b):
                    p = get(many, a + i)
                    w0 = get(many, a + b + i)
                    w1 = get(many, a + 2 * b + i)
                    w2 = get(many, a + 3 * b + i)
                    w3 = get(many, a + 4 * b + i)
                    if c:
                        d = fused(fill(get(U, w0)), g0, load(D, p))
                        d = fused(fill(get(U, w1)), g1, d)
                        d = fused(fill(get(U, w2)), g2, d)
                        store(D, p, fused(fill(get(U, w3)), g3, d))
                    x = load(V, p)
                    put(E, w0, get(E, w0) + total(times(x, g0)))
                    put(E, w1, get(E, w1) + total(times(x, g1)))
                    put(E, w2, get(E, w2) + total(times(x, g2)))
                    put(E, w3, get(E, w3) + total(times(x, g3)))
                w = a + 5 * b
                put(E, get(many, w), get(E, get(many, w)) + total(g0))
                put(E, get(many, w + 1), get(E, get(many, w + 1)) + total(g1))
                put(E, get(many, w + 2), get(E, get(many, w + 2)) + total(g2))
                put(E, get(many, w + 3), get(E, get(many, w + 3)) + total(g3))
            elif op == PAIRS:
                g = load(D, o)
                for i in range(a, a + b):
                    x, w = get(many, i), get(many, i + b)
                    store(D, x, gated(g, load(V, w), load(D, x)))
                    store(D, w, gated(g, load(V, x), load(D, w)))
                w = get(many, a + 2 * b)
                store(D, w, plus(load(D, w), g))
            else:
                backward_by_lane(op, o, a, b, c, many, fixed, V, D, live)
        return 0

    return forward, backward


class Narrow:
    """The functions of ``lanes`` for a register of one number."""

    load = njit(lambda array, index: get(array, index))
    store = njit(lambda array, index, x: put(array, index, x))
    fill = njit(lambda x: x)
    plus = njit(lambda a, b: a + b)
    minus = njit(lambda a, b: a - b)
    times = njit(lambda a, b: a * b)
    fused = njit(lambda a, b, c: a * b + c)
    gated = njit(lambda g, p, d: d + g * p if g != 0.0 else d)
    total = njit(lambda x: x)
    rectified = njit(lambda x: 0.0 if x <= 0.0 else x)
    stepped = njit(lambda x: 0.0 if x <= 0.0 else 1.0 if x > 0.0 else x)


forward_wide, backward_wide = interpreter(LANES, lanes)
forward_narrow, backward_narrow = interpreter(1, Narrow)


# --- the sweeps: what is called once a step -----------------------------------------------------


@njit
def begun(ints, floats, theta):
    """Compute what is the same for all samples."""
    n_inputs, n_theta, one = get(ints, N_INPUTS), get(ints, N_THETA), LANES // LANES
    U = floats[get(ints, AT_U) :]
    for j in range(n_theta):
        put(U, n_inputs + j, get(theta, j))
    return forward_narrow(ints, get(ints, UNIFORM), get(ints, UNIFORM_END), ints, floats, U, U, one)


@njit
def spread(ints, floats):
    """Fill the rows of what is the same for all samples."""
    U, V = floats[get(ints, AT_U) :], floats[get(ints, AT_V) :]
    for i in range(get(ints, SPREAD), get(ints, SPREAD_END), 2):
        lanes.store(V, get(ints, i), lanes.fill(get(U, get(ints, i + 1))))


@njit
def placed(ints, floats, X, first, live):
    """Turn samples into rows; lanes without a sample repeat the first one."""
    V = floats[get(ints, AT_V) :]
    for i in range(get(ints, N_INPUTS)):
        for lane in range(live):
            put(V, i * LANES + lane, X[first + lane, i])
        for lane in range(live, LANES):
            put(V, i * LANES + lane, get(V, i * LANES))


@njit
def single(ints, floats, X):
    """Compute one sample without rows."""
    U, one = floats[get(ints, AT_U) :], LANES // LANES
    for i in range(get(ints, N_INPUTS)):
        put(U, i, X[0, i])
    return forward_narrow(ints, get(ints, SINGLE), get(ints, SINGLE_END), ints, floats, U, U, one)


def forward(ints, floats, X, theta, Y, odd):
    """Write the outputs for each sample to Y; mark the blocks in which something is odd."""
    samples, outputs = Y.shape
    U, V, outs = floats[get(ints, AT_U) :], floats[get(ints, AT_V) :], get(ints, OUTPUTS)
    strange = begun(ints, floats, theta)
    if samples == 1:
        odd[0] = strange | single(ints, floats, X)
        for k in range(outputs):
            Y[0, k] = get(U, get(ints, get(ints, SINGLE_OUTPUTS) + k))
        return
    spread(ints, floats)
    for first in range(0, samples, LANES):
        live = min(LANES, samples - first)
        placed(ints, floats, X, first, live)
        odd[first // LANES] = strange | forward_wide(
            ints, get(ints, SAMPLED), get(ints, SAMPLED_END), ints, floats, V, U, live
        )
        for k in range(outputs):
            for lane in range(live):
                Y[first + lane, k] = get(V, get(ints, outs + k) + lane)


def gradient(ints, floats, X, theta, slopes):
    """Write the gradient of the mean output; give the mean, and nan if anything is odd."""
    samples = len(X)
    if not (samples and X.shape[1] == get(ints, N_INPUTS) and len(theta) == get(ints, N_THETA)):
        return math.nan
    n_inputs, n_theta, n_slots = get(ints, N_INPUTS), get(ints, N_THETA), get(ints, N_SLOTS)
    share, mean, lost, one = 1.0 / samples, 0.0, 0.0, LANES // LANES
    U, E = floats[get(ints, AT_U) :], floats[get(ints, AT_E) :]
    for i in range(n_slots):
        put(E, i, 0.0)
    odd = begun(ints, floats, theta)
    if samples == 1:
        odd |= single(ints, floats, X)
        output = get(ints, get(ints, SINGLE_OUTPUTS))
        mean = get(U, output)
        put(E, output, 1.0)
        backward_narrow(
            ints, get(ints, SINGLE_BACK), get(ints, SINGLE_BACK_END), ints, floats, U, E, U, E, one
        )
    else:
        V, D = floats[get(ints, AT_V) :], floats[get(ints, AT_D) :]
        n_spread, n_rows = get(ints, N_SPREAD), get(ints, N_ROWS)
        output = get(ints, get(ints, OUTPUTS))
        spread(ints, floats)
        for i in range(n_spread * LANES):
            put(D, n_inputs * LANES + i, 0.0)
        for first in range(0, samples, LANES):
            live = min(LANES, samples - first)
            placed(ints, floats, X, first, live)
            odd |= forward_wide(
                ints, get(ints, SAMPLED), get(ints, SAMPLED_END), ints, floats, V, U, live
            )
            for i in range(n_inputs * LANES):
                put(D, i, 0.0)
            for i in range((n_inputs + n_spread) * LANES, n_rows * LANES):
                put(D, i, 0.0)
            for lane in range(live):
                increase(D, output + lane, share)
                # what a sum of many numbers rounds away is added at the end (Neumaier)
                number = share * get(V, output + lane)
                sum_ = mean + number
                if abs(mean) >= abs(number):
                    lost += (mean - sum_) + number
                else:
                    lost += (number - sum_) + mean
                mean = sum_
            backward_wide(
                ints,
                get(ints, SAMPLED_BACK),
                get(ints, SAMPLED_BACK_END),
                ints,
                floats,
                V,
                D,
                U,
                E,
                live,
            )
        for i in range(get(ints, SPREAD), get(ints, SPREAD_END), 2):
            u = get(ints, i + 1)
            put(E, u, get(E, u) + lanes.total(lanes.load(D, get(ints, i))))
    backward_narrow(
        ints, get(ints, UNIFORM_BACK), get(ints, UNIFORM_BACK_END), ints, floats, U, E, U, E, one
    )
    check = 0.0
    for j in range(n_theta):
        slope = get(E, n_inputs + j)
        check += slope - slope
        put(slopes, j, slope)
    return mean + lost if odd == 0 and check == 0.0 else math.nan


def jacobian(ints, floats, X, theta, J, odd):
    """Write the derivatives of outputs by inputs for each sample; mark odd blocks."""
    samples, outputs, inputs = J.shape
    U, E = floats[get(ints, AT_U) :], floats[get(ints, AT_E) :]
    V, D = floats[get(ints, AT_V) :], floats[get(ints, AT_D) :]
    strange = begun(ints, floats, theta)
    spread(ints, floats)
    for first in range(0, samples, LANES):
        live = min(LANES, samples - first)
        placed(ints, floats, X, first, live)
        bad = strange | forward_wide(
            ints, get(ints, SAMPLED), get(ints, SAMPLED_END), ints, floats, V, U, live
        )
        for k in range(outputs):
            for i in range(get(ints, N_ROWS) * LANES):
                put(D, i, 0.0)
            for lane in range(live):
                put(D, get(ints, get(ints, OUTPUTS) + k) + lane, 1.0)
            backward_wide(
                ints,
                get(ints, INPUT_BACK),
                get(ints, INPUT_BACK_END),
                ints,
                floats,
                V,
                D,
                U,
                E,
                live,
            )
            for i in range(inputs):
                for lane in range(live):
                    slope = get(D, i * LANES + lane)
                    bad |= slope - slope != 0.0
                    J[first + lane, k, i] = slope
        odd[first // LANES] = bad


# What the sweeps take, and nothing else: another kind of array is not compiled for, but refused.
INTS, VECTOR, MATRIX = numba.int32[::1], numba.float64[::1], numba.float64[:, ::1]
CUBE, MARKS = numba.float64[:, :, ::1], numba.uint8[::1]
SIGNATURES = {
    forward: numba.void(INTS, VECTOR, MATRIX, VECTOR, MATRIX, MARKS),
    gradient: numba.float64(INTS, VECTOR, MATRIX, VECTOR, VECTOR),
    jacobian: numba.void(INTS, VECTOR, MATRIX, VECTOR, CUBE, MARKS),
}


@cache
def compiled(sweep: Any) -> Any:
    """Give ``forward``, ``gradient`` or ``jacobian`` as compiled code.

    The first call on a machine compiles it, which takes seconds; later ones find it on disk.
    """
    # what is found there, by its name, must have been made of the very same sources
    files = [Path(str(module.__file__)) for module in (lanes, primitives, rulecode)]
    digest = hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:12]
    sweep.__qualname__ = f"{sweep.__name__}_{digest}"
    try:
        return njit(SIGNATURES[sweep], cache=True)(sweep)
    except Exception:  # there is no place on disk, it is full, or what is there is damaged
        made = njit(SIGNATURES[sweep])(sweep)
        warnings.warn(
            "compiled tapes cannot be kept on disk, so each process compiles them: set"
            " NUMBA_CACHE_DIR to a folder that can be written to",
            stacklevel=2,
        )
        return made
