"""What the gate checked is what is read, whatever happens to the files in between."""

from __future__ import annotations

import os
import random
import shutil
from pathlib import Path

import pyarrow as pa
import pytest
from tests.builders import document_rows, opened, seal

from khettara.dataset import Dataset
from khettara.dataset.checked import CheckedDataset, CheckedFile, _digests
from khettara.errors import Tampered


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """A dataset whose data takes several runs."""
    rows, chance = document_rows(40), random.Random(3)
    for row in rows:
        row["text"] = chance.randbytes(50_000).hex()
    return seal(tmp_path / "large", rows, parts=2)


def test_what_is_read_is_what_is_there(large: Path) -> None:
    """Records, schema, columns and frames are the same through the check and without it."""
    plain, checked = Dataset.open(large), CheckedDataset.check(large)
    assert pa.Table.from_batches(checked.batches()) == pa.Table.from_batches(plain.batches())
    assert checked.schema == plain.schema
    assert checked.columns("data") == tuple(plain.schema.names)
    assert checked.columns("signals") == ()
    assert checked.scan().collect().equals(plain.scan().collect())


def test_every_place_reads_as_in_the_file(large: Path) -> None:
    """Reads of any length from any place, across runs and past the end."""
    entry = Dataset.open(large).manifest.of_role("data")[0]
    whole, chance = (large / entry.path).read_bytes(), random.Random(1)
    file = CheckedFile(large, entry.path, _digests(large, entry))
    for _ in range(100):
        place, size = chance.randrange(len(whole) + 10), chance.choice([0, 1, 100, 1 << 20, (1 << 20) + 7, -1])
        file.seek(place)
        assert file.read(size) == (whole[place:] if size < 0 else whole[place : place + size])
    assert file.seek(-8, os.SEEK_END) == len(whole) - 8
    file.close()


def other_bytes(path: Path) -> None:
    """Overwrite some bytes of the text in place."""
    with path.open("r+b") as file:
        file.seek(path.stat().st_size // 2)
        file.write(b"poison")


def other_file(path: Path) -> None:
    """Replace the file by another."""
    fresh = path.with_name("fresh")
    fresh.write_bytes(path.read_bytes()[::-1])
    os.replace(fresh, path)


def link(path: Path) -> None:
    """Replace the file by a link to another."""
    target = path.parent.parent.parent / "elsewhere"
    shutil.copy(path, target)
    other_bytes(target)
    path.unlink()
    path.symlink_to(target)


def shorter(path: Path) -> None:
    """Cut the file."""
    os.truncate(path, path.stat().st_size // 2)


@pytest.mark.parametrize("change", [other_bytes, other_file, link, shorter], ids=lambda change: change.__name__)
def test_a_file_replaced_after_the_check_is_not_read(large: Path, change: object) -> None:
    """The gate has opened, and then the file is changed: the read is refused, and no record of the new bytes comes out."""
    gate = opened(large)
    for path in gate.dataset.files("data"):
        change(path)  # type: ignore[operator]  # the four above
    with pytest.raises((Tampered, OSError)):
        list(gate.dataset.batches())


def test_a_file_replaced_between_two_batches_is_not_read(large: Path) -> None:
    """Also in the middle of reading: what was there when it was checked, or nothing."""
    gate = opened(large)
    sound = [row["id"] for row in document_rows(40)]
    batches = gate.dataset.batches(("id", "text"), rows=4)
    seen = [next(batches)["id"].to_pylist()]
    other_bytes(gate.dataset.files("data")[1])
    with pytest.raises(Tampered, match="while it was being read"):
        for batch in batches:
            seen.append(batch["id"].to_pylist())
    flat = [name for names in seen for name in names]
    assert flat == sound[: len(flat)]
