"""What detectors find of missing values, code pages, units, rounding and copies, and what they leave alone."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.tables.labelled import rows_of

from khettara.tables import ColumnType, Examination, Found, Table
from khettara.tables.columns import Kind
from khettara.tables.detectors.copies import find_constant_columns, find_copied_columns
from khettara.tables.detectors.dates import find_mixed_dates
from khettara.tables.detectors.decimals import find_decimal_marks
from khettara.tables.detectors.encoding import find_wrong_encoding, undo
from khettara.tables.detectors.heaping import find_heaping
from khettara.tables.detectors.missing import find_disguised, find_missing
from khettara.tables.detectors.units import find_mixed_units, find_units_by_record
from khettara.tables.residuals import Others


def _seen(types: dict[str, ColumnType], **columns: Sequence[str | None]) -> Examination:
    return Examination(Table.of("t", columns), types)


def _all(found: Iterator[Found], seen: Examination) -> list[Found]:
    kept = []
    for each in found:
        seen.take(each)
        kept.append(each)
    return kept


def test_nothing_and_blanks_are_missing() -> None:
    """Null, empty, and what is only blanks or marks that nobody sees."""
    seen = _seen({"a": ColumnType("text")}, a=["x", "", None, " \N{NO-BREAK SPACE}", "\N{RIGHT-TO-LEFT MARK}", "0"])
    [found] = find_missing(seen)
    assert found.rows.tolist() == [1, 2, 3, 4]


@pytest.mark.parametrize(("kind", "meaning", "sound", "placeholders", "comment"), rows_of("placeholders.tsv", 5))
def test_placeholders_are_told_by_evidence(kind: Kind, meaning: str, sound: str, placeholders: str, comment: str) -> None:
    """In a column of 600 sound cells every placeholder that five rows share is found, and nothing else."""
    values = sound.split("|")
    if kind == "identifier":
        values = [f"{value[:-3]}{n:03}" for n in range(120) for value in values]
    cells = [values[n % len(values)] for n in range(600)]
    wrong = [text for text in placeholders.split("|") if text]
    cells += wrong * 5
    random.Random(5).shuffle(cells)
    seen = _seen({"a": ColumnType(kind, meaning or None)}, a=cells)
    found = {cells[row] for each in find_disguised(seen) for row in each.rows.tolist()}
    assert found == set(wrong), comment


def test_a_word_among_numbers_is_looked_for_in_other_columns() -> None:
    """`pas vu` stands where numbers belong, so it stands for nothing among names too."""
    numbers = [str(n % 50 + 20) for n in range(100)] + ["pas vu"] * 4
    names = ["Zineb", "Ali", "Houria", "Salah"] * 25 + ["pas vu"] * 4
    seen = _seen({"n": ColumnType("number"), "m": ColumnType("text")}, n=numbers, m=names)
    assert {found.columns[0]: found.rows.tolist() for found in find_disguised(seen)} == {"n": [100, 101, 102, 103], "m": [100, 101, 102, 103]}


@pytest.mark.parametrize(("cell", "meant", "comment"), rows_of("misread.tsv", 3))
def test_a_misread_cell_comes_back_and_a_sound_one_stays(cell: str, meant: str, comment: str) -> None:
    """Each labelled cell among others of its column."""
    cells = ["Fès", "Kénitra", "الدار البيضاء", "سطات"] * 5 + [cell]
    seen = _seen({"a": ColumnType("category")}, a=cells)
    mended = dict.fromkeys(range(21), "")
    for found in find_wrong_encoding(seen):
        assert found.repair is not None
        mended |= dict(zip(found.rows.tolist(), found.repair.values["a"].to_pylist(), strict=True))
    assert (mended[20] or cell) == meant, comment
    assert not any(mended[row] for row in range(20))


@given(
    st.text("aeéèêàâîïôùûçœÉÀ sndrlt'-", min_size=1),
    st.text("ابتثجحخدرسشعغفقكلمنهويةىءأإ ", min_size=3),
    st.sampled_from(["cp1252", "cp1256", "mac-roman"]),
)
def test_what_a_page_kept_comes_back(french: str, arabic: str, page: str) -> None:
    """A text whose UTF-8 a page reads without loss is undone to the letter, if it has a letter beyond ASCII."""
    text = f"{french.strip()}é {arabic.strip()}م".strip()
    try:
        misread = text.encode().decode(page)
    except UnicodeDecodeError:
        return
    assert undo(misread)[0] == text


def test_lost_letters_come_back_from_the_column_alone() -> None:
    """`F\N{REPLACEMENT CHARACTER}s` is Fès where the column knows one such name, and is named without a repair where it knows none."""
    cells = ["Fès", "Salé", "Rabat"] * 10 + ["F\N{REPLACEMENT CHARACTER}s", "Od\N{REPLACEMENT CHARACTER}n"]
    found = list(find_wrong_encoding(_seen({"a": ColumnType("category")}, a=cells)))
    assert [(each.rows.tolist(), each.repair.values["a"].to_pylist() if each.repair else None) for each in found] == [([30], ["Fès"]), ([31], None)]


def _people(count: int = 3000) -> tuple[list[float], list[float], list[int]]:
    rng = np.random.default_rng(7)
    ages = rng.integers(2, 90, count)
    heights = np.where(ages < 18, 75 + 5.3 * ages, 168) + rng.normal(0, 6, count)
    weights = (heights / 100) ** 2 * np.where(ages < 18, 17 + 0.2 * ages, 25) * np.exp(rng.normal(0, 0.12, count))
    return heights.round().tolist(), weights.round(1).tolist(), ages.tolist()


HOSPITAL = {
    "taille": ColumnType("number", "height", "cm", 20, 272),
    "poids": ColumnType("number", "weight", "kg", 0.25, 640),
    "âge": ColumnType("number", "age", "year", 0, 122),
}


def test_metres_among_centimetres_and_pounds_among_kilograms() -> None:
    """Heights in metres lie apart; weights in pounds do not, and are told by height and age."""
    heights, weights, ages = _people()
    pounds = set(range(0, 3000, 50))
    metres = set(range(7, 3000, 60))
    tall = [f"{height / 100:.2f}" if n in metres else f"{height:.0f}" for n, height in enumerate(heights)]
    heavy = [f"{weight / 0.45359237:.1f}" if n in pounds else f"{weight:.1f}" for n, weight in enumerate(weights)]
    seen = _seen(HOSPITAL, taille=tall, poids=heavy, âge=[str(age) for age in ages])
    found = {each.columns[0]: each for detect in (find_mixed_units, find_units_by_record) for each in _all(detect(seen), seen)}
    short = set(found["taille"].rows.tolist())
    assert short <= metres
    assert len(short) >= 0.9 * len(metres)
    named = set(found["poids"].rows.tolist())
    assert len(named & pounds) / len(named) >= 0.95
    assert len(named & pounds) / len(pounds) >= 0.85
    assert found["poids"].repair is not None
    mended = dict(zip(found["poids"].rows.tolist(), found["poids"].repair.values["poids"].to_pylist(), strict=True))
    assert all(float(str(mended[row])) == pytest.approx(weights[row], abs=0.06) for row in named & pounds)


def test_sound_measures_are_in_one_unit() -> None:
    """Nothing is found where nothing is wrong, nor where a few slips of the pen are."""
    heights, weights, ages = _people()
    heavy = [f"{weight * 10:.1f}" if n in (5, 90, 444) else f"{weight:.1f}" for n, weight in enumerate(weights)]
    seen = _seen(HOSPITAL, taille=[f"{height:.0f}" for height in heights], poids=heavy, âge=[str(age) for age in ages])
    assert [*find_mixed_units(seen), *find_units_by_record(seen)] == []


def test_what_is_impossible_in_one_unit_is_converted_however_small() -> None:
    """Once metres are known to be among the centimetres, a baby's are too; a slip that is one number over and over is not."""
    heights = _people()[0]
    tall = [f"{height / 100:.2f}" if n % 60 == 0 else f"{height:.0f}" for n, height in enumerate(heights)]
    babies = ["0.86", "0.87", "0.88", "0.89"]
    cells = [*tall, *["82", "84", "86", "87", "88", "89"] * 10, *babies, *["0.90"] * 25]
    seen = _seen(HOSPITAL, taille=cells)
    named = {row for found in _all(find_mixed_units(seen), seen) for row in found.rows.tolist()}
    assert {cells[row] for row in named if row >= len(tall)} == set(babies)


