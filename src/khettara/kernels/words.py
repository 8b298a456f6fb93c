"""The one pass that all signals share: a text is decoded once, its characters and lines counted, its words folded and hashed.

"Ssou9, ssou9!"  ->  13 characters, 2 words between blanks; folded words "ssou9" "ssou9": hashes h h, lengths 5 5

A word ends at a blank or punctuation; marks and tatweel leave no trace in it. Loops are kept free of branches where the
text decides, because every guess about letters is lost at the end of a word. Bytes that are no UTF-8 are read as U+FFFD.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from khettara.kernels.characters import (
    ARABIC,
    ARABIZI,
    BLANK,
    BREAK_SHIFT,
    C1,
    CURLY,
    DIGIT,
    DOT,
    ELLIPSIS,
    FOLDED,
    HASH,
    KEPT,
    LETTER,
    MISREAD_FIRST,
    MISREAD_LATER,
    N_SORTS,
    PUNCTUATION,
    RARE,
    SORT_SHIFT,
    SPECIAL_SHIFT,
    SYMBOL,
    TERMINAL,
    characters,
)
from khettara.kernels.columns import Bytes, Offsets, Text, text_of
from khettara.kernels.hashing import mix
from khettara.kernels.jit import inline, kernel
from khettara.kernels.lines import N_LINE_COUNTS, Number, count_lines
from khettara.kernels.mixing import Hashes, mixed
from khettara.kernels.utf8 import N_CODES, decode, slot

Table = npt.NDArray[np.uint32]
Counts = npt.NDArray[np.int64]

(
    CHARS,
    WORDS,
    WORD_CHARS,
    ALPHABETIC_WORDS,
    LETTERS,
    DIGITS,
    PUNCTUATIONS,
    SYMBOLS,
    HASHES,
    ELLIPSES,
    CURLIES,
    C1S,
    REPLACEMENTS,
    MISREAD_PAIRS,
    BEYOND_ASCII,
    SENTENCE_ENDS,
    FOLDED_WORDS,
    FOLDED_CHARS,
    WRITTEN_WORDS,
    LONG_WORDS,
    LISTED_WORDS,
    FIRST_LINE_COUNT,
) = range(22)
"""Columns of `Reading.counts`; the counts of `lines` follow. WORDS: runs between blanks with a letter or digit in them, WORD_CHARS
the characters in these; ALPHABETIC: at least half letters, Arabizi's digits included where there is a letter; ELLIPSES: also three
full stops or more; FOLDED_WORDS: the shared words, FOLDED_CHARS what is left of them; WRITTEN: those with a letter."""
N_COUNTS = FIRST_LINE_COUNT + N_LINE_COUNTS

LONG_LATIN, LONG_ARABIC = 6, 5
"""A long word has more letters than these: Bjoernsson's count for Latin, OSMAN's for Arabic, which writes no short vowels."""

BASE = np.uint64(0x9E3779B97F4A7C15)
"""A word's hash is the polynomial of its folded code points at this number, modulo 2^64, then mixed."""
# What a hash is multiplied with at each sort of character: nothing is left of a word after its end.
_KINDS = np.arange(N_SORTS) & 7
_ENDS = (_KINDS == BLANK) | (_KINDS == PUNCTUATION)
_KEPT = np.arange(N_SORTS) & KEPT >> SORT_SHIFT > 0
_FACTORS = np.where(_ENDS, np.uint64(0), np.where(_KEPT, BASE, np.uint64(1)))

# Counts that run along with the characters, in one number: twelve bits each, for chunks of less than 4,096 characters.
_CHUNK = 1024
_FIELD = np.uint64(0xFFF)
_LETTERS, _ARABIZI, _DIGITS, _KEPT_CHARS, _ARABIC = (np.uint64(shift) for shift in (0, 12, 24, 36, 48))
_FIELDS = (
    (_KINDS == LETTER).astype(np.uint64) << _LETTERS
    | (np.arange(N_SORTS) & ARABIZI >> SORT_SHIFT > 0).astype(np.uint64) << _ARABIZI
    | (_KINDS == DIGIT).astype(np.uint64) << _DIGITS
    | _KEPT.astype(np.uint64) << _KEPT_CHARS
    | (np.arange(N_SORTS) & ARABIC >> SORT_SHIFT > 0).astype(np.uint64) << _ARABIC
)

