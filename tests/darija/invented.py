"""Invented identifiers of every kind in the ways people write them, set into sentences of ours. Seeded; nobody's own.

("عيط ليا ف {} من بعد العشية", "٠٦-١٢-…")  ->  text, kind, and the part of it that must not be readable any more
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import NamedTuple


class Planted(NamedTuple):
    """A sentence with one identifier in it, and the identifier as it is written there."""

    text: str
    kind: str
    written: str


ARABIC, PERSIAN = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"), str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
ANYWHERE = [
    "عيط ليا ف {} من بعد العشية",
    "هادا هو الرقم {} ديالو",
    "الله يخليك صيفط ليا {} دابا",
    "راه قال ليا {} وصافي",
    "يرجى الاتصال على {} قبل يوم الجمعة",
    "المعلومات: {} حسب الملف.",
    "3ayet lia f {} 3afak",
    "hada howa {} dyalo a khouya",
    "Merci de noter {} avant midi.",
    "Le dossier porte {}, voir plus bas.",
    "Please write down {} for me.",
    "({})",
    "-> {} <-",
    "«{}»",
    "{}",
    "ⴰⵣⵓⵍ {} ⵜⴰⵏⵎⵎⵉⵔⵜ",
]


def _digits(rng: random.Random, n: int) -> str:
    return "".join(rng.choice("0123456789") for _ in range(n))


def national(rng: random.Random) -> str:
    """Nine digits of the plan."""
    first = rng.choice(["6", "7", "6", "7", "52", "53", "54", "55", "80"])
    return first + _digits(rng, 9 - len(first))


def grouped(rng: random.Random, digits: str, sign: str) -> str:
    """Digits in groups of two to four, all with the same sign."""
    parts, at = [], 0
    while at < len(digits):
        size = rng.choice([2, 2, 2, 3, 4])
        parts.append(digits[at : at + size])
        at += size
    return sign.join(parts)


def phone(rng: random.Random) -> str:
    """A Moroccan number in one of its writings."""
    number = national(rng)
    pairs = [number[0], number[1:3], number[3:5], number[5:7], number[7:9]]
    sign = rng.choice([" ", ".", "-", "/", "_", "\u00a0", " - ", " . ", "\u202f"])
    written = rng.choice(
        [
            "0" + number,
            "0" + sign.join(pairs),
            "+212" + number,
            "+212 " + sign.join(pairs),
            "00212" + number,
            "00212 " + " ".join(pairs),
            "212" + number,
            "+212(0)" + number,
            "+212 (0) " + " ".join(pairs),
            "(+212) " + " ".join(pairs),
            "+212-" + number,
            f"0{number[:3]} {number[3:6]} {number[6:]}",
            f"0{number[:1]} {number[1:5]} {number[5:]}",
            " ".join("0" + number),
            "0" + "\u200e".join(pairs),
            f"0{number[:3]}-{number[3:]}",
            "+212\u200f" + number,
        ]
    )
    return rng.choice([written, written, written, written.translate(ARABIC), written.translate(PERSIAN)])


FRENCH = [
    "zéro",
    "un",
    "deux",
    "trois",
    "quatre",
    "cinq",
    "six",
    "sept",
    "huit",
    "neuf",
    "dix",
    "onze",
    "douze",
    "treize",
    "quatorze",
    "quinze",
    "seize",
    "dix-sept",
    "dix-huit",
    "dix-neuf",
]
TENS = {2: "vingt", 3: "trente", 4: "quarante", 5: "cinquante", 6: "soixante"}
DARIJA = [
    "صفر",
    "واحد",
    "جوج",
    "تلاتة",
    "ربعة",
    "خمسة",
    "ستة",
    "سبعة",
    "تمنية",
    "تسعود",
    "عشرة",
    "حداش",
    "طناش",
    "تلطاش",
    "ربعطاش",
    "خمسطاش",
    "سطاش",
    "سبعطاش",
    "تمنطاش",
    "تسعطاش",
]
DARIJA_TENS = ["", "", "عشرين", "تلاتين", "ربعين", "خمسين", "ستين", "سبعين", "تمانين", "تسعين"]
ARABIC_WORDS = ["صفر", "واحد", "اثنان", "ثلاثة", "أربعة", "خمسة", "ستة", "سبعة", "ثمانية", "تسعة"]
LATIN = ["sifr", "wahed", "jouj", "tlata", "reb3a", "khmsa", "setta", "seb3a", "tmnya", "ts3oud"]


def in_french(pair: str) -> str:
    """Two digits as they are read out in French."""
    if pair[0] == "0":
        return f"zéro {FRENCH[int(pair[1])]}"
    value = int(pair)
    if value < 20:
        return FRENCH[value]
    tens, units = divmod(value, 10)
    if tens in (7, 9):
        base = "soixante" if tens == 7 else "quatre-vingt"
        return f"{base} et onze" if value == 71 else f"{base}-{FRENCH[10 + units]}"
    if tens == 8:
        return "quatre-vingts" if units == 0 else f"quatre-vingt-{FRENCH[units]}"
    if units == 0:
        return TENS[tens]
    return f"{TENS[tens]}-et-un" if units == 1 else f"{TENS[tens]}-{FRENCH[units]}"


def in_darija(pair: str) -> str:
    """Two digits as they are read out in Darija."""
    if pair[0] == "0":
        return f"صفر {DARIJA[int(pair[1])]}"
    value = int(pair)
    if value < 20:
        return DARIJA[value]
    tens, units = divmod(value, 10)
    return DARIJA_TENS[tens] if units == 0 else f"{DARIJA[units]} و{DARIJA_TENS[tens]}"


def spoken(rng: random.Random) -> str:
    """A number said in words."""
    digits = "0" + rng.choice("67") + _digits(rng, 8)
    pairs = [digits[at : at + 2] for at in range(0, 10, 2)]
    way = rng.randrange(6)
    if way == 0:
        return rng.choice([" ", ", "]).join(map(in_french, pairs))
    if way == 1:
        return rng.choice([" ", "، "]).join(map(in_darija, pairs))
    if way == 2:
        return " ".join(ARABIC_WORDS[int(digit)] for digit in digits)
    if way == 3:
        return " ".join(LATIN[int(digit)] for digit in digits)
    if way == 4:
        return " ".join([pairs[0], *map(in_french, pairs[1:])])
    return " ".join(FRENCH[int(digit)] for digit in digits)


def lettered(rng: random.Random) -> str:
    """O for 0."""
    return ("0" + rng.choice("67") + _digits(rng, 7) + "0").replace("0", rng.choice("Oo"))


def foreign(rng: random.Random) -> str:
    """A number of another country."""
    return rng.choice(
        ["+33 6 {} {} {} {}", "+34 6{}{}{}{}", "0033 7 {} {} {} {}", "+49 151 {}{}{}{}", "+1 202 555 {}{}", "+971 50 {}{}{}1", "+44 7{}{}{} {}0"]
    ).format(*(_digits(rng, 2) for _ in range(4)))


def keyed(body: str) -> str:
    """Digits with the two that make the whole a multiple of 97."""
    return body + f"{(-int(body) * 100) % 97:02d}"


def iban(country: str, body: str) -> str:
    """An account with its key."""
    numbers = "".join(str(int(sign, 36)) for sign in f"{body}{country}00")
    return f"{country}{98 - int(numbers) % 97:02d}{body}"


def fours(written: str) -> str:
    """In groups of four."""
    return " ".join(written[at : at + 4] for at in range(0, len(written), 4))


def luhn(body: str) -> str:
    """Digits with their check digit."""
    total = sum(sum(divmod(int(digit) * (2 if place % 2 == 0 else 1), 10)) for place, digit in enumerate(reversed(body)))
    return body + str(-total % 10)


def any_iban(rng: random.Random) -> str:
    """Of Morocco or of elsewhere, glued or in fours."""
    whole = rng.choice(
        [
            iban("MA", keyed(_digits(rng, 22))),
            iban("MA", keyed(_digits(rng, 22))),
            iban("FR", _digits(rng, 23)),
            iban("ES", _digits(rng, 20)),
            iban("GB", "BARC" + _digits(rng, 14)),
            iban("DE", _digits(rng, 18)),
            iban("NL", "INGB" + _digits(rng, 10)),
        ]
    )
    return rng.choice([whole, fours(whole), whole.lower() if whole.startswith("MA") else whole])


def rib(rng: random.Random) -> str:
    """Bank, town, account, key."""
    whole = keyed(rng.choice(["007", "011", "013", "021", "022", "145", "190", "225", "230"]) + _digits(rng, 19))
    return rng.choice(
        [
            whole,
            f"{whole[:3]} {whole[3:6]} {whole[6:22]} {whole[22:]}",
            fours(whole),
            f"{whole[:3]}-{whole[3:6]}-{whole[6:22]}-{whole[22:]}",
            whole.translate(ARABIC),
        ]
    )


def ice(rng: random.Random) -> str:
    """Firm, establishment, key."""
    whole = keyed("00" + str(rng.randint(1, 9)) + _digits(rng, 6) + "0000")
    return rng.choice([whole, whole, f"{whole[:9]} {whole[9:13]} {whole[13:]}", f"{whole[:3]} {whole[3:6]} {whole[6:9]} {whole[9:12]} {whole[12:]}"])


def card(rng: random.Random) -> str:
    """Visa, Mastercard, American Express."""
    first, size = rng.choice([("4", 16), ("51", 16), ("55", 16), ("2221", 16), ("37", 15)])
    whole = luhn(first + _digits(rng, size - 1 - len(first)))
    if size == 15:
        return rng.choice([whole, f"{whole[:4]} {whole[4:10]} {whole[10:]}"])
    return rng.choice([whole, fours(whole), fours(whole).replace(" ", "-"), fours(whole).translate(ARABIC)])


PRINTED = """
A AB AD AE B BB BE BH BJ BK BL BM BW C CD CN D DA DJ DO EA EE F FA G GA GK GM H HA HH I IA IB J JA JB JC JE JF JH JK JT K KB L LA LB LC M MC
MA N P PA PB Q QA R RB RC S SH SL T TA TK U UA UC V VA W WA X XA Y Z ZT
"""
SERIES = PRINTED.split()
GIVEN = ["amina", "youssef", "salma", "hamza", "khadija", "rachid", "imane", "omar"]
FAMILY = ["benali", "tazi", "berrada", "chraibi", "naciri", "filali"]


def email(rng: random.Random) -> str:
    """An address with its sign, or with words for it."""
    local = f"{rng.choice(GIVEN)}{rng.choice(['.', '_', ''])}{rng.choice(FAMILY)}{rng.choice(['', str(rng.randrange(100))])}"
    host, end = rng.choice(["exemple", "poste", "courrier-test", "univ-exemple"]), rng.choice(["ma", "com", "org", "net", "ac.ma"])
    short = end.rpartition(".")[2]
    return rng.choice(
        [
            f"{local}@{host}.{end}",
            f"{local}@{host}.{end}",
            f"{local.upper()}@{host}.{end}",
            f"{local} @ {host}.{short}",
            f"{local}(at){host}.{short}",
            f"{local} [at] {host} [dot] {short}",
            f"{local} at {host} dot {short}",
            f"{local} arobase {host} point {short}",
            f"{local} أروباز {host} دوت {short}",
            f"{local} آت gmail.com",
            f"{local} (at) {host} (dot) {short}",
            f"{local} arobase gmail.com",
            f"{local} آت جيميل دوت كوم",
        ]
    )


def address(rng: random.Random) -> str:
    """A house in a street of a town."""
    number, city, code = rng.randint(1, 300), rng.choice(["Rabat", "Salé", "Fès", "Casablanca", "Agadir", "Tanger"]), f"{rng.randint(10, 93)}000"
    town = rng.choice(["الرباط", "سلا", "فاس", "الدار البيضاء", "أكادير", "طنجة", "مكناس"])
    return rng.choice(
        [
            f"{number}, rue des Orangers, {city}",
            f"{number} avenue de l'Atlas, {code} {city}",
            f"Imm {number}, Appt {rng.randint(1, 30)}, hay Salam, {city}",
            f"Lot Al Amal n° {number}, {city}",
            f"N° {number}, derb El Hamra, {city}",
            f"bloc B n° {number} hay Nahda {city}",
            f"Résidence Les Palmiers, immeuble {number}, appt 4, {city}",
            f"شارع الأطلس رقم {number} {town}",
            f"زنقة الورود رقم {number}، {town}",
            f"حي السلام بلوك {rng.randint(1, 9)} رقم {number} {town}",
            f"{number} زنقة الزيتون، {town}",
            f"درب الحمام رقم {number} {town}",
            f"إقامة النخيل عمارة {rng.randint(1, 9)} شقة {number} {town}",
        ]
    )


def birthdate(rng: random.Random) -> str:
    """A day, in figures or words."""
    day, month, year = rng.randint(1, 28), rng.randint(1, 12), rng.randint(1940, 2010)
    return rng.choice(
        [
            f"{day:02d}/{month:02d}/{year}",
            f"{day}-{month}-{year}",
            f"{day:02d}.{month:02d}.{year}",
            f"{day} mars {year}",
            f"{day} مارس {year}",
            f"{day} غشت {year}",
            f"{day:02d}/{month:02d}/{year}".translate(ARABIC),
            f"{day} juillet {year}",
        ]
    )


def plate(rng: random.Random) -> str:
    """A number plate."""
    number, town = rng.randint(100, 99999), rng.randint(1, 88)
    return rng.choice(
        [
            f"{number}-أ-{town}",
            f"{number}|A|{town}",
            f"{number} | ب | {town}",
            f"{number}-د-{town}",
            f"{number}/ه/{town}",
            f"WW {rng.randint(100000, 999999)}",
            f"{number} - A - {town}",
        ]
    )


def spaced_plate(rng: random.Random) -> str:
    """One with nothing but blanks, which takes a cue."""
    return f"{rng.randint(100, 99999)} {rng.choice('أبده')} {rng.randint(1, 88)}"


def gps(rng: random.Random) -> str:
    """A place on Earth."""
    north, west = f"{rng.uniform(28, 35):.5f}", f"{rng.uniform(2, 12):.5f}"
    return rng.choice(
        [
            f"{north}, -{west}",
            f"{north},-{west}",
            f"{north} N, {west} W",
            f"33°{rng.randint(10, 59)}'N 7°{rng.randint(10, 59)}'W",
            f"{north} / -{west}",
        ]
    )


def hexes(rng: random.Random, n: int, size: int) -> list[str]:
    """Groups of hexadecimal digits."""
    return ["".join(rng.choice("0123456789abcdef") for _ in range(size)) for _ in range(n)]


def handle(rng: random.Random) -> str:
    """A name on a network."""
    name = f"{rng.choice(GIVEN)}_{rng.choice(FAMILY)}{rng.randrange(100)}"
    return rng.choice(
        [
            f"@{name}",
            f"https://t.me/{name}",
            f"https://wa.me/212{national(rng)}",
            f"instagram.com/{name}",
            f"https://www.facebook.com/{name}",
            f"https://www.tiktok.com/@{name}",
        ]
    )


def cin(rng: random.Random) -> str:
    """A card's number."""
    return f"{rng.choice(SERIES)}{_digits(rng, 6)}"


