"""A whole table: clean records, the mistakes of its plan, rows typed or copied twice, and the truth about all of it.

    for chunk in chunks("hospital", rows=100_000, seed=3): chunk.table, chunk.clean, chunk.truth

Chunks of a hundred thousand rows depend on the seed and on their number alone, so that a table of any size fits in memory.
The truth has one line a cell (`row` counts the table's records from 0) and, for rows that stand there twice, one a row.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np
import polars as pl
from benchmarks.planted_tables import civil, hospital, market
from benchmarks.planted_tables import mistakes as m
from benchmarks.planted_tables.clerks import guilty, scattered
from benchmarks.planted_tables.plan import Draw, Plan
from benchmarks.planted_tables.sheet import Array, Field, Records, Sheet, chosen, joined, number_texts, padded
from benchmarks.planted_tables.style import Style

DOMAINS: dict[str, ModuleType] = {"civil": civil, "hospital": hospital, "market": market}
CHUNK = 100_000
TRUTH = {"row": pl.Int64, "column": pl.String, "class": pl.String, "clean": pl.String, "planted": pl.String, "partner": pl.Int64}
LATER = 2_500.0
"""How many records later, on average, a second entry of the same stands."""


@dataclass(frozen=True)
class Chunk:
    """Some rows of the table, the same without a defect, the truth about them, and the probability of each row's right label."""

    table: pl.DataFrame
    clean: pl.DataFrame
    truth: pl.DataFrame
    drifted: int
    flipped: Array
    surprise: Array


