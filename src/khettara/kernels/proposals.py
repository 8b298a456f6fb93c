"""What the scan for identifiers looks for and what it proposes: words, reasons and places. The loop itself is in `scan`.

{"cin": 1 << 0, "رقم": 1 << 1, "rue": STREETWISE}  ->  (row 0, bytes 8 to 14, NUMBER, near: 1 << 0)
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from khettara.kernels.columns import Bytes

NUMBER, WORD, AT, COLONS, LINK, NAME, STREET, CODE = range(8)
"""Why a place is proposed. A code is a number after one or two letters and a blank: an identity card, if a word after it says so."""

N_CUES = 24
NUMERAL, ZERO, SPEAKS, BRACKETED, STREETWISE, NAMES, TITLE = (1 << bit for bit in range(N_CUES, N_CUES + 7))
"""Groups of words above the cues: numerals, zeros before numerals, what speaks for itself, "at" in brackets, streets, names, titles."""


class Vocabulary(NamedTuple):
    """Hashed words with their groups, and for each cue how many digits the number has that it announces."""

    passes: Bytes
    keys: npt.NDArray[np.uint64]
    groups: npt.NDArray[np.int64]
    fewest: npt.NDArray[np.int64]
    most: npt.NDArray[np.int64]


class Proposals(NamedTuple):
    """One proposal an entry: bytes `start` to `end` of the data, in row `row`. See the constants for `why`.

    `near`: the cues shortly before a number, or the groups of a word. `of_row`: all cues of the row up to there.
    """

    row: npt.NDArray[np.int64]
    start: npt.NDArray[np.int64]
    end: npt.NDArray[np.int64]
    why: npt.NDArray[np.int64]
    near: npt.NDArray[np.int64]
    of_row: npt.NDArray[np.int64]
