"""Packs: what columns can hold, as data. Ours lie in `tables/packs/`, a user's own in the folders of `KHETTARA_PACKS`.

    cin:
      kind: identifier
      title: {en: CIN, fr: CIN, ar: رقم البطاقة الوطنية}
      headers: [cin, carte nationale, رقم البطاقة]
      shape: '[A-Z]{1,2}[0-9]{1,7}'

One more thing that a column can hold costs one such entry. All that an entry may say are the fields of `Meaning`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from functools import cache, cached_property
from pathlib import Path
from typing import Any, get_args

import yaml

from khettara.errors import RecipeError
from khettara.tables.columns import Kind
from khettara.tables.types.folding import fold_words, phrase_of
from khettara.tables.types.rules import Rule, check_rules, rule_of

OURS = Path(__file__).parent.parent / "packs"
VARIABLE = "KHETTARA_PACKS"
Words = Mapping[str, str]
CLOSED = frozenset(["regions", "provinces", "months", "units"])
"""The lists that are complete."""


@dataclass(frozen=True)
class Meaning:
    """One thing that a column can hold.

    `headers`: phrases that a header may say, in any language and script. `strip`: signs (a class of RE2) that writers put between the others,
    left out before a cell is judged. `shape`: what is left must match this whole pattern; `usual`: what it matches as a rule, `usual_says` why.
    `check`: a key that proves it (`CHECKS` in `validity`). `listed`: a list of names (`LISTS` in `content`). `words`: each value with
    its spellings. `low`, `high`: what values can be at all, in `unit`, which is one of `quantity`'s; for dates, days since 1970 or a year.
    `typical`: where the middle of a column lies, which tells the unit. `inside`: closer bounds, for columns that keep to them.
    `alone`: the share of cells of this shape that says so without a header; none: only the header can.
    `past`: a date (or year) that cannot lie ahead. `whole`: numbers without a fraction.
    """

    name: str
    kind: Kind
    title: Words
    headers: tuple[str, ...] = ()
    strip: str = ""
    shape: str = ""
    usual: str = ""
    prefixes: tuple[str, ...] = ()
    repairs: tuple[tuple[str, str], ...] = ()
    check: str = ""
    listed: str = ""
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    quantity: str = ""
    unit: str = ""
    low: float | None = None
    high: float | None = None
    typical: tuple[float, ...] = ()
    inside: tuple[float, ...] = ()
    alone: float | None = None
    past: bool = False
    whole: bool = False

    @property
    def has_domain(self) -> bool:
        """Whether it can be said of each value that it is one or is not: not of products, wards or communes, whose lists never end."""
        return bool(self.shape or self.words or self.listed in CLOSED)


@dataclass(frozen=True)
class Packs:
    """All meanings and quantities that are known. `quantities`: for each quantity its units, as what one of them is in the first."""

    meanings: Mapping[str, Meaning]
    quantities: Mapping[str, Mapping[str, tuple[float, float]]]
    spellings: Mapping[str, tuple[str, ...]]
    """The units that a spelling may mean, folded: `sm` -> `cm`; `l` -> `L`."""
    never_negative: frozenset[str] = frozenset()
    """The quantities that are not below zero."""
    contradictions: Mapping[str, Rule] = field(default_factory=dict)
    """What columns of known meanings cannot say together."""

    @cached_property
    def phrases(self) -> Mapping[tuple[str, ...], tuple[Meaning, ...]]:
        """The meanings that a phrase of a header may have."""
        found: dict[tuple[str, ...], list[Meaning]] = {}
        for meaning in self.meanings.values():
            for phrase in dict.fromkeys(phrase_of(fold_words(header)) or (header,) for header in meaning.headers):
                found.setdefault(phrase, []).append(meaning)
        return {phrase: tuple(those) for phrase, those in found.items()}

    def convert(self, quantity: str, value: float, unit: str, into: str) -> float:
        """A value in another unit: `convert("length", 1.75, "m", "cm")` is 175."""
        (factor, added), (of_other, added_to_other) = self.quantities[quantity][unit], self.quantities[quantity][into]
        return (value * factor + added - added_to_other) / of_other

    def quantity_of(self, unit: str | None) -> str | None:
        """The first quantity that has a unit."""
        return next((quantity for quantity, units in self.quantities.items() if unit in units), None)

    def units(self, text: str, quantity: str) -> list[str]:
        """The units of a quantity that are spelt so."""
        return [unit for unit in self.spellings.get(fold_unit(text), ()) if unit in self.quantities[quantity]]


def load_packs(extra: Iterable[Path] = ()) -> Packs:
    """Our packs, those of `KHETTARA_PACKS`, and `extra` files or folders; a later entry takes the place of an earlier of its name.

    Raises `RecipeError` for a pack that does not read.
    """
    asked = [Path(part) for part in os.environ.get(VARIABLE, "").split(os.pathsep) if part]
    return _load(tuple(file for place in (OURS, *asked, *extra) for file in _files(place)))


def use_packs(places: Iterable[Path]) -> None:
    """Let this process, and those that it starts, know more packs, as if `KHETTARA_PACKS` named them."""
    for place in places:
        _files(place)  # raises for what is not there
        os.environ[VARIABLE] = os.pathsep.join(part for part in (os.environ.get(VARIABLE, ""), str(place.resolve())) if part)


def _files(place: Path) -> list[Path]:
    if not place.exists():
        raise RecipeError("no such pack", where=str(place), hint=f"Name a YAML file, or a folder of them, in {VARIABLE} or --pack.")
    return sorted(place.glob("*.yaml")) if place.is_dir() else [place]


@cache
def _load(files: tuple[Path, ...]) -> Packs:
    meanings: dict[str, Meaning] = {}
    spellings: dict[str, dict[str, None]] = {}
    quantities: dict[str, Mapping[str, tuple[float, float]]] = {}
    never_negative: set[str] = set()
    rules: dict[str, Rule] = {}
    for path in files:
        body = _read(path)
        for name, entry in (body.get("types") or {}).items():
            meanings[name] = _meaning(str(name), entry, path)
        rules |= {str(name): rule_of(str(name), entry, path) for name, entry in (body.get("contradictions") or {}).items()}
        never_negative |= set(body.get("never_negative") or ())
        for name, units in (body.get("quantities") or {}).items():
            quantities[name] = {unit: _factor(what[0]) for unit, what in units.items()}
            for unit, what in units.items():
                for spelling in dict.fromkeys(map(fold_unit, (unit, *map(str, what[1:])))):
                    spellings.setdefault(spelling, {})[unit] = None
    for meaning in meanings.values():
        if meaning.quantity and meaning.unit not in quantities.get(meaning.quantity, ()):
            raise RecipeError(
                f"{meaning.name}: no unit {meaning.unit or '(none)'} of {meaning.quantity}",
                where="packs",
                hint="Known quantities: " + ", ".join(sorted(quantities)) + ".",
            )
    check_rules(rules, meanings)
    return Packs(meanings, quantities, {spelling: tuple(units) for spelling, units in spellings.items()}, frozenset(never_negative), rules)


def _factor(said: Any) -> tuple[float, float]:
    """What a unit is in the quantity's first: a factor, or a factor and what is added after it (degrees)."""
    return (float(said[0]), float(said[1])) if isinstance(said, list) else (float(said), 0.0)


