"""How each signal is spread over the records of a cleaned dataset, and what stands on either side of each threshold.

    sample = sample_of(Dataset.open("data/demo/clean"))
    histograms(sample, rules)[0]  ->  {"signal": "n_words", "scale": "log", "edges": [-0.5, 0.5, ...], "rows": [{"lang": "ary-Arab", ...}], ...}

Of more than `MOST` records a sample is taken, the same each time. Memory is bounded by it and by one part's columns.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from khettara.clean.measured import DATA, Measured, take_rows
from khettara.clean.thresholds import Threshold, thresholds
from khettara.dataset import Dataset
from khettara.engine.transform import EDITS

Numbers = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

MOST = 200_000
SEED = 2024
MOST_LANGUAGES = 5
BINS = 40
OTHERS = "others"
KEPT = -1
REJECT_ROWS = 1 << 16
"""Rejects looked up in the sample at once: each look-up builds the table of the sample's ids anew."""
_FEW = 1000

_SEEN = re.compile(r"(\w+)=(-?[0-9][0-9.eE+-]*)")


@dataclass(frozen=True)
class Sample:
    """Records of a cleaned dataset with their signals, kept or left out. `reason` is a place in `reasons`, or `KEPT`.

    Where the work folder is gone, `complete` is false: of a record left out only what its rule saw is then known, the rest is not a number.
    """

    of: int
    complete: bool
    files: list[Path]
    file: Codes
    row: Codes
    ids: pa.Array
    langs: list[str]
    lang: Codes
    reasons: list[str]
    reason: Codes
    signals: Mapping[str, Numbers]
    whole: frozenset[str]

    def __len__(self) -> int:
        return len(self.ids)

    def records(self, places: Sequence[int]) -> list[dict[str, Any]]:
        """Text and source of some records, in the order asked for."""
        found: dict[tuple[int, int], dict[str, Any]] = {}
        for number in sorted({int(self.file[place]) for place in places}):
            rows = np.unique([self.row[place] for place in places if self.file[place] == number])
            taken = take_rows(self.files[number], rows, ("text", "source"))
            found |= {(number, int(row)): record for row, record in zip(rows, taken, strict=True)}
        return [found[int(self.file[place]), int(self.row[place])] for place in places]


def sample_of(dataset: Dataset, measured: Measured | None) -> Sample:
    """The sample; from the measured units where they are there, else from what the dataset itself holds."""
    return _from_units(dataset, measured) if measured is not None and measured.units else _from_dataset(dataset)


@dataclass(frozen=True)
class _Drawn:
    """Rows drawn from one file."""

    rows: Codes
    columns: Mapping[str, pa.Array]


def _draw(rng: np.random.Generator, share: float, rows: int) -> Codes:
    return np.arange(rows) if share >= 1 else np.flatnonzero(rng.random(rows) < share)


def _from_units(dataset: Dataset, measured: Measured) -> Sample:
    rng = np.random.default_rng(SEED)
    total = sum(measured.sizes)
    names = _numeric(measured.signals)
    drawn = []
    for number, size in enumerate(measured.sizes):
        rows = _draw(rng, MOST / max(total, 1), size)
        columns = measured.columns(number, {"id", "lang", "script", *names}) if len(rows) else {}
        if len(rows) < size:
            columns = {name: column.take(pa.array(rows)) for name, column in columns.items()}
        drawn.append(_Drawn(rows, columns))
        del columns
        pa.default_memory_pool().release_unused()  # what is drawn lies among what is not, and would hold it: 110 MB on a million records
    files = [unit.path(DATA) for unit in measured.units]
    ids = _joined(drawn, "id")
    reasons: dict[str, int] = {}
    reason = np.full(len(ids), KEPT, np.int64)
    for table in _in_runs(dataset.batches(["id", "rule"], role="rejects", rows=REJECT_ROWS)):
        places = pc.index_in(table["id"], value_set=ids)
        there = pc.is_valid(places)
        for place, rule in zip(np.asarray(places.filter(there)), table["rule"].filter(there).to_pylist(), strict=True):
            reason[place] = reasons.setdefault(rule, len(reasons))
    return _sample(total, True, files, drawn, ids, list(reasons), reason, measured.signals)


def _in_runs(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.Table]:
    """The batches of many small parts, some at a time."""
    held: list[pa.RecordBatch] = []
    for batch in batches:
        held.append(batch)
        if sum(map(len, held)) >= REJECT_ROWS:
            yield pa.Table.from_batches(held)
            held = []
    if held:
        yield pa.Table.from_batches(held)


