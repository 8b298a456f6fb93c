"""Numbers of one column written in more than one way: `1 234,50`, `1,234.50` and `١٢٣٤٫٥` among `1234.50`.

The column's own way is the one that most of its cells show, for the decimal mark, the thousands and the digits each.
A repair writes the others that way; no value changes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from khettara.tables import numbers
from khettara.tables.examination import Examination, Found, Repair, Words
from khettara.tables.numbers import FOREIGN, Habit
from khettara.tables.phrases import say
from khettara.tables.table import Array


@dataclass(frozen=True)
class Notation:
    """How numbers are written: the mark before decimals, the sign between thousands, and whether the digits are 0-9."""

    decimal: str = ""
    group: str = ""
    foreign: bool = False


def _notations(habit: Habit) -> dict[int, Notation]:
    """The notation that each style of `numbers` shows; `None` groups are told by the size of the number."""
    code = numbers.CODE
    return {
        numbers.WHOLE: Notation(),
        numbers.POINT: Notation("."),
        numbers.POINT_OR_THOUSANDS: Notation(".") if habit.point == "decimal" else Notation(group="."),
        code["blanks"]: Notation(group=" "),
        code["blanks and comma"]: Notation(",", " "),
        code["blanks and point"]: Notation(".", " "),
        code["points and comma"]: Notation(",", "."),
        code["points"]: Notation(group="."),
        code["commas and point"]: Notation(".", ","),
        code["commas"]: Notation(group=","),
        code["comma or thousands"]: Notation(",") if habit.comma == "decimal" else Notation(group=","),
        code["comma"]: Notation(","),
    }


def find_decimal_marks(seen: Examination) -> Iterator[Found]:
    """Numbers written otherwise than their column writes them."""
    for column in seen.columns("number"):
        if not np.any(seen.numbers_read(column.name)["style"] > numbers.POINT_OR_THOUSANDS):
            continue
        codes, notations = _shown(seen, column.name)
        usual = _usual(codes, notations)
        odd = [code for code in np.unique(codes).tolist() if code and _differs(notations[code // 2], bool(code % 2), usual)]
        rows = np.flatnonzero(np.isin(codes, odd))
        if len(rows):
            yield _found(column.name, seen, rows, usual)


def notation_of(seen: Examination, name: str) -> Notation:
    """The notation that most of a column's cells show."""
    return _usual(*_shown(seen, name))


def _shown(seen: Examination, name: str) -> tuple[Array, Mapping[int, Notation]]:
    """For each row a code of its notation, twice that plus one for numbers of a thousand and more; 0 where a cell is no number of its own."""
    notations = {
        code + foreign: Notation(notation.decimal, notation.group, foreign > 0)
        for foreign in (0, FOREIGN)
        for code, notation in _notations(seen.number_habit(name)).items()
    }
    styles = np.where(seen.explained(name), 0, seen.numbers_read(name)["style"]).astype(np.int64)
    large = np.abs(np.nan_to_num(seen.numbers(name))) >= 1000
    return np.where(styles > 0, styles * 2 + large, 0), notations


def _usual(codes: Array, notations: Mapping[int, Notation]) -> Notation:
    decimals, groups, digits = Counter[str](), Counter[str](), Counter[bool]()
    for code, count in enumerate(np.bincount(codes).tolist()):
        notation = notations.get(code // 2)
        if notation is None:
            continue
        digits[notation.foreign] += count
        if notation.decimal:
            decimals[notation.decimal] += count
        if code % 2:
            groups[notation.group] += count
    # A tie goes to what any program reads.
    return Notation(
        max(decimals, key=lambda mark: (decimals[mark], mark == "."), default=""),
        max(groups, key=lambda mark: (groups[mark], mark == ""), default=""),
        digits[True] > digits[False],
    )


def _differs(one: Notation, is_large: bool, usual: Notation) -> bool:
    return (one.decimal not in ("", usual.decimal)) or (is_large and one.group != usual.group) or one.foreign != usual.foreign


_PLAIN_TO_FOREIGN = str.maketrans("0123456789.", "٠١٢٣٤٥٦٧٨٩٫")


def write(text: str, shown: Notation, usual: Notation) -> str:
    """The number of a cell, written in the usual notation instead of the one it shows, with all its digits.

    >>> write("1 234,50", Notation(",", " "), Notation(".")), write("1,234.5", Notation(".", ","), Notation(",", " "))
    ('1234.50', '1 234,5')
    >>> write("١٢٫٥", Notation(",", foreign=True), Notation("."))
    '12.5'
    """
    plain = numbers.fold(text).replace("٫", ",")
    if shown.group:
        plain = plain.replace(shown.group, "")
    sign, whole, mark, decimals = _split(plain.replace(shown.decimal, ".") if shown.decimal else plain)
    if usual.group and len(whole) > 3:
        first = len(whole) % 3 or 3
        whole = usual.group.join([whole[:first], *(whole[at : at + 3] for at in range(first, len(whole), 3))])
    written = sign + whole + ((usual.decimal or ".") if mark else "") + decimals
    return written.translate(_PLAIN_TO_FOREIGN) if usual.foreign else written


def _split(plain: str) -> tuple[str, str, str, str]:
    sign = plain[0] if plain[0] in "+-" else ""
    whole, mark, decimals = plain[len(sign) :].partition(".")
    return sign, whole, mark, decimals


def _found(name: str, seen: Examination, rows: Array, usual: Notation) -> Found:
    before = seen.table[name].at(rows)
    shown = _notations(seen.number_habit(name))
    styles = (seen.numbers_read(name)["style"][rows] & (FOREIGN - 1)).tolist()
    after = [write(str(cell), shown[style], usual) for cell, style in zip(before, styles, strict=True)]
    example, mended = str(before[0]).strip(), after[0]
    share = len(rows) / seen.records
    return Found(
        kind="decimal_marks",
        columns=(name,),
        rows=rows,
        cause=_cause(name, len(rows), share, example, usual),
        confidence=0.99,
        measures=("Con-ML-3", "Acc-ML-1"),
        repair=Repair(
            "convert",
            say(
                en="Write them as the rest of {name}: “{example}” becomes “{mended}”. No value changes.",
                fr="Les écrire comme le reste de {name} : « {example} » devient « {mended} ». Aucune valeur ne change.",
                ar="كتابتها كسائر «{name}»: «{example}» تصبح «{mended}»، دون أن تتغير أي قيمة.",
                name=name,
                example=example,
                mended=mended,
            ),
            {name: pa.array(after, pa.string())},
        ),
    )


def _cause(name: str, count: int, share: float, example: str, usual: Notation) -> Words:
    mark = {
        "": ("plainly", "sans signe", "دون علامات"),
        ".": ("with a decimal point", "avec un point décimal", "بالنقطة العشرية"),
        ",": ("with a decimal comma", "avec une virgule décimale", "بالفاصلة العشرية"),
    }
    en, fr, ar = mark[usual.decimal]
    return say(
        en="In {name}, {n:number is|numbers are} written otherwise than the rest ({p:%}), such as “{example}”; the column writes {mark_en}.",
        fr="Dans {name}, {n:nombre est écrit|nombres sont écrits} autrement que le reste ({p:%}), comme « {example} » ; le reste l'est {mark_fr}.",
        ar="في «{name}» {n:عدد واحد|عددان|أعداد|عددًا} ({p:%}) على غير كتابة سائر العمود، مثل «{example}»؛ والعمود يُكتب {mark_ar}.",
        n=count,
        p=share,
        name=name,
        example=example,
        mark_en=en,
        mark_fr=fr,
        mark_ar=ar,
    )
