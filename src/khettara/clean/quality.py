"""The counters by which published filters tell documents from litter, as one table, for Arabic script and Arabizi too.

    "Dkhel 3and moul lkhobz, chra jouj khobzat."  ->  n_stop_words 0, terminal_line_share 1.0, alphabetic_word_share 1.0

A counter only measures; recipes and presets decide. Sources: Gopher (Rae et al. 2021, appendix A.1), C4 (Raffel et al. 2020,
section 2.2), FineWeb (Penedo et al. 2024, section 3.6).
"""

from __future__ import annotations

from typing import ClassVar, Literal, NamedTuple

import numpy as np
import pyarrow as pa

from khettara.clean.reading import GROUPS, STOP_WORDS, counted, reading
from khettara.engine import Step, with_column

_VISIBLE = "LETTERS+DIGITS+PUNCTUATIONS+SYMBOLS"


class Share(NamedTuple):
    """A column: one count out of another (0 where that is 0), where it comes from, and what is different here."""

    column: str
    part: str
    whole: str
    source: str
    changed: str


SHARES = (
    Share("letter_share", "LETTERS", _VISIBLE, "", "of visible characters; vowel marks belong to their letters"),
    Share("digit_share", "DIGITS", _VISIBLE, "", "of visible characters; every script's digits, Arabizi's too"),
    Share("punctuation_share", "PUNCTUATIONS", _VISIBLE, "", "of visible characters"),
    Share("symbol_share", "SYMBOLS", _VISIBLE, "", "of visible characters; emoji are symbols"),
    Share("hash_to_word_ratio", "HASHES", "WORDS", "Gopher", "# signs to words; hashtags count, as there"),
    Share("ellipsis_to_word_ratio", "ELLIPSES", "WORDS", "Gopher", "… or three full stops or more, once"),
    Share(
        "alphabetic_word_share",
        "ALPHABETIC_WORDS",
        "WORDS",
        "Gopher",
        "words that are half letters of any script (Gopher: have one letter); 2 3 5 7 8 9 beside a letter are letters of Arabizi",
    ),
    Share("stop_word_share", "LISTED_WORDS", "FOLDED_WORDS", "Gopher", "share of words in any of six lists"),
    Share("bullet_line_share", "BULLET_LINES", "LINES", "Gopher", "• - and also * – — · ● ▪ ■ ◦ ○ ‣ ► ➢"),
    Share("ellipsis_line_share", "ELLIPSIS_LINES", "LINES", "Gopher", "lines ending in … or ..."),
    Share("terminal_line_share", "ENDED_LINES", "LINES", "C4, FineWeb", """. ! ? … " ' ” ’ and ؟ ۔ ، » ⵰: Arabic chains sentences by commas"""),
    Share("short_line_share", "SHORT_LINES", "LINES", "FineWeb", "lines under 30 characters"),
    Share("duplicate_line_share", "AGAIN_CHARS", "LINE_CHARS", "Gopher, FineWeb", "characters in lines that repeat an earlier line"),
    Share("longest_repeated_line_share", "REPEATED_CHARS", "LINE_CHARS", "Gopher", "characters in all copies of the repeated line with most"),
)

COUNTS = {"n_lines": "LINES", "n_sentences": "SENTENCE_ENDS+OPEN_LINES", "n_curly": "CURLIES"}
"""Columns that are counts: lines that are not blank; ends of sentences before a blank and lines that end without (C4); { and } (C4)."""


class Quality(Step):
    """What the filters of Gopher, C4 and FineWeb count, as `SHARES` and `COUNTS` say, and three looks for words.

    `n_stop_words`: different stop words of the list (Darija in two scripts, Arabic, Tamazight, French, English) of which most were seen
    (Gopher: two of eight English words); `n_javascript` (0 or 1) and `n_lorem_ipsum` (0 to 2): whether these words occur (C4).
    """

    version: ClassVar[int] = 2
    kind: ClassVar[Literal["edit", "signal"]] = "signal"

    def __call__(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """See `Step`."""
        found = reading(batch.column("text"))
        for share in SHARES:
            whole = np.maximum(counted(found, share.whole), 1)
            batch = with_column(batch, share.column, pa.array((counted(found, share.part) / whole).astype(np.float32)))
        for column, names in COUNTS.items():
            batch = with_column(batch, column, pa.array(counted(found, names).astype(np.int32)))
        seen = found.in_groups
        stop_words = seen[:, : len(STOP_WORDS)].max(axis=1, initial=0)
        batch = with_column(batch, "n_stop_words", pa.array(stop_words.astype(np.int32)))
        for sign in ("javascript", "lorem_ipsum"):
            batch = with_column(batch, f"n_{sign}", pa.array(seen[:, GROUPS.index(sign)].astype(np.int32)))
        return batch
