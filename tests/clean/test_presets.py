"""Presets: steps and rules for a kind of text, which a recipe adds to, and which leave good Darija alone."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from tests.builders import document_rows, seal
from typer.testing import CliRunner

import khettara as kh
from khettara.clean.presets import preset_text, presets
from khettara.clean.stage import CleanStage
from khettara.cli.main import app
from khettara.engine import Expression
from khettara.errors import RecipeError

CASES = json.loads((Path(__file__).parent / "cases" / "presets.json").read_text("utf-8"))


def stage(**settings: Any) -> CleanStage:
    return CleanStage.model_validate({"from": "raw", "to": "clean", **settings})


def first_rule_against(preset: str, text: str) -> str | None:
    """The rule that sets a text aside, after all steps of the preset."""
    chosen = stage(preset=preset)
    batch = pa.record_batch({"text": pa.array([text], pa.large_string())})
    for step in chosen.steps:
        batch = step(batch)
    columns = {name: batch.column(name) for name in batch.schema.names}
    return next((rule.rule for rule in chosen.rules if not Expression(rule.keep)(columns)[0].as_py()), None)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['preset']}: {case['label']}")
def test_what_a_preset_keeps_and_leaves_out(case: dict[str, Any]) -> None:
    """Each case says which rule sets its text aside, or that none does."""
    assert first_rule_against(case["preset"], case["text"] * case.get("times", 1)) == case["left_out_by"]


def test_every_rule_can_say_no() -> None:
    """Each rule of each preset has a case that it leaves out, in this preset or under the same name in another."""
    left_out = {case["left_out_by"] for case in CASES}
    assert [rule.rule for name in presets() for rule in stage(preset=name).rules if rule.rule not in left_out] == []


@pytest.mark.parametrize("name", presets())
def test_every_threshold_has_its_source(name: str) -> None:
    """A comment stands over each rule, and says where its threshold comes from."""
    commented = re.findall(r"((?:^  #.*\n)+)  - rule: (\w+)", preset_text(name), re.MULTILINE)
    assert [rule for _, rule in commented] == [rule.rule for rule in stage(preset=name).rules]
    assert [rule for comment, rule in commented if not re.search("Gopher|FineWeb|C4|Common Voice|[Mm]easured", comment)] == []


def test_all_presets_are_listed() -> None:
    assert presets() == ["law", "social", "speech-transcripts", "strict", "web"]


def test_a_preset_alone_is_all_there_is() -> None:
    alone = stage(preset="social")
    assert [step.name() for step in alone.steps][:2] == ["repair_encoding", "scrub"]
    assert "too_short" in [rule.rule for rule in alone.rules]
    assert alone.duplicates == ("normalised", "near")


def test_rules_of_the_same_name_take_the_presets_place() -> None:
    """In its order; another rule comes after all of the preset's; `without` drops one."""
    before = [rule.rule for rule in stage(preset="social").rules]
    own = [{"rule": "few_letters", "keep": "letter_share > 0.9", "because": "x"}, {"rule": "mine", "keep": "n_words < 9", "because": "y"}]
    mixed = stage(preset="social", rules=own, without=["hashtags"])
    assert [rule.rule for rule in mixed.rules] == [name for name in before if name != "hashtags"] + ["mine"]
    assert next(rule.keep for rule in mixed.rules if rule.rule == "few_letters") == "letter_share > 0.9"


def test_steps_of_ones_own_join_the_presets() -> None:
    """The same name takes its place with its settings; a new edit comes after the edits, a new signal at the end."""
    chosen = stage(preset="speech-transcripts", steps=["min_hash", {"mask_identifiers": {"kinds": ["phone"]}}], without=["strip_boilerplate"])
    names = [step.name() for step in chosen.steps]
    assert names[-1] == "min_hash"
    assert "strip_boilerplate" not in names
    assert chosen.steps[names.index("mask_identifiers")].model_dump()["kinds"] == ("phone",)
    put_back = stage(preset="speech-transcripts", steps=["strip_boilerplate"], without=["strip_boilerplate"])
    kinds = [step.kind for step in put_back.steps]
    assert kinds == sorted(kinds)


def test_duplicates_of_ones_own_replace_the_presets() -> None:
    assert stage(preset="social", duplicates=["normalised"]).duplicates == ("normalised",)
    assert stage(preset="social", duplicates=[]).duplicates == ()


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ("preset: socal", "line 6: preset: unknown preset 'socal'\nDid you mean 'social'"),
        ("preset: social\n      without: [hashtag]", "`without` names 'hashtag', which is no rule and no step of social\nDid you mean 'hashtags'"),
        ("without: [hashtags]", "there is no `preset`"),
        ("preset: social\n      rules: [{rule: mine, keep: n_words >, because: x}]", "line 7: .*does not read"),
    ],
    ids=["unknown", "unknown rule", "no preset", "own mistake"],
)
def test_a_mistake_is_answered_with_its_line(tmp_path: Path, settings: str, message: str) -> None:
    (tmp_path / "r.yaml").write_text(f"stages:\n  - clean:\n      from: raw\n      to: clean\n\n      {settings}\n")
    with pytest.raises(RecipeError, match=message.replace("(", r"\(")):
        kh.run(tmp_path / "r.yaml")


def test_the_manifest_records_the_expanded_recipe(tmp_path: Path) -> None:
    """Whoever opens the dataset later need not know what the preset said then."""
    rows = document_rows(5)
    rows[2]["text"] = "سلام"
    seal(tmp_path / "out" / "raw", rows)
    (tmp_path / "r.yaml").write_text("output: out\nstages: [{clean: {from: raw, to: clean, preset: social}}]\n")
    result = kh.run(tmp_path / "r.yaml").results[0]
    assert result.counts["rejected_by"] == {"too_short": 1}
    settings = kh.open(result.path).manifest.step.settings
    assert [rule["rule"] for rule in settings["rules"]] == [rule.rule for rule in stage(preset="social").rules]
    assert [step["step"] for step in settings["steps"]] == [step.name() for step in stage(preset="social").steps]


def test_the_command_shows_them() -> None:
    runner = CliRunner()
    assert all(name in runner.invoke(app, ["presets"]).stdout for name in presets())
    assert "# Gopher" in runner.invoke(app, ["presets", "web"]).stdout
    assert json.loads(runner.invoke(app, ["presets", "law", "--json"]).stdout)["duplicates"] == ["normalised"]
    assert "Did you mean 'strict'" in str(runner.invoke(app, ["presets", "strct"]).exception)
