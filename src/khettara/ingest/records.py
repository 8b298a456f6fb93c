"""What a reader gives back: records, and what became of the file.

Reading(state="text", reader="text", encoding="cp1256", records=(Record(text="السوق نهار الخميس…"),))
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
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
        kept = tuple(record for record in records if record.text.strip())
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


def pseudonym(name: str, key: bytes) -> str:
    """The same author is the same pseudonym within a dataset; without the key nobody can tell who it is.

    >>> pseudonym("Fatima", b"secret")
    'p-3df414edd5'
    """
    return "p-" + hmac.new(key, " ".join(name.split()).casefold().encode(), hashlib.sha256).hexdigest()[:10]
