"""Records that are there twice: letter by letter, or typed twice with other slips, other scripts, other telephones.

    row 17   D0018  AB123456  Mohamed El Alaoui  1990-03-12  Casablanca
    row 902  D0903  AB123456  محمد العلوي         12/03/1990                ->  near_duplicate; row 17 stays

A number that only counts the rows does not make two records of one. Rows of a table that names nobody (prices, weather) are readings:
alike is not the same, unless they are equal in all cells more often than chance makes them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from khettara.tables.examination import Examination, Found, Repair
from khettara.tables.linkage import Links, link_records, record_fields
from khettara.tables.linkage.fields import mixed, numbering, surprise, text_hashes
from khettara.tables.phrases import say
from khettara.tables.table import PIECE, Array, Table

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
    """Records equal to an earlier one in all cells, blanks around them and running numbers aside."""
    sums = row_sums(table)
    return equal_rows(sums.whole, sums.rest, sums.bits)


@dataclass(frozen=True)
class RowSums:
    """Each row as one number: equal rows have equal numbers. `rest`: the same without the most `telling` column, which says `bits`.

    Parts of a table have numbers that compare if they leave out the same columns (`numbering`) and have the same most telling one.
    """

    whole: Array
    rest: Array
    numbering: frozenset[str]
    telling: str
    bits: float


def row_sums(table: Table, like: RowSums | None = None) -> RowSums:
    """Add the cells of each row up, as another part of the table was if that is given."""
    left_out = frozenset(column.name for column in table.columns if numbering(column) == "records") if like is None else like.numbering
    whole, telling, name, bits = np.zeros(table.records, np.uint64), np.zeros(table.records, np.uint64), "", 0.0
    for column in table.columns:
        if column.name in left_out:
            continue
        keys = column.map(_exact_keys)
        own = surprise(keys) if like is None else 0.0
        keys = mixed(keys + np.uint64(column.position + 1))
        whole += keys
        if own > bits or (like is not None and column.name == like.telling):
            telling, name, bits = keys, column.name, own
    return RowSums(whole, whole - telling, left_out, name if like is None else like.telling, bits if like is None else like.bits)


def equal_rows(whole: Array, rest: Array, bits: float) -> Found | None:
    """The rows equal to an earlier one, each with the earliest; none where chance makes as many.

    It is counted on the table itself: of the pairs that agree in all but the most telling column, so many agree there too.
    """
    rows, winners = _repeats(whole)
    by_chance = max(0.0, _pairs(rest) - len(rows)) * 2.0**-bits
    if not (bits > 0 and len(rows) > _BEYOND_CHANCE * by_chance):
        return None
    return _exact(rows, winners, 1 - by_chance / len(rows))


def _exact_keys(cells: pa.StringArray) -> Array:
    return text_hashes(pc.utf8_trim_whitespace(cells))


def _twice(sums: Array) -> tuple[Array, Array]:
    """The numbers that come more than once, ascending, and how often. Nothing else of the size of `sums` is made but one copy."""
    ordered = np.sort(sums)
    again = ordered[1:][ordered[1:] == ordered[:-1]]
    values, counts = np.unique(again, return_counts=True)
    return values, counts + 1


def _repeats(sums: Array) -> tuple[Array, Array]:
    twice, _ = _twice(sums)
    if not len(twice):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    found = [start + np.flatnonzero(_among(twice, sums[start : start + PIECE])) for start in range(0, len(sums), PIECE)]
    alike = np.concatenate(found)
    _, first, which = np.unique(sums[alike], return_index=True, return_inverse=True)
    winners = alike[first][which]
    return alike[alike != winners], winners[alike != winners]


def _among(twice: Array, sums: Array) -> Array:
    found: Array = twice[np.minimum(np.searchsorted(twice, sums), len(twice) - 1)] == sums
    return found


def _pairs(sums: Array) -> float:
    counts = _twice(sums)[1].astype(np.float64)
    return float((counts * (counts - 1) / 2).sum())


def _exact(rows: Array, winners: Array, confidence: float) -> Found:
    return Found(
        kind="exact_duplicate",
        columns=(),
        rows=rows,
        cause=say(
            en="{n:record is|records are} the same as an earlier one in every cell, row numbers aside.",
            fr="{n:enregistrement est identique|enregistrements sont identiques} à un précédent dans toutes les cellules, hors numéro d'ordre.",
            ar="{n:سجل واحد مطابق|سجلان مطابقان|سجلات مطابقة|سجلًا مطابقًا} لسجل سابق في كل الخلايا، ما عدا رقم الترتيب.",
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
            en="{n:record is|records are} an earlier one typed again, with slips, other spellings or missing cells (rows {high} and {low}).",
            fr="{n:enregistrement répète|enregistrements répètent} un précédent, avec des fautes, d'autres graphies ou des cellules vides"
            " (lignes {high} et {low}).",
            ar="{n:سجل واحد|سجلان|سجلات|سجلًا} أعيد فيها إدخال سجل سابق بأخطاء أو بكتابة أخرى أو بخلايا ناقصة (الصفان {high} و{low}).",
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
        "en": "Keep the first of each and set the others aside; each names the row that stays.",
        "fr": "Garder le premier de chaque groupe et mettre les autres de côté, en notant la ligne qui reste.",
        "ar": "الاحتفاظ بالأول من كل مجموعة وتنحية البقية، مع ذكر الصف الباقي بجانب كل منها.",
    }
