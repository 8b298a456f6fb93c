"""What a value of a column is known to be: an entry of a vocabulary, or a place of the gazetteer, however it is written.

"M", "Homme", "ذكر", "masculin"  ->  male;  "Dar El Beida", "الدار البيضاء"  ->  Casablanca;  "l7oummess", "الحمص"  ->  pois chiche
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from importlib import resources

from khettara.tables.names import consonants, fold_word
from khettara.tables.table import Array
from khettara.tables.types import gazetteer, load_packs
from khettara.tables.types.folding import fold_name

_ARABIC = str.maketrans("أإآٱىةڭݣگؤئکی", "اااايهكككويكي", "ـء")
_IDLE = r"[\s\u200b-\u200f\u2066-\u2069.,;:!?'’`´\"«»()\[\]{}/\\_–—·•*#&|،؛؟-]+"
_SIGNS = re.compile(rf"(?<!\d){_IDLE}|{_IDLE}(?!\d)")
_GRADE = re.compile(r"[^\W\d_]{1,3}\s?-")
"""A blood group or a mark, of which the sign is half: `A-`."""
_ACCENTS = re.compile("[\u0300-\u036f\u064b-\u0655\u0670]")
_LETTERS = re.compile(r"[^\W\d_]")
COVERED = 0.5
"""A vocabulary is a column's own when it knows so many of its rows: `m` is a metre in one column and a man in another."""
_PLACES = ("commune", "province", "region")


def has_letters(value: str) -> bool:
    """Whether there is anything to spell."""
    return _LETTERS.search(value) is not None


@lru_cache(1 << 15)
def fold(text: str) -> str:
    """A value without case, accents, blanks and punctuation; what stands between digits stays, and so do signs that count (< + %).

    >>> fold("CHU  Ibn-Sina"), fold("Fès - Meknès"), fold("الدار البيضاء"), fold("E11.9"), fold("1.5 L"), fold("> 5 ans"), fold("A-")
    ('chuibnsina', 'fesmeknes', 'الدارالبيضا', 'e11.9', '1.5l', '>5ans', 'a-')
    """
    plain = text.casefold()
    if not plain.isascii():
        plain = _ACCENTS.sub("", unicodedata.normalize("NFKD", plain.translate(_ARABIC)))
    return _SIGNS.sub("", plain) + ("-" if _GRADE.fullmatch(plain.strip()) else "")


def known_things(values: Sequence[str], counts: Array, semantic: str | None) -> list[object | None]:
    """For each value the thing that a vocabulary or the gazetteer knows by it, if that list is this column's."""
    folded = [fold(value) for value in values]
    lists: list[list[object | None]] = [[words.get(key) for key in folded] for words in _vocabularies(semantic)]
    heard = [_heard(value) for value in values]
    for words, found in zip(_vocabularies(semantic), lists, strict=True):
        if any(found):
            sounding = _by_sound(words)
            found[:] = [thing or sounding.get(sound) for thing, sound in zip(found, heard, strict=True)]
    lists += [_places(kind, values) for kind in _place_kinds(semantic)]
    best: list[object | None] = [None] * len(values)
    most = COVERED
    for found in lists:
        share = sum(int(count) for count, thing in zip(counts, found, strict=True) if thing is not None) / max(int(counts.sum()), 1)
        if share >= most:
            best, most = found, share
    return best


def _place_kinds(semantic: str | None) -> tuple[str, ...]:
    return (semantic,) if semantic in _PLACES else _PLACES if semantic is None else ()


def _places(kind: str, values: Sequence[str]) -> list[object | None]:
    """The place that each value names, as it is listed or as it sounds; where several places have the name, the name itself."""
    found: list[object | None] = []
    for value in values:
        places = gazetteer().find(kind, value) if has_letters(value) else ()  # type: ignore[arg-type]
        if value in like_named(kind):
            found.append((value,))
            continue
        found.append(tuple(sorted({place.french for place in places})) or _sounding_places(kind).get(french_sound(value)))
    return found


