"""Litter around texts: taken out when it is certain, left when it may be text."""

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from khettara.clean.boilerplate import SUSPECT, strip_boilerplate

HERE = Path(__file__).parent / "cases"
CASES = json.loads((HERE / "boilerplate.json").read_text("utf-8"))
UNCHANGED = json.loads((HERE / "boilerplate_unchanged.json").read_text("utf-8"))
MARKUP = ["<p>", "</p>", "<br>", "&lt;", "&gt;", "&amp;", "b", "<", ">", "<!--", "-->"]
LINES = ["\n", "\n", "Accueil", "Contact", " | ", "Page 2", "3", "Titre", " "]
PARTS = st.sampled_from(MARKUP) | st.sampled_from(LINES)


@pytest.mark.parametrize("case", CASES, ids=[case["label"] for case in CASES])
def test_stripped(case: dict[str, str]) -> None:
    """Each labelled litter is taken out, and a search over a column suspects it."""
    assert strip_boilerplate(case["text"])[0] == case["expected"], case["comment"]
    assert pc.match_substring_regex(pa.array([case["text"]]), SUSPECT)[0].as_py()


@pytest.mark.parametrize("case", UNCHANGED, ids=[case["label"] for case in UNCHANGED])
def test_text_stays(case: dict[str, str]) -> None:
    """What may be text comes back as it is."""
    assert strip_boilerplate(case["text"]) == (case["text"], 0), case["comment"]


@given(st.lists(PARTS, max_size=15).map("".join))
def test_stripping_twice_is_stripping_once(text: str) -> None:
    """A stripped text has nothing left to strip."""
    once, _ = strip_boilerplate(text)
    assert strip_boilerplate(once) == (once, 0)
