"""The certificate: a signed statement of what was measured on a dataset, for which purpose, and with which verdict.

An in-toto Statement (version 1) about the dataset's digest, in a DSSE envelope, as `certificate.json` beside the manifest:

    {"payload": "eyJfdHlwZSI6…", "payloadType": "application/vnd.in-toto+json", "signatures": [{"keyid": "…", "sig": "…"}]}
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import rfc8785

from khettara.dataset.manifest import Manifest, canonical_json, read_manifest, sha256_hex
from khettara.dataset.signing import Key, PublicKey, open_envelope, seal_envelope, trusted_keys
from khettara.dataset.store import Sealed
from khettara.errors import CertificateError, DatasetError, storage_errors

NAME = "certificate.json"
STATEMENT_TYPE = "https://in-toto.io/Statement/v1"  # a name fixed by in-toto, not an address that anything opens
PREDICATE_TYPE = "urn:khettara:data-quality:v1"
VERDICTS = ("certified", "conditional", "refused")


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
        try:
            data = path.read_bytes()
        except OSError as error:
            raise CertificateError("there is no certificate", where=str(folder), hint=f"Make one: khettara certify {folder}") from error
        try:
            envelope = json.loads(data)
            if canonical_json(envelope) + b"\n" != data:
                raise ValueError("not canonical")
            payload, _, _ = open_envelope(envelope, {})
            statement = json.loads(payload)
            well_formed = canonical_json(statement) == payload and _is_well_formed(statement)
        except (ValueError, KeyError, TypeError, RecursionError, rfc8785.CanonicalizationError, CertificateError) as error:
            raise _damaged(path) from error
        if not well_formed:
            raise _damaged(path)
        return cls(envelope, statement, sha256_hex(canonical_json(envelope)))

    def write(self, folder: Path) -> Path:
        """Write it beside the manifest, in one rename."""
        path = folder / NAME
        draft = folder.parent / f".{folder.name}.{NAME}.{os.getpid()}"
        with storage_errors(path):
            try:
                with draft.open("wb") as file:
                    file.write(canonical_json(self.envelope) + b"\n")
                    file.flush()
                    os.fsync(file.fileno())
                os.replace(draft, path)
            finally:
                draft.unlink(missing_ok=True)
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
        texts = [subject["name"], subject["digest"]["sha256"], predicate["purpose"], profile["name"], profile["digest"], *reasons]
        return (
            statement["_type"] == STATEMENT_TYPE
            and statement["predicateType"] == PREDICATE_TYPE
            and predicate["verdict"] in VERDICTS
            and isinstance(reasons, list)
            and isinstance(measures, list)
            and all(isinstance(measure, dict) for measure in measures)
            and all(isinstance(text, str) and not _CONTROLS.search(text) for text in texts)
            and all(datetime.fromisoformat(predicate[name]).tzinfo is not None for name in ("issued", "expires"))
        )
    except (KeyError, TypeError, ValueError):
        return False


_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def _damaged(path: Path) -> CertificateError:
    return CertificateError("the certificate does not read: it was changed", where=str(path), hint=f"Certify again: khettara certify {path.parent}")


def verify(certificate: Certificate, manifest: Manifest, trusted: Mapping[str, PublicKey], now: datetime | None = None) -> list[str]:
    """What is wrong with a certificate of this dataset, in words; nothing when it holds.

    Where the signature does not hold, that is all: what the certificate says is then nobody's word.
    """
    _, _, wrong = open_envelope(certificate.envelope, trusted)
    if wrong:
        return [wrong]
    problems = []
    (subject,) = certificate.statement["subject"]
    if subject != {"name": manifest.name, "digest": {"sha256": manifest.digest}}:
        problems.append("it speaks of another dataset, or of another version of this one")
    now = now or datetime.now(UTC)
    issued, expires = (datetime.fromisoformat(certificate.predicate[name]) for name in ("issued", "expires"))
    if now > expires:
        problems.append(f"it expired on {expires:%Y-%m-%d}")
    if now < issued:
        problems.append(f"it was issued in the future ({issued:%Y-%m-%d %H:%M}): is this machine's clock right?")
    return problems


def certificate_problems(opened: Sealed) -> list[str]:
    """What is wrong with the certificate in a folder; nothing when there is none, or when it holds."""
    if not (opened.path / NAME).exists():
        return []
    try:
        return verify(Certificate.read(opened.path), opened.manifest, trusted_keys())
    except CertificateError as error:
        return [error.what]


def describe(folder: Path) -> str:
    """The certificate of a dataset in a few words."""
    if not (folder / NAME).exists():
        return "none"
    try:
        certificate = Certificate.read(folder)
        problems = verify(certificate, read_manifest(folder), trusted_keys())
    except (CertificateError, DatasetError) as error:
        return f"not valid: {error.what}"
    if problems:
        return f"not valid: {'; '.join(problems)}"
    predicate = certificate.predicate
    return f"{predicate['verdict']} for {predicate['purpose']} until {predicate['expires'][:10]}"
