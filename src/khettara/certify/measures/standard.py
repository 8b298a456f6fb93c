"""The 66 measures of ISO/IEC 5259-2:2024 as a table: how each is come by, which way is better, its names, what is counted.

Com-ML-1  A  up  Value completeness  ->  cells with a value, disguised missing values counted as missing / cells
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Literal

PICTURES = ("Bal-ML-1", "Bal-ML-2", "Bal-ML-4", "Bal-ML-5", "Bal-ML-6")
"""Measures of pictures alone."""


@dataclass(frozen=True)
class Standard:
    """One measure of the standard. `by`: A computed from the data, L from what is on disk around it, H attested by people."""

    id: str
    by: Literal["A", "L", "H"]
    direction: Literal["up", "down"]
    titles: Mapping[str, str]
    counts: str


@cache
def standard() -> Mapping[str, Standard]:
    """All 66, by id, in the order of the standard's characteristics."""
    lines = resources.files("khettara.certify").joinpath("measures/standard.tsv").read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if not line.startswith("#")][1:]
    return {row[0]: Standard(row[0], row[1], row[2], dict(zip(("en", "fr", "ar"), row[3:6], strict=True)), row[6]) for row in rows}  # type: ignore[arg-type]  # the table's own words


ABSENT: Mapping[tuple[str, str], str] = {
    ("Acc-ML-4", "documents"): "texts hold no columns of numbers in which a value could stand out",
    ("Acc-ML-6", "documents"): "texts hold no quantities with an interval",
    ("Acc-ML-7", "documents"): "the languages were told by the identifier itself: only labels of another's making can be checked",
    ("Acc-ML-7", "clips"): "the languages are as they were stated: only labels beside features can be checked by confident learning",
    ("Eft-ML-1", "documents"): "texts have no features beside the text",
    ("Eft-ML-1", "clips"): "clips have no features beside the sound",
    ("Tml-ML-1", "documents"): "a record has one date, not that of an event and of its entry",
    ("Tml-ML-1", "clips"): "a record has one date, not that of an event and of its entry",
}
"""Why a measure says nothing about such data."""


def why_absent(name: str, kind: str) -> str:
    """Why a measure is not taken of this kind of data."""
    if name in PICTURES:
        return "it is a measure of pictures, and there are none"
    return ABSENT.get((name, kind), f"it says nothing about {kind}")
