"""Identifiers made of digits, read from the few characters around a run of them.

    "ICE : 009900123000064"  ->  ice, proved by its key        "CNSS n° 1234567"  ->  cnss, announced by its cue

A number with a check key is taken at its key's word, or at a cue's; one of a telling shape (telephone, identity card, plate)
by that, or at a cue's; any other only at a cue's. The rest of the digits in the world are prices, dates, laws and verses, and
stay.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from khettara.darija.identifiers import cues, online
from khettara.darija.identifiers.keys import iban_length, is_97, is_card, is_foreign_phone, is_iban, is_moroccan_phone

Reading = tuple[str, int, int, str]
"""Kind, start and end in the window's text, canonical value."""


class Window(NamedTuple):
    """A run of digits `text[start:end]`, Western, with what stands around it, and the cues near it and in its record so far."""

    text: str
    start: int
    end: int
    near: int
    of_row: int

    def announces(self, kind: str, at: int) -> bool:
        """Whether a cue of this kind stands before `at`."""
        return bool(self.near & _BIT[kind]) and cues.cue(kind).search(self.text, max(0, at - 80), at) is not None


_BIT = {kind: 1 << number for number, kind in enumerate(cues.NAMES_OF_CUES)}
_NO_DIGITS = re.compile(r"\D+")
_LETTERED = str.maketrans("OoIl", "0011")
_LETTERS_FOR_DIGITS = frozenset("OoIl")


def _digits(written: str) -> str:
    return written if written.isdigit() else _NO_DIGITS.sub("", written)


# What people put between the digits of a telephone number, and marks of direction that came along with it.
_S = r"[ .\-/_,|*()\t\u00a0\u00b7\u060c\u2000-\u200f\u2010-\u2015\u202a-\u202f\u2060-\u2069]"
_PHONE = re.compile(rf"(?<!\d)(?:(?:(?:\+|00){_S}{{0,3}}212|\(\+?212\)|212)(?:{_S}{{0,3}}0)?|0){_S}{{0,3}}[5-8](?:{_S}{{0,3}}\d){{8}}(?!\d)")
_LETTERED_PHONE = re.compile(rf"(?<![^\W_])[0Oo]{_S}{{0,2}}[5-7](?:{_S}{{0,2}}[\dOoIl]){{8}}(?![^\W_])")
_FOREIGN = re.compile(rf"(?<![\d+])(?:\+|00){_S}?\(?[1-9](?:{_S}{{0,2}}\d){{7,14}}(?!\d)")
_WITHOUT_ZERO = re.compile(rf"(?<![\d.,+])(?<!\d[ .\-])[5-7](?:{_S}{{0,2}}\d){{8}}(?!\d|[.,]\d|[ ]?[.,]\d)")
_DATE = re.compile(r"\d\d([./\- ])\d\d\1(?:19|20)\d\d")
_DECIMAL_BEFORE, _DECIMAL_AFTER = re.compile(r"(?<!\d)\d{1,3}[.,]\Z"), re.compile(r"[.,]\d{1,3}(?!\d)")
_ROW_BEFORE = re.compile(r"(?<!\d)\d{1,2}([ .\-/])\Z")


def _phones(window: Window) -> Iterator[Reading]:
    text = window.text
    begin = max(0, window.start - 3)
    found_any = False
    for found in _PHONE.finditer(text, begin, window.end + 1):
        written, start = found.group(), found.start()
        national = _digits(written)[-9:]
        if not is_moroccan_phone(national) or _is_other_number(window, written, start, found.end()):
            continue
        found_any = True
        yield "phone", start, found.end(), "+212" + national
    if found_any:
        return
    if "+" in text[begin : window.end] or "00" in text[window.start : window.start + 3]:
        for found in _FOREIGN.finditer(text, begin, window.end + 1):
            number = _digits(found.group())
            if found.group()[0] == "0":
                number = number[2:]
                if len(number) < 10 and not window.near & _BIT["phone"]:
                    continue
                if not _MARKS.isdisjoint(found.group()) or text[found.start() - 1 : found.start()] in _POINTS:
                    continue
            if is_foreign_phone(number):
                found_any = True
                yield "phone", found.start(), found.end(), "+" + number
    if not found_any:
        for found in _LETTERED_PHONE.finditer(text, begin, window.end + 1):
            written = _digits(found.group().translate(_LETTERED))
            if is_moroccan_phone(written[-9:]) and not _LETTERS_FOR_DIGITS.isdisjoint(found.group()):
                found_any = True
                yield "phone", found.start(), found.end(), "+212" + written[-9:]
    if not found_any and window.near & _BIT["phone"]:
        for found in _WITHOUT_ZERO.finditer(text, window.start, window.end):
            if is_moroccan_phone(_digits(found.group())) and window.announces("phone", found.start()):
                yield "phone", found.start(), found.end(), "+212" + _digits(found.group())


