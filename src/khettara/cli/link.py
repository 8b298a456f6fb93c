"""`khettara link`: which records of two tables, or of one, are the same person or firm, and why."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from khettara.cli.options import Json
from khettara.cli.output import print_json, print_table

if TYPE_CHECKING:
    from khettara.tables.linkage.across import Linked

_SHOWN = 5


def link(
    left: Annotated[Path, typer.Argument(metavar="A", help="A table's file, or the folder of a dataset of kind table.", show_default=False)],
    right: Annotated[Path | None, typer.Argument(metavar="B", help="Another; without it, records of A that are one.", show_default=False)] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", metavar="LINKS", help="The dataset of links to make.", show_default=False)] = None,
    basis: Annotated[
        str, typer.Option(help="What allows this linking: a law, an authorisation, a consent. It is recorded.", show_default=False)
    ] = "",
    on: Annotated[list[str] | None, typer.Option(help="A column to compare, NAME or NAME=NAME; may be given again.", show_default=False)] = None,
    as_json: Json = False,
) -> None:
    """Find records that are the same person or firm, in two tables or within one, with the weight of each pair and what it rests on.

    Bringing files of persons together is a processing of its own (law 09-08): --basis says what allows it.

    Example: khettara link etat-civil.csv hopital.csv --basis "CNDP A-123/2026" -o data/links
    """
    from khettara.tables.linkage.sealing import link_files

    linked, manifest = link_files(left, right, basis, on=_columns(on or []), output=output)
    if as_json:
        print_json(_facts(linked, basis) | ({"path": str(output), "digest": manifest.digest} if manifest is not None else {}))
        return
    _print(linked, basis)
    if output is not None:
        typer.echo(f"Links: {output}")


def _columns(on: list[str]) -> dict[str, str]:
    pairs = (name.partition("=") for name in on)
    return {left.strip(): (right or left).strip() for left, _, right in pairs}


def _facts(linked: Linked, basis: str) -> dict[str, Any]:
    likelihood = linked.links.likelihood()
    return {
        "basis": basis,
        "records": list(linked.records),
        "columns": dict(linked.columns),
        "pairs": [
            {
                "left": int(linked.left[pair]),
                "right": int(linked.right[pair]),
                "bits": round(float(linked.links.weights[pair]), 2),
                "likelihood": round(float(likelihood[pair]), 4),
                "why": linked.compared(pair),
            }
            for pair in range(len(linked.left))
        ],
        "clusters": linked.clusters(),
    }


def _print(linked: Linked, basis: str) -> None:
    names = " and ".join(table.name for table in linked.cells[: len(linked.records)])
    typer.echo(f"{names}: {len(linked.left):,} pairs, {len(linked.clusters()):,} records that are there more than once. Basis: {basis}")
    weights = linked.links.weights
    doubtful = sorted(range(len(weights)), key=lambda pair: (float(weights[pair]), pair))[:_SHOWN]
    for pair in doubtful:
        told, values = linked.compared(pair), linked.values(pair)
        rows = [(name, *values[name], entry["is"], entry["bits"]) for name, entry in told.items()]
        print_table(
            f"rows {linked.left[pair]:,} and {linked.right[pair]:,}: {weights[pair]:.1f} bits", ("column", "left", "right", "is", "bits"), rows
        )
    if len(weights) > _SHOWN:
        typer.echo(f"Shown are the {_SHOWN} least certain; all of them with --json, or in LINKS with -o.")
