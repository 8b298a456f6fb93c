"""What an export speaks of: a sealed dataset, its certificate where it has a valid one, its findings, its origin.

    Subject(clean 5e1f…, certified for pretraining by "Data office of Aïn Zerqa", 412 records, ary 380, CC0-1.0 412)

Everything in an export is drawn from here, and everything here from the manifest, the certificate or the records: nothing is typed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from khettara.dataset import Ancestor, Dataset, lineage
from khettara.dataset.certificate import NAME, Certificate, standing
from khettara.dataset.findings import Findings, read_findings
from khettara.dataset.signing import open_envelope, trusted_keys
from khettara.engine import tally
from khettara.errors import CertificateError

UNKNOWN = "unknown"


@dataclass(frozen=True)
class Subject:
    """See the module's description. `certificate` is None where there is none that holds: an export does not repeat hearsay."""

    dataset: Dataset
    certificate: Certificate | None
    signer: str | None
    findings: Findings | None
    languages: Mapping[str, int]
    licences: Mapping[str, int]
    origin: Ancestor

    @classmethod
    def of(cls, path: Path) -> Subject:
        """Gather it."""
        dataset = Dataset.open(path)
        certificate, signer = _certificate(dataset)
        languages, licences = (tally(dataset.files("data"), column) for column in ("lang", "licence"))
        stated = certificate.predicate.get("rights", {}).get("licence") if certificate else None
        if not licences and isinstance(stated, str):  # a table has one licence for all its rows
            licences = {stated: dataset.rows}
        return cls(dataset, certificate, signer, read_findings(dataset), languages, licences, lineage(path))

    @property
    def iri(self) -> str:
        """The name of this version in the web of data: its digest."""
        return f"urn:sha256:{self.dataset.digest}"

    @property
    def said(self) -> Mapping[str, Any]:
        """The certificate's predicate; empty without one."""
        return self.certificate.predicate if self.certificate else {}

    @property
    def measures(self) -> list[Mapping[str, Any]]:
        """The measures that have a value."""
        return [measure for measure in self.said.get("measures", []) if measure.get("value") is not None]

    def measure(self, name: str) -> Mapping[str, Any] | None:
        """One of them by its name."""
        return next((measure for measure in self.measures if measure.get("name") == name), None)

    @property
    def summary(self) -> str:
        """One sentence."""
        verdict = f"; {self.said['verdict']} for {self.said['purpose']} by {self.signer}" if self.certificate else "; not certified"
        return f"A sealed dataset of {self.dataset.rows:,} {_records(self.dataset.kind)}{verdict}."

    def steps(self) -> Iterator[str]:
        """What was done to the data, the first step first: each with what it kept and set aside."""
        yield from _steps(self.origin)


def _steps(node: Ancestor) -> Iterator[str]:
    for parent in node.parents:
        yield from _steps(parent)
    if node.manifest is None:
        if node.role == "dataset":
            yield f"{node.name} ({node.digest[:12]}), whose folder was not found here"
        return
    counts, step = node.manifest.counts, node.manifest.step
    aside = ", ".join(f"{rule}: {number:,}" for rule, number in dict(counts.get("rejected_by", {})).items())
    kept = f"{counts['in']:,} records in, {counts['kept']:,} kept" if {"in", "kept"} <= set(counts) else f"{node.manifest.rows:,} records"
    yield f"{step.name} (version {step.version}) made {node.name}: {kept}{f'; set aside by {aside}' if aside else ''}"


def _records(kind: str) -> str:
    return {"documents": "documents", "table": "rows", "clips": "clips", "pairs": "pairs", "dialogues": "dialogues"}.get(kind, "records")


def _certificate(dataset: Dataset) -> tuple[Certificate | None, str | None]:
    if not (dataset.path / NAME).exists():
        return None, None
    try:
        certificate = Certificate.read(dataset.path)
        if standing(certificate, dataset.manifest):
            return None, None
    except CertificateError:
        return None, None
    key = open_envelope(certificate.envelope, trusted_keys())[1]
    return certificate, key.name if key else None
