"""An override: a second person answers, by signature, for training on data whose certificate does not hold.

An in-toto Statement about the dataset in a DSSE envelope, as a file that the second person hands to whoever trains:

    {"purpose": "pretraining", "by": "Amina B., data protection", "reason": "licences cleared by letter of 3 May",
     "despite": ["refused"], "issued": "2026-01-01T…", "expires": "2026-01-31T…"}

It opens one version of one dataset, for one purpose, for a month, despite the problems that its signer saw and no others: an
override given for an expired certificate does not open the same data once it is revoked.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from khettara.dataset.certificate import PURPOSE, STATEMENT_TYPE, Problem, date_problems
from khettara.dataset.manifest import Manifest, canonical_json, sha256_hex
from khettara.dataset.signing import CONTROLS, Key, PublicKey, open_envelope, own_keyid, read_signed, seal_envelope, write_signed
from khettara.dataset.site import Site
from khettara.errors import CertificateError, NotCertified

PAYLOAD_TYPE = "application/vnd.khettara.override+json"
PREDICATE_TYPE = "urn:khettara:override:v1"
VALID_DAYS = 30
SHORTEST_REASON = 10


@dataclass(frozen=True)
class Override:
    """An override as it was read; whether it counts is what `problems` says."""

    envelope: Mapping[str, Any]
    statement: Mapping[str, Any]
    digest: str

    @classmethod
    def issue(cls, manifest: Manifest, purpose: str, reason: str, despite: Sequence[Problem], key: Key, now: datetime | None = None) -> Override:
        """Sign an override of these problems.

        Raises:
            NotCertified: no reason worth the name, no purpose, or nothing to override.
        """
        reason = " ".join(reason.split())
        if len(reason) < SHORTEST_REASON or CONTROLS.search(reason):
            raise NotCertified(
                f"an override needs a reason of at least {SHORTEST_REASON} characters",
                hint="It is written into the model's manifest, for whoever asks later.",
            )
        if not PURPOSE.fullmatch(purpose):
            raise NotCertified(f"{purpose!r} is not a purpose", hint="For example: --for pretraining")
        if not despite:
            raise NotCertified(f"the gate opens this dataset for {purpose} as it is: there is nothing to override", where=manifest.name)
        now = now or datetime.now(UTC)
        statement = {
            "_type": STATEMENT_TYPE,
            "subject": [{"name": manifest.name, "digest": {"sha256": manifest.digest}}],
            "predicateType": PREDICATE_TYPE,
            "predicate": {
                "purpose": purpose,
                "by": key.name,
                "reason": reason,
                "despite": sorted({problem.kind for problem in despite}),
                "issued": now.isoformat(timespec="seconds"),
                "expires": (now + timedelta(days=VALID_DAYS)).isoformat(timespec="seconds"),
            },
        }
        envelope = seal_envelope(canonical_json(statement), key, PAYLOAD_TYPE)
        return cls(envelope, statement, sha256_hex(canonical_json(envelope)))

    @classmethod
    def read(cls, path: Path) -> Override:
        """Read an override from its file. Raises `NotCertified` unless it reads."""
        try:
            envelope, statement = read_signed(path, PAYLOAD_TYPE)
        except (CertificateError, OSError) as error:
            what = error.what if isinstance(error, CertificateError) else f"cannot be read: {error.strerror}"
            hint = 'A second person makes it: khettara override DS --for pretraining --reason "WHY" -o FILE'
            raise NotCertified(f"the override {what}", where=str(path), hint=hint) from error
        if not _is_well_formed(statement):
            raise NotCertified("the override is signed, but does not say what an override says", where=str(path))
        return cls(envelope, statement, sha256_hex(canonical_json(envelope)))

    def write(self, path: Path) -> None:
        """Write it to a file, in one rename."""
        write_signed(self.envelope, path, path.with_name(f".{path.name}.{os.getpid()}"))

    @property
    def predicate(self) -> Mapping[str, Any]:
        """Who, why, despite what, until when."""
        predicate: Mapping[str, Any] = self.statement["predicate"]
        return predicate

    def signer(self, trusted: Mapping[str, PublicKey]) -> PublicKey | None:
        """Who signed it, if this machine trusts him."""
        return open_envelope(self.envelope, trusted, PAYLOAD_TYPE)[1]

    def concerns(self, manifest: Manifest) -> bool:
        """Whether it speaks of this version of this dataset."""
        return bool(self.statement["subject"] == [{"name": manifest.name, "digest": {"sha256": manifest.digest}}])

    def problems(
        self,
        manifest: Manifest,
        purpose: str,
        despite: Sequence[Problem],
        trusted: Mapping[str, PublicKey],
        site: Site,
        now: datetime | None = None,
    ) -> list[str]:
        """Why it does not open this dataset for this purpose despite these problems; nothing when it does."""
        _, signer, wrong = open_envelope(self.envelope, trusted, PAYLOAD_TYPE)
        if signer is None:
            return [f"the override is {wrong}" if wrong else "the override is not signed"]
        found = [f"the override says: {problem}" for problem in date_problems(self.predicate, now)]
        if signer.keyid == own_keyid() and site.override != "one person":
            found.append("the override is signed by this machine's own key, and it takes a second person")
        if not self.concerns(manifest):
            found.append("the override speaks of another dataset, or of another version of this one")
        if self.predicate["purpose"] != purpose:
            found.append(f"the override is for {self.predicate['purpose']}, not for {purpose}")
        unseen = [problem for problem in despite if problem.kind not in self.predicate["despite"]]
        if unseen:
            found.append(f"the override was not given despite this: {'; '.join(unseen)}")
        return found

    def record(self, manifest_problems: Sequence[Problem], trusted: Mapping[str, PublicKey]) -> dict[str, Any]:
        """What the model's manifest says of it. `second_person` is false where the one who trains answers for himself."""
        signer = self.signer(trusted)
        said = self.predicate
        return {
            "by": signer.name if signer else said["by"],
            "keyid": signer.keyid if signer else None,
            "second_person": signer is not None and signer.keyid != own_keyid(),
            "reason": said["reason"],
            "issued": said["issued"],
            "despite": list(map(str, manifest_problems)),
            "digest": self.digest,
        }


def _is_well_formed(statement: Any) -> bool:
    try:
        said = statement["predicate"]
        return bool(
            statement["_type"] == STATEMENT_TYPE
            and statement["predicateType"] == PREDICATE_TYPE
            and PURPOSE.fullmatch(said["purpose"])
            and all(isinstance(said[name], str) and not CONTROLS.search(said[name]) for name in ("by", "reason"))
            and len(said["reason"].strip()) >= SHORTEST_REASON
            and isinstance(said["despite"], list)
            and all(datetime.fromisoformat(said[name]).tzinfo is not None for name in ("issued", "expires"))
        )
    except (KeyError, TypeError, ValueError):
        return False
