"""Numbers as people write them: `1 234,50`, `1,234.5`, `١٢٣٫٥`  ->  1234.5, 1234.5, 123.5.

How a cell is written is its `Style`; how the cells of a column are mostly written is the column's `Habit`, which settles what
`1,234` and `1.234` are. What follows or precedes a number (a unit, a currency) makes the cell no number here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from khettara.tables.table import Array

Mark = Literal["decimal", "thousands"]

DIGITS: dict[int, str | None] = {ord(digit): str(place % 10) for place, digit in enumerate("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹")}
_BLANKS = "\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{THIN SPACE}\N{FIGURE SPACE}'’\N{ARABIC THOUSANDS SEPARATOR}"
_DIRECTIONS = "\u200e\u200f\u202a\u202b\u202c\u2066\u2067\u2069\ufeff"
# What stands between thousands, and the marks of direction that come along with Arabic text.
_SIGNS = DIGITS | dict.fromkeys(map(ord, _BLANKS), " ") | dict.fromkeys(map(ord, _DIRECTIONS)) | {ord("\N{MINUS SIGN}"): "-"}

PLAIN = r"^[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?$"
"""What any program reads."""

# What comes to the slower reading: neither words nor dates.
WRITTEN = r"^[+\-\x{2212}\p{Cf}]*[.,٫]?\p{Nd}[\p{Nd}\p{Z}\p{Cf}.,٫٬'’]*(?:[eE][+-]?[0-9]+)?$"

# The styles of the cells that are not plain, in the order of their codes; each regex says also where the decimals begin.
STYLES: tuple[tuple[str, str], ...] = (
    ("blanks", r"^[+-]?[0-9]{1,3}(?: [0-9]{3})+$"),
    ("blanks and comma", r"^[+-]?[0-9]{1,3}(?: [0-9]{3})+[,٫][0-9]+$"),
    ("blanks and point", r"^[+-]?[0-9]{1,3}(?: [0-9]{3})+\.[0-9]+$"),
    ("points and comma", r"^[+-]?[0-9]{1,3}(?:\.[0-9]{3})+[,٫][0-9]+$"),
    ("points", r"^[+-]?[0-9]{1,3}(?:\.[0-9]{3}){2,}$"),
    ("commas and point", r"^[+-]?[0-9]{1,3}(?:,[0-9]{3})+\.[0-9]+$"),
    ("commas", r"^[+-]?[0-9]{1,3}(?:,[0-9]{3}){2,}$"),
    ("comma or thousands", r"^[+-]?[1-9][0-9]{0,2},[0-9]{3}$"),
    ("comma", r"^[+-]?(?:[0-9]+[,٫][0-9]*|[,٫][0-9]+)(?:[eE][+-]?[0-9]{1,3})?$"),
)
NONE, WHOLE, POINT, POINT_OR_THOUSANDS = 0, 1, 2, 3
FIRST = 4
"""Codes of styles: no number; digits alone; with a decimal point; `1.234`; then `STYLES`, counted from here."""
_SHAPES = dict(STYLES)
CODE = {name: FIRST + place for place, (name, _) in enumerate(STYLES)}
FOREIGN = 64
"""Added to the code where the digits are not 0-9."""


@dataclass(frozen=True)
class Habit:
    """What a lone comma and a lone point before exactly three digits are in a column."""

    comma: Mark = "decimal"
    point: Mark = "decimal"


def parse_numbers(cells: pa.StringArray, habit: Habit | None = None) -> Array:
    """Each cell as float64, NaN where it is no number. Without a habit, the cells given decide what `1,234` is.

    >>> parse_numbers(pa.array(["1 234,50", "1.234,5", "1,234.5", "١٢٣٫٥", "12 kg", None])).tolist()
    [1234.5, 1234.5, 1234.5, 123.5, nan, nan]
    """
    read = read_numbers(cells)
    return settle(read["value"], read["style"], habit or habit_of(read["value"], read["style"]))


READ = np.dtype([("value", np.float64), ("style", np.uint8)])


def read_numbers(cells: pa.StringArray) -> Array:
    """Each cell's `value` and the code of its `style`. `1,234` is read as 1.234 here, until `settle` knows better."""
    cells = pc.utf8_trim_whitespace(cells.cast(pa.string()))
    plain = pc.fill_null(pc.match_substring_regex(cells, PLAIN), False)
    values = np.array(pc.cast(pc.if_else(plain, cells, None), pa.float64()).to_numpy(zero_copy_only=False))
    styles = np.zeros(len(cells), np.uint8)
    is_plain = plain.to_numpy(zero_copy_only=False)
    styles[is_plain] = WHOLE
    styles[is_plain & _has(cells, ".")] = POINT
    pointed = np.flatnonzero(styles == POINT)
    if len(pointed):
        groups = pc.match_substring_regex(cells.take(pointed), r"^[+-]?[1-9][0-9]{0,2}\.[0-9]{3}$")
        styles[pointed[groups.to_numpy(zero_copy_only=False)]] = POINT_OR_THOUSANDS
    rest = np.flatnonzero(~is_plain & pc.fill_null(pc.match_substring_regex(cells, WRITTEN), False).to_numpy(zero_copy_only=False))
    if len(rest):
        values[rest], styles[rest] = _read_written(cells.take(rest))
    read = np.empty(len(cells), READ)
    read["value"], read["style"] = values, styles
    return read


