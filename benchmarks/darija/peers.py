"""Other identifiers asked about the same texts, each in its own environment; and how fast ours is.

peers(answers, folder)  ->  {"this one": {class: share that is right, …, "MB/s": …}, "fastText lid.176": {…}, "lingua": None if it is missing}
"""

from __future__ import annotations

import json
import subprocess
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from benchmarks.darija.asked import ARABIZI, Answers, Item
from benchmarks.measure import if_possible

from benchmarks import environments
from khettara.darija import identify_column
from khettara.darija.classes import BY_NAME
from khettara.darija.model import language_model
from khettara.darija.train import Row


def speed(texts: Sequence[str]) -> float:
    """Megabytes that `identify_column` reads in a second of one core's time, the best of five."""
    column = pa.array(texts, pa.large_string())
    size = sum(len(text.encode()) for text in texts) / 1e6
    times = []
    for _ in range(5):
        began = time.thread_time()
        identify_column(column)
        times.append(time.thread_time() - began)
    return size / min(times)


def documents(texts: Sequence[str], size: int) -> list[str]:
    """Texts joined to documents of about so many characters."""
    found, current = [], ""
    for text in texts:
        current += text + "\n"
        if len(current) >= size:
            found.append(current)
            current = ""
    return found


def speeds(rows: Sequence[Row]) -> list[tuple[str, float]]:
    """The speed on sentences and on documents, in both scripts."""
    language_model()
    found = []
    for script, names in (("Arabic letters", ("nllb-ary", "afrisenti-ary-arab")), ("Latin letters", ("doda-latn", "common-voice-fr"))):
        texts = [row.text for row in rows if row.source.name in names]
        found.append((f"sentences, {script}", speed(texts)))
        for size in (2000, 20000):
            found.append((f"documents of {size:,} characters, {script}", speed(documents(texts, size))))
    return found


SCRIPT = Path(__file__).parents[1] / "peers" / "run_identifier.py"

PEERS = {"fastText lid.176": "fasttext-lid", "lingua": "lingua"}

PEER_ROWS = 150
"""Rows of each source that the peers are asked about: lingua reads a tenth of a megabyte a second."""

# What a peer can say, and what is right then.
NAMED = {"Arab": "ar", "fra": "fr", "eng": "en", "spa": "es"}


def peers(answers: Answers, folder: Path) -> dict[str, dict[str, float] | None]:
    """How often each peer says `ar`, `fr`, `en` or `es` where that is right, by class, beside our answers on corpora left out; and MB/s of CPU."""
    taken: Counter[str] = Counter()
    some: Answers = []
    for answer in answers:
        taken[answer.item.source] += 1
        if taken[answer.item.source] <= PEER_ROWS:
            some.append(answer)
    sample = [answer.item for answer in some]
    texts = [" ".join(item.text.split()) for item in sample]
    found: dict[str, dict[str, float] | None] = {"this one": _named(sample, [_tag(answer.name) for answer in some], speed(texts))}
    for name, environment in PEERS.items():
        said = if_possible(name, lambda environment=environment: _said(environment, folder, texts))  # type: ignore[misc]
        found[name] = _named(sample, said["languages"], sum(len(text.encode()) for text in texts) / 1e6 / said["cpu_s"]) if said else None
    return found


def _said(environment: str, folder: Path, texts: Sequence[str]) -> dict[str, Any]:
    """The languages that a peer names, and its CPU seconds."""
    python = environments.peer(environment, folder)
    done = subprocess.run([python, SCRIPT, environment], input=json.dumps(texts), capture_output=True, text=True, check=True)
    said: dict[str, Any] = json.loads(done.stdout)
    return said


def _tag(name: str) -> str:
    """A class as the peers would say it."""
    arabic = name in ARABIZI or (BY_NAME[name].script == "Arab" and name.split("-")[0] not in ("other", "und", "ber"))
    return "ar" if arabic else BY_NAME[name].lang


def _named(sample: Sequence[Item], said: Sequence[str], mb_s: float) -> dict[str, float]:
    right: dict[str, list[bool]] = defaultdict(list)
    for item, tag in zip(sample, said, strict=True):
        label = BY_NAME[item.label]
        expected = NAMED.get(item.label) or ("ar" if item.label != "other-Arab" and (label.script == "Arab" or item.label in ARABIZI) else None)
        if expected:
            right[item.label].append(tag == expected)
        else:
            right[item.label].append(tag not in NAMED.values())
    return {name: float(np.mean(values)) for name, values in sorted(right.items())} | {"MB/s": mb_s}
