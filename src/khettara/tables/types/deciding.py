"""From header and cells to a column's type: what the header says counts where the cells agree; alone, cells must be plain.

"Âge / العمر" ["34", "41 ans", "N/A", "7"]  ->  ColumnType("number", "age", unit="year", low=0, high=122)
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from khettara.tables.columns import ColumnType, Kind
from khettara.tables.table import Array, Column, Table
from khettara.tables.types.content import Cells
from khettara.tables.types.pack import Meaning, Packs, load_packs
from khettara.tables.types.titles import Said, said_by, unit_said

SAMPLE = 3000
"""Cells that are looked at, evenly spread: the share of any kind is then known to within two points."""
AGREE = 0.5
"""Of the cells, those that must be what the header says. Up to a third may be spoilt, and some are left for what we do not know."""
NAMED = 0.12
"""For lists that are never complete, names of persons, if the header says no more than that."""
_MIXED = 0.6
_SHORT = 50  # rows in which the values of a category need not have come twice
_EPOCH = datetime.date(1970, 1, 1)


def type_columns(table: Table, packs: Packs | None = None) -> dict[str, ColumnType]:
    """What each column of a table holds."""
    packs = packs or load_packs()
    size = min(table.records, SAMPLE)
    rows = np.unique(np.linspace(0, table.records - 1, size).astype(np.int64)) if size else np.zeros(0, np.int64)
    return {column.name: type_column(column, rows, packs) for column in table.columns}


def type_column(column: Column, rows: Array, packs: Packs) -> ColumnType:
    """What one column holds, judged by its header and the cells of some rows."""
    cells = Cells.of(column.title, pa.array(column.at(rows), pa.string()), packs)
    if not cells.total:
        return ColumnType("empty")
    said = said_by(column.title, packs)
    chosen = _by_header(said, cells)
    if chosen is None or not (chosen[0].shape or chosen[0].words or chosen[0].listed or chosen[0].kind not in ("category", "text")):
        chosen = _by_content(cells, shapes_only=chosen is not None) or chosen
    if chosen is None:
        return _plain(cells, said)
    meaning, share = chosen
    return _typed(meaning, share, cells)


def _by_header(said: list[Said], cells: Cells) -> tuple[Meaning, float] | None:
    """The meaning with the longest phrase that the cells agree with; of those with one phrase, the one they agree with most."""
    best: tuple[int, float, Meaning] | None = None
    for one in said:
        if best and one.letters < best[0]:
            break
        share = agreement(one.meaning, cells)
        needed = _needed(one)
        if share >= needed and (best is None or share > best[1]):
            best = (one.letters, share, one.meaning)
    return (best[2], best[1]) if best else None


def _needed(said: Said) -> float:
    if said.meaning.listed in ("persons", "first_names", "family_names"):
        return 0.0 if said.words > 0.95 else NAMED
    if said.meaning.listed == "communes":
        return 0.2 if said.words > 0.8 else AGREE
    return AGREE


def agreement(meaning: Meaning, cells: Cells) -> float:
    """The share of cells that are what a meaning says."""
    if meaning.kind == "date":
        return max(cells.share(cells.dates), cells.share(_run_together(cells)))
    if meaning.kind == "number":
        return cells.share(cells.numeric & ~_out(meaning, cells))
    if meaning.shape:
        return cells.share(cells.shaped(meaning, meaning.shape))
    if meaning.words:
        return max(_spelt(meaning, cells), 0.9 if cells.distinct <= 4 else 0.0)
    if meaning.listed == "codes":
        return cells.listed("codes") if cells.distinct >= 0.2 * cells.total or cells.distinct >= SAMPLE / 10 else 0.0
    if meaning.listed in ("persons", "first_names", "family_names"):
        return cells.listed(meaning.listed) if cells.lettered > AGREE else -1.0
    if meaning.listed:
        return cells.listed(meaning.listed)
    if meaning.kind == "category":
        return 0.9 if (_few(cells) or cells.total < _SHORT) and cells.share(cells.dates) < AGREE else 0.0
    return cells.lettered


def _run_together(cells: Cells) -> Array:
    """Dates like 19900312, and day numbers of spreadsheets: only for columns whose header says date."""
    whole = np.nan_to_num(cells.numbers, nan=-1.0)
    month, day = whole // 100 % 100, whole % 100
    return ((whole >= 18_500_101) & (whole < 21_000_000) & (month >= 1) & (month <= 12) & (day >= 1) & (day <= 31)) | (
        (whole > 3_000) & (whole < 80_000)
    )


def _out(meaning: Meaning, cells: Cells) -> Array:
    low, high, _ = limits(meaning, cells)
    numbers = cells.numbers
    out = np.zeros(len(numbers), bool)
    with np.errstate(invalid="ignore"):
        if low is not None:
            out |= numbers < low
        if high is not None:
            out |= numbers > high
        if meaning.whole:
            out |= numbers % 1 != 0
    return out & ~np.isnan(numbers)


def _spelt(meaning: Meaning, cells: Cells) -> float:
    known = {spelling.casefold() for value, spellings in meaning.words.items() for spelling in (value, *spellings)}
    return cells.share(np.array([value.casefold() in known for value in cells.values.to_pylist()], bool)) if _few(cells) else 0.0


def limits(meaning: Meaning, cells: Cells) -> tuple[float | None, float | None, str | None]:
    """What a column's values can be, in the unit that header and cells say."""
    unit: str | None = meaning.unit or None
    packs = cells.packs
    low, high = meaning.low, meaning.high
    if meaning.past and meaning.kind == "number":
        high = float(datetime.date.today().year)
    if not meaning.quantity or unit is None:
        if meaning.inside and cells.share((cells.numbers >= meaning.inside[0]) & (cells.numbers <= meaning.inside[1])) > 0.8 * cells.share(
            cells.numeric
        ):
            return meaning.inside[0], meaning.inside[1], unit
        return low, high, unit
    chosen = unit_said(cells.title, meaning.quantity, packs) or _unit_of_middle(meaning, cells) or unit
    bounds = [None if bound is None else packs.convert(meaning.quantity, bound, unit, chosen) for bound in (low, high)]
    return bounds[0], bounds[1], chosen