@dataclass(frozen=True)
class Table:
    """What a seed makes of a domain; `headers` names the columns of the table by key, in their order."""

    domain: str
    rows: int
    seed: int
    plan: Plan
    headers: dict[str, str]

    @classmethod
    def of(cls, domain: str, rows: int, seed: int) -> Table:
        """Draw style and plan."""
        fields: tuple[Field, ...] = DOMAINS[domain].FIELDS
        chance = np.random.default_rng([seed, sorted(DOMAINS).index(domain)])
        style = Style.draw(chance)
        plan = Draw(domain, fields, chance, style).plan()
        order = [fields[i] for i in chance.permutation(len(fields))] if style.shuffled else fields
        return cls(domain, rows, seed, plan, {f.key: style.header(f) for f in order})

    def chunks(self) -> Iterator[Chunk]:
        """The table from the first row to the last."""
        for first in range(0, self.rows, CHUNK):
            yield self._chunk(first, min(CHUNK, self.rows - first))

    def _chunk(self, first: int, n: int) -> Chunk:
        plan, number = self.plan, first // CHUNK
        chance = np.random.default_rng([self.seed, sorted(DOMAINS).index(self.domain), number, 1])
        exact, near = (min(int(chance.poisson(share * n)), n // 5) for share in (plan.exact, plan.near))
        own = n - exact - near
        records = DOMAINS[self.domain].make(
            np.random.default_rng([self.seed, sorted(DOMAINS).index(self.domain), number, 2]), first, own, self.rows, plan.style
        )
        clean = self._frame(records.texts)
        origin = np.sort(chance.choice(own, near, replace=False)) if near else np.zeros(0, np.int64)
        sheet = Sheet.of(records.followed_by(self._second(records.take(origin), first + own)))
        drifted = self._drift(sheet, chance, first)
        m.retyped(sheet, chance, np.arange(own, own + near), plan.edits, plan.style)
        if not plan.leak.recorded:
            self._leak(sheet, chance)
        when = sheet.records.site, sheet.records.day
        for planting in plan.cells:
            allowed = np.ones(own + near, bool) if planting.allowed is None else planting.allowed(sheet.records)
            allowed &= sheet.free(*planting.columns)
            who = scattered(chance, planting.share, allowed) if planting.scattered else guilty(chance, *when, planting.share, allowed)
            planting.apply(sheet, chance, who)
        if plan.leak.recorded:
            self._leak(sheet, chance)
        return self._gathered(sheet, clean, chance, (own, origin, exact), first, drifted)

    def _second(self, records: Records, first: int) -> Records:
        """Second entries of the same: a number of their own."""
        field = DOMAINS[self.domain].FIELDS[0].key
        numbers = padded(np.arange(first, first + len(records)), 8)
        prefix = {"civil": "2024/", "hospital": "IP", "market": "R"}[self.domain]
        records.texts[field] = (
            joined(prefix, numbers) if self.domain != "civil" else joined(prefix, padded(np.arange(first, first + len(records)), 7))
        )
        return records

    def _drift(self, sheet: Sheet, chance: np.random.Generator, first: int) -> int:
        """An instrument or a habit that changes at one site, from one day on."""
        if self.plan.drift is None:
            return 0
        key, factor, since = self.plan.drift
        records = sheet.records
        start = DOMAINS[self.domain].FIRST_DAY + since * DOMAINS[self.domain].DAYS
        busiest = int(np.argmax(np.bincount(records.site)))
        rows = np.flatnonzero((records.site == busiest) & (records.day >= start))
        records.numbers[key][rows] = records.numbers[key][rows] * factor
        decimals = next(f.decimals for f in DOMAINS[self.domain].FIELDS if f.key == key)
        sheet.base[key][rows] = number_texts(records.numbers[key][rows], decimals, self.plan.style.mark)
        return len(rows)

    def _leak(self, sheet: Sheet, chance: np.random.Generator) -> None:
        """A code whose first letter follows the label."""
        leak = self.plan.leak
        letters = sorted({text[0] for text in sheet.base[leak.column] if text[:1].isalpha()})
        label = self._recorded(sheet) if leak.recorded else sheet.records.numbers["label"]
        rows = np.flatnonzero((chance.random(len(sheet.records)) < leak.share) & sheet.free(leak.column) & (label >= 0))
        first = chosen(letters, label[rows] % len(letters))
        sheet.base[leak.column][rows] = [letter + text[1:] for letter, text in zip(first, sheet.base[leak.column][rows], strict=True)]

    def _recorded(self, sheet: Sheet) -> Array:
        """The class that stands in each row, -1 where none does."""
        key = next(f.key for f in DOMAINS[self.domain].FIELDS if f.meaning == "label")
        same = sheet.base[key][:, None] == np.asarray(sheet.records.classes, dtype=object)[None, :]
        return np.where(same.any(axis=1), np.argmax(same, axis=1), -1)

    def _surprise(self, sheet: Sheet) -> Array:
        """How unlikely each label is, given all that the table tells of it: what it depends on, and the code that betrays it."""
        likely, leak, given = sheet.records.likely, self.plan.leak, self._recorded(sheet)
        if not leak.recorded:
            first = np.asarray([text[:1] for text in sheet.base[leak.column]], dtype=object)
            letters = sorted({letter for letter in first if letter.isalpha()})
            by_chance = (1 - leak.share) / len(letters)
            betrayed = [np.where(first == letters[i], leak.share + by_chance, by_chance) for i in range(likely.shape[1])]
            likely = likely * np.where(sheet.taken[leak.column][:, None], 1.0, np.stack(betrayed, axis=1))
            likely /= likely.sum(axis=1, keepdims=True)
        surprise: Array = np.where(given < 0, 1.0, 1 - likely[np.arange(len(given)), np.maximum(given, 0)])
        return surprise

    def _gathered(
        self, sheet: Sheet, clean: pl.DataFrame, chance: np.random.Generator, made: tuple[int, Array, int], first: int, drifted: int
    ) -> Chunk:
        """Everything in the order of the table, with exact copies in between."""
        own, origin, exact = made
        n = own + len(origin)
        copied = np.sort(chance.choice(n, exact, replace=False)) if exact else np.zeros(0, np.int64)
        at = np.concatenate([np.arange(own), np.minimum(origin + 1 + chance.exponential(LATER, len(origin)), own + 0.5)])
        at = np.concatenate([at, np.minimum(at[copied] + 1 + chance.exponential(LATER, exact), own + 0.5)])
        order = np.argsort(at, kind="stable")
        row = np.empty(len(order), np.int64)
        row[order] = np.arange(len(order)) + first
        source = np.concatenate([np.arange(n), copied])[order]
        table = self._frame({key: values[source] for key, values in sheet.base.items()}, spoilt=True)
        again = np.full(n, -1)
        again[copied] = row[n:]
        pieces = [self._cells(*piece, row, again) for piece in sheet.truth]
        pieces.append(_rows("near_duplicate", row[own:n], row[origin]))
        pieces.append(_rows("exact_duplicate", row[n:], row[copied]))
        truth = pl.concat([piece for piece in pieces if len(piece)] or [pl.DataFrame(schema=TRUTH)]).sort("row", "column", "class")
        flipped = np.zeros(n, bool)
        for name, _, rows, _, _ in sheet.truth:
            if name == "label_error":
                flipped[rows] = True
        return Chunk(table, clean, truth, drifted, flipped[source], self._surprise(sheet)[source])

    def _cells(self, name: str, key: str, rows: Array, old: Array, new: Array, row: Array, again: Array) -> pl.DataFrame:
        """The truth about cells, with those that exact copies repeat."""
        twice = again[rows] >= 0
        at = np.concatenate([row[rows], again[rows][twice]])
        body = {"row": at, "column": [self.headers[key]] * len(at), "class": [name] * len(at)}
        body |= {"clean": [*old, *old[twice]], "planted": [*new, *new[twice]], "partner": [None] * len(at)}
        return pl.DataFrame(body, schema=TRUTH)

    def _frame(self, texts: dict[str, Array], *, spoilt: bool = False) -> pl.DataFrame:
        frame = pl.DataFrame({self.headers[key]: pl.Series(texts[key], dtype=pl.String) for key in self.headers})
        if spoilt and self.plan.constant:
            name, value = self.plan.constant
            frame = frame.insert_column(9, pl.Series(name, [value] * len(frame), dtype=pl.String))
        if spoilt and self.plan.copied:
            key, name = self.plan.copied
            frame = frame.with_columns(pl.col(self.headers[key]).alias(name))
        return frame

    def described(self, truth: dict[str, int], drifted: int, ceiling: dict[str, float] | None) -> dict[str, Any]:
        """What a judge must know beside the cells: meanings, label, columns planted as a whole, which columns belong together."""
        plan, headers = self.plan, self.headers
        meanings = {headers[f.key]: f.meaning for f in DOMAINS[self.domain].FIELDS}
        whole = {"leakage": [headers[plan.leak.column]]}
        if plan.drift and drifted:
            whole["drift"] = [headers[plan.drift[0]]]
        if plan.constant:
            whole["constant_column"] = [plan.constant[0]]
        if plan.copied:
            whole["copied_column"] = [headers[plan.copied[0]], plan.copied[1]]
        related = {p.name: [headers[key] for key in p.related] for p in plan.cells if p.related}
        planted: dict[str, list[str]] = {}
        for p in plan.cells:
            planted.setdefault(p.name, []).extend(headers[key] for key in p.columns)
        return {
            "domain": self.domain,
            "seed": self.seed,
            "rows": self.rows,
            "separator": plan.style.separator,
            "encoding": plan.style.encoding,
            "meanings": meanings,
            "label": next(name for name, meaning in meanings.items() if meaning == "label"),
            "labels": list(DOMAINS[self.domain].LABELS),
            "columns": planted,
            "whole_columns": whole,
            "related": related,
            "counts": truth,
            "label_ceiling": ceiling,
        }


def _rows(name: str, rows: Array, partners: Array) -> pl.DataFrame:
    body = {
        "row": rows,
        "column": [None] * len(rows),
        "class": [name] * len(rows),
        "clean": [None] * len(rows),
        "planted": [None] * len(rows),
        "partner": partners,
    }
    return pl.DataFrame(body, schema=TRUTH)


def ceiling(flipped: Array, surprise: Array) -> dict[str, float] | None:
    """The best F1 at finding wrong labels of somebody who knows how likely each label is, but not whose mistakes they are, or when made."""
    if not flipped.any():
        return None
    order = np.argsort(-surprise, kind="stable")
    right = np.cumsum(flipped[order])
    f1 = 2 * right / (np.arange(1, len(order) + 1) + int(flipped.sum()))
    best = int(np.argmax(f1))
    return {"f1": float(f1[best]), "precision": float(right[best] / (best + 1)), "recall": float(right[best] / flipped.sum())}
