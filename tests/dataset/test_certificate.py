"""Certificates: what was signed is what is read, and nothing else verifies."""

from __future__ import annotations

import copy
import random
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.builders import another_key

from khettara.dataset import Dataset, canonical_json, read_manifest
from khettara.dataset.certificate import Certificate, certificate_problems, describe, verify
from khettara.dataset.gate import Certified
from khettara.dataset.signing import Key, seal_envelope, trusted_keys
from khettara.errors import CertificateError, KhettaraError, StorageError


def test_every_changed_byte_of_a_certificate_is_found(certified: Path, now: datetime) -> None:
    """Whatever byte of certificate.json is changed (every fifth is tried), it does not read, or it does not verify."""
    path = certified / "certificate.json"
    sound, manifest, trusted, chance = path.read_bytes(), read_manifest(certified), trusted_keys(), random.Random(1)
    assert not verify(Certificate.read(certified), manifest, trusted, now)
    for place in range(0, len(sound), 5):
        path.write_bytes(sound[:place] + bytes([sound[place] ^ chance.randrange(1, 256)]) + sound[place + 1 :])
        try:
            problems = verify(Certificate.read(certified), manifest, trusted, now)
        except CertificateError:
            continue
        assert problems, place


def test_every_cut_or_longer_certificate_is_found(certified: Path) -> None:
    """A certificate cut short, written twice or followed by anything does not read."""
    path = certified / "certificate.json"
    sound = path.read_bytes()
    for changed in (b"", sound[:-1], sound[: len(sound) // 2], sound + b"\n", sound * 2, b" " + sound, sound.replace(b"{", b'{"a":NaN,', 1)):
        path.write_bytes(changed)
        with pytest.raises(CertificateError, match="does not read"):
            Certificate.read(certified)


def test_writing_leaves_nothing_else_behind(certified: Path, key: Key) -> None:
    """After a write there is the certificate and no draft of it, and so after a write that failed."""
    certificate, before = Certificate.read(certified), sorted(certified.parent.iterdir())
    certificate.write(certified)
    assert sorted(certified.parent.iterdir()) == before
    (certified / "certificate.json").unlink()
    (certified / "certificate.json").mkdir()
    with pytest.raises((StorageError, OSError)):
        certificate.write(certified)
    assert sorted(certified.parent.iterdir()) == before


def forge(folder: Path, predicate: Any, key: Key) -> None:
    """Leave a certificate with any predicate at all, well signed."""
    manifest = read_manifest(folder)
    subject = [{"name": manifest.name, "digest": {"sha256": manifest.digest}}]
    kind = "urn:khettara:data-quality:v1"
    statement = {"_type": "https://in-toto.io/Statement/v1", "subject": subject, "predicateType": kind, "predicate": predicate}
    (folder / "certificate.json").write_bytes(canonical_json(seal_envelope(canonical_json(statement), key)) + b"\n")


def maimed(predicate: dict[str, Any], chance: random.Random) -> Any:
    """The predicate with one value, somewhere in it, gone or replaced by anything."""
    whole: dict[str, Any] = {"predicate": copy.deepcopy(predicate)}
    holder: Any = whole
    place: Any = "predicate"
    while isinstance(holder[place], dict | list) and holder[place] and chance.random() < 0.7:
        holder = holder[place]
        place = chance.choice(list(holder)) if isinstance(holder, dict) else chance.randrange(len(holder))
    if holder is not whole and chance.random() < 0.3:
        del holder[place]
    else:
        holder[place] = chance.choice([None, 5, -1.5, True, "", "\x1b[2J", "x", [], [1], [[]], {}, {"a": 1}, "2030-01-01", "9999-99-99T00:00:00Z"])
    return whole["predicate"]


def answer(folder: Path, now: datetime) -> str:
    """What the gate says."""
    try:
        Certified.open(folder, "pretraining", now=now)
    except KhettaraError as refusal:
        return str(refusal)
    return "opened"


@pytest.mark.parametrize("own", [True, False])
def test_a_maimed_statement_trips_nobody(certified: Path, key: Key, now: datetime, own: bool) -> None:
    """Whatever a certificate says, well signed: whoever reads it gets an answer or one of our errors, and a stranger's opens nothing."""
    predicate, chance, signer = Certificate.read(certified).predicate, random.Random(7), key if own else another_key("a stranger")
    for _ in range(200):
        forge(certified, maimed(predicate, chance), signer)
        assert "\x1b" not in describe(certified) + "".join(certificate_problems(Dataset.open(certified)))
        assert "\x1b" not in answer(certified, now)
        assert own or answer(certified, now) != "opened"


def test_a_stranger_is_not_quoted(certified: Path, now: datetime) -> None:
    """What an untrusted certificate says is not repeated as if somebody had said it."""
    forge(certified, Certificate.read(certified).predicate | {"verdict": "refused", "reasons": ["call 0600"]}, another_key("a stranger"))
    (problem,) = certificate_problems(Dataset.open(certified))
    assert "does not trust" in problem
    assert describe(certified) == f"not valid: {problem}"


def test_more_may_be_said(certified: Path, key: Key, now: datetime) -> None:
    """A later version's certificate, which says more, is read by this one."""
    forge(certified, Certificate.read(certified).predicate | {"robustness": {"spread": 0.01}}, key)
    assert Certified.open(certified, "pretraining", now=now).certificate_digest


def test_what_could_not_be_read_back_is_not_signed(certified: Path, key: Key) -> None:
    """A predicate without a verdict is refused before it is signed."""
    with pytest.raises(CertificateError, match="not the predicate"):
        Certificate.issue(read_manifest(certified), {"purpose": "pretraining"}, key)


def test_the_same_facts_give_the_same_certificate(certified: Path, key: Key) -> None:
    """Nothing in a certificate is left to chance: issued twice, it has the same digest."""
    first = Certificate.read(certified)
    assert Certificate.issue(read_manifest(certified), first.predicate, key).digest == first.digest


def test_a_certificate_is_described_in_words(certified: Path, now: datetime) -> None:
    """`show` says verdict, purpose and last day; or that there is none."""
    assert verify(Certificate.read(certified), read_manifest(certified), trusted_keys(), now + timedelta(days=366)) == ["it expired on 2027-01-01"]
    assert describe(certified) in ("certified for pretraining until 2027-01-01", "not valid: it expired on 2027-01-01")
    (certified / "certificate.json").unlink()
    assert describe(certified) == "none"
