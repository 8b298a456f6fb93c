"""The words that announce an identifier, in Darija (both scripts), Arabic, French, English and Tamazight.

    "registre de commerce"  ->  announces `rc`: 1 to 7 digits, near it

A phrase is found by its last word, which the scan of a column looks for; a pattern then reads the whole phrase. A word in
Arabic letters is also known with و ب ل ف ال before it.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from khettara.darija.identifiers.places import towns


class Announced(NamedTuple):
    """What a cue announces: how many digits the number has, how far from the cue it may be, and the phrases."""

    fewest: int
    most: int
    near: bool
    phrases: str


# One phrase between bars. A blank may be any blanks; ' any apostrophe; . is optional, as in C.I.N.
CUES: dict[str, Announced] = {
    "phone": Announced(
        8,
        15,
        False,
        "tel|tél|téléphone|telephone|téléphonique|phone|gsm|mobile|portable|fixe|fax|whatsapp|whatsap|watsap|wtsp|whats|wts|numéro|numero"
        "|num|nmra|nemra|nmrti|nmrty|nemrti|nmrtou|noumra|numirou|tilifoun|tilifon|tilifoune|telefon|tlfn|appelez|appeler|appelle|call"
        "|3ayet|3ayt|3iyt|3eyet|contact|هاتف|هاتفي|هاتفه|هاتفها|تيليفون|تيليفونو|تلفون|تليفون|نمرة|نمرتي|نمرتو|نمرتها|النمرا|واتساب|واتسآب"
        "|واتس|جوال|محمول|رقمي|رقمو|عيط|عيطو|عيطي|اتصل|اتصلوا|للاتصال|فاكس|بورطابل|ⵜⵉⵍⵉⴼⵓⵏ",
    ),
    "cin": Announced(
        5,
        7,
        False,
        "c.i.n.|c.n.i.|c.n.i.e.|c.i.n.e.|cnie|cine|carte nationale|carte nationale d'identité|carte d'identité|carte identité|identity card"
        "|national id|id card|identité|carta|lacarte|lacarta|la carte|lcarte|lkart|lakart|karta|بطاقة|بطاقات|بطاقته|بطاقتها|بطاقتي|بطاقتو"
        "|بطاقة الوطنية|بطاقة التعريف|بطاقة التعريف الوطنية|بطاقة التعريف الوطنية الإلكترونية|بطاقة الوطنية للتعريف|بطاقة الوطنية الإلكترونية"
        "|لاكارط|لاكارت|لكارط|لكارت|لكارطة|كارط|كارت|لاكارطة|ب.ت.و|ب.و.ت|تعريف الوطنية|للتعريف|رقم التعريف الوطني|ⵜⴰⴽⴰⵕⴹⴰ",
    ),
    "rib": Announced(20, 26, False, "r.i.b.|compte|compte bancaire|account|conto|lcompte|حساب|حسابي|حسابو|حسابها|حساب البنكي|كونط|لكونط|ريب"),
    "iban": Announced(13, 34, False, "iban|إيبان|ايبان|آيبان"),
    "ice": Announced(
        14, 16, False, "i.c.e.|identifiant commun|identifiant commun de l'entreprise|تعريف الموحد للمقاولة|تعريف الموحد للمقاولات|تعريف الموحد"
    ),
    "card": Announced(
        12, 19, False, "carte bancaire|visa|mastercard|carte de crédit|credit card|card number|بطاقة البنكية|بطاقة بنكية|لاكارط كيشي|cb"
    ),
    "cnss": Announced(7, 10, True, "c.n.s.s.|صندوق الوطني للضمان الاجتماعي|ضمان الاجتماعي|الضمان|sécurité sociale|لاسينيسيس"),
    "cnops": Announced(6, 10, True, "c.n.o.p.s.|كنوبس|الكنوبس|صندوق الوطني لمنظمات الاحتياط الاجتماعي|منظمات الاحتياط الاجتماعي"),
    "if": Announced(6, 9, True, "i.f.|identifiant fiscal|id fiscal|تعريف الضريبي|تعريف الجبائي"),
    "rc": Announced(1, 8, True, "r.c.|registre de commerce|registre du commerce|reg commerce|سجل التجاري|سجل تجاري"),
    "patente": Announced(6, 9, True, "patente|taxe professionnelle|t.p.|رسم المهني|ضريبة المهنية|باتانتا|الباتانت|باطانطا|لباتانت|البتانتا"),
    "tva": Announced(6, 12, True, "t.v.a.|tva|numéro de tva|vat|ضريبة على القيمة المضافة|القيمة المضافة"),
    "passport": Announced(
        6, 9, True, "passeport|passport|paspor|passpor|pasport|lpasspor|جواز|جواز السفر|جواز سفر|جوازي|باسبور|باسبورت|لباسبور|باصبور"
    ),
    "driving_licence": Announced(
        5,
        9,
        True,
        "permis de conduire|permis|driving licence|driving license|driver's license|lpermi|permi|رخصة السياقة|رخصة سياقة|رخصة القيادة|بيرمي"
        "|البيرمي|لبيرمي",
    ),
    "plate": Announced(
        1,
        8,
        True,
        "immatriculation|immatriculée|immatriculé|matricule|plaque|plate|matrikil|lmatricule|ماتريكيل|ماطريكيل|لماتريكيل|لوحة|لوحة الترقيم|ترقيم"
        "|مسجلة|المرقمة|مرقمة|ww",
    ),
    "birthdate": Announced(
        1,
        8,
        True,
        "né le|née le|nés le|né(e) le|né à|née à|né|née|date de naissance|naissance|d.o.b.|born|born on|birth|birthday|birthdate|tzad|tzadit|tzadt"
        "|mzyoud"
        "|mezyoud|mezyouda|mzyouda|مزداد|مزدادة|مزيود|مزيودة|تزاد|تزادت|تزاديت|ازدياد|ميلاد|ولد|ولدت|مولود|مولودة|الميلادي|ميلادي|ميلادو|ازديادي"
        "|ازدياده|ازديادها",
    ),
    "gps": Announced(
        1,
        30,
        True,
        "gps|coordonnées|coordonnees|coordinates|latitude|lat|longitude|localisation|location|position|geo|إحداثيات|الاحداثيات|احداثيات|خط العرض"
        "|لوكاليزاسيون|لوكيشن|الموقع|جي بي اس",
    ),
    "ip": Announced(4, 12, True, "ip|ipv4|ipv6|adresse ip|ip address|عنوان الشبكة"),
    # A column's head or a form's title, which says for the whole record what its codes are.
    "cin_column": Announced(0, 0, False, "c.i.n.|c.n.i.|cnie|cine"),
    "mail": Announced(
        0, 0, False, "email|mail|e-mail|courriel|imail|limayl|emaili|بريد|البريد الإلكتروني|الإلكتروني|الالكتروني|إيميل|ايميل|إيمايل|ايمايل|الميل"
    ),
}
NAMES_OF_CUES = tuple(CUES)

# How an Arabic word may begin when it is not alone.
_PREFIXES = ("", "ال", "و", "وال", "ب", "بال", "ل", "لل", "ول", "ولل", "ف", "فال", "ك")
_ARABIC = re.compile(r"[\u0600-\u06ff]")


def trigger(phrase: str) -> str:
    """The word by which a scan finds a phrase: the last of some length, in the form in which the scan reads it.

    >>> trigger("registre de commerce"), trigger("c.n.s.s."), trigger("carte d'identité")
    ('commerce', 'cnss', 'identité')
    """
    words = re.split(r"[\s'\-]+", phrase.replace("(e)", ""))
    return (words[-1] if words[-1] not in ("le", "on", "à") else words[0]).replace(".", "")


def forms(word: str) -> tuple[str, ...]:
    """A word, and if it is Arabic with what may be glued to its front."""
    if not _ARABIC.match(word):
        return (word,)
    bare = word.removeprefix("ال")
    return tuple(dict.fromkeys(prefix + bare for prefix in _PREFIXES)) + ((word,) if bare != word else ())


def _pattern(phrase: str) -> str:
    words = re.escape(phrase).replace(r"\.", r"\.?[ ]?" if phrase.count(".") > 1 else r"\.?").replace("'", "['’ ]").replace(r"\ ", r"[\s\u00a0]+")
    if not _ARABIC.match(phrase):
        return words
    return f"(?:{'|'.join(sorted((p for p in _PREFIXES if p), key=len, reverse=True))})?" + words


_ANY_GAP = r"[^\d\n<>@]{0,40}\Z"
_NEAR_GAP = (
    r"[^\w\n<>@;؛]{0,6}(?:(?:n[°ºo]?|nr|num[ée]ro|number|no|num|id|nmra|رقم|رقمه|رقمها|رقمي|رقمو|نمرة|عدد|هو|هي|est|is|hiya|howa|ديالي|ديالو"
    r"|ديالها|dyali|dyalo|dialo|dyalha"
    r"|de|du|d|f|le|on|في|ف|ب|يوم|بتاريخ|nhar|نهار|ديال|assujetti|la|société|الخاص|به|بها|تحت|sous|le|تاع|:)[^\w\n<>@]{0,4}){0,4}\Z"
)


# A register is kept by a town's court: both may stand before the number.
_COURT = r"au|aux|du|des|d['’]|l['’]|tribunal|commerce|instance|ville|dyal|dial|لدى|المحكمة|بالمحكمة|محكمة|التجارية|الابتدائية|مدينة|بمدينة|لمدينة"


@cache
def _court_gap() -> str:
    gap = _NEAR_GAP.replace("(?:n[°ºo]?|", rf"(?:{_COURT}|(?:بال|لل|ال|ب|ل|ف)?(?:{'|'.join(towns())})|n[°ºo]?|")
    return gap.replace(r"){0,4}\Z", r"){0,9}\Z")


@cache
def after_town() -> re.Pattern[str]:
    """A pattern for a town right before a number."""
    return re.compile(rf"(?:{'|'.join(towns())})[^\w\n]{{0,3}}\Z", re.IGNORECASE)


# Short for a cue only in capitals: "if" and "ip" are words, "rc" and "tp" pieces of links.
_CAPITALS = frozenset(["i.f.", "r.c.", "t.p.", "ip", "cb"])


_FREE = r"(?<![^\W_])"


@cache
def _phrases(kind: str) -> str:
    patterns = [f"(?-i:{_pattern(phrase.upper())})" if phrase in _CAPITALS else _pattern(phrase) for phrase in CUES[kind].phrases.split("|")]
    return rf"{_FREE}(?:{'|'.join(sorted(patterns, key=len, reverse=True))})(?![^\W\d_])"


@cache
def phrases(kind: str) -> re.Pattern[str]:
    """A pattern for the cues of a kind."""
    return re.compile(_phrases(kind) + r"[^\d\n<>@]{0,40}\Z", re.IGNORECASE)


@cache
def cue(kind: str) -> re.Pattern[str]:
    """A pattern for what stands before an identifier of this kind: a cue, then no digit, line end or placeholder up to it."""
    gap = _court_gap() if kind in ("rc", "patente") else _NEAR_GAP if CUES[kind].near else _ANY_GAP
    return re.compile(_phrases(kind) + gap, re.IGNORECASE)


@cache
def right_before(kind: str) -> re.Pattern[str]:
    """As `cue`, but with no more between than "number" and its like."""
    return re.compile(_phrases(kind) + _NEAR_GAP, re.IGNORECASE)


_IS = (
    r"(?:est|is|c['’]est|hiya|hia|howa|hiyya|hada|hadi|hadak|raha|rah|mktouba?|figure|le|la|l['’]|ma|mon|my|sa|son|her|his|the|num[ée]ro|number|num"
    r"|n°|ra9m|ra9em|r9m|nmra|nemra|de|du|dyal|dial|d|f|fl|fla|sur|dans|in|on|هي|هو|هادا|هادي|هذا|هذه|راه|راها|مكتوبة|مكتوب|رقم|نمرة|ف|فل|في|على|ديال)"
)


@cache
def follows(kind: str) -> re.Pattern[str]:
    """A pattern for a cue that comes after what it announces, with "is the number of" and the like between."""
    return re.compile(
        rf"[ \u00a0]?[(,:;=\-–—)]?[ \u00a0]{{0,2}}(?:{_IS}[ \u00a0:]{{1,2}}){{0,6}}[(]?[فبل]?{_phrases(kind)[len(_FREE) :]}", re.IGNORECASE
    )


def words_of_cues() -> dict[str, int]:
    """Each word by which a cue is found, with a bit for each kind that it announces."""
    words: dict[str, int] = {}
    for number, announced in enumerate(CUES.values()):
        those = announced.phrases.split("|")
        for phrase in those:
            # What begins with a shorter cue is found by that.
            if " " in phrase and phrase.split()[0] in those:
                continue
            for form in forms(trigger(phrase)):
                words[form] = words.get(form, 0) | 1 << number
    return words
