"""What columns say of one another: swaps, contradictions, outliers, leakage, drift, doubtful labels."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests.tables.relations import PLACES, looked, register, rows_named

from khettara.tables import ColumnType, Examination, Table
from khettara.tables.detectors.contradictions import find_contradictions
from khettara.tables.detectors.drift import find_drift
from khettara.tables.detectors.exchanged import find_exchanged_days
from khettara.tables.detectors.labels import doubt_around, find_label_errors
from khettara.tables.detectors.leakage import find_leakage
from khettara.tables.detectors.outliers import find_outliers
from khettara.tables.detectors.swaps import find_swaps
from khettara.tables.examine import examine
from khettara.tables.tails import bound

ALL = (find_swaps, find_exchanged_days, find_contradictions, find_outliers, find_leakage, find_drift)
SOME = list(range(40, 2840, 70))
"""Forty rows, far from one another."""


def test_a_sound_table_raises_no_alarm() -> None:
    """Fewer than 1 of 1,000 cells is named where nothing is wrong."""
    cells = register()
    named = sum(len(found.rows) * len(found.columns) for found in looked(cells, *ALL).found)
    assert named < 0.001 * 3000 * len(cells)


@pytest.mark.parametrize(
    ("first", "second"), [("latitude", "longitude"), ("taille", "poids"), ("entree", "sortie"), ("commune", "region"), ("produit", "commune")]
)
def test_swapped_values_are_named_and_put_back(first: str, second: str) -> None:
    """Rows in which two columns have each other's values are found, these and next to no others, and the repair gives what was there."""
    cells = register()
    sound = {name: list(cells[name]) for name in (first, second)}
    rows = [row for row in SOME if cells[first][row] != cells[second][row]]
    for row in rows:
        cells[first][row], cells[second][row] = cells[second][row], cells[first][row]
    seen = looked(cells, find_swaps)
    named = rows_named(seen, "swapped_columns", first)
    assert len(named & set(rows)) >= 0.9 * len(rows)
    assert len(named - set(rows)) <= 1
    found = next(one for one in seen.found if first in one.columns)
    assert found.repair is not None
    assert found.cause.keys() == {"en", "fr", "ar"}
    for name in (first, second):
        back = dict(zip(found.rows.tolist(), found.repair.values[name].to_pylist(), strict=True))
        assert all(back[row] == sound[name][row] for row in named & set(rows))


def test_columns_that_look_alike_are_not_called_swapped() -> None:
    """Two measures of one kind are left alone, whichever is the larger."""
    draw = np.random.default_rng(1)
    cells = register()
    cells["prix"] = [f"{value:.1f}" for value in draw.normal(50, 9, 3000)]
    cells["poids"] = [f"{value:.1f}" for value in draw.normal(52, 9, 3000)]
    assert not rows_named(looked({name: cells[name] for name in ("prix", "poids")}, find_swaps), "swapped_columns")


def test_a_slip_beside_a_good_value_is_not_called_swapped() -> None:
    """A height of 12 beside a weight of 88 would be usual the other way round; but only one of the two is wrong."""
    draw = np.random.default_rng(3)
    height = np.where(draw.random(3000) < 0.2, draw.normal(86, 5, 3000), draw.normal(168, 8, 3000)).round()
    weight = (np.where(height < 110, 16, 25) * (height / 100) ** 2 * draw.lognormal(0, 0.08, 3000)).round(1)
    cells = {"taille": [f"{value:.0f}" for value in height], "poids": [f"{value:.1f}" for value in weight]}
    for row in np.flatnonzero((weight > 80) & (weight < 94) & (height > 150))[:40].tolist():
        cells["taille"][row] = "12"
    table = Table.of("t", cells)
    types = {"taille": ColumnType("number", "height", "cm", 20, 272), "poids": ColumnType("number", "weight", "kg", 0.25, 640)}
    assert list(find_swaps(Examination(table, types))) == []


def test_a_wrong_total_contradicts_price_and_quantity() -> None:
    """Doubled totals break `montant = prix × quantite`; the rows are named, and no column is blamed without evidence."""
    cells = register()
    for row in SOME:
        cells["montant"][row] = f"{2 * float(cells['montant'][row] or 0):.2f}"
    seen = looked(cells, find_contradictions)
    assert rows_named(seen, "contradiction", "montant") == set(SOME)


