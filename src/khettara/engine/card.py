"""The dataset card: what a folder holds, for a person who opens it without our tools."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pyarrow.parquet as pq


def tally(files: Sequence[Path], column: str) -> dict[str, int]:
    """How many records have each value of a text column, most frequent first; a missing value counts as `unknown`."""
    counts: Counter[str] = Counter()
    for file in files:
        with pq.ParquetFile(file) as parquet:
            if column not in parquet.schema_arrow.names:
                return {}
            for batch in parquet.iter_batches(columns=[column]):
                for pair in pc.value_counts(batch.column(0)).to_pylist():
                    counts[pair["values"] or "unknown"] += pair["counts"]
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def card_text(name: str, kind: str, counts: Mapping[str, Any], parents: Sequence[str], folder: Path) -> str:
    """The text of README.md for the dataset in `folder`, in the layout of Hugging Face dataset cards."""
    files = sorted((folder / "data").glob("*.parquet"))
    licences, languages = tally(files, "licence"), tally(files, "lang")
    lines = [
        "---",
        f"pretty_name: {name}",
        "language:",
        *(f"- {language}" for language in languages if language != "unknown"),
        "configs:",
        "- config_name: default",
        "  data_files: data/*.parquet",
        "---",
        "",
        f"# {name}",
        "",
        f"A sealed dataset of {kind}: {counts['kept']} records kept, {counts['rejected']} set aside (`rejects/`, with the reason).",
        f"Made from: {', '.join(parents) or 'raw files (`sources/` lists them)'}.",
        "The manifest `dataset.json` lists every file with its sha256; `khettara verify` checks them.",
        "",
        "| Licence | Records |",
        "|---|---|",
        *(f"| {licence} | {number} |" for licence, number in licences.items()),
        "",
        "| Language | Records |",
        "|---|---|",
        *(f"| {language} | {number} |" for language, number in languages.items()),
    ]
    if counts["rejected_by"]:
        lines += [
            "",
            "| Set aside because of | Records |",
            "|---|---|",
            *(f"| {rule} | {number} |" for rule, number in counts["rejected_by"].items()),
        ]
    return "\n".join(lines) + "\n"
