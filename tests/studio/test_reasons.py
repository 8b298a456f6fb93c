"""Why a measure has no value, and articles of law, in the three languages of the pages."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import khettara.certify
from khettara.certify.contamination import NO_SET
from khettara.certify.measures.standard import ABSENT
from khettara.certify.rights import CHECKS
from khettara.studio.reasons import article, said_why

SOURCES = Path(khettara.certify.__file__).parent


def _in_the_code() -> set[str]:
    """Every whole sentence that the code gives as the reason why a measure has no value."""
    found = {NO_SET, *ABSENT.values()}
    for source in SOURCES.rglob("*.py"):
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("missing", "not_applicable"):
                found |= {str(given.value) for given in node.args if isinstance(given, ast.Constant)}
    return found


def test_every_reason_of_the_measures_has_words_in_arabic_and_french() -> None:
    """Nobody reads English on an Arabic page because a measure was added."""
    assert len(_in_the_code()) > 25
    assert [why for why in _in_the_code() if said_why(why, "ar") == why or said_why(why, "fr") == why] == []


@pytest.mark.parametrize(
    ("why", "french"),
    [
        ("no record has a date", "aucun enregistrement n'est daté"),
        ("the dataset has no column speaker", "les données n'ont pas de colonne speaker"),
        ("it says nothing about clips", "cette mesure ne dit rien des extraits sonores"),
        ("scikit-learn is not installed", "scikit-learn is not installed"),
    ],
)
def test_reasons_in_french(why: str, french: str) -> None:
    """Those with a name in them too; what has no translation stays as the certificate says it."""
    assert said_why(why, "fr") == french
    assert said_why(why, "en") == why


def test_every_article_is_named_in_the_language_of_the_page() -> None:
    """Law 09-08 is `loi` in French and القانون in Arabic, with one article or two."""
    for _, text in CHECKS.values():
        assert str(article(text, "fr")).startswith("loi 09-08, article")
        assert str(article(text, "ar")).startswith("القانون 09-08، الم")
    assert article("law 09-08, articles 12 and 21", "ar") == "القانون 09-08، المادتان 12 و21"
