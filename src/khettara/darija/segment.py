"""The language of each word of a text: where Darija goes over into French and back, how much is mixed, how far from Standard Arabic.

    "salam, ana pas disponible lyoum"  ->  salam/ary  ana/ary  pas/fr  disponible/fr  lyoum/ary

A word in Latin letters is weighed by a table of its own (`models/tokens.int8`); a path through all of them is then chosen
in which every change of language has its price. Words in Arabic letters get the language of their sentence.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, NamedTuple, overload

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from khettara.darija.classes import BY_NAME, HEADS, LABELS, LANGUAGES, UNKNOWN
from khettara.darija.identify import identify_column, label_shares, pieces
from khettara.darija.model import Model, read
from khettara.kernels import text_of

if TYPE_CHECKING:
    import polars as pl

TAGS = ("ary", "fr", "en", "es", "ber")
"""Languages of a word in Latin letters; `ary` stands for the Arabic of the sentence, Moroccan or of elsewhere."""

_LATIN, _TIFINAGH = 2, 3

# Texts worked on at once: enough that arrays are long, few enough that they stay small.
_BATCH = 4096


@dataclass(frozen=True)
class Token:
    """A word, its place in the text (characters), and its language."""

    text: str
    start: int
    end: int
    lang: str


@dataclass(frozen=True)
class Segments:
    """A text by words.

    `switch_points`: words (numbered from 0) whose language is another than that of the word before.
    `code_mixing_index`: 0 where one language has all words, 0.5 where two share them (Das and Gambäck 2014, without
    words of no language). `dialectness`: from 0, Standard Arabic, to 1, dialect; None without Arabic.
    """

    tokens: tuple[Token, ...]
    switch_points: tuple[int, ...]
    code_mixing_index: float
    dialectness: float | None


@cache
def token_model() -> tuple[Model, float]:
    """The table of words, and how often the language changes from one word to the next."""
    folder = files("khettara.darija") / "models"
    described = json.loads((folder / "tokens.json").read_text("utf-8"))
    return read(described, (folder / "tokens.int8").read_bytes()), float(described["switch_rate"])


def best_path(logits: npt.NDArray[np.float64], switch_rate: float) -> list[int]:
    """The likeliest languages of words in a row (Viterbi): each change costs what its rarity says.

    >>> best_path(np.array([[2.0, 0.0], [-0.5, 0.0], [2.0, 0.0]]), 0.1)
    [0, 0, 0]
    >>> best_path(np.array([[4.0, 0.0], [-9.0, 0.0], [4.0, 0.0]]), 0.1)
    [0, 1, 0]
    """
    from khettara.kernels.paths import paths

    found: list[int] = paths(logits, np.array([0, len(logits)]), switch_rate).tolist()
    return found


def tag_words(model: Model, switch_rate: float, words: Sequence[str]) -> list[str]:
    """The language of each of a sentence's words in Latin letters."""
    from khettara.kernels.ngrams import add_up

    sums = add_up(text_of(pa.array(words, pa.large_string())), model.packed)
    logits = model.logits(sums.totals[:, 1], sums.grams[:, 1], 1)
    return [TAGS[number] for number in best_path(logits, switch_rate)]


@overload
def segment(text: str) -> Segments: ...
@overload
def segment(text: list[str]) -> list[Segments]: ...
@overload
def segment(text: pl.Expr) -> pl.Expr: ...
@overload
def segment(text: pa.Array | pa.ChunkedArray) -> pa.Array: ...
def segment(text: Any) -> Any:
    """A text by words; each of a list; an Arrow array or a polars expression gives structs of `langs`, `code_mixing_index`, `dialectness`.

    >>> [token.lang for token in segment("ghadi nji demain matin").tokens]
    ['ary', 'ary', 'fr', 'fr']
    """
    if isinstance(text, str):
        return _segments([text])[0]
    if isinstance(text, (pa.Array, pa.ChunkedArray)):
        return _structs(text)
    if hasattr(text, "map_batches"):
        import polars as pl

        kind = pl.Struct({"langs": pl.List(pl.String), "code_mixing_index": pl.Float64, "dialectness": pl.Float64})
        return text.map_batches(lambda series: pl.Series(series.name, _structs(series.to_arrow()), kind), return_dtype=kind)
    return _segments(list(text))


class _Batch(NamedTuple):
    """Words of several texts: places in characters of their text, languages (numbers of `LANGUAGES`), where each text's begin."""

    starts: npt.NDArray[np.int64]
    ends: npt.NDArray[np.int64]
    langs: npt.NDArray[np.int8]
    offsets: npt.NDArray[np.int64]
    mixing: npt.NDArray[np.float64]
    dialectness: npt.NDArray[np.float64]
    """Not a number where there is no Arabic."""


