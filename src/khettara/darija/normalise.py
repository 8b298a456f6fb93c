"""Three levels of writing a text the same way: `scrub` (always safe), `fold` (to search and compare), `canon` (to analyse).

    "الســوق كااااين بزاااف 😀!!! @user"   scrub ->  "السوق كااااين بزاااف 😀!!! @user"
                                          fold  ->  "السوق كااين بزااف !!"
                                          canon ->  "السوق كاين بزاف !"

Each level does what the one before does, and then its own rules in a fixed order; twice is once. Only `scrub` belongs into
data: the other two lose what the author wrote, so keep the text beside them. Sources of the rules: `docs/darija.md`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Literal, overload

import pyarrow as pa

from khettara.darija.scrub import scrub_counted

if TYPE_CHECKING:
    import polars as pl

VERSION = 1
Level = Literal["scrub", "fold", "canon"]
LEVELS: tuple[Level, ...] = ("scrub", "fold", "canon")

_ARABIC = "\u0621-\u063a\u0641-\u064a\u0671-\u06d3"
_EMOJI = "[\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff\u200d\ufe0f\u20e3]+"
_ALEFS = str.maketrans("أإآٱ", "اااا")
_SEATS = str.maketrans("ؤئ", "وي")
_GAFS = str.maketrans("ڭݣ", "گگ")
_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")
_SIGNS = str.maketrans("؟،؛٪٫٬", "?,;%.,")

Rule = Callable[[str], str]


def _replace(pattern: str, by: str) -> Rule:
    compiled = re.compile(pattern)
    return lambda text: compiled.sub(by, text)


def _translate(table: dict[int, int]) -> Rule:
    return lambda text: text.translate(table)


@cache
def variants() -> dict[str, str]:
    """Other spellings of function words, each with the one that `canon` writes."""
    rows = (files("khettara.darija") / "data" / "variants.tsv").read_text("utf-8").splitlines()
    pairs = (row.split("\t") for row in rows if row and not row.startswith("#"))
    return {_folded(other): _folded(word) for word, others in pairs for other in others.split() if _folded(other) != _folded(word)}


def _folded(word: str) -> str:
    for _, rule in _FOLD:
        word = rule(word)
    return word


def _one_spelling(text: str) -> str:
    known = variants()
    return re.sub(f"[{_ARABIC}]+", lambda found: known.get(found.group(), found.group()), text)


_FOLD: tuple[tuple[str, Rule], ...] = (
    ("links", _replace(r"https?://\S+|www\.\S+", " ")),
    ("mentions", _replace(r"(?<!\w)@\w+", " ")),
    ("hashtags", lambda text: re.sub(r"#(\w+)", lambda found: found.group(1).replace("_", " "), text)),
    ("emoji", _replace(_EMOJI, " ")),
    ("marks", _replace("[\u064b-\u065f\u0670\u06d6-\u06ed\u0640]", "")),
    ("alefs", _translate(_ALEFS)),
    ("hamza_seats", _translate(_SEATS)),
    ("final_hamza", _replace(f"(?<=[{_ARABIC}])ء(?![{_ARABIC}])", "")),
    ("final_ya", _replace(f"ى(?![{_ARABIC}])", "ي")),
    ("gafs", _translate(_GAFS)),
    ("digits", _translate(_DIGITS)),
    ("signs", _translate(_SIGNS)),
    ("case", str.lower),
    ("stretched", _replace(r"([^\W\d_]|[!?.,;])\1{2,}", r"\1\1")),
    ("blanks", lambda text: re.sub(r"[ \t]*\n\s*", "\n", re.sub(r"[ \t]+", " ", text)).strip()),
)
_CANON: tuple[tuple[str, Rule], ...] = (
    ("laughter", _replace(f"(?<![\\w{_ARABIC}])(?:ه{{2,}}|خ{{2,}}|h{{2,}}|(?:ha){{2,}}h?|lo+l|mdr+)(?!\\w)", "<laugh>")),
    ("stretched_once", _replace(r"([اويهaeiou!?.,;])\1+", r"\1")),
    ("variants", _one_spelling),
)
RULES: dict[Level, tuple[tuple[str, Rule], ...]] = {"scrub": (), "fold": _FOLD, "canon": (*_FOLD, *_CANON)}
"""What each level does after scrubbing, in order: one more rule is one more line."""


def normalise_counted(text: str, level: Level) -> tuple[str, Counter[str]]:
    """A text at a level, and which rules changed it: for `scrub` how many places, for the others 1 each."""
    text, counts = scrub_counted(text)
    for _ in range(2):  # what a rule leaves may be another's business: `@` of a mention inside a link
        for name, rule in RULES[level]:
            changed = rule(text)
            if changed != text:
                counts[name] += 1
                text = changed
    return text, counts


@overload
def normalise(text: str, level: Level) -> str: ...
@overload
def normalise(text: list[str], level: Level) -> list[str]: ...
@overload
def normalise(text: pl.Expr, level: Level) -> pl.Expr: ...
@overload
def normalise(text: pa.Array | pa.ChunkedArray, level: Level) -> pa.Array: ...
def normalise(text: Any, level: Level) -> Any:
    """A text, several, an Arrow array or a polars expression at a level; nulls stay nulls.

    >>> normalise("الدَّار كبيييرة ٢٠٢٤ #مراكش_الحمراء", "fold")
    'الدار كبييرة 2024 مراكش الحمرا'
    >>> normalise("هد الناس لي كاينين", "canon")
    'هاد الناس اللي كاينين'
    """
    if isinstance(text, str):
        return normalise_counted(text, level)[0]
    if isinstance(text, list):
        return [normalise_counted(one, level)[0] for one in text]
    if isinstance(text, pa.Array | pa.ChunkedArray):
        return pa.array([None if one is None else normalise_counted(one, level)[0] for one in text.to_pylist()], pa.large_string())
    import polars as pl

    return text.map_batches(lambda series: pl.Series(series.name, normalise(series.to_arrow(), level)), return_dtype=pl.String)
