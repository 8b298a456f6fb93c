"""What the kernels of the shared pass must find, in plain slow Python: one character, one word, one line at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from khettara.kernels.characters import (
    ARABIC,
    ARABIZI,
    BLANK,
    BREAK_SHIFT,
    BULLET,
    C1,
    CLOSING,
    CURLY,
    DIGIT,
    FOLDED,
    HASH,
    LETTER,
    MISREAD_FIRST,
    MISREAD_LATER,
    PUNCTUATION,
    SORT_SHIFT,
    SPECIAL_SHIFT,
    SYMBOL,
    TERMINAL,
    characters,
)

BASE = 0x9E3779B97F4A7C15
M64 = 2**64 - 1


def properties(character: str) -> int:
    return int(characters()[min(ord(character), 0x1FFFF)])


def kind(character: str) -> int:
    return properties(character) >> SORT_SHIFT & 7


def special(character: str) -> int:
    return properties(character) >> SPECIAL_SHIFT & 7


def fold(text: str) -> str:
    """What is left of a text."""
    return "".join(chr(properties(character) & FOLDED) for character in text if properties(character) & FOLDED)


def folded_words(text: str) -> list[str]:
    """The text's own characters, word by word; words of which nothing is left are none."""
    words = [""]
    for character in text:
        if properties(character) >> BREAK_SHIFT & 1:
            words.append("")
        else:
            words[-1] += character
    return [word for word in words if fold(word)]


def runs(text: str) -> list[str]:
    """What stands between blanks."""
    return "".join(" " if kind(character) == BLANK else character.replace(" ", "") for character in text).split(" ")


def mix(value: int) -> int:
    value = (value ^ value >> 30) * 0xBF58476D1CE4E5B9 & M64
    value = (value ^ value >> 27) * 0x94D049BB133111EB & M64
    return value ^ value >> 31


def polynomial(folded: str) -> int:
    value = 0
    for character in folded:
        value = (value * BASE + ord(character)) & M64
    return value


def word_hash(word: str) -> int:
    return mix(polynomial(fold(word)))


def count(text: str, listed: Sequence[str] = ()) -> dict[str, int]:
    """The counts of `words` and `lines`, by name."""
    kinds = Counter(map(kind, text))
    specials = Counter(map(special, text))
    between = [run for run in runs(text) if any(kind(character) in (LETTER, DIGIT) for character in run)]
    folded = folded_words(text)
    written = [word for word in folded if any(kind(character) == LETTER for character in word)]
    return {
        "CHARS": len(text),
        "WORDS": len(between),
        "WORD_CHARS": sum(map(len, between)),
        "ALPHABETIC_WORDS": sum(map(is_alphabetic, between)),
        "LETTERS": kinds[LETTER],
        "DIGITS": kinds[DIGIT],
        "PUNCTUATIONS": kinds[PUNCTUATION],
        "SYMBOLS": kinds[SYMBOL],
        "HASHES": specials[HASH],
        "ELLIPSES": text.count("…") + sum(len(dots) >= 3 for dots in "".join(c if c == "." else " " for c in text).split()),
        "CURLIES": specials[CURLY],
        "C1S": specials[C1],
        "REPLACEMENTS": text.count("\N{REPLACEMENT CHARACTER}"),
        "MISREAD_PAIRS": sum(bool(properties(a) & MISREAD_FIRST and properties(b) & MISREAD_LATER) for a, b in pairwise(text)),
        "BEYOND_ASCII": sum(character > "\x7f" for character in text),
        "SENTENCE_ENDS": sum(bool(properties(a) & TERMINAL) and kind(b) == BLANK for a, b in zip(text, (text + " ")[1:], strict=True)),
        "FOLDED_WORDS": len(folded),
        "FOLDED_CHARS": len(fold(text)),
        "WRITTEN_WORDS": len(written),
        "LONG_WORDS": sum(len(fold(word)) > (5 if any(properties(c) & ARABIC for c in word) else 6) for word in written),
        "LISTED_WORDS": sum(fold(word) in listed for word in folded),
        **count_lines(text),
    }


def is_alphabetic(run: str) -> bool:
    letters = sum(kind(character) == LETTER for character in run)
    arabizi = sum(bool(properties(character) & ARABIZI) for character in run)
    return letters > 0 and 2 * (letters + arabizi) >= len(run)


def trimmed(line: str) -> str:
    while line and kind(line[0]) == BLANK:
        line = line[1:]
    while line and kind(line[-1]) == BLANK:
        line = line[:-1]
    return line


def count_lines(text: str) -> dict[str, int]:
    lines = [line for line in map(trimmed, text.split("\n")) if line]
    times = Counter(lines)
    ended = [line for line in lines if properties(line[-1]) & TERMINAL]
    return {
        "LINES": len(lines),
        "LINE_CHARS": sum(map(len, lines)),
        "BULLET_LINES": sum(special(line[0]) == BULLET for line in lines),
        "ELLIPSIS_LINES": sum(line.endswith(("…", "...")) for line in lines),
        "ENDED_LINES": len(ended) + sum(special(line[-1]) == CLOSING for line in lines),
        "OPEN_LINES": len(lines) - len(ended),
        "SHORT_LINES": sum(len(line) < 30 for line in lines),
        "AGAIN_CHARS": sum(len(line) * (n - 1) for line, n in times.items()),
        "REPEATED_CHARS": max((len(line) * n for line, n in times.items() if n > 1), default=0),
    }


def signature(hashes: Sequence[int], multipliers: Sequence[int], addends: Sequence[int]) -> list[int]:
    """The minima of the permutations over runs of five words."""
    least = [0xFFFFFFFF] * len(multipliers)
    size = min(5, len(hashes))
    for first in range(len(hashes) - size + 1 if hashes else 0):
        run = size
        for value in hashes[first : first + size]:
            run = (run ^ value) * BASE & M64
        run = (run ^ run >> 32) & 0xFFFFFFFF
        least = [min(low, (run * a + b) & 0xFFFFFFFF) for low, a, b in zip(least, multipliers, addends, strict=True)]
    return least


def repetition(words: Sequence[str]) -> list[int]:
    """Letters of all words, then for runs of 2, 3... 10 words the letters in repetitions."""
    sizes = [len(word) for word in words]
    found = [sum(sizes)]
    for n in range(2, 11):
        grams = [tuple(words[at : at + n]) for at in range(len(words) - n + 1)]
        times = Counter(grams)
        if n <= 4:
            most = max(times.values(), default=0)
            letters = max((sum(map(len, gram)) * most for gram, many in times.items() if many == most), default=0) if most > 1 else 0
        else:
            covered: set[int] = set()
            seen: set[tuple[str, ...]] = set()
            for at, gram in enumerate(grams):
                if gram in seen:
                    covered |= set(range(at, at + n))
                seen.add(gram)
            letters = sum(sizes[at] for at in covered)
        found.append(min(letters, found[0]))
    return found
