"""Postal addresses: a street or its like, a number, and a town or a postal code, close together.

"12، زنقة الأطلس، حي السلام، سلا"   "Imm 4, Appt 7, rue des Orangers, 20000 Casablanca"   "zn9a 7 ra9m 12, 7ay salam, sla"   "12 Palm Street, Agadir"
"""

from __future__ import annotations

import re
from functools import cache
from importlib import resources
from itertools import pairwise

STREETS = (
    "rue|avenue|av|ave|bd|blvd|bld|boulevard|bloc|immeuble|imm|appartement|appt|apt|lotissement|lot|résidence|residence|hay|quartier|derb|douar|zanqa"
    "|zanka|zan9a|zen9a|impasse|chari3|charii|villa"
    "|zn9a|zn9at|zen9at|zan9at|zn9t|zen9t|zan9t|znqa|znka|zenqa|zenka|zanqat|zankat|znqat|zna9a|chare3|char3|charia3|7ay|l7ay|lhay|hey|7ey|7ouma|7oumat"
    "|houmt|7omt|darb|drb|ldarb|dderb|dwar|ddouar|duwar|blok|bloq|lblok|bluk|3imara|3imarat|3mara|3marat|imara|l3imara|l3mara|chi9a|cho9a|ch9a|chou9a"
    "|chi99a|cho99a|ch99a|chou99a|chouqqa|choqqa|i9ama|i9amat|iqama|iqamat|ikamat|l2i9ama|tajzi2a|tajzi2at|tajzia|tajziat|tajzi2t|villat|lvilla|partma"
    "|lpartma|impas|ru"
    "|زنقة|زنقت|شارع|حي|درب|زقاق|إقامة|اقامة|عمارة|شقة|بلوك|تجزئة|دوار|فيلا"
)
# Parts of an address that announce none.
_FURTHER = "building|bldg|apartment|flat|house|mdina|medina|sa7a|sa7at|tranche|groupe|secteur|مجموعة|قطاع|مدخل|السكن|ساحة|ساحت|عرصة"


@cache
def towns() -> tuple[str, ...]:
    """Every name of a town, longest first."""
    source = resources.files("khettara.darija.identifiers").joinpath("data/towns.txt").read_text("utf-8")
    return tuple(sorted((town for line in source.splitlines() if not line.startswith("#") for town in line.split("|")), key=len, reverse=True))


# Words of streets and names of towns are looked up word by word, and marked by private signs of the same length: a pattern
# with all of them in it would try hundreds at each step.
_STREET_SIGN, _TOWN_SIGN, _GOES_ON = "\ue000", "\ue001", "\ue002"
_SIGNS = f"{_STREET_SIGN}{_TOWN_SIGN}{_GOES_ON}"
_TOKEN = re.compile(r"[^\W_]+")
_JOINING = frozenset(" '’-")


@cache
def _streets() -> frozenset[str]:
    """Every word of streets, with what may be glued to its front."""
    words = [word for word in f"{STREETS}|{_FURTHER}".lower().split("|") if word.isalnum()]
    arabic = {front + the + word for word in words if word[0] > "\u0600" for front in ("", "و", "ب", "ف", "ل") for the in ("", "ال")}
    return frozenset((*words, *arabic, *(front + word for word in words if word[0] in "23456789" for front in "fbl")))


@cache
def _towns_by_word() -> dict[str, list[tuple[str, ...]]]:
    """The first word of each town, with what may follow it, longest first."""
    known: dict[str, list[tuple[str, ...]]] = {}
    for town in towns():
        first, *rest = _TOKEN.findall(town.lower())
        known.setdefault(first, []).append(tuple(rest))
    return known


def _marked(text: str) -> str:
    """The text with each word of streets and each town in private signs; empty if there is neither a town nor a postal code."""
    streets, known = _streets(), _towns_by_word()
    tokens = [(token.group().lower(), token.start(), token.end()) for token in _TOKEN.finditer(text)]
    parts: list[str] = []
    done, has_town = 0, False
    for number, (word, start, end) in enumerate(tokens):
        if start < done:
            continue
        sign = _STREET_SIGN
        rests = known.get(word)
        if rests is None and word[0] in "بفل":
            rests = known.get(word[1:])
            start += rests is not None
        if rests is not None and (stop := _end_of_town(text, tokens, number, rests)):
            sign, end, has_town = _TOWN_SIGN, stop, True
        elif word not in streets:
            continue
        parts += (text[done:start], sign, _GOES_ON * (end - start - 1))
        done = end
    if not has_town and _ANY_CODE.search(text) is None:
        return ""
    return "".join((*parts, text[done:]))


def _end_of_town(text: str, tokens: list[tuple[str, int, int]], number: int, rests: list[tuple[str, ...]]) -> int:
    for rest in rests:
        following = tokens[number : number + len(rest) + 1]
        if len(following) == len(rest) + 1 and all(
            word == after[0] and after[1] == before[2] + 1 and text[before[2]] in _JOINING
            for word, (before, after) in zip(rest, pairwise(following), strict=True)
        ):
            return following[-1][2]
    return 0


