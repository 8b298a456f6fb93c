"""What a guess by one trait of a text would get: its marker words, its emoji, its length.

baselines(rows, tested)  ->  {"marker words": [Answer(item, "ary-Arab", 1.0), …], "emoji only": […], "length only": […]}
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence

from benchmarks.darija.asked import EMOJI, Answer, Answers, Item

from khettara.darija.classes import BY_NAME
from khettara.darija.markers import weigh
from khettara.darija.train import Row


def by_markers(item: Item) -> str:
    """The language with the heaviest marker words; without any, the commonest written language of the script."""
    script = BY_NAME[item.label].script
    if script == "Tfng":
        return "zgh-Tfng"
    weights = weigh(item.text, script)
    best = max(weights, key=weights.__getitem__) if weights else ""
    names = {"ary": f"ary-{script}", "arb": "arb", "fr": "fra", "en": "eng", "other": "mas-Arab" if script == "Arab" else "other-Latn"}
    return names.get(best, "arb" if script == "Arab" else "fra")


def by_trait(rows: Sequence[Row], trait: Callable[[str], object]) -> Callable[[Item], str]:
    """The commonest class among rows of the same script with the same trait."""
    counts: dict[object, Counter[str]] = defaultdict(Counter)
    for row in rows:
        counts[BY_NAME[row.label].script, trait(row.text)][row.label] += 1
        counts[BY_NAME[row.label].script, None][row.label] += 1

    def guess(item: Item) -> str:
        script = BY_NAME[item.label].script
        if script == "Tfng":
            return "zgh-Tfng"
        known = counts.get((script, trait(item.text))) or counts[script, None]
        return known.most_common(1)[0][0]

    return guess


def baselines(rows: Sequence[Row], tested: Sequence[Item]) -> dict[str, Answers]:
    """The same items by markers, by their emoji alone, by their length alone; rows of the item's own corpus are left out."""
    traits: dict[str, Callable[[str], object]] = {
        "emoji only": lambda text: "".join(sorted(set(EMOJI.findall(text)))),
        "length only": lambda text: len(text).bit_length(),
    }
    found: dict[str, Answers] = {"marker words": [Answer(item, by_markers(item), 1.0) for item in tested]}
    for name, trait in traits.items():
        found[name] = []
        for corpus in sorted({item.corpus for item in tested}):
            guess = by_trait([row for row in rows if row.source.corpus != corpus], trait)
            found[name] += [Answer(item, guess(item), 1.0) for item in tested if item.corpus == corpus]
    return found
