"""Tables trained on other rows for one question each: a random split, our own lines, words of mixed sentences.

| learnt from | macro-F1, ten classes | ary-Arab | ary-Latn | mgr-Arab | arx-Latn |
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
from benchmarks.darija.asked import TEN, Answers, Item, answers_of, ask, items, leave_out, trained
from benchmarks.darija.scores import f1_of, macro_f1
from benchmarks.darija.tables import markdown

from khettara.darija.classes import BY_NAME
from khettara.darija.model import language_model
from khettara.darija.segment import tag_words
from khettara.darija.sources import OWN
from khettara.darija.train import Row, row_key
from khettara.darija.train_tokens import learn_tokens, monolingual, narabizi, switched


def random_split(rows: Sequence[Row]) -> float:
    """The macro-F1 that a random tenth of the same rows would have flattered us with."""
    chosen = np.random.RandomState(0).permutation(len(rows))
    cut = len(rows) // 10
    model = trained([rows[i] for i in chosen[cut:]], language_model().calibration)
    asked = [item for item in items([rows[i] for i in chosen[:cut]]) if item.label in TEN]
    return macro_f1(answers_of(model, asked), [name for name in TEN if any(item.label == name for item in asked)])


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
    apart = [row for row in rows if row.source.corpus == OWN and int(row_key(row.text), 16) % 5 == 0]
    texts = {row.text for row in apart}
    model = trained([row for row in rows if row.text not in texts], language_model().calibration)
    names, _ = ask(model, [row.text for row in apart])
    body: list[Sequence[object]] = []
    for name in ("spa", "other-Latn", "other-Arab"):
        said = [answer for row, answer in zip(apart, names, strict=True) if row.label == name]
        taken = ", ".join(f"{other} {n}" for other, n in Counter(other for other in said if other != name).most_common(3))
        others = [answer.name == name for answer in answers if BY_NAME[answer.item.label].script == BY_NAME[name].script]
        body.append([name, len(said), said.count(name) / len(said), taken or "-", f"{100 * float(np.mean(others)):.2f} % of {len(others):,}"])
    return markdown(["class", "own lines asked", "right", "taken for", "collected texts of its script taken for it"], body)


def ablations(rows: Sequence[Row], tested: Sequence[Item], calibration: Sequence[Sequence[float]], whole: Answers) -> str:
    """Macro-F1 with and without the lines written for the project."""
    names = ("ary-Arab", "ary-Latn", "mgr-Arab", "arx-Latn")
    without = leave_out([row for row in rows if row.source.corpus != OWN], tested, ["whole text"], calibration)["whole text"]
    body = [
        [title, macro_f1(answers, TEN), *(f1_of(answers, name) for name in names)]
        for title, answers in (("all sources", whole), ("without lines written by us", without))
    ]
    return markdown(["learnt from", "macro-F1, ten classes", *names], body)
