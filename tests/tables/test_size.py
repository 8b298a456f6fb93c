"""Tables of unusual shape: a thousand columns, cells of megabytes."""

from __future__ import annotations

import numpy as np

from khettara.tables.boosting import bins_of, chances, learn
from khettara.tables.examine import examine_table
from khettara.tables.table import BEGINNING, LONG, Table


def test_a_thousand_columns_come_to_an_end() -> None:
    """What compares columns with one another sees neighbours, and records are compared by the most telling columns alone."""
    draw = np.random.default_rng(4)
    columns: dict[str, list[str | None]] = {"nom": [f"Personne {row}" for row in range(60)]}
    for place in range(1000):
        columns[f"question {place}"] = [str(value) for value in draw.integers(0, 100 if place % 2 else 3, 60)]
    for cells in columns.values():
        cells[59] = cells[4]
    examined = examine_table(Table.of("wide.csv", columns))
    assert [59] in [found.rows.tolist() for found in examined.found.values() if found.kind == "exact_duplicate"]


def test_long_cells_are_cut_without_becoming_equal() -> None:
    """Two texts that differ only far behind stay two, and what is short stays as it is."""
    long = "a" * (LONG + 1)
    column = Table.of("long.csv", {"texte": [long + "b", long + "c", long + "b", "court", None]})["texte"].shortened()
    first, second, third, short, nothing = column.at(np.arange(5))
    assert first == third != second
    assert first is not None
    assert len(first) < BEGINNING + 20
    assert (short, nothing) == ("court", None)


def test_trees_learn_what_two_columns_say_together() -> None:
    """Neither column tells the class alone; a missing value is one more value."""
    draw = np.random.default_rng(1)
    features = draw.random((4000, 2)).astype(np.float32)
    classes = ((features[:, 0] > 0.5) ^ (features[:, 1] > 0.5)).astype(np.int64)
    features[features[:, 0] > 0.8, 0] = np.nan
    bins = bins_of(features)
    likely = chances(learn(bins[:2000], classes[:2000], 2, seed=3), bins[2000:])
    assert (likely.argmax(axis=1) == classes[2000:]).mean() > 0.95
    assert np.allclose(likely.sum(axis=1), 1)
