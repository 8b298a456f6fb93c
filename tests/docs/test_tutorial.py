"""The tutorial works, command by command, as a reader would type it."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")


def test_the_tutorial_runs(tmp_path: Path) -> None:
    """Each command of the page succeeds, in order; the second run of its recipe finds everything up to date."""
    if not (Path(sys.prefix) / "bin" / "khettara").exists():
        pytest.skip("the command is not installed in this environment")
    (tmp_path / "samples").symlink_to(ROOT / "samples")
    recipe = tmp_path / "data" / "tutorial" / "recipe.yaml"
    recipe.parent.mkdir(parents=True)
    (text,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    recipe.write_text(text, encoding="utf-8")
    environment = {**os.environ, "PATH": f"{Path(sys.prefix) / 'bin'}:{os.environ['PATH']}"}
    commands = [line for block in re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL) for line in block.splitlines()]
    assert len(commands) > 10
    for command in commands:
        done = subprocess.run(shlex.split(command), cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    again = subprocess.run(["khettara", "run", str(recipe)], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
    assert "Everything was up to date." in again.stdout
