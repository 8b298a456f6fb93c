"""Contamination: certification looks for registered evaluation sets where cleaning did not."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.builders import document_rows, seal

from khettara.certify import Settings, certify
from khettara.dataset.signing import Key, key_home, new_key
from khettara.engine.evalsets import make_evalset
from khettara.errors import RecipeError

ITEM = "شنو هي المدينة اللي كاينة بين البحر والجبل وفيها السوق الكبير ديال نهار الخميس واش عرفتيها دابا"


@pytest.fixture
def key() -> Key:
    return new_key("an office")


def register(name: str = "ours") -> None:
    make_evalset(name, [[ITEM]], salt=5).write(key_home() / "evalsets" / f"{name}.evalset")


def test_an_item_among_records_is_found(tmp_path: Path, key: Key) -> None:
    """One record that quotes a registered set: counted, named by set, and the verdict says so."""
    register()
    rows = document_rows(40)
    rows[3]["text"] = f"قال ليا: {ITEM}؟"
    predicate = certify(seal(tmp_path / "ds", rows), "pretraining", key).predicate
    assert predicate["contamination"]["records"] == 1
    assert predicate["contamination"]["sets"][0]["name"] == "ours"
    assert predicate["contamination"]["sets"][0]["records"] == 1
    assert predicate["verdict"] == "conditional"
    assert "repeat an evaluation set: 1 of 40" in " ".join(predicate["reasons"])


def test_without_a_register_nothing_is_claimed(tmp_path: Path, key: Key) -> None:
    """Nobody looked: the certificate says that, not that there is none, and it is no obstacle."""
    predicate = certify(seal(tmp_path / "ds", document_rows(40)), "pretraining", key).predicate
    assert predicate["contamination"]["status"] == "missing"
    entry = next(entry for entry in predicate["measures"] if entry["name"] == "contaminated")
    assert (entry["status"], entry["value"], predicate["verdict"]) == ("missing", None, "certified")


def test_sets_can_be_chosen(tmp_path: Path, key: Key) -> None:
    """Only those named are looked for; one that is not registered is a mistake in words."""
    register("one")
    register("two")
    path = seal(tmp_path / "ds", document_rows(20))
    block = certify(path, "pretraining", key, settings=Settings(evalsets=["two"])).predicate["contamination"]
    assert [each["name"] for each in block["sets"]] == ["two"]
    with pytest.raises(RecipeError, match="three"):
        certify(path, "pretraining", key, settings=Settings(evalsets=["three"]))
