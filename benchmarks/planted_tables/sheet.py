"""A table while defects are planted: texts by column, and the truth about every cell that was changed.

    Field("revenu", ("revenu_mensuel", "Revenu mensuel (DH)", "الدخل الشهري", "monthly_income"), "number", 2)

A cell carries one defect at most: who comes later leaves taken cells alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import polars as pl

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Field:
    """A column: a short key, its header in four fashions (for programs, French, Arabic, English), what it holds, decimals of a number."""

    key: str
    headers: tuple[str, str, str, str]
    meaning: str
    decimals: int = 0


@dataclass
class Records:
    """Clean records: texts by column, the numbers and days behind them, who entered them when, and what the label depends on.

    `site` and `day` say where and when a record was entered: defects cluster by both. `likely` is the probability of each label class.
    """

    texts: dict[str, Array]
    numbers: dict[str, Array]
    days: dict[str, Array]
    site: Array
    day: Array
    likely: Array
    classes: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.site)

    def take(self, rows: Array) -> Records:
        """The records at these places."""

        def of(columns: dict[str, Array]) -> dict[str, Array]:
            return {key: values[rows] for key, values in columns.items()}

        return Records(of(self.texts), of(self.numbers), of(self.days), self.site[rows], self.day[rows], self.likely[rows], self.classes)

    def followed_by(self, others: Records) -> Records:
        """These, then those."""

        def both(a: dict[str, Array], b: dict[str, Array]) -> dict[str, Array]:
            return {key: np.concatenate([a[key], b[key]]) for key in a}

        return Records(
            both(self.texts, others.texts),
            both(self.numbers, others.numbers),
            both(self.days, others.days),
            np.concatenate([self.site, others.site]),
            np.concatenate([self.day, others.day]),
            np.concatenate([self.likely, others.likely]),
            self.classes,
        )


@dataclass
class Sheet:
    """Records with defects, and the truth: for each class pieces of (rows, column, what should stand there, what stands there)."""

    records: Records
    base: dict[str, Array]
    taken: dict[str, Array] = field(default_factory=dict)
    truth: list[tuple[str, str, Array, Array, Array]] = field(default_factory=list)

    @classmethod
    def of(cls, records: Records) -> Sheet:
        """A sheet without a defect."""
        taken = {key: np.zeros(len(records), bool) for key in records.texts}
        return cls(records, {key: values.copy() for key, values in records.texts.items()}, taken)

    def free(self, *keys: str) -> Array:
        """The rows where none of these columns has a defect."""
        found: Array = ~np.logical_or.reduce([self.taken[key] for key in keys])
        return found

    def plant(self, name: str, key: str, rows: Array, texts: Sequence[str] | Array) -> None:
        """Write texts into a column, and note each that differs from what stood there."""
        new = np.asarray(texts, dtype=object)
        old = self.base[key][rows]
        changed = (new != old) & ~self.taken[key][rows]
        rows, new, old = rows[changed], new[changed], old[changed]
        self.base[key][rows] = new
        self.taken[key][rows] = True
        self.truth.append((name, key, rows, old, new))


def chosen(values: Sequence[str], picks: Array) -> Array:
    """The values at these places, as an array of texts."""
    return np.asarray(values, dtype=object)[picks]


def number_texts(values: Array, decimals: int, mark: str = ".") -> Array:
    """Numbers written with so many decimals."""
    scaled = np.rint(np.asarray(values, dtype=np.float64) * 10**decimals).astype(np.int64)
    whole = pl.Series(np.abs(scaled) // 10**decimals).cast(pl.String)
    sign = pl.Series(np.where(scaled < 0, "-", ""))
    if not decimals:
        return (sign + whole).to_numpy().astype(object)
    part = pl.Series(np.abs(scaled) % 10**decimals).cast(pl.String).str.zfill(decimals)
    return (sign + whole + mark + part).to_numpy().astype(object)


def padded(values: Array, width: int) -> Array:
    """Whole numbers with leading zeros."""
    return pl.Series(np.asarray(values, dtype=np.int64)).cast(pl.String).str.zfill(width).to_numpy().astype(object)


def joined(*parts: Array | str) -> Array:
    """Texts put together, row by row."""
    rows = next(part for part in parts if not isinstance(part, str))
    whole = pl.Series([""] * len(rows)) if isinstance(parts[0], str) else pl.Series(parts[0], dtype=pl.String)
    for part in parts if isinstance(parts[0], str) else parts[1:]:
        whole = whole + (part if isinstance(part, str) else pl.Series(part, dtype=pl.String))
    return whole.to_numpy().astype(object)


def date_texts(days: Array, pattern: str) -> Array:
    """Days since 1970 written by a strftime pattern."""
    return pl.Series(days.astype(np.int32)).cast(pl.Date).dt.strftime(pattern).to_numpy().astype(object)


def ordered_label(score: Array, cuts: Sequence[float], band: float, chance: np.random.Generator) -> tuple[Array, Array]:
    """Classes along a score, certain away from the cuts and open near them; each row's class, and the probability of every class.

    `cuts` are quantiles; within `band` (a share of the rows around a cut) the probability runs from one class to the next.
    What a label depends on can thus be learnt, but nobody can be sure of rows near a cut.
    """
    rank = np.argsort(np.argsort(score, kind="stable"), kind="stable") / max(1, len(score))
    above = [np.clip((rank - cut) / band + 0.5, 0.003, 0.997) for cut in cuts]
    edges = [np.ones(len(score)), *above, np.zeros(len(score))]
    likely = np.clip(np.stack([edges[i] - edges[i + 1] for i in range(len(cuts) + 1)], axis=1), 1e-4, None)
    likely /= likely.sum(axis=1, keepdims=True)
    drawn = (chance.random(len(score))[:, None] > likely.cumsum(axis=1)).sum(axis=1)
    return np.minimum(drawn, len(cuts)), likely
