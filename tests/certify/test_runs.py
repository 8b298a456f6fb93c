"""Runs of words that records share: counted again where records came and went, they are as if counted from the start."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from khettara.certify.measures.runs import FEWEST, Runs, count, recount

TEXTS = [[1, 2, 3], [1, 2, 3, 3], [], [2**31, 5], [7], [2**31, 1, 9]]
"""Texts as runs of words, by number: few, so that many records share them."""
records = st.lists(st.integers(0, len(TEXTS) - 1), min_size=1, max_size=60)


def runs_of(texts: list[int]) -> tuple[Runs, np.ndarray[tuple[int], np.dtype[np.uint64]]]:
    """The runs of records, and a number for each: equal records have one number."""
    lists = pa.chunked_array([pa.array([TEXTS[text] for text in texts], pa.list_(pa.uint32()))])
    return Runs.of_lists(lists), np.array([2**40 + 977 * text for text in texts], np.uint64)


@given(records, st.data())
def test_counting_what_changed_is_counting_all(before: list[int], data: st.DataObject) -> None:
    """Records left out, put in twice, moved, made new: the same runs, counts and sums."""
    new = data.draw(st.lists(st.integers(0, len(TEXTS) - 1), max_size=30))
    pool = before + new
    source = np.array(data.draw(st.lists(st.integers(0, len(pool) - 1), min_size=1, max_size=80)))
    runs, numbers = runs_of([pool[at] for at in source.tolist()])
    found = recount(count(*runs_of(before)), runs_of(pool), len(before), runs, numbers, source)
    whole = count(runs, numbers)
    assert (found.runs.tolist(), found.counts.tolist(), found.names.tolist()) == (whole.runs.tolist(), whole.counts.tolist(), whole.names.tolist())


@given(records, st.data())
def test_taking_runs_is_taking_records(texts: list[int], data: st.DataObject) -> None:
    """The runs of chosen records, in any order, are those of a dataset of these."""
    rows = np.array(data.draw(st.lists(st.integers(0, len(texts) - 1), min_size=1, max_size=80)))
    taken = runs_of(texts)[0].take(rows)
    assert taken.lists().to_pylist() == [TEXTS[texts[row]] for row in rows.tolist()]


def test_one_record_too_few_is_not_listed() -> None:
    """A run is listed from the tenth record on, however often one record repeats it."""
    assert count(*runs_of([1] * (FEWEST - 1))).runs.tolist() == []
    assert count(*runs_of([1] * FEWEST)).runs.tolist() == [1, 2, 3]
