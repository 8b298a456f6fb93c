"""The index finds what reading everything finds."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from khettara.errors import Tampered
from khettara.llm.corpus import Document
from khettara.llm.trace import Index, copied_share

# Few different tokens, so that runs repeat; ids on both sides of a byte's edge, so that byte order matters.
ids = st.sampled_from([2, 3, 255, 256, 257, 65_534])
corpora = st.lists(st.lists(ids, max_size=15), min_size=1, max_size=6)
answers = st.lists(ids, max_size=15)


def index_of(documents: Sequence[Sequence[int]]) -> Index:
    return Index.build((Document(str(n), ""), np.array(tokens, np.uint16)) for n, tokens in enumerate(documents))


def occurrences(documents: Sequence[Sequence[int]], run: Sequence[int]) -> list[int]:
    """The documents of every occurrence of a non-empty run, by reading everything."""
    return [n for n, d in enumerate(documents) for start in range(len(d) - len(run) + 1) if list(d[start : start + len(run)]) == list(run)]


def longest_spans(documents: Sequence[Sequence[int]], answer: Sequence[int], edges: Sequence[int], least: int) -> set[tuple[int, int]]:
    """Every run between edges that stands in a document, less those within another."""
    found = [(a, b) for a in edges for b in edges if a < b and occurrences(documents, answer[a:b])]
    maximal = {s for s in found if not any(o != s and o[0] <= s[0] and s[1] <= o[1] for o in found)}
    return {(a, b) for a, b in maximal if b - a >= least}


@given(corpora, answers, st.integers(1, 4), st.data())
def test_spans_equal_brute_force(documents: list[list[int]], answer: list[int], least: int, data: st.DataObject) -> None:
    """The longest spans, wherever they may begin and end, and how often each occurs."""
    inner = data.draw(st.sets(st.integers(0, len(answer))))
    edges = sorted({0, len(answer), *inner})
    spans = index_of(documents).trace(answer, min_tokens=least, edges=edges)
    assert {(span.start, span.stop) for span in spans} == longest_spans(documents, answer, edges, least)
    assert all(span.count == len(occurrences(documents, answer[span.start : span.stop])) for span in spans)
    assert [span.surprise for span in spans] == sorted((span.surprise for span in spans), reverse=True)


@given(corpora, st.lists(ids, min_size=1, max_size=5))
def test_places_equal_brute_force(documents: list[list[int]], run: list[int]) -> None:
    """Every document that holds a run is found, once, and the place is right."""
    index = index_of(documents)
    places = index.places(run, most=100)
    assert sorted(place.document for place in places) == sorted(set(occurrences(documents, run)))
    assert all(list(index.tokens[place.position : place.position + len(run)]) == run for place in places)


def test_documents_with_the_same_question_come_first() -> None:
    """Of the documents that hold an answer, the one where it follows the question leads."""
    index = index_of([[9, 9, 5, 6], [7, 8, 5, 6], [8, 5, 6]])
    assert [place.document for place in index.places([5, 6], before=[7, 8])] == [1, 2, 0]


def test_an_excerpt_stays_within_its_document() -> None:
    """What stands around an occurrence never runs into the next document."""
    index = index_of([[2, 3], [4, 5, 6, 7], [8, 9]])
    (place,) = index.places([5, 6])
    assert index.around(place, 2, margin=10) == [4, 5, 6, 7]
    assert index.around(place, 2, margin=0) == [5, 6]


def test_saved_and_opened_it_finds_the_same(tmp_path: Path) -> None:
    """The mapped index answers as the one in memory."""
    built = index_of([[2, 3, 256, 2, 3], [256, 2]])
    built.save(tmp_path / "trace")
    opened = Index.open(tmp_path / "trace")
    assert opened.trace([3, 256, 2, 9], min_tokens=1) == built.trace([3, 256, 2, 9], min_tokens=1)
    assert opened.documents == built.documents
    (tmp_path / "trace" / "suffixes.npy").write_bytes(b"cut")
    with pytest.raises(Tampered, match="does not read"):
        Index.open(tmp_path / "trace")


def test_a_copy_is_known_by_its_long_spans() -> None:
    """A text that stands in the training data is wholly copied; one of the same words in another order is not."""
    text = list(range(2, 102))
    index = index_of([text])
    assert copied_share(index, text) == 1.0
    assert copied_share(index, text[::-1]) == 0.0
    assert copied_share(index, []) == 0.0
