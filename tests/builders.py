"""Small real datasets for tests."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from khettara.dataset import DOCUMENTS, Draft, StepRecord

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
