"""Repairs: what is applied is in the data, what was read stays, and everything can be undone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.builders import document_rows, seal

from khettara import house
from khettara.dataset import Dataset
from khettara.dataset.findings import Finding, Findings, read_findings, rows_of
from khettara.errors import DatasetError, RecipeError, StorageError, Tampered
from khettara.tables import Found, Repair, Table
from khettara.tables.repair import raw_table, repair, undo
from khettara.tables.table import Aside

WORDS = {"en": "wrong", "fr": "faux", "ar": "خطأ"}


def found(kind: str, values: dict[str, dict[int, str | None]], confidence: float = 1.0) -> Found:
    """A finding that changes cells: for each column, new texts by row."""
    rows = sorted({row for cells in values.values() for row in cells})
    new = {name: pa.array([cells[row] for row in rows], pa.string()) for name, cells in values.items()}
    return Found(kind, tuple(values), np.array(rows, np.int64), WORDS, confidence, ("Acc-ML-1",), Repair("replace", WORDS, new))


def copies(rows: Sequence[int], winners: Sequence[int]) -> Found:
    """A finding that takes rows out."""
    drop = Repair("drop", WORDS, drop=True, winners=np.array(winners, np.int64))
    return Found("exact_duplicate", ("a",), np.array(rows, np.int64), WORDS, 1.0, ("Con-ML-1",), drop)


def told(table: Table, entries: Sequence[Found], kinds: dict[str, str]) -> tuple[Findings, dict[str, Found]]:
    """Findings as an examination tells them."""
    named = {f"F{n}": entry for n, entry in enumerate(entries, 1)}
    findings = tuple(
        Finding(name, e.kind, e.columns, len(e.rows), len(e.rows), e.cause, e.confidence, e.measures, e.repair.action if e.repair else None, WORDS)
        for name, e in named.items()
    )
    columns = tuple({"name": name, "kind": kinds[name]} for name in table.names)
    return Findings(table.records, columns, findings, "test", 1), named


TABLE = Table.of("t", {"a": ["1", "2,5", None, "1"], "day": ["2024-01-02", "3/1/24", "", "2024-01-02"], "nom": ["Sara", "SARA ", "x", "Sara"]})
KINDS = {"a": "number", "day": "date", "nom": "text"}
ENTRIES = [
    found("decimal_marks", {"a": {1: "2.5"}}),
    found("mixed_dates", {"day": {1: "2024-01-03"}}),
    found("mixed_units", {"a": {1: "250.5"}}),
    copies([3], [0]),
    found("label_error", {"nom": {2: "Omar"}}, confidence=0.6),
]


def rows(dataset: Dataset) -> list[tuple[object, ...]]:
    return [tuple(row.values())[1:] for batch in dataset.batches() for row in batch.to_pylist()]


def test_data_has_the_repairs_and_its_types_and_raw_has_what_was_read(tmp_path: Path) -> None:
    """After all sure repairs a column of numbers is numbers; the cells as read lie beside it; in = kept + rejected."""
    findings, named = told(TABLE, ENTRIES, KINDS)
    done = repair(TABLE, findings, named, ["all"], tmp_path / "ds")
    dataset = Dataset.open(tmp_path / "ds")
    assert [str(field.type) for field in dataset.schema] == ["string", "double", "date32[day]", "string"]
    assert [row[0] for row in rows(dataset)] == [1.0, 250.5, None]
    assert raw_table(dataset)["a"].at(np.arange(4)) == ["1", "2,5", None, "1"]
    assert done.manifest.counts == {"in": 4, "kept": 3, "rejected": 1, "rejected_by": {"exact_duplicate": 1}}
    (reject,) = (row for batch in dataset.batches(role="rejects") for row in batch.to_pylist())
    assert (reject["rule"], reject["nom"], reject["winner"]) == ("exact_duplicate", "Sara", next(dataset.batches())["id"][0].as_py())
    assert [finding.id for finding in done.left] == ["F5"]
    assert not dataset.verify()


def test_findings_stay_with_the_dataset_and_say_which_were_repaired(tmp_path: Path) -> None:
    findings, named = told(TABLE, ENTRIES, KINDS)
    repair(TABLE, findings, named, ["mixed_dates"], tmp_path / "ds")
    dataset = Dataset.open(tmp_path / "ds")
    kept = read_findings(dataset)
    assert kept is not None
    assert {finding.id: finding.state for finding in kept.findings} == {"F1": "open", "F2": "repaired", "F3": "open", "F4": "open", "F5": "open"}
    assert rows_of(dataset, ["F4"])["F4"].tolist() == [3]


def test_all_leaves_a_certain_repair_with_the_doubtful_one_that_it_builds_on(tmp_path: Path) -> None:
    """`all` never fails for what nobody asked for by name; by name, both are needed."""
    entries = [found("decimal_marks", {"a": {1: "2.5"}}, confidence=0.6), found("mixed_units", {"a": {1: "250.5"}}), ENTRIES[1]]
    findings, named = told(TABLE, entries, KINDS)
    done = repair(TABLE, findings, named, ["all"], tmp_path / "ds")
    assert ([finding.id for finding in done.applied], [finding.id for finding in done.left]) == (["F3"], ["F1", "F2"])
    with pytest.raises(RecipeError, match="F2 builds on that of F1"):
        repair(TABLE, findings, named, ["all", "F2"], tmp_path / "ds")
    assert len(repair(TABLE, findings, named, ["all", "F1"], tmp_path / "ds").applied) == 3


def test_a_repair_that_builds_on_another_is_refused_without_it(tmp_path: Path) -> None:
    """A value converted after its decimal comma was read makes no sense without that reading; the message names both."""
    findings, named = told(TABLE, ENTRIES, KINDS)
    with pytest.raises(RecipeError, match=r"(?s)F3 builds on that of F1.*--apply F1,F3"):
        repair(TABLE, findings, named, ["F3"], tmp_path / "ds")
    repair(TABLE, findings, named, ["all"], tmp_path / "ds")
    with pytest.raises(RecipeError, match=r"(?s)F3 builds on that of F1.*F1,F3"):
        undo(tmp_path / "ds", ["F1"])


@pytest.mark.parametrize(
    ("apply", "message"),
    [(["F9"], "no finding 'F9'"), (["mixed_date"], "mixed_dates"), (["F6"], "no repair to apply")],
)
def test_what_cannot_be_applied_is_named(tmp_path: Path, apply: list[str], message: str) -> None:
    bare = Found("heaping", ("a",), np.array([0], np.int64), WORDS, 1.0, ("Pre-ML-1",))
    findings, named = told(TABLE, [*ENTRIES, bare], KINDS)
    with pytest.raises(RecipeError, match=message):
        repair(TABLE, findings, named, apply, tmp_path / "ds")


def test_undoing_makes_a_new_version_and_keeps_the_old(tmp_path: Path) -> None:
    findings, named = told(TABLE, ENTRIES, KINDS)
    first = repair(TABLE, findings, named, ["all"], tmp_path / "ds")
    back = undo(tmp_path / "ds", ["F4", "F2"])
    dataset = Dataset.open(tmp_path / "ds")
    assert dataset.rows == 4
    assert [row[1] for row in rows(dataset)] == ["2024-01-02", "3/1/24", "", "2024-01-02"]
    assert [parent.digest for parent in back.manifest.parents] == [first.manifest.digest]
    assert any((tmp_path / ".versions").iterdir())
    with pytest.raises(RecipeError, match="no repair 'F2'"):
        undo(tmp_path / "ds", ["F2"])


def test_a_dataset_repaired_is_the_parent_and_lends_its_licence(tmp_path: Path) -> None:
    """So the walk from an answer to the first file does not end at a repair; and changed bytes are not repaired at all."""
    findings, named = told(TABLE, ENTRIES, KINDS)
    first = repair(TABLE, findings, named, ["mixed_dates"], tmp_path / "first", licence="CC0-1.0")
    made = house.repair(tmp_path / "first", tmp_path / "second").manifest
    assert [(parent.name, parent.digest) for parent in made.parents] == [("first", first.manifest.digest)]
    assert made.facts["licence"] == "CC0-1.0"
    file = tmp_path / "first" / "data" / "part-00000.parquet"
    octets = bytearray(file.read_bytes())
    octets[len(octets) // 2] ^= 1
    file.write_bytes(octets)
    with pytest.raises(Tampered):
        house.repair(tmp_path / "first", tmp_path / "third")


def test_two_who_undo_at_a_time_do_not_lose_what_the_other_did(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The later one is refused: it read the version that the earlier one replaced."""
    findings, named = told(TABLE, ENTRIES, KINDS)
    repair(TABLE, findings, named, ["all"], tmp_path / "ds")

    def meanwhile(dataset: Dataset) -> Table:
        monkeypatch.undo()
        undo(tmp_path / "ds", ["F2"])
        return raw_table(dataset)

    monkeypatch.setattr("khettara.tables.repair.raw_table", meanwhile)
    with pytest.raises(StorageError, match="in the meantime"):
        undo(tmp_path / "ds", ["F4"])
    kept = read_findings(Dataset.open(tmp_path / "ds"))
    assert kept is not None
    assert {finding.id for finding in kept.findings if finding.state == "repaired"} == {"F1", "F3", "F4"}


