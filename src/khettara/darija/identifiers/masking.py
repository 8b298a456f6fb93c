"""Identifiers replaced by their kind and a number: the same value by the same placeholder within a record.

"0600002142 awla +212 6 00 00 21 42"  ->  "<PHONE_1> awla <PHONE_1>"
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from khettara.darija.identifiers.finding import KINDS, USUAL, Found, finder
from khettara.kernels import Text, once, text_of

_PLACEHOLDER = re.compile(rf"<({'|'.join(kind.upper() for kind in KINDS)})_(\d{{1,6}})>".encode())
_OPENINGS = [f"<{kind.upper()}_" for kind in KINDS]


class Masked(NamedTuple):
    """Texts in which identifiers gave way to placeholders, and how many did in each row, by kind."""

    text: Text
    counts: npt.NDArray[np.int32]


def _mask_once(text: Text, found: Found, wanted: npt.NDArray[np.bool_], numbers: dict[int, dict[tuple[int, str], int]]) -> Masked:
    memory = text.data.data
    offsets = text.offsets.tolist()
    taken = wanted[found.kind]
    rows = found.row[taken]
    counts = np.bincount(rows * len(KINDS) + found.kind[taken], minlength=len(text) * len(KINDS)).reshape(len(text), len(KINDS))
    grown: list[int] = []
    parts: list[bytes | memoryview] = []
    done, previous = offsets[0], -1
    own: dict[tuple[int, str], int] = {}
    last: dict[int, int] = {}
    for row, start, end, kind, value in zip(*(column.tolist() for column in found[:4]), found.value, strict=True):
        if not wanted[kind]:
            continue
        if row != previous:
            own = numbers.setdefault(row, {})
            last = _last_numbers(bytes(memory[offsets[row] : offsets[row + 1]]))
            previous = row
        number = own.get((kind, value))
        if number is None:
            number = own[kind, value] = last[kind] = last.get(kind, 0) + 1
        placeholder = f"{_OPENINGS[kind]}{number}>".encode()
        parts += (memory[done:start], placeholder)
        grown.append(len(placeholder) - (end - start))
        done = end
    parts.append(memory[done : offsets[-1]])
    data = np.frombuffer(b"".join(parts), np.uint8)
    lengths = np.diff(text.offsets) + np.bincount(rows, grown, len(text)).astype(np.int64)
    return Masked(Text(data, np.concatenate((np.zeros(1, np.int64), np.cumsum(lengths)))), counts.astype(np.int32))


def _last_numbers(row: bytes) -> dict[int, int]:
    """The highest number of each kind in a text that has placeholders already."""
    last: dict[int, int] = {}
    if b"<" in row:
        for found in _PLACEHOLDER.finditer(row):
            kind = KINDS.index(found[1].decode().lower())
            last[kind] = max(last.get(kind, 0), int(found[2]))
    return last


def _rows(text: Text, rows: npt.NDArray[np.int64]) -> Text:
    """Some rows of a text, one after the other."""
    memory = text.data.data
    begins, ends = text.offsets[rows].tolist(), text.offsets[rows + 1].tolist()
    data = b"".join(memory[begin:end] for begin, end in zip(begins, ends, strict=True))
    return Text(np.frombuffer(data, np.uint8), np.concatenate((np.zeros(1, np.int64), np.cumsum(text.offsets[rows + 1] - text.offsets[rows]))))


def mask_text(text: Text, found: Found, kinds: Collection[str]) -> Masked:
    """Mask until nothing is left to mask: one identifier may bring to light another that overlapped it.

    `found` is what the finder of these kinds found in this text.
    """
    wanted = np.array([kind in kinds for kind in KINDS])
    numbers: dict[int, dict[tuple[int, str], int]] = {}
    masked, counts = _mask_once(text, found, wanted, numbers)
    rows = np.unique(found.row[wanted[found.kind] & ~_is_alone(text, found)])
    while len(rows):
        some = _rows(masked, rows)
        again = finder(kinds)(some)
        inside = {number: numbers[int(row)] for number, row in enumerate(rows)}
        new, more = _mask_once(some, again, wanted, inside)
        changed = np.flatnonzero(more.sum(axis=1))
        if not len(changed):
            break
        counts[rows] += more
        masked = _with_rows(masked, rows[changed], _rows(new, changed))
        rows = rows[changed]
    return Masked(masked, counts)


_FREE = [KINDS.index(kind) for kind in ("address", "name", "birthdate")]


# Signs and blanks that are no part of any identifier.
_HARMLESS = np.frombuffer(b" \t\n\r,.;:!?()[]<>\"'", np.uint8)


def _is_alone(text: Text, found: Found) -> npt.NDArray[np.bool_]:
    """Whether nothing beside an identifier can become another one when it is gone: no letter or sign touches it, no digit is near."""
    alone = ~np.isin(found.kind, _FREE)
    begin, stop = text.offsets[found.row], text.offsets[found.row + 1]
    for step in range(1, 6):
        for at in (found.start - step, found.end - 1 + step):
            inside = (at >= begin) & (at < stop)
            byte = text.data[np.where(inside, at, 0)]
            digit = (byte >= 0x30) & (byte <= 0x39)
            # The first byte of an Arabic-Indic or Persian digit is that of letters too: the second tells.
            arabic = (byte >= 0xA0) & (byte <= 0xB9) & np.isin(text.data[np.where(inside & (at > begin), at - 1, 0)], (0xD9, 0xDB))
            suspect = digit | arabic
            if step == 1:
                suspect |= ~np.isin(byte, _HARMLESS)
            alone &= ~(suspect & inside)
    return alone


def _with_rows(text: Text, rows: npt.NDArray[np.int64], new: Text) -> Text:
    """The text with some rows replaced."""
    memory, fresh = text.data.data, new.data.data
    parts: list[memoryview] = []
    done = int(text.offsets[0])
    for number, row in enumerate(rows.tolist()):
        parts += (memory[done : int(text.offsets[row])], fresh[int(new.offsets[number]) : int(new.offsets[number + 1])])
        done = int(text.offsets[row + 1])
    parts.append(memory[done : int(text.offsets[-1])])
    lengths = np.diff(text.offsets)
    lengths[rows] = np.diff(new.offsets)
    return Text(np.frombuffer(b"".join(parts), np.uint8), np.concatenate((np.zeros(1, np.int64), np.cumsum(lengths))))


def mask_column(column: pa.Array, kinds: Collection[str] = USUAL) -> tuple[pa.Array, npt.NDArray[np.int32]]:
    """The column with its identifiers masked, and how many of each kind were masked in each row."""
    found = once(column, finder(kinds))
    if not len(found.row):
        return column, np.zeros((len(column), len(KINDS)), np.int32)
    text, counts = mask_text(text_of(column), found, kinds)
    masked = pa.Array.from_buffers(pa.large_string(), len(column), [None, pa.py_buffer(text.offsets), pa.py_buffer(text.data)])
    return masked.cast(column.type), counts


def mask(text: str, kinds: Collection[str] = USUAL) -> tuple[str, Counter[str]]:
    """The text with each identifier replaced by its kind and a number, and how many of each kind there were.

    The same value gets the same placeholder wherever it stands in the text, however it is written there.

    >>> mask("0600002142 awla +212 6 00 00 21 42, mail: a.b@exemple.ma")
    ('<PHONE_1> awla <PHONE_1>, mail: <EMAIL_1>', Counter({'phone': 2, 'email': 1}))
    """
    row = one_row(text)
    masked, counts = mask_text(row, finder(kinds)(row), kinds)
    return bytes(masked.data).decode("utf-8", "surrogatepass"), Counter({kind: int(n) for kind, n in zip(KINDS, counts[0], strict=True) if n})


def one_row(text: str) -> Text:
    """A text as a column of one row."""
    data = np.frombuffer(text.encode("utf-8", "surrogatepass"), np.uint8)
    return Text(data, np.array([0, data.size], np.int64))
