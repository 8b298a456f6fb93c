"""WhatsApp exports, of Android and of iOS: one record a conversation, its authors as pseudonyms.

12/03/2024, 18:42 - Ba Lahcen: نوبتك غدا مع الفجر   ->   p-3f9a…: نوبتك غدا مع الفجر
"""

from __future__ import annotations

import re

from khettara.ingest.readers.dates import parse_date
from khettara.ingest.records import Reading, ReadOptions, Record, pseudonym
from khettara.ingest.sniff import WHATSAPP, WHATSAPP_LINE

_MARKS = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_SPEAKER = re.compile(r"^([^:\n]{1,80}):\s?(.*)$", re.DOTALL)
_OMITTED_FORMS = (
    r"<[^<>]{1,40}>",
    r"‹[^<>›]{1,40}[>›]",
    r"(image|video|audio|sticker|document|GIF|Contact card)\s+omitted",
    r".{0,60}\((file attached|fichier joint)\)",
    r".{0,20}(absente?|omis|masqu[ée]e?)",
    r"تم (استبعاد|حذف) .{1,30}",
    r"(This message was deleted|You deleted this message|Ce message a été supprimé)\.?",
)
_OMITTED = re.compile(f"^({'|'.join(_OMITTED_FORMS)})$", re.IGNORECASE)


def read_whatsapp(text: str, name: str, options: ReadOptions) -> Reading:
    """The conversation with one line a message; system lines and left-out media are dropped, and counted in `meta`."""
    messages: list[tuple[str | None, str]] = []
    first = None
    for line in text.split("\n"):
        start = WHATSAPP_LINE.match(line)
        if start is None:
            if messages and line.strip():
                speaker, said = messages[-1]
                messages[-1] = (speaker, f"{said}\n{_MARKS.sub('', line)}")
            continue
        first = first or parse_date(start["date"], day_first=True)
        spoken = _SPEAKER.match(_MARKS.sub("", start["rest"]))
        messages.append((spoken[1].strip(), spoken[2]) if spoken else (None, start["rest"]))
    kept, omitted = [], 0
    names: dict[str, str] = {}
    for speaker, said in messages:
        if speaker is None:
            continue
        if _OMITTED.match(said.strip()):
            omitted += 1
            continue
        names.setdefault(speaker, pseudonym(speaker, options.pseudonym_key))
        kept.append(f"{names[speaker]}: {said.strip()}")
    meta = {"messages": len(kept), "media_omitted": omitted, "system_lines": sum(s is None for s, _ in messages), "participants": len(names)}
    return Reading.of("whatsapp", [Record("\n".join(kept), WHATSAPP, created=first, domain="messages", meta=meta)])
