"""Texts that are one text again: the same words in other spellings or the other script, or but for a few words.

    "bzaf dyal nass f souk lyoum" / "بزاف ديال الناس فالسوق ليوم!!"  ->  mostly the same keys in the same order: one group

Labelled posts are posted again, quoted and lengthened; what stands on both sides of a split flatters every figure.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from functools import cache

from khettara.darija.lexicon import matching_key

LIKE = 0.5
"""Texts are copies from this share of common runs of three keys on (Jaccard)."""

MOST_SHARED = 60
"""A run in more texts than this is a formula: by itself it makes no candidates."""

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_NOT_ITS_OWN = re.compile(r"https?://\S+|www\.\S+|(?<!\w)@\w+|<\w+>")

_key = cache(matching_key)


def text_key(text: str) -> str:
    """The keys of a text's words, in order: what links, handles, spelling and script leave of it.

    >>> text_key("chokran bzaf @user") == text_key("chokraan bezzaf!!")
    True
    """
    return " ".join(key for word in _WORD.findall(_NOT_ITS_OWN.sub(" ", text)) if (key := _key(word.lower())))


def groups(texts: Sequence[str]) -> list[int]:
    """For each text the place of the first that it is a copy of, directly or through others: its own where there is none before."""
    keys = [text_key(text) for text in texts]
    runs = [_runs(key.split()) for key in keys]
    found = list(range(len(texts)))

    def first(place: int) -> int:
        while found[place] != place:
            found[place] = found[found[place]]
            place = found[place]
        return place

    by_run: defaultdict[str, list[int]] = defaultdict(list)
    by_key: dict[str, int] = {}
    for place, (key, mine) in enumerate(zip(keys, runs, strict=True)):
        alike = [by_key.setdefault(key, place)] if key else []
        candidates = {other for run in mine if len(by_run[run]) <= MOST_SHARED for other in by_run[run]}
        alike += [other for other in candidates if len(mine & runs[other]) >= LIKE * len(mine | runs[other])]
        for other in alike:
            one, two = sorted((first(place), first(other)))
            found[two] = one
        for run in mine:
            by_run[run].append(place)
    return [first(place) for place in range(len(texts))]


def _runs(keys: Sequence[str]) -> set[str]:
    return {" ".join(keys[at : at + 3]) for at in range(len(keys) - 2)}
