"""Repairing: what an examination proposes is applied as a ledger of patches, and a table becomes a dataset.

    repair(Path("register.csv"), ["F3", "F7"], Path("data/register"))

The dataset keeps the cells as they were read (`raw/`), the records after the repairs with their types (`data/`), the rows taken out
(`rejects/`), the ledger (`patches/`) and the findings. So every repair can be undone, one by one, without the file.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from khettara.dataset import SOURCES, Dataset, Draft, Manifest, Parent, StepRecord, read_manifest, rejects_schema
from khettara.dataset.findings import Finding, Findings, read_findings, rows_of, write_findings
from khettara.dataset.schema import REASON_COLUMNS
from khettara.engine import card_text, hash_key, nearest, verified
from khettara.errors import DatasetError, RecipeError, StorageError
from khettara.tables.examination import Found
from khettara.tables.held import Held
from khettara.tables.ledger import PATCHES, ROLE, Change, Ledger, Removal, amended
from khettara.tables.table import PIECE, Array, Aside, Column, Table

VERSION = 1
SURE = 0.9
"""`all` applies repairs whose finding is at least this certain; the rest wait for a person who names them."""
RAW = "raw"
ASIDE: Mapping[str, str] = {
    "too_few_cells": "the row has fewer cells than the header",
    "too_many_cells": "the row has more cells than the header",
    "total": "a total of the rows above, and no record",
    "empty": "a row without anything in it",
    "repeated_header": "the header again, and no record",
}
"""Why a row of the source is no record."""


@dataclass(frozen=True)
class Repaired:
    """What a repair did. `applied` and `left`: findings whose repair was applied, and those that have one which was not."""

    manifest: Manifest
    path: Path
    applied: tuple[Finding, ...]
    left: tuple[Finding, ...]
    cells: int
    removed: int


def repair(
    table: Table,
    findings: Findings,
    found: Mapping[str, Found],
    apply: Sequence[str],
    destination: Path,
    *,
    settings: Mapping[str, Any] | None = None,
    licence: str | None = None,
    key: str | None = None,
) -> Repaired:
    """Seal a table as a dataset, with the repairs of the findings named in `apply` (ids, kinds, or `all`).

    Raises:
        RecipeError: no such finding, one without a repair, or one whose repair builds on another that is not applied.
    """
    under = _ledger(found).builds_on()
    chosen = _well_founded(choose(findings, apply), choose(findings, [name for name in apply if name != "all"]), under)
    ledger = _ledger({name: found[name] for name in found if name in chosen})
    states = tuple(_in_state(finding, "repaired" if finding.id in chosen else "open") for finding in findings.findings)
    told = Findings(findings.records, findings.columns, states, findings.finder, findings.version)
    kinds = {facts["name"]: str(facts["kind"]) for facts in findings.columns}
    step = StepRecord(
        "repair", VERSION, {"apply": list(apply), **(settings or {})}, key or hash_key("repair", VERSION, list(apply), dict(table.source))
    )
    rows = {name: entry.rows for name, entry in found.items()}
    source = dict(table.source)
    sealing = Sealing(table, kinds, ledger, told, rows, source, licence or source.get("licence"))
    manifest = sealing.seal(destination, step, [Parent(source["sha256"], source["uri"])] if source.get("reader") == "dataset" else ())
    return _repaired(manifest, destination, told, ledger)


def undo(path: Path, ids: Sequence[str], destination: Path | None = None) -> Repaired:
    """Take repairs back: a new version of the dataset, as if the findings named had never been repaired.

    Raises:
        DatasetError: not a repaired table; bytes that are not those that were sealed.
        RecipeError: no such repair, or another builds on it.
    """
    dataset = Dataset.open(path)
    findings = read_findings(dataset)
    if dataset.kind != "table" or findings is None or not dataset.files(RAW):
        raise DatasetError("not a table that `khettara repair` made: there is nothing to undo", where=str(path))
    verified([dataset])
    ledger = Ledger.read(dataset.batches(role=ROLE))
    gone = _undone(ledger, ids, path)
    states = tuple(_in_state(finding, "open") if finding.id in gone else finding for finding in findings.findings)
    told = Findings(findings.records, findings.columns, states, findings.finder, findings.version)
    table = raw_table(dataset)
    step = StepRecord("undo", VERSION, {"undone": sorted(gone)}, hash_key("undo", VERSION, dataset.digest, sorted(gone)))
    kinds = {facts["name"]: str(facts["kind"]) for facts in findings.columns}
    rows = rows_of(dataset, [finding.id for finding in findings.findings])
    left = ledger.without(gone)
    sealing = Sealing(
        table,
        kinds,
        left,
        told,
        rows,
        dict(dataset.manifest.facts["source"]),
        dataset.manifest.facts.get("licence"),
        replaces=dataset.digest if destination is None else None,
    )
    manifest = sealing.seal(destination or path, step, (Parent(dataset.digest, dataset.name),))
    return _repaired(manifest, destination or path, told, left)


def choose(findings: Findings, apply: Sequence[str]) -> set[str]:
    """The ids of the findings whose repair is to be applied.

    Raises:
        RecipeError: a name that is neither a finding's id, nor a kind that was found, nor `all`; or one without a repair.
    """
    by_id = {finding.id: finding for finding in findings.findings}
    kinds = {finding.kind for finding in findings.findings}
    chosen: set[str] = set()
    for name in apply:
        if name == "all":
            chosen |= {finding.id for finding in by_id.values() if finding.action and finding.confidence >= SURE}
        elif name in kinds:
            chosen |= {finding.id for finding in by_id.values() if finding.kind == name and finding.action}
        elif name not in by_id:
            raise RecipeError(f"no finding {name!r} in this table", hint=nearest(name, [*by_id, *sorted(kinds), "all"]))
        elif not by_id[name].action:
            raise RecipeError(
                f"{name} ({by_id[name].kind.replace('_', ' ')}) has no repair to apply: {by_id[name].cause['en']}",
                hint="Mend it where the data comes from, or leave it: the certificate will say so.",
            )
        else:
            chosen.add(name)
    return chosen


@dataclass(frozen=True)
class Sealing:
    """A table on its way into a dataset."""

    table: Table
    kinds: Mapping[str, str]
    ledger: Ledger
    findings: Findings
    rows: Mapping[str, Array]
    source: Mapping[str, Any]
    licence: str | None
    replaces: str | None = None
    """The version that must still be there when it is replaced: another may have taken its place since it was read."""

    def seal(self, destination: Path, step: StepRecord, parents: Sequence[Parent]) -> Manifest:
        """Write everything, and seal it."""
        overlays = {column.name: self.ledger.overlay(column.name) for column in self.table.columns}
        names = _free_names(self.table.names, ("id",))
        types = {column.name: _type_of(column, self.kinds.get(column.name, "text"), overlays[column.name]) for column in self.table.columns}
        schema = pa.schema([pa.field("id", pa.string(), nullable=False), *(pa.field(names[name], kind) for name, kind in types.items())])
        ids = _Ids(self.table)
        removed = self.ledger.removed
        with Draft(destination) as draft:
            if self.replaces is not None and read_manifest(destination).digest != self.replaces:
                raise StorageError("another run changed it in the meantime", where=str(destination), hint="Run the same command again.")
            draft.write(RAW, self._raw(), pa.schema([pa.field(name, pa.string()) for name in self.table.names]))
            draft.write("data", self._data(schema, types, overlays, ids, removed), schema)
            if len(removed) or self.table.aside:
                renamed = _free_names(self.table.names, ("id", *REASON_COLUMNS))
                wanted = rejects_schema(pa.schema([schema.field("id"), *(pa.field(renamed[name], kind) for name, kind in types.items())]))
                rejects = (self._rejects(wanted, renamed, types, overlays, ids), _aside(self.table, wanted))
                draft.write("rejects", chain(*rejects), wanted)
            if self.ledger.findings:
                draft.write(ROLE, self.ledger.lines({column.name: column for column in self.table.columns}), PATCHES)
            draft.write("sources", [_source_row(self.source, self.table.records)], SOURCES)
            write_findings(draft, self.findings, self.rows)
            draft.write_text("journal.jsonl", "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in self._journal()))
            counts = self._counts()
            draft.write_text("README.md", card_text(destination.name, "table", counts, [parent.name for parent in parents], draft.folder))
            facts = {"source": dict(self.source), "licence": self.licence, "columns": names, "notes": [dict(note) for note in self.table.notes]}
            return draft.seal(kind="table", step=step, parents=parents, schema=schema, counts=counts, facts=facts)

    def _counts(self) -> dict[str, Any]:
        kinds = {finding.id: finding.kind for finding in self.findings.findings}
        by: dict[str, int] = {}
        for name, _ in self.ledger.taken.values():
            by[kinds[name]] = by.get(kinds[name], 0) + 1
        for row in self.table.aside:
            by[row.reason] = by.get(row.reason, 0) + 1
        gone, aside = len(self.ledger.removed), len(self.table.aside)
        return {"in": self.table.records + aside, "kept": self.table.records - gone, "rejected": gone + aside, "rejected_by": by}

    def _journal(self) -> Iterator[dict[str, Any]]:
        for finding in self.findings.findings:
            if finding.state == "repaired":
                yield {"step": f"repair {finding.id}", "kind": finding.kind, "columns": list(finding.columns), "edits": finding.cells}

    def _raw(self) -> Iterator[pa.RecordBatch]:
        for _, pieces in _pieces(self.table):
            yield pa.record_batch(pieces, names=list(self.table.names))

    def _data(
        self, schema: pa.Schema, types: Mapping[str, pa.DataType], overlays: Mapping[str, tuple[Array, pa.StringArray]], ids: _Ids, removed: Array
    ) -> Iterator[pa.RecordBatch]:
        for start, pieces in _pieces(self.table):
            batch = _typed(start, pieces, schema, types, overlays, ids)
            keep = np.ones(batch.num_rows, bool)
            keep[removed[slice(*np.searchsorted(removed, (start, start + batch.num_rows)))] - start] = False
            yield batch.filter(pa.array(keep)) if not keep.all() else batch

    def _rejects(
        self,
        wanted: pa.Schema,
        names: Mapping[str, str],
        types: Mapping[str, pa.DataType],
        overlays: Mapping[str, tuple[Array, pa.StringArray]],
        ids: _Ids,
    ) -> Iterator[pa.RecordBatch]:
        """The rows taken out, each under the first finding that took it, with the id of the row that stays."""
        findings = {finding.id: finding for finding in self.findings.findings}
        taken = self.ledger.taken
        rows = self.ledger.removed
        for start in range(0, len(rows), PIECE):
            at = rows[start : start + PIECE]
            cells = [pa.array(column.at(at), pa.string()) for column in self.table.columns]
            columns = {"id": ids.of(at)}
            for column, texts in zip(self.table.columns, cells, strict=True):
                columns[names[column.name]] = _cast(_amended_at(texts, at, overlays[column.name]), types[column.name])
            who = [taken[row] for row in at.tolist()]
            columns |= {
                "rule": pa.array([findings[name].kind for name, _ in who], pa.string()),
                "because": pa.array([findings[name].cause["en"] for name, _ in who], pa.string()),
                "value": pa.array([name for name, _ in who], pa.string()),
                "winner": ids.of(np.array([winner for _, winner in who], np.int64)),
            }
            yield pa.record_batch([columns[field.name] for field in wanted], schema=wanted)


def _aside(table: Table, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    """The rows of the source that are no records, each with its whole text."""
    if table.aside:
        rows = [{"id": f"line-{row.line:08d}", "rule": row.reason, "because": ASIDE[row.reason], "value": row.text} for row in table.aside]
        yield pa.RecordBatch.from_pylist([dict.fromkeys(schema.names) | row for row in rows], schema=schema)


def _read_aside(dataset: Dataset) -> tuple[Aside, ...]:
    columns = ["id", "rule", "value"]
    rows = [row for batch in dataset.batches(columns, role="rejects") for row in batch.to_pylist() if row["id"].startswith("line-")]
    return tuple(Aside(int(row["id"].removeprefix("line-")), row["value"], row["rule"]) for row in rows)


def raw_table(dataset: Dataset) -> Table:
    """The cells of a repaired table as they were read from its file; they lie on disk, since they may be more than the memory."""
    held = Held()
    for batch in dataset.batches(role=RAW):
        held.append(batch)
    columns = tuple(Column(name, n, held.column(n)) for n, name in enumerate(dataset.columns(RAW)))
    facts = dataset.manifest.facts
    return Table(dataset.name, columns, columns[0].records, tuple(facts["notes"]), facts["source"], _read_aside(dataset), held)


class _Ids:
    """The records' ids: 16 hexadecimal digits of what the row said when it was read, and a number where several say the same."""

    def __init__(self, table: Table) -> None:
        digests = np.concatenate([_row_digests(pieces) for _, pieces in _pieces(table)] or [np.zeros(0, np.uint64)])
        order = np.argsort(digests, kind="stable")
        ordered = digests[order]
        first = np.r_[True, ordered[1:] != ordered[:-1]] if len(ordered) else np.zeros(0, bool)
        place = np.arange(len(ordered)) - np.maximum.accumulate(np.where(first, np.arange(len(ordered)), 0))
        self._digests = digests
        self._repeat = np.empty(len(digests), np.int64)
        self._repeat[order] = place

    def of(self, rows: Array) -> pa.StringArray:
        """The ids of some rows; null for -1."""
        names = [
            None if row < 0 else f"{digest:016x}" + (f"-{repeat + 1}" if repeat else "")
            for row, digest, repeat in zip(rows.tolist(), self._digests[rows].tolist(), self._repeat[rows].tolist(), strict=True)
        ]
        return pa.array(names, pa.string())


