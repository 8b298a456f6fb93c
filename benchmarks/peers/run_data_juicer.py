"""Data-Juicer over a folder of Parquet, with operators that do what the other pipelines do. Runs in its own environment.

    python run_data_juicer.py TEXTS WORK LID

It looks for models in a cache of its own and would fetch what is missing: the identifier trained for datatrove is laid there
under the name that it expects. The files are text only: its reader takes a folder.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import yaml

OPERATORS: list[dict[str, dict[str, object]]] = [
    {"fix_unicode_mapper": {"normalization": "NFC"}},
    {"language_id_score_filter": {"lang": "", "min_score": 0.0}},
    {"character_repetition_filter": {"rep_len": 10, "max_ratio": 0.9}},
    {"word_repetition_filter": {"rep_len": 5, "max_ratio": 0.9}},
    {"words_num_filter": {"min_num": 20}},
    {"average_line_length_filter": {"min_len": 5}},
    {"maximum_line_length_filter": {"min_len": 5}},
    {"alphanumeric_filter": {"min_ratio": 0.1}},
    {"special_characters_filter": {"max_ratio": 0.9}},
    {"clean_email_mapper": {}},
    {"clean_ip_mapper": {}},
    {
        "document_minhash_deduplicator": {
            "tokenization": "space",
            "window_size": 5,
            "num_permutations": 112,
            "num_bands": 14,
            "num_rows_per_band": 8,
        }
    },
]


def main(texts: str, work: Path, model: str) -> None:
    """Write the configuration, and become Data-Juicer."""
    models = work / "models"
    models.mkdir(parents=True)
    (models / "lid.176.bin").symlink_to(Path(model).resolve())
    configuration = {
        "project_name": "benchmark",
        "dataset_path": texts,
        "text_keys": "text",
        "np": 1,
        "export_path": str(work / "out" / "out.jsonl"),
        "work_dir": str(work / "run"),
        "use_cache": False,
        "open_tracer": False,
        "open_monitor": False,
        "auto_op_parallelism": False,
        "process": OPERATORS,
    }
    (work / "configuration.yaml").write_text(yaml.safe_dump(configuration, sort_keys=False), encoding="utf-8")
    folders = {"DATA_JUICER_MODELS_CACHE": models, "DATA_JUICER_CACHE_HOME": work / "cache", "HF_DATASETS_CACHE": work / "hf"}
    os.environ.update({name: str(folder) for name, folder in folders.items()})
    os.execv(sys.executable, [sys.executable, "-m", "data_juicer.tools.process_data", "--config", str(work / "configuration.yaml")])


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]).resolve(), sys.argv[3])
