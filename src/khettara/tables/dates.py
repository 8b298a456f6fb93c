"""Dates as people write them: `2024-03-12`, `12/03/2024`, `12 mars 2024`, `١٢ مارس ٢٠٢٤`, `2 رمضان 1445`  ->  days.

A cell gives three numbers and its form (`read_dates`: each cell alone); the cells of a column together give its habit (`habit_of`): which of
day and month comes first, in what century 24 lies, whether 45363 is a day counted by a spreadsheet; then the days follow (`days_of`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from khettara.tables.numbers import DIGITS
from khettara.tables.table import Array

FORMS: Final = (
    "",
    "yyyy-mm-dd",
    "yyyy/mm/dd",
    "yyyy.mm.dd",
    "yyyy mm dd",
    "dd-mm-yyyy",
    "dd/mm/yyyy",
    "dd.mm.yyyy",
    "dd mm yyyy",
    "dd-mm-yy",
    "dd/mm/yy",
    "dd.mm.yy",
    "dd mm yy",
    "yyyymmdd",
    "serial",
    "12 mars 2024",
    "12 مارس 2024",
    "2 رمضان 1445",
)
"""The forms by their codes; 0 is no date. `dd` and `mm` stand in the order that the habit settles."""
CODE: Final = {name: code for code, name in enumerate(FORMS)}
ISO, SERIAL, COMPACT = CODE["yyyy-mm-dd"], CODE["serial"], CODE["yyyymmdd"]
YEAR_FIRST = range(ISO, ISO + 4)
YEAR_LAST = range(CODE["dd-mm-yyyy"], CODE["dd mm yy"] + 1)
SHORT = range(CODE["dd-mm-yy"], CODE["dd mm yy"] + 1)
WRITTEN, WRITTEN_ARABIC, WRITTEN_HIJRI = CODE["12 mars 2024"], CODE["12 مارس 2024"], CODE["2 رمضان 1445"]
FOREIGN, TIMED = 32, 64
"""Added to the code of a form where the digits are not 0-9, and where a time follows."""
FORM_BITS = FOREIGN - 1
NOT_A_DAY = np.datetime64("NaT", "D")

# Years that registers of people and prices can name; 1300-1500 are years of the Hijra (1882-2077).
HIJRI_YEARS = (1300, 1500)
LATEST_YEAR = 2035
"""The last year that two figures may mean where the column's own years do not say."""


@dataclass(frozen=True)
class Habit:
    """What the cells of a column leave open, settled by all of them together.

    `month_first`: the forms in which the month comes first. `certain`: for each form, whether any cell showed which comes first, and none the
    other. `middle`: the year around which two-figure years lie. `serial`: whether bare numbers are days counted by a spreadsheet.
    """

    month_first: frozenset[int] = frozenset()
    certain: Mapping[int, bool] = field(default_factory=dict)
    middle: int = 1990
    latest: int = LATEST_YEAR
    serial: bool = False


def parse_days(cells: pa.StringArray, habit: Habit | None = None) -> Array:
    """Each cell as datetime64[D], NaT where it is no date. Without a habit, the cells given settle what `03/04/1990` is.

    >>> parse_days(pa.array(["2024-03-12", "12/03/2024", "13/03/2024", "12 mars 2024", "2 رمضان 1445", "31/02/2024"])).astype(str).tolist()
    ['2024-03-12', '2024-03-12', '2024-03-13', '2024-03-12', '2024-03-12', 'NaT']
    """
    read = read_dates(cells)
    return days_of(read, habit or habit_of(read))


def read_dates(cells: pa.StringArray) -> Array:
    """Each cell's three numbers and the code of its form, as uint16 in four columns. Looks at each cell alone."""
    cells = pc.fill_null(pc.utf8_trim_whitespace(cells.cast(pa.string())), "")
    offsets, data = _bytes(cells)
    timed = np.zeros(len(cells), bool)
    if np.any(data == ord(":")):
        timed = np.array(pc.match_substring_regex(cells, _TIME).to_numpy(zero_copy_only=False))
        if timed.any():
            cells = pc.if_else(pa.array(timed), pc.replace_substring_regex(cells, _TIME, ""), cells)
            offsets, data = _bytes(cells)
    read, rest = _read_numeric(offsets, data)
    at = np.flatnonzero(rest)
    if len(at):
        dated = pc.match_substring_regex(cells.take(pa.array(at)), _MAY_BE_WRITTEN).to_numpy(zero_copy_only=False)
        at = at[dated]
    if len(at):
        written = cells.take(pa.array(at)).dictionary_encode()
        found = np.array([_read_written(text) for text in written.dictionary.to_pylist()], np.uint16).reshape(-1, 4)
        read[at] = found[written.indices.to_numpy(zero_copy_only=False)]
    read[timed & (read[:, 3] > 0), 3] |= TIMED
    return read


