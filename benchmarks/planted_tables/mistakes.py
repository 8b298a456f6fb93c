"""Each kind of mistake: from the rows that a clerk spoils to what then stands in their cells.

    mixed_units   taille 174 -> "1.74"       decimal_marks   4210.50 -> "4 210,50"       wrong_encoding   Fès -> "FÃ¨s"

Every function takes the sheet, a source of chance, the rows, and what the plan drew for this table, and plants.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from benchmarks.planted_tables.people import respell
from benchmarks.planted_tables.places import places
from benchmarks.planted_tables.sheet import Array, Sheet, chosen, date_texts, number_texts
from benchmarks.planted_tables.style import Style
from benchmarks.planted_tables.writers import bare, place_spellings

Chance = np.random.Generator
Plant = Callable[[Sheet, Chance, Array], None]
MONTHS = ("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre")
MONTHS_AR = ("يناير", "فبراير", "مارس", "أبريل", "ماي", "يونيو", "يوليوز", "غشت", "شتنبر", "أكتوبر", "نونبر", "دجنبر")
ARABIC_INDIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
FAHRENHEIT = 1.8
EXCEL_DAY = 25_569
"""What Excel calls 1 January 1970."""


def picks(chance: Chance, values: Sequence[str], n: int) -> Array:
    """So many values, the first ones more often."""
    weight = 1 / np.arange(1, len(values) + 1)
    return chosen(values, chance.choice(len(values), n, p=weight / weight.sum()))


def blanks(sheet: Sheet, chance: Chance, rows: Array, key: str) -> None:
    """Nothing stands there."""
    sheet.plant("missing", key, rows, [""] * len(rows))


def placeholders(sheet: Sheet, chance: Chance, rows: Array, key: str, values: Sequence[str]) -> None:
    """Something stands there that says nothing."""
    sheet.plant("disguised_missing", key, rows, picks(chance, values, len(rows)))


def other_dates(sheet: Sheet, chance: Chance, rows: Array, key: str, ways: Sequence[str]) -> None:
    """Dates in another fashion than the column's."""
    days = sheet.records.days[key][rows]
    way = chance.integers(0, len(ways), len(rows))
    for number, name in enumerate(ways):
        some = way == number
        sheet.plant("mixed_dates", key, rows[some], DATE_WAYS[name](days[some]))


def _in_words(months: Sequence[str]) -> Callable[[Array], Array]:
    def write(days: Array) -> Array:
        parts = (text.split(" ") for text in date_texts(days, "%-d %m %Y"))
        return np.asarray([f"{day} {months[int(month) - 1]} {year}" for day, month, year in parts], dtype=object)

    return write


def _strftime(pattern: str) -> Callable[[Array], Array]:
    return lambda days: date_texts(days, pattern)


DATE_WAYS: dict[str, Callable[[Array], Array]] = {
    "slashes": _strftime("%d/%m/%Y"),
    "iso": _strftime("%Y-%m-%d"),
    "dots": _strftime("%d.%m.%Y"),
    "short": _strftime("%m-%d-%y"),
    "french": _in_words(MONTHS),
    "arabic": _in_words(MONTHS_AR),
    "indic": lambda days: np.asarray([text.translate(ARABIC_INDIC) for text in date_texts(days, "%d/%m/%Y")], dtype=object),
    "serial": lambda days: number_texts(days + EXCEL_DAY, 0),
    "compact": _strftime("%Y%m%d"),
}


def other_units(sheet: Sheet, chance: Chance, rows: Array, key: str, factor: float, decimals: int, unit: str, style: Style, said: bool) -> None:
    """The same quantity in another unit, which stands beside it in some tables."""
    values = sheet.records.numbers[key][rows]
    rows, values = rows[values != 0], values[values != 0]
    texts = number_texts(values * factor + (32 if factor == FAHRENHEIT else 0), decimals, style.mark)
    sheet.plant("mixed_units", key, rows, [f"{text} {unit}" for text in texts] if said else texts)


