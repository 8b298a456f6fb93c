"""A planted table on disk: table.csv (or table.xlsx), clean.csv, truth.parquet, truth.json.

truth.parquet   row 17, column "taille_cm", class "mixed_units", clean "174", planted "1.74", partner null
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyarrow.parquet as pq
from benchmarks.planted_tables.table import Chunk, Table, ceiling

SHEET_ROWS = 50_000


def write_table(table: Table, folder: Path, *, truth: bool = True, sheet: bool = False) -> dict[str, Any]:
    """Write the table chunk by chunk; without `truth`, only the table. Gives what `truth.json` holds."""
    folder.mkdir(parents=True, exist_ok=True)
    counts: dict[str, int] = {}
    labels: list[tuple[Any, Any]] = []
    drifted = 0
    writer: pq.ParquetWriter | None = None
    with (folder / "table.csv").open("wb") as spoilt, (folder / "clean.csv").open("wb") as clean:
        for number, chunk in enumerate(table.chunks()):
            spoilt.write(_csv(chunk.table, table, header=number == 0))
            drifted += chunk.drifted
            if not truth:
                continue
            clean.write(_csv(chunk.clean, table, header=number == 0))
            lines = chunk.truth.to_arrow(compat_level=pl.CompatLevel.oldest())
            writer = writer or pq.ParquetWriter(folder / "truth.parquet", lines.schema)
            writer.write_table(lines)
            labels.append((chunk.flipped, chunk.surprise))
            for name, count in chunk.truth.group_by("class").len().iter_rows():
                counts[name] = counts.get(name, 0) + count
            if sheet and number == 0:
                _sheet(chunk, folder / "table.xlsx")
    if writer is None:
        (folder / "clean.csv").unlink()
    else:
        writer.close()
    best = ceiling(np.concatenate([a for a, _ in labels]), np.concatenate([b for _, b in labels])) if labels else None
    described = table.described(dict(sorted(counts.items())), drifted, best)
    (folder / "truth.json").write_text(json.dumps(described, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return described


def _csv(frame: pl.DataFrame, table: Table, *, header: bool) -> bytes:
    """A piece of the file; where nothing stands, nothing is quoted."""
    style = table.plan.style
    text = frame.select(pl.all().replace("", None)).write_csv(separator=style.separator, include_header=header)
    encoding = style.encoding if header else {"utf-8-sig": "utf-8", "utf-16": "utf-16-le"}.get(style.encoding, style.encoding)
    return text.encode(encoding)


def _sheet(chunk: Chunk, path: Path) -> None:
    """A spreadsheet: numbers as numbers where they read as such, all else as text."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    page = book.create_sheet("Feuil1")
    page.append(chunk.table.columns)
    for record in chunk.table.head(SHEET_ROWS).iter_rows():
        page.append([_value(text) for text in record])
    book.save(path)


def _value(text: str | None) -> str | float | None:
    """What a clerk's spreadsheet makes of a typed text; long numbers and those with a leading nought stay text, as they must be kept."""
    if not text:
        return None
    if len(text) > 9 or (text[0] == "0" and text[1:2].isdigit()) or not text.isascii():
        return "".join(c if c.isprintable() else "?" for c in text)
    try:
        return float(text) if "." in text else int(text)
    except ValueError:
        return text
