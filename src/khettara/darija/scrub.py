"""What no reader would miss: the always-safe level of normalisation. Letters, marks, digits and case stay as written.

    "الســـوق\N{RIGHT-TO-LEFT MARK}  كاين"  ->  "السوق كاين"

Order matters and is fixed: line ends, Arabic presentation forms, invisible and control characters, tatweel, joiners, NFC,
look-alike letters, blanks. Folding for search and for duplicates is another matter: see `clean.signals`.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable
from functools import cache

VERSION = 1

_LINE_ENDS = re.compile("\r\n?|[\v\f\u2028\u2029]")
_NOT_TEXT = "\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff\ufff9-\ufffb"
_INVISIBLE = re.compile(
    f"[\u00ad\u034f\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\x00-\x08\x0e-\x1f\x7f-\x9f{_NOT_TEXT}]+"
)
_TATWEEL = re.compile("\N{ARABIC TATWEEL}+")
_ODD_BLANKS = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")

# Letters and ligatures of letters that a font chose, not the writer. Kept: honorifics and the basmala (ﷺ ﷲ ﷽ ...),
# currency, ornate parentheses, which are signs of their own.
_FORMS = re.compile("[\ufb50-\ufbb1\ufbd3-\ufd3d\ufd50-\ufdc7\ufe70-\ufefc]")

_JOINER = re.compile("\u200d+")
_EMOJI = "\u203c-\u3299\U0001f000-\U0001faff"
_HELD_BEFORE = re.compile(f"[{_EMOJI}\ufe0f\U0001f3fb-\U0001f3ff]")
_HELD_AFTER = re.compile(f"[{_EMOJI}]")
_NON_JOINER = re.compile("\u200c+")
_INDIC = re.compile("[\u0900-\u0dff]")

_LOOKALIKES = {"ی": "ي", "ې": "ي", "ک": "ك", "ڪ": "ك", "ہ": "ه", "ھ": "ه", "ە": "ه"}
_LOOKALIKE = re.compile(f"[{''.join(_LOOKALIKES)}]")
# Letters that Persian, Urdu and Kurdish do not write, or hardly.
_ARABIC_ONLY = re.compile("[يكةىأإ]")
# Letters of Urdu and Kurdish alone, and the commonest words of Persian and Urdu that need a look-alike letter.
_NEIGHBOURS = re.compile(r"[ٹڈڑںےۆێڵڕۓ]|(?<!\w)(?:این|که|می|های|برای|یک|کرد|کند|ہے|کے|کی|کا|یہ)(?!\w)")

_TRAILING = re.compile(r"[ \t]+(?=\n|\Z)")
_RUN = re.compile(r"(?<=[^ \t\n])[ \t]{2,}(?=[^ \t\n])")
_INDENT = re.compile(r"^[ \t]{9,}", re.MULTILINE)
_LEADING = re.compile(r"\A\n+")
_EMPTY_LINES = re.compile(r"\n{3,}")
_END = re.compile(r"\n{2,}\Z")

# One look for all of the above: a text without any of these, and in NFC, is already scrubbed.
SUSPECT = (
    "[\r\v\f\u2028\u2029\u00ad\u034f\u061c\u115f\u1160\u180e\u200b-\u200f\u202a-\u202f\u2060-\u206f\ufeff\u00a0\u1680"
    "\u2000-\u200a\u205f\u3000\x00-\x08\x0e-\x1f\x7f-\x9f\u0640\ufb50-\ufdef\ufe70-\ufefc\ufff9-\ufffb\ufffe\uffff"
    r"یېکڪہھە]|[ \t](?:\n|\z)|[ \t]{2}|\n\n\n|\A\n|\n\n\z"
)
_SUSPECT = re.compile(SUSPECT.replace(r"\z", r"\Z") + "|[\ud800-\udfff]")


@cache
def _plain_form(form: str) -> str:
    """The letters that a presentation form shows; the carrier of a lone mark (a blank or tatweel) is left out."""
    plain = unicodedata.normalize("NFKC", form)
    return plain.strip(" \N{ARABIC TATWEEL}") or plain


def _joiners(text: str) -> tuple[str, int]:
    """Zero-width joiners stay between two parts of an emoji, and nowhere else."""
    dropped = 0

    def decide(found: re.Match[str]) -> str:
        nonlocal dropped
        before, after = text[found.start() - 1 : found.start()], text[found.end() : found.end() + 1]
        keep = "\u200d" if _HELD_BEFORE.match(before) and _HELD_AFTER.match(after) else ""
        dropped += len(found.group()) - len(keep)
        return keep

    return _JOINER.sub(decide, text), dropped


def _non_joiners(text: str) -> tuple[str, int]:
    """Zero-width non-joiners are spelling in Persian and in Indic scripts, and litter in Arabic and Latin words."""
    if "\u200c" not in text or _INDIC.search(text) or _is_neighbour(text):
        return text, 0
    return _NON_JOINER.subn("", text)


def _is_neighbour(text: str) -> bool:
    """Whether the text is Persian, Urdu or Kurdish rather than Arabic with foreign keys pressed."""
    return bool(_NEIGHBOURS.search(text)) or len(_ARABIC_ONLY.findall(text)) < len(_LOOKALIKE.findall(text))


def _lookalikes(text: str) -> tuple[str, int]:
    if not _LOOKALIKE.search(text) or _is_neighbour(text):
        return text, 0
    return _LOOKALIKE.subn(lambda found: _LOOKALIKES[found.group()], text)


def _compose(text: str) -> tuple[str, int]:
    composed = unicodedata.normalize("NFC", text)
    if composed == text:
        return text, 0
    return composed, max(1, abs(len(text) - len(composed)))


def _blanks(text: str) -> tuple[str, int]:
    """One blank between words (a tab where there was one), at most one empty line, none at the start, one line end last."""
    total = 0
    for pattern, new in (
        (_ODD_BLANKS, " "),
        (_TRAILING, ""),
        (_RUN, lambda found: "\t" if "\t" in found.group() else " "),
        (_INDENT, lambda found: found.group()[:8]),
        (_LEADING, ""),
        (_EMPTY_LINES, "\n\n"),
        (_END, "\n"),
    ):
        text, times = pattern.subn(new, text)
        total += times
    return text, total


def _replace(pattern: re.Pattern[str], new: str | Callable[[re.Match[str]], str]) -> Callable[[str], tuple[str, int]]:
    return lambda text: pattern.subn(new, text)


_RULES: tuple[tuple[str, Callable[[str], tuple[str, int]]], ...] = (
    ("line_ends", _replace(_LINE_ENDS, "\n")),
    ("presentation_forms", _replace(_FORMS, lambda found: _plain_form(found.group()))),
    ("invisible", _replace(_INVISIBLE, "")),
    ("tatweel", _replace(_TATWEEL, "")),
    ("joiners", _joiners),
    ("composed", _compose),
    ("non_joiners", _non_joiners),
    ("lookalikes", _lookalikes),
    ("blanks", _blanks),
)


def scrub_counted(text: str) -> tuple[str, Counter[str]]:
    """The scrubbed text, and how many changes each rule made.

    >>> scrub_counted("بـــزاف\\N{NO-BREAK SPACE}ديال\\r\\nالما")
    ('بزاف ديال\\nالما', Counter({'line_ends': 1, 'tatweel': 1, 'blanks': 1}))
    """
    counts: Counter[str] = Counter()
    if text.isascii() and not _SUSPECT.search(text):
        return text, counts
    if not _SUSPECT.search(text) and unicodedata.is_normalized("NFC", text):
        return text, counts
    # A dropped character can bring a letter and its mark together, which then compose: go on until nothing changes.
    before = None
    while text != before:
        before = text
        for name, rule in _RULES:
            text, times = rule(text)
            if times:
                counts[name] += times
    return text, counts


def scrub(text: str) -> str:
    """The text without what no reader would miss; clean text comes back as it is.

    >>> scrub("ﻣﺮﺣﺒﺎ ﷺ"), scrub("fin  kayn\\N{ZERO WIDTH SPACE} souk ?")
    ('مرحبا ﷺ', 'fin kayn souk ?')
    >>> scrub("کتاب كبير في المکتبة"), scrub("این کتاب است")
    ('كتاب كبير في المكتبة', 'این کتاب است')
    """
    return scrub_counted(text)[0]
