"""The shared pass, against the same in plain Python."""

from __future__ import annotations

import unicodedata

import numpy as np
import pyarrow as pa
import pytest
import xxhash
from hypothesis import example, given
from hypothesis import strategies as st
from tests.kernels import plain

from khettara.kernels import characters, hashing, lines, repetition, text_of, words

GROUPS = (("wach", "كاين"), ("kayn", "souk"))
LIST = words.word_list(GROUPS, 1)

# What decides something, often; anything at all, sometimes.
SIGNS = [".", "...", "…", "#", "{", "،", "؟", "-", "•", "9", "4", "é", "Ã©", "”", "👋🏽", "ﷺ"]
WORDS = ["كاين", "السُّوق", "ـ", "ⵣ", "wach", "souk", "kayn", "a", "الخطارات", "7it", "lkhedma", "سـ"]
BLANKS = [" ", " ", "\n", "\n\n", "\u00a0", "\u0085", "\u200f", "\u064e", "\ufffd", "\U00020000"]
pieces = st.sampled_from(SIGNS + WORDS + BLANKS)
texts = st.lists(pieces | st.text(max_size=4), max_size=30).map("".join)


def read(texts: list[str]) -> words.Reading:
    return words.Reading(text_of(pa.array(texts, pa.string())), LIST)


def counts_of(reading: words.Reading, row: int) -> dict[str, int]:
    names = {name: value for name, value in vars(words).items() if name.isupper() and name in plain.count("")}
    numbers = names | {name: words.FIRST_LINE_COUNT + getattr(lines, name) for name in plain.count_lines("")}
    return {name: int(reading.counts[row, number]) for name, number in numbers.items()}


@given(st.lists(texts, max_size=4))
@example(["x" * 5000 + " wach " * 700 + "é" * 900, "... . ..", "a" * 1023 + "." * 3 + " b"])
def test_counts(texts: list[str]) -> None:
    """Every counter is what plain Python counts, whatever stands in the rows beside."""
    reading = read(texts)
    for row, text in enumerate(texts):
        assert counts_of(reading, row) == plain.count(text, ("wach", "كاين"))
        seen = set(map(plain.fold, plain.folded_words(text)))
        assert reading.in_groups[row].tolist() == [len(seen & set(group)) for group in GROUPS]


@given(st.lists(texts, max_size=4))
def test_words_and_their_hashes(texts: list[str]) -> None:
    """The words of each row are those between breaks, in order, hashed and measured when folded; the row's hash knows no blanks."""
    reading = read(texts)
    found = [*reading.words()]
    hashes = [value for piece in found for value in piece.hashes.tolist()]
    sizes = [value for piece in found for value in piece.lengths.tolist()]
    expected = [word for text in texts for word in plain.folded_words(text)]
    assert hashes == [plain.word_hash(word) for word in expected]
    assert sizes == [len(plain.fold(word)) for word in expected]
    assert reading.folded_hashes().tolist() == [plain.mix(plain.polynomial(plain.fold(text))) for text in texts]


@given(st.lists(texts, max_size=4))
def test_signatures(texts: list[str]) -> None:
    """The least value of each permutation over all runs of five words; a text without words has none."""
    found = hashing.signatures(read(texts).words(), len(texts))
    numbers = hashing.MULTIPLIERS.tolist(), hashing.ADDENDS.tolist()
    for row, text in enumerate(texts):
        assert found[row].tolist() == plain.signature([*map(plain.word_hash, plain.folded_words(text))], *numbers)


@given(st.lists(st.lists(st.sampled_from(["a", "ba", "سوق", "d"]), max_size=60).map(" ".join), max_size=4))
def test_repetition(texts: list[str]) -> None:
    """Of two, three and four words the commonest run, of five to ten all that come again, with no letter counted twice."""
    found = repetition.repeated(read(texts).words(), len(texts))
    assert found.tolist() == [plain.repetition(text.split()) for text in texts]


