"""The commands that look at a cleaned dataset: what they print, and what another program reads."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.clean.planted import PHONE, cleaned
from typer.testing import CliRunner, Result

from khettara.cli.main import app


@pytest.fixture(scope="module")
def recipe(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return cleaned(tmp_path_factory.mktemp("commands"))


def call(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


def test_rejects_lists_and_explains(recipe: Path) -> None:
    """Reasons with examples and their ids; one id tells rule, threshold, source, edits and signals; a copy, its winner's text too."""
    folder = recipe.parent / "clean"
    listed = call("rejects", folder, "--limit", 3).stdout
    assert "too_short: 3 records (a few words teach a model nothing)" in listed
    assert "no_text: 1 record (" in listed
    assert listed.count("n_words=2") == 3
    told = call("rejects", folder, "short-2").stdout
    for words in ("kept only if   n_words >= 4", "the rule saw   n_words=2", "planted/short-2.txt", "mask_identifiers 1", "<PHONE_1>", "n_chars"):
        assert words in told
    assert PHONE not in told
    copy = json.loads(call("rejects", folder, "--rule", "copy", "--json").stdout)[0]["examples"][0]
    told = call("rejects", folder, copy["id"]).stdout
    assert f"instead of it  {copy['winner']} (" in told
    assert "[منو" in told
    assert json.loads(call("rejects", folder, "short-2", "--json").stdout)["thresholds"] == [{"signal": "n_words", "op": ">=", "value": 4}]


def test_rejects_of_one_language(recipe: Path) -> None:
    """Only reasons that hold records of that language are listed."""
    listed = json.loads(call("rejects", recipe.parent / "clean", "--lang", "ary", "--limit", 9, "--json").stdout)
    assert listed
    assert {example["lang"] for reason in listed for example in reason["examples"]} == {"ary"}


def test_tune_prints_what_moves(recipe: Path) -> None:
    """The table of rules with now and then, the records that change side, and the ladder; `--json` gives the same."""
    said = call("tune", recipe, "--set", "rule.too_short=n_words >= 5")
    assert said.exit_code == 0
    for words in ("n_words >= 4", "n_words >= 5", "Kept now, set aside then: 1 record", "[edge-1] too_short: n_words=4", "tried"):
        assert words in said.stdout
    (found,) = json.loads(call("tune", recipe, "--set", "too_short=n_words >= 5", "--json").stdout)
    assert found["lost"]["records"] == 1
    assert "n_words >= 4   # words" in recipe.read_text(encoding="utf-8")


def test_tune_writes_only_when_told(tmp_path: Path) -> None:
    """`--write` changes that one expression, and says what to run next."""
    recipe = cleaned(tmp_path)
    text = recipe.read_text(encoding="utf-8")
    said = call("tune", recipe, "--set", "too_short=n_words >= 5", "--write")
    assert f"khettara run {recipe}" in said.stdout
    assert recipe.read_text(encoding="utf-8") == text.replace("n_words >= 4 ", "n_words >= 5 ")


def test_tune_wants_a_rule_and_an_expression(recipe: Path) -> None:
    """What does not read is answered with how to write it."""
    for wrong in ("too_short", "=n_words > 1", "too_short="):
        said = call("tune", recipe, "--set", wrong)
        assert said.exit_code == 2
        assert "write RULE=EXPR" in said.stderr


def test_report_says_where_the_page_lies(recipe: Path, tmp_path: Path) -> None:
    """Beside the dataset, or where it was asked for."""
    assert call("report", recipe.parent / "clean", "--lang", "ar").stdout.strip() == f"report: {recipe.parent / 'report-clean.html'}"
    assert 'dir="rtl"' in (recipe.parent / "report-clean.html").read_text(encoding="utf-8")
    assert call("report", recipe.parent / "clean", "-o", tmp_path / "p.html").stdout.strip() == f"report: {tmp_path / 'p.html'}"
    assert (tmp_path / "p.html").is_file()
