"""Histograms as SVG: bins with counts in, outlines of bars, ticks and lines at their places out.

    drawn({"signal": "n_words", "scale": "log", "edges": [-0.5, 0.5, 1.5], "rows": [...], "lines": [...]})

Everything is placed in thousandths of the chart's width, so that it stretches with the page. Values grow to the right in every language.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

WIDTH, HEIGHT = 1000, 100
MOST_TICKS = 6


def drawn(histogram: Mapping[str, Any]) -> dict[str, Any]:
    """A histogram with, for each language, the outlines of all records and of those kept, and the axis they share."""
    edges, scale = histogram["edges"], histogram["scale"]
    places = [_place(edge, edges, scale) for edge in edges]
    lines = [place for line in histogram["lines"] for at in line["at"] if 0 <= (place := _place(at, edges, scale)) <= WIDTH]
    rows = []
    for row in histogram["rows"]:
        tallest = max(row["all"], default=0)
        outlines = {name: _outline(row[name], places, tallest) for name in ("all", "kept")}
        rows.append({"lang": row["lang"], "records": row["records"], "beyond": row["beyond"], "tallest": tallest, **outlines})
    ticks = [(round(_place(value, edges, scale) / 10, 2), value) for value in _ticks(edges, scale)]
    return {**histogram, "rows": rows, "ticks": ticks, "lines_at": [round(line / 10, 2) for line in lines]}


def _place(value: float, edges: Sequence[float], scale: str) -> int:
    """Where a value stands, 0 to `WIDTH`."""
    low, high = _scaled(edges[0], scale), _scaled(edges[-1], scale)
    return round(WIDTH * (_scaled(value, scale) - low) / (high - low))


def _scaled(value: float, scale: str) -> float:
    return math.log1p(value) if scale == "log" else value


def _outline(counts: Sequence[int], places: Sequence[int], tallest: int) -> str:
    """One closed path around all bars. A bar with any record is at least one hundredth high, so that it is seen."""
    path = [f"M{places[0]} {HEIGHT}"]
    for count, end in zip(counts, places[1:], strict=True):
        height = max(1, round(HEIGHT * count / tallest)) if count else 0
        path.append(f"V{HEIGHT - height}H{end}")
    return "".join(path) + f"V{HEIGHT}Z"


def _ticks(edges: Sequence[float], scale: str) -> list[float]:
    """Round values inside the axis: 0, 1, 10, 100 ... on a log scale, else steps of 1, 2 or 5 times a power of ten."""
    low, high = edges[0], edges[-1]
    if scale == "log":
        powers = [0, *(10**n for n in range(math.ceil(math.log10(max(high, 1))) + 1))]
        return [float(value) for value in powers if low <= value <= high]
    rough = (high - low) / MOST_TICKS
    power = 10 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough)
    if float(edges[0] * 2).is_integer() and float(edges[-1] * 2).is_integer() and edges[0] % 1:
        step = max(1, round(step))  # bins of whole numbers have no ticks between two of them
    return [step * n for n in range(math.ceil(low / step), math.floor(high / step) + 1)]


def drawn_pair(edges: Sequence[float], before: Sequence[int], after: Sequence[int]) -> dict[str, Any]:
    """Two histograms over the same bins, on one scale of heights, with the axis they share."""
    places = [_place(edge, edges, "linear") for edge in edges]
    tallest = max([*before, *after], default=0)
    ticks = [(round(_place(value, edges, "linear") / 10, 2), value) for value in _ticks(edges, "linear")]
    return {"before": _outline(before, places, tallest), "after": _outline(after, places, tallest), "tallest": tallest, "ticks": ticks}
