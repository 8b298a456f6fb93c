"""The figures of cleaning: speed against the best existing systems, quality on labels that no rule has seen, memory, growth, re-runs.

    python -m benchmarks.clean [--mb 64] [--runs 3] [--peers datatrove,data-juicer,daft] [--growth 64,256,1024] [--json] [--only PART]

One line a figure: its value, the bound it must keep, and the peer that did the same work in the same run.

    full pipeline, 64 MB, start-up included: MB per CPU second   26.1   at least 25   datatrove: 0.165   158 times, at least 100   kept

Exit status 1 when a bound is not kept. What is missing here (real text, a peer that cannot be installed, a step) is named, and left out.
Corpora, the peers' environments, and lists of single cases for a person to judge are kept in --folder.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from benchmarks.corpus import make_corpus, usual_sentences
from benchmarks.environments import OFFLINE, peer, usual_folder
from benchmarks.figures import Figure, as_lines, machine
from benchmarks.growth import GROWS_AT_MOST, as_chart, as_rows
from benchmarks.measure import Cost, if_possible, measure
from benchmarks.pipelines import EDITS, SHORTEST, Run, command, edits_recipe, full_recipe, run, seal
from benchmarks.quality import Sets, make_sets, our_copies, read_texts, score_copies, score_masking, score_repair, shares

from khettara.clean import STEPS

SCRIPTS = Path(__file__).parent / "peers"
PEERS = ("datatrove", "data-juicer", "daft")
PEERS_MB = 16
"""Peers take two minutes for what takes ours a second, so they get a smaller corpus of the same make."""
LABELLED = 1500
BATCH_ROWS = 2048
IDLE = 0.5
SMALL_SHARD_MB = 4.0


@dataclass(frozen=True)
class Bench:
    """What to measure with: a folder, sizes in MB, how many runs a median is of, which peers."""

    folder: Path
    mb: int = 64
    runs: int = 3
    peer_runs: int = 1
    peers: tuple[str, ...] = PEERS
    growth: tuple[int, ...] = ()
    environments: Path | None = None

    @cached_property
    def sentences(self) -> dict[str, list[str]]:
        """What every corpus is made of."""
        return usual_sentences()

    @cached_property
    def sets(self) -> Sets:
        """The labelled sets."""
        return make_sets(self.sentences)

    def corpus(self, megabytes: int) -> Path:
        """A labelled corpus of that size, made once."""
        path = self.folder / f"corpus-{megabytes}"
        return path if (path / "dataset").exists() else make_corpus(path, megabytes, self.sentences)

    @cached_property
    def full(self) -> list[Run]:
        """The full pipeline, afresh so many times after one that does not count."""
        return self.pipeline(self.mb, self.runs, warm_up=True)

    def pipeline(self, megabytes: int, runs: int, *, warm_up: bool = False) -> list[Run]:
        """Runs of the full pipeline over a corpus; the output of the last one stays."""
        recipe = full_recipe(self.corpus(megabytes) / "dataset", self.folder / f"full-{megabytes}")
        return [run(recipe) for _ in range(runs + warm_up)][warm_up:]

    def python(self, name: str) -> Path | None:
        """The Python of a peer, or None when it is not asked for or cannot be had."""
        if name not in self.peers:
            return None
        return if_possible(name, lambda: peer(name, self.environments or self.folder / "environments"))

    @cached_property
    def peer_pipelines(self) -> dict[str, tuple[float, Path]]:
        """By peer: CPU seconds of its pipeline over the small corpus, and where its output lies."""
        found = {}
        for name, script in (("datatrove", ["run_datatrove.py", "clean"]), ("data-juicer", ["run_data_juicer.py"])):
            python = self.python(name)
            if python is not None:
                cost = if_possible(name, lambda name=name, python=python, script=script: self._peer_pipeline(name, python, script))  # type: ignore[misc]
                if cost is not None:
                    found[name] = (cost, self.folder / name / "out")
        return found

    def _peer_pipeline(self, name: str, python: Path, script: list[str]) -> float:
        texts = self.corpus(PEERS_MB) / "parquet"
        identifier = self._identifier(python)
        work = self.folder / name
        spent = []
        for _ in range(self.peer_runs):
            shutil.rmtree(work, ignore_errors=True)
            cost = measure([str(python), str(SCRIPTS / script[0]), *script[1:], str(texts), str(work), str(identifier)], OFFLINE)
            spent.append(cost.cpu_s)
        return statistics.median(spent)

    def _identifier(self, python: Path) -> Path:
        """A language identifier for the peers, trained once."""
        path = self.folder / "identifier.bin"
        if not path.exists():
            corpus = self.corpus(PEERS_MB)
            texts = pa.concat_tables([pq.read_table(file) for file in sorted((corpus / "parquet").glob("*.parquet"))])
            labels = pq.read_table(corpus / "truth.parquet", columns=["writing"])["writing"]
            labelled = self.folder / "labelled.parquet"
            pq.write_table(texts.append_column("writing", labels).slice(0, LABELLED), labelled)
            measure([str(python), str(SCRIPTS / "train_identifier.py"), str(labelled), str(path)], OFFLINE)
        return path

    @cached_property
    def datatrove_edits(self) -> dict[str, str] | None:
        """What datatrove's repair and masking make of the labelled sets."""
        python = self.python("datatrove")
        work = self.folder / "datatrove-edits"
        shutil.rmtree(work, ignore_errors=True)
        words = [str(python), str(SCRIPTS / "run_datatrove.py"), "edits", str(self.sealed_sets.with_suffix(".parquet")), str(work)]
        if python is None or if_possible("datatrove", lambda: measure(words, OFFLINE)) is None:
            return None
        return read_texts(work / "out")

    @cached_property
    def sealed_sets(self) -> Path:
        """The labelled sets as a dataset."""
        path = self.folder / "sets"
        shutil.rmtree(path, ignore_errors=True)
        return seal(path, self.sets.texts())

    def edited(self, steps: tuple[str, ...]) -> dict[str, str]:
        """What edits of ours make of the labelled sets."""
        recipe = edits_recipe(self.sealed_sets, self.folder / "edited", [step for step in steps if step in STEPS])
        return read_texts(run(recipe).dataset / "data")


