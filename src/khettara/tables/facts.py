"""What is known of each column once a table was examined: how much is there, how much of it is missing, wrong, of its kind.

    {"name": "age", "kind": "number", "semantic": "age", "cells": 100000, "missing": 1210, "disguised": 388, "wrong": 412, ...}

Whoever certifies computes its measures from these; the counts of parts of a table add up.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from khettara.tables.columns import ColumnType
from khettara.tables.examination import Examination, Found
from khettara.tables.table import Array, Column

_SOUND = frozenset({"missing", "heaping", "constant_column", "copied_column", "leakage", "drift", "exact_duplicate", "near_duplicate"})
"""Findings that doubt no cell for what stands in it."""
_COUNTS = ("cells", "missing", "disguised", "with_domain", "in_domain", "with_range", "in_range", "wrong")
SKETCH = 1 << 14
"""Hashes kept of a column of a table in parts: distinct values are estimated to 0.8 % (one over the root of so many)."""


def column_facts(seen: Examination) -> list[dict[str, Any]]:
    """The facts of every column."""
    return [_facts(seen, column) for column in seen.table.columns]


def _facts(seen: Examination, column: Column) -> dict[str, Any]:
    kind = seen.types[column.name]
    empty = column.null
    wrong = _cells_of(seen.found, column.name, lambda one: one.kind not in _SOUND, seen.records)
    disguised = _cells_of(seen.found, column.name, lambda one: one.kind == "disguised_missing", seen.records)
    told = seen.records - int((empty | disguised).sum())
    facts: dict[str, Any] = {"name": column.name, "title": column.title, "kind": kind.kind, "semantic": kind.semantic, "unit": kind.unit}
    facts |= {"cells": seen.records, "missing": int(empty.sum()), "disguised": int((disguised & ~empty).sum())}
    facts |= {"distinct": column.distinct, "wrong": int(wrong.sum())}
    doubted = int((wrong & ~empty & ~disguised).sum())
    meaning = seen.packs.meanings.get(kind.semantic or "")
    has_domain = meaning is not None and meaning.has_domain
    one = round(kind.share * (seen.records - facts["missing"]))
    facts |= {"with_domain": told if has_domain else 0, "in_domain": min(told - doubted, one) if has_domain else 0}
    return facts | _range(seen, column, kind)


def _range(seen: Examination, column: Column, kind: ColumnType) -> dict[str, int]:
    """How many cells have a number where there are bounds, and how many keep to them, units and marks put right first."""
    if kind.kind != "number" or (kind.low is None and kind.high is None):
        return {"with_range": 0, "in_range": 0}
    numbers = seen.numbers(column.name)
    outside = _cells_of(seen.found, column.name, lambda one: one.kind == "out_of_range", seen.records)
    known = np.isfinite(numbers) | outside
    low, high = -np.inf if kind.low is None else kind.low, np.inf if kind.high is None else kind.high
    inside = np.isfinite(numbers) & (numbers >= low) & (numbers <= high) & ~outside
    return {"with_range": int(known.sum()), "in_range": int(inside.sum())}


def _cells_of(found: Iterable[Found], name: str, which: Any, records: int) -> Array:
    mask = np.zeros(records, bool)
    for one in found:
        if name in one.columns and which(one):
            mask[one.rows] = True
    return mask


def add_facts(parts: Sequence[Sequence[Mapping[str, Any]]], distincts: Mapping[str, int]) -> list[dict[str, Any]]:
    """The facts of a whole table from those of its parts."""
    whole = []
    for columns in zip(*parts, strict=True):
        summed = {name: sum(facts[name] for facts in columns) for name in _COUNTS}
        whole.append({**columns[0], **summed, "distinct": distincts[columns[0]["name"]]})
    return whole


def sketch(column: Column, before: Array | None) -> Array:
    """The `SKETCH` smallest hashes of a column's values, with those of the parts before."""
    from khettara.kernels import text_of
    from khettara.kernels.hashing import text_hashes

    values = column.few[0] if column.few is not None else None
    arrays = [values] if values is not None else list(column.pieces())
    hashes = [text_hashes(text_of(cells.drop_null())) for cells in arrays]
    return np.unique(np.concatenate([*hashes, *([before] if before is not None else [])]))[:SKETCH]


def estimate(hashes: Array) -> int:
    """How many distinct values a sketch stands for: exact where it is not full."""
    if len(hashes) < SKETCH:
        return len(hashes)
    return round((SKETCH - 1) / (float(hashes[-1]) / 2.0**64))
