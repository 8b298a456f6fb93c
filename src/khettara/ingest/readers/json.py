"""JSON and JSON lines: exports of forums and messengers, laws, anything with text somewhere inside."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from khettara.ingest.readers.dates import parse_date
from khettara.ingest.records import AUTHORS, TEXT_COLUMNS, Reading, ReadOptions, Record, keepable, pseudonym
from khettara.ingest.sniff import JSON

_KEPT = ("id", "reply_to", "reply_to_message_id", "parent_id", "thread_id", "title", "type", "status")
"""Fields kept in `meta` unless `keep` names others: threads and titles. Any other may well be somebody's number."""

_DATES = ("date", "created", "created_at", "timestamp", "time", "issued_date")
_LISTS = ("messages", "posts", "comments", "items", "data", "records", "threads")


def read_json(text: str, name: str, options: ReadOptions) -> Reading:
    """A record for each object that has text: under `options.text`, or under a name that usually holds it."""
    try:
        objects = list(_objects(_load(text), options.text))
    except ValueError as error:
        return Reading("damaged", "json", reason=f"not valid JSON: {error}"[:200])
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
        lines = [(number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
        try:
            json.loads(lines[0][1])
        except ValueError:
            raise error from None  # not JSON lines: what is wrong is wrong with the whole
    return [_load_line(number, line) for number, line in lines]


def _load_line(number: int, line: str) -> Any:
    try:
        return json.loads(line)
    except json.JSONDecodeError as error:
        raise ValueError(f"{error.msg}: line {number} column {error.colno}") from None


def _objects(value: Any, paths: list[str]) -> Iterator[dict[str, Any]]:
    """Each object that may be a record: of a list, of the lists inside it (`messages`, `posts` ...), or the object itself.

    A post with comments is a record, and so are its comments; but what named paths read from an object is read once.
    """
    if isinstance(value, list):
        for item in value:
            yield from _objects(item, paths)
    elif not isinstance(value, dict):
        yield {"text": value}
    else:
        inner = next((value[key] for key in _LISTS if isinstance(value.get(key), list) and value[key]), None)
        has_text = any(part.strip() for part in _texts(value, paths))
        if has_text or inner is None:
            yield value
        if inner is not None and not (has_text and paths):
            yield from _objects(inner, paths)


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
    lower = {key.casefold(): value for key, value in item.items()}
    author = next((str(lower[key]) for key in AUTHORS if isinstance(lower.get(key), str | int) and str(lower[key]).strip()), None)
    created = next((parse_date(str(lower[key])) for key in _DATES if lower.get(key)), None)
    wanted = options.keep or [key for key in item if key.casefold() in _KEPT]
    return Record(
        content,
        JSON,
        created=created,
        author=pseudonym(author, options.pseudonym_key) if author else None,
        meta=keepable(((key, item[key]) for key in wanted if key in item), options.pseudonym_key),
    )
