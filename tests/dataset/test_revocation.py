"""Revocations: a list counts when a trusted office signed it, the newest one, and what it names opens nothing."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from tests.builders import another_key, trust

from khettara.dataset import canonical_json, read_manifest
from khettara.dataset.certificate import Certificate, certificate_problems, describe
from khettara.dataset.gate import Certified
from khettara.dataset.revocation import PAYLOAD_TYPE, accept, folder, held_lists, renew, revoke
from khettara.dataset.signing import FileKey, Key, key_home, seal_envelope, trusted_keys
from khettara.dataset.store import Dataset
from khettara.errors import CertificateError, NotCertified

REASON = "the hospital withdrew its consent"


def test_what_is_revoked_opens_nothing(certified: Path, key: Key, now: datetime) -> None:
    """The gate, `verify` and `show` say who revoked it and why; another certificate of the same data still opens."""
    certificate = Certificate.read(certified)
    revoke(certificate.digest, "clean", REASON, key, now)
    with pytest.raises(NotCertified, match=f"revoked on 2026-01-01 by Data office of Aïn Zerqa: {REASON}"):
        Certified.open(certified, "pretraining", now=now)
    assert REASON in "".join(certificate_problems(Dataset.open(certified)))
    assert REASON in describe(certified)
    Certificate.issue(read_manifest(certified), certificate.predicate | {"purpose": "finetuning"}, key).write(certified)
    assert Certified.open(certified, "finetuning", now=now)


def test_one_list_grows(certified: Path, key: Key, now: datetime) -> None:
    """Each revocation is one entry more and a number higher; the same certificate is revoked once, with a reason."""
    assert revoke("1" * 64, "one", REASON, key, now).sequence == 1
    second = revoke("2" * 64, "two", REASON, key, now)
    assert (second.sequence, [entry.dataset for entry in second.revoked]) == (2, ["one", "two"])
    with pytest.raises(CertificateError, match="revoked already"):
        revoke("1" * 64, "one", REASON, key, now)
    with pytest.raises(CertificateError, match="a reason"):
        revoke("3" * 64, "three", "why not", key, now)
    assert held_lists(trusted_keys())[0] == [second]


def test_of_two_who_revoke_at_a_time_both_are_heard(key: Key, now: datetime) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: revoke(f"{number:064x}", f"data {number}", REASON, key, now), range(24)))
    ((held,), faults) = held_lists(trusted_keys())
    assert (held.sequence, len(held.revoked), faults) == (24, 24, [])


def sent(tmp_path: Path, name: str, key: FileKey, revoked: list[str], sequence: int, now: datetime, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Another office's list, as the file that it sends."""
    with monkeypatch.context() as patch:
        patch.setenv("KHETTARA_HOME", str(tmp_path / f"office-{name}"))
        for digest in revoked:
            revoke(digest, "clean", REASON, key, now)
        made = renew(key, now)
        while made.sequence < sequence:
            made = renew(key, now)
    path = tmp_path / f"{name}.json"
    path.write_bytes(canonical_json(made.envelope) + b"\n")
    return path


def test_an_office_sends_its_list(certified: Path, tmp_path: Path, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    """A trusted office's list is accepted and refuses what it names; a stranger's is not accepted."""
    office = another_key("Office of Fès")
    path = sent(tmp_path, "one", office, [Certificate.read(certified).digest], 2, now, monkeypatch)
    with pytest.raises(CertificateError, match="does not trust"):
        accept(path, trusted_keys())
    assert Certified.open(certified, "pretraining", now=now)
    trust(office)
    assert accept(path, trusted_keys())[1] is True
    assert accept(path, trusted_keys())[1] is False
    with pytest.raises(NotCertified, match="by Office of Fès"):
        Certified.open(certified, "pretraining", now=now)


def test_an_older_list_never_replaces_a_newer_one(certified: Path, tmp_path: Path, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    """The list from before the revocation, played back, is refused; so is another list with the same number."""
    office = another_key("Office of Fès")
    trust(office)
    old = sent(tmp_path, "old", office, [], 1, now, monkeypatch)
    new = sent(tmp_path, "new", office, [Certificate.read(certified).digest], 2, now, monkeypatch)
    same = sent(tmp_path, "same", office, [], 2, now, monkeypatch)
    accept(old, trusted_keys())
    accept(new, trusted_keys())
    for replayed in (old, same):
        with pytest.raises(CertificateError, match="number 2 is kept already"):
            accept(replayed, trusted_keys())
    with pytest.raises(NotCertified, match="revoked"):
        Certified.open(certified, "pretraining", now=now)


def test_a_list_that_does_not_verify_opens_nothing(certified: Path, key: Key, now: datetime) -> None:
    """Whatever byte of a kept list is changed, the gate does not go on as if nothing were revoked."""
    renew(key, now)
    path, chance = folder() / f"{key.keyid}.json", random.Random(2)
    sound = path.read_bytes()
    assert Certified.open(certified, "pretraining", now=now)
    for place in range(0, len(sound), 13):
        path.write_bytes(sound[:place] + bytes([sound[place] ^ chance.randrange(1, 256)]) + sound[place + 1 :])
        with pytest.raises(NotCertified, match="does not verify"):
            Certified.open(certified, "pretraining", now=now)
    path.write_bytes(sound)
    path.rename(path.with_name(f"{'0' * 64}.json"))
    with pytest.raises(NotCertified, match="another office's name"):
        Certified.open(certified, "pretraining", now=now)


ODD = [[], {}, {"issuer": "x"}, {"revoked": [{"certificate": "x"}]}, {"revoked": 5}]


@pytest.mark.parametrize("said", ODD, ids=range(len(ODD)))
def test_a_signed_something_is_no_list(tmp_path: Path, key: Key, said: object) -> None:
    """Well signed, and yet no list: refused in words."""
    (tmp_path / "odd.json").write_bytes(canonical_json(seal_envelope(canonical_json(said), key, PAYLOAD_TYPE)) + b"\n")
    with pytest.raises(CertificateError, match="no list of revocations"):
        accept(tmp_path / "odd.json", trusted_keys())


def test_a_certificate_is_no_list(certified: Path) -> None:
    """An envelope of another type is not read as a list, whoever signed it."""
    with pytest.raises(CertificateError, match="does not read"):
        accept(certified / "certificate.json", trusted_keys())


def test_a_site_may_ask_for_fresh_lists(certified: Path, tmp_path: Path, key: Key, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    """A list past its next update is accepted, unless the site says otherwise; one's own is as new as the machine."""
    office = another_key("Office of Fès")
    trust(office)
    accept(sent(tmp_path, "list", office, [], 1, now, monkeypatch), trusted_keys())
    renew(key, now)
    late = now + timedelta(days=31)
    assert Certified.open(certified, "pretraining", now=late)
    (key_home() / "site.toml").write_text('stale_revocations = "refuse"\n', encoding="utf-8")
    assert Certified.open(certified, "pretraining", now=now)
    with pytest.raises(NotCertified, match="of Office of Fès should have been replaced by 2026-01-31"):
        Certified.open(certified, "pretraining", now=late)