def _row_digests(pieces: Sequence[pa.StringArray]) -> Array:
    """The first eight bytes of the sha256 of each row: its cells, each with its length before it, so that no two rows read alike."""
    lengths = [pc.cast(pc.fill_null(pc.binary_length(piece), -1), pa.string()) for piece in pieces]
    parts = [part for length, piece in zip(lengths, pieces, strict=True) for part in (length, pc.fill_null(piece, ""))]
    joined = pc.binary_join_element_wise(*parts, ":")
    digests = b"".join(hashlib.sha256(row.encode()).digest()[:8] for row in joined.to_pylist())
    return np.frombuffer(digests, ">u8").astype(np.uint64)


def _pieces(table: Table) -> Iterator[tuple[int, list[pa.StringArray]]]:
    """All columns side by side, a piece at a time, with the number of its first row."""
    start = 0
    for pieces in zip(*(column.pieces() for column in table.columns), strict=True):
        yield start, list(pieces)
        start += len(pieces[0])


def _typed(
    start: int,
    pieces: Sequence[pa.StringArray],
    schema: pa.Schema,
    types: Mapping[str, pa.DataType],
    overlays: Mapping[str, tuple[Array, pa.StringArray]],
    ids: _Ids,
) -> pa.RecordBatch:
    cells = [_cast(amended(piece, start, overlays[name]), kind) for piece, (name, kind) in zip(pieces, types.items(), strict=True)]
    return pa.record_batch([ids.of(np.arange(start, start + len(pieces[0]))), *cells], schema=schema)