def test_rows_that_are_no_records_are_kept_with_their_reason_through_repairs_and_undoing(tmp_path: Path) -> None:
    """A total row is neither data nor lost: in = kept + rejected, before and after."""
    table = replace(TABLE, aside=(Aside(6, "Total;3,5;;", "total"),))
    findings, named = told(table, ENTRIES, KINDS)
    repair(table, findings, named, ["all"], tmp_path / "ds")
    done = undo(tmp_path / "ds", ["all"])
    assert done.manifest.counts == {"in": 5, "kept": 4, "rejected": 1, "rejected_by": {"total": 1}}
    assert raw_table(Dataset.open(tmp_path / "ds")).aside == table.aside


def test_a_dataset_that_was_never_repaired_has_nothing_to_undo(tmp_path: Path) -> None:
    seal(tmp_path / "docs", document_rows(2))
    with pytest.raises(DatasetError, match="nothing to undo"):
        undo(tmp_path / "docs", ["F1"])


def test_a_row_set_aside_names_the_row_that_stays_and_keeps_cells_whose_column_is_called_as_ours(tmp_path: Path) -> None:
    """The row that was to stay may be a copy itself; and a column called `value` is beside the reason's `value`."""
    table = Table.of("t", {"value": ["7", "7", "7"], "a": ["x", "x", "X"]})
    findings, named = told(table, [copies([1], [0]), copies([2], [1])], {"value": "number", "a": "text"})
    repair(table, findings, named, ["all"], tmp_path / "ds")
    dataset = Dataset.open(tmp_path / "ds")
    stays = next(dataset.batches())["id"][0].as_py()
    rejects = [row for batch in dataset.batches(role="rejects") for row in batch.to_pylist()]
    assert [(row["value (2)"], row["value"], row["winner"]) for row in rejects] == [(7, "F1", stays), (7, "F2", stays)]


