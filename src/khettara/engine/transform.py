"""Documents through a list of steps, rules and joins, into a new sealed dataset: annotate once, decide late.

1. *Measure*: each shard goes once through all steps (read, every edit and signal, write). Costly, and kept.
2. *Decide*: rules are evaluated on the signals; joins (duplicates) look across all shards at small columns only.
3. *Materialise*: each shard is filtered. What is left out goes to `rejects/` with the rule, the value, and the winner.

Changing a threshold repeats 2 and 3. Nothing disappears: records in = records kept + records rejected.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

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
from khettara.dataset.schema import REASON_COLUMNS
from khettara.engine.card import card_text
from khettara.engine.decide import Join, decide
from khettara.engine.materialise import BATCH_ROWS, Filter
from khettara.engine.records import Block
from khettara.engine.rules import Expression, Rule
from khettara.engine.shards import Shard, cut
from khettara.engine.steps import Step, with_column
from khettara.engine.strings import NOT_TEXT, split_damaged
from khettara.engine.units import Output, Receipt, glance_receipt, hash_key, sweep
from khettara.engine.workers import Progress, Workers
from khettara.errors import KhettaraError, RecipeError

VERSION = 2
EDITS = "edits_"


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
    """The task of the first pass over one shard. `schemas` are the columns that come of it: of the data, and of the signals."""

    shard: Shard
    steps: tuple[Step, ...]
    fill: tuple[tuple[str, str], ...]
    schemas: tuple[pa.Schema, pa.Schema]

    @cached_property
    def key(self) -> str:
        """See `Task`."""
        return measure_key([step.record() for step in self.steps], dict(self.fill), self.shard)

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
        data_schema, signal_schema = self.schemas
        journal = _Journal(self.steps)
        rejects: list[pa.RecordBatch] = []
        reject_schema = rejects_schema(data_schema)

        with (
            PartWriter(folder / "data.parquet", data_schema) as data,
            PartWriter(folder / "signals.parquet", signal_schema) as signals,
        ):
            for batch in self.shard.batches(BATCH_ROWS):
                sound, damaged = split_damaged(batch)
                rejects += _rejected(damaged, reject_schema, *NOT_TEXT)
                good, empty = _split_empty(sound)
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


def measure_key(steps: Sequence[Mapping[str, Any]], fill: Mapping[str, str], shard: Shard) -> str:
    """The name of the unit that `steps`, as `Transform.record` gives them, leave of a shard."""
    return hash_key("measure", VERSION, list(steps), dict(fill), shard.identity)


@dataclass(frozen=True)
class Look:
    """The task of measuring a shard of another dataset: only what joins ask, and the text is not kept."""

    shard: Shard
    steps: tuple[Step, ...]
    columns: tuple[str, ...]

    @cached_property
    def key(self) -> str:
        """See `Task`."""
        return hash_key("look", VERSION, [step.record() for step in self.steps], list(self.columns), self.shard.identity)

    @property
    def label(self) -> str:
        """See `Task`."""
        return self.shard.label

    @property
    def weight(self) -> int:
        """See `Task`."""
        return self.shard.text_bytes

    def __call__(self, folder: Path) -> Mapping[str, Output]:
        """Apply the steps; a record that one of them cannot take is nobody's copy."""
        data_schema = self.shard.schema()
        known = pa.unify_schemas([data_schema, _signal_schema(data_schema, self.steps)])
        schema = pa.schema([known.field(name) for name in ("id", "source", *self.columns)])
        with PartWriter(folder / "signals.parquet", schema) as signals:
            for batch in self.shard.batches(BATCH_ROWS):
                for done, failed, _ in _apply(self.steps, _split_empty(split_damaged(batch)[0])[0]):
                    if failed is None:
                        signals.write(done.select(schema.names))
        return {"signals.parquet": Output(signals.rows)}


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
    others: Sequence[Dataset] = (),
) -> tuple[Manifest, int, int]:
    """Run the three passes and seal the result at `destination`. Copies of records of `others` are left out too.

    Returns the manifest, the number of units done now, and of units found done.

    Raises:
        RecipeError: a rule names a column that no step makes.
        DatasetError: the inputs have different columns.
    """
    data_schema = _common_schema(inputs)
    signal_schema = _measured_schema(what, shards, work) or _signal_schema(data_schema, what.steps)
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

    cutter = next((join for join in what.joins if join.cuts), None)
    with Draft(destination) as draft:  # from the start: a second run must not work, or sweep, here
        measures = [Measure(shard, what.steps, what.fill, (data_schema, signal_schema)) for shard in shards]
        measured = workers.run(measures, work, progress, "measure")
        compared, looked = blocks_of_others(others, what, work, workers, progress)
        blocks = [block_of(unit, priorities[shard.input_number]) for unit, shard in zip(measured, shards, strict=True)]
        with decide([*blocks, *compared], expressions, what.joins, work) as decision:
            cuts, edits = (cutter.cuts, f"{cutter.rule}_cut") if cutter else (None, None)
            filters = {n: Filter(measured[n], outcome, cuts, edits) for n, outcome in decision.outcomes.items()}
            filtered = dict(zip(filters, workers.run(list(filters.values()), work, progress, "filter"), strict=True))
        counts = _assemble(draft, [filtered.get(n, unit) for n, unit in enumerate(measured)])
        counts["in"] = sum(dataset.rows for dataset in inputs)
        journal = [*_sum_journals(measured), *([_cut_line(cutter, filtered.values())] if cutter else [])]
        draft.write_text("journal.jsonl", "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in journal))
        draft.write_text("README.md", card_text(destination.name, "documents", counts, [d.name for d in inputs], draft.folder))
        manifest = draft.seal(
            kind="documents",
            step=StepRecord(step_name, VERSION, settings, key),
            parents=[
                *(Parent(dataset.digest, dataset.name) for dataset in inputs),
                *(Parent(other.digest, other.name, "against") for other in others),
            ],
            schema=data_schema,
            counts=counts,
        )
        units = [*measured, *looked, *decision.units, *filtered.values()]
        sweep(work, {unit.key for unit in units})
    reused = sum(unit.reused for unit in units)
    return manifest, len(units) - reused, reused


def _measured_schema(what: Transform, shards: Sequence[Shard], work: Path) -> pa.Schema | None:
    """The columns of the signals, from a shard that is measured already; None where none is.

    Trying the steps loads whatever they need, half a second that a run with another threshold has no use for.
    """
    for shard in shards[:1]:
        unit = glance_receipt(measure_key([step.record() for step in what.steps], dict(what.fill), shard), work)
        if unit is not None:
            return pq.read_schema(unit.path("signals.parquet")).remove_metadata()
    return None


def _signal_schema(schema: pa.Schema, steps: Sequence[Step]) -> pa.Schema:
    """The columns of the signals that `steps` make of records with `schema`: found by trying no records."""
    *_, batch = _tried(schema, steps)
    added = [pa.field(field.name, field.type) for field in batch.schema if field.name not in schema.names]
    return pa.schema([schema.field("id"), *added])


def _tried(schema: pa.Schema, steps: Sequence[Step]) -> Iterator[pa.RecordBatch]:
    """No records with `schema`, before all steps and after each."""
    batch = pa.RecordBatch.from_arrays([pa.nulls(0, field.type) for field in schema], schema=schema)
    yield batch
    for step in steps:
        try:
            batch = step(batch)
        except KeyError as error:
            raise RecipeError(f"step {step.name()} needs a column {error}", hint="Put the step that makes it before this one.") from error
        yield batch


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


def _cut_line(join: Join, units: Iterable[Receipt]) -> dict[str, Any]:
    """The journal's line of a join that takes paragraphs out."""
    records, changes = np.sum([(0, 0), *(unit.facts["data.parquet"].get("cut", (0, 0)) for unit in units)], axis=0).tolist()
    return {"step": join.rule, "version": join.record()["version"], "records": records, "changes": changes}


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
    columns = [batch.column(name) for name in schema.names[: -len(REASON_COLUMNS)]]
    columns += [pa.repeat(pa.scalar(text, pa.string()), batch.num_rows) for text in (rule, because, value)]
    columns.append(pa.nulls(batch.num_rows, pa.string()))
    return [pa.RecordBatch.from_arrays(columns, schema=schema)]


def block_of(unit: Receipt, priority: int = 0) -> Block:
    """A measured unit as what decisions look at."""
    files = ("data.parquet", "signals.parquet")
    return Block(tuple(unit.path(name) for name in files), unit.files[files[0]].rows or 0, unit.key, priority)


def blocks_of_others(
    others: Sequence[Dataset], what: Transform, work: Path, workers: Workers, progress: Progress
) -> tuple[list[Block], list[Receipt]]:
    """The records of other datasets, with the signals that joins ask for: theirs where the same step made them, else measured."""
    columns = tuple(sorted({name for join in what.joins for name in join.columns}))
    blocks, units = [], []
    for other in others:
        origin = f"{other.name}@{other.digest[:12]}"
        steps = _steps_for(columns, other.schema.remove_metadata(), what.steps)
        if _has_measured(other, steps):
            files = zip(other.files("data"), other.files("signals"), other.manifest.of_role("data"), strict=True)
            blocks += [Block((data, signals), entry.rows or 0, entry.sha256, origin=origin) for data, signals, entry in files]
        else:
            looks = [Look(shard, steps, columns) for shard in cut([other])]
            done = workers.run(looks, work, progress, "measure")
            blocks += [Block((unit.path("signals.parquet"),), unit.files["signals.parquet"].rows or 0, unit.key, origin=origin) for unit in done]
            units += done
    return blocks, units


def _steps_for(columns: Sequence[str], schema: pa.Schema, steps: Sequence[Step]) -> tuple[Step, ...]:
    """Of the steps, every edit up to the last that makes one of the columns, and the signals that make them."""
    made = [set(batch.schema.names) for batch in _tried(schema, steps)]
    makers = [number for number, (before, after) in enumerate(pairwise(made)) if (after - before) & set(columns)]
    return tuple(step for number, step in enumerate(steps) if number in makers or (step.kind == "edit" and number < max(makers, default=0)))


def _has_measured(other: Dataset, steps: Sequence[Step]) -> bool:
    """Whether a dataset holds what the signals among `steps` make, of its texts as they are now: no edit came after."""
    made = other.manifest.step.settings.get("steps", [])
    if len(other.files("signals")) != len(other.files("data")) or not isinstance(made, list) or not made:
        return False
    names = pq.read_schema(other.files("signals")[0]).names
    edits = [number for number, step in enumerate(made) if f"{EDITS}{step['step']}" in names]
    places = [made.index(step.record()) if step.record() in made else -1 for step in steps if step.kind == "signal"]
    return all(place > max(edits, default=-1) for place in places)


def _assemble(draft: Draft, units: Sequence[Receipt]) -> dict[str, Any]:
    """Put the units' files in their places in the draft; returns the counts."""
    by_reason: Counter[str] = Counter()
    kept = 0
    for unit in units:
        for role in ("data", "signals", "rejects", "clusters"):
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


def stage_key(what: Transform, inputs: Sequence[Dataset], priorities: Sequence[int], shards: Sequence[Shard], others: Sequence[Dataset] = ()) -> str:
    """The hash of everything that decides the outcome: settings, inputs, and how the inputs are cut."""
    cuts = sha256_hex(json.dumps([shard.identity for shard in shards]).encode())
    return hash_key("transform", what.record(), [dataset.digest for dataset in inputs], list(priorities), cuts, [other.digest for other in others])
