"""Training, from certified datasets to a sealed model folder, in the order in which it happens.

    documents -> learn from / hold out -> tokenizer -> index -> rows -> steps -> bits per byte -> folder

Matrices of the body learn by Muon, the table of vectors and the norms by AdamW; the learning rate warms up, stays, and cools down
as one minus a square root (WSD). On one kind of machine the same datasets, settings and thread count give the same bytes of
weights, whether or not the run was interrupted: rows are a function of seed and step, and a checkpoint holds everything else.
"""

from __future__ import annotations

import json
import math
import os
import pickle
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

import numpy as np

from khettara.dataset import Draft, Manifest, Parent, StepRecord, model_draft
from khettara.engine import Progress, Silence, hash_key
from khettara.errors import EngineError, storage_errors
from khettara.llm.card import card
from khettara.llm.corpus import Document, hold_out, read_documents
from khettara.llm.evaluate import bits_per_byte
from khettara.llm.extra import needs_llm
from khettara.llm.model import Model, save_model
from khettara.llm.packing import NOBODY, Packed, batch_rows, pack
from khettara.llm.settings import VERSION, TrainSettings
from khettara.llm.tokenizer import Tokenizer
from khettara.llm.trace import FOLDER, Index, copied_share

with needs_llm():
    import torch
    from torch import nn
    from torch.nn import functional

if TYPE_CHECKING:
    from khettara.dataset.gate import Certified

COPY_SHARE = 0.5
"""A held-out document, half of which stands verbatim in the training data, measures memory and not foresight."""

_MEASURED_STEPS = 5


@dataclass(frozen=True)
class StepReport:
    """How training goes, after step number `step` of `steps`."""

    step: int
    steps: int
    loss: float
    tokens_per_s: float
    seconds_left: float


Report = Callable[[StepReport], None]


@dataclass(frozen=True)
class Prepared:
    """Everything that training needs of the data."""

    learnt: list[Document]
    held: list[Document]
    left_out: int  # held-out documents that are copies of what is learnt: neither learnt nor measured
    tokenizer: Tokenizer
    index: Index
    packed: Packed


def train_model(
    settings: TrainSettings,
    datasets: Sequence[Certified],
    out: Path,
    *,
    key: str | None = None,
    work: Path | None = None,
    progress: Progress | None = None,
) -> Manifest:
    """Train a model and seal its folder at `out`.

    Args:
        settings: see `TrainSettings`.
        datasets: what the gate let through.
        out: the model's folder; a version that stands there is moved aside.
        key: names the run in the manifest and in its checkpoints; made from settings and data unless given.
        work: where checkpoints are kept; beside `out` unless given. A run with the same key goes on from there.
        progress: where to show it.

    Raises:
        DatasetError: there is nothing to learn from.
        EngineError: the loss is no number any more; says which documents were in the batch.
        StorageError: the disk is full, or another run is writing this model.
        KeyboardInterrupt: Ctrl-C; a checkpoint was saved.
    """
    progress = progress or Silence()
    work = work if work is not None else out.parent / ".work" / out.name
    key = key or hash_key("train", VERSION, settings.model_dump(mode="json"), [c.dataset.digest for c in datasets])
    with model_draft(out) as draft, _reproducible(settings.threads):
        prepared = prepare(settings, datasets)
        tokenizer, held = prepared.tokenizer, prepared.held
        model = Model(settings.model(tokenizer.size, tokenizer.end_id, tokenizer.pad_id))
        model.initialise(settings.seed)
        held_tokens = tokenizer.encode_all([document.text for document in held])
        before = bits_per_byte(model, held, held_tokens)
        checkpoint = Checkpoint(work / "checkpoint.pt", key)
        steps, loss = _fit_shown(model, settings, prepared, checkpoint, progress)
        after = bits_per_byte(model, held, held_tokens)
        facts = {
            "parameters": model.parameter_count,
            "steps": steps,
            "bits_per_byte_before": before,
            "bits_per_byte_after": after,
            "last_loss": round(loss, 4),
            "threads": settings.threads,
            "seed": settings.seed,
            "padding": round(prepared.packed.padding, 5),
            "tokens_per_byte": round(_tokens(prepared) / sum(len(d.text.encode()) for d in prepared.learnt), 4),
            "licences": _licences(prepared.learnt + held),
            "certificates": [c.record() for c in datasets],
            "torch": torch.__version__,
        }
        counts = {
            "documents": len(prepared.learnt),
            "held_out": len(held),
            "held_out_copies": prepared.left_out,
            "tokens": _tokens(prepared),
            "tokens_seen": steps * settings.batch * settings.context,
        }
        manifest = _seal(draft, settings, datasets, prepared, model, key, counts, facts)
    checkpoint.remove()
    return manifest


