"""Cells that have nothing, and cells that have something written in its place: `N/A`, `néant`, `غير معروف`, `999`, `0000000000`, `01/01/1900`.

A placeholder is told by evidence, not by a list alone: a word where the column has numbers or dates, a number that many rows share and that
lies outside the column's own values or towers over its neighbours, an identity number that is one digit over and over. A list of usual words
(`packs/placeholders.tsv`) adds those that have no other sign; the weak ones among them count only where something else agrees.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from khettara.tables.columns import ColumnType
from khettara.tables.examination import Examination, Found, Repair
from khettara.tables.forms import capitals, is_degenerate, is_nobodys, usual_form
from khettara.tables.phrases import say
from khettara.tables.table import Array, Column
from khettara.tables.types.content import bare_cells, matches, plain_cells

REPEATS = 3
"""So many rows must share a placeholder that no list knows."""
MOSTLY, SAMPLE = 0.85, 1000
"""Of so many codes that are looked at, the share of one form that makes it the column's."""
MANY = 30
"""So many distinct values are names of things rather than answers to a question."""


def find_missing(seen: Examination) -> Iterator[Found]:
    """Cells that are null or blank."""
    for column in seen.table.columns:
        rows = np.flatnonzero(column.null)
        if len(rows):
            yield Found(
                kind="missing",
                columns=(column.name,),
                rows=rows,
                cause=say(
                    en="In {name}, {n:cell has|cells have} nothing ({p:%}).",
                    fr="Dans {name}, {n:cellule ne contient|cellules ne contiennent} rien ({p:%}).",
                    ar="في «{name}» {n:خلية واحدة|خليتان|خلايا|خلية} لا شيء فيها ({p:%}).",
                    n=len(rows),
                    p=len(rows) / seen.records,
                    name=column.name,
                ),
                confidence=1.0,
                measures=("Com-ML-1", "Com-ML-3", "Com-ML-4"),
            )


@dataclass(frozen=True)
class Tally:
    """The values of a column that may be placeholders, and how many rows have each.

    `usual`: how many rows share a value as a rule; `figures`: the share of bare numbers among the fifty commonest values.
    """

    texts: list[str]
    counts: Array
    folded: list[str]
    usual: float
    distinct: int
    figures: float


def find_disguised(seen: Examination) -> Iterator[Found]:
    """Cells that have something written where nothing is known."""
    told: dict[str, dict[str, float]] = {}
    for column in seen.columns("number", "date"):
        told[column.name] = _among_values(seen, column, _tally(column))
    # Words that stand among numbers and dates are placeholders of this table: they are looked for in its other columns too.
    words = {text.strip() for texts in told.values() for text in texts if len(fold(text)) > 1 and not re.search(r"\d", text)}
    for column in seen.columns("identifier", "category", "text"):
        told[column.name] = _among_words(seen, column, _tally(column, words), {fold(word) for word in words})
    for column in seen.table.columns:
        surest = told.get(column.name)
        if surest:
            yield from _found(seen, column, surest)


def _tally(column: Column, words: Collection[str] | None = None) -> Tally:
    """The values that are frequent, have the outline of a placeholder or are on the list: all others are none."""
    if column.few is not None:
        values, codes = column.few
        counts = np.bincount(codes[codes >= 0], minlength=len(values))
    else:
        entries = pc.value_counts(pa.chunked_array(list(column.pieces()), pa.string()).combine_chunks())
        values, counts = entries.field("values"), entries.field("counts").to_numpy()
    listed = pa.array([*_spellings(), *(word.lower() for word in words or ())], pa.string())
    known = pc.is_in(pc.utf8_lower(pc.utf8_trim_whitespace(values)), listed).to_numpy(zero_copy_only=False)
    chosen = known | (counts >= max(10, 0.001 * column.records)) | _outlined(values, counts, words_only=words is not None)
    at = np.flatnonzero(chosen & pc.is_valid(values).to_numpy(zero_copy_only=False))
    texts: list[str] = values.take(pa.array(at)).to_pylist()
    usual = float(np.quantile(counts, 0.99)) if len(counts) else 0.0
    commonest = np.argsort(-counts, kind="stable")[:50]
    bare = np.array([bool(text) and text.strip().isdigit() for text in values.take(pa.array(commonest)).to_pylist()], bool)
    figures = float(counts[commonest][bare].sum() / max(counts[commonest].sum(), 1))
    return Tally(texts, counts[at], [fold(text) for text in texts], usual, len(values), figures)


