"""Runs of words that ten records or more share: counted over all records once, and later only where records came or went.

    run 0x51d0c2a7: 250 records, whose numbers sum to 0x9f2c...

Runs with the same sum stand in the same records. A record's number is the first bytes of its leaf in the Merkle tree, so that it keeps
it wherever it moves; two records that are alike in every cell have all runs in common, and one number.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

Array = np.ndarray[Any, Any]
FEWEST = 10
"""Records that a run is in: fewer are no threat known to work (some 250 were, whatever the size of the model)."""
_BUCKET_BITS = 24  # counters of sixteen million buckets: 128 MB at most
_SIEVE_BITS = 22  # four million marks, which stay in a processor's cache
_SLICE = 1 << 22


class Runs:
    """The runs of each record, in order: `values` one after another, those of record r from `offsets[r]` to `offsets[r + 1]`."""

    def __init__(self, values: Array, sizes: Array) -> None:
        self.values, self.sizes = values, sizes
        self.offsets: Array = np.concatenate([[0], np.cumsum(sizes)])

    @classmethod
    def of_lists(cls, lists: pa.ChunkedArray) -> Runs:
        """From a column of lists."""
        flat = [chunk.flatten().to_numpy(zero_copy_only=False) for chunk in lists.chunks]
        sizes = [pc.list_value_length(chunk).to_numpy(zero_copy_only=False) for chunk in lists.chunks]
        values = flat[0] if len(flat) == 1 else np.concatenate([np.zeros(0, np.uint32), *flat])
        return cls(values, np.concatenate([np.zeros(0, np.int64), *sizes]).astype(np.int64))

    def lists(self) -> pa.Array:
        """As a column of lists."""
        return pa.ListArray.from_arrays(pa.array(self.offsets.astype(np.int32)), pa.array(self.values))

    def take(self, rows: Array) -> Runs:
        """Those of other records, in their order. Most stand one after another as before, and are copied so: ten times as fast as Arrow's `take`."""
        breaks = np.flatnonzero(np.diff(rows) != 1) + 1
        firsts, lasts = rows[np.concatenate([[0], breaks])], rows[np.concatenate([breaks - 1, [len(rows) - 1]])]
        spans = zip(self.offsets[firsts].tolist(), self.offsets[lasts + 1].tolist(), strict=True)
        return Runs(np.concatenate([self.values[start:end] for start, end in spans]), self.sizes[rows])

    def owners(self) -> Array:
        """The record of each run."""
        return np.repeat(np.arange(len(self.sizes)), self.sizes)

    def of(self, rows: Array) -> tuple[Array, Array]:
        """The runs of some records, and for each the place of its record among them."""
        sizes = self.sizes[rows]
        places = np.repeat(self.offsets[rows] - np.cumsum(sizes) + sizes, sizes) + np.arange(int(sizes.sum()))
        return self.values[places], np.repeat(np.arange(len(rows)), sizes)

    def find(self, runs: Array) -> tuple[Array, Array]:
        """Where these runs, given in order, occur: run and record, sorted, each pair once."""
        shift = np.uint32(32 - _SIEVE_BITS)
        sieve = np.zeros(1 << _SIEVE_BITS, bool)
        sieve[runs >> shift] = True
        places = [np.zeros(0, np.int64)]
        for start in range(0, len(self.values) if len(runs) else 0, _SLICE):
            piece = self.values[start : start + _SLICE]
            here = np.flatnonzero(sieve[piece >> shift])
            there = piece[here]
            same = runs[np.minimum(np.searchsorted(runs, there), len(runs) - 1)] == there
            places.append(start + here[same])
        found = np.concatenate(places)
        return pairs(self.values[found], np.searchsorted(self.offsets, found, side="right") - 1)


def pairs(values: Array, owners: Array) -> tuple[Array, Array]:
    """Runs in order, each once for each record that has it. `owners` are in order."""
    order = np.argsort(values, kind="stable")
    runs, rows = values[order], owners[order]
    fresh = np.ones(len(runs), bool)
    fresh[1:] = (runs[1:] != runs[:-1]) | (rows[1:] != rows[:-1])
    return runs[fresh], rows[fresh]


