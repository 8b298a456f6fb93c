"""`khettara revoke` and `khettara override`: taking a certificate back, and answering for data that has none."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from khettara.cli.options import DatasetPath, Json
from khettara.cli.output import print_json, print_table

if TYPE_CHECKING:
    from khettara.dataset.certificate import Certificate


def revoke(
    path: Annotated[
        Path | None, typer.Argument(metavar="DS|CERTIFICATE", help="A certified dataset, or a certificate's file.", show_default=False)
    ] = None,
    reason: Annotated[str | None, typer.Option(help="Why it counts no more; whoever is refused reads it.", show_default=False)] = None,
    export: Annotated[Path | None, typer.Option(metavar="FILE", help="Write one's own list, signed anew, to send to other offices.")] = None,
    import_: Annotated[Path | None, typer.Option("--import", metavar="FILE", help="Keep another office's list.")] = None,
    as_json: Json = False,
) -> None:
    """Take a certificate back: nothing opens its dataset by it any more. Without arguments, show the lists kept here.

    Example: khettara revoke data/demo/clean --reason "the licence of forum-x was withdrawn"
    """
    from khettara.errors import CertificateError

    if path is not None:
        if reason is None:
            raise CertificateError("a revocation needs a reason", where=str(path), hint='Give one: --reason "why it counts no more"')
        _revoke(path, reason)
    if export is not None:
        _export(export)
    if import_ is not None:
        _import(import_)
    if path is None and export is None and import_ is None:
        _show(as_json)


def _revoke(path: Path, reason: str) -> None:
    from khettara.dataset.revocation import revoke as add
    from khettara.dataset.signing import load_key

    certificate = _certificate(path)
    (subject,) = certificate.statement["subject"]
    made = add(certificate.digest, subject["name"], reason, load_key())
    typer.echo(f"revoked: certificate {certificate.digest[:16]} of {subject['name']}, on list {made.sequence} of {made.issuer.name}")
    typer.echo("Other offices learn of it from the list: khettara revoke --export FILE")


def _certificate(path: Path) -> Certificate:
    from khettara.dataset.certificate import Certificate
    from khettara.errors import CertificateError

    if path.is_dir():
        return Certificate.read(path)
    if not path.exists():
        raise CertificateError("no such dataset or certificate", where=str(path), hint="Check the path; `ls` shows what is there.")
    return Certificate.read_file(path)


def _export(file: Path) -> None:
    from khettara.dataset import canonical_json
    from khettara.dataset.revocation import renew
    from khettara.dataset.signing import load_key
    from khettara.errors import storage_errors

    made = renew(load_key())
    with storage_errors(file):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(canonical_json(made.envelope) + b"\n")
    typer.echo(f"{file}: list {made.sequence} of {made.issuer.name}, {_entries(len(made.revoked))}, good until {made.next_update:%Y-%m-%d}")


def _import(file: Path) -> None:
    from khettara.dataset.revocation import accept
    from khettara.dataset.signing import trusted_keys
    from khettara.errors import CertificateError

    if not file.exists():
        raise CertificateError("no such file", where=str(file), hint="Another office writes it: khettara revoke --export FILE")
    kept, news = accept(file, trusted_keys())
    typer.echo(f"{'kept' if news else 'known already'}: list {kept.sequence} of {kept.issuer.name}, {_entries(len(kept.revoked))}")


def _entries(count: int) -> str:
    return f"{count} {'entry' if count == 1 else 'entries'}"


def _show(as_json: bool) -> None:
    from khettara.dataset.revocation import held_lists
    from khettara.dataset.signing import trusted_keys

    lists, faults = held_lists(trusted_keys())
    if as_json:
        entries = [{"by": known.issuer.name, "list": known.sequence, **vars(entry)} for known in lists for entry in known.revoked]
        print_json({"revoked": entries, "faults": faults})
    else:
        rows = [(entry.dataset, entry.certificate[:16], entry.on[:10], known.issuer.name, entry.reason) for known in lists for entry in known.revoked]
        print_table("", ("dataset", "certificate", "on", "by", "reason"), rows)
        for known in lists:
            typer.echo(f"list {known.sequence} of {known.issuer.name}: {_entries(len(known.revoked))}, next by {known.next_update:%Y-%m-%d}")
        for fault in faults:
            typer.echo(fault)
    if faults:
        raise typer.Exit(1)


def override(
    path: DatasetPath,
    purpose: Annotated[str, typer.Option("--for", help="What the data may be opened for in spite of its certificate.")],
    reason: Annotated[str, typer.Option(help="Why. It ends in the model's manifest.", show_default=False)],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="The file to hand to whoever trains.", show_default=False)],
) -> None:
    """Answer, as a second person, for training on a dataset whose certificate does not hold.

    It speaks of this version, of this purpose, and of what is wrong now; it holds for a month.

    Example: khettara override data/demo/raw --for pretraining --reason "licences cleared by letter of 3 May" -o override.json
    """
    from khettara.dataset.checked import CheckedDataset
    from khettara.dataset.gate import certificate_for
    from khettara.dataset.override import Override
    from khettara.dataset.signing import load_key
    from khettara.dataset.site import read_site

    dataset = CheckedDataset.check(path)
    _, problems = certificate_for(dataset, purpose, read_site())
    made = Override.issue(dataset.manifest, purpose, reason, problems, load_key())
    made.write(output)
    typer.echo(f"{output}: {made.predicate['by']} answers for {dataset.name} until {made.predicate['expires'][:10]}, in spite of this:")
    for problem in problems:
        typer.echo(f"  - {problem}")
    typer.echo(f"Whoever trusts this key trains with it: khettara llm train {path} -o MODEL --override {output}")
