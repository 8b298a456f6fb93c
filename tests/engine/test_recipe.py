"""Recipes: every mistake is named with its line, and the nearest word that would have been right."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khettara.engine import parse_yaml, read_recipe
from khettara.errors import RecipeError
from khettara.house import STAGES

HEAD = "name: souk\noutput: res\nstages:\n"
CLEAN = HEAD + "  - clean:\n      from: raw\n      to: clean\n"


def write(folder: Path, text: str) -> Path:
    path = folder / "recipe.yaml"
    path.write_text(text, encoding="utf-8")
    return path


MISTAKES = [
    ("not YAML", "name: [\n", "line 2", "not valid YAML"),
    ("a tab", "name: a\n\tb: c\n", "line 2", "not valid YAML"),
    ("two documents", "name: a\n---\nname: b\n", "line 2", "not valid YAML"),
    ("a tag of another program", "name: !!python/object:os.system x\n", "line 1", "not valid YAML"),
    ("a control character", "name: \x00\n", "", "not valid YAML"),
    ("a date that is none", "name: x\ndescription: 2024-13-45\n", "line 2", "month must be in 1..12"),
    ("an alias inside itself", "stages: &a [*a]\n", "", "nested without end"),
    ("a name that is no text", "1: x\n", "line 1", "cannot be a setting's name"),
    ("set twice", CLEAN + "      to: again\n", "line 7", "'to' is set twice"),
    ("empty", "", "", "a recipe is a mapping"),
    ("a list", "- a\n", "", "a recipe is a mapping"),
    ("unknown field", "nmae: x\n" + HEAD, "line 1", "Did you mean 'name'"),
    ("no stages", "name: x\n", "line 1", "needs a list of `stages`"),
    ("empty stages", "name: x\nstages: []\n", "line 2", "Known stages: ask, certify, clean, ingest, repair, train"),
    ("a stage that is a word", HEAD + "  - clean\n", "line 4", "one name with its settings"),
    ("a stage with settings that are no mapping", HEAD + "  - clean: raw\n", "line 4", "the settings of `clean` are a mapping"),
    ("unknown stage", HEAD + "  - claen: {}\n", "line 4", "Did you mean 'clean'"),
    ("missing setting", HEAD + "  - clean:\n      from: raw\n", "line 4", "the setting 'to' is missing"),
    ("unknown setting", CLEAN + "      ruels: []\n", "line 7", "Did you mean 'rules'"),
    ("unknown step", CLEAN + "      steps:\n        - scrub\n        - scrubb\n", "line 9", "Did you mean 'scrub'"),
    ("unknown choice", CLEAN + "      duplicates: [nearr]\n", "line 7", "Did you mean 'near'"),
    ("unknown preset", CLEAN + "      preset: socail\n", "line 7", "Did you mean 'social'"),
    (
        "unknown setting of a rule",
        CLEAN + "      rules:\n        - rule: r\n          kep: n > 1\n          because: b\n",
        "line 9",
        "Did you mean 'keep'",
    ),
    ("a needed setting misspelt", HEAD + "  - clean:\n      form: raw\n      to: clean\n", "line 5", "Did you mean 'from'"),
    ("a rule that does not read", CLEAN + "      rules:\n        - {rule: r, because: b,\n           keep: 'n >'}\n", "line 9", "does not read"),
    ("a number that is none", CLEAN + "      shard_mb: much\n", "line 7", "shard_mb"),
    ("a number out of range", CLEAN + "      shard_mb: 0\n", "line 7", "greater than 0"),
    ("a way out of the output folder", HEAD + "  - clean: {from: raw, to: ../x}\n", "line 4", "cannot name an artefact"),
    ("a name longer than file systems take", HEAD + f"  - clean: {{from: raw, to: {'a' * 201}}}\n", "line 4", "at most 200 bytes"),
    ("two stages of one name", CLEAN + "  - clean: {from: clean, to: clean}\n", "line 7", "two stages make 'clean'"),
]


@pytest.mark.parametrize(("label", "text", "line", "words"), MISTAKES, ids=[case[0] for case in MISTAKES])
def test_a_mistake_is_named_with_its_line(tmp_path: Path, label: str, text: str, line: str, words: str) -> None:
    """One error that says in which file and line, and what was likely meant."""
    path = write(tmp_path, text)
    with pytest.raises(RecipeError) as error:
        read_recipe(path, STAGES)
    said = str(error.value)
    assert str(path) in said
    assert line in said
    assert words in said


def test_a_recipe_that_reads(tmp_path: Path) -> None:
    """Settings fill the stage's model; the output is taken from the recipe's folder."""
    recipe = read_recipe(write(tmp_path, CLEAN + "      steps: [scrub, mask_identifiers: {kinds: [phone]}]\n"), STAGES)
    assert recipe.output == (tmp_path / "res").resolve()
    assert [(stage.stage, stage.makes()) for stage in recipe.stages] == [("clean", "clean")]


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    """A folder, and a file in another encoding, given as a recipe."""
    with pytest.raises(RecipeError, match="cannot be read"):
        read_recipe(tmp_path, STAGES)
    (tmp_path / "latin.yaml").write_bytes("name: é".encode("latin-1"))
    with pytest.raises(RecipeError, match="cannot be read"):
        read_recipe(tmp_path / "latin.yaml", STAGES)


@given(st.text("ab:-[]{}&*!|>'\"#%@,? \n", max_size=30))
def test_no_text_crashes_the_reader(text: str) -> None:
    """Random text is read, or refused as a user's mistake; never anything else."""
    try:
        _, lines = parse_yaml(text, "recipe")
    except RecipeError:
        return
    assert all(1 <= line <= text.count("\n") + 1 for line in lines.values())