_POINTS = frozenset(".,")
_MARKS = frozenset(".,،")
_TARIFF = re.compile(r"\d{4}\.\d\d\.\d\d\.\d\d")
_GROUPS = re.compile(r"(\d+)(\D*)")


def _is_other_number(window: Window, written: str, start: int, end: int) -> bool:
    """A date and a time, a decimal number, or a row of numbers, in the digits of a telephone number."""
    text = window.text
    if written.isdigit():
        return (text[start - 1 : start] in _POINTS and _DECIMAL_BEFORE.search(text, max(0, start - 5), start) is not None) or (
            text[end : end + 1] in _POINTS and _DECIMAL_AFTER.match(text, end) is not None
        )
    if _DATE.match(written):
        return True
    if _TARIFF.fullmatch(written) and not window.near & _BIT["phone"]:
        return True
    if not _MARKS.isdisjoint(written):
        # Dots or commas between all groups or between pairs: else they are those of amounts in a row.
        if text[start - 1 : start] in (".", ",") and text[start - 2 : start - 1].isdigit():
            return True
        groups = _GROUPS.findall(written.lstrip("(+"))
        signs = {gap.strip() for _, gap in groups[:-1]}
        if len(signs) > 1 and (not {",", "،"}.isdisjoint(signs) or any(len(digits) == 3 for digits, _ in groups[1:])):
            return True
    if not text[start - 2 : start - 1].isdigit() or window.near & _BIT["phone"]:
        return False
    row = _ROW_BEFORE.search(text, max(0, start - 4), start)
    return row is not None and row.group(1) in written


_RIB = re.compile(r"(?<!\d)(?<!\d[ .\-])(?:\d[ .\-/|_\u00a0\u202f\u200e\u200f]{0,2}){23}\d(?!\d)")
_ICE = re.compile(r"(?<!\d)(?<!\d[ .\-])(?:\d[ .\-/\u00a0\u202f\u200e\u200f]?){14}\d(?!\d|[.,]\d)")
_CARD = re.compile(
    r"(?<!\d)(?<!\d[ .\-])(?:\d{13,19}|\d{4}([ .\-\u00a0\u202f]{1,2})\d{4}\1\d{4}\1\d{4}(?:\1\d{3})?|\d{4}([ .\-\u00a0])\d{6}\2\d{4,5})(?!\d"
    r"|[ .\-]\d{3})"
)
_IBAN = re.compile(r"(?<![A-Za-z0-9])([A-Za-z]{2}) ?(\d{2})(?=[ .\-\u00a0A-Za-z0-9])")
_SIGN = re.compile(r"[ .\-\u00a0\u202f\u200e\u200f]{0,2}([A-Za-z0-9])")


def _accounts(window: Window, n_digits: int) -> Iterator[Reading]:
    text, begin = window.text, window.start
    if n_digits >= 24:
        for found in _RIB.finditer(text, begin, window.end):
            number = _digits(found.group())
            if is_97(number) or window.announces("rib", found.start()):
                yield "rib", found.start(), found.end(), number
    if n_digits >= 15:
        for found in _ICE.finditer(text, begin, window.end + 2):
            number = _digits(found.group())
            if (is_97(number) and number.startswith("00")) or window.announces("ice", found.start()):
                yield "ice", found.start(), found.end(), number
    if n_digits >= 13:
        for found in _CARD.finditer(text, begin, window.end + 4):
            number = _digits(found.group())
            if is_card(number) or (len(number) == 16 and window.announces("card", found.start())):
                yield "card", found.start(), found.end(), number


# The usual one at once, other countries sign by sign.
_MOROCCAN_IBAN = re.compile(r"MA ?(?:\d[ .\-]?){25}\d(?![A-Za-z0-9])", re.IGNORECASE)


