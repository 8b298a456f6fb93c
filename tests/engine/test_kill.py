"""`kill -9` costs the shards in flight, and nothing else."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.builders import document_rows, seal

from khettara.dataset import Dataset
from khettara.engine.units import read_receipt
from khettara.errors import DatasetError

ROOT = Path(__file__).parents[2]
KILLS = 50
SHARDS = 40
SEED = 20260101


def start(source: Path, out: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.engine.killed", str(source), str(out)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


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


def test_fifty_kills(tmp_path: Path) -> None:
    """Killed at fifty random moments: never a half-sealed dataset, no finished unit lost, and at the end the same digest."""
    source = seal(tmp_path / "in", document_rows(SHARDS * 25), parts=SHARDS)
    with start(source, tmp_path / "calm" / "out") as undisturbed:
        assert undisturbed.stdout is not None
        assert undisturbed.stdout.readline() == "ready\n"
        began = time.monotonic()
        expected = json.loads(undisturbed.stdout.read())
        length_s = time.monotonic() - began

    chance = random.Random(SEED)
    kills = rounds = 0
    while kills < KILLS:
        rounds += 1
        out = tmp_path / f"round{rounds}" / "out"
        finished: set[str] = set()
        while kills < KILLS:
            with start(source, out) as run:
                assert run.stdout is not None
                assert run.stdout.readline() == "ready\n"
                time.sleep(chance.uniform(0, length_s))
                run.send_signal(signal.SIGKILL)
                output = run.stdout.read()
            ended = run.returncode == 0
            assert is_sound(out)
            if ended:
                break
            kills += 1
            now = finished_units(out)
            assert finished <= now or out.exists(), "a finished unit was lost"
            finished = now
            if output:  # killed after the last line: this round is over
                break
        last = subprocess.run(
            [sys.executable, "-m", "tests.engine.killed", str(source), str(out)], cwd=ROOT, capture_output=True, text=True, check=True
        )
        result = json.loads(last.stdout.splitlines()[1])
        assert result["digest"] == expected["digest"]
        assert result["reused"] >= len(finished & finished_units(out)), "a finished unit was done again"
        assert result["done"] + result["reused"] == expected["done"]
        assert is_sound(out)
        assert [path.name for path in out.parent.glob(".*draft*")] == []
