"""From an artefact back to the raw files it came from: a walk along digests.

model 91b2…  ← clean 5e1f… (pretraining: certified)  ← raw 07aa…  ← 128 files
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from khettara.dataset.manifest import MANIFEST_NAMES, Manifest, read_manifest
from khettara.dataset.store import VERSIONS_FOLDER, Dataset
from khettara.errors import DatasetError


@dataclass(frozen=True)
class Ancestor:
    """One artefact of the tree. `path` and `manifest` are None where its folder was not found."""

    name: str
    digest: str
    role: str
    path: Path | None
    manifest: Manifest | None
    parents: tuple[Ancestor, ...]


def lineage(path: Path, search: tuple[Path, ...] = ()) -> Ancestor:
    """The tree of everything that the artefact at `path` was made from.

    Parents are looked for, by digest, beside the artefact, among earlier versions beside it, and below the folders `search`.

    Raises:
        NotSealed, Tampered: `path` itself does not open. A parent that is missing or changed stays in the tree without a path.
    """
    manifest = read_manifest(path)
    places = (path.resolve().parent, *search)
    return _ancestor(manifest.name, manifest.digest, "model" if manifest.kind == "model" else "dataset", path, manifest, places)


def _ancestor(name: str, digest: str, role: str, path: Path | None, manifest: Manifest | None, places: tuple[Path, ...]) -> Ancestor:
    parents = []
    for parent in manifest.parents if manifest else ():
        found = find(parent.digest, places) if parent.role in ("dataset", "model") else None
        parents.append(_ancestor(parent.name, parent.digest, parent.role, found[0] if found else None, found[1] if found else None, places))
    return Ancestor(name, digest, role, path, manifest, tuple(parents))


def find(digest: str, places: tuple[Path, ...]) -> tuple[Path, Manifest] | None:
    """The folder below `places` (one or two levels) that holds the artefact with this digest."""
    for folder in _sealed_folders(places):
        if _stated_digest(folder) != digest:
            continue
        try:
            manifest = read_manifest(folder)
        except DatasetError:
            continue  # a manifest that only claims to be it
        return folder, manifest
    return None


def _sealed_folders(places: tuple[Path, ...]) -> Iterator[Path]:
    for place in places:
        for pattern in ("*", f"{VERSIONS_FOLDER}/*", "*/*", f"*/{VERSIONS_FOLDER}/*"):
            yield from sorted(folder for folder in place.glob(pattern) if folder.is_dir())


def _stated_digest(folder: Path) -> str | None:
    for name in MANIFEST_NAMES.values():
        try:
            stated = json.loads((folder / name).read_bytes()).get("digest")
        except (OSError, ValueError, AttributeError):
            continue
        return stated if isinstance(stated, str) else None
    return None


def raw_files(path: Path) -> list[dict[str, object]]:
    """The raw files that an ingested dataset was read from, as its `sources` part lists them."""
    dataset = Dataset.open(path)
    return [row for batch in dataset.batches(role="sources") for row in batch.to_pylist()]
