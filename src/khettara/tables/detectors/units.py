"""Numbers of one column in more than one unit: written out (`350 centimes`, `١٢ كغ`), or silently, `1.72` among heights in centimetres.

A silent unit shows as a second heap beside the column's own, at the distance that the two units have and at no other. The column is looked at
alone first; where the heaps overlap (pounds among kilograms), as what is left of it after its other columns are taken into account: weight
given height, age and sex. The same values mirrored at the middle show how many sound ones would be taken for the other unit by chance.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from khettara.tables import numbers
from khettara.tables.columns import ColumnType
from khettara.tables.detectors.decimals import Notation, notation_of, write
from khettara.tables.detectors.ranges import beyond
from khettara.tables.examination import Examination, Found, Repair
from khettara.tables.phrases import say
from khettara.tables.residuals import Others
from khettara.tables.table import Array, Column
from khettara.tables.types.pack import Packs, fold_unit, load_packs


@dataclass(frozen=True)
class Conversion:
    """From another unit into the column's own: `own = factor * other + offset`."""

    unit: str
    own: str
    factor: float
    offset: float = 0.0

    def convert(self, values: Array) -> Array:
        """The numbers in the column's own unit."""
        converted: Array = values * self.factor + self.offset
        return converted


def _between(packs: Packs, quantity: str, unit: str, own: str) -> Conversion:
    offset = packs.convert(quantity, 0.0, unit, own)
    return Conversion(unit, own, packs.convert(quantity, 1.0, unit, own) - offset, offset if abs(offset) > 1e-9 else 0.0)


BARE = (1000.0, 100.0, 10.0, 0.1, 0.01, 0.001)
"""Where the column's unit is not known: thousands for units, hundredths (centimes), tenths (millimetres for centimetres), and back."""
COUNTS_ANYTHING = ("quantity", "amount", "price")
NEAREST = 1.4
"""Units nearer to one another than this factor cannot be told by size."""


def find_mixed_units(seen: Examination) -> Iterator[Found]:
    """Numbers in another unit than their column's, where the cell says it or the column alone shows it."""
    packs = load_packs()
    for column in seen.columns("number"):
        yield from _written_out(seen, column, packs)
    for column in seen.columns("number"):
        found = _silent(seen, column, packs, None)
        if found is not None:
            yield found


def find_units_by_record(seen: Examination) -> Iterator[Found]:
    """Numbers in another unit that only the rest of their record shows: asked once swapped values are back in their places."""
    packs, others = load_packs(), None
    for column in seen.columns("number"):
        if not any(conversion.unit for conversion in _conversions(seen, column, packs)):
            continue
        others = others or Others(seen)
        found = _silent(seen, column, packs, others)
        if found is not None:
            yield found


_NUMBER = r"[+-]?[\p{Nd}](?:[\p{Nd}\p{Z}.,٫٬'’]*[\p{Nd}])?"
_WITH_UNIT = rf"^\s*(?:(?P<before>[^\p{{Nd}}\s+.,-][^\p{{Nd}}]{{0,20}}?)\s*)?(?P<number>{_NUMBER})\s*(?P<after>[^\p{{Nd}}]{{0,24}}?)\s*$"


def _written_out(seen: Examination, column: Column, packs: Packs) -> Iterator[Found]:
    """Cells that say their unit, by unit."""
    wordy = column.map(
        lambda cells: pc.fill_null(pc.match_substring_regex(cells, r"\p{Nd}\s*[\p{L}%‰°\p{Sc}]|[\p{L}\p{Sc}]\s*\p{Nd}"), False).to_numpy(
            zero_copy_only=False
        )
    )
    rows = np.flatnonzero(wordy & ~seen.explained(column.name) & np.isnan(seen.numbers(column.name)))
    if not len(rows):
        return
    cells = column.at(rows)
    parts = pc.extract_regex(pa.array(cells, pa.string()), _WITH_UNIT).to_pylist()
    by_spelling: dict[str, list[int]] = {}
    for place, part in enumerate(parts):
        if part:
            by_spelling.setdefault(fold_unit(part["after"] or part["before"] or ""), []).append(place)
    by_conversion: dict[Conversion, list[int]] = {}
    values = numbers.parse_numbers(pa.array([part and part["number"] for part in parts], pa.string()), seen.number_habit(column.name))
    for said, places in by_spelling.items():
        conversion = _into_own(seen, column, packs, packs.spellings.get(said, ()), values[places])
        if conversion is not None:
            by_conversion.setdefault(conversion, []).extend(places)
    for conversion, places in by_conversion.items():
        yield _found(seen, column, rows[places], conversion, values[places], [str(cells[place]) for place in places], 0.98, written_out=True)


