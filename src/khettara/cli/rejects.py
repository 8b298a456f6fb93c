"""`khettara rejects`: what was left out and why, in sum or of one record."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from khettara.cli.options import DatasetPath, Json
from khettara.cli.output import one_line, print_json, print_table

_NEARBY = 10
"""Words shown on each side of a difference."""


def rejects(
    path: DatasetPath,
    name: Annotated[
        str | None, typer.Argument(metavar="ID", help="One record to explain; the beginning of its id will do.", show_default=False)
    ] = None,
    rule: Annotated[str | None, typer.Option(help="Only what this rule set aside.")] = None,
    lang: Annotated[str | None, typer.Option(help="Only records in this language.")] = None,
    limit: Annotated[int, typer.Option(help="How many examples of each reason.", min=0)] = 2,
    as_json: Json = False,
) -> None:
    """Show what a dataset left out: how many records for each reason, with examples; or everything about one record.

    Example: khettara rejects data/demo/clean --lang ary
    """
    from khettara.clean.explain import explain, left_out
    from khettara.dataset import Dataset
    from khettara.errors import KhettaraError

    dataset = Dataset.open(path)
    if name is not None:
        if rule is not None or lang is not None:
            raise KhettaraError("--rule and --lang choose among many records", hint="Leave them out to explain one.")
        why = explain(dataset, name)
        if as_json:
            print_json(why)
        else:
            print_explanation(why)
        return
    found = left_out(dataset, rule=rule, lang=lang, limit=limit)
    if as_json:
        print_json(found)
        return
    if not found:
        typer.echo("Nothing was set aside.")
    for reason in found:
        because = reason["examples"][0]["because"] if reason["examples"] else ""
        typer.echo(f"{reason['rule']}: {reason['records']:,} {'record' if reason['records'] == 1 else 'records'}{f' ({because})' if because else ''}")
        for row in reason["examples"]:
            typer.echo(f"   [{row['id']}] {_place(row)}{row['value'] or ''}  {one_line(_words(row), 120)}".rstrip())


def _place(row: dict[str, Any]) -> str:
    """The file of a record; the whole of a table is from one."""
    return f"{(row['source'] or {}).get('uri')}: " if "source" in row else ""


def _words(row: dict[str, Any]) -> str:
    """The text of a record, or the cells of a table's row."""
    from khettara.clean.explain import said
    from khettara.dataset.schema import REASON_COLUMNS

    return said(row, [name for name in row if name not in ("id", *REASON_COLUMNS)])


def print_explanation(why: dict[str, Any]) -> None:
    """One record: the rule and what it saw, its source, edits, signals, and the copy that stayed."""
    record = why["record"]
    source = record.get("source") or {}
    places = [source.get("uri"), source.get("member"), f"page {source['page']}" if source.get("page") else None]
    typer.echo(f"{why['id']} was set aside by {why['rule']}: {why['because']}")
    if why["keep"]:
        typer.echo(f"kept only if   {why['keep']}")
    typer.echo(f"the rule saw   {why['value'] or 'nothing more'}")
    if "text" in record:
        typer.echo(f"source         {' » '.join(str(place) for place in places if place) or 'unknown'}")
        typer.echo(f"language       {record['lang'] or 'unknown'}, {record['script'] or 'unknown script'}; licence {record['licence'] or 'unknown'}")
    if why["edits"] is not None:
        made = ", ".join(f"{step} {count}" for step, count in why["edits"].items() if count)
        typer.echo(f"edits          {made or 'none: the text is as it came'}")
    winner = why["winner"]
    if winner is None:
        typer.echo(f"text           {one_line(_words(record), 400)}")
    else:
        place = f", {winner['source']['uri']}" if winner["source"] and winner["source"].get("uri") else ""
        typer.echo(f"instead of it  {winner['id']} ({winner['state']}{place})")
        if "winner_text" in winner:
            print_table(
                "",
                ("set aside; [words] only here", "its copy; [words] only there"),
                [[_marked(winner[key]) for key in ("left_out_text", "winner_text")]],
            )
    if why["signals"] is not None:
        print_table("Signals", ("signal", "value"), why["signals"].items())
    else:
        typer.echo("Its other signals are not known here: they were measured in the work folder, which is gone, or no step could take the record.")


def _marked(pieces: list[tuple[str, bool]]) -> str:
    """A text with what differs in brackets; of long stretches that do not differ, the ends."""
    return "".join(f"[{text.rstrip()}]{text[len(text.rstrip()) :]}" if differs else _ends(text) for text, differs in pieces)


def _ends(text: str) -> str:
    words = text.split(" ")
    return text if len(words) <= 3 * _NEARBY else " ".join([*words[:_NEARBY], "…", *words[-_NEARBY:]])
