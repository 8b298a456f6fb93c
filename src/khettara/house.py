"""The whole house under one roof: which rooms there are, and how a recipe walks through them.

Rooms do not import one another; this list is the one place that knows them all. Each is imported when a recipe enters it.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from khettara.errors import storage_errors

if TYPE_CHECKING:
    from datetime import datetime

    from khettara.certify import Settings
    from khettara.dataset import Dataset, Sealed
    from khettara.dataset.certificate import Certificate
    from khettara.dataset.findings import Findings
    from khettara.dataset.signing import Key
    from khettara.engine import Context, Progress, Recipe, Stage, StageResult, Workers
    from khettara.tables.examine import Examined, Watch
    from khettara.tables.repair import Repaired


def _room(module: str, name: str) -> Callable[[], type[Stage]]:
    def load() -> type[Stage]:
        stage: type[Stage] = getattr(import_module(module), name)
        return stage

    return load


STAGES = {
    "ingest": _room("khettara.ingest.stage", "IngestStage"),
    "clean": _room("khettara.clean.stage", "CleanStage"),
    "repair": _room("khettara.tables.stage", "RepairStage"),
    "certify": _room("khettara.certify.stage", "CertifyStage"),
    "train": _room("khettara.llm.stage", "TrainStage"),
    "ask": _room("khettara.llm.stage", "AskStage"),
}


@dataclass(frozen=True)
class Run:
    """What a run of a recipe did.

    `report` is the page to look at; `pages` gives, for each cleaned dataset and each certificate, the page that tells more of it.
    """

    name: str
    description: str
    output: Path
    results: tuple[StageResult, ...]
    seconds: float
    report: Path
    pages: Mapping[Path, Path]

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
            "pages": {str(dataset): str(page) for dataset, page in self.pages.items()},
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
    lang: str | None = None,
) -> Run:
    """Run a recipe: every stage that is not up to date, in order; then write `run.json` and `report.html` beside the results.

    Args:
        recipe: the YAML file.
        output: where results go, instead of where the recipe says.
        workers: threads on every core unless said otherwise.
        progress: where to show it; nowhere by default.
        lang: the language of the pages, `en`, `ar` or `fr`; English, unless they are there and up to date.

    Raises:
        KhettaraError: with what, where and what to do; finished stages and shards stay finished.
    """
    from khettara.engine import Silence, Workers, read_recipe

    began = time.monotonic()
    progress = progress or Silence()
    read = read_recipe(Path(recipe), STAGES)
    if lang is not None:
        from khettara.studio import check_language

        check_language(lang)
    results: list[StageResult] = []
    pages: dict[Path, Path] = {}
    walk = list(_walk(read, output, workers or Workers(), progress))
    for stage, context in walk:
        result = stage.run(context)
        progress.note(_line(result))
        results.append(result)
        if stage.has_page():
            about, page = _page(result, stage, context, lang)
            pages[about] = page
    destination = walk[0][1].output
    done = Run(read.name, read.description, destination, tuple(results), time.monotonic() - began, destination / "report.html", pages)
    if not (done.up_to_date and _speaks(done.report, lang)):
        from khettara.studio import report_page

        beside = {str(dataset): page.name for dataset, page in pages.items()}
        with storage_errors(destination):
            _write_whole(destination / "run.json", json.dumps(done.as_json(), ensure_ascii=False, indent=1))
            _write_whole(done.report, report_page(done.as_json(), read.description, lang=lang or "en", pages=beside))
    return done


def _walk(read: Recipe, output: str | os.PathLike[str] | None, workers: Workers, progress: Progress) -> Iterator[tuple[Stage, Context]]:
    """The stages of a recipe, each with where it works and what was made before it."""
    from khettara.engine import Context

    destination = Path(output).resolve() if output is not None else read.output
    made: set[str] = set()
    for stage in read.stages:
        yield stage, Context(read.path.parent.resolve(), destination, workers, progress, frozenset(made))
        made |= {stage.makes()} - {None}  # type: ignore[arg-type]  # what remains are names


def _page(result: StageResult, stage: Stage, context: Context, lang: str | None) -> tuple[Path, Path]:
    """Write the page of a cleaned dataset or of a certificate, unless it lies there already; returns what it is about, and where it lies."""
    from khettara.studio import certificate_beside, page_beside

    if stage.stage == "certify":
        about, page = result.path / "certificate.json", certificate_beside(result.path)
        if result.state != "up to date" or not _speaks(page, lang):
            certificate_report(result.path, page, lang=lang or "en")
        return about, page
    page = page_beside(result.path)
    if result.state != "up to date" or not _speaks(page, lang):
        report(result.path, page, lang=lang or "en", search=tuple({context.artefact(name).parent for name in getattr(stage, "sources", ())}))
    return result.path, page


def _speaks(page: Path, lang: str | None) -> bool:
    """Whether a page is there, in that language if one is asked for."""
    try:
        with page.open(encoding="utf-8") as file:
            return lang is None or f'<html lang="{lang}"' in file.read(200)
    except OSError:
        return False


def report(dataset: str | os.PathLike[str], page: str | os.PathLike[str] | None = None, *, lang: str = "en", search: tuple[Path, ...] = ()) -> Path:
    """Write the page of a cleaned dataset, beside it unless `page` says where, and return where it lies.

    Raises:
        DatasetError: it was not made by cleaning.
    """
    from khettara.dataset import Dataset
    from khettara.studio import dataset_page, page_beside

    opened = Dataset.open(dataset)
    path = Path(page) if page is not None else page_beside(opened.path)
    text = dataset_page(opened, lang=lang, search=search)
    with storage_errors(path):
        _write_whole(path, text)
    return path


def certificate_report(dataset: str | os.PathLike[str], page: str | os.PathLike[str] | None = None, *, lang: str = "en") -> Path:
    """Write the page of a dataset's certificate, beside it unless `page` says where, and return where it lies.

    Raises:
        CertificateError: it has none, or one that does not read.
    """
    from khettara.certify import examine as examine_dataset
    from khettara.dataset import Dataset
    from khettara.dataset.findings import read_findings
    from khettara.studio import certificate_beside, certificate_page

    opened = Dataset.open(dataset)
    path = Path(page) if page is not None else certificate_beside(opened.path)
    findings = None if opened.kind == "table" or read_findings(opened) is not None else examine_dataset(opened)
    text = certificate_page(opened, lang=lang, findings=findings)
    with storage_errors(path):
        _write_whole(path, text)
    return path


def tune(
    recipe: str | os.PathLike[str],
    changes: Mapping[str, str] | None = None,
    *,
    stage: str | None = None,
    output: str | os.PathLike[str] | None = None,
    examples: int = 3,
) -> list[dict[str, Any]]:
    """Try other `keep` expressions for rules of a recipe's clean stages on what is measured already; nothing is written.

    Args:
        recipe: the YAML file.
        changes: for some rules, the expression to try.
        stage: only the clean stage that makes this dataset.
        output: where the recipe's results are, instead of where it says.
        examples: how many records to show that would change side, in each direction.

    Raises:
        KhettaraError: not measured yet, no such stage or rule, an expression that does not read.
    """
    from khettara.clean.tune import tune as try_rules
    from khettara.engine import Silence, Workers, read_recipe

    wanted = dict(changes or {})
    walk = [step for step in _walk(read_recipe(Path(recipe), STAGES), output, Workers(), Silence()) if step[0].stage == "clean"]
    chosen = [(entry, context) for entry, context in walk if stage in (None, entry.makes())]
    _check_tuned([(str(entry.makes()), _rules(entry)) for entry, _ in (chosen or walk)], wanted, stage, str(recipe))
    return [
        try_rules(entry, context, {rule: keep for rule, keep in wanted.items() if rule in _rules(entry)}, str(recipe), examples=examples)  # type: ignore[arg-type]
        for entry, context in chosen
    ]


def _rules(stage: Stage) -> list[str]:
    return [rule.rule for rule in getattr(stage, "rules", ())]


def _check_tuned(stages: Sequence[tuple[str, Sequence[str]]], changes: Mapping[str, str], stage: str | None, recipe: str) -> None:
    """Raise `RecipeError` for a stage or a rule that is not there."""
    from khettara.engine import nearest
    from khettara.errors import RecipeError

    made = [name for name, _ in stages]
    if not stages:
        raise RecipeError("it has no clean stage, so there is no rule to tune", where=recipe)
    if stage is not None and stage not in made:
        raise RecipeError(f"no clean stage makes {stage!r}", where=recipe, hint=nearest(stage, made))
    known = [rule for _, rules in stages for rule in rules]
    for name in changes:
        if name not in known:
            raise RecipeError(f"no rule {name!r}", where=recipe, hint=nearest(name, known) if known else "Its clean stages have no rules.")


def write_rules(recipe: str | os.PathLike[str], changes: Mapping[str, str], *, stage: str | None = None) -> None:
    """Write other `keep` expressions into a recipe; everything else in it stays byte for byte as it was.

    Raises:
        RecipeError: no such rule in the recipe's own text, or an expression that does not read.
    """
    from khettara.engine import Expression, parse_yaml, read_recipe
    from khettara.engine.amend import amended
    from khettara.errors import RecipeError

    path = Path(recipe)
    read = read_recipe(path, STAGES)
    for rule, keep in changes.items():
        try:
            Expression(keep)
        except ValueError as error:
            raise RecipeError(str(error), where=f"{path}, rule {rule}") from None
    text = path.read_text(encoding="utf-8")
    places: dict[tuple[str | int, ...], str] = {}
    found: set[str] = set()
    for number, entry in enumerate(parse_yaml(text, str(path))[0]["stages"]):
        settings = entry.get("clean") or {}
        for place, rule in enumerate(settings.get("rules") or []) if stage in (None, settings.get("to")) else ():
            if rule["rule"] in changes:
                found.add(rule["rule"])
                places["stages", number, "clean", "rules", place, "keep"] = changes[rule["rule"]]
    for name in sorted(changes.keys() - found):
        because = next((rule.because for entry in read.stages for rule in getattr(entry, "rules", ()) if rule.rule == name), None)
        hint = "There is no rule of this name." if because is None else "It comes from a preset. Write it under `rules`, where it takes its place:"
        line = "" if because is None else f"\n  - {json.dumps({'rule': name, 'keep': changes[name], 'because': because}, ensure_ascii=False)}"
        raise RecipeError(f"rule {name!r} does not stand in this recipe itself", where=str(path), hint=hint + line)
    with storage_errors(path):
        _write_whole(path, amended(text, places, str(path)))


def _write_whole(path: Path, text: str) -> None:
    """Write a file in one rename: a reader, and a run after a kill, finds the old one or the new one."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        draft.write_text(text, encoding="utf-8")
        os.replace(draft, path)
    finally:
        draft.unlink(missing_ok=True)


