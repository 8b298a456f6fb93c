"""What columns hold, told from header and cells."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.tables.labelled import rows_of
from typer.testing import CliRunner

from khettara.cli.main import app
from khettara.errors import RecipeError
from khettara.tables import ColumnType, Examination, Table
from khettara.tables.detectors.identifiers import find_invalid_identifiers
from khettara.tables.detectors.ranges import find_out_of_range
from khettara.tables.types import gazetteer, load_packs, type_columns
from khettara.tables.types.pack import OURS

DATA = Path(os.environ.get("KHETTARA_DATA", Path(__file__).parents[3] / "shared" / "data"))
CASES = rows_of("types.tsv", 6)
SPOILT = ["N/A", "-", "néant", "غير معروف", "?"]


def type_of(header: str, cells: Sequence[str | None], times: int = 1) -> ColumnType:
    return type_columns(Table.of("t", {header: list(cells) * times}))[header]


@pytest.mark.parametrize(("header", "cells", "kind", "semantic", "unit", "comment"), CASES, ids=[f"{case[0]}-{n}" for n, case in enumerate(CASES)])
def test_cases(header: str, cells: str, kind: str, semantic: str, unit: str, comment: str) -> None:
    """Each labelled column is taken for what it is, whether it is short or repeats."""
    for times in (1,) if kind == "text" or semantic in ("", "record_number", "email", "cin") else (1, 12):  # what repeats is a category
        found = type_of(header, list(cells.split("|")), times)
        assert (found.kind, found.semantic or "", found.unit or "") == (kind, semantic, unit), comment


CELLS = {
    "phone": "0612345678|0661223344|0537701122",
    "cin": "AB123456|J40112|BK98231|WA20041",
    "birth_date": "12/03/1990|01/02/2001|15/07/1985",
    "admission_date": "12/03/2023|01/02/2024",
    "discharge_date": "15/03/2023|11/02/2024",
    "age": "34|61|7",
    "sex": "M|F",
    "commune": "Rabat|Fès|Salé",
    "province": "Tiznit|Taroudannt|Al Haouz",
    "region": "Souss-Massa|Oriental",
    "person_name": "Mohamed Alaoui|Fatima Bennani",
    "family_name": "Alaoui|Bennani|Tazi",
    "first_name": "Mohamed|Fatima|Zineb",
    "household_size": "3|5|8|12",
    "children": "3|5|0",
    "height": "172|165|180",
    "weight": "72|65|80",
    "glucose": "0.95|1.1|1.3",
    "price": "12.5|80|45",
    "amount": "1200|45000",
    "income": "1200|45000",
    "quantity": "12.5|80|45",
    "latitude": "33.5|34.1|30.4",
    "longitude": "-7.5|-6.8|-9.5",
    "record_number": "|".join(f"D{n:04}" for n in range(40)),
    "email": "a@b.ma|c@d.ma",
    "rib": "011810000012345678901245",
    "percentage": "12|40|99",
}
"""Cells that fit each meaning of `headers.tsv`."""


@pytest.mark.parametrize(
    ("meaning", "header"), [(meaning, header) for meaning, headers in rows_of("headers.tsv", 2) for header in headers.split("|")]
)
def test_headers(meaning: str, header: str) -> None:
    """Headers as registers write them, with short forms, units, both languages: each leads to what it says."""
    assert type_of(header, CELLS[meaning].split("|") * 10 if meaning != "record_number" else CELLS[meaning].split("|")).semantic == meaning


@pytest.mark.parametrize("case", [case for case in CASES if case[3]], ids=lambda case: str(case[0]))
def test_survives_spoilt_cells(case: tuple[str, ...]) -> None:
    """Three cells in ten that say nothing do not change what a column with a header is taken for."""
    header, cells, kind, semantic, unit, comment = case
    if "by content" in comment or semantic == "sex":
        pytest.skip("cells alone must be plain; sexes are told by their few values")
    chosen = random.Random(header)
    values = cells.split("|")
    dirty = [chosen.choice(SPOILT) if n % 10 < 3 else chosen.choice(values) for n in range(400)]
    if semantic in ("record_number", "email"):
        dirty = [f"2024/{n:04}" if semantic == "record_number" else f"a{n}@exemple.ma" for n in range(280)] + [*SPOILT] * 24
    found = type_of(header, dirty)
    assert (found.kind, found.semantic, found.unit or "") == (kind, semantic, unit)


def test_bounds_are_in_the_unit_of_the_column() -> None:
    """What a height can be is said in metres for a column in metres."""
    metres, centimetres = type_of("Taille", ["1,72", "1,65", "1,80"]), type_of("Taille (cm)", ["172", "165", "180"])
    assert metres.high == pytest.approx(2.72)
    assert centimetres.high == pytest.approx(272)


def test_coordinates_of_elsewhere_keep_the_bounds_of_the_globe() -> None:
    """Only a column that lies in Morocco is held to its box."""
    assert type_of("latitude", ["33.5", "31.6", "34.0"]).high == pytest.approx(36.3)
    assert type_of("latitude", ["48.8", "43.3", "45.7"]).high == 90


def test_a_users_pack_adds_a_type(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One entry in a file of `KHETTARA_PACKS` is one more thing that a column can hold."""
    (tmp_path / "ours.yaml").write_text("types:\n  meter_number:\n    kind: identifier\n    headers: [compteur]\n    shape: 'CP[0-9]{6}'\n", "utf-8")
    table = Table.of("t", {"N° compteur": ["CP123456", "CP000001", "cp 777777"]})
    assert type_columns(table)["N° compteur"].semantic != "meter_number"
    monkeypatch.setenv("KHETTARA_PACKS", str(tmp_path))
    assert type_columns(table)["N° compteur"].semantic == "meter_number"
    monkeypatch.delenv("KHETTARA_PACKS")
    assert type_columns(table, load_packs([tmp_path / "ours.yaml"]))["N° compteur"].semantic == "meter_number"


