"""The Merkle tree over a dataset's records: one hash for all of them, and for each a short proof that it is among them.

    record 17 of 102,300 → 17 hashes of 32 bytes → the root that the certificate names

Record in, canonical bytes, leaf, root out. The bytes depend on the values alone, not on how Parquet packs them:

- the columns are named once: the sha256 of the canonical JSON of `[[name, type], …]` stands first in each record; a type is
  `text`, `bytes`, `bool`, `int`, `uint64`, `real`, Arrow's name of a date, time or decimal, `["list", type]`, or
  `["struct", [[name, type], …]]`;
- then each value in the order of the columns: its length in 4 bytes (little-endian; ffffffff for none) and its bytes.
  Text is UTF-8; whole numbers, dates and times are 8 bytes (little-endian, two's complement); real numbers 8 bytes (IEEE 754,
  one NaN); truth values one byte; a decimal is its digits; a list or a struct is its values, each with its length.

Leaves and nodes are told apart as RFC 6962 does: a leaf is sha256(00 ‖ record), a node is sha256(01 ‖ left ‖ right), and the
left side of n leaves has the largest power of two smaller than n. The order is that of the dataset.
"""

from __future__ import annotations

import base64
import hashlib
import json
import math
import struct
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import rfc8785

from khettara.dataset.manifest import canonical_json, sha256_hex
from khettara.dataset.store import Dataset
from khettara.errors import CertificateError, DatasetError

FORMAT = "khettara-proof/1"
LEAF, NODE = b"\x00", b"\x01"
BLOCK = 1 << 16
"""Leaves held at once: a power of two, so that each full block is a subtree, and memory does not grow with the records."""

_NONE = b"\xff\xff\xff\xff"
_NAN = struct.pack("<d", math.nan)


def root_of(dataset: Dataset) -> tuple[str, int]:
    """The root over all records of a dataset, in hexadecimal, and how many there are."""
    return root_over(leaves_of(dataset))


def root_over(batches: Iterable[list[bytes]]) -> tuple[str, int]:
    """The root over leaves that come in lists, in hexadecimal, and how many there are."""
    blocks, count = [], 0
    for held in _blocks(batches):
        blocks.append(_root(held))
        count += len(held)
    return _root(blocks).hex(), count


def node_over(held: Sequence[bytes]) -> bytes:
    """The node over some leaves or nodes that lie side by side, of which all but the last lists have a power of two."""
    return _root(held)


def leaves_of(dataset: Dataset) -> Iterator[list[bytes]]:
    """The leaves of all records in order, some thousand at a time."""
    for batch in dataset.batches():
        yield leaves(batch)


def leaves(batch: pa.RecordBatch) -> list[bytes]:
    """The leaf of each record."""
    sha256 = hashlib.sha256
    return [sha256(record).digest() for record in _views(_records(batch, LEAF))]


def record_bytes(batch: pa.RecordBatch, row: int) -> bytes:
    """The canonical bytes of one record."""
    (record,) = _views(_records(batch.slice(row, 1), b""))
    return bytes(record)


def columns_of(schema: pa.Schema) -> list[list[Any]]:
    """Names and types of the columns, as each record's bytes begin with their hash.

    >>> columns_of(pa.schema([("id", pa.large_string()), ("n", pa.int32())]))
    [['id', 'text'], ['n', 'int']]
    """
    return [[field.name, _type(field.type)] for field in schema]


@dataclass(frozen=True)
class Proof:
    """That the record with this leaf is number `index` (from 0) of `count`. `record` holds its bytes where it is shown along.

    `columns` and `record` come together: with them the reader sees what is proved, without them only somebody who has the
    record can tell.
    """

    dataset: str
    index: int
    count: int
    leaf: bytes
    path: tuple[bytes, ...]
    columns: tuple[tuple[str, Any], ...] | None = None
    record: bytes | None = None

    def render(self) -> bytes:
        """One line of JSON; the hashes of the path are one string of base85, a quarter longer than they are."""
        body: dict[str, Any] = {
            "format": FORMAT,
            "dataset": self.dataset,
            "index": self.index,
            "count": self.count,
            "leaf": base64.b85encode(self.leaf).decode(),
            "path": base64.b85encode(b"".join(self.path)).decode(),
        }
        if self.record is not None:
            body |= {"columns": self.columns, "record": base64.b64encode(self.record).decode()}
        return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"

    @classmethod
    def parse(cls, data: bytes, where: str) -> Proof:
        """Read a proof back. Raises `CertificateError` unless it is, byte for byte, what `render` writes."""
        try:
            body = json.loads(data)
            path = base64.b85decode(body["path"])
            shown = "record" in body
            proof = cls(
                body["dataset"],
                int(body["index"]),
                int(body["count"]),
                base64.b85decode(body["leaf"]),
                tuple(path[start : start + 32] for start in range(0, len(path), 32)),
                tuple((name, kind) for name, kind in body["columns"]) if shown else None,
                base64.b64decode(body["record"], validate=True) if shown else None,
            )
            intact = body["format"] == FORMAT and proof.render() == data
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            raise CertificateError("the proof does not read", where=where, hint="Ask for it again: khettara proof DS ID") from error
        if not intact:
            raise CertificateError("the proof does not read: it was changed", where=where, hint="Ask for it again: khettara proof DS ID")
        return proof


