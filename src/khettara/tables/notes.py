"""What reading a table had to decide, in words: one table of sentences.

note("encoding", encoding="cp1256")  ->  {"kind": "encoding", "count": 1, "words": {"en": "read as cp1256", ...}}
"""

from __future__ import annotations

from typing import Any

_WORDS = {
    "encoding": ("read as {encoding}", "lu comme {encoding}", "قُرئ بترميز {encoding}"),
    "mixed_encoding": (
        "{count:,} lines are not in the encoding of the rest; each was read in the one that fits it",
        "{count:,} lignes ne sont pas dans l'encodage du reste ; chacune a été lue dans celui qui lui convient",
        "{count:,} من الأسطر ليست بترميز الباقي، فقُرئ كل منها بالترميز الذي يناسبه",
    ),
    "null_bytes": ("{count:,} null bytes left out", "{count:,} octets nuls retirés", "حُذف {count:,} من البايتات الصفرية"),
    "separator": ("cells separated by {mark}", "cellules séparées par {mark}", "الخلايا مفصولة بـ {mark}"),
    "mixed_separators": (
        "{count:,} rows have cells separated by another sign than the rest; they were read with theirs",
        "{count:,} lignes ont un autre séparateur que le reste ; elles ont été lues avec le leur",
        "{count:,} من الصفوف خلاياها مفصولة بعلامة غير علامة الباقي، فقُرئت بعلامتها",
    ),
    "unbalanced_quotes": (
        "{count:,} rows have a quotation mark that nothing closes; it was read as a character",
        "{count:,} lignes ont un guillemet que rien ne ferme ; il a été lu comme un caractère",
        "{count:,} من الصفوف فيها علامة اقتباس لا تُغلق، فقُرئت حرفًا",
    ),
    "no_header": (
        "no header: the first row looks like a record, so columns are called by their place",
        "pas d'en-tête : la première ligne ressemble à un enregistrement, les colonnes portent donc leur numéro",
        "لا يوجد سطر عناوين: الصف الأول يشبه سجلًا، فسُميت الأعمدة بأرقامها",
    ),
    "title_rows": (
        "{count} rows above the header set aside: {text}",
        "{count} lignes au-dessus de l'en-tête mises de côté : {text}",
        "نُحّي {count} من الصفوف فوق العناوين: {text}",
    ),
    "header_rows": (
        "the header has {count} rows, joined into one title a column",
        "l'en-tête a {count} lignes, réunies en un titre par colonne",
        "العناوين في {count} صفوف، جُمعت في عنوان واحد لكل عمود",
    ),
    "empty_titles": (
        "{count} columns have no title; they are called by their place",
        "{count} colonnes n'ont pas de titre ; elles portent leur numéro",
        "{count} من الأعمدة بلا عنوان، فسُميت بأرقامها",
    ),
    "same_titles": (
        "{count} columns have the title of an earlier one; a number was added to tell them apart",
        "{count} colonnes ont le titre d'une colonne précédente ; un numéro les distingue",
        "{count} من الأعمدة لها عنوان عمود سابق، فأُضيف رقم للتمييز بينها",
    ),
    "too_few_cells": (
        "{count:,} rows have too few cells; set aside",
        "{count:,} lignes ont trop peu de cellules ; mises de côté",
        "{count:,} من الصفوف خلاياها أقل مما يجب؛ نُحّيت",
    ),
    "too_many_cells": (
        "{count:,} rows have too many cells; set aside",
        "{count:,} lignes ont trop de cellules ; mises de côté",
        "{count:,} من الصفوف خلاياها أكثر مما يجب؛ نُحّيت",
    ),
    "total": (
        "{count:,} rows are totals of others; set aside",
        "{count:,} lignes sont des totaux d'autres lignes ; mises de côté",
        "{count:,} من الصفوف مجاميع لصفوف أخرى؛ نُحّيت",
    ),
    "empty": (
        "{count:,} rows have nothing in any cell; set aside",
        "{count:,} lignes n'ont rien dans aucune cellule ; mises de côté",
        "{count:,} من الصفوف كل خلاياها فارغة؛ نُحّيت",
    ),
    "repeated_header": (
        "{count:,} rows repeat the header; set aside",
        "{count:,} lignes répètent l'en-tête ; mises de côté",
        "{count:,} من الصفوف تكرر سطر العناوين؛ نُحّيت",
    ),
    "no_records": (
        "there is a header and no record below it",
        "il y a un en-tête et aucun enregistrement en dessous",
        "توجد عناوين ولا سجل تحتها",
    ),
    "sheet": (
        "read sheet {sheet}; the workbook also has: {others}",
        "feuille lue : {sheet} ; le classeur contient aussi : {others}",
        "قُرئت الورقة {sheet}، وفي المصنف أيضًا: {others}",
    ),
    "bands": (
        "{count:,} columns: relations between columns were looked for among {band} neighbours at a time",
        "{count:,} colonnes : les relations entre colonnes ont été cherchées entre {band} voisines à la fois",
        "{count:,} من الأعمدة: بُحث عن العلاقات بينها داخل كل {band} عمودًا متجاورة",
    ),
    "typed": (
        "{count} columns were not text; their values are shown as text",
        "{count} colonnes n'étaient pas du texte ; leurs valeurs sont montrées comme du texte",
        "{count} من الأعمدة ليست نصية، فعُرضت قيمها نصًا",
    ),
}


def note(kind: str, count: int = 1, **values: object) -> dict[str, Any]:
    """One note, in the languages of the house."""
    words = {lang: text.format(count=count, **values) for lang, text in zip(("en", "fr", "ar"), _WORDS[kind], strict=True)}
    return {"kind": kind, "count": count, "words": words}
