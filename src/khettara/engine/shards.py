"""A shard: the rows of one or more row groups of a sealed dataset, about as many bytes of text as asked for.

Shards are cut by bytes of text, not by files: one huge part becomes many shards, a thousand small parts become a few.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from khettara.dataset import Dataset

DEFAULT_SHARD_MB = 16
"""A run that is killed loses the shards in flight: 16 MB is about a second of cleaning. Tests and laptops may cut smaller."""


@dataclass(frozen=True)
class Piece:
    """Some row groups of one file."""

    path: Path
    sha256: str
    groups: tuple[int, ...]


@dataclass(frozen=True)
class Shard:
    """One unit's input. `input_number` tells which of the stage's inputs it comes from."""

    pieces: tuple[Piece, ...]
    rows: int
    text_bytes: int
    input_number: int
    label: str

    @property
    def identity(self) -> list[list[Any]]:
        """What names the shard's content: each file's sha256 with the row groups taken from it."""
        return [[piece.sha256, list(piece.groups)] for piece in self.pieces]

    def schema(self) -> pa.Schema:
        """The columns of its records."""
        return pq.read_schema(self.pieces[0].path).remove_metadata()

    def batches(self, rows: int) -> Iterator[pa.RecordBatch]:
        """Its records in order, at most `rows` at a time."""
        for piece in self.pieces:
            with pq.ParquetFile(piece.path) as parquet:
                for batch in parquet.iter_batches(rows, row_groups=list(piece.groups), use_threads=False):
                    yield pa.RecordBatch.from_arrays(batch.columns, schema=batch.schema.remove_metadata())


def cut(inputs: Sequence[Dataset], shard_mb: float = DEFAULT_SHARD_MB) -> list[Shard]:
    """Cut the inputs into shards of about `shard_mb` megabytes of text, in the order of the inputs and their parts."""
    limit = int(shard_mb * (1 << 20))
    shards: list[Shard] = []
    for number, dataset in enumerate(inputs):
        held: list[tuple[Path, str, int, int, int]] = []
        held_bytes = 0
        for entry, path in zip(dataset.manifest.of_role("data"), dataset.files("data"), strict=True):
            metadata = pq.read_metadata(path)
            for group in range(metadata.num_row_groups):
                size = _text_bytes(metadata.row_group(group))
                if held and held_bytes + size > limit:
                    shards.append(_shard(held, number, f"{dataset.name}, shard {len(shards)}"))
                    held, held_bytes = [], 0
                held.append((path, entry.sha256, group, metadata.row_group(group).num_rows, size))
                held_bytes += size
        if held:
            shards.append(_shard(held, number, f"{dataset.name}, shard {len(shards)}"))
    return shards


def _shard(groups: Sequence[tuple[Path, str, int, int, int]], number: int, label: str) -> Shard:
    pieces: dict[tuple[Path, str], list[int]] = {}
    for path, digest, group, _, _ in groups:
        pieces.setdefault((path, digest), []).append(group)
    return Shard(
        tuple(Piece(path, digest, tuple(numbers)) for (path, digest), numbers in pieces.items()),
        rows=sum(item[3] for item in groups),
        text_bytes=sum(item[4] for item in groups),
        input_number=number,
        label=label,
    )


def _text_bytes(group: Any) -> int:
    """Uncompressed bytes of the row group's `text` column, or of all of it where there is none."""
    for index in range(group.num_columns):
        if group.column(index).path_in_schema == "text":
            return int(group.column(index).total_uncompressed_size)
    return int(group.total_byte_size)
