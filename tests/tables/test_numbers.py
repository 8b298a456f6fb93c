"""Numbers in every way people write them."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.tables.labelled import rows_of

from khettara.tables import ColumnType, Examination, Table
from khettara.tables.detectors.decimals import Notation, find_decimal_marks, write
from khettara.tables.numbers import parse_numbers


@pytest.mark.parametrize(("cell", "value", "comment"), rows_of("numbers.tsv", 3))
def test_a_number_is_read_as_it_was_meant(cell: str, value: str, comment: str) -> None:
    """Each labelled cell has its value, or none."""
    read = float(parse_numbers(pa.array([cell]))[0])
    assert np.isnan(read) if not value else read == float(value), comment


@pytest.mark.parametrize(
    ("cells", "first"),
    [
        (["1,234", "1,250.50"], 1234.0),
        (["1,234", "12,5"], 1.234),
        (["1,234", "2345"], 1.234),
        (["1,234", "2,345", "999", "12,000", "3,100", "4,500", "8,250"], 1234.0),
        (["1.234", "1.234,50"], 1234.0),
        (["1.234", "2.5"], 1.234),
        (["1,234"], 1.234),
    ],
)
def test_the_column_settles_what_a_lone_comma_is(cells: list[str], first: float) -> None:
    """`1,234` is a thousand where another cell shows it, or where every number with a comma has three digits after it."""
    assert parse_numbers(pa.array(cells))[0] == first


@given(
    st.decimals(min_value=-10_000_000, max_value=10_000_000, places=2), st.sampled_from([",", "."]), st.sampled_from(["", " ", "٬"]), st.booleans()
)
def test_writing_otherwise_changes_no_value(value: object, decimal: str, group: str, foreign: bool) -> None:
    """What `write` makes of a plain number in any notation, `parse_numbers` reads as the same number, and so does writing it back."""
    plain = f"{value:.2f}"
    usual = Notation(decimal, " " if group == "٬" else group, foreign)
    written = write(plain, Notation("."), usual)
    assert parse_numbers(pa.array([written]))[0] == float(plain)
    shown = Notation("," if foreign else usual.decimal, usual.group, foreign)
    assert float(write(written, shown, Notation("."))) == float(plain)


def _examined(cells: list[str]) -> Examination:
    return Examination(Table.of("t", {"prix": cells}), {"prix": ColumnType("number")})


def test_numbers_written_otherwise_are_found_and_written_as_the_column_does() -> None:
    """The minority is found, whichever it is; the repair has the column's marks and all the digits."""
    plain = [f"{1000 + n}.25" for n in range(40)]
    [found] = find_decimal_marks(_examined([*plain, "1 234,50", "1,234.50", "١٢٣٤٫٥٠"]))
    assert found.rows.tolist() == [40, 41, 42]
    assert found.repair is not None
    assert found.repair.values["prix"].to_pylist() == ["1234.50", "1234.50", "1234.50"]
    french = [f"1 {100 + n},25" for n in range(40)]
    [found] = find_decimal_marks(_examined([*french, "1234.50"]))
    assert found.repair is not None
    assert found.repair.values["prix"].to_pylist() == ["1 234,50"]


@pytest.mark.parametrize("cells", [["12,5", "1 200,75", "3"] * 20, ["12.5", "1200.75", "3"] * 20, ["7", "8", "1 200"] * 20])
def test_a_column_that_keeps_to_one_way_is_left_alone(cells: list[str]) -> None:
    """A decimal comma in every number is a habit and no defect."""
    assert list(find_decimal_marks(_examined(cells))) == []
