"""Linking two tables, and the command that does it."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from tests.tables.register import Register, register
from typer.testing import CliRunner

from khettara.cli.main import app
from khettara.dataset import Dataset
from khettara.errors import RecipeError
from khettara.tables.linkage.across import link_tables
from khettara.tables.linkage.sealing import seal_links
from khettara.tables.reading import read_table

CIVIL = {"cin": "CIN", "nom": "Nom de famille", "prenom": "Prénom", "naissance": "Date de naissance", "telephone": "Téléphone"}
HOSPITAL = {
    "prenom": "الاسم الشخصي",
    "nom": "الاسم العائلي",
    "naissance": "تاريخ الازدياد",
    "cin": "رقم البطاقة الوطنية",
    "telephone": "الهاتف",
    "tension": "PA systolique (mmHg)",
}


def two_files(folder: Path, seed: int = 0) -> tuple[Path, Path, Register, int]:
    """A register, and a hospital's list with some of its persons typed again among twins, relatives and strangers."""
    made = register(seed, persons=1200, typed_again=150, twin=30, relative=40, namesake=40)
    split = 1200
    for name, columns, rows in (("civil", CIVIL, made.rows[:split]), ("hospital", HOSPITAL, made.rows[split:])):
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(columns.values())
            writer.writerows([row[column] for column in columns] for row in rows)
    return folder / "civil.csv", folder / "hospital.csv", made, split


def test_persons_of_one_table_are_found_in_another_with_other_headers(tmp_path: Path) -> None:
    """Columns meet by what they hold; at least 95 in 100 persons are found, and at least 98 in 100 of what is found is right."""
    civil, hospital, made, split = two_files(tmp_path)
    linked = link_tables(read_table(civil), read_table(hospital))
    assert dict(linked.columns) == {CIVIL[name]: HOSPITAL[name] for name in CIVIL}
    found = {(left, right + split) for left, right in zip(linked.left.tolist(), linked.right.tolist(), strict=True)}
    planted = set(made.pairs["typed_again"])
    assert len(found & planted) >= 0.95 * len(planted)
    assert len(found & planted) >= 0.98 * len(found)


def test_a_table_is_linked_with_itself_over_all_visits(tmp_path: Path) -> None:
    """Visits of one patient are one person here, though they are no copies; clusters hold them together."""
    made = register(3, persons=800, seen_again=60)
    with (tmp_path / "visits.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*HOSPITAL.values()])
        writer.writerows([row[column] for column in HOSPITAL] for row in made.rows)
    linked = link_tables(read_table(tmp_path / "visits.csv"))
    together = {row for cluster in linked.clusters() for _, row in cluster}
    assert {row for pair in made.pairs["seen_again"] for row in pair} == together


def test_what_cannot_be_linked_is_refused_in_words(tmp_path: Path) -> None:
    """No column in common, a column that is not there, no basis: each says what to do."""
    (tmp_path / "prices.csv").write_text("produit,prix\nTomates,4.5\nOignons,3.2\nMenthe,2.0\n", encoding="utf-8")
    civil, hospital, *_ = two_files(tmp_path)
    with pytest.raises(RecipeError, match="--on"):
        link_tables(read_table(civil), read_table(tmp_path / "prices.csv"))
    with pytest.raises(RecipeError, match="no column 'Prenom'"):
        link_tables(read_table(civil), read_table(hospital), {"Prenom": "الاسم الشخصي"})
    with pytest.raises(RecipeError, match="--basis"):
        seal_links(link_tables(read_table(civil), read_table(hospital)), " ", tmp_path / "links")
    assert not (tmp_path / "links").exists()


def test_the_command_says_why_and_keeps_the_basis(tmp_path: Path) -> None:
    """Each pair has a weight that is the sum of its columns'; the manifest has the basis; no value of a person is copied into the links."""
    civil, hospital, made, _ = two_files(tmp_path)
    out = tmp_path / "links"
    done = CliRunner().invoke(app, ["link", str(civil), str(hospital), "--basis", "essai interne", "-o", str(out), "--json"])
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    for pair in told["pairs"]:
        assert sum(entry["bits"] for entry in pair["why"].values()) == pytest.approx(pair["bits"], abs=0.5)
        assert 0 < pair["likelihood"] <= 1
    links = Dataset.open(out)
    assert links.verify() == []
    assert links.manifest.facts["basis"] == "essai interne"
    rows = [row for batch in links.batches() for row in batch.to_pylist()]
    assert [(row["left"], row["right"]) for row in rows] == [(pair["left"], pair["right"]) for pair in told["pairs"]]
    written = "".join(map(str, rows))
    assert not any(str(made.rows[pair["left"]]["cin"]) in written for pair in told["pairs"])


def test_without_a_basis_the_command_reads_nothing(tmp_path: Path) -> None:
    """The refusal comes before any file is opened."""
    done = CliRunner().invoke(app, ["link", str(tmp_path / "none.csv")])
    assert isinstance(done.exception, RecipeError)
    assert "nobody said what allows it" in str(done.exception)
