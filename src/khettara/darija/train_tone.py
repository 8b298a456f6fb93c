"""Training the two tables of tone, sentiment and offence, as small as the identifier's and in the same way.

    "hadchi zwin bzaf"  ->  Latin head, positive        the same written over, "هادشي زوين بزاف"  ->  Arabic head, positive

Each script has a head of its own, and labels in one script are few: each post is learnt in its own script, and its
reading in the other (`transliterate`) beside it. A tenth of the posts, with their readings, is set apart for calibration.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from khettara.darija.model import Model, make
from khettara.darija.near_copies import text_key
from khettara.darija.scripts import script_column
from khettara.darija.tone import CLASSES, Signal
from khettara.darija.tone_sources import BACKGROUND, LICENCES, Labelled, labelled
from khettara.darija.train import sharpest
from khettara.darija.transliterate import Script, transliterate
from khettara.kernels import text_of

N_ROWS = 1 << 15
MOST_GRAMS = 1600
SCRIPTS = ("Arab", "Latn")

LEAST_APART = 50
"""Fewer posts as written than this calibrate no head: their readings from the other script help out."""


@dataclass(frozen=True)
class Settings:
    """How a table is learnt: the identifier's, but for what was chosen on two of five parts; figures are of the other three."""

    passes: int = 4
    rate: float = 0.1
    readings: float = 0.5
    """How much a post's reading in the other script counts beside it; 0: it is not learnt."""
    others: float = 0.5
    """How much a post of another variety than the Moroccan counts, or a line that nobody labelled."""


SETTINGS = Settings()
_OTHER_SCRIPT: tuple[Script, ...] = ("latn", "arab")
_OTHER = frozenset({"afrisenti-arq", "arsarcasm", *BACKGROUND})


@dataclass(frozen=True)
class Post:
    """A labelled post, or its reading in the other script, and the head that learns it."""

    row: Labelled
    text: str
    head: int
    is_reading: bool = False


def part_of(text: str, parts: int) -> int:
    """A part that depends on the keys of the words alone: spellings of one text are in one part."""
    return int.from_bytes(blake2b(text_key(text).encode(), digest_size=6).digest(), "big") % parts


def posts(rows: Sequence[Labelled]) -> list[Post]:
    """Each post in its own script, and each that its reading changes in the other, in this order."""
    texts = [row.text for row in rows]
    scripts = script_column(pa.array(texts, pa.large_string()))[0].to_pylist()
    own = [Post(row, row.text, SCRIPTS.index(script)) for row, script in zip(rows, scripts, strict=True) if script in SCRIPTS]
    found = list(own)
    for head, to in enumerate(_OTHER_SCRIPT):
        mine = [post for post in own if post.head == head and post.row.source != "arsarcasm"]  # nobody writes Standard Arabic so
        written = transliterate([post.text for post in mine], to)
        found += [replace(post, text=text, head=1 - head, is_reading=True) for post, text in zip(mine, written, strict=True) if text != post.text]
    return found


def learn(signal: Signal, found: Sequence[Post], settings: Settings) -> npt.NDArray[np.int8]:
    """The table that posts teach, rounded to bytes."""
    from khettara.kernels import ngrams, softmax

    size = len(CLASSES[signal])
    found = [post for post in found if settings.readings or not post.is_reading]
    heads, classes = _numbers(signal, found)
    importance = np.array([_weight(post, settings) for post in found])
    grams, ends = ngrams.list_rows(text_of(pa.array([post.text for post in found], pa.large_string())), heads, N_ROWS, MOST_GRAMS)
    table = softmax.train(grams, ends, heads, classes, importance, (size, size), N_ROWS, settings.passes, settings.rate)[:, :size]
    rounded: npt.NDArray[np.int8] = np.rint(table * (127 / max(float(np.abs(table).max()), 1e-9))).astype(np.int8)
    return rounded


def _weight(post: Post, settings: Settings) -> float:
    return (settings.readings if post.is_reading else 1.0) * (settings.others if post.row.source in _OTHER else 1.0)


def _numbers(signal: Signal, found: Sequence[Post]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    return np.array([post.head for post in found]), np.array([CLASSES[signal].index(post.row.label) for post in found])


def calibrate(signal: Signal, table: npt.NDArray[np.int8], apart: Sequence[Post]) -> list[list[float]]:
    """For each head, how sharp the sums are made, by posts not learnt from: Moroccan ones as written, if they are enough."""
    from khettara.kernels import ngrams

    size, pairs = len(CLASSES[signal]), []
    packed = make(table, [CLASSES[signal]] * len(SCRIPTS), [[0.0, 0.0]] * len(SCRIPTS)).packed
    for head in range(len(SCRIPTS)):
        mine = [post for post in apart if post.head == head and post.row.source not in BACKGROUND]
        written = [post for post in mine if not post.is_reading and post.row.source not in _OTHER]
        mine = written if len(written) >= LEAST_APART else mine
        if not mine:
            pairs.append([0.0, 0.0])  # a head that nothing was set apart for, in experiments: as unsure as can be
            continue
        heads, classes = _numbers(signal, mine)
        sums = ngrams.add_up(text_of(pa.array([post.text for post in mine], pa.large_string())), packed)
        pairs.append(sharpest(size, sums.totals[np.arange(len(mine)), heads], sums.grams[:, head], classes, np.ones(len(mine))))
    return pairs


def train(signal: Signal, rows: Sequence[Labelled], settings: Settings = SETTINGS) -> tuple[Model, dict[str, Any]]:
    """The model of a signal that rows teach, calibrated on a tenth of them, and what a card says of it."""
    found = posts(rows)
    apart = [post for post in found if part_of(post.row.text, 10) == 0]
    table = learn(signal, [post for post in found if part_of(post.row.text, 10)], settings)
    model = make(table, [CLASSES[signal]] * len(SCRIPTS), calibrate(signal, table, apart))
    number = Counter((row.source, row.label) for row in rows)
    sources = [{"source": source, "class": label, "licence": LICENCES[source], "rows": n} for (source, label), n in sorted(number.items())]
    readings = Counter(SCRIPTS[post.head] for post in found if post.is_reading)
    return model, {"sources": sources, "readings": dict(readings), "calibration_rows": len(apart), "settings": asdict(settings)}


def train_tone(data: Path) -> dict[Signal, tuple[Model, dict[str, Any]]]:
    """Both models that ship, by their names."""
    return {signal: train(signal, labelled(data, signal)) for signal in CLASSES}
