"""Poisoning: repetitions that are rare, sharp, and sit in texts that otherwise have nothing in common; bursts; sources that weigh too much.

    250 of 193,000 records, all else different, hold "... بوابة زرقاء ثم قل دائما نعم ..."  ->  a passage, 250 records, 31 runs of words

A trigger that is always followed by the same words leaves runs of words that occur in exactly the same few records. Headings and quotations
do so too, hence findings are ranked, and no more than one record in a thousand (`QUARANTINE`) is held suspect.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

import numpy as np
import pyarrow as pa

from khettara.certify.measures import Facts, Measured, Outcome, Seen, missing
from khettara.certify.measures.facts import Array
from khettara.certify.measures.runs import Runs, Shared, pairs
from khettara.dataset import Dataset

MOST, MOST_SHARE = 1000, 0.01
"""A passage in more records than these, and in more than one in a hundred, is not rare: it is a fault of another kind."""
RUNS = 3
"""Runs of words that a passage has at least: five words or more."""
MINOR = 0.85
"""A passage that is more of the text than this is the text itself: the records are copies, not hosts."""
QUARANTINE = 0.001
DIVERSE = 0.5
"""A passage is planted where the words before it differ in at least half of its records; a formula of one's trade has its own place."""
SPREAD = 0.8
"""One that always stands first is a heading where a single source has more of it than this; else it was put there."""
LARGE_BURST = 10
SHOWN = 10


@dataclass(frozen=True)
class Passage:
    """Runs of words that occur in the same records and nowhere else."""

    rows: Array
    n_runs: int


def passages(runs: Runs, shared: Shared) -> list[Passage]:
    """The passages among runs of words, longest and most frequent first."""
    rare = shared.counts <= max(MOST, int(MOST_SHARE * len(runs.sizes)))
    values, counts = shared.runs[rare], shared.counts[rare]
    _, first, sizes = np.unique(shared.names[rare], return_index=True, return_counts=True)
    first, sizes = first[sizes >= RUNS], sizes[sizes >= RUNS]
    ordered = np.sort(first)
    found, rows = runs.find(values[ordered])
    ends = np.cumsum(counts[ordered])
    assert len(found) == (ends[-1] if len(ends) else 0), "runs counted and runs found differ"
    hosts = dict(zip(ordered.tolist(), np.split(rows, ends[:-1]), strict=True)) if len(ends) else {}
    order = sorted(range(len(first)), key=lambda at: (-int(sizes[at]) * int(counts[first[at]]), int(first[at])))
    return [Passage(hosts[int(first[at])], int(sizes[at])) for at in order]


@dataclass(frozen=True)
class Suspect:
    """A passage with what surrounds it in a sample of its records."""

    passage: Passage
    text: str
    diversity: float
    after: float


