"""Postal addresses: a street or its like, a number, and a town or a postal code, close together.

"12، زنقة الأطلس، حي السلام، سلا"   "Imm 4, Appt 7, rue des Orangers, 20000 Casablanca"
"""

from __future__ import annotations

import re

STREETS = (
    "rue|avenue|av|ave|bd|blvd|bld|boulevard|bloc|immeuble|imm|appartement|appt|apt|lotissement|lot|résidence|residence|hay|quartier|derb|douar|zanqa"
    "|zanka|zan9a|zen9a|impasse|chari3|charii|villa|n°"
    "|زنقة|زنقت|شارع|حي|درب|زقاق|إقامة|اقامة|عمارة|شقة|بلوك|تجزئة|دوار|فيلا"
)
_CITIES = (
    "Casablanca|Casa|Rabat|Salé|Sale|Sala|Fès|Fes|Marrakech|Marrakesh|Tanger|Tangier|Tanja|Agadir|Meknès|Meknes|Oujda|Kénitra|Kenitra|Tétouan"
    "|Tetouan|Safi|Mohammedia"
    "|Khouribga|El Jadida|Béni Mellal|Beni Mellal|Nador|Taza|Settat|Berrechid|Khémisset|Khemisset|Khénifra|Khenifra|Larache|Guelmim|Berkane"
    "|Taourirt|Essaouira|Errachidia"
    "|Ouarzazate|Tiznit|Taroudant|Taroudannt|Inezgane|Ait Melloul|Aït Melloul|Témara|Temara|Skhirat|Bouznika|Sefrou|Ifrane|Azrou|Midelt"
    "|Chefchaouen|Chaouen|Al Hoceima"
    "|Al Hoceïma|Laâyoune|Laayoune|Dakhla|Tan-Tan|Tantan|Zagora|Tinghir|Azilal|Fquih Ben Salah|Youssoufia|Sidi Kacem|Sidi Slimane|Ouazzane"
    "|Benslimane|Guercif|Jerada|Boulemane"
    "|Taounate|Assilah|Asilah|Fnideq|Martil|Mdiq|M'diq|Dcheira|Ksar El Kebir|Sidi Bennour|Bouskoura|Nouaceur|Médiouna|Tifelt|Tiflet|Oued Zem"
    "|Casa-Anfa|Maroc|Morocco"
    "|الدار البيضاء|الدارالبيضاء|البيضاء|كازا|كازابلانكا|الرباط|سلا|فاس|مراكش|طنجة|أكادير|اكادير|أغادير|مكناس|وجدة|القنيطرة|تطوان|آسفي|اسفي"
    "|المحمدية|خريبكة|الجديدة|بني ملال|الناظور|تازة|سطات|برشيد"
    "|الخميسات|خنيفرة|العرائش|كلميم|بركان|تاوريرت|الصويرة|الرشيدية|ورزازات|ورزازات|تيزنيت|تارودانت|إنزكان|انزكان|أيت ملول|آيت ملول|تمارة|الصخيرات"
    "|بوزنيقة|صفرو|إفران|افران|أزرو|ميدلت|شفشاون|الشاون"
    "|الحسيمة|العيون|الداخلة|طانطان|زاكورة|تنغير|أزيلال|الفقيه بن صالح|اليوسفية|سيدي قاسم|سيدي سليمان|وزان|بنسليمان|جرسيف|كرسيف|جرادة|تاونات|أصيلة"
    "|اصيلة|الفنيدق|مرتيل|المضيق|القصر الكبير|سيدي بنور"
    "|بوسكورة|كازا|المغرب"
)
_STREET = rf"(?<![^\W_])[وبفل]?(?:ال)?(?:{STREETS})(?![^\W_])\.?"
_NUMBER = r"(?:(?:n[°ºo]|num[ée]ro|nr|رقم|نمرة|ن°|nmra|numéro|num)\.?[ \u00a0:]{0,2})?[\d٠-٩۰-۹]{1,4}(?:[ ]?(?:bis|ter|مكرر|[A-Za-z](?![^\W_])))?"
# A part of an address: a street and its name (some words without a number), its number, a storey.
_NAME = r"(?:[ \u00a0'’\-]{1,2}[^\W\d_]+(?:['’\-][^\W\d_]+)?){0,6}?"
_STOP = r"[ \u00a0]?[,،;\-–/:.]?[ \u00a0]{0,2}"
_PART = (
    rf"(?:{_STREET}[ \u00a0]?(?:{_NUMBER}|[A-Za-z](?![^\W_])|{_NAME})(?:{_STOP}{_NUMBER}(?![\d٠-٩۰-۹%]))?"
    rf"|(?:étage|etage|الطابق|طابق|سطاج|ط)[ ]?\d{{1,2}}|\d{{1,2}}(?:er|[eè]me|ème)? étage)"
)
_CODE = r"[1-9][\d]{4}(?!\d)"
_TOWN = rf"(?:(?:بمدينة|مدينة|à|a|f|ف|في|ب|بـ|ville)[ \u00a0])?(?:ب|ف|ل)?(?:{_CITIES})(?![^\W_])(?:{_STOP}{_CODE})?"
ADDRESS = re.compile(
    rf"(?:(?<![\d٠-٩۰-۹.,/°])(?P<front>{_NUMBER}){_STOP})?{_PART}(?:{_STOP}{_PART}|{_STOP}{_NUMBER}(?![\d٠-٩۰-۹%°])){{0,5}}?"
    rf"{_STOP}(?:(?P<code>{_CODE}){_STOP}(?:{_TOWN})?|{_TOWN})",
    re.IGNORECASE,
)
_DIGIT = re.compile(r"\d")
_PUBLIC = re.compile(r"حي (?:الجامعي|الصناعي|الإداري)|(?:quartier|zone) (?:industriel|universitaire)", re.IGNORECASE)


def is_address(written: str) -> bool:
    """A match that says a number too: without one it is a street of a town, which is nobody's.

    >>> bool(ADDRESS.search("12, rue des Orangers, Rabat")), is_address("rue des Orangers, Rabat")
    (True, False)
    """
    return _DIGIT.search(written) is not None and _PUBLIC.search(written) is None
