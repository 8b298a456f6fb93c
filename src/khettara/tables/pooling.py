"""Findings of a table that is too large for memory: each part is examined on its own, and what was found is put together.

    part 1: 502 cells of age are out of range     part 2: 488 cells     ->  990 cells, with the rows that they have in the table

A part has blocks of rows from all over the table, so that each is like the whole. What only the whole can tell is asked of the whole:
rows that are equal in all cells are looked for across parts. Records typed again with slips are found where both lie in one part.
"""

from __future__ import annotations

import ctypes
import gc
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa

from khettara.tables.columns import ColumnType
from khettara.tables.examination import Examination, Found, Repair, Words
from khettara.tables.facts import add_facts, column_facts, estimate, sketch
from khettara.tables.phrases import say
from khettara.tables.shelf import Shelf
from khettara.tables.table import Array, Table

Look = Callable[[Table, Mapping[str, ColumnType], Any], Examination]
_OF_THE_COLUMN = frozenset({"constant_column", "copied_column"})
"""True of the table only if true of each of its parts."""
_ACROSS = "exact_duplicate"
_Told = tuple[Mapping[str, ColumnType], list[Found], list[dict[str, Any]], list[dict[str, Any]]]


def examine_parts(table: Table, look: Look, watch: Any) -> _Told:
    """Types, findings, facts of columns and notes of a table in parts. Types are told from the first part."""
    from khettara.tables.detectors.duplicates import RowSums, equal_rows, row_sums
    from khettara.tables.types import type_columns

    types: Mapping[str, ColumnType] = {}
    pool: dict[tuple[Any, ...], list[tuple[int, Found]]] = defaultdict(list)
    finders: dict[tuple[Any, ...], int] = {}
    shelf = Shelf()
    facts = []
    sketches: dict[str, Array] = {}
    sums: RowSums | None = None
    whole, rest = np.zeros(table.records, np.uint64), np.zeros(table.records, np.uint64)
    count = largest = 0
    for number, (part, rows) in enumerate(table.parts()):
        types = types or type_columns(part)
        seen = look(part, types, _watch_part(watch, number))
        facts.append(column_facts(seen))
        for column in part.columns:
            sketches[column.name] = sketch(column, sketches.get(column.name))
        sums = row_sums(part, sums)
        whole[rows], rest[rows] = sums.whole, sums.rest
        for finder, (key, one) in zip(seen.finders, _keyed(seen.found), strict=True):
            if one.kind != _ACROSS:
                pool[key].append((number, _in_table(one, rows, shelf)))
                finders[key] = finder
        count, largest = number + 1, max(largest, part.records)
        del seen, part
        give_back()
    copies = equal_rows(whole, rest, sums.bits) if sums is not None else None
    del whole, rest
    distincts = {name: estimate(hashes) for name, hashes in sketches.items()}
    in_order = [pool[key] for key in sorted(pool, key=finders.__getitem__)]
    pooled = [_pooled([one for _, one in parts], table.records, largest, shelf) for parts in in_order if _holds(parts, count)]
    return types, [*pooled, *([copies] if copies is not None else [])], add_facts(facts, distincts), [_note(table.records, count, largest)]


def give_back() -> None:
    """Give memory that is not used any more back to the system: allocators keep it, and parts would add up."""
    gc.collect()
    pa.default_memory_pool().release_unused()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # glibc's
    if trim is not None:
        trim(0)


def _watch_part(watch: Any, number: int) -> Any:
    return None if watch is None else (lambda what, done, of: watch(f"{what} (part {number + 1})", done, of))


def _keyed(found: Sequence[Found]) -> Iterator[tuple[tuple[Any, ...], Found]]:
    """Each finding with what makes it the same in another part: kind, columns, repair; and where a part has several such, its words."""
    keys = [(one.kind, one.columns, one.repair.action if one.repair is not None else None) for one in found]
    for key, one in zip(keys, found, strict=True):
        yield (*key, re.sub(r"[\d.,%\s]+", "#", one.cause["en"]) if keys.count(key) > 1 else ""), one


