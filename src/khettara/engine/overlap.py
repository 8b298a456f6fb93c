"""What texts share with registered evaluation sets: runs of words, and short texts that are a whole record or a whole line.

    "واش بصح؟ شنو هي عاصمة المغرب ..."  ->  62 % of its words inside known runs of 13, 81 % of 8, one item met, of the set "terjama"

Words are compared as folded for copies: case, marks, punctuation, tatweel and the shapes of letters make no difference.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from khettara.engine.evalsets import FEWEST_WORDS, load_sets
from khettara.kernels import Text, text_of

if TYPE_CHECKING:
    from khettara.kernels.words import Reading

_NEWLINE = 10
_FEWEST_BYTES, _MOST_BYTES = 2 * FEWEST_WORDS - 1, 512
"""Twelve words, more than which no text is looked up whole, are some 250 bytes of Arabic."""


class Contaminated(NamedTuple):
    """For each text: the share of its words inside runs of 13 and of 8 words that some set has, items met, and a bit for each set."""

    share_13: npt.NDArray[np.float32]
    share_8: npt.NDArray[np.float32]
    n_items: npt.NDArray[np.int64]
    sets: npt.NDArray[np.uint64]


def find_contamination(column: pa.Array, found: Reading, files: tuple[tuple[str, str], ...]) -> Contaminated:
    """What texts share with registers, given as (path, digest) each; `found` is the reading of the same column."""
    from khettara.kernels.grams import Search
    from khettara.kernels.words import FOLDED_WORDS, Reading, word_list

    search = Search(load_sets(files), len(column))
    for piece in found.words():
        search.runs(piece.hashes, piece.firsts, piece.rows)
        search.wholes(piece.hashes, piece.firsts, piece.rows)
    lines, rows = _short_lines(text_of(column))
    for piece in Reading(lines, word_list((), 0)).words():
        search.wholes(piece.hashes, piece.firsts, rows[piece.rows])
    hits = search.hits()
    n_words = found.counts[:, FOLDED_WORDS]
    return Contaminated(_share(hits.in_runs_of_13, n_words), _share(hits.in_runs_of_8, n_words), hits.n_items, hits.sets)


def _share(part: npt.NDArray[np.int64], whole: npt.NDArray[np.int64]) -> npt.NDArray[np.float32]:
    """`part` of `whole`. Words of a short line that is itself inside a run are counted twice, hence at most all."""
    return np.minimum(part / np.maximum(whole, 1), 1).astype(np.float32)


def _short_lines(text: Text) -> tuple[Text, npt.NDArray[np.int64]]:
    """Lines that could be a short item, of texts of several lines, with the row of each."""
    offsets = text.offsets
    breaks = np.flatnonzero(text.data[offsets[0] : offsets[-1]] == _NEWLINE) + offsets[0]
    starts, ends = np.sort(np.concatenate((offsets[:-1], breaks + 1))), np.sort(np.concatenate((breaks, offsets[1:])))
    fits = (ends - starts >= _FEWEST_BYTES) & (ends - starts <= _MOST_BYTES)
    starts, ends = starts[fits], ends[fits]
    rows = np.searchsorted(offsets[1:], starts, side="right")
    one_of_several = ends - starts < np.diff(offsets)[rows]
    starts, ends, rows = starts[one_of_several], ends[one_of_several], rows[one_of_several]
    new_offsets = np.concatenate(([0], np.cumsum(ends - starts)))
    return Text(text.data[np.arange(new_offsets[-1]) + np.repeat(starts - new_offsets[:-1], ends - starts)], new_offsets), rows
