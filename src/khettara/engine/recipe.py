"""Recipes: YAML in, validated stages out, and every error with its line and the nearest valid name.

name: demo
output: ../data/demo
stages:
  - ingest: {from: ../samples/archive, to: raw}
  - clean: {from: raw, to: clean, steps: [scrub]}
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar, get_args

import yaml
from pydantic import BaseModel, ValidationError

from khettara.engine.rules import nearest
from khettara.engine.stage import Stage
from khettara.errors import RecipeError

Location = tuple[str | int, ...]
Model = TypeVar("Model", bound=BaseModel)
Stages = Mapping[str, Callable[[], type[Stage]]]
"""Each stage's name, with how to import it: a recipe imports only the rooms that it walks through."""

_FIELDS = ("name", "description", "output", "stages")


@dataclass(frozen=True)
class Recipe:
    """A recipe that reads. `output` is absolute."""

    path: Path
    name: str
    description: str
    output: Path
    stages: tuple[Stage, ...]


def read_recipe(path: Path, known: Stages) -> Recipe:
    """Read and check a recipe.

    Raises:
        RecipeError: what is wrong, in which line, and what was likely meant.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise RecipeError("no such recipe", where=str(path), hint="Check the path; the bundled ones are in recipes/.") from error
    except (OSError, UnicodeDecodeError) as error:
        raise RecipeError(f"cannot be read: {error}", where=str(path)) from error
    data, lines = parse_yaml(text, str(path))
    reader = _Reader(str(path), lines)
    if not isinstance(data, dict):
        raise RecipeError("a recipe is a mapping with `name`, `output` and `stages`", where=str(path))
    for field in data:
        if field not in _FIELDS:
            raise reader.error(f"unknown field {field!r}", (field,), nearest(str(field), _FIELDS))
    if not isinstance(data.get("stages"), list) or not data["stages"]:
        raise reader.error("a recipe needs a list of `stages`", ("stages",), f"Known stages: {', '.join(sorted(known))}.")
    name = str(data.get("name") or path.stem)
    stages = tuple(_stage(entry, ("stages", number), known, reader) for number, entry in enumerate(data["stages"]))
    made: set[str] = set()
    for number, stage in enumerate(stages):
        if stage.makes() in made:
            raise reader.error(f"two stages make {stage.makes()!r}", ("stages", number), "Give each stage its own `to`.")
        made |= {stage.makes() or ""}
    output = (path.parent / str(data.get("output") or f"../data/{name}")).resolve()
    return Recipe(path, name, str(data.get("description") or ""), output, stages)


def _stage(entry: object, place: Location, known: Stages, reader: _Reader) -> Stage:
    if not isinstance(entry, dict) or len(entry) != 1:
        raise reader.error("a stage is one name with its settings, such as `- clean: {from: raw, to: clean}`", place, None)
    ((name, settings),) = entry.items()
    if name not in known:
        raise reader.error(f"unknown stage {name!r}", (*place, name), nearest(str(name), known))
    return reader.build(known[name](), settings if settings is not None else {}, (*place, name))


def parse_yaml(text: str, where: str) -> tuple[Any, dict[Location, int]]:
    """The values of a YAML text, and the line (from 1) on which each of them stands.

    >>> parse_yaml("a: 1\\nb: [x]", "r.yaml")
    ({'a': 1, 'b': ['x']}, {(): 1, ('a',): 1, ('b',): 2, ('b', 0): 2})
    """
    lines: dict[Location, int] = {}
    constructor = yaml.SafeLoader("")

    def build(node: yaml.Node, place: Location, line: int) -> Any:
        lines[place] = line
        if isinstance(node, yaml.MappingNode):
            result: dict[Any, Any] = {}
            for key_node, value_node in node.value:
                key = constructor.construct_object(key_node, deep=True)
                if not isinstance(key, str):
                    raise RecipeError(f"{key!r} cannot be a setting's name", where=f"{where}, line {key_node.start_mark.line + 1}")
                if key in result:
                    raise RecipeError(f"{key!r} is set twice", where=f"{where}, line {key_node.start_mark.line + 1}")
                result[key] = build(value_node, (*place, key), key_node.start_mark.line + 1)
            return result
        if isinstance(node, yaml.SequenceNode):
            return [build(item, (*place, i), item.start_mark.line + 1) for i, item in enumerate(node.value)]
        try:
            return constructor.construct_object(node, deep=True)
        except ValueError as error:  # a thirteenth month
            raise RecipeError(f"{node.value!r} does not read: {error}", where=f"{where}, line {node.start_mark.line + 1}") from error

    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        return (build(node, (), 1) if node is not None else None), lines
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f", line {mark.line + 1}" if mark else ""
        raise RecipeError(f"not valid YAML: {getattr(error, 'problem', None) or error}", where=f"{where}{line}") from error
    except RecursionError as error:
        raise RecipeError("it is nested without end", where=where, hint="An alias (`*name`) stands inside what it names.") from error


class _Reader:
    def __init__(self, where: str, lines: Mapping[Location, int]) -> None:
        self._where, self._lines = where, lines

    def error(self, what: str, place: Location, hint: str | None) -> RecipeError:
        while place and place not in self._lines:
            place = place[:-1]
        return RecipeError(what, where=f"{self._where}, line {self._lines.get(place, 1)}", hint=hint)

    def build(self, model: type[Model], settings: object, place: Location) -> Model:
        if not isinstance(settings, dict):
            raise self.error(f"the settings of `{place[-1]}` are a mapping", place, None)
        try:
            return model.model_validate(settings)
        except ValidationError as error:
            what, inner, hint = explain(model, error)
            raise self.error(what, (*place, *inner), hint) from None
        except RecipeError as error:
            raise self.error(error.what, place, error.hint) from None


def read_model(model: type[Model], text: str, where: str) -> Model:
    """The values of a model from a YAML text; an empty text has none.

    Raises:
        RecipeError: what is wrong, in which line, and what was likely meant.
    """
    data, lines = parse_yaml(text, where)
    try:
        return model.model_validate({} if data is None else data)
    except ValidationError as error:
        what, place, hint = explain(model, error)
        raise _Reader(where, lines).error(what, place, hint) from None


def read_model_file(model: type[Model], path: Path, what: str) -> Model:
    """As `read_model`, from a file; `what` it is, for the message if it cannot be read."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise RecipeError(f"{what} cannot be read: {why}", where=str(path), hint="Check the path.") from error
    return read_model(model, text, str(path))


