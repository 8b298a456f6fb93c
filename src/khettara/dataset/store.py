"""Sealed folders: opening one, making one, checking one.

A dataset is made in a draft, a hidden folder beside its destination, and appears at its destination in one rename, whole.
A writer that is killed leaves no dataset: only the draft, which the next writer removes. A new version never overwrites the
old one: the old folder moves to `.versions/NAME-DIGEST` beside it, where `lineage` still finds it.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from khettara.dataset.manifest import (
    DATASET_FORMAT,
    MANIFEST_NAMES,
    MODEL_FORMAT,
    UNREADABLE_HINT,
    FileEntry,
    Manifest,
    Parent,
    StepRecord,
    read_manifest,
    sha256_file,
    sha256_hex,
)
from khettara.dataset.schema import check_schema
from khettara.errors import DatasetError, NotSealed, StorageError, Tampered, storage_errors
from khettara.version import __version__

if TYPE_CHECKING:
    import polars

OUTSIDE_MANIFEST = frozenset({"certificate.json", "croissant.json", "dqv.json", "card.md"})
"""Written after sealing. The certificate is protected by its signature; the others are drawn from it and the manifest, for other
programs, and nothing here reads them."""

VERSIONS_FOLDER = ".versions"
ROW_GROUP_BYTES = 4 << 20
"""Text per row group: a writer holds four times as much for a moment; large enough for zstd."""


@dataclass(frozen=True)
class Fault:
    """One difference between a sealed folder and its manifest. `start` and `end` are byte offsets in the file."""

    path: str
    what: str
    start: int | None = None
    end: int | None = None

    def __str__(self) -> str:
        place = f", bytes {self.start} to {self.end}" if self.start is not None else ""
        return f"{self.path}{place}: {self.what}"


class Sealed:
    """A sealed folder, dataset or model, opened for reading."""

    def __init__(self, path: Path, manifest: Manifest) -> None:
        self.path = path
        self.manifest = manifest

    @classmethod
    def open(cls, path: str | os.PathLike[str]) -> Self:
        """Open the folder at `path`. The manifest and the files' sizes are checked; `verify` checks every byte.

        Raises:
            NotSealed: no manifest there.
            Tampered: a changed manifest, a file that is missing or has another size.
            DatasetError: a file that may not be read.
        """
        folder = Path(path)
        manifest = read_manifest(folder)
        for entry in manifest.files:
            file = folder / entry.path
            if not file.is_file() or file.stat().st_size != entry.bytes:
                state = "has another size than the manifest says" if file.is_file() else "is missing"
                raise Tampered(
                    f"{entry.path} {state}",
                    where=str(folder),
                    hint=f"`khettara verify {folder}` lists every difference.",
                )
            if not os.access(file, os.R_OK):
                raise DatasetError(f"{entry.path} may not be read", where=str(folder), hint=UNREADABLE_HINT)
        return cls(folder, manifest)

    @property
    def name(self) -> str:
        """The name it was sealed under."""
        return self.manifest.name

    @property
    def digest(self) -> str:
        """The sha256 that names this version: it covers every byte below the manifest."""
        return self.manifest.digest

    @property
    def kind(self) -> str:
        """documents, table, clips, pairs, dialogues or model."""
        return self.manifest.kind

    def files(self, role: str) -> list[Path]:
        """The files of a role, in order."""
        return [self.path / entry.path for entry in self.manifest.of_role(role)]

    def verify(self) -> list[Fault]:
        """Read every byte again; an empty list means that nothing differs from the manifest."""
        return verify_files(self.path, self.manifest)


class Dataset(Sealed):
    """A sealed dataset: records in Parquet files, with what was measured on them and what was left out."""

    @classmethod
    def open(cls, path: str | os.PathLike[str]) -> Self:
        """As `Sealed.open`; a model is refused."""
        opened = super().open(path)
        if opened.manifest.format != DATASET_FORMAT:
            raise DatasetError("this is a model, not a dataset", where=str(path))
        return opened

    @property
    def rows(self) -> int:
        """How many records were kept."""
        return self.manifest.rows

    @property
    def schema(self) -> pa.Schema:
        """The columns of `data/`."""
        with self.parquet(self.files("data")[0]) as parquet:
            schema: pa.Schema = parquet.schema_arrow
        return schema

    def columns(self, role: str) -> tuple[str, ...]:
        """Names of the columns of a role; none where it has no files."""
        for file in self.files(role)[:1]:
            with self.parquet(file) as parquet:
                return tuple(parquet.schema_arrow.names)
        return ()

    def parquet(self, file: Path) -> pq.ParquetFile:
        """One of the files, opened."""
        return pq.ParquetFile(file)

    def batches(self, columns: Sequence[str] | None = None, role: str = "data", rows: int = 8192) -> Iterator[pa.RecordBatch]:
        """The records in order, at most `rows` at a time, so that memory stays bounded."""
        for file in self.files(role):
            with self.parquet(file) as parquet:
                yield from parquet.iter_batches(batch_size=rows, columns=list(columns) if columns is not None else None)

    def scan(self, role: str = "data") -> polars.LazyFrame:
        """The records as a polars LazyFrame: nothing is read before it is asked for."""
        import polars

        files = self.files(role)
        if not files:
            return polars.LazyFrame()
        return polars.scan_parquet(files)


class Draft:
    """A sealed folder in the making. Use it as a context manager; leaving it without `seal` removes it.

    Write any files below `folder`, or hand over finished ones with `add`; then `seal`.
    """

    def __init__(self, destination: Path, *, layout: str = DATASET_FORMAT) -> None:
        self.destination = destination
        self.folder = destination.parent / f".{destination.name}.draft"
        self._format = layout
        self._entries: dict[str, FileEntry] = {}
        self._rows: dict[str, int] = {}
        self._lock: int | None = None

    def __enter__(self) -> Self:
        with storage_errors(self.destination.parent):
            self.destination.parent.mkdir(parents=True, exist_ok=True)
            lock = os.open(self.destination.parent / f".{self.destination.name}.lock", os.O_RDWR | os.O_CREAT, 0o644)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if self.destination.exists():
                    _replaceable(self.destination)
                _clear(self.folder, self.destination.name)
                self.folder.mkdir()
            except BlockingIOError as error:
                os.close(lock)
                raise StorageError(
                    "another run is writing it now", where=str(self.destination), hint="Wait for it to end, or choose another output folder."
                ) from error
            except BaseException:
                os.close(lock)
                raise
        self._lock = lock
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
        if self._lock is not None:
            os.close(self._lock)

    def add(self, role: str, file: Path, entry: FileEntry) -> None:
        """Take a finished Parquet file as the next part of `role`: a hard link where the file system allows, else a copy.

        `entry` is the file's entry as its maker hashed it; its path is replaced by the part's place.
        """
        name = self._next_part(role)
        with storage_errors(self.destination):
            target = self.folder / name
            target.parent.mkdir(exist_ok=True)
            try:
                os.link(file, target)
            except OSError:
                shutil.copyfile(file, target)
        self._entries[name] = FileEntry(name, entry.sha256, entry.bytes, entry.rows, entry.chunk_bytes, entry.chunks)

    def write(self, role: str, batches: Iterable[pa.RecordBatch], schema: pa.Schema) -> int:
        """Write a part from record batches; returns its number of rows."""
        name = self._next_part(role)
        with storage_errors(self.destination):
            (self.folder / role).mkdir(exist_ok=True)
            rows = write_parquet(self.folder / name, batches, schema)
        self._rows[name] = rows
        return rows

    def _next_part(self, role: str) -> str:
        number = sum(name.startswith(f"{role}/") for name in (*self._entries, *self._rows))
        return f"{role}/part-{number:05d}.parquet"

    def write_text(self, name: str, text: str) -> None:
        """Write a small text file, such as the card or the journal."""
        with storage_errors(self.destination):
            (self.folder / name).write_text(text, encoding="utf-8")

    def seal(
        self,
        *,
        kind: str,
        step: StepRecord,
        parents: Iterable[Parent] = (),
        schema: pa.Schema | None = None,
        counts: Mapping[str, Any] | None = None,
        facts: Mapping[str, Any] | None = None,
    ) -> Manifest:
        """Write the manifest, flush everything to disk, and put the folder in its place in one rename.

        Raises:
            DatasetError: the columns are not those of `kind`.
            StorageError: the disk is full or the destination cannot be written; nothing half-sealed remains.
        """
        if self._format == DATASET_FORMAT:
            schema = schema if schema is not None else pa.schema([])
            check_schema(kind, schema, str(self.destination))
            if not (self.folder / "data").exists():
                self.write("data", [], schema)  # a dataset without records still has its columns
        with storage_errors(self.destination):
            manifest = Manifest(
                format=self._format,
                name=self.destination.name,
                kind=kind,
                schema=tuple({"name": f.name, "type": str(f.type), "nullable": f.nullable} for f in schema or ()),
                files=tuple(self._list_files()),
                parents=tuple(sorted(set(parents), key=lambda p: (p.role, p.name, p.digest))),
                step=step,
                counts=dict(counts or {}),
                versions={"khettara": __version__, "pyarrow": pa.__version__},
                facts=dict(facts or {}),
            )
            path = self.folder / MANIFEST_NAMES[self._format]
            path.write_bytes(manifest.render())
            for file in (*self.folder.rglob("*"), self.folder):
                _sync(file)
            _put_in_place(self.folder, self.destination)
            _sync(self.destination.parent)
        return manifest

    def _list_files(self) -> Iterator[FileEntry]:
        for file in sorted(path for path in self.folder.rglob("*") if path.is_file()):
            name = file.relative_to(self.folder).as_posix()
            yield self._entries.get(name) or FileEntry.of(file, name, self._rows.get(name))


def model_draft(destination: Path) -> Draft:
    """A draft that seals into a model folder: write the model's files below `.folder`."""
    return Draft(destination, layout=MODEL_FORMAT)


