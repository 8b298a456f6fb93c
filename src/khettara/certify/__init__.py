"""The certify room: data is measured and certified, or refused, before any use."""

from khettara.certify.certify import certify
from khettara.certify.measures import MEASURES, Measure, Measured, measure
from khettara.certify.profile import Demand, Profile, load_profile

__all__ = ["MEASURES", "Demand", "Measure", "Measured", "Profile", "certify", "load_profile", "measure"]
