"""How one table is written throughout, drawn once for each seed: its dates, decimals, headers, language of places, separator.

Style(date="%d/%m/%Y", mark=",", headers=1, separator=";", encoding="utf-8-sig", ...)
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from benchmarks.planted_tables.sheet import Array, Field, joined

SEXES = (("M", "F"), ("Masculin", "Féminin"), ("ذكر", "أنثى"))
DATES = ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y")


@dataclass(frozen=True)
class Style:
    """The ways of one table."""

    date: str
    mark: str
    headers: int
    bilingual: bool
    sexes: tuple[str, str]
    arabic_places: bool
    phone_ways: int
    band: float
    separator: str
    encoding: str
    shuffled: bool

    @classmethod
    def draw(cls, chance: np.random.Generator) -> Style:
        """The style of a seed."""
        separator = str(chance.choice([",", ";", "\t", "|"], p=[0.45, 0.35, 0.12, 0.08]))
        return cls(
            date=DATES[chance.choice(3, p=[0.5, 0.4, 0.1])],
            mark="," if separator != "," and chance.random() < 0.5 else ".",
            headers=int(chance.choice(4, p=[0.35, 0.35, 0.15, 0.15])),
            bilingual=bool(chance.random() < 0.2),
            sexes=SEXES[chance.choice(3, p=[0.5, 0.3, 0.2])],
            arabic_places=bool(chance.random() < 0.25),
            phone_ways=int(chance.integers(1, 3)),
            band=float(chance.uniform(0.22, 0.34)),
            separator=separator,
            encoding=str(chance.choice(["utf-8", "utf-8-sig", "utf-16"], p=[0.6, 0.32, 0.08])),
            shuffled=bool(chance.random() < 0.3),
        )

    def header(self, field: Field) -> str:
        """What stands above a column."""
        return f"{field.headers[1]} / {field.headers[2]}" if self.bilingual else field.headers[self.headers]

    def phone(self, numbers: Array, site: Array) -> Array:
        """Telephone numbers; in tables with two ways, every third office writes the country's code, which is as right."""
        if self.phone_ways == 1:
            return numbers
        national = np.asarray([number[1:] for number in numbers], dtype=object)
        return np.where(site % 3 == 0, joined("+212", national), numbers)
