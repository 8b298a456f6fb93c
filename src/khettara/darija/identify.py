"""Which language a text is written in: Darija in both scripts among its neighbours, by a trained table of n-grams.

    "واش كاين الما فالخطارة؟"  -> ary, Arab      "هل يوجد ماء في الخطارة؟" -> arb, Arab
    "wach kayn lma?"          -> ary, Latn      "ⵎⴰⵏⵣⴰ ⴰⵎⴰⵏ?"          -> zgh, Tfng

The script of most letters decides which classes come into question; within a script their probabilities are calibrated.
Unsure between Darija and its neighbours it says so: `ar-x-maghreb`, `ar`; unsure altogether, `und`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, overload

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from khettara.darija.classes import BACK_OFF, HEADS, LABELS, NOTHING, TFNG, UNKNOWN
from khettara.darija.model import language_model
from khettara.darija.scripts import SCRIPTS, main_scripts
from khettara.kernels import text_of

if TYPE_CHECKING:
    import polars as pl

    from khettara.kernels.ngrams import Sums

SURE_ENOUGH = 0.5
"""A class, or else a group of classes, is named from this probability on."""

COVERED = 0.8
"""The labels of a text are the fewest that together reach this share of it."""

_PIECE_CHARS = 60
_MOST_PIECES = 64


@dataclass(frozen=True)
class Guess:
    """The answer for one text: `lang` (BCP 47, `und` where unsure), `script` (ISO 15924), and how sure, from 0 to 1.

    `label` is the class or group behind `lang`; `labels` are the classes that make up most of the text, with their
    shares: more than one where languages are mixed, or where a sentence is good in more than one.
    """

    lang: str
    script: str
    confidence: float
    label: str
    labels: dict[str, float]


def _sums(column: pa.Array) -> Sums:
    from khettara.kernels.ngrams import add_up  # Numba takes its time to import

    return add_up(text_of(column), language_model().packed)


# What `_decide` numbers: the classes of both heads, the groups, Tifinagh, nothing.
_ANSWERS = (
    *((label.name, label.lang) for head in HEADS for label in head),
    *((group.name, group.lang) for group in BACK_OFF),
    (TFNG.name, TFNG.lang),
    (NOTHING.name, UNKNOWN),
)
_FIRST = (0, len(HEADS[0]))
_GROUPS = len(HEADS[0]) + len(HEADS[1])
_TFNG, _NOTHING = len(_ANSWERS) - 2, len(_ANSWERS) - 1


def _decide(sums: Sums) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int8], npt.NDArray[np.float32]]:
    """The number of the answer, of the script, and the confidence, for each text."""
    script = main_scripts(sums.letters)
    answer = np.full(len(script), _NOTHING, np.int32)
    sure = np.zeros(len(script), np.float32)
    answer[script == 3], sure[script == 3] = _TFNG, 1.0
    for head, labels in enumerate(HEADS):
        mine = np.flatnonzero((script == 1 + head) & (sums.grams[:, head] > 0))
        chances = language_model().probabilities(sums.totals[mine, head], sums.grams[mine, head], head)
        best = chances.argmax(axis=1)
        top = chances[np.arange(len(mine)), best]
        found = np.where(top >= SURE_ENOUGH, _FIRST[head] + best, -1)
        for number, group in enumerate(BACK_OFF):
            lanes = [lane for lane, label in enumerate(labels) if label.name in group.members]
            if lanes:
                together = chances[:, lanes].sum(axis=1)
                chosen = (found < 0) & (together >= SURE_ENOUGH)
                found[chosen], top[chosen] = _GROUPS + number, together[chosen]
        answer[mine], sure[mine] = np.where(found < 0, _NOTHING, found), top
    return answer, script, sure


def identify_column(column: pa.Array) -> tuple[pa.Array, pa.Array, pa.Array]:
    """Language, script and confidence of each text; a null text is `und`. Texts beyond 2 kB are read in eight windows."""
    answer, script, sure = _decide(_sums(column))
    langs = pa.DictionaryArray.from_arrays(answer, [lang for _, lang in _ANSWERS]).cast(pa.string())
    scripts = pa.DictionaryArray.from_arrays(script, list(SCRIPTS)).cast(pa.string())
    return langs, scripts, pa.array(sure)


@overload
def identify(text: str) -> Guess: ...
@overload
def identify(text: list[str]) -> list[Guess]: ...
@overload
def identify(text: pl.Expr) -> pl.Expr: ...
@overload
def identify(text: pa.Array | pa.ChunkedArray) -> pa.Array: ...
def identify(text: Any) -> Any:
    """The language of a text; of each text of a list, an Arrow array (a struct array) or a polars expression (of structs).

    >>> identify("الدار ديالي قدام الخطارة").lang, identify("dar dyali 9oddam lkhettara").lang
    ('ary', 'ary')
    >>> identify("يجب على المواطن أن يقدم طلبه إلى الجماعة").lang, identify("La commune est ouverte le jeudi.").lang
    ('arb', 'fr')
    >>> identify("06 00").lang
    'und'
    """
    if isinstance(text, str):
        return _guesses([text])[0]
    if isinstance(text, pa.ChunkedArray):
        return _structs(text.combine_chunks())
    if isinstance(text, pa.Array):
        return _structs(text)
    if hasattr(text, "map_batches"):
        import polars as pl

        kind = pl.Struct({"lang": pl.String, "script": pl.String, "confidence": pl.Float32})
        return text.map_batches(lambda series: pl.Series(series.name, _structs(series.to_arrow()), kind), return_dtype=kind)
    return _guesses(list(text))


def _structs(column: pa.Array) -> pa.Array:
    return pa.StructArray.from_arrays(identify_column(column), ["lang", "script", "confidence"])


def _guesses(texts: Sequence[str]) -> list[Guess]:
    """One guess a text, its labels from its pieces."""
    if not texts:
        return []
    answer, script, sure = _decide(_sums(pa.array(texts, pa.large_string())))
    parts = [pieces(text) for text in texts]
    shares = label_shares(pa.array([piece for several in parts for piece in several], pa.large_string()))
    ends = np.cumsum([len(several) for several in parts])
    return [
        Guess(_ANSWERS[a][1], SCRIPTS[s], round(float(c), 3), _ANSWERS[a][0], _covering(shares[end - len(several) : end].sum(axis=0)))
        for a, s, c, end, several in zip(answer, script, sure, ends, parts, strict=True)
    ]


def pieces(text: str) -> list[str]:
    """A text in sentences or lines, short ones together, the same characters in all; at most 64 pieces.

    >>> pieces("Le souk ouvre le jeudi matin à huit heures, comme tous les ans. وسير بكري قبل ما يكثر الزحام و جيب معاك شي قفة كبيرة")[1][:8]
    ' وسير بك'
    """
    least, rest = max(_PIECE_CHARS, len(text) // _MOST_PIECES), _PIECE_CHARS // 3
    if len(text) < least + rest:
        return [text]
    found, start = [], 0
    for end in re.finditer(r"[\n.!?؟…؛;]+(?=\s|$)", text):
        if end.end() - start >= least and len(text) - end.end() >= rest:
            found.append(text[start : end.end()])
            start = end.end()
    return [*found, text[start:]]


def label_shares(column: pa.Array) -> npt.NDArray[np.float64]:
    """How many letters of each text fall to each class of `LABELS`: letters of a script, by the probabilities in it."""
    sums = _sums(column)
    shares = np.zeros((len(column), len(LABELS)))
    for head, labels in enumerate(HEADS):
        chances = language_model().probabilities(sums.totals[:, head], sums.grams[:, head], head)
        letters = np.where(sums.grams[:, head] > 0, sums.letters[:, 1 + head], 0)
        shares[:, _FIRST[head] : _FIRST[head] + len(labels)] = chances * letters[:, None]
    shares[:, LABELS.index(TFNG)] = sums.letters[:, 3]
    shares[:, LABELS.index(NOTHING)] = sums.letters[:, 4]
    return shares


def _covering(letters: npt.NDArray[np.float64]) -> dict[str, float]:
    """The fewest classes that make up enough of the letters, with their shares of all."""
    total = float(letters.sum())
    found: dict[str, float] = {}
    for place in np.argsort(-letters, kind="stable"):
        if total == 0 or sum(found.values()) >= COVERED:
            break
        found[LABELS[place].name] = round(float(letters[place]) / total, 3)
    return found or {UNKNOWN: 1.0}
