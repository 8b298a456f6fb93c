"""What a number is expected to be from the other columns of its row: a body weight from height, age and sex; a price from its product.

Others(seen).expected("poids", logs of weights)  ->  for each row the middle of what such rows have

A sum of curves, one for each column that tells something: medians of the groups of a category, medians over stretches of a number with straight
lines between. Medians, so that a few rows in another unit, mistyped or swapped do not draw it to them; stretches, so that children count too.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from khettara.tables.examination import Examination
from khettara.tables.table import Array

SAMPLE = 4_000
MOST = 4
"""Columns that are asked at most."""
TELLS = 0.1
"""Least correlation with a column for it to be of help."""
PASSES = 2
STRETCHES = np.array([0.0, 0.4, 1, 2, 4, 6, 9, 12, 16, 21, 27, 34, 42, 50, 58, 66, 73, 79, 84, 88, 91, 94, 96, 98, 99, 99.6, 100]) / 100
"""Where the stretches of a number end, as shares of its rows: short ones at both ends, where curves bend most."""
FEWEST = 12
"""Rows of the sample that a value of a category needs; rarer values are one group."""
MOST_GROUPS = 400


Curve = Callable[[Array], Array]
"""What a column adds in some rows."""


@dataclass(frozen=True)
class _Column:
    """A column as it is asked: for each row the part it belongs to (0: none); for numbers also the number, and the middles of the parts."""

    name: str
    parts: Array
    numbers: Array | None = None
    middles: Array | None = None


class Others:
    """The columns of a table as they help to expect one another; made once, on the numbers as they are then."""

    def __init__(self, seen: Examination) -> None:
        self.rows = np.arange(0, seen.records, max(1, seen.records // SAMPLE))
        numbers = (_stretched(column.name, seen.numbers(column.name), self.rows) for column in seen.columns("number"))
        groups = (_grouped(column.name, column.few, self.rows) for column in seen.columns("category"))
        self._columns = [column for column in (*numbers, *groups) if column is not None]

    def expected(self, name: str, wanted: Array) -> Array | None:
        """What `wanted`, a function of the column `name`, is expected to be in each row; None where no other column tells anything of it."""
        known = np.isfinite(wanted[self.rows])
        rows = self.rows[known]
        if len(rows) < 50:
            return None
        target = wanted[rows]
        ranks = _ranks(target)
        telling = sorted(
            ((_told(column.parts[rows], ranks), place) for place, column in enumerate(self._columns) if column.name != name), reverse=True
        )
        asked = [self._columns[place] for strength, place in telling[:MOST] if strength > TELLS]
        if not asked:
            return None
        curves: list[Curve] = [_flat] * len(asked)
        for _ in range(PASSES):
            for place, column in enumerate(asked):
                rest = target - sum((curve(rows) for at, curve in enumerate(curves) if at != place), np.zeros(len(rows)))
                curves[place] = _curve(column, rows, rest)
        everywhere = np.arange(len(wanted))
        expected: Array = sum((curve(everywhere) for curve in curves), np.zeros(len(wanted)))
        return expected


def _copies(one: Array | None, other: Array | None, rows: Array) -> bool:
    """Whether a column repeats another: it has the same mistakes, and tells nothing of them."""
    return one is not None and other is not None and float(np.mean(one[rows] == other[rows])) > 0.7


def _flat(rows: Array) -> Array:
    return np.zeros(len(rows))


def _ranks(values: Array) -> Array:
    """Places in order: a few wild values do not change what is computed with them."""
    ranks = np.empty(len(values))
    ranks[np.argsort(values)] = np.arange(len(values))
    return ranks


def _stretched(name: str, values: Array, rows: Array) -> _Column | None:
    """A column of numbers in stretches; None if it does not vary."""
    sample = values[rows]
    known = sample[np.isfinite(sample)]
    if len(known) < max(50, 0.5 * len(rows)):
        return None
    ends = np.unique(np.quantile(known, STRETCHES))
    if len(ends) < 3:
        return None
    parts = np.where(np.isfinite(values), np.searchsorted(ends[1:-1], values, "right") + 1, 0)
    return _Column(name, parts, values, (ends[1:] + ends[:-1]) / 2)


def _grouped(name: str, few: tuple[object, Array] | None, rows: Array) -> _Column | None:
    """A category in groups, its rare values together as 0."""
    if few is None:
        return None
    codes = few[1]
    sample = codes[rows]
    counts = np.bincount(sample[sample >= 0], minlength=int(codes.max(initial=0)) + 2)
    kept = np.argsort(-counts, kind="stable")[:MOST_GROUPS]
    kept = kept[counts[kept] >= FEWEST]
    if len(kept) < 2:
        return None
    place = np.zeros(len(counts), np.int64)
    place[kept] = np.arange(1, len(kept) + 1)
    return _Column(name, place[codes])


def _told(parts: Array, ranks: Array) -> float:
    """How much of the spread of ranks the parts tell, beyond what as many parts tell by chance."""
    size = np.bincount(parts)
    means = np.bincount(parts, weights=ranks) / np.maximum(size, 1)
    told = float(np.var(means[parts]) / max(float(np.var(ranks)), 1e-9)) - np.count_nonzero(size) / len(ranks)
    return float(np.sqrt(max(told, 0.0)))


def _curve(column: _Column, rows: Array, rest: Array) -> Curve:
    """What a column adds, as a function of its rows: the medians of `rest` in its parts."""
    parts = column.parts[rows]
    count = int(column.parts.max()) + 1
    medians = _medians(parts, rest, count)
    if column.numbers is None or column.middles is None:
        return lambda where: medians[column.parts[where]]
    numbers, filled = column.numbers, np.bincount(parts, minlength=count)[1:] > 0
    knots, heights = column.middles[: count - 1][filled], medians[1:][filled]

    def along(where: Array) -> Array:
        values = numbers[where]
        line: Array = np.where(np.isfinite(values), np.interp(np.nan_to_num(values), knots, heights), medians[0])
        return line

    return along


def _medians(parts: Array, values: Array, count: int) -> Array:
    """The median of each part; that of all where a part has none."""
    order = np.lexsort((values, parts))
    ordered, inside = values[order], parts[order]
    first, last = (np.searchsorted(inside, np.arange(count), side) for side in ("left", "right"))
    middle = np.minimum((first + last) // 2, len(values) - 1)
    medians: Array = np.where(last > first, ordered[middle], float(np.median(values)))
    return medians
