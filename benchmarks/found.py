"""What was found, against what was planted: precision and recall of every class, and false findings on a clean table.

    Score("mixed_units", right=3513, wrong=12, missed=37)   precision 0.997   recall 0.990

A finding is matched to the truth by `kind`, `columns` and `rows`, as `khettara examine --json` gives them:

- Cells: a planted cell is found when a finding of its kind names its row and its column. What a kind names beyond that is wrong.
  Cards, telephones and accounts share the kind `invalid_identifier`; the column tells them apart.
- Relations (contradiction, outlier): the row counts, if the finding names a column of the relation. Where two cells deny one
  another, either kind is right: whoever measures cannot know which name the finder prefers.
- Rows (near and exact duplicates): a pair is found when one of its rows is named; naming either is right.
- Columns (leakage, and beyond the seventeen heaping, constant, copied, drift): the column counts, and the rows do not.

Neither right nor wrong are true things that another class explains: an impossible card that is a placeholder, a contradiction with
a cell that is spoilt otherwise, another spelling that a second entry brought along, whatever is said of a spoilt cell where a copied
column repeats it. `NEUTRAL` lists the pairs of classes; all else counts as wrong.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

Json = Mapping[str, Any]
Cell = tuple[str, int]

KINDS = {"invalid_cin": "invalid_identifier", "invalid_phone": "invalid_identifier", "invalid_rib": "invalid_identifier"}
MEANINGS = {"invalid_cin": "cin", "invalid_phone": "phone", "invalid_rib": "rib"}
RELATIONS = ("contradiction", "outlier")
ROWS = ("near_duplicate", "exact_duplicate")
COLUMNS = ("leakage", "heaping", "constant_column", "copied_column", "drift")
NEUTRAL = {
    "invalid_identifier": {"disguised_missing", "invalid_cin", "invalid_phone", "invalid_rib", "swapped_columns"},
    "out_of_range": {"disguised_missing"},
    "missing": {"disguised_missing"},
    "category_spellings": {"near_duplicate"},
    "mixed_dates": {"near_duplicate"},
}
"""By kind, the other classes on whose cells it says something true."""
ENOUGH = 0.95


@dataclass(frozen=True)
class Score:
    """How much of a class was found; `right` planted things found, `missed` not, `wrong` named and not planted."""

    name: str
    right: int
    missed: int
    wrong: int
    columns: tuple[tuple[str, int, int, int], ...] = ()

    @property
    def precision(self) -> float:
        """Of what was named, the share that was planted; nothing named is nothing right."""
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 0.0

    @property
    def recall(self) -> float:
        """Of what was planted, the share that was named."""
        return self.right / (self.right + self.missed) if self.right + self.missed else 0.0

    @property
    def f1(self) -> float:
        """Of precision and recall."""
        return 2 * self.right / (2 * self.right + self.missed + self.wrong) if self.right else 0.0

    @property
    def found(self) -> bool:
        """Whether the class counts as found."""
        return self.precision >= ENOUGH and self.recall >= ENOUGH


def score(truth: pl.DataFrame, described: Json, findings: Sequence[Json], classes: Iterable[str]) -> list[Score]:
    """Every class that was planted, in the order given."""
    planted = {name: piece for (name,), piece in truth.group_by("class")}
    spoilt = _spoilt(truth)
    scores = []
    for name in classes:
        if name in COLUMNS:
            if name in described["whole_columns"] or name in described["columns"]:
                scores.append(_columns(name, described, findings))
        elif name in planted and name in ROWS:
            scores.append(_rows(name, planted, findings))
        elif name in planted and name in RELATIONS:
            scores.append(_relation(name, planted[name], described, findings, spoilt))
        elif name in planted:
            scores.append(_cells(name, planted[name], described, findings, spoilt))
    return scores


def pooled(name: str, scores: Sequence[Score]) -> Score:
    """One class over several tables."""
    return Score(name, sum(s.right for s in scores), sum(s.missed for s in scores), sum(s.wrong for s in scores))


def false_share(findings: Sequence[Json], rows: int, columns: Sequence[str]) -> tuple[float, dict[str, int]]:
    """Of the cells of a clean table those that findings concern, and how many by kind; without rows, a finding concerns whole columns."""
    seen = {name: np.zeros(rows, bool) for name in columns}
    kinds: dict[str, int] = {}
    for finding in findings:
        at = np.asarray(finding["rows"], dtype=np.int64)
        named = [name for name in finding["columns"] if name in seen] or list(seen)[:1]
        for name in named:
            seen[name][at if len(at) else slice(None)] = True
        kinds[finding["kind"]] = kinds.get(finding["kind"], 0) + (len(at) or rows) * len(named)
    return sum(int(mask.sum()) for mask in seen.values()) / (rows * len(columns)), kinds


def _spoilt(truth: pl.DataFrame) -> dict[str, dict[int, str]]:
    """By column and row, the class planted there."""
    found: dict[str, dict[int, str]] = {}
    for (column,), piece in truth.filter(pl.col("column").is_not_null()).group_by("column"):
        found[str(column)] = dict(zip(piece["row"].to_list(), piece["class"].to_list(), strict=True))
    return found


def _named(findings: Sequence[Json], kinds: Sequence[str]) -> dict[str, set[int]]:
    """By column, the rows that findings of these kinds name."""
    named: dict[str, set[int]] = {}
    for finding in findings:
        if finding["kind"] in kinds:
            for column in finding["columns"]:
                named.setdefault(column, set()).update(finding["rows"])
    return named


def _cells(name: str, planted: pl.DataFrame, described: Json, findings: Sequence[Json], spoilt: Mapping[str, Mapping[int, str]]) -> Score:
    kind = KINDS.get(name, name)
    named = _named(findings, [kind])
    if name in MEANINGS:
        named = {column: rows for column, rows in named.items() if described["meanings"].get(column) == MEANINGS[name]}
    truth = {str(column): set(piece["row"].to_list()) for (column,), piece in planted.group_by("column")}
    copies = described.get("whole_columns", {}).get("copied_column")
    rows = []
    for column in sorted(truth.keys() | named.keys()):
        of = copies[0] if copies and column == copies[1] else column  # a copied column has the defects of the column it copies
        right, said = truth.get(of, set()), named.get(column, set())
        if column != of:
            said -= right
            right = set()
        defects = spoilt.get(of, {})
        explained = {row for row in said - right if (row in defects if column != of else defects.get(row) in NEUTRAL.get(kind, ()))}
        rows.append((column, len(right & said), len(right - said), len(said - right - explained)))
    return Score(name, sum(r[1] for r in rows), sum(r[2] for r in rows), sum(r[3] for r in rows), tuple(rows))


def _relation(name: str, planted: pl.DataFrame, described: Json, findings: Sequence[Json], spoilt: Mapping[str, Mapping[int, str]]) -> Score:
    related = set(described["related"].get(name, ())) | set(described["columns"].get(name, ()))
    truth = set(planted["row"].to_list())
    said: set[int] = set()
    wrong: set[Cell] = set()
    by_column: dict[str, int] = {}
    for finding in findings:
        if finding["kind"] not in RELATIONS:
            continue
        columns, rows = set(finding["columns"]), set(finding["rows"])
        if columns & related:
            said |= rows & truth
        if finding["kind"] == name:
            over = rows - truth if columns & related else rows
            over = {row for row in over if not any(row in spoilt.get(column, {}) for column in columns)}
            fresh = {(", ".join(sorted(columns)), row) for row in over}
            wrong |= fresh
            for column, _ in fresh:
                by_column[column] = by_column.get(column, 0) + 1
    where = ", ".join(described["columns"].get(name, ()))
    columns_ = [(where, len(said), len(truth - said), 0), *((column, 0, 0, count) for column, count in sorted(by_column.items()))]
    return Score(name, len(said), len(truth - said), len({row for _, row in wrong}), tuple(columns_))


def _rows(name: str, planted: Mapping[Any, pl.DataFrame], findings: Sequence[Json]) -> Score:
    said = {row for finding in findings if finding["kind"] == name for row in finding["rows"]}
    return score_pairs(name, planted, said)


def score_pairs(name: str, planted: Mapping[Any, pl.DataFrame], said: set[int]) -> Score:
    """Rows named as duplicates, against pairs; the rows of the other kind of duplicate count neither way."""
    pairs = planted[name].filter(pl.col("partner").is_not_null()).select("row", "partner").rows()
    found = sum(row in said or partner in said for row, partner in pairs)
    others = {row for kind in ROWS if kind in planted for pair in planted[kind].select("row", "partner").rows() for row in pair if row is not None}
    mine = {row for pair in pairs for row in pair}
    return Score(name, found, len(pairs) - found, len(said - mine - (others - mine)))


def _columns(name: str, described: Json, findings: Sequence[Json]) -> Score:
    planted = set(described["whole_columns"].get(name, described["columns"].get(name, ())))
    copies = described["whole_columns"].get("copied_column", ())
    planted |= {copies[1]} if copies and copies[0] in planted else set()
    label = {described["label"]}
    said = [set(finding["columns"]) - label for finding in findings if finding["kind"] == name]
    right = any(columns & planted for columns in said)
    wrong = sum(not columns & planted for columns in said)
    return Score(name, int(right), int(not right), wrong)
