"""Telephone numbers said in words, in French, English, Arabic and Darija (both scripts), alone or among digits.

"zéro six soixante et un, douze, zéro zéro, quarante"  ->  0661120040
"صفر ستة واحد وستين اتناش صفر صفر ربعين"               ->  0661120040
"""

from __future__ import annotations

import re
from functools import cache
from itertools import product

from khettara.darija.identifiers.keys import is_moroccan_phone

_NUMERALS = {
    0: "zéro zero oh صفر زيرو زيرُو سفر sifr sfer sifer ziro zirou sefr",
    1: "un une one واحد واحدة وحدة وحد wahed wa7ed wa7d wahd wa7da w7da w7d wahda we7da w7ed",
    2: "deux two اثنان اثنين إثنان إثنين تنين زوج جوج زوز jouj juj joj zouj tnin zoj zuj jooj tnayn tnayen etnin",
    3: "trois three ثلاثة ثلاث تلاتة تلاثة ثلاتة تلاته tlata tlatha tleta tlta thlatha talata",
    4: "quatre four أربعة اربعة ربعة أربع arb3a rb3a reb3a arba3a rab3a rba3 rb3 reb3 arba3",
    5: "cinq five خمسة خمس خمسه khamsa khmsa 5amsa kamsa 5msa 5emsa khemsa xamsa khams",
    6: "six ستة ست سته setta sta stta sitta seta ssta",
    7: "sept seven سبعة سبع سبعه seb3a sb3a sab3a sebaa sebe3 sbe3 sb3 seb3",
    8: "huit eight ثمانية ثماني تمانية تمنية ثمنية تمنيه tmanya tmnya tmenya tamanya tmania tmnia tmenia tamania",
    9: "neuf nine تسعة تسع تسود تسعود تسعه tes3oud tes3ud ts3oud tes3od tes3a ts3ud ts3od ts3a tes3 tis3a",
    10: "dix ten عشرة عشر عشره 3achra 3chra 3ashra 3eshra 3echra 3shra 3achara",
    11: "onze eleven حداش احداش حضاش 7dach hdach 7dash 7adach hdash 7edach 7da3ch",
    12: "douze twelve طناش اطناش تناش اتناش ثناش tnach tnash tna3ch tna3ach tnaach etnach tna3sh",
    13: "treize thirteen تلطاش تلتاش تلاطاش tltach teltach tlettach tlttach tlatach tletach telttach tlttash tltash",
    14: "quatorze fourteen ربعطاش أربعطاش ربعتاش rb3tach reb3tach rba3tach arb3tach rb3tash reb3tash rbe3tach",
    15: "quinze fifteen خمسطاش خمستاش khmstach khamstach 5mstach khmstash khemstach",
    16: "seize sixteen ستاش سطاش ستطاش sttach settach stach settash setach sttash",
    17: "seventeen سبعطاش سبعتاش sb3tach seb3tach sba3tach sbe3tach sab3tach sb3tash",
    18: "eighteen تمنطاش تمنتاش tmntach tmentach tmantach tmntash temntach",
    19: "nineteen تسعطاش تسعتاش ts3tach tes3tach tsa3tach tse3tach ts3tash",
    20: "vingt vingts twenty عشرين عشرون 3chrin 3achrin 3echrin 3ishrin 3ichrin 3shrin 3eshrin 3ashrin",
    30: "trente thirty ثلاثين ثلاثون تلاتين تلتين تلاثين tlatin tltin tlatine tlathin tletin tltine",
    40: "quarante forty أربعين اربعين أربعون ربعين rb3in reb3in arb3in arba3in rba3in reb3ine rb3ine",
    50: "cinquante fifty خمسين خمسون khmsin khamsin 5amsin 5msin khemsin khmsine khamsine xamsin",
    60: "soixante sixty ستين ستون settin stin sttin sitin sittin settine sttine setin",
    70: "septante seventy سبعين سبعون sb3in seb3in sab3in seb3ine sb3ine sbe3in",
    80: "eighty ثمانين ثمانون تمانين تمنين tmanin tmnin tmenin tmanine tamanin",
    90: "nonante ninety تسعين تسعون ts3in tes3in tis3in ts3ine tes3ine tse3in",
    100: "cent cents مية ميا مئة مائة miya mya",
    200: "ميتين مئتين مائتين mitin myatin",
    300: "تلتمية ثلاثمائة ثلاثمئة teltmya",
    400: "ربعمية أربعمائة أربعمئة reb3mya",
    500: "خمسمية خمسمائة خمسمئة khmsmya",
    600: "ستمية ستمائة ستمئة settmya",
    700: "سبعمية سبعمائة سبعمئة seb3mya",
    800: "تمنمية ثمانمائة ثمانمئة tmnmya",
    900: "تسعمية تسعمائة تسعمئة tes3mya",
}
_AND = frozenset(["et", "و", "w", "u", "ou", "and", "o"])
_PLUS = frozenset(["plus", "زائد", "بلوس"])
_TOKEN = re.compile(r"[^\W_]+")
_BETWEEN = re.compile(r"[\s\-–.,،/_'’:;]{0,4}")


@cache
def numerals() -> dict[str, int]:
    """Every numeral and what it is worth."""
    values = {word: value for value, words in _NUMERALS.items() for word in words.split()}
    # Tens and units in one: واحدوستين is not written so, but وستين is: "and sixty".
    values |= {f"و{word}": value for word, value in values.items() if value and "\u0600" <= word[0] <= "\u06ff" and not word.startswith("و")}
    return values


