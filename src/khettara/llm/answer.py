"""One question, one answer, and the documents that the answer's words are also found in.

    ask(folder, "شنو هو نهار السوق؟").spans[0].documents[0].uri  ->  "darija/as2ila_dyal_nas.txt"

The model only continues text, so the question is put the way its documents put questions: of the forms below, the one after
which the model finds the question least surprising.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from khettara.dataset import MODEL_FORMAT
from khettara.dataset.store import Sealed
from khettara.errors import DatasetError, KhettaraError
from khettara.llm.extra import needs_llm
from khettara.llm.model import Cache, Model, load_model
from khettara.llm.tokenizer import Tokenizer
from khettara.llm.trace import FOLDER, Index, Place, Span

with needs_llm():
    import torch

FORMS = (
    ("سؤال: ", "\nجواب:"),
    ("so2al: ", "\njawab:"),
    ("Question : ", "\nRéponse :"),
    ("Q. ", "\nR."),
    ("Q: ", "\nA:"),
    ("", "\n"),
)
"""What stands before and after a question in Moroccan question-and-answer sheets; the last is the bare question."""

STOP = "\n"
"""An answer of a sheet is one line; what follows is the next question."""

LABEL = "also found in the training data"
NOWHERE = "these words stand nowhere in the training data in this order"


@dataclass(frozen=True)
class Found:
    """A document that holds a span, with the text around it."""

    id: str
    uri: str | None
    licence: str | None
    excerpt: str


@dataclass(frozen=True)
class AnswerSpan:
    """Characters `start` to `end` of the answer, which stand verbatim in `documents` and at `count` places in all."""

    text: str
    start: int
    end: int
    count: int
    documents: tuple[Found, ...]


@dataclass(frozen=True)
class Answer:
    """What the model said. `label` is what may be claimed about its spans, and no more."""

    text: str
    spans: tuple[AnswerSpan, ...]
    label: str
    tokens: int
    seconds: float
    trace_ms: float


def ask(
    model: Path,
    question: str,
    max_tokens: int = 48,
    *,
    temperature: float = 0.0,
    seed: int = 0,
    min_tokens: int = 4,
    most_documents: int = 5,
) -> Answer:
    """Ask the model in the folder `model`.

    Args:
        model: a sealed model folder.
        question: in any language of its documents.
        max_tokens: the answer ends there at the latest; earlier at the end of the line or of the document.
        temperature: 0 takes the likeliest token each time.
        seed: decides the draws when the temperature is above 0.
        min_tokens: shorter spans are not shown; of an answer shorter than twice that, half of it is enough.
        most_documents: shown for a span.

    Raises:
        DatasetError: not a model.
        KhettaraError: an empty question, or one longer than the model can read.
    """
    sealed = Sealed.open(model)
    if sealed.manifest.format != MODEL_FORMAT:
        raise DatasetError("this is a dataset, not a model", where=str(model), hint="Train one from it with `khettara llm train`.")
    if not question.strip():
        raise KhettaraError("there is no question", hint='Ask something, such as "شنو هو نهار السوق؟".')
    began = time.monotonic()
    network, tokenizer, index = load_model(model), Tokenizer.open(model), Index.open(model / FOLDER)
    prompt = _prompt(network, tokenizer, question.strip())
    ids = generate(network, tokenizer, prompt, max_tokens=max_tokens, temperature=temperature, seed=seed)
    text = tokenizer.decode(ids)
    traced = time.monotonic()
    spans = _spans(index, tokenizer, prompt, ids, min_tokens, most_documents)
    ended = time.monotonic()
    label = LABEL if spans else NOWHERE
    return Answer(text.strip(), spans, label, len(ids), round(ended - began, 3), round((ended - traced) * 1000, 2))


def generate(model: Model, tokenizer: Tokenizer, prompt: Sequence[int], *, max_tokens: int, temperature: float = 0.0, seed: int = 0) -> list[int]:
    """The ids that follow `prompt`, up to the end of the line, the document's end, `max_tokens` or the end of the context."""
    room = model.config.context - len(prompt)
    generator = torch.Generator().manual_seed(seed)
    cache: Cache = []
    ids: list[int] = []
    read = list(prompt)
    with torch.inference_mode():
        while len(ids) < min(max_tokens, room):
            logits = model(torch.tensor([read]), cache=cache)[0, -1]
            chosen = _choose(logits, temperature, generator)
            if chosen == model.config.end_id:
                break
            ids.append(chosen)
            read = [chosen]
            if STOP in tokenizer.decode(ids).lstrip():  # kept, for one token may hold the full stop and the line's end
                break
    return ids


def _choose(logits: torch.Tensor, temperature: float, generator: torch.Generator) -> int:
    if temperature <= 0:
        return int(logits.argmax())
    return int(torch.multinomial((logits / temperature).softmax(-1), 1, generator=generator))


def _prompt(model: Model, tokenizer: Tokenizer, question: str) -> list[int]:
    """The question in the form in which the model expects it most, after a blank line, as in the middle of a sheet.

    A question at the very beginning of a document is rare in the data, and models trained longer answered it with nonsense.
    """
    prompts: list[tuple[float, list[int]]] = []
    for before, after in FORMS:
        lead = tokenizer.encode(f"\n\n{before.rstrip()}")
        asked = tokenizer.encode(f"\n\n{before}{question}").tolist()
        whole: list[int] = tokenizer.encode(f"\n\n{before}{question}{after}").tolist()
        if len(whole) >= model.config.context:
            raise KhettaraError(
                f"the question is {len(whole)} tokens long, and the model reads {model.config.context} at most",
                hint="Ask in fewer words.",
            )
        prompts.append((_surprise(model, asked, len(lead)), whole))
    return min(prompts, key=lambda scored: scored[0])[1]


def _surprise(model: Model, ids: Sequence[int], start: int) -> float:
    """Minus the log probability of the tokens from `start` on."""
    with torch.inference_mode():
        scores = model(torch.tensor([ids[:-1]]))[0].log_softmax(-1)
    return -float(scores[np.arange(start - 1, len(ids) - 1), ids[start:]].sum())


def _spans(index: Index, tokenizer: Tokenizer, prompt: Sequence[int], ids: list[int], min_tokens: int, most: int) -> tuple[AnswerSpan, ...]:
    spans = index.trace(ids, min_tokens=min(min_tokens, max(1, len(ids) // 2)), edges=tokenizer.word_edges(ids))
    return tuple(_show(index, tokenizer, prompt, ids, span, most) for span in spans)


def _show(index: Index, tokenizer: Tokenizer, prompt: Sequence[int], ids: list[int], span: Span, most: int) -> AnswerSpan:
    tokens = ids[span.start : span.stop]
    text = tokenizer.decode(ids)
    margin = len(text) - len(text.lstrip())  # the answer is shown without the blank before it
    start = max(0, len(tokenizer.decode(ids[: span.start])) - margin)
    end = min(len(text.strip()), len(tokenizer.decode(ids[: span.stop])) - margin)
    places = index.places(tokens, before=[*prompt, *ids[: span.start]], most=most)
    found = tuple(_found(index, tokenizer, place, len(tokens)) for place in places)
    return AnswerSpan(text.strip()[start:end], start, end, span.count, found)


def _found(index: Index, tokenizer: Tokenizer, place: Place, length: int) -> Found:
    around = index.around(place, length)
    document = index.documents[place.document]
    return Found(document["id"], document["uri"], document["licence"], tokenizer.decode(around).strip("\N{REPLACEMENT CHARACTER}\n "))
