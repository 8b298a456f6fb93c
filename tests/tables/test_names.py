"""Names of persons across scripts and spellings."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from tests.tables.labelled import rows_of

from khettara.tables.names import are_names, name_keys, names_alike

CASES = rows_of("names.tsv", 4)


@pytest.mark.parametrize(("one", "two", "expected", "comment"), CASES, ids=[f"{one}/{two}" for one, two, *_ in CASES])
def test_two_ways_of_writing_a_name_are_told_from_two_names(one: str, two: str, expected: str, comment: str) -> None:
    """One person's name keeps its key or is alike; another person's is neither."""
    keys = name_keys(pa.array([one, two]))
    assert (keys[0] == keys[1]) == (expected == "same"), comment
    if expected != "same":
        assert bool(names_alike([one], [two])[0]) == (expected == "alike"), comment


def test_likeness_does_not_depend_on_which_name_comes_first() -> None:
    """What is alike one way round is alike the other way round."""
    left, right = [one for one, *_ in CASES], [two for _, two, *_ in CASES]
    assert np.array_equal(names_alike(left, right), names_alike(right, left))


def test_a_name_of_nothing_has_no_key() -> None:
    """Nothing, blanks and titles alone have no key, so that they never agree."""
    assert name_keys(pa.array([None, "", "  ", "M.", "12"])).tolist() == [0, 0, 0, 0, 0]


def test_columns_of_names_are_told_from_others() -> None:
    """Names are known by listed words; towns, products and codes are not names."""
    assert are_names(["Mohamed Alaoui", "خديجة التازي", "Karim Zyx"])
    assert not are_names(["Tomates", "Oignons", "Blé dur"])
    assert not are_names(["AB123456", "12 rue Mohamed V"])
    assert not are_names([])
