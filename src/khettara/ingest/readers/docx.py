"""Word documents (docx): paragraphs and tables in the order of the page, by our own walk over the XML."""

from __future__ import annotations

import io
import zipfile

from lxml import etree

from khettara.ingest.readers.dates import parse_date
from khettara.ingest.records import Reading, ReadOptions, Record
from khettara.ingest.sniff import DOCX

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_CREATED = "{http://purl.org/dc/terms/}created"
_LARGEST_XML = 200 << 20


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
    blocks = body.find(f"{_W}body")
    lines = [_block(node) for node in (blocks if blocks is not None else [])]
    text = "\n".join(line for line in lines if line is not None).strip()
    return Reading.of("docx", [Record(text, DOCX, created=created)])


def _parse(data: bytes) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    return etree.fromstring(data, parser)


def _created(archive: zipfile.ZipFile):  # type: ignore[no-untyped-def]  # what `parse_date` gives
    try:
        found = _parse(archive.read("docProps/core.xml")).findtext(_CREATED)
    except (KeyError, etree.XMLSyntaxError):
        return None
    return parse_date(found) if found else None


def _block(node: etree._Element) -> str | None:
    if node.tag == f"{_W}p":
        return _paragraph(node)
    if node.tag == f"{_W}tbl":
        rows = []
        for row in node.iter(f"{_W}tr"):
            cells = (" ".join(_paragraph(p) for p in cell.iter(f"{_W}p")) for cell in row.iter(f"{_W}tc"))
            rows.append("\t".join(cell.strip() for cell in cells))
        return "\n".join(rows)
    if node.tag == f"{_W}sdt":
        return "\n".join(filter(None, (_block(child) for child in node.iter(f"{_W}p"))))
    return None


def _paragraph(node: etree._Element) -> str:
    parts = []
    for child in node.iter(f"{_W}t", f"{_W}tab", f"{_W}br", f"{_W}cr"):
        parts.append(child.text or "" if child.tag == f"{_W}t" else "\t" if child.tag == f"{_W}tab" else "\n")
    return "".join(parts)
