"""A language identifier of fastText's for the peers. Runs in the environment of one of them.

    python train_identifier.py LABELLED LID

The published identifiers come from the network, which a benchmark should not need; this one has the shape of lid.176
(16 dimensions, 2- to 4-grams, two million buckets), so it costs what that costs. LABELLED is Parquet: text, writing.
"""

from __future__ import annotations

import sys
import tempfile

import fasttext
import pyarrow.parquet as pq


def main(labelled: str, model: str) -> None:
    """Train; each line of a text is an example."""
    table = pq.read_table(labelled)
    with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as file:
        for text, writing in zip(table["text"].to_pylist(), table["writing"].to_pylist(), strict=True):
            file.writelines(f"__label__{writing} {line}\n" for line in text.split("\n") if line.strip())
        file.flush()
        fasttext.train_supervised(file.name, dim=16, minn=2, maxn=4, bucket=2_000_000, epoch=3, lr=0.3, thread=1, verbose=0).save_model(model)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
