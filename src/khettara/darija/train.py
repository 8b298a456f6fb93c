"""Training the identifier: from the sources of the recipe to a table of a megabyte and its card, in seconds.

    python -m khettara.darija.train --data ../shared/data

The order: read, deduplicate, set calibration rows apart, crop and plain copies, learn, round to bytes, calibrate, write.
"""

from __future__ import annotations

import argparse
import os
import random
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from khettara.darija.classes import HEADS
from khettara.darija.model import Model, make, scaled, softmax, write
from khettara.darija.sources import SOURCES, Source, table
from khettara.errors import KhettaraError
from khettara.kernels import text_of

N_ROWS = 1 << 16
PASSES = 4
RATE = 0.1
MOST_GRAMS = 1200
LONGEST = 300
CROPPED = 0.4
PLAIN = 0.3
LEAST_ROWS = 600
MOST_REPEATS = 5
SETTINGS = {
    "rows": N_ROWS,
    "passes": PASSES,
    "rate": RATE,
    "longest_line": LONGEST,
    "cropped_share": CROPPED,
    "plain_share": PLAIN,
    "least_rows_of_a_source": LEAST_ROWS,
    "most_repeats": MOST_REPEATS,
}

_LANE = {label.name: (head, lane) for head, labels in enumerate(HEADS) for lane, label in enumerate(labels)}
_SIZES = tuple(len(labels) for labels in HEADS)


@dataclass(frozen=True)
class Row:
    """A line of a source, with its class."""

    text: str
    label: str
    source: Source


def fold_key(text: str) -> str:
    """What is left of a line for comparison: its letters, in lower case, without marks.

    >>> fold_key("Wach, kayn l-ma?!") == fold_key("wach kayn lma")
    True
    """
    return "".join(c for c in unicodedata.normalize("NFKD", text).lower() if c.isalpha())


def row_key(text: str) -> str:
    """The name of a row, whatever its marks: sixteen hexadecimal digits of its folded key's hash."""
    return blake2b(fold_key(text).encode(), digest_size=8).hexdigest()


def collect(root: Path, sources: Iterable[Source] = SOURCES) -> list[Row]:
    """The rows of all sources, each source up to its cap, no line twice, and none of the rows that are labelled for testing."""
    seen = {name for name, _ in table("audit.tsv")}
    rows: list[Row] = []
    for source in sources:
        lines = [" ".join(line.split())[:LONGEST] for line in source.read(root)]
        random.Random(source.name).shuffle(lines)
        kept = 0
        for line in lines:
            if kept == source.cap:
                break
            key = row_key(line)
            if fold_key(line) and key not in seen:
                seen.add(key)
                rows.append(Row(line, source.label, source))
                kept += 1
    return rows


def _chance(text: str, salt: str) -> float:
    """A number from 0 to 1 that depends on nothing but the text."""
    return int.from_bytes(blake2b((salt + text).encode(), digest_size=6).digest(), "big") / (1 << 48)


def calibration_rows(rows: Sequence[Row]) -> tuple[list[Row], list[Row]]:
    """Rows to learn from, and one in ten for calibration."""
    apart = [_chance(row.text, "calibrate") < 0.1 for row in rows]
    return [row for row, out in zip(rows, apart, strict=True) if not out], [row for row, out in zip(rows, apart, strict=True) if out]


def crop(text: str, salt: str = "crop") -> str:
    """A piece of 5 to 40 characters, whole words; the place depends on the text alone.

    >>> crop("salam labas 3lik wach kayn chi jdid lyoum f lblad")
    'wach kayn chi jdid'
    """
    size = 5 + int(36 * _chance(text, salt + "size"))
    words = text.split()
    if len(text) <= size:
        return text
    start = int(len(words) * _chance(text, salt))
    end = start + 1
    while end < len(words) and sum(map(len, words[start:end])) + end - start < size:
        end += 1
    return " ".join(words[start:end])


_UNMARKED = str.maketrans({"أ": "ا", "إ": "ا", "آ": "ا", "ة": "ه", "ى": "ي"})


def plain(text: str) -> str:
    """A text without accents, and without hamza and dots that people leave out, as they type it.

    >>> plain("déjà vu à Fès"), plain("أكلة بنينة")
    ('deja vu a Fes', 'اكله بنينه')
    """
    bare = "".join(c for c in unicodedata.normalize("NFD", text) if not 0x300 <= ord(c) < 0x370)
    return unicodedata.normalize("NFC", bare).translate(_UNMARKED)