def _unit_of_middle(meaning: Meaning, cells: Cells) -> str | None:
    """The unit in which the middle of the column is typical; the usual one if it is, None if none is."""
    if not meaning.typical or not cells.numeric.any():
        return None
    middle = float(np.median(np.repeat(cells.numbers[cells.numeric], cells.counts[cells.numeric])))
    for unit in (meaning.unit, *cells.packs.quantities[meaning.quantity]):
        low, high = (cells.packs.convert(meaning.quantity, bound, meaning.unit, unit) for bound in meaning.typical)
        if low <= middle <= high:
            return unit
    return None


def _by_content(cells: Cells, shapes_only: bool) -> tuple[Meaning, float] | None:
    """The meaning that the cells have by themselves: the one with the largest share, if it is as large as it takes.

    `shapes_only`: only codes, which say more than a header such as "diagnosis" does.
    """
    best: tuple[Meaning, float] | None = None
    for meaning in cells.packs.meanings.values():
        if meaning.alone is None or (shapes_only and not meaning.shape):
            continue
        share = _alone(meaning, cells)
        if share >= meaning.alone and (best is None or share > best[1]):
            best = meaning, share
    return best


def _alone(meaning: Meaning, cells: Cells) -> float:
    if meaning.words:
        return _spelt(meaning, cells) if cells.distinct >= 2 else 0.0
    if meaning.listed:
        return cells.listed(meaning.listed) if cells.lettered > AGREE else 0.0
    shape = meaning.usual or meaning.shape
    if cells.some.share(cells.some.shaped(meaning, shape)) < (meaning.alone or 0.0) - 0.1:
        return 0.0
    shaped = cells.shaped(meaning, shape)
    share = cells.share(shaped)
    if share < (meaning.alone or 0.0):
        return 0.0
    if meaning.prefixes and _long_series(meaning, cells, shaped) < 3:
        return 0.0  # file numbers begin with one letter or another as well
    return share


