"""Comparing: for each pair of rows and each field one of four levels.

1990-03-12 / 1990-12-03          near: day and month changed places
Mohamed El Alaoui / Mouhamed Alaui  near: one slip;  Mohamed Alaoui / محمد العلوي  equal: the fields' keys say so
0661-234567 / (nothing)          missing
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from khettara.tables.linkage.fields import Field
from khettara.tables.names import names_alike
from khettara.tables.table import Array

DIFFERENT, NEAR, EQUAL, MISSING = 0, 1, 2, 3
WORDS = ("different", "near", "equal", "missing")
_CLOSE = 0.01
"""Measured values one in a hundred apart are near: rounded, or read off again."""
_ALIKE = 0.8


def agreement(fields: Sequence[Field], lows: Array, highs: Array) -> Array:
    """Pairs by fields, levels without `NEAR`: what the keys alone say. It costs two reads a cell."""
    levels = np.empty((len(lows), len(fields)), np.uint8)
    for place, field in enumerate(fields):
        ours, theirs = field.keys[lows], field.keys[highs]
        levels[:, place] = np.where((ours == 0) | (theirs == 0), MISSING, np.where(ours == theirs, EQUAL, DIFFERENT))
    return levels


def look_closer(fields: Sequence[Field], lows: Array, highs: Array, levels: Array) -> None:
    """Turn `DIFFERENT` into `NEAR` where two values may be one value written with a slip."""
    for place, field in enumerate(fields):
        differ = np.flatnonzero(levels[:, place] == DIFFERENT)
        if len(differ):
            left, right = field.texts(lows[differ]), field.texts(highs[differ])
            levels[differ[_near(field, left, right)], place] = NEAR


def _near(field: Field, left: list[str], right: list[str]) -> Array:
    if field.how == "name":
        return names_alike(left, right)
    if field.how == "day":
        return _days_near(left, right)
    if field.how == "number":
        return _numbers_near(left, right)
    return _texts_near(left, right)


def _days_near(left: list[str], right: list[str]) -> Array:
    """One digit wrong or two exchanged, or day and month exchanged."""
    swapped = np.array([a[:4] == b[:4] and a[5:7] == b[8:10] and a[8:10] == b[5:7] for a, b in zip(left, right, strict=True)], bool)
    return swapped | (_slips(left, right) <= 1)


def _numbers_near(left: list[str], right: list[str]) -> Array:
    import pyarrow as pa

    from khettara.tables.numbers import parse_numbers

    ours, theirs = parse_numbers(pa.array(left, pa.string())), parse_numbers(pa.array(right, pa.string()))
    with np.errstate(invalid="ignore"):
        near: Array = np.abs(ours - theirs) <= _CLOSE * np.maximum(np.abs(ours), np.abs(theirs))
    long = np.array([min(len(a), len(b)) > 3 for a, b in zip(left, right, strict=True)], bool)
    return near | (long & (_slips(left, right) <= 1))


def _texts_near(left: list[str], right: list[str]) -> Array:
    from rapidfuzz.distance import OSA
    from rapidfuzz.process import cpdist

    ours, theirs = [" ".join(a.lower().split()) for a in left], [" ".join(b.lower().split()) for b in right]
    long = np.array([min(len(a), len(b)) > 3 for a, b in zip(ours, theirs, strict=True)], bool)
    alike = cpdist(ours, theirs, scorer=OSA.normalized_similarity, workers=1)
    return long & ((_slips(ours, theirs) <= 1) | (alike >= _ALIKE))


def _slips(left: list[str], right: list[str]) -> Array:
    """Letters left out, put in, replaced, or neighbours exchanged."""
    from rapidfuzz.distance import OSA
    from rapidfuzz.process import cpdist

    slips: Array = cpdist(left, right, scorer=OSA.distance, score_cutoff=2, workers=1)
    return slips
