"""What was seen of each record when a folder was last certified: kept beside it, signed, so that only what changed is looked at again.

    .measured/souk.facts: 193,000 records, seen with these looks, signed by this machine's key

It is believed only if one's own key signed it and the same things would be looked at now: what is remembered decides verdicts.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.ipc

from khettara.certify.measures import Facts
from khettara.certify.measures.look import Plan
from khettara.dataset import Dataset, canonical_json, sha256_hex
from khettara.dataset.signing import Key, open_envelope, seal_envelope
from khettara.errors import StorageError, storage_errors
from khettara.version import __version__

FOLDER = ".measured"
VERSION = 1
"""Raise it whenever a look sees another thing than before under the same name."""


def name_of(dataset: Dataset, plan: Plan, more: Sequence[str]) -> str:
    """Names what is looked at, and by which version of us. `more`: digests of what records are compared with."""
    from khettara.darija.identifiers import VERSION as IDENTIFIERS

    looks = [[each.name, list(each.columns)] for each in plan.looks]
    words = [[word.name, word.column] for word in plan.words]
    return sha256_hex(canonical_json([VERSION, IDENTIFIERS, __version__, dataset.kind, str(dataset.schema), looks, words, plan.every, list(more)]))


def place_of(path: Path) -> tuple[Path, Path]:
    """The file of facts, and of the signature over it."""
    folder = path.resolve().parent / FOLDER
    return folder / f"{path.name}.facts", folder / f"{path.name}.facts.json"


def remember(path: Path, name: str, facts: Facts, key: Key) -> None:
    """Keep the facts, in place of what was kept before. Losing them costs time and nothing else, so a full disk is no obstacle."""
    file, signature = place_of(path)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_file(sink, facts.table.schema, options=pa.ipc.IpcWriteOptions(compression="zstd", unify_dictionaries=True)) as writer:
        writer.write_table(facts.table)
    data = sink.getvalue()
    envelope = seal_envelope(canonical_json({"name": name, "sha256": sha256_hex(data)}), key)
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
        payload, signer, wrong = open_envelope(json.loads(signature.read_bytes()), {key.keyid: key.public})
        said = json.loads(payload)
        if wrong or signer is None or said != {"name": name, "sha256": sha256_hex(data)}:
            return None
        return Facts(pa.ipc.open_file(pa.BufferReader(data)).read_all())
    except (OSError, ValueError, KeyError, pa.ArrowInvalid):
        return None
