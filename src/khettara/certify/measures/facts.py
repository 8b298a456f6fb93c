"""Facts: what is known of each record of a dataset, one line a record, from which measures are then counted.

    record 17: has_text yes, licence_open yes, identifier.phone no, copy 0x9f2c..., lang "ary", source "avis/souk.txt", leaf 5e1f...

Everything that is costly to see is seen record by record and kept here, so that a later certification sees only what changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from khettara.dataset import Dataset
from khettara.dataset.merkle import leaves

Array = np.ndarray[Any, Any]
See = Callable[[pa.RecordBatch], Any]
LEAF = "leaf"
"""The record's leaf in the Merkle tree: a sha256 over all of it, and so its name for what is remembered."""


@dataclass(frozen=True)
class Look:
    """One thing to see in each record. `see` gives an array of Arrow or numpy, or several by name, which stand as `name.kind`."""

    name: str
    columns: tuple[str, ...]
    see: See


@dataclass(frozen=True)
class Word:
    """A column of words that records are grouped by: the language, the source, the day."""

    name: str
    column: str
    read: Callable[[pa.Array], pa.Array] = lambda cells: cells


class Facts:
    """The facts of all records, in their order."""

    def __init__(self, table: pa.Table) -> None:
        self.table = table
        self._held: dict[str, Array] = {}

    @property
    def rows(self) -> int:
        """How many records."""
        return int(self.table.num_rows)

    def has(self, name: str) -> bool:
        """Whether this was looked at: the dataset has the columns for it."""
        return name in self.table.column_names or any(column.startswith(f"{name}.") for column in self.table.column_names)

    def __getitem__(self, name: str) -> Array:
        """One fact of every record, as numpy has it."""
        if name not in self._held:
            self._held[name] = self.table[name].to_numpy()
        return self._held[name]

    def kinds(self, name: str) -> dict[str, Array]:
        """The facts of several kinds under one name."""
        return {column.removeprefix(f"{name}."): self[column] for column in self.table.column_names if column.startswith(f"{name}.")}

    def any(self, name: str) -> Array:
        """Which records have a fact of any kind under this name."""
        masks = list(self.kinds(name).values())
        found: Array = np.any(masks, axis=0) if masks else np.zeros(self.rows, bool)
        return found

    @cached_property
    def _words(self) -> dict[str, tuple[list[Any], Array]]:
        return {}

    def words(self, name: str) -> tuple[list[Any], Array]:
        """The distinct words of a column, and for each record the number of its own (-1: none)."""
        if name not in self._words:
            column = self.table[name].unify_dictionaries().combine_chunks()
            column = column.chunk(0) if isinstance(column, pa.ChunkedArray) and column.num_chunks else column
            if isinstance(column, pa.ChunkedArray):
                self._words[name] = ([], np.zeros(0, np.int64))
            else:
                codes = pc.fill_null(column.indices, -1).to_numpy(zero_copy_only=False).astype(np.int64)
                self._words[name] = (column.dictionary.to_pylist(), codes)
        return self._words[name]

    def counts(self, name: str) -> list[tuple[int, int]]:
        """How many records have each word, by its number; -1 counts those that have none."""
        words, codes = self.words(name)
        counted = np.bincount(codes + 1, minlength=len(words) + 1).tolist()
        return [(code - 1, n) for code, n in enumerate(counted) if n]

    def leaves(self) -> Iterator[list[bytes]]:
        """The leaves of all records in the Merkle tree, in order."""
        for chunk in self.table[LEAF].chunks:
            yield chunk.to_pylist()

    def lists(self, name: str) -> tuple[Array, Array]:
        """A fact that is a list of numbers: all of them, and the record of each."""
        values, rows, before = [np.zeros(0, np.uint32)], [np.zeros(0, np.int64)], 0
        for chunk in self.table[name].chunks:
            sizes = pc.list_value_length(chunk).to_numpy(zero_copy_only=False)
            values.append(chunk.flatten().to_numpy(zero_copy_only=False))
            rows.append(np.repeat(np.arange(before, before + len(chunk)), sizes))
            before += len(chunk)
        return np.concatenate(values), np.concatenate(rows)


def look(dataset: Dataset, looks: Sequence[Look], words: Sequence[Word], known: Facts | None = None, batch_rows: int = 8192) -> Facts:
    """See every record. Of those that `known` has, only the leaf is worked out anew."""
    there = set(dataset.schema.names)
    looks = [each for each in looks if there.issuperset(each.columns)]
    words = [word for word in words if word.column in there]
    see = _remembering(known, looks, words) if known is not None else lambda batch: _see(batch, looks, words, leaves(batch))
    batches = [see(batch) for batch in dataset.batches(rows=batch_rows)]
    if not batches:
        return Facts(_see(pa.RecordBatch.from_pylist([], schema=dataset.schema), (), words, []).schema.empty_table())
    return Facts(pa.Table.from_batches(batches))


def _leaves(batch: pa.RecordBatch) -> list[bytes]:
    return leaves(batch)


def _see(batch: pa.RecordBatch, looks: Sequence[Look], words: Sequence[Word], names: list[bytes]) -> pa.RecordBatch:
    facts: dict[str, Any] = {LEAF: pa.array(names, pa.binary(32))}
    for each in looks:
        seen = each.see(batch)
        facts |= {f"{each.name}.{kind}": values for kind, values in seen.items()} if isinstance(seen, Mapping) else {each.name: seen}
    for word in words:
        column = word.read(batch[word.column])
        facts[word.name] = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
    return pa.record_batch({name: values if isinstance(values, pa.Array) else pa.array(values) for name, values in facts.items()})


def _remembering(known: Facts, looks: Sequence[Look], words: Sequence[Word]) -> See:
    """As `_see`, but what is known of a record with the same leaf is taken from there."""
    place = {leaf: number for number, leaf in enumerate(known.table[LEAF].to_pylist())}
    held = known.table.combine_chunks()

    def see(batch: pa.RecordBatch) -> pa.RecordBatch:
        names = leaves(batch)
        at = np.fromiter((place.get(leaf, -1) for leaf in names), np.int64, len(names))
        fresh = np.flatnonzero(at < 0)
        if not len(fresh):
            return _one(held.take(pa.array(at)))
        seen = _see(batch.take(pa.array(fresh)), looks, words, [names[row] for row in fresh])
        if len(fresh) == len(names):
            return seen
        old = held.take(pa.array(at[at >= 0]))
        order = np.empty(len(names), np.int64)
        order[at >= 0], order[fresh] = np.arange(old.num_rows), old.num_rows + np.arange(len(fresh))
        both = pa.concat_tables([old.select(seen.schema.names), pa.table(seen)], promote_options="none")
        return _one(both.unify_dictionaries().combine_chunks().take(pa.array(order)))

    return see


def _one(table: pa.Table) -> pa.RecordBatch:
    batches: Iterator[pa.RecordBatch] = iter(table.combine_chunks().to_batches())
    return next(batches)
