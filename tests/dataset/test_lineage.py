"""Lineage: from an artefact back to the raw files, along digests and nothing else."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from tests.builders import document_rows, seal
from tests.engine.toys import Length, Upper, run_transform

from khettara.dataset import Ancestor, Dataset, Parent, StepRecord, lineage, model_draft, raw_files
from khettara.engine import Context, Transform
from khettara.errors import NotSealed
from khettara.ingest.stage import IngestStage, Source


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """Raw <- clean <- model, side by side."""
    clean, _, _ = run_transform([seal(tmp_path / "raw", document_rows(9))], Transform((Length(),)), tmp_path / "clean")
    with model_draft(tmp_path / "model") as draft:
        draft.seal(
            kind="model", step=StepRecord("train", 1, {}, "k"), parents=[Parent(clean.digest, "clean"), Parent("ab" * 32, "clean", "certificate")]
        )
    return tmp_path / "model"


def names(node: Ancestor) -> str:
    """The tree in one line; what was not found has a question mark."""
    inner = ", ".join(names(parent) for parent in node.parents)
    return f"{node.role} {node.name}{'' if node.path else '?'}{f' ({inner})' if inner else ''}"


def test_the_walk_goes_down_to_the_root(model: Path) -> None:
    """Model, dataset, its parent; a certificate is named by digest and has no folder of its own."""
    assert names(lineage(model)) == "model model (certificate clean?, dataset clean (dataset raw))"


def test_a_renamed_parent_is_found_by_its_digest(model: Path) -> None:
    """Names do not matter: the digest is the name."""
    (model.parent / "raw").rename(model.parent / "another-name")
    assert "dataset clean (dataset raw)" in names(lineage(model))


def test_an_earlier_version_is_found(model: Path) -> None:
    """After a new version took its name, the version that the model learned from is still the one that is shown."""
    learned = Dataset.open(model.parent / "clean").digest
    run_transform([model.parent / "raw"], Transform((Upper(),)), model.parent / "clean")
    parent = next(parent for parent in lineage(model).parents if parent.role == "dataset")
    assert parent.digest == learned
    assert parent.path is not None
    assert parent.path.parent.name == ".versions"


def test_a_lost_parent_stays_in_the_tree(model: Path) -> None:
    """What cannot be found is shown as such, and nothing below it is invented."""
    shutil.rmtree(model.parent / "clean")
    assert names(lineage(model)) == "model model (certificate clean?, dataset clean?)"


def test_a_folder_that_only_claims_to_be_the_parent_is_not_taken_for_it(model: Path) -> None:
    """A manifest with the right digest written in it, but changed elsewhere, does not count."""
    manifest = model.parent / "clean" / "dataset.json"
    manifest.write_bytes(manifest.read_bytes().replace(b'"kept": 9', b'"kept": 8'))
    assert "dataset clean?" in names(lineage(model))


def test_parents_elsewhere_are_searched_for(model: Path, tmp_path: Path) -> None:
    """A folder to search in makes a tree whole again that was taken apart."""
    (tmp_path / "away").mkdir()
    shutil.move(model.parent / "raw", tmp_path / "away" / "deep" / "raw")
    assert "dataset raw?" in names(lineage(model, ()))
    assert "dataset raw)" in names(lineage(model, (tmp_path / "away" / "deep",)))


def test_what_is_not_sealed_has_no_lineage(tmp_path: Path) -> None:
    """The walk begins at a sealed folder."""
    with pytest.raises(NotSealed):
        lineage(tmp_path)


def test_the_raw_files_are_named(tmp_path: Path) -> None:
    """The last step of the walk: each file that was read, by name and hash."""
    (tmp_path / "archive").mkdir()
    for number in range(3):
        (tmp_path / "archive" / f"{number}.txt").write_text(f"السوق نهار الخميس {number}", encoding="utf-8")
    IngestStage(sources=(Source(path="archive"),), to="raw").run(Context(tmp_path, tmp_path))
    assert [row["uri"] for row in raw_files(tmp_path / "raw")] == ["0.txt", "1.txt", "2.txt"]