def _ibans(window: Window) -> Iterator[Reading]:
    text = window.text
    first = window.start - 2 if text[window.start - 1].isalpha() else window.start - 3
    if first < 0 or not iban_length(text[first : first + 2].upper()):
        return
    usual = _MOROCCAN_IBAN.match(text, max(0, first))
    if usual and not text[max(0, first - 1) : max(0, first)].isalnum():
        iban = "MA" + _digits(usual.group())
        if is_iban(iban) or window.announces("iban", usual.start()):
            yield "iban", usual.start(), usual.end(), iban
            return
    for found in _IBAN.finditer(text, max(0, first), window.end + 2):
        country = found[1].upper()
        length = iban_length(country)
        if not length:
            continue
        signs, at = [country + found[2]], found.end()
        for _ in range(length - 4):
            sign = _SIGN.match(text, at)
            if sign is None:
                break
            signs.append(sign[1])
            at = sign.end()
        iban = "".join(signs).upper()
        if len(iban) != length or text[at : at + 1].isalnum():
            continue
        if is_iban(iban) or (iban[2:].isdigit() and window.announces("iban", found.start())):
            yield "iban", found.start(), at, iban


# Series of the national card by place of issue, as printed on cards: A to AY Rabat and around, B to BW Casablanca, and so on.
_PRINTED_SERIES = """
A AA AB AC AD AE AJ AS AY B BA BB BE BF BH BJ BK BL BM BV BW C CB CC CD CN D DA DB DC DJ DN DO E EA EB EC ED EE F FA FB FC FD FE FF FG FH FJ
FK FL G GA GB GC GD GI GJ GK GM GN GP GY H HA HB HC HD HE HF HH HJ HK HL HM I IA IB IC ID IE IJ J JA JB JC JD JE JF JH JK JM JT JY K KA KB
KD KE KF KG KJ L LA LB LC LD LE LF LG LH LJ M MA MC MD ME MJ MK MM N P PA PB PE PF PJ PK PP PS Q QA QB R RA RB RC RJ RK RX S SA SB SH SJ SK
SL SX T TA TB TK TT U UA UB UC UD V VA VE VM W WA WB X XA Y YA Z ZA ZG ZH ZJ ZQ ZT
"""
_SERIES = frozenset(_PRINTED_SERIES.split())
_CIN = re.compile(r"(?<![^\W_])([A-Za-z]{1,2})[ .\-]?(\d{5,6})(?![^\W_]|[.,]\d)")
_ARABIC_LETTER = (
    r"(?:[أابتثجحخدذرزسشصضطظعغفقكلمنهوي]"
    r"|اي|إي|أي|بي|سي|دي|إف|اف|جي|إتش|اتش|كي|كا|إل|ال|إم|ام|إن|ان|بي|كيو|إر|ار|إس|اس|تي|يو|في|دبليو|إكس|اكس|زيد|زد|آ)"
)
_ARABIC_CIN = re.compile(rf"(?<![^\W_])({_ARABIC_LETTER}(?:[ .\-]?{_ARABIC_LETTER})?)[ .\-]?(\d{{5,6}})(?![^\W_]|[.,]\d)")
# The word before a code that looks like a card but is something else.
_OTHER_CODES = """
référence reference réf ref réf. ref. vol avion facture commande dossier modèle modele article code série serie produit lot flight invoice
order model ticket colis isbn norme iso bordereau chèque cheque passeport passport permis مرجع رحلة الرحلة فاتورة الفاتورة طلبية المرجع رمز
الرمز الملف ملف جواز الجواز شيك الشيك
"""
_NOT_A_CARD = frozenset(_OTHER_CODES.split())


def _is_called_otherwise(text: str, at: int) -> bool:
    before = text[max(0, at - 24) : at].rstrip(" .:n°#\u00a0")
    return bool(before) and before[-24:].lower().rpartition(" ")[2].lstrip("(«\"'") in _NOT_A_CARD


# "ل 12345 مسافر" are travellers, not a card.
_COUNTED = re.compile(
    r"[ \u00a0](?:مسافر|سائح|زبون|شخص|نسمة|مواطن|مستفيد|تلميذ|طالب|عضو|منخرط|ناخب|عامل|درهم|مقعد|متر|سيارة|بطاقة|كتاب"
    r"|habitant|personne|voyageur|client|membre|adhérent|titulaire|bénéficiaire|touriste|dirham|dh|mad|euro|people|person|member|traveller|customer|nas)",
    re.IGNORECASE,
)


_WORDS_OF_TWO = """
le la de du et en un au ou ma sa ta me te se ce je tu il on si ne by to of in at is no w f b d l o n a y fi bi li
"""
_SMALL_WORDS = frozenset(_WORDS_OF_TWO.split())


