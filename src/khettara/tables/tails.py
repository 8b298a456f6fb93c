"""How far sound values go: the tail of a distribution as its own shoulders foretell it, and from where on there are too many.

    residuals of 100,000 rows, 90 % below 1.6 and 97 % below 2.2   ->   beyond 5.0 one is to be expected; 640 are there

The shoulders (90 % and 97 %) are written as a power of those of a bell curve; a power of 1 is a bell, 2 an exponential tail, more is heavier.
"""

from __future__ import annotations

import math

import numpy as np

from khettara.tables.table import Array

_BELL = (1.2816, 1.8808)
"""What a bell curve exceeds in 10 and in 3 of 100 cases."""
_SLACK = 0.08
"""Added to the power: tails are a little heavier than shoulders say."""
_UNSURE = 3.5
"""... and, over the root of their number, what few values leave open: one and a half standard errors of the power of a bell's shoulders."""
WRONG = 0.02
"""Share of the values beyond the bound that may be sound ones."""
LEAST = 4.0
"""Never nearer than so many scales."""


def bound(sizes: Array, least: float = LEAST) -> float:
    """The size from which at most `WRONG` of the values (all of one side, 0 in the middle) are to be expected; infinite where there are none."""
    ordered = np.sort(sizes)
    count = len(ordered)
    if count < 50:
        return math.inf
    shoulders = ordered[int(0.8 * count)], ordered[int(0.94 * count)]
    if shoulders[0] <= 0:
        return math.inf
    power = max(1.0, math.log(shoulders[1] / shoulders[0]) / math.log(_BELL[1] / _BELL[0])) + _SLACK + _UNSURE / math.sqrt(count)
    unit = shoulders[1] / _BELL[1] ** power
    start = int(np.searchsorted(ordered, max(least, shoulders[1])))
    candidates = ordered[start:]
    for low in range(0, len(candidates), max(1, len(candidates) // 200)):
        expected = 2 * count * _beyond((candidates[low] / unit) ** (1 / power))
        if expected <= WRONG * (len(candidates) - low):
            return float(candidates[low])
    return math.inf


def _beyond(size: float) -> float:
    """How much of a bell curve lies beyond a size, on one side."""
    return 0.5 * math.erfc(size / math.sqrt(2))
