"""Fields: what of a record is compared, each as one number a row that equal values share, and how much it says that two rows agree.

CIN             AB123456, "ab 123456"         ->  the same key    16.6 bits: nobody else has it
Nom et prénom   "Mohamed Alaoui", محمد العلوي  ->  the same key    12.1 bits
Sexe            F                             ->                   1.0 bit
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal
from weakref import WeakKeyDictionary

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from khettara.tables.examination import Examination
from khettara.tables.names import are_names, name_keys
from khettara.tables.table import Array, Column

How = Literal["name", "day", "number", "text", "code", "category"]
MOST = 60
"""Fields that are compared: a record that sixty columns do not tell from another is not told by the next."""
SAMPLE = 30_000
"""Rows by which frequencies are judged: enough for what one in a thousand has."""
_LOOK = 400
_NUMBERED = re.compile(r"(.{0,12}?)\d{1,15}")
_HEADS = 12
"""What may stand before running numbers: nothing, letters, a year."""
_COPY = 0.9
_SERIAL_SPREAD = 1.6
"""Running numbers fill their range: 100,000 of them lie within 160,000."""


@dataclass(frozen=True)
class Field:
    """One column as it is compared. `keys`: equal for equal values, 0 where there is nothing. `identity`: says who or what the record is about.

    `counted`: a number that an office gives in sequence, so that who is entered twice has two.
    `bits`: how surprising it is that two rows agree, log2 of one in how many pairs.
    """

    name: str
    how: How
    keys: Array
    identity: bool
    bits: float
    texts: Callable[[Array], list[str]]
    counted: bool = False


def record_fields(seen: Examination, names: Iterable[str] | None = None) -> list[Field]:
    """The columns that tell records apart: no running numbers, no column that is empty or always the same, no copy of another.

    Of very many the `MOST` most telling ones, those that say who or what a record is about first.
    """
    told: list[Field] = []
    for column in seen.table.columns:
        if (names is not None and column.name not in names) or seen.types[column.name].kind == "empty":
            continue
        counted = numbering(column)
        if counted == "records":
            continue
        how = _how(seen, column)
        keys = _keys(seen, column, how)
        bits = surprise(keys)
        if bits > 0.05:
            identity = _is_identity(seen, column, how, bits)
            told.append(Field(column.name, how, keys, identity, bits, _texts(seen, column, how), counted == "entries"))
    fields: list[Field] = []
    for field in _most_telling(told):
        if not any(_same(field.keys, other.keys) for other in fields):
            fields.append(field)
    return fields


def _most_telling(fields: list[Field]) -> list[Field]:
    """At most `MOST`, in the order that they had: what comparing them costs grows with the square of their number."""
    places = sorted(range(len(fields)), key=lambda place: (-fields[place].identity, -fields[place].bits))[:MOST]
    return [fields[place] for place in sorted(places)]


def _same(keys: Array, other: Array) -> bool:
    """Whether a column is another's copy, a few cells aside: what speaks against a pair must not be said twice."""
    rows = spread_sample(len(keys))
    return bool(np.mean(keys[rows] == other[rows]) > _COPY)


def numbering(column: Column) -> Literal["", "records", "entries"]:
    """Whether the column only counts: whole numbers without large gaps, with or without letters or a year before them.

    Each once, it numbers the records; some several times, it numbers entries (patients, accounts) that several records may have.
    """
    if column not in _numbering:
        _numbering[column] = _numbers_what(column)
    return _numbering[column]


_numbering: WeakKeyDictionary[Column, Literal["", "records", "entries"]] = WeakKeyDictionary()


def _numbers_what(column: Column) -> Literal["", "records", "entries"]:
    look = column.at(np.unique(np.linspace(0, column.records - 1, min(column.records, _LOOK)).astype(np.int64))) if column.records else []
    heads = set()
    for cell in look:
        found = _NUMBERED.fullmatch((cell or "").strip())
        heads.add(found.group(1) if found else None)
        if found is None or len(heads) > _HEADS:
            return ""
    if len(look) < 2:
        return ""
    numbers = np.sort(np.concatenate([_tails(piece) for piece in column.pieces()]))
    once = 1 + np.count_nonzero(np.diff(numbers))
    low, high = np.quantile(numbers, [0.05, 0.95])  # one in twenty may have got its number later, or elsewhere
    if once < 0.5 * len(numbers) or high - low > _SERIAL_SPREAD * once:
        return ""
    return "records" if once >= 0.95 * len(numbers) else "entries"


