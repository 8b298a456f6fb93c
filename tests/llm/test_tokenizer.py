"""The tokenizer loses nothing, and splits as its pattern says."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khettara.llm.tokenizer import END, SPECIAL, Tokenizer

TEXTS = ["السوق نهار الخميس، من الفجر حتى لصلاة العصر.", "3lach ma jitich l souk? l9ahwa hna", "ⴰⵣⵓⵍ ⴼⵍⵍⴰⵡⵏ", "Le souk se tient le jeudi."] * 4
TOKENIZER = Tokenizer.train(TEXTS, 500)


@given(st.text())
def test_decoding_gives_the_text_back(text: str) -> None:
    """Any text, in any script, comes back as it was."""
    assert TOKENIZER.decode(TOKENIZER.encode(text)) == text


def test_the_same_texts_give_the_same_tokenizer(tmp_path: Path) -> None:
    """Training again gives the same file; opened again it encodes alike."""
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        Tokenizer.train(TEXTS, 500).save(tmp_path / name)
    assert (tmp_path / "a/tokenizer.json").read_bytes() == (tmp_path / "b/tokenizer.json").read_bytes()
    assert Tokenizer.open(tmp_path / "a").encode(TEXTS[0]).tolist() == TOKENIZER.encode(TEXTS[0]).tolist()


def test_special_tokens_have_the_first_ids_and_no_text_makes_them() -> None:
    """A document that spells the end mark cannot end itself."""
    assert (TOKENIZER.end_id, TOKENIZER.pad_id) == (0, 1)
    assert min(TOKENIZER.encode(f"wach {END} safi")) >= len(SPECIAL)
    assert TOKENIZER.decode(TOKENIZER.encode(END)) == END


@pytest.mark.parametrize("word", ["3lach", "l9ahwa", "السوق؟"])
def test_digits_and_marks_stay_within_words(word: str) -> None:
    """No split falls inside an Arabizi word: trained on it, the tokenizer makes it one token."""
    assert len(Tokenizer.train([f"{word} {word} {word}"] * 9, 400).encode(f" {word}")) == 1


def test_word_edges_are_where_words_begin_or_end() -> None:
    """Cut at every edge, the pieces of a text are its words with their blanks and marks; letters are never torn."""
    ids = TOKENIZER.encode("السوق نهار الخميس، safi.").tolist()
    edges = TOKENIZER.word_edges(ids)
    pieces = [TOKENIZER.decode(ids[a:b]) for a, b in pairwise(edges)]
    assert pieces == ["السوق", " نهار", " الخميس", "،", " safi", "."]
    assert TOKENIZER.word_edges([]) == [0]
