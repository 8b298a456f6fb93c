"""Checks a sealed dataset, its certificate and proofs of its records, with Python (3.8 or newer) and nothing else.

    python3 verify.py DATASET --key office.pub [--revocations FILE] [--proof FILE] [--for PURPOSE]
    python3 verify.py --certificate certificate.json --key office.pub --proof proof.json

It reads every byte of the folder again: the manifest and its digest, the sha256 of every file it names, and that nothing was
added. Of the certificate it checks the signature by a key that you give, that it speaks of this manifest, its dates and its
verdict; of a list of revocations the signature, and whether it names the certificate. A proof ties one record to the root that
the certificate names. It does not read Parquet: that the root is the one of the records in the files, the certificate's signer
says; `khettara verify --records` recomputes it. Exit status 0: nothing is wrong. `ed25519.py` lies beside this file.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import importlib.util
import json
import math
import os
import re
import stat
import struct
import sys
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

MANIFESTS = ("dataset.json", "model.json")
OUTSIDE = {"certificate.json", "croissant.json", "dqv.json", "card.md"}  # written after sealing; the first is signed, the others are drawn from it
STATEMENT = "https://in-toto.io/Statement/v1"
PREDICATE = "urn:khettara:data-quality:v1"
CERTIFICATE_TYPE = "application/vnd.in-toto+json"
REVOCATIONS_TYPE = "application/vnd.khettara.revocations+json"
PROOF = "khettara-proof/1"
MOST_BYTES = 64 << 20
RUN = 1 << 20


class Wrong(Exception):
    """Something that does not hold, in words."""


def main() -> int:
    """Check what the command line names; 1 when something is wrong."""
    asked = _arguments()
    faults, notes = [], []
    try:
        keys = dict(read_key(path) for path in asked.key)
        now = datetime.fromisoformat(asked.at) if asked.at else datetime.now(timezone.utc)
        now = now if now.tzinfo else now.replace(tzinfo=timezone.utc)
        manifest = None
        if asked.dataset:
            manifest = read_manifest(asked.dataset)
            faults += check_files(asked.dataset, manifest)
            notes.append(f"{len(manifest['files'])} files read, digest {manifest['digest']}")
        path = asked.certificate or (asked.dataset / "certificate.json" if asked.dataset else None)
        if path is None:
            raise Wrong("give a dataset or a certificate")
        if not path.exists() and manifest is not None and not asked.proof and not asked.purpose:
            notes.append("there is no certificate")
        else:
            certificate = read_certificate(path, keys)
            faults += check_certificate(certificate, manifest, now, asked.purpose)
            for file in asked.revocations:
                faults += check_revocations(file, keys, certificate, now, notes)
            notes += describe(certificate)
            for file in asked.proof:
                faults += check_proof(file, certificate, notes)
    except (Wrong, OSError) as error:
        faults.append(str(error))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        faults.append(f"something does not read: {error!r}")
    for line in notes:
        print(printable(line))
    for line in faults:
        print("WRONG:", printable(line))
    if not faults:
        print("nothing is wrong")
    return 1 if faults else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("dataset", nargs="?", type=Path, help="the folder of a dataset or model")
    parser.add_argument("--key", action="append", type=Path, default=[], metavar="FILE", help="a public key that you trust (office.pub)")
    parser.add_argument("--certificate", type=Path, metavar="FILE", help="the certificate, where it does not lie in the folder")
    parser.add_argument("--revocations", action="append", type=Path, default=[], metavar="FILE", help="an office's list of revocations")
    parser.add_argument("--proof", action="append", type=Path, default=[], metavar="FILE", help="a proof of one record")
    parser.add_argument("--for", dest="purpose", metavar="PURPOSE", help="what the data must be certified for")
    parser.add_argument("--at", metavar="DATE", help="check as of another day than today (2027-01-31)")
    return parser.parse_args()


def printable(text: str) -> str:
    """A line without characters that write over a terminal or turn its direction."""
    return re.sub("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]", "?", text)


# --- JSON in its one form (RFC 8785) ---


def canonical(value: Any) -> bytes:
    """The one way to write a value as JSON."""
    try:
        return _json(value).encode()
    except (UnicodeEncodeError, RecursionError) as error:
        raise Wrong("JSON that has no canonical form") from error


def _json(value: Any) -> str:
    if isinstance(value, dict):
        if not all(isinstance(name, str) for name in value):
            raise Wrong("JSON that has no canonical form")
        names = sorted(value, key=lambda name: name.encode("utf-16-be", "surrogatepass"))
        return "{" + ",".join(f"{_json(name)}:{_json(value[name])}" for name in names) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_json, value)) + "]"
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 1 << 53:
        raise Wrong("a number too large for JSON")
    return json.dumps(value, ensure_ascii=False)


def _number(value: float) -> str:
    """As ECMAScript writes it: the shortest digits that read back as the same number."""
    if not math.isfinite(value):
        raise Wrong("a number that JSON cannot hold")
    if value == 0:
        return "0"
    mantissa, _, exponent = repr(abs(value)).partition("e")
    whole, _, fraction = mantissa.partition(".")
    digits = (whole + fraction).lstrip("0")
    point = len(whole) + int(exponent or 0) - (len(whole + fraction) - len(digits))
    digits = digits.rstrip("0")
    sign, n = "-" if value < 0 else "", len(digits)
    if n <= point <= 21:
        return sign + digits + "0" * (point - n)
    if 0 < point <= 21:
        return f"{sign}{digits[:point]}.{digits[point:]}"
    if -6 < point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    tail = f".{digits[1:]}" if n > 1 else ""
    return f"{sign}{digits[0]}{tail}e{'+' if point > 0 else '-'}{abs(point - 1)}"


def read_bytes(path: Path) -> bytes:
    """A small file, whole."""
    if not path.is_file():
        raise Wrong(f"{path}: no such file")
    with path.open("rb") as file:
        data = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise Wrong(f"{path}: too large to be what it should be")
    return data


def load(data: bytes, where: object) -> Any:
    """JSON from bytes."""
    try:
        return json.loads(data)
    except (ValueError, RecursionError) as error:
        raise Wrong(f"{where}: is not JSON") from error


def sha256(data: bytes) -> str:
    """In hexadecimal."""
    return hashlib.sha256(data).hexdigest()


# --- the folder ---


def read_manifest(folder: Path) -> Any:
    """The manifest, if its bytes are those that were sealed."""
    for name in MANIFESTS:
        if (folder / name).is_file():
            data = read_bytes(folder / name)
            manifest = load(data, name)
            try:
                said = manifest.pop("digest")
                whole = json.dumps({**manifest, "digest": said}, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
                sound = said == sha256(canonical(manifest)) and whole.encode() == data
                paths = [(entry["path"], entry["sha256"], entry["bytes"]) for entry in manifest["files"]]
                sound = sound and all(isinstance(path, str) and ".." not in Path(path).parts and not os.path.isabs(path) for path, _, _ in paths)
            except (KeyError, TypeError, AttributeError, UnicodeEncodeError) as error:
                raise Wrong(f"{name}: is not a manifest") from error
            if not sound:
                raise Wrong(f"{name}: was changed after it was sealed")
            manifest["digest"] = said
            return manifest
    raise Wrong(f"{folder}: neither a sealed dataset nor a model")


def check_files(folder: Path, manifest: Any) -> list[str]:
    """Every file that is missing, differs, or was added."""
    faults = []
    for entry in manifest["files"]:
        path = folder / entry["path"]
        try:
            state = path.lstat()
            if not stat.S_ISREG(state.st_mode):
                faults.append(f"{entry['path']}: is not a plain file")
            elif state.st_size != entry["bytes"] or sha256_file(path) != entry["sha256"]:
                faults.append(f"{entry['path']}: bytes differ from what was sealed")
        except OSError as error:
            faults.append(f"{entry['path']}: {error.strerror}")
    known = {entry["path"] for entry in manifest["files"]} | {"model.json" if manifest["kind"] == "model" else "dataset.json"} | OUTSIDE
    for place, folders, names in os.walk(folder):
        for name in [*names, *(name for name in folders if os.path.islink(os.path.join(place, name)))]:
            path = Path(place, name).relative_to(folder)
            if path.as_posix() not in known:
                faults.append(f"{path.as_posix()}: was added after sealing")
    return faults


def sha256_file(path: Path) -> str:
    """Of a file of any size."""
    whole = hashlib.sha256()
    with path.open("rb") as file:
        for run in iter(lambda: file.read(RUN), b""):
            whole.update(run)
    return whole.hexdigest()


# --- signatures ---


def read_key(path: Path) -> tuple[str, tuple[str, bytes]]:
    """The id of a public key, its owner and its 32 bytes. The file is one line: khettara-ed25519 BASE64 NAME."""
    parts = read_bytes(path).decode("utf-8", "replace").strip().split(" ", 2)
    if len(parts) != 3 or parts[0] != "khettara-ed25519":
        raise Wrong(f"{path}: is not a public key")
    raw = from_base64(parts[1])
    return sha256(raw), (parts[2], raw)


def from_base64(text: Any) -> bytes:
    """Bytes from the one spelling of base64 that stands for them."""
    try:
        data = base64.b64decode(text, validate=True)
    except (ValueError, TypeError) as error:
        raise Wrong("base64 that does not read") from error
    if base64.b64encode(data).decode() != text:
        raise Wrong("base64 in another spelling than the canonical one")
    return data


def read_signed(path: Path, kind: str, keys: dict[str, tuple[str, bytes]]) -> tuple[Any, str, str]:
    """What a DSSE envelope says, who signed it, and the digest of the envelope."""
    data = read_bytes(path)
    envelope = load(data, path)
    if canonical(envelope) + b"\n" != data:
        raise Wrong(f"{path}: was changed after it was signed")
    try:
        (entry,) = envelope["signatures"]
        fits = set(envelope) == {"payload", "payloadType", "signatures"} and set(entry) == {"keyid", "sig"} and envelope["payloadType"] == kind
        payload, keyid, signature = from_base64(envelope["payload"]), entry["keyid"], from_base64(entry["sig"])
    except (KeyError, TypeError, ValueError) as error:
        raise Wrong(f"{path}: is not a signed statement") from error
    if not fits:
        raise Wrong(f"{path}: is not a signed statement of this kind")
    if keyid not in keys:
        raise Wrong(f"{path}: signed by a key that you did not give ({str(keyid)[:16]})")
    name, raw = keys[keyid]
    signed = b"DSSEv1 %d %s %d %s" % (len(kind), kind.encode(), len(payload), payload)
    if not ed25519().verifies(raw, signed, signature):
        raise Wrong(f"{path}: the signature does not fit")
    said = load(payload, path)
    if canonical(said) != payload:
        raise Wrong(f"{path}: signed, but not in canonical form")
    return said, name, sha256(canonical(envelope))


def ed25519() -> Any:
    """The file beside this one, and no other of its name."""
    spec = importlib.util.spec_from_file_location("khettara_ed25519", Path(__file__).resolve().with_name("ed25519.py"))
    if spec is None or spec.loader is None:
        raise Wrong("ed25519.py is missing beside verify.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# --- certificate, revocations, proofs ---


def read_certificate(path: Path, keys: dict[str, tuple[str, bytes]]) -> Any:
    """What a certificate says, if a given key signed it."""
    said, signer, digest = read_signed(path, CERTIFICATE_TYPE, keys)
    try:
        sound = said["_type"] == STATEMENT and said["predicateType"] == PREDICATE and len(said["subject"]) == 1
        predicate = said["predicate"]
        for name in ("verdict", "purpose", "issued", "expires", "reasons"):
            predicate[name]
    except (KeyError, TypeError) as error:
        raise Wrong(f"{path}: signed, but no certificate") from error
    if not sound:
        raise Wrong(f"{path}: signed, but no certificate")
    return {"subject": said["subject"][0], "predicate": predicate, "signer": signer, "digest": digest}


def check_certificate(certificate: Any, manifest: Any, now: datetime, purpose: str | None) -> list[str]:
    """Whether it speaks of this dataset, today, for the purpose, and well."""
    faults, said = [], certificate["predicate"]
    if manifest is not None and certificate["subject"] != {"name": manifest["name"], "digest": {"sha256": manifest["digest"]}}:
        faults.append("the certificate speaks of another dataset, or of another version of this one")
    if now > datetime.fromisoformat(said["expires"]):
        faults.append(f"the certificate expired on {said['expires'][:10]}")
    if now < datetime.fromisoformat(said["issued"]):
        faults.append(f"the certificate was issued in the future ({said['issued'][:10]}): is this machine's clock right?")
    if said["verdict"] not in ("certified", "conditional"):
        faults.append(f"the verdict is {said['verdict']}: {'; '.join(map(str, said['reasons']))}")
    if purpose is not None and said["purpose"] != purpose:
        faults.append(f"the certificate is for {said['purpose']}, not for {purpose}")
    return faults


def describe(certificate: Any) -> list[str]:
    """What the certificate says."""
    said = certificate["predicate"]
    line = f"{said['verdict']} for {said['purpose']} by {certificate['signer']}, {said['issued'][:10]} to {said['expires'][:10]}"
    return [line, f"certificate {certificate['digest']}"]


def check_revocations(path: Path, keys: dict[str, tuple[str, bytes]], certificate: Any, now: datetime, notes: list[str]) -> list[str]:
    """Whether a list names the certificate."""
    said, signer, _ = read_signed(path, REVOCATIONS_TYPE, keys)
    try:
        entries = [(entry["certificate"], entry["on"], entry["reason"]) for entry in said["revoked"]]
        number, until = said["sequence"], datetime.fromisoformat(said["nextUpdate"])
    except (KeyError, TypeError, ValueError) as error:
        raise Wrong(f"{path}: signed, but no list of revocations") from error
    late = f"; a newer one was due on {until:%Y-%m-%d}" if now > until else ""
    notes.append(f"revocations of {signer}: list {number}, {len(entries)} entries{late}")
    return [f"revoked on {on[:10]} by {signer}: {reason}" for digest, on, reason in entries if digest == certificate["digest"]]


def check_proof(path: Path, certificate: Any, notes: list[str]) -> list[str]:
    """Whether a record is among those that the certificate speaks of."""
    proof = load(read_bytes(path), path)
    try:
        records = certificate["predicate"]["records"]
        index, count, leaf = proof["index"], proof["count"], base64.b85decode(proof["leaf"])
        hashes = base64.b85decode(proof["path"])
        shown = from_base64(proof["record"]) if "record" in proof else None
        sound = proof["format"] == PROOF and type(index) is int and type(count) is int and len(leaf) == 32 and len(hashes) % 32 == 0
        columns = proof["columns"] if shown is not None else []
    except (KeyError, TypeError, ValueError) as error:
        raise Wrong(f"{path}: the certificate names no records, or the proof does not read") from error
    if not sound:
        raise Wrong(f"{path}: the proof does not read")
    if proof["dataset"] != certificate["subject"]["digest"]["sha256"] or count != records["count"] or not 0 <= index < count:
        return [f"{path}: the proof speaks of another dataset than the certificate does"]
    if shown is not None and (shown[:32].hex() != sha256(canonical(columns)) or hashlib.sha256(b"\0" + shown).digest() != leaf):
        return [f"{path}: the record shown is not the one that it proves"]
    if climb(leaf, index, count, [hashes[start : start + 32] for start in range(0, len(hashes), 32)]) != records["merkleRoot"]:
        return [f"{path}: the proof does not lead to the root that the certificate names"]
    notes.append(f"record {index} of {count} is among those certified (sha256 of its bytes {leaf.hex()})")
    if shown is not None:
        values = split(shown[32:])
        row = {name: plain(value, kind) for (name, kind), value in zip(columns, values)}
        notes += json.dumps(row, ensure_ascii=False, indent=1).split("\n")
    return []


def climb(leaf: bytes, index: int, count: int, path: list[bytes]) -> str | None:
    """The root that a path leads to (RFC 9162, section 2.1.3.2); None where its length is wrong."""
    node, last = leaf, count - 1
    for sibling in path:
        if last == 0:
            return None
        if index % 2 or index == last:
            node = hashlib.sha256(b"\1" + sibling + node).digest()
            while not index % 2 and index:
                index, last = index >> 1, last >> 1
        else:
            node = hashlib.sha256(b"\1" + node + sibling).digest()
        index, last = index >> 1, last >> 1
    return node.hex() if last == 0 else None


def split(data: bytes) -> list[bytes | None]:
    """The values of a record: each has its length before it, ffffffff where there is none."""
    values: list[bytes | None] = []
    place = 0
    while place < len(data):
        mark, place = data[place : place + 4], place + 4
        none = mark == b"\xff\xff\xff\xff"
        size = 0 if none else int.from_bytes(mark, "little")
        values.append(None if none else data[place : place + size])
        place += size
    return values


def plain(value: bytes | None, kind: Any) -> Any:
    """A value as JSON can hold it: bytes as hexadecimal digits, dates and times as the numbers that they are."""
    if value is None:
        return None
    if not isinstance(kind, str):
        if kind[0] == "list":
            return [plain(item, kind[1]) for item in split(value)]
        return {name: plain(item, what) for item, (name, what) in zip(split(value), kind[1])}
    if kind == "text" or kind.startswith("decimal"):
        return value.decode("utf-8", "replace")
    if kind == "bool":
        return value == b"\1"
    if kind == "real":
        return struct.unpack("<d", value)[0]
    if kind == "int" or kind.startswith(("timestamp", "date", "time", "duration")):
        return int.from_bytes(value, "little", signed=True)
    return int.from_bytes(value, "little") if kind == "uint64" else value.hex()


if __name__ == "__main__":
    sys.exit(main())
