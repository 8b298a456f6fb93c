"""Further attacks on the gate: files that are no files, papers of another size, letters that look alike, lists played back.

They are of the kind of `certificates.ATTACKS`, and are counted with them. The race is counted apart: there a file is replaced over
and over while training reads it, and the question is whether one record of the other file comes out.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from khettara.dataset import canonical_json, read_manifest
from khettara.dataset.certificate import Certificate
from khettara.dataset.gate import Certified
from khettara.dataset.override import Override
from khettara.dataset.revocation import accept, renew, revoke
from khettara.dataset.signing import MOST_BYTES, FileKey, key_home, load_key, render_public, seal_envelope, trusted_keys
from khettara.errors import CertificateError, KhettaraError

if TYPE_CHECKING:
    from benchmarks.certificates import Attack

REASON = "the source withdrew its consent"
LOOK_ALIKE = (
    "pretraining\N{ZERO WIDTH SPACE}",
    "рretraining",
    "pretraining ",
    "Pretraining",
    "ｐretraining",
    "pre\N{SOFT HYPHEN}training",
    "pretraining\n",
)


def _signed(path: Path, statement: object) -> None:
    """Anything at all, signed by the office itself."""
    (path / "certificate.json").write_bytes(canonical_json(seal_envelope(canonical_json(statement), load_key())) + b"\n")


def _statement(path: Path, **said: object) -> dict[str, Any]:
    statement: dict[str, Any] = json.loads(json.dumps(Certificate.read(path).statement))
    statement["predicate"] |= said
    return statement


def purpose_that_looks_alike(path: Path, chance: random.Random) -> tuple[Override, ...]:
    """A certificate for a purpose that reads the same on a screen."""
    _signed(path, _statement(path, purpose=chance.choice(LOOK_ALIKE)))
    return ()


def deep_paper(path: Path, chance: random.Random) -> tuple[Override, ...]:
    """Brackets within brackets, until a reader falls over."""
    depth = chance.randrange(1_000, 200_000)
    (path / "certificate.json").write_bytes(b'{"payload":' + b"[" * depth + b"]" * depth + b"}\n")
    return ()


def huge_paper(path: Path, chance: random.Random) -> tuple[Override, ...]:
    """A certificate of many megabytes, most of them holes on the disk."""
    with (path / "certificate.json").open("r+b") as file:
        file.truncate(MOST_BYTES + chance.randrange(1, 1 << 30))
    return ()


def pipe_for_a_paper(path: Path, chance: random.Random) -> tuple[Override, ...]:
    """A pipe that nobody writes to, a folder, or a link to nothing, where the certificate should be."""
    paper = path / "certificate.json"
    paper.unlink()
    chance.choice([os.mkfifo, os.mkdir, lambda place: os.symlink("/nowhere", place)])(paper)
    return ()


def pipe_for_a_part(path: Path, chance: random.Random) -> tuple[Override, ...]:
    """A pipe in place of the data, or the folder of the data behind a link."""
    data = path / "data"
    if chance.random() < 0.5:
        part = next(iter(sorted(data.iterdir())))
        part.unlink()
        os.mkfifo(part)
    else:
        data.rename(path.parent / "elsewhere")
        data.symlink_to(path.parent / "elsewhere")
    return ()


def two_signatures(path: Path, chance: random.Random) -> tuple[Override, ...]:
    """The office's signature twice, or with somebody else's beside it."""
    envelope = json.loads((path / "certificate.json").read_bytes())
    envelope["signatures"] += [envelope["signatures"][0] | chance.choice([{}, {"keyid": f"{chance.getrandbits(256):064x}"}])]
    (path / "certificate.json").write_bytes(canonical_json(envelope) + b"\n")
    return ()


def another_spelling(path: Path, chance: random.Random) -> tuple[Override, ...]:
    """The same envelope written otherwise: blanks, order, escapes, base64 with other last bits."""
    text = (path / "certificate.json").read_text(encoding="utf-8")
    changes = (
        text.replace(":", ": "),
        json.dumps(json.loads(text), indent=1) + "\n",
        text.replace('"payload"', '"\\u0070ayload"'),
        text.replace("==", "=", 1) if "==" in text else text.strip(),
        text.rstrip("\n"),
        "\N{ZERO WIDTH NO-BREAK SPACE}" + text,
    )
    (path / "certificate.json").write_text(chance.choice(changes), encoding="utf-8")
    return ()


def profile_of_ones_own(path: Path, chance: random.Random) -> tuple[Override, ...]:
    """A sound certificate, by an edited profile, where the site names the one that counts."""
    pinned = f"[profiles]\npretraining = '{Certificate.read(path).predicate['profile']['digest']}'\n"
    (key_home() / "site.toml").write_text(pinned, encoding="utf-8")
    profile = {"name": "pretraining", "version": 1, "digest": f"{chance.getrandbits(256):064x}"}
    _signed(path, _statement(path, profile=profile))
    return ()


def federation_of_another(path: Path, chance: random.Random) -> tuple[Override, ...]:
    """A certificate for a federation of a similar name, or for the purpose with a name behind it."""
    _signed(path, _statement(path, purpose=chance.choice(["pretraining:all", "pretraining-2", "federation:pretraining", "pretrainin"])))
    return ()


def office(chance: random.Random) -> FileKey:
    """Another office, whose key this machine trusts."""
    from benchmarks.certificates import stranger

    key = stranger(chance.randrange(1, 2**64), "another office")
    (key_home() / "trusted").mkdir(parents=True, exist_ok=True)
    (key_home() / "trusted" / f"{key.keyid[:16]}.pub").write_text(render_public(key.public), encoding="utf-8")
    return key


def _sent(key: FileKey, revoked: str | None, folder: Path) -> Path:
    """That office's next list, as a file."""
    home = os.environ["KHETTARA_HOME"]
    os.environ["KHETTARA_HOME"] = str(folder / "their-home")
    try:
        made = revoke(revoked, "documents", REASON, key) if revoked else renew(key)
    finally:
        os.environ["KHETTARA_HOME"] = home
    place = folder / f"list-{made.sequence}.json"
    place.write_bytes(canonical_json(made.envelope) + b"\n")
    return place


