"""The gate: the only door by which training opens data.

    with_data = Certified.open("data/clean", "pretraining")     # re-hashed, signed by someone trusted, fit for the purpose
    with_data.dataset.batches()

Without a valid certificate it stays shut, unless somebody takes it upon himself by name and with a reason, which then
stands in the model's manifest. Tampered bytes pass for nobody.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from khettara.dataset.certificate import Certificate, verify
from khettara.dataset.signing import open_envelope, own_key_path, trusted_keys
from khettara.dataset.store import Dataset
from khettara.errors import CertificateError, NotCertified, Tampered

SHORTEST_REASON = 10


@dataclass(frozen=True)
class Override:
    """Who opens the gate without a certificate, and why."""

    by: str
    reason: str

    def __post_init__(self) -> None:
        if not self.by.strip() or len(self.reason.strip()) < SHORTEST_REASON:
            raise NotCertified(
                f"an override needs a name, and a reason of at least {SHORTEST_REASON} characters",
                hint="It is written into the model's manifest, for whoever asks later.",
            )


@dataclass(frozen=True)
class Certified:
    """A dataset that the gate let through."""

    dataset: Dataset
    purpose: str
    certificate_digest: str | None
    override: Override | None
    problems: tuple[str, ...] = ()

    @classmethod
    def open(cls, path: str | Path, purpose: str, *, now: datetime | None = None, override: Override | None = None) -> Certified:
        """Check everything, and open.

        Raises:
            Tampered: a byte differs from the manifest; no override helps.
            NotCertified: no certificate, or one that does not hold for this purpose.
        """
        dataset = Dataset.open(path)
        faults = dataset.verify()
        if faults:
            raise Tampered(str(faults[0]), where=str(path), hint=f"`khettara verify {path}` lists every difference.")
        digest, problems = _certificate(dataset, purpose, now)
        if not problems:
            return cls(dataset, purpose, digest, None)
        if override is None:
            raise NotCertified(
                f"training may not open this dataset: {'; '.join(problems)}",
                where=str(path),
                hint=_remedy(path, purpose),
            )
        return cls(dataset, purpose, digest, override, tuple(problems))

    def record(self) -> dict[str, Any]:
        """What the model's manifest says of this dataset's certificate."""
        record: dict[str, Any] = {
            "dataset": self.dataset.name,
            "digest": self.dataset.digest,
            "purpose": self.purpose,
            "certificate": self.certificate_digest,
        }
        if self.override is not None:
            record["override"] = {"by": self.override.by, "reason": self.override.reason, "despite": list(self.problems)}
        return record


def _certificate(dataset: Dataset, purpose: str, now: datetime | None) -> tuple[str | None, list[str]]:
    try:
        certificate = Certificate.read(dataset.path)
    except CertificateError as error:
        return None, [error.what]
    trusted = trusted_keys()
    problems = verify(certificate, dataset.manifest, trusted, now)
    if open_envelope(certificate.envelope, trusted)[1] is None:
        return certificate.digest, problems  # nobody's word: neither its purpose nor its verdict says anything
    said = certificate.predicate
    if said["purpose"] != purpose:
        problems.append(f"its certificate is for {said['purpose']}, not for {purpose}")
    if said["verdict"] == "refused":
        problems.append(f"it was refused: {'; '.join(said['reasons'])}")
    return certificate.digest, problems


def _remedy(path: str | Path, purpose: str) -> str:
    first = "" if own_key_path().exists() else 'Make a key: khettara keys new "NAME OF YOUR OFFICE"\n'
    return f"{first}Certify it: khettara certify {path} --for {purpose}"
