"""Certificates: what was signed is what is read, and nothing else opens the gate."""

from __future__ import annotations

import random
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.builders import document_rows, seal

from khettara.certify import certify
from khettara.dataset import Dataset, read_manifest
from khettara.dataset.certificate import Certificate, verify
from khettara.dataset.gate import Certified, Override
from khettara.dataset.signing import (
    Key,
    load_key,
    new_key,
    open_envelope,
    own_key_path,
    parse_public,
    pre_authentication,
    render_public,
    seal_envelope,
    trusted_keys,
)
from khettara.errors import CertificateError, KeyMissing, NotCertified, Tampered

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def key() -> Key:
    return new_key("Data office of Aïn Zerqa")


@pytest.fixture
def dataset(tmp_path: Path, key: Key) -> Path:
    """A small dataset, certified for pretraining."""
    path = seal(tmp_path / "clean", document_rows(20))
    assert certify(path, "pretraining", key, NOW).predicate["verdict"] == "certified"
    return path


def test_a_key_is_kept_and_never_replaced(key: Key) -> None:
    """The key is there for the next command, readable by its owner alone, and a second one is refused."""
    assert load_key().keyid == key.keyid
    assert load_key().name == "Data office of Aïn Zerqa"
    assert own_key_path().stat().st_mode & 0o077 == 0
    with pytest.raises(KeyMissing, match="a key already"):
        new_key("somebody else")


def test_public_keys_survive_the_trip(key: Key) -> None:
    """A public key written for another office reads back as the same key."""
    assert parse_public(render_public(key.public)) == key.public


def test_the_envelope_is_that_of_the_specification(key: Key) -> None:
    """The signed bytes are DSSE's pre-authentication encoding of type and payload."""
    envelope = seal_envelope(b"{}", key)
    assert pre_authentication(envelope["payloadType"], b"{}") == b"DSSEv1 28 application/vnd.in-toto+json 2 {}"
    assert open_envelope(envelope, trusted_keys()) == (b"{}", key.public, None)


def test_every_changed_byte_of_a_certificate_is_found(dataset: Path) -> None:
    """Whatever byte of certificate.json is changed, it does not read, or it does not verify."""
    path = dataset / "certificate.json"
    sound, manifest, chance = path.read_bytes(), read_manifest(dataset), random.Random(1)
    for _ in range(500):
        place, change = chance.randrange(len(sound)), chance.randrange(1, 256)
        path.write_bytes(sound[:place] + bytes([sound[place] ^ change]) + sound[place + 1 :])
        try:
            problems = verify(Certificate.read(dataset), manifest, trusted_keys(), NOW + timedelta(days=1))
        except CertificateError:
            continue
        assert problems, place


def test_the_gate_opens_for_what_is_certified(dataset: Path) -> None:
    """A certified dataset opens for the purpose it was certified for."""
    assert Certified.open(dataset, "pretraining", now=NOW).dataset.rows == 20


REFUSED = [
    ("another purpose", "finetuning", NOW, "not for finetuning"),
    ("expired", "pretraining", NOW + timedelta(days=366), "expired"),
    ("a clock set back", "pretraining", NOW - timedelta(days=1), "clock"),
]


@pytest.mark.parametrize(("label", "purpose", "now", "words"), REFUSED, ids=[case[0] for case in REFUSED])
def test_the_gate_stays_shut(dataset: Path, label: str, purpose: str, now: datetime, words: str) -> None:
    """Another purpose, an expired certificate, a clock set back: refused, in words, with the command that helps."""
    with pytest.raises(NotCertified, match=words) as refusal:
        Certified.open(dataset, purpose, now=now)
    assert "khettara certify" in str(refusal.value)


def test_without_a_certificate_the_gate_stays_shut(dataset: Path) -> None:
    """No certificate, no training."""
    (dataset / "certificate.json").unlink()
    with pytest.raises(NotCertified, match="no certificate"):
        Certified.open(dataset, "pretraining", now=NOW)


def test_a_stranger_signs_for_nobody(dataset: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A signature by a key that this machine does not trust does not open the gate; trusting the key does."""
    stranger = load_key().public
    monkeypatch.setenv("KHETTARA_HOME", str(tmp_path / "another-house"))
    new_key("another house")
    with pytest.raises(NotCertified, match="does not trust"):
        Certified.open(dataset, "pretraining", now=NOW)
    trusted = tmp_path / "another-house" / "trusted" / "zerqa.pub"
    trusted.parent.mkdir()
    trusted.write_text(render_public(stranger), encoding="utf-8")
    assert Certified.open(dataset, "pretraining", now=NOW).certificate_digest


def test_a_certificate_of_another_dataset_does_not_count(dataset: Path, tmp_path: Path) -> None:
    """A certificate copied beside other data is refused."""
    other = seal(tmp_path / "other", document_rows(21))
    shutil.copy(dataset / "certificate.json", other)
    with pytest.raises(NotCertified, match="another dataset"):
        Certified.open(other, "pretraining", now=NOW)


def test_an_override_needs_a_name_and_a_reason() -> None:
    """Nobody overrides without saying who and why."""
    for by, reason in (("", "a long enough reason"), ("Amina", "why not"), ("  ", " " * 30)):
        with pytest.raises(NotCertified, match="a name, and a reason"):
            Override(by, reason)


def test_an_override_is_recorded_and_never_opens_tampered_bytes(dataset: Path) -> None:
    """Who overrode, why and despite what is kept; a changed byte passes for nobody."""
    (dataset / "certificate.json").unlink()
    override = Override("Amina", "a dry run before the licences arrive")
    record = Certified.open(dataset, "pretraining", now=NOW, override=override).record()
    assert record["override"] == {"by": "Amina", "reason": override.reason, "despite": ["there is no certificate"]}
    part = Dataset.open(dataset).files("data")[0]
    data = bytearray(part.read_bytes())
    data[len(data) // 2] ^= 1
    part.write_bytes(data)
    with pytest.raises(Tampered):
        Certified.open(dataset, "pretraining", now=NOW, override=override)
