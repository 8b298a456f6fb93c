"""Robustness: what is drawn anew, set side by side, and learnt without defects; the same again with the same data."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from tests.builders import document_rows, seal
from tests.certify.test_measures import finding, found_in, people, seal_table

from khettara.certify import Settings, certify
from khettara.dataset.signing import Key, new_key

NOW = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.fixture
def key() -> Key:
    return new_key("an office")


def test_shares_spread_more_when_sources_differ(tmp_path: Path, key: Key) -> None:
    """Where all damage comes from few sources, drawing sources anew moves the share more than drawing records would."""
    rows = document_rows(400)
    for row in rows[:40]:
        row["licence"] = None
    block = certify(seal(tmp_path / "ds", rows), "pretraining", key, NOW).predicate["robustness"]
    entry = next(each for each in block["spread"] if each["measure"] == "licence_known")
    assert entry["standardError"] == pytest.approx(np.sqrt(0.9 * 0.1 / 400))
    low, high = entry["range"]
    assert low < 0.9 < high
    assert high - low > 2 * 1.96 * entry["standardError"]


def test_the_worst_group_is_named(tmp_path: Path, key: Key) -> None:
    """Of two languages one has all identifiers: it is named, with its interval, and the gap between them."""
    rows = document_rows(200)
    for number, row in enumerate(rows):
        row["lang"] = "fr" if number % 2 else "ary"
        if number % 4 == 1:
            row["text"] = f"عيط ليا ف 0600112233 نمرة {number}"
    slices = certify(seal(tmp_path / "ds", rows), "pretraining", key, NOW).predicate["robustness"]["slices"]
    entry = next(each for each in slices if each["by"] == "lang" and each["measure"] == "identifiers_left")
    assert (entry["highest"]["group"], entry["highest"]["value"], entry["lowest"]["value"], entry["disparity"]) == ("fr", 0.5, 0.0, 0.5)
    assert entry["highest"]["interval"][0] < 0.5 < entry["highest"]["interval"][1]


def test_a_model_learns_better_without_wrong_labels(tmp_path: Path, key: Key) -> None:
    """A third of the labels turned round, and found: without these records, the tree is right more often."""
    pytest.importorskip("sklearn", reason="scikit-learn is not installed: pip install khettara[tables]")
    table = people(1200)
    table["poids"] = np.random.default_rng(1).uniform(40, 120, 1200).tolist()
    table["label"] = ["oui" if weight > 80 else "non" for weight in table["poids"]]
    wrong = np.random.default_rng(2).permutation(1200)[:400]
    for row in wrong.tolist():
        table["label"][row] = "non" if table["label"][row] == "oui" else "oui"
    wrong.sort()
    path = _with_rows(tmp_path / "t", table, wrong)
    predicate = certify(path, "federation", key, NOW, Settings(label="label")).predicate
    (without,) = predicate["robustness"]["model"]["without"]
    assert without["defect"] == "label_error"
    assert without["change"] > 0.02


def _with_rows(path: Path, table: dict[str, list[object]], rows: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Path:
    """A table sealed with a finding and the rows that it concerns."""
    import pyarrow as pa

    from khettara.dataset import Draft, StepRecord
    from khettara.dataset.findings import write_findings

    n = len(table["label"])
    data = pa.table({"id": [f"r{row}" for row in range(n)], **table})
    data = data.cast(pa.schema([pa.field("id", pa.string(), nullable=False), *list(data.schema)[1:]]))
    found = found_in(n, list(table), finding("label_error", ("label",), len(rows)), poids={"kind": "number"}, taille={"kind": "number"})
    with Draft(path) as draft:
        draft.write("data", data.to_batches(), data.schema)
        write_findings(draft, found, {"F-label_error": rows})
        draft.seal(kind="table", step=StepRecord("test", 1, {}, "key"), schema=data.schema)
    return path


def test_the_same_data_gives_the_same_block(tmp_path: Path, key: Key) -> None:
    """Whatever is drawn is drawn by a fixed seed: two certificates of one dataset say the same."""
    path = seal(tmp_path / "ds", document_rows(120))
    assert certify(path, "pretraining", key, NOW).predicate == certify(path, "pretraining", key, NOW).predicate
    table = seal_table(tmp_path / "t", people())
    assert certify(table, "federation", key, NOW).predicate == certify(table, "federation", key, NOW).predicate
