"""The column that a model would learn to tell, named by who asks: it need not say so in its header."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from tests.tables.relations import register
from typer.testing import CliRunner

from khettara.cli.main import app
from khettara.engine import Context
from khettara.house import examine, repair
from khettara.tables.stage import RepairStage


@pytest.fixture(scope="module")
def wards(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A register whose column `suite` follows from age, weight and height, but for some rows; its header says nothing."""
    cells = register(4000)
    sums = np.array([int(cells["age"][row] or 0) / 6 + float(cells["poids"][row] or 0) / 3 for row in range(4000)])
    middle = float(np.median(sums))
    suite = np.where(sums > middle, "oui", "non")
    for row in np.flatnonzero(np.abs(sums - middle) > 4)[::40].tolist():
        suite[row] = "non" if suite[row] == "oui" else "oui"
    path = tmp_path_factory.mktemp("wards") / "wards.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["age", "poids", "taille", "suite"])
        rows.writerows(zip(cells["age"], cells["poids"], cells["taille"], suite.tolist(), strict=True))
    return path


def test_a_named_label_is_judged_and_no_other(wards: Path) -> None:
    """Its doubtful labels are looked for once it is named, and not before."""
    kinds = {finding["kind"] for finding in _json(wards)["findings"]}
    named = [finding for finding in _json(wards, "suite")["findings"] if finding["kind"] == "label_error"]
    assert "label_error" not in kinds
    assert [finding["columns"] for finding in named] == [["suite"]]


def _json(path: Path, label: str | None = None) -> dict[str, list[dict[str, object]]]:
    examined = examine(path, label=label)
    told: dict[str, list[dict[str, object]]] = examined.as_json()
    return told


@pytest.mark.parametrize("command", [["examine"], ["repair", "-o", "made"]])
def test_a_label_that_there_is_not_is_answered_with_the_nearest(wards: Path, command: list[str]) -> None:
    """One message: what is missing, where, and which column may have been meant."""
    refused = CliRunner().invoke(app, [command[0], str(wards), *command[1:], "--label", "suit"])
    assert refused.exit_code != 0
    assert "no column 'suit'" in str(refused.exception)
    assert "Did you mean 'suite'?" in str(refused.exception)


def test_repairing_takes_the_label_too(wards: Path, tmp_path: Path) -> None:
    """By the library and by a recipe: the doubtful labels stand among the findings, and are not changed unasked."""
    done = repair(wards, tmp_path / "made", label="suite")
    assert [finding.kind for finding in done.left if finding.columns == ("suite",)] == ["label_error"]
    stage = RepairStage.model_validate({"table": str(wards), "to": "other", "label": "suite"})
    result = stage.run(Context(base=tmp_path, output=tmp_path))
    assert "label_error" in {finding["kind"] for finding in result.facts["findings"]}
