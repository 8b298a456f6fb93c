"""From bytes to text, when nobody says in which code page they were written.

A mark decides, then strict UTF-8, then zeros at every second place (UTF-16 without a mark). What is left is one byte a
letter: each candidate code page is tried, and the text whose letters most look like words wins. chardet has one vote.

    b"\\xc7\\xe1\\xd3\\xe6\\xde"  ->  "السوق" (cp1256)
"""

from __future__ import annotations

import codecs
import logging
import re
import unicodedata
from dataclasses import dataclass
from functools import cache

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
CANDIDATES = ("cp1256", "cp1252", "iso8859-6", "cp720", "cp864", "mac_arabic", "mac_roman", "cp850")
"""Code pages met in Moroccan files, the likeliest first: it wins a tie."""

_SAMPLE = 4_000  # bytes: at 1,000 the decision has settled, and each more costs every candidate
_BEFORE = 200  # bytes of plain ASCII before the first byte that decides
_HIGH = re.compile(rb"[\x80-\xff]")

# Share of each letter in running text, in thousandths, counted on the project's own Arabic, Darija and French samples. The
# order is what matters: a wrong code page turns frequent letters into rare ones and into signs inside words.
_ARABIC = dict(
    zip(
        "اليمنوترهبعدفكسقحجشصىةطأخضذإئغزثءؤآظگپڤ",
        (
            156,
            112,
            70,
            62,
            61,
            58,
            54,
            45,
            43,
            40,
            36,
            33,
            30,
            28,
            26,
            25,
            21,
            16,
            14,
            12,
            10,
            24,
            10,
            16,
            9,
            8,
            7,
            8,
            5,
            6,
            6,
            5,
            4,
            2,
            1,
            2,
            3,
            1,
            1,
        ),
        strict=True,
    )
)
_LATIN = dict(
    zip(
        "esaintrluodcmpévhgfbqàxèyêzjkçwôâîûùïëœæü",
        (
            147,
            80,
            77,
            75,
            71,
            70,
            66,
            55,
            63,
            54,
            37,
            33,
            30,
            30,
            19,
            16,
            14,
            10,
            11,
            9,
            13,
            5,
            4,
            3,
            3,
            2,
            4,
            5,
            8,
            1,
            3,
            1,
            1,
            1,
            1,
            1,
            1,
            1,
            1,
            1,
            1,
        ),
        strict=True,
    )
)


@dataclass(frozen=True)
class Decoded:
    """A text and the encoding it was read in. `certain` is False where letters had to decide."""

    text: str
    encoding: str
    certain: bool


def decode(data: bytes, declared: str | None = None) -> Decoded:
    """Read bytes as text, with ends of line as `\\n`. Never fails: bytes that mean nothing become U+FFFD.

    Args:
        data: the whole file.
        declared: the encoding that the file itself claims; believed only if it decodes and looks no worse.
    """
    decoded = _decode(data, declared)
    return Decoded(decoded.text.replace("\r\n", "\n").replace("\r", "\n"), decoded.encoding, decoded.certain)


def _decode(data: bytes, declared: str | None) -> Decoded:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return Decoded(data[len(mark) :].decode(_without_mark(mark, encoding), "replace"), encoding, True)
    wide = wide_encoding(data)
    if wide is not None:
        return Decoded(data.decode(wide, "replace"), wide, True)
    try:
        return Decoded(data.decode("utf-8"), "utf-8", True)
    except UnicodeDecodeError:
        pass
    high = _HIGH.search(data)
    start = max(0, high.start() - _BEFORE) if high else 0  # ASCII up to there: bytes are characters
    sample = data[start : start + _SAMPLE]
    votes = {page for page in (_known(declared), _known(_chardet(sample))) if page is not None}
    pages = (*CANDIDATES, *sorted(votes - set(CANDIDATES)))
    scored = {page: likeness(sample.decode(page, "replace")) + (0.02 if page in votes else 0.0) for page in pages}
    best = max(scored, key=lambda page: scored[page])
    mostly = data.decode("utf-8", "replace")
    if likeness(mostly[start : start + _SAMPLE]) >= scored[best]:  # UTF-8 with a few broken bytes, or cut in the middle of a letter
        return Decoded(mostly, "utf-8", False)
    return Decoded(data.decode(best, "replace"), best, False)


