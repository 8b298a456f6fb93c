"""`khettara verify` and `khettara proof`: every byte and the certificate, or one record alone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from khettara.cli.options import DatasetPath, Json
from khettara.cli.output import print_json, size

if TYPE_CHECKING:
    from khettara.dataset import Manifest
    from khettara.dataset.certificate import Certificate


def verify(
    path: Annotated[Path | None, typer.Argument(metavar="DS|MODEL", help="The folder of a dataset or model.", show_default=False)] = None,
    proof: Annotated[Path | None, typer.Option(metavar="FILE", help="Check the proof of one record (khettara proof).")] = None,
    certificate: Annotated[Path | None, typer.Option(metavar="FILE", help="The certificate that a proof leads to, without the dataset.")] = None,
    records: Annotated[bool, typer.Option("--records", help="Hash every record again, and compare with the root in the certificate.")] = False,
    write_verifier: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Write the verifier that needs only Python, for other machines.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Read every byte of a dataset or model again, and check its certificate. Exit status 1 when something is wrong.

    Example: khettara verify data/demo/clean
    """
    if write_verifier is not None:
        _write_verifier(write_verifier)
    elif proof is not None:
        _verify_proof(proof, path, certificate, as_json)
    elif path is not None:
        _verify_folder(path, records, as_json)
    else:
        raise typer.BadParameter("give the folder of a dataset or model, or --proof FILE")


def _verify_folder(path: Path, records: bool, as_json: bool) -> None:
    from khettara.dataset import Dataset, Sealed, read_manifest
    from khettara.dataset.certificate import certificate_problems
    from khettara.dataset.store import verify_files

    manifest = read_manifest(path)
    faults = [str(fault) for fault in verify_files(path, manifest)]
    opened = Sealed(path, manifest) if manifest.kind == "model" else Dataset(path, manifest)
    problems = certificate_problems(opened)
    if records and isinstance(opened, Dataset) and not faults and not problems:
        problems += _root_problems(opened)
    if as_json:
        print_json({"path": str(path), "digest": manifest.digest, "intact": not faults, "faults": faults, "certificate": problems})
    else:
        for line in faults:
            typer.echo(line)
        for line in problems:
            typer.echo(f"certificate.json: {line}")
        if not faults:
            _say_intact(manifest)
        if not faults and not problems:
            _say_certified(opened, records)
    if faults or problems:
        raise typer.Exit(1)


def _say_intact(manifest: Manifest) -> None:
    total = sum(entry.bytes for entry in manifest.files)
    typer.echo(f"intact: {len(manifest.files)} files, {size(total)}, digest {manifest.digest}")


def _say_certified(opened: Any, records: bool) -> None:
    """For what the certificate holds; nothing where there is none."""
    from khettara.dataset import Dataset
    from khettara.dataset.certificate import NAME, Certificate

    if not isinstance(opened, Dataset) or not (opened.path / NAME).exists():
        return
    said = Certificate.read(opened.path).predicate
    typer.echo(f"{said['verdict']} for {said['purpose']} until {said['expires'][:10]}: the certificate holds")
    if records:
        typer.echo(f"records: {opened.rows:,} hashed again; their root is the one in the certificate")


def _root_problems(dataset: Any) -> list[str]:
    from khettara.dataset.certificate import Certificate
    from khettara.dataset.merkle import root_of

    said = Certificate.read(dataset.path).predicate.get("records")
    if said is None:
        return ["it names no root of the records"]
    root, count = root_of(dataset)
    same = (said["merkleRoot"], said["count"]) == (root, count)
    return [] if same else [f"its root of the records is not that of the {count:,} records here"]


