"""The gate: nothing but sound, certified bytes is opened for training, unless a second person answers for it by signature."""

from __future__ import annotations

import ast
import dataclasses
import random
import re
import shutil
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from tests.builders import another_key, document_rows, seal, trust

import khettara.llm
from khettara.certify import certify, load_profile
from khettara.dataset import Dataset, Manifest, Parent, canonical_json, read_manifest
from khettara.dataset.certificate import Certificate
from khettara.dataset.gate import Certified, certificate_for
from khettara.dataset.override import Override
from khettara.dataset.signing import FileKey, Key, key_home, load_key, new_key, own_key_path, render_public, seal_envelope
from khettara.dataset.site import Site
from khettara.errors import CertificateError, DatasetError, NotCertified, Tampered

REASON = "a dry run before the licences arrive"


def test_the_gate_opens_for_what_is_certified(certified: Path, now: datetime) -> None:
    """A certified dataset opens for the purpose it was certified for."""
    opened = Certified.open(certified, "pretraining", now=now)
    assert opened.dataset.rows == 20
    assert opened.record()["certificate"] == opened.certificate_digest


def word(path: Path, purpose: str, now: datetime, signer: FileKey | None = None) -> Override:
    """A second person's signature over whatever is wrong at this moment."""
    key = signer or another_key("Amina, data protection")
    trust(key)
    dataset = Dataset.open(path)
    return Override.issue(dataset.manifest, purpose, REASON, certificate_for(dataset, purpose, Site(), now)[1], key, now)


def test_an_override_is_not_recorded_where_none_was_needed(certified: Path, now: datetime) -> None:
    """An override over a certificate that holds is no override, and is not signed in the first place."""
    late = now + timedelta(days=366)
    override = word(certified, "pretraining", late)
    assert Certified.open(certified, "pretraining", now=now, overrides=[override]).override is None
    with pytest.raises(NotCertified, match="nothing to override"):
        word(certified, "pretraining", now)


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
    sound, override = path.read_bytes(), word(certified, "finetuning", now)
    for place in range(0, len(sound), 7):
        path.write_bytes(sound[:place] + bytes([sound[place] ^ chance.randrange(1, 256)]) + sound[place + 1 :])
        with pytest.raises(DatasetError):
            Certified.open(certified, "finetuning", now=now, overrides=[override])


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


@pytest.mark.parametrize("reason", ["why not", "", " " * 30, "\x1b[2J a reason that clears the screen"])
def test_an_override_needs_a_reason(certified: Path, now: datetime, reason: str) -> None:
    """Nobody overrides without saying why, nor writes to whoever's terminal reads it."""
    problems = certificate_for(Dataset.open(certified), "finetuning", Site(), now)[1]
    with pytest.raises(NotCertified, match="a reason of at least"):
        Override.issue(read_manifest(certified), "finetuning", reason, problems, another_key("Amina"), now)


def test_an_override_is_recorded_and_never_opens_tampered_bytes(certified: Path, now: datetime) -> None:
    """Who overrode, why and despite what is kept; a changed byte passes for nobody, wherever it is."""
    (certified / "certificate.json").unlink()
    override = word(certified, "pretraining", now)
    record = Certified.open(certified, "pretraining", now=now, overrides=[override]).record()["override"]
    assert (record["by"], record["reason"], record["despite"]) == ("Amina, data protection", REASON, ["there is no certificate"])
    assert record["second_person"] is True
    part, chance = Dataset.open(certified).files("data")[0], random.Random(9)
    sound = part.read_bytes()
    for _ in range(50):
        place = chance.randrange(len(sound))
        part.write_bytes(sound[:place] + bytes([sound[place] ^ chance.randrange(1, 256)]) + sound[place + 1 :])
        with pytest.raises(Tampered):
            Certified.open(certified, "pretraining", now=now, overrides=[override])


def refusal(path: Path, override: Override, now: datetime, purpose: str = "finetuning") -> str:
    """What the gate says to an override that does not count."""
    with pytest.raises(NotCertified) as refused:
        Certified.open(path, purpose, now=now, overrides=[override])
    return str(refused.value)


def test_an_override_takes_a_second_person(certified: Path, key: FileKey, now: datetime) -> None:
    """One's own signature does not count, a stranger's neither; a site of one person says so in its settings, and the record too."""
    own = word(certified, "finetuning", now, key)
    assert "it takes a second person" in refusal(certified, own, now)
    problems = certificate_for(Dataset.open(certified), "finetuning", Site(), now)[1]
    stranger = Override.issue(read_manifest(certified), "finetuning", REASON, problems, another_key("a stranger", 2), now)
    assert "does not trust" in refusal(certified, stranger, now)
    (key_home() / "trusted" / f"{key.keyid[:16]}.pub").unlink()
    (key_home() / "site.toml").write_text('override = "one person"\n', encoding="utf-8")
    assert Certified.open(certified, "finetuning", now=now, overrides=[own]).record()["override"]["second_person"] is False
    assert "does not trust" in refusal(certified, stranger, now)


def test_an_override_covers_what_its_signer_saw(certified: Path, tmp_path: Path, now: datetime) -> None:
    """Another purpose, another dataset, a later day, another problem: the override does not speak of it."""
    override = word(certified, "finetuning", now)
    assert "for finetuning, not for open-data" in refusal(certified, override, now, "open-data")
    assert "the override says: it expired" in refusal(certified, override, now + timedelta(days=31))
    other = seal(tmp_path / "other", document_rows(21))
    assert certify(other, "pretraining", load_key(), now)
    assert "speaks of another dataset" in refusal(other, override, now)
    (certified / "certificate.json").unlink()
    assert "was not given despite this: there is no certificate" in refusal(certified, override, now)


