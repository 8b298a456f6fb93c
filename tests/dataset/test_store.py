"""Sealed folders: what is written is what is read, and what is sealed is whole."""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.builders import document_rows, seal

from khettara.dataset import DOCUMENTS, Dataset, Draft, FileEntry, Parent, PartWriter, Sealed, StepRecord, model_draft, sha256_file, write_parquet
from khettara.errors import DatasetError, StorageError, Tampered

STEP = StepRecord("test", 1, {}, "k")


def batch(rows: list[dict[str, Any]]) -> pa.RecordBatch:
    return pa.RecordBatch.from_pylist(rows, schema=DOCUMENTS)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.none() | st.text(max_size=20), max_size=30), st.integers(1, 6))
def test_written_then_read_is_the_same(texts: list[str | None], parts: int) -> None:
    """Any texts, missing ones among them, come back in the same order and the same words, however many parts hold them."""
    rows = [row | {"text": text} for row, text in zip(document_rows(len(texts)), texts, strict=True)]
    with tempfile.TemporaryDirectory() as folder:
        opened = Dataset.open(seal(Path(folder) / "ds", rows, parts))
        assert [row["text"] for found in opened.batches(rows=4) for row in found.to_pylist()] == texts
        assert opened.rows == len(texts)
        assert opened.verify() == []


def test_bytes_do_not_tell_how_records_came(tmp_path: Path) -> None:
    """One by one or all at once, with more text than a Parquet page holds: the file is the same."""
    chance = random.Random(1)
    rows = document_rows(2000)
    for row in rows:
        row["text"] = "".join(chance.choices("ابتثجحخدذرزسشصضطظعغفقكلم abcdefgh0123456789", k=1500))
    whole, digests = batch(rows), set()
    for size in (1, 7, 1000, 2000):
        with PartWriter(tmp_path / "part", DOCUMENTS, group_bytes=1 << 21) as writer:
            for start in range(0, 2000, size):
                writer.write(whole.slice(start, size))
        digests.add(sha256_file(tmp_path / "part"))
    assert len(digests) == 1


def test_parts_are_numbered_in_the_order_they_came(tmp_path: Path) -> None:
    """Written and handed-over parts mix, and none takes another's place."""
    write_parquet(tmp_path / "unit", [batch(document_rows(5, "u"))], DOCUMENTS)
    with Draft(tmp_path / "ds") as draft:
        draft.write("data", [batch(document_rows(5, "a"))], DOCUMENTS)
        draft.add("data", tmp_path / "unit", FileEntry.of(tmp_path / "unit", "unit", 5))
        draft.write("data", [batch(document_rows(5, "b"))], DOCUMENTS)
        draft.seal(kind="documents", step=STEP, schema=DOCUMENTS)
    ids = [row["id"][0] for found in Dataset.open(tmp_path / "ds").batches() for row in found.to_pylist()]
    assert "".join(ids) == "aaaaauuuuubbbbb"


def test_a_dataset_without_records_has_its_columns(tmp_path: Path) -> None:
    """Nothing in it, and yet it opens, scans and says what its records would look like."""
    with Draft(tmp_path / "ds") as draft:
        draft.seal(kind="documents", step=STEP, schema=DOCUMENTS)
    opened = Dataset.open(tmp_path / "ds")
    assert opened.schema.equals(DOCUMENTS)
    assert opened.scan().collect().shape == (0, len(DOCUMENTS))
    assert list(opened.batches()) == []
    assert opened.verify() == []


def test_left_without_sealing_leaves_nothing(tmp_path: Path) -> None:
    """An error in the middle of the work: no dataset, no draft, and the next writer is free to begin."""
    with pytest.raises(ZeroDivisionError), Draft(tmp_path / "ds") as draft:
        draft.write("data", [batch(document_rows(5))], DOCUMENTS)
        raise ZeroDivisionError
    assert [path.name for path in tmp_path.iterdir()] == [".ds.lock"]
    seal(tmp_path / "ds", document_rows(5))


def test_a_draft_that_cannot_begin_lets_go_of_the_lock(tmp_path: Path) -> None:
    """Once what stood in the way is gone, the same process may try again."""
    (tmp_path / ".ds.draft").write_text("a file where the draft should be")
    with pytest.raises(StorageError, match="a file stands where a folder is needed"):
        seal(tmp_path / "ds", document_rows(1))
    (tmp_path / ".ds.draft").unlink()
    seal(tmp_path / "ds", document_rows(1))


