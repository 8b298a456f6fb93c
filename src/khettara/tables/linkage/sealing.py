"""Links left on disk: a sealed dataset with a line a pair, the weight of each, and on what basis the files were brought together.

    id="17:4021"  left=17  right=4021  cluster=12  bits=61.2  likelihood=0.998  why='{"CIN": {"is": "near", "bits": 10.7, ...}, ...}'

Bringing two files of persons together is a processing of its own (law 09-08, articles 12 and 21): its basis is part of the manifest.
The values themselves are not copied into the links: `why` says how they compare.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from khettara.dataset import Dataset, Draft, Manifest, Parent, StepRecord
from khettara.engine import hash_key
from khettara.errors import RecipeError
from khettara.tables.linkage.across import Linked, link_tables
from khettara.tables.reading import read_table

VERSION = 1
LINKS = pa.schema(
    [
        pa.field("id", pa.string(), nullable=False),
        pa.field("left", pa.int64(), nullable=False),
        pa.field("right", pa.int64(), nullable=False),
        pa.field("cluster", pa.int64(), nullable=False),
        pa.field("bits", pa.float64(), nullable=False),
        pa.field("likelihood", pa.float64(), nullable=False),
        pa.field("why", pa.string(), nullable=False),
    ]
)
_BATCH = 10_000


def check_basis(basis: str) -> None:
    """Raise `RecipeError` where nobody said what allows the linking."""
    if not basis.strip():
        raise RecipeError(
            "linking files of persons is a processing of its own, and nobody said what allows it",
            hint="Say it with --basis, for example --basis 'CNDP authorisation A-123/2026, care of patients' (law 09-08, articles 12 and 21).",
        )


def link_files(
    left: Path, right: Path | None, basis: str, *, on: Mapping[str, str] | None = None, output: Path | None = None
) -> tuple[Linked, Manifest | None]:
    """Read and link two files or datasets, or one with itself, and seal the links where `output` says so.

    Raises:
        SourceError: a table that does not read.
        RecipeError: no basis, or nothing to compare.
    """
    check_basis(basis)
    paths = [path for path in (left, right) if path is not None]
    linked = link_tables(read_table(left), None if right is None else read_table(right), on)
    if output is None:
        return linked, None
    parents = tuple(Parent(dataset.digest, dataset.name) for dataset in (Dataset.open(path) for path in paths if path.is_dir()))
    return linked, seal_links(linked, basis, output, parents)


def seal_links(linked: Linked, basis: str, destination: Path, parents: tuple[Parent, ...] = ()) -> Manifest:
    """Seal the pairs as a dataset of kind `table`."""
    check_basis(basis)
    sources = [dict(table.source) for table in linked.cells[: len(linked.records)]]
    settings: dict[str, Any] = {"basis": basis, "columns": dict(linked.columns)}
    step = StepRecord("link", VERSION, settings, hash_key("link", VERSION, settings, sources))
    pairs = len(linked.left)
    counts: Mapping[str, Any] = {"in": pairs, "kept": pairs, "rejected": 0, "rejected_by": {}}
    with Draft(destination) as draft:
        draft.write("data", _lines(linked), LINKS)
        draft.write_text("README.md", _card(destination.name, linked, basis))
        facts = {"basis": basis, "sources": sources, "records": list(linked.records)}
        return draft.seal(kind="table", step=step, parents=parents, schema=LINKS, counts=counts, facts=facts)


def _lines(linked: Linked) -> Iterator[pa.RecordBatch]:
    number = {row: at for at, rows in enumerate(linked.clusters()) for row in rows}
    likelihood = linked.links.likelihood()
    for start in range(0, len(linked.left), _BATCH):
        pairs = range(start, min(start + _BATCH, len(linked.left)))
        rows = [
            {
                "id": f"{linked.left[pair]}:{linked.right[pair]}",
                "left": int(linked.left[pair]),
                "right": int(linked.right[pair]),
                "cluster": number[0, int(linked.left[pair])],
                "bits": round(float(linked.links.weights[pair]), 2),
                "likelihood": round(float(likelihood[pair]), 4),
                "why": json.dumps(linked.compared(pair), ensure_ascii=False),
            }
            for pair in pairs
        ]
        yield pa.RecordBatch.from_pylist(rows, schema=LINKS)


def _card(name: str, linked: Linked, basis: str) -> str:
    tables = " and ".join(table.name for table in linked.cells[: len(linked.records)])
    return "\n".join(
        [
            f"# {name}",
            "",
            f"{len(linked.left):,} pairs of records of {tables} that are one person or thing; rows are counted from 0.",
            f"Compared: {', '.join(linked.columns)}.",
            f"Basis, as given by who linked them: {basis}",
            "",
            "This file joins data about persons. It is not to be used for another purpose than the basis says.",
            "",
        ]
    )
