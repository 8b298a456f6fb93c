"""A labelled corpus to clean, of any size, the same every time: real sentences, with copies, damage and personal data planted.

Documents of 1 to 3 kB in five ways of writing, each made of sentences drawn by chance, so that no two originals are alike.
Of the documents a fifth are exact copies, a tenth near copies (one to four words in a hundred moved, taken out or said twice;
some with a date before them, some cut short); of the originals three in ten hold invented personal data, and about one in
seventeen was read with the wrong code page, which makes four or five in a hundred of all.

    dataset/        sealed: {"id": "doc-0000042", "text": "…", "source": {"uri": "site-7/doc-0000042.txt"}, "licence": "CC0-1.0"}
    parquet/        the same texts for tools that know no sealed datasets: id, text
    truth.parquet   id, writing, kind (original, exact, near), original, pages (null when sound), sound (the text before damage)
    values.parquet  id, kind, value: what was planted in originals

Nothing is kept in memory but one part: a copy makes its original again from the seed and the original's number.
"""

from __future__ import annotations

import itertools
import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from benchmarks.documents import made_up_sentences
from benchmarks.misread import PAGES, read_as
from benchmarks.planted import WAYS, plant
from benchmarks.texts import data_folder, pools

from khettara.dataset import DOCUMENTS, Draft, StepRecord

SHARES = {"ar": 0.33, "fr": 0.25, "ary": 0.18, "en": 0.16, "ary-Latn": 0.08}
EXACT, NEAR, DAMAGED, PERSONAL = 0.20, 0.10, 0.06, 0.30
MB = 1_000_000
PART_MB = 32
BATCH = 512
TRUTH = pa.schema([(name, pa.string()) for name in ("id", "writing", "kind", "original", "pages", "sound")])
VALUES = pa.schema([(name, pa.string()) for name in ("id", "kind", "value")])


@dataclass(frozen=True)
class Document:
    """A document with the truth about it."""

    number: int
    text: str
    writing: str
    kind: str = "original"
    original: int | None = None
    pages: str | None = None
    sound: str | None = None
    values: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Corpus:
    """All documents that a seed makes of some pools of sentences; as many as are asked for."""

    sentences: dict[str, list[str]]
    seed: int = 7

    @cached_property
    def shares(self) -> dict[str, float]:
        """The ways of writing of which there are sentences."""
        return {writing: share for writing, share in SHARES.items() if self.sentences.get(writing)}

    def document(self, number: int) -> Document:
        """The document of that number."""
        chance = self._chance(number)
        kind = self._kind(chance, number)
        if kind == "original":
            return self._original(chance, number)
        original = self._copied(chance, number)
        first = self.document(original)
        text = first.text if kind == "exact" else _near(chance, first.text)
        return Document(number, text, first.writing, kind, original)

    def _chance(self, number: int) -> random.Random:
        return random.Random(self.seed << 40 | number)

    def _kind(self, chance: random.Random, number: int) -> str:
        drawn = chance.random()
        return "exact" if drawn < EXACT and number else "near" if drawn < EXACT + NEAR and number else "original"

    def _copied(self, chance: random.Random, number: int) -> int:
        """An earlier original that is sound; the first document is always one."""
        for _ in range(200):
            candidate = chance.randrange(number)
            other = self._chance(candidate)
            if self._kind(other, candidate) == "original" and other.random() >= DAMAGED:
                return candidate
        return 0

    def _original(self, chance: random.Random, number: int) -> Document:
        damaged = chance.random() < DAMAGED and number > 0
        writing = chance.choices(list(self.shares), list(self.shares.values()))[0]
        text = self._told(chance, writing)
        values: list[tuple[str, str]] = []
        if chance.random() < PERSONAL:
            paragraphs = text.split("\n\n")
            for _ in range(chance.randint(1, 3)):
                item = plant(chance, chance.choice(WAYS))
                paragraphs[chance.randrange(len(paragraphs))] += " " + item.text
                values.append((item.kind, item.text[item.start : item.end]))
            text = "\n\n".join(paragraphs)
        if damaged:
            arabic = writing in ("ar", "ary")
            written, read = chance.choice([pair for pair in PAGES if arabic or pair[0] == "utf-8"])
            # An old page lacks some characters: what it could not write is not in the document either.
            sound = text.encode(written, "ignore").decode(written)
            looks = read_as(sound, written, read)
            if looks is not None:
                return Document(number, looks, writing, pages=f"{written} as {read}", sound=sound, values=tuple(values))
        return Document(number, text, writing, values=tuple(values))

    def _told(self, chance: random.Random, writing: str) -> str:
        target = int(1000 * 3 ** chance.random())
        pool = self.sentences[writing]
        mixed = writing == "ary" and "fr" in self.shares and chance.random() < 0.1
        paragraphs: list[list[str]] = [[]]
        size, room = 0, chance.randint(2, 5)
        while size < target:
            sentence = chance.choice(self.sentences["fr"] if mixed and chance.random() < 0.4 else pool)
            size += len(sentence.encode()) + 1
            if len(paragraphs[-1]) == room:
                paragraphs.append([])
                room = chance.randint(2, 5)
            paragraphs[-1].append(sentence)
        return "\n\n".join(" ".join(paragraph) for paragraph in paragraphs)


