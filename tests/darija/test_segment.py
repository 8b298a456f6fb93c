"""The language of each word."""

from __future__ import annotations

from itertools import pairwise

import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from khettara.darija import segment

MIXED = [
    ("ghadi nsift lik la facture demain matin", "ary ary ary fr fr fr fr"),
    ("je pense que hadchi bzaf 3lina", "fr fr fr ary ary ary"),
    ("الدار ديالي قدام الخطارة", "ary ary ary ary"),
    ("ⴰⵣⵓⵍ ⴼⵍⵍⴰⵡⵏ", "zgh zgh"),
    ("Le marché ouvre demain matin", "fr fr fr fr fr"),
]


@pytest.mark.parametrize(("text", "expected"), MIXED)
def test_words_get_their_language(text: str, expected: str) -> None:
    """Mixed sentences are told apart word by word."""
    assert [token.lang for token in segment(text).tokens] == expected.split()


def test_switches_and_mixing() -> None:
    """Switch points are where the language changes; the index is the share of words outside the main language."""
    found = segment("ghadi nsift lik la facture demain matin")
    assert found.switch_points == (3,)
    assert found.code_mixing_index == pytest.approx(3 / 7, abs=0.001)
    assert segment("").switch_points == ()
    assert segment("").code_mixing_index == 0.0


def test_dialectness_ranks_dialect_above_standard_arabic() -> None:
    """Darija is near 1, Standard Arabic near 0, and French has none."""
    darija, standard = (
        segment("ما بقاش كاين الخبز عند مول الحانوت").dialectness,
        segment("لقد قررت اللجنة تأجيل الاجتماع إلى الأسبوع المقبل").dialectness,
    )
    assert darija is not None
    assert standard is not None
    assert darija > 0.8
    assert standard < 0.2
    assert segment("La réunion est reportée").dialectness is None


@given(st.text(max_size=300))
def test_tokens_stand_where_they_say(text: str) -> None:
    """Every token is the text between its places, in order."""
    tokens = segment(text).tokens
    assert [text[token.start : token.end] for token in tokens] == [token.text for token in tokens]
    assert all(a.end <= b.start for a, b in pairwise(tokens))


def test_lists_arrays_and_expressions() -> None:
    """A list, an Arrow array and a polars expression give what the single form gives."""
    texts = ["ghadi nji demain matin", ""]
    single = [[token.lang for token in segment(text).tokens] for text in texts]
    assert [[token.lang for token in found.tokens] for found in segment(texts)] == single
    assert segment(pa.array(texts)).field("langs").to_pylist() == single
    frame = pl.DataFrame({"text": texts}).select(segment(pl.col("text")).struct.field("langs"))
    assert frame["langs"].to_list() == single
