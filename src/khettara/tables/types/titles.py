"""What a header says: the meanings its phrases may have, and the unit it names.

"Glycémie (mg/dL) / نسبة السكر"  ->  glucose, in mg/dL
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from khettara.tables.types.folding import fold_words, phrase_of
from khettara.tables.types.pack import Meaning, Packs

_PARTS = re.compile(r"\s+[/|–—]\s+|\s+-\s+|\n|(?<=[\u0600-\u06ff])\s+(?=[A-Za-zÀ-ÿ])|(?<=[A-Za-zÀ-ÿ])\s+(?=[\u0600-\u06ff])")
_BRACKETS = re.compile(r"[(\[]([^)\]]*)[)\]]")
_ENDING = re.compile(r"(?<=\w)\((?:e|es|s|ne|x)\)")  # né(e), enfant(s)
_CAMEL = re.compile(r"(?<=[a-zà-ÿ])(?=[A-ZÀ-Ý])")
_LONGEST_PHRASE = 6
_BEFORE_NUMBERED = re.compile(r"(?<=[^\W\d_])[_ ]?\d{1,2}$")


@dataclass(frozen=True)
class Said:
    """A meaning that a header may have. `words`: how much of the header says so, from 0 to 1; `letters`: how long the phrase is."""

    meaning: Meaning
    letters: int
    words: float


def said_by(title: str, packs: Packs) -> list[Said]:
    """The meanings that a header may have, the longest phrases first.

    >>> from khettara.tables.types.pack import load_packs
    >>> [said.meaning.name for said in said_by("Date de naissance / تاريخ الازدياد", load_packs())][:2]
    ['birth_date', 'date']
    """
    best: dict[str, Said] = {}
    for part in _PARTS.split(title):
        words = _words(part, packs)
        matter = sum(map(len, words)) or 1
        for start in range(len(words)):
            for stop in range(start + 1, min(len(words), start + _LONGEST_PHRASE) + 1):
                for meaning in packs.phrases.get(words[start:stop], ()):
                    letters = sum(map(len, words[start:stop]))
                    said = Said(meaning, letters, letters / matter)
                    if meaning.name not in best or best[meaning.name].letters < letters:
                        best[meaning.name] = said
    return sorted(best.values(), key=lambda said: -said.letters)


def _words(part: str, packs: Packs) -> tuple[str, ...]:
    """The words that matter of a part of a header, without the unit in its brackets, run-together words apart."""
    text = _BRACKETS.sub(lambda found: "" if _is_unit(found.group(1), packs) else f" {found.group(1)} ", _ENDING.sub("", part))
    if text.strip() in ("%", "°C"):
        return (text.strip(),)
    text = re.sub(r"(?<=\w)\.(?=\w\b)", "", text)  # C.I.N.
    words = fold_words(_CAMEL.sub(" ", _BEFORE_NUMBERED.sub("", text)))
    return phrase_of(words[:-1] if len(words) > 1 and _is_unit(words[-1], packs) and len(words[-1]) > 1 else words)


def _is_unit(text: str, packs: Packs) -> bool:
    return any(packs.units(text, quantity) for quantity in packs.quantities)


def unit_said(title: str, quantity: str, packs: Packs, fewest: int = 1) -> str | None:
    """The unit of a quantity that a header names: in brackets, after "en", or as its last word (of so many letters).

    >>> from khettara.tables.types.pack import load_packs
    >>> packs = load_packs()
    >>> unit_said("Taille en m", "length", packs), unit_said("poids_kg", "mass", packs), unit_said("glycemie_g_l", "glucose_in_blood", packs)
    ('m', 'kg', 'g/L')
    """
    for found in (*_BRACKETS.findall(title), *re.findall(r"\b(?:en|in|ب|بال)[ _]([^\s()]+)", title)):
        if units := packs.units(found, quantity):
            return units[0]
    for part in _PARTS.split(title):
        words = re.split(r"[\s_()\[\],]+", part.strip(" )]"))
        for last in (words[-1], "/".join(words[-2:])):
            if len(words) > 1 and len(last) >= fewest and (units := packs.units(last, quantity)):
                return units[0]
    return None
