"""Tables as text: bytes with any separator, in any encoding, to batches of columns; rows that do not fit are set aside, not lost.

    b"Nom;Ville\\n\\xc7\\xe1\\xd3;Fes\\n"  ->  RecordBatch(column_0=["الس"], column_1=["Fes"])

Arrow's reader does the work where the file is regular. Where quotation marks do not close, cells span lines, or some rows have another
separator, rows are put together here, line by line, which costs ten times as much.
"""

from __future__ import annotations

import csv
import io
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from khettara.errors import SourceError
from khettara.plain.separator import find_delimiter
from khettara.tables.decoding import Bytes, Decoded, look
from khettara.tables.headers import LOOKED_AT, Header, find_header
from khettara.tables.notes import note
from khettara.tables.table import Aside

_HEAD = 1 << 20  # bytes that hold the first rows of nearly every table
_BLOCK, _LARGEST_BLOCK = 4 << 20, 1 << 30  # what Arrow reads at a time: one row must fit into it
_BATCH = 16_384  # rows put together here at a time
_MARKS = ";,\t|"
_LONGEST_CELL = 500  # lines: a quotation mark open for longer was never meant to open anything
_NAMES = {";": "« ; »", ",": "« , »", "\t": "TAB", "|": "« | »", " ": "« »"}
_RAGGED = 0.5
"""Above this share of rows that do not fit, it is no table with this separator at all."""
_HINT = "Open it in a spreadsheet, save it again as CSV, and try once more."


@dataclass
class Rows:
    """The rows of a file: `batches` gives them once; after that `aside` and `notes` are complete."""

    header: Header
    width: int
    separator: str
    encoding: str
    batches: Iterator[pa.RecordBatch]
    aside: list[Aside] = field(default_factory=list)
    notes: list[dict[str, Any]] = field(default_factory=list)


class _Row(NamedTuple):
    """A row with the line that it begins at, counted from 1, and the one after it. `how`: what reading it needed."""

    cells: list[str]
    line: int
    after: int
    text: str
    how: str = ""


class _Mixed(Exception):
    """Some rows have another separator."""


def read_separated(path: Path) -> Rows:
    """Open a table written as text.

    Raises:
        SourceError: nothing but blanks, or no table (here, or once its rows are read).
    """
    facts = look(path)
    with Decoded(path, facts) as file:
        head = file.read(_HEAD)
    text = head.decode("utf-8", "ignore")
    if not text.strip():
        raise SourceError("there are only blanks in it", where=str(path))
    csv.field_size_limit(1 << 30)
    separator = find_delimiter(text)
    width = _width(text, separator)
    if width == 1:
        separator = next((mark for mark in "\t|;" if mark not in text), "\x1f")  # of one column: any sign that it does not hold
    first = list(islice(_rows(io.StringIO(text, newline=""), separator, width), LOOKED_AT + 20))
    if len(head) == _HEAD and len(first) > 1:
        first.pop()  # its line was cut
    header = find_header([row.cells for row in first], width)
    line = first[header.rows].line if header.rows < len(first) else first[-1].after
    rows = Rows(header, width, separator, facts.encoding, iter(()), notes=_notes(facts, separator, width, header))
    rows.batches = _batches(path, facts, rows, line)
    return rows


def _notes(facts: Bytes, separator: str, width: int, header: Header) -> list[dict[str, Any]]:
    notes = [note("encoding", encoding=facts.encoding)] if facts.encoding != "utf-8" else []
    if facts.mixed:
        notes.append(note("mixed_encoding", facts.mixed))
    if facts.nulls:
        notes.append(note("null_bytes", facts.nulls))
    if separator != "," and width > 1:
        notes.append(note("separator", mark=_NAMES.get(separator, separator)))
    return notes + list(header.notes)


def _width(text: str, mark: str) -> int:
    """The number of cells that most of the first rows have: of those that are one line each, if there are such."""
    lines = [line for line in text.split("\n", LOOKED_AT + 1)[:LOOKED_AT] if line.strip()]
    rows = [row for line in lines if line.count('"') % 2 == 0 and (row := _parse(line.rstrip("\r"), mark)) is not None]
    rows = rows or list(islice(csv.reader(io.StringIO(text, newline=""), delimiter=mark), LOOKED_AT))
    return Counter(len(row) for row in rows).most_common(1)[0][0]


def _batches(path: Path, facts: Bytes, rows: Rows, line: int) -> Iterator[pa.RecordBatch]:
    """The records, by Arrow where it can, else line by line."""
    given = 0
    try:
        if not facts.whole_lines:
            raise _Mixed
        for batch in _by_arrow(path, facts, rows, line):
            given += batch.num_rows
            yield batch
    except _Mixed:
        rows.aside.clear()
        for batch in _by_line(path, facts, rows, line):
            if batch.num_rows > given:
                yield batch.slice(given)
            given = max(0, given - batch.num_rows)
    for reason, count in Counter(row.reason for row in rows.aside).items():
        rows.notes.append(note(reason, count))


