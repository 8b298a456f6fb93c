"""The spine: what every room reads and leaves. Sealed folders, manifests, certificates, lineage. It knows no other room."""

from khettara.dataset.lineage import Ancestor, lineage, raw_files
from khettara.dataset.manifest import (
    DATASET_FORMAT,
    MODEL_FORMAT,
    FileEntry,
    Manifest,
    Parent,
    StepRecord,
    canonical_json,
    read_manifest,
    sha256_file,
    sha256_hex,
)
from khettara.dataset.schema import CLIPS, CLUSTERS, DIALOGUES, DOCUMENTS, KINDS, PAIRS, SOURCE, SOURCES, TABLE, rejects_schema
from khettara.dataset.store import Dataset, Draft, Fault, PartWriter, Sealed, model_draft, write_parquet

__all__ = [
    "CLIPS",
    "CLUSTERS",
    "DATASET_FORMAT",
    "DIALOGUES",
    "DOCUMENTS",
    "KINDS",
    "MODEL_FORMAT",
    "PAIRS",
    "SOURCE",
    "SOURCES",
    "TABLE",
    "Ancestor",
    "Dataset",
    "Draft",
    "Fault",
    "FileEntry",
    "Manifest",
    "Parent",
    "PartWriter",
    "Sealed",
    "StepRecord",
    "canonical_json",
    "lineage",
    "model_draft",
    "raw_files",
    "read_manifest",
    "rejects_schema",
    "sha256_file",
    "sha256_hex",
    "write_parquet",
]
