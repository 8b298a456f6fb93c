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
# After a title of Darija in Latin script names are written in small letters too, as everything is in chat.
_TITLES_CHAT = (
    "si|ssi|lalla|lla|moulay|mouley|mwlay|moulaye|mulay|haj|hajj|lhaj|lhajj|7aj|7ajj|l7aj|l7ajj|hajja|lhajja|7ajja|l7ajja|7aja|l7aja|khti|khouya|khoya"
    "|khuya|5ouya|5oya|5ti|3mmi|3ammi|3ami|3mi|khali|5ali|khalti|5alti|3amti|3ammti|3mti|ostad|oustad|ustad|lostad|loustad|l2ostad|l2oustad|ostada"
    "|oustada|lostada|loustada|l2ostada|l2oustada|doktor|ddoktor|doktour|ddoktour|doktora|ddoktora|fqih|lfqih|f9ih|lf9ih|sayed|sayid|ssayed|ssayid"
    "|ssiyed|siyed|ssiyd|sayida|ssayida|ssayda|m3alem|m3allem|m3lem|lm3alem|lm3allem|lm3lem|lm3elem|moul|mol|moula|mouli|mr|mme|dr|prof"
)
# "moul l7anout brahim": whose shop it is, then his name.
_OWNERS = frozenset(["moul", "mol", "moula"])
_TITLES_ARABIC = (
    "سي|السي|للا|لالة|لالا|مولاي|الحاج|حاج|الحاجة|لحاج|السيد|السيدة|الآنسة|سيد|السيّد|للسيد|للسيدة|والسيد|والسيدة|بالسيد|الدكتور|الدكتورة|دكتور"
    "|دكتورة|الأستاذ|الأستاذة"
    "|الاستاذ|الاستاذة|للأستاذ|للاستاذ|للدكتور|الانسة|عمي|عمتي|خالي|خالتي|لمعلم|مول|السيدات|لالّة|لحاجة|أستاذ|أستاذة|المدعو|المدعوة|المسمى|المسماة|المواطن|المواطنة|خويا|ختي|الشيخ"
)
_PARTICLES_LATIN = frozenset(["el", "al", "ben", "bin", "bent", "bint", "ould", "ait", "aït", "ou", "bou", "abd", "abdel", "ibn"])
_PARTICLES_ARABIC = frozenset(["بن", "ابن", "بنت", "ولد", "آيت", "ايت", "أيت", "بو", "آل", "أبو", "ابو"])
_WORD = re.compile(r"(?:[2-9](?=[A-Za-z]))?[^\W\d_]+(?:[2-9](?=[A-Za-z])[A-Za-z]+)*(?:['’\u200c][^\W\d_]+)*")
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
        of_chat = {form for name in latin.split() for form in _in_chat(name, arabic, kind)}
        for name in dict.fromkeys((*latin.split(), *sorted(of_chat), *arabic.split())):
            names[name] = kind if names.get(name, kind) == kind else "both"
    return names


@cache
def spellings() -> tuple[tuple[str, ...], ...]:
    """The list the other way round: the forms of each name in both scripts, its commonest Latin form first."""
    source = resources.files("khettara.darija.identifiers").joinpath("data/names.tsv").read_text("utf-8")
    lines = [line.split("\t") for line in source.splitlines() if line and not line.startswith("#")]
    return tuple((*latin.split(), *arabic.split()) for _, latin, arabic in lines)


_BETWEEN_VOWELS = re.compile(r"(?<=[^aeiouï])[aeiouï]{2,}")


def _in_chat(latin: str, arabic: str, kind: str) -> set[str]:
    """A name with digits for the letters that Latin script lacks, as its Arabic form says: mohamed, محمد -> mo7amed."""
    forms = {latin}
    if "ح" in arabic:
        forms |= {re.sub(r"(?<![kcgs])h", "7", form) for form in forms}
    if "خ" in arabic:
        forms |= {form.replace("kh", "5") for form in forms}
    if "ق" in arabic:
        forms |= {re.sub("q|k(?!h)", "9", form) for form in forms}
    first = arabic.split()[0].removeprefix("ال")
    if first.startswith("ع"):
        bare = {re.sub("^(?:el|l)(?=[aeiou])", "", form) for form in forms}
        forms |= {"3" + form for form in bare if form[0] in "aeiou"} | {
            "3" + form[1:] for form in bare if form[0] in "aeiou" and form[1] not in "aeiou"
        }
    if "ع" in first[1:]:
        forms |= {
            form[: run.start()] + with_ain + form[run.end() :]
            for form in forms
            for run in _BETWEEN_VOWELS.finditer(form)
            for with_ain in {run[0][:at] + "3" + run[0][at:] for at in range(len(run[0]))} | {"3" + run[0][1:], run[0][:1] + "3" + run[0][2:]}
        }
    if kind == "family" or "ال" in arabic:
        forms |= {"l" + form for form in forms if not form.startswith(("l", "el", "ben", "ait"))}
    return forms - {latin}


@cache
def titles() -> frozenset[str]:
    """Every title, as a scan reads it."""
    return frozenset((*_TITLES_LATIN.split("|"), *_TITLES_CHAT.split("|"), *_TITLES_ARABIC.split("|")))


_OF_CHAT = frozenset(_TITLES_CHAT.split("|"))


def _kind(word: str, small: bool = False) -> str:
    """How a word may be part of a name: `first`, `family`, `both`, or empty. Latin names begin with a capital, unless `small`."""
    folded = word.lower().replace("\u200c", "")
    if word.isascii() or folded[0] < "\u0600":
        return listed().get(folded, "") if small or word[0].isupper() or (word[0].isdigit() and len(word) > 2) else ""
    return listed().get(folded, "")


def find_names(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Where the names stand that begin between `start` and `end`. A title is not part of the name, particles are."""
    at = start
    while at < end and (word := _WORD.search(text, at)) and word.start() < end:
        at = word.end()
        title = word.group().lower()
        if title in titles() and (after := _BETWEEN.match(text, at)):
            begin = after.end()
            stop = _extent(text, begin, titled=True, small=title in _OF_CHAT)
            if not stop and title in _OWNERS and (what := _WORD.match(text, begin)) and (after := _BETWEEN.match(text, what.end())):
                begin = after.end()
                stop = _extent(text, begin, titled=True, small=True)
            if stop and not _is_place(text, word.start()):
                yield begin, stop
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


def _extent(text: str, start: int, titled: bool, small: bool = False) -> int:
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
        elif (kind := _kind(written, small)) and not (latin and len(written) < 3):
            kinds.append(kind)
            stop = word.end()
        elif kinds and (folded in _PARTICLES_ARABIC or (latin and folded in _PARTICLES_LATIN)):
            glue = True
        elif not kinds and latin and folded in _PARTICLES_LATIN and written[0].isupper():
            pass  # a name may begin with it: El Idrissi
        elif kinds and titled and latin and written[0].isupper() and len(written) > 2:
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
