"""One value of a recipe changed in its text, and everything else byte for byte as it was: comments, order, quotes, blank lines.

    amended("keep: n >= 5 # short", {("keep",): "n >= 8"}, "r.yaml")  ->  "keep: n >= 8 # short"

The text is read again afterwards: were anything but these values another then, nothing would be returned.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from khettara.engine.recipe import Location, parse_yaml
from khettara.errors import RecipeError


def amended(text: str, changes: Mapping[Location, str], where: str) -> str:
    """The text of a recipe with the scalars at some places replaced.

    Args:
        text: the recipe.
        changes: the new value at each place; a place is keys and numbers from the top, as in `("stages", 1, "clean", "rules", 0, "keep")`.
        where: the recipe's name, for messages.

    Raises:
        RecipeError: a value that cannot be changed by itself, because it is written once for several places.
    """
    for place, value in changes.items():
        text = _amended(text, place, value, where)
    return text


def _amended(text: str, place: Location, value: str, where: str) -> str:
    node: Any = yaml.compose(text, Loader=yaml.SafeLoader)
    for part in place:
        node = _inner(node, part)
    wanted, lines = parse_yaml(text, where)
    _put(wanted, place, value)
    start, end = node.start_mark.index, node.end_mark.index
    for written in _spellings(value, node.style):
        changed = text[:start] + written + ("\n" if node.style in ("|", ">") else "") + text[end:]
        try:
            if parse_yaml(changed, where)[0] == wanted:
                return changed
        except RecipeError:
            continue  # this spelling does not read here, as a comma between braces
    raise RecipeError(f"{value!r} cannot be written there by itself", where=f"{where}, line {lines[place]}", hint="Change this line by hand.")


def _inner(node: Any, part: str | int) -> Any:
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int):
        return node.value[part]
    return next(value for key, value in node.value if key.value == part)


def _put(data: Any, place: Location, value: str) -> None:
    for part in place[:-1]:
        data = data[part]
    data[place[-1]] = value


def _spellings(value: str, style: str | None) -> Iterator[str]:
    """Ways to write a text in YAML, the one that was used before first."""
    plain = value if value == value.strip() and "\n" not in value else None
    single = "'" + value.replace("'", "''") + "'"
    double = '"' + value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
    ways = {None: plain, "'": single, '"': double}
    for way in dict.fromkeys([ways.get(style), plain, single, double]):
        if way is not None:
            yield way
