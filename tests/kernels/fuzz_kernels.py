"""Any bytes, cut anywhere, through every kernel: none may fail, read or write beyond its rows, or see a row's neighbours.

    NUMBA_BOUNDSCHECK=1 python tests/kernels/fuzz_kernels.py --seconds 60     random columns, all kernels compiled with bounds checks
    NUMBA_DISABLE_JIT=1 python tests/kernels/fuzz_kernels.py --atheris -max_total_time=60    guided by coverage, where atheris is installed

With the compiler off, atheris sees the branches of the loops themselves and looks for bytes that take new ones. A new kernel is
one more line in `KERNELS`.
"""

from __future__ import annotations

import argparse
import importlib
import os
import random
import sys
import time
import warnings
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa

from khettara.kernels import Text, text_of

Rows = Sequence[Any]


def _read(text: Text) -> Any:
    from khettara.clean.reading import word_list
    from khettara.kernels.words import Reading

    return Reading(text, word_list())


def _words(text: Text) -> Rows:
    read = _read(text)
    hashes: list[list[int]] = [[] for _ in range(len(text))]
    for piece in read.words():
        for number, row in enumerate(piece.rows.tolist()):
            hashes[row] += piece.hashes[piece.firsts[number] : piece.firsts[number + 1]].tolist()
    return [*zip(read.counts.tolist(), read.in_groups.tolist(), read.folded_hashes().tolist(), hashes, strict=True)]


def _words_alone(text: Text) -> Rows:
    return [(piece.hashes.tolist(), piece.lengths.tolist()) for piece in _read(text).words()] if len(text) == 1 else [None] * len(text)


def _signatures(text: Text) -> Rows:
    from khettara.kernels.hashing import signatures

    return [*signatures(_read(text).words(), len(text)).tolist()]


def _text_hashes(text: Text) -> Rows:
    from khettara.kernels.hashing import text_hashes

    return [*text_hashes(text).tolist()]


def _repeated(text: Text) -> Rows:
    from khettara.kernels.repetition import repeated

    return [*repeated(_read(text).words(), len(text)).tolist()]


def _scan(text: Text) -> Rows:
    from khettara.darija.identifiers import finding
    from khettara.kernels import scan

    proposals = scan.scan(text, finding._vocabulary(with_names=True))
    starts = text.offsets[proposals[0]]
    assert (proposals[1] >= starts).all()
    assert (proposals[2] <= text.offsets[proposals[0] + 1]).all()
    return [
        [*zip((proposals[1] - starts)[own].tolist(), (proposals[2] - starts)[own].tolist(), proposals[3][own].tolist(), strict=True)]
        for own in (proposals[0] == row for row in range(len(text)))
    ]


def _suspects(text: Text) -> Rows:
    from khettara.clean import encoding
    from khettara.kernels import suspicion

    return [*suspicion.suspects(text, *encoding._tables()).tolist()]


def _languages(text: Text) -> Rows:
    from khettara.darija.model import language_model
    from khettara.kernels.ngrams import add_up

    sums = add_up(text, language_model().packed)
    return [*zip(sums.totals.tolist(), sums.grams.tolist(), sums.letters.tolist(), strict=True)]


def _letters(text: Text) -> Rows:
    from khettara.kernels.ngrams import count_letters

    return [*count_letters(text).tolist()]


def _token_words(text: Text) -> Rows:
    from khettara.darija.model import language_model
    from khettara.kernels.ngrams import list_words

    words = list_words(text, language_model().packed)
    columns = [column.tolist() for column in words[:-1]]
    ends = words.offsets.tolist()
    return [[column[start:end] for column in columns] for start, end in pairwise(ends)]


def _runs(text: Text) -> Rows:
    from khettara.kernels.grams import hash_runs

    hashed: list[list[int]] = [[] for _ in range(len(text))]
    for piece in _read(text).words():
        keys, _, rows = hash_runs(piece.hashes, piece.firsts, 7, 3)
        for key, row in zip(keys.tolist(), piece.rows[rows].tolist(), strict=True):
            hashed[row].append(key)
    return hashed


def _scrub_suspects(text: Text) -> Rows:
    from khettara.kernels.scrub import find

    return [*find(text).tolist()]


def _scrubbed(text: Text) -> Rows:
    from khettara.darija.scrub import _tables
    from khettara.kernels.scrub import rewrite

    new = rewrite(text, np.arange(len(text)), _tables())
    ends = new.offsets.tolist()
    return [*zip((new.data[start:end].tobytes() for start, end in pairwise(ends)), new.counts.tolist(), new.hard.tolist(), strict=True)]


def _litter(text: Text) -> Rows:
    from khettara.kernels.litter import look

    return [*look(text, np.arange(1, 9, dtype=np.uint64)).tolist()]


KERNELS: dict[str, Callable[[Text], Rows]] = {
    "words": _words,
    "words_alone": _words_alone,
    "signatures": _signatures,
    "text_hashes": _text_hashes,
    "repeated": _repeated,
    "scan": _scan,
    "suspects": _suspects,
    "languages": _languages,
    "letters": _letters,
    "token_words": _token_words,
    "runs": _runs,
    "scrub_suspects": _scrub_suspects,
    "scrubbed": _scrubbed,
    "litter": _litter,
}
"""From a column to something a row that says what the kernel found there, not where in memory."""

