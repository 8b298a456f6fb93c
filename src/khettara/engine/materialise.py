"""A measured shard and what was decided about it become the parts of a dataset: what stays, what was left out and why, which copies there were.

row 40 of the shard  ->  rejects/: the record, near_copy, "0.93 like 9f2c…"; clusters/: its id, the winner's, 0.93
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from khettara.dataset import CLUSTERS, rejects_schema, write_parquet
from khettara.dataset.schema import REASON_COLUMNS
from khettara.engine.decide import Outcome
from khettara.engine.steps import with_column
from khettara.engine.units import Output, Receipt, hash_key

VERSION = 2
BATCH_ROWS = 1024


@dataclass(frozen=True)
class Filter:
    """The task of the last pass: keep the rows that nothing left out, and take out of them the paragraphs that were decided to go.

    `cuts` names the signal with the hashes of each record's lines; `edits` the signal that then counts the lines taken out.
    """

    measured: Receipt
    outcome: Outcome
    cuts: str | None = None
    edits: str | None = None

    @cached_property
    def key(self) -> str:
        """See `Task`."""
        return hash_key("filter", VERSION, self.measured.key, self.outcome.digest, self.cuts, self.edits)

    @property
    def label(self) -> str:
        """See `Task`."""
        return f"shard {self.measured.key[:8]}"

    @property
    def weight(self) -> int:
        """See `Task`."""
        return self.measured.files["data.parquet"].bytes

    def __call__(self, folder: Path) -> Mapping[str, Output]:
        """Stream the measured shard into kept data, kept signals, rejects and clusters."""
        decided = self.outcome.table()
        reasons = decided.filter(pc.is_null(decided["cut"])).combine_chunks()
        edits = _Cuts(decided, self.measured, self.cuts) if self.cuts else None
        keep = np.ones(self.measured.files["data.parquet"].rows or 0, bool)
        keep[np.asarray(reasons["row"])] = False
        outputs = {}
        data, signals, rejects = (self.measured.path(f"{name}.parquet") for name in ("data", "signals", "rejects"))
        facts = {"cut": [edits.records, edits.lines]} if edits else {}
        outputs[data.name] = Output(write_parquet(folder / data.name, _kept(data, keep, edits and edits.text), pq.read_schema(data)), facts)
        counted = edits.counted(self.edits) if edits and self.edits else None
        outputs[signals.name] = Output(write_parquet(folder / signals.name, _kept(signals, keep, counted), pq.read_schema(signals)))
        schema = rejects_schema(pq.read_schema(data))
        earlier = _batches(rejects) if rejects.name in self.measured.files else iter(())
        rows = write_parquet(folder / rejects.name, chain((batch for batch, _ in earlier), _rejected(data, reasons, schema)), schema)
        outputs[rejects.name] = Output(rows)
        copies = decided.filter(pc.is_valid(decided["winner"]))
        if copies.num_rows:
            rows = write_parquet(folder / "clusters.parquet", _clusters(data, copies), CLUSTERS)
            outputs["clusters.parquet"] = Output(rows)
        return outputs


class _Cuts:
    """The lines that go from records that stay."""

    def __init__(self, decided: pa.Table, measured: Receipt, column: str) -> None:
        cuts = decided.filter(pc.is_valid(decided["cut"]))
        self._gone: dict[int, set[int]] = {}
        for row, key in zip(cuts["row"].to_pylist(), cuts["cut"].to_pylist(), strict=True):
            self._gone.setdefault(row, set()).add(key)
        self._hashes: dict[int, list[int]] = {}
        rows = np.array(sorted(self._gone), np.int64)
        if len(rows):
            for batch, start in _batches(measured.path("signals.parquet"), [column]):
                here = rows[(rows >= start) & (rows < start + batch.num_rows)]
                taken = batch.column(0).take(pa.array(here - start)).to_pylist()
                self._hashes |= dict(zip(here.tolist(), taken, strict=True))
        self._counts = {row: sum(key in self._gone[row] for key in keys) for row, keys in self._hashes.items()}

    @property
    def records(self) -> int:
        return len(self._counts)

    @property
    def lines(self) -> int:
        return sum(self._counts.values())

    def text(self, batch: pa.RecordBatch, start: int) -> pa.RecordBatch:
        """The batch without those lines."""
        here = [row for row in self._gone if start <= row < start + batch.num_rows]
        if not here:
            return batch
        texts = batch.column("text")
        cut = [without_lines(texts[row - start].as_py(), self._hashes[row], self._gone[row]) for row in here]
        places = np.arange(len(texts))
        places[np.array(here) - start] = len(texts) + np.arange(len(cut))
        return with_column(batch, "text", pa.concat_arrays([texts, pa.array(cut, texts.type)]).take(pa.array(places)))

    def counted(self, name: str) -> Any:
        """A function that puts the number of lines taken out into the column `name`."""

        def count(batch: pa.RecordBatch, start: int) -> pa.RecordBatch:
            counts = np.array([self._counts.get(row, 0) for row in range(start, start + batch.num_rows)], np.int32)
            return with_column(batch, name, pa.array(counts))

        return count


def without_lines(text: str, hashes: list[int], gone: set[int]) -> str:
    """A text without the lines whose hash is among `gone`, nor the blank lines that stood around them.

    >>> without_lines("one\\n\\ntwo\\n\\nthree", [11, 0, 12, 0, 13], {12})
    'one\\n\\nthree'
    """
    kept: list[str] = []
    closing = False  # a line was just taken out: the blank lines after it go with it, where others stand before it
    for line, key in zip(text.split("\n"), hashes, strict=True):
        if key in gone:
            closing = True
        elif not (closing and not line.strip() and (not kept or not kept[-1].strip())):
            kept.append(line)
            closing = False
    while closing and kept and not kept[-1].strip():
        kept.pop()
    return "\n".join(kept)


def _batches(path: Path, columns: list[str] | None = None) -> Iterator[tuple[pa.RecordBatch, int]]:
    """The batches of a file, each with the row that it begins at."""
    start = 0
    with pq.ParquetFile(path) as parquet:
        for batch in parquet.iter_batches(BATCH_ROWS, columns=columns, use_threads=False):
            yield batch, start
            start += batch.num_rows


def _kept(path: Path, keep: np.ndarray[Any, np.dtype[np.bool_]], edit: Any = None) -> Iterator[pa.RecordBatch]:
    for batch, start in _batches(path):
        stays = keep[start : start + batch.num_rows]
        edited = edit(batch, start) if edit else batch
        yield edited if stays.all() else edited.filter(pa.array(stays))


def _rejected(path: Path, reasons: pa.Table, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    rows = np.asarray(reasons["row"]).astype(np.int64)
    for batch, start in _batches(path) if len(rows) else ():
        low, high = np.searchsorted(rows, (start, start + batch.num_rows))
        if high > low:
            taken = batch.take(pa.array(rows[low:high] - start))
            why = reasons.slice(low, high - low).combine_chunks().to_batches()[0]
            columns = [(why if name in REASON_COLUMNS else taken).column(name) for name in schema.names]
            yield pa.RecordBatch.from_arrays(columns, schema=schema)


def _clusters(path: Path, copies: pa.Table) -> Iterator[pa.RecordBatch]:
    rows = np.asarray(copies["row"]).astype(np.int64)
    for batch, start in _batches(path, ["id"]):
        low, high = np.searchsorted(rows, (start, start + batch.num_rows))
        if high > low:
            part = copies.slice(low, high - low).combine_chunks()
            ids = batch.column(0).take(pa.array(rows[low:high] - start))
            paragraphs = pc.is_valid(part["cut"])
            columns = {"id": ids, "paragraph": paragraphs, **{name: part[name] for name in ("winner", "rule", "likeness")}}
            yield pa.table([columns[name] for name in CLUSTERS.names], schema=CLUSTERS).combine_chunks().to_batches()[0]
