"""The cleaning stage of a recipe: which edits and signals, which rules, which duplicates.

- clean:
    from: raw
    to: clean
    steps: [repair_encoding, scrub, mask_identifiers, words, language, exact_hash]
    rules:
      - {rule: too_short, keep: n_words >= 3, because: "fewer than three words teach a model nothing"}
    duplicates: [normalised]
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal

import pyarrow as pa
from pydantic import BeforeValidator, Field, SerializeAsAny, ValidationError, field_validator, model_validator
from pydantic_core import PydanticCustomError

from khettara.clean import STEPS
from khettara.clean.duplicates import find_duplicates, find_near_duplicates
from khettara.engine import (
    DEFAULT_SHARD_MB,
    Context,
    Rule,
    Stage,
    StageResult,
    Step,
    Transform,
    check_artefact_name,
    cut,
    explain,
    nearest,
    stage_key,
    transform,
    verified,
)


@dataclass(frozen=True)
class Duplicates:
    """A join that leaves one record of each group of copies: the least by (priority, source, id)."""

    rule: str
    because: str
    columns: tuple[str, ...]

    def record(self) -> Mapping[str, Any]:
        """See `Join`."""
        return {"join": self.rule, "version": 1}

    def losers(self, table: pa.Table) -> pa.Table:
        """See `Join`."""
        return find_near_duplicates(table) if self.rule == "near_copy" else find_duplicates(table)


DUPLICATES = {
    "normalised": Duplicates("copy", "the same text, but for case, blanks, marks and punctuation, is kept once", ("norm_hash",)),
    "near": Duplicates("near_copy", "nearly the same text is kept once", ("minhash",)),
}


def _step(value: object) -> object:
    """A step from its name, or from a mapping of its name to its settings."""
    if isinstance(value, Step):
        return value
    name: object = value
    settings: object = {}
    if isinstance(value, dict) and len(value) == 1:
        ((name, settings),) = value.items()
    if not isinstance(name, str):
        raise PydanticCustomError("step", "a step is a name, or a name with its settings")
    if name not in STEPS:
        raise PydanticCustomError("step", "{message}", {"message": f"unknown step {name!r}\n{nearest(name, STEPS)}"})
    try:
        return STEPS[name].model_validate(settings or {})
    except ValidationError as error:
        what, _, hint = explain(STEPS[name], error)
        raise PydanticCustomError("step", "{message}", {"message": f"{name}: {what}\n{hint or ''}"}) from None


class CleanStage(Stage):
    """See the module's description. Of two copies, the one from the input with the lower `priority` stays."""

    stage: ClassVar[str] = "clean"

    sources: tuple[str, ...] = Field(alias="from", min_length=1)
    to: str
    steps: tuple[Annotated[SerializeAsAny[Step], BeforeValidator(_step)], ...] = ()
    rules: tuple[Rule, ...] = ()
    duplicates: tuple[Literal["normalised", "near"], ...] = ()
    fill: dict[str, str] = Field(default={"lang": "lang_found", "script": "script_found"})
    priority: dict[str, int] = Field(default={})
    shard_mb: float = Field(default=DEFAULT_SHARD_MB, gt=0, allow_inf_nan=False)

    @field_validator("sources", mode="before")
    @classmethod
    def _one_or_many(cls, value: object) -> object:
        return (value,) if isinstance(value, str) else value

    @field_validator("to")
    @classmethod
    def _plain(cls, value: str) -> str:
        return check_artefact_name(value)

    @model_validator(mode="after")
    def _priorities_of_inputs(self) -> CleanStage:
        for name, rank in self.priority.items():
            if name not in self.sources:
                raise ValueError(f"`priority` names {name!r}, which is no input\n{nearest(name, self.sources)}")
            if abs(rank) >= 1 << 31:
                raise ValueError(f"the priority of {name!r} is too large")
        return self

    def run(self, context: Context) -> StageResult:
        """See `Stage`."""
        began = time.monotonic()
        inputs = [context.dataset(name) for name in self.sources]
        priorities = [self.priority.get(name, 0) for name in self.sources]
        what = Transform(self.steps, self.rules, tuple(DUPLICATES[name] for name in self.duplicates), self._fills())
        shards = cut(inputs, self.shard_mb)
        key = stage_key(what, inputs, priorities, shards)
        path = context.output / self.to
        there = context.up_to_date(self.to, key)
        if there is not None:
            return StageResult(self.stage, path, there.digest, "up to date", there.counts, seconds=time.monotonic() - began)
        manifest, done, reused = transform(
            verified(inputs),
            priorities,
            what,
            path,
            key=key,
            step_name=self.stage,
            settings=what.record() | {"shard_mb": self.shard_mb},
            shards=shards,
            work=context.work(self.to),
            workers=context.workers,
            progress=context.progress,
        )
        return StageResult(self.stage, path, manifest.digest, "made", manifest.counts, {}, time.monotonic() - began, done, reused)

    def _fills(self) -> tuple[tuple[str, str], ...]:
        """The fills whose signals some step makes: without the `language` step there is nothing to fill in."""
        if not any(step.name() == "language" for step in self.steps):
            return ()
        return tuple(self.fill.items())
