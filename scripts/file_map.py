"""Write the map of the files into README.md: one line for each module, from the first sentence of its docstring.

python scripts/file_map.py            rewrites the map
python scripts/file_map.py --check    exit status 1 when the map in README.md is not that of the tree
"""

from __future__ import annotations

import ast
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
START, END = "<!-- map -->\n", "<!-- /map -->"
OTHER = {
    "recipes/demo.yaml": "the main job, on the bundled sample",
    "recipes/shared.yaml": "the same job on real data laid beside the project",
    "samples/": "the sample archive, written for the project, and the truth about what is planted in it",
    "benchmarks/": "the figures, each against a named peer in the same run",
    "docs/": "the tutorial, one page a room, decisions, experiments",
    "scripts/": "the set-up, and this map",
    "tests/": "one folder a room",
}


def file_map() -> str:
    """The map, as a Markdown list by folder."""
    lines = []
    for path in sorted((ROOT / "src" / "khettara").rglob("*.py"), key=lambda p: (p.parent, p.name != "__init__.py", p.name)):
        name = path.relative_to(ROOT).as_posix()
        sentence = first_sentence(path)
        if path.name == "__init__.py":
            lines.append(f"- **`{name.removesuffix('__init__.py')}`** {sentence}")
        else:
            lines.append(f"  - `{path.name}` {sentence}")
    lines += [f"- **`{name}`** {what}" for name, what in OTHER.items()]
    return "\n".join(lines) + "\n"


def first_sentence(path: Path) -> str:
    """The first line of a module's docstring, up to its first full stop."""
    doc = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return doc.split("\n\n")[0].replace("\n", " ").split(". ")[0].rstrip(".")


def main() -> int:
    """Rewrite the map, or check it."""
    readme = ROOT / "README.md"
    text = readme.read_text(encoding="utf-8")
    before, _, rest = text.partition(START)
    _, _, after = rest.partition(END)
    fresh = f"{before}{START}{file_map()}{END}{after}"
    if "--check" in sys.argv:
        return int(fresh != text)
    readme.write_text(fresh, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
