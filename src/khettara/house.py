"""The whole house under one roof: which rooms there are, and how a recipe walks through them.

Rooms do not import one another; this list is the one place that knows them all. Each is imported when a recipe enters it.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from khettara.errors import storage_errors

if TYPE_CHECKING:
    from khettara.dataset import Dataset, Sealed
    from khettara.engine import Progress, Stage, StageResult, Workers


def _room(module: str, name: str) -> Callable[[], type[Stage]]:
    def load() -> type[Stage]:
        stage: type[Stage] = getattr(import_module(module), name)
        return stage

    return load


STAGES = {
    "ingest": _room("khettara.ingest.stage", "IngestStage"),
    "clean": _room("khettara.clean.stage", "CleanStage"),
    "certify": _room("khettara.certify.stage", "CertifyStage"),
    "train": _room("khettara.llm.stage", "TrainStage"),
    "ask": _room("khettara.llm.stage", "AskStage"),
}


@dataclass(frozen=True)
class Run:
    """What a run of a recipe did. `report` is the page to look at."""

    name: str
    description: str
    output: Path
    results: tuple[StageResult, ...]
    seconds: float
    report: Path

    @property
    def up_to_date(self) -> bool:
        """Nothing had to be done."""
        return all(result.state == "up to date" for result in self.results)

    def as_json(self) -> dict[str, Any]:
        """Plain values, as `run.json` holds them."""
        stages = [asdict(result) | {"path": str(result.path)} for result in self.results]
        return {
            "name": self.name,
            "output": str(self.output),
            "report": str(self.report),
            "seconds": round(self.seconds, 3),
            "up_to_date": self.up_to_date,
            "stages": stages,
        }


def run(
    recipe: str | os.PathLike[str],
    *,
    output: str | os.PathLike[str] | None = None,
    workers: Workers | None = None,
    progress: Progress | None = None,
) -> Run:
    """Run a recipe: every stage that is not up to date, in order; then write `run.json` and `report.html` beside the results.

    Args:
        recipe: the YAML file.
        output: where results go, instead of where the recipe says.
        workers: threads on every core unless said otherwise.
        progress: where to show it; nowhere by default.

    Raises:
        KhettaraError: with what, where and what to do; finished stages and shards stay finished.
    """
    from khettara.engine import Context, Silence, Workers, read_recipe

    began = time.monotonic()
    progress = progress or Silence()
    read = read_recipe(Path(recipe), STAGES)
    destination = Path(output).resolve() if output is not None else read.output
    results: list[StageResult] = []
    made: set[str] = set()
    for stage in read.stages:
        context = Context(read.path.parent.resolve(), destination, workers or Workers(), progress, frozenset(made))
        result = stage.run(context)
        progress.note(_line(result))
        results.append(result)
        made |= {stage.makes()} - {None}  # type: ignore[arg-type]  # what remains are names
    done = Run(read.name, read.description, destination, tuple(results), time.monotonic() - began, destination / "report.html")
    if not (done.up_to_date and done.report.is_file()):
        from khettara.studio import report_page

        with storage_errors(destination):
            _write_whole(destination / "run.json", json.dumps(done.as_json(), ensure_ascii=False, indent=1))
            _write_whole(done.report, report_page(done.as_json(), read.description))
    return done


def _write_whole(path: Path, text: str) -> None:
    """Write a file in one rename: a reader, and a run after a kill, finds the old one or the new one."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        draft.write_text(text, encoding="utf-8")
        os.replace(draft, path)
    finally:
        draft.unlink(missing_ok=True)


def open_artefact(path: str | os.PathLike[str]) -> Dataset | Sealed:
    """Open a sealed dataset or model."""
    from khettara.dataset import MODEL_FORMAT, Dataset, Sealed, read_manifest

    manifest = read_manifest(Path(path))
    return Sealed.open(path) if manifest.format == MODEL_FORMAT else Dataset.open(path)


def _line(result: StageResult) -> str:
    if result.state == "up to date":
        return f"{result.kind}: up to date"
    shards = f", {result.units_reused} of {result.units_done + result.units_reused} shards were done already" if result.units_reused else ""
    return f"{result.kind}: {result.path.name} in {result.seconds:.1f} s{shards}"
