"""A full disk, a folder that cannot be written, two runs at once: one clear error, and nothing half-sealed."""

from __future__ import annotations

import random
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.builders import document_rows, seal
from tests.engine.toys import Length, Upper, run_transform

from khettara.dataset import DOCUMENTS, Dataset, Draft, StepRecord
from khettara.engine import Transform
from khettara.errors import StorageError


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 1 MB."""
    mount = tmp_path / "disk"
    mount.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "khettara-test", str(mount)], capture_output=True, check=False)
    if done.returncode:
        pytest.skip("mounting a small disk needs root")
    yield mount
    subprocess.run(["umount", "-l", str(mount)], check=True)


def test_a_full_disk_is_one_clear_error_and_the_next_run_goes_on(small_disk: Path, tmp_path: Path) -> None:
    """On a full disk: what, where, what to do; no dataset. Once there is space, the same call succeeds."""
    source = seal(tmp_path / "in", document_rows(2000), parts=10)
    filler = small_disk / "filler"
    filler.write_bytes(b"x" * (900 << 10))
    out = small_disk / "results" / "out"
    with pytest.raises(StorageError, match="the disk is full") as error:
        run_transform([source], Transform((Length(), Upper())), out, shard_mb=1e-6)
    assert str(small_disk) in str(error.value)
    assert "Free some space" in str(error.value)
    assert not out.exists()
    filler.unlink()
    manifest, _, _ = run_transform([source], Transform((Length(), Upper())), out, shard_mb=1e-6)
    calm, _, _ = run_transform([source], Transform((Length(), Upper())), tmp_path / "calm" / "out", shard_mb=1e-6)
    assert manifest.digest == calm.digest
    assert Dataset.open(out).verify() == []


def test_a_full_disk_while_sealing(small_disk: Path) -> None:
    """A disk that fills while a dataset is written leaves none, and no draft."""
    rows = document_rows(40)
    chance = random.Random(3)
    for row in rows:
        row["text"] = "".join(map(chr, chance.choices(range(0x4E00, 0x9000), k=30_000)))
    with pytest.raises(StorageError, match="the disk is full"):
        seal(small_disk / "ds", rows)
    assert [path.name for path in small_disk.iterdir() if not path.name.endswith(".lock")] == []


def test_a_read_only_disk(small_disk: Path, tmp_path: Path) -> None:
    """A disk that cannot be written is named."""
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    with pytest.raises(StorageError, match="read-only"):
        run_transform([seal(tmp_path / "in", document_rows(5))], Transform((Length(),)), small_disk / "results" / "out")


def test_a_file_in_the_way(tmp_path: Path) -> None:
    """A file where the output folder should be is named."""
    (tmp_path / "results").write_text("not a folder")
    with pytest.raises(StorageError, match="a file stands where a folder is needed"):
        run_transform([seal(tmp_path / "in", document_rows(5))], Transform((Length(),)), tmp_path / "results" / "out")


def test_a_folder_of_ones_own_is_not_replaced(tmp_path: Path) -> None:
    """A folder that is no dataset of ours is never moved or overwritten."""
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.txt").write_text("ten years of work")
    with pytest.raises(StorageError, match="is not replaced"):
        run_transform([seal(tmp_path / "in", document_rows(5))], Transform((Length(),)), tmp_path / "out")
    assert (tmp_path / "out" / "thesis.txt").read_text() == "ten years of work"


def test_two_writers_of_one_dataset(tmp_path: Path) -> None:
    """The second one is told; the first one is not disturbed."""
    with Draft(tmp_path / "ds") as first:
        with pytest.raises(StorageError, match="another run is writing it now"), Draft(tmp_path / "ds"):
            pass
        first.write("data", [], DOCUMENTS)
        first.seal(kind="documents", step=StepRecord("test", 1, {}, "k"), schema=DOCUMENTS)
    assert Dataset.open(tmp_path / "ds").verify() == []


def test_a_writer_that_was_killed_leaves_no_dataset(tmp_path: Path) -> None:
    """What a killed writer left is only a draft, and the next writer removes it."""
    (tmp_path / ".ds.draft" / "data").mkdir(parents=True)
    (tmp_path / ".ds.draft" / "data" / "part-00000.parquet").write_bytes(b"half")
    assert not (tmp_path / "ds").exists()
    seal(tmp_path / "ds", document_rows(3))
    assert Dataset.open(tmp_path / "ds").verify() == []
    assert not (tmp_path / ".ds.draft").exists()


def test_a_second_run_does_not_work_where_the_first_one_does(tmp_path: Path) -> None:
    """While a run measures, a second one of other settings is turned away at once: it would sweep the first one's units."""
    source = seal(tmp_path / "in", document_rows(40), parts=4)
    with Draft(tmp_path / "out"):
        with pytest.raises(StorageError, match="another run is writing it now"):
            run_transform([source], Transform((Length(),)), tmp_path / "out", shard_mb=1e-6)
        assert not (tmp_path / ".work").exists()
    run_transform([source], Transform((Length(),)), tmp_path / "out", shard_mb=1e-6)