# ---------------------------------------------------------------------------------------------------------------- parts


def speed(bench: Bench) -> list[Figure]:
    """The full pipeline, start-up included."""
    ours = bench.mb / statistics.median(done.cost.cpu_s for done in bench.full)
    name = f"full pipeline, {bench.mb} MB, start-up included: MB per CPU second"
    peers = {peer_name: PEERS_MB / cpu_s for peer_name, (cpu_s, _) in bench.peer_pipelines.items()}
    first = Figure(name, ours, "MB/s/core", 25.0, "more", "datatrove", peers.get("datatrove"), 100.0)
    more = [Figure(name, ours, "MB/s/core", 25.0, "more", "data-juicer", peers["data-juicer"])] if "data-juicer" in peers else []
    return [first, *more]


def minhash(bench: Bench) -> list[Figure]:
    """MinHash from raw text, start-up and reading left out for both."""
    texts = bench.corpus(bench.mb) / "parquet"
    ours = bench.mb / statistics.median([_minhash_s(texts) for _ in range(bench.runs + 1)][1:])
    python = bench.python("daft")
    theirs = None
    if python is not None:
        cost = if_possible("daft", lambda: measure([str(python), str(SCRIPTS / "run_daft.py"), str(texts), str(bench.runs)], OFFLINE))
        if cost is not None:
            seconds = json.loads(cost.output)
            theirs = bench.mb / (statistics.median(seconds["minhash_s"]) - statistics.median(seconds["read_s"]))
    return [Figure("MinHash from raw text", ours, "MB/s/core", 200.0, "more", "Daft", theirs)]


def _minhash_s(texts: Path) -> float:
    step = STEPS["min_hash"]()
    spent = 0.0
    for file in sorted(texts.glob("*.parquet")):
        for batch in pq.ParquetFile(file).iter_batches(BATCH_ROWS, columns=["text"]):
            batch = batch.cast(pa.schema([("text", pa.large_string())]))
            began = time.process_time()
            step(batch)
            spent += time.process_time() - began
    return spent


def private(bench: Bench) -> list[Figure]:
    """Personal data left readable, and masks where there is none."""
    listing = bench.folder / "masks-on-sound-text.jsonl"
    ours = score_masking(bench.sets, bench.edited(EDITS), listing)
    theirs = score_masking(bench.sets, bench.datatrove_edits) if bench.datatrove_edits is not None else None
    tell("personal data still readable, by kind:", shares(ours.readable))
    tell("personal data still readable, the ways that hide best:", [line for line in shares(ours.ways, 40) if not line.startswith("  0.00")])
    innocent = f"{ours.wrong_innocent} in innocent sentences, {ours.wrong_sound} in {ours.sound_texts} sound texts"
    tell(f"masks that hide nothing: {ours.wrong_beside} beside planted values, {innocent}", [])
    tell(f"for a person to judge: {ours.names_on_sound} names in sound texts, {ours.private} masks in texts that do tell of people: {listing}", [])
    peer_value = theirs.share_readable if theirs else None
    return [
        Figure("personal data left readable, planted set", ours.share_readable, "%", 0.5, "less", "datatrove", peer_value),
        Figure("masks that hide personal data, of all", ours.precision, "%", 99.0, "more", "datatrove", theirs.precision if theirs else None),
    ]


