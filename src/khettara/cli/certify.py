"""`khettara certify` and `khettara keys`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from khettara.cli.options import DatasetPath, Json
from khettara.cli.output import print_json, print_table


def certify(
    path: DatasetPath,
    purpose: Annotated[
        str, typer.Option("--for", help="What the data is for: pretraining, finetuning, open-data, or a profile's YAML file.")
    ] = "pretraining",
    as_json: Json = False,
) -> None:
    """Measure a dataset against what a purpose demands, and sign the verdict. Exit status 1 when it is refused.

    Example: khettara certify data/demo/clean --for pretraining
    """
    from khettara.certify import certify as measure
    from khettara.dataset.signing import load_key

    certificate = measure(path, purpose, load_key())
    predicate = certificate.predicate
    if as_json:
        print_json(predicate)
    else:
        rows = [(m["id"], m["name"], m["value"], _bound(m), _outcome(m)) for m in predicate["measures"]]
        print_table(f"{predicate['dataset']['name']} for {predicate['purpose']}", ("id", "measure", "value", "demanded", ""), rows)
        typer.echo(f"Verdict: {predicate['verdict']}")
        for reason in predicate["reasons"]:
            typer.echo(f"  - {reason}")
        typer.echo(f"certificate: {Path(path) / 'certificate.json'} (until {predicate['expires'][:10]})")
    if predicate["verdict"] == "refused":
        raise typer.Exit(1)


def _bound(measure: dict[str, object]) -> str:
    if measure.get("minimum") is not None:
        return f"at least {measure['minimum']}"
    return f"at most {measure['maximum']}" if measure.get("maximum") is not None else ""


def _outcome(measure: dict[str, object]) -> str:
    if measure["status"] != "computed":
        return f"{measure['status']}: {measure['why']}"
    return {True: "passed", False: "not passed", None: ""}[measure.get("passed")]  # type: ignore[index]  # a bool or nothing


keys = typer.Typer(help="The keys that sign certificates.", no_args_is_help=True, rich_markup_mode=None)


@keys.command("new", short_help="Make a signing key.")
def new(name: Annotated[str, typer.Argument(help="Whose key it is: a person or an office.", show_default=False)]) -> None:
    """Make a signing key on this machine. The private part never leaves it.

    Example: khettara keys new "Data office of Ain Zerqa"
    """
    from khettara.dataset.signing import new_key, own_key_path

    key = new_key(name)
    typer.echo(f"key {key.keyid[:16]} of {key.name}, in {own_key_path()}")


@keys.command("show", short_help="Show one's own key, and whom this machine trusts.")
def show(as_json: Json = False) -> None:
    """Show one's own key, and whose signatures this machine trusts.

    Example: khettara keys show
    """
    from khettara.dataset.signing import key_home, load_key, trusted_keys

    own = load_key()
    others = [key for key in trusted_keys().values() if key.keyid != own.keyid]
    if as_json:
        print_json({"own": {"keyid": own.keyid, "name": own.name}, "trusted": [{"keyid": k.keyid, "name": k.name} for k in others]})
        return
    typer.echo(f"own key  {own.keyid}  {own.name}")
    for key in others:
        typer.echo(f"trusted  {key.keyid}  {key.name}")
    typer.echo(f"To trust another office, put its .pub file into {key_home() / 'trusted'}")
