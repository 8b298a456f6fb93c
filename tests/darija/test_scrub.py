"""Scrubbing: what no reader would miss, and nothing else."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khettara.darija import scrub, scrub_counted

HERE = Path(__file__).parent / "cases"
CASES = json.loads((HERE / "scrub.json").read_text("utf-8"))
UNCHANGED = json.loads((HERE / "scrub_unchanged.json").read_text("utf-8"))
# The characters that rules speak of, so that they meet often.
HARD = st.text(st.sampled_from("aé\u0301\u0654 \t\n\r\f\x00\x85\u00a0\u200b\u200c\u200d\ufe0fـاىیکكيهةﻻﹰ\ufe7bﷺ👩❤\u2028\ud800ہے"), max_size=30)


@pytest.mark.parametrize("case", CASES, ids=[case["label"] for case in CASES])
def test_scrubbed(case: dict[str, str]) -> None:
    """Each labelled text comes out as expected, and its changes are counted."""
    text, counts = scrub_counted(case["text"])
    assert text == case["expected"], case["comment"]
    assert counts.total() > 0


@pytest.mark.parametrize("case", UNCHANGED, ids=[case["label"] for case in UNCHANGED])
def test_clean_text_stays(case: dict[str, str]) -> None:
    """Clean text comes back as it is, and nothing is counted."""
    assert scrub_counted(case["text"]) == (case["text"], {}), case["comment"]


@given(HARD | st.text(max_size=60))
def test_scrubbing_twice_is_scrubbing_once(text: str) -> None:
    """A scrubbed text has nothing left to scrub."""
    once = scrub(text)
    assert scrub_counted(once) == (once, {})
