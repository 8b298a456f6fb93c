"""Lists of revoked certificates: signed, numbered, carried from office to office as files.

Each office has one list, signed by its key and kept beside the keys as `revocations/KEYID.json`. What it says, in a DSSE envelope:

    {"issuer": "5e1f…", "sequence": 3, "issued": "2026-01-01T…", "nextUpdate": "2026-01-31T…",
     "revoked": [{"certificate": "91b2…", "dataset": "clean", "reason": "the hospital withdrew its consent", "on": "2026-01-01T…"}]}

A certificate is refused when any trusted office's list names it, whoever signed it: whoever is trusted to say that data is
sound is trusted to say that it is not. A newer list replaces an older one, never the other way round.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from khettara.dataset.manifest import canonical_json
from khettara.dataset.signing import CONTROLS, DIGEST, Key, PublicKey, key_home, open_envelope, parse_signed, read_signed, seal_envelope, write_signed
from khettara.errors import CertificateError, storage_errors

PAYLOAD_TYPE = "application/vnd.khettara.revocations+json"
"""Another type than a certificate's: neither can be taken for the other, whoever signed it."""

VALID_DAYS = 30
SHORTEST_REASON = 10


@dataclass(frozen=True)
class Revocation:
    """One certificate, by its digest, with the reason why it counts no more."""

    certificate: str
    dataset: str
    reason: str
    on: str


@dataclass(frozen=True)
class Revocations:
    """One office's list as it was read and verified."""

    envelope: Mapping[str, Any]
    issuer: PublicKey
    sequence: int
    issued: datetime
    next_update: datetime
    revoked: tuple[Revocation, ...]

    def find(self, certificate: str) -> Revocation | None:
        """The entry about a certificate."""
        return next((entry for entry in self.revoked if entry.certificate == certificate), None)


def folder() -> Path:
    """Where lists are kept on this machine."""
    return key_home() / "revocations"


def revoke(certificate: str, dataset: str, reason: str, key: Key, now: datetime | None = None) -> Revocations:
    """Put a certificate on one's own list.

    Raises:
        CertificateError: no reason worth the name; it is on the list already; the list kept here is not one's own any more.
    """
    reason = " ".join(reason.split())
    if len(reason) < SHORTEST_REASON or CONTROLS.search(reason):
        raise CertificateError(f"a revocation needs a reason of at least {SHORTEST_REASON} characters", hint="Whoever is refused will read it.")
    now = now or datetime.now(UTC)
    with _alone():
        held = _own(key)
        entries = held.revoked if held else ()
        if held and held.find(certificate):
            raise CertificateError("this certificate is revoked already", where=dataset, hint="`khettara revoke` shows the list.")
        return _publish((*entries, Revocation(certificate, dataset, reason, _text(now))), held.sequence + 1 if held else 1, key, now)


def renew(key: Key, now: datetime | None = None) -> Revocations:
    """Sign one's own list anew, with a new date of the next update: what an office sends round, also when nothing was revoked."""
    with _alone():
        held = _own(key)
        return _publish(held.revoked if held else (), held.sequence + 1 if held else 1, key, now or datetime.now(UTC))


def accept(path: Path, trusted: Mapping[str, PublicKey]) -> tuple[Revocations, bool]:
    """Keep another office's list, and say whether it is news.

    Raises:
        CertificateError: it is nobody's whom this machine trusts, it was changed, or a newer one is kept already.
    """
    with storage_errors(path):
        envelope, said = read_signed(path, PAYLOAD_TYPE)
    new = _verified(envelope, said, trusted, str(path))
    kept = _path(new.issuer.keyid)
    with _alone():
        if kept.exists():
            held = _read(kept, trusted)
            if canonical_json(held.envelope) == canonical_json(envelope):
                return held, False
            if new.sequence <= held.sequence:
                raise CertificateError(
                    f"this list is number {new.sequence} of {new.issuer.name}; number {held.sequence} is kept already",
                    where=str(path),
                    hint="An older list does not replace a newer one: ask the office for its present list.",
                )
        _keep(envelope, kept)
    return new, True


