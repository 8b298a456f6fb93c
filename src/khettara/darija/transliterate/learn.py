"""Learning to write Darija in its other script: from word pairs and word counts to one file of tables, in a minute.

    python -m khettara.darija.transliterate.learn --data ../shared/data

1. Pairs that people wrote are cut into pieces (expectation maximisation over all cuts), and n-grams of pieces counted.
2. Latin words without an Arabic side are written over; where one result is clearly the best, it becomes a pair too. Twice.
3. Word counts in both scripts, and n-grams of letters, say which results are words.
"""

from __future__ import annotations

import argparse
import csv
import math
import os
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from khettara.darija.sources import SOURCES, table
from khettara.darija.transliterate.model import Pair, Scored, Tables, pack, write
from khettara.darija.transliterate.pieces import ARABIC, LATIN, PIECES, UNITS, WORD, plain_arabic, plain_latin
from khettara.kernels.transduce import END, ORDER, START

ROUNDS = 6
MINING_ROUNDS = 2
SURE = 0.6
"""Probability from which a word written over counts as a pair, with half the weight of a pair that somebody wrote."""
WRITTEN = 3
"""Weight of a pair of `data/pairs.tsv`: the most frequent words are in it."""
WRITTEN_SHARE = 0.95
"""Probability of the Arabic form that somebody wrote down for a spelling."""
READY = 3
"""So many answers are kept ready for a frequent word."""
UNSEEN = 0.5
"""Weight of every symbol before anything is counted: rare pieces, such as capitals for emphatic letters, stay possible."""
COUNTED = {"ary-Arab": 3, "arb": 1, "ary-Latn": 1}
"""Weight of a word of each class: half of what Darija says, Standard Arabic says too, and there is more of it to count."""
LEFT_OUT = frozenset({"marsum", "doda-v2-noncommercial"})
"""Corpora whose words are not counted: the publisher's consent is not shown; not free."""

Cut = tuple[int, ...]
"""The numbers of the units that a pair is cut into."""

_NUMBER = {unit: number + 3 for number, unit in enumerate(UNITS)}


@dataclass
class Material:
    """What there is to learn from: pairs with weights, and counts of words in both scripts."""

    pairs: Counter[Pair] = field(default_factory=Counter)
    arabic: Counter[str] = field(default_factory=Counter)
    latin: Counter[str] = field(default_factory=Counter)
    drawn: int = 0
    """Pairs that came with the data; the others were written for this project."""


def collect(root: Path, *, own: bool = True) -> Material:
    """Read the pairs and count the words of the sources of Darija (`sources.SOURCES`). `own`: with the pairs written for this project."""
    material = Material()
    for source in SOURCES:
        if source.corpus in LEFT_OUT or source.label not in COUNTED:
            continue
        for line in source.read(root):
            if source.label == "ary-Latn":
                material.latin.update(filter(_is_latin, map(plain_latin, WORD["arab"].findall(line))))
            else:
                for word in filter(_is_arabic, map(plain_arabic, WORD["latn"].findall(line))):
                    material.arabic[word] += COUNTED[source.label]
    material.arabic = Counter({word: n for word, n in material.arabic.items() if n > 1})
    drawings = sorted(set(_drawings(root)))
    material.drawn = len(drawings)
    material.pairs.update(drawings)
    for variants in _lexicon(root):
        material.latin.update(filter(_is_latin, map(plain_latin, variants)))
    if own:
        for arabic, spellings in written():
            for place, latin in enumerate(spellings):
                material.latin[latin] += max(1, 4 - place)
                if _is_arabic(arabic):
                    material.pairs[latin, arabic] += WRITTEN
            if _is_arabic(arabic):
                material.arabic[arabic] += 2
    return material


def written() -> Iterator[tuple[str, tuple[str, ...]]]:
    """The pairs written for this project: an Arabic form, and its spellings in Latin letters, the most usual first."""
    for arabic, spellings in table("pairs.tsv"):
        yield plain_arabic(arabic), tuple(map(plain_latin, spellings.split()))


def _is_arabic(word: str) -> bool:
    return (len(word) > 1 or word == "و") and not set(word) - set(ARABIC)


def _is_latin(word: str) -> bool:
    return not set(word) - set(LATIN) and not word.isdigit()


