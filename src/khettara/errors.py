"""Every exception of ours, one tree.

    KhettaraError
    ├── RecipeError          a recipe, profile or setting that does not read
    ├── DatasetError         a folder that is not the dataset it is taken for
    │   ├── NotSealed        no manifest: never sealed, or not a dataset at all
    │   └── Tampered         bytes that differ from the manifest
    ├── SourceError          something to ingest that is not there or cannot be opened
    ├── StorageError         a full disk, an unwritable folder, a folder in use
    ├── CertificateError     a certificate that does not read or does not verify
    │   └── NotCertified     the gate's refusal
    ├── KeyMissing           nothing to sign with
    ├── MissingExtra         an optional library that is not installed
    └── EngineError          a worker that failed, with the unit it was working on

A message says what, where and what to do: `souk-2025, shard 4: no licence.` and, on the next line, the remedy.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class KhettaraError(Exception):
    """A mistake that the user can understand and mend.

    >>> print(KhettaraError("no licence", where="souk-2025, record 118", hint="Add one to the source card."))
    souk-2025, record 118: no licence
    Add one to the source card.
    """

    def __init__(self, what: str, *, where: str | None = None, hint: str | None = None) -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.hint = hint

    def __str__(self) -> str:
        line = f"{self.where}: {self.what}" if self.where else self.what
        return f"{line}\n{self.hint}" if self.hint else line

    def __reduce__(self) -> tuple[object, ...]:
        # Exceptions with keyword arguments do not survive the trip back from a worker process without this.
        return (_rebuild, (type(self), self.what, self.where, self.hint))


def _rebuild(kind: type[KhettaraError], what: str, where: str | None, hint: str | None) -> KhettaraError:
    return kind(what, where=where, hint=hint)


class RecipeError(KhettaraError):
    """A recipe, profile or setting that does not read."""


class DatasetError(KhettaraError):
    """A folder that is not the dataset it is taken for."""


class NotSealed(DatasetError):
    """No manifest: the folder was never sealed, or is no dataset at all."""


class Tampered(DatasetError):
    """Bytes that differ from what the manifest says."""


class SourceError(KhettaraError):
    """Something to ingest that is not there or cannot be opened."""


class StorageError(KhettaraError):
    """A full disk, an unwritable folder, a folder in use."""


class CertificateError(KhettaraError):
    """A certificate that does not read or does not verify."""


class NotCertified(CertificateError):
    """The gate's refusal to open data for training."""


class KeyMissing(KhettaraError):
    """Nothing to sign with."""


class MissingExtra(KhettaraError):
    """An optional library that is not installed."""


class EngineError(KhettaraError):
    """A worker that failed, with the unit it was working on."""


_STORAGE_HINTS = {
    errno.ENOSPC: ("the disk is full", "Free some space and run the same command again: finished work is kept."),
    errno.EDQUOT: ("the disk quota is used up", "Free some space and run the same command again: finished work is kept."),
    errno.EACCES: ("not allowed to write here", "Choose another output folder, or change the folder's permissions."),
    errno.EPERM: ("not allowed to write here", "Choose another output folder, or change the folder's permissions."),
    errno.EROFS: ("this file system is read-only", "Choose another output folder."),
    errno.EFBIG: ("the file would be larger than is allowed here", "Raise the limit (ulimit -f), or choose another file system."),
    errno.ENOTDIR: ("a file stands where a folder is needed", "Choose another output folder."),
    errno.EISDIR: ("a folder stands where a file is needed", "Choose another name."),
    errno.EEXIST: ("a file stands where a folder is needed", "Choose another output folder."),
}


@contextmanager
def storage_errors(where: Path) -> Iterator[None]:
    """Turn the operating system's write errors into one `StorageError` that names `where`; others pass unchanged."""
    try:
        yield
    except OSError as error:
        known = _STORAGE_HINTS.get(error.errno or 0)
        if known is None and "No space left" in str(error):  # Arrow raises OSError without errno
            known = _STORAGE_HINTS[errno.ENOSPC]
        if known is None:
            raise
        raise StorageError(known[0], where=str(error.filename or where), hint=known[1]) from error
