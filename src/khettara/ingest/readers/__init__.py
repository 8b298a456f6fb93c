"""One reader a family of formats, in one table; archives are opened and each member is read like a file.

A reader is a function from a file's bytes to a `Reading`. It may raise: whatever goes wrong costs that file alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from khettara.dataset import sha256_hex
from khettara.ingest import sniff
from khettara.ingest.readers.archive import Allowance, Members, Refusal, gzip_member, tar_members, zip_members
from khettara.ingest.readers.docx import read_docx
from khettara.ingest.readers.html import read_html
from khettara.ingest.readers.json import read_json
from khettara.ingest.readers.table import read_table
from khettara.ingest.readers.text import read_lines, read_text
from khettara.ingest.readers.whatsapp import read_whatsapp
from khettara.ingest.records import MemberReading, Reading, ReadOptions
from khettara.plain.encoding import decode

TextReader = Callable[[str, str, ReadOptions], Reading]

TEXT_READERS: dict[str, TextReader] = {
    sniff.TEXT: read_text,
    sniff.HTML: read_html,
    sniff.JSON: read_json,
    sniff.TABLE: read_table,
    sniff.WHATSAPP: read_whatsapp,
}
NAMED_READERS: dict[str, TextReader] = {
    "text": read_text,
    "lines": read_lines,
    "table": read_table,
    "json": read_json,
    "html": read_html,
    "whatsapp": read_whatsapp,
}
BYTE_READERS: dict[str, Callable[[bytes, str, ReadOptions], Reading]] = {sniff.DOCX: read_docx}
ARCHIVES: dict[str, Callable[[bytes, Allowance, ReadOptions], Members]] = {
    sniff.ZIP: zip_members,
    sniff.TAR: tar_members,
    sniff.GZIP: gzip_member,
}


def read(data: bytes, name: str, options: ReadOptions) -> tuple[Reading, str]:
    """Read one file that is no archive; returns the reading and the media type. Never raises for what a file holds."""
    media = sniff.media_type(data, name)
    try:
        return _read(data, name, options, media)
    except RecursionError:
        return Reading("refused", "none", reason="it is nested too deeply"), media
    except Exception as error:
        return Reading("damaged", "none", reason=f"{type(error).__name__}: {error}"[:200]), media


def _read(data: bytes, name: str, options: ReadOptions, media: str) -> tuple[Reading, str]:
    if len(data) > options.max_file_mb << 20:
        return Reading("refused", "none", reason=f"larger than {options.max_file_mb} MB"), media
    if not data.strip():
        return Reading("empty", "none", reason="the file has no bytes" if not data else "only blanks"), media
    if media in BYTE_READERS:
        return BYTE_READERS[media](data, name, options), media
    if media == sniff.OLE and sniff.is_locked_office(data):
        return Reading("encrypted", "none", reason="locked with a password"), media
    if media != sniff.TEXT:
        return Reading("unsupported", "none", reason=f"no reader for {media}"), media
    decoded = decode(data, _declared(data))
    if not decoded.text.replace("\0", " ").strip():
        return Reading("empty", "text", encoding=decoded.encoding, reason="only blanks"), media
    if options.reader in NAMED_READERS:
        reading, media = NAMED_READERS[options.reader](decoded.text, name, options), sniff.text_type(decoded.text, name)
    else:
        media = sniff.text_type(decoded.text, name)
        reading = TEXT_READERS[media](decoded.text, name, options)
    return Reading(reading.state, reading.reader, reading.records, decoded.encoding, reading.reason, reading.empty_records), media


def read_all(data: bytes, name: str, options: ReadOptions) -> Iterator[MemberReading]:
    """Read a file, or every file inside an archive at any depth: one reading for each."""
    yield from _walk(data, name, None, options, Allowance.of(options), frozenset())


def _walk(
    data: bytes, name: str, member: str | None, options: ReadOptions, allowance: Allowance, ancestors: frozenset[str]
) -> Iterator[MemberReading]:
    digest = sha256_hex(data)
    media = sniff.media_type(data, name)
    if media not in ARCHIVES:
        reading, media = read(data, name, options)
        yield MemberReading(reading, member, digest, len(data), media)
        return
    if len(ancestors) >= options.max_depth or digest in ancestors:
        reason = "an archive that contains itself" if digest in ancestors else f"archives nested more than {options.max_depth} deep"
        yield MemberReading(Reading("refused", "archive", reason=reason), member, digest, len(data), media)
        return
    empty = True
    for inner, content in ARCHIVES[media](data, allowance, options):
        empty = False
        path = "/".join(part for part in (member, inner) if part) or None
        if isinstance(content, Refusal):
            yield MemberReading(Reading(content.state, "archive", reason=content.reason), path, None, None, None)
        else:
            yield from _walk(content, inner or name.removesuffix(".gz"), path, options, allowance, ancestors | {digest})
    if empty:
        yield MemberReading(Reading("empty", "archive", reason="an archive without files"), member, digest, len(data), media)


def _declared(data: bytes) -> str | None:
    """The encoding that an HTML or XML file claims for itself."""
    found = re.search(rb"(?:charset|encoding)\s*=\s*[\"']?\s*([A-Za-z0-9_-]+)", data[:2048])
    return found[1].decode("ascii") if found else None
