"""Values that look like one: pairs worth asking the other columns about, each with what makes them alike.

Mrakch / Marrakech  slip      مراكش / Marrakech  other script      Méd. interne / Médecine interne  abbreviation
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np

from khettara.tables.companions import Companions
from khettara.tables.names import consonants, fold_word
from khettara.tables.vocabulary import fold, french_sound

_COUNTS = re.compile(r"\d+|[<>≤≥=+%]")
"""What no slip changes: `> 5 ans` is not `< 5 ans`, `Enq. 03` not `Enq. 08`."""
STRONG_BITS = 12.0
"""Bits from other columns that are no chance: one in 4,000."""
FEWEST, _ALIKE, _BEYOND = 8, 0.8, 1.5
"""Rows that a value needs to be judged by them alone, the share of its own bits that another value must give it, and how far the next is behind."""


@dataclass(frozen=True)
class Likely:
    """Two groups of values, the one that would join the other first. `sure`: nothing more is needed than that other columns do not object."""

    left: int
    right: int
    reason: str
    sure: bool


def same_rows(
    values: Sequence[str],
    roots: Sequence[int],
    strange: Sequence[int],
    rows: Mapping[int, int],
    known: Collection[int],
    others: Companions,
    place: Mapping[int, int],
) -> Iterator[Likely]:
    """Values in another script, or shortened beyond recognition, whose rows look like one other value's rows and like no third's."""
    if not others.joint or not strange or len(roots) < 2:
        return
    support = others.support_of_all(np.array([place[root] for root in strange]))
    expected = np.array([others.expected(np.full(len(roots), place[root]), np.array([place[other] for other in roots])) for root in strange])
    for at, root in enumerate(strange):
        given = np.array([support[at, place[other]] if other != root and rows[other] >= rows[root] else -np.inf for other in roots])
        best, second = np.argsort(-given, kind="stable")[:2].tolist()
        right, bits = roots[best], given[best]
        alike = bits >= 2 * STRONG_BITS and bits >= _ALIKE * expected[at, best] and bits >= _BEYOND * given[second]
        alike = alike and _COUNTS.findall(values[root]) == _COUNTS.findall(values[right])  # office 1 is not office 2
        if alike and (
            script_of(values[root]) != script_of(values[right])
            or _may_shorten(values[root], values[right])
            or _skeleton(values[root]) == _skeleton(values[right]) != ""
        ):
            yield Likely(root, right, "rows", sure=False)


def _may_shorten(short: str, long: str) -> bool:
    """Whether the letters of one stand in the other in their order, the first at its beginning: `qtl` in `quintal`."""
    a, b = fold(short), iter(fold(long))
    return len(a) < len(fold(long)) and a[:1] == fold(long)[:1] and all(sign in b for sign in a)


def _skeleton(value: str) -> str:
    """The consonants, doubled ones once: `Asfi` and `Safi`, `Souira` and `Essaouira` have the same. None where there is only one."""
    sound = "".join(consonants(fold_word(word)) for word in re.findall(r"[^\W\d_]+", value))
    single = re.sub(r"(.)\1+", r"\1", sound)
    return single if len(single) > 1 else ""


def proposals(values: Sequence[str], roots: Sequence[int], rows: Mapping[int, int], known: Collection[int]) -> Iterator[Likely]:
    """Pairs of groups that look like one, the smaller first. Two that are both known were joined before, or are two."""
    for pair in chain(
        _same_sound(values, roots, rows),
        _other_script(values, roots, rows),
        _abbreviations(values, roots, rows, known),
        _slips(values, roots, rows, known),
    ):
        if _COUNTS.findall(values[pair.left]) == _COUNTS.findall(values[pair.right]):
            yield pair


def _same_sound(values: Sequence[str], roots: Sequence[int], rows: Mapping[int, int]) -> Iterator[Likely]:
    """Values that are read alike, each with the most frequent of them."""
    first: dict[str, int] = {}
    for root in sorted(roots, key=lambda root: (-rows[root], root)):
        sound = french_sound(values[root])
        if len(sound) > 2 and sound in first:
            yield Likely(*_smaller_first(root, first[sound], rows), "sound", sure=True)
        first.setdefault(sound, root)


def _smaller_first(one: int, two: int, rows: Mapping[int, int]) -> tuple[int, int]:
    return (one, two) if (rows[one], -one) <= (rows[two], -two) else (two, one)


def _other_script(values: Sequence[str], roots: Sequence[int], rows: Mapping[int, int]) -> Iterator[Likely]:
    """Values with the same consonants in the other script, if they are nearly alone with them."""
    by_sound: dict[tuple[str, bool], list[int]] = defaultdict(list)
    for root in roots:
        words = [fold_word(word) for word in re.findall(r"[^\W\d_]+", values[root])]
        sound = "".join(consonants(word[2:] if word.startswith("ال") and len(word) > 4 else word) for word in words if word not in ("el", "al", "l"))
        if len(sound) > 2:
            by_sound[sound, script_of(values[root]) == "other"].append(root)
    for (sound, other), ours in by_sound.items():
        theirs = by_sound.get((sound, not other), [])
        if other and theirs:
            main, meant = _dominant(ours, rows), _dominant(theirs, rows)
            if main is not None and meant is not None:
                yield Likely(*_smaller_first(main, meant, rows), "other script", sure=True)


def _dominant(roots: Sequence[int], rows: Mapping[int, int]) -> int | None:
    """The one with nearly all rows of these; None where two share them."""
    main = max(roots, key=lambda root: (rows[root], -root))
    return main if rows[main] >= 0.8 * sum(rows[root] for root in roots) else None


def _abbreviations(values: Sequence[str], roots: Sequence[int], rows: Mapping[int, int], known: Collection[int]) -> Iterator[Likely]:
    """Values whose words are the beginnings of another's words, one for one, if there is only one such other, or one with nearly all rows."""
    words = {root: [fold(word) for word in re.split(r"[\s.\-_/]+", values[root]) if fold(word)] for root in roots}
    by_start: dict[tuple[int, str], list[int]] = defaultdict(list)
    for root in roots:
        if words[root]:
            by_start[len(words[root]), words[root][0][:2]].append(root)
    for root in roots:
        if root in known or not words[root] or sum(map(len, words[root])) < 3:
            continue
        longer = [
            other
            for other in by_start[len(words[root]), words[root][0][:2]]
            if other != root and words[other] != words[root] and all(_shortened(a, b) for a, b in zip(words[root], words[other], strict=True))
        ]
        meant = _dominant(longer, rows) if longer else None
        if meant is not None:
            dotted = "." in values[root]
            yield Likely(root, meant, "abbreviation", sure=dotted or sum(map(len, words[root])) > 4)


