"""Records that share a key, found in bounded memory: keys are dealt into partitions on disk, each of which is sorted alone.

    key 0x9c41…07 of records 12, 88 and 4075  ->  one group; the many keys that one record alone has are forgotten at once

Keys are hashes, so their bits are even. An entry is 8 bytes: the record's number and as many bits of the key as fit beside it; ten other
bits of the key choose the partition. What falls together by chance is told apart afterwards by the whole key: only records that may share one are
looked at again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar, cast

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from khettara.engine.records import RANK, Numbers, Places, Records, by_rank

Keys = npt.NDArray[np.uint64]
Values = TypeVar("Values", bound=npt.NDArray[Any])
KeysOf = Callable[[pa.Array], tuple[Keys, Places]]
"""The keys of a column, with the row that each belongs to: a row may have none, one, or several."""

N_PARTITIONS = 1 << 10
_DEALT_BYTES = 128
"""About what a dealt record takes: its ids, its source, its key."""
_LOW = np.uint64(0xFFFFFFFF)
_HALF = np.uint64(32)


class Entries:
    """Keys with the numbers of their records. Held in memory up to `memory` bytes, then dealt into files."""

    def __init__(self, folder: Path, memory: int, n_records: int) -> None:
        self._folder, self._memory = folder, memory
        self._bits = np.uint64(n_records.bit_length())
        self._held: list[tuple[Keys, Numbers]] = []
        self._size = 0
        self._files = np.zeros(N_PARTITIONS, np.int64)

    def add(self, keys: Keys, numbers: Numbers) -> None:
        """Take keys, each with the number of its record."""
        self._held.append((keys, numbers))
        self._size += 12 * len(keys)
        if self._size >= self._memory:
            self._spill()

    def _spill(self) -> None:
        keys, numbers = self._gather()
        partition = partition_of(keys)
        order = np.argsort(partition, kind="stable")
        entries = (keys << self._bits | numbers)[order]
        ends = np.searchsorted(partition[order], np.arange(N_PARTITIONS + 1))
        self._folder.mkdir(exist_ok=True)
        for number in np.flatnonzero(np.diff(ends)):
            with (self._folder / f"{number:04d}").open("ab") as file:
                entries[ends[number] : ends[number + 1]].tofile(file)
            self._files[number] += ends[number + 1] - ends[number]

    def _gather(self) -> tuple[Keys, Numbers]:
        keys = np.concatenate([np.zeros(0, np.uint64), *(keys for keys, _ in self._held)])
        numbers = np.concatenate([np.zeros(0, np.uint32), *(numbers for _, numbers in self._held)])
        self._held, self._size = [], 0
        return keys, numbers

    def shared(self) -> Iterator[tuple[int, Numbers, npt.NDArray[np.bool_]]]:
        """Partition by partition, the numbers of the records that share a key with another; True where another key begins."""
        if not self._files.any():
            keys, numbers = self._gather()
            yield N_PARTITIONS - 1, *_shared(keys << self._bits | numbers, self._bits)
            return
        if self._held:
            self._spill()
        for number in np.flatnonzero(self._files):
            path = self._folder / f"{number:04d}"
            entries = np.fromfile(path, np.uint64)
            path.unlink()
            yield int(number), *_shared(entries, self._bits)


def partition_of(keys: Keys) -> npt.NDArray[np.uint16]:
    """The partition of each key: its highest bits, which are not in its entry."""
    return (keys >> np.uint64(54)).astype(np.uint16)


def _shared(entries: Keys, bits: np.uint64) -> tuple[Numbers, npt.NDArray[np.bool_]]:
    """The records of those entries that are not alone with their key; one record alone with its key twice is alone."""
    entries = distinct(entries)
    keys = entries >> bits
    after, before = np.zeros(len(keys), bool), np.zeros(len(keys), bool)
    after[1:] = before[:-1] = keys[1:] == keys[:-1]
    member = after | before
    return (entries[member] & ((np.uint64(1) << bits) - np.uint64(1))).astype(np.uint32), ~after[member]


def distinct(values: Values) -> Values:
    """The values, sorted, each once. `np.unique` hashes them first, which takes many times as long where most are alone."""
    values = cast(Values, np.sort(values))
    fresh = np.ones(len(values), bool)
    np.not_equal(values[1:], values[:-1], out=fresh[1:])
    found: Any = values[fresh]
    return cast(Values, found)


def plain_keys(column: pa.Array) -> tuple[Keys, Places]:
    """A column of 64-bit hashes as keys; null is nobody's key."""
    places = np.flatnonzero(np.asarray(column.is_valid()))
    return np.asarray(column.drop_null()).astype(np.uint64), places


