"""Profiles: purposes by name and family, demands by kind of data."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.builders import document_rows, seal
from tests.certify.test_measures import people, seal_table

from khettara.certify import Settings, certify, load_profile
from khettara.dataset.signing import Key, new_key
from khettara.errors import DatasetError, RecipeError

NOW = datetime(2026, 11, 1, tzinfo=UTC)
HOUSE = ("pretraining", "finetuning", "open-data", "classification", "classification:health", "classification:crops", "federation:hospitals")


@pytest.fixture
def key() -> Key:
    return new_key("an office")


@pytest.mark.parametrize("name", HOUSE)
def test_a_purpose_is_named_as_it_was_asked_for(name: str) -> None:
    """The certificate is for this purpose and no other of its family."""
    assert load_profile(name).purpose == name


@pytest.mark.parametrize(
    "name", ["classification:", "classification:a/b", "federation:..", "pretraining:x", "classification:صحة", "clasification:health", "health"]
)
def test_what_is_no_purpose_is_refused(name: str) -> None:
    """A name that could be a path, a family without members, a misspelling."""
    with pytest.raises(RecipeError):
        load_profile(name)


def test_a_profile_with_nothing_in_it_is_refused(tmp_path: Path) -> None:
    """An empty file has no line that a mistake could stand on, and is told all the same."""
    empty = tmp_path / "mine.yaml"
    empty.write_text("")
    with pytest.raises(RecipeError, match=r"mine\.yaml, line 1: the setting '\w+' is missing"):
        load_profile(str(empty))


def test_a_profile_without_demands_for_such_data_certifies_nothing(tmp_path: Path, key: Key) -> None:
    """Documents are not certified for what is asked of tables of patients only."""
    with pytest.raises(DatasetError, match="demands nothing of datasets of documents"):
        certify(seal(tmp_path / "ds", document_rows(5)), "classification:health", key, NOW)


def test_demands_may_name_ids_of_the_standard(tmp_path: Path, key: Key) -> None:
    """`Com-ML-1` is the measure of that id for the kind of data at hand."""
    profile = tmp_path / "own.yaml"
    profile.write_text(
        "name: own\nversion: 1\npurpose: own\nbecause: x\nvalid_days: 30\ndemands:\n  - {measure: Com-ML-1, minimum: 1, because: y}\n",
        encoding="utf-8",
    )
    for path, name in ((seal(tmp_path / "ds", document_rows(5)), "text_completeness"), (seal_table(tmp_path / "t", people()), "value_completeness")):
        predicate = certify(path, str(profile), key, NOW).predicate
        assert predicate["measures"][0]["name"] == name
        assert (predicate["verdict"], predicate["expires"][:10]) == ("certified", "2026-12-01")


def test_a_demand_that_waits_for_a_person(tmp_path: Path, key: Key) -> None:
    """An attested measure is demanded like any other: refused without it, passed with it, failed below the bound."""
    profile, evidence = tmp_path / "own.yaml", tmp_path / "evidence.yaml"
    profile.write_text(
        "name: own\nversion: 1\npurpose: own\nbecause: x\ndemands:\n  - {measure: Acc-ML-2, minimum: 0.9, because: y}\n", encoding="utf-8"
    )
    path = seal(tmp_path / "ds", document_rows(5))
    verdicts = [certify(path, str(profile), key, NOW).predicate["verdict"]]
    for right in (95, 80):
        evidence.write_text(
            f"attestations:\n  - {{measure: Acc-ML-2, by: office, day: 2026-10-02, sample: 100, right: {right}, how: drawn by lot here}}\n",
            encoding="utf-8",
        )
        verdicts.append(certify(path, str(profile), key, NOW, Settings(evidence=evidence)).predicate["verdict"])
    assert verdicts == ["refused", "certified", "refused"]


def test_the_file_of_a_profile_is_no_purpose_and_the_purpose_is_named() -> None:
    """`classification-health` would be a purpose that no training asks for; whoever types it is told what to type."""
    with pytest.raises(RecipeError, match="Did you mean 'classification:health'"):
        load_profile("classification-health")