def read_code(text: str, start: int, end: int) -> Iterator[Reading]:
    """An identity card of which only a word after it says so: one or two letters, a blank, the number, "hiya lacarte dyali"."""
    found = _CIN.search(text, max(0, start - 4), end + 2)
    if (
        found
        and found.end() == end
        and found[1] not in _SMALL_WORDS
        and cues.follows("cin").match(text, end)
        and not _is_called_otherwise(text, found.start())
    ):
        yield "cin", found.start(), end, found[1].upper() + found[2]


def _cins(window: Window) -> Iterator[Reading]:
    text = window.text
    begin = max(0, window.start - 4)
    for found in _CIN.finditer(text, begin, window.end + 2):
        series, start = found[1], found.start()
        glued = found.end() - start == len(series) + len(found[2])
        strict = glued and series.isupper()
        if (
            (strict and window.of_row & _BIT["cin_column"])
            or (strict and len(found[2]) == 6 and series in _SERIES and not _is_called_otherwise(text, start))
            or (window.announces("cin", start) and not _COUNTED.match(text, found.end()))
            or (cues.follows("cin").match(text, found.end()) and not _is_called_otherwise(text, start))
        ):
            yield "cin", start, found.end(), series.upper() + found[2]
            return
    if window.near & _BIT["cin"] and window.start and text[max(0, window.start - 2) : window.start].strip(" .-")[-1:] > "\u0600":
        for found in _ARABIC_CIN.finditer(text, max(0, window.start - 12), window.end + 2):
            # One letter before digits is a preposition more often than a series.
            if cues.right_before("cin").search(text, max(0, found.start() - 60), found.start()) and not _COUNTED.match(text, found.end()):
                yield "cin", found.start(), found.end(), re.sub(r"[ .\-]", "", found[1]) + found[2]


_MONTH = (
    r"janvier|f[ée]vrier|mars|avril|mai|juin|juillet|ao[uû]t|septembre|octobre|novembre|d[ée]cembre|january|february|march|april|may|june|july"
    r"|august|september|october"
    r"|november|december|janv|f[ée]v|avr|juil|sept?|oct|nov|d[ée]c|jan|feb|apr|jun|jul|aug|yanayir|fbrayr|ghocht"
    r"|يناير|فبراير|مارس|أبريل|ابريل|ماي|مايو|يونيو|يونيه|يوليوز|يوليو|غشت|أغسطس|شتنبر|سبتمبر|أكتوبر|اكتوبر|نونبر|نوفمبر|دجنبر|ديسمبر"
)
_YEAR = r"(?:19|20)\d\d"
_BIRTH = re.compile(
    rf"(?<![\w])(?:\d{{1,2}}[ ]?([/.\-])[ ]?\d{{1,2}}[ ]?\1[ ]?(?:{_YEAR}|\d\d)|{_YEAR}([/.\-])\d{{1,2}}\2\d{{1,2}}"
    rf"|\d{{1,2}}(?:er)?[ ]?(?:{_MONTH})[ ]?(?:de |سنة |عام )?{_YEAR}|\d\d {{1,2}}\d\d {{1,2}}{_YEAR})(?!\w|[/.\-]\d)",
    re.IGNORECASE,
)
_GPS = re.compile(
    r"[-+]?\d{1,2}[.,]\d{3,}[ ]?°?[ ]?(?:[NS]\b)?[ ]?(?:[,;/|،]|\s)\s?(?:(?:et|w|و|lon|long|longitude"
    r"|lng)[\s:=]{0,2})?[-+]?\d{1,3}[.,]\d{3,}(?:[ ]?°)?(?:[ ]?[EWO]\b)?"
    r"|\d{1,2}[ ]?°[ ]?\d{1,2}[ ]?['’′][ ]?(?:\d{1,2}(?:[.,]\d+)?[ ]?(?:[\"”″]|''|’’)[ ]?)?[NSش][^\d\n]{0,6}\d{1,3}[ ]?°[ ]?\d{1,2}[ ]?['’′][ ]?"
    r"(?:\d{1,2}(?:[.,]\d+)?[ ]?(?:[\"”″]|''|’’)[ ]?)?[EWOغ]"
)
# Right after its cue, or after more words when "number" says so once more.
_NUMBERED = re.compile(r"(?:n[°ºo]|nr|num[ée]ro|رقم|عدد|نمرة)[\s.:]{0,3}\Z", re.IGNORECASE)
_CUED = {
    "cnss": re.compile(r"(?<![\w])(?:\d[ .\-]?){6,9}\d(?!\w|[.,]\d)"),
    "cnops": re.compile(r"(?<![\w])(?:\d[ .\-]?){5,9}\d(?!\w|[.,]\d)"),
    "if": re.compile(r"(?<![\w])(?:\d[ .]?){6,8}\d(?!\w|[.,]\d)"),
    "rc": re.compile(r"(?<![^\W_A-Za-z])\d{3,8}(?!\w|[.,]\d|[ ]\d{3})"),
    "patente": re.compile(r"(?<![\w])(?:\d[ .]?){6,8}\d(?!\w|[.,]\d|[ ]?%)"),
    "tva": re.compile(r"(?<![\w])(?:MA)?(?:\d[ .]?){6,11}\d(?!\w|[.,]\d|[ ]?(?:%|dh|mad|درهم))", re.IGNORECASE),
    "passport": re.compile(r"(?<![^\W_])[A-Za-z]{1,2}[ ]?\d{6,8}(?!\w|[.,]\d)"),
    "driving_licence": re.compile(r"(?<![^\W_])(?:\d{1,2}[ ]?/[ ]?\d{5,7}|(?:[A-Za-z]{1,2}[ ]?)?\d{5,9})(?!\w|[.,]\d)"),
    "birthdate": _BIRTH,
    "gps": _GPS,
}


