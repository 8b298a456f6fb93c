"""Dates of one column in more than one form: `12/03/1990`, `12 mars 1990` and `03-12-1990` among `1990-03-12`.

The repair writes them in the form that most of the column has. Where nothing in the file shows whether `03/04/1990` begins with its day,
what it is taken for follows the other cells of its form, with less confidence; where these are of both kinds, it is left as it is.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from khettara.tables import dates
from khettara.tables.dates import FORM_BITS, FORMS, ISO, TIMED
from khettara.tables.examination import Examination, Found, Repair
from khettara.tables.phrases import say
from khettara.tables.table import Array

MONTH_FIRST = len(FORMS)
"""Added to the code of a form in which the month stands first: mm/dd/yyyy is another form than dd/mm/yyyy."""
FEW = 3
"""So many cells of a rare order (mm/dd among dd/mm) show that it is meant; fewer are slips of the pen, and still no dates of the usual order."""


def find_mixed_dates(seen: Examination) -> Iterator[Found]:
    """Dates written in another form than most of their column."""
    for column in seen.columns("date"):
        read, days = seen.dates_read(column.name), seen.days(column.name)
        forms = _forms(read, seen, column.name)
        forms[np.isnat(days) | seen.explained(column.name)] = 0
        counts = np.bincount(forms)
        if np.count_nonzero(counts[1:]) < 2:
            continue
        main = int(np.argmax(counts[1:])) + 1
        odd = (forms > 0) & (forms != main)
        doubtful = odd & _open(read) & ~_settled(read, seen, column.name)
        undecided = _undecided(read, seen, column.name)
        for rows, sure in ((np.flatnonzero(odd & ~doubtful), True), (np.flatnonzero(doubtful & ~undecided), False)):
            if len(rows):
                yield _found(seen, column.name, rows, forms, main, sure)


def _forms(read: Array, seen: Examination, name: str) -> Array:
    """The form of each cell, with the order of day and month in it; forms with another alphabet's digits count as forms of their own."""
    form = (read[:, 3] & FORM_BITS).astype(np.int64)
    numeric = np.isin(form, dates.YEAR_LAST)
    month_first = numeric & (np.isin(form, list(seen.date_habit(name).month_first)) | (read[:, 1] > 12)) & (read[:, 0] <= 12)
    foreign = (read[:, 3] & dates.FOREIGN) > 0
    forms: Array = form + MONTH_FIRST * month_first + 2 * MONTH_FIRST * (foreign & (form > 0))
    return forms


def _open(read: Array) -> Array:
    """Cells in figures that could begin with their day or with their month, and would mean another day."""
    both: Array = np.isin(read[:, 3] & FORM_BITS, dates.YEAR_LAST) & (read[:, 0] <= 12) & (read[:, 1] <= 12) & (read[:, 0] != read[:, 1])
    return both


def _settled(read: Array, seen: Examination, name: str) -> Array:
    """Cells whose form shows, in other cells of the column, which comes first, and always the same."""
    habit = seen.date_habit(name)
    sure: Array = np.isin(read[:, 3] & FORM_BITS, [code for code, certain in habit.certain.items() if certain])
    return sure


def _undecided(read: Array, seen: Examination, name: str) -> Array:
    """Cells whose form comes in both orders in this column."""
    form = read[:, 3] & FORM_BITS
    day_first = np.bincount(form[read[:, 0] > 12], minlength=MONTH_FIRST)
    month_first = np.bincount(form[(read[:, 1] > 12) & (read[:, 0] <= 12)], minlength=MONTH_FIRST)
    mixed = [code for code in dates.YEAR_LAST if min(day_first[code], month_first[code]) >= FEW]
    both: Array = _open(read) & np.isin(form, mixed)
    return both