class PartWriter:
    """A Parquet file written batch by batch: zstd, one row group for each run of about `group_bytes` of text.

    Groups are cut at places that depend on the records alone, not on how they came in batches, so the same records give the
    same bytes.
    """

    def __init__(self, path: Path, schema: pa.Schema, group_bytes: int = ROW_GROUP_BYTES) -> None:
        self._schema = schema
        self._group_bytes = group_bytes
        self._writer = pq.ParquetWriter(
            path,
            schema,
            compression="zstd",
            compression_level=1,
            use_dictionary=_repeating(schema),
            write_statistics=[field.name for field in schema if not _is_long(field.type)] or False,  # nobody looks for texts between two texts
        )
        self._held: list[pa.RecordBatch] = []
        self._size = 0
        self.rows = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if kind is None:
            self._flush()
        self._writer.close()

    def write(self, batch: pa.RecordBatch) -> None:
        """Take one more batch."""
        if batch.num_rows == 0:
            return
        self.rows += batch.num_rows
        total = np.cumsum(_weights(batch)) + self._size
        start, base = 0, 0
        while start < batch.num_rows and total[-1] - base >= self._group_bytes:
            stop = int(np.searchsorted(total, base + self._group_bytes)) + 1
            self._held.append(batch.slice(start, stop - start))
            self._flush()
            start, base = stop, int(total[stop - 1])
        if start < batch.num_rows:
            self._held.append(batch.slice(start))
            self._size = int(total[-1]) - base

    def _flush(self) -> None:
        if self._held:
            # In one piece: Parquet looks for the end of a page at the end of each piece, and the bytes would tell how records came.
            table = pa.Table.from_batches(self._held, self._schema).combine_chunks()
            self._writer.write_table(table, row_group_size=table.num_rows)
        self._held, self._size = [], 0


