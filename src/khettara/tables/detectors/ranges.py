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
ROOM = 1.25
"""How far beyond ordinary values, as a factor, a converted one may lie."""
DIFFERENT = 4
"""Different values that must fit another unit for the unit to be the cause."""
FEWEST = 200
"""Values below which a column has no reach of its own."""


def find_out_of_range(seen: Examination) -> Iterator[Found]:
    """Numbers and dates that cannot be."""
    for column in seen.columns("number"):
        values = np.where(seen.explained(column.name), np.nan, seen.numbers(column.name))
        yield from _numbers(column.name, values, seen.types[column.name], seen.packs)
    for column in seen.columns("date"):
        days = np.where(seen.explained(column.name), np.datetime64("NaT"), seen.days(column.name))
        yield from _dates(column.name, days, seen.types[column.name])
    for column in seen.meaning("blood_pressure"):
        yield from _pressures(column.name, seen.values("pressures", column.name, _read_pressures), seen.explained(column.name), seen.packs)


def _numbers(name: str, values: Array, held: ColumnType, packs: Packs) -> Iterator[Found]:
    known = values[~np.isnan(values)]
    if not len(known):
        return
    low, high = held.low, held.high
    if held.semantic or held.unit:
        reach = _reach(known)
        high = reach if high is None else min(high, reach)
    out = _beyond(values, low, high)
    out[_in_another_unit(values, np.flatnonzero(out), values[~np.isnan(values) & ~out], held, packs)] = False
    rows = np.flatnonzero(out)
    if 0 < len(rows) <= (1 - INSIDE) * len(known):
        examples = [f"{value:g}" for value in np.unique(values[rows])]
        bounds = [None if bound is None else _measured(bound, held) for bound in (low, high)]
        yield Found("out_of_range", (name,), rows, _cause(name, len(rows), examples, *bounds), 0.95, ("Acc-ML-6",))


def _dates(name: str, days: Array, held: ColumnType) -> Iterator[Found]:
    values = np.where(np.isnat(days), np.nan, days.astype("datetime64[D]").astype(np.float64))
    rows = np.flatnonzero(_beyond(values, held.low, held.high))
    if 0 < len(rows) <= (1 - INSIDE) * np.isfinite(values).sum():
        examples = [str(day) for day in np.unique(days[rows])]
        bounds = [None if bound is None else str(np.datetime64(int(bound), "D")) for bound in (held.low, held.high)]
        yield Found("out_of_range", (name,), rows, _cause(name, len(rows), examples, *bounds), 0.95, ("Acc-ML-6",))


def _read_pressures(cells: pa.StringArray) -> Array:
    """The two numbers of `120/80`, in mmHg; `13/8` is said in centimetres. NaN for no pair."""
    pair = pc.extract_regex(
        pc.replace_substring(cells, ",", "."), r"^\s*(?P<systolic>[0-9]{1,4}(?:\.[0-9]+)?)\s*/\s*(?P<diastolic>[0-9]{1,4}(?:\.[0-9]+)?)\s*$"
    )
    both = [pc.fill_null(pc.cast(pc.struct_field(pair, name), pa.float64()), float("nan")).to_numpy(zero_copy_only=False) for name in (0, 1)]
    numbers = np.column_stack(both)
    in_centimetres = np.nanmax(np.nan_to_num(numbers, nan=0.0), axis=1, initial=0.0) < 30
    return np.where(in_centimetres[:, None], numbers * 10, numbers)


def _pressures(name: str, pairs: Array, explained: Array, packs: Packs) -> Iterator[Found]:
    """Pairs that no heart makes: one of them out of its bounds, or the diastolic not below the systolic."""
    known = ~np.isnan(pairs).any(axis=1) & ~explained
    bounds = [packs.meanings[which] for which in ("systolic_pressure", "diastolic_pressure")]
    out = pairs[:, 0] <= pairs[:, 1]
    for number, bound in enumerate(bounds):
        out |= _beyond(pairs[:, number], bound.low, bound.high)
    rows = np.flatnonzero(out & known)
    if 0 < len(rows) <= (1 - INSIDE) * known.sum():
        examples = [f"{systolic:g}/{diastolic:g}" for systolic, diastolic in np.unique(pairs[rows], axis=0)]
        low, high = (f"{systolic:g}/{diastolic:g}" for systolic, diastolic in ((bounds[0].low, bounds[1].low), (bounds[0].high, bounds[1].high)))
        yield Found("out_of_range", (name,), rows, _cause(name, len(rows), examples, low, high), 0.9, ("Acc-ML-6",))


def _beyond(values: Array, low: float | None, high: float | None) -> Array:
    mask = np.zeros(len(values), bool)
    with np.errstate(invalid="ignore"):
        if low is not None:
            mask |= values < low
        if high is not None:
            mask |= values > high
    return mask


def _reach(known: Array) -> float:
    """How large a value of the column can be at most, by its own ordinary values: prices differ more than heights."""
    middle, large = np.quantile(known, (0.5, 0.995)) if len(known) >= FEWEST else (0.0, 0.0)
    if middle <= 0:
        return float("inf")
    return float(large * max(TIMES, (large / middle) ** 2))


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
            ordinary |= (converted >= low / ROOM) & (converted <= high * ROOM)
    # Measures in another unit differ among themselves; a stray value that happens to fit one does not.
    there: Array = rows[ordinary] if len(np.unique(values[rows[ordinary]])) >= DIFFERENT else rows[:0]
    return there


def _measured(bound: float, held: ColumnType) -> str:
    return f"{bound:,.6g}" + (f" {held.unit}" if held.unit and held.unit != "year" else "")


def _cause(name: str, n: int, examples: list[str], low: str | None, high: str | None) -> Words:
    shown = ", ".join(examples[:3]) + (" …" if len(examples) > 3 else "")
    figures: dict[str, float | str] = {"n": n, "column": name, "shown": shown, "low": low or "", "high": high or ""}
    if low is None:
        return say(
            en="{n:value|values} of {column} cannot be ({shown}): at most {high}",
            fr="{n:valeur impossible|valeurs impossibles} dans {column} ({shown}) : au plus {high}",
            ar="{n:قيمة واحدة|قيمتان|قيم|قيمة} في «{column}» غير ممكنة ({shown}): الحد الأقصى {high}",
            **figures,
        )
    if high is None or high.startswith("inf"):
        return say(
            en="{n:value|values} of {column} cannot be ({shown}): at least {low}",
            fr="{n:valeur impossible|valeurs impossibles} dans {column} ({shown}) : au moins {low}",
            ar="{n:قيمة واحدة|قيمتان|قيم|قيمة} في «{column}» غير ممكنة ({shown}): الحد الأدنى {low}",
            **figures,
        )
    return say(
        en="{n:value|values} of {column} cannot be ({shown}): possible is {low} to {high}",
        fr="{n:valeur impossible|valeurs impossibles} dans {column} ({shown}) : possible de {low} à {high}",
        ar="{n:قيمة واحدة|قيمتان|قيم|قيمة} في «{column}» غير ممكنة ({shown}): الممكن من {low} إلى {high}",
        **figures,
    )