def encoding(bench: Bench) -> list[Figure]:
    """Misread texts repaired, sound texts changed."""
    ours = score_repair(bench.sets, bench.edited(EDITS[:1]), bench.folder / "repairs-that-differ.jsonl")
    theirs = score_repair(bench.sets, bench.datatrove_edits) if bench.datatrove_edits is not None else None
    tell("misread texts repaired, by pages and level:", shares(ours.by_pages)[::-1])
    tell("misread in further pages, no bound:", shares(ours.further)[::-1])
    tell(f"{ours.sound_texts} sound texts; those changed, and repairs that differ: {bench.folder / 'repairs-that-differ.jsonl'}", [])
    repaired = Figure("misread texts repaired to the letter", ours.share, "%", 99.0, "more", "datatrove", theirs.share if theirs else None)
    changed = Figure("sound texts changed by the repair", ours.changed, "texts", 0.0, "less", "datatrove", float(theirs.changed) if theirs else None)
    return [repaired, changed] if ours.sound_texts else [repaired]


def copies(bench: Bench) -> list[Figure]:
    """Planted copies removed, and what was set aside for something that it is no copy of."""
    ours = our_copies(bench.corpus(bench.mb) / "truth.parquet", bench.full[-1])
    theirs = {name: score_copies(bench.corpus(PEERS_MB) / "truth.parquet", set(read_texts(out))) for name, (_, out) in bench.peer_pipelines.items()}
    tell(f"of near copies alone: {ours.near_removed:.4f}; originals of which no copy is left (rules included): {ours.lost} of {ours.groups}", [])
    for name, found in theirs.items():
        tell(f"{name}: near copies {found.near_removed:.4f}, no copy left {found.lost} of {found.groups}", [])
    best = max(theirs, key=lambda name: theirs[name].removed, default="")
    return [
        Figure("planted copies removed, exact and near", 100 * ours.removed, "%", 97.0, "more", best, 100 * theirs[best].removed if best else None),
        Figure("set aside for a text it is no copy of", ours.false_merges, "texts", 0.0),
    ]


def growth(bench: Bench) -> list[Figure]:
    """CPU seconds a MB, and the most memory, as the corpus grows; one worker."""
    sizes = sorted({bench.mb, *bench.growth})
    runs = {size: (bench.full[-1] if size == bench.mb else bench.pipeline(size, 1)[0]) for size in sizes}
    costs = {size: done.cost for size, done in runs.items()}
    table = as_rows({size: (cost.cpu_s, cost.peak_mb) for size, cost in costs.items()})
    chart = bench.folder / "growth.svg"
    chart.write_text(as_chart({size: cost.cpu_s / size for size, cost in costs.items()}), encoding="utf-8")
    tell(f"growth, one worker (chart: {chart}):", table)
    figures = [
        Figure(f"most memory of one worker, {size} MB", costs[size].peak_mb, "MB", 300.0)
        for size in (sizes if len(sizes) < 2 else (sizes[0], sizes[-1]))
    ]
    if len(sizes) > 1:
        least = costs[sizes[0]].cpu_s / sizes[0]
        rise = 100 * (max(costs[size].cpu_s / size for size in sizes[1:]) / least - 1)
        figures.append(Figure(f"CPU seconds a MB, {sizes[0]} to {sizes[-1]} MB: rise", rise, "%", GROWS_AT_MOST))
        again = _changed_threshold(bench, sizes[-1])
        figures.append(_rerun(sizes[-1], costs[sizes[-1]], again))
    return figures


def rerun(bench: Bench) -> list[Figure]:
    """One threshold changed: what the next run costs, of the cost of the first."""
    full = min((done.cost for done in bench.full), key=lambda cost: cost.cpu_s)
    return [_rerun(bench.mb, full, _changed_threshold(bench, bench.mb))]


def _changed_threshold(bench: Bench, megabytes: int) -> Run:
    recipe = full_recipe(bench.corpus(megabytes) / "dataset", bench.folder / f"full-{megabytes}", shortest=SHORTEST * 3)
    return run(recipe, afresh=False)


def _rerun(megabytes: int, full: Cost, again: Run) -> Figure:
    name = f"re-run after one threshold changed, {megabytes} MB: of the full cost"
    return Figure(name, 100 * again.cost.cpu_s / full.cpu_s, "%", 5.0, note=f"{again.cost.cpu_s:.2f} s of {full.cpu_s:.2f} s")


