"""Names of persons, compared across scripts and spellings: whose name it may be, never how it ought to be written.

    "Mohamed El Alaoui", "ALAOUI Mouhamed", "محمد العلوي"  ->  one key: {mohamed, alaoui}

A name is its words, in any order, without articles and titles. A listed word stands for its line of the list (`Mohamed` and محمد),
any other for its consonants, which both scripts write.
"""

from __future__ import annotations

import re
import unicodedata
import zlib
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from khettara.tables.table import Array

_MARKS = re.compile("[\u064b-\u065f\u0670\u0640\u0300-\u036f\u200c-\u200f'’`´]")
_WORDS = re.compile(r"[^\W\d_]+")
_SAME = str.maketrans("أإآٱىگڭݣڤپ", "اااايكككفب")
_ARTICLES_AND_TITLES = """
el al l la le de m mr mme mlle dr pr prof si sidi haj hajj hadj hajja lhaj elhaj
ال السيد السيدة سي سيدي الحاج حاج الحاجة الدكتور د
"""
_SILENT = frozenset(_ARTICLES_AND_TITLES.split())
"""Articles and titles: a clerk writes them or leaves them out."""
_JOINED = {
    "abd": "abd", "abdel": "abd", "abdul": "abd", "abdal": "abd", "عبد": "abd",
    "ben": "ben", "bin": "ben", "ibn": "ben", "بن": "ben", "ابن": "ben",
    "ait": "ait", "ايت": "ait", "bou": "bou", "abou": "bou", "بو": "bou", "ابو": "bou",
    "bent": "bent", "bint": "bent", "بنت": "bent", "ould": "ould", "ولد": "ould",
}  # fmt: skip
"""Words that begin a name and are written apart or joined to the next."""
_BEGINNINGS = re.compile(r"(abd(?:[aeou]l|e(?=([rsdntzcj])\2)\2|e(?=ch|l))?|ben|bin|ait|bou|عبدال|عبد|بن|ايت|بو)(.{3,})")
_WORDS_KEPT = 1 << 16
"""Words of names are few; what was worked out for so many is kept."""
_OF_FAITH = re.compile(r"(.{2,}?)(?:e?d?dine?|الدين)")
_SUN = re.compile(r"(?<=^BD)L(?=[TDRZSCNL])")

_LATIN = (
    ("kh", "X"), ("gh", "G"), ("rh", "G"), ("ch", "C"), ("sh", "C"), ("dh", "D"), ("th", "T"), ("ph", "F"), ("dj", "J"), ("ck", "K"),
    ("qu", "K"), ("gu(?=[eiy])", "K"), ("g(?=[eiy])", "J"), ("g", "K"), ("c(?=[eiy])", "S"), ("c", "K"), ("x", "KS"), ("[qk]", "K"), ("[sç]", "S"),
    ("v", "F"), ("p", "B"),
    ("(?:ou|w)(?=[aeiouy])|o(?=[aei])", "W"), ("w", ""), ("[yi](?=[aeou])", "Y"), ("[aeiouy]", ""),
)  # fmt: skip
_ARABIC = (
    ("و(?=[اويةه])", "W"), ("ي(?=[اوة])", "Y"), ("[اويةىءؤئعه](?!.)", ""), ("[اويىءؤئعة]", ""),
    ("خ", "X"), ("غ", "G"), ("ش", "C"), ("[دذض]", "D"), ("[تثط]", "T"), ("[جژ]", "J"), ("[قك]", "K"), ("[سص]", "S"), ("[زظ]", "Z"),
    ("ف", "F"), ("ب", "B"), ("[هح]", "H"), ("ل", "L"), ("م", "M"), ("ن", "N"), ("ر", "R"),
)  # fmt: skip


@cache
def _rules(arabic: bool) -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(what), by) for what, by in (_ARABIC if arabic else _LATIN))


@lru_cache(_WORDS_KEPT)
def fold_word(word: str) -> str:
    """A word in small letters, without accents and vowel marks, with one form for letters that are written for one another."""
    plain = unicodedata.normalize("NFKD", word.lower())
    return _MARKS.sub("", plain.translate(_SAME))


