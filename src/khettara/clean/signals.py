"""Signals: what is measured on each record. They add columns and change nothing; rules decide on them later."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cache
from hashlib import blake2b
from typing import ClassVar, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from khettara.clean.encoding import PAGES, byte_of
from khettara.clean.folding import Folded, fold, is_letter_or_digit, mixed, word_hashes
from khettara.darija import find_identifiers, identify_column
from khettara.darija.codepoints import (
    BLANK,
    DIGIT,
    HIDDEN,
    LETTER,
    MARK,
    N_KINDS,
    PUNCTUATION,
    SYMBOL,
    Counts,
    Piece,
    kinds,
    pieces,
)
from khettara.darija.identifiers import KINDS as IDENTIFIER_KINDS
from khettara.darija.identifiers import SUSPECT as IDENTIFIER_SUSPECT
from khettara.engine import Step, with_column

Shares = npt.NDArray[np.float32]


def _share(part: Counts, whole: Counts) -> Shares:
    """`part` of `whole`, 0 where there is no whole."""
    return (part / np.maximum(whole, 1)).astype(np.float32)


def _joined(parts: list[Counts]) -> Counts:
    return np.concatenate(parts) if parts else np.zeros(0, np.int64)


class Words(Step):
    """`n_words`: runs between blanks with a letter or digit in them; `n_chars`: code points; `mean_word_length`: of the former."""

    version: ClassVar[int] = 1
    kind: ClassVar[Literal["edit", "signal"]] = "signal"

    def __call__(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """See `Step`."""
        counted = [_count_words(piece) for piece in pieces(batch.column("text"))]
        words, inside = _joined([n for n, _ in counted]), _joined([n for _, n in counted])
        batch = with_column(batch, "n_words", pa.array(words.astype(np.int32)))
        batch = with_column(batch, "n_chars", pc.utf8_length(batch.column("text")).cast(pa.int32()))
        return with_column(batch, "mean_word_length", pa.array(_share(inside, words)))


def _count_words(piece: Piece) -> tuple[Counts, Counts]:
    """Words of each row, and code points in them."""
    inside = kinds()[piece.points] != BLANK
    first = np.empty(len(inside), bool)
    first[1:] = ~inside[:-1]
    first[piece.offsets[:-1][piece.lengths > 0]] = True
    starts = np.flatnonzero(first & inside)
    if not len(starts):
        return np.zeros(len(piece.lengths), np.int64), np.zeros(len(piece.lengths), np.int64)
    spelled = np.logical_or.reduceat(is_letter_or_digit(piece.points), starts)
    sizes = np.add.reduceat(inside, starts, dtype=np.int64)
    rows = piece.rows()[starts]
    n_rows = len(piece.lengths)
    return (
        np.bincount(rows[spelled], minlength=n_rows),
        np.bincount(rows[spelled], weights=sizes[spelled], minlength=n_rows).astype(np.int64),
    )


class Language(Step):
    """`lang_found`, `script_found` and `lang_confidence`, as the language room sees the text."""

    version: ClassVar[int] = 1
    kind: ClassVar[Literal["edit", "signal"]] = "signal"

    def __call__(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """See `Step`."""
        lang, script, confidence = identify_column(batch.column("text"))
        batch = with_column(batch, "lang_found", lang)
        batch = with_column(batch, "script_found", script)
        return with_column(batch, "lang_confidence", confidence)


class Quality(Step):
    """Shares of characters that are not blank, by kind, and how much of a text is lines said before.

    `duplicate_line_share`: characters in lines that repeat an earlier line; `longest_repeated_line_share`: in all copies of
    the repeated line that takes most room. Both of all characters in lines, as in the repetition rules of Gopher
    (Rae et al. 2021), which count in the same two ways; blank lines do not count.
    """

    version: ClassVar[int] = 1
    kind: ClassVar[Literal["edit", "signal"]] = "signal"

    def __call__(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """See `Step`."""
        column = batch.column("text")
        counts = [np.zeros((0, N_KINDS), np.int64)]
        counts += [piece.count(kinds()[piece.points], N_KINDS) for piece in pieces(column)]
        by_kind = np.concatenate(counts)
        visible = by_kind.sum(axis=1) - by_kind[:, BLANK] - by_kind[:, HIDDEN]
        for name, numbers in (
            # Vowel marks belong to their letters.
            ("letter_share", by_kind[:, LETTER] + by_kind[:, MARK]),
            ("digit_share", by_kind[:, DIGIT]),
            ("punctuation_share", by_kind[:, PUNCTUATION]),
            ("symbol_share", by_kind[:, SYMBOL]),
        ):
            batch = with_column(batch, name, pa.array(_share(numbers, visible)))
        repeated = np.zeros((len(column), 2), np.float32)
        several = pc.match_substring(column, "\n").to_numpy(zero_copy_only=False)
        for place in np.flatnonzero(several):
            repeated[place] = _repeated_lines(column[int(place)].as_py())
        batch = with_column(batch, "duplicate_line_share", pa.array(repeated[:, 0].copy()))
        return with_column(batch, "longest_repeated_line_share", pa.array(repeated[:, 1].copy()))


def _repeated_lines(text: str) -> tuple[float, float]:
    lines = Counter(stripped for line in text.split("\n") if (stripped := line.strip()))
    total = sum(len(line) * times for line, times in lines.items())
    again = [(len(line) * (times - 1), len(line) * times) for line, times in lines.items() if times > 1]
    if not again:
        return 0.0, 0.0
    return sum(extra for extra, _ in again) / total, max(room for _, room in again) / total


class Identifiers(Step):
    """`n_phone`, `n_email`... for every kind, and `n_identifiers` in all. Counts only; a value never leaves the text."""

    version: ClassVar[int] = 1
    kind: ClassVar[Literal["edit", "signal"]] = "signal"

    def __call__(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """See `Step`."""
        column = batch.column("text")
        counts = np.zeros((len(column), len(IDENTIFIER_KINDS)), np.int32)
        suspect = pc.match_substring_regex(column, IDENTIFIER_SUSPECT).to_numpy(zero_copy_only=False)
        for place in np.flatnonzero(suspect):
            for found in find_identifiers(column[int(place)].as_py()):
                counts[place, IDENTIFIER_KINDS.index(found.kind)] += 1
        for number, kind in enumerate(IDENTIFIER_KINDS):
            batch = with_column(batch, f"n_{kind}", pa.array(counts[:, number].copy()))
        return with_column(batch, "n_identifiers", pa.array(counts.sum(axis=1).astype(np.int32)))


@cache
def _misread_marks() -> npt.NDArray[np.uint8]:
    """Bit 1: may be the first byte of a UTF-8 sequence in a wrong page; bit 2: may be a later byte of one."""
    table = np.zeros(len(kinds()), np.uint8)
    for page in PAGES:
        for point, byte in byte_of(page).items():
            table[point] |= (0xC2 <= byte <= 0xF4) + 2 * (0x80 <= byte < 0xC0)
    # These follow an Arabic or accented letter in sound text every day.
    table[[ord(c) for c in "،؛؟«»…’”“–—\u00a0\u200c\u200d"]] &= 1
    return table


class EncodingDamage(Step):
    """`n_replacement`: U+FFFD; `n_c1`: control characters of the upper half; `mojibake_share`: how much beyond ASCII looks misread.

    The last counts pairs that UTF-8 makes in a wrong code page (Ã©, ط§), per character beyond ASCII: near 0.5 in a
    misread text, near 0 in a sound one.
    """

    version: ClassVar[int] = 1
    kind: ClassVar[Literal["edit", "signal"]] = "signal"

    def __call__(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """See `Step`."""
        parts = list(pieces(batch.column("text")))
        replacement = _joined([piece.sum(piece.points == 0xFFFD) for piece in parts])
        controls = _joined([piece.sum((piece.points >= 0x80) & (piece.points <= 0x9F)) for piece in parts])
        pairs = _joined([piece.sum(_misread_pairs(piece)) for piece in parts])
        beyond = _joined([piece.sum(piece.points > 0x7F) for piece in parts])
        batch = with_column(batch, "n_replacement", pa.array(replacement.astype(np.int32)))
        batch = with_column(batch, "n_c1", pa.array(controls.astype(np.int32)))
        return with_column(batch, "mojibake_share", pa.array(_share(pairs, beyond)))


def _misread_pairs(piece: Piece) -> npt.NDArray[np.bool_]:
    marks = _misread_marks()[piece.points]
    pair = np.zeros(len(marks), bool)
    pair[1:] = (marks[:-1] & 1 > 0) & (marks[1:] & 2 > 0)
    return pair


def _digest(data: bytes) -> int:
    return int.from_bytes(blake2b(data, digest_size=8).digest(), "big")


def _rows(folded: Folded) -> Iterator[bytes]:
    data = folded.points.tobytes()
    for start, end in zip(folded.offsets[:-1].tolist(), folded.offsets[1:].tolist(), strict=True):
        yield data[4 * start : 4 * end]


class ExactHash(Step):
    """`text_hash`: of the text as it is; `norm_hash`: of its folded form. Both 64 bits of BLAKE2b.

    A text of which folding leaves nothing ("?!") is hashed as it is.
    """

    version: ClassVar[int] = 1
    kind: ClassVar[Literal["edit", "signal"]] = "signal"

    def __call__(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """See `Step`."""
        column = batch.column("text")
        exact = [_digest(text.encode()) for text in column.to_pylist()]
        folded = [row for piece in pieces(column) for row in _rows(fold(piece))]
        norm = [_digest(row) if row else own for row, own in zip(folded, exact, strict=True)]
        batch = with_column(batch, "text_hash", pa.array(exact, pa.uint64()))
        return with_column(batch, "norm_hash", pa.array(norm, pa.uint64()))


N_PERMUTATIONS = 112
SHINGLE_WORDS = 5


@cache
def _permutations() -> npt.NDArray[np.uint64]:
    """One odd multiplier a permutation, the same on every machine and in every version."""
    return mixed(np.arange(1, N_PERMUTATIONS + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)) | np.uint64(1)


class MinHash(Step):
    """`minhash`: 112 minima over the text's runs of five folded words, 4 bytes each; null for a text without words.

    The share of equal places in two of them estimates how much of the two texts is the same (Jaccard). A text of fewer
    than five words is one run.
    """

    version: ClassVar[int] = 1
    kind: ClassVar[Literal["edit", "signal"]] = "signal"

    def __call__(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """See `Step`."""
        rows = [row for piece in pieces(batch.column("text")) for row in _signatures(fold(piece))]
        return with_column(batch, "minhash", pa.array(rows, pa.binary()))


def _signatures(folded: Folded) -> Iterator[bytes | None]:
    """The signature of each row."""
    firsts = np.searchsorted(folded.words, folded.offsets)
    shingles, begins = _shingles(word_hashes(folded), firsts)
    filled = np.flatnonzero(np.diff(firsts) > 0)
    table = np.zeros((len(filled), N_PERMUTATIONS), np.uint32)
    if len(filled):
        for number, multiplier in enumerate(_permutations()):
            high = ((shingles * multiplier) >> np.uint64(32)).astype(np.uint32)
            table[:, number] = np.minimum.reduceat(high, begins)
    place = np.full(len(firsts) - 1, -1)
    place[filled] = np.arange(len(filled))
    for row in place:
        yield table[row].tobytes() if row >= 0 else None


def _shingles(words: npt.NDArray[np.uint64], firsts: Counts) -> tuple[npt.NDArray[np.uint64], Counts]:
    """Hashes of runs of words, row after row, and where each row with words begins."""
    n_words = np.diff(firsts)
    n_runs = np.where(n_words > 0, np.maximum(n_words - SHINGLE_WORDS + 1, 1), 0)
    begins = np.cumsum(n_runs) - n_runs
    first = np.repeat(firsts[:-1], n_runs) + np.arange(int(n_runs.sum())) - np.repeat(begins, n_runs)
    last = np.repeat(firsts[1:], n_runs)
    runs = np.zeros(len(first), np.uint64)
    for step in range(SHINGLE_WORDS):
        at = first + step
        inside = at < last
        word = np.where(inside, words[np.minimum(at, len(words) - 1)] if len(words) else 0, np.uint64(0))
        runs = np.where(inside, mixed(runs * np.uint64(0x9E3779B97F4A7C15) + word), runs)
    return runs, begins[n_words > 0]
