"""`kill -9` costs the shards in flight, and nothing else."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.builders import document_rows, seal

from khettara.dataset import Dataset
from khettara.engine.units import read_receipt
from khettara.errors import DatasetError

ROOT = Path(__file__).parents[2]
KILLS = 50
SHARDS = 40
SEED = 20260101
ANSWER_S = 60


class Runs:
    """Runs of one transform, each in a process of its own."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def begin(self, out: Path) -> None:
        """Start a run that makes the dataset `out`."""
        assert self._tell(str(out)) == "begun"

    def end(self, how: str) -> int:
        """`kill` it now, or `wait` for its end; gives its exit status."""
        return int(self._tell(how))

    def whole(self, out: Path) -> dict[str, Any]:
        """An undisturbed run: the digest, and how many units it did and found done."""
        self.begin(out)
        assert self.end("wait") == 0
        result: dict[str, Any] = json.loads((out.parent / "result.json").read_text())
        return result

    def _tell(self, line: str) -> str:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(line, file=self._process.stdin, flush=True)
        deadline = threading.Timer(ANSWER_S, self._process.kill)  # then there is no answer, and the test fails
        deadline.start()
        try:
            return self._process.stdout.readline().strip()
        finally:
            deadline.cancel()


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return seal(tmp_path / "in", document_rows(SHARDS * 25), parts=SHARDS)


@pytest.fixture
def runs(source: Path) -> Iterator[Runs]:
    command = [sys.executable, "-m", "tests.engine.killed", str(source)]
    # Arrow's own allocator keeps a thread, and a process with threads may fork into a child that waits for ever.
    environment = {**os.environ, "ARROW_DEFAULT_MEMORY_POOL": "system"}
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield Runs(process)
        assert process.stdin is not None
        process.stdin.close()


def finished_units(out: Path) -> set[str]:
    """The units that are there whole."""
    work = out.parent / ".work" / out.name
    return {path.name for path in work.glob("*") if not path.name.startswith(".") and read_receipt(path.name, work)}


def is_sound(out: Path) -> bool:
    """Either no dataset at all, or one whose every byte is as its manifest says."""
    try:
        return Dataset.open(out).verify() == []
    except DatasetError:
        return not out.exists()


def test_fifty_kills(runs: Runs, tmp_path: Path) -> None:
    """Killed at fifty random moments: never a half-sealed dataset, no finished unit lost or done again, and at the end the same digest."""
    print(f"seed {SEED}")
    began = time.monotonic()
    expected = runs.whole(tmp_path / "calm" / "out")
    length_s = time.monotonic() - began
    assert expected["done"] >= SHARDS

    chance = random.Random(SEED)
    kills = rounds = 0
    while kills < KILLS:
        rounds += 1
        out = tmp_path / f"round{rounds}" / "out"
        finished: set[str] = set()
        while kills < KILLS and not out.exists():
            runs.begin(out)
            time.sleep(chance.uniform(0, length_s))
            status = runs.end("kill")
            assert status in (0, -signal.SIGKILL)
            kills += status != 0
            assert is_sound(out)
            now = finished_units(out)
            assert finished <= now, "a finished unit was lost"
            finished = now
        result = runs.whole(out)
        assert result["digest"] == expected["digest"]
        assert result["reused"] == len(finished), "a finished unit was done again"
        assert result["done"] + result["reused"] == expected["done"]
        assert is_sound(out)
        assert sorted(path.name for path in out.parent.iterdir()) == [".out.lock", *versions(out), ".work", "out", "result.json"]
    print(f"{kills} kills in {rounds} rounds")


def versions(out: Path) -> list[str]:
    """A run killed after sealing and run again leaves the first, equal one among the earlier versions."""
    return [path.name for path in (out.parent / ".versions",) if path.exists()]
