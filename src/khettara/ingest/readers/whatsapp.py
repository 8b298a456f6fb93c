"""WhatsApp exports, of Android and of iOS: one record a conversation, its authors as pseudonyms.

12/03/2024, 18:42 - Ba Lahcen: نوبتك غدا مع الفجر   ->   p-3f9a…: نوبتك غدا مع الفجر
"""

from __future__ import annotations

import re
from datetime import datetime

from khettara.ingest.readers.dates import parse_date
from khettara.ingest.records import Reading, ReadOptions, Record, pseudonym
from khettara.ingest.sniff import WHATSAPP, WHATSAPP_LINE

_MARKS = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_MACHINE = "\N{LEFT-TO-RIGHT MARK}"
"""Before what the iPhone wrote itself: an omitted picture, or news about the group under the group's name."""
_SPEAKER = re.compile(r'^([^:\n"“”«»]{1,80}):\s?(.*)$', re.DOTALL)
_OMITTED_FORMS = (
    r"[<‹][^<>‹›]{0,30}\b(omitted|omis|omise|omises|absente?s?|masqu[ée]e?s?|attached|pièce jointe|non inclus|excluded)\b[^<>‹›]{0,80}[>›]",
    r"[<‹]\s*تم (استبعاد|حذف) [^<>‹›]{1,40}[>›]",
    r"(image|video|audio|sticker|document|GIF|Contact card|video note|voice message)\s+omitted",
    r"(image|vidéo|audio|sticker|document|GIF|fiche contact)\s+(absente?|omise?|masquée?|non incluse?)",
    r".{0,80}\((file attached|fichier joint|ملف مرفق)\)",
    r"تم استبعاد (الصورة|الفيديو|الصوت|الملصق|المستند|الوسائط)",
    r"(This message was deleted|You deleted this message|Ce message a été supprimé|Vous avez supprimé ce message|تم حذف هذه الرسالة)\.?",
)
_OMITTED = re.compile(f"^({'|'.join(_OMITTED_FORMS)})$", re.IGNORECASE)


def read_whatsapp(text: str, name: str, options: ReadOptions) -> Reading:
    """The conversation with one line a message; system lines and left-out media are dropped, and counted in `meta`."""
    starts, messages = _messages(text)
    kept, omitted, system = [], 0, 0
    names: dict[str, str] = {}
    for speaker, said in messages:
        plain = _MARKS.sub("", said).strip()
        if speaker is not None and _OMITTED.match(plain):
            omitted += 1
        elif speaker is None or said.startswith(_MACHINE):
            system += 1
        else:
            names.setdefault(speaker, pseudonym(speaker, options.pseudonym_key))
            kept.append(f"{names[speaker]}: {plain}")
    meta = {"messages": len(kept), "media_omitted": omitted, "system_lines": system, "participants": len(names)}
    return Reading.of("whatsapp", [Record("\n".join(kept), WHATSAPP, created=_first_date(starts), domain="messages", meta=meta)])


def _messages(text: str) -> tuple[list[re.Match[str]], list[tuple[str | None, str]]]:
    """Where each message starts, and its speaker (None: WhatsApp itself) with what was said, over all its lines."""
    starts: list[re.Match[str]] = []
    messages: list[tuple[str | None, str]] = []
    for line in text.split("\n"):
        start = WHATSAPP_LINE.match(line)
        if start is not None:
            starts.append(start)
            spoken = _SPEAKER.match(start["rest"])
            messages.append((_MARKS.sub("", spoken[1]).strip(), spoken[2]) if spoken else (None, start["rest"]))
        elif messages and line.strip():
            speaker, said = messages[-1]
            messages[-1] = (speaker, f"{said}\n{line}")
    return starts, messages


def _first_date(starts: list[re.Match[str]]) -> datetime | None:
    """When the conversation began. The day comes first, unless somewhere in it the second number is no month."""
    parts = [re.split(r"[./-]", start["date"]) for start in starts]
    day_first = not any(int(second) > 12 for _, second, *_ in parts)  # `int` reads Arabic digits as well
    return parse_date(f"{starts[0]['date']} {starts[0]['time']} {starts[0]['half'] or ''}", day_first=day_first) if starts else None
