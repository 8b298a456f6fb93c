"""The figures of examining and certifying: classes found, false findings, cost, linkage, labels, memory, and whether the gate holds.

    python -m benchmarks.examine [--seeds 1,2,3] [--domains civil,hospital,market] [--only PART] [--rows 100000] [--final] [--json]

One line a figure, as in `benchmarks/clean.py`, then one line a class:

    mixed_units   P 0.997  R 0.990   9 of 9 tables   hospital/2 taille_cm P 0.998 R 0.991 ...

`khettara examine TABLE --json` runs as a user runs it: as a command, without a setting. Tables come from `planted_tables/`, written
apart from the detectors; `found.py` says how a finding is matched to the truth. Peers do the same work on the same tables in
environments of their own. Seeds for development are 1, 2, 3 and whatever one likes; `FINAL_SEEDS` belong to `--final` alone, and to
figures that are published: whoever mends a detector by what they show has used them up, and must replace them.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl
from benchmarks.environments import OFFLINE, peer, usual_folder
from benchmarks.figures import Figure, as_lines, machine
from benchmarks.found import ENOUGH, Score, false_share, pooled, score, score_pairs
from benchmarks.measure import KHETTARA, Cost, if_possible, measure
from benchmarks.planted_tables import CLASSES, DOMAINS, FURTHER, NoPlaces, Table, write_table

SCRIPTS = Path(__file__).parent / "peers"
PEERS = ("ydata-profiling", "splink", "cleanlab")
FINAL_SEEDS = (7919, 104_729, 1_299_709)
"""For the final figure only."""
LINKED = ("nom", "prenom", "cin", "telephone", "naissance", "commune")
BOUNDS = {"classes": 14, "false": 0.005, "cpu": 0.5, "memory_mb": 1500.0, "label_f1": 0.78}
"""What issue 6 asks for."""


@dataclass(frozen=True)
class Examined:
    """One table, what was planted in it, what was found, at what cost."""

    name: str
    folder: Path
    described: dict[str, Any]
    truth: pl.DataFrame
    findings: list[dict[str, Any]]
    cost: Cost

    @cached_property
    def scores(self) -> list[Score]:
        """Every class that is in it."""
        return score(self.truth, self.described, self.findings, (*CLASSES, *FURTHER))


@dataclass
class Bench:
    """What to measure with: a folder, tables by domain and seed, sizes, which peers."""

    folder: Path
    domains: tuple[str, ...]
    seeds: tuple[int, ...]
    rows: int
    memory_rows: int
    peers: tuple[str, ...]
    mutations: int
    attacks: int
    details: list[str] = field(default_factory=list)

    def table(self, domain: str, seed: int) -> tuple[Path, dict[str, Any]]:
        """A planted table, made once."""
        folder = self.folder / f"{domain}-{self.rows}-{seed}"
        if not (folder / "truth.json").is_file():
            write_table(Table.of(domain, self.rows, seed), folder)
        return folder, json.loads((folder / "truth.json").read_text(encoding="utf-8"))

    @cached_property
    def examined(self) -> list[Examined]:
        """Every table, examined."""
        found = []
        for domain in self.domains:
            for seed in self.seeds:
                folder, described = self.table(domain, seed)
                cost = if_possible(f"{domain}/{seed}", lambda folder=folder: examine(folder / "table.csv"))  # type: ignore[misc]
                if cost is not None:
                    (folder / "found.json").write_text(cost.output, encoding="utf-8")  # for whoever looks into a figure
                    findings = json.loads(cost.output)["findings"]
                    found.append(Examined(f"{domain}/{seed}", folder, described, pl.read_parquet(folder / "truth.parquet"), findings, cost))
        return found

    def python(self, name: str) -> Path | None:
        """The Python of a peer, or None when it is not asked for or cannot be had."""
        return if_possible(name, lambda: peer(name, usual_folder())) if name in self.peers else None

    def run_peer(self, name: str, script: str, folder: Path, described: dict[str, Any], *words: str) -> Cost | None:
        """A peer over one table."""
        python = self.python(name)
        if python is None:
            return None
        command = [str(python), str(SCRIPTS / script), str(folder / "table.csv"), described["separator"], described["encoding"], *words]
        return if_possible(name, lambda: measure(command, OFFLINE))


def examine(table: Path) -> Cost:
    """The command, as a user gives it; findings are no failure, whatever the exit status says of them."""
    return measure([KHETTARA, "examine", str(table), "--json"])


def link(table: Path) -> Cost:
    """The table's records linked with one another, as a user asks for it."""
    return measure([KHETTARA, "link", str(table), "--basis", "benchmark on invented persons", "--json"])


