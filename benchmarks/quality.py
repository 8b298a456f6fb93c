"""How well cleaning does what it does, counted on labels that its rules never saw.

Personal data: planted values still readable, masks that hide nothing. Encoding: misread texts repaired to the letter, sound
texts changed. Copies: planted copies removed, texts set aside for one that they are no copy of.
Lists of single cases, for a person to judge, are written beside the corpora.
"""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TypeVar

import pyarrow.compute as pc
import pyarrow.parquet as pq
from benchmarks.misread import FURTHER_PAGES, PAGES, Misread, misread, misread_twice
from benchmarks.pipelines import Run
from benchmarks.planted import PLACEHOLDER, Planted, innocent, is_readable, masks, n_wrong, planted
from benchmarks.texts import sound

T = TypeVar("T")
SOUND_PRIVATE = 1500
"""So many texts of each file that tells of people: they are looked at by a person, and counted for repairs only."""


@dataclass(frozen=True)
class Sets:
    """The labelled sets under their ids."""

    planted: dict[str, Planted]
    innocent: dict[str, str]
    sound: dict[str, tuple[str, str, bool]]
    misread: dict[str, Misread]
    further: dict[str, Misread]

    def texts(self) -> Iterator[tuple[str, str]]:
        """Every text, with its id."""
        yield from ((name, item.text) for name, item in self.planted.items())
        yield from self.innocent.items()
        yield from ((name, text) for name, (_, text, _) in self.sound.items())
        yield from ((name, item.text) for name, item in (self.misread | self.further).items())


def make_sets(sentences: dict[str, list[str]]) -> Sets:
    """All labelled sets, the same ones every time."""
    damaged = [*misread(sentences, PAGES), *misread_twice(sentences)]
    return Sets(
        _named("planted", planted()),
        _named("innocent", innocent()),
        _named("sound", _some(sound())),
        _named("misread", damaged),
        _named("further", misread(sentences, FURTHER_PAGES)),
    )


def _named(prefix: str, items: Iterable[T]) -> dict[str, T]:
    return {f"{prefix}-{number:06d}": item for number, item in enumerate(items)}


def _some(texts: Iterable[tuple[str, str, bool]]) -> Iterator[tuple[str, str, bool]]:
    seen: Counter[str] = Counter()
    for file, text, private in texts:
        folder = file.split("/")[0]
        seen[folder] += 1
        if not private or seen[folder] <= SOUND_PRIVATE:
            yield file, text, private


def read_texts(folder: Path) -> dict[str, str]:
    """The texts of a folder of Parquet or JSON lines, by id."""
    found: dict[str, str] = {}
    for path in sorted(folder.rglob("*")):
        if path.suffix == ".parquet":
            table = pq.read_table(path, columns=["id", "text"])
            found |= dict(zip(table["id"].to_pylist(), table["text"].to_pylist(), strict=True))
        elif path.name.endswith((".jsonl", ".jsonl.gz")) and "stats" not in path.name:
            with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as lines:
                found |= {row["id"]: row["text"] for row in map(json.loads, lines)}
    return found


def _tallied(outcomes: Iterable[tuple[str, bool]]) -> dict[str, tuple[int, int]]:
    """For each key, how many outcomes are true, of how many."""
    counts: dict[str, tuple[int, int]] = {}
    for key, outcome in outcomes:
        n, of = counts.get(key, (0, 0))
        counts[key] = (n + outcome, of + 1)
    return counts


# ---------------------------------------------------------------------------------------------------------- personal data


@dataclass(frozen=True)
class Masking:
    """What became of planted values, and of texts that hold none."""

    readable: dict[str, tuple[int, int]]
    """By kind: how many are still readable, of how many."""
    ways: dict[str, tuple[int, int]]
    right: int
    wrong_beside: int
    wrong_innocent: int
    wrong_sound: int
    names_on_sound: int
    """Sentences of novels and encyclopaedias do name people: whether such a mask is wrong, a person must judge."""
    private: int
    sound_texts: int

    @property
    def share_readable(self) -> float:
        """Per hundred."""
        return 100 * sum(n for n, _ in self.readable.values()) / sum(of for _, of in self.readable.values())

    @property
    def wrong(self) -> int:
        """Masks where there was nobody to protect."""
        return self.wrong_beside + self.wrong_innocent + self.wrong_sound

    @property
    def precision(self) -> float:
        """Per hundred masks, over the planted, the innocent and the sound texts together."""
        return 100 * self.right / max(1, self.right + self.wrong)


def score_masking(sets: Sets, cleaned: dict[str, str], listing: Path | None = None) -> Masking:
    """Compare texts with what cleaning made of them. A text that was changed beyond masks counts by whether its value is in it."""
    outcomes: list[tuple[Planted, bool]] = []
    right = beside = 0
    for name, item in sets.planted.items():
        spans = masks(item.text, cleaned.get(name, ""))
        if spans is None:
            hidden = item.text[item.start : item.end] not in cleaned.get(name, "")
            wrong, spans = 0, [(item.start, item.end)] if hidden else []
        else:
            wrong = n_wrong(item, spans)
        outcomes.append((item, is_readable(item, spans)))
        right += len(spans) - wrong
        beside += wrong
    wrong_innocent = [(name, text) for name, text in sets.innocent.items() if _n_masks(text, cleaned[name])]
    on_sound = [(name, _n_masks(text, cleaned[name]), private) for name, (_, text, private) in sets.sound.items()]
    names_on_sound = {name: cleaned[name].count("<NAME_") for name, n, private in on_sound if n and not private}
    if listing is not None:
        _list_masks(sets, cleaned, [*(name for name, _ in wrong_innocent), *(name for name, n, _ in on_sound if n)], listing)
    return Masking(
        _tallied((item.kind, left) for item, left in outcomes),
        _tallied((f"{item.kind}: {item.way}", left) for item, left in outcomes),
        right,
        beside,
        sum(_n_masks(text, cleaned[name]) for name, text in wrong_innocent),
        sum(n for _, n, private in on_sound if not private) - sum(names_on_sound.values()),
        sum(names_on_sound.values()),
        sum(n for _, n, private in on_sound if private),
        sum(not private for _, _, private in on_sound),
    )


