"""`khettara tune`: other thresholds, tried on what is measured already."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from khettara.cli.options import Json
from khettara.cli.output import one_line, print_json, print_table


def tune(
    recipe: Annotated[Path, typer.Argument(metavar="RECIPE", help="The recipe, a YAML file.", show_default=False)],
    changes: Annotated[list[str] | None, typer.Option("--set", metavar="RULE=EXPR", help="Another `keep` for a rule; give it once for each.")] = None,
    stage: Annotated[str | None, typer.Option(help="Only the clean stage that makes this dataset.")] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Where the results are, instead of where the recipe says.")] = None,
    examples: Annotated[int, typer.Option(help="How many records to show that change side, in each direction.", min=0)] = 3,
    write: Annotated[bool, typer.Option("--write", help="Write the new expressions into the recipe.")] = False,
    as_json: Json = False,
) -> None:
    """Try other thresholds in seconds: what each rule would set aside, which records would change side, and a ladder of values.

    Example: khettara tune recipes/demo.yaml --set too_short='n_words >= 8'
    """
    from khettara import house

    wanted = dict(_change(text) for text in changes or ())
    found = house.tune(recipe, wanted, stage=stage, output=output, examples=examples)
    if write and wanted:
        house.write_rules(recipe, wanted, stage=stage)
    if as_json:
        print_json(found)
        return
    for result in found:
        print_tuned(result, bool(wanted))
    if write and wanted:
        typer.echo(f"Written into {recipe}. Next: khettara run {recipe}")


def _change(text: str) -> tuple[str, str]:
    """A rule and its new expression. What stands before the first `=` is the name, with or without `rule.`."""
    name, equals, keep = text.partition("=")
    name = name.strip().removeprefix("rule.")
    if not equals or not name or not keep.strip():
        raise typer.BadParameter(f"{text!r} does not read; write RULE=EXPR, such as too_short='n_words >= 8'", param_hint="--set")
    return name, keep.strip()


def print_tuned(result: dict[str, Any], changed: bool) -> None:
    """The rules, the records that change side, and the ladders of one stage."""
    typer.echo(f"{result['stage']}: {result['records']:,} records measured")
    if changed:
        rows = [
            (rule["rule"], rule["keep"], rule["new_keep"] if rule["new_keep"] != rule["keep"] else None, rule["now"], rule["then"], _signed(rule))
            for rule in result["rules"]
        ]
        rows.append(("all", None, None, result["left_out"]["now"], result["left_out"]["then"], _signed(result["left_out"])))
        print_table("Set aside", ("reason", "keep", "new keep", "now", "then", "change"), rows)
        _print_moved("Kept now, set aside then", result["lost"])
        _print_moved("Set aside now, kept then", result["saved"])
        if result["other_reason"]:
            typer.echo(f"{result['other_reason']:,} records are set aside as before, for another reason.\n")
    else:
        print_table("Set aside", ("reason", "keep", "records"), [(rule["rule"], rule["keep"], rule["now"]) for rule in result["rules"]])
    here = "tried" if changed else "now"
    rungs = [
        (
            ladder["rule"],
            f"{ladder['signal']} {ladder['op']} {rung['value']:g}",
            here if rung["value"] == ladder["value"] else None,
            rung["alone"],
            rung["together"],
        )
        for ladder in result["ladders"]
        for rung in ladder["rungs"]
    ]
    if rungs:
        print_table("Set aside at other values (copies not counted)", ("rule", "threshold", "", "by this rule", "by all rules"), rungs)


def _signed(counts: dict[str, Any]) -> str:
    difference = counts["then"] - counts["now"]
    return f"{difference:+,}" if difference else "0"


def _print_moved(title: str, moved: dict[str, Any]) -> None:
    if not moved["records"]:
        return
    typer.echo(f"{title}: {moved['records']:,} {'record' if moved['records'] == 1 else 'records'}")
    for name, counts in (("by language", moved["by_language"]), ("by source", moved["by_source"])):
        typer.echo(f"   {name}: {', '.join(f'{key} {number:,}' for key, number in counts.items())}")
    for example in moved["examples"]:
        typer.echo(f"   [{example['id']}] {example['reason']}: {example['value'] or ''}  {one_line(example['text'], 100)}")
    typer.echo("")