@given(st.lists(st.binary(max_size=200), max_size=4))
def test_text_hash_is_xxh64(texts: list[bytes]) -> None:
    """What any tool for XXH64 says of the same bytes."""
    assert hashing.text_hashes(text_of(pa.array(texts, pa.binary()))).tolist() == [xxhash.xxh64_intdigest(text) for text in texts]


def test_the_shipped_table_is_what_unicode_says() -> None:
    """The table of characters is the one that the module makes, where the interpreter knows the same version of Unicode."""
    if unicodedata.unidata_version != "14.0.0":
        pytest.skip(f"made with Unicode 14.0.0, this interpreter has {unicodedata.unidata_version}")
    assert np.array_equal(characters.characters(), characters.make())


def test_likeness_is_estimated_without_bias() -> None:
    """Equal minima are as frequent as the runs that two texts share, within what 112 draws allow."""
    draw = np.random.default_rng(7)
    estimates = []
    for _ in range(60):
        one = draw.integers(0, 1 << 40, 300).astype(str).tolist()
        other = one[:200] + draw.integers(0, 1 << 40, 100).astype(str).tolist()
        least = hashing.signatures(read([" ".join(one), " ".join(other)]).words(), 2)
        estimates.append(float(np.mean(least[0] == least[1])))
    shared, all_runs = 196, 2 * 296 - 196
    # The standard error of the mean of 60 estimates from 112 draws is 0.0061; four of them.
    assert abs(np.mean(estimates) - shared / all_runs) < 0.025
    assert np.std(estimates) < 0.07


def test_long_rows_are_read_in_parts() -> None:
    """A row of several megabytes is cut at blanks, and counted as if it were not."""
    line = "شي نهار مشينا للسوق wach b9a chi 7aja. "
    long = line * 60_000
    reading = read(["souk", long, "kayn"])
    assert sum(piece.rows.tolist().count(1) for piece in reading.words()) == 1 + len(long.encode()) // words.LONG_BYTES
    found, once = counts_of(reading, 1), plain.count(line)
    assert {name: found[name] for name in ("CHARS", "WORDS", "FOLDED_CHARS", "SENTENCE_ENDS", "LONG_WORDS")} == {
        name: once[name] * 60_000 for name in ("CHARS", "WORDS", "FOLDED_CHARS", "SENTENCE_ENDS", "LONG_WORDS")
    }
    assert reading.folded_hashes()[1] == read([long.replace(" ", "\n")]).folded_hashes()[0]
    assert [counts_of(reading, row) for row in (0, 2)] == [plain.count("souk"), plain.count("kayn", ("wach", "كاين"))]


def test_a_million_tatweels_are_one_word_of_nothing() -> None:
    """Letters that fold to nothing are counted and leave no folded word; what has no blank is cut into megabytes."""
    [row] = [counts_of(read(["ـ" * 2_000_000]), 0)]
    assert (row["CHARS"], row["LETTERS"], row["FOLDED_WORDS"], row["WORDS"]) == (2_000_000, 2_000_000, 0, 4)


def test_words_of_a_large_column_are_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Above some size words are not kept; what is read again is the same."""
    texts = ["wach kayn souk", "", "واش كاين السوق"] * 5
    kept = [*read(texts).words()]
    monkeypatch.setattr(words, "KEPT_BYTES", 10)
    monkeypatch.setattr(words, "PIECE_BYTES", 50)
    again = [*read(texts).words()]
    assert len(again) > 1
    assert np.concatenate([piece.hashes for piece in again]).tolist() == kept[0].hashes.tolist()
    assert np.concatenate([piece.rows for piece in again]).tolist() == kept[0].rows.tolist()


def test_a_word_list_takes_single_words() -> None:
    """What folds to two words could never be found."""
    with pytest.raises(ValueError, match="not one word each"):
        words.word_list([["l'ma"]], 1)
