"""What was seen of each record when a folder was last certified: kept beside it, signed, so that only what changed is looked at again.

    .measured/souk.facts: 193,000 records, seen with these looks, signed by this machine's key

It is believed only if one's own key signed it and the same things would be looked at now: what is remembered decides verdicts.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.ipc

from khettara.certify.measures import Facts
from khettara.certify.measures.facts import Array
from khettara.certify.measures.look import Plan
from khettara.certify.measures.runs import Shared
from khettara.dataset import Dataset, canonical_json, sha256_hex
from khettara.dataset.signing import Key, open_envelope, seal_envelope
from khettara.errors import CertificateError, StorageError, storage_errors
from khettara.version import __version__

FOLDER = ".measured"
TYPE = "application/vnd.khettara.facts+json"
"""What the signature is over: it can never be taken for a certificate's."""
OUT_OF_DATE = 0.05
"""Where fewer records than this were new, what was kept before still serves, and is not written again."""
VERSION = 2
"""Raise it whenever a look sees another thing than before under the same name."""


def name_of(dataset: Dataset, plan: Plan, more: Sequence[str]) -> str:
    """Names what is looked at, and by which version of us. `more`: digests of what records are compared with."""
    from khettara.darija.identifiers import VERSION as IDENTIFIERS

    looks = [[each.name, list(each.columns)] for each in plan.looks]
    words = [[word.name, word.column] for word in plan.words]
    return sha256_hex(canonical_json([VERSION, IDENTIFIERS, __version__, dataset.kind, str(dataset.schema), looks, words, plan.every, list(more)]))


def secrets_of(key: Key) -> Array:
    """Four numbers that only the holder of the key can work out: a record that is to pass for another would have to be made with them."""
    digest = hashlib.sha256(key.sign(b"khettara: what records are known again by")).digest()
    numbers: Array = np.frombuffer(digest, np.uint64)
    return numbers


def place_of(path: Path) -> tuple[Path, Path]:
    """The file of facts, and of the signature over it."""
    folder = path.resolve().parent / FOLDER
    return folder / f"{path.name}.facts", folder / f"{path.name}.facts.json"


def remember(path: Path, name: str, facts: Facts, key: Key) -> None:
    """Keep the facts, in place of what was kept before. Losing them costs time and nothing else, so a full disk is no obstacle."""
    file, signature = place_of(path)
    sink, table = pa.BufferOutputStream(), facts.whole()
    with pa.ipc.new_file(sink, table.schema, options=pa.ipc.IpcWriteOptions(compression="lz4", unify_dictionaries=True)) as writer:
        writer.write_table(table)
    data = sink.getvalue()
    shared = b"".join(facts.shared.parts()) if facts.shared is not None else None
    data = pa.py_buffer(b"".join((data, facts.nodes.tobytes(), shared or b"")))
    said = {
        "name": name,
        "sha256": sha256_hex(data),
        "nodes": facts.nodes.nbytes,
        "shared": len(shared) if shared is not None else None,
        "parts": {part: list(place) for part, place in facts.parts.items()},
    }
    envelope = seal_envelope(canonical_json(said), key, TYPE)
    try:
        with storage_errors(file):
            file.parent.mkdir(exist_ok=True)
            for target, content in ((file, data), (signature, canonical_json(envelope))):
                draft = target.with_name(f".{target.name}.{os.getpid()}")
                try:
                    draft.write_bytes(content)
                    os.replace(draft, target)
                finally:
                    draft.unlink(missing_ok=True)
    except StorageError:
        pass


def recall(path: Path, name: str, key: Key) -> Facts | None:
    """The facts, if they are there, signed by this key, and of what is looked at now."""
    file, signature = place_of(path)
    try:
        data = file.read_bytes()
        payload, signer, wrong = open_envelope(json.loads(signature.read_bytes()), {key.keyid: key.public}, TYPE)
        said = json.loads(payload)
        if wrong or signer is None or said["name"] != name or said["sha256"] != sha256_hex(data):
            return None
        parts = {part: (int(start), int(rows)) for part, (start, rows) in said["parts"].items()}
        rest = len(data) - int(said["shared"] or 0)
        end = rest - int(said["nodes"])
        nodes = np.frombuffer(data[end:rest], np.uint8).reshape(-1, 32)
        shared = Shared.of_bytes(data[rest:]) if said["shared"] is not None else None
        return Facts(pa.ipc.open_file(pa.BufferReader(memoryview(data)[:end])).read_all(), parts, nodes, shared=shared)
    except (OSError, ValueError, KeyError, pa.ArrowInvalid, CertificateError):
        return None