def _outlined(values: pa.StringArray, counts: Array, *, words_only: bool) -> Array:
    """Values that may be placeholders by their first and last bytes, which is quick to see.

    Among words: signs, short codes, a letter doubled; and what repeats and ends in equal or consecutive digits. Among numbers and dates:
    what begins with no digit; and what repeats and begins with one digit alone or twice.
    """
    ends = np.frombuffer(values.buffers()[1], np.int32)[values.offset : values.offset + len(values) + 1]
    data = np.frombuffer(values.buffers()[2] or b"\0", np.uint8)
    length = np.diff(ends)
    places = (ends[:-1], ends[:-1] + 1, ends[:-1] + 2, ends[1:] - 2, ends[1:] - 1)
    first, second, third, last_but_one, last = (data[np.clip(place, 0, len(data) - 1)].astype(np.int16) for place in places)
    second, third = np.where(length > 1, second, 0), np.where(length > 2, third, 0)  # not of the value after it
    is_digit, next_is_digit = ((sign >= ord("0")) & (sign <= ord("9")) for sign in (first, second))
    repeats, same = counts >= REPEATS, (first | 32) == (second | 32)
    if words_only:
        letter = ((first | 32) >= ord("a")) & ((first | 32) <= ord("z")) | ((first >= 0xC2) & (first != 0xE2))
        counts_on = (last >= ord("0")) & (last <= ord("9")) & np.isin(last - last_but_one, (0, 1, -1, -9))
        signs = ~letter & ~is_digit & ~((first == ord("+")) & next_is_digit)
        return np.asarray(signs | (length <= 3) | (same & ((second | 32) == (third | 32)) & (length <= 12)) | (repeats & counts_on))
    begun = (is_digit & (same | ~next_is_digit)) | ((first == ord("1")) & (second == ord("2"))) | (np.isin(first, list(b"- ")) & (length <= 7))
    return np.asarray((~is_digit & ~np.isin(first, list(b"+-., "))) | (repeats & begun))


_ACCENTS = str.maketrans("àâäéèêëîïôöùûüç", "aaaeeeeiioouuuc")


def fold(text: str) -> str:
    """A word without case, accents, and blanks or brackets around it.

    >>> fold(" (Non renseigné) "), fold("N/A")
    ('non renseigne', 'n/a')
    """
    return " ".join(text.casefold().translate(_ACCENTS).split()).strip("()[]<>{}\"'«»*")


@cache
def placeholders() -> Mapping[str, str]:
    """The usual words, folded, with `sure` or `weak`."""
    table = resources.files("khettara.tables.packs").joinpath("placeholders.tsv").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in table.splitlines() if line and not line.startswith("#")]
    return {fold(word.replace("_", " ")): strength for strength, words in rows for word in words.split(" ")}


@cache
def _spellings() -> list[str]:
    table = resources.files("khettara.tables.packs").joinpath("placeholders.tsv").read_text(encoding="utf-8")
    words = {word.replace("_", " ") for line in table.splitlines() if not line.startswith("#") for word in line.split("\t")[-1].split(" ")}
    return sorted(words | {word.translate(_ACCENTS) for word in words} | set(placeholders()))


# 000000 may be the first of a file's own numbers; nobody has such a telephone.
_OF_PERSONS = frozenset(("cin", "phone", "cnss", "rib", "ice"))
_ONE_DIGIT = re.compile(r"([0-9])\1{5,}")
_MARKS = re.compile(r"[^\w]{1,12}|_{1,12}")
_LETTER_RUN = re.compile(r"([^\W\d_])\1{1,11}")


def _is_mark(text: str) -> bool:
    """Signs without a letter or digit (`-`, `?`, `...`, `--`), or one letter over and over (`xxx`)."""
    return bool(_MARKS.fullmatch(text))


