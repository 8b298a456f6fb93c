"""The training recipe of the identifier, as data: which lines of which corpus stand for which class, under which licence.

    Source("doda-latn", "ary-Latn", "doda-v1-mit", "MIT", …)  ->  "bayna homa tay7awlo ib9aw mbrrdin", …

Rows of one corpus share its marks and its writers: a corpus, not a source, is what evaluation leaves out.
"""

from __future__ import annotations

import csv
import io
import json
import random
import re
import tarfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib.resources import files
from itertools import islice
from pathlib import Path

from khettara.darija.markers import has_darija, weigh

CAP = 6000
"""Rows of one source, at most: no corpus speaks louder than the others."""

OWN = "own lines"


@dataclass(frozen=True)
class Source:
    """Lines for one class. `made`: written or derived for this project, not collected (synthetic)."""

    name: str
    label: str
    corpus: str
    licence: str
    read: Callable[[Path], Iterable[str]]
    cap: int = CAP
    made: bool = False


_ARABIC = re.compile("[\u0621-\u064a\u0671-\u06d3]")
_LATIN = re.compile("[a-zA-Z\u00c0-\u024f]")


def _mostly(pattern: re.Pattern[str], other: re.Pattern[str], text: str) -> bool:
    return len(pattern.findall(text)) > 2 * len(other.findall(text))


def _lines(path: str) -> Callable[[Path], Iterator[str]]:
    return lambda root: iter((root / path).read_text("utf-8").splitlines())


def _screened(path: str) -> Callable[[Path], Iterator[str]]:
    """Lines with at least one marker word of Darija."""
    return lambda root: filter(has_darija, _lines(path)(root))


_ARABIC_LISTS = ("ar-MA", "arz", "aeb", "apc", "ayl")


def _gatitos(language: str) -> Callable[[Path], Iterator[str]]:
    """The translations of a word list, three a line. What another Arabic list has too is Arabic, but no sign of a variety."""

    def read(root: Path) -> Iterator[str]:
        others = {word for other in _ARABIC_LISTS if other != language for word in _entries(root, other)}
        words = [word for word in _entries(root, language) if word not in others]
        random.Random(language).shuffle(words)
        rest = iter(words)
        while several := list(islice(rest, 3)):
            yield " ".join(several)

    return read


def _entries(root: Path, language: str) -> list[str]:
    rows = (root / f"gatitos/en_{language}.tsv").read_text("utf-8").splitlines()
    found = (re.sub(r"\(.*?\)|[ً-ٟ]", " " if "(" in row else "", row.split("\t")[1]) for row in rows if "\t" in row)
    return list(dict.fromkeys(" ".join(word.split()) for word in found))


def afrisenti_posts(root: Path, variety: str) -> Iterator[str]:
    """All posts of a variety, without their sentiment."""
    for part in ("train", "dev"):
        for row in (root / f"afrisenti/{variety}/{part}.tsv").read_text("utf-8").splitlines()[1:]:
            yield row.rsplit("\t", 1)[0]


def _afrisenti(variety: str, script: str) -> Callable[[Path], Iterator[str]]:
    def read(root: Path) -> Iterator[str]:
        for text in afrisenti_posts(root, variety):
            if script == "Latn":
                if _mostly(_LATIN, _ARABIC, text):
                    yield text
            elif _mostly(_ARABIC, _LATIN, text) and (variety != "ary" or has_darija(text)):
                yield text

    return read


def _arsarcasm(*dialects: str) -> Callable[[Path], Iterator[str]]:
    def read(root: Path) -> Iterator[str]:
        with (root / "arsarcasm-v2/training_data.csv").open(encoding="utf-8", newline="") as rows:
            yield from (row["tweet"] for row in csv.DictReader(rows) if row["dialect"] in dialects)

    return read


def _doda(column: str) -> Callable[[Path], Iterator[str]]:
    def read(root: Path) -> Iterator[str]:
        with (root / "doda-v1-mit/sentences.csv").open(encoding="utf-8", newline="") as rows:
            yield from (row[column] for row in csv.DictReader(rows))

    return read


def _conllu(path: str, field: str) -> Callable[[Path], Iterator[str]]:
    def read(root: Path) -> Iterator[str]:
        for file in sorted((root / path).glob("*.conllu")):
            for line in file.read_text("utf-8").splitlines():
                if line.startswith(f"# {field} = "):
                    yield line.removeprefix(f"# {field} = ")

    return read


