"""Learning a table of weights by steps along the gradient: which class of its script a text is in, by its rows.

rows of "wach kayn" + class 0 of the Latin head  ->  those rows lean towards class 0, away from the classes taken for it

Only additions and multiplications of IEEE numbers, in a fixed order: the same table, bit for bit, on every machine.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from khettara.kernels.columns import Offsets
from khettara.kernels.jit import inline, kernel
from khettara.kernels.ngrams import LANES

_LN2 = 0.6931471805599453


@inline
def _exp(x: float) -> float:
    """E to the power of x <= 0: powers of two by halving, the rest by its series, as no library's may differ."""
    if x < -700.0:
        return 0.0
    k = np.int64(-x / _LN2)
    r = x + k * _LN2
    term, total = 1.0, 1.0
    for i in range(1, 14):
        term = term * r / i
        total += term
    for _ in range(k):
        total *= 0.5
    return total


@inline
def _probabilities(rows: Any, first: int, last: int, weights: Any, n_classes: int, out: Any) -> None:
    """The classes' probabilities: softmax of the sum of the rows over the square root of their number."""
    for lane in range(n_classes):
        out[lane] = 0.0
    for i in range(first, last):
        row = rows[i]
        for lane in range(n_classes):
            out[lane] += weights[row, lane]
    top = -1e300
    root = np.sqrt(float(last - first))
    for lane in range(n_classes):
        out[lane] /= root
        top = max(top, out[lane])
    total = 0.0
    for lane in range(n_classes):
        out[lane] = _exp(out[lane] - top)
        total += out[lane]
    for lane in range(n_classes):
        out[lane] /= total


@kernel
def _pass(rows: Any, ends: Offsets, truth: Any, importance: Any, sizes: Any, order: Any, rates: Any, weights: Any) -> None:
    """Once over the texts in the given order, with steps that shrink from the first rate to the second."""
    heads, classes = truth
    rate, last_rate = rates
    chances = np.zeros(weights.shape[1])
    for step in range(order.size):
        text = order[step]
        first, last = ends[text], ends[text + 1]
        if first == last:
            continue
        n_classes = sizes[heads[text]]
        _probabilities(rows, first, last, weights, n_classes, chances)
        chances[classes[text]] -= 1.0
        size = (rate + (last_rate - rate) * step / order.size) * importance[text]
        for lane in range(n_classes):
            chances[lane] *= size
        for i in range(first, last):
            row = rows[i]
            for lane in range(n_classes):
                weights[row, lane] -= chances[lane]


def train(
    rows: npt.NDArray[np.int32],
    ends: Offsets,
    heads: npt.NDArray[np.int64],
    classes: npt.NDArray[np.int64],
    importance: npt.NDArray[np.float64],
    sizes: tuple[int, ...],
    n_rows: int,
    passes: int,
    rate: float,
) -> npt.NDArray[np.float32]:
    """A table learnt in so many passes, each in another order, with steps that shrink to nothing.

    Args:
        rows: the table rows of all texts, as `ngrams.list_rows` gives them.
        ends: where each text's begin.
        heads: the head of each text.
        classes: its class, a lane of that head.
        importance: how much it counts.
        sizes: how many classes each head has.
        n_rows: the size of the table.
        passes: how often each text is seen.
        rate: the first step.
    """
    weights = np.zeros((n_rows, LANES), np.float32)
    chance = np.random.RandomState(0)  # its stream is frozen, unlike that of newer generators
    for number in range(passes):
        order = chance.permutation(len(heads))
        begin, end = rate * (1 - number / passes), rate * (1 - (number + 1) / passes)
        _pass(rows, ends, (heads, classes), importance, np.array(sizes), order, (begin, end), weights)
    return weights