def prepare(settings: TrainSettings, datasets: Sequence[Certified]) -> Prepared:
    """Read the documents, divide them, learn the tokenizer from those to be learnt, index and pack them."""
    learnt, held = hold_out(read_documents(datasets), settings.held_out, settings.held_out_at_most)
    tokenizer = Tokenizer.train((document.text for document in learnt), settings.vocabulary)
    tokens = tokenizer.encode_all([document.text for document in learnt])
    index = Index.build(zip(learnt, tokens, strict=True))
    hashes = {document.folded_hash for document in learnt} - {None}
    fresh = [d for d in held if d.folded_hash not in hashes and copied_share(index, list(tokenizer.encode(d.text))) < COPY_SHARE]
    packed = pack(tokens, settings.context, end_id=tokenizer.end_id, pad_id=tokenizer.pad_id)
    return Prepared(learnt, fresh, len(held) - len(fresh), tokenizer, index, packed)


class Checkpoint:
    """The file from which an interrupted run goes on: replaced as a whole, so a killed writer leaves the one before."""

    def __init__(self, path: Path, key: str) -> None:
        self.path = path
        self.key = f"{key}, torch {torch.__version__}"  # another torch may sum in another order

    def save(self, step: int, steps: int, loss: float, model: nn.Module, optimizers: Sequence[torch.optim.Optimizer]) -> None:
        """Keep the state after `step` of `steps` steps."""
        state = {
            "key": self.key,
            "step": step,
            "steps": steps,
            "loss": loss,
            "model": model.state_dict(),
            "optimizers": [o.state_dict() for o in optimizers],
        }
        draft = self.path.with_suffix(".draft")
        with storage_errors(self.path):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with draft.open("wb") as file:
                torch.save(state, file)
                file.flush()
                os.fsync(file.fileno())
            os.replace(draft, self.path)

    def load(self) -> dict[str, Any] | None:
        """The state of a run with the same key; None when there is none, or when the file was cut short."""
        try:
            state: dict[str, Any] = torch.load(self.path, weights_only=True)
        except (OSError, RuntimeError, EOFError, ValueError, pickle.UnpicklingError):
            return None
        return state if state.get("key") == self.key else None

    def remove(self) -> None:
        """The run is over."""
        self.path.unlink(missing_ok=True)


