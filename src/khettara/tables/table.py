"""A table as it was read: columns of text, nothing taken for a number yet.

    Table("register.csv", records=100_000, columns=(Column("CIN", ...), Column("تاريخ الازدياد", ...), ...))

A column gives its cells in pieces, so that ten million rows need not lie in memory; a table too large for that is worked on in
parts (`Table.parts`). Work on cells is a function from an array of strings to an array of results (`Column.map`); it is called once
for each distinct value where there are few of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from khettara.tables.held import Held, HeldColumn

Array = np.ndarray[Any, Any]
PIECE = 1 << 17
"""Rows handed out at a time."""
FEW = 0.5
"""Below this share of distinct values among the rows, work is done on distinct values."""
_GLANCE, _NEARLY_ALL = 8192, 0.95
"""Of the first rows more than this share differ: then half of a hundred thousand do, too (92 % of 8,192 drawn from 50,000 would)."""
LONG, BEGINNING = 4096, 1024
"""Bytes beyond which detectors see the beginning of a cell alone, and the characters that they see of it."""
PART_CELLS, PART_BYTES = 3_000_000, 64 << 20
"""How large a part of a held table is at most: 150,000 rows of 20 columns, and the text that is usual in them."""


class Column:
    """One column: its cells as text, null where the file has none.

    `name` is unique in the table; `title` is what the header says, which may come twice or be empty.
    """

    def __init__(self, name: str, position: int, cells: pa.ChunkedArray | HeldColumn, title: str | None = None) -> None:
        self.name = name
        self.position = position
        self.title = name if title is None else title
        self._cells = cells
        self._distinct: int | None = None

    def __repr__(self) -> str:
        return f"Column({self.name!r}, {self.records} records)"

    @property
    def records(self) -> int:
        """How many rows."""
        return len(self._cells)

    def pieces(self) -> Iterator[pa.StringArray]:
        """The cells in order, at most `PIECE` at a time; cut at the same rows in all columns of a table."""
        if isinstance(self._cells, HeldColumn):
            yield from self._cells.pieces()
            return
        for start in range(0, self.records, PIECE):
            part = self._cells.slice(start, PIECE)
            yield part.chunk(0) if part.num_chunks == 1 else pa.concat_arrays(part.chunks)

    def at(self, rows: Array) -> list[str | None]:
        """The cells of some rows."""
        if isinstance(self._cells, HeldColumn):
            return self._cells.take(rows)
        found: list[str | None] = self._cells.take(pa.array(rows, pa.int64())).to_pylist()
        return found

    @cached_property
    def few(self) -> tuple[pa.StringArray, Array] | None:
        """The distinct values and, for each row, the place of its value among them (-1: null); None where there are many."""
        if isinstance(self._cells, HeldColumn):
            return None
        if self.records > 2 * _GLANCE and pc.count_distinct(self._cells.slice(0, _GLANCE)).as_py() > _NEARLY_ALL * _GLANCE:
            return None
        cells = self._cells.chunk(0) if self._cells.num_chunks == 1 else pa.concat_arrays([*self._cells.chunks, pa.array([], pa.string())])
        encoded = cells.dictionary_encode()
        self._distinct = len(encoded.dictionary)
        if self._distinct > FEW * self.records:
            return None
        return encoded.dictionary, pc.fill_null(encoded.indices, -1).to_numpy(zero_copy_only=False).astype(np.int32, copy=False)

    @property
    def distinct(self) -> int:
        """How many different values there are, nulls aside, in a column in memory."""
        if self.few is None and self._distinct is None:
            self._distinct = int(pc.count_distinct(pa.chunked_array(list(self.pieces()), pa.string())).as_py())
        return self._distinct or 0

    def map(self, work: Callable[[pa.StringArray], Array]) -> Array:
        """The result of `work` for each row. `work` gets strings (with or without nulls) and gives an array of the same length.

        It must look at each cell alone: it sees a value once where the value repeats.
        """
        if self.few is not None:
            values, codes = self.few
            results = work(pa.concat_arrays([values, pa.array([None], values.type)]))  # the last is what null rows get
            return np.asarray(results[codes])
        parts = [np.asarray(work(piece)) for piece in self.pieces()]
        return np.concatenate(parts) if parts else np.asarray(work(pa.array([], pa.string())))

    @cached_property
    def null(self) -> Array:
        """Which rows have nothing: null, or only blanks."""
        return self.map(blank)

    def shortened(self) -> Column:
        """The column with what is longer than `LONG` cut to its beginning and a hash of the whole, so that equal stays equal and no other does.

        It is for looking at, not for keeping: a text of megabytes is no number, date, name or category, but is compared as if it were.
        """
        if isinstance(self._cells, HeldColumn) or not any(_has_long(piece) for piece in self._cells.chunks):
            return self
        cells = pa.chunked_array([_shortened(piece) if _has_long(piece) else piece for piece in self._cells.chunks], pa.string())
        return Column(self.name, self.position, cells, self.title)

    def common(self, most: int = 1000) -> list[tuple[str, int]]:
        """The most frequent values with their counts, most frequent first; ties in order of the values."""
        if self.few is not None:
            values, codes = self.few
            tally = pa.table({"value": values, "count": np.bincount(codes[codes >= 0], minlength=len(values))})
        else:
            counts = [pc.value_counts(piece) for piece in self.pieces()]
            parts = [pa.table({"value": part.field("values"), "count": part.field("counts")}) for part in counts]
            tally = pa.concat_tables(parts) if parts else pa.table({"value": pa.array([], pa.string()), "count": pa.array([], pa.int64())})
            tally = tally.filter(pc.is_valid(tally["value"]))
            if len(parts) > 1:
                tally = tally.group_by("value", use_threads=False).aggregate([("count", "sum")]).rename_columns(["value", "count"])
        first = pc.select_k_unstable(tally, most, [("count", "descending"), ("value", "ascending")])
        chosen = tally.take(first)
        return list(zip(chosen["value"].to_pylist(), chosen["count"].to_pylist(), strict=True))


def _has_long(cells: pa.StringArray) -> bool:
    return cells.nbytes > LONG and (pc.max(pc.binary_length(cells)).as_py() or 0) > LONG


def _shortened(cells: pa.StringArray) -> pa.StringArray:
    from khettara.kernels import text_of
    from khettara.kernels.hashing import text_hashes

    is_long = pc.fill_null(pc.greater(pc.binary_length(cells), LONG), False)
    long = cells.filter(is_long)
    hashes = pa.array([f" {value:016x}" for value in text_hashes(text_of(long)).tolist()], pa.string())
    return pc.replace_with_mask(cells, is_long, pc.binary_join_element_wise(pc.utf8_slice_codeunits(long, 0, BEGINNING), hashes, ""))


def blank(cells: pa.StringArray) -> Array:
    """Which cells have nothing: null, or only blanks and invisible signs.

    Nearly every cell begins with a printed ASCII sign, or with a letter's first byte; only the others are searched.
    """
    offsets = np.frombuffer(cells.buffers()[1], np.int32, len(cells) + 1, cells.offset * 4) if len(cells) else np.zeros(1, np.int32)
    data = cells.buffers()[2]
    result = np.ones(len(cells), bool)
    held = np.flatnonzero(offsets[1:] > offsets[:-1])
    if data is None or not len(held):
        return result
    octets = np.frombuffer(data, np.uint8)
    first = octets[offsets[:-1][held]]
    sound = ((first > 0x20) & (first < 0x7F)) | (first == 0xC3) | (first == 0xD9) | (first == 0xDA)  # printed ASCII; À to ÿ; ف to ڿ
    arabic = np.flatnonzero(first == 0xD8)
    sound[arabic] = octets[offsets[:-1][held[arabic]] + 1] > 0xA0  # ء to ؿ; below are marks of direction and of numbers
    result[held] = ~sound
    doubtful = held[~sound]
    if len(doubtful):
        found = pc.match_substring_regex(cells.take(pa.array(doubtful)), r"[^\s\p{Z}\p{Cf}]")
        result[doubtful] = ~pc.fill_null(found, False).to_numpy(zero_copy_only=False)
    if cells.null_count:
        result |= cells.is_null().to_numpy(zero_copy_only=False)
    return result


@dataclass(frozen=True)
class Aside:
    """A row of the source that is no record: it is kept here, with the reason, so that nothing is lost.

    `line` counts the lines (or rows of a sheet) of the source from 1. `reason`: too_few_cells, too_many_cells, total, empty, repeated_header.
    """

    line: int
    text: str
    reason: str


@dataclass(frozen=True)
class Table:
    """A table. `notes` says what reading had to decide: encoding, separator, header rows, rows set aside.

    A note is `{"kind": "encoding", "count": 1, "words": {"en": ..., "fr": ..., "ar": ...}}`. `source`: uri, sha256, media_type, encoding,
    separator, sheet. `aside`: rows of the source that are no records. `held`: where the cells lie, if not in memory.
    """

    name: str
    columns: tuple[Column, ...]
    records: int
    notes: tuple[Mapping[str, Any], ...] = ()
    source: Mapping[str, Any] = field(default_factory=dict)
    aside: tuple[Aside, ...] = ()
    held: Held | None = None

    def parts(self) -> Iterator[tuple[Table, Array]]:
        """The table in parts that fit into memory, each with the rows of the table that it has. A table in memory is one part.

        A part takes its rows in blocks from all over the table, so that each is like the whole, whatever the table is sorted by.
        """
        if self.held is None:
            yield self, np.arange(self.records)
            return
        held = self.held
        total = sum(held.bytes(block) for block in range(held.blocks))
        count = min(held.blocks, max(1, -(-self.records * len(self.columns) // PART_CELLS), -(-total // PART_BYTES)))
        starts = np.cumsum([0, *(held.rows(block) for block in range(held.blocks))])
        for first in range(count):
            blocks = range(first, held.blocks, count)
            rows = np.concatenate([np.arange(starts[block], starts[block + 1]) for block in blocks])
            columns = tuple(
                Column(column.name, column.position, pa.chunked_array(held.column(column.position, blocks).pieces(), pa.string()), column.title)
                for column in self.columns
            )
            yield replace(self, columns=columns, records=len(rows), held=None), rows

    def __getitem__(self, name: str) -> Column:
        return self._by_name[name]

    @cached_property
    def _by_name(self) -> dict[str, Column]:
        return {column.name: column for column in self.columns}

    @property
    def names(self) -> tuple[str, ...]:
        """The columns' names, in order."""
        return tuple(column.name for column in self.columns)

    @classmethod
    def of(cls, name: str, columns: Mapping[str, Sequence[str | None]]) -> Table:
        """A small table from lists, for tests and for callers who hold one already."""
        held = tuple(Column(title, n, pa.chunked_array([pa.array(cells, pa.string())])) for n, (title, cells) in enumerate(columns.items()))
        return cls(name, held, held[0].records if held else 0)