@lru_cache(_WORDS_KEPT)
def consonants(word: str) -> str:
    """What a folded word has in both scripts: its consonants by class, each once in a row.

    >>> consonants("alaoui"), consonants("علوي"), consonants("bouchra"), consonants("بشرى")
    ('LW', 'LW', 'BCR', 'BCR')
    """
    arabic = bool(word) and word[0] > "\u0600"
    for what, by in _rules(arabic):
        word = what.sub(by, word)
    sounds = re.sub(r"(.)\1+", r"\1", word.upper())
    return _SUN.sub("", sounds[:-1] if len(sounds) > 2 and sounds.endswith("H") else sounds)


@cache
def _listed() -> dict[str, str]:
    from rapidfuzz.distance import OSA

    from khettara.darija.identifiers.names import spellings

    known: dict[str, str] = {}
    for forms in spellings():
        name = fold_word(forms[0])
        for form in map(fold_word, forms):
            # A line may hold a name and its longer cousin (Reda, Redouane), which are two persons.
            apart = OSA.normalized_similarity(consonants(form), consonants(name)) <= 0.5
            known.setdefault(form, consonants(form) if apart else name)
    return known


@lru_cache(_WORDS_KEPT)
def parts(word: str) -> tuple[str, ...]:
    """What one written word of a name stands for: nothing for an article, two parts for `Benali` as for `Ben` and `Ali`.

    >>> parts("El"), parts("Mouhamed"), parts("محمد"), parts("عبدالقادر"), parts("Abdelkader"), parts("Tazi"), parts("التازي")
    ((), ('mohamed',), ('mohamed',), ('abd', 'KDR'), ('abd', 'KDR'), ('tazi',), ('tazi',))
    """
    folded = fold_word(word)
    if folded in _SILENT or not folded:
        return ()
    if folded in _JOINED:
        return (_JOINED[folded],)
    if folded in ("eddine", "eddin", "ddine", "dine", "الدين"):
        return ("dine",)
    faith = _OF_FAITH.fullmatch(folded)
    if faith:
        return *parts(faith.group(1)), "dine"
    begins = _BEGINNINGS.fullmatch(folded)
    if begins:
        start, rest = begins.group(1), begins.group(3)
        first = _JOINED.get(start) or ("abd" if start.startswith(("abd", "عبد")) else "")
        if first == "abd" and len(consonants(_without_article(rest))) > 2:
            return first, _one(_without_article(rest))
        if first not in ("", "abd") and _without_article(rest) in _listed():
            return first, _listed()[_without_article(rest)]
    if folded in _listed():
        return (_listed()[folded],)
    return (_one(_without_article(folded)),)


def _one(word: str) -> str:
    sounds = consonants(word)
    return _listed().get(word) or _sounding().get(sounds) or sounds or word


@cache
def _sounding() -> dict[str, str]:
    """The listed names that are alone with their consonants."""
    found: dict[str, set[str]] = {}
    for form, name in _listed().items():
        found.setdefault(consonants(form), set()).add(name)
    return {sounds: min(names) for sounds, names in found.items() if len(names) == 1 and len(sounds) > 1}


def _without_article(word: str) -> str:
    if word.startswith("ال") and len(word) > 4:
        return word[2:]
    return word[2:] if word.startswith(("el", "al")) and len(word) > 5 and word[2] not in "aeiouyl" else word


def name_parts(name: str) -> tuple[str, ...]:
    """All parts of a name, sorted: what two ways of writing it have in common.

    >>> name_parts("ALAOUI Mohamed") == name_parts("محمد العلوي") == name_parts("Mr Mouhamed El Alaoui")
    True
    """
    return tuple(sorted(part for word in _WORDS.findall(_MARKS.sub("", name)) for part in parts(word)))


