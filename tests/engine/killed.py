"""Runs that tests kill: a process that has imported everything, and forks a child for each run, so that fifty of them cost seconds.

`python -m tests.engine.killed SOURCE` reads two lines for each run: where its dataset goes, then `kill` or `wait`. It answers the
first with `begun` and the second with the child's exit status. A run that ended leaves `result.json` beside its dataset.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import traceback
from pathlib import Path

from tests.engine.toys import Length, SameLength, Slow, Upper, rule, run_transform

from khettara.engine import Transform, Workers


def run(source: Path, out: Path) -> None:
    """A transform over many small shards."""
    what = Transform((Length(), Upper(), Slow(seconds=0.004)), (rule("n_chars > 30"),), (SameLength(),))
    manifest, done, reused = run_transform([source], what, out, Workers("threads", 2), shard_mb=1e-6)
    (out.parent / "result.json").write_text(json.dumps({"digest": manifest.digest, "done": done, "reused": reused}))


def main() -> None:
    """Fork, answer, and do as told; the child is not waited for before that, so its number is its own until then."""
    while out := sys.stdin.readline().strip():
        child = os.fork()
        if child == 0:
            try:
                run(Path(sys.argv[1]), Path(out))
            except BaseException:
                traceback.print_exc()
                os._exit(1)
            os._exit(0)
        print("begun", flush=True)
        if sys.stdin.readline().strip() == "kill":
            os.kill(child, signal.SIGKILL)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


if __name__ == "__main__":
    main()
