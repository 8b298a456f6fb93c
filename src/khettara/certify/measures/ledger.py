"""Measures of what is on disk around the records: can they be traced, read, moved, restored, audited. Each is tried, not asked.

restore drill: 4 files, 13.0 MB copied away and read back, all equal  ->  Rec-ML-1 1.0
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet as pq

from khettara.certify.measures.measured import Measured, Outcome, missing, not_applicable
from khettara.certify.measures.seen import Seen
from khettara.dataset import Ancestor, lineage, sha256_hex
from khettara.dataset.certificate import NAME as CERTIFICATE
from khettara.dataset.findings import NAME as FINDINGS

OPEN_FORMATS = (".parquet", ".json", ".jsonl", ".md", ".txt", ".csv", ".yaml", ".html")
SAMPLE = 100
"""Records of a round trip; it is a test of formats, which fails on the first or on none."""
DRILL_BYTES = 16_000_000
"""Restored in a drill, file by file from the first: every file was hashed before, so the drill tests the way there and back."""


def _tree(seen: Seen) -> list[Ancestor]:
    """The artefacts of the lineage that are there, this one first."""
    if "lineage" not in seen.cache:
        seen.cache["lineage"] = list(_flat(lineage(seen.dataset.path)))
    tree: list[Ancestor] = seen.cache["lineage"]
    return tree


def _flat(ancestor: Ancestor) -> Iterator[Ancestor]:
    yield ancestor
    for parent in ancestor.parents:
        yield from _flat(parent)


def traceable(seen: Seen) -> Outcome:
    """Records that name the file they came from and its sha256, or all where the dataset names the file or a parent that is there."""
    if seen.facts.has("has_origin"):
        return Measured(int(seen.facts["has_origin"].sum()), seen.rows)
    source = seen.dataset.manifest.facts.get("source") or {}
    known = (
        bool(isinstance(source, dict) and source.get("sha256"))
        or bool(seen.dataset.manifest.of_role("sources"))
        or bool(seen.dataset.manifest.parents)
    )
    return Measured(seen.rows if known else 0, seen.rows)


def named_signers(seen: Seen) -> Outcome:
    """Versions in the lineage beside which a certificate names who signed; this one is signed as this is written."""
    found = [entry for entry in _tree(seen) if entry.path is not None]
    signed = sum(entry is found[0] or (entry.path is not None and (entry.path / CERTIFICATE).is_file()) for entry in found)
    return Measured(signed, len(found), sampled=False)


def recorded_steps(seen: Seen) -> Outcome:
    """Steps of the lineage whose settings and key are on record."""
    found = _tree(seen)
    datasets = [entry for entry in found if entry.role in ("dataset", "model")]
    known = sum(bool(entry.manifest is not None and entry.manifest.step.key) for entry in datasets)
    return Measured(known, len(datasets), sampled=False)


def readable_files(seen: Seen) -> Outcome:
    """Files that the present user may read."""
    files = [seen.dataset.path / entry.path for entry in seen.dataset.manifest.files]
    return Measured(sum(os.access(file, os.R_OK) for file in files), len(files), sampled=False)


def open_formats(seen: Seen) -> Outcome:
    """Files in formats that others read without our code."""
    names = [entry.path for entry in seen.dataset.manifest.files]
    return Measured(sum(name.endswith(OPEN_FORMATS) for name in names), len(names), sampled=False)


def read_back(seen: Seen) -> Outcome:
    """Records that were read just now, of those that the manifest counts."""
    return Measured(seen.rows, seen.dataset.rows, sampled=False)


def answered(seen: Seen) -> Outcome:
    """Requests for one group of rows of each file of records, that were answered with as many rows as it says."""
    asked = done = 0
    for file in seen.dataset.files("data"):
        with pq.ParquetFile(file) as parquet:
            for group in {0, parquet.num_row_groups - 1} if parquet.num_row_groups else ():
                asked += 1
                expected = parquet.metadata.row_group(group).num_rows
                done += parquet.read_row_group(group, columns=[parquet.schema_arrow.names[0]]).num_rows == expected
    return Measured(done, asked, sampled=False)


def _sample(seen: Seen) -> pa.Table:
    """The first records, without recordings: what is tested is formats."""
    if "sample" not in seen.cache:
        columns = [field.name for field in seen.dataset.schema if not pa.types.is_large_binary(field.type)]
        batches = seen.dataset.batches(columns, rows=SAMPLE)
        first = next(batches, None)
        seen.cache["sample"] = pa.table(first) if first is not None else seen.dataset.schema.empty_table().select(columns)
    sample: pa.Table = seen.cache["sample"]
    return sample


def moved(seen: Seen) -> Outcome:
    """Values of a sample that are the same after an export to JSON lines and back."""
    sample = _sample(seen)
    if not sample.num_rows:
        return not_applicable("there are no records")
    same = total = 0
    for before in sample.to_pylist():
        plain = {name: _plain(value) for name, value in before.items()}
        after = json.loads(json.dumps(plain, ensure_ascii=False))
        same += sum(after[name] == value for name, value in plain.items())
        total += len(plain)
    return Measured(same, total, sampled=False)


def _plain(value: Any) -> Any:
    """A value as JSON can hold it; a date as its digits."""
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)


def formats_kept(seen: Seen) -> Outcome:
    """Open formats from which a sample comes back equal: Parquet, Arrow's own, JSON lines."""
    sample = _sample(seen)
    if not sample.num_rows:
        return not_applicable("there are no records")
    trips = (_through_parquet, _through_arrow, _through_json)
    return Measured(sum(trip(sample) for trip in trips), len(trips), sampled=False)


