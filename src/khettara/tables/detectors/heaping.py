"""Ages, measures and amounts that whoever wrote them down has rounded.

    too many 30, 35 and 40, too few 31 and 32; one income in five an exact thousand, where the others have centimes

The index of Whipple compares ages ending in 0 or 5 with a fifth of all ages of 23 to 62 (United Nations, Principles and Recommendations for
Population and Housing Censuses): 100 is none, 500 all of them; from 125 on data are called approximate. The same count over the last
digits of a measure is what instruments' readers know as terminal digit preference. No value can be put back, so nothing is proposed.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from khettara.tables.examination import Examination, Found, Words
from khettara.tables.phrases import say
from khettara.tables.relations import grain_of
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


STEPS = (1000, 500, 100, 50, 10, 5)
"""What numbers with decimals are rounded to. Whole units are left out: prices without centimes are prices."""
EXCESS = 0.05
"""Share of such numbers beyond what chance makes."""
ALL = 0.8
"""The coarsest step is named that has so much of the excess."""


def find_heaping(seen: Examination) -> Iterator[Found]:
    """Columns of numbers that prefer round ones."""
    for column in seen.columns("number"):
        values = seen.numbers(column.name)
        known = np.isfinite(values) & (values != 0)
        if known.sum() < FEWEST:
            continue
        if grain_of(values[known]) >= 1:
            yield from _last_digits(seen, column.name, values)
        else:
            yield from _round_amounts(seen, column.name, values, known)


def _last_digits(seen: Examination, name: str, values: Array) -> Iterator[Found]:
    """Whole numbers that prefer 0 and 5 as their last digit."""
    is_age = seen.types[name].semantic == "age"
    whole = np.isfinite(values) & (values == np.floor(values)) & (np.abs(values) < 1e6)
    within = whole & (values >= AGES[0]) & (values <= AGES[1]) if is_age else whole & _usual(values, whole)
    if within.sum() < FEWEST or len(np.unique(values[within][:5000])) < DISTINCT:
        return
    index = _index(values[within])
    if (APPROXIMATE if is_age else PREFERENCE) <= index < SCALE and _smooth(values[within]):
        yield _found(seen, name, np.flatnonzero(whole & (values % 5 == 0)), _heaped_on_fives(name, index, is_age))


def _round_amounts(seen: Examination, name: str, values: Array, known: Array) -> Iterator[Found]:
    """Numbers with decimals of which too many are multiples of five or more."""
    some = np.abs(values[known])
    # Of the whole numbers among them, chance makes one in five a multiple of five.
    whole = float(np.mean(some % 1 == 0))
    excess = {step: float(np.mean(some % step == 0)) - whole / step for step in STEPS}
    if not EXCESS <= excess[5] < ALL:
        return
    step = next(step for step in STEPS if excess[step] >= ALL * excess[5])
    if len(np.unique(some[some % step == 0])) >= 3:
        yield _found(seen, name, np.flatnonzero(known & (values % step == 0)), _rounded(name, step, excess[step]))


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


def _heaped_on_fives(name: str, index: float, is_age: bool) -> Words:
    named = ("Whipple's index", "l'indice de Whipple", "مؤشر ويبل")
    if not is_age:
        named = ("the index of last digits", "l'indice des derniers chiffres", "مؤشر الأرقام الأخيرة")
    return say(
        en="{name} is heaped on 0 and 5: {index_en} is {index} (100: no preference).",
        fr="{name} s'accumule sur 0 et 5 : {index_fr} vaut {index} (100 : aucune préférence).",
        ar="تتراكم قيم «{name}» على 0 و5: {index_ar} يساوي {index} (100: لا تفضيل).",
        name=name,
        index=round(index),
        index_en=named[0],
        index_fr=named[1],
        index_ar=named[2],
    )


def _rounded(name: str, step: int, share: float) -> Words:
    return say(
        en="{name} is rounded to {step} in {p:%} of its numbers, where the others have decimals.",
        fr="{name} est arrondi à {step} dans {p:%} des nombres, alors que les autres ont des décimales.",
        ar="قيم «{name}» مقرّبة إلى مضاعفات {step} في {p:%} منها، وللباقي كسور عشرية.",
        name=name,
        step=step,
        p=share,
    )


def _found(seen: Examination, name: str, rows: Array, cause: Words) -> Found:
    return Found("heaping", (name,), rows, cause, 0.9, ("Pre-ML-1",), explains=False)
