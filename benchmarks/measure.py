"""Measuring a command as a whole process tree: CPU seconds, wall seconds, peak memory. Linux only.

CPU seconds of every descendant count. The operating system adds up those of processes that their parents waited for;
daemons that outlive their parent escape that sum, so each process of the tree is also looked at twenty times a second, and
the larger of the two sums is the figure. Memory is the largest sum of the tree's proportional set sizes (PSS: shared pages
are divided among those who share them). What is measured may keep its compiled modules, as a user's Python does, whatever
`PYTHONDONTWRITEBYTECODE` says here: without them every start would compile all that it imports.
"""

from __future__ import annotations

import math
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TypeVar

T = TypeVar("T")
KHETTARA = str(Path(sys.executable).parent / "khettara")
LOOK_S = 0.05
LINGER_S = 10.0


@dataclass(frozen=True)
class Cost:
    """What one run of a command cost; `output` is what it printed on stdout."""

    cpu_s: float
    wall_s: float
    peak_mb: float
    output: str


def measure(command: Sequence[str], environment: dict[str, str] | None = None) -> Cost:
    """Run a command to its end. Raises `CalledProcessError` when it fails."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    seen = _Seen()
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    # Files, not pipes: a daemon that outlives the command would keep a pipe open.
    with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as errors:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=errors, env=inherited | (environment or {}))
        watcher = threading.Thread(target=_watch, args=(process, seen))
        watcher.start()
        process.wait()
        wall = time.perf_counter() - began
        watcher.join()
        printed, complaints = _read(output), _read(errors)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command, printed, complaints)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(max(cpu, sum(seen.cpu_s.values())), wall, seen.peak_mb, printed)


def median(runs: int, once: Callable[[], Cost]) -> Cost:
    """The median of each figure over so many runs, after one that does not count; `output` is what all of them printed."""
    once()
    costs = [once() for _ in range(runs)]
    return Cost(
        statistics.median(cost.cpu_s for cost in costs),
        statistics.median(cost.wall_s for cost in costs),
        statistics.median(cost.peak_mb for cost in costs),
        "".join(cost.output for cost in costs),
    )


def if_possible(name: str, work: Callable[[], T]) -> T | None:
    """What `work` gives; None, with the reason said, where a command of it fails."""
    try:
        return work()
    except subprocess.CalledProcessError as error:
        lines = [line for line in ((error.stderr or "") + (error.stdout or "")).splitlines() if line.strip()]
        print(f"{name} is left out: {lines[-1] if lines else f'exit status {error.returncode}'}", file=sys.stderr)
        return None


@dataclass
class _Seen:
    """What was seen of a process tree while it ran: the CPU seconds of each process, and the most memory at one time."""

    cpu_s: dict[int, float] = field(default_factory=dict)
    peak_mb: float = 0.0


def _read(file: IO[str]) -> str:
    file.seek(0)
    return file.read()


def _watch(process: subprocess.Popen[bytes], seen: _Seen) -> None:
    """Look at the tree until its last process is gone: daemons tidy up after the command has ended."""
    until = math.inf
    while time.monotonic() < until:
        if process.poll() is not None:
            until = min(until, time.monotonic() + LINGER_S)
        alive = {pid: cpu for pid in _tree(process.pid, set(seen.cpu_s)) if (cpu := _cpu_s(pid)) is not None}
        if not alive:
            return
        seen.cpu_s.update(alive)
        seen.peak_mb = max(seen.peak_mb, sum(map(_pss_kb, alive)) / 1024)
        time.sleep(LOOK_S)


def _cpu_s(pid: int) -> float | None:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except (OSError, IndexError):
        return None
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _tree(root: int, known: set[int]) -> list[int]:
    """The process and its descendants, with those known from before that have lost their parent."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parents[int(entry.name)] = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
            except (OSError, IndexError, ValueError):
                continue
    found = [root, *(known & parents.keys() - {root})]
    for pid in found:
        found += [child for child, parent in parents.items() if parent == pid and child not in found]
    return found


def _pss_kb(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)
