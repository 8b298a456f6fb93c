"""Small real datasets for tests."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from khettara.dataset import DOCUMENTS, Draft, StepRecord, read_manifest
from khettara.dataset.certificate import Problem
from khettara.dataset.gate import Certified
from khettara.dataset.override import Override
from khettara.dataset.signing import FileKey, PublicKey, key_home, render_public

Row = dict[str, Any]
_TEXT = "السوق الخطارة الما نهار كيمشي جاب الناس بزاف حدا الفندق تمر نخل ولاد مدرسة سبيطار التويزة با لحسن نوبة"
_WORDS = _TEXT.split()


def document_rows(n: int, prefix: str = "d") -> list[Row]:
    """`n` sound documents in Darija, each different, with everything known about them."""
    return [
        {
            "id": f"{prefix}{number:06d}",
            "text": f"{' '.join(_WORDS[(number * step + step) % len(_WORDS)] for step in range(1, 9))} رقم {number}",
            "source": {"uri": f"{prefix}/{number // 10}.txt", "sha256": f"{number:064x}", "media_type": "text/plain"},
            "lang": "ary",
            "script": "Arab",
            "licence": "CC0-1.0",
            "created": datetime(2024, 1, 1, tzinfo=UTC),
        }
        for number in range(n)
    ]


def seal(path: Path, rows: Sequence[Row], parts: int = 1) -> Path:
    """Seal rows as a dataset of so many parts."""
    size = max(1, -(-len(rows) // parts))
    with Draft(path) as draft:
        for start in range(0, max(len(rows), 1), size):
            draft.write("data", _batches(rows[start : start + size]), DOCUMENTS)
        draft.write_text("README.md", "# A dataset of a test\n")
        draft.seal(
            kind="documents",
            step=StepRecord("test", 1, {}, "test"),
            schema=DOCUMENTS,
            counts={"in": len(rows), "kept": len(rows), "rejected": 0, "rejected_by": {}},
        )
    return path


def _batches(rows: Sequence[Row]) -> Iterable[pa.RecordBatch]:
    return [pa.RecordBatch.from_pylist(list(rows), schema=DOCUMENTS)] if rows else []


def another_key(name: str, seed: int = 1) -> FileKey:
    """Somebody else's key, the same for the same seed. This machine does not trust it before `trust`."""
    private = Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)
    return FileKey(PublicKey(name, private.public_key().public_bytes_raw()), private)


def trust(key: FileKey) -> None:
    """Trust somebody else's key on this machine."""
    folder = key_home() / "trusted"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{key.keyid[:16]}.pub").write_text(render_public(key.public), encoding="utf-8")


REASON = "written for a test, licences cleared"


def opened(path: Path) -> Certified:
    """A dataset without a certificate, opened for pretraining on a second person's word."""
    then, key = datetime(2026, 1, 1, tzinfo=UTC), another_key("a second person")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KHETTARA_HOME", str(path.parent / f".home-{path.name}"))
        trust(key)
        override = Override.issue(read_manifest(path), "pretraining", REASON, [Problem("missing", "")], key, then)
        return Certified.open(path, "pretraining", now=then, overrides=[override])
