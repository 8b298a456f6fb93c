"""From header and cells to a column's type: what the header says counts where the cells agree; alone, cells must be plain.

"Âge / العمر" ["34", "41 ans", "N/A", "7"]  ->  ColumnType("number", "age", unit="year", low=0, high=122)
"""

from __future__ import annotations

import datetime

import numpy as np
import pyarrow as pa

from khettara.tables.columns import ColumnType
from khettara.tables.table import Array, Column, Table
from khettara.tables.types.agreement import AGREE, agreement, alone, spelt
from khettara.tables.types.content import Cells
from khettara.tables.types.kinds import plain_type
from khettara.tables.types.limits import limits
from khettara.tables.types.pack import Meaning, Packs, load_packs
from khettara.tables.types.titles import Said, said_by

SAMPLE = 3000
"""Cells that are looked at, evenly spread: the share of any kind is then known to within two points."""
NAMED = 0.12
"""For lists that are never complete, names of persons, if the header says no more than that."""
_BEGINNING = 500  # characters of a cell
_EPOCH = datetime.date(1970, 1, 1)


def type_columns(table: Table, packs: Packs | None = None) -> dict[str, ColumnType]:
    """What each column of a table holds."""
    packs = packs or load_packs()
    size = min(table.records, SAMPLE)
    rows = np.unique(np.linspace(0, table.records - 1, size).astype(np.int64)) if size else np.zeros(0, np.int64)
    return {column.name: type_column(column, rows, packs) for column in table.columns}


def type_column(column: Column, rows: Array, packs: Packs) -> ColumnType:
    """What one column holds, judged by its header and the cells of some rows."""
    cells = Cells.of(column.title, _sample(column, rows), packs)
    if not cells.total:
        return ColumnType("empty")
    said = said_by(column.title, packs)
    chosen = _by_header(said, cells)
    if chosen is None or _is_free(chosen[0]):
        chosen = _by_content(cells, shapes_only=chosen is not None) or chosen
    if chosen is None:
        return plain_type(cells)
    meaning, share = chosen
    return _typed(meaning, share, cells)


def _is_free(meaning: Meaning) -> bool:
    """Whether any text may be a value of it, as of a diagnosis or an address."""
    return meaning.kind in ("category", "text") and not (meaning.shape or meaning.words or meaning.listed)


def _sample(column: Column, rows: Array) -> pa.StringArray:
    """The beginnings of some cells: one may be a whole document."""
    pieces = np.array_split(rows, max(1, len(rows) // 256))
    return pa.array([cell and cell[:_BEGINNING] for piece in pieces for cell in column.at(piece)], pa.string())


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


def _by_content(cells: Cells, shapes_only: bool) -> tuple[Meaning, float] | None:
    """The meaning that the cells have by themselves: the one with the largest share, if it is as large as it takes.

    `shapes_only`: only codes, which say more than a header such as "diagnosis" does.
    """
    best: tuple[Meaning, float] | None = None
    for meaning in cells.packs.meanings.values():
        if meaning.alone is None or (shapes_only and not meaning.shape):
            continue
        share = alone(meaning, cells)
        if share >= meaning.alone and (best is None or share > best[1]):
            best = meaning, share
    return best


def _typed(meaning: Meaning, share: float, cells: Cells) -> ColumnType:
    if meaning.kind == "number":
        low, high, unit = limits(meaning, cells)
        return ColumnType("number", meaning.name, unit, low, high, max(share, 0.0))
    if meaning.kind == "date":
        low = None if meaning.low is None else float((datetime.date(int(meaning.low), 1, 1) - _EPOCH).days)
        high = float((datetime.date.today() - _EPOCH).days) if meaning.past else None
        return ColumnType("date", meaning.name, None, low, high, share)
    if meaning.words:
        share = spelt(meaning, cells) or 1.0  # codes of their own stand for the values, each for one
    told = max(share, 0.0) if meaning.has_domain or meaning.listed else 1.0
    return ColumnType(meaning.kind, meaning.name, meaning.unit or None, None, None, told)
