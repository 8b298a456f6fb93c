"""What a column holds: numbers, dates, names of places, identity numbers ... told from its cells and its header.

"CIN" ["AB123456", "J40112", ...]  ->  ColumnType("identifier", semantic="cin")
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["empty", "number", "date", "category", "identifier", "text"]


@dataclass(frozen=True)
class ColumnType:
    """What a column holds.

    `kind` says how it may be worked with; `semantic` names the thing itself where it is known (`cin`, `phone`, `commune`, `person_name`,
    `latitude`, `age`, `systolic_pressure` ...); `unit` its unit; `low` and `high` what its values can be at all.
    `share`: of the cells that have something, those that are such a thing.
    """

    kind: Kind
    semantic: str | None = None
    unit: str | None = None
    low: float | None = None
    high: float | None = None
    share: float = 1.0
