"""The sample archive, read and cleaned, against the truth about what is planted in it."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

import khettara as kh
from khettara.dataset import Dataset

ROOT = Path(__file__).parents[2]
TRUTH = [json.loads(line) for line in (ROOT / "samples" / "truth.jsonl").read_text(encoding="utf-8").splitlines()]
Rows = dict[tuple[str, str | None], list[dict[str, Any]]]


def by_file(dataset: Dataset, role: str = "data") -> Rows:
    """The rows of a dataset, by the file and member they came from."""
    found: Rows = defaultdict(list)
    for batch in dataset.batches(role=role):
        for row in batch.to_pylist():
            place = row.get("source", row)
            found[place["uri"], place["member"]].append(row)
    return found


def place(truth: dict[str, Any]) -> tuple[str, str | None]:
    return truth["path"], truth["member"]


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Rows]:
    """The demo's first two stages, over the whole archive."""
    folder = tmp_path_factory.mktemp("samples")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KHETTARA_HOME", str(folder / "home"))
        recipe = folder / "recipe.yaml"
        text = (ROOT / "recipes" / "demo.yaml").read_text(encoding="utf-8").split("  - certify:")[0]
        recipe.write_text(text.replace("../samples", str(ROOT / "samples")), encoding="utf-8")
        kh.run(recipe, output=folder / "out")
    raw, clean = (Dataset.open(folder / "out" / name) for name in ("raw", "clean"))
    return {"sources": by_file(raw, "sources"), "raw": by_file(raw), "clean": by_file(clean), "left_out": by_file(clean, "rejects")}


def test_every_file_ends_in_the_state_the_truth_names(results: dict[str, Rows]) -> None:
    """No file is missing, each is read or set aside as planted, with the right number of records and the right encoding."""
    wrong: list[object] = []
    for truth in TRUTH:
        (source,) = results["sources"][place(truth)]
        found = (source["state"], source["records"])
        if found != (truth["state"], truth["records"] if truth["state"] == "text" else 0):
            wrong.append((place(truth), found))
        encoding = (source["encoding"] or "").replace("-", "")
        if truth["state"] == "text" and truth["encoding"] != "docx" and not encoding.startswith(truth["encoding"].replace("-", "")):
            wrong.append((place(truth), encoding))
    assert wrong == []


def test_planted_phrases_are_read(results: dict[str, Rows]) -> None:
    """What stands in a sound file, in any code page or container, is in the records that were read from it."""
    missing = [
        (place(truth), phrase)
        for truth in TRUTH
        if truth["state"] == "text" and not truth.get("mojibake")
        for phrase in truth["contains"]
        if not any(phrase in row["text"] for row in results["raw"][place(truth)])
    ]
    assert missing == []


def test_mojibake_is_repaired_to_its_original(results: dict[str, Rows]) -> None:
    """Each misread text comes back as its original, word for word."""
    for truth in TRUTH:
        if truth.get("mojibake"):
            (row,) = results["clean"][place(truth)]
            original = (ROOT / "samples" / "originals" / truth["original"]).read_text(encoding="utf-8")
            masked = {word for identifier in truth["identifiers"] for word in identifier["value"].split()}
            assert [w for w in original.split() if w not in row["text"] and w not in masked] == [], truth["path"]


def test_no_planted_identifier_is_left(results: dict[str, Rows]) -> None:
    """Not one planted telephone number, address, CIN, RIB, IBAN or ICE can be read in the cleaned texts."""
    left = [
        (place(truth), identifier["kind"])
        for truth in TRUTH
        for identifier in truth["identifiers"]
        if any(identifier["value"] in row["text"] for row in results["clean"][place(truth)])
    ]
    assert left == []


def test_planted_copies_are_kept_once(results: dict[str, Rows]) -> None:
    """Of each planted copy and its original, exactly one stays, and the other names it."""
    for truth in TRUTH:
        original = truth.get("duplicate_of") or truth.get("near_duplicate_of")
        if original:
            kept = [row["id"] for path in (truth["path"], original) for row in results["clean"][path, None]]
            lost = [row["winner"] for path in (truth["path"], original) for row in results["left_out"][path, None] if row["winner"]]
            assert sorted(kept) == sorted(set(lost)), (truth["path"], original)


def test_nothing_else_is_taken_for_a_copy(results: dict[str, Rows]) -> None:
    """No text is lost as a copy that the truth does not call one."""
    planted = {truth["path"] for truth in TRUTH if truth.get("duplicate_of") or truth.get("near_duplicate_of")}
    planted |= {truth.get("duplicate_of") or truth.get("near_duplicate_of") for truth in TRUTH}
    lost = {uri for (uri, _), rows in results["left_out"].items() for row in rows if row["winner"]}
    assert lost - planted == set()


def test_languages_are_told_apart(results: dict[str, Rows]) -> None:
    """At least nine in ten records of one-language files carry the language that the truth names."""
    right = total = 0
    for truth in TRUTH:
        if truth["media"] != "csv":  # tables mix languages
            for row in results["clean"][place(truth)]:
                total += 1
                right += row["lang"] == truth["lang"]
    assert total > 200
    assert right / total >= 0.9
