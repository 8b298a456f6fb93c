"""Why one record was left out: of each planted record it is known."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.builders import document_rows, seal
from tests.clean.planted import STORY, cleaned

from khettara.clean.explain import explain, left_out, marked
from khettara.dataset import Dataset
from khettara.errors import DatasetError


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    return Dataset.open(cleaned(tmp_path_factory.mktemp("explained")).parent / "clean")


def test_a_rule_is_explained(dataset: Dataset) -> None:
    """The expression, what it saw, its numbers, all signals, what edits changed, and where the record comes from."""
    why = explain(dataset, "short-2")
    assert (why["rule"], why["keep"], why["value"]) == ("too_short", "n_words >= 4", "n_words=2")
    assert why["thresholds"] == [{"signal": "n_words", "op": ">=", "value": 4}]
    assert why["because"] == "a few words teach a model nothing"
    assert why["signals"]["n_words"] == 2
    assert why["signals"]["script_found"] == "Arab"
    assert why["edits"] == {"scrub": 0, "mask_identifiers": 1}
    assert why["record"]["text"] == "عيط <PHONE_1>"
    assert why["record"]["source"]["uri"] == "planted/short-2.txt"
    assert why["winner"] is None


def test_a_rule_with_several_numbers_is_explained(dataset: Dataset) -> None:
    """What it saw is told of each column that it names."""
    why = explain(dataset, "damaged-1")
    assert why["value"].split(", ")[1] == "n_replacement=2"
    assert [(threshold["signal"], threshold["value"]) for threshold in why["thresholds"]] == [("n_replacement", 1), ("mojibake_share", 0.5)]


def test_a_copy_is_laid_beside_its_winner(dataset: Dataset) -> None:
    """Both texts can be read whole from their pieces, and only what differs is marked."""
    copies = [name for name in ("story-1", "story-2", "story-3") if name in {row["id"] for row in _rejected(dataset)}]
    assert len(copies) == 2
    for name in copies:
        winner = explain(dataset, name)["winner"]
        texts = {"".join(piece for piece, _ in winner[key]) for key in ("left_out_text", "winner_text")}
        assert texts <= {STORY, STORY + "!", f"{STORY} والسلام"}
        assert winner["id"] not in (name, None)
        differing = [piece.strip() for key in ("left_out_text", "winner_text") for piece, differs in winner[key] if differs]
        assert differing
        assert set(differing) <= {"منو", "منو!", "والسلام", "منو والسلام"}


def _rejected(dataset: Dataset) -> list[dict[str, str]]:
    return [row for batch in dataset.batches(["id"], role="rejects") for row in batch.to_pylist()]


@given(one=st.lists(st.sampled_from(["wach", "kayn", "lma"]), max_size=8), other=st.lists(st.sampled_from(["wach", "kayn", "lma"]), max_size=8))
def test_marking_loses_no_word(one: list[str], other: list[str]) -> None:
    """The pieces of each text, put together, are the text; without marks the two are the same words."""
    ours, theirs = marked(" ".join(one), " ".join(other))
    assert "".join(text for text, _ in ours) == " ".join(one)
    assert "".join(text for text, _ in theirs) == " ".join(other)
    same = [[word for text, differs in pieces if not differs for word in text.split()] for pieces in (ours, theirs)]
    assert same[0] == same[1]


def test_a_record_that_no_step_took_is_explained(dataset: Dataset) -> None:
    """It has a reason, and no signals."""
    why = explain(dataset, "empty-1")
    assert (why["rule"], why["keep"], why["signals"], why["edits"]) == ("no_text", None, None, None)


def test_signals_are_told_only_where_they_are_known(dataset: Dataset, tmp_path: Path) -> None:
    """Without the work folder everything is told that the dataset holds itself."""
    shutil.copytree(dataset.path, tmp_path / "clean")
    why = explain(Dataset.open(tmp_path / "clean"), "short-2")
    assert (why["value"], why["signals"], why["edits"]) == ("n_words=2", None, None)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("short-4", "Did you mean short-"),
        ("shrt-1", "Did you mean short-1"),
        ("edge-1", "it was kept"),
        ("zzz", "khettara rejects"),
        ("", "khettara rejects"),
        ("short-", "Did you mean"),
    ],
)
def test_ids_that_were_not_left_out(dataset: Dataset, name: str, message: str) -> None:
    """The nearest id is named; of a record that was kept it is said so."""
    with pytest.raises(DatasetError, match=message):
        explain(dataset, name)


def test_the_beginning_of_an_id_will_do(dataset: Dataset) -> None:
    """Where no other begins so."""
    assert explain(dataset, "damage")["id"] == "damaged-1"


def test_reasons_are_counted_by_language(dataset: Dataset) -> None:
    """Counts and examples are of that language only, and nothing is counted twice."""
    everything = {reason["rule"]: reason["records"] for reason in left_out(dataset)}
    by_language: dict[str, int] = dict.fromkeys(everything, 0)
    for lang in {row["lang"] or "unknown" for batch in dataset.batches(["lang"], role="rejects") for row in batch.to_pylist()}:
        for reason in left_out(dataset, lang=lang, limit=9):
            by_language[reason["rule"]] += reason["records"]
            assert len(reason["examples"]) == reason["records"]
            assert {example["lang"] or "unknown" for example in reason["examples"]} == {lang}
    assert by_language == everything
    with pytest.raises(DatasetError, match="Did you mean 'ary'"):
        left_out(dataset, lang="arry")
    with pytest.raises(DatasetError, match="Did you mean 'too_short'"):
        left_out(dataset, rule="to_short")


def test_a_dataset_that_left_nothing_out(tmp_path: Path) -> None:
    """There is nothing to list, and any id was kept or is not there."""
    dataset = Dataset.open(seal(tmp_path / "whole", document_rows(3)))
    assert left_out(dataset) == []
    with pytest.raises(DatasetError, match="it was kept"):
        explain(dataset, "d000001")
