"""The ledger of repairs: one line for each cell that a repair changes, so that each can be undone.

    {finding: "F3", row: 17, column: "Latitude", before: "-7.59", after: "33.57", winner: null}

Lines stand in the order in which they were applied; what a cell was before the first of them is what the file says. A line without a
column takes the whole row out of the table (a copy of the row `winner`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from khettara.tables.table import Array, Column

PATCHES = pa.schema(
    [
        pa.field("finding", pa.string(), nullable=False),
        pa.field("row", pa.int64(), nullable=False),
        pa.field("column", pa.string()),
        pa.field("before", pa.string()),
        pa.field("after", pa.string()),
        pa.field("winner", pa.int64()),
    ]
)
ROLE = "patches"


@dataclass(frozen=True)
class Change:
    """What one finding's repair does to one column. `rows` ascend; `after` stands beside them."""

    finding: str
    column: str
    rows: Array
    after: pa.StringArray


@dataclass(frozen=True)
class Removal:
    """The rows that one finding's repair takes out; for each the row that stays instead (-1: none)."""

    finding: str
    rows: Array
    winners: Array


@dataclass(frozen=True)
class Ledger:
    """All repairs of a table, in the order in which they are applied."""

    changes: tuple[Change, ...] = ()
    removals: tuple[Removal, ...] = ()

    @property
    def findings(self) -> tuple[str, ...]:
        """The findings whose repairs are in it."""
        return tuple(dict.fromkeys([*(change.finding for change in self.changes), *(removal.finding for removal in self.removals)]))

    def without(self, ids: Iterable[str]) -> Ledger:
        """The ledger less the repairs of some findings."""
        gone = set(ids)
        return Ledger(
            tuple(change for change in self.changes if change.finding not in gone),
            tuple(removal for removal in self.removals if removal.finding not in gone),
        )

    def builds_on(self) -> dict[str, dict[str, int]]:
        """For each finding, the earlier ones whose work it changes further, with the number of cells."""
        found: dict[str, dict[str, int]] = {}
        for column in dict.fromkeys(change.column for change in self.changes):
            mine = [change for change in self.changes if change.column == column]
            for n, later in enumerate(mine):
                for earlier in mine[:n]:
                    shared = len(np.intersect1d(earlier.rows, later.rows, assume_unique=True))
                    if shared and earlier.finding != later.finding:
                        under = found.setdefault(later.finding, {})
                        under[earlier.finding] = under.get(earlier.finding, 0) + shared
        return found

    @cached_property
    def removed(self) -> Array:
        """The rows taken out, ascending."""
        return np.unique(np.concatenate([removal.rows for removal in self.removals])) if self.removals else np.zeros(0, np.int64)

    @cached_property
    def taken(self) -> Mapping[int, tuple[str, int]]:
        """For each row taken out, the first finding that took it, and the row that stays instead (-1: none)."""
        taken: dict[int, tuple[str, int]] = {}
        for removal in self.removals:
            for row, winner in zip(removal.rows.tolist(), removal.winners.tolist(), strict=True):
                taken.setdefault(row, (removal.finding, winner))
        return {row: (finding, _stays(winner, taken)) for row, (finding, winner) in taken.items()}

    def overlay(self, column: str) -> tuple[Array, pa.StringArray]:
        """What the column says in the end where it was changed: rows, ascending, and their texts."""
        mine = [change for change in self.changes if change.column == column]
        if not mine:
            return np.zeros(0, np.int64), pa.array([], pa.string())
        rows = np.concatenate([change.rows for change in mine])
        texts = pa.concat_arrays([change.after for change in mine])
        kept, last = np.unique(rows[::-1], return_index=True)  # the first from the end is the last word
        return kept, texts.take(pa.array(len(rows) - 1 - last))

    def lines(self, columns: Mapping[str, Column]) -> Iterator[pa.RecordBatch]:
        """The ledger as it is kept, with what each cell was before."""
        so_far: dict[str, list[Change]] = {}
        for change in self.changes:
            earlier = so_far.setdefault(change.column, [])
            before = _texts(columns[change.column], earlier, change.rows)
            earlier.append(change)
            yield _lines(change.finding, change.rows, change.column, before, change.after, None)
        for removal in self.removals:
            winners = pa.array(removal.winners, pa.int64(), mask=removal.winners < 0)
            empty = pa.nulls(len(removal.rows), pa.string())
            yield _lines(removal.finding, removal.rows, None, empty, empty, winners)

    @classmethod
    def read(cls, batches: Iterable[pa.RecordBatch]) -> Ledger:
        """The ledger that `lines` left."""
        changes: list[Change] = []
        removals: list[Removal] = []
        table = pa.Table.from_batches(batches, PATCHES)
        for start, stop in _runs(table["finding"], table["column"]):
            part = table.slice(start, stop - start).combine_chunks()
            finding, column = part["finding"][0].as_py(), part["column"][0].as_py()
            rows = part["row"].to_numpy()
            if column is None:
                removals.append(Removal(finding, rows, pc.fill_null(part["winner"], -1).to_numpy()))
            else:
                changes.append(Change(finding, column, rows, _one(part["after"])))
        return cls(tuple(changes), tuple(removals))


