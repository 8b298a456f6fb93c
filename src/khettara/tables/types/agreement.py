"""How many cells of a column are what a meaning says: with a header that proposes it, or by themselves.

cin, ["AB123456", "J40112", "N/A"]  ->  2 of 3
"""

from __future__ import annotations

import re

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from khettara.tables.table import Array
from khettara.tables.types.content import Cells
from khettara.tables.types.limits import limits
from khettara.tables.types.pack import Meaning

AGREE = 0.5
"""Of the cells, those that must be what the header says. Up to a third may be spoilt, and some are left for what we do not know."""
FREE = 0.9
"""How well values agree with a meaning whose values nobody can list, such as products: better than lists that they miss."""
_SHORT = 50  # rows in which the values of a category need not have come twice
_MANY = 300  # different values in a sample: enough for numbers of records that come again


def agreement(meaning: Meaning, cells: Cells) -> float:
    """The share of cells that are what a meaning says."""
    if meaning.kind == "date":
        return max(cells.share(cells.dates), cells.share(_run_together(cells)))
    if meaning.kind == "number":
        return cells.share(cells.numeric & ~_out(meaning, cells))
    if meaning.shape:
        return cells.share(cells.shaped(meaning, meaning.shape))
    if meaning.words:
        return max(spelt(meaning, cells), FREE if cells.distinct <= 4 else 0.0)
    if meaning.listed == "codes":
        return cells.listed("codes") if cells.distinct >= 0.2 * cells.total or cells.distinct >= _MANY else 0.0
    if meaning.listed in ("persons", "first_names", "family_names"):
        return cells.listed(meaning.listed) if cells.lettered > AGREE else -1.0
    if meaning.listed:
        return cells.listed(meaning.listed)
    if meaning.kind == "category":
        return FREE if (cells.few or cells.total < _SHORT) and cells.share(cells.dates) < AGREE else 0.0
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


def spelt(meaning: Meaning, cells: Cells) -> float:
    """The share of cells that are one of the meaning's words, in a column of few values."""
    known = {spelling.casefold() for value, spellings in meaning.words.items() for spelling in (value, *spellings)}
    return cells.share(np.array([value.casefold() in known for value in cells.values.to_pylist()], bool)) if cells.few else 0.0


def alone(meaning: Meaning, cells: Cells) -> float:
    """The share of cells that are what a meaning says, where no header says so; 0 where that proves nothing."""
    if meaning.words:
        return spelt(meaning, cells) if cells.distinct >= 2 else 0.0
    if meaning.listed:
        return cells.listed(meaning.listed) if cells.lettered > AGREE else 0.0
    shape = meaning.usual or meaning.shape
    if not _seems(cells, meaning, shape):
        return 0.0
    shaped = cells.shaped(meaning, shape)
    share = cells.share(shaped)
    if share < (meaning.alone or 0.0):
        return 0.0
    if meaning.prefixes and _long_series(meaning, cells, shaped) < 3:
        return 0.0  # file numbers begin with one letter or another as well
    return share


def _seems(cells: Cells, meaning: Meaning, shape: str) -> bool:
    """Whether a handful of values has a shape: most columns are nothing of most shapes, and are told so for little."""
    strip, whole = re.compile(meaning.strip), re.compile(shape)
    fits = [whole.fullmatch(strip.sub("", value).upper()) is not None for value in cells.handful]
    return sum(fits) >= len(fits) / 2


def _long_series(meaning: Meaning, cells: Cells, shaped: Array) -> int:
    """How many listed series of more than one letter there are."""
    letters = pc.replace_substring_regex(pc.utf8_upper(cells.values.filter(pa.array(shaped))), r"^([A-Z]*).*$", r"\1")
    return len({series for series in pc.unique(letters).to_pylist() if len(series) > 1} & set(meaning.prefixes))