def test_examine_takes_a_pack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`--pack FILE` is as good as `KHETTARA_PACKS`: the column is named for what it holds, and what cannot be is found."""
    monkeypatch.setenv("KHETTARA_PACKS", "")  # put back after the test
    (tmp_path / "ours.yaml").write_text("types:\n  meter_number:\n    kind: identifier\n    headers: [compteur]\n    shape: 'CP[0-9]{6}'\n", "utf-8")
    (tmp_path / "t.csv").write_text("compteur,relevé\n" + "".join(f"CP{n:06},{n}\n" for n in range(300)) + "CP12,5\n", "utf-8")
    result = CliRunner().invoke(app, ["examine", str(tmp_path / "t.csv"), "--json", "--pack", str(tmp_path / "ours.yaml")])
    examined = json.loads(result.stdout)
    assert examined["columns"][0]["semantic"] == "meter_number"
    assert [(found["kind"], found["rows"]) for found in examined["findings"] if found["columns"] == ["compteur"]] == [("invalid_identifier", [300])]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("types:\n  a: {kind: nombre}\n", "no kind"),
        ("types:\n  a: {kind: number, hedaers: [b]}\n", "hedaers"),
        ("types: [", "does not read"),
        ("- a\n", "no types"),
        ("types:\n  a: {kind: number, quantity: length, unit: parsec}\n", "parsec"),
        ("types:\n  a: {kind: text, shape: '['}\n", "shape"),
        ("types:\n  a: {kind: text, listed: towns_of_mars}\n", "towns_of_mars"),
        ("types:\n  a: {kind: text, shape: 'a', check: mod13}\n", "mod13"),
    ],
)
def test_a_pack_that_is_not_understood_is_refused_in_words(tmp_path: Path, text: str, said: str) -> None:
    """A mistake in a pack names the file or the entry and what is wrong with it."""
    path = tmp_path / "bad.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(RecipeError) as error:
        load_packs([path])
    assert said in str(error.value)


@pytest.mark.parametrize(
    ("quantity", "value", "unit", "into", "expected"),
    [
        ("mass", 1, "lb", "g", 453.59237),
        ("length", 5.5, "ft", "cm", 167.64),
        ("area", 1, "ha", "m2", 10_000),
        ("money", 20, "ryal", "MAD", 1),
        ("money", 1, "MAD", "centime", 100),
        ("temperature", 98.6, "°F", "°C", 37),
        ("temperature", -40, "°C", "°F", -40),
        ("glucose_in_blood", 5.55, "mmol/L", "mg/dL", 100),
        ("glucose_in_blood", 126, "mg/dL", "g/L", 1.26),
        ("creatinine_in_blood", 88.4, "µmol/L", "mg/L", 10),
        ("cholesterol_in_blood", 5.17, "mmol/L", "mg/dL", 200),
        ("triglycerides_in_blood", 1.69, "mmol/L", "g/L", 1.5),
        ("haemoglobin_in_blood", 135, "g/L", "g/dL", 13.5),
        ("pressure", 12, "cmHg", "mmHg", 120),
        ("pressure", 16, "kPa", "mmHg", 120),
    ],
)
def test_units_convert_as_textbooks_say(quantity: str, value: float, unit: str, into: str, expected: float) -> None:
    """Equivalences of laboratories and markets, to three digits."""
    assert load_packs().convert(quantity, value, unit, into) == pytest.approx(expected, rel=3e-3)


def test_our_own_packs_keep_the_rules_of_packs(tmp_path: Path) -> None:
    """What is asked of a user's pack holds for ours: patterns compile, lists and checks are known, each type has a way to be found."""
    for path in sorted(OURS.glob("*.yaml")):
        copy = tmp_path / path.name
        copy.write_bytes(path.read_bytes())
    packs = load_packs([tmp_path])
    for meaning in packs.meanings.values():
        assert meaning.headers or meaning.alone, meaning.name
        assert all(meaning.title[language] for language in ("en", "fr", "ar"))
        assert meaning.low is None or meaning.high is None or meaning.low < meaning.high


