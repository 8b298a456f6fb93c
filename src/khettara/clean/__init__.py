"""The cleaning room: edits, signals and duplicates over documents.

A step is imported when somebody asks for it: a recipe names a few, and what is behind all of them takes 0.1 s to import.
"""

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any

from khettara.engine import Step, snake_case

if TYPE_CHECKING:
    from khettara.clean.contamination import Contamination
    from khettara.clean.duplicates import Paragraphs
    from khettara.clean.edits import RepairEncoding, RepairLines, Scrub, StripBoilerplate
    from khettara.clean.identifiers import Identifiers, MaskIdentifiers
    from khettara.clean.language import CodeSwitching, Language, Normalised, Offence, Sentiment, Transliterated
    from khettara.clean.quality import Quality
    from khettara.clean.signals import EncodingDamage, ExactHash, MinHash, Readability, Repetition, Words

_MODULES = {
    "RepairEncoding": "edits",
    "RepairLines": "edits",
    "Scrub": "edits",
    "StripBoilerplate": "edits",
    "MaskIdentifiers": "identifiers",
    "Words": "signals",
    "Language": "language",
    "CodeSwitching": "language",
    "Transliterated": "language",
    "Normalised": "language",
    "Sentiment": "language",
    "Offence": "language",
    "Quality": "quality",
    "Repetition": "signals",
    "Readability": "signals",
    "Identifiers": "identifiers",
    "EncodingDamage": "signals",
    "ExactHash": "signals",
    "MinHash": "signals",
    "Paragraphs": "duplicates",
    "Contamination": "contamination",
}
"""Every step, and the module of this room that holds it."""


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


class _Steps(Mapping[str, type[Step]]):
    """The steps by the names that recipes use."""

    def __init__(self) -> None:
        self._classes = {snake_case(name): name for name in _MODULES}

    def __getitem__(self, name: str) -> type[Step]:
        step: type[Step] = __getattr__(self._classes[name])
        return step

    def __iter__(self) -> Iterator[str]:
        return iter(self._classes)

    def __len__(self) -> int:
        return len(self._classes)

    def __contains__(self, name: object) -> bool:
        return name in self._classes


STEPS = _Steps()
"""Every step that a recipe can name."""

__all__ = [
    "STEPS",
    "CodeSwitching",
    "Contamination",
    "EncodingDamage",
    "ExactHash",
    "Identifiers",
    "Language",
    "MaskIdentifiers",
    "MinHash",
    "Normalised",
    "Offence",
    "Paragraphs",
    "Quality",
    "Readability",
    "RepairEncoding",
    "RepairLines",
    "Repetition",
    "Scrub",
    "Sentiment",
    "StripBoilerplate",
    "Transliterated",
    "Words",
]
