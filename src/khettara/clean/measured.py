"""What was measured on every record of a cleaned dataset, kept or left out: found again in the work folder, nothing measured anew.

    measured = measured_of(Dataset.open("data/demo/clean"))
    measured.columns(0, {"id", "n_words"})     # of the first shard, each an Arrow array

A sealed dataset holds the signals of the records that it kept. Those of the others are only here, as long as the work folder is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from khettara.dataset import Dataset
from khettara.dataset.lineage import find
from khettara.engine import Receipt, Shard, cut
from khettara.engine.stage import WORK_FOLDER
from khettara.engine.transform import block_of, measure_key
from khettara.engine.units import glance_receipt
from khettara.errors import DatasetError

Rows = npt.NDArray[np.int64]

DATA = "data.parquet"
SIGNALS = "signals.parquet"


@dataclass(frozen=True)
class Measured:
    """The measured units of a stage, one a shard, in the order of the shards."""

    units: tuple[Receipt, ...]

    @cached_property
    def sizes(self) -> list[int]:
        """How many records each unit holds."""
        return [unit.files[DATA].rows or 0 for unit in self.units]

    @cached_property
    def signals(self) -> pa.Schema:
        """The columns that were measured, with `id`."""
        return pq.read_schema(self.units[0].path(SIGNALS)) if self.units else pa.schema([])

    @cached_property
    def data(self) -> pa.Schema:
        """The columns of the records."""
        return pq.read_schema(self.units[0].path(DATA)) if self.units else pa.schema([])

    def columns(self, number: int, names: set[str]) -> dict[str, pa.Array]:
        """Columns of one unit, of its data or its signals."""
        return block_of(self.units[number]).read(names)

    def records(self, number: int, rows: Rows, names: Sequence[str]) -> list[dict[str, Any]]:
        """Some rows of one unit, in their order, with columns of the data such as `text`; only the row groups they stand in are read."""
        return take_rows(self.units[number].path(DATA), rows, names)


def measured_by(steps: Sequence[Mapping[str, Any]], fill: Mapping[str, str], shards: Sequence[Shard], work: Path) -> Measured | None:
    """The units that these steps, as `Transform.record` gives them, left of these shards; None where one is missing."""
    units = []
    for shard in shards:
        unit = glance_receipt(measure_key(steps, fill, shard), work)
        if unit is None:
            return None
        units.append(unit)
    return Measured(tuple(units))


def measured_of(dataset: Dataset, search: tuple[Path, ...] = ()) -> Measured | None:
    """The units that a sealed dataset was made from, or None: its work folder, or what it was made from, is no longer there.

    Parents are looked for, by digest, beside the dataset and below the folders `search`.
    """
    settings = dataset.manifest.step.settings
    if "steps" not in settings or "shard_mb" not in settings:
        return None
    home = dataset.path.resolve().parent
    parents = []
    for parent in dataset.manifest.parents:
        if parent.role != "dataset":  # it was only compared with
            continue
        found = find(parent.digest, (home, *search))
        if found is None:
            return None
        try:
            parents.append(Dataset.open(found[0]))
        except DatasetError:
            return None
    shards = cut(parents, settings["shard_mb"])
    return measured_by(settings["steps"], settings["fill"], shards, home / WORK_FOLDER / dataset.path.resolve().name)


def take_rows(path: Path, rows: Rows, names: Sequence[str]) -> list[dict[str, Any]]:
    """Some rows of a Parquet file, ascending, without reading the row groups that none of them stands in."""
    taken: list[dict[str, Any]] = []
    with pq.ParquetFile(path) as parquet:
        for group, start, stop in _groups(parquet):
            wanted = rows[(rows >= start) & (rows < stop)]
            if len(wanted):
                table = parquet.read_row_group(group, columns=list(names), use_threads=False)
                taken += table.take(pa.array(wanted - start)).to_pylist()
    return taken


def _groups(parquet: pq.ParquetFile) -> Iterator[tuple[int, int, int]]:
    """Each row group with the rows it begins and ends at."""
    start = 0
    for group in range(parquet.metadata.num_row_groups):
        stop = start + parquet.metadata.row_group(group).num_rows
        yield group, start, stop
        start = stop