def test_an_age_that_is_not_that_of_the_dates() -> None:
    """Ages that are off by years are named, and nothing else, though birthdays and the day of entry move an age by one."""
    cells = register()
    for row in SOME:
        cells["age"][row] = str(int(cells["age"][row] or 0) + 9)
    assert rows_named(looked(cells, find_contradictions), "contradiction", "age") == set(SOME)


def test_a_third_column_says_which_is_wrong() -> None:
    """The duration of the stay speaks for the dates, and the region is mended from the commune's neighbours where two columns agree."""
    cells = register()
    cells["produit"] = [f"{commune}-{PLACES[commune or ''][0]}" for commune in cells["commune"]]  # a second column that knows the region
    sound = list(cells["region"])
    for row in SOME:
        cells["region"][row] = "Oriental" if sound[row] != "Oriental" else "Souss-Massa"
    seen = looked({name: cells[name] for name in ("commune", "produit", "region")}, find_contradictions)
    found = [one for one in seen.found if one.columns == ("region",)]
    assert len(found) == 1
    assert set(found[0].rows.tolist()) == set(SOME)
    assert found[0].repair is not None
    assert found[0].repair.values["region"].to_pylist() == [sound[row] for row in SOME]


def test_two_communes_of_one_name_are_no_contradiction() -> None:
    """A commune that comes often with a second region has two; only single slips are named."""
    cells = register()
    twins = [row for row in range(3000) if cells["commune"][row] == "Nador"][:60]
    for row in twins:
        cells["region"][row] = "Souss-Massa"
    assert not rows_named(looked({name: cells[name] for name in ("commune", "region")}, find_contradictions), "contradiction") & set(twins)


def test_leaving_before_entering_and_days_for_months() -> None:
    """A way out before the way in is a contradiction, unless exchanging day and month of one date explains it."""
    cells = register()
    late = [row for row in SOME if (cells["sortie"][row] or "")[5:7] > "02"][:15]
    for row in late:
        cells["sortie"][row] = str(np.datetime64(cells["entree"][row]) - 200)
    exchanged: list[int] = []
    for row in range(3000):
        entered, left = cells["entree"][row] or "", cells["sortie"][row] or ""
        turned = f"{entered[:4]}-{entered[8:]}-{entered[5:7]}"
        if row not in late and entered[8:] <= "12" and turned > left and len(exchanged) < 60:
            cells["entree"][row] = turned
            exchanged.append(row)
    seen = looked(cells, find_exchanged_days, find_contradictions)
    named = rows_named(seen, "mixed_dates", "entree")
    assert len(named & set(exchanged)) >= 0.9 * len(exchanged)
    assert len(rows_named(seen, "contradiction", "sortie") & set(late)) >= 0.8 * len(late)
    assert not rows_named(seen, "contradiction") - set(late) - set(exchanged)


def test_a_value_is_strange_given_the_others() -> None:
    """A price that is usual for tomatoes is strange for almonds; a place far from its commune is strange though others lie there."""
    cells = register()
    almonds = [row for row in range(3000) if cells["produit"][row] == "Amandes"][::80]
    for row in almonds:
        cells["prix"][row] = "9.00"
    away = [row for row in range(3000) if cells["commune"][row] == "Agadir"][::50]
    for n, row in enumerate(away):
        cells["latitude"][row] = f"{34.0 + 0.3 * n / len(away):.4f}"
    seen = looked({name: cells[name] for name in ("commune", "latitude", "longitude", "produit", "prix")}, find_outliers)
    assert rows_named(seen, "outlier", "prix") == set(almonds)
    assert set(away) <= rows_named(seen, "outlier", "latitude", "longitude")
    assert len(rows_named(seen, "outlier")) <= len(almonds) + len(away) + 2


@pytest.mark.parametrize("tail", ["normal", "exponential"])
def test_the_bound_lets_sound_tails_be(tail: str) -> None:
    """Of 20,000 sound values none or a few lie beyond the bound, whatever their tail."""
    draw = np.random.default_rng(3)
    values = {"normal": np.abs(draw.normal(size=20_000)), "exponential": draw.exponential(size=20_000)}
    assert (values[tail] >= bound(values[tail])).sum() <= 4


def test_a_code_that_begins_with_the_class_leaks() -> None:
    """The file code is named, and neither the columns that honestly tell of the decision nor the label itself."""
    cells = register()
    cells["dossier"] = [f"{'A' if decision == 'oui' else 'B'}{number}" for decision, number in zip(cells["decision"], cells["dossier"], strict=True)]
    assert [found.columns for found in looked(cells, find_leakage).found] == [("dossier",)]


