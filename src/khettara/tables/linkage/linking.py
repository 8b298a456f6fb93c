"""Linking: which pairs of rows are one record. What they share must be more than chance, what they lack no more than typing twice leaves.

    row 17 and row 902   shared 61.2 bits   lacking 2.9 (telephone)              ->  the same
    row 17 and row 88    shared 35.0 bits   lacking 17.0 (first name, CIN)       ->  twins, two records

Fellegi and Sunter's weights, log2(m/u): `u` from how often a value occurs in the table, less what another shared field already said;
`m` from the table's own sure pairs, each field judged by pairs that agree in all others. Shared and lacking evidence are two sums with a
bound each: in one sum, the many things that a family or two visits of one patient share would outweigh the few that tell them apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from khettara.tables.linkage.blocking import blocking_keys, candidate_pairs, joint_bits
from khettara.tables.linkage.comparing import DIFFERENT, EQUAL, MISSING, NEAR, agreement, look_closer
from khettara.tables.linkage.fields import Field
from khettara.tables.table import Array

MARGIN_BITS = 7.0
"""Beyond what chance gives one pair in the whole table: one in 128 of such pairs would be chance."""
PATIENCE_BITS, PATIENCE_FIELD_BITS = 9.0, 0.75
"""What may be lacking: one field in 500 typings, or two of one in 20; and more where there are more than twelve fields to go wrong."""
_DECISIVE = 10.0
"""A person's name and a day are mistyped, not replaced: another one is another record."""
_DOUBTFUL = 6.0
"""The same where a number that nobody shares is equal: then the other name may be one that our lists do not know in that script."""
_LEAST, _MOST = 2.5, 7.0
_SHARED = 0.55
"""Of the fields that both have, so many at least are equal or near."""
_SAMPLED = 4000


@dataclass(frozen=True)
class Links:
    """Pairs of rows that are one record, the lower first. `weights`: bits for each pair, shared less lacking.

    `levels`: for each pair and field `comparing`'s level; `field_bits`: what each said, negative where it spoke against.
    """

    fields: tuple[Field, ...]
    lows: Array
    highs: Array
    weights: Array
    levels: Array
    field_bits: Array
    needed: float = 0.0

    def likelihood(self) -> Array:
        """How sure each pair is: beyond what one pair of the whole table reaches by chance, at most what the lacking fields leave."""
        lacking = np.maximum(-self.field_bits, 0).sum(axis=1)
        by_chance = np.exp2(np.minimum(self.needed - MARGIN_BITS - self.weights - lacking, 0))
        patience = np.maximum(PATIENCE_BITS, PATIENCE_FIELD_BITS * (self.levels != MISSING).sum(axis=1))
        return np.asarray((1 - by_chance) * (1 - np.exp2(lacking - patience - 4)))

    def clusters(self, records: int) -> Array:
        """For each row the first row of its record, itself where it stands alone."""
        first = np.arange(records)
        while True:
            lowest = np.minimum(first[self.lows], first[self.highs])
            np.minimum.at(first, self.lows, lowest)
            np.minimum.at(first, self.highs, lowest)
            first = first[first]
            if np.array_equal(first[self.lows], first[self.highs]):
                return first


def identifying(fields: Sequence[Field], joint: Array, records: int) -> bool:
    """Whether the table says who or what each record is about; rows of prices that look alike are two readings."""
    who = [place for place, field in enumerate(fields) if field.identity]
    if not who:
        return False
    return bool(sum(_discounted([fields[place].bits for place in who], joint[np.ix_(who, who)])) >= np.log2(max(records, 2)) + 3)


def _discounted(bits: Sequence[float], joint: Array) -> list[float]:
    """What each field adds to those that say more."""
    order = np.argsort([-value for value in bits], kind="stable").tolist()
    added = list(bits)
    for place, field in enumerate(order):
        added[field] = min([bits[field], *(float(joint[other, field]) for other in order[:place])])
    return added


