"""From a file to a table: CSV with any separator and encoding, Parquet, workbooks, sealed datasets.

    read_table("registre.csv")  ->  Table("registre", 100,000 records, columns CIN, Nom / الاسم, ...)

Cells stay as they are written; what is no record (titles, totals, rows that do not fit) is set aside with its reason.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from khettara.errors import DatasetError, NotSealed, SourceError
from khettara.tables.aside import Watch
from khettara.tables.headers import LOOKED_AT, Header, column_names, find_header
from khettara.tables.held import Held
from khettara.tables.notes import note
from khettara.tables.table import Aside, Column, Table

IN_MEMORY = 128 << 20
"""Bytes of cells up to which a table lies in memory; a larger one lies on disk and is worked on in parts."""
_WORKBOOKS = {b"PK\x03\x04": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", b"\xd0\xcf\x11\xe0": "application/vnd.ms-excel"}
_OTHERS = (
    (b"\x89PNG", "a picture (PNG)"),
    (b"\xff\xd8\xff", "a picture (JPEG)"),
    (b"GIF8", "a picture (GIF)"),
    (b"%PDF-", "a PDF document"),
    (b"\x1f\x8b", "a compressed file (gzip)"),
    (b"Rar!", "an archive (RAR)"),
    (b"7z\xbc\xaf", "an archive (7z)"),
    (b"OggS", "a recording (Ogg)"),
    (b"ID3", "a recording (MP3)"),
    (b"RIFF", "a recording or a picture (RIFF)"),
    (b"SQLite format 3", "a database (SQLite)"),
    (b"\x7fELF", "a program"),
)
_TABLES = "Tables are read from CSV and other separated text, Parquet, xlsx, xls, xlsb, ods, and sealed datasets of kind `table`."


def read_table(path: str | os.PathLike[str], *, sheet: str | None = None) -> Table:
    """Read a table.

    Args:
        path: a file, or the folder of a sealed dataset of kind `table`.
        sheet: the sheet of a workbook, by name or by number from 1; the first that holds a table unless said.

    Raises:
        SourceError: not there, not a table, or one that does not read.
        DatasetError: a dataset of another kind.
    """
    file = Path(path)
    if file.is_dir():
        return _dataset(file)
    head = _head(file)
    if head.startswith(b"PAR1"):
        return _parquet([file], file.stem, _source(file, "application/vnd.apache.parquet", "parquet"))
    if head[:4] in _WORKBOOKS:
        return _sheet(file, sheet, _WORKBOOKS[head[:4]])
    if sheet is not None:
        raise SourceError("it has no sheets: it is not a workbook", where=str(file), hint="Leave --sheet out.")
    _check_text(file, head)
    return _separated(file)


def _head(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            head = opened.read(1 << 16)
    except FileNotFoundError:
        raise SourceError("no such file", where=str(file), hint="Check the path.") from None
    except OSError as error:
        raise SourceError(f"cannot be opened: {error.strerror}", where=str(file)) from None
    if not head:
        raise SourceError("the file has no bytes", where=str(file), hint="Ask for the file again: nothing of it arrived.")
    return head


def _check_text(file: Path, head: bytes) -> None:
    """Raise `SourceError` for a file that is something else, whatever its name says."""
    for magic, what in _OTHERS:
        if head.startswith(magic):
            raise SourceError(f"this is {what}, not a table", where=str(file), hint=_TABLES)
    from khettara.plain.encoding import wide_encoding

    wide = head.startswith((b"\xff\xfe", b"\xfe\xff")) or wide_encoding(head) is not None
    controls = sum(head.count(byte) for byte in range(1, 32) if byte not in (9, 10, 12, 13, 27))
    if not wide and (controls > len(head) * 0.02 or head.count(0) > len(head) * 0.1):
        raise SourceError("these bytes are no text, so this is no table", where=str(file), hint=_TABLES)


def _source(file: Path, media_type: str, reader: str, **more: object) -> dict[str, Any]:
    from khettara.dataset.manifest import sha256_file

    return {"uri": file.name, "sha256": sha256_file(file), "bytes": file.stat().st_size, "media_type": media_type, "reader": reader, **more}


def _separated(file: Path) -> Table:
    from khettara.tables.separated import read_separated

    rows = read_separated(file)
    gathered = _Gathered(rows.header, rows.width)
    gathered.add(rows.batches)
    ragged = Counter(row.reason for row in rows.aside)
    if sum(ragged.values()) > max(gathered.records, 3):
        raise SourceError(
            f"{sum(ragged.values()):,} rows have not the {rows.width} cells that {gathered.records:,} others have, so this is no table",
            where=str(file),
            hint="Open it in a spreadsheet, look at how its cells are separated, and save it again as CSV.",
        )
    source = _source(file, "text/csv", "separated", encoding=rows.encoding, separator=rows.separator)
    return gathered.table(file.stem, source, rows.notes, rows.aside)


def _sheet(file: Path, wanted: str | None, media_type: str) -> Table:
    from khettara.tables.sheets import read_sheet

    sheet = read_sheet(file.resolve(), wanted)
    grid = pa.Table.from_batches(sheet.batches)
    width = grid.num_columns
    header = find_header([[cell or "" for cell in row.values()] for row in grid.slice(0, LOOKED_AT).to_pylist()], width)
    gathered = _Gathered(header, width)
    gathered.add(grid.slice(header.rows).to_batches())
    notes = list(header.notes)
    others = [name for name in sheet.names if name != sheet.name]
    if others:
        notes.insert(0, note("sheet", sheet=sheet.name, others=", ".join(others)))
    return gathered.table(file.stem, _source(file, media_type, "sheet", sheet=sheet.name), notes, [])


@dataclass
class _Gathered:
    """Records as they come in: in memory, or on disk once they are too many."""

    header: Header
    width: int
    records: int = 0
    _bytes: int = 0
    _batches: list[pa.RecordBatch] = field(default_factory=list)
    _held: Held | None = None

    def __post_init__(self) -> None:
        self._watch = Watch(self.header, self.width)

    def add(self, batches: Iterable[pa.RecordBatch]) -> None:
        """Take records, all columns strings."""
        for batch in batches:
            if not batch.num_rows:
                continue
            self._watch.see(batch)
            self.records += batch.num_rows
            if self._held is None:
                self._batches.append(batch)
                self._bytes += batch.nbytes
                if self._bytes > IN_MEMORY:
                    self._held = Held()
                    for earlier in self._batches:
                        self._held.append(earlier)
                    self._batches.clear()
                    pa.default_memory_pool().release_unused()
            else:
                self._held.append(batch)

    def table(self, name: str, source: Mapping[str, Any], notes: Iterable[Mapping[str, Any]], aside: Iterable[Aside]) -> Table:
        """The table of the records."""
        drop, dropped = self._watch.decide()
        told = [*notes]
        names, more = column_names(self.header.titles)
        told += more
        told += [note(reason, count) for reason, count in Counter(row.reason for row in dropped).items()]
        records = self.records - len(drop)
        if not records:
            told.append(note("no_records"))
        left_out = (*aside, *dropped)
        if self._held is not None:
            if drop:
                self._held.drop(drop)
            columns = tuple(Column(names[n], n, self._held.column(n), self.header.titles[n]) for n in range(self.width))
            return Table(name, columns, records, tuple(told), source, left_out, self._held)
        keep = np.ones(self.records, bool)
        keep[drop] = False
        columns = tuple(Column(names[n], n, self._column(n, keep if drop else None), self.header.titles[n]) for n in range(self.width))
        return Table(name, columns, records, tuple(told), source, left_out)

    def _column(self, place: int, keep: np.ndarray[Any, Any] | None) -> pa.ChunkedArray:
        cells = pa.chunked_array([batch.column(place) for batch in self._batches], pa.string())
        return cells if keep is None else cells.filter(pa.array(keep))


def _dataset(folder: Path) -> Table:
    """A sealed dataset: each column but `id`, as text."""
    from khettara.dataset import Dataset
    from khettara.engine import verified

    try:
        dataset = Dataset.open(folder)
    except NotSealed:
        raise SourceError("a folder, and no sealed dataset", where=str(folder), hint=f"Give one file. {_TABLES}") from None
    if dataset.kind != "table":
        raise DatasetError(f"a dataset of {dataset.kind}, not a table", where=str(folder), hint=f"`khettara certify {folder}` measures it.")
    verified([dataset])  # a repair seals what is read here anew
    source = {"uri": dataset.name, "sha256": dataset.digest, "media_type": "application/vnd.apache.parquet", "reader": "dataset"}
    source |= {"licence": dataset.manifest.facts["licence"]} if dataset.manifest.facts.get("licence") else {}
    return _parquet(dataset.files("data"), dataset.name, source, without=("id",))


def _parquet(files: Iterable[Path], name: str, source: Mapping[str, Any], without: tuple[str, ...] = ()) -> Table:
    import pyarrow.parquet as pq

    paths = list(files)
    try:
        schema = pq.read_schema(paths[0])
    except (pa.ArrowInvalid, OSError) as error:
        raise SourceError(f"it does not read as Parquet: {error}"[:300], where=str(paths[0])) from None
    fields = [entry for entry in schema if entry.name not in without]
    places = [n for n, entry in enumerate(schema) if entry.name not in without]
    typed = sum(not pa.types.is_string(entry.type) and not pa.types.is_large_string(entry.type) for entry in fields)
    gathered = _Gathered(Header(0, tuple(entry.name for entry in fields), ()), len(fields))
    try:
        gathered.add(_texts(paths, places))
    except (pa.ArrowInvalid, OSError) as error:
        raise SourceError(f"it does not read as Parquet: {error}"[:300], where=str(paths[0])) from None
    return gathered.table(name, source, [note("typed", typed)] if typed else [], [])


def _texts(files: Iterable[Path], places: list[int]) -> Iterator[pa.RecordBatch]:
    import pyarrow.parquet as pq

    for file in files:
        with pq.ParquetFile(file) as parquet:
            for batch in parquet.iter_batches(batch_size=8192):
                yield pa.record_batch([_as_text(batch.column(n)) for n in places], names=[f"column_{n}" for n in range(len(places))])


def _as_text(values: pa.Array) -> pa.StringArray:
    """Values of any type as text: numbers as short as they are exact, dates as ISO writes them, lists and structures as JSON."""
    kind = values.type
    if pa.types.is_dictionary(kind):
        values, kind = values.dictionary_decode(), kind.value_type
    if pa.types.is_nested(kind):
        return pa.array([None if v is None else json.dumps(v, ensure_ascii=False, default=str) for v in values.to_pylist()], pa.string())
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        return pa.array([None if v is None else v.decode("utf-8", "replace") for v in values.to_pylist()], pa.string())
    text = values.cast(pa.string())
    return pc.if_else(pc.equal(text, ""), None, text)