def _drawings(root: Path) -> Iterator[Pair]:
    """Names of things in both scripts, one of the few such lists that is free."""
    with (root / "doda-v1-mit/imagenet_b_darija.csv").open(encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows):
            arabic = plain_arabic(row["darija_ar"].strip())
            for name in ("specific1_darija", "specific2_darija", "general_darija"):
                latin = plain_latin((row[name] or "").strip())
                if latin and _is_latin(latin) and _is_arabic(arabic):
                    yield latin, arabic


def _lexicon(root: Path) -> Iterator[list[str]]:
    """The words of the lexicon in Latin letters, each with its other spellings."""
    for file in sorted((root / "doda-v1-mit").glob("*/*.csv")):
        with file.open(encoding="utf-8", newline="") as rows:
            for row in csv.DictReader(rows):
                yield [word for name, cell in row.items() if name and re.fullmatch(r"n\d", name) and cell for word in cell.split()]


def aligned(pair: Pair, costs: Mapping[int, float]) -> tuple[dict[int, float], Cut]:
    """How often each unit is expected in a pair, over all its cuts, and the likeliest cut; empty where no cut fits."""
    latin, arabic = pair
    end = (len(latin), len(arabic))
    forward: dict[tuple[int, int], float] = {(0, 0): 1.0}
    best: dict[tuple[int, int], tuple[float, Cut]] = {(0, 0): (1.0, ())}
    steps: list[tuple[tuple[int, int], tuple[int, int], int, float]] = []
    for at in range(len(latin)):
        for to in range(len(arabic) + 1):
            here = (at, to)
            if here not in forward:
                continue
            for size in range(1, 4):
                piece = latin[at : at + size]
                for target in PIECES.get(piece, ()) if len(piece) == size else ():
                    if arabic.startswith(target, to):
                        unit = _NUMBER[piece, target]
                        there = (at + size, to + len(target))
                        steps.append((here, there, unit, costs[unit]))
                        forward[there] = forward.get(there, 0.0) + forward[here] * costs[unit]
                        likely = best[here][0] * costs[unit]
                        if there not in best or best[there][0] < likely:
                            best[there] = (likely, (*best[here][1], unit))
    if end not in forward:
        return {}, ()
    backward = defaultdict(float, {end: 1.0})
    for here, there, _, cost in reversed(steps):
        backward[here] += cost * backward[there]
    expected: dict[int, float] = defaultdict(float)
    for here, there, unit, cost in steps:
        expected[unit] += forward[here] * cost * backward[there] / forward[end]
    return expected, best[end][1]


def align(pairs: Mapping[Pair, float]) -> list[tuple[Cut, float]]:
    """Cut every pair, by expectation maximisation from the order of the table; pairs that no cut fits are left out."""
    costs = {_NUMBER[latin, arabic]: 0.5 ** (row.index(arabic) + 2 * len(latin)) for latin, row in PIECES.items() for arabic in row}
    for _ in range(ROUNDS):
        totals = dict.fromkeys(costs, 0.05)
        for pair, weight in pairs.items():
            for unit, times in aligned(pair, costs)[0].items():
                totals[unit] += weight * times
        whole = sum(totals.values())
        costs = {unit: total / whole for unit, total in totals.items()}
    cuts = ((aligned(pair, costs)[1], weight) for pair, weight in pairs.items())
    return [(cut, weight) for cut, weight in cuts if cut]


def ngrams(sequences: Iterable[tuple[Sequence[int], float]], symbols: int, least: float) -> tuple[dict[Cut, float], dict[Cut, float]]:
    """Log probabilities of n-grams and log weights of histories, interpolated as Witten and Bell (1991) do.

    Args:
        sequences: symbols without their ends, with weights.
        symbols: how many there are.
        least: n-grams of more than two that came with less weight in all are dropped.
    """
    counts: list[dict[Cut, Counter[int]]] = [defaultdict(Counter) for _ in range(ORDER)]
    counts[0][()].update(dict.fromkeys(range(3, symbols + 3), UNSEEN))
    for sequence, weight in sequences:
        padded = (START,) * (ORDER - 1) + tuple(sequence) + (END,)
        for at in range(ORDER - 1, len(padded)):
            for length in range(ORDER):
                counts[length][padded[at - length : at]][padded[at]] += weight  # type: ignore[assignment]  # a weight may be a half
    scores: dict[Cut, float] = {}
    weights: dict[Cut, float] = {}
    for length, histories in enumerate(counts):
        for history, followers in histories.items():
            kept = {symbol: n for symbol, n in followers.items() if length < 2 or n >= least}
            if not kept:
                continue
            whole, kinds = sum(followers.values()), len(followers)
            for symbol, n in kept.items():
                lower = _lower(scores, weights, history[1:], symbol) if length else 1 / symbols
                scores[(*history, symbol)] = math.log((n + kinds * lower) / (whole + kinds))
            weights[history] = math.log((kinds + whole - sum(kept.values())) / (whole + kinds))
    return scores, weights


