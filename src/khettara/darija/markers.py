"""Marker words: forms that hardly occur outside one language. They screen training rows, and are the baseline to beat.

    ديال -> ary    هاد -> ary    wakha -> ary    الذي -> arb

The lists are `data/arabic.tsv` and `data/latin.tsv`, one form a line with its language and a weight from 1 to 3.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

_LISTS = {"Arab": "arabic.tsv", "Latn": "latin.tsv"}
_WORDS = re.compile(r"[^\W_]+")
_VOWEL_MARKS = re.compile("[\u0640\u064b-\u065f\u0670]")
_TYPICAL = 2


@cache
def marker_words(script: str) -> Mapping[str, tuple[str, float]]:
    """The language and weight of each word in a script's list."""
    found: dict[str, tuple[str, float]] = {}
    for line in (files("khettara.darija") / "data" / _LISTS[script]).read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            form, language, weight = line.split("\t")
            found[form] = (language, float(weight))
    return found


def weigh(text: str, script: str) -> dict[str, float]:
    """The summed weights of a text's marker words, by language; each form counts once.

    >>> weigh("الدار ديالي قدام الخطارة", "Arab")
    {'ary': 4.0}
    """
    known = marker_words(script)
    totals: dict[str, float] = {}
    for word in sorted(set(_WORDS.findall(_VOWEL_MARKS.sub("", text).lower()))):
        if word in known:
            language, weight = known[word]
            totals[language] = totals.get(language, 0.0) + weight
    return totals


def has_darija(text: str) -> bool:
    """Whether a text in Arabic letters has a word that is typical of Darija.

    >>> has_darija("كملات القراية ديالها"), has_darija("أكملت دراستها")
    (True, False)
    """
    known = marker_words("Arab")
    words = set(_WORDS.findall(_VOWEL_MARKS.sub("", text))) & known.keys()
    return any(known[word][0] == "ary" and known[word][1] >= _TYPICAL for word in words)
