"""Identity numbers that cannot be: too short, wrong check digits, a letter among the digits, a series that does not exist.

CIN: AB123456, J40112, BK12O345, 512345  ->  two are not valid: `BK12O345` (BK120345 is meant), `512345`

What nearly all cells of a column do tells which of a pack's demands hold there: a check key that one cell in five breaks is not
the column's, a series that one in ten has is one all the same.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from khettara.tables.examination import Examination, Found, Repair, Words
from khettara.tables.forms import capitals, is_nobodys, runs, signs, usual_form
from khettara.tables.phrases import say
from khettara.tables.table import Array
from khettara.tables.types.content import bare_cells, matches, plain_cells
from khettara.tables.types.pack import Meaning
from khettara.tables.types.validity import CHECKS

SOME, SHAPE, USUAL, KEY, SERIES = 1, 2, 4, 8, 16
"""What a cell is: something; of the shape; as usual; proved by its key; of a series that the pack lists."""
MOSTLY = 0.85
"""A column of which fewer cells have the shape holds something else, or too much else to name each."""
HABIT = {USUAL: 0.95, KEY: 0.9}
"""Of the cells of the shape, those that must keep a demand for it to be the column's."""
ALIKE = 0.99
"""For codes of no known kind: the share that must be written alike, for one in thirty may be of another office."""
SEVERAL, ALIKE_IN_ALL = 3, 0.95
"""The share where the others are written in several ways: an office has one."""
KNOWN = 0.0005
"""A series that this share of a column has is one, whether the pack lists it or not."""
AT_MOST_UNKNOWN = 0.2
"""Of valid cells, those of series that the pack does not list; with more the list is not this column's."""
_READ_AS_DIGITS = str.maketrans("OQIL|", "00111")
_FEW = 20  # rows below which there is no habit


def find_invalid_identifiers(seen: Examination) -> Iterator[Found]:
    """Identifiers that are not valid while nearly all others of their column are."""
    for column in seen.table.columns:
        meaning = seen.packs.meanings.get(seen.types[column.name].semantic or "")
        if meaning is not None and meaning.shape and meaning.kind != "text":
            yield from _invalid(seen, column.name, meaning)
        elif seen.types[column.name].kind == "identifier":
            yield from _unlike(seen, column.name)


def judge(cells: pa.StringArray, meaning: Meaning) -> Array:
    """What each cell is, as the sum of `SOME`, `SHAPE`, `USUAL`, `KEY` and `SERIES`."""
    bare = bare_cells(plain_cells(cells), meaning)
    kept = SOME * pc.fill_null(pc.not_equal(bare, ""), False).to_numpy(zero_copy_only=False).astype(np.uint8)
    kept += SHAPE * matches(bare, meaning.shape).astype(np.uint8)
    kept += USUAL * (matches(bare, meaning.usual).astype(np.uint8) if meaning.usual else np.uint8(1))
    kept += KEY * (CHECKS[meaning.check](bare).astype(np.uint8) if meaning.check else np.uint8(1))
    kept += SERIES * (matches(bare, f"(?:{'|'.join(meaning.prefixes)})[0-9].*") if meaning.prefixes else np.ones(len(cells), bool)).astype(np.uint8)
    judged: Array = kept
    return judged


def _invalid(seen: Examination, name: str, meaning: Meaning) -> Iterator[Found]:
    judged = seen.values(f"validity of {meaning.name}", name, lambda cells: judge(cells, meaning))
    judged = np.where(seen.explained(name), 0, judged)
    some, shaped = (judged & SOME) > 0, (judged & (SOME | SHAPE)) == SOME | SHAPE
    if some.sum() < _FEW or shaped.sum() < MOSTLY * some.sum():
        return
    demands = SHAPE
    for demand, share in HABIT.items():
        if ((judged[shaped] & demand) > 0).mean() >= share:
            demands |= demand
    wrong = some & ((judged & demands) != demands)
    rows = np.union1d(np.flatnonzero(wrong), _unknown_series(seen, name, meaning, shaped & ~wrong, judged))
    if not len(rows):
        return
    bare = bare_cells(plain_cells(pa.array(seen.table[name].at(rows), pa.string())), meaning)
    usual = bare_cells(plain_cells(pa.array(seen.table[name].at(np.flatnonzero(shaped & ~wrong)[:1000]), pa.string())), meaning)
    usual_runs = set(runs(usual).to_pylist())
    numbers = _are_numbers(bare, once=meaning.kind == "identifier", digits=all("9" in form for form in usual_runs))
    rows, bare = rows[numbers], bare.filter(pa.array(numbers))
    why = _why(bare, judged[rows], demands, usual)
    meant = _meant(bare, meaning, demands, digits_only=usual_runs == {"9"})
    for mended in (True, False):
        here = np.array([(text is not None) == mended for text in meant], bool)
        if here.any():
            yield _found(seen, name, meaning, rows[here], Counter(why[here].tolist()), list(meant[here]) if mended else None, int(some.sum()))


