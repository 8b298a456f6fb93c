"""Archives: their members one by one, within limits. A member that is refused or damaged costs only itself."""

from __future__ import annotations

import gzip
import io
import lzma
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from khettara.ingest.records import ReadOptions, State
from khettara.plain.encoding import likeness


@dataclass(frozen=True)
class Refusal:
    """Why a member is not read."""

    state: State
    reason: str


@dataclass
class Allowance:
    """What one file may still unpack to, over all the archives nested in it: else ten in ten in ten fill the disk."""

    members: int
    bytes: int

    @classmethod
    def of(cls, options: ReadOptions) -> Allowance:
        """A whole allowance: `max_members`, and ten times the largest file."""
        return cls(options.max_members, (options.max_file_mb << 20) * 10)


Members = Iterator[tuple[str, bytes | Refusal]]

_FAULTS = (zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError, struct.error, OSError, EOFError, ValueError, RuntimeError, OverflowError)
"""What the standard library raises over damaged archives."""

_UTF8_FLAG = 0x800
_ENCRYPTED_FLAG = 0x1
_NAME_PAGES = ("utf-8", "cp720", "cp1256", "cp437")


def zip_members(data: bytes, allowance: Allowance, options: ReadOptions) -> Members:
    """The files of a zip archive, in the order of its list."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except _FAULTS as error:
        yield "", Refusal("damaged", f"the archive does not open: {error}")
        return
    with archive:
        for info in archive.infolist():
            if info.filename.endswith("/"):  # `is_dir` fails on a name that is empty
                continue
            path = _member_name(info)
            refusal = _unsafe(path)
            if refusal is None and info.flag_bits & _ENCRYPTED_FLAG:
                refusal = Refusal("encrypted", "locked with a password")
            refusal = refusal or _too_much(info.file_size, max(info.compress_size, 1), allowance, options)
            if refusal is not None:
                yield path, refusal
                continue
            try:
                with archive.open(info) as file:
                    yield path, file.read(info.file_size + 1)
            except _FAULTS as error:
                yield path, Refusal("damaged", f"the member does not unpack: {error}")


def tar_members(data: bytes, allowance: Allowance, options: ReadOptions) -> Members:
    """The plain files of a tar archive, in order."""
    try:
        with tarfile.open(fileobj=io.BytesIO(data), mode="r:", encoding="utf-8", errors="surrogateescape") as archive:
            for info in archive:
                if not info.isfile():
                    continue
                path = _readable(info.name.encode("utf-8", "surrogateescape"))
                refusal = _unsafe(path) or _too_much(info.size, info.size or 1, allowance, options)
                if refusal is not None:
                    yield path, refusal
                    continue
                file = archive.extractfile(info)
                yield path, file.read() if file is not None else Refusal("damaged", "the member does not unpack")
    except _FAULTS as error:
        yield "", Refusal("damaged", f"the archive is cut off or damaged: {error}")


def gzip_member(data: bytes, allowance: Allowance, options: ReadOptions) -> Members:
    """What a gzip file holds; its member has no name of its own, so a `.tar.gz` shows the paths of the tar."""
    limit = min(min(options.max_file_mb << 20, len(data) * options.max_ratio + (1 << 20)) * 4, allowance.bytes)
    try:
        with gzip.open(io.BytesIO(data)) as file:
            content = file.read(limit + 1)
    except _FAULTS as error:
        yield "", Refusal("damaged", f"it does not unpack: {error}")
        return
    if len(content) > limit:
        yield "", Refusal("refused", "it unpacks to more than the limit")
        return
    allowance.bytes -= len(content)
    yield "", content


def _too_much(size: int, packed: int, allowance: Allowance, options: ReadOptions) -> Refusal | None:
    """Why a member goes over a limit; one that does not is taken from the allowance."""
    if allowance.members <= 0:
        return Refusal("refused", f"more than {options.max_members} members")
    if size > options.max_file_mb << 20 or size > allowance.bytes:
        return Refusal("refused", f"unpacks to {size >> 20} MB: over the limit")
    if size > 1 << 20 and size / packed > options.max_ratio:
        return Refusal("refused", f"packed {size // packed} times smaller: a zip bomb, or nothing but repetition")
    allowance.members -= 1
    allowance.bytes -= size
    return None


def _unsafe(path: str) -> Refusal | None:
    parts = PurePosixPath(path.replace("\\", "/"))
    if parts.is_absolute() or ".." in parts.parts or path[1:3] in (":\\", ":/"):
        return Refusal("refused", "its name leads out of the archive")
    return None


def _member_name(info: zipfile.ZipInfo) -> str:
    """Old programs wrote names in the code page of their machine; Python reads such names as cp437."""
    if info.flag_bits & _UTF8_FLAG:
        return info.filename
    try:
        raw = info.filename.encode("cp437")
    except UnicodeEncodeError:
        return info.filename
    return _readable(raw)


def _readable(raw: bytes) -> str:
    """A member's name in the code page in which its letters most look like words."""
    readings = []
    for page in _NAME_PAGES:
        try:
            readings.append(raw.decode(page))
        except UnicodeDecodeError:
            continue
    return max(readings, key=likeness)  # cp437 gives a letter to every byte; of equals the first wins: UTF-8
