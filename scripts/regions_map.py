#!/usr/bin/env python3
"""Draw the schematic map of the 12 regions: squares of a quarter of a degree, each of the region whose town is nearest.

    python scripts/regions_map.py        (writes src/khettara/studio/regions.json)

It shows where a region lies, not where its borders run: the outline and the towns below are rounded to a few kilometres, written down
from general knowledge for this purpose. Codes and names of the regions are those of the census (HCP, RGPH 2024).
"""

from __future__ import annotations

import json
import math
from pathlib import Path

STEP = 0.25
WEST, NORTH, EAST, SOUTH = -17.25, 36.0, -1.0, 20.75

# longitude, latitude; from Tangier eastwards
OUTLINE = [
    (-5.92, 35.79), (-5.3, 35.9), (-5.25, 35.55), (-4.66, 35.22), (-3.93, 35.25), (-2.96, 35.43), (-2.2, 35.09), (-1.75, 34.7), (-1.7, 33.7),
    (-1.55, 33.0), (-1.03, 32.45), (-1.2, 32.08), (-2.9, 32.05), (-3.65, 31.5), (-3.6, 31.0), (-4.2, 30.6), (-4.9, 30.4), (-5.5, 29.9),
    (-6.1, 29.6), (-7.06, 29.62), (-8.67, 28.75), (-8.67, 26.0), (-12.0, 26.0), (-12.0, 23.45), (-13.1, 22.8), (-13.0, 21.33), (-16.95, 21.33),
    (-17.05, 20.8), (-17.0, 21.9), (-15.95, 23.7), (-15.0, 24.7), (-14.5, 26.13), (-13.4, 27.1), (-12.93, 27.94), (-11.33, 28.5), (-10.18, 29.38),
    (-9.65, 30.42), (-9.88, 30.65), (-9.78, 31.51), (-9.25, 32.3), (-8.5, 33.26), (-7.65, 33.61), (-6.85, 34.03), (-6.16, 35.2),
]  # fmt: skip

# latitude, longitude
TOWNS: dict[str, list[tuple[float, float]]] = {
    "01": [(35.77, -5.8), (35.57, -5.37), (35.19, -6.15), (35.17, -5.27), (34.8, -5.58), (35.25, -3.93), (34.94, -4.32)],
    "02": [
        (35.17, -2.93), (34.98, -3.38), (34.92, -2.32), (34.68, -1.91), (34.41, -2.9), (34.31, -2.16), (34.23, -3.35), (34.01, -2.02),
        (33.05, -2.0), (32.53, -1.96), (32.11, -1.23), (32.53, -3.2), (33.6, -2.9),
    ],
    "03": [
        (34.03, -5.0), (33.89, -5.55), (33.69, -5.37), (33.53, -5.11), (33.83, -4.83), (33.36, -4.73), (33.05, -3.99), (34.21, -4.01),
        (34.54, -4.64), (34.65, -3.87), (33.34, -3.7),
    ],
    "04": [
        (34.02, -6.83), (34.26, -6.58), (34.22, -5.71), (34.26, -5.93), (33.82, -6.07), (34.69, -5.98), (33.53, -6.6), (34.88, -6.29),
        (33.43, -6.1),
    ],
    "05": [(32.34, -6.36), (32.94, -5.67), (32.88, -6.91), (32.5, -6.69), (31.96, -6.57), (32.86, -6.57), (31.8, -6.9)],
    "06": [(33.58, -7.6), (33.69, -7.38), (33.0, -7.62), (33.27, -7.58), (33.25, -8.5), (32.65, -8.43), (33.61, -7.12), (32.74, -9.03)],
    "07": [
        (31.63, -8.0), (32.3, -9.23), (31.51, -9.77), (32.25, -8.53), (32.05, -7.41), (32.24, -7.95), (31.54, -8.76), (31.35, -7.95),
        (31.17, -8.85), (31.0, -9.68),
    ],
    "08": [
        (31.93, -4.42), (32.68, -4.73), (30.92, -6.89), (31.51, -5.53), (30.33, -5.84), (31.43, -4.23), (32.26, -4.5), (32.15, -5.63),
        (29.83, -5.72), (31.24, -6.13), (31.12, -5.17), (31.95, -3.6), (30.7, -6.45),
    ],
    "09": [
        (30.42, -9.6), (30.47, -8.88), (29.7, -9.73), (29.74, -7.97), (30.21, -9.37), (30.09, -6.88), (29.39, -8.26), (29.72, -8.97),
        (30.53, -7.92),
    ],
    "10": [(28.99, -10.06), (29.3, -10.1), (28.44, -11.1), (28.61, -9.43), (28.02, -9.33), (27.45, -9.05)],
    "11": [(27.15, -13.2), (26.13, -14.48), (27.94, -12.93), (26.74, -11.67), (27.1, -11.2), (25.1, -12.6), (26.15, -10.57), (26.4, -9.2)],
    "12": [(23.69, -15.94), (22.55, -14.33), (21.6, -16.48), (21.6, -14.97), (24.0, -13.3)],
}  # fmt: skip


def inside(x: float, y: float) -> bool:
    """Whether a point lies within the outline (rays crossing edges)."""
    crossings = False
    for (x1, y1), (x2, y2) in zip(OUTLINE, OUTLINE[1:] + OUTLINE[:1], strict=True):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            crossings = not crossings
    return crossings


def nearest(x: float, y: float) -> str:
    """The region of the nearest town."""
    narrow = math.cos(math.radians(y))
    return min((math.hypot((x - lon) * narrow, y - lat), code) for code, towns in TOWNS.items() for lat, lon in towns)[1]


def main() -> None:
    """Write the squares of each region as runs: row from the north, column from the west, how many."""
    runs: dict[str, list[list[int]]] = {code: [] for code in TOWNS}
    columns, rows = round((EAST - WEST) / STEP), round((NORTH - SOUTH) / STEP)
    for row in range(rows):
        last = ""
        for column in range(columns):
            x, y = WEST + (column + 0.5) * STEP, NORTH - (row + 0.5) * STEP
            code = nearest(x, y) if inside(x, y) else ""
            if code and code == last:
                runs[code][-1][2] += 1
            elif code:
                runs[code].append([row, column, 1])
            last = code
    path = Path(__file__).resolve().parent.parent / "src/khettara/studio/regions.json"
    body = {"columns": columns, "rows": rows, "regions": runs}
    path.write_text(json.dumps(body, separators=(",", ":")) + "\n", encoding="utf-8")
    shades = {code: chr(ord("a") + n) for n, code in enumerate(TOWNS)}
    picture = [[" "] * columns for _ in range(rows)]
    for code, cells in runs.items():
        for row, column, length in cells:
            picture[row][column : column + length] = shades[code] * length
    print("\n".join("".join(line) for line in picture))


if __name__ == "__main__":
    main()
