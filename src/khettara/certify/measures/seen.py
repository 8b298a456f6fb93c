"""Everything that measures may look at of one dataset: its facts, its findings, its columns' roles, the day, where it lies."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

import numpy as np

from khettara.certify.measures.columns import Roles, roles_of
from khettara.certify.measures.facts import Array, Facts
from khettara.dataset import Dataset
from khettara.dataset.findings import Finding, Findings

WINDOW_DAYS = 3650
"""How old data may be and still be current, unless a profile says otherwise: between two censuses of the country lie ten years."""


def first_of_each(names: Array) -> Array:
    """Where each value stands first."""
    order = np.argsort(names, kind="stable")
    fresh = np.ones(len(names), bool)
    fresh[1:] = names[order[1:]] != names[order[:-1]]
    first: Array = order[fresh]
    return first


@dataclass(frozen=True)
class Seen:
    """What was seen of a dataset. `window_days`: how old a record may be and still count as current, on the day `now`."""

    dataset: Dataset
    facts: Facts
    found: Findings | None
    now: datetime
    label: str | None = None
    window_days: int = WINDOW_DAYS
    cache: dict[str, Any] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """documents, table or clips."""
        return self.dataset.kind

    @property
    def rows(self) -> int:
        """How many records."""
        return self.facts.rows

    @cached_property
    def roles(self) -> Roles:
        """What a table's columns are for."""
        return roles_of(self.dataset, self.found, self.label)

    def open(self, *kinds: str) -> list[Finding]:
        """The findings of some kinds that nobody repaired or waived."""
        return [finding for finding in self.found.findings if finding.state == "open" and finding.kind in kinds] if self.found is not None else []

    def cells(self, *kinds: str) -> int:
        """The cells in such findings."""
        return sum(finding.cells for finding in self.open(*kinds))

    def records(self, *kinds: str) -> int:
        """The records in such findings; one that is in several counts once for each, up to all records."""
        return min(self.rows, sum(finding.records for finding in self.open(*kinds)))

    @cached_property
    def repeats(self) -> Array:
        """Which records say what an earlier one said."""
        again = np.ones(self.rows, bool)
        again[first_of_each(self.facts["copy"])] = False
        return again

    @cached_property
    def classes(self) -> tuple[list[Any], Array] | None:
        """The classes of records and the class of each (-1: none): the label of a table; the language of texts and clips, unless a label is named."""
        if self.kind == "table":
            return self.facts.words(f"word:{self.roles.label}") if self.roles.label is not None else None
        name = f"word:{self.label}" if self.label is not None else "lang"
        if not self.facts.has(name):
            return None
        words, codes = self.facts.words(name)
        unknown = np.array([word in ("", "und") for word in words] + [True])
        return words, np.where(unknown[codes], -1, codes)

    @cached_property
    def class_sizes(self) -> Array:
        """Records of each class that occurs, largest first."""
        if self.classes is None:
            return np.zeros(0, np.int64)
        words, codes = self.classes
        counts = np.bincount(codes[codes >= 0], minlength=len(words))
        return np.sort(counts[counts > 0])[::-1]

    @property
    def speaker(self) -> str | None:
        """The column that tells speakers apart, if there is one."""
        return next((name for name in ("speaker", "client_id", "author") if self.facts.has(name)), None)

    def groups(self) -> dict[str, tuple[list[Any], Array]]:
        """Columns by which records are set side by side: sex, region, language, source."""
        if self.kind == "table":
            return {name: self.facts.words(f"word:{name}") for name in self.roles.groups}
        return {name: self.facts.words(name) for name in ("sex", "gender", "region", "lang", "source") if self.facts.has(name)}
