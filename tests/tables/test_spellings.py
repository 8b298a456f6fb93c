"""Spellings of one category, and categories that only look alike."""

from __future__ import annotations

import random

import numpy as np
import pytest
from tests.tables.labelled import rows_of

from khettara.tables.categories import group_spellings
from khettara.tables.columns import ColumnType
from khettara.tables.companions import companions
from khettara.tables.detectors.spellings import find_category_spellings
from khettara.tables.examination import Examination
from khettara.tables.table import Table

CASES = rows_of("spellings.tsv", 4)


def column(counts: dict[str, int], semantic: str | None = None, **others: list[str | None]) -> Examination:
    """A table with one column of categories, each value so often, shuffled, and other columns along it."""
    cells: list[str | None] = [value for value, count in counts.items() for _ in range(count)]
    kinds = {name: ColumnType("number" if name.startswith("n_") else "category") for name in others}
    table = Table.of("t", {"c": cells, **others})
    return Examination(table, {"c": ColumnType("category", semantic), **kinds})


@pytest.mark.parametrize(("semantic", "values", "expected", "comment"), CASES, ids=[comment for *_, comment in CASES])
def test_spellings_become_one_and_categories_stay(semantic: str, values: str, expected: str, comment: str) -> None:
    """Each value becomes its main spelling, or stays."""
    counts = {value: int(count) for value, count in (entry.rsplit(":", 1) for entry in values.split("|"))}
    seen = column(counts, semantic or None)
    told: dict[str, str] = {}
    for found in find_category_spellings(seen):
        assert found.repair is not None
        told |= {str(was): new for was, new in zip(seen.table["c"].at(found.rows), found.repair.values["c"].to_pylist(), strict=True)}
    assert told == dict(entry.split(">") for entry in expected.split("|") if entry)


def test_other_columns_tell_two_like_names_apart() -> None:
    """Of two values one letter apart, those whose rows lie elsewhere are two places."""
    chance = random.Random(0)
    counts = {"Oulad Frej": 300, "Oulad Fraj": 40, "Tamellalt": 300, "Tamelalet": 40}
    where = {"Oulad Frej": (33.0, -8.2), "Oulad Fraj": (29.5, -9.7), "Tamellalt": (31.8, -7.5), "Tamelalet": (31.8, -7.5)}
    cells = [value for value, count in counts.items() for _ in range(count)]
    north: list[str | None] = [f"{where[cell][0] + chance.gauss(0, 0.05):.4f}" for cell in cells]
    east: list[str | None] = [f"{where[cell][1] + chance.gauss(0, 0.05):.4f}" for cell in cells]
    (found,) = find_category_spellings(column(counts, None, n_lat=north, n_lon=east))
    assert set(column(counts).table["c"].at(found.rows)) == {"Tamelalet"}


def test_a_word_that_no_list_has_is_known_by_its_rows() -> None:
    """A value in another script whose rows look like one value's rows, and like no other's, is that value."""
    chance = random.Random(1)
    counts = {"Zagmouzen": 300, "Tizgui": 280, "Aourir": 260, "أكرضوض": 40}
    where = {"Zagmouzen": 0, "Tizgui": 40, "Aourir": 80, "أكرضوض": 40}
    cells = [value for value, count in counts.items() for _ in range(count)]
    first: list[str | None] = [f"{where[cell] + chance.gauss(0, 2):.2f}" for cell in cells]
    second: list[str | None] = [f"{-where[cell] + chance.gauss(0, 2):.2f}" for cell in cells]
    (found,) = find_category_spellings(column(counts, None, n_a=first, n_b=second))
    assert found.repair is not None
    assert set(found.repair.values["c"].to_pylist()) == {"Tizgui"}
    assert len(found.rows) == 40


def test_offices_that_a_number_tells_apart_stay_apart_though_their_rows_are_alike() -> None:
    """Office 1 and office 2 of one town have the same town in every row, and are two offices all the same."""
    chance = random.Random(2)
    counts = {f"BEC {town} {number}": 150 for town in ("Zagora", "Salé", "Taza", "Azrou") for number in (1, 2)}
    cells = [value for value, count in counts.items() for _ in range(count)]
    towns: list[str | None] = [cell.split()[1] for cell in cells]
    north: list[str | None] = [f"{30 + len(str(town)) + ord(str(town)[0]) / 50 + chance.gauss(0, 0.02):.4f}" for town in towns]
    assert not list(find_category_spellings(column(counts, None, town=towns, n_lat=north)))


def test_groups_do_not_depend_on_the_order_of_values() -> None:
    """The same values in another order fall into the same groups with the same main spellings."""
    values = ["Casablanca", "CASA", "الدار البيضاء", "Rabat", "rabat", "Fès", "Fez", "Settat"]
    counts = np.array([90, 9, 8, 70, 5, 40, 6, 30])

    def mains(order: list[int]) -> dict[str, str]:
        named = [values[place] for place in order]
        seen = column(dict.fromkeys(named, 1))
        found = group_spellings(named, counts[order], "commune", lambda: companions(seen, "c", np.arange(len(named)), len(named)))
        return {value: found.main[group] for value, group in zip(named, found.group.tolist(), strict=True)}

    straight = mains(list(range(len(values))))
    for seed in range(5):
        assert mains(random.Random(seed).sample(range(len(values)), len(values))) == straight


def test_a_finding_says_what_becomes_of_what_in_three_languages() -> None:
    """The cause names the column and shows examples."""
    (found,) = find_category_spellings(column({"Rabat": 50, "RABAT": 5}, "commune"))
    assert all("RABAT → Rabat" in sentence for sentence in found.cause.values())
    assert set(found.cause) == {"en", "fr", "ar"}
