"""Identifiers of persons and firms: counted (a signal) or replaced by placeholders (an edit). See `khettara.darija.identifiers`.

    "عيط ليا ف 06 00 00 21 40"  ->  n_phone: 1, or "عيط ليا ف <PHONE_1>"

In one recipe the two look at the text once: what the first found, the second takes over.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import numpy as np
import pyarrow as pa
from pydantic import AfterValidator

from khettara.darija.identifiers import KINDS, USUAL, VERSION, finder, mask_column
from khettara.engine import Step, with_column
from khettara.kernels import once


def _known(kinds: tuple[str, ...]) -> tuple[str, ...]:
    unknown = sorted(set(kinds) - set(KINDS))
    if unknown:
        raise ValueError(f"unknown kind {unknown[0]!r}; there are: {', '.join(KINDS)}")
    return kinds


Kinds = Annotated[tuple[str, ...], AfterValidator(_known)]


class MaskIdentifiers(Step):
    """Replace phone numbers, e-mail addresses, CIN, RIB... by `<PHONE_1>` and the like, the same value by the same name."""

    version: ClassVar[int] = VERSION
    kind: ClassVar[Literal["edit", "signal"]] = "edit"

    kinds: Kinds = USUAL

    def __call__(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """See `Step`."""
        column, counts = mask_column(batch.column("text"), self.kinds)
        if column is not batch.column("text"):
            batch = with_column(batch, "text", column)
        return with_column(batch, f"edits_{self.name()}", pa.array(counts.sum(axis=1, dtype=np.int32)))


class Identifiers(Step):
    """`n_phone`, `n_email`... for each kind, and `n_identifiers` in all. Counts only; a value never leaves the text."""

    version: ClassVar[int] = VERSION
    kind: ClassVar[Literal["edit", "signal"]] = "signal"

    kinds: Kinds = USUAL

    def __call__(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """See `Step`."""
        found = once(batch.column("text"), finder(self.kinds))
        counts = np.bincount(found.row * len(KINDS) + found.kind, minlength=batch.num_rows * len(KINDS))
        table = counts.astype(np.int32).reshape(batch.num_rows, len(KINDS))
        places = [KINDS.index(kind) for kind in self.kinds]
        for place in places:
            batch = with_column(batch, f"n_{KINDS[place]}", pa.array(table[:, place].copy()))
        return with_column(batch, "n_identifiers", pa.array(table[:, places].sum(axis=1, dtype=np.int32)))
