"""The same run gives the same model, however often it was interrupted; and only certified data gets in."""

from __future__ import annotations

import json
import os
import signal
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.builders import REASON, document_rows, opened, seal

from khettara.dataset import sha256_hex
from khettara.dataset.gate import Certified
from khettara.errors import DatasetError, EngineError, NotCertified
from khettara.llm.corpus import Document, hold_out, read_documents
from khettara.llm.evaluate import OVERALL, bits_per_byte
from khettara.llm.model import Model
from khettara.llm.packing import Packed, pack
from khettara.llm.settings import TrainSettings
from khettara.llm.train import Checkpoint, Report, StepReport, fit, prepare, train_model

SETTINGS = TrainSettings(size="tiny", vocabulary=320, context=32, batch=4, steps=12, checkpoint_every=5, threads=1)


def packed_rows() -> Packed:
    generator = np.random.default_rng(5)
    return pack([generator.integers(5, 320, size).astype(np.uint16) for size in (90, 10, 33, 64, 7)], 32, end_id=0, pad_id=1)


def fresh_model() -> Model:
    model = Model(SETTINGS.model(vocabulary=320, end_id=0, pad_id=1))
    model.initialise(seed=0)
    return model


def digest(model: Model) -> str:
    return sha256_hex(b"".join(tensor.numpy().tobytes() for tensor in model.state_dict().values()))


def straight_run() -> str:
    model = fresh_model()
    fit(model, SETTINGS, packed_rows())
    return digest(model)


def interrupt_at(step: int) -> Report:
    def report(now: StepReport) -> None:
        if now.step == step:
            os.kill(os.getpid(), signal.SIGINT)

    return report


@pytest.mark.parametrize("step", [1, 5, 11])
def test_interrupted_and_resumed_is_the_same_run(step: int, tmp_path: Path) -> None:
    """Ctrl-C saves at the end of the step; the resumed run has the weights of an undisturbed one, bit by bit."""
    checkpoint = Checkpoint(tmp_path / "checkpoint.pt", "run")
    with pytest.raises(KeyboardInterrupt):
        fit(fresh_model(), SETTINGS, packed_rows(), checkpoint=checkpoint, report=interrupt_at(step))
    state = checkpoint.load()
    assert state is not None
    assert state["step"] == step
    resumed = fresh_model()
    fit(resumed, SETTINGS, packed_rows(), checkpoint=checkpoint)
    assert digest(resumed) == straight_run()


def test_killed_and_resumed_is_the_same_run(tmp_path: Path) -> None:
    """A run that just ends goes on from its last regular checkpoint, to the same weights."""

    class Killed(Exception):
        pass

    def kill(now: StepReport) -> None:
        if now.step == 8:
            raise Killed

    checkpoint = Checkpoint(tmp_path / "checkpoint.pt", "run")
    with pytest.raises(Killed):
        fit(fresh_model(), SETTINGS, packed_rows(), checkpoint=checkpoint, report=kill)
    seen: list[int] = []
    resumed = fresh_model()
    fit(resumed, SETTINGS, packed_rows(), checkpoint=checkpoint, report=lambda now: seen.append(now.step))
    assert seen == list(range(6, 13))
    assert digest(resumed) == straight_run()


