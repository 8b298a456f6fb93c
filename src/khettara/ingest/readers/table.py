"""Tables as text: CSV with any separator. A free-text column makes each row a record; a sheet of values is one record."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

from khettara.ingest.records import TEXT_COLUMNS, Reading, ReadOptions, Record, keepable
from khettara.ingest.sniff import TABLE
from khettara.plain.separator import find_delimiter


def read_table(text: str, name: str, options: ReadOptions) -> Reading:
    """Rows below a header. Which column holds the text: `options.text`, else a name that usually does."""
    delimiter = options.delimiter or find_delimiter(text)
    csv.field_size_limit(1 << 30)
    try:
        rows = [row for row in csv.reader(io.StringIO(text), delimiter=delimiter) if any(cell.strip() for cell in row)]
    except csv.Error as error:
        return Reading("damaged", "table", reason=f"not a table: {error}")
    if len(rows) < 2:
        return Reading.of("table", [Record(text.strip(), TABLE, domain="table")])
    header, body = [cell.strip().lstrip("\ufeff") for cell in rows[0]], rows[1:]
    missing = [column for column in options.text if column not in header]
    if missing:
        return Reading("refused", "table", reason=f"no column {missing[0]!r}; there are: {', '.join(header)}"[:200])
    chosen = [header.index(column) for column in options.text] or [n for n, column in enumerate(header) if _holds_text(column)]
    if not chosen:
        return Reading.of("table", [Record(_sheet(header, body), TABLE, domain="table", meta={"rows": len(body), "columns": len(header)})])
    records, empty = [], 0
    for row in body:
        content = options.join.join(row[n] for n in chosen if n < len(row) and row[n].strip())
        if content.strip():
            records.append(Record(content.strip(), TABLE, meta=_kept(header, row, chosen, options)))
        else:
            empty += 1
    return Reading.of("table", records, empty_records=empty)


def _holds_text(column: str) -> bool:
    """A header in two languages (`remark / ملاحظة`) counts by either."""
    return any(part in TEXT_COLUMNS for part in re.split(r"[^\w]+", column.casefold()) if part)


def _sheet(header: list[str], body: list[list[str]]) -> str:
    return "\n\n".join("\n".join(f"{name}: {cell.strip()}" for name, cell in zip(header, row, strict=False) if cell.strip()) for row in body)


def _kept(header: list[str], row: list[str], chosen: list[int], options: ReadOptions) -> dict[str, Any]:
    """The other columns. Only those that `keep` names: a sheet's other cells may well be somebody's name or number."""
    wanted = set(options.keep)
    cells = ((name, row[n].strip()) for n, name in enumerate(header) if n < len(row) and n not in chosen and name in wanted)
    return keepable(cells, options.pseudonym_key)
