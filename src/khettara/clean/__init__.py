"""The cleaning room: edits, signals and duplicates over documents."""

from khettara.clean.contamination import Contamination
from khettara.clean.duplicates import Paragraphs
from khettara.clean.edits import RepairEncoding, RepairLines, Scrub, StripBoilerplate
from khettara.clean.identifiers import Identifiers, MaskIdentifiers
from khettara.clean.quality import Quality
from khettara.clean.signals import EncodingDamage, ExactHash, Language, MinHash, Readability, Repetition, Words
from khettara.engine import Step

STEPS: dict[str, type[Step]] = {
    step.name(): step
    for step in (
        RepairEncoding,
        RepairLines,
        Scrub,
        StripBoilerplate,
        MaskIdentifiers,
        Words,
        Language,
        Quality,
        Repetition,
        Readability,
        Identifiers,
        EncodingDamage,
        ExactHash,
        MinHash,
        Paragraphs,
        Contamination,
    )
}
"""Every step that a recipe can name."""

__all__ = [
    "STEPS",
    "Contamination",
    "EncodingDamage",
    "ExactHash",
    "Identifiers",
    "Language",
    "MaskIdentifiers",
    "MinHash",
    "Paragraphs",
    "Quality",
    "Readability",
    "RepairEncoding",
    "RepairLines",
    "Repetition",
    "Scrub",
    "StripBoilerplate",
    "Words",
]
