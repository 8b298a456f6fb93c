"""Exports: other people's programs read them, and they say what manifest and certificate say."""

from __future__ import annotations

import shutil
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
import yaml
from tests.builders import document_rows, seal

from khettara.certify import certify
from khettara.certify.exports import EXPORTS, write_exports
from khettara.dataset import Dataset, Draft, StepRecord
from khettara.dataset.certificate import Certificate
from khettara.dataset.findings import Finding, Findings, write_findings
from khettara.dataset.signing import Key, new_key
from khettara.dataset.store import OUTSIDE_MANIFEST


@pytest.fixture
def key() -> Key:
    """One's own key."""
    return new_key("Data office of Aïn Zerqa")


@pytest.fixture
def certified(tmp_path: Path, key: Key) -> Path:
    """A certified dataset of two parts."""
    path = seal(tmp_path / "clean", document_rows(20), parts=2)
    certify(path, "pretraining", key)
    return path


COUNT = {
    "en": "3 ages are out of range",
    "fr": "3 âges sont hors limites",
    "ar": "ثلاثة أعمار خارج المدى",
}


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """A sealed table with a finding."""
    schema = pa.schema([("id", pa.string()), ("age", pa.int64()), ("ville", pa.string()), ("seen", pa.date32()), ("tags", pa.list_(pa.string()))])
    rows = [
        {"id": f"r{n}", "age": n or None, "ville": "Fès | Médina", "seen": datetime(2024, 1, 1, tzinfo=UTC), "tags": ["a", "b"]} for n in range(5)
    ]
    found = Finding("F1", "out_of_range", ("age",), 3, 3, COUNT, 0.9, ("Acc-ML-6",))
    with Draft(tmp_path / "table") as draft:
        draft.write("data", [pa.RecordBatch.from_pylist(rows, schema=schema)], schema)
        write_findings(draft, Findings(5, (), (found,), "a test", 1), {"F1": np.array([0, 1, 2])})
        draft.seal(kind="table", step=StepRecord("test", 1, {}, "test"), schema=schema)
    return tmp_path / "table"


@pytest.fixture(autouse=True)
def _others_warn() -> Iterator[None]:
    """Warnings of the libraries that read our files here are not ours."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def test_exports_leave_the_seal_whole(certified: Path) -> None:
    """Written beside the data, none of them is a difference from the manifest; written twice they are the same."""
    written = write_exports(certified, list(EXPORTS))
    assert {path.name for path in written} == OUTSIDE_MANIFEST - {"certificate.json"}
    first = [path.read_bytes() for path in written]
    assert Dataset.open(certified).verify() == []
    assert [path.read_bytes() for path in write_exports(certified, list(EXPORTS))] == first


def load(path: Path) -> Any:
    """The dataset as Croissant's own library sees it."""
    import mlcroissant

    dataset = mlcroissant.Dataset(str(path))
    issues = dataset.metadata.ctx.issues
    assert (list(issues.errors), list(issues.warnings)) == ([], [])
    return dataset


def test_croissant_validates_and_its_records_are_ours(certified: Path) -> None:
    """Mlcroissant finds nothing to complain of, and reads through it the records that are there, from all parts."""
    (path,) = write_exports(certified, ["croissant"])
    dataset = load(path)
    assert dataset.metadata.conforms_to == ["http://mlcommons.org/croissant/1.1", "http://mlcommons.org/croissant/RAI/1.0"]
    ours = [row for batch in Dataset.open(certified).batches() for row in batch.to_pylist()]
    theirs = list(dataset.records("records"))
    assert [row["records/text"].decode() for row in theirs] == [row["text"] for row in ours]
    assert [row["records/source"]["records/source/uri"].decode() for row in theirs] == [row["source"]["uri"] for row in ours]
    assert {file.sha256 for file in dataset.metadata.file_objects} == {f.sha256 for f in Dataset.open(certified).manifest.of_role("data")}


def test_croissant_says_what_the_certificate_says(certified: Path) -> None:
    """Purpose, verdict and licence; the steps that made it; identifiers left; and nothing where nothing is known."""
    (path,) = write_exports(certified, ["croissant"])
    metadata = load(path).metadata
    until = Certificate.read(certified).predicate["expires"][:10]
    assert metadata.data_use_cases == [f"pretraining: certified until {until}"]
    assert metadata.license == ["https://spdx.org/licenses/CC0-1.0"]
    assert metadata.data_preprocessing_protocol == ["test (version 1) made clean: 20 records in, 20 kept"]
    assert metadata.personal_sensitive_information[0] == "0 of 20 records with an identifier in clear"
    assert metadata.data_annotation_protocol is None


