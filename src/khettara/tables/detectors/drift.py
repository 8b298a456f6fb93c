"""Columns that change in one part of the table and not in the others: one hospital's glucose from May on, one clerk's humidity.

    "glycemie_g_l" where hopital is "CHU Ibn Sina", from row 48,512 on: 0.31 of the values have moved up; elsewhere 0.02

A part is a value of a category (a site, an office, a source); time is the order of the rows, or a date the rows are not in order of. What
all parts do together (seasons, rising prices) is no drift, so a part's change is taken against that of the rest. The size of a change is
the largest difference between two distribution functions; it must be large in itself, whatever the number of rows makes significant.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from khettara.tables.examination import Examination, Found
from khettara.tables.explained import best_by
from khettara.tables.label_column import label_column
from khettara.tables.models import Codes, Measured, codes_of, measured_columns, sample_rows, without_copies
from khettara.tables.phrases import say
from khettara.tables.table import Array

EFFECT = 0.08
"""Share of a part's values that must have moved, more than elsewhere."""
ALONE = 0.6
"""Where another part changes by more than so much of it, parts have ways of their own (each product its price), and none drifts."""
SURE = 3.0
"""In units of sqrt(1/n + 1/m): 3 happens once in 30 million comparisons, and a wide table makes a million."""
PARTS = 60
"""Distinct values above which a category has too many parts to compare."""
FEWEST = 200
"""Rows that a part has at least; half as many on either side of the change."""
LEAST = 0.01
"""Share of the rows that a part has at least."""
BLOCKS = 20
BINS = 20
ROWS = 200_000


@dataclass(frozen=True)
class Change:
    """The values of a column in one part, from one place in time on."""

    size: float
    elsewhere: float
    up: bool
    by: str
    part: int
    block: int


def find_drift(seen: Examination) -> Iterator[Found]:
    """Columns of numbers with a change of one part of the table; each with its largest."""
    rows = sample_rows(seen.records, ROWS)
    label = label_column(seen)
    sample = without_copies(measured_columns(seen, rows))
    parts = {name: codes for name, codes in _parts(seen).items() if label is None or name != label.name}
    block = (np.arange(len(rows)) * BLOCKS) // max(len(rows), 1)
    for column, values in sample.items():
        if column.is_date or (label is not None and column.name == label.name) or len(np.unique(values[:2000])) <= 4:
            continue
        largest: Change | None = None
        of_sample = {name: codes.codes[rows] for name, codes in parts.items() if name != column.name}
        explaining = best_by(column.name, values, of_sample)
        for name, codes in parts.items():
            # what a value depends on is no part of the table (a product has its price): the part must be who recorded, or where
            if name in of_sample and name not in explaining:
                change = _largest(name, values, of_sample[name], len(codes.words), block)
                if change is not None and (largest is None or change.size > largest.size):
                    largest = change
        if largest is not None:
            yield _found(seen, column, largest, parts[largest.by])


def _parts(seen: Examination) -> Mapping[str, Codes]:
    found: dict[str, Codes] = {}
    for column in seen.columns("category"):
        codes = codes_of(seen, column.name, most=1000)
        if codes is not None:
            counts = np.bincount(codes.codes[codes.codes >= 0], minlength=len(codes.words))
            if 2 <= (counts >= max(FEWEST, LEAST * seen.records)).sum() <= PARTS:
                found[column.name] = codes
    return found


def _largest(by: str, values: Array, part: Array, size: int, block: Array) -> Change | None:
    """The largest sure change of one part against the rest, over all places in time."""
    known = np.sort(values[np.isfinite(values)])
    edges = np.unique(known[np.linspace(0, len(known) - 1, BINS + 1).astype(np.int64)[1:-1]])
    good = np.isfinite(values) & (part >= 0)
    bins = np.searchsorted(edges, values[good], "left")
    width = len(edges) + 1
    table = np.bincount((part[good].astype(np.int64) * BLOCKS + block[good]) * width + bins, minlength=size * BLOCKS * width)
    counts = table.reshape(size, BLOCKS, width).astype(np.float64)
    before, everything = np.cumsum(counts, axis=1)[:, :-1], counts.sum(axis=1, keepdims=True)
    moved, rows = _moved(before, everything - before)
    rest_before, rest_all = before.sum(axis=0) - before, everything.sum(axis=0) - everything
    rest, rest_rows = _moved(rest_before, rest_all - rest_before)
    net = np.abs(moved - rest)
    amount = net.max(axis=2)
    sure = (rows >= FEWEST / 2) & (rest_rows >= FEWEST / 2) & (amount >= EFFECT) & (amount >= SURE * (1 / np.sqrt(rows) + 1 / np.sqrt(rest_rows)))
    if not sure.any():
        return None
    at = np.unravel_index(int(np.where(sure, amount, 0).argmax()), amount.shape)
    others = np.delete(np.where(np.minimum(rows, rest_rows) >= FEWEST / 2, amount, 0).max(axis=1), at[0])
    if others.max(initial=0) > ALONE * amount[at]:
        return None
    bin_ = int(net[at].argmax())
    return Change(float(amount[at]), float(np.abs(rest[at]).max()), bool((moved - rest)[at][bin_] < 0), by, int(at[0]), int(at[1]) + 1)


def _moved(before: Array, after: Array) -> tuple[Array, Array]:
    """How far the distribution function moved, by bin; and how many rows speak for it (the harmonic sum of the two sides)."""
    sides = [np.maximum(side.sum(axis=2), 1e-9) for side in (before, after)]
    moved = np.cumsum(after, axis=2) / sides[1][:, :, None] - np.cumsum(before, axis=2) / sides[0][:, :, None]
    return moved, 1 / (1 / sides[0] + 1 / sides[1])


def _found(seen: Examination, column: Measured, change: Change, codes: Codes) -> Found:
    start = (change.block * seen.records) // BLOCKS
    rows = np.flatnonzero(codes.codes[start:] == change.part) + start
    part = seen.table[change.by].at(rows[:1])[0] or ""
    direction = ("up", "vers le haut", "صعودًا") if change.up else ("down", "vers le bas", "هبوطًا")
    cause = say(
        en="{column} changes where {by} is “{part}”, from about row {start} on: {p:%} of its values move {up}; elsewhere at most {q:%} move.",
        fr="{column} change là où {by} vaut « {part} », à partir de la ligne {start} environ : {p:%} des valeurs {up} ; ailleurs {q:%} au plus.",
        ar="«{column}» يتغير حيث «{by}» هو «{part}»، ابتداءً من السطر {start} تقريبًا: {p:%} من القيم تتحرك {up}؛ وفي غيره {q:%} على الأكثر.",
        column=column.name,
        by=change.by,
        part=part,
        start=start,
        p=change.size,
        q=change.elsewhere,
        up="\0",
    )
    words = {language: sentence.replace("\0", said) for (language, sentence), said in zip(cause.items(), direction, strict=True)}
    return Found("drift", (column.name,), rows, words, 0.9, ("Con-ML-2", "Rep-ML-1"), cells=0, explains=False)
