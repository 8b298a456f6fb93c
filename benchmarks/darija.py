"""How well languages are told apart in corpora that the table at hand did not learn from; the figures of docs/darija.md.

    python -m benchmarks.darija --data ../shared/data            prints the tables
    python -m benchmarks.darija --data ../shared/data --write    puts them into docs/darija.md, and the matrix beside it

For each corpus a table is trained on all others and asked about this one. In a class, each source weighs the same; every
class weighs the same. Lines written or derived for this project are learnt from, never tested on, but in the one table that says so.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from benchmarks import environments
from khettara.darija import identify_column
from khettara.darija.classes import BY_NAME, HEADS, LABELS
from khettara.darija.markers import weigh
from khettara.darija.model import Model, language_model, make
from khettara.darija.segment import tag_words
from khettara.darija.sources import OWN, SOURCES, Source, afrisenti_posts, table
from khettara.darija.train import Row, collect, learn, plain, row_key
from khettara.darija.train_tokens import learn_tokens, monolingual, narabizi, switched
from khettara.kernels import text_of
from khettara.kernels.ngrams import add_up

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "darija.md"
CARD = ROOT / "src" / "khettara" / "darija" / "models" / "README.md"
MATRIX = ROOT / "docs" / "darija-confusion.svg"

TEN = ("ary-Arab", "ary-Latn", "arb", "mgr-Arab", "mas-Arab", "arx-Latn", "ber-Latn", "zgh-Tfng", "fra", "eng")
"""The classes of the study that the project's targets come from."""

ARABIZI = {"ary-Latn", "arx-Latn"}
LENGTHS = (20, 50, 100)
RESAMPLED = 300

# Entries of one word, many of them good in every variety, are no test of a variety.
NO_TEST = {"gatitos-ary", "gatitos-aeb", "gatitos-ayl", "gatitos-arz", "gatitos-apc"}

GENRES = {
    "afrisenti": "posts",
    "arsarcasm": "posts",
    "narabizi": "posts",
    "shami": "posts",
    "nllb-seed": "encyclopaedia",
    "common-voice": "prompts",
    "gsd": "prompts",
    "moroccan-law": "law",
    "tashkeela": "classical",
    "marsum": "news",
    "doda": "dialogue",
    "gatitos": "word list",
}


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


_EMOJI = re.compile("[\u2600-\u27bf\U0001f000-\U0001faff]")

VIEWS: Mapping[str, Callable[[str], str]] = {
    "whole text": lambda text: text,
    **{f"first {size} characters": lambda text, size=size: _first(text, size) for size in LENGTHS},  # type: ignore[misc]
    "without emoji": lambda text: _EMOJI.sub("", text),
    "without digits": lambda text: re.sub(r"\d", "", text),
    "without punctuation": lambda text: re.sub(r"[^\w\s]", " ", text),
    "without accents and hamza": plain,
}


def _first(text: str, size: int) -> str:
    """The first characters, not cut in the middle of a word unless the first word is longer."""
    return text if len(text) <= size else text[: size + 1].rsplit(" ", 1)[0][:size]


def leave_out(rows: Sequence[Row], tested: Sequence[Item], views: Sequence[str], calibration: Sequence[Sequence[float]]) -> dict[str, Answers]:
    """For each corpus, a table that never saw it, asked about it in each view."""
    found: dict[str, Answers] = defaultdict(list)
    for corpus in sorted({item.corpus for item in tested}):
        mine = [item for item in tested if item.corpus == corpus]
        heads = [[label.name for label in head] for head in HEADS]
        model = make(learn([row for row in rows if row.source.corpus != corpus]), heads, calibration)
        print(f"without {corpus}: {len(mine)} asked", file=sys.stderr)
        for view in views:
            names, sure = ask(model, [VIEWS[view](item.text) for item in mine])
            found[view] += [Answer(item, name, float(chance)) for item, name, chance in zip(mine, names, sure, strict=True)]
    return found


# -- scores


def confusion(answers: Answers, classes: Sequence[str]) -> dict[str, npt.NDArray[np.float64]]:
    """For each source and class, how many answers of each class (the last: any other)."""
    places = {name: place for place, name in enumerate(classes)}
    counts: dict[str, npt.NDArray[np.float64]] = defaultdict(lambda: np.zeros(len(classes) + 1))
    for answer in answers:
        name = answer.item.label if answer.is_right else answer.name
        counts[f"{answer.item.label}\t{answer.item.source}"][places.get(name, len(classes))] += 1
    return dict(counts)


