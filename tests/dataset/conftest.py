"""A key, and a dataset certified with it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.builders import document_rows, seal

from khettara.certify import certify
from khettara.dataset.signing import Key, new_key


@pytest.fixture
def now() -> datetime:
    """When these tests take place."""
    return datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def key() -> Key:
    """One's own key."""
    return new_key("Data office of Aïn Zerqa")


@pytest.fixture
def certified(tmp_path: Path, key: Key, now: datetime) -> Path:
    """A small dataset, certified for pretraining."""
    path = seal(tmp_path / "clean", document_rows(20))
    assert certify(path, "pretraining", key, now).predicate["verdict"] == "certified"
    return path
