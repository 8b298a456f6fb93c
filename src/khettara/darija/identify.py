"""Which language a text is written in, by its marker words: Darija in both scripts, Arabic, Tamazight, French, English.

    "واش كاين الما فالخطارة؟"  -> ary, Arab      "هل يوجد ماء في الخطارة؟" -> arb, Arab
    "wach kayn lma?"          -> ary, Latn      "ⵎⴰⵏⵣⴰ ⴰⵎⴰⵏ?"          -> zgh, Tfng

One answer a text, its language by weight: a Darija post with French words in it is Darija. The word lists are
`data/*.tsv`. A trained table of character n-grams belongs behind the same functions; labels by token do not.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import pyarrow as pa
import pyarrow.compute as pc

from khettara.darija.scripts import script_column

UNKNOWN = "und"
LANGUAGES = ("ary", "arb", "zgh", "fr", "en", UNKNOWN)

_CANDIDATES = {"Arab": ("ary", "arb", "other"), "Latn": ("ary", "fr", "en", "other")}
_LISTS = {"Arab": "arabic.tsv", "Latn": "latin.tsv"}

# Long texts are read at the start, in the middle and at the end: language is clear long before 6,000 characters.
_SAMPLE = 2000

# Words remembered per script with what they say; later ones are worked out anew, so memory stays bounded.
_REMEMBERED = 1 << 17

# Below this the answer is `und`; chosen on the shared sentences, where lower answers were right less than half the time.
_SURE_ENOUGH = 0.55

# Darija borrows freely from Standard Arabic, hardly ever the other way round: without a Darija word a text in Arabic
# script is Standard Arabic, and a Standard Arabic word is weak evidence beside a Darija one. Fitted on shared sentences.
_TAUGHT_PRIOR = 1.8
_TAUGHT_WEIGHT = 0.25

# How fast a margin of evidence becomes certainty (logistic slope).
_SLOPE = 1.0

_TOKENS = {
    "Arab": re.compile(r"[\u0621-\u065f\u0670-\u06d3\u06d5\u0750-\u077f]+"),
    "Latn": re.compile(r"(?:\b(?:[cdjlmnst]|qu))['’](?=\w)|[^\W_]+(?:['’](?:t|s|re|ve|ll|m)\b)?"),
}
# Links, addresses, handles and placeholders are written in no language.
_NO_LANGUAGE = r"(?:https?://|www\.)[^\s]+|[A-Za-z0-9._%+-]*@[A-Za-z0-9_.-]+|<[A-Z]+_[0-9]+>"
_VOWEL_MARKS = re.compile(r"[\u0640\u064b-\u065f\u0670]")
_ELONGATED = re.compile(r"(.)\1{2,}")
_ELISION = re.compile(r"(?:[cdjlmnst]|qu)['’]")

# 3 7 9 (and 2 5 8) are letters in Arabizi: ع ح ق (and ء خ ه). A unit after a number, as in 9h or 3eme, is not.
_DIGIT_LETTER = re.compile(r"(?:[a-z]+[3798][a-z]+|[379][a-z]{2,}|[a-z]{2,}[79]|[a-z]+[25][a-z]+)\w*")
# ma...ch around a verb is the negation of Darija.
_NEGATION = re.compile(r"ma\w{2,}(?:ch|sh)")
_NUMBER_WITH_UNIT = re.compile(r"\d+(?:er?|re|i?[eè]mes?|nd|st|rd|th|h\d*|mn|min|[kcm]?m[23]?|[km]?g|kwh?|x|d|dhs?|mad|am|pm|ans?)")


@dataclass(frozen=True)
class Guess:
    """A language (BCP 47, `und` where unsure), the script (ISO 15924), and how sure, from 0 to 1."""

    lang: str
    script: str
    confidence: float


@dataclass(frozen=True)
class Markers:
    """Evidence for languages: whole words, beginnings and endings, each with a weight per candidate language."""

    words: Mapping[str, Sequence[float]]
    beginnings: Mapping[str, Sequence[float]]
    endings: Mapping[str, Sequence[float]]
    longest: int


@cache
def markers(script: str) -> Markers:
    """The marker list of a script, read from the package once."""
    languages = _CANDIDATES[script]
    words: dict[str, list[float]] = {}
    beginnings: dict[str, list[float]] = {}
    endings: dict[str, list[float]] = {}
    for line in (files("khettara.darija") / "data" / _LISTS[script]).read_text("utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        form, language, weight = line.split("\t")
        table = beginnings if form.endswith("-") else endings if form.startswith("-") else words
        table.setdefault(_fold(form.strip("-"), script), [0.0] * len(languages))[languages.index(language)] = float(weight)
    longest = max(map(len, (*beginnings, *endings)), default=0)
    return Markers(words, beginnings, endings, longest)


def _fold(word: str, script: str) -> str:
    """A word as the lists have it.

    >>> _fold("بزااااف", "Arab"), _fold("مَدْرَسَة", "Arab"), _fold("Bzaaaf", "Latn")
    ('بزاف', 'مدرسة', 'bzaf')
    """
    word = _VOWEL_MARKS.sub("", word) if script == "Arab" else word.lower().replace("’", "'")
    return _ELONGATED.sub(r"\1", word)


class _Evidence(dict[str, "tuple[float, ...] | None"]):
    """What each word says for each candidate language of a script, worked out when first met; None: nothing."""

    def __init__(self, script: str) -> None:
        super().__init__()
        self.script = script

    def __missing__(self, token: str) -> tuple[float, ...] | None:
        scores = _weigh(token, self.script)
        found = scores if any(scores) else None
        if len(self) < _REMEMBERED:
            self[token] = found
        return found


@cache
def _evidence(script: str) -> _Evidence:
    return _Evidence(script)


def _weigh(token: str, script: str) -> tuple[float, ...]:
    known = markers(script)
    word = _fold(token, script)
    found = known.words.get(word)
    if found is not None:
        return tuple(found)
    scores = list(_spelling(token, word, script))
    for size in range(min(known.longest, len(word) - 2), 0, -1):
        for table, affix in ((known.beginnings, word[:size]), (known.endings, word[-size:])):
            for number, weight in enumerate(table.get(affix, ())):
                scores[number] = max(scores[number], weight)
    return tuple(scores)


def _spelling(token: str, word: str, script: str) -> tuple[float, ...]:
    """What the spelling alone of an unlisted word says."""
    if script == "Latn":
        if _ELISION.fullmatch(word):
            return (0.0, 1.5, 0.0, 0.0)
        if _DIGIT_LETTER.fullmatch(word) and not _NUMBER_WITH_UNIT.fullmatch(word):
            return (2.5, 0.0, 0.0, 0.0)
        if _NEGATION.fullmatch(word):
            return (2.0, 0.0, 0.0, 0.0)
        if any(c in "éèêàçùœ" for c in word):
            return (0.0, 1.0, 0.0, 0.0)
        return (0.0, 0.0, 0.0, 0.0)
    # Hamza on its seat, case endings and written vowels are taught spelling; Darija is rarely written with them.
    taught = 0.6 * (word[:1] in "أإآ") + 0.8 * (len(token) - len(word) >= 2) + 0.5 * ("\u064b" in token) + 0.12
    return (0.0, taught, 0.0)


def _sample(text: str) -> str:
    if len(text) <= 3 * _SAMPLE:
        return text
    middle = len(text) // 2
    return "\n".join((text[:_SAMPLE], text[middle : middle + _SAMPLE], text[-_SAMPLE:]))


def _decide(text: str, script: str) -> tuple[str, float]:
    """The language of a text in a known script, and the confidence."""
    if script == "Tfng":
        return "zgh", 1.0
    if script not in _CANDIDATES:
        return UNKNOWN, 0.0
    languages = _CANDIDATES[script]
    evidence = _evidence(script)
    # Each form counts once, so that one word said often does not decide alone.
    said = [scores for token in set(_TOKENS[script].findall(_sample(text))) if (scores := evidence[token])]
    totals = [float(sum(column)) for column in zip(*said, strict=True)] if said else [0.0] * len(languages)
    if script == "Arab":
        totals[1] = _TAUGHT_PRIOR + _TAUGHT_WEIGHT * totals[1]
    ranked = sorted(zip(totals, languages, strict=True), reverse=True)
    (best, language), (second, _) = ranked[0], ranked[1]
    sure = 1 / (1 + math.exp(-_SLOPE * (best - second))) if best else 0.0
    return (language, sure) if language != "other" and sure >= _SURE_ENOUGH else (UNKNOWN, sure)


def identify(text: str) -> Guess:
    """The language of one text.

    >>> identify("الدار ديالي قدام الخطارة").lang, identify("dar dyali 9oddam lkhettara").lang
    ('ary', 'ary')
    >>> identify("يجب على المواطن أن يقدم طلبه إلى الجماعة").lang, identify("La commune est ouverte le jeudi.").lang
    ('arb', 'fr')
    >>> identify("06 00").lang
    'und'
    """
    lang, script, confidence = identify_column(pa.array([text], pa.large_string()))
    return Guess(lang[0].as_py(), script[0].as_py(), round(confidence[0].as_py(), 3))


def identify_column(column: pa.Array) -> tuple[pa.Array, pa.Array, pa.Array]:
    """Language, script and confidence of each text; a null text is `und`."""
    column = pc.replace_substring_regex(pc.fill_null(column, ""), _NO_LANGUAGE, " ")
    scripts, _ = script_column(column)
    guesses = [_decide(text, script) for text, script in zip(column.to_pylist(), scripts.to_pylist(), strict=True)]
    return (
        pa.array([lang for lang, _ in guesses], pa.string()),
        scripts,
        pa.array([sure for _, sure in guesses], pa.float32()),
    )
