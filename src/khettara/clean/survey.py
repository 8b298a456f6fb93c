"""What cleaning did to a dataset, as plain values: the funnel, where records come from, copies, languages, signals, thresholds with examples.

    survey(Dataset.open("data/demo/clean"))  ->  {"name": "clean", "funnel": {"in": 401, "losses": [{"rule": "too_short", ...}], "kept": 356}, ...}

The sealed dataset gives all counts, exactly. Histograms and examples come from a sample where there are very many records (see `distributions`).
No text is given whole, and none with an identifier in it: what the recipe did not mask is masked here.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from khettara.clean import STEPS
from khettara.clean.distributions import KEPT, Sample, borders, histograms, sample_of
from khettara.clean.measured import measured_of, take_rows
from khettara.clean.thresholds import thresholds
from khettara.dataset import Dataset
from khettara.engine.strings import NOT_TEXT
from khettara.errors import DatasetError

LONGEST_TEXT = 160
"""Characters of an example: enough to judge it by, too few to read the document."""

MOST_SOURCES = 15
MOST_CLUSTERS = 6
MOST_MEMBERS = 3
_ROWS = 1 << 16


def survey(dataset: Dataset, *, search: tuple[Path, ...] = (), examples: int = 3) -> dict[str, Any]:
    """Everything that the report of a cleaned dataset shows.

    Args:
        dataset: one that the clean room made.
        search: folders in which to look for what it was made from, besides its neighbours.
        examples: how many on each side of a threshold.

    Raises:
        DatasetError: another room made it.
    """
    settings = dataset.manifest.step.settings
    if dataset.manifest.step.name != "clean" or "rules" not in settings:
        raise DatasetError(
            f"it was made by {dataset.manifest.step.name!r}, and this report is of cleaned datasets",
            where=str(dataset.path),
            hint=f"`khettara show {dataset.path}` says what it holds.",
        )
    rules = settings["rules"]
    measured = measured_of(dataset, search)
    sample = sample_of(dataset, measured)
    tallies = _Tallies()
    tallies.count(dataset)
    masked = masks_last(settings["steps"])
    bordered = [rule["rule"] for rule in rules if any(threshold.signal in sample.signals for threshold in thresholds(rule["keep"]))]
    return {
        "name": dataset.name,
        "digest": dataset.digest,
        "made_from": [parent.name for parent in dataset.manifest.parents],
        "funnel": _funnel(dataset, tallies.because),
        "languages": tallies.languages(),
        "sources": tallies.sources(),
        "clusters": _clusters(dataset, tallies, masked),
        "sample": {"records": len(sample), "of": sample.of, "complete": sample.complete},
        "signals": histograms(sample, rules),
        "thresholds": _thresholds(sample, rules, examples, masked),
        "others": _others(dataset, {*bordered, *(rule for _, rule in tallies.winner.values())}, examples, masked),
    }


def _funnel(dataset: Dataset, because: Mapping[str, str]) -> dict[str, Any]:
    """Records in, what each edit changed, what each rule and each join left out in the order in which they decide, and records out."""
    counts, settings = dataset.manifest.counts, dataset.manifest.step.settings
    left = dict(counts["rejected_by"])
    keep = {rule["rule"]: rule["keep"] for rule in settings["rules"]}
    because = {**because, **{rule["rule"]: rule["because"] for rule in settings["rules"]}}
    joins = [join["join"] for join in settings["joins"] if "join" in join]
    early = [rule for rule in left if _came_early(rule)]
    order = dict.fromkeys([*early, *keep, *(["same_id"] if "same_id" in left else []), *joins, *left])
    losses, remaining = [], counts["in"]
    for rule in order:
        remaining -= left.get(rule, 0)
        losses.append({"rule": rule, "because": because.get(rule), "keep": keep.get(rule), "records": left.get(rule, 0), "remaining": remaining})
    return {"in": counts["in"], "edits": _journal(dataset), "losses": losses, "kept": counts["kept"]}


def _journal(dataset: Dataset) -> list[dict[str, Any]]:
    try:
        lines = (dataset.path / "journal.jsonl").read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []
    return [json.loads(line) for line in lines]


class _Tallies:
    """Counts over all records, kept and left out, from small columns only."""

    def __init__(self) -> None:
        self._before: Counter[tuple[str, str]] = Counter()
        self._after: Counter[tuple[str, str]] = Counter()
        self._came: Counter[str] = Counter()
        self._stayed: Counter[str] = Counter()
        self.winner: dict[str, tuple[str, str]] = {}
        self.because: dict[str, str] = {}

    def count(self, dataset: Dataset) -> None:
        for batch in dataset.batches(["lang", "script", "source.uri"], rows=_ROWS):
            self._add(batch, kept=True)
        for batch in dataset.batches(["id", "lang", "script", "source.uri", "rule", "because", "winner"], role="rejects", rows=_ROWS):
            self._add(batch, kept=False)
            for pair in pa.Table.from_batches([batch]).group_by(["rule", "because"]).aggregate([]).to_pylist():
                self.because.setdefault(pair["rule"], pair["because"])
            lost = batch.filter(pc.is_valid(batch.column("winner")))
            for name, winner, rule in zip(*(lost.column(column).to_pylist() for column in ("id", "winner", "rule")), strict=True):
                self.winner[name] = (winner, rule)

    def _add(self, batch: pa.RecordBatch, kept: bool) -> None:
        pairs = pa.table([batch.column("lang"), batch.column("script")], names=["lang", "script"]).group_by(["lang", "script"])
        for row in pairs.aggregate([([], "count_all")]).to_pylist():
            key = (row["lang"] or "unknown", row["script"] or "")
            self._before[key] += row["count_all"]
            self._after[key] += row["count_all"] if kept else 0
        for pair in pc.value_counts(folders_of(pc.struct_field(batch.column("source"), "uri"))).to_pylist():
            self._came[pair["values"]] += pair["counts"]
            self._stayed[pair["values"]] += pair["counts"] if kept else 0

    def languages(self) -> list[dict[str, Any]]:
        return [
            {"lang": lang, "script": script, "in": came, "kept": self._after[lang, script]}
            for (lang, script), came in sorted(self._before.items(), key=lambda item: (-item[1], item[0]))
        ]

    def sources(self) -> list[dict[str, Any]]:
        order = sorted(self._came, key=lambda folder: (-self._came[folder], folder))
        rows = [{"source": folder, "in": self._came[folder], "kept": self._stayed[folder]} for folder in order[:MOST_SOURCES]]
        rest = order[MOST_SOURCES:]
        if rest:
            came, kept = (sum(counts[folder] for folder in rest) for counts in (self._came, self._stayed))
            rows.append({"source": None, "folders": len(rest), "in": came, "kept": kept})
        return rows


def folders_of(uris: pa.Array) -> pa.Array:
    """The folder of each file; a file beside no other folder stands for itself.

    >>> folders_of(pa.array(["avis/2024/souk.txt", "posts.csv", None])).to_pylist()
    ['avis/2024', 'posts.csv', '']
    """
    return pc.replace_substring_regex(pc.fill_null(uris, ""), r"(?s)^(.+)/[^/]*$|^/([^/]*)$", r"\1\2")


def _clusters(dataset: Dataset, tallies: _Tallies, masked: bool) -> list[dict[str, Any]]:
    """The largest groups of copies: how many were left out for one that stayed, with a few of them."""
    groups: dict[str, list[str]] = {}
    for name, (winner, _) in tallies.winner.items():
        while winner in tallies.winner and winner != name:  # a copy of what was then found to be a near copy of another
            winner = tallies.winner[winner][0]
        groups.setdefault(winner, []).append(name)
    largest = sorted(groups, key=lambda winner: (-len(groups[winner]), winner))[:MOST_CLUSTERS]
    members = {winner: groups[winner][:MOST_MEMBERS] for winner in largest}  # in their order, the first parts hold most of them
    kept = records_of(dataset, "data", largest, ("text", "source"))
    lost = records_of(dataset, "rejects", [name for names in members.values() for name in names], ("text", "source", "rule"))
    shown = []
    for winner in largest:
        first, *others = shorten([kept.get(winner), *(lost.get(name) for name in members[winner])], masked)
        rules = [tallies.winner[name][1] for name in members[winner]]
        shown.append(
            {
                "records": len(groups[winner]),
                "rules": dict(Counter(tallies.winner[name][1] for name in groups[winner])),
                "winner": {"id": winner, **first},
                "members": [{"id": name, "rule": rule, **other} for name, rule, other in zip(members[winner], rules, others, strict=True)],
            }
        )
    return shown


def records_of(dataset: Dataset, role: str, ids: Iterable[str], columns: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Some records of a dataset by id. Ids are read throughout; other columns only where a record is found."""
    wanted = pa.array(sorted(set(ids)), pa.string())
    found: dict[str, dict[str, Any]] = {}
    for file in dataset.files(role) if len(wanted) else ():
        with pq.ParquetFile(file) as parquet:
            for group in range(parquet.metadata.num_row_groups):
                names = parquet.read_row_group(group, columns=["id"], use_threads=False)["id"].combine_chunks()
                here = pc.is_in(names, value_set=wanted)
                if pc.any(here).as_py():
                    table = parquet.read_row_group(group, columns=["id", *columns], use_threads=False).filter(here)
                    found |= {row["id"]: row for row in table.to_pylist()}
    return found