def matrix(counts: Mapping[str, npt.NDArray[np.float64]], classes: Sequence[str]) -> npt.NDArray[np.float64]:
    """Shares of answers by class; in a class each source weighs the same."""
    shares = np.zeros((len(classes), len(classes) + 1))
    for row, name in enumerate(classes):
        sources = [count / count.sum() for key, count in counts.items() if key.split("\t")[0] == name and count.sum()]
        shares[row] = np.mean(sources, axis=0) if sources else 0
    return shares


def f_scores(shares: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Precision, recall and F1 of each class (classes, 3)."""
    right = np.diag(shares)
    said = shares[:, : len(shares)].sum(axis=0)
    precision = right / np.maximum(said, 1e-12)
    f1 = 2 * precision * right / np.maximum(precision + right, 1e-12)
    return np.stack([precision, right, f1], axis=1)


def intervals(counts: Mapping[str, npt.NDArray[np.float64]], classes: Sequence[str], macro: Sequence[str]) -> npt.NDArray[np.float64]:
    """95 % of the F1 of each class, and of the macro-F1 (last), over rows drawn again: (classes + 1, 2)."""
    chance = np.random.RandomState(0)
    drawn = []
    chosen = [classes.index(name) for name in macro]
    for _ in range(RESAMPLED):
        again = {key: chance.multinomial(int(count.sum()), count / count.sum()).astype(float) for key, count in counts.items()}
        f1 = f_scores(matrix(again, classes))[:, 2]
        drawn.append([*f1, f1[chosen].mean()])
    return np.percentile(np.array(drawn), [2.5, 97.5], axis=0).T


def macro_f1(answers: Answers, macro: Sequence[str]) -> float:
    """The mean F1 of these classes over their own texts; any class may be the answer."""
    answers = [answer for answer in answers if answer.item.label in macro]
    classes = sorted({answer.item.label for answer in answers} | set(macro))
    shares = f_scores(matrix(confusion(answers, classes), classes))
    return float(np.mean([shares[classes.index(name), 2] for name in macro]))


def f1_of(answers: Answers, name: str) -> float:
    """The F1 of one of the ten classes among their texts."""
    answers = [answer for answer in answers if answer.item.label in TEN]
    shares = f_scores(matrix(confusion(answers, TEN), TEN))
    return float(shares[TEN.index(name), 2])


# -- baselines


def by_markers(item: Item) -> str:
    """The language with the heaviest marker words; without any, the commonest written language of the script."""
    script = BY_NAME[item.label].script
    if script == "Tfng":
        return "zgh-Tfng"
    weights = weigh(item.text, script)
    best = max(weights, key=weights.__getitem__) if weights else ""
    names = {"ary": f"ary-{script}", "arb": "arb", "fr": "fra", "en": "eng", "other": "mas-Arab" if script == "Arab" else "other-Latn"}
    return names.get(best, "arb" if script == "Arab" else "fra")


def by_trait(rows: Sequence[Row], trait: Callable[[str], object]) -> Callable[[Item], str]:
    """The commonest class among rows of the same script with the same trait."""
    counts: dict[object, Counter[str]] = defaultdict(Counter)
    for row in rows:
        counts[BY_NAME[row.label].script, trait(row.text)][row.label] += 1
        counts[BY_NAME[row.label].script, None][row.label] += 1

    def guess(item: Item) -> str:
        script = BY_NAME[item.label].script
        if script == "Tfng":
            return "zgh-Tfng"
        known = counts.get((script, trait(item.text))) or counts[script, None]
        return known.most_common(1)[0][0]

    return guess


def baselines(rows: Sequence[Row], tested: Sequence[Item]) -> dict[str, Answers]:
    """The same items by markers, by their emoji alone, by their length alone; rows of the item's own corpus are left out."""
    traits: dict[str, Callable[[str], object]] = {
        "emoji only": lambda text: "".join(sorted(set(_EMOJI.findall(text)))),
        "length only": lambda text: len(text).bit_length(),
    }
    found: dict[str, Answers] = {"marker words": [Answer(item, by_markers(item), 1.0) for item in tested]}
    for name, trait in traits.items():
        found[name] = []
        for corpus in sorted({item.corpus for item in tested}):
            guess = by_trait([row for row in rows if row.source.corpus != corpus], trait)
            found[name] += [Answer(item, guess(item), 1.0) for item in tested if item.corpus == corpus]
    return found


# -- speed, and peers


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


PEERS = {"fastText lid.176": "fasttext-lid", "lingua": "lingua"}

PEER_ROWS = 150
"""Rows of each source that the peers are asked about: lingua reads a tenth of a megabyte a second."""

# What a peer can say, and what is right then.
NAMED = {"Arab": "ar", "fra": "fr", "eng": "en", "spa": "es"}


def peers(answers: Answers, folder: Path) -> dict[str, dict[str, float] | None]:
    """How often each peer says `ar`, `fr`, `en` or `es` where that is right, by class, beside our answers on corpora left out; and MB/s of CPU."""
    taken: Counter[str] = Counter()
    some = [answer for answer in answers if (taken.update([answer.item.source]) or taken[answer.item.source] <= PEER_ROWS)]
    sample = [answer.item for answer in some]
    texts = [" ".join(item.text.split()) for item in sample]
    found: dict[str, dict[str, float] | None] = {"this one": _named(sample, [_tag(answer.name) for answer in some], speed(texts))}
    for name, environment in PEERS.items():
        try:
            python = environments.peer(environment, folder)
            script = ROOT / "benchmarks" / "peers" / "run_identifier.py"
            done = subprocess.run([python, script, environment], input=json.dumps(texts), capture_output=True, text=True, check=True)
        except subprocess.CalledProcessError as error:
            print(f"{name} is left out: {(error.stderr or '').strip().splitlines()[-1:]}", file=sys.stderr)
            found[name] = None
            continue
        said = json.loads(done.stdout)
        found[name] = _named(sample, said["languages"], sum(len(text.encode()) for text in texts) / 1e6 / said["cpu_s"])
    return found


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


# -- what is written


def draw(shares: npt.NDArray[np.float64], classes: Sequence[str]) -> str:
    """The confusion matrix as a picture: rows what it is, columns what was said."""
    cell, left, top = 46, 96, 84
    width, height = left + cell * (len(classes) + 1) + 10, top + cell * len(classes) + 10
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="12" role="img">',
        "<title>What was said (columns) of texts of each class (rows), per cent, on corpora left out</title>",
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
    ]
    for column, name in enumerate([*classes, "other"]):
        x = left + cell * column + cell // 2
        parts.append(f'<text transform="translate({x},{top - 8}) rotate(-50)" fill="#333">{name}</text>')
    for row, name in enumerate(classes):
        y = top + cell * row
        parts.append(f'<text x="{left - 8}" y="{y + cell // 2 + 4}" text-anchor="end" fill="#333">{name}</text>')
        for column in range(len(classes) + 1):
            share = shares[row, column]
            hue = "31,119,90" if row == column else "190,80,40"
            x = left + cell * column
            parts.append(f'<rect x="{x}" y="{y}" width="{cell - 2}" height="{cell - 2}" fill="rgba({hue},{share:.3f})" stroke="#ddd"/>')
            if share >= 0.005:
                ink = "#fff" if share > 0.55 else "#222"
                parts.append(f'<text x="{x + cell // 2 - 1}" y="{y + cell // 2 + 4}" text-anchor="middle" fill="{ink}">{100 * share:.0f}</text>')
    return "\n".join([*parts, "</svg>", ""])


