"""A stage: one entry of a recipe, one room's work, one artefact.

    - clean:
        from: raw
        to: clean
        steps: [repair_encoding, scrub]

The stage is a frozen model whose fields are its settings; `run` does the work and says what came of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict

from khettara.dataset import Dataset, Manifest, read_manifest
from khettara.engine.workers import Progress, Silence, Workers
from khettara.errors import DatasetError, NotSealed, RecipeError, Tampered

WORK_FOLDER = ".work"
LONGEST_NAME = 200
"""Bytes: file systems take 255, and the hidden folders beside an artefact add a few to its name."""


@dataclass(frozen=True)
class StageResult:
    """What came of a stage. `path` is what it made; `facts` are plain JSON values for reports."""

    kind: str
    path: Path
    digest: str
    state: Literal["made", "up to date"]
    counts: Mapping[str, Any] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)
    seconds: float = 0.0
    units_done: int = 0
    units_reused: int = 0


@dataclass(frozen=True)
class Context:
    """Where a stage works. `base` is the recipe's folder, which relative paths of sources start from."""

    base: Path
    output: Path
    workers: Workers = field(default_factory=Workers)
    progress: Progress = field(default_factory=Silence)
    names: frozenset[str] = frozenset()  # what earlier stages of the recipe made

    def artefact(self, name: str) -> Path:
        """The folder of an artefact: what an earlier stage made under this name, else a path from the recipe's folder."""
        if name in self.names or not (self.base / name).exists():
            return self.output / name
        return self.base / name

    def dataset(self, name: str) -> Dataset:
        """Open a dataset that a stage reads."""
        path = self.artefact(name)
        try:
            return Dataset.open(path)
        except NotSealed as error:
            made = f" Stages of this recipe make: {', '.join(sorted(self.names))}." if self.names else ""
            raise NotSealed(error.what, where=error.where, hint=f"{error.hint or ''}{made}".strip()) from None

    def work(self, name: str) -> Path:
        """Where the units of the artefact `name` are kept."""
        return self.output / WORK_FOLDER / name

    def up_to_date(self, name: str, key: str) -> Manifest | None:
        """The manifest of an artefact that was made with the same key and whose files are there; else None."""
        path = self.output / name
        try:
            manifest = read_manifest(path)
            if manifest.step.key == key and all((path / f.path).stat().st_size == f.bytes for f in manifest.files):
                return manifest
        except (DatasetError, OSError):
            pass
        return None


class Stage(BaseModel):
    """One entry of a recipe."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    stage: ClassVar[str]

    def makes(self) -> str | None:
        """The name of the artefact that later stages may read, if any."""
        return getattr(self, "to", None)

    def has_page(self) -> bool:
        """Whether there is something to report of what it makes, on a page of its own."""
        return False

    def run(self, context: Context) -> StageResult:
        """Do the work, or find it done."""
        raise NotImplementedError


def verified(datasets: list[Dataset]) -> list[Dataset]:
    """The same datasets, once every byte of them was checked. Raises `Tampered` with the first difference."""
    for dataset in datasets:
        faults = dataset.verify()
        if faults:
            raise Tampered(str(faults[0]), where=str(dataset.path), hint=f"`khettara verify {dataset.path}` lists every difference.")
    return datasets


def check_artefact_name(name: str) -> str:
    """A name that is one folder, not a path out of the output folder."""
    if not name or name != Path(name).name or name.startswith("."):
        raise RecipeError(f"{name!r} cannot name an artefact", hint="Use a plain folder name, such as `clean`.")
    try:
        fits = len(name.encode()) <= LONGEST_NAME
    except UnicodeEncodeError:  # bytes from the command line that are no text
        fits = False
    if not fits:
        raise RecipeError(f"{name[:40]!r} cannot name an artefact", hint=f"Use a name that is text, of at most {LONGEST_NAME} bytes.")
    return name
