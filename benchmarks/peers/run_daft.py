"""Daft's MinHash over a folder of Parquet, and what reading alone costs it. Runs in its own environment.

    python run_daft.py TEXTS RUNS   ->   {"read_s": [0.11, …], "minhash_s": [1.42, …]}

CPU seconds of the process, start-up left out; 112 permutations of runs of five words of the normalised text.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable

import daft
from daft import col
from daft import functions as f


def main(texts: str, runs: int) -> None:
    """Measure, and print."""
    plain = f.normalize(col("text"), remove_punct=True, lowercase=True, nfd_unicode=True, white_space=True)
    signature = f.minhash(plain, num_hashes=112, ngram_size=5, seed=1, hash_function="xxhash").alias("signature")
    table = daft.read_parquet(f"{texts}/*.parquet")
    read = _seconds(runs, lambda: table.select(f.length(col("text")).alias("n")).sum("n").collect())
    minhash = _seconds(runs, lambda: table.select(signature).collect())
    print(json.dumps({"read_s": read, "minhash_s": minhash}))


def _seconds(runs: int, work: Callable[[], object]) -> list[float]:
    spent = []
    for _ in range(runs + 1):
        began = time.process_time()
        work()
        spent.append(time.process_time() - began)
    return spent[1:]


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
