"""Columns as bytes and offsets, code points from bytes."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from khettara.kernels import Text, once, text_of
from khettara.kernels.utf8 import decode


def rows(text: Text) -> list[bytes]:
    return [text.data[start:end].tobytes() for start, end in zip(text.offsets[:-1], text.offsets[1:], strict=True)]


@given(st.lists(st.none() | st.text(max_size=8), max_size=8), st.sampled_from(["string", "large_string", "string_view"]), st.data())
def test_a_column_keeps_its_bytes(texts: list[str | None], kind: str, data: st.DataObject) -> None:
    """Whatever the type, the slice and the nulls, each row is its own bytes."""
    start = data.draw(st.integers(0, len(texts)))
    column = pa.array(texts, getattr(pa, kind)()).slice(start)
    assert rows(text_of(column)) == [(text or "").encode() for text in texts[start:]]


def decoded(data: bytes) -> str:
    array, at, points = np.frombuffer(data, np.uint8), 0, []
    while at < len(data):
        code, width = decode(array, at, len(data))
        points.append(chr(code))
        at += width
    return "".join(points)


@given(st.text(max_size=20))
def test_valid_bytes_decode_as_python_does(text: str) -> None:
    """Every code point comes back as it was."""
    assert decoded(text.encode()) == text


@given(st.binary(max_size=40))
def test_any_bytes_decode_to_something(data: bytes) -> None:
    """Invalid bytes give U+FFFD, one each; what is valid among them is not lost."""
    assert decoded(data).replace("\N{REPLACEMENT CHARACTER}", "") == data.decode(errors="ignore").replace("\N{REPLACEMENT CHARACTER}", "")


def test_work_is_shared_on_one_column_only() -> None:
    """The same work on the same column is done once; on another it is done again."""
    calls = []

    def work(text: Text) -> int:
        calls.append(len(text))
        return len(text)

    one, other = pa.array(["a", "b"]), pa.array(["a", "b", "c"])
    assert [once(one, work), once(one, work), once(other, work), once(other.slice(1), work)] == [2, 2, 3, 2]
    assert calls == [2, 3, 2]


@pytest.mark.parametrize("values", [[], [None], [None, "é"]])
def test_nothing_is_read_as_empty(values: list[str | None]) -> None:
    """A null is an empty row; an empty column has no row."""
    assert rows(text_of(pa.array(values, pa.string()))) == [(value or "").encode() for value in values]
