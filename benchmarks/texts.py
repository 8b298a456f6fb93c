"""Real sentences to build corpora of, by the way they are written, and sound texts that cleaning must leave alone.

Read from the folder that `KHETTARA_DATA` names (../shared/data beside the project when it names none). A pool:

    "ary": ["القراية ديالو كانت فالمدرسة ديال الدوار …", …]
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

Read = Callable[[Path], Iterator[str]]
SENTENCE_END = re.compile(r"(?<=[.!?؟۔؛…])\s+")
ARABIC = re.compile("[\u0621-\u064a]")


@dataclass(frozen=True)
class Text:
    """Where sentences of one way of writing lie. `private` tells of people in it: it is no ground to count wrong masks on."""

    writing: str
    path: str
    read: Read
    private: bool = False


def data_folder() -> Path:
    """The folder of real data."""
    return Path(os.environ.get("KHETTARA_DATA", Path(__file__).parents[2] / "shared" / "data"))


def _lines(path: Path) -> Iterator[str]:
    yield from path.read_text(encoding="utf-8").split("\n")


def _treebank(path: Path) -> Iterator[str]:
    yield from (line[9:] for line in _lines(path) if line.startswith("# text = "))


def _cells(delimiter: str, column: int | None = None, quoted: bool = True) -> Read:
    """Cells of a table: of one column, or all."""

    def read(path: Path) -> Iterator[str]:
        file = io.StringIO(path.read_text(encoding="utf-8"))
        for row in csv.reader(file, delimiter=delimiter, quoting=csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE):
            yield from row if column is None else row[column : column + 1]

    return read


def _law(path: Path) -> Iterator[str]:
    with tarfile.open(path) as archive:
        for member in archive:
            file = archive.extractfile(member) if member.name.endswith(".json") else None
            if file is not None:
                for provision in json.load(file)["provisions"]:
                    yield from (provision.get("content") or "").split("\n")


TEXTS = (
    Text("ar", "common-voice-text/ar/*.txt", _lines),
    Text("ar", "moroccan-law/*.tar.gz", _law, private=True),
    Text("ary", "nllb-seed/ary_Arab", _lines),
    Text("ary", "marsum/*test.txt", _cells(" "), private=True),
    Text("ary", "afrisenti/ary/*.tsv", _cells("\t", 0, quoted=False), private=True),
    Text("ary-Latn", "afrisenti/ary/*.tsv", _cells("\t", 0, quoted=False), private=True),
    Text("ary-Latn", "doda-v1-mit/sentences.csv", _cells(",", 1)),
    Text("ary-Latn", "ud-narabizi/*.conllu", _treebank, private=True),
    Text("fr", "common-voice-text/fr/*.txt", _lines),
    Text("fr", "ud-french-gsd/*.conllu", _treebank, private=True),
    Text("en", "common-voice-text/en/*.txt", _lines),
    Text("en", "nllb-seed/eng_Latn", _lines),
    Text("zgh", "nllb-seed/zgh_Tfng", _lines),
)


def _sentences(line: str) -> Iterator[str]:
    """The sentences of a line that are long enough to tell something, and mostly letters; long ones are cut at a blank."""
    for sentence in SENTENCE_END.split(" ".join(line.split())):
        while len(sentence) > 380:
            cut = sentence.rfind(" ", 40, 380)
            if cut < 0:
                break
            yield sentence[:cut]
            sentence = sentence[cut + 1 :]
        yield sentence


def _told(sentence: str) -> bool:
    letters = sum(map(str.isalpha, sentence))
    return 25 <= len(sentence) <= 400 and letters >= 0.6 * len(sentence) and sentence.count(" ") >= 3 and "\N{REPLACEMENT CHARACTER}" not in sentence


def pools(writings: tuple[str, ...]) -> dict[str, list[str]]:
    """Different sentences by way of writing; empty lists where the data is not there."""
    found: dict[str, set[str]] = {writing: set() for writing in writings}
    for text in TEXTS:
        if text.writing not in found:
            continue
        for path in sorted(data_folder().glob(text.path)):
            sentences = {s for line in text.read(path) for s in _sentences(line) if _told(s)}
            latin = text.writing not in ("ar", "ary")
            found[text.writing] |= {s for s in sentences if text.writing == "zgh" or (ARABIC.search(s) is None) == latin}
    return {writing: sorted(sentences) for writing, sentences in found.items()}


def sound(lines: int = 10) -> Iterator[tuple[str, str, bool]]:
    """Texts as they are at their origin, so many lines each: (file, text, whether people may be told of in it)."""
    for text in {text.path: text for text in TEXTS}.values():
        for path in sorted(data_folder().glob(text.path)):
            found = [line for line in text.read(path) if line.strip()]
            for start in range(0, len(found), lines):
                yield path.relative_to(data_folder()).as_posix(), "\n".join(found[start : start + lines]), text.private
