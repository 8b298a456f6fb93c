"""Measures: all 66 are answered for, and each counts what it says."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from tests.builders import document_rows, seal

from khettara.certify import MEASURES, Settings, certify, standard
from khettara.certify.measures import PICTURES, Measured
from khettara.certify.measures.explain import explain
from khettara.certify.measures.tables import regions
from khettara.dataset import Draft, StepRecord
from khettara.dataset.findings import Finding, Findings
from khettara.dataset.signing import Key, new_key
from khettara.errors import RecipeError

NOW = datetime(2026, 11, 1, tzinfo=UTC)
HUMAN = {each.id for each in standard().values() if each.by == "H"}


@pytest.fixture
def key() -> Key:
    return new_key("an office")


def seal_table(path: Path, columns: dict[str, list[Any]], **facts: Any) -> Path:
    """A table as a sealed dataset: an `id`, and the columns given."""
    n = len(next(iter(columns.values())))
    table = pa.table({"id": [f"r{row}" for row in range(n)], **columns})
    table = table.cast(pa.schema([pa.field("id", pa.string(), nullable=False), *list(table.schema)[1:]]))
    with Draft(path) as draft:
        draft.write("data", table.to_batches(), table.schema)
        draft.seal(kind="table", step=StepRecord("test", 1, {}, "key"), schema=table.schema, facts=facts)
    return path


def people(n: int = 200) -> dict[str, list[Any]]:
    """A sound table with a label, groups, numbers and dates; every region as large as every other."""
    names = [french for french, _, _ in regions().values()]
    return {
        "région": [names[row % 12] for row in range(n)],
        "sexe": ["F" if row % 2 else "M" for row in range(n)],
        "poids": [50.0 + row % 37 for row in range(n)],
        "taille": [150.0 + row % 41 for row in range(n)],
        "entrée": [date(2025, 1, 1 + row % 28) for row in range(n)],
        "sortie": [date(2025, 2, 1 + row % 28) for row in range(n)],
        "label": ["oui" if row % 4 else "non" for row in range(n)],
    }


def found_in(records: int, names: list[str], *findings: Finding, **facts: dict[str, Any]) -> Findings:
    """An examination's result over columns whose facts are given by name."""
    columns = tuple({"name": name, "cells": records, **facts.get(name, {})} for name in names)
    return Findings(records, columns, findings, "test", 1)


def finding(kind: str, columns: tuple[str, ...], records: int, cells: int | None = None, state: Any = "open") -> Finding:
    words = {"en": kind, "fr": kind, "ar": kind}
    return Finding(f"F-{kind}", kind, columns, records, records if cells is None else cells, words, 1.0, state=state)


def measured(path: Path, purpose: str, key: Key, settings: Settings | None = None) -> dict[str, dict[str, Any]]:
    """What the certificate says of each measure, by name and by id."""
    entries = certify(path, purpose, key, NOW, settings).predicate["measures"]
    return {entry["name"]: entry for entry in entries} | {entry["id"]: entry for entry in entries if entry["id"]}


def test_all_66_are_answered_for(tmp_path: Path, key: Key) -> None:
    """Each id once, with a status, and a reason where there is no number; of 53 none waits for a person, on documents and tables."""
    documents = measured(seal(tmp_path / "ds", document_rows(60)), "pretraining", key)
    table = people()
    found = found_in(200, list(table), poids={"kind": "number", "with_range": 200}, taille={"kind": "number"})
    tables = measured(seal_table(tmp_path / "t", table, licence="CC0-1.0", source={"sha256": "a" * 64}), "federation", key, Settings(findings=found))
    for said in (documents, tables):
        assert set(standard()) <= set(said)
        waiting = {name for name in standard() if said[name]["status"] == "missing"}
        assert waiting == HUMAN
        assert all(said[name]["why"] for name in standard() if said[name]["value"] is None)
        assert all(said[name]["status"] == "not applicable" for name in PICTURES)
    assert sum(tables[name]["status"] == "computed" for name in standard()) >= 45


def test_each_measure_of_ours_has_its_place() -> None:
    """No two measures of one kind of data claim the same id, and every id is one of the standard's."""
    claimed = [(measure.iso, kind) for measure in MEASURES.values() if measure.iso for kind in measure.kinds]
    assert len(claimed) == len(set(claimed))
    assert {iso for iso, _ in claimed} <= set(standard())
    assert len(standard()) == 66
    assert len(HUMAN) == 13


def test_directions_agree_with_the_standard() -> None:
    """Which way is better does not depend on the name a measure is called by."""
    for name, measure in MEASURES.items():
        if measure.iso is not None:
            assert measure.direction == standard()[measure.iso].direction, name


