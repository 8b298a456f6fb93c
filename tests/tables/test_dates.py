"""Dates in every form that registers have."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.tables.labelled import rows_of

from khettara.tables import ColumnType, Examination, Table
from khettara.tables.dates import CODE, parse_days
from khettara.tables.detectors.dates import MONTH_FIRST, find_mixed_dates, write

CASES = rows_of("dates.tsv", 3)


@pytest.mark.parametrize(("cell", "day", "comment"), CASES)
def test_a_date_is_read_as_it_was_meant(cell: str, day: str, comment: str) -> None:
    """Each labelled cell has its day, or none."""
    assert str(parse_days(pa.array([cell]))[0]) == (day or "NaT"), comment


def test_a_whole_column_is_read_as_its_cells_are() -> None:
    """What is told apart by a column's habit aside, reading many cells at once is reading each."""
    read = parse_days(pa.array([cell for cell, _, _ in CASES]))
    assert [str(day) for day in read] == [day or "NaT" for _, day, _ in CASES]


@pytest.mark.parametrize(
    ("cells", "first"),
    [
        (["03/04/1990", "25/04/1990"], "1990-04-03"),
        (["03/04/1990", "04/25/1990"], "1990-03-04"),
        (["03/04/1990"], "1990-04-03"),
        (["03-04-1990", "04-25-1990", "25/04/1990"], "1990-03-04"),
        (["12/03/24", *["12/03/1950"] * 30, *["12/03/1940"] * 30], "1924-03-12"),
        (["45363", "2024-03-12", "2024-03-13"], "2024-03-12"),
        (["45363", "45364"], "NaT"),
        (["7523", "45363", "2024-03-12", "2024-03-13", "2024-03-14"], "1920-08-05"),
        (["1990", "45363", "2024-03-12", "2024-03-13", "2024-03-14"], "NaT"),
    ],
)
def test_the_column_settles_what_a_cell_leaves_open(cells: list[str], first: str) -> None:
    """The order of day and month in each form, the century of two figures, and whether bare numbers are days of a spreadsheet."""
    assert str(parse_days(pa.array(cells))[0]) == first


@given(st.dates(datetime.date(1901, 1, 1), datetime.date(2034, 12, 31)), st.sampled_from([name for name in CODE if "yyyy" in name]))
def test_a_day_written_is_the_day_read(day: datetime.date, form: str) -> None:
    """Writing a day in a form of figures and reading it gives the day."""
    written = write(np.datetime64(day), CODE[form])
    assert parse_days(pa.array([written]))[0] == np.datetime64(day)


def _examined(cells: Sequence[str | None]) -> Examination:
    return Examination(Table.of("t", {"né le": cells}), {"né le": ColumnType("date")})


def test_dates_in_another_form_are_found_and_written_as_the_column_does() -> None:
    """The repair keeps the day, and the column's form, be it ISO or not."""
    many = [f"{day:02}-{month:02}-1980" for month in (3, 7, 11) for day in range(1, 29)]
    found = list(find_mixed_dates(_examined([*many, "1980-05-25", "25 mai 1980", "25 ماي 1980", "25/05/1980 10:30", None])))
    [sure] = [each for each in found if each.confidence > 0.9]
    assert sure.rows.tolist() == [84, 85, 86, 87]
    assert sure.repair is not None
    assert sure.repair.values["né le"].to_pylist() == ["25-05-1980", "25-05-1980", "25-05-1980", "25-05-1980 10:30"]


def test_what_nothing_settles_is_found_with_less_confidence_or_not_at_all() -> None:
    """`03/04/1980` among ISO dates: the day first if nothing says otherwise, unsure; left alone where its form comes both ways round."""
    iso = [f"1980-{month:02}-{day:02}" for month in (3, 7, 11) for day in range(1, 29)]
    [unsure] = find_mixed_dates(_examined([*iso, "03/04/1980"]))
    assert unsure.confidence < 0.9
    assert unsure.rows.tolist() == [84]
    both = [*iso, "03/04/1980", "25/04/1980", "26/04/1980", "27/04/1980", "04/25/1980", "04/26/1980", "04/27/1980"]
    assert all(84 not in found.rows for found in find_mixed_dates(_examined(both)))


def test_the_month_first_is_a_form_of_its_own() -> None:
    """Dates with the month first among dates with the day first are found, where they show it."""
    french = [f"{day:02}/03/1980" for day in range(13, 31)] * 3
    [found] = find_mixed_dates(_examined([*french, "03/25/1980"]))
    assert found.repair is not None
    assert found.repair.values["né le"].to_pylist() == ["25/03/1980"]
    assert write(np.datetime64("1980-03-25"), CODE["dd/mm/yyyy"] + MONTH_FIRST) == "03/25/1980"
