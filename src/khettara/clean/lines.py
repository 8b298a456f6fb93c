"""Lines that a layout broke, joined again: words cut at the end of a line, paragraphs cut to the width of a page, page numbers.

    "La commis-\\nsion se réunit"  ->  "La commission se réunit"

A paragraph is joined where its lines were filled: each is so long that the first word of the next had no room left. Lists,
verses, headings, tables and talk are not filled so, and keep their lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby

VERSION = 1

_LETTER = r"[^\W\d_]"
_SOFT = re.compile(rf"(?<={_LETTER})\u00ad[ ]*\n[ ]*(?={_LETTER})")
_CUT = re.compile(rf"({_LETTER}+)[-\u2010]\n([a-zà-öø-ÿœ]{_LETTER}*)")
# What stays behind its hyphen: French pronouns and particles, and halves of common compounds.
_KEEPS = frozenset(
    """je tu il elle on nous vous ils elles ce ci là la moi toi lui leur leurs le les en y même mêmes t être à de sur au aux dessus
    dessous dire deux trois quatre cinq six sept huit neuf dix un une vingt douze treize quatorze quinze seize demi demie midi end
    ville""".split()  # noqa: SIM905  a list of so many words reads better so
)
_ENDS = re.compile(r"[.!?؟…:;؛»”\"')\]]\s*\Z")
_SENTENCE_ENDS = re.compile(r"[.!?؟…][»”\"')\]]*\s*\Z")
# A line that begins so stands by itself: bullets, numbers, letters of lists, hours and speakers of talk, quotes, cells.
_STARTS = re.compile(
    r"\s*(?:[-–—•*▪●>|#·]|\d{1,3}\s*[.)\-/:°]|[٠-٩]{1,3}\s*[.)\-]|[a-zA-Z]\s*[.)]\s|[\u0621-\u064a]\s*[.)\-–]\s|\(\s*\w{1,3}\s*\)|[^\s:]{1,20}\s?:\s"
    r"|(?:article|chapitre|section|titre|المادة|الفصل|الباب|القسم)\b)",
    re.IGNORECASE,
)
_CELLS = re.compile(r"\t|\s{3,}|\|")
_NARROWEST, _WIDEST = 40, 130
_FEWEST = 4
"""Lines in a paragraph that its layout can be read from."""

_PAGE = re.compile(r"\s*(?:[-–—]\s*([0-9٠-٩]{1,4})\s*[-–—]|(?:page|صفحة)\s+([0-9٠-٩]{1,4})(?:\s*(?:/|sur|of|من)\s*[0-9٠-٩]{1,4})?)\s*", re.IGNORECASE)


def _join_words(text: str) -> tuple[str, int]:
    """Without hyphens that only a line end brought about; others stay, and their words come together."""
    text, soft = _SOFT.subn("", text)

    def join(found: re.Match[str]) -> str:
        hyphen = "-" if found[2].lower() in _KEEPS or found[1].isupper() or found[1].isdigit() else ""
        return f"{found[1]}{hyphen}{found[2]}"

    text, cut = _CUT.subn(join, text)
    return text, soft + cut


def _drop_page_numbers(lines: list[str]) -> tuple[list[str], int]:
    """Without lines that number pages, two or more that follow one another; what a page end cut comes together."""
    pages = [(at, int(found[1] or found[2])) for at, line in enumerate(lines) if (found := _PAGE.fullmatch(line))]
    if len(pages) < 2 or [number for _, number in pages] != list(range(pages[0][1], pages[0][1] + len(pages))):
        return lines, 0
    kept = list(lines)
    for at, _ in reversed(pages):
        before, after = at, at + 1
        while before > 0 and not kept[before - 1].strip():
            before -= 1
        while after < len(kept) and not kept[after].strip():
            after += 1
        gap = [""] if before > 0 and after < len(kept) and (_SENTENCE_ENDS.search(kept[before - 1]) or kept[after][:1].isupper()) else []
        kept[before:after] = gap
    return kept, len(pages)


def _is_filled(block: list[str], width: int) -> bool:
    """Whether lines were broken by the width of their page: all but the last are full, few end a sentence, and the last does."""
    if len(block) < _FEWEST or not _NARROWEST <= width <= _WIDEST or any(map(_CELLS.search, block)) or not _SENTENCE_ENDS.search(block[-1]):
        return False
    inner = block[:-1]
    ended = sum(bool(_ENDS.search(line)) for line in inner)
    capitals = sum(line[:1].isupper() for line in block[1:])
    full = sum(_is_full(line, after, width) for line, after in zip(inner, block[1:], strict=True))
    return full == len(inner) and ended <= 0.34 * len(inner) and capitals <= 0.5 * len(inner)


def _is_full(line: str, after: str, width: int) -> bool:
    """Whether the first word of the next line had no room in this one."""
    return len(line) + 1 + len(after.split(maxsplit=1)[0]) > width


def _blocks(region: list[str], width: int) -> Iterator[list[str]]:
    """The paragraphs of lines that follow without a gap: a bullet or a name begins one, a short line with a full stop ends one."""
    block: list[str] = []
    for line in region:
        if _STARTS.match(line) and block:
            yield block
            block = []
        block.append(line)
        if _SENTENCE_ENDS.search(line) and len(line) < 0.8 * width:
            yield block
            block = []
    if block:
        yield block


def _join_lines(lines: list[str]) -> tuple[list[str], int]:
    """Lines with filled paragraphs in one line each; the widest line of those without a gap gives the width of the page."""
    joined: list[str] = []
    for blank, group in groupby(lines, key=lambda line: not line.strip()):
        region = list(group)
        if blank:
            joined += region
            continue
        width = max(map(len, region))
        for block in _blocks(region, width):
            joined += [" ".join(line.strip() for line in block)] if _is_filled(block, width) else block
    return joined, len(lines) - len(joined)


def repair_lines(text: str) -> tuple[str, int]:
    """The text with broken lines joined, and how many line ends went.

    >>> repair_lines("Les eaux de la com-\\nmune, c’est-\\nà-dire la source")
    ('Les eaux de la commune, c’est-à-dire la source', 2)
    >>> repair_lines("- pain\\n- thé\\n\\nYa lil\\nya 3in")
    ('- pain\\n- thé\\n\\nYa lil\\nya 3in', 0)
    """
    total = 0
    while "\n" in text:
        lines, pages = _drop_page_numbers(text.split("\n"))
        new, words = _join_words("\n".join(lines))
        lines, joined = _join_lines(new.split("\n"))
        if not pages + words + joined:
            break
        text, total = "\n".join(lines), total + pages + words + joined
    return text, total
