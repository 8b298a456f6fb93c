"""The documents say what is there."""

from __future__ import annotations

import importlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = sorted(p.parent.relative_to(ROOT / "src").as_posix().replace("/", ".") for p in (ROOT / "src").rglob("__init__.py"))


def test_the_map_of_files_is_that_of_the_tree() -> None:
    """README's map has one line for each module, in its docstring's words."""
    assert subprocess.run([sys.executable, ROOT / "scripts" / "file_map.py", "--check"], check=False).returncode == 0


@pytest.mark.parametrize("package", PACKAGES)
def test_what_a_room_lists_is_there(package: str) -> None:
    """`__all__` names what others may use, in order, and each name exists."""
    module = importlib.import_module(package)
    names = getattr(module, "__all__", [])
    assert [name for name in names if not hasattr(module, name)] == []
    assert len(names) == len(set(names))


@pytest.mark.parametrize("page", sorted(ROOT.glob("*.md")) + sorted(ROOT.glob("docs/**/*.md")), ids=lambda path: path.name)
def test_links_lead_somewhere(page: Path) -> None:
    """Every relative link of the documents leads to a file."""
    targets = re.findall(r"\]\((?!https?://|#)([^)#]+)", page.read_text(encoding="utf-8"))
    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_every_command_is_in_the_readme() -> None:
    """The README names each command that there is, and no other."""
    import typer

    from khettara.cli.main import app

    group = typer.main.get_command(app)
    there = set(getattr(group, "commands", {}))
    named = set(re.findall(r"^\| `khettara (\w+)", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE))
    assert named == there


def test_nothing_names_the_place_where_it_was_made() -> None:
    """Code and documents hold no path of a machine and no host of a package index."""
    words = re.compile(r"/work/|/root/|pypi\.org|files\.pythonhosted|/tmp/venv", re.IGNORECASE)
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\n")
    texts = [ROOT / name for name in tracked if Path(name).suffix in {".py", ".md", ".toml", ".yaml", ".sh", ".txt", ".j2"}]
    found = [path for path in texts if path != Path(__file__) and path.exists() and words.search(path.read_text("utf-8", "replace"))]
    assert found == []
