"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from khettara.engine import Workers

Json = Annotated[bool, typer.Option("--json", help="Print JSON, for another program to read.")]
Label = Annotated[str | None, typer.Option("--label", metavar="COLUMN", help="The column that a model would learn to tell.", show_default=False)]
Engine = Annotated[str, typer.Option("--engine", help="threads, processes, or ray[=ADDRESS].")]
Count = Annotated[int | None, typer.Option("--workers", help="How many at once; by default one for each core.", show_default=False)]
Lang = Annotated[str | None, typer.Option("--lang", help="The language of the page: en, ar or fr.", show_default=False)]
Artefact = Annotated[Path, typer.Argument(metavar="DS|MODEL", help="The folder of a dataset or model.", show_default=False)]
DatasetPath = Annotated[Path, typer.Argument(metavar="DS", help="The folder of a dataset.", show_default=False)]


def workers(engine: str, count: int | None) -> Workers:
    """The workers that the two options ask for."""
    from khettara.engine import Workers

    return Workers(engine, count)
