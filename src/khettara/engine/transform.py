"""Documents through a list of steps, rules and joins, into a new sealed dataset: annotate once, decide late.

1. *Measure*: each shard goes once through all steps (read, every edit and signal, write). Costly, and kept.
2. *Decide*: rules are evaluated on the signals; joins (duplicates) look across all shards at small columns only.
3. *Materialise*: each shard is filtered. What is left out goes to `rejects/` with the rule, the value, and the winner.

Changing a threshold repeats 2 and 3. Nothing disappears: records in = records kept + records rejected.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from khettara.dataset import (
    Dataset,
    Draft,
    Manifest,
    Parent,
    PartWriter,
    StepRecord,
    rejects_schema,
    sha256_hex,
    write_parquet,
)
from khettara.engine.card import card_text
from khettara.engine.rules import Expression, Rule, seen
from khettara.engine.shards import Shard
from khettara.engine.steps import Step, with_column
from khettara.engine.units import Output, Receipt, hash_key, sweep
from khettara.engine.workers import Progress, Workers
from khettara.errors import KhettaraError, RecipeError

LeftOut = tuple[int, str, str, str, str | None]
"""Row in its shard, rule, because, value, winner."""

VERSION = 1
BATCH_ROWS = 2048
EDITS = "edits_"


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

    def record(self) -> Mapping[str, Any]:
        """Name, version and settings."""
        ...

    def losers(self, table: pa.Table) -> pa.Table:
        """Given `priority`, `source`, `id` and `columns` of every record still in: (id, winner) of those to leave out."""
        ...


@dataclass(frozen=True)
class Transform:
    """What to do with the records. `fill` gives, for a column of the data, the signal that fills it where it is null."""

    steps: tuple[Step, ...]
    rules: tuple[Rule, ...] = ()
    joins: tuple[Join, ...] = ()
    fill: tuple[tuple[str, str], ...] = ()

    def record(self) -> dict[str, Any]:
        """Everything that decides the outcome, as plain values."""
        return {
            "version": VERSION,
            "steps": [step.record() for step in self.steps],
            "rules": [rule.model_dump() for rule in self.rules],
            "joins": [dict(join.record()) for join in self.joins],
            "fill": dict(self.fill),
        }


@dataclass(frozen=True)
class Measure:
    """The task of the first pass over one shard."""

    shard: Shard
    steps: tuple[Step, ...]
    fill: tuple[tuple[str, str], ...]

    @cached_property
    def key(self) -> str:
        """See `Task`."""
        return hash_key("measure", VERSION, [step.record() for step in self.steps], dict(self.fill), self.shard.identity)

    @property
    def label(self) -> str:
        """See `Task`."""
        return self.shard.label

    @property
    def weight(self) -> int:
        """See `Task`."""
        return self.shard.text_bytes

    def __call__(self, folder: Path) -> Mapping[str, Output]:
        """Read, apply every step, write data, signals and the records that no step could take."""
        first = self.shard.schema()
        data_schema, signal_schema = output_schemas(first, self.steps)
        journal = _Journal(self.steps)
        rejects: list[pa.RecordBatch] = []
        reject_schema = rejects_schema(data_schema)

        with (
            PartWriter(folder / "data.parquet", data_schema) as data,
            PartWriter(folder / "signals.parquet", signal_schema) as signals,
        ):
            for batch in self.shard.batches(BATCH_ROWS):
                good, empty = _split_empty(batch)
                rejects += _rejected(empty, reject_schema, "no_text", "a record without text has nothing to learn from", "text=null")
                for done, failed, reason in _apply(self.steps, good):
                    if failed is not None:
                        rejects += _rejected(failed, reject_schema, f"failed_{reason[0]}", "a step could not process it", reason[1])
                        continue
                    filled = _fill(done, self.fill, journal)
                    journal.count(filled)
                    data.write(filled.select(data_schema.names))
                    signals.write(filled.select(signal_schema.names))
        outputs = {"data.parquet": Output(data.rows, {"journal": journal.totals()}), "signals.parquet": Output(signals.rows)}
        if rejects:
            rows = write_parquet(folder / "rejects.parquet", rejects, reject_schema)
            outputs["rejects.parquet"] = Output(rows)
        return outputs


@dataclass(frozen=True)
class Filter:
    """The task of the last pass: keep the rows that no rule and no join left out."""

    measured: Receipt
    left_out: tuple[LeftOut, ...]

    @cached_property
    def key(self) -> str:
        """See `Task`."""
        return hash_key("filter", VERSION, self.measured.key, [list(entry) for entry in self.left_out])

    @property
    def label(self) -> str:
        """See `Task`."""
        return f"shard {self.measured.key[:8]}"

    @property
    def weight(self) -> int:
        """See `Task`."""
        return self.measured.files["data.parquet"].bytes

    def __call__(self, folder: Path) -> Mapping[str, Output]:
        """Stream the measured shard into kept data, kept signals, and rejects."""
        outputs = {}
        keep = np.ones(self.measured.files["data.parquet"].rows or 0, bool)
        keep[[entry[0] for entry in self.left_out]] = False
        for name in ("data.parquet", "signals.parquet"):
            schema = pq.read_schema(self.measured.path(name))
            outputs[name] = Output(write_parquet(folder / name, _kept(self.measured.path(name), keep), schema))
        schema = rejects_schema(pq.read_schema(self.measured.path("data.parquet")))
        rows = write_parquet(folder / "rejects.parquet", chain(self._earlier_rejects(), self._rejects(schema)), schema)
        outputs["rejects.parquet"] = Output(rows)
        return outputs

    def _earlier_rejects(self) -> Iterator[pa.RecordBatch]:
        """What the measuring itself set aside."""
        if "rejects.parquet" in self.measured.files:
            with pq.ParquetFile(self.measured.path("rejects.parquet")) as parquet:
                yield from parquet.iter_batches(BATCH_ROWS)

    def _rejects(self, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
        reasons = {entry[0]: entry[1:] for entry in self.left_out}
        start = 0
        with pq.ParquetFile(self.measured.path("data.parquet")) as parquet:
            for batch in parquet.iter_batches(BATCH_ROWS):
                rows = [row for row in range(start, start + batch.num_rows) if row in reasons]
                start += batch.num_rows
                if not rows:
                    continue
                taken = batch.take(pa.array([row - (start - batch.num_rows) for row in rows]))
                why = [reasons[row] for row in rows]
                columns = [taken.column(name) for name in schema.names[: len(schema) - 4]]
                columns += [pa.array([entry[i] for entry in why], pa.string()) for i in range(4)]
                yield pa.RecordBatch.from_arrays(columns, schema=schema)


def transform(
    inputs: Sequence[Dataset],
    priorities: Sequence[int],
    what: Transform,
    destination: Path,
    *,
    key: str,
    step_name: str,
    settings: Mapping[str, Any],
    shards: Sequence[Shard],
    work: Path,
    workers: Workers,
    progress: Progress,
) -> tuple[Manifest, int, int]:
    """Run the three passes and seal the result at `destination`.

    Returns the manifest, the number of units done now, and of units found done.

    Raises:
        RecipeError: a rule names a column that no step makes.
        DatasetError: the inputs have different columns.
    """
    data_schema, signal_schema = output_schemas(_common_schema(inputs), what.steps)
    known = [*data_schema.names, *signal_schema.names]
    expressions = [(rule, Expression(rule.keep)) for rule in what.rules]
    for rule, expression in expressions:
        try:
            expression.check_columns(known)
            expression({field.name: pa.nulls(0, field.type) for field in (*data_schema, *signal_schema)})  # do types fit? Asked before any work
        except RecipeError as error:
            raise RecipeError(error.what, where=f"rule {rule.rule}", hint=error.hint) from None
    for join in what.joins:
        for column in join.columns:
            if column not in known:
                raise RecipeError(f"{join.rule} needs the signal {column!r}", hint="Add the step that makes it to `steps`.")

    with Draft(destination) as draft:  # from the start: a second run must not work, or sweep, here
        measures = [Measure(shard, what.steps, what.fill) for shard in shards]
        measured = workers.run(measures, work, progress, "measure")
        left_out = _decide(measured, [priorities[shard.input_number] for shard in shards], expressions, what.joins)
        filters = {n: Filter(measured[n], tuple(entries)) for n, entries in enumerate(left_out) if entries}
        filtered = dict(zip(filters, workers.run(list(filters.values()), work, progress, "filter"), strict=True))
        counts = _assemble(draft, [filtered.get(n, unit) for n, unit in enumerate(measured)])
        counts["in"] = sum(dataset.rows for dataset in inputs)
        journal = _sum_journals(measured)
        draft.write_text("journal.jsonl", "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in journal))
        draft.write_text("README.md", card_text(destination.name, "documents", counts, [d.name for d in inputs], draft.folder))
        manifest = draft.seal(
            kind="documents",
            step=StepRecord(step_name, VERSION, settings, key),
            parents=[Parent(dataset.digest, dataset.name) for dataset in inputs],
            schema=data_schema,
            counts=counts,
        )
        sweep(work, {unit.key for unit in measured} | {unit.key for unit in filtered.values()})
    units = [*measured, *filtered.values()]
    reused = sum(unit.reused for unit in units)
    return manifest, len(units) - reused, reused


def output_schemas(schema: pa.Schema, steps: Sequence[Step]) -> tuple[pa.Schema, pa.Schema]:
    """The columns of the data, and of the signals, that `steps` make of records with `schema`: found by trying no records."""
    batch = pa.RecordBatch.from_arrays([pa.nulls(0, field.type) for field in schema], schema=schema)
    for step in steps:
        try:
            batch = step(batch)
        except KeyError as error:
            raise RecipeError(f"step {step.name()} needs a column {error}", hint="Put the step that makes it before this one.") from error
    added = [pa.field(field.name, field.type) for field in batch.schema if field.name not in schema.names]
    return schema, pa.schema([schema.field("id"), *added])


def _common_schema(inputs: Sequence[Dataset]) -> pa.Schema:
    first = inputs[0].schema.remove_metadata()
    for dataset in inputs[1:]:
        if not dataset.schema.remove_metadata().equals(first):
            raise RecipeError(f"{dataset.name} has other columns than {inputs[0].name}", where=str(dataset.path), hint="Clean them in two stages.")
    return first


class _Journal:
    """Counts what the edits changed and what was filled in, by named step."""

    def __init__(self, steps: Sequence[Step]) -> None:
        self._versions = {step.name(): step.version for step in steps if step.kind == "edit"}
        self._records: Counter[str] = Counter()
        self._changes: Counter[str] = Counter()

    def count(self, batch: pa.RecordBatch) -> None:
        for name in self._versions:
            column = batch.column(f"{EDITS}{name}")
            self.add(name, pc.sum(pc.greater(column, 0)).as_py() or 0, pc.sum(column).as_py() or 0)

    def add(self, name: str, records: int, changes: int) -> None:
        self._records[name] += records
        self._changes[name] += changes

    def totals(self) -> list[dict[str, Any]]:
        return [
            {"step": name, "version": self._versions.get(name, VERSION), "records": self._records[name], "changes": self._changes[name]}
            for name in (*self._versions, *sorted(self._records.keys() - self._versions.keys()))
        ]


def _sum_journals(units: Sequence[Receipt]) -> list[dict[str, Any]]:
    lines: dict[str, dict[str, Any]] = {}
    for unit in units:
        for line in unit.facts["data.parquet"]["journal"]:
            total = lines.setdefault(line["step"], {**line, "records": 0, "changes": 0})
            total["records"] += line["records"]
            total["changes"] += line["changes"]
    return list(lines.values())


def _split_empty(batch: pa.RecordBatch) -> tuple[pa.RecordBatch, pa.RecordBatch]:
    text = batch.column("text")
    if text.null_count == 0:
        return batch, batch.slice(0, 0)
    valid = pc.is_valid(text)
    return batch.filter(valid), batch.filter(pc.invert(valid))


def _apply(steps: Sequence[Step], batch: pa.RecordBatch) -> Iterator[tuple[pa.RecordBatch, pa.RecordBatch | None, tuple[str, str]]]:
    """All steps over a batch; a batch that fails is halved until the one record that a step cannot take stands alone."""
    if batch.num_rows == 0:
        return
    done = batch
    step: Step | None = None
    try:
        for step in steps:
            done = step(done)
        yield done, None, ("", "")
    except (KhettaraError, MemoryError):
        raise
    except Exception as error:
        name = step.name() if step is not None else ""
        if batch.num_rows == 1:
            yield batch, batch, (name, f"{type(error).__name__}: {error}"[:200])
            return
        half = batch.num_rows // 2
        yield from _apply(steps, batch.slice(0, half))
        yield from _apply(steps, batch.slice(half))


def _fill(batch: pa.RecordBatch, fill: Sequence[tuple[str, str]], journal: _Journal) -> pa.RecordBatch:
    for column, signal in fill:
        before = batch.column(column)
        if before.null_count == 0:
            journal.add(f"fill_{column}", 0, 0)
            continue
        filled = pc.coalesce(before, batch.column(signal).cast(before.type))
        journal.add(f"fill_{column}", before.null_count - filled.null_count, before.null_count - filled.null_count)
        batch = with_column(batch, column, filled)
    return batch


def _rejected(batch: pa.RecordBatch, schema: pa.Schema, rule: str, because: str, value: str) -> list[pa.RecordBatch]:
    if batch.num_rows == 0:
        return []
    columns = [batch.column(name) for name in schema.names[: len(schema) - 4]]
    columns += [pa.repeat(pa.scalar(text, pa.string()), batch.num_rows) for text in (rule, because, value)]
    columns.append(pa.nulls(batch.num_rows, pa.string()))
    return [pa.RecordBatch.from_arrays(columns, schema=schema)]


def _kept(path: Path, keep: np.ndarray[Any, np.dtype[np.bool_]]) -> Iterator[pa.RecordBatch]:
    start = 0
    with pq.ParquetFile(path) as parquet:
        for batch in parquet.iter_batches(BATCH_ROWS):
            yield batch.filter(pa.array(keep[start : start + batch.num_rows]))
            start += batch.num_rows


def _decide(
    units: Sequence[Receipt], priorities: Sequence[int], expressions: Sequence[tuple[Rule, Expression]], joins: Sequence[Join]
) -> list[list[LeftOut]]:
    """For each unit, the rows to leave out, each under the first rule that says so; joins see what the rules kept."""
    if not units:  # a dataset without records has no shard
        return []
    left_out: list[dict[int, LeftOut]] = [{} for _ in units]
    names = {name for _, expression in expressions for name in expression.columns}
    for entries, unit in zip(left_out, units, strict=True):
        if not unit.files["data.parquet"].rows:
            continue
        columns = _columns(unit, names)
        for rule, expression in expressions:
            for row in np.flatnonzero(~expression(columns).to_numpy(zero_copy_only=False)):
                entries.setdefault(int(row), (int(row), rule.rule, rule.because, seen(expression, columns, int(row)), None))
    repeated = _repeated_ids(units)
    if len(repeated):
        table = _survivors(units, priorities, ("text",), left_out, repeated)
        _leave_out(left_out, table, "same_id", "the same record came in twice", _all_but_the_least)
    for join in joins:
        _leave_out(left_out, _survivors(units, priorities, join.columns, left_out), join.rule, join.because, join.losers)
    return [sorted(entries.values(), key=lambda entry: entry[0]) for entries in left_out]


def _survivors(
    units: Sequence[Receipt],
    priorities: Sequence[int],
    names: Sequence[str],
    left_out: Sequence[Mapping[int, LeftOut]],
    ids: pa.Array | None = None,
) -> pa.Table:
    """What joins look at, of every record still in (or of those with `ids` only), with the `unit` and `row` where it stands."""
    tables = []
    for number, unit in enumerate(units):
        rows = unit.files["data.parquet"].rows or 0
        alive = np.ones(rows, bool)
        alive[list(left_out[number])] = False
        columns = _columns(unit, {"id", "source", *names})
        table = pa.table(
            {
                "priority": pa.array(np.full(rows, priorities[number], np.int32)),
                "source": _source_text(columns["source"]),
                **{name: columns[name] for name in ("id", *names)},
                "unit": pa.array(np.full(rows, number, np.int64)),
                "row": pa.array(np.arange(rows, dtype=np.int64)),
            }
        )
        tables.append(table.filter(pa.array(alive) if ids is None else pc.and_(pa.array(alive), pc.is_in(columns["id"], value_set=ids))))
    return pa.concat_tables(tables).combine_chunks()


def _leave_out(left_out: Sequence[dict[int, LeftOut]], table: pa.Table, rule: str, because: str, losers: Callable[[pa.Table], pa.Table]) -> None:
    lost = losers(table)
    unit, row = np.asarray(table["unit"]), np.asarray(table["row"])
    places = lost["place"] if "place" in lost.column_names else pc.index_in(lost["id"], value_set=table["id"].combine_chunks())
    for place, winner in zip(places.to_pylist(), lost["winner"].to_pylist(), strict=True):
        left_out[int(unit[place])][int(row[place])] = (int(row[place]), rule, because, f"copy of {winner}", winner)


def _repeated_ids(units: Sequence[Receipt]) -> pa.Array:
    """The ids that more than one record has: mostly none, and then no other column need be read."""
    ids = pa.chunked_array([_columns(unit, {"id"})["id"] for unit in units])
    if int(pc.count_distinct(ids).as_py()) == len(ids):
        return ids.chunk(0).slice(0, 0)
    counted = pc.value_counts(ids)
    return counted.field("values").filter(pc.greater(counted.field("counts"), 1))


def _all_but_the_least(table: pa.Table) -> pa.Table:
    """Of each id all records but the least by (priority, source, text), whatever order they came in; by `place`, since ids do not tell them apart."""
    keys = ("id", "priority", "source", "text", "unit", "row")
    order = pc.sort_indices(table, [(name, "ascending") for name in keys])
    ids = table["id"].take(order).combine_chunks()
    encoded = np.asarray(ids.dictionary_encode().indices)
    places = np.asarray(order)[1:][encoded[1:] == encoded[:-1]]
    return pa.table({"place": pa.array(places), "winner": table["id"].take(pa.array(places))})


def _source_text(source: pa.Array) -> pa.Array:
    uri = pc.fill_null(pc.struct_field(source, "uri"), "")
    member = pc.fill_null(pc.struct_field(source, "member"), "")
    return pc.binary_join_element_wise(uri, member, "\x1f")


def _columns(unit: Receipt, names: set[str]) -> dict[str, pa.Array]:
    """Columns of a measured unit, from its data or its signals, without reading any other."""
    found: dict[str, pa.Array] = {}
    for file in ("data.parquet", "signals.parquet"):
        with pq.ParquetFile(unit.path(file)) as parquet:
            there = [name for name in parquet.schema_arrow.names if name in names and name not in found]
            if there:
                table = parquet.read(there, use_threads=False)
                found |= {name: table[name].combine_chunks() for name in there}
    return found


def _assemble(draft: Draft, units: Sequence[Receipt]) -> dict[str, Any]:
    """Put the units' files in their places in the draft; returns the counts."""
    by_reason: Counter[str] = Counter()
    kept = 0
    for unit in units:
        for role in ("data", "signals", "rejects"):
            entry = unit.files.get(f"{role}.parquet")
            if entry is None or not entry.rows:
                continue
            draft.add(role, unit.path(f"{role}.parquet"), entry)
            if role == "data":
                kept += entry.rows
            if role == "rejects":
                rules = pq.read_table(unit.path("rejects.parquet"), columns=["rule"])["rule"]
                by_reason.update({pair["values"]: pair["counts"] for pair in pc.value_counts(rules).to_pylist()})
    return {"kept": kept, "rejected": by_reason.total(), "rejected_by": dict(sorted(by_reason.items()))}


def stage_key(what: Transform, inputs: Sequence[Dataset], priorities: Sequence[int], shards: Sequence[Shard]) -> str:
    """The hash of everything that decides the outcome: settings, inputs, and how the inputs are cut."""
    cuts = sha256_hex(json.dumps([shard.identity for shard in shards]).encode())
    return hash_key("transform", what.record(), [dataset.digest for dataset in inputs], list(priorities), cuts)