def _n_masks(text: str, cleaned: str) -> int:
    return max(0, len(PLACEHOLDER.findall(cleaned)) - len(PLACEHOLDER.findall(text)))


def _list_masks(sets: Sets, cleaned: dict[str, str], names: list[str], listing: Path) -> None:
    """One JSON line a mask: where, what stands there now, and, from texts that tell of nobody, what stood there."""
    with listing.open("w", encoding="utf-8") as file:
        for name in names:
            where, text, private = sets.sound.get(name) or ("innocent", sets.innocent[name], False)
            after = cleaned[name]
            spans = None if private else masks(text, after)
            for number, found in enumerate(PLACEHOLDER.finditer(after)):
                row = {"file": where, "private": private, "now": after[max(0, found.start() - 40) : found.end() + 40]}
                if spans:
                    row["was"] = text[slice(*spans[number])]
                file.write(json.dumps(row, ensure_ascii=False) + "\n")


# ---------------------------------------------------------------------------------------------------------- encoding


@dataclass(frozen=True)
class Repair:
    """How many misread texts were put right to the letter, and how many sound ones were changed."""

    by_pages: dict[str, tuple[int, int]]
    further: dict[str, tuple[int, int]]
    changed: int
    sound_texts: int

    @property
    def share(self) -> float:
        """Per hundred, of the pages that the bound names."""
        return 100 * sum(n for n, _ in self.by_pages.values()) / max(1, sum(of for _, of in self.by_pages.values()))


def score_repair(sets: Sets, cleaned: dict[str, str], listing: Path | None = None) -> Repair:
    """Compare misread texts with the sound ones, and sound texts with themselves."""
    changed = [name for name, (_, text, _) in sets.sound.items() if cleaned[name] != text]
    if listing is not None:
        with listing.open("w", encoding="utf-8") as file:
            for name in changed:
                file.write(json.dumps({"file": sets.sound[name][0], "was": sets.sound[name][1], "now": cleaned[name]}, ensure_ascii=False) + "\n")
            for name, item in (sets.misread | sets.further).items():
                if cleaned.get(name) != item.sound:
                    row = {"pages": item.pages, "level": item.level, "was": item.text, "now": cleaned.get(name), "sound": item.sound}
                    file.write(json.dumps(row, ensure_ascii=False) + "\n")
    return Repair(_repaired(sets.misread, cleaned), _repaired(sets.further, cleaned), len(changed), len(sets.sound))


def _repaired(items: dict[str, Misread], cleaned: dict[str, str]) -> dict[str, tuple[int, int]]:
    return _tallied((f"{item.pages}, {item.level}", cleaned.get(name) == item.sound) for name, item in items.items())


# ---------------------------------------------------------------------------------------------------------- copies


@dataclass(frozen=True)
class Copies:
    """How many planted copies went, and what went wrongly."""

    removed: float
    near_removed: float
    false_merges: int
    lost: int
    groups: int


def score_copies(truth: Path, kept: set[str], winners: Iterable[tuple[str, str]] = ()) -> Copies:
    """Given which documents are left, and who stayed for whom. `lost` are originals of which no copy is left, for whatever reason."""
    table = pq.read_table(truth, columns=["id", "kind", "original"]).to_pylist()
    root = {row["id"]: row["original"] or row["id"] for row in table}
    near = {row["id"] for row in table if row["kind"] == "near"}
    groups: dict[str, list[str]] = {}
    for name, first in root.items():
        groups.setdefault(first, []).append(name)
    surplus = sum(len(group) - 1 for group in groups.values())
    left = sum(max(0, sum(name in kept for name in group) - 1) for group in groups.values())
    exact_left = sum(max(0, sum(name in kept and name not in near for name in group) - 1) for group in groups.values())
    return Copies(
        1 - left / surplus,
        1 - (left - exact_left) / max(1, len(near)),
        sum(root.get(loser) != root.get(winner) for loser, winner in winners),
        sum(not any(name in kept for name in group) for group in groups.values()),
        len(groups),
    )


def our_copies(truth: Path, run: Run) -> Copies:
    """Of a run of ours, which names the winner of each copy."""
    kept = set(run.table("data", ["id"])["id"].to_pylist())
    rejects = run.table("rejects", ["id", "winner"]).filter(pc.field("winner").is_valid())
    return score_copies(truth, kept, zip(rejects["id"].to_pylist(), rejects["winner"].to_pylist(), strict=True))


def shares(counts: dict[str, tuple[int, int]], worst: int | None = None) -> list[str]:
    """Counts for a person to read, the worst first."""
    order = sorted(counts.items(), key=lambda entry: -entry[1][0] / entry[1][1])
    return [f"{100 * n / of:6.2f} %  {n:>5} of {of:<5} {name}" for name, (n, of) in islice(order, worst)]
