"""Certificates on the command line: proofs, revocations, overrides, exports, and the verifier for other machines."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from tests.builders import another_key, document_rows, seal
from tests.cli.test_errors import Said, say

from khettara.certify import certify
from khettara.dataset import Dataset, merkle, read_manifest
from khettara.dataset.certificate import Certificate
from khettara.dataset.signing import key_home, load_key, new_key


@pytest.fixture
def clean(tmp_path: Path) -> Path:
    """A certified dataset, whose certificate names the root of its records."""
    path, key = seal(tmp_path / "clean", document_rows(20)), new_key("Data office of Aïn Zerqa")
    predicate = certify(path, "pretraining", key).predicate
    root, count = merkle.root_of(Dataset.open(path))
    Certificate.issue(read_manifest(path), predicate | {"records": {"merkleRoot": root, "count": count}}, key).write(path)
    return path


def sound(said: Said) -> str:
    """What was printed, of a command that succeeded."""
    assert said.code == 0, said
    return said.out


def test_one_record_is_proved(clean: Path, tmp_path: Path) -> None:
    """Under 1 kB, checked beside the certificate alone; with the record shown if asked; another dataset's certificate does not do."""
    sound(say("proof", "clean", "d000007", "-o", "proof.json", cwd=tmp_path))
    assert (tmp_path / "proof.json").stat().st_size < 1000
    (tmp_path / "certificate.json").write_bytes((clean / "certificate.json").read_bytes())
    assert "record 7 of 20 is among those certified" in sound(say("verify", "--proof", "proof.json", cwd=tmp_path))
    (tmp_path / "shown.json").write_text(sound(say("proof", "clean", "--row", "7", "--show", cwd=tmp_path)), encoding="utf-8")
    said = json.loads(sound(say("verify", "--proof", "shown.json", "--json", cwd=tmp_path)))
    assert (said["record"]["id"], said["problems"]) == ("d000007", [])
    certify(seal(tmp_path / "other", document_rows(20, "o")), "pretraining", another_key("x"))
    assert say("verify", "--proof", "proof.json", "--certificate", "other/certificate.json", cwd=tmp_path).code == 1


def test_every_record_is_hashed_again_if_asked(clean: Path, tmp_path: Path) -> None:
    """`verify --records` compares the root; a certificate with another root is found out."""
    assert "intact" in sound(say("verify", "clean", "--records", cwd=tmp_path))
    certificate = Certificate.read(clean)
    other = {"records": {"merkleRoot": "0" * 64, "count": 20}}
    Certificate.issue(read_manifest(clean), certificate.predicate | other, load_key()).write(clean)
    assert "intact" in sound(say("verify", "clean", cwd=tmp_path))
    said = say("verify", "clean", "--records", cwd=tmp_path)
    assert (said.code, "not that of the 20 records" in said.out) == (1, True)


def test_a_certificate_is_taken_back(clean: Path, tmp_path: Path) -> None:
    """After `revoke` nothing opens by it; the list travels, and is shown."""
    sound(say("revoke", "--export", "before.json", cwd=tmp_path))
    said = say("revoke", "clean", cwd=tmp_path)
    assert (said.code, "--reason" in said.err) == (1, True)
    assert "on list 2" in sound(say("revoke", "clean", "--reason", "the hospital withdrew its consent", cwd=tmp_path))
    assert "withdrew its consent" in say("verify", "clean", cwd=tmp_path).out
    assert "withdrew its consent" in say("llm", "train", "clean", "-o", "model", cwd=tmp_path).err
    assert "1 entry," in sound(say("revoke", "--export", "after.json", cwd=tmp_path))
    assert json.loads(sound(say("revoke", "--json", cwd=tmp_path)))["revoked"][0]["dataset"] == "clean"
    replayed = say("revoke", "--import", "before.json", cwd=tmp_path)
    assert (replayed.code, "is kept already" in replayed.err) == (1, True)


