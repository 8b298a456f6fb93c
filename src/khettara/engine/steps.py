"""A step: a pure function from Arrow batch to Arrow batch, with its settings as fields.

    class WordCount(Step):
        '''Add `n_words`.'''
        version = 1
        kind = "signal"
        def __call__(self, batch): return with_column(batch, "n_words", count_words(batch["text"]))

An *edit* replaces `text` and adds `edits_NAME`, the number of changes it made in each record (0: untouched).
A *signal* adds columns and changes nothing.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, ClassVar, Literal

import pyarrow as pa
from pydantic import BaseModel, ConfigDict


def snake_case(name: str) -> str:
    """The name under which a recipe knows a class.

    >>> snake_case("MaskIdentifiers")
    'mask_identifiers'
    """
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


class Step(BaseModel):
    """One edit or signal. Raise `version` whenever the same input would give another output."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: ClassVar[int] = 1
    kind: ClassVar[Literal["edit", "signal"]]

    @classmethod
    def name(cls) -> str:
        """The step's name in recipes and journals."""
        return snake_case(cls.__name__)

    def __call__(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Process one batch; `text` is never null in it."""
        raise NotImplementedError

    def at(self, base: Path) -> Step:
        """The same step, with the files that its settings name found from `base`, the recipe's folder."""
        return self

    def record(self) -> dict[str, Any]:
        """Name, version and settings, as manifests and unit keys carry them."""
        return {"step": self.name(), "version": self.version, "settings": self.model_dump(mode="json")}


def with_column(batch: pa.RecordBatch, name: str, values: pa.Array) -> pa.RecordBatch:
    """The batch with a column replaced, or appended when it is new."""
    index = batch.schema.get_field_index(name)
    if index < 0:
        return batch.append_column(name, values)
    return batch.set_column(index, batch.schema.field(index).with_type(values.type), values)
