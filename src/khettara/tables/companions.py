"""What the other columns say of two values of one column: whether their rows come from one population.

    commune "Casa" (513 rows)  region, latitude, postcode as "Casablanca" has them       ->  for: +3,100 bits
    commune "Sidi Allal"       another region and latitude than "Sidi Hlal"               ->  against: -240 bits

For each other column, log2 P(its value | the one) / P(its value), summed over the rows of the other: what a likelihood ratio test sums.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from khettara.tables.examination import Examination
from khettara.tables.table import Array

BINS = 48
"""Values that are told apart in another column; the rarer ones are one, and numbers are cut into so many classes of equal size."""
_MOST = 6
_TELLING_BITS = 0.3
_SLIP = 0.05
"""Of any value's rows so many may be wrong in another column."""
SAMPLE = 200_000


@dataclass(frozen=True)
class Companions:
    """For each other column that tells something of this one: how often each of its classes goes with each value, and how often at all."""

    joint: tuple[Array, ...]
    names: tuple[str, ...]

    def support(self, left: Array, right: Array) -> Array:
        """For pairs of values, the bits by which the rows of the left look like rows of the right rather than any; negative against."""
        bits = np.zeros(len(left))
        for counts, likeness in zip(self.joint, self._likeness, strict=True):
            bits += np.einsum("ij,ij->i", counts[left], likeness[right])
        return bits

    def support_of_all(self, left: Array) -> Array:
        """The same for some values with each value of the column."""
        bits = np.zeros((len(left), len(self.joint[0]) if self.joint else 0))
        for counts, likeness in zip(self.joint, self._likeness, strict=True):
            bits += counts[left] @ likeness.T
        return bits

    def expected(self, left: Array, right: Array) -> Array:
        """What the support would be if the rows of the left were rows of the right: as many bits a row as the right's own have."""
        values = np.arange(len(self.joint[0]) if self.joint else 0)
        rows = np.sum([counts.sum(axis=1) for counts in self.joint], axis=0) / max(len(self.joint), 1)
        own = self.support(values, values) / np.maximum(rows, 1)
        return np.asarray(rows[left] * own[right]) if len(values) else np.zeros(len(left))

    def merged(self, group: Array, groups: int) -> Companions:
        """The same for groups of values."""
        merged = []
        for counts in self.joint:
            sums = np.zeros((groups, counts.shape[1]))
            np.add.at(sums, group, counts)
            merged.append(sums)
        return Companions(tuple(merged), self.names)

    @cached_property
    def _likeness(self) -> list[Array]:
        found = []
        for counts in self.joint:
            overall = counts.sum(axis=0) / max(counts.sum(), 1)
            # A value with few rows says little of its population: the table's stands in for what it lacks.
            given = (counts + 0.5 * overall) / (counts.sum(axis=1, keepdims=True) + 0.5)
            found.append(np.log2(((1 - _SLIP) * given + _SLIP * overall + 1e-12) / (overall + 1e-12)))
        return found


def companions(seen: Examination, name: str, codes: Array, values: int) -> Companions:
    """The other columns that tell most of a column, whose value in each row is `codes` (-1: none)."""
    step = max(1, seen.records // SAMPLE)
    rows = np.flatnonzero(codes[::step] >= 0) * step
    found: list[tuple[float, str, Array]] = []
    for column in seen.table.columns:
        kind = seen.types[column.name].kind
        if column.name == name or kind not in ("category", "number", "date") or _is_copy(seen, name, column.name):
            continue
        classes = _classes(seen, column.name, kind, rows)
        if classes is None:
            continue
        known = classes >= 0
        cells = codes[rows][known].astype(np.int64) * BINS + classes[known]
        joint = np.bincount(cells, minlength=values * BINS).reshape(values, BINS).astype(np.float64)
        told = _information(joint)
        if told >= _TELLING_BITS:
            found.append((told, column.name, joint))
    found.sort(key=lambda item: (-item[0], item[1]))
    chosen = found[:_MOST]
    return Companions(tuple(joint for _, _, joint in chosen), tuple(other for _, other, _ in chosen))


def _is_copy(seen: Examination, name: str, other: str) -> bool:
    """Whether the other column repeats this one: it would know each spelling from each."""
    rows = np.unique(np.linspace(0, seen.records - 1, min(seen.records, 300)).astype(np.int64))
    pairs = list(zip(seen.table[name].at(rows), seen.table[other].at(rows), strict=True))
    return 2 * sum(one == two is not None for one, two in pairs) > len(pairs)


def _classes(seen: Examination, name: str, kind: str, rows: Array) -> Array | None:
    if kind == "category":
        few = seen.table[name].few
        if few is None:
            return None
        codes = few[1][rows]
        order = np.argsort(-np.bincount(codes[codes >= 0], minlength=len(few[0])), kind="stable")
        places = np.full(len(few[0]) + 1, BINS - 1)
        places[order] = np.minimum(np.arange(len(order)), BINS - 1)
        return np.where(codes >= 0, places[codes], -1)
    numbers = seen.numbers(name)[rows] if kind == "number" else seen.days(name)[rows].astype(np.float64)
    known = np.isfinite(numbers) if kind == "number" else ~np.isnat(seen.days(name)[rows])
    if known.sum() < 2:
        return None
    edges = np.unique(np.quantile(numbers[known][:: max(1, int(known.sum()) // 20_000)], np.linspace(0, 1, BINS + 1)[1:-1]))
    return np.where(known, np.searchsorted(edges, numbers), -1)


def _information(joint: Array) -> float:
    """Mutual information in bits, less what independence would give on so few rows."""
    total = max(joint.sum(), 1)
    rows, columns = joint.sum(axis=1, keepdims=True), joint.sum(axis=0, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = joint * np.log2(joint * total / (rows * columns))
    spare = (max((rows > 0).sum() - 1, 0) * max((columns > 0).sum() - 1, 0)) / (2 * np.log(2))
    return float((np.nansum(terms) - spare) / total)