def test_a_second_person_answers(clean: Path, tmp_path: Path) -> None:
    """Signed elsewhere, for this version and purpose; where nothing is wrong there is nothing to sign; one's own does not count."""
    words = ("override", "clean", "--for", "finetuning", "--reason", "licences cleared by letter of 3 May", "-o", "word.json")
    said = sound(say(*words, cwd=tmp_path))
    assert "not for finetuning" in said
    nothing = say("override", "clean", "--for", "pretraining", "--reason", "licences cleared by letter", "-o", "no.json", cwd=tmp_path)
    assert (nothing.code, "nothing to override" in nothing.err) == (1, True)
    (clean / "certificate.json").unlink()
    sound(say("override", "clean", "--for", "pretraining", "--reason", "licences cleared by letter", "-o", "own.json", cwd=tmp_path))
    refused = say("llm", "train", "clean", "-o", "model", "--override", "own.json", cwd=tmp_path)
    assert (refused.code, "it takes a second person" in refused.err) == (1, True)
    trainer = tmp_path / "trainer"  # another machine, which trusts the one who signed
    (trainer / "home" / "trusted").mkdir(parents=True)
    (trainer / "home" / "trusted" / "office.pub").write_bytes((key_home() / "key.pub").read_bytes())
    sound(say("keys", "new", "whoever trains", cwd=trainer))
    wrong = say("llm", "train", "../clean", "-o", "model", "--override", "../word.json", cwd=trainer)
    assert "the override is for finetuning" in wrong.err
    pytest.importorskip("torch", reason="training needs torch (pip install 'khettara[llm]')")
    sound(say("llm", "train", "../clean", "-o", "model", "--override", "../own.json", "--steps", "2", cwd=trainer))
    (record,) = read_manifest(trainer / "model").facts["certificates"]
    assert (record["override"]["by"], record["override"]["second_person"]) == ("Data office of Aïn Zerqa", True)
    assert "licences cleared by letter" in (trainer / "model" / "README.md").read_text(encoding="utf-8")


def test_exports_are_written_beside_the_data(clean: Path, tmp_path: Path) -> None:
    """Three files, and the dataset still verifies."""
    assert sound(say("export", "clean", cwd=tmp_path)).split() == ["clean/croissant.json", "clean/dqv.json", "clean/card.md"]
    assert sound(say("export", "clean", "--card", "-o", "out", cwd=tmp_path)).split() == ["out/README.md"]
    assert "intact" in sound(say("verify", "clean", cwd=tmp_path))


def test_the_verifier_is_handed_out(clean: Path, tmp_path: Path) -> None:
    """The two files that `--write-verifier` writes run with the standard library alone, and find the dataset sound."""
    sound(say("verify", "--write-verifier", "tool", cwd=tmp_path))
    python = Path(sys.base_prefix) / "bin" / "python3"
    command = [str(python), "-I", "-S", "tool/verify.py", "clean", "--key", str(key_home() / "key.pub")]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, "nothing is wrong" in done.stdout) == (0, True), done


MISTAKES = [
    ("verify", ["give the folder"]),
    ("verify --proof nowhere.json", ["no such file", "khettara proof"]),
    ("verify --proof clean/dataset.json", ["does not read"]),
    ("proof clean", ["--row"]),
    ("proof clean nobody", ["no record has the id"]),
    ("proof clean --row 99", ["from 0 to 19"]),
    ("proof clean --row 1 -o clean", ["a folder stands where a file is needed"]),
    ("revoke nowhere --reason because-it-is-not-there", ["no such dataset"]),
    ("revoke clean --reason no", ["a reason of at least"]),
    ("revoke --import nowhere.json", ["no such file"]),
    ("revoke --import clean/certificate.json", ["does not read"]),
    ("override clean --for Purpose --reason because-it-is-so -o x.json", ["is not a purpose"]),
    ("override clean --for finetuning --reason no -o x.json", ["a reason of at least"]),
    ("llm train clean -o model --override nowhere.json", ["khettara override"]),
    ("export nowhere", ["no such dataset"]),
    ("keys new office --pkcs11 nowhere.so", ["a key already"]),
]


@pytest.mark.parametrize(("command", "words"), MISTAKES, ids=[case[0] for case in MISTAKES])
def test_a_mistake_ends_in_one_message(clean: Path, tmp_path: Path, command: str, words: list[str]) -> None:
    """What, where, what to do; no traceback, nothing on stdout."""
    said = say(*command.split(), cwd=tmp_path)
    assert said.code in (1, 2), said
    assert "mistake of ours" not in said.err
    assert [word for word in words if word not in " ".join(said.err.split())] == [], said.err
    assert said.out == ""
