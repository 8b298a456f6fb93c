"""An examination under way: what detectors see of a table, and what they say of it.

A detector is a function that looks at the table and gives what it found:

    def find(seen: Examination) -> Iterator[Found]: ...

Detectors run in the order of `detectors.DETECTORS`. A cell that one has explained is explained for all later ones: they see the
value it proposes instead, or nothing where it proposes none. So `999` in an age is a missing value, and not an outlier as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import numpy as np
import pyarrow as pa

from khettara.tables.columns import ColumnType
from khettara.tables.dates import Habit as DateHabit
from khettara.tables.numbers import Habit as NumberHabit
from khettara.tables.table import Array, Column, Table, blank

if TYPE_CHECKING:
    from khettara.tables.types.pack import Packs

Action = Literal["blank", "replace", "swap", "convert", "merge", "drop"]
Kept = TypeVar("Kept")
Words = Mapping[str, str]
"""One sentence for each language of the house: en, fr, ar."""


@dataclass(frozen=True)
class Repair:
    """What to do about it. `values`: for each column, the new texts of the finding's rows, in their order (null: nothing there).

    `drop`: the rows leave the table (copies); `winners` names for each the row that stays.
    """

    action: Action
    remedy: Words
    values: Mapping[str, pa.StringArray] = field(default_factory=dict)
    drop: bool = False
    winners: Array | None = None


@dataclass(frozen=True)
class Found:
    """What a detector says: these rows of these columns have this defect, for this cause.

    `rows` are ascending, from 0. `cells`: how many cells are wrong, where that is not rows times columns (None: it is).
    `explains`: whether later detectors are to leave these cells alone; `keep_value` for findings that cast no doubt on the cell itself.
    """

    kind: str
    columns: tuple[str, ...]
    rows: Array
    cause: Words
    confidence: float
    measures: tuple[str, ...]
    repair: Repair | None = None
    cells: int | None = None
    explains: bool = True


Detect = Callable[["Examination"], Iterator[Found]]


class Examination:
    """A table with its columns' types, and everything that was found so far."""

    def __init__(self, table: Table, types: Mapping[str, ColumnType], packs: Packs | None = None, label: str | None = None) -> None:
        self.table = table
        self.types = types
        self._packs = packs
        self.label = label
        """The column that a model is to predict, where the user named it (`labels` looks for it otherwise)."""
        self.found: list[Found] = []
        self.finders: list[int] = []
        """For each finding the place of its detector in `DETECTORS`."""
        self._explained: dict[str, Array] = {}
        self._amended: dict[str, dict[int, str | None]] = {}
        self._values: dict[tuple[str, str], Array] = {}
        self._reads: dict[tuple[str, str], Callable[[pa.StringArray], Array]] = {}
        self._kept: dict[tuple[str, str], Any] = {}
        self._number_habits: dict[str, NumberHabit] = {}
        self._date_habits: dict[str, DateHabit] = {}

    @property
    def records(self) -> int:
        """Rows of the table."""
        return self.table.records

    @property
    def packs(self) -> Packs:
        """What is known of the things that columns hold, and of units."""
        if self._packs is None:
            from khettara.tables.types.pack import load_packs

            self._packs = load_packs()
        return self._packs

    def band(self, columns: Sequence[Column]) -> Examination:
        """The same examination of some of the columns: what was found and read so far is shared."""
        seen = copy(self)
        seen.table = replace(self.table, columns=tuple(columns))
        return seen

    def columns(self, *kinds: str) -> list[Column]:
        """The columns of some kinds, in order."""
        return [column for column in self.table.columns if self.types[column.name].kind in kinds]

    def meaning(self, *semantics: str) -> list[Column]:
        """The columns that hold one of these things, in order."""
        return [column for column in self.table.columns if self.types[column.name].semantic in semantics]

    def take(self, found: Found, finder: int = 0) -> None:
        """Keep a finding. Its cells are explained from now on, and have the values that it proposes."""
        self.found.append(found)
        self.finders.append(finder)
        if not found.explains or not len(found.rows):
            return
        for name in found.columns:
            self._mask(name)[found.rows] = True
            proposed = found.repair.values.get(name) if found.repair is not None else None
            new = proposed.to_pylist() if proposed is not None else [None] * len(found.rows)
            self._amended.setdefault(name, {}).update(zip(found.rows.tolist(), new, strict=True))
            self._renew(name, found.rows, pa.array(new, pa.string()) if proposed is None else proposed)

    def kept(self, what: str, name: str, make: Callable[[], Kept]) -> Kept:
        """What `make` gives for a column; made once, until a finding explains cells of it. Not to be changed."""
        key = (what, name)
        if key not in self._kept:
            self._kept[key] = make()
        found: Kept = self._kept[key]
        return found

    def _renew(self, name: str, rows: Array, cells: pa.StringArray) -> None:
        """Put the readings of new cells in the places of the old, in copies: a detector at work keeps what it has."""
        for key in [key for key in self._kept if key[1] == name]:
            del self._kept[key]
        for key in [key for key in self._values if key[1] == name]:
            if key not in self._reads:
                del self._values[key]  # made of other readings, as settled numbers are
                continue
            new = self._values[key].copy()
            new[rows] = self._reads[key](cells)
            self._values[key] = new

    def explained(self, name: str) -> Array:
        """Which cells of a column an earlier finding explains."""
        return self._mask(name).copy()

    def _mask(self, name: str) -> Array:
        if name not in self._explained:
            self._explained[name] = np.zeros(self.records, bool)
        return self._explained[name]

    def amended(self, name: str) -> Mapping[int, str | None]:
        """The new texts that earlier findings propose for a column, by row."""
        return self._amended.get(name, {})

    def values(self, what: str, name: str, read: Callable[[pa.StringArray], Array]) -> Array:
        """`read` of every cell, with the proposals of earlier findings in their places; kept under `what` until one more changes it."""
        key = (what, name)
        if key not in self._values:
            result = np.array(self.table[name].map(read))
            changed = self.amended(name)
            if changed:
                at = np.fromiter(changed.keys(), np.int64, len(changed))
                result[at] = read(pa.array(list(changed.values()), pa.string()))
            self._values[key] = result
            self._reads[key] = read
        return self._values[key]

    def numbers(self, name: str) -> Array:
        """The column as float64; NaN where a cell has none. Decimal commas, blanks between thousands and Arabic digits are read."""
        from khettara.tables.numbers import settle

        key = ("settled numbers", name)
        if key not in self._values:
            read = self.numbers_read(name)
            self._values[key] = settle(read["value"], read["style"], self.number_habit(name))
        return self._values[key]

    def numbers_read(self, name: str) -> Array:
        """The column's numbers as they are written: `value` and `style` (`numbers.STYLES`)."""
        from khettara.tables.numbers import read_numbers

        return self.values("numbers", name, read_numbers)

    def number_habit(self, name: str) -> NumberHabit:
        """What a lone comma or point is in the column, settled when it is first asked for."""
        from khettara.tables.numbers import habit_of

        if name not in self._number_habits:
            read = self.numbers_read(name)
            self._number_habits[name] = habit_of(read["value"], read["style"])
        return self._number_habits[name]

    def days(self, name: str) -> Array:
        """The column as days (datetime64[D]); NaT where a cell has none. What `12/03/1990` means is settled by the column's own habit."""
        from khettara.tables.dates import days_of

        key = ("settled days", name)
        if key not in self._values:
            self._values[key] = days_of(self.dates_read(name), self.date_habit(name))
        return self._values[key]

    def dates_read(self, name: str) -> Array:
        """The column's dates as they are written: three numbers and a form (`dates.FORMS`)."""
        from khettara.tables.dates import read_dates

        return self.values("dates", name, read_dates)

    def date_habit(self, name: str) -> DateHabit:
        """What the column's dates leave open, settled when it is first asked for."""
        from khettara.tables.dates import habit_of

        if name not in self._date_habits:
            self._date_habits[name] = habit_of(self.dates_read(name))
        return self._date_habits[name]

    def texts(self, name: str) -> Array:
        """The column as an array of objects: str, or None. For columns that are short or needed whole: it costs memory."""
        return self.values("texts", name, lambda cells: np.array(cells.to_pylist(), dtype=object))

    def empty(self, name: str) -> Array:
        """Which cells have nothing: null, blank, or explained as missing."""
        return self.values("empty", name, blank)
