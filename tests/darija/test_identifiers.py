"""Personal identifiers: found in every way people write them, masked once, never shown."""

import json
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khettara.darija import KINDS, find_identifiers, mask

HERE = Path(__file__).parent / "cases"
CASES = json.loads((HERE / "identifiers.json").read_text("utf-8"))
UNCHANGED = json.loads((HERE / "identifiers_unchanged.json").read_text("utf-8"))
NUMBERS = [
    *("06 00 00 21 40", "+212600002141", "AB123456", "ab 12345", "999780000000987650041244", "4111111111111111"),
    *("009900123000064", "1.2.3.4", "1234567", "٠٦٠٠٠٠٧٧١٢", "a@b.ma", "<PHONE_1>", "0", "6", "12"),
]
AROUND = [" ", " ", "\n", ".", "-", ":", "<", ">", "CIN ", "RIB ", "ICE ", "IP ", "RC", "IF ", "بطاقة", "سلام"]
PARTS = st.sampled_from(NUMBERS) | st.sampled_from(AROUND)
HARD = st.lists(PARTS, max_size=12).map("".join)


@pytest.mark.parametrize("case", CASES, ids=[case["label"] for case in CASES])
def test_masked(case: dict[str, str]) -> None:
    """Each labelled identifier is masked by its kind, and nothing beside it."""
    assert mask(case["text"])[0] == case["expected"], case["comment"]


@pytest.mark.parametrize("case", UNCHANGED, ids=[case["label"] for case in UNCHANGED])
def test_ordinary_numbers_stay(case: dict[str, str]) -> None:
    """Years, amounts, codes and placeholders are nobody's identifiers."""
    assert mask(case["text"]) == (case["text"], {}), case["comment"]


@given(HARD | st.text(max_size=60))
def test_masking_twice_is_masking_once(text: str) -> None:
    """A masked text has nothing left to mask."""
    once, _ = mask(text)
    assert mask(once) == (once, {})


@given(HARD)
def test_findings_are_ordered_and_apart(text: str) -> None:
    """No two identifiers share a character, and they come in the order of the text."""
    found = find_identifiers(text)
    assert all(one.end <= other.start for one, other in pairwise(found))


def test_only_the_kinds_asked_for() -> None:
    """Other kinds are left alone."""
    assert mask("0600002140 a@b.ma", ("email",))[0] == "0600002140 <EMAIL_1>"


def test_no_value_is_printed() -> None:
    """An identifier shows where it is, not what it is."""
    assert "6000" not in repr(find_identifiers("0600002140"))
    assert "phone" in KINDS
