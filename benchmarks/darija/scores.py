"""F1 and its intervals, in which each source of a class weighs the same, and each class.

confusion(answers, TEN)  ->  {"ary-Arab<tab>doda-arab": how many answers of each class, the last: any other, …}
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
from benchmarks.darija.asked import TEN, Answers

RESAMPLED = 300


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
