"""Text that was decoded with the wrong code page, put right by going back through that page.

    "Ø§Ù„Ø³ÙˆÙ‚" (UTF-8 read as cp1252)  ->  "السوق"      "ÇáÓæÞ" (cp1256 read as cp1252)  ->  "السوق"

A way back is taken only if every byte fits and what comes out is written in letters of Morocco; anything else stays as
it is. Whole lines are tried first, then the damaged words in a line. Damage that lost bytes ("?", U+FFFD) cannot be undone.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Collection, Iterator
from functools import cache

PAGES = ("latin-1", "cp1252", "cp1256")
"""The pages in which UTF-8 is misread: the West's two, and the Arab world's."""


@cache
def byte_of(page: str) -> dict[int, int]:
    """The byte that each character of a page stands for; a byte that the page leaves undefined is the control of its number."""
    decoded = (bytes([byte]).decode(page, "ignore") or chr(byte) for byte in range(256))
    return {ord(character): byte for byte, character in enumerate(decoded)}


def _bytes(text: str, page: str) -> bytes | None:
    """The bytes that a page read as this text."""
    try:
        return codecs.charmap_encode(text, "strict", byte_of(page))[0]
    except UnicodeEncodeError:
        return None


# What text of Morocco is written with beyond ASCII: Arabic and its marks, French and Tamazight in Latin letters,
# Tifinagh, typographic punctuation, emoji and arrows. A repair that brings out anything else was none.
_OURS = (
    "\u00a0-\u00ff\u0152\u0153\u0178\u0100-\u017f\u010d\u01e7\u025b\u0263\u1e00-\u1eff\u02b7\u0300-\u0302\u0306\u0323"
    "\u0600-\u06ff\u0750-\u077f\u2d30-\u2d7f\u200b-\u200f\u2010-\u2027\u202a-\u202f\u2030-\u203a\u2066-\u2069\ufb50-\ufdff\ufe70-\ufeff\ufe0f"
    "\u20ac\u2122\u2190-\u21ff\u2200-\u22ff\u2460-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff"
)
_STRANGE = re.compile(rf"[^\x00-\x7f{_OURS}]")
# Latin capitals with tails and the like come out of misreadings of misreadings; real text hardly has them.
_DOUBTFUL = re.compile("[\u0080-\u009f\u0100-\u0150\u0154-\u0177\u0179-\u017f\u06dd\u06de\u0605\u061d\u063b-\u063f\u0750-\u077f]")


_BEYOND_ASCII = re.compile("[^\x00-\x7f]")
_MANY = 6


def _utf8(text: str, page: str) -> str | None:
    """The text if it was UTF-8 misread through this page, else None."""
    raw = _bytes(text, page)
    if raw is None:
        return None
    try:
        repaired = raw.decode("utf-8")
    except UnicodeDecodeError:
        return None
    strange = len(_STRANGE.findall(repaired)) + len(_DOUBTFUL.findall(repaired))
    # Many sequences that all fit are no chance; a foreign name among them is then believed.
    return repaired if not strange or (_sequences(repaired) >= _MANY and strange <= 0.2 * _sequences(repaired)) else None


@cache
def _span(page: str) -> re.Pattern[str]:
    """Runs of characters that this page has above ASCII, beginning with one that can begin a UTF-8 sequence."""
    above = {byte: chr(point) for point, byte in byte_of(page).items() if byte >= 0x80}
    lead = "".join(re.escape(above[byte]) for byte in range(0xC2, 0xF5))
    run = "".join(re.escape(character) for character in above.values())
    return re.compile(f"[{lead}][{run}]+")


def _sequences(repaired: str) -> int:
    return len(_BEYOND_ASCII.findall(repaired))


def _spans(line: str, page: str) -> tuple[str, int]:
    """The line with its misread words put right, and how many there were."""
    repairs = {found.span(): _utf8(found.group(), page) for found in _span(page).finditer(line)}
    good = {span: text for span, text in repairs.items() if text is not None and _believable(line, span, page)}
    if not good or not _proof(line, good, page):
        return line, 0
    parts, at = [], 0
    for (start, end), text in good.items():
        parts += [line[at:start], text]
        at = end
    return "".join((*parts, line[at:])), len(good)


def _proof(line: str, spans: Collection[tuple[int, int]], page: str) -> bool:
    """Whether the spans prove the damage between them.

    In the Western pages a pair such as Ã© does so alone. In the Arabic page ط، is also a letter and a comma, so there it
    takes two such pairs side by side, or one inside a Latin word.
    """
    if page != "cp1256" or any(end - start >= 4 for start, end in spans):
        return True
    return any(_is_latin(line[start - 1 : start]) or _is_latin(line[end : end + 1]) for start, end in spans)


def _is_latin(character: str) -> bool:
    return character.isascii() and character.isalpha()


def _believable(line: str, span: tuple[int, int], page: str) -> bool:
    """Not a capital word before a closing quote, such as AMANHÃ»."""
    start, end = span
    return page == "cp1256" or not (line[start:end].endswith("»") and end - start == 2 and line[start - 1 : start].isupper())


def _line(line: str) -> tuple[str, int]:
    for page in PAGES:
        whole = _utf8(line, page)
        if whole is not None and _proved(line, page):
            return whole, 1
    for page in PAGES:
        repaired, times = _spans(line, page)
        if times:
            return repaired, times
    return line, 0


def _proved(line: str, page: str) -> bool:
    """Whether the repair of a whole line or text stands on more than a doubtful pair."""
    spans = [found.span() for found in _span(page).finditer(line)]
    return _proof(line, spans, page) and all(_believable(line, span, page) for span in spans)


_HIGH = "\u00c0-\u00ff"
_MISREAD_REST = f"{_HIGH}\u00a1\u00ba\u00bf\u0081\u008d-\u0090\u0098\u009a\u009f\u0152\u0153\u0160\u0161\u017d\u017e\u02c6\u2030"
_MISREAD_WORD = re.compile(f"(?<![A-Za-z])[{_HIGH}][{_MISREAD_REST}]+(?![A-Za-z])")
_MISREAD_MARK = re.compile("[ðñòóõöøú]")
_LATIN_LETTER = re.compile("[A-Za-z]")
_HIGH_LETTER = re.compile(f"[{_HIGH}]")
_ARABIC_LETTER = re.compile("[\u0621-\u0652\u067e\u0686\u0698\u06a9\u06af\u06ba\u06be\u06d2]")
# In Arabic text one letter in five or so is an alef or a lam: in cp1256 bytes C7 and E1, read as Ç and á.
# (Cyrillic read as Western has 3 in 100 there.)
_ALEF_LAM = re.compile("[Çá]")


def _is_reversed(text: str) -> bool:
    """Whether words in it are cp1256 read as a Western page: hardly a Latin letter, and Ç and á wherever one looks."""
    words = "".join(_MISREAD_WORD.findall(text))
    letters = len(_HIGH_LETTER.findall(words)) - len(_MISREAD_MARK.findall(words))
    return letters >= 4 and len(_ALEF_LAM.findall(words)) >= 0.09 * letters


def _arabic_page(text: str) -> str | None:
    """The text if it was cp1256 misread through a Western page, else None."""
    raw = _bytes(text, "cp1252") or _bytes(text, "latin-1")
    if raw is None:
        return None
    repaired = raw.decode("cp1256")
    high = len(_HIGH_LETTER.findall(text))
    return repaired if high and len(_ARABIC_LETTER.findall(repaired)) >= 0.8 * high else None


def _reversed(text: str) -> tuple[str, int]:
    """Lines in which misread words outweigh Latin ones are put right whole; in others, the misread words."""
    if not _is_reversed(text):
        return text, 0
    lines, total = [], 0
    for line in text.split("\n"):
        high, latin = len(_HIGH_LETTER.findall(line)), len(_LATIN_LETTER.findall(line))
        repaired = _arabic_page(line) if high > latin else None
        if repaired is None:
            repaired = _MISREAD_WORD.sub(lambda found: _arabic_page(found.group()) or found.group(), line)
        lines.append(repaired)
        total += repaired != line
    return "\n".join(lines), total


def _once(text: str) -> tuple[str, int]:
    for page in PAGES:
        whole = _utf8(text, page)
        if whole is not None and whole != text and _proved(text, page):
            return whole, 1
    lines, total = [], 0
    # Only line feeds end a line here: the control U+0085 is a misread byte like any other.
    for line in text.split("\n"):
        repaired, times = (line, 0) if line.isascii() else _line(line)
        lines.append(repaired)
        total += times
    return ("\n".join(lines), total) if total else _reversed(text)


def repair_encoding(text: str) -> tuple[str, int]:
    """The text put right, and the number of pieces that were: 1 for a whole text, else lines and words; 0 for sound text.

    >>> repair_encoding("lâ€™eau de la khettara est trÃ¨s claire")
    ('l’eau de la khettara est très claire', 1)
    >>> repair_encoding("ÇáãÇÁ Ýí ÇáÎØÇÑÉ")
    ('الماء في الخطارة', 1)
    >>> repair_encoding("L’été à Aïn Zerqa : « الصيف »")
    ('L’été à Aïn Zerqa : « الصيف »', 0)
    """
    total = 0
    # Each round makes the text shorter, or as long with fewer accented letters, so this ends; text misread twice takes two.
    while not text.isascii():
        repaired, times = _once(text)
        if repaired == text:
            break
        text, total = repaired, total + times
    return text, total


def _class(characters: Iterator[str]) -> str:
    return "[" + "".join(sorted(set(characters))).replace("\\", "\\\\").replace("]", "\\]").replace("^", "\\^").replace("-", "\\-") + "]"


@cache
def suspect_pattern() -> str:
    """An RE2 pattern that every text with such damage matches, and hardly any other; for a look at whole columns."""
    west_lead = "[\u00c2-\u00f4]"
    west_next = _class(chr(p) for page in ("latin-1", "cp1252") for p, b in byte_of(page).items() if 0x80 <= b < 0xC0)
    arabic_lead = _class(chr(p) for p, b in byte_of("cp1256").items() if 0xC2 <= b <= 0xF4)
    arabic_next = _class(chr(p) for p, b in byte_of("cp1256").items() if 0x80 <= b < 0xC0)
    pair = f"{arabic_lead}{arabic_next}"
    return f"{west_lead}{west_next}|{pair}{pair}|{pair}{arabic_next}|\u00c3.|[\u0623]{arabic_next}|[{_HIGH}]{{4}}"
