"""Relations between columns of numbers and dates that nearly every row keeps: found on a sample, so that the rows that break them stand out.

    "age" = -1/365.25 x "date de naissance" + 54.6, to within a year        "total" = "prix" x "quantité"        "entrée" <= "sortie"

A line is through the middle of pairs of rows (Theil and Sen), on columns, on sums of two or of neighbours, and on differences of two.
A relation counts when at most one row in twenty breaks it and what it leaves open is a small part of the column's own range.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from khettara.tables.models import Measured
from khettara.tables.table import Array

TRIAL = 400
"""Rows on which every combination is tried; what fits is checked on the whole sample."""
BROKEN = 0.05
"""Share of rows that may break a relation and it is one still."""
OPEN = 0.03
"""What a relation may leave open, as a part of the column's range (2 % to 98 %)."""
EXACT = 0.8
"""Share of rows in which a relation without any rest must hold; most of the others may be rounded amounts."""
COMPACT = 2.1
"""Width of 90 % over width of 50 %: what rounding leaves is even (1.8), what chance leaves has tails (2.4 for a bell) and is no rule."""
_POWERS = ((1, 1), (1, -1), (1, -2), (-2, 1))
"""total = price x quantity; price = total / quantity; index = weight / height squared."""

Terms = tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Relation:
    """`target` is the sum of `terms` (coefficient times column) plus `constant`, or, when `is_product`, the product of their powers.

    A row keeps it when what is left over lies within `low` .. `high`, or when no more than the rounding of one of the columns stands
    against it (`steps`: to what each is rounded). Sound rows differ by `open` at most.
    """

    target: str
    terms: Terms
    constant: float
    low: float
    high: float
    open: float
    is_product: bool = False
    steps: tuple[float, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns it ties together, the target last."""
        return (*(name for name, _ in self.terms), self.target)

    def rest(self, values: Mapping[str, Array]) -> Array:
        """What the relation leaves over in each row; NaN where a value is not there."""
        held = {name: _logs(values[name]) if self.is_product else values[name] for name in self.columns}
        rest: Array = held[self.target] - self.constant
        for name, factor in self.terms:
            rest = rest - factor * held[name]
        return rest

    def broken(self, values: Mapping[str, Array]) -> Array:
        """The rows that break it."""
        rest = self.rest(values)
        wrong: Array = np.isfinite(rest) & ((rest < self.low) | (rest > self.high))
        at = np.flatnonzero(wrong)
        wrong[at] = ~self._rounded({name: values[name][at] for name in self.columns})
        return wrong

    def _rounded(self, values: Mapping[str, Array]) -> Array:
        """The rows in which the rounding of one column explains the difference."""
        found = np.zeros(len(values[self.target]), bool)
        for name, step in zip(self.columns, self.steps, strict=True):
            if step:
                off, held = np.abs(self.solve(name, values) - values[name]), np.abs(values[name])
                found |= (np.abs(held / step - np.round(held / step)) < 1e-6) & (off <= 0.51 * step) & ((off <= 0.5 * held) | (step <= 0.1))
        return found

    def solve(self, name: str, values: Mapping[str, Array]) -> Array:
        """What `name` would have to be for the relation to hold exactly in its middle."""
        factor = -1.0 if name == self.target else dict(self.terms)[name]
        held = _logs(values[name]) if self.is_product else values[name]
        result: Array = held + (self.rest(values) - (self.low + self.high) / 2) / factor
        return np.exp(result) if self.is_product else result


def _logs(values: Array) -> Array:
    logs: Array = np.log(np.where(values > 0, values, np.nan))
    return logs


def mine_relations(sample: Mapping[Measured, Array]) -> list[Relation]:
    """The relations that hold in the sample, each set of columns once; those of fewest columns first."""
    columns = {column.name: values for column, values in sample.items()}
    found: list[Relation] = []
    for relation in sorted([*_lines(sample), *_products(sample)], key=lambda held: (len(held.columns), held.open, held.columns)):
        if any(_same_ground(relation, other) for other in found):
            continue
        checked = _settled(relation, columns)
        if checked is not None:
            found.append(checked)
    return found


def _same_ground(one: Relation, other: Relation) -> bool:
    """The columns of one include those of the other: it says nothing new, or the same turned round."""
    return set(other.columns) <= set(one.columns)


def _settled(relation: Relation, values: Mapping[str, Array]) -> Relation | None:
    """The relation with its bounds taken from the whole sample; None where it does not hold there."""
    relation = replace(relation, steps=tuple(grain_of(values[name]) for name in relation.columns))
    rest = relation.rest(values)
    rest = np.sort(rest[np.isfinite(rest)])
    if len(rest) < 30:
        return None
    target = _logs(values[relation.target]) if relation.is_product else values[relation.target]
    spread = float(np.subtract(*np.nanquantile(target, [0.98, 0.02])))
    grain = 0.01 if relation.is_product else relation.steps[-1]
    bounds = _core(rest, EXACT) if _width(rest, EXACT) <= (1e-6 if relation.is_product else 0.01 * grain) else _core(rest, 0.95)
    width = bounds[1] - bounds[0]
    if width > max(OPEN * spread, 1.05 * grain if spread >= 8 * grain else 0.0):
        return None
    if width > 1.05 * grain and _width(rest, 0.9) > COMPACT * _width(rest, 0.5):
        return None
    margin = max(0.5 * width, 0.02) if relation.is_product else max(0.5 * width, 0.51 * grain, 0.002 * spread)
    held = _with_steps(replace(relation, low=bounds[0] - margin, high=bounds[1] + margin, open=width), values)
    return held if held.broken(values).sum() <= BROKEN * len(rest) else None


def _with_steps(relation: Relation, values: Mapping[str, Array]) -> Relation:
    """The relation with the column whose rounding to 1, 5, 10 ... explains most of the rows that break it, where there is one."""
    at = np.flatnonzero(relation.broken(values))
    broken = {name: values[name][at] for name in relation.columns}
    for number, grain in enumerate(relation.steps):
        for step in (1.0, 5.0, 10.0, 50.0, 100.0):
            tried = replace(relation, steps=(*relation.steps[:number], step, *relation.steps[number + 1 :]))
            if step > grain > 0 and tried.broken(broken).sum() < 0.5 * len(at):
                return tried
    return relation


def _width(ordered: Array, share: float) -> float:
    low, high = _core(ordered, share)
    return high - low


def _core(ordered: Array, share: float) -> tuple[float, float]:
    """The narrowest interval with that share of the values: broken rows on one side or the other do not widen it."""
    count = len(ordered)
    inside = max(2, int(np.ceil(share * count)))
    widths = ordered[inside - 1 :] - ordered[: count - inside + 1]
    at = int(np.argmin(widths))
    return float(ordered[at]), float(ordered[at + inside - 1])


def grain_of(values: Array) -> float:
    """The step in which a column counts: 1 for whole numbers, 0.1 for tenths ..., 0 where there is none."""
    known = values[np.isfinite(values)][:500]
    for step in (1.0, 0.1, 0.01):
        if len(known) and (np.abs(known / step - np.round(known / step)) < 1e-6).mean() > 0.95:
            return step
    return 0.0


def _trial(sample: Mapping[Measured, Array]) -> tuple[list[Measured], Array]:
    """The columns that vary, and their values on the trial rows: the ones with most of them known."""
    columns = [column for column, values in sample.items() if len(np.unique(values[np.isfinite(values)][:2000])) > 5]
    if not columns:
        return [], np.zeros((0, 0))
    table = np.stack([sample[column] for column in columns])
    known = np.isfinite(table).sum(axis=0)
    rows = np.argsort(-known, kind="stable")[: 4 * TRIAL]
    return columns, table[:, rows[:: max(1, len(rows) // TRIAL)][:TRIAL]]


def _lines(sample: Mapping[Measured, Array]) -> Iterator[Relation]:
    columns, table = _trial(sample)
    if not columns or table.shape[1] < 30:
        return
    recipes = list(_recipes(columns))
    sums = np.stack([sum((factor * table[at] for at, factor in recipe), np.zeros(table.shape[1])) for recipe in recipes])
    half = table.shape[1] // 2
    steps = sums[:, :half] - sums[:, half : 2 * half]
    for number, target in enumerate(columns):
        rise = table[number, :half] - table[number, half : 2 * half]
        with np.errstate(divide="ignore", invalid="ignore"):
            slopes = np.where(steps == 0, np.nan, rise / steps)
        slope = _middle(slopes)
        with np.errstate(invalid="ignore"):  # no slope of its own: too few rows know both
            rest = table[number] - slope[:, None] * sums
            middle = _middle(rest)
            off = np.sort(np.abs(rest - middle[:, None]), axis=1)
        open_ = _at_share(off, 0.93)
        spread = float(np.subtract(*np.nanquantile(table[number], [0.98, 0.02])))
        grain = grain_of(table[number])
        near = (open_ <= max(0.6 * OPEN * spread, 0.55 * grain)) | (_at_share(off, EXACT) <= 0.01 * grain)
        # a line through zero slope says nothing of the other column
        drawn = np.abs(slope) * np.abs(_at_share(np.sort(np.abs(sums - _middle(sums)[:, None]), axis=1), 0.8)) > 0.2 * spread
        for at in np.flatnonzero(near & drawn):
            if all(part != number for part, _ in recipes[at]):
                terms = tuple((columns[part].name, float(factor * _round_slope(slope[at]))) for part, factor in recipes[at])
                yield Relation(target.name, terms, float(middle[at]), 0.0, 0.0, float(open_[at]))


def _round_slope(slope: float) -> float:
    """A slope as it was meant: 1 rather than 0.9998, a year of days rather than 365.3."""
    for meant in (1.0, 1 / 365.25, 365.25, 1 / 30.4375, 12.0, 1 / 12, 10.0, 0.1, 100.0, 0.01, 1000.0, 0.001):
        if abs(abs(slope) / meant - 1) < 0.003:
            return float(np.copysign(meant, slope))
    return float(slope)


def _recipes(columns: Sequence[Measured]) -> Iterator[list[tuple[int, float]]]:
    """What a line may be drawn on: one column, two added, two subtracted, three to eight neighbours added."""
    yield from ([(at, 1.0)] for at in range(len(columns)))
    for one, two in combinations(range(len(columns)), 2):
        if columns[one].is_date == columns[two].is_date:
            yield [(one, 1.0), (two, -1.0)]
            if not columns[one].is_date:
                yield [(one, 1.0), (two, 1.0)]
    for size in range(3, 9):
        for start in range(len(columns) - size + 1):
            if not any(columns[at].is_date for at in range(start, start + size)):
                yield [(at, 1.0) for at in range(start, start + size)]


def _products(sample: Mapping[Measured, Array]) -> Iterator[Relation]:
    columns, table = _trial({column: values for column, values in sample.items() if not column.is_date})
    if not columns or table.shape[1] < 30:
        return
    logs = _logs(table)
    positive = np.isfinite(logs).mean(axis=1) > 0.8
    spread = _at_share(np.sort(np.abs(logs - _middle(logs)[:, None]), axis=1), 0.8)
    useful = np.flatnonzero(positive & (spread > 0.03))
    for one, two in combinations(useful, 2):
        for power, other in _POWERS:
            rest = logs[useful] - (power * logs[one] + other * logs[two])
            middle = _middle(rest)
            off = np.sort(np.abs(rest - middle[:, None]), axis=1)
            open_ = _at_share(off, 0.93)
            for at in np.flatnonzero(((open_ < 0.02) | (_at_share(off, EXACT) < 1e-6)) & (spread[useful] > 0.1)):
                if useful[at] not in (one, two):
                    terms = ((columns[one].name, float(power)), (columns[two].name, float(other)))
                    yield Relation(columns[useful[at]].name, terms, float(middle[at]), 0.0, 0.0, float(open_[at]), is_product=True)


def _middle(table: Array) -> Array:
    """The median of each line, NaN aside."""
    return _at_share(np.sort(table, axis=1), 0.5)


def _at_share(ordered: Array, share: float) -> Array:
    """In each line, ascending with NaN last, the value below which that share of the known ones lie."""
    known = np.isfinite(ordered).sum(axis=1)
    at = np.clip((share * (known - 1)).astype(np.int64), 0, None)
    result: Array = np.take_along_axis(ordered, at[:, None], axis=1)[:, 0]
    return np.where(known >= 20, result, np.inf)


@dataclass(frozen=True)
class Order:
    """`first` is at most `second` in nearly every row."""

    first: str
    second: str

    longest: float

    def broken(self, values: Mapping[str, Array]) -> Array:
        """The rows that break it."""
        return np.asarray(values[self.first] > values[self.second])

    def exchanged(self, name: str, values: Mapping[str, Array]) -> Array:
        """The days that `name` has when day and month change places, NaN where that does not mend the row."""
        turned = _exchange(values[name])
        gaps = (values[self.second] - turned) if name == self.first else (turned - values[self.first])
        return np.where((gaps >= 0) & (gaps <= self.longest), turned, np.nan)


def _exchange(days: Array) -> Array:
    """12 March for 3 December; NaN where the day is no month."""
    date = np.where(np.isfinite(days), days, 0).astype("datetime64[D]")
    months, years = date.astype("datetime64[M]"), date.astype("datetime64[Y]")
    day, month = (date - months).astype(np.int64), (months - years).astype(np.int64)
    turned = (years.astype("datetime64[M]") + np.minimum(day, 11)).astype("datetime64[D]") + month
    return np.where(np.isfinite(days) & (day < 12) & (day != month), turned.astype(np.int64).astype(np.float64), np.nan)


def mine_orders(sample: Mapping[Measured, Array]) -> Iterator[Order]:
    """Pairs of dates of which one is never after the other but in a few rows.

    An order is told from two columns that merely differ by its edge: many rows just on this side of equality, next to none on the other.
    Numbers are left out: a price below the wholesale price is as often a wrong price, which `outliers` sees better.
    """
    for one, two in combinations(sample, 2):
        if not (one.is_date and two.is_date):
            continue
        x, y = sample[one], sample[two]
        known = np.isfinite(x) & np.isfinite(y)
        x, y = x[known], y[known]
        above, below = int((x > y).sum()), int((x < y).sum())
        first, second = (one, two) if above <= below else (two, one)
        wrong = min(above, below)
        if len(x) < 50 or not 0 < wrong <= BROKEN * len(x):
            continue
        gaps = np.abs(y - x)[(y > x) == (above <= below)]
        chance = _by_chance(x, y) if above <= below else _by_chance(y, x)
        if chance < 0.1 or wrong > 0.15 * chance * len(x):
            continue
        near = float(np.quantile(gaps[gaps > 0], 0.25)) if (gaps > 0).any() else 0.0
        turned = np.abs(y - x)[(x > y) == (above <= below)]
        if (turned <= near).sum() <= 0.1 * (gaps <= near).sum():
            yield Order(first.name, second.name, float(np.quantile(gaps, 0.995)))


def _by_chance(small: Array, large: Array) -> float:
    """How often a row would break the order if the two columns had nothing to do with one another."""
    ordered = np.sort(large)
    return float(np.searchsorted(ordered, small, "left").mean() / len(ordered))
