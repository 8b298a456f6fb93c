"""Tables in workbooks: xlsx, xls, xlsb, ods. A sheet becomes rows of texts, read in a process of its own.

    [["Nom", "Naissance"], ["Aït Lahcen", datetime.date(1975, 3, 12)]]  ->  column_0=["Nom", "Aït Lahcen"], column_1=["Naissance", "1975-03-12"]

The reader is a compiled library, and a file that was made to break it takes its process with it: then that process is not ours.
"""

from __future__ import annotations

import datetime as dt
import json
import resource
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from khettara.errors import SourceError

_MEMORY = 6 << 30
"""Bytes of address space: a sheet of a million rows takes less, a file that unpacks to more is refused."""
_TIME_S = 600
_BATCH = 16_384


@dataclass(frozen=True)
class Sheet:
    """One sheet as it stands, header and all; the names of all sheets."""

    name: str
    names: tuple[str, ...]
    batches: tuple[pa.RecordBatch, ...]


def read_sheet(path: Path, wanted: str | None) -> Sheet:
    """One sheet of a workbook: by name, by number from 1, or the first that has two rows.

    Raises:
        SourceError: locked, damaged, empty, no such sheet.
    """
    with tempfile.TemporaryDirectory(prefix="khettara-sheet-") as folder:
        out = Path(folder) / "sheet.arrow"
        command = [sys.executable, "-m", "khettara.tables.sheets", str(path), str(out), *([wanted] if wanted is not None else [])]
        try:
            done = subprocess.run(command, capture_output=True, timeout=_TIME_S, check=False, preexec_fn=_limit)
        except subprocess.TimeoutExpired:
            raise SourceError(f"reading it took more than {_TIME_S} seconds", where=str(path), hint="Save the sheet as CSV.") from None
        if done.returncode or not out.exists():
            raise _refusal(path, done)
        with pa.OSFile(str(out)) as file, pa.ipc.open_stream(file) as reader:
            told = json.loads(reader.schema.metadata[b"sheet"])
            return Sheet(told["name"], tuple(told["names"]), tuple(reader))


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _refusal(path: Path, done: subprocess.CompletedProcess[bytes]) -> SourceError:
    said = done.stderr.decode("utf-8", "replace").strip().split("\n")[-1]
    if done.returncode == _REFUSED:
        what, _, hint = said.partition("\t")
        return SourceError(what, where=str(path), hint=hint or None)
    return SourceError(
        f"the workbook broke its reader ({said or f'signal {-done.returncode}'})"[:300],
        where=str(path),
        hint="Open it in a spreadsheet, and save the sheet as CSV.",
    )


_REFUSED = 3


def _main(path: str, out: str, wanted: str | None) -> int:
    """What the other process does. A refusal is one line: what, a tab, what to do."""
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    try:
        book = CalamineWorkbook.from_path(path)
        names = list(book.sheet_names)
        name, rows = _choose(book, names, wanted)
    except PasswordError:
        return _say("locked with a password\tOpen it with the password, and save it without one.")
    except LookupError:
        known = ", ".join(names)
        return _say(f"no sheet {wanted!r}\tThere are: {known}.")
    except CalamineError as error:
        return _say(f"not a workbook that reads: {error}\tOpen it in a spreadsheet, and save the sheet as CSV.")
    if not rows:
        return _say("every sheet is empty")
    width = max(map(len, rows))
    schema = pa.schema([pa.field(f"column_{n}", pa.string()) for n in range(width)])
    told = {b"sheet": json.dumps({"name": name, "names": names}).encode()}
    with pa.OSFile(out, "wb") as file, pa.ipc.new_stream(file, schema.with_metadata(told)) as writer:
        for start in range(0, len(rows), _BATCH):
            part = rows[start : start + _BATCH]
            columns = [pa.array([_text(row[n]) if n < len(row) else None for row in part], pa.string()) for n in range(width)]
            writer.write_batch(pa.record_batch(columns, schema=schema))
    return 0


def _say(line: str) -> int:
    print(line.replace("\n", " "), file=sys.stderr)
    return _REFUSED


def _choose(book: Any, names: Sequence[str], wanted: str | None) -> tuple[str, list[list[Any]]]:
    """The wanted sheet, or the first that holds a table. Raises `LookupError` where there is no such sheet."""
    if wanted is not None and wanted not in names:
        names = [names[int(wanted) - 1]] if wanted.isdecimal() and 0 < int(wanted) <= len(names) else []
        if not names:
            raise LookupError
    elif wanted is not None:
        names = [wanted]
    best: tuple[str, list[list[Any]]] = (names[0] if names else "", [])
    for name in names:
        rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        if len(rows) > 1:
            return name, rows
        best = best if best[1] else (name, rows)
    return best


def _text(cell: Any) -> str | None:
    """A cell as text: whole numbers without a point, dates and times as ISO writes them.

    >>> [_text(cell) for cell in (12.0, 0.1, dt.datetime(2024, 3, 12), True, " ")]
    ['12', '0.1', '2024-03-12', 'TRUE', ' ']
    """
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat() if cell.time() == dt.time() else cell.isoformat(" ")
    if isinstance(cell, dt.date | dt.time):
        return cell.isoformat()
    if isinstance(cell, dt.timedelta):
        return str(cell)
    text = str(cell)
    return text or None


if __name__ == "__main__":
    sys.exit(_main(sys.argv[1], sys.argv[2], sys.argv[3] if len(sys.argv) > 3 else None))
