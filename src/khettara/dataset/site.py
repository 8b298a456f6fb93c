"""What this site demands beyond a valid certificate: `site.toml` beside the keys. Without the file, its defaults hold.

    stale_revocations = "refuse"        # a list of revocations past its next update: "accept" or "refuse"
    override = "second person"          # who may override: "second person", or "one person" where there is no second

    [profiles]                          # for a purpose, the digest of the one profile whose certificates count
    pretraining = "5e1f…"

A file that does not read opens nothing: whoever wrote it meant something.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from khettara.dataset.signing import DIGEST, key_home
from khettara.errors import CertificateError

NAME = "site.toml"
STALE = ("accept", "refuse")
OVERRIDE = ("second person", "one person")


@dataclass(frozen=True)
class Site:
    """See the module's description."""

    stale_revocations: Literal["accept", "refuse"] = "accept"
    override: Literal["second person", "one person"] = "second person"
    profiles: Mapping[str, str] = field(default_factory=dict)


def read_site() -> Site:
    """What this site demands. Raises `CertificateError` for a file that does not read or says something unknown."""
    path = key_home() / NAME
    try:
        said: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Site()
    except (OSError, ValueError) as error:
        raise CertificateError(f"does not read: {error}", where=str(path), hint="Mend it, or remove it to go back to the defaults.") from error
    wrong = _wrong(said)
    if wrong:
        raise CertificateError(wrong, where=str(path), hint=f"It may say: stale_revocations {STALE}, override {OVERRIDE}, and [profiles].")
    return Site(**said)


def _wrong(said: Mapping[str, Any]) -> str | None:
    unknown = sorted(set(said) - {"stale_revocations", "override", "profiles"})
    if unknown:
        return f"unknown setting {unknown[0]!r}"
    if said.get("stale_revocations", "accept") not in STALE:
        return f"stale_revocations = {said['stale_revocations']!r} is not known"
    if said.get("override", OVERRIDE[0]) not in OVERRIDE:
        return f"override = {said['override']!r} is not known"
    profiles = said.get("profiles", {})
    if not isinstance(profiles, dict):
        return "[profiles] is a table: purpose = digest"
    for purpose, digest in profiles.items():
        if not isinstance(digest, str) or not DIGEST.fullmatch(digest):
            return f"the profile for {purpose!r} is named by its sha256, 64 hexadecimal digits"
    return None