def copies(rows: Sequence[Row]) -> list[Row]:
    """The rows, small sources repeated, and for some of them a cropped or a plain copy beside."""
    number = Counter(row.source.name for row in rows)
    found: list[Row] = []
    for row in rows:
        repeats = min(MOST_REPEATS, max(1, LEAST_ROWS // number[row.source.name]))
        for repeat in range(repeats):
            found.append(row)
            if _chance(row.text, f"cropped{repeat}") < CROPPED:
                found.append(Row(crop(row.text, f"crop{repeat}"), row.label, row.source))
        if _chance(row.text, "plain") < PLAIN:
            found.append(Row(plain(row.text), row.label, row.source))
    return found


def weights_of(rows: Sequence[Row]) -> npt.NDArray[np.float64]:
    """How much each row counts: rows of small classes more, so that the classes of a script weigh alike (by the square root)."""
    number = Counter(row.label for row in rows)
    most = max(number.values())
    return np.array([(most / number[row.label]) ** 0.5 for row in rows])


def learn(rows: Sequence[Row], n_rows: int = N_ROWS) -> npt.NDArray[np.int8]:
    """The table that the rows teach, rounded to bytes."""
    from khettara.kernels import ngrams, softmax

    rows = copies(rows)
    heads, classes = (np.array(numbers) for numbers in zip(*(_LANE[row.label] for row in rows), strict=True))
    grams, ends = ngrams.list_rows(text_of(pa.array([row.text for row in rows], pa.large_string())), heads, n_rows, MOST_GRAMS)
    table = softmax.train(grams, ends, heads, classes, weights_of(rows), _SIZES, n_rows, PASSES, RATE)
    rounded: npt.NDArray[np.int8] = np.rint(table * (127 / np.abs(table).max())).astype(np.int8)
    return rounded


def calibrate(table: npt.NDArray[np.int8], rows: Sequence[Row]) -> list[list[float]]:
    """For each head, how sharp the sums must be made so that probabilities mean what they say, found on rows not learnt from.

    Whole rows and crops count alike. The pair (a, b) of least surprise (log loss) is sought on a grid.
    """
    from khettara.kernels import ngrams

    rows = [*rows, *(Row(crop(row.text), row.label, row.source) for row in rows)]
    heads, lanes = (np.array(numbers) for numbers in zip(*(_LANE[row.label] for row in rows), strict=True))
    sums = ngrams.add_up(text_of(pa.array([row.text for row in rows], pa.large_string())), ngrams.pack(table))
    importance = weights_of(rows) ** 2
    found = []
    for head, size in enumerate(_SIZES):
        mine = (heads == head) & (sums.grams[:, head] > 0)
        found.append(sharpest(size, sums.totals[mine, head], sums.grams[mine, head], lanes[mine], importance[mine]))
    return found


def sharpest(
    size: int, totals: npt.NDArray[np.int64], grams: npt.NDArray[np.int64], classes: npt.NDArray[np.int64], weight: npt.NDArray[np.float64]
) -> list[float]:
    """The pair (a, b) of `Model.calibration` of least surprise for a head of so many classes, sought on a grid."""
    best = (np.inf, 0.0, 0.0)
    for a in np.arange(-3, 2.01, 0.1):
        for b in np.arange(0, 0.61, 0.1):
            chance = softmax(scaled(totals[:, :size], grams, (a, b)))[np.arange(len(classes)), classes]
            loss = float(-(weight * np.log(np.maximum(chance, 1e-9))).sum() / weight.sum())
            best = min(best, (loss, round(float(a), 1), round(float(b), 1)))
    return [best[1], best[2]]


def train(rows: Sequence[Row]) -> tuple[Model, dict[str, Any]]:
    """The model that rows teach, calibrated on a tenth of them, and what a card says of it."""
    learnt, apart = calibration_rows(rows)
    table = learn(learnt)
    model = make(table, [[label.name for label in head] for head in HEADS], calibrate(table, apart))
    return model, {"sources": _accounts(rows), "calibration_rows": len(apart), "settings": SETTINGS}


def _accounts(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """What was taken from each source."""
    number = Counter(row.source for row in rows)
    return [
        {"source": s.name, "class": s.label, "corpus": s.corpus, "licence": s.licence, "made": s.made, "rows": n}
        for s, n in sorted(number.items(), key=lambda item: (item[0].label, item[0].name))
    ]


def train_all(data: Path, output: Path | None = None) -> dict[str, str]:
    """Train all tables and write them, into the package unless told otherwise; gives their hashes."""
    from khettara.darija.train_tokens import train_tokens
    from khettara.darija.train_tone import train_tone

    if not (data / "nllb-seed").is_dir():
        raise KhettaraError("the sources of the language tables are not there", where=str(data), hint="Name their folder with --data.")
    folder = output or Path(__file__).parent / "models"
    rows = collect(data)
    found = {"language.int8": write(folder, "language", *train(rows))}
    found["tokens.int8"] = write(folder, "tokens", *train_tokens(data, rows))
    found |= {f"{signal}.int8": write(folder, signal, *trained) for signal, trained in train_tone(data).items()}
    return found


def main() -> None:
    """Train from a folder of data and write the package's models."""
    parser = argparse.ArgumentParser(description="Train the language tables.")
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("KHETTARA_DATA", "../shared/data")))
    parser.add_argument("--output", type=Path)
    arguments = parser.parse_args()
    for name, digest in train_all(arguments.data, arguments.output).items():
        print(name, digest)


if __name__ == "__main__":
    main()
