"""What is seen of each row of a table: which cells are empty, its numbers and dates, and the groups it belongs to.

{"CIN": "AB123456", "âge": "34", "région": "Oriental", "sexe": null}  ->  empty.sexe yes, number.âge 34.0, région "Oriental"
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from khettara.certify.measures import texts
from khettara.certify.measures.columns import QUASI, Roles
from khettara.certify.measures.facts import Look, Word

_FEW = 64
"""Columns of numbers and of dates that are looked at, the first of each: measures of spread need no more."""


def looks_of(roles: Roles) -> tuple[Look, ...]:
    """What to see in the rows of a table with these columns."""
    names = tuple(column.name for column in roles.columns)
    numbers = tuple(column.name for column in roles.of_kind("number") if column.name != roles.label)[:_FEW]
    dates = tuple(column.name for column in roles.of_kind("date"))[:_FEW]
    known = [each for each in texts.LOOKS if each.name in ("has_origin", "licence_known", "licence_open")]
    return (
        Look("empty", names, lambda batch: {name: empty(batch[name]) for name in names}),
        Look("number", numbers, lambda batch: {name: numbers_of(batch[name]) for name in numbers}),
        Look("date", dates, lambda batch: {name: days_of(batch[name]) for name in dates}),
        *known,
    )


def words_of(roles: Roles) -> tuple[Word, ...]:
    """What rows are grouped by: the label, the groups, what points at a person together."""
    names = [*({roles.label} - {None}), *roles.groups, *(column.name for column in roles.meaning(QUASI))]
    return tuple(Word(f"word:{name}", str(name), _text) for name in dict.fromkeys(names))


def _text(column: pa.Array) -> pa.Array:
    return column.cast(pa.string()) if not pa.types.is_string(column.type) else column


def empty(column: pa.Array) -> pa.Array:
    """Cells with nothing in them: null, or only blanks."""
    if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
        return column.is_null()
    return pc.fill_null(pc.invert(pc.match_substring_regex(column, r"[^\s\p{Z}\p{Cf}]")), True)


def numbers_of(column: pa.Array) -> pa.Array:
    """The column as float64, NaN where a cell is no number; a decimal comma and blanks between thousands are read."""
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        plain = pc.replace_substring(pc.replace_substring_regex(column, r"[\s\p{Z}]", ""), ",", ".")
        fits = pc.match_substring_regex(plain, r"^[+-]?[0-9]+(\.[0-9]+)?$")
        column = pc.if_else(fits, plain, pa.scalar(None, plain.type))
    return pc.fill_null(column.cast(pa.float64()), float("nan"))


_SHAPES: Mapping[str, str] = {"%Y-%m-%d": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}", "%d/%m/%Y": r"^[0-9]{2}/[0-9]{2}/[0-9]{4}"}


def days_of(column: pa.Array) -> pa.Array:
    """The column as days; null where a cell is no date written as 1990-03-12 or 12/03/1990."""
    if pa.types.is_temporal(column.type):
        return column.cast(pa.timestamp("us", tz=getattr(column.type, "tz", None))).cast(pa.date32(), safe=False)
    days = pa.nulls(len(column), pa.date32())
    for form, shape in _SHAPES.items():
        first = pc.utf8_slice_codeunits(column.cast(pa.string()), 0, 10)
        read = pc.strptime(
            pc.if_else(pc.match_substring_regex(first, f"{shape}$"), first, pa.scalar(None, pa.string())), form, "s", error_is_null=True
        )
        days = pc.coalesce(days, read.cast(pa.date32()))
    return days


def effective(eigenvalues: np.ndarray[tuple[int], np.dtype[np.float64]]) -> float:
    """How many directions the variance lies in: 1 where one has it all, as many as there are where all have as much (participation ratio)."""
    total = float(eigenvalues.sum())
    return total**2 / float((eigenvalues**2).sum()) if total > 0 else 0.0
