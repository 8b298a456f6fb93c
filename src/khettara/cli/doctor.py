"""`khettara doctor`: what is installed, what is missing, and what each missing thing costs."""

from __future__ import annotations

import platform
import sys

from khettara.cli.options import Json
from khettara.cli.output import print_json, print_table

LIBRARIES = (
    # distribution, extra ("" = always installed), what its absence costs
    ("pyarrow", "", "nothing works without it"),
    ("numba", "", "no cleaning, no languages: nothing that reads texts letter by letter"),
    ("polars", "", "no frames: `scan` does not work"),
    ("cryptography", "", "no keys, no certificates"),
    ("lxml", "", "no docx"),
    ("selectolax", "", "no HTML"),
    ("rapidfuzz", "", "no near-duplicates, no spellings, no linkage in tables"),
    ("python-calamine", "", "no spreadsheets"),
    ("scikit-learn", "tables", "no reference model in certificates"),
    ("torch", "llm", "no training, no answers"),
    ("tokenizers", "llm", "no training, no answers"),
    ("safetensors", "llm", "no training, no answers"),
    ("pydivsufsort", "llm", "answers cannot name their sources"),
    ("python-pkcs11", "pkcs11", "keys lie in files, not on tokens"),
    ("ray", "ray", "no --engine ray: work stays on one machine"),
)
"""Adding a library costs one line here."""


def doctor(as_json: Json = False) -> None:
    """Say what is installed, what is missing, and what each missing thing costs you.

    Example: khettara doctor
    """
    from khettara.dataset.signing import can_sign, key_home, own_keyid
    from khettara.studio import browser

    checks = [_library(*entry) for entry in LIBRARIES]
    checks.append(
        {
            "what": "signing key",
            "found": (own_keyid() or "")[:16] if can_sign() else None,
            "cost": "datasets cannot be certified",
            "remedy": "khettara keys new",
        }
    )
    checks.append({"what": "browser", "found": browser(), "cost": "reports are not printed as PDF", "remedy": "apt-get install chromium"})
    if as_json:
        print_json({"python": platform.python_version(), "keys": str(key_home()), "checks": checks})
        return
    rows = [(check["what"], check["found"] or "missing", "" if check["found"] else f"{check['cost']}; {check['remedy']}") for check in checks]
    print_table(
        f"Python {platform.python_version()} on {platform.platform(terse=True)} ({sys.prefix})", ("what", "found", "what is lost; the remedy"), rows
    )


def _library(name: str, extra: str, cost: str) -> dict[str, str | None]:
    from importlib import metadata

    try:
        found: str | None = metadata.version(name)
    except metadata.PackageNotFoundError:
        found = None
    target = f"'khettara[{extra}]'" if extra else "khettara"
    return {"what": name, "found": found, "cost": cost, "remedy": f"pip install {target}"}
