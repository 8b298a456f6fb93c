"""What a file is, by its content; its name only breaks ties."""

from __future__ import annotations

import codecs
import io
import json
import re
import zipfile
from pathlib import PurePosixPath

from khettara.plain.encoding import wide_encoding

ZIP = "application/zip"
TAR = "application/x-tar"
GZIP = "application/gzip"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
HTML = "text/html"
JSON = "application/json"
TABLE = "text/csv"
WHATSAPP = "text/x-whatsapp"
TEXT = "text/plain"
OLE = "application/x-ole-storage"
UNKNOWN = "application/octet-stream"

_MAGIC = (
    (b"%PDF-", "application/pdf"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", OLE),
    (b"\x89PNG\r\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF89a", "image/gif"),
    (b"GIF87a", "image/gif"),
    (b"OggS\x00", "audio/ogg"),
    *((b"ID3" + bytes([version]), "audio/mpeg") for version in (2, 3, 4)),
    (b"SQLite format 3\x00", "application/vnd.sqlite3"),
    (b"{\\rtf", "application/rtf"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"\x7fELF", "application/x-executable"),
    (b"PAR1", "application/vnd.apache.parquet"),
)
_OPEN_DOCUMENT = {"word/document.xml": DOCX, "xl/workbook.xml": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                  "ppt/presentation.xml": "application/vnd.openxmlformats-officedocument.presentationml.presentation"}  # fmt: skip
_RIFF = {b"WAVE": "audio/x-wav", b"AVI ": "video/x-msvideo", b"WEBP": "image/webp"}
_LOCKED = "EncryptedPackage".encode("utf-16-le")
_WIDE_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE)
_ZIP_START = (b"PK\x03\x04", b"PK\x05\x06")

_BIDI = "[\u200e\u200f\u202a-\u202e\u2066-\u2069]*"
WHATSAPP_LINE = re.compile(
    rf"^{_BIDI}\[?(?P<date>[\d٠-٩]{{1,4}}[./-][\d٠-٩]{{1,2}}[./-][\d٠-٩]{{1,4}}),?،?\s+{_BIDI}"
    rf"(?:à\s+)?(?P<time>[\d٠-٩]{{1,2}}[:.][\d٠-٩]{{2}}(?:[:.][\d٠-٩]{{2}})?)\s*(?P<half>[AaPp]\.?\s?[Mm]\.?|ص|م)?(?:\]|\s+-)\s?{_BIDI}(?P<rest>.*)$"
)
"""The start of a message in a WhatsApp export, of Android (`12/03/2024, 18:42 - `) and iOS (`[12/03/2024 18:42:07] `)."""


def media_type(data: bytes, name: str) -> str:
    """The media type of a file that is not text, or a first guess at the family of one that is (`text/plain`)."""
    if data.startswith(_ZIP_START):
        return _zip_type(data)
    for magic, found in _MAGIC:
        if data.startswith(magic):
            return found
    if data.startswith(b"RIFF") and data[8:12] in _RIFF:
        return _RIFF[data[8:12]]
    if data.startswith(b"\x1f\x8b"):
        return GZIP
    if data[257:262] == b"ustar":
        return TAR
    return TEXT if _looks_like_text(data) else UNKNOWN


def is_locked_office(data: bytes) -> bool:
    """An office document under a password: its container is OLE, with the encrypted document as one stream."""
    return _LOCKED in data


def _zip_type(data: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError):
        # Cut off: the list of members stands at the end. What it was shows at the beginning.
        return DOCX if b"word/" in data[:4096] or b"[Content_Types].xml" in data[:4096] else ZIP
    return next((found for member, found in _OPEN_DOCUMENT.items() if member in names), ZIP)


def _looks_like_text(data: bytes) -> bool:
    """Hardly a control character. Zeros may stand at every second place (UTF-16), or between pieces of sound UTF-8."""
    sample = data[:8192]
    if not sample or sample.startswith(_WIDE_MARKS) or wide_encoding(sample) is not None:
        return True
    if sum(sample.count(byte) for byte in range(1, 32) if byte not in (9, 10, 12, 13, 27)) > len(sample) * 0.02:
        return False
    zeros = sample.count(0)
    if zeros <= len(sample) * 0.01 or max(sample[::2].count(0), sample[1::2].count(0)) > 0.9 * zeros:
        return True
    try:
        codecs.getincrementaldecoder("utf-8")().decode(sample.replace(b"\0", b""))
    except UnicodeDecodeError:
        return False
    return True


def text_type(text: str, name: str) -> str:
    """What kind of text it is: HTML, JSON, a WhatsApp export, a table, or plain."""
    start = text.lstrip("\ufeff \n\t")[:2048]
    lower = start.lower()
    if lower.startswith(("<!doctype html", "<html")) or ("<html" in lower and "<body" in text.lower()):
        return HTML
    if start[:1] in "[{" and _is_json(text):
        return JSON
    lines = [line for line in text.split("\n", 60)[:60] if line.strip()]
    if lines and sum(bool(WHATSAPP_LINE.match(line)) for line in lines) >= max(2, len(lines) // 3):
        return WHATSAPP
    suffix = PurePosixPath(name.lower()).suffix
    if suffix in (".csv", ".tsv") or (suffix not in (".txt", ".md") and _is_table(lines)):
        return TABLE
    return HTML if suffix in (".html", ".htm") and "<" in text else JSON if suffix in (".json", ".jsonl") else TEXT


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        first = text.lstrip().split("\n", 1)[0]
        try:
            return isinstance(json.loads(first), dict)
        except ValueError:
            return False
    except RecursionError:
        return True
    return True


def _is_table(lines: list[str]) -> bool:
    """At least three lines, each with the same number of tabs or semicolons, at least one."""
    for mark in "\t;":
        counts = {line.count(mark) for line in lines[:-1]}
        if len(lines) >= 3 and len(counts) == 1 and counts != {0}:
            return True
    return False
