"""What is asked about, in which views, and what a table says of it that never saw the corpus.

Item("شنو بغيتي تشرب", {"ary-Arab"}, "ary-Arab", "doda-arab", "doda")  ->  Answer(item, "ary-Arab", 0.98)
"""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from khettara.darija.classes import HEADS
from khettara.darija.model import Model, make
from khettara.darija.sources import Source, afrisenti_posts, table
from khettara.darija.train import Row, learn, plain, row_key
from khettara.kernels import text_of
from khettara.kernels.ngrams import add_up

TEN = ("ary-Arab", "ary-Latn", "arb", "mgr-Arab", "mas-Arab", "arx-Latn", "ber-Latn", "zgh-Tfng", "fra", "eng")
"""The classes of the study that the project's targets come from."""

ARABIZI = {"ary-Latn", "arx-Latn"}

LENGTHS = (20, 50, 100)

# Entries of one word, many of them good in every variety, are no test of a variety.
NO_TEST = {"gatitos-ary", "gatitos-aeb", "gatitos-ayl", "gatitos-arz", "gatitos-apc"}


@dataclass(frozen=True)
class Item:
    """A text to be told, the classes that are right, and where it comes from."""

    text: str
    right: frozenset[str]
    label: str
    source: str
    corpus: str


@dataclass(frozen=True)
class Answer:
    """What a table said of an item, and how sure it was."""

    item: Item
    name: str
    sure: float

    @property
    def is_right(self) -> bool:
        """Whether the class is one of the right ones."""
        return self.name in self.item.right


Answers = list[Answer]


def audited(root: Path) -> list[Item]:
    """The rows of AfriSenti that were labelled by reading; what is good in both is right as either."""
    labels = dict(table("audit.tsv"))
    found = {}
    for text in afrisenti_posts(root, "ary"):
        label = labels.get(row_key(text))
        if label:
            right = frozenset({"ary-Arab", "arb", "mgr-Arab", "und-Arab"}) if label == "both" else frozenset({label})
            # A row that is good in both does not say how well either class is found: it stands for neither.
            found[text] = Item(text, right, "" if label == "both" else label, "afrisenti-read", "afrisenti")
    return [item for item in found.values() if item.label in ("ary-Arab", "arb")]


def items(rows: Sequence[Row]) -> list[Item]:
    """What is asked about: rows of collected sources."""
    return [
        Item(row.text, frozenset({row.label}), row.label, row.source.name, row.source.corpus)
        for row in rows
        if not row.source.made and row.source.name not in NO_TEST
    ]


def tifinagh(root: Path) -> list[Row]:
    """Rows in Tifinagh: nothing learns from them, the script decides."""
    lines = (root / "nllb-seed/zgh_Tfng").read_text("utf-8").splitlines()[:2000]
    source = Source("nllb-zgh", "zgh-Tfng", "nllb-seed", "CC-BY-SA-4.0", lambda _root: lines)
    return [Row(line, "zgh-Tfng", source) for line in lines]


def ask(model: Model, texts: Sequence[str]) -> tuple[list[str], npt.NDArray[np.float64]]:
    """The likeliest class of each text and its probability, without backing off."""
    sums = add_up(text_of(pa.array(texts, pa.large_string())), model.packed)
    letters = sums.letters[:, 1:4]
    names = np.full(len(texts), "und", dtype="U12")
    sure = np.zeros(len(texts))
    script = letters.argmax(axis=1)
    for head, classes in enumerate(model.heads):
        mine = np.flatnonzero((script == head) & (letters.sum(axis=1) > 0))
        chances = model.probabilities(sums.totals[mine, head], sums.grams[mine, head], head)
        names[mine] = np.array(classes)[chances.argmax(axis=1)] if len(mine) else names[mine]
        sure[mine] = chances.max(axis=1, initial=0)
    names[(script == 2) & (letters[:, 2] > 0)] = "zgh-Tfng"
    sure[names == "zgh-Tfng"] = 1.0
    return names.tolist(), sure


EMOJI = re.compile("[\u2600-\u27bf\U0001f000-\U0001faff]")

VIEWS: Mapping[str, Callable[[str], str]] = {
    "whole text": lambda text: text,
    **{f"first {size} characters": lambda text, size=size: _first(text, size) for size in LENGTHS},  # type: ignore[misc]
    "without emoji": lambda text: EMOJI.sub("", text),
    "without digits": lambda text: re.sub(r"\d", "", text),
    "without punctuation": lambda text: re.sub(r"[^\w\s]", " ", text),
    "without accents and hamza": plain,
}


def _first(text: str, size: int) -> str:
    """The first characters, not cut in the middle of a word unless the first word is longer."""
    return text if len(text) <= size else text[: size + 1].rsplit(" ", 1)[0][:size]


def trained(rows: Sequence[Row], calibration: Sequence[Sequence[float]]) -> Model:
    """A table that learnt from these rows."""
    return make(learn(rows), [[label.name for label in head] for head in HEADS], calibration)


def answers_of(model: Model, asked: Sequence[Item], view: str = "whole text") -> Answers:
    """What a table says of these items in a view."""
    names, sure = ask(model, [VIEWS[view](item.text) for item in asked])
    return [Answer(item, name, float(chance)) for item, name, chance in zip(asked, names, sure, strict=True)]


def leave_out(rows: Sequence[Row], tested: Sequence[Item], views: Sequence[str], calibration: Sequence[Sequence[float]]) -> dict[str, Answers]:
    """For each corpus, a table that never saw it, asked about it in each view."""
    found: dict[str, Answers] = defaultdict(list)
    for corpus in sorted({item.corpus for item in tested}):
        mine = [item for item in tested if item.corpus == corpus]
        model = trained([row for row in rows if row.source.corpus != corpus], calibration)
        print(f"without {corpus}: {len(mine)} asked", file=sys.stderr)
        for view in views:
            found[view] += answers_of(model, mine, view)
    return found
