"""From a column of texts to the identifiers in it: the scan proposes, the few bytes around each proposal decide.

["عيط ليا ف 06 00 00 21 40"]  ->  row 0, bytes 17 to 31, phone, "+212600002140"
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from khettara.darija.identifiers import cues, names, online, places, spoken
from khettara.darija.identifiers.numbers import Reading, Window, read_code, read_number
from khettara.kernels import Text, proposals

KINDS = (
    *("email", "iban", "rib", "ice", "card", "phone", "cin", "ip", "cnss", "if", "rc", "patente", "tva", "cnops", "passport"),
    *("driving_licence", "plate", "birthdate", "gps", "mac", "handle", "address", "name"),
)
"""Every kind there is, in the order of preference between readings of equal length."""

USUAL = tuple(kind for kind in KINDS if kind != "name")
"""The kinds that are looked for unless somebody asks for more. In 58 MB of Moroccan law 1,882 names were found, nearly all of
them ministers who sign: right as names, and no secret. Who prepares chats or letters asks for `name` too."""

_RANK = {kind: rank for rank, kind in enumerate(KINDS)}
_WESTERN = {first + digit: str(digit) for first in (0x660, 0x6F0) for digit in range(10)}
_BEFORE, _AFTER = 128, 72


class Found(NamedTuple):
    """The identifiers of a column, in order, none overlapping another: of two readings the longer stands.

    `start` and `end` are places in the bytes of the column, `kind` is one in `KINDS`. `value` is never to be shown.
    """

    row: npt.NDArray[np.int64]
    start: npt.NDArray[np.int64]
    end: npt.NDArray[np.int64]
    kind: npt.NDArray[np.int64]
    value: list[str]


@cache
def _vocabulary(with_names: bool) -> proposals.Vocabulary:
    from khettara.kernels.scan import vocabulary

    words = cues.words_of_cues()

    def add(those: Iterable[str], group: int) -> None:
        for word in those:
            words[word] = words.get(word, 0) | group

    add(spoken.numerals(), proposals.NUMERAL)
    add(spoken.zeros(), proposals.ZERO)
    add(["at", "a"], proposals.BRACKETED | 1 << cues.NAMES_OF_CUES.index("mail"))
    add((word for word in online.SPEAKING if word.isalpha()), proposals.SPEAKS)
    add((form for word in places.STREETS.split("|") for form in cues.forms(word)), proposals.STREETWISE)
    add(places.ENGLISH_STREETS, proposals.STREETWISE)
    if with_names:
        add(names.listed(), proposals.NAMES)
        add(names.titles(), proposals.TITLE)
    return vocabulary(words, [(announced.fewest, announced.most) for announced in cues.CUES.values()])


def find(text: Text) -> Found:
    """All identifiers of the usual kinds in a column."""
    return _find(text, with_names=False)


def find_with_names(text: Text) -> Found:
    """All identifiers in a column, and the names of persons."""
    return _find(text, with_names=True)


def finder(kinds: Collection[str]) -> Callable[[Text], Found]:
    """The one of the two that finds these kinds: to be shared among steps by `once`."""
    return find_with_names if "name" in kinds else find


def _find(text: Text, with_names: bool) -> Found:
    if not len(text):
        return _found([])
    from khettara.kernels.scan import scan

    proposed = scan(text, _vocabulary(with_names))
    memory = text.data.data
    offsets = text.offsets.tolist()
    found: list[tuple[int, int, int, str, str]] = []
    previous, here = -1, list[tuple[int, int, str, str]]()
    # Where the last address and the last spoken number end: words of streets and zeros inside them belong to them.
    covered = {proposals.STREET: 0, proposals.ZERO: 0}
    for row, start, end, why, near, of_row in zip(*(column.tolist() for column in proposed), strict=True):
        if row != previous:
            found += [(previous, *reading) for reading in _apart(here)]
            here = []
            previous = row
        part = proposals.ZERO if why == proposals.WORD and near & proposals.ZERO else why
        if start < covered.get(part, 0):
            continue
        read = _read(memory, offsets[row], offsets[row + 1], start, end, why, near, of_row)
        if read and part in covered:
            covered[part] = read[0][1]
        here += read
    found += [(previous, *reading) for reading in _apart(here)]
    return _found(found)


def _found(found: list[tuple[int, int, int, str, str]]) -> Found:
    row, start, end, kinds = np.array([(row, start, end, _RANK[kind]) for row, start, end, kind, _ in found], np.int64).reshape(-1, 4).T
    return Found(row, start, end, kinds, [value for *_, value in found])


def _apart(readings: list[tuple[int, int, str, str]]) -> list[tuple[int, int, str, str]]:
    """The readings that stand: the longest, then what does not overlap it, and so on."""
    if len(readings) < 2:
        return readings
    chosen: list[tuple[int, int, str, str]] = []
    for reading in sorted(readings, key=lambda it: (it[0] - it[1], _RANK[it[2]], it[0])):
        # Those chosen are in order and apart, so only the neighbours count: a list of a million numbers is one record too.
        place = bisect(chosen, reading)
        if (place == 0 or chosen[place - 1][1] <= reading[0]) and (place == len(chosen) or reading[1] <= chosen[place][0]):
            chosen.insert(place, reading)
    return chosen


def _read(memory: memoryview, begin: int, stop: int, start: int, end: int, why: int, near: int, of_row: int) -> list[tuple[int, int, str, str]]:
    """The readings of one proposal, in places of bytes."""
    # Half of a character at an edge becomes surrogates, and these the same bytes again: places stay true.
    first = max(begin, start - (_BEFORE if near or why != proposals.NUMBER else _BEFORE // 3))
    before = str(memory[first:start], "utf-8", "surrogateescape")
    if why == proposals.NUMBER:
        run = str(memory[start:end], "utf-8", "surrogateescape")
        after = str(memory[end : min(stop, end + _AFTER)], "utf-8", "surrogateescape")
        text = before + run + after
        western = text if run.isascii() else before + run.translate(_WESTERN) + after
        readings: Iterable[Reading] = read_number(Window(western, len(before), len(before) + len(run), near, of_row))
    else:
        reach = 340 if why in (proposals.WORD, proposals.STREET) else 170
        text = before + str(memory[start : min(stop, max(end, start + reach))], "utf-8", "surrogateescape")
        readings = _READERS[why](text, len(before), len(before) + len(str(memory[start:end], "utf-8", "surrogateescape")), near)
    if text.isascii():
        return [(first + opened, first + closed, kind, value) for kind, opened, closed, value in readings]
    return [(first + _width(text[:opened]), first + _width(text[:closed]), kind, value) for kind, opened, closed, value in readings]


def _width(text: str) -> int:
    return len(text.encode("utf-8", "surrogateescape"))


def _read_word(text: str, start: int, end: int, near: int) -> Iterator[Reading]:
    """Words that speak for themselves: numerals of a telephone number, "arobase", the name of a network."""
    if near & proposals.ZERO and (spoken_number := spoken.read(text, start)):
        yield "phone", start, spoken_number[0], "+212" + spoken_number[1]
        return
    if text[start:end].lower() in online.NETWORK_WORDS:
        found = online.NAMED_HANDLE.match(text, start)
        if found and online.is_handle(found):
            yield "handle", found.start("handle"), found.end("handle"), found["handle"].lower().lstrip("@")
        return
    yield from _spelled(text, start, end)


def _spelled(text: str, start: int, end: int) -> Iterator[Reading]:
    if online.HAS_AT.search(text, max(0, start - 90), end + 90) is None:
        return
    for found in online.SPELLED.finditer(text, max(0, start - 90)):
        if found.start() > end:
            break
        if address := online.spelled_email_of(found):
            yield "email", found.start(), found.end(), address


_OPENINGS = frozenset("([{< ")


def _read_at(text: str, start: int, end: int, near: int) -> Iterator[Reading]:
    local = online.local_start(text, start)
    if local < start and (found := online.EMAIL.match(text, local)) and (address := online.email_of(found.group())):
        yield "email", local, found.end(), address
    elif text[start - 1 : start] in _OPENINGS:
        yield from _spelled(text, start, end)
    handle = online.HANDLE.match(text, start)
    if handle and not online.is_nobody(handle.group()) and not online.is_of_program(text, start, handle.end()):
        yield "handle", start, handle.end(), handle.group()[1:].lower()


def _read_colons(text: str, start: int, end: int, near: int) -> Iterator[Reading]:
    written = text[start:end].rstrip(":") if not text[start:end].endswith("::") else text[start:end]
    if text[start - 1 : start].isalnum() or text[end : end + 1].isalnum():
        return
    if online.is_mac(written):
        yield "mac", start, start + len(written), written.lower().replace("-", ":")
    elif online.is_v6(written):
        yield "ip", start, start + len(written), written.lower()


def _read_link(text: str, start: int, end: int, near: int) -> Iterator[Reading]:
    for found in online.PROFILE.finditer(text, max(0, start - 40)):
        if found.start() > start:
            break
        yield "handle", found.start(), found.end(), online.profile_of(found)


def _read_name(text: str, start: int, end: int, near: int) -> Iterator[Reading]:
    for opened, closed in names.find_names(text, start, end):
        yield "name", opened, closed, " ".join(text[opened:closed].lower().split())


def _read_street(text: str, start: int, end: int, near: int) -> Iterator[Reading]:
    if found := places.find_address(text, start, end):
        yield "address", *found, " ".join(text[slice(*found)].lower().split())


def _read_code(text: str, start: int, end: int, near: int) -> Iterator[Reading]:
    return read_code(text, start, end)


_READERS = {
    proposals.WORD: _read_word,
    proposals.AT: _read_at,
    proposals.COLONS: _read_colons,
    proposals.LINK: _read_link,
    proposals.NAME: _read_name,
    proposals.STREET: _read_street,
    proposals.CODE: _read_code,
}
