"""Which script a text is written in, exactly, by counting the letters of each.

    "ديالي"  -> Arab    "dyali" -> Latn    "ⵜⴰⴼⵓⴽⵜ" -> Tfng    "06 00 :)" -> Zyyy (no letter of these three)

Digits, punctuation, marks and emoji belong to no script. What language it is, is `identify`'s question.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from khettara.darija.codepoints import LETTER, kinds, pieces

SCRIPTS = ("Zyyy", "Arab", "Latn", "Tfng", "Zzzz")
"""ISO 15924; `Zzzz` stands for letters of any other script."""

# The blocks of the Unicode standard that hold the letters of each script.
_BLOCKS = {
    1: ((0x0600, 0x06FF), (0x0750, 0x077F), (0x0870, 0x08FF), (0xFB50, 0xFDFF), (0xFE70, 0xFEFC)),
    2: ((0x0041, 0x024F), (0x0250, 0x02AF), (0x1E00, 0x1EFF), (0xFB00, 0xFB06), (0xFF21, 0xFF5A)),
    3: ((0x2D30, 0x2D7F),),
}


@dataclass(frozen=True)
class Script:
    """The script of most letters, and the share (0 to 0.5) of letters in any other."""

    name: str
    mixed: float


@cache
def script_table() -> npt.NDArray[np.uint8]:
    """The place in `SCRIPTS` of every code point."""
    letters = kinds() == LETTER
    table = np.where(letters, 4, 0).astype(np.uint8)
    for number, blocks in _BLOCKS.items():
        for first, last in blocks:
            table[first : last + 1] = np.where(letters[first : last + 1], number, 0)
    return table


def script_column(column: pa.Array) -> tuple[pa.Array, pa.Array]:
    """The script of each text (string) and its mixed share (float)."""
    counts = [np.zeros((0, len(SCRIPTS)), np.int64)]
    counts += [piece.count(script_table()[piece.points], len(SCRIPTS)) for piece in pieces(column)]
    letters = np.concatenate(counts)[:, 1:]
    total = letters.sum(axis=1)
    winner = np.where(total > 0, letters.argmax(axis=1) + 1, 0)
    mixed = np.where(total > 0, 1 - letters.max(axis=1, initial=0) / np.maximum(total, 1), 0.0)
    # A text in a fifth script is as unknown to us as one without letters.
    names = np.array([*SCRIPTS[:4], "Zyyy"])[winner]
    return pa.array(names, pa.string()), pa.array(mixed.astype(np.float32))


def script_of(text: str) -> Script:
    """The script of one text.

    >>> script_of("واش كاين الما؟").name, script_of("wach kayn lma?").name
    ('Arab', 'Latn')
    >>> script_of("ⴰⵣⵓⵍ"), script_of("2024 :)")
    (Script(name='Tfng', mixed=0.0), Script(name='Zyyy', mixed=0.0))
    """
    names, mixed = script_column(pa.array([text], pa.large_string()))
    return Script(names[0].as_py(), mixed[0].as_py())
