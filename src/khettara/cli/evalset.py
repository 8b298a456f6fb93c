"""`khettara evalset`: registers of evaluation sets, which the step `contamination` looks for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from khettara.cli.options import Json
from khettara.cli.output import print_json, print_table

if TYPE_CHECKING:
    from khettara.engine.evalsets import EvalSet

app = typer.Typer(help="Registers of evaluation sets: salted hashes, no text.", no_args_is_help=True, rich_markup_mode=None)


@app.command("add", short_help="Register an evaluation set.")
def add(
    name: Annotated[str, typer.Argument(help="What recipes and records call it.", show_default=False)],
    sources: Annotated[list[Path], typer.Argument(metavar="SRC", help="CSV, TSV, JSON, Parquet, a dataset, or a line an item.", show_default=False)],
    output: Annotated[Path | None, typer.Option("--output", "-o", metavar="FILE", help="Where to; by default among this site's registers.")] = None,
    text: Annotated[list[str] | None, typer.Option(help="Columns that hold the texts of an item, such as question and answer.")] = None,
    version: Annotated[str, typer.Option(help="The evaluation set's version.")] = "1",
    licence: Annotated[str, typer.Option(help="The evaluation set's licence.")] = "unknown",
    as_json: Json = False,
) -> None:
    """Make a register of an evaluation set: the hashes of its runs of words, from which no text can be read back.

    Example: khettara evalset add terjama questions.jsonl --text question --text answer
    """
    from khettara.engine import check_artefact_name
    from khettara.engine.evalsets import SUFFIX, evalset_home, make_evalset, read_items

    path = output or evalset_home() / f"{check_artefact_name(name)}{SUFFIX}"
    made = make_evalset(name, [item for source in sources for item in read_items(source, text or [])], version, licence)
    made.write(path)
    _show(made, path, as_json)


@app.command("show", short_help="Show what a register is, and check it.")
def show(
    name: Annotated[str, typer.Argument(metavar="NAME|FILE", help="A register of this site, or a file.", show_default=False)], as_json: Json = False
) -> None:
    """Show what a register says of itself, once its bytes are checked.

    Example: khettara evalset show terjama
    """
    from khettara.engine.evalsets import EvalSet, find_evalset

    path = find_evalset(name, Path.cwd())
    _show(EvalSet.read(path), path, as_json)


@app.command("list", short_help="List the registers of this site.")
def list_(as_json: Json = False) -> None:
    """List the registers that recipes on this machine may name.

    Example: khettara evalset list
    """
    from khettara.engine.evalsets import EvalSet, evalset_home, registered

    read = [EvalSet.read(path) for path in registered()]
    if as_json:
        print_json([_facts(each) for each in read])
    elif read:
        print_table("", ("name", "version", "items", "hashes", "licence"), [(e.name, e.version, e.n_items, len(e.hashes), e.licence) for e in read])
    else:
        typer.echo(f"None in {evalset_home()}. `khettara evalset add NAME FILE` registers one.")


def _facts(read: EvalSet) -> dict[str, Any]:
    return {**read.about(), "digest": read.digest}


def _show(read: EvalSet, path: Path, as_json: bool) -> None:
    if as_json:
        print_json({"path": str(path), **_facts(read)})
        return
    typer.echo(f"{read.name}, version {read.version}, {read.licence}: {read.n_items:,} items, {len(read.hashes):,} hashes")
    if read.n_too_short:
        typer.echo(f"{read.n_too_short:,} items are too short to be found again.")
    typer.echo(f"digest   {read.digest}")
    typer.echo(f"register {path}")
