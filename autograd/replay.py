"""Replaying a program in plain Python.

``computed`` is the definition: instruction by instruction, each as its row of the table says,
with the errors that eager execution raises. ``PythonReplay`` does the same faster: it writes
the instructions down as source, with the operands' places in it, and lets Python compile that.

All numbers of a program stand in one list V, by slot. Their adjoints stand in two: D, which
begins with zeros for each sample, and G, that of the uniform slots, which goes on from sample
to sample.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from functools import cache, cached_property
from operator import mul as times
from typing import Any

from .errors import DomainError
from .primitives import Primitive, dot_row, total_row
from .rulecode import KNOWN, LETTERS, call_of, derivatives, is_known, name_of, number_source
from .sequences import mean
from .value import Value
from .wengert import Instruction, Program

CHUNK = 2000  # instructions that are compiled as one function: a larger one takes much memory

Rows = list[list[float]]
Step = Callable[[list[float], list[float], list[float]], None]


def computed(
    program: Program, sample: Sequence[float], theta: Sequence[float], index: int | None
) -> list[float]:
    """Give the numbers in all slots for one sample: what every replay has to agree with.

    ``index`` is that of the sample; None computes only what is the same for all of them. Raises
    ``DomainError`` as eager execution would, with the ``sample`` if it is the fault of that
    sample and not of the parameters.

    >>> x, w = Value(2.0), Value(3.0)
    >>> computed(Program([w * x], [x], [w]), [5.0], [7.0], 0)
    [5.0, 7.0, 35.0]
    """
    numbers = program.start(sample, theta)
    numbers += [math.nan] * (len(program.labels) - len(numbers))
    for i in program.uniform if index is None else program.instructions:
        operands = [*(numbers[o] for o in i.operands), *i.numbers]
        try:
            numbers[i.out] = i.row.evaluate(operands, operands)
        except DomainError:
            where = index if program.varies[i.out] else None
            raise _with_labels(program, i, operands, where) from None
    return numbers


def _with_labels(
    program: Program, i: Instruction, numbers: list[float], sample: int | None
) -> DomainError:
    """Give the error of an instruction with nodes for its operands: they have labels."""
    first = program.n_inputs + program.n_parameters
    constants = range(first, first + len(program.constants))
    operands: list[Any] = [
        number if slot in constants else Value(number, program.labels[slot])
        for slot, number in zip(i.operands, numbers, strict=False)
    ]
    try:
        i.row.evaluate(numbers, [*operands, *i.numbers])
    except DomainError as error:
        if sample is not None:
            error.sample = sample
            error.args = (f"sample {sample}: {error}",)
        return error
    raise AssertionError("a row that raised for some numbers raises for them again")


class PythonReplay:
    """Replays a program with Python source made of its instructions.

    >>> x, w = Value(2.0), Value(3.0)
    >>> replay = PythonReplay(Program([w * x], [x], [w]))
    >>> replay.forward([[1.0], [2.0]], [10.0])
    [[10.0], [20.0]]
    >>> replay.value_and_grad([[1.0], [2.0]], [10.0])
    (15.0, [1.5])
    >>> replay.jacobian([[1.0], [2.0]], [10.0])
    [[[10.0]], [[10.0]]]
    """

    engine = "python"

    def __init__(self, program: Program) -> None:
        self.program = program
        leaves = range(program.n_inputs, program.n_inputs + program.n_parameters)
        self._trained = program.depending_on(leaves)
        self._owned: dict[Primitive, int] = {}  # rows that are not ours, numbered

    def forward(
        self, samples: Sequence[Sequence[float]], theta: Sequence[float], first: int = 0
    ) -> Rows:
        """Give the outputs for each sample; ``first`` is the index of the first one.

        Raises ``DomainError``.
        """
        if not samples:
            return []
        numbers = self._begun(theta)
        rows = []
        for index, sample in enumerate(samples, first):
            self._forward(numbers, sample, theta, index)
            rows.append([numbers[o] for o in self.program.outputs])
        return rows

    def value_and_grad(
        self, samples: Sequence[Sequence[float]], theta: Sequence[float]
    ) -> tuple[float, list[float]]:
        """Give the mean of the one output, and its gradient.

        Raises ``DomainError``.
        """
        program, (output,) = self.program, self.program.outputs
        numbers, uniform = self._begun(theta), self._zeros()
        seed, losses = 1.0 / len(samples), []
        for index, sample in enumerate(samples):
            self._forward(numbers, sample, theta, index)
            losses.append(numbers[output])
            adjoints = self._zeros()
            (adjoints if program.varies[output] else uniform)[output] += seed
            self._run(self._sampled_gradient, numbers, adjoints, uniform)
        self._run(self._uniform_gradient, numbers, uniform, uniform)
        first = program.n_inputs
        return mean(losses), uniform[first : first + program.n_parameters]

    def jacobian(
        self, samples: Sequence[Sequence[float]], theta: Sequence[float], first: int = 0
    ) -> list[Rows]:
        """Give the derivatives of each output with respect to each input, for each sample.

        Raises ``DomainError``.
        """
        if not samples:
            return []
        program, ignored = self.program, self._zeros()
        numbers = self._begun(theta)
        tables = []
        for index, sample in enumerate(samples, first):
            self._forward(numbers, sample, theta, index)
            table = []
            for output in program.outputs:
                adjoints = self._zeros()
                adjoints[output] = 1.0
                self._run(self._input_gradient, numbers, adjoints, ignored)
                table.append(adjoints[: program.n_inputs])
            tables.append(table)
        return tables

    # --- running ------------------------------------------------------------------------

    def _zeros(self) -> list[float]:
        return [0.0] * len(self.program.labels)

    def _begun(self, theta: Sequence[float]) -> list[float]:
        """Give V with all that is the same for all samples."""
        program = self.program
        nothing = [math.nan] * program.n_inputs
        numbers = program.start(nothing, theta)
        numbers += [math.nan] * (len(program.labels) - len(numbers))
        try:
            self._run(self._uniform_forward, numbers, numbers, numbers)
        except (ValueError, ArithmeticError):
            computed(program, nothing, theta, None)  # raises, and says what is wrong
            raise
        return numbers

    def _forward(
        self, numbers: list[float], sample: Sequence[float], theta: Sequence[float], index: int
    ) -> None:
        numbers[: self.program.n_inputs] = sample
        try:
            for step in self._sampled_forward:
                step(numbers, numbers, numbers)
        except (ValueError, ArithmeticError):
            computed(self.program, sample, theta, index)  # raises, and says what is wrong
            raise

    def _run(self, steps: list[Step], V: list[float], D: list[float], G: list[float]) -> None:
        for step in steps:
            step(V, D, G)

    # --- the source ------------------------------------------------------------------------

    @cached_property
    def _uniform_forward(self) -> list[Step]:
        return self._compiled([self._line(i) for i in self.program.uniform])

    @cached_property
    def _sampled_forward(self) -> list[Step]:
        return self._compiled([self._line(i) for i in self.program.sampled])

    @cached_property
    def _uniform_gradient(self) -> list[Step]:
        return self._backward(self.program.uniform, self._trained)

    @cached_property
    def _sampled_gradient(self) -> list[Step]:
        return self._backward(self.program.sampled, self._trained)

    @cached_property
    def _input_gradient(self) -> list[Step]:
        return self._backward(self.program.sampled, self.program.varies)

    def _backward(self, instructions: list[Instruction], wanted: list[bool]) -> list[Step]:
        backward = [i for i in reversed(instructions) if wanted[i.out]]
        return self._compiled([self._lines_of_gradient(i, wanted) for i in backward])

    def _compiled(self, parts: list[str]) -> list[Step]:
        """Make functions of (V, D, G) from parts of their source."""
        steps = []
        for start in range(0, len(parts), CHUNK):
            body = "\n".join(parts[start : start + CHUNK]).replace("\n", "\n    ")
            source = f"def _chunk(V, D, G):\n    {body}"
            exec(compile(source, "<tape>", "exec"), self._functions)
            steps.append(self._functions.pop("_chunk"))
        return steps

    def _number(self, slot: int) -> str:
        first = self.program.n_inputs + self.program.n_parameters
        if first <= slot < first + len(self.program.constants):
            return number_source(self.program.constants[slot - first])
        return f"V[{slot}]"

    def _adjoint(self, slot: int) -> str:
        return f"{'D' if self.program.varies[slot] else 'G'}[{slot}]"

    def _several(self, slots: Sequence[int]) -> str:
        """Write a sequence of numbers: a slice, if they stand one after the other."""
        texts = [self._number(slot) for slot in slots]
        start, n = slots[0] if slots else 0, len(slots)
        if n > 1 and texts == [f"V[{start + k}]" for k in range(n)]:
            return f"V[{start}:{start + n}]"
        return f"({' '.join(f'{text},' for text in texts)})"

    def _line(self, i: Instruction) -> str:
        """Write an instruction forward."""
        operands = [*map(self._number, i.operands), *map(number_source, i.numbers)]
        if i.row is dot_row:
            n = len(operands) // 2
            weights, inputs = self._several(i.operands[:n]), self._several(i.operands[n:-1])
            text = f"sum(map(times, {weights}, {inputs}), {operands[-1]})"
        elif is_known(i.row):
            text = call_of(i.row, operands)
        else:
            text = f"{self._own(i.row)}({', '.join(operands)})"
        return f"V[{i.out}] = {text}"

    def _lines_of_gradient(self, i: Instruction, wanted: list[bool]) -> str:
        """Write an instruction backward; a zero adjoint is not handed on."""
        operands, lines = [self._number(o) for o in i.operands], []
        given = ", ".join([f"V[{i.out}]", *operands, *map(number_source, i.numbers)])
        places = [f"p[{k}]" for k in range(len(operands))]
        partials: list[str]
        if i.row is dot_row:
            n = len(operands) // 2
            partials = [*operands[n:-1], *operands[:n], "1.0"]
        elif i.row is total_row:
            partials = ["1.0"] * len(operands)
        elif not is_known(i.row) or i.row.arity is None:
            partials, lines = places, [f"p = {self._own(i.row)}_partials({given})"]
        elif len(known := derivatives(i.row)) and known.lines:
            partials = places if len(places) > 1 else ["p"]
            lines = [f"p = d_{i.row.name}({given})"]
        else:
            letters = dict(zip(["y", *LETTERS], [f"V[{i.out}]", *operands], strict=False))
            letters["n"] = "".join(map(number_source, i.numbers))
            partials = [
                re.sub(r"\b[yabcn]\b", lambda letter: letters[letter[0]], f"({text})")
                for text in known.partials
            ]
        for slot, partial in zip(i.operands, partials, strict=True):
            if wanted[slot]:
                product = "g" if partial in ("1.0", "(1.0)") else f"g * {partial}"
                lines.append(f"{self._adjoint(slot)} += {product}")
        text = "\n    ".join(lines)
        return f"g = {self._adjoint(i.out)}\nif g:\n    {text}" if lines else "pass"

    @cached_property
    def _functions(self) -> dict[str, Any]:
        """What the source may call."""
        return dict(_known_functions())

    def _own(self, row: Primitive) -> str:
        """Name a row for the source that is not written as source itself."""
        name = (
            name_of(row)
            if is_known(row)
            else f"own_{self._owned.setdefault(row, len(self._owned))}"
        )
        self._functions.setdefault(name, lambda *numbers: row.evaluate(numbers, numbers))
        self._functions[f"{name}_partials"] = lambda *numbers: tuple(row.partials(*numbers))
        return name


@cache
def _known_functions() -> dict[str, Any]:
    """Give the functions of the table's rows, and those of their partials, by name."""
    rows = [each for row in KNOWN.values() for each in (row, row.quiet)]
    functions: dict[str, Any] = {name_of(row): row.forward for row in rows}
    functions |= {"times": times, "inf": math.inf, "nan": math.nan}
    for row in KNOWN.values():
        if row.arity is not None:
            arguments = ", ".join(["y", *LETTERS[: row.arity - row.fixed], *["n"] * row.fixed])
            exec(derivatives(row).function(f"d_{row.name}", arguments), functions)
    return functions
