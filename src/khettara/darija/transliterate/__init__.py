"""Writing Darija over into its other script. The result is a reading, never the author's text: keep that beside it.

    "wach bghiti nmchi l la gare?"  -> arab ->  "واش بغيتي نمشي ل la gare?"
    "بغيت نمشي للسوق"               -> latn ->  "bghit nmchi lsou9"

Words of other languages stay as they are, and so does a word whose best reading is too unsure.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal, overload

import pyarrow as pa

from khettara.darija.transliterate.model import Scored, candidates
from khettara.darija.transliterate.pieces import WORD, plain_arabic, plain_latin

if TYPE_CHECKING:
    import polars as pl

Script = Literal["arab", "latn"]
"""The script to write in."""
SCRIPTS: tuple[Script, ...] = ("arab", "latn")

UNSURE = 0.2
"""A word stays as it is below this probability of its best reading."""

_PLAIN: dict[str, Callable[[str], str]] = {"arab": plain_latin, "latn": plain_arabic}


def readings(word: str, to: Script, best: int = 5) -> Scored:
    """Ways to write one word over, best first, each with its probability; none where it is no such word.

    >>> [text for text, _ in readings("bzaaaf", "arab", 1)]
    ['بزاف']
    """
    return candidates(_PLAIN[to](word), to, best) if WORD[to].fullmatch(word) else ()


@overload
def transliterate(text: str, to: Script, *, foreign: bool = ..., unsure: float = ...) -> str: ...
@overload
def transliterate(text: list[str], to: Script, *, foreign: bool = ..., unsure: float = ...) -> list[str]: ...
@overload
def transliterate(text: pl.Expr, to: Script, *, foreign: bool = ..., unsure: float = ...) -> pl.Expr: ...
@overload
def transliterate(text: pa.Array | pa.ChunkedArray, to: Script, *, foreign: bool = ..., unsure: float = ...) -> pa.Array: ...
def transliterate(text: Any, to: Script, *, foreign: bool = False, unsure: float = UNSURE) -> Any:
    """Write the Darija in a text, in several, in an Arrow array or in a polars expression over into the other script.

    Args:
        text: nulls stay nulls.
        to: `arab` writes what is in Latin letters in Arabic ones, `latn` the other way round.
        foreign: write French, English and other words over too; else they are recognised and left as they are.
        unsure: below this probability of its best reading a word is left as it is.
    """
    if isinstance(text, str):
        return _written([text], to, foreign, unsure)[0]
    if isinstance(text, list):
        return _written(text, to, foreign, unsure)
    if isinstance(text, pa.Array | pa.ChunkedArray):
        texts = text.to_pylist()
        written = iter(_written([each for each in texts if each is not None], to, foreign, unsure))
        return pa.array([None if each is None else next(written) for each in texts], pa.large_string())
    return text.map_batches(lambda series: _series(series, to, foreign, unsure))


def _series(series: Any, to: Script, foreign: bool, unsure: float) -> Any:
    import polars as pl

    return pl.Series(series.name, transliterate(series.to_arrow(), to, foreign=foreign, unsure=unsure))


def _written(texts: list[str], to: Script, foreign: bool, unsure: float) -> list[str]:
    if to == "latn" or foreign:
        return [WORD[to].sub(lambda found: _word(found.group(), to, unsure), text) for text in texts]
    from khettara.darija.segment import segment

    written = []
    for text, segments in zip(texts, segment(texts), strict=True):
        parts: list[str] = []
        done = 0
        for token in segments.tokens:
            if token.lang in ("ary", "ar") and WORD[to].fullmatch(token.text):
                parts += (text[done : token.start], _word(token.text, to, unsure))
                done = token.end
        written.append("".join((*parts, text[done:])))
    return written


def _word(word: str, to: Script, unsure: float) -> str:
    found = candidates(_PLAIN[to](word), to, 1)
    return found[0][0] if found and found[0][1] >= unsure else word
