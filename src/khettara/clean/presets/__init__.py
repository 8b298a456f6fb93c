"""Presets: steps, rules and joins for a kind of text, each a YAML file here that says where every threshold comes from.

    - clean: {from: raw, to: clean, preset: social, rules: [{rule: too_short, keep: n_words >= 4, because: ...}], without: [hashtags]}

What a recipe says itself adds to its preset: a step or a rule of the same name takes the place of the preset's, another one
comes after them; `without` names what to leave away; `duplicates` takes the place of the preset's.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from importlib.resources import files
from typing import Any, TypeVar

from khettara.engine import nearest, parse_yaml
from khettara.errors import RecipeError

Entry = TypeVar("Entry")


def presets() -> list[str]:
    """The names of all presets."""
    return sorted(file.name.removesuffix(".yaml") for file in files(__name__).iterdir() if file.name.endswith(".yaml"))


def preset_text(name: str) -> str:
    """A preset as it is written, with its comments."""
    if name not in presets():
        raise RecipeError(f"unknown preset {name!r}", hint=nearest(name, presets()))
    return (files(__name__) / f"{name}.yaml").read_text("utf-8")


@cache
def preset(name: str) -> dict[str, Any]:
    """A preset's `description`, and its settings as a recipe would give them. Not to be changed."""
    values: dict[str, Any] = parse_yaml(preset_text(name), f"{name}.yaml")[0]
    return values


def merged(preset: Sequence[Entry], own: Sequence[Entry], without: Sequence[str], name: Callable[[Entry], str]) -> tuple[Entry, ...]:
    """The preset's entries less those of `without`, each replaced by one's own of the same name; then the rest of one's own.

    >>> merged(["words>1", "hash<2"], ["words>4", "dots<9"], ["hash"], lambda rule: rule[:4])
    ('words>4', 'dots<9')
    """
    replaced = {name(entry): entry for entry in own}
    there = [replaced.get(name(entry), entry) for entry in preset if name(entry) not in without]
    known = {name(entry) for entry in preset}
    return (*there, *(entry for entry in own if name(entry) not in known))
