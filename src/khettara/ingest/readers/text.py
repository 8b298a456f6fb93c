"""Plain text: one record a file, or one a line."""

from __future__ import annotations

from khettara.ingest.records import Reading, ReadOptions, Record
from khettara.ingest.sniff import TEXT


def read_text(text: str, name: str, options: ReadOptions) -> Reading:
    """The whole file is one record. NULs stay: cleaning drops them and says so."""
    return Reading.of("text", [Record(text.strip("\n"), TEXT)])


def read_lines(text: str, name: str, options: ReadOptions) -> Reading:
    """Each line that is not blank is a record."""
    return Reading.of("lines", [Record(line.strip(), TEXT) for line in text.split("\n") if line.strip()])
