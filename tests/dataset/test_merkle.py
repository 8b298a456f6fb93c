"""Records and their root: the same values give the same leaves however they are packed, and a proof holds for one record only."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.builders import document_rows, seal

from khettara.dataset import Dataset, canonical_json, merkle
from khettara.errors import CertificateError, DatasetError

KIND: list[Any] = ["struct", [["a", "text"], ["b", ["list", "int"]]]]
SCHEMA = pa.schema(
    [
        ("id", pa.string()),
        ("text", pa.large_string()),
        ("n", pa.int32()),
        ("x", pa.float64()),
        ("yes", pa.bool_()),
        ("raw", pa.binary()),
        ("more", pa.struct([("a", pa.string()), ("b", pa.list_(pa.int64()))])),
    ]
)
COLUMNS: list[list[Any]] = [["id", "text"], ["text", "text"], ["n", "int"], ["x", "real"], ["yes", "bool"], ["raw", "bytes"], ["more", KIND]]

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
whole = st.integers(-(2**31), 2**31 - 1)
rows = st.lists(
    st.tuples(
        texts,
        st.none() | texts,
        st.none() | whole,
        st.none() | st.floats(allow_nan=False),
        st.none() | st.booleans(),
        st.none() | st.binary(max_size=5),
        st.none() | st.fixed_dictionaries({"a": st.none() | texts, "b": st.none() | st.lists(st.none() | whole, max_size=3)}),
    ),
    min_size=1,
    max_size=12,
)


def plainly(value: Any, kind: Any) -> bytes:
    """Length and bytes of a value, by the module's description and without its code."""
    if value is None:
        return b"\xff\xff\xff\xff"
    data: bytes
    if kind == "text":
        data = value.encode()
    elif kind == "int":
        data = struct.pack("<q", value)
    elif kind == "real":
        data = struct.pack("<d", value)
    elif kind == "bool":
        data = bytes([value])
    elif kind == "bytes":
        data = value
    elif kind[0] == "list":
        data = b"".join(plainly(item, kind[1]) for item in value)
    else:
        data = b"".join(plainly(value[name], inner) for name, inner in kind[1])
    return struct.pack("<I", len(data)) + data


def as_batch(values: Sequence[tuple[Any, ...]]) -> pa.RecordBatch:
    """Rows as a batch."""
    return pa.RecordBatch.from_pylist([dict(zip(SCHEMA.names, row, strict=True)) for row in values], schema=SCHEMA)


@given(rows)
def test_leaves_are_those_of_the_description(values: list[tuple[Any, ...]]) -> None:
    """Leaf by leaf, the columns' loops give what plain Python gives by the description."""
    named = hashlib.sha256(canonical_json(COLUMNS)).digest()
    cells = [b"".join(plainly(value, kind) for value, (_, kind) in zip(row, COLUMNS, strict=True)) for row in values]
    assert merkle.columns_of(SCHEMA) == COLUMNS
    assert merkle.leaves(as_batch(values)) == [hashlib.sha256(b"\0" + named + cell).digest() for cell in cells]


@given(rows, st.data())
def test_packing_makes_no_difference(values: list[tuple[Any, ...]], data: st.DataObject) -> None:
    """Wider or narrower types, dictionaries, slices: the same values, the same leaves."""
    batch = as_batch(values)
    start = data.draw(st.integers(0, len(values) - 1))
    assert merkle.leaves(batch.slice(start)) == merkle.leaves(batch)[start:]
    other = pa.RecordBatch.from_arrays(
        [
            batch["id"].dictionary_encode(),
            batch["text"].cast(pa.string_view()),
            batch["n"].cast(pa.int64()),
            batch["x"],
            batch["yes"],
            batch["raw"].cast(pa.large_binary()),
            batch["more"],
        ],
        names=SCHEMA.names,
    )
    assert merkle.leaves(other) == merkle.leaves(batch)


def rfc6962(nodes: Sequence[bytes]) -> bytes:
    """The root as RFC 6962 writes it down, from leaves that are hashed already."""
    if len(nodes) == 1:
        return nodes[0]
    split = 1 << (len(nodes) - 1).bit_length() - 1
    return hashlib.sha256(b"\1" + rfc6962(nodes[:split]) + rfc6962(nodes[split:])).digest()


@given(st.integers(1, 130))
def test_the_root_is_that_of_the_standard(n: int) -> None:
    """Level by level gives what the recursive definition gives; every leaf's proof leads there, and to its place alone."""
    leaves = [hashlib.sha256(bytes([number])).digest() for number in range(n)]
    root = rfc6962(leaves).hex()
    assert merkle._root(leaves).hex() == root
    for index in range(n):
        proof = merkle.Proof("0" * 64, index, n, leaves[index], tuple(merkle._path(leaves, index)))
        assert merkle.check(proof, root, n) is None
        assert merkle.check(dataclasses.replace(proof, index=(index + 1) % n), root, n) if n > 1 else True


