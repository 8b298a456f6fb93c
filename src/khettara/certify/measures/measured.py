"""What a measure gives: one count out of another, with the interval that a sample of this size allows.

3 of 412 records hold a telephone number, a CIN, ...  ->  0.0073 [0.0025, 0.0212]
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

_Z95 = 1.959963984540054  # two-sided 95 % of the normal distribution


def wilson(numerator: float, denominator: float) -> tuple[float, float]:
    """Between these lies a share, in 95 of 100 samples (Wilson 1927)."""
    n, p = denominator, numerator / denominator
    centre = (p + _Z95**2 / (2 * n)) / (1 + _Z95**2 / n)
    half = _Z95 * math.sqrt(p * (1 - p) / n + _Z95**2 / (4 * n * n)) / (1 + _Z95**2 / n)
    return max(0.0, centre - half) if numerator else 0.0, min(1.0, centre + half) if numerator != denominator else 1.0


@dataclass(frozen=True)
class Measured:
    """A count out of another.

    `kinds`: records by kind of defect (or values by column), where the measure tells kinds apart; a record of two kinds counts under both.
    `sampled`: whether it is a share of items drawn alike, so that Wilson's interval says something; a ratio of other things has none.
    """

    numerator: float
    denominator: float
    kinds: Mapping[str, float] = field(default_factory=dict)
    sampled: bool = True

    @property
    def value(self) -> float | None:
        """The share; None where there was nothing to count."""
        return self.numerator / self.denominator if self.denominator else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Wilson's interval at 95 %."""
        return wilson(self.numerator, self.denominator) if self.sampled and self.denominator else None


@dataclass(frozen=True)
class Unmeasured:
    """Why there is no number: the measure does not apply to such data, or something is missing that would give one."""

    status: Literal["not applicable", "missing"]
    why: str


Outcome = Measured | Unmeasured


def not_applicable(why: str) -> Unmeasured:
    """The measure says nothing about such data."""
    return Unmeasured("not applicable", why)


def missing(why: str) -> Unmeasured:
    """The measure applies, and what `why` names would give it."""
    return Unmeasured("missing", why)
