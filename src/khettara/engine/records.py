"""What a decision across all records sees of them: a few small columns, shard by shard, never all records at once.

    records.blocks[3].read({"norm_hash"})  ->  that column of the fourth shard

A record's *number* counts through all blocks. It names the record during one run only: nothing that is decided may depend on it,
since it changes with the order of the inputs. What decides is the *rank*: (priority, source, id). Memory: one bit a record, one
block's columns, and one hand of records that are to be compared with each other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from khettara.engine.units import Output, Receipt, hash_key, read_receipt, run_unit
from khettara.errors import EngineError

Numbers = npt.NDArray[np.uint32]
Places = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

RANK = ("standing", "source", "id")
"""The columns that say which of two copies stays: the least."""

ABOVE_ALL = -(1 << 40)
"""The standing of another dataset's records: below every priority, which are 32 bits wide."""

VERSION = 1
_MOST_RECORDS = 1 << 32
_OPEN_FILES = 128


@dataclass(frozen=True)
class Block:
    """The records of one shard. `files` hold their columns, row by row; `identity` names what these hold.

    `origin` names another dataset, whose records never lose.
    """

    files: tuple[Path, ...]
    rows: int
    identity: str
    priority: int = 0
    origin: str | None = None

    def read(self, names: Iterable[str]) -> dict[str, pa.Array]:
        """Columns by name, without reading any other."""
        return read_columns(self.files, set(names))


def read_columns(files: Iterable[Path], names: set[str]) -> dict[str, pa.Array]:
    """Columns of files that hold the same records, each from the first file that has it."""
    found: dict[str, pa.Array] = {}
    for file in files:
        if names <= found.keys():
            break
        with pq.ParquetFile(file) as parquet:
            there = [name for name in parquet.schema_arrow.names if name in names and name not in found]
            if there:
                table = parquet.read(there, use_threads=False)
                found |= {name: table[name].combine_chunks() for name in there}
    return found