def examine(
    path: str | os.PathLike[str], *, sheet: str | None = None, only: Sequence[str] = (), label: str | None = None, watch: Watch | None = None
) -> Examined | Findings:
    """Find what is wrong with a table (a file, or a sealed dataset of kind `table`), or with a dataset of documents or clips.

    Args:
        path: the file or folder.
        sheet: the sheet of a workbook.
        only: findings of these kinds only.
        label: of a table, the column that a model would learn to tell; else the one whose header says so.
        watch: told what is being looked for.

    Raises:
        KhettaraError: it does not read.
    """
    from khettara.dataset import Dataset
    from khettara.dataset.defects import OF_TEXTS_AND_CLIPS
    from khettara.tables.examine import check_kinds
    from khettara.tables.examine import examine as examine_table

    if (Path(path) / "dataset.json").is_file():
        dataset = Dataset.open(path)
        if dataset.kind != "table":
            from khettara.certify import examine as examine_dataset

            check_kinds(only, OF_TEXTS_AND_CLIPS)
            found: Findings = examine_dataset(dataset)
            return replace(found, findings=tuple(one for one in found.findings if not only or one.kind in only))
    return examine_table(path, sheet=sheet, only=only, label=label, watch=watch)


def repair(
    table: str | os.PathLike[str],
    output: str | os.PathLike[str],
    *,
    apply: Sequence[str] = ("all",),
    sheet: str | None = None,
    label: str | None = None,
    licence: str | None = None,
    watch: Watch | None = None,
) -> Repaired:
    """Examine a table, apply the repairs of the findings named in `apply` (ids, kinds, or `all` that is certain), and seal the result.

    Raises:
        KhettaraError: the table does not read, or there is no such repair.
    """
    from khettara.tables.examine import examine as examine_table
    from khettara.tables.repair import repair as seal

    examined = examine_table(table, sheet=sheet, label=label, watch=watch)
    return seal(examined.table, examined.findings(), examined.found, apply, Path(output), settings={"sheet": sheet, "label": label}, licence=licence)


def certify(
    path: str | os.PathLike[str],
    purpose: str,
    key: Key,
    *,
    now: datetime | None = None,
    settings: Settings | None = None,
    again: bool = False,
) -> Certificate:
    """Measure a dataset against what a purpose demands, and sign the verdict. A table that holds no findings is examined first.

    Args:
        path: the dataset's folder.
        purpose: a profile's name, or the path of one.
        key: who signs.
        now: the date of issue; the present unless given.
        settings: rights, attestations, the label, evaluation sets.
        again: only look at records that changed since the folder was last certified; the result is the same.

    Raises:
        KhettaraError: the bytes differ from what was sealed, or it is of a kind that has no measures.
    """
    from khettara.certify import Settings, recertify
    from khettara.certify import certify as measure
    from khettara.dataset import Dataset
    from khettara.dataset.findings import NAME

    dataset, asked = Dataset.open(path), settings or Settings()
    if dataset.kind == "table" and asked.findings is None and not (dataset.path / NAME).is_file():
        from khettara.tables.examine import Examined

        examined = examine(path, label=asked.label)
        assert isinstance(examined, Examined)
        asked = replace(asked, findings=examined.findings())
    return (recertify if again else measure)(Path(path), purpose, key, now, asked)


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