def _verify_proof(proof_file: Path, path: Path | None, certificate_file: Path | None, as_json: bool) -> None:
    """Check a proof against a certificate that lies beside it, in the dataset, or where the option says."""
    from khettara.dataset.certificate import NAME, Certificate
    from khettara.dataset.merkle import Proof, check, shown
    from khettara.errors import CertificateError, storage_errors

    with storage_errors(proof_file):
        try:
            proof = Proof.parse(proof_file.read_bytes(), str(proof_file))
        except FileNotFoundError as error:
            raise CertificateError("no such file", where=str(proof_file), hint="Ask for a proof: khettara proof DS ID -o FILE") from error
    place = certificate_file or (path or proof_file.parent) / NAME
    if not place.exists():
        raise CertificateError("there is no certificate that the proof could lead to", where=str(place), hint="Name it: --certificate FILE")
    certificate = Certificate.read_file(place)
    problems = _proof_problems(certificate, proof.dataset)
    records = certificate.predicate.get("records", {"merkleRoot": "", "count": -1})
    wrong = check(proof, records["merkleRoot"], records["count"])
    problems += [f"the proof: {wrong}"] if wrong else []
    record = shown(proof) if not problems else None
    if as_json:
        print_json({"index": proof.index, "count": proof.count, "leaf": proof.leaf.hex(), "problems": problems, "record": record})
    elif problems:
        for line in problems:
            typer.echo(line)
    else:
        typer.echo(f"record {proof.index} of {proof.count:,} is among those certified (sha256 of its bytes {proof.leaf.hex()})")
        if record is not None:
            print_json(record)
    if problems:
        raise typer.Exit(1)


def _proof_problems(certificate: Certificate, digest: str) -> list[str]:
    """What is wrong with the certificate by itself, and whether it speaks of the proof's dataset."""
    from khettara.dataset.certificate import date_problems, revocation_problems
    from khettara.dataset.signing import open_envelope, trusted_keys

    trusted = trusted_keys()
    _, _, wrong = open_envelope(certificate.envelope, trusted)
    if wrong:
        return [f"the certificate: {wrong}"]
    (subject,) = certificate.statement["subject"]
    other = [] if subject["digest"]["sha256"] == digest else ["the proof speaks of another dataset than the certificate does"]
    problems = date_problems(certificate.predicate) + revocation_problems(certificate, trusted)
    return other + [f"the certificate: {problem}" for problem in problems]


def _write_verifier(folder: Path) -> None:
    from importlib import resources

    from khettara.errors import storage_errors

    with storage_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("verify.py", "ed25519.py"):
            (folder / name).write_bytes(resources.files("khettara.dataset.verifier").joinpath(name).read_bytes())
    typer.echo(f"{folder / 'verify.py'}: python3 {folder / 'verify.py'} DATASET --key OFFICE.pub")


def proof(
    path: DatasetPath,
    record: Annotated[str | None, typer.Argument(metavar="ID", help="The id of the record.", show_default=False)] = None,
    row: Annotated[int | None, typer.Option(help="The number of the record instead, from 0.", show_default=False)] = None,
    show: Annotated[bool, typer.Option("--show", help="Put the record itself into the file, so that its reader sees what is proved.")] = False,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Where to write it instead of printing it.", show_default=False)
    ] = None,
) -> None:
    """Prove that one record is in a dataset: a file under 1 kB, which holds against the certificate without the dataset.

    Example: khettara proof data/demo/clean 5e1f0c -o proof.json
    """
    from khettara.dataset import Dataset
    from khettara.dataset.merkle import index_of, prove
    from khettara.errors import storage_errors

    if (record is None) == (row is None):
        raise typer.BadParameter("give the id of a record, or --row N")
    dataset = Dataset.open(path)
    made = prove(dataset, row if row is not None else index_of(dataset, record or ""), show=show).render()
    if output is None:
        typer.echo(made.decode(), nl=False)
        return
    with storage_errors(output):
        output.parent.mkdir(parents=True, exist_ok=True)
        output.write_bytes(made)
    typer.echo(f"{output}: {len(made):,} bytes; checked by: khettara verify --proof {output} --certificate {path / 'certificate.json'}")