def other_marks(sheet: Sheet, chance: Chance, rows: Array, key: str, thousands: str, style: Style) -> None:
    """The other decimal mark, with thousands apart."""
    old, new = style.mark, "." if style.mark == "," else ","
    sheet.plant("decimal_marks", key, rows, [_grouped(text, old, new, thousands) for text in sheet.base[key][rows]])


def _grouped(text: str, old: str, new: str, thousands: str) -> str:
    whole, _, part = text.partition(old)
    if whole.lstrip("-").isdigit() and len(whole) > 3:
        whole = f"{int(whole):,}".replace(",", thousands)
    return f"{whole}{new}{part}"


def exchanged(sheet: Sheet, chance: Chance, rows: Array, first: str, second: str) -> None:
    """Two cells, each in the other's place."""
    rows = rows[sheet.base[first][rows] != sheet.base[second][rows]]
    left, right = sheet.base[first][rows].copy(), sheet.base[second][rows].copy()
    sheet.plant("swapped_columns", first, rows, right)
    sheet.plant("swapped_columns", second, rows, left)


def impossible(sheet: Sheet, chance: Chance, rows: Array, key: str, values: Sequence[str]) -> None:
    """A number that nothing of this kind can have."""
    sheet.plant("out_of_range", key, rows, picks(chance, values, len(rows)))


def spelled(sheet: Sheet, chance: Chance, rows: Array, key: str, ways: dict[str, list[str]]) -> None:
    """Categories spelled otherwise; of no category more than two in five."""
    clean = set(ways)
    ways = {value: [way for way in others if way not in clean] for value, others in ways.items()}
    values = sheet.base[key][rows]
    names, counts = np.unique(sheet.base[key].astype(str), return_counts=True)
    room = dict(zip(names, (0.4 * counts).astype(int), strict=True))
    habit = sheet.records.site[rows] * 7
    new = values.copy()
    for place, value in enumerate(values):
        others = ways.get(value)
        if others and room[value] > 0:
            room[value] -= 1
            new[place] = others[int(habit[place] + chance.integers(0, 3)) % len(others)]
    sheet.plant("category_spellings", key, rows, new)


def misread(sheet: Sheet, chance: Chance, rows: Array, key: str, pages: Sequence[str]) -> None:
    """UTF-8 read by the rules of another page, or Arabic of Windows read as Western."""
    page = chance.integers(0, len(pages), len(rows))
    sheet.plant("wrong_encoding", key, rows, [_as_read(text, pages[i]) for text, i in zip(sheet.base[key][rows], page, strict=True)])


def _as_read(text: str, page: str) -> str:
    """What a reader shows; bytes that a page does not define come through as control characters, as browsers and Excel do."""
    if text.isascii():
        return text
    if page == "arabic":
        try:
            return text.encode("cp1256").decode("cp1252")
        except (UnicodeEncodeError, UnicodeDecodeError):
            page = "latin-1"
    data = text.encode("utf-8")
    if page == "latin-1":
        return data.decode("latin-1")
    return "".join(_one(byte, page) for byte in data)


def _one(byte: int, page: str) -> str:
    try:
        return bytes([byte]).decode(page)
    except UnicodeDecodeError:
        return chr(byte)


def elsewhere(sheet: Sheet, chance: Chance, rows: Array, style: Style) -> None:
    """Coordinates of another place, hundreds of kilometres from the commune: each possible, together impossible."""
    where = places()
    here = sheet.records.numbers["place"][rows]
    there = chance.integers(0, len(where.weight), len(rows))
    far = np.hypot(where.latitude[there] - where.latitude[here], where.longitude[there] - where.longitude[here]) > 2.5
    rows, there = rows[far], there[far]
    sheet.plant("outlier", "latitude", rows, number_texts(where.latitude[there] + chance.normal(0, 0.03, len(rows)), 5, style.mark))
    sheet.plant("outlier", "longitude", rows, number_texts(where.longitude[there] + chance.normal(0, 0.03, len(rows)), 5, style.mark))


