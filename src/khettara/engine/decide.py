"""Which records stay: rules look at each record, joins across all of them; what they say is kept in a ledger on disk.

    row 17: too_short, "fewer than five words teach a model nothing", n_words=3
    row 40: near_copy, "nearly the same text is kept once", "0.93 like 9f2c…", winner 9f2c…, likeness 0.93

The first rule that leaves a record out is its reason; joins see what the rules kept. What is decided depends on the records and the
rules alone: not on the order of inputs, shards or workers.
"""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from khettara.dataset import sha256_file
from khettara.engine.groups import copies, text_keys
from khettara.engine.records import ABOVE_ALL, Block, Numbers, Records
from khettara.engine.rules import Expression, Rule, seen
from khettara.engine.units import Receipt
from khettara.errors import storage_errors

MEMORY = 4 << 20
"""Bytes of entries held at a time: with what is read beside them, a decision stays below some tens of megabytes."""

OUTCOME = pa.schema(
    [
        pa.field("row", pa.uint32(), nullable=False),
        pa.field("rule", pa.string(), nullable=False),
        pa.field("because", pa.string()),
        pa.field("value", pa.string()),
        pa.field("winner", pa.string()),
        pa.field("likeness", pa.float32()),
        pa.field("cut", pa.uint64()),  # the paragraph that is taken out, where the record itself stays
    ]
)
LOST = pa.schema([pa.field("number", pa.uint32()), pa.field("value", pa.string()), *(OUTCOME.field(name) for name in ("winner", "likeness", "cut"))])
"""What a join says of the records that lose: one row a record, or one a paragraph."""

_BLANK_LINE = 0


class Join(Protocol):
    """A decision that needs all records at once, such as which of two copies stays."""

    @property
    def rule(self) -> str:
        """The name under which losers are set aside."""
        ...

    @property
    def because(self) -> str:
        """The reason, in words."""
        ...

    @property
    def columns(self) -> Sequence[str]:
        """The signals that it reads."""
        ...

    @property
    def cuts(self) -> str | None:
        """For a join that takes paragraphs out of records that stay: the signal with one hash a line, 0 for a blank line, 1 for a short one."""
        ...

    def record(self) -> Mapping[str, Any]:
        """Name, version and settings."""
        ...

    def losers(self, records: Records) -> Iterator[pa.Table]:
        """What loses among the records still in, as tables of `LOST`, in any order; each record, or paragraph, once."""
        ...


@dataclass(frozen=True)
class SameId:
    """Of records with one id the least by (priority, source, text): their texts tell them apart where all else is equal."""

    rule: str = "same_id"
    because: str = "the same record came in twice"
    columns: tuple[str, ...] = ()
    cuts: str | None = None
    memory: int = MEMORY

    def record(self) -> Mapping[str, Any]:
        """See `Join`."""
        return {"join": self.rule, "version": 1}

    def losers(self, records: Records) -> Iterator[pa.Table]:
        """See `Join`. Most often no key is there twice, and then no text is read."""
        for table in copies(records, self.record(), "id", text_keys, self.memory, more=("text",), own_only=True):
            texts = [text.encode() for text in table["text"].to_pylist()]
            table = table.drop_columns("text").append_column("begin", pa.array([text[:256] for text in texts], pa.binary()))
            table = table.append_column("whole", pa.array([blake2b(text, digest_size=16).digest() for text in texts], pa.binary()))
            order = pc.sort_indices(table, [(name, "ascending") for name in ("id", "standing", "source", "begin", "whole", "number")])
            table = table.take(order).combine_chunks()
            yield lost(table, repeats(table["id"]))


