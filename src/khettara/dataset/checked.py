"""A dataset whose bytes are checked as they are read: whatever happens to its files after the gate looked, nothing else gets in.

    checked when opened: data/part-00000.parquet, 17 runs of 1 MB, sha256 of each kept in memory
    read later:          the run is hashed again; other bytes than those that were checked raise `Tampered`

Between a check and a use there is time, and in that time a file can be replaced. So the check keeps the hash of every run of
bytes, and every read compares.
"""

from __future__ import annotations

import hashlib
import io
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

import pyarrow as pa
import pyarrow.parquet as pq

from khettara.dataset.manifest import FileEntry, Manifest
from khettara.dataset.store import Dataset, added_files
from khettara.errors import Tampered

if TYPE_CHECKING:
    import polars
    from _typeshed import WriteableBuffer

RUN = 1 << 20
"""Bytes hashed together: 32 bytes of memory for each megabyte of the dataset."""


@dataclass(frozen=True)
class Digests:
    """What a file was when it was checked: its size, and the sha256 of each run of its bytes."""

    size: int
    runs: tuple[bytes, ...]


class CheckedDataset(Dataset):
    """A dataset that reads no byte which it has not compared."""

    def __init__(self, path: Path, manifest: Manifest, digests: Mapping[str, Digests]) -> None:
        super().__init__(path, manifest)
        self._digests = digests

    @classmethod
    def check(cls, path: str | os.PathLike[str]) -> Self:
        """Read every byte of a dataset, and open it.

        Raises:
            Tampered: something differs from the manifest, is missing, or was added.
            DatasetError: not a dataset, or one that may not be read.
        """
        opened = Dataset.open(path)
        digests = {entry.path: _digests(opened.path, entry) for entry in opened.manifest.files}
        for fault in added_files(opened.path, opened.manifest):
            raise _tampered(str(fault), opened.path)
        return cls(opened.path, opened.manifest, digests)

    def parquet(self, file: Path) -> pq.ParquetFile:
        """See `Dataset.parquet`."""
        name = file.relative_to(self.path).as_posix()
        return pq.ParquetFile(pa.PythonFile(CheckedFile(self.path, name, self._digests[name]), mode="r"))

    def scan(self, role: str = "data") -> polars.LazyFrame:
        """See `Dataset.scan`; all records are read now, since polars would open the files by itself."""
        import polars

        batches = list(self.batches(role=role))
        return polars.LazyFrame(polars.from_arrow(batches)) if batches else super().scan(role)


class CheckedFile(io.RawIOBase):
    """A file of which only bytes that were checked can be read."""

    def __init__(self, folder: Path, name: str, digests: Digests) -> None:
        super().__init__()
        self._folder, self._name, self._digests = folder, name, digests
        self._file = os.open(folder / name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        self._place = 0
        self._run, self._held = -1, b""

    def close(self) -> None:
        """Close the file."""
        if not self.closed:
            os.close(self._file)
        super().close()

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is."""
        return True

    def tell(self) -> int:
        """Where the next read begins."""
        return self._place

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Go to a place."""
        self._place = offset + (0, self._place, self._digests.size)[whence]
        return self._place

    def readinto(self, target: WriteableBuffer) -> int:
        """Read up to the end of a run; `Tampered` where it is not what was checked."""
        view = memoryview(target).cast("B")
        if self._place >= self._digests.size:
            return 0
        number, start = divmod(self._place, RUN)
        if number != self._run:
            self._run, self._held = number, self._checked(number)
        part = self._held[start : start + len(view)]
        view[: len(part)] = part
        self._place += len(part)
        return len(part)

    def read(self, size: int | None = -1) -> bytes:
        """All that is asked for, across runs."""
        left = self._digests.size - self._place if size is None or size < 0 else max(0, min(size, self._digests.size - self._place))
        target = bytearray(left)
        done = 0
        while done < left:
            done += self.readinto(memoryview(target)[done:])
        return bytes(target)

    def _checked(self, number: int) -> bytes:
        data = os.pread(self._file, min(RUN, self._digests.size - number * RUN), number * RUN)
        if hashlib.sha256(data).digest() != self._digests.runs[number]:
            raise _tampered(f"{self._name} was changed after it was checked, while it was being read", self._folder)
        return data


def _digests(folder: Path, entry: FileEntry) -> Digests:
    """Read a file once, for its own hash and those of its runs."""
    whole, runs, size = hashlib.sha256(), [], 0
    try:
        with open(os.open(folder / entry.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb", buffering=0) as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise _tampered(f"{entry.path} is not a plain file", folder)
            while size <= entry.bytes and (run := _read_run(file)):
                whole.update(run)
                runs.append(hashlib.sha256(run).digest())
                size += len(run)
    except OSError as error:
        raise _tampered(f"{entry.path} is not a plain file that can be read", folder) from error
    if whole.hexdigest() != entry.sha256:
        raise _tampered(f"{entry.path}: bytes differ from what was sealed", folder)
    return Digests(size, tuple(runs))


def _read_run(file: io.RawIOBase) -> bytes:
    """Exactly `RUN` bytes, or fewer at the end."""
    data = file.read(RUN) or b""
    while 0 < len(data) < RUN and (more := file.read(RUN - len(data))):
        data += more
    return data


def _tampered(what: str, folder: Path) -> Tampered:
    return Tampered(what, where=str(folder), hint=f"`khettara verify {folder}` lists every difference.")
