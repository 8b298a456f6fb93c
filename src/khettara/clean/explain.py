"""Why one record was left out of a cleaned dataset: the rule, what it saw, what was measured and changed, and the copy that stayed instead.

explain(Dataset.open("data/demo/clean"), "9f2c…")  ->  {"rule": "too_short", "keep": "n_words >= 5", "value": "n_words=3", ...}

left_out(dataset, lang="ary", limit=2)  ->  [{"rule": "too_short", "records": 18, "examples": [...]}, ...]
"""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from khettara.clean.measured import measured_of
from khettara.clean.survey import records_of
from khettara.clean.thresholds import thresholds
from khettara.dataset import Dataset
from khettara.dataset.schema import REASON_COLUMNS
from khettara.engine import nearest
from khettara.engine.transform import EDITS
from khettara.errors import DatasetError

MOST_WORDS = 400
"""Words of a text that are compared with its winner's: more is no reading matter, and the time grows with their square."""

_ROWS = 1 << 16
_NEAREST_AMONG = 20_000
_ID_ROOT = 6
"""So many first characters stand for a whole id where no other begins with them."""

Marked = list[tuple[str, bool]]
"""A text in pieces, each with whether the other text lacks it."""


def left_out(dataset: Dataset, *, rule: str | None = None, lang: str | None = None, limit: int = 2) -> list[dict[str, Any]]:
    """What a dataset left out: how many records for each reason, with `limit` examples of each.

    Raises:
        DatasetError: nothing was left out by such a rule, or in such a language.
    """
    counts = dict(dataset.manifest.counts.get("rejected_by", {}))
    if rule is not None and rule not in counts:
        raise DatasetError(f"nothing was set aside by a rule {rule!r}", where=str(dataset.path), hint=nearest(rule, counts))
    wanted = [name for name in counts if rule in (None, name)]
    if lang is not None:
        counts = _counts_in(dataset, lang, wanted)
        wanted = list(counts)
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in wanted}
    for batch in dataset.batches(role="rejects"):
        if all(len(examples) >= min(limit, counts[name]) for name, examples in found.items()):
            break
        langs = batch.column("lang").to_pylist() if "lang" in batch.schema.names else [None] * len(batch)
        for place, name in enumerate(batch.column("rule").to_pylist()):
            if name in found and len(found[name]) < limit and lang in (None, langs[place] or "unknown"):
                found[name] += batch.slice(place, 1).to_pylist()
    return [{"rule": name, "records": counts[name], "examples": found[name]} for name in wanted]


def _counts_in(dataset: Dataset, lang: str, rules: list[str]) -> dict[str, int]:
    """How many records of a language each of the rules left out."""
    if dataset.kind == "table":
        raise DatasetError("the records of a table are in no language", where=str(dataset.path), hint="Leave out --lang.")
    counts: Counter[tuple[str, str]] = Counter()
    for batch in dataset.batches(["lang", "rule"], role="rejects", rows=_ROWS):
        for row in pa.Table.from_batches([batch]).group_by(["lang", "rule"]).aggregate([([], "count_all")]).to_pylist():
            counts[row["lang"] or "unknown", row["rule"]] += row["count_all"]
    found = {name: counts[lang, name] for name in rules if counts[lang, name]}
    if not found:
        known = {there for there, name in counts if name in rules}
        raise DatasetError(f"nothing was set aside in the language {lang!r}", where=str(dataset.path), hint=nearest(lang, known) if known else None)
    return found


def explain(dataset: Dataset, name: str, search: tuple[Path, ...] = ()) -> dict[str, Any]:
    """Everything known about why the record `name` was left out. The beginning of an id will do where no other begins so.

    Raises:
        DatasetError: no such record was left out; the message says whether it was kept, or what was likely meant.
    """
    name = _full_id(dataset, name)
    record = records_of(dataset, "rejects", [name], _record_columns(dataset))[name]
    rules = {rule["rule"]: rule for rule in dataset.manifest.step.settings.get("rules", [])}
    keep = rules.get(record["rule"], {}).get("keep")
    edits, signals = _measured(dataset, name, search)
    return {
        "id": name,
        "rule": record["rule"],
        "because": record["because"],
        "keep": keep,
        "value": record["value"],
        "thresholds": [{"signal": t.signal, "op": t.op, "value": t.value} for t in thresholds(keep)] if keep else [],
        "edits": edits,
        "signals": signals,
        "record": {key: record[key] for key in record if key not in REASON_COLUMNS},
        "winner": _winner(dataset, record) if record["winner"] else None,
    }


def _record_columns(dataset: Dataset) -> list[str]:
    return [name for name in pq.read_schema(dataset.files("rejects")[0]).names if name != "id"]