def test_a_checkpoint_of_another_run_or_cut_short_is_not_used(tmp_path: Path) -> None:
    """Such a file counts as none: training begins anew, and ends with the right weights."""
    checkpoint = Checkpoint(tmp_path / "checkpoint.pt", "run")
    with pytest.raises(KeyboardInterrupt):
        fit(fresh_model(), SETTINGS, packed_rows(), checkpoint=checkpoint, report=interrupt_at(3))
    assert Checkpoint(checkpoint.path, "another run").load() is None
    whole = checkpoint.path.read_bytes()
    for size in (0, 1, len(whole) // 2, len(whole) - 1):
        checkpoint.path.write_bytes(whole[:size])
        assert checkpoint.load() is None
    model = fresh_model()
    fit(model, SETTINGS, packed_rows(), checkpoint=checkpoint)
    assert digest(model) == straight_run()


def test_a_loss_that_is_no_number_stops_and_names_the_documents(tmp_path: Path) -> None:
    """The message has the step and the ids of the batch; the checkpoint holds the last good step."""
    model = fresh_model()
    checkpoint = Checkpoint(tmp_path / "checkpoint.pt", "run")
    names = [f"doc-{number}" for number in range(5)]

    def poison(now: StepReport) -> None:
        if now.step == 3:
            model.model.norm.weight.data.fill_(float("nan"))

    with pytest.raises(EngineError, match="not a number") as stopped:
        fit(model, SETTINGS, packed_rows(), checkpoint=checkpoint, report=poison, names=names)
    assert "step 4" in str(stopped.value)
    assert "doc-" in str(stopped.value)
    state = checkpoint.load()
    assert state is not None
    assert state["step"] == 3


def test_seconds_become_a_number_of_steps() -> None:
    """A budget of time is measured once and turned into steps, of which there is at least one."""
    steps, _ = fit(fresh_model(), SETTINGS.model_copy(update={"seconds": 0.001}), packed_rows())
    assert steps == 1


def test_training_lowers_the_bits_per_byte() -> None:
    """On text like that learnt, a few steps already foretell better."""
    text = "nhar souk lkhmis " * 6
    tokens = [np.array([5 + ord(letter) % 90 for letter in text], np.uint16)]
    document = Document("1", text, "ary", "Latn")
    model = fresh_model()
    before = bits_per_byte(model, [document], tokens)
    fit(model, SETTINGS, pack(tokens * 4, 32, end_id=0, pad_id=1))
    after = bits_per_byte(model, [document], tokens)
    assert set(after) == {"ary-Latn", OVERALL}
    assert after[OVERALL] < before[OVERALL]


def certified(path: Path, n: int = 60) -> Certified:
    return opened(seal(path, document_rows(n)))


def test_the_same_run_seals_the_same_model(tmp_path: Path) -> None:
    """Digest by digest: nothing of the time or of an earlier run goes into the folder."""
    data = certified(tmp_path / "data")
    first = train_model(SETTINGS, [data], tmp_path / "one" / "model")
    again = train_model(SETTINGS, [data], tmp_path / "two" / "model")
    assert first.digest == again.digest
    other = train_model(SETTINGS.model_copy(update={"seed": 1}), [data], tmp_path / "three" / "model")
    assert other.digest != first.digest


def test_the_folder_names_its_parents_and_who_overrode_what(tmp_path: Path) -> None:
    """Parents by digest; the override with its reason in the manifest and on the card; all files of the layout."""
    data = certified(tmp_path / "data")
    manifest = train_model(SETTINGS, [data], tmp_path / "model")
    assert data.dataset.digest in {parent.digest for parent in manifest.parents}
    assert manifest.facts["certificates"][0]["override"]["reason"] == REASON
    assert REASON in (tmp_path / "model/README.md").read_text(encoding="utf-8")
    files = {entry.path for entry in manifest.files}
    assert {"config.json", "model.safetensors", "tokenizer.json", "results.json", "README.md", "trace/suffixes.npy"} <= files
    results = json.loads((tmp_path / "model/results.json").read_text(encoding="utf-8"))
    assert results["steps"] == SETTINGS.steps
    assert not list(tmp_path.rglob("checkpoint.pt"))


def test_uncertified_data_is_refused(tmp_path: Path) -> None:
    """Without a certificate and without an override the gate stays shut."""
    path = seal(tmp_path / "data", document_rows(5))
    with pytest.raises(NotCertified):
        Certified.open(path, "pretraining")


def test_a_dataset_without_text_is_refused(tmp_path: Path) -> None:
    """There is nothing to learn from an empty dataset, and the message says so."""
    with pytest.raises(DatasetError, match="no text"):
        train_model(SETTINGS, [certified(tmp_path / "data", 0)], tmp_path / "model")
    assert not (tmp_path / "model").exists()


def test_nobody_learnt_is_held_out(tmp_path: Path) -> None:
    """Every document is on one side; the side depends on its id alone."""
    documents = read_documents([certified(tmp_path / "data", 200)])
    learnt, held = hold_out(documents, 0.08, 600)
    assert {d.id for d in learnt}.isdisjoint(d.id for d in held)
    assert len(learnt) + len(held) == 200
    assert 5 <= len(held) <= 30
    few_held = hold_out(documents[:50], 0.08, 600)[1]
    assert {d.id for d in few_held} == {d.id for d in held} & {d.id for d in documents[:50]}
    assert len(hold_out(documents, 0.5, 10)[1]) < 30


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_few_documents_are_divided_too(number: int) -> None:
    """One document is learnt; of two or more at least one is learnt and one held out, whatever their hashes."""
    for share in (0.0001, 0.9999):
        learnt, held = hold_out([Document(str(n), "text") for n in range(number)], share, 600)
        assert learnt
        assert bool(held) == (number > 1)


def test_copies_of_what_is_learnt_are_not_measured(tmp_path: Path) -> None:
    """A held-out document that stands in a learnt one word for word is left out of the evaluation, and counted."""
    data = certified(tmp_path / "data", 100)
    _, held = hold_out(read_documents([data]), SETTINGS.held_out, SETTINGS.held_out_at_most)
    long = " ".join(f"kelma{n}" for n in range(60))
    rows = document_rows(100)
    for row in rows:
        if row["id"] in (held[0].id, next(r["id"] for r in rows if r["id"] not in {h.id for h in held})):
            row["text"] = long
    copied = opened(seal(tmp_path / "copied", rows))
    prepared = prepare(SETTINGS, [copied])
    assert prepared.left_out >= 1
    assert held[0].id not in {document.id for document in prepared.held}


def test_a_record_in_two_datasets_is_read_once(tmp_path: Path) -> None:
    """The same record counts once, so that a dataset and its copy teach no more than one of them."""
    data = certified(tmp_path / "data")
    assert read_documents([data, replace(data)]) == read_documents([data])
