"""The figures of the spine: what the engine itself costs, how fast the command starts, how fast it finds nothing to do.

    python -m benchmarks.spine [--runs 5] [--json] [--without-demo]

One line a figure: its value, the bound it must keep, and the peer that did the same work in the same run.

    identity job, 64 MB, 2 workers: CPU      0.95 s   at most 1.0 s   Ray Data: 20.1 s   21.2 times, at least 15   kept

Exit status 1 when a bound is not kept. What is missing here (Ray, an extra that the demo needs) is named, and left out.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from importlib import metadata
from pathlib import Path

from benchmarks.documents import MEGABYTES, make_dataset
from benchmarks.figures import Figure, as_lines, machine
from benchmarks.measure import KHETTARA, Cost, if_possible, measure, median

DEMO = Path(__file__).parents[1] / "recipes" / "demo.yaml"
IDENTITY = f"identity job, {MEGABYTES} MB, 2 workers"
UP_TO_DATE = "Everything was up to date."
VERSIONS = ("khettara", "pyarrow", "numpy", "pydantic", "ray")

RECIPE = """name: identity
output: {output}
stages:
  - clean: {{from: {source}, to: copy}}
"""

# Ray gets the batches in the format that costs it least, and its start-up counts, as ours does.
RAY_DATA = """
import ray, ray.data
ray.init(num_cpus=2, include_dashboard=False, logging_level="ERROR", _temp_dir={scratch!r})
ray.data.read_parquet({source!r}).map_batches(lambda batch: batch, batch_format="pyarrow").write_parquet({output!r})
"""
QUIET_RAY = {"RAY_USAGE_STATS_ENABLED": "0", "RAY_DATA_DISABLE_PROGRESS_BARS": "1", "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0"}


def main() -> int:
    """Measure, print, and return 1 when a bound is not kept."""
    parser = argparse.ArgumentParser(description="The figures of the spine, each against its bound.")
    parser.add_argument("--runs", type=int, default=5, help="a figure is the median of so many runs, after one that does not count")
    parser.add_argument("--json", action="store_true", help="print JSON, for another program to read")
    parser.add_argument("--without-demo", action="store_true", help="leave out recipes/demo.yaml, whose first run takes a minute or two")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="spine-") as name:
        os.environ["KHETTARA_HOME"] = f"{name}/home"
        figures = measure_all(Path(name), options.runs, demo=not options.without_demo and DEMO.is_file())
    print(as_json(figures, options.runs) if options.json else as_table(figures, options.runs))
    return int(not all(figure.kept for figure in figures))


def measure_all(folder: Path, runs: int, *, demo: bool) -> list[Figure]:
    """Every figure."""
    source = make_dataset(folder / "source")
    recipe = folder / "identity.yaml"
    recipe.write_text(RECIPE.format(output=folder / "out", source=source), encoding="utf-8")
    command = [KHETTARA, "run", str(recipe), "--engine", "threads", "--workers", "2"]
    first = median(runs, _afresh(command, folder / "out"))
    again = median(runs, lambda: measure(command))
    start = median(runs, lambda: measure([KHETTARA, "--help"]))
    peer = if_possible("Ray Data", lambda: _ray_data(folder, source, min(runs, 3)))
    figures = [
        Figure(f"{IDENTITY}: CPU", first.cpu_s, "s", 1.0, "less", "Ray Data", peer.cpu_s if peer else None, 15.0),
        Figure(f"{IDENTITY}: most memory", first.peak_mb, "MB", 200.0, "less", "Ray Data", peer.peak_mb if peer else None),
        Figure("khettara --help: CPU", start.cpu_s, "s", 0.25),
        *_nothing_changed("identity job", again, runs),
    ]
    rerun = if_possible("the demo", lambda: _demo_again(folder / "demo", min(runs, 3))) if demo else None
    return figures if rerun is None else [*figures, *_nothing_changed("demo", rerun, min(runs, 3))]


def _nothing_changed(job: str, again: Cost, runs: int) -> list[Figure]:
    """How long a job takes that has nothing to do, and whether each run of it said so."""
    return [
        Figure(f"{job}, nothing changed: wall", again.wall_s, "s", 1.0),
        Figure(f"{job}, nothing changed: said so", again.output.count(UP_TO_DATE), "runs", runs, "more"),
    ]


def _afresh(command: list[str], output: Path, environment: dict[str, str] | None = None) -> Callable[[], Cost]:
    """Measure a command that finds nothing of its earlier runs."""

    def once() -> Cost:
        shutil.rmtree(output, ignore_errors=True)
        return measure(command, environment)

    return once


def _ray_data(folder: Path, source: Path, runs: int) -> Cost:
    """The peer: the same files, read, handed through and written. Fails where Ray is not installed."""
    # The folder, not its files: ray 2.60 looks at several paths in threads, which race in an import when aiohttp is missing.
    script = RAY_DATA.format(source=str(source / "data"), output=str(folder / "ray"), scratch=str(folder / "r"))
    return median(runs, _afresh([sys.executable, "-c", script], folder / "ray", QUIET_RAY))


def _demo_again(output: Path, runs: int) -> Cost:
    """The demo once more, after a first run that does the work: it is the one that does not count."""
    return median(runs, lambda: measure([KHETTARA, "run", str(DEMO), "--output", str(output)]))


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def as_json(figures: list[Figure], runs: int) -> str:
    """Everything that the table shows, for another program to read."""
    versions = {name: _version(name) for name in VERSIONS}
    return json.dumps({"machine": machine(), "versions": versions, "runs": runs, "figures": [figure.record for figure in figures]}, indent=1)


def as_table(figures: list[Figure], runs: int) -> str:
    """The figures for a person to read, with the machine and the versions."""
    where = machine()
    versions = ", ".join(f"{name} {_version(name)}" for name in VERSIONS if _version(name))
    return "\n".join(
        [
            f"Python {where['python']}, {versions}; {where['cores']} cores, {where['architecture']}",
            f"medians of {runs} runs after a warm-up; Ray Data and the demo: of {min(runs, 3)}",
            "",
            *as_lines(figures),
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