def markdown(head: Sequence[str], body: Sequence[Sequence[object]]) -> str:
    """A table."""
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    return "\n".join([*lines, *(f"| {' | '.join(map(_cell, row))} |" for row in body)])


def _cell(value: object) -> str:
    return f"{value:.3f}" if isinstance(value, float) else str(value)


def class_table(answers: Answers, rows: Sequence[Row]) -> tuple[str, npt.NDArray[np.float64], list[str]]:
    """Precision, recall and F1 of each class with its interval, and how many collected corpora teach it besides the one left out."""
    classes = [label.name for label in LABELS if any(answer.item.label == label.name for answer in answers)]
    counts = confusion(answers, classes)
    shares = matrix(counts, classes)
    scores, bounds = f_scores(shares), intervals(counts, classes, classes)
    corpora = {name: {row.source.corpus for row in rows if row.label == name and not row.source.made} for name in classes}
    body: list[Sequence[object]] = []
    for place, name in enumerate(classes):
        wrong = [(shares[place, other], classes[other]) for other in range(len(classes)) if other != place]
        taken = ", ".join(f"{other} {100 * share:.0f} %" for share, other in sorted(wrong, reverse=True)[:2] if share >= 0.02)
        left = "the script decides" if name == "zgh-Tfng" else max(0, len(corpora[name]) - 1)
        body.append([name, left, *map(float, scores[place]), _span(bounds[place]), taken or "-"])
    taught = [name for name in classes if len(corpora[name]) > 1 or name == "zgh-Tfng"]
    for title, names in (
        ("the ten classes of the study", TEN),
        ("those of the ten that another corpus still teaches", [name for name in TEN if name in taught]),
    ):
        some = [answer for answer in answers if answer.item.label in names]
        span = intervals(confusion(some, list(names)), list(names), list(names))[-1]
        body.append([f"**macro: {title}** ({len(names)})", "", "", "", macro_f1(answers, names), _span(span), ""])
    return markdown(["class", "other corpora", "precision", "recall", "F1", "95 %", "taken for"], body), shares, classes


