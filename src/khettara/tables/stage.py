"""The repair stage: a table is examined, what can be mended with certainty is mended, and the result is a sealed dataset.

- repair: {table: register.csv, to: register, apply: [all]}
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any, ClassVar, Literal

from pydantic import field_validator

from khettara.dataset import sha256_file
from khettara.engine import Context, Stage, StageResult, check_artefact_name, hash_key
from khettara.errors import SourceError
from khettara.tables.repair import VERSION, repair


class RepairStage(Stage):
    """See the module's description.

    `table` is a file (a path from the recipe's folder) or a dataset of kind `table`; `sheet` names one of a spreadsheet,
    `label` the column that a model would learn to tell.
    `apply`: ids or kinds of findings, or `all` for those that are certain.
    """

    stage: ClassVar[str] = "repair"

    table: str
    to: str
    apply: tuple[str, ...] = ("all",)
    sheet: str | None = None
    label: str | None = None
    licence: str | None = None

    _name = field_validator("to")(check_artefact_name)

    def run(self, context: Context) -> StageResult:
        """See `Stage`."""
        from khettara.tables.examine import VERSION as EXAMINE_VERSION
        from khettara.tables.examine import examine

        began = time.monotonic()
        path = context.artefact(self.table)
        settings = self.model_dump(mode="json", exclude={"table", "to"}) | {"name": path.name}
        key = hash_key("repair", VERSION, EXAMINE_VERSION, settings, _digest(path))
        made = context.up_to_date(self.to, key)
        if made is None:
            context.progress.note(f"repair: examining {path.name}")
            examined = examine(path, sheet=self.sheet, label=self.label)
            to, findings = context.output / self.to, examined.findings()
            manifest = repair(examined.table, findings, examined.found, self.apply, to, settings=settings, licence=self.licence, key=key).manifest
        else:
            manifest = made
        state: Literal["made", "up to date"] = "up to date" if made is not None else "made"
        return StageResult(
            self.stage, context.output / self.to, manifest.digest, state, manifest.counts, _facts(context.output / self.to), time.monotonic() - began
        )


def _facts(path: Path) -> dict[str, Any]:
    """What a page of the run says of it: the findings, in the languages of the house."""
    from khettara.dataset import Dataset
    from khettara.dataset.findings import read_findings

    findings = read_findings(Dataset.open(path))
    told = findings.as_json()["findings"] if findings is not None else []
    return {"findings": [{name: finding[name] for name in ("id", "kind", "columns", "records", "cause", "state")} for finding in told]}


def _digest(path: Path) -> str:
    """What names the table's bytes."""
    from khettara.dataset import read_manifest

    if path.is_dir():
        return read_manifest(path).digest
    if not path.is_file():
        raise SourceError("no such table", where=str(path), hint="Check `table` in the recipe: a path from the recipe's folder.")
    return sha256_file(path)
