"""The classes that the identifier tells apart, by script, and the tags that they are written with.

ary-Arab  Darija, Arabic letters      ary-Latn  Darija, Latin letters (Arabizi)      zgh-Tfng  Tamazight, Tifinagh
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Label:
    """A class: its `name` here, the BCP 47 `lang` and ISO 15924 `script` that records carry, and what it is called."""

    name: str
    lang: str
    script: str
    words: str
    prior: float = 1.0
    """How likely it is before a letter is read, beside the others of its script."""


UNKNOWN = "und"

# A choice, not a measurement: among texts kept in Morocco, one that is good in Darija and in a sister variety alike is
# called Darija.
_SISTER = 0.5

ARAB = (
    Label("ary-Arab", "ary", "Arab", "Darija, Arabic letters"),
    Label("arb", "arb", "Arab", "Standard Arabic"),
    Label("mgr-Arab", "ar-x-maghreb", "Arab", "other Maghrebi: Algerian, Tunisian, Libyan", _SISTER),
    Label("mas-Arab", "ar-x-mashriq", "Arab", "other Mashriqi: Egyptian, Levantine, Gulf", _SISTER),
    Label("ber-Arab", "ber", "Arab", "Tamazight, Arabic letters"),
    Label("other-Arab", UNKNOWN, "Arab", "another language in Arabic letters"),
    Label("und-Arab", UNKNOWN, "Arab", "names, laughter, formulae in Arabic letters"),
)
LATN = (
    Label("ary-Latn", "ary", "Latn", "Darija, Latin letters"),
    Label("arx-Latn", "ar", "Latn", "other Arabizi", _SISTER),
    Label("ber-Latn", "ber", "Latn", "Tamazight, Latin letters"),
    Label("fra", "fr", "Latn", "French"),
    Label("eng", "en", "Latn", "English"),
    Label("spa", "es", "Latn", "Spanish"),
    Label("other-Latn", UNKNOWN, "Latn", "another language in Latin letters"),
    Label("und-Latn", UNKNOWN, "Latn", "names, laughter in Latin letters"),
)
TFNG = Label("zgh-Tfng", "zgh", "Tfng", "Tamazight, Tifinagh")
NOTHING = Label(UNKNOWN, UNKNOWN, "Zyyy", "no letter of these three scripts")

HEADS = (ARAB, LATN)
"""Classes by the head that tells them apart, in the order of its lanes."""

LABELS = (*ARAB, *LATN, TFNG, NOTHING)
BY_NAME = {label.name: label for label in LABELS}


@dataclass(frozen=True)
class Group:
    """What is said instead when no single class is likely enough: the names that it covers, and its tag."""

    name: str
    lang: str
    members: frozenset[str]


BACK_OFF = (
    Group("Maghrebi", "ar-x-maghreb", frozenset({"ary-Arab", "mgr-Arab"})),
    Group("Arabic", "ar", frozenset({"ary-Arab", "mgr-Arab", "mas-Arab", "arb"})),
    Group("Arabizi", "ar", frozenset({"ary-Latn", "arx-Latn"})),
)
"""Tried in this order: the narrowest that is likely enough."""

LANGUAGES = ("ary", "arb", "ar-x-maghreb", "ar-x-mashriq", "ar", "zgh", "ber", "fr", "en", "es", UNKNOWN)
"""Every tag that a record can get."""
