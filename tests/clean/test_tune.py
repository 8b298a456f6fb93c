"""Tuning says what a run would do, and changes nothing until it is told to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.builders import document_rows, seal
from tests.clean.planted import cleaned, rows

from khettara import house
from khettara.clean.survey import survey
from khettara.dataset import Dataset
from khettara.errors import KhettaraError, RecipeError


@pytest.fixture(scope="module")
def recipe(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return cleaned(tmp_path_factory.mktemp("tuned"))


def left_out(folder: Path) -> dict[str, str]:
    """What a dataset left out, by id, but for what no step could measure."""
    rows = [row for batch in Dataset.open(folder).batches(["id", "rule"], role="rejects") for row in batch.to_pylist()]
    return {row["id"]: row["rule"] for row in rows if row["rule"] != "no_text"}


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=st.integers(0, 12), lost=st.integers(0, 3), more=st.sampled_from(["", " and lang != 'fr'", " or script == 'Latn'"]))
def test_tuning_foretells_the_run(recipe: Path, words: int, lost: int, more: str) -> None:
    """For any thresholds: the counts by reason, and the records that change side, are those of a run with them."""
    changes = {"too_short": f"n_words >= {words}{more}", "damaged": f"n_replacement <= {lost}"}
    (found,) = house.tune(recipe, changes, examples=1000)
    before = left_out(recipe.parent / "clean")
    text = recipe.read_bytes()
    tuned = recipe.with_name("tuned.yaml")
    tuned.write_bytes(text)
    house.write_rules(tuned, changes)
    results = house.run(tuned).results
    after = left_out(recipe.parent / "clean")
    house.run(recipe)  # as it was, for the next example
    counts = {rule: number for rule, number in results[0].counts["rejected_by"].items() if rule != "no_text"}
    assert {rule["rule"]: rule["then"] for rule in found["rules"] if rule["then"]} == counts
    assert {example["id"] for example in found["lost"]["examples"]} == after.keys() - before.keys()
    assert {example["id"] for example in found["saved"]["examples"]} == before.keys() - after.keys()
    assert {example["id"]: example["reason"] for example in found["lost"]["examples"]} == {name: after[name] for name in after.keys() - before.keys()}
    assert found["other_reason"] == sum(before[name] != after[name] for name in before.keys() & after.keys())
    assert recipe.read_bytes() == text


def test_after_writing_only_filters_run_again(tmp_path: Path) -> None:
    """The recipe's other bytes stay, and a run finds all measuring done."""
    recipe = cleaned(tmp_path)
    text = recipe.read_text(encoding="utf-8")
    house.write_rules(recipe, {"too_short": "n_words >= 2", "damaged": "n_replacement <= 9"})
    wanted = text.replace("n_words >= 4", "n_words >= 2").replace("'n_replacement <= 1 and mojibake_share < 0.5'", "'n_replacement <= 9'")
    assert recipe.read_text(encoding="utf-8") == wanted
    shards = len(list((tmp_path / ".work" / "clean").glob("*/data.parquet")))
    (result,) = house.run(recipe).results
    assert result.units_reused > 0
    assert result.units_done < shards
    assert result.counts["rejected_by"].get("too_short", 0) == 0


def test_the_ladder_counts_what_each_value_would_take(recipe: Path) -> None:
    """Each rung is what the rule with that value leaves out; the rungs of `>=` never fall."""
    (found,) = house.tune(recipe)
    assert {(ladder["rule"], ladder["signal"]) for ladder in found["ladders"]} == {
        ("too_short", "n_words"),
        ("damaged", "n_replacement"),
        ("damaged", "mojibake_share"),
    }
    ladder = found["ladders"][0]
    assert any(rung["value"] == ladder["value"] == 4 for rung in ladder["rungs"])
    for rung in ladder["rungs"]:
        (tried,) = house.tune(recipe, {"too_short": f"n_words >= {rung['value']:g}"})
        assert rung["alone"] == tried["rules"][0]["then"]
        assert rung["together"] == sum(rule["then"] for rule in tried["rules"] if rule["keep"])
    assert [rung["alone"] for rung in ladder["rungs"]] == sorted(rung["alone"] for rung in ladder["rungs"])