def masks_last(steps: Sequence[Mapping[str, Any]]) -> bool:
    """Whether the last edit among steps, as `Transform.record` gives them, was to mask every usual kind of identifier."""
    edits = [step for step in steps if step["step"] not in STEPS or STEPS[step["step"]].kind == "edit"]
    if not edits or edits[-1]["step"] != "mask_identifiers":
        return False
    mask = STEPS["mask_identifiers"]()
    kinds: set[str] = set(mask.record()["settings"]["kinds"])
    return edits[-1]["version"] == mask.version and kinds <= set(edits[-1]["settings"]["kinds"])


def shorten(records: Sequence[Mapping[str, Any] | None], masked: bool) -> list[dict[str, Any]]:
    """Records as examples: the text short and without identifiers, and where it comes from. `masked`: the recipe left none in them."""
    if not records:
        return []
    texts = [" ".join(((record or {}).get("text") or "")[: 4 * LONGEST_TEXT].split()) for record in records]
    if any(texts) and not masked:
        texts = STEPS["mask_identifiers"]()(pa.record_batch({"text": pa.array(texts, pa.large_string())})).column("text").to_pylist()
    return [
        {
            "text": None if record is None else text if len(text) <= LONGEST_TEXT else text[:LONGEST_TEXT].rstrip() + "…",
            "uri": ((record or {}).get("source") or {}).get("uri"),
        }
        for record, text in zip(records, texts, strict=True)
    ]


