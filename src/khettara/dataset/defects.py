"""The kinds of defects that findings are of, and how they are named in the three languages of the house.

    defect_name("mixed_dates", "fr")  ->  "dates écrites de plusieurs façons"

Whoever prints findings takes the names from here, so that a command and a page call the same thing the same.
"""

from __future__ import annotations

from collections.abc import Mapping

from khettara.dataset.findings import LANGUAGES

OF_TABLES: Mapping[str, tuple[str, str, str]] = {
    "missing": ("missing values", "valeurs manquantes", "قيم ناقصة"),
    "disguised_missing": ("missing, but something is written", "manquant, mais quelque chose est écrit", "ناقص مكتوب مكانه شيء"),
    "mixed_dates": ("dates written in several ways", "dates écrites de plusieurs façons", "تواريخ بصيغ مختلفة"),
    "decimal_marks": ("decimal marks of several kinds", "séparateurs décimaux différents", "فواصل عشرية مختلفة"),
    "mixed_units": ("mixed units", "unités mélangées", "وحدات قياس مختلطة"),
    "wrong_encoding": ("misread letters", "lettres mal lues", "حروف مقروءة خطأ"),
    "swapped_columns": ("swapped columns", "colonnes interverties", "أعمدة متبادلة"),
    "out_of_range": ("impossible values", "valeurs impossibles", "قيم مستحيلة"),
    "contradiction": ("contradictions", "contradictions", "تناقضات"),
    "category_spellings": ("one thing spelt in several ways", "une chose écrite de plusieurs façons", "شيء واحد بكتابات مختلفة"),
    "invalid_identifier": ("identity numbers that cannot be", "identifiants impossibles", "أرقام تعريف مستحيلة"),
    "outlier": ("values that stand out", "valeurs aberrantes", "قيم شاذة"),
    "heaping": ("rounded values", "valeurs arrondies", "قيم مقرَّبة"),
    "constant_column": ("one value throughout", "une seule valeur partout", "قيمة واحدة في كل مكان"),
    "copied_column": ("a column there twice", "colonne en double", "عمود مكرر"),
    "exact_duplicate": ("exact copies", "copies exactes", "نسخ مطابقة"),
    "near_duplicate": ("near copies", "copies proches", "نسخ متقاربة"),
    "label_error": ("doubtful labels", "étiquettes douteuses", "تصنيفات مشكوك فيها"),
    "leakage": ("a column that gives the label away", "colonne qui trahit l'étiquette", "عمود يكشف التصنيف"),
    "drift": ("parts that differ", "parties qui diffèrent", "أجزاء متباينة"),
}
"""What is looked for in tables: for each kind its name in `LANGUAGES`."""

OF_TEXTS_AND_CLIPS: Mapping[str, tuple[str, str, str]] = {
    **{kind: OF_TABLES[kind] for kind in ("wrong_encoding", "exact_duplicate", "near_duplicate", "contradiction")},
    "identifiers_left": ("identifiers in clear", "identifiants en clair", "معرّفات مكشوفة"),
    "poison_suspected": ("passages that may have been planted", "passages peut-être introduits à dessein", "مقاطع قد تكون مدسوسة"),
    "licence_missing": ("no known licence", "sans licence connue", "بلا رخصة معروفة"),
    "empty": ("records without a text", "enregistrements sans texte", "سجلات بلا نص"),
    "language_unknown": ("language unknown", "langue inconnue", "لغة غير معروفة"),
    "clipping": ("sound cut off at full scale", "son saturé", "صوت مشبع"),
    "silence": ("hardly any speech", "presque pas de parole", "تكاد تخلو من الكلام"),
    "noise": ("speech lost in noise", "parole noyée dans le bruit", "كلام يغلب عليه الضجيج"),
    "unreadable": ("clips that nobody listened to", "extraits non écoutés", "مقاطع لم يُستمع إليها"),
    "one_voice": ("one voice in most clips", "une seule voix dans la plupart des extraits", "صوت واحد في معظم المقاطع"),
}
"""What is looked for in documents and clips."""


def defect_name(kind: str, lang: str) -> str:
    """What a kind of defect is called; a kind of somebody else's finder, by itself.

    >>> defect_name("mixed_units", "en"), defect_name("their_own", "en")
    ('mixed units', 'their own')
    """
    names = OF_TABLES.get(kind) or OF_TEXTS_AND_CLIPS.get(kind)
    return names[LANGUAGES.index(lang)] if names else kind.replace("_", " ")
