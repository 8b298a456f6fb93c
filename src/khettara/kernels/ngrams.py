"""Hashed n-grams of the words of a text, and the sums of their rows in a table of weights: what a linear model reads.

"wach kayn lma?"  ->  _w wa ac ch h_ _wa wac ... _wach_ in letters of one word, each a row of eight weights, added up

Only letters are read. Digits count inside a word in Latin letters (Arabizi: 3 7 9), apostrophes between letters.
Punctuation, blanks, emoji, numbers, vowel marks, links, addresses, handles and placeholders leave no trace in the result,
so no model can learn a corpus by them.

Each script has eight classes of its own: a row is eight bytes, read as one word of the machine and added in two
accumulators of four lanes. The sums of a word depend on nothing but the word, so frequent words are added up once.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from khettara.kernels.columns import Bytes, Offsets, Text
from khettara.kernels.jit import inline, kernel
from khettara.kernels.utf8 import N_CODES, decode, slot

LANES = 8
"""Classes of one script."""

NEUTRAL, ARAB, LATN, TFNG, OTHER_SCRIPT = range(5)
"""What a code point belongs to; letters of any further script are `OTHER_SCRIPT`."""
DROP, _DIGIT, _APOSTROPHE = 5, 6, 7

LONGEST_GRAM = 5

# A lane of 16 bits holds 257 bytes: a word gives at most 5 n-grams a letter, its edges included, and itself.
LONGEST_WORD = 48
_EDGE = 1

# Longer texts are read in windows: language is clear long before this many bytes.
WHOLE_BYTES = 2048
N_WINDOWS = 8
WINDOW_BYTES = 256

_CACHE_BITS = 12

# Odd constants of xxHash and splitmix: multiplication spreads the bits, the upper ones are used.
_M1, _M2, _M3 = np.uint64(0x9E3779B185EBCA87), np.uint64(0xC2B2AE3D27D4EB4F), np.uint64(0x165667B19E3779F9)
_M4, _M5, _MW = np.uint64(0x85EBCA77C2B2AE63), np.uint64(0x27D4EB2F165667C5), np.uint64(0xBF58476D1CE4E5B9)
_BASE = np.uint64(0x100000001B3)

Table = npt.NDArray[np.uint64]
Rows = npt.NDArray[np.int32]


class Sums(NamedTuple):
    """For each text: `totals` (rows, 2, LANES) of the table, first Arabic script, then Latin; `grams` (rows, 2) added; `letters` (rows, 5)."""

    totals: npt.NDArray[np.int64]
    grams: npt.NDArray[np.int64]
    letters: npt.NDArray[np.int64]


# The blocks of the Unicode standard that hold the letters of each script.
_BLOCKS = {
    ARAB: ((0x0600, 0x06FF), (0x0750, 0x077F), (0x0870, 0x08FF), (0xFB50, 0xFDFF), (0xFE70, 0xFEFC)),
    LATN: ((0x0041, 0x024F), (0x0250, 0x02AF), (0x1E00, 0x1EFF), (0xFB00, 0xFB06), (0xFF21, 0xFF5A)),
    TFNG: ((0x2D30, 0x2D7F),),
}

# Written one for the other by habit of a keyboard or a corpus, not by language.
_SAME_LETTER = {"ٱ": "ا", "ڭ": "گ", "ݣ": "گ", "’": "'", "ʼ": "'", "ı": "i"}


@cache
def letters() -> npt.NDArray[np.uint32]:
    """For every code point, its folded form, and eight bits above 24 that say what it belongs to."""
    table = np.zeros(N_CODES, np.uint32)
    for code in range(0x80, N_CODES):
        if chr(code).isalpha():
            table[code] = OTHER_SCRIPT << 24 | code
    for script, blocks in _BLOCKS.items():
        for first, last in blocks:
            for code in range(first, last + 1):
                if chr(code).isalpha():
                    table[code] = script << 24 | _fold(chr(code))
    for code in (0x640, 0x200C, 0x200D, 0x200E, 0x200F, 0xAD, *range(0x300, 0x370), *range(0x202A, 0x202F), *range(0x2066, 0x206A)):
        table[code] = DROP << 24
    for code in (*range(0x610, 0x61B), *range(0x64B, 0x660), 0x670, *range(0x6D6, 0x6EE)):
        if unicodedata.category(chr(code)) in ("Mn", "Cf"):
            table[code] = DROP << 24
    for zero in (0x30, 0x660, 0x6F0):
        for digit in range(10):
            table[zero + digit] = _DIGIT << 24 | (0x30 + digit if digit > 1 else 0x30)
    for quote in "'’ʼ":
        table[ord(quote)] = _APOSTROPHE << 24 | ord("'")
    return table


def _fold(letter: str) -> int:
    """A letter as words have it: lower case, no presentation form. Accents stay, and hamza on alef: what is left out tells too."""
    plain = unicodedata.normalize("NFKC", letter).lower()[:1]
    return ord(_SAME_LETTER.get(plain, plain))


@inline
def next_word(data: Bytes, at: int, end: int, table: Any, word: Any, counts: Any) -> tuple[int, int, Any, Any, int]:
    """Read on to the end of the next word: (where to go on, length in `word`, its script, its key, where it began).

    `word` gets the folded letters between two edges; a length of 0 says that the text is over. `counts` gets the letters
    of each script. Links, addresses, handles and placeholders are passed over.
    """
    after_digit = False
    while at < end:
        # Find the first letter. Here and below the entry is looked up on the spot: as a call, which is not inlined, it costs a
        # third of the speed and more.
        first = np.int64(data[at])
        if first < 0x80:
            entry, width = table[first], 1
        elif 0xC2 <= first < 0xE0 and at + 1 < end and data[at + 1] & 0xC0 == 0x80:
            entry, width = table[(first & 0x1F) << 6 | np.int64(data[at + 1] & 0x3F)], 2
        else:
            code, width = decode(data, at, end)
            entry = table[slot(code)]
        kind = np.int64(entry >> np.uint32(24))
        if ARAB <= kind <= TFNG:
            script = kind
        elif kind == _DIGIT and not after_digit and at + width < end and 97 <= data[at + width] | 32 <= 122:
            # 3 7 9 begin a word of Arabizi; a number before a unit does too, and is one more word of any language
            script = np.int64(LATN)
        else:
            counts[kind if kind == OTHER_SCRIPT else NEUTRAL] += 1
            after_digit = kind == _DIGIT
            if first == 64:  # @ begins a handle
                at = _token_end(data, at, end)
            elif first == 60:  # < begins a placeholder
                at = _placeholder_end(data, at, end)
            else:
                at += width
            continue
        # Read to the last letter.
        began, key, length, n_letters = at, np.uint64(0), 1, 0
        last = before = np.uint32(0)
        while True:
            n_letters += 1
            # Stretched letters (bzaaaaf) are two; what goes beyond the longest word is not language.
            if (entry != last or entry != before) and length < LONGEST_WORD - 1:
                fold = entry & np.uint32(0xFFFFFF)
                word[length] = fold
                length += 1
                key = (key + np.uint64(fold)) * _M2
            before, last = last, entry
            at += width
            kind = np.int64(DROP)
            while kind == DROP and at < end:
                first = np.int64(data[at])
                if first < 0x80:
                    entry, width = table[first], 1
                elif 0xC2 <= first < 0xE0 and at + 1 < end and data[at + 1] & 0xC0 == 0x80:
                    entry, width = table[(first & 0x1F) << 6 | np.int64(data[at + 1] & 0x3F)], 2
                else:
                    code, width = decode(data, at, end)
                    entry = table[slot(code)]
                kind = np.int64(entry >> np.uint32(24))
                at += width if kind == DROP else 0
            if at >= end:
                break
            if kind == script:
                continue
            if script == LATN and (
                kind == _DIGIT or (kind == _APOSTROPHE and at + width < end and (data[at + width] >= 0x80 or 97 <= data[at + width] | 32 <= 122))
            ):
                continue
            break
        counts[script] += n_letters
        if at < end:  # Was it the beginning of a link or an address?
            first = data[at]
            scheme = first == 58 and at + 2 < end and data[at + 1] == 47 and data[at + 2] == 47
            host = first == 46 and at - began == 3 and word[1] == 119 and word[2] == 119 and length == 3
            if first == 64 or scheme or host:
                at = _token_end(data, at, end)
                after_digit = False
                continue
        word[0] = _EDGE
        word[length] = _EDGE
        return at, length + 1, script, (key ^ key >> np.uint64(32)) * _MW, began
    return at, 0, np.int64(0), np.uint64(0), at


@inline
def _token_end(data: Bytes, at: int, end: int) -> int:
    """The next blank."""
    while at < end and data[at] > 32:
        at += 1
    return at


@inline
def _placeholder_end(data: Bytes, at: int, end: int) -> int:
    """Behind `<PHONE_1>` or a tag; behind `<` alone where it is neither."""
    ahead = at + 1
    while ahead < end and ahead < at + 64 and data[ahead] != 62 and data[ahead] > 32:
        ahead += 1
    return ahead + 1 if ahead < end and data[ahead] == 62 else at + 1


@inline
def gram_rows(word: Any, length: int, key: Any, shift: Any, rows: Any) -> int:
    """The rows of a word's n-grams, into `rows`; gives their number."""
    n = 0
    p2 = p3 = p4 = np.uint64(0)
    previous = np.uint64(_EDGE)
    for i in range(1, length):
        letter = np.uint64(word[i])
        p5 = p4 * _BASE + letter
        p4 = p3 * _BASE + letter
        p3 = p2 * _BASE + letter
        p2 = previous * _BASE + letter
        previous = letter
        if i < length - 1:
            rows[n] = np.int64((letter * _M1) >> shift)
            n += 1
        rows[n] = np.int64((p2 * _M2) >> shift)
        n += 1
        if i >= 2:
            rows[n] = np.int64((p3 * _M3) >> shift)
            n += 1
        if i >= 3:
            rows[n] = np.int64((p4 * _M4) >> shift)
            n += 1
        if i >= 4:
            rows[n] = np.int64((p5 * _M5) >> shift)
            n += 1
    rows[n] = np.int64(key >> shift)
    return n + 1