def _from_dataset(dataset: Dataset) -> Sample:
    rng = np.random.default_rng(SEED)
    rejects, kept = dataset.files("rejects"), dataset.files("data")
    signals = dataset.files("signals")
    schema = pq.read_schema(signals[0]) if signals else pa.schema([])
    names = _numeric(schema)
    total = dataset.rows + sum(pq.read_metadata(file).num_rows for file in rejects)
    drawn: list[_Drawn] = []
    reasons: dict[str, int] = {}
    reason: list[Codes] = [np.zeros(0, np.int64)]
    for number, file in enumerate(kept):
        rows = _draw(rng, MOST / max(total, 1), pq.read_metadata(file).num_rows)
        table = pq.read_table(file, columns=["id", "lang", "script"]).take(pa.array(rows))
        columns = {name: table[name].combine_chunks() for name in table.column_names}
        if signals:
            measured = pq.read_table(signals[number], columns=names).take(pa.array(rows))
            columns |= {name: measured[name].combine_chunks() for name in names}
        drawn.append(_Drawn(rows, columns))
        reason.append(np.full(len(rows), KEPT))
    for file in rejects:
        rows = _draw(rng, MOST / max(total, 1), pq.read_metadata(file).num_rows)
        table = pq.read_table(file, columns=["id", "lang", "script", "rule", "value"]).take(pa.array(rows))
        seen = [dict(_SEEN.findall(value or "")) for value in table["value"].to_pylist()]
        columns = {name: table[name].combine_chunks() for name in ("id", "lang", "script")}
        columns |= {name: pa.array([float(row[name]) if name in row else None for row in seen], pa.float64()) for name in names}
        drawn.append(_Drawn(rows, columns))
        reason.append(np.asarray([reasons.setdefault(rule, len(reasons)) for rule in table["rule"].to_pylist()], np.int64))
    return _sample(total, False, [*kept, *rejects], drawn, _joined(drawn, "id"), list(reasons), np.concatenate(reason), schema)


def _sample(
    of: int, complete: bool, files: list[Path], drawn: Sequence[_Drawn], ids: pa.Array, reasons: list[str], reason: Codes, schema: pa.Schema
) -> Sample:
    langs, lang = _languages(_joined(drawn, "lang"), _joined(drawn, "script"))
    signals = {name: _numbers(drawn, name) for name in _numeric(schema)}
    whole = frozenset(name for name in signals if pa.types.is_integer(schema.field(name).type))
    file = np.repeat(np.arange(len(drawn)), [len(part.rows) for part in drawn])
    row = np.concatenate([np.zeros(0, np.int64), *(part.rows for part in drawn)])
    return Sample(of, complete, files, file, row, ids, langs, lang, reasons, reason, signals, whole)


def _numeric(schema: pa.Schema) -> list[str]:
    """Signals to draw: numbers, but neither hashes (which are 64 bits without sign) nor the edits' counts (which the journal sums)."""
    return [f.name for f in schema if (_is_number(f.type) and f.type != pa.uint64() and not f.name.startswith(EDITS))]


def _is_number(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind))


def _joined(drawn: Sequence[_Drawn], name: str) -> pa.Array:
    chunks = [part.columns[name].cast(pa.string()) for part in drawn if name in part.columns]
    return pa.chunked_array(chunks, pa.string()).combine_chunks()


def _numbers(drawn: Sequence[_Drawn], name: str) -> Numbers:
    parts = [np.asarray(part.columns[name].cast(pa.float64()).fill_null(np.nan)) for part in drawn if name in part.columns]
    return np.concatenate(parts) if parts else np.zeros(0)


def _languages(lang: pa.Array, script: pa.Array) -> tuple[list[str], Codes]:
    """The most frequent languages with their scripts, all others together, and the place of each record's among them."""
    tags = pc.binary_join_element_wise(pc.fill_null(lang, "unknown"), script, "-", null_handling="skip").dictionary_encode()
    codes = np.asarray(tags.indices, np.int64)
    names = tags.dictionary.to_pylist()
    counts = np.bincount(codes, minlength=len(names))
    order = sorted(range(len(names)), key=lambda code: (-counts[code], names[code]))
    shown = order[:MOST_LANGUAGES] if len(order) > MOST_LANGUAGES + 1 else order
    place = np.full(len(names), len(shown), np.int64)
    place[shown] = np.arange(len(shown))
    return [names[code] for code in shown] + ([OTHERS] if len(shown) < len(order) else []), place[codes] if len(names) else codes


