"""Examining a table: read it, tell what its columns hold, let every detector look, say what was found.

    examine("register.csv").found["F3"].cause["en"]  ->  "2,042 rows (2.0 %) have latitude and longitude swapped: ..."

Nothing is configured and nothing is changed. A table that does not fit into memory is looked at part by part (`Table.parts`), and the
parts' findings are put together (`pooling`).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from khettara.dataset.defects import OF_TABLES
from khettara.dataset.findings import Finding, Findings
from khettara.engine import nearest
from khettara.errors import RecipeError
from khettara.tables.columns import ColumnType
from khettara.tables.examination import Detect, Examination, Found
from khettara.tables.facts import column_facts
from khettara.tables.notes import note
from khettara.tables.reading import read_table
from khettara.tables.table import Array, Table

FINDER, VERSION = "tables", 1
EXAMPLES = 5
_HARMLESS = frozenset({"missing", "heaping", "constant_column", "copied_column", "leakage", "drift"})
"""Worth knowing, but no cell of them is wrong for it: they come after those that are."""
WIDE, BAND = 200, 30
"""Of a table with more than `WIDE` columns, those that compare columns with one another see `BAND` neighbours at a time: the time that
they take grows with the square of the columns (22 s for 500 of 1,000 rows, 13 minutes for 3,000)."""
_RELATIONAL = frozenset({"swaps", "exchanged days", "contradictions", "outliers", "drift", "label errors"})
_WHOLE = frozenset({"wrong encoding"})
"""What proposes other letters for a whole cell; the others see the beginning of a long one (`Column.shortened`)."""
Watch = Callable[[str, int, int], None]
"""Told what is being looked for, how many detectors have looked, and how many there are."""


@dataclass(frozen=True)
class Examined:
    """A table, what its columns hold, and what is wrong with it: `found` by id, in the order in which it was found."""

    table: Table
    types: Mapping[str, ColumnType]
    found: Mapping[str, Found]
    columns: tuple[Mapping[str, Any], ...]
    notes: tuple[Mapping[str, Any], ...] = field(default=())

    def findings(self, examples: int = EXAMPLES) -> Findings:
        """What was found, as a sealed dataset keeps it, with some rows of each before and after its repair."""
        told = tuple(self._finding(name, found, examples) for name, found in self.found.items())
        return Findings(self.table.records, self.columns, told, FINDER, VERSION)

    def _finding(self, name: str, found: Found, examples: int) -> Finding:
        repair = found.repair
        return Finding(
            id=name,
            kind=found.kind,
            columns=found.columns,
            records=len(found.rows),
            cells=cells_of(found),
            cause=dict(found.cause),
            confidence=found.confidence,
            measures=found.measures,
            action=repair.action if repair is not None else None,
            remedy=dict(repair.remedy) if repair is not None else {},
            examples=tuple(self.examples(found, examples)),
        )

    def examples(self, found: Found, most: int = EXAMPLES) -> list[dict[str, Any]]:
        """A few rows of a finding, from all over the table: the cells concerned as they are, and as they would be.

        A copy is shown with the record that it copies, as `after`.
        """
        places: Array = np.unique(np.linspace(0, len(found.rows) - 1, min(most, len(found.rows))).astype(np.int64))
        rows = found.rows[places]
        names = found.columns or self.table.names
        before = {name: self.table[name].at(rows) for name in names}
        after: dict[str, list[str | None]] = {}
        if found.repair is not None:
            after = {name: [values[int(place)].as_py() for place in places] for name, values in found.repair.values.items()}
            if found.repair.winners is not None:
                winners = np.asarray(found.repair.winners)[places]
                after = {name: self.table[name].at(winners) for name in names}
        return [
            {
                "row": int(row),
                "before": {name: cells[n] for name, cells in before.items()},
                "after": {name: cells[n] for name, cells in after.items()},
            }
            for n, row in enumerate(rows)
        ]

    def worst_first(self) -> list[str]:
        """The ids, those that spoil most first: wrong cells before mere oddities, sure ones before doubtful ones, many before few."""

        def weight(name: str) -> tuple[bool, float, int]:
            found = self.found[name]
            return (found.kind in _HARMLESS, -found.confidence * cells_of(found), int(name[1:]))

        return sorted(self.found, key=weight)

    def as_json(self, rows: bool = True, examples: int = EXAMPLES) -> dict[str, Any]:
        """Plain values; with `rows`, all rows of each finding and all new values of its repair."""
        return {
            "records": self.table.records,
            "table": self.table.name,
            "notes": [dict(entry) for entry in self.notes],
            "columns": [dict(entry) for entry in self.columns],
            "findings": [self._as_json(name, found, rows, examples) for name, found in self.found.items()],
        }

    def _as_json(self, name: str, found: Found, rows: bool, examples: int) -> dict[str, Any]:
        told: dict[str, Any] = {"id": name, "kind": found.kind, "columns": list(found.columns), "cells": cells_of(found)}
        told |= {"cause": dict(found.cause), "confidence": found.confidence, "measures": list(found.measures), "repair": None}
        told["rows" if rows else "records"] = found.rows.tolist() if rows else len(found.rows)
        if found.repair is not None:
            told["repair"] = {"action": found.repair.action, "remedy": dict(found.repair.remedy)}
            if rows:
                told["repair"]["values"] = {column: values.to_pylist() for column, values in found.repair.values.items()}
            if rows and found.repair.winners is not None:
                told["repair"]["winners"] = np.asarray(found.repair.winners).tolist()
        told["examples"] = self.examples(found, examples)
        return told


def cells_of(found: Found) -> int:
    """How many cells a finding doubts."""
    return len(found.rows) * len(found.columns) if found.cells is None else found.cells


def examine(
    path: str | os.PathLike[str], *, sheet: str | None = None, only: Sequence[str] = (), label: str | None = None, watch: Watch | None = None
) -> Examined:
    """Read a table and look for all that may be wrong with it.

    Args:
        path: a file, or the folder of a sealed dataset of kind `table`.
        sheet: the sheet of a workbook.
        only: keep findings of these kinds only (every detector looks all the same: what one explains, the next leaves alone).
        label: the column that a model would learn to tell; else the one whose header says so.
        watch: told what is being looked for.

    Raises:
        SourceError: no table, or one that does not read.
        RecipeError: a kind in `only`, or a label, that there is not.
    """
    check_kinds(only)
    return examine_table(read_table(Path(path), sheet=sheet), only=only, label=label, watch=watch)


def check_kinds(kinds: Iterable[str], known: Collection[str] = OF_TABLES) -> None:
    """Raise `RecipeError` for a kind of finding that there is not."""
    for kind in kinds:
        if kind not in known:
            raise RecipeError(f"no kind of finding {kind!r}", hint=nearest(kind, known))


def examine_table(table: Table, *, only: Sequence[str] = (), label: str | None = None, watch: Watch | None = None) -> Examined:
    """Look for all that may be wrong with a table that was read already."""
    from khettara.tables.types import type_columns

    if label is not None and label not in table.names:
        raise RecipeError(f"no column {label!r} to be the label", where=table.name, hint=nearest(label, table.names))
    if table.held is not None:
        from khettara.tables.pooling import examine_parts

        types, found, facts, notes = examine_parts(table, partial(look, label=label), watch)
    else:
        types = type_columns(table)
        seen = look(table, types, watch, label)
        found, facts, notes = seen.found, column_facts(seen), []
    if len(table.columns) > WIDE:
        notes.append(note("bands", len(table.columns), band=BAND))
    kept = {f"F{number}": one for number, one in enumerate(found, 1) if not only or one.kind in only}
    return Examined(table, types, kept, tuple(facts), (*table.notes, *notes))


def look(table: Table, types: Mapping[str, ColumnType], watch: Watch | None = None, label: str | None = None) -> Examination:
    """Let every detector look at a table in memory, each after what those before it found."""
    from khettara.tables.detectors import DETECTORS

    seen = Examination(table, types, label=label)
    short = seen.band([column.shortened() for column in table.columns])
    for number, detect in enumerate(DETECTORS):
        if watch is not None:
            watch(name_of(detect), number, len(DETECTORS))
        for band in _bands(seen if name_of(detect) in _WHOLE else short, detect):
            for found in detect(band):
                seen.take(_in_order(found), number)
    return seen


def _bands(seen: Examination, detect: Detect) -> Iterator[Examination]:
    """The table as a detector is to see it: whole; or, where it compares each column with each of many, some neighbours at a time."""
    columns = seen.table.columns
    if len(columns) <= WIDE or name_of(detect) not in _RELATIONAL:
        yield seen
        return
    for start in range(0, len(columns), BAND):
        yield seen.band(columns[start : start + BAND])


def name_of(detect: Detect) -> str:
    """What a detector looks for, by its name: `find_mixed_units` -> `mixed units`."""
    return str(getattr(detect, "__name__", "")).removeprefix("find_").replace("_", " ")


def _in_order(found: Found) -> Found:
    """Findings promise ascending rows; a detector that does not keep it is a mistake of ours."""
    rows: Array = found.rows
    assert len(rows) < 2 or bool((rows[1:] > rows[:-1]).all()), f"{found.kind} of {found.columns}: rows are not ascending"
    return found
