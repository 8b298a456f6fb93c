"""The spellings of one category among the values of a column, and why they are taken for one.

    Casablanca 8,115, CASABLANCA 387, D.Beida 513, الدار البيضاء 402, Casablnca 3   ->   one group, main spelling Casablanca

Evidence, surest first: the same letters (case, accents, blanks and signs aside), one entry of a vocabulary or of the gazetteer, the same
consonants in another script, an abbreviation, a slip of the pen. What is only likely must agree with what the other columns say of the
two values (`companions`); two values that the gazetteer or a vocabulary know as two things stay two.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from khettara.tables.companions import Companions
from khettara.tables.resemblance import FEWEST, STRONG_BITS, Likely, proposals, same_rows, script_of
from khettara.tables.table import Array
from khettara.tables.vocabulary import fold, has_letters, known_things, like_named

MOST = 4000
"""Distinct values beyond which a column is no list of categories."""
_FOR, _AGAINST = 4.0, -6.0
_RARE = 0.1


@dataclass(frozen=True)
class Spellings:
    """For each value of a column its group, for each group its main spelling, and for each value the evidence that ties it to the group."""

    group: Array
    main: tuple[str, ...]
    why: tuple[str, ...]


class _Groups:
    """Values that belong together: a forest with paths kept short."""

    def __init__(self, size: int) -> None:
        self.parent = list(range(size))

    def root(self, value: int) -> int:
        while self.parent[value] != value:
            self.parent[value] = self.parent[self.parent[value]]
            value = self.parent[value]
        return value

    def join(self, one: int, two: int) -> None:
        self.parent[max(self.root(one), self.root(two))] = min(self.root(one), self.root(two))


def group_spellings(values: Sequence[str], counts: Array, semantic: str | None, told: Callable[[], Companions]) -> Spellings:
    """Which values are spellings of one category. `told` counts what other columns say; it is asked only where it is needed."""
    groups, why = _Groups(len(values)), [""] * len(values)
    known = known_things(values, counts, semantic)
    two = like_named(semantic)
    _join_equal([None if value in two or not has_letters(value) else fold(value) for value in values], "letters", groups, why)
    _join_equal(known, "listed", groups, why)
    _join_equal(_without_headword(values, known, two), "headword", groups, why)
    identity = _identities(groups, known)
    _join_likely(values, counts, identity, told, groups, why)
    return _with_main(values, counts, semantic, groups, why)


def _join_equal(keys: Sequence[object | None], reason: str, groups: _Groups, why: list[str]) -> None:
    first: dict[object, int] = {}
    for value, key in enumerate(keys):
        if key is None:
            continue
        if key in first and groups.root(first[key]) != groups.root(value):
            groups.join(first[key], value)
            why[value] = why[value] or reason
        first.setdefault(key, value)


def _without_headword(values: Sequence[str], known: Sequence[object | None], two: Collection[str]) -> list[str | None]:
    """`Service Cardiologie` as `Cardiologie`, if most values that begin with this word are others without it, and several are.

    What is known by itself keeps its headword: Dir El Ksiba is another place than El Ksiba.
    """
    folded = {fold(value) for value in values}
    heads: dict[str, list[bool]] = defaultdict(list)
    for value in values:
        head, _, rest = value.strip().partition(" ")
        if rest:
            heads[fold(head)].append(fold(rest) in folded)
    idle = {head for head, found in heads.items() if sum(found) >= 3 and 2 * sum(found) > len(found)}
    bare: list[str | None] = []
    for value, thing in zip(values, known, strict=True):
        head, _, rest = value.strip().partition(" ")
        strip = rest and thing is None and fold(head) in idle
        bare.append(fold(rest) if strip else fold(value) if idle and has_letters(value) and value not in two else None)
    return bare


def _identities(groups: _Groups, known: Sequence[object | None]) -> dict[int, object]:
    """What each group is known to be."""
    return {groups.root(value): thing for value, thing in enumerate(known) if thing is not None}


def _join_likely(
    values: Sequence[str], counts: Array, identity: dict[int, object], told: Callable[[], Companions], groups: _Groups, why: list[str]
) -> None:
    """Join groups that are probably one, the likeliest first; each joins a group with more rows than it has."""
    root_of = [groups.root(value) for value in range(len(values))]
    rows: dict[int, int] = defaultdict(int)
    for root, count in zip(root_of, counts.tolist(), strict=True):
        rows[root] += count
    roots = sorted({root for value, root in zip(values, root_of, strict=True) if has_letters(value)})
    pairs = [pair for pair in proposals(values, roots, rows, identity) if not {pair.left, pair.right} <= identity.keys()]
    strange = [root for root in roots if root not in identity and rows[root] >= FEWEST]
    if not pairs and not strange:
        return
    place = {root: at for at, root in enumerate(sorted(set(root_of)))}
    others = told().merged(np.array([place[root] for root in root_of]), len(place))
    pairs += same_rows(values, roots, strange, rows, identity, others, place)
    left, right = (np.array([place[getattr(pair, side)] for pair in pairs], np.int64) for side in ("left", "right"))
    support, own = others.support(left, right), others.expected(left, right)
    taken: set[int] = set()
    for at in np.argsort(-support, kind="stable").tolist():
        pair = pairs[at]
        if pair.left in taken or not _believed(pair, float(support[at]), float(own[at]), rows):
            continue
        taken.add(pair.left)
        groups.join(pair.left, pair.right)
        for value, root in enumerate(root_of):
            if root == pair.left:
                why[value] = why[value] or pair.reason


def _believed(pair: Likely, support: float, own: float, rows: Mapping[int, int]) -> bool:
    """Whether what other columns say is enough for such a pair: nothing against a sure one, much for a mere resemblance."""
    if support < _AGAINST or (own > STRONG_BITS and support < 0.25 * own):
        return False
    if pair.sure:
        return support >= 0 or own < _FOR
    return support >= STRONG_BITS or (
        pair.reason == "slip" and rows[pair.left] <= max(1, _RARE * rows[pair.right]) and (support >= _FOR or own < _FOR)
    )


def _with_main(values: Sequence[str], counts: Array, semantic: str | None, groups: _Groups, why: list[str]) -> Spellings:
    roots = sorted({groups.root(value) for value in range(len(values))})
    place = {root: at for at, root in enumerate(roots)}
    group = np.array([place[groups.root(value)] for value in range(len(values))], np.int64)
    usual: dict[tuple[str, str], int] = defaultdict(int)
    for value, count in zip(values, counts.tolist(), strict=True):
        usual[_manner(value)] += count
    manner = max(sorted(usual), key=lambda key: usual[key]) if usual else ("", "")
    members: dict[int, list[int]] = defaultdict(list)
    for member, at in enumerate(group.tolist()):
        members[at].append(member)
    main = tuple(max(members[at], key=lambda value: _fitness(values[value], int(counts[value]), manner)) for at in range(len(roots)))
    return Spellings(group, tuple(values[value] for value in main), tuple(why))


def _fitness(value: str, count: int, manner: tuple[str, str]) -> tuple[float, str]:
    """How well a spelling serves as the main one: how often it is written, twice if written as the column writes, less with stray blanks."""
    usual = _manner(value)
    tidy = value == " ".join(value.split())
    return count * (2.0 if usual == manner else 1.0 if usual[0] == manner[0] else 0.5) * (1.0 if tidy else 0.2), value


def _manner(value: str) -> tuple[str, str]:
    letters = [sign for sign in value if sign.isalpha()]
    case = "upper" if value.isupper() and len(letters) > 2 else "lower" if value.islower() else "mixed"
    return script_of(value), case