def wasted(sheet: Sheet, chance: Chance, rows: Array, style: Style) -> None:
    """Tall men who weigh as a child does."""
    rows = rows[sheet.records.numbers["taille"][rows] >= 172]
    sheet.plant("outlier", "poids", rows, number_texts(chance.normal(37, 2.0, len(rows)), 1, style.mark))


def no_pulse_pressure(sheet: Sheet, chance: Chance, rows: Array) -> None:
    """A lower pressure at or above the upper one; each is seen every day."""
    upper = sheet.records.numbers["pas"][rows]
    rows, upper = rows[upper <= 118], upper[upper <= 118]
    sheet.plant("outlier", "pad", rows, number_texts(upper + chance.integers(0, 9, len(rows)), 0))


def odd_price(sheet: Sheet, chance: Chance, rows: Array, style: Style) -> None:
    """A price that another product could have, with the amount that follows from it."""
    held = sheet.records.numbers
    times = np.where(chance.random(len(rows)) < 0.5, chance.uniform(4, 9, len(rows)), 1 / chance.uniform(4, 9, len(rows)))
    price = np.maximum(0.1, np.round(held["prix"][rows] * times, 1))
    held["prix"][rows], held["montant"][rows] = price, np.round(price * held["quantite"][rows], 2)
    free = sheet.free("montant")[rows]
    rows, price = rows[free], price[free]
    sheet.plant("outlier", "prix", rows, number_texts(price, 2, style.mark))
    sheet.base["montant"][rows] = number_texts(held["montant"][rows], 2, style.mark)


def wrong_age(sheet: Sheet, chance: Chance, rows: Array) -> None:
    """An age that the date of birth denies."""
    age = sheet.records.numbers["age"][rows]
    other = age + chance.choice([-1, 1], len(rows)) * chance.integers(4, 30, len(rows))
    other = np.where((other < 1) | (other > 95), np.abs(age - 33) + 6 + (np.abs(np.abs(age - 33) + 6 - age) < 3) * 9, other)
    sheet.plant("contradiction", "age", rows, number_texts(other, 0))


def wrong_region(sheet: Sheet, chance: Chance, rows: Array) -> None:
    """A region in which the commune does not lie."""
    names = sorted(set(sheet.records.texts["region"].tolist()))
    sheet.plant("contradiction", "region", rows, chosen(names, chance.integers(0, len(names), len(rows))))


def left_before(sheet: Sheet, chance: Chance, rows: Array, style: Style) -> None:
    """Discharged before admission."""
    day = sheet.records.days["entree"][rows] - chance.integers(1, 200, len(rows))
    sheet.records.days["sortie"][rows] = day
    sheet.plant("contradiction", "sortie", rows, date_texts(day, style.date))


def wrong_amount(sheet: Sheet, chance: Chance, rows: Array, style: Style) -> None:
    """An amount that is not price times quantity."""
    amount = sheet.records.numbers["montant"][rows] * chance.choice([0.5, 0.9, 1.1, 1.5, 2.0, 3.0], len(rows))
    sheet.plant("contradiction", "montant", rows, number_texts(amount, 2, style.mark))


def bad_cards(sheet: Sheet, chance: Chance, rows: Array, key: str) -> None:
    """Identity cards that cannot be."""
    ways = (
        lambda t: t[-6:],
        lambda t: t + "47",
        lambda t: t[:-4],
        lambda t: t[-6:] + t[:-6],
        lambda t: t[:-1] + "O",
        lambda t: t[:-6] + "-" * 2 + t[-6:-3],
        lambda t: "MA" + t,
    )
    sheet.plant("invalid_cin", key, rows, _by_way(chance, sheet.base[key][rows], ways))


def bad_phones(sheet: Sheet, chance: Chance, rows: Array, key: str) -> None:
    """Telephone numbers that nobody can dial."""
    ways = (
        lambda t: t[:-1],
        lambda t: t + "3",
        lambda t: t[:-2],
        lambda t: t[:-8].replace("6", "9").replace("7", "9") + t[-8:],
        lambda t: t[:-3] + "O" + t[-2:],
    )
    sheet.plant("invalid_phone", key, rows, _by_way(chance, sheet.base[key][rows], ways))


