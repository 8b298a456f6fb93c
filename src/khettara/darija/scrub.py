"""What no reader would miss: the always-safe level of normalisation. Letters, marks, digits and case stay as written.

    "الســـوق\N{RIGHT-TO-LEFT MARK}  كاين"  ->  "السوق كاين"

This says what each character is; the loop over columns is `kernels.scrub`, and `scrub` of one text is that loop on one row.
Folding for search and for duplicates is another matter: see `kernels.characters`.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from khettara.kernels import text_of

if TYPE_CHECKING:
    from khettara.kernels.scrub import Tables

VERSION = 2

KINDS = ("line_ends", "presentation_forms", "invisible", "tatweel", "joiners", "composed", "non_joiners", "lookalikes", "blanks")
"""What is counted, in the order of the kernel's counts."""

_INVISIBLE = (
    "\u034f\u061c\u115f\u1160\u180e\u200b\u200e\u200f\ufeff\x7f",
    (0x00, 0x08), (0x0E, 0x1F), (0x80, 0x9F), (0x202A, 0x202E), (0x2060, 0x206F),
    # No characters at all: interlinear anchors, noncharacters.
    (0xFFF9, 0xFFFB), (0xFDD0, 0xFDEF), (0xFFFE, 0xFFFF),
)  # fmt: skip
_ODD_BLANKS = ("\u00a0\u1680\u202f\u205f\u3000", (0x2000, 0x200A))
# Letters and ligatures of letters that a font chose, not the writer. Kept: honorifics and the basmala (ﷺ ﷲ ﷽ ...),
# currency, ornate parentheses, which are signs of their own.
_FORMS = ("", (0xFB00, 0xFB06), (0xFB50, 0xFBB1), (0xFBD3, 0xFD3D), (0xFD50, 0xFDC7), (0xFE70, 0xFEFC))
_HELD_AFTER = ("", (0x203C, 0x3299), (0x1F000, 0x1FAFF))
_HELD_BEFORE = ("\ufe0f", *_HELD_AFTER[1:])
_INDIC = ("", (0x0900, 0x0DFF))

_LOOKALIKES = {"ی": "ي", "ې": "ي", "ک": "ك", "ڪ": "ك", "ہ": "ه", "ھ": "ه", "ە": "ه"}
# Letters that Persian, Urdu and Kurdish do not write, or hardly.
_ARABIC_ONLY = "يكةىأإ"
# Letters of Urdu and Kurdish alone, and the commonest words of Persian and Urdu that need a look-alike letter.
_NEIGHBOURS = "ٹڈڑںےۆێڵڕۓ"
_NEIGHBOUR_WORDS = ("این", "که", "می", "های", "برای", "یک", "کرد", "کند", "ہے", "کے", "کی", "کا", "یہ")
# Where Unicode has marks, letters with marks, and characters that composition changes; the rest is ideographs and Hangul syllables.
_COMPOSING = (
    range(0x80, 0x3400), range(0xA000, 0xAC00), range(0xF900, 0x12000),
    range(0x16A00, 0x17000), range(0x1BC00, 0x1BD00), range(0x1D000, 0x1EA00),
)  # fmt: skip


def _spread(characters: tuple[str | tuple[int, int], ...]) -> Iterable[int]:
    """Code points given one by one in a text, and by first and last."""
    for part in characters:
        if isinstance(part, str):
            yield from map(ord, part)
        else:
            yield from range(part[0], part[1] + 1)


def _plain_form(form: str) -> str:
    """The letters that a presentation form shows; the carrier of a lone mark (a blank or tatweel) is left out."""
    plain = unicodedata.normalize("NFKC", form)
    return plain.strip(" \N{ARABIC TATWEEL}") or plain


@cache
def _tables() -> Tables:
    """What the kernel must know, from Unicode's own tables and the lists above."""
    from khettara.kernels import scrub as loop  # it loads the compiler

    info, target = loop.empty_tables()

    def kind(characters: Iterable[int], number: int) -> None:
        for code in characters:
            info[code] = info[code] & ~np.uint32(15) | np.uint32(number)

    def flag(characters: Iterable[int], bit: int) -> None:
        for code in characters:
            info[code] |= np.uint32(bit)

    pairs = {}
    for code in (code for part in _COMPOSING for code in part):
        character = chr(code)
        combining = unicodedata.combining(character)
        if not unicodedata.is_normalized("NFC", character):
            kind([code], loop.HARD)
        elif combining:
            kind([code], loop.MARK)
            flag([code], combining << loop.CLASS_SHIFT)
        parts = unicodedata.decomposition(character).split()
        if len(parts) == 2 and parts[0][0] != "<" and info[code] & 15 != loop.HARD:
            pairs[loop.pair_key(int(parts[0], 16), int(parts[1], 16))] = code
            flag([code], loop.COMPOSED)
            second = int(parts[1], 16)
            if unicodedata.combining(chr(second)):
                flag([second], loop.COMPOSES)
            else:
                kind([second], loop.HARD)
        if character.isalnum():
            flag([code], loop.WORD)
    kind(range(0x1100, 0x1200), loop.HARD)  # Hangul, letter by letter
    kind(range(0xA960, 0xA97D), loop.HARD)
    flag((ord(character) for character in map(chr, range(0x80)) if character.isalnum() or character == "_"), loop.WORD)

    kind(_spread(_INVISIBLE), loop.INVISIBLE)
    kind(_spread(_ODD_BLANKS), loop.ODD_BLANK)
    for characters, number in (
        (" \t", loop.BLANK), ("\n", loop.NEWLINE), ("\r", loop.RETURN), ("\v\f\u2028\u2029", loop.BREAK), ("\u00ad", loop.HYPHEN),
        ("\N{ARABIC TATWEEL}", loop.TATWEEL), ("\u200d", loop.JOINER), ("\u200c", loop.NON_JOINER), ("".join(_LOOKALIKES), loop.LOOKALIKE),
    ):  # fmt: skip
        kind(map(ord, characters), number)
    for alike, letter in _LOOKALIKES.items():
        target[ord(alike)] = ord(letter)
    letters = [0]
    for code in _spread(_FORMS):
        plain = _plain_form(chr(code))
        if plain != chr(code):
            kind([code], loop.FORM)
            target[code] = len(letters)
            letters += [*map(ord, plain), 0]
    for codes, bit in (
        (_spread(_HELD_AFTER), loop.HELD_AFTER), (_spread(_HELD_BEFORE), loop.HELD_BEFORE), (_spread(_INDIC), loop.INDIC),
        (map(ord, _ARABIC_ONLY), loop.ARABIC_ONLY), (map(ord, _NEIGHBOURS), loop.NEIGHBOUR),
    ):  # fmt: skip
        flag(codes, bit)
    return loop.Tables(
        info=info,
        target=target,
        letters=np.array(letters, np.int32),
        pairs=np.array(sorted(pairs), np.int64),
        composed=np.array([pairs[key] for key in sorted(pairs)], np.int32),
        words=np.array(sorted(map(loop.word_key, _NEIGHBOUR_WORDS)), np.int64),
    )


