"""Why a measure has no value, and articles of law, as pages say them: a certificate says both in English.

"no record has a date"  ->  "aucun enregistrement n'est daté"        "law 09-08, articles 12 and 21"  ->  "القانون 09-08، المادتان 12 و21"
"""

from __future__ import annotations

import re

_ARTICLES = re.compile(r"law 09-08, articles? (\d+)(?: and (\d+))?( \(use for another purpose\))?")
_NO_COLUMN = re.compile(r"the dataset has no column (\S+)")
_NOTHING_ABOUT = re.compile(r"it says nothing about (documents|table|clips)")
_KINDS = {"documents": ("النصوص", "des textes"), "table": ("الجداول", "des tables"), "clips": ("المقاطع الصوتية", "des extraits sonores")}

WHYS: dict[str, tuple[str, str]] = {
    "there are no records": ("لا توجد سجلات", "il n'y a aucun enregistrement"),
    "no record has a date": ("لا سجل مؤرخ", "aucun enregistrement n'est daté"),
    "no record names its source": ("لا سجل يذكر مصدره", "aucun enregistrement ne nomme sa source"),
    "no record has both dates": ("لا سجل يحمل التاريخين معًا", "aucun enregistrement ne porte les deux dates"),
    "no record has a known class": ("لا سجل معروف الصنف", "aucun enregistrement n'a de classe connue"),
    "no two records are alike but for their label": (
        "لا يوجد سجلان متماثلان إلا في التصنيف",
        "aucune paire d'enregistrements ne diffère par la seule étiquette",
    ),
    "the table has no columns": ("ليس للجدول أعمدة", "la table n'a pas de colonnes"),
    "the table has no columns beside the label": ("ليس للجدول عمود غير عمود التصنيف", "la table n'a pas d'autre colonne que l'étiquette"),
    "the dataset has no columns beside the content": ("ليس للبيانات أعمدة غير المحتوى", "les données n'ont pas de colonne en dehors du contenu"),
    "the table has no label, or none was named (--label COLUMN)": (
        "ليس للجدول عمود تصنيف، أو لم يُسمَّ (--label COLUMN)",
        "la table n'a pas d'étiquette, ou elle n'a pas été nommée (--label COLUMN)",
    ),
    "the records have no classes (a table's label is named by --label COLUMN)": (
        "ليس للسجلات أصناف (يُسمَّى عمود التصنيف بـ --label COLUMN)",
        "les enregistrements n'ont pas de classes (l'étiquette d'une table se nomme par --label COLUMN)",
    ),
    "the records have fewer than two classes": ("للسجلات أقل من صنفين", "les enregistrements ont moins de deux classes"),
    "no column holds numbers": ("لا عمود فيه أعداد", "aucune colonne ne contient de nombres"),
    "fewer than two columns of numbers that vary": ("أقل من عمودين بأعداد متغيرة", "moins de deux colonnes de nombres qui varient"),
    "no column holds dates of events": ("لا عمود فيه تواريخ أحداث", "aucune colonne ne contient de dates d'événements"),
    "no cell reads as a date": ("لا خانة تُقرأ تاريخًا", "aucune cellule ne se lit comme une date"),
    "no two dates, of an event and of its entry": ("لا يوجد تاريخان، للحدث ولتسجيله", "pas deux dates, celle de l'événement et celle de sa saisie"),
    "no column of a known list of values that should all occur (regions)": (
        "لا عمود من لائحة معروفة يُنتظر ورود كل قيمها (الجهات)",
        "aucune colonne d'une liste connue dont toutes les valeurs devraient apparaître (régions)",
    ),
    "no column of regions to set beside the census": (
        "لا عمود للجهات يُقارَن بالإحصاء",
        "aucune colonne de régions à comparer au recensement",
    ),
    "no column holds things of a known domain": ("لا عمود من مجال معروف", "aucune colonne d'un domaine connu"),
    "no column holds a quantity of a known range": ("لا عمود لكمية معروفة الحدود", "aucune colonne d'une grandeur aux bornes connues"),
    "no clip names its speaker": ("لا مقطع يذكر المتكلم", "aucun extrait ne nomme son locuteur"),
    "no clip is WAV, so none was listened to": ("لا مقطع بصيغة WAV، فلم يُستمع إلى أي منها", "aucun extrait n'est en WAV : aucun n'a été écouté"),
    "no file of records is small enough for the drill": (
        "لا ملف سجلات صغير بما يكفي لتمرين الاسترجاع",
        "aucun fichier d'enregistrements n'est assez petit pour l'exercice de restauration",
    ),
    "no two groups (sex, region, source) of at least 30 records": (
        "لا توجد فئتان (الجنس، الجهة، المصدر) بثلاثين سجلًا على الأقل",
        "pas deux groupes (sexe, région, source) d'au moins 30 enregistrements",
    ),
    "nobody said under which licence the table is (--rights FILE)": (
        "لم تُذكر رخصة الجدول (--rights FILE)",
        "personne n'a dit sous quelle licence est la table (--rights FILE)",
    ),
    "nobody attested it: --evidence FILE": ("لم يشهد بها أحد: --evidence FILE", "personne ne l'a attesté : --evidence FILE"),
    "it is a measure of pictures, and there are none": ("مقياس خاص بالصور، ولا صور هنا", "c'est une mesure d'images, et il n'y en a pas"),
    "only texts are searched for planted passages": (
        "لا يُبحث عن مقاطع مدسوسة إلا في النصوص",
        "seuls les textes sont examinés pour y trouver des passages implantés",
    ),
    "no evaluation set is registered on this machine: khettara evalset add": (
        "لا مجموعة تقييم مسجلة على هذا الجهاز: khettara evalset add",
        "aucun jeu d'évaluation n'est enregistré sur cette machine : khettara evalset add",
    ),
    "there is neither text nor a label to learn": ("لا نص ولا تصنيف يُتعلَّم", "il n'y a ni texte ni étiquette à apprendre"),
    "too few words to learn from": ("الكلمات أقل من أن يُتعلَّم منها", "trop peu de mots pour apprendre"),
    "too few sound records to test on": ("السجلات السليمة أقل من أن تُختبر", "trop peu d'enregistrements sains pour l'essai"),
    "fewer than a hundred labelled records, two labels, or one column of numbers": (
        "أقل من مئة سجل مصنَّف، أو من تصنيفين، أو من عمود أعداد واحد",
        "moins de cent enregistrements étiquetés, de deux étiquettes, ou d'une colonne de nombres",
    ),
    "texts hold no columns of numbers in which a value could stand out": (
        "ليس في النصوص أعمدة أعداد قد تشذ فيها قيمة",
        "les textes n'ont pas de colonnes de nombres où une valeur pourrait détonner",
    ),
    "texts hold no quantities with an interval": ("ليس في النصوص كميات ذات حدود", "les textes n'ont pas de grandeurs bornées"),
    "the languages were told by the identifier itself: only labels of another's making can be checked": (
        "اللغات حددها المعرِّف نفسه، ولا يُفحص إلا تصنيف وضعه غيره",
        "les langues viennent de l'identificateur lui-même : seules des étiquettes posées par un autre se vérifient",
    ),
    "the languages are as they were stated: only labels beside features can be checked by confident learning": (
        "اللغات كما صُرّح بها، ولا يُفحص بالتعلم الواثق إلا تصنيف بجانبه خصائص",
        "les langues sont celles qui ont été déclarées : seules des étiquettes à côté de variables se vérifient par apprentissage",
    ),
    "texts have no features beside the text": ("ليس للنصوص خصائص غير النص", "les textes n'ont pas de variables en dehors du texte"),
    "clips have no features beside the sound": ("ليس للمقاطع خصائص غير الصوت", "les extraits n'ont pas de variables en dehors du son"),
    "a record has one date, not that of an event and of its entry": (
        "للسجل تاريخ واحد، لا تاريخ الحدث وتاريخ تسجيله",
        "un enregistrement a une seule date, non celle de l'événement et celle de sa saisie",
    ),
}
"""For what a certificate says in English: Arabic, French."""


