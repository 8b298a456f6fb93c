"""Rows that stand among the records and are none: totals, blank rows, the header once more on each printed page.

Ain Zerqa,1 204
Oulad Brahim,986
TOTAL,2 190      ->  set aside: a total
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from khettara.tables.headers import Header
from khettara.tables.table import Array, Aside

_TOTAL = (
    r"(?i)^[\s\p{Cf}]*(sous[- ]?total|sub[- ]?total|grand total|total|totaux|somme|ensemble|المجموع|المجموع العام|الإجمالي|الاجمالي|مجموع)"
    r"([\s:]+(g[eé]n[eé]ral|partiel|de .{1,40}|du .{1,40}|of .{1,40}|ال.{1,40}|.{1,40}))?[\s:.\p{Cf}]*$"
)
_NUMBER = r"^[\s\p{Z}\p{Cf}]*[-+(]?[0-9٠-٩][0-9٠-٩\s\p{Z}.,٫٬%)]*(dh|mad|درهم)?[\s\p{Z}\p{Cf}]*$"
_BLANK = r"^[\s\p{Z}\p{Cf}]*$"
_MOST = 20_000  # more such rows are records: a table may well hold totals as its subject
_IN_A_ROW = 3  # totals that follow one another: of a group, of the page, of all; four are a category called so


class Watch:
    """Looks at the rows as they pass, and says at the end which of them are no records."""

    def __init__(self, header: Header, width: int) -> None:
        self._titles = [tuple(row) for row in header.lines]
        self._width = width
        self._above = header.rows
        self._seen = 0
        self._found: dict[int, Aside] = {}

    def see(self, batch: pa.RecordBatch) -> None:
        """The next rows."""
        for place, reason in self._among(batch):
            cells = [column[place].as_py() or "" for column in batch.columns]
            self._found[self._seen + place] = Aside(self._above + self._seen + place + 1, "\t".join(cells), reason)
        self._seen += batch.num_rows

    def _among(self, batch: pa.RecordBatch) -> list[tuple[int, str]]:
        if len(self._found) > _MOST:
            return []
        found: list[tuple[int, str]] = []
        first = batch.column(0)
        blank = pc.fill_null(pc.match_substring_regex(first, _BLANK), True)
        for row in np.flatnonzero(_all_blank(batch, blank)).tolist():
            found.append((row, "empty"))
        for titles in self._titles:
            same = pc.fill_null(pc.equal(first, titles[0]), False) if titles[0] else None
            for row in np.flatnonzero(same.to_numpy(zero_copy_only=False)).tolist() if same is not None else ():
                if sum(1 for cell in titles if cell) > 1 and all(_text(batch, n, row) == cell for n, cell in enumerate(titles)):
                    found.append((row, "repeated_header"))
        if self._width > 1:
            second = batch.column(1)
            total = pc.or_(
                pc.fill_null(pc.match_substring_regex(first, _TOTAL), False),
                pc.and_(blank, pc.fill_null(pc.match_substring_regex(second, _TOTAL), False)),
            )
            for row in np.flatnonzero(total.to_numpy(zero_copy_only=False)).tolist():
                if self._sums(batch, row):
                    found.append((row, "total"))
        return found

    def _sums(self, batch: pa.RecordBatch, row: int) -> bool:
        """Whether nothing but numbers stands beside the word."""
        cells = [_text(batch, n, row) for n in range(self._width)]
        rest = [cell for cell in cells[1 if cells[0] else 2 :] if cell]
        return bool(rest) and bool(pc.all(pc.match_substring_regex(pa.array(rest), _NUMBER)).as_py())

    def decide(self) -> tuple[list[int], list[Aside]]:
        """The rows that are no records, ascending, and what stands in them."""
        kept = dict(self._found)
        totals = [row for row, aside in sorted(kept.items()) if aside.reason == "total"]
        longest = _longest_run(totals)
        if longest > _IN_A_ROW or len(totals) > self._seen / 3:
            kept = {row: aside for row, aside in kept.items() if aside.reason != "total"}
        if len(kept) > _MOST:
            kept = {}
        return sorted(kept), [kept[row] for row in sorted(kept)]


def _text(batch: pa.RecordBatch, column: int, row: int) -> str:
    return (batch.column(column)[row].as_py() or "").strip()


def _all_blank(batch: pa.RecordBatch, first: pa.BooleanArray) -> Array:
    mask: Array = first.to_numpy(zero_copy_only=False).copy()
    for column in batch.columns[1:]:
        rows = np.flatnonzero(mask)
        if not len(rows):
            break
        mask[rows] = pc.fill_null(pc.match_substring_regex(column.take(pa.array(rows)), _BLANK), True).to_numpy(zero_copy_only=False)
    return mask


def _longest_run(rows: Sequence[int]) -> int:
    longest = run = 0
    before = -2
    for row in rows:
        run = run + 1 if row == before + 1 else 1
        longest, before = max(longest, run), row
    return longest
