"""The likeliest way through rows of items whose classes change seldom (Viterbi): one class for each item.

scores of "ghadi nji demain matin", a change of class dear  ->  0 0 1 1
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from khettara.kernels.columns import Offsets
from khettara.kernels.jit import kernel


@kernel
def _paths(scores: Any, offsets: Offsets, stay: Any, change: Any, out: Any) -> None:
    n_classes = scores.shape[1]
    back = np.empty((scores.shape[0], n_classes), np.int8)
    score, before = np.empty(n_classes), np.empty(n_classes)
    for row in range(offsets.size - 1):
        first, last = offsets[row], offsets[row + 1]
        if first == last:
            continue
        score[:] = scores[first]
        for word in range(first + 1, last):
            before[:] = score
            for to in range(n_classes):
                best, chosen = -np.inf, 0
                for origin in range(n_classes):
                    through = before[origin] + (stay if origin == to else change)
                    if through > best:
                        best, chosen = through, origin
                back[word, to] = chosen
                score[to] = best + scores[word, to]
        current = np.int64(np.argmax(score))
        for word in range(last - 1, first - 1, -1):
            out[word] = current
            if word > first:
                current = np.int64(back[word, current])


def paths(scores: npt.NDArray[np.float64], offsets: Offsets, switch_rate: float) -> npt.NDArray[np.int8]:
    """The likeliest classes of words in rows (Viterbi): each change of class costs what its rarity says.

    Args:
        scores: for each word the logarithm of each class's weight (n, classes).
        offsets: where the words of each row begin.
        switch_rate: how often the class changes from one word to the next.
    """
    out = np.zeros(len(scores), np.int8)
    _paths(scores, offsets, float(np.log(1 - switch_rate)), float(np.log(switch_rate / max(scores.shape[1] - 1, 1))), out)
    return out
