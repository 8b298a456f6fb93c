"""Darija written over into its other script: what is read right, what stays, and that the tables are those of their recipe."""

from __future__ import annotations

import json
import os
from hashlib import sha256
from pathlib import Path

import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from khettara.darija.transliterate import readings, transliterate
from khettara.darija.transliterate.learn import aligned, collect, facts, learn, ready, written
from khettara.darija.transliterate.model import write
from khettara.darija.transliterate.pieces import PIECES, UNITS, WORD

CASES = Path(__file__).parent / "cases"
DATA = Path(os.environ.get("KHETTARA_DATA", Path(__file__).parents[3] / "shared" / "data"))
MODELS = Path(__file__).parents[2] / "src/khettara/darija/models"


def cases(name: str) -> list[dict[str, str]]:
    found: list[dict[str, str]] = json.loads((CASES / name).read_text("utf-8"))
    return found


@pytest.mark.parametrize("case", cases("transliterate.json"), ids=lambda case: case["label"])
def test_written_over(case: dict[str, str]) -> None:
    """Each case reads as a Moroccan would read it."""
    assert transliterate(case["text"], case["to"]) == case["expected"]  # type: ignore[call-overload]


@pytest.mark.parametrize("case", cases("transliterate_unchanged.json"), ids=lambda case: case["label"])
def test_left_alone(case: dict[str, str]) -> None:
    """Other languages, numbers, and what is in the wanted script already stay byte for byte."""
    assert transliterate(case["text"], case["to"]) == case["text"]  # type: ignore[call-overload]


@given(st.text(max_size=60), st.sampled_from(["arab", "latn"]))
def test_only_words_of_the_other_script_change(text: str, to: str) -> None:
    """No text breaks it, and what stands between the words of the other script stays."""
    written = transliterate(text, to)  # type: ignore[call-overload]
    assert written == text or WORD[to].search(text)
    between = [part for part in WORD[to].split(text) if part.strip()]
    assert all(part in written for part in between)


@given(st.text("abdeghiklmnorstwz3579'", min_size=1, max_size=40))
def test_readings_are_ranked_shares(word: str) -> None:
    """Readings of a word differ, come best first, and their probabilities are shares of one."""
    found = readings(word, "arab", 24)
    assert len({text for text, _ in found}) == len(found)
    assert [share for _, share in found] == sorted((share for _, share in found), reverse=True)
    assert sum(share for _, share in found) <= 1.01


def test_whatever_holds_the_texts() -> None:
    """A string, a list, an Arrow array and a polars column give the same; nulls stay nulls."""
    texts = ["wach kayn", None, "salam"]
    expected = ["واش كاين", None, "سلام"]
    assert transliterate(["wach kayn", "salam"], "arab") == ["واش كاين", "سلام"]
    assert transliterate(pa.array(texts), "arab").to_pylist() == expected
    assert pl.DataFrame({"t": texts}).select(transliterate(pl.col("t"), "arab"))["t"].to_list() == expected


def test_foreign_words_are_written_over_on_demand() -> None:
    """With `foreign`, French words get Arabic letters too."""
    assert transliterate("demain", "arab", foreign=True) != "demain"


def test_a_pair_is_cut_into_listed_pieces() -> None:
    """The likeliest cut spells both sides of the pair, and each letter is expected in some piece."""
    costs = {number + 3: 1 / len(UNITS) for number in range(len(UNITS))}
    expected, cut = aligned(("mghrib", "مغرب"), costs)
    units = [UNITS[number - 3] for number in cut]
    assert ("".join(latin for latin, _ in units), "".join(arabic for _, arabic in units)) == ("mghrib", "مغرب")
    assert sum(times * len(UNITS[unit - 3][0]) for unit, times in expected.items()) == pytest.approx(len("mghrib"))
    assert aligned(("salam", "كتاب"), costs) == ({}, ())


def test_pieces_are_short_enough_for_their_tables() -> None:
    """No piece has more than three letters, and no correspondence is listed twice."""
    assert max(len(part) for unit in UNITS for part in unit) <= 3
    assert all(len(set(row)) == len(row) for row in PIECES.values())


def test_the_written_pairs_are_spelled_once() -> None:
    """A spelling is not given twice for one word."""
    for arabic, spellings in written():
        assert len(set(spellings)) == len(spellings), arabic


@pytest.mark.slow
@pytest.mark.skipif(not (DATA / "doda-v1-mit").is_dir(), reason="the data are not here: set KHETTARA_DATA")
def test_the_shipped_tables_are_those_of_the_recipe(tmp_path: Path) -> None:
    """Learning again from the same data gives the same bytes."""
    material = collect(DATA)
    tables = learn(material)
    digest = write(tmp_path, tables, ready(tables, material), facts(material))
    assert digest == sha256((MODELS / "letters.npz").read_bytes()).hexdigest()
