"""The stand-alone verifier: it says what Khettara says, on a machine that has nothing but Python."""

from __future__ import annotations

import json
import math
import random
import shutil
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from tests.builders import another_key, document_rows, seal

from khettara.certify import certify
from khettara.dataset import Dataset, canonical_json, merkle, read_manifest
from khettara.dataset.certificate import Certificate
from khettara.dataset.revocation import PAYLOAD_TYPE, renew, revoke
from khettara.dataset.signing import FileKey, Key, key_home, render_public, seal_envelope
from khettara.dataset.store import OUTSIDE_MANIFEST
from khettara.dataset.verifier import ed25519, verify

FOLDER = Path(verify.__file__).parent

# RFC 8032, section 7.1: public key, message, signature; the last message is that of "TEST SHA(abc)".
VECTORS = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
]


@pytest.mark.parametrize(("public", "message", "signature"), VECTORS)
def test_the_vectors_of_the_standard_verify(public: str, message: str, signature: str) -> None:
    """The examples of RFC 8032 verify, and with one bit changed anywhere in the signature they do not."""
    key, said, sound = bytes.fromhex(public), bytes.fromhex(message), bytes.fromhex(signature)
    assert ed25519.verifies(key, said, sound)
    assert not ed25519.verifies(key, said + b"x", sound)
    for bit in range(0, 512, 7):
        changed = bytearray(sound)
        changed[bit // 8] ^= 1 << bit % 8
        assert not ed25519.verifies(key, said, bytes(changed))


@given(st.binary(min_size=32, max_size=32), st.binary(max_size=100), st.integers(0, 63), st.integers(0, 255))
def test_it_agrees_with_the_library(seed: bytes, message: bytes, place: int, byte: int) -> None:
    """What `cryptography` signs verifies; with any byte of the signature replaced, both say the same."""
    key = FileKey(another_key("x").public, Ed25519PrivateKey.from_private_bytes(seed))
    raw, signature = key.private.public_key().public_bytes_raw(), bytearray(key.sign(message))
    assert ed25519.verifies(raw, message, bytes(signature))
    changed = byte != signature[place]
    signature[place] = byte
    assert ed25519.verifies(raw, message, bytes(signature)) is not changed


def test_numbers_and_points_have_one_spelling() -> None:
    """S plus the order of the group, a key that is no point, and wrong lengths are refused."""
    public, _, signature = (bytes.fromhex(part) for part in VECTORS[0])
    again = (int.from_bytes(signature[32:], "little") + ed25519.ORDER).to_bytes(32, "little")
    assert not ed25519.verifies(public, b"", signature[:32] + again)
    for other in (b"\xff" * 32, b"\x02" + b"\x00" * 31, (1).to_bytes(31, "little") + b"\x80", public[:-1]):
        assert not ed25519.verifies(other, b"", signature)
    assert not ed25519.verifies(public, b"", signature + b"\0")


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner, max_size=4),
)


@given(values)
def test_json_is_written_as_the_library_writes_it(value: Any) -> None:
    """Canonical JSON by the standard library alone is that of `rfc8785`, byte by byte."""
    assert verify.canonical(value) == rfc8785.dumps(value)


@pytest.mark.parametrize("value", [math.nan, math.inf, 2**53, -(2**53), "\ud800", {"\ud800": 1}, {1: 2}])
def test_what_has_no_canonical_form_is_refused(value: object) -> None:
    """Numbers that JSON cannot hold and halves of characters."""
    with pytest.raises(verify.Wrong):
        verify.canonical(value)


def test_it_knows_what_we_know() -> None:
    """Names and types that both sides must agree on, and a size that can be read in one sitting."""
    assert verify.OUTSIDE == OUTSIDE_MANIFEST
    assert verify.PROOF == merkle.FORMAT
    assert verify.REVOCATIONS_TYPE == PAYLOAD_TYPE
    assert sum(len((FOLDER / name).read_text(encoding="utf-8").splitlines()) for name in ("verify.py", "ed25519.py")) <= 500


@pytest.fixture
def alone(tmp_path: Path) -> Path:
    """A folder with the two files, away from Khettara."""
    folder = tmp_path / "alone"
    folder.mkdir()
    for name in ("verify.py", "ed25519.py"):
        shutil.copy(FOLDER / name, folder)
    return folder


def python() -> str:
    """An interpreter without site-packages: the base of this environment."""
    return str(Path(sys.base_prefix) / "bin" / "python3")


def run(alone: Path, *words: object) -> tuple[int, str]:
    """What the verifier says, run by a Python that sees nothing but its standard library."""
    command = [python(), "-I", "-S", str(alone / "verify.py"), *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=alone)
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, done.stdout


@pytest.fixture
def rooted(tmp_path: Path, key: Key, now: datetime) -> Path:
    """A certified dataset whose certificate names the root of its records."""
    path = seal(tmp_path / "clean", document_rows(20))
    predicate = certify(path, "pretraining", key, now).predicate
    root, count = merkle.root_of(Dataset.open(path))
    Certificate.issue(read_manifest(path), predicate | {"records": {"merkleRoot": root, "count": count}}, key).write(path)
    return path


AT = ("--at", "2026-01-02")


def test_a_sound_dataset_verifies(alone: Path, rooted: Path) -> None:
    """Every byte, the certificate and its purpose; the key is the office's public file."""
    code, said = run(alone, rooted, "--key", key_home() / "key.pub", "--for", "pretraining", *AT)
    assert (code, "nothing is wrong" in said, "certified for pretraining" in said) == (0, True, True), said


