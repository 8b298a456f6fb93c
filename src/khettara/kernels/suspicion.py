"""Which rows of a column may hold damage of code pages: characters side by side that sound text hardly has so.

["L’été à Aïn Zerqa", "trÃ¨s bien"]  ->  False, True

What a character may be in each page is one word of a table that the caller makes. A loop looks at neighbours, and at whole
sequences where two neighbours look like the beginning of one; it does not repair, and may suspect sound text.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from khettara.kernels.columns import Bytes, Offsets, Text
from khettara.kernels.jit import inline, kernel
from khettara.kernels.utf8 import N_CODES, decode, slot

N_PAGES = 5
CROSSED, ARABIC, LATIN = 1 << 5, 1 << 6, 1 << 7
"""Bits above the pages': a letter of the Western page that is another letter in the Arabic one; a letter of the Arabic page
that is one of the Western; a Latin letter."""
FOLLOWS = 8
"""Eight bits above, of what may follow: later bytes of each page, then `CROSSED` and, the other way round, `LATIN` and `ARABIC`."""
UNNATURAL = 16
"""Five bits above: later bytes of each page that hardly follow a letter in sound text."""
ALONE, LEAN, KNOWN, PREFIX = 1 << 21, 1 << 22, 1 << 23, 1 << 24
"""Damage wherever it stands; a first byte whose second often turned to a blank; a character that repairs bring out; a letter
that Arabic writes before names."""
SHY = 25
"""Five bits above: ordinary signs, first bytes of a sequence only where they stand behind a small letter."""

_ARABIC_PAGE = 1
Number = Any
"""An integer of the machine, inside loops."""
Table = npt.NDArray[np.uint32]
Bytewise = npt.NDArray[np.uint8]


@inline
def _is_latin(code: Number) -> Number:
    return 65 <= code <= 90 or 97 <= code <= 122


@inline
def _sequence(data: Bytes, at: Number, end: Number, before: Number, table: Table, numbers: Bytewise, page: Number) -> Number:
    """Whether a misread UTF-8 sequence begins at `at`: all its bytes are there, and what they make or stand beside is suspicious."""
    code, width = decode(data, at, end)
    shy = table[slot(code)] >> SHY >> page & 1 != 0
    if shy and not 97 <= before <= 122:
        return False
    first = np.int64(numbers[page, slot(code)])
    at += width
    rest = 1 if first < 0xE0 else (2 if first < 0xF0 else 3)
    made: Number = first & (0x1F if rest == 1 else (0x0F if rest == 2 else 0x07))
    unnatural = False
    for _ in range(rest):
        if at >= end:
            return False
        code, width = decode(data, at, end)
        number = np.int64(numbers[page, slot(code)])
        if number & 0xC0 != 0x80:
            return False
        unnatural |= table[slot(code)] >> UNNATURAL >> page & 1 != 0
        made = made << 6 | (number & 0x3F)
        at += width
    if (unnatural or rest == 3) and not shy:
        return True
    if table[slot(made)] & KNOWN == 0:
        return False
    if page != _ARABIC_PAGE or _is_latin(before) or 48 <= before <= 57:
        return True
    if at >= end:
        return False
    code, width = decode(data, at, end)
    if code == 32 and at + 1 < end:
        return _is_latin(np.int64(data[at + 1]))
    return _is_latin(code) or table[slot(code)] >> page & 1 != 0


BLOCK = 64


@inline
def _is_plain(data: Bytes, at: Number) -> Number:
    """Whether no two characters that begin in these bytes can be suspicious side by side, by their bytes alone.

    That is so of ASCII, of Arabic letters, of accented letters and quotation marks behind ASCII, of Tifinagh and emoji; but
    not of Arabic that may touch Latin letters. Compiled to vector instructions; it reads three bytes before the block and two
    behind it.
    """
    odd, arabic, latin = False, False, False
    around = data[at - 3 : at + BLOCK + 2]
    for place in range(BLOCK):
        byte, following, before = around[place + 3], around[place + 4], around[place + 2]
        # E2 80: quotation marks, dashes, dots. C2: « » and no-break space.
        quote = ((byte == 0xE2) & (following == 0x80)) | ((byte == 0xC2) & ((following == 0xA0) | (following == 0xAB) | (following == 0xBB)))
        behind_quote = (around[place + 1] == 0x80) & (around[place] == 0xE2)
        accent = (byte == 0xC3) & (following >= 0x84) & ((before < 0x80) | behind_quote) & (around[place + 5] < 0x80)
        # The Farsi he and the noon without a dot stand in damage.
        letter = ((byte & 0xFC) == 0xD8) & (not (((byte == 0xDB) & (following == 0x81)) | ((byte == 0xDA) & (following == 0xBA))))
        other = ((byte == 0xE2) & (following >= 0xB4)) | (byte == 0xF0) | (byte == 0xEF)
        odd |= (byte >= 0xC0) & (not (accent | letter | other | (quote & (before < 0x80))))
        arabic |= letter
        latin |= ((byte >= 0x41) & (byte < 0x80)) | accent
    return not (odd | (arabic & latin))


@kernel
def _look(data: Bytes, offsets: Offsets, table: Table, numbers: Bytewise, out: npt.NDArray[np.bool_]) -> None:
    for row in range(out.size):
        begin, end = offsets[row], offsets[row + 1]
        at = begin
        code, last, before, place = np.int64(32), np.uint32(0), np.int64(32), at
        while at < end:
            if at >= begin + 3 and at + BLOCK + 2 < end and _is_plain(data, at):
                at += BLOCK
                while at + BLOCK + 2 < end and _is_plain(data, at):
                    at += BLOCK
                # Three characters back, so that what begins behind the block meets what it stands beside.
                for _ in range(3):
                    at -= 1
                    for _ in range(3):  # no character is longer, whatever the bytes: else this could go on for ever
                        if data[at] & 0xC0 == 0x80:
                            at -= 1
                code, last, before, place = np.int64(32), np.uint32(0), np.int64(32), at
                for _ in range(3):
                    before, place = code, at
                    code, width = decode(data, at, end)
                    last = table[slot(code)]
                    at += width
            stop = min(at + BLOCK, end)
            while at < stop:
                following, width = decode(data, at, end)
                flags = table[slot(following)]
                met = last & flags >> FOLLOWS & 0xFF
                if (met | (flags & (ALONE | LEAN))) and _is_suspicious(
                    data, at, end, width, before, code, last, following, flags, place, table, numbers
                ):
                    out[row] = True
                    at = end
                    break
                before, code, last, place = code, following, flags, at
                at += width


@inline
def _is_suspicious(
    data: Bytes,
    at: Number,
    end: Number,
    width: Number,
    before: Number,
    code: Number,
    last: Any,
    following: Number,
    flags: Any,
    place: Number,
    table: Table,
    numbers: Bytewise,
) -> Number:
    """A character at `at`, with the two before it."""
    met = last & flags >> FOLLOWS & 0xFF
    if flags & ALONE or met & CROSSED:
        return True
    if flags & LEAN and (at + width >= end or data[at + width] < 0x41):
        return True
    if met & (ARABIC | LATIN) and _stray(data, at, end, before, code, last, flags, width, table):
        return True
    for page in range(N_PAGES):
        if met >> page & 1 and (_sequence(data, place, end, before, table, numbers, page) or (code == 0xE2 and following == 0x20AC)):
            return True
    return False


@inline
def _stray(data: Bytes, at: Number, end: Number, before: Number, code: Number, last: Any, flags: Any, width: Number, table: Table) -> Number:
    """Whether an Arabic letter that touches a Latin one stands alone there."""
    if flags & ARABIC:
        if at + width >= end:
            return True
        code, _ = decode(data, at + width, end)
        return table[slot(code)] & ARABIC == 0
    if table[slot(before)] & ARABIC:
        return False
    # ت begins verbs, but être and êtes begin with a misread ê.
    etre = code == 0x62A and at + 2 < end and data[at] == 0x74 and (data[at + 1] == 0x72 or data[at + 2] == 0x73)
    return last & PREFIX == 0 or etre


def suspects(text: Text, table: Table, numbers: Bytewise) -> npt.NDArray[np.bool_]:
    """Whether each row may hold damage.

    Args:
        text: the column.
        table: for each code point the bits of this module, as `empty_table` gives room for.
        numbers: for each page and code point the byte that it stands for, 0 if none above ASCII.
    """
    out = np.zeros(len(text), np.bool_)
    _look(text.data, text.offsets, table, numbers, out)
    return out


def empty_table() -> tuple[Table, Bytewise]:
    """Room for what `suspects` must know."""
    return np.zeros(N_CODES, np.uint32), np.zeros((N_PAGES, N_CODES), np.uint8)
