"""The planted tables are what they say: the truth names every cell that differs, seeds repeat, and scores count as documented."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from benchmarks.found import Score, false_share, pooled, score
from benchmarks.planted_tables import CLASSES, DOMAINS, NoPlaces, Table, write_table
from benchmarks.planted_tables.clerks import guilty
from benchmarks.planted_tables.places import places
from benchmarks.planted_tables.writers import accounts

ROWS = 4_000
Written = tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame, dict[str, Any]]


@pytest.fixture(scope="module", params=[(domain, seed) for domain in DOMAINS for seed in (1, 3)], ids=str)
def written(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Written:
    """A table, the same without a defect, the truth, and what is said of it, as they are read back from their files."""
    domain, seed = request.param
    try:
        places()
    except NoPlaces as missing:
        pytest.skip(str(missing))
    folder = tmp_path_factory.mktemp("planted")
    described = write_table(Table.of(domain, ROWS, seed), folder)
    return read(folder / "table.csv", described), read(folder / "clean.csv", described), pl.read_parquet(folder / "truth.parquet"), described


def read(path: Path, described: dict[str, Any]) -> pl.DataFrame:
    text = path.read_bytes().decode(described["encoding"].replace("utf-16-le", "utf-16"))
    return pl.read_csv(text.encode(), separator=described["separator"], infer_schema=False).fill_null("")


def test_every_class_is_planted(written: Written) -> None:
    """All seventeen classes are in every table."""
    table, clean, truth, described = written
    planted = set(truth["class"]) | set(described["whole_columns"])
    assert set(CLASSES) <= planted
    assert len(table) == ROWS
    assert clean.width == 20


def test_the_truth_names_what_stands_there(written: Written) -> None:
    """Where the truth names a cell, the table has what was planted, and that is not what should stand there; no cell is named twice."""
    table, _, truth, _ = written
    cells = truth.filter(pl.col("column").is_not_null())
    for (column,), piece in cells.group_by("column"):
        assert table[str(column)].gather(piece["row"]).to_list() == piece["planted"].to_list(), column
    assert (cells["clean"] != cells["planted"]).all()
    assert not cells.select("row", "column").is_duplicated().any()


def test_what_the_truth_does_not_name_is_clean(written: Written) -> None:
    """Undo every planted cell, leave out what stands twice, and the clean table is there again, but for columns planted as a whole."""
    table, clean, truth, described = written
    whole = {name for names in described["whole_columns"].values() for name in names}
    twice = truth.filter(pl.col("class").is_in(["near_duplicate", "exact_duplicate"]) & pl.col("partner").is_not_null())["row"].to_list()
    follows = ("montant_mad", "Montant (MAD)", "المبلغ", "amount_mad")  # an odd price has an amount of its own, which is right
    kept = np.setdiff1d(np.arange(ROWS), twice)
    assert len(kept) == len(clean)
    for column in set(clean.columns) - whole:
        values = table[column].to_list()
        for row, text in truth.filter(pl.col("column") == column).select("row", "clean").iter_rows():
            values[row] = text
        if not column.startswith(follows):
            assert [values[row] for row in kept] == clean[column].to_list(), column


def test_what_stands_twice_is_alike(written: Written) -> None:
    """Exact copies are equal to the letter; a second entry differs from the first in few cells besides planted ones."""
    table, _, truth, described = written
    rows = table.rows()
    for row, partner in truth.filter(pl.col("class") == "exact_duplicate").select("row", "partner").iter_rows():
        assert rows[row] == rows[partner]
    spoilt = set(truth.filter(pl.col("column").is_not_null()).select("row", "column").iter_rows())
    number = next(name for name, meaning in described["meanings"].items() if meaning == "id")
    second = truth.filter((pl.col("class") == "near_duplicate") & pl.col("partner").is_not_null())
    changeable = set(described["meanings"]) - {number, *(n for names in described["whole_columns"].values() for n in names)}
    for row, partner in second.select("row", "partner").iter_rows():
        differ = [c for c in changeable if table[c][row] != table[c][partner] and (row, c) not in spoilt and (partner, c) not in spoilt]
        assert all(name.startswith(("montant_mad", "Montant (MAD)", "المبلغ", "amount_mad")) for name in differ), differ


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    """Same in, same out; another seed gives another table, in other columns."""
    try:
        for name, seed in (("one", 5), ("two", 5), ("three", 6)):
            write_table(Table.of("market", 700, seed), tmp_path / name)
    except NoPlaces as missing:
        pytest.skip(str(missing))
    for file in ("table.csv", "clean.csv", "truth.parquet", "truth.json"):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()
        assert (tmp_path / "one" / file).read_bytes() != (tmp_path / "three" / file).read_bytes()


def test_mistakes_cluster() -> None:
    """A few of the offices in a few of the months make most of the mistakes, and the share is as asked."""
    chance = np.random.default_rng(3)
    site, day = chance.integers(0, 20, 50_000), np.sort(chance.integers(0, 900, 50_000))
    rows = guilty(chance, site, day, 0.02, np.ones(50_000, bool))
    assert 700 < len(rows) < 1_300
    _, counts = np.unique(site[rows] * 100 + day[rows] // 30, return_counts=True)
    assert np.sort(counts)[::-1][:60].sum() > 0.5 * len(rows), "60 of 600 pairs of office and month have more than half"


def test_accounts_have_their_key() -> None:
    """A clean RIB passes the check by 97: else the clean table would have a defect."""
    for text in accounts(np.arange(200), np.random.default_rng(1)):
        assert len(text) == 24
        assert int(text) % 97 == 0


TRUTH = pl.DataFrame(
    [
        (3, "taille", "mixed_units", "174", "1.74", None),
        (4, "taille", "mixed_units", "160", "1.60", None),
        (5, "cin", "disguised_missing", "B123456", "XX000000", None),
        (6, "cin", "invalid_cin", "B123457", "B12", None),
        (7, "age", "contradiction", "40", "12", None),
        (9, None, "near_duplicate", None, None, 2),
    ],
    schema=["row", "column", "class", "clean", "planted", "partner"],
    orient="row",
)
DESCRIBED: dict[str, Any] = {
    "meanings": {"taille": "number", "cin": "cin", "age": "number", "naissance": "date", "lot": "code", "decision": "label"},
    "label": "decision",
    "columns": {"mixed_units": ["taille"], "contradiction": ["age"]},
    "whole_columns": {"leakage": ["lot"]},
    "related": {"contradiction": ["age", "naissance"]},
}
FINDINGS: list[dict[str, Any]] = [
    {"kind": "mixed_units", "columns": ["taille"], "rows": [3, 8]},
    {"kind": "invalid_identifier", "columns": ["cin"], "rows": [5, 6]},
    {"kind": "outlier", "columns": ["age", "naissance"], "rows": [7]},
    {"kind": "near_duplicate", "columns": [], "rows": [2, 9, 11]},
    {"kind": "leakage", "columns": ["lot", "decision"], "rows": []},
]
EXPECTED = {
    "mixed_units": (1, 1, 1),  # one found, one missed, and a row too many
    "invalid_cin": (1, 0, 0),  # a placeholder is no card either: neither right nor wrong
    "contradiction": (1, 0, 0),  # named as an outlier of the same relation
    "disguised_missing": (0, 1, 0),
    "near_duplicate": (1, 0, 1),
    "leakage": (1, 0, 0),
}


def test_scores_count_as_documented() -> None:
    """What is right, missed and wrong, class by class."""
    found = {one.name: (one.right, one.missed, one.wrong) for one in score(TRUTH, DESCRIBED, FINDINGS, CLASSES)}
    assert found == EXPECTED


def test_nothing_found_is_nothing_gained() -> None:
    """Without findings every class is missed, and none counts as found."""
    scores = score(TRUTH, DESCRIBED, [], CLASSES)
    assert {one.right for one in scores} == {0}
    assert not any(one.found for one in scores)


def test_a_class_is_found_where_both_figures_are_high() -> None:
    """Precision alone is not enough, nor is recall; tables together are weighed by what was planted in them."""
    assert Score("x", 95, 5, 5).found
    assert not Score("x", 94, 6, 0).found
    assert not Score("x", 94, 0, 6).found
    assert pooled("x", [Score("x", 900, 0, 0), Score("x", 1, 9, 0)]).found


def test_false_findings_are_a_share_of_cells() -> None:
    """Cells count once, however often they are named; a finding without rows concerns its whole column."""
    findings: list[dict[str, Any]] = [{"kind": "outlier", "columns": ["a"], "rows": [0, 1]}, {"kind": "missing", "columns": ["a"], "rows": [1]}]
    assert false_share(findings, 10, ["a", "b"]) == (2 / 20, {"outlier": 2, "missing": 1})
    assert false_share([{"kind": "heaping", "columns": ["b"], "rows": []}], 10, ["a", "b"])[0] == 0.5


def test_a_seed_says_what_it_planted(written: Written) -> None:
    """`truth.json` counts what `truth.parquet` holds, and names the label with its classes."""
    table, _, truth, described = written
    assert described["counts"] == dict(truth.group_by("class").len().sort("class").iter_rows())
    assert set(described["labels"]) <= set(table[described["label"]])
    assert 0 < described["label_ceiling"]["f1"] < 1
    assert json.loads(json.dumps(described)) == described
