"""Columns that say nothing: one value in every row, or the same as another column however it is written.

"campagne" is 2023 in all 100,000 rows        "latitude_2" repeats "latitude"
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import pyarrow as pa

from khettara.tables.dates import parse_days
from khettara.tables.examination import Examination, Found
from khettara.tables.numbers import parse_numbers
from khettara.tables.phrases import say
from khettara.tables.table import Array, Column

ALIKE = 0.999
"""Share of rows with the same value from which on a column is the copy of another: a handful was edited in one of them only."""
SAMPLE = 500
FEWEST = 10
DISTINCT = 3
"""Two columns of yes and no may agree and be two; from three values on they do not by chance."""


def find_constant_columns(seen: Examination) -> Iterator[Found]:
    """Columns that have one value in all rows."""
    for column in seen.table.columns:
        known = np.flatnonzero(~seen.empty(column.name))
        if len(known) < max(FEWEST, 0.5 * seen.records):
            continue
        first = column.at(known[:1])[0]
        if column.at(known[:50]).count(first) == len(known[:50]) and _same(seen, column, known):
            yield Found(
                kind="constant_column",
                columns=(column.name,),
                rows=known,
                cause=say(
                    en="{name} is “{value}” in {n:row|rows}: it tells nothing of one row against another.",
                    fr="{name} vaut « {value} » dans {n:ligne|lignes} : la colonne ne distingue aucune ligne.",
                    ar="«{name}» قيمته «{value}» في {n:سطر واحد|سطرين|سطور|سطرًا}: لا يميّز سطرًا من آخر.",
                    name=column.name,
                    value=str(first).strip(),
                    n=len(known),
                ),
                confidence=1.0,
                measures=("Eff-ML-3", "Eft-ML-1"),
                explains=False,
            )


def _same(seen: Examination, column: Column, known: Array) -> bool:
    if column.few is not None:
        codes = column.few[1][known]
        return bool((codes == codes[0]).all())
    return len(set(column.at(known))) == 1


def find_copied_columns(seen: Examination) -> Iterator[Found]:
    """Columns that repeat an earlier one, however the values are written."""
    columns = [column for column in seen.table.columns if seen.types[column.name].kind != "empty"]
    rows = np.arange(0, seen.records, max(1, seen.records // SAMPLE))
    if len(rows) < FEWEST:
        return
    samples = {column.name: _keys(seen, column, rows) for column in columns}
    taken: set[str] = set()
    likely = _likely([samples[column.name] for column in columns])
    for place, column in enumerate(columns):
        for earlier in (columns[other] for other in likely(place)):
            if earlier.name in taken or not _agree(samples[earlier.name], samples[column.name], 0.98):
                continue
            whole = np.arange(seen.records)
            one, two = _keys(seen, earlier, whole), _keys(seen, column, whole)
            if _agree(one, two, ALIKE):
                taken.add(column.name)
                yield _copied(seen, earlier.name, column.name, np.flatnonzero(_equal(one, two)))
                break


def _likely(samples: Sequence[Array]) -> Callable[[int], list[int]]:
    """The earlier columns that a few rows do not tell from a column: of thousands of columns, few pairs need comparing in full."""
    codes: dict[object, int] = {}
    glance = np.full((len(samples), len(range(0, SAMPLE, 8))), np.nan)
    for place, sample in enumerate(samples):
        few = sample[::8][: glance.shape[1]]
        glance[place, : len(few)] = few if sample.dtype != object else [np.nan if v is None else codes.setdefault(v, len(codes)) for v in few]

    def likely(place: int) -> list[int]:
        known = ~np.isnan(glance[:place]) & ~np.isnan(glance[place])
        return np.flatnonzero((glance[:place] == glance[place]).sum(axis=1) >= 0.9 * known.sum(axis=1)).tolist()

    return likely


def _keys(seen: Examination, column: Column, rows: Array) -> Array:
    """What the cells say as they stand, apart from how it is written: numbers, days, or words without case and blanks around them."""
    kind = seen.types[column.name].kind
    cells = column.at(rows)
    if kind == "number":
        return parse_numbers(pa.array(cells, pa.string()), seen.number_habit(column.name))
    if kind == "date":
        days = parse_days(pa.array(cells, pa.string()), seen.date_habit(column.name))
        keys: Array = days.astype(np.int64).astype(np.float64)
        keys[np.isnat(days)] = np.nan
        return keys
    return np.array([" ".join(text.casefold().split()) if text else None for text in cells], object)


def _equal(one: Array, two: Array) -> Array:
    if one.dtype != two.dtype:
        return np.zeros(len(one), bool)
    equal: Array = one == two
    return equal.astype(bool)


def _agree(one: Array, two: Array, share: float) -> bool:
    """Whether two columns say the same wherever both say something, in most rows, and more than a few things."""
    if one.dtype != two.dtype:
        return False
    known = (
        ~np.isnan(one) & ~np.isnan(two) if one.dtype != object else np.array([a is not None and b is not None for a, b in zip(one, two, strict=True)])
    )
    if known.sum() < max(FEWEST, 0.5 * len(one)):
        return False
    equal = _equal(one, two)[known]
    return bool(equal.mean() >= share) and len(set(one[known].tolist())) >= DISTINCT


def _copied(seen: Examination, earlier: str, name: str, rows: Array) -> Found:
    return Found(
        kind="copied_column",
        columns=(name, earlier),
        rows=rows,
        cells=len(rows),
        cause=say(
            en="{name} repeats {earlier} in {n:row|rows} ({p:%}).",
            fr="{name} répète {earlier} dans {n:ligne|lignes} ({p:%}).",
            ar="«{name}» يكرر «{earlier}» في {n:سطر واحد|سطرين|سطور|سطرًا} ({p:%}).",
            name=name,
            earlier=earlier,
            n=len(rows),
            p=len(rows) / seen.records,
        ),
        confidence=0.99,
        measures=("Eff-ML-3", "Sim-ML-3"),
        explains=False,
    )
