"""Values that cannot be told wrong by themselves, but are by the rest of their row: 37 kg at 178 cm, almonds at 9 dirhams, Agadir at 35.9° N.

    "poids" given "taille": 640 rows lie further from what is usual than 1 of 100,000 sound rows would

For each column of numbers the one that explains it best is looked for, among categories and columns of numbers cut into steps; a value
is measured by its distance from the middle of its group, in the group's own spread. How far sound values go is taken from the shoulders
of these distances (`tails`), so a column with long tails or several summits raises no alarm by itself. A value that has several
neighbours in its group is no outlier either: two communes of one name lie in two places.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

import numpy as np

from khettara.tables.examination import Examination, Found
from khettara.tables.explained import Explained, best_by, explain, groups_of, is_log_better, scaled
from khettara.tables.models import measured_columns, sample_rows, without_copies
from khettara.tables.phrases import say
from khettara.tables.table import Array
from khettara.tables.tails import bound

ALIKE = 2.5
"""An explanation that leaves up to so many times more may still speak for a value ..."""
AT_HOME = 2.5
"""... that lies within so many spreads by it."""
NEAR = 1.5
"""Spreads between rows that keep one another company."""
SUMMIT, OF_STEP = 0.02, 0.04
"""Share of a group that is a summit, and not slips; of a step of numbers, where other groups show only through it (tariffs among bills)."""
GAP = 1.15
"""How far apart from the nearest other a value must be to be strange by itself."""


Far = tuple[list[Explained], Array]
"""The explanations of a column, best first, and the rows that are far by them."""


def find_outliers(seen: Examination) -> Iterator[Found]:
    """Values far from what the rest of their row makes usual."""
    rows = sample_rows(seen.records)
    sample = without_copies(measured_columns(seen, rows))
    groups = groups_of(seen, sample)
    steps = {column.name for column in sample} - {column.name for column in seen.columns("category", "text")}
    of_sample = {name: codes[rows] for name, codes in groups.items()}
    told: dict[str, Far] = {}
    for column, values in sample.items():
        if column.is_date or len(np.unique(values[:2000])) <= 8:
            continue
        by = best_by(column.name, values, of_sample)
        is_log = is_log_better(values, of_sample[by[0]] if by else None)
        tried = explain(column.name, scaled(values, is_log), by, of_sample, steps)
        if tried and len(_far(tried)):
            whole = explain(column.name, scaled(column.read(seen), is_log), by, groups, steps)
            told[column.name] = whole, _far(whole)
    _leave_company(told)
    for name, (explained, _) in told.items():
        theirs = _not_theirs(name, told)
        if len(theirs):
            yield _found(seen, name, explained, theirs)


def _not_theirs(name: str, told: Mapping[str, Far]) -> Array:
    """The far rows of a column but for those in which a column that explains it, or is explained by it, is the stranger one."""
    explained, far = told[name]
    for other, (its, rows) in told.items():
        if other != name and (its[0].by == name or explained[0].by == other):
            both = np.intersect1d(far, rows)
            mine, theirs = _strange(explained, other, both), _strange(its, name, both)
            far = np.setdiff1d(far, both[(theirs > mine) | ((theirs == mine) & (other < name))])
    return far


def _strange(explained: Sequence[Explained], without: str, rows: Array) -> Array:
    """How strange a column's values are by the best explanation that does not use the other column."""
    apart = next((one for one in explained if one.by != without), explained[0])
    return np.nan_to_num(np.abs(apart.distance[rows]))


def _leave_company(told: dict[str, Far]) -> None:
    """Take out rows that are far in two columns at once and have another such row of their group near them in both: one more place."""
    for (name, (explained, far)), (other, (its, rows)) in combinations(list(told.items()), 2):
        if explained[0].by is None or explained[0].by != its[0].by:
            continue
        both = np.intersect1d(far, rows)
        place = np.stack([1e6 * explained[0].group[both] + explained[0].distance[both], its[0].distance[both]])
        order = np.argsort(place[0], kind="stable")
        crowd = np.zeros(len(both), bool)
        for step in range(1, 6):
            near = (np.abs(place[:, order[step:]] - place[:, order[:-step]]) < NEAR).all(axis=0)
            crowd[order[step:][near]] = True
            crowd[order[:-step][near]] = True
        told[name] = explained, np.setdiff1d(told[name][1], both[crowd])
        told[other] = its, np.setdiff1d(told[other][1], both[crowd])