_TIME = r"(?:[T ]|,)\s*[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]+)?)?\s*(?:Z|[+-][0-9]{2}:?[0-9]{2}|[AaPp]\.?[Mm]\.?|UTC|GMT)?$"
TIME = re.compile(_TIME)
"""The time that follows a day."""
# A day or a year, and no more than a date is long: "Le lundi 12 septembre 2024".
_MAY_BE_WRITTEN = r"^\P{Nd}{0,24}\p{Nd}{1,4}\P{Nd}{1,24}(?:\p{Nd}{1,4}\P{Nd}{0,8}){0,2}$|^\p{Nd}{8}$|^\p{Nd}{5}\.\p{Nd}+$"


def _bytes(cells: pa.StringArray) -> tuple[Array, Array]:
    """Where each cell begins in the bytes of all, and the bytes."""
    _, offsets, data = cells.buffers()
    starts = np.frombuffer(offsets, np.int32)[cells.offset : cells.offset + len(cells) + 1] if offsets else np.zeros(1, np.int32)
    return starts, np.frombuffer(data, np.uint8) if data else np.zeros(0, np.uint8)


LATEST_SERIAL_YEAR = 2100
"""Up to here four figures are a year; above, a spreadsheet's days: 2101 is 1 October 1905, 59999 is 7 April 2064."""
WIDTH = 10
"""Bytes of the longest date in figures."""
_KINDS = np.full(256, 3, np.uint32)
_KINDS[list(b"0123456789")] = 1
_KINDS[list(b"-/. ")] = 2
_KINDS[0] = 0
_SEPARATORS = {ord("-"): 0, ord("/"): 1, ord("."): 2, ord(" "): 3}


