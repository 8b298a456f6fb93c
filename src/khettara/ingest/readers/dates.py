"""Dates as exports write them. A date that could mean two days is not read."""

from __future__ import annotations

from datetime import UTC, datetime

_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")


def parse_date(text: str, *, day_first: bool = False) -> datetime | None:
    """An ISO date, or `d/m/y` where the caller knows that the day comes first. Without a zone it counts as UTC.

    >>> parse_date("2024-03-12T18:42:00")
    datetime.datetime(2024, 3, 12, 18, 42, tzinfo=datetime.timezone.utc)
    >>> parse_date("12/03/2024", day_first=True)
    datetime.datetime(2024, 3, 12, 0, 0, tzinfo=datetime.timezone.utc)
    >>> parse_date("12/03/2024")
    """
    text = text.translate(_DIGITS).strip()
    try:
        found = datetime.fromisoformat(text)
        return found if found.tzinfo else found.replace(tzinfo=UTC)
    except ValueError:
        pass
    if not day_first:
        return None
    try:
        day, month, year = (int(part) for part in text.replace("-", "/").replace(".", "/").split("/"))
        if day > 31:  # year first
            day, year = year, day
        return datetime(year + 2000 if year < 100 else year, month, day, tzinfo=UTC)
    except ValueError:
        return None
