"""Where a table begins: titles above it, no header, one, one in two languages, merged cells over groups of columns.

    Registre communal 2024,,,
    Nom,Prénom,Naissance,Ville
    الاسم,الاسم الشخصي,الازدياد,المدينة     ->  3 rows of header, titles "Nom / الاسم", "Prénom / الاسم الشخصي", ...
    Aït Lahcen,Brahim,1975-03-12,Tiznit

A row is a header where its cells are unlike what stands below them: words above numbers, or a word that never comes again.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from khettara.tables.notes import note

Row = Sequence[str]
LOOKED_AT = 200
"""Rows from the start of a file that are compared; more change no decision."""
_CELLS = 40_000  # fewer rows of a table of thousands of columns
_LONGEST = 1000  # characters of a cell that are looked at
_MOST_TITLES = 15  # a letterhead with address, date and legend
_MOST_HEADERS = 4  # a merged row, and three languages
_INVISIBLE = dict.fromkeys(map(ord, "\ufeff\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u0000"))
_YEAR = re.compile(r"(19|20)\d\d")
_UNIT = re.compile(r"[(\[][^)\]]{1,12}[)\]]")
_LISTED = """
id n° no num numero code nom prenom sexe age date naissance adresse ville commune province region telephone tel email cin montant prix
annee mois jour type categorie libelle designation population observation remarque name first last gender sex birth address city phone
amount price year month day category label value quantity quantite unite unit poids taille
الاسم النسب الجنس السن العمر تاريخ الازدياد العنوان المدينة الجماعة الاقليم الجهة الهاتف رقم المبلغ الثمن السنة الشهر اليوم النوع الملاحظات
"""
_WORDS = frozenset(_LISTED.split())
"""Words that stand in headers of Moroccan registers, folded: no accents, no hamza."""


@dataclass(frozen=True)
class Header:
    """How many rows stand before the first record, and what each column is called."""

    rows: int
    titles: tuple[str, ...]
    notes: tuple[dict[str, Any], ...]
    lines: tuple[Row, ...] = ()
    """The header's rows as they stand, to know them again further down."""