def _long_series(meaning: Meaning, cells: Cells, shaped: Array) -> int:
    """How many listed series of more than one letter there are."""
    letters = pc.replace_substring_regex(pc.utf8_upper(cells.values.filter(pa.array(shaped))), r"^([A-Z]*).*$", r"\1")
    return len({series for series in pc.unique(letters).to_pylist() if len(series) > 1} & set(meaning.prefixes))


def _typed(meaning: Meaning, share: float, cells: Cells) -> ColumnType:
    if meaning.kind == "number":
        low, high, unit = limits(meaning, cells)
        return ColumnType("number", meaning.name, unit, low, high, max(share, 0.0))
    if meaning.kind == "date":
        low = None if meaning.low is None else float((datetime.date(int(meaning.low), 1, 1) - _EPOCH).days)
        high = float((datetime.date.today() - _EPOCH).days) if meaning.past else None
        return ColumnType("date", meaning.name, None, low, high, share)
    return ColumnType(meaning.kind, meaning.name, meaning.unit or None, None, None, max(share, 0.0))


def _plain(cells: Cells, said: list[Said]) -> ColumnType:
    """The kind of a column of which no more is known."""
    for kind, share in KINDS.items():
        if (found := share(cells, said)) >= _MIXED:
            return _measured(cells, found) if kind == "number" else ColumnType(kind, share=found)
    return ColumnType("category" if _few(cells) and cells.longest <= 60 else "text")


def _measured(cells: Cells, share: float) -> ColumnType:
    """Numbers in the unit that the header names: lengths and weights are not below zero, whatever they are of."""
    for quantity in cells.packs.quantities:
        if unit := unit_said(cells.title, quantity, cells.packs, fewest=2):
            return ColumnType("number", None, unit, 0.0 if quantity in cells.packs.never_negative else None, None, share)
    return ColumnType("number", share=share)


def _few(cells: Cells) -> bool:
    """Whether values repeat as those of a category do."""
    return cells.distinct <= max(0.2 * cells.total, min(20, 0.6 * cells.total))


def _counting(cells: Cells, said: list[Said]) -> float:
    """Whole numbers that are nearly all different and lie close together: a running number."""
    numbers = cells.numbers[cells.numeric]
    if len(numbers) < 20 or cells.distinct < 0.98 * cells.total or (numbers % 1 != 0).any():
        return 0.0
    low, high = np.quantile(numbers, (0.01, 0.99))
    steps = np.diff(numbers)
    rising = float((steps > 0).mean())
    return cells.share(cells.numeric) if rising > 0.95 and high > low else 0.0


def _coded(cells: Cells, said: list[Said]) -> float:
    """Signs with digits among them, hardly two alike."""
    if _few(cells) or cells.total < 5 or cells.lettered > AGREE or max(cells.share(cells.numeric), cells.share(cells.dates)) > 1 - _MIXED:
        return 0.0
    return cells.listed("codes") if cells.longest <= 30 else 0.0


def _few_numbers(cells: Cells, said: list[Said]) -> float:
    """Whole numbers of which there are so few that they stand for classes."""
    numbers = cells.numbers[cells.numeric]
    codes = len(numbers) <= 6 and cells.total >= 100 and bool((numbers % 1 == 0).all()) and bool((np.abs(numbers) < 100).all())
    return cells.share(cells.numeric) if codes else 0.0


KINDS: Mapping[Kind, Callable[[Cells, list[Said]], float]] = {
    "date": lambda cells, said: cells.share(cells.dates),
    "identifier": lambda cells, said: max(_counting(cells, said), _coded(cells, said)),
    "category": _few_numbers,
    "number": lambda cells, said: cells.share(cells.numeric),
}
"""Which plain kinds there are, in the order in which they are tried, and how much of a column is of each."""