def kill(bench: Bench) -> list[Figure]:
    """`kill -9` in the middle: finished work that was done again, and whether the outcome is the same to the bit."""
    source = bench.corpus(bench.mb) / "dataset"
    whole = run(full_recipe(source, bench.folder / "undisturbed", shard_mb=SMALL_SHARD_MB))
    recipe = full_recipe(source, bench.folder / "killed", shard_mb=SMALL_SHARD_MB)
    output = Path(recipe["output"])
    shutil.rmtree(output, ignore_errors=True)
    process = subprocess.Popen(command(recipe), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    enough = max(2, int(bench.mb / SMALL_SHARD_MB) // 2)
    while process.poll() is None and len(_finished(output)) < enough:
        time.sleep(0.02)
    if process.poll() is not None:
        tell("kill: the run was over before it could be killed; take a larger corpus (--mb)", [])
        return []
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    finished = _finished(output)
    again = run(recipe, afresh=False)
    reused = sum(stage["units_reused"] for stage in again.report["stages"])
    same = again.report["stages"][0]["digest"] == whole.report["stages"][0]["digest"]
    tell(f"killed with {len(finished)} units finished of {bench.mb / SMALL_SHARD_MB:.0f} shards; {reused} used again", [])
    return [
        Figure("kill -9: finished units done again", len(finished) - reused, "units", 0.0),
        Figure("kill -9: same digest as undisturbed", float(same), "", 1.0, "more"),
    ]


def _finished(output: Path) -> list[Path]:
    # Not those in drafts, whose names begin with a full stop: they are not finished.
    return [path for path in output.glob(".work/*/*/receipt.json") if not path.parent.name.startswith(".")]


def workers(bench: Bench) -> list[Figure]:
    """Two workers against one. Wall seconds mean something on an idle machine only: the load is said, and judged."""
    size = min(256, max((bench.mb, *bench.growth)))
    load = os.getloadavg()[0]
    recipe = full_recipe(bench.corpus(size) / "dataset", bench.folder / "workers", shard_mb=8.0)
    one, two = (statistics.median(run(recipe, workers=n).cost.wall_s for _ in range(min(3, bench.runs))) for n in (1, 2))
    idle = load < IDLE and len(os.sched_getaffinity(0)) > 1
    note = f"load {load:.1f} before{'' if idle else ': not idle, not judged'}"
    return [Figure(f"two workers, {size} MB: throughput of one", one / two, "times", 1.8 if idle else None, "more", note=note)]


PARTS: dict[str, Callable[[Bench], list[Figure]]] = {
    part.__name__: part for part in (speed, minhash, private, encoding, copies, rerun, kill, growth, workers)
}


# ---------------------------------------------------------------------------------------------------------------- command


def tell(what: str, lines: list[str]) -> None:
    """Say what a figure is made of, beside the figures."""
    print("\n".join([what, *(f"  {line}" for line in lines)]), file=sys.stderr)


def numbers(words: str) -> tuple[int, ...]:
    """Sizes, from the command line."""
    return tuple(int(word) for word in words.split(",") if word)


def main() -> int:
    """Measure, print, and return 1 when a bound is not kept."""
    parser = argparse.ArgumentParser(description="The figures of cleaning, each against its bound.")
    parser.add_argument("--mb", type=int, default=64, help="size of the corpus, in MB")
    parser.add_argument("--runs", type=int, default=3, help="a figure is the median of so many runs, after one that does not count")
    parser.add_argument("--peer-runs", type=int, default=1, help=f"the same for datatrove and Data-Juicer, a minute or two each over {PEERS_MB} MB")
    parser.add_argument("--peers", default=",".join(PEERS), help="which peers to install and to measure beside ours")
    parser.add_argument("--growth", type=numbers, default=(64, 256, 1024), help="sizes of the chart of growth; 64,256,1024,2048 is the whole of it")
    parser.add_argument("--only", choices=PARTS, action="append", help="measure this part alone; may be said again")
    parser.add_argument("--folder", type=Path, default=usual_folder() / "clean", help="where corpora and lists are kept")
    parser.add_argument("--env", type=Path, help="where the peers' environments are kept")
    parser.add_argument("--json", action="store_true", help="print JSON, for another program to read")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    wanted = tuple(name for name in options.peers.split(",") if name)
    bench = Bench(options.folder.resolve(), options.mb, options.runs, options.peer_runs, wanted, options.growth, options.env)
    os.environ["KHETTARA_HOME"] = str(bench.folder / "home")
    figures = [figure for name, part in PARTS.items() if not options.only or name in options.only for figure in part(bench)]
    where: dict[str, Any] = machine() | {"load": os.getloadavg()[0], "runs": bench.runs}
    if options.json:
        print(json.dumps({"machine": where, "figures": [figure.record for figure in figures]}, indent=1, ensure_ascii=False))
    else:
        print("\n".join([", ".join(f"{key} {value}" for key, value in where.items()), "", *as_lines(figures)]))
    return int(not all(figure.kept for figure in figures))


if __name__ == "__main__":
    sys.exit(main())
