"""The answers as tables of Markdown, and the confusion matrix as a picture.

| class | other corpora | precision | recall | F1 | 95 % | taken for |
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
from benchmarks.darija.asked import ARABIZI, TEN, Answer, Answers, Item
from benchmarks.darija.scores import confusion, f1_of, f_scores, intervals, macro_f1, matrix

from khettara.darija.classes import BY_NAME, LABELS
from khettara.darija.train import Row

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


def peer_table(found: Mapping[str, dict[str, float] | None]) -> str:
    """How often each says the right one of `ar`, `fr`, `en`, `es`, or none of them where none is right."""
    names = [name for name, shares in found.items() if shares]
    keys = sorted({key for shares in found.values() if shares for key in shares} - {"MB/s"})
    body: list[Sequence[object]] = [[key, *((found[name] or {}).get(key, 0.0) for name in names)] for key in keys]
    body.append(["MB/s of CPU", *(f"{(found[name] or {})['MB/s']:.2f}" for name in names)])
    return markdown(["class", *names], body)
