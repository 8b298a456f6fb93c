"""`khettara ingest`: files in, one dataset out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from khettara.cli.options import Count, Engine, Json, workers
from khettara.cli.output import print_json, print_table, progress


def ingest(
    sources: Annotated[list[Path], typer.Argument(metavar="SRC", help="Folders, archives or files of any kind.", show_default=False)],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="DS", help="The dataset to make.", show_default=False)],
    licence: Annotated[str | None, typer.Option(help="SPDX identifier of the sources' licence, such as CC0-1.0.")] = None,
    lang: Annotated[str | None, typer.Option(help="Their language, when it is known: ary, arb, zgh, fr, en.")] = None,
    reader: Annotated[str, typer.Option(help="auto, or: text, lines, table, json, html, docx, whatsapp.")] = "auto",
    text: Annotated[list[str] | None, typer.Option(help="Columns or JSON paths that hold the text, for tables and JSON.")] = None,
    exclude: Annotated[list[str] | None, typer.Option(help="Files to leave out, such as '*.bak'.")] = None,
    engine: Engine = "threads",
    count: Count = None,
    as_json: Json = False,
) -> None:
    """Read files of any kind into a dataset of documents; every file is accounted for.

    Example: khettara ingest ~/archive -o data/raw --licence CC0-1.0
    """
    from khettara.engine import Context
    from khettara.ingest.stage import IngestStage, Source

    settings = {"licence": licence, "lang": lang, "reader": reader, "text": text or [], "exclude": exclude or []}
    places = [Source.model_validate({"path": str(path.absolute()), **settings}) for path in sources]
    output = output.absolute()
    context = Context(Path.cwd(), output.parent, workers(engine, count), progress())
    result = IngestStage(sources=tuple(places), to=output.name).run(context)
    if as_json:
        print_json({"path": str(result.path), "digest": result.digest, "state": result.state, **result.counts, **result.facts})
        return
    print_table("Files", ("state", "files"), result.facts["files_by_state"].items())
    typer.echo(f"{result.counts['kept']:,} records kept, {result.counts['rejected']:,} set aside ({result.state}).")
    typer.echo(f"dataset: {result.path}")
