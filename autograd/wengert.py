"""A recorded graph as a program: the Wengert list.

The values of a program stand in numbered slots: first the inputs, then the parameters, the
constants, and the results of the instructions in their order. An instruction applies one row
of the table to slots that come before its own. What no output depends on is left out; what
depends on neither an input nor a parameter is a constant.

A slot that depends on an input ``varies`` from sample to sample. All others are uniform:
they follow from the parameters alone, and are computed once for all samples.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple

from .errors import counted
from .formulas import unique_names, written
from .graph import walk
from .primitives import Primitive, total_row
from .value import Value, apply

SHOWN = 400  # instructions that are written down; of a longer program its begin and its end


class Instruction(NamedTuple):
    """One line of the list: ``out`` becomes ``row`` of ``operands``, all of them slots.

    ``fixed`` is the exponent of a power, None for all other rows.
    """

    row: Primitive
    out: int
    operands: tuple[int, ...]
    fixed: float | None

    @property
    def numbers(self) -> tuple[float, ...]:
        """What stands behind the operands that are slots: the exponent, or nothing."""
        return () if self.fixed is None else (self.fixed,)


class Program:
    """A Wengert list: what a tape replays.

    Arguments:
        outputs: the nodes to compute.
        inputs, parameters: nodes that get new numbers in every replay; in place of one that
            is no leaf its number is taken, not its operands.

    >>> x, w = Value(2.0, "x"), Value(3.0, "w")
    >>> print(Program([(w * x + 1.0).named("y")], [x], [w]))
    inputs      x
    parameters  w
    each sample
      v3 = w × x
      y = v3 + 1
    outputs     y
    """

    def __init__(
        self, outputs: Sequence[Value], inputs: Sequence[Value], parameters: Sequence[Value]
    ) -> None:
        order = list(walk(apply(total_row, tuple(outputs))))[:-1]  # one walk for all outputs
        given = {node: slot for slot, node in enumerate([*inputs, *parameters])}
        depends = _dependent(order, given)
        constants: dict[str, int] = {}  # the slot of each number, by its digits
        self.constants: list[float] = []

        def constant(number: float) -> int:
            slot = constants.setdefault(number.hex(), len(given) + len(constants))
            if slot == len(given) + len(self.constants):
                self.constants.append(number)
            return slot

        needed = _needed(order, outputs, given, depends)
        operations = [node for node in order if node in needed]
        for thing in (*(o for node in operations for o in operands_of(node)), *outputs):
            if not isinstance(thing, Value):
                constant(thing)
            elif thing not in depends:
                constant(thing.data)
        slots = dict(given)
        first = len(given) + len(self.constants)
        slots.update((node, first + i) for i, node in enumerate(operations))

        def slot_of(thing: Value | float) -> int:
            if not isinstance(thing, Value):
                return constant(thing)
            return slots[thing] if thing in depends else constant(thing.data)

        # the leaves that got stuck, and that somebody gave a name
        self.frozen = {
            node.label: node.data
            for node in order
            if node.op is None and node not in given and node.label
        }
        self.n_inputs, self.n_parameters = len(inputs), len(parameters)
        self.instructions = [
            Instruction(
                node.op,  # type: ignore[arg-type]  # a leaf is no operation
                slots[node],
                tuple([slot_of(o) for o in operands_of(node)]),
                node._b if node.op is not None and node.op.fixed else None,
            )
            for node in operations
        ]
        self.outputs = [slot_of(y) for y in outputs]
        self.labels = [
            *(node.label for node in [*inputs, *parameters]),
            *([""] * len(self.constants)),
            *(node.label for node in operations),
        ]
        self.varies = self.depending_on(range(self.n_inputs))

    def depending_on(self, leaves: Sequence[int]) -> list[bool]:
        """Say of each slot whether it is one of ``leaves``, or computed from one.

        >>> x, w = Value(2.0), Value(3.0)
        >>> Program([w * w + x], [x], [w]).depending_on([0])
        [True, False, False, True]
        """
        found = [False] * len(self.labels)
        for leaf in leaves:
            found[leaf] = True
        for instruction in self.instructions:
            found[instruction.out] = any(found[o] for o in instruction.operands)
        return found

    @cached_property
    def uniform(self) -> list[Instruction]:
        """The instructions that are the same for all samples."""
        return [i for i in self.instructions if not self.varies[i.out]]

    @cached_property
    def sampled(self) -> list[Instruction]:
        """The instructions of each sample."""
        return [i for i in self.instructions if self.varies[i.out]]

    def start(self, sample: Sequence[float], theta: Sequence[float]) -> list[float]:
        """Give the numbers in the slots before the first instruction.

        >>> Program([Value(2.0) * 3.0], [], []).start([], [])
        [6.0]
        """
        return [*sample, *theta, *self.constants]

    def __str__(self) -> str:
        names = unique_names(self.labels)
        leaves, fixed = self.n_inputs + self.n_parameters, len(self.constants)
        texts = [*names[:leaves], *map(_exact, self.constants), *names[leaves + fixed :]]
        parts = {
            "inputs": texts[: self.n_inputs],
            "parameters": texts[self.n_inputs : leaves],
            "constants": [f"{label} = {_exact(x)}" for label, x in self.frozen.items()],
        }
        lines = [f"{what:<12}{_row_of(some)}" for what, some in parts.items() if some]
        groups = {"once": self.uniform, "each sample": self.sampled}
        for what, instructions in groups.items():
            if instructions:
                lines += [what, *(f"  {line}" for line in _listed(instructions, texts))]
        return "\n".join([*lines, f"{'outputs':<12}{_row_of([texts[o] for o in self.outputs])}"])


def operands_of(node: Value) -> Sequence[Value | float]:
    """Give what an operation was applied to; numbers that never became nodes as they are.

    >>> operands_of(2.0 * Value(3.0))
    (2.0, Value(data=3, grad=0))
    """
    a: Value | float | tuple[Value, ...] = node._a
    if type(a) is tuple:
        return a
    return (a,) if node._db is None else (a, node._b)  # type: ignore[return-value]


def _dependent(order: list[Value], given: dict[Value, int]) -> set[Value]:
    """Find the nodes whose numbers follow from those of ``given``."""
    depends = set(given)
    for node in order:
        if node.op is not None and not depends.isdisjoint(
            o for o in operands_of(node) if isinstance(o, Value)
        ):
            depends.add(node)
    return depends


def _needed(
    order: list[Value], outputs: Sequence[Value], given: dict[Value, int], depends: set[Value]
) -> set[Value]:
    """Find the operations that an output depends on, and that are no constants themselves."""
    reached = set(outputs)
    needed = set()
    for node in reversed(order):
        if node in reached and node in depends and node not in given:
            needed.add(node)
            reached.update(o for o in operands_of(node) if isinstance(o, Value))
    return needed


def _listed(instructions: list[Instruction], texts: list[str]) -> list[str]:
    def line(i: Instruction) -> str:
        operands = [*(texts[o] for o in i.operands), *map(_exact, i.numbers)]
        return f"{texts[i.out]} = {written(i.row, operands)}"

    if len(instructions) <= SHOWN:
        return [line(i) for i in instructions]
    half = SHOWN // 2
    left_out = f"… {counted(len(instructions) - SHOWN, 'instruction')} …"
    return [
        *(line(i) for i in instructions[:half]),
        left_out,
        *(line(i) for i in instructions[-half:]),
    ]


def _exact(number: float) -> str:
    """Write a number to its last digit."""
    return repr(number).removesuffix(".0").replace("-", "−")


def _row_of(texts: list[str], most: int = 20) -> str:
    if len(texts) <= most:
        return ", ".join(texts) or "none"
    return f"{', '.join(texts[:most])} … {texts[-1]} ({len(texts):,})"