def dataset(tmp_path: Path, n: int, parts: int = 1) -> Dataset:
    """A sealed dataset of documents."""
    return Dataset.open(seal(tmp_path / f"ds{n}-{parts}", document_rows(n), parts))


def test_blocks_make_no_difference(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many leaves are held at once, and in however many parts the records lie: one root, and proofs that lead to it."""
    whole = merkle.root_of(dataset(tmp_path, 103))
    for block in (1, 4, 64):
        monkeypatch.setattr(merkle, "BLOCK", block)
        parted = dataset(tmp_path, 103, 5)
        assert merkle.root_of(parted) == whole
        for index in (0, 50, 63, 64, 102):
            assert merkle.check(merkle.prove(parted, index), *whole) is None


def test_a_proof_shows_its_record(tmp_path: Path) -> None:
    """With the record beside it, the proof says what is proved; another record in its place is noticed."""
    data = dataset(tmp_path, 20)
    root, count = merkle.root_of(data)
    proof = merkle.prove(data, merkle.index_of(data, "d000007"), show=True)
    assert merkle.check(proof, root, count) is None
    row = merkle.shown(proof)
    assert row is not None
    assert (row["id"], row["source"]["uri"], row["lang"]) == ("d000007", "d/0.txt", "ary")
    assert proof.record is not None
    other = dataclasses.replace(proof, record=proof.record.replace(b"d000007", b"d000008"))
    assert "not the one that it proves" in (merkle.check(other, root, count) or "")
    renamed = dataclasses.replace(proof, columns=(("no", "text"), *(proof.columns or ())[1:]))
    assert merkle.check(renamed, root, count)


def test_a_proof_survives_its_file_and_no_change_of_it(tmp_path: Path) -> None:
    """Written and read it is the same; whatever byte is changed, it does not read or does not hold."""
    data = dataset(tmp_path, 20)
    root, count = merkle.root_of(data)
    sound = merkle.prove(data, 7).render()
    assert merkle.check(merkle.Proof.parse(sound, "x"), root, count) is None
    for place in range(len(sound)):
        for change in (1, 2, 32, 128):
            changed = sound[:place] + bytes([sound[place] ^ change]) + sound[place + 1 :]
            try:
                proof = merkle.Proof.parse(changed, "x")
            except CertificateError:
                continue
            assert merkle.check(proof, root, count) or proof.dataset != data.digest, changed


ODD = [b"", b"[]", b"{}", b"5", b"\xff", b"[" * 100_000, json.dumps({"format": "khettara-proof/1"}).encode(), b'{"path": 5}']


@pytest.mark.parametrize("data", ODD, ids=range(len(ODD)))
def test_what_is_no_proof_is_refused(data: bytes) -> None:
    """Anything else is one clear error."""
    with pytest.raises(CertificateError, match="does not read"):
        merkle.Proof.parse(data, "x")


def test_a_long_path_leads_nowhere() -> None:
    """A path that goes on after the root is none, and no work is done for it."""
    leaf = hashlib.sha256(b"x").digest()
    assert merkle.check(merkle.Proof("0" * 64, 0, 1, leaf, ()), leaf.hex(), 1) is None
    assert merkle.check(merkle.Proof("0" * 64, 0, 1, leaf, (leaf,)), leaf.hex(), 1)
    assert merkle.check(merkle.Proof("0" * 64, 0, 2, leaf, ()), leaf.hex(), 2)


def test_a_record_that_is_not_there_is_named(tmp_path: Path) -> None:
    """No such number, no such id, two of the same id: said in words."""
    data = dataset(tmp_path, 5)
    with pytest.raises(DatasetError, match="from 0 to 4"):
        merkle.prove(data, 5)
    with pytest.raises(DatasetError, match="no record has the id"):
        merkle.index_of(data, "nobody")
    twice = Dataset.open(seal(tmp_path / "twice", document_rows(3) + document_rows(3)))
    with pytest.raises(DatasetError, match="2 records have the id"):
        merkle.index_of(twice, "d000001")


def test_no_records_have_a_root(tmp_path: Path) -> None:
    """The root over nothing is the hash of nothing, as RFC 6962 has it."""
    assert merkle.root_of(dataset(tmp_path, 0)) == (hashlib.sha256(b"").hexdigest(), 0)
