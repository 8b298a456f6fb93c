"""Labelled cases: tab-separated files in `cases/`, a line each, comments behind `#`."""

from __future__ import annotations

from pathlib import Path


def rows_of(name: str, width: int) -> list[tuple[str, ...]]:
    """The lines of a file, each with so many fields; what a line leaves out is empty."""
    lines = (Path(__file__).parent / "cases" / name).read_text(encoding="utf-8").splitlines()
    return [tuple((line.split("\t") + [""] * width)[:width]) for line in lines if line and not line.startswith("#")]