def bad_accounts(sheet: Sheet, chance: Chance, rows: Array, key: str) -> None:
    """Bank accounts whose key does not hold: a digit mistyped."""
    place = chance.integers(6, 20, len(rows))
    texts = [t[:i] + str((int(t[i]) + 1 + i % 8) % 10) + t[i + 1 :] for t, i in zip(sheet.base[key][rows], place, strict=True)]
    sheet.plant("invalid_rib", key, rows, texts)


def _by_way(chance: Chance, texts: Array, ways: Sequence[Callable[[str], str]]) -> list[str]:
    way = chance.integers(0, len(ways), len(texts))
    return [ways[i](text) for text, i in zip(texts, way, strict=True)]


def wrong_labels(sheet: Sheet, chance: Chance, rows: Array, key: str) -> None:
    """Another class than the right one."""
    classes = sheet.records.classes
    label = sheet.records.numbers["label"][rows]
    other = (label + 1 + chance.integers(0, len(classes) - 1, len(rows))) % len(classes)
    sheet.plant("label_error", key, rows, chosen(classes, other))


def rounded(sheet: Sheet, chance: Chance, rows: Array, key: str, step: float, decimals: int, style: Style) -> None:
    """Numbers rounded to what is easily said."""
    values = np.rint(sheet.records.numbers[key][rows] / step) * step
    some = values > 0
    sheet.plant("heaping", key, rows[some], number_texts(values[some], decimals, style.mark))


def retyped(sheet: Sheet, chance: Chance, rows: Array, edits: dict[str, str], style: Style) -> None:
    """Rows typed a second time: one to three of their cells differ a little."""
    keys = list(edits)
    for row in rows:
        n = int(chance.integers(1, 4))
        changed = 0
        for number in chance.permutation(len(keys)):
            key = keys[number]
            old = str(sheet.base[key][row])
            new = _retype(old, edits[key], int(chance.integers(0, 1_000_000)), style)
            if new != old and changed < n:
                sheet.plant("near_duplicate", key, np.asarray([row]), [new])
                changed += 1


def _retype(text: str, how: str, pick: int, style: Style) -> str:
    if how == "name" and pick % 3:
        return respell(text, pick)
    if how == "name":
        return typo(text, pick // 3)
    if how == "digits":
        at = len(text) - 1 - pick % 6
        return text[:at] + str((int(text[at]) + 1 + pick // 6 % 8) % 10) + text[at + 1 :] if text[at : at + 1].isdigit() else text
    if how == "date":
        return _day_for_month(text, style)
    return bare(text) if pick % 2 else text.upper()


def typo(text: str, pick: int) -> str:
    """A letter lost, doubled, or two exchanged."""
    if len(text) < 4:
        return text
    at = 1 + pick // 3 % (len(text) - 2)
    return (text[:at] + text[at + 1 :], text[:at] + text[at] + text[at:], text[:at] + text[at + 1] + text[at] + text[at + 2 :])[pick % 3]


def _day_for_month(text: str, style: Style) -> str:
    mark = style.date[2]
    parts = text.split(mark)
    if len(parts) != 3:
        return text
    month, day = (1, 2) if style.date.startswith("%Y") else (1, 0)
    if int(parts[day]) > 12:
        return text
    parts[month], parts[day] = parts[day], parts[month]
    return mark.join(parts)


def place_ways(style: Style) -> dict[str, list[str]]:
    """Spellings of every commune."""
    where = places()
    base = where.ar if style.arabic_places else where.fr
    return {base[i]: place_spellings(where.fr[i], where.ar[i], base[i]) for i in range(len(base))}


def region_ways(style: Style) -> dict[str, list[str]]:
    """Spellings of every region."""
    where = places()
    base = where.region_ar if style.arabic_places else where.region
    found = {}
    for fr, ar, text in zip(where.region, where.region_ar, base, strict=True):
        ways = [ar, fr, fr.upper(), bare(fr), fr.replace("-", " "), fr.replace("-", " - "), f"Région {fr}", f"جهة {ar}"]
        found[text] = [way for way in dict.fromkeys(ways) if way != text]
    return found