def write(day: np.datetime64, form: int) -> str:
    """A day in a form of figures; in ISO where the form has words.

    >>> from khettara.tables.dates import CODE
    >>> write(np.datetime64("1990-03-12"), CODE["dd/mm/yyyy"]), write(np.datetime64("1990-03-12"), CODE["12 mars 2024"])
    ('12/03/1990', '1990-03-12')
    """
    year, month, of_month = str(day).split("-")
    month_first, form = form % (2 * MONTH_FIRST) >= MONTH_FIRST, form % MONTH_FIRST
    if form not in dates.YEAR_LAST and form not in dates.YEAR_FIRST and form != dates.COMPACT:
        return str(day)
    pattern = FORMS[form]
    if month_first:
        pattern = pattern.replace("dd", "#").replace("mm", "dd").replace("#", "mm")
    return pattern.replace("yyyy", year).replace("yy", year[2:]).replace("mm", month).replace("dd", of_month)


def name_of(form: int) -> str:
    """A form as people speak of it.

    >>> from khettara.tables.dates import CODE
    >>> name_of(CODE["dd-mm-yyyy"] + MONTH_FIRST), name_of(CODE["12 mars 2024"])
    ('mm-dd-yyyy', '12 mars 2024')
    """
    if form % MONTH_FIRST == dates.SERIAL:
        return "45363"
    pattern = FORMS[form % MONTH_FIRST]
    return pattern.replace("dd", "#").replace("mm", "dd").replace("#", "mm") if form % (2 * MONTH_FIRST) >= MONTH_FIRST else pattern


def _found(seen: Examination, name: str, rows: Array, forms: Array, main: int, sure: bool) -> Found:
    before = seen.table[name].at(rows)
    timed = (seen.dates_read(name)[rows, 3] & TIMED) > 0
    distinct, place = np.unique(seen.days(name)[rows], return_inverse=True)
    written = [write(day, main) for day in distinct]
    after = [written[at] for at in place.tolist()]
    for at in np.flatnonzero(timed).tolist():
        after[at] += _time_of(str(before[at]))
    tally = np.bincount(forms[rows])
    others = sorted(np.flatnonzero(tally).tolist(), key=lambda form: -tally[form])
    listed = ", ".join(f"{tally[form]} × {name_of(form)}" for form in others[:4])
    en, fr, ar = ("", "", "")
    if not sure:
        en, fr, ar = (
            " No cell of their form shows whether the day or the month comes first: the day is taken to.",
            " Aucune cellule de leur forme ne montre qui, du jour ou du mois, vient en premier : on y lit d'abord le jour.",
            " ولا تُظهر أيُّ خلية من صيغتها أيُّهما أولًا، اليوم أم الشهر: وقد قُرئ اليوم أولًا.",
        )
    return Found(
        kind="mixed_dates",
        columns=(name,),
        rows=rows,
        cause=say(
            en="In {name}, {n:date has|dates have} another form ({p:%}; {listed}) than the column's own, {main}." + en,
            fr="Dans {name}, {n:date a|dates ont} une autre forme ({p:%} ; {listed}) que celle de la colonne, {main}." + fr,
            ar="في «{name}» {n:تاريخ واحد|تاريخان|تواريخ|تاريخًا} بصيغة أخرى ({p:%}؛ {listed}) غير صيغة العمود {main}." + ar,
            n=len(rows),
            p=len(rows) / seen.records,
            name=name,
            listed=listed,
            main=name_of(main),
        ),
        confidence=0.99 if sure else 0.7,
        measures=("Con-ML-3", "Acc-ML-1"),
        repair=Repair(
            "convert",
            say(
                en="Write them as {main}: “{example}” becomes “{mended}”.",
                fr="Les écrire sous la forme {main} : « {example} » devient « {mended} ».",
                ar="كتابتها بصيغة {main}: «{example}» تصبح «{mended}».",
                main=name_of(main) if main % MONTH_FIRST in (*dates.YEAR_FIRST, *dates.YEAR_LAST, dates.COMPACT) else FORMS[ISO],
                example=str(before[0]).strip(),
                mended=after[0],
            ),
            {name: pa.array(after, pa.string())},
        ),
    )


def _time_of(text: str) -> str:
    found = dates.TIME.search(text.strip())
    return " " + found.group().strip("T, ") if found else ""