def test_no_label_no_leak() -> None:
    """Without a column that is a label nothing can leak."""
    cells = register()
    del cells["decision"]
    assert not looked(cells, find_leakage).found


def test_a_change_in_one_part_is_drift_and_a_common_one_is_not() -> None:
    """Weights that rise in one commune halfway are drift there; heights that rise everywhere are none."""
    cells = register(6000)
    for row in range(3000, 6000):
        cells["taille"][row] = str(int(cells["taille"][row] or 0) + 12)
        if cells["commune"][row] == "Fès":
            cells["poids"][row] = f"{1.3 * float(cells['poids'][row] or 0):.1f}"
    found = looked({name: cells[name] for name in ("commune", "taille", "poids", "prix")}, find_drift).found
    assert [one.columns for one in found] == [("poids",)]
    assert "Fès" in found[0].cause["fr"]


def test_doubtful_labels_are_named_with_the_label_expected() -> None:
    """Labels turned where the rest is plain are found; the proposal is the other label; the finding is not sure enough to be applied unasked."""
    cells = register(6000)
    sums = [int(cells["age"][row] or 0) / 6 + float(cells["poids"][row] or 0) / 3 + int(cells["taille"][row] or 0) / 3 for row in range(6000)]
    plain = [row for row in range(6000) if abs(sums[row] - np.median(sums)) > 6][::25]
    sound = list(cells["decision"])
    for row in plain:
        cells["decision"][row] = "non" if sound[row] == "oui" else "oui"
    (found,) = looked({name: cells[name] for name in ("age", "poids", "taille", "decision")}, find_label_errors).found
    named = set(found.rows.tolist())
    assert len(named & set(plain)) >= 0.6 * len(plain)
    assert len(named & set(plain)) >= 0.5 * len(named)
    assert found.repair is not None
    assert found.confidence < 0.9
    proposed = dict(zip(found.rows.tolist(), found.repair.values["decision"].to_pylist(), strict=True))
    assert all(proposed[row] == sound[row] for row in named & set(plain))


def test_doubt_comes_in_runs() -> None:
    """A doubt among doubts at the same place weighs more than one alone, though all lie equally near in the file."""
    doubt = np.zeros(4000)
    place = (np.arange(4000) % 4).astype(np.int32)
    run, alone = np.flatnonzero(place == 2)[100:130], np.flatnonzero(place == 1)[::60]
    doubt[[*run, *alone]] = 1.0
    foretelling, weight = doubt_around(doubt, {"place": place, "half": (np.arange(4000) // 2000).astype(np.int32)})
    assert np.array_equal(foretelling, place)
    assert weight[run].min() > weight[alone].max()


def test_an_age_is_told_as_years_between_two_dates() -> None:
    """No factor of 1/365.25 is read by anybody: the rule is said in words."""
    draw = np.random.default_rng(5)
    born = draw.integers(-9000, 9000, 3000)
    seen_on = draw.integers(19000, 19600, 3000)
    ages = ((seen_on - born) / 365.25).astype(int)
    ages[[70, 900, 2000]] += 30
    cells: dict[str, list[str | None]] = {
        "naissance": [str(np.datetime64(int(day), "D")) for day in born],
        "entree": [str(np.datetime64(int(day), "D")) for day in seen_on],
        "age": [str(age) for age in ages],
    }
    (found,) = looked(cells, find_contradictions).found
    assert set(found.rows.tolist()) == {70, 900, 2000}
    told = {language: text.replace("\u2068", "").replace("\u2069", "") for language, text in found.cause.items()}
    assert "age is the number of years from naissance to entree" in told["en"]
    assert "age est le nombre d'années de naissance à entree" in told["fr"]
    assert "age هو عدد السنوات من naissance إلى entree" in told["ar"]


@pytest.mark.filterwarnings("error")
def test_columns_of_nothing_are_not_compared(tmp_path: Path) -> None:
    """Two columns in which only `NA` stands have no value that could be at home anywhere."""
    (tmp_path / "t.csv").write_text("a,b\n" + "NA,NA\n" * 50, encoding="utf-8")
    found = examine(tmp_path / "t.csv").findings()
    assert {one.kind for one in found.findings} == {"disguised_missing"}
