"""One look at every byte for what may be an identifier: numbers, signs of addresses, and words of a given vocabulary.

    "CIN : AB123456, عيط ف 06 00 00 21 40"  ->  (row 0, bytes 8 to 14, NUMBER, announced by "CIN"), (row 0, bytes 28 to 42, NUMBER)

It proposes, and proposes too much; whoever called reads the few bytes around each proposal. Words are hashed as they go
by: case of Latin letters is folded, a word ends at anything that is no letter.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from khettara.kernels.columns import Bytes, Offsets, Text
from khettara.kernels.jit import inline, kernel
from khettara.kernels.proposals import (
    AT,
    BRACKETED,
    CODE,
    COLONS,
    LINK,
    N_CUES,
    NAME,
    NAMES,
    NUMBER,
    NUMERAL,
    SPEAKS,
    STREET,
    STREETWISE,
    TITLE,
    WORD,
    ZERO,
    Proposals,
    Vocabulary,
)

# Flags of bytes, above the folded byte itself: part of a word; a reason to stop and look; and, for pairs of bytes, what the
# second may be (Arabic-Indic digit, Persian digit, one of ، ؛ ؟) and, three bits higher, after which first byte it is that.
_LETTER, _STOP = 1 << 8, 1 << 9
_SECOND = 7 << 10
_PAIRS = {0xD9: range(0xA0, 0xAA), 0xDB: range(0xB0, 0xBA), 0xD8: (0x8C, 0x9B, 0x9F)}

_NEAR = 90  # bytes from the end of a cue to the number it announces: 40 Arabic letters and some
_FILTER_BITS = 18  # a byte each, so that no bit has to be taken out of it


def _byte_table() -> npt.NDArray[np.uint64]:
    table = np.zeros(256, np.uint64)
    for byte in range(256):
        longer = byte in (0xC2, *range(0xE0, 0xF5))
        flags = byte | 0x20 if 0x41 <= byte <= 0x5A or 0x80 <= byte <= 0x9F else byte
        if 0x41 <= byte <= 0x5A or 0x61 <= byte <= 0x7A or (byte >= 0x80 and not longer):
            flags |= _LETTER
        if chr(byte) in "0123456789@/:<" or longer:
            flags |= _STOP
        for number, (first, seconds) in enumerate(_PAIRS.items()):
            flags |= (byte in seconds) << 10 + number | (byte == first) << 13 + number
        table[byte] = flags
    return table


_BYTES = _byte_table()
_MIX = np.uint64(0x9E3779B97F4A7C15)


def _hash(word: str) -> int:
    key = 0
    for byte in word.encode():
        key = ((key << 7 | key >> 57) & 0xFFFFFFFFFFFFFFFF) ^ int(_BYTES[byte]) & 0xFF
    return key * int(_MIX) & 0xFFFFFFFFFFFFFFFF


def vocabulary(words: Mapping[str, int], digits: Sequence[tuple[int, int]]) -> Vocabulary:
    """The tables of a vocabulary.

    Args:
        words: words of letters only, each with its groups: bits of cues, and of the groups above them.
        digits: for each cue the fewest and the most digits of the numbers that it announces.
    """
    size = 1 << max(4, (4 * len(words)).bit_length())
    keys, groups = np.zeros(size, np.uint64), np.zeros(size, np.int64)
    passes = np.zeros(1 << _FILTER_BITS, np.uint8)
    for word, bits in words.items():
        key = _hash(word)
        if bits != NUMERAL:
            passes[key >> (64 - _FILTER_BITS)] = 1
        place = key & (size - 1)
        while keys[place] not in (0, key):
            place = (place + 1) & (size - 1)
        keys[place] = key
        groups[place] |= bits
    bounds = np.zeros((2, N_CUES), np.int64)
    bounds[:, : len(digits)] = np.array(digits, np.int64).reshape(-1, 2).T
    return Vocabulary(passes, keys, groups, bounds[0], bounds[1])


@inline
def _digit(data: Bytes, at: int, end: int) -> tuple[Any, int]:
    """The digit that stands at `at`, -1 if none, and its width: Western, Arabic-Indic or Persian."""
    byte = np.int64(data[at])
    if 0x30 <= byte <= 0x39:
        return byte - 0x30, 1
    if at + 1 < end:
        second = np.int64(data[at + 1])
        if byte == 0xD9 and 0xA0 <= second <= 0xA9:
            return second - 0xA0, 2
        if byte == 0xDB and 0xB0 <= second <= 0xB9:
            return second - 0xB0, 2
    return np.int64(-1), 0


@inline
def _gap(data: Bytes, at: int, end: int) -> int:
    """The width of a separator such as people put between digits, 0 if there is none: blanks, dots, dashes, marks of direction."""
    byte = data[at]
    if byte == 0x20 or 0x28 <= byte <= 0x2F or byte == 0x5F or byte == 0x7C or byte == 0x09:
        return 1
    if byte < 0x80:
        return 0
    if at + 1 < end:
        second = data[at + 1]
        if byte == 0xC2 and (second == 0xA0 or second == 0xB7):
            return 2
        if (byte == 0xD8 and second == 0x8C) or (byte == 0xD9 and (second == 0xAB or second == 0xAC)):
            return 2
        if byte == 0xE2 and at + 2 < end and ((second == 0x80 and data[at + 2] <= 0xAF) or (second == 0x81 and data[at + 2] >= 0xA0)):
            return 3
    return 0


@inline
def _is_latin(byte: int) -> bool:
    return 0x41 <= byte <= 0x5A or 0x61 <= byte <= 0x7A


@inline
def _is_hex(byte: int) -> bool:
    return 0x30 <= byte <= 0x39 or 0x41 <= byte <= 0x46 or 0x61 <= byte <= 0x66


@inline
def _stands_for_digit(data: Bytes, at: int, end: int) -> bool:
    """O for 0, I or l for 1, between digits."""
    byte = data[at]
    if byte != 0x4F and byte != 0x6F and byte != 0x49 and byte != 0x6C:
        return False
    after = data[at + 1] if at + 1 < end else 0x20
    if _is_latin(after) and after != 0x4F and after != 0x6F:
        return False
    before = data[at - 1] if at > 0 else 0x20
    return 0x30 <= before <= 0x39 or 0x30 <= after <= 0x39 or before == 0x4F or before == 0x6F


@inline
def _begins_word(data: Bytes, at: int, end: int) -> bool:
    """Whether a digit is the first letter of a word of chat: 3afak."""
    return at + 1 < end and _is_latin(data[at + 1]) and not _stands_for_digit(data, at + 1, end)


@inline
def _number(data: Bytes, at: int, end: int) -> tuple[int, int, int, bool, bool]:
    """A run of digits and separators: its end, digits, groups, whether a group begins as telephone numbers do, whether dotted."""
    stop, n_digits, n_groups = at, 0, 0
    dials: Any = False
    dotted: Any = True
    gaps, dots = 0, 0
    while at < end:
        digit, width = _digit(data, at, end)
        if width == 0 and n_digits and _stands_for_digit(data, at, end):
            digit, width = np.int64(0), 1
        if width:
            if gaps and width == 1 and _begins_word(data, at, end):
                break
            if gaps or not n_groups:
                n_groups += 1
                following, _ = _digit(data, at + width, end) if at + width < end else (np.int64(-1), 0)
                # 0 and a digit of the plan; at the beginning also 0 alone, 00, and 212.
                dials |= digit == 0 and following >= 5
                dials |= n_groups == 1 and ((digit == 0 and following <= 0) or (digit == 2 and following == 1))
                dotted &= n_groups == 1 or (gaps == 1 and dots == 1)
            n_digits += 1
            at += width
            stop = at
            gaps, dots = 0, 0
        else:
            width = _gap(data, at, end)
            gaps += 1
            if width == 0 or gaps > 3:
                break
            dots += data[at] == 0x2E
            at += width
    return stop, n_digits, n_groups, dials, dotted


@inline
def _letters_before(data: Bytes, at: int, begin: int) -> int:
    """How many Latin letters end right before `at`: 0 to 3, where 3 stands for more, or for a word that goes on."""
    count = 0
    while count < 3 and at - count > begin and _is_latin(data[at - count - 1]):
        count += 1
    if count and at - count > begin and (data[at - count - 1] >= 0xC3 or 0x30 <= data[at - count - 1] <= 0x39 or data[at - count - 1] == 0x5F):
        return 3
    return count


@inline
def _letter_between(data: Bytes, at: int, end: int) -> bool:
    """Whether one letter between separators follows, then a digit: the middle of a number plate."""
    step = 0
    while at < end and step < 4:
        width = _gap(data, at, end)
        if width == 0:
            break
        at += width
        step += 1
    # 12345أ6 too: an Arabic letter may touch both numbers.
    touching = step == 0
    if at + 1 >= end or (touching and (not 0xD8 <= data[at] <= 0xD9 or _digit(data, at, end)[1])):
        return False
    at += 2 if 0xD8 <= data[at] <= 0xD9 else 1
    step = 0
    while at < end and step < 4:
        digit, _ = _digit(data, at, end)
        if digit >= 0:
            return touching == (step == 0)
        # أ may carry its hamza apart, هـ its tatweel.
        width = _gap(data, at, end)
        if width == 0:
            width = 2 if data[at] == 0xD9 else 0
        if width == 0:
            return False
        at += width
        step += 1
    return False


@inline
def _is_foreign_account(data: Bytes, at: int, end: int) -> bool:
    """Whether ten letters or digits and more follow in groups, some of them digits: the body of an IBAN."""
    signs, digits, blanks = 0, 0, 0
    while at < end and signs < 12 and blanks < 2:
        byte = data[at]
        if _is_latin(byte) or 0x30 <= byte <= 0x39:
            signs += 1
            digits += 0x30 <= byte <= 0x39
            blanks = 0
        elif byte == 0x20:
            blanks += 1
        else:
            break
        at += 1
    return signs >= 11 and digits >= 4


@inline
def _is_letter_of_chat(data: Bytes, at: int, begin: int, end: int) -> bool:
    """Whether a single digit is a letter of Darija in Latin script, as in 3ayet, reb3a, 7it; O6 may begin a number."""
    byte = data[at]
    if not 0x30 <= byte <= 0x39:
        return False
    after = data[at + 1] if at + 1 < end else 0x20
    if 0x30 <= after <= 0x39:
        return False
    before = data[at - 1] if at > begin else 0x20
    if 0x30 <= before <= 0x39 or before == 0x5F:
        return False
    if (before == 0x4F or before == 0x6F) and (at - 1 == begin or not _is_latin(data[at - 2])):
        return False
    if before == 0x2D or after == 0x2D:
        return False
    return _is_latin(before) or (_is_latin(after) and before != 0x2E)


@inline
def _word_start(data: Bytes, at: int, begin: int, table: npt.NDArray[np.uint64]) -> int:
    """Where the word begins that ends before `at`."""
    while at > begin and (table[data[at - 1]] & np.uint64(_LETTER) or 0x30 <= data[at - 1] <= 0x39):
        if at - 1 > begin and data[at - 2] == 0xD8 and (data[at - 1] == 0x8C or data[at - 1] == 0x9B or data[at - 1] == 0x9F):
            break
        if at - 2 >= begin and (data[at - 2] == 0xC2 or (at - 3 >= begin and 0xE0 <= data[at - 3] <= 0xEF)):
            break
        if at - 2 >= begin and _digit(data, at - 2, at)[1] == 2:
            break
        at -= 1
    return at


@inline
def _groups_of(key: Any, keys: npt.NDArray[np.uint64], groups: npt.NDArray[np.int64]) -> Any:
    place = np.int64(key & np.uint64(keys.size - 1))
    while keys[place] != np.uint64(0):
        if keys[place] == key:
            return groups[place]
        place = (place + 1) & (keys.size - 1)
    return np.int64(0)


@inline
def _has_digit(data: Bytes, at: int, end: int) -> bool:
    while at < end and data[at] != 0x0A:
        if _digit(data, at, end)[1]:
            return True
        at += 1
    return False


@inline
def _is_bracketed(data: Bytes, start: int, stop: int, begin: int, end: int) -> bool:
    """Whether a word stands in brackets, which may have a blank inside, or between two dashes, strokes, stars or lines."""
    if start - 2 >= begin and data[start - 1] == 0x20:
        start -= 1
    opened = data[start - 1]
    if opened == 0x28 or opened == 0x5B or opened == 0x7B or opened == 0x3C:
        return True
    return stop < end and opened == data[stop] and (opened == 0x2D or opened == 0x2F or opened == 0x5F or opened == 0x2A)


@inline
def _placeholder_end(data: Bytes, at: int, end: int) -> int:
    """The end of a placeholder such as <PHONE_1> that begins at `at`, or `at`."""
    stop, digits = at + 1, 0
    while stop < end and stop - at < 40:
        byte = data[stop]
        if byte == 0x3E and digits:
            return stop + 1
        if 0x30 <= byte <= 0x39:
            digits += 1
        elif digits or not (0x41 <= byte <= 0x5A or byte == 0x5F):
            return at
        stop += 1
    return at


@inline
def _near(last: Offsets, at: int) -> Any:
    """The cues that ended shortly before `at`."""
    bits = np.int64(0)
    for cue in range(N_CUES):
        if at - last[cue] <= _NEAR:
            bits |= np.int64(1) << cue
    return bits


@inline
def _announced(bits: int, n_digits: int, fewest: Offsets, most: Offsets) -> bool:
    found = False
    for cue in range(N_CUES):
        found |= bits >> cue & 1 != 0 and fewest[cue] <= n_digits <= most[cue]
    return found


@inline
def _is_abbreviated(data: Bytes, at: int, begin: int) -> bool:
    """Whether letters with dots stand shortly before `at`, as in R.C. 4521: words too short to be in the vocabulary."""
    start = max(begin + 2, at - 12)
    for here in range(start, at):
        if data[here] == 0x2E and _is_latin(data[here - 1]) and (data[here - 2] == 0x2E or (here + 2 < at and data[here + 2] == 0x2E)):
            return True
        if data[here] == 0x2E and here - 3 >= begin and data[here - 3] == 0x2E and data[here - 2] >= 0xD8:
            return True
    return False


@inline
def _numeral_follows(data: Bytes, at: int, end: int, table: npt.NDArray[np.uint64], keys: npt.NDArray[np.uint64], groups: Offsets) -> bool:
    """Whether the next word is a numeral, or a digit comes next."""
    step = 0
    while at < end and step < 3:
        width = _gap(data, at, end)
        if width == 0:
            break
        at += width
        step += 1
    if at < end and _digit(data, at, end)[1]:
        return step > 0
    word = np.uint64(0)
    while at < end and (table[data[at]] & np.uint64(_LETTER) or 0x30 <= data[at] <= 0x39):
        if data[at] == 0xD8 and at + 1 < end and (data[at + 1] == 0x8C or data[at + 1] == 0x9B or data[at + 1] == 0x9F):
            break
        word = ((word << np.uint64(7)) | (word >> np.uint64(57))) ^ (table[data[at]] & np.uint64(0xFF))
        at += 1
    return bool(_groups_of(word * _MIX, keys, groups) & NUMERAL)


@inline
def _hex_span(data: Bytes, at: int, begin: int, end: int, sign: int) -> tuple[int, int, int, bool]:
    """The run of hexadecimal digits and `sign` around `at`, how many signs it has, and whether two of them touch."""
    start, stop, signs, touching = at, at, 0, False
    while start > begin and at - start < 40 and (_is_hex(data[start - 1]) or data[start - 1] == sign):
        start -= 1
    stop = start
    while stop < end and stop - start < 48 and (_is_hex(data[stop]) or data[stop] == sign):
        if data[stop] == sign:
            signs += 1
            touching |= stop > start and data[stop - 1] == sign
        stop += 1
    return start, stop, signs, touching


@inline
def _why_number(data: Bytes, begin: int, end: int, start: int, fewest: Offsets, most: Offsets, cues: Any) -> tuple[int, int, int]:
    """Start and end of what to propose for the number that begins at `start`, and why, or -1."""
    stop, n_digits, n_groups, dials, dotted = _number(data, start, end)
    before = data[start - 1] if start > begin else 0x20
    after = data[stop] if stop < end else 0x20
    if n_digits <= 12 and (before == 0x2D or after == 0x2D or (_is_hex(before) and _is_latin(before)) or (_is_hex(after) and _is_latin(after))):
        first, past, dashes, _ = _hex_span(data, start, begin, end, 0x2D)
        if dashes == 5 and past - first == 17:
            return first, past, COLONS
    if n_digits >= 13 or (n_digits >= 9 and (dials or before == 0x4F or before == 0x6F)):
        return start, stop, NUMBER
    if n_digits >= 8 and (before == 0x2B or (before == 0x28 and start - 1 > begin and data[start - 2] == 0x2B)):
        return start, stop, NUMBER
    if dotted and n_groups == 4 and n_digits <= 12:
        return start, stop, NUMBER
    if cues and _announced(cues, n_digits, fewest, most):
        return start, stop, NUMBER
    letters = _letters_before(data, start, begin)
    if n_groups == 1 and 5 <= n_digits <= 6 and (letters == 1 or letters == 2):
        return start, stop, NUMBER
    if n_digits == 2 and letters == 2 and stop - start == 2 and _is_foreign_account(data, start, end):
        return start, stop, NUMBER
    if n_groups == 1 and n_digits <= 5 and _letter_between(data, stop, end):
        return start, stop, NUMBER
    if n_groups == 1 and 5 <= n_digits <= 6 and (before == 0x20 or before == 0x2D) and 1 <= _letters_before(data, start - 1, begin) <= 2:
        return start, stop, CODE
    return start, stop, -1


@inline
def _propose(out: npt.NDArray[np.int64], count: int, row: int, start: int, end: int, why: int, near: Any, of_row: Any) -> int:
    if count < out.shape[0]:
        out[count, 0], out[count, 1], out[count, 2] = row, start, end
        out[count, 3], out[count, 4], out[count, 5] = why, near, of_row
    return count + 1


@inline
def _skim(data: Bytes, at: int, limit: int, word: Any, previous: Any, table: npt.NDArray[np.uint64], passes: Bytes) -> tuple[Any, Any, Any]:
    """Hash words until one may be in the vocabulary, or a byte is a reason to stop, or the limit is there."""
    # Unsigned, so that no index is tested for being negative; without a branch at the end of a word, which no processor
    # foretells: together a third faster.
    here, last = np.uint64(at), np.uint64(limit)
    while here < last:
        entry = table[data[here]]
        letter = (entry >> np.uint64(8)) & np.uint64(1)
        known = np.uint64(passes[(word * _MIX) >> np.uint64(64 - _FILTER_BITS)]) & (letter ^ np.uint64(1))
        if (entry & np.uint64(_STOP)) | ((previous >> np.uint64(3)) & entry & np.uint64(_SECOND)) | known:
            break
        word = (((word << np.uint64(7)) | (word >> np.uint64(57))) ^ (entry & np.uint64(0xFF))) & (np.uint64(0) - letter)
        previous = entry
        here += np.uint64(1)
    return np.int64(here), word, previous


@kernel
def _scan(
    data: Bytes,
    offsets: Offsets,
    table: npt.NDArray[np.uint64],
    passes: Bytes,
    keys: npt.NDArray[np.uint64],
    groups: npt.NDArray[np.int64],
    fewest: Offsets,
    most: Offsets,
    out: npt.NDArray[np.int64],
) -> int:
    """Fill `out` with (row, start, end, why, groups or cues near, cues of the row so far); how many there are, even if fewer fit."""
    count = 0
    last = np.empty(N_CUES, np.int64)
    far: Any = np.int64(-(1 << 40))
    for row in range(offsets.size - 1):
        begin, end = offsets[row], offsets[row + 1]
        last[:] = far
        newest: Any = far
        of_row: Any = np.int64(0)
        name_start, name_end, zero_start, zero_end = begin, far, begin, far
        word, previous = np.uint64(0), np.uint64(0)
        # A row may be cut short for a moment, to end a word before the two bytes of ، or of an Arabic digit.
        at: Any = begin
        limit: Any = end
        while True:
            at, word, previous = _skim(data, at, limit, word, previous, table, passes)
            entry = table[data[at]] if at < limit else np.uint64(_STOP)
            key = word * _MIX
            if entry & np.uint64(_LETTER) == np.uint64(0) and passes[key >> np.uint64(64 - _FILTER_BITS)]:
                bits = _groups_of(key, keys, groups)
                if bits & ~NUMERAL:
                    start = _word_start(data, at, begin, table)
                    why, first = -1, start
                    if bits & NAMES and start - name_end <= 16:
                        why, first = NAME, name_start
                    elif bits & (NAMES | TITLE):
                        name_start = start
                    if bits & (NAMES | TITLE):
                        name_end = at
                    if bits & ZERO:
                        zero_start, zero_end = start, at
                        if _numeral_follows(data, at, end, table, keys, groups):
                            why = WORD
                    if bits & BRACKETED and start > begin:
                        if _is_bracketed(data, start, at, begin, end) or (start - newest <= _NEAR and _near(last, start) & bits):
                            why = WORD
                        # It is announced, it announces nothing.
                        bits &= ~np.int64((1 << N_CUES) - 1)
                    if bits & SPEAKS:
                        why = WORD
                    if bits & STREETWISE and (_has_digit(data, at, min(end, at + 90)) or _has_digit(data, max(begin, start - 32), start)):
                        why = STREET
                    if why >= 0:
                        count = _propose(out, count, row, first, at, why, bits, of_row)
                    if bits & ((1 << N_CUES) - 1):
                        newest = at
                        of_row |= bits & ((1 << N_CUES) - 1)
                        for cue in range(N_CUES):
                            if bits >> cue & 1:
                                last[cue] = at
            if at == end:
                break
            if (previous >> np.uint64(3)) & entry & np.uint64(_SECOND):
                # Take the first of the two bytes out of the hash again.
                word ^= previous & np.uint64(0xFF)
                word = (word >> np.uint64(7)) | (word << np.uint64(57))
                previous = np.uint64(0)
                at -= 1
                limit = at
                continue
            if at < limit and _is_letter_of_chat(data, at, begin, end):
                word = ((word << np.uint64(7)) | (word >> np.uint64(57))) ^ (entry & np.uint64(0xFF))
                previous = entry
                at += 1
                continue
            previous = np.uint64(0)
            word = np.uint64(0)
            if at < limit and entry & np.uint64(_STOP) == np.uint64(0):
                at += 1
                continue
            limit = end
            byte = data[at]
            digit, width = _digit(data, at, end)
            if width:
                cues: Any = _near(last, at) if at - newest <= _NEAR else np.int64(0)
                if _is_abbreviated(data, at, begin):
                    cues = np.int64((1 << N_CUES) - 1)
                here = at
                first, at, why = _why_number(data, begin, end, at, fewest, most, cues)
                if why >= 0:
                    count = _propose(out, count, row, first, at, why, cues, of_row)
                if why < 0 and here - zero_end <= 3:
                    count = _propose(out, count, row, zero_start, at, WORD, ZERO, of_row)
                elif digit == 0 and at - first == 2 * width and _numeral_follows(data, at, end, table, keys, groups):
                    count = _propose(out, count, row, first, at, WORD, ZERO, of_row)
            elif byte == 0x40:
                # @user is what others left of names, by the thousand.
                if not (at + 4 < end and data[at + 1] | 0x20 == 0x75 and data[at + 2] | 0x20 == 0x73 and data[at + 4] | 0x20 == 0x72):
                    count = _propose(out, count, row, at, at + 1, AT, _near(last, at), of_row)
                at += 1
            elif byte == 0x3A:
                first, past, colons, touching = _hex_span(data, at, begin, end, 0x3A)
                if colons >= 4 or (touching and colons >= 2 and past - first >= colons + 3):
                    count = _propose(out, count, row, first, past, COLONS, _near(last, at), of_row)
                    at = past
                else:
                    at += 1
            elif byte == 0x2F:
                if at - begin >= 4:
                    two, three = data[at - 2], data[at - 3]
                    if (two == 0x6D and three == 0x2E and data[at - 1] == 0x65) or (two == 0x6F and three == 0x63 and data[at - 1] == 0x6D):
                        count = _propose(out, count, row, at, at + 1, LINK, 0, of_row)
                at += 1
            elif byte == 0x3C:
                past = _placeholder_end(data, at, end)
                if past > at:
                    # Nothing reaches across a placeholder.
                    last[:] = far
                    newest, name_end, zero_end = far, far, far
                at = max(past, at + 1)
            else:
                # Longer code points come in rows: Tifinagh, presentation forms, emoji.
                at += 1
                while at < end and (data[at] & 0xC0 == 0x80 or data[at] >= 0xE0):
                    at += 1
    return count


def scan(text: Text, words: Vocabulary) -> Proposals:
    """What may be an identifier in each row, by row, then by the place where it ends."""
    room = 64 + len(text) + int(text.offsets[-1] - text.offsets[0]) // 512
    while True:
        out = np.empty((room, 6), np.int64)
        count = _scan(text.data, text.offsets, _BYTES, *words, out)
        if count <= room:
            return Proposals(*out[:count].T)
        room = count
