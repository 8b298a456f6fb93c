"""Findings: what is wrong with a dataset, in words, with the records concerned. `findings.json` and `findings/` in a sealed folder.

    F3  swapped_columns  latitude, longitude  2,042 records  "2,042 rows have latitude and longitude swapped"

Rooms that look for defects leave them in this form; whoever certifies or reports reads them, and need not know who found them.
Sentences come in each language of the house, so that a reader never depends on the finder.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pyarrow as pa

from khettara.dataset.manifest import canonical_json, sha256_hex
from khettara.dataset.store import Dataset, Draft
from khettara.errors import DatasetError

NAME = "findings.json"
ROLE = "findings"
LANGUAGES = ("en", "fr", "ar")
ROWS = pa.schema([pa.field("finding", pa.string(), nullable=False), pa.field("row", pa.int64(), nullable=False)])
"""One line for each record of each finding; `row` counts the records of the table as it was read, from 0."""

State = Literal["open", "repaired", "waived"]


@dataclass(frozen=True)
class Finding:
    """One defect, with its cause.

    `cause` and `remedy` hold one sentence for each of `LANGUAGES`; `remedy` is empty where there is nothing to propose.
    `measures` are the ids of ISO/IEC 5259-2 that the defect lowers. `examples`: `{"row": 17, "before": {column: text}, "after": {column: text}}`.
    """

    id: str
    kind: str
    columns: tuple[str, ...]
    records: int
    cells: int
    cause: Mapping[str, str]
    confidence: float
    measures: tuple[str, ...] = ()
    action: str | None = None
    remedy: Mapping[str, str] = field(default_factory=dict)
    examples: tuple[Mapping[str, Any], ...] = ()
    state: State = "open"


@dataclass(frozen=True)
class Findings:
    """All findings on a dataset. `columns` says for each column what it holds and how much of it is missing or wrong."""

    records: int
    columns: tuple[Mapping[str, Any], ...]
    findings: tuple[Finding, ...]
    finder: str
    version: int

    @property
    def digest(self) -> str:
        """Names exactly these findings."""
        return sha256_hex(canonical_json(self.as_json()))

    def as_json(self) -> dict[str, Any]:
        """Plain values, as `findings.json` holds them."""
        body = {part.name: getattr(self, part.name) for part in fields(self)}
        body["findings"] = [vars(finding) for finding in self.findings]
        plain: dict[str, Any] = json.loads(json.dumps(body))
        return plain

    @classmethod
    def parse(cls, data: str, where: str) -> Findings:
        """Read `findings.json` back. Raises `DatasetError` unless it reads."""
        try:
            body = json.loads(data)
            found = tuple(
                Finding(**{**entry, **{name: tuple(entry[name]) for name in ("columns", "measures", "examples")}}) for entry in body["findings"]
            )
            return cls(**{**body, "columns": tuple(body["columns"]), "findings": found})
        except (ValueError, TypeError, KeyError) as error:
            raise DatasetError("the findings do not read", where=where) from error


def write_findings(draft: Draft, found: Findings, rows: Mapping[str, np.ndarray[Any, Any]]) -> None:
    """Leave findings in a dataset that is about to be sealed. `rows`: for each finding's id the records concerned, ascending."""
    draft.write_text(NAME, json.dumps(found.as_json(), ensure_ascii=False, indent=1, sort_keys=True) + "\n")
    if rows:
        draft.write(ROLE, [_rows(name, at) for name, at in rows.items()], ROWS)


def _rows(name: str, at: np.ndarray[Any, Any]) -> pa.RecordBatch:
    return pa.record_batch([pa.array([name] * len(at), pa.string()), pa.array(at, pa.int64())], schema=ROWS)


def read_findings(dataset: Dataset) -> Findings | None:
    """The findings sealed with a dataset; None where nobody looked."""
    path: Path = dataset.path / NAME
    if not path.is_file():
        return None
    return Findings.parse(path.read_text(encoding="utf-8"), str(path))


def rows_of(dataset: Dataset, ids: Sequence[str]) -> dict[str, np.ndarray[Any, Any]]:
    """The records that the named findings concern."""
    held: dict[str, list[np.ndarray[Any, Any]]] = {name: [] for name in ids}
    for batch in dataset.batches(role=ROLE):
        names = np.asarray(batch["finding"].to_pylist(), dtype=object)
        for name in ids:
            held[name].append(batch["row"].to_numpy()[names == name])
    return {name: np.concatenate(parts) if parts else np.zeros(0, np.int64) for name, parts in held.items()}
