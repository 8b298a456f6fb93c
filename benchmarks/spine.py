"""The figures of the spine: what the engine itself costs, how fast the command starts, how fast it finds nothing to do.

    python -m benchmarks.spine [--runs 5] [--json]

The peer is Ray Data doing the same identity job over the same Parquet files, in the same run; without Ray its row is left out.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import shutil
import sys
import tempfile
from importlib import metadata
from pathlib import Path

import pyarrow as pa
from benchmarks.measure import Cost, measure, median

from khettara.dataset import DOCUMENTS, Draft, StepRecord

ROOT = Path(__file__).parents[1]
KHETTARA = str(Path(sys.executable).parent / "khettara")
MEGABYTES = 64
PARTS = 8

RECIPE = """name: identity
output: {output}
stages:
  - clean: {{from: {source}, to: copy}}
"""

RAY_DATA = """
import ray, ray.data
ray.init(num_cpus=2, include_dashboard=False, logging_level="ERROR")
ray.data.read_parquet({files!r}).map_batches(lambda batch: batch, batch_format="pyarrow").write_parquet({output!r})
"""
QUIET_RAY = {"RAY_USAGE_STATS_ENABLED": "0", "RAY_DATA_DISABLE_PROGRESS_BARS": "1", "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0"}


def main() -> int:
    """Measure, print, and return 1 when a bound is not kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        os.environ["KHETTARA_HOME"] = f"{name}/home"
        figures = measure_all(Path(name), options.runs)
    print(json.dumps(figures, indent=1) if options.json else as_table(figures))
    return int(not all(figure["kept"] for figure in figures))


def measure_all(folder: Path, runs: int) -> list[dict[str, object]]:
    """Every figure, each with its bound."""
    source = make_dataset(folder / "source")
    recipe = folder / "identity.yaml"
    recipe.write_text(RECIPE.format(output=folder / "out", source=source), encoding="utf-8")

    def identity() -> Cost:
        shutil.rmtree(folder / "out", ignore_errors=True)
        return measure([KHETTARA, "run", str(recipe), "--workers", "2"])

    ours = median(runs, identity)
    again = median(runs, lambda: measure([KHETTARA, "run", str(recipe), "--workers", "2"]))
    start = median(runs, lambda: measure([KHETTARA, "--help"]))
    figures = [
        figure("identity job over 64 MB, 2 workers: CPU seconds", ours.cpu_s, at_most=1.0),
        figure("identity job over 64 MB, 2 workers: peak MB (PSS)", ours.peak_mb, at_most=200),
        figure("second run, nothing changed: wall seconds", again.wall_s, at_most=1.0),
        figure("second run says that everything was up to date", float("Everything was up to date." in again.output), at_least=1),
        figure("khettara --help: CPU seconds", start.cpu_s, at_most=0.25),
    ]
    try:
        metadata.version("ray")
    except metadata.PackageNotFoundError:
        print("ray is not installed: no peer", file=sys.stderr)
        return figures
    script = RAY_DATA.format(files=[str(path) for path in sorted((source / "data").glob("*.parquet"))], output=str(folder / "ray"))

    def ray_data() -> Cost:
        shutil.rmtree(folder / "ray", ignore_errors=True)
        return measure([sys.executable, "-c", script], QUIET_RAY)

    peer = median(max(1, runs // 2), ray_data)
    figures.append(figure("Ray Data, the same job: CPU seconds", peer.cpu_s))
    figures.append(figure("Ray Data, the same job: peak MB (PSS)", peer.peak_mb))
    figures.append(figure("Ray Data's CPU over ours", peer.cpu_s / ours.cpu_s, at_least=15))
    return figures


def figure(name: str, value: float, *, at_most: float | None = None, at_least: float | None = None) -> dict[str, object]:
    """One figure with its bound, if it has one."""
    kept = (at_most is None or value <= at_most) and (at_least is None or value >= at_least)
    bound = f"at most {at_most:g}" if at_most is not None else f"at least {at_least:g}" if at_least is not None else ""
    return {"figure": name, "value": round(value, 3), "bound": bound, "kept": kept}


def as_table(figures: list[dict[str, object]]) -> str:
    """The figures for a person to read, with the machine and the versions."""
    names = ("pyarrow", "ray")
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in names if _installed(name))
    lines = [f"Python {platform.python_version()}, {versions}; {len(os.sched_getaffinity(0))} cores, {platform.machine()}"]
    for row in figures:
        lines.append(f"{row['figure']:<56} {row['value']:>10}  {row['bound']!s:<14} {'' if row['kept'] else 'NOT KEPT'}".rstrip())
    return "\n".join(lines)


def _installed(name: str) -> bool:
    try:
        metadata.version(name)
    except metadata.PackageNotFoundError:
        return False
    return True


def make_dataset(path: Path) -> Path:
    """A sealed dataset of 64 MB of text in 8 parts: documents of 1 to 3 kB, of words drawn by chance from three languages."""
    chance = random.Random(0)
    texts = sorted((ROOT / "samples" / "archive").glob("[dp]*/*.txt"))
    words = sorted({word for text in texts for word in text.read_text(encoding="utf-8").split()})
    with Draft(path) as draft:
        for part in range(PARTS):
            rows: list[dict[str, object]] = []
            size = 0
            while size < (MEGABYTES << 20) // PARTS:
                text = " ".join(chance.choices(words, k=chance.randrange(150, 400)))
                size += len(text.encode())
                rows.append({"id": f"{part}-{len(rows)}", "text": text, "licence": "CC0-1.0", "source": {"uri": f"{part}.txt"}})
            draft.write("data", [pa.RecordBatch.from_pylist(rows, schema=DOCUMENTS)], DOCUMENTS)
        draft.seal(kind="documents", step=StepRecord("benchmark", 1, {}, "benchmark"), schema=DOCUMENTS)
    return path


if __name__ == "__main__":
    sys.exit(main())
