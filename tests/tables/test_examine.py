"""Examining: every detector looks, what one explains the next leaves alone, and a table in parts says what the whole would say."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from tests.builders import document_rows, seal
from typer.testing import CliRunner

from khettara.cli.main import app
from khettara.dataset.defects import OF_TABLES
from khettara.dataset.findings import Findings
from khettara.errors import KhettaraError, RecipeError
from khettara.house import examine as examine_any
from khettara.tables import ColumnType, Examination, Found, Repair, Table, detectors
from khettara.tables import reading as reading_module
from khettara.tables.examine import examine, examine_table
from khettara.tables.reading import read_table

SAID = {"en": "said", "fr": "dit", "ar": "قيل"}


def find_nines(seen: Examination) -> Iterator[Found]:
    """`999` stands for nothing."""
    rows = np.flatnonzero(seen.texts("age") == "999")
    yield Found("disguised_missing", ("age",), rows, SAID, 0.9, ("Com-ML-1",), Repair("blank", SAID, {"age": pa.nulls(len(rows), pa.string())}))


def find_too_old(seen: Examination) -> Iterator[Found]:
    """Nobody is older than 122."""
    numbers = seen.numbers("age")
    rows = np.flatnonzero(numbers > 122)
    if len(rows):
        cells = pa.array([str(int(value) // 10) for value in numbers[rows]])
        yield Found("out_of_range", ("age",), rows, SAID, 0.99, ("Acc-ML-6",), Repair("replace", SAID, {"age": cells}))


def find_constant(seen: Examination) -> Iterator[Found]:
    """One value throughout."""
    if len(set(seen.texts("campagne"))) == 1:
        yield Found("constant_column", ("campagne",), np.arange(seen.records), SAID, 1.0, ("Eff-ML-3",), explains=False)


@pytest.fixture
def toys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(detectors, "DETECTORS", (find_nines, find_too_old, find_constant))


def register(path: Path, records: int = 40_000, *, change_at: int | None = None) -> Path:
    lines = ["numéro,age,commune,campagne"]
    for n in range(records):
        age = "999" if n % 101 == 0 else "450" if n % 97 == 0 else str(n % 90)
        lines.append(f"R{n:07d},{age},commune {n % 40},{'2025' if n == change_at else '2024'}")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.mark.usefixtures("toys")
def test_a_cell_that_one_explains_the_next_leaves_alone(tmp_path: Path) -> None:
    found = examine(register(tmp_path / "r.csv", 2000)).found
    assert [one.kind for one in found.values()] == ["disguised_missing", "out_of_range", "constant_column"]
    assert list(found) == ["F1", "F2", "F3"]
    assert not set(found["F1"].rows) & set(found["F2"].rows)


@pytest.mark.usefixtures("toys")
def test_examples_show_cells_before_and_after(tmp_path: Path) -> None:
    finding = examine(register(tmp_path / "r.csv", 2000)).findings(examples=2).findings[1]
    assert len(finding.examples) == 2
    assert finding.examples[0]["before"] == {"age": "450"}
    assert finding.examples[0]["after"] == {"age": "45"}
    assert finding.action == "replace"


@pytest.mark.usefixtures("toys")
def test_the_worst_comes_first(tmp_path: Path) -> None:
    """What spoils no cell comes after what does."""
    assert examine(register(tmp_path / "r.csv", 2000)).worst_first()[-1] == "F3"


@pytest.mark.usefixtures("toys")
def test_facts_of_columns_count_what_is_missing_and_wrong(tmp_path: Path) -> None:
    facts = {entry["name"]: entry for entry in examine(register(tmp_path / "r.csv", 2000)).columns}
    nines, too_old = len(range(0, 2000, 101)), len(set(range(0, 2000, 97)) - set(range(0, 2000, 101)))
    assert facts["age"]["disguised"] == nines
    assert facts["age"]["wrong"] == nines + too_old
    assert facts["age"]["missing"] == 0
    assert facts["commune"]["distinct"] == 40
    assert facts["age"]["semantic"] == "age"
    assert (facts["age"]["with_range"], facts["age"]["in_range"]) == (2000 - nines, 2000 - nines - too_old)


@pytest.mark.usefixtures("toys")
def test_a_table_in_parts_says_what_the_whole_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = register(tmp_path / "r.csv")
    whole = examine(path)
    monkeypatch.setattr(reading_module, "IN_MEMORY", 1 << 16)
    monkeypatch.setattr("khettara.tables.table.PART_CELLS", 40_000)
    parts = examine(path)
    assert parts.table.held is not None
    assert [one.kind for one in parts.found.values()] == [one.kind for one in whole.found.values()]
    for one, other in zip(parts.found.values(), whole.found.values(), strict=True):
        assert one.rows.tolist() == other.rows.tolist()
        assert one.repair is None or other.repair is None or dict(one.repair.values) == dict(other.repair.values)
    assert [{**entry, "distinct": 0} for entry in parts.columns] == [{**entry, "distinct": 0} for entry in whole.columns]
    assert parts.columns[0]["distinct"] == pytest.approx(40_000, rel=0.05)
    assert parts.columns[2]["distinct"] == 40
    assert parts.notes[-1]["kind"] == "parts"
    assert parts.findings().findings[1].examples[0]["before"] == {"age": "450"}


@pytest.mark.usefixtures("toys")
def test_a_column_is_constant_only_if_every_part_of_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading_module, "IN_MEMORY", 1 << 16)
    monkeypatch.setattr("khettara.tables.table.PART_CELLS", 40_000)
    assert "constant_column" not in {one.kind for one in examine(register(tmp_path / "r.csv", change_at=17_000)).found.values()}


def test_equal_rows_are_found_across_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(detectors, "DETECTORS", ())
    monkeypatch.setattr(reading_module, "IN_MEMORY", 1 << 16)
    monkeypatch.setattr("khettara.tables.table.PART_CELLS", 40_000)
    lines = [f"{n * 7919 % 1_000_003},nom {n * 31 % 9973},{n % 1009}" for n in range(40_000)]
    lines += [lines[3], lines[39_000]]
    (tmp_path / "r.csv").write_text("code,nom,valeur\n" + "\n".join(lines) + "\n", encoding="utf-8")
    (found,) = examine(tmp_path / "r.csv").found.values()
    assert found.kind == "exact_duplicate"
    assert found.rows.tolist() == [40_000, 40_001]
    assert found.repair is not None
    assert np.asarray(found.repair.winners).tolist() == [3, 39_000]


def test_a_detector_at_work_keeps_what_it_reads(tmp_path: Path) -> None:
    """A finding changes what is read next, not what was read before."""
    table = Table.of("t", {"age": ["5", "999", "7"]})
    seen = Examination(table, {"age": ColumnType("number")})
    before = seen.numbers("age")
    seen.take(Found("disguised_missing", ("age",), np.array([1]), SAID, 1.0, (), Repair("blank", SAID, {"age": pa.nulls(1, pa.string())})))
    assert before.tolist() == [5, 999, 7]
    assert np.isnan(seen.numbers("age")[1])
    assert seen.empty("age").tolist() == [False, True, False]


def test_a_table_without_records_has_no_findings_that_need_one(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("CIN,Nom,Âge\n", encoding="utf-8")
    examined = examine(tmp_path / "t.csv")
    assert examined.table.records == 0
    assert all(not len(one.rows) for one in examined.found.values())


@pytest.mark.parametrize(
    "columns",
    [
        {"vide": [None] * 5},
        {"un": ["1"]},
        {"a": ["x", None, "y"], "b": [" ", "", "\u200f"]},
        {"long": ["a" * 100_000, "b" * 100_000, None]},
        {"même": ["z"] * 50, "aussi": ["z"] * 50},
    ],
)
def test_odd_tables_are_examined_to_the_end(columns: dict[str, list[str | None]]) -> None:
    examined = examine_table(Table.of("odd", columns))
    assert json.loads(json.dumps(examined.as_json()))["records"] == len(next(iter(columns.values())))
    assert all(one.kind in OF_TABLES for one in examined.found.values())
    assert all(set(one.cause) == {"en", "fr", "ar"} for one in examined.found.values())


@pytest.mark.usefixtures("toys")
def test_the_command_says_it_in_words_and_what_to_type_next(tmp_path: Path) -> None:
    path = register(tmp_path / "registre.csv", 2000)
    result = CliRunner().invoke(app, ["examine", str(path), "--lang", "fr"])
    assert result.exit_code == 0, result.output
    assert "2\N{NARROW NO-BREAK SPACE}000 enregistrements" in result.output
    assert "450 → 45" in result.output
    assert f"khettara repair {path} --apply all -o registre" in result.output


@pytest.mark.usefixtures("toys")
def test_the_command_gives_json_with_every_row(tmp_path: Path) -> None:
    path = register(tmp_path / "registre.csv", 2000)
    result = CliRunner().invoke(app, ["examine", str(path), "--json", "--only", "out_of_range"])
    told = json.loads(result.stdout)
    assert [finding["kind"] for finding in told["findings"]] == ["out_of_range"]
    (finding,) = told["findings"]
    assert finding["repair"]["values"]["age"] == ["45"] * len(finding["rows"])
    assert set(told) == {"records", "table", "notes", "columns", "findings"}


def test_a_kind_or_language_that_there_is_not_is_refused(tmp_path: Path) -> None:
    path = register(tmp_path / "r.csv", 10)
    with pytest.raises(RecipeError, match="no kind of finding 'outliers'"):
        examine(path, only=["outliers"])
    refused = CliRunner().invoke(app, ["examine", str(path), "--lang", "es"])
    assert isinstance(refused.exception, KhettaraError)


def test_findings_survive_the_way_to_disk_and_back(tmp_path: Path) -> None:
    told = examine(register(tmp_path / "r.csv", 300)).findings()
    assert Findings.parse(json.dumps(told.as_json()), "here") == told


def test_a_dataset_of_documents_is_examined_by_the_room_that_knows_it(tmp_path: Path) -> None:
    """Documents have kinds of findings of their own: one may be asked for, and those of tables may not."""
    rows = document_rows(12)
    rows[3]["licence"] = None
    path = seal(tmp_path / "texts", rows)
    told = examine_any(path, only=["licence_missing"])
    assert isinstance(told, Findings)
    assert [finding.kind for finding in told.findings] == ["licence_missing"]
    with pytest.raises(RecipeError, match="no kind of finding 'mixed_dates'"):
        examine_any(path, only=["mixed_dates"])


def test_reading_and_examining_agree_on_the_columns(tmp_path: Path) -> None:
    path = register(tmp_path / "r.csv", 50)
    assert [entry["name"] for entry in examine(path).columns] == list(read_table(path).names)