class Records:
    """The records of all blocks, those left out so far taken away."""

    def __init__(self, blocks: Sequence[Block], scratch: Path, work: Path) -> None:
        """Files that are of use only now go to `scratch`, units that the next run may find again to `work`."""
        self.blocks = tuple(blocks)
        self.scratch, self._work = scratch, work
        self.starts = np.cumsum([0, *(block.rows for block in blocks)], dtype=np.int64)
        if self.starts[-1] >= _MOST_RECORDS:
            raise EngineError(f"{self.starts[-1]:,} records are more than one stage can compare", hint="Clean them in several stages.")
        self._still_in = np.full(-(-int(self.starts[-1]) // 8), 0xFF, np.uint8)
        self.units: list[Receipt] = []

    def __len__(self) -> int:
        return int(self.starts[-1])

    def are_in(self, numbers: npt.NDArray[Any]) -> Flags:
        """Which of these records nothing has left out."""
        numbers = numbers.astype(np.int64)
        flags: Flags = (self._still_in[numbers >> 3] >> (numbers & 7).astype(np.uint8) & 1).astype(bool)
        return flags

    def leave_out(self, numbers: Numbers) -> None:
        """Take records away."""
        np.bitwise_and.at(self._still_in, numbers >> 3, ~(np.uint8(1) << (numbers & 7).astype(np.uint8)))

    def still_in(self, block: int) -> Flags:
        """Which records of a block nothing has left out."""
        return self.are_in(np.arange(self.starts[block], self.starts[block + 1]))

    def by_block(self, numbers: Numbers) -> Iterator[tuple[int, npt.NDArray[np.int64]]]:
        """The rows in each block that sorted numbers stand for; blocks that have none are left out."""
        ends = np.searchsorted(numbers, self.starts)
        for block in np.flatnonzero(np.diff(ends)):
            yield int(block), numbers[ends[block] : ends[block + 1]].astype(np.int64) - self.starts[block]

    def numbers(self, block: int) -> Numbers:
        """The numbers of all records of a block, those left out too."""
        return np.arange(self.starts[block], self.starts[block + 1], dtype=np.uint32)

    def deal(self, what: Sequence[object], propose: Callable[[], tuple[Numbers, Places]], names: Iterable[str]) -> Iterator[tuple[int, pa.Table]]:
        """Hands of records that are to be compared with each other: the tables of those still in, with `number`, the rank, and `names`.

        What is dealt does not depend on what was left out, so that a run with other rules finds it again.

        Args:
            what: what decides the deal, besides the blocks; plain values.
            propose: gives numbers, sorted, and the hand of each, from 0; a number may come more than once, for different hands.
            names: columns to give.

        Gives:
            The hand and its table, in the order of the hands.
        """
        identity = [[block.identity, block.priority, block.origin] for block in self.blocks]
        key = hash_key("deal", VERSION, list(what), sorted(names), identity)
        dealt = read_receipt(key, self._work)
        if dealt is None:
            numbers, hands = propose()
            if not len(numbers):
                return  # nothing to keep: the next run finds it out again
            dealt = run_unit(_Deal(self, key, numbers, hands, tuple(sorted(names))), self._work)
        self.units.append(dealt)
        for name in sorted(dealt.files):
            with pa.OSFile(str(dealt.path(name))) as source:
                table = pa.ipc.open_file(source).read_all()
            flags = self.are_in(np.asarray(table["number"]))
            if flags.any():
                yield int(name[5:13]), table if flags.all() else table.filter(pa.array(flags))

    def ranked(self, number: int, rows: npt.NDArray[np.int64], names: Iterable[str]) -> pa.Table:
        """Some records of a block, with `number`, the rank, and `names`."""
        block = self.blocks[number]
        columns = block.read({"id", "source", *names})
        taken = {name: column.take(pa.array(rows)) for name, column in columns.items()}
        ids = taken.pop("id")
        return pa.table(
            {
                "number": pa.array((rows + self.starts[number]).astype(np.uint32)),
                "standing": pa.array(np.full(len(rows), block.priority if block.origin is None else ABOVE_ALL)),
                "source": _source_text(taken.pop("source")),
                "id": ids if block.origin is None else pc.binary_join_element_wise(block.origin, ids, "/"),
                **{name: taken[name] for name in sorted(taken)},
            }
        )


@dataclass(frozen=True)
class _Deal:
    """The unit of work of dealing records into hands: one pass over the blocks for so many hands as files may be open."""

    records: Records
    key: str
    numbers: Numbers
    hands: Places
    names: tuple[str, ...]
    label: str = "copies"
    weight: int = 0

    def __call__(self, folder: Path) -> Mapping[str, Output]:
        """Write a file for each hand."""
        outputs: dict[str, Output] = {}
        for first in range(0, int(self.hands.max()) + 1, _OPEN_FILES):
            chosen = (self.hands >= first) & (self.hands < first + _OPEN_FILES)
            outputs |= self._write(folder, self.numbers[chosen], self.hands[chosen])
        return outputs

    def _write(self, folder: Path, numbers: Numbers, hands: Places) -> dict[str, Output]:
        files: dict[int, Any] = {}
        ends = np.searchsorted(numbers, self.records.starts)
        try:
            for block, rows in self.records.by_block(numbers):
                hand = hands[ends[block] : ends[block + 1]]
                table = self.records.ranked(block, rows, self.names)
                for number in np.flatnonzero(np.bincount(hand)).tolist():
                    part = table.filter(pa.array(hand == number)).combine_chunks()
                    if number not in files:
                        files[number] = pa.ipc.new_file(str(folder / _hand_file(number)), part.schema)
                    files[number].write_table(part)
        finally:
            for file in files.values():
                file.close()
        return {_hand_file(number): Output(int(np.count_nonzero(hands == number))) for number in files}


def _hand_file(number: int) -> str:
    return f"hand-{number:08d}.arrow"


def by_rank(table: pa.Table, *first: str) -> pa.Table:
    """A dealt table sorted by the columns `first`, then by rank."""
    order = pc.sort_indices(table, [(name, "ascending") for name in (*first, *RANK)])
    return table.take(order).combine_chunks()


def _source_text(source: pa.Array) -> pa.Array:
    uri = pc.fill_null(pc.struct_field(source, "uri"), "")
    member = pc.fill_null(pc.struct_field(source, "member"), "")
    return pc.binary_join_element_wise(uri, member, "\x1f")
