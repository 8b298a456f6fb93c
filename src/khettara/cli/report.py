"""`khettara report`: the page of a cleaned dataset."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from khettara.cli.options import DatasetPath, Lang


def report(
    path: DatasetPath,
    page: Annotated[Path | None, typer.Option("--output", "-o", help="Where the page goes, instead of beside the dataset.")] = None,
    lang: Lang = None,
    search: Annotated[list[Path] | None, typer.Option(help="Folders to look for what it was made from, besides the neighbours.")] = None,
) -> None:
    """Write the page of a cleaned dataset: the funnel, each signal per language, what stands at each threshold, sources and copies.

    Example: khettara report data/demo/clean --lang fr
    """
    from khettara import house

    typer.echo(f"report: {house.report(path, page, lang=lang or 'en', search=tuple(search or ()))}")
