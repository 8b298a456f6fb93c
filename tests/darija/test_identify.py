"""Which language, which script."""

import json
from pathlib import Path

import polars as pl
import pyarrow as pa
import pytest

from khettara.darija import LANGUAGES, identify, identify_column, script_column, script_of

FOLDER = Path(__file__).parent / "cases"
CASES = json.loads((FOLDER / "identify.json").read_text("utf-8"))
FAILURES = json.loads((FOLDER / "identify_known_failures.json").read_text("utf-8"))


@pytest.mark.parametrize("case", CASES, ids=[case["label"] for case in CASES])
def test_language(case: dict[str, str]) -> None:
    """Each labelled sentence gets its language."""
    assert identify(case["text"]).lang == case["expected"], case["comment"]


@pytest.mark.xfail(strict=True, reason="known failures: turns red when one is right")
@pytest.mark.parametrize("case", FAILURES, ids=[case["label"] for case in FAILURES])
def test_known_failures(case: dict[str, str]) -> None:
    """What is still wrong."""
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


def test_lists_arrays_and_expressions() -> None:
    """A list, an Arrow array and a polars expression give what the single form gives."""
    texts = [case["text"] for case in CASES[:5]]
    single = [identify(text) for text in texts]
    assert identify(texts) == single
    assert identify(pa.array(texts)).field("lang").to_pylist() == [guess.lang for guess in single]
    frame = pl.DataFrame({"text": texts}).select(identify(pl.col("text")).struct.field("lang"))
    assert frame["lang"].to_list() == [guess.lang for guess in single]
    assert identify([]) == []


def test_null_and_empty_columns() -> None:
    """A null text is unknown, and a column of no rows gives none."""
    langs, scripts, _ = identify_column(pa.array([None, "  "], pa.string()))
    assert (langs.to_pylist(), scripts.to_pylist()) == (["und", "und"], ["Zyyy", "Zyyy"])
    assert [len(column) for column in identify_column(pa.array([], pa.large_string()))] == [0, 0, 0]


def test_bytes_that_are_no_text() -> None:
    """Invalid UTF-8 is read past, not refused."""
    column = pa.array([b"\xff\xfe", b"wach kayn\xd9 lma lyoum?", b"\xed\xa0\x80"], pa.binary())
    assert identify_column(column)[0].to_pylist() == ["und", "ary", "und"]


def test_sliced_columns() -> None:
    """A slice of a column is read from where it begins."""
    column = pa.array(["La maison est grande", "ⴰⵣⵓⵍ", "واش كاين الما؟"]).slice(1)
    assert script_column(column)[0].to_pylist() == ["Tfng", "Arab"]


def test_mixed_share_counts_letters_only() -> None:
    """Half the letters in another script is half mixed; digits and emoji are in no script."""
    assert script_of("abcd سلام 123 😀").mixed == 0.5
    assert script_of("abcd 123 😀").mixed == 0.0


def test_long_text_is_sampled_to_its_end() -> None:
    """A long text is judged by windows from its beginning to its end."""
    assert identify("La commune est ouverte aux habitants du village. " * 2000).lang == "fr"
    assert identify("😀" * 20_000 + " واش كاين الما ديال الشرب ف هاد الدوار اليوم؟ " * 100).lang == "ary"


def test_a_mixed_document_has_several_labels() -> None:
    """Two languages in one text are both named, with their shares."""
    text = (
        "La commune informe les habitants que le souk est fermé jeudi. " * 3
        + "واش سمعتو آ الناس؟ السوق مسدود نهار الخميس و خاصكم تقضيو قبل منو. " * 3
    )
    labels = identify(text).labels
    assert set(labels) == {"fra", "ary-Arab"}
    assert sum(labels.values()) > 0.9


def test_where_only_the_family_is_clear_the_family_is_named() -> None:
    """A word good in Darija and in Algerian alike is called Maghrebi when neither class is likely enough."""
    guess = identify("وشكون هي مك أ وليدي؟")
    assert (guess.lang, guess.label) in {("ary", "ary-Arab"), ("ar-x-maghreb", "Maghrebi"), ("ar-x-maghreb", "mgr-Arab")}
    groups = {identify(text).label for text in ("بخير", "صدقتي", "أنا طويل.", "تعال", "غدوة", "السطل حتى هو جنان.")}
    assert groups & {"Arabic", "Maghrebi"}
