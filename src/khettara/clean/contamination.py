"""Contamination: how much of a record is found in registered evaluation sets, so that what is tested on is not learnt from.

    "واش بصح؟ شنو هي عاصمة المغرب ..."  ->  contamination_13: 0.62, contamination_8: 0.81, n_eval_items: 1, eval_sets: "terjama"

Words are compared as folded for copies: case, marks, punctuation, tatweel and the shapes of letters make no difference.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar, Literal, NamedTuple

import numpy as np
import pyarrow as pa
from pydantic import Field, PrivateAttr

from khettara.clean.reading import reading
from khettara.engine import Step, with_column
from khettara.engine.evalsets import SCHEME, EvalSet, find_evalset
from khettara.engine.overlap import find_contamination


class _Register(NamedTuple):
    path: str
    name: str
    version: str
    digest: str


class Contamination(Step):
    """Measure what a record shares with registered evaluation sets, by runs of 13 and of 8 words.

    `contamination_13`, `contamination_8`: the share of its words inside such runs; `n_eval_items`: items met; `eval_sets`:
    the names of their sets, null for none. A text shorter than a run is found where it is a whole record, or a whole line.
    """

    version: ClassVar[int] = SCHEME
    kind: ClassVar[Literal["edit", "signal"]] = "signal"

    sets: tuple[str, ...] = Field(min_length=1, max_length=64)
    _found: tuple[_Register, ...] = PrivateAttr(())

    def at(self, base: Path) -> Contamination:
        """See `Step`."""
        paths = [find_evalset(name, base) for name in self.sets]
        read = [EvalSet.read(path) for path in paths]
        placed = self.model_copy()
        placed._found = tuple(_Register(str(path), each.name, each.version, each.digest) for path, each in zip(paths, read, strict=True))
        return placed

    def _registers(self) -> tuple[_Register, ...]:
        return self._found or self.at(Path.cwd())._found

    def __call__(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """See `Step`."""
        registers = self._registers()
        column = batch.column("text")
        found = find_contamination(column, reading(column), tuple((register.path, register.digest) for register in registers))
        names: list[str | None] = [None] * len(batch)
        for row in np.flatnonzero(found.sets):
            bits = int(found.sets[row])
            names[row] = ", ".join(register.name for place, register in enumerate(registers) if bits >> place & 1)
        batch = with_column(batch, "contamination_13", pa.array(found.share_13))
        batch = with_column(batch, "contamination_8", pa.array(found.share_8))
        batch = with_column(batch, "n_eval_items", pa.array(found.n_items.astype(np.int32)))
        return with_column(batch, "eval_sets", pa.array(names, pa.string()))

    def record(self) -> dict[str, Any]:
        """The registers by what they hold, not by where they lie: a register that changed is measured anew."""
        registers = [{"name": register.name, "version": register.version, "digest": register.digest} for register in self._registers()]
        return {"step": self.name(), "version": self.version, "settings": {"sets": registers}}
