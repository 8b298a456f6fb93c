"""Linking tables: which rows of one are the same person or firm as which rows of the other, or of the table itself.

    link_tables(read_table("etat-civil.csv"), read_table("hopital.csv"))
    ->  pair 17 / 4,021: 61.2 bits (CIN near, Nom equal, Date de naissance equal, Téléphone different)

Only columns that both tables have and that say who a record is about are compared: what was measured on a day is another day's business.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from khettara.errors import RecipeError
from khettara.tables.columns import ColumnType
from khettara.tables.examination import Examination
from khettara.tables.linkage.comparing import WORDS
from khettara.tables.linkage.fields import record_fields
from khettara.tables.linkage.linking import Links, link_records
from khettara.tables.table import Array, Column, Table
from khettara.tables.types import type_columns
from khettara.tables.types.folding import fold_name

_WHO = """
person_name first_name family_name cin passport ice if cnss rib phone email address birth_date birth_year sex commune province region
"""
_SAYS_WHO = frozenset(_WHO.split())
MOST_RECORDS = 4_000_000
"""Rows of both tables together: what is compared is held in memory, some 100 bytes a row."""


@dataclass(frozen=True)
class Linked:
    """The pairs. `left` and `right` are rows of the two tables, each counted from 0; of one table where there was only one.

    `columns`: what was compared, under the left table's names with the right's. `clusters`: the rows of each record that has several, the
    left table's first, as (table, row), tables counted from 0.
    """

    columns: Mapping[str, str]
    left: Array
    right: Array
    links: Links
    records: tuple[int, ...]
    cells: tuple[Table, Table]

    def clusters(self) -> list[list[tuple[int, int]]]:
        """Rows that belong together by any chain of pairs."""
        split = self.records[0] if len(self.records) > 1 else sum(self.records)
        first = self.links.clusters(sum(self.records))
        members: dict[int, list[tuple[int, int]]] = {}
        for row in sorted({*self.links.lows.tolist(), *self.links.highs.tolist()}):
            members.setdefault(int(first[row]), []).append((int(row >= split), row - split if row >= split else row))
        return list(members.values())

    def compared(self, pair: int) -> dict[str, dict[str, Any]]:
        """For each column how the two rows compare, and what that says in bits."""
        levels, bits = self.links.levels[pair], self.links.field_bits[pair]
        return {
            field.name: {"is": WORDS[int(level)], "bits": round(float(said), 1)}
            for field, level, said in zip(self.links.fields, levels, bits, strict=True)
        }

    def values(self, pair: int) -> dict[str, tuple[str | None, str | None]]:
        """For each column what the two rows have."""
        left, right = self.cells
        rows = self.left[pair : pair + 1], self.right[pair : pair + 1]
        return {field.name: (left[field.name].at(rows[0])[0], right[self.columns[field.name]].at(rows[1])[0]) for field in self.links.fields}


def link_tables(left: Table, right: Table | None = None, on: Mapping[str, str] | None = None) -> Linked:
    """Link two tables, or the records of one.

    Args:
        left: a table.
        right: another; None to look for records of `left` that are one.
        on: the columns to compare, left name -> right name; by default those that both have and that say who a record is about.

    Raises:
        RecipeError: no such column, no column in common, or too many records.
    """
    other = left if right is None else right
    records = left.records + (0 if right is None else other.records)
    if records > MOST_RECORDS:
        raise RecipeError(f"{records:,} records are too many to link at once: at most {MOST_RECORDS:,}", where=left.name, hint="Link them in parts.")
    types, others = type_columns(left), type_columns(other)
    columns = _asked(left, other, on) if on else _common(left, types, other, others)
    if not columns:
        raise RecipeError(
            "nothing in common says who a record is about",
            where=f"{left.name}, {other.name}",
            hint="Name the columns with --on NAME or --on NAME=NAME.",
        )
    both = left if right is None else _one_below_the_other(left, other, columns)
    seen = _looked_over(both, {name: types[name] for name in columns})
    fields = record_fields(seen, columns.keys())
    links = link_records(fields, records, None if right is None else left.records)
    shift = 0 if right is None else left.records
    return Linked(columns, links.lows, links.highs - shift, links, (left.records,) if right is None else (left.records, other.records), (left, other))


def _asked(left: Table, right: Table, on: Mapping[str, str]) -> dict[str, str]:
    for name, table in [(name, left) for name in on] + [(name, right) for name in on.values()]:
        if name not in table.names:
            raise RecipeError(f"no column {name!r}", where=table.name, hint=f"There are: {', '.join(table.names)}.")
    return dict(on)


def _common(left: Table, types: Mapping[str, ColumnType], right: Table, others: Mapping[str, ColumnType]) -> dict[str, str]:
    """Columns that hold the same thing in both, or have the same header, if they say who a record is about."""
    found: dict[str, str] = {}
    for column in left.columns:
        kind = types[column.name]
        if kind.semantic not in _SAYS_WHO:
            continue
        same = [name for name in right.names if others[name].semantic == kind.semantic and name not in found.values()]
        titled = [name for name in same if fold_name(right[name].title) == fold_name(column.title)]
        chosen = titled or same
        if len(chosen) == 1:
            found[column.name] = chosen[0]
    return found


def _one_below_the_other(left: Table, right: Table, columns: Mapping[str, str]) -> Table:
    held = [
        Column(name, place, pa.chunked_array([*left[name].pieces(), *right[columns[name]].pieces()], pa.string()), left[name].title)
        for place, name in enumerate(columns)
    ]
    return Table(f"{left.name} + {right.name}", tuple(held), left.records + right.records)


def _looked_over(table: Table, types: Mapping[str, ColumnType]) -> Examination:
    """The columns with what is no value, misread or spelt otherwise put right, as `examine` proposes: two offices write differently."""
    from khettara.tables.detectors.dates import find_mixed_dates
    from khettara.tables.detectors.encoding import find_wrong_encoding
    from khettara.tables.detectors.missing import find_disguised
    from khettara.tables.detectors.spellings import find_category_spellings

    compared = Table(table.name, tuple(column for column in table.columns if column.name in types), table.records)
    seen = Examination(compared, types)
    for detect in (find_disguised, find_wrong_encoding, find_mixed_dates, find_category_spellings):
        for found in detect(seen):
            seen.take(found)
    return seen