@inline
def _read(data: Bytes, at: int, end: int, whole: bool, learnt: Any, scratch: Any, known: Any, sums: Any, counts: Any) -> None:
    """Add up the words of one window. `whole`: the last word ends where the window does."""
    table, weights, shift = learnt
    word, rows = scratch
    keys, evens, odds, numbers = known
    totals, grams = sums
    low, pair = np.uint64(0x00FF00FF00FF00FF), np.uint64(0x0000FFFF0000FFFF)
    sixteen = np.uint64(16)
    # Lanes of 32 bits: 65,537 words of 16-bit lanes fit, more than a window has.
    a0 = a1 = a2 = a3 = b0 = b1 = b2 = b3 = np.uint64(0)
    n_arab, n_latin = 0, 0
    while True:
        at, length, script, key, _ = next_word(data, at, end, table, word, counts)
        if length == 0 or (at >= end and not whole):
            break
        if script == TFNG:
            continue
        place = key >> np.uint64(64 - _CACHE_BITS)
        if keys[place] == key:
            even, odd, number = evens[place], odds[place], numbers[place]
        else:
            number = gram_rows(word, length, key, shift, rows)
            even = odd = np.uint64(0)
            for i in range(number):
                row = weights[rows[i]]
                even += row & low
                odd += (row >> np.uint64(8)) & low
            keys[place], evens[place], odds[place], numbers[place] = key, even, odd, number
        if script == ARAB:
            a0 += even & pair
            a1 += (even >> sixteen) & pair
            a2 += odd & pair
            a3 += (odd >> sixteen) & pair
            n_arab += number
        else:
            b0 += even & pair
            b1 += (even >> sixteen) & pair
            b2 += odd & pair
            b3 += (odd >> sixteen) & pair
            n_latin += number
    _spread(totals[0], a0, a1, a2, a3)
    _spread(totals[1], b0, b1, b2, b3)
    grams[0] += n_arab
    grams[1] += n_latin


