"""python -m benchmarks.planted_tables DOMAIN --rows N --seed S -o FOLDER: a table with planted defects, and the truth about it."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from benchmarks.planted_tables import DOMAINS, NoPlaces, Table, write_table
from benchmarks.planted_tables.writing import SHEET_ROWS


def main() -> int:
    """Write one table, and say what was planted."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.planted_tables", description=__doc__)
    parser.add_argument("domain", choices=sorted(DOMAINS))
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--no-truth", action="store_true", help="write the table alone")
    parser.add_argument("--sheet", action="store_true", help=f"also write table.xlsx (at most {SHEET_ROWS:,} rows)")
    asked = parser.parse_args()
    if asked.rows < 1 or (asked.sheet and asked.rows > SHEET_ROWS):
        parser.error(f"--rows must be at least 1, and with --sheet at most {SHEET_ROWS}")
    try:
        described = write_table(Table.of(asked.domain, asked.rows, asked.seed), asked.output, truth=not asked.no_truth, sheet=asked.sheet)
    except NoPlaces as missing:
        print(missing, file=sys.stderr)
        return 1
    for name, count in described["counts"].items():
        print(f"{name:20} {count:>9,}")
    for name, columns in described["whole_columns"].items():
        print(f"{name:20} {', '.join(columns)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
