"""A unit of work: one shard through one task, named by the hash of everything that decides its output.

The output is a folder `KEY/` with the files the task wrote and `receipt.json`; it is written under a temporary name, synced,
and renamed, so that a unit either is there whole or is not there. A unit found there is verified and used again.
"""

from __future__ import annotations

import ctypes
import json
import os
import shutil
import uuid
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa

from khettara.dataset import FileEntry, canonical_json, sha256_file, sha256_hex
from khettara.errors import EngineError, KhettaraError, storage_errors

RECEIPT = "receipt.json"

_C = ctypes.CDLL(None)
_M_ARENA_MAX = -8  # of glibc's malloc.h; other C libraries have no mallopt


@dataclass(frozen=True)
class Output:
    """A file that a task wrote: its rows, and whatever its reader should know (plain JSON values)."""

    rows: int
    facts: Mapping[str, Any] = field(default_factory=dict)


class Task(Protocol):
    """What a worker runs. It must travel to another process, so it holds plain values only."""

    @property
    def key(self) -> str:
        """The hash that names the output."""
        ...

    @property
    def label(self) -> str:
        """The shard, in words, for error messages."""
        ...

    @property
    def weight(self) -> int:
        """Bytes of input, for the progress display."""
        ...

    def __call__(self, folder: Path) -> Mapping[str, Output]:
        """Write the output files into `folder`, and say what each is."""
        ...


@dataclass(frozen=True)
class Receipt:
    """What a finished unit left: its files, hashed, with facts about each."""

    key: str
    folder: Path
    files: Mapping[str, FileEntry]
    facts: Mapping[str, Any]
    reused: bool = False

    def path(self, name: str) -> Path:
        """Where a file of the unit lies."""
        return self.folder / name


def hash_key(*parts: object) -> str:
    """The key of a unit or of a stage: the hash of what decides its output."""
    return sha256_hex(canonical_json(list(parts)))


def run_unit(task: Task, root: Path) -> Receipt:
    """Run `task` unless its output is there and verifies. Safe to call from several processes for the same task."""
    found = read_receipt(task.key, root)
    if found is not None:
        return found
    hold_little()
    draft = root / f".{task.key[:16]}-{uuid.uuid4().hex[:8]}"
    try:
        with storage_errors(root):
            draft.mkdir(parents=True)
            outcome = task(draft)
            files = {name: FileEntry.of(draft / name, name, output.rows) for name, output in outcome.items()}
            facts = json.loads(json.dumps({name: dict(output.facts) for name, output in outcome.items()}))
            receipt = {"key": task.key, "files": {name: asdict(entry) for name, entry in files.items()}, "facts": facts}
            (draft / RECEIPT).write_text(json.dumps(receipt), encoding="utf-8")
            for path in (*draft.iterdir(), draft):
                _sync(path)
            _publish(draft, root / task.key)
    except KhettaraError:
        raise
    except Exception as error:
        raise EngineError(
            f"{type(error).__name__}: {error}", where=task.label, hint="Finished work is kept; the same command goes on from here."
        ) from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
        _give_back()
    return Receipt(task.key, root / task.key, files, facts)


@cache
def hold_little() -> None:
    """Let allocators give back what is no longer needed. Of Arrow's, this one's peak was the lowest: 50 MB below the default's at 64 MB.

    The C library would keep a heap for each thread, with holes in each of them: one heap for all takes 46 MB less.
    """
    if "jemalloc" in pa.supported_memory_backends() and "ARROW_DEFAULT_MEMORY_POOL" not in os.environ:
        pa.set_memory_pool(pa.jemalloc_memory_pool())
    if hasattr(_C, "mallopt") and "MALLOC_ARENA_MAX" not in os.environ:
        _C.mallopt(_M_ARENA_MAX, 1)


def _give_back() -> None:
    pa.default_memory_pool().release_unused()
    if hasattr(_C, "malloc_trim"):
        _C.malloc_trim(0)


def read_receipt(key: str, root: Path) -> Receipt | None:
    """The finished unit named `key`, or None. One whose bytes do not verify is removed and counts as not there."""
    if not (root / key).exists():
        return None  # and nothing to remove: another worker may put it there at any moment
    found = _stored(key, root, lambda path, entry: _has_its_length(path, entry) and sha256_file(path) == entry.sha256)
    if found is None:
        shutil.rmtree(root / key, ignore_errors=True)
    return found


def glance_receipt(key: str, root: Path) -> Receipt | None:
    """The finished unit named `key` for looking only: its files are there in full length, but their bytes are not read; nothing is removed."""
    return _stored(key, root, _has_its_length)


def _stored(key: str, root: Path, is_whole: Callable[[Path, FileEntry], bool]) -> Receipt | None:
    """The receipt in the folder of a unit, if it reads and every file is whole."""
    folder = root / key
    try:
        stored = json.loads((folder / RECEIPT).read_text(encoding="utf-8"))
        files = {name: FileEntry(**{**entry, "chunks": tuple(entry["chunks"])}) for name, entry in stored["files"].items()}
        if stored["key"] == key and all(is_whole(folder / name, entry) for name, entry in files.items()):
            return Receipt(key, folder, files, stored["facts"], reused=True)
    except (OSError, ValueError, KeyError, TypeError):
        pass
    return None


def _has_its_length(path: Path, entry: FileEntry) -> bool:
    return path.stat().st_size == entry.bytes


def sweep(root: Path, keep: set[str]) -> None:
    """Remove finished and abandoned units that are not among `keep`."""
    if not root.is_dir():
        return
    for folder in root.iterdir():
        if folder.name not in keep:
            shutil.rmtree(folder, ignore_errors=True)


def _publish(draft: Path, target: Path) -> None:
    try:
        os.rename(draft, target)
    except OSError:
        if not (target / RECEIPT).exists():
            raise
        return  # another worker finished the same unit first
    _sync(target.parent)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
