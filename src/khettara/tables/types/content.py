"""What the cells of a column look like, judged on a sample: which are numbers, dates, of a shape, on a list.

["12/03/1990", "1985-07-01", "N/A"]  ->  dates: 2 of 3
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache, cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from khettara.tables.numbers import parse_numbers
from khettara.tables.table import Array
from khettara.tables.types.folding import fold_name, fold_words
from khettara.tables.types.pack import Meaning, Packs, fold_unit
from khettara.tables.types.places import PlaceKind, gazetteer

ON_LISTS = 300
"""Distinct values that are looked up in lists: enough to tell a tenth from a half."""

_DIGITS = "٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹"
_YEAR_OR_TWO = r"([0-9]{4}([T\s].*)?|[0-9]{2})"
_DATES = "|".join(
    (
        r"[0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2}([T\s].*)?",
        r"[0-9]{1,2}[-/.][0-9]{1,2}[-/.]" + _YEAR_OR_TWO,
        r"[0-9]{1,2}\s[0-9]{1,2}\s[0-9]{4}",
        r"([^0-9\s]+[,.]?\s+)?[0-9]{1,2}(er)?[\s\-./]*[^0-9\s\-./,][^0-9\-/,]{1,18}[\s\-./,]+" + _YEAR_OR_TWO,
        r"[^0-9\s]{3,12}\.?\s[0-9]{1,2},?\s[0-9]{4}",
    )
)
# RE2 compiles a pattern at each call, and classes such as \p{L} cost it more than all the cells of a sample: ranges instead.
_NUMBER = r"^([(+\-−]?\s*[.,]?[0-9][0-9\s.,٫٬']*\)?)"
_INVISIBLE = r"[\x{00AD}\x{200B}-\x{200F}\x{202A}-\x{202E}\x{2060}-\x{206F}\x{FEFF}\x{061C}]"
_BLANKS = r"[\s\x{00A0}\x{2000}-\x{200A}\x{202F}\x{3000}]+"
_NO_LETTER = r"[\x{00}-@\[-`{-~]"


class Cells:
    """A sample of a column's cells: its distinct values, how often each comes, and what they look like."""

    def __init__(self, title: str, values: pa.StringArray, counts: Array, packs: Packs) -> None:
        self.title = title
        self.values = values
        self.counts = counts
        self.total = int(counts.sum())
        self.packs = packs
        self._shaped: dict[str, Array] = {}

    @classmethod
    def of(cls, title: str, sample: pa.StringArray, packs: Packs) -> Cells:
        """From a column's header and a sample of its cells."""
        counted = pc.value_counts(pc.drop_null(plain_cells(sample)))
        some = pc.not_equal(counted.field("values"), "")
        return cls(title, counted.field("values").filter(some), counted.field("counts").filter(some).to_numpy(zero_copy_only=False), packs)

    @cached_property
    def some(self) -> Cells:
        """Some of the values, evenly spread: for what is looked up one by one, or tried many times."""
        at = np.arange(0, self.distinct, max(1, self.distinct // ON_LISTS))
        return Cells(self.title, self.values.take(pa.array(at)), self.counts[at], self.packs)

    @cached_property
    def handful(self) -> list[str]:
        """A few of the values."""
        few: list[str] = self.some.values.take(pa.array(range(0, self.some.distinct, max(1, self.some.distinct // 20)))).to_pylist()
        return few

    def share(self, mask: Array) -> float:
        """Of the cells that have something, those whose value is marked."""
        return float(self.counts[mask].sum() / self.total) if self.total else 0.0

    @property
    def distinct(self) -> int:
        """How many different values the sample has."""
        return len(self.values)

    @property
    def few(self) -> bool:
        """Whether values repeat as those of a category do."""
        return self.distinct <= max(0.2 * self.total, min(20, 0.6 * self.total))

    @cached_property
    def dates(self) -> Array:
        """Which values look like a date."""
        return matches(self.values, _DATES)

    @cached_property
    def numeric(self) -> Array:
        """Which values look like a number, with or without a unit, and not like a date."""
        behind = pc.utf8_lower(pc.replace_substring_regex(pc.replace_substring_regex(self.values, _NUMBER, ""), r"[\s.]", ""))
        with_unit = pc.is_in(behind, pa.array(["", *self.packs.spellings]))
        starts = pc.match_substring_regex(self.values, _NUMBER)
        numeric: Array = pc.and_(with_unit, starts).to_numpy(zero_copy_only=False)
        return numeric & ~self.dates

    @cached_property
    def numbers(self) -> Array:
        """The values as numbers, what stands behind them left out; NaN where they are none."""
        bare = pc.utf8_trim_whitespace(pc.replace_substring_regex(self.values, _NUMBER + ".*$", r"\1"))
        numbers = parse_numbers(bare)
        return np.where(self.numeric & np.isfinite(numbers), numbers, np.nan)

    @cached_property
    def lettered(self) -> float:
        """The share of cells with more letters than digits."""
        letters = pc.subtract(pc.utf8_length(self.values), pc.count_substring_regex(self.values, _NO_LETTER))
        return self.share(pc.greater(letters, pc.count_substring_regex(self.values, "[0-9]")).to_numpy(zero_copy_only=False))

    @cached_property
    def longest(self) -> float:
        """The mean length of a cell."""
        return float((pc.utf8_length(self.values).to_numpy(zero_copy_only=False) * self.counts).sum() / max(self.total, 1))

    def shaped(self, meaning: Meaning, pattern: str) -> Array:
        """Which values match a pattern whole, once the signs between are left out."""
        key = f"{meaning.strip}\n{pattern}"
        if key not in self._shaped:
            self._shaped[key] = matches(bare_cells(self.values, meaning), pattern)
        return self._shaped[key]

    def listed(self, name: str) -> float:
        """The share of cells that are on a list, by some of the values."""
        on_it = LISTS[name](self.packs)
        return self.some.share(np.array([on_it(text) for text in self.some.values.to_pylist()], bool))


def plain_cells(cells: pa.StringArray) -> pa.StringArray:
    """Cells without blanks at their ends and invisible marks, in Western digits."""
    cells = pc.cast(cells, pa.string())
    if pc.any(pc.invert(pc.string_is_ascii(cells))).as_py():
        cells = pc.replace_substring_regex(cells, _INVISIBLE, "")
        cells = pc.replace_substring_regex(cells, _BLANKS, " ")
        if pc.any(pc.match_substring_regex(cells, f"[{_DIGITS}]")).as_py():
            for place, sign in enumerate(_DIGITS):
                cells = pc.replace_substring(cells, sign, str(place % 10))
    return pc.utf8_trim_whitespace(cells)


def bare_cells(cells: pa.StringArray, meaning: Meaning) -> pa.StringArray:
    """Plain cells as a meaning judges them: capitals, and without the signs that writers put between."""
    return pc.utf8_upper(pc.replace_substring_regex(cells, meaning.strip, "") if meaning.strip else cells)


def matches(cells: pa.StringArray, pattern: str) -> Array:
    """Which cells match a pattern whole. A null does not."""
    mask: Array = pc.fill_null(pc.match_substring_regex(cells, f"^(?:{pattern})$"), False).to_numpy(zero_copy_only=False)
    return mask


On = Callable[[str], bool]


@cache
def _names() -> Mapping[str, str]:
    from khettara.darija.identifiers.names import listed

    return listed()


def _kinds_of_names(text: str) -> list[str]:
    words = re.findall(r"[^\W\d_]+", text.casefold().replace("عبد ال", "عبدال"))
    known = _names()
    return [known.get(word) or known.get("".join(fold_words(word)), "") for word in words]


def _is_person(text: str) -> bool:
    kinds = _kinds_of_names(text)
    return len(kinds) > 1 and ("first" in kinds or "both" in kinds)


def _is_first_name(text: str) -> bool:
    kinds = _kinds_of_names(text)
    return len(kinds) in (1, 2) and kinds[0] in ("first", "both")


def _is_family_name(text: str) -> bool:
    kinds = _kinds_of_names(text)
    return len(kinds) in (1, 2, 3) and kinds[-1] in ("family", "both") and kinds[0] != "first"


def _place(kind: PlaceKind) -> Callable[[Packs], On]:
    return lambda packs: lambda text: bool(gazetteer().find(kind, text))


@cache
def _months() -> frozenset[str]:
    from khettara.tables.types.places import rows_of_pack

    return frozenset(fold_name(word.replace("_", " ")) for row in rows_of_pack("months.tsv") if row[0] != "0" for word in row[2].split())


_CODE = re.compile(r"(?=.*[0-9])[^\W_][\w\-/. ]{0,30}")

LISTS: Mapping[str, Callable[[Packs], On]] = {
    "persons": lambda packs: _is_person,
    "first_names": lambda packs: _is_first_name,
    "family_names": lambda packs: _is_family_name,
    "regions": _place("region"),
    "provinces": _place("province"),
    "communes": _place("commune"),
    "months": lambda packs: lambda text: fold_name(text) in _months(),
    "units": lambda packs: lambda text: fold_unit(text) in packs.spellings,
    "codes": lambda packs: lambda text: _CODE.fullmatch(text) is not None,
}
"""What `listed:` of a pack may name."""
