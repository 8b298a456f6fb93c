"""Measures: what is counted on a dataset, each one count out of another.

    identifiers_left: 3 of 412 records hold a telephone number, a CIN, ...  ->  0.0073 [0.0025, 0.0212], lower is better

Where a measure of ISO/IEC 5259-2:2024 means the same, its id stands beside it ("uses the measures of", never "conforms to").
"""

from khettara.certify.measures.catalogue import MEASURES, Measure
from khettara.certify.measures.explain import explain
from khettara.certify.measures.facts import Facts, look
from khettara.certify.measures.measured import Measured, Outcome, Unmeasured, missing, not_applicable, wilson
from khettara.certify.measures.seen import Seen
from khettara.certify.measures.standard import PICTURES, Standard, standard

__all__ = [
    "MEASURES",
    "PICTURES",
    "Facts",
    "Measure",
    "Measured",
    "Outcome",
    "Seen",
    "Standard",
    "Unmeasured",
    "explain",
    "look",
    "missing",
    "not_applicable",
    "standard",
    "wilson",
]