def said_why(why: str | None, lang: str) -> str | None:
    """Why there is no value, in the language of the page; as the certificate says it where the page knows no words for it."""
    if why is None or lang == "en":
        return why
    if why in WHYS:
        return WHYS[why][lang == "fr"]
    if found := _NO_COLUMN.fullmatch(why):
        return f"les données n'ont pas de colonne {found[1]}" if lang == "fr" else f"ليس للبيانات عمود {found[1]}"
    if found := _NOTHING_ABOUT.fullmatch(why):
        arabic, french = _KINDS[found[1]]
        return f"cette mesure ne dit rien {french}" if lang == "fr" else f"لا يقول هذا المقياس شيئًا عن {arabic}"
    return why


def article(text: str | None, lang: str) -> str | None:
    """An article of law 09-08 in the language of the page."""
    found = _ARTICLES.fullmatch(text or "")
    if found is None or lang == "en":
        return text
    first, second, other = found.groups()
    if lang == "fr":
        which = f"articles {first} et {second}" if second else f"article {first}"
        return f"loi 09-08, {which}" + (" (usage à une autre fin)" if other else "")
    which = f"المادتان {first} و{second}" if second else f"المادة {first}"
    return f"القانون 09-08، {which}" + (" (الاستعمال لغرض آخر)" if other else "")