def write_parquet(path: Path, batches: Iterable[pa.RecordBatch], schema: pa.Schema) -> int:
    """Write all of `batches` with a `PartWriter`; returns the number of rows."""
    with PartWriter(path, schema) as writer:
        for batch in batches:
            writer.write(batch)
    return writer.rows


def _weights(batch: pa.RecordBatch) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Bytes of each record: its long columns, and 64 for the rest."""
    weights = np.full(batch.num_rows, 64, np.int64)
    for column in batch.columns:
        if _is_long(column.type):
            weights += np.diff(np.frombuffer(column.buffers()[1], np.int64)[column.offset : column.offset + len(column) + 1])
    return weights


def _is_long(kind: pa.DataType) -> bool:
    """Whether a column of this type holds texts or clips."""
    return bool(pa.types.is_large_string(kind) or pa.types.is_large_binary(kind))


def _repeating(schema: pa.Schema) -> list[str] | bool:
    """Columns worth a dictionary: short strings that repeat. Text and numbers would only pay for trying."""
    names = [f.name for f in schema if pa.types.is_string(f.type) and f.name != "id"]
    names += [f"{f.name}.{sub.name}" for f in schema if pa.types.is_struct(f.type) for sub in f.type if pa.types.is_string(sub.type)]
    return names or False


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _replaceable(folder: Path) -> str | None:
    """The digest of the sealed folder that a new version may replace, None for an empty folder; anything else is refused."""
    try:
        return read_manifest(folder).digest
    except (DatasetError, OSError) as error:
        if isinstance(error, NotSealed) and folder.is_dir() and not any(folder.iterdir()):
            return None
        raise StorageError(
            "this folder exists and is not an intact sealed dataset, so it is not replaced",
            where=str(folder),
            hint="Move it away, or choose another output folder.",
        ) from error


def _put_in_place(new: Path, destination: Path) -> None:
    """Give the sealed folder its name; what had the name goes to the old versions. At no moment does the name stand for nothing."""
    if destination.exists() and _exchange(new, destination):
        _keep_version(new, destination.name)
        return
    if destination.exists():
        _keep_version(destination, destination.name)
    os.rename(new, destination)


def _exchange(one: Path, other: Path) -> bool:
    """Swap the names of two folders in one step; False where the system cannot (renameat2 is Linux's, and not every file system has it)."""
    swap = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    here, exchange = -100, 2  # AT_FDCWD, RENAME_EXCHANGE
    return swap is not None and swap(here, os.fsencode(one), here, os.fsencode(other), exchange) == 0


def _keep_version(folder: Path, name: str) -> None:
    """Move a sealed folder to the old versions of `name`; an empty folder is removed."""
    digest = _replaceable(folder)
    if digest is None:
        folder.rmdir()
        return
    versions = folder.parent / VERSIONS_FOLDER
    versions.mkdir(exist_ok=True)
    target = versions / f"{name}-{digest[:12]}"
    if target.exists():
        shutil.rmtree(target)
    os.rename(folder, target)


def _clear(draft: Path, name: str) -> None:
    """Remove what a killed writer left; if it was killed just after the exchange of names, that is the old version: kept."""
    try:
        _keep_version(draft, name)
    except StorageError:
        shutil.rmtree(draft, ignore_errors=True)


def verify_files(folder: Path, manifest: Manifest) -> list[Fault]:
    """Compare every file below `folder` with the manifest: wrong bytes (the first run of them), missing and added files."""
    faults = []
    for entry in manifest.files:
        fault = _check_file(folder / entry.path, entry)
        if fault is not None:
            faults.append(fault)
    return faults + added_files(folder, manifest)


def added_files(folder: Path, manifest: Manifest) -> list[Fault]:
    """What lies below `folder` and is not in the manifest, by its names alone."""
    expected = {entry.path for entry in manifest.files} | {MANIFEST_NAMES[manifest.format]} | OUTSIDE_MANIFEST
    return [
        Fault(name, "is not in the manifest: it was added after sealing")
        for path in sorted(folder.rglob("*"))
        for name in (path.relative_to(folder).as_posix(),)
        if (path.is_symlink() or not path.is_dir()) and name not in expected
    ]


def _check_file(path: Path, entry: FileEntry) -> Fault | None:
    if path.is_symlink() or not path.is_file():
        return Fault(entry.path, "is missing" if not path.exists() else "is not a plain file")
    if not os.access(path, os.R_OK):
        return Fault(entry.path, "may not be read, so nobody knows whether it is intact")
    size = path.stat().st_size
    if size == entry.bytes and sha256_file(path) == entry.sha256:
        return None
    with path.open("rb") as file:
        for number, expected in enumerate(entry.chunks):
            start = number * entry.chunk_bytes
            block = file.read(entry.chunk_bytes)
            end = min(start + entry.chunk_bytes, entry.bytes)
            if sha256_hex(block)[:16] != expected:
                return Fault(entry.path, f"bytes differ from what was sealed ({size} bytes now, {entry.bytes} then)", start, end)
    return Fault(entry.path, f"is longer than what was sealed ({size} bytes, not {entry.bytes})", entry.bytes, size)
