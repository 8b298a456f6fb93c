"""What is known beforehand of columns whose meanings are known, as claims on the rows of a table.

    sexe "M", code CIM "O80.9"   ->   claim "pregnancy and childbirth (code CIM) are women's (sexe)", broken by this row

The rules are those of the packs (`types.rules`). They are not mined, so many rows may break one; where hardly any row keeps it, the
columns are not what they seem and nothing is claimed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from khettara.tables.examination import Examination, Words
from khettara.tables.models import Codes, Measured, codes_of, fold
from khettara.tables.phrases import say
from khettara.tables.table import Array
from khettara.tables.types.places import PlaceKind, gazetteer
from khettara.tables.types.rules import Condition, Elapsed, LiesIn, Never, Order, Product, Rule

Texts = list[str | None]
TWIN = 0.1
"""Share of the rows of a place that makes a second area one where another place of its name lies."""
_KINDS: Mapping[str, PlaceKind] = {"region": "region", "province": "province", "commune": "commune"}


@dataclass(frozen=True)
class Claim:
    """Something that nearly every row keeps.

    `broken`: the rows that do not. `kept`: which of some rows keep it, and so speak for its columns. `solve`: what a column would have
    to say in some rows for it to hold; None where the claim cannot tell.
    """

    columns: tuple[str, ...]
    rule: Words
    broken: Array
    kept: Callable[[Array], Array]
    solve: Callable[[str, Array], Texts | None]


def known_claims(seen: Examination) -> Iterator[Claim]:
    """A claim for each rule of the packs whose columns the table has, each once."""
    for rule in seen.packs.contradictions.values():
        columns = _columns(seen, rule)
        judged = _judge(seen, rule, columns) if columns is not None else None
        if columns is None or judged is None:
            continue
        known, broken = judged
        if broken.any() and broken.sum() <= (1 - rule.kept) * known.sum():
            # an order, or conditions that do not meet, say little for a column by being kept: most wrong values keep them too
            speaks = known & ~broken if isinstance(rule.test, Elapsed | Product | LiesIn) else np.zeros(seen.records, bool)
            says = say(en=rule.says["en"], fr=rule.says["fr"], ar=rule.says["ar"], **columns)
            yield Claim(tuple(columns.values()), says, np.flatnonzero(broken), speaks.__getitem__, _solver(seen, rule.test, columns))


def _columns(seen: Examination, rule: Rule) -> dict[str, str] | None:
    """The column for each place of the rule; None where there is none, or several."""
    found: dict[str, str] = {}
    for place, meanings in rule.columns.items():
        there = next((columns for meaning in meanings if (columns := seen.meaning(meaning))), [])
        if len(there) != 1:
            return None
        found[place] = there[0].name
    return found if len(set(found.values())) == len(found) else None


def _judge(seen: Examination, rule: Rule, columns: Mapping[str, str]) -> tuple[Array, Array] | None:
    """The rows of which the rule can be asked, and those that break it."""
    test = rule.test
    if isinstance(test, Never):
        return _never(seen, test, columns)
    if isinstance(test, LiesIn):
        return _lies_in(seen, columns[test.inner], columns[test.outer])
    if isinstance(test, Order):
        rest = _values(seen, columns[test.first]) - _values(seen, columns[test.second])
        return np.isfinite(rest), np.asarray(rest > 0)
    if isinstance(test, Elapsed):
        days = _values(seen, columns[test.last]) - _values(seen, columns[test.first])
        rest = np.abs(_values(seen, columns[test.number]) - days / test.days)
        return np.isfinite(rest), np.asarray(rest > test.within)
    rest = np.abs(_logs(seen, test.of, columns, test) - sum(power * _logs(seen, place, columns, test) for place, power in test.powers.items()))
    return np.isfinite(rest), np.asarray(rest > np.log1p(test.within))


def _values(seen: Examination, name: str) -> Array:
    column, kind = seen.table[name], seen.types[name]
    return Measured(name, column.title, column.position, kind.kind == "date", kind.semantic).read(seen)


def _logs(seen: Examination, place: str, columns: Mapping[str, str], test: Product) -> Array:
    """A factor as a logarithm, in the unit in which the rule takes it; NaN for what is not above nought."""
    values, held = seen.numbers(columns[place]), seen.types[columns[place]]
    meaning, unit = seen.packs.meanings[held.semantic or ""], test.units.get(place)
    if unit is not None and meaning.quantity:
        at_zero, at_one = (seen.packs.convert(meaning.quantity, value, held.unit or meaning.unit, unit) for value in (0.0, 1.0))
        values = at_zero + (at_one - at_zero) * values
    logs: Array = np.log(np.where(values > 0, values, np.nan))
    return logs


def _never(seen: Examination, test: Never, columns: Mapping[str, str]) -> tuple[Array, Array] | None:
    met = []
    known = np.ones(seen.records, bool)
    for place, condition in test.conditions.items():
        told = _meets(seen, columns[place], condition)
        if told is None:
            return None
        known &= told[0]
        met.append(told[1])
    broken = np.logical_and.reduce(met) & known
    rarest = min(int((one & known).sum()) for one in met)
    return known, broken if broken.sum() <= max(2, test.often * rarest) else np.zeros(seen.records, bool)


def _meets(seen: Examination, name: str, condition: Condition) -> tuple[Array, Array] | None:
    """The rows of which a condition can be asked, and those that meet it."""
    if condition.below is not None or condition.above is not None:
        values = seen.numbers(name)
        low, high = (bound if bound is not None else end for bound, end in ((condition.above, -np.inf), (condition.below, np.inf)))
        return np.isfinite(values), np.asarray((values > low) & (values < high))
    codes = codes_of(seen, name)
    if codes is None:
        return None
    words = seen.packs.meanings[seen.types[name].semantic or ""].words
    meant = {fold(spelling) for word in condition.words for spelling in words.get(word, ())}
    other = {fold(spelling) for word, spellings in words.items() if word not in condition.words for spelling in spellings}
    likes = re.compile(condition.like) if condition.like else None
    fits = [bool(likes.match(word.replace(" ", "").upper())) if likes else word in meant - other for word in codes.words]
    return codes.codes >= 0, np.array([*fits, False])[codes.codes]


def _lies_in(seen: Examination, inner: str, outer: str) -> tuple[Array, Array] | None:
    """Rows whose place lies elsewhere, by names that the gazetteer has once and that come where it has them.

    It does not have every commune: one that comes often with a second area is taken to be two of one name.
    """
    held = _areas(seen, inner, outer)
    if held is None:
        return None
    inners, of_inner, said = held
    where = of_inner[inners.codes]
    known = (where >= 0) & (said >= 0)
    broken = known & (where != said)
    keeps = np.bincount(inners.codes[known & ~broken], minlength=len(inners.words))[inners.codes]
    _, pair, count = np.unique(np.stack([inners.codes, said]), axis=1, return_inverse=True, return_counts=True)
    often = count[np.ravel(pair)]
    return known, broken & (keeps > 0) & (often <= np.maximum(2, TWIN * (keeps + often)))


def _areas(seen: Examination, inner: str, outer: str) -> tuple[Codes, Array, Array] | None:
    """The inner column's codes; for each of them (and -1) the area it lies in; and for each row the area that the outer column says."""
    kinds = [_KINDS[seen.types[name].semantic or ""] for name in (inner, outer)]
    inners, outers = codes_of(seen, inner), codes_of(seen, outer)
    if inners is None or outers is None:
        return None
    number: dict[str, int] = {}

    def area(kind: PlaceKind, word: str) -> int:
        found = {
            (place.region if kinds[1] == "region" else place.province if kind == "commune" else place.code) for place in gazetteer().find(kind, word)
        }
        return number.setdefault(found.pop(), len(number)) if len(found) == 1 else -1

    of_inner, of_outer = (np.array([*(area(kind, word) for word in held.words), -1]) for kind, held in zip(kinds, (inners, outers), strict=True))
    return inners, of_inner, of_outer[outers.codes]


def _solver(seen: Examination, test: object, columns: Mapping[str, str]) -> Callable[[str, Array], Texts | None]:
    """Where a place lies can be told from the place, in the spelling that the column has most often."""

    def solve(name: str, rows: Array) -> Texts | None:
        if not isinstance(test, LiesIn) or name != columns[test.outer]:
            return None
        held = _areas(seen, columns[test.inner], name)
        few = seen.table[name].few
        if held is None or few is None:
            return None
        inners, of_inner, said = held
        written: dict[int, str] = {}
        counts = np.bincount(few[1][few[1] >= 0], minlength=len(few[0]))
        area_of = np.full(len(few[0]), -1)
        area_of[few[1][few[1] >= 0]] = said[few[1] >= 0]
        for at in np.argsort(-counts, kind="stable").tolist():
            written.setdefault(int(area_of[at]), few[0][at].as_py())
        return [written.get(int(area)) if area >= 0 else None for area in of_inner[inners.codes[rows]]]

    return solve
