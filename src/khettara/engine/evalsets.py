"""Registers of evaluation sets: what must not be learnt from, kept as salted hashes so that a register is no copy of its set.

    khettara evalset add terjama questions.jsonl --text question   ->   terjama.evalset: 850 items, 21,430 hashes, no text

A hash stands for a run of 8 or of 13 folded words, or for all of a text shorter than that. No text can be read back from
hashes; but who already has a text can ask whether it is in the set, so a secret set's register is kept as the set is.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from khettara.dataset import canonical_json, sha256_hex
from khettara.dataset.signing import key_home
from khettara.engine.rules import nearest
from khettara.errors import RecipeError, SourceError, Tampered, storage_errors

if TYPE_CHECKING:
    from khettara.kernels.grams import Sets

SUFFIX = ".evalset"
SCHEME = 1
"""How words are folded and hashed, and runs of them. Raise it whenever another word gets another hash: old registers are then refused."""
RUNS = (8, 13)
"""Words a run. 13: GPT-3's decontamination (Brown et al. 2020, appendix C), since then the convention of evaluation harnesses.
8: the least that GPT-3 took for sets of short items, since shorter runs collide by chance, and PaLM's choice (Chowdhery et al. 2022, section 8)."""
FEWEST_WORDS = 4
"""A text of fewer words is no item to find again: anybody may say it. GPT-3 looked for none under eight words, since it looked everywhere;
here short texts are looked for as whole records and lines only."""
_META = b"khettara.evalset"


