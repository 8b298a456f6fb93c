"""ydata-profiling in minimal mode over one table. Runs in its own environment.

python run_ydata.py TABLE SEPARATOR ENCODING REPORT.html
"""

from __future__ import annotations

import sys

import pandas as pd
from ydata_profiling import ProfileReport


def main(table: str, separator: str, encoding: str, report: str) -> None:
    """Profile, and write the report."""
    frame = pd.read_csv(table, sep=separator, encoding=encoding, low_memory=False)
    ProfileReport(frame, minimal=True, progress_bar=False).to_file(report)


if __name__ == "__main__":
    main(*sys.argv[1:5])
