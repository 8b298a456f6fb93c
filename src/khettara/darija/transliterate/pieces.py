"""Darija in its two scripts: the pieces that a word is cut into, and what each may become.

    m gh r i b  ->  م غ ر _ ب        (kh5: three ways to خ; 3: ع; 9: ق; a final a: ا, ة or ى; a short vowel: nothing)

The correspondences are those that Moroccans use (`docs/darija.md` lists them); which of them is meant, a word's other
letters and the words that exist decide, not this table.
"""

from __future__ import annotations

import re

_VOWELS = {
    "a": "ا _ ة أ ى ع ه آ",
    "aa": "ا ع عا",
    "e": "_ ا ة ي ع",
    "é": "ي _ ة",
    "è": "ي _ ا",
    "ê": "ي _",
    "i": "ي _ إ ا",
    "ï": "ي",
    "ee": "ي",
    "o": "و _ أ ا",
    "ô": "و",
    "ou": "و _ أ",
    "oo": "و",
    "u": "و _ ي",
    "ü": "و",
    "â": "ا ع",
    "w": "و",
    "y": "ي",
    "ai": "اي ي",
    "ay": "اي ي",
    "ei": "ي",
    "aw": "او و",
    "ow": "و او",
    "ah": "ة ه اه",
    "eh": "ه ة",
    "at": "ات ة",
    "iw": "يو يوا",
    "wa": "وا و",
    "ya": "يا ي",
    "la": "لا ل",
    "un": "ن ون",
    "ia": "ية يا",
    "iya": "ية",
}
_CONSONANTS = {
    "2": "ء أ ئ ؤ ا _",
    "3": "ع",
    "3'": "غ",
    "4": "غ ذ",
    "5": "خ",
    "6": "ط",
    "7": "ح",
    "8": "ه",
    "9": "ق",
    "'": "_ ع ء",
    "b": "ب",
    "p": "ب پ",
    "t": "ت ط ث",
    "th": "ث ت",
    "T": "ط",
    "g": "گ ك ق ج غ",
    "gu": "گ ك",
    "gh": "غ",
    "ggh": "غ",
    "j": "ج",
    "dj": "ج",
    "h": "ه ح ة",
    "H": "ح ه",
    "kh": "خ",
    "kkh": "خ",
    "d": "د ض ذ ظ",
    "dh": "ذ ض ظ د",
    "D": "ض ظ",
    "r": "ر غ",
    "R": "ر غ",
    "rh": "غ",
    "z": "ز ظ",
    "Z": "ظ ز",
    "s": "س ص",
    "S": "ص",
    "ch": "ش",
    "cch": "ش الش",
    "sh": "ش",
    "ssh": "ش الش",
    "x": "ش خ كس",
    "f": "ف",
    "ph": "ف",
    "v": "ڤ ف",
    "q": "ق",
    "qu": "ك ق",
    "k": "ك ق",
    "ck": "ك",
    "c": "س ك",
    "ç": "س",
    "l": "ل ال",
    "m": "م",
    "n": "ن",
}
_DOUBLED = ("b", "d", "f", "j", "k", "l", "m", "n", "q", "r", "s", "t", "z", "7", "9", "g", "T", "D", "S", "2", "3", "5", "6", "8")
_SUN = frozenset("تثدذرزسشصضطظلن")
"""Letters that take in the article's l: ssou9 is السوق."""


def _pieces() -> dict[str, tuple[str, ...]]:
    table = {latin: tuple("" if arabic == "_" else arabic for arabic in row.split()) for latin, row in (_VOWELS | _CONSONANTS).items()}
    for latin in _DOUBLED:
        single = table[latin]
        table[latin * 2] = single + tuple("ال" + arabic for arabic in single if arabic in _SUN)
    return table


PIECES = _pieces()
"""Latin piece -> the Arabic pieces that it may stand for, "" where it leaves no letter. None is longer than three letters."""

UNITS = tuple((latin, arabic) for latin, row in sorted(PIECES.items()) for arabic in row)
"""Every correspondence; unit number `UNITS.index(u) + 3` in the tables (0 none, 1 start, 2 end)."""

LATIN = "".join(sorted({letter for latin in PIECES for letter in latin}))
ARABIC = "".join(sorted({letter for _, arabic in UNITS for letter in arabic}))

WORD = {
    "arab": re.compile(rf"(?=[\d'’`]*[a-zà-ü])[{re.escape(LATIN)}àîûñ’`0]+", re.IGNORECASE),
    "latn": re.compile("[\u0621-\u063a\u0640-\u0652\u0670-\u06d3]+"),
}
"""What may be a word to write in `arab` (one in Latin letters), or in `latn`."""

_MARKS = re.compile("[\u064b-\u0652\u0640\u0670]")
_SAME = str.maketrans("ڭݣڥۋیکھہ٠", "گگڤوييهه0")
_APOSTROPHES = str.maketrans("’`", "''")
_EMPHATIC = "TDSZRH"


def plain_latin(word: str) -> str:
    """A word as the table reads it: small letters, but for capitals inside that mean an emphatic one; no letter more than twice.

    >>> plain_latin("Bzaaaaf"), plain_latin("khDra"), plain_latin("SALAM"), plain_latin("chchems")
    ('bzaaf', 'khDra', 'salam', 'cchems')
    """
    word = word.translate(_APOSTROPHES)
    if word.isupper() or (word[:1].isupper() and word[1:] == word[1:].lower()):
        word = word.lower()
    word = "".join(letter if letter in _EMPHATIC else letter.lower() for letter in word)
    return re.sub(r"([csgk])h\1h", r"\1\1h", re.sub(r"(.)\1{2,}", r"\1\1", word))


def plain_arabic(word: str) -> str:
    """A word as the table reads it: without vowel marks and tatweel, one letter for each sound of its own.

    >>> plain_arabic("ڭـــال")
    'گال'
    """
    return _MARKS.sub("", word).translate(_SAME)
