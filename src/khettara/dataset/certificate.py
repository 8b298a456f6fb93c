"""The certificate: a signed statement of what was measured on a dataset, for which purpose, and with which verdict.

An in-toto Statement (version 1) about the dataset's digest, in a DSSE envelope, as `certificate.json` beside the manifest:

    {"payload": "eyJfdHlwZSI6…", "payloadType": "application/vnd.in-toto+json", "signatures": [{"keyid": "…", "sig": "…"}]}
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from khettara.dataset.manifest import Manifest, canonical_json, read_manifest, sha256_hex
from khettara.dataset.revocation import held_lists
from khettara.dataset.signing import (
    CONTROLS,
    DIGEST,
    Key,
    PublicKey,
    open_envelope,
    own_keyid,
    read_signed,
    seal_envelope,
    trusted_keys,
    write_signed,
)
from khettara.dataset.site import read_site
from khettara.dataset.store import Sealed
from khettara.errors import CertificateError, DatasetError

NAME = "certificate.json"
STATEMENT_TYPE = "https://in-toto.io/Statement/v1"  # a name fixed by in-toto, not an address that anything opens
PREDICATE_TYPE = "urn:khettara:data-quality:v1"
VERDICTS = ("certified", "conditional", "refused")
PURPOSE = re.compile(r"[a-z][a-z0-9_-]{0,39}(:[A-Za-z0-9][A-Za-z0-9._-]{0,79})?")
"""`pretraining`, `classification:health`, `federation:chu-rabat`. No letters but these: purposes are compared, and must not look alike."""


class Problem(str):
    """What is wrong with a certificate, as a sentence; `kind` is the word for it that an override can name."""

    kind: str

    def __new__(cls, kind: str, text: str) -> Self:
        """A sentence of a kind."""
        problem = super().__new__(cls, text)
        problem.kind = kind
        return problem


@dataclass(frozen=True)
class Certificate:
    """A certificate as it was read; whether it holds is what `verify` says."""

    envelope: Mapping[str, Any]
    statement: Mapping[str, Any]
    digest: str

    @property
    def predicate(self) -> dict[str, Any]:
        """The measures, the profile, the verdict."""
        predicate: dict[str, Any] = self.statement["predicate"]
        return predicate

    @classmethod
    def issue(cls, manifest: Manifest, predicate: Mapping[str, Any], key: Key) -> Certificate:
        """Sign a statement about a dataset. Raises `CertificateError` for a predicate that nobody could read back."""
        statement = {
            "_type": STATEMENT_TYPE,
            "subject": [{"name": manifest.name, "digest": {"sha256": manifest.digest}}],
            "predicateType": PREDICATE_TYPE,
            "predicate": dict(predicate),
        }
        if not PURPOSE.fullmatch(str(predicate.get("purpose", "x"))):
            raise CertificateError(
                f"{predicate['purpose']!r} cannot be a purpose",
                where=manifest.name,
                hint="A purpose is a word of Latin letters, digits and hyphens, with a name after a colon or without: classification:health",
            )
        if not _is_well_formed(statement):
            raise CertificateError("not the predicate of a certificate", where=manifest.name)
        envelope = seal_envelope(canonical_json(statement), key)
        return cls(envelope, statement, sha256_hex(canonical_json(envelope)))

    @classmethod
    def read(cls, folder: Path) -> Certificate:
        """Read the certificate in a dataset's folder.

        Raises:
            CertificateError: there is none, or its bytes are not such as `write` leaves.
        """
        path = folder / NAME
        if not path.exists():
            raise CertificateError("there is no certificate", where=str(folder), hint=f"Make one: khettara certify {folder}")
        return cls.read_file(path)

    @classmethod
    def read_file(cls, path: Path) -> Certificate:
        """Read a certificate that lies anywhere. Raises `CertificateError`."""
        try:
            envelope, statement = read_signed(path)
        except (CertificateError, OSError) as error:
            raise _damaged(path) from error
        if not _is_well_formed(statement):
            raise _damaged(path)
        return cls(envelope, statement, sha256_hex(canonical_json(envelope)))

    def write(self, folder: Path) -> Path:
        """Write it beside the manifest, in one rename."""
        path = folder / NAME
        write_signed(self.envelope, path, folder.parent / f".{folder.name}.{NAME}.{os.getpid()}")
        return path


def _is_well_formed(statement: Mapping[str, Any]) -> bool:
    """Whether everything that we read of a statement is there, with its type.

    It is asked before the signature is: a stranger's statement must neither trip whoever reads it nor write to his terminal.
    What it has beyond that is left alone, so that later versions can say more.
    """
    try:
        predicate = statement["predicate"]
        (subject,) = statement["subject"]
        profile, reasons, measures = predicate["profile"], predicate["reasons"], predicate["measures"]
        texts = [subject["name"], subject["digest"]["sha256"], profile["name"], profile["digest"], *reasons]
        records = predicate.get("records", {"merkleRoot": "0" * 64, "count": 0})
        return bool(
            statement["_type"] == STATEMENT_TYPE
            and statement["predicateType"] == PREDICATE_TYPE
            and predicate["verdict"] in VERDICTS
            and isinstance(reasons, list)
            and isinstance(measures, list)
            and all(isinstance(measure, dict) for measure in measures)
            and all(isinstance(text, str) and not CONTROLS.search(text) for text in texts)
            and PURPOSE.fullmatch(predicate["purpose"])
            and DIGEST.fullmatch(records["merkleRoot"])
            and isinstance(records["count"], int)
            and all(datetime.fromisoformat(predicate[name]).tzinfo is not None for name in ("issued", "expires"))
        )
    except (KeyError, TypeError, ValueError):
        return False


def _damaged(path: Path) -> CertificateError:
    return CertificateError("the certificate does not read: it was changed", where=str(path), hint=f"Certify again: khettara certify {path.parent}")


def verify(certificate: Certificate, manifest: Manifest, trusted: Mapping[str, PublicKey], now: datetime | None = None) -> list[Problem]:
    """What is wrong with a certificate of this dataset, in words; nothing when it holds.

    Where the signature does not hold, that is all: what the certificate says is then nobody's word.
    Whether it was revoked is what `standing` asks besides.
    """
    _, _, wrong = open_envelope(certificate.envelope, trusted)
    if wrong:
        return [Problem("signature", wrong)]
    problems = []
    (subject,) = certificate.statement["subject"]
    if subject != {"name": manifest.name, "digest": {"sha256": manifest.digest}}:
        problems.append(Problem("subject", "it speaks of another dataset, or of another version of this one"))
    return problems + date_problems(certificate.predicate, now)


def date_problems(said: Mapping[str, Any], now: datetime | None = None) -> list[Problem]:
    """What is wrong with the dates of a signed statement."""
    now = now or datetime.now(UTC)
    issued, expires = (datetime.fromisoformat(said[name]) for name in ("issued", "expires"))
    problems = []
    if now > expires:
        problems.append(Problem("expired", f"it expired on {expires:%Y-%m-%d}"))
    if now < issued:
        problems.append(Problem("future", f"it was issued in the future ({issued:%Y-%m-%d %H:%M}): is this machine's clock right?"))
    return problems


def standing(certificate: Certificate, manifest: Manifest, now: datetime | None = None) -> list[Problem]:
    """What is wrong with a certificate on this machine: as `verify`, with the keys trusted and the revocations known here.

    Raises:
        CertificateError: the site's own settings do not read.
    """
    trusted = trusted_keys()
    return verify(certificate, manifest, trusted, now) + revocation_problems(certificate, trusted, now)


def revocation_problems(certificate: Certificate, trusted: Mapping[str, PublicKey], now: datetime | None = None) -> list[Problem]:
    """Whether a list of revocations names the certificate, or one does not verify, or (if the site asks) one is out of date."""
    lists, faults = held_lists(trusted)
    problems = [Problem("list", fault) for fault in faults]
    refuse, now = read_site().stale_revocations == "refuse", now or datetime.now(UTC)
    own = own_keyid()  # one's own list is as new as this machine
    for known in lists:
        entry = known.find(certificate.digest)
        if entry is not None:
            problems.append(Problem("revoked", f"it was revoked on {entry.on[:10]} by {known.issuer.name}: {entry.reason}"))
        if refuse and now > known.next_update and known.issuer.keyid != own:
            problems.append(
                Problem("stale", f"the list of revocations of {known.issuer.name} should have been replaced by {known.next_update:%Y-%m-%d}")
            )
    return problems


def certificate_problems(opened: Sealed) -> list[str]:
    """What is wrong with the certificate in a folder; nothing when there is none, or when it holds."""
    if not (opened.path / NAME).exists():
        return []
    try:
        return [*standing(Certificate.read(opened.path), opened.manifest)]
    except CertificateError as error:
        return [error.what]


def describe(folder: Path) -> str:
    """The certificate of a dataset in a few words."""
    if not (folder / NAME).exists():
        return "none"
    try:
        certificate = Certificate.read(folder)
        problems = standing(certificate, read_manifest(folder))
    except (CertificateError, DatasetError) as error:
        return f"not valid: {error.what}"
    if problems:
        return f"not valid: {'; '.join(problems)}"
    predicate = certificate.predicate
    return f"{predicate['verdict']} for {predicate['purpose']} until {predicate['expires'][:10]}"