def _stays(winner: int, taken: Mapping[int, tuple[str, int]]) -> int:
    """The row that stays in the end, where another finding took the one that was to stay."""
    passed = set()
    while winner in taken and winner not in passed:
        passed.add(winner)
        winner = taken[winner][1]
    return -1 if winner in passed else winner


def amended(piece: pa.StringArray, start: int, overlay: tuple[Array, pa.StringArray]) -> pa.StringArray:
    """A piece of a column, whose first row is `start`, with what the ledger says in the end."""
    rows, texts = overlay
    low, high = np.searchsorted(rows, (start, start + len(piece)))
    if low == high:
        return piece
    mask = np.zeros(len(piece), bool)
    mask[rows[low:high] - start] = True
    return pc.replace_with_mask(piece, pa.array(mask), texts.slice(low, high - low))


def _texts(column: Column, earlier: Sequence[Change], rows: Array) -> pa.StringArray:
    """What cells say after the earlier changes."""
    texts = pa.array(column.at(rows), pa.string())
    for change in earlier:
        place = np.searchsorted(change.rows, rows)
        there = place < len(change.rows)
        there[there] = change.rows[place[there]] == rows[there]
        if there.any():
            texts = pc.replace_with_mask(texts, pa.array(there), change.after.take(pa.array(place[there])))
    return texts


def _lines(
    finding: str, rows: Array, column: str | None, before: pa.StringArray, after: pa.StringArray, winners: pa.Int64Array | None
) -> pa.RecordBatch:
    n = len(rows)
    columns = [
        pa.array([finding] * n, pa.string()),
        pa.array(rows, pa.int64()),
        pa.array([column] * n, pa.string()),
        before,
        after,
        winners if winners is not None else pa.nulls(n, pa.int64()),
    ]
    return pa.record_batch(columns, schema=PATCHES)


def _runs(*keys: pa.ChunkedArray) -> Iterator[tuple[int, int]]:
    """Stretches of rows with the same keys."""
    n = len(keys[0])
    if not n:
        return
    new = np.zeros(n, bool)
    new[0] = True
    for key in keys:
        codes = pc.fill_null(_one(key).dictionary_encode().indices, -1).to_numpy(zero_copy_only=False)
        new[1:] |= codes[1:] != codes[:-1]
    starts = np.flatnonzero(new)
    yield from zip(starts.tolist(), [*starts[1:].tolist(), n], strict=True)


def _one(column: pa.ChunkedArray) -> pa.Array:
    return column.chunk(0) if column.num_chunks == 1 else pa.concat_arrays(column.chunks)
