"""Steps, rules and joins small enough to check by eye, and a way to run them as a stage does."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from khettara.dataset import Dataset, Manifest
from khettara.engine import Rule, Silence, Step, Transform, Workers, cut, stage_key, transform, with_column


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


@dataclass(frozen=True)
class SameText:
    """Keeps the least record by (priority, source, id) of each text length: a join that depends on all records."""

    rule: str = "same_length"
    because: str = "one record of each length is enough"
    columns: Sequence[str] = ("n_chars",)

    def record(self) -> Mapping[str, Any]:
        """See `Join`."""
        return {"join": self.rule}

    def losers(self, table: pa.Table) -> pa.Table:
        """See `Join`."""
        keys = [(name, "ascending") for name in ("n_chars", "priority", "source", "id")]
        table = table.take(pc.sort_indices(table, keys))
        lengths = np.asarray(table["n_chars"])
        first = np.concatenate(([True], lengths[1:] != lengths[:-1])) if len(lengths) else np.zeros(0, bool)
        winner = np.maximum.accumulate(np.where(first, np.arange(len(first)), 0)) if len(first) else np.zeros(0, np.int64)
        places = np.flatnonzero(~first)
        return pa.table({"id": table["id"].take(pa.array(places)), "winner": table["id"].take(pa.array(winner[places]))})


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
