"""What reading a table had to decide, in words: one table of sentences.

note("encoding", encoding="cp1256")  ->  {"kind": "encoding", "count": 1, "words": {"en": "read as cp1256", ...}}
"""

from __future__ import annotations

from typing import Any

from khettara.tables.phrases import say

_WORDS = {
    "encoding": ("read as {encoding}", "lu comme {encoding}", "قُرئ بترميز {encoding}"),
    "mixed_encoding": (
        "{n:line is|lines are} not in the encoding of the rest; each was read in the one that fits it",
        "{n:ligne n'est|lignes ne sont} pas dans l'encodage du reste ; chacune a été lue dans celui qui lui convient",
        "{n:سطر واحد ليس|سطران ليسا|أسطر ليست|سطرًا ليست} بترميز الباقي، فقُرئ كل منها بالترميز الذي يناسبه",
    ),
    "null_bytes": (
        "{n:null byte|null bytes} left out",
        "{n:octet nul retiré|octets nuls retirés}",
        "حُذف {n:بايت صفري واحد|بايتان صفريان|بايتات صفرية|بايتًا صفريًا}",
    ),
    "separator": ("cells separated by {mark}", "cellules séparées par {mark}", "الخلايا مفصولة بـ {mark}"),
    "mixed_separators": (
        "{n:row has|rows have} cells separated by another sign than the rest, and read with it",
        "{n:ligne a|lignes ont} un autre séparateur que le reste ; lecture faite avec celui-là",
        "{n:صف واحد|صفان|صفوف|صفًا} بخلايا مفصولة بعلامة غير علامة الباقي، وقُرئت بها",
    ),
    "unbalanced_quotes": (
        "{n:row has|rows have} a quotation mark that nothing closes; it was read as a character",
        "{n:ligne a|lignes ont} un guillemet que rien ne ferme ; il a été lu comme un caractère",
        "{n:صف واحد فيه|صفان فيهما|صفوف فيها|صفًا فيها} علامة اقتباس لا تُغلق، فقُرئت حرفًا",
    ),
    "no_header": (
        "no header: the first row looks like a record, so columns are called by their place",
        "pas d'en-tête : la première ligne ressemble à un enregistrement, les colonnes portent donc leur numéro",
        "لا يوجد سطر عناوين: الصف الأول يشبه سجلًا، فسُميت الأعمدة بأرقامها",
    ),
    "title_rows": (
        "{n:row|rows} above the header set aside: {text}",
        "{n:ligne mise|lignes mises} de côté au-dessus de l'en-tête : {text}",
        "نُحّي فوق العناوين {n:صف واحد|صفان|صفوف|صفًا}: {text}",
    ),
    "header_rows": (
        "the header has {n} rows, joined into one title a column",
        "l'en-tête a {n} lignes, réunies en un titre par colonne",
        "العناوين في {n:صف واحد|صفين|صفوف|صفًا}، جُمعت في عنوان واحد لكل عمود",
    ),
    "empty_titles": (
        "{n:column has|columns have} no title, and a number instead",
        "{n:colonne n'a|colonnes n'ont} pas de titre : un numéro en tient lieu",
        "{n:عمود واحد|عمودان|أعمدة|عمودًا} بلا عنوان، يقوم مقامه رقم",
    ),
    "same_titles": (
        "{n:column has|columns have} the title of an earlier one; a number was added to tell them apart",
        "{n:colonne a|colonnes ont} le titre d'une colonne précédente ; un numéro les distingue",
        "{n:عمود واحد له|عمودان لهما|أعمدة لها|عمودًا لها} عنوان عمود سابق، فأُضيف رقم للتمييز بينها",
    ),
    "too_few_cells": (
        "{n:row has|rows have} too few cells; set aside",
        "{n:ligne a trop peu de cellules ; mise|lignes ont trop peu de cellules ; mises} de côté",
        "نُحّي {n:صف واحد خلاياه|صفان خلاياهما|صفوف خلاياها|صفًا خلاياها} أقل مما يجب",
    ),
    "too_many_cells": (
        "{n:row has|rows have} too many cells; set aside",
        "{n:ligne a trop de cellules ; mise|lignes ont trop de cellules ; mises} de côté",
        "نُحّي {n:صف واحد خلاياه|صفان خلاياهما|صفوف خلاياها|صفًا خلاياها} أكثر مما يجب",
    ),
    "total": (
        "{n:row is a total|rows are totals} of others; set aside",
        "{n:ligne est le total d'autres lignes ; mise|lignes sont des totaux d'autres lignes ; mises} de côté",
        "نُحّي {n:صف واحد هو مجموع|صفان هما مجموعا|صفوف هي مجاميع|صفًا هي مجاميع} صفوف أخرى",
    ),
    "empty": (
        "{n:row has|rows have} nothing in any cell; set aside",
        "{n:ligne entièrement vide, mise|lignes entièrement vides, mises} de côté",
        "نُحّي {n:صف واحد كل خلاياه|صفان كل خلاياهما|صفوف كل خلاياها|صفًا كل خلاياها} فارغة",
    ),
    "repeated_header": (
        "{n:row repeats|rows repeat} the header; set aside",
        "{n:ligne répète l'en-tête ; mise|lignes répètent l'en-tête ; mises} de côté",
        "نُحّي {n:صف واحد يكرر|صفان يكرران|صفوف تكرر|صفًا تكرر} سطر العناوين",
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
        "{n:column|columns}: relations between columns were looked for among {band} neighbours at a time",
        "{n:colonne|colonnes} : les relations entre colonnes ont été cherchées entre {band} voisines à la fois",
        "{n:عمود واحد|عمودان|أعمدة|عمودًا}: بُحث عن العلاقات بين الأعمدة داخل كل {band} من الأعمدة المتجاورة",
    ),
    "typed": (
        "{n:column was|columns were} not text; values are shown as text",
        "{n:colonne n'était|colonnes n'étaient} pas du texte ; les valeurs sont montrées comme du texte",
        "{n:عمود واحد ليس نصيًا|عمودان ليسا نصيين|أعمدة ليست نصية|عمودًا ليست نصية}، فعُرضت القيم نصًا",
    ),
}


def note(kind: str, count: int = 1, **values: float | str) -> dict[str, Any]:
    """One note, in the languages of the house."""
    en, fr, ar = _WORDS[kind]
    return {"kind": kind, "count": count, "words": say(en=en, fr=fr, ar=ar, n=count, **values)}
