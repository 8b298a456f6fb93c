"""What a model can learn from in a table: numbers, dates, categories, the beginnings of codes, and numbers against what is usual in their group.

    prix 88.20, produit "Amandes"   ->   88.2, code of "amandes", and 0.3 spreads above what almonds cost

Names, identifiers of persons and columns that give the label away are left out: a model would learn them by heart.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

import numpy as np

from khettara.tables.examination import Examination
from khettara.tables.explained import best_by, fit, groups_of, is_log_better, order_of, scaled
from khettara.tables.models import Measured, codes_of, measured_columns, sample_rows, without_copies
from khettara.tables.table import Array

CATEGORIES = 60
"""Distinct values of a category that are told apart, the most frequent ones."""


def features_of(seen: Examination, leave_out: Collection[str]) -> tuple[Array, dict[str, Array]]:
    """A float32 matrix, NaN where nothing is known; and the categories by themselves, as codes."""
    rows = sample_rows(seen.records)
    sample = {column: values for column, values in without_copies(measured_columns(seen, rows, known=0.3)).items() if column.name not in leave_out}
    parts = [column.read(seen) for column in sample]
    groups: dict[str, Array] = {}
    for column in seen.columns("category", "text", "identifier"):
        if column.name not in leave_out:
            codes = codes_of(seen, column.name, most=2000)
            if codes is not None and len(codes.words) > 1:
                groups[column.name] = codes.codes
                parts.append(_by_frequency(codes.codes, len(codes.words)))
    parts += _against_usual(seen, sample, rows, leave_out)
    return np.stack(parts, axis=1).astype(np.float32), groups


def _by_frequency(codes: Array, size: int) -> Array:
    """0 for the most frequent value, and so on; NaN where there is none."""
    counts = np.bincount(codes[codes >= 0], minlength=size)
    place = np.empty(size)
    place[np.argsort(-counts, kind="stable")] = np.arange(size)
    return np.where(codes >= 0, np.minimum(place[codes], CATEGORIES), np.nan)


def _against_usual(seen: Examination, sample: Mapping[Measured, Array], rows: Array, leave_out: Collection[str]) -> Iterator[Array]:
    """Each number against what the columns that explain it best make usual."""
    groups = {name: codes for name, codes in groups_of(seen, sample).items() if name not in leave_out}
    of_sample = {name: codes[rows] for name, codes in groups.items()}
    for column, values in sample.items():
        by = [] if column.is_date else best_by(column.name, values, of_sample)
        if by:
            whole = scaled(column.read(seen), is_log_better(values, of_sample[by[0]]))
            order = order_of(whole)
            for other in by:
                fitted = fit(whole, groups[other], order)
                if fitted is not None:
                    yield np.clip(fitted[0], -8, 8)
