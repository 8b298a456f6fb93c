"""The manifest: what a sealed folder holds, down to the byte, and what it came from.

`dataset.json` (or `model.json`) is written once, in one fixed layout, and carries its own digest, so that a change of any
byte in it shows. The digest is the sha256 of the canonical JSON (RFC 8785) of everything else in the manifest; since the
manifest lists every file with its sha256, the digest covers every byte below it.

    {"digest": "5e1f…", "files": [{"path": "data/part-00000.parquet", "rows": 412, "sha256": "…", …}], "kind": "documents", …}

Nothing in it depends on the time, the machine or the number of workers: the same input and settings give the same digest.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import rfc8785

from khettara.errors import DatasetError, NotSealed, Tampered

DATASET_FORMAT = "khettara-dataset/1"
MODEL_FORMAT = "khettara-model/1"
MANIFEST_NAMES = {DATASET_FORMAT: "dataset.json", MODEL_FORMAT: "model.json"}

_SMALLEST_CHUNK = 1 << 16
_MOST_CHUNKS = 64


def canonical_json(value: object) -> bytes:
    """The one way to write `value` as JSON (RFC 8785).

    >>> canonical_json({"b": 1, "a": [True, None]})
    b'{"a":[true,null],"b":1}'
    """
    try:
        return json.dumps(_plain(value), ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
    except (_Unusual, UnicodeEncodeError):
        return rfc8785.dumps(value)  # type: ignore[arg-type]  # its type names JSON exactly; ours arrive as `object`


class _Unusual(Exception):
    """A value that the standard library writes otherwise than RFC 8785 does, or not at all."""


def _plain(value: Any) -> Any:
    """The same value for the standard library, which is four times as fast: certificates hold thousands of values.

    Whole numbers lose their point, as RFC 8785 has it. Very small or large ones, and names whose order by UTF-16 may be another
    than by code point, raise `_Unusual`.
    """
    kind = type(value)
    if kind is str or value is None or kind is bool:
        return value
    if kind is float and value.is_integer() and abs(value) <= _EXACT:
        return int(value)
    if (kind is float and 1e-4 <= abs(value) < 1e15) or (kind is int and abs(value) <= _EXACT):
        return value
    if kind is list or kind is tuple:
        return [_plain(item) for item in value]
    if kind is dict and all(type(name) is str and name.isascii() for name in value):
        return {name: _plain(item) for name, item in value.items()}
    raise _Unusual


_EXACT = 2**53 - 1


def sha256_hex(data: bytes | memoryview) -> str:
    """The sha256 of some bytes, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def sha256_file(path: Path) -> str:
    """The sha256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@dataclass(frozen=True)
class FileEntry:
    """One file of a sealed folder.

    `chunks` are the first 16 hexadecimal digits of the sha256 of each run of `chunk_bytes` bytes: with them `verify` can
    say where in the file the first wrong byte lies. There are at most 64, so a manifest stays small whatever the data.
    """

    path: str
    sha256: str
    bytes: int
    rows: int | None
    chunk_bytes: int
    chunks: tuple[str, ...]

    @classmethod
    def of(cls, path: Path, name: str, rows: int | None = None) -> FileEntry:
        """Hash the file at `path`; `name` is its place in the sealed folder."""
        size = path.stat().st_size
        chunk_bytes = _SMALLEST_CHUNK
        while size > chunk_bytes * _MOST_CHUNKS:
            chunk_bytes *= 2
        whole, chunks = hashlib.sha256(), []
        with path.open("rb") as file:
            while block := file.read(chunk_bytes):
                whole.update(block)
                chunks.append(sha256_hex(block)[:16])
        return cls(name, whole.hexdigest(), size, rows, chunk_bytes, tuple(chunks))


@dataclass(frozen=True)
class Parent:
    """What this was made from, named by digest. `role`: dataset, certificate, model, file."""

    digest: str
    name: str
    role: str = "dataset"


@dataclass(frozen=True)
class StepRecord:
    """What made this: the stage, its version and settings, and `key`, the hash of these and of all inputs."""

    name: str
    version: int
    settings: Mapping[str, Any]
    key: str


@dataclass(frozen=True)
class Manifest:
    """See the module's description. `facts` holds what a stage wants known: scores, overrides, how data was split."""

    format: str
    name: str
    kind: str
    schema: tuple[Mapping[str, Any], ...]
    files: tuple[FileEntry, ...]
    parents: tuple[Parent, ...]
    step: StepRecord
    counts: Mapping[str, Any]
    versions: Mapping[str, str]
    facts: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def digest(self) -> str:
        """sha256 of the canonical JSON of all other fields, in hexadecimal."""
        return sha256_hex(canonical_json(self._body))

    @property
    def rows(self) -> int:
        """Records kept in `data/`."""
        return sum(entry.rows or 0 for entry in self.files if entry.path.startswith("data/"))

    def of_role(self, role: str) -> tuple[FileEntry, ...]:
        """The files below the folder `role`, in order."""
        return tuple(entry for entry in self.files if entry.path.startswith(f"{role}/"))

    @cached_property
    def _body(self) -> dict[str, Any]:
        """All fields as JSON reads them back. Not by `asdict`, which would copy every chunk of every file."""
        values = {part.name: getattr(self, part.name) for part in fields(self)}
        values |= {name: [vars(entry) for entry in values[name]] for name in ("files", "parents")} | {"step": vars(self.step)}
        body: dict[str, Any] = json.loads(json.dumps(values))
        return body

    def render(self) -> bytes:
        """The bytes of the manifest file: sorted, indented, with the digest.

        Raises:
            DatasetError: a count, setting or fact that JSON cannot hold exactly, such as a loss that is not a number.
        """
        try:
            body = self._body | {"digest": self.digest}
        except rfc8785.CanonicalizationError as error:
            raise DatasetError(f"the manifest cannot say this: {error}", where=self.name) from error
        return (json.dumps(body, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()

    @classmethod
    def parse(cls, data: bytes, where: str) -> Manifest:
        """Read a manifest back. Raises `Tampered` unless `data` is, byte for byte, what `render` writes."""
        try:
            body = json.loads(data)
            stated = body.pop("digest")
            manifest = cls(
                **{
                    **body,
                    "schema": tuple(body["schema"]),
                    "files": tuple(FileEntry(**{**entry, "chunks": tuple(entry["chunks"])}) for entry in body["files"]),
                    "parents": tuple(Parent(**parent) for parent in body["parents"]),
                    "step": StepRecord(**body["step"]),
                }
            )
            intact = manifest.digest == stated and manifest.render() == data
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError, rfc8785.CanonicalizationError) as error:
            raise Tampered("the manifest does not read", where=where, hint=_TAMPERED_HINT) from error
        if not intact:
            raise Tampered("the manifest was changed after it was sealed", where=where, hint=_TAMPERED_HINT)
        if manifest.format not in MANIFEST_NAMES:
            raise DatasetError(f"format {manifest.format!r} is not known to this version", where=where)
        return manifest


UNREADABLE_HINT = "Change its permissions, or ask whoever made it."
_TAMPERED_HINT = "Make it again from its parents, or restore it from a copy whose digest you know."


_parsed = lru_cache(maxsize=4)(Manifest.parse)
"""A run reads each of its few manifests several times: by their bytes they are known again."""


def read_manifest(folder: Path) -> Manifest:
    """The manifest of the dataset or model in `folder`.

    Raises:
        NotSealed: there is no such folder, or no manifest in it.
        Tampered: the manifest was changed.
        DatasetError: it may not be read.
    """
    try:
        for name in MANIFEST_NAMES.values():
            path = folder / name
            if path.is_file():
                return _parsed(path.read_bytes(), str(path))
    except OSError as error:
        raise DatasetError(f"cannot be read: {error.strerror}", where=str(error.filename or folder), hint=UNREADABLE_HINT) from error
    if not folder.exists():
        raise NotSealed("no such dataset or model", where=str(folder), hint="Check the path; `ls` shows what is there.")
    raise NotSealed(
        "not a sealed dataset or model: it has no dataset.json and no model.json",
        where=str(folder),
        hint=(
            "A table is sealed by `khettara repair TABLE -o DATASET`."
            if folder.is_file()
            else "A folder of raw files is read with `khettara ingest FOLDER -o DATASET`."
        ),
    )
