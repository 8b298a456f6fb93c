"""Where the rows and new values of many findings lie until they are asked for: a file without a name, mapped when read.

shelf.rows(array of 2,000,000 rows)  ->  the same array, of which only the pages that somebody reads take memory
"""

from __future__ import annotations

import mmap
import tempfile
import weakref
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa

from khettara.errors import storage_errors
from khettara.tables.table import Array

_SMALL = 1 << 16
"""Bytes below which an array stays in memory: a mapping costs pages of its own, and a process may have 65,530."""


class Shelf:
    """Keeps arrays on disk. They live as long as somebody holds them, the file as long as they do."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.gettempdir())
        with storage_errors(self._folder):
            self._file = tempfile.TemporaryFile(prefix="khettara-findings-", dir=self._folder)  # noqa: SIM115  # lives as long as this
        weakref.finalize(self, self._file.close)
        self._end = 0

    def rows(self, array: Array) -> Array:
        """The same numbers, read-only."""
        if array.nbytes < _SMALL:
            return array
        kept: Array = np.frombuffer(self._write([np.ascontiguousarray(array).data.cast("B")]), array.dtype, len(array))
        return kept

    def texts(self, cells: pa.StringArray) -> pa.StringArray:
        """The same cells."""
        whole = pa.concat_arrays([cells, cells.slice(0, 0)])  # buffers that begin at its first cell
        if whole.nbytes < _SMALL or whole.null_count == len(whole):
            return pa.nulls(len(whole), pa.string()) if whole.null_count == len(whole) else whole
        parts = [b"" if buffer is None else memoryview(buffer) for buffer in whole.buffers()]
        mapped = pa.py_buffer(self._write(parts))
        held, start = [], 0
        for part in parts:
            held.append(mapped.slice(start, len(part)) if len(part) else None)
            start += -(-len(part) // 64) * 64
        return pa.Array.from_buffers(pa.string(), len(whole), [held[0], held[1], held[2] or pa.py_buffer(b"")], whole.null_count)

    def _write(self, parts: Sequence[bytes | memoryview]) -> mmap.mmap:
        """Write parts one after another, each from a multiple of 64 bytes on, and map them."""
        page = mmap.ALLOCATIONGRANULARITY
        start = -(-self._end // page) * page
        with storage_errors(self._folder):
            self._file.seek(start)
            at = 0
            for part in parts:
                self._file.seek(start + at)
                self._file.write(part)
                at += -(-len(part) // 64) * 64
            self._file.truncate(start + at)
            self._file.flush()
        self._end = start + at
        return mmap.mmap(self._file.fileno(), at, access=mmap.ACCESS_READ, offset=start)
