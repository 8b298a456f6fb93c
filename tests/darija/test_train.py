"""The recipe and the tables that ship."""

from __future__ import annotations

import json
import os
from collections import defaultdict
from pathlib import Path

import pytest

import khettara.darija.model
from khettara.darija.sources import CAP, SOURCES, table
from khettara.darija.train import collect, crop, plain, row_key, train_all
from khettara.errors import KhettaraError

DATA = Path(os.environ.get("KHETTARA_DATA", Path(__file__).parents[3] / "shared" / "data"))
MODELS = Path(khettara.darija.model.__file__).parent / "models"
needs_data = pytest.mark.skipif(not (DATA / "nllb-seed").is_dir(), reason="no shared data: set KHETTARA_DATA")


@needs_data
def test_the_tables_that_ship_are_those_of_the_recipe(tmp_path: Path) -> None:
    """Training again gives the same bytes."""
    train_all(DATA, tmp_path)
    for name in (f"{one}.{kind}" for one in ("language", "tokens", "sentiment", "offence") for kind in ("int8", "json")):
        assert (tmp_path / name).read_bytes() == (MODELS / name).read_bytes(), name


@needs_data
def test_no_row_is_learnt_twice_nor_tested_on() -> None:
    """Lines are unique by their letters, sources keep their cap, and rows labelled for testing are not among them."""
    rows = collect(DATA)
    keys = [row_key(row.text) for row in rows]
    assert len(keys) == len(set(keys))
    assert not set(keys) & {key for key, _ in table("audit.tsv")}
    number: defaultdict[str, int] = defaultdict(int)
    for row in rows:
        number[row.source.name] += 1
    assert max(number.values()) <= CAP


def test_nothing_non_commercial_is_learnt_from() -> None:
    """No licence of a source restricts use, and the folder that does is not read."""
    assert {source.licence for source in SOURCES} <= {"Apache-2.0", "CC-BY-4.0", "CC-BY-SA-4.0", "CC0-1.0", "MIT"}
    described = json.loads((MODELS / "language.json").read_text("utf-8"))
    assert {row["source"] for row in described["sources"]} == {source.name for source in SOURCES}


def test_tables_are_small() -> None:
    """All tables of bytes together take at most one megabyte."""
    assert sum(path.stat().st_size for path in MODELS.glob("*.int8")) <= 1_000_000


def test_training_without_data_says_what_to_do(tmp_path: Path) -> None:
    """A folder without the sources is refused with a hint."""
    with pytest.raises(KhettaraError, match="--data"):
        train_all(tmp_path / "nowhere", tmp_path)


def test_second_forms_of_a_row() -> None:
    """A crop is a run of the row's own words; the plain form has no accent and no hamza."""
    text = "غادي نمشيو للسوق مع الصباح بكري باش نتقداو للعيد"
    assert crop(text) in text
    assert 5 <= len(crop(text)) < len(text)
    assert plain("أكلة élève") == "اكله eleve"
