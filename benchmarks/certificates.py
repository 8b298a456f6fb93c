"""What a certificate costs, and whether anything gets past the gate: mutations of bytes and rows, attacks with sound-looking papers.

    100,000 mutations: opened by the gate   0   at most 0   kept        1,000 attacks: opened by the gate   0   at most 0   kept

A mutation changes one byte of any file of a certified dataset, or exchanges two records (in half of these, the manifest is written
anew with the right digests, as somebody would who knows how). An attack is one of `ATTACKS`, with details drawn by chance: each
leaves a folder that looks right to the eye. Before and after, the gate must open the untouched folder: a gate that is always shut
proves nothing.
"""

from __future__ import annotations

import base64
import dataclasses
import json
import os
import random
import shutil
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from benchmarks.attacks import FURTHER, races
from benchmarks.figures import Figure
from benchmarks.measure import KHETTARA, if_possible, measure
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from khettara.dataset import DOCUMENTS, Dataset, Draft, StepRecord, read_manifest
from khettara.dataset.certificate import Certificate, Problem, verify
from khettara.dataset.gate import Certified
from khettara.dataset.manifest import sha256_file
from khettara.dataset.merkle import check, prove, root_of
from khettara.dataset.override import Override
from khettara.dataset.revocation import revoke
from khettara.dataset.signing import FileKey, Key, PublicKey, key_home, load_key, new_key, own_key_path, render_public, trusted_keys
from khettara.errors import KhettaraError

PURPOSE = "pretraining"
ROWS = 102_300
"""As many records as in the research note."""
SMALL_ROWS = 60
LONG_ROWS, LONG_WORDS = 30_000, 150
"""Documents as long as a page: where every record is a line, starting the command is most of what certifying costs."""
REPEATS = 50
RACES = 500
WORDS = ("السوق", "الخطارة", "الما", "نهار", "كيمشي", "جاب", "الناس", "بزاف", "حدا", "الفندق", "تمر", "نخل", "ولاد", "مدرسة", "سبيطار")
BOUNDS = {"sign_ms": 10.0, "proof_bytes": 1000.0, "check_ms": 0.1, "recertify": 0.1}
"""What issue 6 asks for."""


# ------------------------------------------------------------------------------------------------------------------ data


def certified_dataset(folder: Path, rows: int, *, changed: int = 0, parts: int = 1) -> Path:
    """A dataset of sound documents with a certificate, made once; of `changed` records the text differs."""
    from khettara.certify import certify

    path = folder / f"documents-{rows}-{changed}-{parts}"
    if not (path / "certificate.json").is_file():
        shutil.rmtree(path, ignore_errors=True)
        seal(path, rows, changed, parts)
        certify(path, PURPOSE, own_key())
    return path