def listed_keys(column: pa.ListArray) -> tuple[Keys, Places]:
    """A column of lists of 64-bit hashes as keys; 0 is no key."""
    keys, places = np.asarray(pc.list_flatten(column)).astype(np.uint64), np.asarray(pc.list_parent_indices(column)).astype(np.int64)
    return keys[keys != 0], places[keys != 0]


def text_keys(column: pa.Array) -> tuple[Keys, Places]:
    """A key for each short text, from its bytes: texts that are equal have equal keys."""
    column = column.cast(pa.large_string())
    _, offset_buffer, data = column.buffers()
    offsets = np.frombuffer(offset_buffer, np.int64)[column.offset : column.offset + len(column) + 1]
    lengths = np.diff(offsets)
    rows = np.flatnonzero(lengths)
    keys = np.zeros(len(column), np.uint64)
    if len(rows):
        points = np.frombuffer(data, np.uint8)[offsets[0] : offsets[-1]].astype(np.uint64)
        starts = offsets[:-1][rows] - offsets[0]
        within = np.arange(len(points)) - np.repeat(starts, lengths[rows])
        powers = np.cumprod(np.full(int(lengths.max()), 0x9E3779B97F4A7C15, np.uint64))
        keys[rows] = np.add.reduceat((points + np.uint64(1)) * powers[within], starts)
    keys ^= keys >> np.uint64(30)
    keys *= np.uint64(0xBF58476D1CE4E5B9)
    keys ^= keys >> np.uint64(27)
    keys *= np.uint64(0x94D049BB133111EB)
    return keys ^ (keys >> np.uint64(31)), np.arange(len(column))


def copies(
    records: Records, what: Mapping[str, Any], column: str, keys_of: KeysOf, memory: int, more: Sequence[str] = (), own_only: bool = False
) -> Iterator[pa.Table]:
    """All records still in that share a key, a bounded number of groups at a time.

    Args:
        records: what to look through.
        what: the name, version and settings of who asks.
        column: the column that holds the keys.
        keys_of: the keys of that column.
        memory: bytes for the entries; a table takes a small multiple of it.
        more: other columns to give.
        own_only: leave the records of other datasets aside.

    Gives:
        Tables of `key`, `number`, the rank and `more`, sorted by key and rank, each key in one table only; keys that one record
        alone has may be among them.
    """

    def propose() -> tuple[Numbers, Places]:
        entries = Entries(records.scratch / "entries", memory, len(records))
        for number, block in enumerate(records.blocks):
            if block.rows and not (own_only and block.origin is not None):
                keys, places = keys_of(block.read({column})[column])
                entries.add(keys, records.numbers(number)[places])
        return _propose(entries, memory)

    yet = -1
    for until, table in records.deal([dict(what), memory], propose, {column, *more}):
        keys, places = keys_of(table[column].combine_chunks())
        partition = partition_of(keys)
        here = (partition > yet) & (partition <= until)
        yet = until
        if here.any():
            given = table.drop_columns([] if column in (*RANK, *more) else [column])
            yield by_rank(given.take(pa.array(places[here])).append_column("key", pa.array(keys[here])), "key")


def _propose(entries: Entries, memory: int) -> tuple[Numbers, Places]:
    """The records that share a key, in hands of whole partitions that are named by their last; a record may be in several hands."""
    found: list[Numbers] = []
    partitions: list[int] = []
    for partition, members, _ in entries.shared():
        if len(members):
            found.append(distinct(members))
            partitions.append(partition)
    hands: list[int] = []
    until, size = -1, 0
    for members, partition in zip(reversed(found), reversed(partitions), strict=True):
        if until < 0 or size + len(members) > memory // _DEALT_BYTES:
            until, size = partition, 0
        size += len(members)
        hands.append(until)
    each = [members.astype(np.uint64) << _HALF | np.uint64(hand) for members, hand in zip(found, reversed(hands), strict=True)]
    dealt = distinct(np.concatenate([np.zeros(0, np.uint64), *each]))
    return (dealt >> _HALF).astype(np.uint32), (dealt & _LOW).astype(np.int64)