def test_a_proof_verifies_without_the_dataset(alone: Path, rooted: Path, tmp_path: Path) -> None:
    """One record, by the certificate and the proof alone; the record itself is shown where the proof has it."""
    for show in (False, True):
        (tmp_path / "proof.json").write_bytes(merkle.prove(Dataset.open(rooted), 7, show=show).render())
        words = ("--certificate", rooted / "certificate.json", "--key", key_home() / "key.pub", "--proof", tmp_path / "proof.json", *AT)
        code, said = run(alone, *words)
        assert (code, "record 7 of 20" in said, "d000007" in said) == (0, True, show), said


def test_a_revoked_certificate_does_not(alone: Path, rooted: Path, tmp_path: Path, key: Key, now: datetime) -> None:
    """The office's list refuses it, and another office's key does not vouch for the list."""
    fresh, revoked = tmp_path / "fresh.json", tmp_path / "revoked.json"
    fresh.write_bytes(canonical_json(renew(key, now).envelope) + b"\n")
    made = revoke(Certificate.read(rooted).digest, "clean", "the hospital withdrew its consent", key, now)
    revoked.write_bytes(canonical_json(made.envelope) + b"\n")
    office = key_home() / "key.pub"
    assert run(alone, rooted, "--key", office, "--revocations", fresh, *AT)[0] == 0
    code, said = run(alone, rooted, "--key", office, "--revocations", revoked, *AT)
    assert (code, "the hospital withdrew its consent" in said) == (1, True)
    assert run(alone, rooted, "--key", office, "--revocations", rooted / "certificate.json", *AT)[0] == 1


def test_what_is_wrong_is_said(alone: Path, rooted: Path, tmp_path: Path, key: Key) -> None:
    """A changed byte, an added file, a link, another purpose, day or key: each is named, and the status is 1."""
    office, stranger = key_home() / "key.pub", tmp_path / "stranger.pub"
    stranger.write_text(render_public(another_key("a stranger").public), encoding="utf-8")
    assert "did not give" in run(alone, rooted, "--key", stranger, *AT)[1]
    assert "did not give" in run(alone, rooted, *AT)[1]
    assert "expired on 2027-01-01" in run(alone, rooted, "--key", office, "--at", "2027-02-01")[1]
    assert "in the future" in run(alone, rooted, "--key", office, "--at", "2025-02-01")[1]
    code, said = run(alone, rooted, "--key", office, "--for", "finetuning", *AT)
    assert (code, "not for finetuning" in said) == (1, True)
    (rooted / "more.txt").write_text("x", encoding="utf-8")
    assert "more.txt: was added" in run(alone, rooted, "--key", office, *AT)[1]
    (rooted / "more.txt").unlink()
    part = rooted / "data" / "part-00000.parquet"
    sound = part.read_bytes()
    part.write_bytes(sound[:100] + b"x" + sound[101:])
    assert "bytes differ" in run(alone, rooted, "--key", office, *AT)[1]
    part.unlink()
    (tmp_path / "elsewhere").write_bytes(sound)
    part.symlink_to(tmp_path / "elsewhere")
    assert "not a plain file" in run(alone, rooted, "--key", office, *AT)[1]


def refused(alone: Path, path: Path, key: Path) -> bool:
    """Whether the verifier's own functions find something, in this process, for many attacks in little time."""
    keys = dict([verify.read_key(key)])
    try:
        manifest = verify.read_manifest(path)
        certificate = verify.read_certificate(path / "certificate.json", keys)
        faults = verify.check_files(path, manifest) + verify.check_certificate(
            certificate, manifest, datetime.fromisoformat("2026-01-02T00:00:00+00:00"), None
        )
    except (verify.Wrong, OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return True
    return bool(faults)


def test_every_changed_byte_is_found(alone: Path, rooted: Path) -> None:
    """Whatever byte of whatever file is changed, the verifier finds it too."""
    chance, key = random.Random(6), key_home() / "key.pub"
    assert not refused(alone, rooted, key)
    files = sorted(path for path in rooted.rglob("*") if path.is_file())
    for _ in range(300):
        file = chance.choice(files)
        sound = file.read_bytes()
        place = chance.randrange(len(sound))
        file.write_bytes(sound[:place] + bytes([sound[place] ^ chance.randrange(1, 256)]) + sound[place + 1 :])
        assert refused(alone, rooted, key), (file, place)
        file.write_bytes(sound)
    assert not refused(alone, rooted, key)


def test_a_statement_that_says_nothing_trips_nobody(alone: Path, rooted: Path, key: Key) -> None:
    """Well signed rubbish ends in a line, not in a traceback."""
    hollow = {"_type": verify.STATEMENT, "predicateType": verify.PREDICATE, "subject": [{}], "predicate": {}}
    rubbish: list[Any] = [[], {}, "x", 5, hollow]
    for said in rubbish:
        (rooted / "certificate.json").write_bytes(canonical_json(seal_envelope(canonical_json(said), key)) + b"\n")
        assert run(alone, rooted, "--key", key_home() / "key.pub", *AT)[0] == 1
    predicate = {"verdict": "certified", "purpose": "x", "issued": "2026-01-01", "expires": 5, "reasons": []}
    statement = {"_type": verify.STATEMENT, "predicateType": verify.PREDICATE, "subject": [{}], "predicate": predicate}
    (rooted / "certificate.json").write_bytes(canonical_json(seal_envelope(canonical_json(statement), key)) + b"\n")
    assert run(alone, rooted, "--key", key_home() / "key.pub", *AT)[0] == 1
    (rooted / "certificate.json").write_text(json.dumps([[]]), encoding="utf-8")
    assert run(alone, rooted, "--key", key_home() / "key.pub", *AT)[0] == 1