# Kinds whose numbers may begin with letters or a sign.
_LETTERS_FIRST = frozenset(("passport", "driving_licence", "tva", "gps"))


_CUED_BITS = sum(_BIT[kind] for kind in _CUED)


@cache
def _cued_kinds(near: int) -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((kind, shape) for kind, shape in _CUED.items() if near & _BIT[kind])


def _cued(window: Window) -> Iterator[Reading]:
    text = window.text
    for kind, shape in _cued_kinds(window.near & _CUED_BITS):
        for at in range(max(0, window.start - 3), window.start + 1) if kind in _LETTERS_FIRST else (window.start,):
            found = shape.match(text, at)
            if found and (window.announces(kind, at) or _is_numbered(window, kind, at, found.group())):
                # RC Rabat 2024 is a club in a year.
                if kind == "rc" and _YEAR_ALONE.fullmatch(found.group()) and cues.after_town().search(text, max(0, at - 24), at):
                    continue
                value = re.sub(r"[\W_]", "", found.group()).upper() if kind != "gps" else re.sub(r"[^\d.,+\-NSEWO]", "", found.group())
                yield kind, at, found.end(), value
                break


_YEAR_ALONE = re.compile(_YEAR)


def _is_numbered(window: Window, kind: str, at: int, written: str) -> bool:
    if kind in ("birthdate", "gps", "tva") or len(_digits(written)) < 4:
        return False
    number = _NUMBERED.search(window.text, max(0, at - 12), at)
    return number is not None and cues.phrases(kind).search(window.text, max(0, at - 60), number.start()) is not None


