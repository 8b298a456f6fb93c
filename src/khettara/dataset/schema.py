"""What one record looks like, for each kind of dataset.

A document's row, as Parquet keeps it:

    id="9f2c…", text="السوق نهار الخميس…", source={uri: "avis/souk.txt", sha256: "ab…"}, lang="ary", script="Arab", licence="CC0-1.0"

A table has whatever columns its owner gave it; the other kinds have the columns below at least, and may have more.
"""

from __future__ import annotations

import pyarrow as pa

from khettara.errors import DatasetError

SOURCE = pa.struct(
    [
        ("uri", pa.string()),  # where the file was found, relative to the folder that was ingested
        ("member", pa.string()),  # path inside an archive, null for a plain file
        ("page", pa.int32()),
        ("media_type", pa.string()),
        ("sha256", pa.string()),  # of the raw file (of the member, inside an archive)
    ]
)

_COMMON = [
    pa.field("source", SOURCE),
    pa.field("licence", pa.string()),  # SPDX identifier; null = unknown
    pa.field("created", pa.timestamp("us", tz="UTC")),
    pa.field("author", pa.string()),  # a pseudonym, never a name
    pa.field("domain", pa.string()),
    pa.field("meta", pa.string()),  # canonical JSON object: one type that every reader of Parquet knows
]
_LANGUAGE = [pa.field("lang", pa.string()), pa.field("script", pa.string())]  # BCP 47; ISO 15924
_ID = pa.field("id", pa.string(), nullable=False)

DOCUMENTS = pa.schema([_ID, pa.field("text", pa.large_string()), *_LANGUAGE, *_COMMON])
CLIPS = pa.schema(
    [
        _ID,
        pa.field("audio", pa.large_binary()),
        pa.field("duration_s", pa.float64()),
        pa.field("rate_hz", pa.int32()),
        pa.field("transcript", pa.large_string()),
        *_LANGUAGE,
        *_COMMON,
    ]
)
PAIRS = pa.schema(
    [
        _ID,
        pa.field("left", pa.large_string()),
        pa.field("right", pa.large_string()),
        pa.field("left_lang", pa.string()),
        pa.field("right_lang", pa.string()),
        *_COMMON,
    ]
)
DIALOGUES = pa.schema(
    [
        _ID,
        pa.field("turns", pa.list_(pa.struct([("speaker", pa.string()), ("text", pa.large_string())]))),
        *_LANGUAGE,
        *_COMMON,
    ]
)
TABLE = pa.schema([_ID])

KINDS = {"documents": DOCUMENTS, "table": TABLE, "clips": CLIPS, "pairs": PAIRS, "dialogues": DIALOGUES}

SOURCES = pa.schema(
    [
        pa.field("uri", pa.string(), nullable=False),
        pa.field("member", pa.string()),
        pa.field("sha256", pa.string()),
        pa.field("bytes", pa.int64()),
        pa.field("media_type", pa.string()),
        pa.field("state", pa.string(), nullable=False),  # text, partial, empty, encrypted, unsupported, damaged, refused
        pa.field("reader", pa.string()),
        pa.field("encoding", pa.string()),
        pa.field("records", pa.int64(), nullable=False),
        pa.field("reason", pa.string()),
    ]
)
"""One row per file that was read, whatever came of it."""

REJECT_REASON = [
    pa.field("rule", pa.string(), nullable=False),
    pa.field("because", pa.string()),
    pa.field("value", pa.string()),  # what the rule saw, as text
    pa.field("winner", pa.string()),  # the id kept instead, for a duplicate
]

REASON_COLUMNS = tuple(field.name for field in REJECT_REASON)

CLUSTERS = pa.schema(
    [
        pa.field("id", pa.string(), nullable=False),
        pa.field("winner", pa.string(), nullable=False),  # the id of the record that stays; of another dataset: NAME@DIGEST/ID
        pa.field("rule", pa.string(), nullable=False),
        pa.field("likeness", pa.float32()),  # 1: the same
        pa.field("paragraph", pa.bool_(), nullable=False),  # true: only a paragraph was a copy, and was taken out; the record stays
    ]
)
"""One row per record, or paragraph, that was a copy of another."""


def rejects_schema(data: pa.Schema) -> pa.Schema:
    """The columns of a reject: the whole record, then why it was left out."""
    return pa.schema([*(field for field in data if field.name not in REASON_COLUMNS), *REJECT_REASON])


def check_schema(kind: str, schema: pa.Schema, where: str) -> None:
    """Raise `DatasetError` unless `schema` has every column of `kind`, each with its type."""
    if kind not in KINDS:
        raise DatasetError(f"unknown kind of dataset {kind!r}", where=where, hint=f"Known kinds: {', '.join(KINDS)}.")
    for field in KINDS[kind]:
        index = schema.get_field_index(field.name)
        if index < 0:
            raise DatasetError(f"a dataset of {kind} needs a column {field.name!r}", where=where)
        if schema.field(index).type != field.type:
            raise DatasetError(f"column {field.name!r} is {schema.field(index).type}, not {field.type}", where=where)
