"""Samples as the inputs of tapes: tables of numbers, one for each shape of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from .recorded import SampleTape, shape_of


class Table:
    """Samples for tapes: a tape for each shape of them, and a table with their numbers.

    ``record`` makes the tape of samples like the one it is given, an input and a target.
    """

    def __init__(self, record: Callable[[Any, Any], SampleTape], rows: Any, targets: Any) -> None:
        self.tapes: list[SampleTape] = []
        self.places: list[tuple[int, int]] = []  # of each sample: its tape, its row in the table
        known: dict[Any, int] = {}
        tables: list[list[list[float]]] = []
        for x, t in zip(rows, targets, strict=True):
            shape = shape_of(x), shape_of(t)
            if shape not in known:
                known[shape] = len(tables)
                self.tapes.append(record(x, t))
                tables.append([])
            k = known[shape]
            self.places.append((k, len(tables[k])))
            tables[k].append(self.tapes[k].numbers(x, t))
        self.arrays = self.tapes[0].tape.engine == "numba"
        self.tables: list[Any] = tables
        if self.arrays:
            import numpy as np

            self.tables = [np.array(table, float) for table in tables]
        self.draws = any(tape.calls for tape in self.tapes)

    def typical(self, targets: Sequence[Any], most: int = 8) -> list[int]:
        """Choose some samples: the first two, then others of another shape or target."""
        chosen, seen = [], set()
        for i, target in enumerate(targets):
            kind = self.places[i][0], repr(target)
            if i < 2 or kind not in seen:
                chosen.append(i)
            seen.add(kind)
            if len(chosen) == most:
                break
        return chosen

    def batches(self, samples: Sequence[int], source: Any) -> list[tuple[SampleTape, Any]]:
        """Give the tapes of some samples, each with the rows to replay it for."""
        if len(self.tapes) == 1 and not self.draws:
            return [(self.tapes[0], self._rows(0, samples))]
        chosen: dict[int, list[int]] = {}
        drawn: dict[int, list[list[float]]] = {}
        for i in samples:  # in their order, for that is how the generator goes on
            k, row = self.places[i]
            chosen.setdefault(k, []).append(row)
            drawn.setdefault(k, []).append(self.tapes[k].drawn(source))
        return [(self.tapes[k], self._with(k, rows, drawn[k])) for k, rows in chosen.items()]

    def _rows(self, k: int, rows: Sequence[int]) -> Any:
        table = self.tables[k]
        if type(rows) is range and len(rows) == len(table):
            return table
        return table[rows] if self.arrays else [table[i] for i in rows]

    def _with(self, k: int, rows: list[int], drawn: list[list[float]]) -> Any:
        if not self.tapes[k].calls:
            return self._rows(k, rows)
        if not self.arrays:
            return [self.tables[k][i] + more for i, more in zip(rows, drawn, strict=True)]
        import numpy as np

        return np.hstack([self.tables[k][rows], np.array(drawn)])
