"""The tables that write a word over, in memory and in the file that the package ships.

models/letters.npz    n-grams of pieces and of letters, known words (half precision), and ready answers for frequent words
models/letters.json   what they learnt from, how many, the file's sha256
"""

from __future__ import annotations

import gzip
import io
import json
import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from khettara.darija.transliterate.pieces import ARABIC, LATIN, UNITS
from khettara.errors import KhettaraError

if TYPE_CHECKING:
    from khettara.kernels import transduce
    from khettara.kernels.transduce import NGrams, Units, Words

Pair = tuple[str, str]
"""A word in Latin letters, and in Arabic letters."""
Scored = tuple[tuple[str, float], ...]
"""Results, best first, each with its probability among the results."""
Counted = tuple[Mapping[tuple[int, ...], float], Mapping[tuple[int, ...], float]]
"""Log probabilities of n-grams, log weights of histories."""

ALPHABETS = {"arab": ARABIC, "latn": LATIN}
"""The letters that are written in each direction."""
WIDTH = 24
"""Partial results kept at each letter."""
TRUST = 0.7
"""Weight of what words look like against how they are spelled."""
SHARPNESS = 0.4
"""The power that scores are raised to before they become probabilities: n-grams overlap, and alone they are too sure of themselves.

Both have the least surprise on pairs left out of learning: `python -m benchmarks.transliteration --settings`.
"""


@dataclass(frozen=True)
class Direction:
    """The tables of one direction: `to` is the script that is written."""

    to: str
    tables: transduce.Tables
    ready: Mapping[str, Scored]
    sharpness: float = SHARPNESS

    def candidates(self, word: str, best: int) -> Scored:
        """Ways to write a plain word over, best first; none where its letters do not fit."""
        ready = self.ready.get(word)
        return ready[:best] if ready is not None else self.searched(word, best)

    def searched(self, word: str, best: int) -> Scored:
        """The same, worked out anew."""
        from khettara.kernels import transduce

        source, target = ALPHABETS["latn" if self.to == "arab" else "arab"], ALPHABETS[self.to]
        numbers = [source.find(letter) + 3 for letter in word]
        if 2 in numbers or not numbers or len(numbers) > transduce.LONGEST:  # a letter that is not in the alphabet; too long
            return ()
        found = transduce.search(np.array(numbers, np.uint8), self.tables, WIDTH, WIDTH)
        if not found:
            return ()
        powers = [math.exp(self.sharpness * (score - found[0][1])) for _, score in found]
        whole = sum(powers)
        return tuple(
            ("".join(target[symbol - 3] for symbol in symbols), power / whole) for (symbols, _), power in zip(found[:best], powers, strict=False)
        )


class Tables:
    """Both directions."""

    def __init__(self, arrays: Mapping[str, npt.NDArray[Any]], ready: Mapping[str, Mapping[str, Scored]] | None = None) -> None:
        from khettara.kernels import transduce

        self.arrays = dict(arrays)
        spelling = _table(arrays, "spelling")
        self.directions = {
            to: Direction(
                to,
                transduce.Tables(_units(to), spelling, _table(arrays, f"letters_{to}"), _words(arrays, to), float(arrays[f"new_word_{to}"]), TRUST),
                (ready or {}).get(to, {}),
            )
            for to in ALPHABETS
        }

    def candidates(self, word: str, to: str, best: int) -> Scored:
        """See `Direction.candidates`."""
        return self.directions[to].candidates(word, best)


def _units(to: str) -> Units:
    """Pieces and what they become, in this direction; unit numbers as in `pieces.UNITS`."""
    from khettara.kernels import transduce

    source, target = (LATIN, ARABIC) if to == "arab" else (ARABIC, LATIN)
    by_code: dict[int, list[int]] = {}
    targets = np.zeros((len(UNITS) + 3, 4), np.int8)
    for place, unit in enumerate(UNITS):
        read, write = unit if to == "arab" else unit[::-1]
        code = 0
        for letter in read:
            code = code * transduce.SYMBOLS + source.index(letter) + 3
        by_code.setdefault(code, []).append(place + 3)
        targets[place + 3, : len(write)] = [target.index(letter) + 3 for letter in write]
    n_codes = transduce.SYMBOLS**3
    first, count = np.zeros(n_codes, np.int32), np.zeros(n_codes, np.int32)
    listed: list[int] = []
    for code, numbers in sorted(by_code.items()):
        first[code], count[code] = len(listed), len(numbers)
        listed += numbers
    return transduce.Units(first, count, np.array(listed, np.int32), targets)


