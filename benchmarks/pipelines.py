"""Recipes that the benchmark runs, as anyone would: a file handed to `khettara run`, datasets on disk before and after."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import yaml
from benchmarks.measure import KHETTARA, Cost, measure

from khettara.clean import STEPS
from khettara.darija.identifiers import KINDS as IDENTIFIERS
from khettara.dataset import DOCUMENTS, Draft, StepRecord

EDITS = ("repair_encoding", "repair_lines", "scrub", "strip_boilerplate", "mask_identifiers")
SIGNALS = ("identifiers", "words", "language", "quality", "repetition", "readability", "encoding_damage", "exact_hash", "min_hash")

# The thresholds of Gopher's filters (Rae et al. 2021, table A1), where datatrove is given others here the same ones as it.
RULES = (
    ("too_short", "words", "n_words >= {shortest}"),
    ("too_long", "words", "n_words <= 100000"),
    ("odd_words", "words", "3 <= mean_word_length <= 10"),
    ("still_damaged", "encoding_damage", "n_replacement == 0"),
    ("hashes", "quality", "hash_to_word_ratio <= 0.3 and ellipsis_to_word_ratio <= 0.3"),
    ("not_words", "quality", "alphabetic_word_share >= 0.5"),
    ("bullets", "quality", "bullet_line_share <= 0.9 and ellipsis_line_share <= 0.3"),
    ("repeated_lines", "quality", "duplicate_line_share <= 0.2"),
    ("top_2gram", "repetition", "top_2gram_share <= 0.2"),
    ("top_3gram", "repetition", "top_3gram_share <= 0.18"),
    ("top_4gram", "repetition", "top_4gram_share <= 0.16"),
    *((f"again_{n}gram", "repetition", f"duplicate_{n}gram_share <= {(20 - n) / 100}") for n in range(5, 11)),
)
SHORTEST = 20


@dataclass(frozen=True)
class Run:
    """What a recipe cost, and the dataset that it made."""

    cost: Cost
    output: Path
    report: dict[str, Any]

    @property
    def dataset(self) -> Path:
        """The clean dataset."""
        return self.output / "clean"

    def table(self, role: str, columns: Sequence[str]) -> pa.Table:
        """Columns of its data, or of its rejects."""
        files = sorted((self.dataset / role).glob("*.parquet"))
        return pa.concat_tables([pq.read_table(file, columns=list(columns)) for file in files])


@cache
def all_steps() -> tuple[str, ...]:
    """Every edit and signal, in order; one that this version lacks is named and left out."""
    # Identifiers are counted before they are masked.
    wanted = (*EDITS[:-1], SIGNALS[0], EDITS[-1], *SIGNALS[1:])
    missing = [step for step in wanted if step not in STEPS]
    if missing:
        print(f"not in this version, left out: {', '.join(missing)}", file=sys.stderr)
    return tuple(step for step in wanted if step in STEPS)


def full_recipe(source: Path, output: Path, *, shortest: int = SHORTEST, shard_mb: float | None = None) -> dict[str, Any]:
    """All edits, all signals, rules, normalised and near duplicates."""
    steps = all_steps()
    rules = [
        {"rule": name, "keep": keep.format(shortest=shortest), "because": "a threshold of the benchmark"}
        for name, needs, keep in RULES
        if needs in steps
    ]
    stage: dict[str, Any] = {"from": str(source), "to": "clean", "steps": _settled(steps), "rules": rules, "duplicates": ["normalised", "near"]}
    if shard_mb is not None:
        stage["shard_mb"] = shard_mb
    return {"name": "benchmark", "output": str(output), "stages": [{"clean": stage}]}


def edits_recipe(source: Path, output: Path, steps: Iterable[str]) -> dict[str, Any]:
    """Some edits and nothing else."""
    return {"name": "benchmark", "output": str(output), "stages": [{"clean": {"from": str(source), "to": "clean", "steps": _settled(steps)}}]}


def _settled(steps: Iterable[str]) -> list[Any]:
    """Steps as a recipe names them. Names are looked for too, which a recipe must ask for."""
    return [{step: {"kinds": list(IDENTIFIERS)}} if step in ("identifiers", "mask_identifiers") else step for step in steps]


def command(recipe: dict[str, Any], workers: int = 1) -> list[str]:
    """The command that runs a recipe, written beside its output."""
    output = Path(recipe["output"])
    output.parent.mkdir(parents=True, exist_ok=True)
    path = output.parent / f"{output.name}.yaml"
    path.write_text(yaml.safe_dump(recipe, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return [KHETTARA, "run", str(path), "--engine", "threads", "--workers", str(workers)]


def run(recipe: dict[str, Any], *, afresh: bool = True, workers: int = 1) -> Run:
    """Run a recipe to its end and measure it."""
    output = Path(recipe["output"])
    if afresh:
        shutil.rmtree(output, ignore_errors=True)
    try:
        cost = measure(command(recipe, workers))
    except subprocess.CalledProcessError as error:
        raise SystemExit(f"`khettara run` failed: {error.stderr.strip()[-2000:]}") from None
    return Run(cost, output, json.loads((output / "run.json").read_text(encoding="utf-8")))


def seal(path: Path, texts: Iterable[tuple[str, str]]) -> Path:
    """A sealed dataset of (id, text), and the same texts as plain Parquet in `path.parquet/` for tools that know no sealed datasets."""
    rows = [{"id": name, "text": text, "licence": "CC0-1.0", "source": {"uri": name}} for name, text in texts]
    with Draft(path) as draft:
        batches = [pa.RecordBatch.from_pylist(rows[start : start + 1000], schema=DOCUMENTS) for start in range(0, len(rows), 1000)]
        draft.write("data", batches, DOCUMENTS)
        draft.seal(kind="documents", step=StepRecord("benchmark", 1, {}, "benchmark"), schema=DOCUMENTS)
    plain = path.with_suffix(".parquet")
    plain.mkdir(exist_ok=True)
    pq.write_table(
        pa.table({"id": [row["id"] for row in rows], "text": [row["text"] for row in rows]}), plain / "part-00000.parquet", compression="zstd"
    )
    return path
