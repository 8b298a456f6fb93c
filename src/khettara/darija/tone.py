"""Two signals of a post in Darija or its neighbours, in either script: its sentiment, and whether it offends.

    "hadchi zwin bzaf"            -> sentiment  positive 0.83, neutral 0.05, negative 0.12
    "سير آ الكلب، ما عندك كرامة"  -> offence    offence 0.88, none 0.12

Signals to sort by and to look closer at, no judgement of a text or of who wrote it: on posts of another source they are
often wrong, how often is in docs/darija.md. Unsure, they say `unsure`; of another language they say nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, overload

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from khettara.darija.identify import identify_column
from khettara.darija.model import Model, packaged, softmax
from khettara.darija.scripts import main_scripts
from khettara.kernels import text_of

Signal = Literal["sentiment", "offence"]

CLASSES: dict[Signal, tuple[str, ...]] = {"sentiment": ("negative", "neutral", "positive"), "offence": ("none", "offence")}
"""The two signals, and what each tells apart."""

UNSURE = "unsure"

SURE_ENOUGH = 0.6
"""A class is named from this probability on."""

_READ = ("ary", "arb", "ar", "ar-x-maghreb", "ar-x-mashriq", "und")
"""Languages that the tables were taught, and texts too short to name one."""


@dataclass(frozen=True)
class Tone:
    """What a signal says of one text: a class or `unsure`, and the probability of each class; none of a text that it cannot read."""

    label: str
    chances: dict[str, float]


def tone_column(signal: Signal, column: pa.Array, model: Model | None = None) -> pa.StructArray:
    """`label` and the probability of each class, for each text of a column; null probabilities where the text cannot be read.

    Args:
        signal: which of the two.
        column: posts or sentences; of a text beyond 2 kB eight windows are read.
        model: another table than the one that ships, in experiments.
    """
    chances, read = chances_of(signal, model or packaged(signal), column)
    read &= pc.is_in(identify_column(column)[0], value_set=pa.array(_READ)).to_numpy(zero_copy_only=False)
    best = np.where(read & (chances.max(axis=1, initial=0) >= SURE_ENOUGH), chances.argmax(axis=1), len(CLASSES[signal]))
    label = pa.DictionaryArray.from_arrays(best.astype(np.int8), [*CLASSES[signal], UNSURE]).cast(pa.string())
    shares = [pa.array(chances[:, lane].astype(np.float32), mask=~read) for lane in range(chances.shape[1])]
    return pa.StructArray.from_arrays([label, *shares], ["label", *CLASSES[signal]])


def chances_of(signal: Signal, model: Model, column: pa.Array) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    """The probabilities of the classes by the head of the text's script, and whether there is anything to read."""
    from khettara.kernels.ngrams import add_up  # Numba takes its time to import

    sums = add_up(text_of(column), model.packed)
    script = main_scripts(sums.letters)
    chances = np.zeros((len(column), len(CLASSES[signal])))
    for head in range(len(model.heads)):
        mine = np.flatnonzero((script == 1 + head) & (sums.grams[:, head] > 0))
        chances[mine] = softmax(model.logits(sums.totals[mine, head], sums.grams[mine, head], head))
    return chances, chances.sum(axis=1) > 0


@overload
def sentiment(text: str) -> Tone: ...
@overload
def sentiment(text: list[str]) -> list[Tone]: ...
@overload
def sentiment(text: pa.Array | pa.ChunkedArray) -> pa.Array: ...
def sentiment(text: Any) -> Any:
    """The sentiment of a text, of each of a list, or of an Arrow array (a struct array): negative, neutral, positive or unsure.

    >>> sentiment("hadchi zwin bzaf, tbarkallah").label, sentiment("هاد الخدمة خايبة وفضيحة").label
    ('positive', 'negative')
    >>> sentiment("La commune est ouverte le jeudi matin.")
    Tone(label='unsure', chances={})
    """
    return _answer("sentiment", text)


@overload
def offence(text: str) -> Tone: ...
@overload
def offence(text: list[str]) -> list[Tone]: ...
@overload
def offence(text: pa.Array | pa.ChunkedArray) -> pa.Array: ...
def offence(text: Any) -> Any:
    """Whether a text offends, each of a list, or of an Arrow array (a struct array): none, offence or unsure.

    >>> offence("sir a lkelb, nta 7mar").label, offence("الكلب ديال الجيران كينبح فالليل").label
    ('offence', 'none')
    """
    return _answer("offence", text)


def _answer(signal: Signal, text: Any) -> Any:
    if isinstance(text, str):
        return _tones(signal, [text])[0]
    if isinstance(text, pa.ChunkedArray):
        return tone_column(signal, text.combine_chunks())
    return tone_column(signal, text) if isinstance(text, pa.Array) else _tones(signal, list(text))


def _tones(signal: Signal, texts: list[str]) -> list[Tone]:
    found = tone_column(signal, pa.array(texts, pa.large_string())).to_pylist()
    return [Tone(row.pop("label"), {name: round(p, 3) for name, p in row.items() if p is not None}) for row in found]
