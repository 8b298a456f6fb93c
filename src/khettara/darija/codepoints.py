"""The code points of a column of text as one numpy array, and what kind of character each of them is.

Everything that counts characters goes through here: one decoding of a piece of a column, then table look-ups.

    ["سلام", "ok"]  ->  points [1587, 1604, 1575, 1605, 111, 107], lengths [4, 2]
"""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Points = npt.NDArray[np.uint32]
Counts = npt.NDArray[np.int64]

PIECE_BYTES = 1 << 20
"""Text decoded at a time: the arrays made of it stay near the processor, and memory does not grow with the batch."""

BLANK, LETTER, MARK, DIGIT, PUNCTUATION, SYMBOL, HIDDEN = range(7)
N_KINDS = 7
_BY_CATEGORY = {"L": LETTER, "M": MARK, "N": DIGIT, "P": PUNCTUATION, "S": SYMBOL, "Z": BLANK, "C": HIDDEN}


@dataclass(frozen=True)
class Piece:
    """Rows `start`.. of a column: all their code points in a row, and how many belong to each."""

    start: int
    points: Points
    lengths: Counts

    @property
    def offsets(self) -> Counts:
        """Where each row begins in `points`, and the end of the last."""
        return np.concatenate(([0], np.cumsum(self.lengths)))

    def rows(self) -> Counts:
        """The row (from 0 in this piece) of each code point."""
        return np.repeat(np.arange(len(self.lengths)), self.lengths)

    def count(self, classes: npt.NDArray[np.uint8], n_classes: int) -> Counts:
        """How many code points of each class each row has: one row a text, one column a class."""
        cells = np.bincount(self.rows() * n_classes + classes, minlength=len(self.lengths) * n_classes)
        return cells.reshape(len(self.lengths), n_classes)

    def sum(self, flags: npt.NDArray[np.bool_]) -> Counts:
        """How many of the flags of each row are set."""
        return np.diff(np.concatenate(([0], np.cumsum(flags)))[self.offsets])


def pieces(column: pa.Array) -> Iterator[Piece]:
    """Decode a column of strings piece by piece; a null is read as empty."""
    column = pc.fill_null(column, "").cast(pa.large_string())
    n_bytes = np.concatenate(([0], np.cumsum(pc.binary_length(column).to_numpy(zero_copy_only=False))))
    start = 0
    while start < len(column):
        stop = int(np.searchsorted(n_bytes, n_bytes[start] + PIECE_BYTES, side="right")) - 1
        stop = min(max(stop, start + 1), len(column))
        part = column.slice(start, stop - start)
        lengths = pc.utf8_length(part).to_numpy(zero_copy_only=False).astype(np.int64)
        joined = "".join(part.to_pylist())
        yield Piece(start, np.frombuffer(joined.encode("utf-32-le"), np.uint32), lengths)
        start = stop


@cache
def kinds() -> npt.NDArray[np.uint8]:
    """The kind of every code point (`LETTER`, `DIGIT`...), by its Unicode category; tabs and line ends are blanks."""
    table = np.full(sys.maxunicode + 1, HIDDEN, np.uint8)
    # Planes 0 and 1 are looked up one by one; above them there are only ideographs and selectors.
    table[:0x20000] = [_BY_CATEGORY[unicodedata.category(chr(c))[0]] for c in range(0x20000)]
    table[0x20000:0x323B0] = LETTER
    table[0xE0100:0xE01F0] = MARK
    table[[9, 10, 11, 12, 13, 0x85]] = BLANK
    return table
