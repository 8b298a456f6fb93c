"""How results and progress look: tables on stdout, progress on stderr, JSON where a program reads."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterable, Sequence
from typing import Any

import typer


def print_json(value: object) -> None:
    """One JSON document on stdout."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=1, default=str))


def print_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A table on stdout; plain text when it is not a terminal."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table

    table = Table(*(str(column) for column in columns), box=SIMPLE_HEAD, pad_edge=False)
    for row in rows:
        table.add_row(*(_cell(value) for value in row))
    console = Console(markup=False, highlight=False)
    if not console.is_terminal:
        console.width = 140
    if title:
        console.print(title, soft_wrap=True)
    console.print(table)


def _cell(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, float):
        return f"{value:.4g}"
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)


def one_line(text: object, most: int) -> str:
    """The beginning of a text for a line of a terminal; nothing for none.

    >>> one_line("a\\n  b c", 6)
    'a b'
    """
    return " ".join(str(text or "")[:most].split())


def size(amount: float) -> str:
    """Bytes for people.

    >>> size(1536)
    '1.5 kB'
    """
    for unit in ("B", "kB", "MB", "GB", "TB"):
        if amount < 1024 or unit == "TB":
            return f"{amount:.0f} {unit}" if unit == "B" else f"{amount:.1f} {unit}"
        amount /= 1024
    raise AssertionError


def progress() -> Any:
    """A display of progress on stderr: a bar on a terminal, a line now and then elsewhere."""
    return Bar() if sys.stderr.isatty() else Lines()


class Lines:
    """Progress as lines of text, at most one every two seconds, for logs."""

    def __init__(self) -> None:
        self._label, self._total, self._done, self._unit = "", 0, 0, ""
        self._said = 0.0

    def start(self, label: str, total: int, unit: str) -> None:
        """See `Progress`."""
        self._label, self._total, self._done, self._unit = label, total, 0, unit
        self._said = time.monotonic()

    def advance(self, amount: int, detail: str = "") -> None:
        """See `Progress`."""
        self._done += amount
        if time.monotonic() - self._said >= 2:
            self._said = time.monotonic()
            share = f"{100 * self._done / self._total:.0f} %" if self._total else ""
            typer.echo(f"  {self._label} {share} {detail}", err=True)

    def note(self, text: str) -> None:
        """See `Progress`."""
        typer.echo(text, err=True)

    def stop(self) -> None:
        """See `Progress`."""


class Bar:
    """Progress as a bar, with what is being worked on and the time left."""

    def __init__(self) -> None:
        from rich.console import Console

        self._console = Console(stderr=True, highlight=False, markup=False)
        self._bar: Any = None

    def start(self, label: str, total: int, unit: str) -> None:
        """See `Progress`."""
        from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

        self._bar = Progress(
            TextColumn("{task.description:<10}"),
            BarColumn(),
            TaskProgressColumn(),
            TimeRemainingColumn(),
            TextColumn("{task.fields[detail]}", markup=False),
            console=self._console,
            transient=True,
        )
        self._bar.start()
        self._task = self._bar.add_task(label, total=total or None, detail="")

    def advance(self, amount: int, detail: str = "") -> None:
        """See `Progress`."""
        self._bar.update(self._task, advance=amount, detail=detail[-60:])

    def note(self, text: str) -> None:
        """See `Progress`."""
        self._console.print(text)

    def stop(self) -> None:
        """See `Progress`."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None
