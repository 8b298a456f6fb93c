"""Facts: what is known of each record of a dataset, one line a record, from which measures are then counted.

    record 17: has_text yes, licence_open yes, identifier.phone no, copy 0x9f2c..., lang "ary", source "avis/souk.txt", leaf 5e1f...

Everything that is costly to see is seen record by record and kept here, so that a later certification sees only what changed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from khettara.certify.measures.runs import Runs, Shared, count, recount
from khettara.dataset import Dataset, canonical_json, sha256_hex
from khettara.dataset.merkle import leaves, node_over

Array = np.ndarray[Any, Any]
See = Callable[[pa.RecordBatch], Any]
LEAF = "leaf"
"""The record's leaf in the Merkle tree."""
MARK = "mark"
"""The record's name in what is remembered."""
RUNS = "grams.list"
"""The runs of words of a text, where these are looked at."""


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
    """The facts of all records, in their order.

    `parts`: by the sha256 of each part and the name of each group of rows in it, where its records begin and how many they are.
    `nodes`: the nodes of the Merkle tree over each eight leaves. `fresh`: how many records were looked at, rather than remembered.
    `shared`: the runs of words that ten records or more have in common, where runs were looked at.
    """

    def __init__(
        self,
        table: pa.Table,
        parts: Mapping[str, tuple[int, int]] | None = None,
        nodes: Array | None = None,
        fresh: int = 0,
        shared: Shared | None = None,
    ) -> None:
        self.table = table
        self.shared = shared
        self.fresh = fresh
        self.parts = dict(parts or {})
        self.nodes = np.zeros((0, 32), np.uint8) if nodes is None else nodes
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
        """The distinct words of a column in their order, and for each record the number of its own (-1: none)."""
        if name not in self._words:
            column = self.table[name].unify_dictionaries().combine_chunks()
            column = column.chunk(0) if isinstance(column, pa.ChunkedArray) and column.num_chunks else column
            if isinstance(column, pa.ChunkedArray):
                self._words[name] = ([], np.zeros(0, np.int64))
            else:
                codes = pc.fill_null(column.indices, -1).to_numpy(zero_copy_only=False).astype(np.int64)
                self._words[name] = _in_order(column.dictionary.to_pylist(), codes)
        return self._words[name]

    def counts(self, name: str) -> list[tuple[int, int]]:
        """How many records have each word, by its number; -1 counts those that have none."""
        words, codes = self.words(name)
        counted = np.bincount(codes + 1, minlength=len(words) + 1).tolist()
        return [(code - 1, n) for code, n in enumerate(counted) if n]

    def root(self) -> str:
        """The root of the Merkle tree over all records, in hexadecimal."""
        return node_over([node.tobytes() for node in self.nodes]).hex()

    @cached_property
    def runs(self) -> Runs:
        """The runs of words of each record."""
        return Runs.of_lists(self.table[RUNS])

    def whole(self) -> pa.Table:
        """The facts with the runs of words among them, as they are kept."""
        return self.table if RUNS in self.table.column_names or self.shared is None else self.table.append_column(RUNS, self.runs.lists())

    @cached_property
    def numbers(self) -> Array:
        """A number of each record, the same for records that are alike: the first bytes of its leaf."""
        numbers: Array = np.ascontiguousarray(_rows_of_bytes(self.table[LEAF].combine_chunks(), 32)[:, :8]).view(np.uint64)[:, 0]
        return numbers


def _in_order(words: list[Any], codes: Array) -> tuple[list[Any], Array]:
    """The words that occur, sorted: sums over them then come out the same wherever the facts come from."""
    there = np.flatnonzero(np.bincount(codes[codes >= 0], minlength=len(words)))
    order = sorted(there.tolist(), key=lambda place: (words[place] is None, str(words[place])))
    new = np.full(len(words) + 1, -1, np.int64)
    new[order] = np.arange(len(order))
    return [words[place] for place in order], new[codes]


