"""Sentences with figures in them, in the three languages of the house.

say(en="{n:row|rows} of {column}", fr=..., ar="{n:سطر واحد|سطران|سطور|سطرًا} من «{column}»", n=2042, column="age")
    ->  {"en": "2,042 rows of age", "fr": "2 042 lignes de age", "ar": "2042 سطرًا من «age»"}
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from khettara.tables.examination import Words

_RIGHT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_LEFT = re.compile("[A-Za-z\u00c0-\u024f\u2d30-\u2d7f]")


@dataclass(frozen=True)
class _Figure:
    """A figure that is written as a language writes it, with its noun: `{n:cell|cells}`; Arabic has one, two, a few, many."""

    value: float
    language: str

    def __format__(self, nouns: str) -> str:
        written = self._written("%" if nouns == "%" else "")
        if nouns in ("", "%"):
            return written
        forms = nouns.split("|")
        if self.language == "ar":
            few = 3 <= self.value % 100 <= 10
            return forms[int(self.value) - 1] if self.value in (1, 2) else f"{written} {forms[2 if few else 3]}"
        plural = self.value >= 2 if self.language == "fr" else self.value != 1
        return f"{written} {forms[plural]}"

    def _written(self, unit: str) -> str:
        value = self.value * 100 if unit else self.value
        text = f"{value:,}" if isinstance(value, int) else f"{value:,.3g}" if abs(value) < 1000 else f"{value:,.0f}"
        if self.language == "fr":
            text = text.replace(",", "\N{NARROW NO-BREAK SPACE}").replace(".", ",")
            unit = unit and f"\N{NARROW NO-BREAK SPACE}{unit}"
        elif self.language == "ar":
            text = text.replace(",", "")
        return text + unit


def _apart(text: str, language: str) -> str:
    """Between marks that keep its direction from the sentence's, where letters run the other way: the figure after `الوزن` stays there."""
    foreign = _LEFT if language == "ar" else _RIGHT
    return f"\N{FIRST STRONG ISOLATE}{text}\N{POP DIRECTIONAL ISOLATE}" if foreign.search(text) else text


def say(*, en: str, fr: str, ar: str, **parts: float | str) -> Words:
    """One sentence in each language. Figures are written as the language does, strings as they are.

    >>> say(en="{n:cell|cells} ({p:%})", fr="{n:cellule|cellules} ({p:%})", ar="{n:خلية واحدة|خليتان|خلايا|خلية} ({p:%})", n=12, p=0.025)["ar"]
    '12 خلية (2.5%)'
    """
    sentences = {"en": en, "fr": fr, "ar": ar}
    return {
        language: sentence.format_map(
            {name: _apart(part, language) if isinstance(part, str) else _Figure(part, language) for name, part in parts.items()}
        )
        for language, sentence in sentences.items()
    }
