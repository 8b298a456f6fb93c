"""Columns whose values stand in one another's place: latitude in longitude, first name in family name, diastolic before systolic.

    latitude -7.62, longitude 33.58   ->   the other 98 % of rows have 33.58, -7.62

A row is swapped when its pair of values is rare as it stands and common the other way round. Where swaps are a share p of the rows,
every swapped pair is 1/p times as common the right way round, so the ratio of the two counts tells them, whatever the distributions.
A pair of columns is judged only when nearly all its rows would be told in this way; two columns that look alike are left alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import combinations

import numpy as np
import pyarrow as pa

from khettara.tables.detectors.ranges import beyond
from khettara.tables.examination import Examination, Found, Repair, Words
from khettara.tables.models import Codes, Measured, codes_of, measured_columns, sample_rows, texts_at, without_copies
from khettara.tables.phrases import say
from khettara.tables.table import Array, Column

RATIO = 6.0
"""How many times as common a pair must be the other way round: finds swaps of up to one row in seven."""
SEPARABLE = 0.95
"""Share of sound rows that would be told if they were swapped."""
APART = 0.25
"""How far (Kolmogorov and Smirnov) the swapped rows, turned round, may differ from the others: clerks who swap have their own places and months."""
WHOLE = 0.85
"""Share of whole numbers that makes a column one of whole numbers; the others may be the swapped ones."""
RARE = 0.03
"""Share of the values on either side that may be swapped ones when two columns are compared."""
NEAR = 3
"""Columns of numbers further apart than this are not compared, unless their meanings form a pair; words prove themselves."""
WORDS = 5000
"""Distinct values above which too few come often enough to be at home anywhere."""
BINS = (4, 12, 48)
FEWEST = 3
ENOUGH = 5
"""Rows out of order of which the gaps can be compared."""
PAIRS = (
    {"latitude", "longitude"},
    {"systolic_pressure", "diastolic_pressure"},
    {"height", "weight"},
    {"first_name", "last_name"},
    {"admission_date", "discharge_date"},
)


Tell = Callable[[Array, Array], Array]
"""Which rows of two whole columns are swapped."""


def find_swaps(seen: Examination) -> Iterator[Found]:
    """Pairs of columns with some rows the wrong way round; the repair puts them back. Of two pairs that share a column, the one with more rows."""
    taken: set[str] = set()
    for first, second, rows in sorted(_candidates(seen), key=lambda pair: -len(pair[2])):
        if first not in taken and second not in taken and len(rows) >= FEWEST:
            taken |= {first, second}
            yield _found(seen, first, second, rows)


def _candidates(seen: Examination) -> Iterator[tuple[str, str, Array]]:
    rows = sample_rows(seen.records)
    measured = without_copies(measured_columns(seen, rows))
    for one, two in combinations(measured, 2):
        if not one.is_date and not two.is_date and one.semantic == two.semantic and abs(one.position - two.position) == 1:
            told = _out_of_order(one.read(seen), two.read(seen))
            if told is not None:
                yield one.name, two.name, np.flatnonzero(told)
                continue
        if one.is_date == two.is_date and ({one.semantic, two.semantic} in PAIRS or one.is_date or _apart(one, two, measured)):
            judge = _swapped_dates if one.is_date else _swapped_numbers
            found = judge(measured[one], measured[two])
            if found is not None:
                told = _without_slips(seen, one, two, found(one.read(seen), two.read(seen)))
                if one.is_date or _impossible(seen, one, two, told) or _at_home(one.read(seen), two.read(seen), told, rows):
                    yield one.name, two.name, np.flatnonzero(told)
    texts = {column: codes_of(seen, column.name, WORDS) for column in seen.columns("category", "text", "identifier") if not _in(column, measured)}
    for (left, one_), (right, two_) in combinations(texts.items(), 2):
        if one_ is not None and two_ is not None:
            mask = _swapped_words(one_, two_)
            if mask is not None:
                yield left.name, right.name, np.flatnonzero(mask)


def _in(column: Column, measured: dict[Measured, Array]) -> bool:
    return any(held.name == column.name for held in measured)


def _apart(one: Measured, two: Measured, measured: Mapping[Measured, Array]) -> bool:
    """Whether columns that are no known pair are near in the table and far in their values, so that a swapped value is strange in itself."""
    low, high = (np.nanquantile(measured[column], [RARE, 1 - RARE]) for column in (one, two))
    return abs(one.position - two.position) <= NEAR and bool(low[1] < high[0] or high[1] < low[0])


def _swapped_numbers(x: Array, y: Array) -> Tell | None:
    """How to tell swapped rows, from histograms of the pairs (x, y); None where the columns cannot be told apart or no row is swapped."""
    known = np.isfinite(x) & np.isfinite(y) & (x != y)
    x, y = x[known], y[known]
    if len(x) < 20:
        return None
    x_whole, y_whole = ((values == np.round(values)).mean() > WHOLE for values in (x, y))
    both = np.sort(np.concatenate([x, y]))
    tests: list[tuple[Array, Array]] = []
    for bins in BINS:
        edges = np.unique(both[np.linspace(0, len(both) - 1, bins + 1).astype(np.int64)[1:-1]])
        place = _places(x, y, edges)
        size = len(edges) + 1
        counts = np.bincount(place, minlength=2 * size * size).reshape(2, size, size)
        turned = counts[::-1].transpose(0, 2, 1)
        ratio = ((turned + 0.5) / (counts + 0.5)).ravel()
        usual = ratio[place] < 1
        if usual.mean() > 0.8 and (ratio[place][usual] < 1 / RATIO).mean() >= SEPARABLE:
            tests.append((edges, ratio >= RATIO))
    told = np.zeros(len(x), bool)
    for edges_, above in tests:
        told |= above[_places(x, y, edges_)]
    if not told.any():
        return None
    plausible = _around(turned).ravel() >= 2
    if plausible[place[told]].mean() < 0.7:
        return None

    def tell(x: Array, y: Array) -> Array:
        finite = np.flatnonzero(np.isfinite(x) & np.isfinite(y) & (x != y))
        some = np.zeros(len(finite), bool)
        for edges_, above in tests:
            some |= above[_places(x[finite], y[finite], edges_)]
        some[some] = plausible[_places(x[finite[some]], y[finite[some]], edges)]
        result = np.zeros(len(x), bool)
        result[finite[some]] = True
        for held, whole in ((x, y_whole), (y, x_whole)):  # a value with a fraction has no place in a column of whole numbers
            if whole:
                result &= held == np.round(held)
        return result

    return tell


def _without_slips(seen: Examination, one: Measured, two: Measured, told: Array) -> Array:
    """The rows that are swapped and not mistyped: a value that the other column cannot have either did not come from there.

    A slip spoils one of the two cells. Where most rows have one impossible value and a good one beside it, slips only look turned round:
    a height of 12 beside a weight of 88.
    """
    x, y, of_one, of_two = one.read(seen), two.read(seen), seen.types[one.name], seen.types[two.name]
    told = told & ~beyond(x, of_two.low, of_two.high) & ~beyond(y, of_one.low, of_one.high)
    slips = told & (beyond(x, of_one.low, of_one.high) != beyond(y, of_two.low, of_two.high))
    return told & ~slips if slips.sum() > 0.5 * told.sum() else told


def _impossible(seen: Examination, one: Measured, two: Measured, told: Array) -> bool:
    """Whether neither column can have the values as they stand, as latitudes and longitudes: nothing more is to be proved then."""
    both = [beyond(column.read(seen)[told], seen.types[column.name].low, seen.types[column.name].high) for column in (one, two)]
    return bool(told.any()) and float((both[0] & both[1]).mean()) > 0.5


def _at_home(x: Array, y: Array, told: Array, rows: Array) -> bool:
    """Whether the rows that seem swapped have, turned round, the values of the others, and are not merely where the two columns meet."""
    count = int(told.sum())
    if not count:
        return False
    others = rows[~told[rows]]
    allowed = APART + (1.4 / np.sqrt(count) if count > FEWEST else 0.0)
    return all(_distance(_ordered(whole[others]), np.sort(turned[told])) <= allowed for whole, turned in ((x, y), (y, x)))


def _ordered(values: Array) -> Array:
    return np.sort(values[np.isfinite(values)])


def _around(counts: Array) -> Array:
    """For each cell the count in it and its eight neighbours."""
    padded = np.pad(counts, ((0, 0), (1, 1), (1, 1)))
    rows, columns = counts.shape[1:]
    return np.asarray(sum(padded[:, down : down + rows, right : right + columns] for down in range(3) for right in range(3)))


def _places(x: Array, y: Array, edges: Array) -> Array:
    """The cell of each pair: which of the two is larger, and in which bins they lie."""
    size = len(edges) + 1
    place: Array = ((x > y) * size + np.searchsorted(edges, x)) * size + np.searchsorted(edges, y)
    return place


def _swapped_dates(x: Array, y: Array) -> Tell | None:
    """Two dates of which one comes first: swapped where it does not, provided the gaps are those of the other rows turned round."""
    gaps = y - x
    gaps = gaps[np.isfinite(gaps)]
    if len(gaps) < 20:
        return None
    sign = 1.0 if (gaps > 0).sum() >= (gaps < 0).sum() else -1.0
    right, turned = np.sort(sign * gaps[sign * gaps > 0]), np.sort(-sign * gaps[sign * gaps < 0])
    if not len(turned) or len(turned) > len(right) / RATIO or _distance(right, turned) > 0.05 + 1.2 / np.sqrt(len(turned)):
        return None
    return lambda x, y: np.asarray((sign * (y - x) < 0) & (sign * (y - x) >= -right[-1]))


def _out_of_order(x: Array, y: Array) -> Array | None:
    """Two numbers of one kind of which one is the larger (least and highest price, two readings of a meter): swapped where it is not.

    As for dates the gaps must be those of the other rows turned round, as differences and as ratios; noise makes small ones only.
    """
    known = np.isfinite(x) & np.isfinite(y) & (x > 0) & (y > 0)
    if known.sum() < 20:
        return None
    sign = 1.0 if np.median((y - x)[known]) >= 0 else -1.0
    with np.errstate(invalid="ignore"):
        gaps = sign * (y - x)
    right, turned = np.flatnonzero(known & (gaps > 0)), np.flatnonzero(known & (gaps < 0))
    if not ENOUGH <= len(turned) <= len(right) / RATIO:
        return None
    allowed = 0.05 + 1.4 / np.sqrt(len(turned))
    ratios = np.abs(np.log(np.where(known, y, 1.0) / np.where(known, x, 1.0)))
    if any(_distance(np.sort(sizes[right]), np.sort(sizes[turned])) > allowed for sizes in (np.abs(gaps), ratios)):
        return None
    told = np.zeros(len(x), bool)
    told[turned[(ratios[turned] >= ratios[right].min()) & (ratios[turned] <= ratios[right].max())]] = True
    return told


def _distance(one: Array, two: Array) -> float:
    """The largest difference of two distribution functions (Kolmogorov and Smirnov)."""
    at = np.concatenate([one, two])
    return float(np.abs(np.searchsorted(one, at, "right") / len(one) - np.searchsorted(two, at, "right") / len(two)).max())


def _swapped_words(one: Codes, two: Codes) -> Array | None:
    """Values that are at home in the other column, both of a row at once."""
    shared = {word: code for code, word in enumerate(two.words)}
    in_two = np.array([shared.get(word, -1) for word in one.words], np.int64)
    at_home_one, at_home_two = _tally(one.codes, len(one.words)), _tally(two.codes, len(two.words))
    abroad_one = np.where(in_two >= 0, at_home_two[in_two], 0.0)
    back = np.full(len(two.words), -1, np.int64)
    back[in_two[in_two >= 0]] = np.flatnonzero(in_two >= 0)
    abroad_two = np.where(back >= 0, at_home_one[back], 0.0)
    ratio_one, ratio_two = (abroad_one + 0.5) / (at_home_one + 1e-9), (abroad_two + 0.5) / (at_home_two + 1e-9)
    known = (one.codes >= 0) & (two.codes >= 0)
    if not known.any():
        return None
    first, second = ratio_one[one.codes], ratio_two[two.codes]
    if (first[known] < 1 / RATIO).mean() < 0.8 or (second[known] < 1 / RATIO).mean() < 0.8:
        return None
    told: Array = known & (first > 1.4) & (second > 1.4) & (first * second >= RATIO**2)
    return told if told.any() else None


def _tally(codes: Array, size: int) -> Array:
    return np.bincount(codes[codes >= 0], minlength=size).astype(np.float64)


def _found(seen: Examination, first: str, second: str, rows: Array) -> Found:
    share = len(rows) / seen.records
    values = {first: texts_at(seen, second, rows), second: texts_at(seen, first, rows)}
    return Found(
        kind="swapped_columns",
        columns=(first, second),
        rows=rows,
        cause=_cause(first, second, len(rows), share),
        confidence=0.97,
        measures=("Acc-ML-1", "Con-ML-4"),
        repair=Repair(
            "swap",
            {
                "en": f"Put the values of {first} and {second} back in each other's place in these rows.",
                "fr": f"Remettre à leur place les valeurs de {first} et de {second} dans ces lignes.",
                "ar": f"إعادة قيم «{first}» و«{second}» كلٍّ إلى عمودها في هذه السطور.",
            },
            {name: pa.array(cells, pa.string()) for name, cells in values.items()},
        ),
    )


def _cause(first: str, second: str, count: int, share: float) -> Words:
    return say(
        en="{n:row has|rows have} {first} and {second} swapped ({p:%}): the pair is usual the other way round and not as it stands.",
        fr="Dans {n:ligne|lignes}, {first} et {second} ont changé de place ({p:%}) : le couple est courant dans l'autre sens, pas tel quel.",
        ar="{n:سطر واحد|سطران|سطور|سطرًا} ({p:%}) تبادل فيها «{first}» و«{second}» موضعيهما: الزوج مألوف معكوسًا لا كما هو مكتوب.",
        n=count,
        p=share,
        first=first,
        second=second,
    )
