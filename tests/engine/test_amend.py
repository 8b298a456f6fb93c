"""A recipe's value is changed where it stands, and nothing else is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khettara.engine import parse_yaml
from khettara.engine.amend import amended
from khettara.errors import RecipeError

RECIPE = """\
# a recipe
stages:
  - clean:
      rules:
        - rule: one   # first
          keep: n >= 5   # words
          because: "short: very"
        - {rule: two, keep: 'n < 9', because: long}  # both in braces
        - rule: three
          keep: >
            n >= 1
            and m < 2
          because: x
        - rule: four
          keep: "n == 3"
"""
AT = [("stages", 0, "clean", "rules", number, "keep") for number in range(4)]


def test_one_line_changes() -> None:
    """Comments, blanks and quotes stay as they were."""
    changed = amended(RECIPE, {AT[0]: "n >= 8"}, "r.yaml")
    assert changed == RECIPE.replace("n >= 5   # words", "n >= 8   # words")
    assert amended(RECIPE, {AT[1]: "n < 4"}, "r.yaml") == RECIPE.replace("'n < 9'", "'n < 4'")
    assert amended(RECIPE, {AT[3]: "n == 4"}, "r.yaml") == RECIPE.replace('"n == 3"', '"n == 4"')


def test_a_block_becomes_one_line() -> None:
    """A value over several lines is replaced whole; the lines after it stay."""
    changed = amended(RECIPE, {AT[2]: "n >= 2"}, "r.yaml")
    assert changed == RECIPE.replace(">\n            n >= 1\n            and m < 2\n", "n >= 2\n")


@given(
    value=st.text(st.sampled_from("nm<>=!0123456789 .,'\"[]{}:#()&*|%@-\\\n") | st.characters(codec="utf-8", categories=["L"]), min_size=1),
    place=st.sampled_from(AT),
)
def test_any_text_can_be_written(value: str, place: tuple[str | int, ...]) -> None:
    """Read again, the value is the one that was written, all others are as before, and every other line is there."""
    changed = amended(RECIPE, {place: value}, "r.yaml")
    before, after = parse_yaml(RECIPE, "")[0], parse_yaml(changed, "")[0]
    rules = after["stages"][0]["clean"]["rules"]
    assert rules[place[4]]["keep"] == value
    rules[place[4]]["keep"] = before["stages"][0]["clean"]["rules"][place[4]]["keep"]
    assert after == before
    assert [line for line in RECIPE.split("\n") if "#" in line and "keep" not in line] == [
        line for line in changed.split("\n") if "#" in line and "keep" not in line
    ]


def test_a_value_written_once_for_two_places_is_left_alone() -> None:
    """Changing it would change the other rule too; the message names the line."""
    text = "rules:\n  - keep: &k n >= 5\n  - keep: *k\n"
    with pytest.raises(RecipeError, match=r"r\.yaml, line 3.*\n.*by hand"):
        amended(text, {("rules", 1, "keep"): "n >= 8"}, "r.yaml")