@inline
def _spread(lanes: Any, even: Any, even_high: Any, odd: Any, odd_high: Any) -> None:
    """Add accumulators of two lanes each to the eight lanes."""
    half = np.uint64(0xFFFFFFFF)
    up = np.uint64(32)
    lanes[0] += np.int64(even & half)
    lanes[1] += np.int64(odd & half)
    lanes[2] += np.int64(even_high & half)
    lanes[3] += np.int64(odd_high & half)
    lanes[4] += np.int64(even >> up)
    lanes[5] += np.int64(odd >> up)
    lanes[6] += np.int64(even_high >> up)
    lanes[7] += np.int64(odd_high >> up)


@kernel
def _add_up(data: Bytes, offsets: Offsets, table: Any, weights: Any, shift: Any, totals: Any, grams: Any, counts: Any) -> None:
    word = np.empty(LONGEST_WORD + 1, np.uint32)
    rows = np.empty((LONGEST_WORD + 1) * LONGEST_GRAM + 1, np.int64)
    size = 1 << _CACHE_BITS
    known = (np.zeros(size, np.uint64), np.zeros(size, np.uint64), np.zeros(size, np.uint64), np.zeros(size, np.int64))
    for row in range(offsets.size - 1):
        start, end = offsets[row], offsets[row + 1]
        sums = (totals[row], grams[row])
        if end - start <= WHOLE_BYTES:
            _read(data, start, end, True, (table, weights, shift), (word, rows), known, sums, counts[row])
            continue
        stride = (end - start - WINDOW_BYTES) // (N_WINDOWS - 1)
        for window in range(N_WINDOWS):
            first = start + window * stride if window < N_WINDOWS - 1 else end - WINDOW_BYTES
            last = first + WINDOW_BYTES
            if window:  # not in the middle of a word
                at = _token_end(data, first, last)
                first = at if at < last else first
            _read(data, first, last, last >= end, (table, weights, shift), (word, rows), known, sums, counts[row])


