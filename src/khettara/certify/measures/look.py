"""Which things to see of a dataset, by its kind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from khettara.certify.measures import clips, rows, texts
from khettara.certify.measures.columns import roles_of
from khettara.certify.measures.facts import Array, Facts, Look, Word, look
from khettara.dataset import Dataset
from khettara.dataset.findings import Findings

BYTES_A_RUN = 10
"""A run of words begins at each word, and a word of Arabic with its blank takes some ten bytes."""
BATCH = {"documents": 8192, "table": 8192, "clips": 64}
"""Records at a time: a clip takes up to some megabytes."""


@dataclass(frozen=True)
class Plan:
    """What will be looked at. `every`: of how many runs of words one is kept."""

    looks: tuple[Look, ...]
    words: tuple[Word, ...]
    batch: int
    every: int

    def see(self, dataset: Dataset, known: Facts | None = None, secrets: Array | None = None) -> Facts:
        """Look at each record, or take what is known of it."""
        return look(dataset, self.looks, self.words, known, self.batch, secrets)


def look_at(dataset: Dataset, found: Findings | None, label: str | None, more: Sequence[Look]) -> Plan:
    """The plan for a dataset; `more` are things to see beside the usual."""
    if dataset.kind == "table":
        roles = roles_of(dataset, found, label)
        return Plan((*rows.looks_of(roles), *more), rows.words_of(roles), BATCH["table"], 1)
    own = (Word(f"word:{label}", label),) if label is not None and label in dataset.schema.names else ()
    if dataset.kind == "clips":
        return Plan((*clips.LOOKS, *more), (*clips.WORDS, *own), BATCH["clips"], 1)
    packed = sum(entry.bytes for entry in dataset.manifest.of_role("data"))
    every = 1
    while packed * 4 / BYTES_A_RUN / every > texts.GRAMS_KEPT:  # text packs to about a quarter
        every *= 2
    return Plan((*texts.LOOKS, texts.grams(every), *more), (*texts.WORDS, *own), BATCH["documents"], every)
