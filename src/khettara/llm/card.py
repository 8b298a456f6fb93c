"""A model's card: what it learnt from, how well it does, what it is not, and the command that makes it again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from khettara.llm.settings import TrainSettings

_FLAGS = {"steps": "--steps", "seed": "--seed"}


def card(name: str, datasets: Sequence[str], settings: TrainSettings, counts: Mapping[str, Any], facts: Mapping[str, Any]) -> str:
    """The text of the model's README.md."""
    before, after = facts["bits_per_byte_before"], facts["bits_per_byte_after"]
    licences = ", ".join(f"{licence} ({number:,} documents)" for licence, number in facts["licences"].items())
    overrides = "".join(_override(c["dataset"], c["override"]) for c in facts["certificates"] if "override" in c)
    changed = settings.model_dump(exclude_defaults=True)
    flags = "".join(f" {_FLAGS[field]} {changed[field]}" for field in _FLAGS if field in changed)
    others = {field: value for field, value in changed.items() if field not in _FLAGS}
    recipe = f"with, in the recipe's `train` stage, `settings: {others}`" if others else "with the usual settings"
    scores = "\n".join(f"| {variety} | {before[variety]:.3f} | {score:.3f} |" for variety, score in after.items())
    return f"""---
library_name: transformers
pipeline_tag: text-generation
---
# {name}

A language model of {facts["parameters"]:,} parameters (Qwen3 shape), trained from nothing else than: {", ".join(datasets)}.
Their digests, and those of their certificates, are the parents in `model.json`.
{overrides}
- learnt from {counts["documents"]:,} documents, {counts["tokens"]:,} tokens; {counts["tokens_seen"]:,} tokens seen in {facts["steps"]:,} steps
- licences of the documents: {licences}
- held out by the hash of their ids, never learnt: {counts["held_out"]:,} documents; {counts["held_out_copies"]:,} more were copies of learnt ones

Bits per byte on the documents held out (lower is better), before and after training:

| language | before | after |
|---|---|---|
{scores}

It continues text as its documents do. It knows nothing else, and what it says is not checked: `khettara llm ask` shows which
documents its words are also found in.

Made again, on the same kind of machine with the same bytes, by

    khettara llm train {" ".join(datasets)} -o {name}{flags}

{recipe}.
"""


def _override(dataset: str, said: Mapping[str, Any]) -> str:
    alone = "" if said["second_person"] else ", who also trained; nobody else answered for it"
    return f"\n{dataset} has no valid certificate; it was used on the word of {said['by']}{alone}: {said['reason']}\n"
