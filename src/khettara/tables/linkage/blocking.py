"""Blocking: pairs of rows worth comparing are those that share a key which few rows share: a CIN, a name and a birth date, a telephone.

Several keys, each of other columns, so that a record typed twice is found although any one or two of its cells came out differently.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from khettara.tables.linkage.fields import Field, spread_sample
from khettara.tables.table import Array

LARGEST = 24
"""Rows that share a key at most: what more of them share is a habit of the table, not a record."""
MOST_KEYS = 12
_USES = 3
_PLAIN_KEYS = 3


def joint_bits(fields: Sequence[Field], records: int) -> Array:
    """For each pair of fields, the bits that the second adds once two rows agree on the first; towns and their provinces add few.

    Counted on neighbours in order of the first. Where agreement on the first is rare, those who agree may be copies of one record, which
    says nothing about others: such fields are taken as independent.
    """
    rows = spread_sample(records)
    keys = np.array([field.keys[rows] for field in fields])
    alone = np.array([field.bits for field in fields])
    bits = np.tile(alone, (len(fields), 1))
    for first in range(len(fields)):
        order = np.argsort(keys[first], kind="stable")
        ordered = keys[:, order]
        same = (ordered[:, 1:] == ordered[:, :-1]) & (ordered[:, 1:] != 0)
        agree = same[first].sum()
        if agree < 0.2 * len(rows):
            continue
        shares = (same[:, same[first]].sum(axis=1) + 0.5) / (agree + 1)
        bits[first] = np.minimum(alone, np.maximum(-np.log2(shares), 0))
    return bits


def blocking_keys(fields: Sequence[Field], joint: Array, records: int) -> list[tuple[int, ...]]:
    """Which fields make a key together: each alone that is rare enough, then pairs and triples, no field in too many of them.

    The last few keys are made of what does not name anybody (days, places, amounts), for records whose names and numbers all have a slip.
    """
    enough = np.log2(max(records, 2)) - 1
    keys: list[tuple[int, ...]] = [(place,) for place, field in enumerate(fields) if field.bits >= enough and field.how != "number"]
    naming = [place for place, field in enumerate(fields) if field.how != "number" and field.bits >= 0.9]
    naming.sort(key=lambda place: (-(fields[place].identity + (fields[place].how == "day")), -fields[place].bits))
    keys += _chosen(_rare_together(fields, joint, naming[:12], enough), MOST_KEYS - len(keys))
    plain = sorted((place for place, field in enumerate(fields) if not field.identity), key=lambda place: -fields[place].bits)
    keys += [key for key in _chosen(_rare_together(fields, joint, plain[:8], enough), _PLAIN_KEYS, uses=1) if key not in keys]
    return keys


def _rare_together(fields: Sequence[Field], joint: Array, places: Sequence[int], enough: float) -> list[tuple[int, ...]]:
    """Pairs of fields that few rows share, best first, and triples where a pair is not enough."""
    pairs: list[tuple[float, tuple[int, ...]]] = []
    triples: list[tuple[float, tuple[int, ...]]] = []
    for at, first in enumerate(places):
        for offset, second in enumerate(places[at + 1 :]):
            both = min(fields[first].bits + joint[first, second], fields[second].bits + joint[second, first])
            if both >= enough:
                pairs.append((both, (first, second)))
                continue
            for third in places[at + offset + 2 :]:
                more = both + min(joint[first, third], joint[second, third])
                if more >= enough:
                    triples.append((more, (first, second, third)))
    return [key for found in (pairs, triples) for _, key in sorted(found, key=lambda item: (-item[0], item[1]))]


def _chosen(found: Sequence[tuple[int, ...]], most: int, uses: int = _USES) -> list[tuple[int, ...]]:
    used: Counter[int] = Counter()
    keys: list[tuple[int, ...]] = []
    for key in found:
        if len(keys) < most and all(used[place] < uses for place in key):
            keys.append(key)
            used.update(key)
    return keys


def candidate_pairs(fields: Sequence[Field], keys: Sequence[tuple[int, ...]], records: int, split: int | None = None) -> tuple[Array, Array]:
    """Pairs of rows that share a key, the lower row first, each pair once, in order. With `split`, only pairs across that row."""
    found = [np.zeros(0, np.uint64)]
    for key in keys:
        lows, highs = _sharing(_combined(fields, key))
        if split is not None:
            across = (lows < split) & (highs >= split)
            lows, highs = lows[across], highs[across]
        found.append(lows.astype(np.uint64) * np.uint64(records) + highs.astype(np.uint64))
    pairs = np.unique(np.concatenate(found))
    return (pairs // np.uint64(max(records, 1))).astype(np.int64), (pairs % np.uint64(max(records, 1))).astype(np.int64)


def _combined(fields: Sequence[Field], key: tuple[int, ...]) -> Array:
    value = fields[key[0]].keys.copy()
    empty = value == 0
    for place in key[1:]:
        more = fields[place].keys
        empty |= more == 0
        value = (value ^ (value >> np.uint64(29))) * np.uint64(0xBF58476D1CE4E5B9) + more
    value[empty] = 0
    return value


def _sharing(value: Array) -> tuple[Array, Array]:
    order = np.argsort(value, kind="stable")
    ordered = value[order]
    begins = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1])))
    sizes = np.diff(np.append(begins, len(ordered)))
    usable = (sizes > 1) & (sizes <= LARGEST) & (ordered[begins] != 0) if len(ordered) else np.zeros(0, bool)
    rows = order[np.repeat(usable, sizes)] if len(ordered) else order
    group = np.repeat(np.arange(usable.sum()), sizes[usable])
    lows, highs = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for step in range(1, LARGEST):
        same = group[step:] == group[:-step]
        if not same.any():
            break
        lows.append(rows[:-step][same])
        highs.append(rows[step:][same])
    return np.concatenate(lows), np.concatenate(highs)
