"""Signals on texts that a person can count."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from khettara.clean import STEPS
from khettara.clean.quality import COUNTS, SHARES
from khettara.clean.reading import word_list

CASES = json.loads((Path(__file__).parent / "cases" / "quality.json").read_text("utf-8"))
DOCS = Path(__file__).parents[2] / "docs" / "clean.md"


def measure(name: str, *texts: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = STEPS[name]()(pa.record_batch({"text": pa.array(texts, pa.large_string())})).to_pylist()
    return rows


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["label"])
def test_quality(case: dict[str, Any]) -> None:
    """Each text has the counts that a person gives it."""
    [row] = measure("quality", case["text"])
    assert {name: row[name] for name in case["expected"]} == pytest.approx(case["expected"], abs=1e-4)


def test_docs_name_every_column() -> None:
    """The tables of the docs have every column of `quality`, with the source that the code gives."""
    lines = [line for line in DOCS.read_text("utf-8").splitlines() if line.startswith("| `")]
    for share in SHARES:
        [line] = [line for line in lines if f"`{share.column}`" in line]
        assert share.source in line
    assert all(any(f"`{column}`" in line for line in lines) for column in COUNTS)


def test_the_words_of_a_list_are_told_from_all_others() -> None:
    """Every listed word has a place of its own, and every group its words."""
    listed = word_list()
    filled = np.count_nonzero(listed.numbers) + 1
    assert filled == np.unpackbits(np.bitwise_or.reduce(listed.groups).view(np.uint8)).sum()


def test_repetition() -> None:
    """A chant repeats, a sentence does not; marks and capitals do not hide it."""
    chant, sentence, hidden = measure("repetition", "dima maghrib dima maghrib dima maghrib", "fin ghadi nmchiw l souk lyoum", "Souk souk, سُوق سوق")
    assert chant["top_2gram_share"] == 1.0
    assert set(sentence.values()) - {sentence["text"]} == {0.0}
    assert hidden["top_2gram_share"] == 0.0
    line = "السوق كاين كل خميس فالصباح حدا الواد"
    [twice] = measure("repetition", f"{line}. خبار آخر هنا. {line}!")
    letters = len(line.replace(" ", ""))
    assert twice["duplicate_7gram_share"] == pytest.approx(letters / (2 * letters + len("خبارآخرهنا")))
    assert twice["duplicate_8gram_share"] == 0.0


def test_readability_grows_with_words_and_sentences() -> None:
    """Short sentences of short words are easier than one long sentence of long ones, in every script."""
    easy = measure("readability", "Il fait beau. Le souk est là.", "الما كاين. السوق حدا.", "lma kayn. souk hna.")
    hard = measure(
        "readability",
        "Conformément aux dispositions réglementaires susmentionnées, l'administration communale procède aux vérifications",
        "وتخضع المؤسسات المذكورة للمقتضيات القانونية والتنظيمية المتعلقة بالاستثمارات",
        "lmas2oulin dyal ljama3at lmahalliya kaygoulou belli lmachari3 ghadi tetkemmel",
    )
    assert all(low["lix"] < 30 < 40 < high["lix"] for low, high in zip(easy, hard, strict=True))


def test_exact_hash_of_a_known_text() -> None:
    """Hashes are the same on every machine: XXH64 of the bytes, and a folded hash that never changes unseen."""
    row, nothing = measure("exact_hash", "السوق كل خميس", "?!")
    assert row["text_hash"] == 0xD39FC9E958FD84FD
    assert row["norm_hash"] == 0x2D158FDC9ABDBA32
    assert nothing["text_hash"] == nothing["norm_hash"]


def test_minhash_of_known_texts() -> None:
    """The signature of a text never changes unseen; a text without words has none."""
    row, nothing = measure("min_hash", "السوق كاين كل خميس فالصباح حدا الواد", "?! ...")
    assert np.frombuffer(row["minhash"], "<u4")[:3].tolist() == [2159036788, 1277285923, 1489331165]
    assert len(row["minhash"]) == 448
    assert nothing["minhash"] is None


@given(st.lists(st.text(max_size=30), max_size=5), st.randoms(use_true_random=False))
def test_signals_do_not_depend_on_the_order_of_steps(texts: list[str], random: Any) -> None:
    """Steps share one pass; whichever comes first, each finds the same."""
    names = ["words", "quality", "repetition", "readability", "encoding_damage", "exact_hash", "min_hash"]
    before = pa.record_batch({"text": pa.array(texts, pa.large_string())})
    alone = {column: STEPS[name]()(before).column(column).to_pylist() for name in names for column in STEPS[name]()(before).schema.names}
    random.shuffle(names)
    batch = pa.record_batch({"text": pa.array(texts, pa.large_string())})
    for name in names:
        batch = STEPS[name]()(batch)
    assert batch.to_pydict() == alone
