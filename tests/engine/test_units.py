"""Units of work: there whole or not there, named by what decides them, done once."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khettara.engine import Output, hash_key, run_unit, sweep
from khettara.engine.units import RECEIPT, read_receipt
from khettara.errors import EngineError, RecipeError, StorageError


@dataclass(frozen=True)
class Write:
    """Writes its text; `trouble` is raised instead."""

    text: str
    trouble: Exception | None = None

    @property
    def key(self) -> str:
        return hash_key("write", self.text)

    @property
    def label(self) -> str:
        return f"the text {self.text!r}"

    @property
    def weight(self) -> int:
        return len(self.text)

    def __call__(self, folder: Path) -> Mapping[str, Output]:
        (folder / "text").write_text(self.text)
        if self.trouble is not None:
            raise self.trouble
        return {"text": Output(1, {"length": len(self.text)})}


def test_a_unit_is_done_once(tmp_path: Path) -> None:
    """The second time it is found, verified and used again, with the same facts."""
    first, second = run_unit(Write("a"), tmp_path), run_unit(Write("a"), tmp_path)
    assert (first.reused, second.reused) == (False, True)
    assert (first.files, first.facts) == (second.files, second.facts)
    assert second.path("text").read_text() == "a"


TROUBLES = [
    (ValueError("no such letter"), EngineError, "the text 'a': ValueError: no such letter"),
    (RecipeError("a rule is wrong"), RecipeError, "a rule is wrong"),
    (OSError(28, "No space left on device"), StorageError, "the disk is full"),
    (OSError("[Errno 28] Error writing bytes to file. Detail: No space left on device"), StorageError, "the disk is full"),
    (OSError(5, "Input/output error"), EngineError, "the text 'a': OSError"),
]


@pytest.mark.parametrize(("trouble", "kind", "words"), TROUBLES, ids=[str(case[0]) for case in TROUBLES])
def test_a_unit_that_fails_leaves_nothing(tmp_path: Path, trouble: Exception, kind: type[Exception], words: str) -> None:
    """One clear error that names the unit or the disk; no draft, no unit; and the next attempt succeeds."""
    with pytest.raises(kind, match=words):
        run_unit(Write("a", trouble), tmp_path)
    assert list(tmp_path.iterdir()) == []
    assert not run_unit(Write("a"), tmp_path).reused


def damage(folder: Path) -> None:
    (folder / "text").write_text("b")


def lose_file(folder: Path) -> None:
    (folder / "text").unlink()


def lose_receipt(folder: Path) -> None:
    (folder / RECEIPT).unlink()


def cut_receipt(folder: Path) -> None:
    (folder / RECEIPT).write_text((folder / RECEIPT).read_text()[:-5])


def take_another(folder: Path) -> None:
    receipt = json.loads((folder / RECEIPT).read_text())
    (folder / RECEIPT).write_text(json.dumps(receipt | {"key": "another"}))


@pytest.mark.parametrize("harm", [damage, lose_file, lose_receipt, cut_receipt, take_another])
def test_a_unit_that_was_harmed_is_done_again(tmp_path: Path, harm: object) -> None:
    """Whatever happened to a unit's folder, only one that verifies is used."""
    assert callable(harm)
    first = run_unit(Write("a"), tmp_path)
    harm(first.folder)
    again = run_unit(Write("a"), tmp_path)
    assert not again.reused
    assert again.files == first.files


def test_many_workers_at_one_unit(tmp_path: Path) -> None:
    """Several workers that take the same unit at once all end with it, whole, and leave no draft."""
    with ThreadPoolExecutor(8) as pool:
        receipts = list(pool.map(lambda _: run_unit(Write("a" * 1000), tmp_path), range(32)))
    assert all(receipt.path("text").read_text() == "a" * 1000 for receipt in receipts)
    assert [path.name for path in tmp_path.iterdir()] == [Write("a" * 1000).key]


def test_looking_for_a_unit_that_is_not_there_removes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A unit that another worker finishes in the very moment of looking stays."""
    key, exists = Write("a").key, Path.exists

    def finish_after(path: Path, **options: bool) -> bool:
        there = exists(path, **options)
        if path.name == key and not there:
            monkeypatch.undo()
            run_unit(Write("a"), tmp_path)
        return there

    monkeypatch.setattr(Path, "exists", finish_after)
    assert read_receipt(key, tmp_path) is None
    assert read_receipt(key, tmp_path) is not None


def test_sweeping_keeps_what_is_named(tmp_path: Path) -> None:
    """What a run used stays for the next one; earlier units and abandoned drafts go."""
    kept, gone = run_unit(Write("a"), tmp_path), run_unit(Write("b"), tmp_path)
    (tmp_path / f".{gone.key[:16]}-0000").mkdir()
    sweep(tmp_path, {kept.key})
    assert os.listdir(tmp_path) == [kept.key]
    sweep(tmp_path / "nowhere", set())


@given(st.lists(st.text(max_size=4), max_size=3), st.lists(st.text(max_size=4), max_size=3))
def test_keys_are_equal_when_all_parts_are(some: list[str], others: list[str]) -> None:
    """Different parts, or the same letters cut elsewhere, are another key."""
    assert (hash_key(*some) == hash_key(*others)) == (some == others)
