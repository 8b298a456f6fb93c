"""`khettara examine`, `repair`, `undo` on the register of the samples, as a user types them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from khettara.cli.main import app
from khettara.dataset import Dataset

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
REGISTER = SAMPLES / "register.csv"
PLANTED: dict[str, dict[str, list[int]]] = json.loads((SAMPLES / "truth" / "register.json").read_text(encoding="utf-8"))
RUN = CliRunner()


@pytest.fixture(scope="module")
def examined() -> Any:
    result = RUN.invoke(app, ["examine", str(REGISTER), "--json"])
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


@pytest.mark.parametrize(("kind", "column"), [(kind, column) for kind, columns in PLANTED.items() for column in columns])
def test_what_was_planted_is_found(examined: Any, kind: str, column: str) -> None:
    """For each defect of the sample: at least 95 % of its rows are found, and at least 95 % of the rows found have it."""
    truth = set(PLANTED[kind][column])
    names = set(column.split(", ")) if column else set()
    findings = [one for one in examined["findings"] if one["kind"] == kind and names <= set(one["columns"])]
    rows = {row for one in findings for row in one["rows"]}
    assert rows, f"no finding of kind {kind} in {column}"
    assert len(rows & truth) >= 0.95 * len(truth), sorted(truth - rows)[:10]
    assert len(rows & truth) >= 0.95 * len(rows), sorted(rows - truth)[:10]


def test_findings_are_told_in_words_with_rows_and_what_to_type_next() -> None:
    result = RUN.invoke(app, ["examine", str(REGISTER), "--lang", "fr"])
    assert result.exit_code == 0
    assert "Latitude" in result.stdout
    assert f"khettara repair {REGISTER} --apply all -o register" in result.stdout


def test_a_table_is_repaired_undone_and_never_overwritten(tmp_path: Path) -> None:
    """Repair, then undo of all, leave the file as it was and the records as they were read."""
    before = REGISTER.read_bytes()
    target = tmp_path / "register"
    repaired = RUN.invoke(app, ["repair", str(REGISTER), "--apply", "all", "-o", str(target), "--licence", "CC0-1.0"])
    assert repaired.exit_code == 0, repaired.output
    assert "To take a repair back: khettara undo" in repaired.stdout
    latitudes = [value for batch in Dataset.open(target).batches(["Latitude"]) for value in batch["Latitude"].to_pylist()]
    assert all(30 < value < 32 for value in latitudes)
    assert RUN.invoke(app, ["undo", str(target), "all"]).exit_code == 0
    assert Dataset.open(target).manifest.counts["kept"] == 912
    assert REGISTER.read_bytes() == before
    assert RUN.invoke(app, ["show", str(target)]).exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["examine", "nowhere.csv"], "nowhere.csv"),
        (["examine", str(REGISTER), "--only", "mixed_date"], "mixed_dates"),
        (["repair", str(REGISTER), "--apply", "F999", "-o", "x"], "no finding 'F999'"),
    ],
)
def test_mistakes_are_answered_in_one_message(arguments: list[str], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = RUN.invoke(app, arguments)
    assert result.exit_code != 0
    assert message in str(result.exception)
    assert not (tmp_path / "x").exists()


@pytest.fixture(scope="module")
def mended(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The register, repaired, under a licence."""
    target = tmp_path_factory.mktemp("mended") / "register"
    assert RUN.invoke(app, ["repair", str(REGISTER), "-o", str(target), "--licence", "CC0-1.0"]).exit_code == 0
    return target


def test_rows_set_aside_are_listed_and_explained(mended: Path) -> None:
    """`rejects` of a table: its cells stand where documents have a text, and the row that stayed is set beside."""
    listed = RUN.invoke(app, ["rejects", str(mended)])
    assert listed.exit_code == 0, listed.output
    assert "exact_duplicate: 12 records (" in listed.stdout
    assert "Nom / الاسم: Ali Imnayn" in listed.stdout
    first = json.loads(RUN.invoke(app, ["rejects", str(mended), "--json"]).stdout)[0]["examples"][0]
    told = RUN.invoke(app, ["rejects", str(mended), first["id"]])
    assert told.exit_code == 0, told.output
    assert f"instead of it  {first['winner']} (kept)" in told.stdout
    spoken = RUN.invoke(app, ["rejects", str(mended), "--lang", "ary"])
    assert "in no language" in str(spoken.exception)


def test_the_licence_given_to_repair_is_that_of_the_certificate(mended: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody states it a second time; a statement of rights may say otherwise. A label that is no column is refused."""
    monkeypatch.setenv("KHETTARA_HOME", str(tmp_path))
    RUN.invoke(app, ["keys", "new", "Data office of Ain Zerqa"])
    rights = json.loads(RUN.invoke(app, ["certify", str(mended), "--for", "open-data", "--json"]).stdout)["rights"]
    assert (rights["licence"], rights["licences"], rights["unknown"]) == ("CC0-1.0", {"CC0-1.0": 900}, 0)
    (tmp_path / "rights.yaml").write_text("licence: CC-BY-4.0\n", encoding="utf-8")
    stated = RUN.invoke(app, ["certify", str(mended), "--for", "open-data", "--json", "--rights", str(tmp_path / "rights.yaml")])
    assert json.loads(stated.stdout)["rights"]["licences"] == {"CC-BY-4.0": 900}
    assert "no column 'nosuch'" in str(RUN.invoke(app, ["certify", str(mended), "--label", "nosuch"]).exception)


def test_nothing_repaired_is_said(tmp_path: Path) -> None:
    """No empty table is printed where there was nothing to do."""
    (tmp_path / "t.csv").write_text("nom,age\nAli,31\nHind,42\n", encoding="utf-8")
    done = RUN.invoke(app, ["repair", str(tmp_path / "t.csv"), "-o", str(tmp_path / "t")])
    assert done.stdout.startswith("No repair is applied")