def _headlines(root: Path) -> Iterator[str]:
    with (root / "marsum/MArSum1_test.txt").open(encoding="utf-8", newline="") as rows:
        yield from (row["summary"] for row in csv.DictReader(rows, delimiter=" "))


def _news(darija: bool) -> Callable[[Path], Iterator[str]]:
    """Sentences of articles that move between Darija and Standard Arabic: those with a marker word of the one, and none of the other."""

    def read(root: Path) -> Iterator[str]:
        with (root / "marsum/MArSum1_test.txt").open(encoding="utf-8", newline="") as rows:
            for row in csv.DictReader(rows, delimiter=" "):
                for sentence in re.split(r"[.؟!\n]+", row["text"]):
                    if 30 <= len(sentence) <= 250:
                        weights = weigh(sentence, "Arab")
                        if has_darija(sentence) if darija else "ary" not in weights and weights.get("arb", 0) >= 2:
                            yield sentence

    return read


def _law(language: str) -> Callable[[Path], Iterator[str]]:
    """Sentences of statutes, a few from each text; the reversed lam-alef of their PDF files put right."""

    def read(root: Path) -> Iterator[str]:
        for archive in sorted((root / "moroccan-law").glob("*.tar.gz")):
            with tarfile.open(archive) as members:
                for member in sorted(members.getnames())[:: 1 if language == "fr" else 6]:
                    file = members.extractfile(member)
                    text = json.load(io.TextIOWrapper(file, "utf-8")) if file else {}
                    content = " ".join(part.get("content") or "" for part in text.get("provisions", []))[:200_000]
                    if _mostly(_LATIN, _ARABIC, content) == (language == "fr"):
                        yield from _sentences(content, 400 if language == "fr" else 12)

    return read


