"""What detectors of relations measure on: a sample of rows, columns as numbers (dates too), columns as codes of folded values.

    measured_columns(seen)     ->  [Measured("age", "number"), Measured("date d'entrée", "date"), ...]
    codes_of(seen, "Ville")    ->  Codes(codes=[0, 1, 0, ...], words=["casablanca", "fes", ...])

Decisions are taken on a sample; the rows that break what was decided are then looked for in one pass.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from khettara.tables.examination import Examination
from khettara.tables.table import Array
from khettara.tables.types.folding import fold_words

SAMPLE = 20_000
"""Rows on which relations are looked for: at 1 % of broken rows, 200 of them, counted to within 15 %."""
MANY = 20_000
"""Distinct values above which a column is no set of categories."""
_SEED = 20_111


def sample_rows(records: int, most: int = SAMPLE) -> Array:
    """Rows to look at, ascending: all of a small table, otherwise `most` of them drawn over the whole."""
    if records <= most:
        return np.arange(records)
    return np.unique(np.random.default_rng(_SEED).integers(0, records, most))


@dataclass(frozen=True)
class Measured:
    """A column that can be computed with. A date counts days since 1970."""

    name: str
    title: str
    position: int
    is_date: bool
    semantic: str | None

    def read(self, seen: Examination) -> Array:
        """float64 for each row, NaN where there is nothing."""
        if not self.is_date:
            return seen.numbers(self.name)
        days = seen.days(self.name)
        numbers: Array = days.astype("datetime64[D]").astype(np.int64).astype(np.float64)
        numbers[np.isnat(days)] = np.nan
        return numbers


def measured_columns(seen: Examination, rows: Array, known: float = 0.5) -> dict[Measured, Array]:
    """Every column of numbers or dates with its values at `rows`, where at least `known` of them have one.

    Categories written in figures (`number of children`) count as numbers.
    """
    found: dict[Measured, Array] = {}
    for column in seen.columns("number", "date", "category"):
        kind = seen.types[column.name]
        if kind.kind == "category" and not _mostly_figures(column.common(20)):
            continue
        measured = Measured(column.name, column.title, column.position, kind.kind == "date", kind.semantic)
        values = measured.read(seen)[rows]
        if len(values) and np.isfinite(values).mean() >= known:
            found[measured] = values
    return found


def without_copies(sample: Mapping[Measured, Array]) -> dict[Measured, Array]:
    """The columns but for those that repeat an earlier one in nearly every row: what holds of one holds of its copy."""
    kept: dict[Measured, Array] = {}
    for column, values in sample.items():
        if not any((np.isclose(values, other) | np.isnan(values) | np.isnan(other)).mean() > 0.9 for other in kept.values()):
            kept[column] = values
    return kept


def _mostly_figures(common: Sequence[tuple[str, int]]) -> bool:
    figures = sum(count for text, count in common if text.strip().lstrip("+-").replace(".", "", 1).isdigit())
    return figures >= 0.9 * sum(count for _, count in common) > 0


@dataclass(frozen=True)
class Codes:
    """A column as codes of its folded values; -1 where there is nothing. `words[code]` is the folded value."""

    codes: Array
    words: Sequence[str]


def fold(value: str) -> str:
    """A value without case, accents and signs, as codes are given."""
    return " ".join(fold_words(value))


def texts_at(seen: Examination, name: str, rows: Array) -> list[str | None]:
    """The cells of some rows, with what earlier findings propose in their places."""
    changed = seen.amended(name)
    cells = seen.table[name].at(rows)
    return [changed.get(row, cell) for row, cell in zip(rows.tolist(), cells, strict=True)] if changed else cells


def codes_of(seen: Examination, name: str, most: int = MANY) -> Codes | None:
    """The column as codes, with what earlier findings propose; None where it has too many distinct values to be a set of categories."""
    few = seen.table[name].few
    if few is None or len(few[0]) > most:
        return None
    return seen.kept("codes", name, lambda: _codes(seen, name, *few))


def _codes(seen: Examination, name: str, values: pa.StringArray, places: Array) -> Codes:
    words: dict[str, int] = {}
    of_value = np.array([_code(value, words) for value in values.to_pylist()] + [-1], np.int32)
    codes: Array = of_value[places]
    changed = seen.amended(name)
    if changed:
        codes[np.fromiter(changed.keys(), np.int64, len(changed))] = [_code(value, words) for value in changed.values()]
    return Codes(codes, list(words))


def _code(value: str | None, words: dict[str, int]) -> int:
    folded = fold(value) if value else ""
    return words.setdefault(folded, len(words)) if folded else -1