def test_changed_bytes_are_not_sealed_anew_by_undoing(tmp_path: Path) -> None:
    findings, named = told(TABLE, ENTRIES, KINDS)
    repair(TABLE, findings, named, ["all"], tmp_path / "ds")
    file = tmp_path / "ds" / "raw" / "part-00000.parquet"
    octets = bytearray(file.read_bytes())
    octets[len(octets) // 2] ^= 1
    file.write_bytes(octets)
    with pytest.raises(Tampered, match="raw/part-00000"):
        undo(tmp_path / "ds", ["F1"])


CELLS = st.one_of(st.none(), st.sampled_from(["", " ", "1", "+5", "01", "1.5", "-3", "x", "2024-02-30", "2024-02-29", "é", "٣"]))


@st.composite
def repaired(draw: st.DrawFn) -> tuple[Table, list[Found]]:
    """A small table with repairs that may touch the same cells and rows again and again."""
    n = draw(st.integers(1, 6))
    table = Table.of("t", {name: draw(st.lists(CELLS, min_size=n, max_size=n)) for name in ("id", "id (2)", "b")})
    entries = []
    for _ in range(draw(st.integers(0, 4))):
        at = sorted(draw(st.sets(st.integers(0, n - 1), min_size=1)))
        if draw(st.booleans()):
            entries.append(
                found("mixed_units", {name: {row: draw(CELLS) for row in at} for name in draw(st.sampled_from([("id",), ("b", "id (2)")]))})
            )
        else:
            entries.append(copies(at, [-1] * len(at)))
    return table, entries


@given(repaired())
def test_undoing_everything_gives_the_table_as_it_was_read(made: tuple[Table, list[Found]]) -> None:
    """Conservation and reversibility, whatever was repaired: nothing is lost, and nothing is left."""
    table, entries = made
    findings, named = told(table, entries, {"id": "number", "id (2)": "date", "b": "text"})
    with TemporaryDirectory() as folder:
        path = Path(folder) / "ds"
        plain = repair(table, findings, {}, [], Path(folder) / "plain")
        done = repair(table, findings, named, ["all"], path)
        assert done.manifest.counts["in"] == done.manifest.counts["kept"] + done.manifest.counts["rejected"] == table.records
        if done.applied:
            undo(path, ["all"])
        again = Dataset.open(path)
        assert rows(again) == rows(Dataset.open(Path(folder) / "plain"))
        assert again.schema == Dataset.open(plain.path).schema
        assert {name: raw_table(again)[name].at(np.arange(table.records)) for name in table.names} == {
            name: table[name].at(np.arange(table.records)) for name in table.names
        }
