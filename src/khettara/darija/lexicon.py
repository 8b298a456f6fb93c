"""Words of Darija by a key that does not depend on script or spelling: what else people write for a word.

    matching_key("bzzaf") == matching_key("بزاف") == "BZF"       variants("bzaf") -> بزاف, bezzaf, bzzaf, …

A key only matches, it rewrites nothing: short words share theirs with others (`dar` house, `dir` do).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache

from khettara.darija.transliterate.model import shipped
from khettara.darija.transliterate.pieces import plain_arabic, plain_latin

_CLASSES = {
    "B": "ب پ b p",
    "T": "ت ط ث t T th 6",
    "J": "ج چ ژ j dj",
    "H": "ح ه h H 7 8",
    "X": "خ kh 5",
    "D": "د ذ ض ظ d D dh",
    "R": "ر r R",
    "Z": "ز z Z",
    "S": "س ص s S c ç",
    "C": "ش ch sh x",
    "E": "ع 3",
    "G": "غ gh rh 4",
    "F": "ف ڤ f v ph",
    "K": "ق ك گ q k g 9 gu qu ck",
    "L": "ل l",
    "M": "م m",
    "N": "ن n",
    "W": "و w ou o u oo ô",
    "Y": "ي ى y i ee ï é è ê",
    "A": "ا أ إ آ ة a e aa â",
    "": "ء ؤ ئ 2 ' -",
}
"""Letters that people write for one another, across scripts; the emphatic and the plain are one, so are ق ك گ, and ح ه."""
_CLASS = {piece: name for name, pieces in _CLASSES.items() for piece in pieces.split()}
_PIECE = re.compile("|".join(sorted(map(re.escape, _CLASS), key=len, reverse=True)))
_VOWELS = "WYA"


def matching_key(word: str) -> str:
    """The consonants of a word by class, doubled ones once; of vowels only a first w or y, and whether it ends in a, i or u.

    >>> matching_key("chokran"), matching_key("شكرا"), matching_key("zwina"), matching_key("زوينة"), matching_key("zouina")
    ('CKRN', 'CKRA', 'ZNA', 'ZNA', 'ZNA')
    """
    classes = [_CLASS[piece] for piece in _PIECE.findall(plain_latin(plain_arabic(word)))]
    sounds = [name for name in classes if name]
    if not sounds:
        return ""
    kept = [name for place, name in enumerate(sounds) if name not in _VOWELS or (place == 0 and name != "A") or place == len(sounds) - 1]
    return re.sub(r"([^A])\1+", r"\1", "".join(kept))


@cache
def lexicon() -> Mapping[str, tuple[str, ...]]:
    """Every frequent word of the tables of letters, in both scripts, by key."""
    found: dict[str, list[str]] = defaultdict(list)
    for direction in shipped().directions.values():
        for word in direction.ready:
            found[matching_key(word)].append(word)
    return {key: tuple(words) for key, words in found.items()}


def variants(word: str) -> tuple[str, ...]:
    """Words of the lexicon with the key of this one, itself among them if it is known, in both scripts."""
    return lexicon().get(matching_key(word), ())


def coverage(words: Iterable[str]) -> tuple[float, float]:
    """Share of words that stand in the lexicon as they are, and share of those whose key does."""
    known = {word for held in lexicon().values() for word in held}
    total = exact = by_key = 0
    for word in words:
        total += 1
        exact += plain_latin(plain_arabic(word)) in known
        by_key += matching_key(word) in lexicon()
    return exact / max(total, 1), by_key / max(total, 1)
