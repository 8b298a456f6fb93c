"""The certify room: data is measured and certified, or refused, before any use."""

from khettara.certify.certify import Settings, certify, recertify
from khettara.certify.examine import examine
from khettara.certify.measures import MEASURES, Measure, Measured, standard
from khettara.certify.measures.tables import regions
from khettara.certify.profile import Demand, Profile, load_profile

__all__ = [
    "MEASURES",
    "Demand",
    "Measure",
    "Measured",
    "Profile",
    "Settings",
    "certify",
    "examine",
    "load_profile",
    "recertify",
    "regions",
    "standard",
]
