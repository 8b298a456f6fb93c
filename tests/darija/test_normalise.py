"""Three levels of normalisation, and words that match across scripts and spellings."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from khettara.darija.lexicon import coverage, matching_key, variants
from khettara.darija.normalise import LEVELS, Level, normalise, normalise_counted
from khettara.darija.scrub import scrub

CASES = json.loads((Path(__file__).parent / "cases" / "normalise.json").read_text("utf-8"))
LETTERS = "اأإآٱبتةهىيءؤئلوكگݣ ـَّ٠١۵؟،!!😀@#_aAeEhH37\n\u200f"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["label"])
def test_levels(case: dict[str, str]) -> None:
    """Each level does its own and no more."""
    assert normalise(case["text"], case["level"]) == case["expected"]  # type: ignore[call-overload]


@given(st.text(max_size=50) | st.text(LETTERS, max_size=50), st.sampled_from(LEVELS))
def test_twice_is_once(text: str, level: Level) -> None:
    """A normalised text is normal."""
    once = normalise(text, level)
    assert normalise(once, level) == once


@given(st.text(LETTERS, max_size=50))
def test_scrub_is_the_first_level(text: str) -> None:
    """The first level is scrubbing, and the others begin with it."""
    assert normalise(text, "scrub") == scrub(text)
    assert normalise(scrub(text), "fold") == normalise(text, "fold")


def test_what_changed_is_counted() -> None:
    """The journal names the rules that fired, and no other."""
    text, counts = normalise_counted("أنا كااااين", "fold")
    assert (text, dict(counts)) == ("انا كااين", {"alefs": 1, "stretched": 1})


def test_whatever_holds_the_texts() -> None:
    """A list, an Arrow array and a polars column give the same; nulls stay nulls."""
    assert normalise(["أنا"], "fold") == ["انا"]
    assert normalise(pa.array(["أنا", None]), "fold").to_pylist() == ["انا", None]
    assert pl.DataFrame({"t": ["أنا", None]}).select(normalise(pl.col("t"), "fold"))["t"].to_list() == ["انا", None]


@pytest.mark.parametrize(
    "words",
    [
        ("bzaf", "bzzaf", "bezzaf", "بزاف"),
        ("wach", "wash", "wax", "واش"),
        ("9hwa", "qahwa", "قهوة"),
        ("lmaghrib", "lmghrib", "المغرب"),
        ("3lach", "3lax", "علاش"),
        ("khoya", "5oya", "خويا"),
        ("zwina", "zouina", "زوينة"),
    ],
)
def test_spellings_of_a_word_share_its_key(words: tuple[str, ...]) -> None:
    """Whatever script and spelling, one key."""
    assert len({matching_key(word) for word in words}) == 1


@pytest.mark.parametrize(("one", "other"), [("dar", "far"), ("bnt", "bnti"), ("ktab", "ktob7"), ("سلام", "كلام")])
def test_other_words_do_not(one: str, other: str) -> None:
    """Words that differ in a consonant, or in how they end, have other keys."""
    assert matching_key(one) != matching_key(other)


def test_variants_come_in_both_scripts() -> None:
    """From one spelling to the others."""
    found = variants("bezaf")
    assert {"بزاف", "bzaf"} <= set(found)


def test_coverage_counts_words_and_keys() -> None:
    """A known word counts in both, an unknown spelling by its key only, a word of no language in neither."""
    assert [round(share, 2) for share in coverage(["wach", "waaach", "zzqqxxvv"])] == [0.33, 0.67]