def _sentences(content: str, most: int) -> Iterator[str]:
    content = re.sub("ا([أإآ])ل", r"ال\1", " ".join(content.split()))
    content = re.sub(r"\bاال", "الا", content)
    found = [part for part in re.split(r"[.;:؛]\s", content) if 40 <= len(part) <= 200]
    step = max(1, len(found) // most)
    yield from found[::step][:most]


# The letters of Tifinagh in the Latin and Arabic letters that Moroccans write Tamazight with (IRCAM's table, and habit).
_TIFINAGH = dict(
    zip(
        "ⴰⴱⴳⴷⴹⴻⴼⴽⵀⵃⵄⵅⵇⵉⵊⵍⵎⵏⵓⵔⵕⵖⵙⵚⵛⵜⵟⵡⵢⵣⵥⵯ",
        (
            *(("a", "ا"), ("b", "ب"), ("g", "گ"), ("d", "د"), ("ḍ", "ض"), ("e", ""), ("f", "ف"), ("k", "ك"), ("h", "ه"), ("ḥ", "ح")),
            *(("ɛ", "ع"), ("x", "خ"), ("q", "ق"), ("i", "ي"), ("j", "ج"), ("l", "ل"), ("m", "م"), ("n", "ن"), ("u", "و"), ("r", "ر")),
            *(("ṛ", "ر"), ("ɣ", "غ"), ("s", "س"), ("ṣ", "ص"), ("c", "ش"), ("t", "ت"), ("ṭ", "ط"), ("w", "و"), ("y", "ي"), ("z", "ز")),
            *(("ẓ", "ز"), ("ʷ", "و")),
        ),
        strict=True,
    )
)
_PLAIN = (
    {"ɣ": "gh", "x": "kh", "c": "ch", "ɛ": "3", "ḥ": "7", "ḍ": "d", "ṭ": "t", "ṣ": "s", "ẓ": "z", "ṛ": "r", "u": "ou", "ʷ": "w"},
    {"ɣ": "gh", "x": "x", "c": "c", "ɛ": "a", "ḥ": "h", "ḍ": "d", "ṭ": "t", "ṣ": "s", "ẓ": "z", "ṛ": "r", "ʷ": ""},
    {"ɣ": "gh", "x": "kh", "c": "sh", "ɛ": "â", "ḥ": "h", "ḍ": "d", "ṭ": "t", "ṣ": "ss", "ẓ": "z", "ṛ": "r", "ʷ": ""},
)


def _tifinagh(script: str) -> Callable[[Path], Iterator[str]]:
    """The sentences of NLLB-Seed in Tifinagh, written over by table: half of those in Latin letters as people type them."""

    def read(root: Path) -> Iterator[str]:
        chance = random.Random(script)
        for line in (root / "nllb-seed/zgh_Tfng").read_text("utf-8").splitlines():
            if script == "Arab":
                yield re.sub(r"\b([وي])", r"ا\1", "".join(_TIFINAGH.get(c, ("", c))[1] for c in line[:200]))
                continue
            text = _with_schwa("".join(_TIFINAGH.get(c, (c, ""))[0] for c in line[:200]), chance)
            spelling = chance.choice((*_PLAIN, None, None))
            yield "".join(spelling.get(c, c) for c in text) if spelling else text

    return read


def _with_schwa(text: str, chance: random.Random) -> str:
    """Latin spelling writes an `e` where three consonants meet; Tifinagh does not."""
    if chance.random() < 0.25:
        return text
    consonant = "[bgdḍfkhḥɛxqjlmnrṛɣsṣctṭwyzẓ]"
    text = re.sub(f"({consonant})({consonant})(?={consonant}|\\b)", r"\1e\2", text)
    return re.sub(rf"\b({consonant})({consonant})(?=[aiu]?\b)", r"\1e\2", text)


def _own(label: str) -> Callable[[Path], Iterator[str]]:
    """Lines written for this project: `data/lines.tsv`, class and text."""
    return lambda _root: (text for name, text in table("lines.tsv") if name == label)


def table(name: str) -> Iterator[tuple[str, str]]:
    """The rows of a file of two columns in `data/`."""
    for line in (files("khettara.darija") / "data" / name).read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            label, text = line.split("\t")
            yield label, text


def _names(script: str) -> Callable[[Path], Iterator[str]]:
    """First names and places, alone or a few in a row, and laughter."""

    def read(root: Path) -> Iterator[str]:
        chance = random.Random(script)
        places = json.loads((root / "morocco-places/communes.json").read_text("utf-8"))["communes"]
        key = "ar" if script == "Arab" else "fr"
        names = [place["name"][key] for place in places]
        people = [text for name, text in table("lines.tsv") if name == f"names-{script}"]
        if script == "Latn":
            for file in ("femalenames", "malenames"):
                people += (root / f"doda-v1-mit/semantic categories/{file}.csv").read_text("utf-8").replace(",", "").split()[1:]
        laughs = ("ه", "خ") if script == "Arab" else ("h", "ha", "hah", "ah", "x", "lo", "xd", "ja", "hi")
        for _ in range(900):
            yield " ".join(chance.choice(names) for _ in range(chance.choice((1, 1, 2, 3))))
            yield " ".join(chance.choice(people) for _ in range(chance.choice((1, 1, 2, 2, 3, 4))))
        for _ in range(300):
            yield " ".join(chance.choice(laughs) * chance.randint(2, 9) for _ in range(chance.choice((1, 1, 2))))

    return read


SOURCES = (
    Source("nllb-ary", "ary-Arab", "nllb-seed", "CC-BY-SA-4.0", _screened("nllb-seed/ary_Arab")),
    Source("afrisenti-ary-arab", "ary-Arab", "afrisenti", "CC-BY-4.0", _afrisenti("ary", "Arab")),
    Source("marsum-titles", "ary-Arab", "marsum", "CC-BY-4.0", _headlines),
    Source("marsum-darija", "ary-Arab", "marsum", "CC-BY-4.0", _news(darija=True), 3000),
    Source("gatitos-ary", "ary-Arab", "gatitos", "CC-BY-4.0", _gatitos("ar-MA")),
    Source("own-ary-arab", "ary-Arab", OWN, "Apache-2.0", _own("ary-Arab"), made=True),
    Source("common-voice-ar", "arb", "common-voice", "CC0-1.0", _lines("common-voice-text/ar/sentence-collector.txt")),
    Source("arsarcasm-msa", "arb", "arsarcasm", "MIT", _arsarcasm("msa")),
    Source("marsum-standard", "arb", "marsum", "CC-BY-4.0", _news(darija=False), 3000),
    Source("law-ar", "arb", "moroccan-law", "Apache-2.0", _law("ar")),
    Source("tashkeela", "arb", "tashkeela", "MIT", _lines("tashkeela-sample/val.txt")),
    Source("own-arb", "arb", OWN, "Apache-2.0", _own("arb"), made=True),
    Source("afrisenti-arq", "mgr-Arab", "afrisenti", "CC-BY-4.0", _afrisenti("arq", "Arab")),
    Source("gatitos-aeb", "mgr-Arab", "gatitos", "CC-BY-4.0", _gatitos("aeb")),
    Source("gatitos-ayl", "mgr-Arab", "gatitos", "CC-BY-4.0", _gatitos("ayl")),
    Source("own-mgr", "mgr-Arab", OWN, "Apache-2.0", _own("mgr-Arab"), made=True),
    Source("nllb-arz", "mas-Arab", "nllb-seed", "CC-BY-SA-4.0", _lines("nllb-seed/arz_Arab"), 3000),
    Source("shami-lebanon", "mas-Arab", "shami", "Apache-2.0", _lines("shami/Lebanees.txt"), 2000),
    Source("shami-palestine", "mas-Arab", "shami", "Apache-2.0", _lines("shami/Palestinian.txt"), 2000),
    Source("shami-jordan", "mas-Arab", "shami", "Apache-2.0", _lines("shami/jordinian.txt"), 2000),
    Source("arsarcasm-east", "mas-Arab", "arsarcasm", "MIT", _arsarcasm("egypt", "gulf", "levant")),
    Source("gatitos-arz", "mas-Arab", "gatitos", "CC-BY-4.0", _gatitos("arz")),
    Source("gatitos-apc", "mas-Arab", "gatitos", "CC-BY-4.0", _gatitos("apc")),
    Source("own-mas", "mas-Arab", OWN, "Apache-2.0", _own("mas-Arab"), made=True),
    Source("zgh-in-arabic", "ber-Arab", "nllb-seed", "CC-BY-SA-4.0", _tifinagh("Arab"), 3000, made=True),
    Source("own-ber-arab", "ber-Arab", OWN, "Apache-2.0", _own("ber-Arab"), made=True),
    Source("own-other-arab", "other-Arab", OWN, "Apache-2.0", _own("other-Arab"), made=True),
    Source("names-arab", "und-Arab", "morocco-places", "MIT", _names("Arab"), made=True),
    Source("own-und-arab", "und-Arab", OWN, "Apache-2.0", _own("und-Arab"), made=True),
    Source("doda-latn", "ary-Latn", "doda", "MIT", _doda("darija")),
    Source("afrisenti-ary-latn", "ary-Latn", "afrisenti", "CC-BY-4.0", _afrisenti("ary", "Latn")),
    Source("own-ary-latn", "ary-Latn", OWN, "Apache-2.0", _own("ary-Latn"), made=True),
    Source("narabizi", "arx-Latn", "narabizi", "CC-BY-SA-4.0", _conllu("ud-narabizi", "text")),
    Source("own-arx", "arx-Latn", OWN, "Apache-2.0", _own("arx-Latn"), made=True),
    Source("zgh-in-latin", "ber-Latn", "nllb-seed", "CC-BY-SA-4.0", _tifinagh("Latn"), 3000, made=True),
    Source("gatitos-ber", "ber-Latn", "gatitos", "CC-BY-4.0", _gatitos("ber-Latn")),
    Source("own-ber-latn", "ber-Latn", OWN, "Apache-2.0", _own("ber-Latn"), made=True),
    Source("common-voice-fr", "fra", "common-voice", "CC0-1.0", _lines("common-voice-text/fr/issue2259_deleted_export_readd_fixed.txt")),
    Source("gsd-fr", "fra", "gsd", "CC-BY-SA-4.0", _conllu("ud-french-gsd", "text")),
    Source("narabizi-in-french", "fra", "narabizi", "CC-BY-SA-4.0", _conllu("ud-narabizi", "trad_fr")),
    Source("law-fr", "fra", "moroccan-law", "Apache-2.0", _law("fr")),
    Source("gatitos-fr", "fra", "gatitos", "CC-BY-4.0", _gatitos("fr")),
    Source("own-fra", "fra", OWN, "Apache-2.0", _own("fra"), made=True),
    Source("common-voice-en", "eng", "common-voice", "CC0-1.0", _lines("common-voice-text/en/sentence-collector.txt")),
    Source("nllb-eng", "eng", "nllb-seed", "CC-BY-SA-4.0", _lines("nllb-seed/eng_Latn")),
    Source("doda-eng", "eng", "doda", "MIT", _doda("english")),
    Source("own-eng", "eng", OWN, "Apache-2.0", _own("eng"), made=True),
    Source("own-spa", "spa", OWN, "Apache-2.0", _own("spa"), made=True),
    Source("own-other-latn", "other-Latn", OWN, "Apache-2.0", _own("other-Latn"), made=True),
    Source("names-latn", "und-Latn", "morocco-places", "MIT", _names("Latn"), made=True),
    Source("own-und-latn", "und-Latn", OWN, "Apache-2.0", _own("und-Latn"), made=True),
)
"""Every source that the shipped table learns from. The folder doda-v2-noncommercial is not among them, and must not be."""