def _are_numbers(bare: pa.StringArray, once: bool, digits: bool = True) -> Array:
    """Which of the cells are meant as a number at all: words, and one digit over and over, stand for something missing."""
    number = pc.match_substring_regex(bare, "[0-9]" if digits else ".").to_numpy(zero_copy_only=False)
    if once:
        coded = bare.dictionary_encode()
        nobodys = np.array([is_nobodys(code) for code in coded.dictionary.to_pylist()] or [False])
        number = number & ~nobodys[coded.indices.to_numpy(zero_copy_only=False)]
    which: Array = number
    return which


def _unknown_series(seen: Examination, name: str, meaning: Meaning, valid: Array, judged: Array) -> Array:
    """The rows whose series neither the pack knows nor the column: lists of series are never complete."""
    rows: Array = np.flatnonzero(valid & ((judged & SERIES) == 0))
    if not 0 < len(rows) < AT_MOST_UNKNOWN * valid.sum():
        return rows[:0]
    bare = bare_cells(plain_cells(pa.array(seen.table[name].at(rows), pa.string())), meaning)
    series = pc.replace_substring_regex(bare, "^([A-Z]*).*$", r"\1").dictionary_encode().indices.to_numpy(zero_copy_only=False)
    strange: Array = rows[np.bincount(series)[series] < max(3, KNOWN * valid.sum())]
    return strange if len(strange) <= (1 - ALIKE) * valid.sum() else rows[:0]


def _why(bare: pa.StringArray, judged: Array, demands: int, usual: pa.StringArray) -> Array:
    """For each cell that is not valid, the word for its reason, seen beside usual ones."""
    known, shapes, lengths = (set(pc.unique(of).to_pylist()) for of in (runs(usual), signs(usual), pc.utf8_length(usual)))
    digits_only, lettered = known == {"9"}, all("A" in form for form in known)
    reasons = []
    for form, sign, length, flags in zip(
        runs(bare).to_pylist(), signs(bare).to_pylist(), pc.utf8_length(bare).to_pylist(), judged.tolist(), strict=True
    ):
        if flags & demands == demands or sign in shapes:
            reasons.append("check digits" if flags & SHAPE and demands & KEY and not flags & KEY else "series")
        elif form in known:
            reasons.append("shape" if length in lengths else "length")
        elif "9A" in form or (digits_only and "A9" in form):
            reasons.append("letters")
        else:
            reasons.append("no letters" if lettered and "A" not in form else "shape")
    return np.array(reasons, dtype=object)


def _meant(bare: pa.StringArray, meaning: Meaning, demands: int, digits_only: bool) -> Array:
    """The valid text that is meant, None where that is not sure."""
    texts: list[str] = bare.to_pylist()
    meant = np.full(len(texts), None, dtype=object)
    tried = [[re.sub(was, new, text) for text in texts] for was, new in meaning.repairs]
    tried.append([_with_digits(text, 0 if digits_only else 1) for text in texts])
    for candidates in tried:
        fits = (judge(pa.array(candidates, pa.string()), meaning) & demands) == demands
        for at in np.flatnonzero(fits):
            if meant[at] is None and candidates[at] != texts[at]:
                meant[at] = candidates[at]
    return meant


def _with_digits(text: str, letters: int) -> str:
    """Letters that look like digits read as such; `letters` 1: only those behind a digit."""
    start = re.search(r"[0-9]", text) if letters else None
    at = start.start() if start else (len(text) if letters else 0)
    return text[:at] + text[at:].translate(_READ_AS_DIGITS)


