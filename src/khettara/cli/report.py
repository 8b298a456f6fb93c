"""`khettara report`: the pages of a dataset: what cleaning did to it, and what its certificate says."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from khettara.cli.options import DatasetPath, Lang
from khettara.errors import DatasetError


def report(
    path: DatasetPath,
    page: Annotated[Path | None, typer.Option("--output", "-o", help="Where the page goes, instead of beside the dataset.")] = None,
    lang: Lang = None,
    pdf: Annotated[Path | None, typer.Option(help="Also print it as PDF; the system's chromium does it.", show_default=False)] = None,
    certificate: Annotated[bool, typer.Option("--certificate", help="Only the page of the certificate.")] = False,
    search: Annotated[list[Path] | None, typer.Option(help="Folders to look for what it was made from, besides the neighbours.")] = None,
) -> None:
    """Write the pages of a dataset: of its cleaning (funnel, signals, thresholds, copies), and of its certificate (verdict, findings, maps).

    Example: khettara report data/demo/clean --lang fr
    """
    from khettara import house
    from khettara.dataset import read_manifest

    certified = (path / "certificate.json").exists()
    cleaned = read_manifest(path).step.name == "clean" and not certificate
    if not certified and not cleaned:
        raise DatasetError("there is no page to write: it was not cleaned and has no certificate", where=str(path), hint=f"khettara certify {path}")
    made = []
    if cleaned:
        made.append(house.report(path, None if certified else page, lang=lang or "en", search=tuple(search or ())))
        typer.echo(f"report: {made[-1]}")
    if certified:
        made.append(house.certificate_report(path, page, lang=lang or "en"))
        typer.echo(f"certificate: {made[-1]}")
    if pdf is not None:
        from khettara.studio import print_pdf

        typer.echo(f"pdf: {print_pdf(made[-1], pdf)}")
