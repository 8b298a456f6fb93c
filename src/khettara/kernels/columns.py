"""A column of text as the two arrays that loops read: the bytes of all texts in a row, and where each begins.

["سلام", "ok"]  ->  data: d8 b3 d9 84 d8 a7 d9 85 6f 6b, offsets: 0 8 10
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Bytes = npt.NDArray[np.uint8]
Offsets = npt.NDArray[np.int64]
Result = TypeVar("Result")

_NO_BYTES = np.frombuffer(b"", np.uint8)


class Text(NamedTuple):
    """Row `i` is `data[offsets[i]:offsets[i + 1]]`, in UTF-8. `data` is the column's own memory: never write to it."""

    data: Bytes
    offsets: Offsets

    def __len__(self) -> int:
        """The number of rows."""
        return self.offsets.size - 1


def text_of(column: pa.Array) -> Text:
    """The bytes and offsets of a column of strings, without a copy of the bytes; a null is read as empty.

    Args:
        column: `string`, `large_string`, `string_view`, `binary` or `large_binary`, whole or a slice.
    """
    kind = column.type
    if pa.types.is_binary_view(kind):
        column = column.cast(pa.large_binary())
    elif not (pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_binary(kind) or pa.types.is_large_binary(kind)):
        column = column.cast(pa.large_string())
    if column.null_count:
        column = pc.fill_null(column, pa.scalar(b"", pa.large_binary()).cast(column.type))
    wide = pa.types.is_large_string(column.type) or pa.types.is_large_binary(column.type)
    _, offsets, data = column.buffers()
    if offsets is None or not len(column):
        return Text(_NO_BYTES, np.zeros(1, np.int64))
    numbers = np.frombuffer(offsets, np.int64 if wide else np.int32)[column.offset : column.offset + len(column) + 1]
    values = _NO_BYTES if data is None else np.frombuffer(data, np.uint8)
    values.flags.writeable = False  # and so of one type, whoever made the buffer: a kernel is compiled for one
    return Text(values, numbers.astype(np.int64))


class _Last(threading.local):
    """What was worked out last in this thread, and on which column. Holding the column keeps its address its own."""

    column: pa.Array | None = None
    place: tuple[int, ...] = ()
    results: dict[Callable[[Text], Any], Any]


_last = _Last()


def once(column: pa.Array, work: Callable[[Text], Result]) -> Result:
    """`work` done on a column, or its result if this thread did that work on this column last: how steps share a pass.

    Args:
        column: as in `text_of`.
        work: a function of the module (not a lambda made anew each time): it is the key. Its result is not to be changed.
    """
    place = (len(column), column.offset, *(0 if buffer is None else buffer.address for buffer in column.buffers()))
    if _last.column is None or _last.place != place:
        _last.column, _last.place, _last.results = column, place, {}
    if work not in _last.results:
        _last.results[work] = work(text_of(column))
    result: Result = _last.results[work]
    return result
