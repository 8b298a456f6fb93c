"""The ingest stage: folders, archives and single files become one dataset of documents, every file accounted for.

- ingest:
    to: raw
    sources:
      - {path: ../samples/archive, licence: CC0-1.0}
      - {path: ../data/posts.tsv, reader: table, text: [tweet], licence: CC-BY-4.0, lang: ary}
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatch
from pathlib import Path
from typing import Any, ClassVar

import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import Field, field_validator

from khettara.dataset import (
    DOCUMENTS,
    SOURCES,
    Draft,
    StepRecord,
    canonical_json,
    rejects_schema,
    sha256_file,
    sha256_hex,
    write_parquet,
)
from khettara.dataset.signing import key_home
from khettara.engine import Context, Output, Receipt, Stage, StageResult, card_text, check_artefact_name, hash_key, sweep
from khettara.errors import SourceError, storage_errors
from khettara.ingest.readers import read_all
from khettara.ingest.records import MemberReading, Reading, ReadOptions, Record

VERSION = 2
PART_BYTES = 128 << 20
GROUP_BYTES = 32 << 20
REJECTS = rejects_schema(DOCUMENTS)
MIN_KEY_BYTES = 16

EXPLAINED = {
    "empty": "the file has no text",
    "encrypted": "the file is locked with a password",
    "unsupported": "no reader knows this format",
    "damaged": "the file is damaged",
    "refused": "the file may not be read",
    "empty_record": "a record without text",
}


class Source(ReadOptions):
    """One place to read, with how to read it and what is known about it."""

    path: str
    licence: str | None = None
    domain: str | None = None
    exclude: list[str] = Field(default=[])


class IngestStage(Stage):
    """See the module's description.

    `pseudonym_key` names a file whose bytes are the key of the authors' pseudonyms, in place of this site's own: the same
    pseudonyms on every machine. Only for data that hide nobody: who has the file can try names.
    """

    stage: ClassVar[str] = "ingest"

    sources: tuple[Source, ...] = Field(min_length=1)
    to: str
    pseudonym_key: str | None = None

    @field_validator("to")
    @classmethod
    def _plain(cls, value: str) -> str:
        return check_artefact_name(value)

    def run(self, context: Context) -> StageResult:
        """See `Stage`. Raises `SourceError` for a source that does not exist."""
        began = time.monotonic()
        key_bytes = site_key(self.to) if self.pseudonym_key is None else _published_key(context.base / self.pseudonym_key, self.to)
        tasks = [
            task
            for source in self.sources
            for task in plan(source.model_copy(update={"pseudonym_key": key_bytes}), (context.base / source.path).resolve(), len(self.sources) > 1)
        ]
        key = hash_key("ingest", VERSION, [task.key for task in tasks])
        path = context.output / self.to
        there = context.up_to_date(self.to, key)
        if there is not None:
            return StageResult(self.stage, path, there.digest, "up to date", there.counts, there.facts, time.monotonic() - began)
        work = context.work(self.to)
        with Draft(path) as draft:  # from the start: a second run must not work, or sweep, here
            units = context.workers.run(tasks, work, context.progress, "read")
            counts, facts = _assemble(draft, units)
            draft.write_text("README.md", card_text(self.to, "documents", counts, [], draft.folder))
            settings = {"sources": [_recorded(source) for source in self.sources]}
            manifest = draft.seal(
                kind="documents",
                step=StepRecord(self.stage, VERSION, settings, key),
                schema=DOCUMENTS,
                counts=counts,
                facts=facts,
            )
            sweep(work, {unit.key for unit in units})
        reused = sum(unit.reused for unit in units)
        return StageResult(self.stage, path, manifest.digest, "made", counts, facts, time.monotonic() - began, len(units) - reused, reused)


@dataclass(frozen=True)
class RawFile:
    """A file found below a source. `trouble` says why it cannot even be opened."""

    path: Path
    uri: str
    size: int
    sha256: str | None
    trouble: str | None = None


@dataclass(frozen=True)
class ReadFiles:
    """The task of reading some files."""

    files: tuple[RawFile, ...]
    source: Source

    @property
    def key(self) -> str:
        """See `Task`."""
        settings = self.source.model_dump(mode="json", exclude={"path", "exclude", "pseudonym_key"})
        seal = hmac.new(self.source.pseudonym_key, b"ingest", "sha256").hexdigest()
        return hash_key("read", VERSION, settings, seal, [[file.uri, file.sha256, file.trouble] for file in self.files])

    @property
    def label(self) -> str:
        """See `Task`."""
        return self.files[0].uri

    @property
    def weight(self) -> int:
        """See `Task`."""
        return sum(file.size for file in self.files) or 1

    def __call__(self, folder: Path) -> Mapping[str, Output]:
        """Read every file: its records, its line in the list of sources, and what was set aside."""
        records: list[dict[str, Any]] = []
        sources: list[dict[str, Any]] = []
        rejects: list[dict[str, Any]] = []
        for file in self.files:
            for reading in self._read(file):
                sources.append(_source_row(file, reading))
                records += [self._row(file, reading, record, number) for number, record in enumerate(reading.reading.records)]
                rejects += self._rejects(file, reading)
        return {
            name: Output(write_parquet(folder / name, _batches(rows, schema), schema))
            for name, rows, schema in (
                ("data.parquet", records, DOCUMENTS),
                ("sources.parquet", sources, SOURCES),
                ("rejects.parquet", rejects, REJECTS),
            )
        }

    def _read(self, file: RawFile) -> list[MemberReading]:
        if file.trouble is not None:
            return [_refused(file.trouble)]
        try:
            data = file.path.read_bytes()
        except OSError as error:
            return [_refused(f"cannot be opened: {error.strerror}")]
        if sha256_hex(data) != file.sha256:
            return [_refused("it changed while it was being read; run again")]
        return list(read_all(data, file.uri, self.source))

    def _row(self, file: RawFile, reading: MemberReading, record: Record, number: int) -> dict[str, Any]:
        identity = canonical_json([file.uri, reading.member, record.page, number, reading.sha256])
        return {
            "id": sha256_hex(identity)[:20],
            "text": record.text,
            "lang": self.source.lang,
            "script": None,
            "source": _origin(file, reading, record.page, record.media_type),
            "licence": self.source.licence,
            "created": record.created,
            "author": record.author,
            "domain": record.domain or self.source.domain,
            "meta": canonical_json(dict(record.meta)).decode() if record.meta else None,
        }

    def _rejects(self, file: RawFile, reading: MemberReading) -> Iterator[dict[str, Any]]:
        losses = [("empty_record", "")] * reading.reading.empty_records
        if reading.reading.state not in ("text", "partial") and not losses:
            losses = [(reading.reading.state, reading.reading.reason or "")]
        for number, (rule, reason) in enumerate(losses):
            identity = canonical_json([file.uri, reading.member, rule, number])
            yield {
                "id": sha256_hex(identity)[:20],
                "source": _origin(file, reading, None, reading.media_type),
                "licence": self.source.licence,
                "rule": rule,
                "because": EXPLAINED[rule],
                "value": reason or None,
            }


def plan(source: Source, root: Path, among_others: bool = False) -> list[ReadFiles]:
    """Cut the files below `root` into tasks. Among other sources, a folder's name goes before the names of its files.

    The cuts depend on each file's own name, so that a new file in a grown folder changes the one task it falls into.
    """
    if not root.exists() and not root.is_symlink():
        raise SourceError("no such file or folder", where=str(root), hint="Check `path` in the recipe, or the SRC you gave.")
    tasks, held = [], []
    folder = f"{_readable(root.name)}/" if among_others and root.is_dir() else ""
    for file in find_files(root, source.exclude):
        file = replace(file, uri=folder + file.uri)
        held.append(file)
        if hashlib.sha256(file.uri.encode()).digest()[0] < 16 or sum(item.size for item in held) >= GROUP_BYTES:
            tasks.append(ReadFiles(tuple(held), source))
            held = []
    if held:
        tasks.append(ReadFiles(tuple(held), source))
    if not tasks:
        raise SourceError("there is no file in it", where=str(root), hint="Check the path, and `exclude`.")
    return tasks


def find_files(root: Path, exclude: Sequence[str] = ()) -> Iterator[RawFile]:
    """Every file below `root`, sorted by its path; symbolic links to folders are named, not followed, so a loop ends."""
    if not root.is_dir():
        yield _raw_file(root, root.name)
        return
    found: list[tuple[Path, str | None]] = []

    def locked(error: OSError) -> None:
        found.append((Path(error.filename), "the folder cannot be opened"))

    for folder, folders, names in os.walk(root, onerror=locked):
        here = Path(folder)
        found += [(here / name, None) for name in names]
        found += [(here / name, "a symbolic link to a folder, which is not followed") for name in folders if (here / name).is_symlink()]
    for path, trouble in sorted(found, key=lambda item: item[0].relative_to(root).as_posix()):
        uri = path.relative_to(root).as_posix()
        if not any(fnmatch(uri, pattern) for pattern in exclude):
            yield RawFile(path, _readable(uri), 0, None, trouble) if trouble else _raw_file(path, uri)


def _raw_file(path: Path, uri: str) -> RawFile:
    uri = _readable(uri)
    try:
        if not path.is_file():
            return RawFile(path, uri, 0, None, "a broken link" if path.is_symlink() else "not a plain file (a device, a socket or a pipe)")
        return RawFile(path, uri, path.stat().st_size, sha256_file(path))
    except OSError as error:
        return RawFile(path, uri, 0, None, f"cannot be opened: {error.strerror}")


def _recorded(source: Source) -> dict[str, Any]:
    """A source's settings for the manifest: by its folder's name, since where the folder lies decides nothing."""
    return source.model_dump(mode="json", exclude={"pseudonym_key", "path"}) | {"name": Path(source.path).name}


def _readable(uri: str) -> str:
    """A file name as text: bytes that are not UTF-8 are written as \\xNN."""
    return os.fsencode(uri).decode("utf-8", "backslashreplace")


def _published_key(path: Path, dataset: str) -> bytes:
    """The key from a file that a recipe names."""
    try:
        secret = path.read_bytes()
    except OSError as error:
        raise SourceError(f"the file of the pseudonyms' key cannot be read: {error.strerror}", where=str(path)) from error
    if len(secret) < MIN_KEY_BYTES:
        raise SourceError(f"a key needs {MIN_KEY_BYTES} bytes or more, this file has {len(secret)}", where=str(path))
    return hmac.new(secret, dataset.encode(), "sha256").digest()


def site_key(dataset: str) -> bytes:
    """The key under which authors of this dataset become pseudonyms; made on first use, it stays on this site."""
    path = key_home() / "pseudonyms.key"
    with storage_errors(path):
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            draft = path.with_suffix(f".{os.getpid()}")
            handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(secrets.token_bytes(32))
            try:
                os.link(draft, path)
            except FileExistsError:
                pass  # another process was first: its key is the key
            finally:
                draft.unlink()
        return hmac.new(path.read_bytes(), dataset.encode(), "sha256").digest()


def _refused(reason: str) -> MemberReading:
    return MemberReading(Reading("refused", "none", reason=reason))


def _origin(file: RawFile, reading: MemberReading, page: int | None, media_type: str | None) -> dict[str, Any]:
    return {"uri": file.uri, "member": reading.member, "page": page, "media_type": media_type, "sha256": reading.sha256 or file.sha256}


def _source_row(file: RawFile, reading: MemberReading) -> dict[str, Any]:
    return {
        "uri": file.uri,
        "member": reading.member,
        "sha256": reading.sha256 or file.sha256,
        "bytes": reading.bytes if reading.bytes is not None else file.size,
        "media_type": reading.media_type,
        "state": reading.reading.state,
        "reader": reading.reading.reader,
        "encoding": reading.reading.encoding,
        "records": len(reading.reading.records),
        "reason": reading.reading.reason,
    }


def _batches(rows: list[dict[str, Any]], schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    for start in range(0, len(rows), 1024):
        yield pa.RecordBatch.from_pylist(rows[start : start + 1024], schema=schema)


def _assemble(draft: Draft, units: Sequence[Receipt]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Join the units' files into few parts; returns the counts, and the files by state."""
    rejected: Counter[str] = Counter()
    states: Counter[str] = Counter()

    def stream(name: str, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
        for unit in units:
            if unit.files[name].rows:
                with pq.ParquetFile(unit.path(name)) as parquet:
                    for batch in parquet.iter_batches(2048):
                        yield pa.RecordBatch.from_arrays(batch.columns, schema=schema)

    kept = sum(draft.write("data", part, DOCUMENTS) for part in _parts(stream("data.parquet", DOCUMENTS)))
    if not kept:
        draft.write("data", [], DOCUMENTS)
    for part in _parts(_counted(stream("rejects.parquet", REJECTS), "rule", rejected)):
        draft.write("rejects", part, REJECTS)
    for part in _parts(_counted(stream("sources.parquet", SOURCES), "state", states)):
        draft.write("sources", part, SOURCES)
    total = rejected.total()
    counts = {"in": kept + total, "kept": kept, "rejected": total, "rejected_by": dict(sorted(rejected.items()))}
    return counts, {"files": states.total(), "files_by_state": dict(sorted(states.items()))}


def _counted(batches: Iterable[pa.RecordBatch], column: str, counter: Counter[str]) -> Iterator[pa.RecordBatch]:
    for batch in batches:
        counter.update(batch.column(column).to_pylist())
        yield batch


def _parts(batches: Iterator[pa.RecordBatch]) -> Iterator[Iterator[pa.RecordBatch]]:
    """Cut one stream into streams of about `PART_BYTES` each."""
    ahead = next(batches, None)

    def part() -> Iterator[pa.RecordBatch]:
        nonlocal ahead
        size = 0
        while ahead is not None and size < PART_BYTES:
            size += ahead.nbytes
            yield ahead
            ahead = next(batches, None)

    while ahead is not None:
        yield part()
