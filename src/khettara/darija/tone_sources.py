"""What teaches the two signals of tone, as data: which labelled posts of which corpus, under which licence.

    Labelled("hadchi zwin bzaf", "positive", "afrisenti-ary")      sentiment: negative, neutral, positive
    Labelled("barka mn lkdoub a lkdaba", "offence", "own")         offence:   none, offence

Nothing non-commercial. Links, handles, numbers and emoji are not read by the model at all (`kernels/ngrams.py`).
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from khettara.darija.near_copies import groups
from khettara.darija.sources import OWN, SOURCES, table
from khettara.darija.tone import CLASSES, Signal
from khettara.darija.train import collect

LONGEST = 400

LICENCES = {
    "afrisenti-ary": "CC-BY-4.0",
    "afrisenti-arq": "CC-BY-4.0",
    "arsarcasm": "MIT",
    "narabizi": "CC-BY-SA-4.0",
    "common-voice-ar": "CC0-1.0",
    "doda-latn": "MIT",
    OWN: "Apache-2.0",
}

BACKGROUND = ("common-voice-ar", "doda-latn")
"""Lines that nobody labelled, taken to offend nobody: dialogue and prompts, which posts of one forum say nothing about."""

MOST_BACKGROUND = 150
"""Of each. Without them a fifth of DODa's dialogues passed for offence, with 150 a twentieth; with 400 or 1,000 NArabizi was ordered less well."""


@dataclass(frozen=True)
class Labelled:
    """A post with its label."""

    text: str
    label: str
    source: str


def labelled(root: Path, signal: Signal) -> list[Labelled]:
    """The posts of a signal, one of each group of copies across all sources; groups whose labels disagree are left out whole.

    The first source named keeps a post that two have: AfriSenti's Moroccan part before the others.
    """
    rows = list((_sentiment if signal == "sentiment" else _offence)(root))
    together: defaultdict[int, list[Labelled]] = defaultdict(list)
    for row, group in zip(rows, groups([row.text for row in rows]), strict=True):
        together[group].append(row)
    return [same[0] for same in together.values() if len({row.label for row in same}) == 1]


def _sentiment(root: Path) -> Iterator[Labelled]:
    for variety in ("ary", "arq"):
        for part in ("train", "dev"):
            for line in (root / f"afrisenti/{variety}/{part}.tsv").read_text("utf-8").splitlines()[1:]:
                text, label = line.rsplit("\t", 1)
                yield _row(text, label, f"afrisenti-{variety}")
    yield from _own("sentiment")
    names = {"NEG": "negative", "NEU": "neutral", "POS": "positive"}
    with (root / "arsarcasm-v2/training_data.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            yield _row(row["tweet"], names[row["sentiment"]], "arsarcasm")


def _offence(root: Path) -> Iterator[Labelled]:
    for part in ("train", "dev"):
        label = ""
        for line in (root / f"ud-narabizi/qaf_arabizi-ud-{part}.conllu").read_text("utf-8").splitlines():
            if line.startswith("# offensive_classification = "):
                label = CLASSES["offence"][int(line[-1])]
            elif line.startswith("# text = "):
                yield _row(line.removeprefix("# text = "), label, "narabizi")
    yield from _own("offence")
    for source in (source for source in SOURCES if source.name in BACKGROUND):
        yield from (_row(row.text, "none", source.name) for row in islice(collect(root, [source]), MOST_BACKGROUND))


def _own(signal: Signal) -> Iterator[Labelled]:
    """Lines written for this project: `data/tone.tsv`, label and text."""
    return (_row(text, label, OWN) for label, text in table("tone.tsv") if label in CLASSES[signal])


def _row(text: str, label: str, source: str) -> Labelled:
    return Labelled(" ".join(text.split())[:LONGEST], label, source)