@kernel
def _count_letters(data: Bytes, offsets: Offsets, table: Any, counts: Any) -> None:
    for row in range(offsets.size - 1):
        at, end = offsets[row], offsets[row + 1]
        while at < end:
            first = np.int64(data[at])
            if first < 0x80:
                entry, width = table[first], 1
            elif 0xC2 <= first < 0xE0 and at + 1 < end and data[at + 1] & 0xC0 == 0x80:
                entry, width = table[(first & 0x1F) << 6 | np.int64(data[at + 1] & 0x3F)], 2
            else:
                code, width = decode(data, at, end)
                entry = table[slot(code)]
            kind = np.int64(entry >> np.uint32(24))
            counts[row, kind if kind <= OTHER_SCRIPT else NEUTRAL] += 1
            at += width


@kernel
def _list_rows(data: Bytes, offsets: Offsets, heads: Any, table: Any, shift: Any, most: int, out: Any, ends: Any) -> int:
    word = np.empty(LONGEST_WORD + 1, np.uint32)
    rows = np.empty((LONGEST_WORD + 1) * LONGEST_GRAM + 1, np.int64)
    counts = np.zeros(OTHER_SCRIPT + 1, np.int64)
    n = 0
    for row in range(offsets.size - 1):
        at, end, first = offsets[row], offsets[row + 1], n
        while True:
            at, length, script, key, _ = next_word(data, at, end, table, word, counts)
            if length == 0:
                break
            if script - 1 != heads[row]:
                continue
            number = gram_rows(word, length, key, shift, rows)
            if n + number > out.size or n - first + number > most:
                break
            for i in range(number):
                out[n] = rows[i]
                n += 1
        ends[row] = n
    return n


@kernel
def _list_words(data: Bytes, offsets: Offsets, table: Any, weights: Any, shift: Any, places: Any, totals: Any, grams: Any, ends: Any) -> int:
    begins, stops, first_chars, last_chars, scripts = places
    word = np.empty(LONGEST_WORD + 1, np.uint32)
    rows = np.empty((LONGEST_WORD + 1) * LONGEST_GRAM + 1, np.int64)
    counts = np.zeros(OTHER_SCRIPT + 1, np.int64)
    n = 0
    for row in range(offsets.size - 1):
        at, end = offsets[row], offsets[row + 1]
        counted, n_chars = at, 0
        while n < begins.size:
            at, length, script, key, began = next_word(data, at, end, table, word, counts)
            if length == 0:
                break
            begins[n], stops[n], scripts[n] = began - offsets[row], at - offsets[row], script
            for i in range(counted, began):
                n_chars += data[i] & 0xC0 != 0x80
            first_chars[n] = n_chars
            for i in range(began, at):
                n_chars += data[i] & 0xC0 != 0x80
            last_chars[n] = n_chars
            counted = at
            if script != TFNG:
                grams[n] = gram_rows(word, length, key, shift, rows)
                for i in range(grams[n]):
                    weight = weights[rows[i]]
                    for lane in range(LANES):
                        totals[n, lane] += np.int64((weight >> np.uint64(8 * lane)) & np.uint64(255)) - 128
            n += 1
        ends[row] = n
    return n