def _read(path: Path) -> Mapping[str, Any]:
    try:
        body = yaml.load(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise RecipeError(f"the pack does not read: {error}", where=str(path)) from error
    if not isinstance(body, dict):
        raise RecipeError(
            "the pack has no types", where=str(path), hint="Write `types:`, and below it one entry for each thing that a column can hold."
        )
    return body


_FIELDS = {part.name for part in fields(Meaning)} - {"name"}


def _meaning(name: str, entry: Any, path: Path) -> Meaning:
    if not isinstance(entry, dict) or (unknown := set(entry) - _FIELDS):
        said = ", ".join(sorted(map(str, unknown))) if isinstance(entry, dict) else str(entry)
        raise RecipeError(f"{name}: not understood: {said}", where=str(path), hint="An entry may say: " + ", ".join(sorted(_FIELDS)) + ".")
    if entry.get("kind") not in get_args(Kind):
        raise RecipeError(f"{name}: no kind", where=str(path), hint="Add `kind:`, one of " + ", ".join(get_args(Kind)) + ".")
    title = entry.get("title") or name
    body = {
        **entry,
        "title": dict.fromkeys(("en", "fr", "ar"), title) if isinstance(title, str) else title,
        "headers": tuple(map(str, entry.get("headers", ()))),
        "prefixes": tuple(str(entry["prefixes"]).split()) if "prefixes" in entry else (),
        "repairs": tuple((str(was), str(new)) for was, new in entry.get("repairs", ())),
        "words": {str(value): tuple(map(str, spellings)) for value, spellings in entry.get("words", {}).items()},
        **{part: tuple(map(float, entry.get(part, ()))) for part in ("typical", "inside")},
        **{part: float(entry[part]) for part in ("low", "high", "alone") if entry.get(part) is not None},
    }
    if set(body["title"]) != {"en", "fr", "ar"}:
        raise RecipeError(f"{name}: the title needs en, fr and ar", where=str(path))
    meaning = Meaning(name=name, **body)
    if path.parent != OURS:  # ours are tested
        _proof(meaning, path)
    return meaning


def _proof(meaning: Meaning, path: Path) -> None:
    """Raises `RecipeError` for what an entry names and nobody knows."""
    import pyarrow as pa
    import pyarrow.compute as pc

    from khettara.tables.types.content import LISTS
    from khettara.tables.types.validity import CHECKS

    for name, said, known in (("listed", meaning.listed, LISTS), ("check", meaning.check, CHECKS)):
        if said and said not in known:
            raise RecipeError(f"{meaning.name}: unknown {name}: {said}", where=str(path), hint="Known: " + ", ".join(known) + ".")
    for name, pattern in (("strip", meaning.strip), ("shape", meaning.shape), ("usual", meaning.usual)):
        try:
            pc.match_substring_regex(pa.array([""]), pattern)
            re.compile(pattern)
        except (pa.ArrowInvalid, re.error) as error:
            raise RecipeError(
                f"{meaning.name}: {name} is no pattern: {error}", where=str(path), hint="Write what RE2 and Python both read."
            ) from error


def fold_unit(text: str) -> str:
    """A unit's spelling without case, dots and blanks.

    >>> fold_unit("mg / dL"), fold_unit("م²"), fold_unit("°C")
    ('mg/dl', 'م²', '°c')
    """
    return text.casefold().replace(" ", "").replace(".", "").replace("\N{NO-BREAK SPACE}", "")
