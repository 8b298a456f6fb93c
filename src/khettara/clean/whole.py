"""A text that is UTF-8 read through one code page from beginning to end, put right by going back through that page at once.

    "Ø§Ù„Ø³ÙˆÙ‚"  ->  "السوق"

Most damaged texts are damaged so. A text of which a part is sound, or of which something was lost, is `misread`'s.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from itertools import islice

from khettara.clean.misread import enough, is_proof
from khettara.clean.pages import MISREAD, OURS, Page, standing


def undo_whole(text: str) -> tuple[str, int]:
    """A text that is misread from beginning to end through one page, put right, and its runs; any other as it is, and 0.

    The page explains every character, letters of ours prove it (in one line as many as that line needs), and hardly anything
    comes out that stands in no text: what does is bullets of fonts, which `undo`, that sees a bullet alone, would leave.

    >>> undo_whole("Ø§Ù„Ø³ÙˆÙ‚")
    ('السوق', 1)
    """
    needed = 1 if "\n" in text else 0
    for page in MISREAD.values():
        sound = page.read_again(text)
        if sound is not None and 10 * len(_strange().findall(sound)) <= len(text) - len(sound):
            needed += enough(page)
            proved = sum(1 for _ in islice(_sure(page).finditer(text), needed)) == needed
            return (sound, len(_BEYOND_ASCII.findall(text))) if proved else (text, 0)
    return text, 0


_BEYOND_ASCII = re.compile("[^\x00-\x7f]+")


@cache
def _strange() -> re.Pattern[str]:
    """Characters of elsewhere, or of nowhere."""
    return re.compile(f"[^\\x00-\\x7f{_class(standing())}]")


@cache
def _sure(page: Page) -> re.Pattern[str]:
    """Letters of ours, quotation marks and dashes that prove the damage in any text that is misread from beginning to end."""
    sure: dict[str, str] = {}
    for point, kind in standing().items():
        for sequence in page.sequences(chr(point)) if kind == OURS and (point < 0x2030 or 0x2D30 <= point < 0x2D80) else ():
            if not (len(sequence) == 2 and sequence.isalpha()) and is_proof(sequence, chr(point), "", page):
                sure[sequence[:-1]] = sure.get(sequence[:-1], "") + sequence[-1]
    return re.compile("|".join(f"{re.escape(start)}[{re.escape(ends)}]" for start, ends in sure.items()))


def _class(points: Iterable[int]) -> str:
    """The inside of a character class."""
    ranges: list[list[int]] = []
    for point in sorted(points):
        if ranges and ranges[-1][1] == point - 1:
            ranges[-1][1] = point
        else:
            ranges.append([point, point])
    return "".join(f"\\U{first:08x}-\\U{last:08x}" for first, last in ranges)