_WHOLE = r"^[+-]?(0|[1-9][0-9]{0,17})$"
_DECIMAL = r"^[+-]?(0|[1-9][0-9]*)(\.[0-9]+)?$"
_DAY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"


def _type_of(column: Column, kind: str, overlay: tuple[Array, pa.StringArray]) -> pa.DataType:
    """The type under which a column is kept: a number or a day where each of its cells reads as one without a doubt, else text."""
    tests: list[tuple[pa.DataType, Callable[[pa.StringArray], bool]]] = []
    if kind == "number":
        tests = [(pa.int64(), lambda cells: _all(cells, _WHOLE)), (pa.float64(), lambda cells: _all(cells, _DECIMAL))]
    if kind == "date":
        tests = [(pa.date32(), _all_days)]
    for wanted, fits in tests:
        start, good, some = 0, True, False
        for piece in column.pieces():
            cells = _filled(amended(piece, start, overlay))
            start += len(piece)
            some = some or cells.null_count < len(cells)
            good = fits(cells)
            if not good:
                break
        if good and some:
            return wanted
    return pa.string()


def _filled(cells: pa.StringArray) -> pa.StringArray:
    """Cells without the blanks around them; null where nothing remains."""
    trimmed = pc.utf8_trim_whitespace(cells)
    return pc.if_else(pc.equal(pc.binary_length(trimmed), 0), pa.scalar(None, pa.string()), trimmed)


