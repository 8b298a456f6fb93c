"""Writing a word over into another script: a beam search through the pieces it can be cut into, ranked by n-grams.

    m g h r i b   --units-->   m:م gh:غ r:ر i:_ b:ب   ->   مغرب, مغريب, …

A *unit* is a piece of the source and what it becomes. Three tables rank the results: n-grams of units (how people spell),
n-grams of target letters (what a word can look like), and the frequencies of known words. Symbols and units are small numbers.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from khettara.kernels.jit import inline, kernel

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int32]
Hashes = npt.NDArray[np.uint32]
"""The upper halves of 64-bit hashes: of 100,000 entries, one foreign sequence in 40,000 finds one that is not its own."""

ORDER = 4
"""Length of the longest n-gram, of units and of letters alike."""
LONGEST = 32
"""Symbols in a word; a longer one is no word."""
MOST_LETTERS = 64
SYMBOLS = 64
"""Symbols of one script, 0 (none) among them; a piece has up to three."""
START, END = 1, 2
"""The units, and the letters, that stand for the two ends of a word."""
_FLOOR = np.float32(-14.0)
_NEVER = np.float32(-1e9)


class NGrams(NamedTuple):
    """A table with open addressing: of an n-gram the log probability of its last symbol, of a history the log weight of backing off."""

    keys: Hashes
    values: Floats


class Units(NamedTuple):
    """Pieces and what they become: the units of piece code `c` are `listed[begins[c] : begins[c] + counts[c]]`; piece 0 consumes nothing."""

    begins: Ints
    counts: Ints
    listed: Ints
    target: npt.NDArray[np.int8]
    """One row a unit: up to four target symbols, 0 after the last."""


class Words(NamedTuple):
    """Known words by hash, in order, with their log frequencies."""

    hashes: Hashes
    scores: Floats


@inline
def extended(value: Any, symbol: int) -> Any:
    """The hash of a sequence with one symbol more; the empty sequence is 0. An odd multiplier and a shift, as in splitmix64."""
    value = (value + np.uint64(symbol) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    return value ^ (value >> np.uint64(29))


@inline
def _place(keys: Hashes, value: Any) -> Any:
    mask = keys.size - 1
    key = np.uint32(value >> np.uint64(32))
    at = np.int64(key) & mask
    for _ in range(keys.size):
        if keys[at] == key:
            return at
        if keys[at] == 0:
            return -1
        at = (at + 1) & mask
    return -1


@inline
def _score(keys: Hashes, values: Floats, third: int, second: int, first: int, symbol: int) -> Any:
    """Log probability of `symbol` after `third second first` (the nearest last), backing off to shorter histories."""
    total = np.float32(0.0)
    for length in range(ORDER - 1, -1, -1):
        history = np.uint64(length + 1) << np.uint64(40)  # far from any symbol: sequences of two lengths must not meet
        if length >= 3:
            history = extended(history, third)
        if length >= 2:
            history = extended(history, second)
        if length >= 1:
            history = extended(history, first)
        at = _place(keys, extended(history, symbol))
        if at >= 0:
            return total + values[at]
        at = _place(keys, history)
        if at >= 0:
            total += values[at]
    return total + _FLOOR


@inline
def _known(hashes: Hashes, scores: Floats, value: Any) -> Any:
    key = np.uint32(value >> np.uint64(32))
    at = np.searchsorted(hashes, key)
    if at < hashes.size and hashes[at] == key:
        return scores[at]
    return _NEVER


@kernel
def _search(
    symbols: npt.NDArray[np.uint8],
    begins: Ints,
    counts: Ints,
    listed: Ints,
    target: npt.NDArray[np.int8],
    unit_keys: Hashes,
    unit_values: Floats,
    letter_keys: Hashes,
    letter_values: Floats,
    word_hashes: Hashes,
    word_scores: Floats,
    new_word: float,
    trust: float,
    width: int,
    out: npt.NDArray[np.int8],
    out_scores: Floats,
) -> int:
    """Fill `out` (a row a result, letters then 0) and `out_scores` with the best results, best first; returns how many."""
    length = symbols.size
    held = np.zeros(length + 1, np.int64)
    score = np.full((length + 1, width), _NEVER, np.float32)
    history = np.zeros((length + 1, width, 3), np.int32)
    written = np.zeros((length + 1, width), np.uint64)
    parent = np.zeros((length + 1, width, 2), np.int32)
    unit = np.zeros((length + 1, width), np.int32)
    inserted = np.zeros((length + 1, width), np.bool_)
    held[0] = 1
    score[0, 0] = 0.0
    history[0, 0, :] = START
    for at in range(length + 1):
        entry = 0
        while entry < held[at]:  # a word with something inserted is appended to the same place, and looked at after
            code = 0
            for size in range(4):
                if at + size > length:
                    break
                if size:
                    code = code * SYMBOLS + symbols[at + size - 1]
                elif inserted[at, entry]:
                    continue
                for number in range(begins[code], begins[code] + counts[code]):
                    choice = listed[number]
                    total = score[at, entry] + _score(
                        unit_keys, unit_values, history[at, entry, 0], history[at, entry, 1], history[at, entry, 2], choice
                    )
                    text = written[at, entry]
                    for letter in range(target.shape[1]):
                        if target[choice, letter] == 0:
                            break
                        text = extended(text, target[choice, letter])
                    to = at + size
                    place = -1
                    for other in range(held[to]):
                        if written[to, other] == text and unit[to, other] == choice and history[to, other, 1] == history[at, entry, 2]:
                            place = other
                            break
                    if place >= 0:
                        if score[to, place] >= total or (size == 0 and place <= entry):
                            continue
                    elif held[to] < width:
                        place = held[to]
                        held[to] += 1
                    else:
                        place = 0
                        for other in range(1, width):
                            if score[to, other] < score[to, place]:
                                place = other
                        if score[to, place] >= total or (size == 0 and place <= entry):
                            continue
                    score[to, place] = total
                    written[to, place] = text
                    unit[to, place] = choice
                    inserted[to, place] = size == 0
                    parent[to, place, 0] = at
                    parent[to, place, 1] = entry
                    history[to, place, 0] = history[at, entry, 1]
                    history[to, place, 1] = history[at, entry, 2]
                    history[to, place, 2] = choice
            entry += 1
    found = 0
    letters = np.zeros(MOST_LETTERS, np.int8)
    for entry in range(held[length]):
        total = score[length, entry] + _score(
            unit_keys, unit_values, history[length, entry, 0], history[length, entry, 1], history[length, entry, 2], END
        )
        size, at, place = 0, length, entry
        while at > 0 or unit[at, place] > 0:  # from the end to the beginning
            choice = unit[at, place]
            for letter in range(target.shape[1] - 1, -1, -1):
                if target[choice, letter] and size < MOST_LETTERS:
                    letters[size] = target[choice, letter]
                    size += 1
            at, place = parent[at, place, 0], parent[at, place, 1]
        if size == 0 or size >= out.shape[1]:
            continue
        one, two, three = START, START, START
        spelled = np.float32(0.0)
        for letter in range(size - 1, -1, -1):
            spelled += _score(letter_keys, letter_values, one, two, three, letters[letter])
            one, two, three = two, three, letters[letter]
        spelled += _score(letter_keys, letter_values, one, two, three, END)
        spelled += np.float32(new_word)
        total += np.float32(trust) * max(spelled, _known(word_hashes, word_scores, written[length, entry]))
        same = -1
        for other in range(found):
            equal = out[other, size] == 0
            for letter in range(size):
                if out[other, letter] != letters[size - 1 - letter]:
                    equal = False
                    break
            if equal:
                same = other
                break
        if same >= 0:
            if out_scores[same] >= total:
                continue
            place = same
        elif found < out.shape[0]:
            place = found
            found += 1
        else:
            if out_scores[found - 1] >= total:
                continue
            place = found - 1
        out_scores[place] = total
        for letter in range(out.shape[1]):
            out[place, letter] = letters[size - 1 - letter] if letter < size else 0
        while place > 0 and out_scores[place] > out_scores[place - 1]:
            for letter in range(out.shape[1]):
                held_letter = out[place, letter]
                out[place, letter] = out[place - 1, letter]
                out[place - 1, letter] = held_letter
            held_score = out_scores[place]
            out_scores[place] = out_scores[place - 1]
            out_scores[place - 1] = held_score
            place -= 1
    return found


class Tables(NamedTuple):
    """Everything a direction of writing needs."""

    units: Units
    spelling: NGrams
    letters: NGrams
    words: Words
    new_word: float
    """Log probability that a word is none of the known ones."""
    trust: float
    """Weight of what words look like, against how they are spelled."""


def search(symbols: npt.NDArray[np.uint8], tables: Tables, best: int, width: int) -> list[tuple[bytes, float]]:
    """The best results for one word: target symbols, and log scores, best first; none where no cut fits.

    Args:
        symbols: the source word, numbers below `SYMBOLS`, at most `LONGEST`.
        tables: of the direction.
        best: how many results at most.
        width: how many partial results are kept at each place of the word.
    """
    if not 0 < symbols.size <= LONGEST or symbols.max() >= SYMBOLS:
        return []
    out = np.zeros((width, MOST_LETTERS), np.int8)
    scores = np.full(width, _NEVER, np.float32)
    units, words = tables.units, tables.words
    found = _search(symbols, *units, *tables.spelling, *tables.letters, *words, tables.new_word, tables.trust, width, out, scores)
    return [(out[row].tobytes().rstrip(b"\0"), float(scores[row])) for row in range(min(found, best))]


@kernel
def _insert(hashes: Hashes, values: Floats, keys: Hashes, kept: Floats) -> None:
    mask = keys.size - 1
    for entry in range(hashes.size):
        at = np.int64(hashes[entry]) & mask
        while keys[at] != 0:
            at = (at + 1) & mask
        keys[at] = hashes[entry]
        kept[at] = values[entry]


def table(hashes: Hashes, values: Floats) -> NGrams:
    """The table of so many different, nonzero hashes and their values."""
    size = 1 << max(4, (2 * hashes.size).bit_length())
    made = NGrams(np.zeros(size, np.uint32), np.zeros(size, np.float32))
    _insert(hashes, values, *made)
    return made


def history_hash(symbols: tuple[int, ...]) -> int:
    """The key of a history: what comes before a symbol, at most `ORDER - 1` long."""
    return _sequence(len(symbols) + 1 << 40, symbols)


def ngram_hash(history: tuple[int, ...], symbol: int) -> int:
    """The key of a symbol after a history."""
    return _sequence(len(history) + 1 << 40, (*history, symbol))


def word_hash(symbols: bytes) -> int:
    """The hash of a known word, of its target symbols."""
    return _sequence(0, symbols)


def _sequence(value: int, symbols: Iterable[int]) -> int:
    """As `extended`, in Python's numbers."""
    for symbol in symbols:
        value = (value + symbol + 1) * 0x9E3779B97F4A7C15 & 0xFFFFFFFFFFFFFFFF
        value ^= value >> 29
    return value >> 32