def test_croissant_reads_tables(table: Path) -> None:
    """Numbers, dates and lists of a table, and its findings among the limits."""
    (path,) = write_exports(table, ["croissant"])
    dataset = load_without_date(path)
    rows = list(dataset.records("records"))
    assert [row["records/age"] for row in rows] == [None, 1, 2, 3, 4]
    assert rows[0]["records/tags"] == [b"a", b"b"]
    assert dataset.metadata.data_limitations == [COUNT["en"]]


def load_without_date(path: Path) -> Any:
    """As `load`, for a dataset without certificate: Croissant recommends a date of publication, and nobody published it."""
    import mlcroissant

    dataset = mlcroissant.Dataset(str(path))
    issues = dataset.metadata.ctx.issues
    assert not issues.errors
    assert all("datePublished" in str(warning) for warning in issues.warnings), issues.warnings
    return dataset


def graph(path: Path) -> Any:
    """The triples of a JSON-LD file."""
    import rdflib

    return rdflib.Graph().parse(data=path.read_text(encoding="utf-8"), format="json-ld")


def test_dqv_has_every_measure_and_the_certificate(certified: Path) -> None:
    """Each measure with a value is one measurement with that value, on the dataset; the certificate targets it."""
    (path,) = write_exports(certified, ["dqv"])
    found = graph(path).query(
        """PREFIX dqv: <http://www.w3.org/ns/dqv#> PREFIX oa: <http://www.w3.org/ns/oa#>
        SELECT ?metric ?value WHERE { ?m a dqv:QualityMeasurement; dqv:isMeasurementOf ?metric; dqv:value ?value; dqv:computedOn ?d .
          ?metric a dqv:Metric; dqv:inDimension ?dimension . ?dimension a dqv:Dimension .
          ?d dqv:hasQualityMeasurement ?m; dqv:hasQualityAnnotation ?c . ?c a dqv:QualityCertificate; oa:hasTarget ?d }"""
    )
    measured = [m for m in Certificate.read(certified).predicate["measures"] if m.get("value") is not None]
    assert len(measured) > 5
    assert sorted((str(metric), float(value)) for metric, value in found) == sorted(
        (f"urn:khettara:measure:{m['name']}", m["value"]) for m in measured
    )


def test_an_export_repeats_no_hearsay(certified: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a stranger signed is not passed on as certified."""
    monkeypatch.setenv("KHETTARA_HOME", str(tmp_path / "another-house"))
    for path in write_exports(certified, list(EXPORTS)):
        assert "certified for" not in path.read_text(encoding="utf-8")
        assert '"dqv:QualityMeasurement"' not in path.read_text(encoding="utf-8")


def test_the_card_has_the_head_that_hugging_face_reads(certified: Path, tmp_path: Path) -> None:
    """Licence, language, size and files in the head; verdict, measures, origin in the body; README.md in a folder of one's own."""
    (path,) = write_exports(certified, ["card"], tmp_path / "out")
    assert path.name == "README.md"
    _, head, body = path.read_text(encoding="utf-8").split("---\n", 2)
    said = yaml.safe_load(head)
    assert (said["license"], said["language"], said["size_categories"]) == ("cc0-1.0", ["ary"], ["n<1K"])
    assert said["configs"] == [{"config_name": "default", "data_files": "data/*.parquet"}]
    assert "**certified** for pretraining, signed by Data office of Aïn Zerqa" in body
    assert "| CC0-1.0 | 20 |" in body


def test_the_card_of_a_table_shows_its_findings(table: Path) -> None:
    """A finding is a line; a bar in a value does not break the table."""
    (path,) = write_exports(table, ["card"])
    assert "| F1 | out_of_range | 3 | 3 ages are out of range | open |" in path.read_text(encoding="utf-8")


def test_exports_travel_with_the_data(certified: Path, tmp_path: Path) -> None:
    """In a folder to publish, with the data copied beside it, Croissant finds the files."""
    (path,) = write_exports(certified, ["croissant"], tmp_path / "out")
    shutil.copytree(certified / "data", tmp_path / "out" / "data")
    assert len(list(load(path).records("records"))) == 20
