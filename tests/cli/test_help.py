"""The command helps, and starts without loading what it does not need."""

from __future__ import annotations

import subprocess
import sys

import typer

from khettara.cli.main import app

HEAVY = ("pyarrow", "numpy", "polars", "torch", "pydantic", "cryptography", "lxml", "jinja2")


def test_every_command_has_an_example() -> None:
    """The help of each command says what it does and shows one line that works."""
    group = typer.main.get_command(app)
    commands = dict(getattr(group, "commands", {}))
    for name in ("darija", "evalset", "keys", "llm"):
        commands |= {f"{name} {inner}": command for inner, command in commands.pop(name).commands.items()}
    assert len(commands) >= 12
    for name, command in commands.items():
        assert f"Example: khettara {name}" in (command.help or ""), name


def test_nothing_heavy_is_loaded_at_start() -> None:
    """The modules that take time to import are not imported for `--help`."""
    code = f"import sys, khettara.cli.main; print([name for name in {HEAVY!r} if name in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