def _structs(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    texts = [text or "" for text in column.to_pylist()]
    found = [_batch(texts[at : at + _BATCH]) for at in range(0, len(texts), _BATCH)] or [_batch([])]
    kind = pa.struct({"langs": pa.list_(pa.string()), "code_mixing_index": pa.float64(), "dialectness": pa.float64()})
    parts = [
        pa.StructArray.from_arrays(
            [
                pa.ListArray.from_arrays(
                    pa.array(one.offsets, pa.int32()), pa.DictionaryArray.from_arrays(one.langs, list(LANGUAGES)).cast(pa.string())
                ),
                pa.array(one.mixing),
                pa.array(one.dialectness, from_pandas=True),
            ],
            fields=list(kind),
        )
        for one in found
    ]
    return pa.concat_arrays(parts)


def _segments(texts: Sequence[str]) -> list[Segments]:
    found: list[Segments] = []
    for at in range(0, len(texts), _BATCH):
        some = texts[at : at + _BATCH]
        batch = _batch(some)
        langs = [LANGUAGES[number] for number in batch.langs.tolist()]
        starts, ends, offsets = batch.starts.tolist(), batch.ends.tolist(), batch.offsets.tolist()
        changes = np.flatnonzero(_changes(batch.langs, batch.offsets))
        first_change = np.searchsorted(changes, batch.offsets)
        for row, (text, mixing, dialectness) in enumerate(zip(some, batch.mixing.tolist(), batch.dialectness.tolist(), strict=True)):
            first, last = offsets[row], offsets[row + 1]
            tokens = tuple(Token(text[a:b], a, b, lang) for a, b, lang in zip(starts[first:last], ends[first:last], langs[first:last], strict=True))
            switches = tuple((changes[first_change[row] : first_change[row + 1]] - first).tolist())
            found.append(Segments(tokens, switches, mixing, None if dialectness != dialectness else dialectness))
    return found


def _batch(texts: Sequence[str]) -> _Batch:
    """One pass over the words of all texts, one over their sentences, one path a sentence."""
    from khettara.kernels.ngrams import list_words
    from khettara.kernels.paths import paths

    model, switch_rate = token_model()
    parts = [pieces(text) for text in texts]
    sentences = [piece for several in parts for piece in several]
    # The sentences of text i are those from first[i] to first[i + 1].
    first = np.concatenate(([0], np.cumsum([len(several) for several in parts], dtype=np.int64)))
    column = pa.array(sentences, pa.large_string())
    words = list_words(text_of(column), model.packed)
    shares = label_shares(column)
    sentence = np.repeat(np.arange(len(sentences)), np.diff(words.offsets))
    latin = words.scripts == _LATIN
    ends = np.concatenate(([0], np.cumsum(latin)))[words.offsets]
    tags = paths(model.logits(words.totals[latin], words.grams[latin], 1), ends, switch_rate)
    langs = np.where(words.scripts == _TIFINAGH, LANGUAGES.index("zgh"), _arabic(column, shares)[sentence]).astype(np.int8)
    langs[latin] = np.where(tags == 0, _arabizi(shares)[sentence[latin]], np.array([LANGUAGES.index(tag) for tag in TAGS])[tags])
    # Where a sentence begins in its text.
    sizes = np.array([len(piece) for piece in sentences], np.int64)
    begins = np.cumsum(sizes) - sizes
    begins -= np.repeat(begins[first[:-1]], np.diff(first))
    offsets = words.offsets[first]
    places = (words.first_chars + begins[sentence], words.last_chars + begins[sentence])
    return _Batch(*places, langs, offsets, _mixing(langs, offsets), _dialectness(shares, first))


def _arabic(column: pa.Array, shares: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """Which language each sentence's words in Arabic letters are in."""
    numbers = np.array([LANGUAGES.index(label.lang) for label in HEADS[0]])
    mine = shares[:, [LABELS.index(label) for label in HEADS[0]]]
    found: npt.NDArray[np.int64] = numbers[mine.argmax(axis=1)]
    # Of a very long sentence only windows are read: without an Arabic letter in them, the answer for the whole stands.
    unread = np.flatnonzero(mine.max(axis=1) == 0)
    found[unread] = [LANGUAGES.index(lang) for lang in identify_column(column.take(pa.array(unread)))[0].to_pylist()]
    return found


def _arabizi(shares: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """Which Arabic each sentence's Arabic words in Latin letters are in: Moroccan unless it is of elsewhere."""
    moroccan, other = (shares[:, LABELS.index(BY_NAME[name])] for name in ("ary-Latn", "arx-Latn"))
    return np.where(other > moroccan, LANGUAGES.index("ar"), LANGUAGES.index("ary"))


def _changes(langs: npt.NDArray[np.int8], offsets: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Which words are in another language than the word before, neither unknown."""
    unknown = langs == LANGUAGES.index(UNKNOWN)
    found = np.zeros(len(langs), bool)
    found[1:] = (langs[1:] != langs[:-1]) & ~unknown[1:] & ~unknown[:-1]
    found[offsets[:-1][offsets[:-1] < len(langs)]] = False
    return found


def _mixing(langs: npt.NDArray[np.int8], offsets: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """The share of words outside the language of most, by text."""
    n, kinds = len(offsets) - 1, len(LANGUAGES)
    row = np.repeat(np.arange(n), np.diff(offsets))
    counts = np.bincount(row * kinds + langs, minlength=n * kinds).reshape(n, kinds)
    counts[:, LANGUAGES.index(UNKNOWN)] = 0
    total = counts.sum(axis=1)
    return np.where(total > 0, np.round(1 - counts.max(axis=1, initial=0) / np.maximum(total, 1), 3), 0.0)


_DIALECTS = [LABELS.index(BY_NAME[name]) for name in ("ary-Arab", "mgr-Arab", "mas-Arab", "ary-Latn", "arx-Latn")]
_STANDARD = LABELS.index(BY_NAME["arb"])
_LEAST_SHARE = 0.2


def _dialectness(shares: npt.NDArray[np.float64], first: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """The share of dialect in the Arabic of each text; not a number where too little is Arabic."""
    # Every text has a piece, so no run is empty.
    total = np.add.reduceat(shares, first[:-1], axis=0) if len(shares) else shares
    dialect, standard = total[:, _DIALECTS].sum(axis=1), total[:, _STANDARD]
    enough = dialect + standard > _LEAST_SHARE * total.sum(axis=1)
    return np.where(enough, np.round(dialect / np.maximum(dialect + standard, 1e-12), 3), np.nan)
