"""Tables with planted defects, and the truth about them: what `khettara examine` is measured by. Written apart from it.

    python -m benchmarks.planted_tables hospital --rows 100000 --seed 3 -o /tmp/hospital-3

Who writes detectors should not read this, and who writes this has not read them: a class counts as found when a detector finds
what somebody else meant by it. Seeds from 1 on are for development; those that `benchmarks/examine.py` keeps as `FINAL_SEEDS`
are for the final figure alone, and no test uses them.
Shapes come from the census, the places and the heart-disease data of `KHETTARA_DATA`; names and numbers are nobody's.
"""

from benchmarks.planted_tables.places import NoPlaces
from benchmarks.planted_tables.plan import CLASSES, FURTHER
from benchmarks.planted_tables.table import DOMAINS, Table
from benchmarks.planted_tables.writing import write_table

__all__ = ["CLASSES", "DOMAINS", "FURTHER", "NoPlaces", "Table", "write_table"]
