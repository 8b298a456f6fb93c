"""Near copies: proposed by bands of their MinHash signatures, proved by the whole signatures.

    two signatures with 104 of 112 places equal  ->  likeness 0.93, one near copy

1. *Propose*. Records that share a band's four places belong to one candidate group, groups that share a record to one family.
   Almost every record is alone and forgotten here; what is held is a few bytes for each of the others.
2. *Prove*. Each family is looked at alone, with its signatures: its pairs are compared, in the order of ranks, and a record loses to
   the least that is like it, or like a record that is like it. Nobody loses to a record that is not at least `LEAST` like itself,
   so that likeness is not passed on through chains.

Nothing here depends on the order of the records: families are sets, and pairs follow from bands and ranks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from khettara.engine import LOST, Records, by_rank
from khettara.engine.groups import Entries, distinct
from khettara.engine.records import ABOVE_ALL, Numbers, Places
from khettara.kernels.mixing import mixed

Signatures = npt.NDArray[np.uint32]
Keys = npt.NDArray[np.uint64]

WIDTH = 112
BAND = 4
"""Places a band. 28 bands of 4 propose 99 of 100 pairs whose likeness is 0.62, which a text of which one word in 25 was changed has."""

LIKENESS = 0.6
"""Share of equal places from which two texts are near copies."""
LEAST = 0.4
"""A record loses to one that is less like it than `LIKENESS` if a third is near both, but never to one that is less like it than this."""

SHORT_RUNS = 20
SHORT_LIKENESS = 0.9
"""Texts of fewer runs of words than this must agree this much: in a short text one word is the difference ("… costs 5", "… costs 6")."""

MEMORY = 8 << 20
_ROW_BYTES = 4 * WIDTH + 128
_AT_ONCE = 1 << 14


@dataclass(frozen=True)
class NearCopies:
    """The join on the signal `minhash`."""

    likeness: float = LIKENESS
    rule: str = "near_copy"
    because: str = "nearly the same text is kept once"
    columns: tuple[str, ...] = ("minhash",)
    cuts: str | None = None
    memory: int = MEMORY

    def record(self) -> Mapping[str, Any]:
        """See `Join`."""
        return {"join": self.rule, "version": 2, "likeness": self.likeness}

    def losers(self, records: Records) -> Iterator[pa.Table]:
        """See `Join`."""

        def propose() -> tuple[Numbers, Places]:
            members, families = self._families(records)
            return members, _hands(families, max(self.memory // _ROW_BYTES, 1))

        for _, table in records.deal(["bands", BAND, self.memory], propose, self.columns):
            table = by_rank(table)
            signatures = _signatures(table["minhash"].combine_chunks())
            own = np.asarray(table["standing"]) > ABOVE_ALL
            losers, winners, likeness = resolve(signatures, own, self.likeness)
            winner = table["id"].take(pa.array(winners)).combine_chunks().cast(pa.string())
            said = [f"{like:.2f} like {name}" for like, name in zip(likeness.tolist(), winner.to_pylist(), strict=True)]
            yield pa.table(
                {
                    "number": table["number"].take(pa.array(losers)).combine_chunks(),
                    "value": pa.array(said, pa.string()),
                    "winner": winner,
                    "likeness": pa.array(likeness.astype(np.float32)),
                    "cut": pa.nulls(len(losers), pa.uint64()),
                },
                schema=LOST,
            )

    def _families(self, records: Records) -> tuple[Numbers, Places]:
        """The records that share a band with another, and for each the family it belongs to."""
        entries = Entries(records.scratch / "bands", self.memory, len(records))
        for number, block in enumerate(records.blocks):
            if block.rows:
                signatures = block.read(self.columns)["minhash"]
                numbers = records.numbers(number)[np.asarray(signatures.is_valid())]
                for keys in band_keys(_signatures(signatures.drop_null())):
                    entries.add(keys, numbers)
        links: list[Keys] = []
        for _, members, begins in entries.shared():
            first = members[np.maximum.accumulate(np.where(begins, np.arange(len(members)), 0))]
            links.append(distinct(first.astype(np.uint64) << np.uint64(32) | members))
        return _connected(distinct(np.concatenate(links))) if links else (np.zeros(0, np.uint32), np.zeros(0, np.int64))


def _connected(links: Keys) -> tuple[Numbers, Places]:
    """The numbers in links (two to each, 32 bits and 32 bits), ascending, and for each the least place that it is connected with."""
    one, other = (links >> np.uint64(32)).astype(np.uint32), links.astype(np.uint32)
    members = distinct(np.concatenate((one, other)))
    a, b = np.searchsorted(members, one), np.searchsorted(members, other)
    least = np.arange(len(members))
    while True:
        low = np.minimum(least[a], least[b])
        before = least.copy()
        np.minimum.at(least, least[a], low)  # a root learns of a lower one, so that whole families move at once
        np.minimum.at(least, least[b], low)
        while True:
            shorter = least[least]
            if np.array_equal(shorter, least):
                break
            least = shorter
        if np.array_equal(least, before):
            return members, least


def _hands(families: Places, most: int) -> Places:
    """A hand for each member, so that families stay together and a hand has at most `most` members, or one family."""
    names, inverse, sizes = np.unique(families, return_inverse=True, return_counts=True)
    hands = np.zeros(len(names), np.int64)
    hand = held = 0
    for family, size in enumerate(sizes.tolist()):
        if held and held + size > most:
            hand, held = hand + 1, 0
        hands[family] = hand
        held += size
    dealt: Places = hands[inverse]
    return dealt


def _signatures(column: pa.Array) -> Signatures:
    """The signatures of a column without nulls, a row each."""
    fixed = column.cast(pa.binary(4 * WIDTH))
    if not len(fixed):
        return np.zeros((0, WIDTH), np.uint32)
    values = np.frombuffer(fixed.buffers()[1], np.uint32).reshape(-1, WIDTH)
    return values[fixed.offset : fixed.offset + len(fixed)]


def band_keys(signatures: Signatures) -> Iterator[Keys]:
    """For each band, a key a row; no two bands have a key in common but by chance."""
    for band in range(0, WIDTH, BAND):
        pairs = np.ascontiguousarray(signatures[:, band : band + BAND]).view(np.uint64)
        key = np.full(len(signatures), band + 1, np.uint64)
        for column in pairs.T:
            key = mixed(key * np.uint64(0x9E3779B97F4A7C15) ^ column)
        yield key


def resolve(signatures: Signatures, own: npt.NDArray[np.bool_], likeness: float = LIKENESS) -> tuple[Places, Places, npt.NDArray[np.float64]]:
    """Who loses to whom, and how like the two are.

    Args:
        signatures: one a row, in the order of ranks.
        own: False for records of other datasets, which never lose.
        likeness: from which two texts are near copies.
    """
    pairs = _pairs(signatures)
    like = _likeness(signatures, pairs)
    runs = _n_runs(signatures)
    short = np.minimum(runs[pairs[:, 0]], runs[pairs[:, 1]]) < SHORT_RUNS
    near = like >= np.where(short, max(SHORT_LIKENESS, likeness), likeness)
    return _lose(pairs[near], like[near], signatures, own)


def _pairs(signatures: Signatures) -> Places:
    """Pairs (earlier, later) of rows that share a band: each row with the first of its band and with the one before it."""
    found = [np.zeros(0, np.int64)]
    n_rows = len(signatures)
    for key in band_keys(signatures):
        order = np.argsort(key, kind="stable")
        same = np.concatenate(([False], key[order][1:] == key[order][:-1]))
        first = np.maximum.accumulate(np.where(same, 0, np.arange(n_rows)))
        later = np.flatnonzero(same)
        found.append(order[first[later]] * n_rows + order[later])
        found.append(order[later - 1] * n_rows + order[later])
    packed = distinct(np.concatenate(found))
    return np.column_stack((packed // max(n_rows, 1), packed % max(n_rows, 1)))


def _likeness(signatures: Signatures, pairs: Places) -> npt.NDArray[np.float64]:
    """The share of equal places of each pair."""
    like = np.empty(len(pairs))
    for start in range(0, len(pairs), _AT_ONCE):
        one, other = pairs[start : start + _AT_ONCE].T
        like[start : start + _AT_ONCE] = np.count_nonzero(signatures[one] == signatures[other], axis=1) / WIDTH
    return like


def _n_runs(signatures: Signatures) -> npt.NDArray[np.float64]:
    """About how many runs of words each text has: of n even values below 2**32, the least is 2**32 / (n + 1) in the mean."""
    mean: npt.NDArray[np.float64] = signatures.mean(axis=1)
    return (1 << 32) / np.maximum(mean, 1) - 1


def _lose(
    pairs: Places, like: npt.NDArray[np.float64], signatures: Signatures, own: npt.NDArray[np.bool_]
) -> tuple[Places, Places, npt.NDArray[np.float64]]:
    """Going through the records by rank: one that is still in takes out what is like it, and what is like that and enough like itself."""
    near: dict[int, dict[int, float]] = {}
    for (one, other), share in zip(pairs.tolist(), like.tolist(), strict=True):
        near.setdefault(one, {})[other] = share
        near.setdefault(other, {})[one] = share
    lost: dict[int, tuple[int, float]] = {}
    for leader in sorted(near):
        if leader in lost:
            continue
        follows = {row: share for row, share in near[leader].items() if row > leader and row not in lost and own[row]}
        beyond = {row for friend in near[leader] for row in near[friend]} - near[leader].keys()
        further = sorted(row for row in beyond if row > leader and row not in lost and own[row])
        if further:
            shares = _likeness(signatures, np.array([(leader, row) for row in further]))
            follows |= {row: share for row, share in zip(further, shares.tolist(), strict=True) if share >= LEAST}
        lost |= {row: (leader, share) for row, share in follows.items()}
    rows = sorted(lost)
    winners = np.array([lost[row][0] for row in rows], np.int64)
    return np.array(rows, np.int64), winners, np.array([lost[row][1] for row in rows])