def _in_table(found: Found, rows: Array, shelf: Shelf) -> Found:
    """A finding of a part, with its rows counted in the table. `rows` ascend, so the finding's do too."""
    repair = found.repair
    if repair is not None:
        winners = None if repair.winners is None else shelf.rows(rows[repair.winners].astype(np.uint32))
        repair = replace(repair, winners=winners, values={name: shelf.texts(values) for name, values in repair.values.items()})
    return replace(found, rows=shelf.rows(rows[found.rows].astype(np.uint32)), repair=repair)


def _holds(parts: Sequence[tuple[int, Found]], count: int) -> bool:
    return parts[0][1].kind not in _OF_THE_COLUMN or len({number for number, _ in parts}) == count


def _pooled(parts: Sequence[Found], records: int, largest: int, shelf: Shelf) -> Found:
    """One finding from those of the parts. It has the words of the part where it weighs most, after the count in the whole table."""
    if len(parts) == 1 and not len(parts[0].rows):
        return parts[0]
    rows = np.concatenate([one.rows for one in parts])
    order = np.argsort(rows, kind="stable")
    most = max(parts, key=lambda one: len(one.rows))
    cells = None if most.cells is None else sum(one.cells if one.cells is not None else len(one.rows) * len(one.columns) for one in parts)
    weights = np.array([max(1, len(one.rows)) for one in parts], float)
    confidence = float(np.average([one.confidence for one in parts], weights=weights))
    repair = _pooled_repair([one.repair for one in parts if one.repair is not None], order, shelf)
    cause = _in_all(most.cause, len(rows), records, largest)
    return replace(most, rows=shelf.rows(rows[order]), cause=cause, confidence=round(confidence, 3), repair=repair, cells=cells)


def _pooled_repair(repairs: Sequence[Repair], order: Array, shelf: Shelf) -> Repair | None:
    if not repairs:
        return None
    names = list(repairs[0].values)
    values = {name: shelf.texts(pa.concat_arrays([one.values[name] for one in repairs]).take(pa.array(order))) for name in names}
    winners = None if repairs[0].winners is None else np.concatenate([np.asarray(one.winners) for one in repairs])[order]
    return replace(repairs[0], values=values, winners=winners)


def _in_all(cause: Words, rows: int, records: int, largest: int) -> Words:
    told = say(
        en="{rows:row|rows} of {records} in all; in one part of {largest}: ",
        fr="{rows:ligne|lignes} sur {records} en tout ; dans une partie de {largest} : ",
        ar="{rows:سطر واحد|سطران|سطور|سطرًا} من {records} في المجموع؛ وفي جزء من {largest}: ",
        rows=rows,
        records=records,
        largest=largest,
    )
    return {language: told[language] + cause[language] for language in cause}


def _note(records: int, parts: int, largest: int) -> dict[str, Any]:
    words = say(
        en="{records} rows were examined in {parts} parts of at most {largest} rows, each from all over the table; records typed again with"
        " slips are found only where both lie in one part, and distinct values are estimated where there are many",
        fr="{records} lignes ont été examinées en {parts} parties d'au plus {largest} lignes, prises dans toute la table ; les enregistrements"
        " saisis deux fois avec des fautes ne sont trouvés que dans une même partie, et les valeurs distinctes sont estimées si elles sont"
        " nombreuses",
        ar="فُحص {records} من الصفوف في {parts} من الأجزاء، في كل منها {largest} صف على الأكثر من كل أنحاء الجدول؛ والسجلات التي أعيد إدخالها"
        " بأخطاء لا يُعثر عليها إلا داخل الجزء نفسه، ويُقدَّر عدد القيم المختلفة إذا كثرت",
        records=records,
        parts=parts,
        largest=largest,
    )
    return {"kind": "parts", "count": parts, "words": words}