def find_header(rows: Sequence[Row], width: int) -> Header:
    """Look at the first rows of a table and say where its records begin."""
    looked = max(25, min(LOOKED_AT, _CELLS // max(width, 1)))
    grid = [[cell[:_LONGEST].translate(_INVISIBLE).strip() for cell in row] for row in rows[:looked]]
    above = _titles_above(grid, width)
    notes = []
    if said := [" ".join(cell for cell in row if cell) for row in grid[:above] if any(row)]:
        notes.append(note("title_rows", len(said), text=" · ".join(said)[:200]))
    table = [(row + [""] * width)[:width] for row in grid[above:]]
    height = _height(table, width)
    titles = _joined(table[:height], width)
    if not height and table:
        notes.append(note("no_header"))
    if height > 1:
        notes.append(note("header_rows", height))
    if height and (empty := sum(not title for title in titles)):
        notes.append(note("empty_titles", empty))
    return Header(above + height, titles, tuple(notes), tuple(tuple(row) for row in table[:height]))


def column_names(titles: Sequence[str]) -> tuple[tuple[str, ...], list[dict[str, Any]]]:
    """A name for each column that no other has: its title, with a number where the title comes again, or its place.

    >>> column_names(["ville", "", "ville"])[0]
    ('ville', 'column_2', 'ville (2)')
    """
    taken: set[str] = set()
    again = 0
    names = []
    for place, title in enumerate(titles, 1):
        name, number = title or f"column_{place}", 1
        while name in taken:
            number += 1
            name = f"{title or f'column_{place}'} ({number})"
        again += bool(title) and number > 1
        taken.add(name)
        names.append(name)
    return tuple(names), [note("same_titles", again)] if again else []


def _titles_above(grid: Sequence[Row], width: int) -> int:
    """Rows before the table: nothing in them, or one cell (two, side by side, in a wide table) where the table has many."""
    most = max((_filled(row) for row in grid[:50]), default=0)
    if width < 2 or most < 2:
        return next((n for n, row in enumerate(grid) if any(row)), 0)
    for number, row in enumerate(grid[: _MOST_TITLES + 1]):
        lonely = _filled(row) == 1 and (width > 2 or len(row) == 1)
        pair = _filled(row) == 2 and width >= 6 and bool(row[0]) and bool(row[1])
        if any(row) and not (lonely or pair):
            return number
    return 0


def _filled(row: Row) -> int:
    return sum(bool(cell) for cell in row)


def _height(table: Sequence[Row], width: int) -> int:
    """How many rows the header has."""
    if not table:
        return 0
    if len(table) == 1:
        return 0 if any(_digits(cell) for cell in table[0]) else 1
    height = 0
    if _grouped(table):
        height = 1
    first = _score(table[height], table[height + 1 :], width)
    if first < 0:
        return height
    height += 1
    while height < min(_MOST_HEADERS, len(table) - 1) and _continues(table, height, width):
        height += 1
    return height


def _grouped(table: Sequence[Row]) -> bool:
    """Whether the first row names groups of columns: gaps in it where cells were merged, and a fuller row of words below."""
    first, second = table[0], table[1]
    if len(table) < 3 or not first or any(_digits(cell) for cell in second) or _filled(second) <= _filled(first):
        return False
    gaps = len(first) - _filled(first)
    return gaps >= max(1, len(first) // 4) and _score(second, table[2:], len(first)) > 0


def _continues(table: Sequence[Row], height: int, width: int) -> bool:
    """Whether the row below the header is one more row of it: in another script, or units in brackets."""
    row, body = table[height], table[height + 1 :]
    cells = [cell for cell in row if cell]
    if not cells:
        return False
    if all(_UNIT.fullmatch(cell) for cell in cells):
        return True
    before, script = _script(table[height - 1]), _script(row)
    if script == before or "" in (script, before) or any(_digits(cell) for cell in cells):
        return False
    below = Counter(_script(later) for later in body)
    return _score(row, body, width) >= 1 and (below[script] < len(body) / 2 or any(_known(cell) for cell in cells) or _evidence(row, body) > 0)


def _score(row: Row, body: Sequence[Row], width: int) -> float:
    """How much a row is unlike the rows below it: above 0 it is a header, below 0 a record, 0 nobody can tell."""
    body = [later for later in body if later != row]  # the header once more, at the top of each printed page
    return _evidence(row, body) + sum(_known(cell) for cell in row) + sum(_repeats(cell, [r[n] for r in body]) for n, cell in enumerate(row[:width]))


def _evidence(row: Row, body: Sequence[Row]) -> float:
    """Columns where words stand above numbers, less those where a number stands above numbers."""
    total = 0.0
    for place, cell in enumerate(row):
        below = [later[place] for later in body if later[place]]
        numeric = sum(map(_digits, below))
        if not cell or not below or numeric < 0.8 * len(below):
            continue
        if not _digits(cell):
            total += 1
        elif not (_YEAR.fullmatch(cell) and sum(bool(_YEAR.fullmatch(value)) for value in below) < 0.5 * len(below)):
            total -= 1  # a year above numbers that are no years is a title: "2014", "2024"
    return total


def _repeats(cell: str, below: Sequence[str]) -> float:
    """A word that comes again below is a value; one that never does, above few values that all do, is a title."""
    if not cell or _digits(cell):
        return 0.0
    if cell in below:
        return -1.0
    held = [value for value in below if value]
    return 0.5 if len(held) >= 10 and len(set(held)) <= len(held) / 4 else 0.0


def _known(cell: str) -> bool:
    folded = "".join(c for c in unicodedata.normalize("NFKD", cell[:40].casefold()) if not unicodedata.combining(c))
    words = [word for word in re.split(r"[^\w°]+|_", folded) if word]
    return 0 < len(words) <= 4 and any(word in _WORDS for word in words)  # a title is short; an address of many words is a value


def _digits(cell: str) -> bool:
    """Whether a cell is made of digits rather than letters."""
    digits = sum(char.isdigit() for char in cell)
    return digits > sum(char.isalpha() for char in cell)


def _script(row: Row) -> str:
    """The script that most letters of a row are in; nothing where there are no letters."""
    counts: Counter[str] = Counter()
    for cell in row:
        for char in cell[:50]:
            if char.isalpha():
                counts["Arab" if "\u0600" <= char <= "\u06ff" else "Tfng" if "\u2d30" <= char <= "\u2d7f" else "Latn"] += 1
    return counts.most_common(1)[0][0] if counts else ""


def _joined(rows: Sequence[Row], width: int) -> tuple[str, ...]:
    """One title a column. A gap in any row but the last takes what stands before it: merged cells name all their columns."""
    if not rows:
        return ("",) * width
    filled = []
    for row in rows[:-1]:
        carried, cells = "", []
        gaps = _filled(row) < len(row)
        for cell in row:
            carried = cell or (carried if gaps else "")
            cells.append(carried)
        filled.append(cells)
    filled.append(list(rows[-1]))
    titles = []
    for place in range(width):
        parts: list[str] = []
        for row in filled:
            cell = " ".join(row[place].split())
            if cell and cell not in parts:
                parts.append(cell)
        unit = parts.pop() if len(parts) > 1 and _UNIT.fullmatch(parts[-1]) else ""
        titles.append(" / ".join(parts) + (f" {unit}" if unit else ""))
    return tuple(titles)
