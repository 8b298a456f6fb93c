"""A sealed dataset is read by others without our code."""

from __future__ import annotations

import warnings
from pathlib import Path

import polars
import pytest
from tests.builders import document_rows, seal

from khettara.dataset import Dataset


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    return seal(tmp_path / "ds", document_rows(120), parts=3)


def expected(path: Path) -> list[tuple[str, str]]:
    return [(row["id"], row["text"]) for batch in Dataset.open(path).batches() for row in batch.to_pylist()]


def test_polars(dataset: Path) -> None:
    """Polars reads the parts as they lie, and our own scan gives the same frame."""
    frame = polars.read_parquet(dataset / "data" / "*.parquet")
    assert list(frame.select("id", "text").iter_rows()) == expected(dataset)
    assert frame.equals(Dataset.open(dataset).scan().collect())


def test_duckdb(dataset: Path) -> None:
    """DuckDB reads them, nested columns included."""
    import duckdb

    found = duckdb.sql(f"select id, text from read_parquet('{dataset}/data/*.parquet') where source.uri is not null order by id")
    assert found is not None
    assert found.fetchall() == expected(dataset)


def test_hugging_face_datasets(dataset: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """`datasets.load_dataset("parquet")` reads them, offline."""
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the library's own, at import
        import datasets

        loaded = datasets.load_dataset("parquet", data_files=str(dataset / "data" / "*.parquet"), cache_dir=str(tmp_path / "cache"))
    assert list(zip(loaded["train"]["id"], loaded["train"]["text"], strict=True)) == expected(dataset)
