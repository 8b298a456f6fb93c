"""How far the signals of sentiment and offence carry: to posts of their own sources left out, to other sources, to the other script.

    python -m benchmarks.darija.tone            prints the tables
    python -m benchmarks.darija.tone --write    puts them into docs/darija.md and into the card beside the tables

Copies are taken out across all sources before anything is split (`near_copies.py`). Settings were chosen on two parts of
five of each source; "its own source" asks about the other three, each of a table that learnt the rest.
"""

from __future__ import annotations

import argparse
import re
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from benchmarks.darija.tables import markdown
from benchmarks.texts import data_folder

from khettara.darija.lexicon import matching_key
from khettara.darija.model import Model
from khettara.darija.near_copies import text_key
from khettara.darija.scripts import script_column
from khettara.darija.sources import OWN, SOURCES
from khettara.darija.tone import CLASSES, SURE_ENOUGH, UNSURE, Signal, chances_of, tone_column
from khettara.darija.tone_sources import BACKGROUND, MOST_BACKGROUND, Labelled, labelled
from khettara.darija.train import collect
from khettara.darija.train_tone import part_of, train

PARTS, ASKED_PARTS = 5, (2, 3, 4)
RESAMPLED = 300

# Small on purpose: the words that anyone would list first. Matching keys find their other spellings, in both scripts.
_WORDS = {
    "positive": "zwin mezyan wa3r bnin merci chokran mabrouk tbarkallah n9i farhan 3jebni top bravo ra2i3 momtaz momtaza زوين رائع ممتاز الله",
    "negative": "khayb khayba mmell fdiha 7chouma karita zero 3yit ghali mqelle9 kadab cheffar fasad خايب فضيحة كارثة للأسف ظلم سرقة فساد",
    "offence": "kelb lkelb 7mar lhmar 7mir lhmir klab wlad bhima khanz mklekh ghbi ghbiya tfou cheffar khanzir lkhanzir zbel hayawan كلب حمار",
}
_KEYS = {name: frozenset(map(matching_key, words.split())) for name, words in _WORDS.items()}
_EMOJI = re.compile("[\u2600-\u27bf\U0001f000-\U0001faff]")

Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Question:
    """Which posts are asked about, of a table that learnt which others. `in_parts`: three parts in turn, each left out of what is learnt."""

    title: str
    signal: Signal
    asked: Callable[[Labelled], bool]
    learnt: Callable[[Labelled], bool]
    in_parts: bool = False


@dataclass(frozen=True)
class Outcome:
    """For the posts asked about: the number of the class, and what the table and each baseline say."""

    truth: Numbers
    chances: npt.NDArray[np.float64]
    labels: list[str]
    baselines: dict[str, Numbers]


def _from(*sources: str) -> Callable[[Labelled], bool]:
    return lambda row: row.source in sources


def _but(*sources: str) -> Callable[[Labelled], bool]:
    return lambda row: row.source not in sources


def _script(row: Labelled) -> str:
    return str(script_column(pa.array([row.text], pa.large_string()))[0][0].as_py())


def _in(script: str, *sources: str) -> Callable[[Labelled], bool]:
    return lambda row: row.source in sources and _script(row) == script


def _anyway(row: Labelled) -> bool:
    return True


_MOROCCAN, _ALGERIAN, _EAST, _FORUM = "afrisenti-ary", "afrisenti-arq", "arsarcasm", "narabizi"
QUESTIONS = (
    Question("AfriSenti Moroccan, Arabic script: its own source", "sentiment", _in("Arab", _MOROCCAN), _anyway, True),
    Question("AfriSenti Moroccan, Latin script: its own source", "sentiment", _in("Latn", _MOROCCAN), _anyway, True),
    Question("AfriSenti Moroccan, Arabic script: other sources", "sentiment", _in("Arab", _MOROCCAN), _from(_EAST, OWN)),
    Question("AfriSenti Moroccan, Latin script: other sources", "sentiment", _in("Latn", _MOROCCAN), _from(_EAST, OWN)),
    Question("AfriSenti Algerian: all others learnt", "sentiment", _from(_ALGERIAN), _but(_ALGERIAN)),
    Question("ArSarcasm (Standard, Egyptian …): AfriSenti and own lines learnt", "sentiment", _from(_EAST), _but(_EAST)),
    Question("own lines, Darija in both scripts: all others learnt", "sentiment", _from(OWN), _but(OWN)),
    Question("AfriSenti Moroccan, Latin script: nothing in Latin learnt", "sentiment", _in("Latn", _MOROCCAN), lambda row: _script(row) != "Latn"),
    Question("AfriSenti Moroccan, Arabic script: nothing in Arabic learnt", "sentiment", _in("Arab", _MOROCCAN), lambda row: _script(row) != "Arab"),
    Question("NArabizi: its own source", "offence", _from(_FORUM), _anyway, True),
    Question("NArabizi: all others learnt", "offence", _from(_FORUM), _but(_FORUM)),
    Question("own lines, Latin script: all others learnt", "offence", _in("Latn", OWN), _but(OWN)),
    Question("own lines, Arabic script: all others learnt, insults by their readings alone", "offence", _in("Arab", OWN), _but(OWN)),
)


