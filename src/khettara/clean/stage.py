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
from typing import Annotated, ClassVar, Literal

from pydantic import BeforeValidator, Field, SerializeAsAny, ValidationError, field_validator, model_validator
from pydantic_core import PydanticCustomError

from khettara.clean import STEPS
from khettara.clean.presets import merged, preset, presets
from khettara.dataset import Dataset
from khettara.engine import (
    DEFAULT_SHARD_MB,
    Context,
    Join,
    Rule,
    Shard,
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
from khettara.errors import RecipeError


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
    duplicates: tuple[Literal["exact", "normalised", "near", "paragraphs"], ...] = ()
    preset: str | None = None
    without: tuple[str, ...] = ()
    against: tuple[str, ...] = ()
    fill: dict[str, str] = Field(default={"lang": "lang_found", "script": "script_found"})
    priority: dict[str, int] = Field(default={})
    shard_mb: float = Field(default=DEFAULT_SHARD_MB, gt=0, allow_inf_nan=False)

    @field_validator("sources", "against", mode="before")
    @classmethod
    def _one_or_many(cls, value: object) -> object:
        return (value,) if isinstance(value, str) else value

    @field_validator("to")
    @classmethod
    def _plain(cls, value: str) -> str:
        return check_artefact_name(value)

    @field_validator("preset")
    @classmethod
    def _known(cls, value: str | None) -> str | None:
        if value is not None and value not in presets():
            raise ValueError(f"unknown preset {value!r}\n{nearest(value, presets())}")
        return value

    @model_validator(mode="after")
    def _expanded(self) -> CleanStage:
        """Steps, rules and duplicates with those of the preset, so that whoever reads the stage sees all of them."""
        if self.preset is None:
            if self.without:
                raise ValueError("`without` names what to leave away of a preset, and there is no `preset`")
            return self
        chosen = {name: value for name, value in preset(self.preset).items() if name != "description"}
        base = CleanStage.model_validate({"from": self.sources, "to": self.to, **chosen})
        known = [*(rule.rule for rule in base.rules), *(step.name() for step in base.steps)]
        for name in self.without:
            if name not in known:
                raise ValueError(f"`without` names {name!r}, which is no rule and no step of {self.preset}\n{nearest(name, known)}")
        steps = merged(base.steps, self.steps, self.without, lambda step: step.name())
        # Edits of one's own come after those of the preset: signals are measured on what all edits leave.
        first_new = len(steps) - sum(step.name() not in known for step in self.steps)
        end_of_edits = max((place + 1 for place in range(first_new) if steps[place].kind == "edit"), default=0)
        edits, signals = ([step for step in steps[first_new:] if (step.kind == "edit") is is_edit] for is_edit in (True, False))
        steps = (*steps[:end_of_edits], *edits, *steps[end_of_edits:first_new], *signals)
        object.__setattr__(self, "steps", steps)  # frozen for its users, once it is made
        object.__setattr__(self, "rules", merged(base.rules, self.rules, self.without, lambda rule: rule.rule))
        if "duplicates" not in self.model_fields_set:
            object.__setattr__(self, "duplicates", base.duplicates)
        return self

    @model_validator(mode="after")
    def _priorities_of_inputs(self) -> CleanStage:
        for name, rank in self.priority.items():
            if name not in self.sources:
                raise ValueError(f"`priority` names {name!r}, which is no input\n{nearest(name, self.sources)}")
            if abs(rank) >= 1 << 31:
                raise ValueError(f"the priority of {name!r} is too large")
        return self

    @model_validator(mode="after")
    def _against_needs_duplicates(self) -> CleanStage:
        if self.against and not self.duplicates:
            raise ValueError("`against` needs `duplicates`: which copies of the other datasets' records to leave out, such as [normalised, near]")
        return self

    def has_page(self) -> bool:
        """See `Stage`: a mere copy has nothing to tell."""
        return bool(self.steps or self.rules or self.duplicates or self.against)

    def run(self, context: Context) -> StageResult:
        """See `Stage`."""
        began = time.monotonic()
        inputs, priorities, what, shards = self.plan(context)
        others = self.others(context, inputs)
        key = stage_key(what, inputs, priorities, shards, others)
        path = context.output / self.to
        there = context.up_to_date(self.to, key)
        if there is not None:
            return StageResult(self.stage, path, there.digest, "up to date", there.counts, seconds=time.monotonic() - began)
        manifest, done, reused = transform(
            verified([*inputs, *others])[: len(inputs)],
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
            others=others,
        )
        return StageResult(self.stage, path, manifest.digest, "made", manifest.counts, {}, time.monotonic() - began, done, reused)

    def plan(self, context: Context) -> tuple[list[Dataset], list[int], Transform, list[Shard]]:
        """What the stage reads, with the priority of each, what it does to the records, and how they are cut."""
        inputs = [context.dataset(name) for name in self.sources]
        priorities = [self.priority.get(name, 0) for name in self.sources]
        what = Transform(tuple(step.at(context.base) for step in self.steps), self.rules, self._joins(), self._fills())
        return inputs, priorities, what, cut(inputs, self.shard_mb)

    def _joins(self) -> tuple[Join, ...]:
        """The joins in the order in which they decide, whichever order the recipe names them in: the surest first, paragraphs last."""
        if not self.duplicates:
            return ()
        from khettara.clean.duplicates import DUPLICATES

        return tuple(join for name, join in DUPLICATES.items() if name in self.duplicates)

    def others(self, context: Context, inputs: list[Dataset]) -> list[Dataset]:
        """The datasets that the result must hold no copy of, each once, in an order of their own."""
        others = {other.digest: other for other in map(context.dataset, self.against)}
        for dataset in inputs:
            if dataset.digest in others:
                raise RecipeError(
                    f"{dataset.name} is cleaned against itself", where=str(dataset.path), hint="Take it out of `against`, or of `from`."
                )
        return [others[digest] for digest in sorted(others)]

    def _fills(self) -> tuple[tuple[str, str], ...]:
        """The fills whose signals some step makes: without the `language` step there is nothing to fill in."""
        if not any(step.name() == "language" for step in self.steps):
            return ()
        return tuple(self.fill.items())
