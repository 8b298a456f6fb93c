"""Dates as exports write them. A date that could mean two days is not read."""

from __future__ import annotations

import re
from datetime import UTC, datetime

_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")


_WRITTEN = re.compile(
    r"(\d{1,4})[/.-](\d{1,2})[/.-](\d{1,4})(?:[ ,،T]+(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?\s*(?:([apصم])\.?\s?m?\.?)?)?", re.IGNORECASE
)


def parse_date(text: str, *, day_first: bool | None = None) -> datetime | None:
    """An ISO date, or `d/m/y` with or without a time, where the day is certain. Without a zone it counts as UTC.

    Args:
        text: the date as written.
        day_first: True or False where the caller knows which of the first two comes first; None: read it only if one is above 12.

    >>> parse_date("2024-03-12T18:42:00")
    datetime.datetime(2024, 3, 12, 18, 42, tzinfo=datetime.timezone.utc)
    >>> parse_date("12/03/2024 6:42 pm", day_first=True)
    datetime.datetime(2024, 3, 12, 18, 42, tzinfo=datetime.timezone.utc)
    >>> parse_date("25/03/2024")
    datetime.datetime(2024, 3, 25, 0, 0, tzinfo=datetime.timezone.utc)
    >>> parse_date("12/03/2024")
    """
    text = text.translate(_DIGITS).strip()
    try:
        found = datetime.fromisoformat(text)
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        pass
    written = _WRITTEN.fullmatch(text)
    if written is None:
        return None
    try:
        return _of_parts(written, day_first)
    except ValueError:
        return None


def _of_parts(written: re.Match[str], day_first: bool | None) -> datetime | None:
    first, second, third = (int(part) for part in written.group(1, 2, 3))
    if first > 31:
        year, month, day = first, second, third
    elif day_first or (day_first is None and first > 12):
        day, month, year = first, second, third
    elif day_first is False or second > 12:
        month, day, year = first, second, third
    else:
        return None
    hour, minute, seconds = (int(part or 0) for part in written.group(4, 5, 6))
    if written[7]:
        hour = hour % 12 + (12 if written[7].casefold() in "pم" else 0)
    return datetime(year + 2000 if year < 100 else year, month, day, hour, minute, seconds, tzinfo=UTC)
