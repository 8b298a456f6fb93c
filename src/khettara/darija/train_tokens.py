"""Training the table of words in Latin letters: which language a word of a mixed sentence is in.

    "ghadi nji [fr:demain matin]"  ->  ghadi/ary  nji/ary  demain/fr  matin/fr

Taught by sentences labelled word by word (Algerian ones of UD-NArabizi, Moroccan ones of our own) and by words of
sentences in one language.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from khettara.darija.model import Model, make
from khettara.darija.segment import TAGS
from khettara.darija.train import Row
from khettara.kernels import text_of

Sentence = list[tuple[str, str]]
"""Words with their languages."""

N_ROWS = 1 << 13
PASSES, RATE = 6, 0.1
MOST_WORDS = 6000

# Evidence of words counts twice in the choice of a path; found on a quarter of UD-NArabizi's training sentences (1, 1.5, 2, 3 tried).
SHARPNESS = 2.0

# Sentences in one language, whose words stand for it. AfriSenti is left out: its Darija has French words in it.
_MONOLINGUAL = {
    "doda-latn": "ary",
    "common-voice-fr": "fr",
    "own-fra": "fr",
    "doda-eng": "en",
    "own-eng": "en",
    "own-spa": "es",
    "zgh-in-latin": "ber",
    "gatitos-ber": "ber",
}

_LANGUAGES = {"ar_dz": "ary", "ar_msa": "ary", "msa": "ary", "fr": "fr", "en": "en", "es": "es"}
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


def narabizi(root: Path, part: str) -> list[Sentence]:
    """The sentences of a part of UD-NArabizi, words joined again from their pieces, punctuation left out."""
    sentences: list[Sentence] = []
    current: Sentence = []
    whole, until = "", 0
    for line in (root / f"ud-narabizi/qaf_arabizi-ud-{part}.conllu").read_text("utf-8").splitlines():
        if not line:
            sentences.append(current)
            current, until = [], 0
        elif not line.startswith("#"):
            fields = line.split("\t")
            if "-" in fields[0]:
                whole, until = fields[1], int(fields[0].split("-")[1])
                current.append((whole, ""))
                continue
            if "." in fields[0]:
                continue
            language = _LANGUAGES.get(dict(pair.split("=", 1) for pair in fields[9].lower().split("|") if "=" in pair).get("lango", ""), "")
            if int(fields[0]) <= until:
                # The pieces of a word: the last is its stem, articles come before it.
                current[-1] = (whole, language or current[-1][1])
            elif fields[3] not in ("PUNCT", "SYM", "NUM"):
                current.append((fields[1], language))
    return [kept for sentence in [*sentences, current] if (kept := [(w, tag) for w, tag in sentence if tag and re.search("[A-Za-z]", w)])]


def switched() -> list[Sentence]:
    """Our own mixed sentences."""
    lines = (files("khettara.darija") / "data" / "switched.tsv").read_text("utf-8").splitlines()
    return [_bracketed(line) for line in lines if not line.startswith("#")]


def _bracketed(line: str) -> Sentence:
    found: Sentence = []
    for tag, inside, outside in re.findall(r"\[(\w+):([^\]]*)\]|([^\[]+)", line):
        found += [(word, tag or "ary") for word in _WORD.findall(inside or outside)]
    return found


def monolingual(rows: Iterable[Row]) -> list[Sentence]:
    """Sentences in one language, up to a number of words of each source."""
    number: dict[str, int] = {}
    found = []
    for row in rows:
        tag = _MONOLINGUAL.get(row.source.name)
        if tag and number.setdefault(row.source.name, 0) < MOST_WORDS:
            words = _WORD.findall(row.text)
            number[row.source.name] += len(words)
            found.append([(word, tag) for word in words])
    return found


def learn_tokens(mixed: Sequence[Sentence], plain: Sequence[Sentence]) -> tuple[Model, float]:
    """The table, and how often the language changes in mixed sentences."""
    from khettara.kernels import ngrams, softmax

    pairs = [pair for sentence in (*mixed, *plain) for pair in sentence]
    tags = np.array([TAGS.index(tag) for _, tag in pairs])
    heads = np.ones(len(pairs), np.int64)
    grams, ends = ngrams.list_rows(text_of(pa.array([word for word, _ in pairs], pa.large_string())), heads, N_ROWS, 400)
    # A word seen in a mixed sentence says more than one whose label is only its sentence's.
    n_mixed = sum(map(len, mixed))
    importance = np.where(np.arange(len(pairs)) < n_mixed, 2.0, 1.0)
    table = softmax.train(grams, ends, heads, tags, importance, (0, len(TAGS)), N_ROWS, PASSES, RATE)
    changes = [a[1] != b[1] for sentence in mixed for a, b in pairwise(sentence)]
    rate = round(float(np.mean(changes)), 3) if changes else 0.15
    scale = 127 / np.abs(table).max()
    sharpness = round(float(np.log(SHARPNESS / scale)), 4)
    return make(np.rint(table * scale).astype(np.int8), [[], TAGS], [[0.0, 0.0], [sharpness, 0.5]]), rate


def train_tokens(root: Path, rows: Sequence[Row]) -> tuple[Model, dict[str, Any]]:
    """The model of words that ships."""
    model, rate = learn_tokens([*narabizi(root, "train"), *narabizi(root, "dev"), *switched()], monolingual(rows))
    return model, {"switch_rate": rate, "sources": ["ud-narabizi (CC-BY-SA-4.0)", "data/switched.tsv", *sorted(_MONOLINGUAL)]}
