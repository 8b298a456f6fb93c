"""Writing exports: beside the dataset, or into a folder of one's own.

    croissant.json   Croissant 1.1 with RAI 1.0: what the files hold, for loaders and search engines
    dqv.json         W3C Data Quality Vocabulary: every measure, and the certificate
    card.md          the dataset card, for a person and for Hugging Face; README.md in a folder of one's own

They are written after sealing and are not signed: each names the digests of the dataset and of the certificate, which are.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from khettara.certify.exports.card import card
from khettara.certify.exports.croissant import croissant
from khettara.certify.exports.dqv import dqv
from khettara.certify.exports.subject import Subject
from khettara.errors import storage_errors

Render = Callable[[Subject], str]


def _as_json(make: Callable[[Subject], Mapping[str, object]]) -> Render:
    return lambda subject: json.dumps(make(subject), ensure_ascii=False, indent=1) + "\n"


EXPORTS: dict[str, tuple[str, Render]] = {
    "croissant": ("croissant.json", _as_json(croissant)),
    "dqv": ("dqv.json", _as_json(dqv)),
    "card": ("card.md", card),
}
"""Name, file, and what writes it."""


def write_exports(path: Path, names: Sequence[str], folder: Path | None = None) -> list[Path]:
    """Write the named exports of a dataset; returns their paths.

    Args:
        path: the dataset's folder.
        names: of `EXPORTS`.
        folder: where to, for instance a folder to publish, into which `data/` is copied; beside the dataset's manifest unless given.
    """
    subject, target = Subject.of(path), folder or path
    written = []
    with storage_errors(target):
        target.mkdir(parents=True, exist_ok=True)
        for name in names:
            file, render = EXPORTS[name]
            place = target / ("README.md" if name == "card" and folder is not None else file)
            draft = target.parent / f".{target.name}.{file}.{os.getpid()}"
            try:
                draft.write_text(render(subject), encoding="utf-8")
                os.replace(draft, place)
            finally:
                draft.unlink(missing_ok=True)
            written.append(place)
    return written