class Scrubbed(NamedTuple):
    """A scrubbed column, and the changes in each row (one column a kind, in the order of `KINDS`)."""

    column: pa.Array
    counts: npt.NDArray[np.int32]


def scrub_column(column: pa.Array) -> Scrubbed:
    """Every text of a column scrubbed; rows that need nothing keep their bytes, and a column that needs nothing is itself."""
    counts = np.zeros((len(column), len(KINDS)), np.int32)
    if not len(column):
        return Scrubbed(column, counts)
    from khettara.kernels import scrub as loop

    rows = np.flatnonzero(loop.find(text_of(column)))
    # A dropped character can bring a letter and its mark together, which then compose: go on until nothing changes.
    while rows.size:
        new = loop.rewrite(text_of(column), rows, _tables())
        texts = _strings(new.data, new.offsets)
        if new.hard.any():
            texts, extra = _compose(column, rows, texts, new.hard)
            new.counts[new.hard] = extra
        changed = new.counts.any(axis=1)
        counts[rows] += new.counts
        rows, texts = rows[changed], texts.filter(pa.array(changed))
        if not rows.size:
            break
        mask = np.zeros(len(column), bool)
        mask[rows] = True
        column = pc.replace_with_mask(column, pa.array(mask), texts.cast(column.type))
        rows = rows[loop.find(text_of(texts))]
    return Scrubbed(column, counts)


def _strings(data: npt.NDArray[np.uint8], offsets: npt.NDArray[np.int64]) -> pa.Array:
    return pa.Array.from_buffers(pa.large_string(), len(offsets) - 1, [None, pa.py_buffer(offsets), pa.py_buffer(data)])


def _compose(column: pa.Array, rows: npt.NDArray[np.int64], texts: pa.Array, hard: npt.NDArray[np.bool_]) -> tuple[pa.Array, npt.NDArray[np.int32]]:
    """The texts with those that are hard to compose worked out by Unicode's own rules; and the counts of these."""
    from khettara.kernels import scrub as loop

    places = np.flatnonzero(hard)
    old = pc.take(column, pa.array(rows[places])).cast(pa.large_string()).to_pylist()
    composed = pa.array([unicodedata.normalize("NFC", text) for text in old], pa.large_string())
    new = loop.rewrite(text_of(composed), np.arange(len(places)), _tables(), lenient=True)
    done = [unicodedata.normalize("NFC", text) for text in _strings(new.data, new.offsets).to_pylist()]
    counts = new.counts
    counts[:, KINDS.index("composed")] += [one != other for one, other in zip(old, composed.to_pylist(), strict=True)]
    moved = np.array([text != before for text, before in zip(done, old, strict=True)])
    counts[:, KINDS.index("composed")] += moved & (counts.sum(axis=1) == 0)
    all_texts = texts.to_pylist()
    for place, text in zip(places, done, strict=True):
        all_texts[place] = text
    return pa.array(all_texts, pa.large_string()), counts


def scrub_counted(text: str) -> tuple[str, Counter[str]]:
    """The scrubbed text, and how many changes of each kind; a lone surrogate, which no file holds, is dropped.

    >>> scrub_counted("بـــزاف\\N{NO-BREAK SPACE}ديال\\r\\nالما")
    ('بزاف ديال\\nالما', Counter({'tatweel': 3, 'line_ends': 1, 'blanks': 1}))
    """
    sound = text.encode("utf-8", "ignore").decode()
    column, counts = scrub_column(pa.array([sound], pa.large_string()))
    found = Counter({kind: int(times) for kind, times in zip(KINDS, counts[0], strict=True) if times})
    if sound != text:
        found["invisible"] += len(text) - len(sound)
    return column[0].as_py(), found


def scrub(text: str) -> str:
    """The text without what no reader would miss; clean text comes back as it is.

    >>> scrub("ﻣﺮﺣﺒﺎ ﷺ"), scrub("fin  kayn\\N{ZERO WIDTH SPACE} souk ?")
    ('مرحبا ﷺ', 'fin kayn souk ?')
    >>> scrub("کتاب كبير في المکتبة"), scrub("این کتاب است")
    ('كتاب كبير في المكتبة', 'این کتاب است')
    """
    return scrub_counted(text)[0]
