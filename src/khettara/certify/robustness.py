"""Robustness: how far the measures move when records are drawn anew, between groups, and what a model would lose by each kind of defect.

    identifiers_left 0.0073: drawn anew 0.0031 to 0.0124 (by source); worst in source "avis/souk.txt": 0.041

Everything is drawn with a fixed seed, on at most some thousand records, so that it takes seconds and comes out the same again.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from khettara.certify.measures import Seen, wilson
from khettara.certify.measures.classes import LEAST_IN_GROUP
from khettara.certify.measures.columns import IDENTIFYING
from khettara.certify.measures.facts import Array
from khettara.dataset.findings import rows_of

SEED = 20240901
DRAWS = 200
CLUSTERS = 500
MODEL_ROWS = 4000
MODEL_RUNS = 60_000
"""Runs of words held out at most, and a fifth of those learnt from: so that long texts cost what short ones do."""
SEEDS = 3
DEPTH = 8
_SLOTS = 1 << 18


def block(seen: Seen) -> dict[str, Any]:
    """The block of the certificate."""
    marks = _marks(seen)
    return {"seed": SEED, "spread": _spread(seen, marks), "slices": _slices(seen, marks), "model": _model(seen, marks)}


def _marks(seen: Seen) -> dict[str, Array]:
    """Which records bear what, for the measures that look at each record alone."""
    facts = seen.facts
    if seen.kind == "table":
        marks = {"record_completeness": ~facts.any("empty")} if facts.has("empty") else {}
        direct = [~facts[f"empty.{column.name}"] for column in seen.roles.meaning(IDENTIFYING)]
        return marks | ({"identified": np.any(direct, axis=0)} if direct else {})
    named = {"text_completeness": "has_text", "origin_completeness": "has_origin", "language_identified": "has_language"}
    named |= {"licence_known": "licence_known", "licence_open": "licence_open", "date_completeness": "has_date"}
    marks = {name: facts[fact].astype(bool) for name, fact in named.items() if facts.has(fact)}
    for name, fact in (("identifiers_left", "identifier"), ("encoding_damage", "damage")):
        if facts.has(fact):
            marks[name] = facts.any(fact)
    if facts.has("copy") and seen.rows:
        marks["duplicates_left"] = seen.repeats
    return marks


def _spread(seen: Seen, marks: Mapping[str, Array]) -> list[dict[str, Any]]:
    """Each share's standard error if records were drawn alone (exact), and its 95 % range if whole sources were (drawn anew 200 times)."""
    clusters = _clusters(seen)
    entries = []
    n_clusters = int(clusters.max(initial=-1)) + 1
    sizes = np.bincount(clusters, minlength=max(1, n_clusters))
    weights = np.random.default_rng(SEED).multinomial(n_clusters, np.full(n_clusters, 1 / n_clusters), size=DRAWS) if n_clusters > 1 else None
    if weights is not None:
        weights = weights.astype(np.float64)  # sums of whole numbers are exact in these too, and BLAS adds them up
        drawn_sizes = np.maximum(weights @ sizes, 1)
    for name, mask in marks.items():
        share = float(mask.mean()) if len(mask) else 0.0
        entry: dict[str, Any] = {"measure": name, "value": share, "standardError": float(np.sqrt(share * (1 - share) / max(1, len(mask))))}
        if weights is not None:
            hits = np.bincount(clusters[mask], minlength=n_clusters)
            drawn = (weights @ hits) / drawn_sizes
            entry |= {"clusters": n_clusters, "range": [float(np.quantile(drawn, 0.025)), float(np.quantile(drawn, 0.975))]}
        entries.append(entry)
    return entries


def _clusters(seen: Seen) -> Array:
    """The source of each record, of at most some hundred; records of one source are not independent of one another."""
    groups = seen.groups()
    name = next((name for name in ("source", "site", "region", "province") if name in groups), None)
    if name is None:
        return np.zeros(seen.rows, np.int64)
    codes = groups[name][1]
    merged: Array = np.unique(codes % CLUSTERS, return_inverse=True)[1]
    return merged


def _slices(seen: Seen, marks: Mapping[str, Array]) -> list[dict[str, Any]]:
    """For each way of grouping and each measure: the lowest and the highest share among groups of at least thirty records."""
    entries = []
    for by, (words, codes) in seen.groups().items():
        sizes = np.bincount(codes[codes >= 0], minlength=max(1, len(words)))
        large = np.flatnonzero(sizes >= LEAST_IN_GROUP)
        if len(large) < 2:
            continue
        for name, mask in marks.items():
            hits = np.bincount(codes[mask & (codes >= 0)], minlength=len(sizes))
            shares = hits[large] / sizes[large]
            low, high = (large[int(shares.argmin())], large[int(shares.argmax())])
            entries.append(
                {
                    "by": by,
                    "measure": name,
                    "groups": len(large),
                    "disparity": float(shares.max() - shares.min()),
                    "lowest": _slice(words, hits, sizes, low),
                    "highest": _slice(words, hits, sizes, high),
                }
            )
    return entries


def _slice(words: list[Any], hits: Array, sizes: Array, place: int) -> dict[str, Any]:
    share, size = int(hits[place]), int(sizes[place])
    return {"group": str(words[place]), "records": size, "value": share / size, "interval": list(wilson(share, size))}


def _model(seen: Seen, marks: Mapping[str, Array]) -> dict[str, Any]:
    """A small reference model with and without the records of each kind of defect."""
    if seen.kind == "documents" and seen.facts.has("grams"):
        return _text_model(seen, {name: marks[name] for name in ("identifiers_left", "encoding_damage", "duplicates_left") if name in marks})
    if seen.kind == "table" and seen.roles.label is not None:
        return _table_model(seen)
    return {"status": "not applicable", "why": "there is neither text nor a label to learn"}


