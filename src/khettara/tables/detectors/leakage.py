"""Columns that give the label away: a file code that begins with the class, a date that only one class has.

    "code_sac": S9198 -> B, R7030 -> A ...   its first sign tells 0.78 of what there is to know of "qualite"; the next best column, 0.21

How much a column tells is measured by itself, on rows that were not used to learn from: the share of the label's entropy that knowing it
takes away. Columns are taken whole, by their first and last signs (codes that speak), cut into steps (numbers, dates), and by being empty.
A model trained with such a column is good on this table and useless on the next.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from khettara.tables.examination import Examination, Found
from khettara.tables.label_column import label_column
from khettara.tables.models import codes_of, measured_columns, sample_rows
from khettara.tables.phrases import say
from khettara.tables.table import Array, Column

TELLS = 0.5
"""Share of the label's entropy that one column alone does not tell honestly ..."""
AHEAD = 1.8
"""... when no other column tells nearly as much ..."""
NEARLY_ALL = 0.95
"""... or that is the label by another name, whatever the others tell."""
ROWS = 20_000
STEPS = 40
MOST = 5_000


def find_leakage(seen: Examination) -> Iterator[Found]:
    """Columns out of proportion with the others in what they tell of the label."""
    label = label_column(seen)
    told = told_of(seen, label) if label is not None else {}
    for name, (share, part) in told.items():
        others = max((of_it for other, (of_it, _) in told.items() if other != name), default=0.0)
        if label is not None and share >= TELLS and (share >= AHEAD * others or share >= NEARLY_ALL):
            yield _found(seen, name, label.name, share, others, part)


def told_of(seen: Examination, label: Column) -> dict[str, tuple[float, str]]:
    """For each column the share of the label's entropy that it tells, and by which part of it."""
    codes = codes_of(seen, label.name, most=200)
    if codes is None:
        return {}
    rows = sample_rows(seen.records, ROWS)
    rows = rows[codes.codes[rows] >= 0]
    classes = codes.codes[rows]
    if len(rows) < 100:
        return {}
    numbers = {measured.name: values for measured, values in measured_columns(seen, rows, known=0.05).items()}
    found: dict[str, tuple[float, str]] = {}
    for column in seen.table.columns:
        if column.name != label.name and seen.types[column.name].kind != "empty":
            parts = _parts(column, rows, numbers.get(column.name))
            found[column.name] = max((_told(groups, classes, len(codes.words)), part) for part, groups in parts)
    return found


def _parts(column: Column, rows: Array, numbers: Array | None) -> Iterator[tuple[str, Array]]:
    cells = pc.fill_null(pa.array(column.at(rows), pa.string()), "")
    yield "empty", (pc.utf8_length(cells).to_numpy() == 0).astype(np.int64)
    if numbers is not None:
        known = np.sort(numbers[np.isfinite(numbers)])
        edges = np.unique(known[np.linspace(0, len(known) - 1, STEPS + 1).astype(np.int64)[1:-1]]) if len(known) else known
        yield "value", np.where(np.isfinite(numbers), np.searchsorted(edges, numbers), -1) + 1
        return
    for part, texts in (
        ("value", cells),
        ("first sign", pc.utf8_slice_codeunits(cells, 0, 1)),
        ("first 2 signs", pc.utf8_slice_codeunits(cells, 0, 2)),
        ("last sign", pc.utf8_slice_codeunits(cells, -1)),
    ):
        encoded = pc.dictionary_encode(texts)
        if len(encoded.dictionary) <= MOST:
            yield part, encoded.indices.to_numpy().astype(np.int64)


def _told(groups: Array, classes: Array, count: int) -> float:
    """The share of the classes' entropy, on every other row, that groups take away as learnt from the rows between."""
    learn = np.arange(len(classes)) % 2 == 0
    table = np.bincount(groups[learn] * count + classes[learn], minlength=(int(groups.max()) + 1) * count).reshape(-1, count)
    usual = (np.bincount(classes[learn], minlength=count) + 0.5) / (learn.sum() + 0.5 * count)
    chances = (table + 4.0 * usual) / (table.sum(axis=1, keepdims=True) + 4.0)
    asked = ~learn
    surprise = -np.log(chances[groups[asked], classes[asked]]).mean()
    return float(1 - surprise / -np.log(usual[classes[asked]]).mean())


def _found(seen: Examination, name: str, label: str, share: float, others: float, part: str) -> Found:
    parts = {
        "value": ("its value", "sa valeur", "قيمته"),
        "empty": ("being empty", "le fait d'être vide", "كونه فارغًا"),
        "first sign": ("its first sign", "son premier signe", "علامته الأولى"),
        "first 2 signs": ("its first two signs", "ses deux premiers signes", "علامتاه الأوليان"),
        "last sign": ("its last sign", "son dernier signe", "علامته الأخيرة"),
    }[part]
    words = {
        language: sentence.replace("\0", parts[number])
        for number, (language, sentence) in enumerate(
            say(
                en="{column} gives {label} away: \0 alone tells {p:%} of it; the next best column tells {q:%}. Leave it out of training.",
                fr="{column} trahit {label} : \0 à lui seul en dit {p:%} ; la meilleure des autres colonnes, {q:%}. À écarter de l'apprentissage.",
                ar="«{column}» يفضح «{label}»: \0 وحدها تكشف {p:%} منه، وأفضل عمود آخر {q:%}. يُستبعد من التدريب.",
                column=name,
                label=label,
                p=share,
                q=others,
            ).items()
        )
    }
    return Found("leakage", (name,), np.arange(seen.records), words, 0.95, ("Rel-ML-1",), cells=0, explains=False)
