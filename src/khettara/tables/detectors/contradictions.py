"""Rows that break what the columns say of one another: an age that is not that of the birth date, a region that is not the commune's.

    commune Agadir, province Agadir-Ida-Outanane, région "Oriental"   ->   the province and the commune agree; the region is wrong

The rules are those that nearly all rows keep (`relations`, `dependencies`) and those that are known beforehand (`claims`). Where a row
breaks one, the others say which column is wrong: the one in all that it breaks and in none that it keeps. Only then is there a repair.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa

from khettara.tables.claims import Claim, Texts, known_claims
from khettara.tables.dependencies import Dependency, mine_dependencies
from khettara.tables.examination import Examination, Found, Repair, Words
from khettara.tables.label_column import label_column
from khettara.tables.models import Codes, Measured, codes_of, fold, measured_columns, sample_rows, without_copies
from khettara.tables.phrases import say
from khettara.tables.relations import Order, Relation, grain_of, mine_orders, mine_relations
from khettara.tables.table import Array

LARGE_SAMPLE = 100_000
"""Rows on which dependencies are counted: a small sample does not show every commune often enough."""
MEASURES = ("Con-ML-4", "Acc-ML-1")


def find_contradictions(seen: Examination) -> Iterator[Found]:
    """Rows that break a rule of the table: by the column that is wrong where that is known, otherwise by the rule."""
    claims = _claims(seen)
    broken = [claim.broken for claim in claims if len(claim.broken)]
    if not broken:
        return
    rows = np.unique(np.concatenate(broken))
    names = list(dict.fromkeys(name for claim in claims for name in claim.columns))
    breaks = np.zeros((len(claims), len(rows)), bool)
    against, support = np.zeros((2, len(names), len(rows)), np.int16)
    for number, claim in enumerate(claims):
        breaks[number, np.searchsorted(rows, claim.broken)] = True
        kept = claim.kept(rows)
        for name in claim.columns:
            against[names.index(name)] += breaks[number]
            support[names.index(name)] += kept
    suspects = (against == breaks.sum(axis=0)) & (against > support)
    culprit = np.where(suspects.sum(axis=0) == 1, suspects.argmax(axis=0), -1)
    yield from _found(seen, claims, names, rows, breaks, culprit)


def _claims(seen: Examination) -> list[Claim]:
    """What is known, and what is mined. A rule that is both has the bounds of the table and the words of the pack."""
    known, mined = list(known_claims(seen)), list(_relations(seen))
    words = {frozenset(claim.columns): claim.rule for claim in known}
    told = {frozenset(claim.columns) for claim in mined}
    mined = [replace(claim, rule=words.get(frozenset(claim.columns), claim.rule)) for claim in mined]
    return [*(claim for claim in known if frozenset(claim.columns) not in told), *mined, *_dependencies(seen)]


def _found(seen: Examination, claims: Sequence[Claim], names: Sequence[str], rows: Array, breaks: Array, culprit: Array) -> Iterator[Found]:
    """One finding for each wrong column and the rule most of its rows break, and one for each rule of which no column is known to be wrong."""
    for wrong in [*range(len(names)), -1]:
        left = culprit == wrong
        while left.any():
            counts = (breaks & left).sum(axis=1)
            claim = claims[int(counts.argmax())]
            here = left & breaks[int(counts.argmax())]
            left &= ~here
            yield _of_column(seen, claim, names[wrong], rows[here]) if wrong >= 0 else _of_rule(seen, claim, rows[here])


def _of_column(seen: Examination, claim: Claim, name: str, rows: Array) -> Found:
    texts = claim.solve(name, rows)
    repair = None
    if texts is not None and any(text is not None for text in texts):
        remedy = say(
            en="Put what the other columns say into {column}.",
            fr="Mettre dans {column} ce que disent les autres colonnes.",
            ar="وضع ما تقوله الأعمدة الأخرى في «{column}».",
            column=name,
        )
        repair = Repair("replace", remedy, {name: pa.array(texts, pa.string())})
    cause = say(
        en="{n:row contradicts|rows contradict} {rule}; the other columns agree, so {column} is wrong there.",
        fr="{n:ligne contredit|lignes contredisent} {rule} ; les autres colonnes concordent : c'est {column} qui est faux.",
        ar="{n:سطر واحد يخالف|سطران يخالفان|سطور تخالف|سطرًا تخالف} {rule}؛ والأعمدة الأخرى متفقة، فالخطأ في «{column}».",
        n=len(rows),
        column=name,
        rule="\0",
    )
    return Found("contradiction", (name,), rows, _with(cause, claim.rule), 0.97, MEASURES, repair)


def _of_rule(seen: Examination, claim: Claim, rows: Array) -> Found:
    cause = say(
        en="{n:row contradicts|rows contradict} {rule} ({p:%} of all); which of the columns is wrong cannot be told from the table.",
        fr="{n:ligne contredit|lignes contredisent} {rule} ({p:%} du total) ; la table ne dit pas laquelle des colonnes est fausse.",
        ar="{n:سطر واحد يخالف|سطران يخالفان|سطور تخالف|سطرًا تخالف} {rule} ({p:%} من المجموع)؛ ولا يُعرف من الجدول أي الأعمدة خاطئ.",
        n=len(rows),
        p=len(rows) / max(seen.records, 1),
        rule="\0",
    )
    return Found("contradiction", claim.columns, rows, _with(cause, claim.rule), 0.95, MEASURES, cells=len(rows), explains=False)


def _with(cause: Words, rule: Words) -> Words:
    return {language: sentence.replace("\0", rule[language]) for language, sentence in cause.items()}


def _relations(seen: Examination) -> Iterator[Claim]:
    sample = without_copies(measured_columns(seen, sample_rows(seen.records), known=0.3))
    by_name = {column.name: column for column in sample}
    for relation in mine_relations(sample):
        yield _of_relation(seen, relation, by_name)
    for order in mine_orders(sample):
        yield _of_order(seen, order, by_name)


def _of_relation(seen: Examination, relation: Relation, by_name: Mapping[str, Measured]) -> Claim:
    def values(rows: Array | slice) -> dict[str, Array]:
        return {name: by_name[name].read(seen)[rows] for name in relation.columns}

    def kept(rows: Array) -> Array:
        held = values(rows)
        return np.isfinite(relation.rest(held)) & ~relation.broken(held)

    def solve(name: str, rows: Array) -> Texts | None:
        column = by_name[name]
        grain = 1.0 if column.is_date else grain_of(column.read(seen)[:5000])
        meant = relation.solve(name, values(rows))
        unsure = relation.open / abs(1.0 if name == relation.target else dict(relation.terms)[name]) * (meant if relation.is_product else 1.0)
        if not grain:
            return None
        return [
            _written(value, grain, column.is_date) if np.isfinite(value) and off <= 1.05 * grain else None for value, off in _pairs(meant, unsure)
        ]

    broken = np.flatnonzero(relation.broken(values(slice(None))))
    return Claim(relation.columns, _formula(relation, by_name), broken, kept, solve)


def _pairs(values: Array, unsure: Array | float) -> Iterator[tuple[float, float]]:
    return zip(values.tolist(), np.broadcast_to(unsure, values.shape).tolist(), strict=True)


def _written(value: float, grain: float, is_date: bool) -> str:
    if is_date:
        return str(np.datetime64(round(value), "D"))
    decimals = max(0, round(-np.log10(grain)))
    return f"{round(value, decimals):.{decimals}f}"


TIMES = {
    1.0: ("number of days", "nombre de jours", "عدد الأيام"),
    7.0: ("number of weeks", "nombre de semaines", "عدد الأسابيع"),
    365.25: ("number of years", "nombre d'années", "عدد السنوات"),
}
"""What a number between two dates counts, by its days."""


def _formula(relation: Relation, by_name: Mapping[str, Measured]) -> Words:
    """What the rule says: in words where dates and numbers meet, otherwise `total = price × quantity`."""
    dated = {by_name[name].is_date for name in relation.columns}
    return (_time_between(relation, by_name) or _follows(relation)) if len(dated) == 2 else _equation(relation)


def _follows(relation: Relation) -> Words:
    """`age = 54.6 − 1/365.25 × birth`: no factor between a number and a date says anything to a reader."""
    first, *others = (name for name, _ in relation.terms)
    return say(
        en="“{target} follows from {first}{en_others}”",
        fr="« {target} se déduit de {first}{fr_others} »",
        ar="«{target} يُستنتج من {first}{ar_others}»",
        target=relation.target,
        first=first,
        en_others="".join(f" and {name}" for name in others),
        fr_others="".join(f" et de {name}" for name in others),
        ar_others="".join(f" و{name}" for name in others),
    )


def _time_between(relation: Relation, by_name: Mapping[str, Measured]) -> Words | None:
    """`age = 1/365.25 × visit − 1/365.25 × birth` and `visit = birth + 365.25 × age`: the age is the number of years between the two."""
    sides = {relation.target: -1.0} | dict(relation.terms)
    dates = {name: factor for name, factor in sides.items() if by_name[name].is_date}
    numbers = [name for name in sides if name not in dates]
    if relation.is_product or len(dates) != 2 or len(numbers) != 1 or abs(sum(dates.values())) > 1e-9 * max(dates.values()):
        return None
    later = max(dates.values())
    number, days = numbers[0], abs(sides[numbers[0]]) / later
    unit = next((words for of, words in TIMES.items() if abs(days / of - 1) < 1e-6), None)
    if unit is None:
        return None
    first, last = sorted(dates, key=lambda name: dates[name], reverse=sides[number] > 0)
    return say(
        en="“{number} is the {en_unit} from {first} to {last}”",
        fr="« {number} est le {fr_unit} de {first} à {last} »",
        ar="«{number} هو {ar_unit} من {first} إلى {last}»",
        number=number,
        first=first,
        last=last,
        en_unit=unit[0],
        fr_unit=unit[1],
        ar_unit=unit[2],
    )


def _equation(relation: Relation) -> Words:
    """`total = price × quantity`, the same in every language but for the marks around it."""
    if relation.is_product:
        over = [(name, -power) for name, power in relation.terms if power < 0]
        text = " × ".join(name + ("²" if power == 2 else "") for name, power in relation.terms if power > 0)
        text = (text or "1") + "".join(f" / {name}" + ("²" if power == 2 else "") for name, power in over)
    else:
        text = "".join((" − " if factor < 0 else " + ") + _factor(abs(factor)) + name for name, factor in relation.terms)
        text = text.removeprefix(" + ") + (f" {'−' if relation.constant < 0 else '+'} {abs(relation.constant):,.4g}" if _counts(relation) else "")
    mark = "=" if relation.open < 1e-9 else "≈"
    equation = f"{relation.target} {mark} {text.strip()}"
    return {"en": f"“{equation}”", "fr": f"« {equation} »", "ar": f"«\u2066{equation}\u2069»"}


def _factor(factor: float) -> str:
    return "" if factor == 1 else "1/365.25 × " if abs(factor * 365.25 - 1) < 1e-9 else f"{factor:.4g} × "


def _counts(relation: Relation) -> bool:
    return abs(relation.constant) > max(1e-9, 0.51 * relation.open)


def _of_order(seen: Examination, order: Order, by_name: Mapping[str, Measured]) -> Claim:
    values = {name: by_name[name].read(seen) for name in (order.first, order.second)}
    rule = say(
        en="“{first} is not above {second}”",
        fr="« {first} ne dépasse pas {second} »",
        ar="«{first} لا يتجاوز {second}»",
        first=order.first,
        second=order.second,
    )
    if by_name[order.first].is_date:
        rule = say(
            en="“{first} is not after {second}”",
            fr="« {first} n'est pas postérieur à {second} »",
            ar="«{first} ليس بعد {second}»",
            first=order.first,
            second=order.second,
        )
    # that the order is kept says little for either column: most wrong values keep it too
    return Claim((order.first, order.second), rule, np.flatnonzero(order.broken(values)), lambda rows: np.zeros(len(rows), bool), lambda *_: None)


def _dependencies(seen: Examination) -> Iterator[Claim]:
    held: dict[str, Codes] = {}
    label = label_column(seen)
    for column in seen.columns("category", "text", "identifier"):
        codes = codes_of(seen, column.name, most=5000)
        if codes is not None and column is not label:  # `labels` judges it by all the rest
            held[column.name] = codes
    for dependency in mine_dependencies(held, sample_rows(seen.records, LARGE_SAMPLE)):
        yield _of_dependency(seen, dependency, held)


def _of_dependency(seen: Examination, dependency: Dependency, held: Mapping[str, Codes]) -> Claim:
    def solve(name: str, rows: Array) -> Texts | None:
        if name != dependency.target:
            return None
        written = _spellings(seen, held[name], name)
        return [written.get(code) for code in dependency.settles[held[dependency.column].codes[rows]].tolist()]

    rule = say(
        en="“each {column} has its {target}” (kept by {p:%})",
        fr="« à chaque {column} son {target} » (respectée à {p:%})",
        ar="«لكل {column} {target} خاص به» (محترمة بنسبة {p:%})",
        column=dependency.column,
        target=dependency.target,
        p=dependency.share,
    )
    broken = np.flatnonzero(dependency.broken(held))
    return Claim((dependency.column, dependency.target), rule, broken, lambda rows: dependency.kept(held)[rows], solve)


def _spellings(seen: Examination, codes: Codes, name: str) -> dict[int, str]:
    """How each code is written most often."""
    few = seen.table[name].few
    if few is None:
        return {}
    counts = np.bincount(few[1][few[1] >= 0], minlength=len(few[0]))
    first = {word: code for code, word in enumerate(codes.words)}
    written: dict[int, str] = {}
    for at in np.argsort(-counts, kind="stable").tolist():
        value = few[0][at].as_py()
        code = first.get(fold(value))
        if code is not None:
            written.setdefault(code, value)
    return written