def _text_model(seen: Seen, defects: Mapping[str, Array]) -> dict[str, Any]:
    """Bits for each run of three words of sound records held out, under counts of runs learnt from the others: with all, and without the defects."""
    runs = seen.facts.runs
    sound = ~np.any(list(defects.values()), axis=0) if defects else np.ones(seen.rows, bool)
    results: dict[str, list[float]] = {name: [] for name in ("all", *defects)}
    for seed in range(SEEDS):
        random = np.random.default_rng(SEED + seed)
        chosen = random.permutation(seen.rows)[: 5 * MODEL_ROWS]
        held_out = _up_to(MODEL_RUNS, random.permutation(np.flatnonzero(sound))[:MODEL_ROWS], runs.sizes)
        tested = runs.of(held_out)[0] % np.uint32(_SLOTS)
        if not len(tested):
            return {"status": "not applicable", "why": "too few words to learn from"}
        learnt = _up_to(5 * MODEL_RUNS, chosen[~np.isin(chosen, held_out)], runs.sizes)
        slots, places = runs.of(learnt)
        slots %= np.uint32(_SLOTS)
        for name in results:
            kept = slots if name == "all" else slots[~defects[name][learnt][places]]
            counts = np.bincount(kept, minlength=_SLOTS)
            results[name].append(float(-np.log2((counts[tested] + 1) / (counts.sum() + _SLOTS)).mean()))
    return _told("bits for each run of three words, records held out; less is better", results)


def _up_to(most: int, rows: Array, sizes: Array) -> Array:
    """The first of these records that have so many runs together; one at least."""
    return rows[: max(1, int(np.searchsorted(np.cumsum(sizes[rows]), most, side="right")))]


def _told(metric: str, results: Mapping[str, list[float]]) -> dict[str, Any]:
    base = results["all"]
    without = [
        {
            "defect": name,
            "value": float(np.mean(values)),
            "change": float(np.mean(np.subtract(values, base))),
            "spread": float(np.std(np.subtract(values, base))),
        }
        for name, values in results.items()
        if name != "all"
    ]
    return {
        "status": "computed",
        "metric": metric,
        "seeds": len(base),
        "all": float(np.mean(base)),
        "spread": float(np.std(base)),
        "without": without,
    }


def _table_model(seen: Seen) -> dict[str, Any]:
    """Accuracy on records held out of a decision tree: learnt from all, and without the records of each kind of finding."""
    try:
        from sklearn.tree import DecisionTreeClassifier
    except ImportError:
        return {"status": "missing", "why": "scikit-learn is not installed: pip install khettara[tables]"}
    features, labels = _features(seen)
    known = np.flatnonzero(labels >= 0)
    if features.shape[1] == 0 or len(known) < 100 or len(np.unique(labels[known])) < 2:
        return {"status": "not applicable", "why": "fewer than a hundred labelled records, two labels, or one column of numbers"}
    defects = _defective(seen)
    sound = ~np.any(list(defects.values()), axis=0) if defects else np.ones(seen.rows, bool)
    results: dict[str, list[float]] = {name: [] for name in ("all", *defects)}
    for seed in range(SEEDS):
        order = np.random.default_rng(SEED + seed).permutation(known)[: 2 * MODEL_ROWS]
        tested = order[: len(order) // 4][sound[order[: len(order) // 4]]]
        learnt = order[len(order) // 4 :]
        for name in results:
            kept = learnt if name == "all" else learnt[~defects[name][learnt]]
            if not len(tested) or len(np.unique(labels[kept])) < 2:
                return {"status": "not applicable", "why": "too few sound records to test on"}
            model = DecisionTreeClassifier(max_depth=DEPTH, min_samples_leaf=20, random_state=SEED + seed)
            model.fit(features[kept], labels[kept])
            results[name].append(float((model.predict(features[tested]) == labels[tested]).mean()))
    return _told("accuracy, records held out; more is better", results)


def _features(seen: Seen) -> tuple[Array, Array]:
    """Numbers, and the numbers of words of groups; columns that give the label away are left out."""
    leaks = {name for finding in seen.open("leakage") for name in finding.columns}
    columns = [values for name, values in seen.facts.kinds("number").items() if name not in leaks and name != seen.roles.label]
    columns += [codes.astype(float) for name, (_, codes) in seen.groups().items() if name not in leaks]
    labels = seen.classes[1] if seen.classes is not None else np.zeros(seen.rows, np.int64)
    return (np.stack(columns, axis=1) if columns else np.zeros((seen.rows, 0))), labels


_MODEL_DEFECTS = (
    "label_error",
    "outlier",
    "disguised_missing",
    "mixed_units",
    "contradiction",
    "swapped_columns",
    "exact_duplicate",
    "near_duplicate",
)


def _defective(seen: Seen) -> dict[str, Array]:
    """The records of each kind of open finding, where the findings lie in the dataset and count its rows."""
    found = seen.open(*_MODEL_DEFECTS)
    if not found or seen.found is None or seen.found.records != seen.rows:
        return {}
    rows: Mapping[str, Array] = seen.cache.get("rows") or (
        rows_of(seen.dataset, [each.id for each in found]) if seen.dataset.files("findings") else {}
    )
    masks: dict[str, Array] = {}
    for finding in found:
        at = rows.get(finding.id)
        if at is not None and len(at):
            masks.setdefault(finding.kind, np.zeros(seen.rows, bool))[at] = True
    return masks