def held_lists(trusted: Mapping[str, PublicKey]) -> tuple[list[Revocations], list[str]]:
    """The lists kept on this machine, and what is wrong with those that do not verify."""
    lists, faults = [], []
    for path in sorted(folder().glob("*.json")):
        try:
            lists.append(_read(path, trusted))
        except (CertificateError, OSError) as error:
            what = error.what if isinstance(error, CertificateError) else str(error)
            faults.append(f"the list of revocations {path.name[:16]} does not verify ({what})")
    return lists, faults


def parse(data: bytes, where: str, trusted: Mapping[str, PublicKey]) -> Revocations:
    """A list from the bytes of its file. Raises `CertificateError` unless it verifies."""
    return _verified(*parse_signed(data, where, PAYLOAD_TYPE), trusted, where)


@contextmanager
def _alone() -> Iterator[None]:
    """Read, add, write back: of two who do it at a time, the later would write over what the earlier revoked."""
    with storage_errors(folder()):
        folder().mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = os.open(folder() / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
        except OSError:
            os.close(lock)
            raise
    try:
        yield
    finally:
        os.close(lock)


def _own(key: Key) -> Revocations | None:
    path = _path(key.keyid)
    return _read(path, {key.keyid: key.public}) if path.exists() else None


def _publish(entries: tuple[Revocation, ...], sequence: int, key: Key, now: datetime) -> Revocations:
    until = now + timedelta(days=VALID_DAYS)
    said = {
        "issuer": key.keyid,
        "sequence": sequence,
        "issued": _text(now),
        "nextUpdate": _text(until),
        "revoked": [vars(entry) for entry in entries],
    }
    envelope = seal_envelope(canonical_json(said), key, PAYLOAD_TYPE)
    made = _verified(envelope, said, {key.keyid: key.public}, str(_path(key.keyid)))
    _keep(envelope, _path(key.keyid))
    return made


def _keep(envelope: Mapping[str, Any], path: Path) -> None:
    write_signed(envelope, path, path.with_name(f".{path.name}.{os.getpid()}"))


def _path(keyid: str) -> Path:
    return folder() / f"{keyid}.json"


def _read(path: Path, trusted: Mapping[str, PublicKey]) -> Revocations:
    found = _verified(*read_signed(path, PAYLOAD_TYPE), trusted, str(path))
    if path != _path(found.issuer.keyid):
        raise CertificateError("it bears another office's name", where=str(path))
    return found


def _verified(envelope: dict[str, Any], said: Any, trusted: Mapping[str, PublicKey], where: str) -> Revocations:
    _, issuer, wrong = open_envelope(envelope, trusted, PAYLOAD_TYPE)
    if issuer is None:
        raise CertificateError(wrong or "not signed", where=where, hint="Lists count only from offices whose key is in `trusted/`.")
    try:
        entries = tuple(Revocation(**entry) for entry in said["revoked"])
        texts = [text for entry in entries for text in (entry.dataset, entry.reason)]
        dates = [datetime.fromisoformat(text) for text in (said["issued"], said["nextUpdate"], *(entry.on for entry in entries))]
        sound = (
            said["issuer"] == issuer.keyid
            and isinstance(said["sequence"], int)
            and said["sequence"] >= 1
            and all(DIGEST.fullmatch(entry.certificate) for entry in entries)
            and all(isinstance(text, str) and not CONTROLS.search(text) for text in texts)
            and all(date.tzinfo is not None for date in dates)
        )
    except (KeyError, TypeError, ValueError) as error:
        raise CertificateError("it is signed, but is no list of revocations", where=where) from error
    if not sound:
        raise CertificateError("it is signed, but is no list of revocations", where=where)
    return Revocations(envelope, issuer, said["sequence"], dates[0], dates[1], entries)


def _text(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