def look(
    dataset: Dataset,
    looks: Sequence[Look],
    words: Sequence[Word],
    known: Facts | None = None,
    batch_rows: int = 8192,
    secrets: Array | None = None,
) -> Facts:
    """See every record. A part or group of rows that `known` has is not read; a record that it has, elsewhere, is not looked at.

    `secrets`: four numbers that records are told apart by, known to nobody else; without them nothing can be remembered.
    """
    there = set(dataset.schema.names)
    looks = [each for each in looks if there.issuperset(each.columns)]
    words = [word for word in words if word.column in there]
    secrets = np.zeros(4, np.uint64) if secrets is None else secrets
    memory = _Memory(known) if known is not None else None
    fresh = _Fresh(looks, words, batch_rows)
    sources, places, before = [], {}, 0
    for entry in dataset.manifest.of_role("data"):
        if known is not None and entry.sha256 in known.parts:
            start, rows = known.parts[entry.sha256]
            sources.append(np.arange(start, start + rows))
        else:
            rows = 0
            with (dataset.path / entry.path).open("rb") as data, pq.ParquetFile(data) as file:
                for group, block in enumerate(_blocks(file, data)):
                    n_rows = file.metadata.row_group(group).num_rows
                    places[block] = (before + rows, n_rows)
                    if known is not None and block in known.parts:
                        start, n_rows = known.parts[block]
                        sources.append(np.arange(start, start + n_rows))
                        rows += n_rows
                        continue
                    for batch in file.iter_batches(batch_size=batch_rows, row_groups=[group]):
                        marks = _marks(batch, secrets)
                        at = memory.find(marks, before + rows) if memory is not None else np.full(batch.num_rows, -1)
                        new = np.flatnonzero(at < 0)
                        at[new] = -1 - fresh.rows - np.arange(len(new))
                        fresh.add(batch, marks, new)
                        sources.append(at)
                        rows += batch.num_rows
        places[entry.sha256] = (before, rows)
        before += rows
    if not before:
        return Facts(_see(pa.RecordBatch.from_pylist([], schema=dataset.schema), (), words, np.zeros((0, 2), np.uint64)).schema.empty_table())
    source = np.concatenate(sources)
    pieces = fresh.seen()
    if known is None or not (source >= 0).any():
        table = pa.Table.from_batches(pieces)
        facts = Facts(table, places, _nodes(table[LEAF]), fresh.rows)
        facts.shared = count(facts.runs, facts.numbers) if RUNS in table.column_names else None
        return facts
    table = known.table
    if pieces:
        table = pa.concat_tables([known.table.select(pieces[0].schema.names), pa.Table.from_batches(pieces)])
        source = np.where(source < 0, known.rows - 1 - source, source)
    unchanged = len(source) == known.rows == table.num_rows and bool((source == np.arange(len(source))).all())
    if unchanged:
        return Facts(table, places, known.nodes, 0, known.shared)
    pool = Facts(table)
    lean = table.drop_columns([RUNS]) if known.shared is not None else table
    lean = lean.unify_dictionaries().combine_chunks().take(pa.array(source))
    facts = Facts(lean, places, _nodes(lean[LEAF], known, source), fresh.rows)
    if known.shared is not None:
        facts.runs = pool.runs.take(source)
        facts.shared = recount(known.shared, (pool.runs, pool.numbers), known.rows, facts.runs, facts.numbers, source)
    return facts


def _blocks(file: pq.ParquetFile, data: BinaryIO) -> Iterator[str]:
    """A name for each group of rows: the sha256 of its bytes as they are stored, and of all in the footer that says how to read them."""
    schema = str(file.schema).partition("\n")[2]  # the first line says where the object lies in memory
    for number in range(file.num_row_groups):
        group = file.metadata.row_group(number)
        columns = [group.column(at).to_dict() for at in range(group.num_columns)]
        begins = min(_begin(column) for column in columns)
        data.seek(begins)
        stored = data.read(max(_begin(column) + column["total_compressed_size"] for column in columns) - begins)
        how = [
            [str(column[name]) for name in ("path_in_schema", "physical_type", "compression", "encodings", "num_values")] + [_begin(column) - begins]
            for column in columns
        ]
        footer = canonical_json([schema, group.num_rows, how])
        yield sha256_hex(footer + hashlib.sha256(stored).digest())


