"""The figures of a cleaned dataset add up, whatever they were counted from, and no text of a person comes with them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from tests.clean.planted import PHONE, cleaned

from khettara import house
from khettara.clean import STEPS, MaskIdentifiers, distributions
from khettara.clean.distributions import histograms, sample_of
from khettara.clean.measured import measured_of
from khettara.clean.survey import masks_last, survey
from khettara.dataset import Dataset
from khettara.engine import Step
from khettara.errors import DatasetError


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return cleaned(tmp_path_factory.mktemp("planted")).parent


@pytest.fixture(scope="module")
def found(folder: Path) -> dict[str, Any]:
    return survey(Dataset.open(folder / "clean"))


def test_the_funnel_loses_nothing(folder: Path, found: dict[str, Any]) -> None:
    """Records in = records out + what each step of the funnel left out; the steps stand in the order in which they decide."""
    funnel = found["funnel"]
    assert funnel["in"] == 72
    assert funnel["in"] == funnel["kept"] + sum(loss["records"] for loss in funnel["losses"])
    assert funnel["losses"][-1]["remaining"] == funnel["kept"] == Dataset.open(folder / "clean").rows
    assert [(loss["rule"], loss["records"]) for loss in funnel["losses"]] == [
        ("no_text", 1),
        ("too_short", 3),
        ("damaged", 1),
        ("copy", 1),
        ("near_copy", 1),
    ]
    assert funnel["losses"][1]["keep"] == "n_words >= 4"
    assert {line["step"]: line["records"] for line in funnel["edits"]}["scrub"] == 1


def test_tables_count_every_record(found: dict[str, Any]) -> None:
    """Languages and sources each sum to what came in and what was kept."""
    for table in (found["languages"], found["sources"]):
        assert sum(row["in"] for row in table) == found["funnel"]["in"]
        assert sum(row["kept"] for row in table) == found["funnel"]["kept"]
    planted = next(row for row in found["sources"] if row["source"] == "planted")
    assert (planted["in"], planted["kept"]) == (11, 5)


def test_histograms_hold_every_record_that_was_measured(found: dict[str, Any]) -> None:
    """In each signal, the bars of all languages together are the records, and their green parts the records kept."""
    assert {signal["signal"] for signal in found["signals"][:3]} == {"n_words", "n_replacement", "mojibake_share"}
    for signal in found["signals"]:
        if "edges" in signal:
            assert sum(sum(row["all"]) + row["beyond"] for row in signal["rows"]) == signal["known"] == 71
            assert sum(sum(row["kept"]) for row in signal["rows"]) == found["funnel"]["kept"]
            assert np.all(np.diff(signal["edges"]) > 0)


def test_bars_count_what_lies_between_their_edges(folder: Path) -> None:
    """A histogram is the one that counting by hand gives."""
    dataset = Dataset.open(folder / "clean")
    sample = sample_of(dataset, measured_of(dataset))
    signal = next(signal for signal in histograms(sample, dataset.manifest.step.settings["rules"]) if signal["signal"] == "n_words")
    for row in signal["rows"]:
        lang = sample.langs.index(row["lang"])
        values = sample.signals["n_words"][sample.lang == lang]
        assert row["all"] == [int(((values > low) & (values < high)).sum()) for low, high in zip(signal["edges"], signal["edges"][1:], strict=False)]


def test_examples_stand_on_their_side_of_the_threshold(found: dict[str, Any]) -> None:
    """Below are values below it, above the others, nearest first, each with what became of the record."""
    words = found["thresholds"][0]
    assert [example["value"] for example in words["below"]] == [2, 2, 2]
    assert {example["id"] for example in words["below"]} == {"short-1", "short-2", "short-3"}
    assert {example["reason"] for example in words["below"]} == {"too_short"}
    assert words["above"][0]["id"] == "edge-1"
    assert [example["value"] for example in words["above"]] == sorted(example["value"] for example in words["above"])
    lost = next(threshold for threshold in found["thresholds"] if threshold["signal"] == "n_replacement")
    assert [(example["id"], example["value"]) for example in lost["above"]] == [("damaged-1", 2)]


def test_examples_are_records_that_the_rule_was_asked_of(found: dict[str, Any]) -> None:
    """What an earlier rule left out tells nothing of a later one, and comes last."""
    lost = next(threshold for threshold in found["thresholds"] if threshold["signal"] == "n_replacement")
    assert len(lost["below"]) == 3
    assert "too_short" not in {example["reason"] for example in lost["below"]}


def test_copies_are_shown_with_the_one_that_stayed(found: dict[str, Any]) -> None:
    """A copy of a copy counts for the record that stayed in the end."""
    (cluster,) = found["clusters"]
    assert cluster["records"] == 2
    assert cluster["rules"] == {"copy": 1, "near_copy": 1}
    assert {cluster["winner"]["id"], *(member["id"] for member in cluster["members"])} == {"story-1", "story-2", "story-3"}
    assert all(record["text"] for record in (cluster["winner"], *cluster["members"]))


def test_no_identifier_is_shown(tmp_path: Path, found: dict[str, Any]) -> None:
    """Neither where the recipe masks them, nor where it does not; and no text is shown whole."""
    assert PHONE not in json.dumps(found, ensure_ascii=False)
    unmasked = survey(Dataset.open(cleaned(tmp_path, mask=False).parent / "clean"))
    assert PHONE not in json.dumps(unmasked, ensure_ascii=False)
    assert "<PHONE_1>" in json.dumps(unmasked, ensure_ascii=False)


def test_without_its_work_folder_a_dataset_still_has_a_report(folder: Path, found: dict[str, Any], tmp_path: Path) -> None:
    """Counts stay as they were; histograms then hold what was kept, and of the rest what its own rule saw."""
    shutil.copytree(folder, tmp_path / "moved")
    shutil.rmtree(tmp_path / "moved" / ".work")
    poor = survey(Dataset.open(tmp_path / "moved" / "clean"))
    assert not poor["sample"]["complete"]
    for part in ("funnel", "languages", "sources", "clusters"):
        assert poor[part] == found[part]
    words = next(signal for signal in poor["signals"] if signal["signal"] == "n_words")
    assert sum(sum(row["kept"]) for row in words["rows"]) == found["funnel"]["kept"]
    assert sum(sum(row["all"]) for row in words["rows"]) == found["funnel"]["kept"] + 3
    assert {example["id"] for example in poor["thresholds"][0]["below"]} == {example["id"] for example in found["thresholds"][0]["below"]}


@pytest.mark.parametrize("complete", [True, False])
def test_a_sample_is_the_same_each_time(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, complete: bool) -> None:
    """Of more than so many records about so many are drawn, always the same ones; counts stay exact."""
    monkeypatch.setattr(distributions, "MOST", 30)
    place = folder
    if not complete:
        place = tmp_path / "moved"
        shutil.copytree(folder, place)
        shutil.rmtree(place / ".work")
    dataset = Dataset.open(place / "clean")
    once, twice = survey(dataset), survey(dataset)
    assert once == twice
    assert 15 < once["sample"]["records"] < 45
    assert once["sample"]["complete"] is complete
    assert once["funnel"]["in"] == 72


def test_counts_that_go_far_are_drawn_on_a_log_scale() -> None:
    """One very long record does not press all others into the first bar, and every record still has a bar."""
    values = np.concatenate([np.full(1000, 5.0), np.arange(1000.0), [2e6]])
    count = len(values)
    sample = distributions.Sample(
        count,
        True,
        [],
        np.zeros(count, np.int64),
        np.arange(count),
        pa.array(map(str, range(count))),
        ["ary"],
        np.zeros(count, np.int64),
        [],
        np.full(count, -1),
        {"n": values},
        frozenset({"n"}),
    )
    (signal,) = histograms(sample, [{"rule": "r", "keep": "n >= 3", "because": "b"}])
    assert signal["scale"] == "log"
    assert sum(signal["rows"][0]["all"]) == count
    assert sum(bar > 0 for bar in signal["rows"][0]["all"]) > 10


def test_what_another_room_made_is_refused(folder: Path) -> None:
    """The message says who made it, and what shows it."""
    with pytest.raises(DatasetError, match="made by 'test'"):
        survey(Dataset.open(folder / "raw"))


def test_another_threshold_runs_no_step_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was measured is used again, its columns and the texts of the page too: no step looks at any record, nor at none."""
    recipe = cleaned(tmp_path)
    before = Dataset.open(tmp_path / "clean").rows
    recipe.write_text(recipe.read_text(encoding="utf-8").replace("n_words >= 4", "n_words >= 5"), encoding="utf-8")

    def refuse(self: Step, batch: pa.RecordBatch) -> pa.RecordBatch:
        raise AssertionError(f"{self.name()} ran again")

    for step in STEPS.values():
        monkeypatch.setattr(step, "__call__", refuse)
    house.run(recipe)
    assert Dataset.open(tmp_path / "clean").rows < before
    assert "n_words &gt;= 5" in (tmp_path / "report-clean.html").read_text(encoding="utf-8")


def test_only_a_mask_over_every_usual_kind_that_comes_last_is_trusted() -> None:
    """An edit after it may bring out what it did not see; a signal after it may not."""
    mask, scrub, words = (STEPS[name]().record() for name in ("mask_identifiers", "scrub", "words"))
    phones = MaskIdentifiers(kinds=("phone",)).record()
    older = {**mask, "version": mask["version"] - 1}
    assert masks_last([scrub, mask, words])
    assert not any(map(masks_last, ([mask, scrub], [scrub, words], [phones], [older], [mask, {"step": "somebodys_own"}], [])))
