"""The map of the 12 regions as squares: a figure for each region in, shapes and shades out.

    region_map({"06": 1.8, "12": 0.1}, "fr")  ->  Casablanca-Settat in a deep blue, Dakhla in a deep brown, the others hatched

`regions.json` is made by `scripts/regions_map.py`: it shows where a region lies, not where its borders run.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any

NARROW = 0.87
"""How much a degree of longitude is shorter than one of latitude in the middle of the country (cosine of 29.5 degrees)."""
STEPS = (0.25, 0.5, 0.8, 1.25, 2.0, 4.0)
"""Where the shades change: a quarter, half, nearly even, twice, four times what is expected."""


def region_map(ratios: Mapping[str, float], names: Mapping[str, str]) -> dict[str, Any]:
    """Each region with its outline and a shade from 0 (far too few) over 3 (even) to 6 (far too many); None where nothing is known."""
    drawn = _shapes()
    regions = [
        {"code": code, "name": names.get(code, code), "d": d, "ratio": ratios.get(code), "shade": _shade(ratios.get(code))}
        for code, d in drawn["d"].items()
    ]
    return {"width": drawn["width"], "height": drawn["height"], "regions": regions, "borders": drawn["borders"]}


def _shade(ratio: float | None) -> int | None:
    if ratio is None or not math.isfinite(ratio):
        return None
    return sum(ratio >= step for step in STEPS)


@cache
def _shapes() -> dict[str, Any]:
    """The outline of each region's squares as one path, in units of a row."""
    body = json.loads(resources.files("khettara.studio").joinpath("regions.json").read_text(encoding="utf-8"))
    paths = {
        code: "".join(f"M{column * NARROW:.2f} {row}h{length * NARROW:.2f}v1h{-length * NARROW:.2f}z" for row, column, length in runs)
        for code, runs in body["regions"].items()
    }
    return {"width": round(body["columns"] * NARROW, 2), "height": body["rows"], "d": paths, "borders": _borders(body["regions"])}


def _borders(regions: Mapping[str, Sequence[Sequence[int]]]) -> str:
    """The sides of squares that meet a square of another region, as one path: regions of one shade are told apart by it."""
    squares = {(row, column + n): code for code, runs in regions.items() for row, column, length in runs for n in range(length)}
    path = []
    for (row, column), code in squares.items():
        if squares.get((row, column + 1), code) != code:
            path.append(f"M{(column + 1) * NARROW:.2f} {row}v1")
        if squares.get((row + 1, column), code) != code:
            path.append(f"M{column * NARROW:.2f} {row + 1}h{NARROW:.2f}")
    return "".join(path)