# ---------------------------------------------------------------------------------------------------------------- parts


def classes(bench: Bench) -> list[Figure]:
    """Classes found, pooled over all tables, and in every table."""
    if not bench.examined:
        return []
    by_class = {name: [(e, s) for e in bench.examined for s in e.scores if s.name == name] for name in (*CLASSES, *FURTHER)}
    found = 0
    for name, scores in by_class.items():
        if scores:
            whole = pooled(name, [s for _, s in scores])
            found += whole.found and name in CLASSES
            bench.details += _details(whole, scores, further=name in FURTHER)
    everywhere = sum(bool(scores) and all(s.found for _, s in scores) for name, scores in by_class.items() if name in CLASSES)
    note = f"{len(bench.examined)} tables; ydata-profiling found 2 of 17, 18 rules by hand 12, in the research note"
    return [
        Figure(f"classes of {len(CLASSES)} found, P and R at least {ENOUGH}, all tables together", found, "", BOUNDS["classes"], "more", note=note),
        Figure(f"classes of {len(CLASSES)} found in every single table", everywhere, "", better="more"),
    ]


def _details(whole: Score, scores: list[tuple[Examined, Score]], *, further: bool) -> list[str]:
    """A line for the class, and one for each table in which it was not found, with precision/recall of the columns concerned."""
    good = sum(s.found for _, s in scores)
    verdict = "beyond the 17" if further else "found" if whole.found else "NOT FOUND"
    lines = [f"{whole.name:20} P {whole.precision:.3f}  R {whole.recall:.3f}  {good} of {len(scores)} tables  {verdict}"]
    for examined, one in scores:
        if not one.found:
            concerned = (column for column in one.columns if column[2] or column[3])
            columns = "; ".join(f"{name} {_ratio(right, wrong)}/{_ratio(right, missed)}" for name, right, missed, wrong in concerned)
            counts = f"({one.right} right, {one.missed} missed, {one.wrong} wrong)"
            lines.append(f"    {examined.name:14} P {one.precision:.3f}  R {one.recall:.3f}  {counts}  {columns}")
    return lines


def _ratio(right: int, other: int) -> str:
    return f"{right / (right + other):.3f}" if right + other else "-"


def clean(bench: Bench) -> list[Figure]:
    """False findings on the same tables without a defect."""
    shares, kinds = [], {}
    for domain in bench.domains:
        for seed in bench.seeds:
            folder, described = bench.table(domain, seed)
            cost = if_possible(f"{domain}/{seed} clean", lambda folder=folder: examine(folder / "clean.csv"))  # type: ignore[misc]
            if cost is None:
                continue
            said = json.loads(cost.output)
            share, by_kind = false_share(said["findings"], said["records"], list(described["meanings"]))
            shares.append(share)
            if by_kind:
                kinds[f"{domain}/{seed}"] = by_kind
    bench.details += [f"clean {name}: " + ", ".join(f"{kind} {count} cells" for kind, count in by.items()) for name, by in kinds.items()]
    if not shares:
        return []
    return [
        Figure("false findings on clean tables, share of cells, mean", statistics.mean(shares), "", BOUNDS["false"]),
        Figure("the same, worst table", max(shares), ""),
    ]


