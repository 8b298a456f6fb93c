"""Sentences with figures and names of columns, as each language writes them."""

from __future__ import annotations

import pytest

from khettara.tables.notes import note
from khettara.tables.phrases import say


@pytest.mark.parametrize(
    ("column", "en", "ar"),
    [
        ("age", "In age, 26 cells", "في «\u2068age\u2069» 26 خلية"),
        ("القامة", "In \u2068القامة\u2069, 26 cells", "في «القامة» 26 خلية"),
        ("Taille / القامة", "In \u2068Taille / القامة\u2069, 26 cells", "في «\u2068Taille / القامة\u2069» 26 خلية"),
    ],
)
def test_names_in_the_other_direction_keep_to_themselves(column: str, en: str, ar: str) -> None:
    """Without the marks, `الضغط, 26 cells` is shown as `26 ,الضغط cells`."""
    said = say(en="In {name}, {n:cell|cells}", fr="{name}", ar="في «{name}» {n:خلية واحدة|خليتان|خلايا|خلية}", name=column, n=26)
    assert (said["en"], said["ar"]) == (en, ar)


@pytest.mark.parametrize(
    ("count", "en", "fr", "ar"),
    [
        (1, "1 row is a total of others; set aside", "1 ligne est le total d'autres lignes ; mise de côté", "نُحّي صف واحد هو مجموع صفوف أخرى"),
        (2, "2 rows are totals", "2 lignes sont des totaux", "نُحّي صفان هما مجموعا صفوف أخرى"),
        (5, "5 rows are totals", "5 lignes sont des totaux", "نُحّي 5 صفوف هي مجاميع صفوف أخرى"),
        (1200, "1,200 rows", "1\u202f200 lignes", "نُحّي 1200 صفًا هي مجاميع صفوف أخرى"),
    ],
)
def test_notes_count_as_each_language_does(count: int, en: str, fr: str, ar: str) -> None:
    words = note("total", count)["words"]
    assert words["en"].startswith(en)
    assert words["fr"].startswith(fr)
    assert words["ar"] == ar
