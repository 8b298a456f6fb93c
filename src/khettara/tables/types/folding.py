"""One key for the spellings of a name: case, accents, articles, doubled letters, Arabic letter variants and blanks aside.

"Agadir Ida-Outanane", "AGADIR-IDA-OU-TANANE"  ->  "agadiridautanane"        "أݣادير", "أكادير"  ->  "اكادير"
"""

from __future__ import annotations

import re
import unicodedata

_NUMBER_SIGN = re.compile(r"\bn\s?[°º]", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+")
_DOUBLED = re.compile(r"(.)\1+")
_ARTICLES = frozenset(["el", "al", "l", "es", "ed", "er", "ez", "ech"])
_NO_MATTER = frozenset("de du des d la le les l of the en et au aux in at a n no pour par من في ب ل".split())  # noqa: SIM905
_SHORT = {
    "nbre": "nombre",
    "nbr": "nombre",
    "nb": "nombre",
    "dt": "date",
    "mnt": "montant",
    "mt": "montant",
    "num": "numero",
    "naiss": "naissance",
    "nais": "naissance",
}
# The hard g has three letters of its own in Moroccan print, and ك in official lists (SOURCE.md of the gazetteer).
_ARABIC = str.maketrans("أإآٱىةڭݣگؤئ", "اااايهكككوي", "ـء")


def fold_words(text: str) -> list[str]:
    """The words of a header or a name, folded each; articles are left out of Arabic words and kept elsewhere.

    >>> fold_words("Date d'Entrée / تاريخ الدخول")
    ['date', 'd', 'entree', 'تاريخ', 'دخول']
    """
    if not text.isascii():
        text = _NUMBER_SIGN.sub("numero ", text)
        text = "".join(sign for sign in unicodedata.normalize("NFKD", text.translate(_ARABIC)) if not unicodedata.combining(sign))
    return [word[2:] if word.startswith("ال") and len(word) > 4 else word for word in _WORD.findall(text.casefold())]


def phrase_of(words: list[str]) -> tuple[str, ...]:
    """What matters of a header's words: no articles and prepositions, short forms written out.

    >>> phrase_of(fold_words("Nbre de membres du ménage")), phrase_of(fold_words("N°"))
    (('nombre', 'membres', 'menage'), ('numero',))
    """
    full = [_SHORT.get(word, word) for word in words]
    return tuple([word for word in full if word not in _NO_MATTER] or full)


def fold_name(text: str) -> str:
    """The key under which all spellings of a name are found.

    >>> fold_name("El Kelâa Des-Sraghna"), fold_name("Es-Semara"), fold_name("الدار البيضاء")
    ('keladesraghna', 'semara', 'داربيضا')
    """
    words = fold_words(text)
    return _DOUBLED.sub(r"\1", "".join([word for word in words if word not in _ARTICLES] or words).replace("ou", "u"))
