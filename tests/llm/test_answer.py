"""An answer says where its words stand, and says it when they stand nowhere."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.builders import document_rows, opened, seal

from khettara.errors import DatasetError, KhettaraError
from khettara.llm.answer import LABEL, NOWHERE, Answer, ask
from khettara.llm.settings import TrainSettings
from khettara.llm.train import train_model

QUESTION = "شنو هو نهار السوق؟"
SHEET = f"أسئلة وأجوبة\n\nسؤال: {QUESTION}\nجواب: الخميس، ماشي الجمعة.\n\nسؤال: فين كاين السوق؟\nجواب: حدا الفندق القديم.\n\n" * 2


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny model that has read one sheet again and again."""
    folder = tmp_path_factory.mktemp("answer")
    rows = document_rows(8)
    for row in rows[:-1]:
        row["text"] = SHEET + row["id"]
        row["source"] = {"uri": "as2ila.txt", "member": "sheet.txt"}
    data = opened(seal(folder / "data", rows))
    settings = TrainSettings(size="tiny", vocabulary=400, context=64, batch=4, steps=400, threads=1)
    train_model(settings, [data], folder / "model")
    return folder / "model"


def test_the_answer_is_walked_back_to_its_document(model: Path) -> None:
    """What was learnt by heart is answered, and its span names file, member and the words around it."""
    answer = ask(model, QUESTION)
    assert answer.text == "الخميس، ماشي الجمعة."
    assert answer.label == LABEL
    span = answer.spans[0]
    assert answer.text[span.start : span.end] == span.text
    assert span.documents[0].uri == "as2ila.txt!sheet.txt"
    assert span.text in span.documents[0].excerpt


def test_the_same_question_gets_the_same_answer(model: Path) -> None:
    """Greedy or drawn with a seed, an answer can be had again."""

    def said(answer: Answer) -> tuple[object, ...]:
        return answer.text, answer.spans, answer.tokens

    assert said(ask(model, QUESTION)) == said(ask(model, QUESTION))
    assert said(ask(model, QUESTION, temperature=1.5, seed=4)) == said(ask(model, QUESTION, temperature=1.5, seed=4))


def test_every_span_is_what_it_claims(model: Path) -> None:
    """However wild the answer: a span is a piece of it, and stands in the excerpt of each of its documents."""
    for seed in range(5):
        answer = ask(model, "wach kayn?", temperature=2.0, seed=seed, min_tokens=2)
        assert answer.label == (LABEL if answer.spans else NOWHERE)
        for span in answer.spans:
            assert answer.text[span.start : span.end].strip() == span.text.strip()
            assert all(span.text.strip() in found.excerpt for found in span.documents)


def test_a_question_that_cannot_be_read_is_refused(model: Path) -> None:
    """Too long, empty, or put to a dataset: one clear message."""
    with pytest.raises(KhettaraError, match="tokens long"):
        ask(model, "شنو هو " * 100)
    with pytest.raises(KhettaraError, match="no question"):
        ask(model, "  ")
    with pytest.raises(DatasetError, match="not a model"):
        ask(model.parent / "data", QUESTION)
