"""A run that tests kill: `python -m tests.engine.killed SOURCE OUT`. It prints the digest and how much was done and found done."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from tests.engine.toys import Length, SameText, Slow, Upper, rule, run_transform

from khettara.engine import Transform, Workers


def main() -> None:
    """Run a transform over many small shards."""
    source, out = (Path(name) for name in sys.argv[1:3])
    what = Transform((Length(), Upper(), Slow(seconds=0.004)), (rule("n_chars > 30"),), (SameText(),))
    print("ready", flush=True)
    manifest, done, reused = run_transform([source], what, out, Workers("threads", 2), shard_mb=1e-6)
    print(json.dumps({"digest": manifest.digest, "done": done, "reused": reused}), flush=True)


if __name__ == "__main__":
    main()
