"""Steps over batches: edits count what they change, signals change nothing."""

from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from khettara.clean import STEPS, MaskIdentifiers, Scrub
from khettara.engine import Step
from khettara.engine.evalsets import make_evalset

TEXTS = [
    "الســوق  كل خميس",
    "",
    "عيط ليا ف 06 00 00 21 40",
    "Ø§Ù„Ø³ÙˆÙ‚",
    "Accueil | Contact\n<b>souk</b>",
    "wach kayn lma?",
    "?!",
    "La commune.\nLa commune.\n\nFin",
    "ⴰⵣⵓⵍ 👋🏽 ",
    "<PHONE_1>",
]
EDITS = [name for name, step in STEPS.items() if step.kind == "edit"]
SIGNALS = [name for name, step in STEPS.items() if step.kind == "signal"]


def batch_of(texts: list[str]) -> pa.RecordBatch:
    ids = pa.array([str(number) for number in range(len(texts))], pa.string())
    return pa.record_batch({"id": ids, "text": pa.array(texts, pa.large_string())})


@pytest.mark.parametrize("name", EDITS)
@given(texts=st.lists(st.sampled_from(TEXTS) | st.text(max_size=20), max_size=6))
def test_edits_are_idempotent_and_count(name: str, texts: list[str]) -> None:
    """An edit done twice changes nothing more, and a count of 0 means the same bytes."""
    once = STEPS[name]()(batch_of(texts))
    twice = STEPS[name]()(once)
    assert twice.column("text").equals(once.column("text"))
    assert set(twice.column(f"edits_{name}").to_pylist()) <= {0}
    for old, new, edits in zip(texts, once.column("text").to_pylist(), once.column(f"edits_{name}").to_pylist(), strict=True):
        assert (old == new) == (edits == 0)


@pytest.fixture(scope="module")
def register(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A register of one evaluation item, which is one of `TEXTS`."""
    path = tmp_path_factory.mktemp("evalsets") / "tiny.evalset"
    make_evalset("tiny", [[TEXTS[2]]], "1", "CC0-1.0").write(path)
    return path


def step(name: str, register: Path) -> Step:
    """A step as it comes; one that must be told its evaluation sets gets the tiny register."""
    return STEPS[name](**({"sets": (str(register),)} if name == "contamination" else {}))


@pytest.mark.parametrize("name", SIGNALS)
def test_signals_only_add_columns(name: str, register: Path) -> None:
    """A signal leaves id and text alone, and says the same of a record whatever stands beside it."""
    batch = batch_of(TEXTS)
    signal = step(name, register)
    after = signal(batch)
    assert after.select(["id", "text"]).equals(batch)
    assert after.num_columns > batch.num_columns
    alone = [signal(batch.slice(row, 1)) for row in range(len(TEXTS))]
    assert pa.Table.from_batches(alone).combine_chunks().to_pylist() == after.to_pylist()


@pytest.mark.parametrize("name", sorted(STEPS))
def test_no_rows(name: str, register: Path) -> None:
    """A batch without rows keeps its schema: the columns are there."""
    full, empty = step(name, register)(batch_of(TEXTS)), step(name, register)(batch_of([]))
    assert empty.num_rows == 0
    assert empty.schema.equals(full.schema)


def test_words() -> None:
    """Words are runs between blanks with a letter or digit in them."""
    rows = STEPS["words"]()(batch_of(["3la l'ma — ديال\nnas", "?! ...", ""])).to_pylist()
    assert [row["n_words"] for row in rows] == [4, 0, 0]
    assert rows[0]["mean_word_length"] == pytest.approx((3 + 4 + 4 + 3) / 4)
    assert [row["n_chars"] for row in rows] == [19, 6, 0]


def test_quality() -> None:
    """Shares are of visible characters; repeated lines are counted as Gopher counts them."""
    row = STEPS["quality"]()(batch_of(["ab1!\nab1!\n\ncd"])).to_pylist()[0]
    assert (row["letter_share"], row["digit_share"], row["punctuation_share"]) == pytest.approx((0.6, 0.2, 0.2))
    assert (row["duplicate_line_share"], row["longest_repeated_line_share"]) == pytest.approx((0.4, 0.8))


def test_encoding_damage() -> None:
    """Misread text has its pairs counted, sound text none, and lost bytes show."""
    rows = STEPS["encoding_damage"]()(batch_of(["Ø§Ù„Ø³ÙˆÙ‚", "« السوق، نعم؛ » à l’été…", "mar\ufffd\x85"])).to_pylist()
    assert [round(row["mojibake_share"], 1) for row in rows] == [0.5, 0.0, 0.0]
    assert (rows[2]["n_replacement"], rows[2]["n_c1"]) == (1, 1)


def test_identifiers_are_counted_by_kind() -> None:
    """One column a kind, and one in all."""
    row = STEPS["identifiers"]()(batch_of(["0600002140, 0600002141, a@b.ma"])).to_pylist()[0]
    assert (row["n_phone"], row["n_email"], row["n_cin"], row["n_identifiers"]) == (2, 1, 0, 3)


def test_norm_hash_folds() -> None:
    """Case, marks, tatweel, hamza on alef, digits' shapes, punctuation and blanks do not tell two texts apart; words do."""
    texts = ["أحمد مَشى، ٣٠ مرة!", "احمد مشي 30  مـــرة", "احمد مشى 40 مرة", "Été", "ete"]
    hashes = STEPS["exact_hash"]()(batch_of(texts)).column("norm_hash").to_pylist()
    assert hashes[0] == hashes[1] != hashes[2]
    assert hashes[3] == hashes[4]


def test_unknown_kind_is_refused() -> None:
    """A misspelt kind is an error that lists the kinds there are."""
    with pytest.raises(ValidationError, match="unknown kind 'fone'; there are: email, iban"):
        MaskIdentifiers(kinds=("fone",))


def test_large_rows() -> None:
    """A long line among short ones is read whole."""
    long = "سلام " * 600_000
    rows = STEPS["words"]()(batch_of(["a", long, "b"])).column("n_words").to_pylist()
    assert rows == [1, 600_000, 1]
    assert Scrub()(batch_of([long])).column("text")[0].as_py() == long.rstrip()
