"""Measures as pages show them: the value, its interval and its bounds on one axis.

{"name": "duplicates_left", "value": 0.007, "interval": [0.002, 0.021], "maximum": 0.01, "passed": true}  ->  a row with places in percent
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from khettara.studio.page import count, listed


def measure_row(measure: Mapping[str, Any]) -> dict[str, Any]:
    """A measure of a certificate as its row shows it; what is missing in it stays out of the row."""
    value, low, high = (count(measure.get(name)) for name in ("value", "minimum", "maximum"))
    interval = [number for number in map(count, listed(measure.get("interval"))) if number is not None]
    interval = sorted(interval) if len(interval) == 2 else []
    numbers = [number for number in (value, low, high, *interval) if number is not None]
    share = count(measure.get("denominator")) is not None and bool(numbers) and all(0 <= number <= 1 for number in numbers)
    known = measure.get("status", "computed") in ("computed", "evidenced")
    return {
        **{name: measure.get(name) for name in ("id", "name", "scope", "why", "status", "required", "passed")},
        "numerator": count(measure.get("numerator")),
        "denominator": count(measure.get("denominator")),
        "value": value,
        "interval": interval,
        "bounds": [(key, bound) for key, bound in (("at_least", low), ("at_most", high)) if bound is not None],
        "share": share,
        "outcome": {True: "passed", False: "not_passed"}.get(measure.get("passed"), "informative") if known else "not_computed",  # type: ignore[arg-type]
        "axis": _axis(value, interval, [bound for bound in (low, high) if bound is not None], share),
    }


def _axis(value: float | None, interval: Sequence[float], bounds: Sequence[float], share: bool) -> dict[str, Any] | None:
    """Where the interval, the value and the bounds stand on an axis just wide enough for them, in percent of its length."""
    if value is None:
        return None
    numbers = [value, *interval, *bounds]
    margin = 0.2 * (max(numbers) - min(numbers)) or 0.1 * abs(value) or 0.1
    low, high = min(numbers) - margin, max(numbers) + margin
    if min(numbers) >= 0:
        low = max(0.0, low)
    if share:
        high = min(1.0, high)

    def place(number: float) -> float:
        return round(100 * (number - low) / (high - low), 3)

    band = (place(interval[0]), round(place(interval[1]) - place(interval[0]), 3)) if interval else None
    return {"low": low, "high": high, "value": place(value), "band": band, "bounds": [place(bound) for bound in bounds]}
