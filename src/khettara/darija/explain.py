"""Why a text got its language: which words and which of their n-grams spoke for the answer and against the next best, and which rules fired.

    "wach kayn lma?"  ->  ary-Latn before arx-Latn; wach +2.1, kayn +1.9, lma +0.3; n-grams _wach_ +0.8, kay +0.4 ...

Contributions are in the units of the logarithm of odds: they add up to how much likelier the answer is than the next one,
apart from the priors.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, overload

import numpy as np
import pyarrow as pa

from khettara.darija.classes import BACK_OFF, HEADS
from khettara.darija.identify import SURE_ENOUGH, Guess, identify
from khettara.darija.model import language_model
from khettara.kernels import text_of

_UNREAD = (
    (re.compile(r"https?://|www\."), "links are not read"),
    (re.compile(r"\S*@\S+"), "addresses and handles are not read"),
    (re.compile(r"<[A-Za-z/][^\s>]*>"), "placeholders and tags are not read"),
    (re.compile(r"(?<!\w)[\d\u0660-\u0669\u06f0-\u06f9]+(?!\w)"), "numbers are not read"),
    (re.compile("[\u2600-\u27bf\U0001f000-\U0001faff]"), "emoji are not read"),
    (re.compile("[\u064b-\u065f\u0640\u0670]"), "vowel marks and tatweel are not read"),
    (re.compile(r"(\w)\1{2,}"), "stretched letters are read as two"),
    (re.compile("[\u200b-\u200f\u202a-\u202e\u2066-\u2069]"), "invisible marks are not read"),
)


@dataclass(frozen=True)
class Explanation:
    """The answer, the class it was weighed against, what spoke for it (negative: against), and the rules that fired."""

    guess: Guess
    chances: dict[str, float]
    against: str
    words: tuple[tuple[str, float], ...]
    ngrams: tuple[tuple[str, float], ...]
    rules: tuple[str, ...]


@overload
def explain(text: str) -> Explanation: ...
@overload
def explain(text: list[str] | pa.Array) -> list[Explanation]: ...
def explain(text: Any) -> Any:
    """Explain a text; each of a list or an Arrow array.

    >>> found = explain("wach kayn lma?")
    >>> found.guess.label, sorted(word for word, _ in found.words)
    ('ary-Latn', ['kayn', 'lma', 'wach'])
    """
    if isinstance(text, str):
        return _explain(text)
    return [_explain(one or "") for one in (text.to_pylist() if hasattr(text, "to_pylist") else text)]


def _explain(text: str) -> Explanation:
    from khettara.kernels.ngrams import WHOLE_BYTES, add_up, list_words

    model, guess = language_model(), identify(text)
    rules = [said for pattern, said in _UNREAD if pattern.search(text)]
    if guess.script not in ("Arab", "Latn"):
        rules.append("Tifinagh: the script decides" if guess.script == "Tfng" else "no letter of the three scripts")
        return Explanation(guess, {}, "", (), (), tuple(rules))
    head = ("Arab", "Latn").index(guess.script)
    sums = add_up(text_of(pa.array([text], pa.large_string())), model.packed)
    letters = sums.letters[0, 1:]
    if np.count_nonzero(letters) > 1:
        rules.append(f"mixed scripts: {100 * letters[head] / letters.sum():.0f} % of the letters are {guess.script}, which decides")
    if len(text.encode("utf-8", "replace")) > WHOLE_BYTES:
        rules.append("long: read in eight windows; the words below are those of the beginning")
    chances = model.probabilities(sums.totals[:, head], sums.grams[:, head], head)[0]
    first, second = (int(place) for place in np.argsort(-chances, kind="stable")[:2])
    names = [label.name for label in HEADS[head]]
    if chances[first] < SURE_ENOUGH:
        group = next((group.name for group in BACK_OFF if group.name == guess.label), "")
        why = f"together they do: {group}" if group else "so the language is not named"
        rules.append(f"no class reaches {SURE_ENOUGH}; {why}")
    words: defaultdict[str, float] = defaultdict(float)
    grams: defaultdict[str, float] = defaultdict(float)
    # One n-gram's weight in the logits; all of them add up to the logits' difference.
    a, b = model.calibration[head]
    unit = float(np.exp(a) * max(int(sums.grams[0, head]), 1) ** (b - 1))
    data = text.encode("utf-8", "replace")[:WHOLE_BYTES]
    found = list_words(text_of(pa.array([data], pa.large_binary())), model.packed)
    for begin, end, script, totals in zip(found.begins, found.ends, found.scripts, found.totals, strict=True):
        if script - 1 == head:
            word = data[begin:end].decode("utf-8", "replace").strip()
            words[word] += float(totals[first] - totals[second]) * unit
            for gram, row in _grams(word, head):
                grams[gram] += (int(model.table[row, first]) - int(model.table[row, second])) * unit
    shown = {names[place]: round(float(chances[place]), 3) for place in np.argsort(-chances, kind="stable")[:4]}
    return Explanation(guess, shown, names[second], _strongest(words), _strongest(grams), tuple(rules))


def _grams(word: str, head: int) -> Iterator[tuple[str, int]]:
    """Each n-gram of a word with its row of the table, in the kernel's order; `_` is an edge."""
    from khettara.kernels.ngrams import DROP, LONGEST_GRAM, LONGEST_WORD, letters, list_rows

    rows, _ = list_rows(text_of(pa.array([word], pa.large_string())), np.array([head]), len(language_model().table), 1 << 12)
    entries = [letters()[min(ord(c), len(letters()) - 1)] for c in word]
    read = [chr(entry & 0xFFFFFF) for entry in entries if entry >> 24 != DROP]
    inner = "".join(c for place, c in enumerate(read) if read[max(0, place - 2) : place] != [c, c])[: LONGEST_WORD - 2]
    edged = f"_{inner}_"
    names = [
        edged[end - size : end]
        for end in range(2, len(edged) + 1)
        for size in range(1, LONGEST_GRAM + 1)
        if size <= end and not (size == 1 and end == len(edged))
    ]
    if len(names) + 1 == len(rows):
        yield from zip([*names, f"{edged} (word)"], rows.tolist(), strict=True)


def _strongest(found: Mapping[str, float], most: int = 12) -> tuple[tuple[str, float], ...]:
    """The heaviest contributions, whichever way they point."""
    ranked = sorted(found.items(), key=lambda item: (-abs(item[1]), item[0]))
    return tuple((name, round(value, 3)) for name, value in ranked[:most])
