"""The manifest: written in one way, read back exactly, and any other bytes are refused."""

from __future__ import annotations

import dataclasses
import json
import random
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st
from tests.builders import document_rows, seal

from khettara.dataset import FileEntry, Manifest, Parent, StepRecord, canonical_json, read_manifest, sha256_hex
from khettara.errors import DatasetError, NotSealed, Tampered

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
FACTS = st.dictionaries(st.text(max_size=8), PLAIN, max_size=4)


def manifest(facts: dict[str, Any]) -> Manifest:
    """A small manifest with some facts."""
    return Manifest(
        format="khettara-dataset/1",
        name="souk",
        kind="documents",
        schema=({"name": "id", "type": "string", "nullable": False},),
        files=(FileEntry("data/part-00000.parquet", "ab" * 32, 10, 1, 65536, ("ab" * 8,)),),
        parents=(Parent("cd" * 32, "raw"),),
        step=StepRecord("clean", 1, {"shard_mb": 16}, "key"),
        counts={"in": 1, "kept": 1},
        versions={"khettara": "0"},
        facts=facts,
    )


@given(FACTS)
def test_what_is_written_reads_back(facts: dict[str, Any]) -> None:
    """Any plain facts come back equal, with the same digest, in the same bytes."""
    written = manifest(facts)
    found = Manifest.parse(written.render(), "here")
    assert found == written
    assert (found.digest, found.render()) == (written.digest, written.render())


@given(FACTS, FACTS)
def test_the_digest_tells_manifests_apart(some: dict[str, Any], others: dict[str, Any]) -> None:
    """Two manifests have one digest exactly when they say the same."""
    same = canonical_json(some) == canonical_json(others)
    assert (manifest(some).digest == manifest(others).digest) == same


def test_every_field_is_covered_by_the_digest() -> None:
    """A change of any field changes the digest."""
    sound = manifest({})
    for field in dataclasses.fields(sound):
        value = getattr(sound, field.name)
        changed: Any = {"changed": "1"}
        if isinstance(value, str):
            changed = "changed"
        elif isinstance(value, tuple):
            changed = ()
        elif isinstance(value, StepRecord):
            changed = dataclasses.replace(value, key="changed")
        assert dataclasses.replace(sound, **{field.name: changed}).digest != sound.digest, field.name


OTHER_BYTES = [
    ("no JSON", b"{"),
    ("no mapping", b"[]"),
    ("no digest", b"{}"),
    ("nested without end", b"[" * 200_000),
    ("not UTF-8", b'{"digest": "\xff"}'),
    ("not a number", b'{"digest": NaN}'),
]


@pytest.mark.parametrize(("label", "data"), OTHER_BYTES, ids=[case[0] for case in OTHER_BYTES])
def test_other_bytes_are_no_manifest(label: str, data: bytes) -> None:
    """Whatever the bytes are, they are refused by name and never crash the reader."""
    with pytest.raises(Tampered, match="the manifest does not read"):
        Manifest.parse(data, "here")


def test_the_same_values_in_another_layout_are_refused() -> None:
    """Even a blank more shows: the file is byte for byte what was written."""
    data = manifest({}).render()
    for other in (json.dumps(json.loads(data)).encode(), data + b"\n", b" " + data, data.replace(b'"in": 1', b'"in": 2')):
        with pytest.raises(Tampered, match="changed after it was sealed"):
            Manifest.parse(other, "here")


def test_a_format_of_the_future_is_named() -> None:
    """A manifest of another version is not guessed at."""
    with pytest.raises(DatasetError, match="khettara-dataset/9"):
        Manifest.parse(dataclasses.replace(manifest({}), format="khettara-dataset/9").render(), "here")


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 2**60])
def test_what_json_cannot_hold_is_refused_in_words(value: float) -> None:
    """A loss that is not a number, or a count beyond 2^53, is one clear error and not a manifest that nobody reads."""
    with pytest.raises(DatasetError, match="the manifest cannot say this"):
        manifest({"loss": value}).render()


@pytest.mark.parametrize("size", [0, 1, 65535, 65536, 65537, 64 * 65536, 64 * 65536 + 1])
def test_chunks_cover_the_whole_file(tmp_path: Path, size: int) -> None:
    """At most 64 chunks, each of the file's own bytes, none left out, whatever the size."""
    data = random.Random(size).randbytes(size)
    (tmp_path / "file").write_bytes(data)
    entry = FileEntry.of(tmp_path / "file", "file")
    assert (entry.sha256, entry.bytes) == (sha256_hex(data), size)
    assert len(entry.chunks) <= 64
    assert entry.chunks == tuple(sha256_hex(data[i : i + entry.chunk_bytes])[:16] for i in range(0, size, entry.chunk_bytes))


def test_what_is_not_there_is_told_from_what_is_not_sealed(tmp_path: Path) -> None:
    """A missing folder and a folder of raw files get different advice."""
    with pytest.raises(NotSealed, match="no such dataset"):
        read_manifest(tmp_path / "nowhere")
    with pytest.raises(NotSealed, match="khettara ingest"):
        read_manifest(tmp_path)


def test_nothing_in_it_depends_on_time_or_place(tmp_path: Path) -> None:
    """The same records sealed twice, in two places, give the same digest."""
    for place in ("one", "two"):
        seal(tmp_path / place / "ds", document_rows(7), parts=2)
    assert read_manifest(tmp_path / "one" / "ds").digest == read_manifest(tmp_path / "two" / "ds").digest


@given(PLAIN | st.floats(1e-9, 1e23) | st.sampled_from(["\x7f", "\u2028", "\x1f", {"\x7f": 1e-9}, {"\ue000": 1, "\U00010000": 2}, -0.0]))
def test_canonical_json_is_that_of_the_reference(value: Any) -> None:
    """Our quick way of writing canonical JSON gives, byte by byte, what `rfc8785` gives; surrogates are refused by both."""
    try:
        expected = rfc8785.dumps(value)
    except rfc8785.CanonicalizationError:
        with pytest.raises(rfc8785.CanonicalizationError):
            canonical_json(value)
        return
    assert canonical_json(value) == expected
