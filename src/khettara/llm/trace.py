"""From an answer back to the documents: where its words stand, verbatim, in the training data.

A suffix array over the tokens of all training documents, kept in files that are mapped and not read, finds any run of tokens in
some twenty comparisons. What it finds is "also found in the training data": it says where the words stand, not why the model
said them.

    trace/tokens.npy      the documents' tokens, 65,535 after each document; big-endian, so that comparing bytes compares tokens
    trace/suffixes.npy    where each suffix begins, in the order of the suffixes
    trace/starts.npy      where each document begins
    trace/surprise.npy    minus the log probability of each token: rare words make a span worth showing
    trace/documents.jsonl the id, file and licence of each document
"""

from __future__ import annotations

import json
import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from khettara.errors import Tampered, storage_errors
from khettara.llm.corpus import Document
from khettara.llm.extra import needs_llm

with needs_llm():
    from pydivsufsort import divsufsort

SEPARATOR = 65_535
FOLDER = "trace"


@dataclass(frozen=True)
class Span:
    """Tokens `start` to `stop` of an answer, which stand at `count` places of the training data."""

    start: int
    stop: int
    count: int
    surprise: float


@dataclass(frozen=True)
class Place:
    """An occurrence: the document's number and the first token's position in `tokens`."""

    document: int
    position: int