def answer(question: Question, rows: Sequence[Labelled]) -> Outcome:
    """What a table that learnt the question's posts says of those asked about."""
    parts = ASKED_PARTS if question.in_parts else (None,)
    found: list[Outcome] = []
    for part in parts:
        inside = [part is None or part_of(row.text, PARTS) == part for row in rows]
        asked = [row for row, there in zip(rows, inside, strict=True) if there and question.asked(row)]
        texts = {row.text for row, there in zip(rows, inside, strict=True) if there and question.asked(row)}
        learnt = [
            row
            for row, there in zip(rows, inside, strict=True)
            if row.text not in texts and question.learnt(row) and not (question.in_parts and there)
        ]
        found.append(_ask(question.signal, train(question.signal, learnt)[0], learnt, asked))
    names = found[0].baselines
    return Outcome(
        np.concatenate([one.truth for one in found]),
        np.concatenate([one.chances for one in found]),
        [label for one in found for label in one.labels],
        {name: np.concatenate([one.baselines[name] for one in found]) for name in names},
    )


def _ask(signal: Signal, model: Model, learnt: Sequence[Labelled], asked: Sequence[Labelled]) -> Outcome:
    column = pa.array([row.text for row in asked], pa.large_string())
    truth = np.array([CLASSES[signal].index(row.label) for row in asked])
    most = Counter(row.label for row in learnt).most_common(1)[0][0]
    baselines = {
        "majority": np.full(len(asked), CLASSES[signal].index(most)),
        "word list": np.array([CLASSES[signal].index(_by_words(signal, row.text)) for row in asked]),
        "emoji only": _by_emoji(signal, learnt, asked),
    }
    return Outcome(truth, chances_of(signal, model, column)[0], tone_column(signal, column, model).field("label").to_pylist(), baselines)


def _by_words(signal: Signal, text: str) -> str:
    keys = text_key(text).split()
    number = {name: sum(key in held for key in keys) for name, held in _KEYS.items()}
    if signal == "offence":
        return "offence" if number["offence"] else "none"
    balance = number["positive"] - number["negative"] - number["offence"]
    return "neutral" if balance == 0 else "positive" if balance > 0 else "negative"


def _by_emoji(signal: Signal, learnt: Sequence[Labelled], asked: Sequence[Labelled]) -> Numbers:
    """The class by the emoji alone (naive Bayes): what a data set labelled by emoji would give away."""
    classes = CLASSES[signal]
    counts: defaultdict[str, npt.NDArray[np.float64]] = defaultdict(lambda: np.ones(len(classes)))
    size = np.zeros(len(classes))
    for row in learnt:
        size[classes.index(row.label)] += 1
        for sign in set(_EMOJI.findall(row.text)):
            counts[sign][classes.index(row.label)] += 1
    prior = np.log(size + 1)
    return np.array([(prior + sum(np.log(counts[sign] / (size + 2)) for sign in set(_EMOJI.findall(row.text)))).argmax() for row in asked])


def macro_f1(truth: Numbers, said: Numbers, size: int) -> float:
    """The mean F1 of the classes that are there; any class may be the answer."""
    there = [place for place in range(size) if (truth == place).any()]
    return float(np.mean([2 * ((truth == c) & (said == c)).sum() / ((truth == c).sum() + (said == c).sum()) for c in there]))


def interval(truth: Numbers, said: Numbers, size: int) -> tuple[float, float]:
    """95 % of the macro-F1 over posts drawn again."""
    chance = np.random.RandomState(0)
    drawn = [chance.randint(0, len(truth), len(truth)) for _ in range(RESAMPLED)]
    low, high = np.percentile([macro_f1(truth[again], said[again], size) for again in drawn], [2.5, 97.5])
    return float(low), float(high)


def calibration_error(outcome: Outcome) -> float:
    """By how much the probability of the likeliest class misses the share of right ones, over ten bins (ECE)."""
    top, right = outcome.chances.max(axis=1), outcome.chances.argmax(axis=1) == outcome.truth
    bins = np.minimum((top * 10).astype(int), 9)
    return float(sum(abs(top[bins == b].sum() - right[bins == b].sum()) for b in range(10)) / len(top))


