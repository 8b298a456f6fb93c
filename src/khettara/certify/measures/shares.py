"""Measures of texts and clips: each counts records that bear a mark, out of all.

identifiers_left: 3 of 412 records hold a telephone number, a CIN, ...  ->  0.0073, lower is better
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import numpy as np

from khettara.certify.measures.facts import Array
from khettara.certify.measures.measured import Measured, Outcome, missing
from khettara.certify.measures.seen import Seen, first_of_each

Take = Callable[[Seen], Outcome]
_COLUMNS = {"has_text": "text", "identifier": "text", "damage": "text", "copy": "text", "has_origin": "source", "has_date": "created"}
_COLUMNS |= {"has_language": "lang", "licence_known": "licence", "licence_open": "licence", "fits_script": "script", "day": "created"}


def _lacks(name: str) -> Outcome:
    return missing(f"the dataset has no column {_COLUMNS.get(name, name)}")


def share(name: str) -> Take:
    """Records that bear a mark."""

    def take(seen: Seen) -> Outcome:
        return Measured(int(seen.facts[name].sum()), seen.rows) if seen.facts.has(name) else _lacks(name)

    return take


def defects(name: str) -> Take:
    """Records with a defect of any kind, and how many have each kind."""

    def take(seen: Seen) -> Outcome:
        if not seen.facts.has(name):
            return _lacks(name)
        kinds = {kind: int(mask.sum()) for kind, mask in seen.facts.kinds(name).items()}
        return Measured(int(seen.facts.any(name).sum()), seen.rows, {kind: records for kind, records in kinds.items() if records})

    return take


def free_of(name: str) -> Take:
    """Records without a defect of any kind."""

    def take(seen: Seen) -> Outcome:
        return Measured(seen.rows - int(seen.facts.any(name).sum()), seen.rows) if seen.facts.has(name) else _lacks(name)

    return take


def copies(seen: Seen) -> Outcome:
    """Records that say what another before them said."""
    if not seen.facts.has("copy"):
        return _lacks("copy")
    return Measured(int(seen.repeats.sum()), seen.rows)


def complete_records(seen: Seen) -> Outcome:
    """Records with content, language, source, licence and date."""
    marks = [name for name in ("has_text", "has_language", "has_origin", "licence_known", "has_date") if seen.facts.has(name)]
    if len(marks) < 2:
        return missing("the dataset has no columns beside the content")
    return Measured(int(np.all([seen.facts[name] for name in marks], axis=0).sum()), seen.rows)


def least_complete(seen: Seen) -> Outcome:
    """The mark that the fewest records have: language, source, licence, date."""
    marks = {name: int(seen.facts[name].sum()) for name in ("has_language", "has_origin", "licence_known", "has_date") if seen.facts.has(name)}
    if not marks:
        return missing("the dataset has no columns beside the content")
    return Measured(min(marks.values()), seen.rows, marks)


def consistent_classes(seen: Seen) -> Outcome:
    """Records with the class that most records of the same content have."""
    if seen.classes is None or not seen.facts.has("copy"):
        return _lacks("lang")
    _, codes = seen.classes
    known = codes >= 0
    contents = np.unique(seen.facts["copy"][known], return_inverse=True)[1]
    if not len(contents):
        return missing("no record has a known class")
    pairs = contents.astype(np.int64) * (int(codes.max()) + 1) + codes[known]
    values, counts = np.unique(pairs, return_counts=True)
    best = np.zeros(int(contents.max()) + 1, np.int64)
    np.maximum.at(best, values // (int(codes.max()) + 1), counts)
    return Measured(int(best.sum()), int(known.sum()))


def current(seen: Seen) -> Outcome:
    """Dated records that are no older than the window."""
    days = dated(seen)
    if days is None or not len(days):
        return missing("no record has a date")
    return Measured(int((days >= _earliest(seen)).sum()), len(days))


def reaches_window(seen: Seen) -> Outcome:
    """Whether the column of dates reaches into the window: the newest record is no older."""
    days = dated(seen)
    if days is None or not len(days):
        return missing("no record has a date")
    return Measured(int(days.max() >= _earliest(seen)), 1, sampled=False)


def dated(seen: Seen) -> Array | None:
    """The days of the records that have one."""
    if not seen.facts.has("day"):
        return None
    words, codes = seen.facts.words("day")
    days = np.array(words, "datetime64[D]")
    return days[codes[codes >= 0]]


def _earliest(seen: Seen) -> np.datetime64:
    return np.datetime64((seen.now - timedelta(days=seen.window_days)).date(), "D")


def precise_dates(seen: Seen) -> Outcome:
    """Dated records whose date is not the first of January, as years written as dates are."""
    days = dated(seen)
    if days is None or not len(days):
        return missing("no record has a date")
    return Measured(int((days != days.astype("datetime64[Y]").astype("datetime64[D]")).sum()), len(days))


def alike(seen: Seen) -> Outcome:
    """Records beyond one in each group of like ones: the same folded text, or nearly the same runs of words."""
    if not seen.facts.has("copy"):
        return _lacks("copy")
    if "near" not in seen.cache:
        return copies(seen)
    return Measured(seen.rows - len(first_of_each(seen.cache["near"])), seen.rows)


def effective_sizes(seen: Seen) -> Outcome:
    """How many different sizes there are in effect (Hill number of order 1 over doublings), out of those that occur."""
    if not seen.facts.has("bytes") or not seen.rows:
        return _lacks("bytes")
    counts = np.bincount(np.log2(np.maximum(seen.facts["bytes"], 1)).astype(np.int64))
    return hill(counts[counts > 0])


def effective_sources(seen: Seen) -> Outcome:
    """How many sources there are in effect, out of those that occur."""
    if not seen.facts.has("source"):
        return _lacks("source")
    words, codes = seen.facts.words("source")
    counts = np.bincount(codes[codes >= 0], minlength=len(words))
    return hill(counts[counts > 0]) if counts.any() else missing("no record names its source")


def largest_source(seen: Seen) -> Outcome:
    """Records of the largest source."""
    if not seen.facts.has("source"):
        return _lacks("source")
    words, codes = seen.facts.words("source")
    counts = np.bincount(codes[codes >= 0], minlength=len(words))
    return Measured(int(counts.max()), seen.rows) if counts.any() else missing("no record names its source")


def hill(counts: Array) -> Measured:
    """The number of classes in effect, exp of Shannon's entropy (Hill 1973, order 1), out of those that occur."""
    shares = counts / counts.sum()
    return Measured(float(np.exp(-(shares * np.log(shares)).sum())), len(counts), sampled=False)


def compliant(seen: Seen) -> Outcome:
    """Clips under an open licence and without an identifier in clear."""
    if not seen.facts.has("licence_open"):
        return _lacks("licence_open")
    return Measured(int((seen.facts["licence_open"] & ~seen.facts.any("identifier")).sum()), seen.rows)


def speaker_balance(seen: Seen) -> Outcome:
    """How many speakers there are in effect, out of all that occur."""
    if seen.speaker is None:
        return missing("the dataset has no column speaker")
    words, codes = seen.facts.words(seen.speaker)
    counts = np.bincount(codes[codes >= 0], minlength=len(words))
    return hill(counts[counts > 0]) if counts.any() else missing("no clip names its speaker")


def heard(test: Callable[[Seen], Array]) -> Take:
    """Clips that could be listened to, and for which the test holds."""

    def take(seen: Seen) -> Outcome:
        readable = seen.facts["heard.readable"] if seen.facts.has("heard") else np.zeros(0, bool)
        if not readable.any():
            return missing("no clip is WAV, so none was listened to")
        return Measured(int((test(seen) & readable).sum()), int(readable.sum()))

    return take
