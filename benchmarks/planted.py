"""Invented personal data in the ways that people in Morocco write it, each in a sentence, each labelled.

Written from how people write, not from the rules that look for it, and not to be read by those who write the rules:

    Planted("phone", "arabic-indic pairs", "عيط ليا ف ٠٦ ١٢ ٣٤ ٥٦ ٧٨ الله يرحم الوالدين", "٠٦ ١٢ ٣٤ ٥٦ ٧٨")

Every value is made by chance; keys (mod 97, Luhn) are right. `innocent` gives the opposite: sentences full of numbers and
titles that are nobody's.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

Chance = random.Random
Make = Callable[[Chance], str]

ARABIC_INDIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
NO_BREAK, NARROW = "\N{NO-BREAK SPACE}", "\N{NARROW NO-BREAK SPACE}"


@dataclass(frozen=True)
class Planted:
    """One value in one sentence, and the way in which it is written."""

    kind: str
    way: str
    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Way:
    """A way of writing values of one kind, with sentences that hold one (`{}`); a value carries its own language when spelled out."""

    kind: str
    name: str
    make: Make
    sentences: tuple[str, ...]


# ------------------------------------------------------------------------------------------------ numbers and their keys


def _words(text: str) -> list[str]:
    return text.split()


def _digits(chance: Chance, n: int) -> str:
    return "".join(chance.choices("0123456789", k=n))


def _mobile(chance: Chance) -> str:
    return "0" + chance.choice("67") + _digits(chance, 8)


def _fixed(chance: Chance) -> str:
    return "05" + chance.choice(("22", "24", "35", "37", "39", "28")) + _digits(chance, 6)


def _number(chance: Chance) -> str:
    return _mobile(chance) if chance.random() < 0.75 else _fixed(chance)


def _rib(chance: Chance) -> str:
    body = chance.choice(("007", "011", "013", "021", "022", "101", "230")) + _digits(chance, 19)
    return f"{body}{97 - int(body) * 100 % 97:02d}"


def _iban(chance: Chance) -> str:
    rib = _rib(chance)
    return f"MA{98 - int(rib + '221000') % 97:02d}{rib}"


def _ice(chance: Chance) -> str:
    body = "00" + _digits(chance, 7) + chance.choice(("0000", "0001", "0012", "0034"))
    return f"{body}{97 - int(body) * 100 % 97:02d}"


def _card(chance: Chance, first: str = "") -> str:
    first = first or chance.choice(("4", "51", "53", "55"))
    body = first + _digits(chance, (14 if first == "37" else 15) - len(first))
    total = sum(sum(divmod(int(d) * (2 - place % 2), 10)) for place, d in enumerate(reversed(body)))
    return body + str(-total % 10)


def _cin(chance: Chance) -> tuple[str, str]:
    letters = chance.choice(
        ("A", "AB", "AE", "BE", "BH", "BK", "C", "CD", "D", "EE", "F", "G", "HH", "J", "JB", "K", "L", "M", "Q", "R", "S", "T", "U", "W", "X", "Z")
    )
    return letters, chance.choice("123456789") + _digits(chance, chance.choice((4, 5, 5)))


def _in(number: str, *sizes: int, by: str = " ") -> str:
    parts, at = [], 0
    for size in sizes:
        parts.append(number[at : at + size])
        at += size
    return by.join([*parts, number[at:]] if at < len(number) else parts)


def _pairs(number: str, by: str = " ") -> str:
    return _in(number, 2, 2, 2, 2, 2, by=by)


# ------------------------------------------------------------------------------------------------ numbers in words

_FRENCH = _words("zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize dix-sept dix-huit dix-neuf")
_FRENCH_TENS = {2: "vingt", 3: "trente", 4: "quarante", 5: "cinquante", 6: "soixante", 7: "soixante", 8: "quatre-vingt", 9: "quatre-vingt"}
_ENGLISH = _words("zero one two three four five six seven eight nine")
_STANDARD = _words("صفر واحد اثنان ثلاثة أربعة خمسة ستة سبعة ثمانية تسعة")
_STANDARD_TENS = dict(zip(range(2, 10), _words("عشرون ثلاثون أربعون خمسون ستون سبعون ثمانون تسعون"), strict=True))
_DARIJA = _words("زيرو واحد جوج تلاتة ربعة خمسة ستة سبعة تمنية تسعود عشرة حداش طناش تلطاش ربعطاش خمسطاش سطاش سبعطاش تمنطاش تسعطاش")
_DARIJA_TENS = dict(zip(range(2, 10), _words("عشرين تلاتين ربعين خمسين ستين سبعين تمانين تسعين"), strict=True))
_LATIN = _words(
    "zero wa7ed jouj tlata reb3a khamsa setta seb3a tmnya tes3oud 3achra 7dach tnach teltach rbe3tach khemstach settach sbe3tach tmentach tse3tach"
)
_LATIN_TENS = dict(zip(range(2, 10), _words("3echrin tlatin reb3in khamsin settin seb3in tmanin tes3in"), strict=True))


def _french(n: int) -> str:
    if n < 20:
        return _FRENCH[n]
    ten, one = divmod(n, 10)
    if ten in (7, 9):
        one += 10
    if one == 0:
        return _FRENCH_TENS[ten] + ("s" if ten == 8 else "")
    return _FRENCH_TENS[ten] + (" et " if one in (1, 11) and ten < 8 else "-") + _FRENCH[one]


def _joined(n: int, words: list[str], tens: dict[int, str], and_: str, two: str) -> str:
    if n < len(words):
        return words[n]
    ten, one = divmod(n, 10)
    return (f"{two if one == 2 else words[one]}{and_}" if one else "") + tens[ten]


def _two_by_two(number: str, word: Callable[[int], str], by: str) -> str:
    """A telephone number as people dictate it: by pairs, a leading nought said."""
    said = []
    for at in range(0, len(number), 2):
        pair = number[at : at + 2]
        said.append(f"{word(0)} {word(int(pair[1]))}" if pair[0] == "0" else word(int(pair)))
    return by.join(said)


def _one_by_one(number: str, words: list[str], by: str = " ") -> str:
    return by.join(words[int(d)] for d in number)


# ------------------------------------------------------------------------------------------------ people and places, invented

_FIRST = _words(
    "Yassine Salma Omar Hajar Mehdi Imane Anas Khadija Soufiane Ayoub Sara Hamza Ilham Rachid Mohamed Fatima Youssef Zineb Abdellah Nadia"
)
_LAST = _words("Benali Idrissi Tazi Chraibi Alaoui Berrada Ouazzani Fassi Lahlou Bennani Zerouali Amrani Benjelloun Tahiri Bouazza")
_FIRST_AR = [*_words("ياسين سلمى عمر هاجر مهدي إيمان أنس خديجة سفيان أيوب سارة حمزة إلهام رشيد محمد فاطمة يوسف زينب نادية"), "عبد الله"]
_LAST_AR = _words("بنعلي الإدريسي التازي الشرايبي العلوي برادة الوزاني الفاسي لحلو بناني الزروالي العمراني بنجلون الطاهري بوعزة")
_STREETS = ("Ibn Batouta", "Oued Sebou", "Al Massira", "Moulay Youssef", "des Orangers", "Ibn Sina", "Tarik Ibn Ziad", "El Jadida")
_STREETS_AR = ("ابن بطوطة", "واد سبو", "المسيرة", "مولاي يوسف", "الليمون", "ابن سينا", "طارق بن زياد", "الجديدة")
_QUARTERS = ("Salam", "Rahma", "Al Wahda", "Nahda", "Hassani", "El Fath")
_QUARTERS_AR = ("السلام", "الرحمة", "الوحدة", "النهضة", "الحسني", "الفتح")


def _name(chance: Chance) -> str:
    return f"{chance.choice(_FIRST)} {chance.choice(_LAST)}"


def _name_ar(chance: Chance) -> str:
    return f"{chance.choice(_FIRST_AR)} {chance.choice(_LAST_AR)}"


def _user(chance: Chance) -> str:
    number = chance.choice(("", str(chance.randrange(100))))
    return f"{chance.choice(_FIRST).lower()}{chance.choice(('.', '_', '-', ''))}{chance.choice(_LAST).lower()}{number}"


def _site(chance: Chance) -> str:
    return (
        f"{chance.choice(('exemple', 'mail-invente', 'poste', 'societe', 'univ-x'))}.{chance.choice(('ma', 'com', 'org', 'net', 'ac.ma', 'gov.ma'))}"
    )


def _handle(chance: Chance) -> str:
    return f"{chance.choice(_FIRST).lower()}{chance.choice(('_', '.', ''))}{chance.choice(_LAST).lower()}{chance.randrange(10, 99)}"


def _house(chance: Chance) -> str:
    return str(chance.randrange(1, 240))


# ------------------------------------------------------------------------------------------------ the ways

_CALL = (
    "عيط ليا ف {} الله يرحم الوالدين.",
    "هادا هو النمرة ديالو {} وراه كيجاوب غير بالليل.",
    "للتواصل مع الإدارة يرجى الاتصال بالرقم {} خلال أوقات العمل.",
    "Appelez le {} pour prendre rendez-vous.",
    "Son téléphone est le {}, il répond le soir.",
    "3ayet liya f {} 3afak.",
    "Call me on {} after work.",
)
_DARIJA_CALL = ("عيط ليا ف {} الله يرحم الوالدين.", "النمرة ديالي هي {} صيفط ليا ميساج.")
_STANDARD_CALL = ("رقم هاتفي هو {} وشكرا لكم.", "يرجى الاتصال بالرقم {} للاستفسار.")
_LATIN_CALL = ("3ayet liya f {} 3afak.", "nemra dyali hiya {} sifet liya message.")
_FRENCH_CALL = ("Mon numéro, c'est le {}, merci.", "Appelez-moi au {} s'il vous plaît.")
_CIN_SENTENCES = (
    "CIN : {} délivrée à Rabat.",
    "Je soussigné, titulaire de la CIN n° {}, déclare sur l'honneur.",
    "titulaire de la carte nationale d'identité numéro {} demeurant à Fès",
    "الحامل لبطاقة التعريف الوطنية رقم {} يصرح بما يلي.",
    "رقم البطاقة الوطنية: {}",
    "لاكارط ناسيونال ديالي هي {} خاصني نجددها.",
    "la carte dyali fiha {} w khassni njeddedha.",
    "cin dyali {} 3afak chouf liya.",
    "My national identity card number is {} and it expires soon.",
    "CNIE {}",
    "C.I.N. {} - Tanger",
)
_ICE_SENTENCES = (
    "ICE : {}",
    "Société au capital de 100 000 DH, ICE {}, sise à Agadir.",
    "التعريف الموحد للمقاولة: {}",
    "Identifiant commun de l'entreprise n° {}",
    "I.C.E. n° {} / Rabat",
    "ICE dyal charika howa {}",
)
_RIB_SENTENCES = (
    "RIB : {}",
    "Virement au compte bancaire n° {} avant vendredi.",
    "رقم الحساب البنكي: {}",
    "حول الفلوس للحساب {} وعلمني.",
    "Notre RIB est le {} chez la banque.",
    "sifet liya lflous f compte {} daba.",
)
_IBAN_SENTENCES = (
    "IBAN : {}",
    "حول ليا على {} من فضلك.",
    "Le virement part sur {} ce soir.",
    "Please transfer to {} today.",
    "رقم الحساب الدولي {} باسم الجمعية.",
)
_CARD_SENTENCES = (
    "Carte bancaire {} expirée.",
    "لاكارط بنكير ديالي {} تسرقات.",
    "رقم بطاقة الأداء {} صالحة إلى نهاية السنة.",
    "I paid with {} yesterday.",
    "khlesst b lacarte {} lbare7.",
)
_CNSS_SENTENCES = (
    "CNSS n° {}",
    "Immatriculé à la CNSS sous le numéro {} depuis longtemps.",
    "رقم الانخراط في الصندوق الوطني للضمان الاجتماعي: {}",
    "N° CNSS : {}",
    "رقم الضمان الاجتماعي {} مسجل.",
    "cnss dyali {} .",
)
_IF_SENTENCES = ("IF : {}", "Identifiant fiscal n° {}", "رقم التعريف الضريبي: {}", "التعريف الجبائي {} مسجل بالمديرية.", "I.F. {} - Patente réglée")
_RC_SENTENCES = (
    "RC n° {} Casablanca",
    "Inscrite au registre de commerce sous le numéro {} à Meknès.",
    "السجل التجاري رقم {} بالدار البيضاء",
    "R.C. : {}",
    "المقيدة بالسجل التجاري عدد {} بفاس",
)
_MAIL_SENTENCES = (
    "راسلوني على {} من فضلكم.",
    "الإيميل ديالي {} صيفط ليا السيفي.",
    "Écrivez à {} avant lundi.",
    "Contact: {}",
    "sifet liya f {} 3afak",
    "Please write to {}, thank you.",
    "({})",
    "mailto:{}",
)
_IP_SENTENCES = (
    "الخادم موجود على العنوان {} .",
    "Connexion depuis {} refusée.",
    "Blocked {} after three tries.",
    "l'adresse IP {} est bannie",
    "dkhel mn {} lbare7",
)
_IP_PORT_SENTENCES = ("http://{}:8080/ لا يعمل.", "curl {}:443 ne répond pas", "proxy {}:3128")
_HANDLE_SENTENCES = (
    "تبعوني على انستغرام @{} كل نهار.",
    "Suivez-moi sur TikTok @{} !",
    "compte insta: @{}",
    "follow @{} for more",
    "حسابي ف تويتر @{} .",
    "@{} chokran khoya",
)
_PLATE_SENTENCES = (
    "السيارة المسجلة تحت رقم {} توقفت.",
    "Le véhicule immatriculé {} est mal garé.",
    "طوموبيل لوحتها {} ضربات وهربات.",
    "Matricule {} signalé hier.",
    "tonobil matricule {} hya li drbat.",
    "The car with plate {} was parked here.",
)
_LIVES_FR = ("J'habite au {}, Casablanca.", "Adresse : {}, Rabat.", "Demeurant {}, Salé.", "Le colis va au {}, Marrakech.")
_LIVES_AR = ("العنوان: {}، الدار البيضاء.", "الساكن ب {}، سلا.", "القاطن ب{}، فاس.", "صيفط ليا السلعة ل {}، طنجة.")
_LIVES_LATIN = ("sakn f {}, casa.", "adresse dyali {}, sla.")
_LIVES_EN = ("She lives at {}, Casablanca.", "Address: {}, Rabat.")
_TITLE_FR = (
    "M. {} a signé hier.",
    "Mme {} est absente.",
    "Monsieur {} vous attend.",
    "Madame {}, présente à l'audience, confirme.",
    "Mlle {} a réussi.",
    "Dr {} consulte le matin.",
    "Pr {} donne le cours.",
    "Me {} plaide demain.",
)
_TITLE_AR = (
    "حضر السيد {} الاجتماع.",
    "وقعت السيدة {} المحضر.",
    "تغيبت الآنسة {} أمس.",
    "الدكتور {} كيفحص الصباح.",
    "شكرا للأستاذة {} على الدرس.",
    "توفي الحاج {} رحمه الله.",
    "سي {} جا للدار.",
    "لالة {} طيبات الكسكس.",
)
_TITLE_LATIN = ("si {} ja l dar.", "lalla {} tayyebat lkesksou.", "l7aj {} mcha l souk.")
_TITLE_EN = ("Mr. {} signed yesterday.", "Mrs {} is away.", "Dr. {} will see you now.", "Ms {} called.")

_PLATE_LETTERS = "أبدهوط"


def _plate(chance: Chance, letter: str, by: str) -> str:
    return by.join((str(chance.randrange(100, 99999)), letter, str(chance.randrange(1, 89))))


def _in_arabic(make: Make) -> Make:
    return lambda chance: make(chance).translate(ARABIC_INDIC)


def _after_212(number: str) -> str:
    return number[1:]


WAYS: tuple[Way, ...] = (
    Way("phone", "glued", _number, _CALL),
    Way("phone", "pairs", lambda c: _pairs(_number(c)), _CALL),
    Way("phone", "pairs, dots", lambda c: _pairs(_number(c), "."), _CALL),
    Way("phone", "pairs, dashes", lambda c: _pairs(_number(c), "-"), _CALL),
    Way("phone", "pairs, slashes", lambda c: _pairs(_number(c), "/"), _CALL),
    Way("phone", "pairs, no-break", lambda c: _pairs(_number(c), NO_BREAK), _CALL),
    Way("phone", "pairs, narrow", lambda c: _pairs(_number(c), NARROW), _CALL),
    Way("phone", "four, three, three", lambda c: _in(_number(c), 4, 3, 3), _CALL),
    Way("phone", "three, three, four", lambda c: _in(_number(c), 3, 3, 4), _CALL),
    Way("phone", "four, six", lambda c: _in(_number(c), 4, 6, by="-"), _CALL),
    Way("phone", "one by one", lambda c: " ".join(_number(c)), _CALL),
    Way("phone", "+212 glued", lambda c: "+212" + _after_212(_number(c)), _CALL),
    Way("phone", "+212 spaced", lambda c: "+212 " + _in(_after_212(_number(c)), 1, 2, 2, 2, 2), _CALL),
    Way("phone", "+212 threes", lambda c: "+212 " + _in(_after_212(_number(c)), 3, 3, 3), _CALL),
    Way("phone", "+212 dashes", lambda c: "+212-" + _in(_after_212(_number(c)), 3, 6, by="-"), _CALL),
    Way("phone", "(+212)", lambda c: "(+212) " + _in(_after_212(_number(c)), 1, 2, 2, 2, 2), _CALL),
    Way("phone", "+212 (0)", lambda c: "+212 (0) " + _in(_after_212(_number(c)), 1, 2, 2, 2, 2), _CALL),
    Way("phone", "+212(0) glued", lambda c: "+212(0)" + _after_212(_number(c)), _CALL),
    Way("phone", "00212", lambda c: "00212" + _after_212(_number(c)), _CALL),
    Way("phone", "00 212 spaced", lambda c: "00 212 " + _in(_after_212(_number(c)), 1, 2, 2, 2, 2), _CALL),
    Way("phone", "212 alone", lambda c: "212" + _after_212(_mobile(c)), _CALL),
    Way("phone", "arabic-indic glued", _in_arabic(_number), _CALL[:3]),
    Way("phone", "arabic-indic pairs", _in_arabic(lambda c: _pairs(_number(c))), _CALL[:3]),
    Way("phone", "arabic-indic +212", _in_arabic(lambda c: "+212" + _after_212(_number(c))), _CALL[:3]),
    Way("phone", "words, French pairs", lambda c: _two_by_two(_mobile(c), _french, ", "), _FRENCH_CALL),
    Way("phone", "words, French pairs, blanks", lambda c: _two_by_two(_mobile(c), _french, " "), _FRENCH_CALL),
    Way("phone", "words, French digits", lambda c: _one_by_one(_mobile(c), _FRENCH), _FRENCH_CALL),
    Way("phone", "words, English digits", lambda c: _one_by_one(_mobile(c), _ENGLISH), ("Call me on {} please.", "My number is {} after work.")),
    Way("phone", "words, Arabic digits", lambda c: _one_by_one(_mobile(c), _STANDARD), _STANDARD_CALL),
    Way(
        "phone",
        "words, Arabic pairs",
        lambda c: _two_by_two(_pair_safe(_mobile(c)), lambda n: _joined(n, _STANDARD, _STANDARD_TENS, " و", "اثنان"), "، "),
        _STANDARD_CALL,
    ),
    Way("phone", "words, Darija digits", lambda c: _one_by_one(_mobile(c), _DARIJA), _DARIJA_CALL),
    Way(
        "phone",
        "words, Darija pairs",
        lambda c: _two_by_two(_mobile(c), lambda n: _joined(n, _DARIJA, _DARIJA_TENS, " و", "تنين"), " "),
        _DARIJA_CALL,
    ),
    Way("phone", "words, Arabizi digits", lambda c: _one_by_one(_mobile(c), _LATIN), _LATIN_CALL),
    Way(
        "phone", "words, Arabizi pairs", lambda c: _two_by_two(_mobile(c), lambda n: _joined(n, _LATIN, _LATIN_TENS, " w ", "tnin"), " "), _LATIN_CALL
    ),
    Way("cin", "glued", lambda c: "".join(_cin(c)), _CIN_SENTENCES),
    Way("cin", "spaced", lambda c: " ".join(_cin(c)), _CIN_SENTENCES),
    Way("cin", "dash", lambda c: "-".join(_cin(c)), _CIN_SENTENCES),
    Way("cin", "small letters", lambda c: "".join(_cin(c)).lower(), _CIN_SENTENCES),
    Way("cin", "arabic-indic", _in_arabic(lambda c: " ".join(_cin(c))), _CIN_SENTENCES[3:6]),
    Way("cin", "cue after", lambda c: "".join(_cin(c)), ("Le document {} (CIN) est périmé.", "{} : c'est sa carte d'identité nationale.")),
    Way("ice", "glued", _ice, _ICE_SENTENCES),
    Way("ice", "grouped", lambda c: _in(_ice(c), 9, 4, 2), _ICE_SENTENCES),
    Way("ice", "threes", lambda c: _in(_ice(c), 3, 3, 3, 3, 3), _ICE_SENTENCES),
    Way("ice", "arabic-indic", _in_arabic(_ice), _ICE_SENTENCES[2:3]),
    Way("rib", "glued", _rib, _RIB_SENTENCES),
    Way("rib", "3 3 16 2", lambda c: _in(_rib(c), 3, 3, 16, 2), _RIB_SENTENCES),
    Way("rib", "fours", lambda c: _in(_rib(c), 4, 4, 4, 4, 4, 4), _RIB_SENTENCES),
    Way("rib", "dashes", lambda c: _in(_rib(c), 3, 3, 16, 2, by="-"), _RIB_SENTENCES),
    Way("rib", "no-break", lambda c: _in(_rib(c), 3, 3, 16, 2, by=NO_BREAK), _RIB_SENTENCES),
    Way("rib", "arabic-indic", _in_arabic(_rib), _RIB_SENTENCES[2:4]),
    Way("iban", "glued", _iban, _IBAN_SENTENCES),
    Way("iban", "fours", lambda c: _in(_iban(c), 4, 4, 4, 4, 4, 4, 4), _IBAN_SENTENCES),
    Way("iban", "MA64 then RIB", lambda c: _in(_iban(c), 4, 3, 3, 16, 2), _IBAN_SENTENCES),
    Way("iban", "small letters", lambda c: _iban(c).lower(), _IBAN_SENTENCES),
    Way("iban", "dashes", lambda c: _in(_iban(c), 4, 4, 4, 4, 4, 4, 4, by="-"), _IBAN_SENTENCES),
    Way("iban", "arabic-indic", _in_arabic(_iban), _IBAN_SENTENCES[1:2]),
    Way("card", "glued", _card, _CARD_SENTENCES),
    Way("card", "fours", lambda c: _in(_card(c), 4, 4, 4, 4), _CARD_SENTENCES),
    Way("card", "dashes", lambda c: _in(_card(c), 4, 4, 4, 4, by="-"), _CARD_SENTENCES),
    Way("card", "no-break", lambda c: _in(_card(c), 4, 4, 4, 4, by=NO_BREAK), _CARD_SENTENCES),
    Way("card", "American Express", lambda c: _in(_card(c, "37"), 4, 6, 5), _CARD_SENTENCES),
    Way("card", "arabic-indic", _in_arabic(lambda c: _in(_card(c), 4, 4, 4, 4)), _CARD_SENTENCES[1:3]),
    Way("cnss", "glued", lambda c: "1" + _digits(c, 8), _CNSS_SENTENCES),
    Way("cnss", "threes", lambda c: _in("1" + _digits(c, 8), 3, 3, 3), _CNSS_SENTENCES),
    Way("cnss", "arabic-indic", _in_arabic(lambda c: "1" + _digits(c, 8)), (_CNSS_SENTENCES[2], _CNSS_SENTENCES[4])),
    Way("if", "seven", lambda c: "1" + _digits(c, 6), _IF_SENTENCES),
    Way("if", "eight", lambda c: "4" + _digits(c, 7), _IF_SENTENCES),
    Way("if", "arabic-indic", _in_arabic(lambda c: "4" + _digits(c, 7)), _IF_SENTENCES[2:4]),
    Way("rc", "glued", lambda c: str(c.randrange(1000, 700000)), _RC_SENTENCES),
    Way("rc", "arabic-indic", _in_arabic(lambda c: str(c.randrange(1000, 700000))), (_RC_SENTENCES[2], _RC_SENTENCES[4])),
    Way(
        "rc", "town between", lambda c: str(c.randrange(1000, 700000)), ("RC Casablanca {}", "RC de Marrakech n° {}", "السجل التجاري بالرباط رقم {}")
    ),
    Way("email", "plain", lambda c: f"{_user(c)}@{_site(c)}", _MAIL_SENTENCES),
    Way("email", "capitals", lambda c: f"{_user(c)}@{_site(c)}".upper(), _MAIL_SENTENCES),
    Way("email", "plus", lambda c: f"{_user(c)}+souk@{_site(c)}", _MAIL_SENTENCES),
    Way("email", "[at] [dot]", lambda c: f"{_user(c)} [at] {_site(c).replace('.', ' [dot] ')}", _MAIL_SENTENCES[:6]),
    Way("email", "(at)", lambda c: f"{_user(c)}(at){_site(c)}", _MAIL_SENTENCES[:6]),
    Way(
        "email",
        "arobase point",
        lambda c: f"{_user(c).replace('.', ' point ')} arobase {_site(c).replace('.', ' point ')}",
        ("Écrivez à {} avant lundi.", "mon adresse : {}"),
    ),
    Way(
        "ip", "four", lambda c: f"{c.choice((41, 105, 160, 196))}.{c.randrange(1, 250)}.{c.randrange(10, 250)}.{c.randrange(10, 250)}", _IP_SENTENCES
    ),
    Way("ip", "four, private", lambda c: f"{c.choice(('192.168', '10.20', '172.16'))}.{c.randrange(1, 250)}.{c.randrange(1, 250)}", _IP_SENTENCES),
    Way(
        "ip", "four, port", lambda c: f"{c.choice((41, 105))}.{c.randrange(1, 250)}.{c.randrange(10, 250)}.{c.randrange(10, 250)}", _IP_PORT_SENTENCES
    ),
    Way("ip", "six", lambda c: "2001:db8:" + ":".join(f"{c.randrange(1, 65535):x}" for _ in range(6)), _IP_SENTENCES),
    Way("ip", "six, short", lambda c: f"2001:db8::{c.randrange(4096, 65535):x}:{c.randrange(4096, 65535):x}", _IP_SENTENCES),
    Way("handle", "@", _handle, _HANDLE_SENTENCES),
    Way("handle", "cue", _handle, ("insta: {} .", "انستا ديالي: {}", "mon snap : {}", "Instagram : {}", "Telegram: {}")),
    Way("handle", "address of a profile", _handle, ("https://www.facebook.com/{}", "instagram.com/{} 😍", "t.me/{}", "https://x.com/{} شوفو")),
    Way("plate", "letter, blanks", lambda c: _plate(c, c.choice(_PLATE_LETTERS), " "), _PLATE_SENTENCES),
    Way("plate", "letter, bars", lambda c: _plate(c, c.choice(_PLATE_LETTERS), "|"), _PLATE_SENTENCES),
    Way("plate", "letter, dashes", lambda c: _plate(c, c.choice(_PLATE_LETTERS), "-"), _PLATE_SENTENCES),
    Way("plate", "Latin letter", lambda c: _plate(c, c.choice("ABDHET"), "-"), _PLATE_SENTENCES),
    Way("plate", "WW", lambda c: f"WW {c.randrange(100000, 999999)}", _PLATE_SENTENCES),
    Way("address", "French, number first", lambda c: f"{_house(c)}, rue {c.choice(_STREETS)}", _LIVES_FR),
    Way("address", "French, boulevard", lambda c: f"{_house(c)} bd {c.choice(_STREETS)}, 3ème étage", _LIVES_FR),
    Way("address", "French, avenue", lambda c: f"{_house(c)} avenue {c.choice(_STREETS)} appt {c.randrange(1, 30)}", _LIVES_FR),
    Way("address", "French, quarter", lambda c: f"Hay {c.choice(_QUARTERS)}, rue {c.randrange(2, 60)}, n° {_house(c)}", _LIVES_FR),
    Way("address", "French, lotissement", lambda c: f"lot. {c.choice(_QUARTERS)} n° {_house(c)}", _LIVES_FR),
    Way("address", "French, building", lambda c: f"résidence {c.choice(_QUARTERS)}, imm. {c.randrange(1, 40)}, appt {c.randrange(1, 30)}", _LIVES_FR),
    Way("address", "Arabic, street", lambda c: f"زنقة {c.choice(_STREETS_AR)} رقم {_house(c)}", _LIVES_AR),
    Way("address", "Arabic, number first", lambda c: f"{_house(c)} شارع {c.choice(_STREETS_AR)}", _LIVES_AR),
    Way("address", "Arabic, quarter", lambda c: f"حي {c.choice(_QUARTERS_AR)}، زنقة {c.randrange(2, 60)}، رقم {_house(c)}", _LIVES_AR),
    Way("address", "Arabic, building", lambda c: f"شارع {c.choice(_STREETS_AR)}، عمارة {c.randrange(1, 40)}، الشقة {c.randrange(1, 30)}", _LIVES_AR),
    Way("address", "Arabic, lotissement", lambda c: f"تجزئة {c.choice(_QUARTERS_AR)} رقم {_house(c)}", _LIVES_AR),
    Way(
        "address",
        "Darija",
        lambda c: f"حي {c.choice(_QUARTERS_AR)} زنقة {c.randrange(2, 60)} نمرة {_house(c)}",
        ("ساكن ف {} كازا.", "الدار ديالي ف {} سلا."),
    ),
    Way("address", "Arabizi", lambda c: f"hay {c.choice(_QUARTERS).lower()} zn9a {c.randrange(2, 60)} nemra {_house(c)}", _LIVES_LATIN),
    Way("address", "English", lambda c: f"{_house(c)} {c.choice(_STREETS[:4])} Street", _LIVES_EN),
    Way("name", "French title", _name, _TITLE_FR),
    Way("name", "French title, capitals", lambda c: f"{c.choice(_LAST).upper()} {c.choice(_FIRST)}", _TITLE_FR),
    Way("name", "Arabic title", _name_ar, _TITLE_AR),
    Way("name", "Arabizi title", lambda c: _name(c).lower(), _TITLE_LATIN),
    Way("name", "English title", _name, _TITLE_EN),
)
"""Every kind that issue and law name, in many writings, each as often as every other."""

KINDS = tuple(dict.fromkeys(way.kind for way in WAYS))


def _pair_safe(number: str) -> str:
    """A number whose pairs are no Arabic teens, which are said in two words that agree in gender."""
    return "".join(number[at] + number[at + 1] if number[at] != "1" else "2" + number[at + 1] for at in range(0, len(number), 2))


def planted(each: int = 25, seed: int = 11) -> Iterator[Planted]:
    """So many of each way, the same ones every time."""
    chance = random.Random(seed)
    for way in WAYS:
        for _ in range(each):
            yield plant(chance, way)


def plant(chance: Chance, way: Way) -> Planted:
    """One value in one of its sentences."""
    value, sentence = way.make(chance), chance.choice(way.sentences)
    start = sentence.index("{}")
    return Planted(way.kind, way.name, sentence.replace("{}", value), start, start + len(value))


# ------------------------------------------------------------------------------------------------ what is nobody's


def _year(chance: Chance) -> int:
    return chance.randrange(1956, 2026)


def _one_of(*sentences: str) -> Make:
    return lambda chance: chance.choice(sentences)


_INNOCENT: tuple[Make, ...] = (
    # numbers
    lambda c: f"ازداد المشروع سنة {_year(c)} وانتهى يوم {c.randrange(1, 29)}/{c.randrange(1, 13):02d}/{_year(c)}.",
    lambda c: f"Le {c.randrange(1, 29):02d}/{c.randrange(1, 13):02d}/{_year(c)} à {c.randrange(24):02d}:{c.randrange(60):02d}, la séance est levée.",
    lambda c: f"Version {c.randrange(1, 9)}.{c.randrange(1, 20)}.{c.randrange(1, 9)}.{c.randrange(1, 9)} du logiciel.",
    lambda c: f"{_year(c)}-0{c.randrange(1, 9)}-{c.randrange(10, 28)}T10:{c.randrange(10, 59)}:00Z",
    lambda c: f"القانون رقم {c.randrange(1, 99):02d}-{c.randrange(1, 99):02d} الصادر سنة {_year(c)}.",
    lambda c: f"الظهير الشريف رقم 1.{c.randrange(10, 99)}.{c.randrange(10, 400)} الصادر بتنفيذ القانون.",
    lambda c: f"Décret n° 2-{c.randrange(10, 99)}-{c.randrange(100, 999)} du {c.randrange(1, 29)} mai {_year(c)}.",
    lambda c: f"الجريدة الرسمية عدد {c.randrange(1000, 7200)} بتاريخ {c.randrange(1, 29)} ماي {_year(c)}.",
    lambda c: f"بثمن {c.randrange(2, 90)}.{c.randrange(100, 999)},00 درهم للمتر.",
    lambda c: f"Le budget atteint {c.randrange(1, 900)} {c.randrange(100, 999)} {c.randrange(100, 999)} dirhams.",
    lambda c: f"كانت الساكنة {c.randrange(20, 38)} {c.randrange(100, 999)} {c.randrange(100, 999)} نسمة.",
    lambda c: f"Population: {c.randrange(1, 9)},{c.randrange(100, 999)},{c.randrange(100, 999)} inhabitants in {_year(c)}.",
    lambda c: f"ISBN 978-9954-{c.randrange(1, 9)}-{c.randrange(1000, 9999)}-{c.randrange(0, 9)}, {c.randrange(90, 600)} pages.",
    lambda c: f"ISSN {c.randrange(1000, 9999)}-{c.randrange(1000, 9999)}",
    lambda c: f"Code-barres 611{_digits(c, 10)} sur la boîte.",
    lambda c: f"الطول 33.{_digits(c, 5)} والعرض -7.{_digits(c, 5)} على الخريطة.",
    lambda c: f"Le vol AT {c.randrange(200, 990)} part à {c.randrange(24):02d}h{c.randrange(60):02d}.",
    lambda c: f"Réf. AB{_digits(c, 5)} du catalogue, en stock.",
    lambda c: f"Commande n° {c.randrange(10**6, 10**7)} livrée en {c.randrange(2, 9)} jours.",
    lambda c: f"pp. {c.randrange(10, 99)}-{c.randrange(100, 200)}, vol. {c.randrange(1, 40)}, n° {c.randrange(1, 12)}",
    lambda c: f"الفصل {c.randrange(1, 180)} من الدستور، الفقرة {c.randrange(1, 5)}.",
    lambda c: f"Article {c.randrange(1, 99)}.{c.randrange(1, 9)}.{c.randrange(1, 9)}.{c.randrange(1, 9)} du cahier des charges.",
    lambda c: f"ربح الفريق {c.randrange(1, 5)}-{c.randrange(0, 4)} قدام {c.randrange(10, 60)} ألف متفرج.",
    lambda c: f"La route nationale N{c.randrange(1, 16)} fait {c.randrange(100, 900)} km.",
    lambda c: f"من {_year(c)} إلى {_year(c)} كان الجفاف.",
    lambda c: f"Entre {_year(c)}-{_year(c)}, la pluie a manqué.",
    lambda c: f"π = 3.14159265358979, e = 2.718281828, tirage {c.randrange(10**5)}",
    lambda c: f"حرارة {c.randrange(10, 45)},{c.randrange(1, 9)} درجة ورطوبة {c.randrange(10, 99)} %.",
    lambda c: f"Tension {c.randrange(200, 240)}.{c.randrange(1, 9)} V, courant {c.randrange(1, 32)} A, norme NM 06.1.0{c.randrange(10, 99)}",
    lambda c: f"md5 {c.getrandbits(128):032x}",
    lambda c: f"UUID {c.getrandbits(32):08x}-{c.getrandbits(16):04x}-4{c.getrandbits(12):03x}-a{c.getrandbits(12):03x}-{c.getrandbits(48):012x}",
    lambda c: f"#{c.getrandbits(24):06X} est la couleur du zellige, calque {c.randrange(1, 90)}.",
    lambda c: f"الصفقة رقم {c.randrange(1, 99)}/{_year(c)} الخاصة بتبليط الطرق.",
    lambda c: f"Appel d'offres n° {c.randrange(1, 99):02d}/{_year(c)}/BP, caution de {c.randrange(10, 90)} 000,00 DH.",
    lambda c: f"Numéro vert {c.choice(('141', '150', '177', '190', '2727', '8717'))} en cas d'urgence.",
    lambda c: f"كورونا: {c.randrange(100, 999)} حالة، {c.randrange(10, 99)} وفاة، {c.randrange(1000, 9999)} تحليلة.",
    lambda c: f"{c.randrange(1, 12)} + {c.randrange(1, 12)} = كم؟ و {c.randrange(10, 99)} × {c.randrange(10, 99)} = كم؟",
    lambda c: f"1 2 3 4 5 6 7 8 9 10 {c.choice(('عاود من الأول', 'on recommence', '3awd mn lewwel'))}",
    lambda c: f"Série {c.randrange(1000, 9999)} {c.randrange(1000, 9999)} {c.randrange(1000, 9999)} du billet de tombola.",
    # words
    _one_of(
        "شريت جوج كيلو ديال مطيشة وتلاتة ديال البطاطا وخمسة ديال البصلة.",
        "واحد جوج تلاتة ربعة خمسة وحنا كنلعبو.",
        "عندي خمسة وعشرين عام وخويا ستة وتلاتين.",
    ),
    _one_of(
        "Un, deux, trois, quatre, cinq, six, sept, huit, neuf, dix : cachez-vous !",
        "Il a gagné six à trois, sept à cinq, six à deux.",
        "Vingt-deux élèves sur trente-quatre ont réussi.",
    ),
    _one_of("chrit jouj kilo d maticha w tlata d lbtata", "wa7ed jouj tlata reb3a w 7na kanl3bo", "3endi khamsa w 3echrin 3am"),
    _one_of("كان عدد الحاضرين خمسة وسبعين شخصا من أصل مائة وعشرين.", "ثلاثة كتب وأربعة أقلام وخمسة دفاتر."),
    _one_of(
        "السيد الرئيس افتتح الجلسة.",
        "السيدة الوزيرة قدمت الحصيلة.",
        "الأستاذ المحاضر شرح الدرس.",
        "الدكتور كيجي كل نهار.",
        "سيدي الحاج، السوق بعيد.",
        "قال السيد العامل إن الأشغال بدأت.",
    ),
    _one_of(
        "Monsieur le Ministre a répondu.",
        "Madame la Présidente ouvre la séance.",
        "M. le Maire est absent.",
        "Le docteur arrive.",
        "Maître, je demande la parole.",
        "Mesdames et Messieurs, bonjour.",
        "Si Marrakech vous plaît, restez.",
        "Si tu viens demain, apporte du pain.",
    ),
    _one_of("Mr Speaker, the bill is ready.", "Dear Sir or Madam, please find attached.", "The doctor said no.", "Miss it and you will be sorry."),
    _one_of("شارع محمد الخامس كان عامر بالناس.", "الحي كبير والزناقي ضيقين.", "الزنقة ديالنا فيها جوج حوانت.", "درب السلطان مشهور ف كازا."),
    _one_of(
        "Le boulevard est fermé aux voitures.",
        "La rue monte vers la kasbah.",
        "L'avenue Hassan II traverse la ville.",
        "Le lotissement compte 45 villas.",
        "La résidence secondaire est vide.",
    ),
    _one_of(
        "@media screen and (max-width: 600px)",
        "Rendez-vous @ 10h devant la gare.",
        "3 kg @ 12 DH",
        "def @property",
        "import numpy as np  # version 2",
    ),
    _one_of(
        "خاصك تجيب لاكارط ناسيونال وجوج تصاور.",
        "Apportez votre CIN et deux photos.",
        "La CNSS ouvre à 9 heures.",
        "Le RIB est demandé à l'ouverture du compte.",
        "L'ICE figure sur la facture.",
        "IF you pay now, RC cars are half price.",
    ),
    _one_of("Instagram est en panne.", "تويتر ولا كيتسمى إكس.", "Facebook et TikTok ont changé leurs règles.", "la photo est sur insta"),
    _one_of("La voiture rouge est garée.", "WW désigne une plaque provisoire.", "السيارة ديالو قديمة بزاف.", "un moteur de 1600 cm3 et 110 ch"),
)


def innocent(each: int = 25, seed: int = 12) -> Iterator[str]:
    """Sentences in which there is nobody to protect."""
    chance = random.Random(seed)
    for make in _INNOCENT:
        for _ in range(each):
            yield make(chance)


# ------------------------------------------------------------------------------------------------ scoring

PLACEHOLDER = re.compile(r"<[A-Z]+(?:_[A-Z]+)*_\d+>")
READABLE = 3
"""So many letters or digits of a value left outside every mask, and it counts as readable."""

_TELLS_NOTHING = frozenset(
    _words(
        "rue bd avenue hay lot résidence imm appt n 3ème étage street zn9a nemra زنقة شارع حي رقم عمارة الشقة تجزئة نمرة"
        " point arobase at dot et w ma com org net ac gov 212 00212"
    )
)


def masks(text: str, cleaned: str) -> list[tuple[int, int]] | None:
    """Which spans of `text` were replaced by placeholders; None when more was changed than that."""
    pieces = PLACEHOLDER.split(cleaned)
    found = re.fullmatch("(.+?)".join(map(re.escape, pieces)), text, re.DOTALL)
    return [found.span(group) for group in range(1, len(pieces))] if found else None


def is_readable(item: Planted, spans: list[tuple[int, int]]) -> bool:
    """Whether too much of the value lies outside every mask; words that stand in every address tell nothing."""
    left = "".join("\n" if any(start <= at < end for start, end in spans) else item.text[at] for at in range(item.start, item.end))
    told = [word for word in re.findall(r"[^\W_]+", left) if word.lower() not in _TELLS_NOTHING]
    return sum(map(len, told)) >= READABLE


def n_wrong(item: Planted, spans: list[tuple[int, int]]) -> int:
    """How many masks hide nothing of the value."""
    return sum(end <= item.start or start >= item.end for start, end in spans)
