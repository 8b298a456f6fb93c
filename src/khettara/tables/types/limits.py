"""What a column's values can be at all, in the unit that its header names or its values show.

"Glycémie" ["95", "110", "132"]  ->  5 to 2700 mg/dL
"""

from __future__ import annotations

import datetime

import numpy as np

from khettara.tables.types.content import Cells
from khettara.tables.types.pack import Meaning
from khettara.tables.types.titles import unit_said

KEEPS = 0.8
"""Of the numbers, those that must lie in a meaning's closer bounds for these to be the column's."""


def limits(meaning: Meaning, cells: Cells) -> tuple[float | None, float | None, str | None]:
    """What a column's values can be, in the unit that header and cells say."""
    unit: str | None = meaning.unit or None
    packs = cells.packs
    low, high = meaning.low, meaning.high
    if meaning.past and meaning.kind == "number":
        high = float(datetime.date.today().year)
    if not meaning.quantity or unit is None:
        return (*(_closer(meaning, cells) or (low, high)), unit)
    chosen = unit_said(cells.title, meaning.quantity, packs) or _unit_of_middle(meaning, cells) or unit
    bounds = [None if bound is None else packs.convert(meaning.quantity, bound, unit, chosen) for bound in (low, high)]
    return bounds[0], bounds[1], chosen


def _closer(meaning: Meaning, cells: Cells) -> tuple[float, float] | None:
    """The closer bounds of a meaning, where the column keeps to them: coordinates in the country."""
    if not meaning.inside:
        return None
    low, high = meaning.inside
    within = (cells.numbers >= low) & (cells.numbers <= high)
    return (low, high) if cells.share(within) > KEEPS * cells.share(cells.numeric) else None


def _unit_of_middle(meaning: Meaning, cells: Cells) -> str | None:
    """The unit in which the middle of the column is typical; the usual one if it is, None if none is."""
    known = ~np.isnan(cells.numbers)
    if not meaning.typical or not known.any():
        return None
    middle = float(np.median(np.repeat(cells.numbers[known], cells.counts[known])))
    for unit in (meaning.unit, *cells.packs.quantities[meaning.quantity]):
        low, high = (cells.packs.convert(meaning.quantity, bound, meaning.unit, unit) for bound in meaning.typical)
        if low <= middle <= high:
            return unit
    return None