def _all(cells: pa.StringArray, shape: str) -> bool:
    return bool(pc.all(pc.match_substring_regex(cells, shape)).as_py() in (True, None))


def _all_days(cells: pa.StringArray) -> bool:
    if not _all(cells, _DAY):
        return False
    try:
        pc.cast(cells, pa.date32())
    except pa.ArrowInvalid:
        return False
    return True


def _cast(cells: pa.StringArray, kind: pa.DataType) -> pa.Array:
    return cells if pa.types.is_string(kind) else pc.cast(pc.ascii_ltrim(_filled(cells), "+"), kind)  # `+5` is 5, which Arrow does not read


def _amended_at(texts: pa.StringArray, rows: Array, overlay: tuple[Array, pa.StringArray]) -> pa.StringArray:
    changed, new = overlay
    place = np.searchsorted(changed, rows)
    there = place < len(changed)
    there[there] = changed[place[there]] == rows[there]
    return pc.replace_with_mask(texts, pa.array(there), new.take(pa.array(place[there]))) if there.any() else texts


def _free_names(names: Sequence[str], ours: Sequence[str]) -> dict[str, str]:
    """What each column is called beside columns of our own: `id` names records, `rule` says why one was set aside."""
    taken = {*names, *ours}
    renamed = {}
    for name in names:
        new, number = name, 2
        while new in ours or (new != name and new in taken):
            new, number = f"{name} ({number})", number + 1
        taken.add(new)
        renamed[name] = new
    return renamed