_PLATE_LETTER = r"(?:هـ|أ|[ابدهوطيجحزكلمنسعفصقرشت]|[ABDEHTWYJ])"
_PLATE = re.compile(
    rf"(?<![\w.,/|\-])(?:(\d{{1,5}})[ ]?[-|/–][ ]?{_PLATE_LETTER}[ ]?[-|/–][ ]?\d{{1,2}}"
    rf"|\d{{1,2}}[ ]?[-|/–][ ]?{_PLATE_LETTER}[ ]?[-|/–][ ]?(\d{{1,5}}))(?![\w/|\-]|[.,]\d)"
)
_PLATE_GAP = r"[ \-|/\u200e\u200f]{0,3}"
_PLATE_SPACED = re.compile(rf"(?<![\w.,/|\-])\d{{1,5}}{_PLATE_GAP}{_PLATE_LETTER}{_PLATE_GAP}\d{{1,2}}(?![\w/|\-]|[.,]\d)", re.IGNORECASE)
_PLATE_SPACED_BACKWARDS = re.compile(rf"(?<![\w.,/|\-])\d{{1,2}}{_PLATE_GAP}{_PLATE_LETTER}{_PLATE_GAP}\d{{3,5}}(?![\w/|\-]|[.,]\d)", re.IGNORECASE)
# Blanks alone divide words too: without a cue the number has five digits (four beside alef), no round ones, and the letter
# is none that is a word of its own in Arabic ("and", "by") or, between two numbers, in French ("à").
_PLATE_ALONE = re.compile(
    r"(?<![\w.,/|\-])(?<!\d )(?:\d{3}(?!00)\d\d[ ]{1,3}(?:هـ|[أادهط]|[ABDEHT])[ ]{1,3}\d{1,2}|(?!19|20)\d{4}[ ]{1,3}أ[ ]{1,3}\d{1,2}"
    r"|\d{1,2}[ ]{1,3}(?:هـ|[أادهط]|[BDEHT])[ ]{1,3}\d{3}(?!00)\d\d)(?![\w/|\-]|[.,]\d|[ ]\d)"
)
_VEHICLE = re.compile(
    r"(?<![^\W_])(?:voiture|véhicule|vehicule|camion|moto|taxi|car|truck|tomobil|tomobile|tonobil|tonobila|tomobila|lmotor|motor|kamyo|kamiyou|taksi"
    r"|(?:ال|ل)?(?:طوموبيل|طوموبيلة|طونوبيل|طونوبيلة|سيارة|كاميو|كاميون|طاكسي|موطور|موطو|شاحنة))"
    r"[ ]{1,2}(?:n°|رقم|ra9m|dyalo|dyali|ديالو|ديالي)?[ :]{0,3}\Z",
    re.IGNORECASE,
)
_TEMPORARY = re.compile(r"(?<![^\W_])(?:WW[ \-|]{0,3}\d{4,7}|\d{4,7}[ \-|]{0,3}WW)(?![^\W_])", re.IGNORECASE)


def _plates(window: Window, n_digits: int) -> Iterator[Reading]:
    text = window.text
    for found in _PLATE.finditer(text, max(0, window.start - 1), min(len(text), window.end + 14)):
        # A short number, a letter and a number may also be the parts of a list.
        number = found[1] or found[2]
        if (len(number) >= 3 and not (found[2] and number[:2] in ("19", "20"))) or window.announces("plate", found.start()):
            yield "plate", found.start(), found.end(), _plate(found.group())
            return
    spaced = _PLATE_SPACED.match(text, window.start) or _PLATE_SPACED_BACKWARDS.match(text, window.start)
    if spaced:
        at = window.start
        if (
            window.announces("plate", at)
            or _PLATE_ALONE.match(text, at)
            or (len(_digits(spaced.group())) >= 4 and (_VEHICLE.search(text, max(0, at - 30), at) or cues.follows("plate").match(text, spaced.end())))
        ):
            yield "plate", at, spaced.end(), _plate(spaced.group())
            return
    if n_digits >= 4 and "ww" in text.lower():
        for found in _TEMPORARY.finditer(text, max(0, window.start - 5), min(len(text), window.end + 6)):
            yield "plate", found.start(), found.end(), _plate(found.group())


def _plate(written: str) -> str:
    return re.sub(r"[\W_ـ]", "", written).upper()


def read_number(window: Window) -> list[Reading]:
    """All that a run of digits can be read as, overlapping or not."""
    text, start, end = window.text, window.start, window.end
    run = text[start:end]
    n_digits = len(run) if run.isdigit() else len(_NO_DIGITS.sub("", run.translate(_LETTERED)))
    readings: list[Reading] = []
    dotted = n_digits <= 12 and run.count(".") == 3
    if dotted:
        for found in online.V4.finditer(text, start, end + 9):
            before = text[max(0, found.start() - 20) : found.start()]
            if online.is_likely_v4(found["host"], before) or (online.is_v4(found["host"]) and window.announces("ip", found.start())):
                readings.append(("ip", found.start(), found.end(), found["host"]))
    lettered = start > 0 and (text[start - 1].isalpha() or text[max(0, start - 2) : start - 1].isalpha())
    if lettered and (n_digits == 2 or n_digits >= 8):
        readings += _ibans(window)
    if lettered and 5 <= n_digits <= 6:
        readings += _cins(window)
    if n_digits >= 13 and not readings:
        readings += _accounts(window, n_digits)
    # What takes up the whole run leaves nothing to read in it: the longest reading would win anyway.
    if readings and readings[0][1] <= start and readings[0][2] >= end:
        return readings
    if n_digits >= 8:
        readings += _phones(window)
    if n_digits <= 8:
        readings += _plates(window, n_digits)
    if window.near & _CUED_BITS:
        readings += _cued(window)
    return readings
