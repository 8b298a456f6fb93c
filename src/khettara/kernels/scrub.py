"""Rewriting a column without what no reader would miss: which rows need it, and their new bytes.

["الســوق  كل", "souk"]  ->  row 0 becomes "السوق كل": 1 tatweel, 1 run of blanks; row 1 is left alone

What each character is comes in tables that the caller makes; the rules of order (blanks at the end of a line, marks after
their letter, joiners inside emoji) are here. A row whose composition these tables do not settle is reported as `hard`.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from khettara.kernels.columns import Bytes, Offsets, Text
from khettara.kernels.jit import inline, kernel
from khettara.kernels.utf8 import N_CODES, decode, slot

PLAIN, BLANK, ODD_BLANK, NEWLINE, RETURN, BREAK, INVISIBLE, HYPHEN, TATWEEL, FORM, JOINER, NON_JOINER, LOOKALIKE, MARK, HARD = range(15)
"""What a character is, in the lowest four bits. HARD: it composes in ways of its own (Hangul, Indic vowels, singletons)."""
HELD_AFTER, HELD_BEFORE, INDIC, WORD, ARABIC_ONLY, NEIGHBOUR, COMPOSES, COMPOSED = (1 << bit for bit in range(4, 12))
"""A joiner holds this to what is before it; to what follows; a letter of India; part of a word; a letter that Persian, Urdu and
Kurdish hardly write; one that only they write; a mark that composes with some letter; a letter with its mark."""
CLASS_SHIFT = 16
"""The canonical combining class, eight bits."""

LINE_ENDS, FORMS, HIDDEN, TATWEELS, JOINERS, COMPOSITION, NON_JOINERS, LOOKALIKES, BLANKS = range(9)
"""The counts of a row, in the order in which rules are named."""
N_COUNTS = 9

_LONGEST_INDENT = 8
_COMPATIBLE_FROM, _COMPATIBLE_TO = 0x2F800, 0x2FA1E  # ideographs beyond the table that always decompose
_TO_END = 40  # marks on one letter; a letter with more is hard

Ints = npt.NDArray[np.int32]


class Tables(NamedTuple):
    """What the loops must know.

    Attributes:
        info: the bits above for each code point.
        target: what a look-alike stands for; for a presentation form the place of its letters in `letters`.
        letters: code points, each form's ended by 0.
        pairs: first and second code point of each composition, in one number, sorted.
        composed: what each pair becomes.
        words: short Arabic words that only Persian and Urdu have, as `word_key` makes them.
    """

    info: npt.NDArray[np.uint32]
    target: Ints
    letters: Ints
    pairs: npt.NDArray[np.int64]
    composed: Ints
    words: npt.NDArray[np.int64]


def pair_key(first: int, second: int) -> int:
    """Two code points as one number."""
    return first << 21 | second


def word_key(word: str) -> int:
    """A word of up to five letters of the Arabic block as one number."""
    key = 0
    for letter in word:
        key = key << 8 | ord(letter) & 0xFF
    return key


BLOCK = 64
Number = Any
"""An integer of the machine, inside loops."""


@inline
def _is_plain(data: Bytes, at: Number) -> Number:
    """Whether nothing that begins in these bytes can need a change, by the bytes alone. It reads three bytes behind the block.

    Arabic vowel marks are plain in their canonical order, which is that of their codes.
    """
    odd = False
    around = data[at : at + BLOCK + 3]
    for place in range(BLOCK):
        byte, second, third, fourth = around[place], around[place + 1], around[place + 2], around[place + 3]
        blank = (byte == 0x20) | (byte == 0x09)
        odd |= blank & ((second == 0x20) | (second == 0x09) | (second == 0x0A))
        odd |= (byte < 0x20) & (byte != 0x0A) & (byte != 0x09) | (byte == 0x7F)
        odd |= (byte == 0x0A) & (second == 0x0A) & (third == 0x0A)
        odd |= (byte == 0xC2) & ((second <= 0xA0) | (second == 0xAD)) | (byte == 0xCC) | (byte == 0xCD)
        # Arabic: marks of the Koran and the mark of direction; tatweel; hamza as a mark.
        odd |= (byte == 0xD8) & (second >= 0x90) & (second <= 0x9C) & (second != 0x9B)
        vowel = (byte == 0xD9) & (second >= 0x8B) & (second <= 0x92)
        odd |= (byte == 0xD9) & ((second == 0x80) | ((second >= 0x93) & (second <= 0x9F)))
        odd |= (vowel | ((byte == 0xD9) & (second == 0xB0))) & (third == 0xD9) & (fourth >= 0x8B) & (fourth <= 0x92) & (fourth < second)
        odd |= (byte == 0xDA) & ((second == 0xA9) | (second == 0xAA) | (second == 0xBE))
        odd |= (byte == 0xDB) & ((second == 0x81) | (second == 0x8C) | (second == 0x90) | ((second >= 0x95) & (second <= 0xAD)))
        # Hebrew, Syriac and their like have marks of their own.
        odd |= ((byte == 0xD6) & (second >= 0x90)) | (byte == 0xD7) | (byte == 0xD2) | (byte == 0xDC) | (byte == 0xDD) | (byte == 0xDF)
        odd |= (byte == 0xE0) | (byte == 0xE3) | (byte == 0xEA) | (byte == 0xED)
        odd |= (byte == 0xE1) & ((second < 0xB8) | (second > 0xBB))
        odd |= (byte == 0xE2) & (second == 0x80) & ((third < 0x90) | ((third >= 0xA8) & (third < 0xB0)))
        odd |= (byte == 0xE2) & ((second == 0x81) & (third >= 0x9F) | (second == 0x84) & (third >= 0xA6) | (second == 0x83) & (third >= 0x90))
        odd |= (byte == 0xE2) & (second >= 0xAB) & ((second != 0xB4) & (second != 0xB5) | (third == 0xBF)) & (second != 0xAC) & (second != 0xAD)
        odd |= (byte == 0xEF) & ((second != 0xB8) | (third != 0x8F))
        odd |= (byte == 0xF0) & (second != 0x9F) | (byte > 0xF0)
    return not odd


@kernel
def _find(data: Bytes, offsets: Offsets, out: npt.NDArray[np.bool_]) -> None:
    """Rows that may need a change."""
    last = np.zeros(2 * BLOCK + 3, np.uint8)
    for row in range(out.size):
        at, end = offsets[row], offsets[row + 1]
        if at == end:
            continue
        if data[at] == 0x0A or (data[end - 1] <= 0x20 and (data[end - 1] != 0x0A or (end - at > 1 and data[end - 2] <= 0x20))):
            out[row] = True
            continue
        while at + BLOCK + 3 <= end and _is_plain(data, at):
            at += BLOCK
        if at + BLOCK + 3 <= end:
            out[row] = True
            continue
        # The rest of the row, followed by letters.
        last[:] = 0x61
        for place in range(end - at):
            last[place] = data[at + place]
        out[row] = not _is_plain(last, 0) or (end - at > BLOCK and not _is_plain(last, BLOCK))


@inline
def _put(out: Bytes, at: Number, code: Number) -> Number:
    """Write a code point; where the next one goes."""
    if code < 0x80:
        out[at] = code
        return at + 1
    if code < 0x800:
        out[at], out[at + 1] = 0xC0 | code >> 6, 0x80 | code & 0x3F
        return at + 2
    if code < 0x10000:
        out[at], out[at + 1], out[at + 2] = 0xE0 | code >> 12, 0x80 | code >> 6 & 0x3F, 0x80 | code & 0x3F
        return at + 3
    out[at], out[at + 1] = 0xF0 | code >> 18, 0x80 | code >> 12 & 0x3F
    out[at + 2], out[at + 3] = 0x80 | code >> 6 & 0x3F, 0x80 | code & 0x3F
    return at + 4


@inline
def _previous(out: Bytes, begin: Number, at: Number) -> Number:
    """Where the character before `at` begins; `begin` if there is none. Stray bytes count one each."""
    place = at - 1
    while place > begin and at - place < 4 and out[place] & 0xC0 == 0x80:
        place -= 1
    if place < begin:
        return begin
    _, width = decode(out, place, at)
    return place if place + width == at else at - 1


@inline
def _composition(tables: Any, first: Number, second: Number) -> Number:
    """What two code points compose to, 0 if nothing."""
    key = np.int64(first) << 21 | second
    low, high = 0, tables.pairs.size
    while low < high:
        middle = (low + high) >> 1
        if tables.pairs[middle] < key:
            low = middle + 1
        else:
            high = middle
    return np.int64(tables.composed[low]) if low < tables.pairs.size and tables.pairs[low] == key else 0


_APPENDED, _MOVED, _UNSETTLED = range(3)


@inline
def _add_mark(out: Bytes, begin: Number, at: Number, code: Number, tables: Any) -> tuple[Number, Number]:
    """Write a mark in its canonical place behind its letter, or into the letter; where the next character goes, and what happened."""
    info = tables.info
    own = info[slot(code)] >> CLASS_SHIFT
    composes = info[slot(code)] & COMPOSES != 0
    if not composes and at - begin > 4 and out[at - 2] & 0xFC == 0xD8 and code < 0x800:
        # The everyday case: an Arabic mark after a letter or another mark.
        found, _ = decode(out, at - 2, at)
        theirs = info[slot(found)] >> CLASS_SHIFT
        if theirs <= own:
            return _put(out, at, code), _APPENDED
        below, wide = decode(out, at - 4, at)
        if wide == 2 and info[slot(below)] >> CLASS_SHIFT == 0:
            _put(out, at - 2, code)
            return _put(out, at, found), _MOVED
    place, insert = at, at
    kept_composing: Number = False
    blocked = False
    starter: Number = np.int64(0)
    starter_width: Number = np.int64(0)
    for _ in range(_TO_END):
        if place <= begin:
            break
        before = _previous(out, begin, place)
        found, width = decode(out, before, place)
        theirs = info[slot(found)] >> CLASS_SHIFT
        if theirs == 0:
            if width > 1 or found < 0x80:
                starter, starter_width = found, np.int64(width)
            break
        if theirs > own:
            insert = before
        if theirs == own:
            blocked = True
        kept_composing |= info[slot(found)] & COMPOSES != 0
        place = before
        if place == at - _TO_END:
            return at, _UNSETTLED
    if composes and not blocked and starter:
        made = _composition(tables, starter, code)
        if made:
            if kept_composing:
                return at, _UNSETTLED
            size = 1 if made < 0x80 else (2 if made < 0x800 else (3 if made < 0x10000 else 4))
            # The marks that stay move by the difference of the two letters.
            shift = size - starter_width
            if shift > 0:
                for byte in range(at - 1, place - 1, -1):
                    out[byte + shift] = out[byte]
            elif shift < 0:
                for byte in range(place, at):
                    out[byte + shift] = out[byte]
            _put(out, place - starter_width, made)
            return at + shift, _MOVED
        if info[slot(starter)] & COMPOSED:
            return at, _UNSETTLED
    width = 2 if code < 0x800 else (3 if code < 0x10000 else 4)
    for byte in range(at - 1, insert - 1, -1):
        out[byte + width] = out[byte]
    _put(out, insert, code)
    return at + width, _APPENDED if insert == at else _MOVED


@inline
def _is_foreign(data: Bytes, at: Number, end: Number, tables: Any) -> Number:
    """Whether a text is Persian, Urdu or Kurdish (or of India) rather than Arabic with foreign keys pressed."""
    arabic, alike = 0, 0
    key, size = np.int64(0), 0
    proper: Number = True
    code: Number = np.int64(0)
    while at <= end:
        code, width = (np.int64(32), 1) if at == end else decode(data, at, end)
        flags = tables.info[slot(code)]
        if flags & 15 == FORM:
            code = np.int64(tables.letters[tables.target[slot(code)]])
            flags = tables.info[slot(code)]
        if flags & (NEIGHBOUR | INDIC):
            return True
        arabic += flags & ARABIC_ONLY != 0
        alike += flags & 15 == LOOKALIKE
        if flags & WORD and flags & 15 != TATWEEL:
            proper &= 0x600 <= code < 0x700
            key, size = key << 8 | code & 0xFF, size + 1
        elif flags & 15 == PLAIN or flags & 15 <= BREAK or flags & 15 == MARK:
            if size and size <= 5 and proper:
                for word in tables.words:
                    if word == key:
                        return True
            key, size, proper = np.int64(0), 0, True
        at += width
    return arabic < alike


@kernel
def _rewrite(
    data: Bytes, offsets: Offsets, rows: Offsets, lenient: bool, tables: Any, out: Bytes, ends: Offsets, counts: Ints, hard: npt.NDArray[np.bool_]
) -> None:
    """The new bytes of some rows, one behind the other."""
    info = tables.info
    code: Number = np.int64(0)
    letter: Number = np.int64(0)
    p: Number = np.int64(0)
    for number in range(rows.size):
        row = rows[number]
        first, end = offsets[row], offsets[row + 1]
        at, begin, retry = first, p, first
        lines, blanks, tab, indent, joiners, foreign = 0, 0, False, np.uint32(0), 0, -1
        while at < end:
            if at >= retry and lines == 0 and blanks == 0 and joiners == 0 and p > begin:
                start = at
                while at + BLOCK + 3 <= end and _is_plain(data, at):
                    at += BLOCK
                if at > start:
                    # A character that begins in the block and ends behind it is left to the next round; so are blanks at its
                    # end, and marks at its beginning, which _is_plain has not compared with what was before.
                    while at > start and (data[at] & 0xC0 == 0x80 or data[at - 1] <= 0x20):
                        at -= 1
                    code, width = decode(data, start, end) if at > start else (np.int64(0), 1)
                    if at > start and info[slot(code)] & 15 != MARK and info[slot(code)] & 15 != BLANK and info[slot(code)] & 15 != NEWLINE:
                        out[p : p + at - start] = data[start:at]
                        p += at - start
                        continue
                    at = start
                retry = at + BLOCK // 2
            code, width = decode(data, at, end)
            flags = info[slot(code)]
            kind = flags & 15
            if kind == PLAIN and lines == 0 and blanks == 0 and joiners == 0 and code < _COMPATIBLE_FROM:
                for byte in range(width):
                    out[p + byte] = data[at + byte]
                p += width
                at += width
                continue
            letter, last = np.int64(-1), np.int64(-1)
            if kind in (NEWLINE, RETURN, BREAK):
                counts[number, JOINERS] += joiners
                joiners = 0
                if kind == RETURN and at + 1 < end and data[at + 1] == 0x0A:
                    at += 1
                counts[number, LINE_ENDS] += kind != NEWLINE
                counts[number, BLANKS] += blanks > 0
                blanks, tab, indent = 0, False, np.uint32(0)
                lines += 1
                at += width
                continue
            if kind in (BLANK, ODD_BLANK):
                counts[number, JOINERS] += joiners
                joiners = 0
                if code == 9:
                    tab = True
                    if blanks < _LONGEST_INDENT:
                        indent |= np.uint32(1) << np.uint32(blanks)
                counts[number, BLANKS] += kind == ODD_BLANK
                blanks += 1
                at += width
                continue
            if kind in (INVISIBLE, TATWEEL):
                counts[number, HIDDEN if kind == INVISIBLE else TATWEELS] += 1
                at += width
                continue
            if kind == HYPHEN:
                counts[number, HIDDEN] += 1
                at += width
                if not (at < end and (data[at] == 0x0A or data[at] == 0x0D)):
                    continue
                code, flags, kind = np.int64(0x2D), info[0x2D], np.uint32(PLAIN)
                letter = code
                width = 0
            elif kind == JOINER:
                joiners += 1
                at += width
                continue
            if kind in (NON_JOINER, LOOKALIKE, FORM):
                if foreign < 0:
                    foreign = 1 if _is_foreign(data, first, end, tables) else 0
                if kind == NON_JOINER and not foreign:
                    counts[number, NON_JOINERS] += 1
                    at += width
                    continue
            if (kind == HARD and not lenient) or (_COMPATIBLE_FROM <= code < _COMPATIBLE_TO and not lenient):
                hard[number] = True
            # What waits before this character.
            if joiners:
                keep = False
                if blanks == 0 and lines == 0 and p > begin:
                    before, _ = decode(out, _previous(out, begin, p), p)
                    mark = info[slot(before)]
                    keep = mark & INDIC != 0 or (mark & HELD_BEFORE != 0 and flags & HELD_AFTER != 0)
                counts[number, JOINERS] += joiners - keep
                if keep:
                    p = _put(out, p, 0x200D)
                joiners = 0
            if lines or blanks:
                fresh = p == begin
                if lines:
                    counts[number, BLANKS] += fresh or lines > 2
                    for _ in range(0 if fresh else min(lines, 2)):
                        out[p] = 0x0A
                        p += 1
                if blanks and (lines or fresh):
                    counts[number, BLANKS] += blanks > _LONGEST_INDENT
                    for place in range(min(blanks, _LONGEST_INDENT)):
                        out[p] = 0x09 if indent >> np.uint32(place) & 1 else 0x20
                        p += 1
                elif blanks:
                    counts[number, BLANKS] += blanks > 1
                    out[p] = 0x09 if tab else 0x20
                    p += 1
                lines, blanks, tab, indent = 0, 0, False, np.uint32(0)
            if kind == FORM:
                counts[number, FORMS] += 1
                last = np.int64(tables.target[slot(code)])
                letter = np.int64(tables.letters[last])
            elif letter < 0:
                letter = code
            while letter > 0 or last < 0:
                flags = info[slot(letter)]
                kind = flags & 15
                if kind == LOOKALIKE and foreign == 0:
                    counts[number, LOOKALIKES] += 1
                    letter = np.int64(tables.target[slot(letter)])
                    p = _put(out, p, letter)
                elif kind == MARK:
                    p, moved = _add_mark(out, begin, p, letter, tables)
                    counts[number, COMPOSITION] += moved == _MOVED
                    if moved == _UNSETTLED:
                        hard[number] = True
                        p = _put(out, p, letter)
                elif last >= 0 or width == 0:
                    p = _put(out, p, letter)
                else:
                    for byte in range(width):
                        out[p + byte] = data[at + byte]
                    p += width
                if last < 0:
                    break
                last += 1
                letter = np.int64(tables.letters[last])
            at += width
        counts[number, JOINERS] += joiners
        counts[number, BLANKS] += (blanks > 0) + (lines > 1 or (lines > 0 and p == begin))
        if lines and p > begin:
            out[p] = 0x0A
            p += 1
        ends[number + 1] = p


def find(text: Text) -> npt.NDArray[np.bool_]:
    """Which rows may need a change; no other does."""
    out = np.zeros(len(text), np.bool_)
    _find(text.data, text.offsets, out)
    return out


class Rewritten(NamedTuple):
    """New rows: their bytes and offsets, the counts of each by kind, and which are `hard`: to be composed by other means first."""

    data: Bytes
    offsets: Offsets
    counts: Ints
    hard: npt.NDArray[np.bool_]


def rewrite(text: Text, rows: Offsets, tables: Tables, lenient: bool = False) -> Rewritten:
    """Rows without what no reader would miss.

    Args:
        text: the column.
        rows: which of its rows.
        tables: what each character is.
        lenient: the rows are composed already; what is hard in them may stay as it is.
    """
    n_bytes = int((text.offsets[rows + 1] - text.offsets[rows]).sum())
    # A presentation form of three bytes becomes four letters of two at most.
    out = np.empty(3 * n_bytes + 8, np.uint8)
    ends, counts, hard = np.zeros(rows.size + 1, np.int64), np.zeros((rows.size, N_COUNTS), np.int32), np.zeros(rows.size, np.bool_)
    _rewrite(text.data, text.offsets, rows, lenient, tables, out, ends, counts, hard)
    return Rewritten(out[: int(ends[-1])], ends, counts, hard)


def empty_tables() -> tuple[npt.NDArray[np.uint32], Ints]:
    """Room for `info` and `target`."""
    return np.zeros(N_CODES, np.uint32), np.zeros(N_CODES, np.int32)