def test_a_weight_is_expected_from_height_and_age() -> None:
    """What other columns tell narrows a weight to what it was drawn with, children included."""
    heights, weights, ages = _people()
    columns = {"taille": [str(height) for height in heights], "poids": [str(weight) for weight in weights], "âge": [str(age) for age in ages]}
    expected = Others(_seen(HOSPITAL, **columns)).expected("poids", np.log(weights))
    assert expected is not None
    rest = np.log(weights) - expected
    assert float(1.4826 * np.median(np.abs(rest))) < 0.15
    children = np.array(ages) < 15
    assert abs(float(np.median(rest[children]))) < 0.05


def test_units_written_out_are_converted() -> None:
    """Centimes, ryals and prices with their currency become plain dirhams, written as the column writes them."""
    prices = [f"{3 + n % 40},50" for n in range(200)]
    cells = [*prices, "350 centimes", "70 ryals", "12,50 DH", "درهم 4", "3 brouettes"]
    seen = _seen({"prix": ColumnType("number", "price", "MAD")}, prix=cells)
    found = _all(find_mixed_units(seen), seen)
    mended = {
        row: text for each in found if each.repair for row, text in zip(each.rows.tolist(), each.repair.values["prix"].to_pylist(), strict=True)
    }
    assert mended == {200: "3,50", 201: "3,50", 202: "12,50", 203: "4,00"}