def _through_parquet(sample: pa.Table) -> bool:
    sink = pa.BufferOutputStream()
    pq.write_table(sample, sink)
    return bool(pq.read_table(pa.BufferReader(sink.getvalue())).equals(sample))


def _through_arrow(sample: pa.Table) -> bool:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, sample.schema) as writer:
        writer.write_table(sample)
    return bool(pa.ipc.open_stream(sink.getvalue()).read_all().equals(sample))


def _through_json(sample: pa.Table) -> bool:
    lines = [json.dumps({name: _plain(value) for name, value in row.items()}, ensure_ascii=False) for row in sample.to_pylist()]
    rows = [json.loads(line) for line in lines]
    try:
        columns = [_from_json([row[field.name] for row in rows], field.type) for field in sample.schema]
        return bool(pa.Table.from_arrays(columns, schema=sample.schema).equals(sample))
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, pa.ArrowTypeError):
        return False


def _from_json(values: list[Any], kind: pa.DataType) -> pa.Array:
    """A column as it was, from what JSON holds of it: dates are text there."""
    return pa.array(values, pa.string()).cast(kind) if pa.types.is_temporal(kind) else pa.array(values, kind)


def _drill(seen: Seen) -> tuple[int, int, int, int]:
    """Bytes equal, bytes restored; columns equal, columns: from a copy made elsewhere on this machine."""
    if "drill" not in seen.cache:
        same = total = 0
        columns = equal = 0
        with tempfile.TemporaryDirectory(prefix="khettara-drill-") as folder:
            for entry in sorted(seen.dataset.manifest.files, key=lambda entry: (entry.bytes, entry.path)):
                if total and total + entry.bytes > DRILL_BYTES:
                    continue
                copy = Path(folder) / "copy"
                copy.write_bytes((seen.dataset.path / entry.path).read_bytes())
                restored = copy.read_bytes()
                total += entry.bytes
                same += entry.bytes if sha256_hex(restored) == entry.sha256 else 0
                if entry.path.startswith("data/") and not columns:
                    names = seen.dataset.schema.names
                    columns, equal = len(names), sum(name in names for name in pq.read_schema(copy).names)
        seen.cache["drill"] = (same, total, equal, columns)
    drill: tuple[int, int, int, int] = seen.cache["drill"]
    return drill


def restored_bytes(seen: Seen) -> Outcome:
    """Bytes that were the same after a restore."""
    same, total, *_ = _drill(seen)
    return Measured(same, total, sampled=False)


def restored_columns(seen: Seen) -> Outcome:
    """Columns that were there after a restore."""
    *_, equal, columns = _drill(seen)
    return Measured(equal, columns, sampled=False) if columns else missing("no file of records is small enough for the drill")


def audited(seen: Seen) -> Outcome:
    """Records that an examination or a cleaning on record looked at: findings, signals, or what it set aside, lie beside them."""
    counts = seen.dataset.manifest.counts
    looked = (
        seen.found is not None or (seen.dataset.path / FINDINGS).is_file() or bool(seen.dataset.files("signals")) or bool(counts.get("rejected_by"))
    )
    return Measured(seen.rows if looked else 0, seen.rows, sampled=False)


def auditable(seen: Seen) -> Outcome:
    """Records with an id of their own. A table read in place has the numbers of its rows."""
    ids = (
        pq.read_table(seen.dataset.files("data"), columns=["id"])["id"]
        if seen.dataset.files("data")
        else pa.chunked_array([pa.array([], pa.string())])
    )
    return Measured(len(ids.drop_null().unique()), seen.rows, sampled=False)


def spared_bytes(seen: Seen) -> Outcome:
    """Bytes spared by the stored form, out of those of the same values unpacked."""
    stored = sum(entry.bytes for entry in seen.dataset.manifest.of_role("data"))
    plain = sum(size for _, size, _ in _column_bytes(seen))
    return Measured(max(0, plain - stored), plain, sampled=False) if plain else not_applicable("there are no records")


def unread_bytes(seen: Seen) -> Outcome:
    """Stored bytes that a reader of the largest column alone need not read."""
    sizes: dict[str, int] = {}
    for name, _, packed in _column_bytes(seen):
        sizes[name] = sizes.get(name, 0) + packed
    total = sum(sizes.values())
    return Measured(total - max(sizes.values()), total, sampled=False) if total else not_applicable("there are no records")


def _column_bytes(seen: Seen) -> list[tuple[str, int, int]]:
    """For each column of each group of rows its name, and its bytes unpacked and packed, as Parquet's own footer says."""
    if "bytes" not in seen.cache:
        found = []
        for file in seen.dataset.files("data"):
            footer = pq.read_metadata(file)
            for group in range(footer.num_row_groups):
                for number in range(footer.num_columns):
                    column = footer.row_group(group).column(number)
                    found.append((column.path_in_schema.split(".")[0], column.total_uncompressed_size, column.total_compressed_size))
        seen.cache["bytes"] = found
    sizes: list[tuple[str, int, int]] = seen.cache["bytes"]
    return sizes
