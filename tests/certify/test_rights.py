"""Rights: what the holder states, beside what is found, decides with the day and the purpose."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.builders import document_rows, seal
from tests.certify.test_measures import people, seal_table

from khettara.certify import Settings, certify
from khettara.certify.rights import CHECKS, Rights, load_rights
from khettara.dataset.signing import Key, new_key
from khettara.errors import RecipeError

NOW = datetime(2026, 11, 1, tzinfo=UTC)
SICK = {"systolique": ["120"] * 200, "cin": ["AB123456"] * 200}

# A statement, the purpose, whether the data is of patients, and the words of the refusal (none: rights do not refuse).
CASES = [
    ("nothing stated, nothing found", "", "pretraining", False, ""),
    ("an authorisation that holds", "basis: public interest\ncndp: {reference: A-412/2026, expires: 2027-03-31}", "federation:sites", True, ""),
    (
        "an authorisation past its end",
        "basis: contract\ncndp: {reference: A-412/2025, expires: 2026-10-31}",
        "federation:sites",
        True,
        "expired on 2026-10-31",
    ),
    ("past its end, whatever the purpose", "cndp: {reference: A-412/2025, expires: 2026-10-31}", "pretraining", False, "expired on 2026-10-31"),
    ("its last day", "basis: contract\ncndp: {reference: A-412/2025, expires: 2026-11-01}", "federation:sites", True, ""),
    ("CIN without a reference", "basis: contract", "federation:sites", True, "CIN numbers, which the CNDP has to authorise"),
    (
        "a declaration is no authorisation",
        "basis: contract\ncndp: {reference: D-9/2026, kind: declaration}",
        "federation:sites",
        True,
        "CIN numbers, which the CNDP has to authorise",
    ),
    ("another purpose than stated", "purposes: [open-data]", "pretraining", False, "allows open-data, not pretraining"),
    ("a purpose of the family stated", "purposes: [federation]", "federation:sites", False, ""),
    ("a purpose that only begins alike", "purposes: [pre]", "pretraining", False, "allows pre, not pretraining"),
    (
        "authorised for something else",
        "cndp: {reference: A-412/2026, purposes: [classification:health]}",
        "pretraining",
        False,
        "the CNDP reference allows",
    ),
    ("consent without its receipt", "basis: consent\ncndp: {reference: A-412/2026}", "federation:sites", True, "without its receipt"),
    (
        "stated to be about nobody",
        "personal: none\nbasis: contract\ncndp: {reference: A-412/2026}",
        "federation:sites",
        True,
        "what is found is identifying",
    ),
    ("kept too long", "keep_until: 2026-01-01", "pretraining", False, "was to be kept until 2026-01-01"),
]


@pytest.fixture
def key() -> Key:
    return new_key("an office")


@pytest.mark.parametrize(("label", "statement", "purpose", "patients", "words"), CASES, ids=[case[0] for case in CASES])
def test_rights_decide(tmp_path: Path, key: Key, label: str, statement: str, purpose: str, patients: bool, words: str) -> None:
    """Each case refuses for the reason it names, with the article, or does not refuse for rights."""
    rights = tmp_path / "rights.yaml"
    rights.write_text(statement + "\n", encoding="utf-8") if statement else None
    path = seal_table(tmp_path / "t", people() | SICK) if patients else seal(tmp_path / "t", document_rows(40))
    predicate = certify(path, purpose, key, NOW).predicate
    reasons = [reason for reason in predicate["reasons"] if reason.startswith("rights: ")]
    assert bool(reasons) == bool(words), reasons
    assert words in " ".join(reasons)
    assert all("law 09-08, article" in reason for reason in reasons)
    assert not reasons or predicate["verdict"] == "refused"


def test_each_check_speaks_three_languages(tmp_path: Path, key: Key) -> None:
    """Every check says what it found in English, French and Arabic, and which article it comes from."""
    checks = certify(seal(tmp_path / "ds", document_rows(20)), "open-data", key, NOW).predicate["rights"]["checks"]
    assert [each["check"] for each in checks] == list(CHECKS)
    assert all(set(each["words"]) == {"en", "fr", "ar"} and all(each["words"].values()) and each["article"] for each in checks)


def test_a_certificate_ends_with_the_reference_it_rests_on(tmp_path: Path, key: Key) -> None:
    """It does not outlive the CNDP's authorisation, nor the time of keeping."""
    (tmp_path / "ds.rights.yaml").write_text("cndp: {reference: A-412/2026, expires: 2026-12-31}\nkeep_until: 2027-05-01\n", encoding="utf-8")
    assert certify(seal(tmp_path / "ds", document_rows(20)), "pretraining", key, NOW).predicate["expires"] == "2026-12-31T23:59:59+00:00"


def test_the_statement_beside_may_be_replaced(tmp_path: Path, key: Key) -> None:
    """A file given by name counts instead of the one beside; a mistake in it has its line."""
    (tmp_path / "rights.yaml").write_text("purposes: [open-data]\n", encoding="utf-8")
    given = tmp_path / "given.yaml"
    given.write_text("licence: CC0-1.0\npurposes: [pretraining]\n", encoding="utf-8")
    path = seal(tmp_path / "ds", document_rows(40))
    assert certify(path, "pretraining", key, NOW).predicate["verdict"] == "refused"
    assert certify(path, "pretraining", key, NOW, Settings(rights=given)).predicate["verdict"] == "certified"
    given.write_text("licence: CC0-1.0\npurpose: [pretraining]\n", encoding="utf-8")
    with pytest.raises(RecipeError, match=r"line 2.*'purpose'"):
        certify(path, "pretraining", key, NOW, Settings(rights=given))


def test_an_empty_statement_states_nothing(tmp_path: Path) -> None:
    (tmp_path / "rights.yaml").write_text("")
    assert load_rights(None, tmp_path / "ds") == Rights()


def test_a_voice_is_personal_data(tmp_path: Path, key: Key) -> None:
    """Clips point at persons by their sound (article 1), so publishing them is a matter of rights."""
    from tests.certify.test_clips import seal_clips, tone

    reasons = certify(seal_clips(tmp_path / "clips", [tone()] * 3), "open-data", key, NOW).predicate["reasons"]
    assert any("points at persons: voice" in reason for reason in reasons)


def test_a_recipe_certifies_again_when_the_statement_changes(tmp_path: Path, key: Key) -> None:
    """A certificate that is there serves while rights, attestations and sets are as they were; then it is made anew."""
    from khettara.certify.stage import CertifyStage
    from khettara.engine import Context

    seal(tmp_path / "ds", document_rows(40))
    stage, context = CertifyStage.model_validate({"dataset": "ds", "for": "pretraining", "refuse": False}), Context(tmp_path, tmp_path)
    assert [stage.run(context).state for _ in range(2)] == ["made", "up to date"]
    (tmp_path / "rights.yaml").write_text("purposes: [open-data]\n", encoding="utf-8")
    again = stage.run(context)
    assert (again.state, again.facts["verdict"]) == ("made", "refused")