def fold(text: str) -> str:
    """A number with digits 0-9, and plain blanks between its thousands where those have one."""
    return text.translate(_SIGNS).strip()


def _has(cells: pa.StringArray, mark: str) -> Array:
    found: Array = pc.fill_null(pc.match_substring(cells, mark), False).to_numpy(zero_copy_only=False)
    return found


def _read_written(cells: pa.StringArray) -> tuple[Array, Array]:
    """Values and styles of cells that have blanks, commas or digits of other scripts."""
    values = np.full(len(cells), np.nan)
    styles = np.zeros(len(cells), np.uint8)
    other = np.flatnonzero(pc.match_substring_regex(cells, r"[^\x00-\x26\x28-\x7f]").to_numpy(zero_copy_only=False))
    texts = [fold(text) for text in cells.take(pa.array(other)).to_pylist()]
    changed = np.zeros(len(cells), bool)
    changed[other] = True
    signs = pc.replace_with_mask(cells, pa.array(changed), pa.array(texts, pa.string())) if len(other) else cells
    left = np.arange(len(cells))
    for name, shape in (("comma or thousands", _SHAPES["comma or thousands"]), ("comma", _SHAPES["comma"]), *STYLES, ("plain", PLAIN)):
        if not len(left):
            break
        some = signs if len(left) == len(cells) else signs.take(pa.array(left))
        fits = pc.match_substring_regex(some, shape).to_numpy(zero_copy_only=False)
        rows = left[fits]
        if len(rows):
            styles[rows] = CODE.get(name, POINT)
            values[rows] = _values(signs.take(pa.array(rows)), name)
            left = left[~fits]
    digits = [place for place, text in zip(other.tolist(), cells.take(pa.array(other)).to_pylist(), strict=True) if _OTHER_DIGIT.search(text)]
    styles[digits] += np.where(styles[digits] > 0, FOREIGN, 0).astype(np.uint8)
    return values, styles


_OTHER_DIGIT = re.compile("[٠-٩۰-۹]")


def _values(cells: pa.StringArray, style: str) -> Array:
    """Cells of one style as numbers."""
    cells = pc.replace_substring(cells, " ", "")
    if style in ("commas and point", "commas"):
        cells = pc.replace_substring(cells, ",", "")
    elif style in ("points and comma", "points"):
        cells = pc.replace_substring(cells, ".", "")
    cells = pc.replace_substring(pc.replace_substring(cells, "٫", "."), ",", ".")
    values: Array = pc.cast(cells, pa.float64()).to_numpy(zero_copy_only=False)
    return values


def habit_of(values: Array, styles: Array) -> Habit:
    """What lone commas and points are where these cells stand.

    A cell that leaves no doubt decides (`12,5`, `1,234.50`, `0,250`). Where none does, commas that all stand before three digits are
    thousands, if no number without one reaches 1,000: nobody writes 1,234 beside 2345.
    """
    styles = styles & (FOREIGN - 1)
    count = np.bincount(styles, minlength=FIRST + len(STYLES))

    def seen(*names: str) -> int:
        return int(sum(count[CODE[name]] for name in names))

    commas_decimal = seen("comma", "blanks and comma", "points and comma")
    commas_group = seen("commas and point", "commas")
    points_decimal = int(count[POINT]) + seen("blanks and point", "commas and point")
    points_group = seen("points and comma", "points")
    large = bool(np.any(np.abs(values[styles == WHOLE]) >= 1000)) if count[WHOLE] else False
    doubtful_commas, doubtful_points = seen("comma or thousands"), int(count[POINT_OR_THOUSANDS])
    comma: Mark = "thousands" if commas_group > commas_decimal else "decimal"
    if not commas_group and not commas_decimal and not large and (points_decimal or doubtful_commas >= SURE):
        comma = "thousands"
    point: Mark = "thousands" if points_group > points_decimal and not large and doubtful_points else "decimal"
    return Habit(comma, point)


SURE = 5
"""Numbers that must all have three digits after their comma before a column of such numbers is one of thousands."""


def settle(values: Array, styles: Array, habit: Habit) -> Array:
    """The values, with those of doubtful style read by the column's habit."""
    doubtful = [code for code, mark in ((CODE["comma or thousands"], habit.comma), (POINT_OR_THOUSANDS, habit.point)) if mark == "thousands"]
    if not doubtful:
        return values
    at = np.isin(styles & (FOREIGN - 1), doubtful)
    return np.where(at, np.round(values * 1000), values)