_WHY = {
    "length": ("{n} of the wrong length", "{n} de mauvaise longueur", "{n} طولها خاطئ"),
    "check digits": ("{n} whose check digits do not fit", "{n} dont la clé de contrôle est fausse", "{n} مفتاح مراقبتها خاطئ"),
    "letters": ("{n} with a letter among the digits", "{n} avec une lettre parmi les chiffres", "{n} فيها حرف بين الأرقام"),
    "series": ("{n} of a series that does not exist", "{n} d'une série qui n'existe pas", "{n} من سلسلة غير موجودة"),
    "no letters": ("{n} without its letters", "{n} sans leurs lettres", "{n} دون حروفها"),
    "shape": ("{n} of another shape", "{n} d'une autre forme", "{n} شكلها مختلف"),
}


def _found(seen: Examination, name: str, meaning: Meaning, rows: Array, why: Counter[str], meant: list[str] | None, some: int) -> Found:
    reasons = {
        language: (", " if language != "ar" else "، ").join(_WHY[reason][at].format(n=n) for reason, n in why.most_common())
        for at, language in enumerate(("en", "fr", "ar"))
    }
    cause = _in_each(
        reasons,
        say(
            en="{n:value|values} of {some} in {column} cannot be {what}: REASONS",
            fr="{n:valeur|valeurs} de {column}, sur {some}, à ne pas tenir pour {what} : REASONS",
            ar="{n:قيمة واحدة لا تصلح|قيمتان لا تصلحان|قيم لا تصلح|قيمة لا تصلح} لنوع «{what}» في العمود «{column}»، من {some}: REASONS",
            n=len(rows),
            some=some,
            column=name,
            what="WHAT",
        ),
        meaning.title,
    )
    repair = None
    if meant is not None:
        remedy = say(
            en="Write the number that is meant: the sign that stands for a digit, or the lost zero, is put right.",
            fr="Écrire le numéro voulu : le signe mis pour un chiffre, ou le zéro perdu, est rétabli.",
            ar="كتابة الرقم المقصود: يُصحَّح الحرف الذي حل محل رقم أو الصفر المفقود.",
        )
        repair = Repair("replace", remedy, {name: pa.array(meant, pa.string())})
    certain = 0.97 if set(why) != {"series"} else 0.9
    return Found("invalid_identifier", (name,), rows, cause, certain, ("Acc-ML-1",), repair)


def _in_each(reasons: Words, sentences: Words, what: Words) -> Words:
    return {language: text.replace("WHAT", what[language]).replace("REASONS", reasons[language]) for language, text in sentences.items()}


def _unlike(seen: Examination, name: str) -> Iterator[Found]:
    """Codes of no known kind: those whose letters, digits and signs do not follow one another as in nearly all others."""
    column = seen.table[name]
    sample = np.unique(np.linspace(0, seen.records - 1, 1000).astype(np.int64)) if seen.records else np.zeros(0, np.int64)
    form = usual_form(capitals(pa.array(column.at(sample), pa.string())), MOSTLY)
    if form is None:
        return
    judged = seen.values(f"codes like {form}", name, lambda cells: _alike(cells, form))
    judged = np.where(seen.explained(name), 0, judged)
    rows = np.flatnonzero(judged == SOME)
    if not len(rows):
        return
    ways = len(pc.unique(signs(capitals(pa.array(column.at(rows), pa.string())))))
    if len(rows) > (1 - (ALIKE if ways < SEVERAL else ALIKE_IN_ALL)) * np.count_nonzero(judged):
        return
    rows = rows[_are_numbers(capitals(pa.array(column.at(rows), pa.string())), once=True)]
    if not len(rows):
        return
    example = column.at(np.flatnonzero(judged > SOME)[:1])[0] or ""
    cause = say(
        en="{n:code|codes} in {column} not written like the others ({example})",
        fr="{n:code écrit|codes écrits} autrement que les autres dans {column} ({example})",
        ar="{n:رمز واحد مكتوب|رمزان مكتوبان|رموز مكتوبة|رمزًا مكتوبًا} بخلاف غيره في «{column}» ({example})",
        n=len(rows),
        column=name,
        example=example,
    )
    yield Found("invalid_identifier", (name,), rows, cause, 0.85, ("Acc-ML-1",))


def _alike(cells: pa.StringArray, pattern: str) -> Array:
    """`SOME` for something, and `SHAPE` with it for what matches."""
    codes = capitals(cells)
    some = pc.fill_null(pc.not_equal(codes, ""), False).to_numpy(zero_copy_only=False)
    judged: Array = SOME * some.astype(np.uint8) + SHAPE * matches(codes, pattern).astype(np.uint8)
    return judged
