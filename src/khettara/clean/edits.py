"""Edits: repair, scrub, strip, mask. Each looks at the whole column first and touches suspect records only.

A record comes out byte for byte as it was unless `edits_NAME` counts a change in it; doing an edit twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import ClassVar, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import field_validator

from khettara.clean import boilerplate, encoding
from khettara.darija import KINDS, mask, scrub_counted
from khettara.darija.identifiers import SUSPECT as IDENTIFIER_SUSPECT
from khettara.darija.identifiers import VERSION as IDENTIFIERS_VERSION
from khettara.darija.scrub import SUSPECT as SCRUB_SUSPECT
from khettara.darija.scrub import VERSION as SCRUB_VERSION
from khettara.engine import Step, with_column

Change = Callable[[str], tuple[str, int]]
"""A text to its new form and the number of changes."""


def rewrite(batch: pa.RecordBatch, name: str, suspect: pa.BooleanArray, change: Change) -> pa.RecordBatch:
    """The batch with `change` made in suspect texts, and `edits_NAME` beside them."""
    column = batch.column("text")
    places = np.flatnonzero(suspect.to_numpy(zero_copy_only=False))
    edits, touched, texts = np.zeros(len(column), np.int32), np.zeros(len(column), bool), []
    for place in places:
        old = column[int(place)].as_py()
        text, times = change(old)
        if text != old:
            edits[place], touched[place] = max(times, 1), True
            texts.append(text)
    if texts:
        batch = with_column(batch, "text", pc.replace_with_mask(column, pa.array(touched), pa.array(texts, column.type)))
    return with_column(batch, f"edits_{name}", pa.array(edits))


class RepairEncoding(Step):
    """Put right text that was read with the wrong code page: whole texts, lines and words."""

    version: ClassVar[int] = 1
    kind: ClassVar[Literal["edit", "signal"]] = "edit"

    def __call__(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """See `Step`."""
        suspect = pc.match_substring_regex(batch.column("text"), encoding.suspect_pattern())
        return rewrite(batch, self.name(), suspect, encoding.repair_encoding)


class Scrub(Step):
    """The always-safe normalisation: invisible characters, presentation forms, tatweel, NFC, blanks and line ends."""

    version: ClassVar[int] = SCRUB_VERSION
    kind: ClassVar[Literal["edit", "signal"]] = "edit"

    def __call__(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """See `Step`."""
        column = batch.column("text")
        # NFC is the one rule that no pattern can foretell.
        composed = pc.equal(column, pc.utf8_normalize(column, "NFC"))
        suspect = pc.or_(pc.match_substring_regex(column, SCRUB_SUSPECT), pc.invert(composed))
        return rewrite(batch, self.name(), suspect, _scrub)


def _scrub(text: str) -> tuple[str, int]:
    scrubbed, counts = scrub_counted(text)
    return scrubbed, counts.total()


class StripBoilerplate(Step):
    """Take out left-over markup, menus, rights notices and running heads."""

    version: ClassVar[int] = 1
    kind: ClassVar[Literal["edit", "signal"]] = "edit"

    def __call__(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """See `Step`."""
        suspect = pc.match_substring_regex(batch.column("text"), boilerplate.SUSPECT)
        return rewrite(batch, self.name(), suspect, boilerplate.strip_boilerplate)


class MaskIdentifiers(Step):
    """Replace phone numbers, e-mail addresses, CIN, RIB... by `<PHONE_1>` and the like, the same value by the same name."""

    version: ClassVar[int] = IDENTIFIERS_VERSION
    kind: ClassVar[Literal["edit", "signal"]] = "edit"

    kinds: tuple[str, ...] = KINDS

    @field_validator("kinds")
    @classmethod
    def _known(cls, kinds: tuple[str, ...]) -> tuple[str, ...]:
        unknown = sorted(set(kinds) - set(KINDS))
        if unknown:
            raise ValueError(f"unknown kind {unknown[0]!r}; there are: {', '.join(KINDS)}")
        return kinds

    def __call__(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """See `Step`."""
        suspect = pc.match_substring_regex(batch.column("text"), IDENTIFIER_SUSPECT)
        return rewrite(batch, self.name(), suspect, partial(_mask, kinds=self.kinds))


def _mask(text: str, kinds: tuple[str, ...]) -> tuple[str, int]:
    masked, counts = mask(text, kinds)
    return masked, counts.total()
