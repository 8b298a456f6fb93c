"""Code pages as they are confused: which byte a character stood for, and what bytes make when they are read as UTF-8.

    MISREAD["western"].byte["Ã"]  ->  0xC3      SOUND[ord("é")]  ->  OURS

Each page is *sloppy*, as decoders of the Web are: a byte that it leaves undefined is the control of its number. latin-1
and cp1252 are one page here, because no character stands for different bytes in the two.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import product
from typing import Any


@cache
def byte_of(page: str) -> dict[int, int]:
    """The byte that each character of a page stands for; a byte that the page leaves undefined is the control of its number."""
    decoded = (bytes([byte]).decode(page, "ignore") or chr(byte) for byte in range(256))
    return {ord(character): byte for byte, character in enumerate(decoded)}


@dataclass(frozen=True)
class Page:
    """A page in which UTF-8 is misread.

    Attributes:
        name: for messages and tests.
        codecs: the names of Python's decoders.
        natural: characters that stand after a letter in sound text, and are later bytes of a sequence here: they prove nothing.
        shy: first bytes whose characters are ordinary signs, so that a sequence that begins with them proves nothing either.
    """

    name: str
    codecs: tuple[str, ...]
    natural: str
    shy: bytes = b""

    @cached_property
    def byte(self) -> dict[str, int]:
        """The byte of every character above ASCII."""
        return {chr(point): byte for codec in self.codecs for point, byte in byte_of(codec).items() if byte >= 0x80}

    def characters(self, first: int, last: int) -> str:
        """The inside of a character class: what stands for the bytes from `first` to `last`; "" where nothing does."""
        return "".join(re.escape(character) for character, byte in self.byte.items() if first <= byte <= last)

    @cached_property
    def sequence(self) -> str:
        """A pattern for the characters of one UTF-8 sequence of two bytes or more."""
        shapes = (
            ((0xC2, 0xDF), (0x80, 0xBF)),
            ((0xE0, 0xE0), (0xA0, 0xBF), (0x80, 0xBF)),
            ((0xE1, 0xEF), (0x80, 0xBF), (0x80, 0xBF)),
            ((0xF0, 0xF0), (0x90, 0xBF), (0x80, 0xBF), (0x80, 0xBF)),
            ((0xF1, 0xF4), (0x80, 0xBF), (0x80, 0xBF), (0x80, 0xBF)),
        )
        inside = [[self.characters(*limits) for limits in shape] for shape in shapes]
        return "|".join("".join(f"[{piece}]" for piece in shape) for shape in inside if all(shape))

    @cached_property
    def _maps(self) -> list[Any]:
        """A map for `codecs.charmap_encode` of each codec: it looks a character up in C, and stops at the first one that is not there."""
        return [codecs.charmap_build("".join(map(chr, byte_of(codec)))) for codec in self.codecs]

    def read_again(self, misread: str) -> str | None:
        """A text that is UTF-8 from beginning to end when it goes back through this page, as it was; else None."""
        for through in self._maps:
            try:
                return codecs.charmap_encode(misread, "strict", through)[0].decode("utf-8")
            except UnicodeError:
                pass
        return None

    def sequences(self, character: str) -> Iterator[str]:
        """What the UTF-8 of a character may look like: a page of two codecs has two characters for some bytes."""
        return map("".join, product(*(self.shown.get(byte, "") for byte in character.encode())))

    @cached_property
    def shown(self) -> dict[int, str]:
        """What each byte above ASCII may look like."""
        shown: dict[int, str] = {}
        for character, byte in self.byte.items():
            shown[byte] = shown.get(byte, "") + character
        return shown

    def bytes_of(self, misread: str) -> bytes:
        """The bytes that were read as these characters; ASCII stands for itself."""
        return bytes(self.byte.get(character, 0x3F) if character > "\x7f" else ord(character) for character in misread)


_QUOTES = "«»‘’“”‹›‚„…–—•\N{NO-BREAK SPACE}"
MISREAD = {
    page.name: page
    for page in (
        Page("western", ("cp1252", "latin-1"), _QUOTES + "™šžŠŽŸ"),
        # In Arabic, Persian and Urdu text these follow ط ظ ع غ every day.
        Page("arabic", ("cp1256",), _QUOTES + "،؛؟پٹچژڈگکڑںھ™°\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}"),
        # Frames of tables are drawn with these, and Latin words are written with the letters.
        Page("dos-437", ("cp437",), "░▒▓│┤╡╢╖╕╣║╗╝╜╛┐«»", b"\xc4\xc5\xe0\xe1\xe3\xe4\xe5\xe6\xe7\xe8\xe9\xea\xeb\xed"),
        Page("dos-850", ("cp850",), "░▒▓│┤╣║╗╝┐«»", b"\xc4\xc5\xc6\xc7\xd0\xd1\xd2\xd3\xd4\xd6\xd7\xde"),
        # Formulae: √π, ≈ ∞; and a quotation mark or dots before a letter.
        Page("mac", ("mac_roman",), "∞±≤≥∂∑∏π∫Ω≠", b"\xc7\xc8\xc9\xca\xcb\xd0\xd1\xd2\xd3\xd4\xd5\xd6"),
    )
}
"""The pages in which UTF-8 is misread, the likeliest first: the West's, the Arab world's, those of DOS, the old Mac's."""

