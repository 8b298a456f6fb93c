"""A large table's cells on disk: one file, in which each column of each block of rows lies on its own and is read by its place.

    block 17, column "commune"  ->  offset 40,112,896: 32,772 bytes of offsets, 91,002 bytes of text

Not memory-mapped: mapped pages count as memory of the process, and a table larger than the memory would fill it.
"""

from __future__ import annotations

import os
import tempfile
import weakref
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from khettara.errors import storage_errors

Array = np.ndarray[Any, Any]
BLOCK_ROWS = 8192
BLOCK_BYTES = 16 << 20


class _Place(NamedTuple):
    start: int
    rows: int
    sizes: tuple[int, int, int]  # bytes of validity, offsets and text
    nulls: int


class Held:
    """Blocks of rows on disk, each with all columns. The file has no name and goes with this object."""

    def __init__(self) -> None:
        folder = Path(tempfile.gettempdir())
        with storage_errors(folder):
            self._file = tempfile.TemporaryFile(prefix="khettara-table-", dir=folder)  # noqa: SIM115  # lives as long as this
        weakref.finalize(self, self._file.close)
        self._folder = folder
        self._blocks: list[list[_Place]] = []
        self._dropped: dict[int, Array] = {}  # rows within the block
        self._end = 0

    def append(self, batch: pa.RecordBatch) -> None:
        """Add rows, all columns strings."""
        step = BLOCK_ROWS
        if batch.nbytes > BLOCK_BYTES:
            step = min(step, max(1, batch.num_rows * BLOCK_BYTES // batch.nbytes))
        for start in range(0, batch.num_rows, step):
            with storage_errors(self._folder):
                self._blocks.append([self._write(cells) for cells in batch.slice(start, step).columns])

    def _write(self, cells: pa.StringArray) -> _Place:
        whole = pa.concat_arrays([cells, cells.slice(0, 0)])  # copies the slice alone: its buffers begin at its first row
        parts = [b"" if buffer is None else memoryview(buffer) for buffer in whole.buffers()]
        start = self._end
        for part in parts:
            self._file.write(part)
            self._end += len(part)
        return _Place(start, len(whole), (len(parts[0]), len(parts[1]), len(parts[2])), whole.null_count)

    def drop(self, rows: Sequence[int]) -> None:
        """Leave some rows out from now on. They are counted as they were appended; to be called once."""
        starts = np.cumsum([0, *(block[0].rows for block in self._blocks)])
        blocks = np.searchsorted(starts, np.asarray(rows), side="right") - 1
        for block in np.unique(blocks).tolist():
            self._dropped[block] = np.asarray(rows)[blocks == block] - starts[block]

    @property
    def blocks(self) -> int:
        """How many blocks."""
        return len(self._blocks)

    def rows(self, block: int) -> int:
        """How many rows a block has."""
        return self._blocks[block][0].rows - len(self._dropped.get(block, ()))

    def bytes(self, block: int) -> int:
        """How many bytes a block has."""
        return sum(sum(place.sizes) for place in self._blocks[block])

    def read(self, block: int, column: int) -> pa.StringArray:
        """One column of one block."""
        self._file.flush()
        place = self._blocks[block][column]
        at, buffers = place.start, []
        for size in place.sizes:
            buffers.append(pa.py_buffer(os.pread(self._file.fileno(), size, at)) if size else None)
            at += size
        if buffers[1] is None:
            buffers[1] = pa.py_buffer(bytes(4))
        cells = pa.Array.from_buffers(pa.string(), place.rows, [buffers[0], buffers[1], buffers[2] or pa.py_buffer(b"")], place.nulls)
        dropped = self._dropped.get(block)
        if dropped is None:
            return cells
        keep = np.ones(place.rows, bool)
        keep[dropped] = False
        return cells.filter(pa.array(keep))

    def column(self, column: int, blocks: Sequence[int] | None = None) -> HeldColumn:
        """One column of all blocks, or of some."""
        return HeldColumn(self, column, tuple(range(self.blocks)) if blocks is None else tuple(blocks))


class HeldColumn:
    """One column of a held table, read block by block."""

    def __init__(self, held: Held, column: int, blocks: tuple[int, ...]) -> None:
        self._held, self._column, self._blocks = held, column, blocks
        self.starts = np.cumsum([0, *(held.rows(block) for block in blocks)])

    def __len__(self) -> int:
        return int(self.starts[-1])

    def pieces(self) -> Iterator[pa.StringArray]:
        """The blocks' cells in order."""
        for block in self._blocks:
            yield self._held.read(block, self._column)

    def take(self, rows: Array) -> list[str | None]:
        """The cells of some rows: each block that holds one is read once."""
        found: list[str | None] = [None] * len(rows)
        blocks = np.searchsorted(self.starts, rows, side="right") - 1
        for block in np.unique(blocks).tolist():
            places = np.flatnonzero(blocks == block)
            cells = self._held.read(self._blocks[block], self._column).take(pa.array(rows[places] - self.starts[block]))
            for place, cell in zip(places.tolist(), cells.to_pylist(), strict=True):
                found[place] = cell
        return found