def _into_own(seen: Examination, column: Column, packs: Packs, units: Sequence[str], values: Array) -> Conversion | None:
    """How a unit that cells say becomes the column's own: of what the spelling may mean, what fits the bare numbers best."""
    own = seen.types[column.name].unit
    bare, positive = seen.numbers(column.name), values[values > 0]
    bare = bare[np.isfinite(bare) & (bare > 0)]
    choices = [
        _between(packs, quantity, unit, into)
        for quantity, those in packs.quantities.items()
        for unit in units
        for into in ([own] if own is not None else those)
        if unit in those and into in those
    ]
    if not choices or not len(positive):
        return None
    if not len(bare):
        return choices[0]

    def misfit(choice: Conversion) -> float:
        return abs(float(np.log(max(np.median(choice.convert(positive)), 1e-12) / np.median(bare))))

    best = min(choices, key=misfit)
    return best if own is not None or misfit(best) < 1.0 else None


def _conversions(seen: Examination, column: Column, packs: Packs) -> list[Conversion]:
    """The units that the column's numbers may silently have."""
    own = seen.types[column.name].unit
    known = [(quantity, units) for quantity, units in packs.quantities.items() if own in units]
    meaning = packs.meanings.get(seen.types[column.name].semantic or "")
    if meaning is not None and meaning.quantity:
        known = [(quantity, units) for quantity, units in known if quantity == meaning.quantity]
    found: dict[float, Conversion] = {}
    for quantity, units in known:
        for unit in units:
            conversion = _between(packs, quantity, unit, str(own))
            if unit != own and (conversion.offset or not 1 / NEAREST < conversion.factor < NEAREST):
                found.setdefault(round(conversion.factor, 6), conversion)
    if not known and (meaning is None or meaning.name in COUNTS_ANYTHING):
        found = {factor: Conversion("", "", factor) for factor in BARE}
    return list(found.values())


SAMPLE = 20_000
"""Rows that are looked at first, and that spreads are taken from."""
FEWEST = 5
SHARE = 0.0008
"""A second unit is a habit of some writers: fewer cells than this share are slips."""
ODDS = 19.0
"""How many times as likely the other unit must be for a cell to be taken for it."""
WITHIN = 3.0
"""Spreads from the middle within which a converted number must lie; twice as many where the two heaps are far apart."""
ORDINARY = (0.001, 0.999)
"""Between which shares of a column its ordinary values lie."""
CHANCE = 0.03
"""Most that the mirror may show, as a share of the cells taken."""


@dataclass(frozen=True)
class _Heap:
    """A column's numbers about their middle, as `(value - middle) / spread` on a scale where they are even on both sides."""

    values: Array
    middle: Array
    spread: float
    logs: bool
    odd: Array
    """Which numbers have more or fewer decimals than the column's: another unit often shows in that."""

    def scale(self, values: Array) -> Array:
        """Values on the scale."""
        if not self.logs:
            return values
        scaled: Array = np.log(np.where(values > 0, values, np.nan))
        return scaled

    @cached_property
    def off(self) -> Array:
        """How far each value is from the middle, in spreads."""
        off: Array = (self.scale(self.values) - self.middle) / self.spread
        return off

    def mirrored(self) -> Array:
        """The values turned round their middle."""
        turned: Array = self.middle - self.off * self.spread
        return np.exp(turned) if self.logs else turned


