"""Signals of the language room: which language, how mixed, and the text in other spellings beside the author's own.

"wach bghiti nmchi la gare?"  ->  lang_found ary, code_mixing_index 0.33, text_arab "واش بغيتي نمشي la gare?"
"""

from __future__ import annotations

from typing import ClassVar, Literal

import pyarrow as pa
import pyarrow.compute as pc

from khettara.darija import identify_column, normalise, segment, tone_column, transliterate
from khettara.engine import Step, with_column

LONGEST_BYTES = 1 << 20
"""A longer text is not taken word by word: a record of 50 MB would need gigabytes. It gets nulls."""


def _not_too_long(batch: pa.RecordBatch) -> pa.Array:
    """The texts, null where they are too long."""
    column = batch.column("text")
    return pc.if_else(pc.less_equal(pc.binary_length(column), LONGEST_BYTES), column, pa.scalar(None, column.type))


class Language(Step):
    """`lang_found`, `script_found` and `lang_confidence`, as the language room sees the text."""

    version: ClassVar[int] = 2
    kind: ClassVar[Literal["edit", "signal"]] = "signal"

    def __call__(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """See `Step`."""
        lang, script, confidence = identify_column(batch.column("text"))
        batch = with_column(batch, "lang_found", lang)
        batch = with_column(batch, "script_found", script)
        return with_column(batch, "lang_confidence", confidence)


class CodeSwitching(Step):
    """`code_mixing_index`: 0 where one language has all words, 0.5 where two share them; `dialectness`: 0 for Standard Arabic, 1 for dialect.

    `dialectness` is null for a text without Arabic.
    """

    version: ClassVar[int] = 1
    kind: ClassVar[Literal["edit", "signal"]] = "signal"

    def __call__(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """See `Step`."""
        texts = _not_too_long(batch)
        found = segment(texts)
        for name in ("code_mixing_index", "dialectness"):
            batch = with_column(batch, name, pc.if_else(pc.is_valid(texts), found.field(name), None))
        return batch


class Transliterated(Step):
    """`text_arab` or `text_latn`: the text with its Darija in the other script. A reading, not the author's words."""

    version: ClassVar[int] = 1
    kind: ClassVar[Literal["edit", "signal"]] = "signal"

    to: Literal["arab", "latn"] = "arab"

    def __call__(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """See `Step`."""
        return with_column(batch, f"text_{self.to}", transliterate(_not_too_long(batch), self.to))


class Normalised(Step):
    """`text_fold` or `text_canon`: the text at a level of normalisation, to search or to analyse."""

    version: ClassVar[int] = 1
    kind: ClassVar[Literal["edit", "signal"]] = "signal"

    level: Literal["fold", "canon"] = "fold"

    def __call__(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """See `Step`."""
        return with_column(batch, f"text_{self.level}", normalise(_not_too_long(batch), self.level))


class Sentiment(Step):
    """`sentiment` (negative, neutral, positive, unsure), `sentiment_p` of the likeliest, `sentiment_score` from -1 (negative) to 1.

    To sort by, not to judge by; numbers are null for texts of other languages than Arabic and its varieties.
    """

    version: ClassVar[int] = 1
    kind: ClassVar[Literal["edit", "signal"]] = "signal"

    def __call__(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """See `Step`."""
        found = tone_column("sentiment", batch.column("text"))
        negative, neutral, positive = (found.field(name) for name in ("negative", "neutral", "positive"))
        batch = with_column(batch, "sentiment", found.field("label"))
        batch = with_column(batch, "sentiment_p", pc.max_element_wise(negative, neutral, positive))
        return with_column(batch, "sentiment_score", pc.subtract(positive, negative))


class Offence(Step):
    """`offence_p`: how likely it is that the text offends; null for texts of other languages. A signal to look closer, never a verdict."""

    version: ClassVar[int] = 1
    kind: ClassVar[Literal["edit", "signal"]] = "signal"

    def __call__(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """See `Step`."""
        return with_column(batch, "offence_p", tone_column("offence", batch.column("text")).field("offence"))
