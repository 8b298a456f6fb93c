"""Which rows may hold litter of pages, or lines that a layout broke: one look at every byte, for two edits.

["<b>souk</b>", "La com-\\nmune", "souk"]  ->  MARKUP, BROKEN, 0

It proposes only; whoever called reads the rows that it names.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from khettara.kernels.columns import Bytes, Offsets, Text
from khettara.kernels.jit import inline, kernel

MARKUP, MENU, RIGHTS, BROKEN, NUMBERED = (1 << bit for bit in range(5))
"""Signs of markup; an entry of a menu, or cells as menus have; words of rights notices; lines that look cut; numbered pages."""

_LONGEST_ENTRY = 64
_LONGEST_NUMBER = 24
"""Bytes in an entry of a menu with what is around it, and in a line that numbers a page."""
_NARROWEST = 40
"""Characters in the narrowest line that a layout breaks."""
BLOCK = 64
Number = Any
"""An integer of the machine, inside loops."""
FNV, FNV_PRIME = 0xCBF29CE484222325, 0x100000001B3


@inline
def _is_letter(byte: Number) -> Number:
    return 65 <= byte <= 90 or 97 <= byte <= 122


@inline
def _is_plain(data: Bytes, at: Number) -> Number:
    """Whether no sign of markup or rights begins in these bytes; compiled to vector instructions, it reads two bytes further."""
    odd = False
    around = data[at : at + BLOCK + 2]
    for place in range(BLOCK):
        byte, second, third = around[place], around[place + 1], around[place + 2]
        odd |= (byte == 0x3C) | (byte == 0x26) | (byte == 0x5B) | (byte == 0x7B)
        odd |= (byte == second) & ((byte == 0x2A) | (byte == 0x3D))
        odd |= (byte == 0xC2) & (second == 0xA9)
        # réservés, reserved, محفوظة
        odd |= (byte == 0xA9) & (second == 0x73) & (third == 0x65) | (byte == 0x72) & (second == 0x76) & (third == 0x65)
        odd |= (byte == 0xAD) & (second == 0xD9) & (third == 0x81)
    return not odd


@inline
def _has_newline(data: Bytes, at: Number) -> Number:
    found = False
    block = data[at : at + BLOCK]
    for place in range(BLOCK):
        found |= block[place] == 0x0A
    return found


@inline
def _n_characters(data: Bytes, at: Number) -> Number:
    n_later = np.uint8(0)
    block = data[at : at + BLOCK]
    for place in range(BLOCK):
        n_later += np.uint8(block[place] & 0xC0 == 0x80)
    return BLOCK - np.int64(n_later)


@inline
def _sign(data: Bytes, at: Number, end: Number) -> Number:
    """What begins at a byte."""
    if at + 1 >= end:
        return 0
    byte, second, third = data[at], data[at + 1], data[at + 2] if at + 2 < end else np.uint8(0)
    if byte == 0x3C:
        return MARKUP if _is_letter(second) or second == 0x2F or second == 0x21 else 0
    if byte == 0x26:
        return MARKUP if _is_letter(second) or second == 0x23 else 0
    if byte == 0x5B:
        return MARKUP if _is_letter(second) or second == 0x2F or second == 0x5B else 0
    if (byte == 0x7B or byte == 0x2A or byte == 0x3D) and second == byte:
        return MARKUP
    if byte == 0xC2 and second == 0xA9:
        return RIGHTS
    if byte == 0xA9 and second == 0x73 and third == 0x65:
        return RIGHTS if at + 7 < end and data[at + 4] == 0x76 and data[at + 6] == 0xA9 and data[at + 7] == 0x73 else 0
    if byte == 0x72 and second == 0x76 and third == 0x65:
        return RIGHTS if at + 3 < end and data[at + 3] == 0x64 else 0
    if byte == 0xAD and second == 0xD9 and third == 0x81 and at + 6 < end:
        return RIGHTS if data[at + 3] == 0xD9 and data[at + 4] == 0x88 and data[at + 5] == 0xD8 and data[at + 6] == 0xB8 else 0
    return 0


@inline
def _is_edge(byte: Number) -> Number:
    """Blanks and brackets around an entry."""
    return byte <= 0x20 or byte == 0x5B or byte == 0x5D


@inline
def _is_entry(data: Bytes, begin: Number, end: Number, entries: npt.NDArray[np.uint64]) -> Number:
    """Whether this is one of these entries, without regard to case and what is around it."""
    while begin < end and _is_edge(data[begin]):
        begin += 1
    while end > begin and _is_edge(data[end - 1]):
        end -= 1
    if end == begin:
        return False
    value = np.uint64(FNV)
    before = np.uint8(0)
    for place in range(begin, end):
        byte = data[place]
        capital = 65 <= byte <= 90 or (before == 0xC3 and 0x80 <= byte <= 0x9E)
        value = (value ^ np.uint64(byte + 32 if capital else byte)) * np.uint64(FNV_PRIME)
        before = byte
    low, high = 0, entries.size
    while low < high:
        middle = (low + high) >> 1
        if entries[middle] < value:
            low = middle + 1
        else:
            high = middle
    return low < entries.size and entries[low] == value


@inline
def _has_separator(data: Bytes, at: Number) -> Number:
    """Whether cells may be told apart in these bytes and two further."""
    found = False
    around = data[at : at + _LONGEST_ENTRY + 2]
    for place in range(_LONGEST_ENTRY):
        byte, second, third = around[place], around[place + 1], around[place + 2]
        found |= (byte == 0x7C) | (byte == 0x3E) | (byte == 0x09)
        found |= (byte == 0xC2) & ((second == 0xB7) | (second == 0xBB) | (second == 0xAB))
        found |= (byte == 0xE2) & (second == 0x80) & ((third == 0xBA) | (third == 0xA2))
    return found


@inline
def _begins_menu(data: Bytes, begin: Number, end: Number, entries: npt.NDArray[np.uint64]) -> Number:
    """Whether a line begins with an entry: the whole line, or its first cell that is not empty."""
    if end - begin > _LONGEST_ENTRY + 2 and not _has_separator(data, begin):
        return False
    stop, start = min(end, begin + _LONGEST_ENTRY), begin
    for place in range(begin, stop):
        byte = data[place]
        # | > and the tab; · and »; › and •
        width = 1 if byte == 0x7C or byte == 0x3E or byte == 0x09 else 0
        if byte == 0xC2 and place + 1 < end and (data[place + 1] == 0xB7 or data[place + 1] == 0xBB or data[place + 1] == 0xAB):
            width = 2
        if byte == 0xE2 and place + 2 < end and data[place + 1] == 0x80 and (data[place + 2] == 0xBA or data[place + 2] == 0xA2):
            width = 3
        if width:
            empty = True
            for inside in range(start, place):
                empty &= _is_edge(data[inside])
            if not empty:
                return _is_entry(data, start, place, entries)
            start = place + width
    return stop == end and _is_entry(data, start, end, entries)


@inline
def _is_number(data: Bytes, begin: Number, end: Number) -> Number:
    """Whether a short line may number a page: it begins with a number, a dash, or "page", and ends with a number or a dash."""
    while begin < end and data[begin] <= 0x20:
        begin += 1
    while end > begin and data[end - 1] <= 0x20:
        end -= 1
    if end == begin:
        return False
    first, last = data[begin], data[end - 1]
    opens = 48 <= first <= 57 or first == 0x2D or first == 0x70 or first == 0x50 or first == 0xE2 or first == 0xD8 or first == 0xD9
    return opens and (48 <= last <= 57 or last == 0x2D or 0xA0 <= last <= 0xA9 or last == 0x93 or last == 0x94)


@inline
def _ends_sentence(data: Bytes, begin: Number, end: Number) -> Number:
    """Whether a line ends with a full stop, a closing mark and their like, by its last byte or two."""
    while end > begin and data[end - 1] <= 0x20:
        end -= 1
    if end == begin:
        return False
    last = data[end - 1]
    if last == 0x2E or last == 0x21 or last == 0x3F or last == 0x3A or last == 0x3B or last == 0x22 or last == 0x27 or last == 0x29 or last == 0x5D:
        return True
    if end - begin < 2:
        return False
    before = data[end - 2]
    # ؟ ؛ and » ; ’ ” … end in these.
    return (
        (before == 0xD8 and (last == 0x9F or last == 0x9B))
        or (before == 0xC2 and last == 0xBB)
        or (before == 0x80 and (last == 0x9D or last == 0x99 or last == 0xA6))
    )


@kernel
def _look(data: Bytes, offsets: Offsets, entries: npt.NDArray[np.uint64], out: npt.NDArray[np.uint8]) -> None:
    for row in range(out.size):
        at, end = offsets[row], offsets[row + 1]
        begin, found, numbers = at, 0, 0
        third, second, first = np.int64(0), np.int64(0), np.int64(0)
        second_word, first_word = np.int64(0), np.int64(0)
        characters, word, in_word = np.int64(0), np.int64(0), 0
        third_ends, second_ends, first_ends = np.int64(0), np.int64(0), np.int64(0)
        while at <= end:
            stop = min(at + BLOCK, end)
            if at + BLOCK + 2 > end or not _is_plain(data, at):
                for place in range(at, stop):
                    found |= _sign(data, place, end)
            if in_word == 2 and stop < end and not _has_newline(data, at):
                characters += _n_characters(data, at)
                at = stop
                continue
            for place in range(at, stop + (stop == end)):
                byte = data[place] if place < end else np.uint8(0x0A)
                if byte != 0x0A:
                    counts = byte & 0xC0 != 0x80
                    characters += counts
                    # The first word: 0 before it, 1 in it, 2 behind it.
                    if in_word < 2:
                        if byte <= 0x20:
                            in_word = 2 if in_word else 0
                        else:
                            in_word = 1
                            word += counts
                    continue
                size = place - begin
                if size > 0 and _begins_menu(data, begin, place, entries):
                    found |= MENU
                if 0 < size <= _LONGEST_NUMBER:
                    numbers += _is_number(data, begin, place)
                if size > 2 and place < end:
                    last = place - 1
                    while last > begin + 2 and data[last] == 0x20:
                        last -= 1
                    if data[last] == 0x2D or (data[last] == 0xAD and data[last - 1] == 0xC2) or (data[last] == 0x90 and data[last - 1] == 0x80):
                        found |= BROKEN
                # Three lines in a row in which the first word of the next had no room.
                width = max(first, second, third)
                talking = third_ends + second_ends + first_ends > 1
                full = third + 1 + second_word > width and second + 1 + first_word > width and first + 1 + word > width
                if full and width >= _NARROWEST and third and second and first and characters and not talking:
                    found |= BROKEN
                third_ends, second_ends, first_ends = second_ends, first_ends, np.int64(_ends_sentence(data, begin, place))
                third, second, first = second, first, characters
                second_word, first_word = first_word, word
                characters, word, in_word, begin = np.int64(0), np.int64(0), 0, place + 1
            at = stop + (stop == end)
        out[row] = found | (NUMBERED if numbers >= 2 else 0)


def entry_hashes(entries: list[str]) -> npt.NDArray[np.uint64]:
    """What `look` knows entries of menus by: FNV-1a of their bytes."""
    hashes = []
    for entry in entries:
        value = FNV
        for byte in entry.encode():
            value = (value ^ byte) * FNV_PRIME & 0xFFFFFFFFFFFFFFFF
        hashes.append(value)
    return np.array(sorted(hashes), np.uint64)


def look(text: Text, entries: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint8]:
    """For each row the bits of this module.

    Args:
        text: the column.
        entries: hashes of entries of menus, in small letters.
    """
    out = np.zeros(len(text), np.uint8)
    _look(text.data, text.offsets, entries, out)
    return out
