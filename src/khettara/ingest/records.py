"""What a reader gives back: records, and what became of the file.

Reading(state="text", reader="text", encoding="cp1256", records=(Record(text="السوق نهار الخميس…"),))
"""

from __future__ import annotations

import hashlib
import hmac
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

State = Literal["text", "partial", "empty", "encrypted", "unsupported", "damaged", "refused"]
"""The end state of a file; each file has exactly one."""

TEXT_COLUMNS = (
    *("text", "texte", "tweet", "message", "commentaire", "comment", "content", "contenu", "body"),
    *("remark", "remarque", "remarques", "observation", "observations"),
    *("النص", "نص", "تعليق", "ملاحظة", "ملاحظات", "الرسالة"),
)
"""Names under which tables and exports keep free text; a header in two languages counts by either."""

AUTHORS = (
    *("author", "user", "username", "from", "sender", "auteur", "name_of_author", "display_name", "full_name", "screen_name"),
    *("user_name", "author_name", "sender_name", "nickname", "pseudo", "author_id", "user_id", "from_id", "sender_id", "actor"),
)
"""Names under which exports say who wrote, the likeliest first. What stands there is never kept as it is."""

_MOST_KEPT = 20
_LONGEST_KEPT = 200
_LARGEST_NUMBER = 2**53  # JSON has no larger whole numbers that every program reads alike (RFC 8785)


class ReadOptions(BaseModel):
    """How to read a source. `text` names columns or JSON paths (`title`, `provisions[].content`); `keep`, columns for `meta`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    reader: Literal["auto", "text", "lines", "table", "json", "html", "docx", "whatsapp"] = "auto"
    text: list[str] = []
    join: str = "\n"
    keep: list[str] = []
    delimiter: str | None = Field(default=None, min_length=1, max_length=1)
    lang: str | None = None
    max_file_mb: int = Field(default=200, gt=0)
    max_members: int = Field(default=10_000, gt=0)
    max_ratio: int = Field(default=200, gt=0)
    max_depth: int = Field(default=8, gt=0)
    pseudonym_key: bytes = b""


@dataclass(frozen=True)
class Record:
    """One text, with what the file itself says about it."""

    text: str
    media_type: str
    page: int | None = None
    created: datetime | None = None
    author: str | None = None
    domain: str | None = None
    meta: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Reading:
    """What came of one file. `empty_records` had no text: they are counted, and set aside by whoever reads this."""

    state: State
    reader: str
    records: tuple[Record, ...] = ()
    encoding: str | None = None
    reason: str | None = None
    empty_records: int = 0

    @classmethod
    def of(cls, reader: str, records: list[Record], encoding: str | None = None, empty_records: int = 0) -> Reading:
        """A file that was read to its end: `text`, or `empty` when no record has any."""
        kept = tuple(replace(record, text=sound_text(record.text)) for record in records if record.text.strip())
        empty = empty_records + len(records) - len(kept)
        if kept:
            return cls("text", reader, kept, encoding, None, empty)
        return cls("empty", reader, (), encoding, "there is no text in it", empty if empty_records else 0)


@dataclass(frozen=True)
class MemberReading:
    """A reading of one file, or of one file inside an archive: then `member` is the path inside."""

    reading: Reading
    member: str | None = None
    sha256: str | None = None
    bytes: int | None = None
    media_type: str | None = None


def keepable(fields: Iterable[tuple[str, Any]], key: bytes) -> dict[str, Any]:
    """Fields for `meta`: plain values only, the first 20, each cut to 200 characters; an author is a pseudonym.

    >>> keepable([("id", 1234567890123456789), ("city", "Fès"), ("tags", ["a"])], b"secret")
    {'id': '1234567890123456789', 'city': 'Fès'}
    """
    plain = [(name, value) for name, value in fields if isinstance(value, str | int | float | bool)]
    return {sound_text(name): pseudonym(str(value), key) if name.casefold() in AUTHORS else _sound(value) for name, value in plain[:_MOST_KEPT]}


def _sound(value: Any) -> Any:
    """A value that canonical JSON can hold: numbers it cannot are written as text."""
    if isinstance(value, str):
        return sound_text(value[:_LONGEST_KEPT])
    exact = abs(value) < _LARGEST_NUMBER if isinstance(value, int) else math.isfinite(value)
    return value if exact else str(value)[:_LONGEST_KEPT]


def sound_text(text: str) -> str:
    """A text that UTF-8 can hold: two halves of a character, as JSON escapes write them, are joined; half a one becomes U+FFFD.

    >>> sound_text("wakha \\ud83d\\ude02 \\ud83d")
    'wakha 😂 \ufffd'
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def pseudonym(name: str, key: bytes) -> str:
    """The same author is the same pseudonym within a dataset; without the key nobody can tell who it is.

    >>> pseudonym("Fatima", b"secret")
    'p-3df414edd5'
    """
    return "p-" + hmac.new(key, " ".join(name.split()).casefold().encode("utf-8", "replace"), hashlib.sha256).hexdigest()[:10]
