"""Packing loses nothing, and what a step reads depends on nothing but seed and step."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from khettara.llm.packing import IGNORE, NOBODY, Packed, batch_rows, pack

END, PAD = 0, 1
tokens = st.lists(st.integers(2, 60_000), max_size=40).map(lambda ids: np.array(ids, np.uint16))
corpora = st.lists(tokens, max_size=30)


def told(packed: Packed, number: int) -> list[list[int]]:
    """The runs of targets of one document, one for each row it stands in."""
    return [list(packed.targets[row][packed.documents[row] == number]) for row in np.flatnonzero((packed.documents == number).any(1))]


@given(corpora, st.integers(1, 20))
def test_every_token_is_a_target_once(documents: list[NDArray[np.uint16]], length: int) -> None:
    """Put together, the pieces of a document are the document and its end: no token lost, none said twice."""
    packed = pack(documents, length, end_id=END, pad_id=PAD)
    for number, document in enumerate(documents):
        pieces = told(packed, number)
        assert sum(map(len, pieces)) == len(document) + 1
        expected = [*map(int, document), END]
        cut = [expected[start : start + length] for start in range(0, len(expected), length)]
        assert sorted(pieces) == sorted(cut)


@given(corpora, st.integers(1, 20))
def test_padding_is_only_padding(documents: list[NDArray[np.uint16]], length: int) -> None:
    """A place without a document holds the padding token, and counts for nothing; every other place counts."""
    packed = pack(documents, length, end_id=END, pad_id=PAD)
    empty = packed.documents == NOBODY
    assert (packed.inputs[empty] == PAD).all()
    assert ((packed.targets == IGNORE) == empty).all()


@given(corpora, st.integers(1, 20))
def test_a_target_is_the_next_input(documents: list[NDArray[np.uint16]], length: int) -> None:
    """Within a document's stretch of a row, what is to be said is what is read next."""
    packed = pack(documents, length, end_id=END, pad_id=PAD)
    same = (packed.documents[:, 1:] == packed.documents[:, :-1]) & (packed.documents[:, 1:] != NOBODY)
    assert (packed.inputs[:, 1:][same] == packed.targets[:, :-1][same]).all()


def test_news_sized_documents_leave_little_padding() -> None:
    """Documents of every size fill rows to 99.7 % and more."""
    sizes = np.random.default_rng(7).gamma(1.0, 208, 2000).astype(int)
    packed = pack([np.full(size, 5, np.uint16) for size in sizes], 512, end_id=END, pad_id=PAD)
    assert packed.padding < 0.003


@given(st.integers(1, 50), st.integers(1, 9), st.integers(0, 2**32))
def test_an_epoch_reads_every_row_once(rows: int, batch: int, seed: int) -> None:
    """Batches run on across epochs, and each epoch holds every row once."""
    steps = rows * 2 // batch + 1
    read = np.concatenate([batch_rows(step, batch, rows, seed) for step in range(steps)])
    assert sorted(read[:rows]) == list(range(rows))
    assert sorted(read[rows : 2 * rows]) == list(range(rows))


def test_the_order_of_rows_is_fixed() -> None:
    """The same seed and step read the same rows, in every version of every library."""
    assert batch_rows(3, 4, 10, seed=1).tolist() == batch_rows(3, 4, 10, seed=1).tolist()
    assert batch_rows(0, 8, 8, seed=0).tolist() != batch_rows(0, 8, 8, seed=1).tolist()
    assert batch_rows(0, 8, 8, seed=0).tolist() != batch_rows(1, 8, 8, seed=0).tolist()
