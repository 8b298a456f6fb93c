"""The gate: the only door by which training opens data.

    with_data = Certified.open("data/clean", "pretraining")     # re-hashed, signed by someone trusted, fit for the purpose
    with_data.dataset.batches()                                  # every byte compared again with what was checked

Without a valid certificate it stays shut, unless a second person answers for it by signature and with a reason (`override.py`),
which then stands in the model's manifest. Tampered bytes pass for nobody.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from khettara.dataset.certificate import PURPOSE, Certificate, Problem, standing
from khettara.dataset.checked import CheckedDataset
from khettara.dataset.manifest import Manifest
from khettara.dataset.override import Override
from khettara.dataset.signing import can_sign, trusted_keys
from khettara.dataset.site import Site, read_site
from khettara.dataset.store import Dataset
from khettara.errors import CertificateError, NotCertified


@dataclass(frozen=True)
class Certified:
    """A dataset that the gate let through."""

    dataset: CheckedDataset
    purpose: str
    certificate_digest: str | None
    override: dict[str, Any] | None = None

    @classmethod
    def open(cls, path: str | Path, purpose: str, *, now: datetime | None = None, overrides: Sequence[Override] = ()) -> Certified:
        """Check everything, and open.

        Args:
            path: the dataset's folder.
            purpose: what it is opened for, letter by letter as the certificate says it.
            now: the present, unless given.
            overrides: what second persons signed; those about other datasets are passed over.

        Raises:
            Tampered: a byte differs from the manifest; no override helps.
            NotCertified: no certificate, or one that does not hold for this purpose.
            CertificateError: the site's own settings do not read.
        """
        if not PURPOSE.fullmatch(purpose):
            raise NotCertified(f"{purpose!r} is not a purpose", where=str(path), hint="For example: pretraining, classification:health")
        site = read_site()
        dataset = CheckedDataset.check(path)
        digest, problems = certificate_for(dataset, purpose, site, now)
        if not problems:
            return cls(dataset, purpose, digest)
        override, faults = _overriding(dataset.manifest, purpose, problems, overrides, site, now)
        if override is None:
            raise NotCertified(
                f"training may not open this dataset: {'; '.join([*problems, *faults])}",
                where=str(path),
                hint=_remedy(path, purpose),
            )
        return cls(dataset, purpose, digest, override.record(problems, trusted_keys()))

    def record(self) -> dict[str, Any]:
        """What the model's manifest says of this dataset's certificate."""
        record: dict[str, Any] = {
            "dataset": self.dataset.name,
            "digest": self.dataset.digest,
            "purpose": self.purpose,
            "certificate": self.certificate_digest,
        }
        return record if self.override is None else record | {"override": self.override}


def certificate_for(dataset: Dataset, purpose: str, site: Site, now: datetime | None = None) -> tuple[str | None, list[Problem]]:
    """The digest of a dataset's certificate, and why it does not open the dataset for a purpose; nothing when it does."""
    try:
        certificate = Certificate.read(dataset.path)
    except CertificateError as error:
        return None, [Problem("missing", error.what)]
    problems = standing(certificate, dataset.manifest, now)
    if any(problem.kind == "signature" for problem in problems):
        return certificate.digest, problems  # nobody's word: neither its purpose nor its verdict says anything
    said = certificate.predicate
    if said["purpose"] != purpose:
        problems.append(Problem("purpose", f"its certificate is for {said['purpose']}, not for {purpose}"))
    pinned = site.profiles.get(purpose)
    if pinned is not None and said["profile"]["digest"] != pinned:
        name = f"{said['profile']['name']} {said['profile']['digest'][:12]}"
        problems.append(Problem("profile", f"it was measured by the profile {name}, and this site demands {pinned[:12]}"))
    if said["verdict"] == "refused":
        problems.append(Problem("refused", f"it was refused: {'; '.join(said['reasons'])}"))
    return certificate.digest, problems


def _overriding(
    manifest: Manifest, purpose: str, problems: Sequence[Problem], overrides: Sequence[Override], site: Site, now: datetime | None
) -> tuple[Override | None, list[str]]:
    """The first override that counts, or what is wrong with those given."""
    faults: list[str] = []
    trusted = trusted_keys()
    for override in overrides:
        if len(overrides) > 1 and not override.concerns(manifest):
            continue
        wrong = override.problems(manifest, purpose, problems, trusted, site, now)
        if not wrong:
            return override, []
        faults += wrong
    return None, faults


def _remedy(path: str | Path, purpose: str) -> str:
    first = "" if can_sign() else 'Make a key: khettara keys new "NAME OF YOUR OFFICE"\n'
    return f"{first}Certify it: khettara certify {path} --for {purpose}"