def _thresholds(sample: Sample, rules: Sequence[Mapping[str, Any]], examples: int, masked: bool) -> list[dict[str, Any]]:
    found = borders(sample, rules, examples)
    places = sorted({place for border in found for side in ("below", "above") for place, _ in border[side]})
    told = {
        place: {
            "id": sample.ids[place].as_py(),
            "lang": sample.langs[sample.lang[place]],
            "reason": None if sample.reason[place] == KEPT else sample.reasons[sample.reason[place]],
            **example,
        }
        for place, example in zip(places, shorten(sample.records(places), masked), strict=True)
    }
    return [
        {
            **{name: border["rule"][name] for name in ("rule", "keep")},
            **{name: getattr(border["threshold"], name) for name in ("signal", "op", "value")},
            **{side: [{**told[place], "value": value} for place, value in border[side]] for side in ("below", "above")},
        }
        for border in found
    ]


def _others(dataset: Dataset, told: Iterable[str], examples: int, masked: bool) -> list[dict[str, Any]]:
    """Examples of what was left out by other reasons than those `told`, such as a list of languages or a step that failed."""
    counts = {rule: number for rule, number in dataset.manifest.counts["rejected_by"].items() if rule not in told}
    found: dict[str, list[dict[str, Any]]] = {rule: [] for rule in counts}
    for file in dataset.files("rejects"):
        missing = {rule: min(examples, counts[rule]) - len(rows) for rule, rows in found.items()}
        if not any(missing.values()):
            break
        rules = pq.read_table(file, columns=["rule"])["rule"].combine_chunks()
        for rule, number in missing.items():
            places = np.flatnonzero(np.asarray(pc.equal(rules, rule)))[:number]
            found[rule] += take_rows(file, places, ("id", "text", "source")) if len(places) else []
    return [
        {
            "rule": rule,
            "records": counts[rule],
            "examples": [{"id": row["id"], **example} for row, example in zip(rows, shorten(rows, masked and not _came_early(rule)), strict=True)],
        }
        for rule, rows in found.items()
    ]


def _came_early(rule: str) -> bool:
    """Whether this reason leaves a record out before its edits are done."""
    return rule in ("no_text", NOT_TEXT[0]) or rule.startswith("failed_")
