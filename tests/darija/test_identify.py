"""Which language, which script."""

import json
from pathlib import Path

import pyarrow as pa
import pytest

from khettara.darija import LANGUAGES, identify, identify_column, script_column, script_of

CASES = json.loads((Path(__file__).parent / "cases" / "identify.json").read_text("utf-8"))


@pytest.mark.parametrize("case", CASES, ids=[case["label"] for case in CASES])
def test_language(case: dict[str, str]) -> None:
    """Each labelled sentence gets its language."""
    assert identify(case["text"]).lang == case["expected"], case["comment"]


def test_column_says_what_the_single_form_says() -> None:
    """A column is identified as each of its texts alone, whatever stands beside it."""
    texts = [case["text"] for case in CASES]
    langs, scripts, confidences = identify_column(pa.array(texts))
    alone = [identify(text) for text in texts]
    assert langs.to_pylist() == [guess.lang for guess in alone]
    assert scripts.to_pylist() == [guess.script for guess in alone]
    assert confidences.to_pylist() == pytest.approx([guess.confidence for guess in alone], abs=0.001)
    assert set(langs.to_pylist()) <= set(LANGUAGES)


def test_null_and_empty_columns() -> None:
    """A null text is unknown, and a column of no rows gives none."""
    langs, scripts, _ = identify_column(pa.array([None, "  "], pa.string()))
    assert (langs.to_pylist(), scripts.to_pylist()) == (["und", "und"], ["Zyyy", "Zyyy"])
    assert [len(column) for column in identify_column(pa.array([], pa.large_string()))] == [0, 0, 0]


def test_sliced_columns() -> None:
    """A slice of a column is read from where it begins."""
    column = pa.array(["La maison est grande", "ⴰⵣⵓⵍ", "واش كاين الما؟"]).slice(1)
    assert script_column(column)[0].to_pylist() == ["Tfng", "Arab"]


def test_mixed_share_counts_letters_only() -> None:
    """Half the letters in another script is half mixed; digits and emoji are in no script."""
    assert script_of("abcd سلام 123 😀").mixed == 0.5
    assert script_of("abcd 123 😀").mixed == 0.0


def test_long_text_is_sampled_to_its_end() -> None:
    """A long text is judged by its start, middle and end."""
    assert identify("La commune est ouverte aux habitants du village. " * 2000).lang == "fr"