def loose_cin(rng: random.Random) -> str:
    """One written so that only a cue tells."""
    series, number = rng.choice(SERIES), _digits(rng, rng.choice([5, 6]))
    return rng.choice(
        [
            f"{series} {number}",
            f"{series.lower()}{number}",
            f"{series}{number}",
            f"{series}-{number}",
            f"{series}{number}".translate(ARABIC),
            f"{rng.choice('أبجدهكل')}{number}",
            f"ج ب {number}",
        ]
    )


def number_of(low: int, high: int) -> Callable[[random.Random], str]:
    """Digits, so many."""
    return lambda rng: rng.choice("123456789") + _digits(rng, rng.randint(low, high) - 1)


NAMES = [
    "Mohamed Alaoui",
    "Fatima Zahra El Idrissi",
    "Youssef Bennani",
    "Khadija Tazi",
    "محمد العلوي",
    "فاطمة الزهراء الإدريسي",
    "يوسف بناني",
    "عبد الله التازي",
    "خديجة الفيلالي",
    "Hassan Ben Salah",
]
KINDS: list[tuple[str, Callable[[random.Random], str], list[str]]] = [
    ("phone", phone, [*ANYWHERE, "tel{}", "نمرتي{}ليا"]),
    ("phone", spoken, [where for where in ANYWHERE if where not in ("hada howa {} dyalo a khouya", "Le dossier porte {}, voir plus bas.")]),
    ("phone", lettered, ANYWHERE),
    ("phone", foreign, ANYWHERE),
    ("phone", lambda rng: rng.choice("67") + _digits(rng, 8), ["tel {}", "GSM: {}", "نمرتي {}", "الهاتف: {}", "whatsapp {}", "nmra dyali {}"]),
    ("email", email, [where for where in ANYWHERE if where not in ("-> {} <-",)]),
    ("iban", any_iban, ANYWHERE),
    ("rib", rib, [*ANYWHERE, "RIB : {}", "الحساب البنكي رقم {}"]),
    ("ice", ice, [*ANYWHERE, "ICE {}", "التعريف الموحد للمقاولة: {}"]),
    ("card", card, ANYWHERE),
    ("cin", cin, ANYWHERE),
    (
        "cin",
        loose_cin,
        [
            "CIN : {}",
            "CNIE n° {}",
            "C.I.N. {}",
            "بطاقة التعريف الوطنية رقم {}",
            "البطاقة الوطنية: {}",
            "la carte nationale {}",
            "lacarte dyali {}",
            "لاكارط ديالو {}",
            "titulaire de la CIN n° {}",
            "الحامل لبطاقة التعريف رقم {}",
        ],
    ),
    ("ip", lambda rng: f"{rng.choice([41, 105, 196, 160])}.{rng.randint(10, 250)}.{rng.randint(1, 250)}.{rng.randint(1, 250)}", ANYWHERE),
    ("ip", lambda rng: "2001:db8:" + ":".join(hexes(rng, 6, 4)), ANYWHERE),
    ("mac", lambda rng: rng.choice(":-").join(["0a", *hexes(rng, 5, 2)]), ANYWHERE),
    (
        "cnss",
        number_of(7, 9),
        [
            "CNSS n° {}",
            "C.N.S.S : {}",
            "immatriculé à la CNSS sous le n° {}",
            "رقم الضمان الاجتماعي {}",
            "CNSS:{}",
            "الصندوق الوطني للضمان الاجتماعي رقم {}",
        ],
    ),
    ("cnops", number_of(7, 8), ["CNOPS n° {}", "immatriculation CNOPS : {}", "الكنوبس رقم {}"]),
    ("if", number_of(7, 8), ["IF : {}", "Identifiant fiscal {}", "I.F. n° {}", "التعريف الضريبي: {}", "رقم التعريف الجبائي {}"]),
    (
        "rc",
        number_of(4, 6),
        [
            "RC {}",
            "R.C. {}",
            "RC n° {}",
            "registre de commerce n° {}",
            "السجل التجاري رقم {}",
            "registre du commerce de Rabat sous le numéro {}",
            "السجل التجاري بالرباط رقم {}",
        ],
    ),
    ("patente", number_of(8, 8), ["Patente {}", "patente n° {}", "taxe professionnelle : {}", "الرسم المهني رقم {}"]),
    ("tva", number_of(7, 8), ["TVA n° {}", "N° TVA : {}", "الضريبة على القيمة المضافة رقم {}"]),
    (
        "passport",
        lambda rng: rng.choice(["AB", "XY", "GH"]) + _digits(rng, 7),
        ["passeport n° {}", "Passport No {}", "جواز السفر رقم {}", "جواز سفر: {}", "paspor dyali {}"],
    ),
    (
        "driving_licence",
        lambda rng: rng.choice([f"{rng.randint(1, 88)}/{_digits(rng, 6)}", "7" + _digits(rng, 6)]),
        ["permis de conduire n° {}", "رخصة السياقة رقم {}", "permis n° {}", "driving licence {}"],
    ),
    ("plate", plate, [where for where in ANYWHERE if where != "-> {} <-"]),
    ("plate", spaced_plate, ["matricule {}", "immatriculée {}", "لوحة الترقيم {}", "الماتريكيل {}", "plaque : {}"]),
    (
        "birthdate",
        birthdate,
        [
            "né le {}",
            "née le {} à Fès",
            "Date de naissance : {}",
            "مزداد في {}",
            "المزدادة بتاريخ {}",
            "تاريخ الازدياد: {}",
            "تاريخ الميلاد {}",
            "born on {}",
            "تزاد ف {}",
            "tzad f {}",
            "DOB: {}",
            "مزداد يوم {}",
        ],
    ),
    ("gps", gps, ["GPS : {}", "coordonnées {}", "الإحداثيات: {}", "localisation: {}", "لوكاليزاسيون {}", "GPS {}"]),
    ("handle", handle, ANYWHERE[:-3]),
    (
        "handle",
        lambda rng: f"{rng.choice(GIVEN)}.{rng.choice(FAMILY)}{rng.randrange(100)}",
        ["insta: {}", "snap : {}", "إنستا: {}", "Instagram = {}", "سناب: {}"],
    ),
    ("address", address, ["Adresse : {}", "j'habite au {}", "ساكن ف {}", "العنوان: {}", "sakn f {}", "{}"]),
    ("name", lambda rng: rng.choice(NAMES), ["شفت {} البارح", "Bonjour {}, merci.", "السيد {}", "Mme {} est venue", "مع {} غدا"]),
]


def invent(rng: random.Random, per_kind: int) -> list[Planted]:
    """So many sentences of each kind and way of writing."""
    planted = []
    for kind, make, places in KINDS:
        for _ in range(per_kind):
            written = make(rng)
            planted.append(Planted(rng.choice(places).format(written), kind, written))
    return planted