def _near(chance: random.Random, text: str) -> str:
    words = text.split(" ")
    for _ in range(max(1, int(len(words) * chance.uniform(0.01, 0.04)))):
        at, other = chance.randrange(len(words)), chance.randrange(len(words))
        match chance.randrange(3):
            case 0 if len(words) > 10:
                del words[at]
            case 1:
                words[at] = words[other]
            case _:
                words.insert(at, words[other])
    text = " ".join(words)
    if chance.random() < 0.3:
        text = f"[{chance.randrange(2015, 2026)}-{chance.randrange(1, 13):02d}-{chance.randrange(1, 29):02d}] {text}"
    return text[: int(len(text) * chance.uniform(0.94, 0.99))] if chance.random() < 0.3 else text


def name(number: int) -> str:
    """A document's id."""
    return f"doc-{number:08d}"


def make_corpus(path: Path, megabytes: int, sentences: dict[str, list[str]] | None = None, seed: int = 7) -> Path:
    """Make a corpus at `path`, unless one is there; the dataset appears last, so that one which is there is whole."""
    if (path / "dataset").exists():
        return path
    (path / "parquet").mkdir(parents=True, exist_ok=True)
    corpus = Corpus(sentences or usual_sentences(), seed)
    part_bytes = min(PART_MB * MB, megabytes * MB // 8)
    with (
        Draft(path / "dataset") as draft,
        pq.ParquetWriter(path / "truth.parquet", TRUTH, compression="zstd") as truth,
        pq.ParquetWriter(path / "values.parquet", VALUES, compression="zstd") as values,
    ):
        for number, documents in enumerate(_parts(corpus, megabytes * MB, part_bytes)):
            draft.write("data", _records(documents), DOCUMENTS)
            plain = pa.table({"id": [name(d.number) for d in documents], "text": [d.text for d in documents]})
            pq.write_table(plain, path / "parquet" / f"part-{number:05d}.parquet", compression="zstd")
            truth.write_table(pa.Table.from_pylist([_truth(d) for d in documents], schema=TRUTH))
            planted = [{"id": name(d.number), "kind": kind, "value": value} for d in documents for kind, value in d.values]
            values.write_table(pa.Table.from_pylist(planted, schema=VALUES))
        draft.seal(kind="documents", step=StepRecord("benchmark", 1, {"seed": seed, "megabytes": megabytes}, "benchmark"), schema=DOCUMENTS)
    return path


def usual_sentences() -> dict[str, list[str]]:
    """Real sentences, or made-up ones where the data is not there."""
    real = pools(tuple(SHARES))
    if all(real.values()):
        return real
    print(f"real text is not in {data_folder()} (KHETTARA_DATA): made-up words instead, and nothing is said of sound texts", file=sys.stderr)
    return made_up_sentences(tuple(SHARES))


def _parts(corpus: Corpus, total: int, part_bytes: int) -> Iterator[list[Document]]:
    part: list[Document] = []
    size = whole = 0
    for number in itertools.count():
        document = corpus.document(number)
        part.append(document)
        size += len(document.text.encode())
        if size >= part_bytes or whole + size >= total:
            yield part
            whole += size
            part, size = [], 0
        if whole >= total:
            return


def _records(documents: list[Document]) -> Iterator[pa.RecordBatch]:
    for start in range(0, len(documents), BATCH):
        rows = [
            {"id": name(d.number), "text": d.text, "licence": "CC0-1.0", "source": {"uri": f"site-{d.number % 97}/{name(d.number)}.txt"}}
            for d in documents[start : start + BATCH]
        ]
        yield pa.RecordBatch.from_pylist(rows, schema=DOCUMENTS)


def _truth(document: Document) -> dict[str, str | None]:
    return {
        "id": name(document.number),
        "writing": document.writing,
        "kind": document.kind,
        "original": None if document.original is None else name(document.original),
        "pages": document.pages,
        "sound": document.sound,
    }
