"""`khettara export`: a dataset and its certificate in the forms that other people's programs read."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from khettara.cli.options import DatasetPath


def export(
    path: DatasetPath,
    croissant: Annotated[bool, typer.Option("--croissant", help="croissant.json: Croissant 1.1 with RAI, for loaders and search engines.")] = False,
    dqv: Annotated[bool, typer.Option("--dqv", help="dqv.json: the measures in the W3C Data Quality Vocabulary.")] = False,
    card: Annotated[bool, typer.Option("--card", help="card.md: the dataset card, as Hugging Face reads it.")] = False,
    everything: Annotated[bool, typer.Option("--all", help="All of them; so also without any of these options.")] = False,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FOLDER", help="Write them there (the card as README.md) instead of beside the data.")
    ] = None,
) -> None:
    """Write what a dataset's manifest and certificate say as Croissant, DQV and a dataset card.

    Example: khettara export data/demo/clean --all
    """
    from khettara.certify.exports import EXPORTS, write_exports

    asked = [name for name, wanted in (("croissant", croissant), ("dqv", dqv), ("card", card)) if wanted]
    for written in write_exports(path, list(EXPORTS) if everything or not asked else asked, output):
        typer.echo(str(written))
