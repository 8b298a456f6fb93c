"""datatrove over a folder of Parquet: repair, language, quality rules, personal data, near copies. Runs in its own environment.

    python run_datatrove.py clean  TEXTS WORK LID     all of it: WORK/out has what is left
    python run_datatrove.py edits  TEXTS WORK         its repair and its masking alone, for the labelled sets

Its English stop words would leave nothing else of a multilingual corpus: that one rule is off.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import fasttext
from datatrove.executor import LocalPipelineExecutor
from datatrove.pipeline.dedup import MinhashDedupBuckets, MinhashDedupCluster, MinhashDedupFilter, MinhashDedupSignature
from datatrove.pipeline.dedup.minhash import MinhashConfig
from datatrove.pipeline.filters import GopherQualityFilter, GopherRepetitionFilter, LanguageFilter
from datatrove.pipeline.formatters import FTFYFormatter, PIIFormatter
from datatrove.pipeline.readers import ParquetReader
from datatrove.pipeline.writers import ParquetWriter
from datatrove.utils.lid import FastTextLID

LANGUAGE = "arb_Arab"
TASKS = 8
CONFIG = MinhashConfig(n_grams=5, num_buckets=14, hashes_per_bucket=8)


class _LocalIdentifier(FastTextLID):  # type: ignore[misc]
    """An identifier from a file; each worker loads its own."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self.path = path
        self._model: Any = None

    @property
    def model(self) -> object:
        """The loaded model."""
        if self._model is None:
            self._model = fasttext.FastText._FastText(self.path)
        return self._model


def clean(texts: str, work: Path, model: str) -> None:
    """Five executors, one after another: its way of putting a deduplicated corpus together."""
    language = LanguageFilter(label_only=True)
    language.model = _LocalIdentifier(model)
    quality = GopherQualityFilter(language=LANGUAGE, min_stop_words=None, min_doc_words=20, max_symbol_word_ratio=0.3, max_non_alpha_words_ratio=0.5)
    steps = [FTFYFormatter(), language, GopherRepetitionFilter(language=LANGUAGE), quality, PIIFormatter()]
    first, signatures, buckets, remove = (str(work / folder) for folder in ("first", "signatures", "buckets", "remove"))
    _run([ParquetReader(texts), *steps, ParquetWriter(first)], TASKS, work / "logs" / "first")
    _run([ParquetReader(first), MinhashDedupSignature(signatures, config=CONFIG, language=LANGUAGE)], TASKS, work / "logs" / "signatures")
    _run([MinhashDedupBuckets(signatures, buckets, config=CONFIG)], CONFIG.num_buckets, work / "logs" / "buckets")
    _run([MinhashDedupCluster(buckets, remove, config=CONFIG)], 1, work / "logs" / "cluster")
    _run([ParquetReader(first), MinhashDedupFilter(remove), ParquetWriter(str(work / "out"))], TASKS, work / "logs" / "out")


def edits(texts: str, work: Path) -> None:
    """What its formatters make of each text."""
    _run([ParquetReader(texts), FTFYFormatter(), PIIFormatter(), ParquetWriter(str(work / "out"))], 1, work / "logs")


def _run(pipeline: list[object], tasks: int, logs: Path) -> None:
    LocalPipelineExecutor(pipeline, tasks=tasks, workers=1, logging_dir=str(logs)).run()


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["clean", texts, work, model]:
            clean(texts, Path(work), model)
        case ["edits", texts, work]:
            edits(texts, Path(work))
        case _:
            sys.exit(__doc__)