def _silent(seen: Examination, column: Column, packs: Packs, others: Others | None) -> Found | None:
    conversions = _conversions(seen, column, packs)
    if not conversions or (others is not None and not conversions[0].unit):
        return None
    values = np.where(seen.explained(column.name) & np.isin(seen.numbers_read(column.name)["style"], 0), np.nan, seen.numbers(column.name))
    known = np.isfinite(values)
    if known.sum() < 50:
        return None
    heap = _heap(seen, column, values, not any(conversion.offset for conversion in conversions), others)
    if heap is None:
        return None
    judged = [(rows, conversion) for conversion in conversions if (rows := _of_other_unit(heap, conversion, sure=bool(conversion.unit))) is not None]
    if not judged:
        return None
    rows, conversion = max(judged, key=lambda found: len(found[0]))
    rows = np.union1d(rows, _else_impossible(seen.types[column.name], heap, rows, conversion))
    texts = [str(text) for text in _texts(seen, column, rows)]
    return _found(seen, column, rows, conversion, values[rows], texts, 0.97 if others is None else 0.93, written_out=False)


def _else_impossible(held: ColumnType, heap: _Heap, taken: Array, conversion: Conversion) -> Array:
    """The rows that cannot be in the column's unit and are ordinary in the other, however far from its middle: `0.87` m, a child.

    A slip that happens to fit, 95 among temperatures, is one value over and over, more often than any of the other unit's own.
    """
    rest = np.delete(heap.values, taken)
    low, high = np.nanquantile(rest, ORDINARY)
    converted = conversion.convert(heap.values)
    fits = beyond(heap.values, held.low, held.high) & (converted >= low) & (converted <= high)
    if heap.odd[taken].mean() > 0.9:
        fits &= heap.odd
    fits[taken] = False
    rows = np.flatnonzero(fits)
    _, which, counts = np.unique(heap.values[rows], return_inverse=True, return_counts=True)
    most = int(np.unique(heap.values[taken], return_counts=True)[1].max())
    kept: Array = rows[counts[which] <= most]
    return kept


