"""A program as the numbers that the compiled interpreter reads (see ``kernels``).

Integers: a header with sizes and places, the instructions forward and backward, and lists of
slots. Floats: the numbers in the slots and their adjoints, twice: one number each for what is
the same for all samples (U, E), and for what varies a row for ``LANES`` samples (V, D).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import numpy as np

from .kernels import CODES, DOT, DOTS, HEADER, PAIRS, PLACES, TILE
from .lanes import LANES
from .primitives import Primitive, dot_row, total_row
from .rulecode import is_known
from .wengert import Instruction, Program

ALIGNED = 8  # floats of a cache line


class Operation(NamedTuple):
    """One or more instructions that the interpreter carries out together.

    ``words`` are those of the instruction, ``inputs`` the slots that it needs no gradient for if
    nothing is wanted beneath them (of a ``dot``; else there are none).
    """

    outs: list[int]
    words: list[int]
    inputs: tuple[int, ...] = ()


def can_encode(program: Program) -> bool:
    """Say whether the interpreter has a branch for every instruction.

    >>> can_encode(Program([], [], []))
    True
    """
    known = {*CODES, dot_row.name}
    return all(is_known(i.row) and i.row.name in known for i in program.instructions)


class Encoded:
    """A program as two arrays, ``ints`` and ``floats``, of which the latter is worked on."""

    def __init__(self, program: Program) -> None:
        self.program = program
        order = _scheduled(program)
        uniform = [i for i in order if not program.varies[i.out]]
        sampled = [i for i in order if program.varies[i.out]]
        n_slots = len(program.labels)
        leaves = n_slots - len(order)
        # where each slot stands in U; results in the order in which they are computed
        self.place = {slot: slot for slot in range(leaves)}
        self.place |= {i.out: leaves + k for k, i in enumerate([*uniform, *sampled])}
        # and where in V: inputs, what is the same in all lanes, results
        spread = sorted(self._needing_rows(sampled))
        rows = [*range(program.n_inputs), *spread, *(i.out for i in sampled)]
        self.row = {slot: LANES * k for k, slot in enumerate(rows)}

        at_e = -(-n_slots // ALIGNED) * ALIGNED
        at_v = 2 * at_e
        at_d = at_v + LANES * len(rows)
        self.fixed: list[float] = []  # exponents
        self.first_fixed = at_d + LANES * len(rows)
        self.ints = [0] * len(HEADER)
        sizes = {
            "N_INPUTS": program.n_inputs,
            "N_THETA": program.n_parameters,
            "N_SLOTS": n_slots,
            "N_SPREAD": len(spread),
            "N_ROWS": len(rows),
            "AT_U": 0,
            "AT_E": at_e,
            "AT_V": at_v,
            "AT_D": at_d,
        }
        first = program.n_inputs
        trained = program.depending_on(range(first, first + program.n_parameters))
        once, single, wide = (
            self._operations(uniform, self.place),
            self._operations(sampled, self.place),
            self._operations(sampled, self.row),
        )
        for name, operations, wanted in (
            ("UNIFORM", once, None),
            ("UNIFORM_BACK", once, trained),
            ("SINGLE", single, None),
            ("SINGLE_BACK", single, trained),
            ("SAMPLED", wide, None),
            ("SAMPLED_BACK", wide, trained),
            ("INPUT_BACK", wide, program.varies),
        ):
            sizes[name] = len(self.ints)
            self._write(operations, wanted)
            sizes[f"{name}_END"] = len(self.ints)
        pairs = [number for slot in spread for number in (self.row[slot], self.place[slot])]
        sizes["SPREAD"] = self._listed(pairs)
        sizes["SPREAD_END"] = len(self.ints)
        sizes["OUTPUTS"] = self._listed([self.row[slot] for slot in program.outputs])
        sizes["SINGLE_OUTPUTS"] = self._listed([self.place[slot] for slot in program.outputs])
        for name, number in sizes.items():
            self.ints[PLACES[name]] = number
        self.arrays = np.array(self.ints, np.int32), self._floats()

    def _floats(self) -> np.ndarray:
        """Make the array of numbers, at the begin of a cache line, with all that is constant."""
        size = self.first_fixed + len(self.fixed)
        spare = np.zeros(size + ALIGNED)
        begin = -(spare.ctypes.data // 8) % ALIGNED
        floats = spare[begin : begin + size]
        first = self.program.n_inputs + self.program.n_parameters
        floats[first : first + len(self.program.constants)] = self.program.constants
        floats[self.first_fixed :] = self.fixed
        return floats

    def _needing_rows(self, sampled: list[Instruction]) -> set[int]:
        """Find the slots that are the same for all samples, and are used beside what is not."""
        varies = self.program.varies
        used = set(self.program.outputs)
        for i in sampled:
            sides = self._sides(i)
            used.update(i.operands if sides is None else sides[0])
        return {slot for slot in used if not varies[slot]}

    def _sides(self, i: Instruction) -> tuple[tuple[int, ...], tuple[int, ...]] | None:
        """Give (inputs, weights) of a ``dot`` whose weights and bias are the same for all samples.

        None for all else.
        """
        if not _is_dot(i.row):
            return None
        n, varies = len(i.operands) // 2, self.program.varies
        weights, inputs, bias = i.operands[:n], i.operands[n:-1], i.operands[-1]
        if varies[bias]:
            return None
        for one, other in ((inputs, weights), (weights, inputs)):
            if not any(varies[slot] for slot in other):
                return one, other
        return None

    def _operations(
        self, instructions: list[Instruction], place: dict[int, int]
    ) -> list[Operation]:
        """Turn instructions on the numbers at certain places into words."""
        operations = []
        k = 0
        while k < len(instructions):
            i = instructions[k]
            sides = self._sides(i)
            tile = 1
            if sides is not None:
                four = instructions[k : k + TILE]
                same = [s is not None and s[0] == sides[0] for s in map(self._sides, four)]
                results = {each.out for each in four}  # which must not be each other's operands
                apart = all(results.isdisjoint(each.operands) for each in four)
                tile = TILE if len(four) == TILE and all(same) and apart else 1
                operations.append(self._dots(instructions[k : k + tile], place))
            elif _is_dot(i.row):
                start = self._listed([place[slot] for slot in i.operands])
                words = [PAIRS, place[i.out], start, len(i.operands) // 2, 0, 0]
                operations.append(Operation([i.out], words))
            else:
                operations.append(self._other(i, place))
            k += tile
        return operations

    def _dots(self, instructions: list[Instruction], place: dict[int, int]) -> Operation:
        """Write one or several ``dot`` of the same inputs: inputs, weights, biases."""
        sides = [each for each in map(self._sides, instructions) if each is not None]
        inputs = sides[0][0]
        weights = [self.place[slot] for _, weights in sides for slot in weights]
        biases = [self.place[i.operands[-1]] for i in instructions]
        start = self._listed([*(place[slot] for slot in inputs), *weights, *biases])
        code = DOTS if len(instructions) > 1 else DOT
        words = [code, place[instructions[0].out], start, len(inputs), 1, 0]
        return Operation([i.out for i in instructions], words, inputs)

    def _other(self, i: Instruction, place: dict[int, int]) -> Operation:
        """Write an operation on a fixed number of operands, or on a list of them."""
        operands = [place[slot] for slot in i.operands]
        if i.row.arity is None:
            operands = [self._listed(operands), len(operands)]
        operands += [0] * (3 - len(operands))
        if i.fixed is not None:
            operands[2] = self.first_fixed + len(self.fixed)
            self.fixed.append(i.fixed)
        return Operation([i.out], [CODES[i.row.name], place[i.out], *operands, _looked_at(i.row)])

    def _listed(self, numbers: Sequence[int]) -> int:
        """Append numbers to the integers; give where they begin."""
        start = len(self.ints)
        self.ints += numbers
        return start

    def _write(self, operations: list[Operation], wanted: list[bool] | None) -> None:
        """Append the instructions forward; or backward, those that lead to what is wanted."""
        if wanted is None:
            for operation in operations:
                self.ints += operation.words
            return
        for operation in reversed(operations):
            if any(wanted[slot] for slot in operation.outs):
                words = operation.words
                if operation.inputs:
                    further = any(wanted[slot] for slot in operation.inputs)
                    words = [*words[:4], int(further), words[5]]
                self.ints += words


def _is_dot(row: Primitive) -> bool:
    return row is dot_row or row.loud is dot_row


@cache
def _looked_at(row: Primitive) -> int:
    """Give 1 if a result of that row that is not finite may be an error, or 0."""
    return int((row.loud is None and row.domain is not None) or row is total_row)


def _scheduled(program: Program) -> list[Instruction]:
    """Order instructions so that the same operations, on the same inputs, come together.

    Each waits only for its operands: those that wait equally long can be in any order.
    """
    waits = [0] * len(program.labels)
    kinds: dict[object, int] = {}
    keys = []
    for number, i in enumerate(program.instructions):
        waits[i.out] = 1 + max((waits[o] for o in i.operands), default=0)
        inputs = i.operands[len(i.operands) // 2 : -1] if _is_dot(i.row) else ()
        kind = kinds.setdefault((waits[i.out], i.row, inputs), number)
        keys.append((waits[i.out], kind, number))
    return [program.instructions[number] for _, _, number in sorted(keys)]
