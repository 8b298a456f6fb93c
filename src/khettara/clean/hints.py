"""Whether anything in a text may prove that it was read through a page, by a few searches of the whole text.

    "Le marché" in "western"  ->  False      "Le marchÃ©"  ->  True

`misread` looks for runs only where this says so; it says so wherever a run proves something, and seldom elsewhere.
"""

from __future__ import annotations

import re
from functools import cache

from khettara.clean.pages import OURS, Page, standing

TAMAZIGHT = frozenset("ḍḥṛṣṭẓḌḤṚṢṬẒ")
"""Letters that prove something even where their first byte is an ordinary sign."""
FOREIGN_PROOF = 4
"""Letters of one foreign script that touch: too many sequences for chance."""


def may_prove(text: str, page: Page) -> bool:
    """Whether any run of a text may prove a page; most texts need no search for the runs of most pages."""
    telling, many, apart = _hints(page)
    if many.search(text):
        return True
    if not telling.search(text):
        return False
    return apart is None or any(telling.search(text, *found.span()) for found in apart.finditer(text))


@cache
def _hints(page: Page) -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str] | None]:
    """What proofs are among: sequences that tell something, four sequences that touch, and sequences with no letter of the page beside.

    Those tell that make a character of ours (behind a small letter, if the first byte is shy); in the pages that lose bytes also
    damage done twice, and the start of what was lost.
    """
    loses = page.name in ("western", "arabic")
    sure: set[bytes] = set()
    behind: set[bytes] = set()
    for start, ours, exempt in _starts():
        (sure if loses or (ours and (exempt or start[0] not in page.shy)) else behind).add(start)
    later = page.characters(0x80, 0xBF)
    shapes = [_any_of(page, sure), _any_of(page, behind, "[a-z]")]
    if loses:
        lead = {byte: re.escape(character) for character, byte in page.byte.items()}
        shapes += [lead[0xE2] + lead[0x80], f"{lead[0xC3]}(?:[ \n.,;:!?)]|\\Z)", f"{lead[0xC2]} "]
    telling = re.compile("|".join(filter(None, shapes)))
    leads = page.characters(0xC2, 0xF4)
    rest = "|".join(f"(?<=[{page.characters(*limits)}])[{later}]{{{n}}}" for n, limits in enumerate(((0xC2, 0xDF), (0xE0, 0xEF), (0xF0, 0xF4)), 1))
    one = f"[{leads}](?:{rest})"
    letters = "".join(map(re.escape, filter(str.isalpha, page.byte)))
    # Signs that follow numbers, and à, prove something beside letters too: their first bytes are C2 and C3.
    apart = f"[{leads}](?:(?<![{letters}].)(?:{rest})(?:{one}){{0,2}}(?![{letters}])|(?<=[{page.characters(0xC2, 0xC3)}])[{later}])"
    return telling, re.compile(one * FOREIGN_PROOF), None if loses else re.compile(apart)


@cache
def _starts() -> set[tuple[bytes, bool, bool]]:
    """The first two bytes of every character of `standing`, whether it is ours, and whether it is one that proves with a shy first byte."""
    return {(chr(point).encode()[:2], kind == OURS, point == 0x153 or chr(point) in TAMAZIGHT) for point, kind in standing().items()}


def _any_of(page: Page, starts: set[bytes], behind: str = "") -> str:
    """A pattern for the characters of sequences that start so: all begin with a literal, which is searched fast."""
    seconds: dict[int, str] = {}
    for first, second in sorted(starts):
        seconds[first] = seconds.get(first, "") + page.shown.get(second, "")
    later = page.characters(0x80, 0xBF)
    return "|".join(
        re.escape(shown) + (behind and f"(?<={behind}{re.escape(shown)})") + f"[{re.escape(inside)}]" + (f"[{later}]" if first >= 0xE0 else "")
        for first, inside in seconds.items()
        for shown in page.shown.get(first, "")
        if inside
    )
