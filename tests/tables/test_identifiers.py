"""Identifiers that cannot be: found, explained, and mended where it is sure what is meant."""

from __future__ import annotations

import random

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.tables.labelled import rows_of

from khettara.tables import ColumnType, Examination, Found, Table
from khettara.tables.detectors.identifiers import find_invalid_identifiers
from khettara.tables.types.validity import are_97

CASES = rows_of("identifiers.tsv", 5)


def rib(rest: int) -> str:
    """A bank account with its key, from 22 digits."""
    body = f"{rest:022d}"
    return f"{body}{97 - int(body) * 100 % 97:02d}"


def ice(rest: int) -> str:
    body = f"{rest:013d}"
    return f"{body}{97 - int(body) * 100 % 97:02d}"


def valid(kind: str, n: int) -> list[str]:
    """`n` different valid identifiers of a kind."""
    chosen = random.Random(n)
    numbers = chosen.sample(range(100_000, 999_999), n)
    made = {
        "cin": lambda x: f"{chosen.choice(['AB', 'J', 'BK', 'WA', 'Q'])}{x}",
        "phone": lambda x: f"{chosen.choice(['06', '07', '05'])}{chosen.choice('25')}{x}{x % 10}",
        "rib": lambda x: rib(118_100_000_000_000_000_000 + x),
        "ice": lambda x: ice(9_900_000_000 + x),
        "icd10": lambda x: f"{chosen.choice('EIJO')}{x % 90 + 10}.{x % 10}",
        "postal_code": lambda x: f"{x % 80 + 10}{x % 900 + 100}",
        "email": lambda x: f"{str(x).translate(str.maketrans('0123456789', 'abcdefghij'))}@exemple.ma",
        "passport": lambda x: f"AB{x}{x % 10}",
        "massar": lambda x: f"R130{x}",
        "plate": lambda x: f"{x % 99_999}-{chosen.choice('أبده')}-{x % 80 + 1}",
    }
    return [made[kind](number) for number in numbers]


def found_in(kind: str, cells: list[str]) -> list[Found]:
    seen = Examination(
        Table.of("t", {"c": cells}), {"c": ColumnType("identifier" if kind not in ("icd10", "postal_code") else "category", kind or None)}
    )
    return list(find_invalid_identifiers(seen))


@pytest.mark.parametrize(("kind", "cell", "verdict", "why", "meant"), CASES, ids=[f"{case[0]}-{case[1]}" for case in CASES])
def test_cases(kind: str, cell: str, verdict: str, why: str, meant: str) -> None:
    """Each labelled cell among valid ones is judged as it is labelled; nothing but it is named."""
    found = found_in(kind, [*valid(kind, 300), cell, *valid(kind, 100)])
    assert [one.rows.tolist() for one in found] == ([] if verdict == "valid" else [[300]])
    if found:
        assert SENTENCES[why] in found[0].cause["en"]
        assert (found[0].repair.values["c"].to_pylist() if found[0].repair else [""]) == [meant]
        assert all(found[0].cause[language] for language in ("en", "fr", "ar"))


SENTENCES = {
    "length": "of the wrong length",
    "check digits": "whose check digits do not fit",
    "letters": "with a letter among the digits",
    "series": "of a series that does not exist",
    "no letters": "without its letters",
    "shape": "of another shape",
}


@pytest.mark.parametrize("kind", ["cin", "phone", "rib", "ice", "icd10", "email", "massar", "plate"])
def test_a_clean_column_has_no_finding(kind: str) -> None:
    """Nothing is named where all is valid."""
    assert found_in(kind, valid(kind, 2000)) == []


def test_a_key_that_a_column_does_not_keep_is_not_demanded() -> None:
    """Account numbers of another scheme, 24 digits without our key, are not all wrong."""
    chosen = random.Random(7)
    assert found_in("rib", ["".join(chosen.choices("0123456789", k=24)) for _ in range(500)]) == []


def test_a_series_that_we_do_not_know_is_no_mistake_when_it_is_common() -> None:
    """Lists of series are never complete: one that comes again and again is one, one that comes once is not."""
    cells = [*valid("cin", 2000), *(f"YQ{n}" for n in range(100_000, 100_040)), "ZX123456"]
    (found,) = found_in("cin", cells)
    assert found.rows.tolist() == [2040]
    assert found.confidence < 0.95


def test_words_and_repeated_numbers_are_left_to_those_who_look_for_missing() -> None:
    """`néant` and forty times 0000000000 stand for nothing; they are no mistyped telephones."""
    assert found_in("phone", [*valid("phone", 900), *["néant"] * 3, *["0000000000"] * 40]) == []


def test_telephones_without_their_zero_are_a_habit_if_most_are() -> None:
    """A spreadsheet that took the zero from all of them did so to the column: no cell is worse than another."""
    assert found_in("phone", [cell[1:] for cell in valid("phone", 500)]) == []


def test_explained_cells_are_left_alone() -> None:
    """What an earlier detector explained is not named again."""
    cells = [*valid("cin", 300), "512345"]
    seen = Examination(Table.of("t", {"c": cells}), {"c": ColumnType("identifier", "cin")})
    seen.take(Found("disguised_missing", ("c",), np.array([300]), {"en": "", "fr": "", "ar": ""}, 1.0, ()))
    assert list(find_invalid_identifiers(seen)) == []


def test_codes_of_no_known_kind_are_compared_with_one_another() -> None:
    """File numbers are all letter, dash, digits; the one that is not is named, running numbers of any length are not."""
    (found,) = found_in("", [*(f"D-{n}/24" for n in range(1, 500)), "D/24-17"])
    assert found.rows.tolist() == [499]
    assert found_in("", [str(n) for n in range(1, 1200)]) == []


@given(st.integers(0, 10**22 - 1), st.integers(0, 23), st.integers(1, 9))
def test_no_single_wrong_digit_passes_the_key(rest: int, place: int, by: int) -> None:
    """The key of 97 catches every wrong digit in an account number."""
    good = rib(rest)
    bad = good[:place] + str((int(good[place]) + by) % 10) + good[place + 1 :]
    assert are_97(pa.array([good, bad])).tolist() == [int(good) % 97 == 0 and int(good) > 0, False]
    assert int(good) % 97 == 0


def test_ten_thousand_rows_one_in_fifty_wrong() -> None:
    """All that was spoilt is found and nothing else, whatever the mistake, and what is repaired is what it was."""
    chosen = random.Random(3)
    cells = valid("cin", 10_000)
    was = dict.fromkeys(chosen.sample(range(10_000), 200), "")
    for row in was:
        was[row] = cells[row]
        letters = cells[row].rstrip("0123456789")
        cells[row] = chosen.choice(
            [cells[row] + "77", cells[row][len(letters) :], cells[row][:4], cells[row][:-1] + "O", cells[row][len(letters) :] + letters]
        )
    found = found_in("cin", cells)
    assert sorted(row for one in found for row in one.rows.tolist()) == sorted(was)
    mended = {row: text for one in found if one.repair for row, text in zip(one.rows.tolist(), one.repair.values["c"].to_pylist(), strict=True)}
    same = [text == was[row] or (cells[row].endswith("O") and text[:-1] == was[row][:-1]) for row, text in mended.items()]
    assert mended
    assert all(same)
