"""`khettara certify`, `khettara recertify`, `khettara measures` and `khettara keys`."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Annotated, Any

import typer

from khettara.cli.options import DatasetPath, Json, Label
from khettara.cli.output import print_json, print_table

Purpose = Annotated[
    str,
    typer.Option(
        "--for",
        help="What the data is for: pretraining, finetuning, classification:NAME, open-data, federation:NAME, or a profile's YAML file.",
    ),
]
RightsFile = Annotated[Path | None, typer.Option("--rights", metavar="FILE", help="The statement of rights; by default rights.yaml beside.")]
EvidenceFile = Annotated[Path | None, typer.Option("--evidence", metavar="FILE", help="What people attest, as YAML.")]
Evalset = Annotated[list[str] | None, typer.Option("--evalset", metavar="NAME", help="Only these evaluation sets; all of this site unless said.")]
Every = Annotated[bool, typer.Option("--all", help="Show every measure, not only what is demanded.")]


def certify(
    path: DatasetPath,
    purpose: Purpose = "pretraining",
    rights: RightsFile = None,
    evidence: EvidenceFile = None,
    label: Label = None,
    evalset: Evalset = None,
    every: Every = False,
    as_json: Json = False,
) -> None:
    """Measure a dataset against what a purpose demands, and sign the verdict. Exit status 1 when it is refused.

    Example: khettara certify data/demo/clean --for pretraining
    """
    _certify(path, purpose, rights, evidence, label, evalset, every, as_json, again=False)


def recertify(
    path: DatasetPath,
    purpose: Purpose = "pretraining",
    rights: RightsFile = None,
    evidence: EvidenceFile = None,
    label: Label = None,
    evalset: Evalset = None,
    every: Every = False,
    as_json: Json = False,
) -> None:
    """As `certify`, and with the same result, but only records that changed since this folder was last certified are looked at.

    Example: khettara recertify data/demo/clean --for pretraining
    """
    _certify(path, purpose, rights, evidence, label, evalset, every, as_json, again=True)


def _certify(
    path: Path,
    purpose: str,
    rights: Path | None,
    evidence: Path | None,
    label: str | None,
    evalsets: list[str] | None,
    every: bool,
    as_json: bool,
    *,
    again: bool,
) -> None:
    from khettara.certify import Settings
    from khettara.dataset.signing import load_key
    from khettara.house import certify as run

    settings = Settings(rights=rights, evidence=evidence, label=label, evalsets=evalsets)
    predicate = run(path, purpose, load_key(), settings=settings, again=again).predicate
    if as_json:
        print_json(predicate)
    else:
        _print(predicate, path, every)
    if predicate["verdict"] == "refused":
        raise typer.Exit(1)


def _print(predicate: dict[str, Any], path: Path, every: bool) -> None:
    shown = [m for m in predicate["measures"] if every or m["because"] is not None]
    rows = [(m["id"], m["name"], m["value"], _bound(m), _outcome(m)) for m in shown]
    print_table(f"{predicate['dataset']['name']} for {predicate['purpose']}", ("id", "measure", "value", "demanded", ""), rows)
    states = Counter({m["id"]: m["status"] for m in predicate["measures"] if m["id"]}.values())
    said = ", ".join(f"{states[name]} {name}" for name in ("computed", "evidenced", "not applicable", "missing") if states[name])
    typer.echo(f"Of the 66 measures of ISO/IEC 5259-2: {said}{'' if every else ' (--all shows them)'}")
    found = predicate["findings"]
    typer.echo(f"Findings: {found['open']} open, {found['repaired']} repaired, {len(found['waived'])} waived")
    for block in ("contamination", "poisoning"):
        about = predicate[block]
        typer.echo(
            f"{block.capitalize()}: {about['records']:,} records" if about["status"] == "computed" else f"{block.capitalize()}: {about['why']}"
        )
    for check in predicate["rights"]["checks"]:
        if check["passed"] is False:
            typer.echo(f"Rights: {check['words']['en']} ({check['article']}{'' if check['required'] else '; not asked for this purpose'})")
    typer.echo(f"Verdict: {predicate['verdict']}")
    for reason in predicate["reasons"]:
        typer.echo(f"  - {reason}")
    typer.echo(f"certificate: {Path(path) / 'certificate.json'} (until {predicate['expires'][:10]})")


def measures(
    name: Annotated[str | None, typer.Argument(help="A measure's name, or its id in ISO/IEC 5259-2.", show_default=False)] = None,
    as_json: Json = False,
) -> None:
    """Say what each measure is, and how we count it: the 66 of ISO/IEC 5259-2, which we use and do not claim to conform to, and ours.

    Example: khettara measures Com-ML-1
    """
    from khettara.certify.measures import explain

    told = explain(name)
    if as_json:
        print_json(told)
        return
    if name is None:
        print_table("", ("id", "measure", "by", "better"), [(e["id"] or "", e["titles"]["en"], _BY[e["by"]], _BETTER[e["direction"]]) for e in told])
        return
    for each in told:
        typer.echo(f"{each['id'] or 'of our own'}  {' / '.join(each['titles'].values())}")
        typer.echo(f"  {each['counts']}")
        typer.echo(f"  {_BETTER[each['direction']]} is better; {_BY[each['by']]}; as {', '.join(each['names']) or 'an attestation'}")


_BY = {"A": "counted on the data", "L": "counted on what is on disk", "H": "attested by people"}
_BETTER = {"up": "more", "down": "less"}


def _bound(measure: dict[str, object]) -> str:
    if measure.get("minimum") is not None:
        return f"at least {measure['minimum']}"
    return f"at most {measure['maximum']}" if measure.get("maximum") is not None else ""


def _outcome(measure: dict[str, object]) -> str:
    if measure["value"] is None:
        return f"{measure['status']}: {measure['why']}"
    return {True: "passed", False: "not passed", None: ""}[measure.get("passed")]  # type: ignore[index]  # a bool or nothing


keys = typer.Typer(help="The keys that sign certificates.", no_args_is_help=True, rich_markup_mode=None)


@keys.command("new", short_help="Make a signing key.")
def new(
    name: Annotated[str, typer.Argument(help="Whose key it is: a person or an office.", show_default=False)],
    pkcs11: Annotated[Path | None, typer.Option(metavar="MODULE", help="Make it on a token instead: the library of its maker.")] = None,
    token: Annotated[str, typer.Option(help="The token's label.")] = "khettara",
) -> None:
    """Make a signing key on this machine, or on its token. The private part never leaves it.

    Example: khettara keys new "Data office of Ain Zerqa"
    """
    from khettara.dataset.signing import new_key, own_key_path

    if pkcs11 is not None:
        from khettara.dataset.pkcs11 import new_token_key

        made = new_token_key(name, str(pkcs11), token)
        typer.echo(f"key {made.keyid[:16]} of {made.name}, on the token {token}")
        return
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
