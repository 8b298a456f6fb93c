"""`khettara run`: a whole recipe."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from khettara.cli.options import Count, Engine, Json, Lang, workers
from khettara.cli.output import print_json, print_table, progress

if TYPE_CHECKING:
    from khettara.house import Run


def run(
    recipe: Annotated[Path, typer.Argument(metavar="RECIPE", help="The recipe, a YAML file.", show_default=False)],
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Where results go, instead of where the recipe says.")] = None,
    engine: Engine = "threads",
    count: Count = None,
    lang: Lang = None,
    as_json: Json = False,
) -> None:
    """Run a recipe: what is up to date is not done again, and what was interrupted goes on.

    Example: khettara run recipes/demo.yaml
    """
    from khettara import house

    done = house.run(recipe, output=output, workers=workers(engine, count), progress=progress(), lang=lang)
    if as_json:
        print_json(done.as_json())
    else:
        print_summary(done)


def print_summary(done: Run) -> None:
    """What came in, what was kept, what was set aside and why, the verdict, the score, the answer, and where to look."""
    results = done.results
    rows = [(r.kind, r.path.name, r.counts.get("in"), r.counts.get("kept"), r.counts.get("rejected"), r.state) for r in results if "in" in r.counts]
    if rows:
        print_table("Records", ("stage", "dataset", "came in", "kept", "set aside", ""), rows)
    reasons = [(r.kind, rule, number) for r in results for rule, number in r.counts.get("rejected_by", {}).items()]
    if reasons:
        print_table("Set aside, and why (`khettara rejects` shows them)", ("stage", "reason", "records"), reasons)
    for result in results:
        _PRINTERS.get(result.kind, lambda facts: None)(result.facts)
    for result in results:
        if result.kind in ("clean", "repair", "train") or (result.kind == "ingest" and len(results) == 1):
            typer.echo(f"{'model' if result.kind == 'train' else 'dataset'}: {result.path}")
    typer.echo(f"report: {done.report}")
    typer.echo("Everything was up to date." if done.up_to_date else f"Done in {done.seconds:.1f} s.")


def print_findings(facts: Any) -> None:
    """What was wrong with a table, and what of it was repaired."""
    rows = [(f["id"], f["state"], f["records"], f["cause"]["en"]) for f in facts["findings"]]
    print_table("Found in the table (`khettara undo` takes a repair back)", ("finding", "", "rows", "what"), rows)


def print_certificate(facts: Any) -> None:
    """The verdict, with its reasons."""
    typer.echo(f"Certificate for {facts['purpose']}: {facts['verdict']}")
    for reason in facts["reasons"]:
        typer.echo(f"  - {reason}")
    typer.echo("")


def print_training(facts: Any) -> None:
    """The score, before and after."""
    before, after = facts["bits_per_byte_before"], facts["bits_per_byte_after"]
    print_table(
        f"Model: {facts['parameters']:,} parameters, {facts['steps']} steps; bits per byte on documents it never saw",
        ("language", "before", "after"),
        [(name, before[name], after[name]) for name in after],
    )


def print_answer(facts: Any) -> None:
    """An answer, with the documents that its words are found in."""
    typer.echo(f"Question: {facts['question']}")
    typer.echo(f"Answer:   {facts['answer']}")
    typer.echo("Also found in the training data:" if facts["spans"] else "None of the answer's words stand in the training data in this order.")
    for span in facts["spans"]:
        for document in span["documents"]:
            typer.echo(f"  «{span['text'].strip()}» in {document['uri']}")
    typer.echo("")


_PRINTERS = {"repair": print_findings, "certify": print_certificate, "train": print_training, "ask": print_answer}
