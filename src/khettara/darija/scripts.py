"""Which script a text is written in, exactly, by counting the letters of each.

    "ديالي"  -> Arab    "dyali" -> Latn    "ⵜⴰⴼⵓⴽⵜ" -> Tfng    "06 00 :)" -> Zyyy (no letter of these three)

Digits, punctuation, marks and emoji belong to no script. What language it is, is `identify`'s question.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from khettara.kernels import text_of

SCRIPTS = ("Zyyy", "Arab", "Latn", "Tfng", "Zyyy")
"""ISO 15924, in the order in which the kernel counts. A text in a fifth script is as unknown to us as one without letters."""


@dataclass(frozen=True)
class Script:
    """The script of most letters, and the share (0 to 0.5) of letters in any other."""

    name: str
    mixed: float


def main_scripts(counts: npt.NDArray[np.int64]) -> npt.NDArray[np.int8]:
    """The number in `SCRIPTS` of the script of most letters, for each row of the kernel's counts."""
    letters = counts[:, 1:]
    return np.where(letters.sum(axis=1) > 0, letters.argmax(axis=1) + 1, 0).astype(np.int8)


def script_column(column: pa.Array) -> tuple[pa.Array, pa.Array]:
    """The script of each text (string) and its mixed share (float)."""
    from khettara.kernels.ngrams import count_letters

    counts = count_letters(text_of(column))
    letters = counts[:, 1:]
    total = letters.sum(axis=1)
    mixed = np.where(total > 0, 1 - letters.max(axis=1, initial=0) / np.maximum(total, 1), 0.0)
    return pa.DictionaryArray.from_arrays(main_scripts(counts), list(SCRIPTS)).cast(pa.string()), pa.array(mixed.astype(np.float32))


def script_of(text: str) -> Script:
    """The script of one text.

    >>> script_of("واش كاين الما؟").name, script_of("wach kayn lma?").name
    ('Arab', 'Latn')
    >>> script_of("ⴰⵣⵓⵍ"), script_of("2024 :)")
    (Script(name='Tfng', mixed=0.0), Script(name='Zyyy', mixed=0.0))
    """
    names, mixed = script_column(pa.array([text], pa.large_string()))
    return Script(names[0].as_py(), mixed[0].as_py())
