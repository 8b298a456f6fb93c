"""From folders to one dataset: every file accounted for, and only what is new read again."""

from __future__ import annotations

from pathlib import Path

from khettara.dataset import Dataset
from khettara.engine import Context, StageResult
from khettara.ingest.stage import IngestStage, Source


def ingest(folder: Path, *sources: Path) -> StageResult:
    """Read sources into `folder/raw`."""
    places = tuple(Source(path=str(path), licence="CC0-1.0") for path in sources)
    return IngestStage(sources=places, to="raw").run(Context(folder, folder))


def fill(folder: Path, numbers: range) -> Path:
    """Small texts, one a file."""
    folder.mkdir(exist_ok=True)
    for number in numbers:
        (folder / f"{number:03d}.txt").write_text(f"هاد الورقة رقم {number} ديال الجماعة", encoding="utf-8")
    return folder


def rows(result: StageResult, role: str) -> list[dict[str, object]]:
    return [row for batch in Dataset.open(result.path).batches(role=role) for row in batch.to_pylist()]


def test_in_equals_kept_plus_rejected(tmp_path: Path) -> None:
    """What could be read is kept, what could not is set aside, and the sum is what came in."""
    archive = fill(tmp_path / "archive", range(5))
    (archive / "empty.txt").write_bytes(b"")
    (archive / "posts.json").write_text('[{"text": "wakha"}, {"text": ""}, {"text": null}]', encoding="utf-8")
    result = ingest(tmp_path, archive)
    assert result.counts == {"in": 9, "kept": 6, "rejected": 3, "rejected_by": {"empty": 1, "empty_record": 2}}
    assert len(rows(result, "data")) == 6
    assert len(rows(result, "rejects")) == 3
    states = {row["uri"]: row["state"] for row in rows(result, "sources")}
    assert (states["empty.txt"], states["posts.json"], states["000.txt"]) == ("empty", "text", "text")


def test_a_grown_folder_is_read_where_it_grew(tmp_path: Path) -> None:
    """After some files were added, most of what was read before is not read again; after none, nothing is."""
    archive = fill(tmp_path / "archive", range(300))
    first = ingest(tmp_path, archive)
    assert ingest(tmp_path, archive).state == "up to date"
    fill(archive, range(300, 303))
    grown = ingest(tmp_path, archive)
    assert grown.state == "made"
    assert grown.counts["kept"] == 303
    assert grown.units_reused > 2 * grown.units_done
    assert first.digest != grown.digest


def test_sources_are_told_apart(tmp_path: Path) -> None:
    """Two folders that hold files of the same name: each record says which one it is from."""
    one, two = fill(tmp_path / "one", range(2)), fill(tmp_path / "two", range(1, 3))
    found = sorted(str(row["uri"]) for row in rows(ingest(tmp_path, one, two), "sources"))
    assert found == ["one/000.txt", "one/001.txt", "two/001.txt", "two/002.txt"]


def test_the_same_archive_gives_the_same_digest_elsewhere(tmp_path: Path) -> None:
    """Where the files lie decides nothing; what is in them does."""
    one, two = tmp_path / "here", tmp_path / "there" / "deep"
    one.mkdir()
    two.mkdir(parents=True)
    assert ingest(one, fill(one / "archive", range(20))).digest == ingest(two, fill(two / "archive", range(20))).digest
