"""What a loop must know of a code point, in one word of 32 bits: what it folds to, and what kind of character it is.

    "Ä"  ->  folds to "a", a letter          "\\N{ARABIC TATWEEL}"  ->  folds to nothing, a letter
    "٣"  ->  folds to "3", a digit           "؟"  ->  folds to nothing, punctuation, ends a word and a sentence

Folding is for comparing only: case, marks, digits' shapes, alef and ya are gone. The table is a file of this folder, so that
hashes do not depend on the Unicode version of the interpreter; `python -m khettara.kernels.characters` makes it anew.
"""

from __future__ import annotations

import unicodedata
import zlib
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

N_CODES = 0x20000
"""As in `utf8`: planes 0 and 1; all beyond is one place."""

FOLDED = 0x1FFFF
"""The bits of the code point that this one folds to; 0: nothing is left of it."""

BLANK, LETTER, DIGIT, PUNCTUATION, SYMBOL, HIDDEN = range(6)
"""Kinds, three bits above. Marks are letters: they belong to the letter before them."""
SORT_SHIFT = 17
ARABIZI, KEPT, ARABIC = 1 << 20, 1 << 21, 1 << 22
"""Digits that are letters in Arabizi (2 3 5 7 8 9 for ء ع خ ح غ ق); something is left when folded; a letter of Arabic script."""
N_SORTS = 64
"""Kind and these three bits together: the sort of a character."""

SPECIAL_SHIFT = 23
NOTHING, DOT, ELLIPSIS, HASH, CURLY, C1, CLOSING, BULLET = range(8)
"""What else it is, three bits above: C1 a control of the upper half, CLOSING what a line may end with beside a full stop."""

TERMINAL = 1 << 26
MISREAD_FIRST, MISREAD_LATER = 1 << 27, 1 << 28
"""May be the first, or a later, byte of a UTF-8 sequence that was read in a wrong code page."""
RARE = 1 << 29
"""A symbol, a C1, U+FFFD or `MISREAD_LATER`: text without any of these needs no counting of them."""
BREAK_SHIFT = 30
"""The bit of what ends a word: blanks and punctuation, not marks and tatweel."""

_FILE = Path(__file__).with_name("characters.bin")

_KIND = {"L": LETTER, "M": LETTER, "N": DIGIT, "P": PUNCTUATION, "S": SYMBOL, "Z": BLANK, "C": HIDDEN}
_BLANKS = "\t\n\v\f\r\x85"
# Marks that choose how an emoji looks belong to no letter.
_SELECTORS = [*range(0xFE00, 0xFE10), 0x20E3]

# Spellings that writers of Arabic and Darija mix freely: hamza on alef, alef maqsura, Persian ya and kaf, three ways of gaf.
_SPELLINGS = {**dict.fromkeys("أإآٱ", "ا"), **dict.fromkeys("ىیې", "ي"), **dict.fromkeys("کڪ", "ك"), **dict.fromkeys("ڭݣ", "گ")}
_ARABIC_BLOCKS = ((0x0600, 0x0700), (0x0750, 0x0780), (0x0870, 0x0900), (0xFB50, 0xFE00), (0xFE70, 0xFEFD))
_SYLLABLES = range(0xAC00, 0xD7A4)

_SPECIAL = {
    ".": DOT,
    "…": ELLIPSIS,
    "#": HASH,
    **dict.fromkeys("{}", CURLY),
    **dict.fromkeys("\"'”’»،", CLOSING),
    **dict.fromkeys("•-*–—·●▪■◦○‣►➢", BULLET),
    **{chr(code): C1 for code in range(0x80, 0xA0)},
}
_TERMINAL = ".!?…؟۔⵰‼⁇⁈⁉"

_PAGES = ("latin-1", "cp1252", "cp1256")
# These follow an Arabic or accented letter in sound text every day.
_SOUND = "،؛؟«»…’”“–—\u00a0\u200c\u200d"


def _folded(code: int, kind: int) -> int:
    character = chr(code)
    if kind in (BLANK, PUNCTUATION, HIDDEN) or unicodedata.category(character)[0] == "M" or character == "\N{ARABIC TATWEEL}":
        return 0
    digit = unicodedata.digit(character, -1)
    if digit >= 0:
        return ord(str(digit))
    if code in _SYLLABLES:
        return code
    plain = unicodedata.normalize("NFKD", character)[0].casefold()[0]
    return ord(_SPELLINGS.get(character, _SPELLINGS.get(plain, plain)))


def _misread() -> npt.NDArray[np.uint32]:
    marks = np.zeros(N_CODES, np.uint32)
    for page in _PAGES:
        for byte in range(0x80, 0xF5):
            code = ord(bytes([byte]).decode(page, "ignore") or chr(byte))
            marks[code] |= MISREAD_LATER if byte < 0xC0 else MISREAD_FIRST if byte >= 0xC2 else 0
    marks[[ord(character) for character in _SOUND]] &= np.uint32(MISREAD_FIRST)
    marks[(marks & np.uint32(MISREAD_LATER)) > 0] |= np.uint32(RARE)
    return marks


def make() -> npt.NDArray[np.uint32]:
    """The table, worked out from the interpreter's Unicode data."""
    table = np.zeros(N_CODES, np.uint32)
    for code in range(N_CODES - 1):
        kind = HIDDEN if code in _SELECTORS else BLANK if chr(code) in _BLANKS else _KIND[unicodedata.category(chr(code))[0]]
        folded = _folded(code, kind)
        special = _SPECIAL.get(chr(code), NOTHING)
        word = folded | kind << SORT_SHIFT | special << SPECIAL_SHIFT
        word |= KEPT if folded else 0
        word |= ARABIC if folded and kind == LETTER and any(first <= code < last for first, last in _ARABIC_BLOCKS) else 0
        word |= RARE if kind == SYMBOL or special == C1 or code == 0xFFFD else 0
        word |= (kind in (BLANK, PUNCTUATION)) << BREAK_SHIFT
        table[code] = word
    table[N_CODES - 1] = (N_CODES - 1) | LETTER << SORT_SHIFT | KEPT
    table[[ord(digit) for digit in "235789"]] |= np.uint32(ARABIZI)
    table[[ord(character) for character in _TERMINAL]] |= np.uint32(TERMINAL)
    return table | _misread()


@cache
def characters() -> npt.NDArray[np.uint32]:
    """The table as it ships. Not to be changed."""
    planes = np.frombuffer(zlib.decompress(_FILE.read_bytes()), np.uint8).reshape(4, N_CODES)
    table = np.ascontiguousarray(planes.T).view("<u4").ravel().astype(np.uint32)
    table += np.arange(N_CODES, dtype=np.uint32)
    table.flags.writeable = False
    return table


def ship(table: npt.NDArray[np.uint32]) -> bytes:
    """The table as bytes of a file: how far each word is from its place, byte by byte of all words, which packs to a sixth."""
    far = (table - np.arange(N_CODES, dtype=np.uint32)).astype("<u4")
    return zlib.compress(far.view(np.uint8).reshape(N_CODES, 4).T.tobytes(), 9)


if __name__ == "__main__":
    _FILE.write_bytes(ship(make()))
