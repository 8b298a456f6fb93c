"""Scrubbing: what no reader would miss, and nothing else."""

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.darija.reference_scrub import scrub as reference

from khettara.darija import scrub, scrub_counted
from khettara.darija.scrub import KINDS, _tables, scrub_column
from khettara.kernels import Text
from khettara.kernels.scrub import find, rewrite

HERE = Path(__file__).parent / "cases"
CASES = json.loads((HERE / "scrub.json").read_text("utf-8"))
UNCHANGED = json.loads((HERE / "scrub_unchanged.json").read_text("utf-8"))
# The characters that rules speak of, so that they meet often, alone and in long plain text.
MARKS = "\u0301\u0327\u0323\u0302\u064e\u0651\u0650\u0653\u0670\u0345"
HARD = st.sampled_from(
    [*"aéẹ \t\n\r\f\x00\x85\u00a0\u200b\u200c\u200d\ufe0fـاىیکكيهةﻻﹰ\ufe7bﷺﬁ👩❤\u2028ہےאบक\u1100\u1161\u2126", *MARKS, "این", "\u00ad\n"]
)
LONG = st.sampled_from(
    ["واش كاين شي ما فالخطارة؟ راه النوبة ديالنا غدا، ", "L’été à Aïn Zerqa, où l’eau est claire : ", "ⴰⵣⵓⵍ ⴼⵍⵍⴰⵡⵏ ", "hello there world "]
)
TEXTS = st.lists(HARD | HARD | LONG, max_size=30).map("".join)


@pytest.mark.parametrize("case", CASES, ids=[case["label"] for case in CASES])
def test_scrubbed(case: dict[str, str]) -> None:
    """Each labelled text comes out as expected, and its changes are counted."""
    text, counts = scrub_counted(case["text"])
    assert text == case["expected"], case["comment"]
    assert counts.total() > 0


@pytest.mark.parametrize("case", UNCHANGED, ids=[case["label"] for case in UNCHANGED])
def test_clean_text_stays(case: dict[str, str]) -> None:
    """Clean text comes back as it is, and nothing is counted."""
    assert scrub_counted(case["text"]) == (case["text"], {}), case["comment"]


@given(TEXTS | st.text(max_size=60))
def test_the_kernel_does_what_the_rules_say(text: str) -> None:
    """The loop over bytes gives what the regular expressions give."""
    assert scrub(text) == reference(text.encode("utf-8", "ignore").decode())


@given(TEXTS | st.text(max_size=60))
def test_scrubbing_twice_is_scrubbing_once(text: str) -> None:
    """A scrubbed text has nothing left to scrub."""
    once = scrub(text)
    assert scrub_counted(once) == (once, {})


@given(st.lists(TEXTS | st.text(max_size=30), max_size=6))
def test_a_column_is_its_rows(texts: list[str]) -> None:
    """A text comes out the same alone and among others, and a row without a count keeps its bytes."""
    column, counts = scrub_column(pa.array(texts, pa.large_string()))
    assert column.to_pylist() == [scrub(text) for text in texts]
    assert [bool(row.any()) for row in counts] == [old != new for old, new in zip(texts, column.to_pylist(), strict=True)]
    assert counts.shape == (len(texts), len(KINDS))


@given(st.lists(st.binary(max_size=40) | TEXTS.map(lambda text: text.encode()[1:]), max_size=5))
def test_any_bytes_are_survived(rows: list[bytes]) -> None:
    """Bytes that are no UTF-8 are read without a step outside, and copied as they are."""
    offsets = np.cumsum([0, *map(len, rows)]).astype(np.int64)
    text = Text(np.frombuffer(b"".join(rows), np.uint8), offsets)
    assert find(text).shape == (len(rows),)
    new = rewrite(text, np.arange(len(rows)), _tables())
    assert new.offsets[-1] == new.data.size <= 3 * int(offsets[-1])


def test_neighbouring_languages_keep_their_letters() -> None:
    """Farsi ya and kaf are mapped beside Arabic letters only."""
    assert scrub("این کتاب را برای علی خریدم") == "این کتاب را برای علی خریدم"
    assert scrub("کتاب كبير في المکتبة") == "كتاب كبير في المكتبة"