def _full_id(dataset: Dataset, name: str) -> str:
    """The id of a record that was left out, from itself or from its beginning."""
    near: list[str] = []
    begin: list[str] = []
    for batch in dataset.batches(["id"], role="rejects", rows=_ROWS):
        ids = batch.column("id")
        if pc.any(pc.equal(ids, name)).as_py():
            return name
        begin += ids.filter(pc.starts_with(ids, name)).to_pylist() if name else []
        alike = pc.or_(pc.starts_with(ids, name[:3]), pc.ends_with(ids, name[-3:]))
        near += ids.filter(alike).to_pylist()[: _NEAREST_AMONG - len(near)]
    if len(set(begin)) == 1 and len(name) >= _ID_ROOT:
        return begin[0]
    for batch in dataset.batches(["id"], rows=_ROWS):
        if pc.any(pc.equal(batch.column("id"), name)).as_py():
            raise DatasetError(f"record {name!r} was not set aside: it was kept", where=str(dataset.path))
    cut = {there[: len(name)]: there for there in sorted(set(begin or near), reverse=True) if name}  # a short name is likened to as much of each id
    close = [cut[key] for key in difflib.get_close_matches(name, cut, n=3)]
    hint = f"Did you mean {', '.join(close)}?" if close else f"`khettara rejects {dataset.path} --json` lists examples with their ids."
    raise DatasetError(f"no record {name!r} was set aside or kept", where=str(dataset.path), hint=hint)


def _measured(dataset: Dataset, name: str, search: tuple[Path, ...]) -> tuple[dict[str, int] | None, dict[str, Any] | None]:
    """What the edits changed in a record, and its signals; None where the work folder is gone, or no step could take the record."""
    measured = measured_of(dataset, search)
    if measured is None:
        return None, None
    for number in range(len(measured.units)):
        places = np.flatnonzero(np.asarray(pc.equal(measured.columns(number, {"id"})["id"], name)))
        if len(places):
            names = [field.name for field in measured.signals if _says_something(field.type)]
            columns = measured.columns(number, set(names) - {"id"})
            values = {key: columns[key][int(places[0])].as_py() for key in names if key in columns}
            edits = {key.removeprefix(EDITS): value for key, value in values.items() if key.startswith(EDITS)}
            return edits, {key: value for key, value in values.items() if not key.startswith(EDITS)}
    return None, None


def _says_something(kind: pa.DataType) -> bool:
    """Whether a person can read a signal of this type: neither a hash, which is 64 bits without sign, nor a list of them."""
    return not (pa.types.is_nested(kind) or pa.types.is_binary(kind) or pa.types.is_uint64(kind))


def _winner(dataset: Dataset, record: Mapping[str, Any]) -> dict[str, Any]:
    """The record that stayed in place of this one, with the differences of the two texts marked."""
    name = record["winner"]
    columns = ("text", "source") if "text" in record else tuple(key for key in record if key not in ("id", *REASON_COLUMNS))
    kept = records_of(dataset, "data", [name], columns).get(name)
    also = None if kept else records_of(dataset, "rejects", [name], (*columns, "rule", "winner")).get(name)
    there = kept or also
    if there is None:
        return {"id": name, "state": "not in this dataset", "source": None}
    mine, theirs = marked(*(said(each, columns) for each in (record, there)))
    of = f", copy of {there['winner']}" if also and also["winner"] else ""
    state = "kept" if kept else f"set aside itself: {there['rule']}{of}"
    return {"id": name, "state": state, "source": there.get("source"), "left_out_text": mine, "winner_text": theirs}


def said(record: Mapping[str, Any], columns: Iterable[str]) -> str:
    """The text of a record, or the cells of a table's row.

    >>> said({"id": "9f2c", "nom": "Ali", "age": None, "douar": "Tizi"}, ("nom", "age", "douar"))
    'nom: Ali; douar: Tizi'
    """
    if "text" in record:
        return str(record["text"] or "")
    return "; ".join(f"{name}: {record[name]}" for name in columns if record[name] is not None)


def marked(one: str, other: str) -> tuple[Marked, Marked]:
    """Two texts cut where they differ, word by word.

    >>> marked("السوق نهار الخميس", "السوق نهار الجمعة")
    ([('السوق نهار ', False), ('الخميس', True)], [('السوق نهار ', False), ('الجمعة', True)])
    """
    ours, theirs = (_words(text) for text in (one, other))
    left: Marked = []
    right: Marked = []
    for tag, a, b, c, d in difflib.SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes():
        for pieces, words in ((left, ours[a:b]), (right, theirs[c:d])):
            if words:
                pieces.append((" ".join(words), tag != "equal"))
    return _spaced(left), _spaced(right)


def _words(text: str) -> list[str]:
    words = text.split()
    return words if len(words) <= MOST_WORDS else [*words[:MOST_WORDS], "…"]


def _spaced(pieces: Marked) -> Marked:
    """A blank after each piece but the last."""
    return [(text if place == len(pieces) - 1 else f"{text} ", differs) for place, (text, differs) in enumerate(pieces)]