def _span(bounds: npt.NDArray[np.float64]) -> str:
    return f"{bounds[0]:.3f}-{bounds[1]:.3f}"


def view_table(found: Mapping[str, Answers]) -> str:
    """The macro-F1 and Darija's F1 in each view of the texts, and by the trivial baselines."""
    body = [[name, macro_f1(a, TEN), f1_of(a, "ary-Arab"), f1_of(a, "ary-Latn")] for name, a in found.items()]
    return markdown(["view or baseline", "macro-F1, ten classes", "Darija, Arabic letters", "Darija, Latin letters"], body)


def genre_table(answers: Answers) -> str:
    """The share of right answers by genre and script; each source weighs the same."""
    right: dict[tuple[str, str], dict[str, list[bool]]] = defaultdict(lambda: defaultdict(list))
    for answer in answers:
        key = (GENRES[answer.item.corpus], BY_NAME[answer.item.label].script)
        right[key][f"{answer.item.source}, {answer.item.label}"].append(answer.is_right)
    body = []
    for (genre, script), sources in sorted(right.items()):
        shares = {name: float(np.mean(values)) for name, values in sources.items()}
        body.append(
            [genre, script, float(np.mean(list(shares.values()))), "; ".join(f"{name} {share:.2f}" for name, share in sorted(shares.items()))]
        )
    return markdown(["genre", "script", "right", "by source"], body)


def arabizi_table(answers: Answers) -> str:
    """Any Arabizi against the rest, and how often a text in another language is called Arabizi."""
    rows: dict[str, list[bool]] = defaultdict(list)
    for answer in answers:
        rows[answer.item.label].append(answer.name in ARABIZI)
    body: list[Sequence[object]] = [
        [f"{name}: called Arabizi", len(rows[name]), f"{100 * float(np.mean(rows[name])):.2f} %"] for name in sorted(rows)
    ]
    any_of = [
        Answer(Item("", frozenset({_any(a.item.label)}), _any(a.item.label), f"{a.item.source} {a.item.label}", ""), _any(a.name), 1.0)
        for a in answers
        if BY_NAME[a.item.label].script == "Latn"
    ]
    body.append(["any Arabizi, F1", len(any_of), f1_of(any_of, "ary-Latn")])
    return markdown(["", "texts", ""], [row for row in body if BY_NAME.get(str(row[0]).split(":")[0], LABELS[-1]).script in ("Latn", "Zyyy")])


def _any(name: str) -> str:
    return "ary-Latn" if name in ARABIZI else "fra"


def sure_table(answers: Answers) -> str:
    """What is left, and how right it is, when answers below a probability are withheld; and the calibration error."""
    body: list[Sequence[object]] = []
    for least in (0.0, 0.5, 0.8, 0.9, 0.95):
        kept = [answer for answer in answers if answer.sure >= least]
        right = float(np.mean([answer.is_right for answer in kept]))
        body.append([f"{least:g}", f"{len(kept) / len(answers):.2f}", right, macro_f1(kept, TEN), f1_of(kept, "ary-Arab"), f1_of(kept, "ary-Latn")])
    sure = np.array([answer.sure for answer in answers])
    right_ = np.array([answer.is_right for answer in answers])
    bins = np.minimum((sure * 10).astype(int), 9)
    error = sum(abs(sure[bins == b].mean() - right_[bins == b].mean()) * (bins == b).mean() for b in range(10) if (bins == b).any())
    text = markdown(["answers from", "share left", "right", "macro-F1", "Darija, Arabic letters", "Darija, Latin letters"], body)
    return f"{text}\n\nExpected calibration error on corpora left out: {error:.3f}."