class Index:
    """The index of one model; see the module's description."""

    def __init__(
        self,
        tokens: NDArray[Any],
        suffixes: NDArray[Any],
        starts: NDArray[np.int64],
        surprise: NDArray[np.float64],
        documents: Sequence[dict[str, Any]],
    ) -> None:
        self.tokens, self.suffixes, self.starts, self.surprise, self.documents = tokens, suffixes, starts, surprise, documents
        self._bytes = memoryview(tokens.view(np.uint8))  # type: ignore[arg-type]  # an array is a buffer; Python 3.11 has no type for it

    @classmethod
    def build(cls, documents: Iterable[tuple[Document, NDArray[np.uint16]]]) -> Index:
        """Index the tokens of some documents, in memory."""
        pairs = list(documents)
        joined = np.concatenate([np.append(tokens, np.uint16(SEPARATOR)) for _, tokens in pairs] or [np.empty(0, np.uint16)])
        starts = np.cumsum([0, *(len(tokens) + 1 for _, tokens in pairs)])[:-1].astype(np.int64)
        suffixes = divsufsort(joined) if len(joined) else np.empty(0, np.int32)
        counts = np.bincount(joined[joined != SEPARATOR], minlength=SEPARATOR + 1)
        surprise = -np.log((counts + 1) / (counts.sum() + len(counts)))  # add-one: a token that never occurs is surprising, not infinite
        table = [{"id": d.id, "uri": d.uri, "licence": d.licence} for d, _ in pairs]
        return cls(joined.astype(">u2"), suffixes, starts, surprise, table)

    def save(self, folder: Path) -> None:
        """Write the files of the index into `folder`."""
        with storage_errors(folder):
            folder.mkdir(exist_ok=True)
            for name in ("tokens", "suffixes", "starts", "surprise"):
                np.save(folder / f"{name}.npy", getattr(self, name))
            lines = "".join(json.dumps(document, ensure_ascii=False, sort_keys=True) + "\n" for document in self.documents)
            (folder / "documents.jsonl").write_text(lines, encoding="utf-8")

    @classmethod
    def open(cls, folder: Path) -> Index:
        """Map the files of an index; nothing but the table of documents is read."""
        try:
            arrays = [np.load(folder / f"{name}.npy", mmap_mode="r") for name in ("tokens", "suffixes", "starts", "surprise")]
            lines = (folder / "documents.jsonl").read_text(encoding="utf-8").splitlines()
            return cls(arrays[0], arrays[1], arrays[2], arrays[3], [json.loads(line) for line in lines])
        except (OSError, ValueError) as error:
            raise Tampered(
                "the index does not read", where=str(folder), hint=f"`khettara verify {folder.parent}` says which file differs."
            ) from error

    def find(self, tokens: Sequence[int]) -> range:
        """The run of the suffix array whose suffixes begin with `tokens`."""
        needle = np.asarray(tokens, ">u2").tobytes()
        key = self._prefix(len(needle))
        first = bisect_left(self.suffixes, needle, key=key)
        return range(first, bisect_right(self.suffixes, needle, lo=first, key=key))

    def longest(self, tokens: Sequence[int]) -> int:
        """How many of the first tokens stand somewhere in the training data in this order."""
        needle = np.asarray(tokens, ">u2").tobytes()
        place = bisect_left(self.suffixes, needle, key=self._prefix(len(needle)))
        # The longest match is with a neighbour of the place where the tokens themselves would be sorted in.
        neighbours = self.suffixes[max(0, place - 1) : place + 1]
        return max((_common(needle, self._slice(int(position), len(needle))) for position in neighbours), default=0) // 2

    def trace(self, tokens: Sequence[int], *, min_tokens: int = 6, edges: Sequence[int] | None = None) -> list[Span]:
        """The longest verbatim spans: no span lies within another.

        Args:
            tokens: the answer.
            min_tokens: shorter spans are common turns of phrase, and left out.
            edges: the positions where a span may begin or end, ascending; any, when None.

        Returns:
            The spans, the most surprising (rarest words) first.
        """
        allowed = list(range(len(tokens) + 1)) if edges is None else list(edges)
        spans, reached = [], 0
        for start in allowed[:-1]:
            furthest = start + self.longest(tokens[start:])
            stop = allowed[bisect_right(allowed, furthest) - 1]
            if stop > reached and stop - start >= min_tokens:
                surprise = math.fsum(self.surprise[token] for token in tokens[start:stop])
                spans.append(Span(start, stop, len(self.find(tokens[start:stop])), surprise))
            reached = max(reached, stop)
        return sorted(spans, key=lambda span: (-span.surprise, span.start))

    def places(self, tokens: Sequence[int], *, before: Sequence[int] = (), most: int = 5, scan: int = 10_000) -> list[Place]:
        """Documents that hold `tokens`, each once, at most `most`.

        Those come first where the tokens also follow most of `before`, what was said just before them; then the earlier document.
        Of a span that stands at more than `scan` places, the first so many in suffix order are looked at.
        """
        ranked = sorted(self._occurrences(tokens, before, scan))
        best: dict[int, Place] = {}
        for _, document, position in ranked:
            best.setdefault(document, Place(document, position))
        return list(best.values())[:most]

    def _occurrences(self, tokens: Sequence[int], before: Sequence[int], scan: int) -> Iterator[tuple[int, int, int]]:
        for row in self.find(tokens)[:scan]:
            position = int(self.suffixes[row])
            document = int(np.searchsorted(self.starts, position, side="right")) - 1
            shared = 0
            while shared < min(len(before), position - int(self.starts[document])) and self.tokens[position - 1 - shared] == before[-1 - shared]:
                shared += 1
            yield -shared, document, position

    def around(self, place: Place, length: int, margin: int = 24) -> list[int]:
        """An occurrence of `length` tokens with up to `margin` more on each side, within its document."""
        first = int(self.starts[place.document])
        last = int(self.starts[place.document + 1]) - 1 if place.document + 1 < len(self.starts) else len(self.tokens) - 1
        begin, end = max(first, place.position - margin), min(last, place.position + length + margin)
        return [int(token) for token in self.tokens[begin:end]]

    def _slice(self, position: int, size: int) -> bytes:
        return bytes(self._bytes[2 * position : 2 * position + size])

    def _prefix(self, size: int) -> Any:
        return lambda position: self._slice(int(position), size)


def _common(left: bytes, right: bytes) -> int:
    """Bytes that two strings share from their start, rounded down to whole tokens."""
    shared = 0
    while left[shared : shared + 2] == right[shared : shared + 2] and shared < min(len(left), len(right)):
        shared += 2
    return shared


def copied_share(index: Index, tokens: Sequence[int], *, long: int = 32) -> float:
    """The share of `tokens` that lies in verbatim spans of at least `long` tokens: near 1 for a copy of something indexed."""
    covered = np.zeros(len(tokens), bool)
    for span in index.trace(tokens, min_tokens=min(long, max(1, len(tokens)))):
        covered[span.start : span.stop] = True
    return float(covered.mean()) if len(tokens) else 0.0
