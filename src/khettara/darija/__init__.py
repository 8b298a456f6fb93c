"""The language room: script and language of a text and of each word, its spellings at three levels and in both scripts, the identifiers in it."""

from khettara.darija.classes import LABELS, LANGUAGES, Label
from khettara.darija.explain import Explanation, explain
from khettara.darija.identifiers import KINDS, Identifier, find_identifiers, mask
from khettara.darija.identify import Guess, identify, identify_column
from khettara.darija.lexicon import matching_key, variants
from khettara.darija.normalise import LEVELS, normalise, normalise_counted
from khettara.darija.scripts import Script, script_column, script_of
from khettara.darija.scrub import scrub, scrub_counted
from khettara.darija.segment import Segments, Token, segment
from khettara.darija.tone import Tone, offence, sentiment, tone_column
from khettara.darija.transliterate import readings, transliterate

__all__ = [
    "KINDS",
    "LABELS",
    "LANGUAGES",
    "LEVELS",
    "Explanation",
    "Guess",
    "Identifier",
    "Label",
    "Script",
    "Segments",
    "Token",
    "Tone",
    "explain",
    "find_identifiers",
    "identify",
    "identify_column",
    "mask",
    "matching_key",
    "normalise",
    "normalise_counted",
    "offence",
    "readings",
    "script_column",
    "script_of",
    "scrub",
    "scrub_counted",
    "segment",
    "sentiment",
    "tone_column",
    "transliterate",
    "variants",
]