def _among_values(seen: Examination, column: Column, tally: Tally) -> dict[str, float]:
    """Placeholders of a column of numbers or dates, and how sure that is."""
    told: dict[str, float] = {}
    known = placeholders()
    for text, count, folded in zip(tally.texts, tally.counts.tolist(), tally.folded, strict=True):
        if folded in known or _is_mark(text.strip()):
            told[text] = 0.99
        elif count >= REPEATS and folded and not re.search(r"\d", folded):
            told[text] = 0.95
    kind = seen.types[column.name].kind
    return told | (_numbers(seen, column, tally) if kind == "number" else _dates(seen, column, tally))


NINES = re.compile(r"(?:9+(?:[.,]9+)?|8{3,}|7{3,}|1{4,}|12345\d*)")
MINUS = re.compile(r"-(?:1|9+|99[0-9])(?:[.,]0+)?")
ZERO = re.compile(r"0+(?:[.,]0+)?")
# Nothing spent, nobody in the house, no child: nought is an answer there.
ZERO_IS_LEGAL = frozenset(
    (
        "income",
        "amount",
        "price",
        "quantity",
        "children",
        "household_size",
        "percentage",
        "population",
        "length_of_stay",
        "crp",
        "distance",
        "school_mark",
    )
)
SPIKE = 8.0
"""How many times as frequent as any of its fifty neighbours a number must be that lies among the column's own."""


def _numbers(seen: Examination, column: Column, tally: Tally) -> dict[str, float]:
    """Numbers that stand for nothing: nines, nought or a negative that many rows share, away from the others or towering over them."""
    values = seen.numbers(column.name)
    candidates = {text: shape for text in tally.texts for shape in (NINES, MINUS, ZERO) if shape.fullmatch(text.strip())}
    if not candidates:
        return {}
    spelled = seen.table[column.name]
    # The number that a text is, by the column's own reading.
    number = {text: _read(seen, spelled.name, text) for text in candidates}
    sound = values[np.isfinite(values) & ~np.isin(values, list(number.values()))]
    if len(sound) < 20:
        return {}
    bounds = _bounds(sound, seen.types[column.name])
    zero_is_legal = seen.types[column.name].semantic in ZERO_IS_LEGAL
    told: dict[str, float] = {}
    for text, shape in candidates.items():
        value = number[text]
        count = int(np.count_nonzero(values == value))
        if count < REPEATS or not np.isfinite(value):
            continue
        if shape is ZERO:
            if not zero_is_legal and bounds.zero_is_apart and 0.0005 * len(values) <= count < 0.5 * len(sound):
                told[text] = 0.95
        elif (value > bounds.high or value < bounds.low) and _repeats(values, list(number.values()), count, bounds):
            told[text] = 0.97
        elif shape is NINES and abs(value) >= 99 and _towers(values, value, count):
            told[text] = 0.9
    return told


@dataclass(frozen=True)
class _Bounds:
    """Where a column's own values lie, with half as much again on either side; and whether nought lies apart from them."""

    low: float
    high: float
    zero_is_apart: bool


def _bounds(sound: Array, held: ColumnType) -> _Bounds:
    lowest, fifth, middle, highest = np.quantile(sound, [0.005, 0.05, 0.5, 0.995])
    low = lowest - 0.5 * (middle - lowest)
    if lowest >= 0:
        low = max(low, 0.0)
    # A twentieth of the column may be in another unit (1.72 among 172), so nought is compared with what lies above it.
    # On a scale of a few steps (0, 0.5, 1, 1.5) nought is the step before the first.
    step = float(np.median(np.diff(np.unique(sound)))) if len(np.unique(sound)) > 1 else 0.0
    apart = (fifth > 0.5 * middle > 0 and lowest > 4 * step) or (held.low is not None and held.low > 0)
    return _Bounds(float(low), float(highest + 0.5 * (highest - middle)), bool(apart))


def _read(seen: Examination, name: str, text: str) -> float:
    from khettara.tables.numbers import parse_numbers

    return float(parse_numbers(pa.array([text]), seen.number_habit(name))[0])


def _repeats(values: Array, candidates: list[float], count: int, bounds: _Bounds) -> bool:
    """Whether a value outside is one for many rows. Slips of the pen repeat less, and are many."""
    there = values[(values > bounds.high) | (values < bounds.low)]
    others, counts = np.unique(there[np.isfinite(there) & ~np.isin(there, candidates)], return_counts=True)
    return count >= max(REPEATS, 0.0005 * len(values)) and (not len(others) or count >= 3 * float(np.quantile(counts, 0.75)))