def _begin(column: Mapping[str, Any]) -> int:
    """Where a column's pages begin."""
    return int(column["dictionary_page_offset"] or column["data_page_offset"])


class _Fresh:
    """Records that are new, gathered until there are enough to be looked at together."""

    def __init__(self, looks: Sequence[Look], words: Sequence[Word], enough: int) -> None:
        self._looks, self._words, self._enough = looks, words, enough
        self._held: list[pa.RecordBatch] = []
        self._marks: list[Array] = []
        self._seen: list[pa.RecordBatch] = []
        self.rows = 0

    def add(self, batch: pa.RecordBatch, marks: Array, rows: Array) -> None:
        """Take some rows of a batch."""
        if len(rows):
            self._held.append(batch if len(rows) == batch.num_rows else batch.take(pa.array(rows)))
            self._marks.append(marks[rows])
            self.rows += len(rows)
            if sum(held.num_rows for held in self._held) >= self._enough:
                self._look()

    def _look(self) -> None:
        if self._held:
            batch = self._held[0] if len(self._held) == 1 else _one(pa.Table.from_batches(self._held))
            self._seen.append(_see(batch, self._looks, self._words, np.concatenate(self._marks)))
            self._held, self._marks = [], []

    def seen(self) -> list[pa.RecordBatch]:
        """What was seen of all, in order."""
        self._look()
        return self._seen


def _one(table: pa.Table) -> pa.RecordBatch:
    batches: list[pa.RecordBatch] = table.combine_chunks().to_batches()
    return batches[0]


def _see(batch: pa.RecordBatch, looks: Sequence[Look], words: Sequence[Word], marks: Array) -> pa.RecordBatch:
    facts: dict[str, Any] = {LEAF: pa.array(leaves(batch), pa.binary(32)), MARK: _binary(marks)}
    for each in looks:
        seen = each.see(batch)
        facts |= {f"{each.name}.{kind}": values for kind, values in seen.items()} if isinstance(seen, Mapping) else {each.name: seen}
    for word in words:
        column = word.read(batch[word.column])
        facts[word.name] = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
    return pa.record_batch({name: values if isinstance(values, pa.Array) else pa.array(values) for name, values in facts.items()})


def _binary(marks: Array) -> pa.Array:
    """Two numbers each as sixteen bytes."""
    return pa.Array.from_buffers(pa.binary(16), len(marks), [None, pa.py_buffer(np.ascontiguousarray(marks))])


def _marks(batch: pa.RecordBatch, secrets: Array) -> Array:
    """Two numbers for each record, which another record has as good as never: by them a record is known again."""
    from khettara.kernels import text_of
    from khettara.kernels.hashing import add_keyed

    out = np.zeros((batch.num_rows, 2), np.uint64)
    for column in _flat(batch.columns):
        kind = column.type
        if column.null_count:
            out ^= np.where(column.is_null().to_numpy(zero_copy_only=False), secrets[3] | np.uint64(1), np.uint64(0))[:, None]
        if pa.types.is_dictionary(kind):
            column = column.dictionary_decode()
        elif pa.types.is_nested(kind) or pa.types.is_decimal(kind):
            column = pa.array([repr(value) for value in column.to_pylist()], pa.large_string())
        elif not (pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_binary(kind) or pa.types.is_large_binary(kind)):
            column = _as_bytes(column)
        add_keyed(text_of(column), secrets, out)
    return out


def _flat(columns: Sequence[pa.Array]) -> Iterator[pa.Array]:
    """The columns, and in the place of a struct its own."""
    for column in columns:
        if pa.types.is_struct(column.type):
            yield column.is_valid()
            yield from _flat(column.flatten())
        else:
            yield column