def _read_numeric(offsets: Array, data: Array) -> tuple[Array, Array]:
    """The cells in figures, and which cells have something else. Cells of the same outline (`nn/nn/nnnn`) are read at once."""
    lengths = np.diff(offsets)
    read = np.zeros((len(lengths), 4), np.uint16)
    rest = lengths > WIDTH
    short = np.flatnonzero((lengths >= 4) & ~rest)
    rest |= (lengths > 0) & (lengths < 4)
    if not len(short):
        return read, rest
    places = offsets[short][:, None] + np.arange(WIDTH, dtype=np.int32)
    signs = data[np.minimum(places, len(data) - 1)]
    signs[np.arange(WIDTH) >= lengths[short][:, None]] = 0
    outline = _KINDS[signs] @ (4 ** np.arange(WIDTH, dtype=np.uint32))
    for shape in np.unique(outline):
        members = np.flatnonzero(outline == shape)
        kinds = [int(shape) // 4**place % 4 for place in range(WIDTH)]
        found = _read_outline(signs[members], kinds)
        if found is None:
            rest[short[members]] = True
        else:
            read[short[members]] = found
    return read, rest


def _read_outline(signs: Array, kinds: list[int]) -> Array | None:
    """Numbers and form of cells that have digits and separators in the same places; None where that is no date in figures."""
    runs = [(found.start(), found.end()) for found in re.finditer("1+", "".join(map(str, kinds)))]
    length = sum(kind > 0 for kind in kinds)
    result = np.zeros((len(signs), 4), np.uint16)
    if 3 in kinds:
        return None
    if len(runs) == 1 and length in (4, 5, 8) and runs[0] == (0, length):
        if length < 8:
            whole = _number(signs, 0, length)
            fits = (whole > LATEST_SERIAL_YEAR) & (whole < 60000)
            result[:, 0] = np.where(fits, whole, 0)
            result[:, 3] = np.where(fits, SERIAL, 0)
            return result
        parts, form = [(0, 4), (4, 6), (6, 8)], np.full(len(signs), COMPACT, np.int64)
    elif len(runs) == 3 and runs[0][0] == 0 and runs[2][1] == length and runs[1][0] - runs[0][1] == 1 and runs[2][0] - runs[1][1] == 1:
        widths = [end - start for start, end in runs]
        same = signs[:, runs[0][1]] == signs[:, runs[1][1]]
        separator = np.select([signs[:, runs[0][1]] == sign for sign in _SEPARATORS], list(_SEPARATORS.values()), 0)
        if widths[0] == 4 and widths[1] <= 2 and widths[2] <= 2:
            base = ISO
        elif widths[0] <= 2 and widths[1] <= 2 and widths[2] in (2, 4):
            base = CODE["dd-mm-yyyy"] if widths[2] == 4 else CODE["dd-mm-yy"]
        else:
            return result
        parts, form = runs, np.where(same, base + separator, 0).astype(np.int64)
    else:
        return result
    for place, (start, end) in enumerate(parts):
        result[:, place] = _number(signs, start, end)
    result[:, 3] = form
    return result


def _number(signs: Array, start: int, end: int) -> Array:
    total: Array = np.zeros(len(signs), np.int32)
    for place in range(start, end):
        total = total * 10 + (signs[:, place] - np.uint8(ord("0")))
    return total


_NUMERIC = re.compile(r"(\d{1,4})([-/. ])(\d{1,2})\2(\d{4}|\d{1,2})")
_TOKEN = re.compile(r"[0-9]+|[^\W\d_]+")
_NOTHING = (0, 0, 0, 0)
_NAME = (-1, False)
"""A word that is no month, nor one that dates may have beside it."""


def _read_written(text: str) -> tuple[int, int, int, int]:
    """Day, month and year of one date that has words or digits of another script, as `read_dates` gives them."""
    plain = fold(text)
    foreign = FOREIGN if text.translate(DIGITS) != text else 0
    numeric = _NUMERIC.fullmatch(plain)
    if numeric:
        first, last = numeric[1], numeric[4]
        separator = _SEPARATORS[ord(numeric[2])]
        if len(first) == 4 and len(last) <= 2:
            return int(first), int(numeric[3]), int(last), (ISO + separator) | foreign
        if len(first) <= 2 and len(last) in (2, 4):
            return int(first), int(numeric[3]), int(last), (CODE["dd-mm-yyyy" if len(last) == 4 else "dd-mm-yy"] + separator) | foreign
        return _NOTHING
    if re.fullmatch(r"\d{8}", plain):
        return int(plain[:4]), int(plain[4:6]), int(plain[6:]), COMPACT | foreign
    if re.fullmatch(r"\d{5}\.\d+", plain):
        return int(plain[:5]), 0, 0, SERIAL | TIMED
    tokens = [token for token in _TOKEN.findall(plain) if months().get(token, _NAME)[0]]
    figures = [token for token in tokens if token.isdigit()]
    name = "".join(token for token in tokens if not token.isdigit())
    month, hijri = months().get(name, _NAME)
    if len(figures) != 2 or month not in range(1, 13):
        return _NOTHING
    first, last = figures
    day, year = (last, first) if len(first) == 4 else (first, last)
    if len(day) > 2 or len(year) not in (2, 4):
        return _NOTHING
    arabic = any("\u0600" <= character <= "\u06ff" for character in name)
    form = WRITTEN_HIJRI if hijri else WRITTEN_ARABIC if arabic else WRITTEN
    return int(day), month, int(year), form | foreign


@cache
def months() -> Mapping[str, tuple[int, bool]]:
    """Names of months, folded: the month, and whether it is one of the Hijra; 0 for the words that may stand beside them."""
    table = resources.files("khettara.tables.packs").joinpath("months.tsv").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in table.splitlines() if line and not line.startswith("#")]
    return {fold(name).replace("_", ""): (int(month), calendar == "hijri") for month, calendar, names in rows for name in names.split(" ")}


_FOLDED: dict[int, str | None] = DIGITS | {
    **{ord(letter): plain for letter, plain in zip("أإآٱىةàâäéèêëîïôöùûüç", "ااااي" + "ه" + "aaaeeeeiioouuuc", strict=True)},
    **dict.fromkeys([*range(0x064B, 0x0653), 0x0640, 0x200E, 0x200F, *range(0x202A, 0x202F)]),
    **dict.fromkeys((0xA0, 0x202F, 0x2009), " "),
}


def fold(text: str) -> str:
    """A date's words without case, accents, Arabic marks and forms of alef, and its digits as 0-9."""
    return text.casefold().translate(_FOLDED).strip()


