"""Why a text got its language."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khettara.darija import explain
from khettara.darija.classes import BY_NAME


@pytest.mark.parametrize("text", ["wach kayn lma lyoum?", "الدار ديالي قدام الخطارة", "La commune est ouverte le jeudi."])
def test_contributions_add_up_to_the_odds(text: str) -> None:
    """What the words contribute, and the priors, is the logarithm of the odds of the answer against the next."""
    found = explain(text)
    first, second = list(found.chances)[:2]
    priors = math.log(BY_NAME[first].prior / BY_NAME[second].prior)
    odds = math.log(found.guess.confidence / found.chances[second]) if found.chances[second] else None
    assert found.against == second
    assert found.ngrams
    if odds is not None and found.chances[second] > 0.01:
        assert sum(weight for _, weight in found.words) + priors == pytest.approx(odds, abs=0.1)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("wach https://example.org", "links"),
        ("سلام 2024", "numbers"),
        ("wach kayn سلام", "mixed scripts"),
        ("bzaaaaf", "stretched"),
        ("ⴰⵣⵓⵍ", "Tifinagh"),
        ("12 :)", "no letter"),
    ],
)
def test_rules_that_fired_are_named(text: str, rule: str) -> None:
    """Whatever was not read, or decided otherwise than by weights, is said."""
    assert any(rule in said for said in explain(text).rules)


@given(st.text(max_size=100))
def test_any_text_is_explained(text: str) -> None:
    """No text is without an explanation."""
    assert explain(text).guess.lang


def test_a_word_too_long_to_be_one_is_explained_as_far_as_it_is_read() -> None:
    """Its n-grams are named too."""
    assert explain("kayn9olti" * 9).ngrams
