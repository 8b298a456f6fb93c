"""Texts folded for comparison: what is left when case, marks, digits' shapes, alef and ya, punctuation and blanks are gone.

    "الســوق، الكبير!" and "السوق الكبير"  ->  the same words, hence the same hashes

For comparing only: what a record says is never rewritten this way.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from khettara.darija.codepoints import BLANK, DIGIT, HIDDEN, LETTER, MARK, PUNCTUATION, Counts, Piece, kinds

Hashes = npt.NDArray[np.uint64]

# Spellings that writers of Arabic and Darija mix freely: hamza on alef, alef maqsura, Persian ya and kaf, three ways of gaf.
_SPELLINGS = {**dict.fromkeys("أإآٱ", "ا"), **dict.fromkeys("ىیې", "ي"), **dict.fromkeys("کڪ", "ك"), **dict.fromkeys("ڭݣ", "گ"), "’": "'"}
_TATWEEL = 0x640


@cache
def fold_table() -> npt.NDArray[np.uint32]:
    """What each code point folds to; 0: nothing is left of it."""
    table = np.arange(len(kinds()), dtype=np.uint32)
    for point in range(0x20000):
        plain = unicodedata.normalize("NFKD", chr(point))[0].casefold()[0]
        table[point] = ord(_SPELLINGS.get(chr(point), _SPELLINGS.get(plain, plain)))
        digit = unicodedata.digit(chr(point), -1)
        if digit >= 0:
            table[point] = ord(str(digit))
    table[np.isin(kinds(), (BLANK, MARK, PUNCTUATION, HIDDEN))] = 0
    table[_TATWEEL] = 0
    return table


@cache
def _breaks() -> npt.NDArray[np.bool_]:
    """Where words end: at blanks and punctuation, not at marks and tatweel inside a word."""
    return np.isin(kinds(), (BLANK, PUNCTUATION))


@dataclass(frozen=True)
class Folded:
    """Rows of folded text: their points in a row, where each row begins, and where each word begins."""

    points: npt.NDArray[np.uint32]
    offsets: Counts
    words: Counts


def fold(piece: Piece) -> Folded:
    """Fold every row of a piece."""
    folded = fold_table()[piece.points]
    kept = folded != 0
    before = np.concatenate(([0], np.cumsum(kept)))
    offsets = before[piece.offsets]
    begins = np.zeros(before[-1] + 1, bool)
    # A word begins at the first point kept after a break, and at the start of a row.
    begins[before[:-1][_breaks()[piece.points]]] = True
    begins[offsets] = True
    return Folded(folded[kept], offsets, np.flatnonzero(begins[:-1]))


def mixed(values: Hashes) -> Hashes:
    """Spread each value over 64 bits (the finalizer of SplitMix64)."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


def word_hashes(folded: Folded) -> Hashes:
    """One hash a word, from its letters in order."""
    if not len(folded.words):
        return np.zeros(0, np.uint64)
    lengths = np.diff(np.concatenate((folded.words, [len(folded.points)])))
    place = np.arange(len(folded.points)) - np.repeat(folded.words, lengths)
    powers = np.cumprod(np.full(int(lengths.max()), 0x9E3779B97F4A7C15, np.uint64))
    letters = mixed(folded.points.astype(np.uint64)) * powers[place]
    return mixed(np.add.reduceat(letters, folded.words))


def is_letter_or_digit(points: npt.NDArray[np.uint32]) -> npt.NDArray[np.bool_]:
    """Which code points are letters or digits."""
    return np.isin(kinds()[points], (LETTER, DIGIT))