def explain(model: type[BaseModel], error: ValidationError) -> tuple[str, Location, str | None]:
    """The first mistake of a validation error: in words, where it is, and what was likely meant.

    A setting that nobody knows comes before one that is missing: it is likely the missing one, misspelt.
    """
    mistakes = error.errors()
    first = next((mistake for mistake in mistakes if mistake["type"] == "extra_forbidden"), mistakes[0])
    place: Location = tuple(first["loc"])
    name = ".".join(str(part) for part in place)
    if first["type"] == "extra_forbidden":
        return f"unknown setting {place[-1]!r}", place, nearest(str(place[-1]), _settings(model, place[:-1]))
    if first["type"] == "missing":
        return f"the setting {place[-1]!r} is missing", place, None
    if first["type"] == "literal_error":
        choices = re.findall("'([^']+)'", first["ctx"]["expected"])
        return f"{name}: {first['input']!r} is no choice", place, nearest(str(first["input"]), choices)
    if first["type"] in ("model_type", "dict_type", "model_attributes_type"):
        return f"{name}: a name and its value are needed, such as `name: value`" if name else "there are no names with values in it", place, None
    message = first["msg"].removeprefix("Value error, ")
    message, _, hint = message.partition("\n")
    return (f"{name}: {message}" if name else message), place, hint or None


def _settings(model: Any, place: Location) -> list[str]:
    """The names a mapping at `place` inside `model` may use."""
    for part in place:
        if isinstance(part, int):
            continue
        fields = {field.alias or name: field for name, field in model.model_fields.items()}
        model = _inner_model(fields[part].annotation) if part in fields else None
        if model is None:
            return []
    return [field.alias or name for name, field in model.model_fields.items()]


def _inner_model(annotation: Any) -> Any:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _inner_model(part)) is not None), None)
