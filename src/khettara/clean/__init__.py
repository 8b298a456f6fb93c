"""The cleaning room: edits, signals and duplicates over documents."""

from khettara.clean.duplicates import find_duplicates, find_near_duplicates
from khettara.clean.edits import MaskIdentifiers, RepairEncoding, Scrub, StripBoilerplate
from khettara.clean.signals import EncodingDamage, ExactHash, Identifiers, Language, MinHash, Quality, Words
from khettara.engine import Step

STEPS: dict[str, type[Step]] = {
    step.name(): step
    for step in (
        RepairEncoding,
        Scrub,
        StripBoilerplate,
        MaskIdentifiers,
        Words,
        Language,
        Quality,
        Identifiers,
        EncodingDamage,
        ExactHash,
        MinHash,
    )
}
"""Every step that a recipe can name."""

__all__ = [
    "STEPS",
    "EncodingDamage",
    "ExactHash",
    "Identifiers",
    "Language",
    "MaskIdentifiers",
    "MinHash",
    "Quality",
    "RepairEncoding",
    "Scrub",
    "StripBoilerplate",
    "Words",
    "find_duplicates",
    "find_near_duplicates",
]
