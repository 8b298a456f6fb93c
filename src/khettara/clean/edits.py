"""Edits: repair, scrub, strip, join. Each looks at the whole column first and touches suspect records only.

A record comes out byte for byte as it was unless `edits_NAME` counts a change in it; doing an edit twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import ClassVar, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from khettara.clean import boilerplate, encoding, lines
from khettara.darija.scrub import VERSION as SCRUB_VERSION
from khettara.darija.scrub import scrub_column
from khettara.engine import Step, with_column
from khettara.kernels import Text, once

Change = Callable[[str], tuple[str, int]]
"""A text to its new form and the number of changes."""


Flags = npt.NDArray[np.bool_]


def rewrite(batch: pa.RecordBatch, name: str, suspects: Callable[[pa.Array], Flags], change: Change) -> pa.RecordBatch:
    """The batch with `change` made in suspect texts, and `edits_NAME` beside them."""
    column = batch.column("text")
    places = np.flatnonzero(suspects(column)) if len(column) else np.zeros(0, np.int64)  # a look at no text need not load the compiler
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

    version: ClassVar[int] = encoding.VERSION
    kind: ClassVar[Literal["edit", "signal"]] = "edit"

    def __call__(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """See `Step`."""
        return rewrite(batch, self.name(), encoding.suspects, encoding.repair_encoding)


class Scrub(Step):
    """The always-safe normalisation: invisible characters, presentation forms, tatweel, NFC, blanks and line ends."""

    version: ClassVar[int] = SCRUB_VERSION
    kind: ClassVar[Literal["edit", "signal"]] = "edit"

    def __call__(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """See `Step`."""
        scrubbed = scrub_column(batch.column("text"))
        batch = with_column(batch, "text", scrubbed.column)
        return with_column(batch, f"edits_{self.name()}", pa.array(scrubbed.counts.sum(axis=1, dtype=np.int32)))


class StripBoilerplate(Step):
    """Take out left-over markup, menus, rights notices and running heads."""

    version: ClassVar[int] = boilerplate.VERSION
    kind: ClassVar[Literal["edit", "signal"]] = "edit"

    def __call__(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """See `Step`."""
        return rewrite(batch, self.name(), _with_litter, boilerplate.strip_boilerplate)


class RepairLines(Step):
    """Join words and paragraphs that the layout of a page broke, and take out its page numbers."""

    version: ClassVar[int] = lines.VERSION
    kind: ClassVar[Literal["edit", "signal"]] = "edit"

    def __call__(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """See `Step`."""
        return rewrite(batch, self.name(), _with_broken_lines, lines.repair_lines)


def _with_broken_lines(column: pa.Array) -> Flags:
    """Which texts may have lines that a layout broke; this and `_with_litter` share one look at the column."""
    from khettara.kernels import litter  # it loads the compiler

    suspect: Flags = once(column, _look) & (litter.BROKEN | litter.NUMBERED) != 0
    return suspect


def _with_litter(column: pa.Array) -> Flags:
    """Which texts may have markup, menus, rights notices or running heads."""
    from khettara.kernels import litter

    signs = once(column, _look)
    suspect: Flags = signs & litter.MENU != 0
    places = np.flatnonzero((signs & (litter.MARKUP | litter.RIGHTS | litter.NUMBERED) != 0) & ~suspect)
    if places.size:
        suspect[places] = pc.match_substring_regex(pc.take(column, pa.array(places)), boilerplate.SUSPECT).to_numpy(zero_copy_only=False)
    return suspect


def _look(text: Text) -> npt.NDArray[np.uint8]:
    from khettara.kernels import litter

    return litter.look(text, _entries())


@cache
def _entries() -> npt.NDArray[np.uint64]:
    from khettara.kernels import litter

    return litter.entry_hashes(sorted(variant for entry in boilerplate.MENU for variant in {entry, entry.replace("'", "’")}))
