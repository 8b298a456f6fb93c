"""How much of a text is runs of words that were said before: the repetition counts of Gopher, over the shared word hashes.

"ha ha ha ha souk"  ->  of 12 letters: 12 in the commonest two words ("ha ha", three times), capped; 0 in repeated runs of five

A run of n words can only repeat where the run of its first n - 1 words does: after the pairs, few places are left to look at.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from khettara.kernels.columns import Offsets
from khettara.kernels.hashing import mix
from khettara.kernels.jit import inline, kernel
from khettara.kernels.mixing import Hashes
from khettara.kernels.words import Words

Counts = npt.NDArray[np.int64]
Places = npt.NDArray[np.int32]
Slots = npt.NDArray[np.uint8]

SHORTEST, TOP_LONGEST, LONGEST = 2, 4, 10
"""Runs of 2 to 4 words: the commonest one counts; of 5 to 10: all that repeat."""
N_COUNTS = LONGEST - SHORTEST + 2
"""Columns: all letters of words, then for each length of runs the letters in repetitions."""

_STEP = np.uint64(0x9E3779B97F4A7C15)


@inline
def _thin(places: Places, n: int, runs: Hashes, slots: Slots) -> int:
    """Drop the places of runs that certainly come once, by a count in few slots; gives how many are left."""
    size = 64
    while size < 8 * n:
        size *= 2
    slots[:size] = 0
    mask = np.uint64(size - 1)
    for number in range(n):
        slot = runs[places[number]] & mask
        slots[slot] = np.uint8(slots[slot] << 1 | 1)  # 0, 1, 3, 7...: never 0 again
    kept = 0
    for number in range(n):
        place = places[number]
        places[kept] = place
        kept += slots[runs[place] & mask] > 1
    return kept


@inline
def _find(places: Places, n: int, runs: Hashes, table: Places, first: Places, times: Places) -> None:
    """For the runs at `n` places, where each was met first, and there how often it comes in all."""
    size = 8
    while size < 2 * n:
        size *= 2
    table[:size] = -1
    mask = np.uint64(size - 1)
    for number in range(n):
        place = places[number]
        run = runs[place]
        at = run >> np.uint64(32) & mask
        while table[at] >= 0 and runs[table[at]] != run:
            at = at + np.uint64(1) & mask
        if table[at] < 0:
            table[at] = place
            times[place] = 0
        first[place] = table[at]
        times[table[at]] += 1


@inline
def _top(places: Places, n: int, size: int, first: Places, times: Places, until: Counts) -> int:
    """Letters in all copies of the run that comes most often, the longest of such; 0 where none comes twice."""
    most, letters = 1, 0
    for number in range(n):
        place = places[number]
        if first[place] == place and times[place] >= max(most, 2):
            these = (until[place + size] - until[place]) * times[place]
            letters = max(letters, these) if times[place] == most else these
            most = times[place]
    return letters


@inline
def _again(places: Places, n: int, size: int, first: Places, until: Counts) -> int:
    """Letters in runs that were met before, those in several such runs counted once."""
    letters, covered = 0, 0
    for number in range(n):
        place = places[number]
        if first[place] != place:
            begin = max(place, covered)
            covered = place + size
            letters += until[covered] - until[begin]
    return letters


@kernel
def _repeated(rows: Offsets, firsts: Offsets, words: Hashes, lengths: npt.NDArray[np.uint32], out: Counts) -> None:
    longest = 0
    for part in range(rows.size):
        longest = max(longest, firsts[part + 1] - firsts[part])
    size = 8
    while size < 2 * longest:
        size *= 2
    table, slots = np.empty(size, np.int32), np.empty(max(8 * size, 64), np.uint8)
    places, first, times = np.empty(longest, np.int32), np.empty(longest, np.int32), np.empty(longest, np.int32)
    runs, until = np.empty(longest, np.uint64), np.zeros(longest + 1, np.int64)
    for part in range(rows.size):
        counts = out[rows[part]]
        begin = firsts[part]
        n_words = firsts[part + 1] - begin
        for place in range(n_words):
            until[place + 1] = until[place] + lengths[begin + place]
            runs[place] = words[begin + place]
            places[place] = place
        counts[0] += until[n_words]
        n = n_words
        for length in range(SHORTEST, LONGEST + 1):
            kept = 0
            for number in range(n):
                place = places[number]
                if place + length <= n_words:
                    runs[place] = mix(runs[place] * _STEP + words[begin + place + length - 1])
                    places[kept] = place
                    kept += 1
            kept = _thin(places, kept, runs, slots)
            _find(places, kept, runs, table, first, times)
            is_short = length <= TOP_LONGEST
            letters = _top(places, kept, length, first, times, until) if is_short else _again(places, kept, length, first, until)
            counts[length - SHORTEST + 1] += min(letters, until[n_words])
            n = 0
            for number in range(kept):
                place = places[number]
                if times[first[place]] > 1:
                    places[n] = place
                    n += 1
            if n == 0:
                break


def repeated(pieces: Iterable[Words], n_rows: int) -> Counts:
    """For each row the letters of its words, then the letters in repetitions of 2, 3... 10 words. Longer rows are counted a MB at a time."""
    out = np.zeros((n_rows, N_COUNTS), np.int64)
    for piece in pieces:
        _repeated(piece.rows, piece.firsts, piece.hashes, piece.lengths, out)
    return out
