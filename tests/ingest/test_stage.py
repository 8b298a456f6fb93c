"""From folders to one dataset: every file accounted for, and only what is new read again."""

from __future__ import annotations

from pathlib import Path

import pytest

from khettara.dataset import Dataset, Draft
from khettara.engine import Context, StageResult
from khettara.errors import SourceError, StorageError
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


def chat(folder: Path) -> Path:
    """A conversation between two invented people."""
    folder.mkdir()
    (folder / "chat.txt").write_text("12/03/2024, 10:01 - Hdiddou: salam\n12/03/2024, 10:02 - Itto: labas, nta?\n", encoding="utf-8")
    return folder


def test_a_published_key_gives_the_same_pseudonyms_everywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two sites' own keys give different pseudonyms; a key that comes with the data gives the same bytes on both."""
    archive = chat(tmp_path / "archive")
    (tmp_path / "people.key").write_bytes(b"the people here are invented")
    digests: dict[str | None, set[str]] = {None: set(), "people.key": set()}
    for site in ("rabat", "tata"):
        monkeypatch.setenv("KHETTARA_HOME", str(tmp_path / site))
        for key, found in digests.items():
            stage = IngestStage(sources=(Source(path=str(archive)),), to="raw", pseudonym_key=key)
            found.add(stage.run(Context(tmp_path, tmp_path / f"{site}-{key}")).digest)
    assert {key: len(found) for key, found in digests.items()} == {None: 2, "people.key": 1}


@pytest.mark.parametrize(("content", "words"), [(None, "cannot be read"), (b"short", "16 bytes or more")])
def test_a_key_that_is_none_is_refused(tmp_path: Path, content: bytes | None, words: str) -> None:
    """A missing or short key file ends in one message before anything is read."""
    if content is not None:
        (tmp_path / "people.key").write_bytes(content)
    stage = IngestStage(sources=(Source(path=str(chat(tmp_path / "archive"))),), to="raw", pseudonym_key="people.key")
    with pytest.raises(SourceError, match=words):
        stage.run(Context(tmp_path, tmp_path))


def test_a_second_run_does_not_touch_the_first_ones_work(tmp_path: Path) -> None:
    """While one run reads into an output, another is refused before it does anything there."""
    archive = fill(tmp_path / "archive", range(3))
    with Draft(tmp_path / "raw"), pytest.raises(StorageError, match="another run is writing it now"):
        ingest(tmp_path, archive)
    assert not list(tmp_path.glob("**/*.parquet"))