def cost(bench: Bench) -> list[Figure]:
    """CPU seconds and memory, beside ydata-profiling in minimal mode on the same tables."""
    figures = []
    for domain in bench.domains:
        folder, described = bench.table(domain, bench.seeds[0])
        ours = next((e.cost for e in bench.examined if e.name == f"{domain}/{bench.seeds[0]}"), None)
        theirs = bench.run_peer("ydata-profiling", "run_ydata.py", folder, described, str(folder / "ydata.html"))
        if ours is None:
            continue
        name, beside = f"examine {domain}, {bench.rows:,} x 20", "ydata minimal"
        cpu, peak = (theirs.cpu_s, theirs.peak_mb) if theirs else (None, None)
        figures.append(Figure(f"{name}: CPU seconds", ours.cpu_s, "s", peer=beside, peer_value=cpu, least_ratio=1 / BOUNDS["cpu"]))
        figures.append(Figure(f"{name}: peak memory", ours.peak_mb, "MB", peer=beside, peer_value=peak))
    return figures


def linkage(bench: Bench) -> list[Figure]:
    """Near duplicates of the civil register, beside Splink on the same table."""
    figures = []
    for examined in (e for e in bench.examined if e.described["domain"] == "civil"):
        planted = {name: piece for (name,), piece in examined.truth.group_by("class")}
        said = {row for finding in examined.findings if finding["kind"] == "near_duplicate" for row in finding["rows"]}
        ours = score_pairs("near_duplicate", planted, said)
        theirs = _splink(bench, examined, planted)
        for what in ("precision", "recall"):
            value = getattr(theirs[0], what) if theirs else None
            figures.append(Figure(f"linkage {examined.name}: {what}", getattr(ours, what), "", value, "more", "Splink", value))
        if theirs:
            name = f"linkage {examined.name}: CPU seconds (ours: of the whole examination)"
            figures.append(Figure(name, examined.cost.cpu_s, "s", peer="Splink", peer_value=theirs[1].cpu_s))
        alone = if_possible("khettara link", lambda table=examined.folder / "table.csv": link(table))  # type: ignore[misc]
        if theirs and alone is not None:
            name = f"linkage {examined.name}: CPU seconds of `khettara link`"
            figures.append(Figure(name, alone.cpu_s, "s", theirs[1].cpu_s, "less", "Splink", theirs[1].cpu_s))
    return figures


def _splink(bench: Bench, examined: Examined, planted: dict[Any, pl.DataFrame]) -> tuple[Score, Cost] | None:
    headers = Table.of("civil", bench.rows, examined.described["seed"]).headers
    columns, pairs = examined.folder / "splink-columns.json", examined.folder / "splink-pairs.csv"
    columns.write_text(json.dumps({key: headers[key] for key in LINKED}), encoding="utf-8")
    spent = bench.run_peer("splink", "run_splink.py", examined.folder, examined.described, str(columns), str(pairs))
    if spent is None:
        return None
    found = pl.read_csv(pairs)
    said = set(found["unique_id_l"].to_list()) | set(found["unique_id_r"].to_list())
    return score_pairs("near_duplicate", planted, said), spent


def labels(bench: Bench) -> list[Figure]:
    """Label errors, beside cleanlab on the same table, and beside what anybody could find."""
    figures = []
    for examined in bench.examined:
        ours = next((s for s in examined.scores if s.name == "label_error"), None)
        if ours is None:
            continue
        theirs = _cleanlab(bench, examined)
        best = (examined.described["label_ceiling"] or {}).get("f1", 0.0)
        note = f"at most {best:.3f} can be reached by who knows every probability"
        value = theirs.f1 if theirs else None
        figures.append(Figure(f"label errors {examined.name}: F1", ours.f1, "", BOUNDS["label_f1"], "more", "cleanlab", value, note=note))
    if figures:
        figures.append(Figure("label errors, mean F1", statistics.mean(f.value for f in figures), "", BOUNDS["label_f1"], "more"))
    return figures


def _cleanlab(bench: Bench, examined: Examined) -> Score | None:
    label = examined.described["label"]
    known = json.dumps(examined.described["labels"])
    flagged = examined.folder / "cleanlab.csv"
    if bench.run_peer("cleanlab", "run_cleanlab.py", examined.folder, examined.described, label, known, str(flagged)) is None:
        return None
    finding = {"kind": "label_error", "columns": [label], "rows": pl.read_csv(flagged)["row"].to_list()}
    return score(examined.truth, examined.described, [finding], ["label_error"])[0]


