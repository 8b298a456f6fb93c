"""Packing: documents of any length into rows of equal length, without losing a token.

Each document is read as END + its tokens + END; a row holds what the model reads (`inputs`), what it must say next (`targets`)
and which document each token belongs to. Documents longer than a row are cut into pieces; the pieces are laid into rows longest
first, each into the fullest row that still has room (best fit decreasing). Every token of every document is a target exactly once.

    inputs     END سؤال : شنو | END azul  PAD
    targets    سؤال : شنو END | azul END  IGNORE
    documents  0   0  0  0    | 1   1     -1

Which rows make a batch is a pure function of seed and step, so a run can be taken up at any step, and any batch named later.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

IGNORE = -100
"""A target that counts for nothing: what torch's cross entropy leaves out by default."""

NOBODY = -1
"""The document of padding."""


@dataclass(frozen=True)
class Packed:
    """Rows of tokens, all of one length: three arrays of the same shape (rows, length)."""

    inputs: NDArray[np.int64]
    targets: NDArray[np.int64]
    documents: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.inputs)

    @property
    def padding(self) -> float:
        """Share of places that hold no token."""
        return float((self.documents == NOBODY).mean())

    def take(self, rows: NDArray[np.int64]) -> Packed:
        """Some rows, in this order."""
        return Packed(self.inputs[rows], self.targets[rows], self.documents[rows])


def pack(documents: Sequence[NDArray[np.uint16]], length: int, *, end_id: int, pad_id: int) -> Packed:
    """Lay the documents into rows of `length` tokens; see the module's description."""
    pieces = sorted(_cut(documents, length), key=lambda piece: piece[1] - piece[2])  # stable: equal lengths keep their order
    rows = _best_fit([stop - start for _, start, stop in pieces], length)
    shape = (max(rows, default=-1) + 1, length)
    packed = Packed(np.full(shape, pad_id, np.int64), np.full(shape, IGNORE, np.int64), np.full(shape, NOBODY, np.int64))
    filled = [0] * shape[0]
    for (number, start, stop), row in zip(pieces, rows, strict=True):
        marked = np.concatenate(([end_id], documents[number], [end_id])).astype(np.int64)
        place = slice(filled[row], filled[row] + stop - start)
        packed.inputs[row, place] = marked[start:stop]
        packed.targets[row, place] = marked[start + 1 : stop + 1]
        packed.documents[row, place] = number
        filled[row] = place.stop
    return packed


def _cut(documents: Sequence[NDArray[np.uint16]], length: int) -> list[tuple[int, int, int]]:
    """Pieces (document, start, stop). Only a document's last piece may be short, so no two of its pieces share a row."""
    return [
        (number, start, min(start + length, len(tokens) + 1))
        for number, tokens in enumerate(documents)
        for start in range(0, len(tokens) + 1, length)
    ]


def _best_fit(sizes: Sequence[int], length: int) -> list[int]:
    """The row of each piece. `sizes` are in descending order."""
    open_rows: dict[int, list[int]] = {}  # room left: rows
    rooms = 0  # bit r is set when some row has room r left: the smallest sufficient room is then one shift away
    placed, count = [], 0
    for size in sizes:
        fitting = rooms >> size
        if fitting:
            room = size + (fitting & -fitting).bit_length() - 1
            row = open_rows[room].pop()
            if not open_rows[room]:
                rooms ^= 1 << room
        else:
            room, row, count = length, count, count + 1
        placed.append(row)
        left = room - size
        if left:
            open_rows.setdefault(left, []).append(row)
            rooms |= 1 << left
    return placed


def batch_rows(step: int, batch: int, rows: int, seed: int) -> NDArray[np.int64]:
    """Which rows step number `step` reads: each epoch is a new order of all rows, and batches run on across epochs."""
    places = np.arange(step * batch, (step + 1) * batch)
    epochs = places // rows
    orders = {epoch: _order(rows, seed, int(epoch)) for epoch in np.unique(epochs)}
    return np.array([orders[epoch][place % rows] for epoch, place in zip(epochs, places, strict=True)], np.int64)


def _order(rows: int, seed: int, epoch: int) -> NDArray[np.int64]:
    """An order of the rows that only `seed` and `epoch` decide; not numpy's shuffle, which may change between versions."""
    with np.errstate(over="ignore"):
        key = _mix(_mix(np.array([seed], np.uint64)) ^ np.uint64(epoch))
        return np.argsort(_mix(np.arange(rows, dtype=np.uint64) ^ key), kind="stable")


def _mix(x: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """The finalizer of splitmix64 (Steele, Lea, Flood 2014)."""
    x = x + np.uint64(0x9E3779B97F4A7C15)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))