def histograms(sample: Sample, rules: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Of each signal, per language: how many records in each bin, and how many of them were kept. Signals that rules look at come first."""
    lines: dict[str, list[dict[str, Any]]] = {}
    for rule in rules:
        for threshold in thresholds(rule["keep"]):
            at = threshold.boundary(threshold.signal in sample.whole)
            lines.setdefault(threshold.signal, []).append({"rule": rule["rule"], "keep": rule["keep"], "at": at})
    names = sorted(sample.signals, key=lambda name: name not in lines)
    return [_histogram(sample, name, lines.get(name, [])) for name in names]


def _histogram(sample: Sample, name: str, lines: list[dict[str, Any]]) -> dict[str, Any]:
    values = sample.signals[name]
    known = np.isfinite(values)
    facts = {"signal": name, "lines": lines, "known": int(known.sum())}
    if not known.any():
        return facts
    low, high = float(values[known].min()), float(values[known].max())
    if low == high:
        return facts | {"same": low}
    marks = [at for line in lines for at in line["at"]]
    edges, scale = _edges(values[known], name in sample.whole, marks)
    edges = _parted(edges, marks)
    place = np.searchsorted(edges, values, side="right") - 1
    place[values == edges[-1]] = len(edges) - 2
    inside = known & (place >= 0) & (place < len(edges) - 1)
    bins, languages = len(edges) - 1, len(sample.langs)
    group = 2 * sample.lang + (sample.reason == KEPT)
    drawn = np.bincount(group[inside] * bins + place[inside], minlength=2 * languages * bins).reshape(languages, 2, bins)
    records, within = (np.bincount(sample.lang[some], minlength=languages).tolist() for some in (known, inside))
    rows = [
        {"lang": lang, "records": n, "all": of_lang.sum(axis=0).tolist(), "kept": of_lang[1].tolist(), "beyond": n - n_within}
        for lang, n, n_within, of_lang in zip(sample.langs, records, within, drawn, strict=True)
    ]
    return facts | {"scale": scale, "edges": edges.tolist(), "least": low, "most": high, "rows": [row for row in rows if row["records"]]}


def _edges(values: Numbers, whole: bool, lines: Sequence[float]) -> tuple[Numbers, str]:
    """Where bins begin and end. Counts that go far are binned on a log scale; shares with few far values end before those."""
    low, high = float(values.min()), float(values.max())
    middle, far = (float(quantile) for quantile in np.quantile(values, [0.5, 0.999]))
    margin = 0.5 if whole else 0  # a bin of a whole number reaches half a step to each side, where the lines are
    low, high = min([low, *(at + margin for at in lines)]), max([high, *(at - margin for at in lines)])
    if not whole:
        if high > 3 * far and far > low:
            high = max([far, *lines])
        return np.linspace(low, high, BINS + 1), "linear"
    if high - low <= BINS:
        return np.arange(low, high + 2) - 0.5, "linear"
    if low >= 0 and high > 20 * max(middle, 1):
        return _between_whole(np.expm1(np.linspace(np.log1p(low), np.log1p(high + 1), BINS + 1))), "log"
    return _between_whole(np.linspace(low, high + 1, BINS + 1)), "linear"


def _parted(edges: Numbers, marks: Sequence[float]) -> Numbers:
    """The edges moved so that no bin lies on both sides of a threshold: each takes the place of the edge nearest to it.

    >>> _parted(np.array([0.0, 1, 2, 3]), [1.2]).tolist()
    [0.0, 1.2, 2.0, 3.0]
    """
    inside = [at for at in set(marks) if edges[0] < at < edges[-1]]
    others = edges[1:-1]
    for at in inside:
        if len(others):
            others = np.delete(others, np.argmin(np.abs(others - at)))
    return np.unique(np.concatenate((edges[:1], others, inside, edges[-1:])))


def _between_whole(edges: Numbers) -> Numbers:
    return np.asarray(np.unique(np.round(edges)) - 0.5, np.float64)


def borders(sample: Sample, rules: Sequence[Mapping[str, Any]], examples: int) -> list[dict[str, Any]]:
    """For each threshold of each rule: the records nearest to it, below and above, as places in the sample with the value of each.

    Records that an earlier rule left out come last: of them this rule was not asked.
    """
    found = []
    reached = np.ones(len(sample), bool)
    for rule in rules:
        for threshold in thresholds(rule["keep"]):
            if threshold.signal in sample.signals:
                found.append({"rule": rule, "threshold": threshold, **_nearest(sample, threshold, examples, reached)})
        if rule["rule"] in sample.reasons:
            reached &= sample.reason != sample.reasons.index(rule["rule"])
    return found


def _nearest(sample: Sample, threshold: Threshold, examples: int, reached: Flags) -> dict[str, list[tuple[int, float]]]:
    values = sample.signals[threshold.signal]
    at = threshold.boundary(threshold.signal in sample.whole)[-1]
    below = values < at if threshold.op in (">=", "<") or threshold.signal in sample.whole else values <= at
    turn = np.zeros(len(values), np.int64)  # of records equally near, one of each language before the second of any
    for lang in range(len(sample.langs)):
        mine = sample.lang == lang
        turn[mine] = np.arange(int(mine.sum()))
    sides = {}
    for name, side in (("below", below), ("above", ~below & np.isfinite(values))):
        places = np.concatenate([_nearest_few(np.flatnonzero(side & asked), values, at) for asked in (reached, ~reached)])
        order = places[np.lexsort((turn[places], np.abs(values[places] - at), ~reached[places]))][:examples]
        sides[name] = [(int(place), float(values[place])) for place in order]
    return sides


def _nearest_few(places: Codes, values: Numbers, at: float) -> Codes:
    """Of many places those nearest to `at`, before they are sorted; of many equally near ones the first."""
    if len(places) <= 2 * _FEW:
        return places
    distance = np.abs(values[places] - at)
    last = np.partition(distance, _FEW)[_FEW]
    return np.concatenate((places[distance < last], places[distance == last][:_FEW]))
