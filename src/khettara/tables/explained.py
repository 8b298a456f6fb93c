"""A column of numbers given another: how far each value lies from the middle of its group, in the group's own spread.

    prix 9.00, produit "Amandes"   ->   groups by "produit" leave 0.08 of the spread of "prix"; 9.00 lies 12 spreads below what almonds cost

Groups are the values of a category, or a column of numbers cut into steps. Middle and spread are the median and the quartiles, so wrong
values do not move them.
"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from khettara.tables.examination import Examination
from khettara.tables.models import Measured, codes_of
from khettara.tables.table import Array

TRIAL = 5_000
"""Rows on which explanations are compared."""
EXPLAINS = 0.75
"""What is left of a column's spread, given the other, for the other to explain anything."""
GROUP = 8
"""Rows a group needs to have a middle and a spread."""
STEPS = 60
"""Into how many a column of numbers is cut at most ..."""
STEP = 150
"""... and how many rows each step has at least."""
MODELS = 2


@dataclass(frozen=True)
class Explained:
    """A column given another: distances from the middle of the group in spreads, NaN where the group is small or there is no value.

    `steps`: the groups are steps of a column of numbers; `left`: the part of the column's spread that is left within groups.
    """

    name: str
    by: str | None
    steps: bool
    left: float
    distance: Array
    group: Array


def groups_of(seen: Examination, sample: Mapping[Measured, Array]) -> dict[str, Array]:
    """Every column that may explain another, as codes of groups."""
    groups: dict[str, Array] = {}
    for column in seen.columns("category", "text"):
        codes = codes_of(seen, column.name, most=5000)
        if codes is not None and len(codes.words) > 1:
            groups[column.name] = codes.codes.astype(np.int16)
    for measured, values in sample.items():
        if not measured.is_date and measured.name not in groups:
            known = np.sort(values[np.isfinite(values)])
            steps = int(np.clip(len(known) // STEP, 2, STEPS))
            edges = np.unique(known[np.linspace(0, len(known) - 1, steps + 1).astype(np.int64)[1:-1]])
            whole = measured.read(seen)
            groups[measured.name] = np.where(np.isfinite(whole), np.searchsorted(edges, whole, "right"), -1).astype(np.int16)
    return groups


def best_by(name: str, values: Array, groups: Mapping[str, Array]) -> list[str]:
    """The columns that leave least of this one's spread, best first."""
    step = max(1, len(values) // TRIAL)
    values = values[::step]
    order = order_of(values)
    left = []
    for other, codes in groups.items():
        if other != name:
            fitted = fit(values, codes[::step], order)
            if fitted is not None and fitted[2] <= EXPLAINS:
                left.append((fitted[2], other))
    return [other for _, other in sorted(left)[:MODELS]]


def order_of(values: Array) -> Array:
    """The places of the known values, in order of size."""
    order: Array = np.argsort(values, kind="stable")[: int(np.isfinite(values).sum())]
    return order


def scaled(values: Array, is_log: bool) -> Array:
    """As they are, or as logarithms; what has none stands for itself and is no outlier (a household without income)."""
    return np.log(np.where(values > 0, values, np.nan)) if is_log else values


def is_log_better(values: Array, codes: Array | None) -> bool:
    """Whether logarithms have the lighter tails, or nearly: amounts differ by factors."""
    known = values[np.isfinite(values)]
    if not len(known) or (known < 0).mean() > 0.001 or (known > 0).mean() < 0.7:
        return False
    codes = np.zeros(len(values), np.int16) if codes is None else codes
    tails = []
    for is_log in (False, True):
        held = scaled(values, is_log)
        fitted = fit(held, codes, order_of(held))
        tails.append(_tail(fitted[0]) if fitted is not None else np.inf)
    return tails[1] < 1.15 * tails[0]


def explain(name: str, values: Array, by: Sequence[str], groups: Mapping[str, Array], steps: Container[str]) -> list[Explained]:
    """The column given each of some others; given none where they leave half of its spread or more."""
    found = []
    order = order_of(values)
    for other in by:
        fitted = fit(values, groups[other], order, stepped=other in steps)
        if fitted is not None:
            found.append(Explained(name, other, other in steps, fitted[2], *fitted[:2]))
    if not found or found[0].left > 0.5:
        fitted = fit(values, np.zeros(len(values), np.int16), order)
        if fitted is not None:
            found.append(Explained(name, None, True, 1.0, *fitted[:2]))
    return found


def _tail(distance: Array) -> float:
    """How heavy the tails are: the distance that 1.5 % of the rows exceed over that of 20 %."""
    sizes = np.sort(np.abs(distance[np.isfinite(distance)]))
    return float(sizes[int(0.985 * len(sizes))] / max(sizes[int(0.8 * len(sizes))], 1e-12)) if len(sizes) else np.inf


def fit(values: Array, codes: Array, order: Array, *, stepped: bool = False) -> tuple[Array, Array, float] | None:
    """Distances, groups, and what is left of the spread. `order` sorts the known values.

    `stepped`: the groups are steps. What rises from one step to the next it does within them too, even where most values of one are equal.
    """
    order = order[codes[order] >= 0]
    order = order[np.argsort(codes[order], kind="stable")]
    if len(order) < 50:
        return None
    held, sorted_codes = values[order], codes[order]
    start = np.flatnonzero(np.r_[True, sorted_codes[1:] != sorted_codes[:-1]])
    size = np.diff(np.r_[start, len(order)])
    middle = held[start + size // 2]
    spread = (held[start + (3 * size) // 4] - held[start + size // 4]) / 1.349
    large = size >= GROUP
    if size[large].sum() < 0.5 * len(order):
        return None
    # a small group borrows from the usual spread, as if it had eight rows more
    usual = float(np.median(np.repeat(spread[large], size[large])))
    spread = (spread * size + usual * 8) / (size + 8)
    if usual <= 0:
        return None
    if stepped and len(middle) > 1:
        rise = np.abs(np.diff(middle))
        spread = np.maximum(spread, np.minimum(0.5 * np.minimum(np.r_[rise, np.inf], np.r_[np.inf, rise]), usual))
    of_row = np.repeat(np.arange(len(start)), size)
    judged = large[of_row]
    distance = np.full(len(values), np.nan)
    distance[order[judged]] = (held[judged] - middle[of_row[judged]]) / spread[of_row[judged]]
    group = np.full(len(values), -1, np.int32)
    group[order] = of_row
    whole = np.sort(held[judged])
    alone = np.median(np.abs(whole - whole[len(whole) // 2]))
    left = float(np.median(np.abs(held[judged] - middle[of_row[judged]])) / alone) if alone > 0 else np.inf
    return distance, group, left