_STREET = rf"(?:{_STREET_SIGN}{_GOES_ON}*+|(?<![^\W_])(?:lot )?n°|صندوق البريد(?!\w))\.?"
_NUMBER = (
    r"(?:(?:n[°ºo]|num[ée]ro|nr|(?:ال)?رقم|نمرة|ن°|nmra|nmrt|nemra|numéro|numiro|noumiro|num|ra9m|ra9em|r9m|rqm|raqm|rakm|عدد)\.?[ \u00a0:]{0,2})?"
    r"[\d٠-٩۰-۹]{1,4}(?:[ ]?(?:bis|ter|مكرر|[A-Za-z](?![^\W_])))?"
)
# A part of an address: a street and its name (some words without a number; a digit between letters is one), its number, a storey.
_LETTER = rf"(?:[^\W\d_]|[{_SIGNS}]|[2-9](?=[A-Za-z])|(?<=[A-Za-z])[2-9])"
_MONTHS = (
    "يناير|فبراير|مارس|أبريل|ابريل|ماي|يونيو|يوليوز|غشت|شتنبر|أكتوبر|اكتوبر|نونبر|دجنبر|janvier|février|fevrier|mars|avril|mai|juin|juillet|août"
    "|aout|septembre|octobre|novembre|décembre|january|march|august|november|ghocht|yanayer|yanayir|mares|nouvembre"
)
_NAME = rf"(?:[ \u00a0'’\-]{{1,2}}(?:{_LETTER}+(?:['’\-][^\W\d_]+)?|\d{{1,2}}[ ](?:{_MONTHS})(?!\w))){{0,6}}?"
_STOP = r"[ \u00a0]?[,،;\-–/:.]?[ \u00a0]{0,2}"
_PART = (
    rf"(?:(?<!\w)(?:d?dar|(?:ال)?دار)[ ]{_NUMBER}|{_STREET}[ \u00a0]?(?:{_NUMBER}|[A-Za-z](?![^\W_])|{_NAME})(?:{_STOP}{_NUMBER}(?![\d٠-٩۰-۹%]))?"
    rf"|(?:étage|etage|الطابق|طابق|سطاج|ط|tab9|tabe9|ttab9)[ ]?(?:\d{{1,2}}|الأول|الثاني|الثالث|الرابع|الخامس|السادس|الأرضي|السفلي)"
    rf"|\d{{1,2}}(?:er|[eè]me|ème)? étage)"
)
_CODE = r"[1-9][\d]{4}(?!\d)"
_ANY_CODE = re.compile(_CODE)
_TOWN = rf"(?:(?:بمدينة|مدينة|à|a|f|ف|في|ب|بـ|ville)[ \u00a0])?(?:ب|ف|ل)?{_TOWN_SIGN}{_GOES_ON}*+(?:{_STOP}{_CODE})?"
_WHOLE_ADDRESS = (
    rf"(?:(?<![\d٠-٩۰-۹.,/°])(?P<front>{_NUMBER}){_STOP})?{_PART}(?:{_STOP}{_PART}|{_STOP}{_NUMBER}(?![\d٠-٩۰-۹%°])){{0,5}}?"
    rf"{_STOP}(?:(?P<code>{_CODE}){_STOP}(?:{_TOWN})?|{_TOWN})"
)
# A street may bear the name of a town: rather up to the last one, where more of the address follows.
_ADDRESSES = [re.compile(_WHOLE_ADDRESS + more, re.IGNORECASE) for more in (rf"(?!{_STOP}(?:{_STREET}|{_NUMBER}|{_TOWN_SIGN}))", "")]


def find_address(text: str, start: int, end: int) -> tuple[int, int] | None:
    """Where the address begins and ends of which the word from `start` to `end` is a part.

    >>> text = "sken f 12, rue des Orangers, Rabat"
    >>> text[slice(*find_address(text, 11, 14))]
    '12, rue des Orangers, Rabat'
    """
    word = text[start:end].lower()
    # "a lot of 3 things", "le lot n° 4" are no estates.
    if word == "lot" and _NO_ESTATE.match(text, end):
        return None
    # Nothing of an address stands beyond a line's end, a bracket or a question mark.
    begin = _SENTENCE_BEFORE.search(text, max(0, start - 70), start).start()  # type: ignore[union-attr]  # it matches nothing too
    window = text[begin : _SENTENCE_AFTER.match(text, end, start + 220).end()]  # type: ignore[union-attr]
    if _DIGIT.search(window) is None:
        return None
    at, marked = start - begin, _marked(window)
    if word in ENGLISH_STREETS and (english := _english_address(window, marked, at)):
        return begin + english[0], begin + english[1]
    if not marked:
        return None
    for address in _ADDRESSES:
        beyond = 0
        for candidate in _BEGINNING.finditer(marked, max(0, at - 40), at + 1):
            if candidate.start() < beyond or (found := address.match(marked, candidate.start())) is None:
                continue
            beyond = found.end()
            if at < beyond and is_address(window[found.start() : found.end()]):
                return begin + found.start(), begin + found.end()
    return None


