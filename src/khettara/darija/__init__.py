"""The language room: what script and language a text is in, its scrubbing, and the personal identifiers in it."""

from khettara.darija.identifiers import KINDS, Identifier, find_identifiers, mask
from khettara.darija.identify import LANGUAGES, Guess, identify, identify_column
from khettara.darija.scripts import Script, script_column, script_of
from khettara.darija.scrub import scrub, scrub_counted

__all__ = [
    "KINDS",
    "LANGUAGES",
    "Guess",
    "Identifier",
    "Script",
    "find_identifiers",
    "identify",
    "identify_column",
    "mask",
    "script_column",
    "script_of",
    "scrub",
    "scrub_counted",
]