def _tails(cells: pa.StringArray) -> Array:
    """The number that each cell ends with, -1 where there is none."""
    tails = pc.extract_regex(pc.fill_null(cells, ""), r"(?P<tail>\d{1,15})\s*$").field("tail")
    tails = pc.if_else(pc.equal(pc.fill_null(tails, ""), ""), "-1", tails)
    numbers: Array = tails.cast(pa.int64()).to_numpy()
    return numbers


def _how(seen: Examination, column: Column) -> How:
    kind = seen.types[column.name].kind
    if kind == "date":
        return "day"
    if kind == "number":
        return "number"
    if kind == "identifier":
        return "code"
    look = [cell for cell in column.at(np.arange(0, seen.records, max(1, seen.records // _LOOK))) if cell and cell.strip()]
    if (seen.types[column.name].semantic or "").endswith("name") or (seen.types[column.name].semantic is None and are_names(look)):
        return "name"
    return "category" if kind == "category" else "text"


_WHO_OR_WHAT = "cin ice if cnss rib iban phone email passport ppr massar patente address birth_date"
_IDENTITIES = frozenset(_WHO_OR_WHAT.split())


def _is_identity(seen: Examination, column: Column, how: How, bits: float) -> bool:
    semantic = seen.types[column.name].semantic or ""
    if semantic in _IDENTITIES or how == "name":
        return True
    return how in ("code", "text") and bool(bits >= 0.6 * np.log2(max(seen.records, 2)))


def _keys(seen: Examination, column: Column, how: How) -> Array:
    if how == "day":
        days = seen.days(column.name)
        return mixed(np.where(np.isnat(days), 0, days.astype(np.int64) + (1 << 40)).astype(np.uint64))
    if how == "number":
        numbers = seen.numbers(column.name)
        whole = np.round(np.where(np.isfinite(numbers), numbers, 0) * 1e6).astype(np.int64).astype(np.uint64) + np.uint64(1)
        keys = mixed(whole)
        keys[~np.isfinite(numbers)] = 0
        return keys
    read = {"name": name_keys, "code": _code_keys}.get(how, text_keys)
    keys = np.array(column.map(read))
    changed = seen.amended(column.name)
    if changed:
        keys[np.fromiter(changed.keys(), np.int64, len(changed))] = read(pa.array(list(changed.values()), pa.string()))
    return keys


def mixed(numbers: Array) -> Array:
    """Numbers spread over 64 bits, 0 to 0 (splitmix64's last stage), so that sums and exclusive-ors of keys stay apart."""
    value = numbers.astype(np.uint64)
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return value ^ (value >> np.uint64(31))


def text_keys(cells: pa.StringArray) -> Array:
    """A number for each text, the same whatever its case and the blanks around it; 0 for nothing."""
    return text_hashes(pc.utf8_lower(pc.utf8_trim_whitespace(cells)))


def _code_keys(cells: pa.StringArray) -> Array:
    return text_hashes(pc.utf8_lower(pc.replace_substring_regex(cells, r"[^\p{L}\p{N}@]+", "")))


def text_hashes(cells: pa.StringArray) -> Array:
    """A number for each text as it is, 0 for nothing."""
    from khettara.kernels import text_of
    from khettara.kernels.hashing import text_hashes

    text = text_of(cells)
    keys: Array = text_hashes(text)
    keys[text.offsets[1:] == text.offsets[:-1]] = 0
    return keys


def _texts(seen: Examination, column: Column, how: How) -> Callable[[Array], list[str]]:
    def texts(rows: Array) -> list[str]:
        if how == "day":
            return np.datetime_as_string(seen.days(column.name)[rows]).tolist()  # type: ignore[no-any-return]
        changed = seen.amended(column.name)
        cells = column.at(rows)
        return [changed.get(row, cell) or "" for row, cell in zip(rows.tolist(), cells, strict=True)]

    return texts


@lru_cache(4)
def spread_sample(records: int) -> Array:
    """Rows from all over the table, always the same."""
    return (np.arange(min(records, SAMPLE)) * max(1.0, records / SAMPLE)).astype(np.int64)


def surprise(keys: Array) -> float:
    """How many bits it says that two rows have the same key: log2 of one in so many pairs, at most one in so many rows squared."""
    held = keys[spread_sample(len(keys))]
    held = np.sort(held[held != 0])
    if len(held) < 2:
        return 0.0
    counts = np.diff(np.flatnonzero(np.concatenate(([True], held[1:] != held[:-1], [True]))))
    pairs = len(held) * (len(held) - 1) / 2
    shared = max((counts * (counts - 1) / 2).sum(), 0.5)
    return float(min(np.log2(pairs / shared), np.log2(max(len(keys), 2)) + 1))
