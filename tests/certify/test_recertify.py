"""Certifying again: whatever changed, the result is that of certifying from the start."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.builders import document_rows, seal
from tests.certify.test_measures import people, seal_table

from khettara.certify import Settings, certify, recertify
from khettara.certify.measures import texts
from khettara.certify.measures.facts import Look
from khettara.certify.memory import place_of
from khettara.dataset.signing import Key, new_key, own_key_path

NOW = datetime(2026, 11, 1, tzinfo=UTC)
CHANGES: list[dict[str, Any]] = [
    {"text": "عيط ليا ف 0600112233 الله يخليك"},
    {"text": "Ø§Ù„Ø³ÙˆÙ‚ Ù†Ù‡Ø§Ø±"},
    {"text": None},
    {"lang": "fr"},
    {"licence": "CC-BY-NC-4.0"},
    {"source": {"uri": "other.txt", "sha256": "f" * 64}},
    {"text": "نفس الهضرة كل مرة بلا فائدة"},
    {},
]


@pytest.fixture
def key() -> Key:
    return new_key("an office")


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    edits=st.lists(st.tuples(st.integers(0, 59), st.integers(0, len(CHANGES) - 1)), max_size=8),
    cut=st.integers(0, 60),
    again=st.integers(0, 5),
    parts=st.tuples(st.integers(1, 3), st.integers(1, 3)),
)
def test_the_result_is_that_of_certifying_from_the_start(
    tmp_path: Path, edits: list[tuple[int, int]], cut: int, again: int, parts: tuple[int, int]
) -> None:
    """Records changed, taken out, put in twice, dealt into other parts: the two certificates say the same."""
    key = new_key("an office") if not own_key_path().exists() else _own()
    rows = document_rows(60)
    certify(seal(tmp_path / "ds", rows, parts[0]), "pretraining", key, NOW)
    for row, change in edits:
        rows[row] = rows[row] | CHANGES[change]
    rows = rows[cut:] + rows[:again]
    path = seal(tmp_path / "ds", rows, parts[1])
    remembered = recertify(path, "pretraining", key, NOW).predicate
    assert remembered == certify(path, "pretraining", key, NOW).predicate


def _own() -> Key:
    from khettara.dataset.signing import load_key

    return load_key()


def test_tables_too(tmp_path: Path, key: Key) -> None:
    """A changed cell of a table is seen; the rest is remembered."""
    table = people()
    certify(seal_table(tmp_path / "t", table), "federation", key, NOW)
    table["poids"][17], table["région"][3] = None, "Oriental"
    path = seal_table(tmp_path / "t", table)
    assert recertify(path, "federation", key, NOW).predicate == certify(path, "federation", key, NOW).predicate


def test_only_what_changed_is_looked_at(tmp_path: Path, key: Key, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of sixty records with one changed, one is searched for identifiers."""
    rows = document_rows(60)
    certify(seal(tmp_path / "ds", rows), "pretraining", key, NOW)
    rows[20]["text"] = "هضرة جديدة"
    path = seal(tmp_path / "ds", rows)
    looked: list[int] = []
    find = texts.find_identified

    def counting(batch: Any) -> Any:
        looked.append(batch.num_rows)
        return find(batch)

    spied = tuple(Look(look.name, look.columns, counting if look.name == "identifier" else look.see) for look in texts.LOOKS)
    monkeypatch.setattr(texts, "LOOKS", spied)
    recertify(path, "pretraining", key, NOW)
    assert sum(looked) == 1


def test_what_somebody_else_remembered_is_not_believed(tmp_path: Path, key: Key) -> None:
    """Facts that were changed, or signed by another key, are worked out anew: they would decide the verdict."""
    rows = document_rows(40)
    rows[0]["text"] = "عيط ليا ف 0600112233"
    path = seal(tmp_path / "ds", rows)
    honest = certify(path, "pretraining", key, NOW).predicate
    file, signature = place_of(path)
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)
    assert recertify(path, "pretraining", key, NOW).predicate == honest
    signature.write_bytes(b"{}")
    assert recertify(path, "pretraining", key, NOW).predicate == honest


def test_the_looks_of_another_register_do_not_count(tmp_path: Path, key: Key) -> None:
    """With another evaluation set registered, every record is looked at again."""
    from tests.certify.test_contamination import ITEM, register

    rows = document_rows(40)
    rows[3]["text"] = ITEM
    path = seal(tmp_path / "ds", rows)
    certify(path, "pretraining", key, NOW, Settings())
    register()
    assert recertify(path, "pretraining", key, NOW).predicate["contamination"]["records"] == 1


def test_groups_of_rows_that_stayed_are_not_read(tmp_path: Path, key: Key, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where records were added after others in the same part, the groups of rows before them are known by their bytes."""
    from khettara.certify.measures import facts
    from khettara.dataset import store

    monkeypatch.setattr(store.PartWriter.__init__, "__defaults__", (2000,))
    rows = document_rows(60)
    certify(seal(tmp_path / "ds", rows), "pretraining", key, NOW)
    path = seal(tmp_path / "ds", [*rows, rows[0] | {"id": "new", "text": "هضرة جديدة"}])
    marked: list[int] = []
    marks = facts._marks

    def counting(batch: Any, secrets: Any) -> Any:
        marked.append(batch.num_rows)
        return marks(batch, secrets)

    monkeypatch.setattr(facts, "_marks", counting)
    again = recertify(path, "pretraining", key, NOW).predicate
    assert 0 < sum(marked) < 60
    assert again == certify(path, "pretraining", key, NOW).predicate
