"""How the cost of a MB changes as the corpus grows: a table, and a chart that a browser shows without anything else."""

from __future__ import annotations

import math

GROWS_AT_MOST = 15.0
"""Per hundred: so much more than at the least size may a MB cost at any other."""

WIDTH, HEIGHT, LEFT, BOTTOM = 640, 320, 64, 48


def as_rows(costs: dict[int, tuple[float, float]]) -> list[str]:
    """MB, CPU seconds, CPU seconds a MB, and the most memory; one line a size."""
    rows = [f"{'MB':>6} {'CPU s':>9} {'CPU s a MB':>12} {'MB a CPU s':>12} {'most memory, MB':>17}"]
    return rows + [f"{mb:>6} {cpu:>9.2f} {cpu / mb:>12.4f} {mb / cpu:>12.2f} {peak:>17.0f}" for mb, (cpu, peak) in costs.items()]


def as_chart(cost_of_mb: dict[int, float]) -> str:
    """A line chart as SVG: sizes on a logarithmic axis, CPU seconds a MB from nought up; the band is what the bound allows about the least size."""
    sizes = sorted(cost_of_mb)
    top = 1.3 * max(cost_of_mb.values())
    low, high = math.log(sizes[0]), math.log(sizes[-1])
    span = (high - low) or 1.0

    def x(mb: int) -> float:
        return LEFT + (WIDTH - LEFT - 32) * (math.log(mb) - low) / span

    def y(cost: float) -> float:
        return HEIGHT - BOTTOM - (HEIGHT - BOTTOM - 24) * cost / top

    most, least = (cost_of_mb[sizes[0]] * (1 + sign * GROWS_AT_MOST / 100) for sign in (1, -1))
    band = f'<rect x="{LEFT}" width="{WIDTH - LEFT - 32}" y="{y(most):.1f}" height="{y(least) - y(most):.1f}" fill="#dbe7dc"/>'
    line = " ".join(f"{x(mb):.1f},{y(cost_of_mb[mb]):.1f}" for mb in sizes)
    marks = [
        f'<circle cx="{x(mb):.1f}" cy="{y(cost_of_mb[mb]):.1f}" r="4" fill="#1f5f3f"/>'
        f'<text x="{x(mb):.1f}" y="{y(cost_of_mb[mb]) - 10:.1f}" text-anchor="middle">{cost_of_mb[mb]:.4f}</text>'
        f'<text x="{x(mb):.1f}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">{mb}</text>'
        for mb in sizes
    ]
    axes = f'<path d="M{LEFT},24 V{HEIGHT - BOTTOM} H{WIDTH - 32}" fill="none" stroke="#444"/>'
    words = (
        f'<text x="{(LEFT + WIDTH) / 2:.0f}" y="{HEIGHT - 8}" text-anchor="middle">corpus, MB</text>'
        f'<text x="14" y="{HEIGHT / 2:.0f}" text-anchor="middle" transform="rotate(-90 14 {HEIGHT / 2:.0f})">CPU seconds a MB</text>'
        f'<text x="{LEFT - 6}" y="{HEIGHT - BOTTOM + 4}" text-anchor="end">0</text>'
    )
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="12">'
    return "\n".join([head, band, axes, f'<polyline points="{line}" fill="none" stroke="#1f5f3f" stroke-width="2"/>', *marks, words, "</svg>", ""])
