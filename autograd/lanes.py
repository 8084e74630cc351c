"""A vector register as a number type of numba: the same operation on several samples at once.

Compilers turn loops over samples into vector instructions when they can prove that nothing
overlaps, which here they cannot. So the kernels say it: ``load`` takes ``LANES`` numbers that
stand next to each other into one register, and ``+``, ``-``, ``*`` act on all of them.

None of these functions checks an index: what is read and written was counted beforehand.
"""

from __future__ import annotations

from typing import Any

from llvmlite import binding, ir
from numba import extending
from numba.core import cgutils, types

intrinsic: Any = extending.intrinsic

# one cache line of samples is as good as it gets; wider processors do two at once
LANES = 16 if binding.get_host_cpu_features().get("avx512f") else 8

REGISTER = ir.VectorType(ir.DoubleType(), LANES)
INDEX = ir.IntType(32)


class Lanes(types.Type):
    """The type of a register, as numba's compiler knows it."""

    def __init__(self) -> None:
        super().__init__(name=f"Lanes({LANES})")


lanes = Lanes()


@extending.register_model(Lanes)
class _LanesModel(extending.models.PrimitiveModel):
    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, REGISTER)


def _place(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    """Give the address of an element of an array."""
    array = context.make_array(signature.args[0])(context, builder, arguments[0])
    return builder.gep(array.data, [arguments[1]], inbounds=True)


@intrinsic
def get(typing: Any, array: Any, index: Any) -> Any:
    """Give the number at an index."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.load(_place(context, builder, signature, arguments))

    return array.dtype(array, index), code


@intrinsic
def put(typing: Any, array: Any, index: Any, number: Any) -> Any:
    """Write a number to an index."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        builder.store(arguments[2], _place(context, builder, signature, arguments))
        return context.get_dummy_value()

    return types.void(array, index, array.dtype), code


@intrinsic
def load(typing: Any, array: Any, index: Any) -> Any:
    """Give the numbers from an index on, as many as there are lanes."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        place = _place(context, builder, signature, arguments)
        return builder.load(builder.bitcast(place, REGISTER.as_pointer()), align=8)

    return lanes(array, index), code


@intrinsic
def store(typing: Any, array: Any, index: Any, register: Any) -> Any:
    """Write the numbers of a register from an index on."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        place = _place(context, builder, signature, arguments)
        builder.store(arguments[2], builder.bitcast(place, REGISTER.as_pointer()), align=8)
        return context.get_dummy_value()

    return types.void(array, index, lanes), code


@intrinsic
def fill(typing: Any, number: Any) -> Any:
    """Give a register with the same number in all lanes."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        nothing = ir.Constant(REGISTER, ir.Undefined)
        first = builder.insert_element(nothing, arguments[0], ir.Constant(INDEX, 0))
        return builder.shuffle_vector(first, nothing, _indices([0] * LANES))

    return lanes(types.float64), code


@intrinsic
def fused(typing: Any, a: Any, b: Any, c: Any) -> Any:
    """Give ``a * b + c``, rounded once if the processor can."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        kind = ir.FunctionType(REGISTER, [REGISTER] * 3)
        name = f"llvm.fmuladd.v{LANES}f64"
        return builder.call(cgutils.get_or_insert_function(builder.module, kind, name), arguments)

    return lanes(lanes, lanes, lanes), code


@intrinsic
def gated(typing: Any, gradient: Any, partial: Any, sum: Any) -> Any:
    """Give ``sum + gradient * partial``, and the sum itself where the gradient is zero."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        gradient, partial, before = arguments
        after = builder.fadd(before, builder.fmul(gradient, partial))
        zero = ir.Constant(REGISTER, [0.0] * LANES)
        return builder.select(builder.fcmp_ordered("==", gradient, zero), before, after)

    return lanes(lanes, lanes, lanes), code


@intrinsic
def total(typing: Any, register: Any) -> Any:
    """Give the sum over the lanes."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        part, width = arguments[0], LANES
        while width > 1:
            nothing = ir.Constant(part.type, ir.Undefined)
            width //= 2
            low = builder.shuffle_vector(part, nothing, _indices(range(width)))
            high = builder.shuffle_vector(part, nothing, _indices(range(width, 2 * width)))
            part = builder.fadd(low, high)
        return builder.extract_element(part, ir.Constant(INDEX, 0))

    return types.float64(lanes), code


@intrinsic
def rectified(typing: Any, register: Any) -> Any:
    """Give 0 in each lane whose number is at most 0, and else the number."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        zero = ir.Constant(REGISTER, [0.0] * LANES)
        below = builder.fcmp_ordered("<=", arguments[0], zero)
        return builder.select(below, zero, arguments[0])

    return lanes(lanes), code


@intrinsic
def stepped(typing: Any, register: Any) -> Any:
    """Give 1 in each lane whose number is above 0, 0 if it is at most that, and else nan."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        zero, one = (ir.Constant(REGISTER, [x] * LANES) for x in (0.0, 1.0))
        above = builder.select(builder.fcmp_ordered(">", arguments[0], zero), one, arguments[0])
        return builder.select(builder.fcmp_ordered("<=", arguments[0], zero), zero, above)

    return lanes(lanes), code


def _arithmetic(operation: str) -> Any:
    def typed(typing: Any, a: Any, b: Any) -> Any:
        def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            return getattr(builder, operation)(*arguments)

        return lanes(lanes, lanes), code

    return intrinsic(typed)


plus, minus, times = map(_arithmetic, ("fadd", "fsub", "fmul"))


def _indices(places: Any) -> Any:
    numbers = list(places)
    return ir.Constant(ir.VectorType(INDEX, len(numbers)), numbers)