def _far(explained: Sequence[Explained]) -> Array:
    """The rows that are far by the best explanation which judges them, and not at home by another that is nearly as good."""
    near = [one for one in explained if one.left <= ALIKE * explained[0].left]
    judged = np.zeros(len(explained[0].distance), bool)
    found: list[Array] = []
    for one in near:
        far = _beyond(one)
        far = far[~judged[far]]
        for other in near:
            far = far[~(np.abs(other.distance[far]) < AT_HOME)]
        found.append(far)
        judged |= np.isfinite(one.distance)
    return np.sort(np.concatenate(found))


def _beyond(explained: Explained) -> Array:
    """The rows beyond what sound ones reach, on either side, that have no company there."""
    known = np.flatnonzero(np.isfinite(explained.distance))
    distance = explained.distance[known]
    low, high = bound(-distance[distance <= 0]), bound(distance[distance >= 0])
    if explained.by is None:
        low, high = _past_a_gap(-distance, low), _past_a_gap(distance, high)
    far = known[(distance <= -low) | (distance >= high)]
    return far[~_in_company(explained, far)]


def _past_a_gap(sizes: Array, start: float) -> float:
    """The bound, where there is nothing just below it; by itself a value is strange only when it stands apart."""
    below = sizes[sizes < start]
    return start if np.isfinite(start) and len(below) and start > GAP * below.max() else np.inf


def _in_company(explained: Explained, far: Array) -> Array:
    """Which far rows are at a second summit of their group: a good part of it lies near them."""
    size = np.bincount(explained.group[explained.group >= 0])[explained.group[far]]
    order = np.lexsort((explained.distance[far], explained.group[far]))
    place = explained.distance[far][order] + 1e6 * explained.group[far][order]
    near = np.empty(len(far))
    near[order] = np.searchsorted(place, place + NEAR, "right") - np.searchsorted(place, place - NEAR, "left")
    return np.asarray((near >= 4) & (near >= (OF_STEP if explained.steps else SUMMIT) * size))


def _found(seen: Examination, name: str, explained: Sequence[Explained], rows: Array) -> Found:
    sizes = np.abs(np.stack([one.distance[rows] for one in explained]))
    judge = np.isfinite(sizes).argmax(axis=0)
    least = float(sizes[judge, np.arange(len(rows))].min())
    if explained[0].by is None:
        cause = say(
            en="{n:value|values} of {column} ({p:%}) stand apart from all others, {d} or more spreads from the middle.",
            fr="{n:valeur|valeurs} de {column} ({p:%}) à l'écart de toutes les autres, à {d} écarts ou plus du milieu.",
            ar="{n:قيمة واحدة|قيمتان|قيم|قيمة} من «{column}» ({p:%}) منعزلة عن سائر القيم، على بعد {d} انحرافات أو أكثر من الوسط.",
            n=len(rows),
            p=len(rows) / seen.records,
            column=name,
            d=least,
        )
    else:
        cause = say(
            en="{n:value|values} of {column} ({p:%}) hardly possible given {by}: {d} or more spreads from what is usual there.",
            fr="{n:valeur|valeurs} de {column} ({p:%}) invraisemblables vu {by} : à {d} écarts ou plus de l'habituel.",
            ar="{n:قيمة واحدة|قيمتان|قيم|قيمة} من «{column}» ({p:%}) يصعب تصديقها بالنظر إلى «{by}»: على بعد {d} انحرافات أو أكثر من المعتاد.",
            n=len(rows),
            p=len(rows) / seen.records,
            column=name,
            by=explained[0].by,
            d=least,
        )
    return Found("outlier", (name,), rows, cause, 0.95, ("Acc-ML-4",))
