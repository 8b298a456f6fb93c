"""The column that a model would learn to predict: the one that is named so, or that its header calls a label, a diagnosis, a decision ...

headers: ..., "Réf. fiche / مرجع الجذاذة", "Classe de risque / درجة الخطر"   ->   "Classe de risque / درجة الخطر"
"""

from __future__ import annotations

from khettara.tables.examination import Examination
from khettara.tables.table import Column
from khettara.tables.types.folding import fold_words

_SURE = ("label", "target", "class", "classe", "cible", "etiquette", "outcome", "issue", "تصنيف", "وسم", "صنف")
_LIKELY = (
    *("diagnosis", "diagnostic", "decision", "result", "resultat", "verdict", "grade", "quality", "qualite", "risk", "risque", "severity", "gravite"),
    *("statut", "status", "mention", "avis", "approved", "accord", "default", "churn", "sentiment"),
    *("تشخيص", "قرار", "نتيجة", "جودة", "خطر", "درجة", "حالة", "حكم"),
)
_WORDS = {word: weight for weight, words in ((2, _SURE), (1, _LIKELY)) for header in words for word in fold_words(header)}
_OPEN = (None, "category", "diagnosis", "quality", "grade", "risk")
"""Meanings that a label may have: what is known to be a sex, a marital status or a place is a thing of its own, unless it is named as label."""
MOST = 20
"""Classes above which a column is no label."""
LEAST = 0.005
"""Share of the rows that a class must have to count as one."""


def label_column(seen: Examination) -> Column | None:
    """The label: what the settings name, otherwise the column whose header says so most plainly (of equals, the last); None where there is none."""
    if seen.label is not None:
        return seen.table[seen.label] if seen.label in seen.table.names else None
    found: list[tuple[int, int]] = []
    for place, column in enumerate(seen.table.columns):
        weight = sum(_WORDS.get(word, 0) for word in set(fold_words(column.title)))
        weight = weight if seen.types[column.name].semantic in _OPEN else 0  # a marital status is a status, and no verdict
        if weight and len(classes_of(seen, column)) >= 2:
            found.append((weight, place))
    return seen.table.columns[max(found)[1]] if found else None


def classes_of(seen: Examination, column: Column) -> list[str]:
    """The classes of a column, most frequent first; none where it is not of few values that come again."""
    if seen.types[column.name].kind == "empty" or column.few is None:
        return []
    common = column.common(200)
    enough = [value for value, count in common if count >= max(2, LEAST * seen.records)]
    return enough if len(enough) <= MOST and sum(count for _, count in common[: len(enough)]) >= 0.8 * seen.records else []
