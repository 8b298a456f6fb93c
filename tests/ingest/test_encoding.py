"""Bytes become the text that was written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khettara.ingest import ReadOptions, decode, read

ARABIC = (
    "كل نهار خميس كيتعمر السوق من الفجر، والناس جايين من الدواور كلها باش يبيعو التمر والحنة والزرابي، "
    "ومن بعد صلاة العصر كلشي كيتفرق وكيرجع لدارو قبل ما يطيح الليل."
)
FRENCH = (
    "Le garde-champêtre a relevé l'état des séguias après la crue : deux brèches près du vieux moulin, "
    "et la passerelle emportée là où l'eau débordait déjà l'année dernière."
)


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1256", "iso8859-6", "cp720", "mac_arabic"]
)
def test_arabic_is_read_in_every_page(encoding: str) -> None:
    """Darija in Arabic letters comes back from every code page that can hold it."""
    text = ARABIC.replace("،", ",") if encoding == "cp720" else ARABIC
    assert decode(text.encode(encoding)).text == text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "cp1252", "mac_roman", "cp850"])
def test_french_is_read_in_every_page(encoding: str) -> None:
    """French comes back from every code page it was written in."""
    assert decode(FRENCH.encode(encoding)).text == FRENCH


def test_a_broken_byte_does_not_turn_utf8_into_something_else() -> None:
    """One bad byte costs one character."""
    data = ARABIC.encode()
    assert decode(data[:100] + b"\xff" + data[100:]).text.replace("\ufffd", "") == ARABIC


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "cp1256", "iso8859-6", "cp720", "utf-32"])
def test_every_page_comes_through_the_door(encoding: str) -> None:
    """What decodes is also taken for text: UTF-16 in Arabic is full of bytes that look like controls."""
    text = ARABIC.replace("،", ",") if encoding == "cp720" else ARABIC
    (record,) = read(text.encode(encoding), "lettre.txt", ReadOptions())[0].records
    assert record.text == text


def test_accents_far_into_a_file_decide() -> None:
    """A file that is plain ASCII for pages is judged by its first accents."""
    text = "Nothing to see on this line of the log.\n" * 2000 + FRENCH + " L’œuvre."
    assert decode(text.encode("cp1252")).text == text


def test_utf16_cut_in_the_middle_of_a_letter() -> None:
    """A cut-off file loses its last letter, no more."""
    assert decode(ARABIC.encode("utf-16-le")[:-1]).text[:-1] == ARABIC[:-1]


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\0\ufeff"), min_size=1))
def test_utf8_is_always_utf8(text: str) -> None:
    """What is valid UTF-8 is read as such, whatever it looks like."""
    decoded = decode(text.encode())
    assert decoded.encoding.startswith("utf-16") or decoded.text == text


@given(st.binary(max_size=400))
def test_any_bytes_give_some_text(data: bytes) -> None:
    """Decoding never fails."""
    assert isinstance(decode(data).text, str)
