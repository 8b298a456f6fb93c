"""Sums over hashed n-grams: what is read, what leaves no trace, and that no bytes whatever break the loops."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from khettara.kernels import text_of
from khettara.kernels.ngrams import WHOLE_BYTES, Table, add_up, count_letters, list_rows, list_words, pack

N_ROWS = 1 << 12
WEIGHTS = np.random.RandomState(0).randint(-127, 128, (N_ROWS, 8)).astype(np.int8)
TABLE: Table = pack(WEIGHTS)


def sums(text: str) -> tuple[list[list[int]], list[int]]:
    found = add_up(text_of(pa.array([text], pa.large_string())), TABLE)
    return found.totals[0].tolist(), found.grams[0].tolist()


def by_rows(text: str, head: int) -> npt.NDArray[np.int64]:
    rows, _ = list_rows(text_of(pa.array([text], pa.large_string())), np.array([head]), N_ROWS, 1 << 20)
    total: npt.NDArray[np.int64] = WEIGHTS[rows].astype(np.int64).sum(axis=0)
    return total


@pytest.mark.parametrize(
    ("clean", "marked"),
    [
        ("واش كاين الما", "واش، كاين... الما؟! 😀😀 2024 ١٢٣"),
        ("wach kayn lma", "Wach - kayn (lma)?? 06 12 34 :)"),
        ("مدرسة", "مَدْرَسَةٌ"),
        ("سلام", "ســلام"),
        ("wach kayn", "wach https://example.org/way?q=1 kayn @someone"),
        ("عيط ليا", "عيط <PHONE_1> ليا <b>"),
        ("wach kayn", "www.example.org wach name@example.org kayn"),
        ("bzaaf", "bzaaaaaaaaaf"),
        ("سلام", "\u202eس\u200fلام\u202c"),
        ("l'eau", "l’eau"),
    ],
)
def test_marks_leave_no_trace(clean: str, marked: str) -> None:
    """Punctuation, numbers, emoji, vowel marks, links, handles and placeholders change no sum."""
    assert sums(clean) == sums(marked)


def test_digits_inside_words_are_letters() -> None:
    """3, 7 and 9 are read in Arabizi, at the beginning of a word too; a number alone is not."""
    assert sums("3lach") != sums("lach")
    assert sums("m3a") != sums("ma")
    assert sums("33") == sums("")


@given(st.text("abé3' واشⴰ.@😀ـَ", max_size=200))
def test_a_text_is_the_sum_of_its_rows(text: str) -> None:
    """Adding up in packed lanes gives what the table's rows give one by one, in each script."""
    totals, _ = sums(text)
    assert totals == [by_rows(text, head).tolist() for head in (0, 1)]


@given(st.lists(st.text(max_size=30), max_size=20))
def test_a_column_is_added_up_as_its_texts_alone(texts: list[str]) -> None:
    """What words were met before makes no difference."""
    found = add_up(text_of(pa.array(texts, pa.large_string())), TABLE)
    assert found.totals.tolist() == [sums(text)[0] for text in texts]


@settings(max_examples=200)
@given(st.lists(st.binary(max_size=80), max_size=5))
def test_no_bytes_break_the_loops(rows: list[bytes]) -> None:
    """Bytes that are no UTF-8 are read to their end, and every loop agrees on what is a letter."""
    column = pa.array(rows, pa.large_binary())
    found = add_up(text_of(column), TABLE)
    assert (np.abs(found.totals) <= 128 * found.grams[:, :, None]).all()
    assert (count_letters(text_of(column)).sum(axis=1) <= [len(row) for row in rows]).all()
    words = list_words(text_of(column), TABLE)
    sizes = np.repeat([len(row) for row in rows], np.diff(words.offsets))
    assert ((words.begins >= 0) & (words.begins < words.ends) & (words.ends <= sizes)).all()


@pytest.mark.parametrize("text", ["x" * 10_000_000, "اب" * 3_000_000, "wach kayn " * 1_000_000, "😀" * 1_000_000, "a" * (WHOLE_BYTES + 1)])
def test_texts_of_any_length(text: str) -> None:
    """Ten megabytes, in one word or many, are read in windows, in no time."""
    found = add_up(text_of(pa.array([text], pa.large_string())), TABLE)
    assert found.grams.sum() < 100_000


def test_windows_reach_the_end_of_a_long_text() -> None:
    """The last words of a long text count."""
    filler = "... " * WHOLE_BYTES
    for extra in range(9):
        assert sums("." * extra + filler + "khettara") == sums("khettara")


def test_word_places_are_those_of_the_bytes() -> None:
    """Each word's bytes are the word, and so are its characters, in every text of a column."""
    texts = ["salam، واش l'eau 3la", "", "😀 زوين"]
    words = list_words(text_of(pa.array(texts)), TABLE)
    assert words.offsets.tolist() == [0, 4, 4, 5]
    rows = [texts[row] for row in (0, 0, 0, 0, 2)]
    expected = ["salam", "واش", "l'eau", "3la", "زوين"]
    assert [row.encode()[a:b].decode() for row, a, b in zip(rows, words.begins, words.ends, strict=True)] == expected
    assert [row[a:b] for row, a, b in zip(rows, words.first_chars, words.last_chars, strict=True)] == expected
