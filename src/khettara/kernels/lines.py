"""Counts over the lines of one text: how they begin and end, how long they are, how much of them was said before.

"- souk\n- souk\n"  ->  2 lines, 2 of them bullets, 6 of 12 characters said before
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from khettara.kernels.characters import BLANK, BULLET, CLOSING, DOT, ELLIPSIS, SORT_SHIFT, SPECIAL_SHIFT, TERMINAL
from khettara.kernels.columns import Bytes
from khettara.kernels.hashing import read_eight, xxh64
from khettara.kernels.jit import inline
from khettara.kernels.utf8 import decode, slot

Table = npt.NDArray[np.uint32]
Counts = npt.NDArray[np.int64]
Number = Any
"""An integer of the machine, inside loops."""

LINES, LINE_CHARS, BULLET_LINES, ELLIPSIS_LINES, ENDED_LINES, OPEN_LINES, SHORT_LINES, AGAIN_CHARS, REPEATED_CHARS = range(9)
"""Places in `out`. Blank lines count nowhere. ENDED: with a full stop, a closing quote, an Arabic comma...; OPEN: without the end
of a sentence; AGAIN: characters of lines that repeat an earlier one; REPEATED: of all copies of the repeated line with most."""
N_LINE_COUNTS = 9

SHORT = 30
"""FineWeb's measure of a short line, in characters."""

_NEWLINE = 10
_NEWLINES, _ONES, _HIGH_BITS = np.uint64(0x0A0A0A0A0A0A0A0A), np.uint64(0x0101010101010101), np.uint64(0x8080808080808080)


@inline
def _last(line: Bytes, table: Table) -> tuple[Number, Number]:
    """What the table says of the last code point of a line, and where that begins."""
    at = line.size - 1
    while at > 0 and line.size - at < 4 and line[at] & 0xC0 == 0x80:
        at -= 1
    code, width = decode(line, at, line.size)
    if at + width != line.size:
        return np.int64(table[0xFFFD]), line.size - 1
    return np.int64(table[slot(code)]), at


@inline
def _trimmed(line: Bytes, table: Table) -> Bytes:
    """A line without blanks around it."""
    start, end = 0, line.size
    while start < end:
        code, width = decode(line, start, end)
        if (np.int64(table[slot(code)]) >> SORT_SHIFT) & 7 != BLANK:
            break
        start += width
    while start < end:
        word, at = _last(line[start:end], table)
        if (word >> SORT_SHIFT) & 7 != BLANK:
            break
        end = start + at
    return line[start:end]


@inline
def _line_size(rest: Bytes) -> int:
    """The place of the first newline, or the end; eight bytes at a time: a newline among them becomes 0, and borrows its upper bit."""
    at = 0
    while at + 8 <= rest.size:
        eight = read_eight(rest, at) ^ _NEWLINES
        if (eight - _ONES) & ~eight & _HIGH_BITS:
            break
        at += 8
    while at < rest.size and rest[at] != _NEWLINE:
        at += 1
    return at


@inline
def count_lines(row: Bytes, table: Table, out: Counts) -> None:
    """Add the counts of one text to `out`."""
    n_breaks = 0
    for byte in row:
        n_breaks += byte == _NEWLINE
    size = 0
    if n_breaks:
        size = 4
        while size < 2 * (n_breaks + 1):
            size *= 2
    keys, times = np.zeros(size, np.uint64), np.zeros(size, np.int64)
    mask = np.uint64(max(size, 1) - 1)  # no table where no line can repeat
    at = 0
    while at < row.size:
        stop = at + _line_size(row[at:])
        line = _trimmed(row[at:stop], table)
        at = stop + 1
        if not line.size:
            continue
        n_chars = 0
        for byte in line:
            n_chars += byte & 0xC0 != 0x80
        code, _ = decode(line, 0, line.size)
        begins = (np.int64(table[slot(code)]) >> SPECIAL_SHIFT) & 7
        final, _ = _last(line, table)
        ends = (final >> SPECIAL_SHIFT) & 7
        dots = ends == DOT and line.size >= 3 and line[line.size - 2] == 46 and line[line.size - 3] == 46
        out[LINES] += 1
        out[LINE_CHARS] += n_chars
        out[BULLET_LINES] += begins == BULLET
        out[ELLIPSIS_LINES] += ends == ELLIPSIS or dots
        out[ENDED_LINES] += final & TERMINAL != 0 or ends == CLOSING
        out[OPEN_LINES] += final & TERMINAL == 0
        out[SHORT_LINES] += n_chars < SHORT
        if size:
            key = xxh64(line)
            place = key & mask
            while times[place] and keys[place] != key:
                place = place + np.uint64(1) & mask
            keys[place] = key
            times[place] += 1
            if times[place] > 1:
                out[AGAIN_CHARS] += n_chars
                out[REPEATED_CHARS] = max(out[REPEATED_CHARS], n_chars * times[place])