def pack(weights: npt.NDArray[np.int8]) -> Table:
    """A table (rows, LANES) of signed bytes as one machine word a row, each byte raised by 128."""
    raised = (weights.astype(np.int16) + 128).astype(np.uint64)
    packed = np.zeros(len(weights), np.uint64)
    for lane in range(LANES):
        packed |= raised[:, lane] << np.uint64(8 * lane)
    return packed


def _shift(n_rows: int) -> np.uint64:
    return np.uint64(64 - (n_rows.bit_length() - 1))


def add_up(text: Text, table: Table) -> Sums:
    """The sums of each text over a packed table whose size is a power of two."""
    rows = len(text)
    totals, grams = np.zeros((rows, 2, LANES), np.int64), np.zeros((rows, 2), np.int64)
    counts = np.zeros((rows, OTHER_SCRIPT + 1), np.int64)
    _add_up(text.data, text.offsets, letters(), table, _shift(len(table)), totals, grams, counts)
    totals -= 128 * grams[:, :, None]
    return Sums(totals, grams, counts)


def count_letters(text: Text) -> npt.NDArray[np.int64]:
    """How many letters of each script each text has (rows, 5), every byte of it read; the first column is what is no letter."""
    counts = np.zeros((len(text), OTHER_SCRIPT + 1), np.int64)
    _count_letters(text.data, text.offsets, letters(), counts)
    return counts


def list_rows(text: Text, heads: npt.NDArray[np.int64], n_rows: int, most: int) -> tuple[Rows, Offsets]:
    """For training: the table rows of each text's n-grams in its head's script (0 Arabic, 1 Latin), and where each text's begin.

    Args:
        text: texts of a line or so; those of any length are safe.
        heads: the script to read of each.
        n_rows: the size of the table, a power of two.
        most: n-grams of a text, at most.
    """
    out = np.empty(min(len(text.data) * (LONGEST_GRAM + 3), len(text) * most), np.int32)
    ends = np.zeros(len(text) + 1, np.int64)
    n = _list_rows(text.data, text.offsets, heads, letters(), _shift(n_rows), most, out, ends[1:])
    return out[:n], ends


class Words(NamedTuple):
    """The words of texts: where each begins and ends in its text, its script, and its own `totals` (n, LANES) over `grams` n-grams.

    `offsets`: the words of text `i` are those from `offsets[i]` to `offsets[i + 1]`.
    """

    begins: Offsets
    ends: Offsets
    first_chars: Offsets
    last_chars: Offsets
    scripts: npt.NDArray[np.int64]
    totals: npt.NDArray[np.int64]
    grams: npt.NDArray[np.int64]
    offsets: Offsets


def list_words(text: Text, table: Table) -> Words:
    """Each word of each text with its sums; places in bytes and in characters."""
    size = int(text.offsets[-1] - text.offsets[0])
    most = 2 * size // 3 + 2 * len(text)  # the shortest words: one letter of one byte, one of two, in turn
    begins, stops, first_chars, last_chars, scripts = places = tuple(np.empty(most, np.int64) for _ in range(5))
    totals, grams, offsets = np.zeros((most, LANES), np.int64), np.zeros(most, np.int64), np.zeros(len(text) + 1, np.int64)
    n = _list_words(text.data, text.offsets, letters(), table, _shift(len(table)), places, totals, grams, offsets[1:])
    return Words(begins[:n], stops[:n], first_chars[:n], last_chars[:n], scripts[:n], totals[:n], grams[:n], offsets)
