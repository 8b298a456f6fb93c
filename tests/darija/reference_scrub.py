"""The rules of scrubbing one by one, each a regular expression over the whole text: slow, and plain to read. The kernel must agree."""

from __future__ import annotations

import re
import unicodedata

_NOT_TEXT = "\ufdd0-\ufdef\ufffe\uffff\ufff9-\ufffb"
_INVISIBLE = (
    f"\N{ARABIC TATWEEL}\u00ad\u034f\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\x00-\x08\x0e-\x1f\x7f-\x9f{_NOT_TEXT}"
)
_FORMS = "[\ufb00-\ufb06\ufb50-\ufbb1\ufbd3-\ufd3d\ufd50-\ufdc7\ufe70-\ufefc]"
_EMOJI = "\u203c-\u3299\U0001f000-\U0001faff"
_LOOKALIKES = {"ی": "ي", "ې": "ي", "ک": "ك", "ڪ": "ك", "ہ": "ه", "ھ": "ه", "ە": "ه"}
_LOOKALIKE = f"[{''.join(_LOOKALIKES)}]"
_NEIGHBOURS = r"[ٹڈڑںےۆێڵڕۓ]|(?<!\w)(?:این|که|می|های|برای|یک|کرد|کند|ہے|کے|کی|کا|یہ)(?!\w)"


def _form(found: re.Match[str]) -> str:
    plain = unicodedata.normalize("NFKC", found.group())
    return plain.strip(" \N{ARABIC TATWEEL}") or plain


def _is_foreign(text: str) -> bool:
    return bool(re.search(_NEIGHBOURS, text)) or len(re.findall("[يكةىأإ]", text)) < len(re.findall(_LOOKALIKE, text))


def _once(text: str) -> str:
    text = re.sub("\u00ad(?=[\r\n])", "-", text)
    text = re.sub("\r\n?|[\v\f\u2028\u2029]", "\n", text)
    text = re.sub(_FORMS, _form, text)
    text = re.sub(f"[{_INVISIBLE}]", "", text)
    text = re.sub(f"(?<=[{_EMOJI}\ufe0f\u0900-\u0dff])\u200d+(?=[{_EMOJI}])|(?<=[\u0900-\u0dff])\u200d+(?=[^\\s\u00a0])", "\ue000", text)
    text = text.replace("\u200d", "").replace("\ue000", "\u200d")
    text = unicodedata.normalize("NFC", text)
    if not re.search("[\u0900-\u0dff]", text) and not _is_foreign(text):
        text = text.replace("\u200c", "")
        text = re.sub(_LOOKALIKE, lambda found: _LOOKALIKES[found.group()], text)
    text = re.sub("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]", " ", text)
    text = re.sub(r"[ \t]+(?=\n|\Z)", "", text)
    text = re.sub(r"(?<=[^ \t\n])[ \t]{2,}(?=[^ \t\n])", lambda found: "\t" if "\t" in found.group() else " ", text)
    text = re.sub(r"(?m)^[ \t]{9,}", lambda found: found.group()[:8], text)
    return re.sub(r"\n{2,}\Z", "\n", re.sub(r"\n{3,}", "\n\n", re.sub(r"\A\n+", "", text)))


def scrub(text: str) -> str:
    """The text scrubbed: the rules in their order, until they change nothing."""
    before = None
    while text != before:
        before, text = text, _once(text)
    return text
