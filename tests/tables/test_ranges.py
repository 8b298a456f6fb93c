"""Values that the thing cannot have."""

from __future__ import annotations

import datetime

import numpy as np
import pytest

from khettara.tables import Examination, Table
from khettara.tables.detectors.ranges import find_out_of_range
from khettara.tables.types import type_columns


def named(header: str, cells: list[str]) -> list[int]:
    """The rows that are named in a column of this header."""
    table = Table.of("t", {header: cells})
    seen = Examination(table, type_columns(table))
    found = list(find_out_of_range(seen))
    assert all(one.kind == "out_of_range" and one.cause.keys() >= {"en", "fr", "ar"} for one in found)
    return [row for one in found for row in one.rows.tolist()]


def usual(low: float, high: float, digits: int = 0, n: int = 400) -> list[str]:
    """`n` values between two, around their middle."""
    drawn = np.random.default_rng(5).normal((low + high) / 2, (high - low) / 8, n)
    return [f"{value:.{digits}f}" for value in drawn.clip(low, high)]


@pytest.mark.parametrize(
    ("header", "ordinary", "cannot", "can"),
    [
        ("Âge", usual(0, 100), ["-1", "150", "301"], ["0", "104"]),
        ("السن", usual(0, 100), ["-4", "135"], ["0", "1"]),
        ("Prix (DH)", usual(2, 60, 2), ["-12", "400000"], ["0", "300"]),
        ("Humidité (%)", usual(20, 95), ["-20", "132"], ["0", "100"]),
        ("TA systolique", usual(90, 180), ["-120", "520", "3"], ["70", "240"]),
        ("Température (°C)", usual(-5, 42, 1), ["-71", "88,5"], ["-15", "49"]),
        ("Latitude", usual(28, 35, 4), ["51.5", "-8.86"], ["35.9", "21.3"]),
        ("خط الطول", usual(-11, -2, 4), ["12.5", "-79.1"], ["-16.9", "-1.1"]),
        ("Taille (cm)", usual(140, 195), ["12", "900"], ["74", "210"]),
        ("Taille du ménage", usual(1, 9), ["-2", "412"], ["0", "18"]),
        ("calibre_mm", usual(30, 90), ["-50", "1900"], ["25", "140"]),
        ("TA", [f"{110 + n % 40}/{60 + n % 30}" for n in range(400)], ["80/120", "520/80", "120/3"], ["13/8", "240/130", "90/45", "illisible"]),
        ("Année", [str(1990 + n % 30) for n in range(400)], ["20221"], ["1956", "2030"]),
        ("Date de naissance", [f"{n % 28 + 1:02}/0{n % 9 + 1}/{1940 + n % 70}" for n in range(400)], ["03/04/2091", "11/12/1782"], ["01/02/1919"]),
        ("Date d'admission", [f"2023-0{n % 9 + 1}-{n % 28 + 1:02}" for n in range(400)], ["2203-04-05"], ["2019-12-30"]),
    ],
)
def test_what_cannot_be_is_named_and_what_is_rare_is_not(header: str, ordinary: list[str], cannot: list[str], can: list[str]) -> None:
    """Impossible values are named, each; the least and greatest that can be are not."""
    cells = [*ordinary, *can, *cannot]
    assert named(header, cells) == list(range(len(cells) - len(cannot), len(cells)))


def test_long_tails_are_not_impossible() -> None:
    """Incomes differ a hundredfold; the largest of them is no mistake."""
    incomes = np.random.default_rng(1).lognormal(8.5, 1.0, 20_000)
    assert named("Revenu (DH)", [f"{value:.0f}" for value in incomes]) == []


def test_measures_in_another_unit_are_to_be_converted_and_not_impossible() -> None:
    """Metres among centimetres are left to those who look for units."""
    assert named("Taille (cm)", [*usual(140, 195, 1), "1.72", "1.65", "1.81", "1.58", "1.90"]) == []


def test_bounds_that_many_break_are_not_the_columns() -> None:
    """A column called latitude with one value in ten beyond the pole holds something else."""
    assert named("Latitude", [*usual(40, 50, 3), *["120"] * 45]) == []


def test_numbers_without_a_meaning_have_no_bounds() -> None:
    """A score, a balance, a difference may be negative and large."""
    assert named("écart", [*usual(-5, 5, 2), "-900", "12000"]) == []


def test_the_day_of_the_examination_is_not_in_the_future() -> None:
    """Who is born today is born; who is born next year is not."""
    today = datetime.date.today()
    days = [f"{1950 + n % 70}-0{n % 9 + 1}-{n % 28 + 1:02}" for n in range(400)]
    assert named("Date de naissance", [*days, today.isoformat(), f"{today.year + 1}-06-01"]) == [401]
