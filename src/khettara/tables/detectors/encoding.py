"""Cells that were decoded with the wrong code page: `FÃ¨s`, `Ø§Ù„Ø¯Ø§Ø±`, `ط§ظ„ط¯ط§ط±`, `ÇáÏÇÑ`, `F�s`.

A cell is short and alone, so it is judged whole: UTF-8 read through a page comes back only from bytes that are valid UTF-8, which no sound
cell makes by chance. The Arabic page read as the Western one proves nothing by its bytes: there the column decides, by its sound cells.
What was lost on the way (`�`, `?`) comes back where one sound value of the column fits, and only one.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from khettara.tables.examination import Examination, Found, Repair
from khettara.tables.phrases import say
from khettara.tables.table import Array, Column

PAGES = ("cp1252", "latin-1", "cp1256", "mac-roman", "cp850", "cp1254")
"""Pages that files of ours are opened with by mistake, the likeliest first; cp850 is what the console of Windows has in French."""
ROUNDS = 3
"""Damage done twice takes two rounds."""
LOST = "\N{REPLACEMENT CHARACTER}"


def find_wrong_encoding(seen: Examination) -> Iterator[Found]:
    """Cells that were read through the wrong code page; the repair is the text that was meant."""
    for column in seen.columns("text", "category", "identifier", "date"):
        suspects = _suspects(column)
        if not suspects:
            continue
        meant, page, lost = _meant(column, suspects)
        for those, sure in ((meant, True), (lost, False)):
            if those:
                yield from _found(seen, column, those, page, sure)


# What the bytes 80-BF of UTF-8 are on the pages: controls, marks and a few letters.
_LATER = r"\x{80}-\x{BF}\x{152}\x{153}\x{160}\x{161}\x{178}\x{17D}\x{17E}\x{192}\x{2C6}\x{2DC}\x{2013}-\x{203A}\x{20AC}\x{2122}"
_LATER_ARABIC = _LATER + r"\x{60C}\x{61B}\x{61F}\x{679}-\x{6D2}"
_SUSPECT = "|".join(
    (
        rf"[\x{{C2}}-\x{{F4}}][{_LATER} ]",  # UTF-8 on a Western page
        r"[\x{C2}\x{C3}]$",
        rf"[\x{{620}}-\x{{64A}}\x{{C0}}-\x{{FF}}\x{{152}}\x{{153}}\x{{679}}-\x{{6D2}}][{_LATER_ARABIC}]",  # on the Arabic page
        r"[\x{251C}\x{2550}-\x{256C}\x{221A}\x{2248}\x{80}-\x{9F}]",  # on those of consoles and old Macs
        r"[\x{C0}-\x{FF}]{3}|^[\x{C0}-\x{FF}]{2}",  # the Arabic page as the Western one
        r"\x{FFFD}|\p{L}\?\p{L}",  # lost
    )
)


def _suspects(column: Column) -> list[str]:
    """Distinct values that may be damaged."""
    found: dict[str, None] = {}
    for values in [column.few[0]] if column.few is not None else column.pieces():
        odd = pc.fill_null(pc.match_substring_regex(values, _SUSPECT), False)
        found |= dict.fromkeys(values.filter(odd).to_pylist())
    return list(found)


def undo(text: str) -> tuple[str, str]:
    """A cell with the page undone that UTF-8 was read through, and the page's name; the cell as it is, and none, where nothing proves it.

    >>> undo("FÃ¨s"), undo("ط§ظ„ط¯ط§ط±"), undo("Ù\\x81Ø§Ø³")[0], undo("FÃƒÂ¨s")[0], undo("Fès – L’Oued")
    (('Fès', 'cp1252'), ('الدار', 'cp1256'), 'فاس', 'Fès', ('Fès – L’Oued', ''))
    """
    page = ""
    for _ in range(ROUNDS):
        for name in PAGES:
            meant = _through(text, name)
            if meant is not None:
                text, page = meant, page or name
                break
        else:
            break
    return text, page


@cache
def _bytes_of(page: str) -> dict[str, int]:
    """The byte of each character of a page. Programs keep the bytes that a page leaves out as controls, or as latin-1 has them."""
    table = {chr(byte): byte for byte in range(256)}
    table |= {bytes([byte]).decode(page): byte for byte in range(256) if bytes([byte]).decode(page, "ignore")}
    return table


def _through(text: str, page: str) -> str | None:
    """The text as UTF-8 reads the bytes that a page gives it; None where these are none, or change nothing, or make no text."""
    table = _bytes_of(page)
    # A no-break space is often made a plain one, alone or with the one after it, or trimmed away: "Ã " was "à".
    text = re.sub("Ã(?: (?= )|$)", "Ã\N{NO-BREAK SPACE}", re.sub(r"Ã (?=[^ ])", "Ã\N{NO-BREAK SPACE} ", text))
    try:
        data = bytes([table[character] for character in text])
        meant = data.decode("utf-8")
    except (KeyError, UnicodeDecodeError):
        return None
    return meant if meant != text and _is_text(meant) else None


_OURS = re.compile("[ -~\xa0-\u024f\u0300-\u036f\u0600-\u06ff\u0750-\u077f\u1e00-\u1eff\u2000-\u206f\u20ac\u2100-\u214f\u2d30-\u2d7f\t\n]*")


def _is_text(text: str) -> bool:
    """Whether a text has only what our languages write: Latin, Arabic and Tifinagh letters, and signs."""
    return bool(_OURS.fullmatch(text))


_ARABIC = re.compile("[\u0621-\u064a]{2,}")
_ARABIC_TEXT = re.compile("[\u0621-\u0652\u067e\u0686\u0698\u06a9\u06af\u06ad\u0763\\s\\d.,،؛؟()'\"/-]+")


def crossed(text: str) -> str | None:
    """What the Arabic page says where the Western one was taken for it; None where that is no Arabic.

    >>> crossed("ÇáÏÇÑ ÇáÈíÖÇÁ"), crossed("Fès"), crossed("Été")
    ('الدار البيضاء', None, None)
    """
    for page in ("cp1252", "latin-1"):
        table = _bytes_of(page)
        if all(character in table for character in text):
            meant = bytes([table[character] for character in text]).decode("cp1256")
            if _ARABIC_TEXT.fullmatch(meant) and _ARABIC.search(meant):
                return meant
    return None


def _meant(column: Column, suspects: list[str]) -> tuple[dict[str, str], Counter[str], dict[str, str]]:
    """What the damaged values were, the pages they came through, and those of which something was lost for good."""
    meant: dict[str, str] = {}
    lost: dict[str, str] = {}
    pages: Counter[str] = Counter()
    arabic: dict[str, str] = {}
    broken: list[str] = []
    for text in suspects:
        sound, page = undo(text)
        other = crossed(text)
        if page and LOST not in sound:
            meant[text] = sound
            pages[page] += 1
        elif other is not None and not text.isascii():
            arabic[text] = other
        elif LOST in text or "?" in text:
            broken.append(text)
    # Words alone decide about the crossed pages: several in the column, or one whose words the column knows.
    if arabic:
        known = _words(column, {*suspects})
        for text, other in arabic.items():
            if len(_ARABIC.sub("", other).strip()) == 0 or set(other.split()) & known or _upper_run(text):
                meant[text] = other
                pages["cp1256/cp1252"] += 1
    if broken:
        names = Counter({value: count for value, count in column.common(2000) if LOST not in value and "?" not in value})
        for text in broken:
            fits = _fitting(text, names, meant)
            if fits is not None:
                meant[text] = fits
                pages["?"] += 1
            elif LOST in text:
                lost[text] = text
    return meant, pages, lost


def _upper_run(text: str) -> bool:
    """Whether capitals with accents follow one another, as they do in no French word: "ÇáÓæÞ"."""
    return bool(re.search("[\xc0-\xde][\xc0-\xff]", text)) and not re.search("[A-Za-z]", text)


def _words(column: Column, apart: set[str]) -> set[str]:
    return {word for value, _ in column.common(2000) if value not in apart for word in value.split()}


def _fitting(text: str, names: Counter[str], meant: dict[str, str]) -> str | None:
    """The only sound value of the column that fits a text with signs lost."""
    pattern = re.compile("".join(".{1,2}" if sign in (LOST, "?") else re.escape(sign) for sign in re.sub(f"{LOST}+", LOST, text)))
    fits = {name for name in names if not name.isascii() and names[name] >= 2 and pattern.fullmatch(name)}
    fits |= {name for name in meant.values() if pattern.fullmatch(name)}
    return fits.pop() if len(fits) == 1 else None


_READ_AS = {
    "cp1252": ("UTF-8 read as Western (cp1252)", "de l'UTF-8 lu comme cp1252 (occidental)", "نص UTF-8 قُرئ بترميز cp1252 الغربي"),
    "latin-1": ("UTF-8 read as latin-1", "de l'UTF-8 lu comme latin-1", "نص UTF-8 قُرئ بترميز latin-1"),
    "cp1256": ("UTF-8 read as Arabic (cp1256)", "de l'UTF-8 lu comme cp1256 (arabe)", "نص UTF-8 قُرئ بترميز cp1256 العربي"),
    "mac-roman": ("UTF-8 read as Mac Roman", "de l'UTF-8 lu comme Mac Roman", "نص UTF-8 قُرئ بترميز Mac Roman"),
    "cp850": ("UTF-8 read as cp850", "de l'UTF-8 lu comme cp850", "نص UTF-8 قُرئ بترميز cp850"),
    "cp1254": ("UTF-8 read as cp1254", "de l'UTF-8 lu comme cp1254", "نص UTF-8 قُرئ بترميز cp1254"),
    "cp1256/cp1252": ("Arabic cp1256 read as cp1252", "de l'arabe cp1256 lu comme cp1252", "نص عربي بترميز cp1256 قُرئ بترميز cp1252"),
    "?": ("letters that no page kept", "des lettres perdues en route", "حروف ضاعت في الطريق"),
}


def _found(seen: Examination, column: Column, those: dict[str, str], pages: Counter[str], sure: bool) -> Iterator[Found]:
    rows: Array = np.flatnonzero(
        column.map(lambda cells: pc.fill_null(pc.is_in(cells, pa.array(list(those), pa.string())), False).to_numpy(zero_copy_only=False))
    )
    rows = rows[~seen.explained(column.name)[rows]]
    if not len(rows):
        return
    cells = [str(cell) for cell in column.at(rows)]
    if not sure:
        yield Found("wrong_encoding", (column.name,), rows, _lost(column.name, len(rows), cells[0]), 0.99, ("Con-ML-3", "Acc-ML-1"))
        return
    en, fr, ar = (" / ".join(_READ_AS[page][place] for page, _ in pages.most_common(3)) for place in range(3))
    yield Found(
        kind="wrong_encoding",
        columns=(column.name,),
        rows=rows,
        cause=say(
            en="In {name}, {n:cell was|cells were} decoded with the wrong code page ({p:%}; {page_en}): “{example}” is “{mended}”.",
            fr="Dans {name}, mauvaise page de codes pour {n:cellule|cellules} ({p:%} ; {page_fr}) : « {example} » est « {mended} ».",
            ar="في «{name}» {n:خلية واحدة|خليتان|خلايا|خلية} قُرئت بترميز خاطئ ({p:%}؛ {page_ar}): «{example}» هي «{mended}».",
            n=len(rows),
            p=len(rows) / seen.records,
            name=column.name,
            example=cells[0],
            mended=those[cells[0]],
            page_en=en,
            page_fr=fr,
            page_ar=ar,
        ),
        confidence=0.95 if "?" in pages else 0.99,
        measures=("Con-ML-3", "Acc-ML-1"),
        repair=Repair(
            "replace",
            say(
                en="Put back the text that was meant, in {name}.",
                fr="Rétablir le texte d'origine dans {name}.",
                ar="إرجاع النص المقصود في «{name}».",
                name=column.name,
            ),
            {column.name: pa.array([those[cell] for cell in cells], pa.string())},
        ),
    )


def _lost(name: str, count: int, example: str) -> dict[str, str]:
    return dict(
        say(
            en="In {name}, {n:cell|cells} lost letters to a wrong code page, such as “{example}”, and nothing in the column says which.",
            fr="Dans {name}, une mauvaise page de codes a pris des lettres à {n:cellule|cellules}, comme « {example} » ; rien ne dit lesquelles.",
            ar="في «{name}» {n:خلية واحدة|خليتان|خلايا|خلية} ضاعت منها حروف بسبب ترميز خاطئ، مثل «{example}»، ولا شيء في العمود يدل عليها.",
            n=count,
            name=name,
            example=example,
        )
    )