def prove(dataset: Dataset, index: int, *, show: bool = False) -> Proof:
    """The proof for one record by its number from 0; `show` puts the record itself beside it.

    Raises:
        DatasetError: there is no such record.
    """
    if not 0 <= index < dataset.rows:
        raise DatasetError(f"there is no record {index}: they are counted from 0 to {dataset.rows - 1}", where=str(dataset.path))
    place, blocks, around = index // BLOCK, [], []
    for number, block in enumerate(_blocks(leaves_of(dataset))):
        blocks.append(_root(block))
        if number == place:
            around = block
    path = (*_path(around, index % BLOCK), *_path(blocks, place))
    proof = Proof(dataset.digest, index, dataset.rows, around[index % BLOCK], path)
    if not show:
        return proof
    batch, row = _at(dataset, index)
    columns = tuple((name, kind) for name, kind in columns_of(batch.schema))
    return Proof(dataset.digest, index, dataset.rows, proof.leaf, path, columns, record_bytes(batch, row))


def index_of(dataset: Dataset, name: str) -> int:
    """The number of the record with this id.

    Raises:
        DatasetError: there is none, or more than one.
    """
    found: list[int] = []
    seen = 0
    for batch in dataset.batches(("id",)):
        places = pc.indices_nonzero(pc.equal(batch.column(0), pa.scalar(name, batch.column(0).type))).to_pylist()
        found += [seen + place for place in places]
        seen += batch.num_rows
    if len(found) != 1:
        what = f"{len(found)} records have the id {name!r}" if found else f"no record has the id {name!r}"
        raise DatasetError(what, where=str(dataset.path), hint="Give the number of the record instead: --row N, from 0.")
    return found[0]


def check(proof: Proof, root: str, count: int) -> str | None:
    """What is wrong with a proof, given the root and the count that a certificate names; None when it holds."""
    if proof.count != count or not 0 <= proof.index < count:
        return "it speaks of another number of records than the certificate does"
    if proof.record is not None and proof.leaf != _leaf_of(proof.record, proof.columns):
        return "the record shown is not the one that it proves"
    if _climb(proof.leaf, proof.index, count, proof.path) != root:
        return "it does not lead to the root that the certificate names"
    return None


def shown(proof: Proof) -> dict[str, Any] | None:
    """The record that a proof shows, as plain values; None where it shows none. Ask `check` first whether it is the one."""
    if proof.record is None or proof.columns is None:
        return None
    values = _split(proof.record[32:])
    return {name: _plain(value, kind) for (name, kind), value in zip(proof.columns, values, strict=True)}


def _leaf_of(record: bytes, columns: Sequence[tuple[str, Any]] | None) -> bytes:
    try:
        named = bytes.fromhex(sha256_hex(canonical_json([list(pair) for pair in columns or ()])))
    except rfc8785.CanonicalizationError:
        return b""
    return hashlib.sha256(LEAF + record).digest() if record[:32] == named else b""


def _climb(leaf: bytes, index: int, count: int, path: Sequence[bytes]) -> str | None:
    """The root that a path leads to (RFC 9162, section 2.1.3.2); None where the path is too long or too short."""
    here, last, node = index, count - 1, leaf
    for sibling in path:
        if last == 0:
            return None
        if here % 2 or here == last:
            node = _node(sibling, node)
            while not here % 2 and here:
                here, last = here >> 1, last >> 1
        else:
            node = _node(node, sibling)
        here, last = here >> 1, last >> 1
    return node.hex() if last == 0 else None


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(NODE + left + right).digest()


