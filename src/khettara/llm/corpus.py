"""The documents that a model learns from, and the few that it never sees.

Document(id="9f2c…", text="السوق نهار الخميس…", lang="ary", script="Arab", uri="avis/souk.txt", licence="CC0-1.0")
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from khettara.dataset import Dataset
from khettara.errors import DatasetError

if TYPE_CHECKING:
    from khettara.dataset.gate import Certified

_COLUMNS = ("id", "text", "lang", "script", "source", "licence")


@dataclass(frozen=True)
class Document:
    """What training needs to know of a record. `uri` names the file (and member) that it came from."""

    id: str
    text: str
    lang: str | None = None
    script: str | None = None
    uri: str | None = None
    licence: str | None = None
    folded_hash: int | None = None  # equal for texts that differ in spelling variants only; from the signals, where measured

    @property
    def variety(self) -> str:
        """Language and script in one tag.

        >>> Document("1", "wach lbas?", "ary", "Latn").variety
        'ary-Latn'
        """
        return f"{self.lang or 'und'}-{self.script or 'Zyyy'}"


def read_documents(datasets: Sequence[Certified]) -> list[Document]:
    """All documents that have text, in the datasets' order; a record that stands in two datasets is read once.

    Raises:
        DatasetError: a dataset of another kind, or no text at all.
    """
    found: dict[str, Document] = {}
    for certified in datasets:
        for document in _documents(certified.dataset):
            found.setdefault(document.id, document)
    if not found:
        names = ", ".join(str(certified.dataset.path) for certified in datasets)
        raise DatasetError("there is no text to learn from", where=names, hint="`khettara rejects` says what was set aside, and why.")
    return list(found.values())


def _documents(dataset: Dataset) -> Iterator[Document]:
    if dataset.kind != "documents":
        raise DatasetError(f"a model learns from documents, and this is a dataset of {dataset.kind}", where=str(dataset.path))
    hashes = _folded_hashes(dataset)
    for batch in dataset.batches(_COLUMNS):
        for row in batch.to_pylist():
            if row["text"] and row["text"].strip():
                name = row["id"]
                yield Document(name, row["text"], row["lang"], row["script"], _uri(row["source"]), row["licence"], hashes.get(name))


def _folded_hashes(dataset: Dataset) -> dict[str, int | None]:
    if not {"id", "norm_hash"} <= set(dataset.columns("signals")):
        return {}
    batches = dataset.batches(("id", "norm_hash"), role="signals")
    return {name: value for batch in batches for name, value in zip(*(c.to_pylist() for c in batch.columns), strict=True)}


def _uri(source: dict[str, str | None] | None) -> str | None:
    """The file, and after `!` the path inside it when it is an archive."""
    if source is None:
        return None
    return f"{source['uri']}!{source['member']}" if source.get("member") else source["uri"]


def hold_out(documents: Sequence[Document], share: float, most: int) -> tuple[list[Document], list[Document]]:
    """Divide into documents to learn from and about `share` of them, but hardly more than `most`, to be held out.

    The hash of its id decides about a document, so below `most` it stays on its side when others come or go. Where none falls to be
    held out, the one with the smallest hash is, provided that another remains.
    """
    share = min(share, most / max(len(documents), 1))
    hashes = {d.id: int.from_bytes(hashlib.sha256(b"held out?" + d.id.encode()).digest()[:8], "big") / 2**64 for d in documents}
    held = {name for name, value in hashes.items() if value < share}
    if len(held) == len(documents):
        held.discard(max(hashes, key=lambda name: hashes[name]))
    if not held and len(documents) > 1:
        held = {min(hashes, key=lambda name: hashes[name])}
    return [d for d in documents if d.id not in held], [d for d in documents if d.id in held]
