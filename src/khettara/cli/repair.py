"""`khettara repair` and `khettara undo`: mend a table, reversibly."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from khettara.cli.examine import Watching
from khettara.cli.options import DatasetPath, Json, Label
from khettara.cli.output import print_json, print_table, progress

if TYPE_CHECKING:
    from khettara.tables.repair import Repaired


def repair(
    table: Annotated[Path, typer.Argument(metavar="TABLE", help="A CSV file, a spreadsheet, or a dataset of kind table.", show_default=False)],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="DS", help="The dataset to make.", show_default=False)],
    apply: Annotated[str, typer.Option(help="all (what is certain), or ids and kinds of findings: F3,F7,mixed_dates. none applies nothing.")] = "all",
    sheet: Annotated[str | None, typer.Option(help="Which sheet of a spreadsheet.", show_default=False)] = None,
    label: Label = None,
    licence: Annotated[str | None, typer.Option(help="SPDX identifier of the table's licence.", show_default=False)] = None,
    as_json: Json = False,
) -> None:
    """Examine a table, apply repairs as a ledger of patches, and seal the result. The file itself is never changed.

    Example: khettara repair register.csv --apply all -o data/register
    """
    from khettara import house

    bar = progress()
    try:
        done = house.repair(table, output, apply=_names(apply), sheet=sheet, label=label, licence=licence, watch=Watching(bar))
    finally:
        bar.stop()
    _tell(done, as_json)


def undo(
    path: DatasetPath,
    ids: Annotated[str, typer.Argument(metavar="FINDINGS", help="Whose repairs to take back: F3,F7 or all.", show_default=False)],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="DS", help="The dataset to make, instead of a new version in place.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Take repairs of a table back. The result is a new version; the old one stays in .versions.

    Example: khettara undo data/register F3
    """
    from khettara.tables.repair import undo as take_back

    _tell(take_back(path, _names(ids), output), as_json, "Still repaired")


def _names(text: str) -> list[str]:
    return [name for part in text.split(",") if (name := part.strip()) and name != "none"]


def _tell(done: Repaired, as_json: bool, title: str = "Repaired") -> None:
    counts = done.manifest.counts
    facts: dict[str, Any] = {
        "path": str(done.path),
        "digest": done.manifest.digest,
        **counts,
        "cells_changed": done.cells,
        "applied": [finding.id for finding in done.applied],
        "left": [finding.id for finding in done.left],
    }
    if as_json:
        print_json(facts)
        return
    rows = [
        (f.id, f.kind, ", ".join(f.columns) if len(f.columns) < 4 else f"{len(f.columns)} columns", f.records, f.remedy["en"]) for f in done.applied
    ]
    if rows:
        print_table(title, ("finding", "what", "columns", "rows", "how"), rows)
    else:
        typer.echo("No repair is applied: no cell is other than it was read.")
    if done.left:
        left = [(f.id, f.kind, f.records, f"{f.confidence:.2f}", f.remedy["en"]) for f in done.left]
        print_table("Not repaired: less certain, or not asked for", ("finding", "what", "rows", "confidence", "would be"), left)
    typer.echo(f"{counts['in']:,} rows in, {counts['kept']:,} kept, {counts['rejected']:,} set aside; {done.cells:,} cells changed.")
    typer.echo(f"dataset: {done.path}")
    if done.applied:
        typer.echo(f"To take a repair back: khettara undo {done.path} {done.applied[0].id}")
