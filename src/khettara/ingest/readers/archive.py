"""Archives: their members one by one, within limits. A member that is refused or damaged costs only itself."""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from khettara.ingest.encoding import likeness
from khettara.ingest.records import ReadOptions, State


@dataclass(frozen=True)
class Refusal:
    """Why a member is not read."""

    state: State
    reason: str


Members = Iterator[tuple[str, bytes | Refusal]]

_UTF8_FLAG = 0x800
_ENCRYPTED_FLAG = 0x1
_NAME_PAGES = ("utf-8", "cp720", "cp1256", "cp437")


def zip_members(data: bytes, name: str, options: ReadOptions) -> Members:
    """The files of a zip archive, in the order of its list."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError) as error:
        yield "", Refusal("damaged", f"the archive does not open: {error}")
        return
    total = 0
    with archive:
        for number, info in enumerate(info for info in archive.infolist() if not info.is_dir()):
            path = _member_name(info)
            refusal = _unsafe(path) or _too_much(number, info.file_size, max(info.compress_size, 1), total, options)
            if refusal is None and info.flag_bits & _ENCRYPTED_FLAG:
                refusal = Refusal("encrypted", "locked with a password")
            if refusal is not None:
                yield path, refusal
                continue
            total += info.file_size
            try:
                with archive.open(info) as file:
                    yield path, file.read(info.file_size + 1)
            except (zipfile.BadZipFile, zlib.error, OSError, NotImplementedError, RuntimeError, EOFError) as error:
                yield path, Refusal("damaged", f"the member does not unpack: {error}")


def tar_members(data: bytes, name: str, options: ReadOptions) -> Members:
    """The plain files of a tar archive, in order."""
    total = 0
    number = 0
    try:
        with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as archive:
            for info in archive:
                if not info.isfile():
                    continue
                refusal = _unsafe(info.name) or _too_much(number, info.size, info.size or 1, total, options)
                number += 1
                if refusal is not None:
                    yield info.name, refusal
                    continue
                total += info.size
                file = archive.extractfile(info)
                yield info.name, file.read() if file is not None else Refusal("damaged", "the member does not unpack")
    except (tarfile.TarError, OSError, EOFError) as error:
        yield "", Refusal("damaged", f"the archive is cut off or damaged: {error}")


def gzip_member(data: bytes, name: str, options: ReadOptions) -> Members:
    """What a gzip file holds; its member has no name of its own, so a `.tar.gz` shows the paths of the tar."""
    limit = min(options.max_file_mb << 20, len(data) * options.max_ratio + (1 << 20)) * 4
    try:
        with gzip.open(io.BytesIO(data)) as file:
            content = file.read(limit + 1)
    except (OSError, EOFError, zlib.error) as error:
        yield "", Refusal("damaged", f"it does not unpack: {error}")
        return
    yield "", Refusal("refused", "it unpacks to more than the limit") if len(content) > limit else content


def _too_much(number: int, size: int, packed: int, total: int, options: ReadOptions) -> Refusal | None:
    if number >= options.max_members:
        return Refusal("refused", f"more than {options.max_members} members")
    if size > options.max_file_mb << 20 or total + size > (options.max_file_mb << 20) * 10:
        return Refusal("refused", f"unpacks to {size >> 20} MB: over the limit")
    if size > 1 << 20 and size / packed > options.max_ratio:
        return Refusal("refused", f"packed {size // packed} times smaller: a zip bomb, or nothing but repetition")
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
    if raw.isascii():
        return info.filename
    readings = []
    for page in _NAME_PAGES:
        try:
            readings.append(raw.decode(page))
        except UnicodeDecodeError:
            continue
    return max(readings, key=likeness) if readings else info.filename