# What is open at the end of a chunk: of the word and of the run between blanks that were begun, of full stops in a row, the last character.
_WORD_KEPT, _WORD_LETTERS, _WORD_ARABIC, _RUN_CHARS, _RUN_LETTERS, _RUN_ARABIZI, _RUN_DIGITS, _LAST_DOT, _N_DOTS, _LAST = range(10)
_N_OPEN = 10

_NEWLINE = 10

LONG_BYTES = 1 << 20
_NEAR_CUT = 1 << 16
PIECE_BYTES = 1 << 22
KEPT_BYTES = 1 << 24

LIST_BITS = 13
N_LISTED = 320
# Stands where no word does: its own place is another (0 would have been a word's at place 0).
_NO_WORD = np.uint64(0xFFFFFFFFFFFFFFFF)


class WordList(NamedTuple):
    """Words to look for, each with a number below `N_LISTED`: its hash stands in `keys` at the place that `place` gives it.

    The first `n_counted` numbers are counted in LISTED_WORDS. A group is a row of bits, one for each number.
    """

    keys: Hashes
    numbers: Counts
    multiplier: np.uint64
    n_counted: int
    groups: Hashes


class Found(NamedTuple):
    """What is found in each row. Parts of a row add to the same."""

    counts: Counts
    in_groups: Counts
    folded: Hashes
    seen: Hashes