@dataclass(frozen=True)
class Shared:
    """The runs that enough records share, in order; for each, how many these are and the sum of their numbers."""

    runs: Array
    counts: Array
    names: Array

    def parts(self) -> Iterator[bytes]:
        """As they are kept."""
        yield from (self.runs.tobytes(), self.counts.tobytes(), self.names.tobytes())

    @classmethod
    def of_bytes(cls, data: bytes) -> Shared:
        """What `parts` gave, joined."""
        n = len(data) // 20
        return cls(np.frombuffer(data[: 4 * n], np.uint32), np.frombuffer(data[4 * n : 12 * n], np.int64), np.frombuffer(data[12 * n :], np.uint64))


def count(runs: Runs, numbers: Array) -> Shared:
    """Count over all records. Most runs occur once: counters of buckets leave these out before anything is sorted."""
    values = runs.values
    bits = min(_BUCKET_BITS, max(12, len(values).bit_length()))
    buckets = values >> np.uint32(32 - bits)
    chosen = (np.bincount(buckets, minlength=1 << bits) >= FEWEST)[buckets]
    return _summed(*pairs(values[chosen], runs.owners()[chosen]), numbers)


def recount(before: Shared, pool: tuple[Runs, Array], n_known: int, runs: Runs, numbers: Array, source: Array) -> Shared:
    """What `count` gives, from what was counted before and the records that came and went.

    Args:
        before: what was counted over the known records.
        pool: the runs and numbers of these, and after them of records that are new.
        n_known: how many are known.
        runs: the runs of the records now.
        numbers: the numbers of these.
        source: for each record now, where it stands in the pool.
    """
    old, old_numbers = pool
    first = np.zeros(len(source), bool)
    first[np.unique(source, return_index=True)[1]] = True
    came = np.flatnonzero(~first | (source >= n_known))
    stays = np.zeros(n_known, bool)
    stays[source[source < n_known]] = True
    went = np.flatnonzero(~stays)
    plus, plus_rows = pairs(*runs.of(came))
    minus, minus_rows = pairs(*old.of(went))
    changed, which = np.unique(np.concatenate([plus, minus]), return_inverse=True)
    added, names = np.zeros(len(changed), np.int64), np.zeros(len(changed), np.uint64)
    np.add.at(added, which, np.concatenate([np.ones(len(plus), np.int64), -np.ones(len(minus), np.int64)]))
    np.add.at(names, which, np.concatenate([numbers[came][plus_rows], np.uint64(0) - old_numbers[went][minus_rows]]))
    at = np.searchsorted(before.runs, changed)
    listed = np.zeros(len(changed), bool)
    inside = at < len(before.runs)
    listed[inside] = before.runs[at[inside]] == changed[inside]
    counts, sums = before.counts.copy(), before.names.copy()
    counts[at[listed]] += added[listed]
    sums[at[listed]] += names[listed]
    more = _summed(*runs.find(changed[~listed & (added > 0)]), numbers)
    kept = counts >= FEWEST
    all_runs = np.concatenate([before.runs[kept], more.runs])
    order = np.argsort(all_runs)
    return Shared(all_runs[order], np.concatenate([counts[kept], more.counts])[order], np.concatenate([sums[kept], more.names])[order])


def _summed(runs: Array, rows: Array, numbers: Array) -> Shared:
    """Of pairs in order, the runs that enough records have."""
    if not len(runs):
        return Shared(np.zeros(0, np.uint32), np.zeros(0, np.int64), np.zeros(0, np.uint64))
    starts = np.flatnonzero(np.concatenate([[True], runs[1:] != runs[:-1]]))
    counts = np.diff(np.append(starts, len(runs)))
    enough = counts >= FEWEST
    names = np.add.reduceat(numbers[rows], starts)
    return Shared(runs[starts[enough]], counts[enough], names[enough])