def habit_of(read: Array) -> Habit:
    """What the cells of a column settle together."""
    form, first, second = read[:, 3] & FORM_BITS, read[:, 0], read[:, 1]
    days_first = np.bincount(form[(first > 12) & (first <= 31) & (second <= 12)], minlength=len(FORMS))
    months_first = np.bincount(form[(second > 12) & (second <= 31) & (first <= 12)], minlength=len(FORMS))
    month_first = frozenset(code for code in YEAR_LAST if months_first[code] > days_first[code])
    certain = {code: bool((days_first[code] > 0) != (months_first[code] > 0)) for code in YEAR_LAST}
    full = np.concatenate([read[np.isin(form, YEAR_FIRST) | (form == COMPACT), 0], _years_last(read, form)])
    full = full[(full > 1800) & (full <= LATEST_YEAR)]
    middle, latest = 1990, LATEST_YEAR
    if len(full) >= 20:
        middle, latest = int(np.median(full)), int(np.quantile(full, 0.999, method="higher"))
    dated = int(np.count_nonzero((form > 0) & (form != SERIAL)))
    return Habit(month_first, certain, middle, latest, serial=dated > int(np.count_nonzero(form == SERIAL)))


def _years_last(read: Array, form: Array) -> Array:
    last = np.isin(form, [*range(CODE["dd-mm-yyyy"], CODE["dd mm yyyy"] + 1), WRITTEN, WRITTEN_ARABIC])
    years: Array = read[last, 2]
    return years


def days_of(read: Array, habit: Habit) -> Array:
    """The days that the cells mean, NaT where there is none (31 February, the 13th month)."""
    form = read[:, 3] & FORM_BITS
    year, month, day = (read[:, place].astype(np.int32) for place in range(3))
    last = (form >= YEAR_LAST.start) & (form != COMPACT) & (form != SERIAL)
    year, day = np.where(last, day, year), np.where(last, year, day)
    numeric = (form >= YEAR_LAST.start) & (form < YEAR_LAST.stop)
    swap = numeric & (month > 12) & (day <= 12)
    if habit.month_first:
        swap = swap | (numeric & np.isin(form, list(habit.month_first)) & (day <= 12))
    month, day = np.where(swap, day, month), np.where(swap, month, day)
    year = np.where(last & (year < 100), _full_years(year, habit), year)
    hijri = (form == WRITTEN_HIJRI) | ((year >= HIJRI_YEARS[0]) & (year <= HIJRI_YEARS[1]))
    days = _gregorian(year, month, day, (form > 0) & (form != SERIAL) & ~hijri)
    if hijri.any():
        at = np.flatnonzero(hijri & (form > 0) & (form != SERIAL))
        days[at] = _hijri(year[at], month[at], day[at])
    if habit.serial:
        at = np.flatnonzero(form == SERIAL)
        days[at] = np.datetime64("1899-12-30", "D") + read[at, 0].astype("timedelta64[D]")
    return days


def _full_years(year: Array, habit: Habit) -> Array:
    """The year nearest to the column's middle that ends in these two figures, and is not later than its latest."""
    near = year + 100 * np.round((habit.middle - year) / 100).astype(np.int32)
    full: Array = np.where(near > max(habit.latest, habit.middle), near - 100, near)
    return full


def _gregorian(year: Array, month: Array, day: Array, wanted: Array) -> Array:
    good = wanted & (month >= 1) & (month <= 12) & (day >= 1) & (day <= 31) & (year >= 1)
    first = (np.where(good, year - 1970, 0) * 12 + np.where(good, month - 1, 0)).astype("datetime64[M]")
    days: Array = first.astype("datetime64[D]") + (np.where(good, day, 1) - 1).astype("timedelta64[D]")
    # The 31st of a month that has 30 days ends in the next.
    return np.where(good & (days.astype("datetime64[M]") == first), days, NOT_A_DAY)


def _hijri(year: Array, month: Array, day: Array) -> Array:
    """Days of the arithmetical calendar of the Hijra (thirty-year cycle, civil epoch 16 July 622); a sighted month may differ by one or two."""
    good = (month >= 1) & (month <= 12) & (day >= 1) & (day <= 30)
    count = day + (59 * (month - 1) + 1) // 2 + (year - 1) * 354 + (3 + 11 * year) // 30
    days: Array = np.datetime64("0622-07-18", "D") + count.astype("timedelta64[D]")
    return np.where(good, days, NOT_A_DAY)
