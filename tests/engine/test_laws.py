"""The three laws, by properties."""

from __future__ import annotations

import random
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.builders import document_rows, seal
from tests.engine.toys import Fragile, Length, SameLength, Upper, rule, run_transform, texts

from khettara.certify import certify, load_profile
from khettara.dataset import Dataset
from khettara.dataset.gate import Certified
from khettara.dataset.signing import new_key
from khettara.engine import Step, Transform, Workers
from khettara.errors import NotCertified, RecipeError, Tampered

NOW = datetime(2026, 1, 1, tzinfo=UTC)
VALID_DAYS = load_profile("pretraining").valid_days
STEPS: list[Step] = [Upper(), Fragile(), Fragile(bad="ك")]
RULES = [
    rule("n_chars > 3", "short"),
    rule("n_chars <= 12 or lang == 'ary'", "long"),
    rule("not matches(text, 'b')", "b"),
    rule("is_null(author)", "author"),
]
PATIENT = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])

rows = st.lists(
    st.fixed_dictionaries({"text": st.none() | st.text("abx كب\n", max_size=16), "lang": st.sampled_from(["ary", "fr", None])}), max_size=40
)
transforms = st.builds(
    lambda steps, rules, join: Transform((Length(), *steps), tuple(rules), (SameLength(),) if join else ()),
    st.lists(st.sampled_from(STEPS), unique_by=repr, max_size=2),
    st.lists(st.sampled_from(RULES), unique_by=repr, max_size=3),
    st.booleans(),
)


def make(path: Path, records: list[dict[str, Any]], prefix: str, parts: int) -> Path:
    """Seal random records as a dataset."""
    return seal(path, [row | record for row, record in zip(document_rows(len(records), prefix), records, strict=True)], parts)


@contextmanager
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


@PATIENT
@given(rows, transforms, st.integers(1, 6), st.sampled_from([1e-6, 1e-3, 16]))
def test_conservation(records: list[dict[str, Any]], what: Transform, parts: int, shard_mb: float) -> None:
    """Records in = records kept + records rejected; each id stands in exactly one of the two, and every reject has its reason."""
    with folder() as base:
        source = make(base / "in", records, "a", parts)
        manifest, _, _ = run_transform([source], what, base / "out", shard_mb=shard_mb)
        kept, rejected = texts(base / "out"), texts(base / "out", "rejects")
        assert sorted([*kept, *rejected]) == sorted(texts(source))
        counts = manifest.counts
        assert counts["in"] == counts["kept"] + counts["rejected"] == len(records)
        assert (counts["kept"], counts["rejected"], sum(counts["rejected_by"].values())) == (len(kept), len(rejected), len(rejected))
        reasons = [row for batch in Dataset.open(base / "out").batches(role="rejects") for row in batch.to_pylist()]
        assert all(row["rule"] and row["because"] for row in reasons)
        signals = [row["id"] for batch in Dataset.open(base / "out").batches(role="signals") for row in batch.to_pylist()]
        assert signals == list(kept)
        assert Dataset.open(base / "out").verify() == []


@PATIENT
@given(rows, transforms, st.integers(1, 6), st.integers(1, 4))
def test_same_in_same_out(records: list[dict[str, Any]], what: Transform, parts: int, workers: int) -> None:
    """The digest does not depend on the number of workers, on where the output lies, or on what was done before."""
    with folder() as base:
        source = make(base / "in", records, "a", parts)
        first, _, _ = run_transform([source], what, base / "one" / "out", Workers("threads", 1), 1e-6)
        second, _, _ = run_transform([source], what, base / "two" / "out", Workers("threads", workers), 1e-6)
        again, done, _ = run_transform([source], what, base / "two" / "out", Workers("threads", workers), 1e-6)
        assert first.digest == second.digest == again.digest
        assert done == 0


@PATIENT
@given(rows, transforms, st.integers(1, 6), st.sampled_from([1e-6, 1e-3, 16]))
def test_the_cut_into_shards_decides_nothing(records: list[dict[str, Any]], what: Transform, parts: int, shard_mb: float) -> None:
    """The same records are kept, with the same texts, however the input is cut into parts and shards."""
    with folder() as base:
        run_transform([make(base / "in", records, "a", 1)], what, base / "one")
        run_transform([make(base / "cut", records, "a", parts)], what, base / "two", shard_mb=shard_mb)
        assert texts(base / "one") == texts(base / "two")
        assert texts(base / "one", "rejects") == texts(base / "two", "rejects")


