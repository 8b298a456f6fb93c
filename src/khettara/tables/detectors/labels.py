"""Labels that the rest of the row speaks against: confident learning (Northcutt, Jiang and Chuang 2021), and where errors cluster.

    row 4,711: label "accord"; of rows like it, a model that has not seen it expects "refus" in 97 of 100

Each half of the rows is judged by a model that learnt from the other half. How many labels are wrong is counted where the model is surest:
there, whoever disagrees is a wrong label rather than a hard case. So many, and no more, of the most contradicted labels are named.
Errors come in runs (a clerk on a bad day): the doubt about the rows before and after, at the same place, weighs in.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pyarrow as pa

from khettara.tables.detectors.leakage import find_leakage
from khettara.tables.examination import Examination, Found, Repair
from khettara.tables.features import features_of
from khettara.tables.label_column import classes_of, label_column
from khettara.tables.models import codes_of, fold, sample_rows
from khettara.tables.phrases import say
from khettara.tables.table import Array, Column

LEARN = 30_000
"""Rows a model learns from: all of 100,000 raise F1 by 0.01 and cost three times as much (planted tables, seeds 1 to 3)."""
SUREST = 0.2
"""Share of the rows of each place, those with the surest prediction, on which wrong labels are counted."""
PLAIN = 0.85
"""How sure the model must be of the surest rows; else the other columns say too little of the label to contradict it."""
NAMED = 0.8
"""Of the labels estimated to be wrong, the share that is named; the last ones are as often right (planted tables, seeds 1 to 3)."""
RUN = 25
"""Rows before and after, at the same place, among which a wrong label makes others likelier."""
PRIOR = 20
"""How many usual rows a place or a run is taken to have had before."""
FEWEST_ROWS = 500
_SEED = 20_111


def find_label_errors(seen: Examination) -> Iterator[Found]:
    """Rows whose label is contradicted by all the rest; the repair proposes the label expected."""
    label = label_column(seen)
    if label is None or seen.records < FEWEST_ROWS or len(classes_of(seen, label)) < 2:
        return
    known = _known_classes(seen, label)
    if known is None:
        return
    classes, words = known
    leave_out = {label.name, *_leaking(seen, label)}
    features, groups = features_of(seen, leave_out)
    if not features.shape[1]:
        return
    chances = chances_of(features, classes, len(words))
    if chances is None:
        return
    rows, count = contradicted(chances, classes, groups)
    if len(rows):
        yield _found(label, rows, count, chances, classes, words)


def _known_classes(seen: Examination, label: Column) -> tuple[Array, list[str]] | None:
    """For each row the number of its class, -1 where there is none; and how each class is written."""
    codes = codes_of(seen, label.name, most=500)
    if codes is None:
        return None
    written = classes_of(seen, label)
    of_word = {word: number for number, word in enumerate(codes.words)}
    places: dict[int, int] = {}
    words: list[str] = []
    for text in written:
        code = of_word.get(fold(text))
        if code is not None and code not in places:
            places[code] = len(words)
            words.append(text)
    table = np.full(len(codes.words) + 1, -1)
    for code, place in places.items():
        table[code] = place
    return table[codes.codes], words


def _leaking(seen: Examination, label: Column) -> set[str]:
    leaks = [found for found in seen.found if found.kind == "leakage"] or list(find_leakage(seen))
    copies = [found for found in seen.found if found.kind == "copied_column" and label.name in found.columns]
    return {name for found in [*leaks, *copies] for name in found.columns}


def chances_of(features: Array, classes: Array, count: int) -> Array | None:
    """The chance of each class in each row, by a model that did not see the row; None where one half lacks a class."""
    from khettara.tables.boosting import bins_of, chances, learn

    bins = bins_of(features)
    half = np.random.default_rng(_SEED).random(len(classes)) < 0.5
    found = np.zeros((len(classes), count), np.float32)
    for side in (half, ~half):
        rows = np.flatnonzero(~side & (classes >= 0))
        rows = rows[sample_rows(len(rows), LEARN)]
        if len(np.unique(classes[rows])) < count:
            return None
        found[side] = chances(learn(bins[rows], classes[rows], count, _SEED), bins[side])
    return found


def contradicted(chances: Array, classes: Array, groups: Mapping[str, Array]) -> tuple[Array, int]:
    """The rows whose label is most contradicted, ascending, and how many labels are estimated to be wrong."""
    known = np.flatnonzero(classes >= 0)
    given, held = classes[known], chances[known].astype(np.float64)
    own = held[np.arange(len(known)), given]
    against = held.argmax(axis=1) != given
    doubt = np.where(against, np.maximum(1 - 2 * own, 0), 0)
    place, runs = doubt_around(doubt, {name: codes[known] for name, codes in groups.items()})
    sure = _surest(held.max(axis=1), place)
    if held.max(axis=1)[sure].mean() < PLAIN:
        return known[:0], 0
    wrong = round(float(against[sure].mean()) * len(known))
    odds = np.log((1 - own + 1e-9) / (own + 1e-9)) + runs
    order = np.argsort(-odds, kind="stable")[: round(NAMED * wrong)]
    return np.sort(known[order[against[order]]]), wrong


def doubt_around(doubt: Array, groups: Mapping[str, Array]) -> tuple[Array, Array]:
    """The place of each row, and how much more doubt than usual (a logarithm) lies in the rows around it there, itself left out.

    Of all columns that may be the place, the one whose runs foretell the doubt best (the likelihood of a Poisson count) is taken.
    """
    usual = max(float(doubt.mean()), 1e-6)
    place, best, most = np.zeros(len(doubt), np.int32), np.zeros(len(doubt)), 0.0
    for codes in groups.values():
        order = np.argsort(codes, kind="stable")
        sums = np.concatenate([[0.0], np.cumsum(doubt[order])])
        at, own = np.arange(len(order)), codes[order]
        first = np.maximum(at - RUN, np.searchsorted(own, own, "left"))
        last = np.minimum(at + RUN + 1, np.searchsorted(own, own, "right"))
        rate = np.empty(len(doubt))
        rate[order] = (sums[last] - sums[first] - doubt[order] + PRIOR * usual) / (last - first - 1 + PRIOR)
        foretold = float((doubt * np.log(rate / usual) - (rate - usual)).sum())
        if foretold > most:
            place, best, most = codes, np.log(rate / usual), foretold
    return place, best


def _surest(surest: Array, place: Array) -> Array:
    """The rows with the surest prediction of each place: overall, they would lie where labels are best."""
    order = np.lexsort((-surest, place))
    start = np.searchsorted(place[order], place[order], "left")
    size = np.searchsorted(place[order], place[order], "right") - start
    found = np.zeros(len(place), bool)
    found[order] = np.arange(len(order)) - start < SUREST * size
    return found


def _found(label: Column, rows: Array, count: int, chances: Array, classes: Array, words: list[str]) -> Found:
    held = chances[rows].copy()
    held[np.arange(len(rows)), classes[rows]] = -1.0
    proposed = [words[place] for place in held.argmax(axis=1).tolist()]
    cause = say(
        en="{n:label|labels} of {column} ({p:%}) contradicted by the rest of the row; about {m} are estimated to be wrong in all.",
        fr="{n:étiquette|étiquettes} de {column} ({p:%}) que le reste de la ligne contredit ; environ {m} seraient fausses en tout.",
        ar="{n:تصنيف واحد|تصنيفان|تصنيفات|تصنيفًا} من «{column}» ({p:%}) تخالفها بقية السطر؛ ويُقدَّر مجموع الخاطئ بنحو {m}.",
        n=len(rows),
        p=len(rows) / max(len(classes), 1),
        m=count,
        column=label.name,
    )
    remedy = say(
        en="Have these labels of {column} reviewed; what a model expects is proposed, and applied only when asked for by its number.",
        fr="Faire relire ces étiquettes de {column} ; ce qu'un modèle attend est proposé, et appliqué seulement sur demande, par son numéro.",
        ar="مراجعة هذه التصنيفات من «{column}»؛ يُقترح التصنيف الذي يتوقعه نموذج. لا يُطبَّق تلقائيًا، بل عند طلبه برقمه.",
        column=label.name,
    )
    repair = Repair("replace", remedy, {label.name: pa.array(proposed, pa.string())})
    return Found("label_error", (label.name,), rows, cause, 0.7, ("Acc-ML-7",), repair, explains=False)