def _without_mark(mark: bytes, encoding: str) -> str:
    if encoding == "utf-8":
        return encoding
    return f"{encoding}-{'le' if mark[0] == 0xFF else 'be'}"


def wide_encoding(data: bytes) -> str | None:
    """UTF-16 without a mark: its high bytes are nearly all one of few values (00 Latin, 06 Arabic, 2D Tifinagh)."""
    if len(data) < 4:
        return None
    sample = data[: min(len(data), 20_000) // 2 * 2]
    for start, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        high, low = sample[start::2], sample[1 - start :: 2]
        few = sum(high.count(byte) for byte in (0x00, 0x06, 0x20, 0x2D)) / len(high)
        if few > 0.97 and high.count(0x00) + high.count(0x06) > 0.7 * len(high) and low.count(0x00) < 0.05 * len(low):
            return encoding
    return None


def _chardet(sample: bytes) -> str | None:
    import chardet

    logging.getLogger("chardet").setLevel(logging.ERROR)
    found = chardet.detect(sample).get("encoding")
    return found if isinstance(found, str) else None


def _known(name: str | None) -> str | None:
    """Python's name for an encoding of one byte a letter, or None."""
    try:
        found = codecs.lookup(name or "").name
        b"\xc7\xe1".decode(found)
    except (LookupError, UnicodeDecodeError, ValueError):
        return None
    if found == "iso8859-1":  # what calls itself so was nearly always written under Windows, with ’ and œ
        return "cp1252"
    return None if found.startswith("utf") else found


def likeness(text: str) -> float:
    """How much a text looks like words in Arabic or Latin letters: about 1 for a sound text, below 0.5 for a misread one.

    Letters count by how frequent they are in their script; capitals, signs and foreign letters inside words count against.
    """
    good = bad = 0.0
    before = " "
    for char in text:
        kind = _kind(char)
        if kind in ("a", "l"):
            weight = _weights().get(char, 0.1)
            # A letter of the other script right after a letter, or a capital after a small letter, is what misreading makes.
            same = _kind(before) == kind or not before.isalpha()
            small_then_capital = char.isupper() and before.islower()
            if same and not small_then_capital:
                good += weight
                bad += 1 - weight if weight < 0.15 else 0.0
            else:
                bad += 2.0
        elif kind == "x":
            bad += 2.0
        elif kind == "s" and before.isalpha():
            bad += 0.7
        before = char
    return good / (good + bad) if good + bad else 0.0


@cache
def _weights() -> dict[str, float]:
    table = {}
    for letters in (_ARABIC, _LATIN):
        for letter, share in letters.items():
            table[letter] = min(1.0, share / 30)
            if letter.upper() != letter:
                table[letter.upper()] = min(1.0, share / 30)
    return table


@cache
def _kind(char: str) -> str:
    """`a` Arabic letter, `l` Latin letter, `x` what sound text does not hold, `s` a sign, `.` all that is neutral."""
    if char in "\n\t " or "0" <= char <= "9":
        return "."
    category = unicodedata.category(char)
    if char == "\ufffd" or category in ("Cc", "Co", "Cn", "Cs"):
        return "x"
    if category.startswith("L"):
        name = unicodedata.name(char, "")
        if "\u0600" <= char <= "\u06ff":
            return "a"
        if name.startswith("LATIN"):
            return "l"
        return "x" if "PRESENTATION" not in name and not ("\u2d30" <= char <= "\u2d7f") else "l"
    if char in ".,;:!?'\"()-–—«»،؛؟’…/%*+=@#&_\u00a0" or category == "Mn":
        return "."
    return "s"
