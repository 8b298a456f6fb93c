"""Values that the thing cannot have: an age of 150, a humidity of -20 %, a longitude in the Atlantic, a birth next year.

السن: 34, -4, 301, 57  ->  "2 values of السن cannot be (-4, 301): it lies between 0 and 122"

`low` and `high` of a column's type are what its values can be at all, from the packs. A measured thing has its own reach as well:
what lies many times beyond all others, with nothing between, cannot be a value of it either.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from khettara.tables.columns import ColumnType
from khettara.tables.examination import Examination, Found, Words
from khettara.tables.phrases import say
from khettara.tables.table import Array
from khettara.tables.types.pack import Packs

INSIDE = 0.97
"""Of the values, those that must keep a bound for it to be the column's."""
TIMES = 10.0
"""How many times the largest ordinary value an impossible one is, at least; more where ordinary values differ much. Below that it
may be rare: whoever looks for outliers judges it by the rest of its record."""
ROOM = 0.25
"""How far beyond ordinary values, as a share of them, a converted one may lie."""
DIFFERENT = 4
"""Different values that must fit another unit for the unit to be the cause."""
FEWEST = 200
"""Values below which a column has no reach of its own."""


def find_out_of_range(seen: Examination) -> Iterator[Found]:
    """Numbers and dates that cannot be."""
    for column in seen.columns("number"):
        numbers = seen.numbers(column.name)
        yield from _numbers(seen, column.name, np.where(seen.explained(column.name) | ~np.isfinite(numbers), np.nan, numbers))
    for column in seen.columns("date"):
        yield from _dates(seen, column.name, np.where(seen.explained(column.name), np.datetime64("NaT"), seen.days(column.name)))
    for column in seen.meaning("blood_pressure"):
        yield from _pressures(seen, column.name, seen.values("pressures", column.name, _read_pressures))


def _numbers(seen: Examination, name: str, values: Array) -> Iterator[Found]:
    known, held = values[~np.isnan(values)], seen.types[name]
    if not len(known):
        return
    low, high = held.low, held.high
    if held.semantic or held.unit:
        reach = _reach(known)
        high = reach if high is None or (reach is not None and reach < high) else high
    out = beyond(values, low, high)
    out[_in_another_unit(values, np.flatnonzero(out), values[~np.isnan(values) & ~out], held, seen.packs)] = False
    unit = f" {held.unit}" if held.unit and held.unit != "year" else ""
    yield from _found(seen, name, np.flatnonzero(out), len(known), low, high, unit)


def _dates(seen: Examination, name: str, days: Array) -> Iterator[Found]:
    held = seen.types[name]
    values = np.where(np.isnat(days), np.nan, days.astype("datetime64[D]").astype(np.float64))
    low, high = (None if bound is None else str(np.datetime64(int(bound), "D")) for bound in (held.low, held.high))
    yield from _found(seen, name, np.flatnonzero(beyond(values, held.low, held.high)), int(np.isfinite(values).sum()), low, high)


def _read_pressures(cells: pa.StringArray) -> Array:
    """The two numbers of `120/80`, in mmHg; `13/8` is said in centimetres. NaN for no pair."""
    pair = pc.extract_regex(
        pc.replace_substring(cells, ",", "."), r"^\s*(?P<systolic>[0-9]{1,4}(?:\.[0-9]+)?)\s*/\s*(?P<diastolic>[0-9]{1,4}(?:\.[0-9]+)?)\s*$"
    )
    both = [pc.fill_null(pc.cast(pc.struct_field(pair, name), pa.float64()), float("nan")).to_numpy(zero_copy_only=False) for name in (0, 1)]
    numbers = np.column_stack(both)
    in_centimetres = np.nanmax(np.nan_to_num(numbers, nan=0.0), axis=1, initial=0.0) < 30
    return np.where(in_centimetres[:, None], numbers * 10, numbers)


def _pressures(seen: Examination, name: str, pairs: Array) -> Iterator[Found]:
    """Pairs that no heart makes: one of them out of its bounds, or the diastolic not below the systolic."""
    known = ~np.isnan(pairs).any(axis=1) & ~seen.explained(name)
    systolic, diastolic = (seen.packs.meanings[which] for which in ("systolic_pressure", "diastolic_pressure"))
    out = pairs[:, 0] <= pairs[:, 1]
    for number, bound in enumerate((systolic, diastolic)):
        out |= beyond(pairs[:, number], bound.low, bound.high)
    low, high = f"{systolic.low:g}/{diastolic.low:g}", f"{systolic.high:g}/{diastolic.high:g}"
    yield from _found(seen, name, np.flatnonzero(out & known), int(known.sum()), low, high)


