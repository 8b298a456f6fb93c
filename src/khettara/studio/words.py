"""The pages' own words in English, Arabic and French. What comes from the data stays as it is, unless a translation is keyed by its name.

    say("kept", "fr")  ->  "gardés"

A word costs one line here.
"""

from __future__ import annotations

LANGUAGES = ("en", "ar", "fr")
RIGHT_TO_LEFT = frozenset({"ar"})

WORDS: dict[str, tuple[str, str, str]] = {
    "report": ("Report of a run", "تقرير تشغيل", "Rapport d’exécution"),
    "untitled": ("Unnamed run", "تشغيل بلا اسم", "Exécution sans nom"),
    "way": ("The way through the house", "الطريق عبر الدار", "Le chemin à travers la maison"),
    "no_stages": ("This run had no stages.", "لم تكن في هذا التشغيل أي مرحلة.", "Cette exécution n’avait aucune étape."),
    "in": ("came in", "الوارد", "entrés"),
    "kept": ("kept", "المحتفظ به", "gardés"),
    "aside": ("set aside", "المُنحّى", "écartés"),
    "seconds": ("seconds", "ثانية", "secondes"),
    "up_to_date": ("up to date", "محدَّث من قبل", "déjà à jour"),
    "made": ("made in this run", "أُنجز في هذا التشغيل", "fait pendant cette exécution"),
    "units_done": ("shards done", "أجزاء منجزة", "lots traités"),
    "units_reused": ("shards reused", "أجزاء معاد استعمالها", "lots réutilisés"),
    "lost": (
        "These numbers do not add up: what came in is not what was kept and set aside.",
        "هذه الأرقام غير متطابقة: الوارد لا يساوي مجموع المحتفظ به والمُنحّى.",
        "Ces nombres ne concordent pas : les entrés ne sont pas la somme des gardés et des écartés.",
    ),
    "funnel": ("What was kept, what was set aside, and why", "ما احتُفظ به وما نُحّي، ولماذا", "Ce qui a été gardé, ce qui a été écarté, et pourquoi"),
    "records": ("records", "سجلات", "enregistrements"),
    "nothing_aside": ("Nothing was set aside.", "لم يُنحَّ أي شيء.", "Rien n’a été écarté."),
    "and_more": ("Further lines", "أسطر أخرى", "Autres lignes"),
    "files": ("Files read", "الملفات المقروءة", "Fichiers lus"),
    "files_all": ("files in all", "مجموع الملفات", "fichiers en tout"),
    "languages": ("Languages", "اللغات", "Langues"),
    "licences": ("Licences", "الرخص", "Licences"),
    "holds": ("What the dataset holds", "ما تحويه مجموعة البيانات", "Ce que contient le jeu de données"),
    "certificate": ("The certificate", "الشهادة", "Le certificat"),
    "purpose": ("Purpose", "الغرض", "Usage prévu"),
    "issued": ("Issued", "تاريخ الإصدار", "Délivré le"),
    "expires": ("Valid until", "صالحة إلى غاية", "Valable jusqu’au"),
    "certified": ("Certified", "مُعتمَدة", "Certifié"),
    "conditional": ("Certified with conditions", "معتمدة بشروط", "Certifié sous conditions"),
    "refused": ("Refused", "مرفوضة", "Refusé"),
    "no_verdict": ("No verdict", "بلا حكم", "Sans verdict"),
    "measure": ("Measure", "المقياس", "Mesure"),
    "value": ("Value", "القيمة", "Valeur"),
    "interval": ("95 % interval", "مجال الثقة 95 %", "Intervalle à 95 %"),
    "demanded": ("Demanded", "المطلوب", "Exigé"),
    "outcome": ("Outcome", "النتيجة", "Résultat"),
    "at_least": ("at least", "على الأقل", "au moins"),
    "at_most": ("at most", "على الأكثر", "au plus"),
    "nothing_demanded": ("no bound", "بلا حد", "aucun seuil"),
    "passed": ("passed", "مستوفى", "satisfait"),
    "not_passed": ("not passed", "غير مستوفى", "non satisfait"),
    "informative": ("for information", "للإخبار", "à titre indicatif"),
    "optional": ("not required", "غير إلزامي", "non obligatoire"),
    "not_computed": ("not computed", "لم يُحسب", "non calculé"),
    "of": ("of", "من", "sur"),
    "legend": (
        "Band: the 95 % interval. Dot: the value. Upright line: the bound demanded. The ends of each axis are written below it.",
        "الشريط: مجال الثقة 95 %. النقطة: القيمة. الخط العمودي: الحد المطلوب. وطرفا كل محور مكتوبان تحته.",
        "Bande : intervalle à 95 %. Point : valeur. Trait vertical : seuil exigé. Les bornes de chaque axe sont écrites dessous.",
    ),
    "rights": ("Rights", "الحقوق", "Droits"),
    "unknown_rights": ("records of unknown licence", "سجلات مجهولة الرخصة", "enregistrements de licence inconnue"),
    "findings": ("Findings", "الملاحظات", "Constats"),
    "model": ("The model", "النموذج", "Le modèle"),
    "parameters": ("parameters", "عدد المعاملات", "paramètres"),
    "steps": ("training steps", "خطوات التدريب", "pas d’entraînement"),
    "tokens": ("tokens", "الوحدات اللغوية", "jetons"),
    "bits": (
        "Bits per byte on documents it never saw, before and after training. Lower is better.",
        "عدد البِتات لكل بايت على وثائق لم يرها النموذج، قبل التدريب وبعده. الأقل أفضل.",
        "Bits par octet sur des documents jamais vus, avant et après l’entraînement. Plus bas vaut mieux.",
    ),
    "before": ("before", "قبل", "avant"),
    "after": ("after", "بعد", "après"),
    "overrides": ("Trained without a valid certificate", "دُرّب دون شهادة صالحة", "Entraîné sans certificat valable"),
    "overall": ("All together", "المجموع", "Ensemble"),
    "question": ("A question", "سؤال", "Une question"),
    "answer": ("Answer", "الجواب", "Réponse"),
    "no_answer": ("The model gave no answer.", "لم يعطِ النموذج أي جواب.", "Le modèle n’a donné aucune réponse."),
    "found": (
        "Highlighted words stand verbatim in the training data, in these documents:",
        "الكلمات المظللة واردة حرفيا في بيانات التدريب، في هذه الوثائق:",
        "Les mots surlignés se trouvent tels quels dans les données d’entraînement, dans ces documents :",
    ),
    "not_found": (
        "None of the answer’s words stand in the training data in this order.",
        "لا ترد كلمات الجواب بهذا الترتيب في بيانات التدريب.",
        "Aucune suite de mots de la réponse ne se trouve dans les données d’entraînement.",
    ),
    "where": ("Where everything is", "أين يوجد كل شيء", "Où tout se trouve"),
    "run_folder": ("Folder of the run", "مجلد التشغيل", "Dossier de l’exécution"),
    "this_page": ("This page", "هذه الصفحة", "Cette page"),
    "digest": ("digest", "البصمة", "empreinte"),
    "further": ("How to look further", "للاطلاع على المزيد", "Pour en voir davantage"),
    "cmd_show": ("What a dataset holds, with examples", "محتوى مجموعة بيانات، مع أمثلة", "Le contenu d’un jeu de données, avec des exemples"),
    "cmd_rejects": ("What was set aside, with examples", "ما نُحّي، مع أمثلة", "Ce qui a été écarté, avec des exemples"),
    "cmd_verify": ("Check every byte", "التحقق من كل بايت", "Vérifier chaque octet"),
    "cmd_lineage": ("Walk back to the raw files", "الرجوع إلى الملفات الأصلية", "Remonter jusqu’aux fichiers d’origine"),
    "cmd_ask": ("Ask the model", "سؤال النموذج", "Interroger le modèle"),
    "total_time": ("Time of the whole run", "مدة التشغيل كاملا", "Durée de toute l’exécution"),
    "nothing_done": ("Everything was up to date.", "كان كل شيء محدَّثا.", "Tout était à jour."),
    "stage_ingest": ("Read the files", "قراءة الملفات", "Lire les fichiers"),
    "stage_clean": ("Clean", "التنظيف", "Nettoyer"),
    "stage_certify": ("Certify", "الاعتماد", "Certifier"),
    "stage_train": ("Train a model", "تدريب نموذج", "Entraîner un modèle"),
    "stage_ask": ("Ask", "السؤال", "Interroger"),
    "state_text": ("read", "مقروءة", "lus"),
    "state_partial": ("read in part", "مقروءة جزئيا", "lus en partie"),
    "state_empty": ("without text", "بلا نص", "sans texte"),
    "state_encrypted": ("locked with a password", "مقفلة بكلمة سر", "protégés par mot de passe"),
    "state_unsupported": ("of a format no reader knows", "بصيغة غير معروفة", "de format inconnu"),
    "state_damaged": ("damaged", "تالفة", "endommagés"),
    "state_refused": ("not allowed to be read", "غير مسموح بقراءتها", "lecture refusée"),
    "lang_ary": ("Darija", "الدارجة المغربية", "Darija"),
    "lang_arb": ("Standard Arabic", "العربية الفصحى", "Arabe standard"),
    "lang_ar": ("Arabic", "العربية", "Arabe"),
    "lang_zgh": ("Standard Moroccan Tamazight", "الأمازيغية المعيارية المغربية", "Tamazight standard marocain"),
    "lang_fr": ("French", "الفرنسية", "Français"),
    "lang_en": ("English", "الإنجليزية", "Anglais"),
    "lang_es": ("Spanish", "الإسبانية", "Espagnol"),
    "lang_und": ("undetermined", "غير محددة", "indéterminée"),
    "lang_unknown": ("unknown", "غير معروفة", "inconnue"),
    "script_Arab": ("Arabic letters", "بالحرف العربي", "lettres arabes"),
    "script_Latn": ("Latin letters", "بالحرف اللاتيني", "lettres latines"),
    "script_Tfng": ("Tifinagh", "بتيفيناغ", "tifinagh"),
    "licence_unknown": ("unknown", "غير معروفة", "inconnue"),
    "rule_empty": ("the file has no text", "الملف بلا نص", "le fichier ne contient pas de texte"),
    "rule_encrypted": ("the file is locked with a password", "الملف مقفل بكلمة سر", "le fichier est protégé par un mot de passe"),
    "rule_unsupported": ("no reader knows this format", "صيغة الملف غير معروفة", "aucun lecteur ne connaît ce format"),
    "rule_damaged": ("the file is damaged", "الملف تالف", "le fichier est endommagé"),
    "rule_refused": ("the file may not be read", "لا يُسمح بقراءة الملف", "le fichier ne peut être lu"),
    "rule_empty_record": ("a record without text", "سجل بلا نص", "un enregistrement sans texte"),
    "rule_copy": (
        "the same text, but for case, blanks, marks and punctuation, is kept once",
        "النص نفسه، بصرف النظر عن حالة الأحرف والفراغات والحركات والترقيم، يُحتفظ به مرة واحدة",
        "le même texte, à la casse, aux blancs, aux signes et à la ponctuation près, est gardé une fois",
    ),
    "rule_near_copy": (
        "nearly the same text is kept once",
        "النص المتطابق تقريبا يُحتفظ به مرة واحدة",
        "un texte presque identique est gardé une fois",
    ),
}


def say(key: str, lang: str, default: str | None = None) -> str:
    """Find the words for `key`, or `default`, or the key itself.

    >>> say("kept", "fr"), say("rule_odd", "en", "odd")
    ('gardés', 'odd')
    """
    if key in WORDS:
        return WORDS[key][LANGUAGES.index(lang)]
    return key if default is None else default