def zeros() -> list[str]:
    """Words with which a number may begin."""
    return [*_NUMERALS[0].split(), *_PLUS]


def _joins(before: int, after: int, said_and: bool, french: bool) -> bool:
    """Whether a numeral goes on from the one before: soixante douze is 72, واحد وستين is 61, quatre vingt is 80."""
    if french and before == 4 and after == 20:
        return True
    if french and before % 100 in (60, 80) and 0 < after < 20:
        return True
    if french and before == 10 and 7 <= after <= 9:
        return True
    if 20 <= before < 100 and before % 10 == 0 and 0 < after < 10:
        return french or said_and
    if 0 < before < 10 and 20 <= after < 100 and after % 10 == 0:
        return said_and
    if before >= 100 and before % 100 == 0 and 0 < after < 100:
        return True
    return 1 < before < 10 and after == 100


def _joined(before: int, after: int) -> int:
    if before == 4 and after == 20:
        return 80
    return before * after if after == 100 else before + after


def read(text: str, start: int) -> tuple[int, str] | None:
    """Where the telephone number ends that begins at `start`, and its nine national digits.

    >>> read("zéro six soixante et un, douze, zéro zéro, quarante, merci", 0)
    (51, '661120040')
    >>> read("zero degre et six heures", 0) is None
    True
    """
    said: list[tuple[str, int | None, bool, bool, bool]] = []
    at, said_and, international = start, False, False
    best: tuple[int, str] | None = None
    longest, n_said = 0, 0
    while token := _TOKEN.match(text, at):
        word = token.group().lower()
        value = numerals().get(word)
        glued_and = value is not None and word[0] == "و" and word[1:] in numerals()
        if word in _PLUS and not said:
            international = True
        elif value is not None:
            hyphen = said_and or glued_and or text[token.start() - 1 : token.start()] in ("-", "‑")
            said.append((str(value), value, said_and or glued_and, word.isascii() or "é" in word, hyphen))
            said_and = False
        elif word.isdecimal() and len(word) <= 9:
            said.append(("".join(str(int(digit)) for digit in word), None, False, False, False))
            said_and = False
        elif word in _AND and said:
            said_and = True
        else:
            break
        if len(said) > 24:
            break
        if len(said) > n_said:
            n_said = len(said)
            longest += len(said[-1][0])
            if n_said == 2 and not international and not _may_begin(said):
                return None
            # Each numeral counts as it is written until enough are said: put together they are never longer.
            if longest >= _FEWEST_DIGITS:
                # vingt quatre vingt is 20 80 or 24 20, zéro quatre vingt 04 20 or 0 80, soixante seize 76 or 60 16: as it makes a number.
                shortest = 99
                for way in _WAYS:
                    digits = _digits(said, *way)
                    if number := _national(digits, international):
                        best = token.end(), number
                        break
                    shortest = min(shortest, len(digits))
                else:
                    if shortest > (10 if digits[0] == "0" != digits[1] else _MOST_DIGITS):
                        break
        gap = _BETWEEN.match(text, token.end())
        at = gap.end() if gap else token.end()
    if best is None or sum(value is not None for _, value, *_ in said) < 3:
        return None
    return best


# 0 and nine digits; 00212 with a zero that should not be there, and nine.
_FEWEST_DIGITS, _MOST_DIGITS = 10, 15
_WAYS = tuple(product((True, False), (True, False), (False, True)))


def _may_begin(said: list[tuple[str, int | None, bool, bool, bool]]) -> bool:
    """Whether a number may begin so: 0 and a digit of the plan, 00 or 212; a numeral below five may still become eighty or sixty-one."""
    (first, *_), (second, *_) = said
    return not (first == "0" and (second in ("10", "20", "30", "40", "100", "200", "300", "400") or (len(second) == 2 and second[0] in "1234")))


def _digits(said: list[tuple[str, int | None, bool, bool, bool]], eighties: bool, after_zero: bool, only_hyphens: bool) -> str:
    """The numerals put together into tens and hundreds where they belong together, and written one after the other."""
    groups: list[str | int] = []
    for number, (written, value, said_and, french, hyphen) in enumerate(said):
        if value is None:
            groups.append(written)
            continue
        before = groups[-1] if groups else None
        if after_zero and before == 0 and value < 10:
            groups.append(str(value))
            continue
        if only_hyphens and not hyphen:
            groups.append(value)
            continue
        new = eighties and value == 4 and french and number + 1 < len(said) and said[number + 1][1] == 20 and said[number + 1][3]
        if isinstance(before, int) and not new and _joins(before, value, said_and, french):
            groups[-1] = _joined(before, value)
        elif isinstance(before, int) and not new and before > 100 and before % 100 and _joins(before % 100, value, said_and, french):
            groups[-1] = before - before % 100 + _joined(before % 100, value)
        else:
            groups.append(value)
    return "".join(map(str, groups))


def _national(digits: str, international: bool) -> str:
    for prefix in ("00212", "212") if international or digits.startswith("00") else ("0",):
        if digits.startswith(prefix):
            national = digits.removeprefix(prefix).removeprefix("0" if prefix != "0" else "")
            return national if is_moroccan_phone(national) else ""
    return ""
