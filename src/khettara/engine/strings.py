"""Records whose strings are no UTF-8, told from the others before any step sees them: other tools write such files, and Arrow reads them.

b"salam \\xed\\xa0\\x80"  ->  set aside, as "salam \N{REPLACEMENT CHARACTER}\N{REPLACEMENT CHARACTER}\N{REPLACEMENT CHARACTER}"
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

NOT_TEXT = ("not_text", "its bytes are no UTF-8", "U+FFFD stands where they are none")
"""Rule, because and value of such a record."""


def split_damaged(batch: pa.RecordBatch) -> tuple[pa.RecordBatch, pa.RecordBatch]:
    """The records whose strings are UTF-8, and the others, in which U+FFFD stands for every byte that is not."""
    rows = _damaged_rows(batch, 0)
    if not rows:
        return batch, batch.slice(0, 0)
    damaged = np.zeros(batch.num_rows, bool)
    damaged[rows] = True
    taken = batch.filter(pa.array(damaged))
    mended = [_mended(column) for column in taken.columns]
    return batch.filter(pa.array(~damaged)), pa.RecordBatch.from_arrays(mended, schema=batch.schema)


def _damaged_rows(batch: pa.RecordBatch, start: int) -> list[int]:
    """The places of such records, found by halving: mostly there is none, and Arrow sees that at the speed of memory."""
    if all(_is_sound(column) for column in batch.columns):
        return []
    if batch.num_rows == 1:
        return [start]
    half = batch.num_rows // 2
    return _damaged_rows(batch.slice(0, half), start) + _damaged_rows(batch.slice(half), start + half)


def _is_sound(column: pa.Array) -> bool:
    # A slice of a struct is checked with all of its fields, beyond the slice too; its flattened fields are slices themselves.
    if pa.types.is_struct(column.type):
        return all(_is_sound(field) for field in column.flatten())
    try:
        column.validate(full=True)
        return True
    except pa.ArrowInvalid:
        return False


def _mended(column: pa.Array) -> pa.Array:
    """A column that is UTF-8; what holds strings deeper than in a struct, and is damaged, becomes null."""
    if _is_sound(column):
        return column
    if pa.types.is_struct(column.type):
        fields = [_mended(field) for field in column.flatten()]
        return pa.StructArray.from_arrays(fields, fields=list(column.type), mask=column.is_null())
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        raw: list[Any] = column.cast(pa.large_binary()).to_pylist()
        return pa.array([None if value is None else value.decode("utf-8", "replace") for value in raw], column.type)
    return pa.nulls(len(column), column.type)