def _level(nodes: Sequence[bytes]) -> list[bytes]:
    """The nodes above; one without a neighbour goes up as it is, which is the same as splitting at a power of two."""
    sha256 = hashlib.sha256
    above = [sha256(NODE + left + right).digest() for left, right in zip(nodes[::2], nodes[1::2], strict=False)]
    return above if len(nodes) % 2 == 0 else [*above, nodes[-1]]


def _root(nodes: Sequence[bytes]) -> bytes:
    if not nodes:
        return hashlib.sha256().digest()
    while len(nodes) > 1:
        nodes = _level(nodes)
    return nodes[0]


def _path(nodes: Sequence[bytes], index: int) -> list[bytes]:
    """The siblings on the way up."""
    path = []
    while len(nodes) > 1:
        if index ^ 1 < len(nodes):
            path.append(nodes[index ^ 1])
        nodes, index = _level(nodes), index >> 1
    return path


def _blocks(batches: Iterable[list[bytes]]) -> Iterator[list[bytes]]:
    held: list[bytes] = []
    for batch in batches:
        held += batch
        while len(held) >= BLOCK:
            yield held[:BLOCK]
            held = held[BLOCK:]
    if held:
        yield held


def _at(dataset: Dataset, index: int) -> tuple[pa.RecordBatch, int]:
    for batch in dataset.batches():
        if index < batch.num_rows:
            return batch, index
        index -= batch.num_rows
    raise AssertionError


def _records(batch: pa.RecordBatch, first: bytes) -> pa.Array:
    """The canonical bytes of each record, with `first` before each."""
    named = bytes.fromhex(sha256_hex(canonical_json(columns_of(batch.schema))))
    begin = pa.scalar(first + named, pa.large_binary())
    if batch.num_columns == 0:
        return pa.array([begin.as_py()] * batch.num_rows, pa.large_binary())
    return _joined([begin, *(part for column in batch.columns for part in _cells(column))])


def _joined(parts: Sequence[Any]) -> pa.Array:
    return pc.binary_join_element_wise(*parts, pa.scalar(b"", pa.large_binary()))