def test_an_override_survives_its_file_and_no_change_of_it(certified: Path, tmp_path: Path, now: datetime) -> None:
    """Written and read it is the same; whatever byte is changed, it does not read or does not verify."""
    override, path, chance = word(certified, "finetuning", now), tmp_path / "word.json", random.Random(8)
    override.write(path)
    assert Certified.open(certified, "finetuning", now=now, overrides=[Override.read(path)]).override
    sound = path.read_bytes()
    for place in range(0, len(sound), 11):
        path.write_bytes(sound[:place] + bytes([sound[place] ^ chance.randrange(1, 256)]) + sound[place + 1 :])
        with pytest.raises(NotCertified):
            Certified.open(certified, "finetuning", now=now, overrides=[Override.read(path)])


def test_a_certificate_is_no_override(certified: Path, tmp_path: Path, key: Key, now: datetime) -> None:
    """What was signed as one thing is not read as another."""
    with pytest.raises(NotCertified, match="does not read"):
        Override.read(certified / "certificate.json")
    statement = {"_type": "x", "predicate": {}}
    (tmp_path / "odd.json").write_bytes(
        canonical_json(seal_envelope(canonical_json(statement), key, "application/vnd.khettara.override+json")) + b"\n"
    )
    with pytest.raises(NotCertified, match="does not say"):
        Override.read(tmp_path / "odd.json")


def test_the_site_names_the_profile_that_counts(certified: Path, now: datetime) -> None:
    """A pinned profile opens for certificates measured by it, and shuts for those of any other."""
    site = key_home() / "site.toml"
    site.write_text(f'[profiles]\npretraining = "{load_profile("pretraining").digest}"\n', encoding="utf-8")
    assert Certified.open(certified, "pretraining", now=now).certificate_digest
    site.write_text(f'[profiles]\npretraining = "{"0" * 64}"\n', encoding="utf-8")
    with pytest.raises(NotCertified, match="this site demands 000000000000"):
        Certified.open(certified, "pretraining", now=now)


SITES = ["overide = 1", 'override = "nobody"', 'stale_revocations = "maybe"', "[profiles]\npretraining = 'x'", "profiles = 3", "=", "\xff"]


@pytest.mark.parametrize("text", SITES)
def test_a_site_that_does_not_read_opens_nothing(certified: Path, now: datetime, text: str) -> None:
    """A mistake in the site's settings is an error, never a default."""
    (key_home() / "site.toml").write_bytes(text.encode("latin-1"))
    with pytest.raises(CertificateError, match=r"site\.toml"):
        Certified.open(certified, "pretraining", now=now)


PURPOSES = [
    "pretraining ",
    "Pretraining",
    "рretraining",
    "pretraining\N{ZERO WIDTH SPACE}",
    "pre\N{SOFT HYPHEN}training",
    "",
    "classification:",
    "a:b:c",
]


@pytest.mark.parametrize("purpose", PURPOSES)
def test_purposes_that_look_alike_are_none(certified: Path, key: Key, now: datetime, purpose: str) -> None:
    """What only looks like a purpose neither opens the gate nor is certified."""
    with pytest.raises(NotCertified, match="is not a purpose"):
        Certified.open(certified, purpose, now=now)
    predicate = Certificate.read(certified).predicate | {"purpose": purpose}
    with pytest.raises(CertificateError, match="cannot be a purpose"):
        Certificate.issue(read_manifest(certified), predicate, key)


def test_purposes_with_a_name_match_to_the_letter(certified: Path, key: Key, now: datetime) -> None:
    """`federation:chu-rabat` is neither `federation:chu-fes` nor `federation`."""
    predicate = Certificate.read(certified).predicate | {"purpose": "federation:chu-rabat"}
    Certificate.issue(read_manifest(certified), predicate, key).write(certified)
    assert Certified.open(certified, "federation:chu-rabat", now=now).purpose == "federation:chu-rabat"
    for other in ("federation:chu-fes", "federation:chu", "federation", "federation:CHU-rabat", "classification:chu-rabat"):
        with pytest.raises(NotCertified, match="not for"):
            Certified.open(certified, other, now=now)


ALLOWED_IN_LLM = {"khettara.llm.stage": {"Certified.open", "context.dataset"}, "khettara.llm.answer": {"Sealed.open"}}


def test_training_has_no_other_door() -> None:
    """No module of the model's room opens records: it imports no reader of Parquet or tables, and calls no way into a dataset but the gate.

    `context.dataset` names what a recipe asks for, by digest; its records come from `Certified.open`. What `answer` opens is a model.
    """
    folder = Path(khettara.llm.__file__).parent
    for file in sorted(folder.glob("*.py")):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        imported = {name for node in ast.walk(tree) for name in _imported(node)}
        doors = {"pyarrow.parquet", "pyarrow.dataset", "polars", "duckdb", "pandas", "csv", "khettara.house"}
        assert not imported & doors, file
        calls = {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
        ways = {call for call in calls if re.search(r"\b(Dataset|CheckedDataset|Sealed)(\.|$)|\.(dataset|scan|parquet|files)$|^Certified", call)}
        assert ways <= ALLOWED_IN_LLM.get(f"khettara.llm.{file.stem}", set()), file


def _imported(node: ast.AST) -> set[str]:
    if isinstance(node, ast.Import):
        return {alias.name for alias in node.names}
    if isinstance(node, ast.ImportFrom) and node.module:
        return {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return set()
