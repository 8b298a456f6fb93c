"""Text that was decoded with the wrong code page, put right by going back through that page.

    "Ø§Ù„Ø³ÙˆÙ‚" (UTF-8 read as cp1252)  ->  "السوق"      "ÇáÓæÞ" (cp1256 read as cp1252)  ->  "السوق"

Whole texts, lines and words; damage done twice takes two rounds. The pages are in `pages`; each kind of damage has its module:
UTF-8 read through a page (`whole`, `misread`), the Arabic and the Western page taken for each other (`crossed`).
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from khettara.clean.crossed import LETTERS, LONE, PREFIXES, to_arabic, to_western
from khettara.clean.misread import undo
from khettara.clean.pages import CONTROLS, MISREAD, standing
from khettara.clean.whole import undo_whole
from khettara.kernels import text_of

VERSION = 3

_CONTROL = re.compile("[\x80-\x9f]")
_MARKS = str.maketrans(CONTROLS)


def _controls(text: str) -> tuple[str, int]:
    """Controls of the upper half that are all marks of cp1252, read as latin-1."""
    found = _CONTROL.findall(text)
    return (text.translate(_MARKS), len(found)) if found and CONTROLS.keys() >= set(found) else (text, 0)


def repair_encoding(text: str) -> tuple[str, int]:
    """The text put right, and the number of stretches that were; 0 for sound text.

    >>> repair_encoding("lâ€™eau de la khettara est trÃ¨s claire")
    ('l’eau de la khettara est très claire', 2)
    >>> repair_encoding("ÇáãÇÁ Ýí ÇáÎØÇÑÉ")
    ('الماء في الخطارة', 1)
    >>> repair_encoding("L’été à Aïn Zerqa : « الصيف »")
    ('L’été à Aïn Zerqa : « الصيف »', 0)
    """
    total, partly = 0, False
    # The surest kind first, and from the beginning after each repair: a text damaged twice takes two rounds. What a repair of the
    # whole text brings out is judged as any text is; a repair of a part can make the next one certain.
    while not text.isascii() and (partly or _is_suspect(text)):
        for kind in (undo_whole, undo, to_arabic, to_western, _controls):
            repaired, times = kind(text)
            if times:
                break
        if not times:
            break
        text, total, partly = repaired, total + times, kind not in (undo_whole, to_arabic)
    return text, total


@cache
def _tables() -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint8]]:
    """What `kernels.suspicion` must know of each character."""
    from khettara.kernels import suspicion as look  # it loads the compiler

    table, numbers = look.empty_table()

    def mark(characters: Any, bits: int) -> None:
        for character in characters:
            table[ord(character)] |= np.uint32(bits)

    for number, page in enumerate(MISREAD.values()):
        for character, byte in page.byte.items():
            numbers[number, ord(character)] = byte
        # Ordinary signs are first bytes anywhere only where what they make spells French (œ) or Tamazight (ḍ ḥ ṛ ...).
        shy = set(page.shy) - {0xC5, 0xE1}
        mark((character for character, byte in page.byte.items() if 0xC2 <= byte <= 0xF4), 1 << number)
        mark((character for character, byte in page.byte.items() if byte in shy), 1 << number << look.SHY)
        later = [character for character, byte in page.byte.items() if byte < 0xC0]
        mark(later, 1 << number << look.FOLLOWS)
        mark((character for character in later if character not in page.natural), 1 << number << look.UNNATURAL)
    mark(LETTERS, look.CROSSED | look.CROSSED << look.FOLLOWS)
    mark(LONE, look.ARABIC | look.LATIN << look.FOLLOWS)
    mark(filter(str.isalpha, map(chr, range(0x41, 0x180))), look.LATIN | look.ARABIC << look.FOLLOWS)
    mark(PREFIXES, look.PREFIX)
    mark(map(chr, standing()), look.KNOWN)
    mark(CONTROLS, look.ALONE)
    mark("ÂÃہ", look.LEAN)
    return table, numbers


def _is_suspect(text: str) -> bool:
    from khettara.kernels import Text, suspicion

    data = np.frombuffer(text.encode("utf-8", "replace"), np.uint8)
    return bool(suspicion.suspects(Text(data, np.array([0, data.size])), *_tables())[0])


def suspects(column: pa.Array) -> npt.NDArray[np.bool_]:
    """Which texts of a column may be damaged: all that `repair_encoding` changes, and hardly any sound one."""
    from khettara.kernels import suspicion

    return suspicion.suspects(text_of(column), *_tables())
