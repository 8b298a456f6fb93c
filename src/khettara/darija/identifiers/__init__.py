"""Personal and business identifiers as Morocco writes them: found by shape, proved by key or by a cue word beside them.

    "عيط ليا ف 06 00 00 21 40"  ->  phone, "عيط ليا ف <PHONE_1>"

No value found here may be logged: count it, or mask it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

import numpy as np

from khettara.darija.identifiers.finding import KINDS, USUAL, Found, find, finder
from khettara.darija.identifiers.masking import mask, mask_column, one_row

VERSION = 3


@dataclass(frozen=True)
class Identifier:
    """One identifier, as it stands in `text[start:end]`; `value` is its canonical form. Neither is shown by `repr`."""

    kind: str
    start: int
    end: int
    value: str = field(repr=False)


def find_identifiers(text: str, kinds: Collection[str] = USUAL) -> list[Identifier]:
    """The identifiers in a text, in order, none overlapping another: of two readings the longer stands.

    >>> [(i.kind, i.value) for i in find_identifiers("عيط ليا ف ٠٦٠٠٠٠٧٧١٢ ولا 07-00-00-24-66")]
    [('phone', '+212600007712'), ('phone', '+212700002466')]
    >>> [i.kind for i in find_identifiers("لاكارط ديالو ZG 120034")], find_identifiers("YX123456 w 12345678")
    (['cin'], [])
    """
    row = one_row(text)
    found = finder(kinds)(row)
    place = np.concatenate((np.zeros(1, np.int64), np.cumsum(row.data & 0xC0 != 0x80))).tolist()  # in characters
    return [
        Identifier(KINDS[kind], place[start], place[end], value)
        for start, end, kind, value in zip(found.start.tolist(), found.end.tolist(), found.kind.tolist(), found.value, strict=True)
        if KINDS[kind] in kinds
    ]


__all__ = ["KINDS", "USUAL", "VERSION", "Found", "Identifier", "find", "find_identifiers", "finder", "mask", "mask_column"]
