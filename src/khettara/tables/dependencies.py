"""One column that settles another: the commune its region, the code its label, the product its unit. Mined from counts of pairs.

    "commune" -> "région": 98.7 % of 100,000 rows have the region that is usual for their commune

A row breaks the dependency when it has a value that is at home elsewhere (another commune's region). A value that is at home nowhere
is a spelling or a slip, and no contradiction.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import permutations

import numpy as np

from khettara.tables.models import Codes
from khettara.tables.table import Array

HOLDS = 0.97
"""Share of the judged rows that keep it."""
GAIN = 0.9
"""Of the rows that always guessing the commonest value gets wrong, the share that the dependency gets right."""
GROUP = 8
"""Rows a value must have before it says what is usual for it."""


@dataclass(frozen=True)
class Dependency:
    """`settles[code]` is the code of `target` that goes with a code of `column`, -1 where it settles nothing.

    `also`: further pairs (code of `column` x number of codes of `target` + code of `target`) that come too often to be slips: two communes
    of one name have each their region.
    """

    column: str
    target: str
    settles: Array
    at_home: Array
    also: Array
    share: float

    def broken(self, codes: Mapping[str, Codes]) -> Array:
        """The rows whose target is at home elsewhere."""
        left, right = codes[self.column].codes, codes[self.target].codes
        wrong: Array = self._judged(left, right) & (self.settles[left] != right)
        at = np.flatnonzero(wrong)
        wrong[at] = ~np.isin(left[at].astype(np.int64) * len(codes[self.target].words) + right[at], self.also)
        return wrong

    def kept(self, codes: Mapping[str, Codes]) -> Array:
        """The rows that keep it."""
        left, right = codes[self.column].codes, codes[self.target].codes
        kept: Array = self._judged(left, right) & (self.settles[left] == right)
        return kept

    def _judged(self, left: Array, right: Array) -> Array:
        judged: Array = (left >= 0) & (right >= 0) & (self.settles[left] >= 0) & self.at_home[right]
        return judged


def mine_dependencies(codes: Mapping[str, Codes], rows: Array) -> Iterator[Dependency]:
    """Every pair of columns of which the first settles the second, as counted on `rows`."""
    held = {name: column.codes[rows] for name, column in codes.items()}
    for column, target in permutations(codes, 2):
        sizes = len(codes[column].words), len(codes[target].words)
        if 2 <= sizes[1] <= sizes[0] * 1.5 and sizes[0] * sizes[1] <= 40_000_000 and sizes[0] * GROUP <= 2 * len(rows) * 3:
            found = _weigh(column, target, held[column], held[target], sizes)
            if found is not None:
                yield found


def _weigh(column: str, target: str, left: Array, right: Array, sizes: tuple[int, int]) -> Dependency | None:
    known = (left >= 0) & (right >= 0)
    left, right = left[known], right[known]
    if len(left) < 50:
        return None
    pairs, counts = np.unique(left.astype(np.int64) * sizes[1] + right, return_counts=True)
    of_left, of_right = pairs // sizes[1], pairs % sizes[1]
    total = np.bincount(of_left, weights=counts, minlength=sizes[0])
    order = np.lexsort((counts, of_left))
    best = np.r_[of_left[order][1:] != of_left[order][:-1], True]
    usual = np.full(sizes[0], -1, np.int64)
    most = np.zeros(sizes[0])
    usual[of_left[order][best]] = of_right[order][best]
    most[of_left[order][best]] = counts[order][best]
    settles = np.where((total >= GROUP) & (most >= 0.7 * total), usual, -1)
    # at home: a value most of whose rows are where it is usual
    home = settles[of_left] == of_right
    at_home = np.bincount(of_right[home], weights=counts[home], minlength=sizes[1]) >= np.maximum(
        0.5 * np.bincount(of_right, weights=counts, minlength=sizes[1]), GROUP
    )
    judged = (settles[of_left] >= 0) & at_home[of_right]
    rows_judged = counts[judged].sum()
    if at_home.sum() < 2 or rows_judged < 0.5 * len(left):
        return None
    share = counts[judged & home].sum() / rows_judged
    base = np.bincount(of_right[judged], weights=counts[judged]).max() / rows_judged
    if share < HOLDS or (share - base) < GAIN * (1 - base):
        return None
    slips = judged & ~home
    chance = (
        total[of_left]
        * (1 - share)
        * (np.bincount(of_right[slips], weights=counts[slips], minlength=sizes[1]) / max(counts[slips].sum(), 1))[of_right]
    )
    also = pairs[slips & (counts >= 4) & (counts > 3 + 4 * chance)]
    return Dependency(column, target, settles, at_home, also, float(share))
