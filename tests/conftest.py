"""What every test gets: keys of its own, so that no test touches those of the person who runs it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("khettara", deadline=None)  # a first call compiles, a busy machine is slow: neither is a defect
settings.load_profile("khettara")


@pytest.fixture(autouse=True)
def _own_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KHETTARA_HOME", str(tmp_path / "home"))