def _towers(values: Array, value: float, count: int) -> bool:
    distinct, counts = np.unique(values[np.isfinite(values)], return_counts=True)
    at = int(np.searchsorted(distinct, value))
    near = np.concatenate([counts[max(0, at - 25) : at], counts[at + 1 : at + 26]])
    return bool(len(near) and count >= 5 and count >= SPIKE * near.max())


ODD_DAYS: tuple[str, ...] = (
    "0001-01-01",
    "1111-11-11",
    "1753-01-01",
    "1800-01-01",
    "1899-12-30",
    "1899-12-31",
    "1900-01-01",
    "1901-01-01",
    "1970-01-01",
)
ODD_DAYS += ("2099-12-31", "2222-02-22", "2999-12-31", "9999-12-31", "9999-01-01")
_NO_DATE = re.compile(
    r"0+[-/. ]0+[-/. ]0+|9+[-/. ]9+[-/. ]9+|1+[-/. ]1+[-/. ]1111|0+|9+|x+[-/. ]x+[-/. ]x+|j+[-/. ]m+[-/. ]a+|d+[-/. ]m+[-/. ]y+", re.IGNORECASE
)


def _dates(seen: Examination, column: Column, tally: Tally) -> dict[str, float]:
    """Days that programs write for none, where they lie apart from the others or tower over them; and figures that are no day at all."""
    told = {text: 0.98 for text in tally.texts if _NO_DATE.fullmatch(text.strip())}
    days = seen.days(column.name)
    odd = np.isin(days, np.array(ODD_DAYS, "datetime64[D]"))
    if not odd.any():
        return told
    sound = np.sort(days[~odd & ~np.isnat(days)].astype(np.int64))
    if len(sound) < 20:
        return told
    low, high = sound[int(0.001 * len(sound))], sound[int(0.999 * (len(sound) - 1))]
    year = 366
    chosen = []
    for day in np.unique(days[odd]):
        at, count = int(day.astype(np.int64)), int(np.count_nonzero(days == day))
        apart = at < low - year or at > high + year
        near = np.unique(sound[np.searchsorted(sound, at - 2 * year) : np.searchsorted(sound, at + 2 * year)], return_counts=True)[1]
        if count >= REPEATS and (apart or not len(near) or count >= SPIKE * near.max()):
            chosen.append(day)
    rows = np.flatnonzero(np.isin(days, np.array(chosen, "datetime64[D]")))
    return told | {str(text): 0.97 for text in set(column.at(rows))}


def _among_words(seen: Examination, column: Column, tally: Tally, words: set[str]) -> dict[str, float]:
    """Placeholders of a column of identity numbers, names, categories or text."""
    kind = seen.types[column.name].kind
    known = placeholders()
    told: dict[str, float] = {}
    # "None" is an answer to a question; it is none where a name, a place or a number is asked for.
    names_things = kind == "identifier" or seen.types[column.name].semantic is not None or tally.distinct >= MANY
    is_prose = kind == "text" and seen.types[column.name].semantic is None
    # Beside words that nothing is known of, it is one of them unless it stands out.
    enough = REPEATS if seen.types[column.name].semantic is not None else max(REPEATS, 2 * tally.usual)
    enough = 1 if kind == "identifier" else enough
    signs = {text.strip() for text in tally.texts if _is_mark(text.strip())}
    formed = _well_formed(seen, column, tally.texts) if kind == "identifier" else np.ones(len(tally.texts), bool)
    for text, count, folded, is_formed in zip(tally.texts, tally.counts.tolist(), tally.folded, formed.tolist(), strict=True):
        share = count / seen.records
        strength = known.get(folded)
        bare = text.strip()
        # "+" and "-" are a blood group's answer; a sign that a fifth of a column has is one of its values.
        if (_is_mark(bare) and (share < 0.2 and not {"+", "-"} <= signs)) or (strength == "sure" and not _is_value(folded, count, tally, is_prose)):
            told[text] = 0.98
        elif folded in words and share < 0.2:
            told[text] = 0.95
        elif (strength == "weak" and share < 0.1 and names_things and count >= enough) or (
            names_things and _LETTER_RUN.fullmatch(bare) and len(bare) >= 3
        ):
            told[text] = 0.9
        elif (seen.types[column.name].semantic in _OF_PERSONS and _ONE_DIGIT.fullmatch(bare)) or (
            (is_degenerate(bare) if is_formed else is_nobodys(bare))
            and count >= REPEATS
            and ((bare.isdigit() and tally.figures < 0.1) or (count >= 3 * tally.usual and tally.usual <= 20))
        ):
            told[text] = 0.97
        elif kind == "identifier" and is_formed and tally.usual <= 3 and count >= max(10, 0.001 * seen.records, 5 * tally.usual):
            told[text] = 0.9
    return told