def random_split(rows: Sequence[Row]) -> float:
    """The macro-F1 that a random tenth of the same rows would have flattered us with."""
    chosen = np.random.RandomState(0).permutation(len(rows))
    cut = len(rows) // 10
    model = make(learn([rows[i] for i in chosen[cut:]]), [[label.name for label in head] for head in HEADS], language_model().calibration)
    asked = items([rows[i] for i in chosen[:cut]])
    asked = [item for item in asked if item.label in TEN]
    names, sure = ask(model, [item.text for item in asked])
    answers = [Answer(item, name, float(chance)) for item, name, chance in zip(asked, names, sure, strict=True)]
    return macro_f1(answers, [name for name in TEN if any(item.label == name for item in asked)])


def switching(root: Path, rows: Sequence[Row]) -> str:
    """How well the language of each word is found, and the points where it changes: Arabic against the rest."""
    plain_, train = monolingual(rows), narabizi(root, "train")
    dev, own = narabizi(root, "dev"), switched()
    body: list[Sequence[object]] = []
    for title, mixed, asked in (
        ("NArabizi's training part -> its development part", train, dev),
        ("NArabizi -> our own mixed sentences (synthetic, Moroccan)", [*train, *dev], own),
        ("our own mixed sentences -> NArabizi", own, [*train, *dev]),
        ("sentences in one language only -> NArabizi", [], [*train, *dev]),
    ):
        model, rate = learn_tokens(mixed, plain_)
        words, points = Counter[tuple[bool, bool]](), Counter[tuple[bool, bool]]()
        for sentence in asked:
            truth = [tag == "ary" for _, tag in sentence]
            said = [tag == "ary" for tag in tag_words(model, rate, [word for word, _ in sentence])]
            words.update(zip(truth, said, strict=True))
            points.update((a != b, c != d) for (a, b), (c, d) in zip(pairwise(truth), pairwise(said), strict=True))
        both = (_f1(words, True) + _f1(words, False)) / 2
        body.append([title, sum(words.values()), (words[True, True] + words[False, False]) / sum(words.values()), both, _f1(points, True)])
    return markdown(["learnt from -> asked", "words", "accuracy", "macro-F1", "switch-point F1"], body)


def _f1(pairs: Counter[tuple[bool, bool]], value: bool) -> float:
    right = pairs[value, value]
    return 2 * right / max(1, 2 * right + pairs[value, not value] + pairs[not value, value])


def own_table(rows: Sequence[Row], answers: Answers) -> str:
    """Classes that no collected corpus teaches: a fifth of our own lines asked about, the rest learnt; how often others are taken for them."""
    heads = [[label.name for label in head] for head in HEADS]
    apart = [row for row in rows if row.source.corpus == OWN and int(row_key(row.text), 16) % 5 == 0]
    keys = {row.text for row in apart}
    model = make(learn([row for row in rows if row.text not in keys]), heads, language_model().calibration)
    names, _ = ask(model, [row.text for row in apart])
    body: list[Sequence[object]] = []
    for name in ("spa", "other-Latn", "other-Arab"):
        said = [answer for row, answer in zip(apart, names, strict=True) if row.label == name]
        taken = ", ".join(f"{other} {n}" for other, n in Counter(other for other in said if other != name).most_common(3))
        others = [answer.name == name for answer in answers if BY_NAME[answer.item.label].script == BY_NAME[name].script]
        body.append([name, len(said), said.count(name) / len(said), taken or "-", f"{100 * float(np.mean(others)):.2f} % of {len(others):,}"])
    return markdown(["class", "own lines asked", "right", "taken for", "collected texts of its script taken for it"], body)


def tifinagh(root: Path) -> list[Row]:
    """Rows in Tifinagh: nothing learns from them, the script decides."""
    lines = (root / "nllb-seed/zgh_Tfng").read_text("utf-8").splitlines()[:2000]
    source = Source("nllb-zgh", "zgh-Tfng", "nllb-seed", "CC-BY-SA-4.0", lambda _root: lines)
    return [Row(line, "zgh-Tfng", source) for line in lines]


