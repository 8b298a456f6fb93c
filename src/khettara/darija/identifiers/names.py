"""Names of persons: a title with a listed name, or a first name and a family name that are both on the list.

    "مع السيد محمد العلوي غدا"  ->  name, "محمد العلوي"

Precise rather than greedy: a name that is not listed stays, and so do streets, towns and schools that bear one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib import resources

_TITLES_LATIN = (
    "m|mr|mme|mlle|mrs|ms|miss|dr|docteur|docteure|doctor|pr|prof|professeur|professeure|me|maître|maitre|monsieur|madame|mademoiselle|sieur"
    "|si|lalla|lla|moulay|moulaye|haj|hajj|lhaj|lhajj|elhaj|hadj|hajja|lhajja|sayed|sayyed|ssi|ssayed|khti|khouya|ostad|ostada"
)
_TITLES_ARABIC = (
    "سي|السي|للا|لالة|لالا|مولاي|الحاج|حاج|الحاجة|لحاج|السيد|السيدة|الآنسة|سيد|السيّد|للسيد|للسيدة|والسيد|والسيدة|بالسيد|الدكتور|الدكتورة|دكتور"
    "|دكتورة|الأستاذ|الأستاذة"
    "|الاستاذ|الاستاذة|أستاذ|أستاذة|المدعو|المدعوة|المسمى|المسماة|المواطن|المواطنة|خويا|ختي|الشيخ"
)
_PARTICLES_LATIN = frozenset(["el", "al", "ben", "bin", "bent", "bint", "ould", "ait", "aït", "ou", "bou", "abd", "abdel", "ibn"])
_PARTICLES_ARABIC = frozenset(["بن", "ابن", "بنت", "ولد", "آيت", "ايت", "أيت", "بو", "آل", "أبو", "ابو"])
_WORD = re.compile(r"[^\W\d_]+(?:['’\u200c][^\W\d_]+)*")
_BETWEEN = re.compile(r"[ \u00a0]{1,2}|\.[ \u00a0]?|[-‑][ ]?")
# One or two words before a name: what is called after somebody.
_CALLED_AFTER_SOMEBODY = """
شارع زنقة حي جامعة مدرسة ثانوية إعدادية مسجد جامع مركز مستشفى ملعب مطار مدينة إقليم عمالة دوار ساحة مؤسسة جائزة زاوية ضريح محطة سد ميناء
معهد قاعة مركب دار بجامعة بشارع بحي بمدينة بمستشفى بإقليم الملك جلالة سيدي النبي الإمام السلطان rue avenue av bd boulevard université
universite lycée lycee collège école ecole mosquée hôpital hopital stade aéroport place quartier hay university street roi king sidi
fondation prix complexe centre prophète imam sultan
"""
_PLACES = frozenset(_CALLED_AFTER_SOMEBODY.split())
# Kings and dynasts, whom law and history name all the time, and towns.
_OF_KINGS_AND_TOWNS = """
الخامس السادس الثاني الأول الرابع الثالث premier ii iii iv v vi الله عليه رسول يعقوب بوسلهام إسماعيل
"""
_PUBLIC = frozenset(_OF_KINGS_AND_TOWNS.split())


@cache
def listed() -> dict[str, str]:
    """Every name on the list with `first` or `family`, or `both`."""
    names = {"عبد": "first"}
    source = resources.files("khettara.darija.identifiers").joinpath("data/names.tsv").read_text("utf-8")
    for line in source.splitlines():
        if line.startswith("#"):
            continue
        kind, latin, arabic = line.split("\t")
        for name in (*latin.split(), *arabic.split()):
            names[name] = kind if names.get(name, kind) == kind else "both"
    return names


@cache
def titles() -> frozenset[str]:
    """Every title, as a scan reads it."""
    return frozenset((*_TITLES_LATIN.split("|"), *_TITLES_ARABIC.split("|")))


def _kind(word: str) -> str:
    """How a word may be part of a name: `first`, `family`, `both`, or empty."""
    folded = word.lower().replace("\u200c", "")
    if word.isascii() or folded[0] < "\u0600":
        return listed().get(folded, "") if word[0].isupper() else ""
    return listed().get(folded, "")


def find_names(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Where the names stand that begin between `start` and `end`. A title is not part of the name, particles are."""
    at = start
    while at < end and (word := _WORD.search(text, at)) and word.start() < end:
        at = word.end()
        titled = word.group().lower() in titles()
        if titled and (after := _BETWEEN.match(text, at)):
            stop = _extent(text, after.end(), titled=True)
            if stop and not _is_place(text, word.start()):
                yield after.end(), stop
                at = stop
                continue
        if _kind(word.group()):
            stop = _extent(text, word.start(), titled=False)
            if stop:
                if not _is_place(text, word.start()):
                    yield word.start(), stop
                at = stop


def _is_place(text: str, at: int) -> bool:
    before = text[max(0, at - 40) : at].lower().split()[-2:]
    return any(word.strip(".,()«»\"'") in _PLACES for word in before)


def _extent(text: str, start: int, titled: bool) -> int:
    """The end of the name that begins at `start`, 0 if there is none."""
    kinds: list[str] = []
    stop, at, glue = 0, start, False
    while len(kinds) < 5 and (word := _WORD.match(text, at)):
        written = word.group()
        folded = written.lower()
        latin = folded[0] < "\u0600"
        if folded in _PUBLIC and not glue:
            return 0
        if glue:
            kinds.append("family" if kinds else "first")
            stop, glue = word.end(), False
        elif written == "عبد":
            glue = True
        elif (kind := _kind(written)) and not (latin and len(written) < 3):
            kinds.append(kind)
            stop = word.end()
        elif kinds and (folded in _PARTICLES_ARABIC or (latin and folded in _PARTICLES_LATIN)):
            glue = True
        elif not kinds and latin and folded in _PARTICLES_LATIN and written[0].isupper():
            glue = False
        elif kinds and titled and latin and written[0].isupper() and len(written) > 2 and not glue:
            kinds.append("family")
            stop = word.end()
            break
        else:
            break
        between = _BETWEEN.match(text, word.end())
        if between is None or (between.group().startswith(".") and len(written) > 2):
            break
        at = between.end()
    if not stop:
        return 0
    if titled:
        return stop
    firsts = sum(kind in ("first", "both") for kind in kinds)
    families = sum(kind in ("family", "both") for kind in kinds)
    return stop if firsts and families and len(kinds) >= 2 else 0
