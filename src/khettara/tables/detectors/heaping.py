"""Ages and measures that were rounded to 0 and 5 by whoever wrote them down: too many 30, 35, 40, too few 31 and 32.

The index of Whipple compares ages ending in 0 or 5 with a fifth of all ages of 23 to 62 (United Nations, Principles and Recommendations for
Population and Housing Censuses): 100 is none, 500 all of them; from 125 on data are called approximate. The same count over the last
digits of a measure is what instruments' readers know as terminal digit preference. No value can be put back, so nothing is proposed.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from khettara.tables.examination import Examination, Found
from khettara.tables.phrases import say
from khettara.tables.table import Array

AGES = (23, 62)
"""The ages of Whipple's index."""
APPROXIMATE = 125.0
"""From here on the United Nations call age data approximate; 105 to 110 are fairly accurate."""
PREFERENCE = 150.0
"""The same for other measures, whose instruments have marks of their own."""
SCALE = 400.0
"""From here on the values are on a scale of fives or tens (prices, doses): that is how they are counted, and no heaping."""
FEWEST = 200
DISTINCT = 20


def find_heaping(seen: Examination) -> Iterator[Found]:
    """Columns of whole numbers that prefer 0 and 5 as their last digit."""
    for column in seen.columns("number"):
        kind = seen.types[column.name]
        is_age = kind.semantic == "age"
        values = seen.numbers(column.name)
        whole = np.isfinite(values) & (values == np.floor(values)) & (np.abs(values) < 1e6)
        within = whole & (values >= AGES[0]) & (values <= AGES[1]) if is_age else whole & _usual(values, whole)
        known = int(np.isfinite(values).sum())
        if within.sum() < FEWEST or whole.sum() < 0.98 * known or len(np.unique(values[within][:5000])) < DISTINCT:
            continue
        index = _index(values[within])
        if (APPROXIMATE if is_age else PREFERENCE) <= index < SCALE and _smooth(values[within]):
            yield _found(seen, column.name, np.flatnonzero(whole & (values % 5 == 0)), index, is_age)


def _usual(values: Array, whole: Array) -> Array:
    """Values of the middle nine tenths: beyond them there are too few for their digits to say anything."""
    if not whole.any():
        return whole
    low, high = np.quantile(values[whole], [0.05, 0.95])
    usual: Array = (values >= low) & (values <= high)
    return usual


def _index(values: Array) -> float:
    """Values that end in 0 or 5, in hundredths of a fifth of all.

    >>> _index(np.arange(23.0, 63.0)), _index(np.array([30.0, 35.0, 40.0, 41.0]))
    (100.0, 375.0)
    """
    return float(500 * np.mean(values % 5 == 0))


def _smooth(values: Array) -> bool:
    """Whether the other digits are all in use: codes and steps leave some out."""
    return len(np.unique(values % 10)) == 10


def _found(seen: Examination, name: str, rows: Array, index: float, is_age: bool) -> Found:
    named = ("Whipple's index", "l'indice de Whipple", "مؤشر ويبل")
    if not is_age:
        named = ("the index of last digits", "l'indice des derniers chiffres", "مؤشر الأرقام الأخيرة")
    return Found(
        kind="heaping",
        columns=(name,),
        rows=rows,
        cause=say(
            en="{name} is heaped on 0 and 5: {index_en} is {index} (100: no preference); {n:value ends|values end} in them.",
            fr="{name} s'accumule sur 0 et 5 : {index_fr} vaut {index} (100 : aucune préférence) ; {n:valeur y finit|valeurs y finissent}.",
            ar="تتراكم قيم «{name}» على 0 و5: {index_ar} يساوي {index} (100: لا تفضيل)؛ عدد القيم المنتهية بهما {n}.",
            name=name,
            index=round(index),
            n=len(rows),
            index_en=named[0],
            index_fr=named[1],
            index_ar=named[2],
        ),
        confidence=0.9,
        measures=("Pre-ML-1",),
        explains=False,
    )