def _nothing(n_rows: int, n_groups: int) -> Found:
    return Found(
        np.zeros((n_rows, N_COUNTS), np.int64),
        np.zeros((n_rows, n_groups), np.int64),
        np.zeros(n_rows, np.uint64),
        np.zeros((n_rows, N_LISTED // 64), np.uint64),
    )


class Words(NamedTuple):
    """The folded words of some rows: part `i`, of row `rows[i]`, has those from `firsts[i]` to `firsts[i + 1]`.

    A row longer than 1 MB has several parts, cut at a line end or blank.
    """

    rows: Offsets
    firsts: Offsets
    hashes: Hashes
    lengths: Table


@inline
def _is_wrong(byte: np.uint8, one: np.uint8, two: np.uint8, three: np.uint8) -> np.uint8:
    """Whether a byte of UTF-8 cannot stand after the three before it, of which `one` is the nearest."""
    wanted = (one >= np.uint8(0xC0)) | (two >= np.uint8(0xE0)) | (three >= np.uint8(0xF0))
    later = (byte & np.uint8(0xC0)) == np.uint8(0x80)
    never = (byte >= np.uint8(0xF5)) | (byte == np.uint8(0xC0)) | (byte == np.uint8(0xC1))
    low = ((one == np.uint8(0xE0)) & (byte < np.uint8(0xA0))) | ((one == np.uint8(0xF0)) & (byte < np.uint8(0x90)))
    high = ((one == np.uint8(0xED)) & (byte >= np.uint8(0xA0))) | ((one == np.uint8(0xF4)) & (byte >= np.uint8(0x90)))
    return np.uint8((wanted != later) | never | low | high)


@inline
def _is_valid(row: Bytes) -> bool:
    """Whether a row is UTF-8: each byte is looked at with those before it, many bytes at a time."""
    n, nothing = row.size, np.uint8(0)
    wrong = nothing
    for at in range(min(3, n)):
        wrong |= _is_wrong(row[at], row[at - 1] if at > 0 else nothing, row[at - 2] if at > 1 else nothing, nothing)
    if n < 3:
        return bool(wrong == 0 and (n < 1 or row[n - 1] < 0xC0) and (n < 2 or row[n - 2] < 0xE0))
    here, one, two, three = row[3:], row[2 : n - 1], row[1 : n - 2], row[: n - 3]
    for at in range(here.size):
        wrong = np.uint8(wrong | _is_wrong(here[at], one[at], two[at], three[at]))
    return bool(wrong == 0 and row[n - 1] < 0xC0 and row[n - 2] < 0xE0 and row[n - 3] < 0xF0)


@inline
def _decode_valid(row: Bytes, at: int, stop: int, table: Table, out: Table) -> Number:
    """What the table says of each code point from `at` to `stop`, in valid UTF-8; reads nothing outside the row even if it is not."""
    place, end, final = np.uint64(at), np.uint64(stop), np.uint64(row.size - 1)
    one, two, three, low = np.uint64(1), np.uint64(2), np.uint64(3), np.uint64(0x3F)
    n = np.uint64(0)
    while place < end:
        first = np.uint64(row[place])
        if first < np.uint64(0x80):
            out[n] = table[first]
            place += one
        elif first < np.uint64(0xE0):
            out[n] = table[(first & np.uint64(0x1F)) << np.uint64(6) | np.uint64(row[min(place + one, final)]) & low]
            place += two
        else:
            code = (np.uint64(row[min(place + one, final)]) & low) << np.uint64(6) | np.uint64(row[min(place + two, final)]) & low
            if first < np.uint64(0xF0):
                out[n] = table[(first & np.uint64(0x0F)) << np.uint64(12) | code]
                place += three
            else:
                code = (first & np.uint64(0x07)) << np.uint64(18) | code << np.uint64(6) | np.uint64(row[min(place + three, final)]) & low
                out[n] = table[min(code, np.uint64(N_CODES - 1))]
                place += np.uint64(4)
        n += one
    return np.int64(n)


@inline
def _decode_any(row: Bytes, at: int, stop: int, table: Table, out: Table) -> tuple[int, int]:
    """As `_decode_valid`, whatever the bytes; also where it stopped, at or a little after `stop`."""
    n = 0
    while at < stop:
        code, width = decode(row, at, row.size)
        out[n] = table[slot(code)]
        n += 1
        at += width
    return n, at


@inline
def _gather(chunk: Table, n: int, value: np.uint64, values: Hashes, sums: Hashes, breaks: npt.NDArray[np.int32]) -> tuple[Number, Number, Number]:
    """For each character, the hash of its word so far and how many of each field came before it; and where the breaks are.

    All is stored for every character and looked at only where a break is: there is no branch to guess. Gives the hash after the last
    character, the number of breaks, and all bits that occurred.
    """
    n_breaks, total = np.uint64(0), np.uint64(0)
    bits = np.uint32(0)
    for at in range(n):
        word = chunk[at]
        sort = np.int64(word >> np.uint32(SORT_SHIFT)) & N_SORTS - 1
        values[at] = value
        sums[at] = total
        breaks[n_breaks] = at
        n_breaks += np.uint64(word >> np.uint32(BREAK_SHIFT))
        total += _FIELDS[sort]
        value = value * _FACTORS[sort] + np.uint64(word & np.uint32(FOLDED))
        bits |= word
    sums[n] = total
    return value, np.int64(n_breaks), np.int64(bits)


@inline
def _field(sums: Number, shift: Number) -> Number:
    return np.int64(sums >> shift & _FIELD)


@inline
def _close(
    chunk: Table,
    n: int,
    values: Hashes,
    sums: Hashes,
    breaks: npt.NDArray[np.int32],
    n_breaks: int,
    opened: Counts,
    words: Words,
    n_words: int,
    out: Counts,
) -> int:
    """Count and store what ends at the breaks of a chunk; gives the new number of words."""
    kept, letters, arabic = opened[_WORD_KEPT], opened[_WORD_LETTERS], opened[_WORD_ARABIC]
    run_chars, run_letters, run_arabizi, run_digits = opened[_RUN_CHARS], opened[_RUN_LETTERS], opened[_RUN_ARABIZI], opened[_RUN_DIGITS]
    last_dot, n_dots, before = opened[_LAST_DOT], opened[_N_DOTS], opened[_LAST]
    word_sum, run_sum = np.uint64(0), np.uint64(0)
    run_at: Number = 0
    written = long = runs = run_inside = alphabetic = punctuations = ends = 0
    for number in range(n_breaks):
        at = np.int64(breaks[number])
        here, word = sums[at], np.int64(chunk[at])
        fields = here - word_sum
        word_sum = here
        kept += _field(fields, _KEPT_CHARS)
        if kept:
            letters += _field(fields, _LETTERS)
            arabic += _field(fields, _ARABIC)
            words.hashes[n_words] = values[at]
            words.lengths[n_words] = kept
            n_words += 1
            written += letters > 0
            long += (letters > 0) & (kept > (LONG_ARABIC if arabic else LONG_LATIN))
        kept = letters = arabic = 0
        if word >> SORT_SHIFT & 7 == BLANK:
            fields = here - run_sum
            run_sum = here
            run_chars += at - run_at
            run_at = at + 1
            if run_chars:
                run_letters += _field(fields, _LETTERS)
                run_arabizi += _field(fields, _ARABIZI)
                counts = (run_letters > 0) | (run_digits + _field(fields, _DIGITS) > 0)
                runs += counts
                run_inside += counts * run_chars
                alphabetic += (run_letters > 0) & (2 * (run_letters + run_arabizi) >= run_chars)
            run_chars = run_letters = run_arabizi = run_digits = 0
            ends += (np.int64(chunk[at - 1]) if at else before) & TERMINAL != 0
        else:
            punctuations += 1
            special = word >> SPECIAL_SHIFT & 7
            if special == DOT:
                n_dots = n_dots + 1 if at == last_dot + 1 else 1
                last_dot = at
                out[ELLIPSES] += n_dots == 3
            elif special:
                out[ELLIPSES] += special == ELLIPSIS
                out[HASHES] += special == HASH
                out[CURLIES] += special == CURLY
    rest, run_rest = sums[n] - word_sum, sums[n] - run_sum
    opened[_WORD_KEPT] = kept + _field(rest, _KEPT_CHARS)
    opened[_WORD_LETTERS] = letters + _field(rest, _LETTERS)
    opened[_WORD_ARABIC] = arabic + _field(rest, _ARABIC)
    opened[_RUN_CHARS] = run_chars + n - run_at
    opened[_RUN_LETTERS] = run_letters + _field(run_rest, _LETTERS)
    opened[_RUN_ARABIZI] = run_arabizi + _field(run_rest, _ARABIZI)
    opened[_RUN_DIGITS] = run_digits + _field(run_rest, _DIGITS)
    opened[_LAST_DOT] = last_dot - n
    opened[_N_DOTS] = n_dots
    out[CHARS] += n
    out[WORDS] += runs
    out[WORD_CHARS] += run_inside
    out[ALPHABETIC_WORDS] += alphabetic
    out[LETTERS] += _field(sums[n], _LETTERS)
    out[DIGITS] += _field(sums[n], _DIGITS)
    out[PUNCTUATIONS] += punctuations
    out[SENTENCE_ENDS] += ends
    out[WRITTEN_WORDS] += written
    out[LONG_WORDS] += long
    return n_words


@inline
def _store(
    n: int, values: Hashes, sums: Hashes, breaks: npt.NDArray[np.int32], n_breaks: int, kept: Number, words: Words, n_words: int
) -> tuple[int, Number]:
    """Only store the words that end at the breaks of a chunk; gives their number, and what is kept of the word that was begun."""
    before = np.uint64(0)
    for number in range(n_breaks):
        at = breaks[number]
        here = sums[at]
        kept += _field(here - before, _KEPT_CHARS)
        before = here
        words.hashes[n_words] = values[at]
        words.lengths[n_words] = kept
        n_words += kept > 0
        kept = 0
    return n_words, kept + _field(sums[n] - before, _KEPT_CHARS)


@inline
def _count_rare(chunk: Table, n: int, before: int, out: Counts) -> None:
    for at in range(n):
        word = np.int64(chunk[at])
        if word & RARE:
            out[SYMBOLS] += word >> SORT_SHIFT & 7 == SYMBOL
            out[C1S] += word >> SPECIAL_SHIFT & 7 == C1
            out[REPLACEMENTS] += word & FOLDED == 0xFFFD
            first = (np.int64(chunk[at - 1]) if at else before) & MISREAD_FIRST
            out[MISREAD_PAIRS] += first != 0 and word & MISREAD_LATER != 0


_POWERS = np.cumprod(np.array([1] + [int(BASE)] * 63, np.uint64))


@inline
def _power(exponent: Number) -> Number:
    """`BASE` to a power, modulo 2^64."""
    power = np.uint64(1)
    while exponent >= 64:
        power *= _POWERS[63]
        exponent -= 63
    return power * _POWERS[exponent]


@inline
def _ones(bits: Number) -> Number:
    """How many bits are set."""
    bits = bits - (bits >> np.uint64(1) & np.uint64(0x5555555555555555))
    bits = (bits & np.uint64(0x3333333333333333)) + (bits >> np.uint64(2) & np.uint64(0x3333333333333333))
    bits = (bits + (bits >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return np.int64(bits * np.uint64(0x0101010101010101) >> np.uint64(56))


@inline
def _finish(words: Words, first: int, stop: int, row: int, listed: WordList, found: Found, counting: bool) -> None:
    """Mix the hashes of the words of a part; add them to the hash of the row; look them up in the list."""
    hashes, sizes = words.hashes[first:stop], words.lengths[first:stop]
    if counting:
        whole = found.folded[row]
        chars: Number = 0
        for place in range(hashes.size):
            size = np.int64(sizes[place])
            chars += size
            whole = whole * (_POWERS[size] if size < 64 else _power(size)) + hashes[place]
        found.folded[row] = whole
        found.counts[row, FOLDED_CHARS] += chars
    for place in range(hashes.size):
        hashes[place] = mix(hashes[place])
    if counting:
        out, seen, n_found = found.counts[row], found.seen[row], 0
        for value in hashes:
            at = np.int64(value * listed.multiplier >> np.uint64(64 - LIST_BITS))
            if listed.keys[at] == value:
                number = listed.numbers[at]
                seen[number >> 6] |= np.uint64(1) << np.uint64(number & 63)
                n_found += number < listed.n_counted
        out[FOLDED_WORDS] += stop - first
        out[LISTED_WORDS] += n_found
        for group in range(listed.groups.shape[0]):
            n_seen = 0
            for column in range(seen.size):
                n_seen += _ones(seen[column] & listed.groups[group, column])
            found.in_groups[row, group] = n_seen


@kernel
def _read(data: Bytes, bounds: Offsets, table: Table, listed: WordList, found: Found, words: Words, counting: bool) -> None:
    """Read the parts of rows: fill the words from 0 on and, if `counting`, add to what was found in each row."""
    chunk, breaks = np.empty(_CHUNK + 1, np.uint32), np.empty(_CHUNK + 1, np.int32)
    values, sums = np.empty(_CHUNK + 1, np.uint64), np.empty(_CHUNK + 1, np.uint64)
    opened, unused = np.empty(_N_OPEN, np.int64), np.zeros(N_COUNTS, np.int64)
    n_words = 0
    words.firsts[0] = 0
    for part in range(words.rows.size):
        row = data[bounds[part] : bounds[part + 1]]
        out = found.counts[words.rows[part]] if counting else unused
        if counting:
            beyond = 0
            for byte in row:
                beyond += byte >= 0xC0
            out[BEYOND_ASCII] += beyond
            count_lines(row, table, out[FIRST_LINE_COUNT:])
        is_valid = _is_valid(row)
        opened[:] = 0
        opened[_LAST_DOT] = -2
        at, value = 0, np.uint64(0)
        while at < row.size:
            stop = min(at + _CHUNK, row.size)
            if is_valid:
                while stop < row.size and stop > at + 4 and row[stop] & 0xC0 == 0x80:
                    stop -= 1
                n = _decode_valid(row, at, stop, table, chunk)
                at = stop
            else:
                n, at = _decode_any(row, at, stop, table, chunk)
            value, n_breaks, bits = _gather(chunk, n, value, values, sums, breaks)
            if not counting:
                n_words, opened[_WORD_KEPT] = _store(n, values, sums, breaks, n_breaks, opened[_WORD_KEPT], words, n_words)
                continue
            if bits & RARE:
                _count_rare(chunk, n, opened[_LAST], out)
            n_words = _close(chunk, n, values, sums, breaks, n_breaks, opened, words, n_words, out)
            opened[_LAST] = chunk[n - 1]
        # The end of a text ends its last word as a blank would.
        if row.size:
            chunk[0], breaks[0], values[0], sums[0], sums[1] = table[_NEWLINE], 0, value, 0, 0
            n_words = _close(chunk, 1, values, sums, breaks, 1, opened, words, n_words, out)
            out[CHARS] -= 1
        _finish(words, words.firsts[part], n_words, words.rows[part], listed, found, counting)
        words.firsts[part + 1] = n_words


def _cut(text: Text) -> tuple[Offsets, Offsets]:
    """Where the parts of rows begin and end, and the row of each. Where a row is cut depends on nothing but its bytes."""
    bounds, rows = text.offsets, np.arange(len(text))
    if not len(text) or int(np.diff(bounds).max()) <= LONG_BYTES:
        return bounds, rows
    new_bounds, new_rows = [int(bounds[0])], []
    for row, (at, end) in enumerate(zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True)):
        while end - at > LONG_BYTES:
            at = _place_to_cut(text.data, at + LONG_BYTES)
            new_bounds.append(at)
            new_rows.append(row)
        new_bounds.append(end)
        new_rows.append(row)
    return np.array(new_bounds, np.int64), np.array(new_rows, np.int64)


def _place_to_cut(data: Bytes, at: int) -> int:
    """After the last line end shortly before a place, or the last blank, or before the code point that is there."""
    near = data[at - _NEAR_CUT : at]
    for blank in (10, 32):
        found = np.flatnonzero(near == blank)
        if found.size:
            return at - _NEAR_CUT + int(found[-1]) + 1
    for back in range(4):
        if data[at - back] & 0xC0 != 0x80:
            return at - back
    return at


class Reading:
    """A column of text, read when something is asked of it, and once: what is counted takes a pass, which finds the words too."""

    def __init__(self, text: Text, listed: WordList) -> None:
        self._text, self._listed = text, listed
        self._bounds, self._rows = _cut(text)
        self._found: Found | None = None
        self._words: list[Words] | None = None

    def _counted(self) -> Found:
        if self._found is None:
            self._found = _nothing(len(self._text), len(self._listed.groups))
            pieces = self._pieces(self._found, counting=True)
            self._words = self._keep(pieces)
            for _ in pieces:
                pass  # a huge column is read for its counts alone
        return self._found

    @property
    def counts(self) -> Counts:
        """A row of counts for each text."""
        return self._counted().counts

    @property
    def in_groups(self) -> Counts:
        """For each text, how many different words of each group of the list are in it."""
        return self._counted().in_groups

    def folded_hashes(self) -> Hashes:
        """A hash of what is left of each text when folded, blanks left out: FOLDED_CHARS says whether that is anything."""
        return mixed(self._counted().folded)

    def words(self) -> Iterator[Words]:
        """The words of all rows, in order, some megabytes of text at a time."""
        if self._words is None:
            pieces = self._pieces(_nothing(0, 0), counting=False)
            self._words = self._keep(pieces)
            return pieces if self._words is None else iter(self._words)
        return iter(self._words)

    def _keep(self, pieces: Iterator[Words]) -> list[Words] | None:
        """The words of a column of usual size; those of a huge one would take too much memory, and are read again when asked for."""
        if int(self._text.offsets[-1] - self._text.offsets[0]) <= KEPT_BYTES:
            return list(pieces)
        return None

    def _pieces(self, found: Found, counting: bool) -> Iterator[Words]:
        first = 0
        while first < len(self._rows):
            stop = int(np.searchsorted(self._bounds, self._bounds[first] + PIECE_BYTES, side="right")) - 1
            stop = min(max(stop, first + 1), len(self._rows))
            bounds, rows = self._bounds[first : stop + 1], self._rows[first:stop]
            # A word and the break after it take two bytes.
            most = int(bounds[-1] - bounds[0]) // 2 + len(rows) + 1
            words = Words(rows, np.empty(len(rows) + 1, np.int64), np.empty(most, np.uint64), np.empty(most, np.uint32))
            _read(self._text.data, bounds, characters(), self._listed, found, words, counting)
            n = int(words.firsts[-1])
            yield Words(rows, words.firsts, words.hashes[:n], words.lengths[:n])
            first = stop


def _place(hashes: Hashes, multiplier: np.uint64) -> npt.NDArray[np.int64]:
    return (hashes * multiplier >> np.uint64(64 - LIST_BITS)).astype(np.int64)


def word_list(groups: Sequence[Sequence[str]], n_counted: int) -> WordList:
    """A list of groups of words to look for; those of the first `n_counted` groups are counted in LISTED_WORDS.

    A word may be in several groups. It is folded here; what folds to several words, or to none, is refused.
    """
    nothing = WordList(np.zeros(1 << LIST_BITS, np.uint64), np.zeros(1 << LIST_BITS, np.int64), BASE, 0, np.zeros((0, N_LISTED // 64), np.uint64))
    nothing.keys[0] = _NO_WORD
    numbered: dict[int, int] = {}
    bits, counted = np.zeros((len(groups), N_LISTED), bool), 0
    for group, words in enumerate(groups):
        [piece] = Reading(text_of(pa.array(words, pa.large_string())), nothing).words()
        if (np.diff(piece.firsts) != 1).any():
            raise ValueError(f"not one word each: {words}")
        for value in piece.hashes.tolist():
            bits[group, numbered.setdefault(value, len(numbered))] = True
        counted = len(numbered) if group < n_counted else counted
    hashes = np.array([*numbered], np.uint64)
    # Every word has a place of its own: one look tells.
    tries = mixed(np.arange(1, 1 << 16, dtype=np.uint64)) | np.uint64(1)
    multiplier = next(number for number in tries if len(set(_place(hashes, number).tolist())) == len(hashes))
    keys, numbers = nothing.keys.copy(), nothing.numbers.copy()
    keys[_place(hashes, multiplier)] = hashes
    numbers[_place(hashes, multiplier)] = np.arange(len(hashes))
    return WordList(keys, numbers, multiplier, counted, np.packbits(bits, axis=1, bitorder="little").view(np.uint64))
