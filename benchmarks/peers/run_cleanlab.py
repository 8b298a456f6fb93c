"""cleanlab's label check over one table, told which column is the label. Runs in its own environment.

    python run_cleanlab.py TABLE SEPARATOR ENCODING LABEL LABELS.json FLAGGED.csv    (LABELS: the classes)

Probabilities from gradient boosting in five folds, numbers as numbers and all else as ordered categories, as in its tutorial on tables.
"""

from __future__ import annotations

import json
import sys

import numpy as np
import pandas as pd
from cleanlab.filter import find_label_issues
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.model_selection import cross_val_predict

NUMERIC = 0.5
"""A column is one of numbers where half of its texts read as such, decimal commas included."""


def main(table: str, separator: str, encoding: str, label: str, classes: str, output: str) -> None:
    """Check, and write the rows."""
    frame = pd.read_csv(table, sep=separator, encoding=encoding, dtype=str, keep_default_na=True)
    names = json.loads(classes)
    known = frame[label].isin(names)
    frame = frame[known]
    given = frame.pop(label).map({name: i for i, name in enumerate(names)}).to_numpy()
    features = pd.DataFrame({name: _numbers(frame[name]) for name in frame.columns})
    folds = cross_val_predict(HistGradientBoostingClassifier(random_state=1), features, given, cv=5, method="predict_proba")
    issues = find_label_issues(given, folds, n_jobs=1)
    pd.DataFrame({"row": np.flatnonzero(known.to_numpy())[issues]}).to_csv(output, index=False)


def _numbers(texts: pd.Series) -> pd.Series:
    read = pd.to_numeric(texts.str.replace(",", ".", regex=False), errors="coerce")
    if read.notna().mean() >= NUMERIC:
        return read
    return pd.Series(pd.factorize(texts, sort=True)[0], index=texts.index, dtype=float)


if __name__ == "__main__":
    main(*sys.argv[1:7])
