"""Known contradictions: what columns of known meanings cannot say together, as an entry of a pack has it.

    died_before_born:
      columns: {first: [birth_date], last: [death_date]}
      order: [first, last]
      says: {en: “{first} is not after {last}”, fr: ..., ar: ...}
      source: order of time

An entry has one test: `never` (conditions that do not meet), `order`, `elapsed`, `product` or `lies_in`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from khettara.errors import RecipeError

KEPT = 0.7
"""Share of rows that must keep a rule; where fewer do, the columns are not what they seem."""


@dataclass(frozen=True)
class Condition:
    """What a cell is: one of the words of its meaning, a code that begins so, a number below or above a bound."""

    words: tuple[str, ...] = ()
    like: str = ""
    below: float | None = None
    above: float | None = None


@dataclass(frozen=True)
class Never:
    """Conditions, by column, that no row meets all of. `often`: of the rows that meet the rarest one, the share that may meet the others."""

    conditions: Mapping[str, Condition]
    often: float


@dataclass(frozen=True)
class Order:
    """`first` is at most `second`."""

    first: str
    second: str


@dataclass(frozen=True)
class Elapsed:
    """`number` counts the time between two dates, in units of so many days, give or take `within`."""

    first: str
    last: str
    number: str
    days: float
    within: float


@dataclass(frozen=True)
class Product:
    """`of` is the product of powers, give or take a share `within`; `units` in which they are to be taken."""

    of: str
    powers: Mapping[str, float]
    units: Mapping[str, str]
    within: float


@dataclass(frozen=True)
class LiesIn:
    """The gazetteer has the place `inner` in `outer`."""

    inner: str
    outer: str


Test = Never | Order | Elapsed | Product | LiesIn


@dataclass(frozen=True)
class Rule:
    """`columns`: for each place in the rule the meanings that fill it, the first that the table has. `says`: what nearly every row keeps."""

    name: str
    columns: Mapping[str, tuple[str, ...]]
    test: Test
    says: Mapping[str, str]
    source: str
    kept: float = KEPT


_TESTS = ("never", "order", "elapsed", "product", "lies_in")


def rule_of(name: str, entry: Any, path: Path) -> Rule:
    """One entry of a pack. Raises `RecipeError` for what it does not say, or says of no column."""
    tests = [test for test in _TESTS if isinstance(entry, dict) and test in entry]
    if len(tests) != 1 or set(entry) - {*_TESTS, "columns", "says", "source", "kept"}:
        raise RecipeError(f"{name}: not understood", where=str(path), hint=f"It has columns, says, source, and one of {', '.join(_TESTS)}.")
    try:
        columns = {str(place): tuple(map(str, meanings)) for place, meanings in entry["columns"].items()}
        test = _test(tests[0], entry[tests[0]])
        says = {language: str(entry["says"][language]) for language in ("en", "fr", "ar")}
        for sentence in says.values():
            sentence.format_map(dict.fromkeys(columns, ""))
        rule = Rule(name, columns, test, says, str(entry["source"]), float(entry.get("kept", KEPT)))
    except (AttributeError, KeyError, TypeError, ValueError, re.error) as error:
        hint = "packs/contradictions.yaml of khettara has an example of each test; `says` needs en, fr and ar, and names only `columns`."
        raise RecipeError(f"{name}: missing or not understood: {error}", where=str(path), hint=hint) from error
    if unknown := sorted(set(_places(test)) - set(columns)):
        raise RecipeError(f"{name}: no column {unknown[0]!r}", where=str(path), hint=f"Columns: {', '.join(columns)}.")
    return rule


def check_rules(rules: Mapping[str, Rule], meanings: Collection[str]) -> None:
    """Raises `RecipeError` for a meaning that no pack has."""
    from khettara.engine import nearest

    for rule in rules.values():
        for meaning in (meaning for those in rule.columns.values() for meaning in those):
            if meaning not in meanings:
                raise RecipeError(f"{rule.name}: no such meaning {meaning!r}", where="packs", hint=nearest(meaning, meanings))


def _test(kind: str, said: Any) -> Test:
    if kind == "never":
        return Never({str(place): _condition(condition) for place, condition in said.items() if place != "often"}, float(said.get("often", 1.0)))
    if kind == "order":
        first, second = said
        return Order(first, second)
    if kind == "lies_in":
        inner, outer = said
        return LiesIn(inner, outer)
    if kind == "elapsed":
        return Elapsed(said["from"], said["to"], said["number"], float(said["days"]), float(said["within"]))
    return Product(said["of"], {place: float(power) for place, power in said["is"].items()}, said.get("units", {}), float(said["within"]))


def _condition(said: Mapping[str, Any]) -> Condition:
    if not said or set(said) - {"is", "like", "below", "above"}:
        raise ValueError(f"a condition is one of is, like, below, above, and not {', '.join(said)}")
    re.compile(str(said.get("like", "")))
    bounds = {name: float(said[name]) if name in said else None for name in ("below", "above")}
    return Condition(tuple(map(str, said.get("is", ()))), str(said.get("like", "")), **bounds)


def _places(test: Test) -> tuple[str, ...]:
    if isinstance(test, Never):
        return tuple(test.conditions)
    if isinstance(test, Order):
        return test.first, test.second
    if isinstance(test, Elapsed):
        return test.first, test.last, test.number
    if isinstance(test, Product):
        return (*test.powers, *test.units, test.of)
    return test.inner, test.outer