def link_records(fields: Sequence[Field], records: int, split: int | None = None) -> Links:
    """The pairs of rows that are one record. With `split`, rows below it are linked with rows from it on (two tables, one after the other)."""
    fields = tuple(fields)
    none = Links(fields, *(np.zeros(0, np.int64),) * 2, np.zeros(0), np.zeros((0, len(fields)), np.uint8), np.zeros((0, len(fields))))
    if len(fields) < 2 or records < 2:
        return none
    joint = joint_bits(fields, records)
    if not identifying(fields, joint, records):
        return none
    lows, highs = candidate_pairs(fields, blocking_keys(fields, joint, records), records, split)
    levels = agreement(fields, lows, highs)
    bits = np.array(_discounted([field.bits for field in fields], joint))
    # One in so many pairs is a link: one record in fifty is there twice, or half of the smaller table is in the larger.
    one_in = 50.0 * records if split is None else 2.0 * max(split, records - split)
    needed = np.log2(max(one_in, 2.0)) + MARGIN_BITS
    # A first look by keys alone: near fields can add to what is shared, but not carry a pair by themselves.
    known = np.maximum((levels != MISSING).sum(axis=1), 1)
    promising = ((levels == EQUAL) @ bits >= 0.5 * needed) & ((levels == EQUAL).sum(axis=1) >= 0.5 * known)
    others = np.flatnonzero(~promising)[:: max(1, int((~promising).sum()) // _SAMPLED)]
    chance_levels = levels[others]
    look_closer(fields, lows[others], highs[others], chance_levels)
    lows, highs, levels = lows[promising], highs[promising], levels[promising]
    look_closer(fields, lows, highs, levels)
    field_bits = _weigh(fields, bits, levels, chance_levels)
    _rare_values(fields, bits, lows, levels, field_bits)
    shared, lacking = np.maximum(field_bits, 0).sum(axis=1), np.maximum(-field_bits, 0).sum(axis=1)
    agreeing = (levels == EQUAL) | (levels == NEAR)
    who = np.array([field.identity for field in fields])
    patience = np.maximum(PATIENCE_BITS, PATIENCE_FIELD_BITS * (levels != MISSING).sum(axis=1))
    same = (shared >= needed) & (lacking <= patience) & agreeing[:, who].any(axis=1)
    same &= agreeing.sum(axis=1) >= _SHARED * np.maximum((levels != MISSING).sum(axis=1), 1)
    return Links(fields, lows[same], highs[same], (shared - lacking)[same], levels[same], field_bits[same], float(needed))


def _weigh(fields: Sequence[Field], bits: Array, levels: Array, by_chance: Array) -> Array:
    """What each level of each field says, in bits, for each pair."""
    agree = (levels != DIFFERENT) | np.array([field.counted for field in fields])
    lacking = (~agree).sum(axis=1)
    weights = np.zeros(levels.shape)
    for place, field in enumerate(fields):
        column = levels[:, place]
        sure = (lacking - ~agree[:, place] == 0) & (column != MISSING)
        total = sure.sum() + 4
        near, different = ((column[sure] == NEAR).sum() + 0.2) / total, ((column[sure] == DIFFERENT).sum() + 0.1) / total
        chance = by_chance[:, place][by_chance[:, place] != MISSING]
        near_by_chance = ((chance == NEAR).sum() + 0.5) / (len(chance) + 20)
        decisive = _decides([field])[0]
        # Where most of the pairs that agree in all else differ here, this field is what tells records apart (a number of a visit).
        against = _DECISIVE if decisive or different > 0.5 else float(np.clip(-np.log2(different), _LEAST, _MOST))
        weights[column == EQUAL, place] = bits[place]
        weights[column == NEAR, place] = np.clip(np.log2(near / near_by_chance), -3, 0.7 * bits[place])
        weights[column == DIFFERENT, place] = 0 if field.counted else -against
    for place in _personal(fields, levels):
        weights[levels[:, place] == EQUAL] = np.maximum(weights[levels[:, place] == EQUAL], -np.where(_decides(fields), _DOUBTFUL, _DECISIVE))
    return weights


def _decides(fields: Sequence[Field]) -> Array:
    return np.array([field.how in ("name", "day") for field in fields])


def _personal(fields: Sequence[Field], levels: Array) -> list[int]:
    """The numbers that no two persons share: those who have the same nearly always have the same names, unlike those with one telephone."""
    names = np.array([field.how == "name" for field in fields])
    others = (levels[:, names] == DIFFERENT).any(axis=1)
    equal = {place: levels[:, place] == EQUAL for place, field in enumerate(fields) if field.how == "code" and field.identity}
    return [place for place, same in equal.items() if same.sum() >= 10 and others[same].mean() <= 0.1] if names.any() else []


def _rare_values(fields: Sequence[Field], bits: Array, lows: Array, levels: Array, weights: Array) -> None:
    """Let a shared rare value say more than a shared common one: of names, places and words, as often as they occur."""
    from khettara.tables.linkage.fields import spread_sample

    for place, field in enumerate(fields):
        equal = levels[:, place] == EQUAL
        if field.how in ("number", "day") or not equal.any() or bits[place] < 0.9 * field.bits:
            continue
        held = field.keys[spread_sample(len(field.keys))]
        held = np.sort(held[held != 0])
        mine = field.keys[lows[equal]]
        count = np.searchsorted(held, mine, "right") - np.searchsorted(held, mine, "left")
        weights[equal, place] = np.minimum(np.log2(len(held) / np.maximum(count, 1)), np.log2(len(field.keys)) + 1)