def _table(arrays: Mapping[str, npt.NDArray[Any]], name: str) -> NGrams:
    from khettara.kernels import transduce

    return transduce.table(arrays[f"{name}_keys"], arrays[f"{name}_values"].astype(np.float32))


def _words(arrays: Mapping[str, npt.NDArray[Any]], to: str) -> Words:
    from khettara.kernels.transduce import Words

    return Words(arrays[f"words_{to}_keys"], arrays[f"words_{to}_values"].astype(np.float32))


def pack(spelling: Counted, sides: Mapping[str, tuple[Counted, Counter[str]]]) -> Tables:
    """Tables from what was counted: n-grams of units, and for each script n-grams of letters and counts of words."""
    from khettara.kernels import transduce

    arrays: dict[str, npt.NDArray[Any]] = _hashed("spelling", spelling)
    for to, (letters, counts) in sides.items():
        arrays |= _hashed(f"letters_{to}", letters)
        alphabet, whole = ALPHABETS[to], sum(counts.values())
        rare = sum(n for n in counts.values() if n <= 2) / whole
        words = {transduce.word_hash(bytes(alphabet.index(letter) + 3 for letter in word)): n for word, n in sorted(counts.items())}
        arrays |= _sorted(f"words_{to}", {key: math.log(n / whole * (1 - rare)) for key, n in words.items()})
        arrays[f"new_word_{to}"] = np.array(math.log(rare), np.float32)
    return Tables(arrays)


def _hashed(name: str, counted: Counted) -> dict[str, npt.NDArray[Any]]:
    from khettara.kernels import transduce

    scores, weights = counted
    values = {transduce.history_hash(history): weight for history, weight in weights.items()}
    values |= {transduce.ngram_hash(sequence[:-1], sequence[-1]): score for sequence, score in scores.items()}
    return _sorted(name, values)


def _sorted(name: str, values: Mapping[int, float]) -> dict[str, npt.NDArray[Any]]:
    keys = np.array(sorted(key for key in values if key), np.uint32)
    return {f"{name}_keys": keys, f"{name}_values": np.array([values[int(key)] for key in keys], np.float16)}


def write(folder: Path, tables: Tables, ready: Iterable[tuple[str, str, Scored]], facts: Mapping[str, Any]) -> str:
    """Write the file and its description; gives the file's sha256. The same tables give the same bytes.

    `ready` gives, for frequent words, the direction, the word, and its answers.
    """
    lines = ("\t".join((to, word, *(f"{text}\t{share:.3f}" for text, share in found))) for to, word, found in ready)
    packed = np.frombuffer(gzip.compress("\n".join(lines).encode(), mtime=0), np.uint8)
    data = io.BytesIO()
    np.savez(data, allow_pickle=False, ready=packed, **tables.arrays)
    digest = sha256(data.getvalue()).hexdigest()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "letters.npz").write_bytes(data.getvalue())
    (folder / "letters.json").write_text(json.dumps({"sha256": digest, **facts}, ensure_ascii=False, indent=1) + "\n", "utf-8")
    return digest


@cache
def shipped() -> Tables:
    """The tables in the package, read once and checked against their hash."""
    folder = files("khettara.darija") / "models"
    data = (folder / "letters.npz").read_bytes()
    if sha256(data).hexdigest() != json.loads((folder / "letters.json").read_text("utf-8"))["sha256"]:
        raise KhettaraError(
            "the tables of letters are not those that their description names", hint="Install the package again, or learn them: see docs/darija.md"
        )
    with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
        kept = {name: arrays[name] for name in arrays.files}
    ready: dict[str, dict[str, Scored]] = {to: {} for to in ALPHABETS}
    for line in gzip.decompress(kept.pop("ready").tobytes()).decode().split("\n"):
        to, word, *answers = line.split("\t")
        ready[to][word] = tuple((text, float(share)) for text, share in zip(answers[::2], answers[1::2], strict=True))
    return Tables(kept, ready)


@lru_cache(maxsize=1 << 16)
def candidates(word: str, to: str, best: int) -> Scored:
    """`Tables.candidates` of the shipped tables, remembered."""
    return shipped().candidates(word, to, best)
