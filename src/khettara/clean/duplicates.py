"""Copies and near copies, found across all records at once from a few columns of each.

Of several copies the least by (priority, source, id) stays, so the outcome does not depend on the order of the records,
on the number of workers or on the shards. Memory: a few arrays as long as the table, no Python object a record.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from khettara.clean.folding import mixed

Places = npt.NDArray[np.int64]
Signatures = npt.NDArray[np.uint32]

N_BANDS = 14
BAND_ROWS = 8
_WIDTH = N_BANDS * BAND_ROWS
LIKENESS = 0.7
"""Share of equal minima from which two texts count as near copies. 14 bands of 8 propose nearly all such pairs."""

_SCHEMA = pa.schema([("id", pa.string()), ("winner", pa.string())])
_RANK = [("priority", "ascending"), ("source", "ascending"), ("id", "ascending")]


def _answer(ids: pa.ChunkedArray, losers: Places, winners: Places) -> pa.Table:
    return pa.table({"id": ids.take(pa.array(losers)).cast(pa.string()), "winner": ids.take(pa.array(winners)).cast(pa.string())}, schema=_SCHEMA)


def find_duplicates(table: pa.Table) -> pa.Table:
    """Each record whose `norm_hash` another record has too, with the id of the one that stays.

    Args:
        table: columns `priority` (integer), `source`, `id` (strings) and `norm_hash`; a null hash is nobody's copy.

    Returns:
        `id` and `winner`, sorted by neither: one row for each record to leave out.
    """
    table = table.filter(pc.is_valid(table["norm_hash"]))
    if not table.num_rows:
        return _SCHEMA.empty_table()
    table = table.take(pc.sort_indices(table, [("norm_hash", "ascending"), *_RANK]))
    hashes = table["norm_hash"].to_numpy()
    first = np.concatenate(([True], hashes[1:] != hashes[:-1]))
    winner = np.maximum.accumulate(np.where(first, np.arange(len(first)), 0))
    losers = np.flatnonzero(~first)
    return _answer(table["id"], losers, winner[losers])


def find_near_duplicates(table: pa.Table) -> pa.Table:
    """Each record that is a near copy of one that stays, with the id of that one.

    Pairs that share a band of their signatures are compared by the whole signatures; every record left out was itself
    found alike to its winner, so likeness is not passed on through chains.

    Args:
        table: columns `priority` (integer), `source`, `id` (strings) and `minhash` (binary); null is nobody's copy.

    Returns:
        `id` and `winner`, one row for each record to leave out.
    """
    table = table.filter(pc.is_valid(table["minhash"]))
    if table.num_rows < 2:
        return _SCHEMA.empty_table()
    # Fixed width: a column of more than 2 GB has no offsets to overflow.
    table = table.set_column(table.schema.get_field_index("minhash"), "minhash", table["minhash"].cast(pa.binary(4 * _WIDTH)))
    table = table.take(pc.sort_indices(table, _RANK))
    signatures = _signatures(table["minhash"])
    losers, winners = _resolve(_candidates(signatures), signatures)
    return _answer(table["id"], losers, winners)


def _signatures(column: pa.ChunkedArray) -> Signatures:
    """All signatures as one matrix, a row each."""
    chunks = [np.zeros((0, _WIDTH), np.uint32)]
    for chunk in column.chunks:
        values = np.frombuffer(chunk.buffers()[1], np.uint32).reshape(-1, _WIDTH)
        chunks.append(values[chunk.offset : chunk.offset + len(chunk)])
    return np.concatenate(chunks)


def _candidates(signatures: Signatures) -> Places:
    """Pairs (earlier, later) of rows that share a band: each row with the first of its band and with the one before it."""
    found = [np.zeros((0, 2), np.int64)]
    for band in range(N_BANDS):
        key = np.zeros(len(signatures), np.uint64)
        for column in signatures[:, band * BAND_ROWS : (band + 1) * BAND_ROWS].T:
            key = mixed(key * np.uint64(0x9E3779B97F4A7C15) + column)
        order = np.argsort(key, kind="stable")
        same = np.concatenate(([False], key[order][1:] == key[order][:-1]))
        first = np.maximum.accumulate(np.where(same, 0, np.arange(len(order))))
        later = np.flatnonzero(same)
        found.append(np.column_stack((order[first[later]], order[later])))
        found.append(np.column_stack((order[later - 1], order[later])))
    return np.unique(np.concatenate(found), axis=0)


def _alike(signatures: Signatures, one: int, other: int) -> bool:
    return float(np.mean(signatures[one] == signatures[other])) >= LIKENESS


def _resolve(pairs: Places, signatures: Signatures) -> tuple[Places, Places]:
    """Losers and their winners, going through the records by rank: a record loses to the first alike one that stays."""
    winner: dict[int, int] = {}
    for early, late in pairs[np.lexsort((pairs[:, 0], pairs[:, 1]))].tolist():
        stays = winner.get(early, early)
        if late not in winner and _alike(signatures, stays, late):
            winner[late] = stays
    losers = np.fromiter(winner, np.int64, len(winner))
    return losers, np.fromiter(winner.values(), np.int64, len(winner))
