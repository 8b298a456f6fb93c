"""Completion in a real shell: what a user gets after `khettara --install-completion`."""

from __future__ import annotations

import os
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

BASH = shutil.which("bash")


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[int]:
    """A terminal with an interactive bash in it, whose user has installed the completion."""
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    environment = os.environ | {"HOME": str(tmp_path), "SHELL": str(BASH), "TERM": "dumb", "PATH": path, "PS1": "$ "}
    subprocess.run(["khettara", "--install-completion"], env=environment, check=True, capture_output=True)
    ours, theirs = os.openpty()
    with subprocess.Popen([str(BASH), "-i"], stdin=theirs, stdout=theirs, stderr=theirs, env=environment, start_new_session=True) as shell:
        os.close(theirs)
        yield ours
        shell.kill()
    os.close(ours)


def typed(terminal: int, keys: str, awaited: str) -> str:
    """What the terminal shows after `keys`, as soon as `awaited` is in it, or after 60 seconds."""
    os.write(terminal, keys.encode())
    shown, end = "", time.monotonic() + 60
    while awaited not in shown and time.monotonic() < end:
        if select.select([terminal], [], [], 0.1)[0]:
            shown += os.read(terminal, 4096).decode(errors="replace")
    return shown


@pytest.mark.skipif(BASH is None, reason="there is no bash here")
@pytest.mark.parametrize(
    ("keys", "completed"), [("khettara line\t", "khettara lineage "), ("khettara llm tr\t", "llm train "), ("khettara run --eng\t", "--engine ")]
)
def test_the_tab_key_completes(terminal: int, keys: str, completed: str) -> None:
    """The tab key finishes a command, a command of a room, and an option."""
    assert completed in typed(terminal, keys, completed)
