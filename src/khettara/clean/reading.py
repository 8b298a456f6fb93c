"""The one pass over the text that the signals share: whichever of them comes first has it read, the others find it done.

Loading the kernels takes a third of a second, so they are imported when a step first runs.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from khettara.kernels import Text, once

if TYPE_CHECKING:
    from khettara.kernels.words import Reading, WordList

Counts = npt.NDArray[np.int64]

STOP_WORDS = ("en", "fr", "arb", "ary-Arab", "ary-Latn", "zgh")
"""The lists of stop words, one for each language and script."""
SIGNS = {"javascript": ["javascript"], "lorem_ipsum": ["lorem", "ipsum"]}
"""Words that show something else."""
GROUPS = (*STOP_WORDS, *SIGNS)


@cache
def word_list() -> WordList:
    """The words that the pass looks for, `GROUPS` in order."""
    from khettara.kernels.words import word_list

    lines = (files("khettara.clean") / "data" / "stop_words.tsv").read_text("utf-8").splitlines()
    lists = dict(line.split("\t") for line in lines if not line.startswith("#"))
    return word_list([*(lists[name].split() for name in STOP_WORDS), *SIGNS.values()], len(STOP_WORDS))


def _read(text: Text) -> Reading:
    from khettara.kernels.words import Reading

    return Reading(text, word_list())


def reading(column: pa.Array) -> Reading:
    """What the pass finds in a column of text."""
    return once(column, _read)


def counted(found: Reading, name: str) -> Counts:
    """A count of each text, by the name that it has in `kernels.words` or `kernels.lines`; several, joined by +, are added."""
    from khettara.kernels import lines, words

    numbers = [words.FIRST_LINE_COUNT + getattr(lines, each) if hasattr(lines, each) else getattr(words, each) for each in name.split("+")]
    total: Counts = found.counts[:, numbers].sum(axis=1)
    return total
