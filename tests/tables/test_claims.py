"""What is known beforehand of columns whose meanings are known, and may be broken by many rows."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests.tables.relations import Cells, rows_named

from khettara.errors import RecipeError
from khettara.tables import ColumnType, Examination, Table
from khettara.tables.detectors.contradictions import find_contradictions
from khettara.tables.types.pack import Packs, load_packs

ROWS = 300
BROKEN = list(range(0, ROWS, 12))
"""One row in twelve: too many for a rule to be mined."""
PLACES = ("Agadir", "Casablanca", "Oujda", "Fès")
REGIONS = ("Souss-Massa", "Casablanca-Settat", "Oriental", "Fès-Meknès")
Spoil = dict[str, str]


def ward() -> Cells:
    """A sound register in which nothing is broken."""
    draw = np.random.default_rng(3)
    born = np.datetime64("1950-01-01") + draw.integers(0, 20_000, ROWS)
    entered = np.datetime64("2023-01-01") + draw.integers(0, 300, ROWS)
    stay = draw.integers(0, 9, ROWS)
    weight, height = draw.integers(45, 110, ROWS), draw.integers(150, 195, ROWS)
    price, quantity = draw.integers(5, 90, ROWS), draw.integers(1, 12, ROWS)
    low = draw.integers(60, 90, ROWS)
    size = draw.integers(3, 9, ROWS)
    sex = np.where(np.arange(ROWS) % 2 == 0, "M", "F")
    place = draw.integers(0, 4, ROWS)
    cells: dict[str, list[object]] = {
        "sex": list(sex),
        "icd10": [(("I10", "N40", "J45.0") if row % 2 == 0 else ("O80", "N80", "N20"))[row // 2 % 3] for row in range(ROWS)],
        "birth_date": list(born.astype(str)),
        "admission_date": list(entered.astype(str)),
        "discharge_date": list((entered + stay).astype(str)),
        "age": list(((entered - born).astype(int) / 365.25).astype(int)),
        "marital_status": ["marié" if row % 3 else "célibataire" for row in range(ROWS)],
        "weight": list(weight),
        "height": list(height),
        "bmi": [f"{value:.1f}" for value in weight / (height / 100) ** 2],
        "price": list(price),
        "quantity": list(quantity),
        "amount": list(price * quantity),
        "diastolic_pressure": list(low),
        "systolic_pressure": list(low + draw.integers(25, 60, ROWS)),
        "household_size": list(size),
        "children": list(size - draw.integers(1, 3, ROWS)),
        "commune": [PLACES[at] for at in place],
        "region": [REGIONS[at] for at in place],
    }
    return {name: [str(cell) for cell in column] for name, column in cells.items()}


def looked(cells: Cells, *names: str) -> Examination:
    """What contradicts itself in some columns of the table, each of the meaning that it is called by."""
    meanings = load_packs().meanings
    held = {name: cells[name] for name in names or tuple(cells)}
    types = {name: ColumnType(meanings[name].kind, name, meanings[name].unit or None) for name in held}
    seen = Examination(Table.of("registre", held), types)
    for found in find_contradictions(seen):
        seen.take(found)
    return seen


def test_nothing_is_claimed_of_a_sound_table() -> None:
    """No rule of the packs is broken by rows that keep it, whatever their columns."""
    assert not looked(ward()).found


@pytest.mark.parametrize(
    ("names", "spoil", "said"),
    [
        (("sex", "icd10"), {"sex": "M", "icd10": "O80.9"}, "pregnancy and childbirth (icd10) are women's (sex)"),
        (("sex", "icd10"), {"sex": "M", "icd10": "N80"}, "illnesses of women's organs"),
        (("sex", "icd10"), {"sex": "F", "icd10": "N40"}, "illnesses of men's organs"),
        (("age", "marital_status"), {"age": "9", "marital_status": "marié"}, "nobody of less than 15 years"),
        (("admission_date", "discharge_date"), {"discharge_date": "2021-05-03"}, "admission_date is not after discharge_date"),
        (("birth_date", "admission_date", "age"), {"age": "3"}, "age is the number of years from birth_date to admission_date"),
        (("bmi", "weight", "height"), {"bmi": "61.0"}, "the body mass index (bmi) is weight over the square of height"),
        (("price", "quantity", "amount"), {"amount": "7777"}, "amount = price × quantity"),
        (("diastolic_pressure", "systolic_pressure"), {"systolic_pressure": "40"}, "lies below the systolic"),
    ],
)
def test_what_is_known_holds_where_many_rows_break_it(names: tuple[str, ...], spoil: Spoil, said: str) -> None:
    """One row in twelve breaks the rule: these rows are named and no other, in the words of the rule, in three languages."""
    cells = ward()
    for row in BROKEN:
        for name, cell in spoil.items():
            cells[name][row] = cell
    seen = looked(cells, *names)
    assert rows_named(seen, "contradiction") == set(BROKEN)
    assert said in seen.found[0].cause["en"]
    assert all(name in seen.found[0].cause[language] for language in ("en", "fr", "ar") for name in names)


def test_more_children_than_people_is_a_contradiction_only_where_it_is_rare() -> None:
    """Grown children live elsewhere: where many rows have more children than people, the column counts them too."""
    cells = ward()
    for row in BROKEN[:5]:
        cells["children"][row] = "15"
    assert rows_named(looked(cells, "children", "household_size"), "contradiction") == set(BROKEN[:5])
    for row in BROKEN:
        cells["children"][row] = "15"
    assert not looked(cells, "children", "household_size").found


def test_a_rule_that_hardly_any_row_keeps_is_no_rule_of_the_table() -> None:
    """The sex of the child beside the code of the mother, and a commune that lies elsewhere in most rows, contradict nothing."""
    cells = ward()
    cells["icd10"] = ["O80"] * ROWS
    cells["region"] = ["Oriental" if commune == "Agadir" else region for commune, region in zip(cells["commune"], cells["region"], strict=True)]
    assert not looked(cells, "sex", "icd10").found
    assert not looked(cells, "commune", "region").found


def test_a_commune_lies_in_its_region() -> None:
    """Communes beside any region but theirs are named, here one in twelve; a commune that comes often with one other may be two of one name."""
    cells = ward()
    for row in BROKEN:
        others = [region for region in REGIONS if region != cells["region"][row]]
        cells["region"][row] = others[row // 12 % 3]
    assert rows_named(looked(cells, "commune", "region"), "contradiction") == set(BROKEN)


def test_the_gazetteer_says_which_region() -> None:
    """Where the province agrees with the commune, the region is wrong, and the repair has the region as the column spells it."""
    cells = ward()
    of = {"Agadir": "Agadir-Ida-Ou-Tanane", "Casablanca": "Casablanca", "Oujda": "Oujda-Angad", "Fès": "Fès"}
    cells["province"] = [of[str(commune)] for commune in cells["commune"]]
    sound = list(cells["region"])
    for row in BROKEN:
        cells["region"][row] = [region for region in REGIONS if region != sound[row]][row // 12 % 3]
    seen = looked(cells, "commune", "province", "region")
    assert rows_named(seen, "contradiction", "region") == set(BROKEN)
    mended = {
        row: value
        for found in seen.found
        if found.repair is not None
        for row, value in zip(found.rows.tolist(), found.repair.values["region"].to_pylist(), strict=True)
    }
    assert mended == {row: sound[row] for row in BROKEN}


def test_a_pack_may_add_a_rule(tmp_path: Path) -> None:
    """One entry more is one contradiction more; an entry that is not understood is answered with what is missing."""
    entry = """
contradictions:
  tall_and_light:
    columns: {h: [height], w: [weight]}
    never: {h: {above: 190}, w: {below: 50}}
    says: {en: "“{h} with {w}”", fr: "« {h} avec {w} »", ar: "«{h} مع {w}»"}
    source: a test
"""
    pack = tmp_path / "mine.yaml"
    pack.write_text(entry, encoding="utf-8")
    packs: Packs = load_packs([pack])
    assert packs.contradictions["tall_and_light"].source == "a test"
    pack = tmp_path / "wrong.yaml"
    pack.write_text(entry.replace("[height]", "[hight]"), encoding="utf-8")
    with pytest.raises(RecipeError, match="height"):
        load_packs([pack])
    pack = tmp_path / "worse.yaml"
    pack.write_text(entry.replace("w: {below", "x: {below"), encoding="utf-8")
    with pytest.raises(RecipeError, match="no column 'x'"):
        load_packs([pack])