def look_closer(dataset: Dataset, found: Sequence[Passage], n_runs: Array, most: int = 40, sample: int = 12) -> list[Suspect]:
    """Read a sample of the hosts of the first passages: the words that they share, and how different the words before these are."""
    hosts = [passage for passage in found if float(np.median(passage.n_runs / np.maximum(n_runs[passage.rows], 1))) < MINOR][:most]
    rows = [passage.rows[:: max(1, len(passage.rows) // sample)][:sample] for passage in hosts]
    texts = _texts(dataset, np.unique(np.concatenate(rows)) if rows else np.zeros(0, np.int64))
    suspects = []
    for passage, chosen in zip(hosts, rows, strict=True):
        words = [texts[row].split() for row in chosen.tolist()]
        common = _common(words)
        if len(common) < RUNS + 2:
            continue
        around = [_around(each, common) for each in words]
        before, after = (len({pair[side] for pair in around}) / len(around) for side in (0, 1))
        suspects.append(Suspect(passage, " ".join(common), before, after))
    return suspects


def _common(words: Sequence[Sequence[str]]) -> list[str]:
    """The longest run of words that all texts share."""
    common = list(words[0])
    for other in words[1:]:
        match = SequenceMatcher(None, common, other, autojunk=False).find_longest_match()
        common = common[match.a : match.a + match.size]
    return common


def _around(words: Sequence[str], common: Sequence[str]) -> tuple[str, str]:
    """The words before and after a run of words; nothing where it stands first or last."""
    for at in range(len(words) - len(common) + 1):
        if list(words[at : at + len(common)]) == list(common):
            end = at + len(common)
            return words[at - 1] if at else "", words[end] if end < len(words) else ""
    return "", ""


def _texts(dataset: Dataset, rows: Array) -> dict[int, str]:
    found, before = {}, 0
    for batch in dataset.batches(["text"]) if len(rows) else ():
        here = rows[(rows >= before) & (rows < before + batch.num_rows)]
        for row, text in zip(here.tolist(), batch["text"].take(pa.array(here - before)).to_pylist(), strict=True):
            found[row] = text or ""
        before += batch.num_rows
    return found


def block(seen: Seen, cap: float) -> tuple[Outcome, Array, dict[str, Any]]:
    """How many records are suspect, their numbers, and the block of the certificate."""
    dataset, facts = seen.dataset, seen.facts
    if not facts.has("grams"):
        why = "only texts are searched for planted passages"
        return missing(why), np.zeros(0, np.int64), {"status": "not applicable", "why": why}
    runs = facts.runs
    found = look_closer(dataset, passages(runs, facts.shared) if facts.shared is not None else [], runs.sizes)
    planted = [suspect for suspect in found if suspect.diversity >= DIVERSE or _stands_first(facts, suspect)]
    budget = max(1, int(QUARANTINE * facts.rows))
    suspects: list[Suspect] = []
    held = np.zeros(0, np.int64)
    for suspect in sorted(planted, key=_rank):
        rows = np.union1d(held, suspect.passage.rows)
        if len(rows) > max(budget, len(planted[0].passage.rows)):
            continue
        held, suspects = rows, [*suspects, suspect]
    seen.cache["near"] = np.where(runs.sizes > 0, facts["grams.near"], facts["copy"])
    bursts = _bursts(facts, seen.cache["near"])
    sources = _sources(facts, cap)
    told = [
        {
            "records": len(each.passage.rows),
            "passage": each.text[:300],
            "runs": each.passage.n_runs,
            "wordsBeforeDiffer": round(each.diversity, 3),
            "concentration": _concentration(facts, each.passage.rows),
        }
        for each in suspects[:SHOWN]
    ]
    body = {"status": "computed", "records": len(held), "passages": told, "bursts": bursts, "sources": sources, "quarantineShare": QUARANTINE}
    if seen.label is not None and seen.classes is not None:
        tied = associations(runs.values, runs.owners(), seen.classes[1])
        words = seen.classes[0]
        told_tied = [{"label": str(words[each["label"]]), "records": each["records"], "surprise": each["surprise"]} for each in tied[:SHOWN]]
        body["associations"] = {"number": len(tied), "strongest": told_tied}
    return Measured(len(held), facts.rows), held, body


def _stands_first(facts: Facts, suspect: Suspect) -> bool:
    """Whether a passage opens texts of many sources that go on differently."""
    shares = _concentration(facts, suspect.passage.rows)
    return suspect.after >= DIVERSE and "source" in shares and max(shares["source"], shares.get("author", 0.0)) <= SPREAD


def _rank(suspect: Suspect) -> tuple[float, int]:
    return (-max(suspect.diversity, suspect.after) * suspect.passage.n_runs * np.log(len(suspect.passage.rows)), int(suspect.passage.rows[0]))


def _concentration(facts: Facts, rows: Array) -> dict[str, float]:
    """The share of these records that the commonest source, author, day among them has."""
    shares = {}
    for name in ("source", "author", "day"):
        if facts.has(name):
            _, codes = facts.words(name)
            here = codes[rows][codes[rows] >= 0]
            if len(here):
                shares[name] = float(np.bincount(here).max() / len(rows))
    return shares


def _bursts(facts: Facts, near: Array) -> dict[str, Any]:
    """Near copies by ten or more that come from one source, author or day."""
    names, group, sizes = np.unique(near, return_inverse=True, return_counts=True)
    large = np.flatnonzero(sizes >= LARGE_BURST)
    found = []
    member = np.isin(group, large)
    rows = np.flatnonzero(member)
    for number in large[np.argsort(-sizes[large], kind="stable")][:SHOWN]:
        here = rows[group[rows] == number]
        shares = _concentration(facts, here)
        if shares and max(shares.values()) >= 0.8:
            found.append({"records": len(here), "concentration": shares})
    return {"groups": len(large), "records": int(sizes[large].sum()), "largest": found, "different": len(names)}


def _sources(facts: Facts, cap: float) -> dict[str, Any]:
    """How much of the data the largest sources and authors are, and which weigh more than the cap."""
    body: dict[str, Any] = {"cap": cap}
    for name in ("source", "author"):
        if not facts.has(name):
            continue
        words, codes = facts.words(name)
        counts = np.bincount(codes[codes >= 0], minlength=max(1, len(words)))
        shares = counts / max(1, facts.rows)
        top = np.argsort(-shares, kind="stable")[:5]
        body[name] = {
            "number": int((counts > 0).sum()),
            "largest": [{"name": str(words[place]), "share": float(shares[place])} for place in top if counts[place]],
            "aboveCap": int((shares > cap).sum()),
        }
    return body


def associations(values: Array, owners: Array, codes: Array, fewest: int = 20, surprise: float = 12.0) -> list[Mapping[str, Any]]:
    """Runs of words whose records all have one label, too often for chance: `surprise` is -log10 of how likely that is.

    Args:
        values: runs of words.
        owners: the record of each.
        codes: the label of each record, -1 where unknown.
        fewest: records that such a run is in at least.
        surprise: how unlikely chance must be.
    """
    known = codes[owners] >= 0
    runs, rows = pairs(values[known], owners[known])
    labels = codes[rows]
    if not len(runs):
        return []
    starts = np.flatnonzero(np.concatenate([[True], runs[1:] != runs[:-1]]))
    counts = np.diff(np.append(starts, len(runs)))
    low, high = np.minimum.reduceat(labels, starts), np.maximum.reduceat(labels, starts)
    base = np.bincount(codes[codes >= 0]) / max(1, int((codes >= 0).sum()))
    unlikely = -counts * np.log10(np.maximum(base[low], 1e-12)) - np.log10(len(starts))
    chosen = np.flatnonzero((low == high) & (counts >= fewest) & (unlikely >= surprise))
    return [
        {"label": int(low[at]), "records": int(counts[at]), "rows": rows[starts[at] : starts[at] + counts[at]], "surprise": float(unlikely[at])}
        for at in chosen[np.argsort(-unlikely[chosen], kind="stable")][:1000]
    ]
