"""Text that was read with the wrong code page, whole or in one place, with what it should be.

Each is real or made text, written in one code page and read in another the way a browser does (a byte that the page leaves
undefined becomes a control character). Only damage that loses nothing is here: what it was can be known exactly.

    Misread("utf-8 as cp1256", "whole", "ط§ظ„ط³ظˆظ‚ ظ†ظ‡ط§ط± ط§ظ„ط®ظ…ظٹط³", "السوق نهار الخميس")
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

PAGES = (
    ("utf-8", "latin-1"),
    ("utf-8", "cp1252"),
    ("utf-8", "cp1256"),
    ("cp1256", "cp1252"),
    ("cp1256", "latin-1"),
    ("cp1252", "cp1256"),
)
"""Written in, read as: the pages that Moroccan offices and web sites used."""

FURTHER_PAGES = (
    ("utf-8", "cp1250"),
    ("utf-8", "cp1254"),
    ("utf-8", "cp437"),
    ("utf-8", "cp850"),
    ("utf-8", "mac_roman"),
    ("iso8859-6", "cp1256"),
    ("iso8859-6", "cp1252"),
    ("cp720", "cp1256"),
    ("cp1252", "mac_roman"),
)
"""Seen elsewhere: counted apart, no bound."""

WRITINGS = ("ar", "ary", "fr")
TWICE = "utf-8 as cp1252, twice"


@dataclass(frozen=True)
class Misread:
    """A damaged text, how it came about, how much of it (`whole`, `line`, `word`), and the sound text."""

    pages: str
    level: str
    text: str
    sound: str


@cache
def _table(page: str) -> str:
    return "".join(bytes([byte]).decode(page, "ignore") or chr(byte) for byte in range(256))


def read_as(sound: str, written: str, read: str) -> str | None:
    """The text as it looks when read in the wrong page; None where something would be lost, or nothing would show."""
    try:
        raw = sound.encode(written)
    except UnicodeEncodeError:
        return None
    table = _table(read)
    damaged = "".join(table[byte] for byte in raw)
    return damaged if damaged != sound else None


def misread(sentences: dict[str, list[str]], pages: tuple[tuple[str, str], ...], each: int = 60, seed: int = 13) -> Iterator[Misread]:
    """So many of each pair of pages, level and way of writing: sentences from the pools, in short texts of three lines."""
    chance = random.Random(seed)
    sentences = {writing: _plain(sentences[writing]) for writing in WRITINGS}
    for written, read in pages:
        for writing in WRITINGS:
            for level in ("whole", "line", "word"):
                found = 0
                for _ in range(each * 20):
                    if found == each:
                        break
                    lines = chance.sample(sentences[writing], 3) if len(sentences[writing]) >= 3 else []
                    damaged = _damage(chance, lines, written, read, level)
                    if damaged is not None:
                        found += 1
                        yield Misread(f"{written} as {read}", level, damaged, "\n".join(lines))


def _plain(sentences: list[str]) -> list[str]:
    """Those that one of the old pages has all letters of: what is damaged already is no ground to stand on."""
    return [sentence for sentence in sentences if _fits(sentence, "cp1252") or _fits(sentence, "cp1256")]


def _fits(sentence: str, page: str) -> bool:
    try:
        sentence.encode(page)
    except UnicodeEncodeError:
        return False
    return True


def misread_twice(sentences: dict[str, list[str]], each: int = 60, seed: int = 14) -> Iterator[Misread]:
    """Whole texts that went through the same wrong page two times."""
    chance = random.Random(seed)
    for writing in WRITINGS:
        plain = _plain(sentences[writing])
        for _ in range(each if len(plain) > 1 else 0):
            sound = "\n".join(chance.sample(plain, 2))
            once = read_as(sound, "utf-8", "cp1252")
            twice = read_as(once, "utf-8", "cp1252") if once else None
            if twice:
                yield Misread(TWICE, "whole", twice, sound)


def _damage(chance: random.Random, lines: list[str], written: str, read: str, level: str) -> str | None:
    if level == "whole" or not lines:
        return read_as("\n".join(lines), written, read)
    at = chance.randrange(len(lines))
    if level == "line":
        damaged = read_as(lines[at], written, read)
    else:
        words = lines[at].split(" ")
        # A word of which nothing but one letter is beyond ASCII gives no one a chance to see what was meant.
        places = [i for i, word in enumerate(words) if sum(c > "\x7f" for c in word) >= (1 if written == "utf-8" else 3)]
        if not places:
            return None
        place = chance.choice(places)
        word = read_as(words[place], written, read)
        damaged = " ".join([*words[:place], word, *words[place + 1 :]]) if word else None
    return "\n".join([*lines[:at], damaged, *lines[at + 1 :]]) if damaged else None
