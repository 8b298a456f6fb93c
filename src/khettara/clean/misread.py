"""UTF-8 that was read through a code page, put right run by run.

    "Le marché, dit « Ø§Ù„Ø³ÙˆÙ‚ », ouvre."  ->  "Le marché, dit « السوق », ouvre."

A run is the longest stretch of characters that are whole UTF-8 sequences in a page. It is undone where it proves the damage
itself or where its line or text does. What a page lost ("?", U+FFFD, a blank for a no-break space) comes back where only one
letter can have stood there; no letter is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from khettara.clean.hints import FOREIGN_PROOF, TAMAZIGHT, may_prove
from khettara.clean.pages import ALIEN, FOREIGN, MISREAD, OURS, Page, stands


@dataclass(frozen=True)
class _Piece:
    """One sequence, or the start of one whose rest was lost, what it stood for, and whether it hardly stands in sound text."""

    start: int
    end: int
    text: str
    proof: bool
    lost: bool


@dataclass(frozen=True)
class _Run:
    """Pieces that touch, and how many of them prove the damage; `doubtful` if they look natural where they stand.

    `foreign`: they make letters of elsewhere, which are believed beside many others.
    """

    start: int
    end: int
    text: str
    proofs: int
    doubtful: bool
    foreign: bool


@cache
def _pattern(page: Page) -> re.Pattern[str]:
    """Sequences of a page, and starts of sequences whose last byte the page, or a scrubbing, may have lost."""
    lead = {byte: re.escape(character) for character, byte in page.byte.items()}
    shapes = [f"(?P<whole>{page.sequence})"]
    if page.name in ("western", "arabic"):
        shapes += [
            f"(?P<quote>{lead[0xE2]}{lead[0x80]})[\ufffd?]?",
            f"(?P<hah>{lead[0xD8]})",
            f"(?P<feh>{lead[0xD9]})(?P<gap>[\ufffd? ]?)" if page.name == "western" else "(?!)",
            f"(?P<tifinagh>{lead[0xE2]}{lead[0xB5]})[\ufffd?]" if page.name == "western" else "(?!)",
            f"(?P<accent>{lead[0xC3]})(?P<blanks>[ ]+|(?![^\n.,;:!?)]))",
            f"(?P<space>{lead[0xC2]})[ ]",
        ]
    return re.compile("|".join(shapes))


_CLOSING = "”»…™\N{NO-BREAK SPACE}"


def _pieces(line: str, page: Page) -> Iterator[_Piece]:
    for found in _pattern(page).finditer(line):
        start, end = found.span()
        before, after = line[start - 1 : start], line[end : end + 1]
        match found.lastgroup:
            case "whole":
                text = page.bytes_of(found.group()).decode("utf-8", "replace")
                if len(text) == 1:
                    yield _Piece(start, end, text, is_proof(found.group(), text, after, page), lost=False)
            case "quote":
                # Of the bytes that cp1252 leaves out, and those that go unseen in cp1256, only 9D makes a mark: a closing quote.
                yield _Piece(start, end, "”", proof=True, lost=True)
            case "hah":
                # After D8 only the soft hyphen (AD) goes unseen, and it made a hah.
                yield _Piece(start, end, "\N{ARABIC LETTER HAH}", proof=False, lost=True)
            case "gap":
                yield _Piece(start, end, _LOST, proof=False, lost=True)
            case "blanks":
                # C3 A0, "à" and a no-break space. The blank that follows is often the only one left of two.
                blanks = found["blanks"][1:] or (" " if after.isalnum() else "")
                yield _Piece(start, end, "à" + blanks, _is_lower(before), lost=True)
            case "tifinagh":
                yield _Piece(start, end, _LOST, proof=False, lost=True)
            case _:
                yield _Piece(start, end, "\N{NO-BREAK SPACE}", proof=False, lost=True)


_LOST = "\N{REPLACEMENT CHARACTER}"
_FEH = "\N{ARABIC LETTER FEH}"
# cp1252 leaves out 81, 8D, 8F, 90 and 9D: after D9 these are a feh and the marks of tanwin kasr, damma and kasra. No mark begins
# a word, follows the article, or stands before another mark but shadda.
_SURELY_FEH = re.compile(
    f"(?<![\u0621-\u0652{_LOST}]){_LOST}(?=[\u0621-\u0652])"
    f"|(?:(?<=(?<![\u0621-\u0652])ال)|(?<=(?<![\u0621-\u0652])[وبفك]ال)){_LOST}"
    f"|{_LOST}(?=[\u064b-\u0650\u0652])"
)


def is_proof(characters: str, text: str, after: str, page: Page) -> bool:
    """Whether a sequence hardly stands in sound text: it makes a letter of ours, and not of what follows a letter every day."""
    if stands(text) != OURS:
        return False
    if page.byte[characters[0]] in page.shy:
        return text in TAMAZIGHT or (text == "œ" and _is_lower(after))
    if not all(character in page.natural for character in characters[1:]):
        return True
    if len(characters) == 4:
        return True
    # A closing mark inside a word closes nothing.
    return page.name == "western" and characters[-1] in _CLOSING and characters[-1] != "\N{NO-BREAK SPACE}" and _is_latin(after)


def find_runs(line: str, page: Page) -> Iterator[_Run]:
    """The runs of a line, in order, but for those that make no text."""
    joined: list[list[_Piece]] = []
    for piece in _pieces(line, page):
        if joined and joined[-1][-1].end == piece.start:
            joined[-1].append(piece)
        else:
            joined.append([piece])
    for pieces in joined:
        run = _run(line, page, pieces)
        if run is not None:
            yield run


def _run(line: str, page: Page, pieces: list[_Piece]) -> _Run | None:
    """Pieces as a run, or None if what they make is no text."""
    start, end = pieces[0].start, pieces[-1].end
    before, after = line[start - 1 : start] if start else "", line[end : end + 1]
    whole = [piece.text for piece in pieces if not piece.lost]
    if not whole and pieces[0].text[0] not in "à”\N{NO-BREAK SPACE}":
        return None
    text = "".join(piece.text for piece in pieces)
    if _LOST in text:
        text = _SURELY_FEH.sub(_FEH, text)
    kinds = [stands(character) for character in whole]
    if kinds.count(ALIEN) > 0.25 * len(kinds):
        return None
    strange = kinds.count(ALIEN) + kinds.count(FOREIGN)
    foreign = strange > 0.25 * len(kinds)
    proofs = sum(piece.proof for piece in pieces)
    alone = end - start == 2 and line[start:end].isalpha() and not _is_latin(before) and not _is_latin(after)
    if alone or (len(whole) < 4 and any(_is_letter_of(page, character) for character in (before, after))):
        # Damage leaves no letter of its page unexplained beside it; cp1256 read as a Western page does.
        proofs = 0
    elif _is_foreign_text(whole):
        proofs = max(proofs, FOREIGN_PROOF)
    elif foreign:
        proofs = 0
    elif page.name == "arabic":
        # ط§ may stand in a sound text, ط§ظ„ does not, nor أ© inside a Latin word.
        latin = _is_latin(before) + _is_latin(after)
        accent = latin > 0 and page.byte[line[start]] == 0xC3
        proofs += (proofs > 0 and (len(whole) >= 2 or latin > 0 or end - start == 4)) or 2 * (bool(whole) and (latin == 2 or accent))
    elif not proofs and whole and not strange and not line[start].islower() and (_is_lower(before) or (page.name == "western" and len(whole) > 1)):
        proofs = 1
    if text.strip() == "à":
        between = _A_BETWEEN.fullmatch(f"{line[:start].rstrip()[-2:]}|{line[end:].lstrip()[:1]}")
        proofs = 2 if between and (page.name == "western" or not re.search("[0-9-]", between.group())) else proofs
        if page.name == "arabic" and not proofs and not whole:
            return None
    if (text in ("«", "»", "×") and page.name == "western" and not before.strip()) or (text in _AFTER_NUMBERS and before.isdigit()):
        proofs = 2
    if text == "\N{NO-BREAK SPACE}" and _BEFORE_SPACE.match(before):
        proofs = max(proofs, 1)
    natural = page.name == "arabic" and before.isalpha() and not before.isascii()
    return _Run(start, end, text, proofs, natural or (foreign and len(whole) < 2), foreign)


_BEFORE_SPACE = re.compile("[a-z0-9.,;:!?)]")
_AFTER_NUMBERS = frozenset("°×½¼²³")
_A_BETWEEN = re.compile("(?:.?[a-zà-ÿ0-9,;:’'-]|[^A-Za-z]?L)[|][A-Za-z0-9,;:!?-]")


def _is_foreign_text(whole: list[str]) -> bool:
    """Four letters or more of one foreign script: too many sequences for chance."""
    blocks = [ord(character) >> 8 for character in whole if stands(character) == FOREIGN]
    return len(blocks) >= FOREIGN_PROOF and (min(blocks) >= 0x30 or max(blocks) - min(blocks) <= 1)


def _is_letter_of(page: Page, character: str) -> bool:
    """Whether this is a letter that the page has above ASCII."""
    return character in page.byte and character.isalpha()


def _is_latin(character: str) -> bool:
    return character.isascii() and character.isalpha()


def _is_lower(character: str) -> bool:
    return character.isascii() and character.islower()


def enough(page: Page) -> int:
    """The proofs that a line needs. In the Western pages Ã© does alone; in the Arabic page each half of أ© is a letter or sign."""
    return 2 if page.name == "arabic" else 1


def undo(text: str) -> tuple[str, int]:
    """The text with its misread runs put right, each through the page that explains most of its line; and how many there were.

    >>> undo("lâ€™eau de la khettara est trÃ¨s claire")
    ('l’eau de la khettara est très claire', 2)
    >>> undo("L’أ©cole est fermأ©e")[0], undo("Ù\\ufffdÙŠ Ø§Ù„Ø³ÙˆÙ‚")[0], undo("الحروف: ط، ظ؛ «مبدأ»")[0]
    ('L’école est fermée', 'في السوق', 'الحروف: ط، ظ؛ «مبدأ»')
    """
    # Only line feeds end a line here: the control U+0085 is a misread byte like any other.
    lines = text.split("\n")
    found: list[dict[str, list[_Run]]] = [{} for _ in lines]
    proved: set[str] = set()
    for page in MISREAD.values():
        if not may_prove(text, page):
            continue
        telling = {number: list(find_runs(line, page)) for number, line in enumerate(lines) if may_prove(line, page)}
        if sum(map(_proofs, telling.values())) > enough(page):
            proved.add(page.name)
            telling = {number: telling.get(number) or list(find_runs(line, page)) for number, line in enumerate(lines) if not line.isascii()}
        for number, runs in telling.items():
            if page.name in proved or _proofs(runs):
                found[number][page.name] = runs
    total, repaired = 0, []
    for line, runs_by_page in zip(lines, found, strict=True):
        new, times = _undo_line(line, runs_by_page, proved)
        repaired.append(new)
        total += times
    return ("\n".join(repaired), total) if total else (text, 0)


def _has_arabic(line: str, runs: list[_Run]) -> bool:
    """Whether a line has Arabic letters beside its runs."""
    covered = {place for run in runs for place in range(run.start, run.end)}
    return any("\u0621" <= character <= "\u06d3" for place, character in enumerate(line) if place not in covered)


def _proofs(runs: list[_Run]) -> int:
    return sum(run.proofs for run in runs)


def _undo_line(line: str, found: dict[str, list[_Run]], proved: set[str]) -> tuple[str, int]:
    """A line with the runs of its best page put right."""
    good: list[_Run] = []
    for name, runs in found.items():
        if name in proved or _proofs(runs) >= enough(MISREAD[name]) or (_proofs(runs) and not _has_arabic(line, runs)):
            elsewhere = any(run.foreign and run.proofs for run in runs)
            taken = [run for run in runs if run.proofs or not run.doubtful or (run.foreign and elsewhere)]
            good = max(good, taken, key=lambda runs: sum(run.end - run.start for run in runs))
    parts, at = [], 0
    for run in good:
        parts += [line[at : run.start], run.text]
        at = run.end
    return "".join((*parts, line[at:])), len(good)