def _cells(column: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Length and bytes of each value."""
    values = _values(column)
    lengths = pc.fill_null(pc.binary_length(values), -1).to_numpy(zero_copy_only=False)
    if len(lengths) and lengths.max() >= 0xFFFFFFFF:
        raise DatasetError("a value of more than 4 GB has no place in a proof")
    return _fixed(lengths.astype("<u4")), pc.fill_null(values, b"")


def _fixed(numbers: np.ndarray[Any, Any]) -> pa.Array:
    """The bytes of each number, as binary values."""
    width = numbers.itemsize
    offsets = pa.py_buffer(np.arange(0, width * (len(numbers) + 1), width, dtype=np.int64))
    return pa.Array.from_buffers(pa.large_binary(), len(numbers), [None, offsets, pa.py_buffer(np.ascontiguousarray(numbers))])


def _values(column: pa.Array) -> pa.Array:
    """The bytes of each value; null stays null."""
    kind = column.type
    if isinstance(kind, pa.DictionaryType):
        return _values(column.dictionary_decode())
    if _is_text(kind) or pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind):
        return column.cast(pa.large_string() if _is_text(kind) else pa.large_binary()).cast(pa.large_binary())
    if pa.types.is_decimal(kind):
        return column.cast(pa.large_string()).cast(pa.large_binary())
    if pa.types.is_null(kind):
        return pa.nulls(len(column), pa.large_binary())
    if pa.types.is_struct(kind):
        inner = [part for number in range(kind.num_fields) for part in _cells(column.field(number))]
        return _where(column, _joined([pa.scalar(b"", pa.large_binary()), *inner]) if inner else _fixed(np.zeros((len(column), 0), np.uint8)))
    if pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_map(kind) or pa.types.is_fixed_size_list(kind):
        return _lists(column)
    return _where(column, _numbers(column))


def _where(column: pa.Array, values: pa.Array) -> pa.Array:
    """The values, null where the column is."""
    return values if column.null_count == 0 else pc.if_else(column.is_valid(), values, pa.scalar(None, pa.large_binary()))


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))


def _numbers(column: pa.Array) -> pa.Array:
    kind = column.type
    if pa.types.is_boolean(kind):
        return _fixed(pc.fill_null(column, False).to_numpy(zero_copy_only=False).astype(np.uint8))
    if pa.types.is_floating(kind):
        values = pc.fill_null(column.cast(pa.float64()), 0.0).to_numpy(zero_copy_only=False).astype("<f8")
        return _fixed(np.where(np.isnan(values), np.frombuffer(_NAN, "<f8")[0], values))
    if pa.types.is_integer(kind):
        wide = pa.uint64() if pa.types.is_unsigned_integer(kind) else pa.int64()
    elif pa.types.is_temporal(kind):
        column = column.view(pa.int32() if kind.bit_width == 32 else pa.int64())
        wide = pa.int64()
    else:
        raise DatasetError(f"values of type {kind} have no canonical bytes")
    return _fixed(pc.fill_null(column.cast(wide), 0).to_numpy(zero_copy_only=False))


def _lists(column: pa.Array) -> pa.Array:
    """The values of each list, joined."""
    if pa.types.is_fixed_size_list(column.type):
        column = column.cast(pa.list_(column.type.value_type))
    if pa.types.is_map(column.type):
        column = column.cast(pa.list_(pa.struct([("key", column.type.key_type), ("value", column.type.item_type)])))
    flat = column.flatten()  # of the lists that are there, in order
    sizes = pc.fill_null(pc.list_value_length(column), 0).to_numpy(zero_copy_only=False)
    cells = _joined([pa.scalar(b"", pa.large_binary()), *_cells(flat)])
    ends = np.frombuffer(cells.buffers()[1], np.int64)[cells.offset : cells.offset + len(cells) + 1]
    lists = np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes, dtype=np.int64)])  # cells lie side by side: a list is a run of them
    return _where(column, pa.Array.from_buffers(pa.large_binary(), len(column), [None, pa.py_buffer(ends[lists]), cells.buffers()[2]]))


def _type(kind: pa.DataType) -> Any:
    """What a type is called, however wide Arrow holds it: a word, `["list", TYPE]` or `["struct", [[name, TYPE], …]]`."""
    if isinstance(kind, pa.DictionaryType):
        return _type(kind.value_type)
    if pa.types.is_struct(kind):
        return ["struct", [[kind.field(n).name, _type(kind.field(n).type)] for n in range(kind.num_fields)]]
    if pa.types.is_map(kind):
        return ["list", ["struct", [["key", _type(kind.key_type)], ["value", _type(kind.item_type)]]]]
    if pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind):
        return ["list", _type(kind.value_type)]
    for name, known in _NAMES.items():
        if any(test(kind) for test in known):
            return name
    return str(kind)


_NAMES = {
    "text": (_is_text,),
    "bytes": (pa.types.is_binary, pa.types.is_large_binary, pa.types.is_fixed_size_binary),
    "bool": (pa.types.is_boolean,),
    "int": (lambda kind: pa.types.is_integer(kind) and kind != pa.uint64(),),  # the largest of uint64 would read as negative
    "real": (pa.types.is_floating,),
}


def _views(records: pa.Array) -> Iterator[memoryview]:
    """Each record's bytes, where they lie."""
    _, offsets, data = records.buffers()
    ends = np.frombuffer(offsets, np.int64)[records.offset : records.offset + len(records) + 1].tolist()
    view = memoryview(data) if data is not None else memoryview(b"")
    for start, end in pairwise(ends):
        yield view[start:end]


def _split(data: bytes) -> list[bytes | None]:
    """The values, one after the other, that `_cells` wrote."""
    values: list[bytes | None] = []
    place = 0
    while place < len(data):
        mark, place = data[place : place + 4], place + 4
        size = 0 if mark == _NONE else int.from_bytes(mark, "little")
        values.append(None if mark == _NONE else data[place : place + size])
        place += size
    return values


def _plain(value: bytes | None, kind: Any) -> Any:
    """A value as JSON can hold it: bytes as hexadecimal digits, dates and times as the numbers that they are."""
    if value is None:
        return None
    if not isinstance(kind, str):
        inner = _split(value)
        if kind[0] == "list":
            return [_plain(item, kind[1]) for item in inner]
        return {name: _plain(item, what) for item, (name, what) in zip(inner, kind[1], strict=True)}
    if kind == "text" or kind.startswith("decimal"):
        return value.decode()
    if kind == "bool":
        return value == b"\x01"
    if kind == "real":
        return struct.unpack("<d", value)[0]
    if kind == "int" or kind.startswith(("timestamp", "date", "time", "duration")):
        return int.from_bytes(value, "little", signed=True)
    return int.from_bytes(value, "little") if kind == "uint64" else value.hex()
