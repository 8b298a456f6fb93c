"""Verdicts: what is measured, what is demanded, and what follows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.builders import document_rows, seal

from khettara.certify import MEASURES, Measured, certify, load_profile
from khettara.dataset.signing import Key, new_key
from khettara.errors import RecipeError, Tampered

Change = dict[str, Any]


@pytest.fixture
def key() -> Key:
    return new_key("an office")


# What is changed in the first records, how many of 100, the purpose, the verdict, and words of the reason.
CASES: list[tuple[str, Change, int, str, str, str]] = [
    ("sound data", {}, 0, "pretraining", "certified", ""),
    ("a licence unknown", {"licence": None}, 1, "pretraining", "refused", "whose licence is known"),
    ("a closed licence", {"licence": "CC-BY-NC-4.0"}, 10, "pretraining", "conditional", "under an open licence"),
    ("a closed licence is not for publishing", {"licence": "CC-BY-NC-4.0"}, 1, "open-data", "refused", "under an open licence"),
    ("telephone numbers in clear", {"text": "عيط ليا ف 0600112233 الله يخليك"}, 1, "pretraining", "refused", "identifier in clear"),
    ("the same text again and again", {"text": "نفس الهضرة كل مرة بلا فائدة"}, 10, "pretraining", "refused", "said before"),
    ("misread letters", {"text": "Ø§Ù„Ø³ÙˆÙ‚ Ù†Ù‡Ø§Ø±"}, 3, "pretraining", "refused", "damaged characters"),
    ("languages unknown", {"lang": "und"}, 30, "pretraining", "conditional", "whose language is known"),
    ("an empty text", {"text": " "}, 1, "finetuning", "refused", "with a text"),
]


@pytest.mark.parametrize(("label", "change", "number", "purpose", "verdict", "words"), CASES, ids=[case[0] for case in CASES])
def test_verdicts(tmp_path: Path, key: Key, label: str, change: Change, number: int, purpose: str, verdict: str, words: str) -> None:
    """Each defect alone leads to its verdict, and the reason names it."""
    rows = document_rows(100)
    for row in rows[:number]:
        row.update(change)
    predicate = certify(seal(tmp_path / "ds", rows), purpose, key).predicate
    assert predicate["verdict"] == verdict, predicate["reasons"]
    assert words in " ".join(predicate["reasons"])


def test_counts_are_exact(tmp_path: Path, key: Key) -> None:
    """Numerator, denominator and value are those of the records."""
    rows = document_rows(50)
    for row in rows[:5]:
        row["created"] = None
    measures = {m["name"]: m for m in certify(seal(tmp_path / "ds", rows), "pretraining", key).predicate["measures"]}
    dated = measures["date_completeness"]
    assert (dated["numerator"], dated["denominator"], dated["value"]) == (45, 50, 0.9)
    assert dated["interval"][0] < 0.9 < dated["interval"][1]


def test_wilson_interval_is_that_of_the_books() -> None:
    """10 of 100: 0.0552 to 0.1744 (worked out by hand from Wilson's formula)."""
    low, high = Measured(10, 100).interval or (0, 0)
    assert (round(low, 4), round(high, 4)) == (0.0552, 0.1744)


def test_no_records_are_refused(tmp_path: Path, key: Key) -> None:
    """An empty dataset is certified for nothing."""
    assert certify(seal(tmp_path / "ds", []), "pretraining", key).predicate["verdict"] == "refused"


def test_tampered_bytes_are_not_certified(tmp_path: Path, key: Key) -> None:
    """What was changed after sealing gets no certificate at all."""
    path = seal(tmp_path / "ds", document_rows(10))
    (path / "data" / "part-00000.parquet").write_bytes(b"PAR1" + b"x" * ((path / "data" / "part-00000.parquet").stat().st_size - 4))
    with pytest.raises(Tampered):
        certify(path, "pretraining", key)
    assert not (path / "certificate.json").exists()


def test_every_profile_of_the_house_reads() -> None:
    """Each demands only what is measured."""
    for name in ("pretraining", "finetuning", "open-data"):
        assert {demand.measure for demand in load_profile(name).demands} <= set(MEASURES)


def test_mistakes_in_a_profile_are_named(tmp_path: Path) -> None:
    """An unknown purpose, and an unknown measure in a profile of one's own, with its line and the nearest name."""
    with pytest.raises(RecipeError, match="pretrainig"):
        load_profile("pretrainig")
    path = tmp_path / "own.yaml"
    path.write_text(
        "name: own\nversion: 1\npurpose: own\nbecause: x\ndemands:\n  - {measure: licence_knwon, minimum: 1, because: y}\n", encoding="utf-8"
    )
    with pytest.raises(RecipeError) as mistake:
        load_profile(str(path))
    assert "line 6" in str(mistake.value)
    assert "'licence_known'" in str(mistake.value)