ALIEN, FOREIGN, BETWEEN, OURS = range(4)
"""What a repaired character says of the repair: there is no such character; a letter of elsewhere; damage that was damaged
again; what texts of Morocco are written with."""

_OURS = (
    # Arabic: letters and marks in use, digits, punctuation; and presentation forms.
    "\u060c\u061b\u061f\u0621-\u063a\u0640-\u0655\u0660-\u066d\u0670\u0671\u0679\u067e\u0686\u0688\u0691\u0698\u06a4\u06a5\u06a9\u06ad\u06af\u06ba\u06be"
    "\u06c1\u06cc\u06d2\u06d4\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed\u06f0-\u06f9\u0762\u0763\ufb50-\ufbb1\ufbd3-\ufd3f\ufd50-\ufdc7\ufdf0-\ufdfd\ufe70-\ufefc"
    # French, Spanish and their neighbours; Tamazight in Latin letters; letters of formulae; Tifinagh.
    "\u00a0-\u00ff\u0100-\u017f\u0218-\u021b\u01e6\u01e7\u0190\u0194\u0263\u025b\u02b7\u02bc"
    "\u1e00-\u1eff\u0391-\u03a9\u03b1-\u03c9\u0301\u0302\u0323\u0331\u2d30-\u2d67\u2d6f\u2d7f"
    # Typographic punctuation, marks of direction, signs, arrows, emoji.
    "\u200b-\u200f\u2010-\u2015\u2018-\u201f\u2020-\u2022\u2026\u202a-\u202f\u2030\u2032\u2033\u2039\u203a\u2066-\u2069\ufeff\ufe0f\ufffd"
    "\u20ac\u2116\u2122\u2190-\u2199\u21aa\u21a9\u2212\u221e\u2248\u2260\u2264\u2265\u2460-\u2473\u25a0-\u25ff\u2600-\u27bf\u2b05-\u2b07\u2b50\u2b55"
    "\U0001f000-\U0001faff"
)
# Letters that come out of chance pairs, and hardly stand in a text.
_RARE = "\u00a8\u00ac\u00af\u00b4\u00b8\u00d0\u00de\u00f0\u00fe\u00ff"


@cache
def standing() -> dict[int, int]:
    """`OURS` or `BETWEEN` for each code point that is; what is missing is `FOREIGN` or `ALIEN`."""
    table = {point: BETWEEN for page in MISREAD.values() for codec in page.codecs for point in byte_of(codec) if point >= 0x80}
    for first, last, single in re.findall(r"(.)-(.)|(.)", _OURS):
        table |= dict.fromkeys(range(ord(first or single), ord(last or single) + 1), OURS)
    return table | dict.fromkeys(map(ord, _RARE), BETWEEN)


def stands(character: str) -> int:
    """What a repaired character says of the repair.

    >>> [stands(character) for character in "éс┘"] == [OURS, FOREIGN, BETWEEN]
    True
    """
    found = standing().get(ord(character))
    if found is not None:
        return found
    return FOREIGN if unicodedata.category(character)[0] in "LMNPSZ" else ALIEN


# cp1256 read as a Western page, and back. Bytes that stand for the same character in both are not damaged.
_WEST = {byte: character for character, byte in MISREAD["western"].byte.items() if not 0x80 <= ord(character) <= 0x9F}
_ARAB = {byte: character for character, byte in MISREAD["arabic"].byte.items()}
TO_ARABIC = {
    **{chr(byte): _ARAB[byte] for byte in range(0x80, 0xA0)},
    **{_WEST[byte]: _ARAB[byte] for byte in range(0x80, 0x100) if byte in _WEST and _WEST[byte] != _ARAB[byte]},
}
"""Characters of the Western page to those of the Arabic one at the same byte, where the two differ."""
TO_WESTERN = {_ARAB[byte]: _WEST[byte] for byte in range(0x80, 0x100) if byte in _WEST and _WEST[byte] != _ARAB[byte]}
"""And back."""
CONTROLS = {chr(byte): _WEST[byte] for byte in (0x85, 0x8C, *range(0x91, 0x98), 0x99, 0x9C)}
"""Controls of the upper half to the marks that the Western page has there: dots, quotation marks, dashes, œ. Nobody writes
controls; the other ones come from fonts with tables of their own, where they are other letters in each."""
