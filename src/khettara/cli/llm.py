"""`khettara llm`: train a model from certified data, ask it."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from khettara.cli.options import Json
from khettara.cli.output import print_json, progress

app = typer.Typer(help="Train a model from certified data, and ask it.", no_args_is_help=True, rich_markup_mode=None)


@app.command("train", short_help="Train a model from certified datasets.")
def train(
    data: Annotated[list[Path], typer.Argument(metavar="DS", help="Certified datasets.", show_default=False)],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="MODEL", help="The model to make.", show_default=False)],
    steps: Annotated[int | None, typer.Option(help="How many steps, instead of the usual number.")] = None,
    seed: Annotated[int, typer.Option(help="Another seed gives another model.")] = 0,
    override: Annotated[
        list[Path] | None,
        typer.Option(metavar="FILE", help="Train although a certificate does not hold: what a second person signed (khettara override)."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Train a small model from certified datasets. Ctrl-C saves; the same command goes on from there.

    Example: khettara llm train data/demo/clean -o data/demo/model
    """
    from khettara.cli.run import print_training
    from khettara.engine import Context, Workers
    from khettara.llm.settings import TrainSettings
    from khettara.llm.stage import TrainStage

    asked = {"seed": seed, "steps": steps}
    output = output.absolute()
    stage = TrainStage(
        data=tuple(str(path.absolute()) for path in data),
        to=output.name,
        settings=TrainSettings.model_validate({name: value for name, value in asked.items() if value is not None}),
        override=tuple(str(path.absolute()) for path in override or ()),
    )
    result = stage.run(Context(Path.cwd(), output.parent, Workers(), progress()))
    if as_json:
        print_json({"path": str(result.path), "digest": result.digest, "state": result.state, **result.facts})
        return
    print_training(result.facts)
    typer.echo(f"model: {result.path} ({result.state})")


@app.command("ask", short_help="Ask a model; the answer names its sources.")
def ask(
    model: Annotated[Path, typer.Argument(metavar="MODEL", help="The folder of a model.", show_default=False)],
    question: Annotated[str, typer.Argument(help="The question, in any of the model's languages.", show_default=False)],
    max_tokens: Annotated[int, typer.Option(help="How long the answer may be.")] = 48,
    as_json: Json = False,
) -> None:
    """Ask a model a question; the answer comes with the documents that its words are found in.

    Example: khettara llm ask data/demo/model "شنو هو نهار السوق؟"
    """
    from khettara.cli.run import print_answer
    from khettara.llm.answer import ask as answer_question

    answer = asdict(answer_question(model, question, max_tokens=max_tokens))
    if as_json:
        print_json(answer)
    else:
        print_answer({"question": question, "answer": answer["text"], "spans": answer["spans"]})
