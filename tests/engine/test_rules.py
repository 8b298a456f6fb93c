"""Rules: a small language that keeps what it says, and refuses everything else in words."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from khettara.engine import Expression, Rule, nearest
from khettara.engine.rules import seen
from khettara.errors import KhettaraError, RecipeError

COLUMNS = {
    "n": pa.array([1, 5, None], pa.int32()),
    "share": pa.array([0.25, 0.5, None]),
    "lang": pa.array(["ary", None, "fr"]),
    "text": pa.array(["السوق", "hay 7it", ""]),
    "source": pa.array([{"uri": "a.txt"}, {"uri": None}, None], pa.struct([("uri", pa.string())])),
    "author": pa.nulls(3, pa.string()),
}

KEPT = [
    ("comparison; a missing value is not true", "n >= 1", [True, True, False]),
    ("chained", "1 < n <= 5", [False, True, False]),
    ("and", "n >= 1 and lang == 'ary'", [True, False, False]),
    ("or sees past a missing value", "n >= 1 or lang == 'fr'", [True, True, True]),
    ("not of a missing value is missing", "not n > 1", [True, False, False]),
    ("in", "lang in ['ary', 'arb']", [True, False, False]),
    ("not in; a missing value is in no list and out of none", "lang not in ['ary']", [False, False, True]),
    ("a missing value in the list matches nothing", "n in [1, None]", [True, False, False]),
    ("negative numbers in a list", "n in [-1, 5]", [False, True, False]),
    ("arithmetic", "n * 2 - 1 > 1 + 1", [False, True, False]),
    ("division is not that of whole numbers", "n / 2 == 0.5", [True, False, False]),
    ("division by zero is infinite", "n / 0 > 1", [True, True, False]),
    ("is_null", "is_null(lang)", [False, True, False]),
    ("a column without any value", "is_null(author)", [True, True, True]),
    ("matches", r"matches(text, '[0-9]')", [False, True, False]),
    ("length counts characters", "length(text) == 5", [True, False, False]),
    ("a field of a struct", "source.uri == 'a.txt'", [True, False, False]),
    ("a bare number is a claim", "n", [True, True, False]),
]


@pytest.mark.parametrize(("label", "source", "expected"), KEPT, ids=[case[0] for case in KEPT])
def test_what_is_kept(label: str, source: str, expected: list[bool]) -> None:
    """Each form of the language, on records with and without values."""
    expression = Expression(source)
    assert expression({name: COLUMNS[name] for name in expression.columns}).to_pylist() == expected


REFUSED = [
    ("does not read", "n >", "does not read"),
    ("not in the language: power", "n == 10**3", "not part of the rules' language"),
    ("not in the language: call", "__import__('os')", "not part of the rules' language"),
    ("not in the language: method", "text.lower() == 'a'", "not part of the rules' language"),
    ("not in the language: index", "text[0] == 'a'", "not part of the rules' language"),
    ("not in the language: lambda", "(lambda: n)()", "not part of the rules' language"),
    ("a list that is no set of choices", "n == [1]", "not part of the rules' language"),
    ("choices that are columns", "lang in [text]", "a list of constants"),
    ("choices that are no list", "lang in text", "a list of constants"),
    ("compared with nothing", "lang == None", "is_null"),
    ("a function without brackets", "length > 5", "is a function"),
    ("too many arguments", "length(text, 5)", r"takes 1 argument\(s\)"),
    ("a pattern from a column", "matches(text, lang)", "pattern in quotes"),
    ("a pattern that does not read", "matches(text, '(')", "missing"),
    ("no column", "1 == 1", "names no column"),
]


@pytest.mark.parametrize(("label", "source", "words"), REFUSED, ids=[case[0] for case in REFUSED])
def test_what_does_not_read_is_refused_before_any_work(label: str, source: str, words: str) -> None:
    """A mistake in a rule shows when the recipe is read, not after the measuring."""
    with pytest.raises(ValueError, match=words):
        Rule(rule="r", keep=source, because="b")


MISFITS = [
    "n == 'a'",
    "lang > 1",
    "lang in [1]",
    "n in [1.5]",
    "n < 1000000000000000000000",
    "length(n) > 1",
    "lang",
    "n.uri == 1",
    "source.page > 1",
]


@pytest.mark.parametrize("source", MISFITS)
def test_what_does_not_fit_its_columns_is_named(source: str) -> None:
    """Types that do not go together end in the expression's own words; nothing is rounded to make it fit."""
    with pytest.raises(RecipeError, match="does not fit its columns"):
        Expression(source)(COLUMNS)


@given(st.text("nlang12 <=>()[]',.*+-/notandir_us", max_size=24))
def test_no_text_crashes_the_reader(source: str) -> None:
    """Random text is read, or refused as a user's mistake; never anything else."""
    try:
        expression = Expression(source)
        expression.check_columns(COLUMNS)
        assert len(expression(COLUMNS)) == 3
    except (ValueError, KhettaraError):
        pass


@given(st.lists(st.none() | st.integers(-5, 5), min_size=1, max_size=20), st.integers(-5, 5))
def test_arrow_and_python_agree(values: list[int | None], limit: int) -> None:
    """The rule keeps the records that the same words keep in Python."""
    kept = Expression(f"n > {limit} or n == -2")({"n": pa.array(values, pa.int64())}).to_pylist()
    assert kept == [value is not None and (value > limit or value == -2) for value in values]


@pytest.mark.parametrize("missing", ["rule", "keep", "because"])
def test_a_rule_is_a_name_a_condition_and_a_reason(missing: str) -> None:
    """A rule without one of the three does not stand."""
    fields: dict[str, Any] = {"rule": "r", "keep": "n > 1", "because": "b"}
    del fields[missing]
    with pytest.raises(ValueError, match=missing):
        Rule.model_validate(fields)


def test_the_nearest_column_is_named() -> None:
    """A misspelt column names the one that was meant."""
    with pytest.raises(RecipeError, match="Did you mean 'n_words'"):
        Expression("n_wrods > 1").check_columns(["n_words", "lang"])
    assert nearest("zzz", ["a", "b"]) == "Known: a, b."


def test_what_was_seen_is_short() -> None:
    """What a reject says of a long text fits on a line."""
    (said,) = seen(Expression("matches(text, 'a') and n > 1"), {"text": pa.array(["a" * 500]), "n": pa.array([None], pa.int32())})
    assert said == f"n=null, text={'a' * 77}..."


def test_of_many_names_only_the_near_ones_are_listed() -> None:
    """A hint stays readable however many names there are; without a likely one, all are listed."""
    many = [f"signal_{number}" for number in range(40)] + ["n_words"]
    assert nearest("n_wrods", many) == "Did you mean 'n_words'? Of 41 known names the nearest: n_words."
    assert len(nearest("zzz", many).split(", ")) == 41
