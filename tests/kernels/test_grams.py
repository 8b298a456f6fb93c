"""Runs of words are found in sets exactly as a plain search would find them."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import numpy.typing as npt
from hypothesis import given, settings
from hypothesis import strategies as st

from khettara.kernels.grams import LONG_RUN, RUNS_OF_8, RUNS_OF_13, SHORT_RUN, Search, Sets, hash_runs, tables

Rows = list[list[int]]


def laid(rows: Rows) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.int64]]:
    words = np.array([word for row in rows for word in row], np.uint64)
    return words, np.cumsum([0, *map(len, rows)])


def as_sets(sets: list[Rows], fewest: int) -> Sets:
    made = []
    for number, items in enumerate(sets):
        keys, kinds, rows = hash_runs(*laid(items), 77 + number, fewest)
        made.append((77 + number, keys, kinds, rows, len(items)))
    return tables(made)


def runs(row: list[int], length: int) -> list[tuple[int, ...]]:
    return [tuple(row[at : at + length]) for at in range(len(row) - length + 1)]


def plain_search(row: list[int], sets: list[Rows]) -> tuple[int, int, int, int]:
    """Words inside known runs of 8, of 13, items met, sets met; by comparing words."""
    inside: dict[int, set[int]] = {SHORT_RUN: set(), LONG_RUN: set()}
    met = set()
    for number, items in enumerate(sets):
        for place, item in enumerate(items):
            for length in (SHORT_RUN, LONG_RUN):
                known = set(runs(item, length))
                for at, run in enumerate(runs(row, length)):
                    if run in known:
                        inside[length] |= set(range(at, at + length))
                        met.add((number, place))
    return len(inside[SHORT_RUN]), len(inside[LONG_RUN]), len(met), sum({1 << number for number, _ in met})


# Few different words, in which the same runs come again and again.
row = st.integers(0, 1).flatmap(lambda seed: st.lists(st.integers(1, 2 + seed), max_size=40))


@settings(max_examples=60, deadline=None)
@given(st.lists(row, max_size=6), st.lists(st.lists(row, max_size=4), min_size=1, max_size=3))
def test_runs_are_found_as_by_comparing_words(texts: Rows, sets: list[Rows]) -> None:
    """Words covered, items and sets are counted as a search over the words themselves counts them."""
    search = Search(as_sets(sets, fewest=99), len(texts))
    search.runs(*laid(texts), np.arange(len(texts)))
    hits = search.hits()
    found = zip(hits.in_runs_of_8.tolist(), hits.in_runs_of_13.tolist(), hits.n_items.tolist(), hits.sets.tolist(), strict=True)
    assert list(found) == [plain_search(text, sets) for text in texts]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(1, 3), min_size=1, max_size=80), st.lists(row, min_size=1, max_size=3), st.sets(st.integers(1, 79)))
def test_a_text_may_come_in_pieces(text: list[int], items: Rows, cuts: set[int]) -> None:
    """Runs that go on from one piece into the next are found, and no word is counted twice."""
    sets = as_sets([items], fewest=99)
    whole, pieces = Search(sets, 1), Search(sets, 1)
    whole.runs(*laid([text]), np.zeros(1, np.int64))
    bounds = sorted({0, len(text), *(cut for cut in cuts if cut < len(text))})
    for begin, end in pairwise(bounds):
        # Two parts of the same row in each piece.
        middle = (begin + end) // 2
        pieces.runs(*laid([text[begin:middle], text[middle:end]]), np.zeros(2, np.int64))
    for one, other in zip(whole.hits(), pieces.hits(), strict=True):
        assert one.tolist() == other.tolist()


def test_short_texts_are_looked_up_whole() -> None:
    """As a whole only, from the fewest words on, up to twelve; and nothing that looks like them."""
    items = [list(range(1, n + 1)) for n in (2, 4, 7, 8, 12, 13)]
    search = Search(as_sets([items], fewest=4), 8)
    texts = [*items, [1, 2, 3, 5], [0, 1, 2, 3, 4]]
    search.wholes(*laid(texts), np.arange(8))
    hits = search.hits()
    assert hits.n_items.tolist() == [0, 1, 1, 1, 1, 0, 0, 0]
    assert hits.in_runs_of_13.tolist() == [0, 4, 7, 8, 12, 0, 0, 0]
    assert hits.in_runs_of_8.tolist() == [0, 4, 7, 0, 0, 0, 0, 0]


def test_salts_make_hashes_incomparable() -> None:
    """The same text under two salts has no hash in common; under one salt, the same ones."""
    words = laid([list(range(40))])
    one, again, other = (set(hash_runs(*words, salt, 4)[0].tolist()) for salt in (1, 1, 2))
    assert one == again
    assert not one & other
    assert len(one) == 33 + 28


def test_no_sets_and_no_texts_are_no_trouble() -> None:
    search = Search(as_sets([[]], 4), 0)
    search.runs(np.zeros(0, np.uint64), np.zeros(1, np.int64), np.zeros(0, np.int64))
    assert all(len(column) == 0 for column in search.hits())


def test_chance_finds_nothing() -> None:
    """Of two million runs looked up in a hundred thousand, none is found that is not there."""
    random = np.random.default_rng(7)
    items = random.integers(0, 1 << 63, 50_000, np.uint64)
    keys, kinds, rows = hash_runs(items, np.arange(0, 50_001, 50), 3, 4)
    assert {RUNS_OF_8, RUNS_OF_13} == set(kinds.tolist())
    search = Search(tables([(3, keys, kinds, rows, 1000)]), 1)
    search.runs(random.integers(0, 1 << 63, 1_000_000, np.uint64), np.array([0, 1_000_000]), np.zeros(1, np.int64))
    assert search.hits().n_items.tolist() == [0]
