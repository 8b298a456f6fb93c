"""Hashes of texts: XXH64 of the bytes as they are, MinHash of the words. Their constants never change: a hash is the same everywhere.

"السوق كل خميس"  ->  0xd39fc9e958fd84fd: what `xxhsum -H1` of a file with these bytes prints
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from khettara.kernels.columns import Bytes, Offsets, Text
from khettara.kernels.jit import inline, kernel
from khettara.kernels.mixing import Hashes, mixed

if TYPE_CHECKING:
    from khettara.kernels.words import Words

Minima = npt.NDArray[np.uint32]

# The primes of XXH64 (its specification, section "XXH64 algorithm description").
_P1, _P2, _P3 = np.uint64(0x9E3779B185EBCA87), np.uint64(0xC2B2AE3D27D4EB4F), np.uint64(0x165667B19E3779F9)
_P4, _P5 = np.uint64(0x85EBCA77C2B2AE63), np.uint64(0x27D4EB2F165667C5)

N_PERMUTATIONS = 112
SHINGLE_WORDS = 5
NEVER = np.uint32(0xFFFFFFFF)
"""What stands in the place of a minimum over nothing."""
_STEP = np.uint64(0x9E3779B97F4A7C15)


mix = inline(mixed)
"""`mixed` for one number, inside a loop."""


@inline
def _rotated(value: np.uint64, bits: int) -> np.uint64:
    return (value << np.uint64(bits)) | (value >> np.uint64(64 - bits))


@inline
def read_eight(data: Bytes, at: int) -> np.uint64:
    """Eight bytes as one number, the first the lowest: compilers read it in one load."""
    value, place = np.uint64(0), np.uint64(at)
    for step in range(8):
        value |= np.uint64(data[place + np.uint64(step)]) << np.uint64(8 * step)
    return value


@inline
def _round(lane: np.uint64, value: np.uint64) -> np.uint64:
    return _rotated(lane + value * _P2, 31) * _P1


@inline
def xxh64(data: Bytes) -> np.uint64:
    """XXH64 of all bytes, with seed 0."""
    size, at = data.size, 0
    if size >= 32:
        a, b, c, d = _P1 + _P2, _P2, np.uint64(0), np.uint64(0) - _P1
        while at + 32 <= size:
            a = _round(a, read_eight(data, at))
            b = _round(b, read_eight(data, at + 8))
            c = _round(c, read_eight(data, at + 16))
            d = _round(d, read_eight(data, at + 24))
            at += 32
        value = _rotated(a, 1) + _rotated(b, 7) + _rotated(c, 12) + _rotated(d, 18)
        for lane in (a, b, c, d):
            value = (value ^ _round(np.uint64(0), lane)) * _P1 + _P4
    else:
        value = _P5
    value += np.uint64(size)
    while at + 8 <= size:
        value = _rotated(value ^ _round(np.uint64(0), read_eight(data, at)), 27) * _P1 + _P4
        at += 8
    if at + 4 <= size:
        four = np.uint64(data[at]) | np.uint64(data[at + 1]) << np.uint64(8) | np.uint64(data[at + 2]) << np.uint64(16)
        four |= np.uint64(data[at + 3]) << np.uint64(24)
        value = _rotated(value ^ (four * _P1), 23) * _P2 + _P3
        at += 4
    while at < size:
        value = _rotated(value ^ (np.uint64(data[at]) * _P5), 11) * _P1
        at += 1
    value = (value ^ (value >> np.uint64(33))) * _P2
    value = (value ^ (value >> np.uint64(29))) * _P3
    return value ^ (value >> np.uint64(32))


@kernel
def _hash_rows(data: Bytes, offsets: Offsets, out: Hashes) -> None:
    for row in range(offsets.size - 1):
        out[row] = xxh64(data[offsets[row] : offsets[row + 1]])


def text_hashes(text: Text) -> Hashes:
    """XXH64 of the bytes of each row."""
    out = np.empty(len(text), np.uint64)
    _hash_rows(text.data, text.offsets, out)
    return out


@inline
def _keyed(data: Bytes, one: np.uint64, two: np.uint64) -> np.uint64:
    """A hash with two secret numbers: the rounds of XXH64 on one lane, with an odd secret in the place of its second prime."""
    value, at = one ^ np.uint64(data.size), 0
    while at + 8 <= data.size:
        value = _rotated((value ^ read_eight(data, at)) * two, 29) + one
        at += 8
    tail, shift = np.uint64(0), np.uint64(0)
    while at < data.size:
        tail |= np.uint64(data[at]) << shift
        shift += np.uint64(8)
        at += 1
    value = _rotated((value ^ tail) * two, 29) + one
    return value ^ (value >> np.uint64(32))


@kernel
def _add_keyed(data: Bytes, offsets: Offsets, secrets: Hashes, out: Hashes) -> None:
    for row in range(offsets.size - 1):
        for lane in range(2):
            hashed = _keyed(data[offsets[row] : offsets[row + 1]], secrets[2 * lane], secrets[2 * lane + 1])
            out[row, lane] = mix((out[row, lane] ^ hashed) * _STEP)


def add_keyed(text: Text, secrets: Hashes, out: Hashes) -> None:
    """Join to each row's two numbers a hash of its text that nobody can foresee who does not know the four secret numbers.

    It tells for our own use whether a record is the one that it was; it is no digest to show to others.
    """
    _add_keyed(text.data, text.offsets, secrets | np.array([0, 1, 0, 1], np.uint64), out)


def _permutations() -> tuple[Minima, Minima]:
    """An odd multiplier and an addend for each permutation."""
    numbers = (mixed(np.arange(1, 2 * N_PERMUTATIONS + 1, dtype=np.uint64) * _STEP) >> np.uint64(32)).astype(np.uint32)
    return numbers[::2] | np.uint32(1), numbers[1::2].copy()


MULTIPLIERS, ADDENDS = _permutations()


@kernel
def _minima(rows: Offsets, firsts: Offsets, words: Hashes, multipliers: Minima, addends: Minima, out: Minima) -> None:
    """The least value of each permutation over the runs of words of each row, four runs at a time."""
    block = np.empty(256, np.uint32)
    for part in range(rows.size):
        minima = out[rows[part]]
        first = firsts[part]
        n_words = firsts[part + 1] - first
        n_runs = max(n_words - SHINGLE_WORDS + 1, min(n_words, 1))
        size = min(n_words, SHINGLE_WORDS)
        done = 0
        while done < n_runs:
            n = min(n_runs - done, 252)
            for i in range(n):
                run = np.uint64(size)
                for step in range(size):
                    run = (run ^ words[first + done + i + step]) * _STEP
                run ^= run >> np.uint64(32)
                block[i] = np.uint32(run)
            # The last group is filled up with copies of the last run: they change no minimum.
            for i in range(n, n + 3):
                block[i] = block[n - 1]
            for i in range(0, n, 4):
                p, q, r, s = block[i], block[i + 1], block[i + 2], block[i + 3]
                for k in range(N_PERMUTATIONS):
                    a, b = multipliers[k], addends[k]
                    one = min(np.uint32(p * a + b), np.uint32(q * a + b))
                    two = min(np.uint32(r * a + b), np.uint32(s * a + b))
                    minima[k] = min(minima[k], min(one, two))
            done += n


def signatures(pieces: Iterable[Words], n_rows: int) -> Minima:
    """For each row, the minima of 112 permutations over its runs of five words; of fewer words, their one run.

    A row without words has `NEVER` everywhere.
    """
    out = np.full((n_rows, N_PERMUTATIONS), NEVER, np.uint32)
    for piece in pieces:
        _minima(piece.rows, piece.firsts, piece.hashes, MULTIPLIERS, ADDENDS, out)
    return out