def _well_formed(seen: Examination, column: Column, texts: list[str]) -> Array:
    """Which values are written as the column's codes are, or have no digit at all. What is not is a broken code, however often it comes."""
    values = pa.array(texts, pa.string())
    meaning = seen.packs.meanings.get(seen.types[column.name].semantic or "")
    if meaning is not None and meaning.shape:
        bare = bare_cells(plain_cells(values), meaning)
        fits = matches(bare, meaning.shape) & (matches(bare, meaning.usual) if meaning.usual else True)
    else:
        rows = np.unique(np.linspace(0, seen.records - 1, min(seen.records, SAMPLE)).astype(np.int64))
        pattern = usual_form(capitals(pa.array(column.at(rows), pa.string())), MOSTLY)
        fits = np.ones(len(texts), bool) if pattern is None else matches(capitals(values), pattern)
    return np.asarray(fits | ~pc.match_substring_regex(values, "[0-9]").to_numpy(zero_copy_only=False))


def _is_value(folded: str, count: int, tally: Tally, is_prose: bool) -> bool:
    """Whether a usual placeholder may be a value here: a code beside others of its length (`NA`, `ND`), a word of a list of words (`missing`)."""
    if len(folded) <= 3 and folded.isalpha():
        alike = [other for other in tally.texts if len(other.strip()) == len(folded) and other.strip().isalpha() and other.strip().isupper()]
        return len(alike) > 5
    return is_prose and folded.isalpha() and count < max(REPEATS, 2 * tally.usual)


def _found(seen: Examination, column: Column, told: Mapping[str, float]) -> Iterator[Found]:
    texts = sorted(told)
    rows = np.flatnonzero(column.map(lambda cells: pc.fill_null(pc.is_in(cells, pa.array(texts, pa.string())), False).to_numpy(zero_copy_only=False)))
    rows = rows[~seen.explained(column.name)[rows]]
    if not len(rows):
        return
    cells = column.at(rows)
    tally: dict[str, int] = {}
    for cell in cells:
        tally[str(cell).strip()] = tally.get(str(cell).strip(), 0) + 1
    most = sorted(tally.items(), key=lambda item: (-item[1], item[0]))
    marked = {
        language: mark.join(f"{left}{text}{right} ({count})" for text, count in most[:5])
        for language, (left, right, mark) in {"en": ("“", "”", ", "), "fr": ("« ", " »", ", "), "ar": ("«", "»", "، ")}.items()
    }
    yield Found(
        kind="disguised_missing",
        columns=(column.name,),
        rows=rows,
        cause=say(
            en="In {name}, {n:cell has|cells have} something written where nothing is known ({p:%}): {en_marked}.",
            fr="Dans {name}, {n:cellule porte|cellules portent} une mention qui tient lieu de valeur inconnue ({p:%}) : {fr_marked}.",
            ar="في «{name}» {n:خلية واحدة|خليتان|خلايا|خلية} ({p:%}) فيها علامة تقوم مقام قيمة مجهولة: {ar_marked}.",
            n=len(rows),
            p=len(rows) / seen.records,
            name=column.name,
            **{f"{language}_marked": text for language, text in marked.items()},
        ),
        confidence=min(told[str(cell)] for cell in set(cells)),
        measures=("Com-ML-1", "Com-ML-3", "Acc-ML-1"),
        repair=Repair(
            "blank",
            say(
                en="Empty these cells of {name}, so that they count as missing.",
                fr="Vider ces cellules de {name}, pour qu'elles comptent comme manquantes.",
                ar="إفراغ هذه الخلايا من «{name}» لتُحسب ناقصة.",
                name=column.name,
            ),
            {column.name: pa.nulls(len(rows), pa.string())},
        ),
    )