def fit(
    model: Model,
    settings: TrainSettings,
    packed: Packed,
    *,
    checkpoint: Checkpoint | None = None,
    report: Report | None = None,
    names: Sequence[str] = (),
) -> tuple[int, float]:
    """Train `model` in place; returns the number of steps and the last loss.

    Args:
        model: initialised; overwritten by the checkpoint's weights when there is one.
        settings: the budget and the rates.
        packed: the rows.
        checkpoint: where to save and to go on from.
        report: told after every step.
        names: the ids of the packed documents, for messages.
    """
    optimizers = _optimizers(model, settings)
    state = checkpoint.load() if checkpoint else None
    first, steps, loss = 0, settings.steps, math.nan
    if state is not None:
        first, steps, loss = state["step"], state["steps"], state["loss"]
        model.load_state_dict(state["model"])
        for optimizer, kept in zip(optimizers, state["optimizers"], strict=True):
            optimizer.load_state_dict(kept)
    elif settings.seconds is not None:
        steps = _measure_steps(model, settings, packed)

    def save(step: int) -> None:
        if checkpoint:
            checkpoint.save(step, steps, loss, model, optimizers)

    model.train()
    began = time.monotonic()
    with _interruptible() as interrupted:
        for step in range(first, steps):
            rows = packed.take(batch_rows(step, settings.batch, len(packed), settings.seed))
            found = _loss(model, rows)
            found.backward()  # type: ignore[no-untyped-call]  # torch has no annotation there
            norm = nn.utils.clip_grad_norm_(model.parameters(), settings.clip)
            if not (math.isfinite(found.item()) and math.isfinite(norm.item())):
                save(step)
                raise _not_a_number(step, rows, names)
            loss = found.item()
            scale = schedule(step, steps, settings)
            for optimizer in optimizers:
                for group in optimizer.param_groups:
                    group["lr"] = group["full_rate"] * scale
                optimizer.step()
                optimizer.zero_grad()
            done = step + 1
            if report:
                pace = (time.monotonic() - began) / (done - first)
                report(StepReport(done, steps, loss, rows.inputs.size / max(pace, 1e-9), pace * (steps - done)))
            if interrupted():
                save(done)
                raise KeyboardInterrupt
            if done % settings.checkpoint_every == 0 and done < steps:
                save(done)
    model.eval()
    return steps, loss


def schedule(step: int, steps: int, settings: TrainSettings) -> float:
    """The share of the full learning rate: warm-up, plateau, cool-down by 1 - sqrt.

    >>> [round(schedule(step, 10, TrainSettings(warm_up=0.2, cool_down=0.5)), 2) for step in range(10)]
    [0.5, 1.0, 1.0, 1.0, 1.0, 1.0, 0.55, 0.37, 0.23, 0.11]
    """
    warm, cool = settings.warm_up * steps, settings.cool_down * steps
    rising = min(1.0, (step + 1) / warm) if warm else 1.0
    falling = 1 - math.sqrt(max(0.0, step - (steps - cool)) / cool) if cool else 1.0
    return min(rising, falling)


def _loss(model: Model, rows: Packed) -> torch.Tensor:
    logits = model(torch.from_numpy(rows.inputs), torch.from_numpy(rows.documents))
    return functional.cross_entropy(logits.flatten(0, 1), torch.from_numpy(rows.targets).flatten())


def _optimizers(model: Model, settings: TrainSettings) -> list[torch.optim.Optimizer]:
    """Muon for the matrices of the body, AdamW for the table of vectors and the norms; each group remembers its full rate."""
    table = model.model.embed_tokens.weight
    matrices = [p for p in model.parameters() if p.dim() == 2 and p is not table]
    others = [p for p in model.parameters() if p.dim() != 2 or p is table]
    optimizers: list[torch.optim.Optimizer] = [
        torch.optim.Muon(matrices, lr=settings.matrix_rate, weight_decay=settings.weight_decay),
        torch.optim.AdamW(others, lr=settings.rate, betas=(0.9, 0.95), weight_decay=0.0),
    ]
    for optimizer in optimizers:
        for group in optimizer.param_groups:
            group["full_rate"] = group["lr"]
    return optimizers


def _measure_steps(model: Model, settings: TrainSettings, packed: Packed) -> int:
    """How many steps fit into `settings.seconds` here and now, tried on a copy of the model."""
    assert settings.seconds is not None
    copy = Model(model.config)
    copy.load_state_dict(model.state_dict())
    began = time.monotonic()
    fit(copy, settings.model_copy(update={"steps": _MEASURED_STEPS, "seconds": None}), packed)
    return max(1, round(settings.seconds / ((time.monotonic() - began) / _MEASURED_STEPS)))