def tables(root: Path) -> str:
    """All figures as Markdown."""
    rows = {signal: labelled(root, signal) for signal in CLASSES}
    body: list[Sequence[object]] = []
    sure: list[Sequence[object]] = []
    for question in QUESTIONS:
        outcome = answer(question, rows[question.signal])
        size, said, truth = len(CLASSES[question.signal]), outcome.chances.argmax(axis=1), outcome.truth
        low, high = interval(truth, said, size)
        base = [macro_f1(truth, outcome.baselines[name], size) for name in ("majority", "word list", "emoji only")]
        rest = _polarity(outcome) if question.signal == "sentiment" else _order(outcome)
        body.append(
            [
                question.title,
                len(truth),
                macro_f1(truth, said, size),
                f"{low:.3f}-{high:.3f}",
                rest,
                *base,
                calibration_error(outcome),
            ]
        )
        named = np.array([label != UNSURE for label in outcome.labels])
        sure.append([question.title, float(named.mean()), macro_f1(truth[named], said[named], size), float((truth == said)[named].mean())])
    head = ["asked about: learnt", "posts", "macro-F1", "95 %", "negative or positive", "majority", "word list", "emoji only", "calibration error"]
    first_offence = next(place for place, question in enumerate(QUESTIONS) if question.signal == "offence")
    return "\n\n".join(
        [
            "#### Sentiment",
            markdown(head, body[:first_offence]),
            "#### Offence",
            markdown([*head[:4], "in order (AUC)", *head[5:]], body[first_offence:]),
            f"#### When only answers from {SURE_ENOUGH} on count, in languages that can be read",
            markdown(["asked about: learnt", "share answered", "macro-F1 of those", "right"], sure),
            "#### How often texts that nobody labelled are said to offend, by the tables that ship",
            markdown(["texts", "learnt", "number", "offence", "unsure"], _alarms(root)),
            "#### Speed",
            markdown(["`tone_column`", "MB/s, one core"], _speeds(rows["sentiment"])),
        ]
    )


def _polarity(outcome: Outcome) -> float:
    """Macro-F1 of negative and positive among posts that are one of the two, neutral no answer: the part that is no matter of genre."""
    known = outcome.truth != 1
    said = np.where(outcome.chances[known, 2] > outcome.chances[known, 0], 2, 0)
    return macro_f1(outcome.truth[known], said, 3)


def _order(outcome: Outcome) -> float:
    """How often a post that offends comes before one that does not, in the order of the signal (AUC): 0.5 is chance."""
    score = outcome.chances[:, 1]
    ahead = score[outcome.truth == 1][:, None] - score[outcome.truth == 0]
    return float((ahead > 0).mean() + (ahead == 0).mean() / 2)


def _alarms(root: Path) -> list[Sequence[object]]:
    """Dialogue, news, law: texts in which hardly anybody is insulted."""
    body: list[Sequence[object]] = []
    for source in SOURCES:
        if source.name in (*BACKGROUND, "afrisenti-ary-arab", "afrisenti-ary-latn", "marsum-darija", "marsum-titles", "law-ar"):
            texts = [row.text for row in collect(root, [source])][MOST_BACKGROUND if source.name in BACKGROUND else 0 :]
            labels = Counter(tone_column("offence", pa.array(texts, pa.large_string())).field("label").to_pylist())
            body.append(
                [
                    source.name,
                    "its first 150 lines" if source.name in BACKGROUND else "no",
                    len(texts),
                    *(f"{100 * labels[name] / len(texts):.1f} %" for name in ("offence", UNSURE)),
                ]
            )
    return body


def _speeds(rows: Sequence[Labelled]) -> list[Sequence[object]]:
    """The best of five passes by CPU time, over posts as they are and joined to documents."""
    body: list[Sequence[object]] = []
    for script, name in (("Arab", "Arabic letters"), ("Latn", "Latin letters")):
        texts = [row.text for row in rows if row.source == _MOROCCAN and _script(row) == script]
        joined = ["\n".join(texts[at : at + 20]) for at in range(0, len(texts), 20)]
        for kind, some in (("posts", texts * 4), ("twenty posts in one document", joined * 4)):
            column = pa.array(some, pa.large_string())
            size = sum(len(text.encode()) for text in some)
            times = []
            for _ in range(6):
                start = time.process_time()
                tone_column("sentiment", column)
                times.append(time.process_time() - start)
            body.append([f"{kind}, {name}", f"{size / min(times) / 1e6:.0f}"])
    return body


def main() -> int:
    """Measure, print, and write where asked to."""
    from benchmarks.darija.__main__ import publish_tones

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=data_folder(), help="the folder of corpora; by default what KHETTARA_DATA names")
    parser.add_argument("--write", action="store_true", help="write the figures into docs/darija.md and the card")
    options = parser.parse_args()
    figures = tables(options.data)
    print(figures)
    if options.write:
        publish_tones(figures)
    return 0


MARKS = ("<!-- figures of tone: python -m benchmarks.darija.tone --write -->", "<!-- end of figures of tone -->")


if __name__ == "__main__":
    sys.exit(main())
