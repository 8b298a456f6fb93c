"""The gate: nothing but sound, certified bytes is opened for training, unless somebody answers for it by name."""

from __future__ import annotations

import dataclasses
import random
import shutil
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from tests.builders import document_rows, seal

from khettara.certify import certify
from khettara.dataset import Dataset, Manifest, Parent, read_manifest
from khettara.dataset.gate import Certified, Override
from khettara.dataset.signing import Key, load_key, new_key, own_key_path, render_public
from khettara.errors import DatasetError, NotCertified, Tampered

REASON = "a dry run before the licences arrive"


def test_the_gate_opens_for_what_is_certified(certified: Path, now: datetime) -> None:
    """A certified dataset opens for the purpose it was certified for."""
    opened = Certified.open(certified, "pretraining", now=now)
    assert opened.dataset.rows == 20
    assert opened.record()["certificate"] == opened.certificate_digest


def test_an_override_is_not_recorded_where_none_was_needed(certified: Path, now: datetime) -> None:
    """An override over a certificate that holds is no override."""
    assert Certified.open(certified, "pretraining", now=now, override=Override("Amina", REASON)).override is None


REFUSED = [
    ("another purpose", "finetuning", timedelta(0), "not for finetuning"),
    ("expired", "pretraining", timedelta(days=366), "expired"),
    ("a clock set back", "pretraining", timedelta(days=-1), "clock"),
]


@pytest.mark.parametrize(("label", "purpose", "later", "words"), REFUSED, ids=[case[0] for case in REFUSED])
def test_the_gate_stays_shut(certified: Path, now: datetime, label: str, purpose: str, later: timedelta, words: str) -> None:
    """Another purpose, an expired certificate, a clock set back: refused, in words, with the command that helps."""
    with pytest.raises(NotCertified, match=words) as refusal:
        Certified.open(certified, purpose, now=now + later)
    assert f"khettara certify {certified} --for {purpose}" in str(refusal.value)
    assert "keys new" not in str(refusal.value)


def test_without_a_certificate_the_gate_stays_shut(certified: Path, now: datetime) -> None:
    """No certificate, no training; without a key, the message says how to make one first."""
    (certified / "certificate.json").unlink()
    with pytest.raises(NotCertified, match="no certificate"):
        Certified.open(certified, "pretraining", now=now)
    own_key_path().unlink()
    with pytest.raises(NotCertified, match="khettara keys new"):
        Certified.open(certified, "pretraining", now=now)


def test_a_refusal_stays_a_refusal(tmp_path: Path, key: Key, now: datetime) -> None:
    """A dataset that was refused is signed, and shut, with the reasons; a conditional one opens."""
    rows = document_rows(20)
    rows[0]["licence"] = None
    assert certify(seal(tmp_path / "refused", rows), "pretraining", key, now).predicate["verdict"] == "refused"
    with pytest.raises(NotCertified, match=r"was refused: .*licence is known: 19 of 20"):
        Certified.open(tmp_path / "refused", "pretraining", now=now)
    rows[0]["licence"], rows[1]["licence"] = "CC-BY-NC-4.0", "CC-BY-NC-4.0"
    assert certify(seal(tmp_path / "conditional", rows), "pretraining", key, now).predicate["verdict"] == "conditional"
    assert Certified.open(tmp_path / "conditional", "pretraining", now=now).override is None


def test_a_stranger_signs_for_nobody(certified: Path, now: datetime, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A signature by a key that this machine does not trust does not open the gate; trusting the key does."""
    stranger = load_key().public
    monkeypatch.setenv("KHETTARA_HOME", str(tmp_path / "another-house"))
    new_key("another house")
    with pytest.raises(NotCertified, match="does not trust"):
        Certified.open(certified, "pretraining", now=now)
    trusted = tmp_path / "another-house" / "trusted" / "zerqa.pub"
    trusted.parent.mkdir()
    trusted.write_text(render_public(stranger), encoding="utf-8")
    assert Certified.open(certified, "pretraining", now=now).certificate_digest


def test_a_certificate_of_another_dataset_does_not_count(certified: Path, tmp_path: Path, now: datetime) -> None:
    """A certificate copied beside other data is refused."""
    other = seal(tmp_path / "other", document_rows(21))
    shutil.copy(certified / "certificate.json", other)
    with pytest.raises(NotCertified, match="another dataset"):
        Certified.open(other, "pretraining", now=now)


def test_every_changed_byte_of_a_manifest_is_refused(certified: Path, now: datetime) -> None:
    """Whatever byte of the manifest is changed, the gate stays shut, also for who overrides."""
    path, chance = certified / "dataset.json", random.Random(4)
    sound = path.read_bytes()
    for place in range(0, len(sound), 7):
        path.write_bytes(sound[:place] + bytes([sound[place] ^ chance.randrange(1, 256)]) + sound[place + 1 :])
        with pytest.raises(DatasetError):
            Certified.open(certified, "pretraining", now=now, override=Override("Amina", REASON))


MANIFESTS: dict[str, Callable[[Manifest], Manifest]] = {
    "name": lambda m: dataclasses.replace(m, name="clean2"),
    "kind": lambda m: dataclasses.replace(m, kind="table"),
    "schema": lambda m: dataclasses.replace(m, schema=m.schema[:-1]),
    "parents": lambda m: dataclasses.replace(m, parents=(Parent("0" * 64, "raw"),)),
    "step": lambda m: dataclasses.replace(m, step=dataclasses.replace(m.step, version=2)),
    "counts": lambda m: dataclasses.replace(m, counts={**m.counts, "in": 21}),
    "versions": lambda m: dataclasses.replace(m, versions={}),
    "facts": lambda m: dataclasses.replace(m, facts={"licence": "cleared"}),
}


@pytest.mark.parametrize("part", MANIFESTS)
def test_every_rewritten_manifest_is_refused(certified: Path, now: datetime, part: str) -> None:
    """A manifest rewritten with the right digest is sound, but it is not the one that was certified."""
    (certified / "dataset.json").write_bytes(MANIFESTS[part](read_manifest(certified)).render())
    with pytest.raises(NotCertified, match="another version"):
        Certified.open(certified, "pretraining", now=now)


@pytest.mark.parametrize(("by", "reason"), [("", "a long enough reason"), ("Amina", "why not"), ("Amina", ""), ("  ", " " * 30)])
def test_an_override_needs_a_name_and_a_reason(by: str, reason: str) -> None:
    """Nobody overrides without saying who and why."""
    with pytest.raises(NotCertified, match="a name, and a reason"):
        Override(by, reason)


def test_an_override_is_recorded_and_never_opens_tampered_bytes(certified: Path, now: datetime) -> None:
    """Who overrode, why and despite what is kept; a changed byte passes for nobody, wherever it is."""
    (certified / "certificate.json").unlink()
    override = Override("Amina", REASON)
    record = Certified.open(certified, "pretraining", now=now, override=override).record()
    assert record["override"] == {"by": "Amina", "reason": REASON, "despite": ["there is no certificate"]}
    part, chance = Dataset.open(certified).files("data")[0], random.Random(9)
    sound = part.read_bytes()
    for _ in range(50):
        place = chance.randrange(len(sound))
        part.write_bytes(sound[:place] + bytes([sound[place] ^ chance.randrange(1, 256)]) + sound[place + 1 :])
        with pytest.raises(Tampered):
            Certified.open(certified, "pretraining", now=now, override=override)