def test_a_pack_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """A path in a typing mistake is an error and not an empty pack."""
    with pytest.raises(RecipeError, match="no such pack"):
        load_packs([tmp_path / "nowhere.yaml"])


def test_every_place_is_found_by_each_of_its_names() -> None:
    """No spelling of the gazetteer is lost by folding."""
    known = gazetteer()
    assert sum(place.kind == "region" for place in known.places) == 12
    assert sum(place.kind == "province" and place.code.count(".") == 1 for place in known.places) == 75
    for place in known.places:
        for name in (place.french, place.arabic, *place.spellings):
            assert place in known.find(place.kind, name), name


def test_regions_and_provinces_are_not_confused() -> None:
    """A spelling of a region or a province is that of one only."""
    for kind in ("region", "province"):
        for name, places in gazetteer().by_name[kind].items():
            assert len(places) == 1, name


@pytest.mark.parametrize(
    ("kind", "name", "french"),
    [
        ("commune", "CASA", "Casablanca"),
        ("commune", "Ddar lbida", "Casablanca"),
        ("commune", "أݣادير", "Agadir"),
        ("commune", "أڭادير", "Agadir"),
        ("commune", "ⴰⴳⴰⴷⵉⵔ", "Agadir"),
        ("commune", "Ville de Fès", "Fès"),
        ("province", "Kelaat Sraghna", "El Kelâa Des-Sraghna"),
        ("province", "إقليم الحوز", "Al Haouz"),
        ("region", "L'ORIENTAL", "Oriental"),
        ("region", "جهة سوس ماسة", "Souss-Massa"),
        ("region", "ⴷⵔⵄⴰ ⵜⴰⴼⵉⵍⴰⵍⵜ", "Drâa-Tafilalet"),
    ],
)
def test_names_of_places(kind: str, name: str, french: str) -> None:
    """Short names, other scripts, articles, g's of Moroccan print and words before the name lead to the place."""
    assert french in [place.french for place in gazetteer().find(kind, name)]  # type: ignore[arg-type]


def test_the_gazetteer_is_what_its_script_makes(tmp_path: Path) -> None:
    """`places.tsv` is derived: the script and the public sources give it again, byte for byte."""
    if not (DATA / "morocco-places").is_dir():
        pytest.skip("no shared data: set KHETTARA_DATA")
    script = Path(__file__).parents[2] / "scripts" / "gazetteer.py"
    made = tmp_path / "places.tsv"
    subprocess.run([sys.executable, str(script), "--data", str(DATA), "--out", str(made)], check=True, capture_output=True)
    assert made.read_bytes() == (OURS / "places.tsv").read_bytes()


HEADERS = sorted({phrase for meaning in load_packs().meanings.values() for phrase in meaning.headers})
SCRAPS = [
    *("12", "1.2.3", "AB123456", "0612345678", "12/03/1990", "120/80", "1.2.3/4", "٣٤", "\u200f", "Casa", "²", "-", "12 kg", "١٢/٣", "\x00", "(3)"),
    *("9" * 400, "é" * 50),
]


@given(
    st.sampled_from(HEADERS),
    st.lists(st.one_of(st.none(), st.sampled_from(SCRAPS), st.text(max_size=12)), min_size=1, max_size=60),
    st.sampled_from([1, 9]),
)
def test_whatever_the_cells_are_a_column_has_a_type_and_findings_are_in_order(header: str, cells: list[str | None], times: int) -> None:
    """Any header over any cells: a kind is told, and what is found is rows of the table, ascending."""
    table = Table.of("t", {header: cells * times})
    seen = Examination(table, type_columns(table))
    for found in (*find_invalid_identifiers(seen), *find_out_of_range(seen)):
        rows = found.rows.tolist()
        assert rows == sorted(set(rows))
        assert 0 <= rows[0] <= rows[-1] < table.records
        assert found.repair is None or len(found.repair.values[header]) == len(rows)