def _not_a_number(step: int, rows: Packed, names: Sequence[str]) -> EngineError:
    numbers = [int(number) for number in np.unique(rows.documents) if number != NOBODY]
    documents = ", ".join(names[number] if names else str(number) for number in numbers)
    return EngineError(
        "the loss is not a number any more",
        where=f"training, step {step + 1}, documents {documents}",
        hint="Training stopped at the last good step. Look at these documents, or lower matrix_rate and rate.",
    )


@contextmanager
def _interruptible() -> Iterator[Callable[[], bool]]:
    """Ctrl-C is heard but waits for the end of the step; a second one does not wait. Only the main thread can listen."""
    if threading.current_thread() is not threading.main_thread():
        yield lambda: False
        return
    heard = False
    previous = signal.getsignal(signal.SIGINT)

    def listen(number: int, frame: FrameType | None) -> None:
        nonlocal heard
        heard = True
        signal.signal(signal.SIGINT, previous)

    signal.signal(signal.SIGINT, listen)
    try:
        yield lambda: heard
    finally:
        signal.signal(signal.SIGINT, previous)


@contextmanager
def _reproducible(threads: int) -> Iterator[None]:
    """Torch with so many threads and deterministic algorithms; afterwards as it was."""
    before, deterministic = torch.get_num_threads(), torch.are_deterministic_algorithms_enabled()
    torch.set_num_threads(threads)
    torch.use_deterministic_algorithms(True)
    try:
        yield
    finally:
        torch.set_num_threads(before)
        torch.use_deterministic_algorithms(deterministic)


def _fit_shown(model: Model, settings: TrainSettings, prepared: Prepared, checkpoint: Checkpoint, progress: Progress) -> tuple[int, float]:
    """`fit`, with its reports on `progress`."""
    shown = 0

    def report(now: StepReport) -> None:
        nonlocal shown
        if shown == 0:
            progress.start("train", now.steps, "steps")
        progress.advance(now.step - shown, f"loss {now.loss:.3f}, {now.tokens_per_s:,.0f} tokens/s, {now.seconds_left:.0f} s left")
        shown = now.step

    try:
        return fit(model, settings, prepared.packed, checkpoint=checkpoint, report=report, names=[d.id for d in prepared.learnt])
    finally:
        if shown:
            progress.stop()


def _seal(
    draft: Draft,
    settings: TrainSettings,
    datasets: Sequence[Certified],
    prepared: Prepared,
    model: Model,
    key: str,
    counts: Mapping[str, Any],
    facts: Mapping[str, Any],
) -> Manifest:
    """Write the folder's files and seal it. No time of day and no speed goes in: the same run gives the same digest."""
    save_model(model, draft.folder)
    prepared.tokenizer.save(draft.folder)
    prepared.index.save(draft.folder / FOLDER)
    names = [c.dataset.name for c in datasets]
    draft.write_text("results.json", json.dumps({**counts, **facts}, ensure_ascii=False, indent=1, sort_keys=True) + "\n")
    draft.write_text("README.md", card(draft.destination.name, names, settings, counts, facts))
    parents = [Parent(c.dataset.digest, c.dataset.name, "dataset") for c in datasets]
    parents += [Parent(c.certificate_digest, c.dataset.name, "certificate") for c in datasets if c.certificate_digest]
    step = StepRecord("train", VERSION, settings.model_dump(mode="json"), key)
    return draft.seal(kind="model", step=step, parents=parents, counts=counts, facts=facts)


def _tokens(prepared: Prepared) -> int:
    return len(prepared.index.tokens) - len(prepared.learnt)


def _licences(documents: Sequence[Document]) -> dict[str, int]:
    return dict(sorted(Counter(document.licence or "unknown" for document in documents).items()))