def test_what_cannot_be_replaced_is_known_before_the_work(tmp_path: Path) -> None:
    """A destination with somebody's own files in it is refused at the beginning, not after an hour."""
    (tmp_path / "ds").mkdir()
    (tmp_path / "ds" / "thesis.txt").write_text("ten years of work")
    with pytest.raises(StorageError, match="is not replaced"), Draft(tmp_path / "ds"):
        pytest.fail("the work began")


def test_an_empty_folder_is_replaced(tmp_path: Path) -> None:
    """What holds nothing can be lost without loss."""
    (tmp_path / "ds").mkdir()
    seal(tmp_path / "ds", document_rows(1))
    assert not (tmp_path / ".versions").exists()


WRONG_COLUMNS = [
    ("no id", DOCUMENTS.remove(0), "needs a column 'id'"),
    ("text of another type", DOCUMENTS.set(1, pa.field("text", pa.int32())), "'text' is int32"),
]


@pytest.mark.parametrize(("label", "schema", "words"), WRONG_COLUMNS, ids=[case[0] for case in WRONG_COLUMNS])
def test_columns_are_those_of_the_kind(tmp_path: Path, label: str, schema: pa.Schema, words: str) -> None:
    """A dataset that lacks a column of its kind is never sealed."""
    with pytest.raises(DatasetError, match=words), Draft(tmp_path / "ds") as draft:
        draft.seal(kind="documents", step=STEP, schema=schema)
    assert not (tmp_path / "ds").exists()


def test_an_unknown_kind_is_refused(tmp_path: Path) -> None:
    """The kinds that there are are named."""
    with pytest.raises(DatasetError, match="Known kinds: documents"), Draft(tmp_path / "ds") as draft:
        draft.seal(kind="poems", step=STEP, schema=DOCUMENTS)


def test_a_model_is_no_dataset(tmp_path: Path) -> None:
    """A model seals and verifies in the same way, and is told apart when it is opened."""
    with model_draft(tmp_path / "model") as draft:
        draft.write_text("config.json", "{}")
        draft.seal(kind="model", step=STEP, parents=[Parent("ab" * 32, "clean")])
    assert Sealed.open(tmp_path / "model").verify() == []
    with pytest.raises(DatasetError, match="a model, not a dataset"):
        Dataset.open(tmp_path / "model")


def test_opening_checks_sizes(tmp_path: Path) -> None:
    """A part that is missing or cut short is noticed at once, without reading it."""
    part = Dataset.open(seal(tmp_path / "ds", document_rows(5))).files("data")[0]
    part.write_bytes(part.read_bytes()[:-1])
    with pytest.raises(Tampered, match="another size"):
        Dataset.open(tmp_path / "ds")
    part.unlink()
    with pytest.raises(Tampered, match="is missing"):
        Dataset.open(tmp_path / "ds")


def test_a_linked_folder_of_parts_is_found(tmp_path: Path) -> None:
    """A folder moved elsewhere and linked back has the same bytes, and yet is not what was sealed."""
    data = seal(tmp_path / "ds", document_rows(5)) / "data"
    data.rename(tmp_path / "elsewhere")
    data.symlink_to(tmp_path / "elsewhere")
    assert [fault.path for fault in Dataset.open(tmp_path / "ds").verify()] == ["data"]


KILLED_AT_A_RENAME = """
import os, sys
from pathlib import Path
from tests.builders import document_rows, seal
left, rename = int(sys.argv[2]), os.rename
def counted(*names):
    global left
    if not left:
        os._exit(9)
    left -= 1
    rename(*names)
os.rename = counted
seal(Path(sys.argv[1]), document_rows(2))
"""


@pytest.mark.parametrize("renames", [0, 1])
def test_the_name_never_stands_for_nothing(tmp_path: Path, renames: int) -> None:
    """Killed at any rename of a replacement, the name still stands for a whole dataset, and the next run keeps the old version."""
    first = Dataset.open(seal(tmp_path / "ds", document_rows(1))).digest
    killed = subprocess.run(
        [sys.executable, "-c", KILLED_AT_A_RENAME, str(tmp_path / "ds"), str(renames)], cwd=Path(__file__).parents[2], check=False
    )
    assert killed.returncode == (9 if renames == 0 else 0)
    assert Dataset.open(tmp_path / "ds").verify() == []
    seal(tmp_path / "ds", document_rows(3))
    assert first in {Dataset.open(folder).digest for folder in (tmp_path / ".versions").iterdir()}
    assert Dataset.open(tmp_path / "ds").rows == 3
