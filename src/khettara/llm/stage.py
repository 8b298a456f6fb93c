"""The model's two stages of a recipe: training from certified data, and asking a question.

- train: {data: clean, to: model}
- ask: {model: model, question: "شنو هو نهار السوق؟"}
"""

from __future__ import annotations

import json
import time
from dataclasses import asdict
from pathlib import Path
from typing import ClassVar

from pydantic import Field, field_validator

from khettara.dataset import read_manifest
from khettara.dataset.gate import Certified
from khettara.dataset.override import Override
from khettara.engine import Context, Stage, StageResult, check_artefact_name, hash_key
from khettara.errors import storage_errors
from khettara.llm.settings import VERSION, TrainSettings

ANSWERS = "answers.json"


class TrainStage(Stage):
    """See the module's description. Every dataset must carry a valid certificate for pretraining.

    `override` names files that a second person signed (`khettara override`), for data whose certificate does not hold; what
    they say ends in the model's manifest.
    """

    stage: ClassVar[str] = "train"

    data: tuple[str, ...] = Field(min_length=1)
    to: str
    settings: TrainSettings = TrainSettings()
    override: tuple[str, ...] = ()

    @field_validator("data", "override", mode="before")
    @classmethod
    def _one_or_many(cls, value: object) -> object:
        return (value,) if isinstance(value, str) else value

    @field_validator("to")
    @classmethod
    def _plain(cls, value: str) -> str:
        return check_artefact_name(value)

    def run(self, context: Context) -> StageResult:
        """See `Stage`. Raises `NotCertified` for data that the gate does not let through."""
        began = time.monotonic()
        datasets = [context.dataset(name) for name in self.data]
        overrides = [Override.read(context.base / name) for name in self.override]
        asked = [override.digest for override in overrides] or None
        key = hash_key("train", VERSION, self.settings.model_dump(mode="json"), [d.digest for d in datasets], asked)
        path = context.output / self.to
        there = context.up_to_date(self.to, key)
        if there is not None:
            return StageResult(self.stage, path, there.digest, "up to date", {}, there.facts, time.monotonic() - began)
        from khettara.llm.train import train_model  # torch takes a second to load, and is needed from here on only

        certified = [Certified.open(dataset.path, "pretraining", overrides=overrides) for dataset in datasets]
        manifest = train_model(self.settings, certified, path, key=key, work=context.work(self.to), progress=context.progress)
        return StageResult(self.stage, path, manifest.digest, "made", {}, manifest.facts, time.monotonic() - began)


class AskStage(Stage):
    """One question to a model; the answer is kept in `answers.json` with the documents that its words are found in."""

    stage: ClassVar[str] = "ask"

    model: str
    question: str = Field(min_length=1)
    max_tokens: int = Field(default=48, ge=1)

    def run(self, context: Context) -> StageResult:
        """See `Stage`."""
        began = time.monotonic()
        path = context.artefact(self.model)
        digest = read_manifest(path).digest
        key = hash_key("ask", 1, digest, self.question, self.max_tokens)
        kept = context.output / ANSWERS
        answers = _read_answers(kept)
        if key in answers:
            return StageResult(self.stage, kept, digest, "up to date", {}, answers[key], time.monotonic() - began)
        from khettara.llm.answer import ask

        answer = json.loads(json.dumps(asdict(ask(path, self.question, max_tokens=self.max_tokens))))
        facts = {"question": self.question, "answer": answer["text"], "spans": answer["spans"], "tokens": answer["tokens"]}
        with storage_errors(kept):
            kept.write_text(json.dumps({**answers, key: facts}, ensure_ascii=False, indent=1), encoding="utf-8")
        return StageResult(self.stage, kept, digest, "made", {}, facts, time.monotonic() - began)


def _read_answers(path: Path) -> dict[str, dict[str, object]]:
    try:
        answers: dict[str, dict[str, object]] = json.loads(path.read_text(encoding="utf-8"))
        return answers
    except (OSError, ValueError):
        return {}
