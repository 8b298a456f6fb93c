"""Word documents (docx): paragraphs and tables in the order of the page, by our own walk over the XML."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import datetime

from lxml import etree

from khettara.ingest.readers.dates import parse_date
from khettara.ingest.records import Reading, ReadOptions, Record
from khettara.ingest.sniff import DOCX

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_CREATED = "{http://purl.org/dc/terms/}created"
_LARGEST_XML = 200 << 20
_TWICE = (f"{_W}moveFrom", "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback")
"""What Word keeps a second time: text where it was moved from, and text boxes as old programs draw them."""


def read_docx(data: bytes, name: str, options: ReadOptions) -> Reading:
    """The document's text, one line a paragraph; the cells of a table row are parted by tabs."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            info = archive.getinfo("word/document.xml")
            if info.file_size > _LARGEST_XML or (info.file_size > (1 << 20) and info.file_size / max(info.compress_size, 1) > options.max_ratio):
                return Reading("refused", "docx", reason="it unpacks to far more than it holds: a zip bomb")
            body = _parse(archive.read(info))
            created = _created(archive)
    except (zipfile.BadZipFile, KeyError, OSError, EOFError, NotImplementedError) as error:
        return Reading("damaged", "docx", reason=f"the container is cut off or damaged: {error}")
    except RuntimeError as error:  # zipfile's word for a password
        return Reading("encrypted", "docx", reason=str(error))
    except etree.XMLSyntaxError as error:
        return Reading("damaged", "docx", reason=f"its XML is damaged: {error}"[:200])
    if body.getroottree().docinfo.internalDTD is not None:
        return Reading("refused", "docx", reason="its XML declares a document type, where entities could hide; no Word document does")
    blocks = body.find(f"{_W}body")
    text = "\n".join(_blocks(blocks)).strip() if blocks is not None else ""
    return Reading.of("docx", [Record(text, DOCX, created=created)])


def _parse(data: bytes) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    return etree.fromstring(data, parser)


def _created(archive: zipfile.ZipFile) -> datetime | None:
    try:
        found = _parse(archive.read("docProps/core.xml")).findtext(_CREATED)
    except (KeyError, etree.XMLSyntaxError):
        return None
    return parse_date(found) if found else None


def _blocks(node: etree._Element) -> Iterator[str]:
    """A line for each paragraph and each row of a table; a table inside a cell stays in the row of that cell."""
    for block in _within(node, f"{_W}p", f"{_W}tbl"):
        if block.tag == f"{_W}p":
            yield _paragraph(block)
            continue
        for row in _within(block, f"{_W}tr"):
            yield "\t".join(" ".join(_blocks(cell)).strip() for cell in _within(row, f"{_W}tc"))


def _paragraph(node: etree._Element) -> str:
    parts = []
    for child in _within(node, f"{_W}t", f"{_W}tab", f"{_W}br", f"{_W}cr"):
        parts.append(child.text or "" if child.tag == f"{_W}t" else "\t" if child.tag == f"{_W}tab" else "\n")
    return "".join(parts)


def _within(node: etree._Element, *tags: str) -> Iterator[etree._Element]:
    """The nearest elements with one of these tags, in order: not those inside one another, nor what is there twice."""
    for child in node:
        if child.tag in tags:
            yield child
        elif child.tag not in _TWICE:
            yield from _within(child, *tags)