@cache
def like_named(kind: str | None) -> frozenset[str]:
    """Names of places that differ from another place's name by an accent or a doubled letter: Laâtamna is not Laatamna."""
    if kind not in _PLACES:
        return frozenset()
    by_fold: dict[str, set[str]] = defaultdict(set)
    for place in gazetteer().places:
        if place.kind == kind:
            by_fold[fold_name(place.french)].add(place.french)
    return frozenset(name for names in by_fold.values() if len(names) > 1 for name in names)


@cache
def _sounding_places(kind: str) -> dict[str, tuple[str, ...]]:
    """The places of a kind that are alone with what their French name sounds like."""
    found: dict[str, set[str]] = defaultdict(set)
    for places in gazetteer().by_name[kind].values():  # type: ignore[index]
        for place in places:
            found[french_sound(place.french)].add(place.french)
    return {sound: tuple(names) for sound, names in found.items() if len(names) == 1 and len(sound) > 2}


def french_sound(value: str) -> str:
    """A name with one letter for those that are read alike in French and Darija: `Safy` as `Safi`, `Larashe` as `Larache`, `Settate` as `Settat`.

    >>> french_sound("Safy"), french_sound("Larashe"), french_sound("Settate"), french_sound("Wislane")
    ('safi', 'larach', 'setat', 'uislan')
    """
    return re.sub("(?<=.{3})e$", "", fold_name(value.casefold().replace("ee", "i")).replace("sh", "ch").replace("y", "i").replace("w", "u"))


@cache
def _shipped() -> Mapping[str, Mapping[str, str]]:
    """The words of `packs/vocabulary.tsv`: for each set, what each folded spelling stands for."""
    sets: dict[str, dict[str, str]] = defaultdict(dict)
    text = resources.files("khettara.tables").joinpath("packs/vocabulary.tsv").read_text("utf-8")
    for line in text.splitlines():
        if line and not line.startswith("#"):
            name, word, spellings = line.split("\t")
            for spelling in (word, *spellings.split("|")):
                sets[name].setdefault(fold(spelling), word)
    return sets


@cache
def _vocabularies(semantic: str | None) -> tuple[Mapping[str, str], ...]:
    """Our sets, and those that the packs give with a type: that of the column, or all where its type is not known."""
    sets = {name: dict(words) for name, words in _shipped().items()}
    for meaning in load_packs().meanings.values():
        if meaning.words and semantic in (None, meaning.name):
            words = sets.setdefault(meaning.name, {})
            for value, spellings in meaning.words.items():
                words.update((fold(spelling), value) for spelling in (value, *spellings))
    return tuple(sets.values())


_CHAT = str.maketrans({"7": "h", "3": "", "9": "k", "2": "", "5": "kh", "8": "h"})


def _heard(value: str) -> str:
    """The consonants of a value, whatever the script, Darija's digits read as letters, articles aside; none where they are fewer than three.

    >>> _heard("l7oummess"), _heard("الحمص"), _heard("Hommes")
    ('HMS', 'HMS', 'HMS')
    """
    plain = value.casefold()
    letters = plain.translate(_CHAT) if re.search(r"[a-z][235789]|[235789][a-z]", plain) else plain
    words = [re.sub(r"^(?:ال|l(?=[^aeiouy\W]))(?=..)", "", fold_word(word)) for word in re.findall(r"[^\W\d_]+", letters)]
    sound = " ".join(consonants(word) for word in words if word not in ("el", "al", "l"))
    return sound if len(sound.replace(" ", "")) > 2 else ""


def _by_sound(words: Mapping[str, str]) -> dict[str, str]:
    """The words of a vocabulary that are alone with their consonants."""
    found: dict[str, set[str]] = defaultdict(set)
    for spelling, word in words.items():
        found[_heard(spelling)].add(word)
    return {sound: min(those) for sound, those in found.items() if sound and len(those) == 1}
