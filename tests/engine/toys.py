"""Steps, rules and joins small enough to check by eye, and a way to run them as a stage does."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from khettara.dataset import Dataset, Manifest
from khettara.engine import Records, Rule, Silence, Step, Transform, Workers, copies, cut, lost, repeats, stage_key, transform, with_column
from khettara.engine.groups import Keys
from khettara.engine.records import Places


class Upper(Step):
    """Capitals; a record is changed once or not at all."""

    kind: ClassVar[Literal["edit", "signal"]] = "edit"

    def __call__(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """See `Step`."""
        text = pc.utf8_upper(batch["text"])
        changed = pc.not_equal(text, batch["text"]).cast(pa.int32())
        return with_column(with_column(batch, "text", text), "edits_upper", changed)


class Length(Step):
    """`n_chars`."""

    kind: ClassVar[Literal["edit", "signal"]] = "signal"

    def __call__(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """See `Step`."""
        return with_column(batch, "n_chars", pc.utf8_length(batch["text"]).cast(pa.int32()))


class Fragile(Step):
    """Fails on every text that has `bad` in it, whatever else is in the batch."""

    bad: str = "x"
    kind: ClassVar[Literal["edit", "signal"]] = "signal"

    def __call__(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """See `Step`."""
        if pc.any(pc.match_substring(batch["text"], self.bad)).as_py():
            raise ValueError("a step that cannot read this")
        return with_column(batch, "fragile_ok", pa.repeat(True, batch.num_rows))


class Slow(Step):
    """Changes nothing, in `seconds` for each batch."""

    seconds: float = 0.01
    kind: ClassVar[Literal["edit", "signal"]] = "signal"

    def __call__(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """See `Step`."""
        if batch.num_rows:
            time.sleep(self.seconds)
        return with_column(batch, "slow", pa.repeat(1, batch.num_rows))


def length_keys(column: pa.Array) -> tuple[Keys, Places]:
    """A key for each number, spread over 64 bits as keys are."""
    return np.asarray(column).astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15), np.arange(len(column))


@dataclass(frozen=True)
class SameLength:
    """Keeps the least record by (priority, source, id) of each text length: a join that depends on all records."""

    rule: str = "same_length"
    because: str = "one record of each length is enough"
    columns: Sequence[str] = ("n_chars",)
    cuts: str | None = None
    memory: int = 1 << 20

    def record(self) -> Mapping[str, Any]:
        """See `Join`."""
        return {"join": self.rule, "version": 1}

    def losers(self, records: Records) -> Iterator[pa.Table]:
        """See `Join`."""
        for table in copies(records, self.record(), "n_chars", length_keys, self.memory):
            yield lost(table, repeats(table["key"]))


def rule(keep: str, name: str = "toy") -> Rule:
    """A rule with a reason."""
    return Rule(rule=name, keep=keep, because="a toy rule")


def run_transform(
    inputs: Sequence[Path],
    what: Transform,
    out: Path,
    workers: Workers | None = None,
    shard_mb: float = 16,
    priorities: Sequence[int] | None = None,
) -> tuple[Manifest, int, int]:
    """What a stage does, without a recipe."""
    datasets = [Dataset.open(path) for path in inputs]
    shards = cut(datasets, shard_mb)
    priorities = priorities or [0] * len(datasets)
    return transform(
        datasets,
        priorities,
        what,
        out,
        key=stage_key(what, datasets, priorities, shards),
        step_name="toy",
        settings=what.record(),
        shards=shards,
        work=out.parent / ".work" / out.name,
        workers=workers or Workers("threads", 2),
        progress=Silence(),
    )


def texts(path: Path, role: str = "data") -> dict[str, str]:
    """Every record of a role, by id."""
    return {row["id"]: row["text"] for batch in Dataset.open(path).batches(role=role) for row in batch.to_pylist()}