@dataclass(frozen=True)
class EvalSet:
    """A registered evaluation set. `hashes`, `kinds` and `items` are three columns of one table, sorted."""

    name: str
    version: str
    licence: str
    n_items: int
    n_too_short: int
    salt: str
    hashes: npt.NDArray[np.uint64]
    kinds: npt.NDArray[np.uint8]
    items: npt.NDArray[np.uint32]

    def about(self) -> dict[str, Any]:
        """What the register says of itself, but for its digest."""
        return {
            "format": "khettara-evalset",
            "scheme": SCHEME,
            "runs": list(RUNS),
            "name": self.name,
            "version": self.version,
            "licence": self.licence,
            "items": self.n_items,
            "too_short": self.n_too_short,
            "hashes": len(self.hashes),
            "salt": self.salt,
        }

    @property
    def digest(self) -> str:
        """Of everything in the register, whatever library wrote its file."""
        return sha256_hex(canonical_json(self.about()) + self.hashes.tobytes() + self.kinds.tobytes() + self.items.tobytes())

    def write(self, path: Path) -> None:
        """Write the register in one rename."""
        about = {_META: json.dumps({**self.about(), "digest": self.digest}, ensure_ascii=False).encode()}
        table = pa.table({"hash": self.hashes, "kind": self.kinds, "item": self.items}).replace_schema_metadata(about)
        with storage_errors(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            draft = path.with_name(f".{path.name}.{os.getpid()}")
            try:
                pq.write_table(table, draft, compression="zstd")
                os.replace(draft, path)
            finally:
                draft.unlink(missing_ok=True)

    @classmethod
    def read(cls, path: Path) -> EvalSet:
        """Read a register and check its digest."""
        try:
            table = pq.read_table(path)
            about = json.loads((table.schema.metadata or {})[_META])
            if about["scheme"] != SCHEME:
                raise RecipeError(
                    f"it was made with scheme {about['scheme']}, this version of khettara reads {SCHEME}",
                    where=str(path),
                    hint="Add the evaluation set again.",
                )
            read = cls(
                *(about[name] for name in ("name", "version", "licence", "items", "too_short", "salt")),
                *(table[name].to_numpy().copy() for name in ("hash", "kind", "item")),
            )
        except (OSError, pa.ArrowInvalid, KeyError, ValueError, TypeError) as error:
            raise RecipeError("this is no register of an evaluation set", where=str(path), hint="`khettara evalset add` makes one.") from error
        if read.digest != about["digest"]:
            raise Tampered("the register differs from its digest", where=str(path), hint="Take a fresh copy, or add the evaluation set again.")
        return read


def make_evalset(name: str, items: Iterable[Sequence[str]], version: str = "1", licence: str = "unknown", salt: int | None = None) -> EvalSet:
    """Register items, each of one text or of several (a question and its answers); runs never go from one text into the next."""
    from khettara.kernels import text_of
    from khettara.kernels.grams import hash_runs
    from khettara.kernels.words import Reading, word_list

    salt = secrets.randbits(64) if salt is None else salt
    texts: list[str] = []
    owners: list[int] = []
    n_items = 0
    for n_items, item in enumerate(items, 1):
        texts += item
        owners += [n_items - 1] * len(item)
    parts = []
    for piece in Reading(text_of(pa.array(texts, pa.large_string())), word_list((), 0)).words():
        hashes, kinds, rows = hash_runs(piece.hashes, piece.firsts, salt, FEWEST_WORDS)
        parts.append((hashes, kinds, np.asarray(owners, np.uint32)[piece.rows[rows]]))
    nothing = (np.zeros(0, np.uint64), np.zeros(0, np.uint8), np.zeros(0, np.uint32))
    hashes, kinds, found = (np.concatenate(columns) for columns in zip(nothing, *parts, strict=True))
    order = np.lexsort((found, hashes, kinds))
    hashes, kinds, found = hashes[order], kinds[order], found[order]
    fresh = np.ones(len(found), bool)
    fresh[1:] = (hashes[1:] != hashes[:-1]) | (kinds[1:] != kinds[:-1]) | (found[1:] != found[:-1])
    n_too_short = n_items - len(np.unique(found))
    return EvalSet(name, version, licence, n_items, n_too_short, f"{salt:016x}", hashes[fresh], kinds[fresh], found[fresh])


def evalset_home() -> Path:
    """Where this site keeps its registers."""
    return key_home() / "evalsets"


def registered() -> list[Path]:
    """The registers of this site."""
    return sorted(evalset_home().glob(f"*{SUFFIX}"))


def find_evalset(name: str, base: Path) -> Path:
    """The file of a register: a path from `base`, or the name of one that this site keeps."""
    beside = base / name
    if beside.is_file():
        return beside.resolve()
    kept = evalset_home() / f"{name}{SUFFIX}"
    if "/" not in name and kept.is_file():
        return kept.resolve()
    names = [path.name.removesuffix(SUFFIX) for path in registered()]
    hint = nearest(name, names) if names else f"`khettara evalset add {Path(name).stem} FILE` registers one on this machine."
    raise RecipeError(f"no evaluation set {name!r}, neither as a file nor by that name", where=str(evalset_home()), hint=hint)


@lru_cache(maxsize=4)
def load_sets(files: tuple[tuple[str, str], ...]) -> Sets:
    """Registers, ready to be asked: of (path, digest) each. Kept, since every batch asks the same ones."""
    from khettara.kernels.grams import tables

    sets = [EvalSet.read(Path(path)) for path, _ in files]
    for read, (path, digest) in zip(sets, files, strict=True):
        if read.digest != digest:
            raise Tampered("the register changed while it was in use", where=path, hint="Run the same command again.")
    return tables([(int(read.salt, 16), read.hashes, read.kinds, read.items.astype(np.int64), read.n_items) for read in sets])


def read_items(path: Path, columns: Sequence[str]) -> Iterable[list[str]]:
    """The items of an evaluation set: a record each of a dataset, a table, JSON or Parquet; a line each of anything else."""
    if not path.exists():
        raise SourceError("no such file or folder", where=str(path))
    if not path.is_dir() and path.suffix not in {".csv", ".tsv", ".parquet", ".json", ".jsonl"}:
        return [[line] for line in _text(path).splitlines() if line.strip()]
    rows = _rows(path)
    wanted = list(columns) or ["text"]
    for column in wanted:
        if rows and not any(column in row for row in rows):
            known = sorted({name for row in rows[:100] for name in row})
            raise SourceError(f"no column {column!r}", where=str(path), hint=f"Name those with the texts by --text. {nearest(column, known)}")
    return [[text for column in wanted for text in _texts(row.get(column))] for row in rows]


def _rows(path: Path) -> list[dict[str, Any]]:
    import csv

    from khettara.dataset import Dataset

    if path.is_dir():
        return [{"text": text} for batch in Dataset.open(path).batches() for text in batch.column("text").to_pylist()]
    try:
        if path.suffix == ".parquet":
            rows: Any = pq.read_table(path).to_pylist()
        elif path.suffix in {".csv", ".tsv"}:
            rows = list(csv.DictReader(_text(path).splitlines(keepends=True), delimiter="\t" if path.suffix == ".tsv" else ","))
        elif path.suffix == ".jsonl":
            rows = [json.loads(line) for line in _text(path).splitlines() if line.strip()]
        else:
            rows = json.loads(_text(path))
    except (ValueError, csv.Error) as error:  # Arrow's errors are ValueErrors
        raise SourceError(f"does not read as {path.suffix[1:]}: {error}", where=str(path)) from error
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise SourceError("items are a list of objects", where=str(path), hint="Or give a text file with an item a line.")
    return rows


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise SourceError("it is not UTF-8", where=str(path), hint="`khettara ingest` reads it into a dataset, which can be registered.") from error


def _texts(value: object) -> list[str]:
    if isinstance(value, list):
        return [text for part in value for text in _texts(part)]
    return [value] if isinstance(value, str) and value.strip() else []
