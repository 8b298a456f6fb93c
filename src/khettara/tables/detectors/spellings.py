"""One category written in several ways: the repair writes each as the column mostly does.

commune  8,115 Casablanca, 513 D.Beida, 402 الدار البيضاء, 3 Casablnca   ->   918 cells, "Casablanca"
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pyarrow as pa

from khettara.tables.categories import MOST, Spellings, group_spellings
from khettara.tables.companions import Companions, companions
from khettara.tables.examination import Examination, Found, Repair
from khettara.tables.phrases import say
from khettara.tables.table import Array, Column

MEASURES = ("Con-ML-3", "Acc-ML-1")
_SURE = {
    "letters": 0.995,
    "listed": 0.98,
    "headword": 0.97,
    "rows": 0.9,
    "sound": 0.96,
    "other script": 0.95,
    "abbreviation": 0.92,
    "slip": 0.92,
    "resemblance": 0.9,
}
"""How sure each kind of evidence is: chosen, by how much of it rests on likeness alone. A repair of `all that is certain` looks at it."""


def find_category_spellings(seen: Examination) -> Iterator[Found]:
    """For each column of categories, the cells that write their category otherwise than the column mostly does."""
    for column in seen.columns("category"):
        values, codes = distinct(seen, column)
        if not 1 < len(values) <= MOST:
            continue
        counts = np.bincount(codes[codes >= 0], minlength=len(values))
        spellings = group_spellings(values, counts, seen.types[column.name].semantic, _asked(seen, column.name, codes, len(values)))
        found = _found(seen, column, values, codes, spellings)
        if found is not None:
            yield found


def _asked(seen: Examination, name: str, codes: Array, size: int) -> Callable[[], Companions]:
    def told() -> Companions:
        return companions(seen, name, codes, size)

    return told


def distinct(seen: Examination, column: Column) -> tuple[list[str], Array]:
    """The values that a column has once what is explained is set aside, and for each row the place of its value, -1 where there is none."""
    if column.few is None:
        cells = pa.concat_arrays(list(column.pieces())).dictionary_encode()
        values, codes = cells.dictionary.to_pylist(), cells.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
    else:
        values, codes = column.few[0].to_pylist(), column.few[1].astype(np.int64)
    place = {value: at for at, value in enumerate(values)}
    changed = seen.amended(column.name)
    if changed:
        new = [place.setdefault(text, len(place)) if text is not None else -1 for text in changed.values()]
        codes = codes.copy()
        codes[np.fromiter(changed.keys(), np.int64, len(changed))] = new
    texts = list(place)
    blank = np.array([not text.strip() for text in texts] or [False])
    return texts, np.where((codes >= 0) & ~blank[codes], codes, -1)


def _found(seen: Examination, column: Column, values: list[str], codes: Array, spellings: Spellings) -> Found | None:
    main = [spellings.main[at] for at in spellings.group.tolist()]
    other = np.array([value != wanted for value, wanted in zip(values, main, strict=True)])
    rows = np.flatnonzero((codes >= 0) & other[codes] & ~seen.explained(column.name))
    if not len(rows):
        return None
    counts = np.bincount(codes[rows], minlength=len(values))
    common = sorted(np.flatnonzero(counts).tolist(), key=lambda value: (-int(counts[value]), values[value]))
    shown = ", ".join(f"{values[value].strip()} → {main[value]}" for value in common[:3])
    sure = float(np.average([_SURE.get(spellings.why[value], 0.95) for value in common], weights=counts[common]))
    return Found(
        kind="category_spellings",
        columns=(column.name,),
        rows=rows,
        cause=say(
            en="{n:cell writes its|cells write their} category otherwise than {column} mostly does, in {ways:way|ways}: {shown}.",
            fr="Dans {column}, {n:cellule écrit sa|cellules écrivent leur} catégorie autrement que d'ordinaire, de {ways:façon|façons} : {shown}.",
            ar="في «{column}» {n:خلية واحدة كُتبت فئتها|خليتان كُتبت فئتاهما|خلايا كُتبت فئاتها|خلية كُتبت فئاتها} "
            "بغير الكتابة الغالبة في العمود ({ways:شكل واحد|شكلان|أشكال|شكلًا}): {shown}.",
            n=len(rows),
            ways=len(common),
            column=column.name,
            shown=shown,
        ),
        confidence=round(sure, 3),
        measures=MEASURES,
        repair=Repair(
            "merge",
            {
                "en": "Write each category as the column mostly does.",
                "fr": "Écrire chaque catégorie comme la colonne le fait d'ordinaire.",
                "ar": "كتابة كل فئة بالكتابة الغالبة في العمود.",
            },
            values={column.name: pa.array([main[value] for value in codes[rows].tolist()], pa.string())},
        ),
    )
