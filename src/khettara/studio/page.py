"""What all pages of the house share: how a template becomes one HTML file, and how numbers, languages and bars look in it.

render("dataset.html.j2", "fr", found=…)  ->  a page without script, address or file beside it
"""

from __future__ import annotations

import base64
import hashlib
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemBytecodeCache, FileSystemLoader, Template
from markupsafe import Markup

from khettara.errors import KhettaraError
from khettara.studio.words import LANGUAGES, RIGHT_TO_LEFT, say

MOST_BARS = 12  # more bars than this are no picture any more; the rest is folded away below them
_SEPARATORS = {"en": (",", "."), "fr": ("\N{NARROW NO-BREAK SPACE}", ","), "ar": (".", ",")}  # as CLDR has them, for Morocco
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def check_language(lang: str) -> None:
    """Raise `KhettaraError` unless the pages have words in this language."""
    if lang not in LANGUAGES:
        raise KhettaraError(f"the report has no words in {lang!r}", hint=f"It speaks {', '.join(LANGUAGES)}.")


def render(template: str, lang: str, **found: Any) -> str:
    """The page that `template` makes of `found`. `lang` is the language of the page's own words: `en`, `ar` or `fr`."""
    page: str = _template(template).render(
        lang=lang,
        direction="rtl" if lang in RIGHT_TO_LEFT else "ltr",
        colon="\N{NO-BREAK SPACE}:" if lang == "fr" else ":",
        say=lambda key, default=None: say(key, lang, default),
        number=lambda value, percent=False: written(value, lang, percent),
        language=lambda tag: language(tag, lang),
        **found,
    )
    return page


@cache
def _template(name: str) -> Template:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        bytecode_cache=FileSystemBytecodeCache(),  # compiling the template costs 0.15 s of CPU, a fifth of a small run
        autoescape=True,
        finalize=_printable,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["csp_hash"] = _csp_hash
    return environment.get_template(name)


def _printable(value: Any) -> Any:
    """Print nothing for None, and a replacement for code points that no page may hold (one for one)."""
    if value is None:
        return ""
    if isinstance(value, Markup):
        return value
    return _NOT_IN_XML.sub("\N{REPLACEMENT CHARACTER}", value if isinstance(value, str) else str(value))


def _csp_hash(css: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()


def mapping(value: object) -> Mapping[str, Any]:
    """The value where it is a mapping, else an empty one."""
    return value if isinstance(value, Mapping) else {}


def listed(value: object) -> Sequence[Any]:
    """The value where it is a list, else an empty one."""
    return value if isinstance(value, Sequence) and not isinstance(value, str) else ()


def count(value: object) -> float | None:
    """Return the value when it is a finite number, else None."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return value


def written(value: object, lang: str, percent: bool = False) -> Markup:
    """Write a number as its readers do, with the exact value beside it for programs; a dash for a missing one."""
    number = count(value)
    if number is None:
        return Markup("–")
    thousands, point = _SEPARATORS[lang]
    shown = number * 100 if percent else number
    text = f"{shown:,}" if isinstance(shown, int) else f"{shown:,.{_decimals(shown, percent)}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    text = text.translate({ord(","): thousands, ord("."): point})
    return Markup('<data value="{}" dir="ltr">{}{}</data>').format(number, text, "\N{NO-BREAK SPACE}%" if percent else "")


def _decimals(value: float, percent: bool) -> int:
    """As many as are needed for a share that is not whole to not look whole, and for a small number to not look like nothing."""
    for digits in range(1 if percent else 4, 9):
        rounded = round(value, digits)
        if value == 0 or (rounded != 0 and not (percent and value < 100 <= rounded)):
            return digits
    return 9


def bars(rows: Iterable[tuple[str, object, str]], whole: float | None = None) -> dict[str, Any]:
    """Bars of (label, number, kind), as long as their share of `whole`; those beyond `MOST_BARS` are given as `folded`."""
    counted = [(label, number, kind) for label, value, kind in rows if (number := count(value)) is not None]
    full = whole or max((number for _, number, _ in counted), default=0)

    def width(number: float) -> float:
        return round(min(100.0, max(0.0, 100 * number / full)), 3) if full else 0

    drawn = [{"label": label, "number": number, "kind": kind, "width": width(number)} for label, number, kind in counted]
    return {"shown": drawn[:MOST_BARS], "folded": drawn[MOST_BARS:]}


def language(tag: str, lang: str) -> str:
    """Say a tag in words: `ary-Latn` -> `Darija, Latin letters`."""
    if tag == "overall":
        return say("overall", lang)
    spoken, _, script = tag.rpartition("-")
    if not (spoken and len(script) == 4 and script.istitle()):  # `ar-x-maghreb` names no script
        spoken, script = tag, ""
    words = say(f"lang_{spoken}", lang, spoken)
    comma = "، " if lang == "ar" else ", "
    return f"{words}{comma}{say(f'script_{script}', lang, script)}" if script else words
