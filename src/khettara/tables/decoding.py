"""The bytes of a table as UTF-8, whatever they were: any code page, UTF-16, marks, null bytes, a file pasted together from two.

b"\\xff\\xfeN\\x00o\\x00m\\x00"  ->  b"Nom"
"""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

_CHUNK = 8 << 20
_SAMPLE = 64 << 10  # bytes of lines that are no UTF-8, to find their code page from
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_LINE = re.compile(rb"\r\n|\n|\r")
_HIGH = re.compile(rb"[\x80-\xff]")


@dataclass(frozen=True)
class Bytes:
    """What all the bytes of a file have told.

    `mark`: bytes of a byte order mark. `mixed`: lines that are not in the encoding of the rest, which `page` reads. `whole_lines`: no line
    has an odd number of quotation marks, so each row is one line.
    """

    encoding: str
    mark: int = 0
    mixed: int = 0
    page: str | None = None
    nulls: int = 0
    whole_lines: bool = True


def look(path: Path) -> Bytes:
    """Read every byte once."""
    with path.open("rb") as file:
        head = file.read(_CHUNK)
        encoding, mark = _announced(head)
        valid, nulls, quotes = encoding is None or encoding == "utf-8", 0, False
        decoder = codecs.getincrementaldecoder("utf-8")()
        chunk = head[mark:]
        while chunk:
            quotes = quotes or b'"' in chunk
            if b"\0" in chunk:
                nulls += chunk.count(b"\0")
            if valid:
                try:
                    decoder.decode(chunk)
                except UnicodeDecodeError:
                    valid = False
            chunk = file.read(_CHUNK)
    page, mixed = None, 0
    if not valid and encoding in (None, "utf-8"):
        encoding, page, mixed = _page(path)
    wide = encoding is not None and encoding.startswith(("utf-16", "utf-32"))
    found = Bytes(encoding or "utf-8", mark, mixed, page, 0 if wide else nulls)
    if not quotes:
        return found
    return Bytes(found.encoding, mark, mixed, page, found.nulls, _lines_are_whole(path, found))


def _announced(head: bytes) -> tuple[str | None, int]:
    """The encoding that a mark or the places of the zeros tell, and the length of the mark."""
    from khettara.plain.encoding import wide_encoding

    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding, len(mark)
    return (wide_encoding(head) if b"\0" in head[:4096] else None), 0


def _page(path: Path) -> tuple[str, str | None, int]:
    """For a file that is not UTF-8: its encoding; or UTF-8 with the page of the lines that are not, and how many they are."""
    from khettara.plain.encoding import decode

    sound = broken = size = 0
    sample = []
    with path.open("rb") as file:
        for line in file:
            if not _HIGH.search(line):
                continue
            try:
                line.decode("utf-8")
                sound += 1
            except UnicodeDecodeError:
                broken += 1
                if size < _SAMPLE:
                    sample.append(line[:_SAMPLE])
                    size += len(line)
    page = decode(b"".join(sample)).encoding
    if sound <= broken:
        return page, None, 0
    return "utf-8", page, broken


def _lines_are_whole(path: Path, facts: Bytes) -> bool:
    """Whether every line has an even number of quotation marks."""
    odd = 0
    with Decoded(path, facts) as file:
        while chunk := file.read(_CHUNK):
            if b"\r" in chunk and chunk.count(b"\r") != chunk.count(b"\r\n"):
                return False  # ends of line inside cells, perhaps
            held = np.frombuffer(chunk, np.uint8)
            marks, ends = np.flatnonzero(held == 0x22), np.flatnonzero(held == 0x0A)
            upto = np.searchsorted(marks, ends) + odd
            if (upto % 2).any():  # even up to each end of line, so even within each line
                return False
            odd = (odd + len(marks)) % 2
    return odd == 0


class Decoded(io.RawIOBase):
    """A file's text as UTF-8, from some line on."""

    def __init__(self, path: Path, facts: Bytes, skip_lines: int = 0) -> None:
        super().__init__()
        self._file = path.open("rb")
        self._file.seek(facts.mark)
        self._plain = facts.encoding == "utf-8" and not facts.mixed and not facts.nulls
        self._chunks = iter(()) if self._plain else _decoded(self._file, facts)
        self._held = b""
        self._skip(skip_lines)

    def _skip(self, lines: int) -> None:
        while lines:
            chunk = self._more(_CHUNK)
            if not chunk:
                return
            if chunk.endswith(b"\r"):
                chunk += self._more(1)
            for end in _LINE.finditer(chunk):
                lines -= 1
                if not lines:
                    self._held = chunk[end.end() :] + self._held
                    return

    def _more(self, size: int) -> bytes:
        if self._plain:
            return self._file.read(size)
        return next(self._chunks, b"")

    def readable(self) -> bool:
        """It is."""
        return True

    def read(self, size: int = -1) -> bytes:
        """At least one byte, unless the file has ended, and at most `size`."""
        if size is None or size < 0:
            return self.readall()
        if not self._held:
            self._held = self._more(max(size, 1))
        if len(self._held) < size:
            parts = [self._held]
            have = len(self._held)
            while have < size and (more := self._more(size - have)):
                parts.append(more)
                have += len(more)
            self._held = b"".join(parts)
        given, self._held = (self._held, b"") if len(self._held) <= size else (self._held[:size], self._held[size:])
        return given

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # any writable buffer; this is what io passes
        """Fill a buffer."""
        given = self.read(len(buffer))
        buffer[: len(given)] = given
        return len(given)

    def close(self) -> None:
        """Close the file."""
        self._file.close()
        super().close()


def _decoded(file: io.BufferedReader, facts: Bytes) -> Iterator[bytes]:
    """The rest of a file as pieces of UTF-8."""
    if facts.mixed:
        yield from _line_by_line(file, facts)
        return
    decoder = codecs.getincrementaldecoder(facts.encoding)("replace")
    while chunk := file.read(_CHUNK):
        if piece := _sound(decoder.decode(chunk)):
            yield piece
    if piece := _sound(decoder.decode(b"", True)):
        yield piece


def _line_by_line(file: io.BufferedReader, facts: Bytes) -> Iterator[bytes]:
    for line in file:
        try:
            text = line.decode("utf-8")
        except UnicodeDecodeError:
            text = line.decode(facts.page or "utf-8", "replace")
        yield _sound(text) or b" "


def _sound(text: str) -> bytes:
    """Without null characters, and without halves of characters."""
    return text.replace("\0", "").encode("utf-8", "replace")
