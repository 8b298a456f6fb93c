"""Contamination: how much of a record is found in registered evaluation sets, so that what is tested on is not learnt from.

    "واش بصح؟ شنو هي عاصمة المغرب ..."  ->  contamination_13: 0.62, contamination_8: 0.81, n_eval_items: 1, eval_sets: "terjama"

Words are compared as folded for copies: case, marks, punctuation, tatweel and the shapes of letters make no difference.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar, Literal, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pydantic import Field, PrivateAttr

from khettara.clean.evalsets import FEWEST_WORDS, SCHEME, EvalSet, find_evalset, load_sets
from khettara.clean.reading import counted, reading, word_list
from khettara.engine import Step, with_column
from khettara.kernels import Text, text_of

_NEWLINE = 10
_FEWEST_BYTES, _MOST_BYTES = 2 * FEWEST_WORDS - 1, 512
"""Twelve words, more than which no text is looked up whole, are some 250 bytes of Arabic."""


class Contaminated(NamedTuple):
    """For each text: the share of its words inside runs of 13 and of 8 words that some set has, items met, and a bit for each set."""

    share_13: npt.NDArray[np.float32]
    share_8: npt.NDArray[np.float32]
    n_items: npt.NDArray[np.int64]
    sets: npt.NDArray[np.uint64]


def find_contamination(column: pa.Array, files: tuple[tuple[str, str], ...]) -> Contaminated:
    """What texts share with registers, given as (path, digest) each."""
    from khettara.kernels.grams import Search
    from khettara.kernels.words import Reading

    found = reading(column)
    search = Search(load_sets(files), len(column))
    for piece in found.words():
        search.runs(piece.hashes, piece.firsts, piece.rows)
        search.wholes(piece.hashes, piece.firsts, piece.rows)
    lines, rows = _short_lines(text_of(column))
    for piece in Reading(lines, word_list()).words():
        search.wholes(piece.hashes, piece.firsts, rows[piece.rows])
    hits = search.hits()
    n_words = counted(found, "FOLDED_WORDS")
    return Contaminated(_share(hits.in_runs_of_13, n_words), _share(hits.in_runs_of_8, n_words), hits.n_items, hits.sets)


def _share(part: npt.NDArray[np.int64], whole: npt.NDArray[np.int64]) -> npt.NDArray[np.float32]:
    """`part` of `whole`. Words of a short line that is itself inside a run are counted twice, hence at most all."""
    return np.minimum(part / np.maximum(whole, 1), 1).astype(np.float32)


def _short_lines(text: Text) -> tuple[Text, npt.NDArray[np.int64]]:
    """Lines that could be a short item, of texts of several lines, with the row of each."""
    offsets = text.offsets
    breaks = np.flatnonzero(text.data[offsets[0] : offsets[-1]] == _NEWLINE) + offsets[0]
    starts, ends = np.sort(np.concatenate((offsets[:-1], breaks + 1))), np.sort(np.concatenate((breaks, offsets[1:])))
    fits = (ends - starts >= _FEWEST_BYTES) & (ends - starts <= _MOST_BYTES)
    starts, ends = starts[fits], ends[fits]
    rows = np.searchsorted(offsets[1:], starts, side="right")
    one_of_several = ends - starts < np.diff(offsets)[rows]
    starts, ends, rows = starts[one_of_several], ends[one_of_several], rows[one_of_several]
    new_offsets = np.concatenate(([0], np.cumsum(ends - starts)))
    return Text(text.data[np.arange(new_offsets[-1]) + np.repeat(starts - new_offsets[:-1], ends - starts)], new_offsets), rows


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
        found = find_contamination(batch.column("text"), tuple((register.path, register.digest) for register in registers))
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
