"""Records that are there twice, and those that only look so."""

from __future__ import annotations

import random
from itertools import combinations

import numpy as np
import pytest
from tests.tables.register import COLUMNS, TYPES, register

from khettara.tables.columns import ColumnType
from khettara.tables.detectors.duplicates import find_duplicates
from khettara.tables.examination import Examination, Found
from khettara.tables.linkage import link_records, record_fields
from khettara.tables.table import Table

RELATED = ("twin", "relative", "namesake", "seen_again")


def found_in(seen: Examination) -> dict[str, Found]:
    return {found.kind: found for found in find_duplicates(seen)}


def test_equal_records_are_found_whatever_their_number_and_the_first_stays() -> None:
    """A record number does not make two records of one; each but the first is named, with the one that stays."""
    made = register(1, equal=30)
    found = found_in(made.table())["exact_duplicate"]
    assert found.repair is not None
    assert found.repair.winners is not None
    assert sorted(zip(found.repair.winners.tolist(), found.rows.tolist(), strict=True)) == sorted(made.pairs["equal"])
    assert found.repair.drop


@pytest.mark.parametrize("seed", range(3))
def test_a_record_typed_again_is_found_among_twins_relatives_namesakes_and_visits(seed: int) -> None:
    """At least 97 in 100 are found, and of what is found at least 99 in 100 are right."""
    made = register(seed, typed_again=120, twin=40, relative=60, namesake=60, seen_again=80)
    found = found_in(made.table())["near_duplicate"]
    planted = {copy for _, copy in made.pairs["typed_again"]}
    right = planted & set(found.rows.tolist())
    assert len(right) >= 0.97 * len(planted)
    assert len(right) >= 0.99 * len(found.rows)


@pytest.mark.parametrize("relation", RELATED)
def test_persons_who_share_much_are_not_one(relation: str) -> None:
    """A table with only such pairs, and no copy, has no finding."""
    assert found_in(register(5, **{relation: 150}).table()) == {}


@pytest.mark.parametrize(
    "columns", [COLUMNS[:9], tuple(name for name in COLUMNS if name not in ("cin", "telephone"))], ids=["no visit", "no numbers"]
)
def test_twins_stay_two_in_tables_of_fewer_columns(columns: tuple[str, ...]) -> None:
    """Where little is known, copies are still told from twins and relatives."""
    made = register(6, typed_again=60, twin=40, relative=40)
    found = found_in(made.table(columns))["near_duplicate"]
    others = {row for relation in ("twin", "relative") for _, row in made.pairs[relation]}
    assert not others & set(found.rows.tolist())
    assert len(found.rows) >= 0.85 * 60


def test_rows_of_a_table_that_names_nobody_are_readings() -> None:
    """Prices of the same goods on the same market are alike, and legal; so are equal rows where chance makes them."""
    chance = random.Random(0)
    rows = [(chance.choice("ABCD"), chance.choice(("tomates", "oignons", "menthe")), f"2024-0{chance.randrange(1, 9)}-01") for _ in range(3000)]
    prices = [f"{chance.randrange(8, 20) / 2:.2f}" for _ in rows]
    columns = dict(zip(("marche", "produit", "date"), map(list, zip(*rows, strict=True)), strict=True))
    table = Table.of("prices", {"releve": [f"R{n:05d}" for n in range(len(rows))], **columns, "prix": prices})
    types = {"releve": ColumnType("identifier"), "date": ColumnType("date"), "prix": ColumnType("number")}
    types |= {name: ColumnType("category") for name in ("marche", "produit")}
    assert found_in(Examination(table, types)) == {}


def test_pairs_do_not_depend_on_the_order_of_rows() -> None:
    """The same records in another order give the same pairs."""
    made = register(7, persons=600, typed_again=40, twin=20, seen_again=20)
    order = random.Random(1).sample(range(len(made.rows)), len(made.rows))
    straight = _pairs(made.table(COLUMNS[1:]), list(range(len(made.rows))))
    made.rows = [made.rows[place] for place in order]
    assert _pairs(made.table(COLUMNS[1:]), order) == straight


def _pairs(seen: Examination, names: list[int]) -> set[frozenset[int]]:
    """All pairs of rows in one cluster, by the names of the rows."""
    first = link_records(record_fields(seen), seen.records).clusters(seen.records)
    together = [np.flatnonzero(first == row).tolist() for row in np.unique(first[first != np.arange(len(first))])]
    return {frozenset((names[one], names[two])) for rows in together for one, two in combinations(rows, 2)}


@pytest.mark.parametrize("rows", [0, 1, 2])
def test_hardly_any_rows_are_no_trouble(rows: int) -> None:
    """A table of no row, of one, of two equal ones."""
    row = register(8, persons=1).rows * rows
    table = Table.of("few", {name: [entry[name] for entry in row] for name in COLUMNS[1:]})
    assert set(found_in(Examination(table, TYPES))) <= {"exact_duplicate"}