def _lower(scores: Mapping[Cut, float], weights: Mapping[Cut, float], history: Cut, symbol: int) -> float:
    total = 0.0
    while (*history, symbol) not in scores:
        total += weights.get(history, 0.0)
        if not history:
            return math.exp(total - 14)
        history = history[1:]
    return math.exp(total + scores[(*history, symbol)])


def learn(material: Material) -> Tables:
    """The tables of both directions. The same material gives the same tables."""
    pairs: Counter[Pair] = Counter(material.pairs)
    tables = tables_of(pairs, material)
    for _ in range(MINING_ROUNDS):
        found: Counter[Pair] = Counter(material.pairs)
        for latin in sorted(material.latin):
            results = tables.candidates(latin, "arab", 5) if len(latin) > 2 else []
            if results and results[0][1] > SURE and material.arabic[results[0][0]] > 1:
                found[latin, results[0][0]] += 0.5  # type: ignore[assignment]
        tables = tables_of(found, material)
    return tables


def tables_of(pairs: Mapping[Pair, float], material: Material) -> Tables:
    """Tables from these pairs and the material's words, without mining for more pairs."""
    spelling = ngrams(align(dict(sorted(pairs.items()))), len(UNITS), 1.5)
    arabic = ngrams((([ARABIC.index(letter) + 3 for letter in word], math.log1p(n)) for word, n in sorted(material.arabic.items())), len(ARABIC), 1.5)
    latin = ngrams((([LATIN.index(letter) + 3 for letter in word], math.log1p(n)) for word, n in sorted(material.latin.items())), len(LATIN), 1.5)
    return pack(spelling, {"arab": (arabic, material.arabic), "latn": (latin, material.latin)})


def main() -> None:
    """Learn from the data folder and write the file that the package ships."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("KHETTARA_DATA", "../shared/data")))
    parser.add_argument("--output", type=Path, default=Path(__file__).parents[1] / "models")
    given = parser.parse_args()
    material = collect(given.data)
    tables = learn(material)
    print(write(given.output, tables, ready(tables, material), facts(material)))


def ready(tables: Tables, material: Material) -> Iterator[tuple[str, str, Scored]]:
    """Answers for the words seen more than once, worked out beforehand; what somebody wrote down comes first."""
    known: dict[tuple[str, str], str] = {}
    for arabic, spellings in written():
        known.setdefault(("latn", arabic), spellings[0])
        for latin in spellings:
            known.setdefault(("arab", latin), arabic)
    frequent = {("arab", word) for word, n in material.latin.items() if n > 1} | {("latn", word) for word, n in material.arabic.items() if n > 11}
    for to, word in sorted(frequent | known.keys()):
        found = tables.candidates(word, to, READY)
        first = known.get((to, word))
        if first is not None:
            others = tuple((text, share * (1 - WRITTEN_SHARE)) for text, share in found if text != first)
            found = ((first, WRITTEN_SHARE), *others)[:READY]
        if found:
            yield to, word, found


def facts(material: Material) -> dict[str, Any]:
    """What was learnt from, for the card."""
    used = [source for source in SOURCES if source.corpus not in LEFT_OUT and source.label in COUNTED]
    return {
        "sources": [{"name": source.name, "corpus": source.corpus, "licence": source.licence, "written_for_this": source.made} for source in used],
        "pairs": {
            "written_for_this": sum(len(spellings) for _, spellings in written()),
            "doda-v1-mit (imagenet_b_darija.csv, MIT)": material.drawn,
        },
        "words": {"Arab": len(material.arabic), "Latn": len(material.latin)},
    }


if __name__ == "__main__":
    main()
