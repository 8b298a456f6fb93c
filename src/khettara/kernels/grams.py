"""Runs of 8 and of 13 words, looked up in sets of salted hashes: which records repeat an evaluation set, and how much of it.

    words of a record: h1 h2 ... h40  ->  13 of them inside runs of 13 that a set knows, 13 inside runs of 8, one item of the set

Words come as hashes, row after row; a set is a table that holds neither words nor their hashes, only the salted hashes of runs.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from khettara.kernels.columns import Offsets
from khettara.kernels.hashing import mix
from khettara.kernels.jit import inline, kernel

Hashes = npt.NDArray[np.uint64]
Numbers = npt.NDArray[np.int64]

SHORT_RUN, LONG_RUN = 8, 13
"""Words a run. Both are built into `_run_of_8` and `_run_of_13`."""
N_KINDS = 3
RUNS_OF_8, RUNS_OF_13, WHOLE = range(N_KINDS)
"""What a hash stands for; `WHOLE`: a text of fewer than 13 words, all of it."""
MOST_SETS = 64
_BLOCK = 2048  # words at a time: their hashes stay in the first cache

_SPREAD = np.uint64(0x9E3779B97F4A7C15)


class Sets(NamedTuple):
    """Registered sets, ready to be asked: for each set and kind a filter of bits before an open-addressing table.

    Table `t`, of which there are `N_KINDS` a set, is `filters[filters_at[t]:filters_at[t + 1]]` and the same of `slots`, both of
    sizes that are powers of two; its keys end before `keys_at[t]`. `slots` holds numbers of `keys` from 1, and 0 where
    nothing is. The items that key `k` occurs in are `items[first_item[k]:first_item[k + 1]]`, numbered through all sets.
    """

    salts: Hashes
    filters: Hashes
    filters_at: Numbers
    slots: npt.NDArray[np.uint32]
    slots_at: Numbers
    keys: Hashes
    keys_at: Numbers
    first_item: Numbers
    items: npt.NDArray[np.uint32]
    n_items: int


class Hits(NamedTuple):
    """For each row: words inside runs of 8 and of 13 that some set knows, items that share a run, and a bit for each set hit."""

    in_runs_of_8: Numbers
    in_runs_of_13: Numbers
    n_items: Numbers
    sets: Hashes


@inline
def _joined(left: Any, right: Any) -> Any:
    """The hash of two runs, one after the other."""
    return mix(left * _SPREAD + right)


@inline
def _salted(run: Any, salt: Any) -> Any:
    """What a set keeps of a run. The sum of a value and its permutation cannot be undone as the permutation alone can."""
    value = run ^ salt
    return mix(value) + value


@inline
def _runs(words: Hashes, lo: int, n: int, twos: Hashes, fours: Hashes, eights: Hashes, thirteens: Hashes) -> None:
    """Hashes of the runs that end at each of `n` words from `lo`; place `i` of a run of `r` words holds one if `i >= r - 1`."""
    for i in range(1, n):
        twos[i] = _joined(words[lo + i - 1], words[lo + i])
    for i in range(3, n):
        fours[i] = _joined(twos[i - 2], twos[i])
    for i in range(7, n):
        eights[i] = _joined(fours[i - 4], fours[i])
    for i in range(12, n):
        thirteens[i] = _joined(_joined(eights[i - 5], fours[i - 1]), words[lo + i])


@inline
def _whole(words: Hashes, begin: int, end: int) -> Any:
    """The hash of a text of few words."""
    run = np.uint64(end - begin)
    for at in range(begin, end):
        run = _joined(run, words[at])
    return run


@kernel
def _hash_runs(words: Hashes, firsts: Offsets, salt: Any, fewest: int, keys: Hashes, kinds: npt.NDArray[np.uint8], rows: Numbers) -> int:
    """Fill in the salted hash of each run of each row, its kind and its row; gives how many there are."""
    twos, fours, eights, thirteens = np.zeros((4, words.size), np.uint64)
    _runs(words, 0, words.size, twos, fours, eights, thirteens)
    count = 0
    for row in range(firsts.size - 1):
        begin, end = firsts[row], firsts[row + 1]
        if fewest <= end - begin < LONG_RUN:
            keys[count], kinds[count], rows[count] = _salted(_whole(words, begin, end), salt), WHOLE, row
            count += 1
        for at in range(begin + SHORT_RUN - 1, end):
            keys[count], kinds[count], rows[count] = _salted(eights[at], salt), RUNS_OF_8, row
            count += 1
        for at in range(begin + LONG_RUN - 1, end):
            keys[count], kinds[count], rows[count] = _salted(thirteens[at], salt), RUNS_OF_13, row
            count += 1
    return count


def hash_runs(words: Hashes, firsts: Offsets, salt: int, fewest: int) -> tuple[Hashes, npt.NDArray[np.uint8], Numbers]:
    """What a set keeps of its texts: salted hashes, the kind of each, and the row that each comes from.

    Args:
        words: hashes of words, row after row.
        firsts: where each row begins in `words`, and the end of the last.
        salt: of the set, 64 bits.
        fewest: words of the shortest text that is kept whole.
    """
    most = 2 * len(words) + len(firsts)
    keys, kinds, rows = np.zeros(most, np.uint64), np.zeros(most, np.uint8), np.zeros(most, np.int64)
    n = _hash_runs(words, firsts, np.uint64(salt), fewest, keys, kinds, rows)
    return keys[:n], kinds[:n], rows[:n]


@inline
def _shift(size: int) -> Any:
    """How far to shift a key, so that its highest bits are a place among `size`, a power of two and at least 2."""
    shift = np.uint64(64)
    while size > 1:
        size >>= 1
        shift -= np.uint64(1)
    return shift


@inline
def _bit(key: Any) -> Any:
    """The two bits that a key sets in a word of the filter."""
    return np.uint64(1) << (key & np.uint64(63)) | np.uint64(1) << ((key >> np.uint64(6)) & np.uint64(63))


@kernel
def _fill(keys: Hashes, start: int, words: Hashes, slots: npt.NDArray[np.uint32]) -> None:
    """Put keys, numbered from `start`, into an empty table with more slots than keys."""
    mask, shift = slots.size - 1, _shift(words.size)
    for number in range(keys.size):
        key = keys[number]
        words[np.int64(key >> shift)] |= _bit(key)
        slot = np.int64(key & np.uint64(mask))
        while slots[slot] != 0:
            slot = (slot + 1) & mask
        slots[slot] = start + number + 1


@inline
def _number(key: Any, table: int, slots: Any, slots_at: Numbers, keys: Hashes) -> Any:
    """The number of a key in a table, or -1."""
    first, mask = slots_at[table], slots_at[table + 1] - slots_at[table] - 1
    slot = np.int64(key & np.uint64(mask))
    while slots[first + slot] != 0:
        number = np.int64(slots[first + slot]) - 1
        if keys[number] == key:
            return number
        slot = (slot + 1) & mask
    return -1


def tables(sets: Sequence[tuple[int, Hashes, npt.NDArray[np.uint8], Numbers, int]]) -> Sets:
    """Sets to ask, of (salt, keys, kinds, items, number of items) each; a key may stand there once for each item that it occurs in."""
    if len(sets) > MOST_SETS:
        raise ValueError(f"at most {MOST_SETS} sets at a time")
    unique: list[Hashes] = []
    items: list[npt.NDArray[np.uint32]] = []
    counts: list[Numbers] = []
    before = 0
    for _, keys, kinds, numbers, n_items in sets:
        for kind in range(N_KINDS):
            chosen = kinds == kind
            order = np.lexsort((numbers[chosen], keys[chosen]))
            own, times = np.unique(keys[chosen], return_counts=True)
            unique.append(own)
            counts.append(times.astype(np.int64))
            items.append((numbers[chosen][order] + before).astype(np.uint32))
        before += n_items
    # Sixteen bits of filter a key, of which it sets two: one key in fifty that is not there passes. At most half of the slots are taken.
    filters_at = np.cumsum([0, *(_power(len(own) // 4) for own in unique)])
    slots_at = np.cumsum([0, *(_power(2 * len(own)) for own in unique)])
    filters, slots = np.zeros(int(filters_at[-1]), np.uint64), np.zeros(int(slots_at[-1]), np.uint32)
    start = 0
    for own, at, end, first, stop in zip(unique, filters_at[:-1], filters_at[1:], slots_at[:-1], slots_at[1:], strict=True):
        _fill(own, start, filters[at:end], slots[first:stop])
        start += len(own)
    return Sets(
        salts=np.array([salt for salt, *_ in sets], np.uint64),
        filters=filters,
        filters_at=filters_at,
        slots=slots,
        slots_at=slots_at,
        keys=np.concatenate([np.zeros(0, np.uint64), *unique]),
        keys_at=np.cumsum([len(own) for own in unique]),
        first_item=np.concatenate([np.zeros(1, np.int64), np.cumsum(np.concatenate([np.zeros(0, np.int64), *counts]))]),
        items=np.concatenate([np.zeros(0, np.uint32), *items]),
        n_items=before,
    )


def _power(least: int) -> int:
    """The least power of two that is at least 2 and more than `least`."""
    return 1 << max(1, least.bit_length())


@inline
def _row_of(firsts: Offsets, at: int) -> int:
    """The row that a word belongs to."""
    low, high = 0, firsts.size - 1
    while high - low > 1:
        middle = (low + high) >> 1
        if firsts[middle] <= at:
            low = middle
        else:
            high = middle
    return low


@inline
def _noted(row: int, number: int, found: Numbers, count: int) -> Any:
    """The list of what was found, one longer."""
    if 2 * count == found.size:
        longer = np.empty(2 * found.size, np.int64)
        longer[: found.size] = found
        found = longer
    found[2 * count] = row
    found[2 * count + 1] = number
    return found


@kernel
def _match_runs(
    words: Hashes,
    firsts: Offsets,
    salts: Hashes,
    filters: Hashes,
    filters_at: Numbers,
    slots: npt.NDArray[np.uint32],
    slots_at: Numbers,
    keys: Hashes,
    shared: npt.NDArray[np.uint8],
) -> Any:
    """Set the bit of each kind of run in `shared` for each word inside a known one; gives row and key, row and key, of what was found.

    Rows are told apart only where a run is known: a block of words is hashed and filtered in loops without branches.
    """
    twos, fours, eights, thirteens = np.zeros((4, _BLOCK + LONG_RUN), np.uint64)
    candidates = np.zeros(_BLOCK + LONG_RUN, np.int64)
    last_row = np.full(keys.size, -1, np.int32)  # that has the key: rows come in order, table by table
    found, n_found = np.empty(128, np.int64), 0
    for base in range(0, words.size, _BLOCK):
        lo = max(0, base - LONG_RUN + 1)
        n = min(words.size, base + _BLOCK) - lo
        _runs(words, lo, n, twos, fours, eights, thirteens)
        for which in range(salts.size):
            salt = salts[which]
            for kind in (RUNS_OF_8, RUNS_OF_13):
                table = which * N_KINDS + kind
                runs, length = (eights, SHORT_RUN) if kind == RUNS_OF_8 else (thirteens, LONG_RUN)
                first, shift = filters_at[table], _shift(filters_at[table + 1] - filters_at[table])
                count = 0
                for i in range(max(length - 1, base - lo), n):
                    key = _salted(runs[i], salt)
                    bits = _bit(key)
                    candidates[count] = i
                    count += filters[first + np.int64(key >> shift)] & bits == bits
                for candidate in range(count):
                    at = lo + candidates[candidate]
                    number = _number(_salted(runs[at - lo], salt), table, slots, slots_at, keys)
                    if number < 0:
                        continue
                    row = _row_of(firsts, at)
                    if at + 1 - length >= firsts[row]:
                        if last_row[number] != row:
                            last_row[number] = row
                            found = _noted(row, number, found, n_found)
                            n_found += 1
                        for word in range(at + 1 - length, at + 1):
                            shared[word] |= 1 << kind
    return found[: 2 * n_found]


@kernel
def _match_wholes(words: Hashes, firsts: Offsets, salts: Hashes, slots: npt.NDArray[np.uint32], slots_at: Numbers, keys: Hashes) -> Any:
    """Look up each row as a whole, if it is short; gives row and key, row and key, of what was found."""
    found, n_found = np.empty(128, np.int64), 0
    for row in range(firsts.size - 1):
        begin, end = firsts[row], firsts[row + 1]
        if begin < end < begin + LONG_RUN:
            run = _whole(words, begin, end)
            for which in range(salts.size):
                number = _number(_salted(run, salts[which]), which * N_KINDS + WHOLE, slots, slots_at, keys)
                if number >= 0:
                    found = _noted(row, number, found, n_found)
                    n_found += 1
    return found[: 2 * n_found]


@kernel
def _count_items(rows: Numbers, numbers: Numbers, first_item: Numbers, items: npt.NDArray[np.uint32], last_row: Any, n_items: Numbers) -> None:
    """Count the items of each row, given rows in order and a key of each; `last_row` comes with -1 everywhere."""
    for place in range(rows.size):
        row, number = rows[place], numbers[place]
        for item in items[first_item[number] : first_item[number + 1]]:
            if last_row[item] != row:
                last_row[item] = row
                n_items[row] += 1


class Search:
    """What rows share with sets: pieces of their words go in, one after the other; `hits` tells."""

    def __init__(self, sets: Sets, n_rows: int) -> None:
        self._sets = sets
        self._in_runs = np.zeros((2, n_rows), np.int64)
        self._rows: list[Numbers] = []
        self._keys: list[Numbers] = []
        self._last_row = -1
        self._tail, self._tail_shared = np.zeros(0, np.uint64), np.zeros(0, np.uint8)

    def runs(self, words: Hashes, firsts: Offsets, rows: Numbers) -> None:
        """Look for runs. Pieces come in order; a row may go on from one to the next, and a run with it.

        Args:
            words: hashes of words, row after row.
            firsts: where each row begins in `words`, and the end of the last.
            rows: the number of each row, in order.
        """
        if not len(rows):
            return
        fresh = np.concatenate(([True], rows[1:] != rows[:-1]))
        firsts, rows = np.append(firsts[:-1][fresh], firsts[-1]), rows[fresh]
        shared = np.zeros(len(words), np.uint8)
        n_before = 0
        if rows[0] == self._last_row:
            n_before = len(self._tail)
            words, firsts = np.concatenate((self._tail, words)), np.append(firsts[0], firsts[1:] + n_before)
            shared = np.concatenate((self._tail_shared, shared))
        sets = self._sets
        found = _match_runs(words, firsts, sets.salts, sets.filters, sets.filters_at, sets.slots, sets.slots_at, sets.keys, shared)
        self._note(rows[found[::2]], found[1::2])
        for place in np.unique(found[::2]):
            own = shared[firsts[place] : firsts[place + 1]]
            counted_before = self._tail_shared if place == 0 and n_before else shared[:0]
            for bit in (RUNS_OF_8, RUNS_OF_13):
                self._in_runs[bit, rows[place]] += np.count_nonzero(own & 1 << bit) - np.count_nonzero(counted_before & 1 << bit)
        self._last_row = int(rows[-1])
        begin = max(int(firsts[-2]), len(words) - LONG_RUN + 1)
        self._tail, self._tail_shared = words[begin:].copy(), shared[begin:].copy()

    def wholes(self, words: Hashes, firsts: Offsets, rows: Numbers) -> None:
        """Look up short texts whole, such as lines of the rows."""
        sets = self._sets
        found = _match_wholes(words, firsts, sets.salts, sets.slots, sets.slots_at, sets.keys)
        self._note(rows[found[::2]], found[1::2])
        places = np.unique(found[::2])
        n_words = np.diff(firsts)[places]
        np.add.at(self._in_runs[RUNS_OF_13], rows[places], n_words)
        np.add.at(self._in_runs[RUNS_OF_8], rows[places], np.where(n_words < SHORT_RUN, n_words, 0))

    def _note(self, rows: Numbers, keys: Numbers) -> None:
        self._rows.append(rows)
        self._keys.append(keys)

    def hits(self) -> Hits:
        """What was found. Words are counted once for runs and once for wholes."""
        sets, n_rows = self._sets, self._in_runs.shape[1]
        n_items, hit = np.zeros(n_rows, np.int64), np.zeros(n_rows, np.uint64)
        rows, keys = np.concatenate([np.zeros(0, np.int64), *self._rows]), np.concatenate([np.zeros(0, np.int64), *self._keys])
        order = np.argsort(rows, kind="stable")
        rows, keys = rows[order], keys[order]
        _count_items(rows, keys, sets.first_item, sets.items, np.full(sets.n_items, -1, np.int32), n_items)
        which = np.searchsorted(sets.keys_at, keys, side="right") // N_KINDS
        np.bitwise_or.at(hit, rows, np.uint64(1) << which.astype(np.uint64))
        return Hits(self._in_runs[RUNS_OF_8], self._in_runs[RUNS_OF_13], n_items, hit)