def older_list_played_back(path: Path, chance: random.Random) -> tuple[Override, ...]:
    """Another office revoked the certificate; its list from before that is handed in again."""
    key, folder = office(chance), path.parent
    old = _sent(key, None, folder)
    new = _sent(key, Certificate.read(path).digest, folder)
    accept(new, trusted_keys())
    try:
        accept(old, trusted_keys())
    except CertificateError:
        pass
    else:
        raise AssertionError("an older list replaced a newer one")
    return ()


def list_changed(path: Path, chance: random.Random) -> tuple[Override, ...]:
    """One byte of the list of revocations changed, in the hope that it is then passed over."""
    made = revoke(Certificate.read(path).digest, "documents", REASON, load_key())
    place = key_home() / "revocations" / f"{made.issuer.keyid}.json"
    data = bytearray(place.read_bytes())
    data[chance.randrange(len(data))] ^= chance.randrange(1, 256)
    place.write_bytes(data)
    return ()


def list_out_of_date(path: Path, chance: random.Random) -> tuple[Override, ...]:
    """Another office's list, kept from being renewed, where the site asks for fresh ones."""
    key = office(chance)
    (key_home() / "site.toml").write_text("stale_revocations = 'refuse'\n", encoding="utf-8")
    renew(key, datetime.now(UTC) - timedelta(days=chance.randrange(31, 900)))
    return ()


FURTHER: dict[str, Attack] = {
    attack.__name__.replace("_", " "): attack
    for attack in (
        purpose_that_looks_alike,
        deep_paper,
        huge_paper,
        pipe_for_a_paper,
        pipe_for_a_part,
        two_signatures,
        another_spelling,
        profile_of_ones_own,
        federation_of_another,
        older_list_played_back,
        list_changed,
        list_out_of_date,
    )
}


def races(path: Path, work: Path, count: int) -> tuple[int, int, int]:
    """How often a file replaced while it was read was refused, how often the sound bytes came out, and how often others did.

    A second thread exchanges the data with spoilt data of the same size, again and again, while the gate opens and reads.
    """
    victim = work / "race" / path.name
    shutil.rmtree(victim.parent, ignore_errors=True)
    shutil.copytree(path, victim)
    part = victim / read_manifest(victim).of_role("data")[0].path
    sound = part.read_bytes()
    spoilt = bytearray(sound)
    spoilt[len(sound) // 3 : len(sound) // 3 + 64] = os.urandom(64)
    expected = _read(victim)
    stop, outcomes = threading.Event(), [0, 0, 0]

    def replace() -> None:
        while not stop.is_set():
            for data in (bytes(spoilt), sound):
                if stop.wait(0.0005):
                    break
                fresh = work / "fresh"
                fresh.write_bytes(data)
                os.replace(fresh, part)

    thread = threading.Thread(target=replace)
    thread.start()
    try:
        for _ in range(count):
            try:
                outcomes[1 if _read(victim) == expected else 2] += 1
            except (KhettaraError, OSError):
                outcomes[0] += 1
    finally:
        stop.set()
        thread.join()
    return outcomes[0], outcomes[1], outcomes[2]


def _read(path: Path) -> list[Any]:
    opened = Certified.open(path, "pretraining")
    return [batch.to_pylist() for batch in opened.dataset.batches(rows=16)]
