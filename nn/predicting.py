"""Outputs of a model for many rows, from a tape of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from autograd import RecordingError, Value
from autograd.trees import is_array

from .checks import sequence_of
from .module import Module
from .recorded import SampleTape, nested
from .tables import Table
from .taped import FEW, WORTH_COMPILING


def replayed(model: Module, rows: Sequence[Any]) -> list[Any] | None:
    """Give the outputs of a model in use for each row from a tape; None if that is not worth it.

    It is not for a few rows, nor if the model cannot be recorded, or raises for one of them.

    >>> from nn import Neuron
    >>> model = Neuron(1, init=lambda n_in, n_out, rng: 2.0).eval()
    >>> replayed(model, [[1.0]]) is None, replayed(model, [[float(i)] for i in range(1000)])[-1]
    (True, [1998.0])
    """
    if len(rows) < FEW:
        return None
    try:
        first = SampleTape(model, model, rows[0], engine="python")
        work = len(rows) * sum(len(i.operands) for i in first.tape.program.instructions)
        replay = "auto" if work > WORTH_COMPILING else "python"

        def record(x: Any, t: Any) -> SampleTape:
            sample = SampleTape(model, model, x, engine=replay)
            if sample.calls or not sample.same(SampleTape(model, model, x, engine="python")):
                raise RecordingError("the model computes something else each time it is called")
            return sample

        table = Table(record, rows, [0.0] * len(rows))
        outputs = [
            [nested(numbers, tape.outputs) for numbers in _listed(tape.tape.forward(some))]
            for tape, some in zip(table.tapes, table.tables, strict=True)
        ]
        found = [outputs[k][row] for k, row in table.places]
        for i in {0, len(rows) // 2, len(rows) - 1}:  # the model itself has the last word
            if not _alike(found[i], numbers_of(model(rows[i]))):
                return None
    except Exception:  # whatever is wrong, the model called for each row says it better
        return None
    return found


def numbers_of(outputs: Any) -> list[Any]:
    """Give the outputs of a model as numbers, in the lists that it gives them in.

    >>> numbers_of([Value(1.0), Value(2.0)]), numbers_of(Value(3.0))
    ([1.0, 2.0], [3.0])
    """
    if isinstance(outputs, Value):
        return [outputs.data]
    nodes = sequence_of(outputs, "the outputs of a model", "Values")
    if not nodes:
        raise ValueError("a model gives at least one output, got none")
    return [p.data if isinstance(p, Value) else numbers_of(p) for p in nodes]


def _alike(one: Any, other: Any) -> bool:
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_alike, one, other))
    if isinstance(one, list) or isinstance(other, list):
        return False
    return bool(one == other or abs(one - other) <= 1e-9 * abs(other) + 1e-12)


def _listed(rows: Any) -> list[list[float]]:
    return rows.tolist() if is_array(rows) else rows  # type: ignore[no-any-return]