def test_counts_on_a_table_are_exact(tmp_path: Path, key: Key) -> None:
    """Empty cells, open findings and repaired ones: each counted where it belongs."""
    table = people()
    table["poids"][:10] = [None] * 10
    table["label"][:4] = [None] * 4
    found = found_in(
        200,
        list(table),
        finding("disguised_missing", ("taille",), 6),
        finding("mixed_units", ("poids",), 5),
        finding("outlier", ("taille",), 2),
        finding("exact_duplicate", (), 3, 21, state="repaired"),
        finding("near_duplicate", (), 4, 28),
        finding("contradiction", ("entrée", "sortie"), 7, 14),
        finding("label_error", ("label",), 20),
        finding("out_of_range", ("poids",), 1),
        poids={"kind": "number", "with_range": 190},
        taille={"kind": "number"},
    )
    said = measured(seal_table(tmp_path / "t", table), "federation", key, Settings(findings=found))
    figures = {name: (said[name]["numerator"], said[name]["denominator"]) for name in said}
    assert figures["Com-ML-1"] == (200 * 7 - 14 - 6, 200 * 7)
    assert figures["Com-ML-3"] == (190, 200)
    assert figures["Com-ML-5"] == (196, 200)
    assert figures["Con-ML-1"] == (4, 200)
    assert figures["Con-ML-3"] == (200 * 7 - 14 - 5, 200 * 7 - 14)
    assert figures["Con-ML-4"] == (193, 200)
    assert figures["Acc-ML-4"] == (2, 390)
    assert figures["Acc-ML-6"] == (189, 190)
    assert figures["Acc-ML-7"] == (176, 196)
    assert figures["Tml-ML-1"] == (200, 200)


def test_people_alike_are_told_from_people_alone(tmp_path: Path, key: Key) -> None:
    """Of people in groups by region and sex, those in groups of fewer than five point at a person; so does everybody with a CIN."""
    table = people(100)
    table["région"], table["sexe"] = ["Oriental"] * 97 + ["Souss-Massa"] * 3, ["F"] * 100
    path = seal_table(tmp_path / "t", table)
    assert measured(path, "federation", key)["Idn-ML-1"]["numerator"] == 3
    table["cin"] = [f"AB{row:06d}" for row in range(50)] + [None] * 50
    assert measured(seal_table(tmp_path / "u", table), "federation", key)["Idn-ML-1"]["numerator"] == 53


def test_representation_is_set_beside_the_census(tmp_path: Path, key: Key) -> None:
    """Records drawn as the census is overlap all but wholly; records of one region overlap by its share of the country."""
    total = sum(population for *_, population in regions().values())
    drawn = [arabic for _, arabic, population in regions().values() for _ in range(round(2000 * population / total))]
    like = measured(seal_table(tmp_path / "like", {"région": drawn}), "federation", key)["Rep-ML-1"]
    one = measured(seal_table(tmp_path / "one", {"région": ["Casablanca-Settat"] * 50}), "federation", key)["Rep-ML-1"]
    assert like["value"] > 0.99
    assert abs(one["value"] - regions()["06"][2] / total) < 1e-9
    assert set(like["kinds"]) == set(regions())


def test_attested_measures_stand_with_who_and_when(tmp_path: Path, key: Key) -> None:
    """What a person attests is evidenced, with its interval; the certificate names the file by digest."""
    evidence = tmp_path / "evidence.yaml"
    evidence.write_text(
        "attestations:\n  - {measure: Acc-ML-2, by: registry office, day: 2026-10-02, sample: 200, right: 196, how: drawn by lot and compared}\n",
        encoding="utf-8",
    )
    path = seal(tmp_path / "ds", document_rows(20))
    said = measured(path, "pretraining", key, Settings(evidence=evidence))["Acc-ML-2"]
    assert (said["status"], said["value"], said["evidence"]["by"]) == ("evidenced", 0.98, "registry office")
    assert said["interval"][0] < 0.98 < said["interval"][1]


MISTAKES = [
    ("Com-ML-1", "200", "2026-10-02", "is counted, not attested"),
    ("Acc-ML-9", "200", "2026-10-02", "is no measure"),
    ("Acc-ML-2", "100", "2026-10-02", "196 right of a sample of 100"),
    ("Acc-ML-2", "200", "2027-10-02", "still to come"),
]


@pytest.mark.parametrize(("name", "sample", "day", "words"), MISTAKES)
def test_evidence_that_cannot_be_is_refused(tmp_path: Path, key: Key, name: str, sample: str, day: str, words: str) -> None:
    """A measure that machines count, one that does not exist, more right than asked, a day to come."""
    evidence = tmp_path / "evidence.yaml"
    line = f"  - {{measure: {name}, by: registry office, day: {day}, sample: {sample}, right: 196, how: drawn by lot and compared}}\n"
    evidence.write_text(f"attestations:\n{line}", encoding="utf-8")
    with pytest.raises(RecipeError, match=words):
        certify(seal(tmp_path / "ds", document_rows(5)), "pretraining", key, NOW, Settings(evidence=evidence))


def test_every_measure_is_explained() -> None:
    """By id and by name, in three languages where the standard has it; a misspelt one is answered with the nearest."""
    assert all(set(each["titles"]) == {"en", "fr", "ar"} for each in explain() if each["id"])
    assert explain("value_completeness") == explain("Com-ML-1")
    assert explain("encoding_damage")[0]["counts"].startswith("records with damaged characters")
    with pytest.raises(RecipeError, match="Com-ML-1"):
        explain("Com-ML-11")


def test_values_are_numerators_over_denominators(tmp_path: Path, key: Key) -> None:
    """No value is anything but the quotient that stands beside it, and shares lie between 0 and 1."""
    for entry in measured(seal(tmp_path / "ds", document_rows(40)), "pretraining", key).values():
        if entry["value"] is not None:
            assert entry["value"] == entry["numerator"] / entry["denominator"]
            assert 0 <= entry["value"] <= 1


def test_wilson_interval_only_where_items_are_alike() -> None:
    """A ratio of other things than items drawn alike has no such interval."""
    assert Measured(1.6, 3, sampled=False).interval is None
    assert np.allclose(Measured(10, 100).interval or (0, 0), (0.0552, 0.1744), atol=5e-5)