@PATIENT
@given(rows, rows, st.sampled_from(["a", "b"]), transforms, st.randoms(use_true_random=False))
def test_the_order_of_the_input_decides_nothing(
    some: list[dict[str, Any]], others: list[dict[str, Any]], prefix: str, what: Transform, chance: random.Random
) -> None:
    """The same records are kept whichever input comes first, and in whatever order the records stand in it, also where both have the same ids."""
    with folder() as base:
        one, two = make(base / "one", some, "a", 2), make(base / "two", others, prefix, 2)
        run_transform([one, two], what, base / "out")
        expected = texts(base / "out")
        shuffled = [row | record for row, record in zip(document_rows(len(some), "a"), some, strict=True)]
        chance.shuffle(shuffled)
        shutil.rmtree(one)
        run_transform([two, seal(one, shuffled)], what, base / "turned")
        assert texts(base / "turned") == expected


@settings(PATIENT, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(
    given_for=st.sampled_from([None, "pretraining", "finetuning"]),
    asked_for=st.sampled_from(["pretraining", "finetuning"]),
    place=st.none() | st.floats(0, 1, exclude_max=True),
    days=st.integers(-2, VALID_DAYS + 35),
    trusted=st.booleans(),
)
def test_certified_or_refused(
    monkeypatch: pytest.MonkeyPatch, given_for: str | None, asked_for: str, place: float | None, days: int, trusted: bool
) -> None:
    """The gate opens only for sound bytes, certified for this purpose, in time, by somebody trusted; whatever is missing, it stays shut."""
    with folder() as base:
        monkeypatch.setenv("KHETTARA_HOME", str(base / "home"))
        data = seal(base / "ds", document_rows(20))
        if given_for is not None:
            assert certify(data, given_for, new_key("an office"), NOW).predicate["verdict"] != "refused"
        if place is not None:
            part = Dataset.open(data).files("data")[0]
            sound = bytearray(part.read_bytes())
            sound[int(place * len(sound))] ^= 1
            part.write_bytes(sound)
        if not trusted:
            monkeypatch.setenv("KHETTARA_HOME", str(base / "another-home"))
        may_open = given_for == asked_for and place is None and 0 <= days <= VALID_DAYS and trusted
        try:
            Certified.open(data, asked_for, now=NOW + timedelta(days=days))
            opened = True
        except (NotCertified, Tampered) as refusal:
            opened = False
            assert refusal.hint
        assert opened == may_open


def test_engines_agree(tmp_path: Path) -> None:
    """Threads and processes give the same bytes."""
    source = seal(tmp_path / "in", document_rows(200), parts=8)
    what = Transform((Length(), Upper()), (rule("n_chars > 30"),), (SameLength(),))
    digests = {run_transform([source], what, tmp_path / engine / "out", Workers(engine, 2), 1e-6)[0].digest for engine in ("threads", "processes")}
    assert len(digests) == 1


def test_one_bad_record_costs_one_record(tmp_path: Path) -> None:
    """A step that fails on one text of a batch loses that record alone, and the reject says which step and why."""
    records = document_rows(50)
    records[17]["text"] = "x"
    source = seal(tmp_path / "in", records)
    manifest, _, _ = run_transform([source], Transform((Fragile(),)), tmp_path / "out")
    assert manifest.counts["rejected_by"] == {"failed_fragile": 1}
    (reject,) = [row for batch in Dataset.open(tmp_path / "out").batches(role="rejects") for row in batch.to_pylist()]
    assert (reject["id"], reject["value"]) == (records[17]["id"], "ValueError: a step that cannot read this")


def test_a_record_in_two_inputs_is_kept_once(tmp_path: Path) -> None:
    """The same dataset given twice is one dataset; the second half is set aside and named."""
    source = seal(tmp_path / "in", document_rows(30), parts=3)
    manifest, _, _ = run_transform([source, source], Transform((Length(),)), tmp_path / "out")
    assert manifest.counts["kept"] == 30
    assert manifest.counts["rejected_by"] == {"same_id": 30}


@pytest.mark.parametrize("shard_mb", [1e-6, 16])
@pytest.mark.parametrize(("priorities", "kept"), [((0, 1), "one"), ((1, 0), "two"), ((0, 0), "one")])
def test_of_two_records_with_one_id_the_preferred_one_stays(tmp_path: Path, priorities: tuple[int, int], kept: str, shard_mb: float) -> None:
    """The input with the lower priority wins, whichever comes first; between equals the text decides, not the order."""
    inputs = {name: make(tmp_path / name, [{"text": f"{name} {number}"} for number in range(6)], "a", 3) for name in ("one", "two")}
    for order in (("one", "two"), ("two", "one")):
        given_to = dict(zip(inputs, priorities, strict=True))
        out = tmp_path / "-".join(order)
        run_transform([inputs[n] for n in order], Transform((Length(),)), out, shard_mb=shard_mb, priorities=[given_to[n] for n in order])
        assert list(texts(out).values()) == [f"{kept} {number}" for number in range(6)]


@pytest.mark.parametrize("keep", ["lang > 1", "length(n_chars) > 1", "source.nobody == 'x'", "lang"])
def test_a_rule_that_does_not_fit_costs_no_work(tmp_path: Path, keep: str) -> None:
    """A rule whose types do not go together is named before anything is measured."""
    source = seal(tmp_path / "in", document_rows(5))
    with pytest.raises(RecipeError, match=r"rule misfit: .* does not fit its columns"):
        run_transform([source], Transform((Length(),), (rule(keep, "misfit"),)), tmp_path / "out")
    assert sorted(path.name for path in tmp_path.iterdir()) == [".in.lock", "in"]


def test_a_changed_threshold_measures_nothing_again(tmp_path: Path) -> None:
    """Deciding late: with another rule the measured shards are used again, and only the filtering is done."""
    source = seal(tmp_path / "in", document_rows(80), parts=8)
    _, done, reused = run_transform([source], Transform((Length(),), (rule("n_chars > 5"),)), tmp_path / "out", shard_mb=1e-6)
    assert (done, reused) == (8, 0)
    _, done, reused = run_transform([source], Transform((Length(),), (rule("n_chars > 50"),)), tmp_path / "out", shard_mb=1e-6)
    assert reused == 8
    assert 0 < done <= 8


def test_the_earlier_version_stays(tmp_path: Path) -> None:
    """A new version moves the old one aside, unchanged; the name leads to the new one."""
    source = seal(tmp_path / "in", document_rows(20))
    first, _, _ = run_transform([source], Transform((Length(),)), tmp_path / "out")
    second, _, _ = run_transform([source], Transform((Upper(),)), tmp_path / "out")
    assert first.digest != second.digest
    assert Dataset.open(tmp_path / "out").digest == second.digest
    assert Dataset.open(tmp_path / ".versions" / f"out-{first.digest[:12]}").verify() == []


def test_a_damaged_unit_is_done_again(tmp_path: Path) -> None:
    """Work found from an earlier run is used only if every byte of it verifies."""
    source = seal(tmp_path / "in", document_rows(40), parts=4)
    first, _, _ = run_transform([source], Transform((Length(),)), tmp_path / "out", shard_mb=1e-6)
    unit = next((tmp_path / ".work" / "out").glob("*/data.parquet"))
    data = bytearray(unit.read_bytes())
    data[len(data) // 2] ^= 1
    unit.unlink()  # the unit's file is the dataset's, by a hard link: damage only the unit
    unit.write_bytes(data)
    again, done, reused = run_transform([source], Transform((Length(),)), tmp_path / "out", shard_mb=1e-6)
    assert (again.digest, done, reused) == (first.digest, 1, 3)


@pytest.mark.parametrize("workers", [1, 3])
def test_nothing_is_left_but_the_results(tmp_path: Path, workers: int) -> None:
    """No temporary folder outlives a run."""
    source = seal(tmp_path / "in", document_rows(40), parts=4)
    run_transform([source], Transform((Length(),)), tmp_path / "out", Workers("threads", workers), 1e-6)
    assert [path.name for path in tmp_path.rglob(".*draft*")] == []
    assert [path.name for path in (tmp_path / ".work" / "out").iterdir() if path.name.startswith(".")] == []