def _shortened(short: str, long: str) -> bool:
    return long == short or (len(short) > 1 and len(long) >= len(short) + 2 and long.startswith(short) and short[-1].isalpha())


def _slips(values: Sequence[str], roots: Sequence[int], rows: Mapping[int, int], known: Collection[int]) -> Iterator[Likely]:
    """Values one letter apart, or two in long ones; digits must be the same, and no short word may differ."""
    from rapidfuzz.distance import OSA
    from rapidfuzz.process import cdist

    usable = [root for root in roots if len(fold(values[root])) > 4]
    strange = [root for root in usable if root not in known]
    if not strange:
        return
    ours, theirs = [fold(values[root]) for root in strange], [fold(values[root]) for root in usable]
    slips = cdist(ours, theirs, scorer=OSA.distance, score_cutoff=2, dtype=np.uint8, workers=1)
    for one, two in zip(*(places.tolist() for places in np.nonzero(slips <= 2)), strict=True):
        a, b = ours[one], theirs[two]
        long = min(len(a), len(b))
        if strange[one] == usable[two] or (slips[one, two] > 1 and long <= 8):
            continue
        if _long_words_differ(values[strange[one]], values[usable[two]]):
            left, right = _smaller_first(strange[one], usable[two], rows)
            yield Likely(left, right, "slip" if slips[one, two] == 1 and long > 5 else "resemblance", sure=False)


def _long_words_differ(one: str, two: str) -> bool:
    """Whether the words that differ are long enough for a slip: `Type A` and `Type B` are two types."""
    ours, theirs = ({fold(word) for word in re.split(r"[\s\-_/]+", text)} - {""} for text in (one, two))
    return all(len(word) > 3 for word in (ours ^ theirs)) or fold(one) in fold(two) or fold(two) in fold(one)


def script_of(value: str) -> str:
    """`latin`, or `other` if any letter is of another script."""
    return "other" if any(sign > "\u0590" for sign in re.findall(r"[^\W\d_]", value)) else "latin"
