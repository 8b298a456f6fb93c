"""The detectors, in the order in which they look: a cell that one explains is explained for those after it."""

from __future__ import annotations

from khettara.tables.detectors.contradictions import find_contradictions
from khettara.tables.detectors.copies import find_constant_columns, find_copied_columns
from khettara.tables.detectors.dates import find_mixed_dates
from khettara.tables.detectors.decimals import find_decimal_marks
from khettara.tables.detectors.drift import find_drift
from khettara.tables.detectors.duplicates import find_duplicates
from khettara.tables.detectors.encoding import find_wrong_encoding
from khettara.tables.detectors.exchanged import find_exchanged_days
from khettara.tables.detectors.heaping import find_heaping
from khettara.tables.detectors.identifiers import find_invalid_identifiers
from khettara.tables.detectors.labels import find_label_errors
from khettara.tables.detectors.leakage import find_leakage
from khettara.tables.detectors.missing import find_disguised, find_missing
from khettara.tables.detectors.outliers import find_outliers
from khettara.tables.detectors.ranges import find_out_of_range
from khettara.tables.detectors.spellings import find_category_spellings
from khettara.tables.detectors.swaps import find_swaps
from khettara.tables.detectors.units import find_mixed_units, find_units_by_record
from khettara.tables.examination import Detect

DETECTORS: tuple[Detect, ...] = (
    find_missing,
    find_disguised,
    find_wrong_encoding,
    find_mixed_dates,
    find_decimal_marks,
    find_mixed_units,
    find_swaps,
    find_units_by_record,
    find_exchanged_days,
    find_invalid_identifiers,
    find_out_of_range,
    find_contradictions,
    find_category_spellings,
    find_outliers,
    find_heaping,
    find_constant_columns,
    find_copied_columns,
    find_duplicates,
    find_leakage,
    find_drift,
    find_label_errors,
)
"""One more defect to look for costs one function in a module beside this one, a line here, and a labelled case."""