def seal(path: Path, rows: int, changed: int, parts: int, words: int = 11) -> None:
    """Seal documents in Darija of so many words, each different."""
    with Draft(path) as draft:
        for part in range(parts):
            records = [_document(number, number < changed, words) for number in range(rows * part // parts, rows * (part + 1) // parts)]
            draft.write("data", [pa.RecordBatch.from_pylist(records, schema=DOCUMENTS)], DOCUMENTS)
        counts = {"in": rows, "kept": rows, "rejected": 0, "rejected_by": {}}
        draft.seal(kind="documents", step=StepRecord("bench", 1, {}, "bench"), schema=DOCUMENTS, counts=counts)


def _document(number: int, changed: bool, length: int) -> dict[str, object]:
    words = " ".join(WORDS[(number * step + step * step) % len(WORDS)] for step in range(1, length + 1))
    return {
        "id": f"d{number:06d}",
        "text": f"{words} رقم {number}{' صحيح' * changed}",
        "source": {"uri": f"{number // 10}.txt", "sha256": f"{number:064x}", "media_type": "text/plain"},
        "lang": "ary",
        "script": "Arab",
        "licence": "CC0-1.0",
        "created": datetime(2024, 1, 1, tzinfo=UTC),
    }


def own_key() -> Key:
    """The key of this bench's own home (`KHETTARA_HOME`), made once."""
    return load_key() if own_key_path().exists() else new_key("the benchmark")


def stranger(seed: int, name: str = "a stranger") -> FileKey:
    """A key that nobody trusts."""
    private = Ed25519PrivateKey.from_private_bytes(seed.to_bytes(32, "big"))
    return FileKey(PublicKey(name, private.public_key().public_bytes_raw()), private)


# ------------------------------------------------------------------------------------------------------------------ cost


def sign(folder: Path) -> list[Figure]:
    """Signing a certificate and verifying it, without the measuring."""
    path = certified_dataset(folder, ROWS)
    manifest, key, trusted = read_manifest(path), own_key(), trusted_keys()
    predicate = Certificate.read(path).predicate
    signing = _ms(lambda: Certificate.issue(manifest, predicate, key))
    certificate = Certificate.issue(manifest, predicate, key)
    verifying = _ms(lambda: verify(certificate, manifest, trusted))
    return [Figure(f"sign {signing:.2f} ms and verify {verifying:.2f} ms, together", signing + verifying, "ms", BOUNDS["sign_ms"])]


def proof(folder: Path) -> list[Figure]:
    """The proof for one record: its bytes, and what it costs to check."""
    dataset = Dataset.open(certified_dataset(folder, ROWS))
    root, count = root_of(dataset)
    one = prove(dataset, ROWS // 3)
    name = f"proof of one record out of {ROWS:,}"
    return [
        Figure(f"{name}: bytes", len(one.render()), "B", BOUNDS["proof_bytes"]),
        Figure(f"{name}: CPU of a check", _ms(lambda: check(one, root, count)), "ms", BOUNDS["check_ms"]),
    ]


def recertify(folder: Path) -> list[Figure]:
    """CPU seconds of certifying a folder anew after one record in a hundred changed, of those of certifying it from the start."""
    work = folder / "recertify"
    shutil.rmtree(work, ignore_errors=True)
    path = work / "documents"
    own_key()
    seal(path, LONG_ROWS, 0, 1, LONG_WORDS)
    before = if_possible("certify", lambda: measure([KHETTARA, "certify", str(path), "--for", PURPOSE]))
    shutil.rmtree(path)
    seal(path, LONG_ROWS, LONG_ROWS // 100, 1, LONG_WORDS)
    again = if_possible("recertify", lambda: measure([KHETTARA, "recertify", str(path), "--for", PURPOSE]))
    full = if_possible("certify", lambda: measure([KHETTARA, "certify", str(path), "--for", PURPOSE]))
    if before is None or again is None or full is None:
        return []
    note = f"{again.cpu_s:.2f} s of {full.cpu_s:.2f} s"
    return [Figure("re-certify after 1 % changed, share of the full cost", again.cpu_s / full.cpu_s, "", BOUNDS["recertify"], note=note)]


def _ms(work: Callable[[], object]) -> float:
    """CPU milliseconds: the median of many."""
    spent = []
    for _ in range(REPEATS):
        began = time.process_time()
        for _ in range(10):
            work()
        spent.append((time.process_time() - began) * 100)
    return statistics.median(spent)


# -------------------------------------------------------------------------------------------------------------- tampering


def tamper(folder: Path, mutations: int, attacks: int) -> list[Figure]:
    """Mutations and attacks; each figure is how many the gate let through."""
    work = folder / "tampered"
    shutil.rmtree(work, ignore_errors=True)
    path = certified_dataset(work, SMALL_ROWS)
    chance = random.Random(6)
    if not is_open(path):
        raise AssertionError("the gate does not open the untouched dataset: figures would prove nothing")
    passed = _mutate(path, chance, mutations)
    opened: dict[str, int] = {}
    attacks_known = ATTACKS | FURTHER
    names = list(attacks_known)
    for number in range(attacks):
        name = names[number % len(names)]
        if _attack(path, work, name, attacks_known[name], chance):
            opened[name] = opened.get(name, 0) + 1
    if not is_open(path):
        raise AssertionError("the gate no longer opens the untouched dataset: the figures above prove nothing")
    note = ", ".join(f"{name} {count}" for name, count in opened.items())
    refused, sound, other = races(path, work, RACES)
    return [
        Figure(f"{mutations:,} mutations of bytes and rows: opened by the gate", sum(passed.values()), "", 0, note=_counts(passed)),
        Figure(f"{attacks:,} attacks of {len(names)} kinds: opened by the gate", sum(opened.values()), "", 0, note=note),
        Figure(f"{RACES} reads of a file that is being replaced: other bytes got through", other, "", 0, note=f"refused {refused}, sound {sound}"),
    ]


def _counts(passed: dict[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in passed.items() if count)


def is_open(path: Path, overrides: tuple[Override, ...] = (), purpose: str = PURPOSE) -> bool:
    """Whether training would get the data, read to its last byte. Only an error of ours is a refusal: any other is a fault."""
    try:
        opened = Certified.open(path, purpose, overrides=overrides)
        for _ in opened.dataset.batches():
            pass
    except KhettaraError:
        return False
    return True


def _mutate(path: Path, chance: random.Random, mutations: int) -> dict[str, int]:
    """By file, how many mutations the gate opened."""
    files = [file for file in sorted(path.rglob("*")) if file.is_file()]
    sound = {file: file.read_bytes() for file in files}
    passed = dict.fromkeys([str(file.relative_to(path)) for file in files] + ["rows"], 0)
    swaps = mutations // 20
    for _ in range(mutations - swaps):
        file = chance.choice(files)
        data = bytearray(sound[file])
        data[chance.randrange(len(data))] ^= chance.randrange(1, 256)
        file.write_bytes(data)
        passed[str(file.relative_to(path))] += is_open(path)
        file.write_bytes(sound[file])
    for _ in range(swaps):
        _swap_rows(path, chance)
        passed["rows"] += is_open(path)
        for file, data_ in sound.items():
            file.write_bytes(data_)
    return passed


def _swap_rows(path: Path, chance: random.Random) -> None:
    """Two records exchanged; every other time the manifest says so, with the right digests."""
    part = Dataset.open(path).files("data")[0]
    table = pq.read_table(part)
    order = list(range(table.num_rows))
    first, second = chance.sample(order, 2)
    order[first], order[second] = second, first
    pq.write_table(table.take(order), part, compression="zstd")
    if chance.random() < 0.5:
        redo_manifest(path)


def redo_manifest(path: Path) -> None:
    """Write the manifest anew, with the digests of the files as they are now."""
    manifest = read_manifest(path)
    entries = tuple(
        dataclasses.replace(entry, sha256=sha256_file(path / entry.path), bytes=(path / entry.path).stat().st_size) for entry in manifest.files
    )
    (path / "dataset.json").write_bytes(dataclasses.replace(manifest, files=entries).render())


# ---------------------------------------------------------------------------------------------------------------- attacks

Attack = Callable[[Path, random.Random], tuple[Override, ...]]
"""Spoils a copy of a certified dataset; what it returns are overrides handed in along with it."""


def _attack(path: Path, work: Path, name: str, attack: Attack, chance: random.Random) -> bool:
    """Whether the attack got the data."""
    victim = work / "victim" / path.name
    shutil.rmtree(victim.parent, ignore_errors=True)
    shutil.copytree(path, victim)
    with _house(path, work):
        return is_open(victim, attack(victim, chance), "finetuning" if name == "another purpose" else PURPOSE)


@contextmanager
def _house(path: Path, work: Path) -> Iterator[None]:
    """A home of keys that an attack may spoil: a copy of this one."""
    home, copy = os.environ["KHETTARA_HOME"], work / "home"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(home, copy)
    os.environ["KHETTARA_HOME"] = str(copy)
    try:
        yield
    finally:
        os.environ["KHETTARA_HOME"] = home


def _spoil_text(path: Path, chance: random.Random) -> None:
    part = Dataset.open(path).files("data")[0]
    table = pq.read_table(part)
    texts = table["text"].to_pylist()
    texts[chance.randrange(len(texts))] += " ومن بعد زاد شي واحد هاد الكلام"
    pq.write_table(
        table.set_column(table.schema.get_field_index("text"), table.schema.field("text"), pa.array(texts, table.schema.field("text").type)), part
    )


def _reissued(path: Path, key: Key, **said: object) -> None:
    manifest = read_manifest(path)
    Certificate.issue(manifest, Certificate.read(path).predicate | said, key).write(path)


def _envelope(path: Path) -> dict[str, object]:
    found: dict[str, object] = json.loads((path / "certificate.json").read_text(encoding="utf-8"))
    return found


def _write_envelope(path: Path, envelope: dict[str, object]) -> None:
    text = json.dumps(envelope, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n"
    (path / "certificate.json").write_text(text, encoding="utf-8")


def no_certificate(path: Path, chance: random.Random) -> tuple[Override, ...]:
    """None at all."""
    (path / "certificate.json").unlink()
    return ()


def text_and_manifest(path: Path, chance: random.Random) -> tuple[Override, ...]:
    """A sentence added, and every digest made right; the certificate left as it was."""
    _spoil_text(path, chance)
    redo_manifest(path)
    return ()


def signed_by_a_stranger(path: Path, chance: random.Random) -> tuple[Override, ...]:
    """A sentence added, digests right, and a certificate by somebody unknown, under the name of the office."""
    _spoil_text(path, chance)
    redo_manifest(path)
    _reissued(path, stranger(chance.randrange(1, 2**64), load_key().name))
    return ()


def borrowed_key_name(path: Path, chance: random.Random) -> tuple[Override, ...]:
    """A stranger's signature that gives the key's id of the office."""
    _reissued(path, stranger(chance.randrange(1, 2**64)))
    envelope = _envelope(path)
    envelope["signatures"][0]["keyid"] = load_key().keyid  # type: ignore[index]
    _write_envelope(path, envelope)
    return ()


def signature_of_another(path: Path, chance: random.Random) -> tuple[Override, ...]:
    """The office's signature under another statement."""
    sound = _envelope(path)
    payload = json.loads(base64.b64decode(str(sound["payload"])))
    payload["predicate"]["expires"] = (datetime.now(UTC) + timedelta(days=chance.randrange(400, 4000))).isoformat()
    sound["payload"] = base64.b64encode(json.dumps(payload, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()).decode()
    _write_envelope(path, sound)
    return ()


def verdict_turned(path: Path, chance: random.Random) -> tuple[Override, ...]:
    """A refusal by the office, with its verdict turned round."""
    _reissued(path, load_key(), verdict="refused", reasons=["the licence is unknown"])
    envelope = _envelope(path)
    text = base64.b64decode(str(envelope["payload"])).replace(b'"refused"', b'"certified"')
    envelope["payload"] = base64.b64encode(text).decode()
    _write_envelope(path, envelope)
    return ()


def a_refusal(path: Path, chance: random.Random) -> tuple[Override, ...]:
    """A refusal that the office signed, left as it is."""
    _reissued(path, load_key(), verdict="refused", reasons=["the licence is unknown"])
    return ()


def expired(path: Path, chance: random.Random) -> tuple[Override, ...]:
    """A certificate that ran out, by a second or by years."""
    then = datetime.now(UTC) - timedelta(seconds=chance.randrange(1, 10**8))
    _reissued(path, load_key(), issued=(then - timedelta(days=365)).isoformat(timespec="seconds"), expires=then.isoformat(timespec="seconds"))
    return ()


def from_the_future(path: Path, chance: random.Random) -> tuple[Override, ...]:
    """A certificate that begins later."""
    then = datetime.now(UTC) + timedelta(seconds=chance.randrange(60, 10**8))
    _reissued(path, load_key(), issued=then.isoformat(timespec="seconds"), expires=(then + timedelta(days=365)).isoformat(timespec="seconds"))
    return ()


def revoked(path: Path, chance: random.Random) -> tuple[Override, ...]:
    """A certificate that the office revoked."""
    revoke(Certificate.read(path).digest, read_manifest(path).digest, "the source withdrew its consent", load_key())
    return ()


def another_purpose(path: Path, chance: random.Random) -> tuple[Override, ...]:
    """A sound certificate, for something else."""
    return ()


def of_another_dataset(path: Path, chance: random.Random) -> tuple[Override, ...]:
    """The office's own certificate of other data, which is sound there."""
    from khettara.certify import certify

    other = path.parent / "other"
    seal(other, SMALL_ROWS + chance.randrange(1, 9), 0, 1)
    certify(other, PURPOSE, load_key())
    shutil.copy(other / "certificate.json", path)
    return ()


def no_signature(path: Path, chance: random.Random) -> tuple[Override, ...]:
    """An envelope without a signature, or with an empty one."""
    envelope = _envelope(path)
    envelope["signatures"] = [] if chance.random() < 0.5 else [{"keyid": load_key().keyid, "sig": ""}]
    _write_envelope(path, envelope)
    return ()


def another_type(path: Path, chance: random.Random) -> tuple[Override, ...]:
    """What was signed as one thing, given out as another."""
    envelope = _envelope(path)
    envelope["payloadType"] = chance.choice(["application/json", "application/vnd.khettara.override+json", "APPLICATION/VND.IN-TOTO+JSON", ""])
    _write_envelope(path, envelope)
    return ()


def said_twice(path: Path, chance: random.Random) -> tuple[Override, ...]:
    """A key twice in the envelope: readers differ on which counts."""
    text = (path / "certificate.json").read_text(encoding="utf-8")
    forged = base64.b64encode(b'{"predicate":{"verdict":"certified"}}').decode()
    (path / "certificate.json").write_text(text.replace("{", f'{{"payload":"{forged}",', 1), encoding="utf-8")
    return ()


def part_left_out(path: Path, chance: random.Random) -> tuple[Override, ...]:
    """A file of the dataset taken away, or cut short."""
    part = Dataset.open(path).files("data")[0]
    if chance.random() < 0.5:
        part.unlink()
    else:
        part.write_bytes(part.read_bytes()[: -chance.randrange(1, 400)])
    return ()


def part_behind_a_link(path: Path, chance: random.Random) -> tuple[Override, ...]:
    """The data behind a link to spoilt data."""
    part = Dataset.open(path).files("data")[0]
    elsewhere = path.parent / "elsewhere.parquet"
    shutil.copy(part, elsewhere)
    _spoil_text(path, chance)
    spoilt = path.parent / "spoilt.parquet"
    part.rename(spoilt)
    part.symlink_to(spoilt)
    return ()


def a_part_more(path: Path, chance: random.Random) -> tuple[Override, ...]:
    """A second part slipped into the manifest, with its right digest."""
    part = Dataset.open(path).files("data")[0]
    more = part.with_name("part-00001.parquet")
    shutil.copy(part, more)
    manifest = read_manifest(path)
    entry = next(e for e in manifest.files if e.path.endswith(part.name))
    files = (*manifest.files, dataclasses.replace(entry, path=entry.path.replace(part.name, more.name)))
    try:
        (path / "dataset.json").write_bytes(dataclasses.replace(manifest, files=tuple(sorted(files, key=lambda e: e.path))).render())
    except KhettaraError:
        (path / "dataset.json").unlink()
    return ()


def override_by_oneself(path: Path, chance: random.Random) -> tuple[Override, ...]:
    """Who trains answers for himself."""
    (path / "certificate.json").unlink()
    return (_override(path, load_key(), ["missing"]),)


def override_by_a_stranger(path: Path, chance: random.Random) -> tuple[Override, ...]:
    """Somebody unknown answers for it."""
    (path / "certificate.json").unlink()
    return (_override(path, stranger(chance.randrange(1, 2**64)), ["missing"]),)


def override_of_something_else(path: Path, chance: random.Random) -> tuple[Override, ...]:
    """A second person answered for an expired certificate, and the certificate was revoked since."""
    second = stranger(77, "a second person")
    _trust(second)
    revoked(path, chance)
    return (_override(path, second, ["expired"]),)


def override_of_tampered_bytes(path: Path, chance: random.Random) -> tuple[Override, ...]:
    """A second person answers, and the data is changed after that."""
    second = stranger(77, "a second person")
    _trust(second)
    (path / "certificate.json").unlink()
    override = _override(path, second, ["missing"])
    _spoil_text(path, chance)
    if chance.random() < 0.5:
        redo_manifest(path)
    return (override,)


def override_too_old(path: Path, chance: random.Random) -> tuple[Override, ...]:
    """A second person answered, long ago."""
    second = stranger(77, "a second person")
    _trust(second)
    (path / "certificate.json").unlink()
    return (_override(path, second, ["missing"], datetime.now(UTC) - timedelta(days=chance.randrange(31, 900))),)


def site_turned_off(path: Path, chance: random.Random) -> tuple[Override, ...]:
    """The site's settings made unreadable, in the hope of its defaults."""
    (key_home() / "site.toml").write_text(chance.choice(["gate = 'off'\n", "override = 'nobody'\n", "[profiles]\npretraining = 1\n", "="]), "utf-8")
    return ()


def key_left_in_trusted(path: Path, chance: random.Random) -> tuple[Override, ...]:
    """A `.pub` file in `trusted/` that claims the office's id for a stranger's key."""
    unknown = stranger(chance.randrange(1, 2**64))
    line = render_public(unknown.public).replace(base64.b64encode(unknown.public.raw).decode(), base64.b64encode(os.urandom(31)).decode())
    (key_home() / "trusted").mkdir(exist_ok=True)
    (key_home() / "trusted" / f"{load_key().keyid[:16]}.pub").write_text(line, encoding="utf-8")
    _reissued(path, unknown)
    return ()


def _override(path: Path, key: Key, kinds: list[str], now: datetime | None = None) -> Override:
    problems = [Problem(kind, kind) for kind in kinds]
    return Override.issue(read_manifest(path), PURPOSE, "written for the benchmark, licences cleared", problems, key, now)


def _trust(key: FileKey) -> None:
    folder = key_home() / "trusted"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{key.keyid[:16]}.pub").write_text(render_public(key.public), encoding="utf-8")


ATTACKS: dict[str, Attack] = {
    attack.__name__.replace("_", " "): attack
    for attack in (
        no_certificate,
        text_and_manifest,
        signed_by_a_stranger,
        borrowed_key_name,
        signature_of_another,
        verdict_turned,
        a_refusal,
        expired,
        from_the_future,
        revoked,
        another_purpose,
        of_another_dataset,
        no_signature,
        another_type,
        said_twice,
        part_left_out,
        part_behind_a_link,
        a_part_more,
        override_by_oneself,
        override_by_a_stranger,
        override_of_something_else,
        override_of_tampered_bytes,
        override_too_old,
        site_turned_off,
        key_left_in_trusted,
    )
}
