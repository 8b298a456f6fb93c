"""The trained table of the identifier and how its sums become probabilities.

models/language.int8   65,536 rows of eight signed bytes: a hashed n-gram's weight for each class of its script
models/language.json   classes, calibration, settings, what it learnt from, the table's sha256
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from khettara.darija.classes import BY_NAME
from khettara.errors import KhettaraError

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Model:
    """A table (rows, lanes) of bytes, packed for adding up, with the classes and the calibration of each head."""

    table: npt.NDArray[np.int8]
    packed: npt.NDArray[np.uint64]
    heads: tuple[tuple[str, ...], ...]
    calibration: tuple[tuple[float, float], ...]
    """For each head `a, b`: the mean of the rows times exp(a) times the number of n-grams to the power of b."""

    def probabilities(self, totals: npt.NDArray[np.int64], grams: npt.NDArray[np.int64], head: int) -> Floats:
        """The calibrated probability of each class of a head, from sums over so many n-grams each (one row a text)."""
        priors = np.array([BY_NAME[name].prior for name in self.heads[head]])
        return softmax(self.logits(totals, grams, head) + np.log(priors))

    def logits(self, totals: npt.NDArray[np.int64], grams: npt.NDArray[np.int64], head: int) -> Floats:
        """The same before priors and normalisation."""
        return scaled(totals[:, : len(self.heads[head])], grams, self.calibration[head])


def scaled(totals: npt.NDArray[np.int64], grams: npt.NDArray[np.int64], calibration: tuple[float, float]) -> Floats:
    """Sums over so many n-grams as logits: the mean times exp(a) times the number to the power of b."""
    a, b = calibration
    n = np.maximum(grams, 1).astype(np.float64)
    logits: Floats = totals * (np.exp(a) * n ** (b - 1))[:, None]
    return logits


def softmax(logits: Floats) -> Floats:
    """Numbers of each row as shares of one."""
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares: Floats = powers / powers.sum(axis=1, keepdims=True)
    return shares


def make(table: npt.NDArray[np.int8], heads: Sequence[Sequence[str]], calibration: Sequence[Sequence[float]]) -> Model:
    """A model of its parts."""
    from khettara.kernels.ngrams import LANES, pack

    lanes = np.pad(table, ((0, 0), (0, LANES - table.shape[1])))
    pairs = tuple((float(a), float(b)) for a, b in calibration)
    return Model(table, pack(lanes), tuple(map(tuple, heads)), pairs)


def language_model() -> Model:
    """The identifier's model in the package."""
    return packaged("language")


@cache
def packaged(name: str) -> Model:
    """A model in the package, read once and checked against its hash."""
    folder = files("khettara.darija") / "models"
    return read(json.loads((folder / f"{name}.json").read_text("utf-8")), (folder / f"{name}.int8").read_bytes())


def read(described: dict[str, Any], data: bytes) -> Model:
    """A model from its description and the bytes of its table."""
    if sha256(data).hexdigest() != described["sha256"]:
        raise KhettaraError(
            "a table of the language room is not the one that its description names", hint="Install the package again, or run: khettara darija train"
        )
    table = np.frombuffer(data, np.int8).reshape(described["rows"], -1)
    return make(table, described["heads"], described["calibration"])


def write(folder: Path, name: str, model: Model, facts: dict[str, Any]) -> str:
    """Write table and description; gives the table's sha256. The same model gives the same bytes."""
    data = model.table.tobytes()
    digest = sha256(data).hexdigest()
    described = {"rows": len(model.table), "sha256": digest, "heads": model.heads, "calibration": model.calibration, **facts}
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.int8").write_bytes(data)
    (folder / f"{name}.json").write_text(json.dumps(described, ensure_ascii=False, indent=1) + "\n", "utf-8")
    return digest
