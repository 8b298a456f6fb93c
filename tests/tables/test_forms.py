"""Forms of codes: what is broken is told from what stands for nothing, and from what only counts on."""

from __future__ import annotations

import random

import numpy as np
import pyarrow as pa

from khettara.tables import ColumnType, Examination, Table
from khettara.tables.detectors.identifiers import find_invalid_identifiers
from khettara.tables.detectors.missing import find_disguised
from khettara.tables.detectors.outliers import find_outliers
from khettara.tables.detectors.swaps import find_swaps
from khettara.tables.forms import LETTER, usual_form

COUNTERS = [f"K{n:07d}" for n in random.Random(3).sample(range(1_000_000, 9_999_999), 2000)]


def rows_by_kind(cells: list[str], semantic: str) -> dict[str, list[int]]:
    """The rows that are missing in disguise, and then those that are no identifier."""
    seen = Examination(Table.of("t", {"c": cells}), {"c": ColumnType("identifier", semantic)})
    for detect in (find_disguised, find_invalid_identifiers):
        for found in detect(seen):
            seen.take(found)
    return {kind: sorted(row for found in seen.found if found.kind == kind for row in found.rows.tolist()) for kind in {f.kind for f in seen.found}}


def test_a_broken_identifier_is_broken_however_often_it_comes() -> None:
    """Twenty times ABC12345 is a card mistyped by a clerk who copies; 0000000 and N/A stand for nothing."""
    sound = [f"AB{n}" for n in range(200_117, 201_117)]
    told = rows_by_kind([*sound, *["ABC12345"] * 20, *["0000000"] * 20, *["N/A"] * 20], "cin")
    assert told == {"invalid_identifier": [*range(1000, 1020)], "disguised_missing": [*range(1020, 1060)]}


def test_codes_of_one_length_keep_it() -> None:
    """Meters have seven digits: those with fewer or more, in several ways, are broken."""
    told = rows_by_kind([*COUNTERS, *["K184"] * 15, *["KK71234"] * 15, *["K71234567890"] * 15], "")
    assert told == {"invalid_identifier": [*range(2000, 2045)]}


def test_running_numbers_have_no_length() -> None:
    """99,998 goes before 100,001."""
    assert usual_form(pa.array([f"F-{n}" for n in range(99_950, 101_500)]), 0.85) == LETTER + r"+\-[0-9]+"
    assert "{7}" in (usual_form(pa.array([*COUNTERS, "K184", "K22"]), 0.85) or "")


def test_least_and_highest_price_in_each_others_place() -> None:
    """Prices of many products overlap, so only their order tells; small disorder by noise is none."""
    draw = np.random.default_rng(5)
    low = np.exp(draw.normal(2.5, 1.0, 3000))
    high = low * draw.uniform(1.1, 1.4, 3000)
    low[:40], high[:40] = high[:40].copy(), low[:40].copy()

    def swapped(second: np.ndarray[tuple[int], np.dtype[np.float64]]) -> set[int]:
        cells = {"prix_min": [f"{x:.2f}" for x in low], "prix_max": [f"{x:.2f}" for x in second]}
        seen = Examination(Table.of("t", cells), {name: ColumnType("number", "price") for name in cells})
        return {row for found in find_swaps(seen) for row in found.rows.tolist()}

    assert swapped(high) == set(range(40))
    assert swapped(low * np.exp(draw.normal(0.25, 0.15, 3000))) == set()


def test_bills_of_three_tariffs_are_no_outliers() -> None:
    """Of a bill's amounts most may be equal within a step: the next amount of the step is as sound."""
    draw = np.random.default_rng(6)
    used = np.maximum(np.exp(draw.normal(2.7, 0.6, 12_000)).round(), 1)
    before = (used * draw.choice([2.8, 7.4, 9.2], 12_000) + 15).round(2)
    cells = {"ht": [f"{x:.2f}" for x in before], "ttc": [f"{x:.2f}" for x in (before * 1.07).round(2)]}
    seen = Examination(Table.of("t", cells), {name: ColumnType("number", "amount") for name in cells})
    assert sum(len(found.rows) for found in find_outliers(seen)) < 12
