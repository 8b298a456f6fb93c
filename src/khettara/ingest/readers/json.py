"""JSON and JSON lines: exports of forums and messengers, laws, anything with text somewhere inside."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from khettara.ingest.readers.dates import parse_date
from khettara.ingest.records import TEXT_COLUMNS, Reading, ReadOptions, Record, pseudonym
from khettara.ingest.sniff import JSON

_AUTHORS = ("author", "user", "username", "from", "sender", "name_of_author", "auteur")
_DATES = ("date", "created", "created_at", "timestamp", "time", "issued_date")
_LISTS = ("messages", "posts", "comments", "items", "data", "records", "threads")
_MOST_KEPT = 20
_LONGEST_KEPT = 200


def read_json(text: str, name: str, options: ReadOptions) -> Reading:
    """A record for each object that has text: under `options.text`, or under a name that usually holds it."""
    try:
        objects = list(_objects(_load(text)))
    except ValueError as error:
        line = f" (line {error.lineno})" if isinstance(error, json.JSONDecodeError) else ""
        return Reading("damaged", "json", reason=f"not valid JSON{line}: {error}"[:200])
    records, empty = [], 0
    for item in objects:
        content = options.join.join(part for part in _texts(item, options.text) if part.strip())
        if content.strip():
            records.append(_record(item, content, options))
        else:
            empty += 1
    return Reading.of("json", records, empty_records=empty)


def _load(text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        lines = [line for line in text.split("\n") if line.strip()]
        if len(lines) < 2:
            raise
        try:
            return [json.loads(line) for line in lines]
        except ValueError:
            raise error from None


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    """The objects of a list, of a list inside an object (`messages`, `posts` ...), or the object itself."""
    if isinstance(value, dict):
        inner = next((value[key] for key in _LISTS if isinstance(value.get(key), list)), None)
        if inner is None:
            yield value
        else:
            yield from _objects(inner)
    elif isinstance(value, list):
        yield from (item if isinstance(item, dict) else {"text": item} for item in value)
    else:
        yield {"text": value}


def _texts(item: dict[str, Any], paths: list[str]) -> Iterator[str]:
    if paths:
        for path in paths:
            yield from _at(item, path.split("."))
        return
    for key, value in item.items():
        if key.casefold() in TEXT_COLUMNS:
            yield from _flat(value)


def _at(value: Any, path: list[str]) -> Iterator[str]:
    """What stands at a path: `a.b` for fields, `a[]` for every item of a list."""
    if not path:
        yield from _flat(value)
        return
    key, rest = path[0], path[1:]
    if not isinstance(value, dict):
        return
    inner = value.get(key.removesuffix("[]"))
    if key.endswith("[]"):
        for item in inner if isinstance(inner, list) else []:
            yield from _at(item, rest)
    else:
        yield from _at(inner, rest)


def _flat(value: Any) -> Iterator[str]:
    """A text, or the pieces of one, as Telegram writes texts that hold links."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        pieces = [piece if isinstance(piece, str) else str(piece.get("text", "")) for piece in value if isinstance(piece, str | dict)]
        yield "".join(pieces)


def _record(item: dict[str, Any], content: str, options: ReadOptions) -> Record:
    author = next((str(item[key]) for key in _AUTHORS if isinstance(item.get(key), str) and item[key].strip()), None)
    created = next((parse_date(str(item[key])) for key in _DATES if item.get(key)), None)
    wanted = options.keep or [key for key in item if key not in _AUTHORS and key.casefold() not in TEXT_COLUMNS and key not in _DATES]
    kept = {key: _short(item[key]) for key in wanted if isinstance(item.get(key), str | int | float | bool)}
    return Record(
        content,
        JSON,
        created=created,
        author=pseudonym(author, options.pseudonym_key) if author else None,
        meta=dict(list(kept.items())[:_MOST_KEPT]),
    )


def _short(value: Any) -> Any:
    return value[:_LONGEST_KEPT] if isinstance(value, str) else value