def _as_bytes(column: pa.Array) -> pa.Array:
    """Numbers, dates and truth values as eight bytes each; null as nothing."""
    kind = column.type
    if pa.types.is_floating(kind):
        numbers = pc.fill_null(column.cast(pa.float64()), 0.0).to_numpy(zero_copy_only=False).view(np.uint64)
    elif pa.types.is_temporal(kind):
        numbers = pc.fill_null(column.view(pa.int32() if kind.bit_width == 32 else pa.int64()).cast(pa.int64()), 0).to_numpy(zero_copy_only=False)
    else:
        numbers = pc.fill_null(column, False if pa.types.is_boolean(kind) else 0).to_numpy(zero_copy_only=False).astype(np.int64)
    offsets = pa.py_buffer(np.arange(0, 8 * (len(numbers) + 1), 8, dtype=np.int64))
    return pa.Array.from_buffers(pa.large_binary(), len(numbers), [None, offsets, pa.py_buffer(np.ascontiguousarray(numbers))])


class _Memory:
    """Records that are known, found by their marks."""

    def __init__(self, known: Facts) -> None:
        self._marks = _rows_of_bytes(known.table[MARK].combine_chunks(), 16).copy().view(np.uint64)

    @cached_property
    def _sorted(self) -> tuple[Array, Array]:
        order = np.argsort(self._marks[:, 0])
        return order, self._marks[order]

    def find(self, marks: Array, place: int) -> Array:
        """The number of each record among those known; -1 where it is new. Most are looked for first where they would be, at `place`."""
        found = np.full(len(marks), -1)
        there = self._marks[place : place + len(marks)]
        same = np.flatnonzero((there == marks[: len(there)]).all(axis=1))
        found[same] = place + same
        rest = np.flatnonzero(found < 0)
        if len(rest) and len(self._marks):
            order, ordered = self._sorted
            at = np.minimum(np.searchsorted(ordered[:, 0], marks[rest, 0]), len(ordered) - 1)
            found[rest] = np.where((ordered[at] == marks[rest]).all(axis=1), order[at], -1)
        return found


GROUP = 8
"""Leaves under one node that is remembered: where one record in a hundred changed, twelve groups of thirteen did not."""


def _nodes(column: pa.ChunkedArray, known: Facts | None = None, source: Array | None = None) -> Array:
    """The node over each eight leaves; one that lay over the same leaves before is not worked out again."""
    held = _rows_of_bytes(column.combine_chunks(), 32)
    groups = -(-len(held) // GROUP)
    nodes = np.zeros((groups, 32), np.uint8)
    todo = np.ones(groups, bool)
    if known is not None and source is not None:
        whole = len(held) // GROUP
        first = source[: whole * GROUP].reshape(-1, GROUP)
        same = (first == first[:, :1] + np.arange(GROUP)).all(axis=1) & (first[:, 0] % GROUP == 0) & (first[:, 0] + GROUP <= known.rows)
        nodes[:whole][same] = known.nodes[first[same, 0] // GROUP]
        todo[:whole] = ~same
    data = held.tobytes()
    for group in np.flatnonzero(todo).tolist():
        run = data[32 * GROUP * group : 32 * GROUP * (group + 1)]
        nodes[group] = np.frombuffer(node_over([run[at : at + 32] for at in range(0, len(run), 32)]), np.uint8)
    return nodes


def _rows_of_bytes(column: Any, width: int) -> Array:
    """A column of so many bytes each as rows of numbers."""
    if isinstance(column, pa.ChunkedArray):
        column = column.chunk(0) if column.num_chunks else pa.array([], column.type)
    if not len(column):
        return np.zeros((0, width), np.uint8)
    data = np.frombuffer(column.buffers()[1], np.uint8)
    rows: Array = data[width * column.offset : width * (column.offset + len(column))].reshape(-1, width)
    return rows
