"""Paragraphs that another record has too: kept in the record that ranks first, taken out of the others.

    "… the charter of the market …" in notice-3 and in notice-9  ->  notice-9 goes on without it; paragraphs_cut=1

A paragraph is a line, long enough to say something of its own. The step measures; the join decides; the text is cut last of all, when
the dataset is written, so the other signals of a record describe it as it was before.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, ClassVar, Literal

import numpy as np
import pyarrow as pa
from pydantic import Field

from khettara.engine import Records, Step, copies, listed_keys, lost, repeats, with_column
from khettara.kernels import text_of

MEMORY = 8 << 20
MIN_BYTES = 120
"""About 60 letters of Arabic or 120 of Latin script: a dozen words or more, which two people do not write alike by chance."""

SHORT = 1
"""Stands for the hash of a line that is too short; 0 stands for that of a blank one (see `cuts` of `Join`)."""


class Paragraphs(Step):
    """`paragraph_hashes`: one for each line, 0 for a blank line and 1 for one shorter than `min_bytes`; `paragraphs_cut`: 0 until lines are cut.

    Blanks at the ends of a line and runs of them do not count.
    """

    version: ClassVar[int] = 1
    kind: ClassVar[Literal["edit", "signal"]] = "signal"

    min_bytes: int = Field(default=MIN_BYTES, gt=0)

    def __call__(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """See `Step`."""
        offsets, hashes = _hash_lines(batch.column("text"), self.min_bytes)
        lists = pa.ListArray.from_arrays(pa.array(offsets), pa.array(hashes))
        batch = with_column(batch, "paragraph_hashes", lists)
        return with_column(batch, "paragraphs_cut", pa.array(np.zeros(batch.num_rows, np.int32)))


def _hash_lines(column: pa.Array, min_bytes: int) -> tuple[np.ndarray[Any, np.dtype[np.int32]], np.ndarray[Any, np.dtype[np.uint64]]]:
    """Where each record's lines begin among all lines, and a hash for each line."""
    data, offsets = text_of(column)
    whole = data[offsets[0] : offsets[-1]]
    base = offsets - offsets[0]
    breaks = np.flatnonzero(whole == ord("\n"))
    starts = np.sort(np.concatenate((base[:-1], breaks + 1)), kind="stable")
    ends = np.sort(np.concatenate((base[1:], breaks)), kind="stable")
    firsts = np.searchsorted(breaks, base) + np.arange(len(base))
    raw = whole.tobytes()
    hashes = np.zeros(len(starts), np.uint64)
    for line in np.flatnonzero(ends > starts):
        said = raw[starts[line] : ends[line]].split()
        size = sum(map(len, said)) + len(said) - 1
        if size > 0:
            hashes[line] = max(int.from_bytes(blake2b(b" ".join(said), digest_size=8).digest(), "big"), SHORT + 1) if size >= min_bytes else SHORT
    return firsts.astype(np.int32), hashes


@dataclass(frozen=True)
class SameParagraph:
    """The join on `paragraph_hashes`. A record of which nothing is left is set aside."""

    rule: str = "paragraphs"
    because: str = "a paragraph that several records have is kept once"
    columns: tuple[str, ...] = ("paragraph_hashes",)
    cuts: str | None = "paragraph_hashes"
    memory: int = MEMORY

    def record(self) -> Mapping[str, Any]:
        """See `Join`."""
        return {"join": self.rule, "version": 1}

    def losers(self, records: Records) -> Iterator[pa.Table]:
        """See `Join`."""
        for table in copies(records, self.record(), self.columns[0], _long_lines, self.memory):
            yield lost(table, repeats(table["key"]), cut="key")


def _long_lines(column: pa.ListArray) -> tuple[np.ndarray[Any, np.dtype[np.uint64]], np.ndarray[Any, np.dtype[np.int64]]]:
    """The hashes of long lines with the rows they stand in, each once a row."""
    keys, rows = listed_keys(column)
    keys, rows = keys[keys != SHORT], rows[keys != SHORT]
    order = np.lexsort((keys, rows))
    keys, rows = keys[order], rows[order]
    fresh = np.ones(len(keys), bool)
    fresh[1:] = (keys[1:] != keys[:-1]) | (rows[1:] != rows[:-1])
    return keys[fresh], rows[fresh]
