"""The kind of a column of which no more is known: dates, numbers, codes, categories or texts.

["A4475", "S4971", "B9871"]  ->  identifier        ["17", "19", "23"]  ->  number
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from khettara.tables.columns import ColumnType, Kind
from khettara.tables.types.agreement import AGREE
from khettara.tables.types.content import Cells
from khettara.tables.types.titles import unit_said

MOSTLY = 0.6
"""The share of cells that makes a kind: up to a third may be spoilt."""


def plain_type(cells: Cells) -> ColumnType:
    """The kind of a column of which no more is known."""
    for kind, share in KINDS.items():
        if (found := share(cells)) >= MOSTLY:
            return _measured(cells, found) if kind == "number" else ColumnType(kind, share=found)
    return ColumnType("category" if cells.few and cells.longest <= 60 else "text")


def _measured(cells: Cells, share: float) -> ColumnType:
    """Numbers in the unit that the header names: lengths and weights are not below zero, whatever they are of."""
    for quantity in cells.packs.quantities:
        if unit := unit_said(cells.title, quantity, cells.packs, fewest=2):
            return ColumnType("number", None, unit, 0.0 if quantity in cells.packs.never_negative else None, None, share)
    return ColumnType("number", share=share)


def _counting(cells: Cells) -> float:
    """Whole numbers that are nearly all different and rise evenly: a running number."""
    numbers = cells.numbers[~np.isnan(cells.numbers)]
    if len(numbers) < 20 or cells.distinct < 0.98 * cells.total or (numbers % 1 != 0).any():
        return 0.0
    steps = np.diff(numbers)  # of a column that is merely sorted they differ more among themselves
    even = (steps > 0).mean() > 0.95 and steps.std() <= 1.5 * steps.mean()
    return cells.share(cells.numeric) if even else 0.0


def _coded(cells: Cells) -> float:
    """Signs with digits among them, hardly two alike."""
    if cells.few or cells.total < 5 or cells.lettered > AGREE or max(cells.share(cells.numeric), cells.share(cells.dates)) > 1 - MOSTLY:
        return 0.0
    return cells.listed("codes") if cells.longest <= 30 else 0.0


def _few_numbers(cells: Cells) -> float:
    """Whole numbers of which there are so few that they stand for classes."""
    numbers = cells.numbers[~np.isnan(cells.numbers)]
    codes = len(numbers) <= 6 and cells.total >= 100 and bool((numbers % 1 == 0).all()) and bool((np.abs(numbers) < 100).all())
    return cells.share(cells.numeric) if codes else 0.0


KINDS: Mapping[Kind, Callable[[Cells], float]] = {
    "date": lambda cells: cells.share(cells.dates),
    "identifier": lambda cells: max(_counting(cells), _coded(cells)),
    "category": _few_numbers,
    "number": lambda cells: cells.share(cells.numeric),
}
"""Which plain kinds there are, in the order in which they are tried, and how much of a column is of each."""