def report(root: Path, with_ablations: bool, with_peers: bool) -> tuple[str, str]:
    """The page's figures, and the picture."""
    rows = collect(root, SOURCES)
    # What is screened by marker words is too easy a test for Darija of posts: rows labelled by reading stand in.
    tested = [item for item in items(rows) if item.source != "afrisenti-ary-arab"] + audited(root) + items(tifinagh(root))
    calibration = language_model().calibration
    found = leave_out(rows, tested, list(VIEWS), calibration)
    whole = found["whole text"]
    table_, shares, classes = class_table(whole, rows)
    parts = [
        f"{len(whole):,} texts of {len({item.corpus for item in tested})} corpora, each asked of a table that never saw its corpus.",
        table_,
        f"![What was said of texts of each class]({MATRIX.name})",
        "### Views and trivial baselines",
        view_table(found | baselines(rows, tested)),
        f"A random tenth of the same rows, the usual split, would have said {random_split(rows):.3f}.",
        "### Arabizi",
        arabizi_table(whole),
        "### Spanish and other languages: no collected corpus, so lines of ours about lines of ours, which flatters",
        own_table(rows, whole),
        "### When only sure answers count",
        sure_table(whole),
        "### By genre",
        genre_table(whole),
        "### Word by word",
        switching(root, rows),
        "### Speed",
        markdown(["`identify_column`", "MB/s, one core"], [[name, f"{value:.0f}"] for name, value in speeds(rows)]),
    ]
    if with_ablations:
        parts += ["### What our own lines bring", ablations(rows, tested, calibration, whole)]
    if with_peers:
        parts += ["### Beside other identifiers", peer_table(peers(whole, environments.usual_folder()))]
    return "\n\n".join(parts), draw(shares, classes)


def ablations(rows: Sequence[Row], tested: Sequence[Item], calibration: Sequence[Sequence[float]], whole: Answers) -> str:
    """Macro-F1 with and without the lines written for the project."""
    body: list[Sequence[object]] = [
        ["all sources", macro_f1(whole, TEN), *(f1_of(whole, name) for name in ("ary-Arab", "ary-Latn", "mgr-Arab", "arx-Latn"))]
    ]
    some = [row for row in rows if row.source.corpus != OWN]
    answers = leave_out(some, tested, ["whole text"], calibration)["whole text"]
    body.append(
        [
            "without lines written by us",
            macro_f1(answers, TEN),
            *(f1_of(answers, label) for label in ("ary-Arab", "ary-Latn", "mgr-Arab", "arx-Latn")),
        ]
    )
    return markdown(["learnt from", "macro-F1, ten classes", "ary-Arab", "ary-Latn", "mgr-Arab", "arx-Latn"], body)


def peer_table(found: Mapping[str, dict[str, float] | None]) -> str:
    """How often each says the right one of `ar`, `fr`, `en`, `es`, or none of them where none is right."""
    names = [name for name, shares in found.items() if shares]
    keys = sorted({key for shares in found.values() if shares for key in shares} - {"MB/s"})
    body: list[Sequence[object]] = [[key, *((found[name] or {}).get(key, 0.0) for name in names)] for key in keys]
    body.append(["MB/s of CPU", *(f"{(found[name] or {})['MB/s']:.2f}" for name in names)])
    return markdown(["class", *names], body)


FIGURES = ("<!-- figures: python -m benchmarks.darija --write -->", "<!-- end of figures -->")


def publish(figures: str, picture: str) -> None:
    """Put the figures into the page, those by class and length into the card beside the table, and the picture into docs."""
    _put(PAGE, *FIGURES, figures)
    by_class, views = figures.split("![", 1)[0].strip(), figures.split("### Views and trivial baselines", 1)[1].split("###", 1)[0].strip()
    _put(CARD, *FIGURES, f"{by_class}\n\n{views}")
    sources = json.loads((CARD.parent / "language.json").read_text("utf-8"))["sources"]
    body = [[row["class"], row["source"], row["corpus"], row["licence"], "made" if row["made"] else "collected", row["rows"]] for row in sources]
    _put(CARD, "<!-- sources -->", "<!-- end of sources -->", markdown(["class", "source", "corpus", "licence", "", "rows"], body))
    MATRIX.write_text(picture, "utf-8")


def _put(page: Path, begin: str, end: str, text: str) -> None:
    """Replace what stands between two marks."""
    before, _, rest = page.read_text("utf-8").partition(begin)
    page.write_text(f"{before}{begin}\n\n{text}\n\n{end}{rest.partition(end)[2]}", "utf-8")


def main() -> int:
    """Measure, print, and write where asked to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--write", action="store_true", help="write the figures into docs/darija.md")
    parser.add_argument("--without-peers", action="store_true")
    parser.add_argument("--without-ablations", action="store_true")
    options = parser.parse_args()
    if not options.data.is_dir():
        print(f"no data at {options.data}: name their folder with --data", file=sys.stderr)
        return 2
    figures, picture = report(options.data, not options.without_ablations, not options.without_peers)
    print(figures)
    if options.write:
        publish(figures, picture)
    return 0


if __name__ == "__main__":
    sys.exit(main())
