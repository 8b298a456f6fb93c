"""Splink over one register, told which column is which. Runs in its own environment.

    python run_splink.py TABLE SEPARATOR ENCODING COLUMNS.json PAIRS.csv    (COLUMNS: our key -> header)

Four blocking rules, a model trained by expectation maximisation, pairs at a probability of at least a half: the settings that a
user takes from its tutorial. Pairs are row numbers, counted from 0, with their probability.
"""

from __future__ import annotations

import json
import logging
import sys
from pathlib import Path

import pandas as pd
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

BLOCKS = (("cin",), ("telephone",), ("nom", "prenom"), ("naissance", "commune"))


def main(table: str, separator: str, encoding: str, columns: str, output: str) -> None:
    """Link, and write the pairs."""
    logging.disable(logging.WARNING)
    named = json.loads(Path(columns).read_text(encoding="utf-8"))
    frame = pd.read_csv(table, sep=separator, encoding=encoding, dtype=str, keep_default_na=True)
    frame = frame[list(named.values())].rename(columns={header: key for key, header in named.items()})
    frame["unique_id"] = range(len(frame))
    settings = SettingsCreator(
        link_type="dedupe_only",
        comparisons=[
            cl.JaroWinklerAtThresholds("nom", [0.92, 0.8]),
            cl.JaroWinklerAtThresholds("prenom", [0.92, 0.8]),
            cl.LevenshteinAtThresholds("cin", [1, 2]),
            cl.LevenshteinAtThresholds("telephone", [1, 2]),
            cl.LevenshteinAtThresholds("naissance", [1, 2]),
            cl.ExactMatch("commune"),
        ],
        blocking_rules_to_generate_predictions=[block_on(*block) for block in BLOCKS],
    )
    api = DuckDBAPI()
    linker = Linker(api.register(frame) if hasattr(api, "register") else frame, settings, *([] if hasattr(api, "register") else [api]))
    linker.training.estimate_probability_two_random_records_match([block_on("cin"), block_on("telephone")], recall=0.8)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    for block in (("cin",), ("nom", "prenom")):
        linker.training.estimate_parameters_using_expectation_maximisation(block_on(*block))
    pairs = linker.inference.predict(threshold_match_probability=0.5).as_pandas_dataframe()
    pairs[["unique_id_l", "unique_id_r", "match_probability"]].to_csv(output, index=False)


if __name__ == "__main__":
    main(*sys.argv[1:6])