def _by_arrow(path: Path, facts: Bytes, rows: Rows, line: int) -> Iterator[pa.RecordBatch]:
    """Batches from Arrow's reader. Raises `_Mixed` as soon as a row turns out to have another separator."""
    import pyarrow.csv as pacsv

    names = [f"column_{n}" for n in range(rows.width)]
    mixed = False

    def keep(row: Any) -> str:
        nonlocal mixed
        mixed = mixed or _other(row.text, rows.separator, rows.width) is not None
        reason = "too_few_cells" if row.actual_columns < row.expected_columns else "too_many_cells"
        rows.aside.append(Aside(line - 1 + (row.number or 0), row.text, reason))
        return "skip"

    block, given = _BLOCK, 0
    while True:
        rows.aside.clear()
        seen = 0
        try:
            with Decoded(path, facts, line - 1) as file, pacsv.open_csv(
                pa.PythonFile(file, "r"),
                read_options=pacsv.ReadOptions(use_threads=False, column_names=names, block_size=block),
                parse_options=pacsv.ParseOptions(delimiter=rows.separator, invalid_row_handler=keep, ignore_empty_lines=rows.width > 1),
                convert_options=pacsv.ConvertOptions(
                    column_types=dict.fromkeys(names, pa.string()), null_values=[""], strings_can_be_null=True, quoted_strings_can_be_null=True
                ),
            ) as reader:  # fmt: skip
                for batch in reader:
                    if mixed:
                        raise _Mixed
                    seen += batch.num_rows
                    if seen > given:
                        yield batch.slice(max(0, batch.num_rows - (seen - given)))
                        given = seen
            if mixed:
                raise _Mixed
            return
        except pa.ArrowInvalid as error:
            if "Empty CSV" in str(error):
                return
            if "straddling" not in str(error) or block >= _LARGEST_BLOCK:
                raise SourceError(f"it does not read as a table: {error}", where=str(path), hint=_HINT) from None
            block *= 8


def _by_line(path: Path, facts: Bytes, rows: Rows, line: int) -> Iterator[pa.RecordBatch]:
    """Batches of rows that are put together line by line."""
    how: Counter[str] = Counter()
    cells: list[list[str]] = []
    with Decoded(path, facts, line - 1) as file:
        text = io.TextIOWrapper(io.BufferedReader(file, 1 << 20), encoding="utf-8", errors="replace", newline="")
        for row in _rows(text, rows.separator, rows.width, line):
            if len(row.cells) != rows.width:
                rows.aside.append(Aside(row.line, row.text, "too_few_cells" if len(row.cells) < rows.width else "too_many_cells"))
                continue
            how[row.how] += 1
            cells.append(row.cells)
            if len(cells) == _BATCH:
                yield _batch(cells, rows.width)
                cells.clear()
    if cells:
        yield _batch(cells, rows.width)
    rows.notes.extend(note(kind, count) for kind, count in sorted(how.items()) if kind)


def _batch(rows: Sequence[Sequence[str]], width: int) -> pa.RecordBatch:
    columns = [pa.array(column, pa.string()) for column in zip(*rows, strict=True)]
    return pa.record_batch([pc.if_else(pc.equal(column, ""), None, column) for column in columns], names=[f"column_{n}" for n in range(width)])


def _rows(lines: Iterator[str] | io.StringIO | io.TextIOWrapper, mark: str, width: int, first: int = 1) -> Iterator[_Row]:
    """Rows from lines. Where a quotation mark stays open, lines are joined until it closes, if that gives a row that fits."""
    source = iter(lines)
    ahead: deque[str] = deque()
    number = first - 1
    while True:
        line = ahead.popleft() if ahead else next(source, None)
        if line is None:
            return
        number += 1
        text = line.rstrip("\r\n")
        if not text and width > 1:
            continue
        if '"' not in text:
            cells = text.split(mark)
            yield _Row(cells, number, number + 1, text) if len(cells) == width else _misfit(text, cells, mark, width, number)
            continue
        parsed = _parse(text, mark)
        if parsed is not None and len(parsed) == width:
            yield _Row(parsed, number, number + 1, text)
            continue
        if parsed is None:
            joined = _join(line, source, ahead, mark, width)
            if joined is not None:
                whole, parsed, used = joined
                yield _Row(parsed, number, number + used, whole)
                number += used - 1
                continue
        yield _misfit(text, parsed, mark, width, number)


def _misfit(text: str, cells: list[str] | None, mark: str, width: int, line: int) -> _Row:
    """A row that does not fit as it stands: by another separator, or with its quotation marks as characters, perhaps it does."""
    other = _other(text, mark, width)
    if other is not None:
        return _Row(other, line, line + 1, text, "mixed_separators")
    plain = text.split(mark)
    if cells is None or len(plain) == width:
        return _Row(plain, line, line + 1, text, "unbalanced_quotes")
    return _Row(cells, line, line + 1, text)


def _parse(text: str, mark: str) -> list[str] | None:
    """The cells of a row; None where its quotation marks make no sense."""
    try:
        rows = list(csv.reader([text], delimiter=mark, strict=True))
    except csv.Error:
        return None
    return rows[0] if rows else [""]


def _other(text: str, mark: str, width: int) -> list[str] | None:
    """The cells of a row by another separator, if there are exactly as many as there should be."""
    if width == 1:
        return None
    for other in _MARKS:
        if other != mark and text.count(other) >= width - 1:
            cells = _parse(text, other)
            if cells is not None and len(cells) == width:
                return cells
    return None


def _join(line: str, source: Iterator[str], ahead: deque[str], mark: str, width: int) -> tuple[str, list[str], int] | None:
    """A row that goes on over the next lines: its text, its cells and how many lines it took. Else the lines read stay `ahead`."""
    taken = [line]
    open_marks = line.count('"')
    while len(taken) < _LONGEST_CELL:
        more = ahead.popleft() if ahead else next(source, None)
        if more is None:
            break
        taken.append(more)
        if '"' not in more:
            continue
        open_marks += more.count('"')
        if open_marks % 2 == 0:
            text = "".join(taken).rstrip("\r\n")
            cells = _parse(text, mark)
            if cells is not None and len(cells) == width:
                return text, cells, len(taken)
    ahead.extendleft(reversed(taken[1:]))
    return None
