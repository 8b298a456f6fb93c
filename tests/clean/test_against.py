"""The duplicates of a cleaning stage on disk: against other datasets, with what was found recorded, and again with one source more."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
from tests.builders import document_rows, seal

from khettara.clean.stage import CleanStage
from khettara.dataset import Dataset
from khettara.engine import Context, StageResult
from khettara.errors import RecipeError

STEPS = ["scrub", "exact_hash", "min_hash", "paragraphs"]
WORDS = ["الما", "السوق", "الخطارة", "souk", "lma", "jnan", "commune", "eau", "village", "water", "dawn", "market"]


def essay(seed: int, n_words: int = 80) -> str:
    chance = random.Random(seed)
    return " ".join(chance.choice(WORDS) + str(chance.randrange(50)) for _ in range(n_words))


def make(path: Path, texts: list[str], prefix: str) -> Path:
    return seal(path, [row | {"text": text} for row, text in zip(document_rows(len(texts), prefix), texts, strict=True)])


def clean(folder: Path, sources: list[str], **settings: Any) -> StageResult:
    stage = CleanStage.model_validate({"from": sources, "to": "clean", "steps": STEPS, "shard_mb": 1e-6, **settings})
    return stage.run(Context(folder, folder))


def rows(folder: Path, role: str) -> list[dict[str, Any]]:
    return [row for batch in Dataset.open(folder / "clean").batches(role=role) for row in batch.to_pylist()]


def test_copies_of_another_dataset_are_left_out(tmp_path: Path) -> None:
    """Copies and near copies go, under the other's name and digest; it is a parent; its own records stay out of the result."""
    near = essay(2).replace(" ", " صافي ", 1)
    make(tmp_path / "held", [essay(1), essay(2)], "h")
    make(tmp_path / "raw", [essay(1).upper(), near, essay(3)], "r")
    result = clean(tmp_path, ["raw"], duplicates=["normalised", "near"], against="held")
    held = Dataset.open(tmp_path / "held")
    origin = f"held@{held.digest[:12]}"
    assert [row["id"] for row in rows(tmp_path, "data")] == ["r000002"]
    assert {(row["id"], row["rule"], row["winner"]) for row in rows(tmp_path, "rejects")} == {
        ("r000000", "copy", f"{origin}/h000000"),
        ("r000001", "near_copy", f"{origin}/h000001"),
    }
    opened = Dataset.open(tmp_path / "clean")
    assert [(parent.role, parent.digest) for parent in opened.manifest.parents if parent.name == "held"] == [("against", held.digest)]
    assert opened.verify() == []
    assert result.counts["in"] == 3


def test_signals_of_the_other_dataset_are_used_again(tmp_path: Path) -> None:
    """A dataset that the same steps made is not measured; one that they did not make is, and the outcome is the same."""
    make(tmp_path / "raw", [essay(1), essay(2), essay(3)], "r")
    make(tmp_path / "held-raw", [essay(1), essay(2)], "h")
    made = CleanStage.model_validate({"from": "held-raw", "to": "held", "steps": STEPS})
    made.run(Context(tmp_path, tmp_path))
    measured = clean(tmp_path, ["raw"], duplicates=["normalised"], against=["held-raw"])
    kept = [row["id"] for row in rows(tmp_path, "data")]
    found = clean(tmp_path, ["raw"], duplicates=["normalised"], against=["held"])
    assert kept == [row["id"] for row in rows(tmp_path, "data")] == ["r000002"]
    # One input shard, the copies compared, one shard filtered; and the other's, where it must be measured.
    assert (measured.units_done, found.units_done + found.units_reused) == (4, 3)


def test_a_dataset_is_not_cleaned_against_itself(tmp_path: Path) -> None:
    """That would leave nothing, and is a mistake."""
    make(tmp_path / "raw", [essay(1)], "r")
    with pytest.raises(RecipeError, match="cleaned against itself"):
        clean(tmp_path, ["raw"], duplicates=["normalised"], against=["raw"])
    with pytest.raises(ValueError, match="needs `duplicates`"):
        clean(tmp_path, ["raw"], against=["raw"])


def test_another_source_is_the_only_one_measured(tmp_path: Path) -> None:
    """Adding a source measures that source and groups again; taking it away again measures nothing."""
    for number in range(3):
        make(tmp_path / f"raw{number}", [essay(number), essay(10)], f"s{number}")
    first = clean(tmp_path, ["raw0", "raw1"], duplicates=["normalised"])
    assert (first.units_done, first.units_reused) == (2 + 1 + 1, 0)  # measured, compared, one shard filtered
    more = clean(tmp_path, ["raw0", "raw1", "raw2"], duplicates=["normalised"])
    assert more.units_reused == 2 + 1  # both sources, and the filter of the second
    assert more.units_done == 1 + 1 + 1  # the new source, all compared again, the new source filtered
    less = clean(tmp_path, ["raw2", "raw0"], duplicates=["normalised"])
    assert less.units_reused >= 2
    assert sorted(row["id"] for row in rows(tmp_path, "data")) == ["s0000000", "s0000001", "s2000000"]


def test_copied_paragraphs_are_cut(tmp_path: Path) -> None:
    """A paragraph stays where it ranks first; elsewhere it goes, is counted, journaled and recorded; a record with nothing else goes whole."""
    shared = essay(50, 30)
    make(tmp_path / "raw", [f"{shared}\n\n{essay(1, 20)}", f"{essay(2, 20)}\n\n{shared}\n\n{essay(3, 20)}", f"\n{shared}\n"], "r")
    clean(tmp_path, ["raw"], duplicates=["paragraphs"])
    assert [row["text"] for row in rows(tmp_path, "data")] == [f"{shared}\n\n{essay(1, 20)}", f"{essay(2, 20)}\n\n{essay(3, 20)}"]
    assert [row["paragraphs_cut"] for row in rows(tmp_path, "signals")] == [0, 1]
    assert [(row["id"], row["rule"], row["winner"], row["text"].strip()) for row in rows(tmp_path, "rejects")] == [
        ("r000002", "paragraphs", "r000000", shared)
    ]
    assert [(row["id"], row["winner"], row["paragraph"]) for row in rows(tmp_path, "clusters")] == [
        ("r000001", "r000000", True),
        ("r000002", "r000000", False),
    ]
    assert '{"step": "paragraphs", "version": 1, "records": 1, "changes": 1}' in (tmp_path / "clean" / "journal.jsonl").read_text()


def test_clusters_say_who_stayed(tmp_path: Path) -> None:
    """Every copy stands in `clusters/` with its winner, the rule and how like the two are."""
    make(tmp_path / "raw", [essay(1), essay(1), essay(2), essay(2).replace(" ", " صافي ", 1)], "r")
    clean(tmp_path, ["raw"], duplicates=["near", "normalised"])
    found = {row["id"]: (row["winner"], row["rule"], row["paragraph"]) for row in rows(tmp_path, "clusters")}
    assert found == {"r000001": ("r000000", "copy", False), "r000003": ("r000002", "near_copy", False)}
    copy, near = (row["likeness"] for row in rows(tmp_path, "clusters"))
    assert copy == 1 > near > 0.8
