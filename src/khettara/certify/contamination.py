"""Contamination: which records repeat an evaluation set that this site registered, so that what is tested on is not learnt from.

    terjama 1: 12 records of 193,000 share runs of 13 words with it

Where cleaning looked already, and left `contamination_13` among the signals, its answer is taken; else records are looked at here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from khettara.certify.measures import Facts, Measured, Outcome, missing
from khettara.certify.measures.facts import Look
from khettara.certify.measures.texts import read_words
from khettara.dataset import Dataset
from khettara.engine.evalsets import EvalSet, find_evalset, registered

NO_SET = "no evaluation set is registered on this machine: khettara evalset add"


@dataclass(frozen=True)
class Register:
    """A registered evaluation set, by what it holds."""

    path: str
    name: str
    version: str
    digest: str
    items: int


def registers(names: Sequence[str] | None) -> tuple[Register, ...]:
    """The registers named, or all of this site."""
    paths = registered() if names is None else [find_evalset(name, Path.cwd()) for name in names]
    read = [(path, EvalSet.read(path)) for path in paths]
    return tuple(Register(str(path), each.name, each.version, each.digest, each.n_items) for path, each in read)


def look_for(sets: Sequence[Register]) -> Look:
    """See for each text whether it repeats a set: the share of its words in runs of 13, and a bit for each set."""
    files = tuple((each.path, each.digest) for each in sets)

    def see(batch: pa.RecordBatch) -> dict[str, Any]:
        from khettara.engine.overlap import find_contamination
        from khettara.kernels import once

        found = find_contamination(batch["text"], once(batch["text"], read_words), files)
        return {"share": found.share_13, "sets": np.where(found.share_13 > 0, found.sets, np.uint64(0))}

    return Look("contamination", ("text",), see)


def block(dataset: Dataset, facts: Facts, sets: Sequence[Register]) -> tuple[Outcome, dict[str, Any]]:
    """How many records repeat a set, and the block of the certificate."""
    said = [{"name": each.name, "version": each.version, "digest": each.digest, "items": each.items} for each in sets]
    if facts.has("contamination"):
        bits = facts["contamination.sets"]
        for place, entry in enumerate(said):
            entry["records"] = int(np.count_nonzero(bits >> np.uint64(place) & np.uint64(1)))
        found = int(np.count_nonzero(facts["contamination.share"] > 0))
        return Measured(found, facts.rows), {"status": "computed", "sets": said, "records": found, "by": "certify"}
    left = _left_by_cleaning(dataset)
    if left is not None:
        return Measured(left, facts.rows), {"status": "computed", "sets": [], "records": left, "by": "clean"}
    return missing(NO_SET), {"status": "missing", "why": NO_SET, "sets": []}


def _left_by_cleaning(dataset: Dataset) -> int | None:
    """Records that cleaning found to share a run with a set; None where it did not look."""
    files = dataset.files("signals")
    if not files or "contamination_13" not in pq.read_schema(files[0]).names:
        return None
    return sum(int(np.count_nonzero(pq.read_table(file, columns=["contamination_13"])["contamination_13"].to_numpy() > 0)) for file in files)