# Where a match may begin: only there is one tried.
_BEGINNING = re.compile(rf"(?<![\d٠-٩۰-۹])\d|(?<![^\W_])[^\W\d_]|{_STREET_SIGN}")
_SENTENCE_BEFORE = re.compile(r'[^\n\r\t!?؟()<>«»"…|=+@\[\]{}]*\Z')
_SENTENCE_AFTER = re.compile(r'[^\n\r\t!?؟()<>«»"…|=+@\[\]{}]*')


# As in English: the number, the name, the kind of street. The name is capitalised, or the town follows.
_KINDS = "street|st|road|rd|avenue|ave|boulevard|blvd|lane|drive|alley|square|close|crescent|terrace"
ENGLISH_STREETS = frozenset(_KINDS.split("|"))
_INSIDE = (
    rf"(?:(?:(?:suite|unit|office|room|{_STREET_SIGN}{_GOES_ON}*+)\.?[ ]?(?:no\.?[ ]?|n°[ ]?|#)?(?:\d{{1,4}}[A-Za-z]?|[A-Z](?!\w))"
    r"|\d{1,2}(?:st|nd|rd|th) floor|ground floor)[ ]?[,\-][ ]?)"
)
_NO_STREET_NAME = (
    r"(?:people|of|the|on|in|a|an|and|to|at|for|from|with|by|this|that|main|hours?|minutes?|days?|km|cars?|men|women|street|streets|per)(?!\w)"
)
_WORD = rf"(?!{_NO_STREET_NAME})(?:[^\W\d_]|[{_SIGNS}])[\w.'’\-{_SIGNS}]*[ ]"
_CAPITALISED = rf"(?:(?!{_NO_STREET_NAME})(?-i:[A-Z])[\w.'’\-]*|(?-i:de|el|al|des|du|la|II|V|VI))[ ]"
_IN_TOWN = rf"(?:{_STOP}(?:{_CODE}|{_TOWN})){{1,3}}"
_ENGLISH_NUMBER = r"(?<![\w.,°/])(?:(?:no\.?|n°|number|#)[ ]?)?\d{1,4}[A-Za-z]?,?[ ]"
_ENGLISH = re.compile(
    rf"(?<![\w])(?:{_INSIDE}{{0,3}}{_ENGLISH_NUMBER}|{_INSIDE}{{1,3}})(?:(?:{_WORD}){{1,4}}(?:{_KINDS}|{_STREET_SIGN}{_GOES_ON}*+)\.?(?!\w){_IN_TOWN}|(?P<bare>(?:{_CAPITALISED}){{1,4}}(?:{_KINDS}|{_STREET_SIGN}{_GOES_ON}*+)(?!\w)))",
    re.IGNORECASE,
)
_LIVES = re.compile(
    r"(?<!\w)(?:liv(?:es?|ed|ing)|stay(?:s|ed|ing)?|resid(?:es?|ed|ing)|moved?|address|deliver(?:ed|y)?|ship(?:ped)?|send|sent|home|house|office"
    r"|visit|find|meet|come|parcel|package)[^\d\n]{0,24}\Z",
    re.IGNORECASE,
)


def _english_address(text: str, marked: str, at: int) -> tuple[int, int] | None:
    """The address whose kind of street stands at `at`; without a town it takes a word such as "lives" before it."""
    for found in _ENGLISH.finditer(marked or text):
        if found.start() > at:
            return None
        if at < found.end():
            lives = found["bare"] is None or _LIVES.search(text, max(0, found.start() - 40), found.start())
            return found.span() if lives else None
    return None


_NO_ESTATE = re.compile(r"[ ](?:of|de|d['’]|n[°o]|is|are|\d{1,2}(?!\d))|s(?!\w)", re.IGNORECASE)
# A number: a digit that is no letter of a word in chat's Latin script, as in zn9a or 3la.
_DIGIT = re.compile(r"(?<![^\W\d_])\d(?![A-Za-z]{2})|\d(?:bis|ter)(?!\w)", re.IGNORECASE)
_PUBLIC = re.compile(r"حي (?:الجامعي|الصناعي|الإداري)|(?:quartier|zone) (?:industriel|universitaire)", re.IGNORECASE)


def is_address(written: str) -> bool:
    """A match that says a number too: without one it is a street of a town, which is nobody's.

    >>> is_address("12, rue des Orangers, Rabat"), is_address("rue des Orangers, Rabat")
    (True, False)
    """
    return _DIGIT.search(written) is not None and _PUBLIC.search(written) is None
