"""A table in pictures: what is missing and where, and how its numbers lie before and after the repairs.

portrait(Dataset.open("data/register"), findings)  ->  {"missing": [...], "numbers": [...], "copies": [...]}
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from khettara.dataset import Dataset
from khettara.dataset.findings import Findings
from khettara.studio.charts import drawn_pair

STRIPES = 80
"""Pieces of a table, from its first row to its last, for each of which the share of missing cells is shown."""
BINS = 40
MOST_NUMBERS = 12
SAMPLE = 500_000
"""Beyond so many rows, numbers are drawn from row groups spread evenly over the table."""
Array = np.ndarray[Any, Any]


def portrait(dataset: Dataset, findings: Findings) -> dict[str, Any]:
    """The pictures of a table that `khettara repair` sealed."""
    names: Mapping[str, str] = dataset.manifest.facts.get("columns", {})
    touched = {column for finding in findings.findings for column in finding.columns}
    numbers = [str(facts["name"]) for facts in findings.columns if facts["kind"] == "number"]
    numbers = sorted(numbers, key=lambda name: name not in touched)  # stable: in the table's order otherwise
    return {
        "missing": _missing(dataset, findings, names),
        "numbers": [chart for name in numbers[:MOST_NUMBERS] if (chart := _spread(dataset, name, names.get(name, name)))],
        "more_numbers": max(0, len(numbers) - MOST_NUMBERS),
        "copies": _copies(dataset),
    }


def _missing(dataset: Dataset, findings: Findings, names: Mapping[str, str]) -> list[dict[str, Any]]:
    """For each column with holes: the share of cells without a value as the data is now, and where in the table they lie."""
    from khettara.certify.measures.rows import empty

    cuts = np.linspace(0, dataset.rows, STRIPES + 1).astype(np.int64)
    holes: dict[str, Array] = {}
    start = 0
    columns = {str(facts["name"]): names.get(str(facts["name"]), str(facts["name"])) for facts in findings.columns}
    for batch in dataset.batches([*columns.values()], rows=1 << 16):
        place = np.searchsorted(cuts, np.arange(start, start + batch.num_rows), side="right") - 1
        start += batch.num_rows
        for name, kept in columns.items():
            nothing = empty(batch[kept]).to_numpy(zero_copy_only=False)
            if nothing.any():
                holes.setdefault(name, np.zeros(STRIPES, np.int64))
                holes[name] += np.bincount(place[nothing], minlength=STRIPES)[:STRIPES]
    sizes = np.maximum(1, np.diff(cuts))
    disguised = {str(facts["name"]): int(facts.get("disguised") or 0) for facts in findings.columns}
    found = [
        {
            "column": name,
            "cells": int(counts.sum()),
            "share": float(counts.sum() / max(1, dataset.rows)),
            "disguised": disguised.get(name, 0),
            "stripes": [
                (round(100 * n / STRIPES, 3), round(float(count / size), 3))
                for n, (count, size) in enumerate(zip(counts, sizes, strict=True))
                if count
            ],
        }
        for name, counts in holes.items()
    ]
    return sorted(found, key=lambda line: -line["share"])


def _spread(dataset: Dataset, name: str, kept: str) -> dict[str, Any] | None:
    """Histograms of one column as it was read and as it is now, on one axis; None where there is nothing to draw."""
    before, after = _numbers(dataset, "raw", name), _numbers(dataset, "data", kept)
    if len(after) < 2:
        return None
    low, high = np.quantile(after, (0.002, 0.998))
    if low == high:
        return None
    whole = bool(np.all(after == np.round(after))) and high - low < BINS
    edges = np.arange(np.floor(low) - 0.5, np.ceil(high) + 1) if whole else np.linspace(low, high, BINS + 1)
    counts = [np.histogram(values, edges)[0].tolist() for values in (before, after)]
    beyond = [int(len(values) - sum(inside)) for values, inside in zip((before, after), counts, strict=True)]
    return {"column": name, "beyond": beyond, "records": [len(before), len(after)], **drawn_pair(edges.tolist(), *counts)}


def _numbers(dataset: Dataset, role: str, name: str) -> Array:
    from khettara.tables.numbers import parse_numbers

    parts = []
    for column in _sampled(dataset, role, name):
        values = parse_numbers(column) if pa.types.is_string(column.type) else pc.cast(column, pa.float64()).to_numpy(zero_copy_only=False)
        parts.append(values[np.isfinite(values)])
    return np.concatenate(parts) if parts else np.zeros(0)


def _sampled(dataset: Dataset, role: str, name: str) -> Iterator[pa.Array]:
    files = dataset.files(role)
    total = sum(pq.read_metadata(file).num_rows for file in files)
    for file in files:
        with pq.ParquetFile(file) as parquet:
            every = max(1, total // SAMPLE)
            for group in range(0, parquet.num_row_groups, every):
                column = parquet.read_row_group(group, columns=[name]).column(0)
                yield from column.chunks


def _copies(dataset: Dataset) -> list[dict[str, Any]]:
    """How many records were kept once out of two, three ... alike."""
    winners: Counter[str] = Counter()
    for batch in dataset.batches(["winner"], role="rejects") if dataset.files("rejects") else ():
        winners.update(name for name in batch["winner"].to_pylist() if name)
    sizes = Counter(copies + 1 for copies in winners.values())
    return _bars([(size, count) for size, count in sorted(sizes.items())])


def _bars(rows: Sequence[tuple[int, int]]) -> list[dict[str, Any]]:
    most = max((count for _, count in rows), default=0)
    return [{"size": size, "count": count, "width": round(100 * count / most, 2)} for size, count in rows]