def test_fahrenheit_is_no_factor() -> None:
    """Degrees of two scales are told apart and converted with their offset."""
    rng = np.random.default_rng(3)
    celsius = rng.normal(37, 0.5, 1000).round(1)
    cells = [f"{value * 1.8 + 32:.1f}" if n % 25 == 0 else f"{value:.1f}" for n, value in enumerate(celsius.tolist())]
    seen = _seen({"t": ColumnType("number", "temperature", "°C")}, t=cells)
    [found] = find_mixed_units(seen)
    assert found.rows.tolist() == list(range(0, 1000, 25))
    assert found.repair is not None
    assert float(str(found.repair.values["t"].to_pylist()[0])) == pytest.approx(float(celsius[0]), abs=0.06)


def test_ages_heaped_on_fives_are_found_and_even_ages_are_not() -> None:
    """Whipple's index, on ages of which a third were rounded to five; prices in steps of five are a scale, not a heap."""
    rng = np.random.default_rng(1)
    ages = rng.integers(0, 90, 3000)
    rounded = np.where(rng.random(3000) < 0.33, 5 * np.round(ages / 5), ages).astype(int)
    types = {"even": ColumnType("number", "age"), "heaped": ColumnType("number", "age"), "fives": ColumnType("number", "price")}
    seen = _seen(types, even=[str(n) for n in ages], heaped=[str(n) for n in rounded], fives=[str(5 * n) for n in ages])
    [found] = find_heaping(seen)
    assert found.columns == ("heaped",)
    assert not found.explains


def test_amounts_rounded_to_thousands_are_found_and_prices_without_centimes_are_not() -> None:
    """One income in five is an exact thousand, where the others have centimes. Most prices are whole dirhams, which is how prices are."""
    rng = np.random.default_rng(2)
    incomes = np.exp(rng.normal(8.5, 0.6, 2000))
    rounded = np.where(rng.random(2000) < 0.2, 1000 * np.round(incomes / 1000), incomes)
    prices = np.where(rng.random(2000) < 0.7, np.round(incomes / 90), incomes / 90)
    types = {"revenu": ColumnType("number", "income"), "prix": ColumnType("number", "price")}
    seen = _seen(types, revenu=[f"{value:.2f}" for value in rounded], prix=[f"{value:.2f}" for value in prices])
    found = {each.columns[0]: each for each in find_heaping(seen)}
    assert set(found) == {"revenu"}
    assert "1,000" in found["revenu"].cause["en"]


def test_a_constant_column_and_a_copy_written_otherwise() -> None:
    """One value everywhere; the same numbers with another mark. Two columns of yes and no that agree are left alone."""
    numbers = [f"{n}.5" for n in range(100)]
    answers = ["oui", "non"] * 50
    types = {name: ColumnType("category") for name in ("année", "vu", "lu")} | {name: ColumnType("number") for name in ("a", "b")}
    seen = _seen(types, année=["2023"] * 100, a=numbers, b=[n.replace(".", ",") for n in numbers], vu=answers, lu=answers)
    assert [found.columns for found in find_constant_columns(seen)] == [("année",)]
    assert [found.columns for found in find_copied_columns(seen)] == [("b", "a")]


CELLS = st.sampled_from(
    ["", None, "N/A", "-", "999", "0", "-1", "12", "12,5", "1 234,50", "1,234", "12 kg", "350 centimes", "Fès", "FÃ¨s", "F\ufffds"]
)
DATES = st.sampled_from(
    ["2024-03-12", "12/03/2024", "31/02/2024", "45363", "2 رمضان 1445", "1900-01-01", "99/99/9999", " ", "\x00", "ÇáÏÇÑ", "é" * 40]
)
KINDS: list[Kind] = ["number", "date", "category", "identifier", "text"]


@given(st.lists(st.one_of(CELLS, DATES, st.text(max_size=12)), max_size=60), st.sampled_from(KINDS), st.sampled_from([None, "age", "price", "phone"]))
@settings(max_examples=150, deadline=None)
def test_whatever_the_cells_findings_are_well_formed(cells: list[str | None], kind: Kind, meaning: str | None) -> None:
    """No cells and no type bring a detector down; rows are of the table and ascend; a repair has a value for each."""
    seen = _seen({"a": ColumnType(kind, meaning), "b": ColumnType("category")}, a=cells, b=cells[::-1])
    detectors = (find_missing, find_disguised, find_wrong_encoding, find_mixed_dates, find_decimal_marks, find_mixed_units, find_units_by_record)
    for detect in (*detectors, find_heaping, find_constant_columns, find_copied_columns):
        for found in _all(detect(seen), seen):
            rows = found.rows.tolist()
            assert rows == sorted(set(rows))
            assert all(0 <= row < len(cells) for row in rows)
            assert set(found.cause) == {"en", "fr", "ar"}
            assert all(len(values) == len(rows) for values in (found.repair.values.values() if found.repair else ()))
