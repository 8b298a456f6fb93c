"""Who makes the mistakes, and when: a few offices in a few months make most of them, several in a row.

guilty(chance, sites, days, share=0.02)   ->   rows; a few (site, month) hold most of them
"""

from __future__ import annotations

import numpy as np
from benchmarks.planted_tables.sheet import Array

MONTH = 30
RUN = 24
"""A clerk keeps to a habit for about so many records."""


def propensity(chance: np.random.Generator, site: Array, day: Array) -> Array:
    """How prone each record is to one kind of mistake: by site, by month of the site, by stretches of records of that site."""
    sites = int(site.max()) + 1
    months = (day - day.min()) // MONTH
    by_site = chance.gamma(0.5, 2.0, sites) + 0.02
    by_month = chance.gamma(0.35, 3.0, (sites, int(months.max()) + 1)) + 0.02
    order = np.argsort(site, kind="stable")
    stretch = np.empty(len(site), np.int64)
    stretch[order] = np.arange(len(site)) // RUN
    by_stretch = chance.gamma(0.4, 2.5, int(stretch.max()) + 1)
    found: Array = by_site[site] * by_month[site, months] * by_stretch[stretch] + 0.02
    return found


def guilty(chance: np.random.Generator, site: Array, day: Array, share: float, allowed: Array) -> Array:
    """Rows for a kind of mistake: about `share` of all, among those allowed, most of them close together."""
    prone = propensity(chance, site, day) * allowed
    wanted = min(share * len(site), 0.8 * float(allowed.sum()))
    if wanted <= 0:
        return np.zeros(0, np.int64)
    low, high = 0.0, 1e9
    for _ in range(60):
        middle = (low * high) ** 0.5 if low else high / 2
        low, high = (middle, high) if np.minimum(0.9, middle * prone).sum() < wanted else (low, middle)
    return np.flatnonzero(chance.random(len(site)) < np.minimum(0.9, high * prone))


def scattered(chance: np.random.Generator, share: float, allowed: Array) -> Array:
    """Rows for a kind of mistake that nobody in particular makes."""
    wanted = min(share * len(allowed), 0.8 * float(allowed.sum()))
    return np.flatnonzero(allowed & (chance.random(len(allowed)) < wanted / max(1, int(allowed.sum()))))
