"""Signals: what is measured on each record. They add columns and change nothing; rules decide on them later.

All of them look at one shared pass over the text (`reading`); the counters of documents are in `quality`, languages in `language`.
"""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from khettara.clean.reading import counted, reading
from khettara.engine import Step, with_column
from khettara.kernels import once

Counts = npt.NDArray[np.int64]


def _share(part: Counts, whole: Counts) -> pa.Array:
    """`part` of `whole`, 0 where there is no whole."""
    return pa.array((part / np.maximum(whole, 1)).astype(np.float32))


class Words(Step):
    """`n_words`: runs between blanks with a letter or digit in them; `n_chars`: code points; `mean_word_length`: of the former."""

    version: ClassVar[int] = 2
    kind: ClassVar[Literal["edit", "signal"]] = "signal"

    def __call__(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """See `Step`."""
        found = reading(batch.column("text"))
        words = counted(found, "WORDS")
        batch = with_column(batch, "n_words", pa.array(words.astype(np.int32)))
        batch = with_column(batch, "n_chars", pa.array(counted(found, "CHARS").astype(np.int32)))
        return with_column(batch, "mean_word_length", _share(counted(found, "WORD_CHARS"), words))


class Readability(Step):
    """`lix`: words a sentence, and long words in a hundred words (Bjoernsson 1968): near 25 easy, near 60 hard; 0 without words.

    LIX because it needs neither syllables, which Arabic without its vowel marks does not show (OSMAN, El-Haj and Rayson 2016, adds the
    marks first by a program that itself errs), nor a list of easy words, which Darija has not. A long word has more than six letters; in
    Arabic script more than five, as OSMAN counts, because short vowels are not written. A sentence ends with . ! ? ؟ ۔ … before a blank,
    or with its line.
    """

    version: ClassVar[int] = 1
    kind: ClassVar[Literal["edit", "signal"]] = "signal"

    def __call__(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """See `Step`."""
        found = reading(batch.column("text"))
        words = counted(found, "WRITTEN_WORDS")
        sentences = np.maximum(counted(found, "SENTENCE_ENDS+OPEN_LINES"), 1)
        lix = words / sentences + 100 * counted(found, "LONG_WORDS") / np.maximum(words, 1)
        return with_column(batch, "lix", pa.array(lix.astype(np.float32)))


class Repetition(Step):
    """`top_2gram_share`..4, `duplicate_5gram_share`..10: how much of the letters of a text is runs of words said again (Gopher, table A1).

    Of two, three and four words the run that comes most often, all its copies (0 when none comes twice: Gopher counts a single one too,
    which makes short posts look repetitive). Of five to ten all runs that came before, a letter in several of them counted once. Words
    are compared folded, so another spelling of alef, other marks or capitals do not hide a repetition; letters are counted, not blanks
    and punctuation. Repetitions in texts longer than 1 MB are found within each MB.
    """

    version: ClassVar[int] = 1
    kind: ClassVar[Literal["edit", "signal"]] = "signal"

    def __call__(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """See `Step`."""
        from khettara.kernels.repetition import LONGEST, SHORTEST, TOP_LONGEST, repeated

        found = reading(batch.column("text"))
        letters = repeated(found.words(), batch.num_rows)
        for size in range(SHORTEST, LONGEST + 1):
            name = f"top_{size}gram_share" if size <= TOP_LONGEST else f"duplicate_{size}gram_share"
            batch = with_column(batch, name, _share(letters[:, size - SHORTEST + 1], letters[:, 0]))
        return batch


class EncodingDamage(Step):
    """`n_replacement`: U+FFFD; `n_c1`: control characters of the upper half; `mojibake_share`: how much beyond ASCII looks misread.

    The last counts pairs that UTF-8 makes in a wrong code page (Ã©, ط§), per character beyond ASCII: near 0.5 in a
    misread text, near 0 in a sound one.
    """

    version: ClassVar[int] = 2
    kind: ClassVar[Literal["edit", "signal"]] = "signal"

    def __call__(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """See `Step`."""
        found = reading(batch.column("text"))
        batch = with_column(batch, "n_replacement", pa.array(counted(found, "REPLACEMENTS").astype(np.int32)))
        batch = with_column(batch, "n_c1", pa.array(counted(found, "C1S").astype(np.int32)))
        return with_column(batch, "mojibake_share", _share(counted(found, "MISREAD_PAIRS"), counted(found, "BEYOND_ASCII")))


class ExactHash(Step):
    """`text_hash`: XXH64 of the text as it is; `norm_hash`: of its folded form without blanks.

    Folding takes away case, marks, tatweel, digits' shapes, hamza on alef, the difference of alef maqsura and ya, punctuation. A text of
    which nothing is left ("?!") has its `text_hash` in both.
    """

    version: ClassVar[int] = 2
    kind: ClassVar[Literal["edit", "signal"]] = "signal"

    def __call__(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """See `Step`."""
        from khettara.kernels.hashing import text_hashes

        column = batch.column("text")
        found = reading(column)
        exact = once(column, text_hashes)
        norm = np.where(counted(found, "FOLDED_CHARS") > 0, found.folded_hashes(), exact)
        batch = with_column(batch, "text_hash", pa.array(exact))
        return with_column(batch, "norm_hash", pa.array(norm))


class MinHash(Step):
    """`minhash`: 112 minima over the text's runs of five folded words, 4 bytes each; null for a text without words.

    The share of equal places in two of them estimates how much of the two texts is the same (Jaccard). A text of fewer
    than five words is one run.
    """

    version: ClassVar[int] = 2
    kind: ClassVar[Literal["edit", "signal"]] = "signal"

    def __call__(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """See `Step`."""
        from khettara.kernels.hashing import NEVER, signatures

        rows = signatures(reading(batch.column("text")).words(), batch.num_rows)
        return with_column(batch, "minhash", _as_bytes(rows, (rows != NEVER).any(axis=1)))


def _as_bytes(rows: npt.NDArray[np.uint32], valid: npt.NDArray[np.bool_]) -> pa.Array:
    """Each row of numbers as bytes, null where not valid."""
    width = rows.shape[1] * rows.itemsize
    offsets = np.zeros(len(rows) + 1, np.int32)
    np.cumsum(valid * width, out=offsets[1:])
    kept = rows if valid.all() else rows[valid]
    bits = pa.py_buffer(np.packbits(valid, bitorder="little"))
    return pa.BinaryArray.from_buffers(pa.binary(), len(rows), [bits, pa.py_buffer(offsets), pa.py_buffer(kept.astype("<u4"))])