def beyond(values: Array, low: float | None, high: float | None) -> Array:
    """Which values cannot be; what is no number can."""
    mask = np.zeros(len(values), bool)
    with np.errstate(invalid="ignore"):
        if low is not None:
            mask |= values < low
        if high is not None:
            mask |= values > high
    return mask


def _reach(known: Array) -> float | None:
    """How large a value of the column can be at most, by its own ordinary values: prices differ more than heights. To one digit."""
    middle, large = np.quantile(known, (0.5, 0.995)) if len(known) >= FEWEST else (0.0, 0.0)
    if middle <= 0:
        return None
    most = float(large * max(TIMES, (large / middle) ** 2))
    digit = 10.0 ** np.floor(np.log10(most))
    return float(np.ceil(most / digit) * digit)


def _in_another_unit(values: Array, rows: Array, known: Array, held: ColumnType, packs: Packs) -> Array:
    """The rows whose values are ordinary ones of the column in another unit: they are to be converted, and not impossible.

    Nobody means months by an age of 150 in a column of years.
    """
    meaning = packs.meanings.get(held.semantic or "")
    quantity = meaning.quantity if meaning is not None else packs.quantity_of(held.unit)
    if not quantity or quantity == "duration" or held.unit is None or not len(rows) or not len(known):
        return rows[:0]
    low, high = np.quantile(known, (0.001, 0.999))
    ordinary = np.zeros(len(rows), bool)
    for unit in packs.quantities[quantity]:
        if unit != held.unit:
            at_zero, at_one = (packs.convert(quantity, value, unit, held.unit) for value in (0.0, 1.0))
            converted = at_zero + (at_one - at_zero) * values[rows]
            fits = (converted >= low - ROOM * abs(low)) & (converted <= high + ROOM * abs(high))
            # Measures in another unit differ among themselves; a stray value that happens to fit one does not.
            if len(np.unique(values[rows[fits]])) >= DIFFERENT:
                ordinary |= fits
    there: Array = rows[ordinary]
    return there


def _found(
    seen: Examination, name: str, rows: Array, known: int, low: float | str | None, high: float | str | None, unit: str = ""
) -> Iterator[Found]:
    """The finding on some rows, if they are few among the known ones."""
    if 0 < len(rows) <= (1 - INSIDE) * known:
        yield Found("out_of_range", (name,), rows, _cause(seen, name, rows, low, high, unit), 0.95, ("Acc-ML-6",))


def _cause(seen: Examination, name: str, rows: Array, low: float | str | None, high: float | str | None, unit: str) -> Words:
    cells = dict.fromkeys(cell.strip() for cell in seen.table[name].at(rows[:200]) if cell)
    shown = ", ".join(list(cells)[:3]) + (" …" if len(cells) > 3 else "")
    figures: dict[str, float | str] = {"n": len(rows), "column": name, "shown": shown, "unit": unit, "low": low or 0, "high": high or 0}
    if low is None:
        return say(
            en="{n:value|values} of {column} cannot be ({shown}): at most {high}{unit}",
            fr="{n:valeur impossible|valeurs impossibles} dans {column} ({shown}) : au plus {high}{unit}",
            ar="{n:قيمة واحدة غير ممكنة|قيمتان غير ممكنتين|قيم غير ممكنة|قيمة غير ممكنة} في «{column}» ({shown}): الحد الأقصى {high}{unit}",
            **figures,
        )
    if high is None:
        return say(
            en="{n:value|values} of {column} cannot be ({shown}): at least {low}{unit}",
            fr="{n:valeur impossible|valeurs impossibles} dans {column} ({shown}) : au moins {low}{unit}",
            ar="{n:قيمة واحدة غير ممكنة|قيمتان غير ممكنتين|قيم غير ممكنة|قيمة غير ممكنة} في «{column}» ({shown}): الحد الأدنى {low}{unit}",
            **figures,
        )
    return say(
        en="{n:value|values} of {column} cannot be ({shown}): possible is {low} to {high}{unit}",
        fr="{n:valeur impossible|valeurs impossibles} dans {column} ({shown}) : possible de {low} à {high}{unit}",
        ar="{n:قيمة واحدة غير ممكنة|قيمتان غير ممكنتين|قيم غير ممكنة|قيمة غير ممكنة} في «{column}» ({shown}): الممكن من {low} إلى {high}{unit}",
        **figures,
    )
