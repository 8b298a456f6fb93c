"""Measures of classes: labels of a table, languages of texts and clips. How many there are, how even, how they differ between groups.

ary 41,000, fr 8,000, zgh 50  ->  label_richness 3, largest 0.836, in effect 1.6 of 3, smallest / largest 0.001
"""

from __future__ import annotations

import numpy as np

from khettara.certify.measures.measured import Measured, Outcome, not_applicable
from khettara.certify.measures.seen import Seen
from khettara.certify.measures.shares import hill

LEAST_RECORDS = 50
"""Records that a category needs: with fewer, a share of one half is known to no better than 14 points (Wilson at 95 %)."""
LEAST_IN_GROUP = 30
"""Groups of fewer records are not set beside others: their shares are mostly chance."""


def _none() -> Outcome:
    return not_applicable("the records have no classes (a table's label is named by --label COLUMN)")


def richness(seen: Seen) -> Outcome:
    """Classes that occur, out of those declared."""
    if not len(seen.class_sizes):
        return _none()
    declared = seen.dataset.manifest.facts.get("labels")
    n_declared = len(declared) if isinstance(declared, list) and declared else len(seen.class_sizes)
    return Measured(len(seen.class_sizes), n_declared, sampled=False)


def largest(seen: Seen) -> Outcome:
    """Records of the commonest class."""
    return Measured(int(seen.class_sizes[0]), int(seen.class_sizes.sum())) if len(seen.class_sizes) else _none()


def diversity(seen: Seen) -> Outcome:
    """Classes in effect, out of those that occur."""
    return hill(seen.class_sizes) if len(seen.class_sizes) else _none()


def evenness(seen: Seen) -> Outcome:
    """Shannon's entropy of the classes, out of what it would be if all were equally frequent."""
    sizes = seen.class_sizes
    if len(sizes) < 2:
        return not_applicable("the records have fewer than two classes")
    shares = sizes / sizes.sum()
    return Measured(float(-(shares * np.log(shares)).sum()), float(np.log(len(sizes))), sampled=False)


def smallest_to_largest(seen: Seen) -> Outcome:
    """Records of the smallest class, out of those of the largest."""
    sizes = seen.class_sizes
    return Measured(int(sizes[-1]), int(sizes[0]), sampled=False) if len(sizes) > 1 else not_applicable("the records have fewer than two classes")


def large_enough(seen: Seen) -> Outcome:
    """Classes of at least fifty records."""
    sizes = seen.class_sizes
    return Measured(int((sizes >= LEAST_RECORDS).sum()), len(sizes), sampled=False) if len(sizes) else _none()


def gap(seen: Seen) -> Outcome:
    """The largest difference between two groups in the share of the commonest class; `kinds` has it for each way of grouping."""
    if seen.classes is None or len(seen.class_sizes) < 2:
        return not_applicable("the records have fewer than two classes")
    words, codes = seen.classes
    commonest = int(np.bincount(codes[codes >= 0], minlength=len(words)).argmax())
    gaps: dict[str, float] = {}
    for name, (groups, group) in seen.groups().items():
        if name == "lang" or len(groups) < 2:
            continue
        both = (group >= 0) & (codes >= 0)
        sizes = np.bincount(group[both], minlength=len(groups))
        hits = np.bincount(group[both & (codes == commonest)], minlength=len(groups))
        large = sizes >= LEAST_IN_GROUP
        if large.sum() > 1:
            shares = hits[large] / sizes[large]
            gaps[name] = float(shares.max() - shares.min())
    if not gaps:
        return not_applicable(f"no two groups (sex, region, source) of at least {LEAST_IN_GROUP} records")
    return Measured(max(gaps.values()), 1.0, gaps, sampled=False)


LANGUAGES = ("ary", "arb", "zgh", "fr")
"""Languages in which Morocco writes: Darija, Standard Arabic, Standard Moroccan Tamazight, French."""


def languages_there(seen: Seen) -> Outcome:
    """Languages of the country that occur."""
    if not seen.facts.has("lang"):
        return not_applicable("the dataset has no column lang")
    words, codes = seen.facts.words("lang")
    there = {str(words[code]).split("-")[0] for code in np.unique(codes[codes >= 0])}
    return Measured(len(there.intersection(LANGUAGES)), len(LANGUAGES), sampled=False)
