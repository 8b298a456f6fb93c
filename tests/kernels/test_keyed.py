"""Hashes that only who knows four secret numbers can foresee."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from khettara.kernels import text_of
from khettara.kernels.hashing import add_keyed


def hashed(texts: list[str], secrets: tuple[int, int, int, int] = (3, 5, 7, 9)) -> list[tuple[int, int]]:
    out = np.zeros((len(texts), 2), np.uint64)
    add_keyed(text_of(pa.array(texts, pa.large_string())), np.array(secrets, np.uint64), out)
    return [(int(one), int(two)) for one, two in out]


@given(st.lists(st.text(max_size=40), max_size=12))
def test_texts_are_told_apart_and_known_again(texts: list[str]) -> None:
    """The same text has the same numbers wherever it stands; another has others, on either side."""
    found = hashed(texts)
    assert found == [hashed([text])[0] for text in texts]
    assert len({pair[0] for pair in found}) == len({pair[1] for pair in found}) == len(set(texts))


def test_other_secrets_give_other_numbers() -> None:
    """Each of the four secrets counts."""
    seen = {hashed(["السوق كل خميس"], tuple(100 if place == changed else 2 * place + 3 for place in range(4)))[0] for changed in range(5)}  # type: ignore[arg-type]
    assert len(seen) == 5


def test_columns_are_not_run_together() -> None:
    """("ab", "c") is another record than ("a", "bc")."""
    pairs = []
    for first, second in (("ab", "c"), ("a", "bc")):
        out = np.zeros((1, 2), np.uint64)
        for text in (first, second):
            add_keyed(text_of(pa.array([text])), np.array([3, 5, 7, 9], np.uint64), out)
        pairs.append(tuple(out[0].tolist()))
    assert pairs[0] != pairs[1]
