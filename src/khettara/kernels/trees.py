"""Small regression trees: grown leaf by leaf on columns cut into bins, and read again for every row.

bins of a row [3, 17, 0]  ->  column 1 at most 20?  yes  ->  column 0 at most 2?  no  ->  leaf 4: +0.31

A bin is a number below 64, in order of size; bin 0 holds what has no value, so that this lies below everything. A tree is an array of
nodes: the column and the bin that divide it, the place of the first of its two children (0: none, a leaf), and the leaf's value.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from khettara.kernels.jit import inline, kernel

Bins = npt.NDArray[np.uint8]
BINS = 64
NODE = np.dtype([("value", np.float64), ("column", np.int32), ("bin", np.int32), ("child", np.int32)], align=True)


@inline
def _add_up(bins: Any, rows: Any, slopes: Any, sums: Any) -> None:
    """For each column and bin the slopes, curvatures and the number of the rows that lie there."""
    sums[:] = 0.0
    for row in rows:
        slope, curve = slopes[row, 0], slopes[row, 1]
        for column in range(bins.shape[1]):
            place = sums[column, bins[row, column]]
            place[0] += slope
            place[1] += curve
            place[2] += 1.0


@inline
def _best_split(sums: Any, fewest: int, calm: float) -> tuple[float, int, int]:
    """How much the best division gains, and by which column and bin."""
    slope, curve, count = sums[0, :, 0].sum(), sums[0, :, 1].sum(), sums[0, :, 2].sum()
    whole = slope * slope / (curve + calm)
    best, at, where = 0.0, -1, -1
    for column in range(sums.shape[0]):
        left_slope, left_curve, left = 0.0, 0.0, 0.0
        for cut in range(BINS - 1):
            left_slope += sums[column, cut, 0]
            left_curve += sums[column, cut, 1]
            left += sums[column, cut, 2]
            if left < fewest:
                continue
            if count - left < fewest:
                break
            right = slope - left_slope
            gain = left_slope * left_slope / (left_curve + calm) + right * right / (curve - left_curve + calm) - whole
            if gain > best:
                best, at, where = gain, column, cut
    return best, at, where


@inline
def _divide(bins: Any, rows: Any, column: int, cut: int) -> int:
    """Put the rows at or below the cut first; how many they are."""
    low, high = 0, rows.size - 1
    while low <= high:
        if bins[rows[low], column] <= cut:
            low += 1
        else:
            rows[low], rows[high] = rows[high], rows[low]
            high -= 1
    return low


@kernel
def _grow(bins: Any, rows: Any, slopes: Any, fewest: int, calm: float, tree: Any) -> None:
    leaves = (tree.size + 1) // 2
    sums = np.empty((leaves, bins.shape[1], BINS, 3))
    gains, columns, cuts = np.zeros(leaves), np.zeros(leaves, np.int64), np.zeros(leaves, np.int64)
    nodes, starts, stops = np.zeros(leaves, np.int64), np.zeros(leaves, np.int64), np.zeros(leaves, np.int64)
    stops[0] = rows.size
    tree[0].child = 0
    _add_up(bins, rows, slopes, sums[0])
    gains[0], columns[0], cuts[0] = _best_split(sums[0], fewest, calm)
    grown, size = 1, 1
    while grown < leaves:
        leaf = np.argmax(gains[:grown])
        if gains[leaf] <= 0.0:
            break
        start, stop = starts[leaf], stops[leaf]
        middle = start + _divide(bins, rows[start:stop], columns[leaf], cuts[leaf])
        node = nodes[leaf]
        tree[node].column, tree[node].bin, tree[node].child = columns[leaf], cuts[leaf], size
        tree[size].child, tree[size + 1].child = 0, 0
        nodes[leaf], nodes[grown] = size, size + 1
        stops[leaf], starts[grown], stops[grown] = middle, middle, stop
        if middle - start < stop - middle:  # the larger child is the parent less the smaller
            sums[grown] = sums[leaf]
            _add_up(bins, rows[start:middle], slopes, sums[leaf])
            sums[grown] -= sums[leaf]
        else:
            _add_up(bins, rows[middle:stop], slopes, sums[grown])
            sums[leaf] -= sums[grown]
        gains[leaf], columns[leaf], cuts[leaf] = _best_split(sums[leaf], fewest, calm)
        gains[grown], columns[grown], cuts[grown] = _best_split(sums[grown], fewest, calm)
        size += 2
        grown += 1
    for place in range(grown):
        tree[nodes[place]].value = -sums[place, 0, :, 0].sum() / (sums[place, 0, :, 1].sum() + calm)


@kernel
def _read(bins: Any, trees: Any, pace: float, out: Any) -> None:
    for row in range(bins.shape[0]):
        total = 0.0
        for number in range(trees.shape[0]):
            tree = trees[number]
            node = 0
            while tree[node].child:
                node = tree[node].child + (bins[row, tree[node].column] > tree[node].bin)
            total += tree[node].value
        out[row] += pace * total


def grow(bins: Bins, rows: npt.NDArray[np.int32], slopes: npt.NDArray[np.float64], *, leaves: int, fewest: int, calm: float) -> Any:
    """A tree of at most so many leaves, each with at least `fewest` rows, by one Newton step.

    `slopes`: for each row of `bins` the loss's first and second derivative. `rows`: those to learn from; their order is lost.
    """
    tree = np.zeros(2 * leaves - 1, NODE)
    _grow(bins, rows, slopes, fewest, calm, tree)
    return tree


def read(bins: Bins, trees: Any, pace: float, out: npt.NDArray[np.float64]) -> None:
    """Add to each row what the trees say of it, times `pace`."""
    _read(bins, trees, pace, out)
