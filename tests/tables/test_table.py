"""A table as it is held: what counts as nothing, which values are common."""

from __future__ import annotations

from collections import Counter

import pyarrow as pa
import pyarrow.compute as pc
from hypothesis import given
from hypothesis import strategies as st

from khettara.tables import Table
from khettara.tables.table import blank

TEXTS = st.one_of(
    st.none(), st.text(max_size=4), st.sampled_from([" ", "\u061c", "\u0600", "\u06dd", "\u00a0", "\u200f", "é", "ب", "ف", "ⵣ", "\ufeff", "x"])
)


@given(st.lists(TEXTS, max_size=30), st.integers(0, 5))
def test_blank_is_what_a_search_of_every_cell_finds(cells: list[str | None], start: int) -> None:
    """Looking at first bytes says the same as searching whole cells, in slices too."""
    held = pa.array(cells, pa.string()).slice(start)
    searched = pc.fill_null(pc.invert(pc.match_substring_regex(held, r"[^\s\p{Z}\p{Cf}]")), True)
    assert blank(held).tolist() == searched.to_pylist()


@given(st.lists(TEXTS, max_size=60), st.integers(1, 5))
def test_common_values_are_the_most_frequent_in_order(cells: list[str | None], most: int) -> None:
    column = Table.of("t", {"a": cells})["a"]
    counted = sorted(Counter(cell for cell in cells if cell is not None).items(), key=lambda item: (-item[1], item[0].encode()))
    assert column.common(most) == counted[:most]