def memory(bench: Bench) -> list[Figure]:
    """Peak memory over a very long table, which is kept for the next run."""
    folder = bench.folder / f"hospital-{bench.memory_rows}-{bench.seeds[0]}"
    if not (folder / "truth.json").is_file():
        write_table(Table.of("hospital", bench.memory_rows, bench.seeds[0]), folder, truth=False)
    output = folder / "found.json"
    command = ["sh", "-c", 'exec "$0" examine "$1" --json > "$2"', KHETTARA, str(folder / "table.csv"), str(output)]
    spent = if_possible("memory", lambda: measure(command))
    if spent is None:
        return []
    name = f"examine {bench.memory_rows:,} x 20, streamed"
    return [Figure(f"{name}: peak memory", spent.peak_mb, "MB", BOUNDS["memory_mb"]), Figure(f"{name}: CPU seconds", spent.cpu_s, "s")]


def certificates(bench: Bench) -> list[Figure]:
    """Signing, verifying, one row's proof, re-certifying, mutations, attacks on the gate."""
    from benchmarks.certificates import proof, recertify, sign, tamper

    return [*sign(bench.folder), *proof(bench.folder), *recertify(bench.folder), *tamper(bench.folder, bench.mutations, bench.attacks)]


PARTS: dict[str, Callable[[Bench], list[Figure]]] = {
    "classes": classes,
    "clean": clean,
    "cost": cost,
    "linkage": linkage,
    "labels": labels,
    "memory": memory,
    "certificates": certificates,
}


def numbers(words: str) -> tuple[int, ...]:
    """Seeds, from the command line."""
    return tuple(int(word) for word in words.split(",") if word)


def main() -> int:
    """Measure, print, and return 1 when a bound is not kept."""
    parser = argparse.ArgumentParser(description="The figures of examining and certifying, each against its bound.")
    parser.add_argument("--seeds", type=numbers, default=(1, 2, 3), help="which tables, of each domain")
    parser.add_argument("--final", action="store_true", help="the three seeds kept for the final figure, instead of --seeds")
    parser.add_argument("--domains", default=",".join(DOMAINS), help="which domains")
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--memory-rows", type=int, default=10_000_000, help="how long the table of the part `memory` is")
    parser.add_argument("--mutations", type=int, default=100_000, help="how many bytes and rows the part `certificates` tampers with")
    parser.add_argument("--attacks", type=int, default=1_000, help="how many attacks on the gate it makes")
    parser.add_argument("--peers", default=",".join(PEERS), help="which peers to install and to measure beside ours")
    parser.add_argument("--only", choices=PARTS, action="append", help="measure this part alone; may be said again")
    parser.add_argument("--folder", type=Path, default=usual_folder() / "examine", help="where tables are kept")
    parser.add_argument("--json", action="store_true", help="print JSON, for another program to read")
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    os.environ["KHETTARA_HOME"] = str(asked.folder.resolve() / "home")
    seeds = FINAL_SEEDS if asked.final else asked.seeds
    domains, peers = (tuple(name for name in words.split(",") if name) for words in (asked.domains, asked.peers))
    bench = Bench(asked.folder.resolve(), domains, seeds, asked.rows, asked.memory_rows, peers, asked.mutations, asked.attacks)
    try:
        figures = [figure for name, part in PARTS.items() if not asked.only or name in asked.only for figure in part(bench)]
    except NoPlaces as missing:
        print(missing, file=sys.stderr)
        return 1
    where = machine() | {"load": os.getloadavg()[0], "seeds": ",".join(map(str, seeds))}
    if asked.json:
        print(json.dumps({"machine": where, "figures": [f.record for f in figures], "details": bench.details}, indent=1, ensure_ascii=False))
    else:
        print("\n".join([", ".join(f"{key} {value}" for key, value in where.items()), "", *as_lines(figures), "", *bench.details]))
    return int(not all(figure.kept for figure in figures))


if __name__ == "__main__":
    sys.exit(main())