def name_keys(cells: pa.StringArray) -> Array:
    """A number for each name that is the same for every way of writing it; 0 where there is none.

    Words are looked at once each, however many names have them: 100,000 names take as long as their few thousand words.
    """
    words = pc.split_pattern_regex(
        pc.replace_substring_regex(pc.fill_null(cells, ""), "[\u064b-\u065f\u0670\u0640\u200c-\u200f'’`´]", ""), r"[^\p{L}\p{M}]+"
    )
    flat = words.flatten().dictionary_encode()
    numbers = np.array([_number(parts(word)) for word in flat.dictionary.to_pylist()] or [0], np.uint64)
    sums = np.concatenate(([np.uint64(0)], np.cumsum(numbers[flat.indices.to_numpy()], dtype=np.uint64)))
    ends = words.offsets.to_numpy().astype(np.int64) - words.offsets[0].as_py()
    keys: Array = sums[ends[1:]] - sums[ends[:-1]]
    return keys


def _number(found: Iterable[str]) -> int:
    """A sum, so that the order of the words does not matter."""
    return sum(zlib.crc32(part.encode()) << 31 | zlib.crc32(part[::-1].encode()) for part in found) & (2**64 - 1)


def names_alike(left: Sequence[str], right: Sequence[str]) -> Array:
    """Whether each name on the left may be the one on the right, written with a slip or with a part left out.

    Two listed names are two names, unless one letter makes the one the other: Hassan is no slip for Hussein.
    """
    ours, theirs = [_words(name) for name in left], [_words(name) for name in right]
    letters, written = (_similar([how(name) for name in ours], [how(name) for name in theirs]) for how in (_in_order, "".join))
    sounds = np.maximum(*(_similar([how(_sounds(name)) for name in ours], [how(_sounds(name)) for name in theirs]) for how in (_in_order, "".join)))
    likeness = np.maximum(np.maximum(letters, written), sounds)
    shorter = np.array([min(len("".join(a)), len("".join(b))) for a, b in zip(ours, theirs, strict=True)])
    slip = np.maximum(letters, written) >= 1 - 1.01 / np.maximum(shorter, 1)
    apart = np.array([_two_listed(a, b) for a, b in zip(ours, theirs, strict=True)], bool)
    within = np.array([_within(a, b) for a, b in zip(left, right, strict=True)], bool)
    heard = (sounds == 1) & ((letters >= _ALIKE) | (letters < _OTHER_SCRIPT))
    alike: Array = within | heard | (slip & (shorter > 2)) | (~apart & (likeness >= _ALIKE))
    return alike


_ALIKE = 0.84
"""One slip in a name of seven letters, two in thirteen; `tests/tables/cases/names.tsv` has pairs on both sides."""


_OTHER_SCRIPT = 0.25
"""Below it two names share hardly a letter: they are in two scripts."""


def _within(left: str, right: str) -> bool:
    """Whether one name has all parts of the other, and that more than one."""
    ours, theirs = set(name_parts(left)), set(name_parts(right))
    return min(len(ours), len(theirs)) > 1 and (ours <= theirs or theirs <= ours)


def _two_listed(left: list[str], right: list[str]) -> bool:
    """Whether each has a listed word that the other lacks in any of its spellings."""
    ours, theirs = ({_listed().get(_without_article(word), "") for word in words} - {""} for words in (left, right))
    return bool(ours - theirs) and bool(theirs - ours)


def _similar(left: list[str], right: list[str]) -> Array:
    from rapidfuzz.distance import OSA
    from rapidfuzz.process import cpdist

    scores: Array = cpdist(left, right, scorer=OSA.normalized_similarity, workers=1)
    return scores


def _words(name: str) -> list[str]:
    return [word for word in map(fold_word, _WORDS.findall(_MARKS.sub("", name))) if word not in _SILENT]


def _sounds(words: list[str]) -> list[str]:
    return [consonants(_without_article(word)) for word in words]


def _in_order(words: list[str]) -> str:
    return " ".join(sorted(words))


def are_names(cells: Sequence[str]) -> bool:
    """Whether most cells are names of persons: two or more words without digits, one of them listed, or one listed word."""
    if not cells:
        return False
    named = sum(any(_without_article(word) in _listed() for word in _words(cell)) for cell in cells if not any(sign.isdigit() for sign in cell))
    return named >= 0.6 * len(cells)