def repeats(column: pa.ChunkedArray) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Which values of a sorted column equal the one before."""
    if not len(column):
        return np.zeros(0, bool)
    same = pc.equal(column.slice(1), column.slice(0, len(column) - 1))
    return np.concatenate(([False], np.asarray(pc.fill_null(same, False))))


def lost(table: pa.Table, again: np.ndarray[Any, np.dtype[np.bool_]], cut: str | None = None) -> pa.Table:
    """The `LOST` rows of a table sorted by key and rank: each row that repeats a key loses to the first row that has it.

    A record of another dataset never loses, nor does a record to itself.
    """
    places = np.arange(len(again))
    first = np.maximum.accumulate(np.where(again, 0, places)) if len(places) else places
    number, standing = np.asarray(table["number"]), np.asarray(table["standing"])
    losing = np.flatnonzero(again & (number != number[first]) & (standing > ABOVE_ALL))
    winner = table["id"].take(pa.array(first[losing])).combine_chunks().cast(pa.string())
    return pa.table(
        {
            "number": pa.array(number[losing]),
            "value": pc.binary_join_element_wise("copy of", winner, " "),
            "winner": winner,
            "likeness": pa.array(np.ones(len(losing), np.float32)),
            "cut": pa.nulls(len(losing), pa.uint64()) if cut is None else table[cut].take(pa.array(losing)).combine_chunks(),
        },
        schema=LOST,
    )


@dataclass(frozen=True)
class Outcome:
    """What was decided about one block, as a file of `OUTCOME` rows sorted by row; `digest` names its content."""

    path: Path
    digest: str

    def table(self) -> pa.Table:
        """All of it."""
        with pa.OSFile(str(self.path)) as source:
            return pa.ipc.open_file(source).read_all()


class Ledger:
    """What was said of the records, in the order in which it was said, on disk once it is more than a little."""

    def __init__(self, records: Records, memory: int) -> None:
        self._records, self._memory = records, memory
        self._held: list[pa.Table] = []
        self._runs: list[tuple[Path, dict[int, int]]] = []

    def add(self, table: pa.Table, rule: str, because: str) -> None:
        """Take `LOST` rows said by one rule."""
        if table.num_rows:
            said = table.append_column("rule", pa.repeat(rule, table.num_rows)).append_column("because", pa.repeat(because, table.num_rows))
            self._held.append(said)
            if sum(held.nbytes for held in self._held) >= self._memory:
                self._spill()

    def _spill(self) -> None:
        table = pa.concat_tables(self._held)
        self._held = []
        table = table.take(pc.sort_indices(table, [("number", "ascending")])).combine_chunks()
        numbers = np.asarray(table["number"])
        path, start = self._records.scratch / f"said-{len(self._runs):04d}.arrow", 0
        places: dict[int, int] = {}
        with pa.ipc.new_file(str(path), table.schema) as file:
            for block, rows in self._records.by_block(numbers):
                places[block] = len(places)
                file.write_batch(table.slice(start, len(rows)).combine_chunks().to_batches()[0])
                start += len(rows)
        self._runs.append((path, places))

    def said_of(self, block: int) -> pa.Table | None:
        """Everything said of one block, as `OUTCOME` rows sorted by row; None where nothing was said. No more may be added then."""
        if self._held:
            self._spill()
        tables = []
        for path, places in self._runs:
            if block in places:
                with pa.OSFile(str(path)) as source:
                    tables.append(pa.Table.from_batches([pa.ipc.open_file(source).get_batch(places[block])]))
        if not tables:
            return None
        table = pa.concat_tables(tables)
        rows = np.asarray(table["number"]).astype(np.int64) - self._records.starts[block]
        table = table.append_column("row", pa.array(rows.astype(np.uint32))).select(OUTCOME.names).cast(OUTCOME)
        return table.take(pc.sort_indices(table, [("row", "ascending"), ("cut", "ascending")])).combine_chunks()


class Decision:
    """What was decided about every block, and the units that it rests on. Use it as a context manager: its files go when it is left."""

    def __init__(self, folder: Path, outcomes: Mapping[int, Outcome], units: Sequence[Receipt]) -> None:
        self._folder, self.outcomes, self.units = folder, outcomes, units

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)


def decide(
    blocks: Sequence[Block], expressions: Sequence[tuple[Rule, Expression]], joins: Sequence[Join], work: Path, memory: int = MEMORY
) -> Decision:
    """Decide about every record of the blocks that are no other dataset's.

    Args:
        blocks: the measured shards, each with its priority, and the shards of other datasets that joins may look at.
        expressions: the rules, in order.
        joins: the joins, in order; one that cuts comes last.
        work: the folder of units; what was found for other rules is used again, what does not fit in memory goes there for a while.
        memory: bytes held at a time, before they go to disk.
    """
    folder = work / f".decide-{uuid.uuid4().hex[:8]}"
    with storage_errors(folder):
        folder.mkdir(parents=True)
        records = Records(blocks, folder, work)
        ledger = Ledger(records, memory)
        for number, block in enumerate(blocks):
            if block.rows and block.origin is None and expressions:
                _apply_rules(number, records, expressions, ledger)
        for join in (SameId(memory=memory), *joins):
            gone = []
            for table in join.losers(records):
                ledger.add(table, join.rule, join.because)
                gone.append(np.asarray(table["number"].filter(pc.is_null(table["cut"]))))
            if gone:
                records.leave_out(np.concatenate(gone))
        cutter = next((join for join in joins if join.cuts), None)
        outcomes = {}
        for number, block in enumerate(blocks):
            said = ledger.said_of(number)
            if said is not None:
                outcomes[number] = _write(folder / f"outcome-{number:06d}.arrow", _without_emptied(said, block, cutter) if cutter else said)
    return Decision(folder, outcomes, records.units)


def _apply_rules(number: int, records: Records, expressions: Sequence[tuple[Rule, Expression]], ledger: Ledger) -> None:
    """What the rules leave out of one block, each record under the first rule that says so."""
    columns = records.blocks[number].read({name for _, expression in expressions for name in expression.columns})
    still_in = records.still_in(number)
    for rule, expression in expressions:
        rows = np.flatnonzero(still_in & ~np.asarray(expression(columns)))
        if len(rows):
            still_in[rows] = False
            numbers: Numbers = (rows + records.starts[number]).astype(np.uint32)
            values = pa.array(seen(expression, {name: columns[name].take(pa.array(rows)) for name in expression.columns}), pa.string())
            nothing = [pa.nulls(len(rows), LOST.field(name).type) for name in ("winner", "likeness", "cut")]
            ledger.add(pa.table([pa.array(numbers), values, *nothing], schema=LOST), rule.rule, rule.because)
            records.leave_out(numbers)


def _without_emptied(said: pa.Table, block: Block, join: Join) -> pa.Table:
    """Records of which every line that says something is cut are set aside, under the winner of the first; the others keep their cuts."""
    cut = np.asarray(said["row"].filter(pc.is_valid(said["cut"])))
    if not len(cut) or join.cuts is None:
        return said
    lines = block.read({join.cuts})[join.cuts]
    gone: dict[int, set[int]] = {}
    for row, key in zip(cut.tolist(), said["cut"].drop_null().to_pylist(), strict=True):
        gone.setdefault(row, set()).add(key)
    emptied = [row for row, keys in gone.items() if keys | {_BLANK_LINE} >= set(lines[row].as_py())]
    empty = np.isin(np.asarray(said["row"]), emptied)
    first = np.concatenate(([True], np.diff(np.asarray(said["row"]).astype(np.int64)) > 0))
    aside = said.filter(pa.array(empty & first))
    aside = aside.set_column(aside.schema.get_field_index("cut"), OUTCOME.field("cut"), pa.nulls(aside.num_rows, pa.uint64()))
    table = pa.concat_tables([said.filter(pa.array(~empty)), aside])
    return table.take(pc.sort_indices(table, [("row", "ascending"), ("cut", "ascending")])).combine_chunks()


def _write(path: Path, table: pa.Table) -> Outcome:
    with pa.ipc.new_file(str(path), OUTCOME) as file:
        for batch in table.combine_chunks().to_batches():
            file.write_batch(batch)
    return Outcome(path, sha256_file(path))
