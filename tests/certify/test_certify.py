"""Verdicts: what is measured, what is demanded, and what follows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from tests.builders import document_rows, seal

from khettara.certify import MEASURES, Measured, certify, load_profile, standard
from khettara.certify.measures.texts import find_damage
from khettara.dataset import DOCUMENTS, Draft, StepRecord
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
    ("no text at all", {"text": None}, 1, "finetuning", "refused", "with a text"),
    ("a licence of blanks", {"licence": " "}, 1, "pretraining", "refused", "licence is known: 99 of 100"),
    ("a licence that says nothing", {"licence": "NOASSERTION"}, 1, "pretraining", "refused", "licence is known: 99 of 100"),
    ("no source", {"source": None}, 1, "pretraining", "refused", "name their file"),
    ("a source without a digest", {"source": {"uri": "a.txt", "sha256": ""}}, 1, "pretraining", "refused", "name their file"),
    ("languages left blank", {"lang": ""}, 30, "pretraining", "conditional", "whose language is known"),
    ("no dates are no obstacle", {"created": None}, 100, "pretraining", "certified", ""),
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


DAMAGE = [
    ("lost", "ال\N{REPLACEMENT CHARACTER}وق", "lost characters"),
    ("a control character", "N\x83 5714", "control characters"),
    ("Arabic through latin-1", "السوق".encode().decode("latin-1"), "misread letters"),
    ("Arabic through cp1252", "Ø§Ù„Ø³ÙˆÙ‚", "misread letters"),
    ("Arabic through cp1256", "ط§ظ„ط³ظˆظ‚", "misread letters"),
    ("cp1256 through cp1252", "ÇáÓæÞ", "misread letters"),
    ("French through cp1252", "l\N{RIGHT SINGLE QUOTATION MARK}eau".encode().decode("cp1252"), "misread letters"),
    ("French through cp1256", "cafأ©", "misread letters"),
    ("Tifinagh through cp1252", "â´°", "misread letters"),
    ("an ellipsis after ta", "خاصنا فقط… ونكملو", None),
    ("an ellipsis after za", "الحفاظ… على الما", None),
    ("capitals with an accent", "OÙ\N{NO-BREAK SPACE}? À L'ÉCOLE, « Â »", None),
    ("a diameter", "Ø\N{NO-BREAK SPACE}12 mm", None),
    ("drawn out", "bébéééé ××××", None),
    ("three languages", "café ⴰⵎⴰⵏ قهوة ڭاع — c’est l’été", None),
]


@pytest.mark.parametrize(("label", "text", "kind"), DAMAGE, ids=[case[0] for case in DAMAGE])
def test_damaged_letters_are_told_from_rare_ones(label: str, text: str, kind: str | None) -> None:
    """Misread and lost letters are found under their kind; rare but sound spellings are not."""
    found = find_damage(pa.record_batch({"text": pa.array([text], pa.large_string())}))
    damage = [name for name, mask in found.items() if mask.to_pylist() == [True]]
    assert (kind in damage) if kind is not None else damage == []


def test_kinds_of_findings_are_counted(tmp_path: Path, key: Key) -> None:
    """The certificate says how many records have which kind of identifier and damage; one record may have several."""
    rows = document_rows(10)
    rows[0]["text"] = "0600112233, a.b@exemple.ma"
    rows[1]["text"] = "0600112244 \N{REPLACEMENT CHARACTER}"
    predicate = certify(seal(tmp_path / "ds", rows), "pretraining", key).predicate
    assert predicate["findings"]["kinds"] == [
        {"kind": "lost characters", "measure": "encoding_damage", "records": 1},
        {"kind": "email", "measure": "identifiers_left", "records": 1},
        {"kind": "phone", "measure": "identifiers_left", "records": 2},
    ]
    measures = {m["name"]: m for m in predicate["measures"]}
    assert measures["identifiers_left"]["numerator"] == 2


def test_copies_are_copies_however_they_were_typed(tmp_path: Path, key: Key) -> None:
    """Case, marks, blanks, tatweel, and letters typed as one character or two make no difference."""
    rows = document_rows(4)
    for row, text in zip(rows, ["L'été, au café", "l\N{RIGHT SINGLE QUOTATION MARK}ete au cafe", "السُّوق الكبير", "الســوق  الكبير!"], strict=True):
        row["text"] = text
    measures = {m["name"]: m for m in certify(seal(tmp_path / "ds", rows), "pretraining", key).predicate["measures"]}
    assert (measures["duplicates_left"]["numerator"], measures["duplicates_left"]["denominator"]) == (2, 4)


def test_licences_add_up(tmp_path: Path, key: Key) -> None:
    """Every record is under one licence or under none."""
    rows = document_rows(6)
    for row, licence in zip(rows, ["CC0-1.0", "MIT", None, "", "NOASSERTION", "CC0-1.0"], strict=True):
        row["licence"] = licence
    rights = certify(seal(tmp_path / "ds", rows), "pretraining", key).predicate["rights"]
    assert (rights["licences"], rights["unknown"]) == ({"CC0-1.0": 2, "MIT": 1}, 3)


def test_parts_and_batches_make_no_difference(tmp_path: Path, key: Key) -> None:
    """The same records in one part or in five give the same measures, also copies that lie in different parts."""
    rows = document_rows(50)
    rows[49]["text"] = rows[0]["text"]
    one, five = (certify(seal(tmp_path / f"ds{parts}", rows, parts), "finetuning", key).predicate for parts in (1, 5))
    on_disk = {each.id for each in standard().values() if each.by == "L"} | {"Eff-ML-1", "Eff-ML-2"}
    counted = [[m for m in said["measures"] if m["id"] not in on_disk] for said in (one, five)]
    assert counted[0] == counted[1]


def test_the_date_of_issue_can_be_given(tmp_path: Path, key: Key, monkeypatch: pytest.MonkeyPatch) -> None:
    """SOURCE_DATE_EPOCH is the date of issue; what is no date is a message."""
    path = seal(tmp_path / "ds", document_rows(5))
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1767225600")
    predicate = certify(path, "pretraining", key).predicate
    assert (predicate["issued"], predicate["expires"]) == ("2026-01-01T00:00:00+00:00", "2027-01-01T00:00:00+00:00")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "soon")
    with pytest.raises(RecipeError, match="SOURCE_DATE_EPOCH=soon"):
        certify(path, "pretraining", key)


def test_a_dataset_without_parts_is_refused(tmp_path: Path, key: Key) -> None:
    """No file of records at all: a verdict, not a traceback."""
    with Draft(tmp_path / "ds") as draft:
        draft.seal(kind="documents", step=StepRecord("test", 1, {}, "test"), schema=DOCUMENTS)
    assert certify(tmp_path / "ds", "pretraining", key).predicate["reasons"] == ["the dataset holds no records"]


def test_wilson_interval_is_that_of_the_books() -> None:
    """10 of 100: 0.0552 to 0.1744 (worked out by hand from Wilson's formula)."""
    low, high = Measured(10, 100).interval or (0, 0)
    assert (round(low, 4), round(high, 4)) == (0.0552, 0.1744)
    assert (Measured(0, 900).interval or (1, 1))[0] == 0
    assert (Measured(900, 900).interval or (0, 0))[1] == 1


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