# What decides something in some kernel, beside any bytes.
SEEDS = [
    *(
        text.encode()
        for text in ("كاين", "واش ", "ـ", "السُّوق", "ⵣ", "👋🏽", "é", "Ã©", "ط§", "…", "\u00a0", "\u2028", "\ufeff", "\u200f", "ﻻ", "０６", "٠٦", "ﷺ")
    ),
    *(
        b" ",
        b"\n",
        b"\n\n",
        b"...",
        b"#",
        b"{",
        b"06 00 00 21 40",
        b"+212",
        b"a@b.ma",
        b"AB123456",
        b"MA64",
        b"0000",
        b"http://",
        b"wach ",
        b"7it",
        b"\0",
    ),
    # No UTF-8: cut short, too long, surrogates, too high, strays.
    *(
        b"\xd9",
        b"\xe2\x80",
        b"\xf0\x9f\x91",
        b"\xc0\x80",
        b"\xe0\x80\x80",
        b"\xed\xa0\x80\xed\xb0\x80",
        b"\xf4\x90\x80\x80",
        b"\xff",
        b"\x80",
        b"\xbf\xbf",
    ),
]


def column_of(rows: Sequence[bytes], wide: bool, before: bytes, skipped: int, shift: int) -> pa.Array:
    """A binary column of rows, in a buffer with other bytes before and behind, behind `skipped` other rows, its offsets `shift` bytes off."""
    data = before + b"".join(rows)
    ends = np.cumsum([len(before), *map(len, rows)])
    offsets = np.concatenate((np.zeros(skipped, np.int64), ends)).astype(np.int64 if wide else np.int32)
    buffer = pa.py_buffer(bytes(shift) + offsets.tobytes()).slice(shift)
    values = pa.py_buffer(data + b"\xd9\xd8").slice(0, len(data))
    kind = pa.large_binary() if wide else pa.binary()
    return pa.Array.from_buffers(kind, len(rows), [None, buffer, values], offset=skipped)


def check(column: pa.Array, names: Sequence[str] = ()) -> None:
    """Run kernels on a column, and on each of its rows alone: they must say the same."""
    text = text_of(column)
    for name in names or KERNELS:
        together = KERNELS[name](text)
        assert len(together) == len(text), name
        if name != "words_alone":
            alone = [KERNELS[name](text_of(pa.array([row], pa.large_binary())))[0] for row in column.to_pylist()]
            assert together == alone, (name, column)


def random_column(draw: random.Random) -> pa.Array:
    """A column of few rows, each of seeds and of any bytes."""

    def row() -> bytes:
        parts = [draw.choice(SEEDS) if draw.random() < 0.8 else draw.randbytes(draw.randint(0, 5)) for _ in range(draw.choice([0, 1, 5, 30]))]
        return b"".join(parts) * draw.choice([1, 1, 1, 40])

    rows = [row() for _ in range(draw.randint(0, 4))]
    return column_of(rows, draw.random() < 0.5, draw.choice(SEEDS), draw.randint(0, 3), draw.randint(0, 3))


def _for_some_time(seconds: float, seed: int, names: Sequence[str]) -> None:
    draw, n = random.Random(seed), 0
    check(random_column(draw), names)  # what is not compiled yet is compiled now
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        n += 1
        check(random_column(draw), names)
    print(f"{n} columns, seed {seed}: nothing")


def _guided(arguments: list[str], names: Sequence[str]) -> None:
    atheris: Any = importlib.import_module("atheris")

    def one(data: bytes) -> None:
        given = atheris.FuzzedDataProvider(data)
        n_rows = given.ConsumeIntInRange(0, 3)
        wide, skipped, shift = given.ConsumeBool(), given.ConsumeIntInRange(0, 3), given.ConsumeIntInRange(0, 3)
        rows = [given.ConsumeBytes(given.ConsumeIntInRange(0, 40)) for _ in range(n_rows)]
        check(column_of(rows, wide, b"\xd9", skipped, shift), names)

    # The kernels are imported, and so instrumented, when a check first needs them.
    with atheris.instrument_imports(include=["khettara.kernels"]):
        check(column_of([b"souk"], True, b"", 0, 0), names)
    atheris.Setup([sys.argv[0], *arguments], one)
    atheris.Fuzz()


def main() -> None:
    """See the module."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60, help="for how long")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--kernel", action="append", default=[], choices=sorted(KERNELS), help="only this one; may be given again")
    parser.add_argument("--atheris", action="store_true", help="guided by coverage; further arguments are libFuzzer's")
    options, further = parser.parse_known_args()
    if os.environ.get("NUMBA_DISABLE_JIT"):
        warnings.filterwarnings("ignore", "overflow encountered", RuntimeWarning)  # numbers of 64 bits go round, as they do when compiled
    if options.atheris:
        _guided(further, options.kernel)
    else:
        _for_some_time(options.seconds, options.seed, options.kernel)


if __name__ == "__main__":
    main()