def _source_row(source: Mapping[str, Any], records: int) -> pa.RecordBatch:
    row = {field.name: source.get(field.name) for field in SOURCES} | {"state": "text", "records": records, "uri": str(source.get("uri", ""))}
    return pa.RecordBatch.from_pylist([row], schema=SOURCES)


def _ledger(found: Mapping[str, Found]) -> Ledger:
    """The repairs of findings, in the order in which they were found."""
    changes, removals = [], []
    for name, entry in found.items():
        if entry.repair is None:
            continue
        for column, values in entry.repair.values.items():
            changes.append(Change(name, column, np.asarray(entry.rows, np.int64), pa.array(values, pa.string())))
        if entry.repair.drop:
            winners = entry.repair.winners if entry.repair.winners is not None else np.full(len(entry.rows), -1, np.int64)
            removals.append(Removal(name, np.asarray(entry.rows, np.int64), np.asarray(winners, np.int64)))
    return Ledger(tuple(changes), tuple(removals))


def _well_founded(chosen: set[str], named: set[str], under: Mapping[str, Mapping[str, int]]) -> set[str]:
    """The repairs chosen, less those that only `all` asked for and that build on one not chosen: they wait with it.

    Raises:
        RecipeError: one that was asked for by name builds on one that is not chosen.
    """
    while True:
        lacking = {later: {name: cells for name, cells in below.items() if name not in chosen} for later, below in under.items() if later in chosen}
        lacking = {later: below for later, below in lacking.items() if below}
        for later in sorted(lacking.keys() & named, key=_number):
            raise RecipeError(
                f"the repair of {later} builds on that of {', '.join(lacking[later])} in {sum(lacking[later].values()):,} cells",
                hint=f"Apply both: --apply {','.join(sorted([*lacking[later], *chosen], key=_number))}",
            )
        if not lacking:
            return chosen
        chosen = chosen - lacking.keys()


def _undone(ledger: Ledger, ids: Sequence[str], path: Path) -> set[str]:
    known = ledger.findings
    gone = set(known) if "all" in ids else set(ids)
    for name in sorted(gone - set(known)):
        held = f"Repairs in it: {', '.join(known)}." if known else "No repair is left in it."
        raise RecipeError(f"no repair {name!r} in this dataset", where=str(path), hint=held)
    for later, under in ledger.builds_on().items():
        below = sorted(gone & set(under), key=_number)
        if below and later not in gone:
            raise RecipeError(
                f"the repair of {later} builds on that of {', '.join(below)}",
                where=str(path),
                hint=f"Undo both: khettara undo {path} {','.join(sorted([*gone, later], key=_number))}",
            )
    return gone


def _number(name: str) -> tuple[int, str]:
    digits = name[1:]
    return (int(digits) if digits.isdigit() else 0, name)


def _in_state(finding: Finding, state: str) -> Finding:
    return Finding(**{**vars(finding), "state": state})


def _repaired(manifest: Manifest, path: Path, findings: Findings, ledger: Ledger) -> Repaired:
    applied = tuple(finding for finding in findings.findings if finding.id in ledger.findings)
    left = tuple(finding for finding in findings.findings if finding.action and finding.id not in ledger.findings)
    cells = sum(len(change.rows) for change in ledger.changes)
    return Repaired(manifest, path, applied, left, cells, len(ledger.removed))
