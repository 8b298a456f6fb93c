"""The tables room: what is wrong with a table, why, and how to mend it so that it can be undone."""

from khettara.tables.columns import ColumnType
from khettara.tables.examination import Examination, Found, Repair
from khettara.tables.table import Column, Table

__all__ = ["Column", "ColumnType", "Examination", "Found", "Repair", "Table"]
