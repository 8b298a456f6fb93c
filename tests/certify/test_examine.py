"""Findings on texts: each defect is found with its records, its cause in three languages, and what to do."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.builders import document_rows, seal
from tests.certify.test_measures import people, seal_table
from tests.certify.test_poisoning import sentences

from khettara.certify import examine
from khettara.dataset import Dataset
from khettara.dataset.defects import OF_TEXTS_AND_CLIPS
from khettara.dataset.findings import Findings
from khettara.errors import DatasetError

DEFECTS: list[tuple[str, dict[str, Any], int]] = [
    ("identifiers_left", {"text": "عيط ليا ف 0600112233"}, 3),
    ("wrong_encoding", {"text": "Ø§Ù„Ø³ÙˆÙ‚ Ù†Ù‡Ø§Ø±"}, 3),
    ("exact_duplicate", {"text": "نفس الهضرة كل مرة بلا فائدة"}, 2),
    ("licence_missing", {"licence": None}, 3),
    ("empty", {"text": " "}, 3),
    ("language_unknown", {"lang": "und"}, 3),
    ("contradiction", {"lang": "fr", "script": "Arab"}, 3),
]


@pytest.mark.parametrize(("kind", "change", "records"), DEFECTS, ids=[case[0] for case in DEFECTS])
def test_each_defect_is_found(tmp_path: Path, kind: str, change: dict[str, Any], records: int) -> None:
    """Three records changed: the finding counts them, names cause and remedy in each language, and shows them."""
    rows = document_rows(50)
    for row in rows[10:13]:
        row.update(change)
    found = {finding.kind: finding for finding in examine(Dataset.open(seal(tmp_path / "ds", rows))).findings}
    assert found[kind].records == records
    assert set(found[kind].cause) == {"en", "fr", "ar"} == set(found[kind].remedy)
    assert kind in OF_TEXTS_AND_CLIPS
    assert {example["row"] for example in found[kind].examples} <= {10, 11, 12}


def test_sound_texts_have_no_findings(tmp_path: Path) -> None:
    """Nothing is said of data with nothing wrong."""
    assert examine(Dataset.open(seal(tmp_path / "ds", sentences(300)))).findings == ()


def test_identifiers_are_not_shown(tmp_path: Path) -> None:
    """A finding travels further than the data: examples are masked."""
    rows = document_rows(5)
    rows[2]["text"] = "عيط ليا ف 0600112233 ولا صيفط ل a.b@exemple.ma"
    found = examine(Dataset.open(seal(tmp_path / "ds", rows)))
    assert "0600112233" not in str(found.as_json())
    assert "a.b@exemple.ma" not in str(found.as_json())


def test_findings_are_plain_values(tmp_path: Path) -> None:
    """What is found can be written and read back, as findings of tables are."""
    rows = document_rows(20)
    rows[0]["licence"] = None
    found = examine(Dataset.open(seal(tmp_path / "ds", rows)))
    assert Findings.parse(json.dumps(found.as_json()), "here") == found


def test_tables_are_examined_elsewhere(tmp_path: Path) -> None:
    """A table is refused with the command that takes it."""
    with pytest.raises(DatasetError, match="khettara examine TABLE"):
        examine(Dataset.open(seal_table(tmp_path / "t", people())))
