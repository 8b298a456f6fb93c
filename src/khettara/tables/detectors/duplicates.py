"""Records that are there twice: letter by letter, or typed twice with other slips, other scripts, other telephones.

    row 17   D0018  AB123456  Mohamed El Alaoui  1990-03-12  Casablanca
    row 902  D0903  AB123456  محمد العلوي         12/03/1990                ->  near_duplicate; row 17 stays

A number that only counts the rows does not make two records of one. Rows of a table that names nobody (prices, weather) are readings:
alike is not the same, unless they are equal in all cells more often than chance makes them.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from khettara.tables.examination import Examination, Found, Repair
from khettara.tables.linkage import Links, link_records, record_fields
from khettara.tables.linkage.fields import mixed, numbering, surprise, text_hashes
from khettara.tables.phrases import say
from khettara.tables.table import Array, Table

MOST_RECORDS = 2_000_000
"""Beyond, records typed twice are not looked for: what is compared is held in memory, 160 bytes a record of twenty columns."""
_BEYOND_CHANCE = 4
MEASURE = "Con-ML-1"


def find_duplicates(seen: Examination) -> Iterator[Found]:
    """Records equal to an earlier one in all cells, then those that are an earlier one typed again; the repair leaves the earlier."""
    exact = exact_duplicates(seen.table)
    rows = exact.rows if exact is not None else np.zeros(0, np.int64)
    if exact is not None:
        yield exact
    if seen.records <= MOST_RECORDS:
        links = link_records(record_fields(seen), seen.records)
        first = links.clusters(seen.records)
        again = np.flatnonzero(first != np.arange(seen.records))
        again = again[~np.isin(again, rows)]
        if len(again):
            yield _near(again, first[again], links)


def exact_duplicates(table: Table) -> Found | None:
    """Records equal to an earlier one in all cells, wherever the table lies."""
    rows, winners, by_chance = repeated_records(table)
    return _exact(rows, winners, 1 - by_chance / len(rows)) if len(rows) else None


def repeated_records(table: Table) -> tuple[Array, Array, float]:
    """The rows equal to an earlier one in all cells, blanks around them aside, for each the earliest, and how many of them chance would make.

    There are none where chance makes as many.

    It is counted on the table itself: of the pairs that agree in all but the most telling column, so many agree there too.
    """
    sums, telling, bits = np.zeros(table.records, np.uint64), np.zeros(table.records, np.uint64), 0.0
    for column in table.columns:
        if numbering(column) == "records":
            continue
        keys = column.map(_exact_keys)
        own = surprise(keys)
        keys = mixed(keys + np.uint64(column.position + 1))
        sums += keys
        if own > bits:
            telling, bits = keys, own
    rows, winners = _repeats(sums)
    by_chance = max(0.0, _pairs(sums - telling) - len(rows)) * 2.0**-bits
    enough = bits > 0 and len(rows) > _BEYOND_CHANCE * by_chance
    return (rows, winners, by_chance) if enough else (rows[:0], winners[:0], by_chance)


def _exact_keys(cells: pa.StringArray) -> Array:
    return text_hashes(pc.utf8_trim_whitespace(cells))


def _repeats(sums: Array) -> tuple[Array, Array]:
    order = np.argsort(sums, kind="stable")
    ordered = sums[order]
    repeat = np.concatenate(([False], ordered[1:] == ordered[:-1])) if len(sums) else np.zeros(0, bool)
    begins = np.maximum.accumulate(np.where(repeat, 0, np.arange(len(sums))))
    rows, winners = order[repeat], order[begins[repeat]]
    ascending = np.argsort(rows)
    return rows[ascending], winners[ascending]


def _pairs(sums: Array) -> float:
    ordered = np.sort(sums)
    ends = np.flatnonzero(np.concatenate((ordered[1:] != ordered[:-1], [True])))
    counts = np.diff(np.concatenate(([-1], ends))).astype(np.float64)
    return float((counts * (counts - 1) / 2).sum())


def _exact(rows: Array, winners: Array, confidence: float) -> Found:
    return Found(
        kind="exact_duplicate",
        columns=(),
        rows=rows,
        cause=say(
            en="{n:record is|records are} the same as an earlier one in every cell, row numbers aside",
            fr="{n:enregistrement est identique|enregistrements sont identiques} à un précédent dans toutes les cellules, hors numéro d'ordre",
            ar="{n:سجل واحد مطابق|سجلان مطابقان|سجلات مطابقة|سجلًا مطابقًا} لسجل سابق في كل الخلايا، ما عدا رقم الترتيب",
            n=len(rows),
        ),
        confidence=round(confidence, 3),
        measures=(MEASURE,),
        repair=Repair("drop", _remedy(), drop=True, winners=winners),
        cells=len(rows),
        explains=False,
    )


def _near(rows: Array, winners: Array, links: Links) -> Found:
    low, high = int(winners[0]), int(rows[0])
    return Found(
        kind="near_duplicate",
        columns=(),
        rows=rows,
        cause=say(
            en="{n:record is|records are} an earlier one typed again, with slips, other spellings or missing cells (rows {high} and {low})",
            fr="{n:enregistrement répète|enregistrements répètent} un précédent, avec des fautes, d'autres graphies ou des cellules vides"
            " (lignes {high} et {low})",
            ar="{n:سجل واحد|سجلان|سجلات|سجلًا} أعيد فيها إدخال سجل سابق بأخطاء أو برسم آخر أو بخلايا ناقصة (الصفان {high} و{low})",
            n=len(rows),
            high=high,
            low=low,
        ),
        confidence=round(float(np.mean(links.likelihood())), 3),
        measures=(MEASURE,),
        repair=Repair("drop", _remedy(), drop=True, winners=winners),
        cells=len(rows),
        explains=False,
    )


def _remedy() -> dict[str, str]:
    return {
        "en": "keep the first of each and set the others aside, with the row that stays beside each",
        "fr": "garder le premier de chaque groupe et mettre les autres de côté, en notant la ligne qui reste",
        "ar": "يُحتفظ بالأول من كل مجموعة وتُنحّى البقية، مع ذكر الصف الباقي بجانب كل منها",
    }