def test_records_that_move_are_told_by_language_and_source(recipe: Path) -> None:
    """The sums over languages and over sources are the number of records that move."""
    (found,) = house.tune(recipe, {"too_short": "n_words >= 0"})
    saved: dict[str, Any] = found["saved"]
    assert saved["records"] == 3 == sum(saved["by_language"].values())
    assert saved["by_source"] == {"planted": 3}
    assert {example["value"] for example in saved["examples"]} == {"n_words=2"}


@pytest.mark.parametrize(
    ("changes", "stage", "message"),
    [
        ({"too_shot": "n_words >= 1"}, None, "Did you mean 'too_short'"),
        ({"too_short": "n_wrds >= 1"}, None, "Did you mean 'n_words'"),
        ({"too_short": "n_words >="}, None, "rule too_short.*does not read"),
        ({"too_short": "lang >= 4"}, None, "rule too_short.*does not fit"),
        ({}, "klean", "Did you mean 'clean'"),
    ],
)
def test_mistakes_are_told(recipe: Path, changes: dict[str, str], stage: str | None, message: str) -> None:
    """A rule, a column or a stage that is not there, and an expression that does not read, each end in one message."""
    with pytest.raises(RecipeError, match=f"(?s){message}"):
        house.tune(recipe, changes, stage=stage)


def test_what_was_not_measured_cannot_be_tuned(tmp_path: Path) -> None:
    """The message names the command that measures; another list of steps needs a run of its own."""
    recipe = cleaned(tmp_path)
    recipe.write_text(recipe.read_text(encoding="utf-8").replace("scrub, ", ""), encoding="utf-8")
    with pytest.raises(KhettaraError, match="khettara run"):
        house.tune(recipe, {"too_short": "n_words >= 1"})


def test_a_rule_of_a_preset_is_not_written(tmp_path: Path) -> None:
    """It can be tried; writing it says which line to put into the recipe, and that line does what was tried."""
    seal(tmp_path / "raw", rows())
    recipe = tmp_path / "recipe.yaml"
    text = "name: p\noutput: .\nstages:\n  - clean:\n      from: raw\n      to: clean\n      preset: web\n"
    recipe.write_text(text, encoding="utf-8")
    house.run(recipe)
    changes = {"too_short": "n_words >= 2"}
    (found,) = house.tune(recipe, changes)
    assert found["rules"][0]["then"] == 0 < found["rules"][0]["now"]
    with pytest.raises(RecipeError, match="under `rules`") as caught:
        house.write_rules(recipe, changes)
    assert recipe.read_text(encoding="utf-8") == text
    line = (caught.value.hint or "").splitlines()[1]
    recipe.write_text(f"{text}      rules:\n      {line}\n", encoding="utf-8")
    (again,) = house.tune(recipe)
    assert [rule["now"] for rule in again["rules"]] == [rule["then"] for rule in found["rules"]]


def test_copies_of_another_dataset_are_foretold_too(tmp_path: Path) -> None:
    """A record that a rule would set free is then left out as a copy of the other dataset's record."""
    seal(tmp_path / "known", [{**document_rows(1, "k")[0], "text": "السوق اليوم"}])
    recipe = cleaned(tmp_path)
    recipe.write_text(recipe.read_text(encoding="utf-8") + "      against: known\n", encoding="utf-8")
    house.run(recipe)
    changes = {"too_short": "n_words >= 1"}
    (found,) = house.tune(recipe, changes)
    house.write_rules(recipe, changes)
    (result,) = house.run(recipe).results
    assert {rule["rule"]: rule["then"] for rule in found["rules"] if rule["then"]} | {"no_text": 1} == dict(result.counts["rejected_by"])
    assert left_out(tmp_path / "clean")["short-1"] == "copy"
    page = survey(Dataset.open(tmp_path / "clean"))
    assert page["sample"]["complete"]
    (cluster,) = [cluster for cluster in page["clusters"] if "k000000" in cluster["winner"]["id"]]
    assert cluster["winner"]["text"] is None