def _heap(seen: Examination, column: Column, values: Array, logs: bool, others: Others | None) -> _Heap | None:
    scaled = np.log(np.where(values > 0, values, np.nan)) if logs else values
    known = scaled[:: max(1, len(values) // SAMPLE)]
    known = known[np.isfinite(known)]
    if len(known) < 50:
        return None
    middle = np.full(len(values), np.median(known)) if others is None else others.expected(column.name, scaled)
    if middle is None:
        return None
    some = slice(None, None, max(1, len(values) // SAMPLE))
    rest = (scaled[some] - middle[some])[np.isfinite(scaled[some])]
    spread = float(1.4826 * np.median(np.abs(rest - np.median(rest)))) if len(rest) else 0.0
    return _Heap(values, middle, spread, logs, _oddly_written(seen, column)) if spread > 0 else None


def _of_other_unit(heap: _Heap, conversion: Conversion, *, sure: bool) -> Array | None:
    """The rows whose numbers are in the other unit; None where there is no heap of them."""
    converted = (heap.scale(conversion.convert(heap.values)) - heap.middle) / heap.spread
    some = slice(None, None, max(1, len(converted) // SAMPLE))
    apart = float(np.nanmedian(np.abs(converted[some] - heap.off[some])))
    if not apart > (3.5 if sure else 5.0) or _likelier(heap.off[some], converted[some], np.where(heap.odd[some], 0.1, 0.01)).sum() < 2:
        return None
    share, taken = np.where(heap.odd, 0.1, 0.01), np.zeros(len(heap.values), bool)
    for _ in range(4):
        odds = _odds(heap.off, converted, share)
        taken = odds > np.log(ODDS)
        share = np.where(heap.odd, _share(odds[heap.odd]), _share(odds[~heap.odd]))
    count = int(taken.sum())
    if count < max(FEWEST, SHARE * len(taken)) or count > 0.45 * len(taken):
        return None
    apart = float(np.median(np.abs(converted[taken] - heap.off[taken])))  # degrees are not as far apart everywhere
    side = float(np.sign(np.median(heap.off[taken])))
    begins = float(np.min(side * heap.off[taken]))
    turned = heap.mirrored()
    mirror = _likelier(-heap.off, (heap.scale(conversion.convert(turned)) - heap.middle) / heap.spread, share)
    # Sound values that lie as far out: as many as on the other side, unless mistakes have a heap of their own there; or as many as
    # the column's own tail has left when it goes on thinning out.
    near = int(np.count_nonzero(mirror & (-side * heap.off < begins + 0.3 * apart)))
    chance = min(near, _thinning(side * heap.off, begins, 0.1 * apart))
    there = converted[taken]
    centre, width = float(np.median(there)), float(1.4826 * np.median(np.abs(there - np.median(there))))
    # Most of what lies at about that distance must be this heap.
    about = (side * heap.off > 0.6 * apart) & (side * heap.off < 1.6 * apart)
    if not sure:
        about = side * heap.off > min(4.0, 0.5 * apart)
    if heap.odd[taken].mean() > 0.9:
        about &= heap.odd
    explained = float(taken[about].mean()) if about.any() else 0.0
    if (
        chance > CHANCE * count
        or np.count_nonzero(mirror) > 0.5 * count
        or abs(centre) > 0.8
        or not 0.15 < width < 1.8
        or explained < (0.5 if sure else 0.8)
    ):
        return None
    rows: Array = np.flatnonzero(taken)
    return rows


def _share(odds: Array) -> float:
    """The share of the other unit among such cells, as their odds add up; never taken for all or none."""
    known = odds[~np.isnan(odds)]
    return float(np.clip(np.mean(1 / (1 + np.exp(-np.clip(known, -30, 30)))) if len(known) else 0.0, 1e-4, 0.99))


def _thinning(off: Array, begins: float, step: float) -> float:
    """How many values a tail has where the other heap lies, if from the valley before that it thins out as it did down to there, or stays."""
    counts = [int(np.count_nonzero((off >= begins - back * step) & (off < begins - (back - 1) * step))) for back in range(1, 8)]
    valley = int(np.argmin(counts[:-2]))
    stays = counts[valley] * 2 * WITHIN / step
    thins = float(counts[valley + 1]) / max(counts[valley + 2], 1)
    return min(stays, counts[valley] * thins ** (valley + 1) / (1 - thins)) if thins < 0.7 else stays


def _odds(off: Array, converted: Array, share: Array) -> Array:
    """How much likelier each value is in the other unit than in the column's own, as a logarithm; -inf where it lies beyond the heap."""
    far = float(np.nanmedian(np.abs(converted[:SAMPLE] - off[:SAMPLE])))
    odds: Array = (off**2 - converted**2) / 2 + np.log(share / (1 - share))
    odds[np.isfinite(off) & ~(np.abs(converted) < np.clip(0.2 * far, WITHIN, 2 * WITHIN))] = -np.inf
    return odds


def _likelier(off: Array, converted: Array, share: Array) -> Array:
    """Values that are likelier in the other unit than in the column's own, `ODDS` times."""
    taken: Array = _odds(off, converted, share) > np.log(ODDS)
    return taken


def _texts(seen: Examination, column: Column, rows: Array) -> list[str | None]:
    changed = seen.amended(column.name)
    return [changed.get(row, cell) for row, cell in zip(rows.tolist(), column.at(rows), strict=True)]


def _decimals(seen: Examination, name: str) -> Array:
    """How many decimals each number has, as it is written; what earlier findings propose counts."""
    mark = notation_of(seen, name).decimal or "."

    def count(cells: pa.StringArray) -> Array:
        cells = pc.utf8_trim_whitespace(cells)
        places = pc.binary_length(cells).to_numpy(zero_copy_only=False) - pc.find_substring(cells, mark).to_numpy(zero_copy_only=False) - 1
        has_mark = pc.fill_null(pc.match_substring(cells, mark), False).to_numpy(zero_copy_only=False)
        return np.where(has_mark, np.nan_to_num(places), 0).astype(np.int16)

    return seen.values("decimals", name, count)


def _oddly_written(seen: Examination, column: Column) -> Array:
    decimals = _decimals(seen, column.name)
    odd: Array = decimals != _usual_decimals(seen, column.name)
    return odd


def _usual_decimals(seen: Examination, name: str) -> int:
    decimals = _decimals(seen, name)[np.isfinite(seen.numbers(name))]
    return int(np.bincount(np.clip(decimals, 0, 15)).argmax()) if len(decimals) else 0


def _found(
    seen: Examination, column: Column, rows: Array, conversion: Conversion, values: Array, texts: list[str], confidence: float, *, written_out: bool
) -> Found:
    usual = notation_of(seen, column.name)
    places = _usual_decimals(seen, column.name)
    after = [write(f"{value:.{places}f}", Notation("."), usual) for value in conversion.convert(values).tolist()]
    order = np.argsort(rows, kind="stable")
    rows, after, texts = rows[order], [after[at] for at in order], [texts[at] for at in order]
    return Found(
        kind="mixed_units",
        columns=(column.name,),
        rows=rows,
        cause=_cause(column.name, len(rows), len(rows) / seen.records, conversion, texts[0], written_out),
        confidence=confidence if conversion.unit else round(confidence - 0.04, 2),
        measures=("Con-ML-3", "Acc-ML-6", "Acc-ML-1"),
        repair=Repair("convert", _remedy(conversion, texts[0].strip(), after[0]), {column.name: pa.array(after, pa.string())}),
    )


def _cause(name: str, count: int, share: float, conversion: Conversion, example: str, written_out: bool) -> Mapping[str, str]:
    parts: dict[str, float | str] = {"n": count, "p": share, "name": name, "unit": conversion.unit, "own": conversion.own, "example": example.strip()}
    if written_out:
        return say(
            en="In {name}, {n:cell says|cells say} the unit {unit} ({p:%}), such as “{example}”, where the column counts in {own}.",
            fr="Dans {name}, {n:cellule porte|cellules portent} l'unité {unit} ({p:%}), comme « {example} », alors que la colonne compte en {own}.",
            ar="في «{name}» {n:خلية واحدة|خليتان|خلايا|خلية} كُتبت معها الوحدة {unit} ({p:%})، مثل «{example}»، والعمود يُحسب بوحدة {own}.",
            **parts,
        )
    if not conversion.unit:
        factor = conversion.factor if conversion.factor > 1 else 1 / conversion.factor
        too = ("small", "petit", "أصغر") if conversion.factor > 1 else ("large", "grand", "أكبر")
        return say(
            en="In {name}, {n:number is|numbers are} {factor} times too {size_en} ({p:%}), such as “{example}”: in another unit than the rest.",
            fr="Dans {name}, {n:nombre est|nombres sont} trop {size_fr} d'un facteur {factor} ({p:%}), comme « {example} » : autre unité.",
            ar="في «{name}» {n:عدد واحد|عددان|أعداد|عددًا} ({p:%}) {size_ar} من غيرها {factor} مرة، مثل «{example}»: بوحدة غير وحدة سائر العمود.",
            factor=factor,
            size_en=too[0],
            size_fr=too[1],
            size_ar=too[2],
            **parts,
        )
    return say(
        en="In {name}, {n:number is|numbers are} in {unit} ({p:%}), such as “{example}”, where the column is in {own}.",
        fr="Dans {name}, {n:nombre est|nombres sont} en {unit} ({p:%}), comme « {example} », alors que la colonne est en {own}.",
        ar="في «{name}» {n:عدد واحد|عددان|أعداد|عددًا} بوحدة {unit} ({p:%})، مثل «{example}»، والعمود بوحدة {own}.",
        **parts,
    )


def _remedy(conversion: Conversion, example: str, mended: str) -> Mapping[str, str]:
    whole = round(1 / conversion.factor)
    rule = f"÷ {whole}" if whole > 1 and abs(whole * conversion.factor - 1) < 1e-9 else f"× {conversion.factor:.4g}"
    if conversion.offset:
        rule += f" {'−' if conversion.offset < 0 else '+'} {abs(conversion.offset):.4g}"
    own = conversion.own and f" {conversion.own}"
    return say(
        en="Convert them ({rule}): “{example}” becomes “{mended}”{own}.",
        fr="Les convertir ({rule}) : « {example} » devient « {mended} »{own}.",
        ar="تحويلها ({rule}): «{example}» تصبح «{mended}»{own}.",
        rule=rule,
        example=example,
        mended=mended,
        own=own,
    )
